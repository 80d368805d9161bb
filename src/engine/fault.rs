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
    /// The policy itself is at fault (the service's log calls it a PolicyException), and the message does not say yet in which technical
    /// profile and step.
    pub unplaced: bool,
}

impl Fault {
    /// A failure with a code.
    pub fn new(code: &str, message: impl Into<Str>) -> Self {
        Self {
            code: Some(code.into()),
            message: message.into(),
            error: OAuthError::ServerError,
            at: None,
            assertion: false,
            unplaced: false,
        }
    }

    /// A failure for which the policy itself is to blame: the run adds in which technical profile and step.
    pub fn of_policy(message: impl Into<Str>) -> Self {
        Self { unplaced: true, ..Self::uncoded(message) }
    }

    /// A failure that a scenario names by its code alone. Texts: error-codes.
    pub fn of_code(code: &str) -> Self {
        let text = CODES
            .iter()
            .find(|(known, _)| code.eq_ignore_ascii_case(known))
            .map_or("the outside world failed with this code", |(_, text)| text);
        let fault = Self::new(&code.to_ascii_uppercase(), text);
        let is_one_of = |codes: &[&str]| codes.iter().any(|known| code.eq_ignore_ascii_case(known));
        match () {
            () if is_one_of(&["AADB2C90091", "AADB2C90118"]) => fault.access_denied(),
            () if is_one_of(&INVALID_GRANTS) => Self { error: OAuthError::InvalidGrant, ..fault },
            () if is_one_of(&INVALID_REQUESTS) => Self { error: OAuthError::InvalidRequest, ..fault },
            () => fault,
        }
    }

    /// A failure for which the service gives no code.
    pub fn uncoded(message: impl Into<Str>) -> Self {
        Self { code: None, message: message.into(), error: OAuthError::ServerError, at: None, assertion: false, unplaced: false }
    }

    /// Refused by the person or the policy rather than failed.
    #[must_use]
    pub fn access_denied(mut self) -> Self {
        self.error = OAuthError::AccessDenied;
        self
    }

    /// Fills the places `{0}`, `{1}` of a text of the service.
    #[must_use]
    pub fn with(mut self, arguments: &[&str]) -> Self {
        self.message = crate::provider::call::fill(&self.message, arguments);
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

/// The account or the grant behind a refresh token is gone.
const INVALID_GRANTS: [&str; 2] = ["AADB2C90128", "AADB2C90129"];

/// What the application sent is wrong: its request, or the id_token_hint in it.
const INVALID_REQUESTS: [&str; 9] =
    ["AADB2C90043", "AADB2C90120", "AADB2C90208", "AADB2C90209", "AADB2C90210", "AADB2C90232", "AADB2C90233", "AADB2C90234", "AADB2C90272"];

/// What the service says with the codes that the engine raises or a scenario is likely to name. Source: error-codes and its longer draft
/// of 2019.
const CODES: [(&str, &str); 25] = [
    ("AADB2C90043", "The prompt included in the request contains invalid values. Expected 'none', 'login', 'consent' or 'select_account'."),
    ("AADB2C90053", "A user with the specified credential could not be found."),
    ("AADB2C90054", "The specified credential is invalid."),
    ("AADB2C90077", "User does not have an existing session and request prompt parameter has a value of 'none'."),
    ("AADB2C90091", "The user has cancelled entering self-asserted information."),
    ("AADB2C90111", "Your account has been locked. Contact your support person to unlock it, then try again."),
    ("AADB2C90114", "Your account is temporarily locked to prevent unauthorized use. Try again later."),
    ("AADB2C90118", "The user has forgotten their password."),
    (
        "AADB2C90120",
        "The max age parameter '{0}' specified in the request is invalid. Max age must be an integer between '{1}' and '{2}' inclusive.",
    ),
    ("AADB2C90121", "The user session exceeds the specified maximum age and request prompt parameter has a value of 'None'."),
    ("AADB2C90128", "The account associated with this grant no longer exists. Please reauthenticate and try again."),
    ("AADB2C90129", "The provided grant has been revoked. Please reauthenticate and try again."),
    ("AADB2C90145", "No unverified phone numbers have been found and policy does not allow a user entered number."),
    ("AADB2C90151", "User has exceeded the maximum number for retries for multi-factor authentication."),
    ("AADB2C90208", "The provided id_token_hint parameter is expired. Please provide another token and try again."),
    (
        "AADB2C90209",
        "The provided id_token_hint parameter does not contain an accepted audience. Valid audience values: '{0}'. Please provide another \
         token and try again.",
    ),
    ("AADB2C90210", "The provided id_token_hint parameter could not be validated. Please provide another token and try again."),
    (
        "AADB2C90232",
        "The provided id_token_hint parameter does not contain an accepted issuer. Valid issuers: '{0}'. Please provide another token and \
         try again.",
    ),
    ("AADB2C90233", "The provided id_token_hint parameter failed signature validation. Please provide another token and try again."),
    (
        "AADB2C90234",
        "The provided id_token_hint parameter has an 'nbf' value that is in the future. Please provide another token and try again.",
    ),
    ("AADB2C90235", "The provided id_token is expired. Please provide another token and try again."),
    ("AADB2C90239", "The provided id_token failed signature validation. Please provide another token and try again."),
    ("AADB2C90272", "The id_token_hint parameter has not been specified in the request. Please provide token and try again."),
    ("AADB2C90273", "An invalid response was received."),
    ("AADB2C90289", "We encountered an error connecting to the identity provider. Please try again later."),
];
