//! Rules about levels and what merging them does (02). B2C0201 to B2C0205 and B2C0209 come from finding the chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::ChainRule;
use super::chain::Chain;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, OrchestrationStep, Spanned, StepType, ValidationTechnicalProfile};

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[steps_merged, validation_restated, data_type_changed, policy_ids, public_policy_uris];

/// Steps by their order.
type Steps<'c> = BTreeMap<u32, &'c Arc<OrchestrationStep>>;

/// The steps of a journey as one level writes them.
struct Written<'c> {
    words: &'static str,
    id: &'c Spanned<Id>,
    steps: &'c [Arc<OrchestrationStep>],
}

/// B2C0206: a journey of the same id is laid over that of a base step by step (UJ-M1), also where another journey was meant (vsx#68,
/// azure-docs#6866, samples#98). One finding per journey and level.
fn steps_merged(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // What the levels so far make of each journey.
    let mut below: FxHashMap<(&'static str, &Id), Steps<'_>> = FxHashMap::default();
    for file in chain.levels {
        let users = file.user_journeys.iter().map(|journey| Written { words: "user journey", id: &journey.id, steps: &journey.steps });
        let subs = file.sub_journeys.iter().map(|journey| Written { words: "sub journey", id: &journey.id, steps: &journey.steps });
        for journey in users.chain(subs) {
            let base = below.entry((journey.words, &journey.id.value)).or_default();
            found.extend(merged_by_accident(chain, &journey, base));
            base.extend(journey.steps.iter().map(|step| (step.order.value, step)));
        }
    }
}

fn merged_by_accident(chain: &Chain<'_>, journey: &Written<'_>, base: &Steps<'_>) -> Option<Diagnostic> {
    let own: Steps<'_> = journey.steps.iter().map(|step| (step.order.value, step)).collect();
    let (_, last) = own.last_key_value()?;
    let mut clashes = Vec::new();
    for (order, step) in &own {
        let before = order.checked_sub(1).and_then(|order| own.get(&order).or_else(|| base.get(&order)));
        let Some(below) = base.get(order) else { continue };
        if let Some(what) = left_behind(step, below, before.copied()) {
            clashes.push((*step, *below, what));
        }
    }
    // A journey that ends here, but the base's goes on behind it.
    let ends = |step: &OrchestrationStep| kind(step) == Some(&StepType::SendClaims);
    let rest = base.range(last.order.value..).map(|(_, below)| *below).find(|below| below.order.value > last.order.value);
    if let Some(below) = rest.filter(|_| ends(last) && own.contains_key(&1)) {
        clashes.push((*last, below, "this step of the base comes behind it".to_owned()));
    }
    let (step, below, what) = clashes.first()?;
    let policy = chain.policy_at(below.span).unwrap_or_default();
    let message = match clashes.len() {
        1 => format!("step {} of the {} `{}` is laid over another one of `{policy}`", step.order.value, journey.words, journey.id.value),
        count => format!("{count} steps of the {} `{}` are laid over others of `{policy}`", journey.words, journey.id.value),
    };
    let mut warning = Diagnostic::warning(code::STEPS_MERGED, message).label(step.order.span, format!("step {} here", step.order.value));
    warning = warning.label(below.order.span, what.clone());
    for (step, below, what) in clashes.iter().skip(1).take(2) {
        warning = warning.label(step.order.span, format!("step {} here", step.order.value)).label(below.order.span, what.clone());
    }
    Some(
        warning.help("a journey of the same id is merged step by step, not replaced: give this one an id of its own, unless that is meant"),
    )
}

fn kind(step: &OrchestrationStep) -> Option<&StepType> {
    step.kind.as_ref().map(|kind| &kind.value)
}

fn is_selection(step: &OrchestrationStep) -> bool {
    matches!(kind(step), Some(StepType::ClaimsProviderSelection | StepType::CombinedSignInAndSignUp))
}

/// What of the base's step stays and does not belong to the child's. Harmless: preconditions alone, the same exchange with another
/// profile, one more exchange to select, whatever is laid over a bare SendClaims (UJ-M1 to UJ-M3 and the samples named there).
fn left_behind(step: &OrchestrationStep, below: &OrchestrationStep, before: Option<&Arc<OrchestrationStep>>) -> Option<String> {
    let exchanges = |step: &OrchestrationStep| step.claims_exchanges.clone().unwrap_or_default();
    let (own, theirs) = (exchanges(step), exchanges(below));
    let foreign: Vec<String> = theirs
        .iter()
        .filter(|theirs| !own.iter().any(|own| own.id.value == theirs.id.value))
        .map(|exchange| format!("`{}`", exchange.id.value))
        .collect();
    let takes_exchanges =
        matches!(kind(step), Some(StepType::ClaimsExchange | StepType::CombinedSignInAndSignUp | StepType::ClaimsProviderSelection));
    if kind(step) != kind(below) {
        let of_kind = kind(below).map_or("", StepType::name);
        if takes_exchanges && !foreign.is_empty() {
            return Some(format!("the base's {of_kind}: its exchange {} stays", foreign.join(", ")));
        }
        let selections = below.claims_provider_selections.as_ref().is_some_and(|list| !list.selections.is_empty());
        if is_selection(step) && selections {
            return Some(format!("the base's {of_kind}: its selections stay"));
        }
        if below.preconditions.as_ref().is_some_and(|list| !list.is_empty()) {
            return Some(format!("the base's {of_kind}: its preconditions stay"));
        }
        return None;
    }
    let one_of_many = before.is_some_and(|before| is_selection(before));
    let other = kind(step) == Some(&StepType::ClaimsExchange) && !own.is_empty() && !theirs.is_empty() && foreign.len() == theirs.len();
    (other && !one_of_many).then(|| format!("the base's step: its exchange {} stays beside the new one", foreign.join(", ")))
}

/// B2C0207: lists of validation profiles are put one behind the other, and what both name runs twice (TP-M6; samples#452).
fn validation_restated(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for (id, profile) in &chain.profiles {
        let list = &profile.profile.validation_technical_profiles;
        let mut last: FxHashMap<&Id, (usize, &ValidationTechnicalProfile)> = FxHashMap::default();
        for (index, again) in list.iter().enumerate() {
            let Some((first, earlier)) = last.insert(&again.reference.value, (index, again)) else { continue };
            let between = list.get(first..index).unwrap_or_default();
            if between.iter().any(ends_the_list) || written_together(chain, earlier, again) {
                continue;
            }
            let message = format!("the validation technical profile `{}` runs twice on the page `{id}`", again.reference.value);
            let base = chain.policy_at(again.span).unwrap_or_default();
            let warning = Diagnostic::warning(code::VALIDATION_RESTATED, message)
                .label(earlier.reference.span, "listed here")
                .label(again.reference.span, format!("and in `{base}`, whose list comes behind this one"));
            found.push(warning.help(
                "list only what is new; where the base's must not run, make this one the last with ContinueOnSuccess=\"false\", or take \
                 another technical profile",
            ));
        }
    }
}

/// Whether nothing behind this one runs, come what may.
fn ends_the_list(validation: &ValidationTechnicalProfile) -> bool {
    validation.continue_on_success.as_ref().is_some_and(|flag| !flag.value) && validation.preconditions.is_empty()
}

/// Whether both stand in one element: then it is the schema that minds.
fn written_together(chain: &Chain<'_>, left: &ValidationTechnicalProfile, right: &ValidationTechnicalProfile) -> bool {
    left.span.file == right.span.file && {
        let file = chain.levels.iter().find(|level| level.file == left.span.file);
        file.iter().flat_map(|file| &file.technical_profiles).any(|profile| {
            let has = |wanted: &ValidationTechnicalProfile| profile.validation_technical_profiles.iter().any(|v| v.span == wanted.span);
            has(left) && has(right)
        })
    }
}

/// B2C0208: samples#524 ("conflicting definitions", reported in the words of a missing claim type).
fn data_type_changed(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let mut first = FxHashMap::default();
    for claim in chain.levels.iter().flat_map(|file| &file.claim_types) {
        let Some(kind) = &claim.data_type else { continue };
        let before = *first.entry(&claim.id.value).or_insert(kind);
        if before.value != kind.value && before.span.file != kind.span.file {
            let message = format!(
                "the claim type `{}` is declared as `{}` here and as `{}` in its base",
                claim.id.value,
                kind.value.name(),
                before.value.name()
            );
            let error = Diagnostic::error(code::DATA_TYPE_CHANGED, message).at(kind.span).label(before.span, "declared here first");
            found.push(error.help("take a claim type of another id, or leave DataType out to inherit it"));
        }
    }
}

/// B2C0210. Source: trustframeworkpolicy.
fn policy_ids(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    const PREFIX: &str = "B2C_1A_";
    for id in chain.levels.iter().filter_map(|level| level.policy_id.as_ref()) {
        let has = id.value.get(..PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(PREFIX));
        if !has && !id.value.contains('{') {
            let message = format!("the PolicyId `{}` does not begin with `{PREFIX}`", id.value);
            found.push(Diagnostic::error(code::POLICY_ID, message).at(id.span).help(format!("name it `{PREFIX}{}`", id.value)));
        }
    }
}

/// B2C0211. Source: trustframeworkpolicy: the tenant and the policy id.
fn public_policy_uris(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for level in chain.levels {
        let (Some(id), Some(uri)) = (&level.policy_id, &level.public_policy_uri) else { continue };
        let text = uri.value.trim();
        let end = text.len().checked_sub(id.value.len()).and_then(|start| text.get(start..));
        if end.is_none_or(|end| id.value != end) {
            let message = format!("the PublicPolicyUri `{text}` does not end with the PolicyId `{}`", id.value);
            let note = Diagnostic::note(code::PUBLIC_POLICY_URI, message).at(uri.span).label(id.span, "the PolicyId");
            found.push(
                note.help("the documentation wants the tenant's name and the PolicyId: `http://contoso.onmicrosoft.com/B2C_1A_signin`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::PolicySet;
    use crate::check::{Options, check};
    use crate::diagnostic::code;
    use crate::xml::Limits;

    fn policy(id: &str, base: &str, steps: &str) -> String {
        let base = match base {
            "" => String::new(),
            base => format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>{base}</PolicyId></BasePolicy>"),
        };
        format!(
            "<TrustFrameworkPolicy xmlns='http://schemas.microsoft.com/online/cpim/schemas/2013/06' TenantId='contoso.onmicrosoft.com' \
             PolicySchemaVersion='0.3.0.0' PublicPolicyUri='u' PolicyId='{id}'>{base}<UserJourneys><UserJourney Id='SignIn'>\
             <OrchestrationSteps>{steps}</OrchestrationSteps></UserJourney></UserJourneys></TrustFrameworkPolicy>"
        )
    }

    /// A step as `order type exchange,exchange`; `?` behind the type stands for a precondition.
    fn step(text: &str) -> String {
        let mut words = text.split(' ');
        let (order, kind) = (words.next().unwrap(), words.next().unwrap());
        let precondition = "<Preconditions><Precondition Type='ClaimsExist' ExecuteActionsIf='true'><Value>a</Value>\
                            <Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>";
        let preconditions = if kind.ends_with('?') { precondition } else { "" };
        let exchange = |id: &str| format!("<ClaimsExchange Id='{id}' TechnicalProfileReferenceId='P'/>");
        let exchanges: String = words.next().into_iter().flat_map(|ids| ids.split(',')).map(exchange).collect();
        let exchanges = if exchanges.is_empty() { exchanges } else { format!("<ClaimsExchanges>{exchanges}</ClaimsExchanges>") };
        let kind = kind.trim_end_matches('?');
        format!("<OrchestrationStep Order='{order}' Type='{kind}'>{preconditions}{exchanges}</OrchestrationStep>")
    }

    fn check_merge(base: &[&str], child: &[&str], expected: Option<&str>) {
        let steps = |steps: &[&str]| steps.iter().map(|text| step(text)).collect::<String>();
        let base_text = policy("B2C_1A_Base", "", &steps(base));
        let child_text = policy("B2C_1A_Child", "B2C_1A_Base", &steps(child));
        let files = [("base.xml", base_text.as_bytes()), ("child.xml", child_text.as_bytes())];
        let report = check(&PolicySet::from_bytes(files, &Limits::default()), &Options::default());
        let found: Vec<&str> = report
            .diagnostics
            .iter()
            .filter(|found| found.code == code::STEPS_MERGED)
            .flat_map(|found| &found.labels)
            .map(|label| label.message.as_str())
            .filter(|message| !message.ends_with("here"))
            .collect();
        assert_eq!(found.first().copied(), expected, "{child:?} over {base:?}: {found:?}");
    }

    #[test]
    fn steps_that_leave_something_of_the_base_behind_are_told() {
        let base = &["1 ClaimsExchange A", "2 ClaimsExchange? B", "3 CombinedSignInAndSignUp C", "4 ClaimsExchange D,E", "5 SendClaims"];
        for (child, expected) in [
            (&["1 ClaimsExchange X"][..], Some("the base's step: its exchange `A` stays beside the new one")),
            (&["2 InvokeSubJourney"], Some("the base's ClaimsExchange: its preconditions stay")),
            (&["3 ClaimsExchange X"], Some("the base's CombinedSignInAndSignUp: its exchange `C` stays")),
            (&["1 ClaimsExchange A", "2 SendClaims"], Some("the base's ClaimsExchange: its preconditions stay")),
            (&["1 SendClaims"], Some("this step of the base comes behind it")),
            // Harmless: a precondition more, the same exchange, one more exchange to select, more steps over a bare SendClaims.
            (&["1 ClaimsExchange?"], None),
            (&["1 ClaimsExchange A"], None),
            (&["4 ClaimsExchange F"], None),
            (&["5 ClaimsExchange X", "6 SendClaims"], None),
            (&["6 ClaimsExchange X"], None),
        ] {
            check_merge(base, child, expected);
        }
    }
}
