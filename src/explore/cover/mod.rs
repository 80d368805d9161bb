//! What scenarios exercise of a journey, and the scenarios that exercise all of it.
//!
//! [`items`] lists what can be covered, [`measure`] tells from what happened in a run which of it was, [`mcdc`] pairs conditions with decisions
//! and [`reach`] asks the exploration what can be covered at all. `docs/coverage.md` defines the items.
//!
//! Invariants: an item that a scenario covered counts, whatever the exploration says; an item is left out of the total only when everything was
//! explored and nothing covers it; the same plan and the same scenarios give the same numbers and the same generated scenarios.
//!
//! ```
//! use b2c_journey::PolicySet;
//! use b2c_journey::explore::CoverLimits;
//!
//! let policies = PolicySet::from_dir("policies").unwrap();
//! let journey = policies.journey("B2C_1A_signup_signin_biocatch").unwrap();
//! let scenarios = journey.generate(&CoverLimits::default());
//! let coverage = journey.coverage(&scenarios).unwrap();
//! assert!(coverage.steps().is_full() && coverage.conditions().is_full() && coverage.mcdc().is_full());
//! ```

mod describe;
mod generate;
mod items;
mod mcdc;
mod measure;
mod reach;

use std::sync::Arc;

use crate::claims::Str;
use crate::plan::JourneyPlan;
use crate::policy_set::Journey;
use crate::simulate::scenario::Scenario;
use crate::simulate::{Execution, SimulationError};
use crate::source::Place;

use items::Items;
use measure::Meter;
use reach::Reach;
pub(crate) use reach::simplest_issued;

/// How much is explored to know what can be covered. There is no limit of time, so that numbers are the same everywhere.
#[derive(Clone, Copy, Debug)]
pub struct CoverLimits {
    /// States.
    pub max_states: usize,
}

impl Default for CoverLimits {
    fn default() -> Self {
        Self { max_states: 20_000 }
    }
}

/// What kind of thing an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// An orchestration step ran.
    Step,
    /// A claims exchange was taken.
    Exchange,
    /// A precondition had an outcome.
    Condition(ConditionOutcome),
    /// A precondition decided by itself whether its step is skipped.
    Mcdc,
    /// A validation technical profile was called.
    Validation,
    /// A technical profile failed, or a page refused its input.
    ErrorExit,
}

impl ItemKind {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            ItemKind::Step => "step",
            ItemKind::Exchange => "exchange",
            ItemKind::Condition(_) => "condition",
            ItemKind::Mcdc => "mcdc",
            ItemKind::Validation => "validation",
            ItemKind::ErrorExit => "error",
        }
    }
}

/// What a precondition can come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConditionOutcome {
    /// It is satisfied: what it guards is skipped.
    True,
    /// It is not.
    False,
    /// It has no say: the claim that it compares is absent.
    Ignored,
}

impl ConditionOutcome {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            ConditionOutcome::True => "true",
            ConditionOutcome::False => "false",
            ConditionOutcome::Ignored => "ignored",
        }
    }
}

/// One thing that scenarios can cover.
#[derive(Clone, Debug)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The step as scenarios name it (`8`, `SubJourneyId/2`); `None` for what belongs to a technical profile.
    pub step: Option<Str>,
    /// What it is, in words.
    pub what: String,
    /// Where it stands in the policy.
    pub at: Place,
    /// How many of the runs covered it.
    pub hits: usize,
    /// Some run of the journey can cover it, as far as is known.
    pub reachable: bool,
}

impl Item {
    /// Some run covered it.
    pub fn is_covered(&self) -> bool {
        self.hits > 0
    }
}

/// So many of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// Covered items.
    pub covered: usize,
    /// Items that can be covered.
    pub total: usize,
}

impl Count {
    /// Nothing is missing.
    pub fn is_full(self) -> bool {
        self.covered == self.total
    }

    /// In percent; all of nothing is 100.
    pub fn percent(self) -> f64 {
        if self.total == 0 { 100.0 } else { self.covered as f64 * 100.0 / self.total as f64 }
    }
}

impl std::iter::Sum for Count {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |sum, count| Self { covered: sum.covered + count.covered, total: sum.total + count.total })
    }
}

/// What a set of runs covers of one relying party's journey.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// PolicyId of the relying party.
    pub policy: Str,
    /// The user journey.
    pub journey: Str,
    /// How many runs were measured.
    pub runs: usize,
    /// Everything that can be covered, and what exploration shows to be out of reach.
    pub items: Vec<Item>,
    /// Why not everything was explored; items that were not seen are kept in the totals then.
    pub bounded: Option<String>,
}

impl Coverage {
    fn count(&self, wanted: impl Fn(ItemKind) -> bool) -> Count {
        let items = || self.items.iter().filter(|item| item.reachable && wanted(item.kind));
        Count { covered: items().filter(|item| item.is_covered()).count(), total: items().count() }
    }

    /// Steps that ran.
    pub fn steps(&self) -> Count {
        self.count(|kind| kind == ItemKind::Step)
    }

    /// Claims exchanges that were taken.
    pub fn exchanges(&self) -> Count {
        self.count(|kind| kind == ItemKind::Exchange)
    }

