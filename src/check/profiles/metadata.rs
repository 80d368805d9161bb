//! Metadata keys: which ones each kind of technical profile knows.
//!
//! The pages of the documentation do not name all keys that work, so that a key that nothing here knows is no fault by itself: only one
//! that looks like a slip in a known one is told.

use crate::check::chain::{Chain, Profile};
use crate::check::kind::Kind;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::MetadataItem;
use crate::provider::{aad_sspr, azure_mfa, one_time_password};
use crate::words::list_of;

/// Keys of every kind. Source: claim-resolver-overview, technicalprofiles.
const COMMON: &[&str] = &["IncludeClaimResolvingInClaimsHandling", "ClaimTypeOnWhichToEnable", "ClaimValueOnWhichToEnable"];

/// Source: self-asserted-technical-profile; the starter pack for the last five.
const PAGE: &[&str] = &[
    "ContentDefinitionReferenceId",
    "EnforceEmailVerification",
    "AllowGenerationOfClaimsWithNullValues",
    "SignUpTarget",
    "setting.retryLimit",
    "setting.showCancelButton",
    "setting.showContinueButton",
    "setting.showSignupLink",
    "setting.enableRememberMe",
    "setting.forgotPasswordLinkLocation",
    "setting.forgotPasswordLinkOverride",
    "setting.operatingMode",
    "setting.inputVerificationDelayTimeInMilliseconds",
    "IpAddressClaimReferenceId",
    "LocalAccountProfile",
    "LocalAccountType",
    "ClaimsProviderSelectionDisplayType",
    "TokenLifeTimeInSeconds",
];

/// Source: restful-technical-profile; the samples for ClaimResolverUrlFormatting.
const REST: &[&str] = &[
    "ServiceUrl",
    "AuthenticationType",
    "AllowInsecureAuthInProduction",
    "SendClaimsIn",
    "ClaimsFormat",
    "ClaimUsedForRequestPayload",
    "DebugMode",
    "ResolveJsonPathsInJsonTokens",
    "UseClaimAsBearerToken",
    "ClaimResolverUrlFormatting",
    "DefaultUserMessageIfRequestFailed",
    "UserMessageIfRequestTimeout",
    "UserMessageIfCircuitOpen",
    "UserMessageIfDnsResolutionFailed",
];

/// Source: active-directory-technical-profile.
const DIRECTORY: &[&str] = &[
    "Operation",
    "RaiseErrorIfClaimsPrincipalDoesNotExist",
    "RaiseErrorIfClaimsPrincipalAlreadyExists",
    "ApplicationObjectId",
    "ClientId",
];

/// Source: one-time-password-technical-profile.
const ONE_TIME_PASSWORD: &[&str] = &[
    "Operation",
    "CodeExpirationInSeconds",
    "CodeLength",
    "CharacterSet",
    "NumRetryAttempts",
    "NumCodeGenerationAttempts",
    "ReuseSameCode",
];

/// Source: phone-factor-technical-profile.
const PHONE: &[&str] = &[
    "ContentDefinitionReferenceId",
    "ManualPhoneNumberEntryAllowed",
    "setting.authenticationMode",
    "setting.autodial",
    "setting.autosubmit",
];

/// Source: oauth1, oauth2, openid-connect, saml-identity-provider technical profiles, id-token-hint; add-ropc-policy for grant_type.
const IDENTITY_PROVIDER: &[&str] = &[
    "client_id",
    "METADATA",
    "ProviderName",
    "authorization_endpoint",
    "AccessTokenEndpoint",
    "access_token_endpoint",
    "request_token_endpoint",
    "ClaimsEndpoint",
    "ClaimsEndpointAccessTokenName",
    "ClaimsEndpointFormat",
    "ClaimsEndpointFormatName",
    "ClaimsResponseFormat",
    "AccessTokenResponseFormat",
    "AdditionalRequestQueryParameters",
    "BearerTokenTransmissionMethod",
    "ResponseErrorCodeParamName",
    "ExtraParamsInAccessTokenEndpointResponse",
    "ExtraParamsInClaimsEndpointResponse",
    "ExternalUserIdentityClaimId",
    "ResolveJsonPathsInJsonTokens",
    "UserAgentForClaimsExchange",
    "response_types",
    "response_mode",
    "scope",
    "grant_type",
    "HttpBinding",
    "issuer",
    "IdTokenAudience",
    "ValidTokenIssuerPrefixes",
    "DiscoverMetadataByTokenIssuer",
    "UsePolicyInRedirectUri",
    "token_endpoint_auth_method",
    "token_signing_algorithm",
    "SingleLogoutEnabled",
    "ReadBodyClaimsOnIdpRedirect",
    "PartnerEntity",
    "WantsSignedRequests",
    "WantsSignedAssertions",
    "WantsEncryptedAssertions",
    "ResponsesSigned",
    "XmlSignatureAlgorithm",
    "DataEncryptionMethod",
    "KeyEncryptionMethod",
    "UseDetachedKeys",
    "NameIdPolicyFormat",
    "NameIdPolicyAllowCreate",
    "AuthenticationRequestExtensions",
    "IncludeAuthnContextClassReferences",
    "IncludeKeyInfo",
    "ForceAuthN",
    "IssuerUri",
];

