//! One-time passwords on a page: which code is typed, what a wrong one does, what the policy's metadata changes (SEMANTICS 9.7).

#![cfg(test)]

mod common;

use b2c_journey::simulate::PageStub;
use b2c_journey::{Execution, Journey, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, api, calls, failure, input, journey_of, output, page, validation};

const OTP: &str = "Web.TPEngine.Providers.OneTimePasswordProtocolProvider, Web.TPEngine";

const WRONG: &str = "One time password provided for verification is incorrect";
const TOO_OFTEN: &str = "One time password provided verification has exceeded maximum number of attempts";
const TOO_MANY: &str = "You have exceeded the number of code generation attempts allowed.";

fn item(key: &str, value: &str) -> String {
    format!("<Item Key=\"{key}\">{value}</Item>")
}

fn items(pairs: &[(&str, &str)]) -> String {
    pairs.iter().map(|(key, value)| item(key, value)).collect()
}

fn profiles(generation: &str) -> Small {
    let identifier = input("email", "PartnerClaimType=\"identifier\"");
    Small::default()
        .claim("email", "string", TEXT_BOX)
        .claim("code", "string", TEXT_BOX)
        .claim("otp", "string", "")
        .profile(
            "Generate",
            OTP,
            &format!(
                "<Metadata>{}{generation}</Metadata><InputClaims>{identifier}</InputClaims><OutputClaims>{}</OutputClaims>",
                item("Operation", "GenerateCode"),
                output("otp", "PartnerClaimType=\"otpGenerated\"")
            ),
        )
        .profile("Send", RESTFUL, &api(&(input("email", "PartnerClaimType=\"to\"") + &input("otp", "PartnerClaimType=\"otp\"")), ""))
        .profile(
            "Verify",
            OTP,
            &format!(
                "<Metadata>{}</Metadata><InputClaims>{identifier}{}</InputClaims>",
                item("Operation", "VerifyCode"),
                input("code", "PartnerClaimType=\"otpToVerify\"")
            ),
        )
}

/// A page with a control that generates, sends and verifies.
fn with_control(generation: &str, page: &str) -> Journey {
    let form = format!(
        "<Metadata>{}{page}</Metadata><DisplayClaims><DisplayClaim DisplayControlReferenceId=\"mail\" /></DisplayClaims>\
         <OutputClaims>{}</OutputClaims>",
        item("ContentDefinitionReferenceId", "api.page"),
        output("email", "")
    );
    let exchange = |profile: &str| format!("<ValidationClaimsExchangeTechnicalProfile TechnicalProfileReferenceId=\"{profile}\" />");
    let action =
        |id: &str, profiles: &str| format!("<Action Id=\"{id}\"><ValidationClaimsExchange>{profiles}</ValidationClaimsExchange></Action>");
    let control = format!(
        "<DisplayControls><DisplayControl Id=\"mail\" UserInterfaceControlType=\"VerificationControl\"><DisplayClaims>\
         <DisplayClaim ClaimTypeReferenceId=\"email\" Required=\"true\" />\
         <DisplayClaim ClaimTypeReferenceId=\"code\" ControlClaimType=\"VerificationCode\" Required=\"true\" /></DisplayClaims>\
         <Actions>{}{}</Actions></DisplayControl></DisplayControls></BuildingBlocks>",
        action("SendCode", &(exchange("Generate") + &exchange("Send"))),
        action("VerifyCode", &exchange("Verify"))
    );
    let xml = profiles(generation).profile("Page", SELF_ASSERTED, &form).exchange(1, "", "Page").send(2).xml();
    journey_of(&xml.replace("</BuildingBlocks>", &control))
}

fn form() -> PageStub {
    Stubs::self_asserted().enter("email", "a@b.c")
}

/// The code in the request to the API that sends it.
fn sent(run: &Execution, call: usize) -> String {
    let body = run.record().requests["Send"][call].body.clone().unwrap();
    let body: serde_json::Value = serde_json::from_str(&body).unwrap();
    body["otp"].as_str().unwrap().to_owned()
}

fn ending(run: &Execution) -> String {
    if run.is_issued() { "issued".into() } else { failure(run).1 }
}

#[test]
fn the_code_that_was_sent_is_typed_by_default() {
    let journey = with_control("", "");
    let run = journey.simulation().stub("Page", form()).run().unwrap();
    run.assert_issued().assert_claim("email", "a@b.c").assert_no_claim("otp").assert_no_claim("code");
    assert_eq!(calls(&run), ["Page", "Generate", "Send", "Verify"]);
    let code = sent(&run, 0);
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    // Nothing scripted at all.
    journey.simulation().run().unwrap().assert_issued();
}

