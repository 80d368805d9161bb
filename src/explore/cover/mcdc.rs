//! Modified condition/decision coverage of the preconditions of a step.
//!
//! The decision is whether the step is skipped: its preconditions joined by or, evaluated from the first on until one is satisfied
//! (userjourneys). By masking MC/DC for such a decision a precondition is covered when one run has it satisfied, so that those before it were
//! not and those after it were not looked at, and another run has none satisfied: between the two this precondition alone changed the
//! decision. An ignored precondition is one that is not satisfied.

use crate::claims::Str;
use crate::explore::search::step_name;
use crate::plan::JourneyPlan;
use crate::source::Span;
use crate::trace::StepId;

use super::ConditionOutcome;
use super::items::{Fact, Guarded, Items};

/// What has to be seen for one precondition.
pub(super) struct Pair {
    step: StepId,
    number: u32,
    pub(super) span: Span,
    /// It is satisfied.
    skips: Option<usize>,
    /// The last precondition of the step is not: no precondition is.
    passes: Vec<usize>,
}

/// One pair for each precondition of each step.
pub(super) fn pairs(items: &Items) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    for condition in &items.conditions {
        let Guarded::Step(step) = condition.guards else { continue };
        let span = condition.precondition.span;
        let of = |outcome| items.index(&Fact::Condition(span, outcome));
        let passes: Vec<usize> = [ConditionOutcome::False, ConditionOutcome::Ignored].into_iter().filter_map(of).collect();
        // The one that comes last says it for all of its step.
        pairs.iter_mut().filter(|pair| pair.step == step).for_each(|pair| pair.passes.clone_from(&passes));
        pairs.push(Pair { step, number: condition.precondition.number, span, skips: of(ConditionOutcome::True), passes });
    }
    pairs
}

impl Pair {
    /// Whether both halves are there.
    pub(super) fn holds(&self, there: impl Fn(usize) -> bool) -> bool {
        self.skips.is_some_and(&there) && self.passes.iter().any(|index| there(*index))
    }

    /// How many runs the rarer half has.
    pub(super) fn hits(&self, hits: impl Fn(usize) -> usize) -> usize {
        let passes = self.passes.iter().map(|index| hits(*index)).sum();
        self.skips.map_or(0, &hits).min(passes)
    }

    pub(super) fn step(&self, plan: &JourneyPlan) -> Option<Str> {
        Some(step_name(plan, self.step))
    }

    pub(super) fn describe(&self, plan: &JourneyPlan, items: &Items) -> String {
        let test = items.condition(self.span).map(|condition| super::describe::test(plan, &condition.precondition)).unwrap_or_default();
        format!("precondition {} of step {} ({test}) alone decides", self.number, step_name(plan, self.step))
    }
}
