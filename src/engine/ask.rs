//! What a run asks of the outside world, and what it takes for an answer.
//!
//! An [`Ask`] is small; what it is about in full (the fields of a page, the request to an API) is rendered on demand by the run.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::fault::Fault;
use crate::claims::{ClaimId, ClaimValue, Slot, Str};
use crate::plan::ProfileId;

/// Something only the outside world can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// A person at a page: buttons, a form, or both. Render with `Run::page`.
    Page {
        /// The self-asserted profile of the form; `None` when there are only buttons.
        profile: Option<ProfileId>,
        /// How often this page was refused before.
        refused: u32,
    },
    /// A REST API. Render with `Run::http_request`.
    Rest {
        /// Whose call it is.
        profile: ProfileId,
    },
    /// The directory. Render with `Run::directory_request`.
    Directory {
        /// Whose call it is.
        profile: ProfileId,
    },
    /// User name and password for the token endpoint of the directory (login-NonInteractive). Render with `Run::sign_in_request`.
    SignIn {
        /// Whose call it is.
        profile: ProfileId,
    },
    /// An external identity provider.
    IdentityProvider {
        /// Whose call it is.
        profile: ProfileId,
    },
    /// A phone call or text message. Render with `Run::phone_request`.
    Phone {
        /// Whose call it is.
        profile: ProfileId,
    },
    /// Any other provider: a service that is simulated, or one that a general stub answers.
    Other {
        /// Whose call it is.
        profile: ProfileId,
    },
}

impl Ask {
    /// The technical profile that asks; `None` for a page of buttons alone.
    pub fn profile(self) -> Option<ProfileId> {
        match self {
            Ask::Page { profile, .. } => profile,
            Ask::Rest { profile }
            | Ask::Directory { profile }
            | Ask::SignIn { profile }
            | Ask::IdentityProvider { profile }
            | Ask::Phone { profile }
            | Ask::Other { profile } => Some(profile),
        }
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// Of a person at a page.
    Page(PageReply),
    /// Of a REST API.
    Http(HttpReply),
    /// Of the directory.
    Directory(DirectoryReply),
    /// Of the directory's token endpoint.
    SignIn(SignInReply),
    /// Of a phone.
    Phone(PhoneReply),
    /// Of a provider whose service is simulated: what it does by itself. `Run::is_simulated` says whether it is.
    Simulated,
    /// Of anything: success with these values, named by partner name or claim id (partner names first, case ignored). A member that
    /// is null or names no output claim counts as not returned.
    Claims(Arc<Map<String, Json>>),
    /// Of anything: it failed.
    Fail(Fault),
    /// Of anything that a person sees: cancelled.
    Cancel,
}

/// What a person does on a page.
#[derive(Clone, Debug, PartialEq)]
pub enum PageReply {
    /// Fills the form and goes on. Claims that are not named stay as they were shown.
    Submit {
        /// What was typed or picked, as text; it is converted and validated by the page.
        fields: Vec<(ClaimId, Str)>,
        /// Whether the code of a verification control, or of the page's own e-mail verification, was entered right; those not named were.
        codes: Vec<(Str, bool)>,
        /// How often a code is asked for before it is entered, by verification control; of those not named once, and not again while the
        /// code that was sent may still be right.
        sends: Vec<(Str, u32)>,
    },
    /// Presses a button or link.
    Press(Press),
}

/// A button or link of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Press {
    /// The selection with this exchange id.
    Exchange(Str),
    /// The sign-up link.
    SignUp,
    /// The forgotten-password link.
    ForgotPassword,
}

/// A page as a person sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The content definition, when there is one.
    pub content: Option<Str>,
    /// Where it is loaded from, when the content definition has a LoadUri.
    pub url: Option<Str>,
    /// The form, in order.
    pub fields: Vec<PageField>,
    /// Selections, in order.
    pub buttons: Vec<PageButton>,
    /// Whether the form can be submitted (`setting.showContinueButton`).
    pub can_continue: bool,
    /// Whether a cancel button is there.
    pub can_cancel: bool,
    /// The exchange behind the sign-up link.
    pub sign_up: Option<Str>,
    /// Whether a forgotten-password link is there.
    pub forgot_password: bool,
    /// What the page says since the last refusal.
    pub error: Option<Fault>,
}

