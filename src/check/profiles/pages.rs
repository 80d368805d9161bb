//! Self-asserted pages: what they show, and what happens when they are sent (SEMANTICS 9).

use rustc_hash::FxHashSet;

use crate::check::chain::{Chain, Profile};
use crate::check::flow::{Access, Call, Event, Flow, Origin, Read, Role};
use crate::check::kind::{Kind, metadata};
use crate::claims::InputType;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimReference, ClaimsTransformation, DisplayClaimTarget, Id, Spanned, StepType, TechnicalProfile};

/// What reads a claim, for a label.
fn reader(read: &Read<'_>) -> &'static str {
    match read {
        Read::StepPrecondition(_) => "a step's precondition reads it here",
        Read::CallPrecondition(_) => "a precondition reads it here",
        Read::Enabled => "a technical profile is enabled by it here",
        Read::Input { .. } => "an input claim reads it here",
        Read::Persisted { .. } => "it is persisted here",
        Read::Transformation(_) => "a claims transformation reads it here",
        Read::Token { .. } => "the token wants it here",
    }
}

/// Whether a read can do without a value.
fn is_defaulted(read: &Read<'_>) -> bool {
    matches!(read, Read::Input { defaulted: true } | Read::Persisted { defaulted: true } | Read::Token { defaulted: true })
}

/// self-asserted-technical-profile: ContentDefinitionReferenceId is mandatory. The sign-in form of a combined step has that of the step.
pub(super) fn content(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    let combined = sign_in_exchanges(chain);
    for page in pages(chain).filter(|page| !abstracts.contains(&page.id.value) && !combined.contains(&page.id.value)) {
        let item = metadata(page, "ContentDefinitionReferenceId");
        if item.is_none_or(|item| item.value.trim().is_empty()) {
            let words = format!("Profile '{}' does not contain the required metadata key 'ContentDefinitionReferenceId'.", page.id.value);
            let place = item.map_or(page.id.span, |item| item.value.span);
            found.push(Diagnostic::error(code::INCOMPLETE_PROFILE, words).at(place));
        }
    }
}

/// docs#50199: what a validation profile gives reaches later steps only as an output claim of its page. Told where somebody later reads
/// the claim and nobody else can have written it.
pub(super) fn lost_outputs(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    let mut told: FxHashSet<(Id, crate::source::Span)> = FxHashSet::default();
    for (index, event) in flow.events.iter().enumerate() {
        let Access::Read(read) = &event.access else { continue };
        if event.page.is_some() || is_defaulted(read) || flow.may_be_set(index) {
            continue;
        }
        for (at, write, _) in flow.writes(&event.claim).take_while(|(at, ..)| *at < index) {
            let Some((call, page)) = validation_of(flow, write) else { continue };
            // The page's own transformations come after it and are not its later steps.
            if event.call == write.page || reads_itself(flow, at, write) || is_idle(flow, event, read, call) {
                continue;
            }
            if !told.insert((write.claim.clone(), write.span)) {
                continue;
            }
            let words = format!(
                "the claim `{}` that `{}` gives ends with the page `{}`, which does not list it as an output claim",
                write.claim, call.profile.id.value, page.profile.id.value
            );
            found.push(
                Diagnostic::warning(code::VALIDATION_OUTPUT_LOST, words)
                    .at(write.span)
                    .label(page.profile.id.span, "the page")
                    .label(event.span, reader(read))
                    .help(format!("add `<OutputClaim ClaimTypeReferenceId=\"{}\" />` to the page", write.claim)),
            );
        }
    }
}

/// The validation profile and the page whose validation wrote a claim.
fn validation_of<'f, 'c>(flow: &'f Flow<'c>, write: &Event<'c>) -> Option<(&'f Call<'c>, &'f Call<'c>)> {
    let call = flow.call_of(write).filter(|call| matches!(call.role, Role::Validation(_)))?;
    Some((call, flow.calls.get(write.page?)?))
}

/// Whether a read can well do without the value: a page that would show it, a directory that would keep what it gave.
fn is_idle(flow: &Flow<'_>, event: &Event<'_>, read: &Read<'_>, writer: &Call<'_>) -> bool {
    match read {
        Read::Input { .. } => flow.call_of(event).is_some_and(|call| call.kind == Kind::Page),
        Read::Persisted { .. } => matches!(writer.kind, Kind::Directory | Kind::SignIn),
        _ => false,
    }
}

/// Whether the claim was known before and the validation profile only hands it on.
fn reads_itself(flow: &Flow<'_>, at: usize, write: &Event<'_>) -> bool {
    flow.writes(&write.claim).any(|(before, other, _)| before < at && other.page.is_none())
}

/// self-asserted-technical-profile: display claims are shown, output claims are returned.
pub(super) fn display_not_output(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for page in pages(chain) {
        let used = used_on(chain, page);
        for display in page.display_claims.iter().flatten() {
            let DisplayClaimTarget::Claim(claim) = &display.target else { continue };
            // The page itself compares it with the password.
            if claim.eq_ignore_ascii_case("reenterPassword") {
                continue;
            }
            if !is_typed(chain, claim) || used.contains(&claim.value) || page.output_claims.iter().any(|it| it.claim.value == claim.value) {
                continue;
            }
            let words = format!("what is typed for `{}` is lost: the page does not list it as an output claim", claim.value);
            found.push(
                Diagnostic::warning(code::DISPLAY_NOT_OUTPUT, words)
                    .at(claim.span)
                    .help(format!("add `<OutputClaim ClaimTypeReferenceId=\"{}\" />` to `{}`", claim.value, page.id.value)),
            );
        }
    }
}

/// Claims that the validation profiles, display controls and transformations of a page read.
fn used_on(chain: &Chain<'_>, page: &TechnicalProfile) -> FxHashSet<Id> {
    let mut used = FxHashSet::default();
    let mut called: Vec<&TechnicalProfile> = vec![page];
    for validation in &page.validation_technical_profiles {
        used.extend(
            validation.preconditions.iter().flat_map(|precondition| &precondition.values).map(|value| Id::from(value.value.clone())),
        );
        called.extend(chain.profile(&validation.reference).map(|called| called.profile.as_ref()));
    }
    for display in page.display_claims.iter().flatten() {
        let DisplayClaimTarget::Control(control) = &display.target else { continue };
        let Some(control) = chain.policy.display_controls.get(control.value.trim()) else { continue };
        used.extend(control.input_claims.iter().map(|claim| claim.claim.value.clone()));
        let exchanges = control.actions.iter().flat_map(|action| &action.exchanges);
        called.extend(exchanges.filter_map(|exchange| Some(chain.profile(&exchange.reference)?.profile.as_ref())));
    }
    for profile in called {
        if !std::ptr::eq(profile, page) {
            used.extend(profile.input_claims.iter().chain(&profile.persisted_claims).map(|claim| claim.claim.value.clone()));
        }
        for transformation in transformations(chain, profile) {
            used.extend(transformation.input_claims.iter().map(|claim| claim.claim.value.clone()));
        }
    }
    used
}

fn transformations<'a>(chain: &'a Chain<'_>, profile: &'a TechnicalProfile) -> impl Iterator<Item = &'a ClaimsTransformation> {
    let ids = profile.input_claims_transformations.iter().chain(&profile.output_claims_transformations);
    ids.filter_map(|id| chain.policy.claims_transformations.get(id.value.trim())).map(AsRef::as_ref)
}

