//! Drives one run of the engine from ask to ask: scripted replies first, the default world for the rest.

use std::collections::VecDeque;
use std::sync::Arc;

use indexmap::IndexMap;

use super::default_world::{self, Candidate, Ideas};
use super::directory::Directory;
use super::entry::{Grant, token_reply};
use super::fit::{SimulationError, check_reply, what_fits};
#[cfg(feature = "http")]
use super::live::PolicyCertificate;
use super::live::{self, LiveSettings};
use super::scenario::{Failure, Number, Scenario, Stub, StubReply};
use super::stubs::{AnyStub, Replies, StubAsk};
use crate::claims::Str;
use crate::engine::{
    Ask, DirectoryReply, Entry, Environment, Fault, HttpReply, Outcome, PageReply, PhoneReply, Press, Reply, Run, State, Window,
};
use crate::explore::simplest_issued;
use crate::plan::{JourneyPlan, ProfileId, StepKind};
use crate::source::Place;

/// How many runs the default world may try before it settles for the first one.
const SEARCH_BUDGET: usize = 600;

/// How often the default world tries again on a page that refuses its input.
const PAGE_TRIES: u32 = 4;

/// The box of a sign-in page by which a person asks to be kept signed in.
pub(super) const KEEP_SIGNED_IN: &str = "rememberMe";

/// How often a stub may try again on one page: a function that always answers would go on for ever.
const MOST_TRIES: u32 = 100;

/// What a scenario says of the outside world, by ids of the plan.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// With the place of each in the scenario file.
    pub(super) stubs: IndexMap<ProfileId, (AnyStub, Option<Place>)>,
    /// By step: `1` or `SubJourneyId/1`, the sub journey in lower case.
    pub(super) choose: IndexMap<Str, Str>,
    /// The scenario says who is in the directory.
    pub(super) directory_given: bool,
    /// What does not fit is passed over.
    pub(super) lenient: bool,
    /// How live calls are made.
    pub(super) live: LiveSettings,
}

impl Script {
    /// What a scenario that comes from the plan itself says.
    fn of(plan: &JourneyPlan, scenario: Scenario) -> Self {
        let stub = |(name, stub): (Str, Stub)| Some((plan.profile_id(&name)?, (Replies::from(stub.replies).into(), None)));
        Self {
            stubs: scenario.stubs.into_iter().filter_map(stub).collect(),
            choose: scenario.choose.into_iter().map(|(step, choice)| (step.to_ascii_lowercase().into(), choice.name)).collect(),
            ..Self::default()
        }
    }
}

/// The part of the outside world that changes during a run.
#[derive(Clone, Debug)]
pub(super) struct World {
    pub(super) directory: Directory,
    /// How many replies each technical profile has taken.
    taken: IndexMap<ProfileId, usize>,
    /// How many ids were made up.
    pub(super) made_up: u64,
}

impl World {
    pub(super) fn new(directory: Directory) -> Self {
        Self { directory, taken: IndexMap::new(), made_up: 0 }
    }
}

/// What is fixed for all tries of one simulation.
#[derive(Clone)]
pub(super) struct Stage<'p> {
    pub(super) plan: &'p JourneyPlan,
    pub(super) environment: &'p Environment,
    pub(super) script: Arc<Script>,
    pub(super) window: Window,
    pub(super) traced: bool,
    pub(super) ideas: &'p Ideas<'p>,
    /// The token with which the application comes.
    pub(super) grant: Option<&'p Grant>,
}

/// A finished run, and the directory as it left it.
pub(super) struct Ran<'p> {
    pub(super) run: Run<'p>,
    pub(super) directory: Directory,
}

