//! Predicates and predicate validations (SEMANTICS 12.8).

use super::datetime::Date;
use super::regex::Regex;
use super::schema::{ClaimType, Invalid};
use super::text::Str;
use super::value::ClaimValue;

/// What a predicate tests.
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
    /// A date between two dates; `None` = today.
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

/// A group of which some must hold.
#[derive(Clone, Debug)]
pub struct PredicateGroup {
    /// What the page says before the failing predicates' texts.
    pub help: Str,
    /// How many must hold.
    pub at_least: usize,
    /// The predicates.
    pub predicates: Vec<Predicate>,
}

/// All groups must hold.
#[derive(Clone, Debug)]
pub struct PredicateValidation {
    /// As declared.
    pub id: Str,
    /// The groups.
    pub groups: Vec<PredicateGroup>,
}

pub(super) fn check_value(_claim: &ClaimType, _value: &ClaimValue, _today: Date) -> Result<(), Invalid> {
    Ok(())
}
