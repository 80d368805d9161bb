//! One document of a scenario file.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::error::{At, Wrong};
use super::expect::expect;
use super::read::{self, Read};
use super::reply::reply;
use super::yaml::{Node, Value};
use super::{Choice, Scenario, Start, Stub, UserEntry};
use crate::claims::DateTime;
use crate::engine::{Entry, Request};
use crate::source::Place;

/// Knows the file, so that what is read can say where it stands.
pub(super) struct Reader<'f> {
    pub(super) file: &'f Arc<str>,
}

impl Reader<'_> {
    fn place(&self, at: At) -> Option<Place> {
        Some(Place { file: self.file.clone(), line: at.line, column: at.column })
    }

    /// Reads a document; `before` is what the one before it in the file says.
    pub(super) fn scenario(&self, node: &Node, before: Option<&Scenario>) -> Read<Scenario> {
        const KEYS: [&str; 15] = [
            "name",
            "policy",
            "continues",
            "after",
            "entry",
            "request",
            "now",
            "seed",
            "start",
            "stop",
            "directory",
            "keys",
            "choose",
            "stubs",
            "expect",
        ];
        let fields = read::fields(node, "a scenario, which is a mapping", &KEYS)?;
        let mut scenario = Scenario {
            name: fields.text("name")?,
            policy: fields.text("policy")?,
            place: self.place(fields.keys().next().map_or(fields.at, |key| key.at)),
            ..Scenario::default()
        };
        if let Some(node) = fields.get("entry") {
            let ways = [Entry::Authorize, Entry::Refresh, Entry::Ropc, Entry::UserInfo, Entry::Saml].map(|way| (way.name(), way));
            scenario.entry = read::word(node, "entry", &ways)?;
        }
        if let Some(node) = fields.get("request") {
            scenario.request = request(node)?;
        }
        if let Some(node) = fields.get("now") {
            scenario.now = now(node)?;
        }
        continuation(&fields, before, &mut scenario)?;
        if let Some(node) = fields.get("seed") {
            scenario.seed = read::whole(node, "a whole number of at least 0")?;
        }
        if let Some(node) = fields.get("start") {
            scenario.start = Some(self.start(node)?);
        }
        if let Some(node) = fields.get("stop") {
            let fields = read::fields(node, "a mapping such as `{ after: 10 }`", &["after"])?;
            scenario.stop_after = fields.get("after").map(read::step).transpose()?;
        }
        if let Some(node) = fields.get("directory") {
            scenario.directory = Some(read::items(node, "a list of users")?.iter().map(|user| self.user(user)).collect::<Read<_>>()?);
        }
        if let Some(node) = fields.get("keys") {
            scenario.keys = read::texts(node, "a mapping of policy keys to secrets")?.into_iter().collect();
        }
        if let Some(node) = fields.get("choose") {
            for (key, node) in read::entries(node, "a mapping of steps to choices")? {
                let choice = Choice { name: read::text(node)?, place: self.place(key.at) };
                if scenario.choose.insert(read::step_key(key)?, choice).is_some() {
                    return Err(Wrong::new(key.at, format!("step `{}` is given twice", key.text)));
                }
            }
        }
        if let Some(node) = fields.get("stubs") {
            for (key, node) in read::entries(node, "a mapping of technical profile ids to replies")? {
                let replies = match &node.value {
                    Value::List(replies) if replies.is_empty() => return Err(Wrong::new(node.at, "the list of replies is empty")),
                    Value::List(replies) => replies.iter().map(reply).collect::<Read<_>>()?,
                    _ => vec![reply(node)?],
                };
                scenario.stubs.insert(key.text.clone(), Stub { replies, place: self.place(key.at) });
            }
        }
        scenario.expect = fields.get("expect").map(|node| expect(node, self.place(node.at))).transpose()?;
        Ok(scenario)
    }

    fn start(&self, node: &Node) -> Read<Start> {
        let fields = read::fields(node, "a mapping such as `{ step: 8, claims: {} }`", &["step", "claims"])?;
        Ok(Start {
            step: fields.get("step").map(read::step).transpose()?,
            claims: fields.get("claims").map_or_else(|| Ok(Map::new()), |node| read::claims(node, "a mapping of claims"))?,
            place: self.place(fields.keys().next().map_or(node.at, |key| key.at)),
        })
    }

    fn user(&self, node: &Node) -> Read<UserEntry> {
        let entries = read::entries(node, "a user, which is a mapping of attributes")?;
        let mut user = UserEntry { place: self.place(node.at), ..UserEntry::default() };
        for (key, node) in entries {
            match key.text.as_str() {
                _ if node.is_null() => {}
                "password" => user.password = Some(read::text(node)?),
                "oldPasswords" => {
                    user.old_passwords = read::items(node, "a list of passwords")?.iter().map(read::text).collect::<Read<_>>()?;
                }
                "locked" => user.locked = read::boolean(node)?,
                "accountEnabled" => {
                    user.attributes.insert(key.text.clone(), Json::Bool(read::boolean(node)?));
                }
                // Names by which a user is found are text, digits or not.
                name if name == "objectId" || name == "userPrincipalName" || name.starts_with("signInNames.") => {
                    user.attributes.insert(key.text.clone(), Json::String(read::text(node)?.into()));
                }
                _ => {
                    user.attributes.insert(key.text.clone(), read::claim(node)?);
                }
            }
        }
        Ok(user)
    }
}

