//! The file itself: TrustFrameworkPolicy. Source: trustframeworkpolicy.

use std::sync::Arc;

use super::claims_schema::{ClaimType, read_claim_type};
use super::content_definitions::{ClientDefinition, ContentDefinition, read_client_definition, read_content_definition};
use super::display_controls::{DisplayControl, read_display_control};
use super::id::{Id, Spanned, closed_set};
use super::journeys::{SubJourney, UserJourney, read_sub_journey, read_user_journey};
use super::localization::{Localization, read_localization};
use super::parts::{list, one, parts, shared, value};
use super::predicates::{
    InputValidation, Predicate, PredicateValidation, read_input_validation, read_predicate, read_predicate_validation,
};
use super::reader::Reader;
use super::relying_party::{RelyingParty, read_relying_party};
use super::technical_profiles::{TechnicalProfile, read_claims_provider};
use super::transformations::{ClaimsTransformation, read_claims_transformation};
use super::unused::unused;
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, code};
use crate::schema::{NAMESPACE, ROOT};
use crate::source::{SourceId, Span};
use crate::xml::{Document, Element};

/// One policy file. Lists are in document order; ids may occur twice.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// The file.
    pub file: SourceId,
    /// The start tag of the root.
    pub span: Span,
    /// PolicyId.
    pub policy_id: Option<Spanned<Id>>,
    /// TenantId.
    pub tenant_id: Option<Spanned<Id>>,
    /// TenantObjectId.
    pub tenant_object_id: Option<Spanned<Id>>,
    /// PublicPolicyUri.
    pub public_policy_uri: Option<Spanned<Str>>,
    /// DeploymentMode.
    pub deployment_mode: Option<Spanned<DeploymentMode>>,
    /// PolicySchemaVersion.
    pub policy_schema_version: Option<Spanned<Str>>,
    /// UserJourneyRecorderEndpoint.
    pub user_journey_recorder_endpoint: Option<Spanned<Str>>,
    /// StateTableName; without effect.
    pub state_table_name: Option<Spanned<Str>>,
    /// BasePolicy.
    pub base: Option<BasePolicy>,
    /// BuildingBlocks/ClaimsSchema.
    pub claim_types: Vec<Arc<ClaimType>>,
    /// BuildingBlocks/Predicates.
    pub predicates: Vec<Arc<Predicate>>,
    /// BuildingBlocks/InputValidations.
    pub input_validations: Vec<Arc<InputValidation>>,
    /// BuildingBlocks/PredicateValidations.
    pub predicate_validations: Vec<Arc<PredicateValidation>>,
    /// BuildingBlocks/ClaimsTransformations.
    pub claims_transformations: Vec<Arc<ClaimsTransformation>>,
    /// BuildingBlocks/ClientDefinitions.
    pub client_definitions: Vec<Arc<ClientDefinition>>,
    /// BuildingBlocks/ContentDefinitions.
    pub content_definitions: Vec<Arc<ContentDefinition>>,
    /// BuildingBlocks/Localization.
    pub localization: Option<Localization>,
    /// BuildingBlocks/DisplayControls.
    pub display_controls: Vec<Arc<DisplayControl>>,
    /// The technical profiles of all ClaimsProviders.
    pub technical_profiles: Vec<Arc<TechnicalProfile>>,
    /// UserJourneys.
    pub user_journeys: Vec<Arc<UserJourney>>,
    /// SubJourneys.
    pub sub_journeys: Vec<Arc<SubJourney>>,
    /// RelyingParty.
    pub relying_party: Option<Arc<RelyingParty>>,
    /// Elements of the schema without effect.
    pub unused: Vec<Unused>,
}

/// BasePolicy.
#[derive(Clone, Debug)]
pub struct BasePolicy {
    /// TenantId.
    pub tenant_id: Option<Spanned<Id>>,
    /// PolicyId.
    pub policy_id: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// An element that the schema knows and that has no effect on a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unused {
    /// The element's name.
    pub name: &'static str,
    /// The start tag.
    pub span: Span,
}

closed_set! {
    /// DeploymentMode.
    DeploymentMode {
        /// With more logging, and REST calls without authentication.
        Development,
        /// The default.
        Production,
        /// From the schema only.
        Debugging,
    }
}

/// Reads one policy file. `None` when the document is no policy; all else that is wrong leaves a diagnostic and a file with the rest.
pub fn read(document: &Document, diagnostics: &mut Vec<Diagnostic>) -> Option<PolicyFile> {
    let root = document.root()?;
    if root.name() != ROOT {
        diagnostics.push(not_a_policy(root));
        return None;
    }
    let mut reader = Reader { diagnostics };
    let reader = &mut reader;
    if root.namespace() != Some(NAMESPACE) {
        let message = match root.namespace() {
            Some(other) => format!("the namespace of the policy is `{other}`"),
            None => "the policy has no namespace".to_owned(),
        };
        reader
            .report(Diagnostic::warning(code::BAD_VALUE, message).at(root.name_span()).help(format!("the service expects `{NAMESPACE}`")));
    }
    Some(read_policy_file(document.file(), reader, root))
}

fn not_a_policy(root: Element<'_>) -> Diagnostic {
    let name = root.name();
    let error =
        Diagnostic::error(code::NOT_A_POLICY, format!("the root element is `{name}`, not `TrustFrameworkPolicy`")).at(root.name_span());
    if name == "TrustFrameworkPolicies" {
        error.help("this is an export of several policies: save each `TrustFrameworkPolicy` in it as a file of its own")
    } else if name.eq_ignore_ascii_case("TrustFrameworkPolicy") {
        error.help("did you mean `TrustFrameworkPolicy`?")
    } else {
        error
    }
}

