//! What the policy schema says of elements: which may stand in which, in what order, how often. Facts of the published schema
//! (TrustFrameworkPolicy_0.3.0.0.xsd), as far as policies that the service takes bear them out; it is stricter than the service about
//! values, which are none of this table's business.
//!
//! Nothing but data: the parser asks it where a forgotten end tag belongs, the checker holds files to it.

/// What an element may hold.
#[derive(Debug)]
pub(crate) enum Content {
    /// Nothing, not even a blank.
    Empty,
    /// Text.
    Text,
    /// These elements, in this order.
    Sequence(&'static [Child]),
    /// Elements of one of these names.
    Choice(&'static [Child]),
    /// Anything.
    Any,
}

/// An element in another.
#[derive(Debug)]
pub(crate) struct Child {
    pub(crate) name: &'static str,
    /// Whether one must be there.
    pub(crate) required: bool,
    /// Whether there may be several.
    pub(crate) many: bool,
    pub(crate) content: &'static Content,
}

impl Content {
    /// The elements that may stand here, in their order.
    pub(crate) fn children(&self) -> &'static [Child] {
        match self {
            Content::Sequence(children) | Content::Choice(children) => children,
            Content::Empty | Content::Text | Content::Any => &[],
        }
    }

    /// The element of this name that may stand here.
    pub(crate) fn child(&self, name: &str) -> Option<&'static Child> {
        self.children().iter().find(|child| child.name == name)
    }

    /// Whether an element with nothing in it is complete.
    pub(crate) fn may_be_empty(&self) -> bool {
        match self {
            Content::Empty | Content::Any | Content::Choice(_) => true,
            Content::Text => false,
            Content::Sequence(children) => children.iter().all(|child| !child.required),
        }
    }
}

/// The namespace of policy files.
pub(crate) const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";

/// The root element.
pub(crate) const ROOT: &str = "TrustFrameworkPolicy";

/// The content of an element of this name, wherever in a policy it stands first; `None` for names that the schema does not have.
pub(crate) fn anywhere(name: &str) -> Option<&'static Content> {
    fn below(content: &'static Content, name: &str) -> Option<&'static Content> {
        content.child(name).map(|child| child.content).or_else(|| content.children().iter().find_map(|child| below(child.content, name)))
    }
    if name == ROOT { Some(&POLICY) } else { below(&POLICY, name) }
}

/// The service's words for an element that may not stand where it stands; `expected` are those that may (azure-docs#99326, #97126: the
/// wording of .NET's validator).
pub(crate) fn invalid_child(parent: &str, child: &str, expected: &[&str]) -> String {
    let words =
        format!("The element '{parent}' in namespace '{NAMESPACE}' has invalid child element '{child}' in namespace '{NAMESPACE}'.");
    match expected {
        [] => words,
        _ => format!("{words} List of possible elements expected: '{}' in namespace '{NAMESPACE}'.", expected.join(", ")),
    }
}

const fn may(name: &'static str, content: &'static Content) -> Child {
    Child { name, required: false, many: false, content }
}

const fn one(name: &'static str, content: &'static Content) -> Child {
    Child { name, required: true, many: false, content }
}

const fn any(name: &'static str, content: &'static Content) -> Child {
    Child { name, required: false, many: true, content }
}

const fn some(name: &'static str, content: &'static Content) -> Child {
    Child { name, required: true, many: true, content }
}

use Content::{Any, Choice, Empty, Sequence, Text};

/// TrustFrameworkPolicy.
pub(crate) static POLICY: Content = Sequence(&[
    may("BasePolicy", &Sequence(&[one("TenantId", &Text), one("PolicyId", &Text)])),
    may("PolicyConstraints", &Sequence(&[may("Inheritance", &INHERITANCE), may("RerouteRules", &Sequence(&[any("RerouteRule", &Empty)]))])),
    may("Contacts", &Sequence(&[any("Contact", &CONTACT)])),
    may("DocumentReferences", &Sequence(&[any("DocumentReference", &Sequence(&[one("DisplayName", &Text), one("Url", &Text)]))])),
    may("BuildingBlocks", &BUILDING_BLOCKS),
    may("ClaimsProviders", &Sequence(&[some("ClaimsProvider", &CLAIMS_PROVIDER)])),
    may("UserJourneys", &Sequence(&[some("UserJourney", &USER_JOURNEY)])),
    may("SubJourneys", &Sequence(&[some("SubJourney", &Sequence(&[may("OrchestrationSteps", &STEPS)]))])),
    may("RelyingParty", &RELYING_PARTY),
]);

static INHERITANCE: Content = Choice(&[may("Tenants", &Sequence(&[some("Tenant", &Empty)])), may("ConstraintHandler", &Empty)]);

