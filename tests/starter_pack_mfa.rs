//! `SignUpOrSignIn` of the starter pack's SocialAndLocalAccountsWithMfa, by scenario.

#![cfg(test)]

mod common;

use b2c_journey::simulate::scenario::UserEntry;
use b2c_journey::{Journey, Simulation, Stubs, json};
use common::{calls, starter_pack_mfa};
use serde_json::Value as Json;

const OBJECT_ID: &str = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

fn user(attributes: Json) -> UserEntry {
    let mut entry = UserEntry { password: Some("Pass@word1".into()), ..UserEntry::default() };
    for (name, value) in attributes.as_object().unwrap() {
        entry.attributes.insert(name.as_str().into(), value.clone());
    }
    entry
}

fn local_user(phone: Option<&str>) -> UserEntry {
    let mut attributes = json!({
        "objectId": OBJECT_ID,
        "signInNames.emailAddress": "john.smith@contoso.com",
        "displayName": "John Smith",
        "givenName": "John",
        "surname": "Smith",
    });
    if let Some(phone) = phone {
        attributes["strongAuthenticationPhoneNumber"] = json!(phone);
    }
    user(attributes)
}

fn sign_in<'j>(journey: &'j Journey, phone: Option<&str>) -> Simulation<'j> {
    journey.simulation().user(local_user(phone)).choose(1, "LocalAccountSigninEmailExchange").stub(
        "SelfAsserted-LocalAccountSignin-Email",
        Stubs::self_asserted().enter("signInName", "john.smith@contoso.com").enter("password", "Pass@word1"),
    )
}

#[test]
fn local_sign_in_with_a_known_phone_number() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = sign_in(&journey, Some("+15551234567")).stub("PhoneFactor-InputOrVerify", Stubs::phone("+15551234567")).run().unwrap();
    run.assert_issued().assert_claim("newPhoneNumberEntered", false);
    assert_eq!(
        calls(&run),
        [
            "SelfAsserted-LocalAccountSignin-Email",
            "login-NonInteractive",
            "AAD-UserReadUsingObjectId",
            "PhoneFactor-InputOrVerify",
            // The starter pack asks only whether newPhoneNumberEntered exists, and it does whenever the phone factor ran.
            "AAD-UserWritePhoneNumberUsingObjectId",
        ]
    );
    run.assert_token("sub", OBJECT_ID).assert_token("name", "John Smith");
}

#[test]
fn local_sign_in_with_a_new_phone_number_saves_it() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = sign_in(&journey, None).stub("PhoneFactor-InputOrVerify", Stubs::phone("+15557654321")).run().unwrap();
    run.assert_issued()
        .assert_claim("newPhoneNumberEntered", true)
        .assert_claim("Verified.strongAuthenticationPhoneNumber", "+15557654321")
        .assert_called("AAD-UserWritePhoneNumberUsingObjectId");
}

#[test]
fn a_number_that_is_not_on_file_is_refused() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = sign_in(&journey, Some("+15551234567")).stub("PhoneFactor-InputOrVerify", Stubs::phone("+15557654321")).run().unwrap();
    run.assert_error("AADB2C90151");
}

#[test]
fn a_wrong_password_keeps_the_user_on_the_page() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = journey
        .simulation()
        .user(local_user(None))
        .stub(
            "SelfAsserted-LocalAccountSignin-Email",
            Stubs::self_asserted().enter("signInName", "john.smith@contoso.com").enter("password", "wrong"),
        )
        .run()
        .unwrap();
    run.assert_waiting("SelfAsserted-LocalAccountSignin-Email").assert_no_claim("objectId");
    assert_eq!(calls(&run), ["SelfAsserted-LocalAccountSignin-Email", "login-NonInteractive"]);
}

#[test]
fn a_second_try_with_the_right_password_goes_on() {
    let Some(journey) = starter_pack_mfa() else { return };
    let page = Stubs::self_asserted()
        .enter("signInName", "john.smith@contoso.com")
        .enter("password", "wrong")
        .then()
        .enter("signInName", "john.smith@contoso.com")
        .enter("password", "Pass@word1");
    let run =
        journey.simulation().user(local_user(Some("+15551234567"))).stub("SelfAsserted-LocalAccountSignin-Email", page).run().unwrap();
    run.assert_issued();
}

#[test]
fn local_sign_up_writes_the_account() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = journey
        .simulation()
        .user(local_user(None))
        .choose(1, "signup")
        .stub(
            "LocalAccountSignUpWithLogonEmail",
            Stubs::self_asserted()
                .enter("email", "new.person@contoso.com")
                .enter("newPassword", "Pass@word1")
                .enter("reenterPassword", "Pass@word1")
                .enter("displayName", "New Person"),
        )
        .stub("PhoneFactor-InputOrVerify", Stubs::phone("+15557654321"))
        .run()
        .unwrap();
    run.assert_issued().assert_claim("newUser", true).assert_claim("email", "new.person@contoso.com").assert_no_claim("newPassword");
    assert_ne!(run.claim("objectId").and_then(|value| value.as_str().map(String::from)), Some(OBJECT_ID.to_owned()));
    run.assert_called("AAD-UserWriteUsingLogonEmail");
}

#[test]
fn sign_up_with_a_taken_address_stays_on_the_page() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = journey
        .simulation()
        .user(local_user(None))
        .choose(1, "signup")
        .stub(
            "LocalAccountSignUpWithLogonEmail",
            Stubs::self_asserted()
                .enter("email", "john.smith@contoso.com")
                .enter("newPassword", "Pass@word1")
                .enter("reenterPassword", "Pass@word1"),
        )
        .run()
        .unwrap();
    run.assert_waiting("LocalAccountSignUpWithLogonEmail");
}

fn facebook(journey: &Journey) -> Simulation<'_> {
    journey.simulation().choose(1, "FacebookExchange").stub(
        "Facebook-OAUTH",
        Stubs::claims(
            json!({ "id": "1234", "name": "Jane Roe", "first_name": "Jane", "last_name": "Roe", "email": "jane.roe@contoso.com" }),
        ),
    )
}

#[test]
fn social_first_time_writes_the_account() {
    let Some(journey) = starter_pack_mfa() else { return };
    let run = facebook(&journey).user(local_user(None)).stub("PhoneFactor-InputOrVerify", Stubs::phone("+15557654321")).run().unwrap();
    run.assert_issued().assert_claim("newUser", true);
    let calls = calls(&run);
    let order = |name: &str| calls.iter().position(|call| call == name).unwrap_or_else(|| panic!("{name} is not in {calls:?}"));
    assert!(order("Facebook-OAUTH") < order("AAD-UserReadUsingAlternativeSecurityId-NoError"));
    assert!(order("AAD-UserReadUsingAlternativeSecurityId-NoError") < order("SelfAsserted-Social"));
    assert!(order("SelfAsserted-Social") < order("AAD-UserWriteUsingAlternativeSecurityId"));
}

#[test]
fn social_again_reads_the_account_back() {
    let Some(journey) = starter_pack_mfa() else { return };
    let known = user(json!({
        "objectId": OBJECT_ID,
        "displayName": "Jane Roe",
        "strongAuthenticationPhoneNumber": "+15551234567",
        // base64 of the identity provider's id 1234.
        "alternativeSecurityId": { "issuer": "facebook.com", "issuerUserId": "MTIzNA==" },
    }));
    let run = facebook(&journey).user(known).stub("PhoneFactor-InputOrVerify", Stubs::phone("+15551234567")).run().unwrap();
    run.assert_issued().assert_claim("objectId", OBJECT_ID).assert_not_called("SelfAsserted-Social");
}
