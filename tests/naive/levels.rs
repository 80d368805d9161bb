//! SEMANTICS 2: the levels of a chain as one policy. Ids without case are texts in lower case.

use std::collections::BTreeMap;

use b2c_journey::claims::Str;
use b2c_journey::policy::{
    ClaimReference, ClaimType, ClaimsProviderSelections, ClaimsTransformation, ContentDefinition, DeploymentMode, DisplayClaim,
    DisplayClaimTarget, DisplayControl, Id, LocalizedResources, LocalizedResourcesReferences, MergeBehavior, MetadataItem,
    OrchestrationStep, PolicyFile, Predicate, PredicateValidation, RelyingParty, Spanned, SubJourneyType, TechnicalProfile,
};

use super::Unsupported;

/// How often includes may be nested before this is taken for a circle.
const DEEPEST: usize = 50;

pub(crate) fn key(id: &str) -> String {
    id.trim().to_ascii_lowercase()
}

/// A user journey or sub journey.
#[derive(Clone, Debug, Default)]
pub(crate) struct Journey {
    pub(crate) id: String,
    pub(crate) transfer: bool,
    pub(crate) default_issuer: Option<String>,
    pub(crate) has_authorization: bool,
    /// By Order.
    pub(crate) steps: BTreeMap<u32, OrchestrationStep>,
}

/// One policy in place of its levels.
#[derive(Default)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) tenant: String,
    pub(crate) tenant_object_id: Option<String>,
    pub(crate) trust_framework_tenant: String,
    pub(crate) development: bool,
    pub(crate) claims: BTreeMap<String, ClaimType>,
    pub(crate) predicates: BTreeMap<String, Predicate>,
    pub(crate) predicate_validations: BTreeMap<String, PredicateValidation>,
    pub(crate) transformations: BTreeMap<String, ClaimsTransformation>,
    pub(crate) contents: BTreeMap<String, ContentDefinition>,
    pub(crate) controls: BTreeMap<String, DisplayControl>,
    /// With what they include.
    pub(crate) profiles: BTreeMap<String, TechnicalProfile>,
    pub(crate) journeys: BTreeMap<String, Journey>,
    pub(crate) sub_journeys: BTreeMap<String, Journey>,
    pub(crate) default_journey: Option<String>,
    /// PolicyProfile of the relying party.
    pub(crate) relying_party: Option<TechnicalProfile>,
    /// Enabled="false".
    pub(crate) no_localization: bool,
    pub(crate) default_language: Option<String>,
    pub(crate) localized: BTreeMap<String, LocalizedResources>,
}

/// Lays the levels over one another, the base first.
pub(crate) fn merge(levels: &[&PolicyFile]) -> Result<Policy, Unsupported> {
    let mut policy = Policy::default();
    for level in levels {
        policy.id = level.policy_id.as_ref().map(|id| id.to_string()).unwrap_or_default();
        policy.tenant = level.tenant_id.as_ref().map(|id| id.to_string()).unwrap_or_default();
        policy.tenant_object_id = level.tenant_object_id.as_ref().map(|id| id.to_string()).or(policy.tenant_object_id);
        // 1: the relying party's file decides.
        policy.development = level.deployment_mode.as_ref().is_some_and(|it| it.value != DeploymentMode::Production);
        if policy.trust_framework_tenant.is_empty() {
            policy.trust_framework_tenant = policy.tenant.clone();
        }
        for child in &level.claim_types {
            lay(&mut policy.claims, &child.id, child, claim_type);
        }
        // OPEN-02: these are replaced as a whole.
        for child in &level.predicates {
            policy.predicates.insert(key(&child.id), Predicate::clone(child));
        }
        for child in &level.predicate_validations {
            policy.predicate_validations.insert(key(&child.id), PredicateValidation::clone(child));
        }
        for child in &level.claims_transformations {
            policy.transformations.insert(key(&child.id), ClaimsTransformation::clone(child));
        }
        for child in &level.content_definitions {
            lay(&mut policy.contents, &child.id, child, content_definition);
        }
        for child in &level.display_controls {
            lay(&mut policy.controls, &child.id, child, display_control);
        }
        for child in &level.technical_profiles {
            lay(&mut policy.profiles, &child.id, child, technical_profile);
        }
        for child in &level.user_journeys {
            let journey = policy.journeys.entry(key(&child.id)).or_default();
            journey.id = child.id.to_string();
            journey.default_issuer = child.default_issuer.as_ref().map(|id| key(id)).or(journey.default_issuer.take());
            journey.has_authorization |= child.authorization.is_some();
            lay_steps(journey, &child.steps);
        }
        for child in &level.sub_journeys {
            let journey = policy.sub_journeys.entry(key(&child.id)).or_default();
            journey.id = child.id.to_string();
            if let Some(kind) = &child.kind {
                journey.transfer = kind.value == SubJourneyType::Transfer;
            }
            lay_steps(journey, &child.steps);
        }
        if let Some(child) = &level.relying_party {
            lay_relying_party(&mut policy, child);
        }
        if let Some(localization) = &level.localization {
            policy.no_localization = localization.enabled.map_or(policy.no_localization, |it| !it.value);
            let language = localization.supported_languages.as_ref().and_then(|it| it.default_language.as_ref());
            policy.default_language = language.map(|it| key(it)).or(policy.default_language.take());
            for child in &localization.resources {
                lay(&mut policy.localized, &child.id, child, localized_resources);
            }
        }
    }
    let whole: Result<BTreeMap<_, _>, Unsupported> =
        policy.profiles.values().map(|profile| Ok((key(&profile.id), whole(&policy.profiles, profile, 0)?))).collect();
    policy.profiles = whole?;
    Ok(policy)
}

