//! Display controls: their actions run before the page's validation technical profiles, in order, and share what lives for the page only
//! (SEMANTICS 9.6).

#![cfg(test)]

mod common;

use b2c_journey::simulate::PageStub;
use b2c_journey::{Execution, Journey, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, api, calls, failure, input, journey_of, output, validation};

/// An action's reference to a profile, with attributes and preconditions.
fn run_profile(profile: &str, attributes: &str, preconditions: &str) -> String {
    format!(
        "<ValidationClaimsExchangeTechnicalProfile TechnicalProfileReferenceId=\"{profile}\" {attributes}>{preconditions}\
         </ValidationClaimsExchangeTechnicalProfile>"
    )
}

fn skip_if_equal(claim: &str, value: &str) -> String {
    format!(
        "<Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\"><Value>{claim}</Value><Value>{value}</Value>\
         <Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions>"
    )
}

struct Control {
    id: &'static str,
    kind: &'static str,
    inputs: String,
    display: String,
    outputs: String,
    send: String,
    verify: String,
}

fn control(id: &'static str) -> Control {
    Control {
        id,
        kind: "VerificationControl",
        inputs: String::new(),
        display: "<DisplayClaim ClaimTypeReferenceId=\"address\" Required=\"true\" />\
                  <DisplayClaim ClaimTypeReferenceId=\"code\" ControlClaimType=\"VerificationCode\" Required=\"true\" />"
            .into(),
        outputs: String::new(),
        send: run_profile("Send", "", ""),
        verify: run_profile("Verify", "", ""),
    }
}

impl Control {
    fn xml(&self) -> String {
        let Control { id, kind, inputs, display, outputs, send, verify } = self;
        let action = |id: &str, profiles: &str| match profiles {
            "" => String::new(),
            _ => format!("<Action Id=\"{id}\"><ValidationClaimsExchange>{profiles}</ValidationClaimsExchange></Action>"),
        };
        format!(
            "<DisplayControl Id=\"{id}\" UserInterfaceControlType=\"{kind}\"><InputClaims>{inputs}</InputClaims>\
             <DisplayClaims>{display}</DisplayClaims><OutputClaims>{outputs}</OutputClaims><Actions>{}{}</Actions></DisplayControl>",
            action("SendCode", send),
            action("VerifyCode", verify)
        )
    }
}

fn small() -> Small {
    Small::default()
        .claim("address", "string", TEXT_BOX)
        .claim("other", "string", TEXT_BOX)
        .claim("code", "string", TEXT_BOX)
        .claim("secondCode", "string", TEXT_BOX)
        .claim("token", "string", "")
        .claim("verified", "string", "")
        .claim("shown", "string", "<UserInputType>Paragraph</UserInputType>")
        .profile("Send", RESTFUL, &api(&input("address", ""), &output("token", "")))
        .profile("Send-Again", RESTFUL, &api(&input("address", ""), ""))
        .profile("Verify", RESTFUL, &api(&(input("code", "") + &input("token", "")), &output("verified", "")))
        .profile("Check", RESTFUL, &api(&(input("address", "") + &input("token", "") + &input("verified", "")), ""))
}

/// A page with these controls; it returns these claims and validates by `Check`.
fn journey(controls: &[Control], outputs: &[&str]) -> Journey {
    let display: String = controls.iter().map(|control| format!("<DisplayClaim DisplayControlReferenceId=\"{}\" />", control.id)).collect();
    let outputs: String = outputs.iter().map(|claim| output(claim, "")).collect();
    let page = format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata><DisplayClaims>{display}</DisplayClaims>\
         <OutputClaims>{outputs}</OutputClaims><ValidationTechnicalProfiles>{}</ValidationTechnicalProfiles>",
        validation("Check")
    );
    let xml = small().profile("Page", SELF_ASSERTED, &page).exchange(1, "", "Page").send(2).xml();
    let controls: String = controls.iter().map(Control::xml).collect();
    journey_of(&xml.replace("</BuildingBlocks>", &format!("<DisplayControls>{controls}</DisplayControls></BuildingBlocks>")))
}

fn form() -> PageStub {
    Stubs::self_asserted().enter("address", "a@b.c")
}

