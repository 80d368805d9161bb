//! REST calls that fail, and what the person or the application is told. Source: restful-technical-profile, SEMANTICS 8.5 and 8.7.

use std::borrow::Cow;

use serde_json::{Map, Value as Json};

use super::settings::{Authentication, RestSettings};
use crate::claims::Str;
use crate::engine::{Body, Fault, HttpFailure};
use crate::provider::call::{Call, fill, find};

const DEFAULT_MESSAGE: &str = "DefaultUserMessageIfRequestFailed";
/// Seconds; not configurable (api-connectors-overview). The service tries three times in all.
const TIMEOUT: &str = "30";

/// No HTTP reply. The texts are those of localization-string-ids, in an exchange too.
pub(super) fn no_answer(settings: &RestSettings, call: &Call<'_>, kind: HttpFailure) -> Fault {
    let url = settings.service_url.as_str();
    let (key, built_in, arguments): (_, _, &[&str]) = match kind {
        HttpFailure::Timeout => (
            "UserMessageIfRequestTimeout",
            "Failed to establish connection to restful service end point within timeout limit {0} seconds. Restful service URL: {1}",
            &[TIMEOUT, url],
        ),
        HttpFailure::Dns => (
            "UserMessageIfDnsResolutionFailed",
            "Failed to resolve the hostname of the restful service endpoint. Restful service URL: {0}",
            &[url],
        ),
        HttpFailure::Unreachable => {
            ("UserMessageIfCircuitOpen", "{0} Restful Service URL: {1}", &["Unable to connect to the restful service end point.", url])
        }
    };
    if let Some(text) = (call.messages)(key) {
        return Fault::uncoded(fill(&text, arguments));
    }
    match (call.messages)(DEFAULT_MESSAGE) {
        Some(text) => Fault::uncoded(fill(&text, &[url])),
        None => Fault::uncoded(fill(built_in, arguments)),
    }
}

/// A status other than 2xx.
pub(super) fn http_error(settings: &RestSettings, call: &Call<'_>, status: u16, body: &Body) -> Fault {
    if (400..500).contains(&status) {
        match contract(body) {
            Contract::Kept(members) => {
                // On a page the person reads it; from an exchange it goes to the application in place of 90075 (samples#326).
                return Fault::uncoded(user_message(settings, &members));
            }
            Contract::Unparsable => {
                let words = format!(
                    "The claims exchange '{}' specified in step '{}' returned HTTP error response that could not be parsed.",
                    call.profile_id, call.step_order
                );
                return Fault::new("AADB2C90261", on_page_default(settings, call).unwrap_or_else(|| words.into()));
            }
            Contract::None => {}
        }
        if status == 401
            && let Some(fault) = refused_credentials(settings, call)
        {
            return fault;
        }
    }
    let (name, reason) = status_name(status);
    let words = format!(
        "The claims exchange '{}' specified in step '{}' returned HTTP error response with Code '{name}' and Reason '{reason}'.",
        call.profile_id, call.step_order
    );
    // azure-docs#117307: a page that shows another text still carries the code.
    Fault::new("AADB2C90075", on_page_default(settings, call).unwrap_or_else(|| words.into()))
}

/// 401 to credentials that were sent. Source of the words: error-codes, AADB2C90027 and AADB2C90028.
fn refused_credentials(settings: &RestSettings, call: &Call<'_>) -> Option<Fault> {
    let name = call.profile_id;
    let (code, words) = match settings.authentication {
        Authentication::Basic { .. } => (
            "AADB2C90027",
            format!(
                "Basic credentials specified for '{name}' are invalid. Check that the credentials are correct and that access has been \
                 granted by the resource."
            ),
        ),
        Authentication::ClientCertificate(_) => (
            "AADB2C90028",
            format!(
                "Client certificate specified for '{name}' is invalid. Check that the certificate is correct, contains a private key and \
                 that access has been granted by the resource."
            ),
        ),
        _ => return None,
    };
    Some(Fault::new(code, on_page_default(settings, call).unwrap_or_else(|| words.into())))
}

fn on_page_default(settings: &RestSettings, call: &Call<'_>) -> Option<Str> {
    call.on_page?;
    (call.messages)(DEFAULT_MESSAGE).map(|text| fill(&text, &[&settings.service_url]))
}

enum Contract<'b> {
    /// `userMessage`, and `status` a number or the text of one.
    Kept(Cow<'b, Map<String, Json>>),
    /// Readable, but something else.
    None,
    /// No JSON, or members of the wrong type.
    Unparsable,
}

