//! Claim references (SEMANTICS 6.1, 6.2): input, output and persisted claims with and without a value, a default, AlwaysUseDefaultValue and
//! Required; partner names; claim resolvers in defaults.

#![cfg(test)]

mod common;

use b2c_journey::claims::{ClaimValue, Slot};
use b2c_journey::engine::{Ask, Reply, Request, Run, State, Switches, Window};
use b2c_journey::{Execution, Journey, Simulation, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, TRANSFORMING, api, choices, environment, failure, input, output, page, validation};
use serde_json::Value as Json;

/// What a claim holds when the profile's turn comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Absent,
    Null,
    Text(&'static str),
}

use Held::{Absent, Null, Text};

/// `x` may be set before and made null by step 1.
fn small() -> Small {
    let mut small = Small::default()
        .claim("x", "string", "")
        .claim("y", "string", "")
        .claim("typed", "string", TEXT_BOX)
        .claim("flag", "boolean", "")
        .claim("count", "int", "")
        .profile(
            "Null",
            TRANSFORMING,
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"y\" /></OutputClaims><OutputClaimsTransformations>\
             <OutputClaimsTransformation ReferenceId=\"NullX\" /></OutputClaimsTransformations>",
        );
    small.transformations = "<ClaimsTransformation Id=\"NullX\" TransformationMethod=\"NullClaim\"><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"x\" TransformationClaimType=\"claim_to_null\" /></OutputClaims></ClaimsTransformation>"
        .into();
    small
}

fn with<'j>(journey: &'j Journey, held: Held) -> Simulation<'j> {
    match held {
        Absent => journey.simulation().from_step(2),
        Null => journey.simulation().claim("x", "before"),
        Text(text) => journey.simulation().from_step(2).claim("x", text),
    }
}

/// A journey that makes `x` null in step 1, or begins with step 2, which runs this profile.
fn calling(handler: &str, profile: &str) -> Journey {
    small().exchange(1, "", "Null").profile("P", handler, profile).exchange(2, "", "P").send(3).journey()
}

fn sent(run: &Execution) -> Json {
    let record = serde_json::to_value(run.record()).unwrap();
    serde_json::from_str(record["requests"]["P"][0]["body"].as_str().unwrap()).unwrap()
}

fn has(run: &Execution, open: &str) -> bool {
    choices(run).iter().any(|choice| choice == open)
}

const D: &str = "DefaultValue=\"d\"";
const ALWAYS: &str = "DefaultValue=\"d\" AlwaysUseDefaultValue=\"true\"";

#[test]
fn an_input_claim_is_the_default_if_always_else_the_bag_else_the_default_else_not_sent() {
    for (attributes, held, expected, by_default) in [
        ("", Absent, None, false),
        ("", Null, None, false),
        ("", Text("b"), Some("b"), false),
        ("", Text(""), Some(""), false),
        (D, Absent, Some("d"), true),
        (D, Null, Some("d"), true),
        (D, Text("b"), Some("b"), false),
        (D, Text(""), Some(""), false),
        ("DefaultValue=\"\"", Absent, Some(""), true),
        ("DefaultValue=\"\"", Text("b"), Some("b"), false),
        (ALWAYS, Absent, Some("d"), true),
        (ALWAYS, Null, Some("d"), true),
        (ALWAYS, Text("b"), Some("d"), true),
        ("DefaultValue=\"d\" AlwaysUseDefaultValue=\"false\"", Text("b"), Some("b"), false),
        // Without a default the attribute has no say.
        ("AlwaysUseDefaultValue=\"true\"", Absent, None, false),
        ("AlwaysUseDefaultValue=\"true\"", Text("b"), Some("b"), false),
    ] {
        let journey = calling(RESTFUL, &api(&input("x", attributes), ""));
        let run = with(&journey, held).stub("P", Stubs::restful().ok(json!({}))).run().unwrap();
        run.assert_issued();
        assert_eq!(sent(&run), expected.map_or(json!({}), |value| json!({ "x": value })), "{attributes} {held:?}");
        // The default lives for the call only, and the run says when that matters.
        assert_eq!(run.claim("x"), value_of(held).as_ref(), "{attributes} {held:?}");
        assert_eq!(has(&run, "OPEN-10"), by_default, "{attributes} {held:?}");
        let enter = Switches { input_defaults_enter_bag: true, ..Switches::default() };
        let run = with(&journey, held).switches(enter).stub("P", Stubs::restful().ok(json!({}))).run().unwrap();
        let after = if by_default { expected.map(ClaimValue::from) } else { value_of(held) };
        assert_eq!(run.claim("x"), after.as_ref(), "{attributes} {held:?}");
    }
}

