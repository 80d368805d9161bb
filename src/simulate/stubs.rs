//! Stubs: what stands in place of pages, APIs, phones, identity providers and the directory.

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::scenario::{Failure, Number, StubReply};
use crate::claims::{ClaimValue, Slot, Str};
use crate::engine::{Ask, Body, HttpFailure, HttpRequest, Page, Run};

/// Anything that answers the calls of one technical profile.
pub trait Responder: Send + Sync {
    /// The answer to a call. `None`: nobody tries any more on a page that was refused; to anything else the default world answers.
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply>;

    /// The fixed replies, when they are known beforehand: they are checked against the policy before the run.
    fn replies(&self) -> &[StubReply] {
        &[]
    }
}

/// One call, as a stub sees it.
#[derive(Clone, Copy)]
pub struct StubAsk<'r> {
    pub(super) run: &'r Run<'r>,
    pub(super) ask: Ask,
    pub(super) call: usize,
}

impl StubAsk<'_> {
    /// Which call of this technical profile it is, from 0. Each time that a page is shown counts.
    pub fn call(&self) -> usize {
        self.call
    }

    /// The technical profile that asks.
    pub fn technical_profile(&self) -> &str {
        self.ask.profile().map_or("", |profile| &self.run.plan().profile(profile).id)
    }

    /// The request that goes to the API, when it is one.
    pub fn request(&self) -> Option<HttpRequest> {
        self.run.http_request()
    }

    /// The page, when it is one.
    pub fn page(&self) -> Option<Page> {
        self.run.page()
    }

    /// A claim of the bag, in any case; `None` when it has no value.
    pub fn claim(&self, name: &str) -> Option<Json> {
        let claim = self.run.plan().claim_id(name)?;
        match self.run.bag().get(claim) {
            Slot::Value(value) => Some(ClaimValue::to_json(value)),
            Slot::Absent | Slot::Null => None,
        }
    }

    /// What is sent to the provider: partner names and values.
    pub fn inputs(&self) -> Map<String, Json> {
        self.run.sent_claims()
    }
}

impl StubAsk<'_> {
    /// The reply of a list whose turn it is. The last one repeats, except on a page that was refused, where a person would have to try
    /// again.
    fn pick(&self, replies: &[StubReply]) -> Option<StubReply> {
        let again = matches!(self.ask, Ask::Page { refused: 1.., .. });
        replies.get(self.call).or_else(|| replies.last().filter(|_| !again)).cloned()
    }
}

/// Replies for successive calls. The last one repeats, except on a page that was refused, where a person would have to try again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Replies(Vec<StubReply>);

impl Responder for Replies {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        ask.pick(&self.0)
    }

    fn replies(&self) -> &[StubReply] {
        &self.0
    }
}

impl Responder for Vec<StubReply> {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        ask.pick(self)
    }

    fn replies(&self) -> &[StubReply] {
        self
    }
}

impl From<Vec<StubReply>> for Replies {
    fn from(replies: Vec<StubReply>) -> Self {
        Self(replies)
    }
}

impl From<StubReply> for Replies {
    fn from(reply: StubReply) -> Self {
        Self(vec![reply])
    }
}

/// A stub as the simulation keeps it.
#[derive(Clone)]
pub struct AnyStub(pub(super) Arc<dyn Responder>);

impl fmt::Debug for AnyStub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.replies()).finish()
    }
}

impl<R: Responder + 'static> From<R> for AnyStub {
    fn from(responder: R) -> Self {
        Self(Arc::new(responder))
    }
}

/// Where stubs begin.
///
/// ```
/// use b2c_journey::{Stubs, json};
///
/// let page = Stubs::self_asserted().enter("signInName", "john.smith@contoso.com").enter("password", "Pass@word1");
/// let api = Stubs::restful().ok(json!({ "riskLevel": "LOW" })).timeout(); // the second call times out
/// let closure = Stubs::from_fn(|ask| Stubs::claims(json!({ "greeting": format!("call {}", ask.call()) })));
/// # let _ = (page, api, closure);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Stubs;

impl Stubs {
    /// A self-asserted page.
    pub fn self_asserted() -> PageStub {
        PageStub::default()
    }

    /// A REST API.
    pub fn restful() -> RestStub {
        RestStub::default()
    }

    /// A phone that passes with this number; `new` enrols a made-up one.
    pub fn phone(number: &str) -> Replies {
        let number = if number == "new" { Number::New } else { Number::Known(number.into()) };
        StubReply::Verify(number).into()
    }

    /// A reply with these values, by partner name or claim id; anything but an object counts as no values.
    pub fn claims(values: Json) -> StubReply {
        StubReply::Claims(match values {
            Json::Object(map) => map,
            _ => Map::new(),
        })
    }

    /// A reply that fails with a code such as `AADB2C90151`, or with the text of a key such as `UserMessageIfThrottled`.
    pub fn fail(code: &str) -> StubReply {
        StubReply::Fail(if code.starts_with("UserMessageIf") { Failure::Message(code.into()) } else { Failure::Code(code.into()) })
    }

