//! `test`: scenario files against what they expect.

use std::collections::HashMap;
use std::path::Path;

use b2c_journey::report::{Case, Suite, suite_json, suite_junit, suite_tap, suite_text};
use b2c_journey::simulate::expect::check;
use b2c_journey::simulate::scenario::Scenario;
use b2c_journey::{Execution, Journey};
use clap::{Args, ValueEnum};

use super::Exit;
use crate::engine::{Engine, Policies, Problem};
use crate::live::Live;
use crate::progress::Progress;
use crate::scenarios::Scenarios;
use crate::terminal::{Manner, complain, print};
use crate::watch::watch;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// JUnit XML
    Junit,
    /// Test Anything Protocol
    Tap,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    live: Live,
    /// Run them again whenever a policy or a scenario changes, until Ctrl-C
    #[arg(long)]
    watch: bool,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    if !arguments.watch {
        return run_once(arguments);
    }
    let paths = [arguments.policies.paths(), arguments.scenarios.paths()].concat();
    let end = watch(&paths, arguments.manner, || {
        run_once(arguments);
    });
    let problem = Problem::usage(end, arguments.manner);
    complain(&problem.rendered);
    problem.exit
}

fn run_once(arguments: &Arguments) -> Exit {
    let files = match arguments.scenarios.files(arguments.manner) {
        Ok(files) => files,
        Err(problem) => {
            complain(&problem.rendered);
            if arguments.format != Format::Text {
                show(arguments, &Suite::default());
            }
            return problem.exit;
        }
    };
    let read: Vec<_> = files.into_iter().map(|file| (Engine::scenarios(&file, arguments.manner), file)).collect();
    let count = read.iter().map(|(scenarios, _)| scenarios.as_ref().map_or(0, Vec::len)).sum();
    let progress = Progress::new(count, arguments.manner);
    let mut tester = Tester { arguments, engine: None, journeys: HashMap::new(), suite: Suite::default(), exit: Exit::Fine, progress };
    for (scenarios, file) in read {
        tester.file(scenarios, &file);
    }
    let Tester { suite, exit, progress, .. } = tester;
    // The bar makes room for the results.
    drop(progress);
    show(arguments, &suite);
    let failed = if suite.failed() > 0 { Exit::Failed } else { Exit::Fine };
    exit.max(failed)
}

fn show(arguments: &Arguments, suite: &Suite) {
    print(&match arguments.format {
        Format::Text => suite_text(suite, &arguments.manner.text_options()),
        Format::Json => suite_json(suite),
        Format::Junit => suite_junit(suite),
        Format::Tap => suite_tap(suite),
    });
}

struct Tester<'a> {
    arguments: &'a Arguments,
    /// Loaded when the first scenario needs it.
    engine: Option<Result<Engine, Problem>>,
    /// By PolicyId in lower case.
    journeys: HashMap<String, Result<Journey, Problem>>,
    suite: Suite,
    exit: Exit,
    progress: Progress,
}

impl Tester<'_> {
    fn file(&mut self, scenarios: Result<Vec<Scenario>, Problem>, file: &Path) {
        match scenarios {
            Ok(scenarios) => {
                // The run before, which the next scenario may continue.
                let mut previous = None;
                for scenario in &scenarios {
                    self.progress.begin(&scenario.title());
                    let case = self.case(scenario, file, &mut previous);
                    self.suite.cases.push(case);
                    self.progress.done();
                }
            }
            Err(problem) => {
                self.progress.complain(&problem.rendered);
                let name = file.file_stem().map_or_else(|| file.display().to_string(), |stem| stem.to_string_lossy().into_owned());
                self.exit = self.exit.max(problem.exit);
                self.suite.cases.push(Case::new(name, file.display().to_string(), vec![problem.message], None));
            }
        }
    }

    fn case(&mut self, scenario: &Scenario, file: &Path, previous: &mut Option<Execution>) -> Case {
        let file = file.display().to_string();
        match self.execute(scenario, previous.take()) {
            Ok(execution) => {
                let record = execution.record();
                *previous = Some(execution);
                let failures = scenario.expect.as_ref().map(|expect| check(expect, &record)).unwrap_or_default();
                Case::new(scenario.title(), file, failures, Some(record))
            }
            Err(problem) => {
                self.exit = self.exit.max(problem.exit);
                Case::new(scenario.title(), file, vec![problem.message], None)
            }
        }
    }

    fn execute(&mut self, scenario: &Scenario, previous: Option<Execution>) -> Result<Execution, Problem> {
        let Self { arguments, engine, journeys, progress, .. } = self;
        let complain_of = |problem: &Problem| progress.complain(&problem.rendered);
        let engine = engine.get_or_insert_with(|| Engine::load(&arguments.policies, arguments.manner).inspect_err(complain_of));
        let engine = engine.as_ref().map_err(Problem::clone)?;
        let policy = engine.policy_of(scenario).inspect_err(complain_of)?;
        let journey = journeys.entry(policy.to_ascii_lowercase()).or_insert_with(|| engine.journey(&policy).inspect_err(complain_of));
        let journey = journey.as_ref().map_err(|problem| problem.clone())?;
        engine.run(journey, scenario, previous.as_ref(), &arguments.live).inspect_err(complain_of)
    }
}
