//! Other people's policies: every chain loads, every complete one plans, and the default world reaches a token in most.

#![cfg(test)]

mod common;

use std::collections::BTreeMap;

use b2c_journey::diagnostic::{Diagnostic, Severity};
use b2c_journey::engine::Outcome;
use b2c_journey::{JourneyError, PolicySet};

fn errors(set: &PolicySet, diagnostics: &[Diagnostic]) -> Vec<String> {
    diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.line(set.sources()))
        .collect()
}

#[test]
fn every_chain_loads_and_every_complete_one_can_run() {
    let Some(corpus) = common::corpus() else { return };
    let chains = common::chains(&corpus);
    assert!(chains.len() >= 245);
    let mut faulty = Vec::new();
    let mut complete = 0;
    for chain in &chains {
        let set = chain.load();
        let result = chain.journey(&set);
        match result {
            Ok(journey) => {
                if chain.complete {
                    assert_eq!(journey.plan().journeys[0].id.to_lowercase(), chain.journey.to_lowercase(), "{}", chain.rp);
                }
            }
            Err(JourneyError::Faulty { lines, .. }) if chain.complete => faulty.push(format!("{}:\n  {}", chain.rp, lines.join("\n  "))),
            Err(error) if chain.complete => faulty.push(format!("{}: {error}", chain.rp)),
            // What dangles in the others is said, with its place.
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        complete += usize::from(chain.complete);
    }
    println!("{} chains, {complete} complete, {} of these cannot run", chains.len(), faulty.len());
    assert!(faulty.is_empty(), "{}", faulty.join("\n"));
}

#[test]
fn files_that_are_not_well_formed_get_located_errors() {
    let Some(corpus) = common::corpus() else { return };
    let folder = corpus.join("samples/policies/global-architecture-model/funnel-based-approach/policies/global funnel tenant");
    for file in ["B2C_1A_FunnelRouter.xml", "B2C_1A_FederatedIdPs.xml"] {
        let set = PolicySet::from_paths(&[folder.join(file)]).unwrap();
        let errors = errors(&set, set.diagnostics());
        assert!(!errors.is_empty());
        assert!(errors.iter().all(|line| line.contains(&format!("{file}:"))), "{errors:?}");
    }
}

#[test]
fn the_default_world_reaches_a_token() {
    let Some(corpus) = common::corpus() else { return };
    let mut issued = 0;
    let mut total = 0;
    let mut starter_pack = (0, 0);
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for chain in common::chains(&corpus).iter().filter(|chain| chain.complete) {
        total += 1;
        let starter = chain.rp.starts_with("starterpack/") && chain.files.iter().all(|file| file.starts_with(corpus.join("starterpack")));
        starter_pack.1 += usize::from(starter);
        let set = chain.load();
        let Ok(journey) = chain.journey(&set) else {
            *reasons.entry("cannot run".into()).or_default() += 1;
            continue;
        };
        let run = journey.simulation().run().unwrap_or_else(|error| panic!("{}: {error}", chain.rp));
        if run.is_issued() {
            issued += 1;
            starter_pack.0 += usize::from(starter);
            continue;
        }
        let record = run.record();
        let step = record.steps.iter().rev().find(|step| matches!(step.result.name(), "failed" | "waiting")).map(|step| step.key());
        let why = match &run.outcome {
            Outcome::Error(fault) => format!("{} {}", fault.code.as_deref().unwrap_or("-"), fault.message),
            other => format!("{other:?}"),
        };
        println!("{} step {}: {why}", chain.rp, step.as_deref().unwrap_or("-"));
        assert!(
            step.is_some() || matches!(&run.outcome, Outcome::Error(fault) if fault.code.is_some()),
            "{}: no step and no code",
            chain.rp
        );
        *reasons.entry(why.chars().take(80).collect()).or_default() += 1;
    }
    println!("default world: {issued} of {total} complete chains issued; starter pack {} of {}", starter_pack.0, starter_pack.1);
    for (reason, count) in &reasons {
        println!("{count:4} {reason}");
    }
    assert_eq!(starter_pack.0, starter_pack.1);
    assert!(issued * 100 >= total * 98, "{issued} of {total}");
}

#[test]
fn a_run_is_the_same_bytes_twice() {
    let Some(corpus) = common::corpus() else { return };
    for chain in common::chains(&corpus).iter().filter(|chain| chain.complete).step_by(12) {
        let run = || {
            let set = chain.load();
            let journey = chain.journey(&set).unwrap();
            let run = journey.simulation().run().unwrap();
            serde_json::to_string(&run.record()).unwrap()
        };
        assert_eq!(run(), run(), "{}", chain.rp);
    }
}