    /// Outcomes of preconditions.
    pub fn conditions(&self) -> Count {
        self.count(|kind| matches!(kind, ItemKind::Condition(_)))
    }

    /// Preconditions that decided by themselves.
    pub fn mcdc(&self) -> Count {
        self.count(|kind| kind == ItemKind::Mcdc)
    }

    /// Validation technical profiles that were called.
    pub fn validations(&self) -> Count {
        self.count(|kind| kind == ItemKind::Validation)
    }

    /// Technical profiles that failed and pages that refused.
    pub fn errors(&self) -> Count {
        self.count(|kind| kind == ItemKind::ErrorExit)
    }

    /// What can be covered, and is not.
    pub fn uncovered(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| item.reachable && !item.is_covered())
    }

    /// What no run can cover.
    pub fn unreachable(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(|item| !item.reachable)
    }

    /// Everything that can be covered is.
    pub fn is_complete(&self) -> bool {
        self.uncovered().next().is_none()
    }
}

/// Measures runs of one journey.
pub struct CoverageMeter<'j> {
    journey: &'j Journey,
    items: Items,
    hits: Vec<usize>,
    runs: usize,
}

impl<'j> CoverageMeter<'j> {
    /// Nothing was run yet.
    pub fn new(journey: &'j Journey) -> Self {
        let items = Items::new(journey.plan());
        let hits = vec![0; items.list.len()];
        Self { journey, items, hits, runs: 0 }
    }

    /// Counts a traced run. A run of another journey, such as that of the UserInfo endpoint, covers nothing: the answer is `false`.
    pub fn add(&mut self, run: &Execution) -> bool {
        if !Arc::ptr_eq(&run.plan, self.journey.plan()) {
            return false;
        }
        self.runs += 1;
        for (hits, covered) in self.hits.iter_mut().zip(Meter::of_trace(&self.items, &run.trace)) {
            *hits += usize::from(covered);
        }
        true
    }

    /// What the runs cover of what can be covered.
    pub fn finish(self, limits: &CoverLimits) -> Coverage {
        let reach = Reach::explore(self.journey.plan(), &self.items, limits);
        self.coverage(&reach)
    }

    fn coverage(self, reach: &Reach) -> Coverage {
        let plan: &JourneyPlan = self.journey.plan();
        let exact = reach.bounded.is_none();
        let hit = |index: usize| self.hits.get(index).copied().unwrap_or(0);
        let seen = |index: usize| reach.seen.get(index).copied().unwrap_or(false);
        let sources = self.journey.sources();
        let mut items = Vec::new();
        for (index, item) in self.items.list.iter().enumerate() {
            // Where the exploration is bounded nobody knows whether a claim can be absent: that outcome counts where it was seen.
            let kept = seen(index) || (!exact && !item.is_ignored());
            items.push(Item {
                kind: item.kind(),
                step: item.step(plan),
                what: self.items.describe(plan, item),
                at: sources.place(item.span),
                hits: hit(index),
                reachable: hit(index) > 0 || kept,
            });
        }
        for pair in mcdc::pairs(&self.items) {
            let can = pair.holds(|index| hit(index) > 0 || seen(index)) || !exact;
            // Each of the two runs that are needed was there; the rarer one counts.
            let hits = pair.hits(hit);
            items.push(Item {
                kind: ItemKind::Mcdc,
                step: pair.step(plan),
                what: pair.describe(plan, &self.items),
                at: sources.place(pair.span),
                hits,
                reachable: hits > 0 || can,
            });
        }
        let order = |item: &Item| item.kind.order();
        items.sort_by_key(order);
        Coverage {
            policy: plan.policy.id.clone(),
            journey: plan.journeys.first().map(|journey| journey.id.clone()).unwrap_or_default(),
            runs: self.runs,
            items,
            bounded: reach.bounded.clone(),
        }
    }
}

impl ItemKind {
    /// Reports go kind by kind.
    fn order(self) -> u8 {
        match self {
            ItemKind::Step => 0,
            ItemKind::Exchange => 1,
            ItemKind::Condition(_) => 2,
            ItemKind::Mcdc => 3,
            ItemKind::Validation => 4,
            ItemKind::ErrorExit => 5,
        }
    }
}

impl Journey {
    /// What scenarios cover of what can be covered. One that says `continues` goes on after the one before it.
    ///
    /// # Errors
    /// A scenario does not fit the policy.
    pub fn coverage(&self, scenarios: &[Scenario]) -> Result<Coverage, SimulationError> {
        let mut meter = CoverageMeter::new(self);
        let mut previous = None;
        for scenario in scenarios {
            let run = self.run_scenario_after(scenario, previous.as_ref())?;
            meter.add(&run);
            previous = Some(run);
        }
        Ok(meter.finish(&CoverLimits::default()))
    }

    /// A small set of scenarios that covers everything that was explored, each with what its run came to as expectation. The set is found
    /// greedily: it is not always the smallest one.
    pub fn generate(&self, limits: &CoverLimits) -> Vec<Scenario> {
        self.generate_with_coverage(limits).0
    }

    /// As [`Journey::generate`]; beside the scenarios what they cover.
    pub fn generate_with_coverage(&self, limits: &CoverLimits) -> (Vec<Scenario>, Coverage) {
        generate::generate(self, limits)
    }
}
