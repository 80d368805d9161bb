//! What happened on the ways that are walked: kept once for all ways that have it in common.

use std::hash::BuildHasherDefault;

use indexmap::IndexSet;
use rustc_hash::{FxHashMap, FxHasher};

use crate::engine::number;
use crate::explore::Interest;
use crate::plan::ProfileId;
use crate::trace::{Event, Role, StepId};

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
    #[cfg(feature = "prove")]
    pub(crate) fn step(&self, id: StepId) -> Option<StepState> {
        self.steps.iter().find(|(step, _)| *step == id).map(|(_, state)| *state)
    }

    fn add(&mut self, mark: Mark) {
        match mark {
            Mark::Call(profile) => self.calls.push(profile),
            // The step that runs is as a rule the last one.
            Mark::Step(id, state) => match self.steps.iter_mut().rev().find(|(step, _)| *step == id) {
                Some((_, known)) => *known = state,
                None => self.steps.push((id, state)),
            },
        }
    }
}

/// One thing that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mark {
    Call(ProfileId),
    Step(StepId, StepState),
}

impl Mark {
    /// What an event says, if questions can look at it.
    pub(super) fn of(event: &Event) -> Option<Self> {
        match event {
            Event::Call(_, Role::Issuer) => None,
            Event::Call(profile, _) => Some(Mark::Call(*profile)),
            Event::StepSkipped(step, _) => Some(Mark::Step(*step, StepState::Skipped)),
            Event::StepBegins(step) | Event::StepDone(step) => Some(Mark::Step(*step, StepState::Executed)),
            Event::StepFailed(step, _) => Some(Mark::Step(*step, StepState::Failed)),
            Event::StepWaits(step) => Some(Mark::Step(*step, StepState::Waiting)),
            _ => None,
        }
    }
}

/// A history that is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct HistoryId(u32);

/// What happened between two asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MarksId(u32);

struct Kept {
    before: HistoryId,
    marks: MarksId,
    view: u32,
}

type Known<T> = IndexSet<T, BuildHasherDefault<FxHasher>>;

/// The histories of a walk.
pub(super) struct Histories<'q> {
    interest: &'q Interest,
    marks: Known<Box<[Mark]>>,
    kept: Vec<Kept>,
    ids: FxHashMap<(HistoryId, MarksId), HistoryId>,
    views: Known<Vec<u8>>,
}

impl<'q> Histories<'q> {
    /// Nothing has happened.
    pub(super) const NOTHING: HistoryId = HistoryId(0);

    pub(super) fn new(interest: &'q Interest) -> Self {
        let mut new = Self { interest, marks: Known::default(), kept: Vec::new(), ids: FxHashMap::default(), views: Known::default() };
        let (marks, view) = (new.marks(Box::default()), new.view_after(None, MarksId(0)));
        new.kept.push(Kept { before: Self::NOTHING, marks, view });
        new
    }

    /// Keeps what happened between two asks.
    pub(super) fn marks(&mut self, marks: Box<[Mark]>) -> MarksId {
        MarksId(self.marks.insert_full(marks).0 as u32)
    }

    /// What has happened when this happens next.
    pub(super) fn after(&mut self, before: HistoryId, marks: MarksId) -> HistoryId {
        if let Some(known) = self.ids.get(&(before, marks)) {
            return *known;
        }
        let id = HistoryId(self.kept.len() as u32);
        let view = self.view_after(Some(self.view(before)), marks);
        self.kept.push(Kept { before, marks, view });
        self.ids.insert((before, marks), id);
        id
    }

    /// What of it the question looks at: equal numbers for what looks alike.
    pub(super) fn view(&self, id: HistoryId) -> u32 {
        self.kept.get(id.0 as usize).map_or(0, |kept| kept.view)
    }

    /// The whole of it.
    pub(super) fn get(&self, mut id: HistoryId) -> History {
        let mut parts = Vec::new();
        while id != Self::NOTHING
            && let Some(kept) = self.kept.get(id.0 as usize)
        {
            parts.push(kept.marks);
            id = kept.before;
        }
        let mut history = History::default();
        let marks = parts.iter().rev().filter_map(|marks| self.marks.get_index(marks.0 as usize)).flatten();
        marks.for_each(|mark| history.add(*mark));
        history
    }

    /// What the question looks at after these marks: a byte for each step and each technical profile, or all calls.
    fn view_after(&mut self, before: Option<u32>, marks: MarksId) -> u32 {
        let Interest { steps, profiles, calls, .. } = self.interest;
        let nothing = || vec![0; steps.len() + if *calls { 0 } else { profiles.len() }];
        let mut view = before.and_then(|before| self.views.get_index(before as usize)).cloned().unwrap_or_else(nothing);
        for mark in self.marks.get_index(marks.0 as usize).into_iter().flatten() {
            let seen = match mark {
                Mark::Call(profile) if *calls => {
                    number(profile.index() as u32, &mut view);
                    None
                }
                Mark::Call(profile) => profiles.iter().position(|known| known == profile).map(|place| (steps.len() + place, 1)),
                Mark::Step(step, state) => steps.iter().position(|known| known == step).map(|place| (place, *state as u8 + 1)),
            };
            if let Some((place, byte)) = seen
                && let Some(place) = view.get_mut(place)
            {
                *place = byte;
            }
        }
        self.views.insert_full(view).0 as u32
    }
}
