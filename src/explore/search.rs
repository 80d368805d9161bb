//! The walk over the states of a journey: those that differ from the happy path in the fewest replies first.
//!
//! A state is a run that asks something. Two states with the same fingerprint, the same history as far as the question looks at it, are one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};

use rustc_hash::FxHashSet;
#[cfg(feature = "prove")]
use serde_json::{Map, Value as Json};

use super::Interest;
use super::domain::Domains;
use super::live::Liveness;
use super::replies::{Choice, Replies, Say};
#[cfg(feature = "prove")]
use crate::claims::Bag;
use crate::claims::Str;
use crate::engine::{Ask, Entry, Environment, Outcome, Run, State, Switches, Watch, Window, number, slot, text};
use crate::plan::{JourneyPlan, ProfileId, TransformationId};
use crate::simulate::default_world::{self, Ideas};
use crate::simulate::scenario::Scenario;
use crate::trace::{Event, StepId};

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

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StepState {
    Executed,
    Skipped,
    Failed,
    Waiting,
}

/// What happened on a way, as far as questions can look at it.
#[derive(Clone, Debug, Default)]
pub(crate) struct History {
    /// Technical profiles in the order in which they began, without the issuer.
    pub(crate) calls: Vec<ProfileId>,
    /// Steps that began or were skipped, each once.
    steps: Vec<(StepId, StepState)>,
}

impl History {
    /// What became of a step; `None` = it was not reached.
    pub(crate) fn step(&self, id: StepId) -> Option<StepState> {
        self.steps.iter().find(|(step, _)| *step == id).map(|(_, state)| *state)
    }

    fn set(&mut self, id: StepId, state: StepState) {
        // The step that runs is as a rule the last one.
        match self.steps.iter_mut().rev().find(|(step, _)| *step == id) {
            Some((_, known)) => *known = state,
            None => self.steps.push((id, state)),
        }
    }

    fn see(&mut self, event: &Event) {
        match event {
            Event::Call(_, crate::trace::Role::Issuer) => {}
            Event::Call(profile, _) => self.calls.push(*profile),
            Event::StepSkipped(step, _) => self.set(*step, StepState::Skipped),
            Event::StepBegins(step) | Event::StepDone(step) => self.set(*step, StepState::Executed),
            Event::StepFailed(step, _) => self.set(*step, StepState::Failed),
            Event::StepWaits(step) => self.set(*step, StepState::Waiting),
            _ => {}
        }
    }