static CONTACT: Content = Sequence(&[one("DisplayName", &Text), one("TelephoneNumber", &Text), one("Email", &Text), one("Role", &Text)]);

static BUILDING_BLOCKS: Content = Sequence(&[
    may("ClaimsSchema", &Sequence(&[some("ClaimType", &CLAIM_TYPE)])),
    may("Predicates", &Sequence(&[any("Predicate", &PREDICATE)])),
    may("InputValidations", &Sequence(&[any("InputValidation", &Sequence(&[any("PredicateReferences", &PREDICATE_REFERENCES)]))])),
    may("PredicateValidations", &Sequence(&[any("PredicateValidation", &Sequence(&[any("PredicateGroups", &PREDICATE_GROUPS)]))])),
    may("ClaimsTransformations", &Sequence(&[any("ClaimsTransformation", &CLAIMS_TRANSFORMATION)])),
    may("ClientDefinitions", &Sequence(&[any("ClientDefinition", &Sequence(&[one("ClientUIFilterFlags", &Text)]))])),
    may("ContentDefinitions", &Sequence(&[any("ContentDefinition", &CONTENT_DEFINITION)])),
    may("Localization", &LOCALIZATION),
    may("DisplayControls", &Sequence(&[any("DisplayControl", &DISPLAY_CONTROL)])),
]);

static CLAIM_TYPE: Content = Sequence(&[
    may("DisplayName", &Text),
    may("DataType", &Text),
    any("DefaultPartnerClaimTypes", &Sequence(&[any("Protocol", &Empty)])),
    may("Mask", &Text),
    may("AdminHelpText", &Text),
    may("UserHelpText", &Text),
    may("UserInputType", &Text),
    may("Restriction", &Choice(&[any("Enumeration", &Text), may("Pattern", &Empty)])),
    may("InputValidationReference", &Empty),
    may("PredicateValidationReference", &Empty),
]);

static PREDICATE: Content = Sequence(&[may("UserHelpText", &Text), may("Parameters", &Sequence(&[any("Parameter", &Text)]))]);

static PREDICATE_REFERENCES: Content = Sequence(&[some("PredicateReference", &Empty)]);

static PREDICATE_GROUPS: Content =
    Sequence(&[some("PredicateGroup", &Sequence(&[may("UserHelpText", &Text), any("PredicateReferences", &PREDICATE_REFERENCES)]))]);

static CLAIMS_TRANSFORMATION: Content = Sequence(&[
    may("InputClaims", &Sequence(&[any("InputClaim", &Empty)])),
    may("InputParameters", &Sequence(&[some("InputParameter", &Empty)])),
    may("OutputClaims", &Sequence(&[some("OutputClaim", &Empty)])),
]);

static METADATA: Content = Sequence(&[some("Item", &Text)]);

static CONTENT_DEFINITION: Content = Sequence(&[
    may("LoadUri", &Text),
    may("RecoveryUri", &Text),
    may("DataUri", &Text),
    may("Metadata", &METADATA),
    may("LocalizedResourcesReferences", &Sequence(&[any("LocalizedResourcesReference", &Empty)])),
]);

static LOCALIZATION: Content = Sequence(&[
    may("SupportedLanguages", &Sequence(&[any("SupportedLanguage", &Text)])),
    any(
        "LocalizedResources",
        &Sequence(&[
            // `Item` is of the type of `Enumeration`: all it says is in attributes.
            may("LocalizedCollections", &Sequence(&[any("LocalizedCollection", &Sequence(&[some("Item", &Text)]))])),
            may("LocalizedStrings", &Sequence(&[any("LocalizedString", &Text)])),
        ]),
    ),
]);

static DISPLAY_CONTROL: Content = Sequence(&[
    may("InputClaims", &Sequence(&[any("InputClaim", &Empty)])),
    may("DisplayClaims", &Sequence(&[any("DisplayClaim", &Empty)])),
    may("OutputClaims", &Sequence(&[any("OutputClaim", &Empty)])),
    may("Actions", &Sequence(&[any("Action", &Sequence(&[one("ValidationClaimsExchange", &VALIDATION_EXCHANGE)]))])),
]);

static VALIDATION_EXCHANGE: Content =
    Sequence(&[some("ValidationClaimsExchangeTechnicalProfile", &Sequence(&[any("Preconditions", &PRECONDITIONS)]))]);

static PRECONDITIONS: Content = Sequence(&[some("Precondition", &Sequence(&[some("Value", &Text), some("Action", &Text)]))]);

