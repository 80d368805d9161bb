//! What came of a run.

use std::sync::Arc;

use serde_json::{Map, Value as Json};

use super::aftermath::Aftermath;
use crate::claims::{Bag, ClaimValue};
use crate::engine::{Choices, Entry, Outcome, Request, Session};
use crate::plan::{JourneyPlan, ProfileId};
use crate::source::Sources;
use crate::trace::Trace;

/// A finished run.
#[derive(Clone, Debug)]
pub struct Execution {
    /// What the scenario is called.
    pub name: String,
    /// What ran.
    pub plan: Arc<JourneyPlan>,
    /// The texts behind the plan's places.
    pub sources: Arc<Sources>,
    /// The way in.
    pub entry: Entry,
    /// What the application sent.
    pub request: Request,
    /// How it ended.
    pub outcome: Outcome,
    /// The claims at the end.
    pub bag: Bag,
    /// The claims of the token, when one was issued.
    pub token: Option<Map<String, Json>>,
    /// The technical profile that issued the token.
    pub issuer: Option<ProfileId>,
    /// What happened; empty when the run was not traced.
    pub trace: Trace,
    /// The open points of the semantics on which the run depended.
    pub choices: Choices,
    /// What it leaves behind for a run that continues it.
    pub(super) aftermath: Aftermath,
}

impl Execution {
    /// The value of a claim at the end, by name in any case; `None` when it has none.
    pub fn claim(&self, name: &str) -> Option<&ClaimValue> {
        self.bag.value(self.plan.claim_id(name)?)
    }

    /// The session that the run left behind, or that it found and left as it was.
    pub fn session(&self) -> Option<&Session> {
        self.aftermath.session()
    }

    /// Whether a token was issued.
    pub fn is_issued(&self) -> bool {
        self.outcome == Outcome::Issued
    }
}
