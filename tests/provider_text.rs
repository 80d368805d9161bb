//! Texts that providers take apart: nothing in them may upset the reader.

use b2c_journey::provider::call::fill;
use b2c_journey::provider::phone::is_number;
use b2c_journey::provider::rest::JsonPath;
use proptest::prelude::*;

proptest! {
    #[test]
    fn any_text_is_a_path_or_none(text in "[a.\\[\\]'\"\\\\$0-9ä*-]{0,12}") {
        let reply = serde_json::json!({ "a": [ { "a": 1 } ] });
        if let Some(path) = JsonPath::parse(&text) {
            path.find(reply.as_object().unwrap());
        }
    }

    #[test]
    fn messages_without_places_stay_as_they_are(text in "[a{}0-9ä]{0,12}") {
        prop_assert_eq!(String::from(fill(&text, &[])), text);
    }

    #[test]
    fn arguments_are_never_filled_in_again(before in "[a-z]{0,3}", after in "[a-z]{0,3}") {
        prop_assert_eq!(String::from(fill(&format!("{before}{{0}}{after}{{1}}"), &["{1}", "{0}"])), format!("{before}{{1}}{after}{{0}}"));
    }

    #[test]
    fn phone_numbers_are_those_of_the_documented_pattern(text in "\\+?[0-9 -]{0,20}") {
        let pattern = fancy_regex::Regex::new(r"^\+(?:[0-9][\x20-]?){6,14}[0-9]$").unwrap();
        prop_assert_eq!(is_number(&text), pattern.is_match(&text).unwrap());
    }
}
