//! The in-memory directory: the users of a tenant, found, read, written and signed in by the directory's own rules (SEMANTICS 10).
//!
//! What the directory stores is JSON by attribute name; names are compared without regard to case and come back as they were first
//! written. A password is kept apart and never comes back. A clone is independent, so that a run can be forked.

mod identity;
mod write;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use indexmap::IndexMap;
use serde_json::{Map, Value as Json};

use self::identity::identities;
use super::scenario::UserEntry;
use crate::claims::{DateTime, Str};
use crate::engine::{DirectoryOperation, DirectoryReply, DirectoryRequest, SignInReply, SignInRequest};

/// The users of one tenant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Directory {
    tenant: Str,
    users: Vec<User>,
}

/// One user.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    attributes: IndexMap<Str, Json>,
    password: Password,
    old_passwords: Vec<Str>,
    locked: bool,
}

/// What a user signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Password {
    /// There is none: a user that a policy created without one.
    None,
    /// Nothing was said of it: a scenario's user without one.
    Any,
    /// This one.
    Is(Str),
}

impl User {
    /// An attribute that has a value.
    pub fn attribute(&self, name: &str) -> Option<&Json> {
        self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// All attributes, without the password.
    pub fn attributes(&self) -> Arc<Map<String, Json>> {
        Arc::new(self.attributes.iter().map(|(name, value)| (name.to_string(), value.clone())).collect())
    }

    fn set(&mut self, name: &str, value: Json) {
        match self.attributes.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name)) {
            Some((_, old)) => *old = value,
            None => {
                self.attributes.insert(name.into(), value);
            }
        }
    }

    fn remove(&mut self, name: &str) {
        self.attributes.retain(|key, _| !key.eq_ignore_ascii_case(name));
    }

    /// Names with which the user can sign in, as `signInNames.*` attributes.
    fn sign_in_names(&self) -> impl Iterator<Item = (&Str, &Json)> {
        self.attributes.iter().filter(|(name, _)| is_sign_in_name(name))
    }

    /// Whether this attribute has this value: text without regard to case; identities as such; lists when one item matches.
    fn has(&self, name: &str, wanted: &Json) -> bool {
        if name.eq_ignore_ascii_case("signInNames") {
            return self.sign_in_names().any(|(_, value)| same(value, wanted));
        }
        if identity::is_identity_attribute(name) {
            let wanted = identities(wanted);
            let held = self.attributes.iter().filter(|(name, _)| identity::is_identity_attribute(name));
            return held.flat_map(|(_, value)| identities(value)).any(|held| wanted.iter().any(|wanted| wanted.is(&held)));
        }
        self.attribute(name).is_some_and(|value| same(value, wanted))
    }
}

/// `signInNames.emailAddress` and its kind.
fn is_sign_in_name(name: &str) -> bool {
    name.get(.."signInNames.".len()).is_some_and(|start| start.eq_ignore_ascii_case("signInNames."))
}

/// Equality as the directory searches: text ignores case; a list is found by any of its items.
fn same(held: &Json, wanted: &Json) -> bool {
    match (held, wanted) {
        (Json::String(held), Json::String(wanted)) => held.to_lowercase() == wanted.to_lowercase(),
        (Json::Array(items), wanted) if !wanted.is_array() => items.iter().any(|item| same(item, wanted)),
        _ => held == wanted,
    }
}

impl Directory {
    /// An empty directory of this tenant, whose name ends generated user principal names.
    pub fn new(tenant: impl Into<Str>) -> Self {
        Self { tenant: tenant.into(), users: Vec::new() }
    }

    /// Adds the user of a scenario. An objectId and a user principal name are made up when the scenario gives none; nothing else is
    /// checked, since the scenario may ask for a user that the directory would never create.
    pub fn add(&mut self, entry: &UserEntry, next_id: &mut dyn FnMut() -> u64) -> &User {
        let mut user = User {
            attributes: entry.attributes.clone(),
            password: entry.password.clone().map_or(Password::Any, Password::Is),
            old_passwords: entry.old_passwords.clone(),
            locked: entry.locked,
        };
        user.attributes.retain(|_, value| !value.is_null());
        self.complete(&mut user, next_id);
        self.users.push_mut(user)
    }

