//! Finds the faults of policies before they are uploaded: what the service refuses, what fails when it runs, and what just does something
//! else than was meant.
//!
//! [`check`] takes files that were read together, finds the chains among them, and runs every rule over each file and each chain. A rule is
//! a function from a file or a [`Chain`] to diagnostics, one file per family; [`crate::diagnostic::code`] has the table of all codes and
//! `docs/rules` a page for each.
//!
//! ```
//! use b2c_journey::{PolicySet, check::{check, Options}, diagnostic::Severity};
//!
//! let policies = PolicySet::from_dir("policies").unwrap();
//! let report = check(&policies, &Options::default());
//! assert_eq!(report.count(Severity::Error), 0);
//! ```
//!
//! Invariants: the policies are only read; the same files give the same findings in the same order; nothing here stops a run.

mod chain;
mod claim_flow;
mod claims;
mod flow;
mod inheritance;
mod journeys;
mod kind;
mod limits;
mod multi_factor;
mod options;
mod profiles;
mod references;
mod relying_party;
mod schema;
mod security;
mod transformations;
mod values;
#[cfg(test)]
mod values_tests;

pub use options::{Level, Options};

use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use crate::diagnostic::code::{self, Raised};
use crate::diagnostic::{Diagnostic, Severity};
use crate::inherit::{self, EffectivePolicy, PolicyIndex};
use crate::policy::PolicyFile;
use crate::policy_set::PolicySet;
use crate::source::{SourceId, Sources, Span};
use crate::xml::Document;
use chain::Chain;

