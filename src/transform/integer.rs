//! Integer claims transformations. Source: integer-transformations.

use std::cmp::Ordering;

use super::Failure;
use super::call::Call;
use super::choices;
use super::signature::{
    BOOLEAN, Family::Integer, INT, Kind, STRING, Signature, may_be_empty, optional, optional_parameter, parameter, required,
};
use crate::claims::DataType;

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Integer, "AdjustNumber", adjust_number)
        .inputs(&[may_be_empty("inputClaim", INT)])
        .parameters(&[optional_parameter("Operator", Kind::OneOf(&["INCREMENT", "DECREMENT"]), Some("INCREMENT"))])
        .outputs(&[required("outputClaim", INT)])
        .choices(&[choices::NUMBERS_WRAP_AROUND]),
    Signature::new(Integer, "AssertNumber", assert_number)
        .inputs(&[required("inputClaim", INT)])
        .parameters(&[
            parameter("Operator", Kind::OneOf(&["LessThan", "GreaterThan", "GreaterThanOrEqual", "LessThanOrEqual", "Equal", "NotEqual"])),
            parameter("CompareToValue", Kind::Integer),
            optional_parameter("throwError", Kind::Boolean, Some("true")),
        ])
        .outputs(&[optional("outputClaim", BOOLEAN)]),
    // The current page gives `long`, the oldest one `long or int`.
    Signature::new(Integer, "ConvertNumberToStringClaim", convert_number_to_string_claim)
        .inputs(&[required("inputClaim", &[DataType::Long, DataType::Int])])
        .outputs(&[required("outputClaim", STRING)]),
];

/// No value counts as 0.
fn adjust_number(call: &mut Call<'_>) -> Result<(), Failure> {
    let number = call.optional_integer("inputClaim")?.unwrap_or(0);
    let number = i32::try_from(number)
        .map_err(|_| call.bad_input("format", "inputClaim", "Value was either too large or too small for an Int32."))?;
    let step = call.choice("Operator", &[("INCREMENT", 1), ("DECREMENT", -1)])?;
    let (result, overflowed) = number.overflowing_add(step);
    if overflowed {
        call.chose(choices::NUMBERS_WRAP_AROUND);
    }
    call.set("outputClaim", result)
}

/// With `throwError` (the default) it throws when the comparison is **true**, and else gives false (unit tests of the samples).
fn assert_number(call: &mut Call<'_>) -> Result<(), Failure> {
    let order = call.integer("inputClaim")?.cmp(&i64::from(call.number("CompareToValue")?));
    let accepted: &[Ordering] = call.choice(
        "Operator",
        &[
            ("LessThan", &[Ordering::Less][..]),
            ("GreaterThan", &[Ordering::Greater]),
            ("GreaterThanOrEqual", &[Ordering::Greater, Ordering::Equal]),
            ("LessThanOrEqual", &[Ordering::Less, Ordering::Equal]),
            ("Equal", &[Ordering::Equal]),
            ("NotEqual", &[Ordering::Less, Ordering::Greater]),
        ],
    )?;
    let holds = accepted.contains(&order);
    if !call.flag("throwError")? {
        return call.set("outputClaim", holds);
    }
    if holds {
        return Err(Failure::Assertion { key: "AssertNumberError", default: "The number assertion failed.".to_owned() });
    }
    call.set("outputClaim", false)
}

fn convert_number_to_string_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let number = call.integer("inputClaim")?;
    call.set("outputClaim", number.to_string())
}

#[cfg(test)]
mod tests {
    use crate::transform::testing::{assertion_key, case, exception_kind};

    #[test]
    fn adjusting_counts_up_unless_told_otherwise() {
        for (number, operator, expected) in [
            (Some(1), None, 2),
            (None, None, 1),
            (Some(5), Some("decrement"), 4),
            (Some(i32::MAX), Some("INCREMENT"), i32::MIN),
            (Some(i32::MIN), Some("DECREMENT"), i32::MAX),
        ] {
            let mut case = case("AdjustNumber").output("outputClaim", "int");
            case = match number {
                Some(number) => case.input("inputClaim", number),
                None => case.empty_input("inputClaim", "int"),
            };
            if let Some(operator) = operator {
                case = case.parameter("Operator", operator);
            }
            case.gives(&[("outputClaim", Some(expected.into()))]);
        }
    }

    #[test]
    fn an_operator_that_is_not_documented_is_refused() {
        let failure = case("AdjustNumber").input("inputClaim", 1).parameter("Operator", "DOUBLE").fails();
        assert_eq!(exception_kind(&failure), "format");
        assert!(failure.to_string().contains("`DOUBLE`, not one of INCREMENT, DECREMENT"), "{failure}");
    }

    #[test]
    fn operators_compare_the_claim_with_the_value() {
        for (operator, below, equal, above) in [
            ("LessThan", true, false, false),
            ("GreaterThan", false, false, true),
            ("GreaterThanOrEqual", false, true, true),
            ("LessThanOrEqual", true, true, false),
            ("equal", false, true, false),
            ("NotEqual", true, false, true),
        ] {
            for (number, expected) in [(19, below), (20, equal), (21, above)] {
                let case =
                    || case("AssertNumber").input("inputClaim", number).parameter("Operator", operator).parameter("CompareToValue", "20");
                case().parameter("throwError", "false").output("outputClaim", "boolean").gives(&[("outputClaim", Some(expected.into()))]);
                match case().output("outputClaim", "boolean").run() {
                    Ok(results) => {
                        assert!(!expected, "{operator} {number}");
                        assert_eq!(results, [("outputClaim".to_owned(), Some(false.into()))]);
                    }
                    Err(failure) => {
                        assert!(expected, "{operator} {number}");
                        assert_eq!(assertion_key(&failure), "AssertNumberError");
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_become_plain_decimals() {
        for (number, expected) in [(0, "0"), (-5, "-5"), (i64::MAX, "9223372036854775807")] {
            case("ConvertNumberToStringClaim")
                .input("inputClaim", number)
                .output("outputClaim", "string")
                .gives(&[("outputClaim", Some(expected.into()))]);
        }
    }
}
