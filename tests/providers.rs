//! Azure MFA, SSPR, conditional access, Application Insights, the context of a journey, tokens that were sent (SEMANTICS 7).

#![cfg(test)]

mod common;

use b2c_journey::engine::{Outcome, Request};
use b2c_journey::simulate::PageStub;
use b2c_journey::simulate::scenario::UserEntry;
use b2c_journey::trace::Event;
use b2c_journey::{Execution, Journey, Stubs, json};
use common::{SELF_ASSERTED, Small, TEXT_BOX, calls, failure, input, journey_of, output, page, precondition, validation};

const MFA: &str = "Web.TPEngine.Providers.AzureMfaProtocolProvider, Web.TPEngine, Version=1.0.0.0";
const SSPR: &str = "Web.TPEngine.Providers.AadSsprProtocolProvider, Web.TPEngine";
const ACCESS: &str = "Web.TPEngine.Providers.ConditionalAccessProtocolProvider, Web.TPEngine";
const INSIGHTS: &str = "Web.TPEngine.Providers.Insights.AzureApplicationInsightsProvider, Web.TPEngine";
const CONTEXT: &str = "Web.TPEngine.Providers.UserJourneyContextProvider, Web.TPEngine";

/// A profile with one metadata item.
fn operation(key: &str, value: &str, inputs: &str, outputs: &str) -> String {
    let outputs = if outputs.is_empty() { String::new() } else { format!("<OutputClaims>{outputs}</OutputClaims>") };
    format!("<Metadata><Item Key=\"{key}\">{value}</Item></Metadata><InputClaims>{inputs}</InputClaims>{outputs}")
}

fn ending(run: &Execution) -> String {
    if run.is_issued() { "issued".into() } else { failure(run).1 }
}

fn notes(run: &Execution) -> Vec<String> {
    let events = run.trace.events.iter();
    events.filter_map(|event| if let Event::Note(text) = event { Some(text.to_string()) } else { None }).collect()
}

/// A page with a verification control whose actions call `Send` and `Verify`.
fn verification(small: Small, address: &str, metadata: &str) -> Journey {
    let form = format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item>{metadata}</Metadata>\
         <DisplayClaims><DisplayClaim DisplayControlReferenceId=\"control\" /></DisplayClaims><OutputClaims>{}</OutputClaims>",
        output(address, "")
    );
    let action = |id: &str, profile: &str| {
        format!(
            "<Action Id=\"{id}\"><ValidationClaimsExchange><ValidationClaimsExchangeTechnicalProfile \
             TechnicalProfileReferenceId=\"{profile}\" /></ValidationClaimsExchange></Action>"
        )
    };
    let control = format!(
        "<DisplayControls><DisplayControl Id=\"control\" UserInterfaceControlType=\"VerificationControl\"><DisplayClaims>\
         <DisplayClaim ClaimTypeReferenceId=\"{address}\" Required=\"true\" />\
         <DisplayClaim ClaimTypeReferenceId=\"code\" ControlClaimType=\"VerificationCode\" Required=\"true\" /></DisplayClaims>\
         <Actions>{}{}</Actions></DisplayControl></DisplayControls></BuildingBlocks>",
        action("SendCode", "Send"),
        action("VerifyCode", "Verify")
    );
    let xml = small.claim("code", "string", TEXT_BOX).profile("Page", SELF_ASSERTED, &form).exchange(1, "", "Page").send(2).xml();
    journey_of(&xml.replace("</BuildingBlocks>", &control))
}

fn text_messages(metadata: &str) -> Journey {
    let number = input("phone", "PartnerClaimType=\"phoneNumber\"");
    let small = Small::default()
        .claim("phone", "string", TEXT_BOX)
        .claim("userPrincipalName", "string", "")
        .profile(
            "Send",
            MFA,
            &operation("Operation", "OneWaySMS", &(number.clone() + &input("userPrincipalName", "DefaultValue=\"u@contoso.com\"")), ""),
        )
        .profile("Verify", MFA, &operation("Operation", "Verify", &(number + &input("code", "PartnerClaimType=\"verificationCode\"")), ""));
    verification(small, "phone", metadata)
}

