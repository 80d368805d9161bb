//! How much of a journey could be explored.

use std::collections::BTreeMap;

use super::Interest;
use super::search::{Explorer, Limits, environment};
use crate::engine::{Outcome, Window};
use crate::policy_set::Journey;

/// What an exploration of everything that a journey decides came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// States that were walked.
    pub states: usize,
    /// Ends that can be told apart, by how runs end: `issued`, `waiting`, or the code of the error (`error` without one).
    pub ends: BTreeMap<String, usize>,
    /// Why it is not known to be all, if it is not.
    pub bounded: Option<String>,
}

impl Journey {
    /// Walks every state of a fresh logon that the policy's own decisions tell apart.
    pub fn explore(&self, limits: &Limits) -> Summary {
        let environment = environment();
        let explorer = Explorer { plan: self.plan(), environment: &environment, window: Window::default(), limits: *limits };
        let found = explorer.explore(&Interest { error: true, ..Interest::default() }, &mut ());
        let mut ends = BTreeMap::new();
        for end in &found.ends {
            let kind = match &end.outcome {
                Outcome::Issued => "issued".to_owned(),
                Outcome::Error(fault) => fault.code.as_ref().map_or_else(|| "error".to_owned(), ToString::to_string),
                Outcome::Waiting { .. } => "waiting".to_owned(),
                Outcome::Stopped => "stopped".to_owned(),
            };
            *ends.entry(kind).or_default() += 1;
        }
        Summary { states: found.states, ends, bounded: found.bounded }
    }
}
