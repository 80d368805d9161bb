//! OneTimePasswordProtocolProvider: hands out codes and verifies them. Source: one-time-password-technical-profile,
//! localization-string-ids; SEMANTICS 9.7.

use crate::claims::{ClaimValue, Slot, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::Fault;
use crate::provider::call::{Call, InputValue, Returned, Setup, check_required_outputs};
use crate::provider::codes::{Moment, OneTimeCode, Verdict, check_inputs, judge, needed, no_operation, operation};

const OPERATION: &str = "Operation";
const IDENTIFIER: &str = "identifier";
/// The partner name of the code that is typed.
pub const TYPED: &str = "otpToVerify";
/// The partner name of the code that is handed out.
pub const GENERATED: &str = "otpGenerated";

/// What the service says where the policy says nothing. localization-string-ids has a default for all but two: those for generation are
/// the words of its example, those for a further try the same as for an invalid code.
pub const MESSAGES: [(&str, &str); 6] = [
    ("UserMessageIfSessionDoesNotExist", "One time password verification session has expired"),
    ("UserMessageIfMaxRetryAttempted", "One time password provided verification has exceeded maximum number of attempts"),
    ("UserMessageIfMaxNumberOfCodeGenerated", "You have exceeded the number of code generation attempts allowed."),
    ("UserMessageIfInvalidCode", "One time password provided for verification is incorrect"),
    ("UserMessageIfVerificationFailedRetryAllowed", "One time password provided for verification is incorrect"),
    ("UserMessageIfSessionConflict", "One time password verification session has conflict"),
];

/// No code of a policy is longer; a length beyond it is a slip.
const LONGEST: u32 = 128;

/// A one-time password profile, ready to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimePasswordSettings {
    /// Operation; `None` when it is missing or unknown.
    pub operation: Option<Operation>,
}

/// What it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// GenerateCode.
    Generate(Generation),
    /// VerifyCode.
    Verify,
}

/// How codes are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generation {
    /// CodeExpirationInSeconds.
    pub expires_after: u32,
    /// CodeLength.
    pub length: u32,
    /// CharacterSet.
    pub characters: Vec<char>,
    /// NumRetryAttempts.
    pub tries: u32,
    /// NumCodeGenerationAttempts.
    pub most: u32,
    /// ReuseSameCode.
    pub reuse: bool,
}

impl OneTimePasswordSettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let operation = match operation(setup, OPERATION, &["GenerateCode", "VerifyCode"], &mut findings) {
            Some(0) => {
                check_inputs(setup, &[IDENTIFIER], &mut findings);
                Some(Operation::Generate(Generation {
                    expires_after: whole(setup, "CodeExpirationInSeconds", 600, 60..=1200, &mut findings),
                    length: whole(setup, "CodeLength", 6, 1..=LONGEST, &mut findings),
                    characters: characters(setup, &mut findings),
                    tries: whole(setup, "NumRetryAttempts", 5, 1..=u32::MAX, &mut findings),
                    most: whole(setup, "NumCodeGenerationAttempts", 10, 1..=u32::MAX, &mut findings),
                    reuse: setup.flag("ReuseSameCode", false, &mut findings),
                }))
            }
            Some(_) => {
                check_inputs(setup, &[IDENTIFIER, TYPED], &mut findings);
                Some(Operation::Verify)
            }
            None => None,
        };
        (Self { operation }, findings)
    }

    /// Hands out a code, or verifies one.
    pub fn outcome(&self, call: &Call<'_>, inputs: &[InputValue<'_>], moment: &mut Moment<'_>) -> Result<Returned, Fault> {
        let operation = self.operation.as_ref().ok_or_else(|| no_operation(call, OPERATION))?;
        let identifier = needed(call, inputs, IDENTIFIER)?;
        match operation {
            Operation::Generate(generation) => {
                let code = generation.hand_out(call, &identifier, moment)?;
                let mut returned = Returned::default();
                for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
                    if output.partner.eq_ignore_ascii_case(GENERATED) {
                        returned.outputs.push((index, Slot::Value(ClaimValue::String(code.clone()))));
                    }
                }
                check_required_outputs(call, &returned)?;
                Ok(returned)
            }
            Operation::Verify => {
                let typed = needed(call, inputs, TYPED)?;
                verify(call, &identifier, &typed, moment)?;
                Ok(Returned::default())
            }
        }
    }
}

