//! A signed token: header, claims and signature are read here by hand, with the key set that comes with it.

#![cfg(test)]
#![cfg(feature = "jwt")]

mod common;

use b2c_journey::engine::{Entry, Request};
use b2c_journey::{Execution, SignedToken, SigningError, SigningKey, Stubs, json};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use common::{Small, worked_example};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

/// Made by `openssl genpkey -algorithm RSA`, and the same key by `openssl rsa -traditional`. They sign nothing but these tests.
const PKCS8: &str = include_str!("keys/pkcs8.pem");
const PKCS1: &str = include_str!("keys/pkcs1.pem");
/// RFC 7638 over the modulus that `openssl rsa -modulus` prints.
const KEY_ID: &str = "uVgt-IQOg2Gz4_HqolEg7Seo-kOxBVDFbJypi72YlHE";

/// The example's journey with a low risk.
fn low_risk() -> Execution {
    let journey = worked_example();
    let api = Stubs::restful().ok(json!({ "riskLevel": "LOW", "score": 275 }));
    journey.simulation().stub("BioCatch-API-GETSCORE", api).run().unwrap()
}

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

/// Little-endian digits of 32 bits.
fn number(bytes: &[u8]) -> Vec<u32> {
    bytes.rchunks(4).map(|chunk| chunk.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))).collect()
}

/// `a - b`; the last carry is left to the caller.
fn subtract(a: &mut [u32], b: &[u32]) -> bool {
    let mut borrow = false;
    for (a, b) in a.iter_mut().zip(b) {
        let (first, one) = a.overflowing_sub(*b);
        let (second, two) = first.overflowing_sub(u32::from(borrow));
        (*a, borrow) = (second, one || two);
    }
    borrow
}

fn less(a: &[u32], b: &[u32]) -> bool {
    a.iter().rev().lt(b.iter().rev())
}

/// `2a + plus` modulo `n`, all of the same length.
fn double_add(a: &mut [u32], plus: &[u32], n: &[u32]) {
    for addend in [None, Some(plus)] {
        let mut carry = 0;
        for (place, digit) in a.iter_mut().enumerate() {
            let sum = u64::from(*digit) + u64::from(addend.map_or(*digit, |plus| plus[place])) + carry;
            (*digit, carry) = (sum as u32, sum >> 32);
        }
        if carry > 0 || !less(a, n) {
            subtract(a, n);
        }
    }
}

fn multiply(a: &[u32], b: &[u32], n: &[u32]) -> Vec<u32> {
    let zero = vec![0; n.len()];
    let mut product = zero.clone();
    for bit in (0..a.len() * 32).rev() {
        let plus = if a[bit / 32] >> (bit % 32) & 1 == 1 { b } else { &zero };
        double_add(&mut product, plus, n);
    }
    product
}

/// RFC 8017, 8.2.2, with schoolbook arithmetic: whether the signature is that of the message by the only key of the set.
fn verifies(jwt: &str, jwks: &Json) -> bool {
    let key = &jwks["keys"][0];
    let n = number(&decoded(key["n"].as_str().unwrap()));
    assert_eq!(key["e"], "AQAB", "the exponent is 65537");
    let (signed, signature) = jwt.rsplit_once('.').unwrap();
    let signature = number(&decoded(signature));
    assert!(signature.len() == n.len() && less(&signature, &n));
    let mut power = signature.clone();
    for _ in 0..16 {
        power = multiply(&power, &power, &n);
    }
    power = multiply(&power, &signature, &n);
    let found: Vec<u8> = power.iter().rev().flat_map(|digit| digit.to_be_bytes()).collect();
    // RFC 8017, 9.2: the DigestInfo of SHA-256.
    let info = [0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20];
    let tail = [&[0][..], &info, &Sha256::digest(signed)].concat();
    let padding = vec![0xff; found.len() - tail.len() - 2];
    found == [&[0, 1][..], &padding, &tail].concat()
}

fn parts(signed: &SignedToken) -> (Json, Json) {
    let parts: Vec<&str> = signed.jwt.split('.').collect();
    assert_eq!(parts.len(), 3);
    (serde_json::from_slice(&decoded(parts[0])).unwrap(), serde_json::from_slice(&decoded(parts[1])).unwrap())
}

