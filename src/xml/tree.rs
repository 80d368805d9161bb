//! The compact tree: nodes and attributes in flat arrays, names and values as ranges of the text.

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

/// Where a value lives: in the source text or, decoded, in the document's side buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stored {
    /// What was written (for the span).
    pub(super) start: u32,
    pub(super) end: u32,
    /// Range in `Document::decoded`; `u32::MAX` = the value is the written text itself.
    pub(super) decoded: u32,
    pub(super) decoded_len: u32,
}

#[derive(Debug)]
pub(super) struct NodeData {
    /// Qualified name in the source text.
    pub(super) name: (u32, u32),
    /// Length of the namespace prefix with its colon.
    pub(super) prefix: u16,
    /// The whole element, start tag to end tag.
    pub(super) span: (u32, u32),
    /// End of the start tag.
    pub(super) open_end: u32,
    pub(super) first_attribute: u32,
    pub(super) attribute_count: u32,
    pub(super) first_child: u32,
    pub(super) next_sibling: u32,
    /// All character data directly inside, joined; trimmed by [`Element::text`].
    pub(super) text: Stored,
}

#[derive(Debug)]
pub(super) struct AttributeData {
    pub(super) name: (u32, u32),
    pub(super) value: Stored,
}

/// No node.
pub(super) const NONE: u32 = u32::MAX;

/// One parsed file: the text and the tree over it.
#[derive(Debug)]
pub struct Document {
    pub(super) file: SourceId,
    pub(super) text: std::sync::Arc<str>,
    pub(super) decoded: String,
    pub(super) nodes: Vec<NodeData>,
    pub(super) attributes: Vec<AttributeData>,
}
