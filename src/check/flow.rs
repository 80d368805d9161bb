//! How claims flow through a journey: everything that reads or writes a claim, in the order in which it can happen.
//!
//! The analysis is a "may" analysis: a step that preconditions can skip counts as run, a selection takes every way. So "nothing before can
//! have written it" is certain, while "somebody wrote it" is not. Sub journeys stand inline where they are invoked.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::chain::{Chain, Profile};
use super::kind::{Kind, metadata};
use crate::claims::InputType;
use crate::policy::{
    Action, ClaimReference, ClaimsTransformation, DisplayClaim, DisplayClaimTarget, DisplayControl, Id, OrchestrationStep, Precondition,
    Spanned, StepType, SubJourney, TechnicalProfile, UserJourney, ValidationTechnicalProfile,
};
use crate::source::Span;

/// Sub journeys that invoke one another deeper than this are a circle or a joke.
const DEPTH: usize = 30;

/// Sub journeys that invoke others twice each could make a flow of any length; steps beyond these are left out.
const STAGES: usize = 2000;

/// A step of a journey, at the place where it runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage<'c> {
    /// The user journey or sub journey that the step belongs to.
    pub(crate) journey: &'c Id,
    /// The step.
    pub(crate) step: &'c OrchestrationStep,
    /// The stage that invoked the sub journey, if this one is in one.
    pub(crate) invoked_by: Option<usize>,
}

impl Stage<'_> {
    /// As a sentence calls it.
    pub(crate) fn words(&self) -> String {
        match self.invoked_by {
            None => format!("step {}", self.step.order.value),
            Some(_) => format!("step {} of sub journey `{}`", self.step.order.value, self.journey),
        }
    }
}

/// What a technical profile is called for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Role<'c> {
    /// As a claims exchange.
    Exchange,
    /// As a validation technical profile of a page: its place in the page's list.
    Validation(usize),
    /// By an action of a display control on a page.
    Control(&'c Action),
    /// To read an id_token_hint in a GetClaims step.
    Hint,
    /// To issue the token.
    Issuer,
    /// Before the first step.
    Authorization,
}

/// One call of a technical profile.
#[derive(Clone, Debug)]
pub(crate) struct Call<'c> {
    /// Index into [`Flow::stages`]; `None` for authorization before the first step.
    pub(crate) stage: Option<usize>,
    /// The profile, with what it includes.
    pub(crate) profile: Arc<TechnicalProfile>,
    /// What it is.
    pub(crate) kind: Kind,
    /// What it is called for.
    pub(crate) role: Role<'c>,
    /// The page (index into [`Flow::calls`]) on which a validation profile or an action of a display control runs.
    pub(crate) page: Option<usize>,
}

/// What reads a claim.
#[derive(Clone, Debug)]
pub(crate) enum Read<'c> {
    /// A precondition of a step.
    StepPrecondition(&'c Precondition),
    /// A precondition of a validation profile or an action of a display control.
    CallPrecondition(Precondition),
    /// EnabledForUserJourneys.
    Enabled,
    /// An input claim of a technical profile or display control. With a default of its own it never lacks a value.
    Input { defaulted: bool },
    /// A persisted claim of a directory profile.
    Persisted { defaulted: bool },
    /// An input of a claims transformation.
    Transformation(Arc<ClaimsTransformation>),
    /// An output claim of the relying party.
    Token { defaulted: bool },
}

/// Where the value of a claim comes from.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// Typed or chosen by the user on a page or in a display control.
    Typed,
    /// Given by the other side: a REST API, the directory, an identity provider, the phone, the application.
    External,
    /// A DefaultValue, as written.
    Default(crate::claims::Str),
    /// A DefaultValue with a claim resolver.
    Resolver,
    /// Computed by a claims transformation.
    Transformation(Arc<ClaimsTransformation>),
    /// Handed on by a page: what its validation profiles and display controls, or the claims bag, have.
    Passed,
    /// Restored by a session provider.
    Session,
}

/// A claim is read or written.
#[derive(Clone, Debug)]
pub(crate) enum Access<'c> {
    /// Read.
    Read(Read<'c>),
    /// Written.
    Write(Origin),
}

