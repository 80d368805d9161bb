//! Self-asserted pages: what is shown, what is committed, how validation profiles run (SEMANTICS 9.1 to 9.5).

#![cfg(test)]

mod common;

use b2c_journey::engine::{Outcome, Switches};
use b2c_journey::{Execution, Journey, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, page};

fn output(id: &str) -> String {
    format!("<OutputClaim ClaimTypeReferenceId=\"{id}\" />")
}

fn api(outputs: &str) -> String {
    format!(
        "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><InputClaims><InputClaim ClaimTypeReferenceId=\"typed\" />\
         </InputClaims><OutputClaims>{outputs}</OutputClaims>"
    )
}

fn small() -> Small {
    Small::default()
        .claim("typed", "string", TEXT_BOX)
        .claim("other", "string", TEXT_BOX)
        .claim("secret", "string", "<UserInputType>Password</UserInputType>")
        .claim("hidden", "string", "")
        .claim("fromApi", "string", "")
        .claim("flag", "boolean", "")
        .claim("number", "int", TEXT_BOX)
        .claim("shown", "string", "<UserInputType>Readonly</UserInputType>")
        .claim("colour", "string", "<UserInputType>DropdownSingleSelect</UserInputType><Restriction><Enumeration Text=\"Red\" Value=\"r\" /><Enumeration Text=\"Blue\" Value=\"b\" /></Restriction>")
        .claim("code", "string", "<UserInputType>TextBox</UserInputType><Restriction><Pattern RegularExpression=\"^[0-9]{4}$\" HelpText=\"Four digits.\" /></Restriction>")
}

fn with_page(small: Small, page: &str) -> Journey {
    small.profile("Page", SELF_ASSERTED, page).exchange(1, "", "Page").send(2).journey()
}

fn shown_fields(journey: &Journey) -> Vec<String> {
    let names = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = names.clone();
    let plan = journey.plan().clone();
    let stub = Stubs::from_fn(move |ask| {
        let page = ask.page().unwrap();
        *sink.lock().unwrap() = page.fields.iter().map(|field| plan.claim(field.claim).id.to_string()).collect();
        Stubs::cancel()
    });
    journey.simulation().stub("Page", stub).run().unwrap();
    let found = names.lock().unwrap();
    found.clone()
}

fn message(run: &Execution) -> String {
    match &run.outcome {
        Outcome::Waiting { message, .. } => message.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn output_claims_with_an_input_type_are_shown_in_order() {
    let outputs = [output("other"), output("typed"), "<OutputClaim ClaimTypeReferenceId=\"hidden\" DefaultValue=\"x\" />".into()].concat();
    assert_eq!(shown_fields(&with_page(small(), &page("", "", &outputs, ""))), ["other", "typed"]);
}

#[test]
fn outputs_of_validation_profiles_are_not_shown() {
    let small = small().profile("Api", RESTFUL, &api(&output("other")));
    let page = page("", "", &[output("typed"), output("other")].concat(), "<ValidationTechnicalProfile ReferenceId=\"Api\" />");
    assert_eq!(shown_fields(&with_page(small, &page)), ["typed"]);
}

#[test]
fn display_claims_take_the_place_of_output_claims() {
    let page = format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
         <DisplayClaims><DisplayClaim ClaimTypeReferenceId=\"other\" /></DisplayClaims><OutputClaims>{}</OutputClaims>",
        output("typed")
    );
    let journey = with_page(small(), &page);
    assert_eq!(shown_fields(&journey), ["other"]);
    // Display claims alone return nothing.
    let run = journey.simulation().stub("Page", Stubs::self_asserted().enter("other", "x")).run().unwrap();
    run.assert_issued().assert_no_claim("other").assert_no_claim("typed");
}

#[test]
fn a_field_with_a_default_is_shown_and_the_default_stands_when_it_is_left_empty() {
    let journey = with_page(small(), &page("", "", "<OutputClaim ClaimTypeReferenceId=\"typed\" DefaultValue=\"100\" />", ""));
    assert_eq!(shown_fields(&journey), ["typed"]);
    let run = journey.simulation().stub("Page", Stubs::self_asserted()).run().unwrap();
    run.assert_claim("typed", "100");
    assert!(run.choices.iter().any(|open| open.to_string() == "OPEN-21"));
    let run = journey.simulation().stub("Page", Stubs::self_asserted().enter("typed", "7")).run().unwrap();
    run.assert_claim("typed", "7");
    // "takes effect only if the claim has never been set".
    let run = journey.simulation().claim("typed", "before").stub("Page", Stubs::self_asserted()).run().unwrap();
    run.assert_claim("typed", "before");
    let off = Switches { show_defaulted_outputs: false, ..Switches::default() };
    let run = journey.simulation().switches(off).run().unwrap();
    run.assert_claim("typed", "100");
}

#[test]
fn an_output_that_is_no_input_is_shown_empty_and_an_input_is_prefilled() {
    let outputs = [output("typed"), output("other")].concat();
    let journey = with_page(small(), &page("", "<InputClaim ClaimTypeReferenceId=\"typed\" />", &outputs, ""));
    let run = journey.simulation().claim("typed", "kept").claim("other", "also kept").stub("Page", Stubs::self_asserted()).run().unwrap();
    run.assert_claim("typed", "kept").assert_claim("other", "also kept");
    // Erased: nothing is written, so the prefilled value survives.
    let erased = || Stubs::self_asserted().enter("typed", "").enter("other", "");
    let run = journey.simulation().claim("typed", "kept").stub("Page", erased()).run().unwrap();
    run.assert_claim("typed", "kept").assert_no_claim("other");
    let metadata = "<Item Key=\"AllowGenerationOfClaimsWithNullValues\">true</Item>";
    let journey = with_page(small(), &page(metadata, "<InputClaim ClaimTypeReferenceId=\"typed\" />", &outputs, ""));
    let run = journey.simulation().claim("typed", "kept").stub("Page", erased()).run().unwrap();
    run.assert_claim("typed", "").assert_claim("other", "");
}

#[test]
fn a_password_never_leaves_its_page() {
    let small = small().profile("Api", RESTFUL, &api(&output("fromApi")).replace("\"typed\"", "\"secret\""));
    let page = page("", "", &[output("secret"), output("fromApi")].concat(), "<ValidationTechnicalProfile ReferenceId=\"Api\" />");
    let run = with_page(small, &page)
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("secret", "p"))
        .stub("Api", Stubs::from_fn(|ask| Stubs::claims(json!({ "fromApi": ask.inputs()["secret"] }))))
        .run()
        .unwrap();
    run.assert_issued().assert_no_claim("secret").assert_claim("fromApi", "p");
}

