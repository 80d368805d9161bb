//! Character classes: from .NET's to the Rust syntax.

use std::fmt::Write as _;

use regex_syntax::hir::{ClassUnicode, ClassUnicodeRange};

/// A class while it is read.
#[derive(Debug, Default)]
pub(super) struct ClassBuilder {
    pub(super) negated: bool,
    ignore_case: bool,
    ranges: Vec<(char, char)>,
    escapes: Vec<String>,
    subtracted: Option<String>,
}

/// `.` without the option `s`.
pub(super) const NOT_LINE_FEED: &str = r"[^\x{A}]";
/// `.` with the option `s`.
pub(super) const ANY: &str = r"[\x{0}-\x{10FFFF}]";
/// The characters of `\w`. Source: .NET's "Character classes in regular expressions"; Rust's own `\w` has more.
const WORD: &str = r"\p{L}\p{Mn}\p{Nd}\p{Pc}";

impl ClassBuilder {
    pub(super) fn new(ignore_case: bool) -> Self {
        Self { ignore_case, ..Self::default() }
    }

    pub(super) fn add(&mut self, first: char, last: char) {
        self.ranges.push((first, last));
    }

    /// Adds `\d`, `\D`, `\s`, `\S`, `\w` or `\W`; false for any other letter.
    pub(super) fn add_escape(&mut self, letter: char) -> bool {
        let text = match letter {
            'd' => r"\p{Nd}".to_owned(),
            'D' => r"[^\p{Nd}]".to_owned(),
            's' => r"\s".to_owned(),
            'S' => r"[^\s]".to_owned(),
            'w' => WORD.to_owned(),
            'W' => format!("[^{WORD}]"),
            _ => return false,
        };
        self.escapes.push(text);
        true
    }

    /// Adds `\p{name}` or its complement; false for a name that .NET does not know.
    pub(super) fn add_property(&mut self, name: &str, negated: bool) -> bool {
        let positive = match name {
            // .NET gives up the three cases under the option `i`.
            "Lu" | "Ll" | "Lt" if self.ignore_case => r"\p{Lu}\p{Ll}\p{Lt}".to_owned(),
            _ if CATEGORIES.contains(&name) => format!(r"\p{{{name}}}"),
            _ => match BLOCKS.iter().find(|(block, _, _)| *block == name) {
                Some((_, first, last)) => format!(r"\x{{{first:X}}}-\x{{{last:X}}}"),
                None => return false,
            },
        };
        self.escapes.push(if negated { format!("[^{positive}]") } else { positive });
        true
    }

    pub(super) fn subtract(&mut self, class: String) {
        self.subtracted = Some(class);
    }

    /// The class in the Rust syntax.
    pub(super) fn finish(self) -> String {
        let mut ranges = ClassUnicode::new(self.ranges.iter().map(|(first, last)| ClassUnicodeRange::new(*first, *last)));
        if self.ignore_case {
            ranges = fold(&ranges);
        }
        let mut text = String::from(if self.negated { "[^" } else { "[" });
        for range in ranges.ranges() {
            push_char(&mut text, range.start());
            if range.end() != range.start() {
                text.push('-');
                push_char(&mut text, range.end());
            }
        }
        for escape in &self.escapes {
            text.push_str(escape);
        }
        text.push(']');
        match self.subtracted {
            Some(class) => format!("[{text}--{class}]"),
            None => text,
        }
    }
}

/// The class of one character under the option `i`; `None` for a character without case.
pub(super) fn folded(character: char) -> Option<String> {
    let folded = fold(&ClassUnicode::new([ClassUnicodeRange::new(character, character)]));
    let alone = matches!(folded.ranges(), [range] if range.start() == range.end());
    if alone {
        return None;
    }
    let mut class = ClassBuilder::default();
    for range in folded.ranges() {
        class.add(range.start(), range.end());
    }
    Some(class.finish())
}

/// Adds what .NET takes for the same under the option `i`: characters whose lower case, mapped one to one, is the same. Unicode's simple
/// folding goes further (`ſ` is no `s` here).
fn fold(class: &ClassUnicode) -> ClassUnicode {
    let mut all = class.clone();
    // Without case tables nothing folds; they are compiled in, so this cannot fail.
    if all.try_case_fold_simple().is_err() {
        return class.clone();
    }
    let mut added = all;
    added.difference(class);
    let mut folded = class.clone();
    for character in added.ranges().iter().flat_map(|range| range.start()..=range.end()) {
        let mut orbit = ClassUnicode::new([ClassUnicodeRange::new(character, character)]);
        if orbit.try_case_fold_simple().is_err() {
            continue;
        }
        orbit.intersect(class);
        let same = orbit.ranges().iter().flat_map(|range| range.start()..=range.end()).any(|other| lower(other) == lower(character));
        if same {
            folded.push(ClassUnicodeRange::new(character, character));
        }
    }
    folded
}

