//! Live REST APIs: where a stub says `live`, the request is sent over the network. The only I/O of a run, and none without such a stub.

#[cfg(feature = "http")]
mod certificate;

use std::str::FromStr;
use std::time::Duration;

/// api-connectors-overview: 30 seconds.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How live calls are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct LiveSettings {
    /// How long each try may take from the look-up of the name to the last byte of the answer.
    pub(super) timeout: Duration,
    /// Where requests go instead of their ServiceUrl.
    pub(super) map: Vec<UrlMapping>,
}

impl Default for LiveSettings {
    fn default() -> Self {
        Self { timeout: TIMEOUT, map: Vec::new() }
    }
}

impl LiveSettings {
    /// Where a request to this URL really goes: by the longest beginning that fits.
    #[cfg(any(feature = "http", test))]
    fn target(&self, url: &str) -> String {
        let fitting = self.map.iter().filter_map(|mapping| Some((mapping.from.len(), mapping.apply(url)?)));
        fitting.max_by_key(|(length, _)| *length).map_or_else(|| url.to_owned(), |(_, mapped)| mapped)
    }
}

/// Sends the requests to one address to another one, written `https://api.contoso.com=http://127.0.0.1:8080`.
///
/// ```
/// use b2c_journey::simulate::UrlMapping;
///
/// let mapping: UrlMapping = "https://api.contoso.com=http://127.0.0.1:8080".parse().unwrap();
/// assert_eq!(mapping.apply("https://api.contoso.com/risk?v=1").as_deref(), Some("http://127.0.0.1:8080/risk?v=1"));
/// assert_eq!(mapping.apply("https://api.contoso.com.example/risk"), None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UrlMapping {
    from: String,
    to: String,
}

/// Text that is not a mapping of URLs.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlMappingError {
    /// There is no `=`.
    #[error("expected two URLs with `=` between them, such as `https://api.contoso.com=http://127.0.0.1:8080`")]
    NoPair,
    /// One side is something else.
    #[error("`{0}` is not the beginning of a URL such as `https://api.contoso.com`")]
    NoUrl(String),
}

impl UrlMapping {
    /// From the beginning of a URL, in any case, to what stands in its place.
    ///
    /// # Errors
    /// One of the two does not begin with `http://` or `https://` and a host.
    pub fn new(from: &str, to: &str) -> Result<Self, UrlMappingError> {
        let clean = |url: &str| {
            let url = url.trim().trim_end_matches('/');
            let rest = url.get(..8).filter(|start| start.eq_ignore_ascii_case("https://")).and_then(|_| url.get(8..));
            let rest = rest.or_else(|| url.get(..7).filter(|start| start.eq_ignore_ascii_case("http://")).and_then(|_| url.get(7..)));
            match rest {
                Some(rest) if !rest.is_empty() && !rest.starts_with(['/', '?', '#', ':']) => Ok(url.to_owned()),
                _ => Err(UrlMappingError::NoUrl(url.to_owned())),
            }
        };
        Ok(Self { from: clean(from)?, to: clean(to)? })
    }

    /// The URL after the mapping; `None` when it begins otherwise. The beginning ends where a part of the URL ends: another port, or a
    /// longer host name, is another address.
    pub fn apply(&self, url: &str) -> Option<String> {
        let rest =
            url.get(..self.from.len()).filter(|start| start.eq_ignore_ascii_case(&self.from)).and_then(|_| url.get(self.from.len()..))?;
        (rest.is_empty() || rest.starts_with(['/', '?', '#'])).then(|| format!("{}{rest}", self.to))
    }
}

impl FromStr for UrlMapping {
    type Err = UrlMappingError;

    fn from_str(text: &str) -> Result<Self, UrlMappingError> {
        let (from, to) = text.split_once('=').ok_or(UrlMappingError::NoPair)?;
        Self::new(from, to)
    }
}

/// What is said of a live stub where nothing can be sent.
#[cfg(not(feature = "http"))]
pub(super) const NOT_BUILT_IN: &str = "it is to be called live, but this build has no HTTP client (feature `http`)";

