//! Methods that no page describes; their shape is that of the published policies which use them.

use super::Failure;
use super::call::Call;
use super::choices;
use super::signature::{BOOLEAN, DATE, Family::Undocumented, STRING, STRINGS, Signature, may_be_empty, optional, required};
use super::social::{append, identity_of, issuers, remove_issuer};
use super::string::CREATE_RANDOM_STRING;
use crate::claims::{ClaimValue, DataType, Date};

const IDENTITY: &[DataType] = &[DataType::UserIdentity];
const IDENTITIES: &[DataType] = &[DataType::UserIdentityCollection, DataType::AlternativeSecurityIdCollection];

pub(super) const METHODS: &[Signature] = &[
    // samples/account-linkage
    Signature::new(Undocumented, "CreateUserIdentity", create_user_identity)
        .inputs(&[required("issuerUserId", STRING), required("issuer", STRING)])
        .outputs(&[required("userIdentity", IDENTITY)]),
    Signature::new(Undocumented, "AddItemToUserIdentityCollection", add_item_to_user_identity_collection)
        .inputs(&[may_be_empty("item", IDENTITY), may_be_empty("collection", IDENTITIES)])
        .outputs(&[required("collection", IDENTITIES)])
        .choices(&[choices::KNOWN_IDENTITY_IS_APPENDED, choices::ABSENT_IDENTITY_LEAVES_COLLECTION]),
    Signature::new(Undocumented, "RemoveUserIdentityFromCollectionByIssuer", remove_user_identity_from_collection_by_issuer)
        .inputs(&[required("issuer", STRING), may_be_empty("collection", IDENTITIES)])
        .outputs(&[required("collection", IDENTITIES)])
        .choices(&[choices::ABSENT_IDENTITIES_STAY_ABSENT, choices::ISSUERS_REGARD_CASE]),
    Signature::new(Undocumented, "GetIssuersFromUserIdentityCollectionTransformation", get_issuers_from_user_identity_collection)
        .inputs(&[may_be_empty("userIdentityCollection", IDENTITIES)])
        .outputs(&[required("issuersCollection", STRINGS)])
        .choices(&[choices::ABSENT_IDENTITIES_LEAVE_ISSUERS]),
    // samples/age-gating
    Signature::new(Undocumented, "GetAgeGroupConsentProvidedAndRequiresConsent", get_age_group)
        .inputs(&[may_be_empty("dateOfBirth", DATE), may_be_empty("countryCode", STRING), may_be_empty("consentProvidedForMinor", STRING)])
        .outputs(&[required("ageGroup", STRING), required("requiresParentalConsent", BOOLEAN), optional("consentProvidedForMinor", STRING)])
        .choices(&[choices::AGES_OF_THE_LAWS]),
    // By its shape the old name of CreateRandomString.
    Signature { family: Undocumented, method: "GuidAndRandomGenerator", ..CREATE_RANDOM_STRING },
];

fn create_user_identity(call: &mut Call<'_>) -> Result<(), Failure> {
    let identity = identity_of(call.string("issuer")?, call.string("issuerUserId")?);
    call.set("userIdentity", ClaimValue::Identity(Box::new(identity)))
}

/// Without an item nothing is added: samples/auto-account-linking runs this after a read that found no user.
fn add_item_to_user_identity_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    match call.optional_identity("item")? {
        Some(identity) => append(call, "collection", identity.clone()),
        None => {
            call.chose(choices::ABSENT_IDENTITY_LEAVES_COLLECTION);
            match call.optional_identities("collection")? {
                Some(items) => call.set("collection", ClaimValue::Identities(items.to_vec())),
                None => Ok(()),
            }
        }
    }
}

fn remove_user_identity_from_collection_by_issuer(call: &mut Call<'_>) -> Result<(), Failure> {
    let issuer = call.string("issuer")?;
    remove_issuer(call, "collection", issuer)
}

fn get_issuers_from_user_identity_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    issuers(call, "userIdentityCollection", "issuersCollection")
}

/// The age below which a parent must consent; countries without a rule here have none. The service's table is not published; these are
/// the laws that its page names: COPPA, PIPA, and the GDPR with the ages that its members have chosen.
const CONSENT_AGES: &[(u8, &str)] = &[
    (13, "US GB BE DK EE FI LV MT NO PT SE IS"),
    (14, "KR AT BG CY ES IT LT"),
    (15, "CZ FR GR SI"),
    (16, "DE HR HU IE LI LU NL PL RO SK"),
];
const ADULT_AGE: u8 = 18;

fn get_age_group(call: &mut Call<'_>) -> Result<(), Failure> {
    call.chose(choices::AGES_OF_THE_LAWS);
    let today = call.world.now().date();
    let country = call.optional_string("countryCode")?.map(|country| country.trim().to_ascii_uppercase());
    let (Some(born), Some(country)) = (call.optional_date("dateOfBirth")?, country.filter(|country| !country.is_empty())) else {
        call.set_null("ageGroup");
        return call.set("requiresParentalConsent", false);
    };
    let age = age(born, today);
    let consent_age =
        CONSENT_AGES.iter().find(|(_, countries)| countries.split(' ').any(|known| known == country)).map(|(age, _)| i32::from(*age));
    let is_minor = consent_age.is_some_and(|consent_age| age < consent_age);
    let group = match consent_age {
        _ if is_minor => "Minor",
        Some(_) if age < i32::from(ADULT_AGE) => "NotAdult",
        None if age < i32::from(ADULT_AGE) => "Undefined",
        _ => "Adult",
    };
    let consent = call.optional_string("consentProvidedForMinor")?;
    let granted = consent.is_some_and(|consent| consent.eq_ignore_ascii_case("Granted"));
    call.set("ageGroup", group)?;
    call.set("requiresParentalConsent", is_minor && !granted)?;
    match (is_minor, consent) {
        (true, Some(consent)) => call.set("consentProvidedForMinor", consent),
        (true, None) => Ok(()),
        (false, _) => call.set("consentProvidedForMinor", "NotRequired"),
    }
}

