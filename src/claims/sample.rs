//! Example values for claims: what the default world types into pages and lets APIs and identity providers answer.
//!
//! Every value is one that the claim's type, restriction and predicates take; the same claim always has the same values.

use std::collections::BTreeMap;

use super::convert::from_text;
use super::datetime::Date;
use super::predicate::{Predicate, PredicateMethod, check_value};
use super::regex::{Node, Regex};
use super::schema::{ClaimType, EnumerationItem, InputType, Restriction};
use super::text::Str;
use super::value::DataType;

/// So many values are enough.
const MOST: usize = 8;
/// With fewer than so many, texts are made from the patterns.
const FEW: usize = 3;
/// So many texts are made from one pattern at most.
const ATTEMPTS: u64 = 64;
/// No made text grows beyond this many characters.
const LONGEST: usize = 2_000;
/// No text takes more steps to make.
const MOST_STEPS: usize = 5_000;

/// Texts that convert to the claim's data type and pass its restriction and predicates, the most natural first; empty when none was found.
/// A text for a stringCollection is one item of it.
pub fn sample_values(claim: &ClaimType, today: Date) -> Vec<Str> {
    let mut found = Found { claim, today, values: Vec::new() };
    if let Restriction::Enumeration(items) = &claim.restriction {
        choices(claim, items).iter().for_each(|text| found.offer(text));
        return found.values;
    }
    match claim.data_type {
        DataType::String | DataType::StringCollection => {
            let of_input = match claim.input {
                Some(InputType::EmailBox) => EMAILS,
                Some(InputType::Password) => PASSWORDS,
                _ => &[],
            };
            by_name(&claim.id).iter().chain(of_input).chain(GENERAL).for_each(|text| found.offer(text));
        }
        DataType::Date => dates(claim, today).into_iter().for_each(|date| found.offer(&date.to_string())),
        DataType::DateTime => dates(claim, today).into_iter().for_each(|date| found.offer(&date.midnight().to_string())),
        data_type => of_type(data_type).iter().for_each(|text| found.offer(text)),
    }
    let restricted = matches!(claim.restriction, Restriction::Pattern { .. }) || claim.predicates.is_some();
    if restricted && found.values.len() < FEW {
        made(claim, &mut found);
    }
    found.values
}

/// The first of [`sample_values`].
pub fn sample_value(claim: &ClaimType, today: Date) -> Option<Str> {
    sample_values(claim, today).into_iter().next()
}

/// Values that passed.
struct Found<'a> {
    claim: &'a ClaimType,
    today: Date,
    values: Vec<Str>,
}

impl Found<'_> {
    fn offer(&mut self, text: &str) {
        if self.values.len() >= MOST || self.values.iter().any(|value| value == text) {
            return;
        }
        // The items of a collection are what a page's restriction could speak of.
        let data_type = if self.claim.data_type == DataType::StringCollection { DataType::String } else { self.claim.data_type };
        let passes = from_text(text, data_type).is_ok_and(|value| check_value(self.claim, &value, self.today).is_ok());
        if passes {
            self.values.push(text.into());
        }
    }
}

/// Preselected choices first; of a CheckboxMultiSelect also two at once.
fn choices(claim: &ClaimType, items: &[EnumerationItem]) -> Vec<String> {
    let (selected, others): (Vec<_>, Vec<_>) =
        items.iter().map(|item| (item.selected, item.value.to_string())).partition(|(selected, _)| *selected);
    let mut values: Vec<String> = selected.into_iter().chain(others).map(|(_, value)| value).collect();
    if claim.input == Some(InputType::CheckboxMultiSelect)
        && let [first, second, ..] = values.as_slice()
    {
        values.insert(1, format!("{first},{second}"));
    }
    values
}

/// Dates inside the range that predicates ask for, if any do; a day of birth first.
fn dates(claim: &ClaimType, today: Date) -> Vec<Date> {
    let mut dates: Vec<Date> =
        [Date::new(1990, 1, 1), Some(today), Date::new(today.year.saturating_add(1), 1, 1)].into_iter().flatten().collect();
    for predicate in predicates(claim) {
        if let PredicateMethod::IsDateRange { minimum, maximum } = &predicate.method {
            dates.extend([minimum.unwrap_or(today), maximum.unwrap_or(today)]);
        }
    }
    dates
}

