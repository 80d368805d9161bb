//! The walk itself: from state to state, until every state was seen or something is used up.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Instant;

use super::frontier::{Frontier, Node, Past, StateId, States, Trail};
use super::history::{Histories, HistoryId};
use super::seen::{Key, Seen};
use super::transitions::{Control, ControlId, FanId, Transitions};
use super::values::ValueId;
use super::{End, Exploration, Limits, Watcher};
use crate::engine::{Ask, Outcome, Run};
use crate::explore::live::Watched;
use crate::plan::ProfileId;

/// States with thousands of replies use the budget of states up sooner.
const REPLIES_PER_STATE: usize = 50;

/// A run takes two or three kilobytes: this many still fit into an ordinary machine.
const MOST_CONTROLS: usize = 1_000_000;

/// A way is followed to its end over no more asks than this.
const LONGEST_WAY: usize = 300;

/// So many states are come to before the first of them is looked at: their places in memory are waited for together.
const AT_ONCE: usize = 8;

/// So many of the states that come next are looked at for work that other threads can do.
const LOOK_AHEAD: usize = 64;

/// The clock is looked at once for so many states for which all is known.
const STATES_PER_LOOK: usize = 256;

/// An exploration under way.
pub(super) struct Walk<'p, 'q> {
    transitions: Transitions<'p, 'q>,
    pub(super) exploration: Exploration,
    limits: Limits,
    begin: Instant,
    seen: Seen,
    states: States,
    frontier: Frontier,
    /// The claims that the question looks at, and the ends that it tells apart, where more ends than these are told apart.
    asked: Option<(Watched, Seen, Key)>,
    /// How many replies were taken.
    replies: usize,
    /// Technical profiles that were not tried with every combination.
    pub(super) too_many: BTreeSet<ProfileId>,
}

/// A state that a reply led to.
#[derive(Default)]
struct Arrival {
    control: ControlId,
    /// What happened before, and then.
    before: HistoryId,
    past: Past,
    values: Vec<ValueId>,
    key: Key,
}

