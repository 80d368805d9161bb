//! Text and JSON to claim values (SEMANTICS 8.6, 12.1, 12.2; TRANSFORMS 13).

use serde_json::{Map, Value as Json};

use super::datetime::{Date, DateTime};
use super::schema::ClaimType;
use super::text::Str;
use super::value::{ClaimValue, DataType, Identity};

/// A value that does not fit its claim's data type; the message is the service's where it is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConversionError {
    /// What is wrong.
    pub message: String,
    /// The data type that the value has, when it cannot be read as the claim's at all.
    found: Option<&'static str>,
}

impl ConversionError {
    fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), found: None }
    }

    fn mismatch(found: &'static str, expected: DataType) -> Self {
        Self { message: format!("a value of the data type `{found}` does not fit the data type `{}`", expected.name()), found: Some(found) }
    }

    /// The same, with the claim that was to get the value.
    fn naming(self, claim: &ClaimType, value: &str) -> Self {
        let (id, data_type) = (&claim.id, claim.data_type);
        let message = match self.found {
            // The service's words (samples#206).
            Some(found) => format!(
                "The data type '{found}' of the claim with id '{id}' does not match the DataType '{}' of ClaimType with id '{id}' specified \
                 in the policy.",
                capitalized(data_type)
            ),
            None => format!("the claim `{id}` of the data type `{}` cannot take `{value}`: {}", data_type.name(), self.message),
        };
        Self { message, found: self.found }
    }
}

type Result = std::result::Result<ClaimValue, ConversionError>;

/// The text of .NET's FormatException, which the service passes on. Source: troubleshoot.
const NOT_A_NUMBER: &str = "Input string was not in a correct format";

/// Reads a text (a DefaultValue, what a person typed, a parameter) as a value of the type.
///
/// Blanks around numbers, booleans and dates do not matter, as in .NET. A text becomes a stringCollection of one item, unless it is a JSON
/// array; identities are read from JSON text.
pub fn from_text(text: &str, data_type: DataType) -> Result {
    match data_type {
        DataType::String => Ok(ClaimValue::from(text)),
        DataType::Boolean => boolean(text),
        DataType::Int => integer(text, i32::MIN.into(), i32::MAX.into(), "Int32"),
        DataType::Long => integer(text, i64::MIN, i64::MAX, "Int64"),
        DataType::Date => date(text).map(ClaimValue::Date).ok_or_else(not_a_date),
        DataType::DateTime => DateTime::parse(text).map(ClaimValue::DateTime).ok_or_else(not_a_date),
        DataType::Duration if is_duration(text) => Ok(ClaimValue::from(text)),
        DataType::Duration => Err(ConversionError::new(format!("`{text}` is no duration such as `P1Y2Mo5DT8H`"))),
        DataType::PhoneNumber => phone_number(text),
        DataType::StringCollection => match serde_json::from_str(text) {
            Ok(json @ Json::Array(_)) => from_json(&json, data_type),
            _ => Ok(ClaimValue::Strings(vec![text.into()])),
        },
        DataType::UserIdentity
        | DataType::ObjectIdentity
        | DataType::UserIdentityCollection
        | DataType::ObjectIdentityCollection
        | DataType::AlternativeSecurityIdCollection => match serde_json::from_str(text) {
            Ok(json @ (Json::Array(_) | Json::Object(_))) => from_json(&json, data_type),
            _ => Err(ConversionError::mismatch("String", data_type)),
        },
    }
}

/// As [`from_text`], with a message that names the claim.
pub fn from_text_for(text: &str, claim: &ClaimType) -> Result {
    from_text(text, claim.data_type).map_err(|error| error.naming(claim, text))
}

