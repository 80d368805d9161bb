//! Date claims transformations. Source: date-transformations.

use std::cmp::Ordering;

use super::Failure;
use super::call::{Call, exception};
use super::choices;
use super::dotnet;
use super::signature::{BOOLEAN, DATE, DATE_TIME, Family, Kind, STRING, Signature, may_be_empty, optional_parameter, parameter, required};
use crate::claims::{ClaimValue, DateTime, TICKS_PER_SECOND};

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Family::Date, "AssertDateTimeIsGreaterThan", assert_date_time_is_greater_than)
        .inputs(&[required("leftOperand", STRING), may_be_empty("rightOperand", STRING)])
        .parameters(&[
            optional_parameter("AssertIfEqualTo", Kind::Boolean, Some("true")),
            optional_parameter("AssertIfRightOperandIsNotPresent", Kind::Boolean, None),
            optional_parameter("TreatAsEqualIfWithinMillseconds", Kind::Integer, None),
        ])
        .choices(&[choices::ABSENT_RIGHT_OPERAND_FAILS]),
    Signature::new(Family::Date, "ConvertDateTimeToDateClaim", convert_date_time_to_date_claim)
        .inputs(&[required("inputClaim", DATE_TIME)])
        .outputs(&[required("outputClaim", DATE)]),
    Signature::new(Family::Date, "ConvertDateToDateTimeClaim", convert_date_to_date_time_claim)
        .inputs(&[required("inputClaim", DATE)])
        .outputs(&[required("outputClaim", DATE_TIME)]),
    Signature::new(Family::Date, "DateTimeComparison", date_time_comparison)
        .inputs(&[required("firstDateTime", DATE_TIME), may_be_empty("secondDateTime", DATE_TIME)])
        .parameters(&[
            parameter("operator", Kind::OneOf(&["same", "later than", "earlier than"])),
            parameter("timeSpanInSeconds", Kind::Integer),
        ])
        .outputs(&[required("result", BOOLEAN)]),
    Signature::new(Family::Date, "GetCurrentDateTime", get_current_date_time).outputs(&[required("currentDateTime", DATE_TIME)]),
    Signature::new(Family::Date, "IsTermsOfUseConsentRequired", is_terms_of_use_consent_required)
        .inputs(&[may_be_empty("termsOfUseConsentDateTime", DATE_TIME)])
        .parameters(&[parameter("termsOfUseTextUpdateDateTime", Kind::DateTime)])
        .outputs(&[required("result", BOOLEAN)])
        .choices(&[choices::CONSENT_AT_THE_UPDATE_HOLDS]),
];

/// Asserts left > right. The page states it that way, and the starter pack (left = when the refresh token was issued, right = since when
/// refresh tokens are valid) only makes sense so; the default message and the page of 2018 say the opposite.
fn assert_date_time_is_greater_than(call: &mut Call<'_>) -> Result<(), Failure> {
    let left = operand(call, "leftOperand", call.string("leftOperand")?)?;
    let holds = match call.optional_string("rightOperand")? {
        None => call.optional_flag("AssertIfRightOperandIsNotPresent")?.unwrap_or_else(|| {
            call.chose(choices::ABSENT_RIGHT_OPERAND_FAILS);
            false
        }),
        Some(right) => {
            let right = operand(call, "rightOperand", right)?;
            let milliseconds = call.optional_number("TreatAsEqualIfWithinMillseconds")?.unwrap_or(0);
            let tolerance = i64::from(milliseconds) * (TICKS_PER_SECOND / 1000);
            // Both are points in time of the calendar, so the difference fits.
            let ahead = left.ticks() - right.ticks();
            if ahead.abs() <= tolerance || ahead == 0 { !call.flag("AssertIfEqualTo")? } else { ahead > 0 }
        }
    };
    if holds {
        return Ok(());
    }
    Err(Failure::Assertion {
        key: "DateTimeGreaterThan",
        default: "Claim value comparison failed: The provided left operand is greater than the right operand.".to_owned(),
    })
}

