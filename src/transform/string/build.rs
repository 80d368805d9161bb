//! Texts made new: constants, formats, localized texts, random values, addresses.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::claims::ClaimValue;
use crate::transform::Failure;
use crate::transform::call::{Call, exception};
use crate::transform::choices;
use crate::transform::dotnet::{self, Argument};

/// Names that may stand in braces in `CreateStringClaim.value` and in the format parameters.
const EXPRESSIONS: &[&str] = &["TechnicalProfileId", "RelyingPartyTenantId", "TrustFrameworkTenantId"];
/// In `CreateStringClaim.value` and the query of `BuildUri` the page's examples use one more.
const MORE_EXPRESSIONS: &[&str] = &["TechnicalProfileId", "RelyingPartyTenantId", "TrustFrameworkTenantId", "AuthenticatorIssuer"];
/// The longest format string, and the longest text of FormatLocalizedString, in characters.
const MAX_LENGTH: usize = 4000;
const LOCALIZED_FORMAT: &str = "FormatLocalizedStringTransformationClaimType";
const LOCALIZED_STRING: &str = "GetLocalizedStringsTransformationClaimType";

pub(super) fn create_string_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.expand(call.parameter("value")?, MORE_EXPRESSIONS);
    call.set("createdClaim", text)
}

pub(super) fn format_string_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    let argument = call.string("inputClaim")?;
    format_claims(call, &[Argument::Text(argument)])
}

pub(super) fn format_string_multiple_claims(call: &mut Call<'_>) -> Result<(), Failure> {
    let arguments = [Argument::Text(call.string("inputClaim1")?), Argument::Text(call.string("inputClaim2")?)];
    format_claims(call, &arguments)
}

fn format_claims(call: &mut Call<'_>, arguments: &[Argument<'_>]) -> Result<(), Failure> {
    let parameter = call.parameter("stringFormat")?;
    let format = call.expand(parameter, EXPRESSIONS);
    if dotnet::utf16_length(&format) > MAX_LENGTH {
        call.chose(choices::LONG_FORMAT_IS_REFUSED);
        return Err(call.bad_parameter("stringFormat", "the format string has more than 4000 characters.", ""));
    }
    let text = dotnet::format(&format, arguments).map_err(|message| call.bad_parameter("stringFormat", message, parameter))?;
    call.set("outputClaim", text)
}

/// The claims are arguments by their position.
pub(super) fn format_localized_string(call: &mut Call<'_>) -> Result<(), Failure> {
    let id = call.parameter("stringFormatId")?;
    let Some(format) = call.world.localized_string(LOCALIZED_FORMAT, None, id) else {
        call.chose(choices::UNKNOWN_FORMAT_ID_FAILS);
        return Err(exception("missing-string", format!("{}: there is no localized string `{id}` of {LOCALIZED_FORMAT}", call.place())));
    };
    let mut arguments = Vec::with_capacity(call.inputs.len());
    for input in call.inputs {
        arguments.push(Argument::Text(match input.value {
            Some(value) => value
                .as_str()
                .ok_or_else(|| exception("type-mismatch", format!("{}: input claim `{}` must be string", call.place(), input.claim.id)))?,
            None => {
                call.chose(choices::ABSENT_ARGUMENT_IS_EMPTY);
                ""
            }
        }));
    }
    let text = dotnet::format(&format, &arguments)
        .map_err(|message| exception("format", format!("{message} {}: localized string `{id}` is `{format}`", call.place())))?;
    if dotnet::utf16_length(&text) > MAX_LENGTH {
        call.chose(choices::LONG_LOCALIZED_TEXT_IS_REFUSED);
        return Err(exception("format", format!("{}: the text of `{id}` has more than {MAX_LENGTH} characters", call.place())));
    }
    call.set("outputClaim", text)
}

/// Each output names the StringId it wants.
pub(super) fn get_localized_strings(call: &mut Call<'_>) -> Result<(), Failure> {
    for (index, output) in call.outputs.iter().enumerate() {
        match call.world.localized_string(LOCALIZED_STRING, None, output.slot) {
            Some(text) => call.set_at(index, ClaimValue::String(text))?,
            None => call.chose(choices::UNKNOWN_STRING_LEAVES_CLAIM),
        }
    }
    Ok(())
}

