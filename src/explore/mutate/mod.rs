//! Mutants of a policy: how well a set of scenarios would notice a small fault.
//!
//! A mutant is an edit of the policy's own files, which are read, merged and planned again. It is killed when a scenario that passes on the
//! policy fails on the mutant, or when the mutant is refused. One that no scenario notices is compared with the policy over all runs: when no
//! run can tell them apart it is equivalent and does not count, else it survives, with the scenario that would kill it.

mod operators;
mod patch;

use indexmap::IndexMap;
use rayon::prelude::*;
use serde::Serialize;

use super::Limits;
use super::diff::{DiffVerdict, compare};
use super::way::minimal;
use crate::claims::Str;
use crate::policy_set::{Journey, JourneyError, PolicySet};
use crate::report::{OutcomeRecord, RequestRecord, RunRecord};
use crate::simulate::expect;
use crate::simulate::scenario::{Expect, ExpectedBody, ExpectedOutcome, ExpectedRequest, ExpectedRequests, Scenario, StepResult};
use crate::source::Place;
use crate::xml;
use patch::Edit;

/// What a mutant does to the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operator {
    /// ExecuteActionsIf is the other one.
    FlipExecuteActionsIf,
    /// ClaimsExist in place of ClaimEquals, or the other way round.
    SwapTest,
    /// A precondition is gone.
    DropPrecondition,
    /// A step is gone, and the later ones move up.
    DropStep,
    /// A literal is in another case.
    LiteralCase,
    /// A literal is another one.
    LiteralValue,
    /// An exchange runs another technical profile of its kind.
    SwapProfile,
    /// A DefaultValue is gone.
    DropDefault,
    /// A ContinueOnError is gone.
    DropContinueOnError,
}

impl Operator {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Operator::FlipExecuteActionsIf => "flip-execute-actions-if",
            Operator::SwapTest => "swap-test",
            Operator::DropPrecondition => "drop-precondition",
            Operator::DropStep => "drop-step",
            Operator::LiteralCase => "literal-case",
            Operator::LiteralValue => "literal-value",
            Operator::SwapProfile => "swap-profile",
            Operator::DropDefault => "drop-default",
            Operator::DropContinueOnError => "drop-continue-on-error",
        }
    }
}

/// A policy with one small fault.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// `M001`, in the order of the places.
    pub id: String,
    /// What kind of fault.
    pub operator: Operator,
    /// The fault in words.
    pub what: String,
    /// Where.
    pub at: Place,
    /// The fault as a unified diff of the policy's files.
    pub patch: String,
    edits: Vec<Edit>,
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub enum Fate {
    /// This scenario fails on it.
    Killed {
        /// The scenario.
        by: String,
    },
    /// It cannot run.
    Refused {
        /// Why.
        reason: String,
    },
    /// No run tells it from the policy.
    Equivalent,
    /// No scenario fails on it.
    Survived {
        /// One that would: it passes on the policy. `None` when none was found.
        scenario: Option<Box<Scenario>>,
        /// Why none was found.
        reason: Option<String>,
    },
}

impl Fate {
    /// As reports call it.
    pub fn name(&self) -> &'static str {
        match self {
            Fate::Killed { .. } => "killed",
            Fate::Refused { .. } => "refused",
            Fate::Equivalent => "equivalent",
            Fate::Survived { .. } => "survived",
        }
    }
}

/// All mutants of one policy and what became of them.
#[derive(Clone, Debug)]
pub struct Mutation {
    /// PolicyId.
    pub policy: String,
    /// How many scenarios were run.
    pub scenarios: usize,
    /// Scenarios that fail on the policy itself, and so can kill nothing.
    pub failing: Vec<String>,
    /// In the order of their ids.
    pub mutants: Vec<(Mutant, Fate)>,
}

impl Mutation {
    /// How many were noticed: killed or refused.
    pub fn killed(&self) -> usize {
        self.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Killed { .. } | Fate::Refused { .. })).count()
    }

    /// How many no run tells from the policy.
    pub fn equivalent(&self) -> usize {
        self.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Equivalent)).count()
    }

    /// How many nobody noticed.
    pub fn survived(&self) -> usize {
        self.counted() - self.killed()
    }

    /// Killed of those that count, in percent.
    pub fn score(&self) -> f64 {
        Self::percent(self.killed(), self.counted())
    }

    /// So many of those, in percent; of none it is all.
    pub fn percent(killed: usize, counted: usize) -> f64 {
        if counted == 0 { 100.0 } else { killed as f64 * 100.0 / counted as f64 }
    }

    /// How many count.
    pub fn counted(&self) -> usize {
        self.mutants.len() - self.equivalent()
    }
}

