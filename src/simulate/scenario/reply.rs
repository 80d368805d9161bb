//! The replies of stubs in every form that a scenario file knows.

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::error::Wrong;
use super::read::{self, Fields, Read};
use super::yaml::Node;
use crate::claims::Str;
use crate::engine::{Body, HttpFailure};
use crate::nearest::nearest;

/// What the outside world answers to one call of a technical profile.
#[derive(Clone, Debug, PartialEq)]
pub enum StubReply {
    /// A person fills the page and goes on.
    Enter {
        /// Claim id to what is typed or picked.
        fields: IndexMap<Str, Str>,
        /// Display control to whether its code is entered right.
        codes: IndexMap<Str, bool>,
        /// Display control to how often a code is asked for before it is entered.
        sends: IndexMap<Str, u32>,
    },
    /// An HTTP response.
    Http {
        /// HTTP status, 100 to 599.
        status: u16,
        /// Body.
        body: Body,
        /// Headers.
        headers: IndexMap<Str, Str>,
    },
    /// It fails.
    Fail(Failure),
    /// A phone passes with a number.
    Verify(Number),
    /// Success with these values, by partner name or claim id; null = not returned.
    Claims(Map<String, Json>),
    /// It fails with this message.
    Error(Str),
    /// The person cancels.
    Cancel,
    /// The directory has no such user.
    NotFound,
    /// As the default world would answer.
    Default,
    /// The request really goes to the REST API, which answers; needs the feature `http`.
    Live,
}

/// How a call fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// There is no answer.
    Http(HttpFailure),
    /// With this code, `AADB2C90151` for example.
    Code(Str),
    /// With the text that the policy, else the service, has for this key, `UserMessageIfThrottled` for example.
    Message(Str),
}

/// The number with which a phone passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// This one.
    Known(Str),
    /// A made-up one that is not on file.
    New,
}

/// The keys of each form; the first line of the table that has the key is the form.
const FORMS: [&[&str]; 10] = [
    &["enter", "codes", "send"],
    &["status", "json", "body", "headers"],
    &["fail"],
    &["verify"],
    &["claims"],
    &["error"],
    &["cancel"],
    &["notFound"],
    &["default"],
    &["live"],
];

/// Nobody presses a button more often; every policy's limit is below.
const MOST_SENDS: u32 = 1000;

/// Reads one reply.
pub(super) fn reply(node: &Node) -> Read<StubReply> {
    let known = FORMS.concat();
    let fields = read::fields(node, "a reply such as `{ json: {} }` or `{ default: true }`", &known)?;
    let Some(first) = fields.keys().next() else {
        return Err(Wrong::new(node.at, "an empty reply").help("write `{ default: true }` for the answer of the default world"));
    };
    let form = FORMS.iter().find(|form| form.contains(&first.text.as_str())).copied().unwrap_or_default();
    if let Some(other) = fields.keys().find(|key| !form.contains(&key.text.as_str())) {
        return Err(Wrong::new(other.at, format!("`{}` and `{}` cannot stand in one reply", first.text, other.text)));
    }
    match first.text.as_str() {
        "enter" | "codes" | "send" => enter(&fields),
        "status" | "json" | "body" | "headers" => http(&fields),
        "fail" => given(&fields, "fail").and_then(fail),
        "verify" => given(&fields, "verify").and_then(read::text).map(|number| match number.as_str() {
            "new" => StubReply::Verify(Number::New),
            _ => StubReply::Verify(Number::Known(number)),
        }),
        "claims" => Ok(StubReply::Claims(match fields.get("claims") {
            Some(node) => read::object(node, "a mapping of claims")?,
            None => Map::new(),
        })),
        "error" => given(&fields, "error").and_then(read::text).map(StubReply::Error),
        "cancel" => given(&fields, "cancel").and_then(only_true).map(|()| StubReply::Cancel),
        "notFound" => given(&fields, "notFound").and_then(only_true).map(|()| StubReply::NotFound),
        "live" => given(&fields, "live").and_then(only_true).map(|()| StubReply::Live),
        _ => given(&fields, "default").and_then(only_true).map(|()| StubReply::Default),
    }
}

