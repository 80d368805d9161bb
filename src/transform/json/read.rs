//! Claims out of JSON.

use serde_json::{Map, Value as Json};

use super::{lax, to_text};
use crate::claims::{ClaimValue, from_json_for};
use crate::transform::Failure;
use crate::transform::call::{Call, exception};
use crate::transform::choices;
use crate::transform::dotnet::parse_long;

/// The text of a JSON value, as Newtonsoft's conversion to string gives it; `None` for null.
fn text_of(call: &mut Call<'_>, value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(value) => Some(if *value { "True" } else { "False" }.to_owned()),
        Json::Null => {
            call.chose(choices::JSON_NULL_IS_NULL);
            None
        }
        Json::Array(_) | Json::Object(_) => {
            call.chose(choices::JSON_TREE_AS_TEXT);
            Some(to_text(value))
        }
    }
}

fn parse(call: &Call<'_>, slot: &str) -> Result<Json, Failure> {
    parse_text(call, slot, call.string(slot)?)
}

fn parse_text(call: &Call<'_>, slot: &str, text: &str) -> Result<Json, Failure> {
    lax::parse(text).map_err(|error| call.bad_input("format", slot, &format!("the JSON cannot be read: {error};")))
}

fn object(call: &Call<'_>, slot: &str) -> Result<Map<String, Json>, Failure> {
    match parse(call, slot)? {
        Json::Object(members) => Ok(members),
        _ => Err(call.bad_input("format", slot, "the JSON is not an object;")),
    }
}

fn set_text(call: &mut Call<'_>, slot: &str, value: &Json) -> Result<(), Failure> {
    match text_of(call, value) {
        Some(text) => call.set(slot, text),
        None => {
            call.set_null(slot);
            Ok(())
        }
    }
}

/// The member of the object; a policy does not go on without it (unit tests of the samples).
fn member(call: &Call<'_>) -> Result<Json, Failure> {
    let name = call.parameter("claimToExtract")?;
    let mut members = object(call, "inputJson")?;
    members
        .swap_remove(name)
        .ok_or_else(|| call.bad_input("missing-claim", "inputJson", &format!("the JSON object has no member `{name}`;")))
}

pub(super) fn get_claim_from_json(call: &mut Call<'_>) -> Result<(), Failure> {
    let value = member(call)?;
    set_text(call, "extractedClaim", &value)
}

/// An integer goes through no double: 64 bits are kept.
pub(super) fn get_numeric_claim_from_json(call: &mut Call<'_>) -> Result<(), Failure> {
    let number = match member(call)? {
        Json::Number(number) => match number.as_i64() {
            Some(number) => number,
            None => {
                call.chose(choices::WHOLE_FRACTION_IS_INTEGER);
                whole(number.as_f64())
                    .ok_or_else(|| call.bad_input("format", "inputJson", &format!("the JSON number {number} is no 64-bit integer;")))?
            }
        },
        Json::String(text) => {
            call.chose(choices::DIGITS_ARE_A_NUMBER);
            parse_long(&text).map_err(|message| call.bad_input("format", "inputJson", message))?
        }
        _ => return Err(call.bad_input("type-mismatch", "inputJson", "the JSON member is not a number;")),
    };
    call.set("extractedClaim", number)
}

/// A double that is an integer and small enough to be exactly one.
fn whole(number: Option<f64>) -> Option<i64> {
    number.filter(|number| number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).map(|number| number as i64)
}

/// The first member in document order.
pub(super) fn get_single_item_from_json(call: &mut Call<'_>) -> Result<(), Failure> {
    let members = object(call, "inputJson")?;
    let Some((key, value)) = members.iter().next() else {
        return Err(call.bad_input("missing-claim", "inputJson", "the JSON object is empty;"));
    };
    call.set("key", key.as_str())?;
    set_text(call, "value", value)
}

