//! Phone number claims transformations (preview). Source: phone-number-claims-transformations.
//!
//! The documented values are those of libphonenumber's parsing and E.164 formatting, without a check whether the number can exist.

use super::Failure;
use super::call::Call;
use super::choices;
use super::signature::{Family::Phone, Kind, PHONE, STRING, Signature, optional, optional_parameter, required};
use crate::claims::ClaimValue;

pub(super) const METHODS: &[Signature] = &[
    Signature::new(Phone, "ConvertPhoneNumberClaimToString", convert_phone_number_claim_to_string)
        .inputs(&[required("phoneNumber", PHONE)])
        .outputs(&[required("phoneNumberString", STRING)]),
    Signature::new(Phone, "ConvertStringToPhoneNumberClaim", convert_string_to_phone_number_claim)
        .inputs(&[required("phoneNumberString", STRING), optional("country", STRING)])
        .outputs(&[required("outputClaim", PHONE)]),
    Signature::new(
        Phone,
        "GetNationalNumberAndCountryCodeFromPhoneNumberString",
        get_national_number_and_country_code_from_phone_number_string,
    )
    .inputs(&[required("phoneNumber", STRING)])
    .parameters(&[
        optional_parameter("throwExceptionOnFailure", Kind::Boolean, Some("false")),
        optional_parameter("countryCodeType", Kind::OneOf(&["CallingCode", "ISO3166"]), None),
    ])
    .outputs(&[required("nationalNumber", STRING), required("countryCode", STRING)])
    .choices(&[choices::CALLING_CODE_UNLESS_TOLD, choices::UNASSIGNED_NUMBER_HAS_MAIN_COUNTRY]),
];

fn convert_phone_number_claim_to_string(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("phoneNumber")?;
    call.set("phoneNumberString", text)
}

fn convert_string_to_phone_number_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("phoneNumberString")?;
    let country = call.optional_string("country")?.filter(|country| !country.trim().is_empty());
    match number::parse(text, country)? {
        Some(number) => call.set("outputClaim", ClaimValue::PhoneNumber(number.international().into())),
        None => Err(Failure::Assertion {
            key: "UserMessageIfClaimsTransformationInvalidPhoneNumber",
            default: "The phone number is not valid.".to_owned(),
        }),
    }
}

#[derive(Clone, Copy)]
enum CodeType {
    CallingCode,
    Iso3166,
}

/// A text that is no number leaves the outputs as they are, unless an exception is asked for.
fn get_national_number_and_country_code_from_phone_number_string(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("phoneNumber")?;
    let throw = call.flag("throwExceptionOnFailure")?;
    let code_type = match call.parameter_or_default("countryCodeType") {
        Some(_) => call.choice("countryCodeType", &[("CallingCode", CodeType::CallingCode), ("ISO3166", CodeType::Iso3166)])?,
        None => {
            call.chose(choices::CALLING_CODE_UNLESS_TOLD);
            CodeType::CallingCode
        }
    };
    let found = match number::parse(text, None)? {
        None => None,
        Some(number) => match code_type {
            CodeType::CallingCode => Some((number.national(), number.calling_code())),
            CodeType::Iso3166 => {
                if !number.region_is_certain() {
                    call.chose(choices::UNASSIGNED_NUMBER_HAS_MAIN_COUNTRY);
                }
                number.region().map(|region| (number.national(), region))
            }
        },
    };
    match found {
        Some((national, code)) => {
            call.set("nationalNumber", national)?;
            call.set("countryCode", code)
        }
        None if throw => Err(Failure::Assertion {
            key: "UserMessageIfPhoneNumberParseFailure",
            default: "The phone number could not be read.".to_owned(),
        }),
        None => Ok(()),
    }
}

/// Phone numbers by libphonenumber's data.
#[cfg(feature = "phone")]
mod number {
    use phonenumber::metadata::DATABASE;
    use phonenumber::{Mode, PhoneNumber, country};

    use super::Failure;

    pub(super) struct Number(PhoneNumber);

