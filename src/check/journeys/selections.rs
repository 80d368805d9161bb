//! Selections, and the exchanges that they lead to.

use super::{is, is_selection, journeys, policy_said, type_span, unconditional, with_previous};
use crate::check::chain::{Chain, Part};
use crate::check::kind::{Kind, metadata};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::nearest::nearest;
use crate::policy::{ClaimsExchange, OrchestrationStep, StepType};
use crate::source::Span;

fn exchanges(step: Option<&OrchestrationStep>) -> impl Iterator<Item = &ClaimsExchange> {
    step.into_iter().flat_map(|step| step.claims_exchanges.iter().flatten())
}

/// B2C0406 (SEMANTICS 3, troubleshoot).
pub(super) fn selection_not_followed(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        for (previous, step) in with_previous(&journey) {
            let Some(selection) = previous.filter(|step| is_selection(step)) else { continue };
            if is(step, &StepType::ClaimsExchange) {
                continue;
            }
            let word = if journey.part == Part::SubJourney { "sub journey" } else { "user journey" };
            let message = format!(
                "Orchestration step order \"{}\" in {word} \"{}\" in {} is followed by a claims provider selection step and must be a claims \
                 exchange, but it is of type \"{}\".",
                step.order.value,
                journey.id.value,
                policy_said(chain, step.order.span),
                step.kind.as_ref().map_or("", |kind| kind.value.name())
            );
            found.push(
                Diagnostic::error(code::SELECTION_NOT_FOLLOWED, message)
                    .label(type_span(step), "must be `ClaimsExchange`")
                    .label(type_span(selection), "the selection before it")
                    .help("the step after a selection holds the exchanges that can be selected"),
            );
        }
        if let Some(last) = journey.steps.last().filter(|step| is_selection(step)) {
            found.push(
                Diagnostic::error(
                    code::SELECTION_NOT_FOLLOWED,
                    format!("step {} is a selection, and no step comes after it that holds what is selected", last.order.value),
                )
                .at(type_span(last))
                .help("add a step of type `ClaimsExchange` after it"),
            );
        }
    }
}

/// B2C0412: targets are in the next step, what validates is in this one. A target that is missing beside several exchanges ends a run with
/// AADB2C90304; a single exchange runs whatever was picked (OPEN-08).
pub(super) fn selection_target(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        for (index, step) in journey.steps.iter().enumerate().filter(|(_, step)| is_selection(step)) {
            let next = journey.steps.get(index + 1).map(AsRef::as_ref);
            let elsewhere = |id: &str| {
                let all = journey.steps.iter().flat_map(|step| exchanges(Some(step)));
                all.into_iter().find(|exchange| exchange.id.value == id).map(|exchange| exchange.id.span)
            };
            let severity = if exchanges(next).nth(1).is_some() { Severity::Error } else { Severity::Warning };
            let selections = step.claims_provider_selections.iter().flat_map(|list| &list.selections);
            for selection in selections {
                if let Some(target) =
                    selection.target.as_ref().filter(|target| exchanges(next).all(|exchange| exchange.id.value != target.value))
                {
                    let place = next.map_or("no next step".into(), |next| format!("step {}", next.order.value));
                    let message = format!("the selection leads to claims exchange `{}`, which {place} does not have", target.value);
                    found.push(misplaced(severity, message, target.span, &target.value, next, elsewhere(&target.value)));
                }
                if let Some(own) = selection.validation.as_ref()
                    && exchanges(Some(step)).all(|exchange| exchange.id.value != own.value)
                {
                    let message = format!("step {} has no claims exchange `{}`", step.order.value, own.value);
                    found.push(misplaced(Severity::Error, message, own.span, &own.value, Some(step), elsewhere(&own.value)));
                }
            }
            sign_up_target(chain, step, next, found);
        }
    }
}

