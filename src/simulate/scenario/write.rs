//! A scenario as JSON and as YAML: the inverse of the reader. Only what is set is written, in the order of the schema.

use serde_json::{Map, Value as Json};

use super::emit;
use super::{
    Choice, Expect, ExpectedBody, ExpectedRequest, ExpectedRequests, Failure, Number, Scenario, Start, Stub, StubReply, UserEntry,
};
use crate::claims::{DateTime, Str, TICKS_PER_SECOND};
use crate::engine::{Body, Entry, HttpFailure, Request};

impl Scenario {
    /// The scenario as JSON, which [`Scenario::parse`] reads too: what is set, in the order of the schema. A scenario that continues another
    /// one has to follow it.
    pub fn to_json(&self) -> Json {
        // Every member by its name: one that is added is not forgotten here.
        let Scenario {
            name,
            policy,
            entry,
            request: sent,
            now: moment,
            continues,
            after,
            seed,
            start,
            stop_after,
            directory,
            keys,
            choose,
            stubs,
            expect: expected,
            place: _,
        } = self;
        let mut fields = Fields::default();
        fields.text("name", name.as_ref());
        fields.text("policy", policy.as_ref());
        if *continues {
            fields.put("continues", true);
        }
        // How much time passed says when it is, but for a fraction of a second.
        let fraction = moment.ticks().rem_euclid(TICKS_PER_SECOND) != 0;
        if let (true, Some(seconds), false) = (continues, after, fraction) {
            fields.put("after", duration(*seconds));
        }
        if *entry != Entry::default() {
            fields.put("entry", entry.name());
        }
        fields.map("request", request(sent));
        let says_now = if *continues { fraction && after.is_some() } else { *moment != super::default_now() };
        if says_now {
            fields.put("now", now(*moment));
        }
        if *seed != 0 {
            fields.put("seed", *seed);
        }
        if let Some(Start { step, claims, place: _ }) = start {
            let mut start = Fields::default();
            if let Some(step) = step {
                start.put("step", *step);
            }
            start.map("claims", claims.clone());
            fields.put("start", start.0);
        }
        if let Some(step) = stop_after {
            fields.put("stop", Map::from_iter([("after".to_owned(), Json::from(*step))]));
        }
        if let Some(users) = directory {
            fields.put("directory", users.iter().map(user).collect::<Vec<_>>());
        }
        fields.map("keys", texts(keys));
        fields.map("choose", choose.iter().map(|(step, Choice { name, .. })| (step.to_string(), text(name))).collect());
        let replies = |replies: &[StubReply]| match replies {
            [reply] => Some(self::reply(reply)),
            [] => None,
            _ => Some(replies.iter().map(self::reply).collect()),
        };
        fields.map("stubs", stubs.iter().filter_map(|(id, Stub { replies: all, .. })| Some((id.to_string(), replies(all)?))).collect());
        if let Some(expected) = expected {
            fields.put("expect", expect(expected));
        }
        Json::Object(fields.0)
    }

    /// The scenario as a YAML document as a person would write it, with a line end. [`Scenario::parse`] reads the same scenario from it.
    ///
    /// ```
    /// use b2c_journey::Scenario;
    ///
    /// let text = "name: low risk\nstubs: { BioCatch-API-GETSCORE: { json: { riskLevel: LOW, score: 275 } } }\n";
    /// assert_eq!(Scenario::parse("a.yaml", text).unwrap()[0].to_yaml(), text);
    /// ```
    pub fn to_yaml(&self) -> String {
        match self.to_json() {
            Json::Object(fields) if !fields.is_empty() => emit::document(&fields),
            _ => "{}\n".to_owned(),
        }
    }

    /// Several scenarios as the documents of one file.
    pub fn to_yaml_file(scenarios: &[Scenario]) -> String {
        scenarios.iter().map(Scenario::to_yaml).collect::<Vec<_>>().join("---\n")
    }
}

/// A mapping that leaves out what is not set.
#[derive(Default)]
struct Fields(Map<String, Json>);

impl Fields {
    fn put(&mut self, key: &str, value: impl Into<Json>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn text(&mut self, key: &str, value: Option<&Str>) {
        if let Some(value) = value {
            self.put(key, value.as_str());
        }
    }

    fn map(&mut self, key: &str, value: Map<String, Json>) {
        if !value.is_empty() {
            self.put(key, value);
        }
    }
}

fn text(text: &Str) -> Json {
    Json::from(text.as_str())
}

fn texts<'t>(texts: impl IntoIterator<Item = (&'t Str, &'t Str)>) -> Map<String, Json> {
    texts.into_iter().map(|(key, value)| (key.to_string(), text(value))).collect()
}

/// What is typed is text to the reader; a box that is ticked looks better without quotes.
fn typed_text(typed: &Str) -> Json {
    match typed.as_str() {
        "true" => Json::Bool(true),
        "false" => Json::Bool(false),
        _ => text(typed),
    }
}

fn request(request: &Request) -> Map<String, Json> {
    let Request { client_id, redirect_uri, nonce, scope, prompt, login_hint, domain_hint, ui_locales, ip, parameters, id_token_hint } =
        request;
    let mut fields = Fields::default();
    for (key, value) in [
        ("client_id", client_id),
        ("redirect_uri", redirect_uri),
        ("nonce", nonce),
        ("scope", scope),
        ("prompt", prompt),
        ("login_hint", login_hint),
        ("domain_hint", domain_hint),
        ("ui_locales", ui_locales),
        ("ip", ip),
    ] {
        fields.text(key, value.as_ref());
    }
    fields.map("parameters", texts(parameters));
    if let Some(claims) = id_token_hint {
        fields.put("id_token_hint", claims.clone());
    }
    fields.0
}