impl<'p: 'q, 'q> Walk<'p, 'q> {
    /// A walk over so many claims; `asked` has those that the question looks at, where ends are told apart that it does not tell apart.
    pub(super) fn new(transitions: Transitions<'p, 'q>, claims: usize, limits: Limits, asked: Option<Watched>) -> Self {
        let exploration = Exploration { ends: Vec::new(), samples: Vec::new(), states: 0, runs: 0, bounded: None, trail: Trail::default() };
        Self {
            transitions,
            exploration,
            limits,
            begin: Instant::now(),
            seen: Seen::default(),
            states: States::new(claims),
            frontier: Frontier::default(),
            asked: asked.map(|watched| (watched, Seen::default(), Key::default())),
            replies: 0,
            too_many: BTreeSet::new(),
        }
    }

    /// Walks on from the start of a run until everything was seen, or something ends the walk.
    pub(super) fn from(&mut self, run: Run<'p>, watcher: &mut impl Watcher) {
        let (start, at_start) = self.transitions.start(run, &mut self.exploration.trail);
        let before = Past { history: Histories::NOTHING, way: Trail::START };
        let here = self.states.add_first(before, &at_start);
        self.lead_on(here, before, start);
        let mut arrivals: [(Node, Arrival); AT_ONCE] = Default::default();
        loop {
            let mut arrived = 0;
            while let Some((node, arrival)) = arrivals.get_mut(arrived)
                && let Some(next) = self.frontier.pop(arrived == 0)
            {
                *node = next;
                arrived += usize::from(arrive(&self.transitions, &self.states, node, arrival).is_some());
            }
            let mut arrivals = arrivals.get(..arrived).unwrap_or_default();
            arrivals.iter().for_each(|(_, arrival)| self.seen.expect(&arrival.key));
            if arrivals.is_empty() {
                break;
            }
            while let Some(((node, arrival), rest)) = arrivals.split_first() {
                if self.look(node, arrival, rest, watcher).is_break() {
                    return;
                }
                self.states.take_way(node.before);
                arrivals = rest;
            }
        }
    }

    /// Every branch of a fan is a state to look at.
    fn lead_on(&mut self, before: StateId, past: Past, fan: FanId) {
        let Transitions { fans, histories, .. } = &mut self.transitions;
        let branches = fans.get(fan.index()).map_or(&[][..], |fan| &fan.branches);
        for (branch, to) in (0..).zip(branches) {
            let history = histories.after(past.history, to.marks);
            self.frontier.push(Node { before, fan, branch, history }, to.departs);
        }
    }

    /// Looks at a state that was come to: what it is, and where it leads on to if it is new.
    fn look(&mut self, node: &Node, arrival: &Arrival, rest: &[(Node, Arrival)], watcher: &mut impl Watcher) -> ControlFlow<()> {
        let Arrival { control, past, values, key, .. } = arrival;
        self.tell(node, arrival, watcher);
        if !self.seen.insert(key) {
            return ControlFlow::Continue(());
        }
        if self.transitions.at(*control).is_some_and(|place| place.has_ended) {
            return self.look_at_end(node, arrival, watcher);
        }
        self.exploration.states += 1;
        let known = self.transitions.known(*control, values);
        self.exploration.bounded = self.used_up(known.is_some());
        if self.exploration.bounded.is_some() {
            return ControlFlow::Break(());
        }
        let Some(id) = known.or_else(|| self.find(*control, values, rest)) else { return ControlFlow::Continue(()) };
        let Some(fan) = self.transitions.fans.get(id.index()) else { return ControlFlow::Continue(()) };
        self.too_many.extend(fan.too_many);
        self.replies += fan.branches.len();
        let ways = fan.branches.len() as u32;
        if ways > 0
            && let Some(branch) = self.transitions.branch(node)
        {
            let past = Past { way: self.exploration.trail.take(past.way, branch.reply), ..*past };
            let here = self.states.add(node.before, branch, past, ways);
            self.lead_on(here, past, id);
        }
        ControlFlow::Continue(())
    }

    /// What there is not enough of to go on.
    fn used_up(&self, is_known: bool) -> Option<String> {
        let Limits { max_states, timeout, .. } = self.limits;
        let states = self.exploration.states;
        if states > max_states || self.replies > max_states.saturating_mul(REPLIES_PER_STATE) {
            return Some(format!("the budget of {max_states} states is used up"));
        }
        if self.transitions.controls() > MOST_CONTROLS {
            return Some(format!("more than {MOST_CONTROLS} places of the journey are too many to remember"));
        }
        let is_time_to_look = !is_known || states.is_multiple_of(STATES_PER_LOOK);
        (is_time_to_look && timeout.is_some_and(|timeout| self.begin.elapsed() > timeout)).then(|| "the time is used up".to_owned())
    }

    fn look_at_end(&mut self, node: &Node, arrival: &Arrival, watcher: &mut impl Watcher) -> ControlFlow<()> {
        let Arrival { control, past, values, .. } = arrival;
        self.exploration.runs += 1;
        if let Some((watched, seen, key)) = &mut self.asked
            && let Some(place) = self.transitions.at(*control)
        {
            tell_apart(place, watched, self.transitions.histories.view(past.history), values, key);
            if !seen.insert(key) {
                return ControlFlow::Continue(());
            }
        }
        let way = self.exploration.trail.take(past.way, self.transitions.reply(node));
        let end = self.end(*control, Past { way, ..*past }, values);
        let enough = end.as_ref().is_some_and(|end| watcher.end(end));
        self.exploration.ends.extend(end);
        if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    /// Tells a watcher what happened on the way to a state.
    fn tell(&mut self, node: &Node, arrival: &Arrival, watcher: &mut impl Watcher) {
        let Arrival { control, before, past, values, .. } = arrival;
        let Some(witnessed) = self.transitions.branch(node).and_then(|branch| branch.witnessed.as_ref()) else { return };
        watcher.at(witnessed.step, &self.transitions.histories.get(*before));
        let mut wanted = false;
        for event in &witnessed.events {
            wanted |= watcher.event(event);
        }
        if wanted {
            let way = self.exploration.trail.take(past.way, self.transitions.reply(node));
            let sample = self.follow(*control, Past { way, ..*past }, values.clone());
            self.exploration.samples.extend(sample);
        }
    }

    #[cfg_attr(not(feature = "prove"), expect(unused_variables, reason = "only properties look at the claims of an end"))]
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
    fn find(&mut self, control: ControlId, values: &[ValueId], rest: &[(Node, Arrival)]) -> Option<FanId> {
        let Self { transitions, exploration, seen, states, frontier, .. } = self;
        let mut next: Vec<Arrival> = Vec::new();
        for node in frontier.upcoming().take(LOOK_AHEAD) {
            let mut arrival = Arrival::default();
            if arrive(transitions, states, node, &mut arrival).is_some() {
                next.push(arrival);
            }
        }
        let asks =
            |arrival: &&Arrival| transitions.at(arrival.control).is_some_and(|place| !place.has_ended) && !seen.contains(&arrival.key);
        let also: Vec<&Arrival> = rest.iter().map(|(_, arrival)| arrival).chain(&next).filter(asks).collect();
        let also = also.into_iter().map(|arrival| (arrival.control, arrival.values.as_slice()));
        transitions.find(control, values, also, &mut exploration.trail)
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

/// Where a reply leads to.
fn arrive(transitions: &Transitions<'_, '_>, states: &States, node: &Node, into: &mut Arrival) -> Option<()> {
    let branch = transitions.branch(node)?;
    let (before, held) = states.get(node.before)?;
    branch.apply(held, &mut into.values);
    into.control = branch.control;
    into.before = before.history;
    into.past = Past { history: node.history, way: before.way };
    let place = transitions.at(into.control)?;
    tell_apart(place, &place.watched, transitions.histories.view(node.history), &into.values, &mut into.key);
    Some(())
}

/// What tells a state apart: where it is, what of its history the question looks at, and of these claims what they hold.
fn tell_apart(place: &Control<'_>, watched: &Watched, view: u32, values: &[ValueId], key: &mut Key) {
    let held = watched.iter().map(|(claim, by_value)| values.get(*claim as usize).map_or(0, |held| held.seen(*by_value)));
    key.set([place.class, view].into_iter().chain(held));
}
