//! YAML text to a tree in which every node knows its place. Scalars keep the text that was written, so that a telephone number, a
//! code with leading zeros or a version stays what it is until somebody asks for its JSON value.
//!
//! The tree is bounded (depth, and number of nodes after aliases are filled in): no text makes it overflow or explode.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle, Span, Tag};
use serde_json::{Map, Number, Value as Json};

use super::error::{At, Wrong};
use crate::claims::Str;

/// Deepest nesting.
const DEPTH: usize = 64;
/// Most nodes in one file, aliases filled in.
const NODES: usize = 100_000;

/// A value and where it stands.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) at: At,
    pub(crate) value: Value,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    /// Text as written; `plain` when it stood without quotes and may be read as a number, `true` or null.
    Scalar { text: Str, plain: bool },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping; keys are unique.
    Map(Vec<(Key, Node)>),
}

/// The key of a mapping entry.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) at: At,
    pub(crate) text: Str,
}

impl Node {
    /// Whether nothing stands here: empty, `~` or `null`.
    pub(crate) fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// What a person would call it.
    pub(crate) fn kind(&self) -> &'static str {
        match &self.value {
            _ if self.is_null() => "nothing",
            Value::Scalar { .. } => match self.json() {
                Ok(Json::Bool(_)) => "a boolean",
                Ok(Json::Number(_)) => "a number",
                _ => "text",
            },
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        }
    }

    /// The JSON value. A plain scalar is a number only when JSON would read it as one: `+15551234567`, `007` and `0x1F` are text.
    pub(crate) fn json(&self) -> Result<Json, Wrong> {
        Ok(match &self.value {
            _ if self.is_null() => Json::Null,
            Value::Scalar { text, plain } => match text.as_str() {
                "true" | "True" | "TRUE" if *plain => Json::Bool(true),
                "false" | "False" | "FALSE" if *plain => Json::Bool(false),
                text if *plain && looks_like_json_number(text) => match serde_json::from_str::<Number>(text) {
                    Ok(number) => Json::Number(number),
                    Err(_) => return Err(Wrong::new(self.at, format!("the number `{text}` is out of range"))),
                },
                text => Json::String(text.to_owned()),
            },
            Value::List(items) => Json::Array(items.iter().map(Node::json).collect::<Result<_, _>>()?),
            Value::Map(entries) => {
                let mut map = Map::new();
                for (key, node) in entries {
                    map.insert(key.text.to_string(), node.json()?);
                }
                Json::Object(map)
            }
        })
    }

    /// Number of nodes and depth.
    fn measure(&self) -> (usize, usize) {
        let sum = |parts: &mut dyn Iterator<Item = &Node>| {
            parts.map(Node::measure).fold((1, 1), |(nodes, depth), (more, below)| (nodes + more, depth.max(below + 1)))
        };
        match &self.value {
            Value::Scalar { .. } => (1, 1),
            Value::List(items) => sum(&mut items.iter()),
            Value::Map(entries) => sum(&mut entries.iter().map(|(_, node)| node)),
        }
    }
}

/// `-`? digits without leading zeros, then an optional fraction and exponent.
fn looks_like_json_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    digits.starts_with(|first: char| first.is_ascii_digit()) && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// The mapping or sequence that is being read.
enum Open {
    List { at: At, anchor: usize, items: Vec<Node> },
    Map { at: At, anchor: usize, entries: Vec<(Key, Node)>, key: Option<Key> },
}

/// Reads all documents of a text.
pub(crate) fn parse(text: &str) -> Result<Vec<Node>, Wrong> {
    let mut builder = Builder { text, documents: Vec::new(), open: Vec::new(), anchors: HashMap::new(), left: NODES };
    let mut options = granit_parser::Options::default();
    options.set_emit_comments(false);
    for next in Parser::new_from_str_with_options(text, options) {
        match next {
            Ok((event, span)) => builder.event(event, span)?,
            Err(error) => {
                let marker = error.marker();
                let offset = marker.byte_offset().unwrap_or(0);
                let at = At::new(marker.line(), marker.col(), offset..offset);
                return Err(Wrong::new(at, format!("this is not YAML: {}", error.info())));
            }
        }
    }
    Ok(builder.documents)
}

struct Builder<'t> {
    text: &'t str,
    documents: Vec<Node>,
    open: Vec<Open>,
    anchors: HashMap<usize, Node>,
    /// Nodes that may still come.
    left: usize,
}

