//! The claims bag: a slot for each claim type, and the overlay in which a page's validation technical profiles work.

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
}

static ABSENT: Slot = Slot::Absent;

impl Bag {
    /// An empty bag for this many claim types.
    pub fn new(claims: usize) -> Self {
        Self { slots: vec![Slot::Absent; claims], overlay: None }
    }

    /// What is known of a claim, the overlay first.
    pub fn get(&self, claim: ClaimId) -> &Slot {
        if let Some(overlay) = &self.overlay
            && let Some((_, slot)) = overlay.iter().rev().find(|(id, _)| *id == claim)
        {
            return slot;
        }
        self.slots.get(claim.index()).unwrap_or(&ABSENT)
    }

    /// The value of a claim, if it has one.
    pub fn value(&self, claim: ClaimId) -> Option<&ClaimValue> {
        self.get(claim).value()
    }

    /// What the bag itself knows of a claim, then what lies over it.
    pub fn layers(&self, claim: ClaimId) -> impl Iterator<Item = &Slot> {
        let below = self.slots.get(claim.index()).unwrap_or(&ABSENT);
        let above = self.overlay.iter().flatten().rev().find(|(id, _)| *id == claim).map(|(_, slot)| slot);
        std::iter::once(below).chain(above)
    }

    /// Sets a claim, in the overlay when one is open.
    pub fn set(&mut self, claim: ClaimId, slot: Slot) {
        match &mut self.overlay {
            Some(overlay) => match overlay.iter_mut().find(|(id, _)| *id == claim) {
                Some((_, old)) => *old = slot,
                None => overlay.push((claim, slot)),
            },
            None => {
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

    /// The claims that are not absent, in the order of their ids, without the overlay.
    pub fn iter(&self) -> impl Iterator<Item = (ClaimId, &Slot)> {
        self.slots.iter().enumerate().filter(|(_, slot)| **slot != Slot::Absent).map(|(index, slot)| (ClaimId(index as u32), slot))
    }
}
