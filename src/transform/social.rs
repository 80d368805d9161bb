//! Social claims transformations. Source: social-transformations.
//!
//! An alternative security id is `{"issuer": .., "issuerUserId": ..}` with the provider's user id in base64.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value as Json, json};

use super::Failure;
use super::call::Call;
use super::choices;
use super::signature::{Family::Social, STRING, STRINGS, Signature, may_be_empty, required};
use crate::claims::{ClaimValue, DataType, Identity, Str};

const COLLECTION: &[DataType] = &[DataType::AlternativeSecurityIdCollection, DataType::UserIdentityCollection];

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Social, "AddItemToAlternativeSecurityIdCollection", add_item_to_alternative_security_id_collection)
        .inputs(&[required("item", STRING), may_be_empty("collection", COLLECTION)])
        .outputs(&[required("collection", COLLECTION)])
        .choices(&[choices::KNOWN_IDENTITY_IS_APPENDED]),
    Signature::new(Social, "CreateAlternativeSecurityId", create_alternative_security_id)
        .inputs(&[required("key", STRING), required("identityProvider", STRING)])
        .outputs(&[required("alternativeSecurityId", STRING)])
        .choices(&[choices::PROVIDER_KEEPS_CASE]),
    Signature::new(
        Social,
        "GetIdentityProvidersFromAlternativeSecurityIdCollectionTransformation",
        get_identity_providers_from_alternative_security_id_collection,
    )
    .inputs(&[may_be_empty("alternativeSecurityIdCollection", COLLECTION)])
    .outputs(&[required("identityProvidersCollection", STRINGS)])
    .choices(&[choices::ABSENT_IDENTITIES_LEAVE_ISSUERS]),
    Signature::new(Social, "RemoveAlternativeSecurityIdByIdentityProvider", remove_alternative_security_id_by_identity_provider)
        .inputs(&[required("identityProvider", STRING), may_be_empty("collection", COLLECTION)])
        .outputs(&[required("collection", COLLECTION)])
        .choices(&[choices::ABSENT_IDENTITIES_STAY_ABSENT, choices::ISSUERS_REGARD_CASE]),
];

/// An identity whose user id is the base64 form of the provider's.
pub(super) fn identity_of(issuer: &str, key: &str) -> Identity {
    Identity { issuer: issuer.into(), issuer_user_id: BASE64_STANDARD.encode(key).into() }
}

/// Appends to a collection; one that has no value starts empty.
pub(super) fn append(call: &mut Call<'_>, slot: &str, identity: Identity) -> Result<(), Failure> {
    let mut items = call.optional_identities(slot)?.unwrap_or_default().to_vec();
    if items.contains(&identity) {
        call.chose(choices::KNOWN_IDENTITY_IS_APPENDED);
    }
    items.push(identity);
    call.set(slot, ClaimValue::Identities(items))
}

/// Drops every identity of an issuer; a collection that has no value stays so.
pub(super) fn remove_issuer(call: &mut Call<'_>, slot: &str, issuer: &str) -> Result<(), Failure> {
    let Some(items) = call.optional_identities(slot)? else {
        call.chose(choices::ABSENT_IDENTITIES_STAY_ABSENT);
        return Ok(());
    };
    if items.iter().any(|item| item.issuer.as_str() != issuer && item.issuer.eq_ignore_ascii_case(issuer)) {
        call.chose(choices::ISSUERS_REGARD_CASE);
    }
    let kept = items.iter().filter(|item| item.issuer.as_str() != issuer).cloned().collect();
    call.set(slot, ClaimValue::Identities(kept))
}

/// The issuers in the order of the collection. One without a value gives no result and no error: samples/auto-account-linking runs this
/// after a read that found no user.
pub(super) fn issuers(call: &mut Call<'_>, from: &str, to: &str) -> Result<(), Failure> {
    match call.optional_identities(from)? {
        Some(items) => {
            let issuers: Vec<Str> = items.iter().map(|item| item.issuer.clone()).collect();
            call.set(to, ClaimValue::Strings(issuers))
        }
        None => {
            call.chose(choices::ABSENT_IDENTITIES_LEAVE_ISSUERS);
            Ok(())
        }
    }
}

fn add_item_to_alternative_security_id_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    let item: Json = serde_json::from_str(call.string("item")?)
        .map_err(|error| call.bad_input("format", "item", &format!("the JSON cannot be read: {error};")))?;
    let member = |name: &str| item.get(name).and_then(Json::as_str);
    let identity = match (member("issuer"), member("issuerUserId")) {
        (Some(issuer), Some(id)) => Identity { issuer: issuer.into(), issuer_user_id: id.into() },
        // The form of early pages: `{"type":6,"identityProvider":..,"key":..}`.
        _ => match (member("identityProvider"), member("key")) {
            (Some(issuer), Some(id)) => Identity { issuer: issuer.into(), issuer_user_id: id.into() },
            _ => return Err(call.bad_input("format", "item", "the JSON is not an object with `issuer` and `issuerUserId`;")),
        },
    };
    append(call, "collection", identity)
}