    /// A reply that fails with a message.
    pub fn error(message: &str) -> StubReply {
        StubReply::Error(message.into())
    }

    /// Whoever sees the page cancels.
    pub fn cancel() -> StubReply {
        StubReply::Cancel
    }

    /// The directory has no such user.
    pub fn not_found() -> StubReply {
        StubReply::NotFound
    }

    /// The request really goes to the REST API, which answers. Needs the feature `http`; without it the run is refused.
    pub fn live() -> StubReply {
        StubReply::Live
    }

    /// Replies for successive calls.
    pub fn sequence(replies: impl IntoIterator<Item = StubReply>) -> Replies {
        Replies(replies.into_iter().collect())
    }

    /// A stub that is a function.
    pub fn from_fn(respond: impl Fn(&StubAsk<'_>) -> StubReply + Send + Sync + 'static) -> FnStub {
        FnStub(Box::new(respond))
    }
}

impl Responder for StubReply {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        ask.pick(std::slice::from_ref(self))
    }

    fn replies(&self) -> &[StubReply] {
        std::slice::from_ref(self)
    }
}

type Respond = dyn Fn(&StubAsk<'_>) -> StubReply + Send + Sync;

/// A stub that is a function.
pub struct FnStub(Box<Respond>);

impl Responder for FnStub {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        Some((self.0)(ask))
    }
}

/// What a person does on a self-asserted page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageStub(Vec<StubReply>);

impl Default for PageStub {
    fn default() -> Self {
        Self(vec![empty_form()])
    }
}

fn empty_form() -> StubReply {
    StubReply::Enter { fields: IndexMap::new(), codes: IndexMap::new(), sends: IndexMap::new() }
}

impl PageStub {
    /// Types or picks a value; anything that prints can be typed.
    #[must_use]
    pub fn enter(mut self, claim: &str, value: impl fmt::Display) -> Self {
        if let Some(StubReply::Enter { fields, .. }) = self.0.last_mut() {
            fields.insert(claim.into(), Str::from(value.to_string()));
        }
        self
    }

    /// Enters the code of a display control, or of the page's own e-mail verification, right or wrong.
    #[must_use]
    pub fn code(mut self, control: &str, right: bool) -> Self {
        if let Some(StubReply::Enter { codes, .. }) = self.0.last_mut() {
            codes.insert(control.into(), right);
        }
        self
    }

    /// Asks that often for a code of a verification control before entering it: 2 = "Send new code" is pressed once.
    #[must_use]
    pub fn send(mut self, control: &str, times: u32) -> Self {
        if let Some(StubReply::Enter { sends, .. }) = self.0.last_mut() {
            sends.insert(control.into(), times);
        }
        self
    }

    /// The last form as a single reply.
    #[cfg(feature = "proptest")]
    pub(crate) fn into_reply(mut self) -> Option<StubReply> {
        self.0.pop()
    }

    /// When the page is shown again, tries again with what follows.
    #[must_use]
    pub fn then(mut self) -> Self {
        self.0.push(empty_form());
        self
    }
}

impl Responder for PageStub {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        ask.pick(&self.0)
    }

    fn replies(&self) -> &[StubReply] {
        &self.0
    }
}

/// What a REST API answers, call after call; the last reply repeats.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RestStub(Vec<StubReply>);

impl RestStub {
    fn push(mut self, reply: StubReply) -> Self {
        self.0.push(reply);
        self
    }

    /// 200 with this body.
    #[must_use]
    pub fn ok(self, body: Json) -> Self {
        self.status(200, body)
    }

    /// This status with a JSON body.
    #[must_use]
    pub fn status(self, status: u16, body: Json) -> Self {
        self.push(StubReply::Http { status, body: Body::Json(Arc::new(body)), headers: IndexMap::new() })
    }

    /// This status with a body that need not be JSON.
    #[must_use]
    pub fn raw(self, status: u16, body: &str) -> Self {
        let body = if body.is_empty() { Body::Empty } else { Body::Text(body.into()) };
        self.push(StubReply::Http { status, body, headers: IndexMap::new() })
    }

    /// No answer in time, on any of the service's tries.
    #[must_use]
    pub fn timeout(self) -> Self {
        self.push(StubReply::Fail(Failure::Http(HttpFailure::Timeout)))
    }

    /// The API's name is not known.
    #[must_use]
    pub fn dns_failure(self) -> Self {
        self.push(StubReply::Fail(Failure::Http(HttpFailure::Dns)))
    }

    /// No connection.
    #[must_use]
    pub fn unreachable(self) -> Self {
        self.push(StubReply::Fail(Failure::Http(HttpFailure::Unreachable)))
    }
}

impl Responder for RestStub {
    fn respond(&self, ask: &StubAsk<'_>) -> Option<StubReply> {
        ask.pick(&self.0)
    }

    fn replies(&self) -> &[StubReply] {
        &self.0
    }
}
