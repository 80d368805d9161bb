//! Boolean claims transformations. Source: boolean-transformations.

use super::Failure;
use super::call::Call;
use super::signature::{BOOLEAN, Family::Boolean, Kind, Signature, parameter, required};

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Boolean, "AndClaims", and_claims)
        .inputs(&[required("inputClaim1", BOOLEAN), required("inputClaim2", BOOLEAN)])
        .outputs(&[required("outputClaim", BOOLEAN)]),
    Signature::new(Boolean, "AssertBooleanClaimIsEqualToValue", assert_boolean_claim_is_equal_to_value)
        .inputs(&[required("inputClaim", BOOLEAN)])
        .parameters(&[parameter("valueToCompareTo", Kind::Boolean)]),
    Signature::new(Boolean, "CompareBooleanClaimToValue", compare_boolean_claim_to_value)
        .inputs(&[required("inputClaim", BOOLEAN)])
        .parameters(&[parameter("valueToCompareTo", Kind::Boolean)])
        .outputs(&[required("compareResult", BOOLEAN)]),
    Signature::new(Boolean, "NotClaims", not_claims)
        .inputs(&[required("inputClaim", BOOLEAN)])
        .outputs(&[required("outputClaim", BOOLEAN)]),
    Signature::new(Boolean, "OrClaims", or_claims)
        .inputs(&[required("inputClaim1", BOOLEAN), required("inputClaim2", BOOLEAN)])
        .outputs(&[required("outputClaim", BOOLEAN)]),
];

fn and_claims(call: &mut Call<'_>) -> Result<(), Failure> {
    let (left, right) = (call.boolean("inputClaim1")?, call.boolean("inputClaim2")?);
    call.set("outputClaim", left && right)
}

fn or_claims(call: &mut Call<'_>) -> Result<(), Failure> {
    let (left, right) = (call.boolean("inputClaim1")?, call.boolean("inputClaim2")?);
    call.set("outputClaim", left || right)
}

fn not_claims(call: &mut Call<'_>) -> Result<(), Failure> {
    let value = call.boolean("inputClaim")?;
    call.set("outputClaim", !value)
}

/// A missing claim is an exception, not a failed assertion (samples#264, samples#457).
fn assert_boolean_claim_is_equal_to_value(call: &mut Call<'_>) -> Result<(), Failure> {
    if call.boolean("inputClaim")? == call.flag("valueToCompareTo")? {
        return Ok(());
    }
    Err(Failure::Assertion {
        key: "UserMessageIfClaimsTransformationBooleanValueIsNotEqual",
        default: "Boolean claim value comparison failed for claim type \"inputClaim\".".to_owned(),
    })
}

fn compare_boolean_claim_to_value(call: &mut Call<'_>) -> Result<(), Failure> {
    let equal = call.boolean("inputClaim")? == call.flag("valueToCompareTo")?;
    call.set("compareResult", equal)
}

#[cfg(test)]
mod tests {
    use crate::transform::testing::{case, exception_kind};

    #[test]
    fn and_or_and_not_follow_their_truth_tables() {
        for (method, table) in [("AndClaims", [false, false, false, true]), ("OrClaims", [false, true, true, true])] {
            for (index, expected) in table.into_iter().enumerate() {
                case(method)
                    .input("inputClaim1", index & 2 != 0)
                    .input("inputClaim2", index & 1 != 0)
                    .output("outputClaim", "boolean")
                    .gives(&[("outputClaim", Some(expected.into()))]);
            }
        }
        case("NotClaims").input("inputClaim", true).output("outputClaim", "boolean").gives(&[("outputClaim", Some(false.into()))]);
    }

    #[test]
    fn a_missing_claim_is_an_exception_in_the_words_of_the_service() {
        let failure = case("AssertBooleanClaimIsEqualToValue")
            .id("AssertAccountEnabledIsTrue")
            .empty_input_of("accountEnabled", "inputClaim", "boolean")
            .parameter("valueToCompareTo", "true")
            .fails();
        assert_eq!(
            failure.to_string(),
            "A Claim of ClaimType with id \"accountEnabled\" was not found, which is required by the ClaimsTransformationImpl of Type \
             \"Microsoft.Cpim.Data.Transformations.AssertBooleanClaimIsEqualToValueTransformation\" for TransformationMethod \
             \"AssertBooleanClaimIsEqualToValue\" referenced by the ClaimsTransformation with id \"AssertAccountEnabledIsTrue\""
        );
        for method in ["AndClaims", "OrClaims"] {
            let failure = case(method).input("inputClaim1", true).empty_input("inputClaim2", "boolean").fails();
            assert_eq!(exception_kind(&failure), "null-input", "{method}");
        }
    }

    #[test]
    fn comparison_gives_equality() {
        for (claim, value, equal) in [(true, "true", true), (true, "False", false), (false, " FALSE ", true), (false, "true", false)] {
            case("CompareBooleanClaimToValue")
                .input("inputClaim", claim)
                .parameter("valueToCompareTo", value)
                .output("compareResult", "boolean")
                .gives(&[("compareResult", Some(equal.into()))]);
        }
    }

    #[test]
    fn a_parameter_that_is_no_boolean_is_a_format_exception() {
        let failure = case("CompareBooleanClaimToValue").input("inputClaim", true).parameter("valueToCompareTo", "yes").fails();
        assert_eq!(exception_kind(&failure), "format");
    }
}
