//! The step loop (SEMANTICS 4): order, preconditions, types of steps, the window of a run, switched-off profiles, authorization.

#![cfg(test)]

mod common;

use std::sync::Arc;

use b2c_journey::claims::Slot;
use b2c_journey::engine::{DirectoryReply, OAuthError, Outcome, Reply, Request, Run, Window};
use b2c_journey::{Execution, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, api, calls, failure, input, output, page, precondition, results};
use serde_json::{Map, Value as Json};

const OAUTH_ERROR: &str = "<TechnicalProfile Id=\"Error\"><DisplayName>Error</DisplayName><Protocol Name=\"OAuth2\" />\
     <OutputTokenFormat>OAuth2Error</OutputTokenFormat><InputClaims><InputClaim ClaimTypeReferenceId=\"fromA\" PartnerClaimType=\"errorCode\" />\
     <InputClaim ClaimTypeReferenceId=\"why\" PartnerClaimType=\"errorMessage\" DefaultValue=\"not today\" /></InputClaims></TechnicalProfile>";

fn object(value: Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

fn run(small: &Small) -> Execution {
    small.journey().simulation().run().unwrap()
}

fn small() -> Small {
    Small::default().marker("A", "").marker("B", "").marker("C", "").claim("why", "string", "")
}

#[test]
fn steps_run_by_their_number() {
    let done = run(&small().send(3).exchange(2, "", "B").exchange(1, "", "A"));
    done.assert_issued().assert_claim("fromA", "yes").assert_claim("fromB", "yes");
    assert_eq!(calls(&done), ["A", "B"]);
    assert_eq!(results(&done), ["1 executed", "2 executed", "3 executed"]);
}

#[test]
fn numbers_must_have_no_gaps() {
    assert!(small().exchange(1, "", "A").send(3).refused().contains("step with order \"2\""));
}

#[test]
fn the_first_satisfied_precondition_skips_and_later_steps_still_run() {
    let both = precondition("ClaimsExist", true, &["fromA"]) + &precondition("ClaimsExist", false, &["fromA"]);
    let done = run(&small().exchange(1, "", "A").exchange(2, &both, "B").exchange(3, "", "C").send(4));
    assert_eq!(results(&done), ["1 executed", "2 skipped", "3 executed", "4 executed"]);
    let record = serde_json::to_value(done.record()).unwrap();
    let because = json!({
        "precondition": 1, "type": "ClaimsExist", "executeActionsIf": true, "claim": "fromA", "value": null, "actual": "yes",
    });
    assert_eq!(record["steps"][1]["because"], because);
    // The first lets it run, the second decides.
    let second = precondition("ClaimsExist", false, &["fromA"]) + &precondition("ClaimEquals", true, &["fromA", "yes"]);
    let done = run(&small().exchange(1, "", "A").exchange(2, &second, "B").send(3));
    assert_eq!(serde_json::to_value(done.record()).unwrap()["steps"][1]["because"]["precondition"], 2);
}

#[test]
fn preconditions_that_had_no_say_are_told_from_those_that_let_it_run() {
    let guards = precondition("ClaimEquals", true, &["why", "x"]) + &precondition("ClaimEquals", true, &["fromA", "no"]);
    let done = run(&small().exchange(1, "", "A").exchange(2, &guards, "B").send(3));
    let passed: Vec<_> = done
        .trace
        .events
        .iter()
        .filter_map(|event| match event {
            b2c_journey::trace::Event::PreconditionPassed { number, ignored, .. } => Some((*number, *ignored)),
            _ => None,
        })
        .collect();
    assert_eq!(passed, [(1, true), (2, false)]);
}

#[test]
fn a_noop_does_nothing_whatever_its_preconditions_say() {
    let done = run(&small().step(1, "Noop", &precondition("ClaimsExist", false, &["fromA"])).send(2));
    done.assert_issued();
    assert_eq!(results(&done), ["1 executed", "2 executed"]);
    assert!(calls(&done).is_empty());
}

#[test]
fn undocumented_step_types_are_refused_by_name() {
    for kind in ["ConsentScreen", "ReviewScreen", "UserDialog"] {
        let message = small().step(1, kind, "").send(2).refused();
        assert!(message.contains(&format!("`{kind}` is not supported")), "{message}");
    }
}

#[test]
fn send_claims_ends_the_journey() {
    let done = run(&small().exchange(1, "", "A").send(2).exchange(3, "", "B"));
    done.assert_issued().assert_no_claim("fromB");
    assert_eq!(results(&done), ["1 executed", "2 executed", "3 not-reached"]);
    assert_eq!(calls(&done), ["A"]);
}

#[test]
fn a_journey_without_send_claims_ends_in_an_error() {
    let done = run(&small().exchange(1, "", "A"));
    assert_eq!(failure(&done), ("AADB2C90040".into(), "User journey 'Small' does not contain a send claims step.".into()));
    assert_eq!(results(&done), ["1 executed"]);
    // The same when all of them are skipped.
    let skip = precondition("ClaimsExist", false, &["why"]);
    let done = run(&small().step_with(1, "SendClaims", "CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"", &skip));
    done.assert_error("AADB2C90040").assert_skipped(1);
}

#[test]
fn send_claims_without_an_issuer_takes_the_default_of_the_journey() {
    let mut policy = small().step(1, "SendClaims", "");
    let done = run(&policy);
    done.assert_failed(1);
    assert_eq!(
        failure(&done),
        (
            "AADB2C90108".into(),
            "The orchestration step '1' does not specify a CpimIssuerTechnicalProfileReferenceId when one was expected.".into()
        )
    );
    policy.attributes = "DefaultCpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"".into();
    run(&policy).assert_issued();
    // Its own reference goes first.
    policy.profiles += OAUTH_ERROR;
    policy.steps.clear();
    let done = run(&policy.step_with(1, "SendClaims", "CpimIssuerTechnicalProfileReferenceId=\"Error\"", ""));
    done.assert_error("AAD_Custom_");
}

#[test]
fn an_error_issuer_before_the_token_issuer() {
    let policy = |guard: &str| {
        let mut policy = small().exchange(1, "", "A");
        policy.profiles += OAUTH_ERROR;
        policy.step_with(2, "SendClaims", "CpimIssuerTechnicalProfileReferenceId=\"Error\"", guard).send(3)
    };
    let done = run(&policy(&precondition("ClaimEquals", true, &["fromA", "yes"])));
    done.assert_issued();
    assert_eq!(results(&done), ["1 executed", "2 skipped", "3 executed"]);
    let done = run(&policy(&precondition("ClaimEquals", true, &["fromA", "no"])));
    assert_eq!(failure(&done), ("AAD_Custom_yes".into(), "not today".into()));
    assert_eq!(results(&done), ["1 executed", "2 executed", "3 not-reached"]);
    let Outcome::Error(fault) = &done.outcome else { panic!("{:?}", done.outcome) };
    assert_eq!(fault.error, OAuthError::AccessDenied);
    assert!(fault.at.is_some() && done.token.is_none());
}

#[test]
fn a_failing_step_fails_the_journey() {
    let policy = small().claim("score", "int", "").profile("Api", RESTFUL, &api("", &output("score", ""))).exchange(1, "", "Api");
    let journey = policy.exchange(2, "", "A").send(3).journey();
    let done = journey.simulation().stub("Api", Stubs::error("no")).run().unwrap();
    done.assert_failed(1).assert_not_called("A");
    assert_eq!(results(&done), ["1 failed", "2 not-reached", "3 not-reached"]);
    assert_eq!(failure(&done), (String::new(), "no".into()));
    let done = journey.simulation().stub("Api", Stubs::fail("AADB2C90075")).run().unwrap();
    done.assert_error("AADB2C90075");
}

#[test]
fn a_token_issuer_is_no_claims_exchange_and_a_page_no_issuer() {
    let done = run(&small().exchange(1, "", "JwtIssuer").send(2));
    assert!(failure(&done).1.contains("unsupported protocol"), "{:?}", failure(&done));
    let done = run(&small().step_with(1, "SendClaims", "CpimIssuerTechnicalProfileReferenceId=\"A\"", ""));
    assert_eq!(failure(&done).1, "technical profile `A` cannot issue a token, in step 1 of user journey `Small`");
}

#[test]
fn an_identity_provider_may_name_the_jwt_as_its_output_format() {
    let mut policy = small();
    policy.profiles += "<TechnicalProfile Id=\"Contoso\"><DisplayName>Contoso</DisplayName><Protocol Name=\"OpenIdConnect\" />\
         <OutputTokenFormat>JWT</OutputTokenFormat><Metadata><Item Key=\"METADATA\">https://login.contoso.com/metadata</Item></Metadata>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"why\" PartnerClaimType=\"name\" /></OutputClaims></TechnicalProfile>";
    let journey = policy.exchange(1, "", "Contoso").send(2).journey();
    let done = journey.simulation().stub("Contoso", Stubs::claims(json!({ "name": "Ann" }))).run().unwrap();
    done.assert_issued().assert_claim("why", "Ann");
}

#[test]
fn a_window_runs_its_steps_and_no_others() {
    let skip = precondition("ClaimsExist", true, &["why"]);
    let journey = small().exchange(1, "", "A").exchange(2, &skip, "B").exchange(3, "", "C").send(4).journey();
    let done = journey.simulation().from_step(2).through_step(2).run().unwrap();
    done.assert_stopped();
    assert_eq!(results(&done), ["1 not-reached", "2 executed", "3 not-reached", "4 not-reached"]);
    assert!(done.token.is_none());
    // Also when the last step is skipped.
    let done = journey.simulation().claim("why", "x").through_step(2).run().unwrap();
    done.assert_stopped();
    assert_eq!(results(&done), ["1 executed", "2 skipped", "3 not-reached", "4 not-reached"]);
    // A token ends it sooner.
    journey.simulation().from_step(3).through_step(4).run().unwrap().assert_issued();
    let error = |simulation: b2c_journey::Simulation<'_>| simulation.run().unwrap_err().to_string();
    assert_eq!(error(journey.simulation().from_step(9)), "journey `Small` has no step 9; its steps are 1 to 4");
    assert_eq!(error(journey.simulation().through_step(0)), "journey `Small` has no step 0; its steps are 1 to 4");
    assert_eq!(
        error(journey.simulation().from_step(3).through_step(2)),
        "the run would begin at step 3 and stop after step 2, before that"
    );
    assert_eq!(error(journey.simulation().claim("wy", 1)), "the policy declares no claim `wy` (did you mean `why`?)");
}

/// Whether step 1 runs when its profile is enabled like this, with these claims.
fn is_enabled(rule: &str, claim: &str, value: Option<&str>, held: &[(&str, Json)]) -> bool {
    let value = value.map(|value| format!("<Item Key=\"ClaimValueOnWhichToEnable\">{value}</Item>")).unwrap_or_default();
    let metadata = format!("<Metadata><Item Key=\"ClaimTypeOnWhichToEnable\">{claim}</Item>{value}</Metadata>");
    let profile = format!(
        "{metadata}<OutputClaims><OutputClaim ClaimTypeReferenceId=\"why\" DefaultValue=\"x\" /></OutputClaims>\
         <EnabledForUserJourneys>{rule}</EnabledForUserJourneys>"
    );
    let policy = small().claim("level", "string", "").claim("member", "boolean", "").claim("groups", "stringCollection", "");
    let journey = policy.profile("Page", common::TRANSFORMING, &profile).exchange(1, "", "Page").send(2).journey();
    let simulation = held.iter().fold(journey.simulation(), |simulation, (name, value)| simulation.claim(name, value.clone()));
    let done = simulation.run().unwrap();
    done.assert_issued();
    let ran = calls(&done) == ["Page"];
    let record = serde_json::to_value(done.record()).unwrap();
    if ran {
        done.assert_executed(1);
    } else {
        done.assert_skipped(1);
        assert_eq!(record["steps"][0]["because"]["enabledForUserJourneys"], rule);
    }
    ran
}

#[test]
fn a_profile_that_is_switched_off_is_skipped() {
    let groups = |items: Json| [("groups", items)];
    for (rule, claim, value, held, expected) in [
        ("Always", "level", None, vec![], true),
        ("true", "level", None, vec![], true),
        ("Never", "level", None, vec![], false),
        ("OnClaimsExistence", "level", None, vec![], false),
        ("OnClaimsExistence", "level", None, vec![("level", json!(""))], true),
        ("OnClaimsExistence", "Level", Some("work"), vec![("level", json!("work"))], true),
        ("OnClaimsExistence", "level", Some("\n  work\n"), vec![("level", json!("work"))], true),
        ("OnClaimsExistence", "level", Some("work"), vec![("level", json!("Work"))], false),
        ("OnClaimsExistence", "level", Some("work"), vec![], false),
        ("OnClaimsExistence", "member", Some("True"), vec![("member", json!(true))], true),
        ("OnClaimsExistence", "member", Some("true"), vec![("member", json!(true))], false),
        ("OnItemExistenceInStringCollectionClaim", "groups", Some("a"), groups(json!(["b", "a"])).to_vec(), true),
        ("OnItemExistenceInStringCollectionClaim", "groups", Some("A"), groups(json!(["b", "a"])).to_vec(), false),
        ("OnItemExistenceInStringCollectionClaim", "groups", Some("a"), vec![], false),
        ("OnItemAbsenceInStringCollectionClaim", "groups", Some("a"), groups(json!(["b", "a"])).to_vec(), false),
        ("OnItemAbsenceInStringCollectionClaim", "groups", Some("a"), groups(json!([])).to_vec(), true),
        ("OnItemAbsenceInStringCollectionClaim", "groups", Some("a"), vec![], true),
    ] {
        assert_eq!(is_enabled(rule, claim, value, &held), expected, "{rule} {claim} {value:?} {held:?}");
    }
}

#[test]
fn why_a_profile_is_switched_off_is_told() {
    let profile = "<Metadata><Item Key=\"ClaimTypeOnWhichToEnable\">level</Item><Item Key=\"ClaimValueOnWhichToEnable\">work</Item></Metadata>\
                   <OutputClaims><OutputClaim ClaimTypeReferenceId=\"why\" /></OutputClaims><EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>";
    let journey = small().claim("level", "string", "").profile("P", common::TRANSFORMING, profile).exchange(1, "", "P").send(2).journey();
    let done = journey.simulation().claim("level", "home").run().unwrap();
    let record = serde_json::to_value(done.record()).unwrap();
    let because = json!({ "enabledForUserJourneys": "OnClaimsExistence", "claim": "level", "value": "work", "actual": "home" });
    assert_eq!(record["steps"][0]["because"], because);
}

#[test]
fn a_switched_off_validation_profile_is_passed_over() {
    let off = api("", &output("why", "")) + "<EnabledForUserJourneys>Never</EnabledForUserJourneys>";
    let form = page("", "", &output("typed", ""), "<ValidationTechnicalProfile ReferenceId=\"Api\" />");
    let journey = small()
        .claim("typed", "string", common::TEXT_BOX)
        .profile("Api", RESTFUL, &off)
        .profile("Page", SELF_ASSERTED, &form)
        .exchange(1, "", "Page")
        .send(2)
        .journey();
    journey.simulation().run().unwrap().assert_issued().assert_called("Page").assert_not_called("Api");
}

fn authorized() -> Small {
    let mut policy = small();
    policy.authorization =
        "<AuthorizationTechnicalProfile ReferenceId=\"Bearer\" /><AuthorizationTechnicalProfile ReferenceId=\"A\" />".into();
    policy.profiles += "<TechnicalProfile Id=\"Bearer\"><DisplayName>Bearer</DisplayName><Protocol Name=\"None\" /><InputTokenFormat>JWT</InputTokenFormat>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\" /></OutputClaims></TechnicalProfile>";
    policy
}

#[test]
fn authorization_profiles_run_before_the_first_step() {
    let guard = precondition("ClaimsExist", false, &["objectId"]);
    let journey = authorized().exchange(1, &guard, "B").send(2).journey();
    let bearer = || Stubs::claims(json!({ "sub": "1234" }));
    let done = journey.simulation().stub("Bearer", bearer()).run().unwrap();
    done.assert_issued().assert_executed(1).assert_claim("objectId", "1234").assert_token("sub", "1234");
    assert_eq!(calls(&done), ["Bearer", "A", "B"]);
    let done = journey.simulation().from_step(1).stub("Bearer", bearer()).run().unwrap();
    assert_eq!(calls(&done), [] as [&str; 0]);
}

#[test]
fn a_refused_bearer_token_ends_the_request_before_the_first_step() {
    let done = authorized().exchange(1, "", "B").send(2).journey();
    let done = done.simulation().stub("Bearer", Stubs::error("the token has expired")).run().unwrap();
    assert_eq!(failure(&done), (String::new(), "the token has expired".into()));
    assert_eq!(calls(&done), ["Bearer"]);
    assert_eq!(results(&done), ["1 not-reached", "2 not-reached"]);
    let record = serde_json::to_value(done.record()).unwrap();
    assert!(record["outcome"]["at"]["line"].as_u64().unwrap() > 1, "{record}");
}

/// GetClaims with a hint profile that gives `email` and `age`; the relying party accepts only the first.
fn hinted(attributes: &str) -> Small {
    let mut policy = small().claim("email", "string", "").claim("age", "int", "").claim("campaign", "string", "");
    policy.inputs = input("email", "") + &input("campaign", "PartnerClaimType=\"campaignId\"");
    policy.profiles += &format!(
        "<TechnicalProfile Id=\"Hint\"><DisplayName>Hint</DisplayName><Protocol Name=\"None\" /><OutputClaims>{}{}</OutputClaims></TechnicalProfile>",
        output("email", attributes),
        output("age", "")
    );
    policy
}

fn with_hint(policy: Small, hint: Option<Json>) -> Execution {
    let request = Request { id_token_hint: hint.map(object), client_id: Some("app".into()), ..Request::default() };
    let policy = policy.step_with(1, "GetClaims", "CpimIssuerTechnicalProfileReferenceId=\"Hint\"", "").send(2);
    policy.journey().simulation().request(request).run().unwrap()
}

#[test]
fn get_claims_reads_what_the_hint_profile_and_the_relying_party_both_list() {
    let hint = json!({ "email": "a@contoso.com", "age": 42, "other": 1 });
    let done = with_hint(hinted(""), Some(hint.clone()));
    done.assert_issued().assert_claim("email", "a@contoso.com").assert_no_claim("age");
    assert_eq!(calls(&done), ["Hint"]);
    let done = with_hint(hinted("PartnerClaimType=\"mail\""), Some(json!({ "Mail": "b@contoso.com", "email": "a@contoso.com" })));
    done.assert_claim("email", "b@contoso.com");
    with_hint(hinted("DefaultValue=\"none\""), Some(json!({ "email": null }))).assert_claim("email", "none");
    let done = with_hint(hinted("Required=\"true\""), Some(json!({})));
    done.assert_failed(1).assert_error("required output claim `email`");
    let mut wrong = hinted("");
    wrong.inputs += &input("age", "");
    with_hint(wrong, Some(json!({ "age": "many" }))).assert_failed(1);
}

#[test]
fn without_a_hint_get_claims_yields_nothing() {
    let done = with_hint(hinted("DefaultValue=\"none\" Required=\"true\""), None);
    done.assert_issued().assert_executed(1).assert_no_claim("email");
    assert!(calls(&done).is_empty());
}

#[test]
fn get_claims_without_a_profile_reads_query_parameters() {
    let request = Request { parameters: [("campaignId".into(), "hawaii".into())].into(), ..Request::default() };
    let journey = hinted("").step(1, "GetClaims", "").send(2).journey();
    let done = journey.simulation().request(request.clone()).run().unwrap();
    done.assert_issued().assert_claim("campaign", "hawaii").assert_no_claim("email");
    // One that means something to the service is a parameter like any other.
    let mut policy = hinted("");
    policy.inputs += &input("email", "PartnerClaimType=\"login_hint\"");
    let journey = policy.step(1, "GetClaims", "").send(2).journey();
    let request = Request { login_hint: Some("ann@contoso.com".into()), ..request };
    journey.simulation().request(request).run().unwrap().assert_issued().assert_claim("email", "ann@contoso.com");
}

#[test]
fn where_nobody_is_found_output_transformations_without_their_inputs_are_passed_over() {
    const DIRECTORY: &str = "Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine";
    let parse = "<OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"Domain\" /></OutputClaimsTransformations>";
    let outputs = output("email", "Required=\"true\"") + &output("why", "DefaultValue=\"nobody\"");
    let read = format!(
        "<Metadata><Item Key=\"Operation\">Read</Item></Metadata><InputClaims>{}</InputClaims><OutputClaims>{outputs}</OutputClaims>{parse}",
        input("objectId", "Required=\"true\"")
    );
    let mut policy = small().claim("email", "string", "").claim("domain", "string", "").profile("Read", DIRECTORY, &read).profile(
        "Api",
        RESTFUL,
        &(api("", &output("email", "")) + parse),
    );
    policy.transformations = "<ClaimsTransformation Id=\"Domain\" TransformationMethod=\"ParseDomain\"><InputClaims>\
         <InputClaim ClaimTypeReferenceId=\"email\" TransformationClaimType=\"emailAddress\" /></InputClaims><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"domain\" TransformationClaimType=\"domain\" /></OutputClaims></ClaimsTransformation>"
        .into();
    let journey = policy.clone().exchange(1, "", "Read").send(2).journey();
    let reply = |reply: DirectoryReply| {
        let plan = journey.plan();
        let environment = common::environment(Request::default());
        let object = (plan.claim_id("objectId").unwrap(), Slot::Value("1".into()));
        let mut run = Run::new(plan, &environment, Window { claims: vec![object], ..Window::default() }, false);
        run.advance();
        run.reply(Reply::Directory(reply)).unwrap();
        run.advance();
        let text = |name: &str| run.claim_text(plan.claim_id(name).unwrap()).map(|text| text.to_string());
        let choices: Vec<String> = run.choices().iter().map(|open| open.to_string()).collect();
        (run.outcome().unwrap().clone(), text("domain"), text("why"), choices.contains(&"OPEN-14".to_owned()))
    };
    let found = Arc::new(object(json!({ "email": "a@contoso.com", "why": "found" })));
    let (outcome, domain, why, noted) = reply(DirectoryReply::Found { attributes: found });
    assert_eq!((outcome, domain.as_deref(), why.as_deref(), noted), (Outcome::Issued, Some("contoso.com"), Some("found"), false));
    let (outcome, domain, why, noted) = reply(DirectoryReply::NotFound);
    assert_eq!((outcome, domain, why.as_deref(), noted), (Outcome::Issued, None, Some("nobody"), true));
    // A user without the attribute is another matter, and so is an API that does not return it.
    let (outcome, ..) = reply(DirectoryReply::Found { attributes: Default::default() });
    assert!(matches!(outcome, Outcome::Error(_)), "{outcome:?}");
    let journey = policy.exchange(1, "", "Api").send(2).journey();
    journey.simulation().stub("Api", Stubs::restful().ok(json!({}))).run().unwrap().assert_failed(1);
}
