//! The calls into the library, with what can go wrong turned into messages and exit codes.

use std::path::{Path, PathBuf};

use b2c_journey::diagnostic::{Diagnostic, Severity};
use b2c_journey::simulate::scenario::Scenario;
use b2c_journey::source::Place;
use b2c_journey::{Execution, Journey, JourneyError, PolicySet};
use clap::Args;

use crate::command::Exit;
use crate::diagnostics::Diagnostics;
use crate::live::Live;
use crate::terminal::{Manner, complain};

/// Where the policies are, and which one is meant.
#[derive(Debug, Args)]
pub(crate) struct Policies {
    /// Policy file, or folder in which every *.xml is one; repeatable [default: ./policies, else the current folder]
    #[arg(short, long = "policies", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// PolicyId of the relying party, in any case; goes before that of a scenario
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
}

impl Policies {
    /// The files and folders.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        paths_or_default(&self.paths)
    }
}

/// The paths that are named, else where policies are found.
pub(crate) fn paths_or_default(named: &[PathBuf]) -> Vec<PathBuf> {
    match named {
        [] if Path::new("policies").is_dir() => vec![PathBuf::from("policies")],
        [] => vec![PathBuf::from(".")],
        named => named.to_vec(),
    }
}

/// Something that keeps a journey from starting.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    pub(crate) exit: Exit,
    pub(crate) message: String,
    pub(crate) code: Option<String>,
    pub(crate) at: Option<Place>,
    /// As it is shown on stderr.
    pub(crate) rendered: String,
}

impl Problem {
    /// Wrong usage.
    pub(crate) fn usage(message: impl Into<String>, manner: Manner) -> Self {
        let message = message.into();
        let rendered = Diagnostics::new(manner).plain(&message, None);
        Self { exit: Exit::Usage, message, code: None, at: None, rendered }
    }
}

/// The policies and how to talk about them.
pub(crate) struct Engine {
    set: PolicySet,
    policy: Option<String>,
    manner: Manner,
}

impl Engine {
    /// The scenarios of a file.
    pub(crate) fn scenarios(path: &Path, manner: Manner) -> Result<Vec<Scenario>, Problem> {
        Scenario::from_file(path).map_err(|error| Problem {
            exit: Exit::Usage,
            message: error.to_string(),
            code: None,
            at: (error.line > 0).then(|| Place { file: error.file.clone(), line: error.line, column: error.column }),
            rendered: Diagnostics::new(manner).scenario(&error),
        })
    }

    /// The one scenario of a file, with those before it that it continues.
    pub(crate) fn chain(path: &Path, manner: Manner) -> Result<Vec<Scenario>, Problem> {
        let scenarios = Self::scenarios(path, manner)?;
        if scenarios.iter().skip(1).all(|scenario| scenario.continues) {
            return Ok(scenarios);
        }
        let message = format!("`{}` holds {} scenarios, and `run` takes one; `test` runs them all", path.display(), scenarios.len());
        Err(Problem::usage(message, manner))
    }

    /// Reads the policies and complains of files that are broken, whether or not they are needed.
    pub(crate) fn load(policies: &Policies, manner: Manner) -> Result<Self, Problem> {
        let paths = policies.paths();
        let set = PolicySet::from_paths(&paths).map_err(|error| Problem::usage(error.to_string(), manner))?;
        Ok(Self { set, policy: policies.policy.clone(), manner })
    }

    fn diagnostics(&self) -> Diagnostics {
        Diagnostics::new(self.manner)
    }

