//! From what happened in a run to what it covers.

use crate::plan::ProfileId;
use crate::trace::{Because, Event, Role, StepId, Trace};

use super::ConditionOutcome;
use super::items::{Fact, Items};

/// Follows the events of a run, or of a part of one.
pub(super) struct Meter<'i> {
    items: &'i Items,
    /// The step that runs.
    step: Option<StepId>,
    /// The technical profile of that step of which something was heard last.
    profile: Option<ProfileId>,
}

impl<'i> Meter<'i> {
    pub(super) fn new(items: &'i Items) -> Self {
        Self { items, step: None, profile: None }
    }

    /// What a whole run covers, item by item.
    pub(super) fn of_trace(items: &'i Items, trace: &Trace) -> Vec<bool> {
        let mut meter = Self::new(items);
        let mut covered = vec![false; items.list.len()];
        for event in &trace.events {
            meter.see(event, |index| {
                if let Some(item) = covered.get_mut(index) {
                    *item = true;
                }
            });
        }
        covered
    }

    /// What follows happens in this step, after these calls.
    pub(super) fn at(&mut self, step: StepId, calls: &[ProfileId]) {
        self.step = Some(step);
        let candidates = self.items.candidates(step);
        self.profile = calls.iter().rfind(|call| candidates.contains(call)).copied();
    }

    /// Tells the items that an event covers.
    pub(super) fn see(&mut self, event: &Event, mut covered: impl FnMut(usize)) {
        let mut fact = |fact: Fact| {
            if let Some(index) = self.items.index(&fact) {
                covered(index);
            }
        };
        match event {
            Event::StepBegins(step) => {
                self.step = Some(*step);
                self.profile = None;
                fact(Fact::Step(*step));
            }
            Event::PreconditionPassed { span, ignored, .. } => {
                let outcome = if *ignored { ConditionOutcome::Ignored } else { ConditionOutcome::False };
                fact(Fact::Condition(*span, outcome));
            }
            Event::StepSkipped(_, Because::Precondition { span, .. }) | Event::ValidationSkipped(_, Because::Precondition { span, .. }) => {
                fact(Fact::Condition(*span, ConditionOutcome::True))
            }
            Event::Call(profile, Role::Exchange) => {
                if let Some(step) = self.step {
                    fact(Fact::Exchange(step, *profile));
                }
                self.hear_of(*profile);
            }
            Event::Call(profile, Role::Validation(page)) => fact(Fact::Validation(*page, *profile)),
            Event::CallFailed(profile, _) => self.hear_of(*profile),
            Event::PageRefused(Some(profile), _) => {
                fact(Fact::Refuses(*profile));
                self.hear_of(*profile);
            }
            Event::StepFailed(step, _) => {
                let failed = self.profile.or(match self.items.candidates(*step) {
                    [only] => Some(*only),
                    _ => None,
                });
                if let Some(profile) = failed {
                    fact(Fact::Fails(*step, profile));
                }
            }
            _ => {}
        }
    }

    /// A validation technical profile is not what the step calls.
    fn hear_of(&mut self, profile: ProfileId) {
        if self.step.is_some_and(|step| self.items.candidates(step).contains(&profile)) {
            self.profile = Some(profile);
        }
    }
}
