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
const AROUND: usize = 2;

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

/// The edits as a unified diff, lines with the ends that they have.
pub(super) fn unified(sources: &Sources, edits: &[Edit]) -> String {
    let mut patch = String::new();
    for (file, source) in sources.iter() {
        let mut of_file: Vec<&Edit> = edits.iter().filter(|edit| edit.span.file == file).collect();
        if of_file.is_empty() {
            continue;
        }
        of_file.sort_by_key(|edit| edit.span.start);
        let _ = writeln!(patch, "--- {}\n+++ {}", source.name(), source.name());
        let lines: Vec<&str> = source.text().split_inclusive('\n').collect();
        let mut shift = 0;
        for hunk in hunks(changes(source, &lines, &of_file)) {
            shift += write(&hunk, &lines, shift, &mut patch);
        }
    }
    patch
}

/// Lines that change.
struct Change {
    /// The first and the one after the last, from 0.
    first: usize,
    end: usize,
    /// What takes their place.
    text: String,
}

/// Edits on the same lines or on neighbours are one change.
fn changes(source: &Source, lines: &[&str], edits: &[&Edit]) -> Vec<Change> {
    let mut groups: Vec<(usize, usize, Vec<&Edit>)> = Vec::new();
    for edit in edits {
        let (first, _) = source.line_column(edit.span.start);
        // What ends with its line does not touch the next one.
        let (last, _) = source.line_column(edit.span.end.saturating_sub(1).max(edit.span.start));
        let (first, end) = (first as usize - 1, last as usize);
        match groups.last_mut().filter(|group| first <= group.1) {
            Some(group) => {
                group.1 = group.1.max(end);
                group.2.push(edit);
            }
            None => groups.push((first, end, vec![edit])),
        }
    }
    let start_of = |line: usize| lines.iter().take(line).map(|line| line.len()).sum::<usize>();
    let change = |(first, end, edits): (usize, usize, Vec<&Edit>)| {
        let mut text = String::new();
        let mut from = start_of(first);
        for edit in edits {
            text.push_str(source.text().get(from..edit.span.start as usize).unwrap_or_default());
            text.push_str(&edit.text);
            from = edit.span.end as usize;
        }
        text.push_str(source.text().get(from..start_of(end)).unwrap_or_default());
        Change { first, end, text }
    };
    groups.into_iter().map(change).collect()
}

/// Changes whose surroundings touch are shown together.
fn hunks(changes: Vec<Change>) -> Vec<Vec<Change>> {
    let mut hunks: Vec<Vec<Change>> = Vec::new();
    for change in changes {
        match hunks.last_mut().filter(|hunk| hunk.last().is_some_and(|last| change.first <= last.end + 2 * AROUND)) {
            Some(hunk) => hunk.push(change),
            None => hunks.push(vec![change]),
        }
    }
    hunks
}

/// Writes a hunk; gives by how many lines it makes the file longer.
fn write(hunk: &[Change], lines: &[&str], shift: isize, patch: &mut String) -> isize {
    let (Some(first), Some(last)) = (hunk.first(), hunk.last()) else { return 0 };
    let begin = first.first.saturating_sub(AROUND);
    let end = (last.end + AROUND).min(lines.len());
    let longer: isize = hunk.iter().map(|change| change.text.lines().count() as isize - (change.end - change.first) as isize).sum();
    let old = (end - begin) as isize;
    let _ = writeln!(patch, "@@ -{},{old} +{},{} @@", begin + 1, begin as isize + 1 + shift, old + longer);
    let mut line = |mark: char, line: &str| {
        patch.push(mark);
        patch.push_str(line);
        if !line.ends_with('\n') {
            patch.push_str("\n\\ No newline at end of file\n");
        }
    };
    let mut at = begin;
    for change in hunk {
        lines.iter().take(change.first).skip(at).for_each(|text| line(' ', text));
        lines.iter().take(change.end).skip(change.first).for_each(|text| line('-', text));
        change.text.split_inclusive('\n').for_each(|text| line('+', text));
        at = change.end;
    }
    lines.iter().take(end).skip(at).for_each(|text| line(' ', text));
    longer
}
