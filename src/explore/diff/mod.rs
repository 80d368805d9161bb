//! What a change does to the runs of a policy, over all runs: the old one and the new one are explored, and every way that can be told apart
//! in one of them is run, reply by reply, on both.
//!
//! Which ways are told apart follows from what the two plans differ in: parts that are the same do the same with the same replies. Where a
//! part differs, runs that reach it and runs that do not are told apart, and the claims in it by every value that either policy compares them
//! with. `equivalent` is only said where the plans are the same, or nothing was found and nothing was left out.

mod compare;
mod pair;
mod structure;

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::Limits;
use crate::claims::Str;
use crate::policy_set::{Journey, JourneyError, PolicySet};
use crate::report::RequestRecord;
use crate::simulate::scenario::Scenario;

pub(super) use pair::compare;

/// What kind of difference; the weightiest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DifferenceKind {
    /// With the same replies a token is now issued without the second factor that was asked for.
    MfaWeakened,
    /// With the same replies a second factor is now asked for where a token was issued without one.
    MfaRequired,
    /// The relying party is only among the new policies.
    Added,
    /// The relying party is only among the old policies.
    Removed,
    /// The new policy is too faulty to run.
    NotRunnable,
    /// The old policy was too faulty to run.
    Runnable,
    /// A technical profile is called in some run, and was in none.
    Reachable,
    /// A technical profile is called in no run, and was in some.
    Unreachable,
    /// A run ends in this error now.
    ErrorNew,
    /// A run that ended in this error does not now.
    ErrorGone,
    /// The token has a name that it had not.
    TokenAdded,
    /// The token lacks a name that it had.
    TokenRemoved,
    /// A name in the token has another value.
    TokenChanged,
    /// A REST API is sent something else.
    RequestChanged,
    /// A technical profile is called in a run in which it was not.
    Called,
    /// A technical profile is not called in a run in which it was.
    NotCalled,
    /// The same technical profiles are called in another order or number.
    Order,
    /// A step runs in a run in which it did not.
    StepExecuted,
    /// A step does not run in a run in which it did.
    StepSkipped,
}

impl DifferenceKind {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            DifferenceKind::MfaWeakened => "mfa-weakened",
            DifferenceKind::MfaRequired => "mfa-required",
            DifferenceKind::Added => "added",
            DifferenceKind::Removed => "removed",
            DifferenceKind::NotRunnable => "not-runnable",
            DifferenceKind::Runnable => "runnable",
            DifferenceKind::Reachable => "reachable",
            DifferenceKind::Unreachable => "unreachable",
            DifferenceKind::ErrorNew => "error-new",
            DifferenceKind::ErrorGone => "error-gone",
            DifferenceKind::TokenAdded => "token-added",
            DifferenceKind::TokenRemoved => "token-removed",
            DifferenceKind::TokenChanged => "token-changed",
            DifferenceKind::RequestChanged => "request-changed",
            DifferenceKind::Called => "called",
            DifferenceKind::NotCalled => "not-called",
            DifferenceKind::Order => "order",
            DifferenceKind::StepExecuted => "step-executed",
            DifferenceKind::StepSkipped => "step-skipped",
        }
    }

    /// Whether the token is another one.
    pub fn is_of_token(self) -> bool {
        matches!(self, DifferenceKind::TokenAdded | DifferenceKind::TokenRemoved | DifferenceKind::TokenChanged)
    }
}

/// How a run went, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunSummary {
    /// `issued`, `error`, `waiting` or `stopped`.
    pub outcome: String,
    /// Code and message of the error.
    pub error: Option<String>,
    /// Whether a second factor was asked for.
    pub mfa: bool,
    /// The technical profiles in the order in which they began.
    pub calls: Vec<String>,
    /// What was issued.
    pub token: Option<Map<String, Json>>,
    /// What was sent to REST APIs, by technical profile.
    pub requests: IndexMap<Str, Vec<RequestRecord>>,
}

