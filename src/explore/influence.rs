//! What can have a say in whether a step is skipped: the claims that its decision reads, and all that their values rest on.

use std::collections::BTreeSet;

use crate::claims::ClaimId;
use crate::plan::{Enabled, JourneyPlan, Precondition, ProfileId, Step, StepKind};
use crate::provider::Handler;
use crate::trace::StepId;

/// Claims on whose values it can rest whether these steps are skipped: those of their own decision, what a claims transformation computes such
/// a claim from, and what decides whether a technical profile runs that gives one. Replies of APIs, providers and the directory are free, and
/// so rest on nothing.
pub(crate) fn deciding_claims(plan: &JourneyPlan, steps: &BTreeSet<StepId>) -> BTreeSet<ClaimId> {
    let mut claims = BTreeSet::new();
    for id in steps {
        if let Some(step) = plan.step(id.journey, id.position as usize) {
            decision(plan, step, &mut claims);
        }
        // A step of a sub journey runs only where the sub journey is invoked.
        if plan.journey(id.journey).sub.is_some() {
            let all = plan.journeys.iter().flat_map(|journey| &journey.steps);
            all.filter(|step| matches!(step.kind, StepKind::SubJourney(_))).for_each(|step| decision(plan, step, &mut claims));
        }
    }
    loop {
        let before = claims.len();
        for transformation in &plan.transformations {
            if transformation.outputs.iter().any(|output| claims.contains(&output.claim)) {
                claims.extend(transformation.inputs.iter().map(|input| input.claim));
            }
        }
        for step in plan.journeys.iter().flat_map(|journey| &journey.steps) {
            if profiles(step).any(|profile| gives(plan, profile, &claims)) {
                decision(plan, step, &mut claims);
            }
        }
        for profile in &plan.profiles {
            for validation in &profile.validations {
                if gives(plan, validation.profile, &claims) {
                    read(&validation.preconditions, &mut claims);
                }
            }
        }
        if claims.len() == before {
            return claims;
        }
    }
}

/// The claims among these that somebody can type on a page from which they reach the journey.
pub(crate) fn typed_of(plan: &JourneyPlan, claims: &BTreeSet<ClaimId>) -> Vec<(ProfileId, ClaimId)> {
    let mut found = Vec::new();
    for (index, profile) in (0..).zip(&plan.profiles) {
        let Handler::SelfAsserted(settings) = &profile.handler else { continue };
        let computed = || profile.output_transformations.iter().flat_map(|id| &plan.transformation(*id).inputs).map(|input| input.claim);
        let given = || profile.outputs.iter().map(|output| output.claim).chain(computed());
        for field in settings.fields.iter().filter(|field| field.editable && !field.code && claims.contains(&field.claim)) {
            if given().any(|claim| claim == field.claim) || !profile.validations.is_empty() {
                found.push((ProfileId(index), field.claim));
            }
        }
    }
    found
}

fn read(preconditions: &[Precondition], claims: &mut BTreeSet<ClaimId>) {
    claims.extend(preconditions.iter().map(|precondition| precondition.claim));
}

/// What a step looks at to decide whether it does anything.
fn decision(plan: &JourneyPlan, step: &Step, claims: &mut BTreeSet<ClaimId>) {
    read(&step.preconditions, claims);
    for profile in profiles(step) {
        match &plan.profile(profile).enabled {
            Enabled::OnClaimsExistence { claim, .. } | Enabled::OnItemExistence { claim, .. } | Enabled::OnItemAbsence { claim, .. } => {
                claims.insert(*claim);
            }
            Enabled::Always | Enabled::Never => {}
        }
    }
}

fn profiles(step: &Step) -> impl Iterator<Item = ProfileId> {
    let exchanges = match &step.kind {
        StepKind::Exchange { exchanges } => exchanges.as_slice(),
        StepKind::Selection { local: Some(local), .. } => std::slice::from_ref(local),
        _ => &[],
    };
    exchanges.iter().map(|exchange| exchange.profile)
}

/// Whether a technical profile, by itself or by what it calls, writes one of these claims.
fn gives(plan: &JourneyPlan, id: ProfileId, claims: &BTreeSet<ClaimId>) -> bool {
    let profile = plan.profile(id);
    let computed = profile.input_transformations.iter().chain(&profile.output_transformations);
    profile.outputs.iter().any(|output| claims.contains(&output.claim))
        || computed.flat_map(|id| &plan.transformation(*id).outputs).any(|output| claims.contains(&output.claim))
}
