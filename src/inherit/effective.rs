//! The merged policy, and laying one more level over it (INH-1).

use std::sync::Arc;

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::FxBuildHasher;

use super::blocks::{lay_claim_type, lay_content_definition, lay_display_control, lay_localized_resources, lay_supported_languages};
use super::journeys::{lay_sub_journey, lay_user_journey};
use super::profile::lay_profile;
use super::relying_party::lay_relying_party;
use super::tidy::{duplicate, tidy_content_definition, tidy_profile, tidy_relying_party, tidy_sub_journey, tidy_user_journey};
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::nearest::nearest;
use crate::policy::{
    ClaimType, ClaimsTransformation, ClientDefinition, ContentDefinition, DeploymentMode, DisplayControl, Id, IdRef, InputValidation,
    LocalizedResources, MetadataItem, PolicyFile, Predicate, PredicateValidation, RelyingParty, Spanned, SubJourney, SupportedLanguages,
    TechnicalProfile, UserJourney,
};
use crate::source::{SourceId, Span};

/// Parts of a policy by their ids, without regard to case, in the order in which they first occur.
#[derive(Clone, Debug)]
pub struct Parts<T>(IndexMap<Id, Arc<T>, FxBuildHasher>);

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self(IndexMap::default())
    }
}

impl<T> Parts<T> {
    /// The part with this id, in any case.
    pub fn get(&self, id: &str) -> Option<&Arc<T>> {
        self.0.get(&IdRef(id))
    }

    /// All ids with their parts. An id is spelled as where it first occurs.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Id, &Arc<T>)> {
        self.0.iter()
    }

    /// All parts.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &Arc<T>> {
        self.0.values()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The id that was perhaps meant by one that is not there.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        nearest(id, self.0.keys().map(Id::as_str))
    }
}

/// What the root of a level says.
#[derive(Clone, Debug)]
pub struct Level {
    /// The file.
    pub file: SourceId,
    /// The start tag of its root.
    pub span: Span,
    /// PolicyId.
    pub policy_id: Option<Spanned<Id>>,
    /// TenantId.
    pub tenant_id: Option<Spanned<Id>>,
    /// TenantObjectId.
    pub tenant_object_id: Option<Spanned<Id>>,
    /// PublicPolicyUri.
    pub public_policy_uri: Option<Spanned<Str>>,
    /// DeploymentMode.
    pub deployment_mode: Option<Spanned<DeploymentMode>>,
    /// PolicySchemaVersion.
    pub policy_schema_version: Option<Spanned<Str>>,
    /// UserJourneyRecorderEndpoint.
    pub user_journey_recorder_endpoint: Option<Spanned<Str>>,
}

/// A policy with all its levels merged. Includes are not resolved yet: see [`EffectivePolicy::technical_profile`].
#[derive(Clone, Debug, Default)]
pub struct EffectivePolicy {
    /// The levels, base first.
    pub levels: Vec<Level>,
    /// Claim types.
    pub claim_types: Parts<ClaimType>,
    /// Predicates.
    pub predicates: Parts<Predicate>,
    /// Input validations.
    pub input_validations: Parts<InputValidation>,
    /// Predicate validations.
    pub predicate_validations: Parts<PredicateValidation>,
    /// Claims transformations.
    pub claims_transformations: Parts<ClaimsTransformation>,
    /// Client definitions.
    pub client_definitions: Parts<ClientDefinition>,
    /// Content definitions.
    pub content_definitions: Parts<ContentDefinition>,
    /// Whether Localization is enabled, if any level says so.
    pub localization_enabled: Option<Spanned<bool>>,
    /// SupportedLanguages of Localization.
    pub supported_languages: Option<Arc<SupportedLanguages>>,
    /// LocalizedResources of Localization.
    pub localized_resources: Parts<LocalizedResources>,
    /// Display controls.
    pub display_controls: Parts<DisplayControl>,
    /// Technical profiles of claims providers.
    pub technical_profiles: Parts<TechnicalProfile>,
    /// User journeys, their steps in the order in which they run.
    pub user_journeys: Parts<UserJourney>,
    /// Sub journeys, their steps in the order in which they run.
    pub sub_journeys: Parts<SubJourney>,
    /// The relying party.
    pub relying_party: Option<Arc<RelyingParty>>,
    /// What was found while merging.
    pub diagnostics: Vec<Diagnostic>,
}

/// The levels of a chain, base first, laid over one another.
pub fn merge(levels: &[&PolicyFile]) -> EffectivePolicy {
    let mut policy = EffectivePolicy::default();
    for level in levels {
        policy.lay(level);
    }
    policy
}

