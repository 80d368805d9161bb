//! From markup to the tree. Start tags are read by `tag`, end tags by `close`, text here; where comments, sections, instructions and
//! document types end is what quick-xml knows.

use std::borrow::Cow;

use memchr::{memchr2, memchr3};
use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::Event;
use rustc_hash::FxHashMap;

use super::characters::{Survey, is_space, judge_name, resolve_reference};
use super::read::Limits;
use super::tree::{AttributeData, Document, NONE, NodeData, Stored};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::source::{SourceId, Span};

/// A file with more faults than this is not read further.
const FAULTS: usize = 100;
/// Bytes that may be read anew behind faults, so that a file made of runaway instructions ends soon.
const READ_AGAIN: usize = 6 << 20;

pub(super) const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

/// An element that is not closed yet.
#[derive(Clone, Copy)]
pub(super) struct Frame {
    pub(super) node: u32,
    /// Its pieces of text begin here in `Parser::pieces`.
    pub(super) first_piece: usize,
    /// The default namespace inside.
    pub(super) default_namespace: u32,
    /// Prefixes declared before it.
    pub(super) prefixes: usize,
    pub(super) has_children: bool,
}

/// A piece of character data.
#[derive(Clone, Copy)]
pub(super) enum Piece {
    /// Text as written, or the inside of a CDATA section.
    Plain(u32, u32),
    /// Blanks between markup: mere layout in an element with children.
    Blank(u32, u32),
    /// A reference that stands for a character.
    Reference(u32, u32, char),
}

impl Piece {
    /// Where it ends.
    pub(super) fn end(self) -> u32 {
        match self {
            Piece::Plain(_, end) | Piece::Blank(_, end) | Piece::Reference(_, end, _) => end,
        }
    }
}

