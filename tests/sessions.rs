//! Single sign-on: what a second logon takes from the session of the first (SEMANTICS 13).

#![cfg(test)]

mod common;

use b2c_journey::simulate::expect;
use b2c_journey::{Execution, Journey, PolicySet, Scenario, Simulation, Stubs, json, xml::Limits};
use common::{RESTFUL, SELF_ASSERTED, Small, precondition};

const OBJECT_ID: &str = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

fn provider(kind: &str) -> String {
    format!("Web.TPEngine.SSO.{kind}SSOSessionProvider, Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null")
}

fn uses(session: &str) -> String {
    if session.is_empty() { String::new() } else { format!("<UseTechnicalProfileForSessionManagement ReferenceId=\"{session}\" />") }
}

fn output(id: &str) -> String {
    format!("<OutputClaim ClaimTypeReferenceId=\"{id}\" />")
}

fn persisted(ids: &[&str]) -> String {
    let claims: String = ids.iter().map(|id| format!("<PersistedClaim ClaimTypeReferenceId=\"{id}\" />")).collect();
    format!("<PersistedClaims>{claims}</PersistedClaims>")
}

/// A page that asks for `email` and gives `objectId`.
fn page(metadata: &str, validations: &str, session: &str) -> String {
    format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item>{metadata}</Metadata>\
         <OutputClaims>{}<OutputClaim ClaimTypeReferenceId=\"objectId\" DefaultValue=\"{OBJECT_ID}\" />{}</OutputClaims>{validations}{}",
        output("email"),
        if validations.is_empty() { String::new() } else { output("score") },
        uses(session)
    )
}

fn api(outputs: &str, session: &str) -> String {
    format!(
        "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><OutputClaims>{outputs}</OutputClaims>{}",
        uses(session)
    )
}

fn small() -> Small {
    let outputs = format!("{}{}", output("email"), output("score"));
    let mut small = Small::default()
        .claim("email", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("score", "int", "")
        .claim("again", "boolean", "")
        .claim("keptSignedIn", "string", "")
        .claim("issuerUserId", "string", "")
        .profile("SM-Noop", &provider("Noop"), "")
        .profile(
            "SM-A",
            &provider("Default"),
            &format!(
                "{}<OutputClaims><OutputClaim ClaimTypeReferenceId=\"again\" DefaultValue=\"true\" /></OutputClaims>",
                persisted(&["objectId", "email"])
            ),
        )
        .profile("SM-B", &provider("Default"), &persisted(&["score"]))
        .profile("SM-OAuth", &provider("OAuth"), &persisted(&["objectId"]));
    small.outputs = outputs;
    small
}

/// The journey of a small policy with UserJourneyBehaviors.
fn journey(small: &Small, id: &str, behaviors: &str) -> Journey {
    let behaviors = if behaviors.is_empty() { String::new() } else { format!("<UserJourneyBehaviors>{behaviors}</UserJourneyBehaviors>") };
    let after = "<DefaultUserJourney ReferenceId=\"Small\" />";
    let xml = small.xml().replace(after, &format!("{after}{behaviors}")).replace("B2C_1A_small", id);
    let set = PolicySet::from_bytes([("small.xml", xml.as_bytes())], &Limits::default());
    set.journey(id).unwrap_or_else(|error| panic!("{error}"))
}

/// Step 1 is a page with SM-A, step 2 an API without a session provider, step 3 one with SM-Noop.
fn local() -> Small {
    let metadata = "<Item Key=\"setting.enableRememberMe\">true</Item>";
    small()
        .profile("Page", SELF_ASSERTED, &page(metadata, "", "SM-A"))
        .profile("Unreferenced", RESTFUL, &api(&output("score"), ""))
        .profile("Always", RESTFUL, &api(&output("email"), "SM-Noop"))
        .exchange(1, "", "Page")
        .exchange(2, "", "Unreferenced")
        .exchange(3, "", "Always")
        .send(4)
}

fn stubbed(journey: &Journey) -> Simulation<'_> {
    journey
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("email", "john.smith@contoso.com"))
        .stub("Unreferenced", Stubs::restful().ok(json!({ "score": 7 })))
        .stub("Always", Stubs::restful().ok(json!({})))
}

