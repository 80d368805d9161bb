//! The schema's rules over other people's policies, each file for itself: what is known to be wrong there is found, and nothing in those
//! that everybody uses.

#![cfg(test)]

mod common;
mod mend;

use std::collections::BTreeMap;

use b2c_journey::diagnostic::Severity;
use b2c_journey::{PolicySet, xml::Limits};
use common::{corpus, xml_files};

fn read(bytes: &[u8]) -> PolicySet {
    PolicySet::from_bytes([("a.xml", bytes)], &Limits::default())
}

#[test]
fn known_faults_are_found_and_the_starter_pack_has_none() {
    let Some(corpus) = corpus() else { return };
    let paths = xml_files(&corpus);
    let mut by_code: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    let (mut ill_formed, mut mended) = (0, 0);
    for path in &paths {
        let bytes = std::fs::read(path).unwrap();
        let set = read(&bytes);
        let name = path.strip_prefix(&corpus).unwrap().display().to_string();
        let found = mend::findings(&set, "a.xml");
        let errors: Vec<_> = found.iter().filter(|found| found.severity == Severity::Error && found.code.starts_with("B2C01")).collect();
        for error in &errors {
            let text = set.sources().text(error.span().unwrap());
            by_code.entry(error.code).or_default().push(format!("{name}: `{text}`: {}", error.message));
        }
        if errors.iter().any(|error| ["B2C0102", "B2C0115", "B2C0116"].contains(&error.code)) {
            ill_formed += 1;
            let text = mend::mend(set.sources().get(mend::file(&set, "a.xml")).unwrap().text(), "a.xml", |text| read(text.as_bytes()));
            let left = mend::findings(&read(text.as_bytes()), "a.xml");
            mended += usize::from(!left.iter().any(|left| left.code.starts_with("B2C01") && left.severity == Severity::Error));
        }
    }
    println!("{} files, {ill_formed} not well-formed, {mended} of them mended; {by_code:#?}", paths.len());
    let has = |code: &str, text: &str| by_code.get(code).is_some_and(|lines| lines.iter().any(|line| line.contains(text)));
    let everywhere = by_code.values().flatten();
    let starter: Vec<_> = everywhere.filter(|line| line.starts_with("starterpack/")).collect();
    assert!(starter.is_empty(), "{starter:#?}");
    assert!(ill_formed >= 2, "only {ill_formed} files that are not well-formed");
    assert!(mended >= 2, "only {mended} of them are mended");
    assert!(has("B2C0104", "`ClaimsProvider`"), "the claims provider outside of its container");
    assert!(has("B2C0104", "`ValidationTechnicalProfiles`"), "the nested list of validation profiles");
    assert!(has("B2C0106", "`-->`"), "the stray text");
}
