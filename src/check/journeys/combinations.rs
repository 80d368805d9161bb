//! Preconditions taken together: a step runs only if none of them is satisfied (PC-1).

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::literals::{comparison, is_explained};
use super::{Guarded, Place, guarded};
use crate::check::chain::Chain;
use crate::check::values::skips;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, Precondition};

/// B2C0422: whatever one claim is, some precondition on it skips.
pub(super) fn step_never_runs(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for guarded in guarded(chain) {
        let mut by_claim: IndexMap<Id, Vec<&Precondition>, FxBuildHasher> = IndexMap::default();
        for precondition in guarded.preconditions {
            if let Some(claim) = precondition.values.first().filter(|claim| chain.claim_type(&claim.value).is_some()) {
                by_claim.entry(Id::from(claim.value.trim())).or_default().push(precondition);
            }
        }
        let whole = by_claim.iter().find_map(|(claim, preconditions)| never_runs(chain, guarded, claim, preconditions));
        found.extend(whole);
    }
}

fn never_runs(chain: &Chain<'_>, guarded: Guarded<'_>, claim: &Id, preconditions: &[&Precondition]) -> Option<Diagnostic> {
    let explained = preconditions.iter().any(|one| comparison(chain, guarded, one).is_some_and(|one| is_explained(chain, &one)));
    if explained {
        return None;
    }
    let literals = preconditions.iter().filter_map(|one| one.values.get(1)).map(|literal| literal.value.as_str());
    let candidates = chain.values().candidates(claim, literals);
    let runs = |value: &Option<crate::claims::Str>| !preconditions.iter().any(|one| skips(one, value.as_deref()));
    let running: Vec<_> = candidates.iter().filter(|value| runs(value)).collect();
    let unwritten = chain.values().of(claim).is_never_written();
    let name = match guarded.place {
        Place::Step => format!("step {}", chain.text(guarded.span)),
        Place::Validation | Place::Control => format!("`{}`", chain.text(guarded.span)),
    };
    let (message, help) = match running.as_slice() {
        // Only the chain of a relying party has all writers.
        [] if unwritten && chain.is_relying_party() => (
            format!("{name} never runs: nothing in this policy writes `{claim}`"),
            "give the claim a value in an earlier step, or remove the step",
        ),
        [] if unwritten => return None,
        [] => (
            format!("{name} never runs: it is skipped whatever `{claim}` is, and when it does not exist"),
            "each satisfied precondition skips on its own; to skip only when all of them hold, compute the condition in a transformation",
        ),
        // Who writes two of these wants "neither the one nor the other" and gets "always".
        [None] if !unwritten && wants_several(preconditions) => (
            format!("{name} runs only while `{claim}` has no value: whatever the value is, one of these skips it"),
            "each satisfied precondition skips on its own: a claim cannot equal two literals at once",
        ),
        _ => return None,
    };
    let warning = Diagnostic::warning(code::STEP_NEVER_RUNS, message).label(guarded.span, "is skipped");
    let warning = preconditions.iter().fold(warning, |warning, one| {
        let inherited = chain.policy_at(one.span).filter(|_| one.span.file != guarded.span.file);
        warning.label(one.span, inherited.map_or_else(|| "by this".to_owned(), |policy| format!("by this, from `{policy}`")))
    });
    Some(warning.help(help))
}

/// Whether two preconditions each skip unless the claim equals a literal of their own.
fn wants_several(preconditions: &[&Precondition]) -> bool {
    let unless = preconditions.iter().filter(|one| one.execute_actions_if.as_ref().is_some_and(|flag| !flag.value));
    let mut literals = unless.filter_map(|one| one.values.get(1)).map(|literal| &literal.value);
    literals.next().is_some_and(|first| literals.any(|other| other != first))
}