fn message(call: &Call<'_>, key: &str) -> Fault {
    let built_in = MESSAGES.iter().find(|(known, _)| *known == key).map_or("", |(_, text)| *text);
    Fault::uncoded(call.message(key, built_in, &[]))
}

/// The session of an identifier, in any case: an e-mail address is no other when it is typed in capitals.
fn session<'m>(moment: &'m mut Moment<'_>, identifier: &str) -> Option<&'m mut OneTimeCode> {
    moment.codes.one_time.iter_mut().find(|session| session.identifier.eq_ignore_ascii_case(identifier))
}

/// A code of somebody else's making stands for the one that was handed out last.
pub fn replace(inputs: &[InputValue<'_>], code: &Str, moment: &mut Moment<'_>) {
    moment.codes.read = Some(code.clone());
    if let Some(identifier) = super::codes::given_text(inputs, IDENTIFIER)
        && let Some(session) = session(moment, &identifier)
    {
        session.code = Some(code.clone());
    }
}

impl Generation {
    fn hand_out(&self, call: &Call<'_>, identifier: &Str, moment: &mut Moment<'_>) -> Result<Str, Fault> {
        let now = moment.now;
        let expires = now.plus_seconds(self.expires_after.into());
        if session(moment, identifier).is_none() {
            let fresh = OneTimeCode { identifier: identifier.clone(), code: None, expires: None, tries_left: self.tries, handed_out: 0 };
            let known = &mut moment.codes.one_time;
            known.insert(known.partition_point(|known| known.identifier < fresh.identifier), fresh);
        }
        let is_over = |session: &OneTimeCode| session.expires.is_none_or(|expires| expires <= now);
        let known = session(moment, identifier).and_then(|session| {
            if session.handed_out >= self.most && is_over(session) {
                session.handed_out = 0;
            }
            // Once all codes are handed out, the person is locked out until the last one expires.
            (session.handed_out < self.most).then(|| (session.code.clone(), !is_over(session) && session.tries_left > 0))
        });
        let Some((old, is_valid)) = known else { return Err(message(call, "UserMessageIfMaxNumberOfCodeGenerated")) };
        let (code, is_new) = match old {
            Some(old) if self.reuse && is_valid => (old, false),
            _ => (self.make(moment), true),
        };
        if let Some(session) = session(moment, identifier) {
            session.code = Some(code.clone());
            session.expires = expires;
            session.handed_out += 1;
            if is_new {
                session.tries_left = self.tries;
            }
        }
        moment.codes.read = Some(code.clone());
        Ok(code)
    }

    fn make(&self, moment: &mut Moment<'_>) -> Str {
        let count = self.characters.len().max(1) as u64;
        let letters = (0..self.length).filter_map(|_| self.characters.get(((moment.draw)() % count) as usize));
        letters.collect::<String>().into()
    }
}

fn verify(call: &Call<'_>, identifier: &str, typed: &str, moment: &mut Moment<'_>) -> Result<(), Fault> {
    let now = moment.now;
    let verdict = match session(moment, identifier) {
        Some(OneTimeCode { code: Some(code), expires: Some(expires), tries_left, .. }) if *expires > now => judge(code, typed, tries_left),
        _ => Verdict::NoSession,
    };
    if verdict != Verdict::Wrong {
        moment.codes.read = None;
    }
    match verdict {
        Verdict::Right => {
            // A code is used up once it was right.
            if let Some(session) = session(moment, identifier) {
                session.code = None;
            }
            Ok(())
        }
        Verdict::NoSession => Err(message(call, "UserMessageIfSessionDoesNotExist")),
        Verdict::TooOften => Err(message(call, "UserMessageIfMaxRetryAttempted")),
        // Two keys are documented for it; the one for a further try comes first where the policy has it.
        Verdict::Wrong => {
            const FURTHER: &str = "UserMessageIfVerificationFailedRetryAllowed";
            Err(message(call, if (call.messages)(FURTHER).is_some() { FURTHER } else { "UserMessageIfInvalidCode" }))
        }
    }
}

fn whole(setup: &Setup<'_>, key: &str, default: u32, limits: std::ops::RangeInclusive<u32>, findings: &mut Vec<Diagnostic>) -> u32 {
    let Some(text) = setup.metadata.get(key) else { return default };
    match text.parse::<u32>() {
        Ok(number) if limits.contains(&number) => number,
        parsed => {
            let limit = if *limits.end() == u32::MAX {
                format!("{} or more", limits.start())
            } else {
                format!("{} to {}", limits.start(), limits.end())
            };
            let words = format!("`{text}` is no value of `{key}`; expected a whole number, {limit}");
            findings.push(Diagnostic::warning(code::BAD_METADATA, words).at(setup.metadata_span(key)));
            parsed.map_or(default, |number| number.clamp(*limits.start(), *limits.end()))
        }
    }
}

/// CharacterSet: what stands between the brackets of a regular expression.
fn characters(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> Vec<char> {
    const KEY: &str = "CharacterSet";
    const DIGITS: &str = "0-9";
    let text = setup.metadata.get(KEY).filter(|text| !text.is_empty()).unwrap_or(DIGITS);
    let found = class(text);
    if found.len() < 10 {
        let words = format!("`{KEY}` has {} characters; the service wants at least 10 different ones", found.len());
        findings.push(Diagnostic::warning(code::BAD_METADATA, words).at(setup.metadata_span(KEY)));
    }
    if found.is_empty() { class(DIGITS) } else { found }
}

/// The characters of a class such as `a-z0-9`, each once, in order. A range beyond the thousand characters that a code could want ends there.
fn class(text: &str) -> Vec<char> {
    const MOST: usize = 1000;
    let mut found: Vec<char> = Vec::new();
    let mut add = |letter: char| {
        if found.len() < MOST && !found.contains(&letter) {
            found.push(letter);
        }
    };
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let first = match letter {
            '\\' => match letters.next() {
                Some('d') => {
                    ('0'..='9').for_each(&mut add);
                    continue;
                }
                Some('w') => {
                    ('a'..='z').chain('A'..='Z').chain('0'..='9').chain(['_']).for_each(&mut add);
                    continue;
                }
                Some(escaped) => escaped,
                None => '\\',
            },
            letter => letter,
        };
        let mut ahead = letters.clone();
        let last = (ahead.next() == Some('-')).then(|| ahead.next()).flatten().filter(|last| *last >= first);
        match last {
            Some(last) => {
                letters = ahead;
                (first..=last).take(MOST).for_each(&mut add);
            }
            None => add(first),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings};
    use crate::provider::codes::{Codes, tests::at};

    const T0: &str = "2026-01-01T00:00:00Z";

    fn generate(metadata: &[(&str, &str)], identifier: &str) -> Fixture {
        let metadata: Vec<_> = [("Operation", "GenerateCode")].iter().chain(metadata).copied().collect();
        Fixture::new(&metadata).input("email=identifier", Some(identifier.into())).output("otp=otpGenerated").output("other")
    }

    fn verify(metadata: &[(&str, &str)], identifier: &str, typed: &str) -> Fixture {
        let metadata: Vec<_> = [("Operation", "VerifyCode")].iter().chain(metadata).copied().collect();
        Fixture::new(&metadata).input("email=identifier", Some(identifier.into())).input("code=otpToVerify", Some(typed.into()))
    }

    fn run(codes: &mut Codes, now: &str, fixture: &Fixture) -> String {
        let settings = fixture.with_setup(OneTimePasswordSettings::compile).0;
        let inputs = fixture.input_values();
        let outcome = at(codes, now, |moment| fixture.with_call(|call| settings.outcome(call, &inputs, moment)));
        outcome.map_or_else(|fault| shown_fault(&fault), |returned| fixture.shown(&returned.outputs).join(" "))
    }

    const EXPIRED: &str = "One time password verification session has expired";
    const WRONG: &str = "One time password provided for verification is incorrect";
    const TOO_OFTEN: &str = "One time password provided verification has exceeded maximum number of attempts";
    const TOO_MANY: &str = "You have exceeded the number of code generation attempts allowed.";

    #[test]
    fn a_code_is_made_of_its_characters_and_has_its_length() {
        for (metadata, expected) in [
            (&[][..], "123456"),
            (&[("CodeLength", "3")], "123"),
            (&[("CharacterSet", "a-j"), ("CodeLength", "4")], "bcde"),
            (&[("CharacterSet", "\\dA-F")], "123456"),
            (&[("CharacterSet", "ABCDEFGHIJ\\-"), ("CodeLength", "11")], "BCDEFGHIJ-A"),
        ] {
            let shown = run(&mut Codes::default(), T0, &generate(metadata, "a@b.c"));
            assert_eq!(shown, format!("otp=\"{expected}\""), "{metadata:?}");
        }
    }

    #[test]
    fn the_right_code_verifies_once() {
        let codes = &mut Codes::default();
        assert_eq!(run(codes, T0, &verify(&[], "a@b.c", "123456")), EXPIRED);
        run(codes, T0, &generate(&[], "a@b.c"));
        assert_eq!(run(codes, T0, &verify(&[], "x@y.z", "123456")), EXPIRED);
        assert_eq!(run(codes, T0, &verify(&[], "a@b.c", "111111")), WRONG);
        assert_eq!(run(codes, T0, &verify(&[], "A@B.C", "123456")), "");
        assert_eq!(run(codes, T0, &verify(&[], "a@b.c", "123456")), EXPIRED);
    }

    #[test]
    fn a_code_expires() {
        for (seconds, now, expected) in [
            ("60", "2026-01-01T00:00:59Z", ""),
            ("60", "2026-01-01T00:01:00Z", EXPIRED),
            ("1200", "2026-01-01T00:19:59Z", ""),
            // Out of bounds.
            ("10", "2026-01-01T00:00:59Z", ""),
            ("5000", "2026-01-01T00:20:00Z", EXPIRED),
        ] {
            let codes = &mut Codes::default();
            run(codes, T0, &generate(&[("CodeExpirationInSeconds", seconds)], "a"));
            assert_eq!(run(codes, now, &verify(&[], "a", "123456")), expected, "{seconds} {now}");
        }
    }

    #[test]
    fn a_code_is_void_after_too_many_wrong_tries() {
        let codes = &mut Codes::default();
        run(codes, T0, &generate(&[("NumRetryAttempts", "2")], "a"));
        for expected in [WRONG, WRONG, TOO_OFTEN] {
            assert_eq!(run(codes, T0, &verify(&[], "a", "x")), expected);
        }
        assert_eq!(run(codes, T0, &verify(&[], "a", "123456")), TOO_OFTEN);
        // A new code has its own tries.
        run(codes, T0, &generate(&[("NumRetryAttempts", "2")], "a"));
        assert_eq!(run(codes, T0, &verify(&[], "a", "123456")), "");
    }

    #[test]
    fn codes_are_counted_for_each_identifier_until_the_last_one_expires() {
        let codes = &mut Codes::default();
        let most = &[("NumCodeGenerationAttempts", "2"), ("CodeExpirationInSeconds", "60")];
        for expected in ["otp=\"123456\"", "otp=\"123456\"", TOO_MANY] {
            assert_eq!(run(codes, T0, &generate(most, "a")), expected);
        }
        assert_eq!(run(codes, T0, &generate(most, "b")), "otp=\"123456\"");
        assert_eq!(run(codes, "2026-01-01T00:00:59Z", &generate(most, "a")), TOO_MANY);
        assert_eq!(run(codes, "2026-01-01T00:01:00Z", &generate(most, "a")), "otp=\"123456\"");
    }

    #[test]
    fn a_code_is_reused_while_it_is_valid_and_lives_longer_then() {
        let codes = &mut Codes::default();
        let reuse = &[("ReuseSameCode", "true"), ("CodeExpirationInSeconds", "60"), ("CodeLength", "1")];
        let generate = |codes: &mut Codes, now: &str, skip: u64| {
            let fixture = generate(reuse, "a");
            let settings = fixture.with_setup(OneTimePasswordSettings::compile).0;
            let outcome = at(codes, now, |moment| {
                for _ in 0..skip {
                    (moment.draw)();
                }
                fixture.with_call(|call| settings.outcome(call, &fixture.input_values(), moment))
            });
            fixture.shown(&outcome.unwrap().outputs).join(" ")
        };
        assert_eq!(generate(codes, T0, 0), "otp=\"1\"");
        assert_eq!(generate(codes, "2026-01-01T00:00:59Z", 4), "otp=\"1\"");
        assert_eq!(generate(codes, "2026-01-01T00:01:58Z", 4), "otp=\"1\"");
        assert_eq!(generate(codes, "2026-01-01T00:02:58Z", 4), "otp=\"5\"");
    }

    #[test]
    fn messages_are_the_policys_own_where_it_has_them() {
        let page = &[("UserMessageIfInvalidCode", "wrong"), ("UserMessageIfSessionDoesNotExist", "gone")];
        let codes = &mut Codes::default();
        assert_eq!(run(codes, T0, &verify(&[], "a", "x").on_page(page)), "gone");
        run(codes, T0, &generate(&[], "a"));
        assert_eq!(run(codes, T0, &verify(&[], "a", "x").on_page(page)), "wrong");
        let both = &[("UserMessageIfInvalidCode", "wrong"), ("UserMessageIfVerificationFailedRetryAllowed", "again")];
        assert_eq!(run(codes, T0, &verify(&[], "a", "x").on_page(both)), "again");
        assert_eq!(run(codes, T0, &verify(both, "a", "x")), "again");
    }

    #[test]
    fn missing_values_and_operations_fail() {
        let codes = &mut Codes::default();
        let fixture = Fixture::new(&[("Operation", "VerifyCode")]).input("identifier", Some("a".into())).input("otpToVerify", None);
        assert_eq!(
            run(codes, T0, &fixture),
            "A partner claim with id 'otpToVerify' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy' of tenant 'contoso.onmicrosoft.com'."
        );
        let fixture = Fixture::new(&[("Operation", "GenerateCode")]);
        assert_eq!(
            run(codes, T0, &fixture),
            "A partner claim with id 'identifier' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy' of tenant 'contoso.onmicrosoft.com'."
        );
        let none = run(codes, T0, &Fixture::new(&[]));
        assert_eq!(none, "AADB2C90023: Profile 'Profile' does not contain the required metadata key 'Operation'.");
        let other = run(codes, T0, &Fixture::new(&[("Operation", "Make")]));
        assert_eq!(other, "`Make` is no value of the metadata `Operation`");
    }

    #[test]
    fn settings_are_checked() {
        let found = |metadata: &[(&str, &str)]| shown_findings(&generate(metadata, "a").with_setup(OneTimePasswordSettings::compile).1);
        assert!(found(&[("CodeExpirationInSeconds", "60"), ("CharacterSet", "a-z"), ("ReuseSameCode", "True")]).is_empty());
        assert_eq!(
            found(&[("CodeExpirationInSeconds", "59"), ("CodeLength", "six"), ("CharacterSet", "a-c"), ("NumRetryAttempts", "0")]),
            [
                "warning[B2C0503]: `59` is no value of `CodeExpirationInSeconds`; expected a whole number, 60 to 1200",
                "warning[B2C0503]: `six` is no value of `CodeLength`; expected a whole number, 1 to 128",
                "warning[B2C0503]: `CharacterSet` has 3 characters; the service wants at least 10 different ones",
                "warning[B2C0503]: `0` is no value of `NumRetryAttempts`; expected a whole number, 1 or more",
            ]
        );
        let none = Fixture::new(&[("Operation", "VerifyCode")]).with_setup(OneTimePasswordSettings::compile).1;
        assert_eq!(
            shown_findings(&none),
            [
                "error[B2C0520]: A partner claim with id 'identifier' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy'.",
                "error[B2C0520]: A partner claim with id 'otpToVerify' is not found however is required in technical profile 'Profile' in policy 'B2C_1A_policy'.",
            ]
        );
    }
}
