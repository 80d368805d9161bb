//! What an application gets for its request: the id token, and with it a code and an access token (tokens-overview, access-tokens).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::SigningError;
use crate::engine::{Entry, Request};
use crate::plan::Profile;

/// What a request asks for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// The authorize endpoint gives a code.
    code: bool,
    /// It gives the id token as well. Otherwise that comes later, from the token endpoint, for the code.
    id_token_with_code: bool,
    /// The API that an access token is for, and the permissions for it.
    resource: Option<Resource>,
}

/// An API, and what an application may do with it.
#[derive(Debug, PartialEq, Eq)]
struct Resource {
    /// App ID URI, or the id of the application itself.
    id: String,
    /// Names of the permissions. The application itself has none.
    permissions: Vec<String>,
}

impl Asked {
    pub(super) fn new(request: &Request, entry: Entry) -> Result<Self, SigningError> {
        let types = request.own_parameter("response_type").map(|types| types.as_str()).unwrap_or_default();
        let has = |wanted: &str| types.split_whitespace().any(|one| one.eq_ignore_ascii_case(wanted));
        let scope = request.scope.as_deref().unwrap_or_default();
        let code = has("code") && entry.has_browser();
        // The token endpoint gives the access token for a code and for a refresh token, without being asked by a response type.
        let from_token_endpoint = entry == Entry::Refresh || (code && !has("id_token"));
        let resource = match Resource::of(scope)? {
            None if has("token") => return Err(SigningError::NoResource(scope.to_owned())),
            resource => resource.filter(|_| has("token") || from_token_endpoint),
        };
        Ok(Self { code, id_token_with_code: code && has("id_token"), resource })
    }

    /// An authorization code, which is nothing but itself: whoever has it can only redeem it. The same token comes with the same code.
    pub(super) fn code(&self, claims: &Map<String, Json>) -> Option<String> {
        let text = || Json::Object(claims.clone()).to_string();
        self.code.then(|| URL_SAFE_NO_PAD.encode(Sha256::new().chain_update("authorization code\n").chain_update(text()).finalize()))
    }

    /// The claims of the access token: those of the id token for another audience, with the permissions and who may use it, and without the
    /// nonce, which is for the id token only (tokens-overview; the sample of access-tokens has one all the same).
    pub(super) fn access_token(
        &self,
        id_token: &Map<String, Json>,
        issuer: Option<&Profile>,
        request: &Request,
    ) -> Option<Map<String, Json>> {
        let resource = self.resource.as_ref()?;
        let mut claims: Map<String, Json> =
            id_token.iter().filter(|(name, _)| *name != "nonce").map(|(name, value)| (name.clone(), value.clone())).collect();
        if let Some(issued) = claims.get("nbf").and_then(Json::as_i64) {
            let lifetime = issuer.and_then(|issuer| issuer.metadata.get("token_lifetime_secs")).and_then(|text| text.parse().ok());
            claims.insert("exp".into(), Json::from(issued.saturating_add(lifetime.unwrap_or(3600))));
        }
        claims.insert("aud".into(), Json::from(resource.audience()));
        if !resource.permissions.is_empty() {
            claims.insert("scp".into(), Json::from(resource.permissions.join(" ")));
        }
        if let Some(client) = &request.client_id {
            claims.insert("azp".into(), Json::from(client.as_str()));
        }
        Some(claims)
    }

    /// The claims of the id token, with the hashes of what comes together with it.
    pub(super) fn id_token(&self, claims: &Map<String, Json>, code: Option<&str>, access_token: Option<&str>) -> Map<String, Json> {
        let mut claims = claims.clone();
        if let Some(code) = code.filter(|_| self.id_token_with_code) {
            claims.insert("c_hash".into(), Json::from(half_hash(code)));
        }
        if let Some(access_token) = access_token {
            claims.insert("at_hash".into(), Json::from(half_hash(access_token)));
        }
        claims
    }
}

impl Resource {
    /// The API that scopes are about; `openid`, `offline_access` and other single words are about none. access-tokens: a scope is the App ID
    /// URI, a slash and the name of the permission, or the id of the application itself.
    fn of(scope: &str) -> Result<Option<Self>, SigningError> {
        let mut found: Option<Self> = None;
        for one in scope.split_whitespace() {
            let (id, permission) = match one.rsplit_once('/') {
                Some((id, permission)) if !id.is_empty() && !permission.is_empty() => (id, Some(permission)),
                None if is_guid(one) => (one, None),
                _ => continue,
            };
            let resource = found.get_or_insert_with(|| Self { id: id.to_owned(), permissions: Vec::new() });
            if !resource.id.eq_ignore_ascii_case(id) {
                return Err(SigningError::SeveralResources(scope.to_owned()));
            }
            resource.permissions.extend(permission.map(str::to_owned));
        }
        Ok(found)
    }