    /// A number in international form, or in the national form of the country (ISO 3166 alpha-2); `None` when it is none.
    pub(super) fn parse(text: &str, country: Option<&str>) -> Result<Option<Number>, Failure> {
        let text = text.trim();
        let region = match country {
            None if !text.starts_with('+') => return Ok(None),
            None => None,
            Some(country) => match country.trim().to_ascii_uppercase().parse::<country::Id>() {
                Ok(region) => Some(region),
                Err(_) => return Ok(None),
            },
        };
        let number = phonenumber::parse(region, text).ok().filter(|number| number.code().value() != 0);
        Ok(number.map(|number| Number(with_its_prefix(text, region, number))))
    }

    /// libphonenumber keeps a national prefix when the number would be too short without it (`123-456-7890` of the unit tests is no
    /// number of the United States, and its 1 no prefix); the crate takes it off.
    fn with_its_prefix(text: &str, region: Option<country::Id>, number: PhoneNumber) -> PhoneNumber {
        let Some(metadata) = region.and_then(|region| DATABASE.by_id(region.as_ref())) else { return number };
        let only_digits = text.chars().all(|letter| letter.is_ascii_digit() || letter.is_ascii_punctuation() || letter == ' ');
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let length = number.national().to_string().len();
        let kinds = metadata.descriptors();
        let kinds = [
            kinds.fixed_line(),
            kinds.mobile(),
            kinds.toll_free(),
            kinds.premium_rate(),
            kinds.shared_cost(),
            kinds.personal_number(),
            kinds.voip(),
            kinds.pager(),
            kinds.uan(),
            kinds.voicemail(),
        ];
        let mut possible = kinds.into_iter().flatten().flat_map(|kind| kind.possible_length()).map(|length| usize::from(*length));
        // Of a possible length, or longer than all of them.
        let long_enough = possible.clone().any(|possible| possible == length) || possible.all(|possible| possible < length);
        if text.starts_with('+') || !only_digits || digits.len() <= length || long_enough {
            return number;
        }
        phonenumber::parse(None, format!("+{}{digits}", number.code().value())).unwrap_or(number)
    }

    impl Number {
        /// `+`, calling code, national number.
        pub(super) fn international(&self) -> String {
            self.0.format().mode(Mode::E164).to_string()
        }

        /// The national number with the zeros that belong to it.
        pub(super) fn national(&self) -> String {
            self.0.national().to_string()
        }

        pub(super) fn calling_code(&self) -> String {
            format!("+{}", self.0.code().value())
        }

        /// Whether the number is one that a country assigns.
        pub(super) fn region_is_certain(&self) -> bool {
            self.0.country().id().is_some()
        }

        /// The country: of the number, else the main one of its calling code.
        pub(super) fn region(&self) -> Option<String> {
            if let Some(region) = self.0.country().id() {
                return Some(region.as_ref().to_owned());
            }
            let regions = DATABASE.by_code(&self.0.code().value())?;
            let main = regions.iter().find(|metadata| metadata.is_main_country_for_code()).or(regions.first())?;
            Some(main.id().to_owned())
        }
    }
}

/// Without the data no text can be judged.
#[cfg(not(feature = "phone"))]
mod number {
    use super::Failure;
    use crate::transform::call::exception;

    pub(super) enum Number {}

    pub(super) fn parse(_text: &str, _country: Option<&str>) -> Result<Option<Number>, Failure> {
        Err(exception("not-built", "phone numbers need the feature `phone`, which this build does not have"))
    }

    impl Number {
        pub(super) fn international(&self) -> String {
            match *self {}
        }

        pub(super) fn national(&self) -> String {
            match *self {}
        }

        pub(super) fn calling_code(&self) -> String {
            match *self {}
        }

        pub(super) fn region_is_certain(&self) -> bool {
            match *self {}
        }

