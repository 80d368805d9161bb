//! Building blocks of two levels: claim types, content definitions, localization, display controls (table 2.2).

use super::lists::{by_behavior, either, overlay};
use super::profile::{lay_claims, lay_display_claims, lay_metadata};
use crate::claims::Str;
use crate::policy::{
    ClaimType, ContentDefinition, DisplayControl, Id, LocalizedResources, LocalizedResourcesReference, LocalizedResourcesReferences,
    MergeBehavior, Restriction, Spanned, SupportedLanguages,
};

/// A claim type, field by field. The data type is the child's; that the service refuses a change of it is for `check` to say.
pub(super) fn lay_claim_type(child: &ClaimType, parent: &ClaimType) -> ClaimType {
    ClaimType {
        id: child.id.clone(),
        statement_type: child.statement_type.or(parent.statement_type),
        display_name: child.display_name.clone().or_else(|| parent.display_name.clone()),
        data_type: child.data_type.or(parent.data_type),
        default_partners: overlay(&child.default_partners, &parent.default_partners, |partner| Id::from(partner.protocol.value.clone())),
        mask: child.mask.clone().or_else(|| parent.mask.clone()),
        admin_help_text: child.admin_help_text.clone().or_else(|| parent.admin_help_text.clone()),
        user_help_text: child.user_help_text.clone().or_else(|| parent.user_help_text.clone()),
        user_input_type: child.user_input_type.or(parent.user_input_type),
        restriction: either(&child.restriction, &parent.restriction, lay_restriction),
        input_validation: child.input_validation.clone().or_else(|| parent.input_validation.clone()),
        predicate_validation: child.predicate_validation.clone().or_else(|| parent.predicate_validation.clone()),
        span: child.span,
    }
}

/// MergeBehavior is about the enumeration; a pattern always replaces. Items of one value are not taken for the same.
fn lay_restriction(child: &Restriction, parent: &Restriction) -> Restriction {
    let replace = child.merge_behavior.is_none_or(|behavior| behavior.value == MergeBehavior::ReplaceAll);
    Restriction {
        merge_behavior: child.merge_behavior,
        enumeration: by_behavior(&child.merge_behavior, &child.enumeration, &parent.enumeration, |item| item.span),
        pattern: child.pattern.clone().or_else(|| parent.pattern.clone().filter(|_| !replace)),
        span: child.span,
    }
}

/// A content definition, field by field; metadata by key.
pub(super) fn lay_content_definition(child: &ContentDefinition, parent: &ContentDefinition) -> ContentDefinition {
    ContentDefinition {
        id: child.id.clone(),
        load_uri: child.load_uri.clone().or_else(|| parent.load_uri.clone()),
        recovery_uri: child.recovery_uri.clone().or_else(|| parent.recovery_uri.clone()),
        data_uri: child.data_uri.clone().or_else(|| parent.data_uri.clone()),
        metadata: lay_metadata(&child.metadata, &parent.metadata),
        localized_resources: either(&child.localized_resources, &parent.localized_resources, lay_references),
        span: child.span,
    }
}

fn lay_references(child: &LocalizedResourcesReferences, parent: &LocalizedResourcesReferences) -> LocalizedResourcesReferences {
    let language = |reference: &LocalizedResourcesReference| reference.language.value.clone();
    LocalizedResourcesReferences {
        merge_behavior: child.merge_behavior,
        references: by_behavior(&child.merge_behavior, &child.references, &parent.references, language),
        span: child.span,
    }
}

pub(super) fn lay_supported_languages(child: &SupportedLanguages, parent: &SupportedLanguages) -> SupportedLanguages {
    SupportedLanguages {
        default_language: child.default_language.clone().or_else(|| parent.default_language.clone()),
        policy_language: child.policy_language.clone().or_else(|| parent.policy_language.clone()),
        merge_behavior: child.merge_behavior,
        languages: by_behavior(&child.merge_behavior, &child.languages, &parent.languages, |language| language.value.clone()),
        span: child.span,
    }
}

/// Strings by element type, element and string id; collections by element type, element and target collection.
pub(super) fn lay_localized_resources(child: &LocalizedResources, parent: &LocalizedResources) -> LocalizedResources {
    LocalizedResources {
        id: child.id.clone(),
        culture: child.culture.clone().or_else(|| parent.culture.clone()),
        collections: overlay(&child.collections, &parent.collections, |collection| {
            let id = |text: &Spanned<Str>| Id::from(text.value.clone());
            (collection.element_type.as_ref().map(id), collection.element_id.value.clone(), collection.target_collection.as_ref().map(id))
        }),
        strings: overlay(&child.strings, &parent.strings, |string| {
            let element_id = string.element_id.as_ref().map(|id| id.value.clone());
            (Id::from(string.element_type.value.clone()), element_id, string.string_id.value.clone())
        }),
        span: child.span,
    }
}

/// A display control: claims as those of a technical profile, an action as a whole (OPEN-02).
pub(super) fn lay_display_control(child: &DisplayControl, parent: &DisplayControl) -> DisplayControl {
    DisplayControl {
        id: child.id.clone(),
        kind: child.kind.clone().or_else(|| parent.kind.clone()),
        input_claims: lay_claims(&child.input_claims, &parent.input_claims),
        display_claims: lay_display_claims(&child.display_claims, &parent.display_claims),
        output_claims: lay_claims(&child.output_claims, &parent.output_claims),
        actions: overlay(&child.actions, &parent.actions, |action| action.id.value.clone()),
        span: child.span,
    }
}
