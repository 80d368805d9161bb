//! Diagnostics as text with the lines that they are about, in the manner of rustc.

use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet};
use b2c_journey::SimulationError;
use b2c_journey::check::{ConfigError, mend_of};
use b2c_journey::diagnostic::{Diagnostic, Edit, Label, Severity};
use b2c_journey::simulate::scenario::ScenarioError;
use b2c_journey::source::{Place, Source, Sources, Span};

use crate::terminal::Manner;

/// More diagnostics than this are counted, not shown.
const SHOWN: usize = 50;
/// A longer line is not quoted.
const LINE: usize = 400;

/// Renders diagnostics.
pub(crate) struct Diagnostics {
    renderer: Renderer,
}

impl Diagnostics {
    pub(crate) fn new(manner: Manner) -> Self {
        let renderer = if manner.stderr_colors() { Renderer::styled() } else { Renderer::plain() };
        Self { renderer: renderer.decor_style(DecorStyle::Ascii) }
    }

    /// An error without a place.
    pub(crate) fn plain(&self, message: &str, help: Option<&str>) -> String {
        self.render(Level::ERROR, None, message, Vec::new(), help)
    }

    /// A remark.
    pub(crate) fn note(&self, message: &str) -> String {
        self.render(Level::NOTE, None, message, Vec::new(), None)
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
        let mut elements = Vec::new();
        if let Some(together) = quote_together(&diagnostic.labels, sources) {
            elements.push(together);
        } else {
            for (index, label) in diagnostic.labels.iter().enumerate() {
                if let Some(source) = sources.get(label.span.file) {
                    elements.push(quote(source, label.span, kind(index), &label.message));
                }
            }
        }
        let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
        let mut group = Group::with_title(title).elements(elements);
        if let Some(note) = diagnostic.service_note() {
            group = group.element(Level::NOTE.message(note));
        }
        let patches = patches(diagnostic, sources);
        let help = diagnostic.help.as_deref();
        if patches.is_empty() {
            group = group.elements(help.map(|help| Level::HELP.message(help)));
            return self.renderer.render(&[group]);
        }
        let mend = Group::with_title(Level::HELP.secondary_title(help.unwrap_or("--fix writes this instead"))).elements(patches);
        self.renderer.render(&[group, mend])
    }

    /// A configuration file that cannot be used.
    pub(crate) fn config(&self, error: &ConfigError) -> String {
        if error.line == 0 {
            return self.plain(&format!("{}: {}", error.file, error.message), error.help.as_deref());
        }
        let place = Place { file: error.file.as_str().into(), line: error.line, column: error.column };
        let quoted = quote_line(&place, &error.text, error.length.max(1) as usize);
        self.render(Level::ERROR, None, &error.message, vec![quoted], error.help.as_deref())
    }

    /// A scenario file that cannot be used.
    pub(crate) fn scenario(&self, error: &ScenarioError) -> String {
        if error.line == 0 {
            return self.plain(&format!("{}: {}", error.file, error.message), error.help.as_deref());
        }
        let place = Place { file: error.file.clone(), line: error.line, column: error.column };
        let quoted = quote_line(&place, &error.text, error.length.max(1) as usize);
        self.render(Level::ERROR, None, &error.message, vec![quoted], error.help.as_deref())
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
        self.render(Level::ERROR, None, &error.message, elements, error.help.as_deref())
    }

    fn render(&self, level: Level<'_>, code: Option<&str>, message: &str, elements: Vec<Element<'_>>, help: Option<&str>) -> String {
        let mut title = level.primary_title(message);
        if let Some(code) = code {
            title = title.id(code);
        }
        let mut group = Group::with_title(title).elements(elements);
        if let Some(help) = help {
            group = group.element(Level::HELP.message(help));
        }
        self.renderer.render(&[group])
    }
}

/// The mend of a finding: each edit with the lines on which it is.
fn patches<'a>(diagnostic: &Diagnostic, sources: &'a Sources) -> Vec<Element<'a>> {
    mend_of(diagnostic, sources).into_iter().filter_map(|edit| patch(edit, sources)).collect()
}