#[cfg(feature = "http")]
pub(super) use certificate::PolicyCertificate;
#[cfg(feature = "http")]
pub(super) use client::send;

#[cfg(feature = "http")]
mod client {
    use std::io::{ErrorKind, Read};
    use std::net::ToSocketAddrs;
    use std::time::Duration;

    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    use ureq::Agent;
    use ureq::config::AutoHeaderValue;
    use ureq::http::{Request, Uri};
    use ureq::tls::TlsConfig;

    use super::{LiveSettings, PolicyCertificate};
    use crate::engine::{Body, HttpFailure, HttpReply, HttpRequest};

    /// api-connectors-overview: two retries.
    const TRIES: usize = 3;
    /// An answer is read up to here. No source gives the service's limit; this one only keeps an endless answer from filling memory.
    const MOST_BYTES: u64 = 16 * 1024 * 1024;
    /// What cannot stand in a URL, and .NET escapes before it sends one.
    const ESCAPED: &AsciiSet =
        &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

    /// Sends a request, again when there is no answer. An error says why it cannot be sent at all.
    ///
    /// No source says what is tried again: here whatever gave no HTTP answer; an answer of any status is final. No redirect is followed, no
    /// proxy is used. A client certificate is shown to whom TLS connects to; another address that is mapped to and has none gets none.
    pub(in crate::simulate) fn send(
        request: &HttpRequest,
        certificate: Option<PolicyCertificate<'_>>,
        settings: &LiveSettings,
    ) -> Result<HttpReply, String> {
        let target = settings.target(&request.url);
        let escaped = utf8_percent_encode(&target, ESCAPED).to_string();
        let uri: Uri = escaped.parse().map_err(|error| format!("a request to `{target}` cannot be sent: {error}"))?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none_or(str::is_empty) {
            return Err(format!("a request to `{target}` cannot be sent: that is no URL with http or https and a host"));
        }
        let mut builder = Request::builder().method(request.method).uri(&uri);
        for (name, value) in &request.headers {
            builder = builder.header(name.as_str(), value.as_bytes());
        }
        let unfit = |error: ureq::http::Error| format!("the request to `{target}` cannot be sent: {error}");
        let mut failure = HttpFailure::Unreachable;
        let certificate = match certificate.filter(|_| uri.scheme_str() == Some("https")) {
            Some(certificate) => Some(certificate.read().map_err(|why| format!("the request to `{target}` cannot be sent: {why}"))?),
            None => None,
        };
        let agent = agent(settings.timeout, TlsConfig::builder().client_cert(certificate).build());
        let bare = builder.body(()).map_err(unfit)?;
        for _ in 0..TRIES {
            let answer = match &request.body {
                Some(body) => agent.run(bare.clone().map(|()| body.as_str())),
                None => agent.run(bare.clone()),
            };
            match answer.map_err(|error| failure_of(&error, &uri)).and_then(|response| read(response, &uri)) {
                Ok(reply) => return Ok(reply),
                Err(other) => failure = other,
            }
        }
        Ok(HttpReply::Failure(failure))
    }

    pub(super) fn agent(timeout: Duration, tls: TlsConfig) -> Agent {
        Agent::config_builder()
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(0)
            .proxy(None)
            .tls_config(tls)
            // Only what the policy asks for is sent.
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .build()
            .new_agent()
    }

    fn read(response: ureq::http::Response<ureq::Body>, uri: &Uri) -> Result<HttpReply, HttpFailure> {
        let status = response.status().as_u16();
        let mut bytes = Vec::new();
        let mut reader = response.into_body().into_reader().take(MOST_BYTES);
        reader.read_to_end(&mut bytes).map_err(|error| failure_of(&ureq::Error::from(error), uri))?;
        let text = String::from_utf8_lossy(&bytes);
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let body = if text.is_empty() { Body::Empty } else { Body::Text(text.into()) };
        Ok(HttpReply::Response { status, body })
    }

