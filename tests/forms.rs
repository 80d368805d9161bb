//! Forms in detail (SEMANTICS 9): sign-in pages, what stands in the fields, display controls, retries, messages, validation that fails.

#![cfg(test)]

mod common;

use b2c_journey::claims::{ClaimValue, Slot};
use b2c_journey::engine::{Ask, Outcome, Page, PageReply, Press, Reply, Request, Run, State, Switches, Window};
use b2c_journey::trace::Event;
use b2c_journey::{Journey, Stubs, json};
use common::{
    RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, TRANSFORMING, api, calls, choices, environment, failure, input, journey_of, output, page,
    validation,
};

const READONLY: &str = "<UserInputType>Readonly</UserInputType>";
const PASSWORD: &str = "<UserInputType>Password</UserInputType>";

fn small() -> Small {
    Small::default()
        .claim("name", "string", TEXT_BOX)
        .claim("secret", "string", PASSWORD)
        .claim("other", "string", TEXT_BOX)
        .claim("number", "int", TEXT_BOX)
        .claim("fixed", "string", READONLY)
        .claim("hidden", "string", "")
        .claim("flag", "boolean", "")
}

/// A journey of one page.
fn with_page(policy: Small, form: &str) -> Journey {
    journey_of(&xml_with(policy, form))
}

fn xml_with(policy: Small, form: &str) -> String {
    policy.profile("Page", SELF_ASSERTED, form).exchange(1, "", "Page").send(2).xml()
}

/// The page of a run that asks for it, and the names of its fields.
fn shown(journey: &Journey, claims: &[(&str, &str)]) -> (Page, Vec<String>) {
    let plan = journey.plan();
    let environment = environment(Request::default());
    let claims = claims.iter().map(|(name, text)| (plan.claim_id(name).unwrap(), Slot::Value(ClaimValue::from(*text)))).collect();
    let mut run = Run::new(plan, &environment, Window { claims, ..Window::default() }, false);
    assert!(matches!(run.advance(), State::Asks(Ask::Page { refused: 0, .. })));
    let page = run.page().unwrap();
    let names = page.fields.iter().map(|field| plan.claim(field.claim).id.to_string()).collect();
    (page, names)
}

#[test]
fn a_sign_in_page_asks_for_name_and_password_alone() {
    let outputs = output("name", "Required=\"true\"")
        + &output("secret", "Required=\"true\"")
        + &output("other", "")
        + &output("hidden", "DefaultValue=\"x\"");
    // The validation profile gives the name too; it is asked for all the same.
    let form = page("", "", &outputs, &validation("Api"));
    let policy = small().profile("Api", RESTFUL, &api("", &output("name", "")));
    let xml = xml_with(policy, &form);
    for kind in ["unifiedssp", "unifiedssd"] {
        let (_, names) = shown(&journey_of(&xml.replace("contract:selfasserted", &format!("contract:{kind}"))), &[]);
        assert_eq!(names, ["name", "secret"], "{kind}");
    }
    assert_eq!(shown(&journey_of(&xml), &[]).1, ["secret", "other"]);
}

#[test]
fn in_the_mode_email_the_name_must_be_an_address() {
    let run = |mode: &str, kind: &str, name: &str| {
        let form = page(mode, "", &(output("name", "") + &output("secret", "")), "");
        let xml = xml_with(small(), &form).replace("contract:selfasserted", &format!("contract:{kind}"));
        journey_of(&xml).simulation().stub("Page", Stubs::self_asserted().enter("name", name)).run().unwrap()
    };
    let email = "<Item Key=\"setting.operatingMode\">Email</Item>";
    for name in ["ann@contoso.com", "a@b", ""] {
        run(email, "unifiedssp", name).assert_issued();
    }
    for name in ["ann", "@contoso.com", "ann@", "ann@b@c", "ann smith@contoso.com"] {
        let refused = run(email, "unifiedssp", name);
        refused.assert_waiting("Page");
        assert_eq!(failure(&refused).1, "Please enter a valid email address");
        run("<Item Key=\"setting.operatingMode\">Username</Item>", "unifiedssp", name).assert_issued();
        run("", "unifiedssp", name).assert_issued();
    }
}