fn patch(edit: Edit, sources: &Sources) -> Option<Element<'_>> {
    let source = sources.get(edit.span.file)?;
    let text = source.text();
    let (start, end) = (edit.span.start as usize, edit.span.end as usize);
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
    let line_end = text.get(end..)?.find(['\n', '\r']).map_or(text.len(), |at| end + at);
    let lines = text.get(line_start..line_end)?;
    if lines.len() > 4 * LINE {
        return None;
    }
    let (number, _) = source.line_column(edit.span.start);
    let patch = Patch::new(start - line_start..end - line_start, edit.text);
    Some(Snippet::source(lines).line_start(number as usize).path(source.name()).patch(patch).into())
}

/// The first label is the one that a diagnostic is about.
fn kind(index: usize) -> AnnotationKind {
    if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context }
}

/// The line on which a span begins, and the part of the span that is on it, both in bytes of the file.
fn first_line(source: &Source, span: Span) -> (Range<usize>, Range<usize>) {
    let text = source.text();
    let start = floor(text, span.start as usize);
    let line_start = text.get(..start).and_then(|before| before.rfind('\n')).map_or(0, |at| at + 1);
    let line_end = text.get(start..).and_then(|after| after.find(['\n', '\r'])).map_or(text.len(), |at| start + at);
    let end = floor(text, (span.end as usize).clamp(start, line_end.max(start)));
    (line_start..line_end, start..end.max(start))
}

/// That line, with the part underlined.
fn quote<'a>(source: &'a Source, span: Span, kind: AnnotationKind, label: &'a str) -> Element<'a> {
    let (line, marked) = first_line(source, span);
    let (number, column) = source.line_column(span.start);
    let place = Place { file: source.name().into(), line: number, column };
    let quoted = source.text().get(line.clone()).unwrap_or_default();
    snippet(&place, quoted, marked.start - line.start..marked.end - line.start, kind, label)
}

/// Several labels on neighbouring lines of one file as one snippet.
fn quote_together<'a>(labels: &'a [Label], sources: &'a Sources) -> Option<Element<'a>> {
    let [first, _, ..] = labels else { return None };
    let source = sources.get(first.span.file)?;
    let places: Vec<(Range<usize>, Range<usize>)> = labels.iter().map(|label| first_line(source, label.span)).collect();
    let start = places.iter().map(|(line, _)| line.start).min()?;
    let end = places.iter().map(|(line, _)| line.end).max()?;
    let text = source.text().get(start..end)?;
    if labels.iter().any(|label| label.span.file != first.span.file) || text.len() > 4 * LINE {
        return None;
    }
    let (line, _) = source.line_column(u32::try_from(start).ok()?);
    let mut snippet = Snippet::source(text).line_start(line as usize).path(source.name());
    for (index, (label, (_, marked))) in labels.iter().zip(&places).enumerate() {
        let mut annotation = kind(index).span(marked.start - start..marked.end - start);
        if !label.message.is_empty() {
            annotation = annotation.label(label.message.as_str());
        }
        snippet = snippet.annotation(annotation);
    }
    Some(snippet.into())
}

/// A line of its own, with some characters underlined.
fn quote_line<'a>(place: &Place, line: &'a str, length: usize) -> Element<'a> {
    let offset = |characters: usize| line.char_indices().nth(characters).map_or(line.len(), |(at, _)| at);
    let first = place.column.saturating_sub(1) as usize;
    snippet(place, line, offset(first)..offset(first.saturating_add(length)), AnnotationKind::Primary, "")
}

fn snippet<'a>(place: &Place, line: &'a str, range: Range<usize>, kind: AnnotationKind, label: &'a str) -> Element<'a> {
    if line.len() > LINE {
        let origin = Origin::path(place.file.to_string()).line(place.line as usize).char_column(place.column as usize);
        return origin.into();
    }
    let mut annotation = kind.span(range);
    if !label.is_empty() {
        annotation = annotation.label(label);
    }
    Snippet::source(line).line_start(place.line as usize).path(place.file.to_string()).annotation(annotation).into()
}

/// The nearest place at or before this one that does not cut a character.
fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}