fn contract(body: &Body) -> Contract<'_> {
    let members = match body {
        Body::Empty => return Contract::None,
        Body::Json(json) => match &**json {
            Json::Object(members) => Cow::Borrowed(members),
            _ => return Contract::None,
        },
        Body::Text(text) if text.trim().is_empty() => return Contract::None,
        Body::Text(text) => match serde_json::from_str(text) {
            Ok(Json::Object(members)) => Cow::Owned(members),
            Ok(_) => return Contract::None,
            Err(_) => return Contract::Unparsable,
        },
    };
    let message = find(&members, "userMessage").map(|(_, value)| value);
    let status = find(&members, "status").map(|(_, value)| value);
    match (message, status) {
        (None | Some(Json::Null), _) => Contract::None,
        (Some(Json::String(text)), _) if text.is_empty() => Contract::None,
        (Some(Json::String(_)), None | Some(Json::Number(_))) => Contract::Kept(members),
        // azure-docs PR#92386, api-connector-azure-function-validate#4: any number, as number or as text.
        (Some(Json::String(_)), Some(Json::String(status))) if status.trim().parse::<u32>().is_ok() => Contract::Kept(members),
        _ => Contract::Unparsable,
    }
}

/// The message, and with DebugMode the other members of the contract (in which form is not documented).
fn user_message(settings: &RestSettings, members: &Map<String, Json>) -> Str {
    let text = |name| find(members, name).and_then(|(_, value)| value.as_str()).filter(|text| !text.is_empty());
    let message = text("userMessage").unwrap_or_default();
    let extras: Vec<String> = ["code", "requestId", "developerMessage", "moreInfo"]
        .into_iter()
        .filter(|_| settings.debug)
        .filter_map(|name| Some(format!("{name}: {}", text(name)?)))
        .collect();
    if extras.is_empty() { message.into() } else { format!("{message} ({})", extras.join(", ")).into() }
}

/// The name of .NET's `HttpStatusCode` and the reason phrase.
fn status_name(status: u16) -> (Cow<'static, str>, &'static str) {
    let (name, reason) = match status {
        300 => ("Ambiguous", "Multiple Choices"),
        301 => ("MovedPermanently", "Moved Permanently"),
        302 => ("Redirect", "Found"),
        303 => ("RedirectMethod", "See Other"),
        304 => ("NotModified", "Not Modified"),
        307 => ("TemporaryRedirect", "Temporary Redirect"),
        308 => ("PermanentRedirect", "Permanent Redirect"),
        400 => ("BadRequest", "Bad Request"),
        401 => ("Unauthorized", "Unauthorized"),
        402 => ("PaymentRequired", "Payment Required"),
        403 => ("Forbidden", "Forbidden"),
        404 => ("NotFound", "Not Found"),
        405 => ("MethodNotAllowed", "Method Not Allowed"),
        406 => ("NotAcceptable", "Not Acceptable"),
        407 => ("ProxyAuthenticationRequired", "Proxy Authentication Required"),
        408 => ("RequestTimeout", "Request Timeout"),
        409 => ("Conflict", "Conflict"),
        410 => ("Gone", "Gone"),
        411 => ("LengthRequired", "Length Required"),
        412 => ("PreconditionFailed", "Precondition Failed"),
        413 => ("RequestEntityTooLarge", "Request Entity Too Large"),
        414 => ("RequestUriTooLong", "Request-URI Too Long"),
        415 => ("UnsupportedMediaType", "Unsupported Media Type"),
        416 => ("RequestedRangeNotSatisfiable", "Requested Range Not Satisfiable"),
        417 => ("ExpectationFailed", "Expectation Failed"),
        426 => ("UpgradeRequired", "Upgrade Required"),
        500 => ("InternalServerError", "Internal Server Error"),
        501 => ("NotImplemented", "Not Implemented"),
        502 => ("BadGateway", "Bad Gateway"),
        503 => ("ServiceUnavailable", "Service Unavailable"),
        504 => ("GatewayTimeout", "Gateway Timeout"),
        505 => ("HttpVersionNotSupported", "HTTP Version Not Supported"),
        422 => return (Cow::Borrowed("422"), "Unprocessable Entity"),
        429 => return (Cow::Borrowed("429"), "Too Many Requests"),
        _ => return (Cow::Owned(status.to_string()), ""),
    };
    (Cow::Borrowed(name), reason)
}
