//! UserJourneys and SubJourneys. Source: userjourneys, subjourneys.

use std::sync::Arc;

use super::file::Unused;
use super::id::{Id, Spanned, closed_set};
use super::parts::{each, list, lists, one, parts, reference, shared, values};
use super::reader::{Reader, Value};
use super::unused::unused;
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

/// A UserJourney.
#[derive(Clone, Debug)]
pub struct UserJourney {
    /// Id.
    pub id: Spanned<Id>,
    /// NonInteractive.
    pub non_interactive: Option<Spanned<bool>>,
    /// DefaultCpimIssuerTechnicalProfileReferenceId.
    pub default_issuer: Option<Spanned<Id>>,
    /// AuthorizationTechnicalProfiles; `None` when there is no such element.
    pub authorization: Option<Vec<Spanned<Id>>>,
    /// OrchestrationSteps as written, not sorted.
    pub steps: Vec<Arc<OrchestrationStep>>,
    /// ClientDefinition.
    pub client_definition: Option<Spanned<Id>>,
    /// Elements of the schema without effect.
    pub unused: Vec<Unused>,
    /// The start tag.
    pub span: Span,
}

/// A SubJourney.
#[derive(Clone, Debug)]
pub struct SubJourney {
    /// Id.
    pub id: Spanned<Id>,
    /// Type.
    pub kind: Option<Spanned<SubJourneyType>>,
    /// OrchestrationSteps as written, not sorted.
    pub steps: Vec<Arc<OrchestrationStep>>,
    /// The start tag.
    pub span: Span,
}

/// An OrchestrationStep. A collection is `None` when its element is absent, which inheritance tells from empty (UJ-M2).
#[derive(Clone, Debug)]
pub struct OrchestrationStep {
    /// Order.
    pub order: Spanned<u32>,
    /// Type.
    pub kind: Option<Spanned<StepType>>,
    /// ContentDefinitionReferenceId.
    pub content_definition: Option<Spanned<Id>>,
    /// CpimIssuerTechnicalProfileReferenceId.
    pub issuer: Option<Spanned<Id>>,
    /// Preconditions; several such elements are one after the other (PC-9).
    pub preconditions: Option<Vec<Precondition>>,
    /// ClaimsProviderSelections.
    pub claims_provider_selections: Option<ClaimsProviderSelections>,
    /// ClaimsExchanges.
    pub claims_exchanges: Option<Vec<ClaimsExchange>>,
    /// JourneyList.
    pub journey_list: Option<Vec<Candidate>>,
    /// The start tag.
    pub span: Span,
}

/// The Type of an orchestration step.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum StepType {
    /// ConsentScreen; from the schema only.
    ConsentScreen,
    /// ClaimsProviderSelection.
    ClaimsProviderSelection,
    /// CombinedSignInAndSignUp.
    CombinedSignInAndSignUp,
    /// ClaimsExchange.
    ClaimsExchange,
    /// ReviewScreen; from the schema only.
    ReviewScreen,
    /// SendClaims.
    SendClaims,
    /// GetClaims.
    GetClaims,
    /// UserDialog; from the schema only.
    UserDialog,
    /// InvokeSubJourney.
    InvokeSubJourney,
    /// Noop.
    Noop,
    /// Anything else, as written.
    Other(Str),
}

/// A Precondition.
#[derive(Clone, Debug)]
pub struct Precondition {
    /// Type.
    pub kind: Option<Spanned<PreconditionType>>,
    /// ExecuteActionsIf.
    pub execute_actions_if: Option<Spanned<bool>>,
    /// The Value elements, verbatim.
    pub values: Vec<Spanned<Str>>,
    /// The Action elements.
    pub actions: Vec<Spanned<PreconditionAction>>,
    /// The start tag.
    pub span: Span,
}

/// ClaimsProviderSelections.
#[derive(Clone, Debug)]
pub struct ClaimsProviderSelections {
    /// DisplayOption.
    pub display_option: Option<Spanned<DisplayOption>>,
    /// The selections.
    pub selections: Vec<ClaimsProviderSelection>,
    /// The start tag.
    pub span: Span,
}

