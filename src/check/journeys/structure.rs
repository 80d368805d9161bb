//! The shape of a journey after merging: its numbers, exchanges and ends.

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::{Journey, is, is_selection, journeys, policy_said, type_span, unconditional, user_journeys, with_previous};
use crate::check::chain::{Chain, Part};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy::{ClaimsExchange, Id, OrchestrationStep, StepType, SubJourneyType};

/// B2C0401: steps are numbered 1 to N (UJ-M6).
pub(super) fn step_numbers(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        let gap = (1..).zip(journey.steps).find(|(expected, step)| step.order.value != *expected);
        let Some((expected, step)) = gap else { continue };
        let message = format!(
            "{} in {} was expected to have step with order \"{expected}\" but it was not found.",
            journey.said(),
            policy_said(chain, step.order.span)
        );
        found.push(
            Diagnostic::error(code::STEP_NUMBERS, message)
                .label(step.order.span, format!("here {expected} is missing"))
                .label(journey.id.span, "the journey")
                .help("after merging all levels the steps of a journey are numbered 1, 2, 3 and so on without gaps"),
        );
    }
}

fn exchanges(step: &OrchestrationStep) -> &[ClaimsExchange] {
    step.claims_exchanges.as_deref().unwrap_or_default()
}

/// B2C0405 (docs#6866, samples#98).
pub(super) fn several_exchanges(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        for (previous, step) in with_previous(&journey) {
            let exchanges = exchanges(step);
            if !is(step, &StepType::ClaimsExchange) || exchanges.len() < 2 || previous.is_some_and(is_selection) {
                continue;
            }
            let message = format!(
                "{} in {} has step {} with {} claims exchanges. It must be preceded by a claims provider selection in order to determine which \
                 claims exchange can be used.",
                journey.said(),
                policy_said(chain, step.order.span),
                step.order.value,
                exchanges.len()
            );
            let mut error = Diagnostic::error(code::SEVERAL_EXCHANGES, message).label(step.order.span, "the step");
            let mut merged = false;
            for exchange in exchanges {
                let inherited = exchange.span.file != step.span.file;
                merged |= inherited;
                let label = match chain.policy_at(exchange.span).filter(|_| inherited) {
                    Some(policy) => format!("from the step of the same order in `{policy}`"),
                    None => "one exchange".to_owned(),
                };
                error = error.label(exchange.id.span, label);
            }
            found.push(error.help(if merged {
                "steps of one journey that have the same order are merged over the levels: give this step an order that the base does not use, \
                 or the journey an id of its own"
            } else {
                "put each exchange into a step of its own, or a ClaimsProviderSelection step before this one"
            }));
        }
    }
}

/// B2C0407: the same exchange in two steps. Within one file the schema refuses it; that is found when the file is merged.
pub(super) fn duplicate_exchange(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        let mut seen: IndexMap<Id, &ClaimsExchange, FxBuildHasher> = IndexMap::default();
        for exchange in journey.steps.iter().flat_map(|step| exchanges(step)) {
            let Some(first) = seen.get(&exchange.id.value) else {
                seen.insert(exchange.id.value.clone(), exchange);
                continue;
            };
            if first.span.file == exchange.span.file {
                continue;
            }
            let (child, base) =
                if chain.level_of(first.span) < chain.level_of(exchange.span) { (exchange, *first) } else { (*first, exchange) };
            found.push(
                Diagnostic::warning(
                    code::DUPLICATE_EXCHANGE,
                    format!(
                        "two steps of {} `{}` have a claims exchange `{}` after merging",
                        journey.part.words(),
                        journey.id.value,
                        child.id.value
                    ),
                )
                .label(child.id.span, "again")
                .label(base.id.span, "already in the base, in a step of another order")
                .help("give the exchange another id, or lay this step over the base's by the same order"),
            );
        }
    }
}

fn sends(step: &OrchestrationStep) -> bool {
    is(step, &StepType::SendClaims)
}

