//! What is wrong with a file of scenarios or properties, and where.

use std::ops::Range;
use std::sync::Arc;

/// A file of scenarios or properties that cannot be used.
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
    pub(crate) fn unreadable(file: &str, message: impl Into<String>) -> Self {
        Self { file: file.into(), line: 0, column: 0, length: 0, text: String::new(), message: message.into(), help: None }
    }

    /// Puts what is wrong into its file.
    pub(crate) fn new(file: &Arc<str>, source: &str, wrong: Wrong) -> Self {
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
pub(crate) struct At {
    /// From 1.
    pub(crate) line: u32,
    /// From 1, in characters.
    pub(crate) column: u32,
    start: usize,
    end: usize,
}

impl At {
    /// From a line counted from 1 and a column counted from 0.
    pub(crate) fn new(line: usize, column: usize, bytes: Range<usize>) -> Self {
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Self { line: small(line.max(1)), column: small(column).saturating_add(1), start: bytes.start, end: bytes.end }
    }

    /// The place of a part of the text that stands here, if it stands here as it is, in one line and without escapes.
    #[cfg(feature = "prove")]
    pub(crate) fn inside(self, source: &str, text: &str, part: Range<usize>) -> Option<Self> {
        let offset = source.get(self.start..self.end)?.find(text)?;
        let start = self.start + offset + part.start;
        let before = source.get(self.start..start)?.chars().count();
        let column = self.column.saturating_add(u32::try_from(before).unwrap_or(u32::MAX));
        Some(Self { column, start, end: self.start + offset + part.end, ..self })
    }
}

/// What is wrong at a place.
#[derive(Clone, Debug)]
pub(crate) struct Wrong {
    pub(crate) at: At,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Wrong {
    pub(crate) fn new(at: At, message: impl Into<String>) -> Self {
        Self { at, message: message.into(), help: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// `file:line:column: `, or `file: ` when there is no line.
fn place(file: &str, line: u32, column: u32) -> String {
    if line == 0 { format!("{file}: ") } else { format!("{file}:{line}:{column}: ") }
}
