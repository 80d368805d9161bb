//! Preconditions and EnabledForUserJourneys.

use super::choices::{Choices, Open, Switches};
use crate::claims::{Bag, ClaimValue, Slot};
use crate::plan::{Enabled, Precondition, Test};
use crate::trace::Because;

/// What a precondition says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is satisfied: what it guards is skipped.
    Fires,
    /// It is not.
    Passes,
    /// It has no say: ClaimEquals on a claim without a value.
    Ignored,
}

/// Evaluates one precondition.
///
/// - userjourneys: `ClaimsExist` asks whether the claim is in the bag; an empty string is (PC-6), a null claim is not (OPEN-07).
/// - userjourneys, azure-docs#80264: `ClaimEquals` on an absent or null claim is ignored for both values of ExecuteActionsIf.
/// - Otherwise the claim's string form is compared ordinally, booleans as `True` and `False`.
pub(super) fn evaluate(precondition: &Precondition, bag: &Bag, switches: &Switches, choices: &mut Choices) -> Verdict {
    let slot = bag.get(precondition.claim);
    let holds = match &precondition.test {
        Test::Exists => match slot {
            Slot::Absent => false,
            Slot::Null => {
                choices.note(Open(7));
                switches.null_claim_exists
            }
            Slot::Value(_) => true,
        },
        Test::Equals(literal) => match slot {
            Slot::Absent | Slot::Null => return Verdict::Ignored,
            Slot::Value(value @ (ClaimValue::Date(_) | ClaimValue::DateTime(_))) => {
                choices.note(Open(6));
                switches.dates_compare_as_iso && value.text_equals(literal)
            }
            Slot::Value(value) => value.text_equals(literal),
        },
    };
    if holds == precondition.execute_if { Verdict::Fires } else { Verdict::Passes }
}

/// Why a satisfied precondition skips, for the trace.
pub(super) fn because(precondition: &Precondition, bag: &Bag) -> Because {
    Because::Precondition {
        number: precondition.number,
        equals: matches!(precondition.test, Test::Equals(_)),
        execute_if: precondition.execute_if,
        claim: precondition.claim,
        value: match &precondition.test {
            Test::Exists => None,
            Test::Equals(literal) => Some(literal.clone()),
        },
        actual: bag.get(precondition.claim).clone(),
        span: precondition.span,
    }
}

/// Why a technical profile is switched off; `None` when it takes part. Source: technicalprofiles; comparison ordinal.
pub(super) fn disabled(enabled: &Enabled, bag: &Bag) -> Option<Because> {
    let (off, rule, claim, value) = match enabled {
        Enabled::Always => return None,
        Enabled::Never => return Some(Because::Disabled { rule: "Never", claim: None, value: None, actual: Slot::Absent }),
        Enabled::OnClaimsExistence { claim, value } => {
            // custom-policies-series-branch-user-journey: with a value, the claim exists *and equals* it.
            let on = match (bag.get(*claim), value) {
                (Slot::Value(actual), Some(wanted)) => actual.text_equals(wanted),
                (Slot::Value(_), None) => true,
                (Slot::Absent | Slot::Null, _) => false,
            };
            (!on, "OnClaimsExistence", claim, value.clone())
        }
        Enabled::OnItemExistence { claim, value } => {
            (!contains(bag.get(*claim), value), "OnItemExistenceInStringCollectionClaim", claim, Some(value.clone()))
        }
        Enabled::OnItemAbsence { claim, value } => {
            (contains(bag.get(*claim), value), "OnItemAbsenceInStringCollectionClaim", claim, Some(value.clone()))
        }
    };
    off.then(|| Because::Disabled { rule, claim: Some(*claim), value, actual: bag.get(*claim).clone() })
}

