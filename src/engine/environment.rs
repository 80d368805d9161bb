//! What a run is given from outside at its start.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::choices::Switches;
use super::session::Session;
use crate::claims::{DateTime, Str};

/// The way into a policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Entry {
    /// The authorize endpoint: a person at a browser.
    #[default]
    Authorize,
    /// The token endpoint, with a refresh token.
    Refresh,
    /// The token endpoint, with user name and password of a resource owner.
    Ropc,
    /// The UserInfo endpoint, with a bearer token.
    UserInfo,
    /// A SAML request: a person at a browser.
    Saml,
}

impl Entry {
    /// As scenario files call it.
    pub fn name(self) -> &'static str {
        match self {
            Entry::Authorize => "authorize",
            Entry::Refresh => "refresh",
            Entry::Ropc => "ropc",
            Entry::UserInfo => "userinfo",
            Entry::Saml => "saml",
        }
    }

    /// Whether somebody sits at a browser, who can see pages and has sessions.
    pub fn has_browser(self) -> bool {
        matches!(self, Entry::Authorize | Entry::Saml)
    }
}

/// What the application sent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// client_id.
    pub client_id: Option<Str>,
    /// redirect_uri.
    pub redirect_uri: Option<Str>,
    /// nonce.
    pub nonce: Option<Str>,
    /// scope.
    pub scope: Option<Str>,
    /// prompt.
    pub prompt: Option<Str>,
    /// login_hint.
    pub login_hint: Option<Str>,
    /// domain_hint.
    pub domain_hint: Option<Str>,
    /// ui_locales.
    pub ui_locales: Option<Str>,
    /// The client's address.
    pub ip: Option<Str>,
    /// Every other query parameter.
    pub parameters: BTreeMap<Str, Str>,
    /// Claims of an id_token_hint that passed validation.
    pub id_token_hint: Option<Map<String, Json>>,
}

impl Request {
    /// Any parameter, by its name in any case.
    pub fn parameter(&self, name: &str) -> Option<&Str> {
        let member = match name.to_ascii_lowercase().as_str() {
            "client_id" => &self.client_id,
            "redirect_uri" => &self.redirect_uri,
            "nonce" => &self.nonce,
            "scope" => &self.scope,
            "prompt" => &self.prompt,
            "login_hint" => &self.login_hint,
            "domain_hint" => &self.domain_hint,
            "ui_locales" => &self.ui_locales,
            _ => &None,
        };
        member.as_ref().or_else(|| self.own_parameter(name))
    }

    /// A parameter that has no member of its own, by its name in any case.
    pub fn own_parameter(&self, name: &str) -> Option<&Str> {
        let in_any_case = || self.parameters.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        self.parameters.get(name).or_else(in_any_case)
    }
}

/// What a run may know besides the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    /// The virtual clock, which stands still during a run.
    pub now: DateTime,
    /// Where the run's sequence of made-up numbers begins.
    pub seed: u64,
    /// What the application sent.
    pub request: Request,
    /// Policy keys: StorageReferenceId to secret.
    pub keys: BTreeMap<Str, Str>,
    /// The open points of the semantics on which the run may choose.
    pub switches: Switches,
    /// The session of an earlier run; without one the run is a fresh logon.
    pub session: Option<Session>,
    /// The way in.
    pub entry: Entry,
}

impl Environment {
    /// The secret of a policy key; one that is not given has a fixed made-up value.
    pub fn key(&self, storage_reference: &str) -> Str {
        self.keys
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(storage_reference))
            .map_or_else(|| format!("secret-of-{storage_reference}").into(), |(_, secret)| secret.clone())
    }
}
