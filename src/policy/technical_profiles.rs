//! ClaimsProviders and their technical profiles. Source: claimsproviders, technicalprofiles.

use std::sync::Arc;

use super::file::Unused;
use super::id::{Id, Spanned};
use super::journeys::Precondition;
use crate::claims::Str;
use crate::source::Span;

/// What a technical profile knows of the ClaimsProvider around it.
#[derive(Clone, Debug)]
pub struct ClaimsProvider {
    /// DisplayName.
    pub display_name: Option<Spanned<Str>>,
    /// Domain.
    pub domain: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

/// A TechnicalProfile, of a claims provider or of the relying party.
#[derive(Clone, Debug)]
pub struct TechnicalProfile {
    /// Id.
    pub id: Spanned<Id>,
    /// The claims provider; `None` for the relying party's.
    pub provider: Option<Arc<ClaimsProvider>>,
    /// Domain.
    pub domain: Option<Spanned<Str>>,
    /// DisplayName.
    pub display_name: Option<Spanned<Str>>,
    /// Description.
    pub description: Option<Spanned<Str>>,
    /// Protocol.
    pub protocol: Option<Protocol>,
    /// InputTokenFormat.
    pub input_token_format: Option<Spanned<Str>>,
    /// OutputTokenFormat.
    pub output_token_format: Option<Spanned<Str>>,
    /// Metadata.
    pub metadata: Vec<MetadataItem>,
    /// CryptographicKeys.
    pub cryptographic_keys: Vec<CryptographicKey>,
    /// IncludeInSso.
    pub include_in_sso: Option<Spanned<bool>>,
    /// InputClaimsTransformations: the ReferenceId of each.
    pub input_claims_transformations: Vec<Spanned<Id>>,
    /// InputClaims.
    pub input_claims: Vec<ClaimReference>,
    /// DisplayClaims; an empty element is `Some`, and already hides the output claims from the page.
    pub display_claims: Option<Vec<DisplayClaim>>,
    /// PersistedClaims.
    pub persisted_claims: Vec<ClaimReference>,
    /// OutputClaims.
    pub output_claims: Vec<ClaimReference>,
    /// OutputClaimsTransformations: the ReferenceId of each.
    pub output_claims_transformations: Vec<Spanned<Id>>,
    /// ValidationTechnicalProfiles.
    pub validation_technical_profiles: Vec<ValidationTechnicalProfile>,
    /// SubjectNamingInfo.
    pub subject_naming_info: Option<SubjectNamingInfo>,
    /// IncludeClaimsFromTechnicalProfile.
    pub include_claims_from: Option<Spanned<Id>>,
    /// IncludeTechnicalProfile.
    pub include_technical_profile: Option<Spanned<Id>>,
    /// UseTechnicalProfileForSessionManagement.
    pub use_for_session_management: Option<Spanned<Id>>,
    /// EnabledForUserJourneys.
    pub enabled_for_user_journeys: Option<Spanned<EnabledForUserJourneys>>,
    /// Elements of the schema without effect.
    pub unused: Vec<Unused>,
    /// The start tag.
    pub span: Span,
}

/// A Protocol.
#[derive(Clone, Debug)]
pub struct Protocol {
    /// Name.
    pub name: Option<Spanned<Str>>,
    /// Handler: a .NET type name with its assembly.
    pub handler: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

/// An Item of Metadata.
#[derive(Clone, Debug)]
pub struct MetadataItem {
    /// Key, verbatim.
    pub key: Spanned<Str>,
    /// The text, verbatim.
    pub value: Spanned<Str>,
    /// The start tag.
    pub span: Span,
}

/// A Key of CryptographicKeys.
#[derive(Clone, Debug)]
pub struct CryptographicKey {
    /// Id.
    pub id: Spanned<Id>,
    /// StorageReferenceId.
    pub storage_reference_id: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

/// An InputClaim, PersistedClaim or OutputClaim.
#[derive(Clone, Debug)]
pub struct ClaimReference {
    /// ClaimTypeReferenceId.
    pub claim: Spanned<Id>,
    /// PartnerClaimType.
    pub partner_claim_type: Option<Spanned<Str>>,
    /// DefaultValue, verbatim.
    pub default_value: Option<Spanned<Str>>,
    /// AlwaysUseDefaultValue.
    pub always_use_default_value: Option<Spanned<bool>>,
    /// Required.
    pub required: Option<Spanned<bool>>,
    /// OverwriteIfExists, of a PersistedClaim.
    pub overwrite_if_exists: Option<Spanned<bool>>,
    /// The start tag.
    pub span: Span,
}

/// A DisplayClaim.
#[derive(Clone, Debug)]
pub struct DisplayClaim {
    /// What is shown.
    pub target: DisplayClaimTarget,
    /// ControlClaimType, inside a display control.
    pub control_claim_type: Option<Spanned<Str>>,
    /// Required.
    pub required: Option<Spanned<bool>>,
    /// The start tag.
    pub span: Span,
}

/// What a DisplayClaim shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisplayClaimTarget {
    /// ClaimTypeReferenceId.
    Claim(Spanned<Id>),
    /// DisplayControlReferenceId.
    Control(Spanned<Id>),
}

/// A ValidationTechnicalProfile, or a ValidationClaimsExchangeTechnicalProfile of a display control's action.
#[derive(Clone, Debug)]
pub struct ValidationTechnicalProfile {
    /// ReferenceId, or TechnicalProfileReferenceId.
    pub reference: Spanned<Id>,
    /// ContinueOnError.
    pub continue_on_error: Option<Spanned<bool>>,
    /// ContinueOnSuccess.
    pub continue_on_success: Option<Spanned<bool>>,
    /// Preconditions.
    pub preconditions: Vec<Precondition>,
    /// The start tag.
    pub span: Span,
}

/// SubjectNamingInfo.
#[derive(Clone, Debug)]
pub struct SubjectNamingInfo {
    /// ClaimType: the partner name of an output claim.
    pub claim_type: Option<Spanned<Str>>,
    /// NameQualifier.
    pub name_qualifier: Option<Spanned<Str>>,
    /// SPNameQualifier.
    pub sp_name_qualifier: Option<Spanned<Str>>,
    /// Format.
    pub format: Option<Spanned<Str>>,
    /// SPProvidedID.
    pub sp_provided_id: Option<Spanned<Str>>,
    /// ExcludeAsClaim.
    pub exclude_as_claim: Option<Spanned<bool>>,
    /// The start tag.
    pub span: Span,
}

/// EnabledForUserJourneys. The schema's `true` and `false` are the older names of the first two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EnabledForUserJourneys {
    /// Always.
    Always,
    /// Never.
    Never,
    /// When a claim exists.
    OnClaimsExistence,
    /// When a string collection has an item.
    OnItemExistenceInStringCollectionClaim,
    /// When a string collection lacks an item.
    OnItemAbsenceInStringCollectionClaim,
}