fn logon(journey: &Journey) -> Execution {
    let run = stubbed(journey).run().unwrap();
    run.assert_issued().assert_executed(1).assert_executed(2).assert_executed(3).assert_no_claim("again");
    run
}

fn is_resumed(run: &Execution) -> bool {
    let record = serde_json::to_value(run.record()).unwrap();
    record["steps"][0]["result"] == "skipped"
}

#[test]
fn a_second_logon_skips_what_takes_part_and_takes_its_claims_from_the_session() {
    let journey = journey(&local(), "B2C_1A_small", "");
    let first = logon(&journey);
    let second = stubbed(&journey).continue_from(&first).after(1200).run().unwrap();
    second.assert_issued().assert_skipped(1).assert_skipped(2).assert_executed(3);
    second.assert_claim("objectId", OBJECT_ID).assert_claim("email", "john.smith@contoso.com").assert_claim("again", true);
    // Without a provider nothing is persisted: the API is left out, and its claim is missing.
    second.assert_no_claim("score");
    second.assert_token("sub", OBJECT_ID).assert_token("iat", 1_767_226_800).assert_token("auth_time", 1_767_225_600);
    let record = serde_json::to_value(second.record()).unwrap();
    assert_eq!(record["steps"][0]["because"], json!({ "session": "SM-A" }));
    assert_eq!(record["steps"][1]["because"], json!({ "session": "DefaultSSOSessionProvider" }));
    assert_eq!(record["calls"], json!(["Always"]));
}

#[test]
fn a_session_reaches_as_far_as_its_scope() {
    let scope = |scope: &str| format!("<SingleSignOn Scope=\"{scope}\" />");
    for (name, other_client, other_policy, resumed) in [
        ("TrustFramework", true, true, true),
        ("Tenant", true, true, true),
        ("Application", false, true, true),
        ("Application", true, false, false),
        ("Policy", true, false, true),
        ("Policy", false, true, false),
        ("Suppressed", false, false, false),
    ] {
        let first = logon(&journey(&local(), "B2C_1A_small", &scope(name)));
        let second = journey(&local(), if other_policy { "B2C_1A_other" } else { "B2C_1A_small" }, &scope(name));
        let request = b2c_journey::engine::Request {
            client_id: Some(if other_client { "another" } else { "00001111-aaaa-2222-bbbb-3333cccc4444" }.into()),
            ..Default::default()
        };
        let run = stubbed(&second).request(request).continue_from(&first).run().unwrap();
        assert_eq!(is_resumed(&run), resumed, "{name}, other client {other_client}, other policy {other_policy}");
        assert_eq!(first.session().is_some(), name != "Suppressed", "{name}");
    }
}

#[test]
fn a_browser_keeps_the_sessions_of_several_policies() {
    let behaviors = "<SingleSignOn Scope=\"Policy\" />";
    let (a, b) = (journey(&local(), "B2C_1A_a", behaviors), journey(&local(), "B2C_1A_b", behaviors));
    let first = logon(&a);
    let second = stubbed(&b).continue_from(&first).run().unwrap();
    assert!(!is_resumed(&second));
    assert!(is_resumed(&stubbed(&a).continue_from(&second).run().unwrap()));
}

/// Logons with these pauses; whether the last one is resumed.
fn check_expiry(behaviors: &str, kept_signed_in: bool, pauses: &[u64], resumed: bool) {
    let journey = journey(&local(), "B2C_1A_small", behaviors);
    let mut page = Stubs::self_asserted().enter("email", "john.smith@contoso.com");
    if kept_signed_in {
        page = page.enter("rememberMe", true);
    }
    let mut run = stubbed(&journey).stub("Page", page).run().unwrap();
    for pause in pauses {
        run = stubbed(&journey).continue_from(&run).after(*pause).run().unwrap();
    }
    assert_eq!(is_resumed(&run), resumed, "{behaviors}, kept signed in {kept_signed_in}, {pauses:?}");
}

