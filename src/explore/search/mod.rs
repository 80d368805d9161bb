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

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

#[cfg(feature = "prove")]
use serde_json::{Map, Value as Json};

use super::Interest;
use super::domain::Domains;
use super::live::{Liveness, Watched, at_the_end};
use super::replies::{Replies, Say};
#[cfg(feature = "prove")]
use crate::claims::Bag;
use crate::claims::Str;
use crate::engine::{Ask, Entry, Environment, Outcome, Run, Switches, Window, text};
use crate::plan::{JourneyPlan, ProfileId, TransformationId};
use crate::simulate::default_world::{self, Ideas};
use crate::simulate::scenario::Scenario;
use crate::trace::{Event, StepId};
use frontier::{Frontier, Node, Past, States, Trail, WayId};
use history::Histories;
pub(crate) use history::History;
#[cfg(feature = "prove")]
pub(crate) use history::StepState;
use seen::{Key, Seen};
use transitions::{Control, ControlId, Fan, FanId, Transitions, Witnessed};
use values::ValueId;

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

/// States with thousands of replies use the budget of states up sooner.
const REPLIES_PER_STATE: usize = 50;

/// A run takes two or three kilobytes: this many still fit into an ordinary machine.
const MOST_CONTROLS: usize = 1_000_000;

/// A way is followed to its end over no more asks than this.
const LONGEST_WAY: usize = 300;

/// So many of the states that come next are looked at for work that other threads can do.
const LOOK_AHEAD: usize = 256;

/// The clock is looked at once for so many states for which all is known.
const STATES_PER_LOOK: usize = 256;

