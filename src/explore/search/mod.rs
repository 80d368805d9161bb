//! The walk over the states of a journey: those that differ from the happy path in the fewest replies first.
//!
//! A state is a run that asks something. Two states that agree on what is still read, and in what the question looks at of their histories,
//! are one. What comes of a reply the engine finds out once for all states that agree on what it reads (`transitions`); values of claims,
//! histories and ways are kept once and go by number (`values`, `history`, `frontier`).

mod frontier;
mod history;
mod seen;
mod transitions;
mod values;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

#[cfg(feature = "prove")]
use serde_json::{Map, Value as Json};

use super::Interest;
use super::domain::Domains;
use super::live::{Liveness, at_the_end};
use super::replies::{Replies, Say};
#[cfg(feature = "prove")]
use crate::claims::Bag;
use crate::claims::Str;
use crate::engine::{Entry, Environment, Outcome, Run, Switches, Window, text};
use crate::plan::{JourneyPlan, ProfileId, TransformationId};
use crate::simulate::default_world::{self, Ideas};
use crate::simulate::scenario::Scenario;
use crate::trace::{Event, StepId};
use frontier::{Trail, WayId};
pub(crate) use history::History;
#[cfg(feature = "prove")]
pub(crate) use history::StepState;
use transitions::Transitions;
use walk::Walk;

/// What runs are explored in: a fresh logon through authorize, with the request of the default world.
pub(crate) fn environment() -> Environment {
    let scenario = Scenario::default();
    Environment {
        now: scenario.now,
        seed: scenario.seed,
        request: default_world::request(),
        keys: BTreeMap::new(),
        switches: Switches::default(),
        session: None,
        entry: Entry::Authorize,
    }
}

/// How much is explored before a verdict is `bounded`.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// States.
    pub max_states: usize,
    /// Time for each question; `None` = any.
    pub timeout: Option<Duration>,
    /// What cannot reach the question is left out. Without it every value of every claim is told apart: the same verdicts, with many times
    /// the states; for measurements and for a second opinion.
    pub slicing: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_states: 1_000_000, timeout: Some(Duration::from_secs(60)), slicing: true }
    }
}

/// How a run can end.
#[derive(Clone, Debug)]
pub(crate) struct End {
    /// The outcome.
    pub(crate) outcome: Outcome,
    /// The claims.
    #[cfg(feature = "prove")]
    pub(crate) bag: Bag,
    /// The token.
    #[cfg(feature = "prove")]
    pub(crate) token: Option<Map<String, Json>>,
    /// What happened; of what the question does not look at, on one of the ways that lead here.
    pub(crate) history: History,
    way: WayId,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Exploration {
    /// Every end that the question tells apart, those with the fewest departures first.
    pub(crate) ends: Vec<End>,
    /// Whole ways through what a [`Watcher`] wanted one of, each by the happy path from there on.
    pub(crate) samples: Vec<End>,
    /// States that were walked.
    pub(crate) states: usize,
    /// Ends that were told apart: more than `ends` without slicing.
    pub(crate) runs: usize,
    /// Why it is not known to be all, if it is not.
    pub(crate) bounded: Option<String>,
    trail: Trail,
}

impl Exploration {
    /// The replies that lead to an end, each with the step that asked.
    pub(crate) fn way(&self, end: &End) -> Vec<(Option<StepId>, &Say)> {
        self.trail.way(end.way)
    }
}

/// What a [`Watcher`] is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Attention {
    /// Ends.
    Ends,
    /// Ends, calls and what becomes of steps.
    #[cfg(feature = "prove")]
    Steps,
    /// Ends and every event.
    Everything,
}

/// Watches a walk.
pub(crate) trait Watcher {
    /// What it is told.
    fn attention(&self) -> Attention {
        Attention::Ends
    }

    /// What comes next happens in this step, until another one begins, and after this.
    fn at(&mut self, _step: StepId, _history: &History) {}

