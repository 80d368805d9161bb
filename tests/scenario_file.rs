//! No scenario file, however broken, makes reading it panic or hang.

use b2c_journey::simulate::scenario::Scenario;
use proptest::prelude::*;

/// Has every form of every key.
const GOOD: &str = r#"name: low risk skips MFA
policy: B2C_1A_signup_signin_biocatch
request: { client_id: a, parameters: { campaignId: hawaii }, id_token_hint: { email: a@b.c } }
now: 2026-01-01T00:00:00Z
seed: 7
start: { step: 8, claims: { objectId: 3f25, list: [a, b], id: { issuer: f, issuerUserId: "1" } } }
stop: { after: 10 }
directory:
  - objectId: 3f25
    signInNames.emailAddress: john.smith@contoso.com
    password: Pass@word1
    accountEnabled: true
keys: { B2C_1A_Key: &secret "Pass@word1" }
choose: { 1: LocalAccountSigninEmailExchange, "Sub/2": cancel }
stubs:
  A: { enter: { clientSessionId: 9f1c }, codes: { control: right } }
  B: [ { status: 409, json: { version: 1.0.0, userMessage: "not é today" } }, { fail: timeout } ]
  C: { verify: "+15551234567" }
  D: { claims: { id: "1234" } }
  E:
    body: |-
      several
      lines
expect:
  outcome: issued
  steps: { 8: executed, 10: skipped }
  calls: [A, B]
  claims: { riskLevel: LOW, score: 275, none: null }
  requests: { B: [ { method: GET, url: "https://*" } ] }
---
name: *secret
"#;

#[test]
fn the_file_that_is_mutated_is_good_up_to_its_second_document() {
    let error = Scenario::parse("good.yaml", GOOD).unwrap_err();
    assert_eq!(error.line, 31, "anchors end with their document: {error}");
    let (first, _) = GOOD.split_once("---\n").unwrap();
    assert_eq!(Scenario::parse("good.yaml", first).unwrap().len(), 1);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_mutated_file_is_read_or_refused(
        changes in prop::collection::vec((0..GOOD.len(), prop::sample::select(" \n\t:-,[]{}&*!|>'\"%@`#\\?\0~é0a".chars().collect::<Vec<_>>())), 1..6),
        cut in prop::option::of(0..GOOD.len()),
    ) {
        let mut text: Vec<char> = GOOD.chars().collect();
        for (at, letter) in changes {
            let length = text.len();
            text[at % length] = letter;
        }
        text.truncate(cut.unwrap_or(text.len()).max(1));
        let text: String = text.into_iter().collect();
        if let Err(error) = Scenario::parse("x.yaml", &text) {
            let lines = text.lines().count() as u32 + 1;
            prop_assert!(error.line <= lines && !error.message.is_empty(), "{error}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = Scenario::parse("x.yaml", &text);
    }
}

#[test]
fn a_file_that_cannot_be_read_says_why() {
    for path in ["no/such/file.yaml", "src"] {
        let error = Scenario::from_file(path).unwrap_err();
        assert!(error.message.contains("cannot be read"), "{error}");
        assert_eq!(&*error.file, path);
    }
}
