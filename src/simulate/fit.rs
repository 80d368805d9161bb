//! Whether a simulation fits its policy: what it says by ids of the plan, or why it cannot be run.

use std::fmt;

use super::driver::{KEEP_SIGNED_IN, Script};
use super::scenario::{self, Choice, StubReply};
use super::simulation::Simulation;
use crate::claims::{ClaimId, Slot, Str, from_json};
use crate::engine::Window;
use crate::nearest::nearest;
use crate::plan::{Journey, JourneyId, JourneyPlan, Profile, ProfileId, StepKind};
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

impl Simulation<'_> {
    /// Which steps are run, and with what claims the first of them begins.
    pub(super) fn window(&self, plan: &JourneyPlan, script: &Script) -> Result<Window, SimulationError> {
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

    /// The stubs and the choices.
    pub(super) fn script(&self, plan: &JourneyPlan) -> Result<Script, SimulationError> {
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

fn step_exists(journey: &Journey, order: u32, place: Option<&Place>) -> Result<(), SimulationError> {
    if journey.steps.iter().any(|step| step.order == order) {
        return Ok(());
    }
    let last = journey.steps.last().map_or(0, |step| step.order);
    Err(SimulationError::new(place, format!("journey `{}` has no step {order}; its steps are 1 to {last}", journey.id)))
}

/// What the selection step right before `order` would have picked: the scenario's choice, else the first exchange, the local account
/// before identity providers.
fn selected_before(plan: &JourneyPlan, journey: &Journey, order: u32, script: &Script) -> Option<Str> {
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
