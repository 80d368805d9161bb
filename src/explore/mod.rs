//! Drives the engine with every distinguishable reply of the outside world: what a policy can do, not what one run does.
//!
//! `search` walks the states of a journey. What pages, APIs, providers and the directory can give is cut down by `domain` to what is
//! worth telling apart, states that agree on what is still read (`live`) are merged, and the ways with the fewest replies that differ from
//! the happy path are walked first. It holds no semantics: every step is the engine's.
//!
//! Invariants: what cannot be told exactly makes a verdict *bounded*, with the reason; a counterexample is run again on the plain engine
//! before anybody sees it; the same plan and the same question give the same answer.

#[cfg(test)]
#[cfg(feature = "prove")]
mod brute_tests;
mod cover;
#[cfg(feature = "prove")]
mod diff;
mod domain;
#[cfg(feature = "prove")]
mod influence;
mod live;
#[cfg(feature = "prove")]
mod mutate;
#[cfg(feature = "prove")]
pub mod property;
#[cfg(feature = "prove")]
mod prove;
mod replies;
mod search;
mod summary;
#[cfg(test)]
#[cfg(feature = "prove")]
mod tests;
mod way;

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::{ClaimId, Str};
use crate::plan::{JourneyPlan, ProfileId};
use crate::trace::StepId;

pub(crate) use cover::simplest_issued;
pub use cover::{ConditionOutcome, Count, CoverLimits, Coverage, CoverageMeter, Item, ItemKind};
#[cfg(feature = "prove")]
pub use diff::{DiffVerdict, Difference, DifferenceKind, PolicyDiff, RunSummary, diff};
#[cfg(feature = "proptest")]
pub(crate) use domain::Domains;
#[cfg(feature = "prove")]
pub use mutate::{Fate, Mutant, Mutation, Operator};
#[cfg(feature = "prove")]
pub use prove::{Proof, ProveError, Verdict};
#[cfg(feature = "prove")]
pub(crate) use search::End;
pub use search::Limits;
pub use summary::Summary;

/// What a question looks at, besides how runs end.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interest {
    /// Claims, in the bag at the end or in the token.
    pub(crate) claims: BTreeMap<ClaimId, Watched>,
    /// Which claims the token has at all.
    pub(crate) token: bool,
    /// Codes and messages of errors.
    pub(crate) error: bool,
    /// The whole list of calls, in its order.
    pub(crate) calls: bool,
    /// Whether these technical profiles were called.
    pub(crate) profiles: BTreeSet<ProfileId>,
    /// What became of these steps.
    pub(crate) steps: BTreeSet<StepId>,
}

/// What is looked at of a claim.
#[derive(Clone, Debug, Default)]
pub(crate) struct Watched {
    /// Its value, not only whether it is there.
    pub(crate) value: bool,
    /// What the value is compared with.
    pub(crate) literals: Vec<Str>,
}

impl Interest {
    /// In the value of every claim, whatever the question looks at.
    pub(crate) fn in_everything(&self, plan: &JourneyPlan) -> Self {
        let literals = domain::Domains::new(plan, self).literals();
        let watched = |_| Watched { value: true, literals: literals.clone() };
        Self { claims: (0..plan.claims.len() as u32).map(ClaimId).map(|claim| (claim, watched(claim))).collect(), ..self.clone() }
    }
}