#[test]
fn a_page_as_a_person_sees_it() {
    let outputs = output("name", "Required=\"true\" PartnerClaimType=\"Verified.Email\"") + &output("fixed", "") + &output("number", "");
    let inputs = input("fixed", "") + &input("number", "DefaultValue=\"7\"");
    let journey = with_page(small(), &page("<Item Key=\"setting.showCancelButton\">false</Item>", &inputs, &outputs, ""));
    let (page, names) = shown(&journey, &[("name", "in the bag"), ("fixed", "shown")]);
    assert_eq!(names, ["name", "fixed", "number"]);
    assert_eq!(page.content.as_deref(), Some("api.page"));
    assert!(
        page.can_continue
            && !page.can_cancel
            && !page.forgot_password
            && page.sign_up.is_none()
            && page.buttons.is_empty()
            && page.error.is_none()
    );
    let seen: Vec<_> =
        page.fields.iter().map(|field| (field.required, field.editable, field.verified_email, field.shown.clone())).collect();
    assert_eq!(
        seen,
        [
            // Output but not input: empty, whatever is in the bag.
            (true, true, true, Slot::Absent),
            (false, false, false, Slot::Value("shown".into())),
            (false, true, false, Slot::Value(7.into())),
        ]
    );
}

#[test]
fn a_person_can_only_do_what_the_page_offers() {
    let journey = with_page(small(), &page("", "", &output("name", ""), ""));
    let plan = journey.plan();
    let environment = environment(Request::default());
    let mut run = Run::new(plan, &environment, Window::default(), true);
    assert_eq!(run.reply(Reply::Cancel).unwrap_err().to_string(), "the run asks nothing");
    run.advance();
    let mut refused = |reply: Reply| run.reply(reply).unwrap_err().to_string();
    let press = |press| Reply::Page(PageReply::Press(press));
    assert_eq!(refused(press(Press::SignUp)), "the page has no sign-up link");
    assert_eq!(refused(press(Press::ForgotPassword)), "the page has no forgotten-password link");
    assert_eq!(refused(press(Press::Exchange("X".into()))), "the page has no button for the claims exchange `X`");
    let other = Reply::Page(PageReply::Submit {
        fields: vec![(plan.claim_id("other").unwrap(), "x".into())],
        codes: Vec::new(),
        sends: Vec::new(),
    });
    assert_eq!(refused(other), "the page does not show the claim `other`");
    assert_eq!(refused(Reply::Claims(Default::default())), "a page wants a form, a button, a cancel or a failure");
    // None of it counts as an attempt.
    assert!(matches!(run.ask(), Some(Ask::Page { refused: 0, .. })));
    run.abandon();
    assert!(run.ask().is_none() && run.outcome().is_some());
    assert_eq!(run.reply(Reply::Cancel).unwrap_err().to_string(), "the run asks nothing");
}

#[test]
fn a_refused_form_keeps_what_was_typed() {
    let outputs = output("name", "") + &output("number", "") + &output("other", "");
    let journey = with_page(small(), &page("", &input("other", ""), &outputs, ""));
    let tries = Stubs::self_asserted().enter("name", "ann").enter("number", "many").enter("other", "").then().enter("number", "7");
    let run = journey.simulation().claim("other", "before").stub("Page", tries).run().unwrap();
    run.assert_issued().assert_claim("name", "ann").assert_claim("number", 7);
    // Erased stays erased, and what is erased survives in the bag.
    run.assert_claim("other", "before");
    let run = journey.simulation().stub("Page", Stubs::self_asserted().enter("number", "many").then().enter("name", "ann")).run().unwrap();
    run.assert_waiting("Page");
    assert!(matches!(run.outcome, Outcome::Waiting { attempts: 2, .. }), "{:?}", run.outcome);
}

#[test]
fn a_value_that_is_shown_is_checked_like_one_that_is_typed() {
    let pattern =
        "<UserInputType>TextBox</UserInputType><Restriction><Pattern RegularExpression=\"^[0-9]+$\" HelpText=\"Digits.\" /></Restriction>";
    let policy = small().claim("code", "string", pattern);
    let journey = with_page(policy, &page("", &input("code", ""), &output("code", "Required=\"true\""), ""));
    let run = |code: &str| journey.simulation().claim("code", code).stub("Page", Stubs::self_asserted()).run().unwrap();
    run("12").assert_issued();
    assert_eq!(failure(&run("x")).1, "Digits.");
    let journey = with_page(small(), &page("", &input("number", ""), &output("number", "Required=\"true\""), ""));
    journey.simulation().claim("number", 7).stub("Page", Stubs::self_asserted()).run().unwrap().assert_issued().assert_claim("number", 7);
}