fn value_of(held: Held) -> Option<ClaimValue> {
    match held {
        Absent | Null => None,
        Text(text) => Some(ClaimValue::from(text)),
    }
}

/// What `x` holds after an API returned this for it.
fn received(attributes: &str, held: Held, returned: Option<Json>, switches: Switches) -> (Option<ClaimValue>, Execution) {
    let journey = calling(RESTFUL, &api("", &output("x", attributes)));
    let body = returned.map_or(json!({}), |value| json!({ "x": value }));
    let run = with(&journey, held).switches(switches).stub("P", Stubs::restful().ok(body)).run().unwrap();
    (run.claim("x").cloned(), run)
}

#[test]
fn an_output_claim_is_the_default_if_always_else_what_was_returned_else_the_default_if_never_set() {
    let r = || Some(json!("r"));
    for (attributes, held, returned, expected, never_set_rule) in [
        ("", Absent, None, None, false),
        ("", Text("b"), None, Some("b"), false),
        ("", Absent, r(), Some("r"), false),
        ("", Text("b"), r(), Some("r"), false),
        ("", Text("b"), Some(json!("")), Some(""), false),
        // A null counts as not returned.
        ("", Text("b"), Some(json!(null)), Some("b"), false),
        (D, Absent, Some(json!(null)), Some("d"), false),
        (D, Absent, None, Some("d"), false),
        (D, Absent, r(), Some("r"), false),
        (D, Text("b"), r(), Some("r"), false),
        (D, Text("b"), None, Some("b"), true),
        (D, Text(""), None, Some(""), true),
        // Null is set.
        (D, Null, None, None, true),
        ("DefaultValue=\"\"", Absent, None, Some(""), false),
        ("DefaultValue=\"\"", Text("b"), None, Some("b"), true),
        (ALWAYS, Absent, None, Some("d"), false),
        (ALWAYS, Text("b"), r(), Some("d"), false),
        (ALWAYS, Null, None, Some("d"), false),
        ("AlwaysUseDefaultValue=\"true\"", Text("b"), None, Some("b"), false),
        ("AlwaysUseDefaultValue=\"true\"", Text("b"), r(), Some("r"), false),
    ] {
        let (after, run) = received(attributes, held, returned.clone(), Switches::default());
        run.assert_issued();
        assert_eq!(after, expected.map(ClaimValue::from), "{attributes} {held:?} {returned:?}");
        assert_eq!(has(&run, "OPEN-11"), never_set_rule, "{attributes} {held:?} {returned:?}");
        let overriding = Switches { output_default_overrides: true, ..Switches::default() };
        let (after, _) = received(attributes, held, returned.clone(), overriding);
        let flipped = if never_set_rule { Some(if attributes == D { "d" } else { "" }) } else { expected };
        assert_eq!(after, flipped.map(ClaimValue::from), "{attributes} {held:?} {returned:?}");
    }
}

#[test]
fn the_record_tells_null_from_absent() {
    let (_, run) = received("", Null, None, Switches::default());
    let record = serde_json::to_value(run.record()).unwrap();
    assert_eq!(record["claims"], json!({ "x": null }));
    let (_, run) = received("", Absent, None, Switches::default());
    assert_eq!(serde_json::to_value(run.record()).unwrap()["claims"], json!({}));
}

