//! End tags, and what is settled when an element closes: its text, its end.

use super::characters::trim;
use super::parse::{Frame, Parser, Piece, clip};
use super::tree::Stored;
use crate::diagnostic::{Diagnostic, code};

/// Elements that are named when the file ends too early.
const NAMED: usize = 5;

impl<'t> Parser<'t> {
    /// Reads the end tag at `start`; returns where to go on.
    pub(super) fn end_tag(&mut self, start: usize) -> usize {
        if let Some(frame) = self.frames.last() {
            let end = start + 2 + self.frame_name(frame).len();
            // The common case: the right name and nothing else.
            if self.byte(end) == Some(b'>') && self.written(start + 2, end) == self.frame_name(frame) {
                self.close(end + 1);
                return end + 1;
            }
        }
        let name_start = self.skip_space(start + 2);
        let name_end = self.name_end(name_start);
        let name = self.written(name_start, name_end);
        let mut end = self.skip_space(name_end);
        if self.byte(end) == Some(b'>') {
            end += 1;
            if name_start > start + 2 {
                self.ill_formed(start, end, "a blank between `</` and the name", format!("write `</{}>`", clip(name)));
            }
        } else {
            let rest = self.written(end, self.text.len());
            let junk = rest.find(['<', '>']);
            end = junk.map_or(self.text.len(), |at| end + at);
            let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("the end tag `</{}` is not closed", clip(name)));
            let fault = fault.at(self.span(start, end)).help(format!("write `</{}>`", clip(name)));
            // Between the name and the next tag is nothing but blanks.
            let certain = !name.is_empty() && name_start == start + 2 && self.skip_space(name_end) == end;
            self.fault(if certain { fault.fix(self.span(name_end, name_end), ">") } else { fault });
            if self.byte(end) == Some(b'>') {
                end += 1;
            }
        }
        self.leave(start, end, name);
        end
    }

    pub(super) fn frame_name(&self, frame: &Frame) -> &'t str {
        let (start, len) = self.nodes.get(frame.node as usize).map_or((0, 0), |node| (node.name, node.name_len));
        self.written(start as usize, (start + len) as usize)
    }

    /// Closes the element that an end tag over `start..end` names.
    fn leave(&mut self, start: usize, end: usize, name: &str) {
        let tag = self.span(start, end);
        let shown = clip(name);
        let Some(innermost) = self.frames.last().copied() else {
            let stray = Diagnostic::error(code::NOT_WELL_FORMED, format!("`</{shown}>` closes nothing")).at(tag);
            self.fault(stray.help("no element is open here; delete it or open the element"));
            return;
        };
        let opened = self.frame_name(&innermost);
        if opened == name {
            self.close(end);
            return;
        }
        if let Some(at) = self.frames.iter().rposition(|frame| self.frame_name(frame) == name) {
            self.unwind(at, tag, name);
            self.close(end);
            return;
        }
        let stray = || Diagnostic::error(code::NOT_WELL_FORMED, format!("`</{shown}>` closes nothing")).at(tag);
        if let Some(at) = self.start_without_less(&innermost, name) {
            let (open, at) = (self.span(at, at + name.len()), self.span(at, at));
            let stray = stray().label(open, "this seems to be its start tag without the `<`").help(format!("write `<{shown}` there"));
            self.fault(stray.fix(at, "<"));
            return;
        }
        let open = self.open_span(innermost.node);
        let open_name = clip(opened);
        if name.is_empty() || looks_like(opened, name) {
            let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("`<{open_name}>` is closed by `</{shown}>`")).at(tag);
            self.fault(fault.label(open, "opened here").help(format!("write `</{open_name}>`")).fix(tag, format!("</{opened}>")));
            self.close(end);
            return;
        }
        let stray = stray();
        if self.ends_again(&innermost, start, name) {
            self.fault(stray.help("the element before it is closed already: delete this").fix(tag, ""));
            return;
        }
        let help = format!("`<{open_name}>` is open here: close that with `</{open_name}>`, or open `<{shown}>` before this");
        self.fault(stray.label(open, "the innermost open element").help(help));
    }

    /// Where text in an open element begins like a start tag of this name that lacks its `<`.
    fn start_without_less(&self, frame: &Frame, name: &str) -> Option<usize> {
        if name.is_empty() {
            return None;
        }
        let pieces = self.pieces.get(frame.first_piece..)?;
        pieces.iter().rev().find_map(|piece| {
            let Piece::Plain(start, end) = *piece else { return None };
            let text = self.written(start as usize, end as usize);
            let inside = text.trim_ascii_start().strip_prefix(name)?;
            (inside.starts_with(['>', ' ']) && inside.contains('>')).then(|| start as usize + text.len() - text.trim_ascii_start().len())
        })
    }

    /// Whether an end tag at `start` follows right behind another one of its name.
    fn ends_again(&self, parent: &Frame, start: usize, name: &str) -> bool {
        let before = self.written(self.open_span(parent.node).end as usize, start).trim_ascii_end();
        before.strip_suffix('>').and_then(|before| before.strip_suffix(name)).is_some_and(|before| before.ends_with("</"))
    }

    /// Settles the innermost element, which ends at `end`.
    fn close(&mut self, end: usize) {
        let Some(frame) = self.frames.pop() else { return };
        let text = self.join_pieces(&frame, end);
        let nodes = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(frame.node as usize) {
            node.end = end as u32;
            node.subtree_end = nodes;
            node.text = text;
        }
        self.pieces.truncate(frame.first_piece);
        self.withdraw(&frame);
    }

    /// The text of an element that closes: the written text where that is the value, else joined in the side buffer.
    pub(super) fn join_pieces(&mut self, frame: &Frame, end: usize) -> Stored {
        let pieces = self.pieces.get(frame.first_piece..).unwrap_or_default();
        if pieces.is_empty() || frame.has_children && pieces.iter().all(|piece| matches!(piece, Piece::Blank(..))) {
            return Stored::verbatim(end, end);
        }
        if let [Piece::Plain(start, end) | Piece::Blank(start, end)] = *pieces {
            let (start, end) = (start as usize, end as usize);
            if !self.survey.carriage_returns || !self.written(start, end).contains('\r') {
                return Stored::verbatim(start, end);
            }
        }
        let decoded = self.decoded.len();
        let (mut first, mut last) = (u32::MAX, 0);
        for piece in pieces {
            let (start, end) = match *piece {
                Piece::Plain(start, end) | Piece::Blank(start, end) => {
                    let text = self.text.get(start as usize..end as usize).unwrap_or("");
                    push_lines(&mut self.decoded, text);
                    let (from, to) = trim(text);
                    (start + from as u32, start + to as u32)
                }
                Piece::Reference(start, end, c) => {
                    self.decoded.push(c);
                    (start, end)
                }
            };
            if end > start {
                first = first.min(start);
                last = end;
            }
        }
        let decoded_len = (self.decoded.len() - decoded) as u32;
        Stored { start: first.min(last), end: last, decoded: decoded as u32, decoded_len }
    }

    /// The end of the file: nothing may be open.
    pub(super) fn finish(&mut self) {
        let end = self.text.len();
        if let Some(innermost) = self.frames.last().copied().filter(|_| !self.stopped) {
            let names: Vec<_> =
                self.frames.iter().rev().take(NAMED).map(|frame| format!("`</{}>`", clip(self.frame_name(frame)))).collect();
            let more = self.frames.len() - names.len();
            let missing = if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") };
            let opened = clip(self.frame_name(&innermost));
            let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("`<{opened}>` is never closed"));
            let fault = fault.at(self.open_span(innermost.node)).label(self.span(end, end), "the file ends here");
            self.fault(fault.help(format!("at the end {missing} are missing; the file may have been cut")));
        }
        while !self.frames.is_empty() {
            self.close(end);
        }
    }
}

/// Adds a text with its line ends made one line feed each (section 2.11).
fn push_lines(to: &mut String, text: &str) {
    let mut parts = text.split('\r');
    to.push_str(parts.next().unwrap_or(""));
    for part in parts {
        if !part.starts_with('\n') {
            to.push('\n');
        }
        to.push_str(part);
    }
}

/// Whether an end tag seems to be a slip of the pen for the element that is open: another case, or a letter too many, too few or wrong.
fn looks_like(opened: &str, name: &str) -> bool {
    if opened.eq_ignore_ascii_case(name) {
        return true;
    }
    let (a, b): (Vec<char>, Vec<char>) = (opened.chars().collect(), name.chars().collect());
    if a.len().min(b.len()) < 4 || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let rest = |from: usize, of: &[char]| of.get(from..).unwrap_or_default().to_vec();
    let (mut a, mut b) = (rest(same, &a), rest(same, &b));
    let same = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    a.truncate(a.len() - same);
    b.truncate(b.len() - same);
    // Two letters in the wrong order count as one slip.
    a.len().max(b.len()) <= 1 || (a.len() == 2 && b.len() == 2 && a.first() == b.last() && a.last() == b.first())
}
