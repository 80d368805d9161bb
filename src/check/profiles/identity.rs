//! What identity providers and issuers need: settings and keys.

use crate::check::chain::Chain;
use crate::check::kind::{Kind, metadata};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::TechnicalProfile;

/// Metadata without which nobody can be sent to an identity provider; of several keys one is enough. Source: oauth1, oauth2,
/// openid-connect and saml-identity-provider technical profiles. The `client_id` is theirs too, but the starter pack's base leaves it to
/// the extensions file, and is taken; an empty one is the provider's finding.
fn required_metadata(protocol: &str) -> &'static [&'static [&'static str]] {
    match protocol {
        "oauth1" => &[&["access_token_endpoint"], &["authorization_endpoint"], &["request_token_endpoint"]],
        "oauth2" => &[&["authorization_endpoint"], &["AccessTokenEndpoint"]],
        "openidconnect" => &[&["METADATA", "authorization_endpoint"]],
        "saml2" => &[&["PartnerEntity"]],
        _ => &[],
    }
}

/// error-codes, AADB2C90023, and AADB2C90169 for PartnerEntity. Only for what the journey calls.
pub(super) fn settings(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    let providers = flow.calls.iter().filter(|call| call.kind == Kind::IdentityProvider).map(|call| &call.profile);
    for profile in providers {
        let id = &profile.id.value;
        for keys in required_metadata(&protocol(profile)) {
            if keys.iter().any(|key| metadata(profile, key).is_some_and(|item| !item.value.trim().is_empty())) {
                continue;
            }
            let Some(key) = keys.first() else { continue };
            let words = match *key {
                "PartnerEntity" => format!("The SAML technical profile '{id}' does not specify a metadata item for PartnerEntity."),
                _ => format!("Profile '{id}' does not contain the required metadata key '{key}'."),
            };
            let place = keys.iter().find_map(|key| metadata(profile, key)).map_or(profile.id.span, |item| item.value.span);
            found.push(Diagnostic::warning(code::INCOMPLETE_PROFILE, words).at(place));
        }
    }
}

/// error-codes, AADB2C90025. REST and id_token_hint profiles are judged by their providers.
pub(super) fn keys(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    for (id, profile) in chain.profiles.iter().filter(|(id, _)| !abstracts.contains(*id)) {
        for key in required_keys(profile.kind, &profile.profile) {
            if profile.profile.cryptographic_keys.iter().any(|given| given.id.eq_ignore_ascii_case(key)) {
                continue;
            }
            let words = format!(
                "Profile '{id}' in policy '{}' in tenant '{}' does not contain the required cryptographic key '{key}'.",
                chain.policy_id(),
                chain.tenant()
            );
            let help = format!("add `<Key Id=\"{key}\" StorageReferenceId=\"B2C_1A_…\" />` to its `CryptographicKeys`");
            found.push(Diagnostic::error(code::MISSING_KEY, words).at(profile.profile.id.span).help(help));
        }
    }
}

/// Source: jwt-issuer, saml-issuer, oauth2-error, oauth1, oauth2 and openid-connect technical profiles.
fn required_keys(kind: Kind, profile: &TechnicalProfile) -> &'static [&'static str] {
    let says = |key: &str, value: &str| metadata(profile, key).is_some_and(|item| item.value.trim().eq_ignore_ascii_case(value));
    match kind {
        Kind::JwtIssuer => &["issuer_secret"],
        Kind::SamlIssuer => &["SamlMessageSigning"],
        Kind::ErrorIssuer => &["issuer_secret"],
        Kind::IdentityProvider => match protocol(profile).as_str() {
            "oauth1" => &["client_secret"],
            "oauth2" if !says("token_endpoint_auth_method", "private_key_jwt") => &["client_secret"],
            "openidconnect" if says("response_types", "code") && !says("token_endpoint_auth_method", "private_key_jwt") => {
                &["client_secret"]
            }
            _ => &[],
        },
        _ => &[],
    }
}

fn protocol(profile: &TechnicalProfile) -> String {
    let name = profile.protocol.as_ref().and_then(|protocol| protocol.name.as_ref());
    name.map(|name| name.trim().to_ascii_lowercase()).unwrap_or_default()
}
