//! One finished run as data. Serialized it is the JSON of `run --format json`; what is left out of that (`Detail`s, writers, the names
//! that the policy knows) is there for the text report and for explaining failures.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Map, Value as Json};

use super::builder;
use crate::claims::{Bag, Str};
use crate::engine::{Choices, Fault, HttpRequest, Outcome};
use crate::plan::JourneyPlan;
use crate::simulate::scenario::StepResult;
use crate::source::{Place, Sources};
use crate::trace::Trace;

/// What a record is made from.
#[derive(Clone, Copy, Debug)]
pub struct RunParts<'a> {
    /// What the run is called.
    pub name: &'a str,
    /// The plan that was run.
    pub plan: &'a JourneyPlan,
    /// What happened.
    pub trace: &'a Trace,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The claims at the end.
    pub bag: &'a Bag,
    /// The issued claims.
    pub token: Option<&'a Map<String, Json>>,
    /// The open points on which the run depended.
    pub choices: Choices,
    /// The files of the plan.
    pub sources: &'a Sources,
}

/// One finished run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RunRecord {
    /// What the run is called.
    pub name: String,
    /// PolicyId of the relying party.
    pub policy: Str,
    /// The user journey.
    pub journey: Str,
    /// How it ended.
    pub outcome: OutcomeRecord,
    /// Every step of the journey in order; the steps of a sub journey follow the step that invoked it.
    pub steps: Vec<StepRecord>,
    /// Technical profiles in the order in which they began, without session profiles and the token issuer.
    pub calls: Vec<Str>,
    /// What was sent to REST APIs, by technical profile.
    pub requests: IndexMap<Str, Vec<RequestRecord>>,
    /// The claims at the end; null = set to nothing.
    pub claims: Map<String, Json>,
    /// The issued claims.
    pub token: Option<Map<String, Json>>,
    /// Open points of the semantics on which the run depended, `OPEN-10` for example.
    pub choices: Vec<String>,
    /// Who wrote a claim last, by claim id.
    #[serde(skip)]
    pub writers: IndexMap<Str, Written>,
    /// What happened before the first step.
    #[serde(skip)]
    pub prologue: Vec<Detail>,
    /// The names that the policy knows.
    #[serde(skip)]
    pub known: Known,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum OutcomeRecord {
    /// A token was issued.
    Issued,
    /// The journey failed, or could not start.
    Error {
        /// `AADB2C90075` and such.
        code: Option<Str>,
        /// What the application is told, without the code.
        message: Str,
        /// Where in the policy.
        at: Option<Place>,
    },
    /// A page refused the last reply, and there was no other.
    Waiting {
        /// The page's technical profile.
        page: Option<Str>,
        /// Code of the last refusal.
        code: Option<Str>,
        /// What the page says.
        message: Str,
        /// How often input was given.
        attempts: u32,
    },
    /// The window that was asked for ended.
    Stopped,
}

impl OutcomeRecord {
    /// As in `outcome.kind`.
    pub fn kind(&self) -> &'static str {
        match self {
            OutcomeRecord::Issued => "issued",
            OutcomeRecord::Error { .. } => "error",
            OutcomeRecord::Waiting { .. } => "waiting",
            OutcomeRecord::Stopped => "stopped",
        }
    }

    /// Code and message, where there are some.
    pub fn fault(&self) -> Option<FaultRecord> {
        match self {
            OutcomeRecord::Error { code, message, .. } | OutcomeRecord::Waiting { code, message, .. } => {
                Some(FaultRecord { code: code.clone(), message: message.clone() })
            }
            OutcomeRecord::Issued | OutcomeRecord::Stopped => None,
        }
    }
}

/// A row of the journey.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepRecord {
    /// Order.
    pub order: u32,
    /// The sub journey it belongs to; `None` = the user journey.
    pub sub_journey: Option<Str>,
    /// Type as written.
    #[serde(rename = "type")]
    pub kind: Str,
    /// What became of it.
    pub result: StepResult,
    /// The claims exchange that ran or was selected.
    pub exchange: Option<Str>,
    /// The technical profile that ran.
    pub technical_profile: Option<Str>,
    /// Why it was skipped.
    pub because: Option<BecauseRecord>,
    /// Where it is declared.
    pub at: Place,
    /// How many sub journeys it is inside of.
    #[serde(skip)]
    pub depth: usize,
    /// What could have run: exchange ids and technical profiles, or the name of a sub journey.
    #[serde(skip)]
    pub candidates: Vec<String>,
    /// Why it failed.
    #[serde(skip)]
    pub fault: Option<FaultRecord>,
    /// What happened in it, in order.
    #[serde(skip)]
    pub details: Vec<Detail>,
}

impl StepRecord {
    /// The step as scenarios name it: `8`, or `SubJourneyId/2`.
    pub fn key(&self) -> String {
        match &self.sub_journey {
            Some(journey) => format!("{journey}/{}", self.order),
            None => self.order.to_string(),
        }
    }
}

