//! One chain of policies as the rules see it: the levels, the merged policy, its technical profiles with their includes, what each level
//! declares, and how claims flow through the journey of the relying party.

use std::cell::OnceCell;
use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::flow::Flow;
use super::kind::Kind;
use super::values::Values;
use crate::claims::{DataType, Str};
use crate::inherit::EffectivePolicy;
use crate::policy::{ClaimType, Id, IdRef, PolicyFile, Spanned, TechnicalProfile, UserJourney};
use crate::source::{Sources, Span};

/// A technical profile after merging, with what it includes.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    /// The profile.
    pub(crate) profile: Arc<TechnicalProfile>,
    /// What it is.
    pub(crate) kind: Kind,
}

/// Kinds of things that have an id of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Part {
    ClaimType,
    Predicate,
    InputValidation,
    PredicateValidation,
    ClaimsTransformation,
    ClientDefinition,
    ContentDefinition,
    LocalizedResources,
    DisplayControl,
    TechnicalProfile,
    UserJourney,
    SubJourney,
}

impl Part {
    /// As a sentence calls it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Part::ClaimType => "claim type",
            Part::Predicate => "predicate",
            Part::InputValidation => "input validation",
            Part::PredicateValidation => "predicate validation",
            Part::ClaimsTransformation => "claims transformation",
            Part::ClientDefinition => "client definition",
            Part::ContentDefinition => "content definition",
            Part::LocalizedResources => "localized resources",
            Part::DisplayControl => "display control",
            Part::TechnicalProfile => "technical profile",
            Part::UserJourney => "user journey",
            Part::SubJourney => "sub journey",
        }
    }
}

/// Where something is declared for the first time, from the base on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Declaration {
    /// The level, counted from 0 at the base.
    pub(crate) level: usize,
    /// Its id.
    pub(crate) span: Span,
}

/// One chain.
pub(crate) struct Chain<'c> {
    /// The levels, base first.
    pub(crate) levels: &'c [&'c PolicyFile],
    /// All levels merged.
    pub(crate) policy: &'c EffectivePolicy,
    /// The texts.
    pub(crate) sources: &'c Sources,
    /// Technical profiles of claims providers, in the order of the merged policy. One that includes itself, or something that is not there,
    /// is missing.
    pub(crate) profiles: IndexMap<Id, Profile, FxBuildHasher>,
    /// The relying party's own technical profiles.
    pub(crate) relying_party_profiles: Vec<Profile>,
    declarations: IndexMap<(Part, Id), Declaration, FxBuildHasher>,
    flow: OnceCell<Option<Flow<'c>>>,
    values: OnceCell<Values>,
}

