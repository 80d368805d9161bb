//! General claims transformations. Source: general-transformations.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use super::Failure;
use super::call::{Call, exception};
use super::choices;
use super::signature::{BOOLEAN, Family::General, Kind, STRING, Signature, may_be_empty, parameter, required};
use crate::claims::{ClaimValue, DataType};

const COPIED: &[DataType] = &[DataType::String, DataType::Int];

pub(super) const METHODS: &[Signature] = &[
    Signature::new(General, "CopyClaim", copy_claim)
        .inputs(&[required("inputClaim", COPIED)])
        .outputs(&[required("outputClaim", COPIED)])
        .choices(&[choices::OTHER_TYPES_ARE_COPIED]),
    Signature::new(General, "DoesClaimExist", does_claim_exist)
        .inputs(&[may_be_empty("inputClaim", &[])])
        .outputs(&[required("outputClaim", BOOLEAN)])
        .choices(&[choices::EMPTY_COLLECTION_EXISTS]),
    Signature::new(General, "Hash", hash)
        .inputs(&[required("plaintext", STRING), required("salt", STRING)])
        .parameters(&[parameter("randomizerSecret", Kind::PolicyKey)])
        .outputs(&[required("hash", STRING)])
        .choices(&[choices::HASH_ORDER]),
];

/// Both claims must have the same data type; a missing claim is an exception (samples#432).
fn copy_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let (Some(input), Some(output)) = (call.input("inputClaim"), call.output("outputClaim")) else { return Ok(()) };
    if input.claim.declared && output.claim.declared && input.claim.data_type != output.claim.data_type {
        return Err(exception(
            "type-mismatch",
            format!(
                "{} copies claim `{}` of data type `{}` to claim `{}` of data type `{}`",
                call.place(),
                input.claim.id,
                input.claim.data_type.name(),
                output.claim.id,
                output.claim.data_type.name()
            ),
        ));
    }
    if !COPIED.contains(&input.claim.data_type) {
        call.chose(choices::OTHER_TYPES_ARE_COPIED);
    }
    match call.value("inputClaim") {
        Some(value) => call.set("outputClaim", value.clone()),
        None => Err(call.missing("inputClaim")),
    }
}

/// An empty string is a value (unit tests of the samples).
fn does_claim_exist(call: &mut Call<'_>) -> Result<(), Failure> {
    let value = call.value("inputClaim");
    if value.is_some_and(|value| match value {
        ClaimValue::Strings(items) => items.is_empty(),
        ClaimValue::Identities(items) => items.is_empty(),
        _ => false,
    }) {
        call.chose(choices::EMPTY_COLLECTION_EXISTS);
    }
    call.set("outputClaim", value.is_some())
}

fn hash(call: &mut Call<'_>) -> Result<(), Failure> {
    call.chose(choices::HASH_ORDER);
    let secret = call.world.key(call.parameter("randomizerSecret")?);
    let mut digest = Sha256::new();
    for part in [call.string("plaintext")?, call.string("salt")?, secret.as_str()] {
        digest.update(part.as_bytes());
    }
    call.set("hash", BASE64_STANDARD.encode(digest.finalize()))
}

#[cfg(test)]
mod tests {
    use crate::claims::ClaimValue;
    use crate::transform::testing::{case, exception_kind};

    #[test]
    fn a_copy_needs_equal_data_types() {
        case("CopyClaim").input("inputClaim", 5).output("outputClaim", "int").gives(&[("outputClaim", Some(5.into()))]);
        case("CopyClaim").input("inputClaim", "").output("outputClaim", "string").gives(&[("outputClaim", Some("".into()))]);
        let failure = case("CopyClaim").input("inputClaim", "5").output("outputClaim", "int").fails();
        assert_eq!(exception_kind(&failure), "type-mismatch");
    }

    #[test]
    fn a_copy_of_another_type_is_a_choice() {
        let copy = case("CopyClaim").input("inputClaim", true).output("outputClaim", "boolean");
        assert_eq!(copy.choices().len(), 1);
    }

    #[test]
    fn a_missing_claim_names_the_class_of_the_service() {
        let failure = case("CopyClaim").empty_input("inputClaim", "string").output("outputClaim", "string").fails();
        assert!(failure.to_string().contains("Microsoft.Cpim.Data.Transformations.ClaimCopyTransformation"), "{failure}");
    }

    #[test]
    fn every_value_exists_even_an_empty_one() {
        for value in ["".into(), false.into(), 0.into(), ClaimValue::Strings(Vec::new())] {
            case("DoesClaimExist").input("inputClaim", value).output("outputClaim", "boolean").gives(&[("outputClaim", Some(true.into()))]);
        }
        case("DoesClaimExist")
            .empty_input("inputClaim", "stringCollection")
            .output("outputClaim", "boolean")
            .gives(&[("outputClaim", Some(false.into()))]);
    }

    #[test]
    fn the_hash_is_sha_256_in_base64_and_depends_on_every_part() {
        let hash = |plaintext: &str, salt: &str, key: &str| {
            case("Hash")
                .input("plaintext", plaintext)
                .input("salt", salt)
                .parameter("randomizerSecret", "B2C_1A_Key")
                .key("B2C_1A_Key", key)
                .output("hash", "string")
                .text("hash")
        };
        // SHA-256 of `abc`, FIPS 180-4.
        assert_eq!(hash("a", "b", "c"), "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
        assert_ne!(hash("a", "b", "c"), hash("a", "b", "d"));
        assert_ne!(hash("a", "b", "c"), hash("a", "x", "c"));
    }
}
