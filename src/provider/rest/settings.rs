//! Metadata and keys of a RESTful technical profile.

use super::json_path::JsonPath;
use crate::claims::{DataType, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Choices, Open};
use crate::provider::call::Setup;
use crate::words::list_of;

/// Where the input claims go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SendClaimsIn {
    /// A JSON object, by POST.
    #[default]
    Body,
    /// `a=b&c=d`, by POST.
    Form,
    /// Headers, by GET.
    Header,
    /// Appended to the URL, by GET.
    QueryString,
    /// In the places of `{name}` in the URL, by GET.
    Url,
}

impl SendClaimsIn {
    const ALL: [(&'static str, SendClaimsIn); 5] = [
        ("Body", SendClaimsIn::Body),
        ("Form", SendClaimsIn::Form),
        ("Header", SendClaimsIn::Header),
        ("Url", SendClaimsIn::Url),
        ("QueryString", SendClaimsIn::QueryString),
    ];
}

/// How the API knows the caller. Keys are StorageReferenceIds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Authentication {
    /// It does not.
    #[default]
    None,
    /// User name and password.
    Basic {
        /// BasicAuthenticationUsername.
        username: Str,
        /// BasicAuthenticationPassword.
        password: Str,
    },
    /// A token from a key.
    BearerKey(Str),
    /// A token from an input claim (`UseClaimAsBearerToken`).
    BearerClaim {
        /// As the metadata names it.
        claim: Str,
        /// Its position in the InputClaims.
        input: Option<usize>,
    },
    /// A client certificate; nothing of it is to be seen in the request.
    ClientCertificate(Str),
    /// A secret in a header.
    ApiKeyHeader {
        /// Name of the header: the Id of the key.
        header: Str,
        /// The key.
        key: Str,
    },
}

/// `{name}` in a ServiceUrl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placeholder {
    /// As written.
    pub name: Str,
    /// The input claim with exactly this partner name.
    pub exact: Option<usize>,
    /// The input claim with this partner name in any case (OPEN-22).
    pub any_case: Option<usize>,
}

/// A piece of a ServiceUrl.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlPart {
    /// Stays as it is.
    Text(Str),
    /// Is filled in.
    Placeholder(Placeholder),
}

/// A RESTful technical profile, ready to be called.
#[derive(Clone, Debug, Default)]
pub struct RestSettings {
    /// SendClaimsIn.
    pub send_claims_in: SendClaimsIn,
    /// AuthenticationType and its keys.
    pub authentication: Authentication,
    /// ServiceUrl as written.
    pub service_url: Str,
    /// ServiceUrl in pieces; one piece of text unless SendClaimsIn is Url.
    pub url: Vec<UrlPart>,
    /// ClaimUsedForRequestPayload: the name, and its position in the InputClaims.
    pub payload: Option<(Str, Option<usize>)>,
    /// DebugMode.
    pub debug: bool,
    /// With ResolveJsonPathsInJsonTokens, the partner name of each output claim as a path; else empty.
    pub paths: Vec<Option<JsonPath>>,
    /// The open points that every call rests on.
    pub choices: Choices,
}

