//! `prove` as it is called: verdicts, counterexamples, exit codes.

use std::path::Path;

use serde_json::Value;

use super::support::{Called, call_in, folder, path_in, root, worked_example_with};

fn prove(folder: &Path, arguments: &[&str]) -> Called {
    call_in(folder, &[&["prove"], arguments].concat())
}

#[test]
fn what_the_worked_example_promises_is_proved() {
    let Called { exit, out, err } = prove(&root(), &[]);
    assert_eq!(exit, 0, "{out}{err}");
    assert!(out.contains("✓ proved   anything but LOW gets MFA"), "{out}");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let shown: Vec<&str> = readme.lines().filter(|line| line.starts_with("✓ proved")).collect();
    assert!(shown.len() >= 2 && out.starts_with(&format!("{}\n", shown.join("\n"))), "README.md shows {shown:?}, not\n{out}");
    assert!(out.ends_with("\n4 proved\n"), "{out}");
}

#[test]
fn a_refuted_property_comes_with_a_scenario_that_fails_when_it_is_run() {
    // Step 10 compares with the literal in another case.
    let folder = worked_example_with("<Value>LOW</Value>", "<Value>low</Value>");
    let called = prove(folder.path(), &["mfa-unless(riskLevel=LOW)", "--format", "json"]);
    assert_eq!(called.exit, 1, "{}", called.out);
    let document = called.json();
    let refuted: Vec<&Value> =
        document["properties"].as_array().unwrap().iter().filter(|property| property["verdict"] == "refuted").collect();
    assert_eq!(refuted.len(), 2, "{document}");
    for property in refuted {
        std::fs::write(folder.path().join("counterexample.json"), property["counterexample"].to_string()).unwrap();
        assert_eq!(call_in(folder.path(), &["run", "counterexample.json"]).exit, 1, "{property}");
    }
}

#[test]
fn bounded_and_vacuous_miss_the_gate() {
    let Called { exit, out, .. } = prove(&root(), &["mfa-unless(riskLevel=LOW)", "--max-states", "5"]);
    assert_eq!(exit, 3, "{out}");
    assert!(out.contains("the budget of 5 states is used up"), "{out}");
    let folder = folder(&[("vacuous.yaml", "- { name: nothing, when: 'outcome == \"stopped\"', always: 'outcome == \"issued\"' }\n")]);
    let Called { exit, out, .. } = prove(&root(), &[&path_in(&folder, "vacuous.yaml")]);
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
        let Called { exit, err, .. } = prove(&root(), &[argument]);
        assert_eq!(exit, 2, "{argument}: {err}");
        assert!(err.contains(words), "{argument}: {err}");
    }
}
