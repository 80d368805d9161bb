//! `ClaimEquals`: what is compared with what (PC-3 to PC-5). The service never says anything about these.

use super::{Guarded, guarded};
use crate::check::chain::{Chain, Declaration, Part};
use crate::claims::{DataType, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, Precondition, PreconditionType, Spanned};
use crate::source::Span;

/// A comparison of a declared claim.
pub(super) struct Comparison<'c> {
    guarded: Guarded<'c>,
    /// As the precondition names it.
    claim: &'c str,
    kind: DataType,
    literal: &'c Spanned<Str>,
    execute_if: bool,
}

impl Comparison<'_> {
    /// What follows when the two are never equal.
    fn when_never_equal(&self) -> String {
        let what = self.guarded.words();
        if self.execute_if {
            format!("so the {what} is never skipped by this")
        } else {
            format!("so the {what} is skipped whenever `{}` has a value", self.claim)
        }
    }

    /// The claim type that the literal is the name of, unless the claim can have that value.
    fn named_claim(&self, chain: &Chain<'_>) -> Option<Declaration> {
        let literal = self.literal.value.trim();
        let can_be = chain.values().of(self.claim).known.contains(literal);
        let itself = self.claim.eq_ignore_ascii_case(literal);
        chain.declared(Part::ClaimType, &Id::from(literal)).filter(|_| !can_be && !itself)
    }
}

pub(super) fn comparison<'c>(chain: &Chain<'_>, guarded: Guarded<'c>, precondition: &'c Precondition) -> Option<Comparison<'c>> {
    let equals = precondition.kind.as_ref().is_some_and(|kind| kind.value == PreconditionType::ClaimEquals);
    let ([claim, literal], true) = (precondition.values.as_slice(), equals) else { return None };
    let kind = chain.data_type(&claim.value)?;
    let execute_if = precondition.execute_actions_if.as_ref()?.value;
    Some(Comparison { guarded, claim: claim.value.trim(), kind, literal, execute_if })
}

fn comparisons<'c>(chain: &'c Chain<'_>) -> Vec<Comparison<'c>> {
    let all = guarded(chain).into_iter().flat_map(|guarded| guarded.preconditions.iter().map(move |one| (guarded, one)));
    all.filter_map(|(guarded, one)| comparison(chain, guarded, one)).collect()
}

/// B2C0417 (IefPolicies README, rbrayb).
pub(super) fn literal_is_claim(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for compared in comparisons(chain) {
        let Some(declared) = compared.named_claim(chain) else { continue };
        let literal = compared.literal.value.trim();
        found.push(
            Diagnostic::warning(
                code::LITERAL_IS_CLAIM,
                format!("`{}` is compared with the text `{literal}`, not with the claim of that name", compared.claim),
            )
            .label(compared.literal.span, "taken as a literal")
            .label(declared.span, "the claim")
            .help(format!(
                "compare the two with a CompareClaims transformation, and test its result; if the text is meant, nothing in this policy \
                     gives it to `{}`",
                compared.claim
            )),
        );
    }
}

/// B2C0418 (PC-4; advanced-policies#34, azure-docs#65420).
pub(super) fn boolean_literal(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for compared in comparisons(chain).iter().filter(|compared| compared.kind == DataType::Boolean) {
        let literal = compared.literal.value.as_str();
        if matches!(literal, "True" | "False") || compared.named_claim(chain).is_some() {
            continue;
        }
        let warning = Diagnostic::warning(
            code::BOOLEAN_LITERAL,
            format!("the boolean claim `{}` is compared as `True` or `False`, never equal to `{literal}`", compared.claim),
        )
        .label(compared.literal.span, compared.when_never_equal());
        let right = match literal.trim().to_ascii_lowercase().as_str() {
            "true" => Some("True"),
            "false" => Some("False"),
            _ => None,
        };
        found.push(match right {
            Some(right) => warning.help(format!("write `{right}`")).fix(compared.literal.span, right),
            None => warning.help("write `True` or `False`, with a capital"),
        });
    }
}

fn is_collection(kind: DataType) -> bool {
    matches!(
        kind,
        DataType::StringCollection
            | DataType::UserIdentity
            | DataType::UserIdentityCollection
            | DataType::AlternativeSecurityIdCollection
            | DataType::ObjectIdentity
            | DataType::ObjectIdentityCollection
    )
}

