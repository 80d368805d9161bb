//! Reads a .NET pattern. Source: .NET's "Regular expression language" pages; where they are silent, the order in which .NET's own parser
//! decides.

use super::RegexError;
use super::class::{ANY, NOT_LINE_FEED, folded};
use super::node::{Anchor, Node};

/// Longer patterns are refused.
const MAX_LENGTH: usize = 32 * 1024;

/// A pattern that has been read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) node: Node,
    pub(super) groups: Groups,
}

/// The groups of a pattern. Unnamed groups are numbered first, then the named ones, each from the left.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Groups {
    /// Every number in use.
    pub(super) numbers: Vec<u32>,
    /// Names in the order of their numbers.
    pub(super) names: Vec<(String, u32)>,
}

impl Groups {
    pub(super) fn has(&self, number: u32) -> bool {
        number == 0 || self.numbers.contains(&number)
    }

    pub(super) fn number(&self, name: &str) -> Option<u32> {
        self.names.iter().find(|(other, _)| other == name).map(|(_, number)| *number)
    }
}

/// Reads a pattern: once for its groups, and again if something in it hangs on them, since a back-reference may come before its group.
pub(super) fn parse(pattern: &str) -> Result<Parsed> {
    if pattern.len() > MAX_LENGTH {
        return Err(RegexError::new(format!("the pattern is longer than {MAX_LENGTH} bytes"), None).ours());
    }
    let characters: Vec<char> = pattern.chars().collect();
    let mut first = Parser::new(&characters, None);
    let node = first.whole()?;
    let mut groups = Groups::default();
    for group in &first.declared {
        if let Declared::Number(number) = group
            && !groups.numbers.contains(number)
        {
            groups.numbers.push(*number);
        }
    }
    let mut next = first.unnamed + 1;
    for group in first.declared {
        if let Declared::Name(name) = group
            && groups.number(&name).is_none()
        {
            while groups.numbers.contains(&next) {
                next += 1;
            }
            groups.numbers.push(next);
            groups.names.push((name, next));
        }
    }
    let node = if first.asked { Parser::new(&characters, Some(&groups)).whole()? } else { node };
    Ok(Parsed { node, groups })
}

pub(super) enum Declared {
    Number(u32),
    Name(String),
}

/// Inline options.
#[derive(Clone, Copy, Default)]
pub(super) struct Options {
    pub(super) ignore_case: bool,
    pub(super) multiline: bool,
    pub(super) single_line: bool,
    pub(super) explicit_capture: bool,
    pub(super) ignore_blanks: bool,
}

pub(super) struct Parser<'a> {
    characters: &'a [char],
    pub(super) at: usize,
    pub(super) options: Options,
    pub(super) depth: usize,
    /// `None` while they are being collected.
    groups: Option<&'a Groups>,
    /// Whether the groups were asked for.
    asked: bool,
    pub(super) declared: Vec<Declared>,
    pub(super) unnamed: u32,
}

pub(super) type Result<T> = std::result::Result<T, RegexError>;

impl<'a> Parser<'a> {
    fn new(characters: &'a [char], groups: Option<&'a Groups>) -> Self {
        Self { characters, at: 0, options: Options::default(), depth: 0, groups, asked: false, declared: Vec::new(), unnamed: 0 }
    }

