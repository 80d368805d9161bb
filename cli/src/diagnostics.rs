//! Diagnostics as text with the lines that they are about, in the manner of rustc.

use std::io::IsTerminal;
use std::ops::Range;

use annotate_snippets::renderer::{DEFAULT_TERM_WIDTH, DecorStyle};
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use b2c_journey::SimulationError;
use b2c_journey::check::ConfigError;
use b2c_journey::diagnostic::{Diagnostic, Edit, Label, Severity};
use b2c_journey::simulate::scenario::ScenarioError;
use b2c_journey::source::{Place, Source, SourceId, Sources, Span};

use crate::terminal::Manner;

/// More diagnostics than this are counted, not shown.
const SHOWN: usize = 50;
/// So many bytes are quoted together at most. Lines that are further apart are quoted one by one, and a longer line is not quoted: the
/// renderer would go through all of a file that is one endless line, each time.
const TOGETHER: usize = 20_000;
/// So many bytes of a line are underlined at most.
const UNDERLINED: usize = 100;
/// A mended line is shown whole. A longer one is not shown; the mend is said in words.
const MENDED: usize = 200;

/// Renders diagnostics.
pub(crate) struct Diagnostics {
    renderer: Renderer,
    /// Columns of the terminal.
    width: usize,
}

impl Diagnostics {
    pub(crate) fn new(manner: Manner) -> Self {
        let renderer = if manner.stderr_colors() { Renderer::styled() } else { Renderer::plain() };
        let terminal = std::io::stderr().is_terminal().then(terminal_size::terminal_size).flatten();
        let width = terminal.map_or(DEFAULT_TERM_WIDTH, |(width, _)| usize::from(width.0).max(60));
        Self { renderer: renderer.decor_style(DecorStyle::Ascii).term_width(width), width }
    }

    /// An error without a place.
    pub(crate) fn plain(&self, message: &str, help: Option<&str>) -> String {
        self.render(Level::ERROR, message, Vec::new(), help)
    }

    /// A remark.
    pub(crate) fn note(&self, message: &str) -> String {
        self.render(Level::NOTE, message, Vec::new(), None)
    }

    /// Each diagnostic as one text; of very many the first ones.
    pub(crate) fn list(&self, diagnostics: &[&Diagnostic], sources: &Sources) -> Vec<String> {
        let mut texts: Vec<String> = diagnostics.iter().take(SHOWN).map(|diagnostic| self.diagnostic(diagnostic, sources)).collect();
        if diagnostics.len() > SHOWN {
            texts.push(self.note(&format!("{} more are not shown", diagnostics.len() - SHOWN)));
        }
        texts
    }

