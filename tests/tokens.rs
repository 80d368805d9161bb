//! What the application gets (SEMANTICS 14): the relying party's output claims, the subject, JSON types, standard claims, other issuers.

#![cfg(test)]

mod common;

use b2c_journey::engine::Request;
use b2c_journey::{Execution, Journey, Simulation, json};
use common::{Small, choices, failure, input, journey_of, output};
use serde_json::{Map, Value as Json};

fn small() -> Small {
    Small::default()
        .claim("x", "string", "")
        .claim("flag", "boolean", "")
        .claim("count", "int", "")
        .claim("big", "long", "")
        .claim("day", "date", "")
        .claim("time", "dateTime", "")
        .claim("groups", "stringCollection", "")
        .claim("phone", "phoneNumber", "")
        .claim("identities", "userIdentityCollection", "")
        .send(1)
}

fn journey(outputs: &str) -> Journey {
    let mut policy = small();
    policy.outputs = outputs.into();
    policy.journey()
}

/// The token without the standard claims.
fn token(run: &Execution) -> Map<String, Json> {
    const STANDARD: [&str; 11] = ["exp", "nbf", "ver", "iss", "sub", "aud", "acr", "nonce", "iat", "auth_time", "tfp"];
    let token = run.token.clone().unwrap_or_else(|| panic!("{:?}", run.outcome));
    token.into_iter().filter(|(name, _)| !STANDARD.contains(&name.as_str())).collect()
}

fn with<'j>(journey: &'j Journey, claims: &[(&str, Json)]) -> Simulation<'j> {
    claims.iter().fold(journey.simulation(), |simulation, (name, value)| simulation.claim(name, value.clone()))
}

#[test]
fn an_output_claim_is_the_default_if_always_else_the_bag_else_the_default_else_left_out() {
    const D: &str = "DefaultValue=\"d\"";
    for (attributes, held, expected) in [
        ("", None, json!({})),
        ("", Some("b"), json!({ "x": "b" })),
        // Nothing empty is emitted.
        ("", Some(""), json!({})),
        (D, None, json!({ "x": "d" })),
        (D, Some("b"), json!({ "x": "b" })),
        // relyingparty: the default "if the claim value is empty".
        (D, Some(""), json!({ "x": "d" })),
        ("DefaultValue=\"d\" AlwaysUseDefaultValue=\"true\"", Some("b"), json!({ "x": "d" })),
        ("DefaultValue=\"\"", None, json!({})),
        ("DefaultValue=\"\" AlwaysUseDefaultValue=\"true\"", Some("b"), json!({})),
        ("AlwaysUseDefaultValue=\"true\"", Some("b"), json!({ "x": "b" })),
        ("PartnerClaimType=\"y\"", Some("b"), json!({ "y": "b" })),
    ] {
        let journey = journey(&output("x", attributes));
        let run = held.map_or(journey.simulation(), |held| journey.simulation().claim("x", held)).run().unwrap();
        assert_eq!(Json::from(token(&run)), expected, "{attributes} {held:?}");
    }
}

#[test]
fn values_have_their_json_types() {
    for (claim, value, expected) in [
        ("x", json!("text"), json!("text")),
        ("flag", json!(true), json!(true)),
        ("flag", json!(false), json!(false)),
        ("count", json!(-7), json!(-7)),
        ("count", json!(0), json!(0)),
        ("big", json!(4_611_686_018_427_387_904_i64), json!(4_611_686_018_427_387_904_i64)),
        ("day", json!("2026-01-02"), json!("2026-01-02")),
        ("time", json!("2026-01-02T03:04:05Z"), json!(1_767_323_045)),
        ("groups", json!(["a", "b"]), json!(["a", "b"])),
        ("phone", json!("+15551234567"), json!("+15551234567")),
    ] {
        let run = with(&journey(&output(claim, "")), &[(claim, value)]).run().unwrap();
        run.assert_token(claim, expected.clone());
        assert_eq!(Json::from(token(&run)), json!({ claim: expected }));
    }
}

#[test]
fn an_empty_collection_cannot_be_issued() {
    let run = with(&journey(&output("groups", "")), &[("groups", json!([]))]).run().unwrap();
    run.assert_failed(1);
    let message = "the output claim `groups` of technical profile `PolicyProfile` is an empty collection and cannot be issued, in step 1 of user journey `Small`";
    assert_eq!(failure(&run), (String::new(), message.into()));
    assert!(run.token.is_none());
}

#[test]
fn identities_are_issued_as_the_json_by_which_they_are_written() {
    let identities = json!([{ "issuer": "facebook.com", "issuerUserId": "MTIzNA==" }]);
    let run = with(&journey(&output("identities", "")), &[("identities", identities.clone())]).run().unwrap();
    assert_eq!(Json::from(token(&run)), json!({ "identities": identities }));
}