fn operand(call: &Call<'_>, slot: &str, text: &str) -> Result<DateTime, Failure> {
    dotnet::parse_date_time(text)
        .ok_or_else(|| call.bad_input("format", slot, &format!("String `{text}` was not recognized as a valid DateTime.")))
}

fn convert_date_time_to_date_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let date = call.date_time("inputClaim")?.date();
    call.set("outputClaim", ClaimValue::Date(date))
}

fn convert_date_to_date_time_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let midnight = call.date("inputClaim")?.midnight();
    call.set("outputClaim", ClaimValue::DateTime(midnight))
}

/// Compares first + span with second, strictly; no second = now.
fn date_time_comparison(call: &mut Call<'_>) -> Result<(), Failure> {
    let first = call.date_time("firstDateTime")?;
    let second = match call.optional_date_time("secondDateTime")? {
        Some(second) => second,
        None => call.world.now(),
    };
    let span = i64::from(call.number("timeSpanInSeconds")?);
    let moved = first.plus_seconds(span).ok_or_else(|| {
        exception("format", format!("The added or subtracted value results in an un-representable DateTime. {}", call.place()))
    })?;
    // `greater than` is what the oldest pages call `later than`.
    let wanted = call.choice(
        "operator",
        &[
            ("same", Ordering::Equal),
            ("later than", Ordering::Greater),
            ("earlier than", Ordering::Less),
            ("greater than", Ordering::Greater),
        ],
    )?;
    call.set("result", moved.cmp(&second) == wanted)
}

fn get_current_date_time(call: &mut Call<'_>) -> Result<(), Failure> {
    let now = call.world.now();
    call.set("currentDateTime", ClaimValue::DateTime(now))
}

fn is_terms_of_use_consent_required(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.parameter("termsOfUseTextUpdateDateTime")?;
    let update = dotnet::parse_date_time(text)
        .ok_or_else(|| call.bad_parameter("termsOfUseTextUpdateDateTime", "String was not recognized as a valid DateTime.", text))?;
    let consent = call.optional_date_time("termsOfUseConsentDateTime")?;
    if consent == Some(update) {
        call.chose(choices::CONSENT_AT_THE_UPDATE_HOLDS);
    }
    call.set("result", consent.is_none_or(|consent| consent < update))
}

#[cfg(test)]
mod tests {
    use crate::claims::{ClaimValue, Date, DateTime};
    use crate::transform::testing::{assertion_key, case, exception_kind};

    fn time(text: &str) -> ClaimValue {
        ClaimValue::DateTime(DateTime::parse(text).unwrap())
    }

    #[test]
    fn the_assertion_holds_when_left_is_later_beyond_the_tolerance() {
        for (left, right, if_equal, tolerance, holds) in [
            ("2022-01-02", "2022-01-01", None, None, true),
            ("2022-01-01", "2022-01-02", None, None, false),
            ("2022-01-01", "2022-01-01", None, None, false),
            ("2022-01-01", "2022-01-01", Some("false"), None, true),
            ("2022-01-01T00:00:01", "2022-01-01", Some("false"), Some("1000"), true),
            ("2022-01-01T00:00:01", "2022-01-01", Some("true"), Some("1000"), false),
            ("2022-01-01T00:00:01.001", "2022-01-01", Some("true"), Some("1000"), true),
            ("2022-01-01T00:00:00", "2022-01-01T00:00:01.001", Some("false"), Some("1000"), false),
            ("2022-01-01T01:00:00+01:00", "2022-01-01T00:00:00Z", Some("true"), Some("-1"), false),
        ] {
            let mut case = case("AssertDateTimeIsGreaterThan").input("leftOperand", left).input("rightOperand", right);
            if let Some(value) = if_equal {
                case = case.parameter("AssertIfEqualTo", value);
            }
            if let Some(value) = tolerance {
                case = case.parameter("TreatAsEqualIfWithinMillseconds", value);
            }
            match case.run() {
                Ok(_) => assert!(holds, "{left} {right}"),
                Err(failure) => {
                    assert!(!holds, "{left} {right}");
                    assert_eq!(assertion_key(&failure), "DateTimeGreaterThan");
                }
            }
        }
    }

