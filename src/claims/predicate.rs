//! Predicates and predicate validations, and the check of a value that a page takes (SEMANTICS 9.3, 12.6, 12.8).

use super::convert::from_text;
use super::datetime::Date;
use super::regex::{Regex, RegexError};
use super::schema::{ClaimType, EnumerationItem, InputType, Invalid, Restriction};
use super::text::Str;
use super::value::ClaimValue;

/// Finds a localized text by its ElementType, ElementId and StringId. Source: localization.
pub type Localized<'l> = dyn Fn(&str, &str, &str) -> Option<Str> + 'l;

/// The policy's own texts.
fn as_written(_: &str, _: &str, _: &str) -> Option<Str> {
    None
}

/// What a predicate tests. Source: predicates.
#[derive(Clone, Debug)]
pub enum PredicateMethod {
    /// Length in UTF-16 units, both ends inclusive.
    IsLengthRange {
        /// At least.
        minimum: u64,
        /// At most.
        maximum: u64,
    },
    /// The pattern is found.
    MatchesRegex(Regex),
    /// At least one character of the set is in the value.
    IncludesCharacters(Regex),
    /// A date between two dates, both inclusive; `None` = today.
    IsDateRange {
        /// Not before.
        minimum: Option<Date>,
        /// Not after.
        maximum: Option<Date>,
    },
}

/// One predicate.
#[derive(Clone, Debug)]
pub struct Predicate {
    /// As declared.
    pub id: Str,
    /// The test.
    pub method: PredicateMethod,
    /// What the page says when it fails.
    pub help: Str,
}

impl Predicate {
    /// A predicate from what a policy says: Method and the parameters (Id and text), names without regard to case. The error says what is
    /// wrong, for a diagnostic at the predicate.
    pub fn new(id: Str, method: &str, parameters: &[(Str, Str)], help: Str) -> Result<Self, String> {
        let parameter = |name: &str| {
            let found = parameters.iter().find(|(id, _)| id.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str()).ok_or_else(|| format!("the predicate `{id}` has no parameter `{name}`"))
        };
        let number = |name: &str| {
            let text = parameter(name)?.trim();
            text.parse().map_err(|_| format!("the parameter `{name}` of the predicate `{id}` is no number: `{text}`"))
        };
        let date = |name: &str| {
            let text = parameter(name)?.trim();
            if text.eq_ignore_ascii_case("Today") {
                return Ok(None);
            }
            Date::parse(text).map(Some).ok_or_else(|| {
                format!("the parameter `{name}` of the predicate `{id}` is neither a date such as `1970-01-01` nor `Today`: `{text}`")
            })
        };
        let regex = |name: &str, compile: fn(&str) -> Result<Regex, RegexError>| {
            compile(parameter(name)?).map_err(|error| format!("the parameter `{name}` of the predicate `{id}` cannot be used: {error}"))
        };
        let method = if method.eq_ignore_ascii_case("IsLengthRange") {
            PredicateMethod::IsLengthRange { minimum: number("Minimum")?, maximum: number("Maximum")? }
        } else if method.eq_ignore_ascii_case("MatchesRegex") {
            PredicateMethod::MatchesRegex(regex("RegularExpression", Regex::lazy)?)
        } else if method.eq_ignore_ascii_case("IncludesCharacters") {
            PredicateMethod::IncludesCharacters(regex("CharacterSet", Regex::of_characters)?)
        } else if method.eq_ignore_ascii_case("IsDateRange") {
            PredicateMethod::IsDateRange { minimum: date("Minimum")?, maximum: date("Maximum")? }
        } else {
            return Err(format!(
                "the predicate `{id}` has an unknown method `{method}`; there are `IsLengthRange`, `MatchesRegex`, `IncludesCharacters` and \
                 `IsDateRange`"
            ));
        };
        Ok(Self { id, method, help })
    }

    /// Whether a value passes; an error when a search was given up. Collections and identities have no text to test and fail.
    pub fn holds(&self, value: &ClaimValue, today: Date) -> Result<bool, RegexError> {
        if let PredicateMethod::IsDateRange { minimum, maximum } = &self.method {
            let date = match value {
                ClaimValue::Date(date) => Some(*date),
                ClaimValue::DateTime(time) => Some(time.date()),
                _ => value.text().and_then(|text| Date::parse(&text)),
            };
            return Ok(date.is_some_and(|date| (minimum.unwrap_or(today)..=maximum.unwrap_or(today)).contains(&date)));
        }
        let Some(text) = value.text() else { return Ok(false) };
        match &self.method {
            PredicateMethod::IsLengthRange { minimum, maximum } => {
                let length = text.encode_utf16().count() as u64;
                Ok((*minimum..=*maximum).contains(&length))
            }
            PredicateMethod::MatchesRegex(regex) | PredicateMethod::IncludesCharacters(regex) => regex.is_match(&text),
            PredicateMethod::IsDateRange { .. } => Ok(false),
        }
    }
}