fn lay<T: Clone>(known: &mut BTreeMap<String, T>, id: &str, child: &T, over: fn(&T, &T) -> T) {
    let laid = match known.get(&key(id)) {
        Some(parent) => over(child, parent),
        None => child.clone(),
    };
    known.insert(key(id), laid);
}

fn claim_type(child: &ClaimType, parent: &ClaimType) -> ClaimType {
    let mut restriction = child.restriction.clone().or_else(|| parent.restriction.clone());
    if let (Some(merged), Some(own), Some(inherited)) = (&mut restriction, &child.restriction, &parent.restriction) {
        match own.merge_behavior.as_ref().map(|it| it.value) {
            Some(MergeBehavior::Append) => {
                merged.enumeration = [inherited.enumeration.clone(), own.enumeration.clone()].concat();
                merged.pattern = own.pattern.clone().or_else(|| inherited.pattern.clone());
            }
            Some(MergeBehavior::Prepend) => {
                merged.enumeration = [own.enumeration.clone(), inherited.enumeration.clone()].concat();
                merged.pattern = own.pattern.clone().or_else(|| inherited.pattern.clone());
            }
            Some(MergeBehavior::ReplaceAll) | None => {}
        }
    }
    let overridden = |protocol: &str| child.default_partners.iter().any(|own| own.protocol.eq_ignore_ascii_case(protocol));
    let inherited = parent.default_partners.iter().filter(|partner| !overridden(&partner.protocol));
    ClaimType {
        data_type: child.data_type.or(parent.data_type),
        default_partners: child.default_partners.iter().chain(inherited).cloned().collect(),
        user_input_type: child.user_input_type.or(parent.user_input_type),
        restriction,
        input_validation: child.input_validation.clone().or_else(|| parent.input_validation.clone()),
        predicate_validation: child.predicate_validation.clone().or_else(|| parent.predicate_validation.clone()),
        ..child.clone()
    }
}

fn content_definition(child: &ContentDefinition, parent: &ContentDefinition) -> ContentDefinition {
    ContentDefinition {
        data_uri: child.data_uri.clone().or_else(|| parent.data_uri.clone()),
        metadata: metadata(&child.metadata, &parent.metadata),
        localized_resources: both(&child.localized_resources, &parent.localized_resources, localized_references),
        ..child.clone()
    }
}

/// By language. Where the two are joined their order is of no matter: no language is of both.
fn localized_references(child: LocalizedResourcesReferences, parent: LocalizedResourcesReferences) -> LocalizedResourcesReferences {
    match child.merge_behavior.as_ref().map(|it| it.value) {
        None | Some(MergeBehavior::ReplaceAll) => child,
        Some(MergeBehavior::Append | MergeBehavior::Prepend) => LocalizedResourcesReferences {
            references: united(&child.references, &parent.references, |reference| key(&reference.language)),
            ..child
        },
    }
}

fn localized_resources(child: &LocalizedResources, parent: &LocalizedResources) -> LocalizedResources {
    LocalizedResources {
        collections: united(&child.collections, &parent.collections, |it| {
            let text = |text: &Option<Spanned<Str>>| text.as_ref().map(|text| key(text));
            format!("{:?}", (text(&it.element_type), key(&it.element_id), text(&it.target_collection)))
        }),
        strings: united(&child.strings, &parent.strings, |it| {
            let element = it.element_id.as_ref().map(|id| key(id));
            format!("{:?}", (key(&it.element_type), element, key(&it.string_id)))
        }),
        ..child.clone()
    }
}