/// A ClaimsProviderSelection.
#[derive(Clone, Debug)]
pub struct ClaimsProviderSelection {
    /// TargetClaimsExchangeId: an exchange of the next step.
    pub target: Option<Spanned<Id>>,
    /// ValidationClaimsExchangeId: an exchange of this step.
    pub validation: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// A ClaimsExchange.
#[derive(Clone, Debug)]
pub struct ClaimsExchange {
    /// Id.
    pub id: Spanned<Id>,
    /// TechnicalProfileReferenceId.
    pub technical_profile: Spanned<Id>,
    /// The start tag.
    pub span: Span,
}

/// A Candidate of a JourneyList.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// SubJourneyReferenceId.
    pub sub_journey: Spanned<Id>,
    /// The start tag.
    pub span: Span,
}

closed_set! {
    /// How a sub journey ends.
    SubJourneyType {
        /// Never returns.
        Transfer,
        /// Returns to the step after the one that invoked it.
        Call,
    }
}

closed_set! {
    /// What a precondition tests.
    PreconditionType {
        /// The claim exists.
        ClaimsExist,
        /// The claim equals a literal.
        ClaimEquals,
    }
}

closed_set! {
    /// What a satisfied precondition does.
    PreconditionAction {
        /// Skips the orchestration step.
        SkipThisOrchestrationStep,
        /// Skips the validation technical profile.
        SkipThisValidationTechnicalProfile,
    }
}

closed_set! {
    /// Whether a selection of one provider is shown.
    DisplayOption {
        /// No; the default.
        DoNotShowSingleProvider,
        /// Yes.
        ShowSingleProvider,
    }
}

impl StepType {
    /// Every type of the schema with its name.
    const ALL: &'static [(&'static str, StepType)] = &[
        ("ClaimsExchange", StepType::ClaimsExchange),
        ("SendClaims", StepType::SendClaims),
        ("CombinedSignInAndSignUp", StepType::CombinedSignInAndSignUp),
        ("ClaimsProviderSelection", StepType::ClaimsProviderSelection),
        ("InvokeSubJourney", StepType::InvokeSubJourney),
        ("GetClaims", StepType::GetClaims),
        ("Noop", StepType::Noop),
        ("ConsentScreen", StepType::ConsentScreen),
        ("ReviewScreen", StepType::ReviewScreen),
        ("UserDialog", StepType::UserDialog),
    ];

    /// The name as the schema spells it, or as written.
    pub fn name(&self) -> &str {
        match self {
            StepType::Other(name) => name,
            known => Self::ALL.iter().find(|(_, kind)| kind == known).map_or("", |(name, _)| name),
        }
    }
}

impl Reader<'_> {
    fn step_type(&mut self, value: Value<'_>) -> Option<Spanned<StepType>> {
        let token = self.trimmed(value);
        let kind = match StepType::ALL.iter().find(|(name, _)| *name == token.value) {
            Some((_, kind)) => kind.clone(),
            None => {
                let names: Vec<&str> = StepType::ALL.iter().map(|(name, _)| *name).collect();
                self.not_one_of(value, token, &names);
                StepType::Other(token.value.into())
            }
        };
        Some(Spanned::new(kind, token.span))
    }
}

pub(super) fn read_user_journey(reader: &mut Reader<'_>, element: Element<'_>) -> Option<UserJourney> {
    parts! { reader, element;
        "Id" => id: id,
        "NonInteractive" => non_interactive: boolean,
        "DefaultCpimIssuerTechnicalProfileReferenceId" => default_issuer: id;
        "Authorization" => authorization: one(read_authorization),
        "OrchestrationSteps" => steps: list("OrchestrationStep", shared(read_orchestration_step)),
        "ClientDefinition" => client_definition: one(reference("ReferenceId")),
        "AssuranceLevel" | "PreserveOriginalAssertion" | "CryptographicKeys" => without_effect: unused(),
    }
    Some(UserJourney {
        id: reader.required(element, "Id", id)?,
        non_interactive,
        default_issuer,
        authorization,
        steps: steps.unwrap_or_default(),
        client_definition,
        unused: without_effect,
        span: element.start_tag(),
    })
}