impl EffectivePolicy {
    /// Lays one more level over what there is.
    pub fn lay(&mut self, child: &PolicyFile) {
        self.levels.push(Level {
            file: child.file,
            span: child.span,
            policy_id: child.policy_id.clone(),
            tenant_id: child.tenant_id.clone(),
            tenant_object_id: child.tenant_object_id.clone(),
            public_policy_uri: child.public_policy_uri.clone(),
            deployment_mode: child.deployment_mode,
            policy_schema_version: child.policy_schema_version.clone(),
            user_journey_recorder_endpoint: child.user_journey_recorder_endpoint.clone(),
        });
        let found = &mut self.diagnostics;
        lay_parts(&mut self.claim_types, &child.claim_types, found, merged(lay_claim_type));
        // OPEN-02: these are replaced whole.
        lay_parts(&mut self.predicates, &child.predicates, found, replaced);
        lay_parts(&mut self.input_validations, &child.input_validations, found, replaced);
        lay_parts(&mut self.predicate_validations, &child.predicate_validations, found, replaced);
        lay_parts(&mut self.claims_transformations, &child.claims_transformations, found, replaced);
        lay_parts(&mut self.client_definitions, &child.client_definitions, found, replaced);
        lay_parts(&mut self.content_definitions, &child.content_definitions, found, |child, parent, found| {
            report_other_case(&child.metadata, &parent.metadata, found);
            Arc::new(lay_content_definition(child, parent))
        });
        lay_parts(&mut self.display_controls, &child.display_controls, found, merged(lay_display_control));
        lay_parts(&mut self.technical_profiles, &child.technical_profiles, found, |child, parent, found| {
            report_other_case(&child.metadata, &parent.metadata, found);
            Arc::new(lay_profile(child, parent))
        });
        lay_parts(&mut self.user_journeys, &child.user_journeys, found, merged(lay_user_journey));
        lay_parts(&mut self.sub_journeys, &child.sub_journeys, found, merged(lay_sub_journey));
        if let Some(localization) = &child.localization {
            self.localization_enabled = localization.enabled.or(self.localization_enabled);
            if let Some(languages) = &localization.supported_languages {
                self.supported_languages = Some(Arc::new(match &self.supported_languages {
                    Some(parent) => lay_supported_languages(languages, parent),
                    None => languages.clone(),
                }));
            }
            lay_parts(&mut self.localized_resources, &localization.resources, found, merged(lay_localized_resources));
        }
        if let Some(relying_party) = &child.relying_party {
            let tidy = tidy_relying_party(relying_party, found);
            self.relying_party = Some(match &self.relying_party {
                Some(parent) => Arc::new(lay_relying_party(&tidy, parent)),
                None => tidy,
            });
        }
    }

    /// The level that a place belongs to, counted from 0 at the base.
    pub fn level_index(&self, span: Span) -> Option<usize> {
        self.levels.iter().position(|level| level.file == span.file)
    }

    /// The level that a place belongs to: the origin of whatever is written there.
    pub fn origin(&self, span: Span) -> Option<&Level> {
        self.level_index(span).and_then(|index| self.levels.get(index))
    }

    /// The most derived level: the policy that was asked for.
    pub fn top(&self) -> Option<&Level> {
        self.levels.last()
    }

    /// The DeploymentMode of the most derived level, which alone counts; Production when it says nothing.
    pub fn deployment_mode(&self) -> DeploymentMode {
        self.top().and_then(|level| level.deployment_mode).map_or(DeploymentMode::Production, |mode| mode.value)
    }

    /// The merged technical profile behind a reference, laid over what it includes.
    ///
    /// # Errors
    /// The profile or one that it includes is not declared, or includes itself.
    pub fn technical_profile(&self, reference: &Spanned<Id>) -> Result<Arc<TechnicalProfile>, Box<Diagnostic>> {
        super::resolve_include(self, self.find_technical_profile(reference)?)
    }

    pub(super) fn find_technical_profile(&self, reference: &Spanned<Id>) -> Result<&Arc<TechnicalProfile>, Box<Diagnostic>> {
        self.technical_profiles
            .get(reference)
            .ok_or_else(|| Box::new(self.undeclared("technical profile", reference, self.technical_profiles.nearest(reference))))
    }