/// self-asserted-technical-profile: the first two output claims of a sign-in page are user name and password, in this order.
pub(super) fn sign_in_form(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let combined = sign_in_exchanges(chain);
    for (id, Profile { profile, .. }) in chain.profiles.iter().filter(|(_, profile)| profile.kind == Kind::Page) {
        let content = metadata(profile, "ContentDefinitionReferenceId");
        let content = content.and_then(|item| chain.policy.content_definitions.get(item.value.trim()));
        let uri = content.and_then(|content| content.data_uri.as_ref()).map(|uri| uri.to_ascii_lowercase()).unwrap_or_default();
        let is_form = combined.contains(id) || uri.contains("unifiedssp") || uri.contains("unifiedssd");
        if !is_form || profile.display_claims.as_ref().is_some_and(|display| !display.is_empty()) {
            continue;
        }
        // What a default or a validation profile gives is not asked for, wherever it stands: policies that work put it first.
        let given = validated(chain, profile);
        let asked = |output: &&ClaimReference| {
            output.default_value.is_none() && is_typed(chain, &output.claim) && !given.contains(&output.claim.value)
        };
        let asked: Vec<&ClaimReference> = profile.output_claims.iter().filter(asked).collect();
        let is_password = |output: &&ClaimReference| input_type(chain, &output.claim) == Some(InputType::Password);
        // The starter pack's own sign-in without a password has but a name.
        let Some(place) = asked.iter().position(is_password).filter(|place| *place != 1) else { continue };
        let Some(wrong) = asked.get(place.min(1)) else { continue };
        let words = format!("the first two output claims of the sign-in page `{id}` must be the user name and the password, in this order");
        found.push(Diagnostic::warning(code::SIGN_IN_FORM, words).at(wrong.claim.span));
    }
}

/// Claims that the validation profiles of a page give.
fn validated(chain: &Chain<'_>, page: &TechnicalProfile) -> FxHashSet<Id> {
    let mut given = FxHashSet::default();
    let called = page.validation_technical_profiles.iter().filter_map(|validation| chain.profile(&validation.reference));
    for Profile { profile, .. } in called {
        given.extend(profile.output_claims.iter().map(|output| output.claim.value.clone()));
        let outputs = transformations(chain, profile).flat_map(|transformation| &transformation.output_claims);
        given.extend(outputs.map(|output| output.claim.value.clone()));
    }
    given
}

