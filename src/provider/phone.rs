//! PhoneFactorProtocolProvider: a call or text message to a number on file, or to one that is typed. Source:
//! phone-factor-technical-profile, localization-string-ids, error-codes; SEMANTICS 9.8.

use crate::claims::{ClaimValue, DataType, Slot, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Fault, Open, PhoneReply, PhoneRequest};
use crate::plan::ClaimReference;
use crate::provider::call::{Call, InputValue, Returned, Setup, check_required_outputs, flag_value};
use crate::provider::codes::check_inputs;

const USER_ID: &str = "UserId";
const NEW_NUMBER: &str = "newPhoneNumberEntered";

/// A phone factor profile, ready to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneSettings {
    /// ManualPhoneNumberEntryAllowed; false when not given.
    pub manual_entry: bool,
}

impl PhoneSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        const MODE: &str = "setting.authenticationMode";
        let mut findings = Vec::new();
        let settings = PhoneSettings { manual_entry: setup.flag("ManualPhoneNumberEntryAllowed", false, &mut findings) };
        check_inputs(setup, &[USER_ID], &mut findings);
        if let Some(mode) = setup.metadata.get(MODE)
            && !["sms", "phone", "mixed"].iter().any(|name| mode.eq_ignore_ascii_case(name))
        {
            let words = format!("`{mode}` is no value of `{MODE}`; expected `sms`, `phone` or `mixed`");
            findings.push(Diagnostic::warning(code::BAD_METADATA, words).at(setup.metadata_span(MODE)));
        }
        (settings, findings)
    }

    /// The request: every input claim but the user id is a number.
    pub fn request(&self, inputs: &[InputValue<'_>]) -> Result<PhoneRequest, Fault> {
        let text = |input: &InputValue<'_>| input.value.as_ref().and_then(ClaimValue::text).filter(|text| !text.trim().is_empty());
        let (user, others): (Vec<_>, Vec<_>) = inputs.iter().partition(|input| is_user_id(input.reference));
        let mut numbers: Vec<Str> = Vec::new();
        for number in others.into_iter().filter_map(text) {
            if !numbers.iter().any(|known| same_number(known, &number)) {
                numbers.push(number);
            }
        }
        if numbers.is_empty() && !self.manual_entry {
            return Err(nothing_to_verify());
        }
        Ok(PhoneRequest { user_id: user.first().and_then(|input| text(input)), numbers, may_enrol: self.manual_entry })
    }
}

fn is_user_id(reference: &ClaimReference) -> bool {
    reference.partner.eq_ignore_ascii_case(USER_ID)
}

/// error-codes, AADB2C90145.
fn nothing_to_verify() -> Fault {
    Fault::new("AADB2C90145", "No unverified phone numbers have been found and policy does not allow a user entered number.")
}

/// Output claims, or the failure: with numbers on file one of them is verified, without any a number is enrolled. `made_up` gives a
/// number that nobody typed.
pub fn outcome(call: &Call<'_>, request: &PhoneRequest, reply: &PhoneReply, mut made_up: impl FnMut() -> Str) -> Result<Returned, Fault> {
    let (number, new) = match (reply, request.numbers.first()) {
        (_, None) if !request.may_enrol => return Err(nothing_to_verify()),
        (PhoneReply::VerifyAny, Some(first)) => (first.clone(), false),
        (PhoneReply::Verify(number), Some(_)) => match request.numbers.iter().find(|known| same_number(known, number)) {
            Some(known) => (known.clone(), false),
            None => return Err(too_many_tries()),
        },
        (PhoneReply::VerifyNew, Some(_)) => return Err(too_many_tries()),
        (PhoneReply::Verify(number), None) if !is_number(number) => {
            // localization-string-ids, invalid_number: the page does not take it.
            return Err(Fault::uncoded("Please enter a valid phone number"));
        }
        (PhoneReply::Verify(number), None) => (number.clone(), true),
        (PhoneReply::VerifyAny | PhoneReply::VerifyNew, None) => (made_up(), true),
    };
    let mut returned = Returned::default();
    for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
        if starts_with(&output.partner, "Verified.") {
            let value = match (call.plan_claim)(output.claim).data_type {
                DataType::PhoneNumber => ClaimValue::PhoneNumber(digits(&number).into()),
                _ => ClaimValue::String(number.clone()),
            };
            returned.outputs.push((index, Slot::Value(value)));
        } else if output.partner.eq_ignore_ascii_case(NEW_NUMBER) {
            // OPEN-26: False, not absent, for a number that was on file.
            if new || call.switches.new_phone_number_false_when_known {
                returned.outputs.push((index, Slot::Value(flag_value(call, output, new))));
            }
            if !new {
                returned.choices.note(Open(26));
            }
        }
    }
    check_required_outputs(call, &returned)?;
    Ok(returned)
}

