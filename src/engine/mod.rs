//! The journey as a state machine: [`Run::advance`] goes on until it needs something of the outside world (an [`Ask`]) or is done, and
//! [`Run::reply`] gives it. It does no I/O, reads no clock and draws no randomness of its own: same plan, same [`Environment`], same
//! replies, same trace.

mod ask;
mod call;
mod choices;
mod controls;
mod dispatch;
mod environment;
mod fault;
mod fingerprint;
mod page;
mod page_address;
mod precondition;
mod resolve;
mod run;
mod session;
mod simulated;
mod steps;
mod token;

pub use ask::{
    Ask, Body, DirectoryOperation, DirectoryReply, DirectoryRequest, HttpFailure, HttpReply, HttpRequest, Page, PageButton, PageField,
    PageReply, PhoneReply, PhoneRequest, Press, Reply, SignInReply, SignInRequest,
};
pub use choices::{Choices, Open, Switches};
pub use environment::{Entry, Environment, Request};
pub use fault::{Fault, OAuthError, Outcome};
pub(crate) use fingerprint::Watch;
pub(crate) use fingerprint::{number, text};
pub use run::{ReplyError, Run, State, Window, made_up};
pub use session::{Session, SessionKey};
