//! ConditionalAccessProtocolProvider: which challenges a sign-in needs, and that they were met. Source:
//! conditional-access-technical-profile; SEMANTICS 7.

use crate::claims::ClaimValue;
use crate::diagnostic::Diagnostic;
use crate::engine::Fault;
use crate::provider::call::{Call, InputValue, Returned, Setup, check_required_outputs};
use crate::provider::codes::{check_inputs, given, needed, no_operation, operation};

const OPERATION: &str = "OperationType";

/// What a profile does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Evaluation.
    Evaluation,
    /// Remediation.
    Remediation,
}

/// A conditional access profile, ready to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConditionalAccessSettings {
    /// OperationType; `None` when it is missing or unknown.
    pub operation: Option<Operation>,
}

impl ConditionalAccessSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let operation = match operation(setup, OPERATION, &["Evaluation", "Remediation"], &mut findings) {
            Some(0) => {
                check_inputs(setup, &["UserId", "AuthenticationMethodsUsed", "IsFederated", "IsMfaRegistered"], &mut findings);
                Some(Operation::Evaluation)
            }
            Some(_) => {
                check_inputs(setup, &["ChallengesSatisfied"], &mut findings);
                Some(Operation::Remediation)
            }
            None => None,
        };
        (Self { operation }, findings)
    }

    /// What a tenant without conditional access policies answers: no challenge, hence no `Challenges` and no status.
    pub fn outcome(&self, call: &Call<'_>, inputs: &[InputValue<'_>]) -> Result<Returned, Fault> {
        self.check(call, inputs)?;
        let returned = Returned::default();
        check_required_outputs(call, &returned)?;
        Ok(returned)
    }

    /// What must be sent.
    pub fn check(&self, call: &Call<'_>, inputs: &[InputValue<'_>]) -> Result<(), Fault> {
        if self.operation.ok_or_else(|| no_operation(call, OPERATION))? == Operation::Remediation {
            return Ok(());
        }
        needed(call, inputs, "UserId")?;
        // "The value must be false."
        if given(inputs, "IsFederated").is_some_and(is_true) {
            return Err(Fault::of_policy("conditional access is for local accounts only: the input claim `IsFederated` must be false"));
        }
        Ok(())
    }
}

fn is_true(value: &ClaimValue) -> bool {
    value.text().is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_fault};

    #[test]
    fn a_local_sign_in_needs_no_challenge() {
        let check = |metadata: &[(&str, &str)], inputs: &[(&str, ClaimValue)], expected: &str| {
            let mut fixture = Fixture::new(metadata).output("challenges:stringCollection=Challenges");
            for (name, value) in inputs {
                fixture = fixture.input(name, Some(value.clone()));
            }
            let settings = fixture.with_setup(ConditionalAccessSettings::compile).0;
            let values = fixture.input_values();
            let outcome = fixture.with_call(|call| settings.outcome(call, &values));
            let shown = outcome.map_or_else(|fault| shown_fault(&fault), |returned| fixture.shown(&returned.outputs).join(" "));
            assert_eq!(shown, expected, "{metadata:?} {inputs:?}");
        };
        let evaluation = &[("OperationType", "Evaluation")];
        let user = || ("id=UserId", "1".into());
        check(evaluation, &[user()], "");
        check(evaluation, &[user(), ("f:boolean=IsFederated", false.into())], "");
        let federated = "conditional access is for local accounts only: the input claim `IsFederated` must be false";
        check(evaluation, &[user(), ("f:boolean=IsFederated", true.into())], federated);
        check(
            evaluation,
            &[],
            "A partner claim with id 'UserId' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy' of tenant 'contoso.onmicrosoft.com'.",
        );
        check(&[("OperationType", "Remediation")], &[], "");
        check(
            &[("Operation", "Evaluation")],
            &[user()],
            "AADB2C90023: Profile 'Profile' does not contain the required metadata key 'OperationType'.",
        );
    }
}
