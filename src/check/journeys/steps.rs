//! Single steps: types, and what each of them needs.

use super::{is, is_selection, journeys, policy_said, type_span};
use crate::check::chain::Chain;
use crate::check::kind::Kind;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, OrchestrationStep, Spanned, StepType};

/// B2C0403 (OPEN-09). Where the relying party's journey has one, planning makes an error of it: the run cannot go on.
pub(super) fn unsupported_step(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for step in journeys(chain).flat_map(|journey| journey.steps) {
        if [StepType::ConsentScreen, StepType::ReviewScreen, StepType::UserDialog].iter().any(|kind| is(step, kind)) {
            let name = step.kind.as_ref().map_or("", |kind| kind.value.name());
            found.push(
                Diagnostic::warning(code::UNSUPPORTED_STEP, format!("orchestration step type `{name}` is not supported"))
                    .at(type_span(step))
                    .help("the published schema names it, but nothing is documented of how it behaves"),
            );
        }
    }
}

/// B2C0404.
pub(super) fn incomplete_step(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for step in journeys(chain).flat_map(|journey| journey.steps) {
        let order = step.order.value;
        if is(step, &StepType::ClaimsExchange) && step.claims_exchanges.as_ref().is_none_or(Vec::is_empty) {
            found.push(
                Diagnostic::error(code::INCOMPLETE_STEP, format!("step {order} has no claims exchange"))
                    .at(step.span)
                    .help("name the technical profile in a `ClaimsExchange`, or make it a step of type `Noop`"),
            );
        }
        if is_selection(step) && step.claims_provider_selections.as_ref().is_none_or(|list| list.selections.is_empty()) {
            found.push(
                Diagnostic::error(code::INCOMPLETE_STEP, format!("step {order} offers nothing to select"))
                    .at(step.span)
                    .help("list what can be chosen in `ClaimsProviderSelections`"),
            );
        }
    }
}

/// B2C0424 (AADB2C90277).
pub(super) fn no_content_definition(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        for step in journey.steps.iter().filter(|step| is_selection(step) && step.content_definition.is_none()) {
            let policy = chain.policy_at(step.span);
            found.push(
                Diagnostic::error(
                    code::NO_CONTENT_DEFINITION,
                    format!(
                        "The orchestration step '{}' of user journey '{}' of policy '{}' does not contain a content definition reference.",
                        step.order.value,
                        journey.id.value,
                        policy.as_ref().map_or(chain.policy_id(), |id| id.as_str())
                    ),
                )
                .label(type_span(step), "shows a page")
                .help("name the page: `ContentDefinitionReferenceId=\"api.signuporsignin\"`, say"),
            );
        }
    }
}

/// B2C0425.
pub(super) fn journey_candidates(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for step in journeys(chain).flat_map(|journey| journey.steps).filter(|step| is(step, &StepType::InvokeSubJourney)) {
        let candidates = step.journey_list.as_deref().unwrap_or_default();
        if candidates.len() == 1 {
            continue;
        }
        let message = format!("step {} must name exactly one sub journey, it names {}", step.order.value, candidates.len());
        let error = Diagnostic::error(code::JOURNEY_CANDIDATES, message).at(step.span);
        let labelled = candidates.iter().fold(error, |error, candidate| error.label(candidate.sub_journey.span, "one of them"));
        found.push(labelled.help("the schema allows a list, the documentation one `Candidate`"));
    }
}

/// B2C0427 (docs#61860): a profile of protocol None has nothing that could be run.
pub(super) fn protocol_none(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let mut check = |reference: &Spanned<Id>, used_as: &str| {
        let Some(called) = chain.profile(&reference.value) else { return };
        let protocol = called.profile.protocol.as_ref().and_then(|protocol| protocol.name.as_ref());
        let Some(protocol) = protocol.filter(|name| name.value.trim().eq_ignore_ascii_case("None")) else { return };
        // A profile that takes over what came with the request can stand in a step of its own.
        if called.kind == Kind::Incoming {
            return;
        }
        let message = format!(
            "An attempt was made to resolve a protocol handler for unsupported protocol \"None\" in technical profile with id \"{}\" in {}.",
            called.profile.id.value,
            policy_said(chain, reference.span)
        );
        found.push(
            Diagnostic::error(code::PROTOCOL_NONE_STEP, message)
                .label(reference.span, format!("used as {used_as}"))
                .label(protocol.span, "does nothing by itself")
                .help("protocol None is for issuers, for reading an id_token_hint and for settings that other profiles include"),
        );
    };
    for step in journeys(chain).flat_map(|journey| journey.steps) {
        exchanges_of(step).for_each(|reference| check(reference, "a claims exchange"));
    }
    for profile in chain.policy.technical_profiles.values() {
        profile.validation_technical_profiles.iter().for_each(|call| check(&call.reference, "a validation technical profile"));
    }
    for control in chain.policy.display_controls.values() {
        let exchanges = control.actions.iter().flat_map(|action| &action.exchanges);
        exchanges.for_each(|call| check(&call.reference, "an action of a display control"));
    }
}

fn exchanges_of(step: &OrchestrationStep) -> impl Iterator<Item = &Spanned<Id>> {
    step.claims_exchanges.iter().flatten().map(|exchange| &exchange.technical_profile)
}
