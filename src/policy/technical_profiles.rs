//! ClaimsProviders and their technical profiles. Source: claimsproviders, technicalprofiles.

use std::sync::Arc;

use super::file::Unused;
use super::id::{ClosedSet, Id, Spanned};
use super::journeys::{Precondition, read_precondition};
use super::parts::{list, lists, one, parts, reference, shared, value};
use super::reader::Reader;
use super::unused::{ignored, unused};
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;
use crate::xml::Element;

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

impl ClosedSet for EnabledForUserJourneys {
    const ALL: &'static [(&'static str, Self)] = &[
        ("Always", EnabledForUserJourneys::Always),
        ("Never", EnabledForUserJourneys::Never),
        ("OnClaimsExistence", EnabledForUserJourneys::OnClaimsExistence),
        ("OnItemExistenceInStringCollectionClaim", EnabledForUserJourneys::OnItemExistenceInStringCollectionClaim),
        ("OnItemAbsenceInStringCollectionClaim", EnabledForUserJourneys::OnItemAbsenceInStringCollectionClaim),
        ("true", EnabledForUserJourneys::Always),
        ("false", EnabledForUserJourneys::Never),
    ];
}

/// The technical profiles of a ClaimsProvider.
pub(super) fn read_claims_provider(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Vec<Arc<TechnicalProfile>>> {
    parts! { reader, element; ;
        "DisplayName" => display_name: value(Reader::verbatim),
        "Domain" => domain: value(Reader::token),
        "Domains" => without_effect: unused(),
        "TechnicalProfiles" => profiles: list("TechnicalProfile", shared(read_technical_profile)),
    }
    drop::<Vec<Unused>>(without_effect);
    reader.required_child(element, "TechnicalProfiles");
    let provider = Arc::new(ClaimsProvider { display_name, domain, span: element.start_tag() });
    let mut profiles = profiles.unwrap_or_default();
    for profile in &mut profiles {
        Arc::make_mut(profile).provider = Some(provider.clone());
    }
    Some(profiles)
}

pub(super) fn read_technical_profile(reader: &mut Reader<'_>, element: Element<'_>) -> Option<TechnicalProfile> {
    parts! { reader, element;
        "Id" => id: id;
        "Domain" => domain: value(Reader::token),
        "DisplayName" => display_name: value(Reader::verbatim),
        "Description" => description: value(Reader::verbatim),
        "Protocol" => protocol: one(read_protocol),
        "InputTokenFormat" => input_token_format: value(Reader::token_format),
        "OutputTokenFormat" => output_token_format: value(Reader::token_format),
        "Metadata" => metadata: list("Item", read_metadata_item),
        "CryptographicKeys" => cryptographic_keys: list("Key", read_cryptographic_key),
        "IncludeInSso" => include_in_sso: value(Reader::boolean),
        "InputClaimsTransformations" => input_transformations: lists("InputClaimsTransformation", reference("ReferenceId")),
        "InputClaims" => input_claims: list("InputClaim", read_claim_reference),
        "DisplayClaims" => display_claims: list("DisplayClaim", read_display_claim),
        "PersistedClaims" => persisted_claims: list("PersistedClaim", read_persisted_claim),
        "OutputClaims" => output_claims: list("OutputClaim", read_claim_reference),
        "OutputClaimsTransformations" => output_transformations: lists("OutputClaimsTransformation", reference("ReferenceId")),
        "ValidationTechnicalProfiles" => validations: lists("ValidationTechnicalProfile", read_validation_technical_profile),
        "SubjectNamingInfo" => subject_naming_info: one(read_subject_naming_info),
        "IncludeClaimsFromTechnicalProfile" => include_claims_from: value(Reader::id),
        "IncludeTechnicalProfile" => include_technical_profile: one(reference("ReferenceId")),
        "UseTechnicalProfileForSessionManagement" => use_for_session_management: one(reference("ReferenceId")),
        "EnabledForUserJourneys" => enabled_for_user_journeys: value(Reader::closed),
        "Domains" | "AssuranceLevelOfOutputClaims" | "RequiredAssuranceLevelsOfInputClaims" | "SubjectAuthenticationRequirements"
            | "Suppressions" | "PreferredBinding" | "InputTokenSources" | "Extensions" | "ErrorHandlers" => without_effect: unused(),
    }
    Some(TechnicalProfile {
        id: reader.required(element, "Id", id)?,
        provider: None,
        domain,
        display_name,
        description,
        protocol,
        input_token_format,
        output_token_format,
        metadata: metadata.unwrap_or_default(),
        cryptographic_keys: cryptographic_keys.unwrap_or_default(),
        include_in_sso,
        input_claims_transformations: input_transformations.unwrap_or_default(),
        input_claims: input_claims.unwrap_or_default(),
        display_claims,
        persisted_claims: persisted_claims.unwrap_or_default(),
        output_claims: output_claims.unwrap_or_default(),
        output_claims_transformations: output_transformations.unwrap_or_default(),
        validation_technical_profiles: validations.unwrap_or_default(),
        subject_naming_info,
        include_claims_from,
        include_technical_profile,
        use_for_session_management,
        enabled_for_user_journeys,
        unused: without_effect,
        span: element.start_tag(),
    })
}

fn read_protocol(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Protocol> {
    parts! { reader, element;
        "Name" => name: token,
        "Handler" => handler: token;
    }
    Some(Protocol { name: reader.required(element, "Name", name), handler, span: element.start_tag() })
}

pub(super) fn read_metadata_item(reader: &mut Reader<'_>, element: Element<'_>) -> Option<MetadataItem> {
    let mut key = None;
    for attribute in element.attributes() {
        match attribute.name {
            "Key" => key = reader.verbatim(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["Key"]),
        }
    }
    let content = reader.text(element);
    Some(MetadataItem { key: reader.required(element, "Key", key)?, value: reader.verbatim(content)?, span: element.start_tag() })
}

fn read_cryptographic_key(reader: &mut Reader<'_>, element: Element<'_>) -> Option<CryptographicKey> {
    parts! { reader, element;
        "Id" => id: id,
        "StorageReferenceId" => storage_reference_id: token;
    }
    let storage_reference_id = reader.required(element, "StorageReferenceId", storage_reference_id);
    Some(CryptographicKey { id: reader.required(element, "Id", id)?, storage_reference_id, span: element.start_tag() })
}

/// An InputClaim or OutputClaim.
fn read_claim_reference(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimReference> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "PartnerClaimType" => partner_claim_type: verbatim,
        "Required" => required: boolean,
        "DefaultValue" => default_value: verbatim,
        "AlwaysUseDefaultValue" => always_use_default_value: boolean;
        "From" => from: ignored(),
    }
    drop::<Vec<Unused>>(from);
    Some(ClaimReference {
        claim: reader.required(element, "ClaimTypeReferenceId", claim)?,
        partner_claim_type,
        default_value,
        always_use_default_value,
        required,
        overwrite_if_exists: None,
        span: element.start_tag(),
    })
}

fn read_persisted_claim(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimReference> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "PartnerClaimType" => partner_claim_type: verbatim,
        "DefaultValue" => default_value: verbatim,
        "OverwriteIfExists" => overwrite_if_exists: boolean,
        "AlwaysUseDefaultValue" => always_use_default_value: boolean;
    }
    Some(ClaimReference {
        claim: reader.required(element, "ClaimTypeReferenceId", claim)?,
        partner_claim_type,
        default_value,
        always_use_default_value,
        required: None,
        overwrite_if_exists,
        span: element.start_tag(),
    })
}

