//! Reads escapes and character classes.

use super::class::ClassBuilder;
use super::node::{Anchor, Node};
use super::parse::{Parser, Result, is_word};

impl Parser<'_> {
    /// After the `\` at `start`.
    pub(super) fn escape(&mut self, start: usize) -> Result<Node> {
        let Some(character) = self.peek() else { return self.error(r"illegal `\` at the end of the pattern", start) };
        let anchor = match character {
            'b' => Some(Anchor::Boundary),
            'B' => Some(Anchor::NotBoundary),
            'A' => Some(Anchor::Start),
            'Z' => Some(Anchor::End),
            'z' => Some(Anchor::VeryEnd),
            'G' => Some(Anchor::Continue),
            _ => None,
        };
        if let Some(anchor) = anchor {
            self.at += 1;
            return Ok(Node::Anchor(anchor));
        }
        let mut class = ClassBuilder::new(self.options.ignore_case);
        if matches!(character, 'p' | 'P') {
            self.at += 1;
            self.property(&mut class, character == 'P', start)?;
            return Ok(Node::Class(class.finish()));
        }
        if class.add_escape(character) {
            self.at += 1;
            return Ok(Node::Class(class.finish()));
        }
        if let Some(group) = self.reference(start)? {
            return Ok(Node::Backreference { group, ignore_case: self.options.ignore_case });
        }
        let character = self.character_escape(start)?;
        Ok(self.literal(character))
    }

    /// `\1`, `\k<name>`, `\k'name'` and the old `\<name>`; `None` (nothing read) for anything else.
    fn reference(&mut self, start: usize) -> Result<Option<u32>> {
        let back = self.at;
        let named = self.eat('k');
        let close = match self.peek() {
            Some('<') => Some('>'),
            Some('\'') => Some('\''),
            _ if named => return self.error(r"malformed back-reference `\k<…>`", start),
            _ => None,
        };
        if close.is_some() {
            self.at += 1;
        }
        match (self.peek(), close) {
            (Some('0'..='9'), Some(close)) => {
                let number = self.decimal()?;
                if self.eat(close) {
                    return self.defined(number, start).map(Some);
                }
            }
            (Some('1'..='9'), None) => {
                let number = self.decimal()?;
                match self.groups() {
                    Some(groups) if number > 9 && !groups.has(number) => {}
                    _ => return self.defined(number, start).map(Some),
                }
            }
            (Some(character), Some(close)) if is_word(character) => {
                let name = self.name();
                if self.eat(close) {
                    let Some(groups) = self.groups() else { return Ok(Some(0)) };
                    return match groups.number(&name) {
                        Some(number) => Ok(Some(number)),
                        None => self.error(format!("reference to the undefined group name `{name}`"), start),
                    };
                }
            }
            _ => {}
        }
        if named {
            return self.error(r"malformed back-reference `\k<…>`", start);
        }
        self.at = back;
        Ok(None)
    }

    fn defined(&mut self, number: u32, start: usize) -> Result<u32> {
        match self.groups() {
            Some(groups) if !groups.has(number) => self.error(format!("reference to the undefined group number {number}"), start),
            _ => Ok(number),
        }
    }

    /// An escape that stands for one character, after the `\` at `start`.
    fn character_escape(&mut self, start: usize) -> Result<char> {
        let Some(character) = self.next() else { return self.error(r"illegal `\` at the end of the pattern", start) };
        Ok(match character {
            '0'..='7' => {
                self.at -= 1;
                let mut value = 0;
                for _ in 0..3 {
                    let Some(digit) = self.peek().and_then(|character| character.to_digit(8)) else { break };
                    self.at += 1;
                    value = value * 8 + digit;
                }
                // .NET cuts larger values to a byte.
                char::from((value & 0xFF) as u8)
            }
            'x' => char::from_u32(self.hexadecimal(2, start)?).unwrap_or_default(),
            'u' => self.code_unit(start)?,
            'a' => '\u{7}',
            'b' => '\u{8}',
            'e' => '\u{1B}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{B}',
            'c' => match self.next().map(|character| character.to_ascii_uppercase()) {
                Some(control @ '@'..='_') => char::from(control as u8 - b'@'),
                Some(_) => return self.error("unrecognized control character", start),
                None => return self.error("missing control character", start),
            },
            _ if is_word(character) => return self.error(format!(r"unrecognized escape sequence `\{character}`"), start),
            _ => character,
        })
    }

    fn hexadecimal(&mut self, digits: usize, start: usize) -> Result<u32> {
        let mut value = 0;
        for _ in 0..digits {
            match self.peek().and_then(|character| character.to_digit(16)) {
                Some(digit) => value = value * 16 + digit,
                None => return self.error("insufficient hexadecimal digits", start),
            }
            self.at += 1;
        }
        Ok(value)
    }

    /// The rest of `\uXXXX`; two that make a surrogate pair are one character.
    fn code_unit(&mut self, start: usize) -> Result<char> {
        let value = self.hexadecimal(4, start)?;
        if let Some(character) = char::from_u32(value) {
            return Ok(character);
        }
        if self.looking_at(r"\u") {
            self.at += 2;
            let low = self.hexadecimal(4, start)?;
            let pair = [value as u16, low as u16];
            if let Some(Ok(character)) = char::decode_utf16(pair).next() {
                return Ok(character);
            }
        }
        self.limit(format!(r"`\u{value:04X}` is half of a surrogate pair, which is not supported"), start)
    }

    /// The `{name}` of `\p{name}`.
    fn property(&mut self, class: &mut ClassBuilder, negated: bool, start: usize) -> Result<()> {
        if !self.eat('{') {
            return self.error(r"malformed `\p{X}` character escape", start);
        }
        let mut name = String::new();
        while let Some(character) = self.peek().filter(|character| is_word(*character) || *character == '-') {
            self.at += 1;
            name.push(character);
        }
        if !self.eat('}') {
            return self.error(r"incomplete `\p{X}` character escape", start);
        }
        if !class.add_property(&name, negated) {
            return self.error(format!("unknown property `{name}`"), start);
        }
        Ok(())
    }

    /// After the `[` at `start`.
    pub(super) fn class(&mut self, start: usize) -> Result<String> {
        self.enter(start)?;
        let mut class = ClassBuilder::new(self.options.ignore_case);
        class.negated = self.eat('^');
        // The beginning of a range whose end is still to come.
        let mut from: Option<char> = None;
        let mut first = true;
        loop {
            let here = self.at;
            let Some(mut character) = self.next() else { return self.error("unterminated `[]` set", start) };
            let was_first = std::mem::replace(&mut first, false);
            let mut escaped = false;
            match character {
                ']' if !was_first => break,
                '\\' => match self.peek() {
                    Some(letter @ ('d' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P')) => {
                        self.at += 1;
                        if from.is_some() {
                            return self.error(format!(r"cannot include class `\{letter}` in character range"), here);
                        }
                        if !class.add_escape(letter) {
                            self.property(&mut class, letter == 'P', here)?;
                        }
                        continue;
                    }
                    // An escaped hyphen never begins a range.
                    Some('-') => {
                        self.at += 1;
                        let begin = from.take().unwrap_or('-');
                        if begin > '-' {
                            return self.error("`[x-y]` range in reverse order", here);
                        }
                        class.add(begin, '-');
                        continue;
                    }
                    _ => {
                        character = self.character_escape(here)?;
                        escaped = true;
                    }
                },
                '[' if from.is_none() && self.peek() == Some(':') => self.skip_posix_name(),
                _ => {}
            }
            if let Some(begin) = from.take() {
                if character == '[' && !escaped {
                    class.add(begin, begin);
                    self.subtraction(&mut class, here)?;
                } else if begin > character {
                    return self.error("`[x-y]` range in reverse order", here);
                } else {
                    class.add(begin, character);
                }
            } else if self.peek() == Some('-') && self.peek_at(1).is_some_and(|after| after != ']') {
                from = Some(character);
                self.at += 1;
            } else if character == '-' && !escaped && !was_first && self.peek() == Some('[') {
                self.at += 1;
                self.subtraction(&mut class, here)?;
            } else {
                class.add(character, character);
            }
        }
        self.depth -= 1;
        Ok(class.finish())
    }

    /// The class that is taken away, after its `[`.
    fn subtraction(&mut self, class: &mut ClassBuilder, start: usize) -> Result<()> {
        class.subtract(self.class(start)?);
        match self.peek() {
            Some(']') | None => Ok(()),
            Some(_) => self.error("a subtraction must be the last element in a character class", self.at),
        }
    }

    /// .NET skips the rest of `[:name:]` and keeps the `[`.
    fn skip_posix_name(&mut self) {
        let back = self.at;
        self.at += 1;
        self.name();
        if self.looking_at(":]") {
            self.at += 2;
        } else {
            self.at = back;
        }
    }
}