#[test]
fn names_are_in_the_order_of_declaration_after_the_standard_ones() {
    let outputs = output("count", "") + &output("x", "PartnerClaimType=\"a\"") + &output("flag", "DefaultValue=\"true\"");
    let run = with(&journey(&outputs), &[("x", json!("1")), ("count", json!(2))]).run().unwrap();
    let names: Vec<String> = run.token.as_ref().unwrap().keys().cloned().collect();
    assert_eq!(names, ["exp", "nbf", "ver", "iss", "sub", "aud", "acr", "nonce", "iat", "auth_time", "count", "a", "flag"]);
    // Of two claims under one name the later one counts; one without a value does not.
    let outputs = output("x", "PartnerClaimType=\"a\"") + &output("flag", "PartnerClaimType=\"a\"");
    let run = with(&journey(&outputs), &[("x", json!("1"))]).run().unwrap();
    assert_eq!(Json::from(token(&run)), json!({ "a": "1" }));
}

/// A policy with this SubjectNamingInfo in place of the usual one.
fn subject(info: &str, outputs: &str) -> Journey {
    let xml = small().xml();
    let usual = "<OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\" DefaultValue=\"nobody\" /></OutputClaims><SubjectNamingInfo ClaimType=\"sub\" />";
    assert!(xml.contains(usual));
    journey_of(&xml.replace(usual, &format!("{outputs}</OutputClaims>{info}")))
}

#[test]
fn the_subject_is_the_output_claim_of_that_partner_name() {
    let object_id = || output("objectId", "PartnerClaimType=\"sub\"");
    let named = "<SubjectNamingInfo ClaimType=\"sub\" />";
    let journey = subject(named, &object_id());
    with(&journey, &[("objectId", json!("1"))]).run().unwrap().assert_token("sub", "1");
    let run = journey.simulation().run().unwrap();
    run.assert_failed(1);
    assert_eq!(
        failure(&run).1,
        "The relying party of policy 'B2C_1A_small' of tenant 'contoso.onmicrosoft.com' specifies the subject claim 'sub' which is missing \
         in the claims collection. In step 1 of user journey `Small`"
    );
    // An empty one is none.
    with(&journey, &[("objectId", json!(""))]).run().unwrap().assert_failed(1);
    // Another claim under its own name is both.
    let journey = subject("<SubjectNamingInfo ClaimType=\"x\" />", &output("x", ""));
    with(&journey, &[("x", json!("ann"))]).run().unwrap().assert_token("sub", "ann").assert_token("x", "ann");
    let journey = subject("<SubjectNamingInfo ClaimType=\"x\" ExcludeAsClaim=\"true\" />", &output("x", ""));
    let run = with(&journey, &[("x", json!("ann"))]).run().unwrap();
    run.assert_token("sub", "ann");
    assert!(token(&run).is_empty());
    // Without SubjectNamingInfo it is objectId, listed or not.
    let journey = subject("", &output("x", ""));
    with(&journey, &[("objectId", json!("1"))]).run().unwrap().assert_token("sub", "1");
    journey.simulation().run().unwrap().assert_error("the subject claim 'objectId'");
}

/// The token by an issuer with these metadata items.
fn issued(metadata: &[(&str, &str)], request: Request) -> Map<String, Json> {
    let items: String = metadata.iter().map(|(key, value)| format!("<Item Key=\"{key}\">{value}</Item>")).collect();
    let mut policy = small();
    policy.issuer = format!("<Metadata>{items}</Metadata>");
    policy.outputs = output("x", "PartnerClaimType=\"tfp\" DefaultValue=\"{policy}\"");
    policy.journey().simulation().request(request).run().unwrap().token.unwrap()
}

#[test]
fn standard_claims() {
    let request = Request { client_id: Some("app".into()), nonce: Some("n".into()), ..Request::default() };
    let token = issued(&[], request.clone());
    let now = 1_767_225_600;
    for (name, expected) in [
        ("exp", json!(now + 3600)),
        ("nbf", json!(now)),
        ("iat", json!(now)),
        ("auth_time", json!(now)),
        ("ver", json!("1.0")),
        ("iss", json!("https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/")),
        ("aud", json!("app")),
        ("nonce", json!("n")),
        ("sub", json!("nobody")),
        ("acr", json!("b2c_1a_small")),
        ("tfp", json!("b2c_1a_small")),
    ] {
        assert_eq!(token.get(name), Some(&expected), "{name}");
    }
    let metadata = [
        ("token_lifetime_secs", "600"),
        ("IssuanceClaimPattern", "AuthorityWithTfp"),
        ("AuthenticationContextReferenceClaimPattern", "None"),
    ];
    let token = issued(&metadata, Request { nonce: None, ..request.clone() });
    assert_eq!(token["exp"], now + 600);
    assert_eq!(token["iss"], "https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/b2c_1a_small/v2.0/");
    assert!(!token.contains_key("acr") && !token.contains_key("nonce"));
    let token = issued(&[("token_lifetime_secs", "600"), ("id_token_lifetime_secs", "900")], request);
    assert_eq!(token["exp"], now + 900);
}

