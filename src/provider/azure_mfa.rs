//! AzureMfaProtocolProvider: text messages and authenticator apps. Source: multi-factor-auth-technical-profile,
//! localization-string-ids; SEMANTICS 7 and 9.7.

use crate::claims::Str;
use crate::diagnostic::Diagnostic;
use crate::engine::Fault;
use crate::provider::call::{Call, InputValue, Returned, Setup, check_required_outputs, put};
use crate::provider::codes::{
    Authenticator, Channel, Moment, TRIES, Verdict, authenticator_code, check_inputs, given_text, judge, needed, no_operation, operation,
};
use crate::provider::phone::digits;

const OPERATION: &str = "Operation";
const USER: &str = "userPrincipalName";
const NUMBER: &str = "phoneNumber";
const TYPED: &str = "verificationCode";
const TYPED_APP_CODE: &str = "otpCode";
/// The output of GetAvailableDevices.
pub const DEVICES: &str = "numberOfAvailableDevices";

/// What the service says where the policy says nothing. Source: localization-string-ids.
pub const MESSAGES: [(&str, &str); 6] = [
    ("UserMessageIfCouldntSendSms", "Cannot Send SMS to the phone, please try another phone number."),
    ("UserMessageIfInvalidFormat", "Your phone number is not in a valid format, please correct it and try again."),
    ("UserMessageIfMaxAllowedCodeRetryReached", "Wrong code entered too many times, please try again later."),
    ("UserMessageIfServerError", "Cannot use MFA service, please try again later."),
    ("UserMessageIfThrottled", "Your request has been throttled, please try again later."),
    ("UserMessageIfWrongCodeEntered", "Wrong code entered, please try again."),
];

/// An Azure MFA profile, ready to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AzureMfaSettings {
    /// Operation; `None` when it is missing or unknown.
    pub operation: Option<Operation>,
}

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// OneWaySMS: sends a code.
    OneWaySms,
    /// Verify: that code.
    Verify,
    /// GetAvailableDevices: how many authenticator apps the user has.
    GetAvailableDevices,
    /// BeginVerifyOTP: the code of an authenticator app will be verified next.
    BeginVerifyOtp,
    /// VerifyOTP: that code.
    VerifyOtp,
}

impl Operation {
    const ALL: [(&str, Operation, &[&str]); 5] = [
        ("OneWaySMS", Operation::OneWaySms, &[USER, NUMBER]),
        ("Verify", Operation::Verify, &[NUMBER, TYPED]),
        ("GetAvailableDevices", Operation::GetAvailableDevices, &[USER]),
        ("BeginVerifyOTP", Operation::BeginVerifyOtp, &[USER, "objectId", "secretKey"]),
        ("VerifyOTP", Operation::VerifyOtp, &[TYPED_APP_CODE]),
    ];

    /// The partner name of the code that is typed.
    pub fn typed(self) -> Option<&'static str> {
        match self {
            Operation::Verify => Some(TYPED),
            Operation::VerifyOtp => Some(TYPED_APP_CODE),
            _ => None,
        }
    }
}

