//! Single sign-on: what a run takes from the session of an earlier one, and what it leaves behind (SEMANTICS 13).
//!
//! A [`Session`] is plain data: it comes in with the [`Environment`](super::Environment) and goes out of a finished run by
//! [`Run::session`]. Without one a run is a fresh logon.

use std::collections::{BTreeMap, BTreeSet};

use super::choices::Choices;
use super::environment::{Entry, Environment, Request};
use super::fault::{Fault, OAuthError, Outcome};
use super::precondition;
use super::run::{Activity, ReplyError, Run};
use crate::claims::{ClaimId, ClaimValue, DateTime, Slot, Str, from_json_for};
use crate::plan::{Exchange, JourneyPlan, ProfileId, Selection, SessionKind, SessionScope, SessionUse, StepKind};
use crate::trace::{Because, Event, StepId, Writer};

/// Whose session it is: a policy finds only sessions of its own scope, of the same tenant, application or policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionKey {
    scope: SessionScope,
    tenant: Str,
    client_id: Option<Str>,
    policy: Option<Str>,
}

impl SessionKey {
    /// The key under which a journey keeps its session; `None` when the policy suppresses single sign-on.
    pub fn of(plan: &JourneyPlan, request: &Request) -> Option<Self> {
        let scope = plan.session_behavior.scope;
        let policy = &plan.policy;
        let tenant = match scope {
            SessionScope::Suppressed => return None,
            SessionScope::TrustFramework => &policy.trust_framework_tenant,
            SessionScope::Tenant | SessionScope::Application | SessionScope::Policy => &policy.tenant,
        };
        Some(Self {
            scope,
            tenant: lower(tenant),
            client_id: request.client_id.clone().filter(|_| scope == SessionScope::Application),
            policy: Some(lower(&policy.id)).filter(|_| scope == SessionScope::Policy),
        })
    }
}

/// What the service remembers of a person between two logons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub key: SessionKey,
    /// Session technical profiles that take part, and technical profiles that reference none; in lower case.
    pub participants: BTreeSet<Str>,
    /// Persisted claims by id in lower case. One that is written stays as it is.
    pub claims: BTreeMap<Str, ClaimValue>,
    /// The claims exchange by which an external identity provider was reached.
    pub exchange: Option<Str>,
    /// When the person signed in.
    pub began: DateTime,
    /// When it was used last.
    pub used: DateTime,
    /// When it ends.
    pub expires: DateTime,
    /// The person asked to be kept signed in.
    pub keep_signed_in: bool,
}

impl Session {
    /// Whether a journey can go on with this session: in scope, not over, and not older than the request allows (`max_age`).
    pub fn is_usable(&self, plan: &JourneyPlan, environment: &Environment) -> bool {
        let age = environment.now.unix_seconds() - self.began.unix_seconds();
        self.is_open(plan, environment) && max_age(&environment.request).is_none_or(|most| age <= most)
    }

    /// In scope and not over, whatever its age.
    fn is_open(&self, plan: &JourneyPlan, environment: &Environment) -> bool {
        let now = environment.now;
        SessionKey::of(plan, &environment.request).as_ref() == Some(&self.key) && now >= self.used && now < self.expires
    }
}

/// No source names the bounds that the service's text has places for.
const LONGEST_MAX_AGE: &str = "2147483647";

/// The most seconds that may have passed since the person signed in.
fn max_age(request: &Request) -> Option<i64> {
    let seconds: i32 = request.own_parameter("max_age")?.trim().parse().ok()?;
    (seconds >= 0).then_some(seconds.into())
}

fn lower(text: &str) -> Str {
    text.to_ascii_lowercase().into()
}

/// Of a run that goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct SessionState<'p> {
    /// The session that came in, when it is usable.
    resumed: Option<&'p Session>,
    /// Session technical profiles, or technical profiles without one, that ran in this run.
    joined: Vec<ProfileId>,
    /// Claims that they persisted.
    written: Vec<(ClaimId, ClaimValue)>,
    exchange: Option<Str>,
    keep_signed_in: bool,
}

