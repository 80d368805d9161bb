//! Ids compare without case.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use b2c_journey::policy::{Id, IdRef};

#[test]
fn ids_ignore_case_and_keep_their_spelling() {
    let hash = BuildHasherDefault::<DefaultHasher>::default();
    for (left, right, same) in [("AAD-Common", "aad-COMMON", true), ("abcdefghi", "ABCDEFGHI", true), ("a", "b", false), ("ä", "Ä", false)]
    {
        let (left, right) = (Id::from(left), Id::from(right));
        assert_eq!(left == right, same, "{left} {right}");
        assert_eq!(left.cmp(&right).is_eq(), same, "{left} {right}");
        assert_eq!(hash.hash_one(&left) == hash.hash_one(&right), same, "{left} {right}");
        assert_eq!(hash.hash_one(IdRef(&left)), hash.hash_one(&left));
        assert!(!left.same_spelling(&right));
    }
    assert_eq!(Id::from("SignIn").to_string(), "SignIn");
    let mut by_id = HashMap::new();
    by_id.insert(Id::from("SignIn"), 1);
    assert_eq!(by_id.get(&Id::from("signin")), Some(&1));
    let mut sorted = ["aa", "B", "a", "c", "b"].map(Id::from);
    sorted.sort();
    assert_eq!(sorted.map(|id| id.to_string()), ["a", "aa", "B", "b", "c"]);
}
