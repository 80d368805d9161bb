//! Elements after merging: like those of a file, but each knows where it comes from.

use serde::Serialize;

use crate::policy_set::PolicySet;
use crate::source::{Place, Span};
use crate::xml::Element;

/// An element.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) text: Option<String>,
    /// Where it is written; a container whose items come from several files has none.
    #[serde(flatten)]
    pub(super) at: Option<Place>,
    pub(super) children: Vec<Node>,
}

/// An attribute; with a place of its own where it is not that of its element.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attribute {
    pub(super) name: String,
    pub(super) value: String,
    #[serde(flatten)]
    pub(super) at: Option<Place>,
}

impl Node {
    pub(super) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), attributes: Vec::new(), text: None, at: None, children: Vec::new() }
    }

    pub(super) fn attribute(mut self, name: &str, value: &str, at: Option<Place>) -> Self {
        self.attributes.push(Attribute { name: name.to_owned(), value: value.to_owned(), at });
        self
    }

    /// Adds children; without any nothing changes.
    pub(super) fn children(mut self, children: impl IntoIterator<Item = Node>) -> Self {
        self.children.extend(children);
        self
    }

    /// Adds a container with these children, unless there are none.
    pub(super) fn list(self, name: &str, children: Vec<Node>) -> Self {
        if children.is_empty() { self } else { self.children([Node::new(name).children(children)]) }
    }
}

/// Reads elements out of the files.
#[derive(Clone, Copy)]
pub(super) struct Written<'p> {
    pub(super) set: &'p PolicySet,
}

impl Written<'_> {
    pub(super) fn place(self, span: Span) -> Place {
        self.set.sources().place(span)
    }

    /// The innermost element around a place, as written: of a start tag its element, of an attribute the one that has it.
    pub(super) fn node(self, span: Span) -> Option<Node> {
        Some(self.copy(*self.set.document(span.file)?.path_to(span.start).last()?))
    }

    pub(super) fn nodes(self, spans: impl IntoIterator<Item = Span>) -> Vec<Node> {
        spans.into_iter().filter_map(|span| self.node(span)).collect()
    }

    fn copy(self, element: Element<'_>) -> Node {
        let mut node = Node::new(element.name());
        node.at = Some(self.place(element.start_tag()));
        for attribute in element.attributes() {
            node = node.attribute(attribute.name, attribute.value.value, None);
        }
        node.text = element.has_text().then(|| element.text().value.trim().to_owned());
        // The reader refuses what is nested deeper than its limit.
        node.children(element.children().map(|child| self.copy(child)))
    }
}
