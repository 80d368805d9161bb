//! External identity providers: OAuth2, OAuth1, SAML2 and OpenIdConnect profiles that send the person elsewhere. Source:
//! oauth2-technical-profile, openid-connect-technical-profile, saml-identity-provider-technical-profile, claim-resolver-overview.

use serde_json::{Map, Value as Json};

use crate::diagnostic::{Diagnostic, code};
use crate::engine::Fault;
use crate::provider::call::{Call, Naming, Returned, Setup, check_required_outputs, find, named_outputs, put};
use crate::provider::rest::JsonPath;

/// Groups of claim resolvers that may stand as partner names of output claims: `{oauth2:access_token}`.
const RESOLVER_GROUPS: [&str; 2] = ["oauth2", "oidc"];

/// An identity provider profile, ready to be called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IdentityProviderSettings {
    /// With ResolveJsonPathsInJsonTokens, the partner name of each output claim as a path; else empty.
    pub paths: Vec<Option<JsonPath>>,
}

impl IdentityProviderSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let mut settings = Self::default();
        check_client_id(setup, &mut findings);
        if setup.flag("ResolveJsonPathsInJsonTokens", false, &mut findings) {
            settings.paths = setup.outputs.iter().map(|output| JsonPath::parse(&output.partner)).collect();
        }
        (settings, findings)
    }

    /// Output claims from what the provider says of the person, by partner name, then by claim id. The values of resolvers go by the
    /// whole partner name or by the bare one (`access_token`).
    pub fn outcome(&self, call: &Call<'_>, claims: &Map<String, Json>) -> Result<Returned, Fault> {
        let mut returned = named_outputs(call, claims, Naming::STUB)?;
        for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
            if returned.outputs.iter().any(|(at, _)| *at == index) {
                continue;
            }
            let by_path = || self.paths.get(index)?.as_ref()?.find(claims);
            let value = resolver_name(&output.partner).and_then(|name| find(claims, name)).map(|(_, value)| value).or_else(by_path);
            if let Some(value) = value {
                put(call, &mut returned, index, value, false)?;
            }
        }
        returned.outputs.sort_by_key(|(index, _)| *index);
        check_required_outputs(call, &returned)?;
        Ok(returned)
    }
}

/// A client_id that nobody filled in. Source of the words: starterpack#57.
pub(crate) fn check_client_id(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
    if setup.metadata.get("client_id") == Some("") {
        let words = format!(
            "TechnicalProfile \"{}\" in policy \"{}\" of tenant \"{}\" defines an invalid value \"\" for the metadata item \"client_id.\"",
            setup.profile_id, setup.policy_id, setup.tenant
        );
        findings.push(Diagnostic::error(code::BAD_METADATA, words).at(setup.metadata_span("client_id")));
    }
}

/// `access_token` of `{oauth2:access_token}`.
fn resolver_name(partner: &str) -> Option<&str> {
    let (group, name) = partner.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
    RESOLVER_GROUPS.iter().any(|known| group.eq_ignore_ascii_case(known)).then_some(name)
}

/// The person cancelled at the provider. Source of the words: error-codes, AADB2C90273; troubleshoot.
pub fn cancelled() -> Fault {
    Fault::new("AADB2C90273", "An invalid response was received : 'Error: access_denied'").access_denied()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::engine::OAuthError;
    use crate::provider::call::fixture::{Fixture, shown_fault};

    fn check(fixture: &Fixture, claims: Json, expected: &[&str]) {
        let (settings, findings) = fixture.with_setup(IdentityProviderSettings::compile);
        assert!(findings.is_empty());
        let returned = fixture.with_call(|call| settings.outcome(call, claims.as_object().unwrap())).unwrap();
        assert_eq!(fixture.shown(&returned.outputs), expected);
    }

    #[test]
    fn partner_names_go_before_claim_ids() {
        let fixture = Fixture::new(&[]).output("issuerUserId=id").output("email").output("id=sub").output("name=given_name");
        check(
            &fixture,
            json!({ "id": "1", "EMAIL": "a@b.c", "NAME": "Ann", "x": null }),
            &["issuerUserId=\"1\"", "email=\"a@b.c\"", "name=\"Ann\""],
        );
        check(&fixture, json!({ "given_name": "Ann", "name": "no", "email": null }), &["name=\"Ann\""]);
    }

    #[test]
    fn resolvers_stand_as_partner_names() {
        let fixture = Fixture::new(&[]).output("token={oauth2:access_token}").output("seconds:int={OAuth2:expires_in}").output("x={x:y}");
        check(&fixture, json!({ "{oauth2:access_token}": "t", "expires_in": 3600, "y": 1 }), &["token=\"t\"", "seconds=3600"]);
        check(&fixture, json!({ "token": "t" }), &["token=\"t\""]);
    }

    #[test]
    fn paths_work_when_they_are_switched_on() {
        let outputs = |fixture: Fixture| fixture.output("given=name.first").output("plain");
        let claims = json!({ "name": { "first": "Ann" }, "plain": "p" });
        check(&outputs(Fixture::new(&[("ResolveJsonPathsInJsonTokens", "true")])), claims.clone(), &["given=\"Ann\"", "plain=\"p\""]);
        check(&outputs(Fixture::new(&[])), claims, &["plain=\"p\""]);
    }

    #[test]
    fn a_required_claim_must_come() {
        let fixture = Fixture::new(&[]).output("a").required();
        let fault = fixture.with_call(|call| IdentityProviderSettings::default().outcome(call, &Map::new())).unwrap_err();
        assert_eq!(shown_fault(&fault), "`a` was not returned for the required output claim `a`");
    }

    #[test]
    fn cancelling_at_the_provider_has_its_own_code() {
        let fault = cancelled();
        assert_eq!(shown_fault(&fault), "AADB2C90273: An invalid response was received : 'Error: access_denied'");
        assert_eq!(fault.error, OAuthError::AccessDenied);
    }
}
