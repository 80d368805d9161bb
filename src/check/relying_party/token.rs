//! What goes into the token: B2C0802, B2C0803, B2C0810, B2C0811.

use crate::check::chain::Chain;
use crate::check::flow::Flow;
use crate::claims::DataType;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy::{ClaimReference, Id, Spanned, TechnicalProfile};

/// B2C0802, in the service's words (SERVICE-ERRORS row 75; azure-docs#12948, troubleshoot).
pub(super) fn outputs_produced(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let (Some(flow), Some(journey)) = (chain.flow(), chain.journey()) else { return };
    if !is_complete(chain, flow) {
        return;
    }
    for output in chain.relying_party_profiles.iter().flat_map(|party| &party.profile.output_claims) {
        let missing = output.default_value.is_none() && !is_listed(chain, flow, &output.claim.value);
        if !missing || chain.claim_type(&output.claim).is_none() {
            continue;
        }
        let message = format!(
            "Claim type \"{}\" is the output claim of the relying party's technical profile, but it is not an output claim in any of the \
             steps of user journey \"{}\".",
            output.claim.value, journey.id.value
        );
        let error = Diagnostic::error(code::OUTPUT_NOT_PRODUCED, message).at(output.claim.span).label(journey.id.span, "this journey");
        found.push(error.help("list it as an output claim of a step, or give it a DefaultValue here (an empty one will do)"));
    }
}

/// Whether a step lists the claim as an output, whatever comes of it, or something gives it some other way: a transformation, a session,
/// the application.
fn is_listed(chain: &Chain<'_>, flow: &Flow<'_>, claim: &Id) -> bool {
    let inputs = chain.relying_party_profiles.iter().flat_map(|party| &party.profile.input_claims);
    flow.writes(claim).next().is_some()
        || flow.calls.iter().flat_map(|call| &call.profile.output_claims).chain(inputs).any(|output| output.claim.value == *claim)
}

/// Whether every profile of the journey is known: behind one that is not, any claim may come from it.
fn is_complete(chain: &Chain<'_>, flow: &Flow<'_>) -> bool {
    flow.stages.iter().all(|stage| {
        let profiles = stage.step.claims_exchanges.iter().flatten().map(|exchange| &exchange.technical_profile).chain(&stage.step.issuer);
        let subs = stage.step.journey_list.iter().flatten();
        profiles.into_iter().all(|profile| chain.profile(profile).is_some())
            && subs.into_iter().all(|sub| chain.policy.sub_journeys.get(&sub.sub_journey).is_some())
    }) && flow.calls.iter().flat_map(|call| &call.profile.validation_technical_profiles).all(|v| chain.profile(&v.reference).is_some())
}

/// The name under which an output claim is issued (claimsschema): its partner name, else that of the claim type for the protocol, else
/// its id.
fn issued_as<'p>(chain: &'p Chain<'_>, party: &TechnicalProfile, output: &'p ClaimReference) -> &'p str {
    if let Some(partner) = output.partner_claim_type.as_ref().filter(|partner| !partner.trim().is_empty()) {
        return partner.trim();
    }
    let protocol = party.protocol.as_ref().and_then(|protocol| protocol.name.as_ref()).map_or("", |name| name.trim());
    let claim = chain.claim_type(&output.claim);
    let default =
        claim.and_then(|claim| claim.default_partners.iter().find(|partner| partner.protocol.trim().eq_ignore_ascii_case(protocol)));
    default.and_then(|default| default.partner_claim_type.as_ref()).map_or(output.claim.as_str(), |partner| partner.trim())
}

/// The claim type that SubjectNamingInfo names.
fn subject_name(party: &TechnicalProfile) -> Option<&Spanned<crate::claims::Str>> {
    party.subject_naming_info.as_ref().and_then(|info| info.claim_type.as_ref())
}

