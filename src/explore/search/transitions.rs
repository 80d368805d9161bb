//! What comes of each reply, found out by the engine once for all states that go on alike.
//!
//! A state is a [`Control`] (where the run is, what it asks, the page it shows: everything but the slots of the bag) and what each claim
//! holds. The bag notes which claims the engine reads on its way to the next asks, and which it writes. Whatever the others hold, the same
//! control with the same values of the claims that were read comes to the same asks by the same writes; so that the engine runs once for
//! each of those, not once for each state. (Model checkers call it local transition caching, by a dependency matrix; here the matrix is not
//! computed from the policy but noted from the engine's own steps.)

use std::hash::BuildHasherDefault;

use indexmap::IndexSet;
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::frontier::{Node, Trail};
use super::history::{Histories, Mark, MarksId};
use super::values::{ValueId, Values};
use super::{Attention, end_fingerprint};
use crate::claims::Slot;
use crate::engine::{Fault, Run, Watch, text};
use crate::explore::live::{Liveness, Watched};
use crate::explore::replies::{Replies, Say};
use crate::plan::ProfileId;
use crate::trace::{Event, StepId};

/// A control that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct ControlId(u32);

/// Everything of a state but what its claims hold.
pub(super) struct Control<'p> {
    /// The run, with an empty bag. It asks something, or is done.
    pub(super) run: Box<Run<'p>>,
    /// Equal for controls that no question tells apart.
    pub(super) class: u32,
    /// The claims that tell states apart here.
    pub(super) watched: Watched,
    pub(super) has_ended: bool,
    known: Vec<Known>,
    /// How many replies there were to what it asks, the last time.
    replies: Option<usize>,
}

/// What was found out about a control by runs that read the same claims.
struct Known {
    reads: Box<[u32]>,
    fans: FxHashMap<Box<[ValueId]>, FanId>,
}

/// A fan that is known.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct FanId(u32);

impl FanId {
    /// Its place in [`Transitions::fans`].
    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

/// What comes of each reply to an ask.
pub(super) struct Fan {
    pub(super) branches: Box<[Branch]>,
    /// The technical profile whose replies are too many to be tried all.
    pub(super) too_many: Option<ProfileId>,
}

/// What comes of one reply.
pub(super) struct Branch {
    pub(super) control: ControlId,
    /// Claims by number, and what they hold now.
    writes: Box<[(u32, ValueId)]>,
    pub(super) marks: MarksId,
    /// Number of the reply in the [`Trail`].
    pub(super) reply: u32,
    /// It is not the happy path's.
    pub(super) departs: bool,
    /// For a watcher that wants to know.
    pub(super) witnessed: Option<Witnessed>,
}

impl Branch {
    /// What claims hold after it, when they held this before.
    pub(super) fn apply(&self, before: &[ValueId], values: &mut Vec<ValueId>) {
        values.clear();
        values.extend_from_slice(before);
        self.write(values);
    }

    /// Writes what it writes.
    pub(super) fn write(&self, values: &mut [ValueId]) {
        for (claim, value) in &self.writes {
            if let Some(place) = values.get_mut(*claim as usize) {
                *place = *value;
            }
        }
    }
}

/// The events between two asks.
pub(super) struct Witnessed {
    /// The step in which they begin.
    pub(super) step: StepId,
    pub(super) events: Vec<Event>,
}

/// What the engine did on a reply.
struct Tried<'p> {
    run: Box<Run<'p>>,
    writes: Vec<(u32, Slot)>,
    step: StepId,
    events: Vec<Event>,
    say: Say,
    /// Which of the replies it was: the first one is the happy path's.
    place: usize,
}

/// What the engine did on each reply to an ask.
struct Found<'p> {
    reads: Box<[u32]>,
    tried: Vec<Tried<'p>>,
    too_many: Option<ProfileId>,
}

/// All that is known of the transitions of a walk.
pub(super) struct Transitions<'p, 'q> {
    replies: Replies<'q>,
    pub(super) values: Values,
    pub(super) histories: Histories<'q>,
    liveness: Liveness,
    attention: Attention,
    controls: Vec<Control<'p>>,
    alike: FxHashMap<Box<[u8]>, Vec<ControlId>>,
    classes: IndexSet<Box<[u8]>, BuildHasherDefault<FxHasher>>,
    pub(super) fans: Vec<Fan>,
    /// To any ask.
    most_replies: usize,
    key: Vec<u8>,
    read: Vec<ValueId>,
}

/// About so many replies beside those to one ask are tried at once: what comes of them is in memory together, as runs.
const REPLIES_AT_ONCE: usize = 1 << 14;

