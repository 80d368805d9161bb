//! Self-asserted and selection pages: showing, submitting, validating, committing (SEMANTICS 9).

use super::ask::{Page, PageButton, PageField, PageReply, Press};
use super::call::{Finish, Provided};
use super::choices::Choices;
use super::controls::Controls;
use super::fault::Fault;
use super::fingerprint::{number, text};
use super::precondition;
use super::run::{Activity, ReplyError, Run};
use crate::claims::{ClaimId, ClaimValue, Slot, Str};
use crate::plan::{ContentId, ProfileId, Validation};
use crate::provider::codes::wrong_code;
use crate::provider::{Handler, self_asserted as form};
use crate::trace::{Because, Event, Role, Writer};

/// A page that is on screen.
#[derive(Clone, Debug)]
pub(super) struct PageState {
    pub(super) profile: Option<ProfileId>,
    pub(super) content: Option<ContentId>,
    buttons: Vec<PageButton>,
    /// It belongs to a CombinedSignInAndSignUp step.
    combined: bool,
    pub(super) refused: u32,
    /// Refusals by validation profiles, which `setting.retryLimit` counts.
    failed_validations: u32,
    pub(super) error: Option<Fault>,
    /// What was typed before the page refused it: the browser does not empty the form.
    typed: Vec<(ClaimId, Str)>,
    /// The page's technical profile has been recorded as called.
    called: bool,
    /// The validation profile whose turn is next.
    next_validation: usize,
    /// The first assertion that failed while later validation profiles still ran (OPEN-23).
    failed_assertion: Option<Fault>,
    pub(super) controls: Controls,
}

impl PageState {
    pub(super) fn new(profile: Option<ProfileId>, content: Option<ContentId>, buttons: Vec<PageButton>, combined: bool) -> Self {
        Self {
            profile,
            content,
            buttons,
            combined,
            refused: 0,
            failed_validations: 0,
            error: None,
            typed: Vec::new(),
            called: false,
            next_validation: 0,
            failed_assertion: None,
            controls: Controls::default(),
        }
    }

    /// What tells two states of a page apart; `limit` is how many refusals by validation profiles it takes.
    pub(super) fn fingerprint(&self, limit: Option<u32>, into: &mut Vec<u8>) {
        into.push(1 | u8::from(self.called) << 1 | u8::from(self.failed_assertion.is_some()) << 2);
        number(limit.map_or(0, |_| self.failed_validations), into);
        number(u32::try_from(self.next_validation).unwrap_or(u32::MAX), into);
        number(self.buttons.len() as u32, into);
        for button in &self.buttons {
            text(&button.exchange, into);
        }
        self.controls.fingerprint(into);
    }

    /// What it says of the last try, and what it will say of this one.
    pub(super) fn errors(&self) -> impl Iterator<Item = &Fault> {
        self.error.iter().chain(&self.failed_assertion)
    }
}

impl<'p> Run<'p> {
    /// The page that is asked for, as a person sees it.
    pub fn page(&self) -> Option<Page> {
        let state = self.page.as_ref()?;
        let settings = state.profile.and_then(|profile| self.form(profile));
        let selection = state.combined || !state.buttons.is_empty();
        let fields = match (state.profile, settings) {
            (Some(profile), Some(settings)) => self.fields(settings).map(|field| self.page_field(profile, field)).collect(),
            _ => Vec::new(),
        };
        Some(Page {
            content: state.content.map(|content| self.plan.content(content).id.clone()),
            url: state.content.and_then(|content| self.page_address(content)),
            fields,
            buttons: state.buttons.clone(),
            can_continue: settings.is_some_and(|settings| settings.can_continue),
            can_cancel: self.can_cancel(),
            sign_up: settings.filter(|settings| selection && settings.shows_sign_up).and_then(|settings| settings.sign_up_target.clone()),
            forgot_password: selection && settings.is_some_and(|settings| settings.shows_forgot_password),
            error: state.error.clone(),
        })
    }

    fn page_field(&self, profile: ProfileId, field: &form::Field) -> PageField {
        PageField {
            claim: field.claim,
            required: field.required,
            shown: self.shown(profile, field, &mut Choices::default()),
            editable: field.editable,
            verified_email: field.verified_email,
            control: field.control.map(|control| self.plan.control(control).id.clone()),
            code: field.code || self.code_for(field.claim).is_some(),
        }
    }