fn read_display_claim(reader: &mut Reader<'_>, element: Element<'_>) -> Option<DisplayClaim> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "DisplayControlReferenceId" => control: id,
        "Required" => required: boolean;
    }
    let target = match (claim, control) {
        (Some(claim), None) => DisplayClaimTarget::Claim(claim),
        (None, Some(control)) => DisplayClaimTarget::Control(control),
        (None, None) => {
            reader.one_of(element, "ClaimTypeReferenceId", "DisplayControlReferenceId");
            return None;
        }
        (Some(claim), Some(control)) => {
            let message = "`DisplayClaim` names both a claim and a display control";
            reader.report(
                Diagnostic::error(code::BAD_VALUE, message).label(control.span, "this one is taken").label(claim.span, "this one is not"),
            );
            DisplayClaimTarget::Control(control)
        }
    };
    Some(DisplayClaim { target, control_claim_type: None, required, span: element.start_tag() })
}

fn read_validation_technical_profile(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ValidationTechnicalProfile> {
    parts! { reader, element;
        "ReferenceId" => profile: id,
        "ContinueOnSuccess" => continue_on_success: boolean,
        "ContinueOnError" => continue_on_error: boolean;
        "Preconditions" => preconditions: lists("Precondition", read_precondition),
    }
    Some(ValidationTechnicalProfile {
        reference: reader.required(element, "ReferenceId", profile)?,
        continue_on_error,
        continue_on_success,
        preconditions: preconditions.unwrap_or_default(),
        span: element.start_tag(),
    })
}

/// A ValidationClaimsExchangeTechnicalProfile.
pub(super) fn read_validation_exchange(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ValidationTechnicalProfile> {
    parts! { reader, element;
        "TechnicalProfileReferenceId" => profile: id,
        "ContinueOnSuccess" => continue_on_success: boolean,
        "ContinueOnError" => continue_on_error: boolean;
        "Preconditions" => preconditions: lists("Precondition", read_precondition),
    }
    Some(ValidationTechnicalProfile {
        reference: reader.required(element, "TechnicalProfileReferenceId", profile)?,
        continue_on_error,
        continue_on_success,
        preconditions: preconditions.unwrap_or_default(),
        span: element.start_tag(),
    })
}

fn read_subject_naming_info(reader: &mut Reader<'_>, element: Element<'_>) -> Option<SubjectNamingInfo> {
    parts! { reader, element;
        "ClaimType" => claim_type: token,
        "NameQualifier" => name_qualifier: verbatim,
        "SPNameQualifier" => sp_name_qualifier: verbatim,
        "Format" => format: verbatim,
        "SPProvidedID" => sp_provided_id: verbatim,
        "ExcludeAsClaim" => exclude_as_claim: boolean;
    }
    let claim_type = reader.required(element, "ClaimType", claim_type);
    let span = element.start_tag();
    Some(SubjectNamingInfo { claim_type, name_qualifier, sp_name_qualifier, format, sp_provided_id, exclude_as_claim, span })
}