/// Technical profiles of the sign-in forms of combined sign-in and sign-up steps.
fn sign_in_exchanges(chain: &Chain<'_>) -> FxHashSet<Id> {
    let mut found = FxHashSet::default();
    for step in chain.policy.user_journeys.values().flat_map(|journey| &journey.steps) {
        if step.kind.as_ref().is_none_or(|kind| kind.value != StepType::CombinedSignInAndSignUp) {
            continue;
        }
        let selections = step.claims_provider_selections.iter().flat_map(|selections| &selections.selections);
        for target in selections.filter_map(|selection| selection.validation.as_ref()) {
            let exchanges = step.claims_exchanges.iter().flatten().filter(|exchange| exchange.id.value == target.value);
            found.extend(exchanges.map(|exchange| exchange.technical_profile.value.clone()));
        }
    }
    found
}

/// self-asserted-technical-profile, setting.showContinueButton. A display control or a script can lead on; a page that asks for nothing is
/// meant to be the end.
pub(super) fn dead_end(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let combined = sign_in_exchanges(chain);
    for page in pages(chain).filter(|page| !combined.contains(&page.id.value)) {
        let Some(setting) = metadata(page, "setting.showContinueButton").filter(|item| item.value.trim().eq_ignore_ascii_case("false"))
        else {
            continue;
        };
        let controls = page.display_claims.iter().flatten().any(|display| matches!(display.target, DisplayClaimTarget::Control(_)));
        let shown = page.display_claims.iter().flatten().filter_map(|display| match &display.target {
            DisplayClaimTarget::Claim(claim) => Some(claim),
            DisplayClaimTarget::Control(_) => None,
        });
        let shown: Vec<&Spanned<Id>> = shown.chain(page.output_claims.iter().map(|output| &output.claim)).collect();
        let buttons = shown.iter().any(|claim| input_type(chain, claim) == Some(InputType::Button));
        // A field that is filled already, and nothing to validate: a message in the guise of a form.
        let is_filled = |claim: &&Spanned<Id>| page.input_claims.iter().any(|input| input.claim.value == claim.value);
        let asks = shown.iter().any(|claim| is_typed(chain, claim) && !is_filled(claim)) || !page.validation_technical_profiles.is_empty();
        if controls || buttons || runs_scripts(chain) || !asks || !has_input(chain, page) {
            continue;
        }
        let words = format!("nobody gets beyond the page `{}`: it has no button to continue", page.id.value);
        let help = "show the button, unless a script of the page's HTML sends the form";
        found.push(Diagnostic::warning(code::DEAD_END_PAGE, words).at(setting.value.span).help(help));
    }
}

fn runs_scripts(chain: &Chain<'_>) -> bool {
    let behaviors = chain.policy.relying_party.as_ref().and_then(|party| party.user_journey_behaviors.as_ref());
    behaviors.and_then(|behaviors| behaviors.script_execution).is_some_and(|script| script.value == crate::policy::ScriptExecution::Allow)
}

/// samples#420.
pub(super) fn idle_continue(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for validation in super::written(chain).flat_map(|profile| &profile.validation_technical_profiles) {
        let Some(flag) = validation.continue_on_error.filter(|flag| flag.value) else { continue };
        let Some(Profile { profile, kind: Kind::SignIn }) = chain.profile(&validation.reference) else { continue };
        let Some(grant) = metadata(profile, "grant_type") else { continue };
        let words = format!("`ContinueOnError` has no effect on `{}`: its metadata has `grant_type`", validation.reference.value);
        found.push(
            Diagnostic::warning(code::IDLE_CONTINUE, words)
                .at(flag.span)
                .label(grant.key.span, "with this a failed sign-in ends the validation")
                .help("give `grant_type` by an input claim with a default instead"),
        );
    }
}

/// validation-technical-profile: only self-asserted pages have them, and only a form that somebody fills in runs them (docs pull 93154).
pub(super) fn idle_validation(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    for (id, Profile { profile, kind }) in chain.profiles.iter().filter(|(id, _)| !abstracts.contains(*id)) {
        let Some(first) = profile.validation_technical_profiles.first() else { continue };
        let words = match kind {
            Kind::Page if has_input(chain, profile) => continue,
            Kind::Page => format!("`{}` never runs: the page `{id}` has nothing to fill in", first.reference.value),
            Kind::Unknown => continue,
            _ => format!("`{}` never runs: `{id}` is no self-asserted page", first.reference.value),
        };
        found.push(Diagnostic::warning(code::IDLE_VALIDATION, words).at(first.reference.span));
    }
}

