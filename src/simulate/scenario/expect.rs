//! What a scenario expects of its run.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::error::Wrong;
use super::read::{self, Read};
use super::yaml::{Node, Value};
use crate::claims::Str;
use crate::source::Place;

/// The `expect` of a scenario; what is not said is not checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expect {
    /// How the run ends.
    pub outcome: Option<ExpectedOutcome>,
    /// The error's code, or a part of its message.
    pub error: Option<Str>,
    /// Results by step (`8`, or `SubJourneyId/2`).
    pub steps: IndexMap<Str, StepResult>,
    /// The technical profiles in the order in which they begin.
    pub calls: Option<Vec<Str>>,
    /// The claims bag at the end; null = absent.
    pub claims: Map<String, Json>,
    /// The issued claims; null = absent.
    pub token: Map<String, Json>,
    /// What was sent to REST APIs, by technical profile.
    pub requests: IndexMap<Str, ExpectedRequests>,
    /// CEL expressions over the run.
    pub holds: Vec<Str>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// How a run is expected to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedOutcome {
    /// With a token.
    Issued,
    /// With an error.
    Error,
    /// On a page that refused its input.
    Waiting,
    /// At the end of the window that was asked for.
    Stopped,
}

impl ExpectedOutcome {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            ExpectedOutcome::Issued => "issued",
            ExpectedOutcome::Error => "error",
            ExpectedOutcome::Waiting => "waiting",
            ExpectedOutcome::Stopped => "stopped",
        }
    }
}

/// What became of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepResult {
    /// It ran.
    Executed,
    /// A precondition, a disabled profile or a session left it out.
    Skipped,
    /// It ended the run with an error.
    Failed,
    /// It waits on its page.
    Waiting,
    /// The run did not come to it.
    NotReached,
}

impl StepResult {
    /// As it is written in scenarios and JSON.
    pub fn name(self) -> &'static str {
        match self {
            StepResult::Executed => "executed",
            StepResult::Skipped => "skipped",
            StepResult::Failed => "failed",
            StepResult::Waiting => "waiting",
            StepResult::NotReached => "not-reached",
        }
    }
}

/// The requests of one technical profile.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedRequests {
    /// At least one is like this.
    Any(ExpectedRequest),
    /// These and no others, in order; an empty list = none.
    Each(Vec<ExpectedRequest>),
}

/// A request; in texts `*` stands for anything.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExpectedRequest {
    /// `GET` or `POST`.
    pub method: Option<Str>,
    /// URL.
    pub url: Option<Str>,
    /// Headers by name, without regard to case; others may be there.
    pub headers: IndexMap<Str, Str>,
    /// Body.
    pub body: Option<ExpectedBody>,
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum ExpectedBody {
    /// There is none.
    Absent,
    /// This text.
    Text(Str),
    /// This JSON value; in its texts too `*` stands for anything.
    Json(Json),
}

/// Reads an `expect`.
pub(super) fn expect(node: &Node, place: Option<Place>) -> Read<Expect> {
    const KEYS: [&str; 8] = ["outcome", "error", "steps", "calls", "claims", "token", "requests", "holds"];
    const OUTCOMES: [(&str, ExpectedOutcome); 4] = [
        ("issued", ExpectedOutcome::Issued),
        ("error", ExpectedOutcome::Error),
        ("waiting", ExpectedOutcome::Waiting),
        ("stopped", ExpectedOutcome::Stopped),
    ];
    const RESULTS: [(&str, StepResult); 5] = [
        ("executed", StepResult::Executed),
        ("skipped", StepResult::Skipped),
        ("failed", StepResult::Failed),
        ("waiting", StepResult::Waiting),
        ("not-reached", StepResult::NotReached),
    ];
    let fields = read::fields(node, "a mapping of expectations", &KEYS)?;
    let mut expect = Expect { error: fields.text("error")?, place, ..Expect::default() };
    expect.outcome = fields.get("outcome").map(|node| read::word(node, "outcome", &OUTCOMES)).transpose()?;
    if let Some(node) = fields.get("steps") {
        for (key, node) in read::entries(node, "a mapping of steps to results")? {
            let result = read::word(node, "result", &RESULTS)?;
            if expect.steps.insert(read::step_key(key)?, result).is_some() {
                return Err(Wrong::new(key.at, format!("step `{}` is given twice", key.text)));
            }
        }
    }
    if let Some(node) = fields.get("calls") {
        let calls = read::items(node, "a list of technical profile ids")?;
        expect.calls = Some(calls.iter().map(read::text).collect::<Read<_>>()?);
    }
    if let Some(node) = fields.get("claims") {
        expect.claims = read::claims(node, "a mapping of claims")?;
    }
    if let Some(node) = fields.get("token") {
        expect.token = read::object(node, "a mapping of issued claims")?;
    }
    if let Some(node) = fields.get("requests") {
        for (key, node) in read::entries(node, "a mapping of technical profile ids to requests")? {
            let requests = match &node.value {
                Value::List(items) => ExpectedRequests::Each(items.iter().map(request).collect::<Read<_>>()?),
                _ if node.is_null() => ExpectedRequests::Each(Vec::new()),
                _ => ExpectedRequests::Any(request(node)?),
            };
            expect.requests.insert(key.text.clone(), requests);
        }
    }
    if let Some(node) = fields.get("holds") {
        expect.holds = match &node.value {
            Value::List(items) => items.iter().map(read::text).collect::<Read<_>>()?,
            _ => vec![read::text(node)?],
        };
    }
    Ok(expect)
}

fn request(node: &Node) -> Read<ExpectedRequest> {
    let fields = read::fields(node, "a request such as `{ method: GET, url: \"https://*\" }`", &["method", "url", "headers", "body"])?;
    Ok(ExpectedRequest {
        method: fields.text("method")?,
        url: fields.text("url")?,
        headers: match fields.get("headers") {
            Some(node) => read::texts(node, "a mapping of headers to texts")?,
            None => IndexMap::new(),
        },
        body: match fields.even_null("body") {
            None => None,
            Some(node) if node.is_null() => Some(ExpectedBody::Absent),
            Some(node) => Some(match &node.value {
                Value::Scalar { .. } => ExpectedBody::Text(read::text(node)?),
                Value::List(_) | Value::Map(_) => ExpectedBody::Json(read::json(node)?),
            }),
        },
    })
}