impl Journey {
    /// The mutants of what the journey reaches.
    pub fn mutants(&self) -> Vec<Mutant> {
        operators::mutants(self)
    }

    /// The journey with a mutant's fault.
    ///
    /// # Errors
    /// The fault makes the policy too faulty to run.
    pub fn mutated(&self, mutant: &Mutant) -> Result<Journey, JourneyError> {
        let sources = self.sources();
        let mut files = Vec::new();
        for file in self.levels() {
            if let Some(source) = sources.get(file) {
                files.push((source.name(), bytes(patch::apply(source, file, &mutant.edits))));
            }
        }
        let set = PolicySet::from_bytes(files.iter().map(|(name, bytes)| (*name, bytes.as_slice())), &xml::Limits::default());
        let levels: Vec<_> = set.sources().iter().map(|(id, _)| id).collect();
        set.journey_of_levels(&levels)
    }

    /// Runs scenarios against every mutant. Each list is one file, whose scenarios may continue one another. `done` is told of each mutant
    /// that is done with, from any thread.
    pub fn mutate(&self, scenarios: &[Vec<Scenario>], limits: &Limits, done: &(dyn Fn(&Mutant) + Sync)) -> Mutation {
        let failing = results(self, scenarios);
        let passing: Vec<Vec<bool>> = failing.iter().map(|file| file.iter().map(|(_, passed)| *passed).collect()).collect();
        let mutants = self.mutants();
        let judged = mutants.into_par_iter().with_max_len(1).map(|mutant| {
            let fate = self.fate(&mutant, scenarios, &passing, limits);
            done(&mutant);
            (mutant, fate)
        });
        Mutation {
            policy: self.plan().policy.id.to_string(),
            scenarios: scenarios.iter().map(Vec::len).sum(),
            failing: failing.into_iter().flatten().filter(|(_, passed)| !passed).map(|(name, _)| name).collect(),
            mutants: judged.collect(),
        }
    }

    fn fate(&self, mutant: &Mutant, scenarios: &[Vec<Scenario>], passing: &[Vec<bool>], limits: &Limits) -> Fate {
        let mutated = match self.mutated(mutant) {
            Ok(mutated) => mutated,
            Err(error) => {
                let reason = match error {
                    JourneyError::Faulty { lines, .. } => lines.first().cloned().unwrap_or_default(),
                    other @ JourneyError::UnknownPolicy { .. } => other.to_string(),
                };
                return Fate::Refused { reason };
            }
        };
        if let Some(by) = killer(&mutated, scenarios, passing) {
            return Fate::Killed { by };
        }
        let found = compare(self, &mutated, limits, true);
        match found.verdict {
            DiffVerdict::Equivalent => Fate::Equivalent,
            DiffVerdict::Bounded => Fate::Survived { scenario: None, reason: found.reason },
            DiffVerdict::Different => {
                let scenarios = found.differences.into_iter().filter_map(|difference| difference.scenario);
                let killing = scenarios.into_iter().find_map(|scenario| self.killing(&mutated, scenario, mutant));
                let reason = killing.is_none().then(|| "the mutant differs, but no scenario could show it".to_owned());
                Fate::Survived { scenario: killing.map(Box::new), reason }
            }
        }
    }

    /// The scenario with what the policy does as its expectation, if the mutant does not do that.
    fn killing(&self, mutated: &Journey, mut scenario: Scenario, mutant: &Mutant) -> Option<Scenario> {
        // What only the mutant runs is no stub for the policy.
        scenario.stubs.retain(|name, _| self.plan().profile_id(name).is_some());
        let kills = |scenario: &Scenario| {
            let run = run(self, scenario)?;
            let plain = expectation(&run);
            // Requests are long: they are expected where nothing else tells.
            let full = || Expect { requests: sent(&run), ..plain.clone() };
            let told = |expect: &Expect| expect::check(expect, &run).is_empty() && run_fails(mutated, scenario, expect);
            if told(&plain) { Some(plain) } else { Some(full()).filter(told) }
        };
        kills(&scenario)?;
        let mut smaller = minimal(scenario, |scenario| kills(scenario).is_some());
        smaller.expect = kills(&smaller);
        smaller.name = Some(format!("kills {}: {}", mutant.id, mutant.what).into());
        Some(smaller)
    }
}