impl<'p: 'q, 'q> Transitions<'p, 'q> {
    pub(super) fn new(replies: Replies<'q>, liveness: Liveness, attention: Attention) -> Self {
        let histories = Histories::new(replies.interest);
        Self {
            replies,
            values: Values::new(),
            histories,
            liveness,
            attention,
            controls: Vec::new(),
            alike: FxHashMap::default(),
            classes: IndexSet::default(),
            fans: Vec::new(),
            most_replies: 0,
            key: Vec::new(),
            read: Vec::new(),
        }
    }

    /// The way of a run that has not begun to its first ask, as a fan of one branch, and what its claims hold then.
    pub(super) fn start(&mut self, mut run: Run<'p>, trail: &mut Trail) -> (FanId, Box<[ValueId]>) {
        let step = run.step_id();
        run.advance();
        let events = run.take_events();
        let values = run.take_slots().into_iter().map(|slot| self.values.id(slot)).collect();
        let (marks, witnessed) = self.witness(step, events);
        let (control, reply) = (self.control(Box::new(run)), trail.reply(None, 0, Say::Leave));
        let branch = Branch { control, writes: Box::default(), marks, reply, departs: false, witnessed };
        self.fans.push(Fan { branches: [branch].into(), too_many: None });
        (FanId(self.fans.len() as u32 - 1), values)
    }

    /// What a reply comes to.
    pub(super) fn branch(&self, node: &Node) -> Option<&Branch> {
        self.fans.get(node.fan.index())?.branches.get(node.branch as usize)
    }

    /// Number of a reply in the [`Trail`].
    pub(super) fn reply(&self, node: &Node) -> u32 {
        self.branch(node).map_or(0, |branch| branch.reply)
    }

    /// How many controls are known.
    pub(super) fn controls(&self) -> usize {
        self.controls.len()
    }

    pub(super) fn at(&self, id: ControlId) -> Option<&Control<'p>> {
        self.controls.get(id.0 as usize)
    }

    /// What is known to come of the replies in a state.
    pub(super) fn known(&mut self, id: ControlId, values: &[ValueId]) -> Option<FanId> {
        let Self { controls, read, .. } = self;
        controls.get(id.0 as usize)?.known.iter().find_map(|known| {
            read.clear();
            read.extend(known.reads.iter().filter_map(|claim| values.get(*claim as usize)));
            known.fans.get(read.as_slice()).copied()
        })
    }

    /// Finds out what comes of the replies in a state of which that is not known, and in those of `also` that are like it, in other threads.
    pub(super) fn find<'s>(
        &mut self,
        id: ControlId,
        values: &'s [ValueId],
        also: impl Iterator<Item = (ControlId, &'s [ValueId])>,
        trail: &mut Trail,
    ) -> Option<FanId> {
        let mut wanted = vec![(id, values)];
        let mut distinct = FxHashSet::default();
        distinct.extend(self.reading(id, values));
        let mut room = REPLIES_AT_ONCE;
        for (id, values) in also {
            if self.known(id, values).is_none() && self.reading(id, values).is_some_and(|reading| distinct.insert(reading)) {
                let expected = self.at(id).and_then(|control| control.replies).unwrap_or(self.most_replies);
                let Some(left) = room.checked_sub(expected) else { break };
                room = left;
                wanted.push((id, values));
            }
        }
        let Self { controls, replies, values: known, .. } = self;
        let run = |(id, values): &(ControlId, &[ValueId])| {
            controls.get(id.0 as usize).and_then(|control| try_replies(replies, &control.run, known.slots(values)))
        };
        let found = in_parallel(&wanted, run);
        let mut fans = wanted.iter().zip(found).map(|((id, values), found)| Some(self.keep(*id, values, found?, trail)));
        let first = fans.next().flatten();
        fans.for_each(drop);
        first
    }

    /// What is certain to tell a state from others for which nothing is known.
    fn reading(&self, id: ControlId, values: &[ValueId]) -> Option<(ControlId, Box<[ValueId]>)> {
        // Nothing is known of the control: one state is to find out what it reads.
        let reads = self.at(id)?.known.last().map_or(&[][..], |known| &known.reads);
        Some((id, reads.iter().filter_map(|claim| values.get(*claim as usize)).copied().collect()))
    }

    fn keep(&mut self, id: ControlId, values: &[ValueId], found: Found<'p>, trail: &mut Trail) -> FanId {
        let Found { reads, tried, too_many } = found;
        let count = tried.len();
        let branches = tried
            .into_iter()
            .map(|Tried { run, writes, step, events, say, place }| {
                let asked = self.at(id).map(|control| control.run.step_id());
                let (marks, witnessed) = self.witness(step, events);
                Branch {
                    control: self.control(run),
                    writes: writes.into_iter().map(|(claim, slot)| (claim, self.values.id(slot))).collect(),
                    marks,
                    reply: trail.reply(asked, place, say),
                    departs: place > 0,
                    witnessed,
                }
            })
            .collect();
        let fan = FanId(self.fans.len() as u32);
        self.fans.push(Fan { branches, too_many });
        self.most_replies = self.most_replies.max(count);
        if let Some(control) = self.controls.get_mut(id.0 as usize) {
            control.replies = Some(count);
            let read = reads.iter().filter_map(|claim| values.get(*claim as usize)).copied().collect();
            match control.known.iter_mut().find(|known| known.reads == reads) {
                Some(known) => {
                    known.fans.insert(read, fan);
                }
                None => control.known.push(Known { reads, fans: [(read, fan)].into_iter().collect() }),
            }
        }
        fan
    }

    fn witness(&mut self, step: StepId, events: Vec<Event>) -> (MarksId, Option<Witnessed>) {
        let marks = self.histories.marks(events.iter().filter_map(Mark::of).collect());
        (marks, (self.attention != Attention::Ends).then_some(Witnessed { step, events }))
    }

    /// The control of a run that asks something or is done; its bag has no slots any more.
    fn control(&mut self, run: Box<Run<'p>>) -> ControlId {
        self.key.clear();
        run.exact_fingerprint(&mut self.key);
        self.add_error(&run);
        let id = ControlId(self.controls.len() as u32);
        match self.alike.get_mut(self.key.as_slice()) {
            Some(alike) => {
                let ends_like = |known: &Run<'_>| known.outcome() == run.outcome() && known.token() == run.token();
                let same = |id: &&ControlId| self.controls.get(id.0 as usize).is_some_and(|known| ends_like(&known.run));
                if let Some(known) = alike.iter().find(same) {
                    return *known;
                }
                alike.push(id);
            }
            None => {
                self.alike.insert(self.key.as_slice().into(), vec![id]);
            }
        }
        self.key.clear();
        let watched = match run.ask() {
            Some(_) => {
                let place = self.liveness.at(&run.stack());
                let watched = place.watched.clone();
                run.fingerprint(&|claim| place.every.get(claim.index()).copied().unwrap_or(Watch::Nothing), &mut self.key);
                self.add_error(&run);
                // Whether a code is sent again is seen in the list of calls alone.
                if self.replies.interest.calls {
                    run.controls_fingerprint(&mut self.key);
                }
                watched
            }
            None => {
                end_fingerprint(&run, self.replies.interest, &mut self.key);
                self.liveness.at_the_end().clone()
            }
        };
        let class = match self.classes.get_index_of(self.key.as_slice()) {
            Some(class) => class,
            None => self.classes.insert_full(self.key.as_slice().into()).0,
        };
        let has_ended = run.ask().is_none();
        self.controls.push(Control { run, class: class as u32, watched, has_ended, known: Vec::new(), replies: None });
        id
    }

    /// A page that nobody fills again ends with what it says of the last try, where errors are looked at.
    fn add_error(&mut self, run: &Run<'_>) {
        if !self.replies.interest.error {
            return;
        }
        for Fault { code, message, .. } in run.page_errors() {
            text(code.as_deref().unwrap_or_default(), &mut self.key);
            text(message, &mut self.key);
        }
    }
}