    /// A finding in a policy.
    pub(crate) fn diagnostic(&self, diagnostic: &Diagnostic, sources: &Sources) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let mut files: Vec<SourceId> = Vec::new();
        for label in &diagnostic.labels {
            if !files.contains(&label.span.file) {
                files.push(label.span.file);
            }
        }
        let elements = files.iter().filter_map(|file| Some((*file, sources.get(*file)?))).flat_map(|(file, source)| {
            let labels: Vec<(AnnotationKind, &Label)> = diagnostic
                .labels
                .iter()
                .enumerate()
                .filter(|(_, label)| label.span.file == file)
                .map(|(index, label)| (kind(index), label))
                .collect();
            self.quote(source, &labels)
        });
        let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code);
        let note = diagnostic.service_note();
        let group = Group::with_title(title).elements(elements);
        let group = group.elements(note.as_deref().map(|note| Level::NOTE.message(tame(note))));
        let help = diagnostic.help.as_deref();
        match self.mend(&diagnostic.fix, help, sources) {
            None => {
                let words = in_words(&diagnostic.fix, sources);
                let help = help.or(words.as_deref());
                self.renderer.render(&[group.elements(help.map(|help| Level::HELP.message(tame(help))))])
            }
            Some(mend) => self.renderer.render(&[group, mend]),
        }
    }

    /// A configuration file that cannot be used.
    pub(crate) fn config(&self, error: &ConfigError) -> String {
        let place = Place { file: error.file.as_str().into(), line: error.line, column: error.column };
        self.in_file(&place, &error.text, error.length, &error.message, error.help.as_deref())
    }

    /// A scenario file that cannot be used.
    pub(crate) fn scenario(&self, error: &ScenarioError) -> String {
        let place = Place { file: error.file.clone(), line: error.line, column: error.column };
        self.in_file(&place, &error.text, error.length, &error.message, error.help.as_deref())
    }

    /// An error in a line of a file, or, where the line is 0, with the whole of it.
    fn in_file(&self, place: &Place, text: &str, length: u32, message: &str, help: Option<&str>) -> String {
        if place.line == 0 {
            return self.plain(&format!("{}: {message}", place.file), help);
        }
        self.render(Level::ERROR, message, vec![quote_line(place, text, length.max(1) as usize)], help)
    }

    /// A scenario that does not fit its policy.
    pub(crate) fn misfit(&self, error: &SimulationError) -> String {
        let text = error.place.as_ref().and_then(|place| std::fs::read_to_string(&*place.file).ok()).unwrap_or_default();
        let quoted = error.place.as_ref().map(|place| {
            let line = text.trim_start_matches('\u{feff}').lines().nth(place.line.saturating_sub(1) as usize).unwrap_or_default();
            // The place is that of a key: it ends at its colon.
            let key = line.chars().skip(place.column.saturating_sub(1) as usize).take_while(|letter| !matches!(letter, ':' | ',' | ' '));
            quote_line(place, line, key.count().max(1))
        });
        let elements = quoted.into_iter().collect();
        self.render(Level::ERROR, &error.message, elements, error.help.as_deref())
    }

    /// The places of one file: as one snippet, in which lines without a place are left out; places that are too far apart one by one.
    fn quote<'a>(&self, source: &'a Source, labels: &[(AnnotationKind, &'a Label)]) -> Vec<Element<'a>> {
        let places: Vec<_> = labels.iter().map(|(_, label)| first_line(source, label.span)).collect();
        let start = places.iter().map(|(line, _)| line.start).min().unwrap_or(0);
        let end = places.iter().map(|(line, _)| line.end).max().unwrap_or(0);
        let left = places.iter().map(|(line, marked)| marked.start - line.start).min().unwrap_or(0);
        let right = places.iter().map(|(line, marked)| marked.end - line.start).max().unwrap_or(0);
        if labels.len() > 1 && (end - start > TOGETHER || right - left > self.width) {
            return labels.iter().flat_map(|label| self.quote(source, &[*label])).collect();
        }
        if end - start > TOGETHER {
            let place = labels.first().map(|(_, label)| source.line_column(label.span.start));
            let origin = place.map(|(line, column)| Origin::path(source.name()).line(line as usize).char_column(column as usize));
            return origin.into_iter().map(Element::from).collect();
        }
        let text = source.text().get(start..end).unwrap_or_default();
        let (line, _) = source.line_column(u32::try_from(start).unwrap_or(u32::MAX));
        let mut snippet = Snippet::source(text).line_start(line as usize).path(source.name());
        for ((kind, label), (_, marked)) in labels.iter().zip(&places) {
            let mut annotation = kind.span(marked.start - start..marked.end - start);
            if !label.message.is_empty() {
                annotation = annotation.label(tame(&label.message));
            }
            snippet = snippet.annotation(annotation);
        }
        vec![snippet.into()]
    }

    /// A mend that is safe to apply, as the lines before and after it. `None` when there is none, or when nobody would see it: in long lines,
    /// and where it only deletes blanks.
    fn mend<'a>(&self, edits: &'a [Edit], help: Option<&'a str>, sources: &'a Sources) -> Option<Group<'a>> {
        let mut group = Group::with_title(Level::HELP.secondary_title(tame(help.unwrap_or("change it like this"))));
        for (index, edit) in edits.iter().enumerate() {
            // All edits of a file stand in one snippet.
            if edits.iter().take(index).any(|before| before.span.file == edit.span.file) {
                continue;
            }
            let source = sources.get(edit.span.file)?;
            let own = || edits.iter().filter(|other| other.span.file == edit.span.file);
            let text = source.text();
            let start = own().map(|edit| line_start(text, edit.span.start as usize)).min()?;
            let end = own().map(|edit| line_end(text, edit.span.end as usize)).max()?;
            let lines = text.get(start..end)?;
            if lines.lines().any(|line| line.len() > MENDED) || own().all(|edit| deletes_blanks(edit, text)) {
                return None;
            }
            let (line, _) = source.line_column(u32::try_from(start).ok()?);
            let patches = own().map(|edit| {
                let at = |offset: u32| floor(text, offset as usize) - start;
                Patch::new(at(edit.span.start)..at(edit.span.end).max(at(edit.span.start)), edit.text.as_str())
            });
            group = group.element(Snippet::source(lines).line_start(line as usize).path(source.name()).patches(patches));
        }
        (!edits.is_empty()).then_some(group)
    }

    fn render(&self, level: Level<'_>, message: &str, elements: Vec<Element<'_>>, help: Option<&str>) -> String {
        let mut group = Group::with_title(level.primary_title(message)).elements(elements);
        if let Some(help) = help {
            group = group.element(Level::HELP.message(tame(help)));
        }
        self.renderer.render(&[group])
    }
}

