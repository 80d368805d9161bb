//! SEMANTICS 7, 9.7: codes that are sent and verified: one-time passwords, Azure MFA and SSPR. The clock stands still: none expires.

use std::collections::BTreeMap;

use b2c_journey::claims::ClaimValue;
use b2c_journey::engine::made_up;
use b2c_journey::policy::TechnicalProfile;
use serde_json::{Map, Value as Json};

use super::levels::{flag, item, key};
use super::{Result, Walk, uncoded, unsupported};

/// How often a code may be typed wrong, where no metadata says so. (Of text messages and e-mails no source says it; as the engine.)
const TRIES: u32 = 5;

/// The codes of a run.
#[derive(Default)]
pub(crate) struct Codes {
    /// By service and address.
    sent: BTreeMap<(&'static str, String), Code>,
    /// User principal names that enrolled an app.
    enrolled: Vec<String>,
    /// What the person read last and could still type.
    pub(crate) read: Option<String>,
}

#[derive(Clone, Default)]
struct Code {
    /// `None` once it is used up.
    code: Option<String>,
    tries: u32,
    handed_out: u32,
}

impl Walk<'_> {
    /// What the service itself would return.
    pub(crate) fn coded(&mut self, profile: &TechnicalProfile, inputs: &[(String, Option<ClaimValue>)]) -> Result<Map<String, Json>> {
        // samples#646: without it the call fails.
        let given = |name: &str| {
            let value = inputs.iter().filter(|(known, _)| key(known) == key(name)).find_map(|(_, value)| value.as_ref());
            let text = value.and_then(ClaimValue::text).map(|text| text.to_string()).filter(|text| !text.trim().is_empty());
            text.map_or_else(uncoded, Ok)
        };
        let number = |name: &str, otherwise: u32| item(&profile.metadata, name).map_or(Some(otherwise), |text| text.parse().ok());
        let mut returned = Map::new();
        match item(&profile.metadata, "Operation").map(key).unwrap_or_default().as_str() {
            "generatecode" => {
                let (Some(length), Some(tries), Some(most)) =
                    (number("CodeLength", 6), number("NumRetryAttempts", TRIES), number("NumCodeGenerationAttempts", 10))
                else {
                    return unsupported("numbers of a one-time password");
                };
                if item(&profile.metadata, "CharacterSet").is_some_and(|set| set != "0-9") {
                    return unsupported("CharacterSet");
                }
                let place = ("one-time", key(&given("identifier")?));
                let known = self.codes.sent.get(&place).cloned().unwrap_or_default();
                if known.handed_out >= most {
                    return uncoded();
                }
                let old = known.code.filter(|_| known.tries > 0 && flag(&profile.metadata, "ReuseSameCode", false));
                let tries = if old.is_some() { known.tries } else { tries };
                let code = old.unwrap_or_else(|| (0..length).map(|_| (self.draw() % 10).to_string()).collect());
                returned.insert("otpGenerated".into(), code.as_str().into());
                self.codes.read = Some(code.clone());
                self.codes.sent.insert(place, Code { code: Some(code), tries, handed_out: known.handed_out + 1 });
            }
            // Of one-time passwords and SSPR alike.
            "verifycode" => match given("identifier") {
                Ok(identifier) => self.judge(("one-time", key(&identifier)), &given("otpToVerify")?)?,
                Err(_) => self.judge(("e-mail", key(&given("emailAddress")?)), &given("verificationCode")?)?,
            },
            "sendcode" => self.send_code(("e-mail", key(&given("emailAddress")?))),
            "onewaysms" => {
                given("userPrincipalName")?;
                let number = digits(&given("phoneNumber")?);
                let bare = number.strip_prefix('+').unwrap_or(&number);
                if !(7..=15).contains(&bare.len()) || !bare.bytes().all(|it| it.is_ascii_digit()) {
                    return uncoded();
                }
                self.send_code(("sms", number));
            }
            "verify" => self.judge(("sms", digits(&given("phoneNumber")?)), &given("verificationCode")?)?,
            "getavailabledevices" => {
                let user = key(&given("userPrincipalName")?);
                let devices = self.codes.enrolled.iter().filter(|enrolled| **enrolled == user).count();
                returned.insert("numberOfAvailableDevices".into(), devices.into());
            }
            "beginverifyotp" => {
                let user = key(&given("userPrincipalName")?);
                given("objectId")?;
                let code = Code { code: Some(six_digits(made_up(self.environment.seed, u64::MAX))), tries: TRIES, handed_out: 0 };
                self.codes.sent.retain(|(service, _), _| *service != "app");
                self.codes.sent.insert(("app", user), code);
            }
            "verifyotp" => {
                let typed = given("otpCode")?;
                let Some(place) = self.codes.sent.keys().find(|(service, _)| *service == "app").cloned() else { return uncoded() };
                // The person can look at the app again.
                let read = self.codes.read.clone();
                let judged = self.judge(place.clone(), &typed);
                self.codes.read = read;
                judged?;
                self.codes.sent.remove(&place);
                self.codes.enrolled.retain(|enrolled| *enrolled != place.1);
                self.codes.enrolled.push(place.1);
            }
            other => return unsupported(format!("operation {other}")),
        }
        Ok(returned)
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        made_up(self.environment.seed, self.drawn)
    }

    fn send_code(&mut self, place: (&'static str, String)) {
        let code = six_digits(self.draw());
        self.codes.read = Some(code.clone());
        self.codes.sent.insert(place, Code { code: Some(code), tries: TRIES, handed_out: 0 });
    }

    /// None was sent, typed wrong too often, right or wrong; only a wrong one may be typed again.
    fn judge(&mut self, place: (&'static str, String), typed: &str) -> Result<()> {
        if let Some(sent) = self.codes.sent.get_mut(&place)
            && let Some(code) = &sent.code
            && sent.tries > 0
        {
            if code != typed.trim() {
                sent.tries -= 1;
                return uncoded();
            }
            sent.code = None;
            self.codes.read = None;
            return Ok(());
        }
        self.codes.read = None;
        uncoded()
    }
}

fn six_digits(number: u64) -> String {
    format!("{:06}", number % 1_000_000)
}

fn digits(number: &str) -> String {
    number.replace([' ', '-', '(', ')'], "")
}