/// Source: jwt-issuer, saml-issuer and oauth2-error technical profiles, userinfo-endpoint.
const ISSUER: &[&str] = &[
    "client_id",
    "issuer_refresh_token_user_identity_claim_type",
    "SendTokenResponseBodyWithJsonNumbers",
    "token_lifetime_secs",
    "id_token_lifetime_secs",
    "refresh_token_lifetime_secs",
    "rolling_refresh_token_lifetime_secs",
    "allow_infinite_rolling_refresh_token",
    "IssuanceClaimPattern",
    "AuthenticationContextReferenceClaimPattern",
    "RefreshTokenUserJourneyId",
    "IssuerUri",
    "XmlSignatureAlgorithm",
    "TokenNotBeforeSkewInSeconds",
    "TokenLifeTimeInSeconds",
    "PartnerEntity",
];

/// Source: custom-policy-reference-sso.
const SESSION: &[&str] = &["AlwaysFetchClaimsFromProvider", "IncludeSessionIndex", "RegisterServiceProviders"];

/// Source: application-insights-technical-profile.
const INSIGHTS: &[&str] = &["InstrumentationKey", "DeveloperMode", "DisableTelemetry"];

/// Messages that a page may hold for whatever runs on it. Source: the pages of the technical profiles, localization-string-ids.
const MESSAGES: &[&str] = &[
    "UserMessageIfClaimsPrincipalDoesNotExist",
    "UserMessageIfClaimsPrincipalAlreadyExists",
    "UserMessageIfInvalidPassword",
    "UserMessageIfOldPasswordUsed",
    "UserMessageIfUserAccountLocked",
    "UserMessageIfUserAccountDisabled",
    "UserMessageIfClaimsTransformationBooleanValueIsNotEqual",
    "UserMessageIfClaimsTransformationStringsAreNotEqual",
    "DateTimeGreaterThan",
];

/// Keys whose value is true or false.
const FLAGS: [&str; 22] = [
    "AllowGenerationOfClaimsWithNullValues",
    "AllowInsecureAuthInProduction",
    "allow_infinite_rolling_refresh_token",
    "AlwaysFetchClaimsFromProvider",
    "DebugMode",
    "DiscoverMetadataByTokenIssuer",
    "EnforceEmailVerification",
    "ForceAuthN",
    "IncludeClaimResolvingInClaimsHandling",
    "IncludeSessionIndex",
    "ManualPhoneNumberEntryAllowed",
    "RegisterServiceProviders",
    "ResolveJsonPathsInJsonTokens",
    "SendTokenResponseBodyWithJsonNumbers",
    "setting.autodial",
    "setting.enableRememberMe",
    "setting.showCancelButton",
    "setting.showContinueButton",
    "setting.showSignupLink",
    "SingleLogoutEnabled",
    "UsePolicyInRedirectUri",
    "WantsSignedRequests",
];

/// Keys of pages with a list of values. Source: self-asserted-technical-profile.
const CHOICES: [(&str, &[&str]); 2] = [
    ("setting.operatingMode", &["Username", "Email"]),
    ("setting.forgotPasswordLinkLocation", &["AfterLabel", "AfterInput", "AfterButtons", "None"]),
];

