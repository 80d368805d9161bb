//! Rules of the semantics that no other test holds: steps, selections, defaults, tokens, and the open points that have a switch.

#![cfg(test)]

mod common;

use b2c_journey::engine::{Request, Switches};
use b2c_journey::xml::Limits;
use b2c_journey::{Execution, PolicySet, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, journey_of, precondition};

const TRANSFORMATION: &str = "Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine";

/// A profile that sets these claims by their defaults.
fn sets(small: Small, id: &str, outputs: &[(&str, &str)]) -> Small {
    let outputs: String =
        outputs.iter().map(|(claim, value)| format!("<OutputClaim ClaimTypeReferenceId=\"{claim}\" DefaultValue=\"{value}\" />")).collect();
    small.profile(id, TRANSFORMATION, &format!("<OutputClaims>{outputs}</OutputClaims>"))
}

/// An API that takes and gives these claim references.
fn api(small: Small, id: &str, metadata: &str, inputs: &str, outputs: &str) -> Small {
    small.profile(
        id,
        RESTFUL,
        &format!(
            "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
             <Item Key=\"AllowInsecureAuthInProduction\">true</Item>{metadata}</Metadata>\
             <InputClaims>{inputs}</InputClaims><OutputClaims>{outputs}</OutputClaims>"
        ),
    )
}

fn page(small: Small, id: &str, metadata: &str, rest: &str) -> Small {
    small.profile(
        id,
        SELF_ASSERTED,
        &format!("<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item>{metadata}</Metadata>{rest}"),
    )
}

fn claims() -> Small {
    Small::default()
        .claim("text", "string", TEXT_BOX)
        .claim("other", "string", TEXT_BOX)
        .claim("hidden", "string", "")
        .claim("number", "int", "")
        .claim("flag", "boolean", "")
}

/// A step that selects between exchanges of the next one.
fn selection(mut small: Small, order: u32, attributes: &str, option: &str, targets: &[&str]) -> Small {
    let targets: String = targets.iter().map(|target| format!("<ClaimsProviderSelection TargetClaimsExchangeId=\"{target}\" />")).collect();
    small.steps += &format!(
        "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsProviderSelection\" {attributes}><ClaimsProviderSelections{option}>{targets}\
         </ClaimsProviderSelections></OrchestrationStep>"
    );
    small
}

const PAGE: &str = "ContentDefinitionReferenceId=\"api.page\"";

fn exchanges(small: Small, order: u32, exchanges: &[(&str, &str)]) -> Small {
    let exchanges: String =
        exchanges.iter().map(|(id, profile)| format!("<ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{profile}\" />")).collect();
    small.step(order, "ClaimsExchange", &format!("<ClaimsExchanges>{exchanges}</ClaimsExchanges>"))
}

fn run(small: Small) -> Execution {
    small.journey().simulation().run().unwrap()
}

/// A policy that runs, but not without a word about this.
#[track_caller]
fn told(small: &Small, words: &str) {
    let journey = small.journey();
    let messages: Vec<&str> = journey.diagnostics().iter().map(|diagnostic| &*diagnostic.message).collect();
    assert!(messages.iter().any(|message| message.contains(words)), "{messages:?}");
}

fn depends_on(run: &Execution, open: &str) -> bool {
    run.choices.iter().any(|choice| choice.to_string() == open)
}

#[test]
fn a_single_exchange_runs_whatever_was_selected() {
    let small = sets(sets(claims(), "A", &[("text", "a")]), "B", &[("text", "b")]);
    let small = selection(small, 1, PAGE, "", &["Gone"]);
    run(exchanges(small, 2, &[("ToB", "B")]).send(3)).assert_issued().assert_claim("text", "b");
}

