//! Writes a pattern in the syntax of the engine.

use std::fmt::Write as _;

use super::class::push_char;
use super::node::{Anchor, Node};

/// A pattern for the engine.
#[derive(Debug)]
pub(super) struct Emitted {
    pub(super) pattern: String,
    /// The .NET number of each group of the engine, from its group 1 on. A name that stands twice in a pattern has two groups.
    pub(super) groups: Vec<u32>,
}

pub(super) fn emit(node: &Node) -> Emitted {
    let mut groups = Vec::new();
    collect(node, &mut groups);
    let mut emitter = Emitter { pattern: String::new(), groups };
    emitter.write(node, Place::Whole);
    Emitted { pattern: emitter.pattern, groups: emitter.groups }
}

/// The groups in the order in which they are written.
fn collect(node: &Node, groups: &mut Vec<u32>) {
    match node {
        Node::Empty | Node::Literal(_) | Node::Class(_) | Node::Anchor(_) | Node::Backreference { .. } => {}
        Node::Concat(parts) | Node::Alternate(parts) => parts.iter().for_each(|part| collect(part, groups)),
        Node::Capture { group, node } => {
            groups.push(*group);
            collect(node, groups);
        }
        Node::Repeat { node, .. } | Node::Atomic(node) | Node::Look { node, .. } => collect(node, groups),
        Node::IfGroup { yes, no, .. } => {
            collect(yes, groups);
            collect(no, groups);
        }
        Node::IfLook { condition, yes, no } => {
            collect(condition, groups);
            collect(yes, groups);
            collect(no, groups);
        }
    }
}

/// What surrounds a part.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// A whole group.
    Whole,
    /// A sequence.
    Sequence,
    /// A quantifier.
    Quantified,
}

struct Emitter {
    pattern: String,
    groups: Vec<u32>,
}

impl Emitter {
    fn write(&mut self, node: &Node, place: Place) {
        let wrapped = match node {
            Node::Empty | Node::Alternate(_) => place != Place::Whole,
            Node::Concat(_) | Node::Repeat { .. } => place == Place::Quantified,
            _ => false,
        };
        if wrapped {
            return self.group("(?:", node);
        }
        match node {
            Node::Empty => {}
            Node::Literal(character) => push_char(&mut self.pattern, *character),
            Node::Class(class) => self.pattern.push_str(class),
            Node::Anchor(anchor) => self.pattern.push_str(match anchor {
                Anchor::Start => r"\A",
                Anchor::LineStart => "(?m:^)",
                Anchor::End => r"(?=\n?\z)",
                Anchor::VeryEnd => r"\z",
                Anchor::LineEnd => "(?m:$)",
                Anchor::Boundary => r"\b",
                Anchor::NotBoundary => r"\B",
                Anchor::Continue => r"\G",
            }),
            Node::Concat(parts) => parts.iter().for_each(|part| self.write(part, Place::Sequence)),
            Node::Alternate(choices) => {
                for (index, choice) in choices.iter().enumerate() {
                    if index > 0 {
                        self.pattern.push('|');
                    }
                    self.write(choice, Place::Sequence);
                }
            }
            Node::Repeat { node, min, max, lazy } => self.repeat(node, *min, *max, *lazy),
            Node::Capture { node, .. } => self.group("(", node),
            Node::Atomic(node) => self.group("(?>", node),
            Node::Look { ahead, negated, node } => self.group(
                match (ahead, negated) {
                    (true, false) => "(?=",
                    (true, true) => "(?!",
                    (false, false) => "(?<=",
                    (false, true) => "(?<!",
                },
                node,
            ),
            Node::Backreference { group, ignore_case } => self.backreference(*group, *ignore_case),
            Node::IfGroup { group, yes, no } => self.if_group(*group, yes, no),
            Node::IfLook { condition, yes, no } => {
                self.pattern.push_str("(?(");
                self.write(condition, Place::Whole);
                self.pattern.push(')');
                self.branches(yes, no);
            }
        }
    }

    fn group(&mut self, open: &str, node: &Node) {
        self.pattern.push_str(open);
        self.write(node, Place::Whole);
        self.pattern.push(')');
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, lazy: bool) {
        // The engine does not repeat what consumes nothing; once is as good as often.
        if node.is_zero_width() {
            return match (min, max) {
                (0, Some(0)) => self.pattern.push_str("(?:)"),
                (0, _) if lazy => {
                    self.pattern.push_str("(?:|");
                    self.write(node, Place::Sequence);
                    self.pattern.push(')');
                }
                (0, _) => {
                    self.pattern.push_str("(?:");
                    self.write(node, Place::Sequence);
                    self.pattern.push_str("|)");
                }
                _ => self.write(node, Place::Sequence),
            };
        }
        match node {
            _ if !node.is_too_large_for(max.unwrap_or(min)) => self.write(node, Place::Quantified),
            // Both keep the engine from writing the part out once for each round, and change nothing else.
            Node::Literal(_) | Node::Class(_) => self.group("(?>", node),
            _ => {
                self.pattern.push_str("(?:");
                self.write(node, Place::Sequence);
                self.pattern.push_str("(?=))");
            }
        }
        // Writing to a string does not fail.
        let _ = match (min, max) {
            (0, None) => self.pattern.write_str("*"),
            (1, None) => self.pattern.write_str("+"),
            (0, Some(1)) => self.pattern.write_str("?"),
            (min, None) => write!(self.pattern, "{{{min},}}"),
            (min, Some(max)) if min == max => write!(self.pattern, "{{{min}}}"),
            (min, Some(max)) => write!(self.pattern, "{{{min},{max}}}"),
        };
        if lazy {
            self.pattern.push('?');
        }
    }

    /// The groups of the engine that stand for a .NET group, the last one first: it is the one .NET remembers.
    fn places(&self, group: u32) -> Vec<usize> {
        let mut places: Vec<usize> = self.groups.iter().zip(1..).filter(|(number, _)| **number == group).map(|(_, place)| place).collect();
        places.reverse();
        places
    }

    fn backreference(&mut self, group: u32, ignore_case: bool) {
        let places = self.places(group);
        let open = if ignore_case { "(?i:" } else { "(?:" };
        // Writing to a string does not fail.
        for place in &places {
            let _ = write!(self.pattern, r"(?({place}){open}\{place})|");
        }
        // .NET: a reference to a group that has not matched does not match.
        self.pattern.push_str("(?!)");
        places.iter().for_each(|_| self.pattern.push(')'));
    }

    fn if_group(&mut self, group: u32, yes: &Node, no: &Node) {
        match *self.places(group).as_slice() {
            [] => self.group("(?:", no),
            [place] => {
                let _ = write!(self.pattern, "(?({place})");
                self.branches(yes, no);
            }
            // More than one place would need the branch, and the groups in it, more than once: a look-ahead that fails unless one matched.
            ref places => {
                self.pattern.push_str("(?((?=");
                for (index, place) in places.iter().enumerate() {
                    let _ = write!(self.pattern, "{}(?({place})(?:)|(?!))", if index > 0 { "|" } else { "" });
                }
                self.pattern.push_str("))");
                self.branches(yes, no);
            }
        }
    }

    fn branches(&mut self, yes: &Node, no: &Node) {
        self.group("(?:", yes);
        self.pattern.push('|');
        self.group("(?:", no);
        self.pattern.push(')');
    }
}