impl<'p> Run<'p> {
    /// Decides whether the session that came in is gone on with.
    pub(super) fn resume_session(&mut self) {
        let environment = self.environment;
        // custom-policy-reference-sso: session providers are not invoked when a refresh token is redeemed; the others have no browser either.
        if !environment.entry.has_browser() {
            return;
        }
        let request = &environment.request;
        let prompt = request.prompt.as_deref().unwrap_or_default();
        let asks = |word: &str| prompt.split_whitespace().any(|asked| asked == word);
        if prompt.split_whitespace().any(|word| !["none", "login", "consent", "select_account"].contains(&word)) {
            // error-codes, AADB2C90043.
            self.activity = Activity::Done(Outcome::Error(Fault::of_code("AADB2C90043")));
            return;
        }
        if let Some(text) = request.own_parameter("max_age")
            && max_age(request).is_none()
        {
            let fault = Fault::of_code("AADB2C90120").with(&[text, "0", LONGEST_MAX_AGE]);
            self.activity = Activity::Done(Outcome::Error(fault));
            return;
        }
        // `login` begins a new session (unit tests of the service: session), and so does ForceAuthn of a SAML request.
        let forced = || request.own_parameter("ForceAuthn").is_some_and(|force| force.eq_ignore_ascii_case("true"));
        let anew = asks("login") || (environment.entry == Entry::Saml && forced());
        let usable = |session: &&Session| !anew && session.is_usable(self.plan, environment);
        self.session.resumed = environment.session.as_ref().filter(usable);
        match self.session.resumed {
            Some(session) if !session.claims.contains_key("objectid") => {
                self.note(|| "the session holds no `objectId`; the service's older documentation says that single sign-on needs it".into());
            }
            Some(_) => {}
            None if self.may_not_prompt() => {
                let too_old = |session: &Session| !anew && session.is_open(self.plan, environment);
                let fault = match &environment.session {
                    Some(session) if too_old(session) => Fault { error: OAuthError::InteractionRequired, ..Fault::of_code("AADB2C90121") },
                    _ => self.no_session(),
                };
                self.activity = Activity::Done(Outcome::Error(fault));
            }
            None if environment.session.is_some() => self.note(|| {
                let why =
                    if anew { "the request asks for a new one" } else { "it is out of scope, over, or older than the request allows" };
                format!("the session of the earlier logon is not used: {why}")
            }),
            None => {}
        }
    }

    /// The request forbids every page.
    pub(super) fn may_not_prompt(&self) -> bool {
        self.environment.entry.has_browser()
            && self.environment.request.prompt.as_deref().is_some_and(|prompt| prompt.split_whitespace().any(|word| word == "none"))
    }

    /// The fault of whatever needs a browser where there is none.
    pub(super) fn no_browser(&self, what: &str) -> Option<Fault> {
        let entry = self.environment.entry;
        (!entry.has_browser())
            .then(|| Fault::of_policy(format!("the journey comes to {what}, and there is no browser behind entry `{}`", entry.name())))
    }

    /// error-codes, AADB2C90077.
    pub(super) fn no_session(&self) -> Fault {
        Fault { error: OAuthError::InteractionRequired, ..Fault::of_code("AADB2C90077") }
    }

    /// When the person signed in: `auth_time`.
    pub(super) fn signed_in_at(&self) -> DateTime {
        self.session.resumed.map_or(self.environment.now, |session| session.began)
    }

    /// Ticks the box of the page on screen by which a person asks to be kept signed in (`setting.enableRememberMe`). It goes with the
    /// reply that follows.
    ///
    /// # Errors
    /// The page has no such box.
    pub fn keep_me_signed_in(&mut self) -> Result<(), ReplyError> {
        if !self.offers_to_keep_signed_in() {
            return Err(ReplyError::new("the page has no box to stay signed in (`setting.enableRememberMe` is not true)"));
        }
        self.session.keep_signed_in = true;
        Ok(())
    }

    fn offers_to_keep_signed_in(&self) -> bool {
        let profile = self.page.as_ref().and_then(|page| page.profile);
        profile.is_some_and(|profile| self.profile(profile).metadata.flag("setting.enableRememberMe", false))
    }

    /// `{Context:KMSI}`.
    pub(super) fn is_kept_signed_in(&self) -> bool {
        self.session.keep_signed_in || self.session.resumed.is_some_and(|session| session.keep_signed_in)
    }

