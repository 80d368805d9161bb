//! Transformations as they are declared.

use rustc_hash::FxHashMap;

use crate::check::chain::Chain;
use crate::check::claims::bad_regex;
use crate::claims::{ClaimId, ClaimType, DataType};
use crate::diagnostic::{Diagnostic, code};
use crate::nearest::nearest;
use crate::plan::{transformation_of, undeclared};
use crate::policy::{ClaimsTransformation, Id, InputParameter, Spanned, TransformationClaim};
use crate::source::Span;
use crate::transform::{Names, Place, Presence, Problem, Signature, Slot, signature, signatures as all, validate};

/// Method, input claims, parameters and output claims of every transformation, whether or not a journey runs it.
pub(super) fn signatures(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // Planning says the same of those that the journey reaches, each as a whole.
    found.retain(|diagnostic| ![code::UNKNOWN_METHOD, code::BAD_SIGNATURE, code::PARAMETER_VALUE].contains(&diagnostic.code));
    for source in chain.policy.claims_transformations.values() {
        let mut types: Vec<ClaimType> = Vec::new();
        let transformation = transformation_of(source, |claim| {
            types.push(claim_type(chain, claim));
            ClaimId(types.len() as u32 - 1)
        });
        let nothing = undeclared("", source.span);
        for problem in validate(&transformation, |id| types.get(id.index()).unwrap_or(&nothing)) {
            found.push(finding(chain, source, &problem));
        }
    }
}

fn claim_type(chain: &Chain<'_>, claim: &Spanned<Id>) -> ClaimType {
    let data_type = chain.data_type(claim);
    let named = undeclared(claim, claim.span);
    ClaimType { data_type: data_type.unwrap_or(DataType::String), declared: data_type.is_some(), ..named }
}

fn finding(chain: &Chain<'_>, source: &ClaimsTransformation, problem: &Problem) -> Diagnostic {
    let method = source.method.as_ref();
    let of_method = method.map_or(source.id.span, |method| method.span);
    let Some(signature) = method.and_then(|method| signature(&method.value)) else {
        let diagnostic = Diagnostic::new(problem.severity, problem.code, problem.message.as_str()).at(of_method);
        let meant = method.and_then(|method| nearest(&method.value, all().iter().map(|signature| signature.method)));
        return match meant {
            Some(name) => diagnostic.help(format!("did you mean `{name}`?")),
            None => diagnostic.help("the methods are listed in the documentation of claims transformations"),
        };
    };
    if let Some(error) = &problem.regex
        && let Some(Place::ParameterValue(entry)) = problem.places.first()
        && let Some((parameter, value)) = source.input_parameters.get(*entry).and_then(|found| Some((found, found.value.as_ref()?)))
    {
        return bad_regex(chain, &format!("the input parameter `{}` of `{}`", parameter.id.value, source.id.value), value, error);
    }
    let mut diagnostic = Diagnostic::new(problem.severity, problem.code, problem.message.as_str());
    for place in &problem.places {
        diagnostic = label(chain, source, signature, *place, diagnostic);
    }
    if problem.places.iter().all(|place| !matches!(place, Place::ParameterType(_) | Place::ParameterValue(_))) {
        diagnostic = diagnostic.help(takes(signature));
    }
    diagnostic
}

/// The place of an entry, with what is wrong there.
fn label(chain: &Chain<'_>, source: &ClaimsTransformation, signature: &Signature, place: Place, diagnostic: Diagnostic) -> Diagnostic {
    match place {
        // Three places for three lists: of two findings at one place only one is kept.
        Place::Inputs => diagnostic.at(source.id.span),
        Place::Parameters => diagnostic.at(source.method.as_ref().map_or(source.id.span, |method| method.span)),
        Place::Outputs => diagnostic.at(source.span),
        Place::Input(entry) => of_claim(chain, source.input_claims.get(entry), signature.inputs, diagnostic),
        Place::Output(entry) => of_claim(chain, source.output_claims.get(entry), signature.outputs, diagnostic),
        Place::Parameter(entry) => of_parameter(source, entry, diagnostic, |parameter| {
            let meant = nearest(&parameter.id.value, signature.parameters.iter().map(|known| known.name));
            (parameter.id.span, meant.map(|name| format!("did you mean `{name}`?")).unwrap_or_default())
        }),
        Place::ParameterType(entry) => of_parameter(source, entry, diagnostic, |parameter| {
            (parameter.data_type.as_ref().map_or(parameter.span, |data_type| data_type.span), String::new())
        }),
        Place::ParameterValue(entry) => of_parameter(source, entry, diagnostic, |parameter| {
            let value = parameter.value.as_ref().filter(|value| !value.value.is_empty());
            (value.map_or(parameter.id.span, |value| value.span), String::new())
        }),
    }
}

