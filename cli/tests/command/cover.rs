//! `cover` and `generate` as they are called.

use serde_json::json;

use super::support::{call, folder, path_in};

#[test]
fn cover_measures_the_folder_of_scenarios() {
    let called = call(&["cover"]);
    assert_eq!(called.exit, 0, "{}{}", called.out, called.err);
    let squeezed = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = called.out.lines().map(squeezed).collect();
    for wanted in ["steps 12 of 12 100.0 %", "conditions 19 of 19 100.0 %", "MC/DC 9 of 9 100.0 %"] {
        assert!(lines.iter().any(|line| line == wanted), "{wanted}\n{}", called.out);
    }
    assert!(called.out.contains("out of reach in every run, and not counted:"), "{}", called.out);
    assert!(!called.out.contains('\x1b'), "no colours without a terminal");
    let quiet = call(&["cover", "-q"]);
    assert_eq!((quiet.exit, quiet.out.lines().count()), (0, 7), "{}", quiet.out);
}

#[test]
fn cover_prints_the_documented_json() {
    let called = call(&["cover", "--format", "json", "scenarios/low-risk.yaml"]);
    assert_eq!(called.exit, 0, "{}", called.err);
    let json = called.json();
    assert_eq!(json["mcdc"], json!({ "covered": 0, "total": 9 }));
    assert_eq!((&json["steps"]["total"], &json["conditions"]["total"]), (&json!(12), &json!(19)));
    assert_eq!((&json["exact"], &json["runs"]), (&json!(true), &json!(1)));
    let missing = json["uncovered"].as_array().unwrap().iter().find(|item| item["step"] == "10" && item["kind"] == "step").unwrap();
    assert_eq!(missing["file"], "policies/SignUpOrSignInBioCatch.xml");
    assert!(missing["line"].as_u64().is_some_and(|line| line > 1));
    assert_eq!(json["unreachable"].as_array().unwrap().len(), 3);
    assert_eq!(json["journeys"][0]["policy"], "B2C_1A_signup_signin_biocatch");
}

#[test]
fn a_missed_gate_ends_with_3() {
    for gate in ["--min-steps", "--min-conditions", "--min-mcdc"] {
        let missed = call(&["cover", gate, "99.5", "--format", "json", "scenarios/low-risk.yaml"]);
        assert_eq!(missed.exit, 3, "{gate}: {}", missed.err);
        assert!(missed.err.contains("are covered, fewer than 99.5 %"), "{}", missed.err);
        // The numbers are there all the same.
        assert!(missed.json()["steps"]["covered"].is_u64());
        let reached = call(&["cover", gate, "100"]);
        assert_eq!(reached.exit, 0, "{gate}: {}", reached.err);
    }
    for wrong in ["101", "-1", "all"] {
        assert_eq!(call(&["cover", &format!("--min-steps={wrong}")]).exit, 2, "{wrong}");
    }
}

#[test]
fn a_failed_expectation_ends_with_1_and_the_coverage_is_shown() {
    let folder = folder(&[("wrong.yaml", "name: wrong\nexpect: { outcome: error }\n")]);
    let path = path_in(&folder, "wrong.yaml");
    let called = call(&["cover", "--format", "json", "--min-mcdc", "100", &path]);
    assert_eq!(called.exit, 1, "{}", called.err);
    assert!(called.err.contains("`wrong`") && called.err.contains("outcome: expected `error`"), "{}", called.err);
    assert!(called.json()["steps"]["covered"].as_u64().unwrap() > 0);
}

#[test]
fn what_cannot_be_read_ends_with_2_and_the_rest_is_measured() {
    let folder = folder(&[("unreadable.yaml", "stub: {}\n")]);
    let path = path_in(&folder, "unreadable.yaml");
    let called = call(&["cover", "--format", "json", &path, "scenarios/low-risk.yaml"]);
    assert_eq!(called.exit, 2);
    assert!(called.err.contains("unknown key `stub`"), "{}", called.err);
    assert_eq!(called.json()["runs"], 1);
    let missing = call(&["cover", "--format", "json", "no-such.yaml"]);
    assert_eq!((missing.exit, missing.json()["runs"].clone()), (2, json!(0)));
    assert_eq!(call(&["cover", "-p", "no-such-folder"]).exit, 2);
}

#[test]
fn lcov_and_cobertura_name_the_files_as_they_were_given() {
    let lcov = call(&["cover", "--format", "lcov"]);
    assert_eq!(lcov.exit, 0);
    let files: Vec<&str> = lcov.out.lines().filter_map(|line| line.strip_prefix("SF:")).collect();
    assert_eq!(files, ["policies/SignUpOrSignInBioCatch.xml", "policies/TrustFrameworkBase.xml"]);
    let cobertura = call(&["cover", "--format", "cobertura"]);
    assert_eq!(cobertura.exit, 0);
    assert!(cobertura.out.contains("filename=\"policies/SignUpOrSignInBioCatch.xml\""), "{}", cobertura.out);
}

#[test]
fn only_formats_that_work_are_offered() {
    let help = call(&["cover", "--help"]).out;
    assert!(help.contains("cobertura") && !help.contains("html"), "{help}");
}

#[test]
fn generated_scenarios_pass_and_cover_everything() {
    let generated = call(&["generate"]);
    assert_eq!(generated.exit, 0, "{}", generated.err);
    assert!(generated.err.contains("cover everything that can be reached"), "{}", generated.err);
    assert_eq!(generated.out, call(&["generate", "--format", "yaml", "-q"]).out, "twice the same");
    let folder = folder(&[("generated.yaml", &generated.out)]);
    let path = path_in(&folder, "generated.yaml");
    let tested = call(&["test", &path]);
    assert_eq!(tested.exit, 0, "{}{}", tested.out, tested.err);
    let covered = call(&["cover", "--format", "json", "--min-steps", "100", "--min-conditions", "100", "--min-mcdc", "100", &path]);
    assert_eq!(covered.exit, 0, "{}", covered.err);
    assert_eq!(covered.json()["uncovered"], json!([]));
}

#[test]
fn a_budget_that_is_used_up_is_told() {
    let generated = call(&["generate", "--max-states", "5"]);
    assert!(generated.err.contains("not everything was explored: the budget of 5 states is used up"), "{}", generated.err);
    let covered = call(&["cover", "--max-states", "5", "--format", "json"]).json();
    assert_eq!((&covered["exact"], &covered["reason"]), (&json!(false), &json!("the budget of 5 states is used up")));
}

#[test]
fn no_mutant_of_the_worked_example_survives_what_is_generated() {
    let folder = folder(&[("generated.yaml", &call(&["generate", "-q"]).out)]);
    let path = path_in(&folder, "generated.yaml");
    let mutated = call(&["mutate", &path]);
    assert_eq!(mutated.exit, 0, "{}{}", mutated.out, mutated.err);
    assert!(mutated.out.contains("mutants killed, 100.0 % (0 survived"), "{}", mutated.out);
}
