//! One file: limits, encoding, parsing.

use std::sync::Arc;

use super::characters::survey;
use super::decode::{self, decode};
use super::parse::Parser;
use super::tree::Document;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::source::{Encoding, Layout, Sources, Span};

/// What the reader refuses to go beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a file; at most 1 GiB whatever is set.
    pub file_bytes: usize,
    /// Levels of nesting.
    pub depth: usize,
    /// Elements and attributes of a file.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 4 << 20, depth: 200, nodes: 1_000_000 }
    }
}

/// The largest policy file that the service takes: 1,024 KB (service-limits).
const SERVICE_FILE_BYTES: usize = 1024 * 1024;
/// Keeps every offset of the decoded text, which may be three times as long, within 32 bits.
const ADDRESSABLE: usize = 1 << 30;
/// Forbidden characters that are reported one by one.
const FORBIDDEN: usize = 10;

/// What became of a file.
#[derive(Debug)]
pub struct Read {
    /// The tree; `None` when there is no root element to speak of.
    pub document: Option<Document>,
    /// What is wrong, in the order of the places.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads one file and adds it to the sources under `name`.
pub fn read(name: &str, bytes: &[u8], limits: &Limits, sources: &mut Sources) -> Read {
    if bytes.len() > limits.file_bytes.min(ADDRESSABLE) {
        let file = sources.add_encoded(name, "".into(), Layout { exact: false, ..Layout::default() });
        let message = format!("the file has {} bytes, more than the limit of {}", bytes.len(), limits.file_bytes.min(ADDRESSABLE));
        let too_large = Diagnostic::error(code::FILE_TOO_LARGE, message)
            .at(Span { file, start: 0, end: 0 })
            .help("the service takes policy files of at most 1,024 KB; split the policy into more levels");
        return Read { document: None, diagnostics: vec![too_large] };
    }
    let decoded = decode(bytes);
    let text: Arc<str> = decoded.text.as_ref().into();
    let file = sources.add_encoded(name, Arc::clone(&text), decoded.layout);
    let span = |start: usize, end: usize| Span { file, start: start as u32, end: end as u32 };

    let mut diagnostics = Vec::new();
    if bytes.len() > SERVICE_FILE_BYTES {
        let message = format!("the file has {} bytes; the service takes at most {SERVICE_FILE_BYTES}", bytes.len());
        diagnostics.push(Diagnostic::warning(code::FILE_LARGE, message).at(span(0, 0)).help("split the policy into more levels"));
    }
    for flaw in decoded.flaws {
        diagnostics.push(Diagnostic::error(code::ENCODING, flaw.message).at(span(flaw.start, flaw.end)).help(flaw.help));
    }
    let survey = survey(&text);
    if survey.suspicious {
        for (at, c) in decode::forbidden(&text).take(FORBIDDEN) {
            let message = format!("the character U+{:04X} is not allowed in XML", c as u32);
            let help = if c == '\0' { "the file may be binary, or in an encoding other than UTF-8 or UTF-16" } else { "delete it" };
            diagnostics.push(Diagnostic::error(code::NOT_WELL_FORMED, message).at(span(at, at + c.len_utf8())).help(help));
        }
    }

    let parser = Parser::new(&text, file, *limits, survey);
    let utf8 = decoded.layout.encoding == Encoding::Utf8;
    let mut tree = parser.run(utf8, &mut diagnostics);
    if tree.nodes.is_empty() && diagnostics.iter().all(|diagnostic| diagnostic.severity != Severity::Error) {
        let message = if text.is_empty() { "the file is empty" } else { "the file has no element" };
        let help = "a policy file holds one `<TrustFrameworkPolicy>` element";
        diagnostics.push(Diagnostic::error(code::NOT_WELL_FORMED, message).at(span(0, 0)).help(help));
    }
    diagnostics.sort_by_key(|diagnostic| diagnostic.span().map(|span| span.start));
    tree.text = text.clone();
    Read { document: (!tree.nodes.is_empty()).then_some(tree), diagnostics }
}
