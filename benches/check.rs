//! Checking: the worked example, and with the corpus all of it as one run. The issue wants less than 2 s for the corpus on one core.

use std::path::{Path, PathBuf};

use b2c_journey::check::{Options, Report, check, check_levels};
use b2c_journey::source::SourceId;
use b2c_journey::{PolicySet, xml::Limits};

fn main() {
    divan::main();
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Files in memory.
type Contents = Vec<(String, Vec<u8>)>;

fn read(paths: &[PathBuf]) -> Contents {
    paths.iter().map(|path| (path.display().to_string(), std::fs::read(path).unwrap_or_default())).collect()
}

fn parse(contents: &Contents) -> PolicySet {
    PolicySet::from_bytes(contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default())
}

fn example() -> Contents {
    let files = ["TrustFrameworkBase.xml", "TrustFrameworkExtensions.xml", "SignUpOrSignInBioCatch.xml"];
    read(&files.map(|file| root().join("policies").join(file)))
}

/// The files of the corpus and its chains as lists of indices into them; empty without the corpus.
fn corpus() -> (Contents, Vec<Vec<usize>>) {
    let folder = std::env::var_os("B2C_JOURNEY_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    let text = std::fs::read_to_string(folder.join("chains.json")).unwrap_or_else(|_| "[]".to_owned());
    let list: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap_or_default();
    let mut files: Vec<PathBuf> = Vec::new();
    let mut chains = Vec::new();
    for chain in &list {
        let names = chain.get("chain").and_then(serde_json::Value::as_array).into_iter().flatten().filter_map(|name| name.as_str());
        let mut index_of = |name: &str| {
            let path = folder.join(name);
            files.iter().position(|known| *known == path).unwrap_or_else(|| {
                files.push(path);
                files.len() - 1
            })
        };
        chains.push(names.map(&mut index_of).collect());
    }
    (read(&files), chains)
}

fn check_corpus(set: &PolicySet, chains: &[Vec<usize>]) -> Report {
    let ids: Vec<SourceId> = set.sources().iter().map(|(id, _)| id).collect();
    let levels: Vec<Vec<SourceId>> =
        chains.iter().map(|chain| chain.iter().filter_map(|index| ids.get(*index).copied()).collect()).collect();
    check_levels(set, &levels, &Options::default())
}

/// Bytes to findings.
#[divan::bench]
fn example_read_and_check(bencher: divan::Bencher<'_, '_>) {
    let contents = example();
    bencher.bench(|| check(&parse(&contents), &Options::default()));
}

/// Bytes to typed files, every file of the corpus once.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn corpus_read(bencher: divan::Bencher<'_, '_>) {
    let (contents, _) = corpus();
    bencher.bench(|| parse(&contents));
}

/// Bytes to findings, every chain of the corpus.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn corpus_read_and_check(bencher: divan::Bencher<'_, '_>) {
    let (contents, chains) = corpus();
    bencher.bench(|| check_corpus(&parse(&contents), &chains));
}