/// A group of which some must hold.
#[derive(Clone, Debug)]
pub struct PredicateGroup {
    /// As declared; empty for the references of an input validation, which have no localized text.
    pub id: Str,
    /// What the page says before the failing predicates' texts.
    pub help: Str,
    /// How many must hold.
    pub at_least: usize,
    /// Turns the result of the group around: values of which that many hold are refused. Source: the published schema; what the service does
    /// with it is documented nowhere.
    pub reject: bool,
    /// The predicates.
    pub predicates: Vec<Predicate>,
}

impl PredicateGroup {
    /// A group; without `MatchAtLeast` all of its predicates must hold.
    pub fn new(help: Str, match_at_least: Option<usize>, reject: bool, predicates: Vec<Predicate>) -> Self {
        Self { id: Str::new(), help, at_least: match_at_least.unwrap_or(predicates.len()), reject, predicates }
    }

    /// What the page says: the group's text, then those of its failing predicates.
    fn check(&self, validation: &str, value: &ClaimValue, today: Date, localized: &Localized<'_>) -> Result<(), String> {
        let mut failing = Vec::new();
        let mut passing = 0;
        for predicate in &self.predicates {
            match predicate.holds(value, today) {
                Ok(true) => passing += 1,
                Ok(false) => failing.push(localized("Predicate", &predicate.id, "HelpText").unwrap_or_else(|| predicate.help.clone())),
                Err(error) => return Err(format!("the predicate `{}` could not be tested: {error}", predicate.id)),
            }
        }
        if (passing >= self.at_least) != self.reject {
            return Ok(());
        }
        failing.retain(|help| !help.is_empty());
        let failing = failing.join(", ");
        let of_group = (!self.id.is_empty()).then(|| localized("PredicateValidation", validation, &self.id)).flatten();
        let help = of_group.as_ref().unwrap_or(&self.help);
        Err(match (help.is_empty(), failing.is_empty()) {
            (false, false) => format!("{help} {failing}"),
            (false, true) => help.to_string(),
            (true, _) => failing,
        })
    }
}

/// All groups must hold.
#[derive(Clone, Debug)]
pub struct PredicateValidation {
    /// As declared.
    pub id: Str,
    /// The groups.
    pub groups: Vec<PredicateGroup>,
}

/// Checks a value against all groups of a validation; the message has the texts of every failing group.
pub fn check_predicates(validation: &PredicateValidation, value: &ClaimValue, today: Date) -> Result<(), Invalid> {
    check_groups(validation, value, today, &as_written)
}

fn check_groups(validation: &PredicateValidation, value: &ClaimValue, today: Date, localized: &Localized<'_>) -> Result<(), Invalid> {
    let check = |group: &PredicateGroup| group.check(&validation.id, value, today, localized).err();
    let failures: Vec<String> = validation.groups.iter().filter_map(check).collect();
    if failures.is_empty() {
        return Ok(());
    }
    let texts: Vec<&str> = failures.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    let message = if texts.is_empty() { format!("the value does not pass `{}`", validation.id) } else { texts.join(" ") };
    Err(Invalid { message: message.into() })
}

/// Restriction first, then predicates (SEMANTICS 9.3), with the policy's own texts.
pub(super) fn check_value(claim: &ClaimType, value: &ClaimValue, today: Date) -> Result<(), Invalid> {
    check_localized_value(claim, value, today, &as_written)
}

/// The same with the texts of a language, where it has them.
pub(super) fn check_localized_value(claim: &ClaimType, value: &ClaimValue, today: Date, localized: &Localized<'_>) -> Result<(), Invalid> {
    match &claim.restriction {
        Restriction::None => {}
        Restriction::Enumeration(items) => check_enumeration(claim, items, value)?,
        Restriction::Pattern { regex, help } => {
            let text = value.text().unwrap_or_default();
            let message = match regex.is_match(&text) {
                Ok(true) => None,
                Ok(false) => Some(match localized("ClaimType", &claim.id, "PatternHelpText") {
                    Some(help) => help.to_string(),
                    None if help.is_empty() => format!("the value of `{}` does not match the pattern `{}`", claim.id, regex.pattern()),
                    None => help.to_string(),
                }),
                Err(error) => Some(format!("the pattern of `{}` could not be tested: {error}", claim.id)),
            };
            if let Some(message) = message {
                return Err(Invalid { message: message.into() });
            }
        }
    }
    match &claim.predicates {
        Some(validation) => check_groups(validation, value, today, localized),
        None => Ok(()),
    }
}

