//! `mutate`: small faults in the worked example, and whether its scenarios notice them.
#![cfg(test)]
#![cfg(feature = "prove")]

#[cfg(feature = "proptest")]
mod common;

use std::collections::BTreeSet;
use std::path::Path;

use b2c_journey::explore::{Fate, Limits, Mutation, Operator};
use b2c_journey::report::{TextOptions, mutation_json, mutation_text};
use b2c_journey::simulate::expect;
use b2c_journey::{Journey, PolicySet, Scenario};

const POLICY: &str = "B2C_1A_signup_signin_biocatch";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn journey() -> Journey {
    PolicySet::from_dir(root().join("policies")).unwrap().journey(POLICY).unwrap()
}

/// The scenarios of these files; all, when none is named.
fn scenarios(names: &[&str]) -> Vec<Vec<Scenario>> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("scenarios")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.file_stem().unwrap() != "properties");
    files.retain(|file| names.is_empty() || names.iter().any(|name| file.file_stem().unwrap() == *name));
    files.iter().map(|file| Scenario::from_file(file).unwrap()).collect()
}

fn mutate(journey: &Journey, scenarios: &[Vec<Scenario>]) -> Mutation {
    let found = journey.mutate(scenarios, &Limits::default(), &|_| {});
    let options = TextOptions { color: false, verbose: true, quiet: false, width: usize::MAX };
    println!("{}", mutation_text(std::slice::from_ref(&found), &options));
    // What would kill a survivor passes on the policy and fails on the mutant.
    for (mutant, fate) in &found.mutants {
        let Fate::Survived { scenario: Some(scenario), .. } = fate else { continue };
        let again = Scenario::parse("killer.yaml", &scenario.to_yaml()).unwrap().remove(0);
        let wanted = again.expect.as_ref().unwrap();
        let run = journey.run_scenario(&again).unwrap();
        assert_eq!(expect::check(wanted, &run.record()), Vec::<String>::new(), "{} on the policy", mutant.id);
        let run = journey.mutated(mutant).unwrap().run_scenario(&again);
        assert!(run.is_err() || !expect::check(wanted, &run.unwrap().record()).is_empty(), "{} on the mutant", mutant.id);
    }
    found
}

#[test]
fn the_scenarios_of_the_worked_example_kill_every_mutant() {
    let begin = std::time::Instant::now();
    let found = mutate(&journey(), &scenarios(&[]));
    println!("{:?}", begin.elapsed());
    assert_eq!(found.failing, Vec::<String>::new());
    let survivors: Vec<_> =
        found.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Survived { .. })).map(|(mutant, _)| &mutant.what).collect();
    assert!(survivors.is_empty(), "{survivors:?}");
    assert!(found.counted() > 30, "{}", found.counted());
}

#[test]
fn one_scenario_leaves_survivors_each_with_a_scenario_that_would_kill_it() {
    let found = mutate(&journey(), &scenarios(&["low-risk"]));
    assert!(found.survived() > 5 && found.killed() > 5, "{}", found.score());
    for (mutant, fate) in &found.mutants {
        if let Fate::Survived { scenario, reason } = fate {
            assert!(scenario.is_some(), "{} {}: {reason:?}", mutant.id, mutant.what);
        }
    }
}

#[test]
fn the_scenarios_that_would_kill_survivors_leave_none() {
    let journey = journey();
    let first = mutate(&journey, &scenarios(&["low-risk"]));
    let killers = first.mutants.iter().filter_map(|(_, fate)| match fate {
        Fate::Survived { scenario: Some(scenario), .. } => Some(vec![(**scenario).clone()]),
        _ => None,
    });
    let second = mutate(&journey, &scenarios(&["low-risk"]).into_iter().chain(killers).collect::<Vec<_>>());
    assert_eq!((second.failing.len(), second.survived(), second.equivalent()), (0, 0, first.equivalent()));
}

