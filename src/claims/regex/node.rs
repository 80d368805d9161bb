//! What a .NET pattern says, with all options already applied to its parts.

/// One part of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::claims) enum Node {
    /// Matches the empty text.
    Empty,
    /// This character.
    Literal(char),
    /// One character of a set, spelled as a class of the Rust syntax.
    Class(String),
    /// A place.
    Anchor(Anchor),
    /// One after the other.
    Concat(Vec<Node>),
    /// The first that leads to a match.
    Alternate(Vec<Node>),
    /// Again and again.
    Repeat {
        /// What.
        node: Box<Node>,
        /// At least.
        min: u32,
        /// At most; `None` = no limit.
        max: Option<u32>,
        /// As few as possible first.
        lazy: bool,
    },
    /// A group that is remembered, by its .NET number.
    Capture {
        /// The number.
        group: u32,
        /// What is in it.
        node: Box<Node>,
    },
    /// A group that is not entered again once left.
    Atomic(Box<Node>),
    /// Look-around.
    Look {
        /// To the right, else to the left.
        ahead: bool,
        /// Must not match.
        negated: bool,
        /// What.
        node: Box<Node>,
    },
    /// The text of a group again.
    Backreference {
        /// The number of the group.
        group: u32,
        /// Under the option `i`.
        ignore_case: bool,
    },
    /// `(?(1)yes|no)`.
    IfGroup {
        /// The number of the group.
        group: u32,
        /// When it has matched.
        yes: Box<Node>,
        /// When it has not.
        no: Box<Node>,
    },
    /// `(?(condition)yes|no)`.
    IfLook {
        /// Looked for without being consumed.
        condition: Box<Node>,
        /// When it matches here.
        yes: Box<Node>,
        /// When it does not.
        no: Box<Node>,
    },
}

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::claims) enum Anchor {
    /// `\A`, and `^` without the option `m`.
    Start,
    /// `^` with the option `m`.
    LineStart,
    /// `\Z`, and `$` without the option `m`: the end, or before the line feed that ends the text.
    End,
    /// `\z`.
    VeryEnd,
    /// `$` with the option `m`.
    LineEnd,
    /// `\b`.
    Boundary,
    /// `\B`.
    NotBoundary,
    /// `\G`.
    Continue,
}

impl Node {
    /// Several parts as one.
    pub(super) fn concat(mut parts: Vec<Node>) -> Node {
        match parts.len() {
            0 => Node::Empty,
            1 => parts.pop().unwrap_or(Node::Empty),
            _ => Node::Concat(parts),
        }
    }

    /// Several choices as one.
    pub(super) fn alternate(mut choices: Vec<Node>) -> Node {
        match choices.len() {
            0 => Node::Empty,
            1 => choices.pop().unwrap_or(Node::Empty),
            _ => Node::Alternate(choices),
        }
    }

    /// Whether it never consumes anything.
    pub(super) fn is_zero_width(&self) -> bool {
        match self {
            Node::Empty | Node::Anchor(_) | Node::Look { .. } => true,
            Node::Concat(parts) | Node::Alternate(parts) => parts.iter().all(Node::is_zero_width),
            Node::Repeat { node, max, .. } => *max == Some(0) || node.is_zero_width(),
            Node::Literal(_)
            | Node::Class(_)
            | Node::Capture { .. }
            | Node::Atomic(_)
            | Node::Backreference { .. }
            | Node::IfGroup { .. }
            | Node::IfLook { .. } => false,
        }
    }
}
