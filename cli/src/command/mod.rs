//! The commands, one file each.

mod check;
mod completions;
mod cover;
mod diff;
mod explain;
mod generate;
mod mutate;
mod options;
mod prove;
mod run;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// How the command ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Exit {
    /// Nothing is wrong.
    Fine = 0,
    /// An expectation failed, the journey ended badly, the policy is too faulty to run, or an error was found in it.
    Failed = 1,
    /// Wrong usage, or a path or scenario that cannot be read.
    Usage = 2,
    /// A gate was missed.
    Missed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Runs Azure AD B2C custom policies on your own machine
#[derive(Debug, Parser)]
#[command(name = "b2c-journey", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  fine
  1  an expectation failed, the journey ended in an error or on a page and nobody expected it, the policy is too faulty to run,
     `check` found an error, a property was refuted, or a denied difference was found
  2  wrong usage, or a path or scenario that cannot be read
  3  a gate was missed: a property is bounded or vacuous, coverage is below what was asked for, too many mutants survived, or a denied difference cannot be ruled out";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run one scenario and show the journey step by step
    Run(run::Arguments),
    /// Run scenarios and check what they expect
    Test(test::Arguments),
    /// Find what is wrong with the policies, before the service does
    Check(check::Arguments),
    /// Explain a diagnostic code, or show a part of a policy after merging
    Explain(explain::Arguments),
    /// Prove or refute properties over every reply of the outside world
    Prove(prove::Arguments),
    /// Measure what scenarios cover of the journeys that they run
    Cover(cover::Arguments),
    /// Write a small set of scenarios that covers everything that can be reached
    Generate(generate::Arguments),
    /// Mutate the policies and see whether the scenarios notice
    Mutate(mutate::Arguments),
    /// Show what a change does to every run of the policies
    Diff(diff::Arguments),
    /// Print a completion script for a shell
    Completions(completions::Arguments),
}

impl Cli {
    pub(crate) fn run(&self) -> Exit {
        match &self.command {
            Command::Run(arguments) => run::run(arguments),
            Command::Test(arguments) => test::run(arguments),
            Command::Check(arguments) => check::run(arguments),
            Command::Explain(arguments) => explain::run(arguments),
            Command::Prove(arguments) => prove::run(arguments),
            Command::Cover(arguments) => cover::run(arguments),
            Command::Generate(arguments) => generate::run(arguments),
            Command::Mutate(arguments) => mutate::run(arguments),
            Command::Diff(arguments) => diff::run(arguments),
            Command::Completions(arguments) => completions::run(arguments),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_arguments_are_consistent() {
        super::Cli::command().debug_assert();
    }
}