pub(super) fn get_single_value_from_json_array(call: &mut Call<'_>) -> Result<(), Failure> {
    let Json::Array(items) = parse(call, "inputJsonClaim")? else {
        return Err(call.bad_input("format", "inputJsonClaim", "the JSON is not an array;"));
    };
    match items.first() {
        Some(value) => set_text(call, "extractedClaim", value),
        None => Err(call.bad_input("missing-claim", "inputJsonClaim", "the JSON array is empty;")),
    }
}

pub(super) fn get_claims_from_json_array(call: &mut Call<'_>) -> Result<(), Failure> {
    let Json::Array(items) = parse(call, "jsonSource")? else {
        return Err(call.bad_input("format", "jsonSource", "the JSON is not an array;"));
    };
    claims_from(call, &items)
}

/// Each element of the collection is one key-and-value object.
pub(super) fn get_claims_from_json_array_v2(call: &mut Call<'_>) -> Result<(), Failure> {
    let items: Vec<Json> = call.strings("jsonSource")?.iter().map(|text| parse_text(call, "jsonSource", text)).collect::<Result<_, _>>()?;
    claims_from(call, &items)
}

fn claims_from(call: &mut Call<'_>, items: &[Json]) -> Result<(), Failure> {
    let key_name = call.parameter("jsonSourceKeyName")?;
    let value_name = call.parameter("jsonSourceValueName")?;
    let error_on_missing = default_false(call, "errorOnMissingClaims")?;
    let include_empty = default_false(call, "includeEmptyClaims")?;
    for (index, output) in call.outputs.iter().enumerate() {
        let id = output.claim.id.as_str();
        // Claim type ids compare without case, and the key is one.
        let entry = items.iter().find(|item| item.get(key_name).and_then(Json::as_str).is_some_and(|key| key.eq_ignore_ascii_case(id)));
        let Some(value) = entry.map(|entry| entry.get(value_name).unwrap_or(&Json::Null)) else {
            if error_on_missing {
                return Err(call.bad_input("missing-claim", "jsonSource", &format!("the JSON has no entry for the claim `{id}`;")));
            }
            continue;
        };
        if matches!(value, Json::Null) || value.as_str() == Some("") {
            call.chose(choices::EMPTY_ENTRY_LEAVES_CLAIM);
            if include_empty {
                call.results.push((index, value.as_str().map(ClaimValue::from)));
            }
            continue;
        }
        let value = from_json_for(value, output.claim)
            .map_err(|error| exception("type-mismatch", format!("{} {}", error.message, call.place())))?;
        call.set_at(index, value)?;
    }
    Ok(())
}

