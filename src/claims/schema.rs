//! Claim types as a run needs them.

use super::predicate::PredicateValidation;
use super::regex::Regex;
use super::text::Str;
use super::value::{ClaimValue, DataType};
use crate::source::Span;

/// A claim type of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClaimId(pub(crate) u32);

impl ClaimId {
    /// Its place in the plan's list of claim types.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a page asks for a claim. Source: claimsschema; `Button` from the published schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InputType {
    /// One line of text.
    TextBox,
    /// One line for an e-mail address.
    EmailBox,
    /// Hidden text; such a claim never leaves its page.
    Password,
    /// Three drop-down lists.
    DateTimeDropdown,
    /// One of a list.
    RadioSingleSelect,
    /// One of a list.
    DropdownSingleSelect,
    /// Any of a list; the values joined by commas.
    CheckboxMultiSelect,
    /// Shown, not editable.
    Readonly,
    /// Shown as text.
    Paragraph,
    /// A button.
    Button,
}

impl InputType {
    /// Each as the schema spells it.
    pub(crate) const ALL: [(&'static str, Self); 10] = [
        ("TextBox", InputType::TextBox),
        ("EmailBox", InputType::EmailBox),
        ("Password", InputType::Password),
        ("DateTimeDropdown", InputType::DateTimeDropdown),
        ("RadioSingleSelect", InputType::RadioSingleSelect),
        ("DropdownSingleSelect", InputType::DropdownSingleSelect),
        ("CheckboxMultiSelect", InputType::CheckboxMultiSelect),
        ("Readonly", InputType::Readonly),
        ("Paragraph", InputType::Paragraph),
        ("Button", InputType::Button),
    ];

    /// The input type of this name; case is ignored.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| kind)
    }

    /// Whether a person can change the value on the page.
    pub fn is_editable(self) -> bool {
        !matches!(self, InputType::Readonly | InputType::Paragraph | InputType::Button)
    }
}

/// One choice of an enumeration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnumerationItem {
    /// What the page shows.
    pub text: Str,
    /// What the claim gets.
    pub value: Str,
    /// Chosen from the start.
    pub selected: bool,
}

/// What limits the values of a claim on a page.
#[derive(Clone, Debug, Default)]
pub enum Restriction {
    /// Nothing.
    #[default]
    None,
    /// One of these.
    Enumeration(Vec<EnumerationItem>),
    /// Text in which this pattern is found (.NET `IsMatch`, so unanchored).
    Pattern {
        /// The pattern.
        regex: Regex,
        /// What the page says otherwise.
        help: Str,
    },
}

/// How a shown value is hidden. Source: claimsschema.
#[derive(Clone, Debug)]
pub enum Mask {
    /// This text in place of the leading part of the same length.
    Simple(Str),
    /// Every match of the pattern replaced by the text.
    Regex(Regex, Str),
}

impl Mask {
    /// The text as it is shown. A search that is given up shows the mask alone.
    pub fn apply(&self, text: &str) -> String {
        match self {
            Mask::Simple(mask) => {
                let length = text.chars().count();
                mask.chars().take(length).chain(text.chars().skip(mask.chars().count())).collect()
            }
            Mask::Regex(regex, mask) => regex.replace_all(text, mask).unwrap_or_else(|_| mask.to_string()),
        }
    }
}

/// A claim type.
#[derive(Clone, Debug)]
pub struct ClaimType {
    /// As declared.
    pub id: Str,
    /// What pages call it; the id when the policy gives none.
    pub display_name: Str,
    /// `string` when the policy gives none.
    pub data_type: DataType,
    /// How a page asks for it; `None` = a page cannot ask.
    pub input: Option<InputType>,
    /// Enumeration or pattern.
    pub restriction: Restriction,
    /// Predicates over the value.
    pub predicates: Option<PredicateValidation>,
    /// Display only.
    pub mask: Option<Mask>,
    /// Default partner names by protocol name.
    pub partners: Vec<(Str, Str)>,
    /// False for a claim that is only named (by a precondition, say) and declared nowhere.
    pub declared: bool,
    /// Where it is declared, or where it is named when it is not.
    pub span: Option<Span>,
}

impl ClaimType {
    /// A claim type of which nothing but the data type is declared.
    pub(crate) fn new(id: impl Into<Str>, data_type: DataType) -> Self {
        let id = id.into();
        Self {
            display_name: id.clone(),
            id,
            data_type,
            input: None,
            restriction: Restriction::None,
            predicates: None,
            mask: None,
            partners: Vec::new(),
            declared: true,
            span: None,
        }
    }
}

/// Why a value is refused on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// What the page says.
    pub message: Str,
}

/// Checks a value against the restriction and then the predicates of its claim type (SEMANTICS 9.3, 12.6, 12.8). `today` is for
/// `IsDateRange`.
pub fn check_restriction(claim: &ClaimType, value: &ClaimValue, today: super::Date) -> Result<(), Invalid> {
    super::predicate::check_value(claim, value, today)
}

/// As [`check_restriction`], with the texts of a language where it has them: the help texts of patterns, predicates and predicate groups
/// (localization).
pub fn check_localized(claim: &ClaimType, value: &ClaimValue, today: super::Date, localized: &super::Localized<'_>) -> Result<(), Invalid> {
    super::predicate::check_localized_value(claim, value, today, localized)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_simple_mask_covers_the_leading_part() {
        let mask = Mask::Simple("###-##".into());
        assert_eq!(mask.apply("+1555123"), "###-##23");
        assert_eq!(mask.apply("+155"), "###-");
        assert_eq!(mask.apply(""), "");
    }

    #[test]
    fn a_regex_mask_covers_every_match() {
        let mask = |pattern: &str| Mask::Regex(Regex::new(pattern).unwrap(), "*".into());
        assert_eq!(mask("(?<=.).(?=.*@)").apply("joe@contoso.com"), "j**@contoso.com");
        assert_eq!(mask(r"^(?:(a|aa)+\1)+$").apply(&("a".repeat(60) + "b")), "*");
    }
}
