//! SEMANTICS 7, 8 and 10: what providers are sent, and what their replies give.

use b2c_journey::claims::ClaimValue;
use b2c_journey::engine::{Body, DirectoryReply, HttpReply, PhoneReply, Reply, SignInReply};
use b2c_journey::policy::{ClaimReference, TechnicalProfile};
use serde_json::{Map, Value as Json};

use super::levels::{flag, item, key};
use super::profile::Kind;
use super::{Answer, Asked, Result, Stop, Walk, fault, uncoded, unsupported};

impl Walk<'_> {
    /// The provider's part: what it returns, by partner name; `None` when the directory found nobody.
    pub(crate) fn provider(&mut self, kind: Kind, profile: &TechnicalProfile) -> Result<Option<Map<String, Json>>> {
        let mut inputs: Vec<(String, Option<ClaimValue>)> = Vec::new();
        for input in &profile.input_claims {
            inputs.push((self.partner(input, profile), self.input(input, profile)?));
        }
        // 6.1. The starter pack's password change sends `oldPassword` as the `password` that the profile it includes requires as a claim:
        // what counts is whether the partner gets a value by that name. The directory has its own words for a missing key.
        let has = |name: &str| inputs.iter().any(|(known, value)| key(known) == key(name) && value.is_some());
        let is_missing = |it: &ClaimReference| it.required.is_some_and(|it| it.value) && !has(&self.partner(it, profile));
        if kind != Kind::Directory && profile.input_claims.iter().any(is_missing) {
            return uncoded();
        }
        let mut asked = Asked {
            profile: Some(key(&profile.id)),
            outputs: profile.output_claims.iter().map(|it| (self.partner(it, profile), key(&it.claim))).collect(),
            ..Asked::default()
        };
        match kind {
            Kind::SelfAsserted => unsupported("a page within a page"),
            Kind::Transforming => Ok(Some(Map::new())),
            Kind::Nothing => uncoded(),
            Kind::Rest => {
                asked.kind = "Rest";
                if let Some(claim) = item(&profile.metadata, "UseClaimAsBearerToken") {
                    match self.claims.value(claim).map(|value| value.text().unwrap_or_default()) {
                        None => return fault("AADB2C90194"),
                        Some(text) if text.is_empty() => return fault("AADB2C90195"),
                        Some(_) => {}
                    }
                }
                let is_body = item(&profile.metadata, "SendClaimsIn").is_none_or(|it| it.eq_ignore_ascii_case("Body"));
                if is_body && item(&profile.metadata, "ClaimUsedForRequestPayload").is_none() {
                    // OPEN-13.
                    let members = inputs.iter().filter_map(|(name, value)| Some((name.clone(), value.as_ref()?.to_json())));
                    asked.sent = Some(Json::Object(members.collect()));
                }
                self.rest(&asked, profile).map(Some)
            }
            Kind::Directory => self.directory(asked, profile, &inputs),
            Kind::SignIn => {
                asked.kind = "SignIn";
                match self.ask(&asked)? {
                    Answer::Reply(Reply::SignIn(SignInReply::Token(claims))) => Ok(Some(Map::clone(&claims))),
                    Answer::Reply(Reply::SignIn(SignInReply::UnknownUser | SignInReply::WrongPassword)) if self.on_page.is_none() => {
                        // 4.6: who has no page is not told which of the two is wrong.
                        fault("AADB2C90225")
                    }
                    Answer::Reply(Reply::SignIn(SignInReply::UnknownUser)) => fault("AADB2C90053"),
                    Answer::Reply(Reply::SignIn(SignInReply::WrongPassword)) => fault("AADB2C90054"),
                    Answer::Reply(Reply::SignIn(_)) => uncoded(),
                    other => any_reply(other).map(Some),
                }
            }
            Kind::Phone => self.phone(asked, profile, &inputs).map(Some),
            Kind::IdentityProvider => {
                asked.kind = "IdentityProvider";
                match self.ask(&asked)? {
                    Answer::Reply(Reply::Cancel) => fault("AADB2C90273"),
                    other => any_reply(other).map(Some),
                }
            }
            Kind::Insights => {
                asked.kind = "Other";
                // It never fails.
                self.ask(&asked)?;
                Ok(Some(Map::new()))
            }
            Kind::Other | Kind::Code => {
                asked.kind = "Other";
                asked.is_code = kind == Kind::Code;
                match self.ask(&asked)? {
                    Answer::Reply(Reply::Simulated) if asked.is_code => self.coded(profile, &inputs).map(Some),
                    other => any_reply(other).map(Some),
                }
            }
        }
    }

    /// 8.6, 8.7.
    fn rest(&mut self, asked: &Asked, profile: &TechnicalProfile) -> Result<Map<String, Json>> {
        if flag(&profile.metadata, "ResolveJsonPathsInJsonTokens", false) {
            return unsupported("ResolveJsonPathsInJsonTokens");
        }
        match self.ask(asked)? {
            Answer::Reply(Reply::Http(HttpReply::Response { status, body })) => match (status, body) {
                (200..=299, Body::Json(json)) => match json.as_object() {
                    Some(members) => Ok(members.clone()),
                    None => uncoded(),
                },
                (200..=299, Body::Empty) => Ok(Map::new()),
                (200..=299, Body::Text(_)) => uncoded(),
                // A contract body: its message in place of 90075.
                (400..=499, Body::Json(json)) if json.get("userMessage").is_some() => uncoded(),
                (400..=499, Body::Text(_)) => uncoded(),
                _ if self.on_page.is_none() => fault("AADB2C90075"),
                _ => uncoded(),
            },
            Answer::Reply(Reply::Http(HttpReply::Failure(_))) => uncoded(),
            other => any_reply(other),
        }
    }

    /// 10.
    fn directory(
        &mut self,
        mut asked: Asked,
        profile: &TechnicalProfile,
        inputs: &[(String, Option<ClaimValue>)],
    ) -> Result<Option<Map<String, Json>>> {
        asked.kind = "Directory";
        asked.operation = item(&profile.metadata, "Operation").map(key).unwrap_or_default();
        let [(name, value)] = inputs else { return unsupported("not one key") };
        let Some(value) = value else { return fault("AADB2C90037") };
        let missing = flag(&profile.metadata, "RaiseErrorIfClaimsPrincipalDoesNotExist", false);
        let existing = flag(&profile.metadata, "RaiseErrorIfClaimsPrincipalAlreadyExists", false);
        asked.may_create = asked.operation == "write" && !missing;
        asked.may_update = asked.operation != "write" || !existing;
        let mut writes = Vec::new();
        if matches!(asked.operation.as_str(), "write" | "deleteclaims") {
            for persisted in &profile.persisted_claims {
                let partner = self.partner(persisted, profile);
                if asked.operation == "deleteclaims" {
                    if key(&partner) != key(name) {
                        writes.push((partner, Json::Null));
                    }
                } else if key(name) == "objectid" && key(&partner) == "objectid" {
                    // It is the address, not a thing to write.
                } else if let Some(value) = self.persisted(persisted, profile)? {
                    writes.push((partner, value.to_json()));
                }
            }
        }
        asked.sent = Some(serde_json::json!({ "key": [name, value.to_json()], "writes": writes }));
        let of_user = |attributes: &Map<String, Json>, created: bool| {
            let mut attributes = attributes.clone();
            if asked.operation == "write" {
                attributes.insert("newClaimsPrincipalCreated".into(), created.into());
            }
            attributes
        };
        match self.ask(&asked)? {
            Answer::Reply(Reply::Directory(DirectoryReply::Found { .. })) if !asked.may_update => fault("AADB2C99001"),
            Answer::Reply(Reply::Directory(DirectoryReply::Found { attributes })) => Ok(Some(of_user(&attributes, false))),
            Answer::Reply(Reply::Directory(DirectoryReply::Created { attributes })) => Ok(Some(of_user(&attributes, true))),
            Answer::Reply(Reply::Directory(DirectoryReply::NotFound)) if missing => fault("AADB2C99002"),
            // OPEN-14: the defaults apply.
            Answer::Reply(Reply::Directory(DirectoryReply::NotFound)) => Ok(None),
            Answer::Reply(Reply::Directory(DirectoryReply::Deleted)) => Ok(Some(Map::new())),
            Answer::Reply(Reply::Directory(DirectoryReply::Refused(_))) => uncoded(),
            other => any_reply(other).map(Some),
        }
    }

    /// 9.8.
    fn phone(
        &mut self,
        mut asked: Asked,
        profile: &TechnicalProfile,
        inputs: &[(String, Option<ClaimValue>)],
    ) -> Result<Map<String, Json>> {
        asked.kind = "Phone";
        let phones = inputs.iter().filter(|(name, _)| key(name) != "userid");
        asked.numbers =
            phones.filter_map(|(_, value)| value.as_ref()?.text()).filter(|it| !it.is_empty()).map(|it| it.to_string()).collect();
        asked.may_create = flag(&profile.metadata, "ManualPhoneNumberEntryAllowed", false);
        if asked.numbers.is_empty() && !asked.may_create {
            return fault("AADB2C90145");
        }
        let verified = |number: &str, new: bool| {
            let mut claims = Map::new();
            claims.insert("Verified.OfficePhone".into(), number.into());
            // OPEN-26.
            claims.insert("newPhoneNumberEntered".into(), new.into());
            Ok(claims)
        };
        let answer = self.ask(&asked)?;
        if matches!(answer, Answer::Reply(Reply::Phone(_))) {
            // A number is made up at every such reply, used or not.
            self.drawn += 1;
        }
        match answer {
            // One that is not on file, where some are: the person cannot answer it. (No source; as the engine.)
            Answer::Reply(Reply::Phone(PhoneReply::Verify(number)))
                if !asked.numbers.is_empty() && !asked.numbers.iter().any(|known| known.as_str() == number.as_str()) =>
            {
                fault("AADB2C90151")
            }
            Answer::Reply(Reply::Phone(PhoneReply::VerifyAny)) => verified(&asked.numbers.first().cloned().unwrap_or_default(), false),
            Answer::Reply(Reply::Phone(PhoneReply::Verify(number))) => {
                verified(&number, !asked.numbers.iter().any(|known| known.as_str() == number.as_str()))
            }
            Answer::Reply(Reply::Cancel) => uncoded(),
            other => any_reply(other),
        }
    }
}

/// What fits anything that is asked.
pub(crate) fn any_reply(answer: Answer) -> Result<Map<String, Json>> {
    match answer {
        Answer::Reply(Reply::Claims(claims)) => Ok(Map::clone(&claims)),
        Answer::Reply(Reply::Fail(error)) => Err(Stop::Fault { code: error.code.map(|code| code.to_string()), assertion: false }),
        Answer::Nobody => Err(Stop::Waiting),
        Answer::Reply(_) | Answer::Submit(_) => unsupported("a reply that does not fit"),
    }
}
