//! .NET regular expressions on a back-tracking engine (OPEN-19).
//!
//! A pattern is read as .NET reads it and written anew for the engine, so that what the two syntaxes read differently cannot slip
//! through: a `[` inside a class, class subtraction, `$` before a final line feed, named blocks, the numbering of named groups. What the
//! engine cannot do is refused: balancing groups, halves of surrogate pairs. Matching goes by code points where .NET goes by UTF-16 units,
//! which differs only for characters beyond U+FFFF. A search takes a limited number of steps.

mod class;
mod cost;
mod emit;
mod escapes;
mod groups;
mod node;
mod parse;

use std::fmt;
use std::sync::{Arc, OnceLock};

use self::cost::{MAX_STEPS, MAX_TEXT};
pub(super) use self::node::Node;
use self::parse::Groups;

/// A search that backtracks more often ends in an error.
const BACKTRACK_LIMIT: usize = 50_000;

/// A compiled pattern; cheap to clone.
#[derive(Clone)]
pub struct Regex {
    inner: Arc<Inner>,
}

struct Inner {
    source: Box<str>,
    node: Node,
    groups: Groups,
    /// The .NET number of each group of the engine.
    places: Vec<u32>,
    /// The pattern as the engine reads it.
    translated: Box<str>,
    /// Compiled when it is first needed: that takes longer than reading the whole policy file.
    engine: OnceLock<Result<fancy_regex::Regex, RegexError>>,
    /// Whether it can take time in the square of the text's length.
    backtracks: bool,
}

/// Why a pattern cannot be used, or why a search ended without a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct RegexError {
    /// What is wrong.
    pub message: String,
    /// Where in the pattern, in bytes, when it is one place.
    pub offset: Option<usize>,
    /// Whether it is a limit of this engine: .NET takes the pattern.
    pub limit: bool,
}

impl RegexError {
    fn new(message: impl Into<String>, offset: Option<usize>) -> Self {
        Self { message: message.into(), offset, limit: false }
    }

    /// The same, as a limit of this engine.
    fn ours(self) -> Self {
        Self { limit: true, ..self }
    }
}

impl fmt::Display for RegexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match self.offset {
            Some(offset) => write!(f, " at offset {offset}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Regex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Regex").field(&self.pattern()).finish()
    }
}

impl Regex {
    /// Translates and compiles a .NET pattern.
    ///
    /// # Errors
    /// The pattern is not one, or has something that the engine cannot do.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        let regex = Self::lazy(pattern)?;
        regex.engine()?;
        Ok(regex)
    }

    /// Translates a .NET pattern, and compiles it when it is first used; the few faults that only compiling finds come out then.
    ///
    /// # Errors
    /// The pattern is not one, or has something that the translator refuses.
    pub fn lazy(pattern: &str) -> Result<Self, RegexError> {
        let parsed = parse::parse(pattern)?;
        if parsed.node.steps() > MAX_STEPS {
            return Err(RegexError::new("the pattern repeats its parts too often", None).ours());
        }
        let emitted = emit::emit(&parsed.node);
        let backtracks = parsed.node.backtracks();
        Ok(Self {
            inner: Arc::new(Inner {
                source: pattern.into(),
                node: parsed.node,
                groups: parsed.groups,
                places: emitted.groups,
                translated: emitted.pattern.into(),
                engine: OnceLock::new(),
                backtracks,
            }),
        })
    }

    /// A regex that finds one character of a set that is written as the inside of a class, with `[`, `]` and a leading `^` as themselves
    /// (predicates: CharacterSet).
    pub fn of_characters(set: &str) -> Result<Self, RegexError> {
        let mut pattern = String::from("[");
        let mut escaped = false;
        for (index, character) in set.chars().enumerate() {
            if !escaped && (matches!(character, '[' | ']') || index == 0 && character == '^') {
                pattern.push('\\');
            }
            escaped = character == '\\' && !escaped;
            pattern.push(character);
        }
        pattern.push(']');
        Self::lazy(&pattern)
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        &self.inner.source
    }

    pub(super) fn node(&self) -> &Node {
        &self.inner.node
    }

    fn engine(&self) -> Result<&fancy_regex::Regex, RegexError> {
        let compile = || {
            fancy_regex::RegexBuilder::new(&self.inner.translated).backtrack_limit(BACKTRACK_LIMIT).build().map_err(|error| refused(&error))
        };
        self.inner.engine.get_or_init(compile).as_ref().map_err(Clone::clone)
    }

    /// Whether it matches anywhere (.NET `IsMatch`); an error when the step limit is reached.
    pub fn is_match(&self, text: &str) -> Result<bool, RegexError> {
        self.check_length(text)?;
        self.engine()?.is_match(text).map_err(|error| stopped(&error))
    }

    fn check_length(&self, text: &str) -> Result<(), RegexError> {
        if self.inner.backtracks && text.len() > MAX_TEXT {
            let message = format!("the search was given up: with look-around or back-references a text must not exceed {MAX_TEXT} bytes");
            return Err(RegexError::new(message, None));
        }
        Ok(())
    }

    /// The first match (.NET `Match`); an error when the step limit is reached.
    pub fn captures<'t>(&self, text: &'t str) -> Result<Option<Captures<'t>>, RegexError> {
        self.captures_from(text, 0)
    }

    fn captures_from<'t>(&self, text: &'t str, start: usize) -> Result<Option<Captures<'t>>, RegexError> {
        self.check_length(text)?;
        let Some(found) = self.engine()?.captures_from_pos(text, start).map_err(|error| stopped(&error))? else { return Ok(None) };
        let Some(whole) = found.get(0) else { return Ok(None) };
        let mut spans: Vec<(u32, std::ops::Range<usize>)> = Vec::new();
        for (number, place) in self.inner.places.iter().zip(1..) {
            if let Some(group) = found.get(place) {
                // Of two groups of one name the last that matched counts.
                spans.retain(|(other, _)| other != number);
                spans.push((*number, group.range()));
            }
        }
        Ok(Some(Captures { regex: self.clone(), text, whole: whole.range(), spans }))
    }

    /// Replaces every match (.NET `Replace`). `$1`, `${name}`, `$&` and `$$` in the replacement have .NET's meaning.
    pub fn replace_all(&self, text: &str, replacement: &str) -> Result<String, RegexError> {
        let mut result = String::new();
        let (mut kept, mut start) = (0, 0);
        while let Some(found) = self.captures_from(text, start)? {
            result.push_str(text.get(kept..found.whole.start).unwrap_or_default());
            found.expand(replacement, &mut result);
            kept = found.whole.end;
            start = kept;
            if found.whole.is_empty() {
                match text.get(kept..).and_then(|rest| rest.chars().next()) {
                    Some(character) => start += character.len_utf8(),
                    None => break,
                }
            }
        }
        result.push_str(text.get(kept..).unwrap_or_default());
        Ok(result)
    }
}

