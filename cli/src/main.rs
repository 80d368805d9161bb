//! The `b2c-journey` command: runs and tests Azure AD B2C custom policies on your own machine. Everything it does is one call away in
//! the library `b2c_journey`; here are arguments, files to look for, and what is printed where.

mod command;
mod diagnostics;
mod engine;
mod live;
mod progress;
mod scenarios;
mod terminal;
mod watch;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    command::Cli::parse().run().into()
}