/// One access to a claim.
#[derive(Clone, Debug)]
pub(crate) struct Event<'c> {
    /// The claim.
    pub(crate) claim: Id,
    /// How.
    pub(crate) access: Access<'c>,
    /// Where it is written in the policy.
    pub(crate) span: Span,
    /// Index into [`Flow::stages`]; `None` before the first step and in the token.
    pub(crate) stage: Option<usize>,
    /// Index into [`Flow::calls`].
    pub(crate) call: Option<usize>,
    /// What is written is seen only on this page (SEMANTICS 9.4), an index into [`Flow::calls`]; `None` = in the claims bag.
    pub(crate) page: Option<usize>,
}

impl Event<'_> {
    /// Whether the claim is written.
    pub(crate) fn is_write(&self) -> bool {
        matches!(self.access, Access::Write(_))
    }
}

/// The flow of one journey.
#[derive(Debug, Default)]
pub(crate) struct Flow<'c> {
    /// Steps in the order in which they run, those of sub journeys inline.
    pub(crate) stages: Vec<Stage<'c>>,
    /// Calls in the order in which they begin, a page before its validation profiles.
    pub(crate) calls: Vec<Call<'c>>,
    /// Accesses in the order in which they can happen.
    pub(crate) events: Vec<Event<'c>>,
    /// Whether something is missing: a technical profile that is not there or includes what is not there, a sub journey that is not there or
    /// too many of them. Then nothing is certain of what is not written.
    pub(crate) incomplete: bool,
    by_claim: FxHashMap<Id, Vec<usize>>,
    by_call: Vec<Vec<usize>>,
    by_stage: Vec<Vec<usize>>,
}

impl<'c> Flow<'c> {
    /// The flow of a user journey of a chain, with the token at its end.
    pub(super) fn new(chain: &Chain<'c>, journey: &'c UserJourney) -> Self {
        let mut builder = Builder { chain, flow: Flow::default(), stage: None, call: None, page: None, invoked: Vec::new() };
        // What the application may send, by a hint or in the query string.
        for input in chain.relying_party_profiles.iter().flat_map(|party| &party.profile.input_claims) {
            builder.write(&input.claim, Origin::External);
        }
        for id in journey.authorization.iter().flatten() {
            if let Some(profile) = chain.profile(id) {
                builder.call(profile.clone(), Role::Authorization);
            }
        }
        builder.steps(&journey.id.value, &journey.steps, journey.default_issuer.as_ref(), None);
        builder.stage = None;
        builder.call = None;
        for output in chain.relying_party_profiles.iter().flat_map(|party| &party.profile.output_claims) {
            builder.read(&output.claim, Read::Token { defaulted: output.default_value.is_some() });
        }
        let mut flow = builder.flow;
        flow.by_call.resize(flow.calls.len(), Vec::new());
        flow.by_stage.resize(flow.stages.len(), Vec::new());
        for (index, event) in flow.events.iter().enumerate() {
            flow.by_claim.entry(event.claim.clone()).or_default().push(index);
            event.call.and_then(|call| flow.by_call.get_mut(call)).into_iter().for_each(|events| events.push(index));
            event.stage.and_then(|stage| flow.by_stage.get_mut(stage)).into_iter().for_each(|events| events.push(index));
        }
        flow
    }

    /// The accesses to a claim with their indices into [`Flow::events`], in their order.
    pub(crate) fn of_claim(&self, claim: &str) -> impl Iterator<Item = (usize, &Event<'c>)> {
        let indices = self.by_claim.get(&Id::from(claim)).map_or(&[][..], Vec::as_slice);
        indices.iter().filter_map(|index| Some((*index, self.events.get(*index)?)))
    }

    /// What writes a claim.
    pub(crate) fn writes(&self, claim: &str) -> impl Iterator<Item = (usize, &Event<'c>, &Origin)> {
        self.of_claim(claim).filter_map(|(index, event)| match &event.access {
            Access::Write(origin) => Some((index, event, origin)),
            Access::Read(_) => None,
        })
    }

    /// The writes that an event (an index into [`Flow::events`]) can see: those before it in the claims bag and on its own page, and what
    /// sessions restore, wherever the session provider is used: the cookie is there from the start.
    pub(crate) fn visible(&self, index: usize) -> impl Iterator<Item = (usize, &Event<'c>, &Origin)> {
        let place = self.events.get(index).map(|event| (event.page, event.call));
        let writes = self.events.get(index).into_iter().flat_map(|event| self.writes(&event.claim));
        writes.filter(move |(at, write, origin)| {
            (*at < index || matches!(origin, Origin::Session))
                && (write.page.is_none() || place.is_some_and(|(page, call)| write.page == page || write.page == call))
        })
    }