    fn errors(diagnostics: &[Diagnostic]) -> impl Iterator<Item = &Diagnostic> {
        diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// PolicyId of the relying party that a scenario runs: the one asked for, the scenario's, or the only one there is.
    pub(crate) fn policy_of(&self, scenario: &Scenario) -> Result<String, Problem> {
        if let Some(policy) = self.policy.as_deref().or(scenario.policy.as_deref()) {
            return Ok(policy.to_owned());
        }
        match self.set.relying_parties().as_slice() {
            [only] => Ok((*only).to_owned()),
            [] => {
                let errors: Vec<&Diagnostic> = Self::errors(self.set.diagnostics()).collect();
                let message = "there is no policy with a relying party among the files";
                if errors.is_empty() {
                    return Err(Problem::usage(message, self.manner));
                }
                Err(self.faulty(message.to_owned(), &errors))
            }
            several => {
                let message = format!("there are several relying parties, name one with --policy: {}", several.join(", "));
                Err(Problem::usage(message, self.manner))
            }
        }
    }

    /// The relying parties that are meant when no scenario says which: the one asked for, else all.
    pub(crate) fn relying_parties(&self) -> Vec<String> {
        match &self.policy {
            Some(policy) => vec![policy.clone()],
            None => self.set.relying_parties().into_iter().map(str::to_owned).collect(),
        }
    }

    /// The errors that keep a policy from running.
    fn faulty(&self, message: String, errors: &[&Diagnostic]) -> Problem {
        let first = errors.first();
        let diagnostics = self.diagnostics();
        let mut rendered = diagnostics.list(errors, self.set.sources());
        rendered.push(diagnostics.plain(&message, None));
        let detail = first.map(|first| format!(": {}", first.line(self.set.sources()))).unwrap_or_default();
        Problem {
            exit: Exit::Failed,
            message: format!("{message}{detail}"),
            code: first.map(|first| first.code.to_owned()),
            at: first.and_then(|first| first.span()).map(|span| self.set.sources().place(span)),
            rendered: rendered.join("\n\n"),
        }
    }

    /// The journey of a policy.
    pub(crate) fn journey(&self, policy: &str) -> Result<Journey, Problem> {
        self.set.journey(policy).map_err(|error| match error {
            JourneyError::Faulty { id, diagnostics, .. } => {
                let errors: Vec<&Diagnostic> = Self::errors(&diagnostics).collect();
                self.faulty(format!("policy `{id}` is too faulty to run"), &errors)
            }
            // Files that are broken may be the reason that the policy is not there.
            unknown @ JourneyError::UnknownPolicy { .. } => {
                let errors: Vec<&Diagnostic> = Self::errors(self.set.diagnostics()).collect();
                let mut problem = Problem::usage(unknown.to_string(), self.manner);
                let mut rendered = self.diagnostics().list(&errors, self.set.sources());
                rendered.push(problem.rendered);
                problem.rendered = rendered.join("\n\n");
                problem
            }
        })
    }

    /// Says what is worth knowing of a journey that can run: errors of other files, and warnings and notes where that is wanted.
    pub(crate) fn remark(&self, journey: &Journey) {
        if self.manner.quiet {
            return;
        }
        let diagnostics = self.diagnostics();
        let on_path = journey.diagnostics();
        let elsewhere: Vec<&Diagnostic> = Self::errors(self.set.diagnostics()).filter(|diagnostic| !on_path.contains(diagnostic)).collect();
        for text in diagnostics.list(&elsewhere, self.set.sources()) {
            complain(&format!("{text}\n"));
        }
        if self.manner.verbose {
            for text in diagnostics.list(&on_path.iter().collect::<Vec<_>>(), self.set.sources()) {
                complain(&format!("{text}\n"));
            }
        } else {
            let warnings = on_path.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning).count();
            if warnings > 0 {
                let plural = if warnings == 1 { "1 warning" } else { &format!("{warnings} warnings") };
                complain(&diagnostics.note(&format!("{plural} on the journey's path; -v shows them")));
            }
        }
    }

    /// A remark on stderr, unless nobody wants one.
    pub(crate) fn say(&self, text: &str) {
        if !self.manner.quiet {
            complain(&self.diagnostics().note(text));
        }
    }

    /// Says which of the relying parties that are meant no scenario runs.
    pub(crate) fn say_untouched<'p>(&self, run: impl Iterator<Item = &'p str> + Clone) {
        let untouched = |policy: &String| !run.clone().any(|run| run.eq_ignore_ascii_case(policy));
        let untouched: Vec<String> = self.relying_parties().into_iter().filter(untouched).map(|policy| format!("`{policy}`")).collect();
        if !untouched.is_empty() {
            self.say(&format!("no scenario runs {}", untouched.join(", ")));
        }
    }

    /// Runs a scenario, which may continue the one before it.
    pub(crate) fn run(
        &self,
        journey: &Journey,
        scenario: &Scenario,
        previous: Option<&Execution>,
        live: &Live,
    ) -> Result<Execution, Problem> {
        let simulation = live.apply(journey.simulation().scenario(scenario));
        let simulation = match previous.filter(|_| scenario.continues) {
            Some(previous) => simulation.continue_from(previous),
            None => simulation,
        };
        simulation.run().map_err(|error| Problem {
            exit: Exit::Usage,
            message: error.to_string(),
            code: None,
            at: error.place.clone(),
            rendered: self.diagnostics().misfit(&error),
        })
    }
}