/// OPEN-02: by its lists.
fn display_control(child: &DisplayControl, parent: &DisplayControl) -> DisplayControl {
    DisplayControl {
        id: child.id.clone(),
        kind: child.kind.clone().or_else(|| parent.kind.clone()),
        input_claims: claims(&child.input_claims, &parent.input_claims),
        display_claims: united(&child.display_claims, &parent.display_claims, |claim| format!("{:?}", claim_of(claim))),
        output_claims: claims(&child.output_claims, &parent.output_claims),
        actions: united(&child.actions, &parent.actions, |action| key(&action.id)),
        span: child.span,
    }
}

/// The child's items, and those of the parent's whose name the child has not.
fn united<T: Clone>(child: &[T], parent: &[T], name: fn(&T) -> String) -> Vec<T> {
    let names: Vec<String> = child.iter().map(name).collect();
    child.iter().chain(parent.iter().filter(|item| !names.contains(&name(item)))).cloned().collect()
}

/// TP-M5, OPEN-03.
fn claims(child: &[ClaimReference], parent: &[ClaimReference]) -> Vec<ClaimReference> {
    united(child, parent, |reference| key(&reference.claim))
}

/// TP-M2: by the exact key, else by a key that the parent has in another case only.
fn metadata(child: &[MetadataItem], parent: &[MetadataItem]) -> Vec<MetadataItem> {
    let has = |items: &[MetadataItem], key: &str| items.iter().any(|item| item.key.as_str() == key);
    let overrides = |own: &MetadataItem, inherited: &MetadataItem| {
        own.key.value == inherited.key.value || (own.key.eq_ignore_ascii_case(&inherited.key) && !has(parent, &own.key))
    };
    let inherited = parent.iter().filter(|item| !child.iter().any(|own| overrides(own, item)));
    child.iter().chain(inherited).cloned().collect()
}

/// TP-M1 to TP-M8.
fn technical_profile(child: &TechnicalProfile, parent: &TechnicalProfile) -> TechnicalProfile {
    TechnicalProfile {
        id: child.id.clone(),
        // Table 2.2: the claims provider of the most derived level that gives it a Domain.
        provider: [&child.provider, &parent.provider]
            .into_iter()
            .flatten()
            .find(|provider| provider.domain.is_some())
            .or(child.provider.as_ref())
            .cloned(),
        domain: child.domain.clone().or_else(|| parent.domain.clone()),
        display_name: child.display_name.clone().or_else(|| parent.display_name.clone()),
        description: child.description.clone().or_else(|| parent.description.clone()),
        protocol: child.protocol.clone().or_else(|| parent.protocol.clone()),
        input_token_format: child.input_token_format.clone().or_else(|| parent.input_token_format.clone()),
        output_token_format: child.output_token_format.clone().or_else(|| parent.output_token_format.clone()),
        metadata: metadata(&child.metadata, &parent.metadata),
        cryptographic_keys: united(&child.cryptographic_keys, &parent.cryptographic_keys, |item| key(&item.id)),
        include_in_sso: child.include_in_sso.or(parent.include_in_sso),
        // OPEN-04: both lists, duplicates too.
        input_claims_transformations: [child.input_claims_transformations.clone(), parent.input_claims_transformations.clone()].concat(),
        input_claims: claims(&child.input_claims, &parent.input_claims),
        display_claims: match (&child.display_claims, &parent.display_claims) {
            (Some(own), Some(inherited)) => Some(united(own, inherited, |claim| format!("{:?}", claim_of(claim)))),
            (own, inherited) => own.clone().or_else(|| inherited.clone()),
        },
        persisted_claims: claims(&child.persisted_claims, &parent.persisted_claims),
        output_claims: claims(&child.output_claims, &parent.output_claims),
        output_claims_transformations: [child.output_claims_transformations.clone(), parent.output_claims_transformations.clone()].concat(),
        validation_technical_profiles: [child.validation_technical_profiles.clone(), parent.validation_technical_profiles.clone()].concat(),
        subject_naming_info: child.subject_naming_info.clone().or_else(|| parent.subject_naming_info.clone()),
        include_claims_from: child.include_claims_from.clone().or_else(|| parent.include_claims_from.clone()),
        include_technical_profile: child.include_technical_profile.clone().or_else(|| parent.include_technical_profile.clone()),
        use_for_session_management: child.use_for_session_management.clone().or_else(|| parent.use_for_session_management.clone()),
        enabled_for_user_journeys: child.enabled_for_user_journeys.or(parent.enabled_for_user_journeys),
        unused: Vec::new(),
        span: child.span,
    }
}

