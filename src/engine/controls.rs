//! Display controls on a page that is submitted: each verification control sends its code, the person types it, the control verifies it
//! (SEMANTICS 9.6; display-controls, display-control-verification). The controls of authenticator apps only show something.

use super::call::Finish;
use super::fault::Fault;
use super::fingerprint::{Watch, number, slot, text};
use super::precondition;
use super::run::{Activity, Run};
use crate::claims::{ClaimId, ClaimValue, Restriction, Slot, Str, from_text, sample_values};
use crate::plan::{Control, ControlId, DisplayClaim, ProfileId, Validation};
use crate::provider::codes::wrong_code;
use crate::provider::self_asserted::PageSettings;
use crate::trace::{Event, Writer};

/// What a person types into the code field of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Typed {
    /// The code that was sent.
    Right,
    /// Another one.
    Wrong,
    /// What the form says.
    Text,
}

/// One of the two actions of a verification control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    SendCode,
    VerifyCode,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Action::SendCode => "SendCode",
            Action::VerifyCode => "VerifyCode",
        }
    }
}

/// A verification control of the page that is on screen, kept while the page is refused and shown again.
#[derive(Clone, Debug)]
struct ControlState {
    control: ControlId,
    typed: Typed,
    /// How many codes are still to be asked for; `None` = as many as it takes.
    sends: Option<u32>,
    /// What stood in the other fields when the code was sent; changing them asks for a new code.
    sent_to: Option<Vec<Slot>>,
    /// The code that the person read, where it is known.
    code: Option<Str>,
    verified: bool,
    /// What its actions gave for its output claims.
    outputs: Vec<(ClaimId, Slot)>,
}

/// The verification controls of a page, and how far they are.
#[derive(Clone, Debug, Default)]
pub(super) struct Controls {
    states: Vec<ControlState>,
    place: usize,
    action: Option<Action>,
    /// The profile of the action whose turn is next.
    next: usize,
    /// What the page knew before the action.
    before: Vec<(ClaimId, Slot)>,
}

impl Controls {
    /// What tells two states of the controls apart.
    pub(super) fn fingerprint(&self, into: &mut Vec<u8>) {
        number(self.states.len() as u32, into);
        for state in &self.states {
            into.push(
                state.typed as u8
                    | u8::from(state.code.is_some()) << 2
                    | u8::from(state.verified) << 3
                    | u8::from(state.sent_to.is_some()) << 4,
            );
            claims(&state.outputs, into);
        }
        number(self.place as u32, into);
        number(self.next as u32, into);
        into.push(self.action.map_or(0, |action| action as u8 + 1));
    }

    /// What they remember of what was typed and sent.
    pub(super) fn exact_fingerprint(&self, into: &mut Vec<u8>) {
        for state in &self.states {
            state.sent_to.iter().flatten().for_each(|value| slot(value, Watch::Value, into));
            text(state.code.as_deref().unwrap_or_default(), into);
        }
        claims(&self.before, into);
    }
}

/// Claims and what they hold.
fn claims(claims: &[(ClaimId, Slot)], into: &mut Vec<u8>) {
    number(claims.len() as u32, into);
    for (claim, value) in claims {
        number(claim.index() as u32, into);
        slot(value, Watch::Value, into);
    }
}

impl Control {
    /// Whether it sends and verifies codes; the others only show something.
    pub(crate) fn is_verification(&self) -> bool {
        self.kind.eq_ignore_ascii_case("VerificationControl")
    }

    fn action(&self, action: Action) -> &[Validation] {
        let found = self.actions.iter().find(|(id, _)| id.eq_ignore_ascii_case(action.name()));
        found.map_or(&[], |(_, profiles)| profiles)
    }

    /// Whether a typed code is judged by an action of its own.
    pub(super) fn verifies(&self) -> bool {
        self.is_verification() && !self.action(Action::VerifyCode).is_empty()
    }

    fn fields(&self) -> impl Iterator<Item = (ClaimId, bool)> {
        self.display.iter().filter_map(|item| match item {
            DisplayClaim::Claim { claim, control_type, .. } => {
                Some((*claim, control_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("VerificationCode"))))
            }
            DisplayClaim::Control(_) => None,
        })
    }
}