fn read_policy_file(file: SourceId, reader: &mut Reader<'_>, root: Element<'_>) -> PolicyFile {
    parts! { reader, root;
        "PolicySchemaVersion" => policy_schema_version: token,
        "TenantId" => tenant_id: id,
        "TenantObjectId" => tenant_object_id: id,
        "PolicyId" => policy_id: id,
        "PublicPolicyUri" => public_policy_uri: token,
        "StateTableName" => state_table_name: token,
        "DeploymentMode" => deployment_mode: closed,
        "UserJourneyRecorderEndpoint" => user_journey_recorder_endpoint: token;
        "BasePolicy" => base: one(read_base_policy),
        "PolicyConstraints" | "Contacts" | "DocumentReferences" => without_effect: unused(),
        "BuildingBlocks" => blocks: read_building_blocks(),
        "ClaimsProviders" => providers: list("ClaimsProvider", read_claims_provider),
        "UserJourneys" => user_journeys: list("UserJourney", shared(read_user_journey)),
        "SubJourneys" => sub_journeys: list("SubJourney", shared(read_sub_journey)),
        "RelyingParty" => relying_party: one(shared(read_relying_party)),
    }
    reader.no_effect(root, "StateTableName", &state_table_name);
    let blocks: Blocks = blocks;
    PolicyFile {
        file,
        span: root.start_tag(),
        policy_schema_version: reader.required(root, "PolicySchemaVersion", policy_schema_version),
        tenant_id: reader.required(root, "TenantId", tenant_id),
        tenant_object_id,
        policy_id: reader.required(root, "PolicyId", policy_id),
        public_policy_uri: reader.required(root, "PublicPolicyUri", public_policy_uri),
        state_table_name,
        deployment_mode,
        user_journey_recorder_endpoint,
        base,
        claim_types: blocks.claim_types.unwrap_or_default(),
        predicates: blocks.predicates.unwrap_or_default(),
        input_validations: blocks.input_validations.unwrap_or_default(),
        predicate_validations: blocks.predicate_validations.unwrap_or_default(),
        claims_transformations: blocks.claims_transformations.unwrap_or_default(),
        client_definitions: blocks.client_definitions.unwrap_or_default(),
        content_definitions: blocks.content_definitions.unwrap_or_default(),
        localization: blocks.localization,
        display_controls: blocks.display_controls.unwrap_or_default(),
        technical_profiles: providers.unwrap_or_default().into_iter().flatten().collect(),
        user_journeys: user_journeys.unwrap_or_default(),
        sub_journeys: sub_journeys.unwrap_or_default(),
        relying_party,
        unused: without_effect,
    }
}

fn read_base_policy(reader: &mut Reader<'_>, element: Element<'_>) -> Option<BasePolicy> {
    parts! { reader, element; ;
        "TenantId" => tenant_id: value(Reader::id),
        "PolicyId" => policy_id: value(Reader::id),
    }
    reader.required_child(element, "TenantId");
    reader.required_child(element, "PolicyId");
    Some(BasePolicy { tenant_id, policy_id, span: element.start_tag() })
}

/// What BuildingBlocks holds. A list is `None` as long as its element has not been seen.
#[derive(Default)]
struct Blocks {
    seen: bool,
    claim_types: Option<Vec<Arc<ClaimType>>>,
    predicates: Option<Vec<Arc<Predicate>>>,
    input_validations: Option<Vec<Arc<InputValidation>>>,
    predicate_validations: Option<Vec<Arc<PredicateValidation>>>,
    claims_transformations: Option<Vec<Arc<ClaimsTransformation>>>,
    client_definitions: Option<Vec<Arc<ClientDefinition>>>,
    content_definitions: Option<Vec<Arc<ContentDefinition>>>,
    localization: Option<Localization>,
    display_controls: Option<Vec<Arc<DisplayControl>>>,
}

/// BuildingBlocks. A second one is reported, and read all the same: much hangs on what is in it.
fn read_building_blocks(blocks: &mut Blocks, reader: &mut Reader<'_>, element: Element<'_>) {
    if blocks.seen {
        reader.repeated(element);
    }
    blocks.seen = true;
    for attribute in element.attributes() {
        reader.unknown_attribute(element, attribute, &[]);
    }
    for child in element.children() {
        match child.name() {
            "ClaimsSchema" => list(&mut blocks.claim_types, reader, child, "ClaimType", shared(read_claim_type)),
            "Predicates" => list(&mut blocks.predicates, reader, child, "Predicate", shared(read_predicate)),
            "InputValidations" => list(&mut blocks.input_validations, reader, child, "InputValidation", shared(read_input_validation)),
            "PredicateValidations" => {
                list(&mut blocks.predicate_validations, reader, child, "PredicateValidation", shared(read_predicate_validation));
            }
            "ClaimsTransformations" => {
                list(&mut blocks.claims_transformations, reader, child, "ClaimsTransformation", shared(read_claims_transformation));
            }
            "ClientDefinitions" => list(&mut blocks.client_definitions, reader, child, "ClientDefinition", shared(read_client_definition)),
            "ContentDefinitions" => {
                list(&mut blocks.content_definitions, reader, child, "ContentDefinition", shared(read_content_definition))
            }
            "Localization" => one(&mut blocks.localization, reader, child, read_localization),
            "DisplayControls" => list(&mut blocks.display_controls, reader, child, "DisplayControl", shared(read_display_control)),
            _ => {
                let known = [
                    "ClaimsSchema",
                    "Predicates",
                    "InputValidations",
                    "PredicateValidations",
                    "ClaimsTransformations",
                    "ClientDefinitions",
                    "ContentDefinitions",
                    "Localization",
                    "DisplayControls",
                ];
                reader.unknown_element(element, child, &known);
            }
        }
    }
    reader.no_text(element);
}
