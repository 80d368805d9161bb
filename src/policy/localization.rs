//! Localization. Source: localization.

use std::sync::Arc;

use super::claims_schema::{EnumerationItem, MergeBehavior, read_enumeration_item};
use super::id::{Id, Spanned};
use super::parts::{each, list, one, parts, shared, values};
use super::reader::Reader;
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

/// The Localization element.
#[derive(Clone, Debug)]
pub struct Localization {
    /// Enabled.
    pub enabled: Option<Spanned<bool>>,
    /// SupportedLanguages.
    pub supported_languages: Option<SupportedLanguages>,
    /// LocalizedResources elements.
    pub resources: Vec<Arc<LocalizedResources>>,
    /// The start tag.
    pub span: Span,
}

/// SupportedLanguages.
#[derive(Clone, Debug)]
pub struct SupportedLanguages {
    /// DefaultLanguage.
    pub default_language: Option<Spanned<Id>>,
    /// PolicyLanguage; without effect.
    pub policy_language: Option<Spanned<Id>>,
    /// MergeBehavior.
    pub merge_behavior: Option<Spanned<MergeBehavior>>,
    /// Each SupportedLanguage.
    pub languages: Vec<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// A LocalizedResources element.
#[derive(Clone, Debug)]
pub struct LocalizedResources {
    /// Id.
    pub id: Spanned<Id>,
    /// Culture; without effect.
    pub culture: Option<Spanned<Id>>,
    /// LocalizedCollections.
    pub collections: Vec<LocalizedCollection>,
    /// LocalizedStrings.
    pub strings: Vec<LocalizedString>,
    /// The start tag.
    pub span: Span,
}

/// A LocalizedCollection.
#[derive(Clone, Debug)]
pub struct LocalizedCollection {
    /// ElementType.
    pub element_type: Option<Spanned<Str>>,
    /// ElementId: the claim type.
    pub element_id: Spanned<Id>,
    /// TargetCollection.
    pub target_collection: Option<Spanned<Str>>,
    /// Items.
    pub items: Vec<EnumerationItem>,
    /// The start tag.
    pub span: Span,
}

/// A LocalizedString.
#[derive(Clone, Debug)]
pub struct LocalizedString {
    /// ElementType.
    pub element_type: Spanned<Str>,
    /// ElementId.
    pub element_id: Option<Spanned<Id>>,
    /// StringId.
    pub string_id: Spanned<Id>,
    /// The text, verbatim.
    pub text: Spanned<Str>,
    /// The start tag.
    pub span: Span,
}

pub(super) fn read_localization(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Localization> {
    parts! { reader, element;
        "Enabled" => enabled: boolean;
        "SupportedLanguages" => supported_languages: one(read_supported_languages),
        "LocalizedResources" => resources: each(shared(read_localized_resources)),
    }
    Some(Localization { enabled, supported_languages, resources, span: element.start_tag() })
}

fn read_supported_languages(reader: &mut Reader<'_>, element: Element<'_>) -> Option<SupportedLanguages> {
    parts! { reader, element;
        "DefaultLanguage" => default_language: id,
        "PolicyLanguage" => policy_language: id,
        "MergeBehavior" => merge_behavior: closed;
        "SupportedLanguage" => languages: values(Reader::id),
    }
    reader.no_effect(element, "PolicyLanguage", &policy_language);
    Some(SupportedLanguages { default_language, policy_language, merge_behavior, languages, span: element.start_tag() })
}

fn read_localized_resources(reader: &mut Reader<'_>, element: Element<'_>) -> Option<LocalizedResources> {
    parts! { reader, element;
        "Id" => id: id,
        "Culture" => culture: id;
        "LocalizedCollections" => collections: list("LocalizedCollection", read_localized_collection),
        "LocalizedStrings" => strings: list("LocalizedString", read_localized_string),
    }
    reader.no_effect(element, "Culture", &culture);
    Some(LocalizedResources {
        // Optional in the schema, but nothing can refer to resources without one.
        id: reader.required(element, "Id", id)?,
        culture,
        collections: collections.unwrap_or_default(),
        strings: strings.unwrap_or_default(),
        span: element.start_tag(),
    })
}

fn read_localized_collection(reader: &mut Reader<'_>, element: Element<'_>) -> Option<LocalizedCollection> {
    parts! { reader, element;
        "ElementType" => element_type: token,
        "ElementId" => element_id: id,
        "TargetCollection" => target_collection: token;
        "Item" => items: each(read_enumeration_item),
    }
    let element_type = reader.required(element, "ElementType", element_type);
    let target_collection = reader.required(element, "TargetCollection", target_collection);
    let element_id = reader.required(element, "ElementId", element_id)?;
    Some(LocalizedCollection { element_type, element_id, target_collection, items, span: element.start_tag() })
}

fn read_localized_string(reader: &mut Reader<'_>, element: Element<'_>) -> Option<LocalizedString> {
    let (mut element_type, mut element_id, mut string_id) = (None, None, None);
    for attribute in element.attributes() {
        match attribute.name {
            "ElementType" => element_type = reader.token(attribute.into()),
            "ElementId" => element_id = reader.id(attribute.into()),
            "StringId" => string_id = reader.id(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["ElementType", "ElementId", "StringId"]),
        }
    }
    let content = reader.text(element);
    let element_type = reader.required(element, "ElementType", element_type);
    let string_id = reader.required(element, "StringId", string_id);
    Some(LocalizedString {
        element_type: element_type?,
        element_id,
        string_id: string_id?,
        text: reader.verbatim(content)?,
        span: element.start_tag(),
    })
}