#[test]
fn azure_mfa_sends_and_verifies_a_text_message() {
    let phone = || Stubs::self_asserted().enter("phone", "+15551234567");
    let check = |metadata: &str, page: PageStub, expected: &str, expected_calls: &str| {
        let run = text_messages(metadata).simulation().stub("Page", page).run().unwrap();
        assert_eq!((ending(&run).as_str(), calls(&run)[1..].join(" ").as_str()), (expected, expected_calls));
    };
    let wrong = || phone().code("control", false);
    check("", phone(), "issued", "Send Verify");
    check("", wrong(), "Wrong code entered, please try again.", "Send Verify");
    check("<Item Key=\"UserMessageIfWrongCodeEntered\">no</Item>", wrong(), "no", "Send Verify");
    check("", wrong().then(), "issued", "Send Verify Verify");
    let invalid = "Your phone number is not in a valid format, please correct it and try again.";
    check("", Stubs::self_asserted().enter("phone", "12"), invalid, "Send");
    let often = (0..5).fold(phone(), |page, _| page.code("control", false).then());
    check("", often, "Wrong code entered too many times, please try again later.", "Send Verify Verify Verify Verify Verify Verify");
    let run = text_messages("").simulation().stub("Page", phone()).stub("Send", Stubs::fail("UserMessageIfThrottled")).run().unwrap();
    assert_eq!(ending(&run), "Your request has been throttled, please try again later.");
    // A stub that sends has sent.
    let run = text_messages("").simulation().stub("Page", phone()).stub("Send", Stubs::claims(json!({}))).run().unwrap();
    run.assert_issued();
}

#[test]
fn sspr_sends_and_verifies_an_e_mail() {
    let address = input("email", "PartnerClaimType=\"emailAddress\"");
    let small = Small::default()
        .claim("email", "string", TEXT_BOX)
        .profile("Send", SSPR, &operation("Operation", "SendCode", &address, ""))
        .profile(
            "Verify",
            SSPR,
            &operation("Operation", "VerifyCode", &(address + &input("code", "PartnerClaimType=\"verificationCode\"")), ""),
        );
    let journey = verification(small, "email", "<Item Key=\"UserMessageIfThrottled\">slowly</Item>");
    let email = || Stubs::self_asserted().enter("email", "a@b.c");
    let run = |page: PageStub| ending(&journey.simulation().stub("Page", page).run().unwrap());
    assert_eq!(run(email()), "issued");
    assert_eq!(run(email().code("control", false)), "The verification has failed, please try again.");
    let stubbed = journey.simulation().stub("Page", email()).stub("Send", Stubs::fail("UserMessageIfThrottled")).run().unwrap();
    assert_eq!(ending(&stubbed), "slowly");
}

/// A user with an authenticator app verifies it; one without enrols one.
fn authenticator() -> Journey {
    let user = input("userPrincipalName", "") + &input("objectId", "") + &input("secretKey", "");
    let none = |execute_if: bool| precondition("ClaimEquals", execute_if, &["numberOfAvailableDevices", "0"]);
    Small::default()
        .claim("userPrincipalName", "string", "")
        .claim("secretKey", "string", "")
        .claim("otpCode", "string", TEXT_BOX)
        .claim("numberOfAvailableDevices", "int", "")
        .claim("enrolled", "boolean", "")
        .profile(
            "Devices",
            MFA,
            &operation("Operation", "GetAvailableDevices", &input("userPrincipalName", ""), &output("numberOfAvailableDevices", "")),
        )
        .profile("Enrol", SELF_ASSERTED, &page("", "", &output("enrolled", "DefaultValue=\"true\""), ""))
        .profile("Begin", MFA, &operation("Operation", "BeginVerifyOTP", &user, ""))
        .profile("Verify", MFA, &operation("Operation", "VerifyOTP", &input("otpCode", ""), ""))
        .profile("Page", SELF_ASSERTED, &page("", "", &output("otpCode", "Required=\"true\""), &validation("Verify")))
        .exchange(1, "", "Devices")
        .exchange(2, &none(false), "Enrol")
        .exchange(3, "", "Begin")
        .exchange(4, "", "Page")
        .exchange(5, "", "Devices")
        .send(6)
        .journey()
}

#[test]
fn an_authenticator_app_is_enrolled_and_verified() {
    let journey = authenticator();
    let simulation = || journey.simulation().claim("userPrincipalName", "u@contoso.com").claim("objectId", "1").claim("secretKey", "s");
    let run = simulation().run().unwrap();
    run.assert_issued().assert_claim("enrolled", true).assert_claim("numberOfAvailableDevices", 1);
    assert_eq!(calls(&run), ["Devices", "Enrol", "Begin", "Page", "Verify", "Devices"]);
    let wrong = simulation().stub("Page", Stubs::self_asserted().code("otpCode", false)).run().unwrap();
    assert_eq!(ending(&wrong), "Wrong code entered, please try again.");
    simulation().stub("Page", Stubs::self_asserted().code("otpCode", false).then()).run().unwrap().assert_issued();
    let early = simulation().from_step(4).run().unwrap();
    assert_eq!(ending(&early), "Cannot use MFA service, please try again later.");
}

