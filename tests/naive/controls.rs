//! SEMANTICS 9.6: display controls. What they show is laid out in their place on the page; a verification control sends a code and verifies
//! what was typed before the page's own validation technical profiles have their turn. The others only show something.

use std::collections::BTreeMap;

use b2c_journey::claims::{ClaimValue, Slot};
use b2c_journey::policy::{DisplayClaim, DisplayControl, TechnicalProfile};

use super::levels::{claim_of, key};
use super::{Result, Stop, Submit, Walk, unsupported};

/// How far the verification controls of a page are, by control: that outlives a refusal of the page.
pub(crate) type Controls = BTreeMap<String, Sent>;

#[derive(Default)]
pub(crate) struct Sent {
    /// What stood in the send-to fields; `None` until a code is on its way.
    to: Option<Vec<Slot>>,
    verified: bool,
    /// What the person read, where it is known.
    code: Option<String>,
    outputs: BTreeMap<String, Slot>,
}

impl<'a> Walk<'a> {
    pub(crate) fn control(&self, id: &str) -> Result<&'a DisplayControl> {
        self.policy.controls.get(&key(id)).map_or_else(|| unsupported("a display control that is not there"), Ok)
    }
}

impl Walk<'_> {
    /// The verification controls of a page; the others only show something.
    fn controls_of(&self, profile: &TechnicalProfile) -> Result<Vec<&DisplayControl>> {
        let ids = profile.display_claims.iter().flatten().map(claim_of).filter(|(is_control, _)| *is_control);
        let controls: Vec<&DisplayControl> = ids.map(|(_, id)| self.control(&id)).collect::<Result<_>>()?;
        let is_verification = |it: &&DisplayControl| it.kind.as_ref().is_some_and(|kind| key(kind) == "verificationcontrol");
        Ok(controls.into_iter().filter(is_verification).collect())
    }

    /// The fields that take the codes of the page's controls.
    pub(crate) fn codes_of(&self, profile: &TechnicalProfile) -> Result<Vec<String>> {
        let controls = self.controls_of(profile)?;
        Ok(controls.iter().flat_map(|it| &it.display_claims).filter(|it| is_code(it)).map(|it| claim_of(it).1).collect())
    }

    /// The page was submitted: a code goes to each address that is new, and each typed code is verified, once. The first that fails refuses
    /// the page, which is no failure of a validation technical profile (9.5).
    pub(crate) fn verify(&mut self, profile: &TechnicalProfile, submit: &Submit, controls: &mut Controls) -> Result<()> {
        let ids: Vec<String> = self.controls_of(profile)?.iter().map(|it| key(&it.id)).collect();
        for id in ids {
            let control = self.control(&id)?;
            let send_to = control.display_claims.iter().filter(|it| !is_code(it));
            let to: Vec<Slot> = send_to.map(|it| self.claims.get(&claim_of(it).1)).collect();
            let sent = controls.entry(id.clone()).or_default();
            let mut sends = submit.sends.iter().find(|(control, _)| *control == id).map_or(0, |(_, times)| *times);
            // Another address than the one that was verified begins anew.
            if sent.to.as_ref() != Some(&to) {
                *sent = Sent::default();
                sends = sends.max(1);
            }
            for _ in 0..sends {
                (sent.to, sent.verified) = (None, false);
                self.give(&sent.outputs);
                self.codes.read = None;
                sent.outputs = self.action(control, "sendcode")?;
                (sent.to, sent.code) = (Some(to.clone()), self.codes.read.clone());
            }
            if !sent.verified {
                self.give(&sent.outputs);
                self.codes.read = sent.code.clone();
                self.type_code(control, submit)?;
                match self.action(control, "verifycode") {
                    Ok(outputs) => sent.outputs = outputs,
                    Err(stop) => {
                        // Without a code that could still be right, the person asks for a new one.
                        if sent.code.is_some() && self.codes.read.is_none() {
                            sent.to = None;
                        }
                        return Err(stop);
                    }
                }
                sent.verified = true;
            }
            self.give(&sent.outputs);
        }
        Ok(())
    }

    /// The person types what was read, or another code; one that typed something already leaves it.
    fn type_code(&mut self, control: &DisplayControl, submit: &Submit) -> Result<()> {
        let Some(claim) = control.display_claims.iter().find(|it| is_code(it)).map(|it| claim_of(it).1) else { return Ok(()) };
        let said = submit.codes.iter().find(|(id, _)| *id == key(&control.id)).map(|(_, is_right)| *is_right);
        if said.is_none() && submit.typed.iter().any(|(typed, _)| *typed == claim) {
            return Ok(());
        }
        let has_restriction = self.policy.claims.get(&claim).is_some_and(|it| it.restriction.is_some());
        let mut code = match self.codes.read.clone() {
            Some(code) => code,
            None if has_restriction => return unsupported("a code that only its sender knows, in a field with a restriction"),
            // Any will do, as nobody here knows what an API sent. (As the engine.)
            None => "123456".to_owned(),
        };
        if said == Some(false) {
            let last = code.pop().and_then(|last| last.to_digit(10)).unwrap_or_default();
            code.push_str(&((last + 1) % 10).to_string());
        }
        let value = self.converted(&code, &claim).unwrap_or_else(|| ClaimValue::from(code.as_str()));
        self.claims.set(&claim, Slot::Value(value));
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

fn is_code(claim: &DisplayClaim) -> bool {
    claim.control_claim_type.as_ref().is_some_and(|kind| key(kind) == "verificationcode")
}
