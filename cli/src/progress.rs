//! A bar for work that takes a while.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::terminal::{Manner, complain};

/// Shorter work has no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// So often the time on the bar goes on, however long a step takes.
const TICK: Duration = Duration::from_millis(100);

/// How far a piece of work is: a bar on stderr, when that is a terminal, from the second on after which somebody may wonder. It goes away
/// when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    /// Shows the bar after a while, unless the work is done before.
    waiter: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// For so many steps, none of which is done.
    pub(crate) fn new(length: usize, manner: Manner) -> Self {
        let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        let template = match manner.stderr_colors() {
            true => "{bar:40.green/dim} {pos}/{len} {elapsed:.dim} {wide_msg:.dim}",
            false => "{bar:40} {pos}/{len} {elapsed} {wide_msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        let waiter = (!manner.quiet).then(|| {
            let (done, wait) = channel();
            let bar = bar.clone();
            let show = move || {
                if wait.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
                    // Draws nothing where stderr is no terminal.
                    bar.set_draw_target(ProgressDrawTarget::stderr());
                    bar.enable_steady_tick(TICK);
                }
            };
            (done, spawn(show))
        });
        Self { bar, waiter }
    }

    /// A step begins, of which this is said.
    pub(crate) fn begin(&self, step: &str) {
        self.bar.set_message(step.to_owned());
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
        if let Some((done, waiter)) = self.waiter.take() {
            drop(done);
            // It cannot panic.
            let _ = waiter.join();
        }
        self.bar.finish_and_clear();
    }
}
