//! What the default world does when its first ideas lead nowhere.

#![cfg(test)]

mod common;

use b2c_journey::Scenario;
use common::{RESTFUL, Small, TRANSFORMING, api, input, output, precondition};
use serde_json::json;

#[test]
fn exploration_finds_a_token_for_which_one_reply_must_differ_in_two_claims() {
    let refused = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"reason\" Required=\"true\" /></OutputClaims>";
    let run = Small::default()
        .claim("reason", "string", "")
        .claim("a", "string", "")
        .claim("b", "string", "")
        .profile("Refuse", TRANSFORMING, refused)
        .profile("Api", RESTFUL, &api("", &(output("a", "") + &output("b", ""))))
        .exchange(1, "", "Api")
        .exchange(2, &precondition("ClaimEquals", true, &["a", "open"]), "Refuse")
        .exchange(3, &precondition("ClaimEquals", true, &["b", "open"]), "Refuse")
        .send(4)
        .journey()
        .simulation()
        .run()
        .unwrap();
    run.assert_issued().assert_claim("a", "open").assert_claim("b", "open");
    // A scenario that says who answers is what was asked for.
    let journey = Small::default()
        .claim("a", "string", "")
        .profile("Api", RESTFUL, &api("", &output("a", "")))
        .exchange(1, "", "Api")
        .send(2)
        .journey();
    let scenario = Scenario::parse("a.yaml", "stubs: { Api: { fail: timeout } }").unwrap().remove(0);
    journey.run_scenario(&scenario).unwrap().assert_failed(1);
}

#[test]
fn the_application_is_one_that_the_policy_looks_up() {
    let mut small = Small::default()
        .claim("app", "string", "")
        .claim("allowed", "string", "")
        .claim("reason", "string", "")
        .profile(
            "Look",
            TRANSFORMING,
            "<Metadata><Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item></Metadata>\
             <InputClaims><InputClaim ClaimTypeReferenceId=\"app\" DefaultValue=\"{OIDC:ClientId}\" AlwaysUseDefaultValue=\"true\" /></InputClaims>\
             <OutputClaims><OutputClaim ClaimTypeReferenceId=\"allowed\" /></OutputClaims>\
             <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"Find\" /></OutputClaimsTransformations>",
        )
        .profile("Refuse", TRANSFORMING, "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"reason\" Required=\"true\" /></OutputClaims>")
        .exchange(1, "", "Look")
        .exchange(2, &precondition("ClaimsExist", true, &["allowed"]), "Refuse")
        .send(3);
    small.transformations = "<ClaimsTransformation Id=\"Find\" TransformationMethod=\"LookupValue\">\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"app\" TransformationClaimType=\"inputParameterId\" /></InputClaims>\
         <InputParameters><InputParameter Id=\"errorOnFailedLookup\" DataType=\"boolean\" Value=\"false\" />\
         <InputParameter Id=\"known-app\" DataType=\"string\" Value=\"yes\" /></InputParameters>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"allowed\" TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>"
        .into();
    let journey = small.journey();
    let run = journey.simulation().run().unwrap();
    run.assert_issued();
    assert_eq!(run.request.client_id.as_deref(), Some("known-app"));
    // What the scenario says of the request stands.
    let scenario = Scenario::parse("a.yaml", "request: { client_id: other }").unwrap().remove(0);
    journey.run_scenario(&scenario).unwrap().assert_failed(2);
}

#[test]
fn claims_that_the_application_signs_are_there_from_the_start() {
    let small = |key: bool| {
        let mut small = Small { inputs: input("invited", "PartnerClaimType=\"email\""), ..Small::default() }
            .claim("invited", "string", "")
            .claim("reason", "string", "")
            .profile(
                "Refuse",
                TRANSFORMING,
                "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"reason\" Required=\"true\" /></OutputClaims>",
            )
            .exchange(1, &precondition("ClaimsExist", true, &["invited"]), "Refuse")
            .send(2);
        small.attributes = String::new();
        let keys = "<CryptographicKeys><Key Id=\"client_secret\" StorageReferenceId=\"B2C_1A_Assertion\" /></CryptographicKeys>";
        let xml = small.xml();
        let protocol = "<DisplayName>PolicyProfile</DisplayName><Protocol Name=\"OpenIdConnect\" />";
        common::journey_of(&if key { xml.replace(protocol, &format!("{protocol}{keys}")) } else { xml })
    };
    let sent = Scenario::parse("a.yaml", "request: { id_token_hint: { email: a@b.c } }").unwrap().remove(0);
    small(true).run_scenario(&sent).unwrap().assert_issued().assert_claim("invited", json!("a@b.c"));
    small(true).simulation().run().unwrap().assert_issued();
    // Without the key nothing could be checked.
    small(false).run_scenario(&sent).unwrap().assert_failed(1);
}
