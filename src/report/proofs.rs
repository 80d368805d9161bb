//! The answers of `prove`.

use serde_json::{Value as Json, json};

use super::json::document;
use super::style::Style;
use super::text::TextOptions;
use crate::explore::{Proof, Verdict};
use crate::simulate::scenario::Scenario;

/// One JSON document: `{ "properties": [ { "name", "verdict", "reason", "runs", "states", "counterexample", "witness" } ] }`.
pub fn proofs_json(proofs: &[Proof]) -> String {
    let scenario = |scenario: &Option<Scenario>| scenario.as_ref().map_or(Json::Null, Scenario::to_json);
    let properties: Vec<Json> = proofs
        .iter()
        .map(|proof| {
            json!({
                "name": proof.name,
                "verdict": proof.verdict.name(),
                "reason": proof.reason,
                "runs": proof.runs,
                "states": proof.states,
                "counterexample": scenario(&proof.counterexample),
                "witness": scenario(&proof.witness),
            })
        })
        .collect();
    document(&json!({ "properties": properties }))
}

/// A line for each property, the scenario of a counterexample below it; with `verbose` that of a witness too.
pub fn proofs_text(proofs: &[Proof], options: &TextOptions) -> String {
    let mut text = String::new();
    for proof in proofs {
        let (mark, style) = match proof.verdict {
            Verdict::Proved => ("✓", Style::Good),
            Verdict::Refuted => ("✗", Style::Bad),
            Verdict::Bounded => ("?", Style::Waiting),
            Verdict::Vacuous => ("-", Style::Skipped),
        };
        let verdict = style.paint(&format!("{mark} {:<8}", proof.verdict.name()), options.color);
        let measure = format!("{}, {}", count(proof.runs, "run"), count(proof.states, "state"));
        let name = Style::Plain.paint(&proof.name, options.color);
        text += &format!("{verdict} {name}  {}\n", Style::Faint.paint(&measure, options.color));
        let reason = match (&proof.reason, proof.verdict) {
            (None, Verdict::Vacuous) => Some("its `when` holds in no run".to_owned()),
            (reason, _) => reason.clone(),
        };
        if let Some(reason) = reason {
            text += &format!("    {}\n", Style::Plain.paint(&reason, options.color));
        }
        if options.quiet {
            continue;
        }
        let shown = proof.counterexample.as_ref().map(|scenario| ("a run that breaks it, as a scenario", scenario));
        let shown =
            shown.or(proof.witness.as_ref().filter(|_| options.verbose).map(|scenario| ("a run that fulfils it, as a scenario", scenario)));
        if let Some((what, scenario)) = shown {
            text += &format!("    {}\n", Style::Faint.paint(&format!("{what}:"), options.color));
            for line in scenario.to_yaml().lines() {
                text += &format!("      {}\n", Style::Plain.paint(line, options.color));
            }
        }
    }
    let of = |verdict: Verdict| proofs.iter().filter(|proof| proof.verdict == verdict).count();
    let summary: Vec<String> = [Verdict::Proved, Verdict::Refuted, Verdict::Bounded, Verdict::Vacuous]
        .into_iter()
        .filter(|verdict| of(*verdict) > 0)
        .map(|verdict| format!("{} {}", of(verdict), verdict.name()))
        .collect();
    text + &format!("\n{}\n", summary.join(", "))
}

fn count(number: usize, what: &str) -> String {
    if number == 1 { format!("1 {what}") } else { format!("{number} {what}s") }
}