/// Runs the scenario. Where nothing is scripted, the default world looks for a run that ends well: it tries its own first ideas, then
/// ever more departures from them, and keeps the first run that is issued (or stopped at the window's end), else the very first run.
pub(super) fn run<'p>(stage: &Stage<'p>, world: &World) -> Result<Ran<'p>, SimulationError> {
    let (first, options) = drive(stage, world.clone(), &[])?;
    if ended_well(&first.run) || !stage.may_search() {
        return Ok(first);
    }
    let quiet = Stage { traced: false, ..stage.clone() };
    let mut queue: VecDeque<Vec<usize>> = VecDeque::new();
    depart(&[], &options, &mut queue);
    for _ in 0..SEARCH_BUDGET {
        let Some(picks) = queue.pop_front() else { break };
        let (ran, options) = drive(&quiet, world.clone(), &picks)?;
        if ended_well(&ran.run) {
            return Ok(drive(stage, world.clone(), &picks)?.0);
        }
        depart(&picks, &options, &mut queue);
    }
    Ok(first)
}

/// The simplest run that ends well among those that exploration finds.
pub(super) fn explored<'p>(stage: &Stage<'p>, world: &World) -> Result<Option<Ran<'p>>, SimulationError> {
    // Who is in the directory, when a scenario says that, is not explored; nor is the token with which an application comes.
    if !stage.may_search() || stage.script.directory_given || stage.environment.entry != Entry::Authorize {
        return Ok(None);
    }
    let Some(way) = simplest_issued(stage.plan, stage.environment, &stage.window) else { return Ok(None) };
    let script = Script { live: stage.script.live.clone(), lenient: stage.script.lenient, ..Script::of(stage.plan, way) };
    let (found, _) = drive(&Stage { script: Arc::new(script), ..stage.clone() }, world.clone(), &[])?;
    Ok(Some(found).filter(|found| ended_well(&found.run)))
}

/// Issued, or stopped at the end of the window.
pub(super) fn ended_well(run: &Run<'_>) -> bool {
    matches!(run.outcome(), Some(Outcome::Issued | Outcome::Stopped))
}

/// Every single departure from a run after its last one, so that each row of picks comes up once, those with few departures first.
fn depart(picks: &[usize], options: &[usize], queue: &mut VecDeque<Vec<usize>>) {
    for (place, count) in options.iter().enumerate().skip(picks.len()) {
        for pick in 1..*count {
            let mut next = picks.to_vec();
            next.resize(place, 0);
            next.push(pick);
            queue.push_back(next);
        }
    }
}

impl Stage<'_> {
    /// Where something is scripted, the run is what was asked for, also when it ends badly.
    pub(super) fn may_search(&self) -> bool {
        self.script.stubs.is_empty() && self.script.choose.is_empty()
    }
}

/// One run; `picks` says which candidate the default world takes at its first asks. Beside the run: how many candidates there were.
fn drive<'p>(stage: &Stage<'p>, mut world: World, picks: &[usize]) -> Result<(Ran<'p>, Vec<usize>), SimulationError> {
    let mut run = Run::new(stage.plan, stage.environment, stage.window.clone(), stage.traced);
    let mut options = Vec::new();
    while let State::Asks(ask) = run.advance() {
        match by_script(stage, &mut run, ask, &mut world) {
            Ok(Scripted::Done) => continue,
            Ok(Scripted::NoMore) => {
                run.abandon();
                continue;
            }
            Ok(Scripted::Nothing) => {}
            Err(_) if stage.script.lenient => {}
            Err(error) => return Err(error),
        }
        if matches!(ask, Ask::Page { refused, .. } if refused >= PAGE_TRIES) {
            run.abandon();
            continue;
        }
        if let Some(reply) = token_reply(stage, &run, ask) {
            run.reply(reply).map_err(|error| SimulationError::new(None, error.message))?;
            continue;
        }
        let mut candidates = default_world::candidates(stage, &run, ask, &world);
        let pick = picks.get(options.len()).copied().unwrap_or(0);
        options.push(candidates.len());
        if pick < candidates.len() {
            let reply = carry_out(candidates.swap_remove(pick), &run, &mut world);
            run.reply(reply).map_err(|error| SimulationError::new(None, error.message))?;
        } else {
            run.abandon();
        }
    }
    Ok((Ran { run, directory: world.directory }, options))
}

