//! The tutorial's own form, slips and all: the page on SM-AAD, DefaultValue 100, a claim id in another case, a blank before a reference.

#![cfg(test)]

use std::path::Path;

use b2c_journey::{Journey, PolicySet, Stubs, json};

fn set() -> PolicySet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    PolicySet::from_paths(&[root.join("policies"), root.join("tests/policies/tutorial")]).unwrap()
}

fn journey() -> Journey {
    set().journey("B2C_1A_signup_signin_biocatch_tutorial").unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_blank_before_a_reference_is_said_and_does_not_matter() {
    let set = set();
    let blank =
        set.diagnostics().iter().find(|diagnostic| diagnostic.span().is_some_and(|span| set.sources().text(span).contains(" BioCatch")));
    let blank = blank.unwrap_or_else(|| panic!("no diagnostic about the blank"));
    assert!(!blank.fix.is_empty(), "{}", blank.line(set.sources()));
    let run =
        journey().simulation().stub("BioCatch-API-GETSCORE", Stubs::restful().ok(json!({ "riskLevel": "LOW", "score": 1 }))).run().unwrap();
    run.assert_issued().assert_called("BioCatch-API-GETSCORE").assert_skipped(10);
}

fn sent_url(page: Option<&str>) -> String {
    let mut form = Stubs::self_asserted();
    if let Some(session) = page {
        form = form.enter("clientSessionId", session);
    }
    let run = journey()
        .simulation()
        .stub("login-NonInteractive-clientSessionId", form)
        .stub("BioCatch-API-GETSCORE", Stubs::restful().ok(json!({ "riskLevel": "HIGH", "score": 900 })))
        .run()
        .unwrap();
    run.assert_executed(10);
    let record = run.record();
    record.requests["BioCatch-API-GETSCORE"][0].url.clone()
}

#[test]
fn the_session_that_the_page_takes_reaches_the_api_in_spite_of_the_other_case() {
    assert!(sent_url(Some("9f1c")).contains("customerSessionID=9f1c&"));
}

#[test]
fn a_page_left_empty_sends_the_constant_in_place_of_a_session() {
    assert!(sent_url(None).contains("customerSessionID=100&"));
}
