//! What the service inherits from .NET where it shows: composite format strings, invariant casing, UTF-16 indices, seeded random
//! numbers, date texts.

use crate::claims::{Date, DateTime};

/// The message of a .NET `FormatException` for a malformed format string.
const BAD_FORMAT: &str = "Input string was not in a correct format.";
/// The message for an index without an argument.
const BAD_INDEX: &str = "Index (zero based) must be greater than or equal to zero and less than the size of the argument list.";
/// Larger indices and widths are refused by .NET.
const LIMIT: usize = 1_000_000;

/// An argument of a format string.
#[derive(Clone, Copy, Debug)]
pub(super) enum Argument<'a> {
    /// A string: format specifiers do not touch it.
    Text(&'a str),
    /// A number.
    Integer(i32),
}

/// A piece of a format string.
enum Piece<'a> {
    Text(&'a str),
    Item { index: usize, width: usize, left: bool, specifier: &'a str },
}

/// .NET `String.Format` (composite formatting): `{index[,alignment][:format]}`, `{{` and `}}`.
pub(super) fn format(text: &str, arguments: &[Argument<'_>]) -> Result<String, &'static str> {
    let mut result = String::with_capacity(text.len());
    pieces(text, |piece| {
        match piece {
            Piece::Text(text) => result.push_str(text),
            Piece::Item { index, width, left, specifier } => {
                let number;
                let value = match arguments.get(index).ok_or(BAD_INDEX)? {
                    Argument::Text(text) => *text,
                    Argument::Integer(value) => {
                        number = format_integer(*value, specifier).ok_or(BAD_FORMAT)?;
                        &number
                    }
                };
                let padding = width.saturating_sub(utf16_length(value));
                if result.len() + padding > LIMIT {
                    return Err("the formatted text is too long.");
                }
                if !left {
                    result.extend(std::iter::repeat_n(' ', padding));
                }
                result.push_str(value);
                if left {
                    result.extend(std::iter::repeat_n(' ', padding));
                }
            }
        }
        Ok(())
    })?;
    Ok(result)
}

/// Whether [`format`] would accept the text with this many arguments.
pub(super) fn check_format(text: &str, arguments: usize) -> Result<(), &'static str> {
    pieces(text, |piece| match piece {
        Piece::Item { index, .. } if index >= arguments => Err(BAD_INDEX),
        _ => Ok(()),
    })
}

fn pieces<'a>(text: &'a str, mut piece: impl FnMut(Piece<'a>) -> Result<(), &'static str>) -> Result<(), &'static str> {
    let mut rest = text;
    while let Some((before, from_brace)) = rest.find(['{', '}']).and_then(|at| rest.split_at_checked(at)) {
        piece(Piece::Text(before))?;
        if let Some(after) = from_brace.strip_prefix("{{") {
            piece(Piece::Text("{"))?;
            rest = after;
        } else if let Some(after) = from_brace.strip_prefix("}}") {
            piece(Piece::Text("}"))?;
            rest = after;
        } else {
            let (item, after) = item(from_brace.strip_prefix('{').ok_or(BAD_FORMAT)?).ok_or(BAD_FORMAT)?;
            piece(item)?;
            rest = after;
        }
    }
    piece(Piece::Text(rest))
}

/// Reads `index[,alignment][:format]}`; blanks may follow the index and surround the alignment, as in .NET.
fn item(text: &str) -> Option<(Piece<'_>, &str)> {
    let (index, rest) = number(text)?;
    let mut rest = rest.trim_start_matches(' ');
    let (mut width, mut left) = (0, false);
    if let Some(alignment) = rest.strip_prefix(',') {
        let alignment = alignment.trim_start_matches(' ');
        left = alignment.starts_with('-');
        (width, rest) = number(alignment.strip_prefix('-').unwrap_or(alignment))?;
        rest = rest.trim_start_matches(' ');
    }
    let (specifier, rest) = match rest.strip_prefix(':') {
        Some(from) => from.split_once('}')?,
        None => ("", rest.strip_prefix('}')?),
    };
    if specifier.contains('{') {
        return None;
    }
    Some((Piece::Item { index, width, left, specifier }, rest))
}

/// Digits at the start of a text, and the rest.
fn number(text: &str) -> Option<(usize, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    let number = digits.parse().ok().filter(|number| *number < LIMIT)?;
    Some((number, rest))
}

/// A number by a standard (`D`, `G`, `X`, `N`, `F`) or custom (`0` and `#` only) numeric format string, invariant culture.
fn format_integer(value: i32, specifier: &str) -> Option<String> {
    let Some(letter) = specifier.chars().next() else { return Some(value.to_string()) };
    if specifier.chars().all(|c| matches!(c, '0' | '#')) {
        let digits = specifier.trim_start_matches('#').len();
        return Some(if value == 0 && digits == 0 { String::new() } else { signed(value, &padded(value, digits)) });
    }
    let precision = specifier.get(letter.len_utf8()..)?;
    let precision: Option<usize> = if precision.is_empty() { None } else { Some(precision.parse().ok().filter(|count| *count <= 99)?) };
    match letter {
        'D' | 'd' => Some(signed(value, &padded(value, precision.unwrap_or(0)))),
        'G' | 'g' if precision.is_none_or(|digits| digits == 0 || digits >= 10) => Some(value.to_string()),
        'X' => Some(format!("{value:0width$X}", width = precision.unwrap_or(0))),
        'x' => Some(format!("{value:0width$x}", width = precision.unwrap_or(0))),
        'N' | 'n' => Some(signed(value, &format!("{}{}", grouped(value), decimals(precision)))),
        'F' | 'f' => Some(signed(value, &format!("{}{}", value.unsigned_abs(), decimals(precision)))),
        _ => None,
    }
}

fn padded(value: i32, digits: usize) -> String {
    format!("{:0digits$}", value.unsigned_abs())
}

fn signed(value: i32, digits: &str) -> String {
    format!("{}{digits}", if value < 0 { "-" } else { "" })
}

fn decimals(precision: Option<usize>) -> String {
    match precision.unwrap_or(2) {
        0 => String::new(),
        count => format!(".{}", "0".repeat(count)),
    }
}

fn grouped(value: i32) -> String {
    let digits = value.unsigned_abs().to_string();
    let mut result = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            result.push(',');
        }
        result.push(digit);
    }
    result
}

