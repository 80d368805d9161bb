//! What XML 1.0 says of characters: which may occur at all, which make a name, which are blank.

use memchr::memchr;

/// White space of XML, and nothing else of Unicode's (section 2.3, `S`).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

/// Whether a text is empty or white space of XML.
pub(super) fn is_blank(text: &str) -> bool {
    text.bytes().all(is_space)
}

/// Where the text begins and ends without its blanks; `(0, 0)` when it is all blank.
pub(super) fn trim(text: &str) -> (usize, usize) {
    match text.bytes().position(|byte| !is_space(byte)) {
        Some(start) => (start, text.bytes().rposition(|byte| !is_space(byte)).map_or(start, |last| last + 1)),
        None => (0, 0),
    }
}

/// Whether a character may occur in a document (section 2.2, `Char`).
pub(super) fn is_char(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => true,
        '\u{fffe}' | '\u{ffff}' => false,
        c => c >= ' ',
    }
}

/// Section 2.3, `NameStartChar`, without the colon (Namespaces in XML, `NCName`).
pub(super) fn is_name_start(c: char) -> bool {
    matches!(c,
        'A'..='Z' | 'a'..='z' | '_' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// Section 2.3, `NameChar`, without the colon.
pub(super) fn is_name_char(c: char) -> bool {
    is_name_start(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// A name as it was cut out of a tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    /// Length of the prefix with its colon; 0 without one.
    pub(super) prefix_len: usize,
    /// Whether it is a name with at most one prefix (Namespaces in XML, `QName`).
    pub(super) valid: bool,
}

/// Judges a name.
pub(super) fn judge_name(name: &str) -> Name {
    let mut prefix_len = 0;
    let mut valid = true;
    let mut at_start = true;
    for (at, byte) in name.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => at_start = false,
            b'0'..=b'9' | b'-' | b'.' => {
                valid &= !at_start;
                at_start = false;
            }
            b':' => {
                valid &= !at_start && prefix_len == 0;
                prefix_len = at + 1;
                at_start = true;
            }
            0x80.. => return judge_foreign_name(name),
            _ => {
                valid = false;
                at_start = false;
            }
        }
    }
    Name { prefix_len, valid: valid && !at_start }
}

/// The same for a name beyond ASCII.
fn judge_foreign_name(name: &str) -> Name {
    let prefix_len = name.find(':').map_or(0, |colon| colon + 1);
    let part = |part: &str| part.starts_with(is_name_start) && part.chars().all(is_name_char);
    let valid = match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    };
    Name { prefix_len, valid }
}

/// What a look over the whole text found, so that the common file pays for the uncommon only once.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Survey {
    /// Whether any line ends with a carriage return.
    pub(super) carriage_returns: bool,
    /// Whether a byte occurs that only a forbidden character can have brought.
    pub(super) suspicious: bool,
    /// Whether there is anything beyond ASCII.
    pub(super) foreign: bool,
}

/// Looks over the whole text.
pub(super) fn survey(text: &str) -> Survey {
    let bytes = text.as_bytes();
    let foreign = !text.is_ascii();
    // Without an early exit, so that it compiles to vector instructions.
    let control = bytes.iter().fold(false, |found, byte| found | (*byte < b' ') & (*byte != b'\t') & (*byte != b'\n') & (*byte != b'\r'));
    Survey {
        carriage_returns: memchr(b'\r', bytes).is_some(),
        // U+FFFE and U+FFFF begin with this byte.
        suspicious: control || foreign && memchr(0xef, bytes).is_some(),
        foreign,
    }
}

/// The character of a reference `&name;`, given without `&` and `;`. `None` when nobody has declared it.
pub(super) fn resolve_reference(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let digits = name.strip_prefix('#')?;
            let (digits, radix) = match digits.strip_prefix('x') {
                Some(digits) => (digits, 16),
                None => (digits, 10),
            };
            // `from_str_radix` would take a sign.
            if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return None;
            }
            u32::from_str_radix(digits, radix).ok().and_then(char::from_u32).filter(|c| is_char(*c))
        }
    }
}
