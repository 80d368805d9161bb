//! Every reference that is written in a file, whether a journey reaches it or not.

use std::borrow::Cow;

use crate::check::chain::Part;
use crate::policy::{
    ClaimReference, ClaimsTransformation, DisplayClaim, DisplayClaimTarget, Id, LocalizedResources, MetadataItem, OrchestrationStep,
    PolicyFile, Precondition, PredicateReferences, RelyingParty, Spanned, TechnicalProfile, UserJourney,
};
use crate::source::Span;

/// What it takes that the thing is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// The service refuses the file without.
    Needed,
    /// Whatever names it does nothing without.
    Named,
    /// Other rules look at it; it counts as use.
    Used,
}

/// A reference.
#[derive(Clone, Debug)]
pub(super) struct Reference<'f> {
    /// What it belongs to; `None` for the relying party, the localization and the like.
    pub(super) owner: Option<(Part, &'f Id)>,
    /// What kind of thing is meant.
    pub(super) part: Part,
    /// Its id.
    pub(super) id: Cow<'f, Id>,
    /// Where.
    pub(super) span: Span,
    /// How much it matters.
    pub(super) weight: Weight,
}

/// The references of a file, in the order of the model.
pub(super) fn references(file: &PolicyFile) -> Vec<Reference<'_>> {
    let mut walk = Walk { owner: None, found: Vec::new() };
    for claim in &file.claim_types {
        walk.owner = Some((Part::ClaimType, &claim.id.value));
        walk.all(Part::InputValidation, &claim.input_validation);
        walk.all(Part::PredicateValidation, &claim.predicate_validation);
    }
    for validation in &file.input_validations {
        walk.owner = Some((Part::InputValidation, &validation.id.value));
        walk.predicates(&validation.references);
    }
    for validation in &file.predicate_validations {
        walk.owner = Some((Part::PredicateValidation, &validation.id.value));
        validation.groups.iter().for_each(|group| walk.predicates(&group.references));
    }
    file.claims_transformations.iter().for_each(|transformation| walk.transformation(transformation));
    for definition in &file.content_definitions {
        walk.owner = Some((Part::ContentDefinition, &definition.id.value));
        walk.metadata(&definition.metadata);
        for reference in definition.localized_resources.iter().flat_map(|list| &list.references) {
            walk.all(Part::LocalizedResources, &reference.resources);
        }
        definition.load_uri.iter().for_each(|uri| walk.resolvers(&uri.value, uri.span));
    }
    for resources in file.localization.iter().flat_map(|localization| &localization.resources) {
        walk.owner = Some((Part::LocalizedResources, &resources.id.value));
        walk.localized(resources);
    }
    for control in &file.display_controls {
        walk.owner = Some((Part::DisplayControl, &control.id.value));
        walk.claims(&control.input_claims);
        walk.display_claims(&control.display_claims);
        walk.claims(&control.output_claims);
        for exchange in control.actions.iter().flat_map(|action| &action.exchanges) {
            walk.preconditions(&exchange.preconditions);
            walk.add(Part::TechnicalProfile, &exchange.reference);
        }
    }
    for profile in &file.technical_profiles {
        walk.owner = Some((Part::TechnicalProfile, &profile.id.value));
        walk.profile(profile);
    }
    file.user_journeys.iter().for_each(|journey| walk.user_journey(journey));
    for journey in &file.sub_journeys {
        walk.owner = Some((Part::SubJourney, &journey.id.value));
        journey.steps.iter().for_each(|step| walk.step(step));
    }
    walk.owner = None;
    file.relying_party.iter().for_each(|party| walk.relying_party(party));
    walk.found
}

struct Walk<'f> {
    owner: Option<(Part, &'f Id)>,
    found: Vec<Reference<'f>>,
}

impl<'f> Walk<'f> {
    fn add(&mut self, part: Part, id: &'f Spanned<Id>) {
        let weight = Weight::Needed;
        self.found.push(Reference { owner: self.owner, part, id: Cow::Borrowed(&id.value), span: id.span, weight });
    }

    fn all(&mut self, part: Part, ids: impl IntoIterator<Item = &'f Spanned<Id>>) {
        ids.into_iter().for_each(|id| self.add(part, id));
    }

    /// A reference that is no attribute of its own.
    fn text(&mut self, part: Part, id: &str, span: Span, weight: Weight) {
        if !id.is_empty() {
            self.found.push(Reference { owner: self.owner, part, id: Cow::Owned(Id::from(id)), span, weight });
        }
    }

    fn predicates(&mut self, references: &'f [PredicateReferences]) {
        self.all(Part::Predicate, references.iter().flat_map(|references| &references.predicates));
    }

    fn transformation(&mut self, transformation: &'f ClaimsTransformation) {
        self.owner = Some((Part::ClaimsTransformation, &transformation.id.value));
        self.all(Part::ClaimType, transformation.input_claims.iter().map(|claim| &claim.claim));
        self.all(Part::ClaimType, transformation.output_claims.iter().map(|claim| &claim.claim));
        for value in transformation.input_parameters.iter().filter_map(|parameter| parameter.value.as_ref()) {
            self.resolvers(&value.value, value.span);
        }
    }

