//! What a plan is made of.

use std::collections::HashMap;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::handlers::HandlerClass;
use super::sessions::{SessionBehavior, SessionUse};
use crate::claims::{ClaimId, ClaimType, ClaimValue, Str, Template};
use crate::policy::{Id, IdRef};
use crate::provider::Handler;
use crate::source::Span;
use crate::transform::Transformation;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub(crate) u32);

        impl $name {
            /// Its place in the plan's list.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

id!(
    /// A technical profile of a plan.
    ProfileId
);
id!(
    /// A claims transformation of a plan.
    TransformationId
);
id!(
    /// A content definition of a plan.
    ContentId
);
id!(
    /// A user journey or sub journey of a plan; 0 is the user journey.
    JourneyId
);
id!(
    /// A display control of a plan.
    ControlId
);

/// What is found by its name, without regard to case (INH-4, OPEN-01 closed).
pub(crate) type Names<T> = IndexMap<Id, T, FxBuildHasher>;

/// Everything that a run of one relying party needs.
#[derive(Debug)]
pub struct JourneyPlan {
    /// Who the policy is.
    pub policy: PolicyInfo,
    /// Claim types; those that are only named come after the declared ones.
    pub claims: Vec<ClaimType>,
    pub(crate) claim_names: Names<ClaimId>,
    /// Technical profiles that the journey reaches.
    pub profiles: Vec<Profile>,
    pub(crate) profile_names: Names<ProfileId>,
    /// Every technical profile id that the policy declares, reached or not, in declaration order.
    pub declared_profiles: Vec<Str>,
    /// Claims transformations that they reach.
    pub transformations: Vec<Transformation>,
    /// Content definitions that they reach.
    pub contents: Vec<Content>,
    /// Display controls that they reach.
    pub controls: Vec<Control>,
    /// The user journey, then the sub journeys.
    pub journeys: Vec<Journey>,
    /// The token.
    pub relying_party: RelyingParty,
    /// How far and how long a session reaches.
    pub session_behavior: SessionBehavior,
    /// The session provider of each technical profile.
    pub(crate) sessions: Vec<SessionUse>,
    /// The relying party's technical profile, for what its defaults may resolve.
    pub(crate) relying_party_profile: Profile,
    /// Localized texts.
    pub localization: Localization,
}

/// Who the policy is.
#[derive(Clone, Debug, Default)]
pub struct PolicyInfo {
    /// PolicyId of the relying party's file, as written.
    pub id: Str,
    /// TenantId of the relying party's file.
    pub tenant: Str,
    /// TenantObjectId, where a level gives one; the most derived wins.
    pub tenant_object_id: Option<Str>,
    /// TenantId of the topmost base.
    pub trust_framework_tenant: Str,
    /// `Development` or `Debugging` in the relying party's file; else production.
    pub development: bool,
}

impl PolicyInfo {
    /// The service's host name for this tenant.
    pub fn host(&self) -> String {
        format!("{}.b2clogin.com", self.tenant.split('.').next().unwrap_or_default())
    }
}

/// Metadata of a technical profile or content definition, keys as written.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    pub(crate) items: Vec<MetadataItem>,
}

/// One item of it.
#[derive(Clone, Debug)]
pub struct MetadataItem {
    /// As written.
    pub key: Str,
    /// As written.
    pub value: Str,
    /// Where.
    pub span: Span,
}

impl Metadata {
    /// The item of this key: exactly, else without regard to case (TP-M2).
    pub fn item(&self, key: &str) -> Option<&MetadataItem> {
        self.items
            .iter()
            .find(|item| item.key.as_str() == key)
            .or_else(|| self.items.iter().find(|item| item.key.eq_ignore_ascii_case(key)))
    }

    /// The value of this key, blanks around it cut; an empty value counts as given.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.item(key).map(|item| item.value.trim())
    }

    /// Whether the value is `true` (or `1`), in any case; `default` when it is not given.
    pub fn flag(&self, key: &str, default: bool) -> bool {
        self.get(key).map_or(default, |value| value.eq_ignore_ascii_case("true") || value == "1")
    }

    /// All items in order.
    pub fn iter(&self) -> impl Iterator<Item = &MetadataItem> {
        self.items.iter()
    }
}

