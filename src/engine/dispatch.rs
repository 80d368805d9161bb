//! Between the pipeline and the providers: what each asks, and how a reply goes back to it.

use serde_json::{Map, Value as Json};

use super::ask::{Ask, Body, DirectoryRequest, HttpReply, HttpRequest, PhoneRequest, Reply, SignInRequest};
use super::call::{Dispatched, Finish};
use super::choices::Choices;
use super::environment::Entry;
use super::fault::Fault;
use super::run::{ReplyError, Run, cancelled};
use crate::claims::{ClaimId, ClaimType, ClaimValue, Str};
use crate::plan::{Profile, ProfileId};
use crate::provider::call::{Call, Naming, Returned, named_outputs};
use crate::provider::{Handler, identity_provider, phone, sign_in};
use crate::trace::Event;

impl<'p> Run<'p> {
    /// What the provider of a technical profile does once its inputs are there.
    pub(super) fn dispatch(&mut self, id: ProfileId, finish: Finish) -> Result<Dispatched, Fault> {
        let profile = self.profile(id);
        match &profile.handler {
            Handler::SelfAsserted(_) if finish == Finish::Step => Ok(Dispatched::Page),
            Handler::SelfAsserted(_) => {
                Err(Fault::of_policy("a self-asserted technical profile cannot run inside another page").at(profile.span))
            }
            Handler::ClaimsTransformation => {
                let own = self.own_defaults(id);
                let of_claim = |claim: ClaimId| own.iter().find(|(own, _)| *own == claim).map(|(_, slot)| slot.clone());
                let outputs = profile.outputs.iter().enumerate();
                Ok(Dispatched::Done(outputs.filter_map(|(index, output)| Some((index, of_claim(output.claim)?))).collect()))
            }
            Handler::Rest(settings) => {
                let mut choices = self.choices;
                choices.merge(settings.choices);
                let inputs = self.inputs(profile, &mut choices);
                let notes = settings.check(&inputs, &self.environment.switches)?;
                self.choices = choices;
                for note in notes {
                    self.note(|| note.to_string());
                }
                if self.records_all() {
                    let request = settings.request(&inputs, &|key| self.environment.key(key), &self.environment.switches)?;
                    self.record(|| Event::Request(id, request));
                }
                Ok(Dispatched::Ask(Ask::Rest { profile: id }))
            }
            Handler::Directory(settings) => {
                let mut choices = self.choices;
                let inputs = self.inputs(profile, &mut choices);
                let persisted = self.persisted(profile, &mut choices);
                choices.merge(settings.choices(&persisted));
                settings.request(&inputs, &persisted, &self.environment.switches)?;
                self.choices = choices;
                Ok(Dispatched::Ask(Ask::Directory { profile: id }))
            }
            Handler::SignIn => {
                let inputs = self.noted_inputs(profile);
                sign_in::request(&inputs)?;
                Ok(Dispatched::Ask(Ask::SignIn { profile: id }))
            }
            Handler::Phone(settings) => {
                let inputs = self.noted_inputs(profile);
                settings.request(&inputs)?;
                Ok(Dispatched::Ask(Ask::Phone { profile: id }))
            }
            Handler::IdentityProvider(_) => match self.no_browser("an external identity provider") {
                Some(fault) => Err(fault),
                None => Ok(Dispatched::Ask(Ask::IdentityProvider { profile: id })),
            },
            Handler::OneTimePassword(_)
            | Handler::AzureMfa(_)
            | Handler::AadSspr(_)
            | Handler::ConditionalAccess(_)
            | Handler::ApplicationInsights
            | Handler::UserJourneyContext
            | Handler::IncomingToken(_) => {
                self.noted_inputs(profile);
                Ok(Dispatched::Ask(Ask::Other { profile: id }))
            }
            Handler::Other => {
                self.note(|| {
                    let kind = if profile.class.class.is_empty() { "protocol None" } else { profile.class.class.as_str() };
                    format!("`{}` ({kind}) is answered by a general stub: its provider is not simulated yet", profile.id)
                });
                Ok(Dispatched::Ask(Ask::Other { profile: id }))
            }
            Handler::Issuer(_) | Handler::Session | Handler::Unknown => Err(Fault::of_policy(format!(
                // azure-docs#61860.
                "An attempt was made to resolve a protocol handler for unsupported protocol \"{}\" in technical profile with id \"{}\".",
                profile.protocol, profile.id
            ))
            .at(profile.span)),
        }
    }

