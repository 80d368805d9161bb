//! ClaimsSchema: the claim types. Source: claimsschema.

use super::id::{Id, Spanned, closed_set};
use super::parts::{each, lists, one, parts, reference, value};
use super::reader::Reader;
use crate::claims::{DataType, InputType, Str};
use crate::source::Span;
use crate::xml::Element;

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

pub(super) fn read_claim_type(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimType> {
    parts! { reader, element;
        "Id" => id: id,
        "StatementType" => statement_type: closed;
        "DisplayName" => display_name: value(Reader::verbatim),
        "DataType" => data_type: value(Reader::data_type),
        "DefaultPartnerClaimTypes" => default_partners: lists("Protocol", read_default_partner),
        "Mask" => mask: one(read_mask),
        "AdminHelpText" => admin_help_text: value(Reader::verbatim),
        "UserHelpText" => user_help_text: value(Reader::verbatim),
        "UserInputType" => user_input_type: value(Reader::input_type),
        "Restriction" => restriction: one(read_restriction),
        "InputValidationReference" => input_validation: one(reference("Id")),
        "PredicateValidationReference" => predicate_validation: one(reference("Id")),
    }
    reader.no_effect(element, "StatementType", &statement_type);
    Some(ClaimType {
        id: reader.required(element, "Id", id)?,
        statement_type,
        display_name,
        data_type,
        default_partners: default_partners.unwrap_or_default(),
        mask,
        admin_help_text,
        user_help_text,
        user_input_type,
        restriction,
        input_validation,
        predicate_validation,
        span: element.start_tag(),
    })
}

fn read_default_partner(reader: &mut Reader<'_>, element: Element<'_>) -> Option<DefaultPartner> {
    parts! { reader, element;
        "Name" => protocol: token,
        "Handler" => handler: token,
        "PartnerClaimType" => partner_claim_type: verbatim;
    }
    let partner_claim_type = reader.required(element, "PartnerClaimType", partner_claim_type);
    Some(DefaultPartner { protocol: reader.required(element, "Name", protocol)?, handler, partner_claim_type, span: element.start_tag() })
}

fn read_mask(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Mask> {
    let (mut kind, mut regex) = (None, None);
    for attribute in element.attributes() {
        match attribute.name {
            "Type" => kind = reader.closed(attribute.into()),
            "Regex" => regex = reader.verbatim(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["Type", "Regex"]),
        }
    }
    let content = reader.text(element);
    let kind = reader.required(element, "Type", kind);
    Some(Mask { kind, regex, text: reader.verbatim(content)?, span: element.start_tag() })
}

fn read_restriction(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Restriction> {
    parts! { reader, element;
        "MergeBehavior" => merge_behavior: closed;
        "Enumeration" => enumeration: each(read_enumeration_item),
        "Pattern" => pattern: one(read_pattern),
    }
    Some(Restriction { merge_behavior, enumeration, pattern, span: element.start_tag() })
}

pub(super) fn read_enumeration_item(reader: &mut Reader<'_>, element: Element<'_>) -> Option<EnumerationItem> {
    let (mut text, mut value, mut select_by_default) = (None, None, None);
    for attribute in element.attributes() {
        match attribute.name {
            "Text" => text = reader.verbatim(attribute.into()),
            "Value" => value = reader.verbatim(attribute.into()),
            "SelectByDefault" => select_by_default = reader.boolean(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["Text", "Value", "SelectByDefault"]),
        }
    }
    // The schema allows text inside, the documentation gives it no meaning.
    reader.no_children(element);
    let text = reader.required(element, "Text", text);
    Some(EnumerationItem { text, value: reader.required(element, "Value", value)?, select_by_default, span: element.start_tag() })
}

fn read_pattern(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Pattern> {
    parts! { reader, element;
        "RegularExpression" => regular_expression: verbatim,
        "HelpText" => help_text: verbatim;
    }
    let regular_expression = reader.required(element, "RegularExpression", regular_expression)?;
    Some(Pattern { regular_expression, help_text, span: element.start_tag() })
}