#[test]
fn on_a_page_the_never_set_rule_is_documented() {
    let overriding = Switches { output_default_overrides: true, ..Switches::default() };
    let journey = calling(SELF_ASSERTED, &page("", "", &(output("typed", "") + &output("x", D)), ""));
    for (held, expected) in [(Absent, Some("d")), (Null, None), (Text("b"), Some("b"))] {
        let run = with(&journey, held).switches(overriding).run().unwrap();
        run.assert_issued();
        assert_eq!(run.claim("x"), expected.map(ClaimValue::from).as_ref(), "{held:?}");
        assert!(!has(&run, "OPEN-11"));
    }
}

#[test]
fn a_default_has_the_type_of_its_claim() {
    let outputs = output("flag", "DefaultValue=\"TRUE\"") + &output("count", "DefaultValue=\"42\"") + &output("x", "DefaultValue=\"42\"");
    let journey = calling(TRANSFORMING, &format!("<OutputClaims>{outputs}</OutputClaims>"));
    journey.simulation().from_step(2).run().unwrap().assert_claim("flag", true).assert_claim("count", 42).assert_claim("x", "42");
    let wrong = format!("<OutputClaims>{}</OutputClaims>", output("count", "DefaultValue=\"many\""));
    let message = small().profile("P", TRANSFORMING, &wrong).exchange(1, "", "P").send(2).refused();
    assert!(message.contains("the default `many` does not fit the claim `count` of type int"), "{message}");
}

/// What a directory profile with this persisted claim writes for it; `None` = leaves it alone.
fn persisted(attributes: &str, held: Held) -> Option<Slot> {
    const DIRECTORY: &str = "Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine";
    let profile = format!(
        "<Metadata><Item Key=\"Operation\">Write</Item></Metadata><InputClaims>{}</InputClaims>\
         <PersistedClaims>{}{}</PersistedClaims>",
        input("objectId", "Required=\"true\""),
        output("objectId", "").replace("OutputClaim", "PersistedClaim"),
        output("x", attributes).replace("OutputClaim", "PersistedClaim"),
    );
    let journey = calling(DIRECTORY, &profile);
    let plan = journey.plan();
    let environment = environment(Request::default());
    let mut claims = vec![(plan.claim_id("objectId").unwrap(), Slot::Value("1".into()))];
    let x = plan.claim_id("x").unwrap();
    match held {
        Absent => {}
        Null => claims.push((x, Slot::Null)),
        Text(text) => claims.push((x, Slot::Value(text.into()))),
    }
    let window = Window { from_step: Some(2), claims, ..Window::default() };
    let mut run = Run::new(plan, &environment, window, false);
    assert!(matches!(run.advance(), State::Asks(Ask::Directory { .. })));
    let request = run.directory_request().unwrap();
    request.writes.into_iter().find(|(name, _)| name == "x").map(|(_, slot)| slot)
}

#[test]
fn a_persisted_claim_takes_its_default_when_the_claim_is_missing() {
    for (attributes, held, expected) in [
        ("", Absent, None),
        ("", Null, None),
        ("", Text("b"), Some("b")),
        ("", Text(""), Some("")),
        (D, Absent, Some("d")),
        (D, Null, Some("d")),
        (D, Text("b"), Some("b")),
        ("DefaultValue=\"\"", Absent, Some("")),
        (ALWAYS, Text("b"), Some("d")),
        ("DefaultValue=\"\" AlwaysUseDefaultValue=\"true\"", Text("b"), Some("")),
    ] {
        assert_eq!(persisted(attributes, held), expected.map(|text| Slot::Value(text.into())), "{attributes} {held:?}");
    }
}

