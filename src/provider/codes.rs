//! Codes that are sent and typed: what one-time password, Azure MFA and SSPR profiles share. The state belongs to the run and is handed
//! in; nothing here draws a number or reads a clock by itself.

use crate::claims::{ClaimValue, DateTime, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Fault, made_up};
use crate::provider::call::{Call, InputValue, Setup};
use crate::words::list_of;

/// How often a sent code may be typed wrong where no document says so (SEMANTICS 7, Azure MFA and SSPR: as for one-time passwords).
pub const TRIES: u32 = 5;

/// The codes of one run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// Of one-time password profiles, in the order of their identifiers: states that were come to in another order are the same.
    pub one_time: Vec<OneTimeCode>,
    /// By text message and e-mail, in the order of channels and addresses.
    pub sent: Vec<SentCode>,
    /// A verification with an authenticator app, once it has begun.
    pub authenticator: Option<Authenticator>,
    /// User principal names that enrolled an authenticator app in this run.
    pub enrolled: Vec<Str>,
    /// The code that the person read last and could type; none once it is used up or void.
    pub read: Option<Str>,
}

/// The session of an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeCode {
    /// identifier.
    pub identifier: Str,
    /// None once it is used up.
    pub code: Option<Str>,
    /// When it is void; also the end of the lock-out.
    pub expires: Option<DateTime>,
    /// How often it may still be verified.
    pub tries_left: u32,
    /// How many codes were handed out.
    pub handed_out: u32,
}

/// How a code was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// Text message.
    Sms,
    /// E-mail.
    Email,
}

/// A code that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// How.
    pub channel: Channel,
    /// Where to.
    pub address: Str,
    /// The code.
    pub code: Str,
    /// How often it may still be typed.
    pub tries_left: u32,
}

/// A verification with an authenticator app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticator {
    /// userPrincipalName.
    pub user: Str,
    /// How often the code may still be typed.
    pub tries_left: u32,
}

/// What became of a typed code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// None was sent, or it is used up.
    NoSession,
    /// It is the one.
    Right,
    /// It is not.
    Wrong,
    /// It was typed wrong too often before.
    TooOften,
}

/// What a provider of codes may know and change of the run.
pub struct Moment<'a> {
    /// The state.
    pub codes: &'a mut Codes,
    /// The virtual clock.
    pub now: DateTime,
    /// Where the run's sequence begins.
    pub seed: u64,
    /// The next number of the run's sequence.
    pub draw: &'a mut dyn FnMut() -> u64,
}

impl Moment<'_> {
    /// Sends a new code of six digits.
    pub fn send(&mut self, channel: Channel, address: &str) -> Str {
        let code = six_digits((self.draw)());
        self.codes.sent.retain(|sent| !(sent.channel == channel && sent.address.eq_ignore_ascii_case(address)));
        let sent = SentCode { channel, address: address.into(), code: code.clone(), tries_left: TRIES };
        let place = self.codes.sent.partition_point(|known| (known.channel, &known.address) < (sent.channel, &sent.address));
        self.codes.sent.insert(place, sent);
        self.codes.read = Some(code.clone());
        code
    }

    /// Judges a typed code; the right one is used up.
    pub fn verify(&mut self, channel: Channel, address: &str, typed: &str) -> Verdict {
        let place = self.codes.sent.iter().position(|sent| sent.channel == channel && sent.address.eq_ignore_ascii_case(address));
        let Some(sent) = place.and_then(|place| self.codes.sent.get_mut(place)) else {
            self.codes.read = None;
            return Verdict::NoSession;
        };
        let verdict = judge(&sent.code, typed, &mut sent.tries_left);
        if let (Verdict::Right, Some(place)) = (verdict, place) {
            self.codes.sent.remove(place);
        }
        if matches!(verdict, Verdict::Right | Verdict::TooOften) {
            self.codes.read = None;
        }
        verdict
    }
}

/// Judges a typed code and counts the try.
pub fn judge(code: &str, typed: &str, tries_left: &mut u32) -> Verdict {
    if *tries_left == 0 {
        return Verdict::TooOften;
    }
    if code == typed.trim() {
        return Verdict::Right;
    }
    *tries_left -= 1;
    Verdict::Wrong
}

/// What the person's authenticator app shows; the clock stands still, so that there is one for a run.
pub fn authenticator_code(seed: u64) -> Str {
    six_digits(made_up(seed, u64::MAX))
}

fn six_digits(number: u64) -> Str {
    format!("{:06}", number % 1_000_000).into()
}

/// A code that somebody types instead of this one: its last character is another.
pub fn wrong_code(code: &str) -> Str {
    let mut letters: Vec<char> = code.chars().collect();
    match letters.last_mut() {
        Some(last) => {
            *last = match *last {
                '0'..='8' => char::from(*last as u8 + 1),
                '9' => '0',
                'a' => 'b',
                _ => 'a',
            };
            letters.into_iter().collect::<String>().into()
        }
        None => "0".into(),
    }
}

