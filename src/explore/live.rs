//! Which claims are still read: two states that agree on them go on alike, and are one.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Interest;
use super::domain::Domains;
use crate::claims::ClaimId;
use crate::engine::Watch;
use crate::plan::{ClaimReference, Enabled, JourneyId, JourneyPlan, Precondition, ProfileId, StepKind, TransformationId, Validation};
use crate::trace::StepId;

/// A set of claims.
type Claims = Vec<bool>;

/// Claims that tell states apart, by number; true = by their value, else by whether they are there.
pub(crate) type Watched = Arc<[(u32, bool)]>;

/// What tells states apart at a place of a journey.
pub(crate) struct Place {
    /// Claim by claim.
    pub(crate) every: Vec<Watch>,
    /// Those of which anything does.
    pub(crate) watched: Watched,
}

impl Place {
    fn new(every: Vec<Watch>) -> Self {
        let watched = every.iter().zip(0..).filter(|(watch, _)| **watch != Watch::Nothing);
        let watched = watched.map(|(watch, claim)| (claim, *watch == Watch::Value)).collect();
        Self { every, watched }
    }
}

/// What is read from each step of each journey on.
pub(crate) struct Liveness {
    /// By journey and position: claims that this step or a later one of the journey reads.
    from: Vec<Vec<Claims>>,
    /// What tells states apart wherever they are: what is judged at the end.
    always: Place,
    /// As far as a claim is live.
    wanted: Vec<Watch>,
    known: FxHashMap<Vec<StepId>, Place>,
}

impl Liveness {
    pub(crate) fn new(plan: &JourneyPlan, domains: &Domains, interest: &Interest) -> Self {
        let claims = plan.claims.len();
        let ids = || (0..claims as u32).map(ClaimId);
        let watch = |presence: bool, value: bool| match (presence, value) {
            (_, true) => Watch::Value,
            (true, false) => Watch::Presence,
            (false, false) => Watch::Nothing,
        };
        let wanted: Vec<Watch> = ids().map(|claim| domains.of(claim)).map(|domain| watch(domain.presence, domain.value)).collect();
        let always = Place::new(ends(plan, interest));
        let mut reads = Reads { plan, claims: vec![false; claims], journeys: Vec::new() };
        let from = plan
            .journeys
            .iter()
            .map(|journey| {
                reads.claims = vec![false; claims];
                let mut suffixes: Vec<Claims> = Vec::with_capacity(journey.steps.len() + 1);
                suffixes.push(reads.claims.clone());
                for position in (0..journey.steps.len()).rev() {
                    if let Some(step) = journey.steps.get(position) {
                        reads.step(&step.kind, &step.preconditions);
                    }
                    suffixes.push(reads.claims.clone());
                }
                suffixes.reverse();
                suffixes
            })
            .collect();
        Self { from, always, wanted, known: FxHashMap::default() }
    }

    /// What tells states apart at a place: the stack of steps, the outermost first.
    pub(crate) fn at(&mut self, stack: &[StepId]) -> &Place {
        if !self.known.contains_key(stack) {
            let mut watch = self.always.every.clone();
            for (depth, id) in stack.iter().enumerate() {
                // A step that invoked a sub journey is done when that returns.
                let position = id.position as usize + usize::from(depth + 1 < stack.len());
                let live = self.from.get(id.journey.index()).and_then(|steps| steps.get(position));
                for (index, _) in live.into_iter().flatten().enumerate().filter(|(_, live)| **live) {
                    let wanted = self.wanted.get(index).copied().unwrap_or_default();
                    if let Some(place) = watch.get_mut(index)
                        && (*place == Watch::Nothing || wanted == Watch::Value)
                    {
                        *place = wanted;
                    }
                }
            }
            self.known.insert(stack.to_vec(), Place::new(watch));
        }
        self.known.get(stack).unwrap_or(&self.always)
    }

    /// What tells ends apart.
    pub(crate) fn at_the_end(&self) -> &Watched {
        &self.always.watched
    }
}

/// What tells ends apart for a question.
pub(crate) fn at_the_end(plan: &JourneyPlan, question: &Interest) -> Watched {
    Place::new(ends(plan, question)).watched
}