/// 80 bits as 16 characters of lower-case base32, as the page's example.
pub(super) fn create_otp_secret(call: &mut Call<'_>) -> Result<(), Failure> {
    const ALPHABET: &[u8] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut secret = String::with_capacity(16);
    for _ in 0..2 {
        let bits = call.world.random();
        secret.extend((0..8).filter_map(|place| ALPHABET.get((bits >> (5 * place)) as usize & 31)).map(|byte| char::from(*byte)));
    }
    call.set("outputClaim", secret)
}

#[derive(Clone, Copy)]
enum Generator {
    Guid,
    Integer,
}

pub(in crate::transform) fn create_random_string(call: &mut Call<'_>) -> Result<(), Failure> {
    let format = call.parameter_or_default("stringFormat").unwrap_or("{0}");
    let formatted = match call.choice("randomGeneratorType", &[("GUID", Generator::Guid), ("INTEGER", Generator::Integer)])? {
        Generator::Guid => {
            let guid = guid(call.world.random(), call.world.random());
            dotnet::format(format, &[Argument::Text(&guid)])
        }
        Generator::Integer => {
            let number = random_integer(call)?;
            dotnet::format(format, &[Argument::Integer(number)])
        }
    };
    let text = formatted.map_err(|message| call.bad_parameter("stringFormat", message, format))?;
    if call.optional_flag("base64")?.unwrap_or(false) {
        if !text.is_ascii() {
            call.chose(choices::RANDOM_TEXT_IN_UTF_8);
        }
        return call.set("outputClaim", BASE64_STANDARD.encode(text));
    }
    call.set("outputClaim", text)
}

/// `maximumNumber` is not reached, as in .NET's `Random.Next`.
fn random_integer(call: &mut Call<'_>) -> Result<i32, Failure> {
    let maximum = call.optional_number("maximumNumber")?;
    if let Some(maximum) = maximum {
        if maximum < 0 {
            return Err(call.bad_parameter("maximumNumber", "'maxValue' must be greater than zero.", &maximum.to_string()));
        }
        call.chose(choices::MAXIMUM_IS_NOT_REACHED);
    }
    let maximum = maximum.unwrap_or(i32::MAX);
    if let Some(seed) = call.optional_number("seed")? {
        call.chose(choices::SEED_OF_SYSTEM_RANDOM);
        return Ok(dotnet::seeded_random(seed, maximum));
    }
    // The upper half of the draw scaled to the range: below `maximum`, so it fits.
    Ok((((call.world.random() >> 32) * u64::from(maximum.unsigned_abs())) >> 32) as i32)
}

/// A GUID of version 4.
fn guid(high: u64, low: u64) -> String {
    let high = (high & !0xF000) | 0x4000;
    let low = (low & !(0b11 << 62)) | (0b10 << 62);
    format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", high >> 32, (high >> 16) & 0xFFFF, high & 0xFFFF, low >> 48, low & 0xFFFF_FFFF_FFFF)
}

/// `scheme://host/path?name=value&..`: the path as .NET's UriBuilder escapes it, the query as a form, claims before parameters.
pub(super) fn build_uri(call: &mut Call<'_>) -> Result<(), Failure> {
    let scheme = call.parameter("scheme")?;
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    if !is_scheme {
        return Err(call.bad_parameter("scheme", "Invalid URI: The URI scheme is not valid.", scheme));
    }
    let host = call.parameter("host")?;
    if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '\\' | '?' | '#' | '@')) {
        return Err(call.bad_parameter("host", "Invalid URI: The hostname could not be parsed.", host));
    }
    let path = call.string("path")?;
    let mut uri = format!("{}://{}", scheme.to_ascii_lowercase(), host.to_ascii_lowercase());
    if !path.starts_with(['/', '\\']) {
        uri.push('/');
    }
    escape_path(path, &mut uri);
    let mut separator = '?';
    let mut add = |uri: &mut String, name: &str, value: &str| {
        uri.push(separator);
        separator = '&';
        escape_form(name, uri);
        uri.push('=');
        escape_form(value, uri);
    };
    for input in call.inputs {
        let Some(name) = query_name(input.slot) else { continue };
        match input.value.map(ClaimValue::text) {
            Some(Some(value)) => add(&mut uri, name, &value),
            Some(None) => return Err(call.bad_input("type-mismatch", input.slot, "a query value must be a string;")),
            None => call.chose(choices::ABSENT_QUERY_CLAIM_IS_LEFT_OUT),
        }
    }
    for parameter in &call.transformation.parameters {
        if let Some(name) = query_name(&parameter.id) {
            let value = call.expand(&parameter.value, MORE_EXPRESSIONS);
            add(&mut uri, name, &value);
        }
    }
    if uri.split_once('?').is_some_and(|(_, query)| query.contains('%')) {
        call.chose(choices::QUERY_ESCAPES);
    }
    call.set("outputClaim", uri)
}

