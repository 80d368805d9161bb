//! Files, byte spans, and the way back to line and column.
//!
//! A [`Source`] is one decoded file. A [`Span`] is a range of bytes in its decoded text; it is what everything that comes
//! from a policy carries around. This module knows nothing of XML.
//!
//! ```
//! use b2c_journey::source::Sources;
//!
//! let mut sources = Sources::new();
//! let file = sources.add("a.xml", "<a>\n  <b/>\n</a>".into());
//! let place = sources.place(b2c_journey::source::Span { file, start: 6, end: 10 });
//! assert_eq!(place.to_string(), "a.xml:2:3");
//! ```

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

/// One file of a [`Sources`] table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub(crate) u32);

/// A range of bytes in the decoded text of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: SourceId,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A place a person can go to: file, line and column, both counted from one; columns count characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file's name as it was given to the loader.
    pub file: Arc<str>,
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// How the bytes of a file became its text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    #[default]
    Utf8,
    /// UTF-16, the less significant byte first.
    Utf16Le,
    /// UTF-16, the more significant byte first.
    Utf16Be,
}

/// The bytes behind a text: what they are, and whether the way back is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// The encoding.
    pub encoding: Encoding,
    /// Bytes of the byte order mark, which is no part of the text.
    pub mark: u32,
    /// Whether every byte is in the text; not where bytes that are no text were replaced.
    pub exact: bool,
}

impl Default for Layout {
    /// UTF-8 without a mark.
    fn default() -> Self {
        Self { encoding: Encoding::Utf8, mark: 0, exact: true }
    }
}

/// One decoded file.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: Arc<str>,
    layout: Layout,
    /// Offset of the first byte of each line; found when the first place is asked for, since a faultless file needs none.
    lines: OnceLock<Vec<u32>>,
}

impl Source {
    /// The name given to the loader.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The decoded text, without its byte order mark.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The bytes behind the text.
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// Where an offset of the text is in the bytes of the file; `None` when that is not known, or no character begins there.
    pub fn byte_offset(&self, offset: u32) -> Option<usize> {
        let before = self.text.get(..offset as usize).filter(|_| self.layout.exact)?;
        let length = match self.layout.encoding {
            Encoding::Utf8 => before.len(),
            Encoding::Utf16Le | Encoding::Utf16Be => before.encode_utf16().count() * 2,
        };
        Some(self.layout.mark as usize + length)
    }

    /// Text as the bytes that it has in this file.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        match self.layout.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }

    fn lines(&self) -> &[u32] {
        self.lines.get_or_init(|| {
            let mut lines = vec![0];
            lines.extend(self.text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at as u32 + 1));
            lines
        })
    }

    /// Line and column (from 1, columns in characters) of a byte offset.
    pub fn line_column(&self, offset: u32) -> (u32, u32) {
        let lines = self.lines();
        let line = lines.partition_point(|start| *start <= offset).max(1);
        let start = lines.get(line - 1).copied().unwrap_or(0);
        let column = self.text.get(start as usize..offset as usize).map_or(0, |text| text.chars().count());
        (line as u32, column as u32 + 1)
    }

    /// The text of one line (from 1) without its line end.
    pub fn line(&self, line: u32) -> &str {
        let index = line.saturating_sub(1) as usize;
        let lines = self.lines();
        let start = lines.get(index).map_or(self.text.len(), |start| *start as usize);
        let end = lines.get(index + 1).map_or(self.text.len(), |next| *next as usize);
        self.text.get(start..end).unwrap_or("").trim_end_matches(['\n', '\r'])
    }
}

/// The table of all files that were read.
#[derive(Debug, Default)]
pub struct Sources {
    files: Vec<Source>,
}

impl Sources {
    /// An empty table.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a decoded file. Text beyond 4 GiB is not addressed by spans; the reader's size limit is far below it.
    pub fn add(&mut self, name: &str, text: Arc<str>) -> SourceId {
        self.add_encoded(name, text, Layout::default())
    }

    /// As [`add`](Self::add), with what is known of the file's bytes.
    pub fn add_encoded(&mut self, name: &str, text: Arc<str>, layout: Layout) -> SourceId {
        self.files.push(Source { name: name.into(), text, layout, lines: OnceLock::new() });
        SourceId(self.files.len() as u32 - 1)
    }

    /// The file behind an id of this table.
    pub fn get(&self, id: SourceId) -> Option<&Source> {
        self.files.get(id.0 as usize)
    }

    /// All files in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &Source)> {
        self.files.iter().enumerate().map(|(index, file)| (SourceId(index as u32), file))
    }

    /// The text under a span; empty when the span is not of this table.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.start as usize..span.end as usize)).unwrap_or("")
    }

    /// File, line and column where a span begins.
    pub fn place(&self, span: Span) -> Place {
        match self.get(span.file) {
            Some(file) => {
                let (line, column) = file.line_column(span.start);
                Place { file: file.name.clone(), line, column }
            }
            None => Place { file: "".into(), line: 1, column: 1 },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let mut sources = Sources::new();
        let file = sources.add("a", "é<b>\r\n\n  c".into());
        let place = |start| sources.place(Span { file, start, end: start }).to_string();
        assert_eq!(place(0), "a:1:1");
        assert_eq!(place(2), "a:1:2");
        assert_eq!(place(7), "a:2:1");
        assert_eq!(place(10), "a:3:3");
        let source = sources.get(file).unwrap();
        assert_eq!([source.line(1), source.line(2), source.line(3), source.line(4)], ["é<b>", "", "  c", ""]);
    }

    #[test]
    fn a_span_of_another_table_is_the_empty_text() {
        let sources = Sources::new();
        let span = Span { file: SourceId(7), start: 1, end: 2 };
        assert_eq!(sources.text(span), "");
        assert_eq!(sources.place(span).to_string(), ":1:1");
    }
}
