//! A small set of scenarios that covers everything that was explored.
//!
//! Whole ways through everything that was reached are run as scenarios; by what each really covers a set is picked greedily, and what the
//! others cover anyway is dropped. Names say what a scenario covers that none before it does.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::claims::{ClaimId, Str};
use crate::plan::{Enabled, JourneyPlan, Profile, StepKind};
use crate::policy_set::Journey;
use crate::report::RunRecord;
use crate::simulate::Execution;
use crate::simulate::scenario::{Expect, ExpectedOutcome, Scenario, StepResult};

use super::describe;
use super::items::Items;
use super::measure::Meter;
use super::reach::{Reach, Walk};
use super::{CoverLimits, Coverage, CoverageMeter, ItemKind};

/// A way that was run again.
struct Candidate {
    scenario: Scenario,
    run: Execution,
    /// Item by item; then again, what was called in a run that ended with a token.
    covered: Vec<bool>,
}

pub(super) fn generate(journey: &Journey, limits: &CoverLimits) -> (Vec<Scenario>, Coverage) {
    let plan: &JourneyPlan = journey.plan();
    let mut meter = CoverageMeter::new(journey);
    let (reach, walks) = Reach::with_samples(plan, &meter.items, limits);
    let chosen = choose(candidates(journey, &meter.items, &walks));
    chosen.iter().for_each(|candidate| {
        meter.add(&candidate.run);
    });
    let mut before = vec![false; meter.items.list.len()];
    let mut names = BTreeSet::new();
    let decides = deciding(plan);
    let mut scenarios = Vec::with_capacity(chosen.len());
    for candidate in chosen {
        let name = describe::name(plan, &meter.items, &candidate.scenario, &candidate.run, &before, &names);
        names.insert(name.clone());
        join(&mut before, &candidate.covered);
        let expect = Some(expectation(plan, &candidate.run.record(), &decides));
        scenarios.push(Scenario { name: Some(name.into()), expect, ..candidate.scenario });
    }
    (scenarios, meter.coverage(&reach))
}

/// Every way that was found, run on the plain engine; and the default world, which may know values that exploration does not try.
fn candidates(journey: &Journey, items: &Items, walks: &[Walk]) -> Vec<Candidate> {
    let mut known = BTreeSet::new();
    let mut candidates = Vec::new();
    let default_world = Scenario { policy: Some(journey.plan().policy.id.clone()), ..Scenario::default() };
    for scenario in walks.iter().flat_map(|walk| walk.scenarios(journey.plan())).chain([default_world]) {
        if !known.insert(scenario.to_yaml()) {
            continue;
        }
        // A way that cannot be told in the words of a scenario shows nothing.
        let Ok(run) = journey.run_scenario(&scenario) else { continue };
        let mut covered = Meter::of_trace(items, &run.trace);
        // Whatever can be called is wanted in a run that ends with a token too.
        let called = |kind| matches!(kind, ItemKind::Exchange | ItemKind::Validation);
        let well = items.list.iter().zip(&covered).map(|(item, covered)| *covered && run.is_issued() && called(item.kind()));
        covered.extend(well.collect::<Vec<_>>());
        candidates.push(Candidate { scenario, run, covered });
    }
    candidates
}

fn join(all: &mut [bool], more: &[bool]) {
    all.iter_mut().zip(more).for_each(|(all, more)| *all |= more);
}

/// The one that adds the most, until nothing is left to add; then without those that the rest makes up for.
fn choose(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let mut chosen: Vec<Candidate> = Vec::new();
    let mut done: Vec<bool> = vec![false; candidates.first().map_or(0, |candidate| candidate.covered.len())];
    loop {
        let added = |candidate: &Candidate| candidate.covered.iter().zip(&done).filter(|(new, old)| **new && !**old).count();
        // Of two that add the same the earlier one, which has fewer departures from the happy path.
        let best = candidates.iter().enumerate().max_by_key(|(index, candidate)| (added(candidate), std::cmp::Reverse(*index)));
        let Some((index, _)) = best.filter(|(_, candidate)| added(candidate) > 0) else { break };
        let best = candidates.remove(index);
        join(&mut done, &best.covered);
        chosen.push(best);
    }
    for index in (0..chosen.len()).rev() {
        let mut others = vec![false; done.len()];
        chosen.iter().enumerate().filter(|(other, _)| *other != index).for_each(|(_, other)| join(&mut others, &other.covered));
        if others == done {
            chosen.remove(index);
        }
    }
    chosen
}

/// The claims that decide which steps and validation technical profiles run.
fn deciding(plan: &JourneyPlan) -> BTreeSet<ClaimId> {
    let mut claims = BTreeSet::new();
    let mut enabled = |profile: &Profile| match profile.enabled {
        Enabled::OnClaimsExistence { claim, .. } | Enabled::OnItemExistence { claim, .. } | Enabled::OnItemAbsence { claim, .. } => {
            claims.insert(claim);
        }
        Enabled::Always | Enabled::Never => {}
    };
    plan.profiles.iter().for_each(&mut enabled);
    for step in plan.journeys.iter().flat_map(|journey| &journey.steps).filter(|step| !matches!(step.kind, StepKind::Noop)) {
        claims.extend(step.preconditions.iter().map(|precondition| precondition.claim));
    }
    for validation in plan.profiles.iter().flat_map(|profile| &profile.validations) {
        claims.extend(validation.preconditions.iter().map(|precondition| precondition.claim));
    }
    claims
}

/// What a run came to, as what is expected of it.
fn expectation(plan: &JourneyPlan, run: &RunRecord, decides: &BTreeSet<ClaimId>) -> Expect {
    let mut expect = Expect {
        outcome: Some(match run.outcome.kind() {
            "issued" => ExpectedOutcome::Issued,
            "error" => ExpectedOutcome::Error,
            "waiting" => ExpectedOutcome::Waiting,
            _ => ExpectedOutcome::Stopped,
        }),
        error: run.outcome.fault().map(|fault| fault.code.unwrap_or_else(|| beginning(&fault.message))).filter(|text| !text.is_empty()),
        calls: Some(run.calls.clone()),
        ..Expect::default()
    };
    for step in run.steps.iter().filter(|step| step.result != StepResult::NotReached) {
        // Of a sub journey that ran more than once one time is the one that is checked.
        let key = step.key();
        let result = run.step(&key).map_or(step.result, |checked| checked.result);
        expect.steps.insert(key.into(), result);
    }
    let held = |id: &Str| run.claims.get(id.as_str()).cloned().unwrap_or(Json::Null);
    for claim in decides {
        let id = &plan.claim(*claim).id;
        expect.claims.insert(id.to_string(), held(id));
    }
    if let Some(token) = &run.token {
        for output in &plan.relying_party.outputs {
            let issued = token.get(output.partner.as_str()).cloned().unwrap_or(Json::Null);
            expect.token.insert(output.partner.to_string(), issued);
        }
    }
    expect
}

/// Enough of a message to know it by.
fn beginning(message: &Str) -> Str {
    const LONGEST: usize = 80;
    let line = message.lines().next().unwrap_or_default();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => line.get(..end).and_then(|part| part.rsplit_once(' ')).map_or(line, |(words, _)| words).into(),
        None => line.into(),
    }
}
