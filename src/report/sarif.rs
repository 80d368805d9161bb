//! Findings of `check` as a SARIF 2.1.0 log. Source: the OASIS standard of that name; only what a policy can have is in these structs.

use std::collections::BTreeMap;
use std::fmt::Write;

use indexmap::{IndexMap, IndexSet};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::json::document;
use crate::check::{Report, mend_of};
use crate::diagnostic::code::{self, Rule};
use crate::diagnostic::{Diagnostic, Edit, Label, Severity};
use crate::policy_set::PolicySet;
use crate::source::{SourceId, Sources, Span};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Name of the fingerprint; the number is that of the recipe in [`fingerprint`].
const FINGERPRINT: &str = "b2cJourney/v1";
/// What no path of a URI may hold as it is (RFC 3986, 3.3).
const NOT_IN_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One SARIF log with a final line end.
pub fn check_sarif(report: &Report, set: &PolicySet) -> String {
    let sources = set.sources();
    let rules: IndexSet<&str> = report.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
    let artifacts: Vec<Artifact> = sources.iter().map(|(file, _)| Artifact { location: location(file, sources) }).collect();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut results = Vec::with_capacity(report.diagnostics.len());
    for diagnostic in &report.diagnostics {
        let fingerprint = fingerprint(diagnostic, set);
        let times = seen.entry(fingerprint.clone()).or_default();
        *times += 1;
        // Twins, such as the same slip twice in one element, are told apart by their order.
        let fingerprint = if *times == 1 { fingerprint } else { format!("{fingerprint}:{times}") };
        results.push(result(diagnostic, rules.get_index_of(diagnostic.code), fingerprint, sources));
    }
    document(&Log {
        schema: SCHEMA,
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "b2c-journey",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: rules.iter().map(|code| descriptor(code)).collect(),
                },
            },
            invocations: [Invocation { execution_successful: true }],
            artifacts,
            column_kind: "unicodeCodePoints",
            results,
        }],
    })
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'a str,
    version: &'a str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    column_kind: &'a str,
    results: Vec<ResultRecord<'a>>,
}

#[derive(Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<'a> {
    name: &'a str,
    semantic_version: &'a str,
    rules: Vec<Descriptor<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor<'a> {
    id: &'a str,
    name: &'a str,
    short_description: Message<'a>,
    help: Help<'a>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Help<'a> {
    text: &'a str,
    markdown: &'a str,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
    index: u32,
}

#[derive(Serialize)]
struct Message<'a> {
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultRecord<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    partial_fingerprints: IndexMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    /// PolicyId of the file at whose upload the service refuses it.
    upload: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    description: Message<'a>,
    artifact_changes: Vec<ArtifactChange<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange<'a> {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Message<'a>,
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

fn descriptor<'a>(code: &'a str) -> Descriptor<'a> {
    let rule: Option<&'static Rule> = code::find(code);
    let page = rule.map_or("", |rule| rule.page);
    Descriptor {
        id: code,
        name: rule.map_or(code, |rule| rule.name),
        short_description: Message { text: rule.map_or(code, |rule| rule.summary).into() },
        help: Help { text: page, markdown: page },
        default_configuration: Configuration {
            enabled: rule.is_none_or(|rule| rule.severity.is_some()),
            level: level(rule.and_then(|rule| rule.severity).unwrap_or(Severity::Note)),
        },
    }
}

fn result<'a>(diagnostic: &'a Diagnostic, rule_index: Option<usize>, fingerprint: String, sources: &Sources) -> ResultRecord<'a> {
    let mut text = diagnostic.message.clone();
    for more in [diagnostic.help.clone(), diagnostic.service_note()].into_iter().flatten() {
        // Writing to a string cannot fail.
        let _ = write!(text, "\n{more}");
    }
    let mut labels = diagnostic.labels.iter();
    let primary = labels.next().filter(|label| sources.get(label.span.file).is_some());
    let place = |id: Option<usize>, label: &'a Label| Location {
        id,
        physical_location: PhysicalLocation { artifact_location: location(label.span.file, sources), region: region(label.span, sources) },
        message: (!label.message.is_empty()).then(|| Message { text: label.message.as_str().into() }),
    };
    let edits = mend_of(diagnostic, sources);
    ResultRecord {
        rule_id: diagnostic.code,
        rule_index,
        level: level(diagnostic.severity),
        message: Message { text: text.into() },
        locations: primary.map(|label| place(None, label)).into_iter().collect(),
        related_locations: labels.enumerate().map(|(index, label)| place(Some(index), label)).collect(),
        partial_fingerprints: IndexMap::from([(FINGERPRINT, fingerprint)]),
        fixes: if edits.is_empty() { Vec::new() } else { vec![fix(diagnostic, edits, sources)] },
        properties: diagnostic.upload.as_deref().map(|upload| Properties { upload }),
    }
}