#[test]
fn readonly_fields_come_back_as_they_were_shown() {
    let journey =
        with_page(small(), &page("", "<InputClaim ClaimTypeReferenceId=\"shown\" DefaultValue=\"fixed\" />", &output("shown"), ""));
    let run = journey.simulation().stub("Page", Stubs::self_asserted().enter("shown", "forged")).run().unwrap();
    run.assert_claim("shown", "fixed");
}

#[test]
fn fields_are_validated_required_then_type_then_restriction() {
    let outputs =
        ["<OutputClaim ClaimTypeReferenceId=\"typed\" Required=\"true\" />".to_owned(), output("number"), output("colour"), output("code")]
            .concat();
    let journey = with_page(small(), &page("", "", &outputs, ""));
    let refused = |fields: &[(&str, &str)]| {
        let form = fields.iter().fold(Stubs::self_asserted().enter("typed", "x"), |form, (name, value)| form.enter(name, value));
        let run = journey.simulation().stub("Page", form).run().unwrap();
        run.assert_waiting("Page");
        message(&run)
    };
    assert!(refused(&[("typed", "")]).contains("required"));
    assert!(refused(&[("number", "many")]).contains("number"));
    assert!(!refused(&[("colour", "green")]).is_empty());
    assert!(refused(&[("code", "12")]).contains("Four digits."));
    let form = Stubs::self_asserted().enter("typed", "x").enter("number", "7").enter("colour", "b").enter("code", "1234");
    let run = journey.simulation().stub("Page", form).run().unwrap();
    run.assert_issued().assert_claim("number", 7).assert_claim("colour", "b").assert_claim("code", "1234");
}

#[test]
fn reentered_passwords_must_match() {
    let small = small().claim("newPassword", "string", "<UserInputType>Password</UserInputType>").claim(
        "reenterPassword",
        "string",
        "<UserInputType>Password</UserInputType>",
    );
    let journey = with_page(small, &page("", "", &[output("newPassword"), output("reenterPassword")].concat(), ""));
    let form = |again: &str| Stubs::self_asserted().enter("newPassword", "a").enter("reenterPassword", again);
    journey.simulation().stub("Page", form("b")).run().unwrap().assert_waiting("Page");
    journey.simulation().stub("Page", form("a")).run().unwrap().assert_issued();
}

