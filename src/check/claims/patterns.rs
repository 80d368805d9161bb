//! Regular expressions that .NET refuses, or that this project cannot run.

use crate::check::chain::Chain;
use crate::check::kind::{Kind, metadata};
use crate::claims::{Regex, RegexError, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{MaskType, Spanned};
use crate::source::Span;

/// Patterns of restrictions, masks and predicates, and character sets. Those in parameters of transformations are judged with the
/// signatures of their methods.
pub(super) fn bad_regexes(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // Planning underlines the whole pattern of what the journey reaches; here it is the faulty part of every pattern.
    found.retain(|diagnostic| diagnostic.code != code::BAD_REGEX);
    let policy = chain.policy;
    for claim in policy.claim_types.values() {
        if let Some(pattern) = claim.restriction.as_ref().and_then(|restriction| restriction.pattern.as_ref()) {
            let what = format!("the pattern of the claim `{}`", claim.id.value);
            check(chain, &what, &pattern.regular_expression, found);
        }
        if let Some(mask) = &claim.mask
            && let Some(regex) = mask.regex.as_ref().filter(|_| mask.kind.is_some_and(|kind| kind.value == MaskType::Regex))
        {
            check(chain, &format!("the mask of the claim `{}`", claim.id.value), regex, found);
        }
    }
    for predicate in policy.predicates.values() {
        let method = predicate.method.as_ref().map_or("", |method| method.value.as_str());
        for parameter in &predicate.parameters {
            let what = format!("the parameter `{}` of the predicate `{}`", parameter.id.value, predicate.id.value);
            if method.eq_ignore_ascii_case("MatchesRegex") && parameter.id.value == "RegularExpression" {
                check(chain, &what, &parameter.value, found);
            } else if method.eq_ignore_ascii_case("IncludesCharacters") && parameter.id.value == "CharacterSet" {
                check_set(chain, &what, &parameter.value, found);
            }
        }
    }
    for profile in chain.profiles.values().filter(|profile| profile.kind == Kind::OneTimePassword) {
        if let Some(item) = metadata(&profile.profile, "CharacterSet").filter(|item| !item.value.is_empty()) {
            let what = format!("the `CharacterSet` of the technical profile `{}`", profile.profile.id.value);
            check_set(chain, &what, &item.value, found);
        }
    }
}

fn check(chain: &Chain<'_>, what: &str, pattern: &Spanned<Str>, found: &mut Vec<Diagnostic>) {
    // Not compiled for the engine: that would take most of the time of a whole check.
    if let Err(error) = Regex::lazy(pattern) {
        found.push(bad_regex(chain, what, pattern, &error));
    }
}

fn check_set(chain: &Chain<'_>, what: &str, set: &Spanned<Str>, found: &mut Vec<Diagnostic>) {
    if let Err(error) = Regex::of_characters(set) {
        // It counts in the class that is made of the set.
        found.push(bad_regex(chain, what, set, &RegexError { offset: None, ..error }));
    }
}

/// The finding of a regular expression that cannot be used, at its faulty part where that is known.
pub(in crate::check) fn bad_regex(chain: &Chain<'_>, what: &str, pattern: &Spanned<Str>, error: &RegexError) -> Diagnostic {
    let whole = pattern.span;
    let part = error.offset.and_then(|offset| part_at(chain.text(whole), &pattern.value, offset));
    let message = &error.message;
    let diagnostic = if error.limit {
        let words = format!("{what} goes beyond what can be run here: {message}");
        Diagnostic::warning(code::BAD_REGEX, words).help("the service takes it, but a run of this policy cannot test it")
    } else {
        Diagnostic::error(code::BAD_REGEX, format!("{what} is no regular expression that .NET takes: {message}"))
    };
    match part {
        Some((start, end)) => {
            diagnostic.at(Span { file: whole.file, start: whole.start + start, end: whole.start + end }).label(whole, "in this pattern")
        }
        None => diagnostic.at(whole),
    }
}

/// The character at an offset of a value, as a range of the text in which it is written with its entities.
fn part_at(written: &str, value: &str, offset: usize) -> Option<(u32, u32)> {
    let mut places = Vec::new();
    let mut rest = written;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '&' => rest.find(';').map_or(1, |end| end + 1),
            // A carriage return before a line feed is not part of the value.
            '\r' if rest.starts_with("\r\n") => 2,
            _ => first.len_utf8(),
        };
        places.push((written.len() - rest.len(), length));
        rest = rest.get(length..)?;
    }
    // Anything else than plain text and entities (a CDATA section) is not taken apart.
    if places.len() != value.chars().count() {
        return None;
    }
    let index = value.char_indices().position(|(at, _)| at == offset)?;
    let (start, length) = *places.get(index)?;
    Some((start as u32, (start + length) as u32))
}

#[cfg(test)]
mod tests {
    use super::part_at;

    #[test]
    fn a_part_is_found_behind_entities() {
        let check = |written: &str, value: &str, offset: usize, part: Option<&str>| {
            let found = part_at(written, value, offset).and_then(|(start, end)| written.get(start as usize..end as usize));
            assert_eq!(found, part, "{written} at {offset}");
        };
        check("a(b", "a(b", 1, Some("("));
        check("&lt;é&amp;(", "<é&(", 3, Some("&amp;"));
        check("&lt;é&amp;(", "<é&(", 4, Some("("));
        check("&lt;(", "<(", 2, None);
        check("<![CDATA[(]]>", "(", 0, None);
        check("", "", 0, None);
    }
}
