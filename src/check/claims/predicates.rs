//! Predicates and the groups that ask for them.

use crate::check::chain::Chain;
use crate::claims::Date;
use crate::diagnostic::{Diagnostic, code};
use crate::nearest::nearest;
use crate::policy::{Parameter, Predicate, PredicateReferences, Spanned};
use crate::source::Span;

/// What the value of a parameter must be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Number,
    /// Judged with the other patterns.
    Regex,
    Date,
}

/// Methods with their parameters. Source: predicates.
const METHODS: [(&str, &[(&str, Form)]); 4] = [
    ("IsLengthRange", &[("Minimum", Form::Number), ("Maximum", Form::Number)]),
    ("MatchesRegex", &[("RegularExpression", Form::Regex)]),
    ("IncludesCharacters", &[("CharacterSet", Form::Regex)]),
    ("IsDateRange", &[("Minimum", Form::Date), ("Maximum", Form::Date)]),
];

/// Methods, parameters and their values; groups that ask for nothing.
pub(super) fn predicates(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // Planning says of a reached predicate that it is faulty; here is which part.
    found.retain(|diagnostic| diagnostic.code != code::PREDICATE);
    for declared in chain.policy.predicates.values() {
        predicate(declared, found);
    }
    for validation in chain.policy.predicate_validations.values() {
        if validation.groups.is_empty() {
            found.push(empty(&format!("the predicate validation `{}` has no groups", validation.id.value), validation.id.span));
        }
        for group in &validation.groups {
            if group.references.iter().all(|references| references.predicates.is_empty()) {
                found.push(empty(&format!("the group `{}` refers to no predicate", group.id.value), group.id.span));
            }
        }
    }
    for validation in chain.policy.input_validations.values() {
        if validation.references.iter().all(|references| references.predicates.is_empty()) {
            found.push(empty(&format!("the input validation `{}` refers to no predicate", validation.id.value), validation.id.span));
        }
    }
}

fn empty(message: &str, span: Span) -> Diagnostic {
    Diagnostic::warning(code::PREDICATE, format!("{message}, so every value passes")).at(span)
}

fn predicate(predicate: &Predicate, found: &mut Vec<Diagnostic>) {
    let Some(method) = &predicate.method else { return };
    let Some((name, forms)) = METHODS.iter().find(|(name, _)| name.eq_ignore_ascii_case(&method.value)) else {
        let names = METHODS.iter().map(|(name, _)| *name);
        let help = match nearest(&method.value, names) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "the methods are `IsLengthRange`, `MatchesRegex`, `IncludesCharacters` and `IsDateRange`".to_owned(),
        };
        let message = format!("the predicate method `{}` is not known", method.value);
        found.push(Diagnostic::error(code::PREDICATE, message).at(method.span).help(help));
        return;
    };
    let parameter = |name: &str| predicate.parameters.iter().find(|parameter| parameter.id.value == name);
    for (wanted, form) in *forms {
        match parameter(wanted) {
            Some(parameter) => value(parameter, *form, found),
            None => {
                let message = format!("the predicate `{}` has no parameter `{wanted}`, which `{name}` needs", predicate.id.value);
                found.push(
                    Diagnostic::error(code::PREDICATE, message)
                        .at(predicate.id.span)
                        .label(method.span, format!("takes {}", listed(forms)))
                        .help(format!("add `<Parameter Id=\"{wanted}\">…</Parameter>` to its `Parameters`")),
                );
            }
        }
    }
    for other in predicate.parameters.iter().filter(|parameter| !forms.iter().any(|(name, _)| parameter.id.value == *name)) {
        let message = format!("`{name}` has no parameter `{}`", other.id.value);
        let help = match nearest(&other.id.value, forms.iter().map(|(name, _)| *name)) {
            Some(name) => format!("did you mean `{name}`?"),
            None => format!("it takes {}", listed(forms)),
        };
        found.push(Diagnostic::warning(code::PREDICATE, message).at(other.id.span).help(help));
    }
    if let (Some(minimum), Some(maximum)) = (parameter("Minimum"), parameter("Maximum"))
        && reversed(&minimum.value, &maximum.value, forms)
    {
        let message = format!("no value passes the predicate `{}`: its minimum is above its maximum", predicate.id.value);
        found.push(Diagnostic::warning(code::PREDICATE, message).at(minimum.value.span).label(maximum.value.span, "the maximum"));
    }
}

fn listed(forms: &[(&str, Form)]) -> String {
    forms.iter().map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(" and ")
}

fn value(parameter: &Parameter, form: Form, found: &mut Vec<Diagnostic>) {
    let text = parameter.value.trim();
    let wanted = match form {
        Form::Number => text.parse::<u64>().is_err().then_some("a whole number"),
        Form::Regex => None,
        Form::Date => (!is_today(text) && Date::parse(text).is_none()).then_some("a date such as `1970-01-31` or the word `Today`"),
    };
    if let Some(wanted) = wanted {
        let message = format!("the parameter `{}` must be {wanted}, not `{text}`", parameter.id.value);
        let span = if text.is_empty() { parameter.id.span } else { parameter.value.span };
        found.push(Diagnostic::error(code::PREDICATE, message).at(span));
    }
}

fn is_today(text: &str) -> bool {
    text.eq_ignore_ascii_case("Today")
}

/// Whether a minimum is above its maximum. Today is above or below no date for good.
fn reversed(minimum: &str, maximum: &str, forms: &[(&str, Form)]) -> bool {
    let (minimum, maximum) = (minimum.trim(), maximum.trim());
    match forms.first() {
        Some((_, Form::Number)) => {
            matches!((minimum.parse::<u64>(), maximum.parse::<u64>()), (Ok(minimum), Ok(maximum)) if minimum > maximum)
        }
        Some((_, Form::Date)) => {
            matches!((Date::parse(minimum), Date::parse(maximum)), (Some(minimum), Some(maximum)) if minimum > maximum)
        }
        _ => false,
    }
}

/// MatchAtLeast against the number of predicates in its list.
pub(super) fn match_at_least(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let policy = chain.policy;
    let groups = policy.predicate_validations.values().flat_map(|validation| &validation.groups).flat_map(|group| &group.references);
    let older = policy.input_validations.values().flat_map(|validation| &validation.references);
    for references in groups.chain(older) {
        if let Some(wanted) = &references.match_at_least
            && !references.predicates.is_empty()
        {
            found.extend(count(references, wanted));
        }
    }
}

fn count(references: &PredicateReferences, wanted: &Spanned<u32>) -> Option<Diagnostic> {
    let there = references.predicates.len();
    let predicates = if there == 1 { "predicate" } else { "predicates" };
    let (message, help) = if wanted.value == 0 {
        ("`MatchAtLeast` is 0, so the group holds for every value".to_owned(), format!("write a number from 1 to {there}"))
    } else if wanted.value as usize > there {
        (
            format!("`MatchAtLeast` is {}, but there are only {there} {predicates} to match, so the group never holds", wanted.value),
            format!("write at most {there}, or leave it out to ask for all of them"),
        )
    } else {
        return None;
    };
    Some(Diagnostic::warning(code::MATCH_AT_LEAST, message).at(wanted.span).help(help))
}
