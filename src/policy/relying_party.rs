//! RelyingParty. Source: relyingparty.

use std::sync::Arc;

use super::file::Unused;
use super::id::{Id, Spanned, closed_set};
use super::parts::{each, list, one, parts, reference, shared, value};
use super::reader::Reader;
use super::technical_profiles::{TechnicalProfile, read_technical_profile};
use super::unused::unused;
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

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

pub(super) fn read_relying_party(reader: &mut Reader<'_>, element: Element<'_>) -> Option<RelyingParty> {
    parts! { reader, element; ;
        "DefaultUserJourney" => default_user_journey: one(reference("ReferenceId")),
        "Endpoints" => endpoints: list("Endpoint", read_endpoint),
        "UserJourneyBehaviors" => user_journey_behaviors: one(read_user_journey_behaviors),
        "TechnicalProfile" => technical_profiles: each(shared(read_technical_profile)),
    }
    Some(RelyingParty {
        default_user_journey,
        endpoints: endpoints.unwrap_or_default(),
        user_journey_behaviors,
        technical_profiles,
        span: element.start_tag(),
    })
}

fn read_endpoint(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Endpoint> {
    parts! { reader, element;
        "Id" => id: id,
        "UserJourneyReferenceId" => user_journey: id;
    }
    let user_journey = reader.required(element, "UserJourneyReferenceId", user_journey);
    Some(Endpoint { id: reader.required(element, "Id", id)?, user_journey: user_journey?, span: element.start_tag() })
}

fn read_user_journey_behaviors(reader: &mut Reader<'_>, element: Element<'_>) -> Option<UserJourneyBehaviors> {
    parts! { reader, element; ;
        "SingleSignOn" => single_sign_on: one(read_single_sign_on),
        "SessionExpiryType" => session_expiry_type: value(Reader::closed),
        "SessionExpiryInSeconds" => session_expiry_in_seconds: value(Reader::number),
        "AzureApplicationInsights" => without_effect: unused(),
        "JourneyInsights" => journey_insights: one(read_journey_insights),
        "ContentDefinitionParameters" => parameters: list("Parameter", read_content_definition_parameter),
        "JourneyFraming" => journey_framing: one(read_journey_framing),
        "ScriptExecution" => script_execution: value(Reader::closed),
        "OnError" => on_error: one(read_on_error),
    }
    Some(UserJourneyBehaviors {
        single_sign_on,
        session_expiry_type,
        session_expiry_in_seconds,
        journey_insights,
        content_definition_parameters: parameters.unwrap_or_default(),
        journey_framing,
        script_execution,
        on_error,
        unused: without_effect,
        span: element.start_tag(),
    })
}

fn read_single_sign_on(reader: &mut Reader<'_>, element: Element<'_>) -> Option<SingleSignOn> {
    parts! { reader, element;
        "Scope" => scope: closed,
        "KeepAliveInDays" => keep_alive_in_days: number,
        "EnforceIdTokenHintOnLogout" => enforce_id_token_hint_on_logout: boolean;
    }
    let scope = reader.required(element, "Scope", scope);
    Some(SingleSignOn { scope, keep_alive_in_days, enforce_id_token_hint_on_logout, span: element.start_tag() })
}

fn read_journey_insights(reader: &mut Reader<'_>, element: Element<'_>) -> Option<JourneyInsights> {
    parts! { reader, element;
        "InstrumentationKey" => instrumentation_key: token,
        "TelemetryEngine" => telemetry_engine: token,
        "DeveloperMode" => developer_mode: boolean,
        "ClientEnabled" => client_enabled: boolean,
        "ServerEnabled" => server_enabled: boolean,
        "TelemetryVersion" => telemetry_version: token;
    }
    Some(JourneyInsights {
        instrumentation_key: reader.required(element, "InstrumentationKey", instrumentation_key),
        telemetry_engine: reader.required(element, "TelemetryEngine", telemetry_engine),
        developer_mode,
        client_enabled,
        server_enabled,
        telemetry_version,
        span: element.start_tag(),
    })
}

fn read_content_definition_parameter(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ContentDefinitionParameter> {
    let mut name = None;
    for attribute in element.attributes() {
        match attribute.name {
            "Name" => name = reader.token(attribute.into()),
            _ => reader.unknown_attribute(element, attribute, &["Name"]),
        }
    }
    let content = reader.text(element);
    let name = reader.required(element, "Name", name)?;
    Some(ContentDefinitionParameter { name, value: reader.verbatim(content)?, span: element.start_tag() })
}

fn read_journey_framing(reader: &mut Reader<'_>, element: Element<'_>) -> Option<JourneyFraming> {
    parts! { reader, element;
        "Enabled" => enabled: boolean,
        "Sources" => sources: verbatim;
    }
    let enabled = reader.required(element, "Enabled", enabled);
    Some(JourneyFraming { enabled, sources: reader.required(element, "Sources", sources), span: element.start_tag() })
}

fn read_on_error(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Spanned<OnErrorMode>> {
    parts! { reader, element;
        "Mode" => mode: closed;
    }
    reader.required(element, "Mode", mode)
}
