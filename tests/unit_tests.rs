//! Feature policies of the corpus, each with scenarios of ours that expect what the documentation of the feature says.
//!
//! The policies stay in the corpus; `tests/unit-tests` holds the scenarios, one file per folder.

#![cfg(test)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use b2c_journey::simulate::expect;
use b2c_journey::{Execution, Journey, Scenario, report};

/// How many policies have a scenario: none may be lost.
const COVERED: usize = 117;

fn has_profile(journey: &Journey, name: &str) -> bool {
    journey.plan().profiles.iter().any(|profile| profile.id.eq_ignore_ascii_case(name))
}

#[test]
fn feature_policies_do_what_their_documentation_says() {
    let Some(corpus) = common::corpus() else { return };
    let chains: Vec<_> = common::chains(&corpus).into_iter().filter(|chain| chain.rp.starts_with("unit-tests/")).collect();
    let mut journeys: BTreeMap<String, Vec<(&str, Journey)>> = BTreeMap::new();
    for chain in &chains {
        let set = chain.load();
        let journey = chain.journey(&set).unwrap_or_else(|error| panic!("{}: {error}", chain.rp));
        journeys.entry(chain.policy_id(&set).to_lowercase()).or_default().push((&chain.rp, journey));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unit-tests");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut covered = BTreeSet::new();
    let mut failures = Vec::new();
    let mut count = 0;
    for file in &files {
        let mut previous: Option<Execution> = None;
        for scenario in Scenario::from_file(file).unwrap_or_else(|error| panic!("{error}")) {
            count += 1;
            let title = format!("{} ({})", scenario.title(), file.display());
            let policy = scenario.policy.as_ref().unwrap_or_else(|| panic!("{title} names no policy")).to_lowercase();
            // Two policies share an id: the one that has the technical profiles of the scenario is meant.
            let (rp, journey) = journeys
                .get(&policy)
                .and_then(|same_id| same_id.iter().find(|(_, journey)| scenario.stubs.keys().all(|name| has_profile(journey, name))))
                .unwrap_or_else(|| panic!("{title}: there is no policy `{policy}` with these technical profiles"));
            let run = journey.run_scenario_after(&scenario, previous.as_ref()).unwrap_or_else(|error| panic!("{title}: {error}"));
            let expected = scenario.expect.as_ref().unwrap_or_else(|| panic!("{title} expects nothing"));
            let wrong = expect::check(expected, &run.record());
            if wrong.is_empty() {
                covered.insert(*rp);
            } else {
                failures.push(format!("{title}, {policy}:\n  {}", wrong.join("\n  ")));
            }
            let again = journey.run_scenario_after(&scenario, previous.as_ref()).unwrap_or_else(|error| panic!("{title}: {error}"));
            assert_eq!(report::run_json(&run.record()), report::run_json(&again.record()), "{title} twice");
            previous = Some(run);
        }
    }
    println!("{count} scenarios; {} of {} feature policies have a passing scenario", covered.len(), chains.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for chain in chains.iter().filter(|chain| !covered.contains(chain.rp.as_str())) {
        println!("without a scenario: {}", chain.rp);
    }
    assert!(covered.len() >= COVERED, "only {} policies are covered", covered.len());
}