    pub(super) fn noted_inputs(&mut self, profile: &'p Profile) -> Vec<crate::provider::InputValue<'p>> {
        let mut choices = self.choices;
        let inputs = self.inputs(profile, &mut choices);
        self.choices = choices;
        inputs
    }

    /// Runs `with` with the view of a call that providers take.
    pub(super) fn with_call<T>(&self, id: ProfileId, with: impl FnOnce(&Call<'_>) -> T) -> T {
        let profile = self.profile(id);
        let on_page = self.call.filter(|call| call.finish == Finish::Validation).and(self.page.as_ref()).and_then(|page| page.profile);
        with(&Call {
            profile_id: &profile.id,
            policy: &self.plan.policy,
            metadata: &profile.metadata,
            outputs: &profile.outputs,
            plan_claim: &|claim: ClaimId| -> &ClaimType { self.plan.claim(claim) },
            step_order: self.step().map_or(0, |step| step.order),
            on_page: on_page.map(|page| &self.profile(page).metadata),
            messages: &|key| self.user_message(id, key),
            switches: &self.environment.switches,
        })
    }

    /// Answers what a provider asked.
    pub(super) fn answer_call(&mut self, ask: Ask, reply: Reply) -> Result<(), ReplyError> {
        let Some(id) = ask.profile() else { return Err(ReplyError::new("nobody asked")) };
        let profile = self.profile(id);
        let mut lenient = false;
        let result = match (&profile.handler, reply) {
            (Handler::IdentityProvider(_), Reply::Cancel) => Err(identity_provider::cancelled()),
            (Handler::IdentityProvider(settings), Reply::Claims(values)) => self.with_call(id, |call| settings.outcome(call, &values)),
            (_, Reply::Cancel) => Err(cancelled()),
            (_, Reply::Simulated) => match self.simulate(id) {
                Some(result) => result,
                None => return Err(ReplyError::new(format!("nothing stands in for the service of `{}`", profile.id))),
            },
            (Handler::OneTimePassword(_) | Handler::AzureMfa(_) | Handler::AadSspr(_), Reply::Claims(values)) => {
                let result = self.with_call(id, |call| named_outputs(call, &values, Naming::STUB));
                self.take_code(id, result.as_ref().ok());
                result
            }
            (_, Reply::Claims(values)) => self.with_call(id, |call| named_outputs(call, &values, Naming::STUB)),
            (Handler::Rest(settings), Reply::Http(reply)) => {
                self.note_extra_members(profile, &reply);
                self.with_call(id, |call| settings.outcome(call, &reply))
            }
            (Handler::Directory(settings), Reply::Directory(reply)) => {
                lenient = matches!(reply, super::ask::DirectoryReply::NotFound);
                let result = self.with_call(id, |call| settings.outcome(call, &reply));
                // error-codes: "the account associated with this grant no longer exists".
                let gone = lenient && self.environment.entry == Entry::Refresh;
                result.map_err(|fault| if gone { Fault::of_code("AADB2C90128").at(profile.span) } else { fault })
            }
            (Handler::SignIn, Reply::SignIn(reply)) => {
                let inputs = self.noted_inputs(profile);
                self.with_call(id, |call| sign_in::outcome(call, &inputs, &reply))
            }
            (Handler::Phone(settings), Reply::Phone(reply)) => {
                let inputs = self.noted_inputs(profile);
                let made_up = Str::from(format!("+1555{:07}", self.draw() % 10_000_000));
                self.with_call(id, |call| phone::outcome(call, &settings.request(&inputs)?, &reply, || made_up.clone()))
            }
            (_, _) => return Err(ReplyError::new(format!("the reply is not of the kind that `{}` takes", profile.id))),
        };
        match result {
            Ok(Returned { outputs, notes, choices }) => {
                self.choices.merge(choices);
                for note in notes {
                    self.note(|| note.to_string());
                }
                self.finish_call(outputs, lenient);
            }
            Err(fault) => self.fail_call(fault),
        }
        Ok(())
    }

    /// A member of an API's reply that no output claim takes may be a slip of the pen.
    fn note_extra_members(&mut self, profile: &Profile, reply: &HttpReply) {
        let HttpReply::Response { status: 200..300, body: Body::Json(body) } = reply else { return };
        let Some(members) = body.as_object().filter(|_| self.records_all()) else { return };
        // With ResolveJsonPathsInJsonTokens a partner name is a path, which begins with the member.
        let begins = |partner: &str, name: &str| partner.split(['.', '[']).next().is_some_and(|first| first.eq_ignore_ascii_case(name));
        let is_taken =
            |name: &str| profile.outputs.iter().any(|output| output.partner.eq_ignore_ascii_case(name) || begins(&output.partner, name));
        let extra: Vec<String> = members.keys().filter(|name| !is_taken(name)).map(|name| format!("`{name}`")).collect();
        if !extra.is_empty() {
            self.note(|| format!("no output claim of `{}` takes {} of the reply", profile.id, extra.join(", ")));
        }
    }

    fn asking(&self) -> Option<(ProfileId, &'p Profile)> {
        let id = self.ask()?.profile()?;
        Some((id, self.profile(id)))
    }

    /// The request to the API that is asked now.
    pub fn http_request(&self) -> Option<HttpRequest> {
        let (_, profile) = self.asking()?;
        let Handler::Rest(settings) = &profile.handler else { return None };
        let inputs = self.inputs(profile, &mut Choices::default());
        settings.request(&inputs, &|key| self.environment.key(key), &self.environment.switches).ok()
    }

    /// The request to the directory that is asked now.
    pub fn directory_request(&self) -> Option<DirectoryRequest> {
        let (_, profile) = self.asking()?;
        let Handler::Directory(settings) = &profile.handler else { return None };
        let inputs = self.inputs(profile, &mut Choices::default());
        let persisted = self.persisted(profile, &mut Choices::default());
        settings.request(&inputs, &persisted, &self.environment.switches).ok()
    }

    /// The credentials that are asked about now.
    pub fn sign_in_request(&self) -> Option<SignInRequest> {
        let (_, profile) = self.asking()?;
        let Handler::SignIn = &profile.handler else { return None };
        sign_in::request(&self.inputs(profile, &mut Choices::default())).ok()
    }

    /// The phone factor request that is asked now.
    pub fn phone_request(&self) -> Option<PhoneRequest> {
        let (_, profile) = self.asking()?;
        let Handler::Phone(settings) = &profile.handler else { return None };
        settings.request(&self.inputs(profile, &mut Choices::default())).ok()
    }

    /// What is sent to the provider that asks: partner names and values.
    pub fn sent_claims(&self) -> Map<String, Json> {
        let Some((_, profile)) = self.asking() else { return Map::new() };
        let inputs = self.inputs(profile, &mut Choices::default());
        inputs.into_iter().filter_map(|input| Some((input.reference.partner.to_string(), input.value?.to_json()))).collect()
    }

    /// The value of a claim as text, for placeholders and messages.
    pub fn claim_text(&self, claim: ClaimId) -> Option<Str> {
        self.bag.value(claim).and_then(ClaimValue::text)
    }
}
