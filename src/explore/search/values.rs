//! What claims can hold, as numbers: two slots are equal when their numbers are.

use std::hash::BuildHasherDefault;

use indexmap::IndexSet;
use rustc_hash::FxHasher;

#[cfg(feature = "prove")]
use crate::claims::Bag;
use crate::claims::Slot;

/// What a claim holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ValueId(u32);

impl ValueId {
    /// What of it tells states apart: its value, or only whether it is absent, null or anything else.
    pub(super) fn seen(self, value: bool) -> u32 {
        if value { self.0 } else { self.0.min(2) }
    }
}

/// All slots of a walk.
pub(super) struct Values(IndexSet<Slot, BuildHasherDefault<FxHasher>>);

impl Values {
    pub(super) fn new() -> Self {
        let mut values = IndexSet::default();
        // What `ValueId::seen` rests on.
        values.insert(Slot::Absent);
        values.insert(Slot::Null);
        Self(values)
    }

    /// The number of a slot.
    pub(super) fn id(&mut self, slot: Slot) -> ValueId {
        ValueId(self.0.insert_full(slot).0 as u32)
    }

    fn slot(&self, id: ValueId) -> Slot {
        self.0.get_index(id.0 as usize).cloned().unwrap_or_default()
    }

    /// The slots behind numbers.
    pub(super) fn slots(&self, ids: &[ValueId]) -> Vec<Slot> {
        ids.iter().map(|id| self.slot(*id)).collect()
    }

    /// The bag of them.
    #[cfg(feature = "prove")]
    pub(super) fn bag(&self, ids: &[ValueId]) -> Bag {
        let mut bag = Bag::default();
        bag.replace_slots(self.slots(ids));
        bag
    }
}