/// The value that a claim reference gives when nobody else does.
#[derive(Clone, Debug)]
pub enum DefaultValue {
    /// Converted to the claim's data type.
    Value(ClaimValue),
    /// With claim resolvers in it, expanded at run time (SEMANTICS 6.2).
    Template {
        /// The text.
        template: Template,
        /// The two flags are missing, and the text resolves only by OPEN-12.
        unflagged: bool,
    },
}

/// An InputClaim, OutputClaim or PersistedClaim.
#[derive(Clone, Debug)]
pub struct ClaimReference {
    /// Which claim.
    pub claim: ClaimId,
    /// The partner's name for it, defaults applied (SEMANTICS 6.1).
    pub partner: Str,
    /// Whether the policy itself wrote the partner name on this reference.
    pub partner_written: bool,
    /// Default, if any.
    pub default: Option<DefaultValue>,
    /// AlwaysUseDefaultValue, and there is a default.
    pub always_default: bool,
    /// Required.
    pub required: bool,
    /// OverwriteIfExists of a PersistedClaim.
    pub overwrite: bool,
    /// Where it is written.
    pub span: Span,
}

/// A DisplayClaim.
#[derive(Clone, Debug)]
pub enum DisplayClaim {
    /// A claim.
    Claim {
        /// Which.
        claim: ClaimId,
        /// Must be filled.
        required: bool,
        /// `VerificationCode` and such, inside a display control.
        control_type: Option<Str>,
        /// Where.
        span: Span,
    },
    /// A display control.
    Control(ControlId),
}

/// When a technical profile takes part. Source: technicalprofiles, EnabledForUserJourneys.
#[derive(Clone, Debug)]
pub enum Enabled {
    /// Always; the default.
    Always,
    /// Never.
    Never,
    /// The claim exists and, when there is a value, equals it.
    OnClaimsExistence {
        /// ClaimTypeOnWhichToEnable.
        claim: ClaimId,
        /// ClaimValueOnWhichToEnable.
        value: Option<Str>,
    },
    /// The collection has the item.
    OnItemExistence {
        /// ClaimTypeOnWhichToEnable.
        claim: ClaimId,
        /// ClaimValueOnWhichToEnable.
        value: Str,
    },
    /// The collection does not have the item, or is missing.
    OnItemAbsence {
        /// ClaimTypeOnWhichToEnable.
        claim: ClaimId,
        /// ClaimValueOnWhichToEnable.
        value: Str,
    },
}

/// A technical profile after merging and inclusion.
#[derive(Debug)]
pub struct Profile {
    /// As declared.
    pub id: Str,
    /// DisplayName.
    pub display_name: Str,
    /// Domain of the profile, else of its claims provider.
    pub domain: Option<Str>,
    /// Protocol name as written, `OpenIdConnect` for example.
    pub protocol: Str,
    /// What runs it, with its settings compiled.
    pub handler: Handler,
    /// As the policy names that.
    pub class: HandlerClass,
    /// Metadata.
    pub metadata: Metadata,
    /// CryptographicKeys: Id and StorageReferenceId.
    pub keys: Vec<(Str, Str)>,
    /// InputClaimsTransformations.
    pub input_transformations: Vec<TransformationId>,
    /// InputClaims.
    pub inputs: Vec<ClaimReference>,
    /// PersistedClaims.
    pub persisted: Vec<ClaimReference>,
    /// DisplayClaims; `None` when there is no such element.
    pub display: Option<Vec<DisplayClaim>>,
    /// OutputClaims.
    pub outputs: Vec<ClaimReference>,
    /// OutputClaimsTransformations.
    pub output_transformations: Vec<TransformationId>,
    /// ValidationTechnicalProfiles.
    pub validations: Vec<Validation>,
    /// UseTechnicalProfileForSessionManagement, as written.
    pub session: Option<Str>,
    /// IncludeInSso.
    pub include_in_sso: bool,
    /// EnabledForUserJourneys.
    pub enabled: Enabled,
    /// Its id, at the most derived level.
    pub span: Span,
    /// The handler, else the protocol, else the id.
    pub handler_span: Span,
}

impl Profile {
    /// The StorageReferenceId of a cryptographic key, by its Id without regard to case.
    pub fn key(&self, id: &str) -> Option<&Str> {
        self.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(id)).map(|(_, storage)| storage)
    }
}

