//! The tutorial's snippets typed in with their slips: each slip is found at its place, and what the mends leave is the tutorial's policy,
//! which runs.

#![cfg(test)]

mod mend;

use std::path::{Path, PathBuf};

use b2c_journey::diagnostic::{Diagnostic, Severity};
use b2c_journey::{PolicySet, Stubs, json, xml::Limits};

const SLIPS: &str = "SignUpOrSignInBioCatchSlips.xml";
const POLICY: &str = "B2C_1A_signup_signin_biocatch_slips";

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn typed() -> String {
    std::fs::read_to_string(folder("tests/policies/slips").join(SLIPS)).unwrap()
}

/// The relying party given, over the worked example's base and extensions.
fn set(party: &str) -> PolicySet {
    let base = ["TrustFrameworkBase.xml", "TrustFrameworkExtensions.xml"];
    let mut files: Vec<(String, Vec<u8>)> =
        base.iter().map(|name| ((*name).to_owned(), std::fs::read(folder("policies").join(name)).unwrap())).collect();
    files.push((SLIPS.to_owned(), party.as_bytes().to_vec()));
    PolicySet::from_bytes(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default())
}

/// What is wrong with the relying party's file.
fn findings(set: &PolicySet) -> Vec<Diagnostic> {
    mend::findings(set, SLIPS)
}

/// Mends until there is nothing left to mend.
fn mended() -> String {
    mend::mend(&typed(), SLIPS, set)
}

#[test]
fn each_slip_of_markup_is_found_at_its_place_with_a_mend() {
    let set = set(&typed());
    let found: Vec<_> = findings(&set)
        .into_iter()
        .filter(|found| ["B2C0102", "B2C0115", "B2C0116"].contains(&found.code))
        .map(|found| {
            assert!(!found.fix.is_empty(), "{} has no mend", found.line(set.sources()));
            (found.code, set.sources().text(found.span().unwrap()).to_owned())
        })
        .collect();
    let expected = [
        ("B2C0115", "<!\u{2014}"),
        ("B2C0116", "<customerid>"),
        ("B2C0116", "<uuid>"),
        ("B2C0116", "<activity_type>"),
        ("B2C0116", "<brand>"),
        ("B2C0102", "<InputClaims>"),
        ("B2C0102", "</TechnicalProfiles>"),
        ("B2C0102", "<UserJourney Id=\"SignUpOrSignInMfa\">"),
        ("B2C0102", "<OrchestrationStep Order=\"10\" Type=\"ClaimsExchange\">"),
    ];
    assert_eq!(found, expected.map(|(code, text)| (code, text.to_owned())));
}

#[test]
fn the_rest_of_the_file_is_read_and_checked_in_spite_of_the_slips() {
    let set = set(&typed());
    let blank = findings(&set).into_iter().find(|found| set.sources().text(found.span().unwrap()).contains("BioCatch-API-GETSCORE"));
    let blank = blank.unwrap_or_else(|| panic!("nothing about the blank before the reference"));
    let line = typed().lines().position(|line| line.contains("\" BioCatch")).unwrap() as u32 + 1;
    assert_eq!(set.sources().place(blank.span().unwrap()).line, line, "{}", blank.line(set.sources()));
    assert!(!blank.fix.is_empty());
    let policy = set.files().iter().find(|policy| policy.file == mend::file(&set, SLIPS)).unwrap();
    let orders: Vec<u32> = policy.user_journeys[0].steps.iter().map(|step| step.order.value).collect();
    assert_eq!(orders, [8, 9, 10, 11, 12]);
    assert_eq!(policy.technical_profiles.len(), 2);
    assert!(policy.relying_party.is_some());
}

#[test]
fn the_mends_leave_a_policy_without_errors() {
    let text = mended();
    let set = set(&text);
    let errors: Vec<String> = findings(&set)
        .into_iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| diagnostic.line(set.sources()))
        .collect();
    assert_eq!(errors, [""; 0]);
}

#[test]
fn the_mends_touch_nothing_but_the_slips() {
    let mended = mended();
    let escaped = ["customerid", "uuid", "activity_type", "brand"]
        .iter()
        .fold(typed(), |text, name| text.replace(&format!("<{name}>"), &format!("&lt;{name}&gt;")));
    let expected = escaped
        .replace("<!\u{2014}Claim", "<!--Claim")
        .replace("      </TechnicalProfiles>\n      </TechnicalProfiles>\n", "      </TechnicalProfiles>\n      \n")
        .replace("\"clientsessionId\" />\n", "\"clientsessionId\" />\n          </InputClaims>\n")
        .replace(
            "PhoneFactor-InputOrVerify\" />\n          </ClaimsExchanges>",
            "PhoneFactor-InputOrVerify\" />\n          </ClaimsExchanges>\n        </OrchestrationStep>",
        )
        .replace("      </OrchestrationSteps>\n", "      </OrchestrationSteps>\n    </UserJourney>\n");
    // A claim id in another case and a blank around a reference may be mended, too.
    let plain = |text: &str| text.replace("clientsessionId", "clientSessionId").replace("\" BioCatch", "\"BioCatch");
    assert_eq!(plain(&mended), plain(&expected));
}

#[test]
fn the_mended_policy_runs() {
    let journey = set(&mended()).journey(POLICY).unwrap_or_else(|error| panic!("{error}"));
    let run = journey
        .simulation()
        .stub("login-NonInteractive-clientSessionId", Stubs::self_asserted().enter("clientSessionId", "9f1c"))
        .stub("BioCatch-API-GETSCORE", Stubs::restful().ok(json!({ "riskLevel": "LOW", "score": 1 })))
        .run()
        .unwrap();
    run.assert_issued().assert_called("BioCatch-API-GETSCORE").assert_skipped(10);
    assert!(run.record().requests["BioCatch-API-GETSCORE"][0].url.contains("customerSessionID=9f1c&"));
}