#[test]
fn a_session_lives_as_long_as_the_policy_says() {
    const DAY: u64 = 86_400;
    let short = |kind: &str| format!("<SessionExpiryType>{kind}</SessionExpiryType><SessionExpiryInSeconds>900</SessionExpiryInSeconds>");
    check_expiry("", false, &[DAY - 1], true);
    check_expiry("", false, &[DAY], false);
    check_expiry("", false, &[DAY - 1, DAY - 1], true);
    check_expiry(&short("Rolling"), false, &[899], true);
    check_expiry(&short("Rolling"), false, &[900], false);
    check_expiry(&short("Rolling"), false, &[600, 600, 600], true);
    check_expiry(&short("Absolute"), false, &[600, 299], true);
    check_expiry(&short("Absolute"), false, &[600, 300], false);
    // A session that is over is followed by a new one.
    check_expiry(&short("Absolute"), false, &[600, 300, 600], true);
}

#[test]
fn whoever_stays_signed_in_stays_for_the_days_of_the_policy() {
    const DAY: u64 = 86_400;
    let days = "<SingleSignOn Scope=\"Tenant\" KeepAliveInDays=\"7\" />";
    check_expiry(days, true, &[7 * DAY - 1], true);
    check_expiry(days, true, &[7 * DAY], false);
    check_expiry(days, true, &[5 * DAY, 5 * DAY], true);
    check_expiry(days, false, &[2 * DAY], false);
    check_expiry("<SingleSignOn Scope=\"Tenant\" KeepAliveInDays=\"0\" />", true, &[2 * DAY], false);
}

#[test]
fn the_box_to_stay_signed_in_is_ticked_only_where_the_page_has_it() {
    let without = small().profile("Page", SELF_ASSERTED, &page("", "", "SM-A")).exchange(1, "", "Page").send(2).journey();
    let ticked = Stubs::self_asserted().enter("rememberMe", true);
    let error = without.simulation().stub("Page", ticked).run().unwrap_err();
    assert_eq!(error.message, "the page `Page` does not show the claim `rememberMe`");
    let kmsi = "<Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item>";
    let page = page(&format!("{kmsi}<Item Key=\"setting.enableRememberMe\">True</Item>"), "", "SM-A").replace(
        "</OutputClaims>",
        "<OutputClaim ClaimTypeReferenceId=\"keptSignedIn\" DefaultValue=\"{Context:KMSI}\" AlwaysUseDefaultValue=\"true\" /></OutputClaims>",
    );
    let journey = small().profile("Page", SELF_ASSERTED, &page).exchange(1, "", "Page").send(2).journey();
    for (ticks, expected) in [(true, "true"), (false, "false")] {
        let stub = Stubs::self_asserted().enter("email", "a@b.c").enter("rememberMe", ticks);
        journey.simulation().stub("Page", stub).run().unwrap().assert_claim("keptSignedIn", expected);
    }
}

/// A second logon with these request parameters, a while after the first.
fn check_request(prompt: Option<&str>, parameter: Option<(&str, &str)>, after: u64, expected: Result<bool, &str>) {
    let journey = journey(&local(), "B2C_1A_small", "");
    let first = logon(&journey);
    let mut request = b2c_journey::engine::Request { prompt: prompt.map(Into::into), ..Default::default() };
    request.client_id = Some("app".into());
    request.parameters.extend(parameter.map(|(name, value)| (name.into(), value.into())));
    let run = stubbed(&journey).request(request).continue_from(&first).after(after).run().unwrap();
    match expected {
        Ok(resumed) => assert_eq!(is_resumed(run.assert_issued()), resumed, "{prompt:?} {parameter:?} {after}"),
        Err(code) => {
            run.assert_error(code);
        }
    }
}

