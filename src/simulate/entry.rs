//! The ways into a policy besides the authorize endpoint, and what comes in by them: a token to be redeemed, a bearer token, a user name and
//! a password (SEMANTICS 7, 14).

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::driver::Stage;
use super::execution::Execution;
use super::fit::SimulationError;
use super::scenario::UserEntry;
use super::simulation::Simulation;
use crate::claims::{Bag, DateTime, Str};
use crate::engine::{Ask, Choices, Entry, Environment, Fault, OAuthError, Outcome, Reply, Request, Run};
use crate::plan::{JourneyId, JourneyPlan, Profile, StepKind};
use crate::policy_set::{JourneyError, Redemption};
use crate::provider::{Handler, Issuer};
use crate::trace::{Event, Trace};

/// A token that an application got, with what the service keeps in the refresh token beside it.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    /// The claims that the application got.
    token: Map<String, Json>,
    /// The claims of the journey that issued it, by id.
    claims: Map<String, Json>,
    /// When it was issued.
    issued: DateTime,
    /// When the person signed in, where refreshed tokens follow one another.
    first: DateTime,
}

impl Grant {
    /// What a run gives an application; nothing when it issued no token that can be redeemed or shown.
    pub(super) fn of(run: &Run<'_>, previous: Option<&Self>) -> Option<Self> {
        let environment = run.environment();
        if environment.entry == Entry::UserInfo {
            return None;
        }
        let plan = run.plan();
        let claims = run.bag().iter().filter_map(|(id, slot)| Some((plan.claim(id).id.to_string(), slot.value()?.to_json())));
        Some(Self {
            token: run.token()?.clone(),
            claims: claims.collect(),
            issued: environment.now,
            first: previous.filter(|_| environment.entry == Entry::Refresh).map_or(environment.now, |previous| previous.first),
        })
    }
}

/// The reply to a technical profile of protocol None that reads the token with which the application comes.
pub(super) fn token_reply(stage: &Stage<'_>, run: &Run<'_>, ask: Ask) -> Option<Reply> {
    let grant = stage.grant?;
    let id = ask.profile().filter(|_| matches!(ask, Ask::Other { .. }))?;
    let profile = run.plan().profile(id);
    let reads_hint = run.step().is_some_and(|step| matches!(step.kind, StepKind::GetClaims { .. }));
    if !profile.class.protocol.eq_ignore_ascii_case("None") || reads_hint {
        return None;
    }
    match stage.environment.entry {
        // add-ropc-policy: RefreshTokenReadAndSetup has nothing but output claims.
        Entry::Refresh if profile.inputs.is_empty() => Some(Reply::Claims(Arc::new(redeemed(run.plan(), profile, grant)))),
        Entry::UserInfo if run.plan().journey(JourneyId(0)).authorization.contains(&id) => Some(bearer(profile, grant, stage.environment)),
        _ => None,
    }
}