/// Why a step or validation technical profile was left out.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum BecauseRecord {
    /// A precondition was satisfied.
    #[serde(rename_all = "camelCase")]
    Precondition {
        /// Position in the list, from 1.
        precondition: u32,
        /// `ClaimEquals` or `ClaimsExist`.
        #[serde(rename = "type")]
        kind: &'static str,
        /// ExecuteActionsIf.
        execute_actions_if: bool,
        /// Claim id.
        claim: Str,
        /// The literal, for ClaimEquals.
        value: Option<Str>,
        /// What the claim held; null when nothing.
        actual: Json,
        /// `actual` for people, who want to tell absent from null.
        #[serde(skip)]
        shown: String,
        /// Who wrote the claim last.
        #[serde(skip)]
        written: Option<Written>,
        /// Where the precondition stands.
        #[serde(skip)]
        at: Place,
    },
    /// The technical profile is switched off.
    #[serde(rename_all = "camelCase")]
    Disabled {
        /// As the policy names the rule.
        enabled_for_user_journeys: &'static str,
        /// Claim id.
        claim: Option<Str>,
        /// ClaimValueOnWhichToEnable.
        value: Option<Str>,
        /// What the claim held; null when nothing.
        actual: Json,
        /// `actual` for people.
        #[serde(skip)]
        shown: String,
        /// Who wrote the claim last.
        #[serde(skip)]
        written: Option<Written>,
    },
    /// The session of an earlier run stands in.
    Session {
        /// The session technical profile.
        session: Str,
    },
}

/// Who wrote a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// `BioCatch-API-GETSCORE`, or `claims transformation X of Y`.
    pub by: String,
    /// The page that took the value over from its validation technical profile.
    pub through: Option<Str>,
    /// The output claim or transformation.
    pub at: Option<Place>,
}

impl std::fmt::Display for Written {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.by)?;
        if let Some(page) = &self.through {
            write!(f, " through {page}")?;
        }
        match &self.at {
            Some(at) => write!(f, " at {at}"),
            None => Ok(()),
        }
    }
}

/// Code and message of a failure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultRecord {
    /// `AADB2C90075` and such.
    pub code: Option<Str>,
    /// The message without the code.
    pub message: Str,
}

impl std::fmt::Display for FaultRecord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{code}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl From<&Fault> for FaultRecord {
    fn from(fault: &Fault) -> Self {
        Self { code: fault.code.clone(), message: fault.message.clone() }
    }
}

/// What would have gone over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RequestRecord {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With everything filled in.
    pub url: String,
    /// By name; values of one name joined by `, `.
    pub headers: IndexMap<Str, Str>,
    /// The body.
    pub body: Option<String>,
}

impl From<&HttpRequest> for RequestRecord {
    fn from(request: &HttpRequest) -> Self {
        let mut headers: IndexMap<Str, Str> = IndexMap::new();
        for (name, value) in &request.headers {
            match headers.get_mut(name) {
                Some(held) => *held = format!("{held}, {value}").into(),
                None => {
                    headers.insert(name.clone(), value.clone());
                }
            }
        }
        Self { method: request.method, url: request.url.clone(), headers, body: request.body.clone() }
    }
}

/// Something that happened in a step.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// A precondition was looked at and let the step (or validation) run.
    Passed {
        /// Position in the list, from 1.
        number: u32,
        /// Claim id.
        claim: Str,
        /// What it held, for people.
        shown: String,
        /// ClaimEquals on a claim without a value.
        ignored: bool,
        /// Where.
        at: Place,
    },
    /// A technical profile began; `validation`: of the page.
    Called {
        /// Which.
        profile: Str,
        /// It is a validation technical profile.
        validation: bool,
    },
    /// A technical profile failed.
    CallFailed {
        /// Which.
        profile: Str,
        /// How.
        fault: FaultRecord,
    },
    /// A validation technical profile was left out.
    ValidationSkipped {
        /// Which.
        profile: Str,
        /// Why.
        because: BecauseRecord,
    },
    /// The page was shown again with this message.
    Refused(FaultRecord),
    /// A selection was made.
    Selected {
        /// The exchange.
        exchange: Str,
        /// Nobody had to press a button.
        automatic: bool,
    },
    /// A request was sent.
    Sent {
        /// By whom.
        profile: Str,
        /// What.
        request: RequestRecord,
    },
    /// A claim was written.
    Wrote {
        /// Claim id.
        claim: Str,
        /// Its value now, for people.
        shown: String,
        /// By whom.
        written: Written,
        /// Seen by the page's validation technical profiles only.
        page_only: bool,
    },
    /// A claims transformation ran.
    Transformed(Str),
    /// Something worth saying.
    Note(Str),
}

/// The names that a policy knows, for the nearest right one in messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Steps as scenarios name them.
    pub steps: Vec<String>,
    /// Claim ids.
    pub claims: Vec<Str>,
    /// Technical profile ids.
    pub profiles: Vec<Str>,
    /// Names of the relying party's output claims.
    pub token: Vec<Str>,
}

impl RunRecord {
    /// Puts a run's events in the order of its journey.
    pub fn new(parts: &RunParts<'_>) -> Self {
        builder::build(parts)
    }

    /// A journey that could not start.
    pub fn not_started(name: &str, policy: &str, code: Option<&str>, message: &str, at: Option<Place>) -> Self {
        Self {
            name: name.to_owned(),
            policy: policy.into(),
            journey: Str::new(),
            outcome: OutcomeRecord::Error { code: code.map(Str::from), message: message.into(), at },
            steps: Vec::new(),
            calls: Vec::new(),
            requests: IndexMap::new(),
            claims: Map::new(),
            token: None,
            choices: Vec::new(),
            writers: IndexMap::new(),
            prologue: Vec::new(),
            known: Known::default(),
        }
    }

    /// The row of a step, by its key without regard to case; of a sub journey that ran several times, the last one.
    pub fn step(&self, key: &str) -> Option<&StepRecord> {
        self.steps.iter().rev().find(|step| step.key().eq_ignore_ascii_case(key))
    }
}
