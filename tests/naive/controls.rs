//! SEMANTICS 9.6: display controls. What they show is laid out in their place on the page; a verification control sends a code and verifies
//! what was typed before the page's own validation technical profiles have their turn. The others only show something.

use std::collections::BTreeMap;

use b2c_journey::claims::Slot;
use b2c_journey::policy::{DisplayControl, TechnicalProfile};

use super::levels::{claim_of, key};
use super::{Result, Stop, Walk, unsupported};

/// How far the verification controls of a page are, by control: that outlives a refusal of the page.
pub(crate) type Controls = BTreeMap<String, Sent>;

#[derive(Default)]
pub(crate) struct Sent {
    /// What stood in the send-to fields; `None` until a code is on its way.
    to: Option<Vec<Slot>>,
    verified: bool,
    outputs: BTreeMap<String, Slot>,
}

impl<'a> Walk<'a> {
    pub(crate) fn control(&self, id: &str) -> Result<&'a DisplayControl> {
        self.policy.controls.get(&key(id)).map_or_else(|| unsupported("a display control that is not there"), Ok)
    }
}

impl Walk<'_> {
    /// The page was submitted: a code goes to each address that is new, and each typed code is verified, once. The first that fails refuses
    /// the page, which is no failure of a validation technical profile (9.5).
    pub(crate) fn verify(&mut self, profile: &TechnicalProfile, controls: &mut Controls) -> Result<()> {
        for (is_control, id) in profile.display_claims.iter().flatten().map(claim_of) {
            if !is_control {
                continue;
            }
            let control = self.control(&id)?;
            if control.kind.as_ref().is_none_or(|kind| key(kind) != "verificationcontrol") {
                continue;
            }
            let is_code = |kind: &str| key(kind) == "verificationcode";
            let send_to = control.display_claims.iter().filter(|it| !it.control_claim_type.as_ref().is_some_and(|kind| is_code(kind)));
            let to: Vec<Slot> = send_to.map(|it| self.claims.get(&claim_of(it).1)).collect();
            let sent = controls.entry(id).or_default();
            // Another address than the one that was verified begins anew.
            if sent.to.as_ref() != Some(&to) {
                *sent = Sent::default();
                sent.outputs = self.action(control, "sendcode")?;
                sent.to = Some(to);
            }
            if !sent.verified {
                self.give(&sent.outputs);
                sent.outputs = self.action(control, "verifycode")?;
                sent.verified = true;
            }
            self.give(&sent.outputs);
        }
        Ok(())
    }

    fn give(&mut self, outputs: &BTreeMap<String, Slot>) {
        self.claims.overlay.get_or_insert_default().extend(outputs.clone());
    }

    /// The profiles of an action in order, as validation technical profiles. Of what they give, the output claims of the control are kept.
    /// (Whether those after a failed assert would run here too, no source says; as the engine, they do not.)
    fn action(&mut self, control: &DisplayControl, id: &str) -> Result<BTreeMap<String, Slot>> {
        let before = self.claims.overlay.clone();
        for exchange in control.actions.iter().filter(|action| key(&action.id) == id).flat_map(|action| &action.exchanges) {
            if self.skips(&exchange.preconditions)? {
                continue;
            }
            let called = self.profile(&exchange.reference)?;
            if !self.is_enabled(called)? {
                continue;
            }
            match self.call(called) {
                Ok(()) if exchange.continue_on_success.as_ref().is_some_and(|it| !it.value) => break,
                Err(Stop::Fault { .. }) if exchange.continue_on_error.as_ref().is_some_and(|it| it.value) => {}
                done => done?,
            }
        }
        let mut known = std::mem::replace(&mut self.claims.overlay, before).unwrap_or_default();
        known.retain(|claim, _| control.output_claims.iter().any(|it| key(&it.claim) == *claim));
        Ok(known)
    }
}
