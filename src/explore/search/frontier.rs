//! The states whose turn is to come, those with the fewest departures from the happy path first; and the ways that led to them.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::history::HistoryId;
use super::transitions::{Branch, FanId};
use super::values::ValueId;
use crate::explore::replies::Say;
use crate::trace::StepId;

/// A state, as the one before it and the reply that led on.
#[derive(Clone, Copy, Default)]
pub(super) struct Node {
    pub(super) before: StateId,
    pub(super) fan: FanId,
    /// Which branch of the fan.
    pub(super) branch: u32,
    pub(super) history: HistoryId,
}

/// A state that ways go on from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct StateId(u32);

/// How a state was come to.
#[derive(Clone, Copy, Default)]
pub(super) struct Past {
    pub(super) history: HistoryId,
    /// The last reply on the way.
    pub(super) way: WayId,
}

/// The states that ways go on from, each until all of them were taken.
pub(super) struct States {
    /// What the claims of each hold, one state behind the other.
    values: Vec<ValueId>,
    claims: usize,
    /// How each was come to, and how many ways were not taken yet.
    pasts: Vec<(Past, u32)>,
    free: Vec<StateId>,
}

impl States {
    /// States of so many claims.
    pub(super) fn new(claims: usize) -> Self {
        Self { values: Vec::new(), claims, pasts: Vec::new(), free: Vec::new() }
    }

    /// Adds the first state, which one way goes on from.
    pub(super) fn add_first(&mut self, past: Past, values: &[ValueId]) -> StateId {
        self.values.extend_from_slice(values);
        self.pasts.push((past, 1));
        StateId(self.pasts.len() as u32 - 1)
    }

    /// Adds the state that a branch from another one leads to, and that so many ways go on from.
    pub(super) fn add(&mut self, before: StateId, branch: &Branch, past: Past, ways: u32) -> StateId {
        let from = before.0 as usize * self.claims;
        let from = from..from + self.claims;
        let id = match self.free.pop() {
            Some(id) => {
                let begin = id.0 as usize * self.claims;
                self.values.copy_within(from, begin);
                if let Some(place) = self.pasts.get_mut(id.0 as usize) {
                    *place = (past, ways);
                }
                id
            }
            None => {
                self.values.extend_from_within(from);
                self.pasts.push((past, ways));
                StateId(self.pasts.len() as u32 - 1)
            }
        };
        if let Some(values) = self.values.get_mut(id.0 as usize * self.claims..) {
            branch.write(values);
        }
        id
    }

    /// The state as it is.
    pub(super) fn get(&self, id: StateId) -> Option<(Past, &[ValueId])> {
        let begin = id.0 as usize * self.claims;
        Some((self.pasts.get(id.0 as usize)?.0, self.values.get(begin..begin + self.claims)?))
    }

    /// One way on was taken; with the last one the state is forgotten.
    pub(super) fn take_way(&mut self, id: StateId) {
        if let Some((_, ways)) = self.pasts.get_mut(id.0 as usize) {
            *ways -= 1;
            if *ways == 0 {
                self.free.push(id);
            }
        }
    }
}

/// States by departures; among equals, first come first served.
#[derive(Default)]
pub(super) struct Frontier {
    /// With as many departures as the state that was taken last.
    now: VecDeque<Node>,
    /// With one more.
    later: VecDeque<Node>,
}

impl Frontier {
    /// Adds a state with the departures of the one that was taken last, or one more.
    pub(super) fn push(&mut self, node: Node, departs: bool) {
        let queue = if departs { &mut self.later } else { &mut self.now };
        queue.push_back(node);
    }

    /// Takes the first state; one with more departures only when all others are looked at, since the ways on from these come first.
    pub(super) fn pop(&mut self, all_looked_at: bool) -> Option<Node> {
        if self.now.is_empty() && all_looked_at {
            std::mem::swap(&mut self.now, &mut self.later);
        }
        self.now.pop_front()
    }

    /// The states that come next, of those with as many departures.
    pub(super) fn upcoming(&self) -> impl Iterator<Item = &Node> {
        self.now.iter()
    }
}

/// A way from the start, by its last reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WayId(u32);

/// All ways, each as the way before it and one more reply.
#[derive(Debug, Default)]
pub(super) struct Trail {
    replies: Vec<(Option<StepId>, Say)>,
    /// By the step that asked and the place among what was offered: the same is offered again and again.
    offered: FxHashMap<(Option<StepId>, usize), Vec<u32>>,
    taken: Vec<(WayId, u32)>,
}

impl Trail {
    /// Before any reply.
    pub(super) const START: WayId = WayId(u32::MAX);

    /// Keeps a reply, which was offered at this place when this step asked; its number.
    pub(super) fn reply(&mut self, step: Option<StepId>, place: usize, say: Say) -> u32 {
        let Self { replies, offered, .. } = self;
        let known = offered.entry((step, place)).or_default();
        let same = |reply: &&u32| replies.get(**reply as usize).is_some_and(|(_, known)| *known == say);
        if let Some(reply) = known.iter().find(same) {
            return *reply;
        }
        let reply = replies.len() as u32;
        known.push(reply);
        replies.push((step, say));
        reply
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
