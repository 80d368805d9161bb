//! `cover`: what scenarios exercise of the journeys that they run.

use std::path::Path;

use b2c_journey::explore::{Count, CoverLimits, Coverage, CoverageMeter};
use b2c_journey::report::{coverage_cobertura, coverage_json, coverage_lcov, coverage_text};
use b2c_journey::simulate::expect::check;
use b2c_journey::simulate::scenario::Scenario;
use b2c_journey::{Execution, Journey};
use clap::{Args, ValueEnum};

use super::Exit;
use super::options::percent;
use crate::engine::{Engine, Policies, Problem};
use crate::live::Live;
use crate::progress::Progress;
use crate::scenarios::Scenarios;
use crate::terminal::{Manner, complain, print};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// A tracefile of lcov
    Lcov,
    /// Cobertura XML
    Cobertura,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    scenarios: Scenarios,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    live: Live,
    /// Exit with 3 when fewer of the steps run
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_steps: Option<f64>,
    /// Exit with 3 when fewer outcomes of preconditions are seen
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_conditions: Option<f64>,
    /// Exit with 3 when fewer preconditions decide by themselves
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    min_mcdc: Option<f64>,
    #[command(flatten)]
    reach: Reach,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

/// How much is explored for what can be reached.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Reach {
    /// States to explore at most for what can be reached at all
    #[arg(long, value_name = "NUMBER", default_value_t = CoverLimits::default().max_states)]
    max_states: usize,
}

impl Reach {
    pub(super) fn limits(self) -> CoverLimits {
        CoverLimits { max_states: self.max_states }
    }
}

/// A relying party and what was run of it.
struct Party {
    journey: Result<Journey, Problem>,
    policy: String,
    runs: Vec<Execution>,
}

struct Coverer<'a> {
    arguments: &'a Arguments,
    /// Loaded when the first scenario needs it.
    engine: Option<Result<Engine, Problem>>,
    parties: Vec<Party>,
    /// Of reading and running.
    exit: Exit,
    /// Expectations that do not hold.
    failed: bool,
    progress: Progress,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let files = match arguments.scenarios.files(arguments.manner) {
        Ok(files) => files,
        Err(problem) => {
            complain(&problem.rendered);
            if arguments.format == Format::Json {
                show(arguments, &[]);
            }
            return problem.exit;
        }
    };
    let read: Vec<_> = files.into_iter().map(|file| (Engine::scenarios(&file, arguments.manner), file)).collect();
    let count = read.iter().map(|(scenarios, _)| scenarios.as_ref().map_or(0, Vec::len)).sum();
    let progress = Progress::new(count, arguments.manner);
    let mut coverer = Coverer { arguments, engine: None, parties: Vec::new(), exit: Exit::Fine, failed: false, progress };
    for (scenarios, file) in read {
        match scenarios {
            Ok(scenarios) => coverer.file(&scenarios, &file),
            Err(problem) => coverer.complain(&problem),
        }
    }
    let coverages = coverer.measure();
    let Coverer { engine, parties, exit, failed, progress, .. } = coverer;
    // The bar makes room for the results.
    drop(progress);
    show(arguments, &coverages);
    if let Some(Ok(engine)) = &engine {
        engine.say_untouched(parties.iter().map(|party| party.policy.as_str()));
    }
    let missed = gates(arguments, &coverages);
    match (exit, failed, missed) {
        (Exit::Fine, true, _) => Exit::Failed,
        (Exit::Fine, false, true) => Exit::Missed,
        (exit, ..) => exit,
    }
}

fn show(arguments: &Arguments, coverages: &[Coverage]) {
    print(&match arguments.format {
        Format::Text => coverage_text(coverages, &arguments.manner.text_options()),
        Format::Json => coverage_json(coverages),
        Format::Lcov => coverage_lcov(coverages),
        Format::Cobertura => coverage_cobertura(coverages),
    });
}

/// A measure, the percentage that is asked of it, and how it is counted.
type Gate = (&'static str, Option<f64>, fn(&Coverage) -> Count);

/// Whether a gate was missed; each is said.
fn gates(arguments: &Arguments, coverages: &[Coverage]) -> bool {
    let gates: [Gate; 3] = [
        ("steps", arguments.min_steps, Coverage::steps),
        ("conditions", arguments.min_conditions, Coverage::conditions),
        ("MC/DC", arguments.min_mcdc, Coverage::mcdc),
    ];
    let mut missed = false;
    for (name, wanted, count) in gates {
        let count: Count = coverages.iter().map(count).sum();
        if let Some(wanted) = wanted.filter(|wanted| count.percent() < *wanted) {
            missed = true;
            let message = format!("{name}: {} of {} are covered, fewer than {wanted} %", count.covered, count.total);
            complain(&Problem::usage(message, arguments.manner).rendered);
        }
    }
    missed
}

impl Coverer<'_> {
    fn complain(&mut self, problem: &Problem) {
        self.progress.complain(&problem.rendered);
        self.exit = self.exit.max(problem.exit);
    }

    fn file(&mut self, scenarios: &[Scenario], file: &Path) {
        // Where the run stands that the next scenario may continue.
        let mut previous: Option<(usize, usize)> = None;
        for scenario in scenarios {
            self.progress.begin(&scenario.title());
            previous = match self.scenario(scenario, file, previous) {
                Ok(place) => Some(place),
                Err(problem) => {
                    self.complain(&problem);
                    None
                }
            };
            self.progress.done();
        }
    }

    /// Runs a scenario and says what of it is not as expected.
    fn scenario(&mut self, scenario: &Scenario, file: &Path, previous: Option<(usize, usize)>) -> Result<(usize, usize), Problem> {
        let Self { arguments, engine, parties, failed, progress, .. } = self;
        let engine = engine.get_or_insert_with(|| Engine::load(&arguments.policies, arguments.manner));
        let engine = engine.as_ref().map_err(Problem::clone)?;
        let policy = engine.policy_of(scenario)?;
        let known = parties.iter().position(|party| party.policy.eq_ignore_ascii_case(&policy));
        let place = known.unwrap_or(parties.len());
        if known.is_none() {
            parties.push(Party { journey: engine.journey(&policy), policy, runs: Vec::new() });
        }
        let before = previous.and_then(|(party, run)| parties.get(party)?.runs.get(run));
        let Some(party) = parties.get(place) else { return Ok((0, 0)) };
        let journey = party.journey.as_ref().map_err(Problem::clone)?;
        let run = engine.run(journey, scenario, before, &arguments.live)?;
        let failures = scenario.expect.as_ref().map(|expect| check(expect, &run.record())).unwrap_or_default();
        if !failures.is_empty() {
            *failed = true;
            let list: String = failures.iter().map(|failure| format!("\n  - {}", failure.replace('\n', "\n    "))).collect();
            let message = format!("`{}` in {} is not as expected:{list}", scenario.title(), file.display());
            progress.complain(&message);
        }
        let Some(party) = parties.get_mut(place) else { return Ok((0, 0)) };
        party.runs.push(run);
        Ok((place, party.runs.len() - 1))
    }

    fn measure(&mut self) -> Vec<Coverage> {
        let limits = self.arguments.reach.limits();
        let mut coverages = Vec::new();
        for party in &self.parties {
            let Ok(journey) = &party.journey else { continue };
            self.progress.begin(&party.policy);
            let mut meter = CoverageMeter::new(journey);
            for run in &party.runs {
                meter.add(run);
            }
            coverages.push(meter.finish(&limits));
        }
        coverages
    }
}
