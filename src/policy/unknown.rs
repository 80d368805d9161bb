//! What the schema does not have: unknown and repeated elements, unknown attributes, stray text, and the name that was perhaps meant.

use super::reader::{Reader, trim};
use crate::diagnostic::{Diagnostic, code};
use crate::nearest::nearest;
use crate::source::Span;
use crate::words::list_of;
use crate::xml::{Attribute, Element};

/// Where an element belongs that is easily put elsewhere.
const HOMES: &[(&str, &str)] = &[
    ("BasePolicy", "TrustFrameworkPolicy"),
    ("BuildingBlocks", "TrustFrameworkPolicy"),
    ("ClaimsProviders", "TrustFrameworkPolicy"),
    ("UserJourneys", "TrustFrameworkPolicy"),
    ("SubJourneys", "TrustFrameworkPolicy"),
    ("RelyingParty", "TrustFrameworkPolicy"),
    ("ClaimsSchema", "BuildingBlocks"),
    ("Predicates", "BuildingBlocks"),
    ("PredicateValidations", "BuildingBlocks"),
    ("InputValidations", "BuildingBlocks"),
    ("ClaimsTransformations", "BuildingBlocks"),
    ("ClientDefinitions", "BuildingBlocks"),
    ("ContentDefinitions", "BuildingBlocks"),
    ("Localization", "BuildingBlocks"),
    ("DisplayControls", "BuildingBlocks"),
    ("ClaimType", "ClaimsSchema"),
    ("Predicate", "Predicates"),
    ("PredicateValidation", "PredicateValidations"),
    ("ClaimsTransformation", "ClaimsTransformations"),
    ("ContentDefinition", "ContentDefinitions"),
    ("LocalizedResources", "Localization"),
    ("DisplayControl", "DisplayControls"),
    ("ClaimsProvider", "ClaimsProviders"),
    ("TechnicalProfile", "TechnicalProfiles"),
    ("TechnicalProfiles", "ClaimsProvider"),
    ("Metadata", "TechnicalProfile"),
    ("CryptographicKeys", "TechnicalProfile"),
    ("PersistedClaims", "TechnicalProfile"),
    ("PersistedClaim", "PersistedClaims"),
    ("InputClaim", "InputClaims"),
    ("OutputClaim", "OutputClaims"),
    ("DisplayClaim", "DisplayClaims"),
    ("InputParameter", "InputParameters"),
    ("InputClaimsTransformations", "TechnicalProfile"),
    ("InputClaimsTransformation", "InputClaimsTransformations"),
    ("OutputClaimsTransformations", "TechnicalProfile"),
    ("OutputClaimsTransformation", "OutputClaimsTransformations"),
    ("ValidationTechnicalProfiles", "TechnicalProfile"),
    ("ValidationTechnicalProfile", "ValidationTechnicalProfiles"),
    ("UserJourney", "UserJourneys"),
    ("SubJourney", "SubJourneys"),
    ("OrchestrationSteps", "UserJourney"),
    ("OrchestrationStep", "OrchestrationSteps"),
    ("Preconditions", "OrchestrationStep"),
    ("Precondition", "Preconditions"),
    ("ClaimsProviderSelections", "OrchestrationStep"),
    ("ClaimsProviderSelection", "ClaimsProviderSelections"),
    ("ClaimsExchanges", "OrchestrationStep"),
    ("ClaimsExchange", "ClaimsExchanges"),
    ("JourneyList", "OrchestrationStep"),
    ("Candidate", "JourneyList"),
    ("DefaultUserJourney", "RelyingParty"),
    ("UserJourneyBehaviors", "RelyingParty"),
    ("SubjectNamingInfo", "TechnicalProfile"),
];

/// Adds the edits that give an element another name.
fn rename(found: Diagnostic, element: Element<'_>, name: &str) -> Diagnostic {
    let found = found.fix(element.name_span(), name);
    match element.end_tag() {
        Some(tag) => found.fix(tag, format!("</{name}>")),
        None => found,
    }
}

impl Reader<'_> {
    /// An element that its parent does not have.
    #[cold]
    pub(super) fn unknown_element(&mut self, parent: Element<'_>, element: Element<'_>, known: &[&str]) {
        let name = element.name();
        let message = format!("`{}` has no element `{name}`", parent.name());
        let found = Diagnostic::error(code::UNKNOWN_ELEMENT, message).at(element.name_span());
        let home = HOMES.iter().find(|(child, _)| *child == name);
        let found = match (home, nearest(name, known.iter().copied())) {
            (Some((_, home)), _) => found.help(format!("`{name}` belongs in `{home}`")),
            (None, Some(near)) => {
                let found = found.help(format!("did you mean `{near}`?"));
                match near.eq_ignore_ascii_case(name) && element.name() == element.prefixed_name() {
                    true => rename(found, element, near),
                    false => found,
                }
            }
            (None, None) if (1..=6).contains(&known.len()) => found.help(format!("it may hold {}", list_of(known, '`', "and"))),
            (None, None) => found,
        };
        self.report(found);
    }

    /// An attribute that its element does not have.
    #[cold]
    pub(super) fn unknown_attribute(&mut self, element: Element<'_>, attribute: Attribute<'_>, known: &[&str]) {
        if attribute.name.starts_with("xsi:") {
            // `xsi:schemaLocation` and its kin may stand on every element.
            return;
        }
        let message = format!("`{}` has no attribute `{}`", element.name(), attribute.name);
        let found = Diagnostic::error(code::UNKNOWN_ATTRIBUTE, message).at(attribute.name_span);
        let found = match nearest(attribute.name, known.iter().copied()) {
            Some(near) if element.attribute(near).is_none() => {
                let found = found.help(format!("did you mean `{near}`?"));
                if near.eq_ignore_ascii_case(attribute.name) { found.fix(attribute.name_span, near) } else { found }
            }
            _ if (1..=6).contains(&known.len()) => found.help(format!("it may have {}", list_of(known, '`', "and"))),
            _ => found,
        };
        self.report(found);
    }

    /// A second element where one may stand.
    #[cold]
    pub(super) fn repeated(&mut self, element: Element<'_>) {
        let parent = element.parent().map_or("", Element::name);
        let words = crate::schema::invalid_child(parent, element.name(), &[]);
        let found = Diagnostic::error(code::TOO_MANY_ELEMENTS, words).label(element.name_span(), "it may stand here only once");
        self.report(found.help("delete it, or put what is in it into the first one"));
    }

    /// Markup in an element that may only hold text, such as HTML in a string.
    #[cold]
    pub(super) fn markup_in_text(&mut self, parent: Element<'_>, element: Element<'_>) {
        let name = element.prefixed_name();
        let message = format!("`{}` may only hold text, and `<{name}>` is taken for an element", parent.name());
        let mut found = Diagnostic::error(code::MARKUP_IN_VALUE, message).at(element.start_tag());
        found = found.help(format!("write `&lt;{name}&gt;`, or put the text into `<![CDATA[ .. ]]>`"));
        for tag in [Some(element.start_tag()), element.end_tag()].into_iter().flatten() {
            found = found.fix(Span { end: tag.start + 1, ..tag }, "&lt;").fix(Span { start: tag.end - 1, ..tag }, "&gt;");
        }
        self.report(found);
    }

    /// Reports text in an element that may only hold elements.
    pub(super) fn no_text(&mut self, element: Element<'_>) {
        if element.has_text() {
            let message = format!("`{}` may not hold text", element.name());
            self.report(Diagnostic::warning(code::STRAY_TEXT, message).at(trim(element.text()).span).help("remove the text"));
        }
    }
}