fn request(node: &Node) -> Read<Request> {
    const KEYS: [&str; 11] = [
        "client_id",
        "redirect_uri",
        "nonce",
        "scope",
        "prompt",
        "login_hint",
        "domain_hint",
        "ui_locales",
        "ip",
        "parameters",
        "id_token_hint",
    ];
    let fields = read::fields(node, "a mapping of request parameters", &KEYS).map_err(|wrong| match &wrong.help {
        Some(help) if help.starts_with("known here") => wrong.help("other query parameters go under `parameters`"),
        _ => wrong,
    })?;
    Ok(Request {
        client_id: fields.text("client_id")?,
        redirect_uri: fields.text("redirect_uri")?,
        nonce: fields.text("nonce")?,
        scope: fields.text("scope")?,
        prompt: fields.text("prompt")?,
        login_hint: fields.text("login_hint")?,
        domain_hint: fields.text("domain_hint")?,
        ui_locales: fields.text("ui_locales")?,
        ip: fields.text("ip")?,
        parameters: match fields.get("parameters") {
            Some(node) => read::texts(node, "a mapping of query parameters to texts")?.into_iter().collect(),
            None => Default::default(),
        },
        id_token_hint: fields.get("id_token_hint").map(|node| read::object(node, "a mapping of claims")).transpose()?,
    })
}

/// `continues` and `after`, and the moment that follows from them.
fn continuation(fields: &read::Fields<'_>, before: Option<&Scenario>, scenario: &mut Scenario) -> Read<()> {
    let continues = fields.get("continues");
    scenario.continues = continues.map(read::boolean).transpose()?.unwrap_or(false);
    let after = fields.get("after");
    if !scenario.continues {
        let wrong = |node: &Node| {
            Wrong::new(node.at, "`after` says how much time passed since the scenario that is continued, and this one continues none")
        };
        return after.map_or(Ok(()), |node| Err(wrong(node).help("add `continues: true`")));
    }
    let Some(before) = before else {
        let at = continues.map_or(fields.at, |node| node.at);
        return Err(Wrong::new(at, "the first scenario of a file has none before it that it could continue"));
    };
    if scenario.policy.is_none() {
        scenario.policy = before.policy.clone();
    }
    match (after, fields.get("now")) {
        (Some(_), Some(node)) => Err(Wrong::new(node.at, "`now` and `after` both say when the scenario runs")),
        (None, Some(node)) => {
            let passed = scenario.now.unix_seconds() - before.now.unix_seconds();
            scenario.after =
                Some(u64::try_from(passed).map_err(|_| Wrong::new(node.at, "`now` is before the scenario that is continued"))?);
            Ok(())
        }
        (after, None) => {
            scenario.after = after.map(read::seconds).transpose()?;
            let moment = i64::try_from(scenario.after.unwrap_or(0)).ok().and_then(|seconds| before.now.plus_seconds(seconds));
            let at = after.map_or(fields.at, |node| node.at);
            scenario.now = moment.ok_or_else(|| Wrong::new(at, "that long after is outside the calendar"))?;
            Ok(())
        }
    }
}

fn now(node: &Node) -> Read<DateTime> {
    let text = read::text(node)?;
    DateTime::parse(&text).ok_or_else(|| {
        let wrong = Wrong::new(node.at, format!("expected a point in time, found `{text}`"));
        wrong.help("write it as `2026-01-01T00:00:00Z`")
    })
}
