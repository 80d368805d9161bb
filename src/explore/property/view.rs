//! A finished run as expressions see it, whether it was simulated or explored.

use serde_json::Value as Json;

use super::interest::step_id;
use crate::claims::Str;
use crate::engine::Outcome;
use crate::explore::End;
use crate::explore::search::StepState;
use crate::plan::JourneyPlan;
use crate::report::{Known, RunRecord, known};
use crate::simulate::scenario::StepResult;

/// A finished run. Only what an expression names is asked for.
pub(crate) trait Finished {
    /// `issued`, `error`, `waiting` or `stopped`.
    fn outcome(&self) -> &'static str;
    /// The code of the error, or of what the page that waits last said; else empty.
    fn error(&self) -> Str;
    /// The value of a claim by its declared id; null when it has none.
    fn claim(&self, name: &str) -> Json;
    /// What the token has under this name; null when nothing, or when none was issued.
    fn token(&self, name: &str) -> Json;
    /// What became of a step, by its key without regard to case.
    fn step(&self, key: &str) -> StepResult;
    /// The technical profiles in the order in which they began.
    fn calls(&self) -> Vec<Str>;
    /// The names that the policy knows.
    fn known(&self) -> &Known;

    /// A technical profile that was called, or a step that was executed or failed.
    fn executed(&self, name: &str) -> bool {
        self.calls().iter().any(|call| call.eq_ignore_ascii_case(name))
            || matches!(self.step(name), StepResult::Executed | StepResult::Failed)
    }

    /// A step that was skipped.
    fn skipped(&self, step: &str) -> bool {
        self.step(step) == StepResult::Skipped
    }
}

impl Finished for RunRecord {
    fn outcome(&self) -> &'static str {
        self.outcome.kind()
    }

    fn error(&self) -> Str {
        self.outcome.fault().and_then(|fault| fault.code).unwrap_or_default()
    }

    fn claim(&self, name: &str) -> Json {
        self.claims.get(name).cloned().unwrap_or_default()
    }

    fn token(&self, name: &str) -> Json {
        self.token.as_ref().and_then(|token| token.get(name)).cloned().unwrap_or_default()
    }

    fn step(&self, key: &str) -> StepResult {
        self.step(key).map_or(StepResult::NotReached, |row| row.result)
    }

    fn calls(&self) -> Vec<Str> {
        self.calls.clone()
    }

    fn known(&self) -> &Known {
        &self.known
    }
}

/// The ends that an exploration finds, one after another.
pub(crate) struct Ends<'p> {
    plan: &'p JourneyPlan,
    known: Known,
}

impl<'p> Ends<'p> {
    pub(crate) fn new(plan: &'p JourneyPlan) -> Self {
        Self { plan, known: known(plan) }
    }

    /// One of them, as a finished run.
    pub(crate) fn view<'e>(&'e self, end: &'e End) -> EndView<'e> {
        EndView { plan: self.plan, known: &self.known, end }
    }
}

/// An explored run.
pub(crate) struct EndView<'e> {
    plan: &'e JourneyPlan,
    known: &'e Known,
    end: &'e End,
}

impl Finished for EndView<'_> {
    fn outcome(&self) -> &'static str {
        match &self.end.outcome {
            Outcome::Issued => "issued",
            Outcome::Error(_) => "error",
            Outcome::Waiting { .. } => "waiting",
            Outcome::Stopped => "stopped",
        }
    }

    fn error(&self) -> Str {
        match &self.end.outcome {
            Outcome::Error(fault) => fault.code.as_deref().map(Str::from),
            Outcome::Waiting { code, .. } => code.as_deref().map(Str::from),
            Outcome::Issued | Outcome::Stopped => None,
        }
        .unwrap_or_default()
    }

    fn claim(&self, name: &str) -> Json {
        let value = self.plan.claim_id(name).and_then(|claim| self.end.bag.value(claim));
        value.map_or(Json::Null, |value| value.to_json())
    }

    fn token(&self, name: &str) -> Json {
        self.end.token.as_ref().and_then(|token| token.get(name)).cloned().unwrap_or_default()
    }

    fn step(&self, key: &str) -> StepResult {
        let state = step_id(self.plan, key).and_then(|step| self.end.history.step(step));
        match state {
            None => StepResult::NotReached,
            Some(StepState::Executed) => StepResult::Executed,
            Some(StepState::Skipped) => StepResult::Skipped,
            Some(StepState::Failed) => StepResult::Failed,
            Some(StepState::Waiting) => StepResult::Waiting,
        }
    }

    fn calls(&self) -> Vec<Str> {
        self.end.history.calls.iter().map(|profile| self.plan.profile(*profile).id.clone()).collect()
    }

    fn known(&self) -> &Known {
        self.known
    }

    fn executed(&self, name: &str) -> bool {
        let called = self.plan.profile_id(name).is_some_and(|profile| self.end.history.calls.contains(&profile));
        called || matches!(self.step(name), StepResult::Executed | StepResult::Failed)
    }
}