/// B2C0419 (PC-5; samples#430).
pub(super) fn compared_collection(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for compared in comparisons(chain).iter().filter(|compared| is_collection(compared.kind)) {
        let mut warning = Diagnostic::warning(
            code::COMPARED_COLLECTION,
            format!("`{}` is a {}, which equals no text", compared.claim, compared.kind.name()),
        )
        .label(compared.literal.span, compared.when_never_equal());
        if let Some(declared) = chain.declared(Part::ClaimType, &Id::from(compared.claim)) {
            warning = warning.label(declared.span, "the claim");
        }
        found.push(warning.help("ask with a StringCollectionContains transformation, and test its result"));
    }
}

/// B2C0420 (PC-11: the literal is taken as it is written).
pub(super) fn blank_in_literal(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for compared in comparisons(chain) {
        let literal = compared.literal.value.as_str();
        if literal.trim() == literal || compared.kind == DataType::Boolean || is_collection(compared.kind) {
            continue;
        }
        let warning = Diagnostic::warning(code::BLANK_IN_LITERAL, "the blanks around this literal belong to it")
            .label(compared.literal.span, format!("compared letter by letter with `{}`, blanks included", compared.claim));
        found.push(match literal.trim() {
            "" => warning.help("write `<Value></Value>` to compare with an empty text"),
            text => warning.help(format!("write `<Value>{text}</Value>`")).fix(with_blanks(chain, compared.literal.span), escaped(text)),
        });
    }
}

/// A place together with the blanks around it.
fn with_blanks(chain: &Chain<'_>, span: Span) -> Span {
    let text = chain.sources.get(span.file).map_or("", |source| source.text());
    let (start, end) = (span.start as usize, span.end as usize);
    let before = text.get(..start).map_or(0, |before| before.len() - before.trim_end().len());
    let after = text.get(end..).map_or(0, |after| after.len() - after.trim_start().len());
    Span { start: (start - before) as u32, end: (end + after) as u32, ..span }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// Whether another rule has said what is wrong with a comparison that never holds.
pub(super) fn is_explained(chain: &Chain<'_>, compared: &Comparison<'_>) -> bool {
    compared.kind == DataType::Boolean && !matches!(compared.literal.value.as_str(), "True" | "False")
        || is_collection(compared.kind)
        || compared.literal.value.trim() != compared.literal.value.as_str()
        || compared.named_claim(chain).is_some()
        || never(chain, compared)
}

/// Whether everything that writes the claim is known, and nothing gives it the literal.
fn never(chain: &Chain<'_>, compared: &Comparison<'_>) -> bool {
    compared.kind != DataType::Boolean
        && chain
            .values()
            .possible(compared.claim)
            .is_some_and(|values| !values.is_empty() && !values.contains(compared.literal.value.as_str()))
}

/// B2C0421.
pub(super) fn never_equal(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for compared in comparisons(chain) {
        let literal = compared.literal.value.as_str();
        let explained = compared.kind == DataType::Boolean
            || is_collection(compared.kind)
            || literal.trim() != literal
            || compared.named_claim(chain).is_some();
        if explained {
            continue;
        }
        let possible = chain.values().of(compared.claim);
        let never = never(chain, &compared);
        let cased = possible.in_other_case(literal).filter(|_| !possible.known.contains(literal));
        let message = match cased {
            Some(right) if never => format!("`{}` is never `{literal}`: it differs from `{right}` in case", compared.claim),
            Some(right) => format!("`{literal}` differs only in case from `{right}`, which this policy gives to `{}`", compared.claim),
            None if never => format!("`{}` is never `{literal}`", compared.claim),
            None => continue,
        };
        let place = if never { compared.when_never_equal() } else { "compared with regard to case".to_owned() };
        let mut warning = Diagnostic::warning(code::NEVER_EQUAL, message).label(compared.literal.span, place);
        let shown = possible.given.iter().filter(|(_, value)| cased.is_none_or(|right| value == right));
        for (span, value) in shown.take(4) {
            warning = warning.label(*span, format!("gives it `{value}`"));
        }
        found.push(match cased {
            Some(right) if never => warning.help(format!("write `{right}`")).fix(compared.literal.span, escaped(right)),
            Some(right) => warning.help(format!("if that value is meant, write `{right}`")),
            None => {
                let values: Vec<String> = possible.known.iter().take(8).map(|value| format!("`{value}`")).collect();
                warning.help(format!("what writes it gives it {}", values.join(", ")))
            }
        });
    }
}