    fn form(&self, profile: ProfileId) -> Option<&'p form::PageSettings> {
        match &self.profile(profile).handler {
            Handler::SelfAsserted(settings) => Some(settings),
            _ => None,
        }
    }

    /// The fields that are shown; those that have a default too only by OPEN-21.
    fn fields(&self, settings: &'p form::PageSettings) -> impl Iterator<Item = &'p form::Field> + use<'p> {
        let all = self.environment.switches.show_defaulted_outputs;
        settings.fields.iter().filter(move |field| all || !field.by_choice)
    }

    /// What stands in a field before the person types: what was typed before, else the input claim of the same name, of the control or of
    /// the page. A claim that is output but not input is shown empty, even if it is in the bag.
    fn shown(&self, profile_id: ProfileId, field: &form::Field, choices: &mut Choices) -> Slot {
        if let Some((_, text)) = self.page.as_ref().and_then(|page| page.typed.iter().find(|(claim, _)| *claim == field.claim))
            && field.editable
        {
            return if text.is_empty() { Slot::Absent } else { Slot::Value(ClaimValue::String(text.clone())) };
        }
        let profile = self.profile(profile_id);
        let of_control = field.control.map_or(&[][..], |control| &self.plan.control(control).inputs);
        of_control
            .iter()
            .chain(&profile.inputs)
            .find(|input| input.claim == field.claim)
            .and_then(|input| self.input_value(profile, input, choices))
            .map_or(Slot::Absent, Slot::Value)
    }

    /// Shows the page of a self-asserted claims exchange.
    pub(super) fn open_page(&mut self, profile: ProfileId) {
        let Some(settings) = self.form(profile) else { return };
        let mut page = PageState::new(Some(profile), settings.content, Vec::new(), false);
        page.called = true;
        self.page = Some(page);
        self.write_address(profile);
        self.show_page();
    }

    /// What happens before the form of a selection step is shown.
    pub(super) fn prepare_form(&mut self, profile: ProfileId) -> Result<(), Fault> {
        self.prepare(profile)?;
        self.write_address(profile);
        Ok(())
    }

    /// Starter pack: IpAddressClaimReferenceId puts the client's address into that claim.
    fn write_address(&mut self, profile: ProfileId) {
        if let Some(claim) = self.form(profile).and_then(|settings| settings.ip_claim)
            && let Some(address) = &self.environment.request.ip
        {
            self.write(claim, Slot::Value(ClaimValue::String(address.clone())), Writer::Profile(profile), None);
        }
    }

    pub(super) fn can_cancel(&self) -> bool {
        let profile = self.page.as_ref().and_then(|page| page.profile);
        profile.and_then(|profile| self.form(profile)).is_none_or(|settings| settings.can_cancel)
    }

    /// Nothing on the page leads on.
    pub(super) fn is_dead_end(&self) -> bool {
        self.page.as_ref().is_some_and(|page| {
            page.buttons.is_empty() && page.profile.and_then(|profile| self.form(profile)).is_some_and(|settings| !settings.can_continue)
        })
    }

    /// Records the page's technical profile as called, once.
    pub(super) fn begin_page_call(&mut self) {
        if let Some(page) = &mut self.page
            && let Some(profile) = page.profile
            && !std::mem::replace(&mut page.called, true)
        {
            self.record(|| Event::Call(profile, Role::Exchange));
        }
    }

    pub(super) fn answer_page(&mut self, reply: PageReply) -> Result<(), ReplyError> {
        match reply {
            PageReply::Press(press) => self.press(&press),
            PageReply::Submit { fields, codes, sends } => self.submit(fields, &codes, &sends),
        }
    }

    fn press(&mut self, press: &Press) -> Result<(), ReplyError> {
        let Some(page) = &self.page else { return Err(ReplyError::new("there is no page")) };
        let settings = page.profile.and_then(|profile| self.form(profile));
        let selection = page.combined || !page.buttons.is_empty();
        match press {
            Press::Exchange(id) => match page.buttons.iter().find(|button| button.exchange.eq_ignore_ascii_case(id)) {
                Some(button) => {
                    let exchange = button.exchange.clone();
                    self.finish_selection(exchange, false);
                    Ok(())
                }
                None => Err(ReplyError::new(format!("the page has no button for the claims exchange `{id}`"))),
            },
            Press::SignUp => {
                match settings.filter(|settings| selection && settings.shows_sign_up).and_then(|settings| settings.sign_up_target.clone()) {
                    Some(target) => {
                        self.finish_selection(target, false);
                        Ok(())
                    }
                    None => Err(ReplyError::new("the page has no sign-up link")),
                }
            }
            Press::ForgotPassword => {
                let Some(settings) = settings.filter(|settings| selection && settings.shows_forgot_password) else {
                    return Err(ReplyError::new("the page has no forgotten-password link"));
                };
                match &settings.forgot_password_target {
                    Some(target) => self.finish_selection(target.clone(), false),
                    // error-codes, AADB2C90118: the application is to start the reset journey.
                    None => self.fail_step(Fault::new("AADB2C90118", "The user has forgotten their password.").access_denied()),
                }
                Ok(())
            }
        }
    }

    fn submit(&mut self, mut typed: Vec<(ClaimId, Str)>, codes: &[(Str, bool)], sends: &[(Str, u32)]) -> Result<(), ReplyError> {
        let Some((profile_id, settings)) = self.page.as_ref().and_then(|page| page.profile).and_then(|id| Some((id, self.form(id)?)))
        else {
            return Err(ReplyError::new("the page has no form"));
        };
        if !settings.can_continue {
            return Err(ReplyError::new("the page has no continue button (`setting.showContinueButton` is false)"));
        }
        for (claim, _) in &typed {
            if !self.fields(settings).any(|field| field.claim == *claim) {
                return Err(ReplyError::new(format!("the page does not show the claim `{}`", self.plan.claim(*claim).id)));
            }
        }
        self.begin_page_call();
        self.type_codes(settings, &mut typed, codes);
        let entered = self.enter(profile_id, settings, &typed, codes);
        self.begin_controls(settings, &typed, codes, sends);
        if let Some(page) = &mut self.page {
            if page.typed.is_empty() {
                page.typed = typed;
            } else {
                page.typed.retain(|(claim, _)| !typed.iter().any(|(again, _)| again == claim));
                page.typed.extend(typed);
            }
        }
        match entered {
            Err(fault) => self.refuse(fault, false),
            Ok(entered) => {
                if settings.fields.iter().any(|field| field.by_choice) {
                    self.chose(21);
                }
                let own = self.hidden_defaults(profile_id, settings);
                self.bag.open_overlay();
                for (claim, slot) in own {
                    self.write(claim, slot, Writer::Profile(profile_id), None);
                }
                for (field, value) in self.fields(settings).zip(entered) {
                    let slot = match value {
                        Some(value) => Some(Slot::Value(value)),
                        None => form::empty_slot(settings, self.plan.claim(field.claim)),
                    };
                    if let Some(slot) = slot {
                        self.write(field.claim, slot, Writer::Profile(profile_id), None);
                    }
                }
                if let Some(page) = &mut self.page {
                    page.next_validation = 0;
                    page.failed_assertion = None;
                }
                self.activity = Activity::Validate;
            }
        }
        Ok(())
    }

    /// The defaults of input claims that the page does not show: its validation profiles and transformations see them (samples
    /// banned-password-list-no-API, unit test of GenerateJson), the journey does not (OPEN-10).
    fn hidden_defaults(&self, profile: ProfileId, settings: &'p form::PageSettings) -> Vec<(ClaimId, Slot)> {
        let mut own = self.own_defaults(profile);
        own.retain(|(claim, _)| !self.fields(settings).any(|field| field.claim == *claim));
        own
    }

    /// Converts and checks what was typed; the first fault is the page's message.
    fn enter(
        &mut self,
        profile_id: ProfileId,
        settings: &'p form::PageSettings,
        typed: &[(ClaimId, Str)],
        codes: &[(Str, bool)],
    ) -> Result<Vec<form::Entered>, Fault> {
        let today = self.environment.now.date();
        let mut entered = Vec::with_capacity(settings.fields.len());
        let mut choices = self.choices;
        let localized = &|element_type: &str, element: &str, key: &str| {
            self.localized_element(profile_id, element_type, Some(element).filter(|id| !id.is_empty()), key)
        };
        for (place, field) in self.fields(settings).enumerate() {
            let claim = self.plan.claim(field.claim);
            let shown = self.shown(profile_id, field, &mut choices);
            let text = typed.iter().find(|(id, _)| *id == field.claim).map(|(_, text)| text.as_str());
            let value = match (field.editable, text) {
                // What a page shows but does not let change comes back as it was shown.
                (false, _) => shown.value().cloned(),
                // A verification code is judged by the control, see below.
                (true, None) if field.code => None,
                (true, None) => match shown {
                    Slot::Value(ClaimValue::String(text)) => form::check_field(field, claim, Some(&text), today, localized)?,
                    Slot::Value(value) => Some(value),
                    Slot::Absent | Slot::Null => form::check_field(field, claim, None, today, localized)?,
                },
                (true, text) => form::check_field(field, claim, text, today, localized)?,
            };
            if place == 0 && settings.email_sign_in {
                form::check_email(value.as_ref(), |key| self.localized_ux(profile_id, key))?;
            }
            entered.push(value);
        }
        self.choices = choices;
        for field in self.fields(settings) {
            // The others verify the code by an action of their own, see above.
            let control = field.control.map(|control| self.plan.control(control)).filter(|control| !control.verifies());
            let control = control.map(|control| control.id.as_str());
            let wrong = |name: &str| codes.iter().any(|(code, right)| code.eq_ignore_ascii_case(name) && !right);
            let unverified = field.verified_email && wrong(&self.plan.claim(field.claim).id);
            if unverified || (field.code && control.is_some_and(wrong)) {
                // localization-string-ids: a page has its own words for its own verification of e-mail addresses.
                let message = self.localized_ux(profile_id, "ver_fail_retry");
                let message = message.or_else(|| self.user_message(profile_id, "UserMessageIfInvalidCode"));
                return Err(Fault::uncoded(message.unwrap_or_else(|| "That code is incorrect. Please try again.".into())));
            }
        }
        let words = |key: &str| self.localized_ux(profile_id, key);
        let find = |name: &str| {
            let place = self.fields(settings).position(|field| self.plan.claim(field.claim).id.eq_ignore_ascii_case(name));
            place.and_then(|place| entered.get(place))
        };
        form::check_reentered(find, words)?;
        Ok(entered)
    }

    /// Codes that a validation technical profile of the page verifies: by default the person types the one that was sent.
    fn type_codes(&self, settings: &'p form::PageSettings, typed: &mut Vec<(ClaimId, Str)>, codes: &[(Str, bool)]) {
        for field in self.fields(settings).filter(|field| field.editable && !field.code) {
            let Some(code) = self.code_for(field.claim) else { continue };
            let said = codes.iter().find(|(name, _)| name.eq_ignore_ascii_case(&self.plan.claim(field.claim).id)).map(|(_, right)| *right);
            let text = if said == Some(false) { wrong_code(&code) } else { code };
            match typed.iter_mut().find(|(claim, _)| *claim == field.claim) {
                Some((_, given)) if said.is_some() => *given = text,
                Some(_) => {}
                None => typed.push((field.claim, text)),
            }
        }
    }

    /// Goes on with the validation technical profiles, in list order, then commits.
    pub(super) fn validate(&mut self) {
        let Some((profile_id, settings)) = self.page.as_ref().and_then(|page| page.profile).and_then(|id| Some((id, self.form(id)?)))
        else {
            self.activity = Activity::NextStep;
            return;
        };
        if self.run_controls(profile_id) {
            return;
        }
        let validations: &'p [Validation] = &self.profile(profile_id).validations;
        // docs pull 93154: a page without input never triggers them.
        let has_input = self.fields(settings).next().is_some();
        loop {
            let Some(page) = &mut self.page else { return };
            let validation = validations.get(page.next_validation).filter(|_| has_input);
            page.next_validation += 1;
            let Some(validation) = validation else { break };
            let skipped = self
                .fires(&validation.preconditions)
                .map(|fired| precondition::because(fired, &self.bag))
                .or_else(|| precondition::disabled(&self.profile(validation.profile).enabled, &self.bag))
                .or_else(|| self.stands_in_for_validation(validation.profile));
            match skipped {
                Some(because @ Because::Session { .. }) => {
                    self.record(|| Event::ValidationSkipped(validation.profile, because));
                    self.restore(validation.profile);
                }
                // B2C2B2CMigration: a skipped one does not stop the chain through its ContinueOnSuccess.
                Some(because) => self.record(|| Event::ValidationSkipped(validation.profile, because)),
                None => return self.begin_call(validation.profile, Finish::Validation),
            }
        }
        match self.page.as_mut().and_then(|page| page.failed_assertion.take()) {
            Some(fault) => self.refuse(fault, true),
            None => self.commit(profile_id),
        }
    }

    fn current_validation(&self) -> Option<&'p Validation> {
        let page = self.page.as_ref()?;
        self.profile(page.profile?).validations.get(page.next_validation.checked_sub(1)?)
    }

    /// A validation profile ended well.
    pub(super) fn validation_passed(&mut self) {
        if self.control_passed() {
            return;
        }
        if self.current_validation().is_some_and(|validation| !validation.continue_on_success)
            && let Some(page) = &mut self.page
        {
            page.next_validation = usize::MAX - 1;
        }
        self.activity = Activity::Validate;
    }

    /// A validation profile failed.
    pub(super) fn validation_failed(&mut self, fault: Fault) {
        let Err(fault) = self.control_failed(fault) else { return };
        let Some(validation) = self.current_validation() else { return self.fail_step(fault) };
        let profile = self.profile(validation.profile);
        if validation.continue_on_error {
            if profile.outputs.iter().any(|output| output.default.is_some()) {
                self.chose(25);
                if self.environment.switches.failed_validation_gives_defaults
                    && let Err(fault) = self.write_outputs(validation.profile, Vec::new(), true)
                {
                    return self.refuse(fault, true);
                }
            }
            self.activity = Activity::Validate;
            return;
        }
        if fault.assertion && matches!(profile.handler, Handler::ClaimsTransformation) {
            self.chose(23);
            if !self.environment.switches.assert_stops_validation {
                if let Some(page) = &mut self.page {
                    page.failed_assertion.get_or_insert(fault);
                }
                self.activity = Activity::Validate;
                return;
            }
        }
        // The page fails with the first message.
        let first = self.page.as_mut().and_then(|page| page.failed_assertion.take());
        self.refuse(first.unwrap_or(fault), true);
    }

    /// The page is shown again with this message; nothing of the overlay survives.
    pub(super) fn refuse(&mut self, fault: Fault, by_validation: bool) {
        self.call = None;
        self.bag.close_overlay();
        let Some(page) = &mut self.page else { return self.fail_step(fault) };
        page.refused += 1;
        page.error = Some(fault.clone());
        page.failed_validations += u32::from(by_validation);
        let (profile, failures) = (page.profile, page.failed_validations);
        self.record(|| Event::PageRefused(profile, fault));
        if by_validation {
            if profile.and_then(|profile| self.form(profile)).is_none_or(|settings| settings.retry_limit.is_none()) {
                self.chose(20);
            }
            if profile.and_then(|profile| self.retry_limit(profile)).is_some_and(|limit| failures >= limit) {
                // error-codes, AADB2C90157.
                return self.fail_step(Fault::new("AADB2C90157", "The number of retry attempts for self asserted step exceeds the limit."));
            }
        }
        self.show_page();
    }

    /// How many refusals by validation profiles a page takes; `None` = any number (OPEN-20).
    pub(super) fn retry_limit(&self, profile: ProfileId) -> Option<u32> {
        self.form(profile).and_then(|settings| settings.retry_limit).or(self.environment.switches.default_retry_limit)
    }

    /// Everything was accepted: of what the page and its validation profiles know, the profile's output claims go to the bag.
    fn commit(&mut self, profile_id: ProfileId) {
        let overlay = self.bag.close_overlay();
        let profile = self.profile(profile_id);
        let mut values = Vec::with_capacity(profile.outputs.len());
        for (index, output) in profile.outputs.iter().enumerate() {
            if let Some((_, slot)) = overlay.iter().find(|(claim, _)| *claim == output.claim) {
                values.push((index, slot.clone()));
            }
        }
        let own = match self.form(profile_id) {
            Some(settings) if !profile.output_transformations.is_empty() => {
                let hidden = self.hidden_defaults(profile_id, settings);
                let known = |claim: &ClaimId| hidden.iter().any(|(hidden, _)| hidden == claim);
                overlay.into_iter().filter(|(claim, _)| known(claim)).collect()
            }
            _ => Vec::new(),
        };
        self.selected = None;
        self.finish_call_of(profile_id, Finish::Step, Provided { values, own, lenient: false });
    }
}