#[test]
fn the_clients_address_gets_its_claim() {
    let journey = with_page(small(), &page("<Item Key=\"IpAddressClaimReferenceId\">HIDDEN</Item>", "", &output("name", ""), ""));
    let run = journey.simulation().request(Request { ip: Some("203.0.113.9".into()), ..Request::default() }).run().unwrap();
    run.assert_issued().assert_claim("hidden", "203.0.113.9");
    journey.simulation().request(Request { nonce: Some("n".into()), ..Request::default() }).run().unwrap().assert_no_claim("hidden");
}

/// A page with a display control of an address and a code, and a name beside it.
fn controlled(actions: &str) -> Journey {
    let form = "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item><Item Key=\"UserMessageIfInvalidCode\">Wrong code.</Item></Metadata>\
         <DisplayClaims><DisplayClaim DisplayControlReferenceId=\"emailControl\" /><DisplayClaim ClaimTypeReferenceId=\"name\" Required=\"true\" />\
         </DisplayClaims><OutputClaims><OutputClaim ClaimTypeReferenceId=\"other\" /><OutputClaim ClaimTypeReferenceId=\"name\" /></OutputClaims>";
    let control = format!(
        "<DisplayControls><DisplayControl Id=\"emailControl\" UserInterfaceControlType=\"VerificationControl\">\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"other\" /></InputClaims>\
         <DisplayClaims><DisplayClaim ClaimTypeReferenceId=\"other\" Required=\"true\" />\
         <DisplayClaim ClaimTypeReferenceId=\"number\" ControlClaimType=\"VerificationCode\" Required=\"true\" /></DisplayClaims>{actions}\
         </DisplayControl></DisplayControls>"
    );
    journey_of(&xml_with(small(), form).replace("</BuildingBlocks>", &format!("{control}</BuildingBlocks>")))
}

#[test]
fn a_display_control_stands_in_its_place_and_wants_the_right_code() {
    let journey = controlled("");
    let (page, names) = shown(&journey, &[("other", "a@contoso.com")]);
    assert_eq!(names, ["other", "number", "name"]);
    let seen: Vec<_> = page.fields.iter().map(|field| (field.control.as_deref(), field.code, field.shown.clone())).collect();
    let prefilled = Slot::Value("a@contoso.com".into());
    assert_eq!(seen, [(Some("emailControl"), false, prefilled), (Some("emailControl"), true, Slot::Absent), (None, false, Slot::Absent)]);
    let form = || Stubs::self_asserted().enter("name", "ann").enter("other", "b@contoso.com");
    for stub in [form(), form().code("EmailControl", true)] {
        journey
            .simulation()
            .stub("Page", stub)
            .run()
            .unwrap()
            .assert_issued()
            .assert_claim("other", "b@contoso.com")
            .assert_no_claim("number");
    }
    let run = journey.simulation().stub("Page", form().code("emailcontrol", false)).run().unwrap();
    run.assert_waiting("Page").assert_no_claim("name");
    assert_eq!(failure(&run).1, "Wrong code.");
    journey.simulation().stub("Page", form().enter("name", "")).run().unwrap().assert_waiting("Page");
}

/// A page that asks an API and then marks; the API's failure is handled like this.
fn validated(metadata: &str, attributes: &str, default: &str) -> Journey {
    let policy = small().marker("Mark", "").profile("Api", RESTFUL, &api(&input("name", ""), &output("hidden", default)));
    let validations = format!("<ValidationTechnicalProfile ReferenceId=\"Api\" {attributes} />{}", validation("Mark"));
    let outputs = output("name", "") + &output("hidden", "") + &output("fromMark", "");
    with_page(policy, &page(metadata, "", &outputs, &validations))
}

#[test]
fn a_validation_profile_that_failed_gives_no_defaults() {
    let journey = validated("", "ContinueOnError=\"true\"", "DefaultValue=\"d\"");
    let run = |switches: Switches| {
        journey
            .simulation()
            .switches(switches)
            .stub("Api", Stubs::error("no"))
            .stub("Page", Stubs::self_asserted().enter("name", "x"))
            .run()
            .unwrap()
    };
    let plain = run(Switches::default());
    plain.assert_issued().assert_no_claim("hidden").assert_claim("fromMark", "yes");
    assert!(choices(&plain).contains(&"OPEN-25".to_owned()));
    run(Switches { failed_validation_gives_defaults: true, ..Switches::default() }).assert_issued().assert_claim("hidden", "d");
    let without = validated("", "ContinueOnError=\"true\"", "");
    let run = without.simulation().stub("Api", Stubs::error("no")).stub("Page", Stubs::self_asserted().enter("name", "x")).run().unwrap();
    run.assert_issued();
    assert!(!choices(&run).contains(&"OPEN-25".to_owned()));
}

