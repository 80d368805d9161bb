//! Mutants for people and tools.

use std::fmt::Write;

use serde_json::{Value as Json, json};

use super::json::document;
use super::style::Style;
use super::text::TextOptions;
use crate::explore::{Fate, Mutation};
use crate::simulate::scenario::Scenario;

/// One JSON document with a final line end: `{ "score", "killed", "survived", "equivalent", "total", "policies": [ … ] }`, where `total` is all
/// mutants, and `score` the percentage of those killed among those that are not equivalent.
pub fn mutation_json(found: &[Mutation]) -> String {
    let sum = |count: fn(&Mutation) -> usize| found.iter().map(count).sum::<usize>();
    let policies: Vec<Json> = found
        .iter()
        .map(|mutation| {
            let mutants: Vec<Json> = mutation
                .mutants
                .iter()
                .map(|(mutant, fate)| {
                    let (by, reason, scenario) = match fate {
                        Fate::Killed { by } => (Some(by), None, None),
                        Fate::Refused { reason } => (None, Some(reason), None),
                        Fate::Equivalent => (None, None, None),
                        Fate::Survived { scenario, reason } => (None, reason.as_ref(), scenario.as_deref().map(Scenario::to_json)),
                    };
                    json!({
                        "id": mutant.id, "operator": mutant.operator, "what": mutant.what, "at": mutant.at, "result": fate.name(),
                        "killedBy": by, "reason": reason, "patch": mutant.patch, "scenario": scenario,
                    })
                })
                .collect();
            json!({
                "policy": mutation.policy, "score": mutation.score(), "killed": mutation.killed(), "survived": mutation.survived(),
                "equivalent": mutation.equivalent(), "total": mutation.mutants.len(), "scenarios": mutation.scenarios,
                "failing": mutation.failing, "mutants": mutants,
            })
        })
        .collect();
    let (killed, counted) = (sum(Mutation::killed), sum(Mutation::counted));
    document(&json!({
        "score": Mutation::percent(killed, counted), "killed": killed, "survived": sum(Mutation::survived), "equivalent": sum(Mutation::equivalent),
        "total": sum(|mutation| mutation.mutants.len()), "policies": policies,
    }))
}

/// For people: the survivors with their patches and the scenarios that would kill them, and the score.
pub fn mutation_text(found: &[Mutation], options: &TextOptions) -> String {
    let mut text = String::new();
    for mutation in found {
        for name in &mutation.failing {
            let _ = writeln!(
                text,
                "{}",
                Style::Waiting.paint(&format!("`{name}` fails on the policy itself and kills nothing"), options.color)
            );
        }
        for (mutant, fate) in &mutation.mutants {
            let shown = match fate {
                Fate::Survived { .. } => !options.quiet,
                _ => options.verbose,
            };
            if !shown {
                continue;
            }
            let style = if matches!(fate, Fate::Survived { .. }) { Style::Bad } else { Style::Faint };
            let because = match fate {
                Fate::Killed { by } => format!(" by `{by}`"),
                Fate::Refused { reason } => format!(": {reason}"),
                Fate::Survived { reason: Some(reason), .. } => format!(" ({reason})"),
                Fate::Equivalent | Fate::Survived { reason: None, .. } => String::new(),
            };
            let line = format!("{} {} at {}: {}: {}{because}", mutant.id, mutant.operator.name(), mutant.at, mutant.what, fate.name());
            let _ = writeln!(text, "{}", style.paint(&line, options.color));
            if let Fate::Survived { scenario, .. } = fate {
                lines(&mut text, &mutant.patch, options, |line| match line.chars().next() {
                    Some('-') => Style::Bad,
                    Some('+') => Style::Good,
                    _ => Style::Faint,
                });
                if let Some(scenario) = scenario {
                    text.push_str("  this scenario would kill it:\n");
                    lines(&mut text, &scenario.to_yaml(), options, |_| Style::Plain);
                }
                text.push('\n');
            }
        }
        let _ = writeln!(
            text,
            "{}: {} of {} mutants killed, {:.1} % ({} survived, {} equivalent and not counted, {} scenarios)",
            Style::Strong.paint(&mutation.policy, options.color),
            mutation.killed(),
            mutation.counted(),
            // Never more than it is: only all is 100.
            (mutation.score() * 10.0).floor() / 10.0,
            mutation.survived(),
            mutation.equivalent(),
            mutation.scenarios
        );
    }
    text
}

fn lines(text: &mut String, block: &str, options: &TextOptions, style: fn(&str) -> Style) {
    for line in block.lines() {
        let _ = writeln!(text, "    {}", style(line).paint(line, options.color));
    }
}