    /// localization: the element types that name a part of the policy. Texts for what a policy does not have are common and harmless: the
    /// starter pack has one for `password` where there are social accounts only.
    fn localized(&mut self, resources: &'f LocalizedResources) {
        for collection in &resources.collections {
            self.text(Part::ClaimType, &collection.element_id, collection.element_id.span, Weight::Used);
        }
        for string in &resources.strings {
            let part = match string.element_type.as_str() {
                "ClaimType" => Part::ClaimType,
                "Predicate" => Part::Predicate,
                "PredicateValidation" => Part::PredicateValidation,
                "InputValidation" => Part::InputValidation,
                "DisplayControl" => Part::DisplayControl,
                _ => continue,
            };
            if let Some(id) = &string.element_id {
                self.text(part, id, id.span, Weight::Used);
            }
        }
    }

    fn claims(&mut self, claims: &'f [ClaimReference]) {
        for claim in claims {
            self.add(Part::ClaimType, &claim.claim);
            claim.default_value.iter().for_each(|default| self.resolvers(&default.value, default.span));
        }
    }

    fn display_claims(&mut self, claims: &'f [DisplayClaim]) {
        for display in claims {
            match &display.target {
                DisplayClaimTarget::Claim(claim) => self.add(Part::ClaimType, claim),
                DisplayClaimTarget::Control(control) => self.add(Part::DisplayControl, control),
            }
        }
    }

    /// `{Claim:name}` in a text.
    fn resolvers(&mut self, text: &str, span: Span) {
        const OPEN: &str = "{claim:";
        if !text.contains('{') {
            return;
        }
        let lower = text.to_ascii_lowercase();
        for (at, _) in lower.match_indices(OPEN) {
            let rest = text.get(at + OPEN.len()..).unwrap_or_default();
            if let Some((name, _)) = rest.split_once('}') {
                self.text(Part::ClaimType, name.trim(), span, Weight::Used);
            }
        }
    }

    fn preconditions(&mut self, preconditions: &'f [Precondition]) {
        for value in preconditions.iter().filter_map(|precondition| precondition.values.first()) {
            self.text(Part::ClaimType, value.trim(), value.span, Weight::Used);
        }
    }

    /// Settings that name a part of the policy. Sources: technicalprofiles, restful-technical-profile, jwt-issuer-technical-profile.
    fn metadata(&mut self, items: &'f [MetadataItem]) {
        for item in items {
            let (part, weight) = match item.key.as_str() {
                "ContentDefinitionReferenceId" => (Part::ContentDefinition, Weight::Needed),
                "ClaimTypeOnWhichToEnable" | "issuer_refresh_token_user_identity_claim_type" => (Part::ClaimType, Weight::Named),
                "RefreshTokenUserJourneyId" => (Part::UserJourney, Weight::Used),
                "ClaimUsedForRequestPayload" | "UseClaimAsBearerToken" => (Part::ClaimType, Weight::Used),
                _ => {
                    self.resolvers(&item.value.value, item.value.span);
                    continue;
                }
            };
            self.text(part, item.value.trim(), item.value.span, weight);
        }
    }

    fn profile(&mut self, profile: &'f TechnicalProfile) {
        self.metadata(&profile.metadata);
        self.all(Part::ClaimsTransformation, &profile.input_claims_transformations);
        self.claims(&profile.input_claims);
        profile.display_claims.iter().for_each(|claims| self.display_claims(claims));
        self.claims(&profile.persisted_claims);
        self.claims(&profile.output_claims);
        self.all(Part::ClaimsTransformation, &profile.output_claims_transformations);
        for validation in &profile.validation_technical_profiles {
            self.preconditions(&validation.preconditions);
            self.add(Part::TechnicalProfile, &validation.reference);
        }
        let profiles = [&profile.include_claims_from, &profile.include_technical_profile, &profile.use_for_session_management];
        self.all(Part::TechnicalProfile, profiles.into_iter().flatten());
    }

    fn user_journey(&mut self, journey: &'f UserJourney) {
        self.owner = Some((Part::UserJourney, &journey.id.value));
        self.all(Part::TechnicalProfile, &journey.default_issuer);
        self.all(Part::TechnicalProfile, journey.authorization.iter().flatten());
        self.all(Part::ClientDefinition, &journey.client_definition);
        journey.steps.iter().for_each(|step| self.step(step));
    }

    fn step(&mut self, step: &'f OrchestrationStep) {
        self.all(Part::ContentDefinition, &step.content_definition);
        self.all(Part::TechnicalProfile, &step.issuer);
        step.preconditions.iter().for_each(|preconditions| self.preconditions(preconditions));
        self.all(Part::TechnicalProfile, step.claims_exchanges.iter().flatten().map(|exchange| &exchange.technical_profile));
        self.all(Part::SubJourney, step.journey_list.iter().flatten().map(|candidate| &candidate.sub_journey));
    }

    fn relying_party(&mut self, party: &'f RelyingParty) {
        self.all(Part::UserJourney, &party.default_user_journey);
        self.all(Part::UserJourney, party.endpoints.iter().map(|endpoint| &endpoint.user_journey));
        for parameter in party.user_journey_behaviors.iter().flat_map(|behaviors| &behaviors.content_definition_parameters) {
            self.resolvers(&parameter.value.value, parameter.value.span);
        }
        party.technical_profiles.iter().for_each(|profile| self.profile(profile));
    }
}
