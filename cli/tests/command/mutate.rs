//! `mutate` as it is called.

use super::support::{Called, call};

fn mutate(arguments: &[&str]) -> Called {
    call(&[&["mutate"], arguments].concat())
}

#[test]
fn the_scenarios_of_the_worked_example_have_the_full_score() {
    let Called { exit, out, err } = mutate(&["--min-score", "100"]);
    assert_eq!(exit, 0, "{out}{err}");
    assert!(out.starts_with("B2C_1A_signup_signin_biocatch: ") && out.contains("100.0 % (0 survived"), "{out}");
}

#[test]
fn a_survivor_is_shown_as_a_patch_with_the_scenario_that_would_kill_it() {
    let Called { exit, out, err } = mutate(&["scenarios/low-risk.yaml", "--min-score", "100"]);
    assert_eq!(exit, 3, "{out}{err}");
    assert!(err.contains("fewer than 100 %"), "{err}");
    assert!(out.contains("+++ policies/SignUpOrSignInBioCatch.xml") && out.contains("this scenario would kill it:"), "{out}");
    assert!(out.contains("name: 'kills M") || out.contains("name: \"kills M"), "{out}");
    assert_eq!(mutate(&["scenarios/low-risk.yaml"]).exit, 0);
}

#[test]
fn json_is_one_document() {
    let called = mutate(&["scenarios/low-risk.yaml", "--format", "json"]);
    assert_eq!(called.exit, 0);
    let json = called.json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["score", "killed", "survived", "equivalent", "total", "policies"]);
    let survivor = json["policies"][0]["mutants"].as_array().unwrap().iter().find(|mutant| mutant["result"] == "survived").unwrap();
    assert!(survivor["patch"].as_str().unwrap().starts_with("--- policies/"));
    assert!(survivor["scenario"]["expect"]["outcome"].is_string(), "{survivor}");
}

#[test]
fn wrong_usage_is_said() {
    assert_eq!(mutate(&["no-such-scenario.yaml"]).exit, 2);
    assert_eq!(mutate(&["--min-score", "many"]).exit, 2);
    assert_eq!(mutate(&["-p", "no-such-folder"]).exit, 2);
}