fn ends(plan: &JourneyPlan, interest: &Interest) -> Vec<Watch> {
    let mut watch = vec![Watch::Nothing; plan.claims.len()];
    for (claim, watched) in &interest.claims {
        set(&mut watch, *claim, if watched.value { Watch::Value } else { Watch::Presence });
    }
    for output in &plan.relying_party.outputs {
        let subject = plan.relying_party.subject.as_ref().is_some_and(|subject| output.partner == *subject);
        if (subject || interest.token) && watch.get(output.claim.index()) == Some(&Watch::Nothing) {
            set(&mut watch, output.claim, Watch::Presence);
        }
    }
    watch
}

fn set(list: &mut [Watch], claim: ClaimId, watch: Watch) {
    if let Some(place) = list.get_mut(claim.index()) {
        *place = watch;
    }
}

/// Collects what parts of a plan read.
struct Reads<'p> {
    plan: &'p JourneyPlan,
    claims: Claims,
    /// Sub journeys that are being read: they may invoke one another.
    journeys: Vec<JourneyId>,
}

impl Reads<'_> {
    fn claim(&mut self, claim: ClaimId) {
        if let Some(place) = self.claims.get_mut(claim.index()) {
            *place = true;
        }
    }

    fn references(&mut self, references: &[ClaimReference]) {
        references.iter().for_each(|reference| self.claim(reference.claim));
    }

    fn preconditions(&mut self, preconditions: &[Precondition]) {
        preconditions.iter().for_each(|precondition| self.claim(precondition.claim));
    }

    fn step(&mut self, kind: &StepKind, preconditions: &[Precondition]) {
        self.preconditions(preconditions);
        match kind {
            StepKind::Exchange { exchanges } => exchanges.iter().for_each(|exchange| self.profile(exchange.profile)),
            StepKind::Selection { selections, local, .. } => {
                selections.iter().filter_map(|selection| selection.profile).for_each(|profile| self.enabled(profile));
                local.iter().for_each(|local| self.profile(local.profile));
            }
            StepKind::SubJourney(journey) if !self.journeys.contains(journey) => {
                self.journeys.push(*journey);
                let plan = self.plan;
                plan.journey(*journey).steps.iter().for_each(|step| self.step(&step.kind, &step.preconditions));
                self.journeys.pop();
            }
            StepKind::GetClaims { profile } => profile.iter().for_each(|profile| self.profile(*profile)),
            StepKind::SendClaims { issuer } => issuer.iter().for_each(|issuer| self.profile(*issuer)),
            StepKind::SubJourney(_) | StepKind::Noop | StepKind::Unsupported => {}
        }
    }

    fn enabled(&mut self, id: ProfileId) {
        match &self.plan.profile(id).enabled {
            Enabled::OnClaimsExistence { claim, .. } | Enabled::OnItemExistence { claim, .. } | Enabled::OnItemAbsence { claim, .. } => {
                self.claim(*claim);
            }
            Enabled::Always | Enabled::Never => {}
        }
    }

    fn transformations(&mut self, ids: &[TransformationId]) {
        let plan = self.plan;
        for id in ids {
            let transformation = plan.transformation(*id);
            // An output that is left alone keeps what it had.
            transformation.inputs.iter().chain(&transformation.outputs).for_each(|part| self.claim(part.claim));
        }
    }

    fn validations(&mut self, validations: &[Validation]) {
        for validation in validations {
            self.preconditions(&validation.preconditions);
            self.profile(validation.profile);
        }
    }

    fn profile(&mut self, id: ProfileId) {
        let profile = self.plan.profile(id);
        self.enabled(id);
        self.transformations(&profile.input_transformations);
        self.references(&profile.inputs);
        self.references(&profile.persisted);
        // A default stands only where the claim was never set, and what is not returned stays.
        self.references(&profile.outputs);
        self.transformations(&profile.output_transformations);
        self.validations(&profile.validations);
        for display in profile.display.iter().flatten() {
            if let crate::plan::DisplayClaim::Control(control) = display {
                let control = self.plan.control(*control);
                self.references(&control.inputs);
                self.references(&control.outputs);
                control.actions.iter().for_each(|(_, validations)| self.validations(validations));
            }
        }
    }
}
