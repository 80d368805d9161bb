//! Where text goes and how it looks there.

use std::io::{IsTerminal, Write, stderr, stdout};

use anstream::{AutoStream, ColorChoice};
use b2c_journey::report::TextOptions;
use clap::{Args, ValueEnum};

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal that can, unless NO_COLOR is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How much is said, and how.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Manner {
    /// When to use colours
    #[arg(long, value_enum, value_name = "WHEN", default_value_t, hide_possible_values = false)]
    color: Color,
    /// Say only the outcome, and errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Say what happens inside the steps, and show warnings
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

impl Manner {
    fn colors(self, auto: ColorChoice) -> bool {
        match self.color {
            Color::Auto => auto != ColorChoice::Never,
            Color::Always => true,
            Color::Never => false,
        }
    }

    /// Whether diagnostics are coloured.
    pub(crate) fn stderr_colors(self) -> bool {
        self.colors(AutoStream::choice(&stderr()))
    }

    /// The layout of results.
    pub(crate) fn text_options(self) -> TextOptions {
        let width = if stdout().is_terminal() { terminal_size::terminal_size().map(|(width, _)| usize::from(width.0)) } else { None };
        TextOptions {
            color: self.colors(AutoStream::choice(&stdout())),
            verbose: self.verbose,
            quiet: self.quiet,
            width: width.map_or(usize::MAX, |width| width.max(60)),
        }
    }
}

/// Prints a result. A reader that has gone away is no fault of ours.
pub(crate) fn print(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a diagnostic.
pub(crate) fn complain(text: &str) {
    let mut out = stderr().lock();
    let _ = writeln!(out, "{text}");
}