/// The state of reading one file.
pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) file: SourceId,
    pub(super) limits: Limits,
    pub(super) survey: Survey,
    pub(super) decoded: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) namespaces: Vec<Stored>,
    pub(super) frames: Vec<Frame>,
    pub(super) pieces: Vec<Piece>,
    /// Declarations of namespaces: they count as nodes but are not kept as attributes.
    pub(super) declarations: usize,
    /// The namespaces of each prefix, the innermost last.
    pub(super) prefixes: FxHashMap<&'t str, Vec<u32>>,
    /// The prefixes in the order of their declarations, so that leaving an element takes its own back.
    pub(super) declared: Vec<&'t str>,
    /// Each namespace once, so that comparing two is comparing numbers.
    pub(super) known_namespaces: FxHashMap<String, u32>,
    pub(super) faults: Vec<Diagnostic>,
    /// No further reading: a limit was met, or the rest cannot be told apart.
    pub(super) stopped: bool,
    /// No dash followed by `>` was found from here on.
    pub(super) no_comment_end: bool,
    /// Bytes that quick-xml went over in vain.
    read_again: usize,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, file: SourceId, limits: Limits, survey: Survey) -> Self {
        // The namespace of `xml` is declared by nobody, so it is the first thing in the side buffer.
        let xml = Stored { start: 0, end: 0, decoded: 0, decoded_len: XML_NAMESPACE.len() as u32 };
        Self {
            text,
            file,
            limits,
            survey,
            decoded: XML_NAMESPACE.to_owned(),
            // About what policies have; growing is not free.
            nodes: Vec::with_capacity(text.len() / 48),
            attributes: Vec::with_capacity(text.len() / 48),
            namespaces: vec![xml],
            frames: Vec::new(),
            pieces: Vec::new(),
            declarations: 0,
            prefixes: std::iter::once(("xml", vec![0])).collect(),
            declared: Vec::new(),
            known_namespaces: FxHashMap::default(),
            faults: Vec::new(),
            stopped: false,
            no_comment_end: false,
            read_again: 0,
        }
    }

    /// Reads the whole text; adds what is wrong to `diagnostics`.
    pub(super) fn run(mut self, utf8: bool, diagnostics: &mut Vec<Diagnostic>) -> Document {
        let mut at = 0;
        while at < self.text.len() && !self.stopped {
            // Whatever is wrong with the text, reading goes forward.
            at = self.next(at, utf8).max(at + 1);
        }
        self.finish();
        diagnostics.append(&mut self.faults);
        Document {
            file: self.file,
            text: "".into(),
            decoded: self.decoded,
            nodes: self.nodes,
            attributes: self.attributes,
            namespaces: self.namespaces,
        }
    }

    /// Reads what stands at `at`; returns where to go on.
    fn next(&mut self, at: usize, utf8: bool) -> usize {
        match self.rest(at) {
            [b'<', b'/', ..] => self.end_tag(at),
            [b'<', b'!' | b'?', ..] => self.other_markup(at, utf8),
            [b'<', ..] => self.start_tag(at),
            [b'&', ..] => self.ampersand(at),
            _ => self.characters(at),
        }
    }

    /// Reads a comment, section, instruction or document type.
    fn other_markup(&mut self, start: usize, utf8: bool) -> usize {
        let mut reader = Reader::from_str(self.written(start, self.text.len()));
        reader.config_mut().check_comments = true;
        let event = reader.read_event();
        let end = start + reader.buffer_position() as usize;
        match event {
            Ok(Event::Comment(_)) => {}
            Err(Error::IllFormed(IllFormedError::DoubleHyphenInComment)) => return self.dashes(start, end),
            Ok(Event::CData(_)) => self.section(start, end),
            Ok(Event::Decl(_)) => self.declaration(start, end, utf8),
            Ok(Event::PI(_)) => self.instruction(start, end),
            Ok(Event::DocType(_)) | Err(Error::IllFormed(IllFormedError::MissingDoctypeName)) => self.doctype(start, end),
            // Its beginning or its end is wrong, and quick-xml has given up.
            _ => {
                let next = self.broken(start);
                self.read_again += self.text.len().saturating_sub(next);
                if self.read_again > READ_AGAIN && !self.stopped {
                    self.stop(self.span(start, start + 1));
                }
                return next;
            }
        }
        end
    }

    /// The bytes from `at` on.
    pub(super) fn rest(&self, at: usize) -> &'t [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    pub(super) fn written(&self, start: usize, end: usize) -> &'t str {
        self.text.get(start..end).unwrap_or("")
    }

    pub(super) fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    /// The place of a node's start tag.
    pub(super) fn open_span(&self, node: u32) -> Span {
        let (start, end) = self.nodes.get(node as usize).map_or((0, 0), |node| (node.start, node.open_end));
        Span { file: self.file, start, end }
    }

    /// Adds a fault; stops reading when there are too many.
    pub(super) fn fault(&mut self, fault: Diagnostic) {
        if self.faults.len() > FAULTS {
            return;
        }
        let place = fault.span();
        self.faults.push(fault);
        if self.faults.len() >= FAULTS && !self.stopped {
            self.stop(place.unwrap_or(self.span(0, 0)));
        }
    }

    fn stop(&mut self, place: Span) {
        self.stopped = true;
        let stop = Diagnostic::error(code::NOT_WELL_FORMED, format!("reading stops here after {} faults", self.faults.len()));
        self.faults.push(stop.at(place).help("mend the first ones; the others often follow from them"));
    }

    /// Adds a fault of well-formedness over a range of the text.
    pub(super) fn ill_formed(&mut self, start: usize, end: usize, message: impl Into<String>, help: impl Into<String>) {
        let span = self.span(start, end);
        self.fault(Diagnostic::error(code::NOT_WELL_FORMED, message).at(span).help(help));
    }

    /// Reads text up to the next markup or reference.
    fn characters(&mut self, start: usize) -> usize {
        let ink = self.skip_space(start);
        // Most text is layout.
        if matches!(self.byte(ink), Some(b'<' | b'&') | None) {
            if !self.frames.is_empty() {
                self.pieces.push(Piece::Blank(start as u32, ink as u32));
            }
            return ink;
        }
        let rest = self.rest(ink);
        let end = ink + memchr2(b'<', b'&', rest).unwrap_or(rest.len());
        self.character_data(start, end);
        end
    }

    /// Text that is not blank.
    fn character_data(&mut self, start: usize, end: usize) {
        let text = self.written(start, end);
        let mut closes = false;
        for byte in text.bytes() {
            closes |= byte == b'>';
        }
        if closes && let Some(at) = text.find("]]>") {
            let span = self.span(start + at, start + at + 3);
            let stray = Diagnostic::error(code::NOT_WELL_FORMED, "`]]>` may not stand in text").at(span);
            self.fault(stray.help("write `]]&gt;`").fix(span, "]]&gt;"));
        }
        if self.frames.is_empty() {
            if start == 0 && text.chars().all(|c| c == '\u{feff}' || c.is_ascii() && is_space(c as u8)) {
                let mark = self.span(start, end);
                let twice = Diagnostic::error(code::NOT_WELL_FORMED, "a second byte order mark").at(mark);
                self.fault(twice.help("delete it; an editor does not show it").fix(mark, ""));
                return;
            }
            let (from, to) = super::characters::trim(text);
            let message = if self.nodes.is_empty() { "text before the root element" } else { "text behind the root element" };
            self.ill_formed(start + from, start + to, message, "delete it, or put it into a comment `<!-- .. -->`");
            return;
        }
        self.pieces.push(Piece::Plain(start as u32, end as u32));
    }

    fn section(&mut self, start: usize, end: usize) {
        if self.frames.is_empty() {
            self.ill_formed(start, end, "a CDATA section outside the root element", "delete it");
            return;
        }
        let (open, close) = ("<![CDATA[".len(), "]]>".len());
        self.pieces.push(Piece::Plain((start + open) as u32, (end - close) as u32));
    }

    /// Reads a reference, or an ampersand that begins none together with the text behind it.
    fn ampersand(&mut self, start: usize) -> usize {
        let inside = self.rest(start + 1);
        let end = start + 1 + memchr3(b';', b'&', b'<', inside).unwrap_or(inside.len());
        if self.byte(end) == Some(b';') {
            self.text_reference(start, end + 1);
            return end + 1;
        }
        self.lone_ampersand(start);
        self.character_data(start, end);
        end
    }

    fn text_reference(&mut self, start: usize, end: usize) {
        let resolved = self.reference(start, end);
        if self.frames.is_empty() {
            self.ill_formed(start, end, "a reference outside the root element", "delete it");
            return;
        }
        self.pieces.push(match resolved {
            Some(c) => Piece::Reference(start as u32, end as u32, c),
            None => Piece::Plain(start as u32, end as u32),
        });
    }

    /// The character behind `&..;`, or a fault.
    pub(super) fn reference(&mut self, start: usize, end: usize) -> Option<char> {
        let written = clip(self.written(start, end));
        let name = self.written(start + 1, end - 1);
        let resolved = resolve_reference(name);
        if resolved.is_none() {
            if name.starts_with('#') {
                let message = format!("`{written}` stands for no character that XML allows");
                self.ill_formed(start, end, message, "write the character's number, as `&#233;` or `&#xE9;`");
            } else if judge_name(name).valid {
                let span = self.span(start, end);
                let unknown = Diagnostic::error(code::NOT_WELL_FORMED, format!("the entity `{written}` is not defined")).at(span);
                self.fault(match name {
                    "nbsp" => unknown.help("write `&#160;`").fix(span, "&#160;"),
                    _ => unknown.help(
                        "XML knows `&lt;`, `&gt;`, `&amp;`, `&quot;` and `&apos;`; write any other character as it is or by its number, \
                         and `&` as `&amp;`",
                    ),
                });
            } else {
                self.lone_ampersand(start);
            }
        }
        resolved
    }

    pub(super) fn lone_ampersand(&mut self, at: usize) {
        let span = self.span(at, at + 1);
        let lone = Diagnostic::error(code::NOT_WELL_FORMED, "`&` begins no reference here").at(span).help("write `&amp;`");
        self.fault(lone.fix(span, "&amp;"));
    }

    fn instruction(&mut self, start: usize, end: usize) {
        let inside = self.written(start + 2, end - 2);
        let target = inside.split(|c: char| c.is_ascii() && is_space(c as u8)).next().unwrap_or("");
        let at = start + 2;
        if target.eq_ignore_ascii_case("xml") {
            self.ill_formed(at, at + 3, format!("`{target}` may not name an instruction"), "write `<?xml` at the very start of the file");
        } else if !judge_name(target).valid || target.contains(':') {
            self.ill_formed(start, end, format!("`{}` is no name for a processing instruction", clip(target)), "delete the instruction");
        }
    }

    fn doctype(&mut self, start: usize, end: usize) {
        let span = self.span(start, end);
        let refused = Diagnostic::error(code::DOCTYPE, "a document type declaration is not allowed").at(span);
        self.fault(refused.help("delete it; none of its entities is expanded and no file is fetched"));
    }

    /// `<?xml .. ?>`, section 2.8.
    fn declaration(&mut self, start: usize, end: usize, utf8: bool) {
        if start > 0 {
            let span = self.span(start, end);
            let mut late = Diagnostic::error(code::NOT_WELL_FORMED, "`<?xml` may only stand at the very start of the file").at(span);
            let before = self.written(0, start);
            // A second byte order mark comes from tools that write one before a text that has one.
            if before.chars().all(|c| c == '\u{feff}' || c.is_ascii() && is_space(c as u8)) {
                late = late.help("delete the blanks before it").fix(self.span(0, start), "");
            } else if self.nodes.is_empty() && self.faults.is_empty() {
                let text = self.written(start, end);
                late = late.help("move it to the start").fix(self.span(0, 0), text).fix(span, "");
            } else {
                late = late.help("delete it, or move it to the start");
            }
            self.fault(late);
            return;
        }
        let Some(encoding) = parse_declaration(self.written(start + "<?xml".len(), end - 2)) else {
            let help = "write `<?xml version=\"1.0\" encoding=\"utf-8\"?>`";
            self.ill_formed(start, end, "the XML declaration is malformed", help);
            return;
        };
        let Some(encoding) = encoding else { return };
        let fits = match encoding.to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" | "us-ascii" | "ascii" => utf8,
            name => name.starts_with("utf-16") && !utf8,
        };
        if !fits {
            let is = if utf8 { "UTF-8" } else { "UTF-16" };
            let message = format!("the declaration says `{}`, but the file is read as {is}", clip(encoding));
            let severity = if self.survey.foreign { Severity::Error } else { Severity::Warning };
            let span = self.span(start, end);
            self.fault(Diagnostic::new(severity, code::ENCODING, message).at(span).help("save the file as UTF-8 and declare `utf-8`"));
        }
    }

    /// Finds how to go on where `<!` or `<?` begins nothing that quick-xml knows; returns where.
    fn broken(&mut self, start: usize) -> usize {
        let rest = self.written(start, self.text.len());
        let len = self.text.len();
        if rest.starts_with("<!--")
            && let Some(end) = self.wrongly_closed_comment(start, len)
        {
            return end;
        }
        let unclosed = [("<!--", "comment", "-->"), ("<![CDATA[", "CDATA section", "]]>")];
        if let Some((open, what, close)) = unclosed.into_iter().find(|(open, ..)| rest.starts_with(open)) {
            self.ill_formed(start, start + open.len(), format!("the {what} is never closed"), format!("close it with `{close}`"));
            self.stopped = true;
            return len;
        }
        if rest.get(..9).is_some_and(|open| open.eq_ignore_ascii_case("<!DOCTYPE")) {
            self.doctype(start, start + 9);
            self.stopped = true;
            return len;
        }
        let after_next = |c: char| rest.find(c).map_or(len, |at| start + at + 1);
        if rest.starts_with("<?") {
            let end = after_next('>');
            self.ill_formed(start, end, "the instruction is never closed", "close it with `?>`");
            return end;
        }
        if let Some(end) = self.wrongly_opened_comment(start) {
            return end;
        }
        let end = after_next('>');
        let message = "`<!` begins neither a comment nor a CDATA section";
        self.ill_formed(start, end, message, "write `<!--` for a comment, or `&lt;!` for text");
        end
    }
}