#[test]
fn a_required_input_claim_must_have_a_value() {
    for (attributes, held, fine) in [
        ("Required=\"true\"", Absent, false),
        ("Required=\"true\"", Null, false),
        ("Required=\"true\"", Text(""), true),
        ("Required=\"true\"", Text("b"), true),
        ("Required=\"true\" DefaultValue=\"d\"", Absent, true),
        ("Required=\"false\"", Absent, true),
        ("", Absent, true),
    ] {
        let journey = calling(RESTFUL, &api(&input("x", attributes), ""));
        let run = with(&journey, held).stub("P", Stubs::restful().ok(json!({}))).run().unwrap();
        assert_eq!(run.is_issued(), fine, "{attributes} {held:?}");
        if !fine {
            run.assert_failed(2).assert_called("P");
            assert_eq!(
                failure(&run),
                (
                    String::new(),
                    "the required input claim `x` has no value, in technical profile `P`, step 2 of user journey `Small`".into()
                )
            );
        }
    }
    // A page may ask for what it requires.
    let journey = calling(SELF_ASSERTED, &page("", &input("typed", "Required=\"true\""), &output("typed", ""), ""));
    with(&journey, Absent).run().unwrap().assert_issued();
}

#[test]
fn another_claim_may_give_the_partner_what_it_requires() {
    // The starter pack's password change: `oldPassword` goes as `password`, beside the required `password` of the included profile.
    let sent_as =
        |other: &str| input("x", &format!("PartnerClaimType=\"{other}\"")) + &input("y", "Required=\"true\" PartnerClaimType=\"secret\"");
    let ok = || Stubs::restful().ok(json!({}));
    let journey = calling(RESTFUL, &api(&sent_as("Secret"), ""));
    let run = with(&journey, Text("b")).stub("P", ok()).run().unwrap();
    run.assert_issued();
    with(&journey, Absent).stub("P", ok()).run().unwrap().assert_failed(2);
    let journey = calling(RESTFUL, &api(&sent_as("other"), ""));
    with(&journey, Text("b")).stub("P", ok()).run().unwrap().assert_failed(2);
}

#[test]
fn of_two_claims_for_the_password_the_first_with_a_value_signs_in() {
    let inputs = input("y", "PartnerClaimType=\"username\"")
        + &input("typed", "PartnerClaimType=\"password\" Required=\"true\"")
        + &input("x", "PartnerClaimType=\"password\"")
        + &input("flag", "PartnerClaimType=\"grant_type\"");
    let mut policy = small();
    policy.profiles += &format!(
        "<TechnicalProfile Id=\"P\"><DisplayName>P</DisplayName><Protocol Name=\"OpenIdConnect\" /><Metadata><Item Key=\"client_id\">1</Item>\
         <Item Key=\"grant_type\">password</Item></Metadata><InputClaims>{inputs}</InputClaims></TechnicalProfile>"
    );
    let journey = policy.exchange(1, "", "P").send(2).journey();
    let plan = journey.plan();
    let environment = environment(Request::default());
    let claim = |name: &str, text: &str| (plan.claim_id(name).unwrap(), Slot::Value(text.into()));
    let window = Window { claims: vec![claim("x", "secret"), claim("y", "ann")], ..Window::default() };
    let mut run = Run::new(plan, &environment, window, false);
    assert!(matches!(run.advance(), State::Asks(Ask::SignIn { .. })));
    let request = run.sign_in_request().unwrap();
    assert_eq!((request.username.as_str(), request.password.as_str()), ("ann", "secret"));
}

#[test]
fn a_required_output_claim_must_be_returned() {
    for (attributes, held, returned, fine) in [
        ("Required=\"true\"", Absent, Some(json!("r")), true),
        ("Required=\"true\"", Absent, None, false),
        // That somebody else set it does not help.
        ("Required=\"true\"", Text("b"), None, false),
        ("Required=\"true\" DefaultValue=\"d\"", Absent, None, true),
        ("Required=\"false\"", Absent, None, true),
    ] {
        let (_, run) = received(attributes, held, returned.clone(), Switches::default());
        assert_eq!(run.is_issued(), fine, "{attributes} {held:?} {returned:?}");
        let journey = calling(RESTFUL, &api("", &output("x", attributes)));
        let by_name = returned.map_or(json!({}), |value| json!({ "x": value }));
        let run = with(&journey, held).stub("P", Stubs::claims(by_name)).run().unwrap();
        assert_eq!(run.is_issued(), fine, "{attributes} {held:?}");
        if !fine {
            assert_eq!(
                failure(&run).1,
                "the required output claim `x` was not returned, in technical profile `P`, step 2 of user journey `Small`"
            );
        }
    }
}

