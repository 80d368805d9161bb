//! The pipeline of one technical profile (SEMANTICS 6): input transformations, inputs, provider, outputs with defaults, output
//! transformations.

use super::choices::{Choices, Open};
use super::environment::Entry;
use super::fault::{Fault, Outcome};
use super::page_address::check_known;
use super::run::{Activity, Run};
use crate::claims::{ClaimId, ClaimValue, InputType, Slot, Str, Template, from_text_for};
use crate::plan::{ClaimReference, DefaultValue, Profile, ProfileId, TransformationId};
use crate::provider::call::required_is_missing;
use crate::provider::self_asserted::cannot_fill;
use crate::provider::{Handler, InputValue};
use crate::trace::{Event, Role, Writer};
use crate::transform::{self, Failure};

/// What happens when a technical profile has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finish {
    /// The step is done.
    Step,
    /// The next authorization profile, or the first step.
    Authorization,
    /// The page goes on with its validation profiles.
    Validation,
}

/// The technical profile that waits for its provider.
#[derive(Clone, Copy, Debug)]
pub(super) struct CallState {
    pub(super) profile: ProfileId,
    pub(super) finish: Finish,
}

impl<'p> Run<'p> {
    /// Begins a technical profile.
    pub(super) fn begin_call(&mut self, id: ProfileId, finish: Finish) {
        let role = match (finish, self.page.as_ref().and_then(|page| page.profile)) {
            (Finish::Validation, Some(page)) => Role::Validation(page),
            _ => Role::Exchange,
        };
        self.record(|| Event::Call(id, role));
        self.call = Some(CallState { profile: id, finish });
        if let Err(fault) = self.prepare(id) {
            return self.fail_call(fault);
        }
        match self.dispatch(id, finish) {
            Ok(Dispatched::Ask(ask)) => self.activity = Activity::Asking(ask),
            Ok(Dispatched::Page) => self.open_page(id),
            Ok(Dispatched::Done(values)) => self.finish_call(values, false),
            Err(fault) => self.fail_call(fault),
        }
    }

    /// Input transformations, then the inputs that must be there.
    pub(super) fn prepare(&mut self, id: ProfileId) -> Result<(), Fault> {
        self.take_inputs(id).map_err(|fault| self.placed(fault, Some(id)))
    }

    fn take_inputs(&mut self, id: ProfileId) -> Result<(), Fault> {
        let profile = self.profile(id);
        for reference in profile.inputs.iter().chain(&profile.persisted).chain(&profile.outputs) {
            check_resolvers(reference)?;
        }
        if let Handler::SelfAsserted(settings) = &profile.handler
            && let Some(output) = settings.unfillable.first().and_then(|index| profile.outputs.get(*index))
        {
            let words = cannot_fill(&self.plan.claim(output.claim).id, &profile.id, &self.plan.policy);
            return Err(Fault::of_policy(words).at(output.span));
        }
        for transformation in &profile.input_transformations {
            self.transform(*transformation, id, &[], false)?;
        }
        for input in &profile.inputs {
            if !self.takes_default(input) {
                continue;
            }
            self.chose(10);
            let enters = self.environment.switches.input_defaults_enter_bag;
            if !enters && matches!(input.default, Some(DefaultValue::Value(_))) {
                continue;
            }
            let value = self.noted_default(profile, input)?;
            if let Some(value) = value.filter(|_| enters) {
                self.write(input.claim, Slot::Value(value), Writer::Profile(id), Some(input.span));
            }
        }
        for persisted in profile.persisted.iter().filter(|persisted| self.takes_default(persisted)) {
            self.converted_default(profile, persisted, &mut Choices::default())?;
        }
        // A page may ask for what it requires, and the directory has words of its own for a missing key; the others fail (schema:
        // absence is an error only when Required).
        if matches!(profile.handler, Handler::SelfAsserted(_) | Handler::Directory(_)) || !profile.inputs.iter().any(|input| input.required)
        {
            return Ok(());
        }
        match required_is_missing(&self.inputs(profile, &mut Choices::default())) {
            Some(input) => {
                Err(Fault::of_policy(format!("the required input claim `{}` has no value", input.claim.id)).at(input.reference.span))
            }
            None => Ok(()),
        }
    }

    /// Whether an input claim is sent with its default: always, or because the bag has no value.
    fn takes_default(&self, input: &ClaimReference) -> bool {
        input.default.is_some() && (input.always_default || self.bag.value(input.claim).is_none())
    }

    /// The value of an input claim: always the default, else the bag's, else the default, else not sent (SEMANTICS 6.1).
    pub(super) fn input_value(&self, profile: &Profile, reference: &ClaimReference, choices: &mut Choices) -> Option<ClaimValue> {
        if !reference.always_default
            && let Slot::Value(value) = self.bag.get(reference.claim)
        {
            return Some(value.clone());
        }
        self.default_value(profile, reference, choices)
    }

