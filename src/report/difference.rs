//! Differences for people and tools.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::json::document;
use super::style::Style;
use super::text::TextOptions;
use crate::explore::{DiffVerdict, Difference, DifferenceKind, PolicyDiff, RunSummary};
use crate::simulate::scenario::Scenario;

/// One JSON document with a final line end:
/// `{ "policies": [ { "policy", "verdict", "reason", "runs", "differences": [ { "kind", "subject", "message", "old", "new", "scenario" } ] } ] }`.
pub fn diff_json(found: &[PolicyDiff]) -> String {
    let policies: Vec<Json> = found
        .iter()
        .map(|diff| {
            let differences: Vec<Json> = diff.differences.iter().map(difference).collect();
            json!({
                "policy": diff.policy, "verdict": diff.verdict, "reason": diff.reason, "runs": diff.runs, "differences": differences,
            })
        })
        .collect();
    document(&json!({ "policies": policies }))
}

fn difference(difference: &Difference) -> Json {
    let scenario = difference.scenario.as_ref().map(Scenario::to_json);
    json!({
        "kind": difference.kind, "subject": difference.subject, "message": difference.message,
        "old": difference.old, "new": difference.new, "scenario": scenario,
    })
}

/// For people: a line per difference, what the two runs did, and the scenario.
pub fn diff_text(found: &[PolicyDiff], options: &TextOptions) -> String {
    let mut text = String::new();
    for diff in found {
        let style = if diff.verdict == DiffVerdict::Equivalent { Style::Good } else { Style::Waiting };
        let _ = writeln!(text, "{}: {}", Style::Strong.paint(&diff.policy, options.color), style.paint(&headline(diff), options.color));
        for difference in &diff.differences {
            let style = if difference.kind == DifferenceKind::MfaWeakened { Style::Bad } else { Style::Waiting };
            let kind = style.paint(difference.kind.name(), options.color);
            let _ = writeln!(text, "\n  {kind}: {}", Style::Plain.paint(&difference.message, options.color));
            if options.quiet {
                continue;
            }
            for (name, run) in [("old", &difference.old), ("new", &difference.new)] {
                if let Some(run) = run {
                    let _ = writeln!(text, "    {name}: {}", Style::Plain.paint(&in_short(run), options.color));
                }
            }
            if let Some(scenario) = &difference.scenario {
                for line in scenario.to_yaml().lines() {
                    let _ = writeln!(text, "      {}", Style::Faint.paint(line, options.color));
                }
            }
        }
        text.push('\n');
    }
    if found.is_empty() {
        text.push_str("there is no relying party among the policies\n");
    }
    text
}

fn headline(diff: &PolicyDiff) -> String {
    let what = match (diff.verdict, diff.differences.len()) {
        (DiffVerdict::Equivalent, _) => "equivalent".to_owned(),
        (DiffVerdict::Bounded, _) => "no difference was found, but not everything could be looked at".to_owned(),
        (DiffVerdict::Different, 1) => "1 difference".to_owned(),
        (DiffVerdict::Different, many) => format!("{many} differences"),
    };
    match &diff.reason {
        Some(reason) => format!("{what} (bounded: {reason})"),
        None => what,
    }
}

/// `issued without a second factor: A, B`.
fn in_short(run: &RunSummary) -> String {
    let mfa = if run.mfa { "with a second factor" } else { "without a second factor" };
    let end = match &run.error {
        Some(error) => format!("{} ({error})", run.outcome),
        None => run.outcome.clone(),
    };
    format!("{end}, {mfa}: {}", run.calls.join(", "))
}

/// For a comment under a change.
pub fn diff_markdown(found: &[PolicyDiff]) -> String {
    let mut text = String::new();
    for diff in found {
        let _ = writeln!(text, "## `{}`: {}\n", diff.policy, headline(diff));
        if diff.differences.is_empty() {
            continue;
        }
        text.push_str("| difference | what | old | new |\n|---|---|---|---|\n");
        for difference in &diff.differences {
            let cell = |run: &Option<RunSummary>| run.as_ref().map(|run| escaped(&in_short(run))).unwrap_or_default();
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {} |",
                difference.kind.name(),
                escaped(&difference.message),
                cell(&difference.old),
                cell(&difference.new)
            );
        }
        text.push('\n');
        for difference in &diff.differences {
            let Some(scenario) = &difference.scenario else { continue };
            let title = format!("{} {}", difference.kind.name(), difference.subject);
            let _ = writeln!(
                text,
                "<details><summary>{}</summary>\n\n```yaml\n{}```\n\n</details>\n",
                escaped(title.trim()),
                scenario.to_yaml()
            );
        }
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;").replace(['\n', '\r'], " ")
}
