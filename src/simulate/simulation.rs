//! Setting up a run: the scenario by ids of the plan, checked against the policy.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::aftermath::Aftermath;
use super::default_world::{self, Ideas};
use super::directory::Directory;
use super::driver::{self, KEEP_SIGNED_IN, Ran, Script, Stage, World};
use super::entry::{Grant, with_credentials};
use super::execution::Execution;
use super::live::{LiveSettings, UrlMapping};
use super::scenario::{self, Choice, Scenario, StubReply, UserEntry};
use super::stubs::{AnyStub, Replies};
use crate::claims::{ClaimId, DateTime, Slot, Str, from_json};
use crate::engine::{Entry, Environment, Request, Switches, Window};
use crate::nearest::nearest;
use crate::plan::{Journey as PlanJourney, JourneyId, JourneyPlan, Profile, ProfileId, StepKind};
use crate::policy_set::Journey;
use crate::provider::Handler;
use crate::source::Place;

/// A simulation that does not fit its policy: a stub for a technical profile that is not there, a field that its page does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimulationError {
    /// Where it stands in the scenario file, when it comes from one.
    pub place: Option<Place>,
    /// What does not fit.
    pub message: String,
    /// What was probably meant.
    pub help: Option<String>,
}

impl fmt::Display for SimulationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for SimulationError {}

impl SimulationError {
    pub(super) fn new(place: Option<&Place>, message: impl Into<String>) -> Self {
        Self { place: place.cloned(), message: message.into(), help: None }
    }

    fn near<'n>(mut self, wanted: &str, names: impl Iterator<Item = &'n str>) -> Self {
        self.help = nearest(wanted, names).map(|name| format!("did you mean `{name}`?"));
        self
    }
}

/// A run that is being set up. Whatever is not said is answered by the default world.
#[derive(Clone, Debug)]
pub struct Simulation<'j> {
    pub(super) journey: &'j Journey,
    pub(super) scenario: Scenario,
    stubs: IndexMap<Str, (AnyStub, Option<Place>)>,
    switches: Switches,
    lenient: bool,
    traced: bool,
    /// What the run that this one continues left behind.
    pub(super) previous: Option<Aftermath>,
    live: LiveSettings,
}

impl<'j> Simulation<'j> {
    pub(crate) fn new(journey: &'j Journey) -> Self {
        Self {
            journey,
            scenario: Scenario::default(),
            stubs: IndexMap::new(),
            switches: Switches::default(),
            lenient: false,
            traced: true,
            previous: None,
            live: LiveSettings::default(),
        }
    }

    /// Everything that a scenario says.
    #[must_use]
    pub fn scenario(mut self, scenario: &Scenario) -> Self {
        for (id, stub) in &scenario.stubs {
            self.stubs.insert(id.clone(), (Replies::from(stub.replies.clone()).into(), stub.place.clone()));
        }
        self.scenario = scenario.clone();
        self
    }

    /// Continues another run: its session and its directory, at the moment at which it ran. A `directory` of this simulation's own takes the
    /// place of the other's.
    #[must_use]
    pub fn continue_from(mut self, execution: &Execution) -> Self {
        self.previous = Some(execution.aftermath.clone());
        self
    }

    /// Seconds that passed since the run that is continued.
    #[must_use]
    pub fn after(mut self, seconds: u64) -> Self {
        self.scenario.after = Some(seconds);
        self
    }

    /// The way in; the authorize endpoint when nothing is said.
    #[must_use]
    pub fn entry(mut self, entry: Entry) -> Self {
        self.scenario.entry = entry;
        self
    }