fn of_parameter(
    source: &ClaimsTransformation,
    entry: usize,
    diagnostic: Diagnostic,
    place: impl FnOnce(&InputParameter) -> (Span, String),
) -> Diagnostic {
    match source.input_parameters.get(entry).map(place) {
        Some((span, message)) => diagnostic.label(span, message),
        None => diagnostic,
    }
}

fn of_claim(chain: &Chain<'_>, entry: Option<&TransformationClaim>, slots: &[Slot], diagnostic: Diagnostic) -> Diagnostic {
    let Some(entry) = entry else { return diagnostic };
    let Some(name) = &entry.transformation_claim_type else {
        return diagnostic.label(entry.claim.span, "has no `TransformationClaimType`");
    };
    let claim = &entry.claim;
    let Some(slot) = slots.iter().find(|slot| name.value == slot.name) else {
        let meant = nearest(&name.value, slots.iter().map(|slot| slot.name));
        return diagnostic.label(name.span, meant.map(|name| format!("did you mean `{name}`?")).unwrap_or_default());
    };
    let declared = chain.claim_type(claim).and_then(|claim| claim.data_type.as_ref());
    match declared.filter(|declared| !slot.types.is_empty() && !slot.types.contains(&declared.value)) {
        Some(declared) => diagnostic
            .label(claim.span, format!("`{}` is `{}`, `{}` must be {}", claim.value, declared.name(), slot.name, types_of(slot.types)))
            .label(declared.span, "declared here"),
        None => diagnostic.label(name.span, ""),
    }
}

fn types_of(types: &[DataType]) -> String {
    types.iter().map(|kind| format!("`{}`", kind.name())).collect::<Vec<_>>().join(" or ")
}

/// What a method takes and gives, in a sentence.
fn takes(signature: &Signature) -> String {
    let slots = |slots: &[Slot]| -> Vec<String> {
        let slot = |slot: &Slot| {
            let types = if slot.types.is_empty() { "any type".to_owned() } else { types_of(slot.types).replace('`', "") };
            let optional = if slot.presence == Presence::Optional { ", optional" } else { "" };
            format!("`{}` ({types}{optional})", slot.name)
        };
        slots.iter().map(slot).collect()
    };
    let mut lists = Vec::new();
    let mut list = |what: &str, mut names: Vec<String>, open: Option<Names>| {
        names.extend(open.map(|open| match open {
            Names::None => "claims without a `TransformationClaimType`".to_owned(),
            Names::Any => "any others".to_owned(),
            Names::Prefix(prefix) => format!("any that begin with `{prefix}`"),
        }));
        if !names.is_empty() {
            lists.push(format!("{what} {}", names.join(", ")));
        }
    };
    list("input claims", slots(signature.inputs), signature.open_inputs.map(|open| open.names));
    let parameters = signature.parameters.iter().map(|known| {
        let optional = if known.required { "" } else { " (optional)" };
        format!("`{}`{optional}", known.name)
    });
    list("parameters", parameters.collect(), signature.open_parameters.map(|open| open.names));
    list("output claims", slots(signature.outputs), signature.open_outputs.map(|open| open.names));
    format!("`{}` has the {}", signature.method, lists.join("; "))
}

/// A claim that a transformation reads and writes: one report says that it does not change (azure-docs pull 81564). Methods that add to a
/// collection are documented so.
pub(super) fn same_input_and_output(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for source in chain.policy.claims_transformations.values() {
        if source.method.as_ref().is_some_and(|method| method.value.starts_with("AddItemTo") || method.value.starts_with("AddParameterTo"))
        {
            continue;
        }
        for output in &source.output_claims {
            if let Some(input) = source.input_claims.iter().find(|input| input.claim.value == output.claim.value) {
                let message = format!("`{}` reads and writes the claim `{}`", source.id.value, output.claim.value);
                found.push(
                    Diagnostic::note(code::SAME_INPUT_OUTPUT, message)
                        .at(output.claim.span)
                        .label(input.claim.span, "read here")
                        .help("write to another claim: the service was seen to leave such a claim as it was"),
                );
            }
        }
    }
}

/// Two outputs into one claim: the later one stands, whichever that is.
pub(super) fn repeated_outputs(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for source in chain.policy.claims_transformations.values() {
        let mut seen: FxHashMap<&Id, &TransformationClaim> = FxHashMap::default();
        for output in &source.output_claims {
            let earlier = *seen.entry(&output.claim.value).or_insert(output);
            if earlier.span != output.span {
                let message = format!("`{}` writes two of its outputs into the claim `{}`", source.id.value, output.claim.value);
                found.push(
                    Diagnostic::warning(code::REPEATED_OUTPUT, message)
                        .at(output.claim.span)
                        .label(earlier.claim.span, "the other one")
                        .help("give each output a claim of its own"),
                );
            }
        }
    }
}