/// Completed years.
fn age(born: Date, today: Date) -> i32 {
    let had_birthday = (today.month, today.day) >= (born.month, born.day);
    i32::from(today.year) - i32::from(born.year) - i32::from(!had_birthday)
}

#[cfg(test)]
mod tests {
    use super::age;
    use crate::claims::{ClaimValue, Date, Identity};
    use crate::transform::testing::{case, exception_kind};

    fn identity(issuer: &str, id: &str) -> Identity {
        Identity { issuer: issuer.into(), issuer_user_id: id.into() }
    }

    #[test]
    fn identities_are_made_added_listed_and_removed() {
        let made = ClaimValue::Identity(Box::new(identity("facebook.com", "MTIzNDU=")));
        case("CreateUserIdentity")
            .input("issuer", "facebook.com")
            .input("issuerUserId", "12345")
            .output("userIdentity", "userIdentity")
            .gives(&[("userIdentity", Some(made.clone()))]);
        let one = ClaimValue::Identities(vec![identity("live.com", "MQ==")]);
        let two = ClaimValue::Identities(vec![identity("live.com", "MQ=="), identity("facebook.com", "MTIzNDU=")]);
        case("AddItemToUserIdentityCollection")
            .input("item", made)
            .input("collection", one.clone())
            .output("collection", "userIdentityCollection")
            .gives(&[("collection", Some(two.clone()))]);
        case("RemoveUserIdentityFromCollectionByIssuer")
            .input("issuer", "facebook.com")
            .input("collection", two.clone())
            .output("collection", "userIdentityCollection")
            .gives(&[("collection", Some(one))]);
        case("GetIssuersFromUserIdentityCollectionTransformation")
            .input("userIdentityCollection", two)
            .output("issuersCollection", "stringCollection")
            .gives(&[("issuersCollection", Some(ClaimValue::Strings(vec!["live.com".into(), "facebook.com".into()])))]);
    }

    #[test]
    fn missing_items_and_collections_do_not_fail() {
        let base =
            || case("AddItemToUserIdentityCollection").empty_input("item", "userIdentity").output("collection", "userIdentityCollection");
        base().empty_input("collection", "userIdentityCollection").gives(&[]);
        let one = ClaimValue::Identities(vec![identity("a", "1")]);
        base().input("collection", one.clone()).gives(&[("collection", Some(one))]);
        case("GetIssuersFromUserIdentityCollectionTransformation")
            .empty_input("userIdentityCollection", "userIdentityCollection")
            .output("issuersCollection", "stringCollection")
            .gives(&[]);
    }

    #[test]
    fn an_identity_is_no_string() {
        let identity = ClaimValue::Identity(Box::new(identity("a", "1")));
        let failure = case("FormatStringClaim").input("inputClaim", identity).parameter("stringFormat", "{0}").fails();
        assert_eq!(exception_kind(&failure), "type-mismatch");
        assert!(failure.to_string().starts_with("Unable to cast object of type 'Microsoft.Cpim.Data.UserIdentity'"), "{failure}");
    }

    #[test]
    fn years_are_complete_on_the_birthday() {
        let born = Date::new(2008, 2, 29).unwrap();
        for (year, month, day, expected) in [(2026, 2, 28, 17), (2026, 3, 1, 18), (2008, 2, 29, 0), (2007, 1, 1, -2)] {
            assert_eq!(age(born, Date::new(year, month, day).unwrap()), expected);
        }
    }

    #[test]
    fn age_groups_go_by_consent_age_and_majority() {
        for (born, country, consent, group, required, provided) in [
            ("2015-01-01", "US", None, "Minor", true, None),
            ("2015-01-01", "us", Some("Granted"), "Minor", false, Some("Granted")),
            ("2012-01-01", "US", None, "NotAdult", false, Some("NotRequired")),
            ("2012-01-01", "DE", Some("Denied"), "Minor", true, Some("Denied")),
            ("2012-01-01", "BR", None, "Undefined", false, Some("NotRequired")),
            ("2000-01-01", "BR", None, "Adult", false, Some("NotRequired")),
        ] {
            let mut case = case("GetAgeGroupConsentProvidedAndRequiresConsent")
                .now("2026-01-01")
                .input("dateOfBirth", ClaimValue::Date(Date::parse(born).unwrap()))
                .input("countryCode", country)
                .output("ageGroup", "string")
                .output("requiresParentalConsent", "boolean")
                .output("consentProvidedForMinor", "string");
            if let Some(consent) = consent {
                case = case.input("consentProvidedForMinor", consent);
            }
            let mut expected = vec![("ageGroup", Some(group.into())), ("requiresParentalConsent", Some(required.into()))];
            if let Some(provided) = provided {
                expected.push(("consentProvidedForMinor", Some(provided.into())));
            }
            case.gives(&expected);
        }
    }

    #[test]
    fn without_a_birth_date_or_country_there_is_no_age_group() {
        case("GetAgeGroupConsentProvidedAndRequiresConsent")
            .empty_input("dateOfBirth", "date")
            .input("countryCode", "US")
            .output("ageGroup", "string")
            .output("requiresParentalConsent", "boolean")
            .gives(&[("ageGroup", None), ("requiresParentalConsent", Some(false.into()))]);
    }

    #[test]
    fn the_old_generator_makes_guids() {
        let text =
            case("GuidAndRandomGenerator").parameter("randomGeneratorType", "GUID").output("outputClaim", "string").text("outputClaim");
        assert_eq!(text.len(), 36);
    }
}
