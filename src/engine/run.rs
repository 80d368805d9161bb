//! The state of a run, and the loop that drives it from ask to ask.

use serde_json::{Map, Value as Json};

use super::ask::{Ask, Reply};
use super::call::CallState;
use super::choices::{Choices, Open};
use super::environment::Environment;
use super::fault::{Fault, Outcome};
use super::page::PageState;
use super::session::SessionState;
use crate::claims::{Bag, ClaimId, Slot, Str};
use crate::plan::{JourneyId, JourneyPlan, Profile, ProfileId, Step};
use crate::provider::Handler;
use crate::provider::codes::Codes;
use crate::provider::incoming_token;
use crate::source::Span;
use crate::trace::{Event, StepId, Trace, Writer};

/// Where and with what a run begins and ends.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Order of the first step of the user journey to run; `None` = the first one.
    pub from_step: Option<u32>,
    /// Claims in the bag at the start, null ones included.
    pub claims: Vec<(ClaimId, Slot)>,
    /// The exchange that a selection step before the first one would have picked.
    pub selected: Option<Str>,
    /// Order of the last step to run; `None` = to the end. A window that ends before it begins runs nothing.
    pub through_step: Option<u32>,
}

/// What a run waits for.
#[derive(Clone, Debug)]
pub enum State<'r> {
    /// An answer.
    Asks(Ask),
    /// Nothing any more.
    Done(&'r Outcome),
}

/// A reply that cannot belong to what was asked. The run is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReplyError {
    /// What does not fit.
    pub message: String,
}

impl ReplyError {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into() }
    }
}

/// A place in a journey.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) journey: JourneyId,
    /// The step to run next, or the one that runs.
    pub(super) position: u32,
}

#[derive(Clone, Debug)]
pub(super) enum Activity {
    /// The next step's turn.
    NextStep,
    /// Goes on with the validation technical profiles of the page.
    Validate,
    /// The outside world's turn.
    Asking(Ask),
    /// The end.
    Done(Outcome),
}

/// One run of a user journey.
///
/// A run is a value: clone it to try two replies from the same place.
#[derive(Clone, Debug)]
pub struct Run<'p> {
    pub(super) plan: &'p JourneyPlan,
    pub(super) environment: &'p Environment,
    pub(super) bag: Bag,
    pub(super) frames: Vec<Frame>,
    /// Exchange id that the last selection picked.
    pub(super) selected: Option<Str>,
    /// AuthorizationTechnicalProfiles that are still to run.
    pub(super) authorization_left: usize,
    pub(super) through_step: Option<u32>,
    pub(super) activity: Activity,
    pub(super) call: Option<CallState>,
    pub(super) page: Option<PageState>,
    pub(super) choices: Choices,
    /// The codes that were sent.
    pub(super) codes: Codes,
    /// How many numbers of the seeded sequence were taken.
    pub(super) drawn: u64,
    /// How many steps began or were skipped.
    pub(super) steps_taken: u32,
    pub(super) trace: Option<Trace>,
    /// Only calls and what becomes of steps is recorded.
    pub(super) brief: bool,
    pub(super) token: Option<Map<String, Json>>,
    pub(super) session: SessionState<'p>,
}

/// Sub journeys that invoke one another can multiply without end; no published journey takes a hundredth of this.
const MOST_STEPS: u32 = 10_000;

impl<'p> Run<'p> {
    /// A run that has not begun. With `traced` it records what happens.
    pub fn new(plan: &'p JourneyPlan, environment: &'p Environment, window: Window, traced: bool) -> Self {
        let journey = JourneyId(0);
        let mut run = Self {
            plan,
            environment,
            bag: Bag::new(plan.claims.len()),
            frames: Vec::with_capacity(2),
            selected: window.selected,
            authorization_left: plan.journey(journey).authorization.len(),
            through_step: window.through_step,
            activity: Activity::NextStep,
            call: None,
            page: None,
            choices: Choices::default(),
            codes: Codes::default(),
            drawn: 0,
            steps_taken: 0,
            trace: traced.then(Trace::default),
            brief: false,
            token: None,
            session: SessionState::default(),
        };
        let mut position = 0;
        if let Some(order) = window.from_step {
            run.authorization_left = 0;
            position = plan.journey(journey).steps.iter().take_while(|step| step.order < order).count();
        }
        run.frames.push(Frame { journey, position: position as u32 });
        if let (Some(from), Some(through)) = (window.from_step, window.through_step)
            && through < from
        {
            run.activity = Activity::Done(Outcome::Stopped);
        } else {
            run.resume_session();
        }
        if window.from_step.is_none() {
            run.take_client_assertion();
        }
        for (claim, slot) in window.claims {
            run.write(claim, slot, Writer::Engine, None);
        }
        run
    }