#[test]
fn a_claims_transformation_profile_must_fill_its_required_outputs() {
    let profile = |transformation: &str| {
        let mut policy = small();
        policy.transformations += &create("MakeX", "x", "made");
        let profile = format!(
            "<OutputClaims>{}</OutputClaims><OutputClaimsTransformations>{transformation}</OutputClaimsTransformations>",
            output("x", "Required=\"true\"")
        );
        policy.profile("P", TRANSFORMING, &profile).exchange(1, "", "P").send(2).journey().simulation().run().unwrap()
    };
    profile("<OutputClaimsTransformation ReferenceId=\"MakeX\" />").assert_issued().assert_claim("x", "made");
    profile("<OutputClaimsTransformation ReferenceId=\"NullX\" />").assert_failed(1);
}

fn create(id: &str, claim: &str, value: &str) -> String {
    format!(
        "<ClaimsTransformation Id=\"{id}\" TransformationMethod=\"CreateStringClaim\"><InputParameters>\
         <InputParameter Id=\"value\" DataType=\"string\" Value=\"{value}\" /></InputParameters><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"{claim}\" TransformationClaimType=\"createdClaim\" /></OutputClaims></ClaimsTransformation>"
    )
}

fn copy(id: &str, from: &str, to: &str) -> String {
    format!(
        "<ClaimsTransformation Id=\"{id}\" TransformationMethod=\"CopyClaim\"><InputClaims>\
         <InputClaim ClaimTypeReferenceId=\"{from}\" TransformationClaimType=\"inputClaim\" /></InputClaims><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"{to}\" TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>"
    )
}

fn transformations(list: &[&str]) -> String {
    let list: String = list.iter().map(|id| format!("<OutputClaimsTransformation ReferenceId=\"{id}\" />")).collect();
    format!("<OutputClaimsTransformations>{list}</OutputClaimsTransformations>")
}

/// A claims transformation profile with this input claim `x`, these output claims, and these transformations among `XToY`, `MakeX`.
fn transforming(attributes: &str, outputs: &str, list: &[&str], held: Held) -> Execution {
    let mut policy = small();
    policy.transformations += &(copy("XToY", "x", "y") + &create("MakeX", "x", "made"));
    let inputs = input("x", attributes);
    let profile = format!("<InputClaims>{inputs}</InputClaims><OutputClaims>{outputs}</OutputClaims>{}", transformations(list));
    let journey = policy.exchange(1, "", "Null").profile("P", TRANSFORMING, &profile).exchange(2, "", "P").send(3).journey();
    with(&journey, held).run().unwrap()
}

#[test]
fn a_claims_transformation_profile_hands_on_the_defaults_of_its_input_claims() {
    // Its transformations see them, the bag does not.
    transforming(D, &output("y", ""), &["XToY"], Absent).assert_issued().assert_claim("y", "d").assert_no_claim("x");
    transforming(D, &output("y", ""), &["XToY"], Text("b")).assert_claim("y", "b").assert_claim("x", "b");
    transforming(ALWAYS, &output("y", ""), &["XToY"], Text("b")).assert_claim("y", "d").assert_claim("x", "b");
    // What a transformation made is newer.
    transforming(ALWAYS, &output("y", ""), &["MakeX", "XToY"], Text("b")).assert_claim("y", "made").assert_claim("x", "made");
    // An output claim of that name takes it over.
    transforming(D, &output("x", ""), &[], Absent).assert_claim("x", "d");
    transforming(ALWAYS, &output("x", ""), &[], Text("b")).assert_claim("x", "d");
    transforming(D, &output("x", ""), &[], Text("b")).assert_claim("x", "b");
    transforming(D, &output("x", "DefaultValue=\"other\" AlwaysUseDefaultValue=\"true\""), &[], Absent).assert_claim("x", "other");
}