fn of_type(data_type: DataType) -> &'static [&'static str] {
    match data_type {
        DataType::Boolean => &["true", "false"],
        DataType::Int | DataType::Long => &["1", "0", "10", "100", "1234", "123456", "2000"],
        DataType::Duration => &["P1D", "PT1H"],
        DataType::PhoneNumber => &["+15551234567", "+4915112345678"],
        DataType::UserIdentity | DataType::ObjectIdentity => &[r#"{"issuer":"facebook.com","issuerUserId":"MTIzNDU="}"#],
        DataType::UserIdentityCollection | DataType::ObjectIdentityCollection | DataType::AlternativeSecurityIdCollection => {
            &[r#"[{"issuer":"facebook.com","issuerUserId":"MTIzNDU="}]"#]
        }
        DataType::String | DataType::StringCollection | DataType::Date | DataType::DateTime => &[],
    }
}

const PASSWORDS: &[&str] = &["Pass@word1", "Pass@word2", "Password1!", "Passw0rd", "password", "Pass1!", "123456", "1234"];
const EMAILS: &[&str] = &["john.smith@example.com", "jane@example.com"];
const GENERAL: &[&str] = &["sample", "1234", "123456", "John", "Sample 1", "a1", "sample@example.com", "12345678"];

/// What part of a claim's name, in lower case, lets expect; the first that fits counts, so the narrower ones come first.
const BY_NAME: &[(&[&str], &[&str])] = &[
    (&["passwordpolicies"], &["DisablePasswordExpiration, DisableStrongPassword"]),
    (&["password", "passwd"], PASSWORDS),
    (&["alternativesecurityid"], &[r#"{"issuer":"facebook.com","issuerUserId":"MTIzNDU="}"#]),
    (&["issueruserid", "socialid"], &["1234567890"]),
    (&["identityprovider"], &["facebook.com"]),
    (&["postal", "zip", "plz"], &["98052", "10115"]),
    (&["country"], &["US", "United States"]),
    (&["phone", "mobile", "telephone", "fax"], &["+15551234567", "15551234567", "5551234567"]),
    (&["otp", "code", "pin", "captcha"], &["123456", "1234", "12345678"]),
    (&["principalname", "upn", "mail", "signinname", "loginhint"], EMAILS),
    (&["objectid", "tenantid", "correlationid", "clientid", "guid", "uuid", "sessionid"], &["00000000-0000-4000-8000-000000000001"]),
    (&["givenname", "firstname"], &["John", "Jane"]),
    (&["surname", "lastname", "familyname"], &["Smith", "Roe"]),
    (&["username", "loginname", "nickname", "userid"], &["john.smith", "johnsmith", "john_smith1"]),
    (&["displayname", "fullname"], &["John Smith", "Jane Roe"]),
    (&["city", "town"], &["Redmond"]),
    (&["state", "province"], &["WA", "Washington"]),
    (&["street", "address"], &["1 Main Street"]),
    (&["url", "uri", "link", "website"], &["https://example.com/"]),
    (&["ipaddress"], &["192.0.2.1"]),
    (&["locale", "language", "culture"], &["en", "en-US"]),
    (&["birth", "date"], &["1990-01-01", "01/01/1990"]),
    (&["company", "organization"], &["Contoso"]),
    (&["jobtitle"], &["Engineer"]),
    (&["expires", "count", "amount", "score", "age", "number"], &["100", "1", "30"]),
    (&["token"], &["sample-token"]),
    (&["name"], &["John Smith"]),
];

fn by_name(id: &str) -> &'static [&'static str] {
    let id: String = id.chars().filter(|character| character.is_alphanumeric()).map(|character| character.to_ascii_lowercase()).collect();
    let fitting = BY_NAME.iter().find(|(parts, _)| parts.iter().any(|part| id.contains(part)));
    fitting.map_or(&[], |(_, values)| *values)
}

fn predicates(claim: &ClaimType) -> impl Iterator<Item = &Predicate> {
    claim.predicates.iter().flat_map(|validation| &validation.groups).flat_map(|group| &group.predicates)
}

/// Makes texts from the claim's patterns, and mends texts until they have the characters and the length that predicates ask for.
fn made(claim: &ClaimType, found: &mut Found<'_>) {
    let mut patterns: Vec<&Regex> = Vec::new();
    if let Restriction::Pattern { regex, .. } = &claim.restriction {
        patterns.push(regex);
    }
    let mut sets: Vec<&Regex> = Vec::new();
    let (mut shortest, mut longest) = (0, LONGEST);
    for predicate in predicates(claim) {
        match &predicate.method {
            PredicateMethod::MatchesRegex(regex) => patterns.push(regex),
            PredicateMethod::IncludesCharacters(regex) => sets.push(regex),
            PredicateMethod::IsLengthRange { minimum, maximum } => {
                let length = |length: u64| usize::try_from(length).unwrap_or(LONGEST).min(LONGEST);
                shortest = shortest.max(length(*minimum));
                longest = longest.min(length(*maximum));
            }
            PredicateMethod::IsDateRange { minimum, maximum } => {
                for date in [minimum, maximum] {
                    found.offer(&date.unwrap_or(found.today).to_string());
                }
            }
        }
    }
    let mut seeds = Random(claim.id.bytes().fold(0, |seed: u64, byte| seed.wrapping_mul(31).wrapping_add(byte.into())));
    for attempt in 0..ATTEMPTS {
        if found.values.len() >= FEW {
            return;
        }
        let mut random = Random(seeds.next());
        for pattern in &patterns {
            let mut maker = Maker::new(&mut random, attempt);
            maker.make(pattern.node());
            let text = maker.text;
            found.offer(&text);
            found.offer(&mended(&text, &sets, shortest, longest, attempt, &mut random));
        }
        let start = by_name(&claim.id).first().copied().unwrap_or_default();
        found.offer(&mended(if attempt % 2 == 0 { start } else { "" }, &sets, shortest, longest, attempt, &mut random));
    }
}

/// A text with a character of each set, padded and cut to the length.
fn mended(text: &str, sets: &[&Regex], shortest: usize, longest: usize, attempt: u64, random: &mut Random) -> String {
    let mut maker = Maker::new(random, attempt);
    sets.iter().for_each(|set| maker.make(set.node()));
    let needed: Vec<char> = maker.text.chars().collect();
    let kept = longest.saturating_sub(needed.len());
    let mut mended: Vec<char> = text.chars().take(kept).chain(needed).collect();
    let mut padding = "Sample123".chars().cycle().skip(attempt as usize % 9);
    while mended.len() < shortest {
        mended.extend(padding.next());
    }
    mended.into_iter().collect()
}

/// Makes a text that a pattern is likely to match. Look-ahead is left out at even attempts and written at odd ones; what comes of it is
/// checked by the caller.
struct Maker<'a> {
    random: &'a mut Random,
    attempt: u64,
    steps: usize,
    text: String,
    groups: BTreeMap<u32, String>,
}

impl<'a> Maker<'a> {
    fn new(random: &'a mut Random, attempt: u64) -> Self {
        Self { random, attempt, steps: 0, text: String::new(), groups: BTreeMap::new() }
    }

    fn make(&mut self, node: &Node) {
        // Rounds that make nothing would else go on and on.
        self.steps += 1;
        if self.text.len() > LONGEST || self.steps > MOST_STEPS {
            return;
        }
        match node {
            Node::Empty | Node::Anchor(_) | Node::Look { negated: true, .. } => {}
            Node::Literal(character) => self.text.push(*character),
            Node::Class(class) => {
                let picked = self.pick(class);
                self.text.extend(picked);
            }
            Node::Concat(parts) => parts.iter().for_each(|part| self.make(part)),
            Node::Alternate(choices) => {
                let index = if self.attempt == 0 { 0 } else { self.random.below(choices.len()) };
                if let Some(choice) = choices.get(index) {
                    self.make(choice);
                }
            }
            Node::Repeat { node, min, max, .. } => {
                let most = max.unwrap_or(u32::MAX).min(min.saturating_add(12));
                let rounds = match self.attempt {
                    0 => (*min).max(1).min(most),
                    _ => min.saturating_add(self.random.below((most - min) as usize + 1) as u32),
                };
                (0..rounds.min(LONGEST as u32)).for_each(|_| self.make(node));
            }
            Node::Capture { group, node } => {
                let start = self.text.len();
                self.make(node);
                self.groups.insert(*group, self.text.get(start..).unwrap_or_default().to_owned());
            }
            Node::Atomic(node) => self.make(node),
            Node::Look { ahead, node, .. } => {
                if !ahead || self.attempt % 2 == 1 {
                    self.make(node);
                }
            }
            Node::Backreference { group, .. } => {
                if let Some(text) = self.groups.get(group) {
                    self.text.push_str(text);
                }
            }
            Node::IfGroup { group, yes, no } => self.make(if self.groups.contains_key(group) { yes } else { no }),
            Node::IfLook { yes, .. } => self.make(yes),
        }
    }

    /// A character of a class: letters and digits where there are any, else another printable one, else any.
    fn pick(&mut self, class: &str) -> Option<char> {
        let hir = regex_syntax::parse(class).ok()?;
        let regex_syntax::hir::HirKind::Class(regex_syntax::hir::Class::Unicode(set)) = hir.kind() else {
            // A class of one character is read as a literal.
            return match hir.kind() {
                regex_syntax::hir::HirKind::Literal(literal) => std::str::from_utf8(&literal.0).ok()?.chars().next(),
                _ => None,
            };
        };
        let kinds: [&[(char, char)]; 5] =
            [&[('a', 'z')], &[('0', '9')], &[('A', 'Z')], &[('!', '/'), (':', '@'), ('[', '`'), ('{', '~')], &[(' ', ' ')]];
        let inside: Vec<Vec<char>> = kinds
            .iter()
            .map(|kind| {
                let characters = kind.iter().flat_map(|(first, last)| *first..=*last);
                characters.filter(|character| set.ranges().iter().any(|range| (range.start()..=range.end()).contains(character))).collect()
            })
            .filter(|characters: &Vec<char>| !characters.is_empty())
            .collect();
        let kind = if self.attempt == 0 { 0 } else { self.random.below(inside.len()) };
        match inside.get(kind) {
            Some(characters) => characters.get(self.random.below(characters.len())).copied(),
            None => set.ranges().first().map(|range| range.start()),
        }
    }
}

/// SplitMix64: the same numbers in every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut value = self.0;
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    }

    /// Below a bound; 0 for the bound 0.
    fn below(&mut self, bound: usize) -> usize {
        match bound {
            0 => 0,
            _ => (self.next() % bound as u64) as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{PredicateGroup, PredicateValidation};

    fn today() -> Date {
        Date::parse("2026-01-01").unwrap()
    }

    fn claim(id: &str, data_type: DataType, restriction: Restriction, predicates: &[(&str, &[(&str, &str)])]) -> ClaimType {
        let predicate = |(method, parameters): &(&str, &[(&str, &str)])| {
            let parameters: Vec<(Str, Str)> = parameters.iter().map(|(id, value)| ((*id).into(), (*value).into())).collect();
            Predicate::new("p".into(), method, &parameters, "".into()).unwrap()
        };
        let group = PredicateGroup::new("".into(), None, false, predicates.iter().map(predicate).collect());
        let predicates = (!predicates.is_empty()).then(|| PredicateValidation { id: "v".into(), groups: vec![group] });
        ClaimType { restriction, predicates, ..ClaimType::new(id, data_type) }
    }

    fn pattern(pattern: &str) -> Restriction {
        Restriction::Pattern { regex: Regex::new(pattern).unwrap(), help: "".into() }
    }

    /// The first value of a claim without restrictions.
    fn check(id: &str, data_type: DataType, expected: &str) {
        let claim = claim(id, data_type, Restriction::None, &[]);
        assert_eq!(sample_value(&claim, today()).as_deref(), Some(expected), "{id}");
    }

    /// There are several values, all of them fit, and they are the same each time.
    fn check_restricted(claim: &ClaimType) {
        let values = sample_values(claim, today());
        assert!(values.len() >= 2, "{:?} has only {values:?}", claim.restriction);
        for value in &values {
            let read = from_text(value, claim.data_type).unwrap();
            assert_eq!(check_value(claim, &read, today()), Ok(()), "{value:?}");
        }
        assert_eq!(values, sample_values(claim, today()));
    }

    #[test]
    fn the_name_of_a_claim_says_what_is_natural() {
        for (id, expected) in [
            ("newPassword", "Pass@word1"),
            ("signInNames.emailAddress", "john.smith@example.com"),
            ("emailVerificationCode", "123456"),
            ("extension_postalCode", "98052"),
            ("givenName", "John"),
            ("surname", "Smith"),
            ("strongAuthenticationPhoneNumber", "+15551234567"),
            ("riskLevel", "sample"),
        ] {
            check(id, DataType::String, expected);
        }
    }

    #[test]
    fn every_data_type_has_values() {
        check("x", DataType::Boolean, "true");
        check("x", DataType::Int, "1");
        check("x", DataType::Date, "1990-01-01");
        check("x", DataType::DateTime, "1990-01-01T00:00:00.0000000Z");
        check("x", DataType::Duration, "P1D");
        check("x", DataType::PhoneNumber, "+15551234567");
        check("x", DataType::StringCollection, "sample");
        check("x", DataType::UserIdentity, r#"{"issuer":"facebook.com","issuerUserId":"MTIzNDU="}"#);
        check("x", DataType::UserIdentityCollection, r#"[{"issuer":"facebook.com","issuerUserId":"MTIzNDU="}]"#);
    }

    #[test]
    fn preselected_choices_come_first() {
        let item = |(value, selected): &(&str, bool)| EnumerationItem { text: "".into(), value: (*value).into(), selected: *selected };
        let items = [("red", false), ("blue", true), ("green", false)].iter().map(item).collect();
        let mut claim = claim("color", DataType::String, Restriction::Enumeration(items), &[]);
        assert_eq!(sample_values(&claim, today()), ["blue", "red", "green"]);
        claim.input = Some(InputType::CheckboxMultiSelect);
        assert_eq!(sample_values(&claim, today()), ["blue", "blue,red", "red", "green"]);
    }

    #[test]
    fn values_are_made_from_patterns() {
        for text in [
            r"^[A-Z]{2}-\d{5}-[a-f]+$",
            r"^(?=.*[a-z])(?=.*[A-Z])(?=.*\d)(?=.*[^A-Za-z0-9])[A-Za-z\d@#$%&*]{12,20}$",
            r"^([a-z]+)=\1$",
            r"(?<=#)[0-9]{9}$",
            r"^(?i)qx[é]{3}(?:z|w)$",
            r"^[\p{IsGreek}]{4}$",
            r"^(0|1)?7(?(1)8|9)[^\w\s]$",
            r"^\.(?!@)[^a-zA-Z0-9]{1,3}$",
        ] {
            let values = sample_values(&claim("x", DataType::String, pattern(text), &[]), today());
            assert!(!values.is_empty(), "{text}");
        }
        check_restricted(&claim("x", DataType::String, pattern(r"^[A-Z]{2}-\d{5}-[a-f]+$"), &[]));
        check_restricted(&claim("x", DataType::Int, pattern("^77[0-9]{3}$"), &[]));
        assert_eq!(sample_values(&claim("x", DataType::String, pattern("a(?!a)(?<!a)"), &[]), today()), [""; 0]);
    }

    #[test]
    fn values_are_mended_until_predicates_hold() {
        let sets: &[(&str, &[(&str, &str)])] = &[
            ("IsLengthRange", &[("Minimum", "20"), ("Maximum", "22")]),
            ("IncludesCharacters", &[("CharacterSet", "é")]),
            ("IncludesCharacters", &[("CharacterSet", "#")]),
        ];
        check_restricted(&claim("x", DataType::String, Restriction::None, sets));
        check_restricted(&claim("password", DataType::String, Restriction::None, sets));
        let dates: &[(&str, &[(&str, &str)])] = &[("IsDateRange", &[("Minimum", "2030-01-01"), ("Maximum", "2031-01-01")])];
        check_restricted(&claim("x", DataType::Date, Restriction::None, dates));
        check_restricted(&claim("x", DataType::String, Restriction::None, dates));
    }
}