/// Whether it is a display control, and its id.
pub(crate) fn claim_of(claim: &DisplayClaim) -> (bool, String) {
    match &claim.target {
        DisplayClaimTarget::Claim(id) => (false, key(id)),
        DisplayClaimTarget::Control(id) => (true, key(id)),
    }
}

/// An include is resolved against the merged policy, and the including profile laid over it. TP-M9: then the claims of the profile that
/// IncludeClaimsFromTechnicalProfile names, with the lower priority. (That an included profile brings what it takes in this way is said
/// nowhere; as the engine.)
fn whole(profiles: &BTreeMap<String, TechnicalProfile>, profile: &TechnicalProfile, depth: usize) -> Result<TechnicalProfile, Unsupported> {
    if depth > DEEPEST {
        return Err(Unsupported("includes in a circle".into()));
    }
    let of = |id: &Option<Spanned<Id>>| match id.as_ref().and_then(|id| profiles.get(&key(id))) {
        Some(other) => whole(profiles, other, depth + 1).map(Some),
        None => Ok(None),
    };
    let mut laid = match of(&profile.include_technical_profile)? {
        Some(included) => TechnicalProfile { provider: profile.provider.clone(), ..technical_profile(profile, &included) },
        None => profile.clone(),
    };
    if let Some(other) = of(&laid.include_claims_from)? {
        laid.input_claims = claims(&laid.input_claims, &other.input_claims);
        laid.output_claims = claims(&laid.output_claims, &other.output_claims);
    }
    Ok(laid)
}

/// UJ-M1.
fn lay_steps(journey: &mut Journey, steps: &[std::sync::Arc<OrchestrationStep>]) {
    for child in steps {
        let laid = match journey.steps.get(&child.order.value) {
            Some(parent) => step(child, parent),
            None => OrchestrationStep::clone(child),
        };
        journey.steps.insert(child.order.value, laid);
    }
}

/// UJ-M2 to UJ-M4.
fn step(child: &OrchestrationStep, parent: &OrchestrationStep) -> OrchestrationStep {
    OrchestrationStep {
        order: child.order,
        kind: child.kind.clone().or_else(|| parent.kind.clone()),
        content_definition: child.content_definition.clone().or_else(|| parent.content_definition.clone()),
        issuer: child.issuer.clone().or_else(|| parent.issuer.clone()),
        // OPEN-05: the child's, then the parent's.
        preconditions: both(&child.preconditions, &parent.preconditions, |own, inherited| [own, inherited].concat()),
        claims_provider_selections: both(&child.claims_provider_selections, &parent.claims_provider_selections, |own, inherited| {
            ClaimsProviderSelections {
                display_option: own.display_option.or(inherited.display_option),
                selections: united(&own.selections, &inherited.selections, |selection| {
                    let id = |id: &Option<_>| id.as_ref().map(|id: &Spanned<Id>| key(id));
                    format!("{:?}", (id(&selection.target), id(&selection.validation)))
                }),
                span: own.span,
            }
        }),
        claims_exchanges: both(&child.claims_exchanges, &parent.claims_exchanges, |own, inherited| {
            united(&own, &inherited, |exchange| key(&exchange.id))
        }),
        journey_list: child.journey_list.clone().or_else(|| parent.journey_list.clone()),
        span: child.span,
    }
}

fn both<T: Clone>(child: &Option<T>, parent: &Option<T>, join: impl Fn(T, T) -> T) -> Option<T> {
    match (child, parent) {
        (Some(child), Some(parent)) => Some(join(child.clone(), parent.clone())),
        (child, parent) => child.clone().or_else(|| parent.clone()),
    }
}

fn lay_relying_party(policy: &mut Policy, child: &RelyingParty) {
    if let Some(journey) = &child.default_user_journey {
        policy.default_journey = Some(key(journey));
    }
    if let Some(profile) = child.technical_profiles.first() {
        policy.relying_party = Some(match &policy.relying_party {
            Some(parent) if parent.id.value == profile.id.value => technical_profile(profile, parent),
            _ => TechnicalProfile::clone(profile),
        });
    }
}

/// TP-M2: a metadata item by its exact key, else without case.
pub(crate) fn item<'a>(metadata: &'a [MetadataItem], name: &str) -> Option<&'a str> {
    let exact = metadata.iter().find(|item| item.key.as_str() == name);
    let item = exact.or_else(|| metadata.iter().find(|item| item.key.eq_ignore_ascii_case(name)))?;
    Some(Str::as_str(&item.value).trim())
}

pub(crate) fn flag(metadata: &[MetadataItem], name: &str, otherwise: bool) -> bool {
    item(metadata, name).map_or(otherwise, |value| value.eq_ignore_ascii_case("true") || value == "1")
}