#[test]
fn the_request_decides_whether_a_session_will_do() {
    check_request(None, None, 60, Ok(true));
    check_request(Some("login"), None, 60, Ok(false));
    check_request(Some("none"), None, 60, Ok(true));
    check_request(Some("none"), None, 90_000, Err("AADB2C90077"));
    check_request(Some("nothing"), None, 60, Err("AADB2C90043"));
    check_request(None, Some(("max_age", "60")), 60, Ok(true));
    check_request(None, Some(("max_age", "60")), 61, Ok(false));
    for bad in ["soon", "-1", "2147483648", ""] {
        check_request(None, Some(("max_age", bad)), 61, Err("AADB2C90120"));
    }
    check_request(Some("none"), Some(("max_age", "60")), 61, Err("AADB2C90121"));
    check_request(Some("none"), Some(("max_age", "60")), 90_000, Err("AADB2C90077"));
    check_request(None, Some(("ForceAuthn", "true")), 60, Ok(true));
}

#[test]
fn a_bad_request_is_told_in_the_words_of_the_service() {
    let journey = journey(&local(), "B2C_1A_small", "");
    let first = logon(&journey);
    let request = |prompt: &str, max_age: &str| {
        let mut request = b2c_journey::engine::Request { prompt: Some(prompt.into()), ..Default::default() };
        request.parameters.insert("max_age".into(), max_age.into());
        stubbed(&journey).request(request).continue_from(&first).after(61).run().unwrap()
    };
    request("none", "soon").assert_error(
        "The max age parameter 'soon' specified in the request is invalid. Max age must be an integer between '0' and '2147483647' inclusive.",
    );
    request("none", "60")
        .assert_error("The user session exceeds the specified maximum age and request prompt parameter has a value of 'None'.");
    request("maybe", "60").assert_error("Expected 'none', 'login', 'consent' or 'select_account'.");
}

#[test]
fn without_a_session_or_where_a_page_is_needed_after_all_prompt_none_fails() {
    let none = b2c_journey::engine::Request { prompt: Some("none".into()), ..Default::default() };
    let fresh = journey(&local(), "B2C_1A_small", "");
    let run = fresh.simulation().request(none.clone()).run().unwrap();
    run.assert_error("AADB2C90077").assert_error("prompt parameter has a value of 'none'").assert_not_reached(1);
    let shown = small().profile("Page", SELF_ASSERTED, &page("", "", "SM-Noop")).exchange(1, "", "Page").send(2).journey();
    let first = shown.simulation().run().unwrap();
    let second = shown.simulation().request(none).continue_from(&first).run().unwrap();
    second.assert_error("AADB2C90077").assert_failed(1);
}

#[test]
fn prompt_login_begins_a_session_of_its_own() {
    let journey = journey(&local(), "B2C_1A_small", "");
    let first = logon(&journey);
    let login = b2c_journey::engine::Request { prompt: Some("login".into()), ..Default::default() };
    let other = Stubs::self_asserted().enter("email", "jane.roe@contoso.com");
    let second = stubbed(&journey).stub("Page", other).request(login).continue_from(&first).after(60).run().unwrap();
    second.assert_executed(1);
    let third = stubbed(&journey).continue_from(&second).after(60).run().unwrap();
    third.assert_skipped(1).assert_claim("email", "jane.roe@contoso.com");
}

#[test]
fn a_claim_that_the_session_holds_is_never_changed() {
    let journey = journey(&local(), "B2C_1A_small", "");
    let changed = || Stubs::restful().ok(json!({ "email": "changed@contoso.com" }));
    let first = stubbed(&journey).stub("Always", changed()).run().unwrap();
    first.assert_token("email", "changed@contoso.com");
    let second = stubbed(&journey).continue_from(&first).run().unwrap();
    second.assert_token("email", "john.smith@contoso.com");
}

