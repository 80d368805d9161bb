//! The compact tree: nodes and attributes in flat arrays, names and values as ranges of the text.

use std::fmt;
use std::sync::Arc;

use super::characters::{is_blank, trim};
use crate::source::{SourceId, Span};

/// A piece of text with its place. `value` borrows from the document; where the source had references, CDATA or comments inside,
/// `value` is the decoded text and `span` covers what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text<'d> {
    /// The decoded value.
    pub value: &'d str,
    /// Where it is written.
    pub span: Span,
}

/// An attribute of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// The name as written, with its prefix.
    pub name: &'d str,
    /// Where the name is written.
    pub name_span: Span,
    /// The value, decoded and normalised as XML says (white space characters are blanks); its span lies between the quotes.
    pub value: Text<'d>,
    /// The whole attribute, name to closing quote.
    pub span: Span,
}

/// Where a value lives: in the source text or, decoded, in the document's side buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// What was written (for the span).
    pub(super) start: u32,
    pub(super) end: u32,
    /// Start in `Document::decoded`; `NONE` = the value is the written text itself.
    pub(super) decoded: u32,
    pub(super) decoded_len: u32,
}

impl Stored {
    /// A value that is the written text itself.
    pub(super) fn verbatim(start: usize, end: usize) -> Self {
        Self { start: start as u32, end: end as u32, decoded: NONE, decoded_len: 0 }
    }
}

/// An element; its subtree follows it in the array.
#[derive(Debug)]
pub(super) struct NodeData {
    /// Qualified name in the source text.
    pub(super) name: u32,
    pub(super) name_len: u32,
    /// Length of the namespace prefix with its colon.
    pub(super) prefix_len: u32,
    /// The whole element, start tag to end tag.
    pub(super) start: u32,
    pub(super) end: u32,
    /// End of the start tag.
    pub(super) open_end: u32,
    pub(super) first_attribute: u32,
    pub(super) attribute_count: u32,
    /// Index into `Document::namespaces`, or `NONE`.
    pub(super) namespace: u32,
    /// The node around it; its own index at the root.
    pub(super) parent: u32,
    /// One past the last node of the subtree: the next sibling, if there is one.
    pub(super) subtree_end: u32,
    /// All character data directly inside, joined.
    pub(super) text: Stored,
}

#[derive(Debug)]
pub(super) struct AttributeData {
    pub(super) name: u32,
    pub(super) name_len: u32,
    pub(super) value: Stored,
}

/// No node, no namespace, nothing decoded.
pub(super) const NONE: u32 = u32::MAX;

/// One parsed file: the text and the tree over it.
#[derive(Debug)]
pub struct Document {
    pub(super) file: SourceId,
    pub(super) text: Arc<str>,
    pub(super) decoded: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
    pub(super) namespaces: Vec<Stored>,
}

impl Document {
    /// The root element; the first one when the file wrongly has several.
    pub fn root(&self) -> Option<Element<'_>> {
        self.element(0)
    }

    /// All elements in the order of their start tags.
    pub fn elements(&self) -> impl ExactSizeIterator<Item = Element<'_>> {
        self.nodes.iter().enumerate().map(|(index, data)| Element { document: self, data, index: index as u32 })
    }

    /// The element whose start tag begins at this offset.
    pub fn element_at(&self, start: u32) -> Option<Element<'_>> {
        let index = self.nodes.partition_point(|node| node.start < start);
        self.element(index as u32).filter(|element| element.data.start == start)
    }

    /// The elements around this offset, the root first, the innermost last.
    pub fn path_to(&self, offset: u32) -> Vec<Element<'_>> {
        let innermost = self.nodes.partition_point(|node| node.start <= offset).checked_sub(1);
        let mut next = innermost.and_then(|index| self.element(index as u32));
        let mut path = Vec::new();
        while let Some(element) = next {
            if offset < element.data.end {
                path.push(element);
            }
            next = element.parent();
        }
        path.reverse();
        path
    }

    /// The file that was read.
    pub fn file(&self) -> SourceId {
        self.file
    }

    fn element(&self, index: u32) -> Option<Element<'_>> {
        self.nodes.get(index as usize).map(|data| Element { document: self, data, index })
    }

    fn span(&self, start: u32, end: u32) -> Span {
        Span { file: self.file, start, end }
    }

    fn written(&self, start: u32, end: u32) -> &str {
        self.text.get(start as usize..end as usize).unwrap_or("")
    }

    fn value(&self, stored: Stored) -> &str {
        if stored.decoded == NONE {
            return self.written(stored.start, stored.end);
        }
        self.decoded.get(stored.decoded as usize..stored.decoded as usize + stored.decoded_len as usize).unwrap_or("")
    }
}

