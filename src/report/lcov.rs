//! Coverage by the lines of the policy files, as lcov tracefile and Cobertura XML.
//!
//! A line is that of a step, a claims exchange, a validation technical profile or a precondition; its branches are the outcomes of the
//! preconditions that begin there. What no run can reach is left out. Several relying parties share files: their runs add up.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::junit::escape;
use crate::explore::{ConditionOutcome, Coverage, ItemKind};

/// One line of a policy file.
#[derive(Default)]
struct Line {
    hits: usize,
    /// By column of the precondition and outcome.
    branches: BTreeMap<(u32, ConditionOutcome), usize>,
}

impl Line {
    fn branches_taken(&self) -> usize {
        self.branches.values().filter(|hits| **hits > 0).count()
    }
}

type Lines = BTreeMap<u32, Line>;

/// By file.
fn files(coverages: &[Coverage]) -> BTreeMap<&str, Lines> {
    let mut files: BTreeMap<&str, Lines> = BTreeMap::new();
    for coverage in coverages {
        // Of what stands on one line the most frequent counts, of the outcomes of a precondition all together.
        let mut hits: BTreeMap<(&str, u32), BTreeMap<u32, usize>> = BTreeMap::new();
        for item in coverage.items.iter().filter(|item| item.reachable) {
            let (file, number) = (&*item.at.file, item.at.line);
            let here = hits.entry((file, number)).or_default().entry(item.at.column).or_default();
            match item.kind {
                ItemKind::Step | ItemKind::Exchange | ItemKind::Validation => *here = (*here).max(item.hits),
                ItemKind::Condition(outcome) => {
                    *here += item.hits;
                    let line = files.entry(file).or_default().entry(number).or_default();
                    *line.branches.entry((item.at.column, outcome)).or_default() += item.hits;
                }
                ItemKind::Mcdc | ItemKind::ErrorExit => {}
            }
        }
        for item in coverage.items.iter().filter(|item| item.reachable && !matches!(item.kind, ItemKind::Mcdc | ItemKind::ErrorExit)) {
            files.entry(&item.at.file).or_default().entry(item.at.line).or_default();
        }
        for ((file, number), columns) in hits {
            if let Some(line) = files.get_mut(file).and_then(|lines| lines.get_mut(&number)) {
                line.hits += columns.into_values().max().unwrap_or(0);
            }
        }
    }
    files
}

/// The number of a branch of a precondition.
fn number(outcome: ConditionOutcome) -> u8 {
    match outcome {
        ConditionOutcome::True => 0,
        ConditionOutcome::False => 1,
        ConditionOutcome::Ignored => 2,
    }
}

/// A tracefile of lcov: `DA` for lines, `BRDA` for preconditions (branch 0 = satisfied, 1 = not satisfied, 2 = ignored).
pub fn coverage_lcov(coverages: &[Coverage]) -> String {
    let mut out = String::new();
    for (file, lines) in files(coverages) {
        // One record a line: a name with a line end in it would end the record.
        let file: String = file.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect();
        let _ = writeln!(out, "TN:\nSF:{file}");
        for (at, line) in &lines {
            for ((block, outcome), hits) in &line.branches {
                let taken = if line.hits == 0 { "-".to_owned() } else { hits.to_string() };
                let _ = writeln!(out, "BRDA:{at},{block},{},{taken}", number(*outcome));
            }
        }
        let branches: usize = lines.values().map(|line| line.branches.len()).sum();
        let taken: usize = lines.values().map(Line::branches_taken).sum();
        let _ = writeln!(out, "BRF:{branches}\nBRH:{taken}");
        for (at, line) in &lines {
            let _ = writeln!(out, "DA:{at},{}", line.hits);
        }
        let hit = lines.values().filter(|line| line.hits > 0).count();
        let _ = writeln!(out, "LF:{}\nLH:{hit}\nend_of_record", lines.len());
    }
    out
}

/// Covered and all, of lines or branches.
#[derive(Clone, Copy, Default)]
struct Rate(usize, usize);

impl Rate {
    fn lines<'a>(lines: impl Iterator<Item = &'a Line>) -> Self {
        lines.fold(Self::default(), |Self(hit, all), line| Self(hit + usize::from(line.hits > 0), all + 1))
    }

    fn branches<'a>(lines: impl Iterator<Item = &'a Line>) -> Self {
        lines.fold(Self::default(), |Self(hit, all), line| Self(hit + line.branches_taken(), all + line.branches.len()))
    }

    fn text(self) -> String {
        format!("{:.4}", if self.1 == 0 { 1.0 } else { self.0 as f64 / self.1 as f64 })
    }
}

/// Cobertura XML: a class a policy file. It carries no time, so that the same runs give the same document.
pub fn coverage_cobertura(coverages: &[Coverage]) -> String {
    let files = files(coverages);
    let all = || files.values().flat_map(BTreeMap::values);
    let (lines, branches) = (Rate::lines(all()), Rate::branches(all()));
    let rates =
        |lines: Rate, branches: Rate| format!("line-rate=\"{}\" branch-rate=\"{}\" complexity=\"0\"", lines.text(), branches.text());
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    out += "<!DOCTYPE coverage SYSTEM \"http://cobertura.sourceforge.net/xml/coverage-04.dtd\">\n";
    let _ = writeln!(
        out,
        "<coverage {} lines-covered=\"{}\" lines-valid=\"{}\" branches-covered=\"{}\" branches-valid=\"{}\" version=\"{}\" timestamp=\"0\">",
        rates(lines, branches),
        lines.0,
        lines.1,
        branches.0,
        branches.1,
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(out, "  <sources>\n    <source>.</source>\n  </sources>\n  <packages>");
    if !files.is_empty() {
        let _ = writeln!(out, "    <package name=\"policies\" {}>\n      <classes>", rates(lines, branches));
        for (file, lines) in &files {
            let name = escape(file);
            let of_file = rates(Rate::lines(lines.values()), Rate::branches(lines.values()));
            let _ = writeln!(out, "        <class name=\"{name}\" filename=\"{name}\" {of_file}>");
            let _ = writeln!(out, "          <methods/>\n          <lines>");
            for (at, line) in lines {
                let branch = match (line.branches_taken(), line.branches.len()) {
                    (_, 0) => "branch=\"false\"".to_owned(),
                    (taken, all) => format!("branch=\"true\" condition-coverage=\"{}% ({taken}/{all})\"", taken * 100 / all),
                };
                let _ = writeln!(out, "            <line number=\"{at}\" hits=\"{}\" {branch}/>", line.hits);
            }
            let _ = writeln!(out, "          </lines>\n        </class>");
        }
        let _ = writeln!(out, "      </classes>\n    </package>");
    }
    let _ = writeln!(out, "  </packages>\n</coverage>");
    out
}