static CLAIMS_PROVIDER: Content = Sequence(&[
    may("Domains", &DOMAINS),
    may("Domain", &Text),
    may("DisplayName", &Text),
    one("TechnicalProfiles", &Sequence(&[any("TechnicalProfile", &TECHNICAL_PROFILE)])),
]);

static DOMAINS: Content = Sequence(&[some("Domain", &Text)]);

static CLAIM_REFERENCE: Content = Sequence(&[any("From", &Empty)]);

static CRYPTOGRAPHIC_KEYS: Content = Sequence(&[some("Key", &Empty)]);

static TECHNICAL_PROFILE: Content = Sequence(&[
    may("Domains", &DOMAINS),
    may("Domain", &Text),
    may("DisplayName", &Text),
    may("Description", &Text),
    may("Protocol", &Empty),
    may("InputTokenFormat", &Text),
    may("OutputTokenFormat", &Text),
    may("AssuranceLevelOfOutputClaims", &Text),
    may("RequiredAssuranceLevelsOfInputClaims", &Sequence(&[any("RequiredAssuranceLevelOfInputClaims", &Text)])),
    may("SubjectAuthenticationRequirements", &Empty),
    may("Metadata", &METADATA),
    may("CryptographicKeys", &CRYPTOGRAPHIC_KEYS),
    may("Suppressions", &Sequence(&[some("Item", &Empty)])),
    may("PreferredBinding", &Text),
    may("IncludeInSso", &Text),
    may("InputTokenSources", &Sequence(&[some("TechnicalProfile", &Empty)])),
    any("InputClaimsTransformations", &Sequence(&[some("InputClaimsTransformation", &Empty)])),
    may("InputClaims", &Sequence(&[any("InputClaim", &CLAIM_REFERENCE)])),
    may("DisplayClaims", &Sequence(&[any("DisplayClaim", &Empty)])),
    may("PersistedClaims", &Sequence(&[any("PersistedClaim", &Empty)])),
    may("OutputClaims", &Sequence(&[any("OutputClaim", &CLAIM_REFERENCE)])),
    any("OutputClaimsTransformations", &Sequence(&[some("OutputClaimsTransformation", &Empty)])),
    any(
        "ValidationTechnicalProfiles",
        &Sequence(&[some("ValidationTechnicalProfile", &Sequence(&[any("Preconditions", &PRECONDITIONS)]))]),
    ),
    may("SubjectNamingInfo", &Empty),
    may("Extensions", &Any),
    may("IncludeClaimsFromTechnicalProfile", &Text),
    may("IncludeTechnicalProfile", &Empty),
    may("UseTechnicalProfileForSessionManagement", &Empty),
    may("ErrorHandlers", &Sequence(&[any("ErrorHandler", &ERROR_HANDLER)])),
    may("EnabledForUserJourneys", &Text),
]);

static ERROR_HANDLER: Content = Sequence(&[
    may("ErrorResponseFormat", &Text),
    one("ResponseMatch", &Text),
    one("Action", &Text),
    any("AdditionalRequestParameters", &Text),
]);

static USER_JOURNEY: Content = Sequence(&[
    may("AssuranceLevel", &Text),
    may("PreserveOriginalAssertion", &Text),
    may("Authorization", &Sequence(&[may("AuthorizationTechnicalProfiles", &Sequence(&[some("AuthorizationTechnicalProfile", &Empty)]))])),
    may("OrchestrationSteps", &STEPS),
    may("ClientDefinition", &Empty),
    may("CryptographicKeys", &CRYPTOGRAPHIC_KEYS),
]);

static STEPS: Content = Sequence(&[some(
    "OrchestrationStep",
    &Sequence(&[
        any("Preconditions", &PRECONDITIONS),
        any("ClaimsProviderSelections", &Sequence(&[some("ClaimsProviderSelection", &Empty)])),
        any("ClaimsExchanges", &Sequence(&[any("ClaimsExchange", &Empty)])),
        any("JourneyList", &Sequence(&[some("Candidate", &Empty)])),
    ]),
)]);

static RELYING_PARTY: Content = Sequence(&[
    may("DefaultUserJourney", &Empty),
    may("Endpoints", &Sequence(&[some("Endpoint", &Empty)])),
    may(
        "UserJourneyBehaviors",
        &Sequence(&[
            may("SingleSignOn", &Empty),
            may("SessionExpiryType", &Text),
            may("SessionExpiryInSeconds", &Text),
            may("AzureApplicationInsights", &Empty),
            may("JourneyInsights", &Empty),
            may("ContentDefinitionParameters", &Sequence(&[some("Parameter", &Text)])),
            may("JourneyFraming", &Empty),
            may("ScriptExecution", &Text),
            may("OnError", &Empty),
        ]),
    ),
    any("TechnicalProfile", &TECHNICAL_PROFILE),
]);
