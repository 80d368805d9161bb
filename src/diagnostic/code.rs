//! The codes, grouped by hundreds: 01 XML, 02 inheritance, 03 references, 04 journeys, 05 technical profiles, 06 claims, 07 transformations,
//! 08 relying party, 09 security, 10 limits, 11 the checker itself. A code keeps its meaning for good.

use super::Severity;

/// When the service says something about a fault, if ever. Source of each: the page of its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raised {
    /// When the file is uploaded in which it stands, or the first one with which it is complete.
    Upload,
    /// Only when the relying party is uploaded.
    RelyingParty,
    /// The policy is taken, and a run fails.
    Run,
    /// Never: the policy just does something else than was meant.
    Silent,
}

/// What is known of a code.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// `B2Cnnnn`.
    pub code: &'static str,
    /// A short name in kebab case.
    pub name: &'static str,
    /// How bad its findings are, as a rule; `None` = off until it is asked for.
    pub severity: Option<Severity>,
    /// When the service says so.
    pub raised: Raised,
    /// One sentence.
    pub summary: &'static str,
    /// What, why, wrong, right, the service's own message and the source, in Markdown.
    pub page: &'static str,
}

/// The rule of a code, in any case, or of a name.
pub fn find(code: &str) -> Option<&'static Rule> {
    ALL.iter().find(|rule| rule.code.eq_ignore_ascii_case(code) || rule.name == code)
}

/// The code, or the name of one, that was perhaps meant.
pub fn nearest(code: &str) -> Option<&'static str> {
    crate::nearest::nearest(code, ALL.iter().flat_map(|rule| [rule.code, rule.name]))
}