/// A missing collection contains nothing.
fn contains(slot: &Slot, item: &str) -> bool {
    matches!(slot, Slot::Value(ClaimValue::Strings(items)) if items.iter().any(|candidate| candidate.as_str() == item))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{ClaimId, Date};
    use crate::source::{SourceId, Span};

    fn precondition(test: Test, execute_if: bool) -> Precondition {
        Precondition { number: 1, test, claim: ClaimId(0), execute_if, span: Span { file: SourceId(0), start: 0, end: 0 } }
    }

    fn check(slot: Slot, test: Test, execute_if: bool, expected: Verdict) {
        let mut bag = Bag::new(1);
        bag.set(ClaimId(0), slot.clone());
        let verdict = evaluate(&precondition(test.clone(), execute_if), &bag, &Switches::default(), &mut Choices::default());
        assert_eq!(verdict, expected, "{slot:?} {test:?} {execute_if}");
    }

    fn text(value: &str) -> Slot {
        Slot::Value(ClaimValue::from(value))
    }

    #[test]
    fn claims_exist_tells_absent_and_null_from_empty() {
        use Verdict::{Fires, Passes};
        for (slot, exists) in [(Slot::Absent, false), (Slot::Null, false), (text(""), true), (text("x"), true)] {
            check(slot.clone(), Test::Exists, true, if exists { Fires } else { Passes });
            check(slot, Test::Exists, false, if exists { Passes } else { Fires });
        }
    }

    #[test]
    fn claim_equals_is_ignored_without_a_value_and_ordinal_with_one() {
        use Verdict::{Fires, Ignored, Passes};
        for (slot, literal, equal) in [
            (Slot::Absent, "LOW", None),
            (Slot::Null, "LOW", None),
            (text("LOW"), "LOW", Some(true)),
            (text("low"), "LOW", Some(false)),
            (text(" LOW"), "LOW", Some(false)),
            (text(""), "", Some(true)),
            (Slot::Value(true.into()), "True", Some(true)),
            (Slot::Value(true.into()), "true", Some(false)),
            (Slot::Value(false.into()), "False", Some(true)),
            (Slot::Value(275.into()), "275", Some(true)),
            (Slot::Value(ClaimValue::Strings(vec!["a".into()])), "a", Some(false)),
        ] {
            let test = Test::Equals(literal.into());
            for execute_if in [true, false] {
                let expected = equal.map_or(Ignored, |equal| if equal == execute_if { Fires } else { Passes });
                check(slot.clone(), test.clone(), execute_if, expected);
            }
        }
    }

    #[test]
    fn dates_compare_as_iso_text_and_say_so() {
        let mut bag = Bag::new(1);
        bag.set(ClaimId(0), Slot::Value(ClaimValue::Date(Date::new(2026, 1, 2).unwrap())));
        let mut choices = Choices::default();
        let verdict = evaluate(&precondition(Test::Equals("2026-01-02".into()), true), &bag, &Switches::default(), &mut choices);
        assert_eq!((verdict, choices.iter().collect::<Vec<_>>()), (Verdict::Fires, vec![Open(6)]));
        let off = Switches { dates_compare_as_iso: false, ..Switches::default() };
        assert_eq!(evaluate(&precondition(Test::Equals("2026-01-02".into()), true), &bag, &off, &mut choices), Verdict::Passes);
    }

    #[test]
    fn enabled_for_user_journeys() {
        let collection = Slot::Value(ClaimValue::Strings(vec!["a".into(), "b".into()]));
        let claim = ClaimId(0);
        let existence = |value: Option<&str>| Enabled::OnClaimsExistence { claim, value: value.map(Into::into) };
        for (enabled, slot, on) in [
            (Enabled::Always, Slot::Absent, true),
            (Enabled::Never, Slot::Absent, false),
            (existence(None), Slot::Absent, false),
            (existence(None), Slot::Null, false),
            (existence(None), text(""), true),
            (existence(Some("x")), text("x"), true),
            (existence(Some("x")), text("X"), false),
            (existence(Some("x")), Slot::Absent, false),
            (existence(Some("True")), Slot::Value(true.into()), true),
            (Enabled::OnItemExistence { claim, value: "a".into() }, collection.clone(), true),
            (Enabled::OnItemExistence { claim, value: "A".into() }, collection.clone(), false),
            (Enabled::OnItemExistence { claim, value: "a".into() }, Slot::Absent, false),
            (Enabled::OnItemAbsence { claim, value: "a".into() }, collection.clone(), false),
            (Enabled::OnItemAbsence { claim, value: "c".into() }, collection, true),
            (Enabled::OnItemAbsence { claim, value: "a".into() }, Slot::Absent, true),
        ] {
            let mut bag = Bag::new(1);
            bag.set(claim, slot.clone());
            assert_eq!(disabled(&enabled, &bag).is_none(), on, "{enabled:?} {slot:?}");
        }
    }
}
