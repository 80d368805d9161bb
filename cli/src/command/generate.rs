//! `generate`: scenarios that cover everything that can be reached.

use b2c_journey::explore::Coverage;
use b2c_journey::simulate::scenario::Scenario;
use clap::{Args, ValueEnum};

use super::Exit;
use super::cover::Reach;
use crate::engine::{Engine, Policies, Problem};
use crate::progress::Progress;
use crate::terminal::{Manner, complain, print};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Scenario files, as the documents of one
    #[default]
    Yaml,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    reach: Reach,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let manner = arguments.manner;
    let refused = |problem: Problem| {
        complain(&problem.rendered);
        problem.exit
    };
    let engine = match Engine::load(&arguments.policies, manner) {
        Ok(engine) => engine,
        Err(problem) => return refused(problem),
    };
    let parties = engine.relying_parties();
    if parties.is_empty()
        && let Err(problem) = engine.policy_of(&Scenario::default())
    {
        return refused(problem);
    }
    let progress = Progress::new(parties.len(), manner);
    let mut exit = Exit::Fine;
    let mut scenarios = Vec::new();
    let mut remarks = Vec::new();
    for policy in &parties {
        progress.begin(policy);
        match engine.journey(policy) {
            Ok(journey) => {
                let (more, coverage) = journey.generate_with_coverage(&arguments.reach.limits());
                remarks.push(remark(more.len(), &coverage));
                scenarios.extend(more);
            }
            Err(problem) => {
                progress.complain(&problem.rendered);
                exit = exit.max(problem.exit);
            }
        }
        progress.done();
    }
    drop(progress);
    match arguments.format {
        Format::Yaml => print(&Scenario::to_yaml_file(&scenarios)),
    }
    remarks.iter().for_each(|remark| engine.say(remark));
    exit
}

fn remark(scenarios: usize, coverage: &Coverage) -> String {
    let missing = coverage.uncovered().count();
    let counted = coverage.items.iter().filter(|item| item.reachable).count();
    let rest = match (missing, &coverage.bounded) {
        (0, None) => "everything that can be reached".to_owned(),
        (0, Some(reason)) => format!("everything that was looked for, and not everything was explored: {reason}"),
        (missing, Some(reason)) => format!("all but {missing} of {counted} items, and not everything was explored: {reason}"),
        (missing, None) => format!("all but {missing} of {counted} items"),
    };
    format!("`{}`: {scenarios} scenarios cover {rest}", coverage.policy)
}