#[test]
fn of_several_exchanges_the_selected_one_runs() {
    let small = || {
        let small = sets(sets(claims(), "A", &[("text", "a")]), "B", &[("text", "b")]);
        exchanges(selection(small, 1, PAGE, "", &["ToA", "ToB", "Gone"]), 2, &[("ToA", "A"), ("ToB", "B")]).send(3)
    };
    for (choice, text) in [("ToA", "a"), ("ToB", "b")] {
        small().journey().simulation().choose(1, choice).run().unwrap().assert_issued().assert_claim("text", text);
    }
    small().journey().simulation().choose(1, "Gone").run().unwrap().assert_error("AADB2C90304").assert_failed(2);
}

#[test]
fn a_selection_leaves_out_disabled_profiles() {
    let never = "<EnabledForUserJourneys>Never</EnabledForUserJourneys>";
    let small = |enabled: &str| {
        let outputs = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"a\" /></OutputClaims>";
        let small = claims().profile("A", TRANSFORMATION, &format!("{outputs}{enabled}"));
        small.profile("B", TRANSFORMATION, &format!("{}{never}", outputs.replace("\"a\"", "\"b\"")))
    };
    // One is left: it is chosen without a page.
    let one = exchanges(selection(small(""), 1, PAGE, "", &["ToA", "ToB"]), 2, &[("ToA", "A"), ("ToB", "B")]).send(3);
    run(one).assert_issued().assert_claim("text", "a");
    let none = exchanges(selection(small(never), 1, PAGE, "", &["ToA", "ToB"]), 2, &[("ToA", "A"), ("ToB", "B")]).send(3);
    run(none).assert_error("AADB2C90051").assert_failed(1);
}

#[test]
fn a_single_provider_is_shown_when_the_step_says_so() {
    let small = |option: &str| exchanges(selection(sets(claims(), "A", &[]), 1, PAGE, option, &["ToA"]), 2, &[("ToA", "A")]).send(3);
    run(small("")).assert_issued();
    let shown = small(" DisplayOption=\"ShowSingleProvider\"").journey();
    shown.simulation().choose(1, "cancel").run().unwrap().assert_error("AADB2C90091").assert_failed(1);
}

#[test]
fn a_selection_needs_a_content_definition() {
    let small = exchanges(selection(sets(claims(), "A", &[]), 1, "", "", &["ToA"]), 2, &[("ToA", "A")]).send(3);
    run(small).assert_error("AADB2C90277").assert_failed(1);
}

#[test]
fn a_domain_hint_picks_the_provider_of_that_domain() {
    let provider = |id: &str, domain: &str| {
        format!(
            "<TechnicalProfile Id=\"{id}\"><Domain>{domain}</Domain><DisplayName>{id}</DisplayName><Protocol Name=\"OAuth2\" />\
             <OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"{id}\" AlwaysUseDefaultValue=\"true\" /></OutputClaims></TechnicalProfile>"
        )
    };
    let mut small = claims();
    small.profiles += &provider("A", "a.com");
    small.profiles += &provider("B", "b.com");
    let journey = exchanges(selection(small, 1, PAGE, "", &["ToA", "ToB"]), 2, &[("ToA", "A"), ("ToB", "B")]).send(3).journey();
    let hinted = |hint: &str| {
        let request = Request { domain_hint: Some(hint.into()), ..Request::default() };
        journey.simulation().request(request).run().unwrap()
    };
    hinted("B.com").assert_issued().assert_claim("text", "B");
    hinted("a.com").assert_issued().assert_claim("text", "A");
}

#[test]
fn get_claims_takes_what_hint_profile_and_relying_party_name() {
    let mut small = claims();
    small.profiles += "<TechnicalProfile Id=\"Hint\"><DisplayName>Hint</DisplayName><Protocol Name=\"None\" />\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" /><OutputClaim ClaimTypeReferenceId=\"other\" /></OutputClaims></TechnicalProfile>";
    small.steps += "<OrchestrationStep Order=\"1\" Type=\"GetClaims\" CpimIssuerTechnicalProfileReferenceId=\"Hint\" />";
    let xml = small.send(2).xml().replace(
        "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\"",
        "<InputClaims><InputClaim ClaimTypeReferenceId=\"text\" /></InputClaims><OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\"",
    );
    let journey = journey_of(&xml);
    let hint = json!({ "text": "a", "other": "b", "hidden": "c" }).as_object().cloned();
    let run = journey.simulation().request(Request { id_token_hint: hint, ..Request::default() }).run().unwrap();
    run.assert_issued().assert_claim("text", "a").assert_no_claim("other").assert_no_claim("hidden");
    journey.simulation().request(Request::default()).run().unwrap().assert_issued().assert_no_claim("text");
}

