//! What reports for people do not show: the passwords that were typed. A claim that a page asks for as a password is masked, and what is sent
//! under its partner name or under `password`. The JSON of a run says everything.

use percent_encoding::percent_decode_str;
use serde_json::Value as Json;

use super::record::RequestRecord;
use crate::claims::{InputType, Slot};
use crate::plan::{JourneyPlan, ProfileId};

/// What stands in place of a secret.
const MASK: &str = "***";

/// The names of passwords.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// In lower case.
    names: Vec<String>,
}

impl Secrets {
    /// Those of the claims.
    pub(super) fn new(plan: &JourneyPlan) -> Self {
        let of_claims = plan.claims.iter().filter(|claim| claim.input == Some(InputType::Password)).map(|claim| claim.id.as_str());
        Self { names: of_claims.chain(["password"]).map(str::to_ascii_lowercase).collect() }
    }

    /// Those of the claims, and of what a technical profile makes of them when it sends them.
    pub(super) fn sent_by(&self, plan: &JourneyPlan, profile: ProfileId) -> Self {
        let profile = plan.profile(profile);
        let passwords = profile.inputs.iter().filter(|input| plan.claim(input.claim).input == Some(InputType::Password));
        let partners = passwords.map(|input| input.partner.to_ascii_lowercase());
        Self { names: self.names.iter().cloned().chain(partners).collect() }
    }

    fn is_secret(&self, name: &str) -> bool {
        self.names.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// What a claim holds, for people: the JSON value, `null`, or `absent`.
    pub(super) fn shown(&self, claim: &str, slot: &Slot) -> String {
        match slot {
            Slot::Absent => "absent".to_owned(),
            Slot::Null => "null".to_owned(),
            Slot::Value(_) if self.is_secret(claim) => MASK.to_owned(),
            Slot::Value(value) => value.to_json().to_string(),
        }
    }

    /// A request for people.
    pub(super) fn masked(&self, request: &RequestRecord) -> RequestRecord {
        let mut masked = request.clone();
        if let Some((address, query)) = request.url.split_once('?') {
            masked.url = format!("{address}?{}", self.pairs(query));
        }
        for (name, value) in &mut masked.headers {
            if self.is_secret(name) {
                *value = MASK.into();
            }
        }
        masked.body = request.body.as_ref().map(|body| match serde_json::from_str::<Json>(body) {
            Ok(mut json) => {
                // A body without a secret stays as it was written.
                if self.mask(&mut json) { json.to_string() } else { body.clone() }
            }
            Err(_) => self.pairs(body),
        });
        masked
    }

    /// `name=value&name=value`.
    fn pairs(&self, text: &str) -> String {
        let pairs = text.split('&').map(|pair| match pair.split_once('=') {
            Some((name, _)) if self.is_secret(&percent_decode_str(name).decode_utf8_lossy()) => format!("{name}={MASK}"),
            _ => pair.to_owned(),
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    /// Masks the members with such names; whether there were any.
    fn mask(&self, json: &mut Json) -> bool {
        let mut any = false;
        match json {
            Json::Array(items) => items.iter_mut().for_each(|item| any |= self.mask(item)),
            Json::Object(fields) => {
                for (name, value) in fields {
                    if self.is_secret(name) && !value.is_null() {
                        *value = Json::from(MASK);
                        any = true;
                    } else {
                        any |= self.mask(value);
                    }
                }
            }
            _ => {}
        }
        any
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        Secrets { names: vec!["newpassword".to_owned(), "password".to_owned()] }
    }

    fn check(body: &str, expected: &str) {
        let request = RequestRecord { method: "POST", url: String::new(), headers: Default::default(), body: Some(body.to_owned()) };
        assert_eq!(secrets().masked(&request).body.as_deref(), Some(expected));
    }

    #[test]
    fn bodies_are_masked_by_name() {
        check(
            r#"{"user":"ann","Password":"p","deep":[{"newPassword":7}]}"#,
            r#"{"user":"ann","Password":"***","deep":[{"newPassword":"***"}]}"#,
        );
        check(r#"{ "user": "ann", "password": null }"#, r#"{ "user": "ann", "password": null }"#);
        check("user=ann&password=a%26b&new%50assword=&x", "user=ann&password=***&new%50assword=***&x");
        check("plain text", "plain text");
    }

    #[test]
    fn addresses_and_headers_are_masked_by_name() {
        let headers = [("Password".into(), "p".into()), ("Accept".into(), "text/plain".into())].into_iter().collect();
        let request = RequestRecord { method: "GET", url: "https://a.example/?user=ann&password=p".to_owned(), headers, body: None };
        let masked = secrets().masked(&request);
        assert_eq!(masked.url, "https://a.example/?user=ann&password=***");
        assert_eq!(masked.headers["Password"], "***");
        assert_eq!(masked.headers["Accept"], "text/plain");
    }

    #[test]
    fn a_claim_without_a_value_says_so() {
        assert_eq!(secrets().shown("password", &Slot::Absent), "absent");
        assert_eq!(secrets().shown("password", &Slot::Value("p".into())), "***");
        assert_eq!(secrets().shown("name", &Slot::Value("p".into())), "\"p\"");
    }
}
