//! Rules about what weakens a sign-in (09).

use super::ChainRule;
use super::chain::Chain;
use super::kind::{Kind, metadata};
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimReference, DeploymentMode, Spanned};
use crate::provider::call::part_of;
use crate::provider::rest::authority;

/// The rules of this family. Unauthenticated REST calls, DebugMode and the ServiceUrl are judged by the REST provider
/// ([`super::profiles`]).
pub(super) const RULES: &[ChainRule] = &[pages_without_tls, insecure_allowed, secrets, development_mode];

fn in_development(chain: &Chain<'_>) -> bool {
    chain.policy.deployment_mode() != DeploymentMode::Production
}

/// Whether a URL is `http:`; one of this machine is fine while developing.
pub(super) fn is_insecure(url: &str, development: bool) -> bool {
    let url = url.trim();
    if !url.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http://")) {
        return false;
    }
    let host = authority(url);
    let host = host.split(':').next().unwrap_or(host);
    !(development && (host.eq_ignore_ascii_case("localhost") || host == "127.0.0.1"))
}

/// customize-ui-with-html: pages must be served over HTTPS.
fn pages_without_tls(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let development = in_development(chain);
    for definition in chain.policy.content_definitions.values() {
        for (name, uri) in [("LoadUri", &definition.load_uri), ("RecoveryUri", &definition.recovery_uri)] {
            let Some(uri) = uri.as_ref().filter(|uri| is_insecure(uri, development)) else { continue };
            let words = format!("`{name}` of content definition `{}` is an address without TLS", definition.id.value);
            found.push(Diagnostic::warning(code::HTTP_URL, words).at(uri.span).help("serve the page over `https://`"));
        }
    }
    if !development {
        return;
    }
    // error-codes, AADB2C90257: while developing it needs a setting whose name is not known; in production the provider judges it.
    for profile in chain.profiles.values().filter(|profile| profile.kind == Kind::Rest) {
        let Some(url) = metadata(&profile.profile, "ServiceUrl").filter(|url| is_insecure(&url.value, true)) else { continue };
        let words = format!("`ServiceUrl` of technical profile `{}` is an address without TLS", profile.profile.id.value);
        let help = "a production policy must use `https://`";
        found.push(Diagnostic::warning(code::HTTP_URL, words).at(url.value.span).help(help));
    }
}

/// restful-technical-profile: the flag is for tests.
fn insecure_allowed(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    if in_development(chain) {
        return;
    }
    for profile in chain.profiles.values().filter(|profile| profile.kind == Kind::Rest) {
        let says = |key: &str, value: &str| {
            metadata(&profile.profile, key).filter(|item| item.value.trim().eq_ignore_ascii_case(value)).map(|item| item.value.span)
        };
        let (Some(flag), Some(kind)) = (says("AllowInsecureAuthInProduction", "true"), says("AuthenticationType", "None")) else {
            continue;
        };
        let words = format!("anybody can call the API of technical profile `{}`: it asks for no authentication", profile.profile.id.value);
        let finding = Diagnostic::warning(code::INSECURE_ALLOWED, words).at(flag).label(kind, "no authentication");
        found.push(finding.help("use Basic, Bearer, ClientCertificate or ApiKeyHeader in production"));
    }
}

/// Parts of names of what must not be read by everybody who reads the policy.
const SECRETS: [&str; 9] =
    ["client_secret", "clientsecret", "apikey", "api_key", "api-key", "password", "functions-key", "subscription-key", "access_key"];

/// Parameters of a URL that carry a key.
const PARAMETERS: [&str; 8] = ["code", "key", "sig", "apikey", "api_key", "api-key", "subscription-key", "client_secret"];

fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SECRETS.iter().any(|secret| name.ends_with(secret))
}

/// Whether a value is one, not a place that somebody is to fill in.
fn is_literal(value: &str) -> bool {
    let value = value.trim();
    let lower = value.to_ascii_lowercase();
    let first = value.chars().next();
    first.is_some()
        && !value.contains(['{', '}', '<', '>', '[', ' '])
        && !["your", "xxx", "enter", "example", "placeholder", "replace", "b2c_1a_"].iter().any(|word| lower.contains(word))
        && !["true", "false", "none"].contains(&lower.as_str())
        && value.chars().any(|letter| Some(letter) != first)
}

