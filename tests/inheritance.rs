//! Folding a chain level by level gives what all its levels at once say: a generated chain is merged, and beside it the result is
//! written down directly from the list of levels, most derived first.

#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use b2c_journey::PolicySet;
use b2c_journey::inherit::{self, EffectivePolicy};
use b2c_journey::xml::Limits;
use proptest::prelude::*;

/// What one level says of the technical profile `Profile`, the claim type `claim` and the journey `Journey`.
#[derive(Clone, Debug, Default)]
struct Level {
    display_name: Option<String>,
    session: Option<String>,
    metadata: BTreeMap<String, String>,
    /// Claim and default, each claim once.
    outputs: Vec<(String, String)>,
    validations: Vec<String>,
    transformations: Vec<String>,
    claim_display_name: Option<String>,
    claim_input: Option<String>,
    /// Order, content definition, exchanges (id and profile), literals of preconditions.
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
struct Step {
    order: u32,
    content: Option<String>,
    exchanges: BTreeMap<String, String>,
    literals: Option<Vec<String>>,
}

fn name(prefix: &'static str, count: u8) -> impl Strategy<Value = String> {
    (0..count).prop_map(move |number| format!("{prefix}{number}"))
}

fn step() -> impl Strategy<Value = Step> {
    let exchanges = prop::collection::btree_map(name("Exchange", 3), name("Target", 4), 0..3);
    let literals = prop::option::of(prop::collection::vec(name("literal", 4), 1..3));
    (1..5u32, prop::option::of(name("content", 3)), exchanges, literals).prop_map(|(order, content, exchanges, literals)| {
        // The ids of claims exchanges are unique in a journey.
        let exchanges = exchanges.into_iter().map(|(id, target)| (format!("{id}OfStep{order}"), target)).collect();
        Step { order, content, exchanges, literals }
    })
}

fn level() -> impl Strategy<Value = Level> {
    let outputs = prop::collection::btree_map(name("claim", 5), name("default", 9), 0..4);
    let profile = (
        prop::option::of(name("Display", 9)),
        prop::option::of(name("SM-", 3)),
        prop::collection::btree_map(name("Key", 4), name("value", 9), 0..4),
        outputs.prop_map(|outputs| outputs.into_iter().collect::<Vec<_>>()).prop_shuffle(),
        prop::collection::vec(name("Validation", 3), 0..3),
        prop::collection::vec(name("Transformation", 3), 0..3),
    );
    let steps = prop::collection::vec(step(), 0..4).prop_map(|steps| {
        let mut seen = BTreeSet::new();
        steps.into_iter().filter(|step| seen.insert(step.order)).collect()
    });
    (profile, prop::option::of(name("Claim", 9)), prop::option::of(prop::sample::select(vec!["TextBox", "Readonly"])), steps).prop_map(
        |((display_name, session, metadata, outputs, validations, transformations), claim_display_name, claim_input, steps)| Level {
            display_name,
            session,
            metadata,
            outputs,
            validations,
            transformations,
            claim_display_name,
            claim_input: claim_input.map(Into::into),
            steps,
        },
    )
}

fn wrap(element: &str, inner: &str) -> String {
    if inner.is_empty() { String::new() } else { format!("<{element}>{inner}</{element}>") }
}

fn xml(number: usize, level: &Level) -> String {
    let base = match number {
        0 => String::new(),
        _ => {
            format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>B2C_1A_level{}</PolicyId></BasePolicy>", number - 1)
        }
    };
    let text =
        |element: &str, value: &Option<String>| value.as_ref().map_or(String::new(), |value| format!("<{element}>{value}</{element}>"));
    let list = |element: &str, attribute: &str, values: &[String]| -> String {
        values.iter().map(|value| format!("<{element} {attribute}=\"{value}\" />")).collect()
    };
    let metadata: String = level.metadata.iter().map(|(key, value)| format!("<Item Key=\"{key}\">{value}</Item>")).collect();
    let outputs: String = level
        .outputs
        .iter()
        .map(|(claim, default)| format!("<OutputClaim ClaimTypeReferenceId=\"{claim}\" DefaultValue=\"{default}\" />"))
        .collect();
    let session =
        level.session.as_ref().map_or(String::new(), |id| format!("<UseTechnicalProfileForSessionManagement ReferenceId=\"{id}\" />"));
    let steps: String = level
        .steps
        .iter()
        .map(|step| {
            let content = step.content.as_ref().map_or(String::new(), |id| format!(" ContentDefinitionReferenceId=\"{id}\""));
            let exchanges: String = step
                .exchanges
                .iter()
                .map(|(id, target)| format!("<ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{target}\" />"))
                .collect();
            let preconditions: String = step.literals.iter().flatten().map(|literal| precondition(literal)).collect();
            format!(
                "<OrchestrationStep Order=\"{}\" Type=\"ClaimsExchange\"{content}>{}{}</OrchestrationStep>",
                step.order,
                wrap("Preconditions", &preconditions),
                wrap("ClaimsExchanges", &exchanges)
            )
        })
        .collect();
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_level{number}\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_level{number}\">\
         {base}<BuildingBlocks><ClaimsSchema><ClaimType Id=\"claim\">{}{}</ClaimType></ClaimsSchema></BuildingBlocks>\
         <ClaimsProviders><ClaimsProvider><DisplayName>P</DisplayName><TechnicalProfiles><TechnicalProfile Id=\"Profile\">{}{}{}{}{}{session}\
         </TechnicalProfile></TechnicalProfiles></ClaimsProvider></ClaimsProviders>\
         <UserJourneys><UserJourney Id=\"Journey\">{}</UserJourney></UserJourneys></TrustFrameworkPolicy>",
        text("DisplayName", &level.claim_display_name),
        text("UserInputType", &level.claim_input),
        text("DisplayName", &level.display_name),
        wrap("Metadata", &metadata),
        wrap("OutputClaims", &outputs),
        wrap("OutputClaimsTransformations", &list("OutputClaimsTransformation", "ReferenceId", &level.transformations)),
        wrap("ValidationTechnicalProfiles", &list("ValidationTechnicalProfile", "ReferenceId", &level.validations)),
        wrap("OrchestrationSteps", &steps),
    )
}