impl Builder<'_> {
    fn event(&mut self, event: Event<'_>, span: Span) -> Result<(), Wrong> {
        let at = self.at(span);
        match event {
            Event::DocumentStart(..) => self.anchors.clear(),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && tag.is_none();
                tag_is_text(tag.as_deref(), at)?;
                self.node(Node { at, value: Value::Scalar { text: text.as_ref().into(), plain } }, anchor)?;
            }
            Event::SequenceStart(_, anchor, tag) => {
                no_tag(tag.as_deref(), at)?;
                self.push(Open::List { at, anchor, items: Vec::new() }, at)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                no_tag(tag.as_deref(), at)?;
                self.push(Open::Map { at, anchor, entries: Vec::new(), key: None }, at)?;
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { at, anchor, items }) => self.node(Node { at, value: Value::List(items) }, anchor)?,
                Some(Open::Map { at, anchor, entries, .. }) => self.node(Node { at, value: Value::Map(entries) }, anchor)?,
                None => {}
            },
            Event::Alias(anchor) => {
                let Some(node) = self.anchors.get(&anchor) else {
                    return Err(Wrong::new(at, "an alias inside the value that it stands for"));
                };
                let (nodes, depth) = node.measure();
                if depth + self.open.len() > DEPTH {
                    return Err(too_deep(at));
                }
                if nodes > self.left {
                    return Err(too_many(at));
                }
                let mut node = node.clone();
                self.left -= nodes;
                node.at = at;
                self.node(node, 0)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn at(&self, span: Span) -> At {
        let range = span.byte_range().unwrap_or(0..0);
        // The span of a block scalar reaches to the next token; a place is one line at most.
        let line = self.text.get(range.clone()).and_then(|text| text.lines().next()).map_or(0, str::len);
        At::new(span.start.line(), span.start.col(), range.start..range.start + line)
    }

    fn push(&mut self, open: Open, at: At) -> Result<(), Wrong> {
        if let Some(Open::Map { key: None, .. }) = self.open.last() {
            return Err(Wrong::new(at, "a key must be text or a number"));
        }
        if self.open.len() >= DEPTH {
            return Err(too_deep(at));
        }
        self.open.push(open);
        Ok(())
    }

    /// Puts a finished node where it belongs.
    fn node(&mut self, node: Node, anchor: usize) -> Result<(), Wrong> {
        self.left = self.left.checked_sub(1).ok_or_else(|| too_many(node.at))?;
        if anchor != 0 {
            let (nodes, _) = node.measure();
            self.left = self.left.checked_sub(nodes).ok_or_else(|| too_many(node.at))?;
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open::List { items, .. }) => items.push(node),
            Some(Open::Map { entries, key, .. }) => match key.take() {
                Some(name) => entries.push((name, node)),
                None => {
                    let Value::Scalar { text, .. } = node.value else {
                        return Err(Wrong::new(node.at, "a key must be text or a number"));
                    };
                    *key = Some(Key { at: node.at, text });
                }
            },
        }
        Ok(())
    }
}

/// Two entries of a mapping with the same key.
pub(crate) fn unique(entries: &[(Key, Node)]) -> Result<(), Wrong> {
    let mut seen: HashMap<&str, At> = HashMap::with_capacity(entries.len());
    for (key, _) in entries {
        if let Some(first) = seen.insert(&key.text, key.at) {
            return Err(Wrong::new(key.at, format!("`{}` is given twice; first on line {}", key.text, first.line)));
        }
    }
    Ok(())
}

fn too_deep(at: At) -> Wrong {
    Wrong::new(at, format!("nested more than {DEPTH} levels deep"))
}

fn too_many(at: At) -> Wrong {
    Wrong::new(at, format!("more than {NODES} values in one file"))
}

fn tag_is_text(tag: Option<&Tag>, at: At) -> Result<(), Wrong> {
    match tag {
        Some(tag) if !tag.is_yaml_core_schema_tag("str") && tag.original() != "!" => no_tag(Some(tag), at),
        _ => Ok(()),
    }
}

fn no_tag(tag: Option<&Tag>, at: At) -> Result<(), Wrong> {
    match tag {
        Some(tag) => Err(Wrong::new(at, format!("the tag `{}` has no meaning here", tag.original()))),
        None => Ok(()),
    }
}