/// The first of many random worlds in which the two do not do the same.
#[cfg(feature = "proptest")]
fn told_apart(journey: &Journey, other: &Journey, worlds: usize) -> Option<String> {
    use b2c_journey::strategies;
    use proptest::strategy::{Strategy, ValueTree};
    use proptest::test_runner::TestRunner;

    let mut runner = TestRunner::deterministic();
    let names: Vec<String> = journey.plan().profiles.iter().map(|profile| profile.id.to_string()).collect();
    let replies: Vec<_> = names.iter().filter_map(|name| Some((name, strategies::replies(journey, name)?))).collect();
    for number in 0..worlds {
        let world: Vec<_> = replies
            .iter()
            .enumerate()
            // Often the default world answers, or few runs would come far.
            .filter(|(index, _)| (number >> (index % 8)) % 3 != 0)
            .map(|(_, (name, strategy))| (*name, strategy.new_tree(&mut runner).unwrap().current()))
            .collect();
        let ends = [journey, other].map(|journey| {
            let stubbed = |simulation: b2c_journey::Simulation<'_>| {
                let simulation = world.iter().fold(simulation, |simulation, (name, reply)| simulation.stub(name, reply.clone()));
                simulation.lenient().run().unwrap().record()
            };
            let run = stubbed(journey.simulation());
            (run.outcome.kind(), run.outcome.fault().map(|fault| fault.code), run.calls, run.token)
        });
        if ends[0] != ends[1] {
            return Some(format!("{world:?}\n{:?}\n{:?}", ends[0], ends[1]));
        }
    }
    None
}

#[cfg(feature = "proptest")]
#[test]
fn no_random_world_tells_an_equivalent_mutant_from_the_policy() {
    let journey = journey();
    let found = journey.mutate(&[], &Limits::default(), &|_| {});
    let mut told = 0;
    for (mutant, fate) in &found.mutants {
        let Ok(mutated) = journey.mutated(mutant) else { continue };
        let apart = told_apart(&journey, &mutated, if matches!(fate, Fate::Equivalent) { 300 } else { 40 });
        match fate {
            Fate::Equivalent => assert_eq!(apart, None, "{}", mutant.what),
            _ => told += usize::from(apart.is_some()),
        }
    }
    println!("{told} of {} others were told apart", found.counted());
    assert!(told > 20, "the random worlds tell only {told} mutants apart");
}

#[test]
fn every_operator_has_its_mutants_and_each_is_a_patch() {
    let journey = journey();
    let mutants = journey.mutants();
    let operators: BTreeSet<Operator> = mutants.iter().map(|mutant| mutant.operator).collect();
    println!("{} mutants, {operators:?}", mutants.len());
    for operator in [
        Operator::FlipExecuteActionsIf,
        Operator::SwapTest,
        Operator::DropPrecondition,
        Operator::DropStep,
        Operator::LiteralCase,
        Operator::LiteralValue,
        Operator::SwapProfile,
        Operator::DropDefault,
    ] {
        assert!(operators.contains(&operator), "{}", operator.name());
    }
    let low = mutants.iter().find(|mutant| mutant.operator == Operator::LiteralCase && mutant.patch.contains("LOW")).unwrap();
    let file = root().join("policies/SignUpOrSignInBioCatch.xml");
    let name = file.display();
    let text = std::fs::read_to_string(&file).unwrap();
    let line = text.lines().position(|line| line.contains("<Value>LOW</Value>")).unwrap() + 1;
    let lines: Vec<&str> = text.lines().collect();
    let expected = format!(
        "--- {name}\n+++ {name}\n@@ -{},5 +{},5 @@\n {}\n {}\n-{}\n+{}\n {}\n {}\n",
        line - 2,
        line - 2,
        lines[line - 3],
        lines[line - 2],
        lines[line - 1],
        lines[line - 1].replace("LOW", "low"),
        lines[line],
        lines[line + 1]
    );
    assert_eq!(low.patch, expected);
}

/// The files that a patch makes of the ones that it is for.
fn patched(patch: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    for part in patch.split("--- ").skip(1) {
        let (name, rest) = part.split_once('\n').unwrap();
        let text = std::fs::read_to_string(name).unwrap();
        let old: Vec<&str> = text.split_inclusive('\n').collect();
        let (mut made, mut at) = (String::new(), 0);
        for line in rest.split_inclusive('\n').skip(1) {
            let mark = line.chars().next().unwrap();
            let line = &line.strip_prefix(mark).unwrap();
            match mark {
                '@' => {
                    let begin: usize = line.split(['-', ',']).nth(1).unwrap().parse().unwrap();
                    assert!(begin > at, "hunks of {name} overlap:\n{patch}");
                    old.iter().take(begin - 1).skip(at).for_each(|line| made.push_str(line));
                    at = begin - 1;
                }
                '+' => made.push_str(line),
                ' ' | '-' => {
                    assert_eq!(*line, old[at], "{patch}");
                    at += 1;
                    if mark == ' ' {
                        made.push_str(line);
                    }
                }
                other => panic!("{other} in {patch}"),
            }
        }
        old.iter().skip(at).for_each(|line| made.push_str(line));
        files.push((name.to_owned(), made));
    }
    files
}