/// The first label is the one that a diagnostic is about.
fn kind(index: usize) -> AnnotationKind {
    if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context }
}

/// What is quoted in a text must not talk to the terminal. Of the title and the lines of a file the renderer itself sees to that.
fn tame(text: &str) -> String {
    text.replace(|letter: char| letter.is_control() && letter != '\n', "\u{fffd}")
}

/// Whether nothing but blanks goes away.
fn deletes_blanks(edit: &Edit, text: &str) -> bool {
    let old = text.get(edit.span.start as usize..edit.span.end as usize);
    edit.text.is_empty() && old.is_some_and(|old| old.trim().is_empty())
}

/// A single edit that is not shown.
fn in_words(edits: &[Edit], sources: &Sources) -> Option<String> {
    let [edit] = edits else { return None };
    let source = sources.get(edit.span.file)?.text();
    if deletes_blanks(edit, source) {
        return Some("delete the blanks".to_owned());
    }
    let text = source.get(edit.span.start as usize..edit.span.end as usize)?;
    if text.len() > UNDERLINED || edit.text.len() > UNDERLINED {
        return None;
    }
    Some(match (text, edit.text.as_str()) {
        ("", new) => format!("insert `{new}`"),
        (old, "") => format!("delete `{old}`"),
        (old, new) => format!("replace `{old}` with `{new}`"),
    })
}

/// The line on which a span begins, and the part of the span that is on it and is underlined, both in bytes of the file.
fn first_line(source: &Source, span: Span) -> (Range<usize>, Range<usize>) {
    let text = source.text();
    let start = floor(text, span.start as usize);
    let line = line_start(text, start)..line_end(text, start);
    let end = floor(text, (span.end as usize).clamp(start, line.end.max(start)).min(start + UNDERLINED));
    (line, start..end.max(start))
}

fn line_start(text: &str, offset: usize) -> usize {
    text.get(..floor(text, offset)).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1)
}

fn line_end(text: &str, offset: usize) -> usize {
    let offset = floor(text, offset);
    text.get(offset..).and_then(|after| after.find(['\n', '\r'])).map_or(text.len(), |at| offset + at)
}

/// A line of its own, with some characters underlined.
fn quote_line<'a>(place: &Place, line: &'a str, length: usize) -> Element<'a> {
    let offset = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let first = place.column.saturating_sub(1) as usize;
    let annotation = AnnotationKind::Primary.span(offset(first)..offset(first.saturating_add(length)));
    Snippet::source(line).line_start(place.line as usize).path(place.file.to_string()).annotation(annotation).into()
}