/// A ValidationTechnicalProfile of a page, or one of a display control's action.
#[derive(Clone, Debug)]
pub struct Validation {
    /// Which profile.
    pub profile: ProfileId,
    /// ContinueOnError, default false.
    pub continue_on_error: bool,
    /// ContinueOnSuccess, default true.
    pub continue_on_success: bool,
    /// Preconditions.
    pub preconditions: Vec<Precondition>,
    /// Where.
    pub span: Span,
}

/// What a precondition tests.
#[derive(Clone, Debug)]
pub enum Test {
    /// `ClaimsExist`.
    Exists,
    /// `ClaimEquals` with this literal.
    Equals(Str),
}

/// A precondition; when it is satisfied, what it guards is skipped.
#[derive(Clone, Debug)]
pub struct Precondition {
    /// Position in the list, from 1.
    pub number: u32,
    /// The test.
    pub test: Test,
    /// Which claim.
    pub claim: ClaimId,
    /// ExecuteActionsIf.
    pub execute_if: bool,
    /// Where.
    pub span: Span,
}

/// A user journey or sub journey.
#[derive(Debug)]
pub struct Journey {
    /// As declared.
    pub id: Str,
    /// `None` for the user journey.
    pub sub: Option<SubJourneyType>,
    /// In the order of their numbers.
    pub steps: Vec<Step>,
    /// AuthorizationTechnicalProfiles, run before step 1.
    pub authorization: Vec<ProfileId>,
    /// Where.
    pub span: Span,
}

/// How a sub journey ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubJourneyType {
    /// Returns to the step after the one that invoked it.
    Call,
    /// Never returns.
    Transfer,
}

/// An orchestration step.
#[derive(Debug)]
pub struct Step {
    /// Order.
    pub order: u32,
    /// Type as written.
    pub type_name: Str,
    /// What it does.
    pub kind: StepKind,
    /// Preconditions.
    pub preconditions: Vec<Precondition>,
    /// Where.
    pub span: Span,
}

/// A ClaimsExchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// As written.
    pub id: Str,
    /// Which profile.
    pub profile: ProfileId,
    /// Where.
    pub span: Span,
}

/// A button of a selection page.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The exchange of the next step that it picks.
    pub exchange: Str,
    /// Its technical profile, when the next step has that exchange.
    pub profile: Option<ProfileId>,
    /// Where.
    pub span: Span,
}

/// What a step does.
#[derive(Debug)]
pub enum StepKind {
    /// Runs a technical profile.
    Exchange {
        /// The candidates.
        exchanges: Vec<Exchange>,
    },
    /// Shows buttons, and on a combined page also the local form.
    Selection {
        /// CombinedSignInAndSignUp.
        combined: bool,
        /// Buttons.
        selections: Vec<Selection>,
        /// The self-asserted profile whose form stands on the page (ValidationClaimsExchangeId).
        local: Option<Exchange>,
        /// The page.
        content: Option<ContentId>,
        /// DisplayOption `ShowSingleProvider`.
        show_single: bool,
    },
    /// Runs a sub journey.
    SubJourney(JourneyId),
    /// Reads the claims of an id_token_hint.
    GetClaims {
        /// The profile that validates the hint.
        profile: Option<ProfileId>,
    },
    /// Issues the token.
    SendClaims {
        /// With this profile; `None` is AADB2C90108 at run time.
        issuer: Option<ProfileId>,
    },
    /// Nothing.
    Noop,
    /// A type of the schema that nothing is known of (OPEN-09).
    Unsupported,
}

/// A content definition.
#[derive(Debug)]
pub struct Content {
    /// As declared.
    pub id: Str,
    /// LoadUri, empty when there is none.
    pub load_uri: Template,
    /// DataUri.
    pub data_uri: Str,
    /// Metadata.
    pub metadata: Metadata,
    /// Language and LocalizedResources id, both lower case.
    pub resources: Vec<(Str, Str)>,
    /// Where.
    pub span: Span,
}