#[test]
fn codes_come_from_the_seed() {
    let journey = with_control(&items(&[("CodeLength", "8"), ("CharacterSet", "A-Z")]), "");
    let code = |seed: u64| sent(&journey.simulation().seed(seed).stub("Page", form()).run().unwrap(), 0);
    assert_eq!(code(1), code(1));
    assert_ne!(code(1), code(2));
    assert!(code(1).len() == 8 && code(1).bytes().all(|byte| byte.is_ascii_uppercase()), "{}", code(1));
}

#[test]
fn a_wrong_code_is_refused_and_verified_again_without_a_new_one() {
    let check = |generation: &[(&str, &str)], stub: PageStub, expected: &str, expected_calls: &str| {
        let run = with_control(&items(generation), "").simulation().stub("Page", stub).run().unwrap();
        assert_eq!((ending(&run).as_str(), calls(&run)[1..].join(" ").as_str()), (expected, expected_calls), "{generation:?}");
    };
    let wrong = || form().code("mail", false);
    let sent = "Generate Send Verify";
    check(&[], wrong(), WRONG, sent);
    check(&[], wrong().then(), "issued", &format!("{sent} Verify"));
    check(&[], wrong().then().code("mail", false), WRONG, &format!("{sent} Verify"));
    check(&[], form().enter("code", "nonsense"), WRONG, sent);
    check(&[], form().enter("code", "nonsense").code("mail", true), "issued", sent);
    // Too often: the next try asks for a new code.
    let once = &[("NumRetryAttempts", "1")];
    check(once, wrong().then(), TOO_OFTEN, &format!("{sent} Verify"));
    check(once, wrong().then().then(), "issued", &format!("{sent} Verify {sent}"));
    // Another address is sent another code, and each address has a number of codes.
    let other = |stub: PageStub, address: &str| stub.then().enter("email", address).code("mail", false);
    check(&[], other(wrong(), "x@y.z").then(), "issued", &format!("{sent} {sent} Verify"));
    let few = &[("NumCodeGenerationAttempts", "1")];
    check(few, other(wrong(), "x@y.z").then().enter("email", "A@b.c"), TOO_MANY, &format!("{sent} {sent} Generate"));
    let reuse = &[("ReuseSameCode", "true")];
    check(reuse, other(wrong(), "x@y.z").then().enter("email", "a@b.c"), "issued", &format!("{sent} {sent} {sent}"));
}

#[test]
fn a_new_code_is_sent_when_the_person_asks_for_one() {
    let check = |generation: &[(&str, &str)], stub: PageStub, expected: &str, expected_calls: &str| {
        let run = with_control(&items(generation), "").simulation().stub("Page", stub).run().unwrap();
        assert_eq!((ending(&run).as_str(), calls(&run)[1..].join(" ").as_str()), (expected, expected_calls), "{generation:?}");
        run
    };
    let sent_once = "Generate Send";
    check(&[], form().send("mail", 1), "issued", "Generate Send Verify");
    // The later code is the one that counts.
    let twice = check(&[], form().send("mail", 2), "issued", &format!("{sent_once} {sent_once} Verify"));
    assert_ne!(sent(&twice, 0), sent(&twice, 1));
    let reuse = check(&[("ReuseSameCode", "true")], form().send("mail", 2), "issued", &format!("{sent_once} {sent_once} Verify"));
    assert_eq!(sent(&reuse, 0), sent(&reuse, 1));
    let earlier = form().send("mail", 2).enter("code", sent(&twice, 0));
    check(&[], earlier, WRONG, &format!("{sent_once} {sent_once} Verify"));
    // After a wrong code a new one may be asked for; the address has so many codes, however often the page is shown.
    let again = || form().code("mail", false).then().send("mail", 1);
    check(&[], again(), "issued", &format!("{sent_once} Verify {sent_once} Verify"));
    let most = &[("NumCodeGenerationAttempts", "2")];
    check(most, again(), "issued", &format!("{sent_once} Verify {sent_once} Verify"));
    check(most, again().code("mail", false).then().send("MAIL", 1), TOO_MANY, &format!("{sent_once} Verify {sent_once} Verify Generate"));
    check(most, form().send("mail", 3), TOO_MANY, &format!("{sent_once} {sent_once} Generate"));
    let other = form().send("mail", 3).then().enter("email", "x@y.z").send("mail", 2);
    check(most, other, "issued", &format!("{sent_once} {sent_once} Generate {sent_once} {sent_once} Verify"));
    // A new code has all its tries.
    let once = &[("NumRetryAttempts", "1")];
    check(once, again(), "issued", &format!("{sent_once} Verify {sent_once} Verify"));
}