/// A journey that reads a hint into `text`, for one audience and issuer.
fn hinted() -> b2c_journey::Journey {
    let mut small = claims();
    small.profiles += "<TechnicalProfile Id=\"Hint\"><DisplayName>Hint</DisplayName><Protocol Name=\"None\" />\
         <Metadata><Item Key=\"METADATA\">https://contoso.com/keys</Item><Item Key=\"issuer\">https://contoso.com</Item>\
         <Item Key=\"IdTokenAudience\">app</Item></Metadata>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" /><OutputClaim ClaimTypeReferenceId=\"number\" /><OutputClaim ClaimTypeReferenceId=\"other\" />\
         </OutputClaims></TechnicalProfile>";
    small.steps += "<OrchestrationStep Order=\"1\" Type=\"GetClaims\" CpimIssuerTechnicalProfileReferenceId=\"Hint\" />";
    small.inputs = "<InputClaim ClaimTypeReferenceId=\"text\" /><InputClaim ClaimTypeReferenceId=\"number\" />".into();
    small.send(2).journey()
}

#[test]
fn a_scenario_says_what_is_wrong_with_a_hint() {
    let journey = hinted();
    for (code, words) in [
        ("AADB2C90208", "The provided id_token_hint parameter is expired. Please provide another token and try again."),
        (
            "AADB2C90209",
            "The provided id_token_hint parameter does not contain an accepted audience. Valid audience values: 'app'. Please provide another \
             token and try again.",
        ),
        ("AADB2C90210", "The provided id_token_hint parameter could not be validated. Please provide another token and try again."),
        (
            "AADB2C90232",
            "The provided id_token_hint parameter does not contain an accepted issuer. Valid issuers: 'https://contoso.com'. Please provide \
             another token and try again.",
        ),
        ("AADB2C90233", "The provided id_token_hint parameter failed signature validation. Please provide another token and try again."),
        (
            "AADB2C90234",
            "The provided id_token_hint parameter has an 'nbf' value that is in the future. Please provide another token and try again.",
        ),
        ("AADB2C90272", "The id_token_hint parameter has not been specified in the request. Please provide token and try again."),
    ] {
        let run = journey.simulation().stub("Hint", Stubs::fail(code)).run().unwrap();
        run.assert_failed(1).assert_called("Hint");
        assert_eq!(common::failure(&run), (code.to_owned(), words.to_owned()));
    }
    let given = Stubs::claims(json!({ "text": "a", "other": "b" }));
    journey.simulation().stub("Hint", given).run().unwrap().assert_issued().assert_claim("text", "a").assert_no_claim("other");
}

#[test]
fn a_hint_in_the_request_must_be_valid_now_and_for_the_policy() {
    let journey = hinted();
    // The run is at 1767225600.
    for (hint, code) in [
        (json!({ "text": "a" }), ""),
        (json!({ "text": "a", "exp": 1_767_225_601, "nbf": 1_767_225_600, "aud": ["x", "app"], "iss": "https://contoso.com" }), ""),
        (json!({ "exp": 1_767_225_600 }), "AADB2C90208"),
        (json!({ "exp": "1767225599" }), "AADB2C90208"),
        (json!({ "nbf": 1_767_225_601 }), "AADB2C90234"),
        (json!({ "aud": "another" }), "AADB2C90209"),
        (json!({ "iss": "https://contoso.com/" }), "AADB2C90232"),
    ] {
        let request = Request { id_token_hint: hint.as_object().cloned(), ..Request::default() };
        let run = journey.simulation().request(request).run().unwrap();
        match code {
            "" => run.assert_issued().assert_claim("text", "a"),
            code => run.assert_failed(1).assert_error(code),
        };
    }
    let request = Request { id_token_hint: json!({ "number": "many" }).as_object().cloned(), ..Request::default() };
    journey.simulation().request(request).run().unwrap().assert_failed(1).assert_error(
        "the claim `number` of the data type `int` cannot take `many`: Input string was not in a correct format, in technical profile `Hint`, \
         step 1 of user journey `Small`",
    );
}

