//! ContentDefinitions and ClientDefinitions. Source: contentdefinitions.

use super::claims_schema::MergeBehavior;
use super::id::{Id, Spanned};
use super::technical_profiles::MetadataItem;
use crate::claims::Str;
use crate::source::Span;

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
