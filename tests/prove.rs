//! `prove`: "no MFA for risk LOW, MFA for everything else", over every reply of the outside world from step 1 on.
#![cfg(test)]
#![cfg(feature = "prove")]

use std::path::Path;

use b2c_journey::explore::property::Property;
use b2c_journey::explore::{Limits, Proof, Verdict};
use b2c_journey::{Journey, PolicySet, xml::Limits as Reading};

const POLICY: &str = "B2C_1A_signup_signin_biocatch";
const PHONE: &str = "PhoneFactor-InputOrVerify";

/// The worked example, with something in one of its files replaced.
fn example(file: &str, change: &[(&str, &str)]) -> Journey {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let texts: Vec<(String, String)> = names
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let mut text = std::fs::read_to_string(path).unwrap();
            if name == file {
                for (old, new) in change {
                    assert!(text.contains(old), "{file} has no {old}");
                    text = text.replacen(old, new, 1);
                }
            }
            (name, text)
        })
        .collect();
    PolicySet::from_bytes(texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())), &Reading::default()).journey(POLICY).unwrap()
}

const RELYING_PARTY: &str = "SignUpOrSignInBioCatch.xml";

fn anything_else_gets_mfa() -> Property {
    Property::always("anything but LOW gets MFA", &format!("executed(\"{PHONE}\") || claims.riskLevel == \"LOW\""))
        .unwrap()
        .when("outcome == \"issued\"")
        .unwrap()
}

fn low_gets_none() -> Property {
    Property::always("LOW never gets MFA", &format!("!executed(\"{PHONE}\") || claims.riskLevel != \"LOW\"")).unwrap()
}

fn prove(journey: &Journey, property: &Property) -> Proof {
    let proof = journey.prove(property, &Limits::default()).unwrap();
    if let Some(scenario) = proof.counterexample.as_ref().or(proof.witness.as_ref()) {
        println!("{}: {}\n{}", proof.name, proof.verdict.name(), scenario.to_yaml());
        let run = journey.simulation().scenario(scenario).run().unwrap();
        let failures = b2c_journey::simulate::expect::check(scenario.expect.as_ref().unwrap(), &run.record());
        assert_eq!(failures.is_empty(), proof.witness.is_some(), "{failures:?}");
    }
    proof
}

#[test]
fn both_directions_hold_in_the_worked_example() {
    let journey = example("", &[]);
    for property in [anything_else_gets_mfa(), low_gets_none()] {
        let proof = prove(&journey, &property);
        assert_eq!((proof.verdict, proof.reason), (Verdict::Proved, None), "{}", proof.name);
    }
}

/// A fault, and which of the two directions it breaks.
fn broken(change: &[(&str, &str)], by: &Property) {
    let journey = example(RELYING_PARTY, change);
    let proof = prove(&journey, by);
    assert_eq!(proof.verdict, Verdict::Refuted, "{:?}", proof.reason);
    assert!(proof.counterexample.is_some());
}

#[test]
fn another_literal_is_found() {
    broken(&[("<Value>LOW</Value>", "<Value>low</Value>")], &low_gets_none());
    broken(&[("<Value>LOW</Value>", "<Value>low</Value>")], &anything_else_gets_mfa());
}

#[test]
fn a_flipped_precondition_is_found() {
    let change = [(
        "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">",
        "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"false\">",
    )];
    broken(&change, &anything_else_gets_mfa());
    broken(&change, &low_gets_none());
}

#[test]
fn mfa_before_the_score_is_found() {
    let change = [("Order=\"9\"", "Order=\"nine\""), ("Order=\"10\"", "Order=\"9\""), ("Order=\"nine\"", "Order=\"10\"")];
    broken(&change, &low_gets_none());
}

#[test]
fn a_risk_that_the_user_types_afterwards_is_found() {
    // API, phone, then the page, which now has the risk too.
    let change = [
        ("Order=\"8\"", "Order=\"ten\""),
        ("Order=\"9\"", "Order=\"8\""),
        ("Order=\"10\"", "Order=\"9\""),
        ("Order=\"ten\"", "Order=\"10\""),
        ("<DisplayName>Session risk level</DisplayName>\n        <DataType>string</DataType>", RISK_BOX),
        ("<OutputClaim ClaimTypeReferenceId=\"clientSessionId\" Required=\"false\" />", RISK_OUTPUT),
    ];
    broken(&change, &anything_else_gets_mfa());
}

