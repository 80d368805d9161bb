//! `check`, its outputs, mending and `explain` over policies that are broken in every way: nothing panics, nothing takes long.
#![cfg(test)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use b2c_journey::PolicySet;
use b2c_journey::check::{Level, Options, check, fix};
use b2c_journey::diagnostic::{Severity, code};
use b2c_journey::explain::explain;
use b2c_journey::report::{check_github, check_json, check_sarif, check_summary};
use b2c_journey::xml::Limits;
use proptest::prelude::*;

fn everything() -> Options {
    let mut options = Options::default();
    for rule in code::ALL {
        options.level(rule.code, Level::As(Severity::Warning));
    }
    options
}

/// Everything that there is, over these files.
fn run(files: &[(String, Vec<u8>)]) -> usize {
    let set = PolicySet::from_bytes(files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default());
    let report = check(&set, &everything());
    let sources = set.sources();
    check_json(&report, None, sources);
    check_sarif(&report, &set);
    check_github(&report, sources);
    check_summary(&report, sources);
    for what in ["8", "SignUpOrSignInMfa", "AAD-Common", "email", "api.selfasserted", "nothing"] {
        if let Ok(found) = explain(&set, None, what) {
            found.text(&Default::default());
            found.json();
        }
    }
    let fixed = fix(files.to_vec(), |set| check(set, &everything()));
    assert!(fixed.files.len() <= files.len());
    report.diagnostics.len()
}

fn example() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("policies");
    let files = ["TrustFrameworkBase.xml", "TrustFrameworkExtensions.xml", "SignUpOrSignInBioCatch.xml"];
    files.iter().map(|file| ((*file).to_owned(), std::fs::read(folder.join(file)).unwrap())).collect()
}

/// Pieces that stand where they should not.
const PIECES: [&str; 14] = [
    "",
    "<",
    ">",
    "\"",
    "&",
    "<!--",
    "-->",
    "<!-- b2c-journey: allow B2C0301 -->",
    "<![CDATA[",
    "</UserJourney>",
    " Id=\"email\"",
    "é\u{fffd}𝄞",
    "{Claim:x}",
    "\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_policies_are_checked_without_a_panic(
        file in 0usize..3,
        damage in proptest::collection::vec((0.0f64..1.0, 0usize..40, 0usize..PIECES.len()), 1..12),
    ) {
        let mut files = example();
        for (place, cut, piece) in damage {
            let bytes = &mut files[file].1;
            let start = (place * bytes.len() as f64) as usize;
            let end = (start + cut).min(bytes.len());
            bytes.splice(start..end, PIECES[piece].bytes());
        }
        run(&files);
    }

    #[test]
    fn attributes_that_say_what_others_say_are_checked_without_a_panic(
        swaps in proptest::collection::vec((0.0f64..1.0, 0.0f64..1.0), 1..30),
    ) {
        let mut files = example();
        let text = String::from_utf8(files[0].1.clone()).unwrap();
        let mut pieces: Vec<String> = text.split('"').map(str::to_owned).collect();
        let values = pieces.len() / 2;
        for (one, other) in swaps {
            let index = |place: f64| (place * values as f64) as usize * 2 + 1;
            pieces.swap(index(one), index(other));
        }
        files[0].1 = pieces.join("\"").into_bytes();
        run(&files);
    }
}

#[track_caller]
fn soon(what: &str, text: String) {
    let begun = Instant::now();
    run(&[("a.xml".to_owned(), text.into_bytes())]);
    // Far more than a debug build needs, far less than anything quadratic would.
    assert!(begun.elapsed() < Duration::from_secs(30), "{what}: {:?}", begun.elapsed());
}

fn policy(inside: &str) -> String {
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_a\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_a\">{inside}\
         </TrustFrameworkPolicy>"
    )
}

#[test]
fn very_much_of_one_thing_is_checked_soon() {
    let claim = "<ClaimType Id=\"c\"><DisplayName>c</DisplayName><DataType>string</DataType></ClaimType>\n";
    let claims = |piece: &str, times: usize| {
        policy(&format!("<BuildingBlocks><ClaimsSchema>{}</ClaimsSchema></BuildingBlocks>", piece.repeat(times)))
    };
    soon("comments", claims(&format!("<!-- b2c-journey: allow B2C0301 -->{claim}"), 2_000));
    soon("comments on one line", claims("<!-- b2c-journey: allow B2C0301 -->", 20_000));
    soon("mends", claims(" & ", 20_000));
    soon("blanks in ids", claims("<ClaimType Id=\" c \"><DisplayName>c</DisplayName><DataType> string </DataType></ClaimType>\n", 2_000));
}

#[test]
fn many_files_of_one_chain_are_checked_soon() {
    let begun = Instant::now();
    let file = |number: usize| {
        let base =
            format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>B2C_1A_{}</PolicyId></BasePolicy>", number + 1);
        (format!("{number}.xml"), policy(&base).replace("B2C_1A_a", &format!("B2C_1A_{number}")).into_bytes())
    };
    run(&(0..300).map(file).collect::<Vec<_>>());
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn the_policies_of_the_rules_are_shown_and_mended_without_a_panic() {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check");
    for entry in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(entry.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "xml") {
                run(&[("a.xml".to_owned(), std::fs::read(path).unwrap())]);
            }
        }
    }
}