/// One field of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageField {
    /// The claim.
    pub claim: ClaimId,
    /// Must be filled.
    pub required: bool,
    /// What stands in it before the person types.
    pub shown: Slot,
    /// Whether the person can change it.
    pub editable: bool,
    /// The e-mail address must be verified first (`Verified.Email`).
    pub verified_email: bool,
    /// The display control it stands in.
    pub control: Option<Str>,
    /// It takes the code of that control, or one that a validation technical profile verifies and that was sent; left empty, the right
    /// one is typed.
    pub code: bool,
}

/// One button of a selection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageButton {
    /// The exchange that it picks.
    pub exchange: Str,
    /// The technical profile behind it, when the next step has that exchange.
    pub profile: Option<ProfileId>,
}

/// A request to a REST API as it would go over the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpRequest {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With everything filled in.
    pub url: String,
    /// In order.
    pub headers: Vec<(Str, Str)>,
    /// The body, if there is one.
    pub body: Option<String>,
}

/// The body of an HTTP reply.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Body {
    /// None.
    #[default]
    Empty,
    /// JSON, already parsed.
    Json(Arc<Json>),
    /// Anything else.
    Text(Str),
}

/// What a REST API does.
#[derive(Clone, Debug, PartialEq)]
pub enum HttpReply {
    /// Answers.
    Response {
        /// HTTP status.
        status: u16,
        /// Body.
        body: Body,
    },
    /// Does not.
    Failure(HttpFailure),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HttpFailure {
    /// No answer in time, on any of the three tries.
    Timeout,
    /// The name is not known.
    Dns,
    /// No connection.
    Unreachable,
}

/// What a directory profile does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DirectoryOperation {
    /// Reads a user.
    Read,
    /// Creates or updates one.
    Write,
    /// Clears attributes.
    DeleteClaims,
    /// Deletes the user.
    DeleteClaimsPrincipal,
}

/// A request to the directory.
#[derive(Clone, Debug, PartialEq)]
pub struct DirectoryRequest {
    /// What to do.
    pub operation: DirectoryOperation,
    /// Attribute and value that find the user.
    pub key: (Str, ClaimValue),
    /// Attributes to write (or, for DeleteClaims, to clear: their values are null); null and empty as in SEMANTICS 10.
    pub writes: Vec<(Str, Slot)>,
    /// Attributes that keep a value they have (`OverwriteIfExists="false"`).
    pub keep: Vec<Str>,
    /// Whether a user that is not there may be created.
    pub may_create: bool,
    /// Whether a user that is there may be changed.
    pub may_update: bool,
    /// An empty string clears the attribute (OPEN-15).
    pub empty_clears: bool,
}

/// What the directory says.
#[derive(Clone, Debug, PartialEq)]
pub enum DirectoryReply {
    /// The user is there; after a write or deletion of claims: as it now is, `created` false. When the request forbids an update of an
    /// existing user, nothing was changed.
    Found {
        /// Attributes.
        attributes: Arc<Map<String, Json>>,
    },
    /// The user was created.
    Created {
        /// Attributes.
        attributes: Arc<Map<String, Json>>,
    },
    /// No such user; nothing was changed.
    NotFound,
    /// The user is gone.
    Deleted,
    /// The directory refuses the write, with its reason.
    Refused(Str),
}

/// A request to the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInRequest {
    /// username.
    pub username: Str,
    /// password.
    pub password: Str,
}

/// What the token endpoint says.
#[derive(Clone, Debug, PartialEq)]
pub enum SignInReply {
    /// Claims of the token: `oid`, `tid`, `name`, `given_name`, `family_name`, `upn` and such.
    Token(Arc<Map<String, Json>>),
    /// Nobody of that name.
    UnknownUser,
    /// The password is another.
    WrongPassword,
    /// The password was replaced before.
    OldPassword,
    /// The password is right, and must be changed first.
    PasswordExpired,
    /// Too many wrong passwords.
    Locked,
    /// accountEnabled is false.
    Disabled,
}

/// What a phone factor profile asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneRequest {
    /// UserId.
    pub user_id: Option<Str>,
    /// Numbers on file.
    pub numbers: Vec<Str>,
    /// Whether a number may be typed when none is on file.
    pub may_enrol: bool,
}

/// What the person with the phone does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneReply {
    /// Passes with this number.
    Verify(Str),
    /// Passes with the first number on file, or a made-up one where none is and enrolment is allowed.
    VerifyAny,
    /// Passes with a made-up number that is not on file.
    VerifyNew,
}
