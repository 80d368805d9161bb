//! `prove`: properties over every reply of the outside world.

use std::path::{Path, PathBuf};

use b2c_journey::Journey;
use b2c_journey::explore::property::{Builtin, Properties, Property};
use b2c_journey::explore::{Proof, ProveError, Verdict};
use b2c_journey::report::{proofs_json, proofs_text};
use b2c_journey::simulate::scenario::{Scenario, ScenarioError};
use clap::Args;

use super::Exit;
use super::options::{Budget, Format};
use crate::diagnostics::Diagnostics;
use crate::engine::{Engine, Policies, Problem};
use crate::progress::Progress;
use crate::scenarios::{ENDINGS, has_ending};
use crate::terminal::{Manner, print};

/// Where properties are looked for when none are named.
const FILES: [&str; 2] = ["properties.yaml", "scenarios/properties.yaml"];

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// File of properties, or a built-in: mfa-unless(claim=value), every-journey-ends, no-dead-step, user-cannot-skip-mfa,
    /// token-claim-always-present(claim) [default: properties.yaml, else scenarios/properties.yaml]
    #[arg(value_name = "PROPERTY")]
    properties: Vec<String>,
    #[command(flatten)]
    policies: Policies,
    #[command(flatten)]
    budget: Budget,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

/// What is to be proved.
enum Question {
    Property(Property),
    Builtin(Builtin),
}

impl Question {
    fn name(&self) -> String {
        match self {
            Question::Property(property) => property.name.clone(),
            Question::Builtin(builtin) => builtin.to_string(),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match execute(arguments) {
        Ok(proofs) => {
            print(&match arguments.format {
                Format::Text => proofs_text(&proofs, &arguments.manner.text_options()),
                Format::Json => proofs_json(&proofs),
            });
            let any = |verdict: Verdict| proofs.iter().any(|proof| proof.verdict == verdict);
            match () {
                () if any(Verdict::Refuted) => Exit::Failed,
                () if any(Verdict::Bounded) || any(Verdict::Vacuous) => Exit::Missed,
                () => Exit::Fine,
            }
        }
        Err(problem) => {
            crate::terminal::complain(&problem.rendered);
            problem.exit
        }
    }
}

fn execute(arguments: &Arguments) -> Result<Vec<Proof>, Problem> {
    let manner = arguments.manner;
    let engine = Engine::load(&arguments.policies, manner)?;
    let policy = engine.policy_of(&Scenario::default())?;
    let journey = engine.journey(&policy)?;
    engine.remark(&journey);
    let questions = questions(arguments, &journey)?;
    let limits = arguments.budget.limits();
    let progress = Progress::new(questions.len(), manner);
    let mut proofs = Vec::new();
    for question in &questions {
        progress.begin(&question.name());
        let answer = match question {
            Question::Property(property) => journey.prove(property, &limits).map(|proof| vec![proof]),
            Question::Builtin(builtin) => journey.prove_builtin(builtin, &limits),
        };
        proofs.extend(answer.map_err(|error: ProveError| Problem::usage(error.to_string(), manner))?);
        progress.done();
    }
    Ok(proofs)
}

fn questions(arguments: &Arguments, journey: &Journey) -> Result<Vec<Question>, Problem> {
    let named = match arguments.properties.as_slice() {
        [] => match FILES.into_iter().find(|file| Path::new(file).is_file()) {
            Some(file) => vec![file.to_owned()],
            None => {
                let [file, _] = FILES;
                let message =
                    format!("there is nothing to prove: name a property, or write `{file}`; built in are {}", Builtin::FORMS.join(", "));
                return Err(Problem::usage(message, arguments.manner));
            }
        },
        named => named.to_vec(),
    };
    let wrong = |error: ScenarioError| Problem {
        exit: Exit::Usage,
        message: error.to_string(),
        code: None,
        at: None,
        rendered: Diagnostics::new(arguments.manner).scenario(&error),
    };
    let mut questions = Vec::new();
    for name in named {
        if is_file(&name) {
            let properties = Properties::from_file(PathBuf::from(&name)).map_err(wrong)?;
            properties.check(journey.plan()).map_err(wrong)?;
            questions.extend(properties.list.into_iter().map(Question::Property));
        } else {
            let builtin = name.parse().map_err(|error| Problem::usage(format!("{error}"), arguments.manner))?;
            questions.push(Question::Builtin(builtin));
        }
    }
    Ok(questions)
}

/// A file by its ending, or because there is one.
fn is_file(name: &str) -> bool {
    let path = Path::new(name);
    (has_ending(path, &ENDINGS) && !name.ends_with(')')) || path.is_file()
}