/// error-codes, AADB2C90151.
fn too_many_tries() -> Fault {
    Fault::new("AADB2C90151", "User has exceeded the maximum number for retries for multifactor authentication.")
}

/// localization-string-ids, number_pattern: `^\+(?:[0-9][\x20-]?){6,14}[0-9]$`.
pub fn is_number(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let mut count = 0;
    let mut after_digit = false;
    for letter in rest.chars() {
        match letter {
            '0'..='9' => {
                count += 1;
                after_digit = true;
            }
            ' ' | '-' if after_digit => after_digit = false,
            _ => return false,
        }
    }
    after_digit && (7..=15).contains(&count)
}

/// The number without blanks and hyphens.
pub(super) fn digits(number: &str) -> String {
    number.chars().filter(|letter| !matches!(letter, ' ' | '-' | '(' | ')')).collect()
}

fn same_number(left: &str, right: &str) -> bool {
    digits(left) == digits(right)
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Choices;
    use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings};

    const MANUAL: (&str, &str) = ("ManualPhoneNumberEntryAllowed", "true");
    const NONE: &str = "AADB2C90145: No unverified phone numbers have been found and policy does not allow a user entered number.";
    const TRIES: &str = "AADB2C90151: User has exceeded the maximum number for retries for multifactor authentication.";

    fn profile(metadata: &[(&str, &str)], numbers: &[&str]) -> Fixture {
        let mut fixture = Fixture::new(metadata)
            .input("user=UserId", Some("id".into()))
            .input("unset", None)
            .output("number=Verified.OfficePhone")
            .output("newPhoneNumberEntered:boolean")
            .output("other");
        for (number, name) in numbers.iter().zip(["first", "second", "third"]) {
            fixture = fixture.input(name, Some((*number).into()));
        }
        fixture
    }

    fn request(fixture: &Fixture) -> Result<PhoneRequest, Fault> {
        fixture.with_setup(PhoneSettings::compile).0.request(&fixture.input_values())
    }

    fn run(fixture: &Fixture, reply: PhoneReply) -> Result<(String, Choices), String> {
        let outcome =
            request(fixture).and_then(|request| fixture.with_call(|call| outcome(call, &request, &reply, || "+19998887777".into())));
        outcome.map(|returned| (fixture.shown(&returned.outputs).join(" "), returned.choices)).map_err(|fault| shown_fault(&fault))
    }

    fn verify(number: &str) -> PhoneReply {
        PhoneReply::Verify(number.into())
    }

    #[test]
    fn every_input_but_the_user_id_is_a_number() {
        let request = |numbers: &[&str]| request(&profile(&[MANUAL], numbers)).unwrap();
        assert_eq!(
            request(&["+1 5551234567", " ", "+15551234567"]),
            PhoneRequest { user_id: Some("id".into()), numbers: vec!["+1 5551234567".into()], may_enrol: true }
        );
        assert!(request(&[]).numbers.is_empty());
    }

    #[test]
    fn numbers_are_verified_or_enrolled() {
        let (known, other) = ("+1 5551234567", "+4930123456");
        let old = |number: &str| Ok(format!("number=\"{number}\" newPhoneNumberEntered=false"));
        let new = |number: &str| Ok(format!("number=\"{number}\" newPhoneNumberEntered=true"));
        let fails = |words: &str| Err(words.to_owned());
        for (metadata, numbers, reply, expected) in [
            (&[][..], &[known, other][..], verify("+15551234567"), old(known)),
            (&[], &[known, other], verify(other), old(other)),
            (&[], &[known], PhoneReply::VerifyAny, old(known)),
            (&[], &[known], verify(other), fails(TRIES)),
            (&[MANUAL], &[known], verify(other), fails(TRIES)),
            (&[MANUAL], &[known], PhoneReply::VerifyNew, fails(TRIES)),
            (&[MANUAL], &[], verify(other), new(other)),
            (&[MANUAL], &[], verify("12345"), fails("Please enter a valid phone number")),
            (&[MANUAL], &[], PhoneReply::VerifyAny, new("+19998887777")),
            (&[MANUAL], &[], PhoneReply::VerifyNew, new("+19998887777")),
            (&[], &[], verify(other), fails(NONE)),
            (&[("ManualPhoneNumberEntryAllowed", "false")], &[""], PhoneReply::VerifyAny, fails(NONE)),
        ] {
            let shown = run(&profile(metadata, numbers), reply.clone()).map(|(outputs, _)| outputs);
            assert_eq!(shown, expected, "{metadata:?} {numbers:?} {reply:?}");
        }
    }

    #[test]
    fn whether_a_known_number_is_not_new_is_an_open_point() {
        let choices = |fixture: &Fixture| run(fixture, PhoneReply::VerifyAny).unwrap().1.iter().collect::<Vec<_>>();
        assert_eq!(choices(&profile(&[], &["+15551234567"])), [Open(26)]);
        assert_eq!(choices(&profile(&[MANUAL], &[])), []);
        let off = profile(&[], &["+15551234567"]).switch(|switches| switches.new_phone_number_false_when_known = false);
        assert_eq!(run(&off, PhoneReply::VerifyAny).unwrap().0, "number=\"+15551234567\"");
        assert_eq!(choices(&off), [Open(26)]);
    }

    #[test]
    fn a_phone_number_claim_takes_plus_and_digits() {
        let fixture =
            Fixture::new(&[]).input("n", Some("+1 555-123-4567".into())).output("p:phoneNumber=verified.x").output("t=Verified.y");
        assert_eq!(run(&fixture, PhoneReply::VerifyAny).unwrap().0, "p=\"+15551234567\" t=\"+1 555-123-4567\"");
        let text = Fixture::new(&[]).input("n", Some("+15551234567".into())).output("x=newPhoneNumberEntered");
        assert_eq!(run(&text, PhoneReply::VerifyAny).unwrap().0, "x=\"False\"");
    }

    #[test]
    fn a_number_is_plus_and_seven_to_fifteen_digits() {
        for (text, expected) in [
            ("+1234567", true),
            ("+123456789012345", true),
            ("+1 555-123 4567", true),
            ("+123456", false),
            ("+1234567890123456", false),
            ("1234567", false),
            ("+1  5551234567", false),
            ("+-15551234567", false),
            ("+15551234567 ", false),
            ("+1555123456x", false),
            ("", false),
        ] {
            assert_eq!(is_number(text), expected, "{text}");
        }
    }

    #[test]
    fn settings_are_checked() {
        let found = |fixture: Fixture| shown_findings(&fixture.with_setup(PhoneSettings::compile).1);
        assert!(found(profile(&[MANUAL, ("setting.authenticationMode", "SMS")], &[])).is_empty());
        assert_eq!(
            found(Fixture::new(&[("setting.authenticationMode", "fax")])),
            [
                "error[B2C0520]: A partner claim with id 'UserId' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy'.",
                "warning[B2C0503]: `fax` is no value of `setting.authenticationMode`; expected `sms`, `phone` or `mixed`",
            ]
        );
    }
}
