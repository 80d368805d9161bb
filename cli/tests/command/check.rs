//! `check` and `explain` as they are called.

use serde_json::Value;

use super::support::{call, call_in, folder};

/// A policy with a note (StatementType).
const NOTE: &str = r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0"
  TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_base" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_base">
  <BuildingBlocks>
    <ClaimsSchema>
      <ClaimType Id="hotel" StatementType="Subject">
        <DisplayName>Rooms and suites</DisplayName>
        <DataType>string</DataType>
      </ClaimType>
    </ClaimsSchema>
  </BuildingBlocks>
</TrustFrameworkPolicy>
"#;

/// The same with a lone ampersand, which can be mended.
fn faulty() -> String {
    NOTE.replace("Rooms and", "Rooms &")
}

#[test]
fn the_worked_example_is_without_errors_and_the_outcome_is_on_stdout() {
    let called = call(&["check"]);
    assert_eq!(called.exit, 0, "{}{}", called.out, called.err);
    assert!(called.out.ends_with(" in 3 files, 1 chain\n"), "{}", called.out);
}

#[test]
fn findings_are_on_stderr_with_the_text_underlined() {
    let folder = folder(&[("policies/a.xml", &faulty())]);
    let called = call_in(folder.path(), &["check"]);
    assert_eq!(called.exit, 1);
    assert!(called.out.starts_with("1 error, 1 note in 1 file, 1 chain; 1 can be mended with --fix\n"), "{}", called.out);
    assert!(called.err.contains("error[B2C0102]: "), "{}", called.err);
    assert!(called.err.contains("--> policies/a.xml:6:"), "{}", called.err);
    assert!(called.err.contains("help: write `&amp;`") && called.err.contains(">Rooms &amp; suites<"), "the mend is shown: {}", called.err);
    assert!(called.err.contains("`b2c-journey explain B2C0102`"), "{}", called.err);
    let quiet = call_in(folder.path(), &["check", "-q"]);
    assert!(quiet.err.contains("B2C0102") && !quiet.err.contains("B2C0110") && !quiet.err.contains("explain"), "{}", quiet.err);
    assert_eq!(quiet.out, called.out);
}

#[test]
fn every_finding_is_shown_however_many_there_are() {
    let claim = "<ClaimType Id=\"c#\" StatementType=\"Subject\"><DisplayName>c#</DisplayName><DataType>string</DataType></ClaimType>\n";
    let many: String = (0..60).map(|number| claim.replace('#', &number.to_string())).collect();
    let folder = folder(&[("a.xml", &NOTE.replace("    <ClaimsSchema>", &format!("    <ClaimsSchema>{many}")))]);
    let called = call_in(folder.path(), &["check"]);
    assert_eq!(called.exit, 0, "{}", called.err);
    assert_eq!(called.err.matches("note[B2C0110]").count(), 61);
}

#[test]
fn levels_come_from_the_command_line_and_the_configuration() {
    let folder = folder(&[
        ("mine/a.xml", NOTE),
        ("mine/deep/er/here.txt", ""),
        ("b2c-journey.toml", "[check]\npaths = [\"mine\"]\n[check.levels]\nno-effect = \"warning\"\n"),
        ("off.toml", "[check]\npaths = [\"mine\"]\n[check.levels]\nB2C0110 = \"off\"\n"),
        ("wrong.toml", "[check]\n\n[check.levels]\nB2C0110 = \"of\"\n"),
    ]);
    let check = |arguments: &[&str], exit: i32, outcome: &str| {
        let called = call_in(folder.path(), arguments);
        assert_eq!((called.exit, called.out.as_str()), (exit, outcome), "{arguments:?}: {}", called.err);
        called
    };
    check(&["check"], 0, "1 warning in 1 file, 1 chain\n");
    check(&["check", "--deny", "warnings"], 1, "1 error in 1 file, 1 chain\n");
    check(&["check", "--deny", "b2c0110"], 1, "1 error in 1 file, 1 chain\n");
    check(&["check", "--allow", "no-effect"], 0, "nothing to complain of in 1 file, 1 chain\n");
    check(&["check", "--config", "off.toml"], 0, "nothing to complain of in 1 file, 1 chain\n");
    check(&["check", "--config", "off.toml", "--warn", "B2C0110"], 0, "1 warning in 1 file, 1 chain\n");
    check(&["check", "-p", "mine/a.xml"], 0, "1 warning in 1 file, 1 chain\n");
    let wrong = check(&["check", "--config", "wrong.toml"], 2, "");
    assert!(wrong.err.contains("--> wrong.toml:4:11") && wrong.err.contains("did you mean `off`?"), "{}", wrong.err);
    let unknown = check(&["check", "--deny", "B2C011"], 2, "");
    assert!(unknown.err.contains("there is no code `B2C011`") && unknown.err.contains("did you mean"), "{}", unknown.err);
    let deep = call_in(&folder.path().join("mine/deep/er"), &["check"]);
    assert_eq!(deep.out, "1 warning in 1 file, 1 chain\n");
    assert!(deep.err.contains("--> ../../../mine/a.xml:5:"), "{}", deep.err);
}

