//! The record of a run: rows in the order of the journey, sub journeys after the step that invoked them, who wrote what.

#![cfg(test)]

mod common;

use b2c_journey::report::{Detail, RunRecord, StepRecord, TextOptions, run_text};
use b2c_journey::{Simulation, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, precondition};

const EXCHANGE: &str = "<ClaimsExchanges><ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges>";

fn exchange(id: &str, profile: &str) -> String {
    EXCHANGE.replace("{id}", id).replace("{profile}", profile)
}

fn sub_journey(id: &str, kind: &str, steps: &[(&str, String)]) -> String {
    let steps: String = steps
        .iter()
        .enumerate()
        .map(|(index, (kind, rest))| format!("<OrchestrationStep Order=\"{}\" Type=\"{kind}\"{rest}</OrchestrationStep>", index + 1))
        .collect();
    format!("<SubJourney Id=\"{id}\" Type=\"{kind}\"><OrchestrationSteps>{steps}</OrchestrationSteps></SubJourney>")
}

fn invoke(id: &str) -> String {
    format!("<JourneyList><Candidate SubJourneyReferenceId=\"{id}\" /></JourneyList>")
}

/// A page with an API behind it, a sub journey that is invoked twice, and one that is not.
fn small() -> Small {
    let api = "<Metadata><Item Key=\"ServiceUrl\">https://api.example/score</Item><Item Key=\"SendClaimsIn\">QueryString</Item>\
               <Item Key=\"AuthenticationType\">None</Item></Metadata>\
               <InputClaims><InputClaim ClaimTypeReferenceId=\"typed\" /></InputClaims>\
               <OutputClaims><OutputClaim ClaimTypeReferenceId=\"level\" /></OutputClaims>";
    let page = "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
                <OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" /><OutputClaim ClaimTypeReferenceId=\"level\" /></OutputClaims>\
                <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Api\" /></ValidationTechnicalProfiles>";
    let mut small = Small::default()
        .claim("typed", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("level", "string", "")
        .claim("never", "string", "")
        .profile("Api", RESTFUL, api)
        .profile("Page", SELF_ASSERTED, page)
        .exchange(1, "", "Page")
        .step(2, "InvokeSubJourney", &invoke("Extra"))
        .exchange(3, &precondition("ClaimsExist", false, &["never"]), "Api")
        .step(4, "InvokeSubJourney", &invoke("Extra"))
        .step(5, "InvokeSubJourney", &format!("{}{}", precondition("ClaimEquals", true, &["level", "LOW"]), invoke("Other")))
        .send(6);
    let skipped = precondition("ClaimEquals", true, &["level", "LOW"]);
    small.sub_journeys = [
        sub_journey(
            "Extra",
            "Call",
            &[
                ("ClaimsExchange", format!(">{skipped}{}", exchange("Skipped", "Api"))),
                ("ClaimsExchange", format!(">{}", exchange("Asked", "Api"))),
            ],
        ),
        sub_journey("Other", "Call", &[("ClaimsExchange", format!(">{}", exchange("More", "Api")))]),
    ]
    .concat();
    small
}

/// Runs the small journey; every call of the API answers LOW unless the simulation says otherwise.
fn record(change: impl FnOnce(Simulation<'_>) -> Simulation<'_>) -> RunRecord {
    let journey = small().journey();
    let simulation = journey
        .simulation()
        .stub("Page", Stubs::self_asserted().enter("typed", "x y"))
        .stub("Api", Stubs::restful().ok(json!({ "level": "LOW" })));
    change(simulation).run().unwrap_or_else(|error| panic!("{error}")).record()
}

fn rows(record: &RunRecord) -> Vec<String> {
    record.steps.iter().map(|step| format!("{} {}", step.key(), step.result.name())).collect()
}

fn step<'r>(record: &'r RunRecord, key: &str) -> &'r StepRecord {
    record.step(key).unwrap_or_else(|| panic!("no step {key}"))
}

#[test]
fn rows_of_a_sub_journey_follow_each_step_that_invoked_it() {
    let record = record(|simulation| simulation);
    assert_eq!(
        rows(&record),
        [
            "1 executed",
            "2 executed",
            "Extra/1 skipped",
            "Extra/2 executed",
            "3 skipped",
            "4 executed",
            "Extra/1 skipped",
            "Extra/2 executed",
            "5 skipped",
            "6 executed"
        ]
    );
    assert_eq!(record.steps.iter().map(|step| step.depth).collect::<Vec<_>>(), [0, 0, 1, 1, 0, 0, 1, 1, 0, 0]);
    assert_eq!(record.calls, ["Page", "Api", "Api", "Api"]);
    let names = |key: &str| (step(&record, key).exchange.as_deref().map(str::to_owned), step(&record, key).technical_profile.clone());
    assert_eq!(names("1"), (Some("E1".to_owned()), Some("Page".into())));
    assert_eq!(names("Extra/2"), (Some("Asked".to_owned()), Some("Api".into())));
    assert_eq!(names("3"), (None, None));
    assert_eq!(names("6"), (None, Some("JwtIssuer".into())));
    assert_eq!(step(&record, "4").candidates, ["sub journey Extra"]);
    assert!(record.known.steps.contains(&"Other/1".to_owned()));
    assert_eq!(record.policy, "B2C_1A_small");
    assert_eq!(record.journey, "Small");
}