    /// What the run is called in reports.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        self.scenario.name = Some(name.into());
        self
    }

    /// Begins at the step of this Order.
    #[must_use]
    pub fn from_step(mut self, order: u32) -> Self {
        self.scenario.start.get_or_insert_default().step = Some(order);
        self
    }

    /// Stops after the step of this Order.
    #[must_use]
    pub fn through_step(mut self, order: u32) -> Self {
        self.scenario.stop_after = Some(order);
        self
    }

    /// Puts a claim into the bag at the start; `null` means absent.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Json>) -> Self {
        self.scenario.start.get_or_insert_default().claims.insert(name.to_owned(), value.into());
        self
    }

    /// Answers a technical profile.
    #[must_use]
    pub fn stub(mut self, technical_profile: &str, stub: impl Into<AnyStub>) -> Self {
        self.stubs.insert(technical_profile.into(), (stub.into(), None));
        self
    }

    /// Chooses at the selection step of this Order, or `SubJourneyId/Order`: a claims exchange id, or `signup`, `forgot-password`, `cancel`.
    #[must_use]
    pub fn choose(mut self, step: impl fmt::Display, choice: &str) -> Self {
        self.scenario.choose.insert(step.to_string().into(), Choice { name: choice.into(), place: None });
        self
    }

    /// Adds a user to the directory; the default world's own user is not there then.
    #[must_use]
    pub fn user(mut self, user: UserEntry) -> Self {
        self.scenario.directory.get_or_insert_default().push(user);
        self
    }

    /// What the application sends.
    #[must_use]
    pub fn request(mut self, request: Request) -> Self {
        self.scenario.request = request;
        self
    }

    /// The secret of a policy key, by StorageReferenceId.
    #[must_use]
    pub fn key(mut self, storage_reference: &str, secret: &str) -> Self {
        self.scenario.keys.insert(storage_reference.into(), secret.into());
        self
    }

    /// Where random strings, GUIDs and codes begin.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.scenario.seed = seed;
        self
    }

    /// Flips open points of the semantics.
    #[must_use]
    pub fn switches(mut self, switches: Switches) -> Self {
        self.switches = switches;
        self
    }

    /// Takes stubs that do not fit the policy: of their replies what fits is used, and the default world answers for the rest.
    #[must_use]
    pub fn lenient(mut self) -> Self {
        self.lenient = true;
        self
    }

    /// Runs without a trace, which is faster; the execution then knows the outcome, the claims and the token only.
    #[must_use]
    pub fn untraced(mut self) -> Self {
        self.traced = false;
        self
    }

    /// Sends live calls ([`Stubs::live`](super::Stubs::live)) to another address than the ServiceUrl's. Of several mappings that fit, the
    /// one with the longest beginning counts.
    #[must_use]
    pub fn map_url(mut self, mapping: UrlMapping) -> Self {
        self.live.map.push(mapping);
        self
    }

    /// How long a live call may take before it is tried again, twice at most. The service's 30 seconds when nothing is said
    /// (api-connectors-overview).
    #[must_use]
    pub fn live_timeout(mut self, timeout: Duration) -> Self {
        self.live.timeout = timeout;
        self
    }

    /// Runs.
    ///
    /// # Errors
    /// The simulation does not fit the policy.
    pub fn run(&self) -> Result<Execution, SimulationError> {
        self.enter()
    }

    /// Runs a journey of the policy.
    pub(super) fn run_on(&self, journey: &Journey) -> Result<Execution, SimulationError> {
        let plan: &JourneyPlan = journey.plan();
        let script = Arc::new(self.script(plan)?);
        let now = self.now()?;
        let request = self.request_of();
        let session = self.previous.as_ref().and_then(|previous| previous.session_for(plan, &request)).cloned();
        let environment = Environment {
            now,
            seed: self.scenario.seed,
            request,
            keys: self.scenario.keys.clone(),
            switches: self.switches,
            session,
            entry: self.scenario.entry,
        };
        let window = self.window(plan, &script)?;
        let ideas = Ideas::new(plan, environment.now.date());
        let grant = self.previous.as_ref().and_then(Aftermath::grant);
        let stage = Stage { plan, environment: &environment, script: script.clone(), window, traced: self.traced, ideas: &ideas, grant };
        let world = World::new(self.directory(plan));
        let wrong = |error: SimulationError| SimulationError { place: error.place.or_else(|| self.scenario.place.clone()), ..error };
        let mut ran = driver::run(&stage, &world).map_err(wrong)?;
        // Where nothing is said of the request either, it may also be what keeps the default world from a good end.
        let fuller = default_world::fuller_request(&ideas, &environment.request)
            .filter(|_| stage.may_search() && !driver::ended_well(&ran.run) && self.scenario.request == Request::default())
            .map(|request| Environment { request, ..environment.clone() });
        if let Some(environment) = &fuller {
            let other = driver::run(&Stage { environment, ..stage.clone() }, &world).map_err(wrong)?;
            if driver::ended_well(&other.run) {
                ran = other;
            }
        }
        if !driver::ended_well(&ran.run) {
            let requests = [Some(&environment), fuller.as_ref()];
            for environment in requests.into_iter().flatten() {
                if let Some(other) = driver::explored(&Stage { environment, ..stage.clone() }, &world).map_err(wrong)? {
                    ran = other;
                    break;
                }
            }
        }
        let Ran { run, directory } = ran;
        let aftermath = Aftermath::new(self.previous.as_ref(), now, &run, directory, script.directory_given);
        // A run that issued stands on the step that did.
        let issuer = match run.step().map(|step| &step.kind) {
            Some(StepKind::SendClaims { issuer }) if run.token().is_some() => *issuer,
            _ => None,
        };
        let outcome = run.outcome().cloned().unwrap_or(crate::engine::Outcome::Stopped);
        Ok(Execution {
            name: self.scenario.title(),
            plan: journey.plan().clone(),
            sources: journey.sources().clone(),
            entry: self.scenario.entry,
            request: run.environment().request.clone(),
            outcome,
            bag: run.bag().clone(),
            token: run.token().cloned(),
            issuer,
            choices: run.choices(),
            aftermath,
            trace: run.into_trace(),
        })
    }

    /// What the application sends.
    pub(super) fn request_of(&self) -> Request {
        let request = if self.scenario.request == Request::default() { default_world::request() } else { self.scenario.request.clone() };
        match self.scenario.entry {
            Entry::Ropc => with_credentials(request, self.scenario.directory.as_ref().and_then(|users| users.first())),
            _ => request,
        }
    }

    /// What is left behind when no journey ran.
    pub(super) fn aftermath_without_run(&self, now: DateTime, grant: Option<Grant>) -> Aftermath {
        let directory = self.directory(self.journey.plan());
        Aftermath::without_run(self.previous.as_ref(), now, directory, self.directory_given(), grant)
    }

    /// Whether a scenario said who is in the directory.
    pub(super) fn directory_given(&self) -> bool {
        self.scenario.directory.is_some() || self.previous.as_ref().is_some_and(|previous| previous.directory_given)
    }

    /// The moment of the run.
    pub(super) fn now(&self) -> Result<DateTime, SimulationError> {
        let wrong = |message: &str| Err(SimulationError::new(self.scenario.place.as_ref(), message));
        match (&self.previous, self.scenario.after) {
            (None, _) if self.scenario.continues => wrong("the scenario continues the one before it, and was run without it"),
            (None, Some(_)) => wrong("`after` says how much time passed since another run, and this one continues none"),
            (None, None) => Ok(self.scenario.now),
            (Some(previous), after) => {
                let seconds = i64::try_from(after.unwrap_or(0)).ok();
                seconds.and_then(|seconds| previous.now.plus_seconds(seconds)).map_or_else(|| wrong("`after` leaves the calendar"), Ok)
            }
        }
    }

    pub(super) fn directory(&self, plan: &JourneyPlan) -> Directory {
        if let (None, Some(previous)) = (&self.scenario.directory, &self.previous) {
            return previous.directory.clone();
        }
        let mut directory = Directory::new(plan.policy.tenant.clone());
        let mut made_up = 0;
        let seed = self.scenario.seed;
        let mut next_id = || {
            made_up += 1;
            crate::engine::made_up(!seed, made_up)
        };
        match &self.scenario.directory {
            Some(users) => {
                for user in users {
                    directory.add(user, &mut next_id);
                }
            }
            None => {
                directory.add(&default_world::user(), &mut next_id);
            }
        }
        directory
    }

    fn window(&self, plan: &JourneyPlan, script: &Script) -> Result<Window, SimulationError> {
        let place = self.scenario.place.as_ref();
        let journey = plan.journey(JourneyId(0));
        let mut window = Window { through_step: self.scenario.stop_after, ..Window::default() };
        if let Some(order) = self.scenario.stop_after {
            step_exists(journey, order, place)?;
        }
        let Some(start) = &self.scenario.start else { return Ok(window) };
        let place = start.place.as_ref().or(place);
        if let Some(order) = start.step {
            step_exists(journey, order, place)?;
            if let Some(last) = window.through_step.filter(|last| *last < order) {
                return Err(SimulationError::new(
                    place,
                    format!("the run would begin at step {order} and stop after step {last}, before that"),
                ));
            }
            window.from_step = Some(order);
            window.selected = selected_before(plan, journey, order, script);
        }
        for (name, value) in &start.claims {
            let claim = plan.claim_id(name).filter(|id| plan.claim(*id).declared);
            let Some(claim) = claim else {
                let names = plan.claims.iter().filter(|claim| claim.declared).map(|claim| claim.id.as_str());
                return Err(SimulationError::new(place, format!("the policy declares no claim `{name}`")).near(name, names));
            };
            if value.is_null() {
                continue;
            }
            let value = from_json(value, plan.claim(claim).data_type)
                .map_err(|error| SimulationError::new(place, format!("the value of `{name}` does not fit: {error}")))?;
            window.claims.push((claim, Slot::Value(value)));
        }
        Ok(window)
    }

    fn script(&self, plan: &JourneyPlan) -> Result<Script, SimulationError> {
        let mut script =
            Script { directory_given: self.directory_given(), lenient: self.lenient, live: self.live.clone(), ..Script::default() };
        for (id, (stub, place)) in &self.stubs {
            match plan.profile_id(id) {
                Some(profile) => {
                    // Not even the lenient pass over this: the run would look as if the API had answered.
                    #[cfg(not(feature = "http"))]
                    if stub.0.replies().contains(&StubReply::Live) {
                        let message = format!("`{}` cannot be answered: {}", plan.profile(profile).id, super::live::NOT_BUILT_IN);
                        return Err(SimulationError::new(place.as_ref(), message));
                    }
                    if !self.lenient {
                        for reply in stub.0.replies() {
                            check_reply(plan, profile, reply, place.as_ref())?;
                        }
                    }
                    script.stubs.insert(profile, (stub.clone(), place.clone()));
                }
                None => {
                    let declared = plan.declared_profiles.iter().any(|declared| declared.eq_ignore_ascii_case(id));
                    if !declared && !self.lenient {
                        let names = plan.declared_profiles.iter().map(Str::as_str);
                        let message = format!("the policy has no technical profile `{id}`");
                        return Err(SimulationError::new(place.as_ref(), message).near(id, names));
                    }
                }
            }
        }
        for (step, choice) in &self.scenario.choose {
            let key = step.to_ascii_lowercase();
            if !self.lenient {
                check_choice(plan, &key, choice)?;
            }
            script.choose.insert(key.into(), choice.name.clone());
        }
        Ok(script)
    }
}

