//! String collection claims transformations. Source: stringcollection-transformations.

use super::Failure;
use super::call::Call;
use super::choices;
use super::dotnet::Comparison;
use super::signature::{
    BOOLEAN, Family::StringCollection, Kind, STRING, STRINGS, Signature, may_be_empty, optional_parameter, parameter, required,
};
use crate::claims::{ClaimValue, Str};

pub(super) const METHODS: &[Signature] = &[
    Signature::new(StringCollection, "AddItemToStringCollection", add_item_to_string_collection)
        .inputs(&[may_be_empty("item", STRING), may_be_empty("collection", STRINGS)])
        .outputs(&[required("collection", STRINGS)])
        .choices(&[choices::ITEMS_REGARD_CASE, choices::ABSENT_ITEM_LEAVES_COLLECTION]),
    Signature::new(StringCollection, "AddParameterToStringCollection", add_parameter_to_string_collection)
        .inputs(&[may_be_empty("collection", STRINGS)])
        .parameters(&[parameter("item", Kind::Text)])
        .outputs(&[required("collection", STRINGS)])
        .choices(&[choices::ITEMS_REGARD_CASE]),
    Signature::new(StringCollection, "GetSingleItemFromStringCollection", get_single_item_from_string_collection)
        .inputs(&[may_be_empty("collection", STRINGS)])
        .outputs(&[required("extractedItem", STRING)])
        .choices(&[choices::NO_FIRST_ITEM_IS_NULL]),
    Signature::new(StringCollection, "StringCollectionContains", string_collection_contains)
        .inputs(&[may_be_empty("inputClaim", STRINGS)])
        .parameters(&[parameter("item", Kind::Text), optional_parameter("ignoreCase", Kind::Boolean, None)])
        .outputs(&[required("outputClaim", BOOLEAN)])
        .choices(&[choices::IGNORE_CASE_IS_FALSE]),
    Signature::new(StringCollection, "StringCollectionContainsClaim", string_collection_contains_claim)
        .inputs(&[may_be_empty("collection", STRINGS), may_be_empty("item", STRING)])
        .parameters(&[optional_parameter("ignoreCase", Kind::Boolean, None)])
        .outputs(&[required("outputClaim", BOOLEAN)])
        .choices(&[choices::IGNORE_CASE_IS_FALSE, choices::ABSENT_ITEM_IS_NOT_CONTAINED]),
];

/// A copy of the collection with the item at its end; an item that is there already is not added again (azure-docs#49007).
fn add(call: &mut Call<'_>, item: &str) -> Result<(), Failure> {
    let items = call.optional_strings("collection")?.unwrap_or_default();
    let mut result: Vec<Str> = items.to_vec();
    if !items.iter().any(|known| known.as_str() == item) {
        if items.iter().any(|known| known.eq_ignore_ascii_case(item)) {
            call.chose(choices::ITEMS_REGARD_CASE);
        }
        result.push(item.into());
    }
    call.set("collection", ClaimValue::Strings(result))
}

fn add_item_to_string_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    match call.optional_string("item")? {
        Some(item) => add(call, item),
        None => {
            // The starter pack adds the e-mail address of every social account, and not every provider gives one.
            call.chose(choices::ABSENT_ITEM_LEAVES_COLLECTION);
            match call.optional_strings("collection")? {
                Some(items) => call.set("collection", ClaimValue::Strings(items.to_vec())),
                None => Ok(()),
            }
        }
    }
}

fn add_parameter_to_string_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    let item = call.parameter("item")?;
    add(call, item)
}

fn get_single_item_from_string_collection(call: &mut Call<'_>) -> Result<(), Failure> {
    match call.optional_strings("collection")?.and_then(<[Str]>::first) {
        Some(item) => call.set("extractedItem", ClaimValue::String(item.clone())),
        None => {
            call.chose(choices::NO_FIRST_ITEM_IS_NULL);
            call.set_null("extractedItem");
            Ok(())
        }
    }
}