    /// The service puts the application's id here, which is in no policy file: it is known where the App ID URI ends with it, as a new one
    /// does. Otherwise the App ID URI stands for it (choice).
    fn audience(&self) -> &str {
        self.id.rsplit('/').next().filter(|end| is_guid(end)).unwrap_or(&self.id)
    }
}

fn is_guid(text: &str) -> bool {
    let mut groups = text.split('-');
    let fits = [8, 4, 4, 4, 12]
        .iter()
        .all(|length| groups.next().is_some_and(|group| group.len() == *length && group.bytes().all(|letter| letter.is_ascii_hexdigit())));
    fits && groups.next().is_none()
}

/// OpenID Connect Core 1.0, 3.3.2.11: the left half of the hash that goes with the signature's algorithm, in base64url.
fn half_hash(text: &str) -> String {
    let digest = Sha256::digest(text);
    let (half, _) = digest.split_at(digest.len() / 2);
    URL_SAFE_NO_PAD.encode(half)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_hash_is_that_of_the_standards_examples() {
        // OpenID Connect Core 1.0, appendix A.4 and A.6.
        assert_eq!(half_hash("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
        assert_eq!(half_hash("Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk"), "LDktKdoQak3Pk0cnXxCltA");
    }

    #[test]
    fn scopes_name_an_api_and_its_permissions() {
        const GUID: &str = "f2a76e08-93f2-4350-833c-965c02483b11";
        for (scope, expected) in [
            ("", None),
            ("openid offline_access profile", None),
            ("https://contoso.onmicrosoft.com/api/read openid", Some(("https://contoso.onmicrosoft.com/api", "read"))),
            ("openid  api://x/read API://X/write", Some(("api://x", "read write"))),
            (&format!("https://contoso.onmicrosoft.com/{GUID}/read"), Some((GUID, "read"))),
            (&format!("api://{GUID}/read"), Some((GUID, "read"))),
            (&format!("{GUID}/read"), Some((GUID, "read"))),
            (GUID, Some((GUID, ""))),
            ("f2a76e08-93f2-4350-833c-965c02483b1g", None),
            ("/read", None),
            ("api/", None),
        ] {
            let found = Resource::of(scope).unwrap();
            let found = found.as_ref().map(|resource| (resource.audience().to_owned(), resource.permissions.join(" ")));
            assert_eq!(found, expected.map(|(audience, names)| (audience.to_owned(), names.to_owned())), "{scope}");
        }
        let two = "api://x/read api://y/read";
        assert_eq!(Resource::of(two).unwrap_err(), SigningError::SeveralResources(two.to_owned()));
    }

    #[test]
    fn the_response_type_says_what_comes() {
        const API: &str = "openid api://x/read";
        // Response type, scope, way in; then whether there is a code, its hash, an access token.
        for (types, scope, entry, expected) in [
            ("", "openid", Entry::Authorize, (false, false, false)),
            ("", API, Entry::Authorize, (false, false, false)),
            ("id_token", API, Entry::Authorize, (false, false, false)),
            ("code", "openid", Entry::Authorize, (true, false, false)),
            ("code", API, Entry::Authorize, (true, false, true)),
            ("code id_token", API, Entry::Authorize, (true, true, false)),
            ("token id_token", API, Entry::Authorize, (false, false, true)),
            ("id_token token code", API, Entry::Authorize, (true, true, true)),
            ("token", API, Entry::Authorize, (false, false, true)),
            ("token id_token", API, Entry::Ropc, (false, false, true)),
            ("code", API, Entry::Ropc, (false, false, false)),
            ("", API, Entry::Refresh, (false, false, true)),
            ("", "openid", Entry::Refresh, (false, false, false)),
        ] {
            let request =
                Request { scope: Some(scope.into()), parameters: [("response_type".into(), types.into())].into(), ..Request::default() };
            let asked = Asked::new(&request, entry).unwrap();
            assert_eq!((asked.code, asked.id_token_with_code, asked.resource.is_some()), expected, "{types} {scope} {entry:?}");
        }
        for scope in [None, Some("openid")] {
            let request = Request {
                scope: scope.map(Into::into),
                parameters: [("response_type".into(), "token".into())].into(),
                ..Request::default()
            };
            let error = Asked::new(&request, Entry::Authorize).unwrap_err();
            assert_eq!(error, SigningError::NoResource(scope.unwrap_or_default().to_owned()));
        }
    }

    #[test]
    fn the_application_itself_has_no_permissions() {
        let client = "f2a76e08-93f2-4350-833c-965c02483b11";
        let request = Request {
            client_id: Some(client.into()),
            scope: Some(client.into()),
            parameters: [("response_type".into(), "token id_token".into())].into(),
            ..Request::default()
        };
        let Json::Object(claims) = json!({ "exp": 5, "nbf": 1, "aud": client, "nonce": "n", "x": 1 }) else { panic!() };
        let access = Asked::new(&request, Entry::Authorize).unwrap().access_token(&claims, None, &request).unwrap();
        assert_eq!(Json::Object(access), json!({ "exp": 3601, "nbf": 1, "aud": client, "x": 1, "azp": client }));
    }
}