/// One difference.
#[derive(Clone, Debug)]
pub struct Difference {
    /// What kind.
    pub kind: DifferenceKind,
    /// The technical profile, the step, the error or the name in the token; empty where the kind says all.
    pub subject: String,
    /// In words.
    pub message: String,
    /// The run on the old policy.
    pub old: Option<RunSummary>,
    /// The run on the new policy.
    pub new: Option<RunSummary>,
    /// The replies with which the two runs differ so, as few as can be.
    pub scenario: Option<Scenario>,
}

/// What is known of a relying party's two policies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum DiffVerdict {
    /// No run can tell them apart.
    Equivalent,
    /// The differences that were found tell them apart.
    Different,
    /// No difference was found, and not everything could be looked at.
    Bounded,
}

impl DiffVerdict {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            DiffVerdict::Equivalent => "equivalent",
            DiffVerdict::Different => "different",
            DiffVerdict::Bounded => "bounded",
        }
    }
}

/// What changed of one relying party.
#[derive(Clone, Debug)]
pub struct PolicyDiff {
    /// Its PolicyId, as the new policies write it.
    pub policy: String,
    /// Whether anything did.
    pub verdict: DiffVerdict,
    /// Why not everything could be looked at, if so.
    pub reason: Option<String>,
    /// The differences, the weightiest first.
    pub differences: Vec<Difference>,
    /// How many runs were compared.
    pub runs: usize,
}

impl PolicyDiff {
    fn single(policy: &str, kind: DifferenceKind, message: String) -> Self {
        let difference = Difference { kind, subject: String::new(), message, old: None, new: None, scenario: None };
        Self { policy: policy.to_owned(), verdict: DiffVerdict::Different, reason: None, differences: vec![difference], runs: 0 }
    }
}

/// What changes from one set of policies to another, for each relying party of either, by PolicyId in any case; `policy`: of this one alone.
pub fn diff(old: &PolicySet, new: &PolicySet, policy: Option<&str>, limits: &Limits) -> Vec<PolicyDiff> {
    let wanted = |id: &&str| policy.is_none_or(|policy| policy.eq_ignore_ascii_case(id));
    let find = |set: &PolicySet, id: &str| set.relying_parties().iter().any(|known| known.eq_ignore_ascii_case(id));
    let mut found: Vec<PolicyDiff> = Vec::new();
    for id in new.relying_parties().into_iter().filter(wanted) {
        if !find(old, id) {
            found.push(PolicyDiff::single(id, DifferenceKind::Added, "the policy is new".to_owned()));
            continue;
        }
        found.push(match (old.journey(id), new.journey(id)) {
            (Ok(old), Ok(new)) => old.diff(&new, limits),
            (Err(_), Ok(_)) => PolicyDiff::single(id, DifferenceKind::Runnable, "the policy can run, and was too faulty before".to_owned()),
            (Ok(_), Err(error)) => PolicyDiff::single(id, DifferenceKind::NotRunnable, short(&error)),
            (Err(_), Err(_)) => PolicyDiff {
                policy: id.to_owned(),
                verdict: DiffVerdict::Bounded,
                reason: Some("neither the old policy nor the new one can run".to_owned()),
                differences: Vec::new(),
                runs: 0,
            },
        });
    }
    for id in old.relying_parties().into_iter().filter(wanted) {
        if !find(new, id) {
            found.push(PolicyDiff::single(id, DifferenceKind::Removed, "the policy is gone".to_owned()));
        }
    }
    found.sort_by_key(|diff| diff.policy.to_ascii_lowercase());
    found
}

/// The first line and the first error.
fn short(error: &JourneyError) -> String {
    match error {
        JourneyError::Faulty { lines, .. } => {
            let first = lines.first().map(|line| format!(": {line}")).unwrap_or_default();
            format!("the policy is too faulty to run{first}")
        }
        error @ JourneyError::UnknownPolicy { .. } => error.to_string(),
    }
}

impl Journey {
    /// What changes from this policy to another one, over all runs.
    pub fn diff(&self, new: &Journey, limits: &Limits) -> PolicyDiff {
        compare(self, new, limits, false)
    }
}