impl AzureMfaSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let names = Operation::ALL.map(|(name, ..)| name);
        let found = operation(setup, OPERATION, &names, &mut findings).and_then(|place| Operation::ALL.get(place));
        if let Some((_, _, inputs)) = found {
            check_inputs(setup, inputs, &mut findings);
        }
        (Self { operation: found.map(|(_, operation, _)| *operation) }, findings)
    }

    /// Sends, counts or verifies.
    pub fn outcome(&self, call: &Call<'_>, inputs: &[InputValue<'_>], moment: &mut Moment<'_>) -> Result<Returned, Fault> {
        let mut returned = Returned::default();
        match self.operation.ok_or_else(|| no_operation(call, OPERATION))? {
            Operation::OneWaySms => {
                needed(call, inputs, USER)?;
                let number = given_text(inputs, NUMBER).filter(is_phone);
                let Some(number) = number else { return Err(message(call, "UserMessageIfInvalidFormat")) };
                let code = moment.send(Channel::Sms, &digits(&number));
                returned.notes.push(format!("the code {code} goes to {number} by text message").into());
            }
            Operation::Verify => {
                let number = needed(call, inputs, NUMBER)?;
                let typed = needed(call, inputs, TYPED)?;
                judged(call, moment.verify(Channel::Sms, &digits(&number), &typed))?;
            }
            Operation::GetAvailableDevices => {
                let user = needed(call, inputs, USER)?;
                let count = moment.codes.enrolled.iter().filter(|enrolled| enrolled.eq_ignore_ascii_case(&user)).count();
                for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
                    if output.partner.eq_ignore_ascii_case(DEVICES) {
                        put(call, &mut returned, index, &count.into(), false)?;
                    }
                }
            }
            Operation::BeginVerifyOtp => {
                let user = needed(call, inputs, USER)?;
                needed(call, inputs, "objectId")?;
                moment.codes.authenticator = Some(Authenticator { user, tries_left: TRIES });
            }
            Operation::VerifyOtp => {
                let typed = needed(call, inputs, TYPED_APP_CODE)?;
                let right = authenticator_code(moment.seed);
                let verdict = match &mut moment.codes.authenticator {
                    Some(begun) => judge(&right, &typed, &mut begun.tries_left),
                    None => Verdict::NoSession,
                };
                judged(call, verdict)?;
                if let Some(Authenticator { user, .. }) = moment.codes.authenticator.take()
                    && !moment.codes.enrolled.iter().any(|enrolled| enrolled.eq_ignore_ascii_case(&user))
                {
                    moment.codes.enrolled.push(user);
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

/// No message is documented for a verification that was not begun; the one for the service itself stands in.
fn judged(call: &Call<'_>, verdict: Verdict) -> Result<(), Fault> {
    match verdict {
        Verdict::Right => Ok(()),
        Verdict::Wrong => Err(message(call, "UserMessageIfWrongCodeEntered")),
        Verdict::TooOften => Err(message(call, "UserMessageIfMaxAllowedCodeRetryReached")),
        Verdict::NoSession => Err(message(call, "UserMessageIfServerError")),
    }
}

/// Seven to fifteen digits, a plus before them or not, blanks, hyphens and brackets between them.
fn is_phone(text: &Str) -> bool {
    let text = digits(text);
    let number = text.strip_prefix('+').unwrap_or(&text);
    (7..=15).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings};
    use crate::provider::codes::{Codes, tests::at, wrong_code};

    fn run(codes: &mut Codes, operation: &str, inputs: &[(&str, &str)]) -> String {
        let mut fixture = Fixture::new(&[("Operation", operation)]).output("count:int=numberOfAvailableDevices");
        for (name, value) in inputs {
            fixture = fixture.input(name, Some((*value).into()));
        }
        let settings = fixture.with_setup(AzureMfaSettings::compile).0;
        let values = fixture.input_values();
        let outcome = at(codes, "2026-01-01T00:00:00Z", |moment| fixture.with_call(|call| settings.outcome(call, &values, moment)));
        outcome.map_or_else(
            |fault| shown_fault(&fault),
            |returned| {
                let shown = fixture.shown(&returned.outputs);
                let notes = returned.notes.iter().map(ToString::to_string);
                shown.into_iter().chain(notes).collect::<Vec<_>>().join(" ")
            },
        )
    }

    const WRONG: &str = "Wrong code entered, please try again.";

    #[test]
    fn a_text_message_is_verified() {
        let codes = &mut Codes::default();
        let verify = |codes: &mut Codes, code: &str| run(codes, "Verify", &[("phoneNumber", "+15551234567"), ("verificationCode", code)]);
        assert_eq!(verify(codes, "000001"), "Cannot use MFA service, please try again later.");
        let user = ("userPrincipalName", "u");
        assert_eq!(
            run(codes, "OneWaySMS", &[user, ("phoneNumber", "+1 555-123 4567")]),
            "the code 000001 goes to +1 555-123 4567 by text message"
        );
        assert_eq!(verify(codes, "000002"), WRONG);
        assert_eq!(verify(codes, "000001"), "");
        for number in ["", "555", "+1555x234567", "+1234567890123456"] {
            let shown = run(codes, "OneWaySMS", &[user, ("phoneNumber", number)]);
            assert_eq!(shown, "Your phone number is not in a valid format, please correct it and try again.", "{number}");
        }
        let shown = run(codes, "OneWaySMS", &[("phoneNumber", "+15551234567")]);
        assert_eq!(
            shown,
            "A partner claim with id 'userPrincipalName' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy' of tenant 'contoso.onmicrosoft.com'."
        );
    }

    #[test]
    fn a_code_may_be_wrong_five_times() {
        let codes = &mut Codes::default();
        run(codes, "OneWaySMS", &[("userPrincipalName", "u"), ("phoneNumber", "+15551234567")]);
        let verify = |codes: &mut Codes, code: &str| run(codes, "Verify", &[("phoneNumber", "+15551234567"), ("verificationCode", code)]);
        for _ in 0..5 {
            assert_eq!(verify(codes, "x"), WRONG);
        }
        assert_eq!(verify(codes, "000001"), "Wrong code entered too many times, please try again later.");
    }

    #[test]
    fn an_authenticator_app_is_enrolled_by_its_first_code() {
        let codes = &mut Codes::default();
        let devices = |codes: &mut Codes| run(codes, "GetAvailableDevices", &[("userPrincipalName", "u")]);
        let right = authenticator_code(0);
        assert_eq!(devices(codes), "count=0");
        assert_eq!(run(codes, "VerifyOTP", &[("otpCode", &right)]), "Cannot use MFA service, please try again later.");
        let begin = [("userPrincipalName", "u"), ("objectId", "1"), ("secretKey", "abc")];
        assert_eq!(run(codes, "BeginVerifyOTP", &begin), "");
        assert_eq!(run(codes, "VerifyOTP", &[("otpCode", &wrong_code(&right))]), WRONG);
        assert_eq!(devices(codes), "count=0");
        assert_eq!(run(codes, "VerifyOTP", &[("otpCode", &right)]), "");
        assert_eq!(devices(codes), "count=1");
    }

    #[test]
    fn settings_are_checked() {
        let found = |metadata: &[(&str, &str)]| shown_findings(&Fixture::new(metadata).with_setup(AzureMfaSettings::compile).1);
        assert_eq!(found(&[]), ["error[B2C0501]: Profile 'Profile' does not contain the required metadata key 'Operation'."]);
        assert_eq!(
            found(&[("Operation", "Call")]),
            [
                "error[B2C0503]: `Call` is no value of `Operation`; expected `OneWaySMS`, `Verify`, `GetAvailableDevices`, `BeginVerifyOTP` or `VerifyOTP`"
            ]
        );
        assert_eq!(
            found(&[("Operation", "verifyotp")]),
            [
                "error[B2C0520]: A partner claim with id 'otpCode' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy'."
            ]
        );
    }
}
