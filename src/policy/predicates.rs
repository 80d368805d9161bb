//! Predicates, InputValidations and PredicateValidations. Source: predicates.

use super::id::{Id, Spanned};
use super::parts::{each, list, lists, parts, reference, value};
use super::reader::Reader;
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

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

pub(super) fn read_predicate(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Predicate> {
    parts! { reader, element;
        "Id" => id: id,
        "Method" => method: token,
        "HelpText" => help_text: verbatim;
        "UserHelpText" => user_help_text: value(Reader::verbatim),
        "Parameters" => parameters: list("Parameter", read_parameter),
    }
    let method = reader.required(element, "Method", method);
    Some(Predicate {
        id: reader.required(element, "Id", id)?,
        method,
        help_text,
        user_help_text,
        parameters: parameters.unwrap_or_default(),
        span: element.start_tag(),
    })
}

fn read_parameter(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Parameter> {
    let mut id = None;
    for attribute in element.attributes() {
        match attribute.name {
            "Id" => id = reader.id(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["Id"]),
        }
    }
    let content = reader.text(element);
    Some(Parameter { id: reader.required(element, "Id", id)?, value: reader.verbatim(content)?, span: element.start_tag() })
}

pub(super) fn read_predicate_validation(reader: &mut Reader<'_>, element: Element<'_>) -> Option<PredicateValidation> {
    parts! { reader, element;
        "Id" => id: id;
        "PredicateGroups" => groups: lists("PredicateGroup", read_predicate_group),
    }
    let id = reader.required(element, "Id", id)?;
    Some(PredicateValidation { id, groups: groups.unwrap_or_default(), span: element.start_tag() })
}

fn read_predicate_group(reader: &mut Reader<'_>, element: Element<'_>) -> Option<PredicateGroup> {
    parts! { reader, element;
        "Id" => id: id;
        "UserHelpText" => user_help_text: value(Reader::verbatim),
        "PredicateReferences" => references: each(read_predicate_references),
    }
    Some(PredicateGroup { id: reader.required(element, "Id", id)?, user_help_text, references, span: element.start_tag() })
}

fn read_predicate_references(reader: &mut Reader<'_>, element: Element<'_>) -> Option<PredicateReferences> {
    parts! { reader, element;
        "Id" => id: id,
        "HelpText" => help_text: verbatim,
        "MatchAtLeast" => match_at_least: number,
        "Reject" => reject: boolean;
        "PredicateReference" => predicates: each(reference("Id")),
    }
    Some(PredicateReferences { id, help_text, match_at_least, reject, predicates, span: element.start_tag() })
}

pub(super) fn read_input_validation(reader: &mut Reader<'_>, element: Element<'_>) -> Option<InputValidation> {
    parts! { reader, element;
        "Id" => id: id;
        "PredicateReferences" => references: each(read_predicate_references),
    }
    Some(InputValidation { id: reader.required(element, "Id", id)?, references, span: element.start_tag() })
}