    fn fingerprint(&self, interest: &Interest, into: &mut Vec<u8>) {
        if interest.calls {
            number(self.calls.len() as u32, into);
            self.calls.iter().for_each(|call| number(call.index() as u32, into));
        } else {
            interest.profiles.iter().for_each(|profile| into.push(u8::from(self.calls.contains(profile))));
        }
        for step in &interest.steps {
            into.push(self.step(*step).map_or(0, |state| state as u8 + 1));
        }
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
    /// The last reply on the way.
    trail: usize,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Exploration {
    /// Every distinguishable end, those with the fewest departures first.
    pub(crate) ends: Vec<End>,
    /// Whole ways through what a [`Watcher`] wanted one of, each by the happy path from there on.
    pub(crate) samples: Vec<End>,
    /// States that were walked.
    pub(crate) states: usize,
    /// Why it is not known to be all, if it is not.
    pub(crate) bounded: Option<String>,
    trail: Vec<Reply>,
}

/// One reply on a way.
#[derive(Clone, Debug)]
struct Reply {
    before: usize,
    step: Option<StepId>,
    say: Say,
}

/// No reply before.
const START: usize = usize::MAX;

impl Exploration {
    /// The replies that lead to an end, each with the step that asked.
    pub(crate) fn way(&self, end: &End) -> Vec<(Option<StepId>, &Say)> {
        let mut way = Vec::new();
        let mut at = end.trail;
        while let Some(reply) = self.trail.get(at) {
            way.push((reply.step, &reply.say));
            at = reply.before;
        }
        way.reverse();
        way
    }
}

/// Watches a walk.
pub(crate) trait Watcher {
    /// Whether it looks at more than calls and what becomes of steps.
    fn wants_everything(&self) -> bool {
        false
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

struct Node<'p> {
    run: Run<'p>,
    history: History,
    departures: u32,
    trail: usize,
}

/// Explores one plan for one question.
pub(crate) struct Explorer<'p> {
    pub(crate) plan: &'p JourneyPlan,
    pub(crate) environment: &'p Environment,
    pub(crate) window: Window,
    pub(crate) limits: Limits,
}

/// States with thousands of replies use the budget of states up sooner.
const REPLIES_PER_STATE: usize = 50;

/// A way is followed to its end over no more asks than this.
const LONGEST_WAY: usize = 300;

impl<'p> Explorer<'p> {
    /// Walks everything that can be told apart.
    pub(crate) fn explore(&self, question: &Interest, watcher: &mut impl Watcher) -> Exploration {
        let everything = (!self.limits.slicing).then(|| question.in_everything(self.plan));
        let interest = everything.as_ref().unwrap_or(question);
        let domains = Domains::new(self.plan, interest);
        let ideas = Ideas::new(self.plan, self.environment.now.date());
        let mut liveness = Liveness::new(self.plan, &domains, interest);
        let replies = Replies { plan: self.plan, domains: &domains, ideas: &ideas, interest };
        let begin = Instant::now();
        let mut exploration = Exploration { ends: Vec::new(), samples: Vec::new(), states: 0, bounded: None, trail: Vec::new() };
        let mut too_many: BTreeSet<ProfileId> = BTreeSet::new();
        let mut visited: FxHashSet<Box<[u8]>> = FxHashSet::default();
        let mut queue: BTreeMap<u32, VecDeque<Node<'p>>> = BTreeMap::new();
        let mut run = Run::new(self.plan, self.environment, self.window.clone(), true);
        if !watcher.wants_everything() {
            run.record_briefly();
        }
        queue.entry(0).or_default().push_back(Node { run, history: History::default(), departures: 0, trail: START });
        let mut key = Vec::new();
        while let Some(mut first) = queue.first_entry() {
            let Some(mut node) = first.get_mut().pop_front() else {
                first.remove();
                continue;
            };
            watcher.at(node.run.step_id(), &node.history);
            let ask = advance(&mut node.run);
            let mut wanted = false;
            for event in node.run.take_events() {
                node.history.see(&event);
                wanted |= watcher.event(&event);
            }
            if wanted {
                let sample = follow(&replies, &mut exploration.trail, node.fork());
                exploration.samples.extend(sample);
            }
            key.clear();
            node.history.fingerprint(interest, &mut key);
            let Some(ask) = ask else {
                end_key(&node.run, liveness.at_the_end(), interest, &mut key);
                if visited.insert(key.as_slice().into()) {
                    let end = end_of(node);
                    let enough = watcher.end(&end);
                    exploration.ends.push(end);
                    if enough {
                        break;
                    }
                }
                continue;
            };
            node.run.fingerprint(liveness.watch(&node.run.stack()), &mut key);
            if !visited.insert(key.as_slice().into()) {
                continue;
            }
            exploration.states += 1;
            let most_replies = self.limits.max_states.saturating_mul(REPLIES_PER_STATE);
            if exploration.states > self.limits.max_states || exploration.trail.len() > most_replies {
                exploration.bounded = Some(format!("the budget of {} states is used up", self.limits.max_states));
                break;
            }
            if self.limits.timeout.is_some_and(|time| begin.elapsed() > time) {
                exploration.bounded = Some("the time is used up".to_owned());
                break;
            }
            let found = replies.to(&node.run, ask);
            too_many.extend(found.too_many);
            for (index, choice) in found.choices.into_iter().enumerate() {
                let departures = node.departures + u32::from(index > 0);
                if let Some(next) = node.take(choice, departures, &mut exploration.trail) {
                    queue.entry(departures).or_default().push_back(next);
                }
            }
        }
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

impl<'p> Node<'p> {
    fn fork(&self) -> Self {
        Self { run: self.run.clone(), history: self.history.clone(), departures: self.departures, trail: self.trail }
    }

    /// The state after a reply; `None` when the engine does not take it.
    fn take(&self, choice: Choice, departures: u32, trail: &mut Vec<Reply>) -> Option<Self> {
        let mut next = self.fork();
        match choice.reply {
            Some(reply) => next.run.reply(reply).ok()?,
            None => next.run.abandon(),
        }
        trail.push(Reply { before: self.trail, step: Some(self.run.step_id()), say: choice.say });
        Some(Self { departures, trail: trail.len() - 1, ..next })
    }
}

/// What is asked next, if the run does not end.
fn advance(run: &mut Run<'_>) -> Option<Ask> {
    match run.advance() {
        State::Asks(ask) => Some(ask),
        State::Done(_) => None,
    }
}

/// Goes on by the happy path to the end.
fn follow<'p>(replies: &Replies<'p>, trail: &mut Vec<Reply>, mut node: Node<'p>) -> Option<End> {
    for _ in 0..LONGEST_WAY {
        let ask = advance(&mut node.run);
        node.run.take_events().iter().for_each(|event| node.history.see(event));
        let Some(ask) = ask else { return Some(end_of(node)) };
        let choices = replies.to(&node.run, ask).choices;
        // A page that was refused is left.
        let refused = matches!(ask, Ask::Page { refused: 1.., .. });
        let choice = if refused { choices.into_iter().last() } else { choices.into_iter().next() }?;
        node = node.take(choice, node.departures, trail)?;
    }
    None
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len() {
        more @ 6.. => format!("{} and {} more", quoted.join(", "), more - 5),
        _ => quoted.join(", "),
    }
}

fn end_of(node: Node<'_>) -> End {
    let outcome = node.run.outcome().cloned().unwrap_or(Outcome::Stopped);
    End {
        outcome,
        #[cfg(feature = "prove")]
        bag: node.run.bag().clone(),
        #[cfg(feature = "prove")]
        token: node.run.token().cloned(),
        history: node.history,
        trail: node.trail,
    }
}

fn end_key(run: &Run<'_>, watch: &[Watch], interest: &Interest, into: &mut Vec<u8>) {
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
    for (claim, watch) in (0..).map(crate::claims::ClaimId).zip(watch) {
        if *watch != Watch::Nothing {
            slot(run.bag().get(claim), *watch, into);
        }
    }
    if interest.token
        && let Some(token) = run.token()
    {
        token.keys().for_each(|name| text(name, into));
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
