//! What the methods do where no source speaks, one sentence each: for the trace of a run and for the docs.

pub(super) const XML_CONVENTIONS: &str =
    "attributes, repeated and empty elements, mixed content and declarations become JSON as Newtonsoft's library writes them";
pub(super) const JSON_NULL_IS_NULL: &str = "a JSON null makes the string claim null";
pub(super) const JSON_TREE_AS_TEXT: &str = "a JSON object or array becomes its compact JSON text in a string claim";
pub(super) const WHOLE_FRACTION_IS_INTEGER: &str =
    "GetNumericClaimFromJson takes a number with a fraction of zero for an integer and refuses other fractions";
pub(super) const DIGITS_ARE_A_NUMBER: &str = "GetNumericClaimFromJson reads a JSON string of digits as a number";
pub(super) const EMPTY_ENTRY_LEAVES_CLAIM: &str =
    "entries that are null or an empty string leave their claim as it is, unless includeEmptyClaims is true";
pub(super) const ARRAY_FLAGS_ARE_FALSE: &str = "errorOnMissingClaims and includeEmptyClaims are false when they are not given";
pub(super) const ABSENT_MEMBER_IS_LEFT_OUT: &str = "GenerateJson leaves out claims that have no value";
pub(super) const COLLECTIONS_IN_JSON: &str = "GenerateJson writes collections and identities as JSON arrays and objects";
pub(super) const NO_PREDICATES_MATCH: &str = "CopyClaimIfPredicateMatch copies to a claim type that has no predicates";
pub(super) const DOMAIN_AFTER_LAST_AT: &str = "ParseDomain takes what follows the last @";
pub(super) const EMPTY_OLD_VALUE_IS_REFUSED: &str = "StringReplace refuses an empty oldValue, as .NET does";
pub(super) const EMPTY_DELIMITER_SPLITS_NOTHING: &str = "StringSplit with an empty delimiter gives the whole text as one item";
pub(super) const DELIMITER_IS_WHOLE: &str = "StringSplit takes a delimiter of several characters as a whole";
pub(super) const SPLIT_KEEPS_EMPTY_ITEMS: &str = "StringSplit keeps empty items";
pub(super) const LONG_FORMAT_IS_REFUSED: &str = "a format string of more than 4000 characters is an exception";
pub(super) const UNKNOWN_FORMAT_ID_FAILS: &str = "FormatLocalizedString fails when there is no string of its id";
pub(super) const ABSENT_ARGUMENT_IS_EMPTY: &str = "FormatLocalizedString takes a claim without a value for an empty text";
pub(super) const LONG_LOCALIZED_TEXT_IS_REFUSED: &str = "FormatLocalizedString fails when the text has more than 4000 characters";
pub(super) const UNKNOWN_STRING_LEAVES_CLAIM: &str =
    "GetLocalizedStringsTransformation leaves a claim as it is when there is no string of its id";
pub(super) const RANDOM_TEXT_IN_UTF_8: &str = "CreateRandomString encodes its text in UTF-8 before base64";
pub(super) const MAXIMUM_IS_NOT_REACHED: &str = "CreateRandomString gives numbers below maximumNumber, as .NET's Random.Next does";
pub(super) const SEED_OF_SYSTEM_RANDOM: &str = "a seeded CreateRandomString gives the first number of .NET's System.Random of that seed";
pub(super) const ABSENT_QUERY_CLAIM_IS_LEFT_OUT: &str = "BuildUri leaves out query claims that have no value";
pub(super) const QUERY_ESCAPES: &str = "BuildUri escapes query values with upper-case hexadecimal digits of UTF-8";
pub(super) const TWO_ABSENT_CLAIMS_ARE_EQUAL: &str = "two claims without a value are equal";
pub(super) const ABSENT_CLAIM_EQUALS_NO_TEXT: &str = "CompareClaimToValue takes a claim without a value for unequal to every text";
pub(super) const IGNORE_CASE_IS_FALSE: &str = "ignoreCase is false when it is not given";
pub(super) const UNKNOWN_ITEM_LEAVES_CLAIM: &str =
    "GetMappedValueFromLocalizedCollection leaves its output as it is when no item has that text";
pub(super) const LOOKUP_REGARDS_CASE: &str = "LookupValue compares with regard to case";
pub(super) const FAILED_LOOKUP_IS_NO_ERROR: &str = "a failed LookupValue is no error when errorOnFailedLookup is not given";
pub(super) const BOOLEANS_APART_LEAVE_CLAIM: &str = "SetClaimIfBooleansMatch leaves its output as it is when there is no match";
pub(super) const STRINGS_APART_LEAVE_CLAIMS: &str =
    "SetClaimsIfStringsAreEqual leaves its message claims as they are when the strings differ";
pub(super) const KNOWN_IDENTITY_IS_APPENDED: &str = "an identity that is in the collection already is appended again";
pub(super) const ABSENT_IDENTITIES_STAY_ABSENT: &str =
    "an identity collection without a value is left so when nothing can be removed from it";
pub(super) const ISSUERS_REGARD_CASE: &str = "issuers of identities are compared with regard to case";
pub(super) const ABSENT_IDENTITIES_LEAVE_ISSUERS: &str = "the issuers of an identity collection without a value are left as they are";
pub(super) const PROVIDER_KEEPS_CASE: &str = "CreateAlternativeSecurityId keeps the case of the identity provider";
pub(super) const ITEMS_REGARD_CASE: &str = "items of a string collection that differ in case are different items";
pub(super) const ABSENT_ITEM_LEAVES_COLLECTION: &str =
    "AddItemToStringCollection leaves the collection as it is when the item has no value";
pub(super) const NO_FIRST_ITEM_IS_NULL: &str =
    "GetSingleItemFromStringCollection makes its output null when the collection is empty or has no value";
pub(super) const ABSENT_ITEM_IS_NOT_CONTAINED: &str = "StringCollectionContainsClaim gives false when the item has no value";
pub(super) const ABSENT_RIGHT_OPERAND_FAILS: &str =
    "AssertDateTimeIsGreaterThan without AssertIfRightOperandIsNotPresent fails when the right operand is missing";
pub(super) const CONSENT_AT_THE_UPDATE_HOLDS: &str =
    "IsTermsOfUseConsentRequired asks for no new consent when it was given at the very moment of the update";
pub(super) const NUMBERS_WRAP_AROUND: &str = "AdjustNumber wraps around at the ends of a 32-bit number, as unchecked arithmetic does";
pub(super) const CALLING_CODE_UNLESS_TOLD: &str = "countryCodeType is CallingCode when it is not given";
pub(super) const UNASSIGNED_NUMBER_HAS_MAIN_COUNTRY: &str =
    "a number that no country assigns counts as one of the main country of its calling code";
pub(super) const ABSENT_IDENTITY_LEAVES_COLLECTION: &str =
    "AddItemToUserIdentityCollection leaves the collection as it is when the item has no value";
pub(super) const AGES_OF_THE_LAWS: &str =
    "age groups go by the consent ages of COPPA, PIPA and the GDPR and by 18 years; the service's own table is not published";
pub(super) const OTHER_TYPES_ARE_COPIED: &str = "CopyClaim copies claims of other data types than string and int as well";
pub(super) const EMPTY_COLLECTION_EXISTS: &str = "DoesClaimExist takes an empty collection for a value";
pub(super) const HASH_ORDER: &str =
    "Hash is SHA-256 over plaintext, salt and secret in this order, in UTF-8; the service's order is not published";
