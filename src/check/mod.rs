//! Finds the faults of policies before they are uploaded: what the service refuses, what fails when it runs, and what just does something
//! else than was meant.
//!
//! [`check`] takes files that were read together, finds the chains among them, and runs every rule over each file and each chain. A rule is
//! a function from a file or a `Chain` to diagnostics, one file per family; [`crate::diagnostic::code`] has the table of all codes and
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
mod config;
mod findings;
mod fix;
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
mod suppress;
mod transformations;
mod values;
#[cfg(test)]
mod values_tests;

pub use config::{Config, ConfigError};
pub use fix::{Change, FixError, Fixed, WriteError, fix, fix_dir, fix_paths, mend_of};
pub use options::{Level, Options};

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use crate::diagnostic::code::{self, Raised};
use crate::diagnostic::{Diagnostic, Severity};
use crate::inherit::{self, EffectivePolicy, PolicyIndex};
use crate::policy::PolicyFile;
use crate::policy_set::PolicySet;
use crate::source::{SourceId, Sources};
use crate::xml::Document;
use chain::Chain;
use findings::Findings;

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
    let chains = tops(set.files(), &index);
    run(set, &chains, options, &|_| true, true)
}

/// Checks the chain of one policy, by PolicyId in any case: what is found in its files, in files that are no policy at all, and without a
/// place. `None` when there is no such policy. Whether a comment that allows something is unused is not said then: another chain may
/// need it.
pub fn check_policy(set: &PolicySet, id: &str, options: &Options) -> Option<Report> {
    let chain = PolicyIndex::new(set.files()).chain(id)?;
    let files: FxHashSet<SourceId> = chain.levels.iter().map(|level| level.file).collect();
    let wanted = |file: SourceId| files.contains(&file) || set.file(file).is_none();
    Some(run(set, std::slice::from_ref(&chain), options, &wanted, false))
}

/// Checks files and the chains given, whatever their `BasePolicy` elements say: each a list of files, base first. See
/// [`PolicySet::journey_of_levels`].
pub fn check_levels(set: &PolicySet, levels: &[Vec<SourceId>], options: &Options) -> Report {
    let files = |ids: &Vec<SourceId>| ids.iter().filter_map(|id| set.file(*id)).collect();
    let chains: Vec<_> = levels.iter().map(|ids| inherit::Chain { levels: files(ids), diagnostics: Vec::new() }).collect();
    run(set, &chains, options, &|_| true, true)
}

/// Looks at the wanted files and the chains; `all` = these are all the chains of the files.
fn run(set: &PolicySet, chains: &[inherit::Chain<'_>], options: &Options, wanted: &dyn Fn(SourceId) -> bool, all: bool) -> Report {
    let mut findings = Findings::default();
    findings.add(set.diagnostics().to_vec(), |diagnostic| {
        let policy = set.file(diagnostic.span()?.file)?;
        Some(policy.policy_id.as_ref()?.value.to_str())
    });
    let mut files = 0;
    for (file, _) in set.sources().iter().filter(|(file, _)| wanted(*file)) {
        files += 1;
        let policy = set.file(file);
        let file = File { document: set.document(file), policy, file, policies: set.files(), sources: set.sources() };
        let mut found = Vec::new();
        FILE_RULES.iter().copied().flatten().for_each(|rule| rule(&file, &mut found));
        let id = policy.and_then(|policy| policy.policy_id.as_ref()).map(|id| id.value.to_str());
        findings.add(found, |_| id.clone());
    }
    let mut merged = Merged::default();
    for chain in chains {
        let mut policy = merged.policy(&chain.levels);
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
    if all {
        findings.keep_unused_in_all(chains);
    } else {
        // Other relying parties may use them.
        findings.drop_unused();
    }
    let mut found = findings.finish();
    suppress::apply(set, &mut found, all);
    let mut diagnostics = options.apply(found);
    diagnostics.retain(|diagnostic| diagnostic.span().is_none_or(|span| wanted(span.file)));
    order(&mut diagnostics, set.sources());
    Report { diagnostics, files, chains: chains.len() }
}

/// Whether all bases are there: without one nearly everything seems undeclared, and only the levels at hand can be judged.
fn is_whole(chain: &inherit::Chain<'_>) -> bool {
    let broken = [code::MISSING_BASE, code::INHERITANCE_CYCLE, code::BASE_IS_USER_FLOW];
    !chain.diagnostics.iter().any(|diagnostic| broken.contains(&diagnostic.code))
}

/// The service takes ten levels; what has more is not kept.
const KEPT: usize = 10;

/// Merged policies of the chain before, level by level: chains that stand next to each other mostly share their bases.
#[derive(Default)]
struct Merged(Vec<(SourceId, EffectivePolicy)>);

impl Merged {
    fn policy(&mut self, levels: &[&PolicyFile]) -> EffectivePolicy {
        let shared = self.0.iter().zip(levels).take_while(|((file, _), level)| *file == level.file).count();
        self.0.truncate(shared);
        let mut policy = self.0.last().map(|(_, policy)| policy.clone()).unwrap_or_default();
        for (index, level) in levels.iter().enumerate().skip(shared) {
            policy.lay(level);
            if index < KEPT && index + 1 < levels.len() {
                self.0.push((level.file, policy.clone()));
            }
        }
        policy
    }
}

/// The chains that are looked at: of each relying party and of each other file that is nobody's base; then of files that only a circle of
/// bases leads to.
fn tops<'p>(files: &'p [PolicyFile], index: &PolicyIndex<'p>) -> Vec<inherit::Chain<'p>> {
    let bases: FxHashSet<SourceId> = files.iter().filter_map(|file| index.base(file)).map(|base| base.file).collect();
    let (tops, others): (Vec<_>, Vec<_>) = files.iter().partition(|file| file.relying_party.is_some() || !bases.contains(&file.file));
    let mut chains: Vec<_> = tops.into_iter().map(|file| index.chain_of(file)).collect();
    let mut reached: FxHashSet<SourceId> = chains.iter().flat_map(|chain| &chain.levels).map(|level| level.file).collect();
    for file in others {
        if !reached.contains(&file.file) {
            let chain = index.chain_of(file);
            reached.extend(chain.levels.iter().map(|level| level.file));
            chains.push(chain);
        }
    }
    chains
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

/// By file, place and code; what has no place comes first.
fn order(diagnostics: &mut [Diagnostic], sources: &Sources) {
    let files: IndexMap<SourceId, usize> = sources.iter().enumerate().map(|(index, (id, _))| (id, index)).collect();
    diagnostics.sort_by_key(|diagnostic| {
        let place = diagnostic.span().map(|span| (files.get(&span.file).copied(), span.start, span.end));
        (place, diagnostic.code)
    });
}
