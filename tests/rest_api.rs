//! A REST API in a journey: the exact request for each way of sending claims, and what each kind of answer does.

#![cfg(test)]

mod common;

use b2c_journey::{Execution, Journey, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, escape};
use serde_json::Value as Json;

/// A journey whose step 1 calls an API with a string, an integer and a boolean claim, and takes `riskLevel` and `score` back.
fn journey(metadata: &[(&str, &str)], keys: &str) -> Journey {
    let items: String = metadata.iter().map(|(key, value)| format!("<Item Key=\"{key}\">{}</Item>", escape(value))).collect();
    let api = format!(
        "<Metadata>{items}</Metadata><CryptographicKeys>{keys}</CryptographicKeys>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"session\" PartnerClaimType=\"sessionId\" /><InputClaim ClaimTypeReferenceId=\"age\" />\
         <InputClaim ClaimTypeReferenceId=\"member\" /><InputClaim ClaimTypeReferenceId=\"absent\" /></InputClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"riskLevel\" /><OutputClaim ClaimTypeReferenceId=\"score\" /></OutputClaims>"
    );
    Small::default()
        .claim("session", "string", "")
        .claim("age", "int", "")
        .claim("member", "boolean", "")
        .claim("absent", "string", "")
        .claim("riskLevel", "string", "")
        .claim("score", "int", "")
        .profile("Api", RESTFUL, &api)
        .exchange(1, "", "Api")
        .send(2)
        .journey()
}

const NONE: [(&str, &str); 2] = [("AuthenticationType", "None"), ("AllowInsecureAuthInProduction", "true")];

fn run(journey: &Journey, stub: impl Into<b2c_journey::simulate::AnyStub>) -> Execution {
    journey.simulation().claim("session", "a b&c=é").claim("age", 42).claim("member", true).stub("Api", stub).run().unwrap()
}

fn check_request(send_claims_in: &str, url: &str, expected: Json) {
    let metadata = [&NONE[..], &[("ServiceUrl", url), ("SendClaimsIn", send_claims_in)]].concat();
    let run = run(&journey(&metadata, ""), Stubs::restful().ok(json!({})));
    run.assert_issued();
    let record = serde_json::to_value(run.record()).unwrap();
    assert_eq!(record["requests"]["Api"], json!([expected]), "{send_claims_in}");
}

#[test]
fn body_is_a_json_object_by_post() {
    check_request(
        "Body",
        "https://api.contoso.com/risk",
        json!({
            "method": "POST",
            "url": "https://api.contoso.com/risk",
            "headers": { "Accept": "application/json", "Content-Type": "application/json" },
            "body": "{\"sessionId\":\"a b&c=é\",\"age\":42,\"member\":true}",
        }),
    );
}

#[test]
fn form_is_url_encoded_by_post() {
    check_request(
        "Form",
        "https://api.contoso.com/risk",
        json!({
            "method": "POST",
            "url": "https://api.contoso.com/risk",
            "headers": { "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded" },
            "body": "sessionId=a+b%26c%3D%C3%A9&age=42&member=True",
        }),
    );
}

#[test]
fn header_is_one_header_for_each_claim_by_get() {
    check_request(
        "Header",
        "https://api.contoso.com/risk",
        json!({
            "method": "GET",
            "url": "https://api.contoso.com/risk",
            "headers": { "Accept": "application/json", "sessionId": "a b&c=é", "age": "42", "member": "True" },
            "body": null,
        }),
    );
}

#[test]
fn query_string_is_appended_by_get() {
    check_request(
        "QueryString",
        "https://api.contoso.com/risk?v=1",
        json!({
            "method": "GET",
            "url": "https://api.contoso.com/risk?v=1&sessionId=a%20b%26c%3D%C3%A9&age=42&member=True",
            "headers": { "Accept": "application/json" },
            "body": null,
        }),
    );
}

#[test]
fn url_fills_placeholders_by_get() {
    check_request(
        "Url",
        "https://api.contoso.com/risk/{SessionId}?age={age}&x={absent}",
        json!({
            "method": "GET",
            "url": "https://api.contoso.com/risk/a%20b%26c%3D%C3%A9?age=42&x=",
            "headers": { "Accept": "application/json" },
            "body": null,
        }),
    );
}

