//! Laying one technical profile over another (TP-M1 to TP-M8): a child level over its parent, or an including profile over the one that
//! it includes.

use rustc_hash::FxHashSet;

use super::lists::{concatenate, either, overlay};
use crate::policy::{ClaimReference, CryptographicKey, DisplayClaim, DisplayClaimTarget, Id, MetadataItem, TechnicalProfile};

/// The child's profile over the parent's.
///
/// Scalars are the child's if present (TP-M1); metadata and keys are united, the child's winning (TP-M2, TP-M3); of ordered
/// collections the child's entries come first (TP-M4), restated claims are replaced as a whole (TP-M5), and validation technical
/// profiles and transformations are never taken for the same (TP-M6, TP-M7). Nothing can be removed (TP-M8).
pub fn lay_profile(child: &TechnicalProfile, parent: &TechnicalProfile) -> TechnicalProfile {
    TechnicalProfile {
        id: child.id.clone(),
        provider: provider(child, parent),
        domain: child.domain.clone().or_else(|| parent.domain.clone()),
        display_name: child.display_name.clone().or_else(|| parent.display_name.clone()),
        description: child.description.clone().or_else(|| parent.description.clone()),
        protocol: child.protocol.clone().or_else(|| parent.protocol.clone()),
        input_token_format: child.input_token_format.clone().or_else(|| parent.input_token_format.clone()),
        output_token_format: child.output_token_format.clone().or_else(|| parent.output_token_format.clone()),
        metadata: lay_metadata(&child.metadata, &parent.metadata),
        cryptographic_keys: overlay(&child.cryptographic_keys, &parent.cryptographic_keys, key_id),
        include_in_sso: child.include_in_sso.or(parent.include_in_sso),
        input_claims_transformations: concatenate(&child.input_claims_transformations, &parent.input_claims_transformations),
        input_claims: lay_claims(&child.input_claims, &parent.input_claims),
        display_claims: either(&child.display_claims, &parent.display_claims, |child, parent| lay_display_claims(child, parent)),
        persisted_claims: lay_claims(&child.persisted_claims, &parent.persisted_claims),
        output_claims: lay_claims(&child.output_claims, &parent.output_claims),
        output_claims_transformations: concatenate(&child.output_claims_transformations, &parent.output_claims_transformations),
        validation_technical_profiles: concatenate(&child.validation_technical_profiles, &parent.validation_technical_profiles),
        subject_naming_info: child.subject_naming_info.clone().or_else(|| parent.subject_naming_info.clone()),
        include_claims_from: child.include_claims_from.clone().or_else(|| parent.include_claims_from.clone()),
        include_technical_profile: child.include_technical_profile.clone().or_else(|| parent.include_technical_profile.clone()),
        use_for_session_management: child.use_for_session_management.clone().or_else(|| parent.use_for_session_management.clone()),
        enabled_for_user_journeys: child.enabled_for_user_journeys.or(parent.enabled_for_user_journeys),
        unused: concatenate(&child.unused, &parent.unused),
        span: child.span,
    }
}

/// The claims provider at the most derived level that gives it a Domain; without any, that of the child (table 2.2).
fn provider(child: &TechnicalProfile, parent: &TechnicalProfile) -> Option<std::sync::Arc<crate::policy::ClaimsProvider>> {
    let has_domain = |profile: &TechnicalProfile| profile.provider.as_ref().is_some_and(|provider| provider.domain.is_some());
    if !has_domain(child) && has_domain(parent) {
        return parent.provider.clone();
    }
    child.provider.clone().or_else(|| parent.provider.clone())
}

/// The keys of a profile go by their Id (TP-M3).
pub(super) fn key_id(key: &CryptographicKey) -> Id {
    key.id.value.clone()
}

/// Claim references go by their claim; one file may name a claim twice, and both stay (TP-M5).
pub(super) fn lay_claims(child: &[ClaimReference], parent: &[ClaimReference]) -> Vec<ClaimReference> {
    overlay(child, parent, |reference| reference.claim.value.clone())
}

/// Display claims go by their claim or their display control (TP-M5).
pub(super) fn lay_display_claims(child: &[DisplayClaim], parent: &[DisplayClaim]) -> Vec<DisplayClaim> {
    overlay(child, parent, |claim| match &claim.target {
        DisplayClaimTarget::Claim(id) => (false, id.value.clone()),
        DisplayClaimTarget::Control(id) => (true, id.value.clone()),
    })
}

/// Metadata go by their key: the exact one, else one in another case (TP-M2).
pub(super) fn lay_metadata(child: &[MetadataItem], parent: &[MetadataItem]) -> Vec<MetadataItem> {
    if child.is_empty() || parent.is_empty() {
        return concatenate(child, parent);
    }
    let exact: FxHashSet<&str> = child.iter().map(|item| item.key.as_str()).collect();
    let in_parent: FxHashSet<&str> = parent.iter().map(|item| item.key.as_str()).collect();
    // A key of the child that the parent has exactly means that one and no other.
    let folded: FxHashSet<String> = exact.iter().filter(|key| !in_parent.contains(*key)).map(|key| key.to_ascii_lowercase()).collect();
    let restated = |item: &&MetadataItem| exact.contains(item.key.as_str()) || folded.contains(&item.key.to_ascii_lowercase());
    child.iter().chain(parent.iter().filter(|item| !restated(item))).cloned().collect()
}
