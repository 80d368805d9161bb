//! Predicates, InputValidations and PredicateValidations. Source: predicates.

use super::id::{Id, Spanned};
use crate::claims::Str;
use crate::source::Span;

/// A Predicate.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// Id.
    pub id: Spanned<Id>,
    /// Method.
    pub method: Option<Spanned<Str>>,
    /// HelpText, the attribute.
    pub help_text: Option<Spanned<Str>>,
    /// UserHelpText, the element.
    pub user_help_text: Option<Spanned<Str>>,
    /// Parameters.
    pub parameters: Vec<Parameter>,
    /// The start tag.
    pub span: Span,
}

/// A Parameter of a predicate.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Id.
    pub id: Spanned<Id>,
    /// The text, verbatim.
    pub value: Spanned<Str>,
    /// The start tag.
    pub span: Span,
}

/// A PredicateValidation; its groups must all hold.
#[derive(Clone, Debug)]
pub struct PredicateValidation {
    /// Id.
    pub id: Spanned<Id>,
    /// PredicateGroups.
    pub groups: Vec<PredicateGroup>,
    /// The start tag.
    pub span: Span,
}

/// A PredicateGroup.
#[derive(Clone, Debug)]
pub struct PredicateGroup {
    /// Id.
    pub id: Spanned<Id>,
    /// UserHelpText.
    pub user_help_text: Option<Spanned<Str>>,
    /// PredicateReferences elements.
    pub references: Vec<PredicateReferences>,
    /// The start tag.
    pub span: Span,
}

/// A PredicateReferences element.
#[derive(Clone, Debug)]
pub struct PredicateReferences {
    /// Id.
    pub id: Option<Spanned<Id>>,
    /// HelpText.
    pub help_text: Option<Spanned<Str>>,
    /// MatchAtLeast; all when absent.
    pub match_at_least: Option<Spanned<u32>>,
    /// Reject.
    pub reject: Option<Spanned<bool>>,
    /// The Id of each PredicateReference.
    pub predicates: Vec<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// An InputValidation, the older form of [`PredicateValidation`].
#[derive(Clone, Debug)]
pub struct InputValidation {
    /// Id.
    pub id: Spanned<Id>,
    /// PredicateReferences elements.
    pub references: Vec<PredicateReferences>,
    /// The start tag.
    pub span: Span,
}