#[test]
fn a_user_of_the_directory_may_have_an_authenticator_app() {
    let mut user = UserEntry::default();
    for (name, value) in [("objectId", json!("1")), ("userPrincipalName", json!("u@contoso.com")), ("numberOfAvailableDevices", json!(2))] {
        user.attributes.insert(name.into(), value);
    }
    let journey = authenticator();
    let simulation = journey.simulation().claim("userPrincipalName", "u@contoso.com").claim("objectId", "1").user(user);
    let run = simulation.run().unwrap();
    run.assert_issued().assert_skipped(2).assert_claim("numberOfAvailableDevices", 2);
}

#[test]
fn conditional_access_asks_for_nothing_unless_a_stub_says_so() {
    let inputs = input("objectId", "PartnerClaimType=\"UserId\"") + &input("federated", "PartnerClaimType=\"IsFederated\"");
    let outputs = output("challenges", "PartnerClaimType=\"Challenges\"");
    let journey = Small::default()
        .claim("federated", "boolean", "")
        .claim("challenges", "stringCollection", "")
        .profile("Evaluate", ACCESS, &operation("OperationType", "Evaluation", &inputs, &outputs))
        .profile(
            "Remediate",
            ACCESS,
            &operation("OperationType", "Remediation", &input("challenges", "PartnerClaimType=\"ChallengesSatisfied\""), ""),
        )
        .exchange(1, "", "Evaluate")
        .exchange(2, &precondition("ClaimsExist", false, &["challenges"]), "Remediate")
        .send(3)
        .journey();
    let simulation = || journey.simulation().claim("objectId", "1");
    simulation().run().unwrap().assert_issued().assert_no_claim("challenges").assert_skipped(2);
    let run = simulation().stub("Evaluate", Stubs::claims(json!({ "Challenges": ["mfa"] }))).run().unwrap();
    run.assert_issued().assert_claim("challenges", json!(["mfa"])).assert_executed(2);
    let federated = simulation().claim("federated", true).stub("Remediate", Stubs::claims(json!({}))).run().unwrap();
    assert_eq!(
        ending(&federated),
        "conditional access is for local accounts only: the input claim `IsFederated` must be false, in technical profile `Evaluate`, step 1 of \
         user journey `Small`"
    );
}

#[test]
fn telemetry_never_fails_a_journey() {
    let inputs = input("event", "PartnerClaimType=\"eventName\" DefaultValue=\"SignIn\"")
        + &input("objectId", "PartnerClaimType=\"{property:User}\"")
        + &input("policy", "PartnerClaimType=\"{property:Policy}\" DefaultValue=\"{Policy:PolicyId}\"");
    let journey = Small::default()
        .claim("event", "string", "")
        .claim("policy", "string", "")
        .profile("Log", INSIGHTS, &operation("InstrumentationKey", "0", &inputs, ""))
        .exchange(1, "", "Log")
        .send(2)
        .journey();
    let simulation = || journey.simulation().claim("objectId", "1");
    let run = simulation().run().unwrap();
    run.assert_issued();
    assert!(
        notes(&run).contains(&"the event `SignIn` goes to Application Insights (User=1, Policy=B2C_1A_small)".to_owned()),
        "{:?}",
        notes(&run)
    );
    for stub in [Stubs::error("down"), Stubs::fail("AADB2C90075")] {
        simulation().stub("Log", stub).run().unwrap().assert_issued();
    }
}

#[test]
fn the_context_of_a_journey_has_two_names() {
    let outputs = output("IP-Address", "") + &output("correlation", "PartnerClaimType=\"CorrelationId\"");
    let journey = Small::default()
        .claim("IP-Address", "string", "")
        .claim("correlation", "string", "")
        .claim("resolved", "string", "")
        .profile("Context", CONTEXT, &format!("<OutputClaims>{outputs}</OutputClaims>"))
        .exchange(1, "", "Context")
        .send(2)
        .journey();
    let run = journey.simulation().run().unwrap();
    run.assert_issued().assert_claim("IP-Address", "203.0.113.7");
    assert_eq!(run.claim("correlation").unwrap().to_json().as_str().unwrap().len(), 36);
    let stub = Stubs::claims(json!({ "IP-Address": "198.51.100.1" }));
    journey.simulation().stub("Context", stub).run().unwrap().assert_claim("IP-Address", "198.51.100.1").assert_no_claim("correlation");
}

/// A journey whose first step is a profile of protocol None.
fn without_protocol(metadata: &str, outputs: &str) -> Journey {
    let rest = format!("<Metadata>{metadata}</Metadata><OutputClaims>{outputs}</OutputClaims>");
    let xml = Small::default()
        .claim("email", "string", "")
        .claim("refreshTokenIssuedOnDateTime", "string", "")
        .profile("Token", "handler", &rest)
        .exchange(1, "", "Token")
        .send(2)
        .xml();
    journey_of(&xml.replace("<Protocol Name=\"Proprietary\" Handler=\"handler\" />", "<Protocol Name=\"None\" />"))
}