fn refused(error: &fancy_regex::Error) -> RegexError {
    RegexError::new(format!("the pattern cannot be compiled: {error}"), None)
}

fn stopped(error: &fancy_regex::Error) -> RegexError {
    RegexError::new(format!("the search was given up: {error}"), None)
}

/// One match.
#[derive(Clone, Debug)]
pub struct Captures<'t> {
    regex: Regex,
    text: &'t str,
    whole: std::ops::Range<usize>,
    spans: Vec<(u32, std::ops::Range<usize>)>,
}

impl<'t> Captures<'t> {
    /// What the whole pattern matched.
    pub fn whole(&self) -> &'t str {
        self.text.get(self.whole.clone()).unwrap_or_default()
    }

    /// What a group matched, by its .NET number (unnamed groups come first, then the named ones; 0 is the whole); `None` when it took no
    /// part.
    pub fn get(&self, number: u32) -> Option<&'t str> {
        if number == 0 {
            return Some(self.whole());
        }
        let (_, span) = self.spans.iter().find(|(other, _)| *other == number)?;
        self.text.get(span.clone())
    }

    /// What a group matched, by its name.
    pub fn name(&self, name: &str) -> Option<&'t str> {
        self.get(self.regex.inner.groups.number(name)?)
    }

    /// Every named group in the order of the pattern, with what it matched.
    pub fn names(&self) -> impl Iterator<Item = (&str, Option<&'t str>)> {
        self.regex.inner.groups.names.iter().map(|(name, number)| (name.as_str(), self.get(*number)))
    }

    /// Writes a replacement. A `$` that means nothing stays.
    fn expand(&self, replacement: &str, result: &mut String) {
        let mut rest = replacement;
        while let Some((before, after)) = rest.split_once('$') {
            result.push_str(before);
            let braced = after.strip_prefix('{').and_then(|inner| inner.split_once('}'));
            let digits = after.len() - after.trim_start_matches(|character: char| character.is_ascii_digit()).len();
            let (digits, after_digits) = after.split_at_checked(digits).unwrap_or_default();
            if let Some(after) = after.strip_prefix('$') {
                result.push('$');
                rest = after;
            } else if let Some(after) = after.strip_prefix('&') {
                result.push_str(self.whole());
                rest = after;
            } else if let Some((group, after)) = braced.and_then(|(name, after)| Some((self.group_of(name)?, after))) {
                result.push_str(self.get(group).unwrap_or_default());
                rest = after;
            } else if let Some(group) = self.group_of(digits) {
                result.push_str(self.get(group).unwrap_or_default());
                rest = after_digits;
            } else {
                result.push('$');
                rest = after;
            }
        }
        result.push_str(rest);
    }

    /// The number of an existing group that is named or numbered so.
    fn group_of(&self, name: &str) -> Option<u32> {
        let groups = &self.regex.inner.groups;
        groups.number(name).or_else(|| name.parse().ok().filter(|number| *number == 0 || groups.numbers.contains(number)))
    }
}

#[cfg(test)]
mod tests;