/// Reads a JSON value (a REST reply, a stub, `start.claims`) as a value of the type; JSON null is not a value and an error here.
///
/// A text is taken where it can be read as the type, except for a collection, which needs an array. A number that is written with a
/// fraction of zero is an integer. An object or array for a string claim becomes its compact JSON text, as does every object in an array
/// for a stringCollection (samples#519).
pub fn from_json(value: &Json, data_type: DataType) -> Result {
    match (value, data_type) {
        (Json::Null, _) => Err(ConversionError::new("JSON null is not a value")),
        (Json::String(text), DataType::String) => Ok(ClaimValue::from(text.as_str())),
        (
            Json::String(_),
            DataType::StringCollection
            | DataType::UserIdentityCollection
            | DataType::ObjectIdentityCollection
            | DataType::AlternativeSecurityIdCollection,
        ) => Err(ConversionError::mismatch("String", data_type)),
        (Json::String(text), _) => from_text(text, data_type),
        (_, DataType::String) => Ok(ClaimValue::String(item_text(value))),
        (Json::Bool(value), DataType::Boolean) => Ok(ClaimValue::Boolean(*value)),
        (Json::Number(number), DataType::Int | DataType::Long) => match integral(number) {
            Some(value) => from_text(&value.to_string(), data_type),
            None => Err(ConversionError::new(NOT_A_NUMBER)),
        },
        // Tokens carry a dateTime as UNIX seconds (claimsschema).
        (Json::Number(number), DataType::DateTime) => {
            let time = integral(number).and_then(|seconds| DateTime::from_unix_seconds(i64::try_from(seconds).ok()?));
            time.map(ClaimValue::DateTime).ok_or_else(not_a_date)
        }
        (Json::Array(items), DataType::StringCollection) => {
            Ok(ClaimValue::Strings(items.iter().filter(|item| !item.is_null()).map(item_text).collect()))
        }
        (Json::Object(object), DataType::UserIdentity | DataType::ObjectIdentity) => {
            identity(object).map(|identity| ClaimValue::Identity(Box::new(identity)))
        }
        (
            Json::Object(object),
            DataType::UserIdentityCollection | DataType::ObjectIdentityCollection | DataType::AlternativeSecurityIdCollection,
        ) => identity(object).map(|identity| ClaimValue::Identities(vec![identity])),
        (
            Json::Array(items),
            DataType::UserIdentityCollection | DataType::ObjectIdentityCollection | DataType::AlternativeSecurityIdCollection,
        ) => {
            let identities = items.iter().map(|item| match item {
                Json::Object(object) => identity(object),
                other => Err(ConversionError::mismatch(json_type(other), DataType::UserIdentity)),
            });
            identities.collect::<std::result::Result<_, _>>().map(ClaimValue::Identities)
        }
        _ => Err(ConversionError::mismatch(json_type(value), data_type)),
    }
}

/// As [`from_json`], with a message that names the claim.
pub fn from_json_for(value: &Json, claim: &ClaimType) -> Result {
    from_json(value, claim.data_type).map_err(|error| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        error.naming(claim, &text)
    })
}

fn boolean(text: &str) -> Result {
    let trimmed = text.trim();
    if trimmed.eq_ignore_ascii_case("true") {
        Ok(ClaimValue::Boolean(true))
    } else if trimmed.eq_ignore_ascii_case("false") {
        Ok(ClaimValue::Boolean(false))
    } else {
        Err(ConversionError::new("String was not recognized as a valid Boolean"))
    }
}

fn integer(text: &str, minimum: i64, maximum: i64, name: &str) -> Result {
    let trimmed = text.trim();
    let digits = trimmed.strip_prefix(['+', '-']).unwrap_or(trimmed);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ConversionError::new(NOT_A_NUMBER));
    }
    match trimmed.parse() {
        Ok(value) if (minimum..=maximum).contains(&value) => Ok(ClaimValue::Integer(value)),
        _ => Err(ConversionError::new(format!("Value was either too large or too small for an {name}"))),
    }
}

/// A JSON number without a fraction.
fn integral(number: &serde_json::Number) -> Option<i128> {
    if let Some(value) = number.as_i128() {
        return Some(value);
    }
    // Above 2^53 a number with a fraction part has lost its units.
    let value = number.as_f64().filter(|value| value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0)?;
    Some(value as i128)
}

fn date(text: &str) -> Option<Date> {
    let text = text.trim();
    Date::parse(text).or_else(|| DateTime::parse(text).map(DateTime::date))
}

fn not_a_date() -> ConversionError {
    ConversionError::new("String was not recognized as a valid DateTime")
}

/// `P` or, for a negative one, `N`; years `Y`, months `Mo`, days `D`; after `T` hours `H`, minutes `M`, seconds `S`. The page's own example
/// `P1Y2M5DT8H5M620S` has a bare `M` for months, so that is taken too. Source: claimsschema.
fn is_duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix(['P', 'N']) else { return false };
    let (days, time) = match rest.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (rest, None),
    };
    let Some(day_parts) = duration_parts(days, &["Y", "Mo", "D"]) else { return false };
    match time {
        Some(time) => duration_parts(time, &["H", "M", "S"]).is_some_and(|parts| parts > 0),
        None => day_parts > 0,
    }
}