macro_rules! rules {
    ($($(#[doc = $summary:literal])+ $constant:ident = $code:literal, $name:literal, $severity:ident, $raised:ident;)+) => {
        $($(#[doc = $summary])+ pub const $constant: &str = $code;)+

        /// All codes in their order.
        pub const ALL: &[Rule] = &[
            $(Rule {
                code: $code,
                name: $name,
                severity: severity!($severity),
                raised: Raised::$raised,
                summary: concat!($($summary),+).trim_ascii_start(),
                page: include_str!(concat!("../../docs/rules/", $code, ".md")),
            },)+
        ];
    };
}

macro_rules! severity {
    (Off) => {
        None
    };
    ($severity:ident) => {
        Some(Severity::$severity)
    };
}

rules! {
    /// The bytes are not text in UTF-8 or UTF-16.
    ENCODING = "B2C0101", "encoding", Error, Upload;
    /// The text is not well-formed XML.
    NOT_WELL_FORMED = "B2C0102", "not-well-formed", Error, Upload;
    /// A document type declaration.
    DOCTYPE = "B2C0103", "doctype", Error, Upload;
    /// An element that the policy schema does not know, at this place.
    UNKNOWN_ELEMENT = "B2C0104", "unknown-element", Error, Upload;
    /// An attribute that the policy schema does not know on this element.
    UNKNOWN_ATTRIBUTE = "B2C0105", "unknown-attribute", Error, Upload;
    /// Text where only elements may stand.
    STRAY_TEXT = "B2C0106", "stray-text", Error, Upload;
    /// A mandatory attribute or element is missing.
    MISSING_PART = "B2C0107", "missing-part", Error, Upload;
    /// A value that its type does not allow.
    BAD_VALUE = "B2C0108", "bad-value", Error, Upload;
    /// The file is well-formed but no policy.
    NOT_A_POLICY = "B2C0109", "not-a-policy", Error, Upload;
    /// A construct of the schema that is read and kept, but has no effect on a run.
    NO_EFFECT = "B2C0110", "no-effect", Note, Silent;
    /// The same key twice where it must be unique.
    DUPLICATE_KEY = "B2C0111", "duplicate-key", Error, Upload;
    /// An element that stands after one before which the schema wants it.
    ELEMENT_ORDER = "B2C0112", "element-order", Error, Upload;
    /// An element more often than the schema allows.
    TOO_MANY_ELEMENTS = "B2C0113", "too-many-elements", Error, Upload;
    /// White space in an element that the schema declares empty.
    BLANK_CONTENT = "B2C0114", "blank-content", Error, Upload;
    /// A comment that is opened or closed with something other than two plain dashes.
    COMMENT_DASH = "B2C0115", "comment-dash", Error, Upload;
    /// A placeholder in angle brackets that XML takes for a tag.
    MARKUP_IN_VALUE = "B2C0116", "markup-in-value", Error, Upload;
    /// A PolicySchemaVersion other than 0.3.0.0.
    SCHEMA_VERSION = "B2C0117", "schema-version", Error, Upload;
    /// A UserJourneyRecorderEndpoint that the service no longer takes.
    RECORDER_ENDPOINT = "B2C0118", "recorder-endpoint", Error, Upload;
    /// The base policy is not among the files.
    MISSING_BASE = "B2C0201", "missing-base", Error, Upload;
    /// The chain of bases comes back to itself.
    INHERITANCE_CYCLE = "B2C0202", "inheritance-cycle", Error, Upload;
    /// More levels than the service allows.
    TOO_MANY_LEVELS = "B2C0203", "too-many-levels", Error, Upload;
    /// Two files have the same PolicyId.
    DUPLICATE_POLICY = "B2C0204", "duplicate-policy", Error, Upload;
    /// The base was found under another tenant.
    OTHER_TENANT = "B2C0205", "other-tenant", Warning, Upload;
    /// A journey of the same id lays its steps over those of the base although they are others.
    STEPS_MERGED = "B2C0206", "steps-merged", Warning, Silent;
    /// A validation technical profile that the base lists too runs twice.
    VALIDATION_RESTATED = "B2C0207", "validation-restated", Warning, Silent;
    /// A claim type is declared again with another data type.
    DATA_TYPE_CHANGED = "B2C0208", "data-type-changed", Error, Upload;
    /// The base is a user flow or a built-in policy.
    BASE_IS_USER_FLOW = "B2C0209", "base-is-user-flow", Error, Upload;
    /// A PolicyId that does not begin with B2C_1A_.
    POLICY_ID = "B2C0210", "policy-id", Error, Upload;
    /// A PublicPolicyUri that does not end with the PolicyId.
    PUBLIC_POLICY_URI = "B2C0211", "public-policy-uri", Off, Silent;
    /// A reference to something that is not declared.
    DANGLING_REFERENCE = "B2C0301", "dangling-reference", Error, Upload;
    /// A reference spelled in another case than the declaration.
    REFERENCE_CASE = "B2C0302", "reference-case", Note, Silent;
    /// A technical profile includes itself.
    INCLUDE_CYCLE = "B2C0303", "include-cycle", Error, Upload;
    /// A reference to something that only a later file declares.
    DECLARED_LATER = "B2C0304", "declared-later", Error, Upload;
    /// Blanks around an id or a reference.
    BLANK_IN_ID = "B2C0305", "blank-in-id", Warning, Upload;
    /// A technical profile that no journey reaches.
    UNUSED_PROFILE = "B2C0306", "unused-technical-profile", Off, Silent;
    /// A claim type that nothing names.
    UNUSED_CLAIM = "B2C0307", "unused-claim", Off, Silent;
    /// A claims transformation that no technical profile runs.
    UNUSED_TRANSFORMATION = "B2C0308", "unused-transformation", Off, Silent;
    /// A DataUri with a version that the page contract does not have.
    PAGE_CONTRACT = "B2C0309", "page-contract", Error, Upload;
    /// A user journey or sub journey that nothing starts.
    UNUSED_JOURNEY = "B2C0310", "unused-journey", Off, Silent;
    /// The orchestration steps of a journey are not numbered 1..N.
    STEP_NUMBERS = "B2C0401", "step-numbers", Error, Upload;
    /// A precondition that cannot be understood.
    BAD_PRECONDITION = "B2C0402", "bad-precondition", Error, Upload;
    /// A step type that is not supported.
    UNSUPPORTED_STEP = "B2C0403", "unsupported-step", Error, Run;
    /// A step lacks what its type needs.
    INCOMPLETE_STEP = "B2C0404", "incomplete-step", Error, Upload;
    /// Several claims exchanges without a selection before them.
    SEVERAL_EXCHANGES = "B2C0405", "several-exchanges", Error, Upload;
    /// A selection is not followed by a claims exchange.
    SELECTION_NOT_FOLLOWED = "B2C0406", "selection-not-followed", Error, Upload;
    /// The same claims exchange id twice in one journey.
    DUPLICATE_EXCHANGE = "B2C0407", "duplicate-exchange", Error, Upload;
    /// A user journey without a SendClaims step.
    NO_SEND_CLAIMS = "B2C0408", "no-send-claims", Error, Upload;
    /// A SendClaims step without an issuer technical profile.
    NO_ISSUER = "B2C0409", "no-issuer", Error, Upload;
    /// Several SendClaims steps that can all be reached.
    SEVERAL_SEND_CLAIMS = "B2C0410", "several-send-claims", Warning, Upload;
    /// A step after a SendClaims step that ends every run.
    STEP_AFTER_SEND_CLAIMS = "B2C0411", "step-after-send-claims", Warning, Silent;
    /// A selection whose claims exchange is not where it must be.
    SELECTION_TARGET = "B2C0412", "selection-target", Error, Run;
    /// A selection that comes when somebody has signed in already.
    LATE_SELECTION = "B2C0413", "late-selection", Off, Run;
    /// A Call that sends claims, or a Transfer that does not.
    SUB_JOURNEY_TYPE = "B2C0414", "sub-journey-type", Error, Upload;
    /// A sub journey that invokes itself.
    SUB_JOURNEY_RECURSION = "B2C0415", "sub-journey-recursion", Error, Run;
    /// A precondition on a claim that is not declared.
    UNKNOWN_PRECONDITION_CLAIM = "B2C0416", "unknown-precondition-claim", Warning, Silent;
    /// A precondition that compares with the name of a claim.
    LITERAL_IS_CLAIM = "B2C0417", "literal-is-claim", Warning, Silent;
    /// A boolean claim compared with a literal other than True or False.
    BOOLEAN_LITERAL = "B2C0418", "boolean-literal", Warning, Silent;
    /// A collection compared with a literal.
    COMPARED_COLLECTION = "B2C0419", "compared-collection", Warning, Silent;
    /// Blanks around the literal of a precondition.
    BLANK_IN_LITERAL = "B2C0420", "blank-in-literal", Warning, Silent;
    /// A comparison with a value that the claim can never have.
    NEVER_EQUAL = "B2C0421", "never-equal", Warning, Silent;
    /// A step whose preconditions skip it in every run.
    STEP_NEVER_RUNS = "B2C0422", "step-never-runs", Warning, Silent;
    /// An Action that does not belong to the place of its precondition.
    WRONG_ACTION = "B2C0423", "wrong-action", Error, Silent;
    /// A selection step without a content definition.
    NO_CONTENT_DEFINITION = "B2C0424", "no-content-definition", Error, Run;
    /// A step that invokes none or several sub journeys.
    JOURNEY_CANDIDATES = "B2C0425", "journey-candidates", Error, Upload;
    /// A step of several exchanges that is reached without a choice.
    UNSELECTED_EXCHANGE = "B2C0426", "unselected-exchange", Warning, Run;
    /// A technical profile of protocol None where something has to be run.
    PROTOCOL_NONE_STEP = "B2C0427", "protocol-none-step", Error, Run;
    /// A sub journey that invokes another.
    SUB_JOURNEY_NESTED = "B2C0428", "sub-journey-nested", Off, Silent;
    /// A technical profile without what its kind needs.
    INCOMPLETE_PROFILE = "B2C0501", "incomplete-technical-profile", Error, Upload;
    /// A handler or protocol that is not known.
    UNKNOWN_HANDLER = "B2C0502", "unknown-handler", Error, Upload;
    /// A metadata value that is not allowed.
    BAD_METADATA = "B2C0503", "bad-metadata", Error, Upload;
    /// A technical profile without DisplayName or Protocol.
    NO_DISPLAY_NAME = "B2C0504", "no-display-name", Error, Upload;
    /// Extension attributes without the application that holds them.
    EXTENSION_APPLICATION = "B2C0505", "extension-application", Error, Upload;
    /// An attribute that the directory does not have.
    UNSUPPORTED_ATTRIBUTE = "B2C0506", "unsupported-attribute", Error, Upload;
    /// A weak password rule without DisableStrongPassword.
    WEAK_PASSWORD = "B2C0507", "weak-password", Error, Upload;
    /// A directory technical profile without exactly one key.
    DIRECTORY_KEY = "B2C0508", "directory-key", Error, Upload;
    /// A handler on a protocol other than Proprietary.
    HANDLER_PROTOCOL = "B2C0509", "handler-protocol", Error, Upload;
    /// An output claim of a page that nothing can fill.
    UNFILLED_OUTPUT = "B2C0510", "unfilled-output", Error, Run;
    /// An output of a validation technical profile that its page does not list and a later step reads.
    VALIDATION_OUTPUT_LOST = "B2C0511", "validation-output-lost", Warning, Silent;
    /// A display claim whose value is lost, since it is no output claim.
    DISPLAY_NOT_OUTPUT = "B2C0512", "display-not-output", Warning, Silent;
    /// A sign-in page whose first two output claims are not user name and password.
    SIGN_IN_FORM = "B2C0513", "sign-in-form", Warning, Run;
    /// A placeholder of a ServiceUrl that no input claim fills.
    UNFILLED_PLACEHOLDER = "B2C0514", "unfilled-placeholder", Warning, Silent;
    /// A page that has no button to go on.
    DEAD_END_PAGE = "B2C0515", "dead-end-page", Warning, Run;
    /// A ContinueOnError that has no effect.
    IDLE_CONTINUE = "B2C0516", "idle-continue-on-error", Warning, Silent;
    /// A metadata key that the provider does not know.
    METADATA_KEY = "B2C0517", "metadata-key", Warning, Silent;
    /// A validation technical profile where none is ever run.
    IDLE_VALIDATION = "B2C0518", "idle-validation", Warning, Silent;
    /// A password claim that a later step reads.
    PASSWORD_LOST = "B2C0519", "password-lost", Warning, Silent;
    /// A provider's claim with a fixed partner name is missing.
    PARTNER_CLAIM = "B2C0520", "partner-claim", Error, Run;
    /// A cryptographic key that the technical profile needs is missing.
    MISSING_KEY = "B2C0521", "missing-key", Error, Upload;
    /// A bearer token claim that is no input claim.
    BEARER_CLAIM = "B2C0522", "bearer-claim", Error, Upload;
    /// A metadata URL that is none.
    URL_FORMAT = "B2C0523", "url-format", Error, Upload;
    /// A ClaimsTransformation technical profile without an output claim.
    NO_OUTPUT = "B2C0524", "no-output", Error, Upload;
    /// A session technical profile that manages no session, or one used as a step.
    SESSION_PROVIDER = "B2C0525", "session-provider", Warning, Silent;
    /// AlwaysUseDefaultValue without a DefaultValue.
    IDLE_DEFAULT_FLAG = "B2C0526", "idle-default-flag", Warning, Silent;
    /// A validation technical profile reads a claim that its page does not give.
    IDLE_CLAIM_INPUT = "B2C0527", "idle-validation-input", Off, Silent;
    /// A default value that does not fit the claim's data type.
    BAD_DEFAULT = "B2C0601", "bad-default", Error, Upload;
    /// A regular expression that cannot be used.
    BAD_REGEX = "B2C0602", "bad-regex", Error, Run;
    /// A claim that is read before anything can have written it.
    READ_BEFORE_WRITTEN = "B2C0603", "read-before-written", Warning, RelyingParty;
    /// A claim resolver without the settings that make it one.
    RESOLVER_FLAGS = "B2C0604", "resolver-flags", Warning, Silent;
    /// A claim resolver that does not exist.
    UNKNOWN_RESOLVER = "B2C0605", "unknown-resolver", Error, Run;
    /// A UserInputType that does not fit the data type or lacks its choices.
    INPUT_TYPE = "B2C0606", "input-type", Warning, Silent;
    /// A predicate whose method or parameters are wrong.
    PREDICATE = "B2C0607", "predicate", Error, Run;
    /// An extension attribute whose name is not allowed.
    EXTENSION_NAME = "B2C0608", "extension-name", Error, Upload;
    /// A claim type without a data type.
    NO_DATA_TYPE = "B2C0609", "no-data-type", Off, Silent;
    /// A claim resolver on a claim that is no string.
    RESOLVER_TYPE = "B2C0610", "resolver-type", Warning, Silent;
    /// An enumeration with the same value twice, or several defaults where one can be chosen.
    ENUMERATION = "B2C0611", "enumeration", Warning, Silent;
    /// A group of predicates that can never be met, or always is.
    MATCH_AT_LEAST = "B2C0612", "match-at-least", Warning, Silent;
    /// A transformation method that is not known.
    UNKNOWN_METHOD = "B2C0701", "unknown-method", Error, Upload;
    /// Inputs, parameters or outputs that do not fit the transformation method.
    BAD_SIGNATURE = "B2C0702", "bad-signature", Error, Upload;
    /// A claim that is input and output of one transformation.
    SAME_INPUT_OUTPUT = "B2C0703", "same-input-output", Off, Silent;
    /// An input parameter whose value the method cannot use.
    PARAMETER_VALUE = "B2C0704", "parameter-value", Error, Run;
    /// An assertion that no page can show.
    ASSERT_OUTSIDE_PAGE = "B2C0705", "assert-outside-page", Off, Run;
    /// A transformation input that nothing can have written.
    ABSENT_INPUT = "B2C0706", "absent-input", Warning, Run;
    /// Two outputs of one transformation into one claim.
    REPEATED_OUTPUT = "B2C0707", "repeated-output", Warning, Silent;
    /// The policy has no relying party, or none with a user journey.
    NO_RELYING_PARTY = "B2C0801", "no-relying-party", Error, Upload;
    /// A claim of the token that no step of the journey gives.
    OUTPUT_NOT_PRODUCED = "B2C0802", "output-not-produced", Error, RelyingParty;
    /// A subject that is not among the output claims.
    SUBJECT = "B2C0803", "subject", Error, RelyingParty;
    /// The relying party's technical profile is missing, incomplete or misnamed.
    RELYING_PARTY_PROFILE = "B2C0804", "relying-party-profile", Error, RelyingParty;
    /// A session figure out of its range.
    SESSION_FIGURES = "B2C0805", "session-figures", Error, Upload;
    /// A token lifetime out of its range.
    TOKEN_LIFETIME = "B2C0806", "token-lifetime", Error, Upload;
    /// Scripts are allowed on pages without a page contract.
    SCRIPT_CONTRACT = "B2C0807", "script-contract", Error, RelyingParty;
    /// The journey that redeems refresh tokens does not exist.
    REFRESH_JOURNEY = "B2C0808", "refresh-journey", Error, Run;
    /// A SAML relying party that does not say where its partner's metadata is.
    SAML_PARTNER = "B2C0809", "saml-partner", Warning, RelyingParty;
    /// A claim of the token whose type has no documented form in one.
    UNISSUABLE_CLAIM = "B2C0810", "unissuable-claim", Off, Run;
    /// The subject of the token never has a value.
    SUBJECT_NEVER_SET = "B2C0811", "subject-never-set", Warning, Run;
    /// Settings of JourneyInsights that the service does not take.
    JOURNEY_INSIGHTS = "B2C0812", "journey-insights", Error, RelyingParty;
    /// Unauthenticated REST calls in production.
    INSECURE_REST = "B2C0901", "insecure-rest", Error, Upload;
    /// An address without TLS.
    HTTP_URL = "B2C0902", "http-url", Error, Upload;
    /// DebugMode in a production policy.
    DEBUG_MODE = "B2C0903", "debug-mode", Error, Upload;
    /// A secret written into the policy.
    LITERAL_SECRET = "B2C0904", "literal-secret", Warning, Silent;
    /// Multi-factor authentication that a claim typed by the user can switch off.
    MFA_BY_USER = "B2C0905", "mfa-by-user", Warning, Silent;
    /// A page that single sign-on skips although a later decision on multi-factor authentication needs its fresh value.
    MFA_STALE_PAGE = "B2C0906", "mfa-stale-page", Warning, Silent;
    /// A default that stands in for the value on which a decision on multi-factor authentication rests.
    MFA_DEFAULT = "B2C0907", "mfa-default", Warning, Silent;
    /// A policy in development mode.
    DEVELOPMENT_MODE = "B2C0908", "development-mode", Off, Silent;
    /// Unauthenticated REST calls that are allowed in production on purpose.
    INSECURE_ALLOWED = "B2C0909", "insecure-allowed", Warning, Silent;
    /// The file is larger than this reader takes, and far larger than the service does.
    FILE_TOO_LARGE = "B2C1001", "file-too-large", Error, Upload;
    /// The file is larger than the service takes.
    FILE_LARGE = "B2C1002", "file-large", Warning, Upload;
    /// Nesting deeper than the limit of the reader.
    TOO_DEEP = "B2C1003", "too-deep", Error, Upload;
    /// More nodes than the limit of the reader.
    TOO_MANY_NODES = "B2C1004", "too-many-nodes", Error, Upload;
    /// More policies than a tenant takes.
    TOO_MANY_POLICIES = "B2C1005", "too-many-policies", Warning, Upload;
    /// A comment that allows what is not found.
    UNUSED_SUPPRESSION = "B2C1101", "unused-suppression", Warning, Silent;
    /// A comment for the checker that cannot be understood.
    BAD_SUPPRESSION = "B2C1102", "bad-suppression", Warning, Silent;
}
