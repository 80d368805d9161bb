//! Rules about references between the parts of a policy (03).

mod pages;
mod unused;
mod walk;

use super::ChainRule;
use super::chain::{Chain, Declaration, Part, declared_by};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy::{Id, PolicyFile, Spanned};
use crate::source::Span;
use rustc_hash::FxHashSet;
use walk::{Reference, Weight};

pub(super) use unused::CODES as UNUSED;

/// Undeclared ids that are compared with the declared ones: where there are more, the wrong base was loaded, and comparing takes long.
const COMPARED: usize = 100;

/// The rules of this family. B2C0305 comes from the reader, which alone sees the blanks.
pub(super) const RULES: &[ChainRule] = &[declared, redeclared_in_other_case, include_cycles, unused::unused, pages::page_contracts];

/// B2C0301, B2C0302 and B2C0304, three ends of one look-up: what is referred to must be declared in the file itself or in one of its
/// bases (troubleshoot; SERVICE-ERRORS rows 23 to 25), and may be spelled in another case (INH-4).
fn declared(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let spellings = spellings(chain);
    let mut undeclared_so_far = 0;
    for (level, file) in chain.levels.iter().enumerate() {
        for reference in walk::references(file) {
            if reference.weight == Weight::Used || is_placeholder(&reference.id) {
                continue;
            }
            match chain.declared(reference.part, &reference.id) {
                None => {
                    undeclared_so_far += 1;
                    found.push(undeclared(chain, &reference, undeclared_so_far <= COMPARED));
                }
                Some(declaration) if declaration.level > level && reference.weight == Weight::Needed => {
                    found.push(declared_later(chain, file, &reference, declaration));
                }
                Some(declaration) if !spellings.contains(&(reference.part, reference.id.as_str())) => {
                    found.push(other_case(chain, &reference.id, reference.span, reference.part, declaration));
                }
                Some(_) => {}
            }
        }
    }
}

/// Left by a build step that fills in settings: the file as uploaded has something else there.
fn is_placeholder(id: &str) -> bool {
    id.contains("{Settings:")
}

fn undeclared(chain: &Chain<'_>, reference: &Reference<'_>, compare: bool) -> Diagnostic {
    let words = reference.part.words();
    let near = if compare { chain.nearest(reference.part, &reference.id) } else { None };
    let id = Spanned::new(reference.id.clone().into_owned(), reference.span);
    let error = chain.policy.undeclared(words, &id, near);
    match reference.weight {
        Weight::Needed | Weight::Used => error,
        Weight::Named => {
            let policy = chain.policy_at(reference.span).unwrap_or_default();
            let message =
                format!("the {words} `{}` that is named here is declared neither in policy `{policy}` nor in any of its bases", id.value);
            Diagnostic { message, severity: Severity::Warning, ..error }
        }
    }
}

fn declared_later(chain: &Chain<'_>, file: &PolicyFile, reference: &Reference<'_>, declaration: Declaration) -> Diagnostic {
    let words = reference.part.words();
    let id = Spanned::new(reference.id.clone().into_owned(), reference.span);
    let later = chain.policy_at(declaration.span).unwrap_or_default();
    let refused = chain.policy.undeclared(words, &id, None);
    let mut error = Diagnostic::error(code::DECLARED_LATER, refused.message)
        .at(reference.span)
        .label(declaration.span, format!("declared here, in `{later}`, which the service does not know yet"))
        .help(format!("declare the {words} in this file or one of its bases, or move what needs it to `{later}`"));
    error.upload = file.policy_id.as_ref().map(|id| id.value.to_str());
    error
}

fn other_case(chain: &Chain<'_>, id: &Id, span: Span, part: Part, declaration: Declaration) -> Diagnostic {
    let right = chain.text(declaration.span);
    let message = format!("the {} `{right}` is spelled `{id}` here", part.words());
    let note = Diagnostic::note(code::REFERENCE_CASE, message).at(span).label(declaration.span, "declared here");
    let note = note.help(format!("write `{right}`: the service does not mind, but searching and comparing files is easier"));
    // Only where the place holds the id and nothing else: no blanks, no entities.
    match chain.text(span) == id.as_str() && right.eq_ignore_ascii_case(id) {
        true => note.fix(span, right),
        false => note,
    }
}

/// All ways in which ids are spelled where something is declared.
fn spellings<'c>(chain: &Chain<'c>) -> FxHashSet<(Part, &'c str)> {
    let mut spellings = FxHashSet::default();
    for file in chain.levels {
        declared_by(file, |part, id| {
            spellings.insert((part, id.as_str()));
        });
    }
    spellings
}

/// B2C0303 for the profiles that no journey reaches too, once for each circle.
fn include_cycles(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let known = found.iter().filter(|known| known.code == code::INCLUDE_CYCLE);
    let mut told: FxHashSet<Span> = known.flat_map(|known| &known.labels).map(|label| label.span).collect();
    for (id, profile) in chain.policy.technical_profiles.iter() {
        if chain.profiles.contains_key(id) {
            continue;
        }
        if let Err(error) = crate::inherit::resolve_include(chain.policy, profile) {
            // An include that is not declared is told by `declared`.
            let places: Vec<Span> = error.labels.iter().map(|label| label.span).collect();
            if error.code != code::DANGLING_REFERENCE && !places.iter().any(|place| told.contains(place)) {
                told.extend(places);
                found.push(*error);
            }
        }
    }
}

/// B2C0302 for a part that a level declares again in another case.
fn redeclared_in_other_case(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for file in chain.levels {
        declared_by(file, |part, id| {
            let Some(first) = chain.declared(part, &id.value) else { return };
            if first.span != id.span && first.span.file != id.span.file && chain.text(first.span) != id.as_str() {
                found.push(other_case(chain, &id.value, id.span, part, first));
            }
        });
    }
}