fn query_name(slot: &str) -> Option<&str> {
    let (prefix, name) = slot.split_once('.')?;
    prefix.eq_ignore_ascii_case("query").then_some(name)
}

/// Reserved and unreserved characters stay, `?` and `#` do not; escapes that are there are kept; `\` becomes `/`.
fn escape_path(path: &str, result: &mut String) {
    let bytes = path.as_bytes();
    for (at, byte) in bytes.iter().enumerate() {
        let is_escape = || bytes.get(at + 1..at + 3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        match byte {
            b'\\' => result.push('/'),
            b'%' if is_escape() => result.push('%'),
            byte if byte.is_ascii_alphanumeric() || b"-._~:/@!$&'()*+,;=[]".contains(byte) => result.push(char::from(*byte)),
            byte => push_escape(*byte, result),
        }
    }
}

/// `application/x-www-form-urlencoded` as .NET's `UrlEncode` writes it.
fn escape_form(text: &str, result: &mut String) {
    for byte in text.bytes() {
        match byte {
            b' ' => result.push('+'),
            byte if byte.is_ascii_alphanumeric() || b"-_.!*()".contains(&byte) => result.push(char::from(byte)),
            byte => push_escape(byte, result),
        }
    }
}

fn push_escape(byte: u8, result: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    result.push('%');
    result.extend([byte >> 4, byte & 15].into_iter().filter_map(|digit| DIGITS.get(usize::from(digit))).map(|digit| char::from(*digit)));
}

#[cfg(test)]
mod tests {
    use crate::transform::testing::{case, exception_kind};

    #[test]
    fn constants_may_hold_expressions() {
        let create = |value: &str| {
            case("CreateStringClaim")
                .expression("RelyingPartyTenantId", "t.onmicrosoft.com")
                .parameter("value", value)
                .output("createdClaim", "string")
                .text("createdClaim")
        };
        for (value, expected) in [
            ("https://{RelyingPartyTenantId}/x", "https://t.onmicrosoft.com/x"),
            ("{relyingpartytenantid}", "t.onmicrosoft.com"),
            ("{{RelyingPartyTenantId}", "{t.onmicrosoft.com"),
            ("{TechnicalProfileId}", "{TechnicalProfileId}"),
            ("{Claim:email} {", "{Claim:email} {"),
            ("", ""),
        ] {
            assert_eq!(create(value), expected);
        }
    }

    #[test]
    fn expressions_are_replaced_before_the_format_is_read() {
        let text = case("FormatStringMultipleClaims")
            .expression("TrustFrameworkTenantId", "t")
            .input("inputClaim1", "{1}")
            .input("inputClaim2", "b")
            .parameter("stringFormat", "{TrustFrameworkTenantId}/{0}/{1,-3}|{{}}")
            .output("outputClaim", "string")
            .text("outputClaim");
        assert_eq!(text, "t/{1}/b  |{}");
    }

    #[test]
    fn a_bad_format_is_an_exception() {
        for format in ["{1}", "{", "{AuthenticatorIssuer}", &"x".repeat(4001)] {
            let failure = case("FormatStringClaim").input("inputClaim", "a").parameter("stringFormat", format).fails();
            assert_eq!(exception_kind(&failure), "format", "{format}");
        }
    }

    #[test]
    fn localized_formats_take_claims_by_position() {
        let base = || {
            case("FormatLocalizedString")
                .localized("FormatLocalizedStringTransformationClaimType", "Id", "{1} {0} {2}")
                .input_of("a", "", "string", Some("x".into()))
                .input_of("b", "", "string", Some("y".into()))
                .output("outputClaim", "string")
        };
        let third = || base().input_of("c", "", "string", None);
        assert_eq!(third().parameter("stringFormatId", "Id").text("outputClaim"), "y x ");
        assert_eq!(exception_kind(&base().parameter("stringFormatId", "Id").fails()), "format");
        assert_eq!(exception_kind(&base().parameter("stringFormatId", "Other").fails()), "missing-string");
        let long = base().localized("FormatLocalizedStringTransformationClaimType", "Long", &"x".repeat(4001));
        assert_eq!(exception_kind(&long.parameter("stringFormatId", "Long").fails()), "format");
    }

    #[test]
    fn localized_strings_go_to_the_outputs_of_their_id() {
        case("GetLocalizedStringsTransformation")
            .localized("GetLocalizedStringsTransformationClaimType", "subject", "Hello ")
            .output("other", "string")
            .output("subject", "string")
            .gives(&[("subject", Some("Hello ".into()))]);
    }

    #[test]
    fn an_otp_secret_is_80_bits_of_base32() {
        let secret = case("CreateOtpSecret").output("outputClaim", "string").text("outputClaim");
        assert_eq!(secret.len(), 16);
        assert!(secret.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7')), "{secret}");
    }

    #[test]
    fn random_texts_are_formatted_and_encoded() {
        let random = |generator: &str, more: &[(&str, &str)]| {
            more.iter()
                .fold(case("CreateRandomString").parameter("randomGeneratorType", generator), |case, (id, value)| case.parameter(id, value))
                .output("outputClaim", "string")
        };
        let guid = random("guid", &[]).text("outputClaim");
        let parts: Vec<&str> = guid.split('-').collect();
        assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{guid}");
        assert!(parts[2].starts_with('4') && parts[3].starts_with(['8', '9', 'a', 'b']), "{guid}");
        // `new Random(42).Next(1000000)`
        let seeded = [("seed", "42"), ("maximumNumber", "1000000")];
        assert_eq!(random("INTEGER", &seeded).text("outputClaim"), "668106");
        let formatted = [("seed", "42"), ("maximumNumber", "10"), ("stringFormat", "OTP_{0:D4}")];
        assert_eq!(random("integer", &formatted).text("outputClaim"), "OTP_0006");
        let encoded = [("seed", "42"), ("maximumNumber", "10"), ("stringFormat", "OTP_{0}"), ("base64", "true")];
        assert_eq!(random("INTEGER", &encoded).text("outputClaim"), "T1RQXzY=");
        assert_eq!(random("INTEGER", &[("maximumNumber", "0")]).text("outputClaim"), "0");
        assert_eq!(exception_kind(&random("INTEGER", &[("maximumNumber", "-1")]).fails()), "format");
        assert_eq!(exception_kind(&random("UUID", &[]).fails()), "format");
        assert_eq!(exception_kind(&random("GUID", &[("stringFormat", "{1}")]).fails()), "format");
    }

    #[test]
    fn addresses_escape_path_and_query_differently() {
        let base = |scheme: &str, host: &str, path: &str| {
            case("BuildUri").input("path", path).parameter("scheme", scheme).parameter("host", host).output("outputClaim", "string")
        };
        let issuer = base("otpauth", "totp", "Contoso demo:emily@fabrikam.com")
            .input("query.secret", "fay2")
            .expression("AuthenticatorIssuer", "Contoso demo")
            .parameter("query.issuer", "{AuthenticatorIssuer}");
        assert_eq!(issuer.text("outputClaim"), "otpauth://totp/Contoso%20demo:emily@fabrikam.com?secret=fay2&issuer=Contoso+demo");
        for (path, expected) in [
            ("", "https://h/"),
            ("/a", "https://h/a"),
            ("a?b#c", "https://h/a%3Fb%23c"),
            ("é", "https://h/%C3%A9"),
            ("%20%zz", "https://h/%20%25zz"),
            ("a\\b", "https://h/a/b"),
        ] {
            assert_eq!(base("HTTPS", "H", path).text("outputClaim"), expected);
        }
        let query = base("a", "b", "c").input("query.x", "1&2=é").empty_input("query.y", "string").parameter("Query.z", "");
        assert_eq!(query.text("outputClaim"), "a://b/c?x=1%262%3D%C3%A9&z=");
        for (scheme, host) in [("", "h"), ("1a", "h"), ("a b", "h"), ("a", ""), ("a", "h/x"), ("a", "h h")] {
            assert_eq!(exception_kind(&base(scheme, host, "p").fails()), "format", "{scheme} {host}");
        }
    }
}