impl Journey {
    /// Runs a scenario.
    ///
    /// # Errors
    /// The scenario does not fit the policy.
    pub fn run_scenario(&self, scenario: &Scenario) -> Result<Execution, SimulationError> {
        self.simulation().scenario(scenario).run()
    }

    /// Runs a scenario that may continue another one, which is given when there is one.
    ///
    /// # Errors
    /// The scenario does not fit the policy, or continues another one and none is given.
    pub fn run_scenario_after(&self, scenario: &Scenario, previous: Option<&Execution>) -> Result<Execution, SimulationError> {
        let simulation = self.simulation().scenario(scenario);
        match previous.filter(|_| scenario.continues) {
            Some(previous) => simulation.continue_from(previous).run(),
            None => simulation.run(),
        }
    }
}

fn step_exists(journey: &PlanJourney, order: u32, place: Option<&Place>) -> Result<(), SimulationError> {
    if journey.steps.iter().any(|step| step.order == order) {
        return Ok(());
    }
    let last = journey.steps.last().map_or(0, |step| step.order);
    Err(SimulationError::new(place, format!("journey `{}` has no step {order}; its steps are 1 to {last}", journey.id)))
}

/// What the selection step right before `order` would have picked: the scenario's choice, else the first exchange, the local account
/// before identity providers.
fn selected_before(plan: &JourneyPlan, journey: &PlanJourney, order: u32, script: &Script) -> Option<Str> {
    let before = journey.steps.iter().take_while(|step| step.order < order).last()?;
    let StepKind::Selection { selections, local, .. } = &before.kind else { return None };
    if let Some(choice) = script.choose.get(before.order.to_string().as_str()) {
        let settings = match local.as_ref().map(|local| &plan.profile(local.profile).handler) {
            Some(Handler::SelfAsserted(settings)) => Some(settings),
            _ => None,
        };
        return match choice.to_ascii_lowercase().as_str() {
            "signup" => settings?.sign_up_target.clone(),
            "forgot-password" => settings?.forgot_password_target.clone(),
            // Nobody goes on from a cancelled page, and the local form leaves nothing selected.
            "cancel" => None,
            _ if local.as_ref().is_some_and(|local| local.id.eq_ignore_ascii_case(choice)) => None,
            _ => Some(choice.clone()),
        };
    }
    let external = |profile: Option<ProfileId>| profile.is_some_and(|id| matches!(plan.profile(id).handler, Handler::IdentityProvider(_)));
    let mut candidates: Vec<_> = selections.iter().collect();
    candidates.sort_by_key(|selection| (selection.profile.is_none(), external(selection.profile)));
    candidates.first().map(|selection| selection.exchange.clone())
}

