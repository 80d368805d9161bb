//! A bar for work that takes a while.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::{Manner, complain};

/// Shorter work has no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// How far a piece of work is: a bar on stderr, when that is a terminal, from the second on after which somebody may wonder. It goes away
/// when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    begun: Instant,
    /// It is drawn, or never will be.
    settled: bool,
}

impl Progress {
    /// For so many steps, none of which is done.
    pub(crate) fn new(length: usize, manner: Manner) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        let template =
            if manner.stderr_colors() { "{bar:40.green/dim} {pos}/{len} {wide_msg:.dim}" } else { "{bar:40} {pos}/{len} {wide_msg}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, begun: Instant::now(), settled: manner.quiet }
    }

    /// A step begins, of which this is said.
    pub(crate) fn begin(&mut self, step: &str) {
        self.bar.set_message(step.to_owned());
        if !self.settled && self.begun.elapsed() >= PATIENCE {
            self.settled = true;
            // Draws nothing where stderr is no terminal.
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
            self.bar.tick();
        }
    }

    /// A step is done.
    pub(crate) fn done(&self) {
        self.bar.inc(1);
    }

    /// Prints a diagnostic above the bar.
    pub(crate) fn complain(&self, text: &str) {
        self.bar.suspend(|| complain(text));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