/// One element of a document.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    data: &'d NodeData,
    index: u32,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> at {}..{}", self.prefixed_name(), self.data.start, self.data.end)
    }
}

impl<'d> Element<'d> {
    /// The local name, without a prefix.
    pub fn name(self) -> &'d str {
        self.document.written(self.data.name + self.data.prefix_len, self.data.name + self.data.name_len)
    }

    /// The name as written, with its prefix.
    pub fn prefixed_name(self) -> &'d str {
        self.document.written(self.data.name, self.data.name + self.data.name_len)
    }

    /// The namespace that the element is in.
    pub fn namespace(self) -> Option<&'d str> {
        self.document.namespaces.get(self.data.namespace as usize).map(|stored| self.document.value(*stored))
    }

    /// The whole element, start tag to end tag.
    pub fn span(self) -> Span {
        self.document.span(self.data.start, self.data.end)
    }

    /// The start tag.
    pub fn start_tag(self) -> Span {
        self.document.span(self.data.start, self.data.open_end)
    }

    /// The end tag; `None` where the element has none.
    pub fn end_tag(self) -> Option<Span> {
        let inside = self.document.written(self.data.open_end, self.data.end);
        let start = inside.rfind("</").filter(|_| inside.ends_with('>'))?;
        Some(self.document.span(self.data.open_end + start as u32, self.data.end))
    }

    /// The name in the start tag.
    pub fn name_span(self) -> Span {
        self.document.span(self.data.name, self.data.name + self.data.name_len)
    }

    /// The attributes as written, without the declarations of namespaces.
    pub fn attributes(self) -> impl Iterator<Item = Attribute<'d>> {
        let first = self.data.first_attribute as usize;
        let attributes = self.document.attributes.get(first..first + self.data.attribute_count as usize).unwrap_or_default();
        attributes.iter().map(move |attribute| {
            let name_end = attribute.name + attribute.name_len;
            let value = attribute.value;
            // The value ends before its closing quote; a value that lacks its quotes may end at the end of the file.
            let end = (value.end + 1).min(self.data.open_end);
            Attribute {
                name: self.document.written(attribute.name, name_end),
                name_span: self.document.span(attribute.name, name_end),
                value: Text { value: self.document.value(value), span: self.document.span(value.start, value.end) },
                span: self.document.span(attribute.name, end),
            }
        })
    }

    /// The value of an attribute, by its name as written (with prefix) and in its exact case.
    pub fn attribute(self, name: &str) -> Option<Text<'d>> {
        self.attributes().find(|attribute| attribute.name == name).map(|attribute| attribute.value)
    }

    /// The element around it.
    pub fn parent(self) -> Option<Element<'d>> {
        (self.data.parent != self.index).then(|| self.document.element(self.data.parent))?
    }

    /// The elements directly inside, in document order.
    pub fn children(self) -> impl Iterator<Item = Element<'d>> {
        let mut next = self.index + 1;
        let end = self.data.subtree_end;
        std::iter::from_fn(move || {
            let child = (next < end).then(|| self.document.element(next))??;
            next = child.data.subtree_end;
            Some(child)
        })
    }

    /// All character data directly inside, joined over comments, CDATA sections, references and child elements; not trimmed. Where an
    /// element has child elements and only blanks between them, it is empty. The span runs from the first to the last character that
    /// is not blank; without any it is the element's.
    pub fn text(self) -> Text<'d> {
        let stored = self.data.text;
        let value = self.document.value(stored);
        let span = if is_blank(value) {
            self.span()
        } else if stored.decoded == NONE {
            let (start, end) = trim(value);
            self.document.span(stored.start + start as u32, stored.start + end as u32)
        } else {
            self.document.span(stored.start, stored.end)
        };
        Text { value, span }
    }

    /// Whether there is character data directly inside that is not blank.
    pub fn has_text(self) -> bool {
        !is_blank(self.document.value(self.data.text))
    }
}
