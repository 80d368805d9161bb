//! Localization. Source: localization.

use std::sync::Arc;

use super::claims_schema::{EnumerationItem, MergeBehavior};
use super::id::{Id, Spanned};
use crate::claims::Str;
use crate::source::Span;

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