/// What the redeemed token holds of a technical profile's output claims.
fn redeemed(plan: &JourneyPlan, profile: &Profile, grant: &Grant) -> Map<String, Json> {
    let value = |partner: &Str, claim: &Str| {
        if claim.eq_ignore_ascii_case("refreshTokenIssuedOnDateTime") {
            return Some(Json::from(grant.issued.to_string()));
        }
        let named = |map: &Map<String, Json>, name: &Str| {
            map.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        named(&grant.claims, claim).or_else(|| named(&grant.token, partner))
    };
    let outputs = profile.outputs.iter();
    outputs.filter_map(|output| Some((output.partner.to_string(), value(&output.partner, &plan.claim(output.claim).id)?))).collect()
}

/// userinfo-endpoint: the bearer's claims by their names in the token; one that is over or for another audience is refused. The issuer is
/// not compared: it names the tenant's object id, which policy files rarely give.
fn bearer(profile: &Profile, grant: &Grant, environment: &Environment) -> Reply {
    let refused = |why: String| Reply::Fail(Fault { error: OAuthError::InvalidRequest, ..Fault::uncoded(why) });
    if grant.token.get("exp").and_then(Json::as_i64).is_some_and(|end| environment.now.unix_seconds() >= end) {
        return refused("the bearer token has expired".to_owned());
    }
    let audience = grant.token.get("aud").and_then(Json::as_str).unwrap_or_default();
    let accepted = profile.metadata.get("audience").and_then(|text| serde_json::from_str::<Vec<String>>(text).ok());
    if accepted.is_some_and(|accepted| !accepted.iter().any(|one| one == audience)) {
        return refused(format!("the bearer token is for `{audience}`, which `{}` does not accept", profile.id));
    }
    Reply::Claims(Arc::new(grant.token.clone()))
}

/// User name and password of a resource owner, for what the request does not say: those of the first user who can sign in.
pub(super) fn with_credentials(mut request: Request, user: Option<&UserEntry>) -> Request {
    let attribute = |name: &str| user?.attributes.get(name)?.as_str();
    let names = ["signInNames.emailAddress", "signInNames.userName", "signInNames.phoneNumber", "userPrincipalName"];
    let name = names.into_iter().find_map(attribute).unwrap_or("john.smith@contoso.com");
    let password = user.and_then(|user| user.password.as_deref()).unwrap_or("Pass@word1");
    for (parameter, value) in [("username", name), ("password", password)] {
        if request.own_parameter(parameter).is_none() {
            request.parameters.insert(parameter.into(), value.into());
        }
    }
    request
}

impl Simulation<'_> {
    /// Runs by the way in that the scenario takes.
    pub(super) fn enter(&self) -> Result<Execution, SimulationError> {
        let wrong = |message: String| SimulationError::new(self.scenario.place.as_ref(), message);
        let faulty = |error: JourneyError| wrong(error.to_string());
        match self.scenario.entry {
            Entry::Authorize | Entry::Ropc | Entry::Saml => self.run_on(self.journey),
            Entry::UserInfo => {
                self.grant_or_none()?;
                let journey = self.journey.of_endpoint("UserInfo").map_err(faulty)?;
                let id = &self.journey.plan().policy.id;
                let missing = || wrong(format!("the relying party of `{id}` has no endpoint `UserInfo`"));
                self.run_on(&journey.ok_or_else(missing)?)
            }
            Entry::Refresh => {
                let grant = self.grant_or_none()?;
                let now = self.now()?;
                if let Some(grant) = grant
                    && let Some(fault) = expired(self.journey.plan(), grant, now)
                {
                    return Ok(self.unstarted(now, Outcome::Error(fault), None));
                }
                match self.journey.of_redemption().map_err(faulty)? {
                    Redemption::Journey(journey) => self.run_on(&journey),
                    Redemption::Missing(fault) => Ok(self.unstarted(now, Outcome::Error(fault), None)),
                    Redemption::None => {
                        let grant = grant.ok_or_else(|| {
                            wrong("nothing says what the refresh token holds: the policy has no journey for its redemption, and the scenario continues none that got a token".to_owned())
                        })?;
                        Ok(match self.lost(grant) {
                            Some(code) => self.unstarted(now, Outcome::Error(Fault::of_code(code)), None),
                            None => self.unstarted(now, Outcome::Issued, Some(renewed(grant, now))),
                        })
                    }
                }
            }
        }
    }

    /// Why the service itself redeems a grant no more, where a scenario says who is in the directory: its account is gone, or its grants were
    /// revoked since. Source: error-codes.
    fn lost(&self, grant: &Grant) -> Option<&'static str> {
        let (_, id) = grant.claims.iter().find(|(name, _)| name.eq_ignore_ascii_case("objectId")).filter(|_| self.directory_given())?;
        let directory = self.directory(self.journey.plan());
        let Some(user) = directory.find("objectId", id) else { return Some("AADB2C90128") };
        let valid_from = user.attribute("refreshTokensValidFromDateTime").and_then(Json::as_str).and_then(DateTime::parse)?;
        (grant.issued < valid_from).then_some("AADB2C90129")
    }

    /// The token with which the application comes, when the run continues another one.
    fn grant_or_none(&self) -> Result<Option<&Grant>, SimulationError> {
        match &self.previous {
            None => Ok(None),
            Some(previous) => match previous.grant() {
                Some(grant) => Ok(Some(grant)),
                None => Err(SimulationError::new(
                    self.scenario.place.as_ref(),
                    format!("entry `{}` takes the token of the run that it continues, and that got none", self.scenario.entry.name()),
                )),
            },
        }
    }

    /// What came of a request for which no journey runs.
    fn unstarted(&self, now: DateTime, outcome: Outcome, grant: Option<Grant>) -> Execution {
        let plan = self.journey.plan();
        let token = grant.as_ref().map(|grant| grant.token.clone());
        let mut trace = Trace::default();
        if let Some(token) = &token {
            trace.events.push(Event::Note("no journey redeems refresh tokens: the claims are those of the token before".into()));
            trace.events.push(Event::Issued(token.iter().map(|(name, value)| (Str::from(name), value.clone())).collect()));
        }
        Execution {
            name: self.scenario.title(),
            plan: plan.clone(),
            sources: self.journey.sources().clone(),
            entry: self.scenario.entry,
            request: self.request_of(),
            outcome,
            bag: Bag::new(plan.claims.len()),
            token,
            issuer: None,
            choices: Choices::default(),
            trace,
            aftermath: self.aftermath_without_run(now, grant),
        }
    }
}