impl RestSettings {
    /// Reads the settings; what is wrong with them comes along, and the settings hold the defaults there.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let mut settings = RestSettings {
            send_claims_in: send_claims_in(setup, &mut findings),
            authentication: authentication(setup, &mut findings),
            service_url: service_url(setup, &mut findings),
            debug: setup.flag("DebugMode", false, &mut findings),
            ..RestSettings::default()
        };
        if settings.debug && !setup.development {
            let words =
                format!("Profile '{}' uses 'DebugMode' metadata that is only allowed in development mode policies.", setup.profile_id);
            let span = setup.metadata_span("DebugMode");
            findings.push(Diagnostic::error(code::DEBUG_MODE, words).at(span).help("switch it off").fix(span, "false"));
        }
        settings.url = vec![UrlPart::Text(settings.service_url.clone())];
        if settings.send_claims_in == SendClaimsIn::Url {
            settings.placeholders(setup, &mut findings);
        }
        settings.payload(setup, &mut findings);
        settings.paths(setup, &mut findings);
        let typed = |input: &crate::plan::ClaimReference| (setup.plan_claim)(input.claim).data_type != DataType::String;
        if settings.send_claims_in == SendClaimsIn::Body && settings.payload.is_none() && setup.inputs.iter().any(typed) {
            settings.choices.note(Open(13));
        }
        (settings, findings)
    }

    /// Splits the URL at its placeholders.
    fn placeholders(&mut self, setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
        let span = setup.metadata_span("ServiceUrl");
        self.url = split_url(&self.service_url);
        if authority(&self.service_url).contains('{') {
            // restful-technical-profile; azure-docs#74420.
            let words = format!("the host part of the ServiceUrl `{}` may not hold a claim", self.service_url);
            findings.push(Diagnostic::error(code::BAD_METADATA, words).at(span));
        }
        for part in &mut self.url {
            let UrlPart::Placeholder(place) = part else { continue };
            place.exact = setup.inputs.iter().position(|input| input.partner == place.name);
            place.any_case = setup.inputs.iter().position(|input| input.partner.eq_ignore_ascii_case(&place.name));
            match place.any_case.and_then(|index| setup.inputs.get(index)) {
                Some(input) if place.exact.is_none() => {
                    self.choices.note(Open(22));
                    let words = format!("`{{{}}}` in the ServiceUrl differs in case from the input claim `{}`", place.name, input.partner);
                    findings.push(Diagnostic::warning(code::REFERENCE_CASE, words).at(span).label(input.span, "the input claim"));
                }
                Some(_) => {}
                None => {
                    let words = format!("`{{{}}}` in the ServiceUrl names no input claim and stays empty", place.name);
                    let place = setup.part_span("ServiceUrl", &format!("{{{}}}", place.name));
                    let help = "add an input claim of this name, or give one this name by `PartnerClaimType`";
                    findings.push(Diagnostic::warning(code::UNFILLED_PLACEHOLDER, words).at(place).help(help));
                }
            }
        }
    }

    fn payload(&mut self, setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
        const KEY: &str = "ClaimUsedForRequestPayload";
        let Some(name) = setup.metadata.get(KEY).filter(|name| !name.is_empty()) else { return };
        let span = setup.metadata_span(KEY);
        if self.send_claims_in != SendClaimsIn::Body {
            let words = format!("`{KEY}` has no effect unless SendClaimsIn is Body");
            findings.push(Diagnostic::warning(code::NO_EFFECT, words).at(span));
            return;
        }
        let input = setup.input_of_claim(name);
        if input.is_none() {
            let words = format!("the claim `{name}` of `{KEY}` must be an input claim too; the body stays empty");
            findings.push(Diagnostic::warning(code::DANGLING_REFERENCE, words).at(span));
        }
        self.payload = Some((name.into(), input));
    }

    fn paths(&mut self, setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
        const KEY: &str = "ResolveJsonPathsInJsonTokens";
        if !setup.flag(KEY, false, findings) {
            return;
        }
        for output in setup.outputs {
            let path = JsonPath::parse(&output.partner);
            if path.is_none() {
                let words = format!("`{}` is not a path that names one place of a JSON reply; it is taken as a plain name", output.partner);
                findings.push(Diagnostic::warning(code::BAD_VALUE, words).at(output.span));
            }
            self.paths.push(path);
        }
    }
}

