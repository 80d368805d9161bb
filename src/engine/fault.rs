//! How a technical profile or a run can end.

use crate::claims::Str;
use crate::plan::ProfileId;
use crate::source::Span;

/// The `error` that the application sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OAuthError {
    /// Cancelled, or refused by the policy itself.
    AccessDenied,
    /// The engine or a provider failed.
    ServerError,
    /// The request is wrong.
    InvalidRequest,
    /// The request forbids pages, and one is needed.
    InteractionRequired,
    /// The token that was sent is over.
    InvalidGrant,
}

impl OAuthError {
    /// As it is sent.
    pub fn name(self) -> &'static str {
        match self {
            OAuthError::AccessDenied => "access_denied",
            OAuthError::ServerError => "server_error",
            OAuthError::InvalidRequest => "invalid_request",
            OAuthError::InteractionRequired => "interaction_required",
            OAuthError::InvalidGrant => "invalid_grant",
        }
    }
}

/// A failure of a technical profile or step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// `AADB2C90075` and such; `None` when the service gives no code.
    pub code: Option<Str>,
    /// What the application, or the person on the page, is told; without the code.
    pub message: Str,
    /// What the application sees as `error`.
    pub error: OAuthError,
    /// Where in the policy, when that is narrower than the step.
    pub at: Option<Span>,
    /// An assertion of a claims transformation did not hold (OPEN-23 looks at this).
    pub assertion: bool,
}

impl Fault {
    /// A failure with a code.
    pub fn new(code: &str, message: impl Into<Str>) -> Self {
        Self { code: Some(code.into()), message: message.into(), error: OAuthError::ServerError, at: None, assertion: false }
    }

    /// A failure that a scenario names by its code alone. Texts: error-codes.
    pub fn of_code(code: &str) -> Self {
        let text = CODES
            .iter()
            .find(|(known, _)| code.eq_ignore_ascii_case(known))
            .map_or("the outside world failed with this code", |(_, text)| text);
        let fault = Self::new(&code.to_ascii_uppercase(), text);
        if ["AADB2C90091", "AADB2C90118"].contains(&fault.code.as_deref().unwrap_or_default()) { fault.access_denied() } else { fault }
    }

    /// A failure for which the service gives no code.
    pub fn uncoded(message: impl Into<Str>) -> Self {
        Self { code: None, message: message.into(), error: OAuthError::ServerError, at: None, assertion: false }
    }

    /// Refused by the person or the policy rather than failed.
    #[must_use]
    pub fn access_denied(mut self) -> Self {
        self.error = OAuthError::AccessDenied;
        self
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.at = Some(span);
        self
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// A token was issued.
    Issued,
    /// The journey failed.
    Error(Fault),
    /// A page refused its last input, and nobody tries again.
    Waiting {
        /// The page's technical profile; `None` for a bare selection page.
        page: Option<ProfileId>,
        /// Code of the last refusal.
        code: Option<Str>,
        /// What the page says.
        message: Str,
        /// How often input was given.
        attempts: u32,
    },
    /// The window that was asked for ended.
    Stopped,
}

/// What the service says with the codes that a scenario is likely to name. Source: error-codes.
const CODES: [(&str, &str); 9] = [
    ("AADB2C90091", "The user has cancelled entering self-asserted information."),
    ("AADB2C90118", "The user has forgotten their password."),
    ("AADB2C90053", "A user with the specified credential could not be found."),
    ("AADB2C90054", "The specified credential is invalid."),
    ("AADB2C90111", "Your account has been locked. Contact your support person to unlock it, then try again."),
    ("AADB2C90114", "Your account is temporarily locked to prevent unauthorized use. Try again later."),
    ("AADB2C90145", "No unverified phone numbers have been found and policy does not allow a user entered number."),
    ("AADB2C90151", "User has exceeded the maximum number for retries for multi-factor authentication."),
    ("AADB2C90273", "An invalid response was received."),
];
