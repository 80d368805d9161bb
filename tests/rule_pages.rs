//! Every code has its page, its place in the index, and policies that hold it.
#![cfg(test)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use b2c_journey::diagnostic::code::{self, Raised, Rule};

/// Codes about what no small policy file can be: a huge one, very many. Other tests hold them.
const NO_FOLDER: &[&str] = &["B2C1001", "B2C1002", "B2C1004", "B2C1005"];

/// Parts that every page has, in this order.
const SECTIONS: [&str; 5] = ["## Why", "## Wrong", "## Right", "## What the service says", "## Source"];

const FAMILIES: [&str; 11] = [
    "XML and schema",
    "Inheritance",
    "References",
    "Journeys",
    "Technical profiles",
    "Claims",
    "Claims transformations",
    "Relying party",
    "Security",
    "Limits",
    "The checker itself",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn severity(rule: &Rule) -> String {
    rule.severity.map_or_else(|| "off".to_owned(), |severity| severity.to_string())
}

fn raised(rule: &Rule) -> &'static str {
    match rule.raised {
        Raised::Upload => "upload of the file",
        Raised::RelyingParty => "upload of the relying party",
        Raised::Run => "a run",
        Raised::Silent => "never",
    }
}

#[test]
fn the_index_of_the_codes_is_current() {
    let mut page = "# Diagnostic codes

<!-- Written by `UPDATE_EXPECTED=1 cargo test --test rule_pages` from src/diagnostic/code.rs; edit the table there, not this page. -->

What `b2c-journey check` can find. *Severity* is what a finding is as a rule: an **error** is what the service refuses or what must break when
it runs, a **warning** a likely fault, a **note** worth knowing; *off* is not reported until it is asked for (see [check](../check.md)). *Raised* is when
the service itself says something. `b2c-journey explain CODE` shows a page; codes and names keep their meaning.
"
    .to_owned();
    for (index, family) in FAMILIES.iter().enumerate() {
        let prefix = format!("B2C{:02}", index + 1);
        write!(page, "\n## {family}\n\n| code | name | severity | raised | |\n|---|---|---|---|---|\n").unwrap();
        for rule in code::ALL.iter().filter(|rule| rule.code.starts_with(&prefix)) {
            let Rule { code, name, summary, .. } = rule;
            writeln!(page, "| [{code}]({code}.md) | {name} | {} | {} | {summary} |", severity(rule), raised(rule)).unwrap();
        }
    }
    assert!(code::ALL.iter().all(|rule| page.contains(&format!("[{}]", rule.code))), "a code of no family");
    let path = root().join("docs/rules/README.md");
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(kept == page, "docs/rules/README.md is not current; `UPDATE_EXPECTED=1 cargo test --test rule_pages` writes it anew");
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    assert!(code::ALL.windows(2).all(|pair| pair[0].code < pair[1].code));
    for rule in code::ALL {
        assert_eq!(code::find(rule.name).map(|found| found.code), Some(rule.code), "{}", rule.name);
        assert!(rule.name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'), "{}", rule.name);
        assert!(rule.summary.ends_with('.'), "{}: the summary is no sentence", rule.code);
    }
}

/// What is wrong with a page.
fn faults(rule: &Rule) -> Vec<String> {
    let page = rule.page;
    let mut faults = Vec::new();
    if page.lines().next() != Some(&format!("# {}: {}", rule.code, rule.name)) {
        faults.push("its title is not `# CODE: name`".to_owned());
    }
    let mut from = 0;
    for section in SECTIONS {
        match page.get(from..).and_then(|rest| rest.find(&format!("\n{section}\n"))) {
            Some(at) => from += at + section.len(),
            None => faults.push(format!("no `{section}`, or not in its place")),
        }
    }
    let titles: Vec<&str> = page.lines().filter(|line| line.starts_with("## ")).collect();
    if titles.len() != SECTIONS.len() {
        faults.push(format!("its sections are {titles:?}"));
    }
    if page.matches("```xml\n").count() < 2 {
        faults.push("no XML of what is wrong and right".to_owned());
    }
    faults
}

#[test]
fn every_code_has_a_whole_page() {
    let mut wrong = Vec::new();
    for rule in code::ALL {
        wrong.extend(faults(rule).into_iter().map(|fault| format!("{}: {fault}", rule.code)));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn has_cases(rule: &Rule) -> bool {
    NO_FOLDER.contains(&rule.code) || root().join("tests/check").join(rule.code).is_dir()
}

#[test]
fn every_code_has_policies_that_hold_it() {
    let without: Vec<&str> = code::ALL.iter().filter(|rule| !has_cases(rule)).map(|rule| rule.code).collect();
    assert!(without.is_empty(), "no folder in tests/check: {without:?}");
}

#[test]
fn every_page_is_that_of_a_code() {
    for entry in std::fs::read_dir(root().join("docs/rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let code = name.trim_end_matches(".md");
        assert!(code == "README" || code::find(code).is_some_and(|rule| rule.code == code), "docs/rules/{name} is the page of no code");
    }
}
