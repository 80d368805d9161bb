//! The precondition table on generated policies: type × ExecuteActionsIf × what the claim holds.

#![cfg(test)]

mod common;

use b2c_journey::engine::Switches;
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

/// Whether a step guarded by this `ClaimEquals` on a typed claim is skipped, and the open points that the run depended on.
fn skipped(data_type: &str, held: &Json, literal: &str, switches: Switches) -> (bool, Vec<String>) {
    let journey = Small::default()
        .claim("level", data_type, "")
        .marker("A", "")
        .exchange(1, &precondition("ClaimEquals", true, &["level", literal]), "A")
        .send(2)
        .journey();
    let run = journey.simulation().claim("level", held.clone()).switches(switches).run().unwrap();
    (common::calls(&run).is_empty(), common::choices(&run))
}

#[test]
fn claims_of_other_types_compare_by_their_text() {
    let date = json!("2026-01-02");
    let time = json!("2026-01-02T03:04:05Z");
    for (data_type, held, literal, equal) in [
        ("boolean", json!(true), "True", true),
        ("boolean", json!(true), "true", false),
        ("boolean", json!(false), "False", true),
        ("int", json!(275), "275", true),
        ("int", json!(275), "0275", false),
        ("long", json!(-5_000_000_000_i64), "-5000000000", true),
        ("date", date.clone(), "2026-01-02", true),
        ("date", date.clone(), "2026-01-03", false),
        ("date", date, "02.01.2026", false),
        ("dateTime", time.clone(), "2026-01-02", false),
        // The text of a collection is the name of a type.
        ("stringCollection", json!(["LOW"]), "LOW", false),
    ] {
        let (is_skipped, choices) = skipped(data_type, &held, literal, Switches::default());
        assert_eq!(is_skipped, equal, "{data_type} {held} {literal}");
        assert_eq!(choices.contains(&"OPEN-06".to_owned()), data_type.starts_with("date"), "{data_type} {held}");
        let off = Switches { dates_compare_as_iso: false, ..Switches::default() };
        assert_eq!(skipped(data_type, &held, literal, off).0, equal && !data_type.starts_with("date"), "{data_type} {held} {literal}");
    }
}

#[test]
fn a_null_claim_exists_only_by_choice() {
    let null = "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"fromA\" /></OutputClaims><OutputClaimsTransformations>\
         <OutputClaimsTransformation ReferenceId=\"Null\" /></OutputClaimsTransformations>";
    let mut small =
        Small::default().claim("level", "string", "").marker("A", "").marker("B", "").profile("Null", common::TRANSFORMING, null);
    small.transformations = "<ClaimsTransformation Id=\"Null\" TransformationMethod=\"NullClaim\"><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"level\" TransformationClaimType=\"claim_to_null\" /></OutputClaims></ClaimsTransformation>"
        .into();
    let journey = small
        .exchange(1, "", "Null")
        .exchange(2, &precondition("ClaimsExist", true, &["level"]), "A")
        .exchange(3, &precondition("ClaimEquals", false, &["level", "x"]), "B")
        .send(4)
        .journey();
    let run = |switches: Switches| journey.simulation().claim("level", "x").switches(switches).run().unwrap();
    let plain = run(Switches::default());
    assert_eq!(common::calls(&plain), ["Null", "A", "B"]);
    assert!(common::choices(&plain).contains(&"OPEN-07".to_owned()));
    // ClaimEquals has no say on a null claim either way.
    assert_eq!(common::calls(&run(Switches { null_claim_exists: true, ..Switches::default() })), ["Null", "B"]);
}