    /// The complaint about a reference to something that no level declares: for claim types and claims transformations in the service's
    /// words (SERVICE-ERRORS rows 23 and 24), for what else there is nobody has quoted them.
    pub(crate) fn undeclared(&self, kind: &str, reference: &Spanned<Id>, nearest: Option<&str>) -> Diagnostic {
        let level = self.origin(reference.span).or_else(|| self.top());
        let text = |id: Option<&Spanned<Id>>| id.map_or_else(Str::default, |id| id.value.to_str());
        let policy = text(level.and_then(|level| level.policy_id.as_ref()));
        let service = match kind {
            "claim type" => Some("ClaimType"),
            "claims transformation" => Some("a ClaimsTransformation"),
            _ => None,
        };
        let message = match service {
            Some(element) => format!(
                "Policy \"{policy}\" of tenant \"{}\" makes a reference to {element} with id \"{}\" but neither the policy nor any of its \
                 base policies contain such an element.",
                text(level.and_then(|level| level.tenant_id.as_ref())),
                reference.value
            ),
            None => format!("the {kind} `{}` is declared neither in policy `{policy}` nor in any of its bases", reference.value),
        };
        let error = Diagnostic::error(code::DANGLING_REFERENCE, message).at(reference.span);
        match nearest {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("declare it in this policy or one of its bases"),
        }
    }
}

/// An element that is found by its id.
trait Part: Sized {
    /// The schema's name of the element.
    const ELEMENT: &'static str;

    fn id(&self) -> &Spanned<Id>;

    fn span(&self) -> Span;

    /// The part with what one file says twice taken out.
    fn tidy(part: &Arc<Self>, _found: &mut Vec<Diagnostic>) -> Arc<Self> {
        part.clone()
    }
}

macro_rules! part {
    ($($part:ident $(tidied by $tidy:ident)?),+ $(,)?) => {
        $(impl Part for $part {
            const ELEMENT: &'static str = stringify!($part);

            fn id(&self) -> &Spanned<Id> {
                &self.id
            }

            fn span(&self) -> Span {
                self.span
            }

            $(fn tidy(part: &Arc<Self>, found: &mut Vec<Diagnostic>) -> Arc<Self> {
                $tidy(part, found)
            })?
        })+
    };
}

part!(
    ClaimType,
    Predicate,
    InputValidation,
    PredicateValidation,
    ClaimsTransformation,
    ClientDefinition,
    ContentDefinition tidied by tidy_content_definition,
    LocalizedResources,
    DisplayControl,
    TechnicalProfile tidied by tidy_profile,
    UserJourney tidied by tidy_user_journey,
    SubJourney tidied by tidy_sub_journey,
);

/// Lays the parts of a child level over those of its parents.
fn lay_parts<T: Part>(
    parts: &mut Parts<T>,
    children: &[Arc<T>],
    found: &mut Vec<Diagnostic>,
    lay: impl Fn(&Arc<T>, &Arc<T>, &mut Vec<Diagnostic>) -> Arc<T>,
) {
    parts.0.reserve(children.len());
    for child in children {
        match parts.0.entry(child.id().value.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(T::tidy(child, found));
            }
            // The key of the schema: once in a file. The service takes no such file, so which one counts is free; it is the first.
            Entry::Occupied(entry) if entry.get().span().file == child.span().file => {
                found.push(duplicate(Severity::Error, T::ELEMENT, child.id(), entry.get().id().span));
            }
            Entry::Occupied(mut entry) => {
                let child = T::tidy(child, found);
                let merged = lay(&child, entry.get(), found);
                entry.insert(merged);
            }
        }
    }
}

/// Merges two parts by a function.
fn merged<T>(lay: fn(&T, &T) -> T) -> impl Fn(&Arc<T>, &Arc<T>, &mut Vec<Diagnostic>) -> Arc<T> {
    move |child, parent, _| Arc::new(lay(child, parent))
}

/// Takes the child as it is.
fn replaced<T>(child: &Arc<T>, _parent: &Arc<T>, _found: &mut Vec<Diagnostic>) -> Arc<T> {
    child.clone()
}

/// Metadata keys that a child spells in another case than its parent (TP-M2).
fn report_other_case(child: &[MetadataItem], parent: &[MetadataItem], found: &mut Vec<Diagnostic>) {
    if child.is_empty() || parent.is_empty() {
        return;
    }
    let spelled: IndexMap<Id, &MetadataItem, FxBuildHasher> = parent.iter().map(|item| (Id::from(item.key.value.clone()), item)).collect();
    let exact: rustc_hash::FxHashSet<&str> = parent.iter().map(|item| item.key.as_str()).collect();
    for item in child.iter().filter(|item| !exact.contains(item.key.as_str())) {
        if let Some(base) = spelled.get(&IdRef(&item.key.value)) {
            let message = format!("the metadata key `{}` is spelled `{}` in the base", item.key.value, base.key.value);
            let warning = Diagnostic::warning(code::REFERENCE_CASE, message).at(item.key.span).label(base.key.span, "the base's");
            found.push(warning.help(format!("write `{}`", base.key.value)));
        }
    }
}
