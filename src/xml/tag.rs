//! Start tags: names, attributes, namespaces.

use rustc_hash::{FxHashMap, FxHashSet};

use super::characters::{Name, is_name_char, is_name_start, is_space, judge_name};
use super::parse::{Frame, NO_NAMESPACE, Parser, XML_NAMESPACE, clip};
use super::tree::{AttributeData, NONE, NodeData, Stored};
use crate::diagnostic::{Diagnostic, code};

const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// With so many attributes comparing each with each is quicker than hashing them.
const FEW: usize = 12;

/// What a tag gathered while it was read.
struct Gathered<'t> {
    name: &'t str,
    start: usize,
    first_attribute: usize,
    /// Prefix and value of each declaration of a namespace, and where its name begins.
    declarations: Vec<(&'t str, Stored, usize)>,
    /// Whether an attribute has a prefix.
    prefixed: bool,
}

/// How a tag ended.
struct Ending {
    /// End of the tag.
    end: usize,
    /// Whether it closes itself.
    empty: bool,
}

impl<'t> Parser<'t> {
    /// Reads the start tag at `start`; returns where to go on.
    pub(super) fn start_tag(&mut self, start: usize) -> usize {
        let (name_end, judged) = self.cut_name(start + 1);
        let name = self.written(start + 1, name_end);
        if !judged.valid {
            if !name.starts_with(is_name_start) {
                let span = self.span(start, start + 1);
                let lone = Diagnostic::error(code::NOT_WELL_FORMED, "`<` begins no tag here").at(span);
                self.fault(lone.help("write `&lt;` for the character itself").fix(span, "&lt;"));
                if !self.frames.is_empty() {
                    self.pieces.push(super::parse::Piece::Plain(start as u32, start as u32 + 1));
                }
                return start + 1;
            }
            self.bad_name(start + 1, name_end);
        }
        if !self.enter(start, name_end) {
            return name_end;
        }
        let mut tag = Gathered { name, start, first_attribute: self.attributes.len(), declarations: Vec::new(), prefixed: false };
        let ending = self.attributes(&mut tag, name_end);
        let default_namespace = self.frames.last().map_or(NO_NAMESPACE, |frame| frame.default_namespace);
        let mut frame = Frame {
            node: self.nodes.len() as u32,
            first_piece: self.pieces.len(),
            default_namespace,
            prefixes: self.declared.len(),
            has_children: false,
        };
        if !tag.declarations.is_empty() {
            self.declare(&tag, &mut frame);
        }
        self.refuse_duplicates(&tag);
        let namespace = match judged.prefix_len {
            0 => frame.default_namespace,
            prefix_len if judged.valid => self.namespace(start + 1, prefix_len),
            _ => NO_NAMESPACE,
        };
        self.nodes.push(NodeData {
            name: start as u32 + 1,
            name_len: name.len() as u32,
            prefix_len: judged.prefix_len as u32,
            start: start as u32,
            end: ending.end as u32,
            open_end: ending.end as u32,
            first_attribute: tag.first_attribute as u32,
            attribute_count: (self.attributes.len() - tag.first_attribute) as u32,
            namespace,
            parent: self.frames.last().map_or(frame.node, |parent| parent.node),
            subtree_end: frame.node + 1,
            text: Stored::verbatim(ending.end, ending.end),
        });
        if ending.empty {
            self.withdraw(&frame);
        } else {
            self.frames.push(frame);
        }
        ending.end
    }

    /// Limits and the one root, before an element is taken in; false = it is not.
    fn enter(&mut self, start: usize, name_end: usize) -> bool {
        if self.frames.len() >= self.limits.depth {
            let span = self.span(start, name_end);
            let message = format!("elements are nested more than {} levels deep", self.limits.depth);
            self.fault(Diagnostic::error(code::TOO_DEEP, message).at(span).help("reading stops here; no policy needs so many"));
            self.stopped = true;
            return false;
        }
        if self.full(0, start, name_end) {
            return false;
        }
        match self.frames.last_mut() {
            Some(parent) => parent.has_children = true,
            None if self.nodes.is_empty() => {}
            None => {
                let (here, first) = (self.span(start, name_end), self.open_span(0));
                let second = Diagnostic::error(code::NOT_WELL_FORMED, "a second root element").at(here).label(first, "the first one");
                self.fault(second.help("a file has one root element; move this into it or into a file of its own"));
            }
        }
        true
    }

