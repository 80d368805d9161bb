//! The chains of other people's policies are found and merged. Skipped, with a word, where the corpus is not at hand.

#![cfg(test)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use b2c_journey::diagnostic::{Severity, code};
use b2c_journey::inherit::{EffectivePolicy, PolicyIndex, merge};
use b2c_journey::policy::{self, Id, PolicyFile, RelyingParty};
use b2c_journey::source::Sources;
use b2c_journey::xml::{Limits, read};
use common::{corpus, xml_files};

#[derive(serde::Deserialize)]
struct Expected {
    rp: String,
    chain: Vec<String>,
    complete: bool,
    journey: Option<String>,
    /// Steps of the merged journeys of the relying party and of the sub journeys that they invoke.
    steps: usize,
}

/// Every file of the chains, read once.
struct Files {
    sources: Sources,
    policies: BTreeMap<String, PolicyFile>,
}

impl Files {
    fn new(corpus: &Path, chains: &[Expected]) -> Self {
        let mut files = Self { sources: Sources::new(), policies: BTreeMap::new() };
        for name in chains.iter().flat_map(|chain| &chain.chain) {
            if files.policies.contains_key(name) {
                continue;
            }
            let bytes = std::fs::read(corpus.join(name)).unwrap();
            let found = read(name, &bytes, &Limits::default(), &mut files.sources);
            let policy = policy::read(found.document.as_ref().unwrap(), &mut Vec::new()).unwrap();
            files.policies.insert(name.clone(), policy);
        }
        files
    }
}

#[test]
fn every_chain_is_found_and_merged_as_listed() {
    let Some(corpus) = corpus() else { return };
    let chains: Vec<Expected> = serde_json::from_slice(&std::fs::read(corpus.join("chains.json")).unwrap()).unwrap();
    let files = Files::new(&corpus, &chains);
    let (mut warnings, mut by_id) = (0, 0);
    for expected in &chains {
        // In another order than the chain's, so that nothing can rest on it.
        let members = expected.chain.iter().rev().map(|name| &files.policies[name]);
        let index = PolicyIndex::new(members);
        let top = &files.policies[&expected.rp];
        let chain = index.chain(top.policy_id.as_ref().unwrap()).unwrap();
        let found: Vec<&str> = chain.levels.iter().map(|level| files.sources.get(level.file).unwrap().name()).collect();
        let listed: Vec<&PolicyFile> = expected.chain.iter().map(|name| &files.policies[name]).collect();
        // Some samples lean on a base of another name than the one they give; from there on only the list knows.
        let id_of_base = |file: &PolicyFile| file.base.as_ref().unwrap().policy_id.as_ref().unwrap().value.clone();
        let linked = listed.windows(2).rposition(|pair| id_of_base(pair[1]) != pair[0].policy_id.as_ref().unwrap().value);
        assert_eq!(found, expected.chain[linked.map_or(0, |at| at + 1)..], "{}", expected.rp);
        assert_eq!(linked.is_some(), chain.diagnostics.iter().any(|found| found.code == code::MISSING_BASE), "{}", expected.rp);
        by_id += usize::from(linked.is_none());

        let policy = merge(&listed);
        let diagnostics: Vec<_> =
            chain.diagnostics.iter().filter(|found| found.code != code::MISSING_BASE).chain(&policy.diagnostics).collect();
        let errors: Vec<_> =
            diagnostics.iter().filter(|found| found.severity == Severity::Error).map(|found| found.line(&files.sources)).collect();
        assert!(!expected.complete || errors.is_empty(), "{}: {errors:#?}", expected.rp);
        warnings += diagnostics.len();

        let relying_party = policy.relying_party.as_ref().unwrap();
        let journey = relying_party.default_user_journey.as_ref();
        assert_eq!(journey.map(|id| id.as_str()), expected.journey.as_deref(), "{}", expected.rp);
        assert_eq!(steps(&policy, relying_party), expected.steps, "{}", expected.rp);

        // Every part of every level is there, and its origin is one of the levels.
        for level in &chain.levels {
            assert!(level.claim_types.iter().all(|part| policy.claim_types.get(&part.id).is_some()));
            assert!(level.user_journeys.iter().all(|part| policy.user_journeys.get(&part.id).is_some()));
            for profile in &level.technical_profiles {
                let merged = policy.technical_profiles.get(&profile.id).unwrap();
                assert!(policy.origin(merged.span).is_some());
                assert!(merged.output_claims.len() >= profile.output_claims.len());
            }
        }
        for profile in policy.technical_profiles.values() {
            let resolved = policy.technical_profile(&profile.id);
            assert!(!expected.complete || resolved.is_ok(), "{}: {resolved:?}", expected.rp);
        }
    }
    println!("{} chains of {} files, {by_id} of them by their ids alone, {warnings} warnings", chains.len(), files.policies.len());
    assert!(chains.len() >= 245);
}

/// The steps of the journeys of a relying party and of the sub journeys that they invoke.
fn steps(policy: &EffectivePolicy, relying_party: &RelyingParty) -> usize {
    let journeys = relying_party.default_user_journey.iter().chain(relying_party.endpoints.iter().map(|endpoint| &endpoint.user_journey));
    let journeys: BTreeSet<&Id> = journeys.map(|id| &id.value).collect();
    let mut reached: Vec<_> = journeys.iter().filter_map(|id| policy.user_journeys.get(id)).map(|journey| &journey.steps).collect();
    let mut seen = BTreeSet::new();
    let mut count = 0;
    while let Some(steps) = reached.pop() {
        count += steps.len();
        for candidate in steps.iter().flat_map(|step| step.journey_list.iter().flatten()) {
            if let Some(sub_journey) = policy.sub_journeys.get(&candidate.sub_journey)
                && seen.insert(&sub_journey.id.value)
            {
                reached.push(&sub_journey.steps);
            }
        }
    }
    count
}

#[test]
fn the_chains_of_a_whole_folder_are_found() {
    let Some(corpus) = corpus() else { return };
    let folder = corpus.join("starterpack/SocialAndLocalAccountsWithMfa");
    let mut sources = Sources::new();
    let mut policies = Vec::new();
    for path in &xml_files(&folder) {
        let found = read(&path.to_string_lossy(), &std::fs::read(path).unwrap(), &Limits::default(), &mut sources);
        policies.push(policy::read(found.document.as_ref().unwrap(), &mut Vec::new()).unwrap());
    }
    let index = PolicyIndex::new(&policies);
    let depths: Vec<_> =
        index.relying_parties().map(|top| (top.policy_id.as_ref().unwrap().to_string(), index.chain_of(top).levels.len())).collect();
    assert!(depths.len() >= 3 && depths.iter().all(|(_, depth)| *depth == 4), "{depths:?}");
}
