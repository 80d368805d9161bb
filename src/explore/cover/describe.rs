//! Items in words.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use crate::claims::Slot;
use crate::explore::search::step_name;
use crate::plan::{JourneyPlan, Precondition, Test};
use crate::simulate::Execution;
use crate::simulate::scenario::Scenario;
use crate::trace::{Because, Event};

use super::ConditionOutcome;
use super::items::{Fact, FactItem, Guarded, Items};
use super::measure::Meter;

/// When a precondition is satisfied.
pub(super) fn test(plan: &JourneyPlan, precondition: &Precondition) -> String {
    let claim = &plan.claim(precondition.claim).id;
    match (&precondition.test, precondition.execute_if) {
        (Test::Exists, true) => format!("`{claim}` exists"),
        (Test::Exists, false) => format!("`{claim}` does not exist"),
        (Test::Equals(literal), true) => format!("`{claim}` equals \"{literal}\""),
        (Test::Equals(literal), false) => format!("`{claim}` does not equal \"{literal}\""),
    }
}

impl Items {
    /// An item in words.
    pub(super) fn describe(&self, plan: &JourneyPlan, item: &FactItem) -> String {
        let profile = |id| &plan.profile(id).id;
        match item.fact {
            Fact::Step(step) => format!("step {} runs", step_name(plan, step)),
            Fact::Exchange(step, id) => format!("step {} calls `{}`", step_name(plan, step), profile(id)),
            Fact::Condition(span, outcome) => {
                let Some(condition) = self.condition(span) else { return String::new() };
                let whose = match condition.guards {
                    Guarded::Step(step) => format!("step {}", step_name(plan, step)),
                    Guarded::Validation(page, validation) => {
                        format!("validation technical profile `{}` of `{}`", profile(validation), profile(page))
                    }
                };
                let precondition = &condition.precondition;
                format!("precondition {} of {whose} ({}) is {}", precondition.number, test(plan, precondition), outcome.name())
            }
            Fact::Validation(page, id) => format!("`{}` calls validation technical profile `{}`", profile(page), profile(id)),
            Fact::Fails(step, id) => format!("step {} ends with an error of `{}`", step_name(plan, step), profile(id)),
            Fact::Refuses(page) => format!("page `{}` refuses its input", profile(page)),
        }
    }
}

/// The name of a scenario: what it shows that none before it does. `names` are taken.
pub(super) fn name(
    plan: &JourneyPlan,
    items: &Items,
    scenario: &Scenario,
    run: &Execution,
    before: &[bool],
    names: &BTreeSet<String>,
) -> String {
    let mut meter = Meter::new(items);
    let mut told = before.to_vec();
    let mut phrases: Vec<(u8, String)> = Vec::new();
    for event in &run.trace.events {
        meter.see(event, |index| {
            if let (Some(told), Some(item)) = (told.get_mut(index), items.list.get(index))
                && !std::mem::replace(told, true)
            {
                phrases.push(phrase(plan, items, item, event));
            }
        });
    }
    // What tells the most goes first; of the same kind, what happens first.
    phrases.sort_by_key(|(rank, _)| *rank);
    let mut parts: Vec<String> = Vec::new();
    if scenario.choose.values().any(|choice| choice.name.eq_ignore_ascii_case("signup")) {
        parts.push("sign-up".to_owned());
    }
    if scenario.choose.values().any(|choice| choice.name.eq_ignore_ascii_case("forgot-password")) {
        parts.push("password forgotten".to_owned());
    }
    let mut phrases = phrases.into_iter().map(|(_, phrase)| phrase);
    parts.extend(phrases.by_ref().take(MOST_PHRASES));
    loop {
        let name = parts.join(", ");
        if !name.is_empty() && !names.contains(&name) {
            return name;
        }
        match phrases.next() {
            Some(more) => parts.push(more),
            None => break,
        }
    }
    let name = parts.join(", ");
    (2..).map(|number| format!("{name} ({number})")).find(|name| !names.contains(name)).unwrap_or(name)
}

/// A name with more is no name.
const MOST_PHRASES: usize = 2;

/// What an event shows in a few words, and how telling that is: the lower, the more.
fn phrase(plan: &JourneyPlan, items: &Items, item: &FactItem, event: &Event) -> (u8, String) {
    let profile = |id| &plan.profile(id).id;
    match item.fact {
        Fact::Fails(_, id) => match event {
            Event::StepFailed(_, fault) if fault.code.as_deref() == Some("AADB2C90091") => (0, format!("{} cancelled", profile(id))),
            _ => (0, format!("{} fails", profile(id))),
        },
        Fact::Refuses(page) => (1, format!("{} refused", profile(page))),
        Fact::Exchange(step, id) if items.candidates(step).len() > 1 => (4, format!("step {} with {}", step_name(plan, step), profile(id))),
        Fact::Exchange(_, id) => (9, profile(id).to_string()),
        Fact::Condition(span, outcome) => {
            let Some(condition) = items.condition(span) else { return (9, String::new()) };
            let whose = match condition.guards {
                Guarded::Step(step) => format!("step {}", step_name(plan, step)),
                Guarded::Validation(_, validation) => profile(validation).to_string(),
            };
            let claim = &plan.claim(condition.precondition.claim).id;
            // A value tells more than that there is one.
            let rank = if matches!(condition.precondition.test, Test::Equals(_)) { 2 } else { 3 };
            match (outcome, held(event)) {
                (ConditionOutcome::True, Some(value)) => (rank, format!("{whose} skipped by {claim}{value}")),
                (ConditionOutcome::True, None) => (rank, format!("{whose} skipped without {claim}")),
                (ConditionOutcome::False, Some(value)) => (6, format!("{whose} with {claim}{value}")),
                (ConditionOutcome::False, None) => (6, format!("{whose} without {claim}")),
                (ConditionOutcome::Ignored, _) => (5, format!("{whose} without {claim}")),
            }
        }
        Fact::Validation(_, id) => (7, format!("{} called", profile(id))),
        Fact::Step(step) => (8, format!("step {}", step_name(plan, step))),
    }
}

/// The value by which a precondition decided, with a blank before it; empty when it looked only whether there is one, `None` when there is none.
fn held(event: &Event) -> Option<String> {
    let (actual, compared) = match event {
        Event::PreconditionPassed { actual, .. } => (actual, true),
        Event::StepSkipped(_, Because::Precondition { actual, equals, .. })
        | Event::ValidationSkipped(_, Because::Precondition { actual, equals, .. }) => (actual, *equals),
        _ => return None,
    };
    let Slot::Value(value) = actual else { return None };
    let text = match value.to_json() {
        Json::String(text) => text,
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Number(number) => number.to_string(),
        _ => return Some(String::new()),
    };
    let short = compared && !text.is_empty() && text.chars().count() <= LONGEST_VALUE && !text.chars().any(char::is_control);
    Some(if short { format!(" {text}") } else { String::new() })
}

/// Longer values, such as object ids, make no good names.
const LONGEST_VALUE: usize = 32;