/// A rule over one chain.
type ChainRule = fn(&Chain<'_>, &mut Vec<Diagnostic>);

/// A rule over one file.
type FileRule = fn(&File<'_>, &mut Vec<Diagnostic>);

/// The families of rules over files.
const FILE_RULES: [&[FileRule]; 2] = [schema::RULES, limits::RULES];

/// The families of rules over chains.
const CHAIN_RULES: [&[ChainRule]; 10] = [
    inheritance::RULES,
    references::RULES,
    journeys::RULES,
    profiles::RULES,
    claims::RULES,
    claim_flow::RULES,
    transformations::RULES,
    relying_party::RULES,
    security::RULES,
    multi_factor::RULES,
];

/// One file as the rules see it.
pub(crate) struct File<'f> {
    /// Its elements; `None` when it could not be parsed at all.
    pub(crate) document: Option<&'f Document>,
    /// What was read of it; `None` when it is no policy.
    pub(crate) policy: Option<&'f PolicyFile>,
    /// The file.
    pub(crate) file: SourceId,
    /// All files that are policies, this one among them.
    pub(crate) policies: &'f [PolicyFile],
    /// The texts.
    pub(crate) sources: &'f Sources,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The findings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How many files were looked at.
    pub files: usize,
    /// How many chains were.
    pub chains: usize,
}

impl Report {
    /// How many findings there are of a severity.
    pub fn count(&self, severity: Severity) -> usize {
        self.diagnostics.iter().filter(|diagnostic| diagnostic.severity == severity).count()
    }
}

/// Checks every file and every chain of a set: the chain of each relying party, and of each other file that is nobody's base.
pub fn check(set: &PolicySet, options: &Options) -> Report {
    let index = PolicyIndex::new(set.files());
    let chains: Vec<inherit::Chain<'_>> = tops(set.files(), &index).into_iter().map(|file| index.chain_of(file)).collect();
    check_chains(set, &chains, options)
}

/// Checks files and the chains given, whatever their `BasePolicy` elements say: each a list of files, base first. See
/// [`PolicySet::journey_of_levels`].
pub fn check_levels(set: &PolicySet, levels: &[Vec<SourceId>], options: &Options) -> Report {
    let files = |ids: &Vec<SourceId>| ids.iter().filter_map(|id| set.files().iter().find(|file| file.file == *id)).collect();
    let chains: Vec<_> = levels.iter().map(|ids| inherit::Chain { levels: files(ids), diagnostics: Vec::new() }).collect();
    check_chains(set, &chains, options)
}

fn check_chains(set: &PolicySet, chains: &[inherit::Chain<'_>], options: &Options) -> Report {
    let mut findings = Findings::default();
    findings.add(set.diagnostics().to_vec(), |_| None);
    for (file, _) in set.sources().iter() {
        let policy = set.files().iter().find(|policy| policy.file == file);
        let file = File { document: set.document(file), policy, file, policies: set.files(), sources: set.sources() };
        let mut found = Vec::new();
        FILE_RULES.iter().copied().flatten().for_each(|rule| rule(&file, &mut found));
        let id = policy.and_then(|policy| policy.policy_id.as_ref()).map(|id| id.value.to_str());
        findings.add(found, |_| id.clone());
    }
    for chain in chains {
        let mut policy = inherit::merge(&chain.levels);
        let mut found = chain.diagnostics.clone();
        found.append(&mut policy.diagnostics);
        let has_base = is_whole(chain);
        if policy.relying_party.is_some() && has_base {
            found.extend(crate::plan::plan(&policy).diagnostics);
        }
        let view = Chain::new(&chain.levels, &policy, set.sources());
        let families = if has_base { &CHAIN_RULES[..] } else { &[inheritance::RULES] };
        families.iter().copied().flatten().for_each(|rule| rule(&view, &mut found));
        findings.add(found, |diagnostic| refused_at(&policy, diagnostic));
    }
    findings.keep_unused_in_all(chains);
    let mut diagnostics = options.apply(findings.finish());
    order(&mut diagnostics, set.sources());
    Report { diagnostics, files: set.sources().iter().count(), chains: chains.len() }
}

/// Whether all bases are there: without one nearly everything seems undeclared, and only the levels at hand can be judged.
fn is_whole(chain: &inherit::Chain<'_>) -> bool {
    let broken = [code::MISSING_BASE, code::INHERITANCE_CYCLE, code::BASE_IS_USER_FLOW];
    !chain.diagnostics.iter().any(|diagnostic| broken.contains(&diagnostic.code))
}

/// The files whose chains are looked at.
fn tops<'p>(files: &'p [PolicyFile], index: &PolicyIndex<'p>) -> Vec<&'p PolicyFile> {
    let bases: FxHashSet<SourceId> =
        files.iter().flat_map(|file| index.chain_of(file).levels.into_iter().rev().skip(1)).map(|base| base.file).collect();
    let mut tops: Vec<_> = files.iter().filter(|file| file.relying_party.is_some() || !bases.contains(&file.file)).collect();
    let mut covered: FxHashSet<SourceId> = tops.iter().flat_map(|top| index.chain_of(top).levels).map(|level| level.file).collect();
    // Files that are bases of one another alone.
    for file in files {
        if !covered.contains(&file.file) {
            covered.extend(index.chain_of(file).levels.into_iter().map(|level| level.file));
            tops.push(file);
        }
    }
    tops
}

/// PolicyId of the file at whose upload the service refuses this: that of the last level that takes part, or of the relying party where
/// only that upload looks at it.
fn refused_at(policy: &EffectivePolicy, diagnostic: &Diagnostic) -> Option<crate::claims::Str> {
    let level = match code::find(diagnostic.code)?.raised {
        Raised::Upload => diagnostic.labels.iter().filter_map(|label| policy.level_index(label.span)).max(),
        Raised::RelyingParty => policy.levels.len().checked_sub(1),
        Raised::Run | Raised::Silent => None,
    }?;
    Some(policy.levels.get(level)?.policy_id.as_ref()?.value.to_str())
}

/// Findings without those that were made before: several chains share their bases, and planning sees what rules see too.
#[derive(Default)]
struct Findings(IndexMap<(&'static str, Option<Span>), (Diagnostic, usize), FxBuildHasher>);

impl Findings {
    fn add(&mut self, found: Vec<Diagnostic>, refused_at: impl Fn(&Diagnostic) -> Option<crate::claims::Str>) {
        for mut diagnostic in found {
            if diagnostic.severity == Severity::Error && diagnostic.upload.is_none() {
                diagnostic.upload = refused_at(&diagnostic);
            }
            let known = self.0.entry((diagnostic.code, diagnostic.span()));
            match known {
                indexmap::map::Entry::Vacant(entry) => {
                    entry.insert((diagnostic, 1));
                }
                // The more severe one stands; of equals the one with a mend, else the one that shows more places, else the first.
                indexmap::map::Entry::Occupied(mut entry) => {
                    let rank = |diagnostic: &Diagnostic| (diagnostic.severity, !diagnostic.fix.is_empty(), diagnostic.labels.len());
                    let (known, times) = entry.get_mut();
                    *times += 1;
                    if rank(&diagnostic) > rank(known) {
                        *known = diagnostic;
                    }
                }
            }
        }
    }

    /// Something is unused only when it is in every chain that has its file.
    fn keep_unused_in_all(&mut self, chains: &[inherit::Chain<'_>]) {
        let mut having: FxHashMap<SourceId, usize> = FxHashMap::default();
        for level in chains.iter().flat_map(|chain| &chain.levels) {
            *having.entry(level.file).or_default() += 1;
        }
        self.0.retain(|(code, span), (_, times)| {
            !references::UNUSED.contains(code) || span.is_none_or(|span| having.get(&span.file).is_none_or(|having| having == times))
        });
    }

    fn finish(self) -> Vec<Diagnostic> {
        self.0.into_values().map(|(diagnostic, _)| diagnostic).collect()
    }
}

/// By file, place and code; what has no place comes first.
fn order(diagnostics: &mut [Diagnostic], sources: &Sources) {
    let files: IndexMap<SourceId, usize> = sources.iter().enumerate().map(|(index, (id, _))| (id, index)).collect();
    diagnostics.sort_by_key(|diagnostic| {
        let place = diagnostic.span().map(|span| (files.get(&span.file).copied(), span.start, span.end));
        (place, diagnostic.code)
    });
}
