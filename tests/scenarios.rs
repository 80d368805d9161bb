//! Every scenario file of the repository does what it expects, and twice the same, byte for byte.

#![cfg(test)]

use std::path::Path;

use b2c_journey::simulate::expect;
use b2c_journey::{PolicySet, Scenario, report};

#[test]
fn every_scenario_does_what_it_expects() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let set = PolicySet::from_dir(root.join("policies")).unwrap();
    let mut files: Vec<_> = std::fs::read_dir(root.join("scenarios")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    // What the policies are proved against lies beside the scenarios.
    files.retain(|file| file.file_stem().is_some_and(|stem| stem != "properties"));
    let mut failures = Vec::new();
    let mut count = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|extension| extension == "yaml")) {
        let mut previous = None;
        for scenario in Scenario::from_file(file).unwrap_or_else(|error| panic!("{error}")) {
            count += 1;
            let policy = scenario.policy.clone().unwrap_or_else(|| "B2C_1A_signup_signin_biocatch".into());
            let journey = set.journey(&policy).unwrap_or_else(|error| panic!("{error}"));
            let run = journey.run_scenario_after(&scenario, previous.as_ref()).unwrap_or_else(|error| panic!("{error}"));
            let again = journey.run_scenario_after(&scenario, previous.as_ref()).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(report::run_json(&run.record()), report::run_json(&again.record()), "{} twice", scenario.title());
            let expected = scenario.expect.as_ref().unwrap_or_else(|| panic!("{} expects nothing", scenario.title()));
            let wrong = expect::check(expected, &run.record());
            previous = Some(run);
            if !wrong.is_empty() {
                failures.push(format!("{} ({}):\n  {}", scenario.title(), file.display(), wrong.join("\n  ")));
            }
        }
    }
    println!("{count} scenarios");
    assert!(count > 20, "only {count} scenarios were found");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