fn default_false(call: &mut Call<'_>, id: &str) -> Result<bool, Failure> {
    Ok(call.optional_flag(id)?.unwrap_or_else(|| {
        call.chose(choices::ARRAY_FLAGS_ARE_FALSE);
        false
    }))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::claims::{ClaimValue, Str};
    use crate::transform::testing::{Case, case, exception_kind};

    fn extract(json: &str, name: &str) -> Case {
        case("GetClaimFromJson").input("inputJson", json).parameter("claimToExtract", name).output("extractedClaim", "string")
    }

    #[test]
    fn a_member_is_read_as_text() {
        let json = r#"{"s":"x","n":1.5,"b":true,"o":{"a":[1, 2]},"e":"","u":"\u00e9"}"#;
        for (name, expected) in [("s", "x"), ("n", "1.5"), ("b", "True"), ("o", r#"{"a":[1,2]}"#), ("e", ""), ("u", "é")] {
            assert_eq!(extract(json, name).text("extractedClaim"), expected);
        }
        extract(r#"{"a":null}"#, "a").gives(&[("extractedClaim", None)]);
    }

    #[test]
    fn a_member_that_is_not_there_stops_the_policy() {
        for (json, name, kind) in
            [("{}", "a", "missing-claim"), (r#"{"a":{"b":1}}"#, "a.b", "missing-claim"), ("[]", "a", "format"), ("{", "a", "format")]
        {
            assert_eq!(exception_kind(&extract(json, name).fails()), kind, "{json} {name}");
        }
    }

    #[test]
    fn numbers_keep_64_bits() {
        let number = |json: &str| {
            case("GetNumericClaimFromJson").input("inputJson", json).parameter("claimToExtract", "n").output("extractedClaim", "long").run()
        };
        for (json, expected) in [
            (r#"{"n":9223372036854775807}"#, i64::MAX),
            (r#"{"n":-9223372036854775808}"#, i64::MIN),
            (r#"{"n":"12"}"#, 12),
            (r#"{"n":12.0}"#, 12),
        ] {
            assert_eq!(number(json), Ok(vec![("extractedClaim".to_owned(), Some(expected.into()))]), "{json}");
        }
        for json in [r#"{"n":1.5}"#, r#"{"n":9223372036854775808}"#, r#"{"n":true}"#, r#"{"n":"x"}"#, "{}"] {
            assert!(number(json).is_err(), "{json}");
        }
    }

    #[test]
    fn the_first_member_is_the_first_in_the_document() {
        let first =
            |json: &str| case("GetSingleItemFromJson").input("inputJson", json).output("key", "string").output("value", "string").run();
        let expected = vec![("key".to_owned(), Some("z".into())), ("value".to_owned(), Some("1".into()))];
        assert_eq!(first(r#"{"z":1,"a":"2"}"#), Ok(expected));
        assert_eq!(exception_kind(&first("{}").unwrap_err()), "missing-claim");
    }

    #[test]
    fn the_first_element_of_an_array_is_read_as_text() {
        let first = |json: &str| case("GetSingleValueFromJsonArray").input("inputJsonClaim", json).output("extractedClaim", "string");
        assert_eq!(first(r#"["a","b"]"#).text("extractedClaim"), "a");
        assert_eq!(first("[7]").text("extractedClaim"), "7");
        assert_eq!(exception_kind(&first("[]").fails()), "missing-claim");
        assert_eq!(exception_kind(&first(r#"{"a":1}"#).fails()), "format");
    }

    fn from_array(entries: serde_json::Value) -> Case {
        case("GetClaimsFromJsonArray")
            .input("jsonSource", entries.to_string())
            .parameter("jsonSourceKeyName", "k")
            .parameter("jsonSourceValueName", "v")
    }

    #[test]
    fn entries_go_to_the_claims_of_their_key() {
        let entries = json!([{ "k": "Email", "v": "a@b.c" }, { "k": "age", "v": 5 }, { "k": "other", "v": true }, 3, {}]);
        from_array(entries)
            .parameter("errorOnMissingClaims", "true")
            .output("age", "int")
            .output("email", "string")
            .gives(&[("age", Some(5.into())), ("email", Some("a@b.c".into()))]);
    }

    #[test]
    fn a_missing_entry_is_an_error_only_on_request() {
        let base = || from_array(json!([])).output("email", "string");
        base().gives(&[]);
        assert_eq!(exception_kind(&base().parameter("errorOnMissingClaims", "true").fails()), "missing-claim");
    }

    #[test]
    fn empty_entries_are_included_only_on_request() {
        let base = || from_array(json!([{ "k": "a", "v": "" }, { "k": "b", "v": null }])).output("a", "string").output("b", "int");
        base().gives(&[]);
        base().parameter("includeEmptyClaims", "true").gives(&[("a", Some("".into())), ("b", None)]);
    }

    #[test]
    fn version_two_takes_one_object_for_each_element() {
        let items: Vec<Str> = vec![r#"{"k":"a","v":"1"}"#.into(), r#"{"k":"b","v":"2"}"#.into()];
        let base = |items| {
            case("GetClaimsFromJsonArrayV2")
                .input("jsonSource", ClaimValue::Strings(items))
                .parameter("jsonSourceKeyName", "k")
                .parameter("jsonSourceValueName", "v")
                .output("b", "string")
        };
        base(items).gives(&[("b", Some("2".into()))]);
        assert_eq!(exception_kind(&base(vec!["{".into()]).fails()), "format");
    }

    #[test]
    fn a_value_that_does_not_fit_its_claim_is_refused() {
        let failure = from_array(json!([{ "k": "a", "v": "x" }])).output("a", "int").fails();
        assert_eq!(exception_kind(&failure), "type-mismatch");
    }
}
