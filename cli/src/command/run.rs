//! `run`: one scenario, or the default world.

use std::path::PathBuf;

use b2c_journey::Execution;
use b2c_journey::report::{OutcomeRecord, RunRecord, run_json, run_text};
use b2c_journey::simulate::expect::{check, expects_a_bad_end};
use b2c_journey::simulate::scenario::Scenario;
use clap::{Args, ValueEnum};

use super::Exit;
use crate::engine::{Engine, Policies, Problem};
use crate::terminal::{Manner, complain, print};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario file; without one everything is answered so that the journey succeeds. Of several scenarios that continue one another
    /// the last is shown
    scenario: Option<PathBuf>,
    #[command(flatten)]
    policies: Policies,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match execute(arguments) {
        Ok((scenario, record, mut failures)) => {
            failures.extend(scenario.expect.as_ref().map(|expect| check(expect, &record)).unwrap_or_default());
            show(arguments, &record, &failures);
            let ended_badly = matches!(record.outcome, OutcomeRecord::Error { .. } | OutcomeRecord::Waiting { .. });
            let expected = scenario.expect.as_ref().is_some_and(expects_a_bad_end);
            if !failures.is_empty() || (ended_badly && !expected) { Exit::Failed } else { Exit::Fine }
        }
        Err(unstarted) => {
            let Unstarted { name, policy, problem } = *unstarted;
            complain(&problem.rendered);
            if arguments.format == Format::Json {
                let record = RunRecord::not_started(&name, &policy, problem.code.as_deref(), &problem.message, problem.at);
                print(&run_json(&record));
            }
            problem.exit
        }
    }
}

/// A run that did not come about.
struct Unstarted {
    name: String,
    policy: String,
    problem: Problem,
}

impl Unstarted {
    fn new(name: impl Into<String>, policy: &str, problem: Problem) -> Box<Self> {
        Box::new(Self { name: name.into(), policy: policy.to_owned(), problem })
    }
}

/// Runs the scenario after those that it continues; what these did not do as expected comes along.
fn execute(arguments: &Arguments) -> Result<(Scenario, RunRecord, Vec<String>), Box<Unstarted>> {
    let manner = arguments.manner;
    let mut scenarios = match &arguments.scenario {
        Some(path) => Engine::chain(path, manner).map_err(|problem| Unstarted::new(path.display().to_string(), "", problem))?,
        None => Vec::new(),
    };
    let last = scenarios.pop().unwrap_or_default();
    let engine = Engine::load(&arguments.policies, manner).map_err(|problem| Unstarted::new(last.title(), "", problem))?;
    let mut failures = Vec::new();
    let mut previous = None;
    for scenario in &scenarios {
        let execution = run_one(&engine, scenario, previous.as_ref(), false)?;
        let wrong = scenario.expect.as_ref().map(|expect| check(expect, &execution.record())).unwrap_or_default();
        failures.extend(wrong.into_iter().map(|failure| format!("in `{}`, which is continued: {failure}", scenario.title())));
        previous = Some(execution);
    }
    if !scenarios.is_empty() {
        engine.say(&format!("ran {} before it, which it continues; this is the last scenario of the file", count_of(scenarios.len())));
    }
    let execution = run_one(&engine, &last, previous.as_ref(), true)?;
    Ok((last, execution.record(), failures))
}

fn count_of(scenarios: usize) -> String {
    if scenarios == 1 { "the scenario".to_owned() } else { format!("the {scenarios} scenarios") }
}

fn run_one(engine: &Engine, scenario: &Scenario, previous: Option<&Execution>, remark: bool) -> Result<Execution, Box<Unstarted>> {
    let unstarted = |policy: &str, problem| Unstarted::new(scenario.title(), policy, problem);
    let policy = engine.policy_of(scenario).map_err(|problem| unstarted(scenario.policy.as_deref().unwrap_or(""), problem))?;
    let journey = engine.journey(&policy).map_err(|problem| unstarted(&policy, problem))?;
    if remark {
        engine.remark(&journey);
    }
    engine.run(&journey, scenario, previous).map_err(|problem| unstarted(&policy, problem))
}

fn show(arguments: &Arguments, record: &RunRecord, failures: &[String]) {
    let list: String = failures.iter().map(|failure| format!("  - {}\n", failure.replace('\n', "\n    "))).collect();
    match arguments.format {
        Format::Text => {
            print(&run_text(record, &arguments.manner.text_options()));
            if !failures.is_empty() {
                print(&format!("\nnot as expected:\n{list}"));
            }
        }
        Format::Json => {
            print(&run_json(record));
            if !failures.is_empty() {
                complain(&format!("not as expected:\n{}", list.trim_end()));
            }
        }
    }
}
