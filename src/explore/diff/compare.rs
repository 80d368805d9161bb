//! Two runs with the same replies, one on the old policy and one on the new.

use std::collections::{BTreeMap, BTreeSet};

use super::{DifferenceKind, RunSummary};
use crate::claims::Str;
use crate::explore::property::SecondFactor;
use crate::plan::JourneyPlan;
use crate::report::{FaultRecord, OutcomeRecord, RunRecord};
use crate::simulate::scenario::StepResult;

/// A kind of difference and what it is about.
pub(super) type Key = (DifferenceKind, String);

/// What comparing needs to know of the two plans.
pub(super) struct Eyes {
    /// Technical profiles that ask for a second factor, in lower case.
    old_factors: BTreeSet<String>,
    new_factors: BTreeSet<String>,
    /// Old names of steps to new ones.
    steps: BTreeMap<Str, Str>,
}

impl Eyes {
    pub(super) fn new(old: &JourneyPlan, new: &JourneyPlan, steps: BTreeMap<Str, Str>) -> Self {
        let factors = |plan: &JourneyPlan| {
            SecondFactor::of(plan).profiles.into_iter().map(|profile| plan.profile(profile).id.to_ascii_lowercase()).collect()
        };
        Self { old_factors: factors(old), new_factors: factors(new), steps }
    }

    pub(super) fn old_summary(&self, run: &RunRecord) -> RunSummary {
        summary(run, &self.old_factors)
    }

    pub(super) fn new_summary(&self, run: &RunRecord) -> RunSummary {
        summary(run, &self.new_factors)
    }

    /// Everything that is different, the weightiest first, and what is to be said of it.
    pub(super) fn differences(&self, old: &RunRecord, new: &RunRecord) -> BTreeMap<Key, String> {
        let mut found = BTreeMap::new();
        self.second_factor(old, new, &mut found);
        ends(old, new, &mut found);
        token(old, new, &mut found);
        if same_calls(&old.calls, &new.calls) {
            self.steps(old, new, &mut found);
            requests(old, new, &mut found);
        } else {
            calls(old, new, &mut found);
        }
        found
    }

    fn second_factor(&self, old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
        let issued = |run: &RunRecord| run.outcome == OutcomeRecord::Issued;
        let (before, after) = (asks(old, &self.old_factors), asks(new, &self.new_factors));
        if before && !after && issued(new) {
            let text = "a token is issued without the second factor that was asked for before";
            found.insert((DifferenceKind::MfaWeakened, String::new()), text.to_owned());
        }
        if !before && after && issued(old) {
            let text = "a second factor is asked for where a token was issued without one";
            found.insert((DifferenceKind::MfaRequired, String::new()), text.to_owned());
        }
    }

    /// What became of steps that no call tells of.
    fn steps(&self, old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
        let ran = |run: &RunRecord, name: &str| {
            run.step(name).map(|step| matches!(step.result, StepResult::Executed | StepResult::Failed | StepResult::Waiting))
        };
        for (before, after) in &self.steps {
            match (ran(old, before), ran(new, after)) {
                (Some(false), Some(true)) => {
                    found.insert((DifferenceKind::StepExecuted, after.to_string()), format!("step {after} runs, which did not run before"));
                }
                (Some(true), Some(false)) => {
                    found
                        .insert((DifferenceKind::StepSkipped, before.to_string()), format!("step {before} does not run, which ran before"));
                }
                _ => {}
            }
        }
    }
}

fn asks(run: &RunRecord, factors: &BTreeSet<String>) -> bool {
    run.calls.iter().any(|call| factors.contains(&call.to_ascii_lowercase()))
}

fn summary(run: &RunRecord, factors: &BTreeSet<String>) -> RunSummary {
    RunSummary {
        outcome: run.outcome.kind().to_owned(),
        error: run.outcome.fault().map(|fault| fault.to_string()),
        mfa: asks(run, factors),
        calls: run.calls.iter().map(ToString::to_string).collect(),
        token: run.token.clone(),
        requests: run.requests.clone(),
    }
}

fn same_calls(old: &[Str], new: &[Str]) -> bool {
    old.len() == new.len() && old.iter().zip(new).all(|(old, new)| old.eq_ignore_ascii_case(new))
}

/// `issued`, or the error's code, else its message without the places and the policy's own name.
fn end_of(run: &RunRecord) -> String {
    match run.outcome.fault() {
        Some(FaultRecord { code: Some(code), .. }) => code.to_string(),
        Some(FaultRecord { code: None, message }) => {
            let parts = [" In technical profile ", " In step "].map(|mark| message.find(mark).unwrap_or(message.len()));
            let end = parts.into_iter().min().unwrap_or(message.len());
            message.get(..end).unwrap_or(&message).replace(run.policy.as_str(), "…")
        }
        None => run.outcome.kind().to_owned(),
    }
}

fn ends(old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
    let (before, after) = (end_of(old), end_of(new));
    if before == after && old.outcome.kind() == new.outcome.kind() {
        return;
    }
    let told = |run: &RunRecord, end: &str| match run.outcome.kind() {
        "issued" => "a token".to_owned(),
        "waiting" => format!("a page that waits ({end})"),
        "error" => format!("the error {end}"),
        other => other.to_owned(),
    };
    let text = format!("a run ends in {} and ended in {} before", told(new, &after), told(old, &before));
    if new.outcome.fault().is_some() {
        found.insert((DifferenceKind::ErrorNew, after), text.clone());
    }
    if old.outcome.fault().is_some() {
        found.insert((DifferenceKind::ErrorGone, before), text);
    }
}

fn token(old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
    let (Some(before), Some(after)) = (&old.token, &new.token) else { return };
    // Other calls may well give other values.
    let values_count = same_calls(&old.calls, &new.calls);
    for (name, value) in after {
        match before.get(name) {
            None => {
                found.insert((DifferenceKind::TokenAdded, name.clone()), format!("the token has `{name}`, which it did not have before"));
            }
            Some(was) if was != value && values_count => {
                let text = format!("`{name}` in the token is {value} and was {was} before");
                found.insert((DifferenceKind::TokenChanged, name.clone()), text);
            }
            Some(_) => {}
        }
    }
    for name in before.keys().filter(|name| !after.contains_key(*name)) {
        found.insert((DifferenceKind::TokenRemoved, name.clone()), format!("the token lacks `{name}`, which it had before"));
    }
}

/// What is sent to REST APIs.
fn requests(old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
    for (name, after) in &new.requests {
        let before = old.requests.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, sent)| sent);
        if before != Some(after) {
            let text = format!("what is sent to `{name}` is not what was sent before");
            found.insert((DifferenceKind::RequestChanged, name.to_string()), text);
        }
    }
}

fn calls(old: &RunRecord, new: &RunRecord, found: &mut BTreeMap<Key, String>) {
    let has = |list: &[Str], name: &Str| list.iter().any(|call| call.eq_ignore_ascii_case(name));
    let mut same = true;
    for name in new.calls.iter().filter(|name| !has(&old.calls, name)) {
        same = false;
        found.insert((DifferenceKind::Called, name.to_string()), format!("`{name}` is called, which was not called before"));
    }
    for name in old.calls.iter().filter(|name| !has(&new.calls, name)) {
        same = false;
        found.insert((DifferenceKind::NotCalled, name.to_string()), format!("`{name}` is not called, which was called before"));
    }
    if same {
        let (before, after) = (old.calls.join(", "), new.calls.join(", "));
        let text = format!("technical profiles are called in another order or number: {after}; before: {before}");
        found.insert((DifferenceKind::Order, String::new()), text);
    }
}
