//! JSON to YAML as a person writes it: what fits stands on one line, the rest is indented; text is quoted only where YAML, or an older reader
//! of it, would take it for something else.

use std::fmt::Write;

use serde_json::{Map, Value as Json};

/// Longest line that several values share.
const WIDTH: usize = 120;

/// A scenario as a YAML document.
pub(super) fn document(fields: &Map<String, Json>) -> String {
    let mut yaml = Yaml { out: String::new() };
    for (key, value) in fields {
        // Lists of things that are read one by one have a line for each.
        let most_on_a_line = match key.as_str() {
            "request" | "stubs" | "directory" => 1,
            "expect" => 3,
            _ => usize::MAX,
        };
        let head = format!("{}:", scalar_text(key, Place::Key));
        match (key.as_str(), value) {
            // Everybody writes the moment bare, and nothing else can stand there.
            ("now", Json::String(moment)) => yaml.line(&head, moment),
            ("directory", Json::Array(users)) if !users.is_empty() => {
                yaml.line(&head, "");
                users.iter().for_each(|user| yaml.item("  ", user, 2));
            }
            _ => yaml.value(&head, 0, value, most_on_a_line),
        }
    }
    yaml.out
}

struct Yaml {
    out: String,
}

impl Yaml {
    fn line(&mut self, head: &str, rest: &str) {
        self.out.push_str(head);
        if !rest.is_empty() {
            self.out.push(' ');
            self.out.push_str(rest);
        }
        self.out.push('\n');
    }

    /// Writes a value after its key or dash if one line takes it.
    fn on_one_line(&mut self, head: &str, value: &Json, most: usize) -> bool {
        let entries = match value {
            Json::Array(items) => items.len(),
            Json::Object(fields) => fields.len(),
            _ => {
                self.line(head, &scalar(value, Place::Block));
                return true;
            }
        };
        let text = flow(value);
        let fits = entries == 0 || (entries <= most && head.chars().count() + 1 + text.chars().count() <= WIDTH);
        if fits {
            self.line(head, &text);
        }
        fits
    }

    /// A value after its key, which stands at this indent.
    fn value(&mut self, head: &str, indent: usize, value: &Json, most: usize) {
        if self.on_one_line(head, value, most) {
            return;
        }
        self.line(head, "");
        let inner = " ".repeat(indent + 2);
        match value {
            Json::Array(items) => items.iter().for_each(|item| self.item(&inner, item, usize::MAX)),
            Json::Object(fields) => self.entries(&inner, indent + 2, fields),
            _ => {}
        }
    }

    /// An item of a list.
    fn item(&mut self, indent: &str, value: &Json, most: usize) {
        let dash = format!("{indent}-");
        if self.on_one_line(&dash, value, most) {
            return;
        }
        match value {
            Json::Object(fields) => self.entries(&format!("{dash} "), indent.len() + 2, fields),
            // A list in a list has a dash of its own on each line.
            Json::Array(items) => {
                self.line(&dash, "");
                items.iter().for_each(|item| self.item(&format!("{indent}  "), item, usize::MAX));
            }
            _ => {}
        }
    }

    /// The entries of a mapping, the first one behind what stands there already.
    fn entries(&mut self, first: &str, indent: usize, fields: &Map<String, Json>) {
        let rest = " ".repeat(indent);
        for (place, (key, value)) in fields.iter().enumerate() {
            let head = format!("{}{}:", if place == 0 { first } else { &rest }, scalar_text(key, Place::Key));
            self.value(&head, indent, value, usize::MAX);
        }
    }
}

/// Where a scalar stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Key,
    Flow,
    Block,
}

fn flow(value: &Json) -> String {
    let is_flat = |items: &[Json]| items.iter().all(|item| !item.is_array() && !item.is_object());
    match value {
        Json::Array(items) => {
            let texts: Vec<String> = items.iter().map(flow).collect();
            if is_flat(items) { format!("[{}]", texts.join(", ")) } else { format!("[ {} ]", texts.join(", ")) }
        }
        Json::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Json::Object(fields) => {
            let texts: Vec<String> =
                fields.iter().map(|(key, value)| format!("{}: {}", scalar_text(key, Place::Key), flow(value))).collect();
            format!("{{ {} }}", texts.join(", "))
        }
        _ => scalar(value, Place::Flow),
    }
}

fn scalar(value: &Json, place: Place) -> String {
    match value {
        Json::String(text) => scalar_text(text, place),
        other => other.to_string(),
    }
}

/// Text bare, in single quotes where that saves backslashes, else in double quotes.
fn scalar_text(text: &str, place: Place) -> String {
    if is_plain(text, place) {
        return text.to_owned();
    }
    if text.chars().all(is_printable) && text.contains(['"', '\\']) && !text.contains('\'') {
        return format!("'{text}'");
    }
    let mut quoted = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            letter if is_printable(letter) => quoted.push(letter),
            letter => {
                let number = u32::from(letter);
                // Writing to a string cannot fail.
                let _ = if number > 0xffff { write!(quoted, "\\U{number:08x}") } else { write!(quoted, "\\u{number:04x}") };
            }
        }
    }
    quoted.push('"');
    quoted
}

/// Letters, signs and the blank: what shows what it is.
fn is_printable(letter: char) -> bool {
    letter == ' '
        || !(letter.is_control()
            || letter.is_whitespace()
            || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}'))
}

fn is_plain(text: &str, place: Place) -> bool {
    let Some(first) = text.chars().next() else { return false };
    // The number of a step; with zeros before it, it would be another key to some readers.
    let is_number = first != '0' && text.bytes().all(|byte| byte.is_ascii_digit());
    if place == Place::Key && is_number {
        return true;
    }
    text.chars().all(is_printable)
        && !"-?:,[]{}#&*!|>'\"%@`~<=+. ".contains(first)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        // Legal, but hard to tell from quotes around it.
        && !text.contains('"')
        // The question mark is one that some readers stumble over.
        && (place == Place::Block || !text.contains([',', '[', ']', '{', '}', '?']))
        // Of a key, a colon within is legal and hard to read.
        && (place != Place::Key || !text.contains(':'))
        && !is_word(text)
        && !is_number_like(text)
}

/// Words that YAML, or version 1.1 of it, reads as null or a boolean.
fn is_word(text: &str) -> bool {
    ["null", "true", "false", "yes", "no", "on", "off", "y", "n"].iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Numbers, dates and times in any notation of YAML; not versions and addresses, which have more than one point.
fn is_number_like(text: &str) -> bool {
    if !text.starts_with(|first: char| first.is_ascii_digit()) {
        return false;
    }
    let points = text.bytes().filter(|byte| *byte == b'.').count();
    if points > 1 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return false;
    }
    let lower = text.to_ascii_lowercase();
    ["0x", "0o", "0b"].iter().any(|base| lower.starts_with(base)) || lower.bytes().all(|byte| b"0123456789+-.:_ etz".contains(&byte))
}