fn fix<'a>(diagnostic: &'a Diagnostic, edits: Vec<Edit>, sources: &Sources) -> Fix<'a> {
    let mut by_file: IndexMap<SourceId, Vec<Replacement<'a>>> = IndexMap::new();
    for edit in edits {
        let replacement = Replacement { deleted_region: region(edit.span, sources), inserted_content: Message { text: edit.text.into() } };
        by_file.entry(edit.span.file).or_default().push(replacement);
    }
    let changes =
        by_file.into_iter().map(|(file, replacements)| ArtifactChange { artifact_location: location(file, sources), replacements });
    let description = diagnostic.help.as_deref().unwrap_or("what --fix does");
    Fix { description: Message { text: description.into() }, artifact_changes: changes.collect() }
}

fn region(span: Span, sources: &Sources) -> Region {
    let at = |offset| sources.get(span.file).map_or((1, 1), |source| source.line_column(offset));
    let ((start_line, start_column), (end_line, end_column)) = (at(span.start), at(span.end));
    Region { start_line, start_column, end_line, end_column }
}

fn location(file: SourceId, sources: &Sources) -> ArtifactLocation {
    ArtifactLocation { uri: uri(sources.get(file).map_or("", |source| source.name())), index: file.0 }
}

/// A path as a URI: relative where it is relative, `file:` where it is not.
fn uri(path: &str) -> String {
    let path = path.replace('\\', "/");
    let path = path.strip_prefix("./").unwrap_or(&path);
    let encoded = utf8_percent_encode(path, NOT_IN_PATH).to_string();
    let has_drive = path.as_bytes().get(1) == Some(&b':');
    match () {
        () if path.starts_with("//") => format!("file:{encoded}"),
        () if path.starts_with('/') => format!("file://{encoded}"),
        () if has_drive => format!("file:///{encoded}"),
        // A colon in the first segment would be taken for a scheme (RFC 3986, 4.2).
        () if path.split('/').next().is_some_and(|first| first.contains(':')) => format!("./{encoded}"),
        () => encoded,
    }
}

/// What stays when lines move: the code, the elements around the place with their names in the policy, and the underlined text.
fn fingerprint(diagnostic: &Diagnostic, set: &PolicySet) -> String {
    let mut hash = Sha256::new();
    hash.update(diagnostic.code);
    if let Some(span) = diagnostic.span() {
        let path = set.document(span.file).map(|document| document.path_to(span.start)).unwrap_or_default();
        for element in &path {
            hash.update(format!("\n{}", element.name()));
            for name in ["PolicyId", "Id", "ReferenceId", "TechnicalProfileReferenceId", "ClaimTypeReferenceId", "Order", "Key"] {
                if let Some(value) = element.attribute(name) {
                    hash.update(format!(" {name}={}", value.value.trim()));
                }
            }
        }
        if path.is_empty() {
            hash.update(set.sources().get(span.file).map_or("", |source| source.name()));
        }
        hash.update("\n");
        set.sources().text(span).split_whitespace().for_each(|word| {
            hash.update(word);
            hash.update(" ");
        });
    } else {
        hash.update(&diagnostic.message);
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_uris() {
        for (path, expected) in [
            ("./policies/a b.xml", "policies/a%20b.xml"),
            ("policies\\ä.xml", "policies/%C3%A4.xml"),
            ("/srv/a#1.xml", "file:///srv/a%231.xml"),
            ("C:\\policies\\a.xml", "file:///C:/policies/a.xml"),
            ("\\\\server\\share\\a.xml", "file://server/share/a.xml"),
            ("aa:b.xml", "./aa:b.xml"),
            ("../a.xml", "../a.xml"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
