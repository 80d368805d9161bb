//! Rules about decisions on multi-factor authentication (09): on what does it rest whether a second factor is asked for?
//!
//! A second factor is a phone call, a text message, a one-time password or an authenticator app, called by a step of its own: as its claims
//! exchange, or by a validation profile or a display control of its page, or a page that verifies an e-mail address. What is chosen in a selection is not looked at: that is how
//! somebody signs in or up.

use super::ChainRule;
use super::chain::Chain;
use super::flow::{Access, Call, Event, Flow, Origin, Read, Role};
use super::kind::{Kind, Session};
use super::values::{ANOTHER, Source, rests_on, skips};
use crate::claims::{InputType, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, Precondition, PreconditionType, StepType, ValidationTechnicalProfile};

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[switched_off_by_user, stale_page, stand_in];

/// A precondition that can skip a second factor.
struct Decision<'f, 'c> {
    /// The stage that runs the second factor.
    stage: usize,
    /// The read of the precondition's claim.
    read: usize,
    event: &'f Event<'c>,
    precondition: &'f Precondition,
    /// The one call that it can skip, of those that the stage runs; `None` = all.
    call: Option<usize>,
}

/// The calls that ask for a second factor, with their stages.
fn second_factors(flow: &Flow<'_>) -> Vec<(usize, usize)> {
    let asks = |call: &Call<'_>| !matches!(call.role, Role::Issuer | Role::Hint) && (call.kind.is_second_factor() || mails_code(call));
    let calls = flow.calls.iter().enumerate().filter(|(_, call)| asks(call));
    let calls = calls.filter_map(|(index, call)| Some((call.stage?, index)));
    // One of several exchanges is chosen, not skipped.
    let single = |stage: usize| {
        let exchanges = flow.stages.get(stage).and_then(|stage| stage.step.claims_exchanges.as_ref());
        exchanges.is_none_or(|exchanges| exchanges.len() < 2)
    };
    calls.filter(|(stage, _)| single(*stage)).collect()
}

impl Decision<'_, '_> {
    /// Whether it looks at a value. Where only the existence of a claim counts, what an API was asked says little.
    fn compares(&self) -> bool {
        self.precondition.kind.as_ref().is_some_and(|kind| kind.value == PreconditionType::ClaimEquals)
    }
}

/// Whether the page sends a code to an e-mail address by itself (SEMANTICS 9.2).
fn mails_code(call: &Call<'_>) -> bool {
    let verified = |name: &str| name.trim().eq_ignore_ascii_case("Verified.Email");
    call.kind == Kind::Page
        && call.profile.output_claims.iter().filter_map(|output| output.partner_claim_type.as_ref()).any(|name| verified(&name.value))
}

/// The preconditions on which it rests whether a second factor is asked for: of its step, of the steps that invoke its sub journey, and of its
/// call by a page.
fn decisions<'f, 'c>(flow: &'f Flow<'c>) -> Vec<Decision<'f, 'c>> {
    let mut found = Vec::new();
    let calls = second_factors(flow);
    let mut stages: Vec<usize> = calls.iter().map(|(stage, _)| *stage).collect();
    stages.dedup();
    for stage in stages {
        let mut deciding = Some(stage);
        while let Some(current) = deciding {
            for (read, event) in flow.events_of_stage(current) {
                if let Access::Read(Read::StepPrecondition(precondition)) = &event.access {
                    found.push(Decision { stage, read, event, precondition, call: None });
                }
            }
            deciding = flow.stages.get(current).and_then(|stage| stage.invoked_by).filter(|outer| *outer < current);
        }
    }
    for (stage, index) in calls {
        let Some(entry) = flow.calls.get(index).and_then(|call| entry(flow, call)) else { continue };
        for (read, event) in flow.events_of_stage(stage) {
            if let Access::Read(Read::CallPrecondition(precondition)) = &event.access
                && entry.preconditions.iter().any(|one| one.span == precondition.span)
            {
                found.push(Decision { stage, read, event, precondition, call: Some(index) });
            }
        }
    }
    found
}

/// The entry of a page or of a display control's action by which a profile is called.
fn entry<'f>(flow: &'f Flow<'_>, call: &'f Call<'_>) -> Option<&'f ValidationTechnicalProfile> {
    match call.role {
        Role::Control(action) => action.exchanges.iter().find(|exchange| exchange.reference.value == call.profile.id.value),
        _ => flow.validation(call),
    }
}

