//! The step loop: preconditions, step types, selections, sub journeys (SEMANTICS 4 and 5).

use serde_json::{Map, Value as Json};

use super::ask::{Ask, PageButton, Reply};
use super::call::{CallState, Finish};
use super::fault::{Fault, Outcome};
use super::page::PageState;
use super::precondition::{self, Verdict};
use super::run::{Activity, Frame, ReplyError, Run};
use crate::claims::{Slot, Str, from_json_for, from_text_for};
use crate::plan::{ContentId, Exchange, JourneyId, Precondition, ProfileId, Selection, Step, StepKind, SubJourneyType};
use crate::provider::call::find;
use crate::provider::incoming_token;
use crate::trace::{Event, Role, StepId, Writer};

impl<'p> Run<'p> {
    /// Runs or skips the next step.
    pub(super) fn next_step(&mut self) {
        if self.authorization_left > 0 {
            return self.authorize();
        }
        let id = self.step_id();
        let Some(step) = self.plan.step(id.journey, id.position as usize) else { return self.end_of_journey() };
        if !self.may_take_a_step() {
            return self.fail_step(Fault::of_policy("the journey does not end: its sub journeys invoke one another thousands of times"));
        }
        // A step of type Noop does nothing, whatever its preconditions say.
        if !matches!(step.kind, StepKind::Noop)
            && let Some(fired) = self.fires(&step.preconditions)
        {
            if self.trace.is_some() {
                let because = precondition::because(fired, &self.bag);
                self.record(|| Event::StepSkipped(id, because));
            }
            return self.leave_step(id);
        }
        match &step.kind {
            StepKind::Exchange { exchanges } => self.exchange(id, step, exchanges),
            StepKind::Selection { selections, local, .. } if self.session_selects(selections, local.as_ref()) => {}
            StepKind::Selection { combined, selections, local, content, show_single } => {
                self.record(|| Event::StepBegins(id));
                self.select(step, *combined, selections, local.as_ref(), *content, *show_single);
            }
            StepKind::SubJourney(journey) => {
                self.record(|| Event::StepBegins(id));
                self.enter_sub_journey(*journey);
            }
            StepKind::GetClaims { profile } => {
                self.record(|| Event::StepBegins(id));
                self.get_claims(*profile);
            }
            StepKind::SendClaims { issuer } => {
                self.record(|| Event::StepBegins(id));
                self.send_claims(step, *issuer);
            }
            StepKind::Noop => {
                self.record(|| Event::StepBegins(id));
                self.finish_step();
            }
            StepKind::Unsupported => {
                self.record(|| Event::StepBegins(id));
                self.chose(9);
                self.fail_step(Fault::of_policy(format!("orchestration step type `{}` is not supported", step.type_name)));
            }
        }
    }