fn body(run: &Execution, profile: &str, call: usize) -> serde_json::Value {
    serde_json::from_str(&run.record().requests[profile][call].body.clone().unwrap()).unwrap()
}

fn run(journey: &Journey, page: PageStub) -> Execution {
    let ok = |values| Stubs::restful().ok(values);
    journey
        .simulation()
        .stub("Page", page)
        .stub("Send", ok(json!({ "token": "t" })))
        .stub("Verify", ok(json!({ "verified": "yes" })))
        .run()
        .unwrap()
}

#[test]
fn actions_run_in_order_before_the_validation_profiles() {
    let run = run(&journey(&[control("mail")], &["address"]), form());
    run.assert_issued().assert_claim("address", "a@b.c");
    assert_eq!(calls(&run), ["Page", "Send", "Verify", "Check"]);
    assert_eq!(body(&run, "Send", 0), json!({ "address": "a@b.c" }));
}

#[test]
fn of_what_an_action_gives_the_outputs_of_the_control_stay_on_the_page() {
    let check = |control_outputs: &[&str], page_outputs: &[&str], verified_with: &str, checked_with: &str, committed: &str| {
        let outputs = control_outputs.iter().map(|claim| output(claim, "")).collect();
        let run = run(&journey(&[Control { outputs, ..control("mail") }], page_outputs), form());
        run.assert_issued();
        let has =
            |body: serde_json::Value| ["token", "verified"].into_iter().filter(|name| !body[name].is_null()).collect::<Vec<_>>().join(" ");
        let claims = serde_json::Value::Object(run.record().claims);
        assert_eq!(
            (has(body(&run, "Verify", 0)).as_str(), has(body(&run, "Check", 0)).as_str(), has(claims).as_str()),
            (verified_with, checked_with, committed),
            "{control_outputs:?} {page_outputs:?}"
        );
    };
    check(&[], &["token", "verified"], "", "", "");
    check(&["token"], &["address"], "token", "token", "");
    check(&["token", "verified"], &["verified"], "token", "token verified", "verified");
}

#[test]
fn a_failing_action_refuses_the_page_with_its_message() {
    let journey = journey(&[control("mail")], &["address"]);
    let refusal = || Stubs::restful().status(409, json!({ "version": "1.0.0", "status": 409, "userMessage": "not to this address" }));
    let failing = |profile: &str, page: PageStub| {
        let run = journey.simulation().stub("Page", page).stub(profile, refusal()).run().unwrap();
        (calls(&run).join(" "), failure(&run).1)
    };
    let words = "not to this address".to_owned();
    assert_eq!(failing("Send", form()), ("Page Send".into(), words.clone()));
    assert_eq!(failing("Verify", form()), ("Page Send Verify".into(), words.clone()));
    // After a failure to send, sending is tried again; after one to verify, only verifying.
    assert_eq!(failing("Send", form().then()), ("Page Send Send".into(), words.clone()));
    assert_eq!(failing("Verify", form().then()), ("Page Send Verify Verify".into(), words));
}

#[test]
fn what_was_verified_stays_so_until_the_address_changes() {
    let journey = journey(&[control("mail")], &["address", "verified"]);
    let refusal = json!({ "version": "1.0.0", "status": 409, "userMessage": "no" });
    let run = |page: PageStub| {
        let check = Stubs::restful().status(409, refusal.clone()).ok(json!({}));
        calls(&journey.simulation().stub("Page", page).stub("Check", check).run().unwrap()).join(" ")
    };
    assert_eq!(run(form().then()), "Page Send Verify Check Check");
    assert_eq!(run(form().then().enter("address", "x@y.z")), "Page Send Verify Check Send Verify Check");
}

#[test]
fn an_api_that_verifies_refuses_a_wrong_code_by_default() {
    let journey = journey(&[control("mail")], &["address"]);
    let run = |page: PageStub| journey.simulation().stub("Page", page).run().unwrap();
    let wrong = run(form().code("mail", false));
    assert_eq!(failure(&wrong).1, "That code is incorrect. Please try again.");
    assert_eq!(calls(&wrong), ["Page", "Send", "Verify"]);
    let again = run(form().code("mail", false).then());
    again.assert_issued();
    assert_eq!(calls(&again), ["Page", "Send", "Verify", "Verify", "Check"]);
    assert_ne!(body(&again, "Verify", 0)["code"], body(&again, "Verify", 1)["code"]);
    assert_eq!(body(&run(form().enter("code", "42")), "Verify", 0)["code"], "42");
}