/// .NET `Char.ToUpperInvariant`: one character to one character, so `ß` stays; `ı` and `ſ` stay because their upper case is ASCII.
pub(super) fn upper(c: char) -> char {
    if c.is_ascii() {
        return c.to_ascii_uppercase();
    }
    let mut mapped = c.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(upper), None) if !upper.is_ascii() => upper,
        (Some(_), None) | (None, _) => c,
        // Greek letters with iota subscript have a full mapping of two characters and a simple one beside it.
        _ => match u32::from(c) {
            code @ (0x1F80..=0x1F87 | 0x1F90..=0x1F97 | 0x1FA0..=0x1FA7) => char::from_u32(code + 8).unwrap_or(c),
            code @ (0x1FB3 | 0x1FC3 | 0x1FF3) => char::from_u32(code + 9).unwrap_or(c),
            _ => c,
        },
    }
}

/// .NET `Char.ToLowerInvariant`: one character to one character, so `İ` stays.
pub(super) fn lower(c: char) -> char {
    let mut mapped = c.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(lower), None) => lower,
        _ => c,
    }
}

/// How strings are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    /// By code unit.
    Ordinal,
    /// By code unit after invariant upper-casing, character by character.
    OrdinalIgnoreCase,
}

impl Comparison {
    /// By the usual `ignoreCase`.
    pub(super) fn ignoring_case(ignore: bool) -> Self {
        if ignore { Comparison::OrdinalIgnoreCase } else { Comparison::Ordinal }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Comparison::Ordinal => "Ordinal",
            Comparison::OrdinalIgnoreCase => "OrdinalIgnoreCase",
        }
    }

    pub(super) fn equal(self, left: &str, right: &str) -> bool {
        match self {
            Comparison::Ordinal => left == right,
            Comparison::OrdinalIgnoreCase => left.chars().map(upper).eq(right.chars().map(upper)),
        }
    }

    /// .NET `text.IndexOf(part, comparison) >= 0`; an empty part is in every text.
    pub(super) fn contains(self, text: &str, part: &str) -> bool {
        match self {
            Comparison::Ordinal => text.contains(part),
            Comparison::OrdinalIgnoreCase => {
                let fold = |text: &str| text.chars().map(upper).collect::<String>();
                fold(text).contains(&fold(part))
            }
        }
    }
}

/// .NET `String.Length`.
pub(super) fn utf16_length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// .NET `Substring`: indices count UTF-16 units; `None` where .NET throws. Half a surrogate pair becomes U+FFFD.
pub(super) fn substring(text: &str, start: i32, length: i32) -> Option<String> {
    let (start, length) = (usize::try_from(start).ok()?, usize::try_from(length).ok()?);
    let units: Vec<u16> = text.encode_utf16().collect();
    units.get(start..start.checked_add(length)?).map(String::from_utf16_lossy)
}