/// custom-policy-reference-sso: without a journey for their redemption, refreshed tokens copy the original claims.
fn renewed(grant: &Grant, now: DateTime) -> Grant {
    let mut token = grant.token.clone();
    let moved = now.unix_seconds() - grant.issued.unix_seconds();
    for name in ["exp", "nbf", "iat"] {
        if let Some(value) = token.get_mut(name)
            && let Some(time) = value.as_i64()
        {
            *value = Json::from(time + moved);
        }
    }
    Grant { token, claims: grant.claims.clone(), issued: now, first: grant.first }
}

/// jwt-issuer-technical-profile: how long a refresh token can be redeemed, by itself and by those that follow one another. The words are
/// those of error-codes, AADB2C90080.
fn expired(plan: &JourneyPlan, grant: &Grant, now: DateTime) -> Option<Fault> {
    let issuer = issuers(plan).next()?;
    let seconds = |key: &str, standard: i64| issuer.metadata.get(key).and_then(|text| text.parse().ok()).unwrap_or(standard);
    let end = grant.issued.plus_seconds(seconds("refresh_token_lifetime_secs", 1_209_600))?;
    let window = match issuer.metadata.flag("allow_infinite_rolling_refresh_token", false) {
        true => end,
        false => grant.first.plus_seconds(seconds("rolling_refresh_token_lifetime_secs", 7_776_000))?,
    };
    (now >= end.min(window)).then(|| {
        let words = format!(
            "The provided grant has expired. Please re-authenticate and try again. Current time: {now}, Grant issued time: {}, Grant sliding \
             window expiration time: {window}.",
            grant.issued
        );
        Fault { error: OAuthError::InvalidGrant, ..Fault::new("AADB2C90080", words) }
    })
}

/// The technical profiles that issue a JWT.
pub(crate) fn issuers(plan: &JourneyPlan) -> impl Iterator<Item = &Profile> {
    let steps = plan.journeys.iter().flat_map(|journey| &journey.steps);
    let profiles = steps.filter_map(|step| match step.kind {
        StepKind::SendClaims { issuer } => issuer.map(|issuer| plan.profile(issuer)),
        _ => None,
    });
    profiles.filter(|profile| matches!(profile.handler, Handler::Issuer(Issuer::Jwt)))
}
