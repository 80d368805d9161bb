//! Technical-profile handlers: what each asks, how a reply becomes claims, which errors it can raise.
//!
//! Every provider is a set of pure functions: settings compiled from the profile's metadata, the request from the collected inputs, the
//! outcome from a reply. None of them holds policy-wide logic.

pub mod aad_sspr;
pub mod application_insights;
pub mod azure_mfa;
pub mod call;
pub mod codes;
pub mod conditional_access;
pub mod directory;
pub mod identity_provider;
pub mod incoming_token;
pub mod one_time_password;
pub mod phone;
pub mod rest;
pub mod self_asserted;
pub mod sign_in;
pub mod user_journey_context;

pub use call::{Call, InputValue, Returned, Setup};

/// What runs a technical profile, with its settings compiled. Source: SEMANTICS 7.
#[derive(Debug)]
pub enum Handler {
    /// SelfAssertedAttributeProvider.
    SelfAsserted(Box<self_asserted::PageSettings>),
    /// RestfulProvider.
    Rest(Box<rest::RestSettings>),
    /// AzureActiveDirectoryProvider.
    Directory(directory::DirectorySettings),
    /// OpenIdConnect with user name and password (login-NonInteractive).
    SignIn,
    /// OAuth1, OAuth2, OpenIdConnect or SAML2 identity provider.
    IdentityProvider(identity_provider::IdentityProviderSettings),
    /// PhoneFactorProtocolProvider.
    Phone(phone::PhoneSettings),
    /// OneTimePasswordProtocolProvider.
    OneTimePassword(one_time_password::OneTimePasswordSettings),
    /// AzureMfaProtocolProvider.
    AzureMfa(azure_mfa::AzureMfaSettings),
    /// AadSsprProtocolProvider.
    AadSspr(aad_sspr::AadSsprSettings),
    /// ConditionalAccessProtocolProvider.
    ConditionalAccess(conditional_access::ConditionalAccessSettings),
    /// AzureApplicationInsightsProvider.
    ApplicationInsights,
    /// UserJourneyContextProvider.
    UserJourneyContext,
    /// A profile of protocol None that reads a token which the application sent.
    IncomingToken(incoming_token::IncomingToken),
    /// ClaimsTransformationProtocolProvider.
    ClaimsTransformation,
    /// Issues what the application gets.
    Issuer(Issuer),
    /// A session provider.
    Session,
    /// A provider that a general stub answers.
    Other,
    /// Nothing that is known.
    Unknown,
}

/// What an issuer makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Issuer {
    /// A JWT.
    Jwt,
    /// A SAML assertion.
    Saml,
    /// The reply of the UserInfo endpoint.
    UserInfo,
    /// An OAuth 2.0 error of the policy's own.
    Error,
}

impl Handler {
    /// The partner name of the input that takes a code which a person typed, when the profile verifies one.
    pub fn typed_code(&self) -> Option<&'static str> {
        match self {
            Handler::OneTimePassword(settings) if settings.operation == Some(one_time_password::Operation::Verify) => {
                Some(one_time_password::TYPED)
            }
            Handler::AzureMfa(settings) => settings.operation?.typed(),
            Handler::AadSspr(settings) if settings.operation == Some(aad_sspr::Operation::Verify) => Some(aad_sspr::TYPED),
            _ => None,
        }
    }

    /// The service's own text for a message key of the provider. Source: localization-string-ids.
    pub fn built_in_message(&self, key: &str) -> Option<&'static str> {
        let messages: &[(&str, &'static str)] = match self {
            Handler::OneTimePassword(_) => &one_time_password::MESSAGES,
            Handler::AzureMfa(_) => &azure_mfa::MESSAGES,
            Handler::AadSspr(_) => &aad_sspr::MESSAGES,
            _ => return None,
        };
        messages.iter().find(|(known, _)| known.eq_ignore_ascii_case(key)).map(|(_, text)| *text)
    }
}
