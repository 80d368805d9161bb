//! Creating and changing users, with the directory's own rules. A write that breaks one changes nothing.

use serde_json::Value as Json;

use super::identity::{identities, is_identity_attribute};
use super::{Directory, MUST_CHANGE_PASSWORD, Password, User, found, is_sign_in_name};
use crate::claims::{ClaimValue, DateTime, Slot, Str};
use crate::engine::{DirectoryReply, DirectoryRequest};

/// Attributes that nobody can write (user-profile-attributes).
const READ_ONLY: [&str; 5] =
    ["objectId", "createdDateTime", "creationType", "refreshTokensValidFromDateTime", "legalAgeGroupClassification"];

/// Longest values in characters (user-profile-attributes).
const LONGEST: [(&str, usize); 13] = [
    ("displayName", 256),
    ("givenName", 64),
    ("surname", 64),
    ("city", 128),
    ("country", 128),
    ("state", 128),
    ("streetAddress", 1024),
    ("postalCode", 40),
    ("jobTitle", 128),
    ("physicalDeliveryOfficeName", 128),
    ("mailNickName", 64),
    ("mobile", 64),
    ("department", 64),
];

/// Most identities of one user, sign-in names included (user-profile-attributes).
const IDENTITIES: usize = 10;

impl Directory {
    pub(super) fn write(
        &mut self,
        request: &DirectoryRequest,
        position: Option<usize>,
        now: DateTime,
        next_id: &mut dyn FnMut() -> u64,
    ) -> Result<DirectoryReply, String> {
        let Some(position) = position else {
            if !request.may_create {
                return Ok(DirectoryReply::NotFound);
            }
            let user = self.create(request, now, next_id)?;
            let attributes = user.attributes();
            self.users.push(user);
            return Ok(DirectoryReply::Created { attributes });
        };
        if request.may_update {
            let Some(mut user) = self.users.get(position).cloned() else { return Ok(DirectoryReply::NotFound) };
            self.patch(&mut user, request)?;
            self.check(&user, Some(position))?;
            if let Some(place) = self.users.get_mut(position) {
                *place = user;
            }
        }
        Ok(found(self.users.get(position)))
    }

    pub(super) fn delete_claims(&mut self, request: &DirectoryRequest, position: usize) -> Result<DirectoryReply, String> {
        let names = || request.writes.iter().map(|(name, _)| name).filter(|name| !name.eq_ignore_ascii_case(&request.key.0));
        if let Some(name) = names().find(|name| is_read_only(name)) {
            return Err(format!("the attribute `{name}` is read-only"));
        }
        if let Some(user) = self.users.get_mut(position) {
            for name in names() {
                if name.eq_ignore_ascii_case("password") {
                    user.password = Password::None;
                } else {
                    user.remove(name);
                }
            }
        }
        Ok(found(self.users.get(position)))
    }

    fn create(&self, request: &DirectoryRequest, now: DateTime, next_id: &mut dyn FnMut() -> u64) -> Result<User, String> {
        let mut user = User { attributes: Default::default(), password: Password::None, old_passwords: Vec::new(), locked: false };
        self.patch(&mut user, request)?;
        if user.attribute("displayName").and_then(Json::as_str).is_none_or(str::is_empty) {
            return Err("a new user needs a `displayName` that is not empty".to_owned());
        }
        let local = user.sign_in_names().next().is_some();
        if !local && !user.attributes.iter().any(|(name, value)| is_identity_attribute(name) && !identities(value).is_empty()) {
            return Err("a new user needs at least one sign-in name or identity".to_owned());
        }
        // The starter pack's phone sign-up writes users that sign in with a code and have no password.
        let by_password = user.sign_in_names().any(|(name, _)| !name.eq_ignore_ascii_case("signInNames.phoneNumber"));
        if by_password && user.password == Password::None {
            return Err("a new user with a sign-in name needs a `password`".to_owned());
        }
        self.complete(&mut user, next_id);
        user.set("createdDateTime", Json::from(now.to_string()));
        self.check(&user, None)?;
        Ok(user)
    }

