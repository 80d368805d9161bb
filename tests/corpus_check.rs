//! The rules of `check` over other people's policies: no panic anywhere, no error in the starter pack.
#![cfg(test)]

mod common;

use std::collections::BTreeMap;

use b2c_journey::PolicySet;
use b2c_journey::check::{Options, Report, check_levels};
use b2c_journey::diagnostic::Severity;
use common::{Chain, chains, corpus};

fn report(chain: &Chain) -> (PolicySet, Report) {
    let set = chain.load();
    let id = |path: &std::path::PathBuf| set.sources().iter().find(|(_, source)| source.name() == path.display().to_string()).unwrap().0;
    let levels = chain.files.iter().map(id).collect();
    let report = check_levels(&set, &[levels], &Options::default());
    (set, report)
}

/// Set `B2C_JOURNEY_SHOW=B2C0405` to see the findings of a code, `B2C_JOURNEY_SHOW=error` those of a severity.
fn wanted(line: &str) -> bool {
    std::env::var("B2C_JOURNEY_SHOW").is_ok_and(|wanted| line.contains(&wanted))
}

#[test]
fn the_starter_pack_has_no_error() {
    let Some(corpus) = corpus() else { return };
    let mut warnings: BTreeMap<&str, usize> = BTreeMap::new();
    let mut errors = Vec::new();
    let mut seen = 0;
    for chain in chains(&corpus).iter().filter(|chain| chain.rp.starts_with("starterpack/")) {
        let (set, report) = report(chain);
        seen += 1;
        for diagnostic in &report.diagnostics {
            let line = diagnostic.line(set.sources());
            if wanted(&line) {
                println!("{line}");
            }
            match diagnostic.severity {
                Severity::Error => errors.push(line),
                Severity::Warning | Severity::Note => *warnings.entry(diagnostic.code).or_default() += 1,
            }
        }
    }
    println!("{seen} starter-pack chains, warnings and notes by code: {warnings:?}");
    assert!(seen >= 30, "only {seen} chains of the starter pack");
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn every_chain_can_be_checked() {
    let Some(corpus) = corpus() else { return };
    let mut counts: BTreeMap<(Severity, &str), usize> = BTreeMap::new();
    let mut seen = std::collections::BTreeSet::new();
    for chain in chains(&corpus).iter() {
        let (set, report) = report(chain);
        for diagnostic in &report.diagnostics {
            let line = diagnostic.line(set.sources());
            if wanted(&line) && seen.insert(line.clone()) {
                println!("{line}");
            }
            *counts.entry((diagnostic.severity, diagnostic.code)).or_default() += 1;
        }
    }
    for ((severity, code), count) in &counts {
        println!("{severity} {code}: {count}");
    }
}