#[test]
fn a_run_that_does_not_end_well_leaves_the_session_as_it_was() {
    let journey = journey(&local(), "B2C_1A_small", "");
    let first = logon(&journey);
    let failing = stubbed(&journey).stub("Always", Stubs::restful().timeout());
    let second = failing.clone().continue_from(&first).after(60).run().unwrap();
    second.assert_failed(3);
    assert_eq!(second.session(), first.session());
    assert!(failing.run().unwrap().session().is_none());
    assert!(is_resumed(&stubbed(&journey).continue_from(&second).run().unwrap()));
}

#[test]
fn what_does_not_take_part_yet_runs_and_joins() {
    let condition = precondition("ClaimsExist", false, &["again"]);
    let small = local();
    let journey = journey(
        &Small { steps: String::new(), ..small }
            .profile("Late", RESTFUL, &api(&output("score"), "SM-B"))
            .exchange(1, "", "Page")
            .exchange(2, &condition, "Late")
            .send(3),
        "B2C_1A_small",
        "",
    );
    let logon = |previous: Option<&Execution>| {
        let simulation = stubbed(&journey).stub("Late", Stubs::restful().ok(json!({ "score": 7 })));
        previous.map_or(simulation.clone(), |previous| simulation.continue_from(previous)).run().unwrap()
    };
    let first = logon(None);
    first.assert_executed(1).assert_skipped(2);
    let second = logon(Some(&first));
    second.assert_skipped(1).assert_executed(2).assert_claim("score", 7);
    let third = logon(Some(&second));
    third.assert_skipped(1).assert_skipped(2).assert_claim("score", 7);
}

#[test]
fn bookkeeping_and_noop_providers_never_skip() {
    for session in ["SM-Noop", "SM-OAuth"] {
        let journey = small().profile("Page", SELF_ASSERTED, &page("", "", session)).exchange(1, "", "Page").send(2).journey();
        let first = journey.simulation().run().unwrap();
        let second = journey.simulation().continue_from(&first).run().unwrap();
        second.assert_executed(1).assert_no_claim("again");
        assert!(first.session().unwrap().claims.is_empty(), "{session}");
    }
}

#[test]
fn what_is_said_of_single_sign_out_is_taken_without_a_remark() {
    // custom-policy-reference-sso, session-behavior: metadata of the session providers, and the id token that a sign-out request needs.
    let item = |key: &str, value: &str| format!("<Metadata><Item Key=\"{key}\">{value}</Item></Metadata>");
    let mut policy = small()
        .profile("SM-Saml", &provider("Saml"), &item("RegisterServiceProviders", "false"))
        .profile("SM-Saml-2", &provider("Saml"), &item("IncludeSessionIndex", "true"))
        .profile("SM-External", &provider("ExternalLogin"), &item("AlwaysFetchClaimsFromProvider", "true"));
    for (order, session) in (1..).zip(["SM-OAuth", "SM-Saml", "SM-Saml-2", "SM-External"]) {
        let name = format!("Api{order}");
        policy = policy.profile(&name, RESTFUL, &api(&output("score"), session)).exchange(order, "", &name);
    }
    let behaviors = "<SingleSignOn Scope=\"Tenant\" EnforceIdTokenHintOnLogout=\"true\" />";
    let journey = journey(&policy.send(5), "B2C_1A_small", behaviors);
    assert_eq!(journey.diagnostics(), []);
    journey.simulation().run().unwrap().assert_issued();
}

#[test]
fn include_in_sso_is_of_validation_profiles() {
    for (own, include, called) in [("SM-B", "", false), ("SM-B", "<IncludeInSso>false</IncludeInSso>", true), ("", "", true)] {
        let validation = "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Check\" /></ValidationTechnicalProfiles>";
        let check = api(&output("score"), "").replace("<OutputClaims>", &format!("{include}<OutputClaims>")) + &uses(own);
        let journey = small()
            .profile("Page", SELF_ASSERTED, &page("", validation, "SM-Noop"))
            .profile("Check", RESTFUL, &check)
            .exchange(1, "", "Page")
            .send(2)
            .journey();
        let logon = || journey.simulation().stub("Check", Stubs::restful().ok(json!({ "score": 7 })));
        let first = logon().run().unwrap();
        let second = logon().continue_from(&first).run().unwrap();
        second.assert_executed(1).assert_claim("score", 7);
        let calls = second.record().calls;
        assert_eq!(calls.iter().any(|call| call == "Check"), called, "provider {own:?}, {include:?}");
    }
}