    /// Gives what every user has.
    fn complete(&self, user: &mut User, next_id: &mut dyn FnMut() -> u64) {
        if user.attribute("objectId").is_none() {
            user.set("objectId", Json::from(guid(next_id)));
        }
        if user.attribute("userPrincipalName").is_none() {
            let name = user.attribute("objectId").and_then(Json::as_str).unwrap_or_default();
            let name = format!("{name}@{}", self.tenant);
            user.set("userPrincipalName", Json::from(name));
        }
        if user.attribute("accountEnabled").is_none() {
            user.set("accountEnabled", Json::Bool(true));
        }
    }

    /// The users in the order in which they came.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The first user whose attribute has this value. `signInNames` stands for any kind of sign-in name, and an identity is looked for
    /// in all attributes that hold identities.
    pub fn find(&self, attribute: &str, value: &Json) -> Option<&User> {
        self.position(attribute, value).and_then(|position| self.users.get(position))
    }

    fn position(&self, attribute: &str, value: &Json) -> Option<usize> {
        self.users.iter().position(|user| user.has(attribute, value))
    }

    /// Does what a directory profile asks for. `next_id` gives the numbers from which a new user's objectId is made.
    pub fn answer(&mut self, request: &DirectoryRequest, now: DateTime, next_id: &mut dyn FnMut() -> u64) -> DirectoryReply {
        let (attribute, value) = &request.key;
        let position = self.position(attribute, &value.to_json());
        match (request.operation, position) {
            (DirectoryOperation::Read, position) => found(position.and_then(|position| self.users.get(position))),
            (DirectoryOperation::Write, position) => match self.write(request, position, now, next_id) {
                Ok(reply) => reply,
                Err(reason) => DirectoryReply::Refused(reason.into()),
            },
            (DirectoryOperation::DeleteClaims, Some(position)) => match self.delete_claims(request, position) {
                Ok(reply) => reply,
                Err(reason) => DirectoryReply::Refused(reason.into()),
            },
            (DirectoryOperation::DeleteClaimsPrincipal, Some(position)) => {
                self.users.remove(position);
                DirectoryReply::Deleted
            }
            (DirectoryOperation::DeleteClaims | DirectoryOperation::DeleteClaimsPrincipal, None) => DirectoryReply::NotFound,
        }
    }

    /// Checks user name and password as the token endpoint does. The user name is any sign-in name or the user principal name, without
    /// regard to case. `tenant_object_id` becomes the claim `tid`.
    pub fn sign_in(&self, request: &SignInRequest, tenant_object_id: Option<&str>) -> SignInReply {
        let name = Json::from(request.username.as_str());
        let Some(user) = self.users.iter().find(|user| user.has("signInNames", &name) || user.has("userPrincipalName", &name)) else {
            return SignInReply::UnknownUser;
        };
        if user.locked {
            return SignInReply::Locked;
        }
        match &user.password {
            Password::Any => {}
            Password::Is(password) if *password == request.password => {}
            _ if user.old_passwords.contains(&request.password) => return SignInReply::OldPassword,
            _ => return SignInReply::WrongPassword,
        }
        if user.attribute("accountEnabled") == Some(&Json::Bool(false)) {
            return SignInReply::Disabled;
        }
        if MUST_CHANGE_PASSWORD.iter().any(|name| user.attribute(name) == Some(&Json::Bool(true))) {
            return SignInReply::PasswordExpired;
        }
        const CLAIMS: [(&str, &[&str]); 6] = [
            ("oid", &["objectId"]),
            ("name", &["displayName"]),
            ("given_name", &["givenName"]),
            ("family_name", &["surname"]),
            ("upn", &["userPrincipalName"]),
            ("email", &["signInNames.emailAddress", "mail"]),
        ];
        let mut claims = Map::new();
        for (claim, attributes) in CLAIMS {
            if let Some(value) = attributes.iter().find_map(|name| user.attribute(name)) {
                claims.insert(claim.to_owned(), value.clone());
            }
        }
        if let Some(tenant) = tenant_object_id {
            claims.insert("tid".to_owned(), Json::from(tenant));
        }
        SignInReply::Token(Arc::new(claims))
    }
}

/// What makes a user change the password, by its name in the directory's older and newer interface. Source: user-profile-attributes.
const MUST_CHANGE_PASSWORD: [&str; 2] = ["forceChangePasswordNextLogin", "forceChangePasswordNextSignIn"];

fn found(user: Option<&User>) -> DirectoryReply {
    user.map_or(DirectoryReply::NotFound, |user| DirectoryReply::Found { attributes: user.attributes() })
}

/// A GUID of version 4 from two numbers.
fn guid(next_id: &mut dyn FnMut() -> u64) -> String {
    let (high, low) = (next_id(), next_id());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}
