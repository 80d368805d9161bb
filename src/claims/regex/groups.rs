//! Reads groups, look-around, conditions and inline options.

use super::node::Node;
use super::parse::{Declared, Parser, Result};

/// Deeper groups are refused.
const MAX_DEPTH: usize = 50;

impl Parser<'_> {
    /// After the `(` at `start`.
    pub(super) fn group(&mut self, start: usize) -> Result<Option<Node>> {
        if !self.eat('?') {
            if self.options.explicit_capture {
                return self.body(start).map(Some);
            }
            self.unnamed += 1;
            let group = self.unnamed;
            self.declared.push(Declared::Number(group));
            return Ok(Some(Node::Capture { group, node: Box::new(self.body(start)?) }));
        }
        let look = |ahead, negated, node| Node::Look { ahead, negated, node: Box::new(node) };
        Ok(Some(match self.peek() {
            Some(':') => {
                self.at += 1;
                self.body(start)?
            }
            Some('>') => {
                self.at += 1;
                Node::Atomic(Box::new(self.body(start)?))
            }
            Some('=') => {
                self.at += 1;
                look(true, false, self.body(start)?)
            }
            Some('!') => {
                self.at += 1;
                look(true, true, self.body(start)?)
            }
            Some('<') if self.looking_at("<=") => {
                self.at += 2;
                look(false, false, self.body(start)?)
            }
            Some('<') if self.looking_at("<!") => {
                self.at += 2;
                look(false, true, self.body(start)?)
            }
            Some(open @ ('<' | '\'')) => {
                self.at += 1;
                self.named_group(start, if open == '<' { '>' } else { '\'' })?
            }
            Some('(') => self.conditional(start)?,
            _ => return self.options(start),
        }))
    }

    /// What is in a group, to its `)`. Options set inside end with it.
    fn body(&mut self, start: usize) -> Result<Node> {
        let outer = self.options;
        self.enter(start)?;
        let node = self.alternation()?;
        self.leave(start)?;
        self.options = outer;
        Ok(node)
    }

    pub(super) fn enter(&mut self, start: usize) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return self.limit(format!("groups are nested deeper than {MAX_DEPTH}"), start);
        }
        Ok(())
    }

    fn leave(&mut self, start: usize) -> Result<()> {
        self.depth -= 1;
        if !self.eat(')') {
            return self.error("not enough `)`", start);
        }
        Ok(())
    }

    fn named_group(&mut self, start: usize, close: char) -> Result<Node> {
        let group = match self.peek() {
            Some(digit) if digit.is_ascii_digit() => {
                let number = self.decimal()?;
                if number == 0 {
                    return self.error("the group number cannot be zero", start);
                }
                self.declared.push(Declared::Number(number));
                number
            }
            Some('-') => 0,
            _ => {
                let name = self.name();
                if name.is_empty() {
                    return self.error("invalid group name: it must begin with a word character", self.at);
                }
                let number = self.groups().and_then(|groups| groups.number(&name)).unwrap_or_default();
                self.declared.push(Declared::Name(name));
                number
            }
        };
        if self.peek() == Some('-') {
            return self.limit("balancing groups `(?<name-name>…)` are not supported", start);
        }
        if !self.eat(close) {
            return self.error("invalid group name: it must begin with a word character", self.at);
        }
        Ok(Node::Capture { group, node: Box::new(self.body(start)?) })
    }

    /// `(?i-s)` and `(?i-s:…)`, after the `?`.
    fn options(&mut self, start: usize) -> Result<Option<Node>> {
        let mut options = self.options;
        let mut on = true;
        loop {
            match self.next() {
                Some('i') => options.ignore_case = on,
                Some('m') => options.multiline = on,
                Some('s') => options.single_line = on,
                Some('n') => options.explicit_capture = on,
                Some('x') => options.ignore_blanks = on,
                Some('+') => on = true,
                Some('-') => on = false,
                Some(')') => {
                    self.options = options;
                    return Ok(None);
                }
                Some(':') => {
                    let outer = std::mem::replace(&mut self.options, options);
                    let node = self.body(start)?;
                    self.options = outer;
                    return Ok(Some(node));
                }
                Some('P') if self.looking_at("<") => {
                    return self.error("unrecognized grouping construct `(?P<`: .NET writes `(?<name>…)`", start);
                }
                _ => return self.error("unrecognized grouping construct", start),
            }
        }
    }

    /// `(?(…)yes|no)`, before the inner `(`.
    fn conditional(&mut self, start: usize) -> Result<Node> {
        let inner = self.at;
        self.at += 1;
        let group = match self.peek() {
            Some(digit) if digit.is_ascii_digit() => {
                let number = self.decimal()?;
                if !self.eat(')') {
                    return self.error("malformed alternation `(?(…)…)`", inner);
                }
                if self.groups().is_some_and(|groups| !groups.has(number)) {
                    return self.error(format!("`(?({number})` refers to a group that does not exist"), inner);
                }
                Some(number)
            }
            _ => {
                let name = self.name();
                let number = self.groups().and_then(|groups| groups.number(&name));
                number.filter(|_| self.eat(')'))
            }
        };
        let condition = match group {
            Some(_) => None,
            None => {
                self.at = inner;
                if self.looking_at("(?#") || self.looking_at("(?<") && !self.looking_at("(?<=") && !self.looking_at("(?<!") {
                    return self.error("the condition of `(?(…)…)` can be neither a comment nor a group with a name", inner);
                }
                // The condition may be a look-around itself; else it is what is looked for to the right.
                let looks = ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|look| self.looking_at(look));
                self.at += 1;
                let node = if looks {
                    match self.group(inner)? {
                        Some(node) => node,
                        None => Node::Empty,
                    }
                } else {
                    Node::Look { ahead: true, negated: false, node: Box::new(self.body(inner)?) }
                };
                Some(node)
            }
        };
        let outer = self.options;
        self.enter(start)?;
        let mut branches = self.choices()?.into_iter();
        let (yes, no) = (branches.next().unwrap_or(Node::Empty), branches.next().unwrap_or(Node::Empty));
        if branches.next().is_some() {
            return self.error("too many `|` in `(?(…)…)`", start);
        }
        self.leave(start)?;
        self.options = outer;
        let (yes, no) = (Box::new(yes), Box::new(no));
        Ok(match (group, condition) {
            (Some(group), _) => Node::IfGroup { group, yes, no },
            (None, Some(condition)) => Node::IfLook { condition: Box::new(condition), yes, no },
            (None, None) => Node::Empty,
        })
    }
}