fn precondition(literal: &str) -> String {
    format!(
        "<Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\"><Value>claim</Value><Value>{literal}</Value>\
         <Action>SkipThisOrchestrationStep</Action></Precondition>"
    )
}

/// A merged chain, as far as these tests look at it.
#[derive(Debug, PartialEq)]
struct Merged {
    display_name: Option<String>,
    session: Option<String>,
    metadata: BTreeMap<String, String>,
    outputs: Vec<(String, String)>,
    validations: Vec<String>,
    transformations: Vec<String>,
    claim: (Option<String>, Option<String>),
    /// By order: content definition, exchanges, literals.
    steps: BTreeMap<u32, (Option<String>, BTreeMap<String, String>, Vec<String>)>,
}

/// The rules of SEMANTICS 2 over all levels at once. `levels` is base first.
fn all_at_once(levels: &[Level]) -> Merged {
    let derived_first = || levels.iter().rev();
    let mut outputs: Vec<(String, String)> = Vec::new();
    for level in derived_first() {
        let known: Vec<String> = outputs.iter().map(|(claim, _)| claim.clone()).collect();
        outputs.extend(level.outputs.iter().filter(|(claim, _)| !known.contains(claim)).cloned());
    }
    let orders: BTreeSet<u32> = levels.iter().flat_map(|level| level.steps.iter().map(|step| step.order)).collect();
    let steps = orders
        .into_iter()
        .map(|order| {
            let of_step = || derived_first().flat_map(|level| level.steps.iter().filter(|step| step.order == order));
            let content = of_step().find_map(|step| step.content.clone());
            let mut exchanges = BTreeMap::new();
            for step in of_step() {
                for (id, target) in &step.exchanges {
                    exchanges.entry(id.clone()).or_insert_with(|| target.clone());
                }
            }
            // OPEN-05: the child's preconditions first, then the parent's.
            let literals = of_step().flat_map(|step| step.literals.iter().flatten().cloned()).collect();
            (order, (content, exchanges, literals))
        })
        .collect();
    Merged {
        display_name: derived_first().find_map(|level| level.display_name.clone()),
        session: derived_first().find_map(|level| level.session.clone()),
        metadata: levels.iter().flat_map(|level| level.metadata.clone()).collect(),
        outputs,
        validations: derived_first().flat_map(|level| level.validations.clone()).collect(),
        transformations: derived_first().flat_map(|level| level.transformations.clone()).collect(),
        claim: (
            derived_first().find_map(|level| level.claim_display_name.clone()),
            derived_first().find_map(|level| level.claim_input.clone()),
        ),
        steps,
    }
}