#[test]
fn a_journey_ends_with_send_claims() {
    run(exchanges(sets(claims(), "A", &[]), 1, &[("ToA", "A")])).assert_error("AADB2C90040");
    // The same when the step was skipped.
    let mut small = exchanges(sets(claims(), "A", &[]), 1, &[("ToA", "A")]);
    small.steps += &format!(
        "<OrchestrationStep Order=\"2\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\">{}</OrchestrationStep>",
        precondition("ClaimsExist", false, &["hidden"])
    );
    run(small).assert_error("AADB2C90040").assert_skipped(2);
    let no_issuer = exchanges(sets(claims(), "A", &[]), 1, &[("ToA", "A")]).step(2, "SendClaims", "");
    run(no_issuer).assert_error("AADB2C90108").assert_failed(2);
}

#[test]
fn steps_after_send_claims_do_not_run() {
    let small = exchanges(sets(claims(), "A", &[("text", "a")]).send(1), 2, &[("ToA", "A")]);
    run(small).assert_issued().assert_not_reached(2).assert_no_claim("text");
}

#[test]
fn a_noop_step_does_nothing_whatever_its_preconditions_say() {
    let small = claims().step(1, "Noop", &precondition("ClaimsExist", false, &["hidden"])).send(2);
    run(small).assert_issued().assert_executed(1);
}

#[test]
fn undocumented_step_types_are_refused_before_the_run() {
    for kind in ["ConsentScreen", "ReviewScreen", "UserDialog"] {
        let error = claims().step(1, kind, "").send(2).refused();
        assert!(error.contains(&format!("orchestration step type `{kind}` is not supported")), "{error}");
    }
}

#[test]
fn several_precondition_elements_are_joined() {
    let small = sets(claims(), "A", &[("text", "a")]);
    let both = precondition("ClaimsExist", true, &["hidden"]) + &precondition("ClaimsExist", false, &["hidden"]);
    run(small.exchange(1, &both, "A").send(2)).assert_skipped(1);
}

#[test]
fn the_action_of_a_precondition_fits_its_place() {
    let wrong = precondition("ClaimsExist", true, &["hidden"]).replace("SkipThisOrchestrationStep", "SkipThisValidationTechnicalProfile");
    let error = sets(claims(), "A", &[]).exchange(1, &wrong, "A").send(2).refused();
    assert!(error.contains("the action here must be `SkipThisOrchestrationStep`"), "{error}");
}

#[test]
fn blanks_count_in_the_literal_and_not_around_the_claim() {
    let small = |literal: &str| {
        let small = sets(sets(claims(), "A", &[("text", "a")]), "B", &[("other", "b")]).exchange(1, "", "A");
        small.exchange(2, &precondition("ClaimEquals", true, &[" text ", literal]), "B").send(3)
    };
    run(small("a")).assert_skipped(2);
    run(small(" a")).assert_executed(2);
}

#[test]
fn a_default_must_parse_as_the_data_type_of_its_claim() {
    for (claim, value) in [("number", "many"), ("flag", "yes")] {
        let error = exchanges(sets(claims(), "A", &[(claim, value)]), 1, &[("ToA", "A")]).send(2).refused();
        assert!(error.contains(value), "{error}");
    }
}

