//! What is wrong with a policy, as data: code, severity, message, places, help. Renderers live in `report` and the command line.

pub mod code;

use std::fmt;

use serde::Serialize;

use crate::claims::Str;
use crate::source::{Sources, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// A likely fault.
    Warning,
    /// The service refuses it, or a run over it cannot work.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// A place that a diagnostic talks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is to be seen there; may be empty for the primary label.
    pub message: String,
}

/// A replacement of the text under a span.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Edit {
    /// What is replaced.
    pub span: Span,
    /// By what.
    pub text: String,
}

/// One finding. The first label is the primary one; a finding about a whole file or set has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable code `B2Cnnnn`, see [`code`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Lower case, no final stop, user input in backticks.
    pub message: String,
    /// Places, the primary one first.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
    /// A mend that is safe to apply; empty when there is none.
    pub fix: Vec<Edit>,
    /// PolicyId of the file at whose upload the service refuses this, where the checker knows one.
    pub upload: Option<Str>,
}

impl Diagnostic {
    /// A diagnostic of the given severity.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: Vec::new(), upload: None }
    }

    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// A note.
    pub fn note(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Note, code, message)
    }

    /// Adds the place; the first one added is the primary label.
    #[must_use]
    pub fn at(self, span: Span) -> Self {
        self.label(span, "")
    }

    /// Adds a place with a message.
    #[must_use]
    pub fn label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label { span, message: message.into() });
        self
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a safe mend.
    #[must_use]
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix.push(Edit { span, text: text.into() });
        self
    }

    /// The primary place.
    pub fn span(&self) -> Option<Span> {
        self.labels.first().map(|label| label.span)
    }

    /// When the service says something about it, if that is known and worth a word.
    pub fn service_note(&self) -> Option<String> {
        if let Some(policy) = &self.upload {
            return Some(format!("the service refuses this when `{policy}` is uploaded"));
        }
        match (code::find(self.code)?.raised, self.severity) {
            (code::Raised::Run, Severity::Error) => Some("the service takes this; it fails when it runs".to_owned()),
            (code::Raised::Run, _) => Some("the service takes this; it may fail when it runs".to_owned()),
            _ => None,
        }
    }

    /// One line: `file:line:column: severity[code]: message`, for logs and failed tests.
    pub fn line(&self, sources: &Sources) -> String {
        match self.span() {
            Some(span) => format!("{}: {}[{}]: {}", sources.place(span), self.severity, self.code, self.message),
            None => format!("{}[{}]: {}", self.severity, self.code, self.message),
        }
    }
}
