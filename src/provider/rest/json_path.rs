//! Paths into a JSON reply, `a.b[0].c`, as `ResolveJsonPathsInJsonTokens` reads them.

use serde_json::{Map, Value as Json};

use crate::claims::Str;

/// A path that names one place. Wildcards, slices, filters and deep search, which name several, are no paths here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonPath {
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    /// A member of an object; where it is a number, also a position in an array, since restful-technical-profile writes
    /// `data.0.to.0.email`.
    Member(Str),
    /// A position in an array.
    Index(usize),
}

impl JsonPath {
    /// Reads `a.b`, `a[0]`, `a.0`, `['a b'].c`, with or without a leading `$.`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim();
        let mut steps = Vec::new();
        let mut fresh = true;
        if let Some(after) = rest.strip_prefix('$')
            && (after.is_empty() || after.starts_with(['.', '[']))
        {
            rest = after;
            fresh = false;
        }
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix('[') {
                let (step, after) = bracket(after)?;
                steps.push(step);
                rest = after;
            } else {
                let name = if fresh { rest } else { rest.strip_prefix('.')? };
                let end = name.find(['.', '[']).unwrap_or(name.len());
                let (name, after) = name.split_at_checked(end)?;
                if name.is_empty() || name == "*" {
                    return None;
                }
                steps.push(Step::Member(name.into()));
                rest = after;
            }
            fresh = false;
        }
        (!steps.is_empty()).then_some(Self { steps })
    }

    /// What stands at this place, if there is such a place.
    pub fn find<'j>(&self, object: &'j Map<String, Json>) -> Option<&'j Json> {
        let (first, rest) = self.steps.split_first()?;
        let Step::Member(name) = first else { return None };
        let mut at = object.get(name.as_str())?;
        for step in rest {
            at = match (step, at) {
                (Step::Member(name), Json::Object(members)) => members.get(name.as_str())?,
                (Step::Member(name), Json::Array(items)) => items.get(name.parse::<usize>().ok()?)?,
                (Step::Index(index), Json::Array(items)) => items.get(*index)?,
                _ => return None,
            };
        }
        Some(at)
    }
}

/// The inside of `[..]` and what follows it.
fn bracket(text: &str) -> Option<(Step, &str)> {
    let Some(quote @ ('\'' | '"')) = text.chars().next() else {
        let (number, after) = text.split_once(']')?;
        return Some((Step::Index(number.trim().parse().ok()?), after));
    };
    let mut name = String::new();
    let mut letters = text.char_indices().skip(1);
    while let Some((at, letter)) = letters.next() {
        if letter == '\\' {
            name.push(letters.next()?.1);
        } else if letter == quote {
            return Some((Step::Member(name.into()), text.get(at + 1..)?.strip_prefix(']')?));
        } else {
            name.push(letter);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_names_one_place() {
        let reply = json!({
            "a": { "b": [ { "c": 1 }, { "c": 2 } ], "x.y": 3 },
            "elements": [ { "handle~": { "emailAddress": "a@b.c" } } ],
            "0": "zero",
            "quo'te": 4,
        });
        let reply = reply.as_object().unwrap();
        for (path, expected) in [
            ("a.b[0].c", Some(json!(1))),
            ("a.b.1.c", Some(json!(2))),
            ("$.a.b[1]", Some(json!({ "c": 2 }))),
            ("a['x.y']", Some(json!(3))),
            ("['a'][\"b\"][0]['c']", Some(json!(1))),
            ("['quo\\'te']", Some(json!(4))),
            ("elements[0].handle~.emailAddress", Some(json!("a@b.c"))),
            ("0", Some(json!("zero"))),
            ("a.b[2].c", None),
            ("a.b.c", None),
            ("a.B[0].c", None),
            ("a.b[0].c.d", None),
            ("[0]", None),
        ] {
            assert_eq!(JsonPath::parse(path).unwrap().find(reply), expected.as_ref(), "{path}");
        }
    }

    #[test]
    fn what_names_several_places_or_none_is_no_path() {
        for text in ["", "$", "a..b", "a[*]", "a.*", "a[?(@.b)]", "a[0:2]", "a[-1]", "a[0", "a['b]", "a[0]b", ".a", "a."] {
            assert_eq!(JsonPath::parse(text), None, "{text}");
        }
    }
}