/// Source of the words: error-codes, AADB2C90029.
fn send_claims_in(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> SendClaimsIn {
    const KEY: &str = "SendClaimsIn";
    let Some(value) = setup.metadata.get(KEY) else { return SendClaimsIn::default() };
    SendClaimsIn::ALL.iter().find(|(name, _)| name.eq_ignore_ascii_case(value)).map(|(_, kind)| *kind).unwrap_or_else(|| {
        let words = format!(
            "Profile '{}' contains the unsupported SendClaimsIn type '{value}'. Expected one of {}.",
            setup.profile_id,
            list_of(&SendClaimsIn::ALL.map(|(name, _)| name), '\'', "or")
        );
        findings.push(Diagnostic::error(code::BAD_METADATA, words).at(setup.metadata_span(KEY)));
        SendClaimsIn::default()
    })
}

/// Source of the words: error-codes, AADB2C90024, AADB2C90258, AADB2C90192, AADB2C90193.
fn authentication(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> Authentication {
    const KEY: &str = "AuthenticationType";
    const NAMES: [&str; 5] = ["None", "Basic", "Bearer", "ClientCertificate", "ApiKeyHeader"];
    let allow_insecure = setup.flag("AllowInsecureAuthInProduction", false, findings);
    let Some(value) = setup.required(KEY, findings) else { return Authentication::None };
    match NAMES.into_iter().find(|name| name.eq_ignore_ascii_case(value)) {
        Some("None") => {
            if !setup.development && !allow_insecure {
                let words = format!(
                    "Profile '{}' uses an insecure authentication mode that is only allowed in production mode policies with metadata \
                     key 'AllowInsecureAuthInProduction' set to true.",
                    setup.profile_id
                );
                let help = "let the API ask for Basic, Bearer, ClientCertificate or ApiKeyHeader authentication";
                findings.push(Diagnostic::error(code::INSECURE_REST, words).at(setup.metadata_span(KEY)).help(help));
            }
            Authentication::None
        }
        Some("Basic") => Authentication::Basic {
            username: setup.required_key("BasicAuthenticationUsername", findings),
            password: setup.required_key("BasicAuthenticationPassword", findings),
        },
        Some("Bearer") => bearer(setup, findings),
        Some("ClientCertificate") => Authentication::ClientCertificate(setup.required_key("ClientCertificate", findings)),
        Some(_) => api_key_header(setup, findings),
        None => {
            let words = format!(
                "Profile '{}' contains the unsupported authentication type '{value}'. Expected one of {}.",
                setup.profile_id,
                list_of(&NAMES, '\'', "or")
            );
            findings.push(Diagnostic::error(code::BAD_METADATA, words).at(setup.metadata_span(KEY)));
            Authentication::None
        }
    }
}

/// A claim, where the metadata names one, goes before the key (no source says which).
fn bearer(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> Authentication {
    const KEY: &str = "UseClaimAsBearerToken";
    let prefix = format!("Restful profile '{}' in policy '{}' in tenant '{}'", setup.profile_id, setup.policy_id, setup.tenant);
    if let Some(claim) = setup.metadata.get(KEY).filter(|claim| !claim.is_empty()) {
        let input = setup.input_of_claim(claim);
        if input.is_none() {
            let words = format!("{prefix} does not have the input claim '{claim}' referenced by '{KEY}'.");
            findings.push(Diagnostic::error(code::BEARER_CLAIM, words).at(setup.metadata_span(KEY)));
        }
        return Authentication::BearerClaim { claim: claim.into(), input };
    }
    if let Some(key) = setup.key("BearerAuthenticationToken") {
        return Authentication::BearerKey(key.clone());
    }
    let words = format!("{prefix} specifies the bearer authentication type, but does specify the metadata item '{KEY}' or it is empty.");
    let help = "add the key `BearerAuthenticationToken`, or name an input claim in `UseClaimAsBearerToken`";
    findings.push(Diagnostic::error(code::MISSING_KEY, words).at(setup.span).help(help));
    Authentication::None
}

/// restful-technical-profile: the Id of the key is the name of the header, and only one is allowed.
fn api_key_header(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> Authentication {
    let Some((header, key)) = setup.keys.first() else {
        let words = format!("`{}` uses ApiKeyHeader, but has no cryptographic key", setup.profile_id);
        findings.push(Diagnostic::error(code::MISSING_KEY, words).at(setup.span));
        return Authentication::None;
    };
    if setup.keys.len() > 1 {
        let words = format!("only one header can carry an API key; `{header}` is used");
        findings.push(Diagnostic::warning(code::NO_EFFECT, words).at(setup.span));
    }
    Authentication::ApiKeyHeader { header: header.clone(), key: key.clone() }
}

/// Source of the words: error-codes, AADB2C90026 and AADB2C90256.
fn service_url(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> Str {
    const KEY: &str = "ServiceUrl";
    let Some(url) = setup.required(KEY, findings) else { return Str::new() };
    let host = authority(url);
    if host.is_empty() || host.contains(char::is_whitespace) {
        let words = format!(
            "Profile '{}' metadata contains the key '{KEY}' which has the empty or invalid URL format of '{url}'.",
            setup.profile_id
        );
        findings.push(Diagnostic::error(code::URL_FORMAT, words).at(setup.metadata_span(KEY)));
    } else if !setup.development && scheme_end(url, "http://").is_some() {
        let words =
            format!("Profile '{}', production mode policies must use https '{KEY}' the provided value was '{url}'.", setup.profile_id);
        findings.push(Diagnostic::error(code::HTTP_URL, words).at(setup.metadata_span(KEY)));
    }
    url.into()
}

fn scheme_end(url: &str, scheme: &str) -> Option<usize> {
    url.get(..scheme.len()).filter(|start| start.eq_ignore_ascii_case(scheme)).map(str::len)
}

/// The host part (with port) of an absolute http or https URL; empty when it is none.
pub(crate) fn authority(url: &str) -> &str {
    let start = scheme_end(url, "https://").or_else(|| scheme_end(url, "http://"));
    let rest = start.and_then(|start| url.get(start..)).unwrap_or("");
    rest.split(['/', '?', '#', '\\']).next().unwrap_or("")
}

/// Cuts a URL at `{name}`; other braces stay text.
fn split_url(url: &str) -> Vec<UrlPart> {
    let mut parts = Vec::new();
    let mut text = String::new();
    let mut rest = url;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        match after.split_once('}') {
            Some((name, after)) if !name.trim().is_empty() && !name.contains('{') => {
                if !text.is_empty() {
                    parts.push(UrlPart::Text(std::mem::take(&mut text).into()));
                }
                parts.push(UrlPart::Placeholder(Placeholder { name: name.trim().into(), exact: None, any_case: None }));
                rest = after;
            }
            _ => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    if !text.is_empty() {
        parts.push(UrlPart::Text(text.into()));
    }
    parts
}
