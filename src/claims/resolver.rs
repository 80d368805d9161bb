//! Claim resolvers: `{Group:Name}` inside texts (SEMANTICS 11, TRANSFORMS 12).

use super::text::Str;

/// One `{Group:Name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// For example `OIDC`.
    pub group: Str,
    /// For example `LoginHint`.
    pub name: Str,
}

/// A text with resolvers in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Str),
    Resolver(Resolver),
}

/// Where the values of resolvers come from.
pub trait Resolve {
    /// The value, `None` when there is none now.
    fn resolve(&self, resolver: &Resolver) -> Option<Str>;
}

impl Template {
    /// Splits a text; braces that hold no `Group:Name` of a known group stay text.
    pub fn parse(text: &str) -> Self {
        Self { parts: vec![Part::Text(text.into())] }
    }

    /// Whether there is nothing to resolve.
    pub fn is_literal(&self) -> bool {
        self.parts.iter().all(|part| matches!(part, Part::Text(_)))
    }

    /// The text with every resolver replaced; `None` when one of them has no value (OPEN-16).
    pub fn render(&self, source: &dyn Resolve) -> Option<Str> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Resolver(resolver) => text.push_str(&source.resolve(resolver)?),
            }
        }
        Some(text.into())
    }
}