/// B2C0408: every journey, used or not (samples#44, samples#560). A sub journey that never returns sends them instead.
pub(super) fn no_send_claims(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in user_journeys(chain) {
        let candidates = journey.steps.iter().flat_map(|step| step.journey_list.iter().flatten());
        let mut subs = candidates.map(|candidate| chain.policy.sub_journeys.get(candidate.sub_journey.value.trim()));
        let transfers = subs.any(|sub| sub.is_none_or(|sub| sub.kind.as_ref().is_none_or(|kind| kind.value == SubJourneyType::Transfer)));
        if transfers || journey.steps.iter().any(|step| sends(step)) {
            continue;
        }
        let mut error =
            Diagnostic::error(code::NO_SEND_CLAIMS, format!("User journey '{}' does not contain a send claims step.", journey.id.value))
                .label(journey.id.span, "this journey issues nothing");
        if let Some(last) = journey.steps.last() {
            error = error.label(type_span(last), "its last step");
        }
        found.push(error.help("end it with a step of type `SendClaims`; the service asks that of journeys that nothing uses too"));
    }
}

/// B2C0409 (docs#88552). A sub journey has the default of the journey that invokes it.
pub(super) fn no_issuer(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let defaults: Vec<&Id> =
        user_journeys(chain).filter(|journey| journey.default_issuer.is_some()).map(|journey| &journey.id.value).collect();
    for journey in journeys(chain) {
        let has_default = match journey.part {
            Part::SubJourney => !defaults.is_empty(),
            _ => defaults.contains(&&journey.id.value),
        };
        for step in journey.steps.iter().filter(|step| sends(step) && step.issuer.is_none() && !has_default) {
            let message = format!(
                "{} send claims step does not contain a reference to an issuer technical profile.",
                journey.said().replace('"', "'")
            );
            found.push(
                Diagnostic::error(code::NO_ISSUER, message)
                    .label(type_span(step), "no `CpimIssuerTechnicalProfileReferenceId`")
                    .help("name the profile that issues the token, `CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"` say"),
            );
        }
    }
}

/// B2C0410 and B2C0411: what follows a SendClaims step that always runs.
pub(super) fn several_send_claims(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        let Some(end) = journey.steps.iter().position(|step| sends(step) && unconditional(step)) else { continue };
        let (Some(sender), Some(later)) = (journey.steps.get(end), journey.steps.get(end + 1..)) else { continue };
        if let Some(second) = later.iter().find(|step| sends(step)) {
            found.push(after(chain, &journey, sender, second));
        }
        if let Some(step) = later.iter().find(|step| !sends(step)) {
            let count = later.iter().filter(|step| !sends(step)).count();
            let steps = if count == 1 { "this step comes".to_owned() } else { format!("{count} steps come") };
            found.push(
                Diagnostic::new(
                    Severity::Warning,
                    code::STEP_AFTER_SEND_CLAIMS,
                    format!("{steps} after the SendClaims step of {} `{}`, which ends every run", journey.part.words(), journey.id.value),
                )
                .label(type_span(step), "does not run")
                .label(sender.order.span, "sends the claims, without a precondition")
                .help("move it before the SendClaims step; if the base's SendClaims step came in between, lay a step of the same order over it"),
            );
        }
    }
}

fn after(chain: &Chain<'_>, journey: &Journey<'_>, sender: &OrchestrationStep, second: &OrchestrationStep) -> Diagnostic {
    let message = format!("{} is invalid because it contains multiple SendClaims steps.", journey.said().replace('"', "'"));
    let mut warning = Diagnostic::warning(code::SEVERAL_SEND_CLAIMS, message)
        .label(type_span(second), "is never reached")
        .label(sender.order.span, "always runs, and ends the journey");
    if let Some(policy) = chain.policy_at(sender.span).filter(|_| sender.span.file != second.span.file) {
        warning = warning.label(type_span(sender), format!("this step is from `{policy}`"));
    }
    warning.help("of several SendClaims steps all but the last need a precondition; one that the base brought along can be laid over")
}