fn carry_out(candidate: Candidate, run: &Run<'_>, world: &mut World) -> Reply {
    match candidate {
        Candidate::Reply(reply) => reply,
        Candidate::Directory { ensure } => default_world::ask_directory(run, world, ensure.as_ref()),
    }
}

/// What the script did about an ask.
enum Scripted {
    /// It replied.
    Done,
    /// The page was shown again, and there is no further input for it.
    NoMore,
    /// It says nothing.
    Nothing,
}

fn by_script(stage: &Stage<'_>, run: &mut Run<'_>, ask: Ask, world: &mut World) -> Result<Scripted, SimulationError> {
    let script = &*stage.script;
    if let Ask::Page { .. } = ask
        // Somebody who chose the local form fills it.
        && let Some(Chosen::Reply(reply)) = chosen(script, run)
    {
        run.reply(reply).map_err(|error| SimulationError::new(None, error.message))?;
        return Ok(Scripted::Done);
    }
    let Some(profile) = ask.profile() else { return Ok(Scripted::Nothing) };
    let Some((stub, place)) = script.stubs.get(&profile) else { return Ok(Scripted::Nothing) };
    let call = world.taken.get(&profile).copied().unwrap_or(0);
    world.taken.insert(profile, call + 1);
    let tries = match ask {
        Ask::Page { refused, .. } => refused,
        _ => 0,
    };
    let reply = if tries < MOST_TRIES { stub.0.respond(&StubAsk { run, ask, call }) } else { None };
    let Some(reply) = reply else { return Ok(if tries > 0 { Scripted::NoMore } else { Scripted::Nothing }) };
    let reply = tick(run, reply, place.as_ref())?;
    let reply = match (script.lenient, stub.0.replies().is_empty()) {
        (true, _) => match what_fits(run.plan(), profile, reply) {
            Some(reply) => reply,
            None => return Ok(Scripted::Nothing),
        },
        (false, true) => {
            check_reply(run.plan(), profile, &reply, place.as_ref())?;
            reply
        }
        // Fixed replies were checked before the run.
        (false, false) => reply,
    };
    let Some(reply) = reply_of(stage, run, ask, reply, place.as_ref())? else { return Ok(Scripted::Nothing) };
    run.reply(reply).map_err(|error| SimulationError::new(place.as_ref(), error.message))?;
    Ok(Scripted::Done)
}

enum Chosen {
    Reply(Reply),
    Form,
}

/// What the scenario chooses at the selection step that runs.
fn chosen(script: &Script, run: &Run<'_>) -> Option<Chosen> {
    let step = run.step()?;
    let StepKind::Selection { local, .. } = &step.kind else { return None };
    let id = run.step_id();
    let journey = run.plan().journey(id.journey);
    let key = match journey.sub {
        None => step.order.to_string(),
        Some(_) => format!("{}/{}", journey.id.to_ascii_lowercase(), step.order),
    };
    let choice = script.choose.get(key.as_str())?;
    if local.as_ref().is_some_and(|local| local.id.eq_ignore_ascii_case(choice)) {
        return Some(Chosen::Form);
    }
    let press = |press| Reply::Page(PageReply::Press(press));
    Some(Chosen::Reply(match choice.to_ascii_lowercase().as_str() {
        "signup" => press(Press::SignUp),
        "forgot-password" => press(Press::ForgotPassword),
        "cancel" => Reply::Cancel,
        _ => press(Press::Exchange(choice.clone())),
    }))
}