/// The value of a key that stands there, be it null.
fn given<'n>(fields: &Fields<'n>, key: &str) -> Read<&'n Node> {
    fields.even_null(key).ok_or_else(|| Wrong::new(fields.at, format!("`{key}` is missing")))
}

fn only_true(node: &Node) -> Read<()> {
    match node.json()? {
        Json::Bool(true) => Ok(()),
        _ => read::expected(node, "`true`, the only value that makes sense here"),
    }
}

fn enter(fields: &Fields<'_>) -> Read<StubReply> {
    let mut typed = IndexMap::new();
    if let Some(node) = fields.get("enter") {
        for (key, node) in read::entries(node, "a mapping of claims to what is typed")? {
            typed.insert(key.text.clone(), read::typed(node)?);
        }
    }
    let mut codes = IndexMap::new();
    if let Some(node) = fields.get("codes") {
        for (key, node) in read::entries(node, "a mapping of display controls to `right` or `wrong`")? {
            codes.insert(key.text.clone(), read::word(node, "code", &[("right", true), ("wrong", false)])?);
        }
    }
    let mut sends = IndexMap::new();
    if let Some(node) = fields.get("send") {
        for (key, node) in read::entries(node, "a mapping of display controls to how often a code is asked for")? {
            let times = read::whole(node, "how often a code is asked for")?;
            let times = u32::try_from(times).ok().filter(|times| (1..=MOST_SENDS).contains(times));
            let wrong = || Wrong::new(node.at, format!("a code is asked for once at least, and {MOST_SENDS} times at most"));
            sends.insert(key.text.clone(), times.ok_or_else(wrong)?);
        }
    }
    Ok(StubReply::Enter { fields: typed, codes, sends })
}

fn http(fields: &Fields<'_>) -> Read<StubReply> {
    let status = match fields.get("status") {
        Some(node) => match read::whole(node, "an HTTP status")? {
            status @ 100..=599 => status as u16,
            status => return Err(Wrong::new(node.at, format!("expected an HTTP status from 100 to 599, found `{status}`"))),
        },
        None => 200,
    };
    let body = match (fields.even_null("json"), fields.get("body")) {
        (Some(_), Some(body)) => return Err(Wrong::new(body.at, "`json` and `body` cannot stand in one reply")),
        (Some(node), None) => Body::Json(Arc::new(read::json(node)?)),
        (None, Some(node)) => Body::Text(read::text(node).map_err(|wrong| wrong.help("a JSON body goes under `json`"))?),
        (None, None) => Body::Empty,
    };
    let headers = match fields.get("headers") {
        Some(node) => read::texts(node, "a mapping of headers to texts")?,
        None => IndexMap::new(),
    };
    Ok(StubReply::Http { status, body, headers })
}

fn fail(node: &Node) -> Read<StubReply> {
    let text = read::text(node)?;
    let failure = match text.as_str() {
        "timeout" => Failure::Http(HttpFailure::Timeout),
        "dns" => Failure::Http(HttpFailure::Dns),
        "unreachable" => Failure::Http(HttpFailure::Unreachable),
        code if is_code(code) => Failure::Code(text),
        key if is_message_key(key) => Failure::Message(text),
        _ => {
            let wrong = Wrong::new(node.at, format!("unknown failure `{text}`"));
            return Err(match nearest(&text, ["timeout", "dns", "unreachable"].into_iter()) {
                Some(near) => wrong.help(format!("did you mean `{near}`?")),
                None => wrong.help(
                    "known here: `timeout`, `dns`, `unreachable`, codes such as `AADB2C90151` and keys such as `UserMessageIfThrottled`",
                ),
            });
        }
    };
    Ok(StubReply::Fail(failure))
}

/// `UserMessageIf` and what for.
fn is_message_key(text: &str) -> bool {
    text.strip_prefix("UserMessageIf").is_some_and(|what| !what.is_empty() && what.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// `AADB2C` and digits.
fn is_code(text: &str) -> bool {
    text.strip_prefix("AADB2C").is_some_and(|digits| (4..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()))
}
