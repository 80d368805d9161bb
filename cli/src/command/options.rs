//! Options that several commands have.

use std::time::Duration;

use b2c_journey::explore::Limits;
use clap::{Args, ValueEnum};

/// What to print.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
}

/// How much is explored.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Budget {
    /// Most states that are walked for one question before it is `bounded`
    #[arg(long, value_name = "NUMBER", default_value_t = Limits::default().max_states)]
    max_states: usize,
    /// Most seconds that one question may take before it is `bounded`
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    timeout: u64,
}

impl Budget {
    pub(super) fn limits(self) -> Limits {
        Limits { max_states: self.max_states, timeout: Some(Duration::from_secs(self.timeout)), ..Limits::default() }
    }
}

/// A gate.
pub(super) fn percent(text: &str) -> Result<f64, String> {
    let percent = text.trim_end_matches('%').parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    percent.ok_or_else(|| "a number from 0 to 100 is wanted".to_owned())
}