/// A display control.
#[derive(Debug)]
pub struct Control {
    /// As declared.
    pub id: Str,
    /// UserInterfaceControlType.
    pub kind: Str,
    /// InputClaims.
    pub inputs: Vec<ClaimReference>,
    /// DisplayClaims.
    pub display: Vec<DisplayClaim>,
    /// OutputClaims.
    pub outputs: Vec<ClaimReference>,
    /// Actions by id.
    pub actions: Vec<(Str, Vec<Validation>)>,
    /// Where.
    pub span: Span,
}

/// The relying party.
#[derive(Debug, Default)]
pub struct RelyingParty {
    /// `OpenIdConnect` or `SAML2`.
    pub protocol: Str,
    /// InputClaims: what the application may send.
    pub inputs: Vec<ClaimReference>,
    /// OutputClaims.
    pub outputs: Vec<ClaimReference>,
    /// SubjectNamingInfo ClaimType: the partner name of an output claim.
    pub subject: Option<Str>,
    /// ExcludeAsClaim.
    pub subject_excluded: bool,
    /// ContentDefinitionParameters: what is added to the address of every page.
    pub page_parameters: Vec<(Str, Template)>,
    /// Where.
    pub span: Option<Span>,
}

/// Localized strings and collections by resource id (lower case) and their own keys.
#[derive(Debug, Default)]
pub struct Localization {
    /// Resource id (lower case) → (ElementType, ElementId, StringId) → text.
    pub strings: HashMap<Str, Vec<LocalizedString>, FxBuildHasher>,
    /// Resource id (lower case) → collections.
    pub collections: HashMap<Str, Vec<LocalizedCollection>, FxBuildHasher>,
    /// DefaultLanguage of SupportedLanguages, lower case.
    pub default_language: Option<Str>,
    /// SupportedLanguages, lower case.
    pub supported: Vec<Str>,
}

/// A LocalizedString.
#[derive(Clone, Debug)]
pub struct LocalizedString {
    /// ElementType.
    pub element_type: Str,
    /// ElementId.
    pub element_id: Option<Str>,
    /// StringId.
    pub string_id: Str,
    /// The text.
    pub text: Str,
}

/// A LocalizedCollection.
#[derive(Clone, Debug)]
pub struct LocalizedCollection {
    /// ElementType.
    pub element_type: Str,
    /// ElementId: the claim type.
    pub element_id: Str,
    /// TargetCollection: `Restriction`.
    pub target: Str,
    /// Text and Value of each item.
    pub items: Vec<crate::claims::EnumerationItem>,
}

impl JourneyPlan {
    /// The claim type of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn claim(&self, id: ClaimId) -> &ClaimType {
        &self.claims[id.index()]
    }

    /// The claim of this name, without regard to case.
    pub fn claim_id(&self, name: &str) -> Option<ClaimId> {
        self.claim_names.get(&IdRef(name)).copied()
    }

    /// The technical profile of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn profile(&self, id: ProfileId) -> &Profile {
        &self.profiles[id.index()]
    }

    /// The technical profile of this name, without regard to case, among those that the journey reaches.
    pub fn profile_id(&self, name: &str) -> Option<ProfileId> {
        self.profile_names.get(&IdRef(name)).copied()
    }

    /// The claims transformation of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn transformation(&self, id: TransformationId) -> &Transformation {
        &self.transformations[id.index()]
    }

    /// The content definition of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn content(&self, id: ContentId) -> &Content {
        &self.contents[id.index()]
    }

    /// The display control of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn control(&self, id: ControlId) -> &Control {
        &self.controls[id.index()]
    }

    /// The journey of this id.
    #[expect(clippy::indexing_slicing, reason = "ids are only made for this plan's own lists")]
    pub fn journey(&self, id: JourneyId) -> &Journey {
        &self.journeys[id.index()]
    }

    /// Whether the application's signed claims enter the bag at the start (samples, invite_deprecated): the relying party has input claims
    /// and a key `client_secret`, and no step reads a hint.
    pub(crate) fn takes_client_assertion(&self) -> bool {
        let mut steps = self.journeys.iter().flat_map(|journey| &journey.steps);
        self.relying_party_profile.key("client_secret").is_some() && !steps.any(|step| matches!(step.kind, StepKind::GetClaims { .. }))
    }

    /// A step of a journey, by its position.
    pub fn step(&self, journey: JourneyId, position: usize) -> Option<&Step> {
        self.journey(journey).steps.get(position)
    }
}
