//! What holds for technical profiles of every kind.

use crate::check::chain::Chain;
use crate::check::kind::{Kind, metadata};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimReference, Id, Spanned};
use crate::provider::rest::authority;

/// docs#54775, docs#83388. A missing Protocol is planning's finding of the same code.
pub(super) fn display_name(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    for (id, profile) in chain.profiles.iter().filter(|(id, _)| !abstracts.contains(*id)) {
        if profile.profile.display_name.is_some() || profile.profile.protocol.is_none() {
            continue;
        }
        let words = format!("The required \"DisplayName\" element is missing from TechnicalProfile with id \"{id}\"");
        let help = "neither this technical profile nor one that it includes has it; is the id spelled as in the base policy?";
        found.push(Diagnostic::error(code::NO_DISPLAY_NAME, words).at(profile.profile.id.span).help(help));
    }
}

/// technicalprofiles: "Handler: when the protocol name is set to Proprietary".
pub(super) fn handler_protocol(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for profile in super::written(chain) {
        let Some(protocol) = &profile.protocol else { continue };
        let (Some(name), Some(handler)) = (&protocol.name, &protocol.handler) else { continue };
        if name.trim().eq_ignore_ascii_case("Proprietary") {
            continue;
        }
        let words = format!("a handler stands with the protocol `Proprietary` only, not with `{}`", name.value);
        found.push(
            Diagnostic::error(code::HANDLER_PROTOCOL, words)
                .at(handler.span)
                .label(name.span, "the protocol")
                .help("write `Proprietary`, or take the handler away"),
        );
    }
}

/// Metadata that holds addresses. Source: openid-connect, oauth2 and oauth1 technical profiles, id-token-hint.
const ADDRESSES: [&str; 6] =
    ["METADATA", "authorization_endpoint", "AccessTokenEndpoint", "access_token_endpoint", "request_token_endpoint", "ClaimsEndpoint"];

/// error-codes, AADB2C90026, and addresses without TLS; the ServiceUrl is the REST provider's business.
pub(super) fn addresses(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let development = chain.policy.deployment_mode() != crate::policy::DeploymentMode::Production;
    let kinds = [Kind::IdentityProvider, Kind::SignIn, Kind::Hint];
    for profile in chain.profiles.values().filter(|profile| kinds.contains(&profile.kind)) {
        for key in ADDRESSES {
            let Some(item) = metadata(&profile.profile, key) else { continue };
            let url = item.value.trim();
            // A value that begins with a brace is filled in before the upload, or by a resolver.
            if url.is_empty() || url.starts_with('{') {
                continue;
            }
            let host = authority(url);
            if host.is_empty() || host.contains(char::is_whitespace) {
                let words = format!(
                    "Profile '{}' metadata contains the key '{key}' which has the empty or invalid URL format of '{url}'.",
                    profile.profile.id.value
                );
                found.push(Diagnostic::error(code::URL_FORMAT, words).at(item.value.span).help("write an absolute URL: `https://…`"));
            } else if crate::check::security::is_insecure(url, development) {
                let words = format!("`{key}` of technical profile `{}` is an address without TLS", profile.profile.id.value);
                found.push(Diagnostic::warning(code::HTTP_URL, words).at(item.value.span).help("write `https://`"));
            }
        }
    }
}

/// claims-transformation-technical-profile: OutputClaims is mandatory, and at least one OutputClaim in it.
pub(super) fn no_output(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    let transformations = chain.profiles.iter().filter(|(id, profile)| profile.kind == Kind::Transformations && !abstracts.contains(*id));
    for (id, profile) in transformations.filter(|(_, profile)| profile.profile.output_claims.is_empty()) {
        let words = format!("the claims transformation technical profile `{id}` has no output claim");
        let help = "list at least one `OutputClaim`, for example what the last transformation gives";
        found.push(Diagnostic::error(code::NO_OUTPUT, words).at(profile.profile.id.span).help(help));
    }
}

/// custom-policy-reference-sso.
pub(super) fn session_provider(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for profile in super::written(chain) {
        let Some(reference) = &profile.use_for_session_management else { continue };
        let Some(session) = chain.profile(reference) else { continue };
        if !matches!(session.kind, Kind::Session(_) | Kind::Unknown) {
            let words = format!("the technical profile `{}` manages no session", reference.value);
            let finding = Diagnostic::warning(code::SESSION_PROVIDER, words).at(reference.span);
            let finding = match session.profile.protocol.as_ref().and_then(|protocol| protocol.handler.as_ref()) {
                Some(handler) => finding.label(handler.span, "its handler is no session provider"),
                None => finding,
            };
            found.push(finding.help("name one whose handler is an SSO session provider, such as `SM-Noop` of the starter pack"));
        }
    }
    let policy = chain.policy;
    let steps = policy.user_journeys.values().flat_map(|journey| &journey.steps);
    let steps = steps.chain(policy.sub_journeys.values().flat_map(|journey| &journey.steps));
    for exchange in steps.flat_map(|step| step.claims_exchanges.iter().flatten()) {
        called(chain, &exchange.technical_profile, "a step", found);
    }
    for validation in super::written(chain).flat_map(|profile| &profile.validation_technical_profiles) {
        called(chain, &validation.reference, "a page", found);
    }
}

fn called(chain: &Chain<'_>, reference: &Spanned<Id>, by: &str, found: &mut Vec<Diagnostic>) {
    if chain.profile(reference).is_some_and(|profile| matches!(profile.kind, Kind::Session(_))) {
        let words = format!("the technical profile `{}` only manages sessions; called by {by} it does nothing", reference.value);
        found.push(Diagnostic::warning(code::SESSION_PROVIDER, words).at(reference.span));
    }
}

/// SEMANTICS 6.1.
pub(super) fn idle_default_flag(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let claims = |profile: &crate::policy::TechnicalProfile| -> Vec<ClaimReference> {
        [&profile.input_claims, &profile.persisted_claims, &profile.output_claims].into_iter().flatten().cloned().collect()
    };
    let party = chain.policy.relying_party.iter().flat_map(|party| &party.technical_profiles).map(AsRef::as_ref);
    for claim in super::written(chain).chain(party).flat_map(claims) {
        let Some(flag) = claim.always_use_default_value.filter(|flag| flag.value && claim.default_value.is_none()) else { continue };
        let words = format!("`AlwaysUseDefaultValue` has no effect on `{}`: there is no `DefaultValue`", claim.claim.value);
        found.push(Diagnostic::warning(code::IDLE_DEFAULT_FLAG, words).at(flag.span));
    }
}