/// policy-keys-overview: secrets belong into policy keys.
fn secrets(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    const HELP: &str = "keep it as a policy key and name that in `CryptographicKeys`; this one is known to all who read the policy";
    for profile in chain.policy.technical_profiles.values() {
        for item in &profile.metadata {
            if is_secret_name(item.key.trim()) && is_literal(&item.value) {
                let words =
                    format!("the metadata `{}` of technical profile `{}` is a secret in plain text", item.key.value, profile.id.value);
                found.push(Diagnostic::warning(code::LITERAL_SECRET, words).at(item.value.span).help(HELP));
            } else if let Some((parameter, value)) = secret_parameter(&item.value) {
                let words = format!("the parameter `{parameter}` of this address is a secret in plain text");
                let place = part_of(item.value.span, &item.value, value);
                found.push(Diagnostic::warning(code::LITERAL_SECRET, words).at(place).help(HELP));
            }
        }
        for claim in profile.input_claims.iter().chain(&profile.persisted_claims).chain(&profile.output_claims) {
            if let Some(default) = secret_default(claim) {
                let words = format!("the default of `{}` is a secret in plain text", claim.claim.value);
                found.push(Diagnostic::warning(code::LITERAL_SECRET, words).at(default.span).help(HELP));
            }
        }
    }
}

fn secret_default(claim: &ClaimReference) -> Option<&Spanned<Str>> {
    let partner = claim.partner_claim_type.as_ref().map_or(claim.claim.as_str(), |partner| partner.as_str());
    let named = is_secret_name(claim.claim.as_str()) || is_secret_name(partner.trim());
    claim.default_value.as_ref().filter(|default| named && is_literal(default))
}

/// A parameter of an address whose value is long enough for a key, and the value.
fn secret_parameter(url: &str) -> Option<(&str, &str)> {
    const SHORTEST: usize = 16;
    if authority(url.trim()).is_empty() {
        return None;
    }
    let (_, query) = url.split_once('?')?;
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let secret = |(name, value): &(&str, &str)| {
        PARAMETERS.iter().any(|known| known.eq_ignore_ascii_case(name.trim())) && value.trim().len() >= SHORTEST && is_literal(value)
    };
    pairs.into_iter().find(secret).map(|(name, value)| (name.trim(), value.trim()))
}

/// deploy-custom-policies: development mode is for a test tenant.
fn development_mode(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(mode) = chain.policy.top().filter(|_| chain.is_relying_party()).and_then(|level| level.deployment_mode) else { return };
    if mode.value != DeploymentMode::Production {
        found.push(
            Diagnostic::note(code::DEVELOPMENT_MODE, "the policy is in development mode")
                .at(mode.span)
                .help("remove `DeploymentMode` and `UserJourneyRecorderEndpoint` before it serves people"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_told_from_places_to_fill_in() {
        for (value, expected) in [
            ("q8R-7vTn2xLw", true),
            ("P@ssw0rd!", true),
            ("", false),
            ("your-secret", false),
            ("<secret>", false),
            ("{Settings:Secret}", false),
            ("{OAUTH-KV:key}", false),
            ("xxxxxxxx", false),
            ("00000000", false),
            ("B2C_1A_Secret", false),
            ("Enter your password", false),
            ("true", false),
        ] {
            assert_eq!(is_literal(value), expected, "{value}");
        }
    }

    #[test]
    fn keys_in_addresses_are_found() {
        for (url, expected) in [
            ("https://a.b/c?x=1&code=Zk3vTn2xLwq8R7bYc5Jd", Some(("code", "Zk3vTn2xLwq8R7bYc5Jd"))),
            (" https://a.b/c?CODE=Zk3vTn2xLwq8R7bYc5Jd ", Some(("CODE", "Zk3vTn2xLwq8R7bYc5Jd"))),
            ("https://a.b/c?code={Settings:FunctionKey}", None),
            ("https://a.b/c?code=short", None),
            ("https://a.b/c?codes=Zk3vTn2xLwq8R7bYc5Jd", None),
            ("what?code=Zk3vTn2xLwq8R7bYc5Jd", None),
        ] {
            assert_eq!(secret_parameter(url), expected, "{url}");
        }
    }

    #[test]
    fn the_own_machine_needs_no_tls_while_developing() {
        for (url, development, expected) in [
            ("http://localhost:7071/api", true, false),
            ("http://localhost:7071/api", false, true),
            ("HTTP://127.0.0.1/", true, false),
            ("http://localhost.contoso.com/", true, true),
            ("https://contoso.com/", false, false),
            ("~/common/page.html", false, false),
            ("htt", false, false),
        ] {
            assert_eq!(is_insecure(url, development), expected, "{url}");
        }
    }
}
