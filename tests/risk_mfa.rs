//! The worked example as properties: phone MFA runs unless `riskLevel` is exactly `LOW`.

#![cfg(test)]

use std::sync::LazyLock;

use b2c_journey::{Journey, PolicySet, Stubs, json};
use proptest::prelude::*;
use serde_json::Value as Json;

static JOURNEY: LazyLock<Journey> = LazyLock::new(|| {
    PolicySet::from_dir("policies").unwrap().journey("B2C_1A_signup_signin_biocatch").unwrap_or_else(|error| panic!("{error}"))
});

/// Runs steps 8 to 10 with this answer of the risk API; whether phone MFA ran.
fn phone_mfa_runs(answer: Json) -> bool {
    let run = JOURNEY
        .simulation()
        .from_step(8)
        .claim("objectId", "3f2504e0-4f89-11d3-9a0c-0305e82c3301")
        .claim("strongAuthenticationPhoneNumber", "+15551234567")
        .through_step(10)
        .stub("login-NonInteractive-clientSessionId", Stubs::self_asserted().enter("clientSessionId", "9f1c"))
        .stub("BioCatch-API-GETSCORE", Stubs::restful().ok(answer))
        .stub("PhoneFactor-InputOrVerify", Stubs::phone("+15551234567"))
        .run()
        .unwrap();
    let record = run.record();
    let ran = record.calls.iter().any(|call| call.as_str() == "PhoneFactor-InputOrVerify");
    if ran {
        run.assert_executed(10);
    } else {
        run.assert_skipped(10);
    }
    ran
}

/// Every spelling of `LOW` in upper and lower case.
fn case_variants() -> impl Strategy<Value = String> {
    (0u8..8).prop_map(|bits| {
        "low".chars().enumerate().map(|(place, letter)| if bits >> place & 1 == 1 { letter.to_ascii_uppercase() } else { letter }).collect()
    })
}

/// Texts that look like `LOW`, or nearly.
fn look_alikes() -> impl Strategy<Value = String> {
    let letters = (
        prop::sample::select(vec!['L', 'ʟ', 'Ꮮ', 'Ⅼ', 'Ｌ', 'l']),
        prop::sample::select(vec!['O', '0', 'Ο', 'О', 'Ｏ', 'o']),
        prop::sample::select(vec!['W', 'Ԝ', 'Ѡ', 'Ｗ', 'w']),
    );
    letters.prop_map(|(first, second, third)| [first, second, third].iter().collect())
}

fn blanks() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec![' ', '\t', '\n', '\u{a0}', '\u{200b}', '\u{feff}']), 0..3)
        .prop_map(|blanks| blanks.into_iter().collect())
}

fn risk_level() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("LOW".to_owned()),
        case_variants(),
        (blanks(), case_variants(), blanks()).prop_map(|(before, level, after)| format!("{before}{level}{after}")),
        look_alikes(),
        any::<String>(),
        prop::sample::select(vec!["HIGH", "MEDIUM", "LOWER", "LO", "LOW\0", "\"LOW\"", "True", "null"]).prop_map(Into::into),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn phone_mfa_runs_unless_the_risk_level_is_exactly_low(level in risk_level()) {
        prop_assert_eq!(phone_mfa_runs(json!({ "riskLevel": level.clone(), "score": 275 })), level != "LOW");
    }
}

#[test]
fn phone_mfa_runs_when_the_api_gives_no_risk_level() {
    assert!(phone_mfa_runs(json!({ "score": 275 })));
    assert!(phone_mfa_runs(json!({ "riskLevel": null, "score": 275 })));
    assert!(phone_mfa_runs(json!({})));
}

#[test]
fn phone_mfa_is_skipped_for_low() {
    assert!(!phone_mfa_runs(json!({ "riskLevel": "LOW", "score": 275 })));
}
