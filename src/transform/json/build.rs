//! JSON out of claims and parameters.

use serde_json::{Map, Value as Json, json};

use super::to_text;
use crate::claims::{ClaimValue, DataType};
use crate::transform::Failure;
use crate::transform::call::{Call, exception, parse_boolean};
use crate::transform::choices;
use crate::transform::dotnet::parse_long;

/// A path deeper than this is refused, as readers of JSON refuse such texts.
const MAX_DEPTH: usize = 64;

pub(super) fn create_json_array(call: &mut Call<'_>) -> Result<(), Failure> {
    let array = json!([call.string("inputClaim")?]);
    call.set("outputClaim", to_text(&array))
}

/// Claims first, then parameters: an array that both share begins in the claims.
pub(super) fn generate_json(call: &mut Call<'_>) -> Result<(), Failure> {
    let mut root = Json::Null;
    for input in call.inputs {
        let Some(value) = input.value else {
            call.chose(choices::ABSENT_MEMBER_IS_LEFT_OUT);
            continue;
        };
        if matches!(value, ClaimValue::Strings(_) | ClaimValue::Identity(_) | ClaimValue::Identities(_)) {
            call.chose(choices::COLLECTIONS_IN_JSON);
        }
        insert(&mut root, input.slot, value.to_json()).map_err(|problem| problem.located(call, input.slot))?;
    }
    for parameter in &call.transformation.parameters {
        let value = typed(&parameter.data_type, &parameter.value)
            .map_err(|message| call.bad_parameter(&parameter.id, message, &parameter.value))?;
        insert(&mut root, &parameter.id, value).map_err(|problem| problem.located(call, &parameter.id))?;
    }
    if root.is_null() {
        root = Json::Object(Map::new());
    }
    call.set("outputClaim", to_text(&root))
}

/// The page shows a long parameter as a JSON number; int and boolean by analogy.
fn typed(data_type: &str, text: &str) -> Result<Json, &'static str> {
    match DataType::parse(data_type) {
        Some(DataType::Int | DataType::Long) => parse_long(text).map(Json::from),
        Some(DataType::Boolean) => parse_boolean(text).map(Json::from).ok_or("String was not recognized as a valid Boolean."),
        _ => Ok(Json::from(text)),
    }
}

/// Why a path cannot be filled.
#[derive(Debug, PartialEq, Eq)]
enum Misfit {
    TooDeep,
    Gap { index: usize, length: usize },
    Shape,
}

impl Misfit {
    fn located(&self, call: &Call<'_>, path: &str) -> Failure {
        let place = call.place();
        match self {
            Misfit::TooDeep => exception("format", format!("{place}: the path `{path}` has more than {MAX_DEPTH} parts")),
            Misfit::Gap { index, length } => exception(
                "index-out-of-range",
                format!("{place}: the path `{path}` sets element {index} of an array that has {length}; arrays are filled without gaps"),
            ),
            Misfit::Shape => exception(
                "type-mismatch",
                format!("{place}: the path `{path}` goes through a value that an earlier path set in another shape"),
            ),
        }
    }
}

