//! Comments that allow a finding: `<!-- b2c-journey: allow B2C0412 reason -->` for the element that follows it, or that ends or opens before
//! it on the same line, with everything inside; `allow-file` above the root element for the whole file.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::code::{self, Rule};
use crate::nearest::nearest;
use crate::policy_set::PolicySet;
use crate::source::{SourceId, Span};
use crate::xml::{Document, Element};

const MARK: &str = "b2c-journey:";
const ONE: &str = "allow";
const WHOLE: &str = "allow-file";

/// More are not looked at: nobody wrote so many by hand, and each is looked up in the file.
const COMMENTS: usize = 1000;

/// Findings that nobody can allow: the rest of the file is not known, so a comment in it cannot be trusted either.
const NEVER: [&str; 9] = [
    code::ENCODING,
    code::NOT_WELL_FORMED,
    code::DOCTYPE,
    code::COMMENT_DASH,
    code::MARKUP_IN_VALUE,
    code::NOT_A_POLICY,
    code::FILE_TOO_LARGE,
    code::TOO_DEEP,
    code::TOO_MANY_NODES,
];

/// One code that a comment allows.
struct Allowed {
    code: &'static str,
    /// Where the comment names it.
    named: Span,
    /// Where it is allowed.
    scope: Span,
    used: bool,
}

/// Takes out what is allowed, and adds what is wrong with the comments. Whether one is unused is known only after all chains.
pub(super) fn apply(set: &PolicySet, found: &mut Vec<Diagnostic>, all_chains: bool) {
    let mut allowed = Vec::new();
    let mut about_comments = Vec::new();
    for (file, source) in set.sources().iter() {
        if let Some(document) = set.document(file).filter(|_| source.text().contains(MARK)) {
            Reader { file, text: source.text(), document, allowed: &mut allowed, found: &mut about_comments }.read();
        }
    }
    if !allowed.is_empty() {
        found.retain(|diagnostic| !allow(&mut allowed, diagnostic));
    }
    if all_chains {
        about_comments.extend(allowed.iter().filter(|allowed| !allowed.used).map(|allowed| {
            let name = code::find(allowed.code).map_or("", |rule| rule.name);
            let message = format!("`{}` ({name}) is allowed here, and is not found", allowed.code);
            Diagnostic::warning(code::UNUSED_SUPPRESSION, message).at(allowed.named).help("take it out, so that it hides nothing later")
        }));
    }
    found.append(&mut about_comments);
}

/// Every comment that fits is used: two of them, one inside the other, are both right.
fn allow(allowed: &mut [Allowed], diagnostic: &Diagnostic) -> bool {
    let Some(place) = diagnostic.span() else { return false };
    let mut hidden = false;
    for allowed in allowed.iter_mut().filter(|allowed| allowed.code == diagnostic.code && contains(allowed.scope, place)) {
        allowed.used = true;
        hidden = true;
    }
    hidden
}

fn contains(scope: Span, place: Span) -> bool {
    scope.file == place.file && scope.start <= place.start && place.end <= scope.end
}

