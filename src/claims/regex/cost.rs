//! What a pattern costs, so that no pattern and no text holds up a run.

use super::node::Node;

/// Patterns that must take more steps than this at one place of a text are refused.
pub(super) const MAX_STEPS: u64 = 20_000;
/// Longer texts are not searched with look-around and the like, which can take time in the square of the length.
pub(super) const MAX_TEXT: usize = 16 * 1024;
/// A repeated part that is larger is not unrolled: the engine would refuse `[\w\s]{1,255}` for its size.
const MAX_UNROLLED: u64 = 4_000;

impl Node {
    /// How many steps a match takes at least, counting each required round of a repeat.
    pub(super) fn steps(&self) -> u64 {
        match self {
            Node::Empty | Node::Literal(_) | Node::Class(_) | Node::Anchor(_) | Node::Backreference { .. } => 1,
            Node::Concat(parts) | Node::Alternate(parts) => parts.iter().fold(0, |sum, part| sum.saturating_add(part.steps())),
            Node::Repeat { node, min, .. } if node.is_zero_width() => node.steps().saturating_mul(u64::from(*min).min(1)),
            Node::Repeat { node, min, .. } => node.steps().saturating_mul(u64::from(*min).max(1)),
            Node::Capture { node, .. } | Node::Atomic(node) | Node::Look { node, .. } => node.steps(),
            Node::IfGroup { yes, no, .. } => yes.steps().saturating_add(no.steps()),
            Node::IfLook { condition, yes, no } => condition.steps().saturating_add(yes.steps()).saturating_add(no.steps()),
        }
    }

    /// Whether a search may take time in the square of the text's length or worse.
    pub(super) fn backtracks(&self) -> bool {
        match self {
            Node::Empty | Node::Literal(_) | Node::Class(_) | Node::Anchor(_) => false,
            Node::Concat(parts) | Node::Alternate(parts) => parts.iter().any(Node::backtracks),
            Node::Repeat { node, .. } | Node::Capture { node, .. } => node.backtracks(),
            Node::Atomic(_) | Node::Look { .. } | Node::Backreference { .. } | Node::IfGroup { .. } | Node::IfLook { .. } => true,
        }
    }

    /// Whether this part, repeated so often, is too large to be written out.
    pub(super) fn is_too_large_for(&self, rounds: u32) -> bool {
        rounds > 1 && self.size().saturating_mul(rounds.into()) > MAX_UNROLLED
    }

    /// The size in the engine, roughly.
    fn size(&self) -> u64 {
        match self {
            Node::Empty | Node::Literal(_) | Node::Anchor(_) | Node::Backreference { .. } => 1,
            Node::Class(class) if class.contains(r"\p") || class.contains(r"\s") => 300,
            Node::Class(class) if class.starts_with("[^") => 10,
            Node::Class(class) => class.len() as u64 / 8 + 1,
            Node::Concat(parts) | Node::Alternate(parts) => parts.iter().fold(0, |sum, part| sum.saturating_add(part.size())),
            Node::Repeat { node, min, max, .. } => node.size().saturating_mul(u64::from(max.unwrap_or(*min).max(1))).min(MAX_UNROLLED),
            Node::Capture { node, .. } | Node::Atomic(node) | Node::Look { node, .. } => node.size(),
            Node::IfGroup { yes, no, .. } => yes.size().saturating_add(no.size()),
            Node::IfLook { condition, yes, no } => condition.size().saturating_add(yes.size()).saturating_add(no.size()),
        }
    }
}