/// B2C0803. Source: relyingparty ("SubjectNamingInfo 1:1"; its ClaimType is the partner name of an output claim); azure-docs#47275.
pub(super) fn subject(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for party in chain.relying_party_profiles.iter().map(|party| &party.profile) {
        let Some(info) = &party.subject_naming_info else {
            let message = format!("the technical profile `{}` of the relying party has no SubjectNamingInfo", party.id.value);
            let error = Diagnostic::error(code::SUBJECT, message).at(party.id.span);
            found.push(error.help("add `<SubjectNamingInfo ClaimType=\"sub\" />` and issue a claim as `sub`"));
            continue;
        };
        let Some(name) = &info.claim_type else { continue };
        let wanted = name.value.trim();
        let names: Vec<&str> = party.output_claims.iter().map(|output| issued_as(chain, party, output)).collect();
        if wanted.is_empty() || names.contains(&wanted) {
            continue;
        }
        let message = format!("no output claim of the relying party is issued as `{wanted}`, which is to be the subject");
        let of_id = party.output_claims.iter().zip(&names).find(|(output, _)| output.claim.value == wanted);
        // By the documentation the claim's id is not its name in the token; nobody tells that the service insists, or minds the case.
        let doubtful = of_id.is_some() || names.iter().any(|name| name.eq_ignore_ascii_case(wanted));
        let severity = if doubtful { Severity::Warning } else { Severity::Error };
        let mut error = Diagnostic::new(severity, code::SUBJECT, message).at(name.span);
        error = match (of_id, crate::nearest::nearest(wanted, names.iter().copied())) {
            (Some((output, name)), _) => error.label(output.claim.span, format!("issued as `{name}`")).help(format!(
                "the subject goes by the name in the token: write `{name}`, or give this claim PartnerClaimType=\"{wanted}\""
            )),
            (None, Some(near)) => error.help(format!("did you mean `{near}`?")),
            (None, None) => error.help(format!("give the output claim that identifies the user PartnerClaimType=\"{wanted}\"")),
        };
        found.push(error);
    }
}

/// B2C0811: the claim behind the subject has at most an empty default, and nobody gives it to the journey: the token fails with "specifies
/// the subject claim 'sub' which is missing in the claims collection" (azure-docs#14150, samples#376).
pub(super) fn subject_never_set(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    if !is_complete(chain, flow) {
        return;
    }
    for party in chain.relying_party_profiles.iter().map(|party| &party.profile) {
        let Some(name) = subject_name(party) else { continue };
        let Some(output) = party.output_claims.iter().find(|output| issued_as(chain, party, output) == name.value.trim()) else { continue };
        let defaulted = output.default_value.as_ref().is_some_and(|default| !default.trim().is_empty());
        let writes: Vec<_> = flow.writes(&output.claim).map(|(_, event, _)| event).collect();
        let handed_on = writes.iter().any(|event| event.page.is_none());
        // What no step gives at all and has no default is B2C0802; what only the application gives is not known here.
        let elsewhere = writes.is_empty() && (output.default_value.is_none() || is_listed(chain, flow, &output.claim.value));
        if defaulted || handed_on || elsewhere {
            continue;
        }
        let message = format!("the subject of the token, `{}`, never has a value", output.claim.value);
        let mut warning = Diagnostic::warning(code::SUBJECT_NEVER_SET, message).at(output.claim.span).label(name.span, "the subject");
        if let Some(write) = writes.last() {
            warning = warning.label(write.span, "written here, but the page does not hand it on");
        }
        found.push(warning.help("list the claim as an output claim of a step of the journey"));
    }
}

/// B2C0810. SEMANTICS 14: no source tells the form of these types in a token. A note, since published policies issue them.
pub(super) fn unissuable_claims(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for output in chain.relying_party_profiles.iter().flat_map(|party| &party.profile.output_claims) {
        let Some(kind) = chain.data_type(&output.claim) else { continue };
        if matches!(
            kind,
            DataType::UserIdentity
                | DataType::UserIdentityCollection
                | DataType::AlternativeSecurityIdCollection
                | DataType::ObjectIdentity
                | DataType::ObjectIdentityCollection
        ) {
            let message = format!("the claim `{}` of type {} has no documented form in a token", output.claim.value, kind.name());
            let mut note = Diagnostic::note(code::UNISSUABLE_CLAIM, message).at(output.claim.span);
            if let Some(declared) = chain.claim_type(&output.claim).and_then(|claim| claim.data_type.as_ref()) {
                note = note.label(declared.span, "its type");
            }
            found.push(note.help("take what the application needs out with a claims transformation, and issue that"));
        }
    }
}
