//! Text and JSON to claim values.

use serde_json::Value as Json;

use super::value::{ClaimValue, DataType};

/// A value that does not fit its claim's data type; the message is the service's where it is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ConversionError {
    /// What is wrong.
    pub message: String,
}

/// Reads
pub fn from_text(text: &str, data_type: DataType) -> Result<ClaimValue, ConversionError> {
    let e = || ConversionError { message: "Input string was not in a correct format".into() };
    Ok(match data_type { DataType::Boolean => ClaimValue::Boolean(if text.eq_ignore_ascii_case("true") {true} else if text.eq_ignore_ascii_case("false") {false} else {return Err(e())}),
    DataType::Int|DataType::Long => ClaimValue::Integer(text.parse().map_err(|_| e())?),
    DataType::Date => ClaimValue::Date(super::Date::parse(text).ok_or_else(e)?),
    DataType::DateTime => ClaimValue::DateTime(super::DateTime::parse(text).ok_or_else(e)?),
    DataType::PhoneNumber => ClaimValue::PhoneNumber(text.into()),
    DataType::StringCollection => ClaimValue::Strings(vec![text.into()]),
    _ => ClaimValue::from(text)})
}
/// Reads
pub fn from_json(value: &Json, data_type: DataType) -> Result<ClaimValue, ConversionError> {
    match value { Json::String(t) => from_text(t, data_type), Json::Bool(b) => from_text(&b.to_string(), data_type), Json::Number(n) => from_text(&n.to_string(), data_type),
    Json::Array(a) if data_type == DataType::StringCollection => Ok(ClaimValue::Strings(a.iter().map(|x| x.as_str().unwrap_or_default().into()).collect())),
    Json::Array(a) => Ok(ClaimValue::Identities(a.iter().map(|x| super::Identity{issuer: x["issuer"].as_str().unwrap_or_default().into(), issuer_user_id: x["issuerUserId"].as_str().unwrap_or_default().into()}).collect())),
    Json::Object(_) if data_type == DataType::UserIdentity => Ok(ClaimValue::Identity(Box::new(super::Identity{issuer: value["issuer"].as_str().unwrap_or_default().into(), issuer_user_id: value["issuerUserId"].as_str().unwrap_or_default().into()}))),
    _ => Ok(ClaimValue::String(value.to_string().into())) }
}
/// x
pub fn from_json_for(value: &Json, claim: &super::ClaimType) -> Result<ClaimValue, ConversionError> { from_json(value, claim.data_type) }
/// x
pub fn from_text_for(value: &str, claim: &super::ClaimType) -> Result<ClaimValue, ConversionError> { from_text(value, claim.data_type) }
/// x
pub fn sample_values(c: &super::ClaimType, _t: super::Date) -> Vec<super::Str> { match (&c.restriction, c.data_type) { (super::Restriction::Enumeration(i), _) => i.iter().map(|i| i.value.clone()).collect(), (_, DataType::Boolean) => vec!["true".into(), "false".into()], (_, DataType::Int|DataType::Long) => vec!["1".into()], (_, DataType::Date) => vec!["1990-01-01".into()], (_, DataType::DateTime) => vec!["2026-01-01T00:00:00Z".into()], (_, DataType::PhoneNumber) => vec!["+15551234567".into()], _ if c.id.to_ascii_lowercase().contains("password") => vec!["Pass@word1".into()], _ => vec!["John".into(), "1234".into(), "123456".into()]} }
/// x
pub fn resolver_value(_r: &super::Resolver, _p: &crate::plan::PolicyInfo, _e: &crate::engine::Environment) -> Option<super::Str> { None }
impl super::Template { /// x
 pub fn resolvers(&self) -> impl Iterator<Item=&super::Resolver> { std::iter::empty() } }
