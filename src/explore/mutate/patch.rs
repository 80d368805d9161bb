//! Changes of source texts, and how they are shown.

use std::fmt::Write;

use crate::source::{Source, SourceId, Sources, Span};

/// A piece of a file and what takes its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) span: Span,
    pub(super) text: String,
}

/// Lines that are shown around a change.
const AROUND: u32 = 2;

/// The text of a file with the edits that are in it.
pub(super) fn apply(source: &Source, file: SourceId, edits: &[Edit]) -> String {
    let mut edits: Vec<&Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
    edits.sort_by_key(|edit| edit.span.start);
    let text = source.text();
    let mut changed = String::with_capacity(text.len());
    let mut from = 0;
    for edit in edits {
        changed.push_str(text.get(from..edit.span.start as usize).unwrap_or_default());
        changed.push_str(&edit.text);
        from = edit.span.end as usize;
    }
    changed.push_str(text.get(from..).unwrap_or_default());
    changed
}

/// The edits as a unified diff.
pub(super) fn unified(sources: &Sources, edits: &[Edit]) -> String {
    let mut patch = String::new();
    for (file, source) in sources.iter() {
        let mut of_file: Vec<&Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
        if of_file.is_empty() {
            continue;
        }
        of_file.sort_by_key(|edit| edit.span.start);
        let _ = writeln!(patch, "--- {}\n+++ {}", source.name(), source.name());
        let mut shift = 0i64;
        for hunk in hunks(source, &of_file) {
            shift += hunk.write(source, shift, &mut patch);
        }
    }
    patch
}

/// Edits whose lines touch, and the lines around them.
struct Hunk<'e> {
    /// Lines that change.
    first: u32,
    last: u32,
    edits: Vec<&'e Edit>,
}

fn hunks<'e>(source: &Source, edits: &[&'e Edit]) -> Vec<Hunk<'e>> {
    let mut hunks: Vec<Hunk<'e>> = Vec::new();
    for edit in edits {
        let (first, _) = source.line_column(edit.span.start);
        // What ends with its line does not touch the next one.
        let (last, _) = source.line_column(edit.span.end.saturating_sub(1).max(edit.span.start));
        match hunks.last_mut().filter(|hunk| first <= hunk.last + 1) {
            Some(hunk) => {
                hunk.last = hunk.last.max(last);
                hunk.edits.push(edit);
            }
            None => hunks.push(Hunk { first, last, edits: vec![edit] }),
        }
    }
    hunks
}

/// Where a line begins.
fn start_of(source: &Source, line: u32) -> usize {
    source.text().split_inclusive('\n').take(line as usize - 1).map(str::len).sum()
}

impl Hunk<'_> {
    /// Writes it; gives by how many lines it makes the file longer.
    fn write(&self, source: &Source, shift: i64, patch: &mut String) -> i64 {
        let count = source.text().lines().count() as u32;
        let (start, end) = (start_of(source, self.first), start_of(source, self.last + 1));
        let mut changed = String::new();
        let mut from = start;
        for edit in &self.edits {
            changed.push_str(source.text().get(from..edit.span.start as usize).unwrap_or_default());
            changed.push_str(&edit.text);
            from = edit.span.end as usize;
        }
        changed.push_str(source.text().get(from..end).unwrap_or_default());
        let before = self.first.saturating_sub(AROUND).max(1)..self.first;
        let after = self.last + 1..(self.last + AROUND).min(count) + 1;
        let around = before.len() + after.len();
        let (old, new) = ((self.last - self.first + 1) as usize, changed.lines().count());
        let begin = i64::from(before.start);
        let _ = writeln!(patch, "@@ -{begin},{} +{},{} @@", around + old, begin + shift, around + new);
        let mut line = |mark: char, text: &str| {
            patch.push(mark);
            patch.push_str(text);
            patch.push('\n');
        };
        before.for_each(|number| line(' ', source.line(number)));
        (self.first..=self.last).for_each(|number| line('-', source.line(number)));
        changed.lines().for_each(|text| line('+', text));
        after.for_each(|number| line(' ', source.line(number)));
        new as i64 - old as i64
    }
}
