//! What tells two states of a run apart, as bytes: for explorers that meet the same state on several ways.

use super::ask::Ask;
use super::fault::Fault;
use super::page::PageState;
use super::run::{Activity, Run};
use crate::claims::{ClaimId, ClaimValue, Slot, Str};
use crate::provider::codes::Codes;

/// What of a claim tells states apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Nothing: it is read no more, or cannot change anything.
    #[default]
    Nothing,
    /// Whether it is absent, null or has a value.
    Presence,
    /// Its value.
    Value,
}

impl<'p> Run<'p> {
    /// Writes what tells the state of this run apart from others of the same plan and environment, without the slots of the bag. `watch`
    /// says of each claim what of it counts in the overlay.
    ///
    /// Not in it: how many random numbers were drawn (values made from them are claims like others), what was typed on a page that was
    /// refused (an explorer says every field anew), the trace.
    pub(crate) fn fingerprint(&self, watch: &dyn Fn(ClaimId) -> Watch, into: &mut Vec<u8>) {
        match &self.activity {
            Activity::NextStep => into.push(0),
            Activity::Validate => into.push(1),
            Activity::Asking(ask) => {
                into.push(2);
                into.push(match ask {
                    Ask::Page { refused: 0, .. } => 0,
                    Ask::Page { .. } => 1,
                    Ask::Rest { .. } => 2,
                    Ask::Directory { .. } => 3,
                    Ask::SignIn { .. } => 4,
                    Ask::IdentityProvider { .. } => 5,
                    Ask::Phone { .. } => 6,
                    Ask::Other { .. } => 7,
                });
                number(ask.profile().map_or(u32::MAX, |profile| profile.index() as u32), into);
            }
            Activity::Done(_) => into.push(3),
        }
        into.push(self.frames.len() as u8);
        for frame in &self.frames {
            number(frame.journey.index() as u32, into);
            number(frame.position, into);
        }
        number(self.authorization_left as u32, into);
        text(self.selected.as_deref().unwrap_or("\u{0}"), into);
        match &self.page {
            Some(page) => {
                // Refusals count only where there is a limit to them.
                let limit = page.profile.and_then(|profile| self.retry_limit(profile));
                page.fingerprint(limit, into);
            }
            None => into.push(0),
        }
        codes(&self.codes, into);
        let mut overlay: Vec<&(ClaimId, Slot)> = self.bag.overlay().iter().collect();
        overlay.sort_by_key(|(claim, _)| *claim);
        for (claim, slot) in overlay {
            let watch = watch(*claim);
            if watch != Watch::Nothing {
                number(claim.index() as u32, into);
                self::slot(slot, watch, into);
            }
        }
    }

    /// The same, with what may be compared with what claims hold: all that codes and the controls of a page know, and how many random
    /// numbers were drawn.
    pub(crate) fn exact_fingerprint(&self, into: &mut Vec<u8>) {
        self.fingerprint(&|_| Watch::Value, into);
        into.extend_from_slice(&self.drawn.to_le_bytes());
        exact_codes(&self.codes, into);
        self.controls_fingerprint(into);
    }

    /// What the controls of the page remember of what was typed and sent.
    pub(crate) fn controls_fingerprint(&self, into: &mut Vec<u8>) {
        if let Some(page) = &self.page {
            page.controls.exact_fingerprint(into);
        }
    }

    /// What the page that is on screen says of the last try, or will say of this one.
    pub(crate) fn page_errors(&self) -> impl Iterator<Item = &Fault> {
        self.page.iter().flat_map(PageState::errors)
    }

    /// The run with other claims in its bag, of which it is noted how they are used; the overlay stays.
    pub(crate) fn with_slots(&self, slots: Vec<Slot>) -> Self {
        let mut run = self.clone();
        run.bag.replace_slots(slots);
        run.bag.note_uses();
        run
    }

    /// Takes the slots out of the bag; the overlay stays.
    pub(crate) fn take_slots(&mut self) -> Vec<Slot> {
        self.bag.replace_slots(Vec::new())
    }
}

/// How far the verification of codes is. The codes themselves are made up, and typed right or wrong.
fn codes(codes: &Codes, into: &mut Vec<u8>) {
    number(codes.one_time.len() as u32, into);
    for code in &codes.one_time {
        text(&code.identifier, into);
        into.push(u8::from(code.code.is_some()));
        number(code.tries_left, into);
        number(code.handed_out, into);
    }
    number(codes.sent.len() as u32, into);
    for sent in &codes.sent {
        into.push(sent.channel as u8);
        text(&sent.address, into);
        number(sent.tries_left, into);
    }
    number(codes.authenticator.as_ref().map_or(0, |authenticator| authenticator.tries_left + 1), into);
    number(codes.enrolled.len() as u32, into);
    into.push(u8::from(codes.read.is_some()));
}

/// What `codes` leaves out of them: a claim can hold the code that was sent, and the name of the user.
fn exact_codes(codes: &Codes, into: &mut Vec<u8>) {
    let optional = |value: &Option<Str>, into: &mut Vec<u8>| text(value.as_deref().unwrap_or_default(), into);
    codes.one_time.iter().for_each(|code| optional(&code.code, into));
    codes.sent.iter().for_each(|sent| text(&sent.code, into));
    codes.authenticator.iter().for_each(|authenticator| text(&authenticator.user, into));
    codes.enrolled.iter().for_each(|user| text(user, into));
    optional(&codes.read, into);
}

/// A number, in bytes.
pub(crate) fn number(number: u32, into: &mut Vec<u8>) {
    into.extend_from_slice(&number.to_le_bytes());
}

/// A text with its length.
pub(crate) fn text(text: &str, into: &mut Vec<u8>) {
    number(text.len() as u32, into);
    into.extend_from_slice(text.as_bytes());
}

/// What a claim holds.
pub(super) fn slot(slot: &Slot, watch: Watch, into: &mut Vec<u8>) {
    match slot {
        Slot::Absent => into.push(0),
        Slot::Null => into.push(1),
        Slot::Value(_) if watch == Watch::Presence => into.push(2),
        Slot::Value(value) => {
            into.push(3);
            match value {
                ClaimValue::String(value) | ClaimValue::PhoneNumber(value) => text(value, into),
                ClaimValue::Boolean(value) => into.push(u8::from(*value)),
                ClaimValue::Integer(value) => into.extend_from_slice(&value.to_le_bytes()),
                other => text(&other.to_json().to_string(), into),
            }
        }
    }
}