/// .NET `System.Random` with a seed (Knuth's subtractive generator): the first number, below `maximum`.
pub(super) fn seeded_random(seed: i32, maximum: i32) -> i32 {
    let mut state = [0_i32; 56];
    let get = |state: &[i32; 56], at: usize| state.get(at).copied().unwrap_or(0);
    let set = |state: &mut [i32; 56], at: usize, value: i32| {
        if let Some(place) = state.get_mut(at) {
            *place = value;
        }
    };
    let up = |value: i32| if value < 0 { value.wrapping_add(i32::MAX) } else { value };
    let mut previous = 161_803_398_i32.wrapping_sub(seed.checked_abs().unwrap_or(i32::MAX));
    set(&mut state, 55, previous);
    let mut next = 1_i32;
    for round in 1..55 {
        let place = 21 * round % 55;
        set(&mut state, place, next);
        next = up(previous.wrapping_sub(next));
        previous = get(&state, place);
    }
    for _ in 1..5 {
        for place in 1..56 {
            let value = get(&state, place).wrapping_sub(get(&state, 1 + (place + 30) % 55));
            set(&mut state, place, up(value));
        }
    }
    let mut sample = get(&state, 1).wrapping_sub(get(&state, 22));
    if sample == i32::MAX {
        sample -= 1;
    }
    (f64::from(up(sample)) * (1.0 / f64::from(i32::MAX)) * f64::from(maximum)) as i32
}

/// .NET `Int64.Parse`, and the message of its exception.
pub(super) fn parse_long(text: &str) -> Result<i64, &'static str> {
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().map_err(|_| if is_number { "Value was either too large or too small for an Int64." } else { BAD_FORMAT })
}

/// .NET `DateTime.Parse` for ISO 8601 and for the invariant `MM/dd/yyyy[ h:mm[:ss][ AM|PM]]`, the form that `{Context:DateTimeInUtc}`
/// gives. Without a zone the text is taken as UTC.
pub(super) fn parse_date_time(text: &str) -> Option<DateTime> {
    DateTime::parse(text).or_else(|| invariant_date_time(text.trim()))
}

