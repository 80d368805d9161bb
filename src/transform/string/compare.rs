//! Texts compared, looked up and matched.

use crate::claims::{ClaimValue, Restriction};
use crate::transform::Failure;
use crate::transform::call::Call;
use crate::transform::choices;
use crate::transform::dotnet::Comparison;

const COMPARISONS: &[(&str, Comparison)] = &[("Ordinal", Comparison::Ordinal), ("OrdinalIgnoreCase", Comparison::OrdinalIgnoreCase)];

pub(super) fn assert_string_claims_are_equal(call: &mut Call<'_>) -> Result<(), Failure> {
    let comparison = call.choice("stringComparison", COMPARISONS)?;
    if comparison.equal(call.string("inputClaim1")?, call.string("inputClaim2")?) {
        return Ok(());
    }
    Err(Failure::Assertion {
        key: "UserMessageIfClaimsTransformationStringsAreNotEqual",
        default: format!("Claim value comparison failed using StringComparison \"{}\".", comparison.name()),
    })
}

/// A claim without a value equals no text (samples/banned-password-list-no-API relies on it).
pub(super) fn compare_claims(call: &mut Call<'_>) -> Result<(), Failure> {
    let (left, right) = (call.optional_string("inputClaim1")?, call.optional_string("inputClaim2")?);
    if left.is_none() && right.is_none() {
        call.chose(choices::TWO_ABSENT_CLAIMS_ARE_EQUAL);
    }
    compare(call, left, right)
}

pub(super) fn compare_claim_to_value(call: &mut Call<'_>) -> Result<(), Failure> {
    let (left, right) = (call.optional_string("inputClaim1")?, call.parameter("compareTo")?);
    if left.is_none() {
        call.chose(choices::ABSENT_CLAIM_EQUALS_NO_TEXT);
    }
    compare(call, left, Some(right))
}

fn compare(call: &mut Call<'_>, left: Option<&str>, right: Option<&str>) -> Result<(), Failure> {
    let when_equal = call.choice("operator", &[("EQUAL", true), ("NOT EQUAL", false)])?;
    let equal = |comparison: Comparison| match (left, right) {
        (Some(left), Some(right)) => comparison.equal(left, right),
        (None, None) => true,
        _ => false,
    };
    let equal = match call.optional_flag("ignoreCase")? {
        Some(ignore) => equal(Comparison::ignoring_case(ignore)),
        None => {
            if equal(Comparison::Ordinal) != equal(Comparison::OrdinalIgnoreCase) {
                call.chose(choices::IGNORE_CASE_IS_FALSE);
            }
            equal(Comparison::Ordinal)
        }
    };
    call.set("outputClaim", equal == when_equal)
}

/// The Value of the item whose Text is the input; a LocalizedCollection wins over the enumeration of the claim type.
pub(super) fn get_mapped_value_from_localized_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("mapFromClaim")?;
    let Some(output) = call.output("restrictionValueClaim") else { return Ok(()) };
    let localized = call.world.localized_item(&output.claim.id, text);
    let value = localized.or_else(|| match &output.claim.restriction {
        Restriction::Enumeration(items) => items.iter().find(|item| item.text.as_str() == text).map(|item| item.value.clone()),
        _ => None,
    });
    match value {
        Some(value) => call.set("restrictionValueClaim", ClaimValue::String(value)),
        None => {
            call.chose(choices::UNKNOWN_ITEM_LEAVES_CLAIM);
            Ok(())
        }
    }
}

/// A failed lookup is an error on request, and else leaves the output as it is (unit tests of the samples).
pub(super) fn lookup_value(call: &mut Call<'_>) -> Result<(), Failure> {
    const FLAG: &str = "errorOnFailedLookup";
    let key = call.string("inputParameterId")?;
    let parameters = &call.transformation.parameters;
    let mut entries = parameters.iter().filter(|parameter| !parameter.id.eq_ignore_ascii_case(FLAG));
    if let Some(parameter) = entries.clone().find(|parameter| parameter.id.as_str() == key) {
        return call.set("outputClaim", ClaimValue::String(parameter.value.clone()));
    }
    if entries.any(|parameter| Comparison::OrdinalIgnoreCase.equal(&parameter.id, key)) {
        call.chose(choices::LOOKUP_REGARDS_CASE);
    }
    let is_error = call.optional_flag(FLAG)?.unwrap_or_else(|| {
        call.chose(choices::FAILED_LOOKUP_IS_NO_ERROR);
        false
    });
    if is_error {
        return Err(Failure::Assertion { key: "LookupNotFound", default: "The value was not found.".to_owned() });
    }
    Ok(())
}

