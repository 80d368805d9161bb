//! What can be covered at all, by exploration.

use crate::engine::{Environment, Outcome, Request, Window};
use crate::explore::Interest;
use crate::explore::search::{Attention, End, Exploration, Explorer, History, Limits, Watcher, environment};
use crate::plan::JourneyPlan;
use crate::simulate::default_world::{Ideas, fuller_request};
use crate::simulate::scenario::Scenario;
use crate::trace::{Event, StepId};

use super::CoverLimits;
use super::items::Items;
use super::measure::Meter;

/// So many ways through each item are kept: the one with the fewest departures from the happy path need not be the one that can be
/// replayed, nor the one that covers the most besides.
const WAYS: u8 = 3;

/// What was reached.
pub(super) struct Reach {
    /// Item by item.
    pub(super) seen: Vec<bool>,
    /// Why it is not known to be all.
    pub(super) bounded: Option<String>,
}

impl Reach {
    pub(super) fn explore(plan: &JourneyPlan, items: &Items, limits: &CoverLimits) -> Self {
        Self::walk(plan, items, limits, 0).0
    }

    /// Beside it whole ways through everything that was reached.
    pub(super) fn with_samples(plan: &JourneyPlan, items: &Items, limits: &CoverLimits) -> (Self, Vec<Walk>) {
        Self::walk(plan, items, limits, WAYS)
    }

    fn walk(plan: &JourneyPlan, items: &Items, limits: &CoverLimits, ways: u8) -> (Self, Vec<Walk>) {
        let mut seen = Seen { meter: Meter::new(items), times: vec![0; items.list.len()], ways };
        let mut reach = Self { seen: Vec::new(), bounded: None };
        let mut walks = Vec::new();
        for request in requests(plan) {
            let mut environment = environment();
            if let Some(request) = &request {
                environment.request = request.clone();
            }
            let limits = Limits { max_states: limits.max_states, timeout: None, ..Limits::default() };
            let explorer = Explorer { plan, environment: &environment, window: Window::default(), limits };
            let exploration = explorer.explore(&Interest::default(), &mut seen);
            reach.bounded = reach.bounded.or_else(|| exploration.bounded.clone());
            walks.push(Walk { exploration, request });
        }
        reach.seen = seen.times.iter().map(|times| *times > 0).collect();
        (reach, walks)
    }
}

/// What the application may send: what it always sends, and where the policy reads a hint or query parameters, these too.
fn requests(plan: &JourneyPlan) -> Vec<Option<Request>> {
    let environment = environment();
    let fuller = fuller_request(&Ideas::new(plan, environment.now.date()), &environment.request);
    [vec![None], fuller.map(Some).into_iter().collect()].concat()
}

/// What was found with one request.
pub(super) struct Walk {
    exploration: Exploration,
    /// `None` = that of the default world.
    request: Option<Request>,
}

impl Walk {
    /// The ways that were found, as scenarios.
    pub(super) fn scenarios<'w>(&'w self, plan: &'w JourneyPlan) -> impl Iterator<Item = Scenario> + 'w {
        let Exploration { samples, ends, .. } = &self.exploration;
        samples.iter().chain(ends).map(move |end| {
            let scenario = self.exploration.scenario(plan, end);
            Scenario { request: self.request.clone().unwrap_or_default(), ..scenario }
        })
    }
}

struct Seen<'i> {
    meter: Meter<'i>,
    times: Vec<u8>,
    ways: u8,
}

impl Watcher for Seen<'_> {
    fn attention(&self) -> Attention {
        Attention::Everything
    }

    fn at(&mut self, step: StepId, history: &History) {
        self.meter.at(step, &history.calls);
    }

    fn event(&mut self, event: &Event) -> bool {
        let Self { meter, times, ways } = self;
        let mut wanted = false;
        meter.see(event, |index| {
            if let Some(times) = times.get_mut(index) {
                wanted |= *times < *ways;
                *times = times.saturating_add(1);
            }
        });
        wanted
    }
}

/// States that are explored for a run that is issued: a few seconds at most, and the same everywhere.
const STATES_FOR_A_TOKEN: usize = 3_000;

/// The simplest run that is issued, as a scenario of what everybody answers; `None` when none was found.
pub(crate) fn simplest_issued(plan: &JourneyPlan, environment: &Environment, window: &Window) -> Option<Scenario> {
    struct Issued;
    impl Watcher for Issued {
        fn end(&mut self, end: &End) -> bool {
            matches!(end.outcome, Outcome::Issued | Outcome::Stopped)
        }
    }
    let limits = Limits { max_states: STATES_FOR_A_TOKEN, timeout: None, ..Limits::default() };
    let explorer = Explorer { plan, environment, window: window.clone(), limits };
    let exploration = explorer.explore(&Interest::default(), &mut Issued);
    let end = exploration.ends.iter().rfind(|end| matches!(end.outcome, Outcome::Issued | Outcome::Stopped))?;
    Some(exploration.scenario(plan, end))
}
