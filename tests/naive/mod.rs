//! A second interpreter of the semantics: short and slow, and nothing of it shared with the engine's. It has its own merging (SEMANTICS 2),
//! and a walk over the journey (SEMANTICS 4 to 12) that asks the outside world by calling a function. Where the semantics are silent it does
//! as the engine does, and says so. What it does not model it refuses.

mod codes;
mod controls;
pub(crate) mod generator;
mod journey;
pub(crate) mod levels;
mod page;
mod profile;
mod provider;
mod texts;

use std::collections::BTreeMap;

use b2c_journey::claims::{ClaimValue, Slot};
use b2c_journey::engine::{Environment, Reply};
use serde_json::{Map, Value as Json};

use levels::{Policy, key};

/// Something that this interpreter does not model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unsupported(pub(crate) String);

/// What the outside world is asked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asked {
    pub(crate) kind: &'static str,
    /// In lower case; `None` for a page of buttons.
    pub(crate) profile: Option<String>,
    /// Partner names and claims of the output claims, for making up a reply.
    pub(crate) outputs: Vec<(String, String)>,
    /// What is sent, where the semantics say what that is.
    pub(crate) sent: Option<Json>,
    pub(crate) page: Option<Page>,
    /// The id_token_hint is asked for.
    pub(crate) is_hint: bool,
    /// It sends or verifies codes, which this interpreter can do by itself.
    pub(crate) is_code: bool,
    /// Of the directory: which replies fit.
    pub(crate) operation: String,
    pub(crate) may_create: bool,
    pub(crate) may_update: bool,
    /// Of the phone: how many numbers are on file.
    pub(crate) numbers: Vec<String>,
}

/// A page as a person sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Page {
    /// ContentDefinitionReferenceId of a combined step; not compared.
    pub(crate) content: Option<String>,
    pub(crate) fields: Vec<Field>,
    /// Exchange ids in lower case.
    pub(crate) buttons: Vec<String>,
    pub(crate) can_continue: bool,
    pub(crate) can_cancel: bool,
    pub(crate) sign_up: Option<String>,
    pub(crate) forgot_password: bool,
    /// Where that leads; not compared.
    pub(crate) forgot_password_target: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Field {
    pub(crate) claim: String,
    pub(crate) required: bool,
    pub(crate) shown: Slot,
    pub(crate) editable: bool,
}

/// A form as it is submitted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Submit {
    /// What is typed, by claim in lower case.
    pub(crate) typed: Vec<(String, String)>,
    /// Whether the code that was sent is typed or another, by display control.
    pub(crate) codes: Vec<(String, bool)>,
    /// How often a code is asked for, by display control.
    pub(crate) sends: Vec<(String, u32)>,
}

pub(crate) enum Answer {
    Submit(Submit),
    /// Anything else.
    Reply(Reply),
    /// None.
    Nobody,
}

/// The outside world. It sees the claims, so that they can be compared at every turn.
pub(crate) trait Outside {
    fn ask(&mut self, asked: &Asked, claims: &Claims) -> Result<Answer>;
}

/// Why a walk, or a part of it, is over.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Stop {
    /// A technical profile or step failed; the code where the semantics name one.
    Fault {
        code: Option<String>,
        assertion: bool,
    },
    /// A page that refused its input, and nobody tries again.
    Waiting,
    /// The policy's own error was issued in place of a token.
    Refused(String),
    /// A token was issued.
    Issued,
    Unsupported(String),
    /// The engine does otherwise.
    Differs(String),
}

impl From<Unsupported> for Stop {
    fn from(unsupported: Unsupported) -> Self {
        Stop::Unsupported(unsupported.0)
    }
}

pub(crate) type Result<T> = std::result::Result<T, Stop>;

pub(crate) fn fault<T>(code: &str) -> Result<T> {
    Err(Stop::Fault { code: Some(code.to_owned()), assertion: false })
}

/// A failure for which the semantics name no code.
pub(crate) fn uncoded<T>() -> Result<T> {
    Err(Stop::Fault { code: None, assertion: false })
}

pub(crate) fn unsupported<T>(what: impl Into<String>) -> Result<T> {
    Err(Stop::Unsupported(what.into()))
}

/// The claims bag, and what only the page sees (9.4).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Claims {
    pub(crate) bag: BTreeMap<String, Slot>,
    pub(crate) overlay: Option<BTreeMap<String, Slot>>,
}

impl Claims {
    pub(crate) fn get(&self, claim: &str) -> Slot {
        let of = |map: &BTreeMap<String, Slot>| map.get(&key(claim)).cloned();
        self.overlay.as_ref().and_then(of).or_else(|| of(&self.bag)).unwrap_or_default()
    }

    pub(crate) fn value(&self, claim: &str) -> Option<ClaimValue> {
        self.get(claim).value().cloned()
    }

    pub(crate) fn set(&mut self, claim: &str, slot: Slot) {
        self.overlay.as_mut().unwrap_or(&mut self.bag).insert(key(claim), slot);
    }
}

/// One walk through a journey.
pub(crate) struct Walk<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) environment: &'a Environment,
    pub(crate) outside: &'a mut dyn Outside,
    pub(crate) claims: Claims,
    /// The pending selection.
    pub(crate) selected: Option<String>,
    /// Step and what became of it, in order.
    pub(crate) steps: Vec<(String, &'static str)>,
    /// Technical profiles that ran, in order.
    pub(crate) calls: Vec<String>,
    pub(crate) token: Option<Map<String, Json>>,
    /// The page on screen.
    pub(crate) on_page: Option<String>,
    /// How many made-up numbers were used.
    pub(crate) drawn: u64,
    pub(crate) codes: codes::Codes,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(policy: &'a Policy, environment: &'a Environment, outside: &'a mut dyn Outside) -> Self {
        Self {
            policy,
            environment,
            outside,
            claims: Claims::default(),
            selected: None,
            steps: Vec::new(),
            calls: Vec::new(),
            token: None,
            on_page: None,
            drawn: 0,
            codes: codes::Codes::default(),
        }
    }

    pub(crate) fn ask(&mut self, asked: &Asked) -> Result<Answer> {
        self.outside.ask(asked, &self.claims)
    }
}