const RISK_BOX: &str = "<DisplayName>Risk</DisplayName><DataType>string</DataType><UserInputType>TextBox</UserInputType>";
const RISK_OUTPUT: &str =
    "<OutputClaim ClaimTypeReferenceId=\"clientSessionId\" Required=\"false\" /><OutputClaim ClaimTypeReferenceId=\"riskLevel\" />";

#[test]
fn a_failure_of_the_api_that_is_ignored_is_found() {
    // The API validates the page, its failure is passed over, and a session without a risk counts as harmless.
    let change = [
        ("<OutputClaim ClaimTypeReferenceId=\"clientSessionId\" Required=\"false\" />", RISK_OUTPUT),
        (
            "</OutputClaims>\n          <!-- Not SM-AAD",
            "</OutputClaims>\n<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"BioCatch-API-GETSCORE\" \
             ContinueOnError=\"true\" /></ValidationTechnicalProfiles>\n          <!-- Not SM-AAD",
        ),
        ("TechnicalProfileReferenceId=\"BioCatch-API-GETSCORE\" />", "TechnicalProfileReferenceId=\"AAD-UserReadUsingObjectId\" />"),
        (
            "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">",
            "<Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"false\"><Value>riskLevel</Value>\
             <Action>SkipThisOrchestrationStep</Action></Precondition><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">",
        ),
    ];
    broken(&change, &anything_else_gets_mfa());
}

#[test]
fn what_the_user_types_cannot_skip_mfa_in_the_worked_example_and_can_when_the_page_has_the_risk() {
    let verdict = |journey: &Journey| {
        let proofs = journey.prove_builtin(&"user-cannot-skip-mfa".parse().unwrap(), &Limits::default()).unwrap();
        let scenario = proofs[0].counterexample.as_ref().map(|scenario| scenario.to_yaml());
        println!("{}", scenario.unwrap_or_default());
        proofs[0].verdict
    };
    assert_eq!(verdict(&example("", &[])), Verdict::Proved);
    let change = [
        ("<DisplayName>Session risk level</DisplayName>\n        <DataType>string</DataType>", RISK_BOX),
        ("<OutputClaim ClaimTypeReferenceId=\"clientSessionId\" Required=\"false\" />", RISK_OUTPUT),
    ];
    assert_eq!(verdict(&example(RELYING_PARTY, &change)), Verdict::Refuted);
}

#[test]
fn steps_that_never_run_are_named() {
    let dead = |journey: &Journey| {
        let proofs = journey.prove_builtin(&"no-dead-step".parse().unwrap(), &Limits::default()).unwrap();
        (proofs[0].verdict, proofs[0].reason.clone())
    };
    assert_eq!(dead(&example("", &[])), (Verdict::Proved, None));
    let change = [(
        "<Value>newPhoneNumberEntered</Value>\n              <Value>True</Value>",
        "<Value>newPhoneNumberEntered</Value>\n<Value>true</Value>",
    )];
    assert_eq!(dead(&example(RELYING_PARTY, &change)), (Verdict::Refuted, Some("never executed: step 11".to_owned())));
}

#[test]
fn a_witness_shows_that_a_token_can_be_issued() {
    let journey = example("", &[]);
    let proof = prove(&journey, &Property::sometimes("a token can be issued", "outcome == \"issued\"").unwrap());
    assert_eq!(proof.verdict, Verdict::Proved);
    assert!(proof.witness.is_some());
}

#[test]
fn a_condition_that_no_run_meets_is_vacuous() {
    let journey = example("", &[]);
    let property = Property::always("nothing", "outcome == \"issued\"").unwrap().when("outcome == \"stopped\"").unwrap();
    assert_eq!(prove(&journey, &property).verdict, Verdict::Vacuous);
}

#[test]
fn a_step_that_a_precondition_skips_is_seen() {
    let property = Property::sometimes("step 10 can be skipped", "steps[\"10\"] == \"skipped\"").unwrap();
    assert_eq!(prove(&example(RELYING_PARTY, &[]), &property).verdict, Verdict::Proved);
}
