//! From an effective policy to a plan: what the journey reaches, and nothing else.

use std::sync::Arc;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::model::*;
use super::sessions::SessionBehavior;
use crate::claims::{ClaimId, ClaimType, Regex, Str};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::inherit::EffectivePolicy;
use crate::policy::{self, Id, IdRef, Spanned};
use crate::source::{SourceId, Span};
use crate::transform::Transformation;

/// What came of planning.
#[derive(Debug)]
pub struct Planned {
    /// The plan; `None` when something on the journey's path is broken (there is an error among the diagnostics then).
    pub plan: Option<JourneyPlan>,
    /// What is wrong on the journey's path.
    pub diagnostics: Vec<Diagnostic>,
}

/// Plans the relying party's default user journey.
pub fn plan(effective: &EffectivePolicy) -> Planned {
    let mut compiler = Compiler::new(effective);
    let plan = compiler.compile(None);
    let broken = compiler.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Planned { plan: plan.filter(|_| !broken), diagnostics: compiler.diagnostics }
}

/// Plans another user journey for the same relying party, as an endpoint of it names one.
pub fn plan_journey(effective: &EffectivePolicy, journey: &Spanned<Id>) -> Planned {
    let mut compiler = Compiler::new(effective);
    let plan = compiler.compile(Some(journey));
    let broken = compiler.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    Planned { plan: plan.filter(|_| !broken), diagnostics: compiler.diagnostics }
}

/// A list that is filled as references reach its parts.
pub(super) struct Reached<T, M> {
    pub(super) items: Vec<Option<T>>,
    pub(super) names: Names<u32>,
    /// Parts that were reached and are still to compile.
    pub(super) queue: Vec<(u32, Arc<M>)>,
}

impl<T, M> Reached<T, M> {
    fn new() -> Self {
        Self { items: Vec::new(), names: Names::default(), queue: Vec::new() }
    }

    /// The index of a part; when it is new, `find` looks it up and it is queued.
    pub(super) fn reach(&mut self, id: &Id, find: impl FnOnce() -> Option<Arc<M>>) -> Option<u32> {
        if let Some(index) = self.names.get(id) {
            return Some(*index);
        }
        let part = find()?;
        let index = self.items.len() as u32;
        self.items.push(None);
        self.names.insert(id.clone(), index);
        self.queue.push((index, part));
        Some(index)
    }

    fn put(&mut self, index: u32, item: T) {
        if let Some(place) = self.items.get_mut(index as usize) {
            *place = Some(item);
        }
    }

    fn finish(self) -> Vec<T> {
        self.items.into_iter().flatten().collect()
    }
}

pub(super) struct Compiler<'e> {
    pub(super) effective: &'e EffectivePolicy,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) policy: PolicyInfo,
    pub(super) claims: Vec<ClaimType>,
    pub(super) claim_names: Names<ClaimId>,
    /// Patterns by their text: claims that share one compile it once.
    pub(super) patterns: FxHashMap<Str, Regex>,
    pub(super) profiles: Reached<Profile, policy::TechnicalProfile>,
    pub(super) transformations: Reached<Transformation, policy::ClaimsTransformation>,
    pub(super) contents: Reached<Content, policy::ContentDefinition>,
    pub(super) controls: Reached<Control, policy::DisplayControl>,
    pub(super) journeys: Reached<Journey, policy::SubJourney>,
    /// DefaultCpimIssuerTechnicalProfileReferenceId of the user journey, which its sub journeys share.
    pub(super) default_issuer: Option<Spanned<Id>>,
}

impl<'e> Compiler<'e> {
    pub(super) fn new(effective: &'e EffectivePolicy) -> Self {
        Self {
            effective,
            diagnostics: Vec::new(),
            policy: policy_info(effective),
            claims: Vec::with_capacity(effective.claim_types.len() + 4),
            claim_names: Names::with_capacity_and_hasher(effective.claim_types.len() + 4, FxBuildHasher),
            patterns: FxHashMap::default(),
            profiles: Reached::new(),
            transformations: Reached::new(),
            contents: Reached::new(),
            controls: Reached::new(),
            journeys: Reached::new(),
            default_issuer: None,
        }
    }

