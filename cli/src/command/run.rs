//! `run`: one scenario, or the default world.

use std::path::PathBuf;

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
    /// Scenario file; without one everything is answered so that the journey succeeds
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
        Ok((scenario, record)) => {
            let failures = scenario.expect.as_ref().map(|expect| check(expect, &record)).unwrap_or_default();
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

fn execute(arguments: &Arguments) -> Result<(Scenario, RunRecord), Box<Unstarted>> {
    let manner = arguments.manner;
    let scenario = match &arguments.scenario {
        Some(path) => Engine::scenario(path, manner).map_err(|problem| Unstarted::new(path.display().to_string(), "", problem))?,
        None => Scenario::default(),
    };
    let unstarted = |policy: &str, problem| Unstarted::new(scenario.title(), policy, problem);
    let engine = Engine::load(&arguments.policies, manner).map_err(|problem| unstarted("", problem))?;
    let policy = engine.policy_of(&scenario).map_err(|problem| unstarted(scenario.policy.as_deref().unwrap_or(""), problem))?;
    let journey = engine.journey(&policy).map_err(|problem| unstarted(&policy, problem))?;
    engine.remark(&journey);
    let record = engine.run(&journey, &scenario).map_err(|problem| unstarted(&policy, problem))?;
    Ok((scenario, record))
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