/// The nearest place at or before this one that does not cut a character.
fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// Two files, and how a diagnostic of them looks.
    struct Files {
        sources: Sources,
        base: SourceId,
        child: SourceId,
    }

    impl Files {
        fn new(base: &str, child: &str) -> Self {
            let mut sources = Sources::new();
            let base = sources.add("policies/Base.xml", Arc::from(base));
            let child = sources.add("policies/Child.xml", Arc::from(child));
            Self { sources, base, child }
        }

        /// The first such text in a file.
        fn span(&self, file: SourceId, text: &str) -> Span {
            let start = self.sources.get(file).unwrap().text().find(text).unwrap();
            Span { file, start: start as u32, end: (start + text.len()) as u32 }
        }

        #[track_caller]
        fn check(&self, diagnostic: &Diagnostic, expected: &str) {
            let diagnostics = Diagnostics { renderer: Renderer::plain().decor_style(DecorStyle::Ascii), width: DEFAULT_TERM_WIDTH };
            let found = diagnostics.diagnostic(diagnostic, &self.sources);
            assert_eq!(found, expected.trim_matches('\n'), "found:\n{found}");
        }
    }

    const BASE: &str =
        "<A>\n  <Step Order=\"1\" />\n  <Step Order=\"2\" />\n  <Other />\n  <Other />\n  <Other />\n  <Step Order=\"7\" />\n</A>\n";

    #[test]
    fn labels_of_several_files_and_distant_lines() {
        let files = Files::new(BASE, "<B>\r\n  <Step Order=\"9\" />\r\n</B>\r\n");
        let diagnostic = Diagnostic::error("B2C0401", "the Orders have gaps")
            .label(files.span(files.child, "9"), "this one is added")
            .label(files.span(files.base, "2"), "the one before it")
            .label(files.span(files.base, "7"), "")
            .help("use 3");
        files.check(
            &diagnostic,
            r#"
error[B2C0401]: the Orders have gaps
 --> policies/Child.xml:2:16
  |
2 |   <Step Order="9" />
  |                ^ this one is added
  |
 ::: policies/Base.xml:3:16
  |
3 |   <Step Order="2" />
  |                - the one before it
...
7 |   <Step Order="7" />
  |                -
  |
  = help: use 3
"#,
        );
    }

    #[test]
    fn a_mend_is_shown_as_the_lines_before_and_after() {
        let files = Files::new("<A>\n\t<Url>https://é.com/?a=1&b=2</Url>\n</A>", "<B id=\" x\" />");
        let lone = files.span(files.base, "&");
        let diagnostic = Diagnostic::error("B2C0102", "a lone `&`").at(lone).help("write `&amp;`").fix(lone, "&amp;");
        files.check(
            &diagnostic,
            r#"
error[B2C0102]: a lone `&`
 --> policies/Base.xml:2:25
  |
2 |     <Url>https://é.com/?a=1&b=2</Url>
  |                            ^
  |
help: write `&amp;`
  |
2 |     <Url>https://é.com/?a=1&amp;b=2</Url>
  |                             ++++"#,
        );
        let diagnostic = Diagnostic::warning("B2C0113", "two files")
            .at(lone)
            .fix(files.span(files.base, "\t<Url>"), "<Uri>")
            .fix(files.span(files.child, " x"), "y");
        files.check(
            &diagnostic,
            r#"
warning[B2C0113]: two files
 --> policies/Base.xml:2:25
  |
2 |     <Url>https://é.com/?a=1&b=2</Url>
  |                            ^
  |
help: change it like this
  |
2 -     <Url>https://é.com/?a=1&b=2</Url>
2 + <Uri>https://é.com/?a=1&b=2</Url>
  |
 --> policies/Child.xml:1:8
  |
1 - <B id=" x" />
1 + <B id="y" />
  |"#,
        );
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("<A>{}<Url>a&b</Url>{}</A>", "<Item>one</Item>".repeat(30), "<Item>two</Item>".repeat(30));
        let files = Files::new(&line, &format!("<B x=\"{}\" />", "y".repeat(500)));
        let lone = files.span(files.base, "&");
        let diagnostic = Diagnostic::error("B2C0102", "a lone `&`").at(lone).help("write `&amp;`").fix(lone, "&amp;");
        files.check(
            &diagnostic,
            r#"
error[B2C0102]: a lone `&`
 --> policies/Base.xml:1:490
  |
1 | ...one</Item><Item>one</Item><Item>one</Item><Item>one</Item><Url>a&b</Url><Item>two</Item><Item>two</Item><Item>two</Item><Item>two<...
  |                                                                    ^
  |
  = help: write `&amp;`"#,
        );
        let diagnostic = Diagnostic::note("B2C0999", "two places")
            .label(files.span(files.base, "Url"), "one")
            .label(files.span(files.base, "two"), "another")
            .label(files.span(files.child, &"y".repeat(500)), "long");
        files.check(
            &diagnostic,
            r#"
note[B2C0999]: two places
 --> policies/Base.xml:1:485
  |
1 | ...><Item>one</Item><Item>one</Item><Item>one</Item><Url>a&b</Url><Item>two</Item><Item>two</Item><Item>two</Item><Item>two</Item><It...
  |                                                      ^^^ one            --- another
  |
 ::: policies/Child.xml:1:7
  |
1 | <B x="yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
  |       ---------------------------------------------------------------------------------------------------- long"#,
        );
    }

    #[test]
    fn deleted_blanks_and_mends_of_long_lines_are_said_in_words() {
        let files = Files::new("<A id=\" x\" />\n", &format!("<B id=\"x\">{}</B>", "-".repeat(300)));
        let blank = Span { end: files.span(files.base, " x").start + 1, ..files.span(files.base, " x") };
        let shown = r#"
warning[B2C0106]: blanks around `x`
 --> policies/Base.xml:1:8
  |
1 | <A id=" x" />
  |        ^
  |
  = help: "#;
        let diagnostic = Diagnostic::warning("B2C0106", "blanks around `x`").at(blank).fix(blank, "");
        files.check(&diagnostic, &format!("{shown}delete the blanks"));
        files.check(&diagnostic.help("here they count"), &format!("{shown}here they count"));
        let name = files.span(files.child, "x");
        for (fix, words) in [("y", "replace `x` with `y`"), ("", "delete `x`")] {
            files.check(&Diagnostic::warning("B2C0106", "blanks around `x`").at(blank).fix(name, fix), &format!("{shown}{words}"));
        }
    }

    #[test]
    fn no_place_is_too_odd_to_be_shown() {
        let odd = "\u{feff}<A>\t\t\u{1f600}日本語\r\n\r\n\n<B x='\u{301}'/>\u{0}\u{1b}[31m\u{202e}  </A>\n".repeat(3);
        let texts = ["", "\n", "x", &odd, &"語 ".repeat(500), &format!("{}<A/>\t", " ".repeat(300))];
        let mut number: u32 = 7;
        let mut next = |below: usize| {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (number >> 8) % (below as u32 + 1)
        };
        for width in [60, 140] {
            let diagnostics = Diagnostics { renderer: Renderer::plain().decor_style(DecorStyle::Ascii).term_width(width), width };
            for base in texts {
                for child in texts {
                    let files = Files::new(base, child);
                    for _ in 0..20 {
                        let mut diagnostic = Diagnostic::error("B2C0101", "odd \x1b").help("\x1b[2J");
                        for file in [files.base, files.child, files.base] {
                            // Beyond the end, too, and in the middle of characters.
                            let length = files.sources.get(file).unwrap().text().len();
                            let start = next(length + 2);
                            let span = Span { file, start, end: start + next(length + 2) };
                            diagnostic =
                                diagnostic.label(span, if next(1) == 0 { "" } else { "here\nand \x1b there" }).fix(span, "<new>\n");
                        }
                        for edits in [0, 1, 3] {
                            diagnostic.fix.truncate(3 - edits);
                            let shown = diagnostics.diagnostic(&diagnostic, &files.sources);
                            assert!(shown.starts_with("error[B2C0101]: odd") && !shown.contains('\x1b'), "{shown:?}");
                        }
                    }
                }
            }
        }
    }
}
