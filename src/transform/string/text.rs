//! One text out of another.

use crate::claims::{ClaimValue, Str};
use crate::transform::Failure;
use crate::transform::call::{Call, exception};
use crate::transform::choices;
use crate::transform::dotnet;

pub(super) fn change_case(call: &mut Call<'_>) -> Result<(), Failure> {
    let map: fn(char) -> char = call.choice("toCase", &[("LOWER", dotnet::lower as fn(char) -> char), ("UPPER", dotnet::upper)])?;
    let text: String = call.string("inputClaim1")?.chars().map(map).collect();
    call.set("outputClaim", text)
}

pub(super) fn null_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    call.set_null("claim_to_null");
    Ok(())
}

/// A text without `@` has no domain: the result is empty (unit tests of the samples).
pub(super) fn parse_domain(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("emailAddress")?;
    if text.matches('@').count() > 1 {
        call.chose(choices::DOMAIN_AFTER_LAST_AT);
    }
    let domain = text.rsplit_once('@').map_or("", |(_, domain)| domain);
    call.set("domain", domain)
}

/// Indices count UTF-16 units; what lies outside of the text is an exception, as in .NET.
pub(super) fn string_substring(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("inputClaim")?;
    let (start, length) = (call.number("startIndex")?, call.number("length")?);
    let part = dotnet::substring(text, start, length).ok_or_else(|| {
        exception(
            "index-out-of-range",
            format!("Index and length must refer to a location within the string. {}: {start}, {length}", call.place()),
        )
    })?;
    call.set("outputClaim", part)
}

/// Every occurrence, by code unit.
pub(super) fn string_replace(call: &mut Call<'_>) -> Result<(), Failure> {
    let old = call.parameter("oldValue")?;
    if old.is_empty() {
        call.chose(choices::EMPTY_OLD_VALUE_IS_REFUSED);
        return Err(call.bad_parameter("oldValue", "String cannot be of zero length.", old));
    }
    let text = call.string("inputClaim")?.replace(old, call.parameter("newValue")?);
    call.set("outputClaim", text)
}

pub(super) fn string_join(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.strings("inputClaim")?.join(call.parameter("delimiter")?);
    call.set("outputClaim", text)
}

/// Neither null nor the empty string can be split (samples#677).
pub(super) fn string_split(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("inputClaim")?;
    if text.is_empty() {
        return Err(call.bad_input("null-input", "inputClaim", "an empty string cannot be split;"));
    }
    let delimiter = call.parameter("delimiter")?;
    let items: Vec<Str> = if delimiter.is_empty() {
        call.chose(choices::EMPTY_DELIMITER_SPLITS_NOTHING);
        vec![text.into()]
    } else {
        if delimiter.chars().count() > 1 {
            call.chose(choices::DELIMITER_IS_WHOLE);
        }
        text.split(delimiter).map(Str::from).collect()
    };
    if items.iter().any(|item| item.is_empty()) {
        call.chose(choices::SPLIT_KEEPS_EMPTY_ITEMS);
    }
    call.set("outputClaim", ClaimValue::Strings(items))
}

#[cfg(test)]
mod tests {
    use crate::claims::ClaimValue;
    use crate::transform::testing::{case, exception_kind};

    #[test]
    fn case_changes_character_by_character() {
        for (text, to, expected) in
            [("ÉCOLE", "lower", "école"), ("straße", "UPPER", "STRAßE"), ("TITLE", "LOWER", "title"), ("ΣΑΣ", "LOWER", "σασ")]
        {
            let case = case("ChangeCase").input("inputClaim1", text).parameter("toCase", to).output("outputClaim", "string");
            assert_eq!(case.text("outputClaim"), expected);
        }
    }

    #[test]
    fn a_claim_of_any_type_can_be_nulled() {
        case("NullClaim").output("claim_to_null", "boolean").gives(&[("claim_to_null", None)]);
    }

    #[test]
    fn the_domain_follows_the_at_sign() {
        for (text, expected) in [("a@b.c", "b.c"), ("not an address", ""), ("a@", ""), ("@b", "b"), ("", ""), ("a@b@c", "c")] {
            assert_eq!(case("ParseDomain").input("emailAddress", text).output("domain", "string").text("domain"), expected);
        }
    }

    #[test]
    fn a_substring_lies_within_the_text() {
        let base = |start: &str, length: &str| {
            case("StringSubstring")
                .input("inputClaim", "a😀bc")
                .parameter("startIndex", start)
                .parameter("length", length)
                .output("outputClaim", "string")
        };
        assert_eq!(base("3", "2").text("outputClaim"), "bc");
        assert_eq!(base("5", "0").text("outputClaim"), "");
        for (start, length) in [("5", "1"), ("-1", "1"), ("0", "-1"), ("2147483647", "2147483647")] {
            assert_eq!(exception_kind(&base(start, length).fails()), "index-out-of-range", "{start} {length}");
        }
        assert_eq!(exception_kind(&base("2147483648", "0").fails()), "format");
    }

    #[test]
    fn every_occurrence_is_replaced_with_regard_to_case() {
        for (text, old, new, expected) in
            [("a-b-c", "-", "", "abc"), ("A-a", "a", "x", "A-x"), ("abc", "x", "y", "abc"), ("aaa", "aa", "b", "ba")]
        {
            let case = case("StringReplace")
                .input("inputClaim", text)
                .parameter("oldValue", old)
                .parameter("newValue", new)
                .output("outputClaim", "string");
            assert_eq!(case.text("outputClaim"), expected);
        }
        let failure = case("StringReplace").input("inputClaim", "a").parameter("oldValue", "").parameter("newValue", "b").fails();
        assert_eq!(exception_kind(&failure), "format");
    }

    #[test]
    fn split_and_join_undo_each_other() {
        for (text, delimiter, items) in
            [("a,b", ",", &["a", "b"][..]), ("a, b", ",", &["a", " b"]), (",a,", ",", &["", "a", ""]), ("a;;b;c", ";;", &["a", "b;c"])]
        {
            let items = ClaimValue::Strings(items.iter().map(|item| (*item).into()).collect());
            case("StringSplit")
                .input("inputClaim", text)
                .parameter("delimiter", delimiter)
                .output("outputClaim", "stringCollection")
                .gives(&[("outputClaim", Some(items.clone()))]);
            case("StringJoin")
                .input("inputClaim", items)
                .parameter("delimiter", delimiter)
                .output("outputClaim", "string")
                .gives(&[("outputClaim", Some(text.into()))]);
        }
        case("StringJoin")
            .input("inputClaim", ClaimValue::Strings(Vec::new()))
            .parameter("delimiter", ",")
            .output("outputClaim", "string")
            .gives(&[("outputClaim", Some("".into()))]);
    }

    #[test]
    fn an_empty_or_missing_text_cannot_be_split() {
        let base = || case("StringSplit").parameter("delimiter", ",").output("outputClaim", "stringCollection");
        assert_eq!(exception_kind(&base().input("inputClaim", "").fails()), "null-input");
        assert_eq!(exception_kind(&base().empty_input("inputClaim", "string").fails()), "null-input");
    }
}