    /// The default of a claim reference, claim resolvers expanded; one without a value gives none (OPEN-16).
    pub(super) fn default_value(&self, profile: &Profile, reference: &ClaimReference, choices: &mut Choices) -> Option<ClaimValue> {
        self.converted_default(profile, reference, choices).ok().flatten()
    }

    /// The same, where a text that does not fit the claim is a failure.
    fn converted_default(&self, profile: &Profile, reference: &ClaimReference, choices: &mut Choices) -> Result<Option<ClaimValue>, Fault> {
        let (template, unflagged) = match &reference.default {
            None => return Ok(None),
            Some(DefaultValue::Value(value)) => return Ok(Some(value.clone())),
            Some(DefaultValue::Template { template, unflagged }) => (template, *unflagged),
        };
        if unflagged {
            choices.note(Open(12));
        }
        let text = if unflagged && !self.environment.switches.resolvers_without_flags {
            template.render(&super::resolve::Unresolved)
        } else {
            self.expand(template, profile)
        };
        let Some(text) = text else {
            choices.note(Open(16));
            return Ok(None);
        };
        match from_text_for(&text, self.plan.claim(reference.claim)) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(Fault::of_policy(error.message).at(reference.span)),
        }
    }

    fn noted_default(&mut self, profile: &Profile, reference: &ClaimReference) -> Result<Option<ClaimValue>, Fault> {
        let mut choices = self.choices;
        let value = self.converted_default(profile, reference, &mut choices);
        self.choices = choices;
        value
    }

    /// A text with claim resolvers, expanded.
    pub(super) fn expand(&self, template: &Template, profile: &Profile) -> Option<Str> {
        template.render(&super::resolve::Source { run: self, profile })
    }

    /// The collected input claims of a technical profile.
    pub(super) fn inputs(&self, profile: &'p Profile, choices: &mut Choices) -> Vec<InputValue<'p>> {
        self.references(profile, &profile.inputs, choices)
    }

    /// The collected persisted claims of a technical profile.
    pub(super) fn persisted(&self, profile: &'p Profile, choices: &mut Choices) -> Vec<InputValue<'p>> {
        self.references(profile, &profile.persisted, choices)
    }

    fn references(&self, profile: &'p Profile, references: &'p [ClaimReference], choices: &mut Choices) -> Vec<InputValue<'p>> {
        references
            .iter()
            .map(|reference| InputValue {
                reference,
                claim: self.plan.claim(reference.claim),
                value: self.input_value(profile, reference, choices),
            })
            .collect()
    }

    /// The provider of the technical profile that is called gave these values.
    pub(super) fn finish_call(&mut self, values: Vec<(usize, Slot)>, lenient: bool) {
        let Some(call) = self.call else { return };
        let own = match self.profile(call.profile).handler {
            Handler::ClaimsTransformation => self.own_defaults(call.profile),
            _ => Vec::new(),
        };
        self.finish_call_of(call.profile, call.finish, Provided { values, own, lenient });
    }

    /// What a page or a claims transformation profile knows besides the bag: the defaults of its input claims. They reach its output claims
    /// and its output transformations (an allow-list of applications by `{OIDC:ClientId}`, a check of the host name and five more published
    /// policies rest on it), but not the bag: OPEN-10.
    pub(super) fn own_defaults(&self, id: ProfileId) -> Vec<(ClaimId, Slot)> {
        let profile = self.profile(id);
        let defaulted = profile.inputs.iter().filter(|input| self.takes_default(input));
        defaulted
            .filter_map(|input| Some((input.claim, Slot::Value(self.default_value(profile, input, &mut Choices::default())?))))
            .collect()
    }

    /// The call goes on with output claims and output transformations.
    pub(super) fn finish_call_of(&mut self, id: ProfileId, finish: Finish, provided: Provided) {
        self.call = Some(CallState { profile: id, finish });
        match self.give(id, provided) {
            Err(fault) => self.fail_call(fault),
            Ok(()) => {
                self.record(|| Event::CallDone(id));
                match finish {
                    Finish::Step => {
                        self.join_by_step(id);
                        self.finish_step();
                    }
                    Finish::Authorization => {
                        self.call = None;
                        self.activity = Activity::NextStep;
                    }
                    Finish::Validation => {
                        self.join_by_validation(id);
                        self.call = None;
                        self.validation_passed();
                    }
                }
            }
        }
    }

    /// Output claims, then output transformations, whose results are seen by the later ones.
    fn give(&mut self, id: ProfileId, provided: Provided) -> Result<(), Fault> {
        let Provided { values, mut own, lenient } = provided;
        let profile = self.profile(id);
        self.write_outputs(id, values, lenient)?;
        for transformation in &profile.output_transformations {
            self.transform(*transformation, id, &own, lenient)?;
            if !own.is_empty() {
                let outputs = &self.plan.transformation(*transformation).outputs;
                own.retain(|(claim, _)| !outputs.iter().any(|output| output.claim == *claim));
            }
        }
        // Nothing but its transformations fills a claims transformation profile.
        match profile.outputs.iter().find(|output| output.required && self.bag.value(output.claim).is_none()) {
            Some(output) if matches!(profile.handler, Handler::ClaimsTransformation) => Err(self.not_returned(output)),
            _ => Ok(()),
        }
    }

    fn not_returned(&self, output: &ClaimReference) -> Fault {
        let claim = &self.plan.claim(output.claim).id;
        Fault::of_policy(format!("the required output claim `{claim}` was not returned")).at(output.span)
    }

    /// The technical profile that is called failed.
    pub(super) fn fail_call(&mut self, fault: Fault) {
        let Some(call) = self.call else { return self.fail_step(fault) };
        let fault = self.placed(fault, Some(call.profile));
        self.call = None;
        self.record(|| Event::CallFailed(call.profile, fault.clone()));
        match call.finish {
            Finish::Validation => self.validation_failed(fault),
            Finish::Step => self.fail_step(fault),
            // No step has begun.
            Finish::Authorization => {
                let at = fault.at.or(Some(self.profile(call.profile).span));
                self.activity = Activity::Done(Outcome::Error(Fault { at, ..fault }));
            }
        }
    }

    /// Says in the message in which technical profile and step the policy is at fault; the place is the profile when nothing narrower is
    /// known.
    pub(super) fn placed(&self, mut fault: Fault, profile: Option<ProfileId>) -> Fault {
        if !std::mem::take(&mut fault.unplaced) {
            return fault;
        }
        let mut place = String::new();
        if let Some(id) = profile {
            let profile = self.profile(id);
            let page = self.page.as_ref().and_then(|page| page.profile).filter(|page| *page != id);
            place += &match page {
                Some(page) => format!("validation technical profile `{}` of `{}`, ", profile.id, self.profile(page).id),
                None => format!("technical profile `{}`, ", profile.id),
            };
            fault.at.get_or_insert(profile.span);
        }
        let journey = self.plan.journey(self.step_id().journey);
        let kind = if journey.sub.is_some() { "sub journey" } else { "user journey" };
        let begun = !matches!(self.call, Some(CallState { finish: Finish::Authorization, .. }));
        place += &match self.step().filter(|_| begun) {
            Some(step) => format!("step {} of {kind} `{}`", step.order, journey.id),
            None => format!("before the first step of {kind} `{}`", journey.id),
        };
        // The service's words are sentences.
        let joint = if fault.message.ends_with('.') { " In" } else { ", in" };
        fault.message = format!("{}{joint} {place}", fault.message).into();
        fault
    }

    /// Writes the output claims: always the default; else what was returned; else, if the claim was never set, the default.
    /// With `lenient`, nobody was there to return a required one.
    pub(super) fn write_outputs(&mut self, id: ProfileId, mut values: Vec<(usize, Slot)>, lenient: bool) -> Result<(), Fault> {
        let profile = self.profile(id);
        let is_page = matches!(profile.handler, Handler::SelfAsserted(_));
        let provider_fills = !lenient && !is_page && !matches!(profile.handler, Handler::ClaimsTransformation);
        // Before anything is written: a validation profile that failed yields no output claims (SEMANTICS 9.4).
        let is_missing = |(index, output): &(usize, &ClaimReference)| {
            output.required && output.default.is_none() && !values.iter().any(|(place, _)| place == index)
        };
        if provider_fills && let Some((_, output)) = profile.outputs.iter().enumerate().find(is_missing) {
            return Err(self.not_returned(output));
        }
        for (index, output) in profile.outputs.iter().enumerate() {
            let returned = values.iter_mut().find(|(place, _)| *place == index).map(|(_, slot)| std::mem::take(slot));
            let slot = if output.always_default {
                self.output_default(profile, output)?
            } else if let Some(slot) = returned {
                Some(slot)
            } else if output.default.is_some() {
                if self.default_may_stand(profile, output.claim) { self.output_default(profile, output)? } else { None }
            } else {
                None
            };
            // self-asserted: a password is visible to the page's validation profiles only, and so is one by default.
            let stays_on_page = is_page && self.plan.claim(output.claim).input == Some(InputType::Password);
            if let Some(slot) = slot.filter(|_| !stays_on_page) {
                self.write(output.claim, slot, Writer::Profile(id), Some(output.span));
            }
        }
        Ok(())
    }

    fn is_set(&self, claim: ClaimId) -> bool {
        *self.bag.get(claim) != Slot::Absent
    }

    /// self-asserted: a default "takes effect only if the claim has never been set"; for other providers that is OPEN-11.
    fn default_may_stand(&mut self, profile: &Profile, claim: ClaimId) -> bool {
        if !self.is_set(claim) {
            return true;
        }
        if matches!(profile.handler, Handler::SelfAsserted(_)) {
            return false;
        }
        self.chose(11);
        self.environment.switches.output_default_overrides
    }

    fn output_default(&mut self, profile: &Profile, output: &ClaimReference) -> Result<Option<Slot>, Fault> {
        Ok(self.noted_default(profile, output)?.map(Slot::Value))
    }

    /// Runs a claims transformation for a technical profile; its results go straight to the bag. `own` are claims that only the profile
    /// knows. With `lenient`, one whose inputs are missing is passed over (OPEN-14).
    pub(super) fn transform(
        &mut self,
        id: TransformationId,
        profile: ProfileId,
        own: &[(ClaimId, Slot)],
        lenient: bool,
    ) -> Result<(), Fault> {
        let transformation = self.plan.transformation(id);
        let page = self.page.as_ref().and_then(|page| page.profile);
        let mut world = super::resolve::TransformWorld {
            plan: self.plan,
            environment: self.environment,
            profile,
            page,
            drawn: self.drawn,
            chosen: Vec::new(),
        };
        let inputs: Vec<transform::Input<'_>> = transformation
            .inputs
            .iter()
            .map(|input| {
                let value = match own.iter().find(|(own, _)| *own == input.claim) {
                    Some((_, slot)) => slot.value(),
                    None => self.bag.value(input.claim),
                };
                transform::Input { slot: &input.slot, claim: self.plan.claim(input.claim), value }
            })
            .collect();
        let outputs: Vec<transform::Output<'_>> = transformation
            .outputs
            .iter()
            .map(|output| transform::Output {
                slot: &output.slot,
                claim: self.plan.claim(output.claim),
                before: self.bag.value(output.claim),
            })
            .collect();
        let results = transform::run(transformation, &inputs, &outputs, &mut world);
        let (drawn, chosen) = (world.drawn, world.chosen);
        drop((inputs, outputs));
        self.drawn = drawn;
        for choice in chosen {
            self.note(|| format!("claims transformation `{}`: {choice}", transformation.id));
        }
        match results {
            Ok(results) => {
                self.record(|| Event::Transformed(id));
                for (index, value) in results {
                    if let Some(output) = transformation.outputs.get(index) {
                        self.write(output.claim, Slot::from(value), Writer::Transformation(id, profile), Some(transformation.span));
                    }
                }
                Ok(())
            }
            Err(Failure::Exception { kind: "missing-claim" | "null-input", .. }) if lenient => {
                self.chose(14);
                Ok(())
            }
            // The starter pack compares when the grant was issued with the time from which on the account's grants are valid.
            Err(Failure::Assertion { .. })
                if self.environment.entry == Entry::Refresh
                    && transformation.method.eq_ignore_ascii_case("AssertDateTimeIsGreaterThan") =>
            {
                Err(Fault::of_code("AADB2C90129").at(transformation.span))
            }
            Err(Failure::Assertion { key, default }) => {
                let message = self.user_message(profile, key).unwrap_or_else(|| default.into());
                Err(Fault { assertion: true, ..Fault::uncoded(message).access_denied().at(transformation.span) })
            }
            Err(Failure::Exception { message, at, .. }) => Err(Fault::of_policy(message).at(at.unwrap_or(transformation.span))),
        }
    }
}

/// Refuses a default with a claim resolver that the service does not know.
pub(super) fn check_resolvers(reference: &ClaimReference) -> Result<(), Fault> {
    match &reference.default {
        Some(DefaultValue::Template { template, .. }) => check_known(template).map_err(|fault| fault.at(reference.span)),
        _ => Ok(()),
    }
}

/// What a technical profile has once its provider is done.
#[derive(Debug, Default)]
pub(super) struct Provided {
    /// Values for output claims, by their place in the list.
    pub(super) values: Vec<(usize, Slot)>,
    /// Claims that only this profile knows.
    pub(super) own: Vec<(ClaimId, Slot)>,
    /// Nobody was found: output transformations whose inputs are missing are passed over (OPEN-14).
    pub(super) lenient: bool,
}

/// What a provider needs after its inputs are there.
pub(super) enum Dispatched {
    /// Something of the outside world.
    Ask(super::ask::Ask),
    /// Its page.
    Page,
    /// Nothing: these are its values.
    Done(Vec<(usize, Slot)>),
}
