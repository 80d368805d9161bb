//! What a plan has that runs can cover: the denominators.

use std::collections::HashMap;

use crate::claims::Str;
use crate::explore::search::step_name;
use crate::plan::{DisplayClaim, Exchange, JourneyId, JourneyPlan, Precondition, ProfileId, Step, StepKind, Test, Validation};
use crate::source::Span;
use crate::trace::StepId;

use super::{ConditionOutcome, ItemKind};

/// Something that one event of a run can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    /// The step ran.
    Step(StepId),
    /// The step called this technical profile.
    Exchange(StepId, ProfileId),
    /// The precondition that stands there had this outcome.
    Condition(Span, ConditionOutcome),
    /// The page called this validation technical profile, by itself or by a display control.
    Validation(ProfileId, ProfileId),
    /// The step ended the run with an error of this technical profile.
    Fails(StepId, ProfileId),
    /// The page was shown again.
    Refuses(ProfileId),
}

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct FactItem {
    pub(super) fact: Fact,
    /// Where it stands.
    pub(super) span: Span,
    /// Whose it is, when it is part of a step.
    step: Option<StepId>,
}

impl FactItem {
    pub(super) fn kind(&self) -> ItemKind {
        match self.fact {
            Fact::Step(_) => ItemKind::Step,
            Fact::Exchange(..) => ItemKind::Exchange,
            Fact::Condition(_, outcome) => ItemKind::Condition(outcome),
            Fact::Validation(..) => ItemKind::Validation,
            Fact::Fails(..) | Fact::Refuses(_) => ItemKind::ErrorExit,
        }
    }

    pub(super) fn step(&self, plan: &JourneyPlan) -> Option<Str> {
        self.step.map(|step| step_name(plan, step))
    }

    pub(super) fn is_ignored(&self) -> bool {
        matches!(self.fact, Fact::Condition(_, ConditionOutcome::Ignored))
    }
}

/// A precondition and what it guards.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) precondition: Precondition,
    pub(super) guards: Guarded,
}

/// What a precondition guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guarded {
    Step(StepId),
    /// A validation technical profile, the second, of a page, the first.
    Validation(ProfileId, ProfileId),
}

/// Everything that runs of a plan can cover.
pub(super) struct Items {
    pub(super) list: Vec<FactItem>,
    index: HashMap<Fact, usize>,
    /// In the order of the plan; each place in the policies once.
    pub(super) conditions: Vec<Condition>,
    /// Technical profiles that each step can call by itself.
    candidates: HashMap<StepId, Vec<ProfileId>>,
}

impl Items {
    pub(super) fn new(plan: &JourneyPlan) -> Self {
        let mut items = Self { list: Vec::new(), index: HashMap::new(), conditions: Vec::new(), candidates: HashMap::new() };
        for (journey, steps) in (0..).map(JourneyId).zip(&plan.journeys) {
            for (position, step) in (0..).zip(&steps.steps) {
                items.step(plan, StepId { journey, position }, step);
            }
        }
        items
    }

    fn add(&mut self, fact: Fact, span: Span, step: Option<StepId>) {
        if !self.index.contains_key(&fact) {
            self.index.insert(fact, self.list.len());
            self.list.push(FactItem { fact, span, step });
        }
    }

    fn step(&mut self, plan: &JourneyPlan, id: StepId, step: &Step) {
        self.add(Fact::Step(id), step.span, Some(id));
        // A step of type Noop does nothing, whatever its preconditions say.
        if !matches!(step.kind, StepKind::Noop) {
            self.preconditions(&step.preconditions, Guarded::Step(id), Some(id));
        }
        match &step.kind {
            StepKind::Exchange { exchanges } => exchanges.iter().for_each(|exchange| self.exchange(plan, id, exchange)),
            StepKind::Selection { local: Some(local), .. } => self.exchange(plan, id, local),
            StepKind::GetClaims { profile: Some(profile) } => {
                self.candidates.entry(id).or_default().push(*profile);
                self.add(Fact::Fails(id, *profile), step.span, Some(id));
            }
            _ => {}
        }
    }

    fn exchange(&mut self, plan: &JourneyPlan, id: StepId, exchange: &Exchange) {
        self.candidates.entry(id).or_default().push(exchange.profile);
        self.add(Fact::Exchange(id, exchange.profile), exchange.span, Some(id));
        self.add(Fact::Fails(id, exchange.profile), exchange.span, Some(id));
        let profile = plan.profile(exchange.profile);
        let mut checked = !profile.validations.is_empty();
        self.validations(exchange.profile, &profile.validations);
        for display in profile.display.iter().flatten() {
            if let DisplayClaim::Control(control) = display {
                for (_, validations) in &plan.control(*control).actions {
                    checked |= !validations.is_empty();
                    self.validations(exchange.profile, validations);
                }
            }
        }
        // What refuses a page besides is the pattern of a field: nobody is asked for a test of each.
        if checked {
            self.add(Fact::Refuses(exchange.profile), profile.span, None);
        }
    }

    fn validations(&mut self, page: ProfileId, validations: &[Validation]) {
        for validation in validations {
            self.add(Fact::Validation(page, validation.profile), validation.span, None);
            self.preconditions(&validation.preconditions, Guarded::Validation(page, validation.profile), None);
        }
    }

    fn preconditions(&mut self, preconditions: &[Precondition], guards: Guarded, step: Option<StepId>) {
        for precondition in preconditions {
            let span = precondition.span;
            if self.index.contains_key(&Fact::Condition(span, ConditionOutcome::True)) {
                // The same element, by way of an included technical profile.
                continue;
            }
            self.conditions.push(Condition { precondition: precondition.clone(), guards });
            self.add(Fact::Condition(span, ConditionOutcome::True), span, step);
            self.add(Fact::Condition(span, ConditionOutcome::False), span, step);
            if matches!(precondition.test, Test::Equals(_)) {
                self.add(Fact::Condition(span, ConditionOutcome::Ignored), span, step);
            }
        }
    }

    /// The place of a fact in the list; `None` = it is not counted.
    pub(super) fn index(&self, fact: &Fact) -> Option<usize> {
        self.index.get(fact).copied()
    }

    /// What a step can call by itself.
    pub(super) fn candidates(&self, step: StepId) -> &[ProfileId] {
        self.candidates.get(&step).map_or(&[], Vec::as_slice)
    }

    pub(super) fn condition(&self, span: Span) -> Option<&Condition> {
        self.conditions.iter().find(|condition| condition.precondition.span == span)
    }
}