#[test]
fn verified_email_wants_the_right_code() {
    let outputs = "<OutputClaim ClaimTypeReferenceId=\"typed\" PartnerClaimType=\"Verified.Email\" Required=\"true\" />";
    let journey = with_page(small(), &page("", "", outputs, ""));
    let form = |right| Stubs::self_asserted().enter("typed", "a@contoso.com").code("typed", right);
    journey.simulation().stub("Page", form(false)).run().unwrap().assert_waiting("Page");
    journey.simulation().stub("Page", form(true)).run().unwrap().assert_issued().assert_claim("typed", "a@contoso.com");
    let metadata = "<Item Key=\"EnforceEmailVerification\">false</Item>";
    with_page(small(), &page(metadata, "", outputs, "")).simulation().stub("Page", form(false)).run().unwrap().assert_issued();
}

#[test]
fn validation_outputs_reach_the_journey_only_when_the_page_lists_them() {
    let small = small().profile("Api", RESTFUL, &api(&[output("fromApi"), output("hidden")].concat()));
    let page = page("", "", &[output("typed"), output("fromApi")].concat(), "<ValidationTechnicalProfile ReferenceId=\"Api\" />");
    let run = with_page(small, &page)
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("typed", "x"))
        .stub("Api", Stubs::restful().ok(json!({ "fromApi": "a", "hidden": "b" })))
        .run()
        .unwrap();
    run.assert_claim("fromApi", "a").assert_no_claim("hidden");
}

/// A page with two validation profiles, the first with these attributes.
fn two_validations(attributes: &str, inner: &str) -> Journey {
    let small = small().profile("First", RESTFUL, &api(&output("hidden"))).profile("Second", RESTFUL, &api(&output("fromApi")));
    let validations = format!(
        "<ValidationTechnicalProfile ReferenceId=\"First\" {attributes}>{inner}</ValidationTechnicalProfile>\
         <ValidationTechnicalProfile ReferenceId=\"Second\" />"
    );
    with_page(small, &page("", "", &[output("typed"), output("fromApi")].concat(), &validations))
}

fn run_two(journey: &Journey, first_succeeds: bool) -> Execution {
    let first = if first_succeeds { Stubs::restful().ok(json!({ "hidden": "yes" })) } else { Stubs::restful().status(500, json!({})) };
    let form = Stubs::self_asserted().enter("typed", "x");
    journey
        .simulation()
        .stub("Page", form)
        .stub("First", first)
        .stub("Second", Stubs::restful().ok(json!({ "fromApi": "a" })))
        .run()
        .unwrap()
}

#[test]
fn an_error_stops_the_chain_unless_continue_on_error() {
    run_two(&two_validations("", ""), false).assert_waiting("Page").assert_not_called("Second");
    run_two(&two_validations("ContinueOnError=\"true\"", ""), false).assert_issued().assert_claim("fromApi", "a");
}

#[test]
fn a_success_goes_on_unless_continue_on_success_is_false() {
    run_two(&two_validations("", ""), true).assert_issued().assert_called("Second");
    run_two(&two_validations("ContinueOnSuccess=\"false\"", ""), true)
        .assert_issued()
        .assert_not_called("Second")
        .assert_no_claim("fromApi");
}

#[test]
fn preconditions_of_validation_profiles_see_the_page() {
    let skip = |value: &str| {
        format!(
            "<Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\"><Value>typed</Value><Value>{value}</Value>\
             <Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions>"
        )
    };
    run_two(&two_validations("ContinueOnSuccess=\"false\"", &skip("x")), true)
        .assert_issued()
        .assert_not_called("First")
        .assert_called("Second");
    run_two(&two_validations("ContinueOnSuccess=\"false\"", &skip("y")), true)
        .assert_issued()
        .assert_called("First")
        .assert_not_called("Second");
}

#[test]
fn a_later_validation_profile_sees_what_an_earlier_one_gave() {
    let small = small().profile("First", RESTFUL, &api(&output("hidden"))).profile(
        "Second",
        RESTFUL,
        &api(&output("fromApi")).replace("\"typed\"", "\"hidden\""),
    );
    let validations = "<ValidationTechnicalProfile ReferenceId=\"First\" /><ValidationTechnicalProfile ReferenceId=\"Second\" />";
    let run = with_page(small, &page("", "", &[output("typed"), output("fromApi")].concat(), validations))
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("typed", "x"))
        .stub("First", Stubs::restful().ok(json!({ "hidden": "handed on" })))
        .stub("Second", Stubs::from_fn(|ask| Stubs::claims(json!({ "fromApi": ask.inputs()["hidden"] }))))
        .run()
        .unwrap();
    run.assert_claim("fromApi", "handed on").assert_no_claim("hidden");
}

