//! `prove` as it is called: verdicts, counterexamples, exit codes.

#![cfg(test)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

fn prove(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_b2c-journey"))
        .arg("prove")
        .args(arguments)
        .current_dir(folder)
        .env_remove("NO_COLOR")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn root() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The worked example with the literal of step 10 in another case.
fn broken() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("policies")).unwrap();
    for entry in std::fs::read_dir(root().join("policies")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap().replace("<Value>LOW</Value>", "<Value>low</Value>");
        std::fs::write(folder.path().join("policies").join(path.file_name().unwrap()), text).unwrap();
    }
    folder
}

#[test]
fn what_the_worked_example_promises_is_proved() {
    let (exit, out, err) = prove(&root(), &[]);
    assert_eq!(exit, 0, "{out}{err}");
    assert!(out.contains("✓ proved   anything but LOW gets MFA"), "{out}");
    assert!(out.ends_with("\n4 proved\n"), "{out}");
}

#[test]
fn a_refuted_property_comes_with_a_scenario_that_fails_when_it_is_run() {
    let folder = broken();
    let (exit, out, _) = prove(folder.path(), &["mfa-unless(riskLevel=LOW)", "--format", "json"]);
    assert_eq!(exit, 1, "{out}");
    let document: Value = serde_json::from_str(&out).unwrap();
    let refuted: Vec<&Value> =
        document["properties"].as_array().unwrap().iter().filter(|property| property["verdict"] == "refuted").collect();
    assert_eq!(refuted.len(), 2, "{out}");
    for property in refuted {
        let scenario = folder.path().join("counterexample.json");
        std::fs::write(&scenario, property["counterexample"].to_string()).unwrap();
        let run = Command::new(env!("CARGO_BIN_EXE_b2c-journey")).arg("run").arg(&scenario).current_dir(folder.path()).output().unwrap();
        assert_eq!(run.status.code(), Some(1), "{property}");
    }
}

#[test]
fn bounded_and_vacuous_miss_the_gate() {
    let (exit, out, _) = prove(&root(), &["mfa-unless(riskLevel=LOW)", "--max-states", "5"]);
    assert_eq!(exit, 3, "{out}");
    assert!(out.contains("the budget of 5 states is used up"), "{out}");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("vacuous.yaml");
    std::fs::write(&file, "- { name: nothing, when: 'outcome == \"stopped\"', always: 'outcome == \"issued\"' }\n").unwrap();
    let (exit, out, _) = prove(&root(), &[file.to_str().unwrap()]);
    assert_eq!(exit, 3, "{out}");
    assert!(out.contains("- vacuous  nothing"), "{out}");
}

#[test]
fn what_cannot_be_asked_is_wrong_usage() {
    for (argument, words) in [
        ("mfa-unles(riskLevel=LOW)", "did you mean `mfa-unless"),
        ("mfa-unless(riskLevl=LOW)", "did you mean `riskLevel`?"),
        ("nowhere.yaml", "nowhere.yaml"),
    ] {
        let (exit, _, err) = prove(&root(), &[argument]);
        assert_eq!(exit, 2, "{argument}: {err}");
        assert!(err.contains(words), "{argument}: {err}");
    }
}
