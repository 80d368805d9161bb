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

/// Reads a text (a DefaultValue, what a person typed) as a value of the type.
pub fn from_text(text: &str, _data_type: DataType) -> Result<ClaimValue, ConversionError> {
    Ok(ClaimValue::from(text))
}

/// Reads a JSON value (a REST reply, a stub, `start.claims`) as a value of the type; JSON null is not a value and an error here.
pub fn from_json(_value: &Json, _data_type: DataType) -> Result<ClaimValue, ConversionError> {
    Err(ConversionError { message: "not built yet".into() })
}
