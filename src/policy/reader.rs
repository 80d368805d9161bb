//! From text to typed values: ids, tokens, booleans, numbers and closed sets, each with its complaint.

use super::id::{ClosedSet, Id, Spanned};
use crate::claims::{DataType, InputType, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::nearest::nearest;
use crate::source::Span;
use crate::words::list_of;
use crate::xml::{Attribute, Element, Text};

/// Where findings go.
pub(super) struct Reader<'r> {
    pub(super) diagnostics: &'r mut Vec<Diagnostic>,
}

/// The text of an attribute or of an element, with the name of its owner for messages.
#[derive(Clone, Copy)]
pub(super) struct Value<'d> {
    pub(super) name: &'d str,
    pub(super) text: Text<'d>,
    /// The attribute or the start tag, to point at where the text is empty.
    pub(super) owner: Span,
}

impl<'d> From<Attribute<'d>> for Value<'d> {
    fn from(attribute: Attribute<'d>) -> Self {
        Self { name: attribute.name, text: attribute.value, owner: attribute.span }
    }
}

impl Reader<'_> {
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An id or a reference: without the blanks around it, and not empty.
    pub(super) fn id(&mut self, value: Value<'_>) -> Option<Spanned<Id>> {
        let token = self.without_blanks(value, code::BLANK_IN_ID);
        if token.value.is_empty() {
            self.bad(value, token, "", None);
            return None;
        }
        Some(Spanned::new(Id::from(token.value), token.span))
    }

    /// A name that is no id: without the blanks around it.
    pub(super) fn token(&mut self, value: Value<'_>) -> Option<Spanned<Str>> {
        let token = self.trimmed(value);
        Some(Spanned::new(token.value.into(), token.span))
    }

    /// The text as written.
    pub(super) fn verbatim(&mut self, value: Value<'_>) -> Option<Spanned<Str>> {
        Some(Spanned::new(value.text.value.into(), value.text.span))
    }

    /// `xs:boolean`.
    pub(super) fn boolean(&mut self, value: Value<'_>) -> Option<Spanned<bool>> {
        let trimmed = trim(value.text);
        let parsed = match trimmed.value {
            "true" | "1" => true,
            "false" | "0" => false,
            other if other.eq_ignore_ascii_case("true") => self.other_case(value, trimmed, "true", true),
            other if other.eq_ignore_ascii_case("false") => self.other_case(value, trimmed, "false", false),
            _ => {
                self.bad(value, trimmed, "must be `true` or `false`", None);
                return None;
            }
        };
        Some(Spanned::new(parsed, trimmed.span))
    }

    /// A number that is not negative.
    pub(super) fn number(&mut self, value: Value<'_>) -> Option<Spanned<u32>> {
        let trimmed = trim(value.text);
        match trimmed.value.parse() {
            Ok(number) => Some(Spanned::new(number, trimmed.span)),
            Err(_) => {
                self.bad(value, trimmed, "must be a whole number", None);
                None
            }
        }
    }

    /// One of the names of a closed set; another case is let through with a warning.
    pub(super) fn closed<T: ClosedSet>(&mut self, value: Value<'_>) -> Option<Spanned<T>> {
        let token = self.trimmed(value);
        if let Some((_, found)) = T::ALL.iter().find(|(name, _)| *name == token.value) {
            return Some(Spanned::new(*found, token.span));
        }
        if let Some((name, found)) = T::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(token.value)) {
            return Some(Spanned::new(self.other_case(value, token, name, *found), token.span));
        }
        let names: Vec<&str> = T::ALL.iter().map(|(name, _)| *name).collect();
        self.not_one_of(value, token, &names);
        None
    }

    /// A data type, in any case: policies spell `Long` and `long`.
    pub(super) fn data_type(&mut self, value: Value<'_>) -> Option<Spanned<DataType>> {
        self.in_any_case(value, DataType::parse, &DataType::ALL.map(DataType::name))
    }

    /// A UserInputType, in any case.
    pub(super) fn input_type(&mut self, value: Value<'_>) -> Option<Spanned<InputType>> {
        self.in_any_case(value, InputType::parse, &InputType::ALL.map(|(name, _)| name))
    }

    fn in_any_case<T>(&mut self, value: Value<'_>, parse: fn(&str) -> Option<T>, names: &[&str]) -> Option<Spanned<T>> {
        let token = self.trimmed(value);
        let found = parse(token.value);
        if found.is_none() {
            self.not_one_of(value, token, names);
        }
        found.map(|found| Spanned::new(found, token.span))
    }

    /// A token format, as written.
    pub(super) fn token_format(&mut self, value: Value<'_>) -> Option<Spanned<Str>> {
        const NAMES: [&str; 7] = ["JWT", "JSON", "SAML2", "SAML11", "OAuth2Error", "CpimUnsigned", "UProve11"];
        let token = self.trimmed(value);
        if !NAMES.contains(&token.value) {
            self.not_one_of(value, token, &NAMES);
        }
        Some(Spanned::new(token.value.into(), token.span))
    }

    /// The value of a mandatory attribute. `None` has been reported: here when the attribute is missing, else where it was read.
    pub(super) fn required<T>(&mut self, element: Element<'_>, name: &str, value: Option<T>) -> Option<T> {
        if value.is_none() && element.attribute(name).is_none() {
            let message = format!("`{}` has no attribute `{name}`", element.name());
            self.report(Diagnostic::error(code::MISSING_PART, message).at(element.start_tag()));
        }
        value
    }

    /// Reports an element that has neither of two attributes, if it really has neither: a bad one has been reported.
    pub(super) fn one_of(&mut self, element: Element<'_>, left: &str, right: &str) {
        if element.attribute(left).is_none() && element.attribute(right).is_none() {
            let message = format!("`{}` has neither `{left}` nor `{right}`", element.name());
            self.report(Diagnostic::error(code::MISSING_PART, message).at(element.start_tag()));
        }
    }

    /// Reports a mandatory child element that is missing.
    pub(super) fn required_child(&mut self, element: Element<'_>, name: &str) {
        if !element.children().any(|child| child.name() == name) {
            let message = format!("`{}` has no element `{name}`", element.name());
            self.report(Diagnostic::error(code::MISSING_PART, message).at(element.start_tag()));
        }
    }

    /// Notes an attribute that is known and does nothing.
    pub(super) fn no_effect<T>(&mut self, element: Element<'_>, name: &str, value: &Option<Spanned<T>>) {
        if let Some(value) = value {
            let message = format!("attribute `{name}` of `{}` has no effect on a run", element.name());
            self.report(Diagnostic::note(code::NO_EFFECT, message).at(value.span));
        }
    }

    /// Cuts the blanks around a value. What the service does with them is unknown, so they are worth a warning and a fix.
    pub(super) fn trimmed<'d>(&mut self, value: Value<'d>) -> Text<'d> {
        self.without_blanks(value, code::BAD_VALUE)
    }

    fn without_blanks<'d>(&mut self, value: Value<'d>, code: &'static str) -> Text<'d> {
        let trimmed = trim(value.text);
        if trimmed.value.len() != value.text.value.len() && !trimmed.value.is_empty() {
            let message = format!("blanks around `{}` in `{}` are not taken as part of it", trimmed.value, value.name);
            let mut warning = Diagnostic::warning(code, message).at(value.text.span).help("remove the blanks");
            if is_plain(trimmed) {
                // The span of an attribute holds the blanks, that of an element's text does not; count from the token either way.
                let lead = leading(value.text) as u32;
                let trail = (value.text.value.len() - trimmed.value.len()) as u32 - lead;
                let Span { file, start, end } = trimmed.span;
                for blanks in [Span { file, start: start.saturating_sub(lead), end: start }, Span { file, start: end, end: end + trail }] {
                    if blanks.start < blanks.end {
                        warning = warning.fix(blanks, "");
                    }
                }
            }
            self.report(warning);
        }
        trimmed
    }

    fn other_case<T>(&mut self, owner: Value<'_>, token: Text<'_>, right: &str, value: T) -> T {
        let name = owner.name;
        let message = format!("`{name}` is spelled `{}`, the schema has `{right}`", token.value);
        let warning = Diagnostic::warning(code::BAD_VALUE, message).at(token.span);
        let warning = if is_plain(token) { warning.fix(token.span, right) } else { warning };
        self.report(warning);
        value
    }

    /// Reports a value outside of a closed set.
    pub(super) fn not_one_of(&mut self, value: Value<'_>, token: Text<'_>, names: &[&str]) {
        let help = match nearest(token.value, names.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("it may be {}", list_of(names, '`', "or")),
        };
        self.bad(value, token, "has no such value", Some(help));
    }

    fn bad(&mut self, value: Value<'_>, token: Text<'_>, must: &str, help: Option<String>) {
        let Value { name, owner, .. } = value;
        // A placeholder of the build step that fills in settings: the file as uploaded has something else there.
        let diagnostic = if token.value.starts_with("{Settings:") && token.value.ends_with('}') {
            let message = format!("`{name}` is still the placeholder `{}` and is left out", token.value);
            Diagnostic::warning(code::BAD_VALUE, message).at(token.span).help("load the policy after its settings were filled in")
        } else if token.value.is_empty() {
            Diagnostic::error(code::BAD_VALUE, format!("`{name}` is empty")).at(owner)
        } else {
            Diagnostic::error(code::BAD_VALUE, format!("`{name}` {must}: `{}`", token.value)).at(token.span)
        };
        self.report(match help {
            Some(help) if diagnostic.help.is_none() => diagnostic.help(help),
            _ => diagnostic,
        });
    }
}

/// Whether the value is the written text itself, byte for byte: whatever is decoded is longer as written.
fn is_plain(text: Text<'_>) -> bool {
    text.value.len() == (text.span.end - text.span.start) as usize
}

/// The text without the blanks around it, and, where it is written plainly, its narrower span.
pub(super) fn trim(text: Text<'_>) -> Text<'_> {
    let value = text.value.trim_ascii();
    if value.len() == text.value.len() || !is_plain(text) {
        return Text { value, span: text.span };
    }
    let start = text.span.start + leading(text) as u32;
    Text { value, span: Span { start, end: start + value.len() as u32, ..text.span } }
}

/// How many bytes of blanks stand before the text.
fn leading(text: Text<'_>) -> usize {
    text.value.len() - text.value.trim_ascii_start().len()
}
