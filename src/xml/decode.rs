//! Bytes to text: UTF-8 with and without a byte order mark, UTF-16 with one.

use std::borrow::Cow;

use super::characters::is_char;
use crate::source::{Encoding, Layout};

/// Bytes that are no text, at an offset of the decoded text, where `U+FFFD` stands for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
    pub(super) help: &'static str,
}

#[derive(Debug)]
pub(super) struct Decoded<'b> {
    pub(super) text: Cow<'b, str>,
    pub(super) layout: Layout,
    pub(super) flaws: Vec<Flaw>,
}

const SAVE_AS_UTF8: &str = "save the file as UTF-8";
/// One broken export has the same flaw at every accent: the first ones are enough to find it.
const FLAWS: usize = 10;
const REPLACEMENT: &str = "\u{fffd}";

/// Decodes a file; the byte order mark is left out.
pub(super) fn decode(bytes: &[u8]) -> Decoded<'_> {
    match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest, 3),
        [0xff, 0xfe, rest @ ..] => utf16(rest, Encoding::Utf16Le, 2),
        [0xfe, 0xff, rest @ ..] => utf16(rest, Encoding::Utf16Be, 2),
        [b'<', 0, ..] => without_mark(utf16(bytes, Encoding::Utf16Le, 0)),
        [0, b'<', ..] => without_mark(utf16(bytes, Encoding::Utf16Be, 0)),
        _ => utf8(bytes, 0),
    }
}

/// XML 1.0, 4.3.3: entities in UTF-16 must begin with the byte order mark.
fn without_mark(mut decoded: Decoded<'_>) -> Decoded<'_> {
    let message = "UTF-16 without a byte order mark".to_owned();
    decoded.flaws.insert(0, Flaw { start: 0, end: 1, message, help: SAVE_AS_UTF8 });
    decoded
}

fn utf8(bytes: &[u8], mark: u32) -> Decoded<'_> {
    let mut flaws = Vec::new();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => {
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                if let Some(first) = chunk.invalid().first() {
                    let start = text.len();
                    text.push_str(REPLACEMENT);
                    if flaws.len() < FLAWS {
                        let message = format!("the byte 0x{first:02X} is not UTF-8");
                        let help = "save the file as UTF-8; it looks as if it was written in a code page such as Windows-1252";
                        flaws.push(Flaw { start, end: text.len(), message, help });
                    }
                }
            }
            Cow::Owned(text)
        }
    };
    let layout = Layout { encoding: Encoding::Utf8, mark, exact: flaws.is_empty() };
    Decoded { text, layout, flaws }
}

fn utf16(bytes: &[u8], encoding: Encoding, mark: u32) -> Decoded<'_> {
    let unit = if encoding == Encoding::Utf16Be { u16::from_be_bytes } else { u16::from_le_bytes };
    let mut text = String::with_capacity(bytes.len() / 2);
    let mut flaws = Vec::new();
    let (pairs, rest) = bytes.as_chunks::<2>();
    for decoded in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
        let start = text.len();
        match decoded {
            Ok(c) => text.push(c),
            Err(surrogate) => {
                text.push_str(REPLACEMENT);
                if flaws.len() < FLAWS {
                    let message = format!("the half character 0x{:04X} is not UTF-16", surrogate.unpaired_surrogate());
                    flaws.push(Flaw { start, end: text.len(), message, help: SAVE_AS_UTF8 });
                }
            }
        }
    }
    if !rest.is_empty() {
        let message = "the file ends in the middle of a UTF-16 character".to_owned();
        flaws.push(Flaw { start: text.len(), end: text.len(), message, help: "the file was cut; take it from its origin again" });
    }
    let layout = Layout { encoding, mark, exact: flaws.is_empty() };
    Decoded { text: Cow::Owned(text), layout, flaws }
}

/// The characters that no XML document may hold, with their offsets.
pub(super) fn forbidden(text: &str) -> impl Iterator<Item = (usize, char)> {
    text.char_indices().filter(|(_, c)| !is_char(*c))
}
