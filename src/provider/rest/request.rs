//! The request to a REST API.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Map;

use super::settings::{Authentication, Placeholder, RestSettings, SendClaimsIn, UrlPart};
use crate::claims::{ClaimValue, Str};
use crate::engine::{Fault, HttpRequest, Switches};
use crate::provider::call::InputValue;

/// What .NET's `Uri.EscapeDataString` leaves alone.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

impl RestSettings {
    /// What can go wrong before anything is sent, and what is worth saying about the request; allocates only then.
    pub fn check(&self, inputs: &[InputValue<'_>], switches: &Switches) -> Result<Vec<Str>, Fault> {
        self.bearer_token(inputs)?;
        let mut notes = Vec::new();
        if let Authentication::ClientCertificate(key) = &self.authentication {
            notes.push(format!("the client certificate `{key}` is not to be seen in the request").into());
        }
        match self.send_claims_in {
            SendClaimsIn::Body => {
                if let Some((name, input)) = &self.payload
                    && value(inputs, *input).is_none()
                {
                    notes.push(format!("the claim `{name}` for the body has no value; the body stays empty").into());
                }
            }
            SendClaimsIn::Url => {
                for part in &self.url {
                    if let UrlPart::Placeholder(place) = part
                        && text(inputs, claim_for(place, switches)).is_none()
                    {
                        notes.push(format!("`{{{}}}` in the ServiceUrl has no value and stays empty", place.name).into());
                    }
                }
            }
            SendClaimsIn::Form | SendClaimsIn::Header | SendClaimsIn::QueryString => {
                for input in inputs.iter().filter(|input| input.value.as_ref().is_some_and(|value| value.text().is_none())) {
                    notes.push(format!("the claim `{}` has no text form and is not sent", input.claim.id).into());
                }
            }
        }
        Ok(notes)
    }

    /// The request. `key` gives the secret of a StorageReferenceId.
    pub fn request(&self, inputs: &[InputValue<'_>], key: &dyn Fn(&str) -> Str, switches: &Switches) -> Result<HttpRequest, Fault> {
        let mut request = HttpRequest { method: "GET", url: self.render_url(inputs, switches), ..HttpRequest::default() };
        request.headers.push(("Accept".into(), "application/json".into()));
        match self.send_claims_in {
            SendClaimsIn::Body => {
                request.method = "POST";
                request.headers.push(("Content-Type".into(), "application/json".into()));
                request.body = Some(self.body(inputs));
            }
            SendClaimsIn::Form => {
                request.method = "POST";
                request.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
                request.body = Some(pairs(inputs).replace("%20", "+"));
            }
            SendClaimsIn::Header => {
                for (name, text) in texts(inputs) {
                    // A line end would begin another header.
                    request.headers.push((name.into(), text.replace(['\r', '\n'], " ").into()));
                }
            }
            SendClaimsIn::QueryString => append_query(&mut request.url, &pairs(inputs)),
            SendClaimsIn::Url => {}
        }
        if let Some(header) = self.authorization(inputs, key)? {
            request.headers.push(header);
        }
        Ok(request)
    }

    fn authorization(&self, inputs: &[InputValue<'_>], key: &dyn Fn(&str) -> Str) -> Result<Option<(Str, Str)>, Fault> {
        let authorization = |value: String| Some(("Authorization".into(), value.into()));
        Ok(match &self.authentication {
            Authentication::None | Authentication::ClientCertificate(_) => None,
            Authentication::Basic { username, password } => {
                authorization(format!("Basic {}", STANDARD.encode(format!("{}:{}", key(username), key(password)))))
            }
            Authentication::BearerKey(name) => authorization(format!("Bearer {}", key(name))),
            Authentication::BearerClaim { .. } => {
                authorization(format!("Bearer {}", self.bearer_token(inputs)?.unwrap_or_default().replace(['\r', '\n'], " ")))
            }
            Authentication::ApiKeyHeader { header, key: name } => Some((header.clone(), key(name))),
        })
    }

    /// The token that an input claim holds. Source of the words: error-codes, AADB2C90194 and AADB2C90195.
    fn bearer_token(&self, inputs: &[InputValue<'_>]) -> Result<Option<Str>, Fault> {
        let Authentication::BearerClaim { claim, input } = &self.authentication else { return Ok(None) };
        let Some(value) = value(inputs, *input) else {
            let available: Vec<&str> = inputs.iter().filter(|input| input.value.is_some()).map(|input| input.claim.id.as_str()).collect();
            let words = format!(
                "Claim '{claim}' specified for the bearer token is not present in the available claims. Available claims '{}'.",
                available.join(",")
            );
            return Err(Fault::new("AADB2C90194", words));
        };
        match value.text().filter(|text| !text.is_empty()) {
            Some(text) => Ok(Some(text)),
            None => Err(Fault::new("AADB2C90195", format!("Claim '{claim}' specified for the bearer token is null or empty."))),
        }
    }

    /// With SendClaimsIn Url, values are escaped as data; the text between them stays as the policy has it.
    fn render_url(&self, inputs: &[InputValue<'_>], switches: &Switches) -> String {
        let mut url = String::new();
        for part in &self.url {
            match part {
                UrlPart::Text(text) => url.push_str(text),
                UrlPart::Placeholder(place) => {
                    let text = text(inputs, claim_for(place, switches)).unwrap_or_default();
                    url.extend(utf8_percent_encode(&text, ESCAPED));
                }
            }
        }
        url
    }

    /// OPEN-13: types are kept, claims without a value are left out, a partner name is a member name as it stands.
    fn body(&self, inputs: &[InputValue<'_>]) -> String {
        if let Some((_, input)) = &self.payload {
            return text(inputs, *input).unwrap_or_default().into();
        }
        let mut members = Map::new();
        for input in inputs {
            if let Some(value) = &input.value {
                members.insert(input.reference.partner.as_str().to_owned(), value.to_json());
            }
        }
        serde_json::Value::Object(members).to_string()
    }
}

/// The input claim for a placeholder. OPEN-22: without regard to case.
fn claim_for(place: &Placeholder, switches: &Switches) -> Option<usize> {
    place.exact.or(if switches.url_placeholders_ignore_case { place.any_case } else { None })
}

fn value<'v>(inputs: &'v [InputValue<'_>], input: Option<usize>) -> Option<&'v ClaimValue> {
    inputs.get(input?)?.value.as_ref()
}

fn text(inputs: &[InputValue<'_>], input: Option<usize>) -> Option<Str> {
    value(inputs, input)?.text()
}

/// The claims that have a text form. Collections and identities have none (the .NET type name would be sent).
fn texts<'v>(inputs: &'v [InputValue<'_>]) -> impl Iterator<Item = (&'v str, Str)> {
    inputs.iter().filter_map(|input| Some((input.reference.partner.as_str(), input.value.as_ref()?.text()?)))
}

/// `a=b&c=d`, escaped.
fn pairs(inputs: &[InputValue<'_>]) -> String {
    let mut pairs = String::new();
    for (name, text) in texts(inputs) {
        if !pairs.is_empty() {
            pairs.push('&');
        }
        pairs.extend(utf8_percent_encode(name, ESCAPED));
        pairs.push('=');
        pairs.extend(utf8_percent_encode(&text, ESCAPED));
    }
    pairs
}

/// Adds a query, in front of a fragment and behind a query that is there.
fn append_query(url: &mut String, query: &str) {
    if query.is_empty() {
        return;
    }
    let end = url.find('#').unwrap_or(url.len());
    let head = url.get(..end).unwrap_or(url);
    let joint = match head.find('?') {
        None => "?",
        Some(_) if head.ends_with(['?', '&']) => "",
        Some(_) => "&",
    };
    url.insert_str(end, &format!("{joint}{query}"));
}
