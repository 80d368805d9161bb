//! The token of a run, signed (feature `jwt`): a JWT that an application's own validation accepts, and the key set it is checked with.
//! For tests: whoever knows the seed of a generated key can sign as well.

mod response;

use std::convert::Infallible;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rsa::PrivateKey;
use rsa::pkcs1::DecodeRsaPrivateKey;
use rsa::pkcs8::DecodePrivateKey;
use rsa::rand_core::{TryCryptoRng, TryRng};
use rsa::traits::PublicKeyParts;
use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use self::response::Asked;
use crate::engine::Outcome;
use crate::provider::{Handler, Issuer};
use crate::simulate::{Execution, issuers};

/// RFC 7518, 3.3: at least so many bits.
const BITS: usize = 2048;

/// An RSA key that signs tokens.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use b2c_journey::{PolicySet, SigningKey};
///
/// let run = PolicySet::from_dir("policies")?.journey("B2C_1A_signup_signin_biocatch")?.simulation().run()?;
/// let signed = run.signed_token(&SigningKey::generate(7)?)?;
/// assert_eq!(signed.jwt.split('.').count(), 3);
/// assert_eq!(signed.jwks["keys"][0]["use"], "sig");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct SigningKey {
    key: PrivateKey,
    id: String,
}

/// A signed token, what the application gets with it, and what both are checked with.
#[derive(Clone, Debug, PartialEq)]
pub struct SignedToken {
    /// The id token: header, claims and signature in the compact form, `eyJ…`.
    pub jwt: String,
    /// The access token, when the request asks for one: `token` among its `response_type`, or `code` and a scope of an API.
    pub access_token: Option<String>,
    /// The authorization code, when `code` is among the `response_type`. Nothing can be read from it.
    pub code: Option<String>,
    /// The key set in the form that the service publishes under `discovery/v2.0/keys`.
    pub jwks: Json,
}

/// Why there is no signed token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The text holds no key that can be read.
    #[error("not an RSA private key in PEM (PKCS#8 or PKCS#1, not encrypted)")]
    NoKey,
    /// RFC 7518, 3.3.
    #[error("the key has {0} bits, and RS256 takes 2048 or more")]
    ShortKey(usize),
    /// access-tokens: with `token` among the response types, a scope must name a resource. The words are the service's.
    #[error("AADB2C90055: The scope '{0}' provided in request must specify a resource, such as 'https://example.com/calendar.read'.")]
    NoResource(String),
    /// An access token is for one API. The words are the service's.
    #[error(
        "AADB2C90146: The scope '{0}' provided in request specifies more than one resource for an access token, which is not supported."
    )]
    SeveralResources(String),
    /// The run ended otherwise.
    #[error("the run issued no token")]
    NoToken,
    /// The token is a SAML assertion or the answer of the user-info endpoint.
    #[error("`{0}` issues no JWT")]
    NotJwt(String),
    /// The key cannot be made or used.
    #[error("the key cannot be used: {0}")]
    Key(String),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

impl SigningKey {
    /// Reads a private key that is not encrypted: `BEGIN PRIVATE KEY` (PKCS#8) or `BEGIN RSA PRIVATE KEY` (PKCS#1).
    ///
    /// # Errors
    /// The text is something else, or the key has less than 2048 bits.
    pub fn from_pem(pem: &str) -> Result<Self, SigningError> {
        let key = PrivateKey::from_pkcs8_pem(pem).ok().or_else(|| PrivateKey::from_pkcs1_pem(pem).ok()).ok_or(SigningError::NoKey)?;
        match key.size() * 8 {
            bits if bits < BITS => Err(SigningError::ShortKey(bits)),
            _ => Ok(Self::new(key)),
        }
    }