    /// Compiles a user journey; without one the default of the relying party.
    fn compile(&mut self, journey: Option<&Spanned<Id>>) -> Option<JourneyPlan> {
        let Some(party) = self.effective.relying_party.clone() else {
            self.report(
                Diagnostic::error(code::NO_RELYING_PARTY, "the policy has no relying party")
                    .at(self.effective.top().map_or(Span { file: SourceId(0), start: 0, end: 0 }, |level| level.span))
                    .help("run a relying-party policy: the file with a `RelyingParty` element, whose bases are found by their PolicyId"),
            );
            return None;
        };
        let Some(wanted) = journey.or(party.default_user_journey.as_ref()) else {
            // error-codes, AADB2C90031.
            let words = format!("Policy '{}' does not specify a default user journey.", self.policy.id);
            self.report(
                Diagnostic::error(code::NO_RELYING_PARTY, words)
                    .at(party.span)
                    .help("add `<DefaultUserJourney ReferenceId=\"…\" />` to the `RelyingParty` of this policy or of one of its bases"),
            );
            return None;
        };
        let Some(journey) = self.effective.user_journeys.get(wanted).cloned() else {
            self.dangling("user journey", wanted, self.effective.user_journeys.nearest(wanted));
            return None;
        };
        self.declare_claims();
        // Journey 0 is the user journey: it is no sub journey, and no reference leads to it.
        self.journeys.items.push(None);
        self.default_issuer = journey.default_issuer.clone();
        let compiled = self.user_journey(&journey);
        self.journeys.put(0, compiled);
        let relying_party = self.relying_party(&party);
        self.drain();
        let mut sessions = self.reach_sessions();
        self.drain();
        self.name_session_kinds(&mut sessions);
        self.complete_claims();
        let relying_party_profile = self.relying_party_profile(&party);
        self.compile_handlers();
        let localization = self.localization();
        let profile_names = std::mem::take(&mut self.profiles.names).into_iter().map(|(name, index)| (name, ProfileId(index))).collect();
        Some(JourneyPlan {
            policy: self.policy.clone(),
            claims: std::mem::take(&mut self.claims),
            claim_names: std::mem::take(&mut self.claim_names),
            profiles: std::mem::replace(&mut self.profiles, Reached::new()).finish(),
            profile_names,
            declared_profiles: self.effective.technical_profiles.iter().map(|(id, _)| id.to_str()).collect(),
            transformations: std::mem::replace(&mut self.transformations, Reached::new()).finish(),
            contents: std::mem::replace(&mut self.contents, Reached::new()).finish(),
            controls: std::mem::replace(&mut self.controls, Reached::new()).finish(),
            journeys: std::mem::replace(&mut self.journeys, Reached::new()).finish(),
            relying_party,
            session_behavior: SessionBehavior::of(&party),
            sessions,
            relying_party_profile,
            localization,
        })
    }

    /// Compiles what was reached until nothing new is.
    pub(super) fn drain(&mut self) {
        loop {
            if let Some((index, journey)) = self.journeys.queue.pop() {
                let compiled = self.sub_journey(&journey);
                self.journeys.put(index, compiled);
            } else if let Some((index, profile)) = self.profiles.queue.pop() {
                let compiled = self.profile(&profile);
                self.profiles.put(index, compiled);
            } else if let Some((index, control)) = self.controls.queue.pop() {
                let compiled = self.control(&control);
                self.controls.put(index, compiled);
            } else if let Some((index, transformation)) = self.transformations.queue.pop() {
                let compiled = self.transformation(&transformation);
                self.transformations.put(index, compiled);
            } else if let Some((index, content)) = self.contents.queue.pop() {
                let compiled = self.content(&content);
                self.contents.put(index, compiled);
            } else {
                return;
            }
        }
    }

    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// A reference to something that no level declares.
    pub(super) fn dangling(&mut self, kind: &str, reference: &Spanned<Id>, nearest: Option<&str>) {
        let error = self.effective.undeclared(kind, reference, nearest);
        self.report(error);
    }

