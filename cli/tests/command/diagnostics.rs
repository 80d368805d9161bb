//! What a diagnostic looks like on stderr, to the letter.

use super::support::{call_in, folder};

/// Runs on these policies and looks for a diagnostic as it is shown.
#[track_caller]
fn check(policies: &[(&str, &str)], expected: &str) {
    let called = call_in(folder(policies).path(), &["run"]);
    let found = called.err.replace(r"policies\", "policies/");
    assert_eq!(called.exit, 1);
    assert!(found.contains(expected.trim_start()), "{found}");
}

fn policy(id: &str, base: &str, rest: &str) -> String {
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\"\n  \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"{id}\" PublicPolicyUri=\"http://contoso.com/{id}\">\n  <BasePolicy>\n    \
         <TenantId>contoso.onmicrosoft.com</TenantId>\n    <PolicyId>{base}</PolicyId>\n  </BasePolicy>\n{rest}</TrustFrameworkPolicy>\n"
    )
}

#[test]
fn places_in_two_files_stand_one_after_the_other() {
    let party = "  <RelyingParty>\n    <DefaultUserJourney ReferenceId=\"J\" />\n  </RelyingParty>\n";
    check(
        &[("policies/a.xml", &policy("B2C_1A_a", "B2C_1A_b", party)), ("policies/b.xml", &policy("B2C_1A_b", "B2C_1A_a", ""))],
        r"
error[B2C0202]: the policy `B2C_1A_a` comes back to itself over its bases
 --> policies/a.xml:5:15
  |
5 |     <PolicyId>B2C_1A_b</PolicyId>
  |               ^^^^^^^^ `B2C_1A_a` is based on `B2C_1A_b`
  |
 ::: policies/b.xml:5:15
  |
5 |     <PolicyId>B2C_1A_a</PolicyId>
  |               -------- `B2C_1A_b` is based on `B2C_1A_a`
  |
  = help: take BasePolicy out of the one that is meant to be the base of all

",
    );
}

#[test]
fn a_mend_is_shown_as_the_line_after_it() {
    let url = "  <RelyingParty>\n    <Url>https://api.contoso.com/?a=1&b=2</Url>\n  </RelyingParty>\n";
    check(
        &[("policies/a.xml", &policy("B2C_1A_a", "B2C_1A_b", url))],
        r"
error[B2C0102]: `&` begins no reference here
 --> policies/a.xml:8:38
  |
8 |     <Url>https://api.contoso.com/?a=1&b=2</Url>
  |                                      ^
  |
help: write `&amp;`
  |
8 |     <Url>https://api.contoso.com/?a=1&amp;b=2</Url>
  |                                       ++++

",
    );
}

#[test]
fn a_long_line_is_cut_around_the_place() {
    let filler = format!("<!-- {} -->", "-filler".repeat(60).trim_start_matches('-').replace('-', " "));
    let url = format!("  <RelyingParty>{filler}<Url>a&b</Url>{filler}</RelyingParty>\n");
    check(
        &[("policies/a.xml", &policy("B2C_1A_a", "B2C_1A_b", &url))],
        r"
error[B2C0102]: `&` begins no reference here
 --> policies/a.xml:7:451
  |
7 | ...iller filler filler filler filler filler filler filler --><Url>a&b</Url><!-- filler filler filler filler filler filler filler fill...
  |                                                                    ^
  |
  = help: write `&amp;`

",
    );
}
