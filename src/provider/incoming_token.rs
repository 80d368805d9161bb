//! Profiles of protocol None that read a token which the application sent: an id_token_hint, or a refresh token that is redeemed. Source:
//! id-token-hint, add-ropc-policy, the starter pack; SEMANTICS 4.4 and 7.

use serde_json::{Map, Value as Json};

use crate::claims::DateTime;
use crate::diagnostic::{Diagnostic, code};
use crate::engine::Fault;
use crate::plan::{HandlerClass, Metadata};
use crate::provider::call::{Call, Naming, Returned, Setup, check_required_outputs, named_outputs};

const ISSUED_ON: &str = "refreshTokenIssuedOnDateTime";
const AUDIENCE: &str = "IdTokenAudience";
const ISSUER: &str = "issuer";

/// What such a profile reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IncomingToken {
    /// An id_token_hint.
    IdTokenHint,
    /// The refresh token that is redeemed.
    RefreshToken,
}

impl IncomingToken {
    /// What a profile of protocol None reads, if it is one of these. The UserInfo endpoint's has InputTokenFormat `JWT`.
    pub fn of(setup: &Setup<'_>, class: &HandlerClass) -> Option<Self> {
        let has = |key: &str| setup.metadata.get(key).is_some_and(|value| !value.is_empty());
        if class.input_format.eq_ignore_ascii_case("JWT") {
            return None;
        }
        if has("METADATA") || has("IdTokenAudience") || (has("issuer") && setup.key("client_secret").is_some()) {
            return Some(Self::IdTokenHint);
        }
        setup.outputs.iter().any(|output| output.partner.eq_ignore_ascii_case(ISSUED_ON)).then_some(Self::RefreshToken)
    }

    /// Says what is wrong with such a profile.
    pub fn check(self, setup: &Setup<'_>) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let has = |key: &str| setup.metadata.get(key).is_some_and(|value| !value.is_empty());
        if self == Self::IdTokenHint && !has("METADATA") {
            // id-token-hint: without METADATA the hint is signed with a shared secret.
            setup.required("issuer", &mut findings);
            setup.required("IdTokenAudience", &mut findings);
            setup.required_key("client_secret", &mut findings);
        }
        if setup.outputs.is_empty() {
            let words = format!("`{}` has no output claims, so that nothing of the token reaches the journey", setup.profile_id);
            findings.push(Diagnostic::warning(code::INCOMPLETE_PROFILE, words).at(setup.span));
        }
        findings
    }
}

/// Refuses a hint that is over, not yet valid, or for or from somebody else. Whether its signature is right only a scenario can say. Of the
/// claims that are checked a hint may lack any: a scenario gives what matters to it. Source: id-token-hint, error-codes; the order is a
/// choice.
pub fn check_hint(metadata: &Metadata, hint: &Map<String, Json>, now: DateTime) -> Result<(), Fault> {
    let time = |name: &str| match hint.get(name)? {
        Json::String(text) => text.trim().parse().ok(),
        value => value.as_i64(),
    };
    let texts = |name: &str| -> Option<Vec<&str>> {
        Some(match hint.get(name)? {
            Json::Array(items) => items.iter().filter_map(Json::as_str).collect(),
            value => value.as_str().into_iter().collect(),
        })
    };
    let is_another = |name: &str, key: &str| match (texts(name), metadata.get(key).filter(|accepted| !accepted.is_empty())) {
        (Some(sent), Some(accepted)) => !sent.contains(&accepted),
        _ => false,
    };
    let now = now.unix_seconds();
    let code = match () {
        () if time("exp").is_some_and(|end: i64| now >= end) => "AADB2C90208",
        () if time("nbf").is_some_and(|start: i64| now < start) => "AADB2C90234",
        () if is_another("aud", AUDIENCE) => "AADB2C90209",
        () if is_another("iss", ISSUER) => "AADB2C90232",
        () => return Ok(()),
    };
    Err(filled(Fault::of_code(code), metadata))
}

/// A failure of a hint with what the profile accepts in its text.
pub fn filled(fault: Fault, metadata: &Metadata) -> Fault {
    let key = match fault.code.as_deref() {
        Some("AADB2C90209") => AUDIENCE,
        Some("AADB2C90232") => ISSUER,
        _ => return fault,
    };
    fault.with(&[metadata.get(key).unwrap_or_default()])
}

/// The output claims that the token has, by partner name; without a token there are none.
pub fn outcome(call: &Call<'_>, token: Option<&Map<String, Json>>) -> Result<Returned, Fault> {
    let returned = match token {
        Some(token) => named_outputs(call, token, Naming::STUB)?,
        None => Returned { notes: vec![format!("no token was sent that `{}` could read", call.profile_id).into()], ..Returned::default() },
    };
    check_required_outputs(call, &returned)?;
    Ok(returned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_findings};

    #[test]
    fn what_is_read_shows_in_metadata_and_outputs() {
        let check = |fixture: Fixture, format: &str, expected: Option<IncomingToken>| {
            let class = HandlerClass { input_format: format.into(), ..HandlerClass::default() };
            assert_eq!(fixture.with_setup(|setup| IncomingToken::of(setup, &class)), expected);
        };
        check(Fixture::new(&[("METADATA", "https://contoso.com")]), "", Some(IncomingToken::IdTokenHint));
        check(Fixture::new(&[("issuer", "i")]).key("client_secret", "B2C_1A_Key"), "", Some(IncomingToken::IdTokenHint));
        check(Fixture::new(&[("issuer", "i")]), "JWT", None);
        check(Fixture::new(&[]).output(ISSUED_ON), "", Some(IncomingToken::RefreshToken));
        check(Fixture::new(&[]).output("objectId"), "", None);
    }

    #[test]
    fn a_hint_needs_a_way_to_be_validated() {
        let found = |fixture: Fixture| shown_findings(&fixture.output("email").with_setup(|setup| IncomingToken::IdTokenHint.check(setup)));
        assert!(found(Fixture::new(&[("METADATA", "https://contoso.com")])).is_empty());
        assert!(found(Fixture::new(&[("issuer", "i"), ("IdTokenAudience", "a")]).key("client_secret", "B2C_1A_Key")).is_empty());
        assert_eq!(
            found(Fixture::new(&[("issuer", "i")])),
            [
                "error[B2C0501]: Profile 'Profile' does not contain the required metadata key 'IdTokenAudience'.",
                "error[B2C0521]: Profile 'Profile' in policy 'B2C_1A_policy' in tenant 'contoso.onmicrosoft.com' does not contain the required cryptographic key 'client_secret'.",
            ]
        );
    }
}
