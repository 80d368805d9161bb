//! Proves and refutes properties over every run of a journey.

use std::time::Duration;

use super::property::{Builtin, Claim, Expression, Property, PropertyError, Question, View};
use super::search::{Budget, End, Exploration, Explorer, Watcher};
use super::way::minimal;
use super::Interest;
use crate::claims::Str;
use crate::engine::{Environment, Window};
use crate::plan::JourneyId;
use crate::policy_set::Journey;
use crate::simulate::scenario::{Expect, Scenario};
use crate::trace::{Event, StepId};

/// How much is explored before a verdict is `bounded`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// States.
    pub max_states: usize,
    /// Time for each question; `None` = any.
    pub timeout: Option<Duration>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_states: 1_000_000, timeout: Some(Duration::from_secs(60)) }
    }
}

/// What is known of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in every run (`always`), or in the witness (`sometimes`).
    Proved,
    /// The counterexample breaks it (`always`), or no run fulfils it (`sometimes`).
    Refuted,
    /// Nothing was found that decides it, and not everything could be looked at.
    Bounded,
    /// Its `when` holds in no run.
    Vacuous,
}

impl Verdict {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Bounded => "bounded",
            Verdict::Vacuous => "vacuous",
        }
    }
}

/// The answer to one property.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The property's name.
    pub name: String,
    /// The answer.
    pub verdict: Verdict,
    /// Why it is bounded, or what else is to be said.
    pub reason: Option<String>,
    /// How many runs could be told apart.
    pub runs: usize,
    /// How many states were walked.
    pub states: usize,
    /// A run that breaks the property; it was run again on the plain engine.
    pub counterexample: Option<Scenario>,
    /// A run that fulfils a `sometimes`; it was run again on the plain engine.
    pub witness: Option<Scenario>,
}

impl Proof {
    fn new(name: &str, found: &Exploration, verdict: Verdict) -> Self {
        let reason = found.bounded.clone().filter(|_| verdict == Verdict::Bounded);
        Self { name: name.to_owned(), verdict, reason, runs: found.ends.len(), states: found.states, counterexample: None, witness: None }
    }
}