/// The encoding that a declaration names, if any; `None` when it is malformed. `inside` is what stands between `<?xml` and `?>`.
fn parse_declaration(mut inside: &str) -> Option<Option<&str>> {
    let blank = [' ', '\t', '\r', '\n'];
    let mut encoding = None;
    let mut expected: &[&str] = &["version", "encoding", "standalone"];
    loop {
        let trimmed = inside.trim_start_matches(blank);
        if trimmed.is_empty() {
            // The version is mandatory, the others are not.
            return (expected.len() < 3).then_some(encoding);
        }
        if trimmed.len() == inside.len() {
            return None;
        }
        let (name, rest) = trimmed.split_once('=')?;
        let name = name.trim_end_matches(blank);
        let rest = rest.trim_start_matches(blank);
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, rest) = rest.get(1..)?.split_once(quote)?;
        let position = expected.iter().position(|expected| *expected == name)?;
        if expected.len() == 3 && position != 0 {
            return None;
        }
        let fits = match name {
            "version" => value.strip_prefix("1.").is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit())),
            "standalone" => value == "yes" || value == "no",
            _ => {
                encoding = Some(value);
                value.starts_with(|c: char| c.is_ascii_alphabetic())
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
            }
        };
        if !fits {
            return None;
        }
        expected = expected.get(position + 1..)?;
        inside = rest;
    }
}

/// User input for a message: no fault needs more of it than its beginning.
pub(super) fn clip(text: &str) -> Cow<'_, str> {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => Cow::Owned(format!("{}..", text.get(..end).unwrap_or(""))),
        None => Cow::Borrowed(text),
    }
}

/// The namespace of an element or a prefix that has none.
pub(super) const NO_NAMESPACE: u32 = NONE;
