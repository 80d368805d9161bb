//! The comparison of two journeys.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::compare::{Eyes, Key};
use super::structure::{Delta, Structure};
use super::{DiffVerdict, Difference, DifferenceKind, PolicyDiff};
use crate::engine::{Request, Window};
use crate::explore::search::{Attention, Exploration, Explorer, Watcher, environment, step_name};
use crate::explore::way::minimal;
use crate::explore::{Interest, Limits};
use crate::plan::{JourneyId, JourneyPlan, ProfileId, StepKind};
use crate::policy_set::Journey;
use crate::report::RunRecord;
use crate::simulate::default_world::{self, Ideas};
use crate::simulate::scenario::Scenario;
use crate::trace::{Event, Role, StepId};

/// More ways than this are not run.
const MOST_WAYS: usize = 20_000;

/// Compares two journeys. `enough`: one difference will do.
pub(in crate::explore) fn compare(old: &Journey, new: &Journey, limits: &Limits, enough: bool) -> PolicyDiff {
    let delta = Delta::of(&Structure::of(old.plan()), &Structure::of(new.plan()));
    let mut comparison = Comparison {
        pair: Pair { old, new, eyes: Eyes::new(old.plan(), new.plan(), delta.step_names(old.plan(), new.plan())) },
        limits,
        enough,
        // Two explorations, and as long again for the runs.
        deadline: limits.timeout.and_then(|timeout| Instant::now().checked_add(timeout.checked_mul(3).unwrap_or(Duration::MAX))),
        runs: 0,
        reason: None,
        found: BTreeMap::new(),
    };
    // Who wants but one difference asks about the runs that are explored, and no others.
    if !enough {
        comparison.reason = beyond(old, new, &delta);
    }
    if !delta.is_empty() {
        let (old_interest, new_interest) = delta.interests(old.plan(), new.plan());
        let before = comparison.side(old.plan(), &old_interest);
        if !comparison.done() {
            let after = comparison.side(new.plan(), &new_interest);
            if !enough {
                // The directory in memory answers here, as it does in no way that is explored.
                comparison.look(Scenario { policy: Some(new.plan().policy.id.clone()), ..Scenario::default() });
            }
            comparison.reachability(&before, &after);
        }
    }
    comparison.result()
}

/// What differs and shows in no run that is explored.
fn beyond(old: &Journey, new: &Journey, delta: &Delta) -> Option<String> {
    if delta.session {
        return Some("what differs concerns later logons in a session, which are not explored".to_owned());
    }
    if delta.request {
        return Some("what differs reads what the application sends, of which not everything is explored".to_owned());
    }
    let (before, after) = (old.plan(), new.plan());
    let kind = |plan: &JourneyPlan, id| std::mem::discriminant(&plan.profile(id).handler);
    let pairs = before.profiles.iter().filter_map(|profile| Some((before.profile_id(&profile.id)?, after.profile_id(&profile.id)?)));
    if let Some((id, _)) = pairs.into_iter().find(|(old, new)| kind(before, *old) != kind(after, *new)) {
        return Some(format!("`{}` is of another kind, whose replies may be others", before.profile(id).id));
    }
    let ids: BTreeSet<String> = old.endpoints().chain(new.endpoints()).collect();
    let differs = |id: &&String| match (old.of_endpoint(id), new.of_endpoint(id)) {
        (Ok(Some(old)), Ok(Some(new))) => !Delta::of(&Structure::of(old.plan()), &Structure::of(new.plan())).is_empty(),
        (Ok(None), Ok(None)) | (Err(_), Err(_)) => false,
        _ => true,
    };
    ids.iter().find(differs).map(|id| format!("the journey of the endpoint `{id}` differs, and is not explored"))
}

/// What the application may send: what it always sends, and where a policy reads a hint or query parameters, these too.
fn requests(plans: [&JourneyPlan; 2]) -> Vec<Option<Request>> {
    let environment = environment();
    let mut requests = vec![None];
    for plan in plans {
        let fuller = default_world::fuller_request(&Ideas::new(plan, environment.now.date()), &environment.request);
        if fuller.is_some() && !requests.contains(&fuller) {
            requests.push(fuller);
        }
    }
    requests
}

