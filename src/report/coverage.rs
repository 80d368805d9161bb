//! Coverage as text for people and as the JSON of `cover`.

use serde::Serialize;

use super::json::document;
use super::style::{Style, printable};
use super::text::TextOptions;
use crate::claims::Str;
use crate::explore::{Count, Coverage, Item, ItemKind};

/// The measures in the order in which they are shown.
type Measure = (&'static str, fn(&Coverage) -> Count);

const MEASURES: [Measure; 6] = [
    ("steps", Coverage::steps),
    ("exchanges", Coverage::exchanges),
    ("conditions", Coverage::conditions),
    ("MC/DC", Coverage::mcdc),
    ("validations", Coverage::validations),
    ("error exits", Coverage::errors),
];

/// Shows the coverage of each relying party: the numbers, what is missing, what no run can reach.
pub fn coverage_text(coverages: &[Coverage], options: &TextOptions) -> String {
    let paint = |style: Style, text: &str| style.paint(text, options.color);
    let mut out = String::new();
    for (index, coverage) in coverages.iter().enumerate() {
        if index > 0 {
            out.push('\n');
        }
        let runs = if coverage.runs == 1 { "1 run".to_owned() } else { format!("{} runs", coverage.runs) };
        out += &format!("{}  {}\n", paint(Style::Strong, &coverage.policy), paint(Style::Faint, &format!("{}, {runs}", coverage.journey)));
        for (name, count) in MEASURES {
            let count = count(coverage);
            let style = if count.is_full() { Style::Good } else { Style::Waiting };
            let numbers = format!("{:>4} of {:<4} {:>6} %", count.covered, count.total, percent(count));
            out += &format!("  {name:<12}{}\n", paint(style, &numbers));
        }
        if options.quiet {
            continue;
        }
        out += &list("not covered", coverage.uncovered(), Style::Waiting, options);
        out += &list("out of reach in every run, and not counted", coverage.unreachable(), Style::Faint, options);
        if let Some(reason) = &coverage.bounded {
            let words = format!("not everything was explored, so that what was not seen counts: {reason}");
            out += &format!("\n  {}\n", paint(Style::Waiting, &words));
        }
        if options.verbose {
            out += &list("covered", coverage.items.iter().filter(|item| item.is_covered()), Style::Good, options);
        }
    }
    out
}

/// Two digits would claim to know more than there is to know; 100 is only said of what is full.
fn percent(count: Count) -> String {
    let tenths = (count.percent() * 10.0).floor() / 10.0;
    format!("{tenths:.1}")
}

fn list<'a>(title: &str, items: impl Iterator<Item = &'a Item>, style: Style, options: &TextOptions) -> String {
    let mut lines = String::new();
    for item in items {
        let hits = match (item.hits, options.verbose) {
            (hits @ 1.., true) => format!("  ({hits}x)"),
            _ => String::new(),
        };
        let at = Style::Faint.paint(&format!("{}:{}", item.at.file, item.at.line), options.color);
        lines += &format!("    {}{hits}  {at}\n", printable(&item.what));
    }
    if lines.is_empty() { lines } else { format!("\n  {}\n{lines}", style.paint(&format!("{title}:"), options.color)) }
}

#[derive(Serialize)]
struct Counts {
    steps: Count,
    conditions: Count,
    mcdc: Count,
    exchanges: Count,
    validations: Count,
    errors: Count,
}

impl Counts {
    /// The sums.
    fn of(coverages: &[Coverage]) -> Self {
        let sum = |count: fn(&Coverage) -> Count| coverages.iter().map(count).sum();
        Self {
            steps: sum(Coverage::steps),
            conditions: sum(Coverage::conditions),
            mcdc: sum(Coverage::mcdc),
            exchanges: sum(Coverage::exchanges),
            validations: sum(Coverage::validations),
            errors: sum(Coverage::errors),
        }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(flatten)]
    counts: Counts,
    runs: usize,
    exact: bool,
    reason: Option<&'a str>,
    uncovered: Vec<Entry<'a>>,
    unreachable: Vec<Entry<'a>>,
    journeys: Vec<JourneyEntry<'a>>,
}

#[derive(Serialize)]
struct JourneyEntry<'a> {
    policy: &'a Str,
    journey: &'a Str,
    runs: usize,
    exact: bool,
    reason: Option<&'a str>,
    #[serde(flatten)]
    counts: Counts,
}

#[derive(Serialize)]
struct Entry<'a> {
    policy: &'a Str,
    kind: &'static str,
    /// Of a precondition.
    outcome: Option<&'static str>,
    step: Option<&'a Str>,
    what: &'a str,
    file: &'a str,
    line: u32,
    column: u32,
}

fn entry<'a>(coverage: &'a Coverage, item: &'a Item) -> Entry<'a> {
    Entry {
        policy: &coverage.policy,
        kind: item.kind.name(),
        outcome: match item.kind {
            ItemKind::Condition(outcome) => Some(outcome.name()),
            _ => None,
        },
        step: item.step.as_ref(),
        what: &item.what,
        file: &item.at.file,
        line: item.at.line,
        column: item.at.column,
    }
}

/// One JSON document with a final line end; the numbers are sums over the relying parties.
pub fn coverage_json(coverages: &[Coverage]) -> String {
    document(&Document {
        counts: Counts::of(coverages),
        runs: coverages.iter().map(|coverage| coverage.runs).sum(),
        exact: coverages.iter().all(|coverage| coverage.bounded.is_none()),
        reason: coverages.iter().find_map(|coverage| coverage.bounded.as_deref()),
        uncovered: coverages.iter().flat_map(|coverage| coverage.uncovered().map(|item| entry(coverage, item))).collect(),
        unreachable: coverages.iter().flat_map(|coverage| coverage.unreachable().map(|item| entry(coverage, item))).collect(),
        journeys: coverages
            .iter()
            .map(|coverage| JourneyEntry {
                policy: &coverage.policy,
                journey: &coverage.journey,
                runs: coverage.runs,
                exact: coverage.bounded.is_none(),
                reason: coverage.bounded.as_deref(),
                counts: Counts::of(std::slice::from_ref(coverage)),
            })
            .collect(),
    })
}
