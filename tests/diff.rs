//! `diff`: what a change does over all runs of the worked example.
#![cfg(test)]
#![cfg(feature = "prove")]

use std::path::Path;

use b2c_journey::explore::{DiffVerdict, Limits, PolicyDiff, diff};
use b2c_journey::report::{TextOptions, diff_json, diff_markdown, diff_text};
use b2c_journey::{PolicySet, xml::Limits as Reading};

const RELYING_PARTY: &str = "SignUpOrSignInBioCatch.xml";

/// The worked example, with something in its files replaced.
fn example(changes: &[(&str, &str, &str)]) -> PolicySet {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let mut texts: Vec<(String, String)> =
        names.iter().map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())).collect();
    for (file, old, new) in changes {
        let (_, text) = texts.iter_mut().find(|(name, _)| name == file).unwrap();
        assert!(text.contains(old), "{file} has no {old}");
        *text = text.replacen(old, new, 1);
    }
    PolicySet::from_bytes(texts.iter().map(|(name, text)| (name.as_str(), text.as_bytes())), &Reading::default())
}

/// The difference that a change makes, which every scenario of it shows again.
fn changed(changes: &[(&str, &str, &str)]) -> PolicyDiff {
    let begin = std::time::Instant::now();
    let mut found = diff(&example(&[]), &example(changes), None, &Limits::default());
    println!("{}{:?}", diff_text(&found, &TextOptions { color: false, verbose: false, quiet: false, width: usize::MAX }), begin.elapsed());
    assert_eq!(found.len(), 1);
    let found = found.remove(0);
    println!("{} runs", found.runs);
    for difference in &found.differences {
        assert!(difference.scenario.is_some(), "{} {}", difference.kind.name(), difference.subject);
        assert_ne!(difference.old, difference.new, "{} {}", difference.kind.name(), difference.subject);
    }
    found
}

fn kinds(found: &PolicyDiff) -> Vec<String> {
    found.differences.iter().map(|difference| format!("{} {}", difference.kind.name(), difference.subject).trim().to_owned()).collect()
}

fn has(changes: &[(&str, &str, &str)], wanted: &[&str]) {
    let found = changed(changes);
    let kinds = kinds(&found);
    assert_eq!(found.verdict, DiffVerdict::Different);
    for wanted in wanted {
        assert!(kinds.iter().any(|kind| kind == wanted), "{wanted} is not in {kinds:?}");
    }
}

#[test]
fn the_same_policies_are_equivalent() {
    let found = changed(&[]);
    assert_eq!((found.verdict, found.reason, found.runs), (DiffVerdict::Equivalent, None, 0));
}

#[test]
fn comments_blanks_names_of_levels_and_texts_for_people_are_equivalent() {
    let found = changed(&[
        (RELYING_PARTY, "<!-- Save the number when", "<!-- Keep the number when"),
        (RELYING_PARTY, "<PolicyId>B2C_1A_TrustFrameworkExtensions</PolicyId>", "<PolicyId>B2C_1A_Middle</PolicyId>"),
        ("TrustFrameworkExtensions.xml", "PolicyId=\"B2C_1A_TrustFrameworkExtensions\"", "PolicyId=\"B2C_1A_Middle\""),
        (RELYING_PARTY, "        <OrchestrationStep Order=\"9\"", "\n\n   <OrchestrationStep   Order=\"9\""),
        (RELYING_PARTY, "PolicyId=\"B2C_1A_signup_signin_biocatch\"", "PolicyId=\"b2c_1a_signup_signin_biocatch\""),
    ]);
    assert_eq!((found.verdict, found.reason), (DiffVerdict::Equivalent, None));
    let found = changed(&[(RELYING_PARTY, "<DisplayName>Client Session ID TP</DisplayName>", "<DisplayName>Session</DisplayName>")]);
    assert_eq!((found.verdict, found.reason), (DiffVerdict::Equivalent, None));
}