/// A page with a local form and an identity provider, whose session provider persists these claims.
fn combined(kept: &[&str]) -> Journey {
    let provider = provider("ExternalLogin");
    let mut small = small()
        .profile("SM-External", &provider, &persisted(kept))
        .profile("Page", SELF_ASSERTED, &page("", "", "SM-A"))
        .step(
            1,
            "CombinedSignInAndSignUp\" ContentDefinitionReferenceId=\"api.page",
            "<ClaimsProviderSelections><ClaimsProviderSelection TargetClaimsExchangeId=\"OtherExchange\" />\
             <ClaimsProviderSelection TargetClaimsExchangeId=\"IdpExchange\" />\
             <ClaimsProviderSelection ValidationClaimsExchangeId=\"Local\" /></ClaimsProviderSelections>\
             <ClaimsExchanges><ClaimsExchange Id=\"Local\" TechnicalProfileReferenceId=\"Page\" /></ClaimsExchanges>",
        )
        .step(
            2,
            "ClaimsExchange",
            &format!(
                "{}<ClaimsExchanges><ClaimsExchange Id=\"OtherExchange\" TechnicalProfileReferenceId=\"Other\" />\
                 <ClaimsExchange Id=\"IdpExchange\" TechnicalProfileReferenceId=\"Idp\" /></ClaimsExchanges>",
                precondition("ClaimsExist", true, &["objectId"])
            ),
        )
        .send(3);
    for (id, domain) in [("Idp", "idp.example"), ("Other", "other.example")] {
        small.profiles += &format!(
            "<TechnicalProfile Id=\"{id}\"><Domain>{domain}</Domain><DisplayName>{id}</DisplayName><Protocol Name=\"OAuth2\" />\
             <Metadata><Item Key=\"client_id\">1</Item></Metadata>\
             <OutputClaims>{}{}</OutputClaims>{}</TechnicalProfile>",
            output("issuerUserId"),
            output("email"),
            uses("SM-External")
        );
    }
    small.journey()
}

fn by_idp(journey: &Journey) -> Simulation<'_> {
    let answer = |id: &str| Stubs::claims(json!({ "issuerUserId": id, "email": format!("{id}@idp.example") }));
    journey.simulation().choose(1, "IdpExchange").stub("Idp", Stubs::sequence([answer("1")])).stub("Other", Stubs::sequence([answer("2")]))
}

#[test]
fn the_way_to_an_identity_provider_is_remembered() {
    let journey = combined(&["objectId"]);
    let first = by_idp(&journey).run().unwrap();
    first.assert_executed(1).assert_executed(2).assert_claim("issuerUserId", "1");
    let second = by_idp(&journey).continue_from(&first).run().unwrap();
    // None of its output claims was persisted: the provider is asked again, only the selection is left out.
    second.assert_issued().assert_skipped(1).assert_executed(2).assert_called("Idp");
    let record = serde_json::to_value(second.record()).unwrap();
    assert_eq!(record["steps"][0]["because"], json!({ "session": "SM-External" }));
    assert_eq!(record["steps"][0]["exchange"], json!("IdpExchange"));
    assert!(record["choices"].as_array().unwrap().contains(&json!("OPEN-18")));
}

#[test]
fn an_identity_provider_whose_output_claim_was_persisted_is_skipped() {
    let journey = combined(&["issuerUserId"]);
    let first = by_idp(&journey).run().unwrap();
    let second = by_idp(&journey).continue_from(&first).run().unwrap();
    second.assert_issued().assert_skipped(1).assert_skipped(2).assert_claim("issuerUserId", "1").assert_no_claim("email");
}