fn check_choice(plan: &JourneyPlan, key: &str, choice: &Choice) -> Result<(), SimulationError> {
    let place = choice.place.as_ref();
    let (journey, order) = match key.rsplit_once('/') {
        Some((journey, order)) => {
            (plan.journeys.iter().find(|candidate| candidate.sub.is_some() && candidate.id.eq_ignore_ascii_case(journey)), order)
        }
        None => (plan.journeys.first(), key),
    };
    let step = journey.and_then(|journey| journey.steps.iter().find(|step| step.order.to_string() == order));
    let Some(step) = step else { return Err(SimulationError::new(place, format!("the journey has no step `{key}`"))) };
    let StepKind::Selection { selections, local, .. } = &step.kind else {
        return Err(SimulationError::new(place, format!("step {key} is of type {}; there is nothing to choose", step.type_name)));
    };
    let words = ["signup", "forgot-password", "cancel"];
    let names = || selections.iter().map(|selection| selection.exchange.as_str()).chain(local.iter().map(|local| local.id.as_str()));
    if words.iter().any(|word| choice.name.eq_ignore_ascii_case(word)) || names().any(|name| name.eq_ignore_ascii_case(&choice.name)) {
        return Ok(());
    }
    let message = format!("step {key} has no claims exchange `{}` to choose", choice.name);
    Err(SimulationError::new(place, message).near(&choice.name, names().chain(words)))
}