#[test]
fn a_control_without_an_action_that_verifies_judges_the_code_itself() {
    let journey = journey(&[Control { verify: String::new(), ..control("mail") }], &["address"]);
    run(&journey, form()).assert_issued();
    let wrong = run(&journey, form().code("mail", false));
    assert_eq!(failure(&wrong).1, "That code is incorrect. Please try again.");
}

#[test]
fn preconditions_and_continue_flags_work_as_for_validation_profiles() {
    let failing = json!({ "version": "1.0.0", "status": 409, "userMessage": "no" });
    let check = |send: String, address: &str, fails: bool, expected: &str| {
        let journey = journey(&[Control { send, ..control("mail") }], &["address"]);
        let stub = if fails { Stubs::restful().status(409, failing.clone()) } else { Stubs::restful().ok(json!({})) };
        let run = journey.simulation().stub("Page", Stubs::self_asserted().enter("address", address)).stub("Send", stub).run().unwrap();
        assert_eq!(calls(&run).join(" "), expected);
    };
    let both = |attributes: &str, preconditions: &str| run_profile("Send", attributes, preconditions) + &run_profile("Send-Again", "", "");
    check(both("", ""), "a", false, "Page Send Send-Again Verify Check");
    check(both("", ""), "a", true, "Page Send");
    check(both("ContinueOnError=\"true\"", ""), "a", true, "Page Send Send-Again Verify Check");
    check(both("ContinueOnSuccess=\"false\"", ""), "a", false, "Page Send Verify Check");
    check(both("", &skip_if_equal("address", "a")), "a", true, "Page Send-Again Verify Check");
    check(both("", &skip_if_equal("address", "a")), "b", false, "Page Send Send-Again Verify Check");
}

#[test]
fn controls_take_turns_and_each_has_its_code() {
    let second = Control {
        display: "<DisplayClaim ClaimTypeReferenceId=\"other\" Required=\"true\" />\
                  <DisplayClaim ClaimTypeReferenceId=\"secondCode\" ControlClaimType=\"VerificationCode\" Required=\"true\" />"
            .into(),
        send: run_profile("Send-Again", "", ""),
        ..control("phone")
    };
    let journey = journey(&[control("mail"), second], &["address", "other"]);
    let form = || form().enter("other", "o");
    let calls_of = |page: PageStub| calls(&journey.simulation().stub("Page", page).run().unwrap()).join(" ");
    assert_eq!(calls_of(form()), "Page Send Verify Send-Again Verify Check");
    assert_eq!(calls_of(form().code("phone", false).then()), "Page Send Verify Send-Again Verify Verify Check");
    assert_eq!(calls_of(form().code("mail", false)), "Page Send Verify");
}

#[test]
fn controls_of_authenticator_apps_only_show() {
    let kinds = ["QrCodeControl", "AuthenticatorInfoControl", "AuthenticatorAppIconControl"];
    let controls: Vec<Control> = ["qr", "info", "icon"]
        .into_iter()
        .zip(kinds)
        .map(|(id, kind)| Control {
            kind,
            inputs: input("shown", ""),
            display: if id == "icon" { String::new() } else { "<DisplayClaim ClaimTypeReferenceId=\"shown\" />".into() },
            ..control(id)
        })
        .collect();
    let journey = journey(&controls, &["shown"]);
    let run = journey.simulation().claim("shown", "secret").stub("Page", Stubs::self_asserted()).run().unwrap();
    run.assert_issued().assert_claim("shown", "secret");
    assert_eq!(calls(&run), ["Page", "Check"]);
}

#[test]
fn the_page_names_a_control_that_it_does_not_have() {
    let journey = journey(&[control("mail")], &["address"]);
    let error = journey.simulation().stub("Page", form().code("mial", false)).run().unwrap_err();
    assert!(error.to_string().contains("has no display control `mial`"), "{error}");
}