#[test]
fn what_a_refused_page_set_is_dropped() {
    let journey = two_validations("", "");
    let form = Stubs::self_asserted().enter("typed", "x");
    let run = journey
        .simulation()
        .stub("Page", form)
        .stub("First", Stubs::restful().ok(json!({ "hidden": "yes" })))
        .stub("Second", Stubs::restful().status(409, json!({ "version": "1", "status": 409, "userMessage": "no" })))
        .run()
        .unwrap();
    run.assert_waiting("Page").assert_no_claim("typed").assert_no_claim("hidden");
}

/// A page whose first validation profile asserts that `flag` is true, before an API.
fn asserting(flag_default: &str) -> Journey {
    let mut small = small().profile("Api", RESTFUL, &api(&output("fromApi"))).profile(
        "Assert",
        "Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine",
        &format!(
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"flag\" DefaultValue=\"{flag_default}\" AlwaysUseDefaultValue=\"true\" /></OutputClaims>\
             <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"AssertFlag\" /></OutputClaimsTransformations>"
        ),
    );
    small.transformations =
        "<ClaimsTransformation Id=\"AssertFlag\" TransformationMethod=\"AssertBooleanClaimIsEqualToValue\"><InputClaims>\
         <InputClaim ClaimTypeReferenceId=\"flag\" TransformationClaimType=\"inputClaim\" /></InputClaims><InputParameters>\
         <InputParameter Id=\"valueToCompareTo\" DataType=\"boolean\" Value=\"true\" /></InputParameters></ClaimsTransformation>"
            .into();
    let metadata = "<Item Key=\"UserMessageIfClaimsTransformationBooleanValueIsNotEqual\">You are blocked.</Item>";
    let validations = "<ValidationTechnicalProfile ReferenceId=\"Assert\" /><ValidationTechnicalProfile ReferenceId=\"Api\" />";
    with_page(small, &page(metadata, "", &[output("typed"), output("fromApi")].concat(), validations))
}

#[test]
fn after_a_failed_assert_the_others_still_run_and_the_page_fails() {
    let run = |switches| {
        let journey = asserting("false");
        let form = Stubs::self_asserted().enter("typed", "x");
        journey.simulation().switches(switches).stub("Page", form).run().unwrap()
    };
    let run_on = run(Switches::default());
    run_on.assert_waiting("Page").assert_called("Api").assert_no_claim("fromApi");
    assert_eq!(message(&run_on), "You are blocked.");
    assert!(run_on.choices.iter().any(|open| open.to_string() == "OPEN-23"));
    run(Switches { assert_stops_validation: true, ..Switches::default() }).assert_waiting("Page").assert_not_called("Api");
    let journey = asserting("true");
    journey.simulation().stub("Page", Stubs::self_asserted().enter("typed", "x")).run().unwrap().assert_issued().assert_called("Api");
}

#[test]
fn a_retry_limit_ends_the_journey() {
    let small = small().profile("Api", RESTFUL, &api(&output("fromApi")));
    let page = page(
        "<Item Key=\"setting.retryLimit\">2</Item>",
        "",
        &[output("typed"), output("fromApi")].concat(),
        "<ValidationTechnicalProfile ReferenceId=\"Api\" />",
    );
    let journey = with_page(small, &page);
    let tries = Stubs::self_asserted().enter("typed", "a").then().enter("typed", "b").then().enter("typed", "c");
    let run = journey.simulation().stub("Page", tries).stub("Api", Stubs::restful().status(500, json!({}))).run().unwrap();
    run.assert_error("AADB2C90157");
}

#[test]
fn a_page_without_input_never_triggers_validation() {
    let small = small().profile("Api", RESTFUL, &api(&output("fromApi")));
    let page = page(
        "",
        "",
        "<OutputClaim ClaimTypeReferenceId=\"fromApi\" DefaultValue=\"none\" />",
        "<ValidationTechnicalProfile ReferenceId=\"Api\" />",
    );
    let run = with_page(small, &page).simulation().stub("Page", Stubs::self_asserted()).run().unwrap();
    run.assert_issued().assert_not_called("Api").assert_claim("fromApi", "none");
}

#[test]
fn cancel_ends_the_journey_and_a_page_without_a_button_is_a_dead_end() {
    let journey = with_page(small(), &page("", "", &output("typed"), ""));
    journey.simulation().stub("Page", Stubs::cancel()).run().unwrap().assert_error("AADB2C90091");
    let journey = with_page(small(), &page("<Item Key=\"setting.showContinueButton\">false</Item>", "", &output("typed"), ""));
    journey.simulation().run().unwrap().assert_waiting("Page");
}