/// Runs the engine on each reply to what a run asks, with these slots in its bag; `None` when it asks nothing.
fn try_replies<'p>(replies: &Replies<'_>, control: &Run<'p>, slots: Vec<Slot>) -> Option<Found<'p>> {
    let run = control.with_slots(slots);
    let offered = replies.to(&run, run.ask()?);
    let mut read: Vec<u32> = run.bag().read().map(|claim| claim.0).collect();
    let mut tried = Vec::with_capacity(offered.choices.len());
    for (place, choice) in offered.choices.into_iter().enumerate() {
        let mut next = Box::new(run.clone());
        let taken = match choice.reply {
            Some(reply) => next.reply(reply).is_ok(),
            None => {
                next.abandon();
                true
            }
        };
        let step = next.step_id();
        if taken {
            next.advance();
        }
        read.extend(next.bag().read().map(|claim| claim.0));
        if taken {
            let writes = next.bag().written().map(|(claim, slot)| (claim.0, slot.clone())).collect();
            let events = next.take_events();
            next.take_slots();
            tried.push(Tried { run: next, writes, step, events, say: choice.say, place });
        }
    }
    read.sort_unstable();
    read.dedup();
    Some(Found { reads: read.into(), tried, too_many: offered.too_many })
}

/// Fewer than this are not worth another thread.
#[cfg(feature = "prove")]
const WORTH_A_THREAD: usize = 8;

/// Does the same with each, in as many threads as there are; the results are in the order of the input. In a thread that works on something
/// already it does it there: while it waited for others it would begin other work, and its own time would pass.
#[cfg(feature = "prove")]
fn in_parallel<T: Sync, R: Send>(all: &[T], each: impl Fn(&T) -> R + Send + Sync) -> Vec<R> {
    use rayon::prelude::*;
    let alone = all.len() < WORTH_A_THREAD || rayon::current_thread_index().is_some();
    if alone { all.iter().map(each).collect() } else { all.par_iter().map(each).collect() }
}

#[cfg(not(feature = "prove"))]
fn in_parallel<T, R>(all: &[T], each: impl Fn(&T) -> R) -> Vec<R> {
    all.iter().map(each).collect()
}