#[test]
fn the_order_of_unrelated_elements_is_equivalent() {
    let risk = "<OutputClaim ClaimTypeReferenceId=\"riskLevel\" />\n            <OutputClaim ClaimTypeReferenceId=\"score\" />";
    let found = changed(&[(
        RELYING_PARTY,
        risk,
        "<OutputClaim ClaimTypeReferenceId=\"score\" /><OutputClaim ClaimTypeReferenceId=\"riskLevel\" />",
    )]);
    assert_eq!((found.verdict, found.reason), (DiffVerdict::Equivalent, None));
}

#[test]
fn another_literal_skips_mfa_for_one_and_asks_another() {
    has(&[(RELYING_PARTY, "<Value>LOW</Value>", "<Value>low</Value>")], &["mfa-weakened", "mfa-required"]);
}

#[test]
fn a_flipped_precondition_skips_mfa_for_one_and_asks_another() {
    let change = (
        RELYING_PARTY,
        "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">",
        "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"false\">",
    );
    has(&[change], &["mfa-weakened", "mfa-required"]);
}

#[test]
fn a_dropped_mfa_step_is_mfa_weakened_and_the_profile_unreachable() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(RELYING_PARTY)).unwrap();
    let (_, from) = text.split_once("<OrchestrationStep Order=\"10\"").unwrap();
    let (inside, _) = from.split_once("</OrchestrationStep>").unwrap();
    let step = format!("<OrchestrationStep Order=\"10\"{inside}</OrchestrationStep>");
    let changes = [
        (RELYING_PARTY, step.as_str(), ""),
        (RELYING_PARTY, "Order=\"11\"", "Order=\"10\""),
        (RELYING_PARTY, "Order=\"12\"", "Order=\"11\""),
    ];
    let found = changed(&changes);
    let kinds = kinds(&found);
    assert!(kinds.contains(&"mfa-weakened".to_owned()), "{kinds:?}");
    assert!(kinds.contains(&"unreachable PhoneFactor-InputOrVerify".to_owned()), "{kinds:?}");
    assert!(!kinds.contains(&"mfa-required".to_owned()), "{kinds:?}");
}

#[test]
fn token_claims_come_go_and_change() {
    let score = "<OutputClaim ClaimTypeReferenceId=\"score\" />\n        <!-- Resolves";
    let found = changed(&[(RELYING_PARTY, score, "<!-- Resolves")]);
    assert_eq!(kinds(&found), ["token-removed score"]);
    let added = "<OutputClaim ClaimTypeReferenceId=\"score\" />\n<OutputClaim ClaimTypeReferenceId=\"clientSessionId\" DefaultValue=\"none\" />\n        <!-- Resolves";
    let found = changed(&[(RELYING_PARTY, score, added)]);
    assert_eq!(kinds(&found), ["token-added clientSessionId"]);
    let found = changed(&[(RELYING_PARTY, "DefaultValue=\"{Policy:TenantObjectId}\"", "DefaultValue=\"{Policy:PolicyId}\"")]);
    assert_eq!(kinds(&found), ["token-changed tid"]);
}

#[test]
fn a_moved_api_is_another_order() {
    let changes = [
        (RELYING_PARTY, "Order=\"9\"", "Order=\"nine\""),
        (RELYING_PARTY, "Order=\"10\"", "Order=\"9\""),
        (RELYING_PARTY, "Order=\"nine\"", "Order=\"10\""),
    ];
    has(&changes, &["order", "mfa-required"]);
}

#[test]
fn what_only_a_later_logon_can_show_is_never_equivalent() {
    let session = "<UseTechnicalProfileForSessionManagement ReferenceId=\"SM-Noop\" />";
    let found = changed(&[(RELYING_PARTY, session, "<UseTechnicalProfileForSessionManagement ReferenceId=\"SM-AAD\" />")]);
    assert_eq!(found.verdict, DiffVerdict::Bounded);
    assert!(found.reason.as_ref().unwrap().contains("session"), "{:?}", found.reason);
    let found = changed(&[(RELYING_PARTY, "KeepAliveInDays=\"30\"", "KeepAliveInDays=\"60\"")]);
    assert_eq!(found.verdict, DiffVerdict::Bounded);
}

