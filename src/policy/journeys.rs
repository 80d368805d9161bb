//! UserJourneys and SubJourneys. Source: userjourneys, subjourneys.

use std::sync::Arc;

use super::file::Unused;
use super::id::{Id, Spanned, closed_set};
use super::technical_profiles::CryptographicKey;
use crate::claims::Str;
use crate::source::Span;

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
    /// CryptographicKeys.
    pub cryptographic_keys: Vec<CryptographicKey>,
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
