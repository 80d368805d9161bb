//! Annotations of GitHub Actions: workflow commands, one line a finding. Source: workflow-commands-for-github-actions.

use std::fmt::Write;

use crate::check::Report;
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;

/// One line for each finding: `::error file=a.xml,line=3,endLine=3,col=5,endColumn=9,title=B2C0412::message`.
pub fn check_github(report: &Report, sources: &Sources) -> String {
    report.diagnostics.iter().map(|diagnostic| annotation(diagnostic, sources)).collect()
}

fn annotation(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let command = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    };
    let mut line = format!("::{command} ");
    if let Some((span, source)) = diagnostic.span().and_then(|span| Some((span, sources.get(span.file)?))) {
        let (start, column) = source.line_column(span.start);
        let (end, end_column) = source.line_column(span.end);
        let file = property(&source.name().replace('\\', "/"));
        // Writing to a string cannot fail.
        let _ = write!(line, "file={file},line={start},endLine={end},");
        // Columns are taken only of what is on one line.
        if start == end {
            let _ = write!(line, "col={column},endColumn={end_column},");
        }
    }
    let mut message = diagnostic.message.clone();
    for more in [diagnostic.help.clone(), diagnostic.service_note()].into_iter().flatten() {
        message.push('\n');
        message.push_str(&more);
    }
    let _ = writeln!(line, "title={}::{}", property(diagnostic.code), data(&message));
    line
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Span;

    #[test]
    fn what_would_end_a_property_or_a_message_is_escaped() {
        let mut sources = Sources::new();
        let file = sources.add("C:\\policies\\a,b.xml", "<a>\n  <b/>\n</a>".into());
        let at = |start, end| Span { file, start, end };
        let diagnostics = vec![
            Diagnostic::error("B2C0412", "100 % of\r\nit: a, b").at(at(6, 10)).help("mend it"),
            Diagnostic::warning("B2C0301", "two lines").at(at(0, 10)),
            Diagnostic::note("B2C1005", "no place"),
        ];
        let report = Report { diagnostics, files: 1, chains: 0 };
        assert_eq!(
            check_github(&report, &sources),
            "::error file=C%3A/policies/a%2Cb.xml,line=2,endLine=2,col=3,endColumn=7,title=B2C0412::100 %25 of%0D%0Ait: a, b%0Amend it\
             %0Athe service takes this; it fails when it runs\n\
             ::warning file=C%3A/policies/a%2Cb.xml,line=1,endLine=2,title=B2C0301::two lines\n\
             ::notice title=B2C1005::no place\n"
        );
    }
}