fn invariant_date_time(text: &str) -> Option<DateTime> {
    let mut words = text.split_ascii_whitespace();
    let mut parts = words.next()?.split('/');
    let (month, day, year) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let midnight = Date::new(year, month, day).filter(|_| parts.next().is_none())?.midnight();
    let Some(clock) = words.next() else { return Some(midnight) };
    let mut parts = clock.split(':').map(|part| part.parse::<u8>().ok().map(i64::from));
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let afternoon = words.next().map(|word| word.eq_ignore_ascii_case("pm").then_some(12).or(word.eq_ignore_ascii_case("am").then_some(0)));
    let hour = match afternoon {
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift?,
        Some(_) => return None,
        None => hour,
    };
    if hour > 23 || minute > 59 || second > 59 || parts.next().is_some() || words.next().is_some() {
        return None;
    }
    midnight.plus_seconds(hour * 3600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_strings_follow_string_format() {
        let arguments = [Argument::Text("abc"), Argument::Integer(-7)];
        for (text, expected) in [
            ("{0}", Ok("abc")),
            ("{0,6}|", Ok("   abc|")),
            ("{0,-6}|", Ok("abc   |")),
            ("{0 , -6 }|", Ok("abc   |")),
            ("{0,2}", Ok("abc")),
            ("{{{0}}}", Ok("{abc}")),
            ("{0:anything}", Ok("abc")),
            ("{1} {0} {1}", Ok("-7 abc -7")),
            ("{1:D4}", Ok("-0007")),
            ("{1:0000}", Ok("-0007")),
            ("{1:N}", Ok("-7.00")),
            ("{1:x}", Ok("fffffff9")),
            ("no item", Ok("no item")),
            ("", Ok("")),
            ("{2}", Err(BAD_INDEX)),
            ("{", Err(BAD_FORMAT)),
            ("}", Err(BAD_FORMAT)),
            ("{}", Err(BAD_FORMAT)),
            ("{ 0}", Err(BAD_FORMAT)),
            ("{-1}", Err(BAD_FORMAT)),
            ("{0", Err(BAD_FORMAT)),
            ("{0,}", Err(BAD_FORMAT)),
            ("{0:", Err(BAD_FORMAT)),
            ("{a}", Err(BAD_FORMAT)),
            ("{0}}", Err(BAD_FORMAT)),
            ("{1:Q}", Err(BAD_FORMAT)),
            ("{1000000}", Err(BAD_FORMAT)),
        ] {
            assert_eq!(format(text, &arguments), expected.map(str::to_owned), "{text}");
        }
        assert_eq!(check_format("{0} {1}", 1), Err(BAD_INDEX));
        assert_eq!(check_format("{0} {{1}}", 1), Ok(()));
    }

    #[test]
    fn alignment_counts_utf16_units() {
        assert_eq!(format("{0,3}|", &[Argument::Text("😀")]).unwrap(), " 😀|");
    }

    #[test]
    fn padding_is_bounded() {
        assert!(format(&"{0,999999}".repeat(3), &[Argument::Text("")]).is_err());
    }

    #[test]
    fn numbers_follow_numeric_format_strings() {
        for (value, specifier, expected) in [
            (1_234_567, "N0", Some("1,234,567")),
            (-123, "N1", Some("-123.0")),
            (5, "F3", Some("5.000")),
            (255, "X4", Some("00FF")),
            (12, "G", Some("12")),
            (0, "#", Some("")),
            (0, "00", Some("00")),
            (7, "#00", Some("07")),
            (i32::MIN, "D", Some("-2147483648")),
            (1, "D100", None),
            (1, "é", None),
        ] {
            assert_eq!(format_integer(value, specifier).as_deref(), expected, "{value} {specifier}");
        }
    }

    #[test]
    fn casing_maps_one_character_to_one() {
        for (c, expected) in
            [('a', 'A'), ('é', 'É'), ('ß', 'ß'), ('ı', 'ı'), ('ſ', 'ſ'), ('ŉ', 'ŉ'), ('ᾳ', 'ᾼ'), ('ᾀ', 'ᾈ'), ('ﬁ', 'ﬁ'), ('1', '1')]
        {
            assert_eq!(upper(c), expected, "{c}");
        }
        for (c, expected) in [('A', 'a'), ('É', 'é'), ('I', 'i'), ('İ', 'İ'), ('ẞ', 'ß'), ('Σ', 'σ')] {
            assert_eq!(lower(c), expected, "{c}");
        }
    }

    #[test]
    fn case_is_ignored_by_upper_casing_each_character() {
        let compare = Comparison::OrdinalIgnoreCase;
        assert!(compare.equal("ÉCOLE", "école"));
        assert!(!compare.equal("straße", "STRASSE"));
        assert!(!compare.equal("ab", "abc"));
        assert!(compare.contains("Admin, Approver", "ADMIN,"));
        assert!(compare.contains("x", ""));
        assert!(!Comparison::Ordinal.contains("Admin", "admin"));
    }

    #[test]
    fn substring_counts_utf16_units() {
        assert_eq!(substring("a😀b", 3, 1).as_deref(), Some("b"));
        assert_eq!(substring("a😀b", 1, 1).as_deref(), Some("\u{FFFD}"));
        assert_eq!(substring("abc", 3, 0).as_deref(), Some(""));
        for (start, length) in [(0, 4), (4, 0), (-1, 1), (0, -1), (i32::MAX, i32::MAX)] {
            assert_eq!(substring("abc", start, length), None);
        }
    }

    #[test]
    fn seeded_numbers_are_those_of_system_random() {
        // `new Random(42).Next()` and `new Random(0).Next()`.
        assert_eq!(seeded_random(42, i32::MAX), 1_434_747_710);
        assert_eq!(seeded_random(0, i32::MAX), 1_559_595_546);
        assert_eq!(seeded_random(42, 0), 0);
        let _ = seeded_random(i32::MIN, i32::MAX);
    }

    #[test]
    fn a_long_is_told_from_a_number_too_large() {
        assert_eq!(parse_long(" -9223372036854775808 "), Ok(i64::MIN));
        assert_eq!(parse_long("+5"), Ok(5));
        assert_eq!(parse_long("9223372036854775808"), Err("Value was either too large or too small for an Int64."));
        for text in ["1.5", "", "-", "1 2"] {
            assert_eq!(parse_long(text), Err(BAD_FORMAT), "{text}");
        }
    }

    #[test]
    fn dates_are_read_in_iso_and_invariant_form() {
        for (text, expected) in [
            ("2021-10-10T12:00:00Z", Some("2021-10-10T12:00:00.0000000Z")),
            ("10/10/2021 12:00:00 PM", Some("2021-10-10T12:00:00.0000000Z")),
            ("10/10/2021 12:05 AM", Some("2021-10-10T00:05:00.0000000Z")),
            ("1/2/2021 3:04:05 pm", Some("2021-01-02T15:04:05.0000000Z")),
            ("1/2/2021 23:04:05", Some("2021-01-02T23:04:05.0000000Z")),
            ("1/2/2021", Some("2021-01-02T00:00:00.0000000Z")),
            ("13/13/2021", None),
            ("1/2/2021 13:00 PM", None),
            ("1/2/2021 24:00", None),
            ("1/2/2021 1:2:3:4", None),
            ("1/2/2021/3", None),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_date_time(text).map(|time| time.to_string()).as_deref(), expected, "{text}");
        }
    }
}
