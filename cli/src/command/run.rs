//! `run`: one scenario, or the default world.

use std::path::{Path, PathBuf};

use b2c_journey::Execution;
use b2c_journey::report::{OutcomeRecord, RunRecord, run_json, run_text, signed_run_json};
use b2c_journey::simulate::expect::{check, expects_a_bad_end};
use b2c_journey::simulate::scenario::Scenario;
use b2c_journey::{SignedToken, SigningError, SigningKey};
use clap::Args;

use super::Exit;
use super::options::Format;
use crate::engine::{Engine, Policies, Problem};
use crate::live::Live;
use crate::scenarios::is_scenario;
use crate::terminal::{Manner, complain, print};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Scenario file; without one everything is answered so that the journey succeeds. Of several scenarios that continue one another
    /// the last is shown
    scenario: Option<PathBuf>,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    live: Live,
    /// Sign the token, with an RSA key in PEM or one made from the scenario's seed, and print it with its key set
    #[arg(long, value_name = "KEY.pem", num_args = 0..=1)]
    sign: Option<Option<PathBuf>>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

impl Arguments {
    /// The scenario. `--sign` without a key may have taken it.
    fn scenario(&self) -> Option<&Path> {
        self.scenario.as_deref().or_else(|| self.sign_value().filter(|path| is_scenario(path)))
    }

    /// The key, when one is given.
    fn key(&self) -> Option<&Path> {
        self.sign_value().filter(|path| self.scenario.is_some() || !is_scenario(path))
    }

    fn sign_value(&self) -> Option<&Path> {
        self.sign.as_ref()?.as_deref()
    }
}

/// What there is to show.
struct Done {
    scenario: Scenario,
    record: RunRecord,
    /// When it was asked for.
    signed: Option<Result<SignedToken, SigningError>>,
    /// What the scenarios that are continued did not do as expected.
    failures: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match execute(arguments) {
        Ok(done) => {
            let Done { scenario, record, signed, mut failures } = *done;
            failures.extend(scenario.expect.as_ref().map(|expect| check(expect, &record)).unwrap_or_default());
            show(arguments, &record, signed.as_ref(), &failures);
            if let Some(Err(error)) = &signed
                && !matches!(error, SigningError::NoToken)
            {
                let problem = Problem::usage(format!("the token cannot be signed: {error}"), arguments.manner);
                complain(&problem.rendered);
                return problem.exit;
            }
            let ended_badly = matches!(record.outcome, OutcomeRecord::Error { .. } | OutcomeRecord::Waiting { .. });
            let expected = scenario.expect.as_ref().is_some_and(expects_a_bad_end);
            if !failures.is_empty() || (ended_badly && !expected) { Exit::Failed } else { Exit::Fine }
        }
        Err(unstarted) => {
            let Unstarted { name, policy, problem } = *unstarted;
            complain(&problem.rendered);
            if arguments.format == Format::Json {
                let record = RunRecord::not_started(&name, &policy, problem.code.as_deref(), &problem.message, problem.at);
                print(&if arguments.sign.is_some() { signed_run_json(&record, None) } else { run_json(&record) });
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
fn execute(arguments: &Arguments) -> Result<Box<Done>, Box<Unstarted>> {
    let manner = arguments.manner;
    let mut scenarios = match arguments.scenario() {
        Some(path) => Engine::chain(path, manner).map_err(|problem| Unstarted::new(path.display().to_string(), "", problem))?,
        None => Vec::new(),
    };
    let last = scenarios.pop().unwrap_or_default();
    let unstarted = |problem| Unstarted::new(last.title(), "", problem);
    let key = arguments.sign.is_some().then(|| signing_key(arguments.key(), last.seed));
    let key = key.transpose().map_err(|message| unstarted(Problem::usage(message, manner)))?;
    let engine = Engine::load(&arguments.policies, manner).map_err(unstarted)?;
    let mut failures = Vec::new();
    let mut previous = None;
    for scenario in &scenarios {
        let execution = run_one(&engine, scenario, previous.as_ref(), &arguments.live)?;
        let wrong = scenario.expect.as_ref().map(|expect| check(expect, &execution.record())).unwrap_or_default();
        failures.extend(wrong.into_iter().map(|failure| format!("in `{}`, which is continued: {failure}", scenario.title())));
        previous = Some(execution);
    }
    if !scenarios.is_empty() {
        engine.say(&format!("ran {} before it, which it continues; this is the last scenario of the file", count_of(scenarios.len())));
    }
    let execution = run_one(&engine, &last, previous.as_ref(), &arguments.live)?;
    let signed = key.map(|key| execution.signed_token(&key));
    Ok(Box::new(Done { record: execution.record(), scenario: last, signed, failures }))
}

fn count_of(scenarios: usize) -> String {
    if scenarios == 1 { "the scenario".to_owned() } else { format!("the {scenarios} scenarios") }
}

fn run_one(engine: &Engine, scenario: &Scenario, previous: Option<&Execution>, live: &Live) -> Result<Execution, Box<Unstarted>> {
    let unstarted = |policy: &str, problem| Unstarted::new(scenario.title(), policy, problem);
    let policy = engine.policy_of(scenario).map_err(|problem| unstarted(scenario.policy.as_deref().unwrap_or(""), problem))?;
    let journey = engine.journey(&policy).map_err(|problem| unstarted(&policy, problem))?;
    engine.remark(&journey);
    engine.run(&journey, scenario, previous, live).map_err(|problem| unstarted(&policy, problem))
}

fn signing_key(path: Option<&Path>, seed: u64) -> Result<SigningKey, String> {
    let Some(path) = path else { return SigningKey::generate(seed).map_err(|error| error.to_string()) };
    let text = std::fs::read_to_string(path).map_err(|error| format!("the key `{}` cannot be read: {error}", path.display()))?;
    SigningKey::from_pem(&text).map_err(|error| format!("the key `{}` cannot be used: {error}", path.display()))
}

fn show(arguments: &Arguments, record: &RunRecord, signed: Option<&Result<SignedToken, SigningError>>, failures: &[String]) {
    let list: String = failures.iter().map(|failure| format!("  - {}\n", failure.replace('\n', "\n    "))).collect();
    match arguments.format {
        Format::Text => {
            print(&run_text(record, &arguments.manner.text_options()));
            if let Some(Ok(signed)) = signed {
                let more = [("access token", &signed.access_token), ("code", &signed.code)];
                let more = more.map(|(name, text)| text.as_ref().map(|text| format!("\n{name}:\n{text}\n")).unwrap_or_default()).concat();
                print(&format!("\nsigned token:\n{}\n{more}\nits key set:\n{}\n", signed.jwt, signed.jwks));
            }
            if !failures.is_empty() {
                print(&format!("\nnot as expected:\n{list}"));
            }
        }
        Format::Json => {
            print(&match signed {
                Some(signed) => signed_run_json(record, signed.as_ref().ok()),
                None => run_json(record),
            });
            if !failures.is_empty() {
                complain(&format!("not as expected:\n{}", list.trim_end()));
            }
        }
    }
}
