//! Claim values and their data types.

use serde_json::{Value as Json, json};

use super::datetime::{Date, DateTime};
use super::text::Str;

/// The data type of a claim type. Source: claimsschema, and the published schema for the last three.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DataType {
    /// `True` or `False`.
    Boolean,
    /// A calendar date.
    Date,
    /// A point in time.
    DateTime,
    /// A span of time; kept as its text.
    Duration,
    /// 32 bit.
    Int,
    /// 64 bit.
    Long,
    /// Text. Also the type of a claim type that names none.
    String,
    /// A list of texts.
    StringCollection,
    /// `+`, country code, digits.
    PhoneNumber,
    /// One issuer and user id.
    UserIdentity,
    /// A list of those.
    UserIdentityCollection,
    /// The older name of [`DataType::UserIdentityCollection`].
    AlternativeSecurityIdCollection,
    /// Schema only.
    ObjectIdentity,
    /// Schema only.
    ObjectIdentityCollection,
}

impl DataType {
    /// All of them.
    pub(crate) const ALL: [Self; 14] = [
        DataType::Boolean,
        DataType::Date,
        DataType::DateTime,
        DataType::Duration,
        DataType::Int,
        DataType::Long,
        DataType::String,
        DataType::StringCollection,
        DataType::PhoneNumber,
        DataType::UserIdentity,
        DataType::UserIdentityCollection,
        DataType::AlternativeSecurityIdCollection,
        DataType::ObjectIdentity,
        DataType::ObjectIdentityCollection,
    ];

    /// The type of this name; case is ignored, since policies spell `Long` and `long`.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }

    /// The name as the schema spells it.
    pub fn name(self) -> &'static str {
        match self {
            DataType::Boolean => "boolean",
            DataType::Date => "date",
            DataType::DateTime => "dateTime",
            DataType::Duration => "duration",
            DataType::Int => "int",
            DataType::Long => "long",
            DataType::String => "string",
            DataType::StringCollection => "stringCollection",
            DataType::PhoneNumber => "phoneNumber",
            DataType::UserIdentity => "userIdentity",
            DataType::UserIdentityCollection => "userIdentityCollection",
            DataType::AlternativeSecurityIdCollection => "alternativeSecurityIdCollection",
            DataType::ObjectIdentity => "objectIdentity",
            DataType::ObjectIdentityCollection => "objectIdentityCollection",
        }
    }
}

/// A user identity: who vouches, and under which id there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Identity {
    /// For example `facebook.com`.
    pub issuer: Str,
    /// The id at the issuer, base64.
    pub issuer_user_id: Str,
}

/// The value of a claim that has one. A claim without one is absent or null: see `Slot`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ClaimValue {
    /// string, duration.
    String(Str),
    /// boolean.
    Boolean(bool),
    /// int and long.
    Integer(i64),
    /// date.
    Date(Date),
    /// dateTime.
    DateTime(DateTime),
    /// phoneNumber, as `+` and digits.
    PhoneNumber(Str),
    /// stringCollection.
    Strings(Vec<Str>),
    /// userIdentity, objectIdentity.
    Identity(Box<Identity>),
    /// The identity collections.
    Identities(Vec<Identity>),
}

impl ClaimValue {
    /// The text of a string-like value.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            ClaimValue::String(text) | ClaimValue::PhoneNumber(text) => Some(text),
            _ => None,
        }
    }

    /// As JSON: numbers and booleans as such, dates as ISO text, identities as `{ issuer, issuerUserId }`.
    pub fn to_json(&self) -> Json {
        fn identity(identity: &Identity) -> Json {
            json!({ "issuer": identity.issuer.as_str(), "issuerUserId": identity.issuer_user_id.as_str() })
        }
        match self {
            ClaimValue::String(text) | ClaimValue::PhoneNumber(text) => Json::from(text.as_str()),
            ClaimValue::Boolean(value) => Json::from(*value),
            ClaimValue::Integer(value) => Json::from(*value),
            ClaimValue::Date(value) => Json::from(value.to_string()),
            ClaimValue::DateTime(value) => Json::from(value.to_string()),
            ClaimValue::Strings(items) => items.iter().map(|item| Json::from(item.as_str())).collect(),
            ClaimValue::Identity(value) => identity(value),
            ClaimValue::Identities(items) => items.iter().map(identity).collect(),
        }
    }

    /// The string form that a precondition compares and that a URL, form or header carries; `None` for collections and
    /// identities, whose text form is a .NET type name.
    ///
    /// Booleans as `True` and `False` (userjourneys), numbers as invariant decimals, dates as ISO text (OPEN-06).
    pub fn text(&self) -> Option<Str> {
        match self {
            ClaimValue::String(text) | ClaimValue::PhoneNumber(text) => Some(text.clone()),
            ClaimValue::Boolean(true) => Some("True".into()),
            ClaimValue::Boolean(false) => Some("False".into()),
            ClaimValue::Integer(value) => Some(value.to_string().into()),
            ClaimValue::Date(value) => Some(value.to_string().into()),
            ClaimValue::DateTime(value) => Some(value.to_string().into()),
            ClaimValue::Strings(_) | ClaimValue::Identity(_) | ClaimValue::Identities(_) => None,
        }
    }

    /// Whether [`text`](Self::text) is exactly this literal (ordinal). Collections and identities never are (OPEN-06's table).
    pub fn text_equals(&self, literal: &str) -> bool {
        match self {
            ClaimValue::String(text) | ClaimValue::PhoneNumber(text) => text.as_str() == literal,
            ClaimValue::Boolean(value) => literal == if *value { "True" } else { "False" },
            other => other.text().is_some_and(|text| text.as_str() == literal),
        }
    }
}

impl From<&str> for ClaimValue {
    fn from(text: &str) -> Self {
        ClaimValue::String(text.into())
    }
}

impl From<String> for ClaimValue {
    fn from(text: String) -> Self {
        ClaimValue::String(text.into())
    }
}

impl From<bool> for ClaimValue {
    fn from(value: bool) -> Self {
        ClaimValue::Boolean(value)
    }
}

impl From<i32> for ClaimValue {
    fn from(value: i32) -> Self {
        ClaimValue::Integer(value.into())
    }
}

impl From<i64> for ClaimValue {
    fn from(value: i64) -> Self {
        ClaimValue::Integer(value)
    }
}