/// B2C0905.
fn switched_off_by_user(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    let decisions = decisions(flow);
    for decision in &decisions {
        let sources = rests_on(flow, decision.read, false);
        let typed = |source: &&Source| {
            let event = flow.events.get(source.write);
            event.is_some_and(|event| {
                matches!(event.access, Access::Write(Origin::Typed)) && !is_proved(flow, event) && !is_sign_in_form(flow, event)
            })
        };
        let Some(source) = sources.iter().find(typed) else { continue };
        let Some(value) = switching_value(chain, flow, &decisions, decision) else { continue };
        let claim = &decision.event.claim;
        let value = match value {
            None => format!("`{claim}` has no value"),
            Some(value) if value == ANOTHER => format!("`{claim}` is none of the texts that it is compared with"),
            Some(value) => format!("`{claim}` is `{value}`"),
        };
        let warning =
            Diagnostic::warning(code::MFA_BY_USER, format!("the second factor is skipped when {value}, and that is up to the user"))
                .label(decision.event.span, "decides here");
        let warning = along(flow, warning, source, "typed here");
        found.push(
            with_factor(flow, warning, decision.stage).help(
                "let the policy, the directory or an API decide; what a person types, hides or changes in the browser proves nothing",
            ),
        );
    }
}

/// Whether what is typed is proved on its page: a sign-in name by its password, an address or number by a code.
fn is_proved(flow: &Flow<'_>, typed: &Event<'_>) -> bool {
    let page = typed.page.or(typed.call);
    let verified_email = flow.calls.get(page.unwrap_or(usize::MAX)).is_some_and(|page| {
        let mut outputs = page.profile.output_claims.iter().filter(|output| output.claim.value == typed.claim);
        outputs
            .any(|output| output.partner_claim_type.as_ref().is_some_and(|name| name.value.trim().eq_ignore_ascii_case("Verified.Email")))
    });
    let proving =
        |call: &Call<'_>| call.page == page && (call.kind == Kind::SignIn || call.kind.is_second_factor() || call.kind == Kind::Sspr);
    let mut calls = flow.calls.iter().filter(|call| page.is_some() && proving(call));
    verified_email || calls.any(|call| call.profile.input_claims.iter().any(|input| input.claim.value == typed.claim))
}

/// Whether the page is the form of a combined sign-in page, which asks for no more than who somebody is.
fn is_sign_in_form(flow: &Flow<'_>, event: &Event<'_>) -> bool {
    let kind = flow.stage_of(event).and_then(|stage| stage.step.kind.as_ref());
    kind.is_some_and(|kind| matches!(kind.value, StepType::CombinedSignInAndSignUp | StepType::ClaimsProviderSelection))
}

/// A value of the claim with which no second factor is left that decides on it; a choice between two factors has none. Outer `None`: there
/// is none, inner `None`: when the claim has no value.
fn switching_value(chain: &Chain<'_>, flow: &Flow<'_>, decisions: &[Decision<'_, '_>], decision: &Decision<'_, '_>) -> Option<Option<Str>> {
    let mut factors: Vec<Vec<&Precondition>> = Vec::new();
    for (stage, call) in second_factors(flow) {
        let on_it = decisions.iter().filter(|other| other.stage == stage && other.event.claim == decision.event.claim);
        let own: Vec<_> = on_it.filter(|other| other.call.is_none_or(|only| only == call)).map(|other| other.precondition).collect();
        match own.is_empty() {
            // Another factor of the same step is asked for in any case.
            true if stage == decision.stage => return None,
            true => {}
            false => factors.push(own),
        }
    }
    let literals = factors.iter().flatten().filter_map(|one| one.values.get(1)).map(|literal| literal.value.as_str());
    let candidates = chain.values().candidates(&decision.event.claim, literals);
    // A SendClaims step before it can end the journey on such a value, with an error.
    let refused = |value: &Option<Str>| {
        let mut before = flow
            .stages
            .iter()
            .take(decision.stage)
            .filter(|stage| stage.step.kind.as_ref().is_some_and(|kind| kind.value == StepType::SendClaims));
        before.any(|stage| {
            let on_it = |one: &&Precondition| one.values.first().is_some_and(|claim| decision.event.claim == claim.value.trim());
            let own: Vec<_> = stage.step.preconditions.iter().flatten().filter(on_it).collect();
            !own.is_empty() && !own.iter().any(|one| skips(one, value.as_deref()))
        })
    };
    let off = |value: &Option<Str>| !refused(value) && factors.iter().all(|own| own.iter().any(|one| skips(one, value.as_deref())));
    // A value says more than its absence.
    let (absent, values): (Vec<_>, Vec<_>) = candidates.into_iter().filter(off).partition(Option::is_none);
    let mentioned = |value: &Option<Str>| {
        let mut literals = decision.precondition.values.iter().skip(1);
        literals.any(|literal| value.as_deref() == Some(literal.value.as_str()))
    };
    values.iter().find(|value| mentioned(value)).or(values.first()).or(absent.first()).cloned()
}