    /// Whether the limit of nodes is met; reading stops then.
    fn full(&mut self, entered: usize, start: usize, end: usize) -> bool {
        if entered + self.nodes.len() + self.attributes.len() + self.declarations < self.limits.nodes {
            return false;
        }
        if !self.stopped {
            let span = self.span(start, end);
            let message = format!("the file has more than {} elements and attributes", self.limits.nodes);
            self.fault(Diagnostic::error(code::TOO_MANY_NODES, message).at(span).help("reading stops here; split the file"));
            self.stopped = true;
        }
        true
    }

    /// Reads attributes from `at` to the end of the tag.
    fn attributes(&mut self, tag: &mut Gathered<'t>, mut at: usize) -> Ending {
        loop {
            let before = at;
            at = self.skip_space(at);
            match self.byte(at) {
                Some(b'>') => return Ending { end: at + 1, empty: false },
                Some(b'/') if self.byte(at + 1) == Some(b'>') => return Ending { end: at + 2, empty: true },
                Some(b'/') if matches!(self.byte(self.skip_space(at + 1)), Some(b'<') | None) => {
                    let message = format!("the tag `<{}` is not closed", clip(tag.name));
                    let fault = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(tag.start, at + 1));
                    self.fault(fault.help("close it with `/>`").fix(self.span(at + 1, at + 1), ">"));
                    return Ending { end: at + 1, empty: true };
                }
                Some(b'/') => {
                    self.ill_formed(at, at + 1, "`/` inside a tag", "write `/>` to close the tag, or put the value into quotes");
                    at += 1;
                }
                Some(quote @ (b'"' | b'\'')) => {
                    let span = self.span(at, at + 1);
                    let message = format!("`{}` opens no value here", quote as char);
                    let mut stray = Diagnostic::error(code::NOT_WELL_FORMED, message).at(span).help("write `name=\"value\"`");
                    if before == at && matches!(self.byte(at + 1), Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>')) {
                        stray = stray.fix(span, "");
                    }
                    self.fault(stray);
                    at += 1;
                }
                Some(b'<') => {
                    self.lacks_close(tag, before);
                    return Ending { end: before, empty: false };
                }
                None => {
                    self.lacks_close(tag, before);
                    self.stopped = true;
                    return Ending { end: before, empty: false };
                }
                Some(_) => at = self.attribute(tag, before, at),
            }
            if self.stopped {
                return Ending { end: at, empty: false };
            }
        }
    }

    fn lacks_close(&mut self, tag: &Gathered<'t>, end: usize) {
        let message = format!("the tag `<{}` is not closed", clip(tag.name));
        let fault = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(tag.start, end)).help("close it with `>`");
        let next = self.skip_space(end);
        let next = self.written(next + 1, self.name_end(next + 1));
        // What may stand in it follows: then it is no empty element.
        let opens = crate::schema::anywhere(tag.name).is_some_and(|content| content.child(next).is_some());
        self.fault(if opens { fault.fix(self.span(end, end), ">") } else { fault });
    }

    /// Reads one attribute whose name begins at `start`; `before` is where the blanks before it begin. Returns its end.
    fn attribute(&mut self, tag: &mut Gathered<'t>, before: usize, start: usize) -> usize {
        let (name_end, judged) = self.cut_name(start);
        let name = self.written(start, name_end);
        if !judged.valid {
            self.bad_name(start, name_end);
        } else if before == start {
            let message = format!("no blank before the attribute `{}`", clip(name));
            let close = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(start, name_end));
            self.fault(close.help("put a blank between attributes").fix(self.span(start, start), " "));
        }
        let equals = self.skip_space(name_end);
        let quoted = equals == name_end && matches!(self.byte(equals), Some(b'"' | b'\''));
        if quoted && judged.valid {
            let message = format!("no `=` behind the attribute `{}`", clip(name));
            let fault = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(start, name_end));
            self.fault(fault.help("write `name=\"value\"`").fix(self.span(name_end, name_end), "="));
        } else if self.byte(equals) != Some(b'=') {
            let shown = clip(name);
            self.ill_formed(start, name_end, format!("the attribute `{shown}` has no value"), format!("write `{shown}=\"..\"`"));
            return name_end;
        }
        let at = if quoted && judged.valid { equals } else { self.skip_space(equals + 1) };
        let (value, end) = match self.byte(at) {
            Some(quote @ (b'"' | b'\'')) => self.quoted(name, at, quote),
            _ => self.curly_quoted(name, at).unwrap_or_else(|| self.bare(name, start, at)),
        };
        // The element itself is not among the nodes yet.
        if self.full(1, start, name_end) {
            return end;
        }
        if name == "xmlns" || name.starts_with("xmlns:") {
            self.declarations += 1;
            tag.declarations.push((name.get(6..).unwrap_or(""), value, start));
        } else {
            tag.prefixed |= judged.prefix_len > 0;
            self.attributes.push(AttributeData { name: start as u32, name_len: name.len() as u32, value });
        }
        end
    }

    /// Reads the value whose opening quote is at `open`; returns it and the place behind its closing quote.
    fn quoted(&mut self, name: &str, open: usize, quote: u8) -> (Stored, usize) {
        let start = open + 1;
        // Most values are plain: then one look at each byte is enough.
        let plain = self.rest(start).iter().position(|byte| matches!(byte, b'"' | b'\'' | b'<' | b'&' | b'\t' | b'\n' | b'\r'));
        if let Some(end) = plain.map(|len| start + len).filter(|end| self.byte(*end) == Some(quote)) {
            return self.quote_before_next(name, open, end, quote).unwrap_or((Stored::verbatim(start, end), end + 1));
        }
        let mut less = None;
        let mut special = false;
        let mut close = None;
        for (offset, byte) in self.rest(start).iter().enumerate() {
            match byte {
                b'"' | b'\'' if *byte == quote => {
                    close = Some(start + offset);
                    break;
                }
                b'<' if less.is_none() => less = Some(start + offset),
                b'&' | b'\t' | b'\n' | b'\r' => special = true,
                _ => {}
            }
        }
        if let Some(ended) = close.and_then(|close| self.quote_before_next(name, open, less.map_or(close, |less| less.min(close)), quote)) {
            return ended;
        }
        let end = match (less, close) {
            (None, Some(close)) => close,
            // Where the quote is missing, the tag's own end comes before the next tag; else the value itself holds a `<`.
            (less, _) => match self.end_without_quote(start, less, close) {
                Some(end) => {
                    return self.close_quote(name, open, end, quote);
                }
                None => {
                    let at = less.unwrap_or(start);
                    self.raw_less(name, at);
                    close.unwrap_or(self.text.len())
                }
            },
        };
        (self.value(start, end, special), end + 1)
    }

    /// Where a value ends that seems to lack its closing quote: before the `>` of its tag, or where the next tag begins its line.
    fn end_without_quote(&self, start: usize, less: Option<usize>, close: Option<usize>) -> Option<usize> {
        let text = self.written(start, less.unwrap_or(self.text.len()));
        if let Some(at) = text.find('>') {
            return Some(start + at - usize::from(text.get(..at).is_some_and(|text| text.ends_with('/'))));
        }
        let line = text.rfind('\n').filter(|at| text.get(*at..).is_some_and(super::characters::is_blank));
        match line {
            Some(at) if less.is_some() => Some(start + at),
            _ if close.is_none() => Some(start + text.len()),
            _ => None,
        }
    }

    /// Keeps a value, decoded where that changes anything: references, and white space, which becomes blanks (section 3.3.3).
    pub(super) fn value(&mut self, start: usize, end: usize, special: bool) -> Stored {
        let mut stored = Stored::verbatim(start, end);
        if !special {
            return stored;
        }
        let decoded = self.decoded.len();
        let mut at = start;
        while at < end {
            let rest = self.written(at, end);
            let plain = rest.bytes().position(|byte| matches!(byte, b'&' | b'\t' | b'\n' | b'\r')).unwrap_or(rest.len());
            self.decoded.push_str(rest.get(..plain).unwrap_or(""));
            at += plain;
            match self.byte(at).filter(|_| at < end) {
                Some(b'&') => at = self.value_reference(at, end),
                // A carriage return with its line feed is one line end (section 2.11).
                Some(b'\r') if at + 1 < end && self.byte(at + 1) == Some(b'\n') => {
                    self.decoded.push(' ');
                    at += 2;
                }
                Some(_) => {
                    self.decoded.push(' ');
                    at += 1;
                }
                None => {}
            }
        }
        stored.decoded = decoded as u32;
        stored.decoded_len = (self.decoded.len() - decoded) as u32;
        stored
    }

    /// Decodes the reference at `at` in a value; returns where it ends.
    fn value_reference(&mut self, at: usize, end: usize) -> usize {
        let rest = self.written(at + 1, end);
        let len = rest.find(|c: char| !is_name_char(c) && c != '#' && c != ':').unwrap_or(rest.len());
        if len == 0 || self.byte(at + 1 + len).filter(|_| at + 1 + len < end) != Some(b';') {
            self.lone_ampersand(at);
            self.decoded.push('&');
            return at + 1;
        }
        let reference_end = at + len + 2;
        match self.reference(at, reference_end) {
            Some(c) => self.decoded.push(c),
            None => {
                let written = self.written(at, reference_end);
                self.decoded.push_str(written);
            }
        }
        reference_end
    }

    /// Takes the namespaces that a tag declares.
    fn declare(&mut self, tag: &Gathered<'t>, frame: &mut Frame) {
        for (prefix, value, at) in &tag.declarations {
            let uri = self.stored(*value);
            let (is_xml, is_xmlns, is_empty) = (uri == XML_NAMESPACE, uri == XMLNS_NAMESPACE, uri.is_empty());
            let end = (value.end as usize + 1).min(self.text.len());
            if *prefix == "xmlns" || is_xmlns || (*prefix == "xml") != is_xml {
                self.ill_formed(*at, end, "the names `xml` and `xmlns` and their namespaces cannot be declared anew", "delete it");
                continue;
            }
            if is_empty && !prefix.is_empty() {
                self.ill_formed(*at, end, format!("the prefix `{}` is declared without a namespace", clip(prefix)), "write its namespace");
                continue;
            }
            let index = match is_empty {
                true => NO_NAMESPACE,
                false => self.namespace_index(*value),
            };
            if prefix.is_empty() {
                frame.default_namespace = index;
            } else {
                self.prefixes.entry(prefix).or_default().push(index);
                self.declared.push(prefix);
            }
        }
    }

    fn namespace_index(&mut self, value: Stored) -> u32 {
        let uri = self.stored(value);
        if let Some(index) = self.known_namespaces.get(uri) {
            return *index;
        }
        let (uri, index) = (uri.to_owned(), self.namespaces.len() as u32);
        self.namespaces.push(value);
        self.known_namespaces.insert(uri, index);
        index
    }

    /// Takes back the prefixes that an element declared.
    pub(super) fn withdraw(&mut self, frame: &Frame) {
        while self.declared.len() > frame.prefixes {
            let Some(prefix) = self.declared.pop() else { return };
            if let Some(namespaces) = self.prefixes.get_mut(prefix) {
                namespaces.pop();
            }
        }
    }

    /// The namespace of the prefix at `start`; its colon is counted in `prefix_len`.
    fn namespace(&mut self, start: usize, prefix_len: usize) -> u32 {
        let prefix = self.written(start, start + prefix_len - 1);
        match self.prefixes.get(prefix).and_then(|namespaces| namespaces.last()) {
            Some(namespace) => *namespace,
            None => {
                let shown = clip(prefix);
                let help = format!("declare it with `xmlns:{shown}=\"..\"` on this element or one around it");
                self.ill_formed(start, start + prefix_len - 1, format!("the prefix `{shown}` is not declared"), help);
                NO_NAMESPACE
            }
        }
    }

    /// No name twice on an element, and no two prefixes that make it the same name (Namespaces in XML, section 6.3).
    fn refuse_duplicates(&mut self, tag: &Gathered<'t>) {
        let attributes = self.attributes.get(tag.first_attribute..).unwrap_or_default();
        let name = |attribute: &AttributeData| self.written(attribute.name as usize, (attribute.name + attribute.name_len) as usize);
        let mut again = Vec::new();
        if attributes.len() <= FEW {
            for (index, attribute) in attributes.iter().enumerate().skip(1) {
                let mut before =
                    attributes.iter().take(index).filter(|before| before.name_len == attribute.name_len && before.name_len > 0);
                if before.any(|before| name(before) == name(attribute)) {
                    again.push(attribute.name as usize);
                }
            }
        } else {
            let mut seen = FxHashSet::default();
            again.extend(attributes.iter().filter(|attribute| !seen.insert(name(attribute))).map(|attribute| attribute.name as usize));
        }
        if tag.declarations.len() > 1 {
            let mut seen = FxHashSet::default();
            again.extend(tag.declarations.iter().filter(|(prefix, ..)| !seen.insert(*prefix)).map(|(_, _, at)| *at));
        }
        for at in again {
            let end = self.name_end(at);
            let message = format!("the attribute `{}` stands twice on `<{}>`", clip(self.written(at, end)), clip(tag.name));
            self.ill_formed(at, end, message, "delete one of them");
        }
        if tag.prefixed {
            self.check_prefixes(tag);
        }
    }

    fn check_prefixes(&mut self, tag: &Gathered<'t>) {
        let names: Vec<_> = self.attributes.get(tag.first_attribute..).unwrap_or_default().iter().map(|a| (a.name, a.name_len)).collect();
        let mut seen = FxHashMap::default();
        let mut again = Vec::new();
        for (start, len) in names {
            let name = self.written(start as usize, (start + len) as usize);
            let judged = judge_name(name);
            if judged.prefix_len == 0 || !judged.valid {
                continue;
            }
            let namespace = self.namespace(start as usize, judged.prefix_len);
            let local = name.get(judged.prefix_len..).unwrap_or("");
            if namespace != NO_NAMESPACE && seen.insert((namespace, local), name).is_some_and(|other| other != name) {
                again.push((start as usize, name));
            }
            if self.stopped {
                return;
            }
        }
        for (at, name) in again {
            let message = format!("the attribute `{}` stands twice on `<{}>` under two prefixes", clip(name), clip(tag.name));
            self.ill_formed(at, at + name.len(), message, "delete one of them");
        }
    }

    pub(super) fn stored(&self, stored: Stored) -> &str {
        match stored.decoded {
            NONE => self.written(stored.start as usize, stored.end as usize),
            from => self.decoded.get(from as usize..from as usize + stored.decoded_len as usize).unwrap_or(""),
        }
    }

    fn bad_name(&mut self, start: usize, end: usize) {
        let message = format!("`{}` is no XML name", clip(self.written(start, end)));
        self.ill_formed(start, end.max(start + 1).min(self.text.len()), message, "names are made of letters, digits, `_`, `-` and `.`");
    }

    /// Where the name at `at` ends, and what to think of it.
    fn cut_name(&self, at: usize) -> (usize, Name) {
        let rest = self.rest(at);
        // Most names are plain: then one look at each byte is enough.
        let plain = rest.iter().position(|byte| !byte.is_ascii_alphabetic()).unwrap_or(rest.len());
        if plain > 0 && matches!(rest.get(plain), Some(b'>' | b' ' | b'=')) {
            return (at + plain, Name { prefix_len: 0, valid: true });
        }
        let end = self.name_end(at);
        (end, judge_name(self.written(at, end)))
    }

    /// Where the name at `at` ends, valid or not.
    pub(super) fn name_end(&self, at: usize) -> usize {
        let rest = self.rest(at);
        let len = rest.iter().position(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'=' | b'/' | b'>' | b'<' | b'"' | b'\''));
        at + len.unwrap_or(rest.len())
    }

    pub(super) fn bare_end(&self, at: usize) -> usize {
        let rest = self.written(at, self.text.len());
        let end = rest.find([' ', '\t', '\r', '\n', '>', '<']).unwrap_or(rest.len());
        let slash = rest.get(end..).is_some_and(|rest| rest.starts_with('>')) && rest.get(..end).is_some_and(|value| value.ends_with('/'));
        at + end - usize::from(slash)
    }

    pub(super) fn skip_space(&self, at: usize) -> usize {
        let rest = self.rest(at);
        at + rest.iter().position(|byte| !is_space(*byte)).unwrap_or(rest.len())
    }
}