/// Header, claims, key set and signature of a token fit together.
fn check(run: &Execution, key: &SigningKey) {
    let signed = run.signed_token(key).unwrap();
    let (header, claims) = parts(&signed);
    // The tutorial's example has these three, in this order.
    assert_eq!(header.to_string(), format!(r#"{{"typ":"JWT","alg":"RS256","kid":"{}"}}"#, key.id()));
    assert_eq!(claims.to_string(), Json::Object(run.token.clone().unwrap()).to_string());
    assert_eq!((&signed.jwks, signed.jwks["keys"].as_array().unwrap().len()), (&key.jwks(), 1));
    assert_eq!(signed.jwks["keys"][0]["kid"], header["kid"]);
    assert!(verifies(&signed.jwt, &signed.jwks));
    let (head, rest) = signed.jwt.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let other = URL_SAFE_NO_PAD.encode(claims.to_string().replace("LOW", "LOX"));
    assert!(!verifies(&format!("{head}.{other}.{signature}"), &signed.jwks), "other claims need another signature");
}

#[test]
fn a_given_key_signs_in_both_forms_of_pem() {
    for pem in [PKCS8, PKCS1] {
        let key = SigningKey::from_pem(pem).unwrap();
        assert_eq!(key.id(), KEY_ID);
        check(&low_risk(), &key);
    }
}

#[test]
fn a_seed_gives_the_same_key_and_token_every_time() {
    let run = low_risk();
    let (one, two, other) = (SigningKey::generate(7).unwrap(), SigningKey::generate(7).unwrap(), SigningKey::generate(8).unwrap());
    check(&run, &one);
    assert_eq!(run.signed_token(&one).unwrap(), run.signed_token(&two).unwrap());
    assert_ne!(one.id(), other.id());
    assert!(!verifies(&run.signed_token(&one).unwrap().jwt, &other.jwks()));
}

#[test]
fn the_claims_are_those_of_the_tutorials_example() {
    let (_, claims) = parts(&low_risk().signed_token(&SigningKey::from_pem(PKCS8).unwrap()).unwrap());
    let names: Vec<&String> = claims.as_object().unwrap().keys().collect();
    assert_eq!(names[..10], ["exp", "nbf", "ver", "iss", "sub", "aud", "acr", "nonce", "iat", "auth_time"], "{names:?}");
    assert_eq!((&claims["riskLevel"], &claims["score"]), (&json!("LOW"), &json!(275)));
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap(), 3600);
    assert_eq!((&claims["ver"], &claims["nonce"]), (&json!("1.0"), &json!("defaultNonce")));
}

/// The left half of the hash, as OpenID Connect Core 1.0, 3.3.2.11, has it.
fn half_hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(&Sha256::digest(text)[..16])
}

/// What the example gives an application that sends this response type and scope.
fn asked(types: &str, scope: &str) -> Result<SignedToken, SigningError> {
    let journey = worked_example();
    let request = Request {
        client_id: Some("38307aee-303c-4fff-8087-d8d2751dbbfa".into()),
        nonce: Some("n-0S6".into()),
        scope: Some(scope.into()),
        parameters: [("response_type".into(), types.into())].into(),
        ..Request::default()
    };
    let run = journey.simulation().request(request).run().unwrap();
    let signed = run.signed_token(&SigningKey::from_pem(PKCS8).unwrap());
    assert!(
        !run.token.unwrap().keys().any(|name| ["c_hash", "at_hash", "scp", "azp"].contains(&name.as_str())),
        "these are in the JWT only"
    );
    signed
}

const API: &str = "openid offline_access https://contoso.onmicrosoft.com/api/read https://contoso.onmicrosoft.com/api/write";

#[test]
fn a_code_that_comes_with_the_id_token_is_hashed_in_it() {
    let signed = asked("code id_token", API).unwrap();
    let code = signed.code.clone().unwrap();
    let (_, claims) = parts(&signed);
    assert_eq!((&claims["c_hash"], claims.get("at_hash"), &signed.access_token), (&json!(half_hash(&code)), None, &None));
    assert!(verifies(&signed.jwt, &signed.jwks));
    assert_eq!(asked("code id_token", API).unwrap(), signed, "the same run has the same code");
    // With a code alone the id token comes for it later.
    let later = asked("code", "openid").unwrap();
    assert!(later.code.is_some() && later.access_token.is_none());
    assert_eq!(parts(&later).1.get("c_hash"), None);
}