#[test]
fn the_retry_limit_counts_validation_failures_alone() {
    let limit = "<Item Key=\"setting.retryLimit\">2</Item>";
    let outputs = output("name", "") + &output("number", "") + &output("hidden", "");
    let policy = || small().profile("Api", RESTFUL, &api(&input("name", ""), &output("hidden", "")));
    let run = |metadata: &str, switches: Switches, tries: &[(&str, &str)]| {
        let journey = with_page(policy(), &page(metadata, "", &outputs, &validation("Api")));
        let form = tries.iter().fold(Stubs::self_asserted(), |form, (name, value)| form.enter(name, value).then());
        journey.simulation().switches(switches).stub("Page", form.enter("name", "last")).stub("Api", Stubs::error("no")).run().unwrap()
    };
    // A field that does not fit is no validation failure.
    let wrong_field = ("number", "many");
    let right_field = ("number", "1");
    let done = run(limit, Switches::default(), &[wrong_field, wrong_field, wrong_field, right_field]);
    assert_eq!(failure(&done), ("AADB2C90157".into(), "The number of retry attempts for self asserted step exceeds the limit.".into()));
    done.assert_failed(1);
    assert!(!choices(&done).contains(&"OPEN-20".to_owned()));
    run(limit, Switches::default(), &[wrong_field, wrong_field]).assert_waiting("Page");
    // Without a limit there is none, and the run says that this was a choice.
    let done = run("", Switches::default(), &[("name", "a"); 9]);
    done.assert_waiting("Page");
    assert!(choices(&done).contains(&"OPEN-20".to_owned()));
    run("", Switches { default_retry_limit: Some(3), ..Switches::default() }, &[("name", "a"); 9]).assert_error("AADB2C90157");
    run("", Switches { default_retry_limit: Some(3), ..Switches::default() }, &[("name", "a"); 1]).assert_waiting("Page");
}

fn assertion(id: &str, claim: &str, expected: bool) -> String {
    format!(
        "<ClaimsTransformation Id=\"{id}\" TransformationMethod=\"AssertBooleanClaimIsEqualToValue\"><InputClaims>\
         <InputClaim ClaimTypeReferenceId=\"{claim}\" TransformationClaimType=\"inputClaim\" /></InputClaims><InputParameters>\
         <InputParameter Id=\"valueToCompareTo\" DataType=\"boolean\" Value=\"{expected}\" /></InputParameters></ClaimsTransformation>"
    )
}

const ASSERT: &str = "<OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"AssertFlag\" /></OutputClaimsTransformations>";
const MESSAGE: &str = "UserMessageIfClaimsTransformationBooleanValueIsNotEqual";

/// An asserting claims transformation profile that always fails, with its own message.
fn asserting(policy: Small, id: &str, message: &str) -> Small {
    let metadata =
        if message.is_empty() { String::new() } else { format!("<Metadata><Item Key=\"{MESSAGE}\">{message}</Item></Metadata>") };
    let outputs = output("flag", "DefaultValue=\"false\" AlwaysUseDefaultValue=\"true\"");
    policy.profile(id, TRANSFORMING, &format!("{metadata}<OutputClaims>{outputs}</OutputClaims>{ASSERT}"))
}

fn with_assertion() -> Small {
    let mut policy = small();
    policy.transformations = assertion("AssertFlag", "flag", true);
    policy
}

#[test]
fn the_first_message_is_the_pages_and_later_preconditions_see_what_was_set() {
    let guarded = "<ValidationTechnicalProfile ReferenceId=\"Mark\"><Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">\
                   <Value>flag</Value><Value>False</Value><Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions>\
                   </ValidationTechnicalProfile>";
    let run = |second: &str, metadata: &str| {
        let policy = asserting(asserting(with_assertion().marker("Mark", ""), "First", "first"), "Second", "second");
        let policy = policy.profile("Api", RESTFUL, &api("", ""));
        let form = page(metadata, "", &output("name", ""), &(validation("First") + second + guarded));
        let journey = with_page(policy, &form);
        journey.simulation().stub("Api", Stubs::error("of the API")).stub("Page", Stubs::self_asserted().enter("name", "x")).run().unwrap()
    };
    for second in ["", "Second", "Api"] {
        let listed = if second.is_empty() { String::new() } else { validation(second) };
        let done = run(&listed, "");
        done.assert_waiting("Page").assert_not_called("Mark").assert_no_claim("flag");
        assert_eq!(failure(&done).1, "first", "{second}");
    }
    // The page's own message goes before the profile's.
    assert_eq!(failure(&run("", &format!("<Item Key=\"{MESSAGE}\">of the page</Item>"))).1, "of the page");
    // A page that is shown again begins anew.
    let done = run("", "");
    assert!(choices(&done).contains(&"OPEN-23".to_owned()));
}