/// Whole items are compared. A collection without a value holds nothing: samples/auto-account-linking asks such a one.
fn contains(call: &mut Call<'_>, slot: &str, item: &str) -> Result<(), Failure> {
    let ignore_case = call.optional_flag("ignoreCase")?.unwrap_or_else(|| {
        call.chose(choices::IGNORE_CASE_IS_FALSE);
        false
    });
    let comparison = Comparison::ignoring_case(ignore_case);
    let found = call.optional_strings(slot)?.unwrap_or_default().iter().any(|known| comparison.equal(known, item));
    call.set("outputClaim", found)
}

fn string_collection_contains(call: &mut Call<'_>) -> Result<(), Failure> {
    let item = call.parameter("item")?;
    contains(call, "inputClaim", item)
}

fn string_collection_contains_claim(call: &mut Call<'_>) -> Result<(), Failure> {
    match call.optional_string("item")? {
        Some(item) => contains(call, "collection", item),
        None => {
            call.chose(choices::ABSENT_ITEM_IS_NOT_CONTAINED);
            call.set("outputClaim", false)
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::claims::ClaimValue;
    use crate::transform::testing::{Case, case};

    fn strings(items: &[&str]) -> ClaimValue {
        ClaimValue::Strings(items.iter().map(|item| (*item).into()).collect())
    }

    #[test]
    fn items_are_added_at_the_end_once() {
        for (items, item, expected) in [
            (&["b", "a"][..], "c", &["b", "a", "c"][..]),
            (&["a"], "a", &["a"]),
            (&["a"], "A", &["a", "A"]),
            (&[], "", &[""]),
            (&["x", "x"], "y", &["x", "x", "y"]),
        ] {
            let check = |case: Case| {
                case.input("collection", strings(items))
                    .output("collection", "stringCollection")
                    .gives(&[("collection", Some(strings(expected)))]);
            };
            check(case("AddItemToStringCollection").input("item", item));
            check(case("AddParameterToStringCollection").parameter("item", item));
        }
    }

    #[test]
    fn a_missing_collection_starts_empty_and_a_missing_item_adds_nothing() {
        let base = || case("AddItemToStringCollection").output("collection", "stringCollection");
        base().input("item", "a").empty_input("collection", "stringCollection").gives(&[("collection", Some(strings(&["a"])))]);
        base().empty_input("item", "string").empty_input("collection", "stringCollection").gives(&[]);
        base().empty_input("item", "string").input("collection", strings(&["b"])).gives(&[("collection", Some(strings(&["b"])))]);
    }

    #[test]
    fn the_single_item_is_the_first() {
        let base = || case("GetSingleItemFromStringCollection").output("extractedItem", "string");
        base().input("collection", strings(&["b", "a"])).gives(&[("extractedItem", Some("b".into()))]);
        base().input("collection", strings(&[])).gives(&[("extractedItem", None)]);
        base().empty_input("collection", "stringCollection").gives(&[("extractedItem", None)]);
    }

    #[test]
    fn whole_items_are_looked_for() {
        for (item, ignore_case, expected) in
            [("Admin", "true", true), ("Admin", "false", false), ("admin", "False", true), ("adm", "true", false), ("", "true", false)]
        {
            let items = strings(&["reader", "admin"]);
            case("StringCollectionContains")
                .input("inputClaim", items.clone())
                .parameter("item", item)
                .parameter("ignoreCase", ignore_case)
                .output("outputClaim", "boolean")
                .gives(&[("outputClaim", Some(expected.into()))]);
            case("StringCollectionContainsClaim")
                .input("collection", items)
                .input("item", item)
                .parameter("ignoreCase", ignore_case)
                .output("outputClaim", "boolean")
                .gives(&[("outputClaim", Some(expected.into()))]);
        }
        case("StringCollectionContainsClaim")
            .empty_input("collection", "stringCollection")
            .input("item", "a")
            .parameter("ignoreCase", "true")
            .output("outputClaim", "boolean")
            .gives(&[("outputClaim", Some(false.into()))]);
    }
}
