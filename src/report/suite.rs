//! The scenarios of a test run with what came of them.

use serde::Serialize;

use super::record::RunRecord;

/// A test run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suite {
    /// The scenarios in the order in which they ran.
    pub cases: Vec<Case>,
}

/// One scenario of a test run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// The file it stands in.
    pub file: String,
    /// Whether nothing failed.
    pub passed: bool,
    /// What failed.
    pub failures: Vec<String>,
    /// The run; `None` when it could not start.
    #[serde(skip)]
    pub record: Option<RunRecord>,
}

impl Case {
    /// A case; it passed when there are no failures.
    pub fn new(name: impl Into<String>, file: impl Into<String>, failures: Vec<String>, record: Option<RunRecord>) -> Self {
        Self { name: name.into(), file: file.into(), passed: failures.is_empty(), failures, record }
    }
}

impl Suite {
    /// How many passed.
    pub fn passed(&self) -> usize {
        self.cases.iter().filter(|case| case.passed).count()
    }

    /// How many failed.
    pub fn failed(&self) -> usize {
        self.cases.len() - self.passed()
    }
}