#[test]
fn an_assert_of_another_kind_of_profile_stops_the_chain() {
    let fail = output("flag", "DefaultValue=\"false\" AlwaysUseDefaultValue=\"true\"");
    let policy = with_assertion().marker("Mark", "").profile("Api", RESTFUL, &(api("", &fail) + ASSERT));
    let form = page("", "", &output("name", ""), &(validation("Api") + &validation("Mark")));
    let done = with_page(policy, &form).simulation().stub("Api", Stubs::restful().ok(json!({}))).run().unwrap();
    done.assert_waiting("Page").assert_not_called("Mark");
    assert!(!choices(&done).contains(&"OPEN-23".to_owned()));
}

#[test]
fn with_continue_on_error_a_failed_assert_does_not_count() {
    let policy = asserting(with_assertion().marker("Mark", ""), "First", "first");
    let validations = "<ValidationTechnicalProfile ReferenceId=\"First\" ContinueOnError=\"true\" />".to_owned() + &validation("Mark");
    let form = page("", "", &(output("name", "") + &output("fromMark", "")), &validations);
    with_page(policy, &form).simulation().run().unwrap().assert_issued().assert_claim("fromMark", "yes");
}

#[test]
fn an_assert_outside_a_page_ends_the_journey() {
    let policy = asserting(with_assertion(), "First", "first").exchange(1, "", "First").send(2);
    let done = policy.journey().simulation().run().unwrap();
    done.assert_failed(1);
    assert_eq!(failure(&done), (String::new(), "first".into()));
    // Also in the output transformations of the page itself, after everything was committed.
    let form = page("", "", &(output("name", "") + &output("flag", "DefaultValue=\"false\"")), "") + ASSERT;
    let done = with_page(with_assertion(), &form).simulation().stub("Page", Stubs::self_asserted().enter("name", "x")).run().unwrap();
    done.assert_failed(1).assert_claim("name", "x");
}

#[test]
fn a_page_cannot_validate_another() {
    let inner = page("", "", &output("other", ""), "");
    let policy = small().profile("Inner", SELF_ASSERTED, &inner);
    let form = page("", "", &output("name", ""), &validation("Inner"));
    let done = with_page(policy, &form).simulation().stub("Page", Stubs::self_asserted().enter("name", "x")).run().unwrap();
    done.assert_waiting("Page");
    assert_eq!(
        failure(&done).1,
        "a self-asserted technical profile cannot run inside another page, in validation technical profile `Inner` of `Page`, step 1 of user journey `Small`"
    );
}

#[test]
fn texts_of_the_language_go_before_metadata() {
    let strings = "<LocalizedString ElementType=\"UxElement\" StringId=\"required_field\">Pflichtfeld</LocalizedString>\
         <LocalizedString ElementType=\"ErrorMessage\" StringId=\"UserMessageIfClaimsTransformationBooleanValueIsNotEqual\">Gesperrt</LocalizedString>";
    let metadata = format!("<Item Key=\"{MESSAGE}\">Blocked</Item>");
    let form = page(&metadata, "", &output("name", "Required=\"true\""), &validation("First"));
    let journey = with_german(&xml_with(asserting(with_assertion(), "First", "first"), &form), strings, "");
    let message = |locales: Option<&str>, name: &str| {
        let request = Request { ui_locales: locales.map(Into::into), client_id: Some("app".into()), ..Request::default() };
        failure(&journey.simulation().request(request).stub("Page", Stubs::self_asserted().enter("name", name)).run().unwrap()).1
    };
    for (locales, required, blocked) in [
        (None, "This information is required.", "Blocked"),
        (Some("en"), "This information is required.", "Blocked"),
        (Some("de"), "Pflichtfeld", "Gesperrt"),
        (Some("DE-at"), "Pflichtfeld", "Gesperrt"),
        (Some("fr de"), "Pflichtfeld", "Gesperrt"),
    ] {
        assert_eq!((message(locales, "").as_str(), message(locales, "x").as_str()), (required, blocked), "{locales:?}");
    }
}