/// Puts a value at a dotted path; a part of digits indexes an array, any other an object. A value that is there already is replaced.
fn insert(root: &mut Json, path: &str, value: Json) -> Result<(), Misfit> {
    if path.split('.').count() > MAX_DEPTH {
        return Err(Misfit::TooDeep);
    }
    let mut node = root;
    for part in path.split('.') {
        let index: Option<usize> =
            if !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse().ok() } else { None };
        if node.is_null() {
            *node = if index.is_some() { Json::Array(Vec::new()) } else { Json::Object(Map::new()) };
        }
        node = match (node, index) {
            (Json::Array(items), Some(index)) => {
                let length = items.len();
                if index == length {
                    items.push(Json::Null);
                }
                items.get_mut(index).ok_or(Misfit::Gap { index, length })?
            }
            // Within an object that exists a number is a name like any other.
            (Json::Object(members), _) => members.entry(part).or_insert(Json::Null),
            _ => return Err(Misfit::Shape),
        };
    }
    *node = value;
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::{MAX_DEPTH, Misfit, insert};
    use crate::claims::DateTime;
    use crate::transform::testing::{case, exception_kind};

    #[test]
    fn an_array_holds_the_escaped_string() {
        let array = |text: &str| case("CreateJsonArray").input("inputClaim", text).output("outputClaim", "string").text("outputClaim");
        assert_eq!(array("a \"b\" \\ c"), r#"["a \"b\" \\ c"]"#);
        assert_eq!(array("é/\u{2028}"), "[\"é/\\u2028\"]");
        assert_eq!(array(""), "[\"\"]");
    }

    #[test]
    fn paths_make_objects_and_arrays() {
        let mut root = Json::Null;
        for (path, value) in [("a.0.b", "1"), ("a.0.c", "2"), ("a.1", "3"), ("d.e", "4"), ("d.0", "5"), ("f", "6"), ("f", "7")] {
            insert(&mut root, path, json!(value)).unwrap();
        }
        assert_eq!(root, json!({ "a": [{ "b": "1", "c": "2" }, "3"], "d": { "e": "4", "0": "5" }, "f": "7" }));
    }

    #[test]
    fn a_path_that_does_not_fit_is_refused() {
        let mut root = json!({ "list": ["x"], "text": "y" });
        assert_eq!(insert(&mut root, "list.2", json!(0)), Err(Misfit::Gap { index: 2, length: 1 }));
        assert_eq!(insert(&mut root, "list.name", json!(0)), Err(Misfit::Shape));
        assert_eq!(insert(&mut root, "text.name", json!(0)), Err(Misfit::Shape));
        assert_eq!(insert(&mut root, &vec!["a"; MAX_DEPTH + 1].join("."), json!(0)), Err(Misfit::TooDeep));
        assert_eq!(insert(&mut root, "list.99999999999999999999999", json!(0)), Err(Misfit::Shape));
    }

    #[test]
    fn typed_claims_and_parameters_keep_their_json_type() {
        let text = case("GenerateJson")
            .input("c.boolean", true)
            .input("c.int", 5)
            .input("c.long", i64::MAX)
            .input("c.text", "[1]")
            .input("c.time", crate::claims::ClaimValue::DateTime(DateTime::parse("2022-01-01").unwrap()))
            .parameter_of("c.p.long", "long", " 1 ")
            .parameter_of("c.p.flag", "boolean", "True")
            .parameter_of("c.p.text", "string", "1")
            .output("outputClaim", "string")
            .text("outputClaim");
        let expected = json!({ "c": {
            "boolean": true, "int": 5, "long": i64::MAX, "text": "[1]", "time": "2022-01-01T00:00:00.0000000Z",
            "p": { "long": 1, "flag": true, "text": "1" },
        } });
        assert_eq!(serde_json::from_str::<Json>(&text).unwrap(), expected);
    }

    #[test]
    fn claims_come_before_parameters_in_a_shared_array() {
        let text =
            case("GenerateJson").parameter("a.1", "second").input("a.0", "first").output("outputClaim", "string").text("outputClaim");
        assert_eq!(text, r#"{"a":["first","second"]}"#);
    }

    #[test]
    fn claims_without_value_are_left_out() {
        let base = || case("GenerateJson").empty_input("a", "string").output("outputClaim", "string");
        assert_eq!(base().text("outputClaim"), "{}");
        assert_eq!(base().choices().len(), 1);
    }

    #[test]
    fn faults_are_located() {
        let failure = case("GenerateJson").input("a.1", "x").output("outputClaim", "string").fails();
        assert_eq!(exception_kind(&failure), "index-out-of-range");
        assert!(failure.to_string().contains("`a.1`"), "{failure}");
        let failure = case("GenerateJson").parameter_of("n", "int", "one").output("outputClaim", "string").fails();
        assert_eq!(exception_kind(&failure), "format");
    }
}