    /// The groups of the whole pattern, once they are known.
    pub(super) fn groups(&mut self) -> Option<&'a Groups> {
        self.asked = true;
        self.groups
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.peek_at(0)
    }

    pub(super) fn peek_at(&self, ahead: usize) -> Option<char> {
        self.characters.get(self.at + ahead).copied()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let character = self.peek()?;
        self.at += 1;
        Some(character)
    }

    pub(super) fn eat(&mut self, character: char) -> bool {
        let found = self.peek() == Some(character);
        self.at += usize::from(found);
        found
    }

    pub(super) fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(ahead, character)| self.peek_at(ahead) == Some(character))
    }

    /// An error at a character of the pattern.
    pub(super) fn error<T>(&self, message: impl Into<String>, at: usize) -> Result<T> {
        let offset = self.characters.iter().take(at).map(|character| character.len_utf8()).sum();
        Err(RegexError::new(message, Some(offset)))
    }

    /// The same for what .NET takes and this engine does not.
    pub(super) fn limit<T>(&self, message: impl Into<String>, at: usize) -> Result<T> {
        self.error(message, at).map_err(RegexError::ours)
    }

    fn whole(&mut self) -> Result<Node> {
        let node = self.alternation()?;
        if self.peek().is_some() {
            return self.error("too many `)`", self.at);
        }
        Ok(node)
    }

    /// Up to the end or a `)` that belongs to somebody else.
    pub(super) fn alternation(&mut self) -> Result<Node> {
        Ok(Node::alternate(self.choices()?))
    }

    pub(super) fn choices(&mut self) -> Result<Vec<Node>> {
        let mut choices = vec![self.sequence()?];
        while self.eat('|') {
            choices.push(self.sequence()?);
        }
        Ok(choices)
    }

    fn sequence(&mut self) -> Result<Node> {
        let mut parts = Vec::new();
        loop {
            self.skip_blanks()?;
            match self.peek() {
                None | Some('|' | ')') => return Ok(Node::concat(parts)),
                Some(_) => {}
            }
            if let Some(atom) = self.atom()? {
                parts.push(self.quantified(atom)?);
            }
        }
    }

    /// Comments, and under the option `x` blanks and `#` to the end of the line.
    fn skip_blanks(&mut self) -> Result<()> {
        loop {
            match self.peek() {
                Some(character) if self.options.ignore_blanks && character.is_whitespace() => self.at += 1,
                Some('#') if self.options.ignore_blanks => {
                    while self.peek().is_some_and(|character| character != '\n') {
                        self.at += 1;
                    }
                }
                Some('(') if self.looking_at("(?#") => {
                    let start = self.at;
                    while !matches!(self.next(), Some(')')) {
                        if self.peek().is_none() {
                            return self.error("unterminated comment `(?#`", start);
                        }
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// One part; `None` for options, which only change what follows.
    fn atom(&mut self) -> Result<Option<Node>> {
        let start = self.at;
        let Some(character) = self.next() else { return Ok(None) };
        Ok(Some(match character {
            '(' => return self.group(start),
            '[' => Node::Class(self.class(start)?),
            '\\' => self.escape(start)?,
            '^' if self.options.multiline => Node::Anchor(Anchor::LineStart),
            '^' => Node::Anchor(Anchor::Start),
            '$' if self.options.multiline => Node::Anchor(Anchor::LineEnd),
            '$' => Node::Anchor(Anchor::End),
            '.' => Node::Class(if self.options.single_line { ANY } else { NOT_LINE_FEED }.to_owned()),
            '*' | '+' | '?' => return self.error(format!("quantifier `{character}` following nothing"), start),
            '{' if self.quantifier_follows(start) => return self.error("quantifier `{` following nothing", start),
            _ => self.literal(character),
        }))
    }

    pub(super) fn literal(&self, character: char) -> Node {
        let class = if self.options.ignore_case { folded(character) } else { None };
        class.map_or(Node::Literal(character), Node::Class)
    }

    /// Whether a quantifier begins here; a `{` that does not begin one is a literal.
    fn quantifier_follows(&self, at: usize) -> bool {
        let mut rest = self.characters.get(at..).unwrap_or_default().iter().copied();
        match rest.next() {
            Some('*' | '+' | '?') => true,
            Some('{') => {
                let mut rest = rest.peekable();
                let mut digits = 0;
                while rest.next_if(char::is_ascii_digit).is_some() {
                    digits += 1;
                }
                if digits == 0 {
                    return false;
                }
                if rest.next_if_eq(&',').is_some() {
                    while rest.next_if(char::is_ascii_digit).is_some() {}
                }
                rest.next() == Some('}')
            }
            _ => false,
        }
    }

    fn quantified(&mut self, node: Node) -> Result<Node> {
        self.skip_blanks()?;
        let start = self.at;
        if !self.quantifier_follows(start) {
            return Ok(node);
        }
        let (min, max) = match self.next() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            _ => {
                let min = self.decimal()?;
                let max = if !self.eat(',') {
                    Some(min)
                } else if self.peek() == Some('}') {
                    None
                } else {
                    Some(self.decimal()?)
                };
                self.at += 1;
                (min, max)
            }
        };
        if max.is_some_and(|max| max < min) {
            return self.error("illegal `{x,y}` with x > y", start);
        }
        self.skip_blanks()?;
        let lazy = self.eat('?');
        self.skip_blanks()?;
        if self.quantifier_follows(self.at) {
            let quantifier = self.peek().unwrap_or_default();
            return self.error(format!("nested quantifier `{quantifier}`"), self.at);
        }
        Ok(Node::Repeat { node: Box::new(node), min, max, lazy })
    }

    pub(super) fn decimal(&mut self) -> Result<u32> {
        let start = self.at;
        let mut value: u32 = 0;
        while let Some(digit) = self.peek().and_then(|character| character.to_digit(10)) {
            self.at += 1;
            value = match value.checked_mul(10).and_then(|value| value.checked_add(digit)).filter(|value| i32::try_from(*value).is_ok()) {
                Some(value) => value,
                None => return self.error(format!("numbers in a pattern must not exceed {}", i32::MAX), start),
            };
        }
        Ok(value)
    }

    pub(super) fn name(&mut self) -> String {
        let mut name = String::new();
        while let Some(character) = self.peek().filter(|character| is_word(*character)) {
            self.at += 1;
            name.push(character);
        }
        name
    }
}

/// What may stand in a group name, and what may not be escaped without a meaning.
pub(super) fn is_word(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '\u{200C}' | '\u{200D}' | '\u{203F}' | '\u{2040}' | '\u{2054}')
}