/// A policy with resources in German for its page.
fn with_german(xml: &str, strings: &str, blocks: &str) -> Journey {
    let localization = format!(
        "<Localization Enabled=\"true\"><SupportedLanguages DefaultLanguage=\"en\"><SupportedLanguage>en</SupportedLanguage>\
         <SupportedLanguage>de</SupportedLanguage></SupportedLanguages><LocalizedResources Id=\"page.de\"><LocalizedStrings>{strings}\
         </LocalizedStrings></LocalizedResources></Localization>"
    );
    let references = "<LocalizedResourcesReferences><LocalizedResourcesReference Language=\"de\" LocalizedResourcesReferenceId=\"page.de\" />\
                      </LocalizedResourcesReferences></ContentDefinition>";
    journey_of(
        &xml.replace("</ContentDefinition>", references).replace("</BuildingBlocks>", &format!("{blocks}{localization}</BuildingBlocks>")),
    )
}

#[test]
fn predicates_groups_and_patterns_speak_the_language_of_the_page() {
    let predicate = |id: &str, set: &str, help: &str| {
        format!(
            "<Predicate Id=\"{id}\" Method=\"IncludesCharacters\" HelpText=\"{help}\"><Parameters>\
             <Parameter Id=\"CharacterSet\">{set}</Parameter></Parameters></Predicate>"
        )
    };
    let reference = |id: &str| format!("<PredicateReference Id=\"{id}\" />");
    let blocks = format!(
        "<Predicates>{}{}</Predicates><PredicateValidations><PredicateValidation Id=\"Strong\"><PredicateGroups>\
         <PredicateGroup Id=\"Classes\"><UserHelpText>At least:</UserHelpText><PredicateReferences MatchAtLeast=\"2\">{}{}\
         </PredicateReferences></PredicateGroup></PredicateGroups></PredicateValidation></PredicateValidations>",
        predicate("Upper", "A-Z", "an uppercase letter"),
        predicate("Digit", "0-9", "a digit"),
        reference("Upper"),
        reference("Digit")
    );
    let string = |kind: &str, element: &str, key: &str, text: &str| {
        format!("<LocalizedString ElementType=\"{kind}\" ElementId=\"{element}\" StringId=\"{key}\">{text}</LocalizedString>")
    };
    // The digit has no text in German; another validation's group and another claim's pattern are not meant.
    let strings = string("PredicateValidation", "Other", "Classes", "Nicht dies:")
        + &string("PredicateValidation", "Strong", "Classes", "Mindestens:")
        + &string("Predicate", "Upper", "HelpText", "ein Grossbuchstabe")
        + &string("ClaimType", "name", "PatternHelpText", "Nur Ziffern")
        + &string("ClaimType", "pin", "PatternHelpText", "Zwei Ziffern");
    let policy = small().claim("word", "string", &format!("{TEXT_BOX}<PredicateValidationReference Id=\"Strong\" />")).claim(
        "pin",
        "string",
        &format!("{TEXT_BOX}<Restriction><Pattern RegularExpression=\"^[0-9]{{2}}$\" HelpText=\"Two digits\" /></Restriction>"),
    );
    let journey = with_german(&xml_with(policy, &page("", "", &(output("pin", "") + &output("word", "")), "")), &strings, &blocks);
    let message = |locales: Option<&str>, pin: &str, word: &str| {
        let request = Request { ui_locales: locales.map(Into::into), client_id: Some("app".into()), ..Request::default() };
        let stub = Stubs::self_asserted().enter("pin", pin).enter("word", word);
        failure(&journey.simulation().request(request).stub("Page", stub).run().unwrap()).1
    };
    for (locales, pin, word, expected) in [
        (None, "12", "a", "At least: an uppercase letter, a digit"),
        (Some("en"), "12", "A", "At least: a digit"),
        (Some("de"), "12", "a", "Mindestens: ein Grossbuchstabe, a digit"),
        (Some("de-AT"), "12", "1", "Mindestens: ein Grossbuchstabe"),
        (Some("fr"), "12", "1", "At least: an uppercase letter"),
        (None, "x", "A1", "Two digits"),
        (Some("de"), "x", "A1", "Zwei Ziffern"),
    ] {
        assert_eq!(message(locales, pin, word), expected, "{locales:?} {pin} {word}");
    }
    journey.simulation().stub("Page", Stubs::self_asserted().enter("pin", "12").enter("word", "A1")).run().unwrap().assert_issued();
}

