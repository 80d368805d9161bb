//! Keys that must be unique within a file.

use rustc_hash::FxHashMap;

use super::{File, shape};
use crate::diagnostic::{Diagnostic, code};
use crate::source::Span;
use crate::xml::Element;

/// Within each element of this name, no two elements under this path may have the same value of this attribute. Source: the keys of the
/// published schema; that of metadata items never bites there, being written against a type, but the load refuses them all the same
/// (IefPolicies README).
const KEYS: &[(&str, &[&str], &str)] = &[
    ("DocumentReferences", &["DocumentReference"], "Id"),
    ("ClaimsSchema", &["ClaimType"], "Id"),
    ("Predicates", &["Predicate"], "Id"),
    ("InputValidations", &["InputValidation"], "Id"),
    ("PredicateValidations", &["PredicateValidation"], "Id"),
    ("ClaimsTransformations", &["ClaimsTransformation"], "Id"),
    ("ClientDefinitions", &["ClientDefinition"], "Id"),
    ("ContentDefinitions", &["ContentDefinition"], "Id"),
    ("ClaimsProviders", &["ClaimsProvider", "TechnicalProfiles", "TechnicalProfile"], "Id"),
    ("UserJourneys", &["UserJourney"], "Id"),
    ("SubJourneys", &["SubJourney"], "Id"),
    ("OrchestrationSteps", &["OrchestrationStep"], "Order"),
    ("ValidationTechnicalProfiles", &["ValidationTechnicalProfile"], "ReferenceId"),
    ("AuthorizationTechnicalProfiles", &["AuthorizationTechnicalProfile"], "ReferenceId"),
    ("Endpoints", &["Endpoint"], "Id"),
    ("ContentDefinitionParameters", &["Parameter"], "Name"),
    ("Metadata", &["Item"], "Key"),
];

/// B2C0111.
pub(super) fn unique(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    shape::each(file, |element, _| {
        for (scope, path, attribute) in KEYS {
            if element.name() == *scope {
                gather(element, path, attribute, &mut FxHashMap::default(), found);
            }
        }
    });
}

fn gather<'d>(element: Element<'d>, path: &[&str], attribute: &str, seen: &mut FxHashMap<&'d str, Span>, found: &mut Vec<Diagnostic>) {
    let Some((name, rest)) = path.split_first() else {
        let Some(key) = element.attribute(attribute) else { return };
        match seen.get(key.value) {
            Some(first) => {
                let again = Diagnostic::error(code::DUPLICATE_KEY, format!("There is a duplicate key sequence '{}'", key.value));
                let again = again.label(key.span, "again").label(*first, "first here");
                found.push(again.help(format!("each `{}` here needs a `{attribute}` of its own", element.name())));
            }
            None => {
                seen.insert(key.value, key.span);
            }
        }
        return;
    };
    for child in element.children().filter(|child| child.name() == *name) {
        gather(child, rest, attribute, seen, found);
    }
}
