//! .NET regular expressions on a back-tracking engine (OPEN-19).

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct Regex {
    source: std::sync::Arc<str>,
}

/// Why a pattern cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RegexError {
    /// What is wrong.
    pub message: String,
}

impl Regex {
    /// Translates and compiles a .NET pattern.
    pub fn new(pattern: &str) -> Result<Self, RegexError> {
        Ok(Self { source: pattern.into() })
    }

    /// The pattern as written.
    pub fn pattern(&self) -> &str {
        &self.source
    }

    /// Whether it matches anywhere (.NET `IsMatch`); an error when the step limit is reached.
    pub fn is_match(&self, _text: &str) -> Result<bool, RegexError> {
        Err(RegexError { message: "not built yet".into() })
    }
}