    /// Makes a key of 2048 bits from a seed: the same seed gives the same key, so that a test's output can be compared. It keeps nothing
    /// secret and is for tests only. Without optimization this takes seconds.
    ///
    /// # Errors
    /// None is known.
    pub fn generate(seed: u64) -> Result<Self, SigningError> {
        let key = PrivateKey::new(&mut Seeded::new(seed), BITS).map_err(|error| SigningError::Key(error.to_string()))?;
        Ok(Self::new(key))
    }

    /// RFC 7638 gives the key's id: the same key has the same one everywhere.
    fn new(key: PrivateKey) -> Self {
        let (n, e) = numbers(&key);
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)));
        Self { key, id }
    }

    /// `kid` of the tokens that it signs.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key as a key set, as under `discovery/v2.0/keys` of a policy.
    pub fn jwks(&self) -> Json {
        let (n, e) = numbers(&self.key);
        json!({ "keys": [{ "kid": self.id, "use": "sig", "kty": "RSA", "alg": "RS256", "e": e, "n": n }] })
    }

    /// A JWT with these claims; the header is that of tokens-overview.
    fn sign(&self, claims: &str) -> Result<String, SigningError> {
        let header = json!({ "typ": "JWT", "alg": "RS256", "kid": self.id }).to_string();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = self.key.pkcs1v15_sign::<Sha256>(signed.as_bytes()).map_err(|error| SigningError::Key(error.to_string()))?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

impl Execution {
    /// The token that the run issued, signed with this key. The claims are those of [`Execution::token`], in their order; behind them stand
    /// the hashes of a code and of an access token that come with it. Of an authorize request the `response_type` counts, which is among the
    /// parameters of [`Request`](crate::engine::Request); without one only the id token is asked for.
    ///
    /// # Errors
    /// The run issued no token, or one that is no JWT; or the request asks for an access token, and its scopes do not say for which API.
    pub fn signed_token(&self, key: &SigningKey) -> Result<SignedToken, SigningError> {
        let (Outcome::Issued, Some(claims)) = (&self.outcome, &self.token) else { return Err(SigningError::NoToken) };
        let issuer = match self.issuer.map(|issuer| self.plan.profile(issuer)) {
            Some(issuer) if !matches!(issuer.handler, Handler::Issuer(Issuer::Jwt)) => {
                return Err(SigningError::NotJwt(issuer.id.to_string()));
            }
            // A refreshed token that copies the one before has no issuer of its own.
            issuer => issuer.or_else(|| issuers(&self.plan).next()),
        };
        let asked = Asked::new(&self.request, self.entry)?;
        let access_token = asked.access_token(claims, issuer, &self.request);
        let access_token = access_token.map(|claims| key.sign(&Json::Object(claims).to_string())).transpose()?;
        let code = asked.code(claims);
        let claims = asked.id_token(claims, code.as_deref(), access_token.as_deref());
        Ok(SignedToken { jwt: key.sign(&Json::Object(claims).to_string())?, access_token, code, jwks: key.jwks() })
    }
}

/// Modulus and exponent in base64url.
fn numbers(key: &PrivateKey) -> (String, String) {
    (URL_SAFE_NO_PAD.encode(key.n_bytes()), URL_SAFE_NO_PAD.encode(key.e_bytes()))
}

/// The numbers that a key is made of: SHA-256 of the seed and a counter. As good as the seed is secret, which it is not.
struct Seeded {
    seed: u64,
    block: u64,
    left: Vec<u8>,
}

impl Seeded {
    fn new(seed: u64) -> Self {
        Self { seed, block: 0, left: Vec::new() }
    }

    fn byte(&mut self) -> u8 {
        loop {
            if let Some(byte) = self.left.pop() {
                return byte;
            }
            let digest = Sha256::new().chain_update(self.seed.to_be_bytes()).chain_update(self.block.to_be_bytes()).finalize();
            self.block = self.block.wrapping_add(1);
            self.left.extend(digest.iter().rev());
        }
    }
}

impl TryRng for Seeded {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.byte());
        Ok(())
    }
}

impl TryCryptoRng for Seeded {}