    /// Whether something before an event (an index into [`Flow::events`]) can have written its claim where the event sees it.
    pub(crate) fn may_be_set(&self, index: usize) -> bool {
        self.visible(index).next().is_some()
    }

    /// Whether something before an event writes its claim, as the service counts at the upload of a relying party: what a session may restore
    /// later does not.
    pub(crate) fn is_written_before(&self, index: usize) -> bool {
        self.visible(index).any(|(at, _, _)| at < index)
    }

    fn picked<'f>(&'f self, indices: Option<&'f Vec<usize>>) -> impl Iterator<Item = (usize, &'f Event<'c>)> {
        indices.into_iter().flatten().filter_map(|index| Some((*index, self.events.get(*index)?)))
    }

    /// The accesses that belong to a call itself, not to what it calls in turn.
    pub(crate) fn events_of_call(&self, call: Option<usize>) -> impl Iterator<Item = (usize, &Event<'c>)> {
        self.picked(call.and_then(|call| self.by_call.get(call)))
    }

    /// The accesses of a stage.
    pub(crate) fn events_of_stage(&self, stage: usize) -> impl Iterator<Item = (usize, &Event<'c>)> {
        self.picked(self.by_stage.get(stage))
    }

    /// The call of an event.
    pub(crate) fn call_of(&self, event: &Event<'c>) -> Option<&Call<'c>> {
        self.calls.get(event.call?)
    }

    /// The page's entry by which a validation profile is called.
    pub(crate) fn validation(&self, call: &Call<'c>) -> Option<&ValidationTechnicalProfile> {
        match call.role {
            Role::Validation(index) => self.calls.get(call.page?)?.profile.validation_technical_profiles.get(index),
            _ => None,
        }
    }

    /// The stage of an event.
    pub(crate) fn stage_of(&self, event: &Event<'c>) -> Option<&Stage<'c>> {
        self.stages.get(event.stage?)
    }
}

struct Builder<'b, 'c> {
    chain: &'b Chain<'c>,
    flow: Flow<'c>,
    stage: Option<usize>,
    call: Option<usize>,
    /// The page whose values are being written.
    page: Option<usize>,
    /// Sub journeys that are being run.
    invoked: Vec<&'c Id>,
}

impl<'c> Builder<'_, 'c> {
    fn event(&mut self, claim: &Spanned<Id>, access: Access<'c>) {
        let (stage, call, page) = (self.stage, self.call, self.page);
        self.flow.events.push(Event { claim: claim.value.clone(), access, span: claim.span, stage, call, page });
    }

    fn read(&mut self, claim: &Spanned<Id>, read: Read<'c>) {
        self.event(claim, Access::Read(read));
    }

    fn write(&mut self, claim: &Spanned<Id>, origin: Origin) {
        self.event(claim, Access::Write(origin));
    }

    fn steps(&mut self, journey: &'c Id, steps: &'c [Arc<OrchestrationStep>], issuer: Option<&Spanned<Id>>, invoked_by: Option<usize>) {
        for step in steps {
            if self.flow.stages.len() >= STAGES {
                self.flow.incomplete = true;
                return;
            }
            self.flow.stages.push(Stage { journey, step, invoked_by });
            self.stage = Some(self.flow.stages.len() - 1);
            self.call = None;
            for precondition in step.preconditions.iter().flatten() {
                self.precondition(precondition, Read::StepPrecondition(precondition));
            }
            for exchange in step.claims_exchanges.iter().flatten() {
                self.call_of(&exchange.technical_profile, Role::Exchange);
            }
            match step.kind.as_ref().map(|kind| &kind.value) {
                Some(StepType::InvokeSubJourney) => self.sub_journeys(step, issuer),
                Some(StepType::GetClaims) => {
                    if let Some(reader) = &step.issuer {
                        self.call_of(reader, Role::Hint);
                    }
                }
                Some(StepType::SendClaims) => {
                    if let Some(issuer) = step.issuer.as_ref().or(issuer) {
                        self.call_of(issuer, Role::Issuer);
                    }
                }
                _ => {}
            }
        }
    }

    fn sub_journeys(&mut self, step: &'c OrchestrationStep, issuer: Option<&Spanned<Id>>) {
        let stage = self.stage;
        for candidate in step.journey_list.iter().flatten() {
            let Some(sub) = self.chain.policy.sub_journeys.get(candidate.sub_journey.value.trim()) else {
                self.flow.incomplete = true;
                continue;
            };
            let sub: &'c SubJourney = sub;
            if self.invoked.contains(&&sub.id.value) || self.invoked.len() >= DEPTH {
                self.flow.incomplete = true;
                continue;
            }
            self.invoked.push(&sub.id.value);
            self.steps(&sub.id.value, &sub.steps, issuer, stage);
            self.invoked.pop();
            self.stage = stage;
        }
    }

    fn precondition(&mut self, precondition: &Precondition, read: Read<'c>) {
        if let Some(claim) = precondition.values.first() {
            self.read(&Spanned::new(Id::from(claim.value.trim()), claim.span), read);
        }
    }

    /// A call of a profile by its id.
    fn call_of(&mut self, id: &Id, role: Role<'c>) {
        match self.chain.profile(id) {
            Some(profile) => self.call(profile.clone(), role),
            None => self.flow.incomplete = true,
        }
    }

    /// A call by the pipeline of SEMANTICS 6.
    fn call(&mut self, found: Profile, role: Role<'c>) {
        let outer = (self.call, self.page);
        let page = match role {
            Role::Validation(_) | Role::Control(..) => outer.0,
            _ => None,
        };
        let Profile { profile, kind } = found;
        self.flow.calls.push(Call { stage: self.stage, profile: profile.clone(), kind, role, page });
        let this = self.flow.calls.len() - 1;
        self.call = Some(this);
        self.page = page;
        if let Some(item) = metadata(&profile, "ClaimTypeOnWhichToEnable").filter(|_| profile.enabled_for_user_journeys.is_some()) {
            self.read(&Spanned::new(Id::from(item.value.trim()), item.value.span), Read::Enabled);
        }
        self.session(&profile);
        self.transformations(&profile.input_claims_transformations);
        for input in &profile.input_claims {
            self.read(&input.claim, Read::Input { defaulted: input.default_value.is_some() });
            if kind == Kind::Transformations {
                // Its output transformations see the default (published unit tests of transformations work so).
                self.default(input);
            }
        }
        for persisted in &profile.persisted_claims {
            self.read(&persisted.claim, Read::Persisted { defaulted: persisted.default_value.is_some() });
        }
        // A page cannot be shown while another one is validated; it would run nothing of its own.
        if kind == Kind::Page && page.is_none() {
            self.on_page(this, &profile);
        } else {
            for output in &profile.output_claims {
                self.output(output, Origin::External, kind == Kind::Transformations);
            }
        }
        self.transformations(&profile.output_claims_transformations);
        (self.call, self.page) = outer;
    }

    /// What a session provider restores (SEMANTICS 13.3), and its static outputs.
    fn session(&mut self, profile: &TechnicalProfile) {
        let session = profile.use_for_session_management.as_ref().and_then(|id| self.chain.profile(id)).cloned();
        let Some(Profile { profile: session, kind: Kind::Session(_) }) = session else { return };
        for claim in session.persisted_claims.iter().chain(&session.output_claims) {
            self.write(&claim.claim, Origin::Session);
        }
    }

    fn transformations(&mut self, ids: &[Spanned<Id>]) {
        for id in ids {
            let Some(transformation) = self.chain.policy.claims_transformations.get(id.value.trim()).cloned() else { continue };
            for input in &transformation.input_claims {
                self.read(&input.claim, Read::Transformation(transformation.clone()));
            }
            for output in &transformation.output_claims {
                self.write(&output.claim, Origin::Transformation(transformation.clone()));
            }
        }
    }

    /// An output claim, with its default. `only_default`: the provider itself gives nothing.
    fn output(&mut self, output: &ClaimReference, origin: Origin, only_default: bool) {
        let always = output.always_use_default_value.is_some_and(|flag| flag.value) && output.default_value.is_some();
        if !always && !only_default {
            self.write(&output.claim, origin);
        }
        self.default(output);
    }

    fn default(&mut self, reference: &ClaimReference) {
        if let Some(default) = &reference.default_value {
            let resolver = default.contains('{') && default.contains(':');
            let text = default.value.clone();
            self.write(&reference.claim, if resolver { Origin::Resolver } else { Origin::Default(text) });
        }
    }

    /// A self-asserted page: what is shown is typed, display controls and validation profiles run, what is listed as output goes to the
    /// claims bag (SEMANTICS 9).
    fn on_page(&mut self, this: usize, profile: &Arc<TechnicalProfile>) {
        let outer = self.page;
        let begin = self.flow.events.len();
        self.page = Some(this);
        let displayed: Vec<DisplayClaim> = profile.display_claims.iter().flatten().cloned().collect();
        let validated = self.validated(profile);
        if let Some(item) = metadata(profile, "IpAddressClaimReferenceId") {
            self.write(&Spanned::new(Id::from(item.value.trim()), item.value.span), Origin::External);
        }
        // Fields can be filled in before a control further up is used, so all of them come first.
        let controls: Vec<_> = displayed.iter().filter_map(|display| self.shown(display)).collect();
        for control in &controls {
            self.control_fields(control);
        }
        for control in controls {
            self.control(control);
        }
        // An empty DisplayClaims hides the output claims too.
        if profile.display_claims.is_none() {
            for output in profile.output_claims.iter().filter(|output| !validated.contains(&output.claim.value)) {
                self.typed(&output.claim);
            }
        }
        for (index, validation) in profile.validation_technical_profiles.iter().enumerate() {
            for precondition in &validation.preconditions {
                self.precondition(precondition, Read::CallPrecondition(precondition.clone()));
            }
            self.call_of(&validation.reference, Role::Validation(index));
        }
        self.page = outer;
        let seen = |flow: &Flow<'c>, claim: &Id| {
            let write = |event: &&Event<'c>| event.is_write() && event.page == Some(this) && event.claim == *claim;
            let on_page = || flow.events.iter().skip(begin);
            let typed = on_page().filter(write).any(|event| matches!(event.access, Access::Write(Origin::Typed)));
            let other = on_page().filter(write).any(|event| !matches!(event.access, Access::Write(Origin::Typed)));
            (typed, other)
        };
        for output in &profile.output_claims {
            let (typed, other) = seen(&self.flow, &output.claim.value);
            // A password never leaves its page (9.2); what else the page has under its name does.
            if typed && self.input_type(&output.claim) != Some(InputType::Password) {
                self.output(output, Origin::Typed, false);
            }
            if other || !typed {
                // A claim that the page has from nowhere can only be its default.
                self.output(output, Origin::Passed, !other);
            }
        }
    }

    /// Claims that the validation profiles of a page give, by their outputs or their transformations: they are not asked for (9.1).
    fn validated(&self, profile: &TechnicalProfile) -> Vec<Id> {
        let mut claims = Vec::new();
        for validation in &profile.validation_technical_profiles {
            let Some(Profile { profile, .. }) = self.chain.profile(&validation.reference) else { continue };
            claims.extend(profile.output_claims.iter().map(|output| output.claim.value.clone()));
            for id in profile.input_claims_transformations.iter().chain(&profile.output_claims_transformations) {
                if let Some(transformation) = self.chain.policy.claims_transformations.get(id.value.trim()) {
                    claims.extend(transformation.output_claims.iter().map(|output| output.claim.value.clone()));
                }
            }
        }
        claims
    }

    fn input_type(&self, claim: &Id) -> Option<InputType> {
        self.chain.claim_type(claim).and_then(|claim| claim.user_input_type.as_ref()).map(|input| input.value)
    }

    /// A field, unless it cannot be changed.
    fn typed(&mut self, claim: &Spanned<Id>) {
        if !matches!(self.input_type(claim), None | Some(InputType::Readonly | InputType::Paragraph)) {
            self.write(claim, Origin::Typed);
        }
    }

    /// What a page shows: a field is filled in, a display control is handed back.
    fn shown(&mut self, display: &DisplayClaim) -> Option<&'c DisplayControl> {
        match &display.target {
            DisplayClaimTarget::Claim(claim) => {
                self.typed(claim);
                None
            }
            DisplayClaimTarget::Control(id) => {
                let control = self.chain.policy.display_controls.get(id.value.trim());
                self.flow.incomplete |= control.is_none();
                control.map(AsRef::as_ref)
            }
        }
    }

    fn control_fields(&mut self, control: &'c DisplayControl) {
        for display in &control.display_claims {
            if let DisplayClaimTarget::Claim(claim) = &display.target {
                self.typed(claim);
            }
        }
    }

    fn control(&mut self, control: &'c DisplayControl) {
        for input in &control.input_claims {
            self.read(&input.claim, Read::Input { defaulted: input.default_value.is_some() });
        }
        for action in &control.actions {
            for exchange in &action.exchanges {
                for precondition in &exchange.preconditions {
                    self.precondition(precondition, Read::CallPrecondition(precondition.clone()));
                }
                self.call_of(&exchange.reference, Role::Control(action));
            }
        }
        for output in &control.output_claims {
            self.output(output, Origin::Passed, false);
        }
    }
}
