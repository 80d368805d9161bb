//! Drives one run of the engine from ask to ask: scripted replies first, the default world for the rest.

use std::collections::VecDeque;
use std::sync::Arc;

use indexmap::IndexMap;

use super::default_world::{self, Candidate, Ideas};
use super::directory::Directory;
use super::scenario::{Failure, Number, StubReply};
use super::stubs::{AnyStub, StubAsk};
use crate::claims::Str;
use crate::engine::{Ask, Environment, Fault, HttpReply, Outcome, PageReply, PhoneReply, Press, Reply, ReplyError, Run, State, Window};
use crate::plan::{JourneyPlan, ProfileId, StepKind};

/// How many runs the default world may try before it settles for the first one.
const SEARCH_BUDGET: usize = 600;

/// How often the default world tries again on a page that refuses its input.
const PAGE_TRIES: u32 = 4;

/// What a scenario says of the outside world, by ids of the plan.
#[derive(Debug, Default)]
pub(super) struct Script {
    pub(super) stubs: IndexMap<ProfileId, AnyStub>,
    /// By step: `1` or `SubJourneyId/1`, the sub journey in lower case.
    pub(super) choose: IndexMap<Str, Str>,
    /// The scenario says who is in the directory.
    pub(super) directory_given: bool,
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
    pub(super) script: &'p Script,
    pub(super) window: Window,
    pub(super) traced: bool,
    pub(super) ideas: &'p Ideas<'p>,
}

/// Runs the scenario. Where nothing is scripted, the default world looks for a run that ends well: it tries its own first ideas, then
/// ever more departures from them, and keeps the first run that is issued (or stopped at the window's end), else the very first run.
pub(super) fn run<'p>(stage: &Stage<'p>, world: &World) -> Result<Run<'p>, ReplyError> {
    let (first, options) = drive(stage, world.clone(), &[])?;
    if ended_well(&first) || !stage.may_search() {
        return Ok(first);
    }
    let quiet = Stage { traced: false, ..stage.clone() };
    let mut queue: VecDeque<Vec<usize>> = VecDeque::new();
    depart(&[], &options, &mut queue);
    for _ in 0..SEARCH_BUDGET {
        let Some(picks) = queue.pop_front() else { break };
        let (run, options) = drive(&quiet, world.clone(), &picks)?;
        if ended_well(&run) {
            return Ok(drive(stage, world.clone(), &picks)?.0);
        }
        depart(&picks, &options, &mut queue);
    }
    Ok(first)
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
fn drive<'p>(stage: &Stage<'p>, mut world: World, picks: &[usize]) -> Result<(Run<'p>, Vec<usize>), ReplyError> {
    let mut run = Run::new(stage.plan, stage.environment, stage.window.clone(), stage.traced);
    let mut options = Vec::new();
    while let State::Asks(ask) = run.advance() {
        let reply = match scripted(stage, &run, ask, &mut world)? {
            Scripted::Reply(reply) => Some(reply),
            Scripted::NoMore => None,
            Scripted::Nothing if matches!(ask, Ask::Page { refused, .. } if refused >= PAGE_TRIES) => None,
            Scripted::Nothing => {
                let mut candidates = default_world::candidates(stage, &run, ask, &world);
                let pick = picks.get(options.len()).copied().unwrap_or(0);
                options.push(candidates.len());
                (pick < candidates.len()).then(|| candidates.swap_remove(pick)).map(|candidate| carry_out(candidate, &run, &mut world))
            }
        };
        match reply {
            Some(reply) => run.reply(reply)?,
            None => run.abandon(),
        }
    }
    Ok((run, options))
}

fn carry_out(candidate: Candidate, run: &Run<'_>, world: &mut World) -> Reply {
    match candidate {
        Candidate::Reply(reply) => reply,
        Candidate::Directory { ensure } => default_world::ask_directory(run, world, ensure.as_ref()),
    }
}

enum Scripted {
    Reply(Reply),
    /// The page was shown again and the script has no further input for it.
    NoMore,
    /// The script says nothing.
    Nothing,
}

fn scripted(stage: &Stage<'_>, run: &Run<'_>, ask: Ask, world: &mut World) -> Result<Scripted, ReplyError> {
    let script = stage.script;
    if let Ask::Page { .. } = ask
        && let Some(chosen) = chosen(script, run)
    {
        match chosen {
            Chosen::Reply(reply) => return Ok(Scripted::Reply(reply)),
            // Somebody who chose the local form fills it.
            Chosen::Form => {}
        }
    }
    let Some(profile) = ask.profile() else { return Ok(Scripted::Nothing) };
    let Some(stub) = script.stubs.get(&profile) else { return Ok(Scripted::Nothing) };
    let call = world.taken.get(&profile).copied().unwrap_or(0);
    world.taken.insert(profile, call + 1);
    let Some(reply) = stub.0.respond(&StubAsk { run, ask, call }) else { return Ok(Scripted::NoMore) };
    reply_of(stage.ideas, run, ask, reply)
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

/// A scenario's reply as the engine takes it.
fn reply_of(ideas: &Ideas<'_>, run: &Run<'_>, ask: Ask, reply: StubReply) -> Result<Scripted, ReplyError> {
    let plan = run.plan();
    Ok(Scripted::Reply(match reply {
        StubReply::Default => return Ok(Scripted::Nothing),
        StubReply::Enter { fields, codes } => {
            let fields = fields
                .iter()
                .map(|(name, text)| {
                    let claim = plan.claim_id(name).ok_or_else(|| ReplyError { message: format!("the policy has no claim `{name}`") })?;
                    Ok((claim, text.clone()))
                })
                .collect::<Result<Vec<_>, ReplyError>>()?;
            let page = run.page();
            let mut typed = fields;
            // What the stub does not fill, and the page requires, the default world fills.
            if let Some(page) = &page {
                default_world::fill_required(ideas, run, page, &mut typed);
            }
            Reply::Page(PageReply::Submit { fields: typed, codes: codes.into_iter().collect() })
        }
        StubReply::Http { status, body, .. } => Reply::Http(HttpReply::Response { status, body }),
        StubReply::Fail(Failure::Http(failure)) => match ask {
            Ask::Rest { .. } => Reply::Http(HttpReply::Failure(failure)),
            _ => Reply::Fail(Fault::uncoded(format!("the call failed: {failure:?}"))),
        },
        StubReply::Fail(Failure::Code(code)) => Reply::Fail(Fault::of_code(&code)),
        StubReply::Verify(Number::Known(number)) => Reply::Phone(PhoneReply::Verify(number)),
        StubReply::Verify(Number::New) => Reply::Phone(PhoneReply::VerifyNew),
        StubReply::Claims(values) => Reply::Claims(Arc::new(values)),
        StubReply::Error(message) => Reply::Fail(Fault::uncoded(message)),
        StubReply::Cancel => Reply::Cancel,
    }))
}
