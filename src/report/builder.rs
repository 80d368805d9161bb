//! From the events of a run to the rows of its journey.

use std::collections::HashMap;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::record::{BecauseRecord, Detail, FaultRecord, Known, OutcomeRecord, RequestRecord, RunParts, RunRecord, StepRecord, Written};
use super::secret::Secrets;
use crate::claims::{ClaimId, Slot, Str};
use crate::engine::{Fault, Outcome};
use crate::plan::{JourneyId, JourneyPlan, ProfileId, Step, StepKind};
use crate::simulate::scenario::StepResult;
use crate::source::{Place, Span};
use crate::trace::{Because, Event, Role, StepId, Writer};

pub(super) fn build(parts: &RunParts<'_>) -> RunRecord {
    let mut builder = Builder {
        parts,
        plan: parts.plan,
        secrets: Secrets::new(parts.plan),
        invocations: vec![Invocation::new(parts.plan, JourneyId(0))],
        running: vec![0],
        passed: Vec::new(),
        prologue: Vec::new(),
        calls: Vec::new(),
        requests: IndexMap::new(),
        bag_writers: HashMap::new(),
        page_writers: HashMap::new(),
        selected: None,
        failed_at: None,
    };
    for event in &parts.trace.events {
        builder.event(event);
    }
    builder.finish()
}

/// A journey, or one invocation of a sub journey.
struct Invocation {
    journey: JourneyId,
    /// By position; `None` = not reached.
    rows: Vec<Option<Row>>,
    /// The step that runs.
    open: Option<usize>,
}

struct Row {
    record: StepRecord,
    /// The invocation of the sub journey that the step invoked.
    inner: Option<usize>,
}

impl Invocation {
    fn new(plan: &JourneyPlan, journey: JourneyId) -> Self {
        let steps = plan.journeys.get(journey.index()).map_or(0, |journey| journey.steps.len());
        Self { journey, rows: (0..steps).map(|_| None).collect(), open: None }
    }
}