    /// Writes the attributes of a request over a user.
    fn patch(&self, user: &mut User, request: &DirectoryRequest) -> Result<(), String> {
        let is_empty = |value: &ClaimValue| value.as_str() == Some("");
        // user-profile-attributes: a patch of one kind of sign-in name removes the other kinds.
        let sets_sign_in_name =
            request.writes.iter().any(|(name, slot)| is_sign_in_name(name) && slot.value().is_some_and(|value| !is_empty(value)));
        if sets_sign_in_name {
            let named = |name: &Str| request.writes.iter().any(|(written, _)| written.eq_ignore_ascii_case(name));
            user.attributes.retain(|name, _| !is_sign_in_name(name) || named(name));
        }
        for (name, slot) in &request.writes {
            let Slot::Value(value) = slot else { continue };
            let kept = request.keep.iter().any(|keep| keep.eq_ignore_ascii_case(name));
            if name.eq_ignore_ascii_case("password") {
                let Some(text) = value.text().filter(|text| !text.is_empty()) else { continue };
                if !(kept && user.password != Password::None) {
                    let old = std::mem::replace(&mut user.password, Password::Is(text.clone()));
                    // force-password-reset: a new password sets it back.
                    for name in MUST_CHANGE_PASSWORD.iter().filter(|name| user.attribute(name).is_some()).collect::<Vec<_>>() {
                        user.set(name, false.into());
                    }
                    user.old_passwords.extend(match old {
                        Password::Is(old) if old != text => Some(old),
                        _ => None,
                    });
                }
                continue;
            }
            // The key may be repeated among the writes: an objectId is the address only.
            let is_address = name.eq_ignore_ascii_case(&request.key.0) && is_read_only(name);
            if is_address || (kept && user.attribute(name).is_some()) {
                continue;
            }
            if is_read_only(name) {
                return Err(format!("the attribute `{name}` is read-only"));
            }
            if !is_empty(value) {
                user.set(name, value.to_json());
            } else if request.empty_clears {
                user.remove(name);
            }
        }
        Ok(())
    }

    /// The rules that hold for every user after a write.
    fn check(&self, user: &User, position: Option<usize>) -> Result<(), String> {
        for (name, longest) in LONGEST {
            let length = user.attribute(name).and_then(Json::as_str).map_or(0, |text| text.encode_utf16().count());
            if length > longest {
                return Err(format!("`{name}` has {length} characters, and at most {longest} are allowed"));
            }
        }
        let held = user.attributes.iter().filter(|(name, _)| is_identity_attribute(name)).map(|(_, value)| identities(value).len());
        let count = user.sign_in_names().count() + held.sum::<usize>();
        if count > IDENTITIES {
            return Err(format!("a user has at most {IDENTITIES} identities, and this one would have {count}"));
        }
        let upn = user.attribute("userPrincipalName").and_then(Json::as_str).unwrap_or_default();
        // The domain is not compared with the tenant's: a tenant can have more verified domains.
        if !matches!(upn.split_once('@'), Some((name, domain)) if !name.is_empty() && !domain.is_empty() && !domain.contains('@')) {
            return Err(format!("the user principal name `{upn}` is not of the form `name@tenant`"));
        }
        for (index, other) in self.users.iter().enumerate() {
            if Some(index) == position {
                continue;
            }
            if let Some((name, value)) = user.sign_in_names().find(|(_, value)| other.has("signInNames", value)) {
                return Err(format!("another user has the sign-in name {value} of `{name}`"));
            }
            if other.has("userPrincipalName", &Json::from(upn)) {
                return Err(format!("another user has the user principal name `{upn}`"));
            }
            let mut held = user.attributes.iter().filter(|(name, _)| is_identity_attribute(name));
            if let Some((name, _)) = held.find(|(name, value)| other.has(name, value)) {
                return Err(format!("another user has the identity in `{name}`"));
            }
        }
        Ok(())
    }
}

fn is_read_only(name: &str) -> bool {
    READ_ONLY.iter().any(|known| known.eq_ignore_ascii_case(name))
}