#[test]
fn the_tenant_is_named_by_its_object_id_where_that_is_known() {
    let xml = small()
        .xml()
        .replace("PolicyId=\"B2C_1A_small\"", "TenantObjectId=\"11111111-2222-3333-4444-555555555555\" PolicyId=\"B2C_1A_small\"");
    let run = journey_of(&xml).simulation().run().unwrap();
    run.assert_token("iss", "https://contoso.b2clogin.com/11111111-2222-3333-4444-555555555555/v2.0/");
}

#[test]
fn resolvers_in_the_relying_partys_defaults() {
    let run = |attributes: &str| {
        let request = Request { login_hint: Some("ann".into()), ..Request::default() };
        journey(&output("x", attributes)).simulation().claim("count", 5).request(request).run().unwrap()
    };
    const ALWAYS: &str = "AlwaysUseDefaultValue=\"true\"";
    run(&format!("DefaultValue=\"{{OIDC:LoginHint}}\" {ALWAYS}")).assert_token("x", "ann");
    run(&format!("DefaultValue=\"{{Claim:count}}\" {ALWAYS}")).assert_token("x", "5");
    run(&format!("DefaultValue=\"{{Policy:PolicyId}}\" {ALWAYS}")).assert_token("x", "B2C_1A_small");
    run("DefaultValue=\"{Policy:PolicyId}\"").assert_token("x", "B2C_1A_small");
    let absent = run(&format!("DefaultValue=\"{{OIDC:Nonce}}\" {ALWAYS}"));
    absent.assert_issued();
    assert!(token(&absent).is_empty());
    assert!(choices(&absent).iter().any(|choice| choice == "OPEN-16"));
    run(&format!("DefaultValue=\"{{OIDC:Weather}}\" {ALWAYS}")).assert_error("AADB2C90044");
}

/// A journey that ends with an issuer of its own.
fn issuer(protocol: &str, format: &str, inputs: &str) -> Journey {
    let mut policy = small();
    policy.steps.clear();
    policy.profiles = format!(
        "<TechnicalProfile Id=\"Issuer\"><DisplayName>Issuer</DisplayName><Protocol Name=\"{protocol}\" /><OutputTokenFormat>{format}</OutputTokenFormat>\
         <InputClaims>{inputs}</InputClaims></TechnicalProfile>"
    );
    policy.outputs = output("count", "PartnerClaimType=\"http://contoso.com/count\"");
    policy.step_with(1, "SendClaims", "CpimIssuerTechnicalProfileReferenceId=\"Issuer\"", "").journey()
}

#[test]
fn an_assertion_has_the_output_claims_alone() {
    for protocol in ["SAML2", "None"] {
        let run = with(&issuer(protocol, "SAML2", ""), &[("objectId", json!("1")), ("count", json!(5))]).run().unwrap();
        run.assert_issued();
        assert_eq!(Json::from(run.token.unwrap()), json!({ "sub": "1", "http://contoso.com/count": 5 }));
    }
}

#[test]
fn the_user_info_reply_has_the_input_claims_of_its_issuer() {
    let inputs =
        input("x", "PartnerClaimType=\"name\"") + &input("count", "") + &input("flag", "DefaultValue=\"true\"") + &input("day", "");
    let run = with(&issuer("None", "JSON", &inputs), &[("x", json!("ann")), ("count", json!(5))]).run().unwrap();
    run.assert_issued();
    assert_eq!(Json::from(run.token.unwrap()), json!({ "name": "ann", "count": 5, "flag": true }));
}

#[test]
fn an_error_of_the_policys_own_ends_the_journey() {
    for protocol in ["OAuth2", "None"] {
        let inputs = input("count", "PartnerClaimType=\"errorCode\"") + &input("x", "PartnerClaimType=\"ErrorMessage\"");
        let run = with(&issuer(protocol, "OAuth2Error", &inputs), &[("x", json!("no")), ("count", json!(5))]).run().unwrap();
        assert_eq!(failure(&run), ("AAD_Custom_5".into(), "no".into()));
        run.assert_executed(1);
        assert!(run.token.is_none());
    }
}

#[test]
fn an_issuer_may_require_an_input_claim() {
    let run = issuer("None", "JSON", &input("x", "Required=\"true\"")).simulation().run().unwrap();
    run.assert_failed(1)
        .assert_error("the required input claim `x` has no value, in technical profile `Issuer`, step 1 of user journey `Small`");
}