/// self-asserted-technical-profile: a password is for the validation profiles of its page only.
pub(super) fn lost_passwords(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    for (index, event) in flow.events.iter().enumerate() {
        let Access::Read(read) = &event.access else { continue };
        if is_defaulted(read) || input_type(chain, &event.claim) != Some(InputType::Password) {
            continue;
        }
        let mut typed = None;
        let mut others = false;
        for (_, write, origin) in flow.writes(&event.claim).take_while(|(at, ..)| *at < index) {
            let here = write.page.is_some() && (write.page == event.page || write.page == event.call);
            match origin {
                Origin::Typed if !here && write.call != event.call => typed = typed.or(Some(write)),
                _ => others = true,
            }
        }
        let Some(typed) = typed.filter(|_| !others && !has_stand_in(flow, event)) else { continue };
        let words =
            format!("the password `{}` is gone when this step reads it: passwords stay with the page on which they are typed", event.claim);
        let help = "let a validation technical profile of the page use it, or copy it to another claim by a transformation there";
        let finding = Diagnostic::warning(code::PASSWORD_LOST, words).at(event.span).label(typed.span, "it is typed here");
        found.push(finding.help(help));
    }
}

/// Whether the profile that reads a claim has another input for the same partner name, as one that includes `login-NonInteractive`.
fn has_stand_in(flow: &Flow<'_>, event: &Event<'_>) -> bool {
    let Some(call) = flow.call_of(event) else { return false };
    let inputs = &call.profile.input_claims;
    let Some(own) = inputs.iter().find(|input| input.claim.span == event.span) else { return false };
    let partner = |input: &crate::policy::ClaimReference| {
        input.partner_claim_type.as_ref().map_or_else(|| input.claim.value.to_str(), |partner| partner.value.clone())
    };
    inputs.iter().any(|input| input.claim.span != event.span && partner(input).eq_ignore_ascii_case(&partner(own)))
}

/// validation-technical-profile: "the input claims must appear in the output claims of the self-asserted profile".
pub(super) fn idle_inputs(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for page in pages(chain) {
        let mut given: FxHashSet<&Id> = page.output_claims.iter().map(|output| &output.claim.value).collect();
        for display in page.display_claims.iter().flatten() {
            match &display.target {
                DisplayClaimTarget::Claim(claim) => _ = given.insert(&claim.value),
                DisplayClaimTarget::Control(control) => {
                    let control = chain.policy.display_controls.get(control.value.trim());
                    given.extend(control.iter().flat_map(|control| &control.output_claims).map(|output| &output.claim.value));
                }
            }
        }
        for validation in &page.validation_technical_profiles {
            let Some(Profile { profile, .. }) = chain.profile(&validation.reference) else { continue };
            for transformation in transformations(chain, profile) {
                given.extend(transformation.output_claims.iter().map(|output| &output.claim.value));
            }
            for claim in profile.input_claims.iter().chain(&profile.persisted_claims) {
                if claim.default_value.is_none() && !given.contains(&claim.claim.value) {
                    let words = format!(
                        "`{}` reads `{}`, which the page `{}` does not list as an output claim",
                        profile.id.value, claim.claim.value, page.id.value
                    );
                    let finding = Diagnostic::note(code::IDLE_CLAIM_INPUT, words).at(claim.claim.span);
                    found.push(finding.label(validation.reference.span, "validated here"));
                }
            }
            given.extend(profile.output_claims.iter().map(|output| &output.claim.value));
        }
    }
}

fn pages<'a>(chain: &'a Chain<'_>) -> impl Iterator<Item = &'a TechnicalProfile> {
    chain.profiles.values().filter(|profile| profile.kind == Kind::Page).map(|profile| profile.profile.as_ref())
}

fn input_type(chain: &Chain<'_>, claim: &Id) -> Option<InputType> {
    chain.claim_type(claim.as_str())?.user_input_type.as_ref().map(|input| input.value)
}

fn is_typed(chain: &Chain<'_>, claim: &Spanned<Id>) -> bool {
    input_type(chain, &claim.value).is_some_and(InputType::is_editable)
}

/// Whether a page has a field, or a display control, which has fields of its own. An output claim that a validation profile gives is
/// none, unless it is the user name or the password of a sign-in page.
fn has_input(chain: &Chain<'_>, page: &TechnicalProfile) -> bool {
    let display = page.display_claims.as_deref().unwrap_or_default();
    if !display.is_empty() {
        return display.iter().any(|display| match &display.target {
            DisplayClaimTarget::Claim(claim) => is_typed(chain, claim),
            DisplayClaimTarget::Control(_) => true,
        });
    }
    page.output_claims.iter().any(|output| {
        let partner = output.partner_claim_type.as_ref();
        is_typed(chain, &output.claim) || partner.is_some_and(|partner| partner.trim().eq_ignore_ascii_case("Verified.Email"))
    })
}
