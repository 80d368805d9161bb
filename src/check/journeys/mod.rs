//! Rules about user journeys, sub journeys, their steps and preconditions (04). They look at every journey of the merged policy, used or
//! not: so does the service.

mod combinations;
mod literals;
mod preconditions;
mod selections;
mod steps;
mod structure;
mod sub_journeys;

use std::sync::Arc;

use super::ChainRule;
use super::chain::{Chain, Part};
use crate::policy::{Id, OrchestrationStep, Precondition, PreconditionAction, Spanned, StepType, SubJourney, UserJourney};
use crate::source::Span;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[
    structure::step_numbers,
    structure::several_exchanges,
    structure::duplicate_exchange,
    structure::no_send_claims,
    structure::no_issuer,
    structure::several_send_claims,
    steps::unsupported_step,
    steps::incomplete_step,
    steps::no_content_definition,
    steps::journey_candidates,
    steps::protocol_none,
    selections::selection_not_followed,
    selections::selection_target,
    selections::late_selection,
    selections::unselected_exchange,
    sub_journeys::sub_journey_type,
    sub_journeys::recursion,
    sub_journeys::nested,
    preconditions::bad_precondition,
    preconditions::unknown_claim,
    preconditions::wrong_action,
    literals::literal_is_claim,
    literals::boolean_literal,
    literals::compared_collection,
    literals::blank_in_literal,
    literals::never_equal,
    combinations::step_never_runs,
];

/// A user journey or a sub journey.
#[derive(Clone, Copy)]
struct Journey<'c> {
    part: Part,
    id: &'c Spanned<Id>,
    /// In the order in which they run.
    steps: &'c [Arc<OrchestrationStep>],
}

impl Journey<'_> {
    /// As the service begins its messages.
    fn said(&self) -> String {
        let word = if self.part == Part::SubJourney { "Sub journey" } else { "User journey" };
        format!("{word} \"{}\"", self.id.value)
    }
}

fn user_journeys<'c>(chain: &Chain<'c>) -> impl Iterator<Item = &'c Arc<UserJourney>> + use<'c> {
    chain.policy.user_journeys.values()
}

fn sub_journeys<'c>(chain: &Chain<'c>) -> impl Iterator<Item = &'c Arc<SubJourney>> + use<'c> {
    chain.policy.sub_journeys.values()
}

/// All journeys, user journeys first.
fn journeys<'c>(chain: &Chain<'c>) -> impl Iterator<Item = Journey<'c>> + use<'c> {
    let user = user_journeys(chain).map(|journey| Journey { part: Part::UserJourney, id: &journey.id, steps: &journey.steps });
    user.chain(sub_journeys(chain).map(|journey| Journey { part: Part::SubJourney, id: &journey.id, steps: &journey.steps }))
}

/// Every step with the one before it.
fn with_previous<'c>(journey: &Journey<'c>) -> impl Iterator<Item = (Option<&'c OrchestrationStep>, &'c OrchestrationStep)> + use<'c> {
    let previous = std::iter::once(None).chain(journey.steps.iter().map(|step| Some(step.as_ref())));
    previous.zip(journey.steps.iter().map(AsRef::as_ref))
}

fn is(step: &OrchestrationStep, kind: &StepType) -> bool {
    step.kind.as_ref().is_some_and(|found| found.value == *kind)
}

fn is_selection(step: &OrchestrationStep) -> bool {
    is(step, &StepType::ClaimsProviderSelection) || is(step, &StepType::CombinedSignInAndSignUp)
}

/// Whether the step always runs.
fn unconditional(step: &OrchestrationStep) -> bool {
    step.preconditions.as_ref().is_none_or(Vec::is_empty)
}

/// Where the type of a step stands, or the step.
fn type_span(step: &OrchestrationStep) -> Span {
    step.kind.as_ref().map_or(step.span, |kind| kind.span)
}

/// `policy "P" of tenant "T"`, as the service says it at the upload of the file that a place is in.
fn policy_said(chain: &Chain<'_>, span: Span) -> String {
    let policy = chain.policy_at(span);
    format!("policy \"{}\" of tenant \"{}\"", policy.as_ref().map_or(chain.policy_id(), |id| id.as_str()), chain.tenant())
}

/// What preconditions stand before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Step,
    Validation,
    Control,
}

/// Something with preconditions: a step, a validation profile, an exchange of a display control's action.
#[derive(Clone, Copy)]
struct Guarded<'c> {
    place: Place,
    preconditions: &'c [Precondition],
    /// The order of a step, the reference of a profile.
    span: Span,
}

impl Guarded<'_> {
    /// The action that belongs here (PC-10).
    fn action(&self) -> PreconditionAction {
        match self.place {
            Place::Step => PreconditionAction::SkipThisOrchestrationStep,
            Place::Validation | Place::Control => PreconditionAction::SkipThisValidationTechnicalProfile,
        }
    }

    fn words(&self) -> &'static str {
        match self.place {
            Place::Step => "step",
            Place::Validation => "validation technical profile",
            Place::Control => "technical profile of the display control",
        }
    }
}

/// Everything with preconditions.
fn guarded<'c>(chain: &'c Chain<'_>) -> Vec<Guarded<'c>> {
    let steps = journeys(chain).flat_map(|journey| journey.steps).filter_map(|step| {
        let preconditions = step.preconditions.as_deref().filter(|list| !list.is_empty())?;
        Some(Guarded { place: Place::Step, preconditions, span: step.order.span })
    });
    let validations = chain.policy.technical_profiles.values().flat_map(|profile| &profile.validation_technical_profiles);
    let controls = chain.policy.display_controls.values().flat_map(|control| &control.actions).flat_map(|action| &action.exchanges);
    let called = validations.map(|call| (Place::Validation, call)).chain(controls.map(|call| (Place::Control, call)));
    let called = called.filter(|(_, call)| !call.preconditions.is_empty()).map(|(place, call)| Guarded {
        place,
        preconditions: &call.preconditions,
        span: call.reference.span,
    });
    steps.chain(called).collect()
}
