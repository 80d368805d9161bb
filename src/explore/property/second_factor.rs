//! Where a journey asks for a second factor.

use std::collections::BTreeSet;

use crate::plan::{DisplayClaim, JourneyId, JourneyPlan, Profile, ProfileId, Step, StepKind, Validation};
use crate::provider::Handler;
use crate::trace::StepId;

/// The second factors of a plan.
///
/// No page of the documentation says which technical profiles are one. Taken for one are: a PhoneFactor profile; an Azure MFA or one-time
/// password profile that verifies a code as a claims exchange; a page that has a code verified, by a validation technical profile or a display
/// control, unless the page also signs somebody in or reads or writes the directory: that one verifies an address of a sign-up or password reset.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SecondFactor {
    /// The technical profiles: PhoneFactor, the verifying exchange, or the page.
    pub(crate) profiles: BTreeSet<ProfileId>,
    /// The steps that can run one.
    pub(crate) steps: BTreeSet<StepId>,
}

impl SecondFactor {
    /// Those of a plan.
    pub(crate) fn of(plan: &JourneyPlan) -> Self {
        let mut found = Self::default();
        for (journey, steps) in (0..).map(JourneyId).zip(&plan.journeys) {
            for (position, step) in (0..).zip(&steps.steps) {
                for profile in candidates(step).filter(|profile| is_one(plan, plan.profile(*profile))) {
                    found.profiles.insert(profile);
                    found.steps.insert(StepId { journey, position });
                }
            }
        }
        found
    }
}

/// What a step can run.
fn candidates(step: &Step) -> impl Iterator<Item = ProfileId> {
    let exchanges = match &step.kind {
        StepKind::Exchange { exchanges } => exchanges.as_slice(),
        StepKind::Selection { local: Some(local), .. } => std::slice::from_ref(local),
        _ => &[],
    };
    exchanges.iter().map(|exchange| exchange.profile)
}

fn is_one(plan: &JourneyPlan, profile: &Profile) -> bool {
    match &profile.handler {
        Handler::Phone(_) => true,
        Handler::SelfAsserted(_) => {
            let called = || validations(plan, profile).map(|validation| plan.profile(validation.profile));
            called().any(verifies) && !called().any(|profile| matches!(profile.handler, Handler::Directory(_) | Handler::SignIn))
        }
        _ => verifies(profile),
    }
}

fn verifies(profile: &Profile) -> bool {
    matches!(profile.handler, Handler::AzureMfa(_) | Handler::OneTimePassword(_)) && profile.handler.typed_code().is_some()
}

/// The validation technical profiles of a page, those of its display controls included.
fn validations<'p>(plan: &'p JourneyPlan, profile: &'p Profile) -> impl Iterator<Item = &'p Validation> {
    let controls = profile.display.iter().flatten().filter_map(|claim| match claim {
        DisplayClaim::Control(control) => Some(plan.control(*control)),
        DisplayClaim::Claim { .. } => None,
    });
    let actions = controls.flat_map(|control| control.actions.iter().flat_map(|(_, validations)| validations));
    profile.validations.iter().chain(actions)
}