#[test]
fn a_skipped_step_says_what_decided_and_who_wrote_it() {
    let record = record(|simulation| simulation);
    let because = serde_json::to_value(&step(&record, "5").because).unwrap();
    assert_eq!(
        because,
        json!({ "precondition": 1, "type": "ClaimEquals", "executeActionsIf": true, "claim": "level", "value": "LOW", "actual": "LOW" })
    );
    let because = serde_json::to_value(&step(&record, "3").because).unwrap();
    assert_eq!(
        because,
        json!({ "precondition": 1, "type": "ClaimsExist", "executeActionsIf": false, "claim": "never", "value": null, "actual": null })
    );
    let text = run_text(&record, &TextOptions::default());
    assert!(text.contains("`level` is \"LOW\", last written by Api at small.xml:"), "{text}");
    assert!(text.contains("`never` is absent, and nothing wrote it"), "{text}");
}

#[test]
fn a_page_names_the_validation_profile_that_knew() {
    let record = record(|simulation| simulation.through_step(1));
    assert_eq!(record.outcome.kind(), "stopped");
    let written = record.writers.get("level").unwrap();
    assert_eq!((written.by.as_str(), written.through.as_deref()), ("Api", Some("Page")));
    assert_eq!(rows(&record), ["1 executed", "2 not-reached", "3 not-reached", "4 not-reached", "5 not-reached", "6 not-reached"]);
}

#[test]
fn requests_and_claims_are_as_they_were() {
    let record = record(|simulation| simulation.through_step(1));
    let request = &record.requests.get("Api").unwrap()[0];
    assert_eq!((request.method, request.url.as_str()), ("GET", "https://api.example/score?typed=x%20y"));
    assert_eq!(json!(record.claims), json!({ "typed": "x y", "level": "LOW" }));
    assert!(step(&record, "1").details.iter().any(|detail| matches!(detail, Detail::Sent { profile, .. } if profile.as_str() == "Api")));
}

#[test]
fn a_window_leaves_the_steps_before_it_not_reached() {
    let record = record(|simulation| simulation.from_step(3).through_step(4));
    assert_eq!(
        rows(&record),
        [
            "1 not-reached",
            "2 not-reached",
            "3 skipped",
            "4 executed",
            "Extra/1 executed",
            "Extra/2 executed",
            "5 not-reached",
            "6 not-reached"
        ]
    );
}

#[test]
fn a_failure_in_a_sub_journey_fails_the_step_that_invoked_it() {
    let record = record(|simulation| simulation.from_step(2).stub("Api", Stubs::restful().raw(503, "down")));
    assert_eq!(
        rows(&record),
        [
            "1 not-reached",
            "2 failed",
            "Extra/1 failed",
            "Extra/2 not-reached",
            "3 not-reached",
            "4 not-reached",
            "5 not-reached",
            "6 not-reached"
        ]
    );
    assert!(step(&record, "Extra/1").fault.is_some());
    assert_eq!(record.outcome.kind(), "error");
    assert_eq!(record.token, None);
}

#[test]
fn a_page_that_refuses_its_last_reply_waits() {
    let record = record(|simulation| {
        simulation.stub("Api", Stubs::restful().status(409, json!({ "version": "1.0.0", "status": 409, "userMessage": "not today" })))
    });
    assert_eq!(rows(&record)[..2], ["1 waiting", "2 not-reached"]);
    assert_eq!(
        serde_json::to_value(&record.outcome).unwrap(),
        json!({ "kind": "waiting", "page": "Page", "code": null, "message": "not today", "attempts": 1 })
    );
    assert!(step(&record, "1").details.iter().any(|detail| matches!(detail, Detail::Refused(fault) if fault.message == "not today")));
}

#[test]
fn passwords_are_masked_for_people_and_whole_in_the_record() {
    let reference = |claim: &str, partner: &str| format!("<InputClaim ClaimTypeReferenceId=\"{claim}\" PartnerClaimType=\"{partner}\" />");
    let api = format!(
        "<Metadata><Item Key=\"ServiceUrl\">https://api.example/check</Item><Item Key=\"SendClaimsIn\">Body</Item>\
         <Item Key=\"AuthenticationType\">None</Item></Metadata><InputClaims>{}{}</InputClaims>",
        reference("name", "user"),
        reference("pin", "secret")
    );
    let page = "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
                <OutputClaims><OutputClaim ClaimTypeReferenceId=\"name\" /><OutputClaim ClaimTypeReferenceId=\"pin\" /></OutputClaims>\
                <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Api\" /></ValidationTechnicalProfiles>";
    let journey = Small::default()
        .claim("name", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("pin", "string", "<UserInputType>Password</UserInputType>")
        .profile("Api", RESTFUL, &api)
        .profile("Page", SELF_ASSERTED, page)
        .exchange(1, "", "Page")
        .send(2)
        .journey();
    let form = Stubs::self_asserted().enter("name", "ann").enter("pin", "s3cret-1");
    let record = journey.simulation().stub("Page", form).stub("Api", Stubs::restful().ok(json!({}))).run().unwrap().record();
    let text = run_text(&record, &TextOptions { verbose: true, ..TextOptions::default() });
    assert!(!text.contains("s3cret-1"), "{text}");
    for shown in ["pin = *** for this page", "name = \"ann\"", "{\"user\":\"ann\",\"secret\":\"***\"}"] {
        assert!(text.contains(shown), "{shown}\n{text}");
    }
    assert_eq!(record.requests["Api"][0].body.as_deref(), Some("{\"user\":\"ann\",\"secret\":\"s3cret-1\"}"));
}