    /// Something happened on some way; true = a whole way on which it happens is wanted, see [`Exploration::samples`].
    fn event(&mut self, _event: &Event) -> bool {
        false
    }

    /// A way has ended; true = that is enough.
    fn end(&mut self, _end: &End) -> bool {
        false
    }
}

/// Watches nothing.
impl Watcher for () {}

/// Explores one plan for one question.
pub(crate) struct Explorer<'p> {
    pub(crate) plan: &'p JourneyPlan,
    pub(crate) environment: &'p Environment,
    pub(crate) window: Window,
    pub(crate) limits: Limits,
}

impl<'p> Explorer<'p> {
    /// Walks everything that can be told apart.
    pub(crate) fn explore(&self, question: &Interest, watcher: &mut impl Watcher) -> Exploration {
        let everything = (!self.limits.slicing).then(|| question.in_everything(self.plan));
        let interest = everything.as_ref().unwrap_or(question);
        let domains = Domains::new(self.plan, interest);
        let ideas = Ideas::new(self.plan, self.environment.now.date());
        let replies = Replies { plan: self.plan, domains: &domains, ideas: &ideas, interest };
        let transitions = Transitions::new(replies, Liveness::new(self.plan, &domains, interest), watcher.attention());
        let asked = everything.is_some().then(|| at_the_end(self.plan, question));
        let mut walk = Walk::new(transitions, self.plan.claims.len(), self.limits, asked);
        let mut run = Run::new(self.plan, self.environment, self.window.clone(), true);
        if watcher.attention() != Attention::Everything {
            run.record_briefly();
        }
        walk.from(run, watcher);
        let Walk { mut exploration, too_many, .. } = walk;
        exploration.bounded = exploration.bounded.or_else(|| self.why_inexact(&domains.inexact, &too_many));
        exploration
    }

    /// A plan has only what its journey reaches, so that each of these can run.
    fn why_inexact(&self, inexact: &BTreeSet<TransformationId>, too_many: &BTreeSet<ProfileId>) -> Option<String> {
        let names: Vec<&str> = inexact.iter().map(|id| self.plan.transformation(*id).id.as_str()).collect();
        let profiles: Vec<&str> = too_many.iter().map(|id| self.plan.profile(*id).id.as_str()).collect();
        match (names.as_slice(), profiles.as_slice()) {
            ([], []) => None,
            ([], profiles) => Some(format!("there are too many replies of {} to try every combination", list(profiles))),
            (names, _) => Some(format!("{} is only tried on example values", list(names))),
        }
    }
}

/// What tells ends apart, without their claims.
fn end_fingerprint(run: &Run<'_>, interest: &Interest, into: &mut Vec<u8>) {
    into.push(0xFF);
    match run.outcome() {
        Some(Outcome::Issued) => into.push(0),
        Some(Outcome::Error(fault)) => {
            into.push(1);
            if interest.error {
                text(fault.code.as_deref().unwrap_or_default(), into);
                text(&fault.message, into);
            }
        }
        Some(Outcome::Waiting { code, message, .. }) => {
            into.push(2);
            if interest.error {
                text(code.as_deref().unwrap_or_default(), into);
                text(message, into);
            }
        }
        Some(Outcome::Stopped) | None => into.push(3),
    }
    if interest.token
        && let Some(token) = run.token()
    {
        token.keys().for_each(|name| text(name, into));
    }
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len() {
        more @ 6.. => format!("{} and {} more", quoted.join(", "), more - 5),
        _ => quoted.join(", "),
    }
}

/// The exchange ids and such that a scenario calls a step of a selection by: `1`, or `SubJourneyId/1`.
pub(crate) fn step_name(plan: &JourneyPlan, id: StepId) -> Str {
    let journey = plan.journey(id.journey);
    let order = journey.steps.get(id.position as usize).map_or(0, |step| step.order);
    match journey.sub {
        None => order.to_string().into(),
        Some(_) => format!("{}/{order}", journey.id).into(),
    }
}
