//! The parts of a precondition: how many values, whose claim, which action.

use super::guarded;
use crate::check::chain::{Chain, Part};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Precondition, PreconditionType};

/// B2C0402 (PC-8). Missing attributes and elements are found when the file is read.
pub(super) fn bad_precondition(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for precondition in guarded(chain).iter().flat_map(|guarded| guarded.preconditions) {
        let Some(kind) = &precondition.kind else { continue };
        let (wanted, help) = match kind.value {
            PreconditionType::ClaimsExist => (1, "one `Value`, the claim"),
            PreconditionType::ClaimEquals => (2, "two `Value`s, the claim and the literal"),
        };
        let count = precondition.values.len();
        if count == wanted || count == 0 {
            continue;
        }
        let message = format!("`{}` takes {help}; this one has {count}", kind.value.name());
        let error = Diagnostic::error(code::BAD_PRECONDITION, message).at(precondition.span);
        let too_many = precondition.values.iter().skip(wanted);
        let error = too_many.fold(error, |error, value| error.label(value.span, "too much"));
        found.push(error.help(match kind.value {
            PreconditionType::ClaimsExist => "remove what is too much, or compare with `ClaimEquals`",
            PreconditionType::ClaimEquals => "first the claim, then the literal it is compared with",
        }));
    }
}

/// B2C0416 (IefPolicies README: no error anywhere).
pub(super) fn unknown_claim(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for guarded in guarded(chain) {
        for precondition in guarded.preconditions {
            let Some(claim) = precondition.values.first().filter(|claim| chain.claim_type(&claim.value).is_none()) else { continue };
            let name = claim.value.trim();
            let warning = Diagnostic::warning(code::UNKNOWN_PRECONDITION_CLAIM, format!("the claim `{name}` is not declared"));
            let warning = warning.label(claim.span, effect(precondition, guarded.words()));
            let swapped = precondition.values.get(1).is_some_and(|literal| chain.claim_type(&literal.value).is_some());
            found.push(match chain.nearest(Part::ClaimType, name) {
                _ if swapped => warning.help("the claim comes first, then the literal: are the two values swapped?"),
                Some(nearest) => warning.help(format!("did you mean `{nearest}`?")),
                None => warning.help("declare it in the claims schema, and write it in an earlier step"),
            });
        }
    }
}

/// What a precondition does on a claim that never has a value.
fn effect(precondition: &Precondition, what: &str) -> String {
    let exists = precondition.kind.as_ref().is_some_and(|kind| kind.value == PreconditionType::ClaimsExist);
    let execute_if = precondition.execute_actions_if.as_ref().is_none_or(|flag| flag.value);
    match (exists, execute_if) {
        (true, false) => format!("never exists, so the {what} is always skipped"),
        _ => format!("never has a value, so the {what} is never skipped by this"),
    }
}

/// B2C0423 (PC-10).
pub(super) fn wrong_action(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for guarded in guarded(chain) {
        let right = guarded.action();
        for given in guarded.preconditions.iter().flat_map(|precondition| &precondition.actions).filter(|given| given.value != right) {
            found.push(
                Diagnostic::error(code::WRONG_ACTION, format!("the action here must be `{}`", right.name()))
                    .label(given.span, format!("not the action of a {}", guarded.words()))
                    .label(guarded.span, format!("the {}", guarded.words()))
                    .fix(given.span, right.name()),
            );
        }
    }
}
