//! Every code has its page, its place in the index, and policies that hold it.
#![cfg(test)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use b2c_journey::diagnostic::code::{self, Raised, Rule};

/// Codes whose page is not written yet.
const BARE: &[&str] = &[
    "B2C0100", "B2C0101", "B2C0102", "B2C0103", "B2C0104", "B2C0105", "B2C0106", "B2C0107", "B2C0108", "B2C0109", "B2C0110", "B2C0111",
    "B2C0112", "B2C0113", "B2C0114", "B2C0115", "B2C0116", "B2C0117", "B2C0118", "B2C0201", "B2C0202", "B2C0203", "B2C0204", "B2C0205",
    "B2C0206", "B2C0207", "B2C0208", "B2C0209", "B2C0210", "B2C0211", "B2C0301", "B2C0302", "B2C0303", "B2C0304", "B2C0305", "B2C0306",
    "B2C0307", "B2C0308", "B2C0309", "B2C0310", "B2C0401", "B2C0402", "B2C0403", "B2C0404", "B2C0405", "B2C0406", "B2C0407", "B2C0408",
    "B2C0409", "B2C0410", "B2C0411", "B2C0412", "B2C0413", "B2C0414", "B2C0415", "B2C0416", "B2C0417", "B2C0418", "B2C0419", "B2C0420",
    "B2C0421", "B2C0422", "B2C0423", "B2C0424", "B2C0425", "B2C0426", "B2C0427", "B2C0428", "B2C0501", "B2C0502", "B2C0503", "B2C0504",
    "B2C0505", "B2C0506", "B2C0507", "B2C0508", "B2C0509", "B2C0510", "B2C0511", "B2C0512", "B2C0513", "B2C0514", "B2C0515", "B2C0516",
    "B2C0517", "B2C0518", "B2C0519", "B2C0520", "B2C0521", "B2C0522", "B2C0523", "B2C0524", "B2C0525", "B2C0526", "B2C0527", "B2C0601",
    "B2C0602", "B2C0603", "B2C0604", "B2C0605", "B2C0606", "B2C0607", "B2C0608", "B2C0609", "B2C0610", "B2C0611", "B2C0612", "B2C0701",
    "B2C0702", "B2C0703", "B2C0704", "B2C0705", "B2C0706", "B2C0707", "B2C0801", "B2C0802", "B2C0803", "B2C0804", "B2C0805", "B2C0806",
    "B2C0807", "B2C0808", "B2C0809", "B2C0810", "B2C0811", "B2C0812", "B2C0901", "B2C0902", "B2C0903", "B2C0904", "B2C0905", "B2C0906",
    "B2C0907", "B2C0908", "B2C0909", "B2C1001", "B2C1002", "B2C1003", "B2C1004", "B2C1005",
];

/// Codes about what no small policy file can be: no file, a huge one, very many. Other tests hold them.
const NO_FOLDER: &[&str] = &["B2C0100", "B2C1001", "B2C1002", "B2C1004", "B2C1005"];

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
    for rule in code::ALL.iter().filter(|rule| !BARE.contains(&rule.code)) {
        wrong.extend(faults(rule).into_iter().map(|fault| format!("{}: {fault}", rule.code)));
    }
    for bare in BARE {
        let rule = code::find(bare).unwrap_or_else(|| panic!("{bare} is no code"));
        if faults(rule).is_empty() && has_cases(rule) {
            wrong.push(format!("{bare} is whole now: take it out of BARE"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn has_cases(rule: &Rule) -> bool {
    NO_FOLDER.contains(&rule.code) || root().join("tests/check").join(rule.code).is_dir()
}

#[test]
fn every_code_has_policies_that_hold_it() {
    let without: Vec<&str> = code::ALL.iter().filter(|rule| !BARE.contains(&rule.code) && !has_cases(rule)).map(|rule| rule.code).collect();
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
