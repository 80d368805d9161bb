//! Identities at other issuers in the forms in which policies and scenarios write them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

/// Who vouches, and under which id there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    issuer: String,
    id: String,
}

impl Identity {
    /// The same user of the same issuer. Policies carry the id in base64, a scenario may give it plain.
    pub(super) fn is(&self, other: &Identity) -> bool {
        self.issuer.eq_ignore_ascii_case(&other.issuer)
            && (self.id.eq_ignore_ascii_case(&other.id) || STANDARD.encode(&self.id) == other.id || STANDARD.encode(&other.id) == self.id)
    }
}

/// Whether the attribute holds identities.
pub(super) fn is_identity_attribute(name: &str) -> bool {
    const NAMES: [&str; 5] =
        ["alternativeSecurityId", "alternativeSecurityIds", "alternativeSecurityIdCollection", "userIdentities", "userIdentityCollection"];
    NAMES.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The identities in a value: `{ issuer, issuerUserId }`, the older `{ type, identityProvider, key }`, a list of those, or the JSON
/// text of any of these (which is what the transformation CreateAlternativeSecurityId gives). Other text stands for itself.
pub(super) fn identities(value: &Json) -> Vec<Identity> {
    match value {
        Json::Array(items) => items.iter().flat_map(identities).collect(),
        Json::Object(map) => {
            let text = |names: [&str; 2]| names.iter().find_map(|name| map.get(*name)).and_then(Json::as_str).map(str::to_owned);
            match (text(["issuer", "identityProvider"]), text(["issuerUserId", "key"])) {
                (Some(issuer), Some(id)) => vec![Identity { issuer, id }],
                _ => Vec::new(),
            }
        }
        Json::String(text) => match serde_json::from_str::<Json>(text) {
            Ok(inner @ (Json::Object(_) | Json::Array(_))) => identities(&inner),
            _ => vec![Identity { issuer: String::new(), id: text.clone() }],
        },
        _ => Vec::new(),
    }
}
