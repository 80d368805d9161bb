//! Claim types, claim values and the claims bag.
//!
//! *Absent*, *null*, *empty* and `False` are four different things; [`Slot`] and [`ClaimValue`] keep them apart. Nothing here knows of
//! steps or technical profiles.

mod bag;
mod convert;
mod datetime;
mod predicate;
mod regex;
mod resolver;
mod sample;
mod schema;
mod text;
mod value;

pub use bag::{Bag, Slot};
pub use convert::{ConversionError, from_json, from_json_for, from_text, from_text_for};
pub use datetime::{Date, DateTime, TICKS_PER_SECOND};
pub use predicate::{Localized, Predicate, PredicateGroup, PredicateMethod, PredicateValidation, check_predicates};
pub use regex::{Captures, Regex, RegexError};
pub use resolver::{Resolve, Resolver, Template, Values, resolver_value};
pub use sample::{sample_value, sample_values};
pub use schema::{ClaimId, ClaimType, EnumerationItem, InputType, Invalid, Mask, Restriction, check_localized, check_restriction};
pub use text::Str;
pub use value::{ClaimValue, DataType, Identity};