impl<'p> Run<'p> {
    /// The page was submitted: its controls have their turn before its validation technical profiles.
    pub(super) fn begin_controls(
        &mut self,
        settings: &'p PageSettings,
        typed: &[(ClaimId, Str)],
        codes: &[(Str, bool)],
        sends: &[(Str, u32)],
    ) {
        let plan = self.plan;
        let Some(page) = &mut self.page else { return };
        let controls = &mut page.controls;
        for id in settings.fields.iter().filter_map(|field| field.control).filter(|id| plan.control(*id).is_verification()) {
            if !controls.states.iter().any(|state| state.control == id) {
                controls.states.push(ControlState {
                    control: id,
                    typed: Typed::Right,
                    sends: None,
                    sent_to: None,
                    code: None,
                    verified: false,
                    outputs: Vec::new(),
                });
            }
        }
        for state in &mut controls.states {
            let control = plan.control(state.control);
            let said = codes.iter().find(|(name, _)| name.eq_ignore_ascii_case(&control.id)).map(|(_, right)| *right);
            let has_text = || control.fields().any(|(claim, code)| code && typed.iter().any(|(id, _)| *id == claim));
            state.typed = match said {
                Some(true) => Typed::Right,
                Some(false) => Typed::Wrong,
                None if has_text() => Typed::Text,
                None => Typed::Right,
            };
            state.sends = sends.iter().find(|(name, _)| name.eq_ignore_ascii_case(&control.id)).map(|(_, times)| *times);
        }
        controls.place = 0;
        controls.action = None;
    }

    fn control_state(&self) -> Option<(&ControlState, &'p Control)> {
        let controls = &self.page.as_ref()?.controls;
        let state = controls.states.get(controls.place)?;
        Some((state, self.plan.control(state.control)))
    }

    fn control_state_mut(&mut self) -> Option<&mut ControlState> {
        let controls = &mut self.page.as_mut()?.controls;
        controls.states.get_mut(controls.place)
    }

    /// Whether an action of a control runs in which the person typed a wrong code.
    pub fn wrong_code_typed(&self) -> bool {
        let action = self.page.as_ref().and_then(|page| page.controls.action);
        action == Some(Action::VerifyCode) && self.control_state().is_some_and(|(state, _)| state.typed == Typed::Wrong)
    }

    /// Goes on with the controls; false when they are done.
    pub(super) fn run_controls(&mut self, page_profile: ProfileId) -> bool {
        while let Some((state, control)) = self.control_state() {
            let action = self.page.as_ref().and_then(|page| page.controls.action);
            let Some(action) = action else {
                let sent_to: Vec<Slot> = control.fields().filter(|(_, code)| !code).map(|(claim, _)| self.bag.get(claim).clone()).collect();
                let is_same = state.sent_to.as_ref() == Some(&sent_to);
                let again = state.sends.is_some_and(|times| times > 0);
                if is_same && state.verified && !again {
                    // Changing the address after its verification would ask for another one.
                    self.pass_control(page_profile);
                    continue;
                }
                if let Some(state) = self.control_state_mut() {
                    state.verified = false;
                    if !is_same {
                        state.code = None;
                        state.outputs.clear();
                        state.sent_to = Some(sent_to);
                    }
                }
                self.begin_action(if is_same && !again { Action::VerifyCode } else { Action::SendCode }, page_profile);
                continue;
            };
            let next = self.page.as_ref().map_or(0, |page| page.controls.next);
            let Some(validation) = control.action(action).get(next) else {
                self.end_action(action, page_profile);
                continue;
            };
            if let Some(page) = &mut self.page {
                page.controls.next += 1;
            }
            let skipped = self
                .fires(&validation.preconditions)
                .map(|fired| precondition::because(fired, &self.bag))
                .or_else(|| precondition::disabled(&self.profile(validation.profile).enabled, &self.bag));
            match skipped {
                Some(because) => self.record(|| Event::ValidationSkipped(validation.profile, because)),
                None => {
                    self.begin_call(validation.profile, Finish::Validation);
                    return true;
                }
            }
        }
        false
    }

    fn begin_action(&mut self, action: Action, page_profile: ProfileId) {
        let Some((state, control)) = self.control_state() else { return };
        let (outputs, code) = (state.outputs.clone(), state.code.clone());
        if !control.action(action).is_empty() {
            self.note(|| format!("display control `{}`: {}", control.id, action.name()));
        }
        for (claim, slot) in outputs {
            self.bag.set(claim, slot);
        }
        match action {
            Action::SendCode => self.codes.read = None,
            Action::VerifyCode => {
                self.codes.read = code;
                self.type_code(page_profile);
            }
        }
        let before = self.overlay();
        if let Some(page) = &mut self.page {
            page.controls.action = Some(action);
            page.controls.next = 0;
            page.controls.before = before;
        }
    }