/// A missing key is an exception (azure-docs#26654).
fn create_alternative_security_id(call: &mut Call<'_>) -> Result<(), Failure> {
    let issuer = call.string("identityProvider")?;
    if issuer.bytes().any(|byte| byte.is_ascii_uppercase()) {
        call.chose(choices::PROVIDER_KEEPS_CASE);
    }
    let identity = identity_of(issuer, call.string("key")?);
    let text = json!({ "issuer": identity.issuer.as_str(), "issuerUserId": identity.issuer_user_id.as_str() }).to_string();
    call.set("alternativeSecurityId", text)
}

fn get_identity_providers_from_alternative_security_id_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    issuers(call, "alternativeSecurityIdCollection", "identityProvidersCollection")
}

fn remove_alternative_security_id_by_identity_provider(call: &mut Call<'_>) -> Result<(), Failure> {
    let issuer = call.string("identityProvider")?;
    remove_issuer(call, "collection", issuer)
}

#[cfg(test)]
mod tests {
    use super::identity_of;
    use crate::claims::{ClaimValue, Identity};
    use crate::transform::testing::{case, exception_kind};

    const COLLECTION: &str = "alternativeSecurityIdCollection";

    fn identities(pairs: &[(&str, &str)]) -> ClaimValue {
        ClaimValue::Identities(
            pairs.iter().map(|(issuer, id)| Identity { issuer: (*issuer).into(), issuer_user_id: (*id).into() }).collect(),
        )
    }

    #[test]
    fn the_user_id_is_base64_of_the_key() {
        assert_eq!(identity_of("facebook.com", "12345").issuer_user_id, "MTIzNDU=");
        let text = case("CreateAlternativeSecurityId")
            .input("key", "12345")
            .input("identityProvider", "Facebook.com")
            .output("alternativeSecurityId", "string")
            .text("alternativeSecurityId");
        assert_eq!(text, r#"{"issuer":"Facebook.com","issuerUserId":"MTIzNDU="}"#);
        let failure = case("CreateAlternativeSecurityId").empty_input("key", "string").input("identityProvider", "x").fails();
        assert_eq!(exception_kind(&failure), "null-input");
    }

    #[test]
    fn items_are_appended() {
        let base = |item: &str| case("AddItemToAlternativeSecurityIdCollection").input("item", item).output("collection", COLLECTION);
        let item = r#"{"issuer":"b","issuerUserId":"Mg=="}"#;
        base(item)
            .input_of("ids", "collection", COLLECTION, Some(identities(&[("a", "MQ==")])))
            .gives(&[("collection", Some(identities(&[("a", "MQ=="), ("b", "Mg==")])))]);
        base(item).gives(&[("collection", Some(identities(&[("b", "Mg==")])))]);
        base(r#"{"type":6,"identityProvider":"b","key":"Mg=="}"#).gives(&[("collection", Some(identities(&[("b", "Mg==")])))]);
        for item in ["", "3", "{}", r#"{"issuer":"b"}"#, r#"{"issuer":1,"issuerUserId":"x"}"#] {
            assert_eq!(exception_kind(&base(item).fails()), "format", "{item}");
        }
    }

    #[test]
    fn every_item_of_an_issuer_is_removed() {
        let base = || case("RemoveAlternativeSecurityIdByIdentityProvider").input("identityProvider", "a").output("collection", COLLECTION);
        base()
            .input_of("ids", "collection", COLLECTION, Some(identities(&[("a", "1"), ("A", "2"), ("b", "3"), ("a", "4")])))
            .gives(&[("collection", Some(identities(&[("A", "2"), ("b", "3")])))]);
        base().empty_input("collection", COLLECTION).gives(&[]);
    }

    #[test]
    fn issuers_are_listed_in_order() {
        let base = || {
            case("GetIdentityProvidersFromAlternativeSecurityIdCollectionTransformation")
                .output("identityProvidersCollection", "stringCollection")
        };
        base()
            .input_of("ids", "alternativeSecurityIdCollection", COLLECTION, Some(identities(&[("b", "1"), ("a", "2")])))
            .gives(&[("identityProvidersCollection", Some(ClaimValue::Strings(vec!["b".into(), "a".into()])))]);
        base().empty_input("alternativeSecurityIdCollection", COLLECTION).gives(&[]);
    }
}