/// How many numbers with these units there are, in this order; `None` when something else is there.
fn duration_parts(mut text: &str, units: &[&str]) -> Option<usize> {
    let mut parts = 0;
    for unit in units {
        let after = text.trim_start_matches(|character: char| character.is_ascii_digit());
        let month = if *unit == "Mo" { after.strip_prefix('M').filter(|rest| !rest.starts_with('o')) } else { None };
        if after.len() < text.len()
            && let Some(rest) = after.strip_prefix(unit).or(month)
        {
            text = rest;
            parts += 1;
        }
    }
    text.is_empty().then_some(parts)
}

/// `+`, country code and number, 7 to 15 digits in all (E.164); blanks, hyphens, dots, slashes and brackets between them are dropped. Which
/// other spellings the service takes is documented nowhere.
fn phone_number(text: &str) -> Result {
    let kept: String = text.chars().filter(|character| !matches!(character, ' ' | '\u{A0}' | '-' | '.' | '/' | '(' | ')')).collect();
    match kept.strip_prefix('+') {
        Some(digits) if (7..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Ok(ClaimValue::PhoneNumber(kept.into()))
        }
        _ => Err(ConversionError::new(format!("`{text}` is no phone number: `+`, country code and number, 7 to 15 digits in all"))),
    }
}

/// `issuer` and `issuerUserId`, or the older `identityProvider` and `key`.
fn identity(object: &Map<String, Json>) -> std::result::Result<Identity, ConversionError> {
    let member = |names: [&str; 2]| {
        let found = object.iter().find(|(name, _)| names.iter().any(|other| name.eq_ignore_ascii_case(other)));
        found.and_then(|(_, value)| value.as_str()).map(Str::from)
    };
    match (member(["issuer", "identityProvider"]), member(["issuerUserId", "key"])) {
        (Some(issuer), Some(issuer_user_id)) => Ok(Identity { issuer, issuer_user_id }),
        _ => Err(ConversionError::new("an identity has the text members `issuer` and `issuerUserId`")),
    }
}

/// A JSON value as text: texts as they are, booleans as the claim text `True` and `False`, all else as compact JSON.
fn item_text(value: &Json) -> Str {
    match value {
        Json::String(text) => text.as_str().into(),
        Json::Bool(value) => ClaimValue::Boolean(*value).text().unwrap_or_default(),
        other => other.to_string().into(),
    }
}

/// The data type that the service would see in a JSON value.
fn json_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "Null",
        Json::Bool(_) => "Boolean",
        Json::Number(_) => "Long",
        Json::String(_) => "String",
        Json::Array(_) => "StringCollection",
        Json::Object(_) => "Object",
    }
}