#[test]
fn an_api_brings_its_messages_itself() {
    let own = |text: &str| format!("<Metadata><Item Key=\"DefaultUserMessageIfRequestFailed\">{text}</Item>");
    let policy = small().profile("Api", RESTFUL, &api("", "").replace("<Metadata>", &own("of the API")));
    let form = page("<Item Key=\"DefaultUserMessageIfRequestFailed\">of the page</Item>", "", &output("name", ""), &validation("Api"));
    let done = with_page(policy, &form).simulation().stub("Api", Stubs::restful().status(500, json!({}))).run().unwrap();
    assert_eq!(failure(&done).1, "of the API");
    assert_eq!(calls(&done)[..2], ["Page", "Api"]);
    // The row is the page's, whatever validated it.
    assert_eq!(serde_json::to_value(done.record()).unwrap()["steps"][0]["technicalProfile"], "Page");
}

#[test]
fn what_only_the_page_saw_is_told_from_what_the_journey_keeps() {
    let policy = small().profile("Api", RESTFUL, &api(&input("secret", ""), &output("hidden", "")));
    let form = page("", "", &(output("name", "") + &output("secret", "")), &validation("Api"));
    let journey = with_page(policy, &form);
    let stub = Stubs::self_asserted().enter("name", "ann").enter("secret", "p");
    let run = journey.simulation().stub("Page", stub).stub("Api", Stubs::restful().ok(json!({ "hidden": "h" }))).run().unwrap();
    let record = serde_json::to_value(run.record()).unwrap();
    assert_eq!(record["claims"], json!({ "name": "ann" }));
    let written = |name: &str| -> Vec<bool> {
        let claim = journey.plan().claim_id(name).unwrap();
        let events = run.trace.events.iter();
        events
            .filter_map(|event| match event {
                b2c_journey::trace::Event::Write { claim: written, overlay, .. } if *written == claim => Some(*overlay),
                _ => None,
            })
            .collect()
    };
    assert_eq!((written("name"), written("secret"), written("hidden")), (vec![true, false], vec![true], vec![true]));
}

#[test]
fn nobody_answering_a_validation_profile_leaves_nothing_of_the_page_behind() {
    let policy = small().profile("Api", RESTFUL, &api("", ""));
    let journey = with_page(policy, &page("", "", &output("name", ""), &validation("Api")));
    let plan = journey.plan();
    let environment = environment(Request::default());
    let name = plan.claim_id("name").unwrap();
    let mut run = Run::new(plan, &environment, Window::default(), true);
    run.advance();
    run.reply(Reply::Page(PageReply::Submit { fields: vec![(name, "ann".into())], codes: Vec::new(), sends: Vec::new() })).unwrap();
    assert!(matches!(run.advance(), State::Asks(Ask::Rest { .. })));
    assert_eq!(run.bag().get(name), &Slot::Value("ann".into()));
    run.abandon();
    assert_eq!(run.bag().get(name), &Slot::Absent);
    let Some(Outcome::Waiting { page: Some(profile), message, attempts: 0, .. }) = run.outcome() else { panic!("{:?}", run.outcome()) };
    assert_eq!((plan.profile(*profile).id.as_str(), message.as_str()), ("Api", "nobody answered the call of `Api`"));
}

#[test]
fn a_page_is_loaded_from_its_address_with_resolvers_and_parameters() {
    let parameters = "<UserJourneyBehaviors><ContentDefinitionParameters><Parameter Name=\"campaign id\">{OAUTH-KV:campaign}</Parameter>\
         <Parameter Name=\"none\">{OAUTH-KV:absent}</Parameter><Parameter Name=\"app\">{OIDC:ClientId}</Parameter></ContentDefinitionParameters>\
         </UserJourneyBehaviors>";
    let address = |load_uri: &str, parameters: &str| {
        let xml = xml_with(small(), &page("", "", &output("name", ""), ""))
            .replace("~/page.html", load_uri)
            .replace("<DefaultUserJourney ReferenceId=\"Small\" />", &format!("<DefaultUserJourney ReferenceId=\"Small\" />{parameters}"));
        let journey = journey_of(&xml);
        let mut request = Request { client_id: Some("a1".into()), ..Request::default() };
        request.parameters.insert("campaign".into(), "a b&c".into());
        let environment = environment(request);
        let mut run = Run::new(journey.plan(), &environment, Window::default(), true);
        match run.advance() {
            State::Done(outcome) => format!("{outcome:?}"),
            State::Asks(_) => {
                let url = run.page().unwrap().url.unwrap().to_string();
                let told = format!("the page is loaded from {url}");
                let is_told = |event: &Event| matches!(event, Event::Note(text) if **text == *told);
                assert!(run.trace().unwrap().events.iter().any(is_told), "{url}");
                url
            }
        }
    };
    assert_eq!(address("~/page.html", ""), "~/page.html");
    assert_eq!(address("~/page.html", parameters), "~/page.html?campaign%20id=a%20b%26c&app=a1");
    assert_eq!(
        address("https://x/{Policy:PolicyId}/{OAUTH-KV:absent}p.html?v=1", parameters),
        "https://x/B2C_1A_small/p.html?v=1&campaign%20id=a%20b%26c&app=a1"
    );
    let unknown = address("https://x/{Culture:Weather}", "");
    assert!(unknown.contains("The claim 'Weather' is not supported by the claim resolver 'Culture'."), "{unknown}");
}

