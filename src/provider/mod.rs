//! Technical-profile handlers: what each asks, how a reply becomes claims, which errors it can raise.
//!
//! Every provider is a set of pure functions: settings compiled from the profile's metadata, the request from the collected inputs, the
//! outcome from a reply. None of them holds policy-wide logic.

pub mod call;
pub mod directory;
pub mod identity_provider;
pub mod phone;
pub mod rest;
pub mod self_asserted;
pub mod sign_in;

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
