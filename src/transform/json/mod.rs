//! JSON claims transformations. Source: json-transformations.
//!
//! The service reads and writes JSON with Newtonsoft's library; what shows of it (texts of values, escapes, the XML conventions) is kept.

mod build;
mod lax;
mod read;
mod xml;

use serde_json::Value as Json;

use super::choices;
use super::signature::{Family, Kind, LONG, Names, ParameterSlot, STRING, STRINGS, Signature, optional_parameter, parameter, required};
use crate::claims::DataType;

const SCALARS: &[DataType] = &[DataType::String, DataType::Int, DataType::Long, DataType::Boolean, DataType::DateTime, DataType::Date];
const PARAMETERS: &[DataType] = &[DataType::String, DataType::Int, DataType::Long, DataType::Boolean];
const FROM_ARRAY: &[DataType] = &[DataType::String, DataType::Int, DataType::Long, DataType::Boolean, DataType::DateTime, DataType::Date];

const ARRAY_PARAMETERS: &[ParameterSlot] = &[
    optional_parameter("errorOnMissingClaims", Kind::Boolean, None),
    optional_parameter("includeEmptyClaims", Kind::Boolean, None),
    parameter("jsonSourceKeyName", Kind::Text),
    parameter("jsonSourceValueName", Kind::Text),
];

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Family::Json, "CreateJsonArray", build::create_json_array)
        .inputs(&[required("inputClaim", STRING)])
        .outputs(&[required("outputClaim", STRING)]),
    // The page says string claims; the unit tests of the samples pass boolean, dateTime, int and long as well.
    Signature::new(Family::Json, "GenerateJson", build::generate_json)
        .any_inputs(Names::Any, SCALARS)
        .any_parameters(Names::Any, PARAMETERS)
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::ABSENT_MEMBER_IS_LEFT_OUT, choices::COLLECTIONS_IN_JSON]),
    Signature::new(Family::Json, "GetClaimFromJson", read::get_claim_from_json)
        .inputs(&[required("inputJson", STRING)])
        .parameters(&[parameter("claimToExtract", Kind::Text)])
        .outputs(&[required("extractedClaim", STRING)])
        .choices(&[choices::JSON_NULL_IS_NULL, choices::JSON_TREE_AS_TEXT]),
    from_array("GetClaimsFromJsonArray", read::get_claims_from_json_array)
        .inputs(&[required("jsonSource", STRING)])
        .choices(&[choices::EMPTY_ENTRY_LEAVES_CLAIM, choices::ARRAY_FLAGS_ARE_FALSE]),
    from_array("GetClaimsFromJsonArrayV2", read::get_claims_from_json_array_v2)
        .inputs(&[required("jsonSource", STRINGS)])
        .choices(&[choices::EMPTY_ENTRY_LEAVES_CLAIM, choices::ARRAY_FLAGS_ARE_FALSE]),
    Signature::new(Family::Json, "GetNumericClaimFromJson", read::get_numeric_claim_from_json)
        .inputs(&[required("inputJson", STRING)])
        .parameters(&[parameter("claimToExtract", Kind::Text)])
        .outputs(&[required("extractedClaim", LONG)])
        .choices(&[choices::WHOLE_FRACTION_IS_INTEGER, choices::DIGITS_ARE_A_NUMBER]),
    Signature::new(Family::Json, "GetSingleItemFromJson", read::get_single_item_from_json)
        .inputs(&[required("inputJson", STRING)])
        .outputs(&[required("key", STRING), required("value", STRING)])
        .choices(&[choices::JSON_NULL_IS_NULL, choices::JSON_TREE_AS_TEXT]),
    Signature::new(Family::Json, "GetSingleValueFromJsonArray", read::get_single_value_from_json_array)
        .inputs(&[required("inputJsonClaim", STRING)])
        .outputs(&[required("extractedClaim", STRING)])
        .choices(&[choices::JSON_NULL_IS_NULL, choices::JSON_TREE_AS_TEXT]),
    Signature::new(Family::Json, "XmlStringToJsonString", xml::xml_string_to_json_string)
        .inputs(&[required("xml", STRING)])
        .outputs(&[required("json", STRING)])
        .choices(&[choices::XML_CONVENTIONS]),
];

const fn from_array(method: &'static str, apply: fn(&mut super::call::Call<'_>) -> Result<(), super::Failure>) -> Signature {
    Signature::new(Family::Json, method, apply).parameters(ARRAY_PARAMETERS).any_outputs(Names::None, FROM_ARRAY)
}

/// Compact JSON text as Newtonsoft writes it: three line separators are escaped as well.
fn to_text(value: &Json) -> String {
    let text = value.to_string();
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}']) {
        return text.replace('\u{85}', "\\u0085").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    }
    text
}
