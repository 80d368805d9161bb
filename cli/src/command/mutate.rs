//! `mutate`: whether the scenarios would notice small faults in the policies.

use b2c_journey::explore::Mutation;
use b2c_journey::report::{mutation_json, mutation_text};
use b2c_journey::simulate::scenario::Scenario;
use clap::Args;

use super::Exit;
use super::options::{Budget, Format, percent};
use crate::engine::{Engine, Policies, Problem};
use crate::progress::Progress;
use crate::scenarios::Scenarios;
use crate::terminal::{Manner, complain, print};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios,
    #[command(flatten)]
    policies: Policies,
    /// Exit with 3 when fewer of the mutants are killed
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_score: Option<f64>,
    #[command(flatten)]
    budget: Budget,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match execute(arguments) {
        Ok(found) => {
            show(arguments, &found);
            let sum = |count: fn(&Mutation) -> usize| found.iter().map(count).sum::<usize>();
            let score = Mutation::percent(sum(Mutation::killed), sum(Mutation::counted));
            match arguments.min_score.filter(|wanted| score < *wanted) {
                Some(wanted) => {
                    let message = format!("{score:.2} % of the mutants are killed, fewer than {wanted} %");
                    complain(&Problem::usage(message, arguments.manner).rendered);
                    Exit::Missed
                }
                None => Exit::Fine,
            }
        }
        Err(problem) => {
            complain(&problem.rendered);
            if arguments.format == Format::Json {
                show(arguments, &[]);
            }
            problem.exit
        }
    }
}

fn show(arguments: &Arguments, found: &[Mutation]) {
    print(&match arguments.format {
        Format::Text => mutation_text(found, &arguments.manner.text_options()),
        Format::Json => mutation_json(found),
    });
}

fn execute(arguments: &Arguments) -> Result<Vec<Mutation>, Problem> {
    let manner = arguments.manner;
    let files = arguments.scenarios.files(manner)?;
    let files: Vec<Vec<Scenario>> = files.iter().map(|file| Engine::scenarios(file, manner)).collect::<Result<_, _>>()?;
    let engine = Engine::load(&arguments.policies, manner)?;
    // A file belongs to the relying parties that its scenarios run.
    let mut parties: Vec<(String, Vec<Vec<Scenario>>)> = Vec::new();
    for file in files {
        let mut policies: Vec<String> = Vec::new();
        for scenario in &file {
            let policy = engine.policy_of(scenario)?;
            if !policies.iter().any(|known| known.eq_ignore_ascii_case(&policy)) {
                policies.push(policy);
            }
        }
        match policies.as_slice() {
            [one] => match parties.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(one)) {
                Some((_, files)) => files.push(file),
                None => parties.push((one.clone(), vec![file])),
            },
            // Each for itself: one relying party's runs cannot stand in for another's here.
            several => {
                engine.say(&format!("a file with scenarios of {} is left out: `mutate` takes one relying party a file", several.join(", ")))
            }
        }
    }
    let limits = arguments.budget.limits();
    let mut found = Vec::new();
    for (policy, files) in &parties {
        let journey = engine.journey(policy)?;
        engine.remark(&journey);
        let progress = Progress::new(journey.mutants().len(), manner);
        found.push(journey.mutate(files, &limits, &|mutant| {
            progress.begin(&mutant.what);
            progress.done();
        }));
    }
    engine.say_untouched(parties.iter().map(|(policy, _)| policy.as_str()));
    Ok(found)
}
