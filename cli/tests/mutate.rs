//! `mutate` as it is called.

#![cfg(test)]

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Exit code, stdout, stderr, at the root of the repository.
fn mutate(arguments: &[&str]) -> (i32, String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_b2c-journey"));
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = command.arg("mutate").args(arguments).current_dir(root).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_scenarios_of_the_worked_example_have_the_full_score() {
    let (exit, out, err) = mutate(&["--min-score", "100"]);
    assert_eq!(exit, 0, "{out}{err}");
    assert!(out.starts_with("B2C_1A_signup_signin_biocatch: ") && out.contains("100.0 % (0 survived"), "{out}");
}

#[test]
fn a_survivor_is_shown_as_a_patch_with_the_scenario_that_would_kill_it() {
    let (exit, out, err) = mutate(&["scenarios/low-risk.yaml", "--min-score", "100"]);
    assert_eq!(exit, 3, "{out}{err}");
    assert!(err.contains("fewer than 100 %"), "{err}");
    assert!(out.contains("+++ policies/SignUpOrSignInBioCatch.xml") && out.contains("this scenario would kill it:"), "{out}");
    assert!(out.contains("name: 'kills M") || out.contains("name: \"kills M"), "{out}");
    assert_eq!(mutate(&["scenarios/low-risk.yaml"]).0, 0);
}

#[test]
fn json_is_one_document() {
    let (exit, out, _) = mutate(&["scenarios/low-risk.yaml", "--format", "json"]);
    let json: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(exit, 0);
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["score", "killed", "survived", "equivalent", "total", "policies"]);
    let survivor = json["policies"][0]["mutants"].as_array().unwrap().iter().find(|mutant| mutant["result"] == "survived").unwrap();
    assert!(survivor["patch"].as_str().unwrap().starts_with("--- policies/"));
    assert!(survivor["scenario"]["expect"]["outcome"].is_string(), "{survivor}");
}

#[test]
fn wrong_usage_is_said() {
    assert_eq!(mutate(&["no-such-scenario.yaml"]).0, 2);
    assert_eq!(mutate(&["--min-score", "many"]).0, 2);
    assert_eq!(mutate(&["-p", "no-such-folder"]).0, 2);
}