/// Collects what is called, and asks for one way to each technical profile and each step.
#[derive(Default)]
struct Reached {
    profiles: BTreeSet<ProfileId>,
    steps: BTreeSet<StepId>,
}

impl Watcher for Reached {
    fn attention(&self) -> Attention {
        Attention::Steps
    }

    fn event(&mut self, event: &Event) -> bool {
        match event {
            Event::Call(_, Role::Issuer) => false,
            Event::Call(profile, _) => self.profiles.insert(*profile),
            Event::StepBegins(step) => self.steps.insert(*step),
            _ => false,
        }
    }
}

/// What was found on one side.
struct Side {
    exact: bool,
    /// Technical profiles that are called in some run, in lower case, and as they are written.
    profiles: BTreeMap<String, String>,
}

struct Comparison<'j> {
    pair: Pair<'j>,
    limits: &'j Limits,
    enough: bool,
    deadline: Option<Instant>,
    runs: usize,
    reason: Option<String>,
    found: BTreeMap<Key, Difference>,
}

impl Comparison<'_> {
    fn done(&self) -> bool {
        self.enough && !self.found.is_empty()
    }

    /// Explores one of the plans and runs its ways on both.
    fn side(&mut self, plan: &JourneyPlan, interest: &Interest) -> Side {
        let mut reached = Reached::default();
        let mut exact = true;
        for request in requests([self.pair.old.plan(), self.pair.new.plan()]) {
            let mut environment = environment();
            if let Some(request) = &request {
                environment.request = request.clone();
            }
            let explorer = Explorer { plan, environment: &environment, window: Window::default(), limits: *self.limits };
            let found: Exploration = explorer.explore(interest, &mut reached);
            exact &= found.bounded.is_none();
            self.reason = self.reason.take().or_else(|| found.bounded.clone());
            self.replay(plan, &found, request.as_ref());
            if self.done() {
                break;
            }
        }
        let written = |profile: &ProfileId| plan.profile(*profile).id.to_string();
        let profiles = reached.profiles.iter().map(|profile| (written(profile).to_ascii_lowercase(), written(profile))).collect();
        Side { exact, profiles }
    }

    /// Runs every way on both.
    fn replay(&mut self, plan: &JourneyPlan, found: &Exploration, request: Option<&Request>) {
        for end in found.ends.iter().chain(&found.samples) {
            if self.done() {
                return;
            }
            if self.runs >= MOST_WAYS || self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
                self.reason.get_or_insert_with(|| format!("no more than {} runs were compared", self.runs));
                return;
            }
            self.runs += 1;
            self.look(Scenario { request: request.cloned().unwrap_or_default(), ..found.scenario(plan, end) });
        }
    }

    /// Runs a scenario on both, and keeps the first one of each difference.
    fn look(&mut self, scenario: Scenario) {
        let Some((old, new)) = self.pair.run(&scenario) else { return };
        for ((kind, subject), message) in self.pair.eyes.differences(&old, &new) {
            self.found.entry((kind, subject.clone())).or_insert_with(|| Difference {
                kind,
                subject,
                message,
                old: Some(self.pair.eyes.old_summary(&old)),
                new: Some(self.pair.eyes.new_summary(&new)),
                scenario: Some(scenario.clone()),
            });
        }
    }

    /// What is called in no run of the other side says more than what is not called in one.
    fn reachability(&mut self, before: &Side, after: &Side) {
        let sides = [
            (before, after, DifferenceKind::Called, DifferenceKind::Reachable, "is called in some run, and was in none"),
            (after, before, DifferenceKind::NotCalled, DifferenceKind::Unreachable, "is called in no run, and was in some"),
        ];
        for (without, with, weaker, kind, message) in sides {
            for (name, written) in with.profiles.iter().filter(|(name, _)| without.exact && !without.profiles.contains_key(*name)) {
                let weaker = self.found.keys().find(|(found, subject)| *found == weaker && subject.eq_ignore_ascii_case(name)).cloned();
                let shown = weaker.and_then(|weaker| self.found.remove(&weaker));
                let (old, new, scenario) = shown.map_or((None, None, None), |shown| (shown.old, shown.new, shown.scenario));
                let message = format!("`{written}` {message}");
                self.found.insert((kind, written.clone()), Difference { kind, subject: written.clone(), message, old, new, scenario });
            }
        }
    }

    fn result(mut self) -> PolicyDiff {
        let mut differences: Vec<Difference> = std::mem::take(&mut self.found).into_values().collect();
        // Who wants but one shortens it when it is needed.
        if !self.enough {
            differences.iter_mut().for_each(|difference| self.pair.shorten(difference));
        }
        let verdict = match (&self.reason, differences.is_empty()) {
            (_, false) => DiffVerdict::Different,
            (Some(_), true) => DiffVerdict::Bounded,
            (None, true) => DiffVerdict::Equivalent,
        };
        let policy = self.pair.new.plan().policy.id.to_string();
        PolicyDiff { policy, verdict, reason: self.reason, differences, runs: self.runs }
    }
}