#[test]
fn only_a_verification_control_sends_a_code() {
    let error = with_control("", "").simulation().stub("Page", form().send("male", 2)).run().unwrap_err();
    assert_eq!(error.to_string(), "the page `Page` has no verification control `male` that sends a code");
    // `send` alone is a form.
    let scenario = &b2c_journey::Scenario::parse("a.yaml", "stubs: { Page: { send: { mail: 2 } } }").unwrap()[0];
    let run = with_control("", "").run_scenario(scenario).unwrap();
    run.assert_issued();
    assert_eq!(calls(&run), ["Page", "Generate", "Send", "Generate", "Send", "Verify"]);
}

#[test]
fn a_code_is_reused_where_the_policy_says_so() {
    let codes = |generation: &[(&str, &str)]| {
        let stub = form().code("mail", false).then().enter("email", "x@y.z").code("mail", false).then().enter("email", "a@b.c");
        let run = with_control(&items(generation), "").simulation().stub("Page", stub).run().unwrap();
        (sent(&run, 0), sent(&run, 1), sent(&run, 2))
    };
    let (first, other, again) = codes(&[("ReuseSameCode", "true")]);
    assert_eq!(first, again);
    assert_ne!(first, other);
    let (first, _, again) = codes(&[]);
    assert_ne!(first, again);
}

#[test]
fn messages_are_the_pages_first() {
    let check = |page: &[(&str, &str)], expected: &str| {
        let run = with_control("", &items(page)).simulation().stub("Page", form().code("mail", false)).run().unwrap();
        assert_eq!(ending(&run), expected);
    };
    check(&[("UserMessageIfInvalidCode", "no")], "no");
    check(&[("UserMessageIfInvalidCode", "no"), ("UserMessageIfVerificationFailedRetryAllowed", "again")], "again");
    check(&[], WRONG);
}

#[test]
fn stubs_stand_in_place_of_the_service() {
    let journey = with_control("", &item("UserMessageIfSessionConflict", "conflict"));
    let generated = Stubs::claims(json!({ "otpGenerated": "998877" }));
    let run = journey.simulation().stub("Page", form()).stub("Generate", generated).run().unwrap();
    run.assert_issued();
    assert_eq!(sent(&run, 0), "998877");
    for (reply, expected) in [
        (Stubs::error("not today"), "not today"),
        (Stubs::fail("UserMessageIfSessionConflict"), "conflict"),
        (Stubs::fail("UserMessageIfSessionDoesNotExist"), "One time password verification session has expired"),
        (Stubs::fail("UserMessageIfOther"), "neither the policy nor the service has a text for `UserMessageIfOther`"),
    ] {
        let run = journey.simulation().stub("Page", form()).stub("Verify", reply).run().unwrap();
        assert_eq!(ending(&run), expected);
    }
    let run = journey.simulation().stub("Page", form().code("mail", false)).stub("Verify", Stubs::claims(json!({}))).run().unwrap();
    run.assert_issued();
}

#[test]
fn a_validation_profile_verifies_a_code_that_an_earlier_step_sent() {
    let small = profiles("")
        .profile("Page", SELF_ASSERTED, &page("", "", &output("code", "Required=\"true\""), &validation("Verify")))
        .exchange(1, "", "Generate")
        .exchange(2, "", "Page")
        .send(3);
    let journey = small.journey();
    let run = |stub: PageStub| journey.simulation().claim("email", "a@b.c").stub("Page", stub).run().unwrap();
    let right = run(Stubs::self_asserted());
    right.assert_issued();
    assert_eq!(calls(&right), ["Generate", "Page", "Verify"]);
    assert_eq!(right.record().claims["otp"], right.record().claims["code"]);
    assert_eq!(ending(&run(Stubs::self_asserted().code("code", false))), WRONG);
    assert_eq!(ending(&run(Stubs::self_asserted().enter("code", "1"))), WRONG);
    journey.simulation().claim("email", "a@b.c").run().unwrap().assert_issued();
    // No code was sent to this address.
    let none = journey.simulation().from_step(2).claim("email", "a@b.c").run().unwrap();
    assert_eq!(ending(&none), "One time password verification session has expired");
}