/// A value outside of the enumeration is invalid; of a CheckboxMultiSelect every selection must be in it.
fn check_enumeration(claim: &ClaimType, items: &[EnumerationItem], value: &ClaimValue) -> Result<(), Invalid> {
    // `true` as a choice of a boolean claim is the value True.
    let is_choice = |value: &ClaimValue| {
        items.iter().any(|item| value.text_equals(&item.value) || from_text(&item.value, claim.data_type).as_ref() == Ok(value))
    };
    let outside = |text: &str| Invalid { message: format!("`{text}` is not one of the choices of `{}`", claim.id).into() };
    if is_choice(value) {
        return Ok(());
    }
    match (claim.input, value.as_str()) {
        (Some(InputType::CheckboxMultiSelect), Some(text)) => {
            match text.split(',').find(|selection| !is_choice(&ClaimValue::from(*selection))) {
                Some(selection) => Err(outside(selection)),
                None => Ok(()),
            }
        }
        _ => Err(outside(&value.text().unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::DataType;

    fn today() -> Date {
        Date::parse("2022-06-15").unwrap()
    }

    fn predicate(method: &str, parameters: &[(&str, &str)], help: &str) -> Result<Predicate, String> {
        let parameters: Vec<(Str, Str)> = parameters.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect();
        Predicate::new("p".into(), method, &parameters, help.into())
    }

    /// Values that pass a predicate and values that do not.
    fn check(method: &str, parameters: &[(&str, &str)], passing: &[&str], failing: &[&str]) {
        let predicate = predicate(method, parameters, "").unwrap();
        for (texts, expected) in [(passing, true), (failing, false)] {
            for text in texts {
                assert_eq!(predicate.holds(&ClaimValue::from(*text), today()), Ok(expected), "{method} of {text:?}");
            }
        }
    }

    fn claim(restriction: Restriction, predicates: Option<PredicateValidation>) -> ClaimType {
        ClaimType {
            display_name: "Color".into(),
            input: Some(InputType::TextBox),
            restriction,
            predicates,
            ..ClaimType::new("color", DataType::String)
        }
    }

    fn choices(values: &[&str]) -> Restriction {
        let item = |value: &&str| EnumerationItem { text: (*value).into(), value: (*value).into(), selected: false };
        Restriction::Enumeration(values.iter().map(item).collect())
    }

    fn refusal(claim: &ClaimType, value: impl Into<ClaimValue>) -> Option<String> {
        check_value(claim, &value.into(), today()).err().map(|invalid| invalid.message.to_string())
    }

    #[test]
    fn lengths_are_inclusive_and_in_utf_16() {
        check("IsLengthRange", &[("Minimum", "2"), ("Maximum", " 3 ")], &["ab", "abc", "😀"], &["a", "abcd", "", "😀😀"]);
    }

    #[test]
    fn dates_are_inclusive_and_today_is_the_day_of_the_run() {
        let range = [("minimum", "1970-01-01"), ("MAXIMUM", "today")];
        check("isdaterange", &range, &["1970-01-01", "2022-06-15"], &["1969-12-31", "2022-06-16", "15.6.2022", ""]);
        let holds = |value: ClaimValue| predicate("IsDateRange", &range, "").unwrap().holds(&value, today());
        assert_eq!(holds(ClaimValue::Date(today())), Ok(true));
        assert_eq!(holds(ClaimValue::DateTime(today().midnight().plus_seconds(86_399).unwrap())), Ok(true));
        assert_eq!(holds(ClaimValue::DateTime(today().midnight().plus_seconds(86_400).unwrap())), Ok(false));
        assert_eq!(holds(ClaimValue::Strings(Vec::new())), Ok(false));
    }

    #[test]
    fn patterns_and_character_sets_are_found_anywhere() {
        check("MatchesRegex", &[("RegularExpression", "[0-9]b")], &["a1b"], &["1", ""]);
        check("IncludesCharacters", &[("CharacterSet", "[]a-c")], &["xb", "]"], &["x", ""]);
    }

    #[test]
    fn a_predicate_that_cannot_be_used_says_why() {
        for (method, parameters, message) in [
            (
                "IsBetween",
                vec![],
                "the predicate `p` has an unknown method `IsBetween`; there are `IsLengthRange`, `MatchesRegex`, `IncludesCharacters` and \
                 `IsDateRange`",
            ),
            ("IsLengthRange", vec![("Minimum", "1")], "the predicate `p` has no parameter `Maximum`"),
            ("IsLengthRange", vec![("Minimum", "-1"), ("Maximum", "2")], "the parameter `Minimum` of the predicate `p` is no number: `-1`"),
            (
                "IsDateRange",
                vec![("Minimum", "1.1.1970"), ("Maximum", "Today")],
                "the parameter `Minimum` of the predicate `p` is neither a date such as `1970-01-01` nor `Today`: `1.1.1970`",
            ),
            (
                "MatchesRegex",
                vec![("RegularExpression", "a**")],
                "the parameter `RegularExpression` of the predicate `p` cannot be used: nested quantifier `*` at offset 2",
            ),
            (
                "IncludesCharacters",
                vec![("CharacterSet", "z-a")],
                "the parameter `CharacterSet` of the predicate `p` cannot be used: `[x-y]` range in reverse order at offset 3",
            ),
        ] {
            assert_eq!(predicate(method, &parameters, "").unwrap_err(), message);
        }
    }

    fn password_rules(reject: bool) -> PredicateValidation {
        let set = |set, help| predicate("IncludesCharacters", &[("CharacterSet", set)], help).unwrap();
        let length = predicate("IsLengthRange", &[("Minimum", "4"), ("Maximum", "8")], "").unwrap();
        PredicateValidation {
            id: "rules".into(),
            groups: vec![
                PredicateGroup::new("The length must be 4 to 8.".into(), None, false, vec![length]),
                PredicateGroup::new(
                    "At least 2 of:".into(),
                    Some(2),
                    reject,
                    vec![set("a-z", "a lowercase letter"), set("A-Z", "an uppercase letter"), set("0-9", "a digit")],
                ),
            ],
        }
    }

    #[test]
    fn every_group_must_hold_and_of_a_group_as_many_as_it_asks_for() {
        let claim_type = claim(Restriction::None, Some(password_rules(false)));
        assert_eq!(refusal(&claim_type, "abC1"), None);
        assert_eq!(refusal(&claim_type, "abC"), Some("The length must be 4 to 8.".into()));
        assert_eq!(refusal(&claim_type, "abcd"), Some("At least 2 of: an uppercase letter, a digit".into()));
        let both = "The length must be 4 to 8. At least 2 of: a lowercase letter, an uppercase letter";
        assert_eq!(refusal(&claim_type, "1"), Some(both.into()));
    }

    #[test]
    fn a_rejecting_group_turns_the_result_around() {
        let claim_type = claim(Restriction::None, Some(password_rules(true)));
        assert_eq!(refusal(&claim_type, "abcd"), None);
        assert_eq!(refusal(&claim_type, "abcD"), Some("At least 2 of: a digit".into()));
    }

    #[test]
    fn a_validation_without_texts_names_itself() {
        let length = predicate("IsLengthRange", &[("Minimum", "4"), ("Maximum", "8")], "").unwrap();
        let groups = vec![PredicateGroup::new("".into(), None, false, vec![length])];
        let claim_type = claim(Restriction::None, Some(PredicateValidation { id: "rules".into(), groups }));
        assert_eq!(refusal(&claim_type, "a"), Some("the value does not pass `rules`".into()));
    }

    #[test]
    fn a_pattern_refuses_with_its_help_text_before_any_predicate() {
        let pattern = |help: &str| Restriction::Pattern { regex: Regex::new("[0-9]{2}").unwrap(), help: help.into() };
        let claim_type = claim(pattern("Two digits, please."), Some(password_rules(false)));
        assert_eq!(refusal(&claim_type, "abC1"), Some("Two digits, please.".into()));
        assert_eq!(refusal(&claim_type, "ab12"), None);
        assert_eq!(refusal(&claim(pattern(""), None), "x"), Some("the value of `color` does not match the pattern `[0-9]{2}`".into()));
        assert_eq!(refusal(&claim(pattern(""), None), 12), None);
    }

    #[test]
    fn a_value_must_be_one_of_the_choices() {
        let mut claim_type = claim(choices(&["red", "blue", "a,b"]), None);
        assert_eq!(refusal(&claim_type, "red"), None);
        assert_eq!(refusal(&claim_type, "Red"), Some("`Red` is not one of the choices of `color`".into()));
        assert_eq!(refusal(&claim_type, "red,blue"), Some("`red,blue` is not one of the choices of `color`".into()));
        claim_type.input = Some(InputType::CheckboxMultiSelect);
        assert_eq!(refusal(&claim_type, "red,blue"), None);
        assert_eq!(refusal(&claim_type, "a,b"), None);
        assert_eq!(refusal(&claim_type, "red,green"), Some("`green` is not one of the choices of `color`".into()));
    }

    #[test]
    fn choices_of_other_types_are_compared_as_values() {
        let mut claim_type = claim(choices(&["true"]), None);
        claim_type.data_type = DataType::Boolean;
        assert_eq!(refusal(&claim_type, true), None);
        assert_eq!(refusal(&claim_type, false), Some("`False` is not one of the choices of `color`".into()));
    }
}