/// The sign-up link of the local form leads to an exchange of the next step too.
fn sign_up_target(chain: &Chain<'_>, step: &OrchestrationStep, next: Option<&OrchestrationStep>, found: &mut Vec<Diagnostic>) {
    let pages =
        exchanges(Some(step)).filter_map(|exchange| chain.profile(&exchange.technical_profile)).filter(|page| page.kind == Kind::Page);
    for page in pages {
        let hidden = metadata(&page.profile, "setting.showSignupLink").is_some_and(|item| item.value.trim().eq_ignore_ascii_case("false"));
        let Some(target) = metadata(&page.profile, "SignUpTarget").filter(|_| !hidden) else { continue };
        if exchanges(next).nth(1).is_some() && exchanges(next).all(|exchange| exchange.id.value != target.value.trim()) {
            let message = format!("the sign-up link leads to claims exchange `{}`, which the next step does not have", target.value.trim());
            let warning = misplaced(Severity::Warning, message, target.value.span, target.value.trim(), next, None);
            found.push(warning.label(type_span(step), "the step that shows the link"));
        }
    }
}

fn misplaced(
    severity: Severity,
    message: String,
    span: Span,
    id: &str,
    step: Option<&OrchestrationStep>,
    elsewhere: Option<Span>,
) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(severity, code::SELECTION_TARGET, message).at(span);
    if let Some(step) = step {
        diagnostic = diagnostic.label(step.order.span, "it must be here");
    }
    if let Some(place) = elsewhere {
        return diagnostic.label(place, "but it is here").help("a selection cannot reach further than the next step");
    }
    match nearest(id, exchanges(step).map(|exchange| exchange.id.as_str())) {
        Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
        None => diagnostic,
    }
}

/// B2C0413 (docs#68117): a run was seen to fail because somebody had signed in already; published journeys that link accounts do it all the
/// same, so it is a note. Looked at are selections of identity providers that come, whatever happened, after another one.
pub(super) fn late_selection(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain).filter(|journey| journey.part == Part::UserJourney) {
        let Some(first) = journey.steps.iter().find(|step| is_selection(step)) else { continue };
        let later = journey.steps.iter().filter(|step| is_selection(step) && step.order.value > first.order.value && unconditional(step));
        for step in later {
            let position = journey.steps.iter().position(|other| other.order.value == step.order.value).unwrap_or_default();
            let next = journey.steps.get(position + 1).map(AsRef::as_ref);
            let signs_in = |exchange: &ClaimsExchange| {
                let kind = chain.profile(&exchange.technical_profile).map(|profile| profile.kind);
                matches!(kind, Some(Kind::IdentityProvider))
            };
            if let Some(provider) = exchanges(next).find(|exchange| signs_in(exchange)) {
                found.push(
                    Diagnostic::note(code::LATE_SELECTION, "this selection comes when somebody has signed in already")
                        .label(type_span(step), "always shown")
                        .label(type_span(first), "sign-in was here")
                        .label(provider.technical_profile.span, "an identity provider")
                        .help("skip it by a precondition when somebody has signed in, or put the providers into the first selection"),
                );
            }
        }
    }
}

/// B2C0426: who signs in with the form of a combined page has picked nothing, so a step of several exchanges after it has none to run
/// (docs#112278).
pub(super) fn unselected_exchange(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in journeys(chain) {
        for (previous, step) in with_previous(&journey) {
            let Some(selection) = previous.filter(|step| is(step, &StepType::CombinedSignInAndSignUp)) else { continue };
            let mut selections = selection.claims_provider_selections.iter().flat_map(|list| &list.selections);
            let Some(local) = selections.find_map(|selection| selection.validation.as_ref()) else { continue };
            if exchanges(Some(step)).nth(1).is_none() || !unconditional(step) {
                continue;
            }
            found.push(
                Diagnostic::warning(
                    code::UNSELECTED_EXCHANGE,
                    format!(
                        "User journey went into a bad state. Claims exchange with id '' could not be found in orchestration step '{}'.",
                        step.order.value
                    ),
                )
                .label(step.order.span, "runs after a local sign-in too, when nothing was picked")
                .label(local.span, "signs in on the page itself")
                .help("skip the step when somebody has signed in: `ClaimsExist` on `objectId` with `ExecuteActionsIf=\"true\"`"),
            );
        }
    }
}