struct Builder<'a> {
    parts: &'a RunParts<'a>,
    plan: &'a JourneyPlan,
    secrets: Secrets,
    invocations: Vec<Invocation>,
    /// The invocations that are under way, outermost first; never empty.
    running: Vec<usize>,
    /// Preconditions that passed; the next event says what they belong to.
    passed: Vec<Detail>,
    prologue: Vec<Detail>,
    calls: Vec<Str>,
    requests: IndexMap<Str, Vec<RequestRecord>>,
    bag_writers: HashMap<ClaimId, (Slot, Written)>,
    /// Writers of claims that only the page sees.
    page_writers: HashMap<ClaimId, (Slot, Written)>,
    selected: Option<Str>,
    failed_at: Option<Place>,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event) {
        match event {
            Event::StepBegins(id) => {
                self.page_writers.clear();
                self.enter(*id, StepResult::Executed, None);
                self.open(*id);
            }
            Event::StepSkipped(id, because) => {
                let by_session = matches!(because, Because::Session { .. });
                let because = self.because(because);
                self.enter(*id, StepResult::Skipped, Some(because));
                // What the session holds enters the bag at such a step.
                if by_session {
                    self.open(*id);
                }
            }
            Event::StepDone(id) => self.close(*id, StepResult::Executed, None),
            Event::StepFailed(id, fault) => {
                self.failed_at = self.plan.step(id.journey, id.position as usize).map(|step| self.place(step.span));
                self.close(*id, StepResult::Failed, Some(fault));
            }
            Event::StepWaits(id) => self.close(*id, StepResult::Waiting, None),
            Event::PreconditionPassed { number, claim, actual, ignored, span } => self.passed.push(Detail::Passed {
                number: *number,
                claim: self.claim(*claim),
                shown: self.shown(*claim, actual),
                ignored: *ignored,
                at: self.place(*span),
            }),
            Event::Call(id, role) => self.call(*id, *role),
            Event::CallDone(_) => {}
            Event::CallFailed(id, fault) => {
                let profile = self.profile(*id);
                self.detail(Detail::CallFailed { profile, fault: fault.into() });
            }
            Event::ValidationSkipped(id, because) => {
                let (profile, because) = (self.profile(*id), self.because(because));
                self.flush_passed();
                self.detail(Detail::ValidationSkipped { profile, because });
            }
            Event::PageRefused(_, fault) => {
                self.page_writers.clear();
                self.detail(Detail::Refused(fault.into()));
            }
            Event::Selected(exchange, automatic) => {
                if let Some(row) = self.current() {
                    row.record.exchange = Some(exchange.clone());
                }
                self.selected = Some(exchange.clone());
                self.detail(Detail::Selected { exchange: exchange.clone(), automatic: *automatic });
            }
            Event::Request(id, request) => {
                let (profile, request) = (self.profile(*id), RequestRecord::from(request));
                self.requests.entry(profile.clone()).or_default().push(request.clone());
                let request = self.secrets.sent_by(self.plan, *id).masked(&request);
                self.detail(Detail::Sent { profile, request });
            }
            Event::Write { claim, value, by, span, overlay } => self.write(*claim, value, *by, *span, *overlay),
            Event::Transformed(id) => {
                if let Some(transformation) = self.plan.transformations.get(id.index()) {
                    let id = transformation.id.clone();
                    self.detail(Detail::Transformed(id));
                }
            }
            Event::Note(text) => self.detail(Detail::Note(text.clone())),
            Event::Issued(_) => {}
        }
    }

    fn place(&self, span: Span) -> Place {
        self.parts.sources.place(span)
    }

    fn claim(&self, id: ClaimId) -> Str {
        self.plan.claims.get(id.index()).map_or_else(Str::new, |claim| claim.id.clone())
    }

    fn profile(&self, id: ProfileId) -> Str {
        self.plan.profiles.get(id.index()).map_or_else(Str::new, |profile| profile.id.clone())
    }

    /// The step that runs, the innermost one.
    fn current(&mut self) -> Option<&mut Row> {
        let innermost = self.running.iter().rev().find(|index| self.invocations.get(**index).is_some_and(|run| run.open.is_some()))?;
        let invocation = self.invocations.get_mut(*innermost)?;
        invocation.rows.get_mut(invocation.open?)?.as_mut()
    }

    fn detail(&mut self, detail: Detail) {
        match self.current() {
            Some(row) => row.record.details.push(detail),
            None => self.prologue.push(detail),
        }
    }

    fn flush_passed(&mut self) {
        for detail in std::mem::take(&mut self.passed) {
            self.detail(detail);
        }
    }

    /// Makes the invocation that the step belongs to the innermost one: an outer one whose inner ones have ended, or a new one.
    fn invocation(&mut self, id: StepId) -> usize {
        let under_way = |index: &usize| self.invocations.get(*index).is_some_and(|invocation| invocation.journey == id.journey);
        if let Some(depth) = self.running.iter().rposition(under_way) {
            self.running.truncate(depth + 1);
        } else {
            let new = self.invocations.len();
            if let Some(row) = self.current() {
                row.inner = Some(new);
            }
            self.invocations.push(Invocation::new(self.plan, id.journey));
            self.running.push(new);
        }
        self.running.last().copied().unwrap_or(0)
    }

    fn enter(&mut self, id: StepId, result: StepResult, because: Option<BecauseRecord>) {
        let passed = std::mem::take(&mut self.passed);
        let invocation = self.invocation(id);
        let depth = self.running.len() - 1;
        let Some(step) = self.plan.step(id.journey, id.position as usize) else { return };
        let mut record = self.row(id.journey, step, depth);
        record.result = result;
        record.because = because;
        record.details = passed;
        if result == StepResult::Executed {
            record.technical_profile = match &step.kind {
                StepKind::SendClaims { issuer: profile } | StepKind::GetClaims { profile } => profile.map(|profile| self.profile(profile)),
                _ => None,
            };
        }
        let place = self.invocations.get_mut(invocation).and_then(|invocation| invocation.rows.get_mut(id.position as usize));
        if let Some(place) = place {
            *place = Some(Row { record, inner: None });
        }
        if let Some(invocation) = self.invocations.get_mut(invocation) {
            invocation.open = None;
        }
    }

    fn open(&mut self, id: StepId) {
        let invocation = self.invocation(id);
        if let Some(invocation) = self.invocations.get_mut(invocation) {
            invocation.open = Some(id.position as usize);
        }
    }

    fn close(&mut self, id: StepId, result: StepResult, fault: Option<&Fault>) {
        self.page_writers.clear();
        let invocation = self.invocation(id);
        let Some(invocation) = self.invocations.get_mut(invocation) else { return };
        invocation.open = None;
        if let Some(Some(row)) = invocation.rows.get_mut(id.position as usize) {
            row.record.result = result;
            row.record.fault = fault.map(FaultRecord::from);
        }
    }

    /// A row of which nothing has happened yet.
    fn row(&self, journey: JourneyId, step: &Step, depth: usize) -> StepRecord {
        let journey = self.plan.journeys.get(journey.index());
        let candidates = match &step.kind {
            StepKind::Exchange { exchanges } => {
                exchanges.iter().map(|exchange| format!("{} → {}", exchange.id, self.profile(exchange.profile))).collect()
            }
            StepKind::Selection { selections, local, .. } => {
                let buttons = selections.iter().map(|selection| selection.exchange.to_string());
                local.iter().map(|local| format!("{} → {}", local.id, self.profile(local.profile))).chain(buttons).collect()
            }
            StepKind::SubJourney(inner) => {
                let id = self.plan.journeys.get(inner.index()).map_or_else(Str::new, |inner| inner.id.clone());
                vec![format!("sub journey {id}")]
            }
            StepKind::SendClaims { issuer: Some(profile) } | StepKind::GetClaims { profile: Some(profile) } => {
                vec![self.profile(*profile).to_string()]
            }
            _ => Vec::new(),
        };
        StepRecord {
            order: step.order,
            sub_journey: journey.filter(|journey| journey.sub.is_some()).map(|journey| journey.id.clone()),
            kind: step.type_name.clone(),
            result: StepResult::NotReached,
            exchange: None,
            technical_profile: None,
            because: None,
            at: self.place(step.span),
            depth,
            candidates,
            fault: None,
            details: Vec::new(),
        }
    }

    fn call(&mut self, id: ProfileId, role: Role) {
        self.flush_passed();
        let profile = self.profile(id);
        if role == Role::Issuer {
            return;
        }
        self.calls.push(profile.clone());
        if role == Role::Exchange {
            let exchange = self.exchange_of(id);
            if let Some(row) = self.current() {
                row.record.technical_profile = Some(profile.clone());
                row.record.exchange = exchange;
            }
        }
        self.detail(Detail::Called { profile, validation: matches!(role, Role::Validation(_)) });
    }

    /// The exchange of the current step by which the technical profile runs.
    fn exchange_of(&self, profile: ProfileId) -> Option<Str> {
        let invocation = self.running.last().and_then(|index| self.invocations.get(*index))?;
        let step = self.plan.step(invocation.journey, invocation.open?)?;
        match &step.kind {
            StepKind::Exchange { exchanges } => {
                let of_profile = || exchanges.iter().filter(|exchange| exchange.profile == profile);
                let is_selected = |id: &Str| self.selected.as_ref().is_some_and(|selected| selected.eq_ignore_ascii_case(id));
                of_profile().find(|exchange| is_selected(&exchange.id)).or_else(|| of_profile().next()).map(|exchange| exchange.id.clone())
            }
            StepKind::Selection { local, .. } => local.as_ref().map(|local| local.id.clone()),
            _ => None,
        }
    }

    fn write(&mut self, claim: ClaimId, value: &Slot, by: Writer, span: Option<Span>, overlay: bool) {
        let mut written = Written {
            by: match by {
                Writer::Profile(profile) => self.profile(profile).to_string(),
                Writer::Transformation(transformation, profile) => {
                    let id = self.plan.transformations.get(transformation.index()).map_or_else(Str::new, |it| it.id.clone());
                    format!("claims transformation {id} of {}", self.profile(profile))
                }
                Writer::Engine => "the start of the run".to_owned(),
            },
            through: None,
            at: span.map(|span| self.place(span)),
        };
        if overlay {
            self.page_writers.insert(claim, (value.clone(), written.clone()));
        } else {
            // A page takes over what its validation technical profiles found: they are the ones who know.
            if let Some((held, inner)) = self.page_writers.get(&claim)
                && held == value
                && inner.by != written.by
            {
                written = Written { through: Some(written.by.as_str().into()), ..inner.clone() };
            }
            self.bag_writers.insert(claim, (value.clone(), written.clone()));
        }
        let shown = self.shown(claim, value);
        let claim = self.claim(claim);
        self.detail(Detail::Wrote { claim, shown, written, page_only: overlay });
    }

    /// For people: the JSON value, `null`, or `absent`; not a password.
    fn shown(&self, claim: ClaimId, slot: &Slot) -> String {
        self.secrets.shown(&self.plan.claim(claim).id, slot)
    }

    fn written(&self, claim: ClaimId) -> Option<Written> {
        self.page_writers.get(&claim).or_else(|| self.bag_writers.get(&claim)).map(|(_, written)| written.clone())
    }

    fn because(&self, because: &Because) -> BecauseRecord {
        match because {
            Because::Precondition { number, equals, execute_if, claim, value, actual, span } => BecauseRecord::Precondition {
                precondition: *number,
                kind: if *equals { "ClaimEquals" } else { "ClaimsExist" },
                execute_actions_if: *execute_if,
                claim: self.claim(*claim),
                value: value.clone(),
                actual: json(actual),
                shown: self.shown(*claim, actual),
                written: self.written(*claim),
                at: self.place(*span),
            },
            Because::Disabled { rule, claim, value, actual } => BecauseRecord::Disabled {
                enabled_for_user_journeys: rule,
                claim: claim.map(|claim| self.claim(claim)),
                value: value.clone(),
                actual: json(actual),
                shown: claim.map_or_else(|| "absent".to_owned(), |claim| self.shown(claim, actual)),
                written: claim.and_then(|claim| self.written(claim)),
            },
            Because::Session { profile } => BecauseRecord::Session { session: profile.clone() },
        }
    }

    /// Steps that never ended share the fate of the run.
    fn close_all(&mut self) {
        let result = match self.parts.outcome {
            Outcome::Issued | Outcome::Stopped => StepResult::Executed,
            // A SendClaims of a sub journey that gives the application an error has not failed, and neither has what invoked it.
            Outcome::Error(_) if self.failed_at.is_none() => StepResult::Executed,
            Outcome::Error(_) => StepResult::Failed,
            Outcome::Waiting { .. } => StepResult::Waiting,
        };
        for invocation in &mut self.invocations {
            if let Some(Some(row)) = invocation.open.take().and_then(|position| invocation.rows.get_mut(position))
                && row.record.result != StepResult::Skipped
            {
                row.record.result = result;
            }
        }
    }

    /// Rows in the order of the journey.
    fn rows(&mut self) -> Vec<StepRecord> {
        let mut records = Vec::new();
        // Invocation and next position; inner ones on top.
        let mut stack = vec![(0, 0)];
        while let Some((index, position)) = stack.pop() {
            let depth = stack.len();
            let Some(invocation) = self.invocations.get_mut(index) else { continue };
            let journey = invocation.journey;
            let Some(row) = invocation.rows.get_mut(position) else { continue };
            stack.push((index, position + 1));
            match row.take() {
                Some(row) => {
                    records.push(row.record);
                    stack.extend(row.inner.map(|inner| (inner, 0)));
                }
                None => {
                    if let Some(step) = self.plan.step(journey, position) {
                        records.push(self.row(journey, step, depth));
                    }
                }
            }
        }
        records
    }

    fn finish(mut self) -> RunRecord {
        self.flush_passed();
        self.close_all();
        let steps = self.rows();
        let plan = self.plan;
        let outcome = match self.parts.outcome {
            Outcome::Issued => OutcomeRecord::Issued,
            Outcome::Stopped => OutcomeRecord::Stopped,
            Outcome::Error(fault) => OutcomeRecord::Error {
                code: fault.code.clone(),
                message: fault.message.clone(),
                at: fault.at.map(|span| self.place(span)).or_else(|| self.failed_at.clone()),
            },
            Outcome::Waiting { page, code, message, attempts } => OutcomeRecord::Waiting {
                page: page.map(|page| self.profile(page)),
                code: code.clone(),
                message: message.clone(),
                attempts: *attempts,
            },
        };
        let claims: Map<String, Json> = self.parts.bag.iter().map(|(id, slot)| (self.claim(id).to_string(), json(slot))).collect();
        let writers = self
            .parts
            .bag
            .iter()
            .filter_map(|(id, _)| self.bag_writers.get(&id).map(|(_, written)| (self.claim(id), written.clone())))
            .collect();
        RunRecord {
            name: self.parts.name.to_owned(),
            policy: plan.policy.id.clone(),
            journey: plan.journeys.first().map_or_else(Str::new, |journey| journey.id.clone()),
            outcome,
            steps,
            calls: self.calls,
            requests: self.requests,
            claims,
            token: self.parts.token.cloned(),
            choices: self.parts.choices.iter().map(|open| open.to_string()).collect(),
            writers,
            prologue: self.prologue,
            known: known(plan),
        }
    }
}

/// The names of a plan.
pub(crate) fn known(plan: &JourneyPlan) -> Known {
    let steps = plan.journeys.iter().flat_map(|journey| {
        journey.steps.iter().map(|step| match journey.sub {
            Some(_) => format!("{}/{}", journey.id, step.order),
            None => step.order.to_string(),
        })
    });
    let reached = plan.profiles.iter().map(|profile| &profile.id).filter(|id| !plan.declared_profiles.contains(id));
    Known {
        steps: steps.collect(),
        claims: plan.claims.iter().map(|claim| claim.id.clone()).collect(),
        profiles: plan.declared_profiles.iter().chain(reached).cloned().collect(),
        token: plan.relying_party.outputs.iter().map(|output| output.partner.clone()).collect(),
    }
}

/// The JSON value; null when there is none.
fn json(slot: &Slot) -> Json {
    slot.value().map_or(Json::Null, |value| value.to_json())
}
