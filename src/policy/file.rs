//! The file itself: TrustFrameworkPolicy. Source: trustframeworkpolicy.

use std::sync::Arc;

use super::claims_schema::ClaimType;
use super::content_definitions::{ClientDefinition, ContentDefinition};
use super::display_controls::DisplayControl;
use super::id::{Id, Spanned, closed_set};
use super::journeys::{SubJourney, UserJourney};
use super::localization::Localization;
use super::predicates::{InputValidation, Predicate, PredicateValidation};
use super::relying_party::RelyingParty;
use super::technical_profiles::TechnicalProfile;
use super::transformations::ClaimsTransformation;
use crate::claims::Str;
use crate::source::{SourceId, Span};

/// One policy file. Lists are in document order; ids may occur twice.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file.
    pub file: SourceId,
    /// The start tag of the root.
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
    /// StateTableName; without effect.
    pub state_table_name: Option<Spanned<Str>>,
    /// BasePolicy.
    pub base: Option<BasePolicy>,
    /// BuildingBlocks/ClaimsSchema.
    pub claim_types: Vec<Arc<ClaimType>>,
    /// BuildingBlocks/Predicates.
    pub predicates: Vec<Arc<Predicate>>,
    /// BuildingBlocks/InputValidations.
    pub input_validations: Vec<Arc<InputValidation>>,
    /// BuildingBlocks/PredicateValidations.
    pub predicate_validations: Vec<Arc<PredicateValidation>>,
    /// BuildingBlocks/ClaimsTransformations.
    pub claims_transformations: Vec<Arc<ClaimsTransformation>>,
    /// BuildingBlocks/ClientDefinitions.
    pub client_definitions: Vec<Arc<ClientDefinition>>,
    /// BuildingBlocks/ContentDefinitions.
    pub content_definitions: Vec<Arc<ContentDefinition>>,
    /// BuildingBlocks/Localization.
    pub localization: Option<Localization>,
    /// BuildingBlocks/DisplayControls.
    pub display_controls: Vec<Arc<DisplayControl>>,
    /// The technical profiles of all ClaimsProviders.
    pub technical_profiles: Vec<Arc<TechnicalProfile>>,
    /// UserJourneys.
    pub user_journeys: Vec<Arc<UserJourney>>,
    /// SubJourneys.
    pub sub_journeys: Vec<Arc<SubJourney>>,
    /// RelyingParty.
    pub relying_party: Option<Arc<RelyingParty>>,
    /// Elements of the schema without effect.
    pub unused: Vec<Unused>,
}

/// BasePolicy.
#[derive(Clone, Debug)]
pub struct BasePolicy {
    /// TenantId.
    pub tenant_id: Option<Spanned<Id>>,
    /// PolicyId.
    pub policy_id: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// An element that the schema knows and that has no effect on a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The element's name.
    pub name: &'static str,
    /// The start tag.
    pub span: Span,
}

closed_set! {
    /// DeploymentMode.
    DeploymentMode {
        /// With more logging, and REST calls without authentication.
        Development,
        /// The default.
        Production,
        /// From the schema only.
        Debugging,
    }
}
