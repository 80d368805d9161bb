//! Strict reading of single values: what was expected is said wherever something else stands.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use super::error::{At, Wrong};
use super::yaml::{Key, Node, Value, unique};
use crate::claims::Str;
use crate::nearest::nearest;
use crate::words::list_of;

pub(crate) type Read<T> = Result<T, Wrong>;

/// `expected …, found …`.
pub(crate) fn expected<T>(node: &Node, what: &str) -> Read<T> {
    Err(Wrong::new(node.at, format!("expected {what}, found {}", node.kind())))
}

/// The entries of a mapping with unique keys.
pub(crate) fn entries<'n>(node: &'n Node, what: &str) -> Read<&'n [(Key, Node)]> {
    match &node.value {
        Value::Map(entries) => {
            unique(entries)?;
            Ok(entries)
        }
        _ if node.is_null() => Ok(&[]),
        _ => expected(node, what),
    }
}

/// The entries of a mapping whose keys are fixed.
pub(crate) struct Fields<'n> {
    pub(crate) at: At,
    entries: &'n [(Key, Node)],
}

/// Reads a mapping with these keys and no others.
pub(crate) fn fields<'n>(node: &'n Node, what: &str, known: &[&str]) -> Read<Fields<'n>> {
    let entries = entries(node, what)?;
    for (key, _) in entries {
        if !known.contains(&key.text.as_str()) {
            return Err(unknown(key.at, "key", &key.text, known));
        }
    }
    Ok(Fields { at: node.at, entries })
}

/// A name that is not one of these.
pub(crate) fn unknown(at: At, what: &str, name: &str, known: &[&str]) -> Wrong {
    let wrong = Wrong::new(at, format!("unknown {what} `{name}`"));
    match nearest(name, known.iter().copied()) {
        Some(near) => wrong.help(format!("did you mean `{near}`?")),
        None => wrong.help(format!("known here: {}", list_of(known, '`', "and"))),
    }
}

impl<'n> Fields<'n> {
    /// The value of a key that is given and not null.
    pub(crate) fn get(&self, key: &str) -> Option<&'n Node> {
        self.even_null(key).filter(|node| !node.is_null())
    }

    /// The value of a key that is given, null included.
    pub(crate) fn even_null(&self, key: &str) -> Option<&'n Node> {
        self.entries.iter().find(|(name, _)| name.text.as_str() == key).map(|(_, node)| node)
    }

    /// The keys that are given, in order.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'n Key> {
        self.entries.iter().map(|(key, _)| key)
    }

    /// The text of a key, if it is given.
    pub(crate) fn text(&self, key: &str) -> Read<Option<Str>> {
        self.get(key).map(text).transpose()
    }
}

/// Text as written, whether or not it looks like a number or a boolean.
pub(crate) fn text(node: &Node) -> Read<Str> {
    match &node.value {
        Value::Scalar { text, .. } if !node.is_null() => Ok(text.clone()),
        _ => expected(node, "text"),
    }
}

/// Text, or nothing for the empty text; a list is joined by commas as a page does with several ticked boxes.
pub(crate) fn typed(node: &Node) -> Read<Str> {
    match &node.value {
        _ if node.is_null() => Ok(Str::new()),
        Value::Scalar { text, .. } => Ok(text.clone()),
        Value::List(items) => {
            let texts: Vec<Str> = items.iter().map(text).collect::<Read<_>>()?;
            Ok(texts.join(",").into())
        }
        Value::Map(_) => expected(node, "text or a list of texts"),
    }
}

/// A mapping of text to text.
pub(crate) fn texts(node: &Node, what: &str) -> Read<IndexMap<Str, Str>> {
    entries(node, what)?.iter().map(|(key, value)| Ok((key.text.clone(), text(value)?))).collect()
}

/// `true` or `false`.
pub(crate) fn boolean(node: &Node) -> Read<bool> {
    match node.json()? {
        Json::Bool(value) => Ok(value),
        _ => expected(node, "true or false"),
    }
}

/// A whole number of at least 0, written as number or text.
pub(crate) fn whole(node: &Node, what: &str) -> Read<u64> {
    match &node.value {
        Value::Scalar { text, .. } if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            text.parse().map_err(|_| Wrong::new(node.at, format!("the number `{text}` is out of range")))
        }
        Value::Scalar { text, .. } if !node.is_null() => Err(Wrong::new(node.at, format!("expected {what}, found `{text}`"))),
        _ => expected(node, what),
    }
}

/// A duration in ISO 8601, of weeks, days, hours, minutes and whole seconds: `PT20M`, `P1DT12H`.
pub(crate) fn seconds(node: &Node) -> Read<u64> {
    let text = text(node)?;
    duration(&text).ok_or_else(|| {
        let wrong = Wrong::new(node.at, format!("expected a duration, found `{text}`"));
        wrong.help("write it as `PT20M`, `PT8H` or `P1DT12H`: weeks, days, hours, minutes and whole seconds")
    })
}

