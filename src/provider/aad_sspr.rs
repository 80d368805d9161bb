//! AadSsprProtocolProvider: a code by e-mail. Source: aad-sspr-technical-profile, localization-string-ids; SEMANTICS 7.

use crate::diagnostic::Diagnostic;
use crate::engine::Fault;
use crate::provider::call::{Call, InputValue, Returned, Setup, check_required_outputs};
use crate::provider::codes::{Channel, Moment, Verdict, check_inputs, needed, no_operation, operation};

const OPERATION: &str = "Operation";
const ADDRESS: &str = "emailAddress";
/// The partner name of the code that is typed.
pub const TYPED: &str = "verificationCode";

/// What the service says where the policy says nothing. Source: localization-string-ids.
pub const MESSAGES: [(&str, &str); 5] = [
    ("UserMessageIfChallengeExpired", "The code has expired."),
    ("UserMessageIfInternalError", "The email service has encountered an internal error, please try again later."),
    ("UserMessageIfThrottled", "You have sent too many requests, please try again later."),
    ("UserMessageIfVerificationFailedNoRetry", "You have exceeded maximum number of verification attempts."),
    ("UserMessageIfVerificationFailedRetryAllowed", "The verification has failed, please try again."),
];

/// What a profile does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// SendCode.
    Send,
    /// VerifyCode.
    Verify,
}

/// An SSPR profile, ready to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AadSsprSettings {
    /// Operation; `None` when it is missing or unknown.
    pub operation: Option<Operation>,
}

impl AadSsprSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let operation = match operation(setup, OPERATION, &["SendCode", "VerifyCode"], &mut findings) {
            Some(0) => {
                check_inputs(setup, &[ADDRESS], &mut findings);
                Some(Operation::Send)
            }
            Some(_) => {
                check_inputs(setup, &[ADDRESS, TYPED], &mut findings);
                Some(Operation::Verify)
            }
            None => None,
        };
        (Self { operation }, findings)
    }

    /// Sends or verifies.
    pub fn outcome(&self, call: &Call<'_>, inputs: &[InputValue<'_>], moment: &mut Moment<'_>) -> Result<Returned, Fault> {
        let operation = self.operation.ok_or_else(|| no_operation(call, OPERATION))?;
        let address = needed(call, inputs, ADDRESS)?;
        let mut returned = Returned::default();
        match operation {
            Operation::Send => {
                let code = moment.send(Channel::Email, &address);
                returned.notes.push(format!("the code {code} goes to {address} by e-mail").into());
            }
            Operation::Verify => {
                let typed = needed(call, inputs, TYPED)?;
                match moment.verify(Channel::Email, &address, &typed) {
                    Verdict::Right => {}
                    Verdict::Wrong => return Err(message(call, "UserMessageIfVerificationFailedRetryAllowed")),
                    Verdict::TooOften => return Err(message(call, "UserMessageIfVerificationFailedNoRetry")),
                    Verdict::NoSession => return Err(message(call, "UserMessageIfChallengeExpired")),
                }
            }
        }
        check_required_outputs(call, &returned)?;
        Ok(returned)
    }
}

fn message(call: &Call<'_>, key: &str) -> Fault {
    let built_in = MESSAGES.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| *text);
    Fault::uncoded(call.message(key, built_in, &[]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_fault};
    use crate::provider::codes::{Codes, tests::at};

    #[test]
    fn a_code_is_sent_and_verified() {
        let codes = &mut Codes::default();
        let mut check = |operation: &str, address: &str, code: &str, expected: &str| {
            let fixture = Fixture::new(&[("Operation", operation), ("UserMessageIfChallengeExpired", "own words")])
                .input("email=emailAddress", Some(address.into()))
                .input("verificationCode", Some(code.into()));
            let settings = fixture.with_setup(AadSsprSettings::compile).0;
            let values = fixture.input_values();
            let outcome = at(codes, "2026-01-01T00:00:00Z", |moment| fixture.with_call(|call| settings.outcome(call, &values, moment)));
            let shown = outcome.map_or_else(|fault| shown_fault(&fault), |returned| returned.notes.concat());
            assert_eq!(shown, expected, "{operation} {address} {code}");
        };
        check("VerifyCode", "a@b.c", "000001", "own words");
        check("SendCode", "a@b.c", "", "the code 000001 goes to a@b.c by e-mail");
        check("VerifyCode", "a@b.c", "000003", "The verification has failed, please try again.");
        check("VerifyCode", "A@b.c", "000001", "");
        check("SendCode", "a@b.c", "", "the code 000001 goes to a@b.c by e-mail");
        for _ in 0..5 {
            check("VerifyCode", "a@b.c", "1", "The verification has failed, please try again.");
        }
        check("VerifyCode", "a@b.c", "000001", "You have exceeded maximum number of verification attempts.");
        check(
            "SendCode",
            " ",
            "",
            "A partner claim with id 'emailAddress' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy' of tenant 'contoso.onmicrosoft.com'.",
        );
    }
}