#[test]
fn a_pending_selection_does_not_enter_a_sub_journey() {
    let sub = "<SubJourney Id=\"Sub\" Type=\"Call\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\"><ClaimsExchanges>\
         <ClaimsExchange Id=\"ToA\" TechnicalProfileReferenceId=\"A\" /><ClaimsExchange Id=\"ToB\" TechnicalProfileReferenceId=\"B\" />\
         </ClaimsExchanges></OrchestrationStep></OrchestrationSteps></SubJourney>";
    let mut small = selection(sets(sets(claims(), "A", &[]), "B", &[]), 1, PAGE, "", &["ToA"]);
    small.sub_journeys += sub;
    let small = small.step(2, "InvokeSubJourney", "<JourneyList><Candidate SubJourneyReferenceId=\"Sub\" /></JourneyList>").send(3);
    run(small).assert_error("AADB2C90304");
}

#[test]
fn the_address_of_the_client_enters_its_claim() {
    let metadata = "<Item Key=\"IpAddressClaimReferenceId\">hidden</Item>";
    let small = page(claims(), "Page", metadata, "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" /></OutputClaims>");
    let journey = small.exchange(1, "", "Page").send(2).journey();
    let request = Request { ip: Some("198.51.100.7".into()), ..Request::default() };
    journey.simulation().request(request).run().unwrap().assert_issued().assert_claim("hidden", "198.51.100.7");
}

#[test]
fn an_empty_optional_field_is_not_checked() {
    let pattern = "<UserInputType>TextBox</UserInputType><Restriction><Pattern RegularExpression=\"^[0-9]{4}$\" /></Restriction>";
    let small = claims().claim("code", "string", pattern);
    let small = page(small, "Page", "", "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"code\" /></OutputClaims>");
    let journey = small.exchange(1, "", "Page").send(2).journey();
    journey.simulation().stub("Page", Stubs::self_asserted().enter("code", "")).run().unwrap().assert_issued().assert_no_claim("code");
}

#[test]
fn a_subject_without_a_value_is_not_issued() {
    let xml = exchanges(sets(claims(), "A", &[]), 1, &[("ToA", "A")]).send(2).xml().replace(" DefaultValue=\"nobody\"", "");
    let run = journey_of(&xml).simulation().run().unwrap();
    run.assert_error("specifies the subject claim 'sub' which is missing in the claims collection").assert_failed(2);
}

#[test]
fn a_token_has_the_standard_claims() {
    let request = Request { client_id: Some("app".into()), nonce: Some("n-0S6".into()), ..Request::default() };
    let run = exchanges(sets(claims(), "A", &[]), 1, &[("ToA", "A")]).send(2).journey().simulation().request(request).run().unwrap();
    run.assert_issued().assert_token("ver", "1.0").assert_token("aud", "app").assert_token("nonce", "n-0S6");
    run.assert_token("sub", "nobody").assert_token("acr", "b2c_1a_small");
    // The default clock, 2026-01-01, and an hour.
    run.assert_token("iat", 1_767_225_600).assert_token("nbf", 1_767_225_600).assert_token("exp", 1_767_229_200);
    run.assert_token("auth_time", 1_767_225_600).assert_token("iss", "https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/");
}

#[test]
fn open_10_an_input_default_stays_in_its_call() {
    let small = api(claims(), "Api", "", "<InputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"a\" />", "");
    let journey = exchanges(small, 1, &[("ToApi", "Api")]).send(2).journey();
    let off = journey.simulation().run().unwrap();
    off.assert_issued().assert_no_claim("text");
    assert!(depends_on(&off, "OPEN-10"));
    let on = Switches { input_defaults_enter_bag: true, ..Switches::default() };
    journey.simulation().switches(on).run().unwrap().assert_claim("text", "a");
}

#[test]
fn open_11_a_default_does_not_replace_what_is_set() {
    let small = sets(sets(claims(), "A", &[("text", "a")]), "B", &[("text", "b")]);
    let journey = exchanges(exchanges(small, 1, &[("ToA", "A")]), 2, &[("ToB", "B")]).send(3).journey();
    let off = journey.simulation().run().unwrap();
    off.assert_claim("text", "a");
    assert!(depends_on(&off, "OPEN-11"));
    let on = Switches { output_default_overrides: true, ..Switches::default() };
    journey.simulation().switches(on).run().unwrap().assert_claim("text", "b");
}

#[test]
fn open_12_resolvers_of_the_request_need_no_flags() {
    let sent = |switches: Switches| {
        let input = "<InputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"{OIDC:LoginHint}\" />";
        let journey = exchanges(api(claims(), "Api", "", input, ""), 1, &[("ToApi", "Api")]).send(2).journey();
        let request = Request { login_hint: Some("someone@contoso.com".into()), ..Request::default() };
        let run = journey.simulation().switches(switches).request(request).run().unwrap();
        let record = serde_json::to_string(&run.record()).unwrap();
        (record.contains("someone@contoso.com"), record.contains("{OIDC:LoginHint}"))
    };
    assert_eq!(sent(Switches::default()), (true, false));
    assert_eq!(sent(Switches { resolvers_without_flags: false, ..Switches::default() }), (false, true));
}

/// A page that an API validates.
fn validated(reference: &str) -> Small {
    let small = api(claims(), "Api", "", "", "<OutputClaim ClaimTypeReferenceId=\"hidden\" DefaultValue=\"d\" />");
    let rest = format!(
        "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" /><OutputClaim ClaimTypeReferenceId=\"hidden\" /></OutputClaims>\
         <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Api\" {reference} /></ValidationTechnicalProfiles>"
    );
    page(small, "Page", "", &rest).exchange(1, "", "Page").send(2)
}

fn refusing() -> b2c_journey::simulate::RestStub {
    Stubs::restful().status(409, json!({ "version": "1.0.0", "status": 409, "userMessage": "no" }))
}

#[test]
fn open_20_tries_are_not_counted_without_a_limit() {
    let tries = |switches: Switches| {
        let mut form = Stubs::self_asserted().enter("text", "x");
        for _ in 0..9 {
            form = form.then().enter("text", "x");
        }
        validated("").journey().simulation().switches(switches).stub("Page", form).stub("Api", refusing()).run().unwrap()
    };
    let off = tries(Switches::default());
    off.assert_waiting("Page");
    assert!(depends_on(&off, "OPEN-20"));
    tries(Switches { default_retry_limit: Some(3), ..Switches::default() }).assert_error("AADB2C90157");
}

#[test]
fn open_25_a_failed_validation_profile_gives_no_defaults() {
    let fails = |switches: Switches| {
        let journey = validated("ContinueOnError=\"true\"").journey();
        journey
            .simulation()
            .switches(switches)
            .stub("Page", Stubs::self_asserted().enter("text", "x"))
            .stub("Api", refusing())
            .run()
            .unwrap()
    };
    let off = fails(Switches::default());
    off.assert_issued().assert_no_claim("hidden");
    assert!(depends_on(&off, "OPEN-25"));
    fails(Switches { failed_validation_gives_defaults: true, ..Switches::default() }).assert_issued().assert_claim("hidden", "d");
}

#[test]
fn a_persisted_default_stands_for_a_missing_claim() {
    let directory =
        "Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";
    let profile = |operation: &str, rest: &str| {
        format!(
            "<Metadata><Item Key=\"Operation\">{operation}</Item></Metadata>\
             <InputClaims><InputClaim ClaimTypeReferenceId=\"objectId\" Required=\"true\" /></InputClaims>{rest}"
        )
    };
    let persisted = "<PersistedClaims><PersistedClaim ClaimTypeReferenceId=\"objectId\" />\
         <PersistedClaim ClaimTypeReferenceId=\"hidden\" PartnerClaimType=\"jobTitle\" DefaultValue=\"clerk\" />\
         <PersistedClaim ClaimTypeReferenceId=\"text\" PartnerClaimType=\"city\" DefaultValue=\"Bonn\" />\
         <PersistedClaim ClaimTypeReferenceId=\"text\" PartnerClaimType=\"state\" DefaultValue=\"NRW\" AlwaysUseDefaultValue=\"true\" /></PersistedClaims>";
    let read = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"job\" PartnerClaimType=\"jobTitle\" />\
         <OutputClaim ClaimTypeReferenceId=\"city\" /><OutputClaim ClaimTypeReferenceId=\"state\" /></OutputClaims>";
    let small = claims().claim("job", "string", "").claim("city", "string", "").claim("state", "string", "");
    let small = small.profile("Write", directory, &profile("Write", persisted)).profile("Read", directory, &profile("Read", read));
    let journey = small.exchange(1, "", "Write").exchange(2, "", "Read").send(3).journey();
    let run = journey.simulation().claim("objectId", "3f25").claim("text", "Ulm").run().unwrap();
    run.assert_issued().assert_claim("job", "clerk").assert_claim("city", "Ulm").assert_claim("state", "NRW");
}

#[test]
fn handlers_are_known_by_their_class_name() {
    let long = "web.tpengine.providers.CLAIMSTRANSFORMATIONPROTOCOLPROVIDER, Anything, Version=9.9.9.9";
    let outputs = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"a\" /></OutputClaims>";
    run(claims().profile("A", long, outputs).exchange(1, "", "A").send(2)).assert_claim("text", "a");
    let small = claims().profile("A", "Web.TPEngine.Providers.RestfulProvide, Web.TPEngine", outputs).exchange(1, "", "A").send(2);
    told(&small, "the handler `RestfulProvide` of technical profile `A` is not known");
    run(small).assert_error("unsupported protocol").assert_failed(1);
}

#[test]
fn what_a_page_cannot_ask_for_is_told_before_the_run_and_by_it() {
    let outputs =
        "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"hidden\" /><OutputClaim ClaimTypeReferenceId=\"text\" /></OutputClaims>";
    let small = page(claims(), "Page", "", outputs).exchange(1, "", "Page").send(2);
    told(&small, "Output claim type \"hidden\" specified in the technical profile with id \"Page\"");
    run(small).assert_failed(1).assert_error("does not specify a UserInputType or a DefaultValue");
}

#[test]
fn a_user_info_issuer_gives_its_input_claims() {
    let mut small = sets(claims(), "A", &[("text", "a"), ("number", "7")]).exchange(1, "", "A");
    small.profiles += "<TechnicalProfile Id=\"UserInfo\"><DisplayName>UserInfo</DisplayName><Protocol Name=\"None\" /><OutputTokenFormat>JSON</OutputTokenFormat>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"text\" PartnerClaimType=\"renamed\" /><InputClaim ClaimTypeReferenceId=\"number\" />\
         <InputClaim ClaimTypeReferenceId=\"hidden\" /></InputClaims></TechnicalProfile>";
    small.steps += "<OrchestrationStep Order=\"2\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"UserInfo\" />";
    let run = run(small);
    run.assert_issued().assert_token("renamed", "a").assert_token("number", 7);
    assert_eq!(run.record().token.map(|token| token.len()), Some(2));
}

#[test]
fn authorization_profiles_run_before_the_first_step() {
    let mut small = claims();
    small.profiles += "<TechnicalProfile Id=\"Authorize\"><DisplayName>Authorize</DisplayName><Protocol Name=\"None\" /><InputTokenFormat>JWT</InputTokenFormat>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"text\" PartnerClaimType=\"sub\" /></OutputClaims></TechnicalProfile>";
    let small = sets(small, "A", &[("other", "b")]).exchange(1, &precondition("ClaimEquals", true, &["text", "someone"]), "A").send(2);
    let xml = small.xml().replace(
        "<UserJourney Id=\"Small\">",
        "<UserJourney Id=\"Small\"><Authorization><AuthorizationTechnicalProfiles><AuthorizationTechnicalProfile ReferenceId=\"Authorize\" />\
         </AuthorizationTechnicalProfiles></Authorization>",
    );
    let journey = journey_of(&xml);
    let simulation = journey.simulation().stub("Authorize", Stubs::claims(json!({ "sub": "someone" })));
    simulation.run().unwrap().assert_issued().assert_called("Authorize").assert_skipped(1).assert_claim("text", "someone");
}

#[test]
fn a_precondition_takes_one_or_two_values() {
    for (kind, values) in [("ClaimsExist", &["text", "a"][..]), ("ClaimEquals", &["text"]), ("ClaimEquals", &["text", "a", "b"])] {
        let error = sets(claims(), "A", &[]).exchange(1, &precondition(kind, true, values), "A").send(2).refused();
        assert!(error.contains(&format!("this one has {}", values.len())), "{error}");
    }
    // The text `null` means nothing but itself.
    let small = sets(sets(claims(), "A", &[("text", "null")]), "B", &[("other", "b")]).exchange(1, "", "A");
    run(small.exchange(2, &precondition("ClaimEquals", true, &["text", "null"]), "B").send(3)).assert_skipped(2);
}

#[test]
fn a_policy_needs_a_default_journey() {
    let xml = sets(claims(), "A", &[]).exchange(1, "", "A").send(2).xml().replace("<DefaultUserJourney ReferenceId=\"Small\" />", "");
    let set = PolicySet::from_bytes([("small.xml", xml.as_bytes())], &Limits::default());
    let error = set.journey("B2C_1A_small").map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("does not specify a default user journey"), "{error}");
}