/// `2026-01-01T00:00:00Z`, with as many digits of a second as it takes.
fn now(moment: DateTime) -> String {
    let text = moment.to_string();
    let seconds = text.trim_end_matches('Z').trim_end_matches('0').trim_end_matches('.');
    // Zeros of the seconds themselves are none of a fraction.
    let whole = "0000-00-00T00:00:00".len();
    format!("{}Z", if seconds.len() > whole { seconds } else { text.get(..whole).unwrap_or(&text) })
}

fn duration(seconds: u64) -> String {
    let (days, hours, minutes, rest) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    let part = |number: u64, unit: char| if number == 0 { String::new() } else { format!("{number}{unit}") };
    let time = format!("{}{}{}", part(hours, 'H'), part(minutes, 'M'), part(rest, 'S'));
    match (days, time.is_empty()) {
        (0, true) => "PT0S".to_owned(),
        (_, true) => format!("P{days}D"),
        (_, false) => format!("P{}T{time}", part(days, 'D')),
    }
}

/// A user, the password beneath the names.
fn user(user: &UserEntry) -> Json {
    let UserEntry { attributes, password, old_passwords, locked, place: _ } = user;
    let is_name = |name: &str| name == "objectId" || name == "userPrincipalName" || name.starts_with("signInNames.");
    let known = || attributes.iter().filter(|(_, value)| !value.is_null());
    let mut fields = Fields::default();
    for (name, value) in known().filter(|(name, _)| is_name(name)) {
        fields.put(name, value.clone());
    }
    fields.text("password", password.as_ref());
    if !old_passwords.is_empty() {
        fields.put("oldPasswords", old_passwords.iter().map(text).collect::<Vec<_>>());
    }
    for (name, value) in known().filter(|(name, _)| !is_name(name)) {
        fields.put(name, value.clone());
    }
    if *locked {
        fields.put("locked", true);
    }
    Json::Object(fields.0)
}

fn reply(reply: &StubReply) -> Json {
    let mut fields = Fields::default();
    match reply {
        StubReply::Enter { fields: typed, codes, sends } => {
            if !typed.is_empty() || (codes.is_empty() && sends.is_empty()) {
                fields.put("enter", typed.iter().map(|(claim, text)| (claim.to_string(), typed_text(text))).collect::<Map<_, _>>());
            }
            let word = |right: bool| Json::from(if right { "right" } else { "wrong" });
            fields.map("codes", codes.iter().map(|(control, right)| (control.to_string(), word(*right))).collect());
            fields.map("send", sends.iter().map(|(control, times)| (control.to_string(), Json::from(*times))).collect());
        }
        StubReply::Http { status, body, headers } => {
            if *status != 200 || (matches!(body, Body::Empty) && headers.is_empty()) {
                fields.put("status", *status);
            }
            match body {
                Body::Empty => {}
                Body::Json(body) => fields.put("json", (**body).clone()),
                Body::Text(body) => fields.put("body", body.as_str()),
            }
            fields.map("headers", texts(headers));
        }
        StubReply::Fail(failure) => fields.put(
            "fail",
            match failure {
                Failure::Http(HttpFailure::Timeout) => "timeout",
                Failure::Http(HttpFailure::Dns) => "dns",
                Failure::Http(HttpFailure::Unreachable) => "unreachable",
                Failure::Code(code) => code,
                Failure::Message(key) => key,
            },
        ),
        StubReply::Verify(Number::Known(number)) => fields.put("verify", number.as_str()),
        StubReply::Verify(Number::New) => fields.put("verify", "new"),
        StubReply::Claims(claims) => fields.put("claims", claims.clone()),
        StubReply::Error(message) => fields.put("error", message.as_str()),
        StubReply::Cancel => fields.put("cancel", true),
        StubReply::Default => fields.put("default", true),
        StubReply::NotFound => fields.put("notFound", true),
        StubReply::Live => fields.put("live", true),
    }
    Json::Object(fields.0)
}

fn expect(expect: &Expect) -> Map<String, Json> {
    let Expect { outcome, error, steps, calls, claims, token, requests, holds, place: _ } = expect;
    let mut fields = Fields::default();
    if let Some(outcome) = outcome {
        fields.put("outcome", outcome.name());
    }
    fields.text("error", error.as_ref());
    fields.map("steps", steps.iter().map(|(step, result)| (step.to_string(), Json::from(result.name()))).collect());
    if let Some(calls) = calls {
        fields.put("calls", calls.iter().map(text).collect::<Vec<_>>());
    }
    fields.map("claims", claims.clone());
    fields.map("token", token.clone());
    let all = |requests: &ExpectedRequests| match requests {
        ExpectedRequests::Any(one) => expected_request(one),
        ExpectedRequests::Each(each) => each.iter().map(expected_request).collect(),
    };
    fields.map("requests", requests.iter().map(|(id, requests)| (id.to_string(), all(requests))).collect());
    if !holds.is_empty() {
        fields.put("holds", holds.iter().map(text).collect::<Vec<_>>());
    }
    fields.0
}

fn expected_request(request: &ExpectedRequest) -> Json {
    let ExpectedRequest { method, url, headers, body } = request;
    let mut fields = Fields::default();
    fields.text("method", method.as_ref());
    fields.text("url", url.as_ref());
    fields.map("headers", texts(headers));
    match body {
        None => {}
        Some(ExpectedBody::Absent) => fields.put("body", Json::Null),
        Some(ExpectedBody::Text(body)) => fields.put("body", body.as_str()),
        Some(ExpectedBody::Json(body)) => fields.put("body", body.clone()),
    }
    Json::Object(fields.0)
}
