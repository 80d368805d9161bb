//! The JSON of `run` and `test`.

use serde::Serialize;

use super::record::RunRecord;
use super::suite::{Case, Suite};

/// One JSON document with a final line end.
pub fn run_json(record: &RunRecord) -> String {
    document(record)
}

/// As [`run_json`], with the signed token in `jwt` and its key set in `jwks`, both null when there is none; and with `code` and
/// `accessToken` when the request asks for them.
#[cfg(feature = "jwt")]
pub fn signed_run_json(record: &RunRecord, token: Option<&crate::SignedToken>) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        #[serde(flatten)]
        record: &'a RunRecord,
        jwt: Option<&'a str>,
        jwks: Option<&'a serde_json::Value>,
        #[serde(skip_serializing_if = "Option::is_none")]
        code: Option<&'a str>,
        #[serde(rename = "accessToken", skip_serializing_if = "Option::is_none")]
        access_token: Option<&'a str>,
    }
    document(&Document {
        record,
        jwt: token.map(|token| token.jwt.as_str()),
        jwks: token.map(|token| &token.jwks),
        code: token.and_then(|token| token.code.as_deref()),
        access_token: token.and_then(|token| token.access_token.as_deref()),
    })
}

/// One JSON document with a final line end.
pub fn suite_json(suite: &Suite) -> String {
    #[derive(Serialize)]
    struct Document<'a> {
        passed: usize,
        failed: usize,
        scenarios: &'a [Case],
    }
    document(&Document { passed: suite.passed(), failed: suite.failed(), scenarios: &suite.cases })
}

pub(crate) fn document(value: &impl Serialize) -> String {
    // The records have text keys only and no serializer of their own, so nothing in them can fail.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|error| format!("{{\"error\": {:?}}}", error.to_string()));
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;

    #[test]
    fn a_test_run_is_counts_and_scenarios() {
        let suite = Suite {
            cases: vec![
                Case::new("good", "a.yaml", Vec::new(), Some(sample::issued())),
                Case::new("bad", "b.yaml", vec!["no".to_owned()], None),
            ],
        };
        let found: Value = serde_json::from_str(&suite_json(&suite)).unwrap();
        assert_eq!(
            found,
            json!({ "passed": 1, "failed": 1, "scenarios": [
                { "name": "good", "file": "a.yaml", "passed": true, "failures": [] },
                { "name": "bad", "file": "b.yaml", "passed": false, "failures": ["no"] } ] })
        );
    }

    #[test]
    fn a_run_is_one_document() {
        let text = run_json(&sample::failed());
        assert!(text.starts_with("{\n  \"name\"") && text.ends_with("}\n"));
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), serde_json::to_value(sample::failed()).unwrap());
    }
}
