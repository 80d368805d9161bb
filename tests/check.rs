//! The rules of `check`, each held by policies of our own: `tests/check/B2Cnnnn/`.
//!
//! A case is a name such as `wrong`, `right` or `wrong-2`; its files are `CASE.xml` and `CASE.*.xml`, taken together with the worked
//! example's base (B2C_1A_TrustFrameworkBase) unless a file of the case has that id. `wrong*` has `CASE.expected`: every finding, one a
//! line, in the order of the report:
//!
//! ```text
//! error B2C0405 `the underlined text`: message
//! ```
//!
//! with blanks and line ends in the underlined text as one blank, and ` [refused at B2C_1A_x]` behind it where the service refuses. A wrong
//! case must find its own rule. `right*` must be silent. Rules that are off by default are on in their own folder. `UPDATE_EXPECTED=1` writes
//! the expected files anew: read what changed.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use b2c_journey::check::{Level, Options, Report, check, fix};
use b2c_journey::diagnostic::{Diagnostic, Severity, code};
use b2c_journey::source::Sources;
use b2c_journey::{PolicySet, xml::Limits};

const BASE: &str = "policies/TrustFrameworkBase.xml";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check")
}

/// Folder entries in the order of their names.
fn entries(path: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries
}

fn name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// The cases of a rule: the first part of each file's name.
fn cases(folder: &Path) -> BTreeSet<String> {
    let files = entries(folder);
    files.iter().map(|file| name(file).split('.').next().unwrap().to_owned()).collect()
}

struct Checked {
    set: PolicySet,
    report: Report,
}

/// The files of a case, with the base.
fn contents(folder: &Path, case: &str) -> Vec<(String, Vec<u8>)> {
    let mut contents: Vec<(String, Vec<u8>)> = Vec::new();
    for file in entries(folder) {
        if name(&file).split('.').next() == Some(case) && name(&file).ends_with(".xml") {
            contents.push((name(&file).to_owned(), std::fs::read(&file).unwrap()));
        }
    }
    assert!(!contents.is_empty(), "{}: no file", folder.display());
    let is_base = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains("PolicyId=\"B2C_1A_TrustFrameworkBase\"");
    if !contents.iter().any(|(_, bytes)| is_base(bytes)) {
        let base = Path::new(env!("CARGO_MANIFEST_DIR")).join(BASE);
        contents.insert(0, ("Base.xml".to_owned(), std::fs::read(base).unwrap()));
    }
    contents
}

fn options(folder: &Path) -> Options {
    let mut options = Options::default();
    let rule = name(folder);
    if code::find(rule).unwrap_or_else(|| panic!("{rule} is no code")).severity.is_none() {
        options.level(rule, Level::As(Severity::Note));
    }
    options
}

fn run(folder: &Path, case: &str) -> Checked {
    let contents = contents(folder, case);
    let set = PolicySet::from_bytes(contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default());
    let report = check(&set, &options(folder));
    Checked { set, report }
}

fn shown(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let underlined = diagnostic.span().map_or("", |span| sources.text(span));
    let underlined = underlined.split_whitespace().collect::<Vec<_>>().join(" ");
    let upload = diagnostic.upload.as_ref().map(|id| format!(" [refused at {id}]")).unwrap_or_default();
    format!("{} {} `{underlined}`: {}{upload}", diagnostic.severity, diagnostic.code, diagnostic.message)
}

impl Checked {
    fn lines(&self) -> Vec<String> {
        self.report.diagnostics.iter().map(|diagnostic| shown(diagnostic, self.set.sources())).collect()
    }
}

#[test]
fn wrong_policies_give_the_expected_findings_and_right_ones_none() {
    let mut failures = Vec::new();
    for folder in entries(&root()) {
        let rule = name(&folder).to_owned();
        for case in cases(&folder) {
            let lines = run(&folder, &case).lines();
            if case.starts_with("right") {
                if !lines.is_empty() {
                    failures.push(format!("{rule}/{case} is not silent:\n  {}", lines.join("\n  ")));
                }
                continue;
            }
            let file = folder.join(format!("{case}.expected"));
            let found = lines.join("\n") + "\n";
            if std::env::var_os("UPDATE_EXPECTED").is_some() {
                std::fs::write(&file, &found).unwrap();
            }
            let expected = std::fs::read_to_string(&file).unwrap_or_default();
            if found != expected {
                failures.push(format!("{rule}/{case}\nexpected:\n{expected}found:\n{found}"));
            }
            if !lines.iter().any(|line| line.contains(&format!(" {rule} "))) {
                failures.push(format!("{rule}/{case} does not find its own rule"));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn mends_leave_nothing_to_mend_and_make_nothing_worse() {
    let mut failures = Vec::new();
    for folder in entries(&root()) {
        for case in cases(&folder) {
            let case_name = format!("{}/{case}", name(&folder));
            let Checked { set, report } = run(&folder, &case);
            for edit in report.diagnostics.iter().flat_map(|diagnostic| &diagnostic.fix) {
                let text = set.sources().get(edit.span.file).unwrap().text();
                let range = edit.span.start as usize..edit.span.end as usize;
                assert!(text.get(range).is_some(), "{case_name}: an edit cuts a character");
            }
            if report.diagnostics.iter().all(|diagnostic| diagnostic.fix.is_empty()) {
                continue;
            }
            let fixed = fix(contents(&folder, &case), |set| check(set, &options(&folder)));
            let left = |diagnostic: &&Diagnostic| !diagnostic.fix.is_empty();
            let left: Vec<String> =
                fixed.report.diagnostics.iter().filter(left).map(|diagnostic| shown(diagnostic, fixed.set.sources())).collect();
            if !left.is_empty() {
                failures.push(format!("{case_name}: left to mend after mending:\n  {}", left.join("\n  ")));
            }
            if fixed.report.count(Severity::Error) > report.count(Severity::Error) {
                let lines = fixed.report.diagnostics.iter().map(|diagnostic| shown(diagnostic, fixed.set.sources()));
                failures.push(format!("{case_name}: more errors after mending:\n  {}", lines.collect::<Vec<_>>().join("\n  ")));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn every_folder_has_wrong_and_right_cases() {
    for folder in entries(&root()) {
        let cases = cases(&folder);
        for kind in ["wrong", "right"] {
            assert!(cases.iter().any(|case| case.starts_with(kind)), "{}: no {kind} case", folder.display());
        }
    }
}

#[test]
fn the_worked_example_is_clean_but_for_what_its_readme_says() {
    let set = PolicySet::from_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    let errors: Vec<String> = check(&set, &Options::default())
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| shown(diagnostic, set.sources()))
        .collect();
    assert_eq!(errors, [""; 0]);
}
