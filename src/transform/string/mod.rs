//! String claims transformations. Source: string-transformations.

mod build;
mod compare;
mod matching;
mod text;

use super::choices;
use super::signature::{
    BOOLEAN, Family, Kind, Names, STRING, STRINGS, Signature, may_be_empty, optional, optional_parameter, parameter, required,
};

const COMPARISON: Kind = Kind::OneOf(&["Ordinal", "OrdinalIgnoreCase"]);
const OPERATOR: Kind = Kind::OneOf(&["EQUAL", "NOT EQUAL"]);

pub(super) const CREATE_RANDOM_STRING: Signature = Signature::new(Family::String, "CreateRandomString", build::create_random_string)
    .parameters(&[
        parameter("randomGeneratorType", Kind::OneOf(&["GUID", "INTEGER"])),
        optional_parameter("stringFormat", Kind::Format(1), None),
        optional_parameter("base64", Kind::Boolean, None),
        optional_parameter("maximumNumber", Kind::Integer, None),
        optional_parameter("seed", Kind::Integer, None),
    ])
    .outputs(&[required("outputClaim", STRING)])
    .choices(&[choices::RANDOM_TEXT_IN_UTF_8, choices::MAXIMUM_IS_NOT_REACHED, choices::SEED_OF_SYSTEM_RANDOM]);

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Family::String, "AssertStringClaimsAreEqual", compare::assert_string_claims_are_equal)
        .inputs(&[required("inputClaim1", STRING), required("inputClaim2", STRING)])
        .parameters(&[parameter("stringComparison", COMPARISON)]),
    // The page lists `query.secret` and `query.issuer` because of its example, a TOTP address; any `query.` name is taken.
    Signature::new(Family::String, "BuildUri", build::build_uri)
        .inputs(&[required("path", STRING)])
        .any_inputs(Names::Prefix("query."), STRING)
        .parameters(&[parameter("scheme", Kind::Text), parameter("host", Kind::Text)])
        .any_parameters(Names::Prefix("query."), STRING)
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::ABSENT_QUERY_CLAIM_IS_LEFT_OUT, choices::QUERY_ESCAPES]),
    Signature::new(Family::String, "ChangeCase", text::change_case)
        .inputs(&[required("inputClaim1", STRING)])
        .parameters(&[parameter("toCase", Kind::OneOf(&["LOWER", "UPPER"]))])
        .outputs(&[required("outputClaim", STRING)]),
    Signature::new(Family::String, "CompareClaims", compare::compare_claims)
        .inputs(&[may_be_empty("inputClaim1", STRING), may_be_empty("inputClaim2", STRING)])
        .parameters(&[parameter("operator", OPERATOR), optional_parameter("ignoreCase", Kind::Boolean, None)])
        .outputs(&[required("outputClaim", BOOLEAN)])
        .choices(&[choices::TWO_ABSENT_CLAIMS_ARE_EQUAL, choices::IGNORE_CASE_IS_FALSE]),
    Signature::new(Family::String, "CompareClaimToValue", compare::compare_claim_to_value)
        .inputs(&[may_be_empty("inputClaim1", STRING)])
        .parameters(&[
            parameter("compareTo", Kind::Text),
            parameter("operator", OPERATOR),
            optional_parameter("ignoreCase", Kind::Boolean, None),
        ])
        .outputs(&[required("outputClaim", BOOLEAN)])
        .choices(&[choices::ABSENT_CLAIM_EQUALS_NO_TEXT, choices::IGNORE_CASE_IS_FALSE]),
    Signature::new(Family::String, "CopyClaimIfPredicateMatch", matching::copy_claim_if_predicate_match)
        .inputs(&[required("inputClaim", STRING)])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::NO_PREDICATES_MATCH]),
    Signature::new(Family::String, "CreateOtpSecret", build::create_otp_secret).outputs(&[required("outputClaim", STRING)]),
    CREATE_RANDOM_STRING,
    Signature::new(Family::String, "CreateStringClaim", build::create_string_claim)
        .parameters(&[parameter("value", Kind::Text)])
        .outputs(&[required("createdClaim", STRING)]),
    Signature::new(Family::String, "FormatLocalizedString", build::format_localized_string)
        .any_inputs(Names::None, STRING)
        .parameters(&[parameter("stringFormatId", Kind::Text)])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::UNKNOWN_FORMAT_ID_FAILS, choices::ABSENT_ARGUMENT_IS_EMPTY, choices::LONG_LOCALIZED_TEXT_IS_REFUSED]),
    Signature::new(Family::String, "FormatStringClaim", build::format_string_claim)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[parameter("stringFormat", Kind::Format(1))])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::LONG_FORMAT_IS_REFUSED]),
    Signature::new(Family::String, "FormatStringMultipleClaims", build::format_string_multiple_claims)
        .inputs(&[required("inputClaim1", STRING), required("inputClaim2", STRING)])
        .parameters(&[parameter("stringFormat", Kind::Format(2))])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::LONG_FORMAT_IS_REFUSED]),
    Signature::new(Family::String, "GetLocalizedStringsTransformation", build::get_localized_strings)
        .any_outputs(Names::Any, STRING)
        .choices(&[choices::UNKNOWN_STRING_LEAVES_CLAIM]),
    Signature::new(Family::String, "GetMappedValueFromLocalizedCollection", compare::get_mapped_value_from_localized_collection)
        .inputs(&[required("mapFromClaim", STRING)])
        .outputs(&[required("restrictionValueClaim", STRING)])
        .choices(&[choices::UNKNOWN_ITEM_LEAVES_CLAIM]),
    Signature::new(Family::String, "LookupValue", compare::lookup_value)
        .inputs(&[required("inputParameterId", STRING)])
        .parameters(&[optional_parameter("errorOnFailedLookup", Kind::Boolean, None)])
        .any_parameters(Names::Any, STRING)
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::LOOKUP_REGARDS_CASE, choices::FAILED_LOOKUP_IS_NO_ERROR]),
    // The page says string; a claim of any type can be without a value.
    Signature::new(Family::String, "NullClaim", text::null_claim).outputs(&[required("claim_to_null", &[])]),
    Signature::new(Family::String, "ParseDomain", text::parse_domain)
        .inputs(&[required("emailAddress", STRING)])
        .outputs(&[required("domain", STRING)])
        .choices(&[choices::DOMAIN_AFTER_LAST_AT]),
    Signature::new(Family::String, "SetClaimIfBooleansMatch", compare::set_claim_if_booleans_match)
        .inputs(&[required("claimToMatch", BOOLEAN)])
        .parameters(&[parameter("matchTo", Kind::Boolean), parameter("outputClaimIfMatched", Kind::Text)])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::BOOLEANS_APART_LEAVE_CLAIM]),
    Signature::new(Family::String, "SetClaimsIfRegexMatch", matching::set_claims_if_regex_match)
        .inputs(&[required("claimToMatch", STRING)])
        .parameters(&[
            parameter("matchTo", Kind::Regex),
            optional_parameter("outputClaimIfMatched", Kind::Text, None),
            optional_parameter("extractGroups", Kind::Boolean, Some("false")),
        ])
        .outputs(&[required("outputClaim", STRING), required("regexCompareResultClaim", BOOLEAN)])
        .any_outputs(Names::None, STRING),
    Signature::new(Family::String, "SetClaimsIfStringsAreEqual", compare::set_claims_if_strings_are_equal)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[
            parameter("matchTo", Kind::Text),
            parameter("stringComparison", COMPARISON),
            parameter("stringMatchMsg", Kind::Text),
            parameter("stringMatchMsgCode", Kind::Text),
        ])
        .outputs(&[optional("outputClaim1", STRING), optional("outputClaim2", STRING), required("stringCompareResultClaim", BOOLEAN)])
        .choices(&[choices::STRINGS_APART_LEAVE_CLAIMS]),
    Signature::new(Family::String, "SetClaimsIfStringsMatch", compare::set_claims_if_strings_match)
        .inputs(&[required("claimToMatch", STRING)])
        .parameters(&[
            parameter("matchTo", Kind::Text),
            parameter("stringComparison", COMPARISON),
            optional_parameter("outputClaimIfMatched", Kind::Text, None),
        ])
        .outputs(&[optional("outputClaim", STRING), required("stringCompareResultClaim", BOOLEAN)]),
    Signature::new(Family::String, "StringContains", compare::string_contains)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[parameter("contains", Kind::Text), parameter("ignoreCase", Kind::Boolean)])
        .outputs(&[required("outputClaim", BOOLEAN)]),
    Signature::new(Family::String, "StringSubstring", text::string_substring)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[parameter("startIndex", Kind::Integer), parameter("length", Kind::Integer)])
        .outputs(&[required("outputClaim", STRING)]),
    Signature::new(Family::String, "StringReplace", text::string_replace)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[parameter("oldValue", Kind::Text), parameter("newValue", Kind::Text)])
        .outputs(&[required("outputClaim", STRING)])
        .choices(&[choices::EMPTY_OLD_VALUE_IS_REFUSED]),
    Signature::new(Family::String, "StringJoin", text::string_join)
        .inputs(&[required("inputClaim", STRINGS)])
        .parameters(&[parameter("delimiter", Kind::Text)])
        .outputs(&[required("outputClaim", STRING)]),
    Signature::new(Family::String, "StringSplit", text::string_split)
        .inputs(&[required("inputClaim", STRING)])
        .parameters(&[parameter("delimiter", Kind::Text)])
        .outputs(&[required("outputClaim", STRINGS)])
        .choices(&[choices::EMPTY_DELIMITER_SPLITS_NOTHING, choices::DELIMITER_IS_WHOLE, choices::SPLIT_KEEPS_EMPTY_ITEMS]),
];
