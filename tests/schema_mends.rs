//! What the mends of the schema's rules leave: mostly the right twin of the policy, always one without a finding.

#![cfg(test)]

mod mend;

use std::path::Path;

use b2c_journey::{PolicySet, xml::Limits};
use mend::{findings, mend};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

/// A policy over the worked example's base.
fn set(text: &str) -> PolicySet {
    let base = read("policies/TrustFrameworkBase.xml");
    PolicySet::from_bytes([("base.xml", base.as_bytes()), ("a.xml", text.as_bytes())], &Limits::default())
}

/// Mends a faulty policy of `tests/check`, and compares it with another one there, line ends aside.
#[track_caller]
fn check(wrong: &str, right: &str) {
    let text = read(&format!("tests/check/{wrong}.xml"));
    assert!(!findings(&set(&text), "a.xml").is_empty());
    let mended = mend(&text, "a.xml", set);
    assert_eq!(mended, read(&format!("tests/check/{right}.xml")));
}

#[test]
fn markup_is_mended() {
    check("B2C0102/wrong", "B2C0102/right");
    check("B2C0102/wrong-ampersand", "B2C0102/right-ampersand");
    check("B2C0102/wrong-quotes", "B2C0104/right");
    check("B2C0102/wrong-declaration", "B2C0104/right");
    check("B2C0115/wrong", "B2C0115/right");
    check("B2C0116/wrong-html", "B2C0116/right-html");
}

#[test]
fn names_in_another_case_are_mended() {
    check("B2C0104/wrong", "B2C0104/right");
    check("B2C0105/wrong", "B2C0105/right");
}

#[test]
fn attributes_of_the_root_are_mended() {
    check("B2C0117/wrong", "B2C0117/right");
    check("B2C0118/wrong", "B2C0118/right");
}

#[test]
fn an_element_out_of_order_is_moved() {
    check("B2C0112/wrong", "B2C0112/right");
    check("B2C0112/wrong-late", "B2C0112/right-late");
}

#[test]
fn what_is_left_of_a_comment_is_deleted() {
    check("B2C0106/wrong-comment", "B2C0104/right");
}

/// The order of a claim type's children after mending, and how many findings of their order there were before.
fn order(children: &[&str]) -> (Vec<String>, usize) {
    let inside: String = children
        .iter()
        .map(|name| match *name {
            "Restriction" => "<Restriction><Enumeration Text=\"x\" Value=\"x\" /></Restriction>\n".to_owned(),
            "DataType" => "<DataType>string</DataType>\n".to_owned(),
            "UserInputType" => "<UserInputType>RadioSingleSelect</UserInputType>\n".to_owned(),
            name => format!("<{name}>x</{name}>\n"),
        })
        .collect();
    let policy = |inside: &str| {
        read("tests/check/B2C0104/right.xml")
            .replace("loyaltyNumber\">", &format!("tier\">\n{inside}</ClaimType>\n<ClaimType Id=\"loyaltyNumber\">"))
    };
    let text = policy(&inside);
    let found = findings(&set(&text), "a.xml").iter().filter(|found| found.code == "B2C0112").count();
    let mended = mend(&text, "a.xml", set);
    let names = mended.split_once("tier\">").unwrap().1.split_once("</ClaimType>").unwrap().0;
    let names = names.lines().filter_map(|line| line.strip_prefix('<')?.split('>').next());
    (names.map(str::to_owned).collect(), found)
}

#[test]
fn order_is_told_once_for_each_parent_and_mended_where_one_element_is_displaced() {
    let right = ["DisplayName", "DataType", "UserHelpText", "UserInputType", "Restriction"];
    for (wrong, mended) in [
        (["DataType", "UserHelpText", "UserInputType", "Restriction", "DisplayName"], true),
        (["Restriction", "DisplayName", "DataType", "UserHelpText", "UserInputType"], true),
        (["DisplayName", "UserInputType", "DataType", "UserHelpText", "Restriction"], true),
        (["DisplayName", "UserHelpText", "UserInputType", "DataType", "Restriction"], true),
        (["UserHelpText", "DisplayName", "Restriction", "DataType", "UserInputType"], false),
    ] {
        let (order, found) = order(&wrong);
        assert_eq!(found, 1, "{wrong:?}");
        assert_eq!(order, if mended { right } else { wrong }, "{wrong:?}");
    }
    assert_eq!(order(&right), (right.map(str::to_owned).to_vec(), 0));
}