#[test]
fn a_sub_journey_takes_the_default_issuer() {
    let mut small = sets(claims(), "A", &[("text", "a")]).exchange(1, "", "A");
    small.sub_journeys += "<SubJourney Id=\"Sub\" Type=\"Transfer\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"SendClaims\" />\
         </OrchestrationSteps></SubJourney>";
    let small = small.step(2, "InvokeSubJourney", "<JourneyList><Candidate SubJourneyReferenceId=\"Sub\" /></JourneyList>");
    let with_default = |xml: String| {
        let xml = xml
            .replace("<UserJourney Id=\"Small\">", "<UserJourney Id=\"Small\" DefaultCpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\">");
        journey_of(&xml).simulation().run().unwrap()
    };
    with_default(small.xml()).assert_issued().assert_executed("Sub/1");
    run(small).assert_error("AADB2C90108");
}

#[test]
fn defaults_and_transformations_of_a_profile_run_in_their_order() {
    let copy = |id: &str, from: &str, to: &str| {
        format!(
            "<ClaimsTransformation Id=\"{id}\" TransformationMethod=\"CopyClaim\"><InputClaims><InputClaim ClaimTypeReferenceId=\"{from}\" \
             TransformationClaimType=\"inputClaim\" /></InputClaims><OutputClaims><OutputClaim ClaimTypeReferenceId=\"{to}\" \
             TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>"
        )
    };
    let mut small = claims().claim("last", "string", "");
    small.transformations = copy("Before", "text", "other") + &copy("After", "hidden", "last");
    let small = small.profile(
        "A",
        TRANSFORMATION,
        "<InputClaimsTransformations><InputClaimsTransformation ReferenceId=\"Before\" /></InputClaimsTransformations>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"other\" /></InputClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"hidden\" DefaultValue=\"default\" /></OutputClaims>\
         <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"After\" /></OutputClaimsTransformations>",
    );
    let journey = small.exchange(1, "", "A").send(2).journey();
    // What the transformations give is in the bag although the profile does not list it; the last one sees the default.
    let run = journey.simulation().claim("text", "a").run().unwrap();
    run.assert_issued().assert_claim("other", "a").assert_claim("hidden", "default").assert_claim("last", "default");
}