/// Reads the comments of one file.
struct Reader<'r> {
    file: SourceId,
    text: &'r str,
    document: &'r Document,
    allowed: &'r mut Vec<Allowed>,
    found: &'r mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(start) = self.find(at, "<!") {
            let rest = self.text.get(start..).unwrap_or_default();
            let (opening, closing) = match () {
                () if rest.starts_with("<!--") => ("<!--", "-->"),
                () if rest.starts_with("<![CDATA[") => ("<![CDATA[", "]]>"),
                () => ("<!", ">"),
            };
            let Some(end) = self.find(start + opening.len(), closing) else { return };
            if opening == "<!--" && self.allowed.len() < COMMENTS {
                self.comment(start, start + opening.len(), end, end + closing.len());
            }
            at = end + closing.len();
        }
    }

    fn find(&self, from: usize, what: &str) -> Option<usize> {
        Some(from + self.text.get(from..)?.find(what)?)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span { file: self.file, start: start as u32, end: end as u32 }
    }

    /// The text of a comment lies between `start` and `end`.
    fn comment(&mut self, outer_start: usize, start: usize, end: usize, outer_end: usize) {
        let Some(inside) = self.text.get(start..end) else { return };
        let blanks = inside.len() - inside.trim_start().len();
        let Some(command) = inside.trim_start().strip_prefix(MARK) else { return };
        let words = Words { text: command, at: 0, offset: start + blanks + MARK.len() };
        self.command(words, self.span(outer_start, outer_end));
    }

    fn command(&mut self, mut words: Words<'_>, comment: Span) {
        let Some((verb, start, end)) = words.next() else {
            return self.bad(comment, "the comment says nothing", "write `allow`, a code and the reason");
        };
        if verb != ONE && verb != WHOLE {
            let help = match nearest(verb, [ONE, WHOLE].into_iter()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write `allow`, a code and the reason".to_owned(),
            };
            return self.bad(self.span(start, end), format!("`{verb}` is not understood"), help);
        }
        let verb_span = self.span(start, end);
        let mut codes: Vec<(&'static str, Span)> = Vec::new();
        let mut wanted = true;
        let mut sound = true;
        for (word, start, end) in words {
            let bare = word.trim_end_matches([',', ':', ';']);
            let span = self.span(start, end - (word.len() - bare.len()));
            match code::find(bare) {
                Some(rule) if self.may_be_allowed(rule, span) => codes.push((rule.code, span)),
                Some(_) => sound = false,
                // The first word that is no code begins the reason, unless a comma promised another code.
                None if wanted || looks_like_code(bare) => {
                    self.unknown(bare, span);
                    sound = false;
                }
                None => break,
            }
            wanted = word.ends_with(',');
            if word.ends_with(':') {
                break;
            }
        }
        if codes.is_empty() {
            if sound {
                self.bad(verb_span, "no code is named", "write the code of the finding, such as `allow B2C0412 the reason`");
            }
            return;
        }
        let scope = if verb == WHOLE { self.whole_file(comment) } else { self.element(comment) };
        match scope {
            Ok(scope) => self.allowed.extend(codes.into_iter().map(|(code, named)| Allowed { code, named, scope, used: false })),
            Err((message, help)) => self.bad(comment, message, help),
        }
    }

    fn may_be_allowed(&mut self, rule: &Rule, span: Span) -> bool {
        let may = !NEVER.contains(&rule.code);
        if !may {
            self.bad(
                span,
                format!("`{}` ({}) cannot be allowed", rule.code, rule.name),
                "mend it: nothing else in the file is sure before",
            );
        }
        may
    }

    fn unknown(&mut self, word: &str, span: Span) {
        let help = match code::nearest(word) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "docs/rules/README.md lists the codes".to_owned(),
        };
        self.bad(span, format!("there is no code `{word}`"), help);
    }

    fn bad(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(Diagnostic::warning(code::BAD_SUPPRESSION, message).at(span).help(help));
    }

    fn whole_file(&self, comment: Span) -> Result<Span, (&'static str, &'static str)> {
        match self.document.root() {
            Some(root) if comment.end <= root.span().start => Ok(self.span(0, self.text.len())),
            _ => Err(("`allow-file` stands inside the policy", "put it above the root element, behind the XML declaration")),
        }
    }

    /// The element that a comment is next to.
    fn element(&self, comment: Span) -> Result<Span, (&'static str, &'static str)> {
        let before = self.tag_before(comment.start as usize).and_then(|tag| self.document.path_to(tag as u32).pop());
        if let Some(element) = before {
            return Ok(element.span());
        }
        let around = self.document.path_to(comment.start).last().copied();
        let following = match around {
            Some(parent) => parent.children().find(|child| child.span().start >= comment.end),
            None => self.document.root().filter(|root| root.span().start >= comment.end),
        };
        let nothing = "no element follows the comment";
        following.map(Element::span).ok_or((nothing, "put it before the element that it is for, or behind it on the same line"))
    }

    /// Where the last tag ends that is on the line before a comment; other comments between them do not count.
    fn tag_before(&self, comment: usize) -> Option<usize> {
        let before = self.text.get(..comment)?;
        let mut line = before.get(before.rfind('\n').map_or(0, |at| at + 1)..)?;
        let start = comment - line.len();
        while let Some(earlier) = line.trim_end().strip_suffix("-->") {
            line = earlier.get(..earlier.rfind("<!--")?)?;
        }
        line.rfind('>').map(|at| start + at)
    }
}

fn looks_like_code(word: &str) -> bool {
    let prefix = word.get(..3).is_some_and(|prefix| prefix.eq_ignore_ascii_case("B2C"));
    prefix && word.len() > 4 && word.chars().skip(3).all(|letter| letter.is_ascii_digit())
}

/// The words of a comment with their offsets in the file.
struct Words<'t> {
    text: &'t str,
    at: usize,
    offset: usize,
}

impl<'t> Iterator for Words<'t> {
    type Item = (&'t str, usize, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..)?;
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = self.text.get(start..)?;
        let word = rest.split(char::is_whitespace).next().filter(|word| !word.is_empty())?;
        self.at = start + word.len();
        Some((word, self.offset + start, self.offset + self.at))
    }
}