#[test]
fn fix_mends_the_files_and_says_what_it_did() {
    let folder = folder(&[("policies/a.xml", &faulty()), ("policies/b.xml", &NOTE.replace("B2C_1A_base", "B2C_1A_other"))]);
    let called = call_in(folder.path(), &["check", "--fix"]);
    assert_eq!(called.exit, 0, "{}", called.err);
    let (change, rest) = called.out.split_once('\n').unwrap();
    assert!(change.starts_with("mended policies/a.xml:6:") && change.ends_with(": B2C0102: `&` → `&amp;`"), "{change}");
    assert_eq!(rest, "2 notes in 2 files, 2 chains\n");
    assert_eq!(std::fs::read_to_string(folder.path().join("policies/a.xml")).unwrap(), faulty().replace('&', "&amp;"));
    let again = call_in(folder.path(), &["check", "--fix", "--format", "json"]);
    assert_eq!(again.json()["changes"], Value::Array(Vec::new()));
}

#[test]
fn the_formats_for_tools_are_one_document_on_stdout() {
    let folder = folder(&[("policies/a.xml", &faulty())]);
    let json = call_in(folder.path(), &["check", "--format", "json"]);
    assert_eq!((json.exit, json.err.as_str()), (1, ""));
    assert_eq!(json.json()["summary"]["errors"], 1);
    let sarif = call_in(folder.path(), &["check", "--format", "sarif"]);
    assert_eq!((sarif.exit, sarif.err.as_str()), (1, ""));
    assert_eq!(sarif.json()["version"], "2.1.0");
    let github = call_in(folder.path(), &["check", "--format", "github"]);
    assert_eq!((github.exit, github.err.as_str()), (1, ""));
    assert!(github.out.contains("\n::error file=policies/a.xml,line=6,"), "{}", github.out);
}

#[test]
fn one_policy_alone_can_be_checked() {
    let called = call(&["check", "--policy", "b2c_1a_signup_signin_biocatch"]);
    assert_eq!(called.exit, 0, "{}", called.err);
    let called = call(&["check", "--policy", "B2C_1A_signup_signin_biocach"]);
    assert_eq!((called.exit, called.out.as_str()), (2, ""));
    assert!(called.err.contains("did you mean `B2C_1A_signup_signin_biocatch`?"), "{}", called.err);
    assert_eq!(call(&["check", "-p", "not/there"]).exit, 2);
}

#[test]
fn explain_shows_the_page_of_a_code_or_name() {
    for what in ["B2C1101", "b2c1101", "unused-suppression"] {
        let called = call(&["explain", what]);
        assert_eq!(called.exit, 0);
        assert!(called.out.starts_with("# B2C1101: unused-suppression\n"), "{}", called.out);
    }
    let json = call(&["explain", "B2C1101", "--format", "json"]).json();
    assert_eq!((&json["kind"], &json["id"], &json["name"]), (&"code".into(), &"B2C1101".into(), &"unused-suppression".into()));
}

#[test]
fn explain_shows_what_a_part_has_become_and_where_from() {
    let called = call(&["explain", "api.selfasserted"]);
    assert_eq!(called.exit, 0, "{}", called.err);
    let line =
        |text: &str| called.out.lines().find(|line| line.contains(text)).unwrap_or_else(|| panic!("{text}: {}", called.out)).to_owned();
    assert!(line("<LoadUri>https://static.contoso.com/").contains("<!-- policies/SignUpOrSignInBioCatch.xml:"), "{}", called.out);
    assert!(line("<DataUri>").contains("<!-- policies/TrustFrameworkBase.xml:"), "{}", called.out);
    assert!(line("declared in B2C_1A_TrustFrameworkBase at policies/TrustFrameworkBase.xml:").len() > 10);
    assert!(line("restated in B2C_1A_signup_signin_biocatch at ").len() > 10);
    for (what, kind, id) in [
        ("riskLevel", "ClaimType", "riskLevel"),
        ("biocatch-api-getscore", "TechnicalProfile", "BioCatch-API-GETSCORE"),
        ("SignUpOrSignInMfa", "UserJourney", "SignUpOrSignInMfa"),
        ("SignUpOrSignInMfa/10", "OrchestrationStep", "SignUpOrSignInMfa/10"),
        ("10", "OrchestrationStep", "SignUpOrSignInMfa/10"),
        ("ClaimType:email", "ClaimType", "email"),
        ("PolicyProfile", "TechnicalProfile", "PolicyProfile"),
    ] {
        let json = call(&["explain", what, "--format", "json"]).json();
        assert_eq!((&json["kind"], &json["id"]), (&kind.into(), &id.into()), "{what}");
        assert!(json["origins"].as_array().is_some_and(|origins| !origins.is_empty()), "{what}: {json}");
    }
}

#[test]
fn explain_names_what_was_perhaps_meant() {
    for (what, near) in
        [("riskLvel", "`riskLevel`"), ("unused-supression", "`unused-suppression`"), ("BioCatch-API-GETSCOR", "`BioCatch-API-GETSCORE`")]
    {
        let called = call(&["explain", what]);
        assert_eq!((called.exit, called.out.as_str()), (2, ""));
        assert!(called.err.contains("nothing is called") && called.err.contains(near), "{}", called.err);
    }
    let called = call(&["explain", "riskLevel", "--policy", "B2C_1A_nobody"]);
    assert!(called.exit == 2 && called.err.contains("there is no policy `B2C_1A_nobody`"), "{}", called.err);
}