#[test]
fn basic_authentication_carries_the_keys() {
    let metadata = [("AuthenticationType", "Basic"), ("ServiceUrl", "https://api.contoso.com/"), ("SendClaimsIn", "QueryString")];
    let keys = "<Key Id=\"BasicAuthenticationUsername\" StorageReferenceId=\"B2C_1A_User\" />\
                <Key Id=\"BasicAuthenticationPassword\" StorageReferenceId=\"B2C_1A_Password\" />";
    let journey = journey(&metadata, keys);
    let run =
        journey.simulation().key("B2C_1A_User", "u").key("B2C_1A_Password", "p").stub("Api", Stubs::restful().ok(json!({}))).run().unwrap();
    let record = serde_json::to_value(run.record()).unwrap();
    // base64 of `u:p`.
    assert_eq!(record["requests"]["Api"][0]["headers"]["Authorization"], "Basic dTpw");
}

/// The failure of step 1 by this answer.
fn failure(stub: impl Into<b2c_journey::simulate::AnyStub>) -> (String, String) {
    let metadata = [&NONE[..], &[("ServiceUrl", "https://api.contoso.com/risk"), ("SendClaimsIn", "Body")]].concat();
    let run = run(&journey(&metadata, ""), stub);
    run.assert_failed(1);
    let record = serde_json::to_value(run.record()).unwrap();
    let text = |key: &str| record["outcome"][key].as_str().unwrap_or_default().to_owned();
    (text("code"), text("message"))
}

#[test]
fn each_kind_of_failure_has_its_own_error() {
    let (code, message) = failure(Stubs::restful().status(409, json!({ "version": "1.0.0", "status": 409, "userMessage": "not today" })));
    assert_eq!((code.as_str(), message.contains("not today")), ("", true), "{message}");
    let (code, _) = failure(Stubs::restful().raw(400, "<html>no</html>"));
    assert_eq!(code, "AADB2C90261");
    let (code, _) = failure(Stubs::restful().status(400, json!({ "nothing": "known" })));
    assert_eq!(code, "AADB2C90075");
    let (timeout_code, timeout) = failure(Stubs::restful().timeout());
    let (_, dns) = failure(Stubs::restful().dns_failure());
    let (_, unreachable) = failure(Stubs::restful().unreachable());
    assert!(timeout != dns && dns != unreachable && unreachable != timeout, "{timeout_code} {timeout} | {dns} | {unreachable}");
    let (_, message) = failure(Stubs::restful().ok(json!({ "score": "many" })));
    assert!(message.contains("score"), "{message}");
    let (_, message) = failure(Stubs::restful().raw(200, "not json"));
    assert!(!message.is_empty());
}

#[test]
fn typed_values_come_back_as_claims() {
    let metadata = [&NONE[..], &[("ServiceUrl", "https://api.contoso.com/risk")]].concat();
    let run = run(&journey(&metadata, ""), Stubs::restful().ok(json!({ "riskLevel": "LOW", "score": "275", "extra": [1] })));
    run.assert_issued().assert_claim("riskLevel", "LOW").assert_claim("score", 275);
}

#[test]
fn an_api_behind_a_page_shows_its_message_there() {
    let api = "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/check</Item><Item Key=\"AuthenticationType\">None</Item>\
               <Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><InputClaims><InputClaim ClaimTypeReferenceId=\"typed\" /></InputClaims>\
               <OutputClaims><OutputClaim ClaimTypeReferenceId=\"found\" /></OutputClaims>";
    let page = "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
                <OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" /><OutputClaim ClaimTypeReferenceId=\"found\" /></OutputClaims>\
                <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Api\" /></ValidationTechnicalProfiles>";
    let journey = Small::default()
        .claim("typed", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("found", "string", "")
        .profile("Api", RESTFUL, api)
        .profile("Page", SELF_ASSERTED, page)
        .exchange(1, "", "Page")
        .send(2)
        .journey();
    let refusal = json!({ "version": "1.0.0", "status": 409, "userMessage": "try another" });
    let once = journey
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("typed", "a"))
        .stub("Api", Stubs::restful().status(409, refusal.clone()));
    let run = once.run().unwrap();
    run.assert_waiting("Page").assert_no_claim("typed");
    assert!(serde_json::to_value(run.record()).unwrap()["outcome"]["message"].as_str().unwrap().contains("try another"));
    let twice = journey
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("typed", "a").then().enter("typed", "b"))
        .stub("Api", Stubs::restful().status(409, refusal).ok(json!({ "found": "yes" })));
    twice.run().unwrap().assert_issued().assert_claim("typed", "b").assert_claim("found", "yes");
}
