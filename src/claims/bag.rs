//! The claims bag: a slot for each claim type, and the overlay in which a page's validation technical profiles work.

use std::sync::atomic::{AtomicU8, Ordering};

use super::schema::ClaimId;
use super::value::ClaimValue;

/// What the bag knows of one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Never set.
    #[default]
    Absent,
    /// Set to nothing. A claim cannot leave the bag, at most become null (azure-docs#79337).
    Null,
    /// Set.
    Value(ClaimValue),
}

impl Slot {
    /// The value, if there is one.
    pub fn value(&self) -> Option<&ClaimValue> {
        match self {
            Slot::Value(value) => Some(value),
            Slot::Absent | Slot::Null => None,
        }
    }
}

impl From<Option<ClaimValue>> for Slot {
    /// No value becomes null.
    fn from(value: Option<ClaimValue>) -> Self {
        value.map_or(Slot::Null, Slot::Value)
    }
}

/// All claims of a run. Claims written while an overlay is open live in it until it is closed (SEMANTICS 9.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bag {
    slots: Vec<Slot>,
    overlay: Option<Vec<(ClaimId, Slot)>>,
    uses: Option<Uses>,
}

/// Which slots were read before they were written, and which were written, where an explorer wants to know. The overlay is not looked at.
#[derive(Debug)]
struct Uses(Box<[AtomicU8]>);

const READ: u8 = 1;
const WRITTEN: u8 = 2;

impl Uses {
    /// What is read after it was written says nothing of what was there before.
    fn read(&self, claim: ClaimId) {
        if let Some(place) = self.0.get(claim.index())
            && place.load(Ordering::Relaxed) == 0
        {
            place.store(READ, Ordering::Relaxed);
        }
    }

    fn write(&self, claim: ClaimId) {
        if let Some(place) = self.0.get(claim.index()) {
            place.fetch_or(WRITTEN, Ordering::Relaxed);
        }
    }

    fn with(&self, mark: u8) -> impl Iterator<Item = ClaimId> {
        self.0.iter().zip(0..).filter(move |(place, _)| place.load(Ordering::Relaxed) & mark != 0).map(|(_, index)| ClaimId(index))
    }
}

impl Clone for Uses {
    fn clone(&self) -> Self {
        Self(self.0.iter().map(|place| AtomicU8::new(place.load(Ordering::Relaxed))).collect())
    }
}

/// Being looked at makes no bag another one.
impl PartialEq for Uses {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Uses {}

static ABSENT: Slot = Slot::Absent;

impl Bag {
    /// An empty bag for this many claim types.
    pub fn new(claims: usize) -> Self {
        Self { slots: vec![Slot::Absent; claims], ..Self::default() }
    }

    /// What is known of a claim, the overlay first.
    pub fn get(&self, claim: ClaimId) -> &Slot {
        if let Some(overlay) = &self.overlay
            && let Some((_, slot)) = overlay.iter().rev().find(|(id, _)| *id == claim)
        {
            return slot;
        }
        if let Some(uses) = &self.uses {
            uses.read(claim);
        }
        self.slots.get(claim.index()).unwrap_or(&ABSENT)
    }

    /// The value of a claim, if it has one.
    pub fn value(&self, claim: ClaimId) -> Option<&ClaimValue> {
        self.get(claim).value()
    }

    /// Sets a claim, in the overlay when one is open.
    pub fn set(&mut self, claim: ClaimId, slot: Slot) {
        match &mut self.overlay {
            Some(overlay) => match overlay.iter_mut().find(|(id, _)| *id == claim) {
                Some((_, old)) => *old = slot,
                None => overlay.push((claim, slot)),
            },
            None => {
                if let Some(uses) = &self.uses {
                    uses.write(claim);
                }
                if let Some(place) = self.slots.get_mut(claim.index()) {
                    *place = slot;
                }
            }
        }
    }

    /// Opens an overlay; claims set from now on can be dropped again.
    pub fn open_overlay(&mut self) {
        self.overlay = Some(Vec::new());
    }

    /// Whether an overlay is open.
    pub fn has_overlay(&self) -> bool {
        self.overlay.is_some()
    }

    /// Closes the overlay and gives what was set in it.
    pub fn close_overlay(&mut self) -> Vec<(ClaimId, Slot)> {
        self.overlay.take().unwrap_or_default()
    }

    /// What lies over the bag.
    pub(crate) fn overlay(&self) -> &[(ClaimId, Slot)] {
        self.overlay.as_deref().unwrap_or_default()
    }

    /// The claims that are not absent, in the order of their ids, without the overlay.
    pub fn iter(&self) -> impl Iterator<Item = (ClaimId, &Slot)> {
        if let Some(uses) = &self.uses {
            (0..self.slots.len() as u32).for_each(|claim| uses.read(ClaimId(claim)));
        }
        self.slots.iter().enumerate().filter(|(_, slot)| **slot != Slot::Absent).map(|(index, slot)| (ClaimId(index as u32), slot))
    }

    /// From now on it is noted which slots are read and written.
    pub(crate) fn note_uses(&mut self) {
        self.uses = Some(Uses(self.slots.iter().map(|_| AtomicU8::new(0)).collect()));
    }

    /// The claims whose slots were read, before anything was written to them, since that is noted.
    pub(crate) fn read(&self) -> impl Iterator<Item = ClaimId> {
        self.uses.iter().flat_map(|uses| uses.with(READ))
    }

    /// The slots that were written since that is noted.
    pub(crate) fn written(&self) -> impl Iterator<Item = (ClaimId, &Slot)> {
        let written = self.uses.iter().flat_map(|uses| uses.with(WRITTEN));
        written.filter_map(|claim| Some((claim, self.slots.get(claim.index())?)))
    }

    /// Takes these slots for its own, in the order of claim types; the overlay stays.
    pub(crate) fn replace_slots(&mut self, slots: Vec<Slot>) -> Vec<Slot> {
        self.uses = None;
        std::mem::replace(&mut self.slots, slots)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::ClaimValue;

    #[test]
    fn what_is_read_before_it_is_written_is_noted() {
        let slot = |text: &str| Slot::Value(ClaimValue::String(text.into()));
        let claims: Vec<ClaimId> = (0..4).map(ClaimId).collect();
        let [read, written, overwritten, laid_over] = claims[..] else { panic!("four claims") };
        let mut bag = Bag::new(4);
        bag.set(read, slot("before"));
        bag.note_uses();
        bag.get(read);
        bag.set(written, slot("now"));
        bag.get(written);
        bag.get(overwritten);
        bag.set(overwritten, slot("now"));
        bag.open_overlay();
        bag.set(laid_over, slot("over"));
        assert_eq!(bag.get(laid_over), &slot("over"));
        assert_eq!(bag.read().collect::<Vec<_>>(), [read, overwritten]);
        assert_eq!(bag.written().map(|(claim, _)| claim).collect::<Vec<_>>(), [written, overwritten]);
        bag.close_overlay();
        bag.get(laid_over);
        assert_eq!(bag.read().collect::<Vec<_>>(), [read, overwritten, laid_over]);
        let everything = Bag::clone(&bag);
        assert_eq!(everything.iter().count(), 3);
        assert_eq!(everything.read().count(), 3, "what was written first is known");
    }
}