/// B2C0906.
fn stale_page(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    for decision in decisions(flow) {
        for source in rests_on(flow, decision.read, decision.compares()) {
            let Some(write) = flow.events.get(source.write) else { continue };
            let Some(page) = flow.call_of(write).filter(|page| page.kind == Kind::Page && matches!(page.role, Role::Exchange)) else {
                continue;
            };
            let first = source.way.first().copied().unwrap_or(decision.read);
            let typed = matches!(write.access, Access::Write(Origin::Typed)) && !is_proved(flow, write) && !is_sign_in_form(flow, write);
            if !typed
                || asks_for_password(chain, page)
                || !skipped_by_session(chain, page, &write.claim)
                || is_written_elsewhere(flow, first, write)
                || !is_missed(flow, &source, write, &decision)
            {
                continue;
            }
            let session = page.profile.use_for_session_management.as_ref();
            let (span, how) = match session {
                Some(session) => (session.span, "single sign-on skips the page".to_owned()),
                None => (page.profile.id.span, "no session provider is named, so single sign-on skips the page".to_owned()),
            };
            let warning = Diagnostic::warning(
                code::MFA_STALE_PAGE,
                format!(
                    "single sign-on skips page `{}`, and `{}` is missing when it is decided whether a second factor is asked for",
                    page.profile.id.value, write.claim
                ),
            )
            .label(span, how);
            let warning = along(flow, warning, &source, "typed here").label(decision.event.span, "decides here");
            found.push(
                with_factor(flow, warning, decision.stage)
                    .help("let the page use a NoopSSOSessionProvider, `SM-Noop` say: it is then shown in every run, with a fresh value"),
            );
        }
    }
}

/// A form to sign in or up with: what is typed there is known of somebody who has a session.
fn asks_for_password(chain: &Chain<'_>, page: &Call<'_>) -> bool {
    let password = |claim: &Id| {
        chain.claim_type(claim).and_then(|kind| kind.user_input_type.as_ref()).is_some_and(|input| input.value == InputType::Password)
    };
    page.profile.output_claims.iter().any(|output| password(&output.claim.value))
}

/// Whether the page is skipped in a later sign-in of the session, and the claim does not come from the session instead (SEMANTICS 13.1,
/// 13.3).
fn skipped_by_session(chain: &Chain<'_>, page: &Call<'_>, claim: &Id) -> bool {
    match &page.profile.use_for_session_management {
        None => true,
        Some(id) => chain.profile(id).is_some_and(|session| {
            session.kind == Kind::Session(Session::Default)
                && !session.profile.persisted_claims.iter().any(|kept| kept.claim.value == *claim)
        }),
    }
}

/// Whether the missing value makes a difference: something outside the page asks for it, or the second factor is skipped without it.
fn is_missed(flow: &Flow<'_>, source: &Source, write: &Event<'_>, decision: &Decision<'_, '_>) -> bool {
    let outside = |index: &usize| {
        let call = flow.events.get(*index).and_then(|event| event.call);
        call != write.call && call.and_then(|call| flow.calls.get(call)).is_some_and(|call| call.page.is_none() || call.page != write.call)
    };
    source.way.iter().any(outside) || skips(decision.precondition, None)
}

/// Whether something else than the page can have written its claim before it is read.
fn is_written_elsewhere(flow: &Flow<'_>, read: usize, write: &Event<'_>) -> bool {
    flow.visible(read).any(|(_, other, origin)| other.call != write.call && !matches!(origin, Origin::Default(_) | Origin::Passed))
}

