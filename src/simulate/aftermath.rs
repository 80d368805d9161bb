//! What a run leaves behind for one that continues it.

use super::directory::Directory;
use super::entry::Grant;
use crate::claims::DateTime;
use crate::engine::{Request, Run, Session, SessionKey};
use crate::plan::JourneyPlan;

/// What a run leaves behind.
#[derive(Clone, Debug)]
pub(super) struct Aftermath {
    /// The sessions that the browser keeps, one for each key, the one used last at the end.
    sessions: Vec<Session>,
    /// The directory at the end.
    pub(super) directory: Directory,
    /// A scenario said who is in it.
    pub(super) directory_given: bool,
    /// When it was.
    pub(super) now: DateTime,
    /// The token that the application has.
    grant: Option<Grant>,
}

impl Aftermath {
    pub(super) fn new(previous: Option<&Self>, now: DateTime, run: &Run<'_>, directory: Directory, directory_given: bool) -> Self {
        let mut sessions = previous.map(|previous| previous.sessions.clone()).unwrap_or_default();
        if let Some(session) = run.session() {
            sessions.retain(|kept| kept.key != session.key);
            sessions.push(session);
        }
        let before = previous.and_then(|previous| previous.grant.as_ref());
        let grant = Grant::of(run, before).or_else(|| before.cloned());
        Self { sessions, directory, directory_given, now, grant }
    }

    /// After a request for which no journey ran.
    pub(super) fn without_run(
        previous: Option<&Self>,
        now: DateTime,
        directory: Directory,
        directory_given: bool,
        grant: Option<Grant>,
    ) -> Self {
        let sessions = previous.map(|previous| previous.sessions.clone()).unwrap_or_default();
        let grant = grant.or_else(|| previous.and_then(|previous| previous.grant.clone()));
        Self { sessions, directory, directory_given, now, grant }
    }

    /// The token that the application has.
    pub(super) fn grant(&self) -> Option<&Grant> {
        self.grant.as_ref()
    }

    /// The session that was used last.
    pub(super) fn session(&self) -> Option<&Session> {
        self.sessions.last()
    }

    /// The session that a journey finds: its own, else the last one, which the engine then turns down and says why.
    pub(super) fn session_for(&self, plan: &JourneyPlan, request: &Request) -> Option<&Session> {
        let key = SessionKey::of(plan, request);
        self.sessions.iter().find(|session| key.as_ref() == Some(&session.key)).or_else(|| self.sessions.last())
    }
}
