//! Assertions over a finished run. One that fails prints the journey: each step with what became of it, the precondition that decided,
//! the claim's value and who wrote it last, and what the assertion wanted.
#![expect(clippy::panic, reason = "an assertion that fails panics, that is its purpose")]

use std::fmt::Display;

use serde_json::Value as Json;

use super::execution::Execution;
use super::scenario::StepResult;
use crate::claims::ClaimValue;
use crate::engine::Outcome;
use crate::report::{RunParts, RunRecord, explain};

impl Execution {
    /// The run as data: what `run --format json` prints, and more for reports.
    pub fn record(&self) -> RunRecord {
        RunRecord::new(&RunParts {
            name: &self.name,
            plan: &self.plan,
            trace: &self.trace,
            outcome: &self.outcome,
            bag: &self.bag,
            token: self.token.as_ref(),
            choices: self.choices,
            sources: &self.sources,
        })
    }

    #[track_caller]
    fn fail(&self, wanted: &str) -> ! {
        panic!("{}", explain(&self.record(), wanted))
    }

    #[track_caller]
    fn assert_step(&self, step: &dyn Display, wanted: StepResult) -> &Self {
        let key = step.to_string();
        match self.record().step(&key) {
            Some(found) if found.result == wanted => self,
            Some(found) => self.fail(&format!("step {key}: expected {}, found {}", wanted.name(), found.result.name())),
            None => self.fail(&format!("step {key}: expected {}, but the journey has no such step", wanted.name())),
        }
    }

    /// The step ran to its end. A step is its Order, or `SubJourneyId/Order`.
    #[track_caller]
    pub fn assert_executed(&self, step: impl Display) -> &Self {
        self.assert_step(&step, StepResult::Executed)
    }

    /// The step was skipped.
    #[track_caller]
    pub fn assert_skipped(&self, step: impl Display) -> &Self {
        self.assert_step(&step, StepResult::Skipped)
    }

    /// The step failed.
    #[track_caller]
    pub fn assert_failed(&self, step: impl Display) -> &Self {
        self.assert_step(&step, StepResult::Failed)
    }

    /// The run ended before the step.
    #[track_caller]
    pub fn assert_not_reached(&self, step: impl Display) -> &Self {
        self.assert_step(&step, StepResult::NotReached)
    }

    /// The claim has this value at the end; types count (`275` is not `"275"`), dates are ISO text.
    #[track_caller]
    pub fn assert_claim(&self, name: &str, value: impl Into<Json>) -> &Self {
        let value = value.into();
        match self.claim(name).map(ClaimValue::to_json) {
            Some(found) if found == value => self,
            Some(found) => self.fail(&format!("claim `{name}`: expected {value}, found {found}")),
            None => self.fail(&format!("claim `{name}`: expected {value}, but it has no value{}", self.unknown_claim(name))),
        }
    }

    /// The claim has no value at the end.
    #[track_caller]
    pub fn assert_no_claim(&self, name: &str) -> &Self {
        match self.claim(name) {
            Some(found) => self.fail(&format!("claim `{name}`: expected no value, found {}", found.to_json())),
            None if self.plan.claim_id(name).is_none() => self.fail(&format!("claim `{name}`: {}", self.unknown_claim(name))),
            None => self,
        }
    }

    fn unknown_claim(&self, name: &str) -> String {
        if self.plan.claim_id(name).is_some() {
            return String::new();
        }
        let near = crate::nearest::nearest(name, self.plan.claims.iter().map(|claim| claim.id.as_str()));
        near.map_or_else(
            || ": the policy knows no such claim".to_owned(),
            |near| format!(": the policy knows no such claim; did you mean `{near}`?"),
        )
    }

    /// The token has this claim, by the name in the token.
    #[track_caller]
    pub fn assert_token(&self, name: &str, value: impl Into<Json>) -> &Self {
        let value = value.into();
        match self.token.as_ref().map(|token| token.get(name)) {
            Some(Some(found)) if *found == value => self,
            Some(Some(found)) => self.fail(&format!("token claim `{name}`: expected {value}, found {found}")),
            Some(None) => self.fail(&format!("token claim `{name}`: expected {value}, but it was not issued")),
            None => self.fail(&format!("token claim `{name}`: expected {value}, but no token was issued")),
        }
    }

    /// The technical profile was called.
    #[track_caller]
    pub fn assert_called(&self, technical_profile: &str) -> &Self {
        if self.was_called(technical_profile) {
            self
        } else {
            self.fail(&format!("expected a call of `{technical_profile}`, there was none"))
        }
    }

    /// The technical profile was not called.
    #[track_caller]
    pub fn assert_not_called(&self, technical_profile: &str) -> &Self {
        if self.was_called(technical_profile) {
            self.fail(&format!("expected no call of `{technical_profile}`, there was one"))
        } else {
            self
        }
    }

    fn was_called(&self, technical_profile: &str) -> bool {
        self.record().calls.iter().any(|call| call.eq_ignore_ascii_case(technical_profile))
    }

    /// A token was issued.
    #[track_caller]
    pub fn assert_issued(&self) -> &Self {
        if self.is_issued() { self } else { self.fail("expected a token") }
    }

    /// The run stopped where the simulation says.
    #[track_caller]
    pub fn assert_stopped(&self) -> &Self {
        if self.outcome == Outcome::Stopped { self } else { self.fail("expected the run to stop at the end of its window") }
    }

    /// The journey ended in an error with this code, or with this in its message.
    #[track_caller]
    pub fn assert_error(&self, code_or_text: &str) -> &Self {
        match &self.outcome {
            Outcome::Error(fault) if fault.code.as_deref() == Some(code_or_text) || fault.message.contains(code_or_text) => self,
            _ => self.fail(&format!("expected the error `{code_or_text}`")),
        }
    }

    /// The run waits on this page, which refused its last input.
    #[track_caller]
    pub fn assert_waiting(&self, page: &str) -> &Self {
        match &self.outcome {
            Outcome::Waiting { page: Some(id), .. } if self.plan.profile(*id).id.eq_ignore_ascii_case(page) => self,
            _ => self.fail(&format!("expected the run to wait on the page `{page}`")),
        }
    }
}
