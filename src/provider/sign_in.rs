//! User name and password at the token endpoint of the directory: `login-NonInteractive` and its kin. Source:
//! openid-connect-technical-profile, add-ropc-policy, error-codes, localization-string-ids; SEMANTICS 7 and 16.

use crate::claims::{ClaimValue, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Fault, SignInReply, SignInRequest};
use crate::plan::{ClaimReference, DefaultValue};
use crate::provider::call::{Call, InputValue, Naming, Returned, Setup, check_required_outputs, named_outputs};
use crate::provider::identity_provider::check_client_id;

const USERNAME: &str = "username";
const PASSWORD: &str = "password";
/// By these names policies ask whether the password must be changed.
const EXPIRED: [&str; 2] = ["passwordExpired", "forceChangePasswordNextLogin"];

/// Whether the policy goes on with an expired password.
fn continues(inputs: &[InputValue<'_>]) -> bool {
    inputs.iter().any(|input| {
        input.reference.partner.eq_ignore_ascii_case("continueOnPasswordExpiration")
            && input.value.as_ref().and_then(ClaimValue::text).is_some_and(|text| text.eq_ignore_ascii_case("true"))
    })
}

/// Whether this is a sign-in with a password: an OpenIdConnect profile whose `grant_type`, input claim or metadata, is `password`.
pub fn is_sign_in(protocol: &str, setup: &Setup<'_>) -> bool {
    let grant = |input: &ClaimReference| {
        input.partner.eq_ignore_ascii_case("grant_type")
            && matches!(&input.default, Some(DefaultValue::Value(ClaimValue::String(text))) if text.as_str() == PASSWORD)
    };
    protocol.eq_ignore_ascii_case("OpenIdConnect") && (setup.metadata.get("grant_type") == Some(PASSWORD) || setup.inputs.iter().any(grant))
}

/// What is wrong with such a profile; a run goes on. Source of the words: error-codes, AADB2C99015.
pub fn check(setup: &Setup<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    let has = |name: &str| setup.inputs.iter().any(|input| input.partner.eq_ignore_ascii_case(name));
    if !has(USERNAME) && !has(PASSWORD) {
        let words = format!(
            "Profile '{}' in policy '{}' in tenant '{}' is missing all InputClaims required for resource owner password credential flow.",
            setup.profile_id, setup.policy_id, setup.tenant
        );
        findings.push(Diagnostic::error(code::PARTNER_CLAIM, words).at(setup.span));
    } else if let Some(name) = [USERNAME, PASSWORD].into_iter().find(|name| !has(name)) {
        let words = format!("`{}` has no input claim with the partner name `{name}`", setup.profile_id);
        findings.push(Diagnostic::error(code::PARTNER_CLAIM, words).at(setup.span));
    }
    check_client_id(setup, &mut findings);
    findings
}

/// The request; both parts must have a value (the words are ours).
pub fn request(inputs: &[InputValue<'_>]) -> Result<SignInRequest, Fault> {
    let part = |name: &str| -> Result<Str, Fault> {
        let named = || inputs.iter().filter(|input| input.reference.partner.eq_ignore_ascii_case(name));
        // Of several claims for one name the first with a value counts.
        let text = named().find_map(|input| input.value.as_ref()?.text());
        text.ok_or_else(|| {
            let fault = Fault::of_policy(format!("the input claim for `{name}` has no value"));
            match named().next() {
                Some(input) => fault.at(input.reference.span),
                None => fault,
            }
        })
    };
    Ok(SignInRequest { username: part(USERNAME)?, password: part(PASSWORD)? })
}

/// Output claims from the token, or the refusal.
pub fn outcome(call: &Call<'_>, inputs: &[InputValue<'_>], reply: &SignInReply) -> Result<Returned, Fault> {
    let (code, key, built_in) = match reply {
        SignInReply::Token(claims) => {
            let returned = named_outputs(call, claims, Naming::ATTRIBUTES)?;
            check_required_outputs(call, &returned)?;
            return Ok(returned);
        }
        // unit tests of the samples (login-NonInteractive): on this input a single claim comes back, and no other.
        SignInReply::PasswordExpired if continues(inputs) => {
            let expired = EXPIRED.iter().map(|name| ((*name).to_owned(), true.into())).collect();
            return named_outputs(call, &expired, Naming::ATTRIBUTES);
        }
        SignInReply::PasswordExpired => ("AADB2C90054", "UserMessageIfPasswordExpired", "Your password has expired."),
        SignInReply::UnknownUser => ("AADB2C90053", "UserMessageIfClaimsPrincipalDoesNotExist", "We can't seem to find your account."),
        SignInReply::WrongPassword => ("AADB2C90054", "UserMessageIfInvalidPassword", "Your password is incorrect."),
        SignInReply::OldPassword => ("AADB2C90054", "UserMessageIfOldPasswordUsed", "Looks like you used an old password."),
        SignInReply::Locked => (
            "AADB2C90114",
            "UserMessageIfUserAccountLocked",
            "Your account is temporarily locked to prevent unauthorized use. Try again later.",
        ),
        SignInReply::Disabled => (
            "AADB2C90111",
            "UserMessageIfUserAccountDisabled",
            "Your account has been locked. Contact your support person to unlock it, then try again.",
        ),
    };
    if call.on_page.is_none() && !matches!(reply, SignInReply::Locked | SignInReply::Disabled) {
        // azure-docs#11469: without a page the application is not told which of the two was wrong.
        return Err(Fault::new("AADB2C90225", "The username or password provided in the request are invalid.").access_denied());
    }
    let fault = Fault::new(code, call.message(key, built_in, &[]));
    Err(if call.on_page.is_none() { fault.access_denied() } else { fault })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;
    use crate::engine::OAuthError;
    use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings, span};

    #[test]
    fn a_password_grant_makes_a_sign_in() {
        let by_claim = |grant: &str| Fixture::new(&[]).input_default("grant_type", grant);
        for (protocol, fixture, expected) in [
            ("OpenIdConnect", by_claim("password"), true),
            ("openidconnect", Fixture::new(&[("grant_type", "password")]), true),
            ("OpenIdConnect", by_claim("authorization_code"), false),
            ("OpenIdConnect", Fixture::new(&[("response_types", "code")]).input("grant_type", None), false),
            ("OpenIdConnect", Fixture::new(&[]).input_default("other", "password"), false),
            ("OAuth2", by_claim("password"), false),
        ] {
            assert_eq!(fixture.with_setup(|setup| is_sign_in(protocol, setup)), expected);
        }
    }

    #[test]
    fn user_name_and_password_must_have_a_value() {
        let fixture = |name: Option<&str>, password: Option<&str>| {
            Fixture::new(&[]).input("signInName=username", name.map(Into::into)).input("password", password.map(Into::into))
        };
        let sent = |fixture: &Fixture| request(&fixture.input_values());
        assert_eq!(sent(&fixture(Some("ann"), Some("x"))), Ok(SignInRequest { username: "ann".into(), password: "x".into() }));
        let fault = sent(&fixture(None, Some("x"))).unwrap_err();
        assert_eq!((shown_fault(&fault).as_str(), fault.at), ("the input claim for `username` has no value", Some(span(1000))));
        assert_eq!(shown_fault(&sent(&fixture(Some("ann"), None)).unwrap_err()), "the input claim for `password` has no value");
        assert_eq!(sent(&Fixture::new(&[])).unwrap_err().at, None);
    }

    #[test]
    fn incomplete_profiles_are_found() {
        let found = |fixture: Fixture| shown_findings(&fixture.with_setup(check));
        assert!(found(Fixture::new(&[("client_id", "1")]).input("a=username", None).input("password", None)).is_empty());
        assert_eq!(
            found(Fixture::new(&[]).input("password", None)),
            ["error[B2C0520]: `Profile` has no input claim with the partner name `username`"]
        );
        assert_eq!(
            found(Fixture::new(&[("client_id", " ")])),
            [
                "error[B2C0520]: Profile 'Profile' in policy 'B2C_1A_policy' in tenant 'contoso.onmicrosoft.com' is missing all InputClaims \
             required for resource owner password credential flow.",
                "error[B2C0503]: TechnicalProfile \"Profile\" in policy \"B2C_1A_policy\" of tenant \"contoso.onmicrosoft.com\" defines an \
             invalid value \"\" for the metadata item \"client_id.\"",
            ]
        );
    }

    #[test]
    fn claims_of_the_token_become_output_claims() {
        let fixture = Fixture::new(&[]).output("objectId=oid").output("displayName=name").output("email");
        let token = json!({ "oid": "1", "Name": "Ann", "displayName": "no" });
        let reply = SignInReply::Token(Arc::new(token.as_object().unwrap().clone()));
        let returned = fixture.with_call(|call| outcome(call, &[], &reply)).unwrap();
        assert_eq!(fixture.shown(&returned.outputs), ["objectId=\"1\"", "displayName=\"Ann\""]);
        let strict = Fixture::new(&[]).output("x").required();
        assert!(strict.with_call(|call| outcome(call, &[], &reply)).is_err());
    }

    #[test]
    fn on_request_an_expired_password_gives_one_claim_and_no_other() {
        let fixture = |goes_on: Option<&str>| {
            let fixture =
                Fixture::new(&[]).input("continueOnPasswordExpiration", goes_on.map(Into::into)).output("objectId=oid").required();
            fixture.output("forceChangePasswordNextLogin=passwordExpired").output("forceChangePasswordNextLogin")
        };
        let answered = |fixture: &Fixture| fixture.with_call(|call| outcome(call, &fixture.input_values(), &SignInReply::PasswordExpired));
        let returned = answered(&fixture(Some("True"))).unwrap();
        let shown = fixture(None).shown(&returned.outputs);
        assert_eq!(shown.len(), 2, "{shown:?}");
        for goes_on in [Some("false"), None] {
            assert_eq!(answered(&fixture(goes_on)).unwrap_err().code.as_deref(), Some("AADB2C90225"));
        }
    }

    #[test]
    fn each_refusal_has_its_code_and_text() {
        let hidden = "AADB2C90225: The username or password provided in the request are invalid.";
        let locked = "AADB2C90114: Your account is temporarily locked to prevent unauthorized use. Try again later.";
        let disabled = "AADB2C90111: Your account has been locked. Contact your support person to unlock it, then try again.";
        for (reply, key, on_page, in_exchange) in [
            (
                SignInReply::UnknownUser,
                "UserMessageIfClaimsPrincipalDoesNotExist",
                "AADB2C90053: We can't seem to find your account.",
                hidden,
            ),
            (SignInReply::WrongPassword, "UserMessageIfInvalidPassword", "AADB2C90054: Your password is incorrect.", hidden),
            (SignInReply::PasswordExpired, "UserMessageIfPasswordExpired", "AADB2C90054: Your password has expired.", hidden),
            (SignInReply::OldPassword, "UserMessageIfOldPasswordUsed", "AADB2C90054: Looks like you used an old password.", hidden),
            (SignInReply::Locked, "UserMessageIfUserAccountLocked", locked, locked),
            (SignInReply::Disabled, "UserMessageIfUserAccountDisabled", disabled, disabled),
        ] {
            let refused = |fixture: Fixture| fixture.with_call(|call| outcome(call, &[], &reply)).unwrap_err();
            let page = refused(Fixture::new(&[]).on_page(&[]));
            assert_eq!((shown_fault(&page).as_str(), page.error), (on_page, OAuthError::ServerError));
            let exchange = refused(Fixture::new(&[]));
            assert_eq!((shown_fault(&exchange).as_str(), exchange.error), (in_exchange, OAuthError::AccessDenied));
            let own = refused(Fixture::new(&[(key, "own")]).on_page(&[]));
            assert_eq!((own.message.as_str(), own.code), ("own", page.code));
        }
    }
}
