//! What is wrong with a scenario file, and where.

use std::ops::Range;
use std::sync::Arc;

/// A scenario file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}{}", place(file, *line, *column), .help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())]
pub struct ScenarioError {
    /// The file's name as it was given.
    pub file: Arc<str>,
    /// Line, from 1; 0 when the file could not be read at all.
    pub line: u32,
    /// Column in characters, from 1; 0 when the file could not be read at all.
    pub column: u32,
    /// How many characters of the line are meant; 0 for a mere point.
    pub length: u32,
    /// The line itself, without its end.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl ScenarioError {
    /// A file that cannot be read.
    pub(super) fn unreadable(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, column: 0, length: 0, text: String::new(), message: message.into(), help: None }
    }

    /// Puts what is wrong into its file.
    pub(super) fn new(file: &Arc<str>, source: &str, wrong: Wrong) -> Self {
        let At { line, column, start, end } = wrong.at;
        let length = source.get(start..end).map_or(0, |text| text.chars().count());
        Self {
            file: file.clone(),
            line,
            column,
            length: length as u32,
            text: source.lines().nth(line.saturating_sub(1) as usize).unwrap_or("").to_owned(),
            message: wrong.message,
            help: wrong.help,
        }
    }
}

/// A place in the text that is being read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct At {
    /// From 1.
    pub(super) line: u32,
    /// From 1, in characters.
    pub(super) column: u32,
    start: usize,
    end: usize,
}

impl At {
    /// From a line counted from 1 and a column counted from 0.
    pub(super) fn new(line: usize, column: usize, bytes: Range<usize>) -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: small(line.max(1)), column: small(column).saturating_add(1), start: bytes.start, end: bytes.end }
    }
}

/// What is wrong at a place.
#[derive(Clone, Debug)]
pub(super) struct Wrong {
    pub(super) at: At,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

impl Wrong {
    pub(super) fn new(at: At, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// `file:line:column: `, or `file: ` when there is no line.
fn place(file: &str, line: u32, column: u32) -> String {
    if line == 0 { format!("{file}: ") } else { format!("{file}:{line}:{column}: ") }
}