/// The keys that a kind knows.
fn known(kind: Kind) -> Option<Vec<&'static str>> {
    let lists: &[&[&'static str]] = match kind {
        Kind::Page => &[PAGE, MESSAGES],
        Kind::Rest => &[REST],
        Kind::Directory => &[DIRECTORY, MESSAGES],
        Kind::Transformations => &[&["ContentDefinitionReferenceId"], MESSAGES],
        Kind::OneTimePassword => &[ONE_TIME_PASSWORD],
        Kind::AzureMfa => &[&["Operation"]],
        Kind::Sspr => &[&["Operation", "allowTestEmailAddressPassThrough"]],
        Kind::ConditionalAccess => &[&["OperationType"]],
        Kind::Phone => &[PHONE],
        Kind::Insights => &[INSIGHTS],
        Kind::SignIn => &[IDENTITY_PROVIDER, MESSAGES],
        Kind::IdentityProvider | Kind::Hint => &[IDENTITY_PROVIDER],
        Kind::JwtIssuer | Kind::SamlIssuer | Kind::UserInfoIssuer | Kind::ErrorIssuer => &[ISSUER],
        Kind::Session(_) => &[SESSION],
        Kind::JourneyContext | Kind::Incoming | Kind::Nothing | Kind::Unknown => return None,
    };
    let mut keys: Vec<&str> = COMMON.iter().chain(lists.iter().copied().flatten()).copied().collect();
    if matches!(kind, Kind::Page | Kind::OneTimePassword) {
        keys.extend(one_time_password::MESSAGES.iter().map(|(key, _)| *key));
    }
    if matches!(kind, Kind::Page | Kind::AzureMfa) {
        keys.extend(azure_mfa::MESSAGES.iter().map(|(key, _)| *key));
    }
    if matches!(kind, Kind::Page | Kind::Sspr) {
        keys.extend(aad_sspr::MESSAGES.iter().map(|(key, _)| *key));
    }
    Some(keys)
}

/// Keys with blanks around them, and slips in known ones.
pub(super) fn keys(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for Profile { profile, kind } in chain.profiles.values() {
        let Some(known) = known(*kind) else { continue };
        for item in &profile.metadata {
            found.extend(key(item, &known));
        }
    }
}

fn key(item: &MetadataItem, known: &[&'static str]) -> Option<Diagnostic> {
    let written = item.key.as_str();
    let name = written.trim();
    let same = known.iter().find(|known| known.eq_ignore_ascii_case(name));
    if let Some(same) = same {
        if name.len() == written.len() {
            return None;
        }
        let words = format!("the metadata key `{written}` is not known: there are blanks around it");
        return Some(Diagnostic::warning(code::METADATA_KEY, words).at(item.key.span).fix(item.key.span, *same));
    }
    // A blank in the middle is never meant.
    let dense: String = name.split_whitespace().collect();
    let meant = known.iter().find(|known| known.eq_ignore_ascii_case(&dense));
    let meant = meant.or_else(|| known.iter().find(|known| crate::nearest::is_slip(name, known)))?;
    let words = format!("the metadata key `{written}` is not known, so that it has no effect");
    let finding = Diagnostic::warning(code::METADATA_KEY, words).at(item.key.span);
    Some(finding.help(format!("did you mean `{meant}`?")).fix(item.key.span, *meant))
}

/// error-codes, AADB2C90030, and lists of values. What a provider reads is judged by it, with the same code.
pub(super) fn values(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for Profile { profile, kind } in chain.profiles.values() {
        if known(*kind).is_none() {
            continue;
        }
        for item in &profile.metadata {
            let (key, value) = (item.key.trim(), item.value.trim());
            if value.starts_with('{') {
                continue;
            }
            if let Some(flag) = FLAGS.iter().find(|flag| flag.eq_ignore_ascii_case(key)) {
                if !["true", "false", "1", "0"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
                    let words = format!(
                        "Profile '{}' contains an invalid boolean for {flag}. Expected either 'true' or 'false'.",
                        profile.id.value
                    );
                    found.push(Diagnostic::warning(code::BAD_METADATA, words).at(item.value.span));
                }
            } else if *kind == Kind::Page
                && let Some((key, choices)) = CHOICES.iter().find(|(choice, _)| choice.eq_ignore_ascii_case(key))
                && !choices.iter().any(|choice| choice.eq_ignore_ascii_case(value))
            {
                let choices = list_of(choices, '`', "or");
                let words = format!("`{value}` is no value of `{key}`; expected {choices}");
                found.push(Diagnostic::warning(code::BAD_METADATA, words).at(item.value.span));
            }
        }
    }
}