    /// The name by which a technical profile takes part.
    fn participant(&self, id: ProfileId, used: SessionUse) -> &'p Str {
        &self.profile(used.profile.unwrap_or(id)).id
    }

    /// The provider of a technical profile and the session, when it takes part in the session that is gone on with.
    fn takes_part(&self, id: ProfileId) -> Option<(SessionUse, &'p Session)> {
        let session = self.session.resumed?;
        let used = self.plan.session_of(id);
        match used.kind {
            SessionKind::Noop | SessionKind::Bookkeeping => None,
            SessionKind::Default | SessionKind::ExternalLogin => {
                session.participants.contains(lower(self.participant(id, used)).as_str()).then_some((used, session))
            }
        }
    }

    /// Whether the session stands in for a technical profile.
    pub(super) fn stands_in(&self, id: ProfileId) -> Option<Because> {
        let (used, session) = self.takes_part(id)?;
        if used.kind == SessionKind::ExternalLogin {
            // custom-policy-reference-sso: skipped when one of its output claims was persisted.
            let persisted = &self.profile(used.profile?).persisted;
            let held = |claim: ClaimId| session.claims.contains_key(lower(&self.plan.claim(claim).id).as_str());
            let outputs = &self.profile(id).outputs;
            if !outputs.iter().any(|output| persisted.iter().any(|kept| kept.claim == output.claim) && held(output.claim)) {
                return None;
            }
        }
        Some(Because::Session {
            profile: used.profile.map_or_else(|| "DefaultSSOSessionProvider".into(), |id| self.profile(id).id.clone()),
        })
    }

    /// The same for a validation technical profile. Without a provider of its own it always runs: a submitted form is always checked
    /// (login-NonInteractive of the starter pack references none). `IncludeInSso` false suppresses it (technicalprofiles).
    pub(super) fn stands_in_for_validation(&self, id: ProfileId) -> Option<Because> {
        let included = self.profile(id).include_in_sso && self.plan.session_of(id).profile.is_some();
        included.then(|| self.stands_in(id)).flatten()
    }

    /// The claims of a session enter the bag: those that are persisted, and the session technical profile's own outputs.
    pub(super) fn restore(&mut self, id: ProfileId) {
        let Some((SessionUse { profile: Some(provider), .. }, session)) = self.takes_part(id) else { return };
        let profile = self.profile(provider);
        let held = |run: &Self, claim: ClaimId| {
            let claim = run.plan.claim(claim);
            // Another policy may have persisted it as another type.
            from_json_for(&session.claims.get(lower(&claim.id).as_str())?.to_json(), claim).ok()
        };
        for kept in &profile.persisted {
            if let Some(value) = held(self, kept.claim) {
                self.write(kept.claim, Slot::Value(value), Writer::Profile(provider), Some(kept.span));
            }
        }
        for output in &profile.outputs {
            let kept = if output.always_default { None } else { held(self, output.claim) };
            let value = kept.or_else(|| {
                let mut choices = self.choices;
                let value = self.default_value(profile, output, &mut choices);
                self.choices = choices;
                value
            });
            if let Some(value) = value {
                self.write(output.claim, Slot::Value(value), Writer::Profile(provider), Some(output.span));
            }
        }
    }

    /// Leaves a step out whose technical profile the session stands in for.
    pub(super) fn skip_by_session(&mut self, step: StepId, profile: ProfileId, because: Because) {
        self.record(|| Event::StepSkipped(step, because));
        self.restore(profile);
        self.selected = None;
        self.leave_step(step);
    }

    /// A selection page is left out when the session stands in for its local form, else when the way to an external identity provider is
    /// remembered (azure-docs#72507, OPEN-18). A `domain_hint` that fits goes first.
    pub(super) fn session_selects(&mut self, selections: &'p [Selection], local: Option<&'p Exchange>) -> bool {
        let Some(session) = self.session.resumed else { return false };
        let enabled = |profile: ProfileId| precondition::disabled(&self.profile(profile).enabled, &self.bag).is_none();
        let open = |selection: &&Selection| selection.profile.is_none_or(enabled);
        let hint = self.environment.request.domain_hint.as_deref();
        let hinted = |selection: &Selection| {
            let domain = selection.profile.and_then(|profile| self.profile(profile).domain.as_ref());
            domain.is_some_and(|domain| hint.is_some_and(|hint| domain.eq_ignore_ascii_case(hint)))
        };
        if selections.iter().filter(open).any(hinted) {
            return false;
        }
        let step = self.step_id();
        if let Some(local) = local.map(|local| local.profile).filter(|local| enabled(*local))
            && let Some(because) = self.stands_in(local)
        {
            self.chose(18);
            self.skip_by_session(step, local, because);
            return true;
        }
        let Some(exchange) = &session.exchange else { return false };
        let remembered = selections.iter().filter(open).find(|selection| selection.exchange.eq_ignore_ascii_case(exchange));
        let Some((selection, profile)) = remembered.and_then(|selection| Some((selection, selection.profile?))) else { return false };
        let used = self.plan.session_of(profile);
        if used.kind != SessionKind::ExternalLogin || self.takes_part(profile).is_none() {
            return false;
        }
        self.chose(18);
        let because = Because::Session { profile: self.participant(profile, used).clone() };
        self.record(|| Event::StepSkipped(step, because));
        self.record(|| Event::Selected(selection.exchange.clone(), true));
        self.selected = Some(selection.exchange.clone());
        self.leave_step(step);
        true
    }

    /// The technical profile of a step ended well: it takes part from now on.
    pub(super) fn join_by_step(&mut self, id: ProfileId) {
        let Some(step) = self.step() else { return };
        match &step.kind {
            StepKind::Exchange { exchanges } => {
                self.join(id);
                if self.plan.session_of(id).kind == SessionKind::ExternalLogin {
                    let exchange = exchanges.iter().find(|exchange| exchange.profile == id);
                    self.session.exchange = exchange.map(|exchange| exchange.id.clone());
                }
            }
            StepKind::Selection { .. } => self.join(id),
            _ => {}
        }
    }

    /// A validation technical profile ended well.
    pub(super) fn join_by_validation(&mut self, id: ProfileId) {
        if self.profile(id).include_in_sso && self.plan.session_of(id).profile.is_some() {
            self.join(id);
        }
    }

    fn join(&mut self, id: ProfileId) {
        let used = self.plan.session_of(id);
        if matches!(used.kind, SessionKind::Noop | SessionKind::Bookkeeping) || !self.environment.entry.has_browser() {
            return;
        }
        let participant = used.profile.unwrap_or(id);
        if !self.session.joined.contains(&participant) {
            self.session.joined.push(participant);
        }
        let Some(provider) = used.profile.map(|provider| self.profile(provider)) else { return };
        for kept in &provider.persisted {
            if !self.session.written.iter().any(|(claim, _)| *claim == kept.claim)
                && let Some(value) = self.input_value(provider, kept, &mut Choices::default())
            {
                self.session.written.push((kept.claim, value));
            }
        }
    }

    /// The session that the run leaves behind: after a run that did not end well, the one that came in.
    pub fn session(&self) -> Option<Session> {
        let environment = self.environment;
        let ended_well = environment.entry.has_browser() && matches!(self.outcome(), Some(Outcome::Issued | Outcome::Stopped));
        let Some(key) = SessionKey::of(self.plan, &environment.request).filter(|_| ended_well) else { return environment.session.clone() };
        let now = environment.now;
        let mut session = self.session.resumed.cloned().unwrap_or_else(|| Session {
            key,
            participants: BTreeSet::new(),
            claims: BTreeMap::new(),
            exchange: None,
            began: now,
            used: now,
            expires: now,
            keep_signed_in: false,
        });
        session.participants.extend(self.session.joined.iter().map(|id| lower(&self.profile(*id).id)));
        for (claim, value) in &self.session.written {
            // A written claim cannot be changed any more.
            session.claims.entry(lower(&self.plan.claim(*claim).id)).or_insert_with(|| value.clone());
        }
        if let Some(exchange) = &self.session.exchange {
            session.exchange = Some(exchange.clone());
        }
        session.keep_signed_in |= self.session.keep_signed_in;
        session.used = now;
        let behavior = &self.plan.session_behavior;
        let from = if behavior.absolute { session.began } else { now };
        session.expires = from.plus_seconds(behavior.lifetime(session.keep_signed_in)).unwrap_or(session.expires);
        Some(session)
    }
}
