//! What a technical profile is, as its protocol, handler, token formats and settings tell (SEMANTICS 7). The plan knows the same of the
//! profiles that a journey reaches; the checker asks it of every profile, sound or not.

use crate::plan::{HandlerClass, class_of};
use crate::policy::{MetadataItem, TechnicalProfile};

/// The kind of a technical profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// SelfAssertedAttributeProvider.
    Page,
    /// RestfulProvider.
    Rest,
    /// AzureActiveDirectoryProvider.
    Directory,
    /// ClaimsTransformationProtocolProvider.
    Transformations,
    /// OneTimePasswordProtocolProvider.
    OneTimePassword,
    /// AzureMfaProtocolProvider.
    AzureMfa,
    /// PhoneFactorProtocolProvider.
    Phone,
    /// AadSsprProtocolProvider.
    Sspr,
    /// ConditionalAccessProtocolProvider.
    ConditionalAccess,
    /// AzureApplicationInsightsProvider.
    Insights,
    /// UserJourneyContextProvider.
    JourneyContext,
    /// User name and password at the directory: OpenIdConnect with `grant_type` `password`.
    SignIn,
    /// Any other identity provider.
    IdentityProvider,
    /// Issues a JWT.
    JwtIssuer,
    /// Issues a SAML assertion.
    SamlIssuer,
    /// Answers the UserInfo endpoint.
    UserInfoIssuer,
    /// Ends the journey with an error: OutputTokenFormat OAuth2Error.
    ErrorIssuer,
    /// Reads an id_token_hint.
    Hint,
    /// Protocol None with output claims that come from elsewhere: a refresh token that is redeemed, a bearer token of UserInfo.
    Incoming,
    /// A session provider.
    Session(Session),
    /// Protocol None and nothing that says what it is for.
    Nothing,
    /// No protocol, or a protocol or handler that is not known.
    Unknown,
}

/// Session providers (SEMANTICS 13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Session {
    /// NoopSSOSessionProvider.
    Noop,
    /// DefaultSSOSessionProvider.
    Default,
    /// ExternalLoginSSOSessionProvider.
    ExternalLogin,
    /// OAuthSSOSessionProvider and SamlSSOSessionProvider.
    Bookkeeping,
}

impl Kind {
    /// The kind of a technical profile whose includes are resolved.
    pub(crate) fn of(profile: &TechnicalProfile) -> Self {
        let class = class_of(profile);
        let is = |name: &str| class.protocol.eq_ignore_ascii_case(name);
        let format = |name: &str| class.output_format.eq_ignore_ascii_case(name);
        if is("Proprietary") {
            return Self::of_handler(&class);
        }
        if is("OpenIdConnect") {
            let relies_on_others = ["METADATA", "authorization_endpoint", "ProviderName"].iter().any(|key| set(profile, key));
            return match () {
                () if format("JWT") && !relies_on_others => Self::JwtIssuer,
                () if is_sign_in(profile) => Self::SignIn,
                () => Self::IdentityProvider,
            };
        }
        if is("OAuth2") {
            return if format("OAuth2Error") { Self::ErrorIssuer } else { Self::IdentityProvider };
        }
        if is("SAML2") {
            return if format("SAML2") { Self::SamlIssuer } else { Self::IdentityProvider };
        }
        if ["OAuth1", "WsFed", "WsTrust"].iter().any(|name| is(name)) {
            return Self::IdentityProvider;
        }
        if !is("None") {
            return Self::Unknown;
        }
        match () {
            () if format("JWT") => Self::JwtIssuer,
            () if format("SAML2") => Self::SamlIssuer,
            () if format("JSON") => Self::UserInfoIssuer,
            () if format("OAuth2Error") => Self::ErrorIssuer,
            () if class.input_format.eq_ignore_ascii_case("JWT") => Self::Incoming,
            () if set(profile, "METADATA") || set(profile, "IdTokenAudience") || set(profile, "issuer") => Self::Hint,
            () if !profile.output_claims.is_empty() => Self::Incoming,
            () => Self::Nothing,
        }
    }

    fn of_handler(class: &HandlerClass) -> Self {
        match class.class.to_ascii_lowercase().as_str() {
            "selfassertedattributeprovider" => Self::Page,
            "restfulprovider" => Self::Rest,
            "azureactivedirectoryprovider" => Self::Directory,
            "claimstransformationprotocolprovider" => Self::Transformations,
            "onetimepasswordprotocolprovider" => Self::OneTimePassword,
            "azuremfaprotocolprovider" => Self::AzureMfa,
            "phonefactorprotocolprovider" => Self::Phone,
            "aadssprprotocolprovider" => Self::Sspr,
            "conditionalaccessprotocolprovider" => Self::ConditionalAccess,
            "azureapplicationinsightsprovider" => Self::Insights,
            "userjourneycontextprovider" => Self::JourneyContext,
            "noopssosessionprovider" => Self::Session(Session::Noop),
            "defaultssosessionprovider" => Self::Session(Session::Default),
            "externalloginssosessionprovider" => Self::Session(Session::ExternalLogin),
            "oauthssosessionprovider" | "samlssosessionprovider" => Self::Session(Session::Bookkeeping),
            _ => Self::Unknown,
        }
    }

    /// Whether it proves a second factor: PhoneFactor, AzureMfa, a one-time password.
    pub(crate) fn is_second_factor(self) -> bool {
        matches!(self, Self::Phone | Self::AzureMfa | Self::OneTimePassword)
    }
}

/// A metadata item, by its key: in exact case first (TP-M2).
pub(crate) fn metadata<'p>(profile: &'p TechnicalProfile, key: &str) -> Option<&'p MetadataItem> {
    let items = &profile.metadata;
    items.iter().find(|item| item.key.as_str() == key).or_else(|| items.iter().find(|item| item.key.eq_ignore_ascii_case(key)))
}

/// Whether a metadata item is there and says something.
fn set(profile: &TechnicalProfile, key: &str) -> bool {
    metadata(profile, key).is_some_and(|item| !item.value.trim().is_empty())
}

fn is_sign_in(profile: &TechnicalProfile) -> bool {
    metadata(profile, "grant_type").is_some_and(|item| item.value.trim() == "password")
        || profile.input_claims.iter().any(|input| {
            let partner = input.partner_claim_type.as_ref().map_or(input.claim.as_str(), |partner| partner.as_str());
            partner.eq_ignore_ascii_case("grant_type") && input.default_value.as_ref().is_some_and(|value| value.as_str() == "password")
        })
}