/// Where the operation of a profile stands among those that its provider knows; what is wrong with it comes along.
pub fn operation(setup: &Setup<'_>, key: &str, known: &[&str], findings: &mut Vec<Diagnostic>) -> Option<usize> {
    let value = setup.required(key, findings)?;
    let place = known.iter().position(|name| value.eq_ignore_ascii_case(name));
    if place.is_none() {
        let words = format!("`{value}` is no value of `{key}`; expected {}", list_of(known, '`', "or"));
        findings.push(Diagnostic::error(code::BAD_METADATA, words).at(setup.metadata_span(key)));
    }
    place
}

/// A profile whose operation is missing or unknown was called. Source of the words: error-codes, AADB2C90023.
pub fn no_operation(call: &Call<'_>, key: &str) -> Fault {
    match call.metadata.get(key).filter(|value| !value.is_empty()) {
        Some(value) => {
            let fault = Fault::of_policy(format!("`{value}` is no value of the metadata `{key}`"));
            call.metadata.item(key).map_or(fault.clone(), |item| fault.at(item.span))
        }
        None => {
            let words = format!("Profile '{}' does not contain the required metadata key '{key}'.", call.profile_id);
            Fault::new("AADB2C90023", words)
        }
    }
}

/// Says which inputs a profile does not name, though its provider needs them.
pub fn check_inputs(setup: &Setup<'_>, needed: &[&str], findings: &mut Vec<Diagnostic>) {
    for name in needed {
        if !setup.inputs.iter().any(|input| input.partner.eq_ignore_ascii_case(name)) {
            // samples#646, which quotes no more of it.
            let words = format!(
                "A partner claim with id '{name}' is not found however is required in technical profile '{}' in policy '{}'.",
                setup.profile_id, setup.policy_id
            );
            let help = format!("give an input claim the partner name: `PartnerClaimType=\"{name}\"`");
            findings.push(Diagnostic::error(code::PARTNER_CLAIM, words).at(setup.span).help(help));
        }
    }
}

/// The value of an input, by its partner name.
pub fn given<'i>(inputs: &'i [InputValue<'_>], name: &str) -> Option<&'i ClaimValue> {
    inputs.iter().filter(|input| input.reference.partner.eq_ignore_ascii_case(name)).find_map(|input| input.value.as_ref())
}

/// The text of an input that is not blank.
pub fn given_text(inputs: &[InputValue<'_>], name: &str) -> Option<Str> {
    given(inputs, name).and_then(ClaimValue::text).filter(|text| !text.trim().is_empty())
}

/// The text of an input without which the call makes no sense. Source of the words: samples#646.
pub fn needed(call: &Call<'_>, inputs: &[InputValue<'_>], name: &str) -> Result<Str, Fault> {
    given_text(inputs, name).ok_or_else(|| {
        let fault = Fault::of_policy(format!(
            "A partner claim with id '{name}' is not found however is required in technical profile '{}' in policy '{}' of tenant '{}'.",
            call.profile_id, call.policy.id, call.policy.tenant
        ));
        match inputs.iter().find(|input| input.reference.partner.eq_ignore_ascii_case(name)) {
            Some(input) => fault.at(input.reference.span),
            None => fault,
        }
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Runs `with` at a moment whose numbers are 1, 2, 3.
    pub(crate) fn at<T>(codes: &mut Codes, now: &str, with: impl FnOnce(&mut Moment<'_>) -> T) -> T {
        let mut number = 0;
        let mut draw = || {
            number += 1;
            number
        };
        with(&mut Moment { codes, now: DateTime::parse(now).unwrap(), seed: 0, draw: &mut draw })
    }

    #[test]
    fn a_wrong_code_differs_and_keeps_its_length() {
        for code in ["123456", "129", "0", "abca", "xyz", "A"] {
            let wrong = wrong_code(code);
            assert_ne!(wrong, code);
            assert_eq!(wrong.len(), code.len());
        }
        assert_eq!(wrong_code(""), "0");
    }

    #[test]
    fn a_sent_code_is_used_up_once_it_was_right_and_void_after_five_wrong_ones() {
        let mut codes = Codes::default();
        at(&mut codes, "2026-01-01T00:00:00Z", |moment| {
            let verify = |moment: &mut Moment<'_>, typed: &str| moment.verify(Channel::Sms, "+15551234567", typed);
            assert_eq!(verify(moment, "000001"), Verdict::NoSession);
            assert_eq!(moment.send(Channel::Sms, "+15551234567"), "000001");
            assert_eq!(moment.verify(Channel::Email, "+15551234567", "000001"), Verdict::NoSession);
            assert_eq!(verify(moment, "000009"), Verdict::Wrong);
            assert_eq!(verify(moment, " 000001"), Verdict::Right);
            assert_eq!(verify(moment, "000001"), Verdict::NoSession);
            moment.send(Channel::Sms, "+15551234567");
            for _ in 0..TRIES {
                assert_eq!(verify(moment, "x"), Verdict::Wrong);
            }
            assert_eq!(verify(moment, "000002"), Verdict::TooOften);
            assert_eq!(moment.codes.read, None);
        });
    }
}