#[test]
fn a_technical_profile_of_another_kind_is_never_equivalent() {
    let grant = "ClaimTypeReferenceId=\"grant_type\" DefaultValue=\"password\" AlwaysUseDefaultValue=\"true\"";
    let found = changed(&[("TrustFrameworkBase.xml", grant, "ClaimTypeReferenceId=\"grant_type\"")]);
    assert_ne!(found.verdict, DiffVerdict::Equivalent);
    assert!(found.reason.as_ref().unwrap().contains("another kind"), "{:?}", found.reason);
}

#[test]
fn what_only_another_request_can_show_is_never_equivalent() {
    let found = changed(&[("TrustFrameworkBase.xml", "{OIDC:LoginHint}", "{OIDC:DomainHint}")]);
    assert_eq!(found.verdict, DiffVerdict::Bounded);
    assert!(found.reason.as_ref().unwrap().contains("application"), "{:?}", found.reason);
}

#[test]
fn a_policy_on_one_side_alone_is_a_difference() {
    let renamed = example(&[(RELYING_PARTY, "PolicyId=\"B2C_1A_signup_signin_biocatch\"", "PolicyId=\"B2C_1A_other\"")]);
    let found = diff(&example(&[]), &renamed, None, &Limits::default());
    let kinds: Vec<_> = found.iter().map(|diff| (diff.policy.as_str(), diff.differences[0].kind.name())).collect();
    assert_eq!(kinds, [("B2C_1A_other", "added"), ("B2C_1A_signup_signin_biocatch", "removed")]);
}

#[test]
fn a_policy_that_cannot_run_any_more_is_a_difference() {
    let faulty = example(&[(RELYING_PARTY, "<Value>LOW</Value>", "<Value>LOW<Value>")]);
    let found = diff(&example(&[]), &faulty, None, &Limits::default());
    assert_eq!(found[0].differences[0].kind.name(), "not-runnable");
    assert!(found[0].differences[0].message.contains(RELYING_PARTY), "{}", found[0].differences[0].message);
}

#[test]
fn without_room_nothing_is_called_equivalent() {
    let limits = Limits { max_states: 3, ..Limits::default() };
    let renamed = example(&[(RELYING_PARTY, "<DisplayName>Client Session ID TP</DisplayName>", "<DisplayName>Session</DisplayName>")]);
    let found = diff(&example(&[]), &renamed, None, &limits);
    assert_eq!(found[0].verdict, DiffVerdict::Bounded);
    assert!(found[0].reason.as_ref().unwrap().contains("states"), "{:?}", found[0].reason);
}

#[test]
fn reports_are_documents() {
    let found = diff(&example(&[]), &example(&[(RELYING_PARTY, "<Value>LOW</Value>", "<Value>HIGH</Value>")]), None, &Limits::default());
    let json: serde_json::Value = serde_json::from_str(&diff_json(&found)).unwrap();
    assert_eq!(json["policies"][0]["verdict"], "different");
    assert_eq!(json["policies"][0]["differences"][0]["kind"], "mfa-weakened");
    assert_eq!(json["policies"][0]["differences"][0]["old"]["mfa"], true);
    assert!(json["policies"][0]["differences"][0]["scenario"]["stubs"].is_object());
    let markdown = diff_markdown(&found);
    assert!(markdown.starts_with("## `B2C_1A_signup_signin_biocatch`: ") && markdown.contains("| `mfa-weakened` |"), "{markdown}");
    let again = diff(&example(&[]), &example(&[(RELYING_PARTY, "<Value>LOW</Value>", "<Value>HIGH</Value>")]), None, &Limits::default());
    assert_eq!(diff_json(&found), diff_json(&again));
}
