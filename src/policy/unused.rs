//! Elements that only the published schema knows. They are checked against its shape, kept as [`Unused`], and do nothing.

use super::file::Unused;
use super::reader::Reader;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::xml::Element;

/// The shape of an element.
struct Shape {
    name: &'static str,
    attributes: &'static [&'static str],
    content: Content,
}

enum Content {
    /// Text only.
    Text,
    /// These elements, each any number of times; none for an empty element.
    Elements(&'static [Shape]),
    /// Anything.
    Any,
}

const fn shape(name: &'static str, attributes: &'static [&'static str], children: &'static [Shape]) -> Shape {
    Shape { name, attributes, content: Content::Elements(children) }
}

const fn text(name: &'static str, attributes: &'static [&'static str]) -> Shape {
    Shape { name, attributes, content: Content::Text }
}

/// Source: the published schema.
const SHAPES: &[Shape] = &[
    // TrustFrameworkPolicy
    shape(
        "PolicyConstraints",
        &[],
        &[
            shape(
                "Inheritance",
                &["DerivingPolicies"],
                &[shape("Tenants", &[], &[shape("Tenant", &["ReferenceId"], &[])]), shape("ConstraintHandler", &["Id", "Handler"], &[])],
            ),
            shape("RerouteRules", &["Type"], &[shape("RerouteRule", &["PolicyId", "Weight", "Match"], &[])]),
        ],
    ),
    shape(
        "Contacts",
        &[],
        &[shape("Contact", &["Id"], &[text("DisplayName", &[]), text("TelephoneNumber", &[]), text("Email", &[]), text("Role", &[])])],
    ),
    shape("DocumentReferences", &[], &[shape("DocumentReference", &["Id"], &[text("DisplayName", &[]), text("Url", &[])])]),
    // ClaimsProvider, TechnicalProfile
    shape("Domains", &[], &[text("Domain", &[])]),
    text("AssuranceLevelOfOutputClaims", &[]),
    shape("RequiredAssuranceLevelsOfInputClaims", &[], &[text("RequiredAssuranceLevelOfInputClaims", &[])]),
    shape("SubjectAuthenticationRequirements", &["TimeToLive", "ResetExpiryWhenTokenIssued"], &[]),
    shape("Suppressions", &[], &[shape("Item", &["Key", "Value"], &[])]),
    text("PreferredBinding", &[]),
    shape("InputTokenSources", &[], &[shape("TechnicalProfile", &["Id"], &[])]),
    Shape { name: "Extensions", attributes: &[], content: Content::Any },
    shape(
        "ErrorHandlers",
        &[],
        &[shape(
            "ErrorHandler",
            &[],
            &[
                text("ErrorResponseFormat", &[]),
                text("ResponseMatch", &[]),
                text("Action", &[]),
                text("AdditionalRequestParameters", &["Key"]),
            ],
        )],
    ),
    shape("From", &["TechnicalProfileReferenceId"], &[]),
    // UserJourney
    text("AssuranceLevel", &[]),
    text("PreserveOriginalAssertion", &[]),
    shape("CryptographicKeys", &[], &[shape("Key", &["Id", "StorageReferenceId"], &[])]),
    // UserJourneyBehaviors
    shape("AzureApplicationInsights", &["InstrumentationKey"], &[]),
];

/// A child without effect.
pub(super) fn unused(slot: &mut Vec<Unused>, reader: &mut Reader<'_>, child: Element<'_>) {
    take(slot, reader, child, Severity::Note);
}

/// A child without effect whose author will be surprised.
pub(super) fn ignored(slot: &mut Vec<Unused>, reader: &mut Reader<'_>, child: Element<'_>) {
    take(slot, reader, child, Severity::Warning);
}

fn take(slot: &mut Vec<Unused>, reader: &mut Reader<'_>, child: Element<'_>, severity: Severity) {
    let Some(shape) = SHAPES.iter().find(|shape| shape.name == child.name()) else { return };
    let message = format!("`{}` has no effect on a run", shape.name);
    reader.report(Diagnostic::new(severity, code::NO_EFFECT, message).at(child.start_tag()));
    check(shape, reader, child);
    slot.push(Unused { name: shape.name, span: child.start_tag() });
}

fn check(shape: &Shape, reader: &mut Reader<'_>, element: Element<'_>) {
    for attribute in element.attributes() {
        if !shape.attributes.contains(&attribute.name) {
            reader.unknown_attribute(element, attribute, shape.attributes);
        }
    }
    match shape.content {
        Content::Any => {}
        Content::Text => reader.no_children(element),
        Content::Elements(shapes) => {
            for child in element.children() {
                match shapes.iter().find(|shape| shape.name == child.name()) {
                    Some(shape) => check(shape, reader, child),
                    None => {
                        let names: Vec<&str> = shapes.iter().map(|shape| shape.name).collect();
                        reader.unknown_element(element, child, &names);
                    }
                }
            }
            reader.no_text(element);
        }
    }
}
