//! Transformations as technical profiles run them.

use rustc_hash::FxHashSet;

use crate::check::chain::Chain;
use crate::check::flow::{Access, Call, Event, Flow, Read, Role};
use crate::check::kind::{Kind, metadata};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimsTransformation, Id, Precondition, PreconditionType};
use crate::transform::{Presence, signature};

/// Methods that can refuse, with the metadata item of their message. Source: localization-string-ids.
const ASSERTIONS: [(&str, &str); 7] = [
    ("AssertBooleanClaimIsEqualToValue", "UserMessageIfClaimsTransformationBooleanValueIsNotEqual"),
    ("AssertDateTimeIsGreaterThan", "DateTimeGreaterThan"),
    ("AssertNumber", "AssertNumberError"),
    ("AssertStringClaimsAreEqual", "UserMessageIfClaimsTransformationStringsAreNotEqual"),
    ("ConvertStringToPhoneNumberClaim", "UserMessageIfClaimsTransformationInvalidPhoneNumber"),
    ("GetNationalNumberAndCountryCodeFromPhoneNumberString", "UserMessageIfPhoneNumberParseFailure"),
    ("LookupValue", "LookupNotFound"),
];

fn message_key(transformation: &ClaimsTransformation) -> Option<&'static str> {
    let method = transformation.method.as_ref()?;
    ASSERTIONS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&method.value)).map(|(_, key)| *key)
}

/// An assertion in a profile that a step calls by itself ends the journey: its message is for pages. Off by default, because policies do
/// that on purpose too, as the refresh journey of the starter pack does.
pub(super) fn assertions(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    let on_page = |call: &Call<'_>| matches!(call.role, Role::Validation(_) | Role::Control(..)) || call.kind == Kind::Page;
    for call in flow.calls.iter().filter(|call| !on_page(call)) {
        let profile = &call.profile;
        for reference in profile.input_claims_transformations.iter().chain(&profile.output_claims_transformations) {
            let Some(transformation) = chain.policy.claims_transformations.get(reference.trim()) else { continue };
            let Some(key) = message_key(transformation) else { continue };
            let message = format!(
                "no page shows the message of `{}`: a step calls the technical profile `{}`, so a failure ends the journey",
                transformation.id.value, profile.id.value
            );
            let mut diagnostic = Diagnostic::note(code::ASSERT_OUTSIDE_PAGE, message)
                .at(reference.span)
                .help("run the assertion in a validation technical profile, and put the message into the metadata of its page");
            if let Some(item) = metadata(profile, key) {
                diagnostic = diagnostic.label(item.key.span, "this message is for a page");
            }
            found.push(diagnostic);
        }
    }
}

/// An input that a method needs and that nothing before it in the journey can have written.
pub(super) fn absent_inputs(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    let mut absent = Vec::new();
    for (index, event) in flow.events.iter().enumerate() {
        let Access::Read(Read::Transformation(transformation)) = &event.access else { continue };
        if flow.may_be_set(index) {
            continue;
        }
        let Some(signature) = transformation.method.as_ref().and_then(|method| signature(&method.value)) else { continue };
        let Some(entry) = transformation.input_claims.iter().find(|input| input.claim.span == event.span) else { continue };
        let slot = entry.transformation_claim_type.as_ref().and_then(|name| signature.inputs.iter().find(|slot| name.value == slot.name));
        if !slot.is_some_and(|slot| slot.presence == Presence::Required) {
            continue;
        }
        let Some(call) = flow.call_of(event) else { continue };
        if is_guarded(flow, event, call) || is_handed_on(flow, event) {
            continue;
        }
        // Where a directory profile finds nobody, its transformations may lack their inputs (OPEN-14); with nothing to write them at all they
        // always do.
        let message = format!(
            "A Claim of ClaimType with id \"{}\" was not found, which is required by the ClaimsTransformationImpl of Type \
             \"Microsoft.Cpim.Data.Transformations.{}\" for TransformationMethod \"{}\" referenced by the ClaimsTransformation with id \
             \"{}\" in policy \"{}\" of tenant \"{}\".",
            entry.claim.value,
            signature.class(),
            signature.method,
            transformation.id.value,
            chain.policy_id(),
            chain.tenant()
        );
        let place = flow.stage_of(event).map(|stage| format!(" in step {} of `{}`", stage.step.order.value, stage.journey));
        let mut diagnostic = Diagnostic::warning(code::ABSENT_INPUT, message).at(entry.claim.span);
        let references = call.profile.input_claims_transformations.iter().chain(&call.profile.output_claims_transformations);
        if let Some(reference) = references.into_iter().find(|reference| runs(reference, transformation)) {
            let words = format!("`{}` runs it{}", call.profile.id.value, place.unwrap_or_default());
            diagnostic = diagnostic.label(reference.span, words);
        }
        let later = flow.writes(&event.claim).next();
        absent.push(match later {
            Some((_, write, _)) => diagnostic
                .label(write.span, "written only here, which is later or seen on another page alone")
                .help("let a technical profile write the claim before this one runs"),
            None => diagnostic.help("let a technical profile write the claim before this one runs; nothing in the journey does"),
        });
    }
    // Said of a claim in general, the same is a finding of the steps.
    let places: FxHashSet<_> = absent.iter().filter_map(Diagnostic::span).collect();
    let is_said = |diagnostic: &Diagnostic| diagnostic.span().is_some_and(|span| places.contains(&span));
    found.retain(|diagnostic| diagnostic.code != code::READ_BEFORE_WRITTEN || !is_said(diagnostic));
    found.append(&mut absent);
}

/// Whether a precondition skips the step, a step that invoked it, or the call itself when the claim is not there.
fn is_guarded(flow: &Flow<'_>, event: &Event<'_>, call: &Call<'_>) -> bool {
    let guards = |precondition: &Precondition| {
        precondition.kind.as_ref().is_some_and(|kind| kind.value == PreconditionType::ClaimsExist)
            && precondition.execute_actions_if.as_ref().is_some_and(|execute| !execute.value)
            && precondition.values.first().is_some_and(|claim| event.claim == *claim.trim())
    };
    let mut stages = std::iter::successors(event.stage, |stage| flow.stages.get(*stage)?.invoked_by);
    let by_step = |stage: usize| flow.stages.get(stage).is_some_and(|stage| stage.step.preconditions.iter().flatten().any(guards));
    if stages.any(by_step) {
        return true;
    }
    match call.role {
        Role::Validation(_) => flow.validation(call).is_some_and(|validation| validation.preconditions.iter().any(guards)),
        Role::Control(action) => action.exchanges.iter().any(|exchange| exchange.preconditions.iter().any(guards)),
        _ => false,
    }
}

/// Whether an input claim with a default brings the value: a page shows it and gives it back, and ClaimsTransformation profiles of
/// published policies read such inputs by their output transformations.
fn is_handed_on(flow: &Flow<'_>, event: &Event<'_>) -> bool {
    let calls = event.call.map_or(0, |call| call + 1);
    let mut inputs = flow.calls.iter().take(calls).flat_map(|call| &call.profile.input_claims);
    inputs.any(|input| input.default_value.is_some() && input.claim.value == event.claim)
}

fn runs(reference: &Id, transformation: &ClaimsTransformation) -> bool {
    transformation.id.value == reference.trim()
}