    /// Goes on until something is needed of the outside world, or the end.
    pub fn advance(&mut self) -> State<'_> {
        loop {
            match &self.activity {
                Activity::NextStep => self.next_step(),
                Activity::Validate => self.validate(),
                Activity::Asking(_) | Activity::Done(_) => break,
            }
        }
        match &self.activity {
            Activity::Done(outcome) => State::Done(outcome),
            Activity::Asking(ask) => State::Asks(*ask),
            // The loop above leaves only on the two others.
            Activity::NextStep | Activity::Validate => State::Done(&Outcome::Stopped),
        }
    }

    /// What is asked now, if anything.
    pub fn ask(&self) -> Option<Ask> {
        match &self.activity {
            Activity::Asking(ask) => Some(*ask),
            _ => None,
        }
    }

    /// Answers what is asked.
    pub fn reply(&mut self, reply: Reply) -> Result<(), ReplyError> {
        let Some(ask) = self.ask() else { return Err(ReplyError::new("the run asks nothing")) };
        match (ask, reply) {
            (Ask::Other { profile }, reply) if self.reads_hint(profile) => self.answer_hint(profile, reply),
            (Ask::Page { .. }, Reply::Page(reply)) => self.answer_page(reply),
            (Ask::Page { .. }, Reply::Cancel) => {
                if !self.can_cancel() {
                    return Err(ReplyError::new("the page has no cancel button (`setting.showCancelButton` is false)"));
                }
                self.begin_page_call();
                self.fail_step(cancelled());
                Ok(())
            }
            (Ask::Page { .. }, Reply::Fail(fault)) => {
                self.begin_page_call();
                self.fail_step(fault);
                Ok(())
            }
            (Ask::Page { .. }, _) => Err(ReplyError::new("a page wants a form, a button, a cancel or a failure")),
            // application-insights: telemetry never fails a journey.
            (Ask::Other { profile }, Reply::Fail(fault)) if matches!(self.profile(profile).handler, Handler::ApplicationInsights) => {
                self.note(|| format!("the event is lost, and the journey goes on: {}", fault.message));
                self.finish_call(Vec::new(), false);
                Ok(())
            }
            (Ask::Other { profile }, Reply::Fail(fault)) if matches!(self.profile(profile).handler, Handler::IncomingToken(_)) => {
                self.fail_call(incoming_token::filled(fault, &self.profile(profile).metadata));
                Ok(())
            }
            (_, Reply::Fail(fault)) => {
                self.fail_call(fault);
                Ok(())
            }
            (_, reply) => self.answer_call(ask, reply),
        }
    }

    /// Ends a run that asks something which nobody will answer: it ends `Waiting`, with what the page said last.
    pub fn abandon(&mut self) {
        let Some(ask) = self.ask() else { return };
        let step = self.step_id();
        self.record(|| Event::StepWaits(step));
        let error = self.page.as_ref().filter(|_| matches!(ask, Ask::Page { .. })).and_then(|page| page.error.clone());
        let attempts = match ask {
            Ask::Page { refused, .. } => refused,
            _ => 0,
        };
        let (code, message) = error.map_or_else(|| (None, self.unanswered(ask)), |fault| (fault.code, fault.message));
        if self.bag.has_overlay() {
            self.bag.close_overlay();
        }
        self.activity = Activity::Done(Outcome::Waiting { page: ask.profile(), code, message, attempts });
    }

    /// What a run waits for that nobody answered, for people.
    fn unanswered(&self, ask: Ask) -> Str {
        let name = ask.profile().map(|profile| self.profile(profile).id.as_str());
        match (ask, name) {
            (Ask::Page { .. }, Some(name)) if self.is_dead_end() => {
                format!("nobody can leave the page `{name}`: it has no continue button (`setting.showContinueButton` is false)").into()
            }
            (Ask::Page { .. }, Some(name)) => format!("nobody filled the page `{name}`").into(),
            (Ask::Page { .. }, None) => "nobody chose on the selection page".into(),
            (_, name) => format!("nobody answered the call of `{}`", name.unwrap_or_default()).into(),
        }
    }

    /// The claims bag.
    pub fn bag(&self) -> &Bag {
        &self.bag
    }

    /// The plan that runs.
    pub fn plan(&self) -> &'p JourneyPlan {
        self.plan
    }

    /// The environment it runs in.
    pub fn environment(&self) -> &'p Environment {
        self.environment
    }

    /// The open points on which the run depended so far.
    pub fn choices(&self) -> Choices {
        self.choices
    }

    /// The claims of the token, once it was issued.
    pub fn token(&self) -> Option<&Map<String, Json>> {
        self.token.as_ref()
    }

    /// How the run ended.
    pub fn outcome(&self) -> Option<&Outcome> {
        match &self.activity {
            Activity::Done(outcome) => Some(outcome),
            _ => None,
        }
    }

    /// What happened so far, when the run is traced.
    pub fn trace(&self) -> Option<&Trace> {
        self.trace.as_ref()
    }

    /// From now on only calls and what becomes of steps is recorded, which is cheap.
    pub(crate) fn record_briefly(&mut self) {
        self.brief = true;
    }

    /// Whether everything is recorded.
    pub(super) fn records_all(&self) -> bool {
        self.trace.is_some() && !self.brief
    }

    /// Takes what was recorded since the last time.
    pub(crate) fn take_events(&mut self) -> Vec<Event> {
        self.trace.as_mut().map(|trace| std::mem::take(&mut trace.events)).unwrap_or_default()
    }

    /// Takes the trace out.
    pub fn into_trace(self) -> Trace {
        self.trace.unwrap_or_default()
    }

    /// The step that runs, or would run next.
    pub fn step_id(&self) -> StepId {
        self.frames
            .last()
            .map_or(StepId { journey: JourneyId(0), position: 0 }, |frame| StepId { journey: frame.journey, position: frame.position })
    }

    /// The steps that run, the outermost first.
    pub(crate) fn stack(&self) -> Vec<StepId> {
        self.frames.iter().map(|frame| StepId { journey: frame.journey, position: frame.position }).collect()
    }

    /// The step that runs, or would run next.
    pub fn step(&self) -> Option<&'p Step> {
        let id = self.step_id();
        self.plan.step(id.journey, id.position as usize)
    }

    pub(super) fn profile(&self, id: ProfileId) -> &'p Profile {
        self.plan.profile(id)
    }

    pub(super) fn record(&mut self, event: impl FnOnce() -> Event) {
        if let Some(trace) = &mut self.trace {
            let event = event();
            if !self.brief || event.is_brief() {
                trace.events.push(event);
            }
        }
    }

    pub(super) fn note(&mut self, text: impl FnOnce() -> String) {
        if self.records_all() {
            self.record(|| Event::Note(text().into()));
        }
    }

    pub(super) fn chose(&mut self, number: u8) {
        self.choices.note(Open(number));
    }

    pub(super) fn write(&mut self, claim: ClaimId, slot: Slot, by: Writer, span: Option<Span>) {
        let overlay = self.bag.has_overlay();
        if let Some(trace) = self.trace.as_mut().filter(|_| !self.brief) {
            trace.events.push(Event::Write { claim, value: slot.clone(), by, span, overlay });
        }
        self.bag.set(claim, slot);
    }

    /// The next number of the run's seeded sequence.
    pub(super) fn draw(&mut self) -> u64 {
        draw(self.environment.seed, &mut self.drawn)
    }

    /// Ends the run with a failure of the step that runs.
    pub(super) fn fail_step(&mut self, fault: Fault) {
        let page = self.page.as_ref().and_then(|page| page.profile);
        let mut fault = self.placed(fault, page);
        let step = self.step_id();
        if fault.at.is_none() {
            fault.at = self.step().map(|step| step.span);
        }
        self.call = None;
        if self.bag.has_overlay() {
            self.bag.close_overlay();
        }
        self.record(|| Event::StepFailed(step, fault.clone()));
        self.activity = Activity::Done(Outcome::Error(fault));
    }

    /// The step that runs is done; the next one's turn.
    pub(super) fn finish_step(&mut self) {
        let step = self.step_id();
        self.page = None;
        self.call = None;
        self.record(|| Event::StepDone(step));
        self.leave_step(step);
    }

    /// Counts a step; whether the run may go on.
    pub(super) fn may_take_a_step(&mut self) -> bool {
        self.steps_taken += 1;
        self.steps_taken <= MOST_STEPS
    }

    /// Moves past a step that is done or skipped.
    pub(super) fn leave_step(&mut self, step: StepId) {
        self.activity = Activity::NextStep;
        if step.journey == JourneyId(0)
            && let Some(last) = self.through_step
            && self.plan.step(step.journey, step.position as usize).is_some_and(|step| step.order >= last)
        {
            self.activity = Activity::Done(Outcome::Stopped);
        }
        if let Some(frame) = self.frames.last_mut() {
            frame.position = step.position + 1;
        }
    }
}

/// error-codes, AADB2C90091.
pub(super) fn cancelled() -> Fault {
    Fault::new("AADB2C90091", "The user has cancelled entering self-asserted information.").access_denied()
}

/// The next number of a seeded sequence: a run draws no randomness of its own.
pub(super) fn draw(seed: u64, drawn: &mut u64) -> u64 {
    *drawn += 1;
    made_up(seed, *drawn)
}

/// The number at a place of a seeded sequence (SplitMix64).
pub fn made_up(seed: u64, place: u64) -> u64 {
    let mut state = seed.wrapping_add(place.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    state = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    state = (state ^ (state >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    state ^ (state >> 31)
}