#[test]
fn on_a_combined_page_the_kind_is_that_of_the_steps_content_definition() {
    let outputs = output("name", "") + &output("secret", "") + &output("other", "");
    let form = page("", "", &outputs, "");
    let step = |attributes: &str| {
        let rest = "<ClaimsProviderSelections><ClaimsProviderSelection ValidationClaimsExchangeId=\"Local\" /></ClaimsProviderSelections>\
             <ClaimsExchanges><ClaimsExchange Id=\"Local\" TechnicalProfileReferenceId=\"Page\" /></ClaimsExchanges>";
        let policy = small().profile("Page", SELF_ASSERTED, &form).step_with(1, "CombinedSignInAndSignUp", attributes, rest).send(2);
        let sign_in = "<ContentDefinition Id=\"api.signin\"><LoadUri>~/sign-in.html</LoadUri>\
             <DataUri>urn:com:microsoft:aad:b2c:elements:contract:unifiedssp:2.1.7</DataUri></ContentDefinition></ContentDefinitions>";
        shown(&journey_of(&policy.xml().replace("</ContentDefinitions>", sign_in)), &[]).1
    };
    assert_eq!(step("ContentDefinitionReferenceId=\"api.signin\""), ["name", "secret"]);
    assert_eq!(step("ContentDefinitionReferenceId=\"api.page\""), ["name", "secret", "other"]);
}

#[test]
fn a_sign_in_page_asks_for_name_and_password_behind_another_claim() {
    for (outputs, given, expected) in [
        ("other name secret", "other name", "name secret"),
        // signin-externalids, migrate-to-entra-external-id: the API gives what stands between the name and the password.
        ("name other secret", "other", "name secret"),
        ("other name secret", "name", "other secret"),
        ("secret name other", "", "secret name"),
        // The starter pack's phone-number-passwordless has no password.
        ("name other hidden", "other hidden", "name"),
    ] {
        let outputs_of = |names: &str| names.split_whitespace().map(|name| output(name, "")).collect::<String>();
        let form = page("", "", &outputs_of(outputs), &validation("Api"));
        let policy = small().profile("Api", RESTFUL, &api("", &outputs_of(given)));
        let xml = xml_with(policy, &form).replace("contract:selfasserted", "contract:unifiedssp");
        assert_eq!(shown(&journey_of(&xml), &[]).1.join(" "), expected, "{outputs}; {given}");
    }
}

#[test]
fn the_default_of_a_password_stays_on_its_page() {
    for (attributes, typed) in
        [("DefaultValue=\"d\"", "typed"), ("DefaultValue=\"d\"", ""), ("DefaultValue=\"d\" AlwaysUseDefaultValue=\"true\"", "")]
    {
        let journey = with_page(small(), &page("", "", &(output("name", "") + &output("secret", attributes)), ""));
        let form = Stubs::self_asserted().enter("name", "x");
        let form = if typed.is_empty() { form } else { form.enter("secret", typed) };
        journey.simulation().stub("Page", form).run().unwrap().assert_issued().assert_no_claim("secret");
    }
}

#[test]
fn a_validation_profile_that_lacks_a_required_output_gives_none_of_the_others() {
    let outputs = output("hidden", "") + &output("number", "Required=\"true\"");
    let policy = small().profile("Api", RESTFUL, &api("", &outputs));
    let validations = "<ValidationTechnicalProfile ReferenceId=\"Api\" ContinueOnError=\"true\" />";
    let journey = with_page(policy, &page("", "", &(output("name", "") + &output("hidden", "")), validations));
    let run = |reply| journey.simulation().stub("Page", Stubs::self_asserted()).stub("Api", Stubs::claims(reply)).run().unwrap();
    run(json!({ "hidden": "h" })).assert_issued().assert_no_claim("hidden");
    run(json!({ "hidden": "h", "number": 1 })).assert_issued().assert_claim("hidden", "h");
}