    pub(super) fn profile_of(&mut self, reference: &Spanned<Id>) -> Option<ProfileId> {
        let effective = self.effective;
        let mut fault = None;
        let found =
            self.profiles.reach(reference, || effective.technical_profile(reference).map_err(|diagnostic| fault = Some(diagnostic)).ok());
        if let Some(diagnostic) = fault {
            self.report(*diagnostic);
        }
        found.map(ProfileId)
    }

    pub(super) fn transformation_of(&mut self, reference: &Spanned<Id>) -> Option<TransformationId> {
        let effective = self.effective;
        let found = self.transformations.reach(reference, || effective.claims_transformations.get(reference).cloned());
        if found.is_none() {
            self.dangling("claims transformation", reference, effective.claims_transformations.nearest(reference));
        }
        found.map(TransformationId)
    }

    pub(super) fn content_of(&mut self, reference: &Spanned<Id>) -> Option<ContentId> {
        let effective = self.effective;
        let found = self.contents.reach(reference, || effective.content_definitions.get(reference).cloned());
        if found.is_none() {
            self.dangling("content definition", reference, effective.content_definitions.nearest(reference));
        }
        found.map(ContentId)
    }

    pub(super) fn control_of(&mut self, reference: &Spanned<Id>) -> Option<ControlId> {
        let effective = self.effective;
        let found = self.controls.reach(reference, || effective.display_controls.get(reference).cloned());
        if found.is_none() {
            self.dangling("display control", reference, effective.display_controls.nearest(reference));
        }
        found.map(ControlId)
    }

    pub(super) fn sub_journey_of(&mut self, reference: &Spanned<Id>) -> Option<JourneyId> {
        let effective = self.effective;
        let found = self.journeys.reach(reference, || effective.sub_journeys.get(reference).cloned());
        if found.is_none() {
            self.dangling("sub journey", reference, effective.sub_journeys.nearest(reference));
        }
        found.map(JourneyId)
    }

    /// A claim that must be declared.
    pub(super) fn claim_of(&mut self, reference: &Spanned<Id>) -> ClaimId {
        if let Some(id) = self.claim_names.get(&reference.value) {
            let id = *id;
            if self.claims.get(id.index()).is_some_and(|claim| claim.declared) {
                return id;
            }
        }
        self.dangling("claim type", reference, self.effective.claim_types.nearest(reference));
        self.named_claim(&reference.value.to_str(), reference.span)
    }

    /// A claim that is only named, by a precondition say: an undeclared one never has a value.
    pub(super) fn named_claim(&mut self, name: &str, span: Span) -> ClaimId {
        if let Some(id) = self.claim_names.get(&IdRef(name)) {
            return *id;
        }
        let id = ClaimId(self.claims.len() as u32);
        self.claims.push(super::claims::undeclared(name, span));
        self.claim_names.insert(Id::from(name), id);
        id
    }
}

fn policy_info(effective: &EffectivePolicy) -> PolicyInfo {
    let text = |id: &Option<Spanned<Id>>| id.as_ref().map(|id| id.value.to_str());
    let levels = &effective.levels;
    PolicyInfo {
        id: levels.last().and_then(|level| text(&level.policy_id)).unwrap_or_default(),
        tenant: levels.last().and_then(|level| text(&level.tenant_id)).unwrap_or_default(),
        tenant_object_id: levels.iter().rev().find_map(|level| text(&level.tenant_object_id)),
        trust_framework_tenant: levels.first().and_then(|level| text(&level.tenant_id)).unwrap_or_default(),
        // Of several levels the relying party's file counts; absent is production.
        development: effective.deployment_mode() != policy::DeploymentMode::Production,
    }
}

/// Names of languages and resources, which compare without regard to case.
pub(super) fn lower(name: &str) -> Str {
    name.to_ascii_lowercase().into()
}
