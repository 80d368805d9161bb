//! Services that the engine simulates by itself: codes that are sent and typed, conditional access, telemetry, the context of the journey,
//! tokens that the application sent.

use super::choices::Choices;
use super::fault::Fault;
use super::run::{self, Run};
use crate::claims::{ClaimId, ClaimValue, Resolver, Str};
use crate::plan::ProfileId;
use crate::provider::call::Returned;
use crate::provider::codes::{Moment, authenticator_code};
use crate::provider::incoming_token::IncomingToken;
use crate::provider::one_time_password::{self, GENERATED, Operation};
use crate::provider::{Handler, InputValue, application_insights, incoming_token, user_journey_context};

impl<'p> Run<'p> {
    /// Whether the service of a technical profile is simulated, so that `Reply::Simulated` answers for it.
    pub fn is_simulated(&self, profile: ProfileId) -> bool {
        match &self.profile(profile).handler {
            Handler::OneTimePassword(_)
            | Handler::AzureMfa(_)
            | Handler::AadSspr(_)
            | Handler::ConditionalAccess(_)
            | Handler::ApplicationInsights
            | Handler::UserJourneyContext => true,
            Handler::IncomingToken(IncomingToken::IdTokenHint) => true,
            _ => self.reads_hint(profile),
        }
    }

    /// The text that a technical profile which asks shows for a message key: the policy's, else the service's own.
    pub fn failure_message(&self, profile: ProfileId, key: &str) -> Option<Str> {
        let built_in = || self.profile(profile).handler.built_in_message(key).map(Str::from);
        self.user_message(profile, key).or_else(built_in)
    }

    /// What the simulated service of a technical profile answers.
    pub(super) fn simulate(&mut self, id: ProfileId) -> Option<Result<Returned, Fault>> {
        let profile = self.profile(id);
        if !self.is_simulated(id) {
            return None;
        }
        let inputs = self.noted_inputs(profile);
        Some(match &profile.handler {
            Handler::ConditionalAccess(settings) => self.with_call(id, |call| settings.outcome(call, &inputs)),
            Handler::ApplicationInsights => {
                let note = application_insights::event(&inputs, profile.metadata.flag("DisableTelemetry", false));
                Ok(Returned { notes: vec![note], ..Returned::default() })
            }
            Handler::UserJourneyContext => {
                let resolver = Resolver { group: "Context".into(), name: "CorrelationId".into() };
                let correlation_id = crate::claims::resolver_value(&resolver, &self.plan.policy, self.environment);
                let ip = self.environment.request.ip.as_ref();
                self.with_call(id, |call| user_journey_context::outcome(call, ip, correlation_id.as_ref()))
            }
            Handler::IncomingToken(_) => {
                let hint = self.environment.request.id_token_hint.as_ref();
                let now = self.environment.now;
                self.with_call(id, |call| {
                    hint.map_or(Ok(()), |hint| incoming_token::check_hint(call.metadata, hint, now))?;
                    incoming_token::outcome(call, hint)
                })
            }
            _ => self.with_codes(id, &inputs),
        })
    }

    fn with_codes(&mut self, id: ProfileId, inputs: &[InputValue<'p>]) -> Result<Returned, Fault> {
        let mut codes = std::mem::take(&mut self.codes);
        let mut drawn = self.drawn;
        let seed = self.environment.seed;
        let mut draw = || run::draw(seed, &mut drawn);
        let mut moment = Moment { codes: &mut codes, now: self.environment.now, seed, draw: &mut draw };
        let result = self.with_call(id, |call| match &self.profile(id).handler {
            Handler::OneTimePassword(settings) => settings.outcome(call, inputs, &mut moment),
            Handler::AzureMfa(settings) => settings.outcome(call, inputs, &mut moment),
            Handler::AadSspr(settings) => settings.outcome(call, inputs, &mut moment),
            _ => Ok(Returned::default()),
        });
        self.codes = codes;
        self.drawn = drawn;
        result
    }

    /// A stub answered for a profile of codes. One that sends has sent: the profile that verifies wants what the person reads, which is
    /// the stub's code where it gives one.
    pub(super) fn take_code(&mut self, id: ProfileId, returned: Option<&Returned>) {
        let profile = self.profile(id);
        if returned.is_none() || profile.handler.typed_code().is_some() {
            return;
        }
        let inputs = self.inputs(profile, &mut Choices::default());
        // What the service would refuse, the stub did not.
        let _ = self.with_codes(id, &inputs);
        let Handler::OneTimePassword(settings) = &profile.handler else { return };
        if !matches!(settings.operation, Some(Operation::Generate(_))) {
            return;
        }
        let is_code = |index: usize| profile.outputs.get(index).is_some_and(|output| output.partner.eq_ignore_ascii_case(GENERATED));
        let code = returned
            .and_then(|returned| returned.outputs.iter().find(|(index, _)| is_code(*index)))
            .and_then(|(_, slot)| slot.value())
            .and_then(ClaimValue::text);
        if let Some(code) = code {
            let (mut codes, mut unused) = (std::mem::take(&mut self.codes), || 0);
            let mut moment = Moment { codes: &mut codes, now: self.environment.now, seed: self.environment.seed, draw: &mut unused };
            one_time_password::replace(&inputs, &code, &mut moment);
            self.codes = codes;
        }
    }

    /// What a person types into a field of the page that takes a code, outside of display controls: a validation technical profile
    /// verifies it.
    pub fn code_for(&self, claim: ClaimId) -> Option<Str> {
        let page = self.page.as_ref()?.profile?;
        self.profile(page).validations.iter().find_map(|validation| {
            let profile = self.profile(validation.profile);
            let name = profile.handler.typed_code()?;
            let takes = profile.inputs.iter().any(|input| input.claim == claim && input.partner.eq_ignore_ascii_case(name));
            takes.then(|| match &profile.handler {
                Handler::AzureMfa(settings) if settings.operation == Some(crate::provider::azure_mfa::Operation::VerifyOtp) => {
                    Some(authenticator_code(self.environment.seed))
                }
                _ => self.codes.read.clone(),
            })?
        })
    }
}
