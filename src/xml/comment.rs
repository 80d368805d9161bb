//! Comments that are begun or ended with something other than two plain dashes: word processors and web pages make one long dash of them.

use memchr::memchr;

use super::parse::Parser;
use crate::diagnostic::{Diagnostic, Edit, code};

/// Whether a character is a dash of any length.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// How many bytes of dashes a text ends with.
fn dashes_at_end(text: &str) -> usize {
    text.len() - text.trim_end_matches(is_dash).len()
}

impl Parser<'_> {
    /// A comment over `start..end` that holds two dashes, or ends with a third. Returns where it really ends.
    pub(super) fn dashes(&mut self, start: usize, end: usize) -> usize {
        let inside = self.written(start + 4, end - 3);
        // Where another comment begins in it, this one ended before.
        if let Some(next) = inside.find("<!--")
            && let Some(end) = self.wrongly_closed_comment(start, start + 4 + next)
        {
            return end;
        }
        let at = inside.find("--").unwrap_or(inside.len().saturating_sub(1));
        let (open, dashes) = (self.span(start, start + 4), self.span(start + 4 + at, start + 4 + at + 2));
        let mut fault = Diagnostic::error(code::NOT_WELL_FORMED, "`--` may not stand in a comment").at(dashes);
        fault = fault.label(open, "the comment begins here");
        self.fault(match inside.contains("<!--") {
            true => fault.help("a comment ends at the first `-->`; perhaps this one was meant to end earlier"),
            false => {
                fault.fix = self.single_dashes(start + 4, end - 3);
                fault.help("write one dash, or a blank between the dashes")
            }
        });
        end
    }

    /// A comment that was begun with `<!--`, but ended before `limit` with a long dash or with a blank before `>`. Returns its end.
    pub(super) fn wrongly_closed_comment(&mut self, start: usize, limit: usize) -> Option<usize> {
        let mut from = start + 4;
        while let Some(at) = memchr(b'>', self.written(from, limit).as_bytes()) {
            let close = from + at;
            let before = self.written(start + 4, close);
            let blanks = before.len() - before.trim_end_matches([' ', '!']).len();
            let kept = before.get(..before.len() - blanks)?;
            let dashes = kept.get(kept.len() - dashes_at_end(kept)..)?;
            // A single dash is an arrow, unless the line ends behind it.
            let arrow = dashes == "-" && blanks == 0 && !matches!(self.byte(close + 1), Some(b'\r' | b'\n'));
            if !dashes.is_empty() && !arrow && (dashes != "--" || blanks > 0) {
                let span = self.span(close - blanks - dashes.len(), close + 1);
                let written = self.written(span.start as usize, span.end as usize);
                let fault = Diagnostic::error(code::COMMENT_DASH, format!("`{written}` ends no comment")).at(span);
                let fault = fault.label(self.span(start, start + 4), "the comment begins here");
                self.fault(fault.help("write `-->` with two plain dashes").fix(span, "-->"));
                return Some(close + 1);
            }
            from = close + 1;
        }
        None
    }

    /// A comment that is begun with `<!` and a dash of any kind but two plain ones. Returns its end; `None` when it is no comment at all.
    pub(super) fn wrongly_opened_comment(&mut self, start: usize) -> Option<usize> {
        let rest = self.written(start + 2, self.text.len());
        let dashes = rest.len() - rest.trim_start_matches(is_dash).len();
        if dashes == 0 {
            return None;
        }
        let open = self.span(start, start + 2 + dashes);
        let written = self.written(start, start + 2 + dashes);
        let mut fault = Diagnostic::error(code::COMMENT_DASH, format!("`{written}` begins no comment")).at(open);
        fault = fault.help(match written.is_ascii() {
            true => "write `<!--`",
            false => "write `<!--` with two plain dashes; an editor has made them one long dash",
        });
        let end = self.comment_end(start + 2 + dashes);
        let inside = self.written(start + 2 + dashes, end.saturating_sub(1));
        let close = dashes_at_end(inside);
        // Without a dash at its end it may have been meant to go on.
        if close > 0 && end <= self.text.len() {
            let close_start = end - 1 - close;
            fault = fault.fix(open, "<!--");
            fault.fix.extend(self.single_dashes(start + 2 + dashes, close_start));
            if self.written(close_start, end - 1) != "--" {
                fault = fault.fix(self.span(close_start, end), "-->");
            }
        }
        self.fault(fault);
        Some(end)
    }

    /// Edits that leave no two dashes together, and none at the end.
    fn single_dashes(&self, start: usize, end: usize) -> Vec<Edit> {
        let mut edits = Vec::new();
        let inside = self.written(start, end).as_bytes();
        let mut at = 0;
        while let Some(found) = inside.get(at..).and_then(|rest| memchr(b'-', rest)) {
            let first = at + found;
            let len = inside.get(first..).unwrap_or_default().iter().take_while(|byte| **byte == b'-').count();
            at = first + len;
            let last = at == inside.len();
            if len > 1 || last {
                edits.push(Edit { span: self.span(start + first, start + at), text: if last { "" } else { "-" }.to_owned() });
            }
        }
        edits
    }

    /// Where a comment ends whose text begins at `start`: its end may be as wrong as its beginning.
    fn comment_end(&mut self, start: usize) -> usize {
        let len = self.text.len();
        let mut from = start;
        while !self.no_comment_end {
            let Some(at) = memchr(b'>', self.rest(from)) else {
                self.no_comment_end = true;
                break;
            };
            if self.written(start, from + at).ends_with(is_dash) {
                return from + at + 1;
            }
            from += at + 1;
        }
        self.written(start, len).find('>').map_or(len, |at| start + at + 1)
    }
}