#[test]
fn a_patch_makes_the_mutant_of_the_files() {
    let journey = journey();
    for mutant in journey.mutants() {
        let Ok(mutated) = journey.mutated(&mutant) else { continue };
        let files = patched(&mutant.patch);
        assert!(!files.is_empty());
        for (name, text) in files {
            let (_, source) = mutated.sources().iter().find(|(_, source)| source.name() == name).unwrap();
            assert_eq!(source.text(), text.trim_start_matches('\u{feff}'), "{} {}", mutant.id, mutant.what);
        }
    }
}

#[test]
fn a_dropped_step_renumbers_the_steps_of_every_level() {
    let journey = journey();
    let mutants = journey.mutants();
    let count = journey.plan().journeys[0].steps.len();
    let drops: Vec<_> = mutants.iter().filter(|mutant| mutant.operator == Operator::DropStep).collect();
    assert_eq!(drops.len(), count);
    for mutant in &drops {
        if let Ok(mutated) = journey.mutated(mutant) {
            let orders: Vec<u32> = mutated.plan().journeys[0].steps.iter().map(|step| step.order).collect();
            assert_eq!(orders, (1..count as u32).collect::<Vec<_>>(), "{}\n{}", mutant.what, mutant.patch);
        }
    }
}

#[test]
fn reports_agree_and_repeat() {
    let journey = journey();
    let files = scenarios(&["low-risk", "high-risk"]);
    let found = [mutate(&journey, &files)];
    let json: serde_json::Value = serde_json::from_str(&mutation_json(&found)).unwrap();
    let number = |name: &str| json[name].as_u64().unwrap();
    assert_eq!(number("killed") + number("survived") + number("equivalent"), number("total"));
    assert_eq!(json["policies"][0]["mutants"].as_array().unwrap().len() as u64, number("total"));
    assert_eq!(mutation_json(&found), mutation_json(&[mutate(&journey, &files)]));
}

#[test]
fn a_scenario_that_fails_on_the_policy_kills_nothing() {
    let wrong = Scenario::parse("wrong.yaml", "name: wrong\nexpect: { outcome: error }").unwrap();
    let found = mutate(&journey(), &[wrong]);
    assert_eq!(found.failing, ["wrong"]);
    let killed = found.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Killed { .. })).count();
    assert_eq!(killed, 0);
}

/// `B2C_JOURNEY_ALL=1` takes every chain of the starter pack, not three of them.
#[cfg(feature = "proptest")]
#[test]
fn no_random_worlds_tell_equivalent_mutants_of_the_starter_pack_apart() {
    let Some(corpus) = common::corpus() else { return };
    let most = if std::env::var_os("B2C_JOURNEY_ALL").is_some() { usize::MAX } else { 3 };
    let (mut equivalent, mut killed) = (0, 0);
    for chain in common::chains(&corpus).iter().filter(|chain| chain.complete && chain.rp.starts_with("starterpack/")).take(most) {
        let set = chain.load();
        let journey = chain.journey(&set).unwrap_or_else(|error| panic!("{error}"));
        let scenario = Scenario::parse("default.yaml", "expect: { outcome: issued }").unwrap();
        let limits = Limits { max_states: 2_000, timeout: None, ..Limits::default() };
        let found = journey.mutate(&[scenario], &limits, &|_| {});
        killed += found.killed();
        for (mutant, _) in found.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Equivalent)) {
            equivalent += 1;
            let apart = told_apart(&journey, &journey.mutated(mutant).unwrap(), 60);
            assert!(apart.is_none(), "{}: {} {}: {}", chain.rp, mutant.id, mutant.what, apart.unwrap_or_default());
        }
    }
    println!("{killed} mutants killed by one scenario, {equivalent} equivalent");
    assert!(equivalent > 0 && killed > 0);
}