#[test]
fn a_page_hands_on_the_defaults_of_input_claims_that_it_does_not_show() {
    let api = api(&input("x", "PartnerClaimType=\"sent\""), &output("y", ""));
    let run = |attributes: &str, outputs: &str, list: &[&str], held: Held| {
        let mut policy = small();
        policy.transformations += &copy("XToFrom", "x", "fromPage");
        let form = page("", &input("x", attributes), &(output("typed", "") + &output("y", "") + outputs), &validation("Api"))
            + &transformations(list);
        let journey = policy
            .claim("fromPage", "string", "")
            .profile("Api", RESTFUL, &api)
            .profile("Page", SELF_ASSERTED, &form)
            .exchange(1, "", "Null")
            .exchange(2, "", "Page")
            .send(3)
            .journey();
        let echo = Stubs::from_fn(|ask| Stubs::claims(json!({ "y": ask.inputs().get("sent").cloned().unwrap_or_default() })));
        with(&journey, held).stub("Api", echo).run().unwrap()
    };
    run(D, "", &[], Absent).assert_issued().assert_claim("y", "d").assert_no_claim("x");
    run(D, "", &[], Text("b")).assert_claim("y", "b").assert_claim("x", "b");
    run(ALWAYS, "", &[], Text("b")).assert_claim("y", "d").assert_claim("x", "b");
    run(D, "", &["XToFrom"], Absent).assert_claim("fromPage", "d").assert_no_claim("x");
    run(D, &output("x", "DefaultValue=\"e\""), &["XToFrom"], Absent).assert_claim("fromPage", "d").assert_claim("x", "d");
    run("", "", &[], Absent).assert_no_claim("y");
}

#[test]
fn partner_names_are_written_or_the_protocols_default_or_the_claim_id() {
    let partners = "<DefaultPartnerClaimTypes><Protocol Name=\"OAuth2\" PartnerClaimType=\"surname_there\" />\
                    <Protocol Name=\"OpenIdConnect\" PartnerClaimType=\"family_name\" /></DefaultPartnerClaimTypes>";
    let mut policy = Small::default().claim("surname", "string", "");
    // The schema wants the element after DataType.
    policy.claims = policy.claims.replace("</DataType></ClaimType>", &format!("</DataType>{partners}</ClaimType>"));
    policy.outputs = output("surname", "");
    let idp = |id: &str, written: &str| {
        format!(
            "<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName><Protocol Name=\"OAuth2\" /><OutputClaims>{}</OutputClaims></TechnicalProfile>",
            output("surname", written)
        )
    };
    policy.profiles = idp("Default", "") + &idp("Written", "PartnerClaimType=\"sn\"");
    let policy = policy.profile("Api", RESTFUL, &api(&input("surname", ""), &output("surname", "")));
    let reply = || Stubs::claims(json!({ "surname_there": "A", "sn": "B", "family_name": "C" }));
    for (profile, stub, expected) in
        [("Default", reply(), "A"), ("Written", reply(), "B"), ("Api", Stubs::claims(json!({ "surname": "D" })), "D")]
    {
        let journey = policy.clone().exchange(1, "", profile).send(2).journey();
        let run = journey.simulation().lenient().stub(profile, stub).run().unwrap();
        run.assert_claim("surname", expected).assert_token("family_name", expected);
    }
    let journey = policy.exchange(1, "", "Api").send(2).journey();
    let run = journey
        .simulation()
        .claim("surname", "E")
        .stub("Api", Stubs::from_fn(|ask| Stubs::claims(json!({ "surname": ask.inputs()["surname"] }))))
        .run()
        .unwrap();
    run.assert_claim("surname", "E");
}

