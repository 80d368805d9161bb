//! What happened in a run and why, as data. It prints nothing.

use crate::claims::{ClaimId, Slot, Str};
use crate::engine::{Fault, HttpRequest};
use crate::plan::{JourneyId, ProfileId, TransformationId};
use crate::source::Span;

/// A step of a plan, by journey and position in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId {
    /// The journey or sub journey.
    pub journey: JourneyId,
    /// Position from 0 (the step's Order is in the plan).
    pub position: u32,
}

/// Why a step, validation profile or selection was left out.
#[derive(Clone, Debug, PartialEq)]
pub enum Because {
    /// This precondition was satisfied.
    Precondition {
        /// Position in the list, from 1.
        number: u32,
        /// `true` = ClaimEquals, `false` = ClaimsExist.
        equals: bool,
        /// ExecuteActionsIf.
        execute_if: bool,
        /// Which claim.
        claim: ClaimId,
        /// The literal, for ClaimEquals.
        value: Option<Str>,
        /// What the claim held.
        actual: Slot,
        /// Where.
        span: Span,
    },
    /// EnabledForUserJourneys switched the technical profile off.
    Disabled {
        /// As the policy names it, `OnClaimsExistence` for example.
        rule: &'static str,
        /// Which claim, unless the rule is `Never`.
        claim: Option<ClaimId>,
        /// ClaimValueOnWhichToEnable.
        value: Option<Str>,
        /// What the claim held.
        actual: Slot,
    },
    /// The session of an earlier run stands in (SEMANTICS 13).
    Session {
        /// The session technical profile.
        profile: Str,
    },
}

/// Who wrote a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    /// A technical profile, as output claim or default.
    Profile(ProfileId),
    /// A claims transformation, called by a technical profile.
    Transformation(TransformationId, ProfileId),
    /// The start of the run, or an engine step such as GetClaims.
    Engine,
}

/// What a technical profile runs as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The claims exchange of a step, or the page of a selection step.
    Exchange,
    /// A validation technical profile of this page.
    Validation(ProfileId),
    /// The token issuer.
    Issuer,
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// A step begins (its preconditions let it).
    StepBegins(StepId),
    /// A step was left out.
    StepSkipped(StepId, Because),
    /// A step ended well.
    StepDone(StepId),
    /// A step failed; the run ends with this.
    StepFailed(StepId, Fault),
    /// A step waits for ever on its page.
    StepWaits(StepId),
    /// A precondition was looked at and did not fire (`ignored`: the claim is missing, so ClaimEquals has no say).
    PreconditionPassed {
        /// Position in the list, from 1.
        number: u32,
        /// Which claim.
        claim: ClaimId,
        /// What it held.
        actual: Slot,
        /// ClaimEquals on a missing claim.
        ignored: bool,
        /// Where.
        span: Span,
    },
    /// A technical profile begins.
    Call(ProfileId, Role),
    /// A technical profile ended well.
    CallDone(ProfileId),
    /// A technical profile failed.
    CallFailed(ProfileId, Fault),
    /// A validation technical profile was left out.
    ValidationSkipped(ProfileId, Because),
    /// A page was refused and is shown again.
    PageRefused(Option<ProfileId>, Fault),
    /// A selection was made: the exchange, and whether nobody had to press a button.
    Selected(Str, bool),
    /// What would have gone over the wire.
    Request(ProfileId, HttpRequest),
    /// A claim was written. `overlay`: visible to this page's validation profiles only.
    Write {
        /// Which.
        claim: ClaimId,
        /// Its value now.
        value: Slot,
        /// By whom.
        by: Writer,
        /// The output claim or transformation, where there is one.
        span: Option<Span>,
        /// Confined to the page.
        overlay: bool,
    },
    /// A claims transformation ran.
    Transformed(TransformationId),
    /// Something worth saying, one sentence.
    Note(Str),
    /// The token.
    Issued(Vec<(Str, serde_json::Value)>),
}

impl Event {
    /// A call, or what becomes of a step.
    pub(crate) fn is_brief(&self) -> bool {
        matches!(
            self,
            Event::Call(..)
                | Event::StepBegins(_)
                | Event::StepSkipped(..)
                | Event::StepDone(_)
                | Event::StepFailed(..)
                | Event::StepWaits(_)
        )
    }
}

/// The events of a run in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trace {
    /// The events.
    pub events: Vec<Event>,
}