fn run(journey: &Journey, scenario: &Scenario) -> Option<RunRecord> {
    journey.run_scenario(scenario).ok().map(|run| run.record())
}

/// Whether a scenario fails: it does not fit, or the run is not as expected.
fn run_fails(journey: &Journey, scenario: &Scenario, expect: &Expect) -> bool {
    run(journey, scenario).is_none_or(|run| !expect::check(expect, &run).is_empty())
}

/// Everything that a run shows: how it ends, its steps and calls, its token.
fn expectation(run: &RunRecord) -> Expect {
    let fault = run.outcome.fault();
    Expect {
        outcome: Some(match run.outcome {
            OutcomeRecord::Issued => ExpectedOutcome::Issued,
            OutcomeRecord::Error { .. } => ExpectedOutcome::Error,
            OutcomeRecord::Waiting { .. } => ExpectedOutcome::Waiting,
            OutcomeRecord::Stopped => ExpectedOutcome::Stopped,
        }),
        error: fault.map(|fault| fault.code.unwrap_or(fault.message)),
        steps: run.steps.iter().filter(|step| step.result != StepResult::NotReached).map(|step| (step.key().into(), step.result)).collect(),
        calls: Some(run.calls.clone()),
        token: match &run.token {
            // What the relying party names and the token lacks is absent.
            Some(token) => {
                let absent = run.known.token.iter().filter(|name| !token.contains_key(name.as_str()));
                let issued = token.iter().filter(|(name, _)| run.known.token.iter().any(|known| known == name.as_str()));
                issued
                    .map(|(name, value)| (name.clone(), value.clone()))
                    .chain(absent.map(|name| (name.to_string(), serde_json::Value::Null)))
                    .collect()
            }
            None => serde_json::Map::new(),
        },
        ..Expect::default()
    }
}

/// What was sent, as it is expected.
fn sent(run: &RunRecord) -> IndexMap<Str, ExpectedRequests> {
    let expected = |request: &RequestRecord| ExpectedRequest {
        method: Some(request.method.into()),
        url: Some(request.url.as_str().into()),
        headers: request.headers.clone(),
        body: Some(request.body.as_deref().map_or(ExpectedBody::Absent, |body| ExpectedBody::Text(body.into()))),
    };
    let each = |requests: &Vec<RequestRecord>| ExpectedRequests::Each(requests.iter().map(expected).collect());
    run.requests.iter().map(|(name, requests)| (name.clone(), each(requests))).collect()
}

/// The scenarios of each file with whether they pass.
fn results(journey: &Journey, scenarios: &[Vec<Scenario>]) -> Vec<Vec<(String, bool)>> {
    scenarios
        .iter()
        .map(|file| {
            let mut previous = None;
            file.iter()
                .map(|scenario| {
                    let run = journey.run_scenario_after(scenario, previous.as_ref()).ok();
                    let record = run.as_ref().map(|run| run.record());
                    let passed = record
                        .is_some_and(|record| scenario.expect.as_ref().is_none_or(|expect| expect::check(expect, &record).is_empty()));
                    previous = run;
                    (scenario.title(), passed)
                })
                .collect()
        })
        .collect()
}

/// The first scenario that passes on the policy and fails on this.
fn killer(mutated: &Journey, scenarios: &[Vec<Scenario>], passing: &[Vec<bool>]) -> Option<String> {
    for (file, passing) in scenarios.iter().zip(passing) {
        let found = results(mutated, std::slice::from_ref(file));
        let failed = found.into_iter().flatten().zip(passing).find(|((_, passed), passes)| **passes && !passed);
        if let Some(((name, _), _)) = failed {
            return Some(name);
        }
    }
    None
}

/// The text as a file has it: what says that it is UTF-16 is.
fn bytes(text: String) -> Vec<u8> {
    let declaration = text.split_once("?>").map_or("", |(declaration, _)| declaration).to_ascii_lowercase();
    if declaration.contains("utf-16") {
        return std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    }
    text.into_bytes()
}