fn observe(policy: &EffectivePolicy) -> Merged {
    let profile = policy.technical_profiles.get("Profile").unwrap();
    let claim = policy.claim_types.get("claim").unwrap();
    let journey = policy.user_journeys.get("Journey").unwrap();
    let text = |value: &Option<b2c_journey::policy::Spanned<b2c_journey::claims::Str>>| value.as_ref().map(|text| text.value.to_string());
    Merged {
        display_name: text(&profile.display_name),
        session: profile.use_for_session_management.as_ref().map(|id| id.to_string()),
        metadata: profile.metadata.iter().map(|item| (item.key.to_string(), item.value.to_string())).collect(),
        outputs: profile
            .output_claims
            .iter()
            .map(|output| (output.claim.to_string(), output.default_value.as_ref().unwrap().to_string()))
            .collect(),
        validations: profile.validation_technical_profiles.iter().map(|validation| validation.reference.to_string()).collect(),
        transformations: profile.output_claims_transformations.iter().map(|id| id.to_string()).collect(),
        claim: (text(&claim.display_name), claim.user_input_type.as_ref().map(|input| format!("{:?}", input.value))),
        steps: journey
            .steps
            .iter()
            .map(|step| {
                let exchanges = step.claims_exchanges.iter().flatten();
                let literals = step.preconditions.iter().flatten();
                (
                    step.order.value,
                    (
                        step.content_definition.as_ref().map(|id| id.to_string()),
                        exchanges.map(|exchange| (exchange.id.to_string(), exchange.technical_profile.to_string())).collect(),
                        literals.map(|precondition| precondition.values[1].to_string()).collect(),
                    ),
                )
            })
            .collect(),
    }
}

fn read(levels: &[Level]) -> PolicySet {
    let files: Vec<(String, String)> =
        levels.iter().enumerate().map(|(number, level)| (format!("level{number}.xml"), xml(number, level))).collect();
    PolicySet::from_bytes(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())), &Limits::default())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn folding_level_by_level_gives_what_all_levels_at_once_say(levels in prop::collection::vec(level(), 1..6)) {
        let set = read(&levels);
        let files: Vec<_> = set.files().iter().collect();
        prop_assert_eq!(files.len(), levels.len());
        let expected = all_at_once(&levels);
        let (found, diagnostics) = set.effective(&format!("b2c_1a_LEVEL{}", levels.len() - 1)).unwrap();
        let lines: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.line(set.sources())).collect();
        prop_assert!(lines.is_empty(), "{:?}", lines);
        prop_assert_eq!(observe(&found), expected);
        // One level laid over what the levels below it gave.
        let (last, below) = files.split_last().unwrap();
        let mut folded = inherit::merge(below);
        folded.lay(last);
        prop_assert_eq!(observe(&folded), all_at_once(&levels));
    }
}