/// A reply must be of the kind that the technical profile takes, and name what it has.
pub(super) fn check_reply(plan: &JourneyPlan, id: ProfileId, reply: &StubReply, place: Option<&Place>) -> Result<(), SimulationError> {
    let profile = plan.profile(id);
    let wrong = |what: &str, takes: &str| Err(SimulationError::new(place, format!("`{}` takes no {what}: it is {takes}", profile.id)));
    let kind = kind_name(profile);
    match reply {
        StubReply::Enter { fields, codes, sends } => {
            let Handler::SelfAsserted(settings) = &profile.handler else { return wrong("`enter`", kind) };
            let shown: Vec<ClaimId> = settings.fields.iter().map(|field| field.claim).collect();
            let names = || shown.iter().map(|claim| plan.claim(*claim).id.as_str());
            for name in fields.keys() {
                let box_ticked = name.eq_ignore_ascii_case(KEEP_SIGNED_IN) && profile.metadata.flag("setting.enableRememberMe", false);
                if !box_ticked && !names().any(|shown| shown.eq_ignore_ascii_case(name)) {
                    return Err(SimulationError::new(place, format!("the page `{}` does not show the claim `{name}`", profile.id))
                        .near(name, names()));
                }
            }
            let controls: Vec<&str> =
                settings.fields.iter().filter_map(|field| field.control).map(|control| plan.control(control).id.as_str()).collect();
            for name in codes.keys() {
                let known = controls.iter().copied().chain(names());
                if !known.clone().any(|known| known.eq_ignore_ascii_case(name)) {
                    return Err(
                        SimulationError::new(place, format!("the page `{}` has no display control `{name}`", profile.id)).near(name, known)
                    );
                }
            }
            let sending = || {
                let controls = settings.fields.iter().filter_map(|field| field.control).map(|control| plan.control(control));
                controls.filter(|control| control.is_verification()).map(|control| control.id.as_str())
            };
            match sends.keys().find(|name| !sending().any(|control| control.eq_ignore_ascii_case(name))) {
                Some(name) => {
                    let message = format!("the page `{}` has no verification control `{name}` that sends a code", profile.id);
                    Err(SimulationError::new(place, message).near(name, sending()))
                }
                None => Ok(()),
            }
        }
        StubReply::Http { .. } | StubReply::Fail(scenario::Failure::Http(_)) if !matches!(profile.handler, Handler::Rest(_)) => {
            wrong("HTTP response", kind)
        }
        StubReply::Live if !matches!(profile.handler, Handler::Rest(_)) => wrong("`live`", kind),
        StubReply::NotFound if !matches!(profile.handler, Handler::Directory(_)) => wrong("`notFound`", kind),
        StubReply::Verify(_) if !matches!(profile.handler, Handler::Phone(_)) => wrong("`verify`", kind),
        StubReply::Claims(values) => {
            if matches!(profile.handler, Handler::SelfAsserted(_)) {
                return wrong("`claims`", "a page; say what a person does with `enter`");
            }
            let names = || profile.outputs.iter().flat_map(|output| [output.partner.as_str(), plan.claim(output.claim).id.as_str()]);
            for name in values.keys() {
                if !names().any(|known| known.eq_ignore_ascii_case(name)) {
                    let message = format!("`{}` has no output claim with the partner name or id `{name}`", profile.id);
                    return Err(SimulationError::new(place, message).near(name, names()));
                }
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// What a lenient simulation takes of a reply: the fields that the page shows, the names that the profile has; `None` when it is of the wrong
/// kind altogether.
pub(super) fn what_fits(plan: &JourneyPlan, id: ProfileId, mut reply: StubReply) -> Option<StubReply> {
    match (&mut reply, &plan.profile(id).handler) {
        (StubReply::Enter { fields, .. }, Handler::SelfAsserted(settings)) => {
            let shown = |name: &str| settings.fields.iter().any(|field| plan.claim(field.claim).id.eq_ignore_ascii_case(name));
            fields.retain(|name, _| shown(name));
            Some(reply)
        }
        (StubReply::Claims(values), handler) if !matches!(handler, Handler::SelfAsserted(_)) => {
            let outputs = &plan.profile(id).outputs;
            values.retain(|name, _| {
                outputs
                    .iter()
                    .any(|output| output.partner.eq_ignore_ascii_case(name) || plan.claim(output.claim).id.eq_ignore_ascii_case(name))
            });
            Some(reply)
        }
        _ => check_reply(plan, id, &reply, None).is_ok().then_some(reply),
    }
}

fn kind_name(profile: &Profile) -> &'static str {
    match &profile.handler {
        Handler::SelfAsserted(_) => "a page",
        Handler::Rest(_) => "a REST API",
        Handler::Directory(_) => "a directory profile",
        Handler::SignIn => "a sign-in with user name and password",
        Handler::Phone(_) => "a phone factor",
        Handler::IdentityProvider(_) => "an identity provider",
        Handler::OneTimePassword(_) => "a one-time password profile",
        Handler::AzureMfa(_) => "an Azure MFA profile",
        Handler::AadSspr(_) => "an SSPR profile",
        Handler::ConditionalAccess(_) => "a conditional access profile",
        Handler::ApplicationInsights => "an Application Insights profile",
        Handler::UserJourneyContext => "a profile of the user journey's context",
        Handler::IncomingToken(_) => "a profile that reads a token",
        Handler::ClaimsTransformation => "a claims transformation",
        Handler::Issuer(_) => "a token issuer",
        Handler::Session => "a session profile",
        Handler::Other | Handler::Unknown => "a provider with a general stub",
    }
}
