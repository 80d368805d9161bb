//! RelyingParty. Source: relyingparty.

use std::sync::Arc;

use super::file::Unused;
use super::id::{Id, Spanned, closed_set};
use super::technical_profiles::TechnicalProfile;
use crate::claims::Str;
use crate::source::Span;

/// The RelyingParty element.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// DefaultUserJourney.
    pub default_user_journey: Option<Spanned<Id>>,
    /// Endpoints.
    pub endpoints: Vec<Endpoint>,
    /// UserJourneyBehaviors.
    pub user_journey_behaviors: Option<UserJourneyBehaviors>,
    /// TechnicalProfile elements; the documentation knows one, the schema any number.
    pub technical_profiles: Vec<Arc<TechnicalProfile>>,
    /// The start tag.
    pub span: Span,
}

/// An Endpoint: another journey for a named endpoint such as `UserInfo`.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// Id.
    pub id: Spanned<Id>,
    /// UserJourneyReferenceId.
    pub user_journey: Spanned<Id>,
    /// The start tag.
    pub span: Span,
}

/// UserJourneyBehaviors.
#[derive(Clone, Debug)]
pub struct UserJourneyBehaviors {
    /// SingleSignOn.
    pub single_sign_on: Option<SingleSignOn>,
    /// SessionExpiryType.
    pub session_expiry_type: Option<Spanned<SessionExpiryType>>,
    /// SessionExpiryInSeconds.
    pub session_expiry_in_seconds: Option<Spanned<u32>>,
    /// JourneyInsights.
    pub journey_insights: Option<JourneyInsights>,
    /// ContentDefinitionParameters.
    pub content_definition_parameters: Vec<ContentDefinitionParameter>,
    /// JourneyFraming.
    pub journey_framing: Option<JourneyFraming>,
    /// ScriptExecution.
    pub script_execution: Option<Spanned<ScriptExecution>>,
    /// The Mode of OnError.
    pub on_error: Option<Spanned<OnErrorMode>>,
    /// Elements of the schema without effect.
    pub unused: Vec<Unused>,
    /// The start tag.
    pub span: Span,
}

/// SingleSignOn.
#[derive(Clone, Debug)]
pub struct SingleSignOn {
    /// Scope.
    pub scope: Option<Spanned<SingleSignOnScope>>,
    /// KeepAliveInDays.
    pub keep_alive_in_days: Option<Spanned<u32>>,
    /// EnforceIdTokenHintOnLogout.
    pub enforce_id_token_hint_on_logout: Option<Spanned<bool>>,
    /// The start tag.
    pub span: Span,
}

/// JourneyInsights.
#[derive(Clone, Debug)]
pub struct JourneyInsights {
    /// InstrumentationKey.
    pub instrumentation_key: Option<Spanned<Str>>,
    /// TelemetryEngine.
    pub telemetry_engine: Option<Spanned<Str>>,
    /// DeveloperMode.
    pub developer_mode: Option<Spanned<bool>>,
    /// ClientEnabled.
    pub client_enabled: Option<Spanned<bool>>,
    /// ServerEnabled.
    pub server_enabled: Option<Spanned<bool>>,
    /// TelemetryVersion.
    pub telemetry_version: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

/// A Parameter of ContentDefinitionParameters.
#[derive(Clone, Debug)]
pub struct ContentDefinitionParameter {
    /// Name.
    pub name: Spanned<Str>,
    /// The text, verbatim; often a claim resolver.
    pub value: Spanned<Str>,
    /// The start tag.
    pub span: Span,
}

/// JourneyFraming.
#[derive(Clone, Debug)]
pub struct JourneyFraming {
    /// Enabled.
    pub enabled: Option<Spanned<bool>>,
    /// Sources.
    pub sources: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}

closed_set! {
    /// How far a session reaches.
    SingleSignOnScope {
        /// No session.
        Suppressed,
        /// All policies of all tenants that share the trust framework.
        TrustFramework,
        /// All applications and policies of the tenant.
        Tenant,
        /// One application.
        Application,
        /// One policy.
        Policy,
    }
}

closed_set! {
    /// How a session ends.
    SessionExpiryType {
        /// A while after the last sign-in.
        Rolling,
        /// A while after the first sign-in.
        Absolute,
    }
}

closed_set! {
    /// Whether pages may run scripts.
    ScriptExecution {
        /// No.
        Disallow,
        /// Yes.
        Allow,
    }
}

closed_set! {
    /// Where an error is shown. From the schema only.
    OnErrorMode {
        /// Sent to the application.
        ReturnToRequestor,
        /// Shown by the service.
        DisplayInService,
    }
}