pub(super) fn set_claim_if_booleans_match(call: &mut Call<'_>) -> Result<(), Failure> {
    if call.boolean("claimToMatch")? == call.flag("matchTo")? {
        let text = call.parameter("outputClaimIfMatched")?;
        return call.set("outputClaim", text);
    }
    if call.output("outputClaim").is_some_and(|output| output.before.is_some()) {
        call.chose(choices::BOOLEANS_APART_LEAVE_CLAIM);
    }
    Ok(())
}

/// The table and the unit tests agree that `outputClaim1` gets the message and `outputClaim2` its code; the page's example swaps them.
pub(super) fn set_claims_if_strings_are_equal(call: &mut Call<'_>) -> Result<(), Failure> {
    let comparison = call.choice("stringComparison", COMPARISONS)?;
    let equal = comparison.equal(call.string("inputClaim")?, call.parameter("matchTo")?);
    if equal {
        let (message, code) = (call.parameter("stringMatchMsg")?, call.parameter("stringMatchMsgCode")?);
        call.set("outputClaim1", message)?;
        call.set("outputClaim2", code)?;
    } else if ["outputClaim1", "outputClaim2"].iter().any(|slot| call.output(slot).is_some_and(|output| output.before.is_some())) {
        call.chose(choices::STRINGS_APART_LEAVE_CLAIMS);
    }
    call.set("stringCompareResultClaim", equal)
}

/// No match makes the output null.
pub(super) fn set_claims_if_strings_match(call: &mut Call<'_>) -> Result<(), Failure> {
    let comparison = call.choice("stringComparison", COMPARISONS)?;
    let equal = comparison.equal(call.string("claimToMatch")?, call.parameter("matchTo")?);
    if !equal {
        call.set_null("outputClaim");
    } else if let Some(text) = call.parameter_or_default("outputClaimIfMatched") {
        call.set("outputClaim", text)?;
    }
    call.set("stringCompareResultClaim", equal)
}

pub(super) fn string_contains(call: &mut Call<'_>) -> Result<(), Failure> {
    let comparison = Comparison::ignoring_case(call.flag("ignoreCase")?);
    let found = comparison.contains(call.string("inputClaim")?, call.parameter("contains")?);
    call.set("outputClaim", found)
}

#[cfg(test)]
mod tests {
    use crate::transform::testing::{Case, assertion_key, case, exception_kind};

    #[test]
    fn the_assertion_names_the_comparison() {
        let base = |left: &str, right: &str, comparison: &str| {
            case("AssertStringClaimsAreEqual")
                .input("inputClaim1", left)
                .input("inputClaim2", right)
                .parameter("stringComparison", comparison)
        };
        assert!(base("É", "é", "ordinalIgnoreCase").run().is_ok());
        let failure = base("a", "A", "ordinal").fails();
        assert_eq!(assertion_key(&failure), "UserMessageIfClaimsTransformationStringsAreNotEqual");
        assert_eq!(failure.to_string(), "Claim value comparison failed using StringComparison \"Ordinal\".");
        assert_eq!(exception_kind(&base("a", "a", "Invariant").fails()), "format");
    }

    fn with(case: Case, slot: &str, value: Option<&str>) -> Case {
        match value {
            Some(value) => case.input(slot, value),
            None => case.empty_input(slot, "string"),
        }
    }

    #[test]
    fn claims_are_equal_or_not() {
        for (left, right, ignore_case, equal) in [
            (Some("a"), Some("A"), Some("true"), true),
            (Some("a"), Some("A"), Some("false"), false),
            (Some("a"), Some("A"), None, false),
            (Some("a"), Some("a"), None, true),
            (None, Some("a"), Some("true"), false),
            (Some(""), None, Some("true"), false),
            (None, None, Some("true"), true),
        ] {
            for (operator, expected) in [("EQUAL", equal), ("not equal", !equal)] {
                let mut case = with(with(case("CompareClaims"), "inputClaim1", left), "inputClaim2", right).parameter("operator", operator);
                if let Some(ignore_case) = ignore_case {
                    case = case.parameter("ignoreCase", ignore_case);
                }
                case.output("outputClaim", "boolean").gives(&[("outputClaim", Some(expected.into()))]);
            }
        }
    }

