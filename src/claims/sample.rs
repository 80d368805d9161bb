//! Example values for the default world.

use super::schema::{ClaimType, Restriction};
use super::value::DataType;
use super::{Date, Str};

/// Values that fit a claim, simplest first.
pub fn sample_values(claim: &ClaimType, _today: Date) -> Vec<Str> {
    match (&claim.restriction, claim.data_type) {
        (Restriction::Enumeration(items), _) => items.iter().map(|item| item.value.clone()).collect(),
        (_, DataType::Boolean) => vec!["true".into(), "false".into()],
        (_, DataType::Int | DataType::Long) => vec!["1".into()],
        (_, DataType::Date) => vec!["1990-01-01".into()],
        (_, DataType::DateTime) => vec!["2026-01-01T00:00:00Z".into()],
        (_, DataType::PhoneNumber) => vec!["+15551234567".into()],
        _ if claim.id.to_ascii_lowercase().contains("password") => vec!["Pass@word1".into()],
        _ => vec!["John".into(), "1234".into(), "123456".into()],
    }
}