        pub(super) fn region(&self) -> Option<String> {
            match *self {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::ClaimValue;
    use crate::transform::testing::case;

    #[test]
    fn a_phone_number_becomes_its_text() {
        case("ConvertPhoneNumberClaimToString")
            .input("phoneNumber", ClaimValue::PhoneNumber("+11234567890".into()))
            .output("phoneNumberString", "string")
            .gives(&[("phoneNumberString", Some("+11234567890".into()))]);
    }

    #[cfg(feature = "phone")]
    #[test]
    fn a_national_prefix_goes_only_when_a_number_is_left() {
        for (text, country, expected) in [
            ("123-456-7890", "US", "+11234567890"),
            ("1 (202) 555-0123", "US", "+12025550123"),
            ("020 7946 0958", "GB", "+442079460958"),
            ("033 456-7890", "DK", "+450334567890"),
        ] {
            case("ConvertStringToPhoneNumberClaim")
                .input("phoneNumberString", text)
                .input("country", country)
                .output("outputClaim", "phoneNumber")
                .gives(&[("outputClaim", Some(ClaimValue::PhoneNumber(expected.into())))]);
        }
    }

    #[cfg(not(feature = "phone"))]
    #[test]
    fn without_the_feature_the_failure_says_so() {
        let failure =
            case("ConvertStringToPhoneNumberClaim").input("phoneNumberString", "+45").output("outputClaim", "phoneNumber").fails();
        assert!(failure.to_string().contains("feature `phone`"), "{failure}");
    }

    #[cfg(feature = "phone")]
    mod with_data {
        use crate::claims::ClaimValue;
        use crate::transform::testing::{assertion_key, case};

        #[test]
        fn texts_become_international_numbers() {
            for (text, country, expected) in [
                ("+1 (123) 456-7890", None, Some("+11234567890")),
                ("033 456-7890", Some("DK"), Some("+450334567890")),
                ("425-882-8080", Some("us"), Some("+14258828080")),
                ("020 7946 0958", Some("GB"), Some("+442079460958")),
                ("+49 30 901820", Some("US"), Some("+4930901820")),
                ("+39 06 698 12345", None, Some("+390669812345")),
                ("425-882-8080", None, None),
                ("425-882-8080", Some(""), None),
                ("425-882-8080", Some("XX"), None),
                ("+", None, None),
                ("", Some("US"), None),
                ("bob@contoso.com", None, None),
                ("+999 123", None, None),
            ] {
                let mut case =
                    case("ConvertStringToPhoneNumberClaim").input("phoneNumberString", text).output("outputClaim", "phoneNumber");
                if let Some(country) = country {
                    case = case.input("country", country);
                }
                match (case.run(), expected) {
                    (Ok(results), Some(expected)) => {
                        assert_eq!(results, [("outputClaim".to_owned(), Some(ClaimValue::PhoneNumber(expected.into())))], "{text}");
                    }
                    (Err(failure), None) => {
                        assert_eq!(assertion_key(&failure), "UserMessageIfClaimsTransformationInvalidPhoneNumber", "{text}");
                    }
                    (result, _) => panic!("{text}: {result:?}"),
                }
            }
        }

        #[test]
        fn numbers_are_taken_apart() {
            for (text, code_type, national, code) in [
                ("+49 (30) 901820", "CallingCode", "30901820", "+49"),
                ("+49 (30) 901820", "iso3166", "30901820", "DE"),
                ("+14258828080", "ISO3166", "4258828080", "US"),
                ("+1 416 555 0123", "ISO3166", "4165550123", "CA"),
                ("+11234567890", "ISO3166", "1234567890", "US"),
                ("+39 06 698 12345", "CallingCode", "0669812345", "+39"),
            ] {
                case("GetNationalNumberAndCountryCodeFromPhoneNumberString")
                    .input("phoneNumber", text)
                    .parameter("countryCodeType", code_type)
                    .output("nationalNumber", "string")
                    .output("countryCode", "string")
                    .gives(&[("nationalNumber", Some(national.into())), ("countryCode", Some(code.into()))]);
            }
        }

        #[test]
        fn a_text_that_is_no_number_changes_nothing_unless_asked() {
            let base = || {
                case("GetNationalNumberAndCountryCodeFromPhoneNumberString")
                    .input("phoneNumber", "030 901820")
                    .output("nationalNumber", "string")
                    .output("countryCode", "string")
            };
            base().gives(&[]);
            let failure = base().parameter("throwExceptionOnFailure", "true").fails();
            assert_eq!(assertion_key(&failure), "UserMessageIfPhoneNumberParseFailure");
        }
    }
}