#[test]
fn an_access_token_that_comes_with_the_id_token_is_hashed_in_it() {
    let (_, alone) = parts(&asked("id_token", API).unwrap());
    for (types, code) in [("token id_token", false), ("code token id_token", true), ("code", true)] {
        let signed = asked(types, API).unwrap();
        let access = signed.access_token.clone().unwrap();
        let (_, claims) = parts(&signed);
        assert_eq!(claims["at_hash"], half_hash(&access), "{types}");
        assert_eq!((claims.get("c_hash").is_some(), signed.code.is_some()), (types == "code token id_token", code), "{types}");
        assert!(verifies(&access, &signed.jwks));
        let (header, access) = parts(&SignedToken { jwt: access, ..signed.clone() });
        assert_eq!(header["kid"], KEY_ID);
        assert_eq!((&access["scp"], &access["azp"]), (&json!("read write"), &json!("38307aee-303c-4fff-8087-d8d2751dbbfa")));
        assert_eq!(access["aud"], "https://contoso.onmicrosoft.com/api");
        for (name, value) in alone.as_object().unwrap() {
            match name.as_str() {
                "nonce" => assert_eq!((value, access.get(name)), (&json!("n-0S6"), None), "the nonce is for the id token"),
                "aud" => assert_eq!(value, "38307aee-303c-4fff-8087-d8d2751dbbfa"),
                _ => assert_eq!(&access[name], value, "{name}"),
            }
        }
    }
    assert_eq!(asked("id_token", API).unwrap().access_token, None);
}

#[test]
fn a_redeemed_refresh_token_gives_an_access_token_for_the_scope_of_its_request() {
    let journey = worked_example();
    let first = journey.simulation().run().unwrap();
    for (scope, audience) in [("openid", None), (API, Some("https://contoso.onmicrosoft.com/api"))] {
        let request = Request { scope: Some(scope.into()), ..Request::default() };
        let run = journey.simulation().entry(Entry::Refresh).continue_from(&first).after(60).request(request).run().unwrap();
        let signed = run.signed_token(&SigningKey::from_pem(PKCS8).unwrap()).unwrap();
        let access = signed.access_token.clone().map(|access| parts(&SignedToken { jwt: access, ..signed.clone() }).1);
        assert_eq!(access.as_ref().map(|access| access["aud"].as_str().unwrap()), audience);
        assert_eq!(parts(&signed).1.get("at_hash"), signed.access_token.as_ref().map(|access| json!(half_hash(access))).as_ref());
        if let Some(access) = access {
            assert_eq!(access["exp"].as_i64().unwrap() - access["iat"].as_i64().unwrap(), 3600);
        }
    }
}

#[test]
fn an_access_token_is_for_one_api() {
    let none = asked("token id_token", "openid offline_access").unwrap_err().to_string();
    assert!(none.starts_with("AADB2C90055: The scope 'openid offline_access' provided in request must specify a resource"), "{none}");
    let several = asked("token id_token", "api://x/read api://y/read").unwrap_err().to_string();
    assert!(
        several.starts_with("AADB2C90146: The scope 'api://x/read api://y/read' provided in request specifies more than one"),
        "{several}"
    );
}

#[test]
fn what_is_no_key_is_refused() {
    let (half, _) = PKCS8.split_at(PKCS8.len() / 2);
    let encrypted = PKCS8.replace("PRIVATE", "ENCRYPTED PRIVATE");
    let public = PKCS8.replace("PRIVATE", "PUBLIC");
    for text in ["", "no key", half, &PKCS8.replace('A', "B"), &encrypted, &public, "é-----BEGIN PRIVATE KEY-----"] {
        assert_eq!(SigningKey::from_pem(text).unwrap_err(), SigningError::NoKey, "{text}");
    }
    assert_eq!(SigningKey::from_pem(include_str!("keys/short.pem")).unwrap_err(), SigningError::ShortKey(1024));
}

#[test]
fn only_an_issued_jwt_is_signed() {
    let key = SigningKey::from_pem(PKCS8).unwrap();
    let journey = worked_example();
    let stopped = journey.simulation().through_step(3).run().unwrap();
    assert_eq!(stopped.signed_token(&key).unwrap_err(), SigningError::NoToken);
    let saml = "<TechnicalProfile Id=\"SamlIssuer\"><DisplayName>SAML</DisplayName><Protocol Name=\"SAML2\" />\
                <OutputTokenFormat>SAML2</OutputTokenFormat></TechnicalProfile>";
    let mut small = Small::default();
    small.profiles += saml;
    let small = small.step(1, "SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"SamlIssuer", "");
    let run = small.journey().simulation().run().unwrap();
    run.assert_issued();
    assert_eq!(run.signed_token(&key).unwrap_err(), SigningError::NotJwt("SamlIssuer".to_owned()));
}
