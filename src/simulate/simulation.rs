//! Setting up a run, and running it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;
use serde_json::Value as Json;

use super::aftermath::Aftermath;
use super::default_world::{self, Ideas};
use super::directory::Directory;
use super::driver::{self, Ran, Stage, World};
use super::entry::{Grant, with_credentials};
use super::execution::Execution;
use super::fit::SimulationError;
use super::live::{LiveSettings, UrlMapping};
use super::scenario::{Choice, Scenario, UserEntry};
use super::stubs::{AnyStub, Replies};
use crate::claims::{DateTime, Str};
use crate::engine::{Entry, Environment, Request, Switches};
use crate::plan::{JourneyPlan, StepKind};
use crate::policy_set::Journey;
use crate::source::Place;

/// A run that is being set up. Whatever is not said is answered by the default world.
#[derive(Clone, Debug)]
pub struct Simulation<'j> {
    pub(super) journey: &'j Journey,
    pub(super) scenario: Scenario,
    pub(super) stubs: IndexMap<Str, (AnyStub, Option<Place>)>,
    switches: Switches,
    pub(super) lenient: bool,
    traced: bool,
    /// What the run that this one continues left behind.
    pub(super) previous: Option<Aftermath>,
    pub(super) live: LiveSettings,
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
