//! What is wrong with a policy, as data: code, severity, message, places, help. Renderers live in `report` and the command line.

use std::fmt;

use serde::Serialize;

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

/// A replacement of the bytes under a span.
#[derive(Clone, Debug, PartialEq, Eq)]
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
}

impl Diagnostic {
    /// A diagnostic of the given severity.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: None, fix: Vec::new() }
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

    /// One line: `file:line:column: severity[code]: message`, for logs and failed tests.
    pub fn line(&self, sources: &Sources) -> String {
        match self.span() {
            Some(span) => format!("{}: {}[{}]: {}", sources.place(span), self.severity, self.code, self.message),
            None => format!("{}[{}]: {}", self.severity, self.code, self.message),
        }
    }
}

/// The codes, grouped by hundreds: 01 XML, 02 inheritance, 03 references, 04 journeys, 05 technical profiles, 06 claims,
/// 07 transformations, 08 relying party, 09 security, 10 limits.
pub mod code {
    /// The file cannot be read at all.
    pub const UNREADABLE: &str = "B2C0100";
    /// The bytes are not text in UTF-8 or UTF-16.
    pub const ENCODING: &str = "B2C0101";
    /// The text is not well-formed XML.
    pub const NOT_WELL_FORMED: &str = "B2C0102";
    /// A document type declaration.
    pub const DOCTYPE: &str = "B2C0103";
    /// An element that the policy schema does not know, at this place.
    pub const UNKNOWN_ELEMENT: &str = "B2C0104";
    /// An attribute that the policy schema does not know on this element.
    pub const UNKNOWN_ATTRIBUTE: &str = "B2C0105";
    /// Text where only elements may stand.
    pub const STRAY_TEXT: &str = "B2C0106";
    /// A mandatory attribute or element is missing.
    pub const MISSING_PART: &str = "B2C0107";
    /// A value that its type does not allow.
    pub const BAD_VALUE: &str = "B2C0108";
    /// The file is well-formed but no policy.
    pub const NOT_A_POLICY: &str = "B2C0109";
    /// A construct of the schema that is read and kept, but has no effect on a run.
    pub const NO_EFFECT: &str = "B2C0110";
    /// The same key twice where it must be unique.
    pub const DUPLICATE_KEY: &str = "B2C0111";
    /// The base policy is not among the files.
    pub const MISSING_BASE: &str = "B2C0201";
    /// The chain of bases comes back to itself.
    pub const INHERITANCE_CYCLE: &str = "B2C0202";
    /// More levels than the service allows.
    pub const TOO_MANY_LEVELS: &str = "B2C0203";
    /// Two files have the same PolicyId.
    pub const DUPLICATE_POLICY: &str = "B2C0204";
    /// The base was found under another tenant.
    pub const OTHER_TENANT: &str = "B2C0205";
    /// A reference to something that is not declared.
    pub const DANGLING_REFERENCE: &str = "B2C0301";
    /// A reference spelled in another case than the declaration.
    pub const REFERENCE_CASE: &str = "B2C0302";
    /// A technical profile includes itself.
    pub const INCLUDE_CYCLE: &str = "B2C0303";
    /// The orchestration steps of a journey are not numbered 1..N.
    pub const STEP_NUMBERS: &str = "B2C0401";
    /// A precondition that cannot be understood.
    pub const BAD_PRECONDITION: &str = "B2C0402";
    /// A step type that is not supported.
    pub const UNSUPPORTED_STEP: &str = "B2C0403";
    /// A step lacks what its type needs.
    pub const INCOMPLETE_STEP: &str = "B2C0404";
    /// A technical profile without what its kind needs.
    pub const INCOMPLETE_PROFILE: &str = "B2C0501";
    /// A handler or protocol that is not known.
    pub const UNKNOWN_HANDLER: &str = "B2C0502";
    /// A metadata value that is not allowed.
    pub const BAD_METADATA: &str = "B2C0503";
    /// A default value that does not fit the claim's data type.
    pub const BAD_DEFAULT: &str = "B2C0601";
    /// A regular expression that cannot be used.
    pub const BAD_REGEX: &str = "B2C0602";
    /// A transformation method that is not known.
    pub const UNKNOWN_METHOD: &str = "B2C0701";
    /// Inputs, parameters or outputs that do not fit the transformation method.
    pub const BAD_SIGNATURE: &str = "B2C0702";
    /// The policy has no relying party, or none with a user journey.
    pub const NO_RELYING_PARTY: &str = "B2C0801";
    /// Unauthenticated REST calls in production.
    pub const INSECURE_REST: &str = "B2C0901";
    /// The file is larger than the limit of the reader.
    pub const FILE_TOO_LARGE: &str = "B2C1001";
    /// The file is larger than the service takes.
    pub const FILE_LARGE: &str = "B2C1002";
    /// Nesting deeper than the limit of the reader.
    pub const TOO_DEEP: &str = "B2C1003";
    /// More nodes than the limit of the reader.
    pub const TOO_MANY_NODES: &str = "B2C1004";
}
