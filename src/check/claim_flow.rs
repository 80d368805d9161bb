//! Rules about the order in which claims are written and read (06): per relying party, over the merged chain.

use super::ChainRule;
use super::chain::Chain;
use super::flow::{Access, Call, Event, Flow, Origin, Read, Role, Stage};
use super::kind::Kind;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimsTransformation, Id, Precondition, PreconditionType};
use crate::transform::{Presence, signature};

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[read_before_written];

/// B2C0603: a claim is needed that nothing before can have written. The service refuses only the key of a directory profile for sure
/// (docs#12948, docs#30477, docs#46988); of the rest it says nothing, or a run fails.
fn read_before_written(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(flow) = chain.flow() else { return };
    if flow.incomplete || !chain.is_relying_party() {
        return;
    }
    for (index, event) in flow.events.iter().enumerate() {
        let Access::Read(read) = &event.access else { continue };
        let call = flow.call_of(event);
        let key = call.is_some_and(is_key);
        let known = if key { flow.is_written_before(index) } else { flow.may_be_set(index) };
        if chain.claim_type(&event.claim).is_none() || known || is_guarded(flow, event) {
            continue;
        }
        let stage = flow.stage_of(event);
        let place = stage.map_or_else(|| "the first step".to_owned(), Stage::words);
        let unwritten = format!("nothing before {place} can have written `{}`", event.claim);
        let diagnostic = match read {
            Read::StepPrecondition(precondition) if equals(precondition) && is_expected(flow, index, event) => {
                warning(event, format!("{unwritten}, so its precondition never skips"))
            }
            Read::CallPrecondition(precondition) if equals(precondition) => {
                warning(event, format!("{unwritten}, so this precondition never skips"))
            }
            Read::Transformation(transformation) if needs(transformation, event) => {
                warning(event, format!("{unwritten}, without which claims transformation `{}` fails", transformation.id.value))
            }
            Read::Input { defaulted: false } => match call {
                Some(call) if key => refused(event, call, stage),
                Some(call) if needs_input(call.kind) && !is_set_elsewhere(flow, event) => {
                    warning(event, format!("{unwritten}, an input of technical profile `{}`", call.profile.id.value))
                }
                _ => continue,
            },
            _ => continue,
        };
        found.push(with_places(diagnostic, flow, index, event));
    }
}

fn warning(event: &Event<'_>, message: String) -> Diagnostic {
    Diagnostic::warning(code::READ_BEFORE_WRITTEN, message).label(event.span, "read here")
}

fn refused(event: &Event<'_>, call: &Call<'_>, stage: Option<&Stage<'_>>) -> Diagnostic {
    let (order, journey) = stage.map_or((String::new(), ""), |stage| (stage.step.order.value.to_string(), stage.journey.as_str()));
    let message = format!(
        "Claim type \"{}\" is the input claim of technical profile \"{}\" in step \"{order}\" of user journey \"{journey}\" but it is not an \
         output claim in any of the previous steps.",
        event.claim, call.profile.id.value
    );
    Diagnostic::error(code::READ_BEFORE_WRITTEN, message).label(event.span, "the key by which the directory is asked")
}

fn with_places(mut diagnostic: Diagnostic, flow: &Flow<'_>, index: usize, event: &Event<'_>) -> Diagnostic {
    let step = flow.stage_of(event).map(|stage| stage.step);
    if let Some(step) = step.filter(|_| !matches!(event.access, Access::Read(Read::StepPrecondition(_)))) {
        diagnostic = diagnostic.label(step.order.span, "in this step");
    }
    let confined = flow.writes(&event.claim).find(|(at, write, _)| *at < index && write.page.is_some());
    if let Some((_, write, origin)) = confined {
        let typed = matches!(origin, Origin::Typed);
        let diagnostic =
            diagnostic.label(write.span, if typed { "typed here, for this page only" } else { "written here, for its page only" });
        return diagnostic.help(if typed {
            "a password does not leave its page: use it in a validation technical profile of that page"
        } else {
            "list the claim in the `OutputClaims` of the page, so that it leaves it"
        });
    }
    let later = flow.writes(&event.claim).find(|(at, _, _)| *at > index);
    match later {
        Some((_, write, _)) => {
            let place = flow.stage_of(write).map_or_else(|| "later".to_owned(), |stage| format!("in {}", stage.words()));
            diagnostic
                .label(write.span, format!("written only here, {place}"))
                .help("move the step that writes it before the one that reads it")
        }
        None => diagnostic.help("let an earlier step write it, or give it a `DefaultValue`"),
    }
}

fn equals(precondition: &Precondition) -> bool {
    precondition.kind.as_ref().is_some_and(|kind| kind.value == PreconditionType::ClaimEquals)
}

/// Whether the step is skipped when the claim does not exist: then whoever wrote it knew.
fn is_guarded(flow: &Flow<'_>, event: &Event<'_>) -> bool {
    let reads_precondition = matches!(event.access, Access::Read(Read::StepPrecondition(_)));
    let mut stage = event.stage;
    while let Some(current) = stage.and_then(|stage| flow.stages.get(stage)) {
        let mut preconditions = current.step.preconditions.iter().flatten();
        if !reads_precondition && preconditions.any(|one| skips_without(one, &event.claim)) {
            return true;
        }
        stage = current.invoked_by;
    }
    false
}

fn skips_without(precondition: &Precondition, claim: &Id) -> bool {
    !equals(precondition)
        && precondition.execute_actions_if.as_ref().is_some_and(|flag| !flag.value)
        && precondition.values.first().is_some_and(|value| *claim == value.value.trim())
}

/// A sub journey is made for many journeys, and a claim that only some of them write is no fault of it.
fn is_expected(flow: &Flow<'_>, index: usize, event: &Event<'_>) -> bool {
    let outermost = flow.stage_of(event).is_some_and(|stage| stage.invoked_by.is_none());
    outermost || flow.writes(&event.claim).any(|(at, _, _)| at > index)
}

/// Whether the same input of the same profile has its value in another call: then the profile is made for both, and sends what there is.
fn is_set_elsewhere(flow: &Flow<'_>, event: &Event<'_>) -> bool {
    flow.of_claim(&event.claim).any(|(at, other)| other.span == event.span && flow.may_be_set(at))
}

/// Whether a transformation fails without this input.
fn needs(transformation: &ClaimsTransformation, event: &Event<'_>) -> bool {
    let Some(signature) = transformation.method.as_ref().and_then(|method| signature(method.value.trim())) else { return false };
    let mut inputs = transformation.input_claims.iter().filter(|input| input.claim.span == event.span);
    inputs.any(|input| {
        let name = input.transformation_claim_type.as_ref().map_or("", |name| name.value.as_str());
        signature.inputs.iter().any(|slot| slot.name.eq_ignore_ascii_case(name) && slot.presence == Presence::Required)
    })
}

/// A directory profile that is called in a step, by its key.
fn is_key(call: &Call<'_>) -> bool {
    call.kind == Kind::Directory && matches!(call.role, Role::Exchange)
}

/// Whether a profile goes wrong or asks for nothing when an input is missing. A page is only not filled in, and an identity provider takes
/// its inputs as hints.
fn needs_input(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Rest | Kind::Directory | Kind::OneTimePassword | Kind::AzureMfa | Kind::Sspr | Kind::SignIn | Kind::ConditionalAccess
    )
}