struct Pair<'j> {
    old: &'j Journey,
    new: &'j Journey,
    eyes: Eyes,
}

impl Pair<'_> {
    /// A scenario on both, each as it fits; `None` when one of the two cannot be run with it.
    fn run(&self, scenario: &Scenario) -> Option<(RunRecord, RunRecord)> {
        Some((fitting(self.old, scenario)?, fitting(self.new, scenario)?))
    }

    /// Leaves out of a difference's scenario what it does not need.
    fn shorten(&self, difference: &mut Difference) {
        let Some(scenario) = difference.scenario.take() else { return };
        // What is called in no run is not called in this one.
        let kind = match difference.kind {
            DifferenceKind::Reachable => DifferenceKind::Called,
            DifferenceKind::Unreachable => DifferenceKind::NotCalled,
            kind => kind,
        };
        let wanted = |(found, subject): &Key| *found == kind && subject.eq_ignore_ascii_case(&difference.subject);
        let still = |scenario: &Scenario| self.run(scenario).is_some_and(|(old, new)| self.eyes.differences(&old, &new).keys().any(wanted));
        let mut smaller = minimal(scenario, still);
        let name: String = difference.kind.name().chars().chain([' ']).chain(difference.subject.chars()).take(80).collect();
        smaller.name = Some(name.trim().into());
        if let Some((old, new)) = self.run(&smaller) {
            difference.old = Some(self.eyes.old_summary(&old));
            difference.new = Some(self.eyes.new_summary(&new));
            if let Some(message) = self.eyes.differences(&old, &new).remove(&(kind, difference.subject.clone()))
                && kind == difference.kind
            {
                difference.message = message;
            }
        }
        difference.scenario = Some(smaller);
    }
}

/// A scenario of another plan on this one: choices at selection steps go to the step that offers them.
fn fitting(journey: &Journey, scenario: &Scenario) -> Option<RunRecord> {
    let plan = journey.plan();
    let mut scenario = scenario.clone();
    let choices = std::mem::take(&mut scenario.choose);
    for (step, choice) in choices {
        let offers = |kind: &StepKind| match kind {
            StepKind::Selection { selections, local, .. } => {
                let names = selections.iter().map(|selection| &selection.exchange).chain(local.iter().map(|local| &local.id));
                names.into_iter().any(|name| name.eq_ignore_ascii_case(&choice.name))
            }
            _ => false,
        };
        let steps = || {
            let journeys = (0..).map(JourneyId).zip(&plan.journeys);
            journeys.flat_map(|(journey, found)| {
                (0..).zip(&found.steps).map(move |(position, step)| (step_name(plan, StepId { journey, position }), step))
            })
        };
        let stays = steps().any(|(name, found)| name == step && matches!(found.kind, StepKind::Selection { .. }));
        let moved = || steps().find(|(_, step)| offers(&step.kind)).map(|(name, _)| name);
        let to = if stays { step.clone() } else { moved().unwrap_or(step) };
        scenario.choose.insert(to, choice);
    }
    journey.simulation().scenario(&scenario).lenient().run().ok().map(|run| run.record())
}