/// B2C0907.
fn stand_in(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    for decision in decisions(flow) {
        for source in rests_on(flow, decision.read, decision.compares()) {
            let Some(write) = flow.events.get(source.write) else { continue };
            if let Access::Write(Origin::Default(value)) = &write.access
                && stands_in(flow, write)
                && !(source.way.is_empty() && fails_safe(&decision, value))
            {
                let way = along(flow, default_found(&write.claim, value, write), &source, "the default");
                found.push(decided(flow, way, &decision));
            }
            // An input of a REST call that has a default of its own.
            for (position, index) in source.way.iter().enumerate() {
                let Some(input) = flow.events.get(*index) else { continue };
                let default = input_default(flow, input);
                if let Some(value) = default.filter(|_| flow.may_be_set(*index)) {
                    let rest = source.way.get(position..).unwrap_or_default().to_vec();
                    let way = Source { write: *index, way: rest };
                    found.push(decided(flow, along(flow, default_found(&input.claim, &value, input), &way, "the default"), &decision));
                }
            }
        }
    }
}

fn default_found(claim: &Id, value: &str, event: &Event<'_>) -> Diagnostic {
    let message = format!("`{value}` stands in for `{claim}`, on which it rests whether a second factor is asked for");
    Diagnostic::warning(code::MFA_DEFAULT, message).label(event.span, "when it has no value")
}

fn decided(flow: &Flow<'_>, warning: Diagnostic, decision: &Decision<'_, '_>) -> Diagnostic {
    with_factor(flow, warning.label(decision.event.span, "decides here"), decision.stage)
        .help("drop the default: without a value the decision can be made on the safe side, with a constant it is made for everybody")
}

/// Whether a default takes the place of a value: on a page beside what is typed, at an API beside its answer. Where the claim is nothing but
/// its default it is a constant, and of directories and identity providers nobody knows whether they send it.
fn stands_in(flow: &Flow<'_>, write: &Event<'_>) -> bool {
    let kind = flow.call_of(write).map(|call| call.kind);
    flow.writes(&write.claim).any(|(_, other, origin)| {
        other.call == write.call
            && matches!((kind, origin), (Some(Kind::Page), Origin::Typed | Origin::Passed) | (Some(Kind::Rest), Origin::External))
    })
}

/// Whether the second factor is asked for with this very value.
fn fails_safe(decision: &Decision<'_, '_>, value: &str) -> bool {
    let text = match value.trim().to_ascii_lowercase().as_str() {
        "true" => "True",
        "false" => "False",
        _ => value,
    };
    decision.compares() && !skips(decision.precondition, Some(text)) && !skips(decision.precondition, Some(value))
}

/// The default of an input that stands in when its claim has no value.
fn input_default(flow: &Flow<'_>, input: &Event<'_>) -> Option<Str> {
    let call = flow.call_of(input).filter(|call| call.kind == Kind::Rest && matches!(input.access, Access::Read(Read::Input { .. })))?;
    let reference = call.profile.input_claims.iter().find(|reference| reference.claim.span == input.span)?;
    let always = reference.always_use_default_value.is_some_and(|flag| flag.value);
    let value = reference.default_value.as_ref().filter(|_| !always)?;
    let resolver = value.value.contains('{') && value.value.contains(':');
    (!resolver).then(|| value.value.clone())
}

/// Labels on the way from an origin to the decision.
fn along(flow: &Flow<'_>, mut diagnostic: Diagnostic, source: &Source, begin: &str) -> Diagnostic {
    let mut label = |event: &Event<'_>, words: String| {
        let fresh = diagnostic.labels.iter().all(|label| label.span != event.span);
        if fresh {
            diagnostic.labels.push(crate::diagnostic::Label { span: event.span, message: words });
        }
    };
    if let Some(write) = flow.events.get(source.write) {
        label(write, begin.to_owned());
    }
    for event in source.way.iter().filter_map(|index| flow.events.get(*index)) {
        let profile = flow.call_of(event).map_or("", |call| call.profile.id.as_str());
        match &event.access {
            Access::Read(Read::Input { .. }) => label(event, format!("sent to the API here, by `{profile}`")),
            Access::Read(Read::Transformation(transformation)) => label(event, format!("goes into `{}` here", transformation.id.value)),
            _ => {}
        }
    }
    diagnostic
}

fn with_factor(flow: &Flow<'_>, diagnostic: Diagnostic, stage: usize) -> Diagnostic {
    match flow.stages.get(stage) {
        Some(stage) => diagnostic.label(stage.step.order.span, "the step that asks for the second factor"),
        None => diagnostic,
    }
}
