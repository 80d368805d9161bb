//! The states whose turn is to come, those with the fewest departures from the happy path first; and the ways that led to them.

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use super::history::HistoryId;
use super::transitions::{ControlId, FanId};
use super::values::ValueId;
use crate::explore::replies::Say;
use crate::trace::StepId;

/// A state, as the one before it and the reply that led on.
pub(super) struct Node {
    pub(super) before: Rc<State>,
    pub(super) fan: FanId,
    /// Which branch of the fan.
    pub(super) branch: u32,
}

/// A state on a way.
pub(super) struct State {
    pub(super) control: ControlId,
    pub(super) history: HistoryId,
    /// The last reply on the way.
    pub(super) way: WayId,
    /// What each claim holds.
    pub(super) values: Box<[ValueId]>,
}

/// States by departures; among equals, first come first served.
#[derive(Default)]
pub(super) struct Frontier {
    /// How many departures the states have whose turn it is.
    departures: u32,
    now: VecDeque<Node>,
    later: BTreeMap<u32, VecDeque<Node>>,
}

impl Frontier {
    /// Adds a state with the departures of the one that was taken last, or one more.
    pub(super) fn push(&mut self, node: Node, departs: bool) {
        match departs {
            false => self.now.push_back(node),
            true => self.later.entry(self.departures + 1).or_default().push_back(node),
        }
    }

    /// Takes the first state.
    pub(super) fn pop(&mut self) -> Option<Node> {
        if self.now.is_empty()
            && let Some((departures, nodes)) = self.later.pop_first()
        {
            (self.departures, self.now) = (departures, nodes);
        }
        self.now.pop_front()
    }

    /// The states that come next, of those with as many departures.
    pub(super) fn upcoming(&self) -> impl Iterator<Item = &Node> {
        self.now.iter()
    }
}

/// A way from the start, by its last reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WayId(u32);

/// All ways, each as the way before it and one more reply.
#[derive(Debug, Default)]
pub(super) struct Trail {
    replies: Vec<(Option<StepId>, Say)>,
    taken: Vec<(WayId, u32)>,
}

impl Trail {
    /// Before any reply.
    pub(super) const START: WayId = WayId(u32::MAX);

    /// Keeps a reply and the step that asked; its number.
    pub(super) fn reply(&mut self, step: Option<StepId>, say: Say) -> u32 {
        self.replies.push((step, say));
        (self.replies.len() - 1) as u32
    }

    /// One more reply on a way.
    pub(super) fn take(&mut self, before: WayId, reply: u32) -> WayId {
        self.taken.push((before, reply));
        WayId((self.taken.len() - 1) as u32)
    }

    /// The replies on a way, each with the step that asked.
    pub(super) fn way(&self, mut at: WayId) -> Vec<(Option<StepId>, &Say)> {
        let mut way = Vec::new();
        while let Some((before, reply)) = self.taken.get(at.0 as usize) {
            way.extend(self.replies.get(*reply as usize).map(|(step, say)| (*step, say)));
            at = *before;
        }
        way.reverse();
        way
    }
}