const FLAG: &str = "<Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item>";

/// What an API is sent for `x` with this default.
fn resolved(metadata: &str, attributes: &str, switches: Switches) -> (Json, Execution) {
    let api = api(&input("x", attributes), "").replace("<Metadata>", &format!("<Metadata>{metadata}"));
    let journey = calling(RESTFUL, &api);
    let request =
        Request { login_hint: Some("ann".into()), parameters: [("campaign".into(), "hawaii".into())].into(), ..Request::default() };
    let run = journey
        .simulation()
        .from_step(2)
        .claim("y", "of y")
        .request(request)
        .switches(switches)
        .stub("P", Stubs::restful().ok(json!({})))
        .run()
        .unwrap();
    (sent(&run), run)
}

#[test]
fn claim_resolvers_need_both_flags_except_in_the_documentations_own_examples() {
    const BOTH: &str = "AlwaysUseDefaultValue=\"true\"";
    for (metadata, default, always, expected, choice) in [
        (FLAG, "{OIDC:LoginHint}", BOTH, Some("ann"), None),
        (FLAG, "{oidc:loginhint}", BOTH, Some("ann"), None),
        (FLAG, "{OAUTH-KV:campaign}", BOTH, Some("hawaii"), None),
        (FLAG, "hint: {OIDC:LoginHint}!", BOTH, Some("hint: ann!"), None),
        (FLAG, "{Claim:y}", BOTH, Some("of y"), None),
        (FLAG, "{Policy:PolicyId}", BOTH, Some("B2C_1A_small"), None),
        // OPEN-12: without the flags.
        ("", "{OIDC:LoginHint}", "", Some("ann"), Some("OPEN-12")),
        ("", "{OAUTH-KV:campaign}", BOTH, Some("hawaii"), Some("OPEN-12")),
        (FLAG, "{OIDC:LoginHint}", "", Some("ann"), Some("OPEN-12")),
        ("", "{Claim:y}", BOTH, Some("{Claim:y}"), None),
        (FLAG, "{Claim:y}", "", Some("{Claim:y}"), None),
        ("", "{Policy:PolicyId}", "", Some("{Policy:PolicyId}"), None),
        // OPEN-16: nothing to resolve to.
        (FLAG, "{OAUTH-KV:other}", BOTH, None, Some("OPEN-16")),
        (FLAG, "{Claim:typed}", BOTH, None, Some("OPEN-16")),
        ("", "{OIDC:Nonce}", "", None, Some("OPEN-16")),
        // No resolver at all.
        (FLAG, "{policy} {x}", BOTH, Some("{policy} {x}"), None),
    ] {
        let attributes = format!("DefaultValue=\"{default}\" {always}");
        let (body, run) = resolved(metadata, &attributes, Switches::default());
        assert_eq!(body, expected.map_or(json!({}), |value| json!({ "x": value })), "{metadata} {attributes}");
        let noted: Vec<String> = choices(&run).into_iter().filter(|choice| ["OPEN-12", "OPEN-16"].contains(&choice.as_str())).collect();
        assert!(choice.is_none_or(|choice| noted.iter().any(|noted| noted == choice)), "{attributes} {noted:?}");
        assert!(choice.is_some() || noted.is_empty(), "{attributes} {noted:?}");
    }
    let strict = Switches { resolvers_without_flags: false, ..Switches::default() };
    assert_eq!(resolved("", "DefaultValue=\"{OIDC:LoginHint}\"", strict).0, json!({ "x": "{OIDC:LoginHint}" }));
    assert_eq!(resolved(FLAG, "DefaultValue=\"{OIDC:LoginHint}\" AlwaysUseDefaultValue=\"true\"", strict).0, json!({ "x": "ann" }));
}