impl<'p> Explorer<'p> {
    /// Walks everything that can be told apart.
    pub(crate) fn explore(&self, question: &Interest, watcher: &mut impl Watcher) -> Exploration {
        let everything = (!self.limits.slicing).then(|| question.in_everything(self.plan));
        let interest = everything.as_ref().unwrap_or(question);
        let domains = Domains::new(self.plan, interest);
        let ideas = Ideas::new(self.plan, self.environment.now.date());
        let replies = Replies { plan: self.plan, domains: &domains, ideas: &ideas, interest };
        let transitions = Transitions::new(replies, Liveness::new(self.plan, &domains, interest), watcher.attention());
        let exploration = Exploration { ends: Vec::new(), samples: Vec::new(), states: 0, runs: 0, bounded: None, trail: Trail::default() };
        let asked = everything.is_some().then(|| (at_the_end(self.plan, question), Seen::default()));
        let walk = Walk {
            transitions,
            exploration,
            seen: Seen::default(),
            states: States::new(self.plan.claims.len()),
            frontier: Frontier::default(),
            asked,
        };
        let mut run = Run::new(self.plan, self.environment, self.window.clone(), true);
        if watcher.attention() != Attention::Everything {
            run.record_briefly();
        }
        let (mut exploration, too_many) = walk.from(run, &self.limits, watcher);
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

/// An exploration under way.
struct Walk<'p, 'q> {
    transitions: Transitions<'p, 'q>,
    exploration: Exploration,
    seen: Seen,
    states: States,
    frontier: Frontier,
    /// The claims that the question looks at, and the ends that it tells apart, where more ends than these are told apart.
    asked: Option<(Watched, Seen)>,
}

impl<'p: 'q, 'q> Walk<'p, 'q> {
    /// Walks on from the start of a run; beside what was found, the technical profiles that were not tried with every combination.
    fn from(mut self, run: Run<'p>, limits: &Limits, watcher: &mut impl Watcher) -> (Exploration, BTreeSet<ProfileId>) {
        let begin = Instant::now();
        let most_replies = limits.max_states.saturating_mul(REPLIES_PER_STATE);
        let (mut replies, mut too_many) = (0, BTreeSet::new());
        let (mut key, mut values) = (Key::default(), Vec::new());
        let (start, at_start) = self.transitions.start(run, &mut self.exploration.trail);
        let before = self.states.add(Past { history: Histories::NOTHING, way: Trail::START }, &at_start, 1);
        self.frontier.push(Node { before, fan: start, branch: 0 }, false);
        while let Some(node) = self.frontier.pop() {
            let Transitions { fans, histories, .. } = &mut self.transitions;
            let Some(branch) = fans.get(node.fan.index()).and_then(|fan| fan.branches.get(node.branch as usize)) else { continue };
            let Some((before, held)) = self.states.get(node.before) else { continue };
            let (control, reply) = (branch.control, branch.reply);
            branch.apply(held, &mut values);
            let history = histories.after(before.history, branch.marks);
            if let Some(witnessed) = &branch.witnessed
                && tell(watcher, witnessed, &histories.get(before.history))
            {
                let way = self.exploration.trail.take(before.way, reply);
                let sample = self.follow(control, Past { history, way }, values.clone());
                self.exploration.samples.extend(sample);
            }
            self.states.take_way(node.before);
            let view = self.transitions.histories.view(history);
            let Some(place) = self.transitions.at(control) else { continue };
            tell_apart(place, &place.watched, view, &values, &mut key);
            if !self.seen.insert(&key) {
                continue;
            }
            if place.has_ended {
                self.exploration.runs += 1;
                if let Some((watched, seen)) = &mut self.asked {
                    tell_apart(place, watched, view, &values, &mut key);
                    if !seen.insert(&key) {
                        continue;
                    }
                }
                let way = self.exploration.trail.take(before.way, reply);
                let end = self.end(control, Past { history, way }, &values);
                let enough = end.as_ref().is_some_and(|end| watcher.end(end));
                self.exploration.ends.extend(end);
                if enough {
                    break;
                }
                continue;
            }
            self.exploration.states += 1;
            if self.exploration.states > limits.max_states || replies > most_replies {
                self.exploration.bounded = Some(format!("the budget of {} states is used up", limits.max_states));
                break;
            }
            if self.transitions.controls() > MOST_CONTROLS {
                self.exploration.bounded = Some(format!("more than {MOST_CONTROLS} places of the journey are too many to remember"));
                break;
            }
            let known = self.transitions.known(control, &values);
            if (known.is_none() || self.exploration.states.is_multiple_of(STATES_PER_LOOK))
                && limits.timeout.is_some_and(|time| begin.elapsed() > time)
            {
                self.exploration.bounded = Some("the time is used up".to_owned());
                break;
            }
            let Some(fan) = known.or_else(|| self.find(control, &values)) else { continue };
            let Some(Fan { branches, too_many: more }) = self.transitions.fans.get(fan.index()) else { continue };
            too_many.extend(more);
            replies += branches.len();
            if branches.is_empty() {
                continue;
            }
            let way = self.exploration.trail.take(before.way, reply);
            let here = self.states.add(Past { history, way }, &values, branches.len() as u32);
            for (index, branch) in (0..).zip(branches) {
                self.frontier.push(Node { before: here, fan, branch: index }, branch.departs);
            }
        }
        (self.exploration, too_many)
    }

    fn end(&self, control: ControlId, past: Past, values: &[ValueId]) -> Option<End> {
        let run = &self.transitions.at(control)?.run;
        Some(End {
            outcome: run.outcome().cloned().unwrap_or(Outcome::Stopped),
            #[cfg(feature = "prove")]
            bag: self.transitions.values.bag(values),
            #[cfg(feature = "prove")]
            token: run.token().cloned(),
            history: self.transitions.histories.get(past.history),
            way: past.way,
        })
    }

    /// Finds out what comes of the replies in a state, and beside it in those whose turn is next.
    fn find(&mut self, control: ControlId, values: &[ValueId]) -> Option<FanId> {
        let Self { transitions, exploration, seen, states, frontier, .. } = self;
        let (mut key, mut next) = (Key::default(), Vec::new());
        for node in frontier.upcoming().take(LOOK_AHEAD) {
            let Transitions { fans, histories, .. } = &mut *transitions;
            let Some(branch) = fans.get(node.fan.index()).and_then(|fan| fan.branches.get(node.branch as usize)) else { continue };
            let Some((before, held)) = states.get(node.before) else { continue };
            let mut values = Vec::new();
            branch.apply(held, &mut values);
            let history = histories.after(before.history, branch.marks);
            let (view, control) = (histories.view(history), branch.control);
            let Some(place) = transitions.at(control).filter(|place| !place.has_ended) else { continue };
            tell_apart(place, &place.watched, view, &values, &mut key);
            if !seen.contains(&key) {
                next.push((control, values));
            }
        }
        let next = next.iter().map(|(control, values)| (*control, values.as_slice()));
        transitions.find(control, values, next, &mut exploration.trail)
    }

    /// The end of the way that goes on from a state by the happy path.
    fn follow(&mut self, mut control: ControlId, mut past: Past, mut values: Vec<ValueId>) -> Option<End> {
        let mut next = Vec::new();
        for _ in 0..LONGEST_WAY {
            let Some(ask) = self.transitions.at(control)?.run.ask() else { return self.end(control, past, &values) };
            let fan = match self.transitions.known(control, &values) {
                Some(known) => known,
                None => self.transitions.find(control, &values, std::iter::empty(), &mut self.exploration.trail)?,
            };
            let Transitions { fans, histories, .. } = &mut self.transitions;
            let branches = &fans.get(fan.index())?.branches;
            // A page that was refused is left.
            let refused = matches!(ask, Ask::Page { refused: 1.., .. });
            let branch = if refused { branches.last() } else { branches.first() }?;
            let way = self.exploration.trail.take(past.way, branch.reply);
            past = Past { history: histories.after(past.history, branch.marks), way };
            branch.apply(&values, &mut next);
            std::mem::swap(&mut values, &mut next);
            control = branch.control;
        }
        None
    }
}

/// Tells a watcher what happened between two asks; whether a whole way on which it happens is wanted.
fn tell(watcher: &mut impl Watcher, witnessed: &Witnessed, before: &History) -> bool {
    watcher.at(witnessed.step, before);
    let mut wanted = false;
    for event in &witnessed.events {
        wanted |= watcher.event(event);
    }
    wanted
}

/// What tells a state apart: where it is, what of its history the question looks at, and of these claims what they hold.
fn tell_apart(place: &Control<'_>, watched: &Watched, view: u32, values: &[ValueId], key: &mut Key) {
    let held = watched.iter().map(|(claim, by_value)| values.get(*claim as usize).map_or(0, |held| held.seen(*by_value)));
    key.set([place.class, view].into_iter().chain(held));
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
