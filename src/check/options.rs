//! What a user wants to hear of: levels per code.

use indexmap::IndexMap;

use crate::diagnostic::code;
use crate::diagnostic::{Diagnostic, Severity};

/// What becomes of the findings of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are dropped.
    Off,
    /// They count as this, whatever the rule says.
    As(Severity),
}

/// Settings of [`check`](super::check).
#[derive(Clone, Debug, Default)]
pub struct Options {
    levels: IndexMap<&'static str, Level>,
    /// Warnings count as errors.
    pub deny_warnings: bool,
}

impl Options {
    /// Sets the level of a code, `B2Cnnnn` in any case or its name; false when there is no such code.
    pub fn level(&mut self, code: &str, level: Level) -> bool {
        match code::find(code) {
            Some(rule) => {
                self.levels.insert(rule.code, level);
                true
            }
            None => false,
        }
    }

    /// The findings that are wanted, with the severity that they shall have.
    pub(super) fn apply(&self, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
        found.into_iter().filter_map(|diagnostic| self.judge(diagnostic)).collect()
    }

    fn judge(&self, mut diagnostic: Diagnostic) -> Option<Diagnostic> {
        match self.levels.get(diagnostic.code) {
            Some(Level::Off) => return None,
            Some(Level::As(severity)) => diagnostic.severity = *severity,
            None if code::find(diagnostic.code).is_some_and(|rule| rule.severity.is_none()) => return None,
            None => {}
        }
        if self.deny_warnings && diagnostic.severity == Severity::Warning {
            diagnostic.severity = Severity::Error;
        }
        Some(diagnostic)
    }
}
