//! `diff` as it is called.

#![cfg(test)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The worked example with something in the relying party's file replaced.
fn changed(old: &str, new: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(root().join("policies")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let text = if path.ends_with("SignUpOrSignInBioCatch.xml") { text.replacen(old, new, 1) } else { text };
        std::fs::write(folder.path().join(path.file_name().unwrap()), text).unwrap();
    }
    folder
}

/// Exit code, stdout, stderr.
fn diff(new: &Path, arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_b2c-journey"));
    let output = command.arg("diff").arg(root().join("policies")).arg(new).args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_weakened_second_factor_can_be_denied() {
    let folder = changed("<Value>LOW</Value>", "<Value>HIGH</Value>");
    let (exit, out, err) = diff(folder.path(), &[]);
    assert_eq!(exit, 0, "{err}");
    assert!(out.contains("mfa-weakened: a token is issued without the second factor") && out.contains("riskLevel: HIGH"), "{out}");
    assert!(!out.contains('\x1b'));
    for (deny, exit) in [("mfa-weakened", 1), ("any", 1), ("token-changed", 0)] {
        assert_eq!(diff(folder.path(), &["--deny", deny]).0, exit, "{deny}");
    }
    assert_eq!(diff(folder.path(), &["--deny", "token-changed", "--deny", "mfa-weakened"]).0, 1);
}

#[test]
fn comments_alone_are_equivalent_and_never_denied() {
    let folder = changed("<!-- Save the number", "<!-- Store the number");
    let (exit, out, err) = diff(folder.path(), &["--deny", "any"]);
    assert_eq!((exit, out.as_str(), err.as_str()), (0, "B2C_1A_signup_signin_biocatch: equivalent\n\n", ""));
}

#[test]
fn json_is_one_document_and_markdown_a_table() {
    let folder = changed("<OutputClaim ClaimTypeReferenceId=\"score\" />\n        <!--", "<!--");
    let (exit, out, _) = diff(folder.path(), &["--format", "json", "--deny", "token-changed"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(exit, 1);
    let found = &json["policies"][0];
    assert_eq!((&found["policy"], &found["verdict"]), (&json!("B2C_1A_signup_signin_biocatch"), &json!("different")));
    let keys: Vec<&String> = found["differences"][0].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["kind", "subject", "message", "old", "new", "scenario"]);
    assert_eq!((&found["differences"][0]["kind"], &found["differences"][0]["subject"]), (&json!("token-removed"), &json!("score")));
    let (_, out, _) = diff(folder.path(), &["--format", "markdown"]);
    assert!(out.contains("| `token-removed` | the token lacks `score`"), "{out}");
}

#[test]
fn what_cannot_be_ruled_out_is_a_gate_that_was_missed() {
    let folder = changed("<DisplayName>Client Session ID TP</DisplayName>", "<DisplayName>Session</DisplayName>");
    let (exit, out, _) = diff(folder.path(), &["--max-states", "3", "--deny", "any"]);
    assert_eq!(exit, 3, "{out}");
    assert!(out.contains("bounded") && !out.contains("equivalent"), "{out}");
    assert_eq!(diff(folder.path(), &["--max-states", "3"]).0, 0);
}

#[test]
fn wrong_paths_and_policies_are_wrong_usage() {
    let (exit, out, err) = diff(Path::new("no-such-folder"), &["--format", "json"]);
    assert_eq!(exit, 2, "{out}{err}");
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap(), json!({ "policies": [] }));
    assert!(err.contains("no-such-folder"), "{err}");
    let folder = changed("", "");
    let (exit, _, err) = diff(folder.path(), &["--policy", "B2C_1A_nobody"]);
    assert_eq!(exit, 2);
    assert!(err.contains("B2C_1A_nobody") && err.contains("B2C_1A_signup_signin_biocatch"), "{err}");
}