/// A form may tick the box by which a person asks to be kept signed in, by the name that the service's own page gives it.
fn tick(run: &mut Run<'_>, mut reply: StubReply, place: Option<&Place>) -> Result<StubReply, SimulationError> {
    if let StubReply::Enter { fields, .. } = &mut reply
        && run.plan().claim_id(KEEP_SIGNED_IN).is_none()
        && let Some(ticked) = fields.iter().position(|(name, _)| name.eq_ignore_ascii_case(KEEP_SIGNED_IN))
        && let Some((_, ticked)) = fields.shift_remove_index(ticked)
        && ticked.eq_ignore_ascii_case("true")
    {
        run.keep_me_signed_in().map_err(|error| SimulationError::new(place, error.message))?;
    }
    Ok(reply)
}

/// A scenario's reply as the engine takes it; `None` leaves it to the default world.
fn reply_of(stage: &Stage<'_>, run: &Run<'_>, ask: Ask, reply: StubReply, place: Option<&Place>) -> Result<Option<Reply>, SimulationError> {
    let plan = run.plan();
    Ok(Some(match reply {
        StubReply::Default => return Ok(None),
        StubReply::Live => Reply::Http(call_live(&stage.script.live, run, place)?),
        StubReply::Enter { fields, codes, sends } => {
            let fields = fields
                .iter()
                .map(|(name, text)| {
                    let claim =
                        plan.claim_id(name).ok_or_else(|| SimulationError::new(place, format!("the policy has no claim `{name}`")))?;
                    Ok((claim, text.clone()))
                })
                .collect::<Result<Vec<_>, SimulationError>>()?;
            let page = run.page();
            let mut typed = fields;
            // What the stub does not fill, and the page requires, the default world fills.
            if let Some(page) = &page {
                default_world::fill_required(stage.ideas, run, page, &mut typed);
            }
            Reply::Page(PageReply::Submit { fields: typed, codes: codes.into_iter().collect(), sends: sends.into_iter().collect() })
        }
        StubReply::Http { status, body, .. } => Reply::Http(HttpReply::Response { status, body }),
        StubReply::Fail(Failure::Http(failure)) => match ask {
            Ask::Rest { .. } => Reply::Http(HttpReply::Failure(failure)),
            _ => Reply::Fail(Fault::uncoded(format!("the call failed: {failure:?}"))),
        },
        StubReply::Fail(Failure::Message(key)) => {
            let message = ask.profile().and_then(|profile| run.failure_message(profile, &key));
            Reply::Fail(Fault::uncoded(
                message.unwrap_or_else(|| format!("neither the policy nor the service has a text for `{key}`").into()),
            ))
        }
        StubReply::Fail(Failure::Code(code)) => Reply::Fail(Fault::of_code(&code)),
        StubReply::Verify(Number::Known(number)) => Reply::Phone(PhoneReply::Verify(number)),
        StubReply::Verify(Number::New) => Reply::Phone(PhoneReply::VerifyNew),
        StubReply::Claims(values) => Reply::Claims(Arc::new(values)),
        StubReply::Error(message) => Reply::Fail(Fault::uncoded(message)),
        StubReply::NotFound => Reply::Directory(DirectoryReply::NotFound),
        StubReply::Cancel => Reply::Cancel,
    }))
}

/// What the API itself says.
#[cfg(feature = "http")]
fn call_live(settings: &LiveSettings, run: &Run<'_>, place: Option<&Place>) -> Result<HttpReply, SimulationError> {
    let request = run.http_request().ok_or_else(|| SimulationError::new(place, "there is no request that could be sent"))?;
    let profile = run.ask().and_then(Ask::profile).map(|profile| run.plan().profile(profile));
    let certificate = profile.and_then(|profile| PolicyCertificate::of(profile, run.environment()));
    live::send(&request, certificate, settings).map_err(|message| SimulationError::new(place, message))
}

#[cfg(not(feature = "http"))]
fn call_live(_: &LiveSettings, run: &Run<'_>, place: Option<&Place>) -> Result<HttpReply, SimulationError> {
    let name = run.ask().and_then(Ask::profile).map_or("", |profile| &run.plan().profile(profile).id);
    Err(SimulationError::new(place, format!("`{name}` cannot be answered: {}", live::NOT_BUILT_IN)))
}