#[test]
fn on_a_combined_page_the_local_session_goes_first_and_a_domain_hint_before_both() {
    let journey = combined(&["issuerUserId"]);
    let local = || journey.simulation().choose(1, "Local").stub("Page", Stubs::self_asserted().enter("email", "a@b.c"));
    let first = local().run().unwrap();
    first.assert_executed(1).assert_skipped(2);
    let second = by_idp(&journey).continue_from(&first).run().unwrap();
    second.assert_skipped(1).assert_skipped(2).assert_claim("email", "a@b.c").assert_claim("again", true);
    let hint = b2c_journey::engine::Request { domain_hint: Some("other.example".into()), ..Default::default() };
    let hinted = by_idp(&journey).request(hint).continue_from(&first).run().unwrap();
    hinted.assert_executed(1).assert_called("Other").assert_claim("issuerUserId", "2");
}

#[test]
fn the_starter_pack_skips_sign_in_and_phone_factor_on_a_second_logon() {
    let Some(journey) = common::starter_pack_mfa() else { return };
    let logon = || journey.simulation().choose(1, "LocalAccountSigninEmailExchange");
    let first = logon().run().unwrap();
    first.assert_issued().assert_executed(1).assert_called("PhoneFactor-InputOrVerify");
    let second = logon().continue_from(&first).after(600).run().unwrap();
    second.assert_issued().assert_skipped(1).assert_skipped(2).assert_executed(5).assert_skipped(7);
    second.assert_not_called("login-NonInteractive").assert_not_called("PhoneFactor-InputOrVerify");
    second.assert_claim("objectIdFromSession", true).assert_claim("isActiveMFASession", true).assert_token("sub", OBJECT_ID);
    let social = || journey.simulation().choose(1, "FacebookExchange");
    let first = social().run().unwrap();
    let second = social().continue_from(&first).after(600).run().unwrap();
    second.assert_issued().assert_skipped(1).assert_called("Facebook-OAUTH");
}

/// Reads a file of scenarios and runs them in order.
fn runs(journey: &Journey, text: &str) -> Vec<Execution> {
    let mut runs: Vec<Execution> = Vec::new();
    for scenario in Scenario::parse("file.yaml", text).unwrap_or_else(|error| panic!("{error}")) {
        let run = journey.run_scenario_after(&scenario, runs.last()).unwrap_or_else(|error| panic!("{error}"));
        let wrong = scenario.expect.as_ref().map(|expected| expect::check(expected, &run.record())).unwrap_or_default();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        runs.push(run);
    }
    runs
}

#[test]
fn a_scenario_continues_the_one_before_it_in_its_file() {
    let journey = journey(&local(), "B2C_1A_small", "<SessionExpiryInSeconds>1800</SessionExpiryInSeconds>");
    let stubs = "stubs: { Always: { json: {} }, Unreferenced: { json: { score: 7 } } }";
    runs(
        &journey,
        &format!(
            "now: 2026-03-01T00:00:00Z\n{stubs}\nexpect: {{ steps: {{ 1: executed }}, token: {{ iat: 1772323200 }} }}\n---\n\
             continues: true\nafter: PT20M\n{stubs}\nexpect: {{ steps: {{ 1: skipped }}, token: {{ iat: 1772324400, auth_time: 1772323200 }} }}\n---\n\
             continues: true\nnow: 2026-03-01T00:40:00Z\n{stubs}\nexpect: {{ steps: {{ 1: skipped }} }}\n---\n\
             continues: true\nafter: PT30M\n{stubs}\nexpect: {{ steps: {{ 1: executed }} }}\n---\n\
             {stubs}\nexpect: {{ steps: {{ 1: executed }} }}\n"
        ),
    );
}

