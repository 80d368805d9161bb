//! The precondition table on generated policies: type × ExecuteActionsIf × what the claim holds.

#![cfg(test)]

mod common;

use b2c_journey::{Simulation, Stubs};
use common::{SELF_ASSERTED, Small, precondition};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

/// What the claim holds when the step's turn comes.
#[derive(Clone, Debug)]
enum Held {
    Absent,
    Text(String),
}

/// Whether the step runs, by the table of SEMANTICS 4.3.
fn should_run(kind: &str, execute_if: bool, held: &Held, literal: &str) -> bool {
    let test = match (kind, held) {
        ("ClaimsExist", Held::Absent) => false,
        ("ClaimsExist", Held::Text(_)) => true,
        // A missing claim leaves ClaimEquals without a say.
        (_, Held::Absent) => return true,
        (_, Held::Text(text)) => text == literal,
    };
    test != execute_if
}

fn with_claim<'j>(simulation: Simulation<'j>, held: &Held) -> Simulation<'j> {
    match held {
        Held::Absent => simulation,
        Held::Text(text) => simulation.claim("level", Json::from(text.as_str())),
    }
}

fn runs(kind: &str, execute_if: bool, held: &Held, literal: &str) -> bool {
    let values: &[&str] = if kind == "ClaimsExist" { &["level"] } else { &["level", literal] };
    let journey = Small::default()
        .claim("level", "string", "")
        .claim("typed", "string", "<UserInputType>TextBox</UserInputType>")
        .profile(
            "Page",
            SELF_ASSERTED,
            "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata><OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" /></OutputClaims>",
        )
        .exchange(1, &precondition(kind, execute_if, values), "Page")
        .send(2)
        .journey();
    let run = with_claim(journey.simulation(), held).stub("Page", Stubs::self_asserted().enter("typed", "x")).run().unwrap();
    run.assert_issued();
    run.record().calls.iter().any(|call| call.as_str() == "Page")
}

/// Text that XML can carry and that no reader normalises.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        "[A-Za-z]{1,6}",
        prop::sample::select(vec!["LOW", "low", " LOW", "LOW ", "True", "true", "null", "ＬＯＷ", "ß", "SS"]).prop_map(Into::into),
        "[ -~äöüßé日本]{0,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn the_precondition_table_holds(
        equals in any::<bool>(),
        execute_if in any::<bool>(),
        literal in text(),
        held in prop_oneof![Just(Held::Absent), text().prop_map(Held::Text)],
        same in any::<bool>(),
    ) {
        let kind = if equals { "ClaimEquals" } else { "ClaimsExist" };
        let held = match held {
            Held::Text(_) if same => Held::Text(literal.clone()),
            other => other,
        };
        prop_assert_eq!(runs(kind, execute_if, &held, &literal), should_run(kind, execute_if, &held, &literal));
    }
}

#[test]
fn every_cell_of_the_table() {
    for kind in ["ClaimsExist", "ClaimEquals"] {
        for execute_if in [true, false] {
            for held in [Held::Absent, Held::Text(String::new()), Held::Text("LOW".into()), Held::Text("HIGH".into())] {
                assert_eq!(
                    runs(kind, execute_if, &held, "LOW"),
                    should_run(kind, execute_if, &held, "LOW"),
                    "{kind} {execute_if} {held:?}"
                );
            }
        }
    }
}

#[test]
fn a_null_in_start_claims_is_a_claim_that_is_absent() {
    let journey = Small::default().claim("level", "string", "").step(1, "Noop", "").send(2).journey();
    let run = journey.simulation().claim("level", json!(null)).run().unwrap();
    assert_eq!(run.claim("level"), None);
}