fn duration(text: &str) -> Option<u64> {
    let (days, time) = match text.strip_prefix('P')?.split_once('T') {
        Some((days, time)) if !time.is_empty() => (days, time),
        Some(_) => return None,
        None => (text.strip_prefix('P')?, ""),
    };
    if days.is_empty() && time.is_empty() {
        return None;
    }
    sum(days, &[('W', 604_800), ('D', 86_400)])?.checked_add(sum(time, &[('H', 3_600), ('M', 60), ('S', 1)])?)
}

/// Numbers with their units, each unit at most once and in this order.
fn sum(mut text: &str, units: &[(char, u64)]) -> Option<u64> {
    let mut total = 0_u64;
    let mut units = units.iter();
    while !text.is_empty() {
        let end = text.find(|letter: char| !letter.is_ascii_digit())?;
        let (number, rest) = text.split_at_checked(end)?;
        let unit = rest.chars().next()?;
        let (_, size) = units.find(|(known, _)| *known == unit)?;
        total = total.checked_add(number.parse::<u64>().ok()?.checked_mul(*size)?)?;
        text = rest.get(unit.len_utf8()..)?;
    }
    Some(total)
}

/// The number of an orchestration step.
pub(crate) fn step(node: &Node) -> Read<u32> {
    match whole(node, "the number of an orchestration step")? {
        number @ 1.. if number <= u64::from(u32::MAX) => Ok(number as u32),
        _ => Err(Wrong::new(node.at, "orchestration steps are numbered from 1")),
    }
}

/// A step as a key: a number, or `SubJourneyId/2`.
pub(crate) fn step_key(key: &Key) -> Read<Str> {
    let (journey, number) = match key.text.rsplit_once('/') {
        Some((journey, number)) => (Some(journey), number),
        None => (None, key.text.as_str()),
    };
    let parsed = number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse::<u32>().ok()).flatten();
    match (journey, parsed) {
        (Some(""), _) | (_, None | Some(0)) => {
            let wrong = Wrong::new(key.at, format!("expected an orchestration step, found `{}`", key.text));
            Err(wrong.help("a step is a number such as `8`, or `SubJourneyId/2` in a sub journey"))
        }
        (Some(journey), Some(number)) => Ok(format!("{journey}/{number}").into()),
        (None, Some(number)) => Ok(number.to_string().into()),
    }
}

/// One of these words.
pub(crate) fn word<T: Copy>(node: &Node, what: &str, words: &[(&str, T)]) -> Read<T> {
    let text = text(node)?;
    match words.iter().find(|(word, _)| *word == text.as_str()) {
        Some((_, value)) => Ok(*value),
        None => {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            Err(unknown(node.at, what, &text, &known))
        }
    }
}

/// The items of a list.
pub(crate) fn items<'n>(node: &'n Node, what: &str) -> Read<&'n [Node]> {
    match &node.value {
        Value::List(items) => Ok(items),
        _ => expected(node, what),
    }
}

/// Values of claims, by claim id.
pub(crate) fn claims(node: &Node, what: &str) -> Read<Map<String, Json>> {
    entries(node, what)?.iter().map(|(key, value)| Ok((key.text.to_string(), claim(value)?))).collect()
}

/// A mapping of any JSON values.
pub(crate) fn object(node: &Node, what: &str) -> Read<Map<String, Json>> {
    entries(node, what)?.iter().map(|(key, value)| Ok((key.text.to_string(), json(value)?))).collect()
}

/// Any JSON value; its mappings have unique keys.
pub(crate) fn json(node: &Node) -> Read<Json> {
    fn check(node: &Node) -> Read<()> {
        match &node.value {
            Value::Scalar { .. } => Ok(()),
            Value::List(items) => items.iter().try_for_each(check),
            Value::Map(entries) => {
                unique(entries)?;
                entries.iter().try_for_each(|(_, node)| check(node))
            }
        }
    }
    check(node)?;
    node.json()
}

/// The value of a claim: text, integer, boolean, list of texts, identity `{ issuer, issuerUserId }` or list of those; null = absent.
pub(crate) fn claim(node: &Node) -> Read<Json> {
    match &node.value {
        Value::Scalar { text, .. } => match node.json()? {
            Json::Number(number) if !number.is_i64() => {
                let wrong = Wrong::new(node.at, format!("`{text}` is not a 64-bit integer, and claims have no other numbers"));
                Err(wrong.help("put it in quotes if it is text"))
            }
            value => Ok(value),
        },
        Value::List(items) if items.iter().all(|item| matches!(item.value, Value::Map(_))) && !items.is_empty() => {
            items.iter().map(identity).collect()
        }
        Value::List(items) => items
            .iter()
            .map(|item| match item.json()? {
                text @ Json::String(_) => Ok(text),
                _ => expected(item, "text in a list of texts").map_err(|wrong: Wrong| wrong.help("put it in quotes")),
            })
            .collect(),
        Value::Map(_) => identity(node),
    }
}

fn identity(node: &Node) -> Read<Json> {
    let fields = fields(node, "an identity", &["issuer", "issuerUserId"])?;
    let mut map = Map::new();
    for key in ["issuer", "issuerUserId"] {
        let Some(text) = fields.text(key)? else {
            return Err(Wrong::new(node.at, format!("an identity needs `issuer` and `issuerUserId`, and `{key}` is missing")));
        };
        map.insert(key.to_owned(), Json::String(text.into()));
    }
    Ok(Json::Object(map))
}