fn read_authorization(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Vec<Spanned<Id>>> {
    parts! { reader, element; ;
        "AuthorizationTechnicalProfiles" => profiles: list("AuthorizationTechnicalProfile", reference("ReferenceId")),
    }
    profiles
}

pub(super) fn read_sub_journey(reader: &mut Reader<'_>, element: Element<'_>) -> Option<SubJourney> {
    parts! { reader, element;
        "Id" => id: id,
        "Type" => kind: closed;
        "OrchestrationSteps" => steps: list("OrchestrationStep", shared(read_orchestration_step)),
    }
    let kind = reader.required(element, "Type", kind);
    Some(SubJourney { id: reader.required(element, "Id", id)?, kind, steps: steps.unwrap_or_default(), span: element.start_tag() })
}

fn read_orchestration_step(reader: &mut Reader<'_>, element: Element<'_>) -> Option<OrchestrationStep> {
    parts! { reader, element;
        "Order" => order: number,
        "Type" => kind: step_type,
        "ContentDefinitionReferenceId" => content_definition: id,
        "CpimIssuerTechnicalProfileReferenceId" => issuer: id;
        "Preconditions" => preconditions: lists("Precondition", read_precondition),
        "ClaimsProviderSelections" => claims_provider_selections: read_claims_provider_selections(),
        "ClaimsExchanges" => claims_exchanges: read_claims_exchanges(),
        "JourneyList" => journey_list: lists("Candidate", read_candidate),
    }
    let kind = reader.required(element, "Type", kind);
    Some(OrchestrationStep {
        order: reader.required(element, "Order", order)?,
        kind,
        content_definition,
        issuer,
        preconditions,
        claims_provider_selections,
        claims_exchanges,
        journey_list,
        span: element.start_tag(),
    })
}

pub(super) fn read_precondition(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Precondition> {
    parts! { reader, element;
        "Type" => kind: closed,
        "ExecuteActionsIf" => execute_actions_if: boolean;
        "Value" => texts: values(Reader::verbatim),
        "Action" => actions: values(Reader::closed),
    }
    let kind = reader.required(element, "Type", kind);
    let execute_actions_if = reader.required(element, "ExecuteActionsIf", execute_actions_if);
    reader.required_child(element, "Value");
    reader.required_child(element, "Action");
    Some(Precondition { kind, execute_actions_if, values: texts, actions, span: element.start_tag() })
}

/// ClaimsProviderSelections; several such elements are one after the other.
fn read_claims_provider_selections(slot: &mut Option<ClaimsProviderSelections>, reader: &mut Reader<'_>, element: Element<'_>) {
    parts! { reader, element;
        "DisplayOption" => display_option: closed;
        "ClaimsProviderSelection" => selections: each(read_claims_provider_selection),
    }
    match slot {
        Some(earlier) => {
            earlier.display_option = earlier.display_option.or(display_option);
            earlier.selections.append(&mut selections);
        }
        None => *slot = Some(ClaimsProviderSelections { display_option, selections, span: element.start_tag() }),
    }
}

fn read_claims_provider_selection(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimsProviderSelection> {
    parts! { reader, element;
        "TargetClaimsExchangeId" => target: id,
        "ValidationClaimsExchangeId" => validation: id;
    }
    if target.is_none() && validation.is_none() {
        reader.one_of(element, "TargetClaimsExchangeId", "ValidationClaimsExchangeId");
        return None;
    }
    Some(ClaimsProviderSelection { target, validation, span: element.start_tag() })
}

/// ClaimsExchanges; several such elements are one after the other.
fn read_claims_exchanges(slot: &mut Option<Vec<ClaimsExchange>>, reader: &mut Reader<'_>, element: Element<'_>) {
    parts! { reader, element;
        "UserIdentity" => user_identity: boolean;
        "ClaimsExchange" => exchanges: each(read_claims_exchange),
    }
    reader.no_effect(element, "UserIdentity", &user_identity);
    match slot {
        Some(earlier) => earlier.append(&mut exchanges),
        None => *slot = Some(exchanges),
    }
}

fn read_claims_exchange(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimsExchange> {
    parts! { reader, element;
        "Id" => id: id,
        "TechnicalProfileReferenceId" => technical_profile: id;
    }
    let technical_profile = reader.required(element, "TechnicalProfileReferenceId", technical_profile);
    Some(ClaimsExchange { id: reader.required(element, "Id", id)?, technical_profile: technical_profile?, span: element.start_tag() })
}

fn read_candidate(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Candidate> {
    let sub_journey = reference("SubJourneyReferenceId")(reader, element)?;
    Some(Candidate { sub_journey, span: element.start_tag() })
}
