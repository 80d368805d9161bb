//! The JSON of `check`, and its outcome in one line.

use serde::Serialize;

use super::json::document;
use crate::check::{Change, Report, mend_of};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::source::{Sources, Span};

/// One JSON document with a final line end. `changes` are those of `--fix`, when it was asked for.
pub fn check_json(report: &Report, changes: Option<&[Change]>, sources: &Sources) -> String {
    let diagnostics = report.diagnostics.iter().map(|diagnostic| Finding::new(diagnostic, sources)).collect();
    let summary = Summary {
        errors: report.count(Severity::Error),
        warnings: report.count(Severity::Warning),
        notes: report.count(Severity::Note),
        fixable: fixable(report, sources),
        files: report.files,
        chains: report.chains,
    };
    let changes = changes.map(|changes| changes.iter().map(ChangeRecord::new).collect());
    document(&Document { diagnostics, summary, changes })
}

/// `3 errors, 5 warnings in 4 files, 2 chains; 2 can be mended with --fix`.
pub fn check_summary(report: &Report, sources: &Sources) -> String {
    let severities = [("error", Severity::Error), ("warning", Severity::Warning), ("note", Severity::Note)];
    let counts: Vec<String> = severities
        .into_iter()
        .map(|(name, severity)| (name, report.count(severity)))
        .filter(|(_, found)| *found > 0)
        .map(|(name, found)| count(found, name))
        .collect();
    let found = if counts.is_empty() { "nothing to complain of".to_owned() } else { counts.join(", ") };
    let mut line = format!("{found} in {}, {}", count(report.files, "file"), count(report.chains, "chain"));
    match fixable(report, sources) {
        0 => {}
        1 => line.push_str("; 1 can be mended with --fix"),
        several => line.push_str(&format!("; {several} can be mended with --fix")),
    }
    line
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}

fn fixable(report: &Report, sources: &Sources) -> usize {
    report.diagnostics.iter().filter(|diagnostic| !mend_of(diagnostic, sources).is_empty()).count()
}

#[derive(Serialize)]
struct Document<'a> {
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
    #[serde(skip_serializing_if = "Option::is_none")]
    changes: Option<Vec<ChangeRecord<'a>>>,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
    notes: usize,
    fixable: usize,
    files: usize,
    chains: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    name: Option<&'a str>,
    severity: Severity,
    message: &'a str,
    /// Null when it is about no place.
    file: Option<&'a str>,
    line: Option<u32>,
    column: Option<u32>,
    #[serde(rename = "endLine")]
    end_line: Option<u32>,
    #[serde(rename = "endColumn")]
    end_column: Option<u32>,
    help: Option<&'a str>,
    fix: Vec<Replacement<'a>>,
    /// The other places.
    labels: Vec<OtherPlace<'a>>,
    /// PolicyId of the file at whose upload the service refuses it.
    upload: Option<&'a str>,
}

/// A piece of a file that becomes another: offsets in the bytes of the file as they are on disk.
#[derive(Serialize)]
struct Replacement<'a> {
    file: &'a str,
    start: usize,
    end: usize,
    text: String,
}

#[derive(Serialize)]
struct OtherPlace<'a> {
    file: &'a str,
    line: u32,
    column: u32,
    #[serde(rename = "endLine")]
    end_line: u32,
    #[serde(rename = "endColumn")]
    end_column: u32,
    message: &'a str,
}

#[derive(Serialize)]
struct ChangeRecord<'a> {
    code: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
    before: &'a str,
    after: &'a str,
}

impl<'a> Finding<'a> {
    fn new(diagnostic: &'a Diagnostic, sources: &'a Sources) -> Self {
        let place = diagnostic.span().and_then(|span| OtherPlace::new(span, "", sources));
        let others = diagnostic.labels.iter().skip(1);
        Self {
            code: diagnostic.code,
            name: code::find(diagnostic.code).map(|rule| rule.name),
            severity: diagnostic.severity,
            message: &diagnostic.message,
            file: place.as_ref().map(|place| place.file),
            line: place.as_ref().map(|place| place.line),
            column: place.as_ref().map(|place| place.column),
            end_line: place.as_ref().map(|place| place.end_line),
            end_column: place.as_ref().map(|place| place.end_column),
            help: diagnostic.help.as_deref(),
            fix: replacements(diagnostic, sources),
            labels: others.filter_map(|label| OtherPlace::new(label.span, &label.message, sources)).collect(),
            upload: diagnostic.upload.as_deref(),
        }
    }
}

fn replacements<'a>(diagnostic: &Diagnostic, sources: &'a Sources) -> Vec<Replacement<'a>> {
    let replacement = |edit: crate::diagnostic::Edit| {
        let source = sources.get(edit.span.file)?;
        let (start, end) = (source.byte_offset(edit.span.start)?, source.byte_offset(edit.span.end)?);
        Some(Replacement { file: source.name(), start, end, text: edit.text })
    };
    mend_of(diagnostic, sources).into_iter().filter_map(replacement).collect()
}

impl<'a> OtherPlace<'a> {
    fn new(span: Span, message: &'a str, sources: &'a Sources) -> Option<Self> {
        let source = sources.get(span.file)?;
        let (line, column) = source.line_column(span.start);
        let (end_line, end_column) = source.line_column(span.end);
        Some(Self { file: source.name(), line, column, end_line, end_column, message })
    }
}

impl<'a> ChangeRecord<'a> {
    fn new(change: &'a Change) -> Self {
        let Change { place, code, before, after } = change;
        Self { code, file: &place.file, line: place.line, column: place.column, before, after }
    }
}
