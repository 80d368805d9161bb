//! Attribute values whose quotes are wrong: typographic ones, none, or only one.

use super::characters::{is_name_char, is_space};
use super::parse::{Parser, clip};
use super::tree::Stored;
use crate::diagnostic::{Diagnostic, code};

/// What word processors make of `"` and `'`.
fn is_curly(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201f}' | '\u{2039}' | '\u{203a}' | '\u{ab}' | '\u{bb}' | '\u{2032}' | '\u{2033}')
}

fn is_single(c: char) -> bool {
    matches!(c, '\u{2018}'..='\u{201b}' | '\u{2039}' | '\u{203a}' | '\u{2032}')
}

/// How many bytes a text has without a typographic quote at its end.
fn without_curly(text: &str) -> Option<usize> {
    let last = text.chars().next_back().filter(|c| is_curly(*c))?;
    Some(text.len() - last.len_utf8())
}

impl Parser<'_> {
    /// A value between typographic quotes that begins at `at`; `None` when it does not begin with one.
    pub(super) fn curly_quoted(&mut self, name: &str, at: usize) -> Option<(Stored, usize)> {
        let rest = self.written(at, self.text.len());
        let open = rest.chars().next().filter(|c| is_curly(*c))?;
        let start = at + open.len_utf8();
        let inside = self.written(start, self.text.len());
        // An apostrophe in a value is curly too.
        let closes = |c: char| is_curly(c) && is_single(c) == is_single(open);
        let end = inside.find(|c: char| closes(c) || matches!(c, '"' | '<' | '>'))?;
        let close = inside.get(end..)?.chars().next().filter(|c| is_curly(*c) || *c == '"')?;
        let (end, behind) = (start + end, start + end + close.len_utf8());
        let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("the value of `{}` is in typographic quotes", clip(name)));
        let fault = fault.at(self.span(at, behind)).help("write plain quotes `\"`; an editor has changed them");
        let fault = fault.fix(self.span(at, start), "\"");
        self.fault(if close == '"' { fault } else { fault.fix(self.span(end, behind), "\"") });
        let special = self.written(start, end).bytes().any(|byte| byte == b'&' || byte != b' ' && is_space(byte));
        Some((self.value(start, end, special), behind))
    }

    /// A value without quotes at `at`, of an attribute whose name begins at `start`.
    pub(super) fn bare(&mut self, name: &str, start: usize, at: usize) -> (Stored, usize) {
        let end = self.bare_end(at);
        let (shown, value) = (clip(name), self.written(at, end));
        if let Some((inside, quote)) = ['"', '\''].iter().find_map(|quote| Some((value.strip_suffix(*quote)?, *quote)))
            && !inside.contains(['"', '\'', '=', '&'])
        {
            let message = format!("the value of `{shown}` has no opening quote");
            let fault = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(at, end)).help(format!("write `{quote}` before it"));
            self.fault(fault.fix(self.span(at, at), quote.to_string()));
            return (Stored::verbatim(at, at + inside.len()), end);
        }
        let message = format!("the value of `{shown}` is not in quotes");
        let mut fault = Diagnostic::error(code::NOT_WELL_FORMED, message).at(self.span(start, end));
        fault = fault.help(format!("write `{shown}=\"{}\"`", clip(value)));
        if !value.is_empty() && !value.contains(['"', '\'', '=', '&']) {
            fault = fault.fix(self.span(at, at), "\"").fix(self.span(end, end), "\"");
        }
        self.fault(fault);
        (Stored::verbatim(at, end), end)
    }

    /// The value that opens at `open` where its closing quote is missing and the opening quote of the next attribute, at `close`, stands
    /// in for it: then an attribute's name and `=` come before that quote, and no end of an attribute behind it.
    pub(super) fn quote_before_next(&mut self, name: &str, open: usize, close: usize, quote: u8) -> Option<(Stored, usize)> {
        if self.byte(close) != Some(quote) || matches!(self.byte(close + 1), None | Some(b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'?'))
        {
            return None;
        }
        let value = self.written(open + 1, close);
        let before = value.trim_ascii_end().strip_suffix('=')?.trim_ascii_end();
        let next = before.trim_end_matches(|c| is_name_char(c) || c == ':');
        if next.len() == before.len() || !next.ends_with(|c: char| c.is_ascii() && is_space(c as u8)) {
            return None;
        }
        Some(self.close_quote(name, open, open + 1 + next.trim_ascii_end().len(), quote))
    }

    /// The value that opens at `open` and has no closing quote, or a typographic one, before `end`.
    pub(super) fn close_quote(&mut self, name: &str, open: usize, end: usize, quote: u8) -> (Stored, usize) {
        let start = open + 1;
        let written = self.written(start, end);
        let quote = char::from(quote);
        let (value_end, fault) = match without_curly(written) {
            Some(len) => {
                let fault =
                    Diagnostic::error(code::NOT_WELL_FORMED, format!("the value of `{}` ends with a typographic quote", clip(name)));
                let fault = fault.at(self.span(open, end)).help(format!("write a plain `{quote}`; an editor has changed it"));
                (start + len, fault.fix(self.span(start + len, end), quote.to_string()))
            }
            None => {
                let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("the value of `{}` has no closing quote", clip(name)));
                let fault = fault.at(self.span(open, end)).help(format!("close it with `{quote}`"));
                let certain = !written.contains(['"', '\'']);
                (end, if certain { fault.fix(self.span(end, end), quote.to_string()) } else { fault })
            }
        };
        self.fault(fault);
        let special = self.written(start, value_end).bytes().any(|byte| byte == b'&' || byte != b' ' && is_space(byte));
        (self.value(start, value_end, special), end)
    }

    /// A `<` in a value: the beginning of a placeholder, as a rule.
    pub(super) fn raw_less(&mut self, name: &str, at: usize) {
        let placeholder = self.written(at, self.text.len());
        let placeholder = placeholder.get(..placeholder.find(['>', '"', '\'']).map_or(0, |end| end + 1)).unwrap_or("");
        let fault = Diagnostic::error(code::MARKUP_IN_VALUE, format!("`<` in the value of `{}`", clip(name)));
        if placeholder.ends_with('>') && placeholder.len() > 2 && !placeholder.contains(char::is_whitespace) {
            let span = self.span(at, at + placeholder.len());
            let escaped = format!("&lt;{}&gt;", placeholder.trim_start_matches('<').trim_end_matches('>'));
            let help = format!("put the real value in place of `{}`, or write `&lt;`", clip(placeholder));
            self.fault(fault.at(span).help(help).fix(span, escaped));
        } else {
            let span = self.span(at, at + 1);
            self.fault(fault.at(span).help("write `&lt;`").fix(span, "&lt;"));
        }
    }
}