    #[test]
    fn without_a_right_operand_the_parameter_decides() {
        let base = || case("AssertDateTimeIsGreaterThan").input("leftOperand", "2022-01-01").empty_input("rightOperand", "string");
        assert!(base().parameter("AssertIfRightOperandIsNotPresent", "true").run().is_ok());
        assert_eq!(assertion_key(&base().fails()), "DateTimeGreaterThan");
        assert_eq!(base().choices().len(), 1);
    }

    #[test]
    fn an_operand_that_is_no_date_is_a_format_exception() {
        let failure = case("AssertDateTimeIsGreaterThan").input("leftOperand", "soon").input("rightOperand", "2022-01-01").fails();
        assert_eq!(exception_kind(&failure), "format");
    }

    #[test]
    fn dates_and_date_times_convert() {
        let date = ClaimValue::Date(Date::new(2022, 1, 3).unwrap());
        case("ConvertDateTimeToDateClaim")
            .input("inputClaim", time("2022-01-03T23:59:59.9999999Z"))
            .output("outputClaim", "date")
            .gives(&[("outputClaim", Some(date.clone()))]);
        case("ConvertDateToDateTimeClaim")
            .input("inputClaim", date)
            .output("outputClaim", "dateTime")
            .gives(&[("outputClaim", Some(time("2022-01-03T00:00:00Z")))]);
    }

    #[test]
    fn comparison_moves_the_first_date_by_the_span() {
        for (operator, span, expected) in [
            ("same", "86400", true),
            ("later than", "86401", true),
            ("LATER THAN", "86400", false),
            ("earlier than", "86399", true),
            ("greater than", "86401", true),
            ("earlier than", "-1", true),
        ] {
            case("DateTimeComparison")
                .input("firstDateTime", time("2022-01-01T00:00:00Z"))
                .input("secondDateTime", time("2022-01-02T00:00:00Z"))
                .parameter("operator", operator)
                .parameter("timeSpanInSeconds", span)
                .output("result", "boolean")
                .gives(&[("result", Some(expected.into()))]);
        }
    }

    #[test]
    fn a_span_that_leaves_the_calendar_is_an_exception() {
        let failure = case("DateTimeComparison")
            .input("firstDateTime", time("9999-12-31T00:00:00Z"))
            .parameter("operator", "same")
            .parameter("timeSpanInSeconds", "86400")
            .fails();
        assert_eq!(exception_kind(&failure), "format");
    }

    #[test]
    fn now_comes_from_the_virtual_clock() {
        case("GetCurrentDateTime")
            .now("2022-01-14T11:40:35Z")
            .output("currentDateTime", "dateTime")
            .gives(&[("currentDateTime", Some(time("2022-01-14T11:40:35Z")))]);
    }

    #[test]
    fn consent_is_required_when_it_is_older_than_the_text() {
        for (consent, required) in
            [(None, true), (Some("2021-11-14T23:59:59Z"), true), (Some("2021-11-15T00:00:00Z"), false), (Some("2022-01-01"), false)]
        {
            let case =
                case("IsTermsOfUseConsentRequired").parameter("termsOfUseTextUpdateDateTime", "2021-11-15").output("result", "boolean");
            let case = match consent {
                Some(consent) => case.input("termsOfUseConsentDateTime", time(consent)),
                None => case.empty_input("termsOfUseConsentDateTime", "dateTime"),
            };
            case.gives(&[("result", Some(required.into()))]);
        }
    }
}