    /// The first satisfied precondition decides (userjourneys: the skip conditions are joined by or).
    pub(super) fn fires<'a>(&mut self, preconditions: &'a [Precondition]) -> Option<&'a Precondition> {
        for precondition in preconditions {
            let verdict = precondition::evaluate(precondition, &self.bag, &self.environment.switches, &mut self.choices);
            if verdict == Verdict::Fires {
                return Some(precondition);
            }
            if self.records_all() {
                let actual = self.bag.get(precondition.claim).clone();
                self.record(|| Event::PreconditionPassed {
                    number: precondition.number,
                    claim: precondition.claim,
                    actual,
                    ignored: verdict == Verdict::Ignored,
                    span: precondition.span,
                });
            }
        }
        None
    }

    fn end_of_journey(&mut self) {
        if self.frames.len() > 1 {
            let ended = self.frames.pop();
            // A pending selection does not cross the boundary of a sub journey.
            self.selected = None;
            let transferred = ended.is_some_and(|frame| self.plan.journey(frame.journey).sub == Some(SubJourneyType::Transfer));
            if transferred {
                // subjourneys: a Transfer never returns and must contain SendClaims.
                return self.fail_step(self.no_send_claims(ended.map_or(JourneyId(0), |frame| frame.journey)));
            }
            // The invoking step is done.
            return self.finish_step();
        }
        let journey = self.plan.journey(JourneyId(0));
        let fault = match journey.steps.is_empty() {
            // azure-docs#64364.
            true => Fault::uncoded(format!(
                "The user journey '{}' does not specify first step or the first step is not a claims exchange.",
                journey.id
            )),
            false => self.no_send_claims(JourneyId(0)),
        };
        let fault = fault.at(journey.span);
        self.activity = Activity::Done(Outcome::Error(fault));
    }

    /// error-codes, AADB2C90040; the same when all SendClaims steps were skipped.
    fn no_send_claims(&self, journey: JourneyId) -> Fault {
        Fault::new("AADB2C90040", format!("User journey '{}' does not contain a send claims step.", self.plan.journey(journey).id))
    }

    /// userjourneys: the profiles of AuthorizationTechnicalProfiles run before step 1.
    fn authorize(&mut self) {
        let profiles = &self.plan.journey(JourneyId(0)).authorization;
        let next = profiles.get(profiles.len() - self.authorization_left.min(profiles.len())).copied();
        self.authorization_left -= 1;
        if let Some(profile) = next {
            self.begin_call(profile, Finish::Authorization);
        }
    }

    fn exchange(&mut self, id: StepId, step: &'p Step, exchanges: &'p [Exchange]) {
        let chosen = match exchanges {
            // advanced-policies#51: a single exchange runs, whatever was picked before.
            [single] => Some(single),
            _ => self.selected.as_ref().and_then(|selected| exchanges.iter().find(|exchange| exchange.id.eq_ignore_ascii_case(selected))),
        };
        let Some(exchange) = chosen else {
            self.record(|| Event::StepBegins(id));
            let selected = self.selected.clone().unwrap_or_default();
            // azure-docs#112278.
            return self.fail_step(Fault::new(
                "AADB2C90304",
                format!(
                    "User journey went into a bad state. Claims exchange with id '{selected}' could not be found in orchestration step '{}'.",
                    step.order
                ),
            ));
        };
        let profile = self.profile(exchange.profile);
        if let Some(because) = precondition::disabled(&profile.enabled, &self.bag) {
            self.record(|| Event::StepSkipped(id, because));
            return self.leave_step(id);
        }
        if let Some(because) = self.stands_in(exchange.profile) {
            return self.skip_by_session(id, exchange.profile, because);
        }
        self.record(|| Event::StepBegins(id));
        self.selected = None;
        self.restore(exchange.profile);
        self.begin_call(exchange.profile, Finish::Step);
    }

    fn enter_sub_journey(&mut self, journey: JourneyId) {
        if self.frames.iter().any(|frame| frame.journey == journey) {
            let id = &self.plan.journey(journey).id;
            return self.fail_step(Fault::of_policy(format!("sub journey `{id}` invokes itself and would never end")));
        }
        self.selected = None;
        self.frames.push(Frame { journey, position: 0 });
        self.activity = Activity::NextStep;
    }

    fn select(
        &mut self,
        step: &'p Step,
        combined: bool,
        selections: &'p [Selection],
        local: Option<&'p Exchange>,
        content: Option<ContentId>,
        show_single: bool,
    ) {
        if content.is_none() {
            return self.fail_step(Fault::new(
                "AADB2C90277",
                format!(
                    "The orchestration step '{}' of user journey '{}' of policy '{}' does not contain a content definition reference.",
                    step.order,
                    self.plan.journey(self.step_id().journey).id,
                    self.plan.policy.id
                ),
            ));
        }
        let enabled = |profile: ProfileId| precondition::disabled(&self.profile(profile).enabled, &self.bag).is_none();
        let buttons: Vec<PageButton> = selections
            .iter()
            .filter(|selection| selection.profile.is_none_or(enabled))
            .map(|selection| PageButton { exchange: selection.exchange.clone(), profile: selection.profile })
            .collect();
        let local = local.map(|exchange| exchange.profile).filter(|profile| enabled(*profile));
        // direct-signin: a domain_hint that equals a provider's Domain picks it without a page.
        if let Some(hint) = &self.environment.request.domain_hint
            && let Some(button) = buttons.iter().find(|button| {
                button
                    .profile
                    .and_then(|profile| self.profile(profile).domain.as_ref())
                    .is_some_and(|domain| domain.eq_ignore_ascii_case(hint))
            })
        {
            return self.finish_selection(button.exchange.clone(), true);
        }
        match (buttons.as_slice(), local) {
            ([], None) => {
                // error-codes, AADB2C90051; samples#430.
                return self.fail_step(Fault::new("AADB2C90051", "No suitable claims providers were found."));
            }
            ([only], None) if !show_single => return self.finish_selection(only.exchange.clone(), true),
            _ => {}
        }
        self.page = Some(PageState::new(local, content, buttons, combined));
        if let Some(profile) = local
            && let Err(fault) = self.prepare_form(profile)
        {
            return self.fail_step(fault);
        }
        self.show_page();
    }

    pub(super) fn finish_selection(&mut self, exchange: Str, automatic: bool) {
        self.record(|| Event::Selected(exchange.clone(), automatic));
        self.selected = Some(exchange);
        self.finish_step();
    }

    /// id-token-hint: claims of a validated hint enter the bag when they are outputs of the profile and inputs of the relying party. The
    /// outside world is asked of the hint; by itself it is the one in the request. Without a profile the query parameters that the relying party's input claims name are read.
    fn get_claims(&mut self, profile: Option<ProfileId>) {
        let inputs = &self.plan.relying_party.inputs;
        let environment = self.environment;
        let Some(id) = profile else {
            for input in inputs {
                let Some(text) = environment.request.parameter(&input.partner) else { continue };
                match from_text_for(text, self.plan.claim(input.claim)) {
                    Ok(value) => self.write(input.claim, Slot::Value(value), Writer::Engine, Some(input.span)),
                    Err(error) => return self.fail_step(Fault::of_policy(error.message).at(input.span)),
                }
            }
            return self.finish_step();
        };
        self.call = Some(CallState { profile: id, finish: Finish::Step });
        self.activity = Activity::Asking(Ask::Other { profile: id });
    }

    /// samples, invite_deprecated: before there was GetClaims an application sent claims that it signed with the relying party's key
    /// `client_secret`, and those that its input claims name were in the bag from the start. A scenario says them as those of a hint.
    pub(super) fn take_client_assertion(&mut self) {
        let plan = self.plan;
        let Some(sent) = self.environment.request.id_token_hint.as_ref().filter(|_| plan.takes_client_assertion()) else { return };
        for input in &plan.relying_party.inputs {
            let Some((_, value)) = find(sent, &input.partner).filter(|(_, value)| !value.is_null()) else { continue };
            match from_json_for(value, plan.claim(input.claim)) {
                Ok(value) => self.write(input.claim, Slot::Value(value), Writer::Engine, Some(input.span)),
                Err(error) => return self.fail_step(Fault::of_policy(error.message).at(input.span)),
            }
        }
    }

    /// Whether the step that runs reads a hint with this technical profile.
    pub(super) fn reads_hint(&self, id: ProfileId) -> bool {
        self.step().is_some_and(|step| matches!(step.kind, StepKind::GetClaims { profile: Some(profile) } if profile == id))
    }

    /// Goes on with the hint that was sent, or with what a scenario says of it.
    pub(super) fn answer_hint(&mut self, id: ProfileId, reply: Reply) -> Result<(), ReplyError> {
        let environment = self.environment;
        let profile = self.profile(id);
        let result = match reply {
            Reply::Simulated => match &environment.request.id_token_hint {
                Some(hint) => incoming_token::check_hint(&profile.metadata, hint, environment.now).and_then(|()| self.take_hint(id, hint)),
                None => {
                    self.note(|| "no id_token_hint was sent: GetClaims yields nothing".into());
                    self.finish_step();
                    return Ok(());
                }
            },
            Reply::Claims(hint) => self.take_hint(id, &hint),
            Reply::Fail(fault) => Err(incoming_token::filled(fault, &profile.metadata)),
            _ => return Err(ReplyError::new(format!("the reply is not of the kind that `{}` takes", profile.id))),
        };
        self.record(|| Event::Call(id, Role::Exchange));
        match result.and_then(|values| self.prepare(id).map(|()| values)) {
            Ok(values) => self.finish_call(values, false),
            Err(fault) => self.fail_call(fault),
        }
        Ok(())
    }

    fn take_hint(&self, id: ProfileId, hint: &Map<String, Json>) -> Result<Vec<(usize, Slot)>, Fault> {
        let inputs = &self.plan.relying_party.inputs;
        let mut values = Vec::new();
        for (index, output) in self.profile(id).outputs.iter().enumerate() {
            let claim = self.plan.claim(output.claim);
            let accepted = inputs.iter().any(|input| input.claim == output.claim);
            let sent = find(hint, &output.partner).or_else(|| find(hint, &claim.id)).map(|(_, value)| value);
            if let Some(value) = sent.filter(|value| accepted && !value.is_null()) {
                let value = from_json_for(value, claim).map_err(|error| Fault::of_policy(error.message).at(output.span))?;
                values.push((index, Slot::Value(value)));
            }
        }
        Ok(values)
    }

    /// Asks for the page that is on screen.
    pub(super) fn show_page(&mut self) {
        if self.may_not_prompt() {
            return self.fail_step(self.no_session());
        }
        if let Some(fault) = self.no_browser("a page") {
            return self.fail_step(fault);
        }
        let Some(page) = &self.page else { return };
        let (profile, content, refused) = (page.profile, page.content.filter(|_| page.refused == 0), page.refused);
        if let Some(content) = content {
            if let Err(fault) = self.check_page_address(content) {
                return self.fail_step(fault);
            }
            if self.records_all()
                && let Some(address) = self.page_address(content)
            {
                self.note(|| format!("the page is loaded from {address}"));
            }
        }
        self.activity = Activity::Asking(Ask::Page { profile, refused });
    }
}
