//! Session providers and how long a session lives (SEMANTICS 13). Source: custom-policy-reference-sso, session-behavior.

use super::compile::Compiler;
use super::model::*;
use crate::policy::{self, Id, SessionExpiryType, Spanned};

/// What a session provider does with a technical profile on a subsequent logon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// Nothing: the profile always runs and persists nothing.
    Noop,
    /// Skips the profile once it takes part.
    Default,
    /// Remembers the way to the identity provider, and skips the profile only when one of its output claims was persisted.
    ExternalLogin,
    /// Bookkeeping for single sign-out, of applications or of SAML partners; the profile always runs.
    Bookkeeping,
}

/// The session provider of a technical profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionUse {
    /// What it does.
    pub kind: SessionKind,
    /// The session technical profile; `None` when none is referenced, which is the default provider without claims.
    pub profile: Option<ProfileId>,
}

impl SessionUse {
    /// custom-policy-reference-sso: what applies to a technical profile that references no session provider.
    const UNREFERENCED: Self = Self { kind: SessionKind::Default, profile: None };
}

/// How far a session reaches: SingleSignOn Scope.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SessionScope {
    /// No session.
    Suppressed,
    /// All policies that share the trust framework.
    TrustFramework,
    /// All applications and policies of the tenant.
    #[default]
    Tenant,
    /// One application.
    Application,
    /// One policy.
    Policy,
}

/// UserJourneyBehaviors, as far as they are of sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionBehavior {
    /// SingleSignOn Scope.
    pub scope: SessionScope,
    /// KeepAliveInDays: the life of a session whose person asked to be kept signed in; 0 = nobody can ask.
    pub keep_alive_days: u32,
    /// SessionExpiryType `Absolute`: the session ends a while after it began, however much it is used.
    pub absolute: bool,
    /// SessionExpiryInSeconds.
    pub expiry_seconds: u32,
}

impl Default for SessionBehavior {
    fn default() -> Self {
        Self { scope: SessionScope::Tenant, keep_alive_days: 0, absolute: false, expiry_seconds: 86_400 }
    }
}

impl SessionBehavior {
    pub(super) fn of(party: &policy::RelyingParty) -> Self {
        let standard = Self::default();
        let Some(behaviors) = &party.user_journey_behaviors else { return standard };
        let single = behaviors.single_sign_on.as_ref();
        Self {
            scope: single.and_then(|single| single.scope.as_ref()).map_or(standard.scope, |scope| match scope.value {
                policy::SingleSignOnScope::Suppressed => SessionScope::Suppressed,
                policy::SingleSignOnScope::TrustFramework => SessionScope::TrustFramework,
                policy::SingleSignOnScope::Tenant => SessionScope::Tenant,
                policy::SingleSignOnScope::Application => SessionScope::Application,
                policy::SingleSignOnScope::Policy => SessionScope::Policy,
            }),
            keep_alive_days: single
                .and_then(|single| single.keep_alive_in_days.as_ref())
                .map_or(standard.keep_alive_days, |days| days.value),
            absolute: behaviors.session_expiry_type.is_some_and(|kind| kind.value == SessionExpiryType::Absolute),
            expiry_seconds: behaviors.session_expiry_in_seconds.map_or(standard.expiry_seconds, |seconds| seconds.value),
        }
    }

    /// Seconds that a session lives.
    pub fn lifetime(&self, keep_signed_in: bool) -> i64 {
        match self.keep_alive_days {
            // session-behavior: KeepAliveInDays takes the place of SessionExpiryInSeconds.
            days @ 1.. if keep_signed_in => i64::from(days) * 86_400,
            _ => i64::from(self.expiry_seconds),
        }
    }
}

impl Compiler<'_> {
    /// Reaches the session technical profiles of all that were reached; they come last in the plan. A reference that leads nowhere is the
    /// checker's business: such a technical profile counts as one without a reference.
    pub(super) fn reach_sessions(&mut self) -> Vec<SessionUse> {
        let referenced: Vec<Option<Spanned<Id>>> = self
            .profiles
            .items
            .iter()
            .map(|profile| {
                let profile = profile.as_ref()?;
                Some(Spanned::new(Id::from(profile.session.as_ref()?.trim()), profile.span))
            })
            .collect();
        referenced
            .into_iter()
            .map(|reference| {
                let known = reference.filter(|reference| self.effective.technical_profile(reference).is_ok());
                match known.and_then(|reference| self.profile_of(&reference)) {
                    Some(profile) => SessionUse { kind: SessionKind::Default, profile: Some(profile) },
                    None => SessionUse::UNREFERENCED,
                }
            })
            .collect()
    }

    /// Which provider each session technical profile names, now that they are compiled.
    pub(super) fn name_session_kinds(&self, uses: &mut [SessionUse]) {
        for session in uses {
            let Some(Some(profile)) = session.profile.and_then(|id| self.profiles.items.get(id.index())) else { continue };
            session.kind = match profile.class.class.to_ascii_lowercase().as_str() {
                "noopssosessionprovider" => SessionKind::Noop,
                "externalloginssosessionprovider" => SessionKind::ExternalLogin,
                "oauthssosessionprovider" | "samlssosessionprovider" => SessionKind::Bookkeeping,
                _ => SessionKind::Default,
            };
        }
    }
}

impl JourneyPlan {
    /// The session provider of a technical profile.
    pub fn session_of(&self, id: ProfileId) -> SessionUse {
        self.sessions.get(id.index()).copied().unwrap_or(SessionUse::UNREFERENCED)
    }
}