impl<'c> Chain<'c> {
    pub(super) fn new(levels: &'c [&'c PolicyFile], policy: &'c EffectivePolicy, sources: &'c Sources) -> Self {
        let resolved = |profile: &Arc<TechnicalProfile>| {
            let profile = crate::inherit::resolve_include(policy, profile).ok()?;
            let kind = Kind::of(&profile);
            Some(Profile { profile, kind })
        };
        let profiles = policy.technical_profiles.iter().filter_map(|(id, profile)| Some((id.clone(), resolved(profile)?))).collect();
        let party = policy.relying_party.as_ref();
        let relying_party_profiles = party.iter().flat_map(|party| &party.technical_profiles).filter_map(resolved).collect();
        Self {
            levels,
            policy,
            sources,
            profiles,
            relying_party_profiles,
            declarations: declarations(levels),
            flow: OnceCell::new(),
            values: OnceCell::new(),
        }
    }

    /// A technical profile, by its id in any case.
    pub(crate) fn profile(&self, id: &str) -> Option<&Profile> {
        self.profiles.get(&IdRef(id.trim()))
    }

    /// A claim type, by its id in any case.
    pub(crate) fn claim_type(&self, id: &str) -> Option<&'c Arc<ClaimType>> {
        self.policy.claim_types.get(id.trim())
    }

    /// The data type of a claim; string where a claim type has none (SEMANTICS 12.1). `None` = the claim is not declared.
    pub(crate) fn data_type(&self, id: &str) -> Option<DataType> {
        self.claim_type(id).map(|claim| claim.data_type.as_ref().map_or(DataType::String, |kind| kind.value))
    }

    /// Where something is declared first.
    pub(crate) fn declared(&self, part: Part, id: &Id) -> Option<Declaration> {
        self.declarations.get(&(part, id.clone())).copied()
    }

    /// The id of something of this kind that was perhaps meant.
    pub(crate) fn nearest(&self, part: Part, id: &str) -> Option<&str> {
        crate::nearest::nearest(id, self.declarations.keys().filter(|(kind, _)| *kind == part).map(|(_, id)| id.as_str()))
    }

    /// The level that a place belongs to.
    pub(crate) fn level_of(&self, span: Span) -> Option<usize> {
        self.levels.iter().position(|level| level.file == span.file)
    }

    /// PolicyId of the most derived level.
    pub(crate) fn policy_id(&self) -> &str {
        self.policy.top().and_then(|level| level.policy_id.as_ref()).map_or("", |id| id.as_str())
    }

    /// TenantId of the most derived level.
    pub(crate) fn tenant(&self) -> &str {
        self.policy.top().and_then(|level| level.tenant_id.as_ref()).map_or("", |id| id.as_str())
    }

    /// Whether the most derived level says so itself: the chain of a relying party, not of an extensions file alone.
    pub(crate) fn is_relying_party(&self) -> bool {
        self.levels.last().is_some_and(|level| level.relying_party.is_some())
    }

    /// The default user journey of the relying party.
    pub(crate) fn journey(&self) -> Option<&'c Arc<UserJourney>> {
        let journey = self.policy.relying_party.as_ref()?.default_user_journey.as_ref()?;
        self.policy.user_journeys.get(journey.value.trim())
    }

    /// How claims flow through the default user journey of the relying party; `None` when there is none.
    pub(crate) fn flow(&self) -> Option<&Flow<'c>> {
        self.flow.get_or_init(|| Some(Flow::new(self, self.journey()?))).as_ref()
    }

    /// What the claims of the merged policy can be.
    pub(crate) fn values(&self) -> &Values {
        self.values.get_or_init(|| Values::new(self))
    }

    /// What is written at a place.
    pub(crate) fn text(&self, span: Span) -> &'c str {
        self.sources.text(span)
    }

    /// PolicyId of the level in which a place is.
    pub(crate) fn policy_at(&self, span: Span) -> Option<Str> {
        Some(self.policy.origin(span)?.policy_id.as_ref()?.value.to_str())
    }
}

fn declarations(levels: &[&PolicyFile]) -> IndexMap<(Part, Id), Declaration, FxBuildHasher> {
    let mut found = IndexMap::default();
    for (level, file) in levels.iter().enumerate() {
        declared_by(file, |part, id| {
            found.entry((part, id.value.clone())).or_insert(Declaration { level, span: id.span });
        });
    }
    found
}

/// The ids of everything that a file declares.
pub(super) fn declared_by<'f>(file: &'f PolicyFile, mut declare: impl FnMut(Part, &'f Spanned<Id>)) {
    file.claim_types.iter().for_each(|part| declare(Part::ClaimType, &part.id));
    file.predicates.iter().for_each(|part| declare(Part::Predicate, &part.id));
    file.input_validations.iter().for_each(|part| declare(Part::InputValidation, &part.id));
    file.predicate_validations.iter().for_each(|part| declare(Part::PredicateValidation, &part.id));
    file.claims_transformations.iter().for_each(|part| declare(Part::ClaimsTransformation, &part.id));
    file.client_definitions.iter().for_each(|part| declare(Part::ClientDefinition, &part.id));
    file.content_definitions.iter().for_each(|part| declare(Part::ContentDefinition, &part.id));
    let resources = file.localization.iter().flat_map(|localization| &localization.resources);
    resources.for_each(|part| declare(Part::LocalizedResources, &part.id));
    file.display_controls.iter().for_each(|part| declare(Part::DisplayControl, &part.id));
    file.technical_profiles.iter().for_each(|part| declare(Part::TechnicalProfile, &part.id));
    file.user_journeys.iter().for_each(|part| declare(Part::UserJourney, &part.id));
    file.sub_journeys.iter().for_each(|part| declare(Part::SubJourney, &part.id));
}
