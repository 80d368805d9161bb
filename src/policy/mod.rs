//! The typed model of ONE policy file, one module per element family. It resolves no reference and merges nothing.
//!
//! Every part keeps its span; the `span` of an element is its start tag. What the model does not know becomes a located diagnostic, and
//! the rest of the file is still read. An element without the attribute that identifies it is left out; every other missing or bad
//! part is `None`. Ids and references come without the blanks around them; default values, precondition values, metadata and
//! parameters are verbatim. The order of elements is not looked at.

mod claims_schema;
mod content_definitions;
mod display_controls;
mod file;
mod id;
mod journeys;
mod localization;
mod parts;
mod predicates;
mod reader;
mod relying_party;
mod technical_profiles;
mod transformations;
mod unknown;
mod unused;

pub use claims_schema::{ClaimType, DefaultPartner, EnumerationItem, Mask, MaskType, MergeBehavior, Pattern, Restriction, StatementType};
pub use content_definitions::{ClientDefinition, ContentDefinition, LocalizedResourcesReference, LocalizedResourcesReferences};
pub use display_controls::{Action, DisplayControl};
pub use file::{BasePolicy, DeploymentMode, PolicyFile, Unused, read};
pub use id::{Id, IdRef, Spanned};
pub use journeys::{
    Candidate, ClaimsExchange, ClaimsProviderSelection, ClaimsProviderSelections, DisplayOption, OrchestrationStep, Precondition,
    PreconditionAction, PreconditionType, StepType, SubJourney, SubJourneyType, UserJourney,
};
pub use localization::{Localization, LocalizedCollection, LocalizedResources, LocalizedString, SupportedLanguages};
pub use predicates::{InputValidation, Parameter, Predicate, PredicateGroup, PredicateReferences, PredicateValidation};
pub use relying_party::{
    ContentDefinitionParameter, Endpoint, JourneyFraming, JourneyInsights, OnErrorMode, RelyingParty, ScriptExecution, SessionExpiryType,
    SingleSignOn, SingleSignOnScope, UserJourneyBehaviors,
};
pub use technical_profiles::{
    ClaimReference, ClaimsProvider, CryptographicKey, DisplayClaim, DisplayClaimTarget, EnabledForUserJourneys, MetadataItem, Protocol,
    SubjectNamingInfo, TechnicalProfile, ValidationTechnicalProfile,
};
pub use transformations::{ClaimsTransformation, InputParameter, TransformationClaim};
