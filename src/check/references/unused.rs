//! What nothing uses (B2C0306, B2C0307, B2C0308, B2C0310).

use rustc_hash::FxHashSet;

use super::walk::{Reference, references};
use super::{Chain, Diagnostic, Id, Part, code, declared_by};
use crate::source::Span;

/// The codes of this rule. A base serves several chains: what is unused in one of them may be used in another, so the driver keeps only
/// what is found in every chain of a file.
pub(in crate::check) const CODES: [&str; 4] = [code::UNUSED_PROFILE, code::UNUSED_CLAIM, code::UNUSED_TRANSFORMATION, code::UNUSED_JOURNEY];

/// The service wants this profile in every policy set, though nothing refers to it (starter pack).
const ENGINE: &str = "TpEngine_c3bd4fe2-1775-4013-b91d-35f16d377d13";

/// The four rules of one walk over the chain. Profiles count as reached from every journey that is written, whoever starts it; claims and
/// transformations as used by whatever names them.
pub(super) fn unused(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    if !chain.is_relying_party() {
        return;
    }
    let all: Vec<Reference<'_>> = chain.levels.iter().flat_map(|file| references(file)).collect();
    let named: FxHashSet<(Part, &Id)> = all.iter().map(|reference| (reference.part, reference.id.as_ref())).collect();
    let reached = reached(&all);
    let started = started(&all);
    let mut seen = FxHashSet::default();
    for file in chain.levels {
        declared_by(file, |part, id| {
            let key = (part, &id.value);
            // A part of several levels is told of where it is declared first.
            if !seen.insert(key) {
                return;
            }
            let note = match part {
                Part::TechnicalProfile if !reached.contains(&key) && id.value != ENGINE => {
                    note(code::UNUSED_PROFILE, format!("no journey reaches the technical profile `{}`", id.value), id.span)
                }
                Part::ClaimType if !named.contains(&key) => {
                    note(code::UNUSED_CLAIM, format!("nothing names the claim type `{}`", id.value), id.span)
                }
                Part::ClaimsTransformation if !named.contains(&key) => note(
                    code::UNUSED_TRANSFORMATION,
                    format!("no technical profile runs the claims transformation `{}`", id.value),
                    id.span,
                ),
                Part::UserJourney | Part::SubJourney if !started.contains(&key) => {
                    note(code::UNUSED_JOURNEY, format!("nothing starts the {} `{}`", part.words(), id.value), id.span)
                }
                _ => return,
            };
            found.push(note);
        });
    }
}

fn note(code: &'static str, message: String, span: Span) -> Diagnostic {
    Diagnostic::note(code, message).at(span).help("delete it, if it is not kept for another policy")
}

/// What the relying party and the journeys lead to.
fn reached<'r>(all: &'r [Reference<'r>]) -> FxHashSet<(Part, &'r Id)> {
    closure(all, |reference| matches!(reference.owner, None | Some((Part::UserJourney | Part::SubJourney, _))))
}

/// Journeys that the relying party starts, or that one of those invokes.
fn started<'r>(all: &'r [Reference<'r>]) -> FxHashSet<(Part, &'r Id)> {
    closure(all, |reference| reference.owner.is_none())
}

/// Everything to which the references lead that `from` picks.
fn closure<'r>(all: &'r [Reference<'r>], from: impl Fn(&&Reference<'r>) -> bool) -> FxHashSet<(Part, &'r Id)> {
    let mut by_owner: rustc_hash::FxHashMap<(Part, &Id), Vec<(Part, &'r Id)>> = rustc_hash::FxHashMap::default();
    for reference in all {
        if let Some(owner) = reference.owner {
            by_owner.entry(owner).or_default().push((reference.part, reference.id.as_ref()));
        }
    }
    let mut queue: Vec<(Part, &'r Id)> = all.iter().filter(|reference| from(reference)).map(|r| (r.part, r.id.as_ref())).collect();
    let mut reached = FxHashSet::default();
    while let Some(next) = queue.pop() {
        if reached.insert(next) {
            queue.extend(by_owner.get(&next).into_iter().flatten().copied());
        }
    }
    reached
}
