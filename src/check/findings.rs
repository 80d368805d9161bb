//! What rules, readers and the planner found, each thing once.

use indexmap::IndexMap;
use indexmap::map::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::references;
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, Severity};
use crate::inherit;
use crate::source::{SourceId, Span};

/// Findings without those that were made before: several chains share their bases, and planning sees what rules see too.
#[derive(Default)]
pub(super) struct Findings(IndexMap<(&'static str, Option<Span>), (Diagnostic, usize), FxBuildHasher>);

impl Findings {
    /// Adds findings; `refused_at` says of an error at whose upload the service refuses it.
    pub(super) fn add(&mut self, found: Vec<Diagnostic>, refused_at: impl Fn(&Diagnostic) -> Option<Str>) {
        for mut diagnostic in found {
            if diagnostic.severity == Severity::Error && diagnostic.upload.is_none() {
                diagnostic.upload = refused_at(&diagnostic);
            }
            let known = self.0.entry((diagnostic.code, diagnostic.span()));
            match known {
                Entry::Vacant(entry) => {
                    entry.insert((diagnostic, 1));
                }
                // The more severe one stands; of equals the one with a mend, else the one that shows more places, else the first.
                Entry::Occupied(mut entry) => {
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
    pub(super) fn keep_unused_in_all(&mut self, chains: &[inherit::Chain<'_>]) {
        let mut having: FxHashMap<SourceId, usize> = FxHashMap::default();
        for level in chains.iter().flat_map(|chain| &chain.levels) {
            *having.entry(level.file).or_default() += 1;
        }
        self.0.retain(|(code, span), (_, times)| {
            !references::UNUSED.contains(code) || span.is_none_or(|span| having.get(&span.file).is_none_or(|having| having == times))
        });
    }

    /// Forgets what is unused.
    pub(super) fn drop_unused(&mut self) {
        self.0.retain(|(code, _), _| !references::UNUSED.contains(code));
    }

    /// All of them.
    pub(super) fn finish(self) -> Vec<Diagnostic> {
        self.0.into_values().map(|(diagnostic, _)| diagnostic).collect()
    }
}