    #[test]
    fn a_claim_is_compared_with_a_constant() {
        for (claim, constant, expected) in [(Some("v1"), "V1", true), (Some("v1"), "v2", false), (None, "", false)] {
            with(case("CompareClaimToValue"), "inputClaim1", claim)
                .parameter("compareTo", constant)
                .parameter("operator", "EQUAL")
                .parameter("ignoreCase", "True")
                .output("outputClaim", "boolean")
                .gives(&[("outputClaim", Some(expected.into()))]);
        }
    }

    #[test]
    fn a_localized_item_wins_over_the_enumeration() {
        let base = |text: &str| {
            case("GetMappedValueFromLocalizedCollection")
                .input("mapFromClaim", text)
                .output_with_items("restrictionValueClaim", &[("one", "1"), ("two", "2")])
                .localized_item("restrictionValueClaim", "one", "eins")
        };
        base("one").gives(&[("restrictionValueClaim", Some("eins".into()))]);
        base("two").gives(&[("restrictionValueClaim", Some("2".into()))]);
        base("One").gives(&[]);
        assert_eq!(base("three").choices().len(), 1);
    }

    #[test]
    fn a_lookup_finds_the_parameter_of_its_id() {
        let base = |key: &str| {
            case("LookupValue").input("inputParameterId", key).parameter("a", "1").parameter("b", "").output("outputClaim", "string")
        };
        base("a").gives(&[("outputClaim", Some("1".into()))]);
        base("b").gives(&[("outputClaim", Some("".into()))]);
        base("A").gives(&[]);
        base("errorOnFailedLookup").parameter("errorOnFailedLookup", "false").gives(&[]);
        let failure = base("c").parameter("errorOnFailedLookup", "true").fails();
        assert_eq!(assertion_key(&failure), "LookupNotFound");
    }

    #[test]
    fn a_match_of_booleans_sets_the_claim() {
        let base = || case("SetClaimIfBooleansMatch").parameter("outputClaimIfMatched", "text").output("outputClaim", "string");
        base().input("claimToMatch", true).parameter("matchTo", "True").gives(&[("outputClaim", Some("text".into()))]);
        base().input("claimToMatch", true).parameter("matchTo", "false").gives(&[]);
        let failure = base().empty_input("claimToMatch", "boolean").parameter("matchTo", "true").fails();
        assert_eq!(exception_kind(&failure), "null-input");
    }

    #[test]
    fn equal_strings_set_message_and_code() {
        let base = |text: &str| {
            case("SetClaimsIfStringsAreEqual")
                .input("inputClaim", text)
                .parameter("matchTo", "V1")
                .parameter("stringComparison", "ordinalIgnoreCase")
                .parameter("stringMatchMsg", "message")
                .parameter("stringMatchMsgCode", "code")
                .output("outputClaim1", "string")
                .output("outputClaim2", "string")
                .output("stringCompareResultClaim", "boolean")
        };
        base("v1").gives(&[
            ("outputClaim1", Some("message".into())),
            ("outputClaim2", Some("code".into())),
            ("stringCompareResultClaim", Some(true.into())),
        ]);
        base("v2").gives(&[("stringCompareResultClaim", Some(false.into()))]);
    }

    #[test]
    fn strings_that_do_not_match_make_the_claim_null() {
        let base = |text: &str, comparison: &str| {
            case("SetClaimsIfStringsMatch")
                .input("claimToMatch", text)
                .parameter("matchTo", "Minor")
                .parameter("stringComparison", comparison)
                .parameter("outputClaimIfMatched", "yes")
                .output("outputClaim", "string")
                .output("stringCompareResultClaim", "boolean")
        };
        base("minor", "OrdinalIgnoreCase").gives(&[("outputClaim", Some("yes".into())), ("stringCompareResultClaim", Some(true.into()))]);
        base("minor", "Ordinal").gives(&[("outputClaim", None), ("stringCompareResultClaim", Some(false.into()))]);
    }

    #[test]
    fn a_part_is_found_anywhere() {
        for (part, ignore_case, expected) in
            [("ADMIN,", "true", true), ("admin", "false", false), ("min", "false", true), ("", "false", true), ("x", "true", false)]
        {
            case("StringContains")
                .input("inputClaim", "Admin, Approver")
                .parameter("contains", part)
                .parameter("ignoreCase", ignore_case)
                .output("outputClaim", "boolean")
                .gives(&[("outputClaim", Some(expected.into()))]);
        }
        let failure = case("StringContains").input("inputClaim", "a").parameter("contains", "a").fails();
        assert_eq!(exception_kind(&failure), "missing-parameter");
    }
}
