//! ClaimsSchema: the claim types. Source: claimsschema.

use super::id::{Id, Spanned, closed_set};
use crate::claims::{DataType, InputType, Str};
use crate::source::Span;

/// A ClaimType.
#[derive(Clone, Debug)]
pub struct ClaimType {
    /// Id.
    pub id: Spanned<Id>,
    /// StatementType; without effect.
    pub statement_type: Option<Spanned<StatementType>>,
    /// DisplayName.
    pub display_name: Option<Spanned<Str>>,
    /// DataType.
    pub data_type: Option<Spanned<DataType>>,
    /// DefaultPartnerClaimTypes.
    pub default_partners: Vec<DefaultPartner>,
    /// Mask.
    pub mask: Option<Mask>,
    /// AdminHelpText.
    pub admin_help_text: Option<Spanned<Str>>,
    /// UserHelpText.
    pub user_help_text: Option<Spanned<Str>>,
    /// UserInputType.
    pub user_input_type: Option<Spanned<InputType>>,
    /// Restriction.
    pub restriction: Option<Restriction>,
    /// InputValidationReference.
    pub input_validation: Option<Spanned<Id>>,
    /// PredicateValidationReference.
    pub predicate_validation: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// A Protocol of DefaultPartnerClaimTypes.
#[derive(Clone, Debug)]
pub struct DefaultPartner {
    /// Name: the protocol.
    pub protocol: Spanned<Str>,
    /// Handler.
    pub handler: Option<Spanned<Str>>,
    /// PartnerClaimType.
    pub partner_claim_type: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

/// A Mask.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Type.
    pub kind: Option<Spanned<MaskType>>,
    /// Regex: what the text replaces, for [`MaskType::Regex`].
    pub regex: Option<Spanned<Str>>,
    /// The masking text, verbatim.
    pub text: Spanned<Str>,
    /// The start tag.
    pub span: Span,
}

/// A Restriction.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// MergeBehavior.
    pub merge_behavior: Option<Spanned<MergeBehavior>>,
    /// Enumeration elements.
    pub enumeration: Vec<EnumerationItem>,
    /// Pattern.
    pub pattern: Option<Pattern>,
    /// The start tag.
    pub span: Span,
}

/// An Enumeration of a restriction, or an Item of a localized collection.
#[derive(Clone, Debug)]
pub struct EnumerationItem {
    /// Text; what the page shows.
    pub text: Option<Spanned<Str>>,
    /// Value; what the claim gets.
    pub value: Spanned<Str>,
    /// SelectByDefault.
    pub select_by_default: Option<Spanned<bool>>,
    /// The start tag.
    pub span: Span,
}

/// A Pattern.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// RegularExpression.
    pub regular_expression: Spanned<Str>,
    /// HelpText.
    pub help_text: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

closed_set! {
    /// How a child's collection is laid over its parent's.
    MergeBehavior {
        /// The parent's items, then the child's.
        Append,
        /// The child's items, then the parent's.
        Prepend,
        /// The child's items only.
        ReplaceAll,
    }
}

closed_set! {
    /// The kind of a mask.
    MaskType {
        /// The text replaces the leading part of the same length.
        Simple,
        /// The text replaces every match of a pattern.
        Regex,
    }
}

closed_set! {
    /// SAML statement that carries the claim. From the schema only.
    StatementType {
        /// An attribute statement.
        Attribute,
        /// An authentication statement.
        Authentication,
        /// The subject.
        Subject,
    }
}
