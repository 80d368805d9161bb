//! Scenario files: what the application sends, who is in the directory, what people and APIs answer, and what is expected of the run.
//!
//! A scenario is plain data. It comes from YAML (several documents in one file) or JSON, and reading is strict: an unknown key, a
//! value of another type or a reply that mixes two forms is an error with its line and column, never a silent default.
//!
//! ```
//! use b2c_journey::simulate::scenario::{Scenario, StubReply};
//!
//! let text = "
//! name: low risk skips MFA
//! stubs:
//!   BioCatch-API-GETSCORE: { json: { riskLevel: LOW, score: 275 } }
//! expect:
//!   steps: { 10: skipped }
//! ";
//! let scenarios = Scenario::parse("low-risk.yaml", text).unwrap();
//! assert!(matches!(scenarios[0].stubs["BioCatch-API-GETSCORE"].replies[0], StubReply::Http { status: 200, .. }));
//!
//! let error = Scenario::parse("low-risk.yaml", "stub: {}").unwrap_err();
//! assert_eq!(error.to_string(), "low-risk.yaml:1:1: unknown key `stub` (did you mean `stubs`?)");
//! ```

mod document;
mod emit;
pub(crate) mod error;
mod expect;
pub(crate) mod read;
mod reply;
mod write;
pub(crate) mod yaml;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod write_tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use crate::claims::{DateTime, Str};
use crate::engine::{Entry, Request};
use crate::source::Place;

pub use error::ScenarioError;
pub use expect::{Expect, ExpectedBody, ExpectedOutcome, ExpectedRequest, ExpectedRequests, StepResult};
pub use reply::{Failure, Number, StubReply};

/// Largest scenario file in bytes.
const LARGEST: u64 = 4 * 1024 * 1024;

/// One scenario. `Scenario::default()` is the default world: whatever is not said is answered so that the journey succeeds.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// What it is called.
    pub name: Option<Str>,
    /// PolicyId of the relying party; may be left out when there is one.
    pub policy: Option<Str>,
    /// The way in.
    pub entry: Entry,
    /// What the application sends.
    pub request: Request,
    /// The virtual clock.
    pub now: DateTime,
    /// It goes on with the session and the directory of the scenario before it in the same file.
    pub continues: bool,
    /// Seconds that passed since that scenario; `None` = it is still the same moment.
    pub after: Option<u64>,
    /// Where random strings, GUIDs and codes begin.
    pub seed: u64,
    /// Where the run begins, when that is not step 1 with an empty bag.
    pub start: Option<Start>,
    /// The step after which the run stops.
    pub stop_after: Option<u32>,
    /// Users already in the directory; `None` = whom the default world puts there.
    pub directory: Option<Vec<UserEntry>>,
    /// Policy keys: StorageReferenceId to secret.
    pub keys: BTreeMap<Str, Str>,
    /// What is chosen at selection steps, by step (`1`, or `SubJourneyId/1`).
    pub choose: IndexMap<Str, Choice>,
    /// What pages, APIs, providers and the rest answer, by technical profile id.
    pub stubs: IndexMap<Str, Stub>,
    /// What is expected.
    pub expect: Option<Expect>,
    /// Where it stands; `None` for a scenario that was built in code.
    pub place: Option<Place>,
}

/// The step and the claims with which a run begins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// The first step that is run; `None` = the first one of the journey.
    pub step: Option<u32>,
    /// The claims bag by claim id; null = absent. Not checked against restrictions.
    pub claims: Map<String, Json>,
    /// Where it stands.
    pub place: Option<Place>,
}

/// A user already in the directory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UserEntry {
    /// Attributes by name, `accountEnabled` and the sign-in names included.
    pub attributes: IndexMap<Str, Json>,
    /// The password; `None` = any password will do.
    pub password: Option<Str>,
    /// Passwords that were replaced.
    pub old_passwords: Vec<Str>,
    /// Too many wrong passwords were given.
    pub locked: bool,
    /// Where it stands.
    pub place: Option<Place>,
}

/// What is chosen at a selection step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// An exchange id, or `signup`, `forgot-password`, `cancel`.
    pub name: Str,
    /// Where it stands.
    pub place: Option<Place>,
}

/// The replies of one technical profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stub {
    /// For successive calls, never empty when read from a file; the last one repeats, except on pages.
    pub replies: Vec<StubReply>,
    /// Where it stands.
    pub place: Option<Place>,
}

impl Default for Scenario {
    fn default() -> Self {
        Self {
            name: None,
            policy: None,
            entry: Entry::default(),
            request: Request::default(),
            now: default_now(),
            continues: false,
            after: None,
            seed: 0,
            start: None,
            stop_after: None,
            directory: None,
            keys: BTreeMap::new(),
            choose: IndexMap::new(),
            stubs: IndexMap::new(),
            expect: None,
            place: None,
        }
    }
}

/// 2026-01-01T00:00:00Z.
fn default_now() -> DateTime {
    const UNIX_SECONDS: i64 = 1_767_225_600;
    // The fallback is never taken; it keeps the constant free of a panic.
    DateTime::from_unix_seconds(UNIX_SECONDS).unwrap_or_else(|| crate::claims::Date { year: 2026, month: 1, day: 1 }.midnight())
}

impl Scenario {
    /// The name, else the file's name without folder and ending.
    pub fn title(&self) -> String {
        match (&self.name, &self.place) {
            (Some(name), _) => name.to_string(),
            (None, Some(place)) => match Path::new(&*place.file).file_stem() {
                Some(stem) => stem.to_string_lossy().into_owned(),
                None => place.file.to_string(),
            },
            (None, None) => "default world".to_owned(),
        }
    }

    /// Reads all scenarios of a text. `file` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong with the text, and where.
    pub fn parse(file: &str, text: &str) -> Result<Vec<Scenario>, ScenarioError> {
        let file: Arc<str> = file.into();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let documents = yaml::parse(text).map_err(|wrong| ScenarioError::new(&file, text, wrong))?;
        let reader = document::Reader { file: &file };
        let mut scenarios: Vec<Scenario> = Vec::new();
        for document in documents.iter().filter(|document| !document.is_null()) {
            let scenario = reader.scenario(document, scenarios.last()).map_err(|wrong| ScenarioError::new(&file, text, wrong))?;
            scenarios.push(scenario);
        }
        if scenarios.is_empty() {
            return Err(ScenarioError::unreadable(&file, "the file holds no scenario"));
        }
        Ok(scenarios)
    }

    /// Reads all scenarios of a file.
    ///
    /// # Errors
    /// The file cannot be read, is larger than 4 MiB or not UTF-8, or something in it is wrong.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Vec<Scenario>, ScenarioError> {
        let (name, text) = read_file(path.as_ref(), "a scenario file")?;
        Self::parse(&name, &text)
    }
}

/// The name and the text of a file; `kind` is what errors call it.
pub(crate) fn read_file(path: &Path, kind: &str) -> Result<(String, String), ScenarioError> {
    let name = path.display().to_string();
    let unreadable = |message: String| ScenarioError::unreadable(&name, message);
    let size = std::fs::metadata(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?.len();
    if size > LARGEST {
        return Err(unreadable(format!("{size} bytes are more than {kind} may have ({LARGEST})")));
    }
    let bytes = std::fs::read(path).map_err(|error| unreadable(format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        unreadable(format!("not UTF-8 text: the byte at offset {} cannot stand there", error.utf8_error().valid_up_to()))
    })?;
    Ok((name, text))
}
