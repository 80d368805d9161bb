//! The parts of a merged policy as elements, in the order of the schema.

use super::node::{Node, Written};
use crate::policy::{
    ClaimReference, ClaimType, ContentDefinition, DisplayClaim, DisplayControl, Id, OrchestrationStep, Spanned, SubJourney,
    TechnicalProfile, UserJourney,
};
use crate::source::Span;

impl Written<'_> {
    /// A container element that is the child's if present, with the attributes that it has where it is written.
    fn attribute_of<T>(self, node: Node, name: &str, value: &Option<Spanned<T>>, own: Span) -> Node {
        match value {
            Some(value) => {
                let written = self.set.sources().text(value.span);
                let at = (value.span.file != own.file).then(|| self.place(value.span));
                node.attribute(name, written.trim(), at)
            }
            None => node,
        }
    }

    fn start(self, name: &str, id: &Spanned<Id>, span: Span) -> Node {
        let mut node = Node::new(name).attribute("Id", id.as_str(), None);
        node.at = Some(self.place(span));
        node
    }

    fn value<T>(self, value: &Option<Spanned<T>>) -> Option<Node> {
        self.node(value.as_ref()?.span)
    }

    fn claims(self, claims: &[ClaimReference]) -> Vec<Node> {
        self.nodes(claims.iter().map(|claim| claim.span))
    }

    fn display_claims(self, claims: &[DisplayClaim]) -> Vec<Node> {
        self.nodes(claims.iter().map(|claim| claim.span))
    }

    fn ids(self, ids: &[Spanned<Id>]) -> Vec<Node> {
        self.nodes(ids.iter().map(|id| id.span))
    }

    pub(super) fn technical_profile(self, profile: &TechnicalProfile) -> Node {
        let metadata = profile.metadata.iter().map(|item| item.span);
        let keys = profile.cryptographic_keys.iter().map(|key| key.span);
        let display_claims =
            profile.display_claims.as_deref().map(|claims| Node::new("DisplayClaims").children(self.display_claims(claims)));
        self.start("TechnicalProfile", &profile.id, profile.span)
            .children(self.value(&profile.domain))
            .children(self.value(&profile.display_name))
            .children(self.value(&profile.description))
            .children(profile.protocol.as_ref().and_then(|protocol| self.node(protocol.span)))
            .children(self.value(&profile.input_token_format))
            .children(self.value(&profile.output_token_format))
            .list("Metadata", self.nodes(metadata))
            .list("CryptographicKeys", self.nodes(keys))
            .children(self.value(&profile.include_in_sso))
            .list("InputClaimsTransformations", self.ids(&profile.input_claims_transformations))
            .list("InputClaims", self.claims(&profile.input_claims))
            .children(display_claims)
            .list("PersistedClaims", self.claims(&profile.persisted_claims))
            .list("OutputClaims", self.claims(&profile.output_claims))
            .list("OutputClaimsTransformations", self.ids(&profile.output_claims_transformations))
            .list("ValidationTechnicalProfiles", self.nodes(profile.validation_technical_profiles.iter().map(|validation| validation.span)))
            .children(profile.subject_naming_info.as_ref().and_then(|info| self.node(info.span)))
            .children(self.value(&profile.include_claims_from))
            .children(self.value(&profile.include_technical_profile))
            .children(self.value(&profile.use_for_session_management))
            .children(self.value(&profile.enabled_for_user_journeys))
            .children(self.nodes(profile.unused.iter().map(|unused| unused.span)))
    }

    pub(super) fn claim_type(self, claim: &ClaimType) -> Node {
        let restriction = claim.restriction.as_ref().map(|restriction| {
            let mut node = Node::new("Restriction").children(self.nodes(restriction.enumeration.iter().map(|item| item.span)));
            node.at = Some(self.place(restriction.span));
            let node = self.attribute_of(node, "MergeBehavior", &restriction.merge_behavior, restriction.span);
            node.children(restriction.pattern.as_ref().and_then(|pattern| self.node(pattern.span)))
        });
        let start = self.start("ClaimType", &claim.id, claim.span);
        self.attribute_of(start, "StatementType", &claim.statement_type, claim.span)
            .children(self.value(&claim.display_name))
            .children(self.value(&claim.data_type))
            .list("DefaultPartnerClaimTypes", self.nodes(claim.default_partners.iter().map(|partner| partner.span)))
            .children(claim.mask.as_ref().and_then(|mask| self.node(mask.span)))
            .children(self.value(&claim.admin_help_text))
            .children(self.value(&claim.user_help_text))
            .children(self.value(&claim.user_input_type))
            .children(restriction)
            .children(self.value(&claim.input_validation))
            .children(self.value(&claim.predicate_validation))
    }

    pub(super) fn content_definition(self, definition: &ContentDefinition) -> Node {
        let references = definition.localized_resources.as_ref().map(|resources| {
            let mut node = Node::new("LocalizedResourcesReferences");
            node.at = Some(self.place(resources.span));
            let node = self.attribute_of(node, "MergeBehavior", &resources.merge_behavior, resources.span);
            node.children(self.nodes(resources.references.iter().map(|reference| reference.span)))
        });
        self.start("ContentDefinition", &definition.id, definition.span)
            .children(self.value(&definition.load_uri))
            .children(self.value(&definition.recovery_uri))
            .children(self.value(&definition.data_uri))
            .list("Metadata", self.nodes(definition.metadata.iter().map(|item| item.span)))
            .children(references)
    }

    pub(super) fn display_control(self, control: &DisplayControl) -> Node {
        let start = self.start("DisplayControl", &control.id, control.span);
        self.attribute_of(start, "UserInterfaceControlType", &control.kind, control.span)
            .list("InputClaims", self.claims(&control.input_claims))
            .list("DisplayClaims", self.display_claims(&control.display_claims))
            .list("OutputClaims", self.claims(&control.output_claims))
            .list("Actions", self.nodes(control.actions.iter().map(|action| action.span)))
    }

    pub(super) fn user_journey(self, journey: &UserJourney) -> Node {
        let start = self.start("UserJourney", &journey.id, journey.span);
        let start = self.attribute_of(start, "NonInteractive", &journey.non_interactive, journey.span);
        let authorization = journey
            .authorization
            .as_ref()
            .map(|profiles| Node::new("Authorization").list("AuthorizationTechnicalProfiles", self.ids(profiles)));
        self.attribute_of(start, "DefaultCpimIssuerTechnicalProfileReferenceId", &journey.default_issuer, journey.span)
            .children(authorization)
            .list("OrchestrationSteps", journey.steps.iter().map(|step| self.step(step)).collect())
            .children(self.value(&journey.client_definition))
            .children(self.nodes(journey.unused.iter().map(|unused| unused.span)))
    }

    pub(super) fn sub_journey(self, journey: &SubJourney) -> Node {
        let start = self.start("SubJourney", &journey.id, journey.span);
        self.attribute_of(start, "Type", &journey.kind, journey.span)
            .list("OrchestrationSteps", journey.steps.iter().map(|step| self.step(step)).collect())
    }

    pub(super) fn step(self, step: &OrchestrationStep) -> Node {
        let mut node = Node::new("OrchestrationStep").attribute("Order", &step.order.value.to_string(), None);
        node.at = Some(self.place(step.span));
        let node = self.attribute_of(node, "Type", &step.kind, step.span);
        let node = self.attribute_of(node, "ContentDefinitionReferenceId", &step.content_definition, step.span);
        let node = self.attribute_of(node, "CpimIssuerTechnicalProfileReferenceId", &step.issuer, step.span);
        let selections = step.claims_provider_selections.as_ref().map(|selections| {
            let mut node = Node::new("ClaimsProviderSelections");
            node.at = Some(self.place(selections.span));
            let node = self.attribute_of(node, "DisplayOption", &selections.display_option, selections.span);
            node.children(self.nodes(selections.selections.iter().map(|selection| selection.span)))
        });
        node.list("Preconditions", self.nodes(step.preconditions.iter().flatten().map(|precondition| precondition.span)))
            .children(selections)
            .list("ClaimsExchanges", self.nodes(step.claims_exchanges.iter().flatten().map(|exchange| exchange.span)))
            .list("JourneyList", self.nodes(step.journey_list.iter().flatten().map(|candidate| candidate.span)))
    }
}