    fn failure_of(error: &ureq::Error, uri: &Uri) -> HttpFailure {
        match error {
            ureq::Error::Timeout(_) => HttpFailure::Timeout,
            ureq::Error::HostNotFound => HttpFailure::Dns,
            ureq::Error::Io(error) if error.kind() == ErrorKind::TimedOut => HttpFailure::Timeout,
            // Such an error does not say whether the name or the connection was the reason.
            ureq::Error::Io(_) if !resolves(uri) => HttpFailure::Dns,
            // An answer that is not HTTP, and a certificate that nobody vouches for, are no connection to the API either.
            _ => HttpFailure::Unreachable,
        }
    }

    fn resolves(uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
        (host, uri.port_u16().unwrap_or(443)).to_socket_addrs().is_ok_and(|mut addresses| addresses.next().is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_replaces_the_beginning_of_a_url() {
        let mapping = |text: &str| text.parse::<UrlMapping>();
        for (text, url, expected) in [
            ("https://api.contoso.com=http://127.0.0.1:8080", "https://api.contoso.com", Some("http://127.0.0.1:8080")),
            ("https://api.contoso.com=http://127.0.0.1:8080", "HTTPS://API.contoso.com/Risk", Some("http://127.0.0.1:8080/Risk")),
            ("https://api.contoso.com/=http://127.0.0.1/", "https://api.contoso.com?a=b", Some("http://127.0.0.1?a=b")),
            ("https://api.contoso.com/v1=http://127.0.0.1/x", "https://api.contoso.com/v1/é", Some("http://127.0.0.1/x/é")),
            ("https://api.contoso.com/v1=http://127.0.0.1", "https://api.contoso.com/v10", None),
            ("https://api.contoso.com=http://127.0.0.1", "https://api.contoso.com.example/", None),
            ("https://api.contoso.com=http://127.0.0.1", "https://api.contoso.com@example/", None),
            ("https://api.contoso.com=http://127.0.0.1", "https://api.contoso.com:444/", None),
            ("https://api.contoso.com=http://127.0.0.1", "http://api.contoso.com/", None),
            ("https://api.contoso.com=http://127.0.0.1", "", None),
        ] {
            assert_eq!(mapping(text).unwrap().apply(url).as_deref(), expected, "{text} {url}");
        }
        assert_eq!(mapping("https://api.contoso.com"), Err(UrlMappingError::NoPair));
        for text in ["api.contoso.com=http://a", "https://a=", "https://a=ftp://b", "https://=http://b", "https:///a=http://b", "é=ü"] {
            assert!(matches!(mapping(text), Err(UrlMappingError::NoUrl(_))), "{text}");
        }
    }

    #[cfg(not(feature = "http"))]
    #[test]
    fn without_the_feature_a_live_stub_is_refused() {
        let set = crate::PolicySet::from_dir("policies").unwrap();
        let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
        let live = journey.simulation().stub("BioCatch-API-GETSCORE", crate::Stubs::live());
        let function = journey.simulation().stub("BioCatch-API-GETSCORE", crate::Stubs::from_fn(|_| crate::Stubs::live()));
        for simulation in [live.clone(), live.lenient(), function] {
            let error = simulation.run().unwrap_err();
            assert_eq!(error.message, format!("`BioCatch-API-GETSCORE` cannot be answered: {NOT_BUILT_IN}"));
        }
    }

    #[test]
    fn the_longest_beginning_decides() {
        let map = ["https://a.b=http://one", "https://a.b/c=http://two", "https://a.b/c/d/e=http://three"];
        let settings = LiveSettings { map: map.map(|text| text.parse().unwrap()).into(), ..LiveSettings::default() };
        for (url, expected) in [
            ("https://a.b/x", "http://one/x"),
            ("https://a.b/c/d", "http://two/d"),
            ("https://a.b/c/d/e", "http://three"),
            ("https://other/c", "https://other/c"),
        ] {
            assert_eq!(settings.target(url), expected);
        }
    }
}
