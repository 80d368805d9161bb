//! `completions`: a script that completes commands and flags in a shell.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::{Cli, Exit};
use crate::terminal::print;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Which shell
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cli::command(), "b2c-journey", &mut script);
    print(&String::from_utf8_lossy(&script));
    Exit::Fine
}
