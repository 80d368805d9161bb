//! ContentDefinitions and ClientDefinitions. Source: contentdefinitions.

use super::claims_schema::MergeBehavior;
use super::id::{Id, Spanned};
use super::parts::{each, list, one, parts, value};
use super::reader::Reader;
use super::technical_profiles::{MetadataItem, read_metadata_item};
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

/// A ContentDefinition.
#[derive(Clone, Debug)]
pub struct ContentDefinition {
    /// Id.
    pub id: Spanned<Id>,
    /// LoadUri.
    pub load_uri: Option<Spanned<Str>>,
    /// RecoveryUri.
    pub recovery_uri: Option<Spanned<Str>>,
    /// DataUri.
    pub data_uri: Option<Spanned<Str>>,
    /// Metadata.
    pub metadata: Vec<MetadataItem>,
    /// LocalizedResourcesReferences.
    pub localized_resources: Option<LocalizedResourcesReferences>,
    /// The start tag.
    pub span: Span,
}

/// A LocalizedResourcesReferences element.
#[derive(Clone, Debug)]
pub struct LocalizedResourcesReferences {
    /// MergeBehavior.
    pub merge_behavior: Option<Spanned<MergeBehavior>>,
    /// The references.
    pub references: Vec<LocalizedResourcesReference>,
    /// The start tag.
    pub span: Span,
}

/// A LocalizedResourcesReference.
#[derive(Clone, Debug)]
pub struct LocalizedResourcesReference {
    /// Language.
    pub language: Spanned<Id>,
    /// Url; without effect.
    pub url: Option<Spanned<Str>>,
    /// LocalizedResourcesReferenceId.
    pub resources: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// A ClientDefinition.
#[derive(Clone, Debug)]
pub struct ClientDefinition {
    /// Id.
    pub id: Spanned<Id>,
    /// ClientUIFilterFlags.
    pub client_ui_filter_flags: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

pub(super) fn read_content_definition(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ContentDefinition> {
    parts! { reader, element;
        "Id" => id: id;
        "LoadUri" => load_uri: value(Reader::token),
        "RecoveryUri" => recovery_uri: value(Reader::token),
        "DataUri" => data_uri: value(Reader::token),
        "Metadata" => metadata: list("Item", read_metadata_item),
        "LocalizedResourcesReferences" => localized_resources: one(read_localized_resources_references),
    }
    Some(ContentDefinition {
        id: reader.required(element, "Id", id)?,
        load_uri,
        recovery_uri,
        data_uri,
        metadata: metadata.unwrap_or_default(),
        localized_resources,
        span: element.start_tag(),
    })
}

fn read_localized_resources_references(reader: &mut Reader<'_>, element: Element<'_>) -> Option<LocalizedResourcesReferences> {
    parts! { reader, element;
        "MergeBehavior" => merge_behavior: closed;
        "LocalizedResourcesReference" => references: each(read_localized_resources_reference),
    }
    Some(LocalizedResourcesReferences { merge_behavior, references, span: element.start_tag() })
}

fn read_localized_resources_reference(reader: &mut Reader<'_>, element: Element<'_>) -> Option<LocalizedResourcesReference> {
    parts! { reader, element;
        "Language" => language: id,
        "Url" => url: token,
        "LocalizedResourcesReferenceId" => resources: id;
    }
    reader.no_effect(element, "Url", &url);
    let language = reader.required(element, "Language", language)?;
    Some(LocalizedResourcesReference { language, url, resources, span: element.start_tag() })
}

pub(super) fn read_client_definition(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClientDefinition> {
    parts! { reader, element;
        "Id" => id: id;
        "ClientUIFilterFlags" => client_ui_filter_flags: value(Reader::token),
    }
    Some(ClientDefinition { id: reader.required(element, "Id", id)?, client_ui_filter_flags, span: element.start_tag() })
}
