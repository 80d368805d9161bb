//! Reading, merging and planning a chain, beside quick-xml's bare events over the same bytes. Compare the rows of one run: the machine
//! is noisy. The chain is the starter pack's SocialAndLocalAccountsWithMfa when the corpus is there, else the worked example.

use std::path::{Path, PathBuf};

use b2c_journey::{PolicySet, xml::Limits};
use quick_xml::events::Event;

fn main() {
    divan::main();
}

fn chain() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let corpus = std::env::var_os("B2C_JOURNEY_CORPUS").map_or_else(|| root.join("../shared/corpus"), PathBuf::from);
    let folder = corpus.join("starterpack/SocialAndLocalAccountsWithMfa");
    let (folder, files) = if folder.is_dir() {
        (folder, vec!["TrustFrameworkBase.xml", "TrustFrameworkLocalization.xml", "TrustFrameworkExtensions.xml", "SignUpOrSignin.xml"])
    } else {
        (root.join("policies"), vec!["TrustFrameworkBase.xml", "TrustFrameworkExtensions.xml", "SignUpOrSignInBioCatch.xml"])
    };
    files.into_iter().map(|file| folder.join(file)).collect()
}

fn contents() -> Vec<(String, Vec<u8>)> {
    chain().into_iter().map(|path| (path.display().to_string(), std::fs::read(&path).unwrap_or_default())).collect()
}

fn parse(contents: &[(String, Vec<u8>)]) -> PolicySet {
    PolicySet::from_bytes(contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default())
}

/// The floor: quick-xml's events, looked at by nobody.
#[divan::bench]
fn quick_xml_bare_events(bencher: divan::Bencher<'_, '_>) {
    let contents = contents();
    bencher.bench(|| {
        let mut events = 0u64;
        for (_, bytes) in &contents {
            let text = std::str::from_utf8(bytes).unwrap_or_default();
            let mut reader = quick_xml::Reader::from_str(text);
            loop {
                match reader.read_event() {
                    Ok(Event::Eof) | Err(_) => break,
                    Ok(_) => events += 1,
                }
            }
        }
        events
    });
}

/// Bytes to typed files.
#[divan::bench]
fn read(bencher: divan::Bencher<'_, '_>) {
    let contents = contents();
    bencher.bench(|| parse(&contents));
}

/// Bytes to a journey that can run.
#[divan::bench]
fn read_merge_plan(bencher: divan::Bencher<'_, '_>) {
    let contents = contents();
    let set = parse(&contents);
    let policy = set.relying_parties().last().map(|id| id.to_string()).unwrap_or_default();
    bencher.bench(|| parse(&contents).journey(&policy).map(|journey| journey.plan().profiles.len()));
}

/// Typed files to a journey that can run.
#[divan::bench]
fn merge_plan(bencher: divan::Bencher<'_, '_>) {
    let set = parse(&contents());
    let policy = set.relying_parties().last().map(|id| id.to_string()).unwrap_or_default();
    bencher.bench(|| set.journey(&policy).map(|journey| journey.plan().profiles.len()));
}
