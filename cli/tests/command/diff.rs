//! `diff` as it is called.

use serde_json::json;

use super::support::{Called, call, path_in, worked_example_with};

/// Compares the worked example with another folder of policies.
fn diff(new: &str, arguments: &[&str]) -> Called {
    call(&[&["diff", "policies", new], arguments].concat())
}

#[test]
fn a_weakened_second_factor_can_be_denied() {
    let folder = worked_example_with("<Value>LOW</Value>", "<Value>HIGH</Value>");
    let weakened = path_in(&folder, "policies");
    let Called { exit, out, err } = diff(&weakened, &[]);
    assert_eq!(exit, 0, "{err}");
    assert!(out.contains("mfa-weakened: a token is issued without the second factor") && out.contains("riskLevel: HIGH"), "{out}");
    assert!(!out.contains('\x1b'));
    for (deny, exit) in [("mfa-weakened", 1), ("any", 1), ("token-changed", 0)] {
        assert_eq!(diff(&weakened, &["--deny", deny]).exit, exit, "{deny}");
    }
    assert_eq!(diff(&weakened, &["--deny", "token-changed", "--deny", "mfa-weakened"]).exit, 1);
}

#[test]
fn comments_alone_are_equivalent_and_never_denied() {
    let folder = worked_example_with("<!-- Save the number", "<!-- Store the number");
    let Called { exit, out, err } = diff(&path_in(&folder, "policies"), &["--deny", "any"]);
    assert_eq!((exit, out.as_str(), err.as_str()), (0, "B2C_1A_signup_signin_biocatch: equivalent\n\n", ""));
}

#[test]
fn json_is_one_document_and_markdown_a_table() {
    let folder = worked_example_with("<OutputClaim ClaimTypeReferenceId=\"score\" />\n        <!--", "<!--");
    let shortened = path_in(&folder, "policies");
    let called = diff(&shortened, &["--format", "json", "--deny", "token-changed"]);
    assert_eq!(called.exit, 1);
    let found = &called.json()["policies"][0];
    assert_eq!((&found["policy"], &found["verdict"]), (&json!("B2C_1A_signup_signin_biocatch"), &json!("different")));
    let keys: Vec<&String> = found["differences"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["kind", "subject", "message", "old", "new", "scenario"]);
    assert_eq!((&found["differences"][0]["kind"], &found["differences"][0]["subject"]), (&json!("token-removed"), &json!("score")));
    let table = diff(&shortened, &["--format", "markdown"]).out;
    assert!(table.contains("| `token-removed` | the token lacks `score`"), "{table}");
}

#[test]
fn what_cannot_be_ruled_out_is_a_gate_that_was_missed() {
    let folder = worked_example_with("<DisplayName>Client Session ID TP</DisplayName>", "<DisplayName>Session</DisplayName>");
    let renamed = path_in(&folder, "policies");
    let Called { exit, out, .. } = diff(&renamed, &["--max-states", "3", "--deny", "any"]);
    assert_eq!(exit, 3, "{out}");
    assert!(out.contains("bounded") && !out.contains("equivalent"), "{out}");
    assert_eq!(diff(&renamed, &["--max-states", "3"]).exit, 0);
}

#[test]
fn wrong_paths_and_policies_are_wrong_usage() {
    let called = diff("no-such-folder", &["--format", "json"]);
    assert_eq!(called.exit, 2, "{}{}", called.out, called.err);
    assert_eq!(called.json(), json!({ "policies": [] }));
    assert!(called.err.contains("no-such-folder"), "{}", called.err);
    let called = diff("policies", &["--policy", "B2C_1A_nobody"]);
    assert_eq!(called.exit, 2);
    assert!(called.err.contains("B2C_1A_nobody") && called.err.contains("B2C_1A_signup_signin_biocatch"), "{}", called.err);
}