fn capitalized(data_type: DataType) -> String {
    let mut characters = data_type.name().chars();
    characters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(characters).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// Texts with the JSON form of the value they become, and texts with a part of the message that refuses them.
    fn check(data_type: DataType, taken: &[(&str, Json)], refused: &[(&str, &str)]) {
        for (text, expected) in taken {
            let value = from_text(text, data_type).unwrap_or_else(|error| panic!("{text:?}: {error}"));
            assert_eq!(value.to_json(), *expected, "{text:?} as {}", data_type.name());
        }
        for (text, message) in refused {
            let error = from_text(text, data_type).map(|value| value.to_json()).unwrap_err();
            assert!(error.message.contains(message), "{text:?} as {}: {error}", data_type.name());
        }
    }

    fn check_json(data_type: DataType, taken: &[(Json, Json)], refused: &[(Json, &str)]) {
        for (value, expected) in taken {
            let read = from_json(value, data_type).unwrap_or_else(|error| panic!("{value}: {error}"));
            assert_eq!(read.to_json(), *expected, "{value} as {}", data_type.name());
        }
        for (value, message) in refused {
            let error = from_json(value, data_type).map(|value| value.to_json()).unwrap_err();
            assert!(error.message.contains(message), "{value} as {}: {error}", data_type.name());
        }
    }

    #[test]
    fn booleans_are_read_in_any_case() {
        let wrong = "String was not recognized as a valid Boolean";
        let refused = [("yes", wrong), ("1", wrong), ("", wrong)];
        check(DataType::Boolean, &[("true", json!(true)), ("FALSE", json!(false)), (" True ", json!(true))], &refused);
        check_json(
            DataType::Boolean,
            &[(json!(true), json!(true)), (json!("True"), json!(true))],
            &[(json!(1), "`Long`"), (json!([]), "`boolean`")],
        );
    }

    #[test]
    fn integers_have_32_and_64_bits() {
        let (format, range) = ("Input string was not in a correct format", "too large or too small for an Int32");
        check(
            DataType::Int,
            &[("-2147483648", json!(i32::MIN)), ("2147483647", json!(i32::MAX)), (" +7 ", json!(7)), ("007", json!(7))],
            &[("2147483648", range), ("-2147483649", range), ("", format), ("1.0", format), ("12a", format), ("-", format), ("٣", format)],
        );
        let range = "too large or too small for an Int64";
        check(
            DataType::Long,
            &[("-9223372036854775808", json!(i64::MIN)), ("9223372036854775807", json!(i64::MAX))],
            &[("9223372036854775808", range), ("99999999999999999999999999", range), ("true", format)],
        );
        check_json(
            DataType::Int,
            &[(json!(5), json!(5)), (json!(5.0), json!(5)), (json!("5"), json!(5)), (json!(-1e3), json!(-1000))],
            &[(json!(5.5), format), (json!(3_000_000_000_u64), "Int32"), (json!(true), "`Boolean`"), (json!(1e300), format)],
        );
        check_json(DataType::Long, &[(json!(i64::MIN), json!(i64::MIN))], &[(json!(u64::MAX), "Int64")]);
    }

    #[test]
    fn dates_and_times_are_iso_8601() {
        let wrong = "String was not recognized as a valid DateTime";
        check(
            DataType::Date,
            &[("2022-02-28", json!("2022-02-28")), (" 2022-02-28T10:00:00Z", json!("2022-02-28"))],
            &[("2022-02-30", wrong), ("28.2.2022", wrong), ("", wrong)],
        );
        check(
            DataType::DateTime,
            &[
                ("2022-01-01T00:00:00.100000Z", json!("2022-01-01T00:00:00.1000000Z")),
                ("2022-01-01", json!("2022-01-01T00:00:00.0000000Z")),
            ],
            &[("true", wrong), ("", wrong)],
        );
        check_json(
            DataType::DateTime,
            &[(json!(1_640_995_200), json!("2022-01-01T00:00:00.0000000Z"))],
            &[(json!(1e15), wrong), (json!(1.5), wrong), (json!(u64::MAX), wrong)],
        );
        check_json(DataType::Date, &[(json!("2022-01-01"), json!("2022-01-01"))], &[(json!(1_640_995_200), "`Long`")]);
    }

    #[test]
    fn durations_keep_their_text() {
        for text in ["P21Y", "P1Y2Mo", "P1Y2Mo5D", "P1Y2M5DT8H5M620S", "N1D", "PT5M", "P0D"] {
            check(DataType::Duration, &[(text, json!(text))], &[]);
        }
        for text in ["", "P", "PT", "P1", "P1DT", "1D", "P1D2Y", "PT1Mo", "P1H", "PD", "-P1D", "P1Yé"] {
            check(DataType::Duration, &[], &[(text, "is no duration")]);
        }
    }

    #[test]
    fn phone_numbers_are_a_plus_and_digits() {
        check(
            DataType::PhoneNumber,
            &[
                ("+11234567890", json!("+11234567890")),
                ("+1 (123) 456-7890", json!("+11234567890")),
                ("+49/30.123456", json!("+4930123456")),
            ],
            &[
                ("123-456-7890", "is no phone number"),
                ("+", "is no"),
                ("+123456", "is no"),
                ("+1234567890123456", "is no"),
                ("+1234567x", "is no"),
            ],
        );
        check_json(DataType::PhoneNumber, &[(json!("+15551234567"), json!("+15551234567"))], &[(json!(15_551_234_567_u64), "`Long`")]);
    }

    #[test]
    fn collections_come_from_arrays() {
        check_json(
            DataType::StringCollection,
            &[
                (json!(["a", "b"]), json!(["a", "b"])),
                (json!([]), json!([])),
                (json!([{"id": 1, "name": "x"}, 2, true, null]), json!([r#"{"id":1,"name":"x"}"#, "2", "True"])),
            ],
            &[(json!("a"), "`String`"), (json!({}), "`Object`"), (json!(1), "`Long`")],
        );
        check(DataType::StringCollection, &[("a", json!(["a"])), (r#"["a","b"]"#, json!(["a", "b"])), ("", json!([""]))], &[]);
    }

    #[test]
    fn identities_come_from_objects() {
        let facebook = json!({"issuer": "facebook.com", "issuerUserId": "MTIzNDU="});
        let older = json!({"type": 6, "IdentityProvider": "facebook.com", "Key": "MTIzNDU="});
        for data_type in [DataType::UserIdentity, DataType::ObjectIdentity] {
            check_json(
                data_type,
                &[(facebook.clone(), facebook.clone()), (older.clone(), facebook.clone()), (json!(facebook.to_string()), facebook.clone())],
                &[(json!({"issuer": "x"}), "an identity has"), (json!([]), "`StringCollection`"), (json!("x"), "`String`")],
            );
        }
        for data_type in [DataType::UserIdentityCollection, DataType::AlternativeSecurityIdCollection, DataType::ObjectIdentityCollection] {
            check_json(
                data_type,
                &[(json!([facebook, older]), json!([facebook, facebook])), (facebook.clone(), json!([facebook])), (json!([]), json!([]))],
                &[(json!(["x"]), "`String`"), (json!("x"), "`String`"), (json!([{"issuer": 1}]), "an identity has")],
            );
            check(data_type, &[(&format!("[{facebook}]"), json!([facebook]))], &[("x", "`String`"), ("1", "`String`")]);
        }
    }

    #[test]
    fn a_string_takes_every_value_as_text() {
        check_json(
            DataType::String,
            &[
                (json!("a"), json!("a")),
                (json!(1), json!("1")),
                (json!(1.5), json!("1.5")),
                (json!(true), json!("True")),
                (json!({"a": [1, 2]}), json!(r#"{"a":[1,2]}"#)),
                (json!(["a"]), json!(r#"["a"]"#)),
            ],
            &[(json!(null), "JSON null is not a value")],
        );
        check(DataType::String, &[("", json!("")), (" a ", json!(" a "))], &[]);
    }

    #[test]
    fn a_message_names_the_claim() {
        assert_eq!(
            from_json_for(&json!("admins"), &ClaimType::new("groups", DataType::StringCollection)).unwrap_err().to_string(),
            "The data type 'String' of the claim with id 'groups' does not match the DataType 'StringCollection' of ClaimType with id 'groups' \
             specified in the policy."
        );
        assert_eq!(
            from_text_for("many", &ClaimType::new("score", DataType::Int)).unwrap_err().to_string(),
            "the claim `score` of the data type `int` cannot take `many`: Input string was not in a correct format"
        );
        assert_eq!(
            from_json_for(&json!("many"), &ClaimType::new("score", DataType::Int)).unwrap_err().to_string(),
            "the claim `score` of the data type `int` cannot take `many`: Input string was not in a correct format"
        );
        assert_eq!(from_text_for("5", &ClaimType::new("score", DataType::Int)), Ok(ClaimValue::Integer(5)));
        assert_eq!(from_json_for(&json!(5), &ClaimType::new("score", DataType::Int)), Ok(ClaimValue::Integer(5)));
    }

    proptest! {
        #[test]
        fn no_text_panics_and_a_value_reads_back(text in "[-+PNTYMoDHS0-9:.Z{}\\[\\]\" é]{0,14}") {
            for name in [
                "boolean", "date", "dateTime", "duration", "int", "long", "string", "stringCollection", "phoneNumber", "userIdentity",
                "userIdentityCollection", "objectIdentity",
            ] {
                let data_type = DataType::parse(name).unwrap();
                if let Ok(value) = from_text(&text, data_type) {
                    prop_assert_eq!(from_json(&value.to_json(), data_type), Ok(value.clone()));
                    if let Some(text) = value.text() {
                        prop_assert_eq!(from_text(&text, data_type), Ok(value));
                    }
                }
            }
        }
    }
}