#[test]
fn a_claims_exchange_reads_the_id_token_hint() {
    let metadata = "<Item Key=\"METADATA\">https://contoso.com/.well-known</Item>";
    let hint = |claims: serde_json::Value| Request { id_token_hint: claims.as_object().cloned(), ..Request::default() };
    let journey = without_protocol(metadata, &output("email", "PartnerClaimType=\"mail\""));
    let run = journey.simulation().request(hint(json!({ "mail": "a@b.c" }))).run().unwrap();
    run.assert_issued().assert_claim("email", "a@b.c");
    let run = journey.simulation().run().unwrap();
    run.assert_issued().assert_no_claim("email");
    assert!(notes(&run).contains(&"no token was sent that `Token` could read".to_owned()));
    // Required: the default world sends a hint.
    let journey = without_protocol(metadata, &output("email", "PartnerClaimType=\"mail\" Required=\"true\""));
    journey.simulation().run().unwrap().assert_issued();
    let run = journey.simulation().request(hint(json!({}))).stub("Token", Stubs::claims(json!({}))).run().unwrap();
    assert!(matches!(run.outcome, Outcome::Error(_)));
}

#[test]
fn the_refresh_token_set_up_gives_the_user_and_the_time_of_issue() {
    let journey = without_protocol("", &(output("objectId", "") + &output("refreshTokenIssuedOnDateTime", "")));
    let run = journey.simulation().run().unwrap();
    run.assert_issued().assert_claim("objectId", "3f2504e0-4f89-11d3-9a0c-0305e82c3301");
    run.assert_claim("refreshTokenIssuedOnDateTime", "2026-01-01T00:00:00.0000000Z");
}

#[test]
fn the_trace_names_no_general_stub_where_a_service_is_simulated() {
    let runs = [
        text_messages("").simulation().run().unwrap(),
        authenticator().simulation().claim("userPrincipalName", "u").claim("objectId", "1").run().unwrap(),
        without_protocol("<Item Key=\"METADATA\">m</Item>", &output("email", "")).simulation().run().unwrap(),
    ];
    for run in runs {
        run.assert_issued();
        assert!(!notes(&run).iter().any(|note| note.contains("general stub")), "{:?}", notes(&run));
    }
}

#[test]
fn a_localized_message_comes_before_the_pages_metadata() {
    let number = "<Item Key=\"UserMessageIfWrongCodeEntered\">of the page</Item>";
    let journey = |localized: &str| {
        let small = Small::default()
            .claim("otpCode", "string", TEXT_BOX)
            .claim("userPrincipalName", "string", "")
            .profile(
                "Begin",
                MFA,
                &operation("Operation", "BeginVerifyOTP", &(input("userPrincipalName", "") + &input("objectId", "")), ""),
            )
            .profile("Verify", MFA, &operation("Operation", "VerifyOTP", &input("otpCode", ""), ""))
            .profile("Page", SELF_ASSERTED, &page(number, "", &output("otpCode", ""), &validation("Verify")))
            .exchange(1, "", "Begin")
            .exchange(2, "", "Page")
            .send(3);
        let content = "urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.7</DataUri>";
        let resources = "<LocalizedResourcesReferences MergeBehavior=\"Prepend\"><LocalizedResourcesReference Language=\"en\" \
                         LocalizedResourcesReferenceId=\"page.en\" /></LocalizedResourcesReferences>";
        let localization = format!(
            "<Localization Enabled=\"true\"><SupportedLanguages DefaultLanguage=\"en\"><SupportedLanguage>en</SupportedLanguage>\
             </SupportedLanguages><LocalizedResources Id=\"page.en\"><LocalizedStrings><LocalizedString ElementType=\"ErrorMessage\" \
             StringId=\"{localized}\">of the language</LocalizedString></LocalizedStrings></LocalizedResources></Localization></BuildingBlocks>"
        );
        journey_of(&small.xml().replace(content, &format!("{content}{resources}")).replace("</BuildingBlocks>", &localization))
    };
    for (key, expected) in [("UserMessageIfWrongCodeEntered", "of the language"), ("UserMessageIfServerError", "of the page")] {
        let journey = journey(key);
        let run = journey.simulation().claim("userPrincipalName", "u").claim("objectId", "1");
        let run = run.stub("Page", Stubs::self_asserted().code("otpCode", false)).run().unwrap();
        assert_eq!(ending(&run), expected);
    }
}