    /// Types the code that was read, or another one, into the code field.
    fn type_code(&mut self, page_profile: ProfileId) {
        let Some((state, control)) = self.control_state() else { return };
        let (typed, code) = (state.typed, state.code.clone());
        let Some((claim_id, _)) = control.fields().find(|(_, code)| *code).filter(|_| typed != Typed::Text) else { return };
        let claim = self.plan.claim(claim_id);
        // A code that some API sent: any that the field takes.
        let code = code.unwrap_or_else(|| match claim.restriction {
            Restriction::None => "123456".into(),
            _ => sample_values(claim, self.environment.now.date()).into_iter().next().unwrap_or_else(|| "123456".into()),
        });
        let text = if typed == Typed::Wrong { wrong_code(&code) } else { code };
        let value = from_text(&text, claim.data_type).unwrap_or(ClaimValue::String(text));
        self.write(claim_id, Slot::Value(value), Writer::Profile(page_profile), None);
    }

    /// What the page knows beside the journey.
    fn overlay(&mut self) -> Vec<(ClaimId, Slot)> {
        let overlay = self.bag.close_overlay();
        self.lay_over(overlay.clone());
        overlay
    }

    fn lay_over(&mut self, claims: Vec<(ClaimId, Slot)>) {
        self.bag.open_overlay();
        for (claim, slot) in claims {
            self.bag.set(claim, slot);
        }
    }

    /// The action is through: of what its profiles gave, the output claims of the control stay, for its other action and for the page.
    /// Published policies name the profile that puts a phone number together once more in each action and among the validation profiles.
    fn end_action(&mut self, action: Action, page_profile: ProfileId) {
        let read = self.codes.read.clone();
        let Some((_, control)) = self.control_state() else { return };
        let known = self.bag.close_overlay();
        let outputs: Vec<(ClaimId, Slot)> =
            known.into_iter().filter(|(claim, _)| control.outputs.iter().any(|output| output.claim == *claim)).collect();
        let Some(page) = &mut self.page else { return };
        page.controls.action = None;
        let before = std::mem::take(&mut page.controls.before);
        self.lay_over(before);
        let mut again = false;
        if let Some(state) = self.control_state_mut() {
            state.outputs = outputs;
            match action {
                Action::SendCode => {
                    state.code = read;
                    state.sends = state.sends.map(|times| times.saturating_sub(1));
                    again = state.sends.is_some_and(|times| times > 0);
                }
                Action::VerifyCode => state.verified = true,
            }
        }
        match action {
            // "Send new code", pressed before a code is entered.
            Action::SendCode if again => self.begin_action(Action::SendCode, page_profile),
            Action::SendCode => self.begin_action(Action::VerifyCode, page_profile),
            Action::VerifyCode => self.pass_control(page_profile),
        }
    }

    /// The control is through: its output claims are the page's.
    fn pass_control(&mut self, page_profile: ProfileId) {
        let outputs = self.control_state().map(|(state, _)| state.outputs.clone()).unwrap_or_default();
        for (claim, slot) in outputs {
            if self.bag.get(claim) != &slot {
                self.write(claim, slot, Writer::Profile(page_profile), None);
            }
        }
        if let Some(page) = &mut self.page {
            page.controls.place += 1;
        }
    }

    /// The profile of an action that was called last.
    fn current_action(&self) -> Option<&'p Validation> {
        let controls = &self.page.as_ref()?.controls;
        let (_, control) = self.control_state()?;
        control.action(controls.action?).get(controls.next.checked_sub(1)?)
    }

    /// A profile of an action ended well; false when it was none.
    pub(super) fn control_passed(&mut self) -> bool {
        let Some(validation) = self.current_action() else { return false };
        if !validation.continue_on_success
            && let Some(page) = &mut self.page
        {
            page.controls.next = usize::MAX;
        }
        self.activity = Activity::Validate;
        true
    }

    /// A profile of an action failed: the page is refused, unless the action goes on. Gives the fault back when it was none.
    pub(super) fn control_failed(&mut self, fault: Fault) -> Result<(), Fault> {
        let Some(validation) = self.current_action() else { return Err(fault) };
        if validation.continue_on_error {
            self.activity = Activity::Validate;
            return Ok(());
        }
        let is_void = self.codes.read.is_none();
        let action = self.page.as_ref().and_then(|page| page.controls.action);
        if let Some(state) = self.control_state_mut()
            // Without a code that could still be right, the person asks for a new one.
            && (action == Some(Action::SendCode) || (state.code.is_some() && is_void))
        {
            state.sent_to = None;
        }
        if let Some(page) = &mut self.page {
            page.controls.action = None;
        }
        self.refuse(fault, false);
        Ok(())
    }
}