#[test]
fn the_directory_goes_on_with_the_session() {
    let write = "<Metadata><Item Key=\"Operation\">Write</Item></Metadata><InputClaims><InputClaim ClaimTypeReferenceId=\"email\" \
                 PartnerClaimType=\"signInNames.emailAddress\" /></InputClaims><PersistedClaims>\
                 <PersistedClaim ClaimTypeReferenceId=\"email\" PartnerClaimType=\"signInNames.emailAddress\" />\
                 <PersistedClaim ClaimTypeReferenceId=\"email\" PartnerClaimType=\"displayName\" />\
                 <PersistedClaim ClaimTypeReferenceId=\"email\" PartnerClaimType=\"password\" /></PersistedClaims>\
                 <OutputClaims><OutputClaim ClaimTypeReferenceId=\"again\" PartnerClaimType=\"newClaimsPrincipalCreated\" /></OutputClaims>";
    let directory = "Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine, Version=1.0.0.0";
    let journey = small().profile("Create", directory, &format!("{write}{}", uses("SM-Noop"))).exchange(1, "", "Create").send(2).journey();
    let start = "start: { claims: { email: a@b.c } }\ndirectory: []";
    let text = format!(
        "{start}\nexpect: {{ claims: {{ again: true }} }}\n---\n\
         continues: true\nstart: {{ claims: {{ email: a@b.c }} }}\nexpect: {{ claims: {{ again: false }} }}\n---\n\
         continues: true\n{start}\nexpect: {{ claims: {{ again: true }} }}\n"
    );
    runs(&journey, &text);
}

fn check_error(text: &str, expected: &str) {
    let error = Scenario::parse("a.yaml", text).expect_err(text);
    assert_eq!(error.to_string(), format!("a.yaml:{expected}"), "{text}");
}

#[test]
fn what_cannot_be_continued_is_refused() {
    check_error("continues: true", "1:12: the first scenario of a file has none before it that it could continue");
    check_error(
        "after: PT20M",
        "1:8: `after` says how much time passed since the scenario that is continued, and this one continues none (add `continues: true`)",
    );
    check_error(
        "{}\n---\ncontinues: true\nafter: 20 minutes",
        "4:8: expected a duration, found `20 minutes` (write it as `PT20M`, `PT8H` or `P1DT12H`: weeks, days, hours, minutes and whole seconds)",
    );
    check_error(
        "{}\n---\ncontinues: true\nafter: PT1S\nnow: 2026-01-01T00:00:00Z",
        "5:6: `now` and `after` both say when the scenario runs",
    );
    check_error("{}\n---\ncontinues: true\nnow: 2025-01-01T00:00:00Z", "4:6: `now` is before the scenario that is continued");
    check_error("{}\n---\ncontinues: true\nafter: P99999999W", "4:8: that long after is outside the calendar");
    let journey = journey(&local(), "B2C_1A_small", "");
    let scenarios = Scenario::parse("a.yaml", "{}\n---\ncontinues: true").unwrap();
    let error = journey.run_scenario(&scenarios[1]).unwrap_err();
    assert_eq!(error.to_string(), "a.yaml:3:1: the scenario continues the one before it, and was run without it");
    let error = journey.simulation().after(60).run().unwrap_err();
    assert!(error.message.contains("this one continues none"), "{error}");
}

#[test]
fn durations_are_read() {
    for (text, seconds) in [("PT20M", 1200), ("P1D", 86_400), ("P1W2DT3H4M5S", 788_645), ("PT0S", 0)] {
        let scenarios = Scenario::parse("a.yaml", &format!("{{}}\n---\ncontinues: true\nafter: {text}")).unwrap();
        assert_eq!(scenarios[1].after, Some(seconds), "{text}");
    }
    for text in ["P", "PT", "P1DT", "20M", "PT5M1H", "P1Y", "P1M", "PT1.5S", "-PT1S", "PT1H1H", "PT99999999999999999999S"] {
        assert!(Scenario::parse("a.yaml", &format!("{{}}\n---\ncontinues: true\nafter: '{text}'")).is_err(), "{text}");
    }
}