#[test]
fn a_resolver_of_an_unknown_group_is_an_error_where_resolvers_are_read() {
    let sent = |metadata: &str| {
        let api = api(&input("x", "DefaultValue=\"{Weather:Today}\" AlwaysUseDefaultValue=\"true\""), "");
        calling(RESTFUL, &api.replace("<Metadata>", &format!("<Metadata>{metadata}"))).simulation().run().unwrap()
    };
    let told = ("AADB2C90045".into(), "The claim resolver 'Weather' specified in policy is not implemented.".into());
    assert_eq!(failure(&sent(FLAG)), told);
    sent("").assert_issued();
}

#[test]
fn a_resolver_that_the_service_does_not_know_is_an_error() {
    let api = api(&input("x", "DefaultValue=\"{Context:Weather}\" AlwaysUseDefaultValue=\"true\""), "");
    let journey = calling(RESTFUL, &api.replace("<Metadata>", &format!("<Metadata>{FLAG}")));
    let run = journey.simulation().from_step(2).run().unwrap();
    run.assert_failed(2);
    assert_eq!(failure(&run), ("AADB2C90044".into(), "The claim 'Weather' is not supported by the claim resolver 'Context'.".into()));
}

#[test]
fn outputs_resolve_with_both_flags_only() {
    let run = |metadata: &str, always: &str| {
        let profile = format!(
            "<Metadata>{metadata}</Metadata><OutputClaims>{}</OutputClaims>",
            output("x", &format!("DefaultValue=\"{{OIDC:LoginHint}}\" {always}"))
        );
        let request = Request { login_hint: Some("ann".into()), ..Request::default() };
        calling(TRANSFORMING, &profile).simulation().from_step(2).request(request).run().unwrap()
    };
    run(FLAG, "AlwaysUseDefaultValue=\"true\"").assert_claim("x", "ann");
    run(FLAG, "").assert_claim("x", "{OIDC:LoginHint}");
    run("", "AlwaysUseDefaultValue=\"true\"").assert_claim("x", "{OIDC:LoginHint}");
}

#[test]
fn a_reply_by_name_goes_by_partner_names_then_claim_ids() {
    let outputs = output("x", "PartnerClaimType=\"y\"") + &output("y", "PartnerClaimType=\"z\"");
    let journey = calling(RESTFUL, &api("", &outputs));
    let run = |reply: Json| journey.simulation().from_step(2).stub("P", Stubs::claims(reply)).run().unwrap();
    run(json!({ "y": "1", "Z": "2" })).assert_claim("x", "1").assert_claim("y", "2");
    run(json!({ "X": "1" })).assert_claim("x", "1").assert_no_claim("y");
    // `y` is the partner name of the other claim.
    run(json!({ "y": "1" })).assert_claim("x", "1").assert_no_claim("y");
    let plan = journey.plan();
    let environment = environment(Request::default());
    let mut engine = Run::new(plan, &environment, Window { from_step: Some(2), ..Window::default() }, false);
    assert!(matches!(engine.advance(), State::Asks(Ask::Rest { .. })));
    let wrong = engine.reply(Reply::SignIn(b2c_journey::engine::SignInReply::Locked)).unwrap_err();
    assert_eq!(wrong.to_string(), "the reply is not of the kind that `P` takes");
    assert!(engine.ask().is_some());
}

#[test]
fn of_a_rest_api_the_resolvers_of_output_claims_stay_text() {
    let attributes = "DefaultValue=\"{Policy:PolicyId}\" AlwaysUseDefaultValue=\"true\"";
    let api = api(&input("x", attributes), &output("y", attributes)).replace("<Metadata>", &format!("<Metadata>{FLAG}"));
    let journey = calling(RESTFUL, &api);
    let run = journey.simulation().from_step(2).stub("P", Stubs::restful().ok(json!({}))).run().unwrap();
    assert_eq!(sent(&run), json!({ "x": "B2C_1A_small" }));
    run.assert_claim("y", "{Policy:PolicyId}");
}