/// .NET maps case one to one: a character whose lower case is longer stays.
fn lower(character: char) -> char {
    let mut mapped = character.to_lowercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) => one,
        _ => character,
    }
}

/// Writes a character so that it means itself, inside of a class and outside.
pub(super) fn push_char(text: &mut String, character: char) {
    if character.is_ascii_alphanumeric() {
        text.push(character);
    } else {
        // Writing to a string does not fail.
        let _ = write!(text, r"\x{{{:X}}}", u32::from(character));
    }
}

/// General categories that .NET knows by these names, except `Cs`, which no text of ours can hold.
const CATEGORIES: [&str; 36] = [
    "L", "Lu", "Ll", "Lt", "Lm", "Lo", "M", "Mn", "Mc", "Me", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S",
    "Sm", "Sc", "Sk", "So", "Z", "Zs", "Zl", "Zp", "C", "Cc", "Cf", "Cn", "Co",
];

/// Named blocks. Source: .NET's "Character classes in regular expressions", supported named blocks; the surrogates are left out.
const BLOCKS: [(&str, u32, u32); 105] = [
    ("IsBasicLatin", 0x0000, 0x007F),
    ("IsLatin-1Supplement", 0x0080, 0x00FF),
    ("IsLatinExtended-A", 0x0100, 0x017F),
    ("IsLatinExtended-B", 0x0180, 0x024F),
    ("IsIPAExtensions", 0x0250, 0x02AF),
    ("IsSpacingModifierLetters", 0x02B0, 0x02FF),
    ("IsCombiningDiacriticalMarks", 0x0300, 0x036F),
    ("IsGreek", 0x0370, 0x03FF),
    ("IsGreekandCoptic", 0x0370, 0x03FF),
    ("IsCyrillic", 0x0400, 0x04FF),
    ("IsCyrillicSupplement", 0x0500, 0x052F),
    ("IsArmenian", 0x0530, 0x058F),
    ("IsHebrew", 0x0590, 0x05FF),
    ("IsArabic", 0x0600, 0x06FF),
    ("IsSyriac", 0x0700, 0x074F),
    ("IsThaana", 0x0780, 0x07BF),
    ("IsDevanagari", 0x0900, 0x097F),
    ("IsBengali", 0x0980, 0x09FF),
    ("IsGurmukhi", 0x0A00, 0x0A7F),
    ("IsGujarati", 0x0A80, 0x0AFF),
    ("IsOriya", 0x0B00, 0x0B7F),
    ("IsTamil", 0x0B80, 0x0BFF),
    ("IsTelugu", 0x0C00, 0x0C7F),
    ("IsKannada", 0x0C80, 0x0CFF),
    ("IsMalayalam", 0x0D00, 0x0D7F),
    ("IsSinhala", 0x0D80, 0x0DFF),
    ("IsThai", 0x0E00, 0x0E7F),
    ("IsLao", 0x0E80, 0x0EFF),
    ("IsTibetan", 0x0F00, 0x0FFF),
    ("IsMyanmar", 0x1000, 0x109F),
    ("IsGeorgian", 0x10A0, 0x10FF),
    ("IsHangulJamo", 0x1100, 0x11FF),
    ("IsEthiopic", 0x1200, 0x137F),
    ("IsCherokee", 0x13A0, 0x13FF),
    ("IsUnifiedCanadianAboriginalSyllabics", 0x1400, 0x167F),
    ("IsOgham", 0x1680, 0x169F),
    ("IsRunic", 0x16A0, 0x16FF),
    ("IsTagalog", 0x1700, 0x171F),
    ("IsHanunoo", 0x1720, 0x173F),
    ("IsBuhid", 0x1740, 0x175F),
    ("IsTagbanwa", 0x1760, 0x177F),
    ("IsKhmer", 0x1780, 0x17FF),
    ("IsMongolian", 0x1800, 0x18AF),
    ("IsLimbu", 0x1900, 0x194F),
    ("IsTaiLe", 0x1950, 0x197F),
    ("IsKhmerSymbols", 0x19E0, 0x19FF),
    ("IsPhoneticExtensions", 0x1D00, 0x1D7F),
    ("IsLatinExtendedAdditional", 0x1E00, 0x1EFF),
    ("IsGreekExtended", 0x1F00, 0x1FFF),
    ("IsGeneralPunctuation", 0x2000, 0x206F),
    ("IsSuperscriptsandSubscripts", 0x2070, 0x209F),
    ("IsCurrencySymbols", 0x20A0, 0x20CF),
    ("IsCombiningDiacriticalMarksforSymbols", 0x20D0, 0x20FF),
    ("IsCombiningMarksforSymbols", 0x20D0, 0x20FF),
    ("IsLetterlikeSymbols", 0x2100, 0x214F),
    ("IsNumberForms", 0x2150, 0x218F),
    ("IsArrows", 0x2190, 0x21FF),
    ("IsMathematicalOperators", 0x2200, 0x22FF),
    ("IsMiscellaneousTechnical", 0x2300, 0x23FF),
    ("IsControlPictures", 0x2400, 0x243F),
    ("IsOpticalCharacterRecognition", 0x2440, 0x245F),
    ("IsEnclosedAlphanumerics", 0x2460, 0x24FF),
    ("IsBoxDrawing", 0x2500, 0x257F),
    ("IsBlockElements", 0x2580, 0x259F),
    ("IsGeometricShapes", 0x25A0, 0x25FF),
    ("IsMiscellaneousSymbols", 0x2600, 0x26FF),
    ("IsDingbats", 0x2700, 0x27BF),
    ("IsMiscellaneousMathematicalSymbols-A", 0x27C0, 0x27EF),
    ("IsSupplementalArrows-A", 0x27F0, 0x27FF),
    ("IsBraillePatterns", 0x2800, 0x28FF),
    ("IsSupplementalArrows-B", 0x2900, 0x297F),
    ("IsMiscellaneousMathematicalSymbols-B", 0x2980, 0x29FF),
    ("IsSupplementalMathematicalOperators", 0x2A00, 0x2AFF),
    ("IsMiscellaneousSymbolsandArrows", 0x2B00, 0x2BFF),
    ("IsCJKRadicalsSupplement", 0x2E80, 0x2EFF),
    ("IsKangxiRadicals", 0x2F00, 0x2FDF),
    ("IsIdeographicDescriptionCharacters", 0x2FF0, 0x2FFF),
    ("IsCJKSymbolsandPunctuation", 0x3000, 0x303F),
    ("IsHiragana", 0x3040, 0x309F),
    ("IsKatakana", 0x30A0, 0x30FF),
    ("IsBopomofo", 0x3100, 0x312F),
    ("IsHangulCompatibilityJamo", 0x3130, 0x318F),
    ("IsKanbun", 0x3190, 0x319F),
    ("IsBopomofoExtended", 0x31A0, 0x31BF),
    ("IsKatakanaPhoneticExtensions", 0x31F0, 0x31FF),
    ("IsEnclosedCJKLettersandMonths", 0x3200, 0x32FF),
    ("IsCJKCompatibility", 0x3300, 0x33FF),
    ("IsCJKUnifiedIdeographsExtensionA", 0x3400, 0x4DBF),
    ("IsYijingHexagramSymbols", 0x4DC0, 0x4DFF),
    ("IsCJKUnifiedIdeographs", 0x4E00, 0x9FFF),
    ("IsYiSyllables", 0xA000, 0xA48F),
    ("IsYiRadicals", 0xA490, 0xA4CF),
    ("IsHangulSyllables", 0xAC00, 0xD7AF),
    ("IsPrivateUse", 0xE000, 0xF8FF),
    ("IsPrivateUseArea", 0xE000, 0xF8FF),
    ("IsCJKCompatibilityIdeographs", 0xF900, 0xFAFF),
    ("IsAlphabeticPresentationForms", 0xFB00, 0xFB4F),
    ("IsArabicPresentationForms-A", 0xFB50, 0xFDFF),
    ("IsVariationSelectors", 0xFE00, 0xFE0F),
    ("IsCombiningHalfMarks", 0xFE20, 0xFE2F),
    ("IsCJKCompatibilityForms", 0xFE30, 0xFE4F),
    ("IsSmallFormVariants", 0xFE50, 0xFE6F),
    ("IsArabicPresentationForms-B", 0xFE70, 0xFEFF),
    ("IsHalfwidthandFullwidthForms", 0xFF00, 0xFFEF),
    ("IsSpecials", 0xFFF0, 0xFFFF),
];
