//! Technical profiles, display controls, transformations, content definitions, the relying party.

use super::claims::{Resolving, enumeration_item};
use super::compile::Compiler;
use super::handlers::class_of;
use super::model::*;
use crate::claims::{ClaimId, Str, Template};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy::{self, EnabledForUserJourneys, Id, PreconditionAction, Spanned};
use crate::provider::Handler;
use crate::transform::{self, Transformation};

/// A transformation as its method sees it; `claim_of` gives each claim a place in a list of claim types.
pub(crate) fn transformation_of(
    source: &policy::ClaimsTransformation,
    mut claim_of: impl FnMut(&Spanned<Id>) -> ClaimId,
) -> Transformation {
    let mut claim = |claim: &policy::TransformationClaim| transform::TransformationClaim {
        slot: claim.transformation_claim_type.as_ref().map(|slot| slot.value.to_str()).unwrap_or_default(),
        claim: claim_of(&claim.claim),
        span: claim.span,
    };
    let method = source.method.as_ref().map(|method| method.value.clone()).unwrap_or_default();
    Transformation {
        id: source.id.value.to_str(),
        signature: transform::signature(&method),
        method,
        inputs: source.input_claims.iter().map(&mut claim).collect(),
        parameters: source
            .input_parameters
            .iter()
            .map(|parameter| {
                transform::Parameter::new(
                    parameter.id.value.to_str(),
                    parameter.data_type.as_ref().map_or("string", |kind| kind.value.name()).into(),
                    parameter.value.as_ref().map(|value| value.value.clone()).unwrap_or_default(),
                    parameter.span,
                )
            })
            .collect(),
        outputs: source.output_claims.iter().map(&mut claim).collect(),
        span: source.span,
        method_span: source.method.as_ref().map_or(source.span, |method| method.span),
    }
}

impl Compiler<'_> {
    pub(super) fn profile(&mut self, source: &policy::TechnicalProfile) -> Profile {
        let metadata = metadata(&source.metadata);
        let protocol =
            source.protocol.as_ref().and_then(|protocol| protocol.name.as_ref()).map(|name| name.value.clone()).unwrap_or_default();
        let class = class_of(source);
        // claim-resolver-overview: Application Insights needs no flag, all others two. Of a REST API only input claims are resolved, of a SAML
        // identity provider only output claims.
        let flagged = metadata.flag("IncludeClaimResolvingInClaimsHandling", false);
        let resolving = Resolving {
            flagged: class.is_insights() || (flagged && !class.protocol.eq_ignore_ascii_case("SAML2")),
            needs_always: !class.is_insights(),
            lenient: true,
        };
        let for_outputs = Resolving { flagged: flagged && !class.is_rest(), needs_always: true, lenient: false };
        let inputs = self.references(&source.input_claims, &protocol, resolving);
        let persisted = self.references(&source.persisted_claims, &protocol, for_outputs);
        let outputs = self.references(&source.output_claims, &protocol, for_outputs);
        let display = source.display_claims.as_ref().map(|list| self.display_claims(list));
        if let Some(reference) = content_reference(source) {
            self.content_of(&reference);
        }
        Profile {
            id: source.id.value.to_str(),
            display_name: source.display_name.as_ref().map_or_else(|| source.id.value.to_str(), |name| name.value.clone()),
            domain: source
                .domain
                .as_ref()
                .or_else(|| source.provider.as_ref().and_then(|provider| provider.domain.as_ref()))
                .map(|domain| Str::from(domain.value.trim())),
            protocol,
            handler: Handler::Unknown,
            class,
            keys: keys_of(source),
            input_transformations: source.input_claims_transformations.iter().filter_map(|id| self.transformation_of(id)).collect(),
            inputs,
            persisted,
            display,
            outputs,
            output_transformations: source.output_claims_transformations.iter().filter_map(|id| self.transformation_of(id)).collect(),
            validations: self.validations(&source.validation_technical_profiles),
            session: source.use_for_session_management.as_ref().map(|id| id.value.to_str()),
            include_in_sso: source.include_in_sso.as_ref().is_none_or(|include| include.value),
            enabled: self.enabled(source, &metadata),
            metadata,
            span: source.id.span,
            handler_span: handler_span(source),
        }
    }

    fn validations(&mut self, list: &[policy::ValidationTechnicalProfile]) -> Vec<Validation> {
        list.iter()
            .filter_map(|validation| {
                let profile = self.profile_of(&validation.reference)?;
                Some(Validation {
                    profile,
                    continue_on_error: validation.continue_on_error.as_ref().is_some_and(|on| on.value),
                    continue_on_success: validation.continue_on_success.as_ref().is_none_or(|on| on.value),
                    preconditions: self.preconditions(&validation.preconditions, PreconditionAction::SkipThisValidationTechnicalProfile),
                    span: validation.span,
                })
            })
            .collect()
    }

    fn display_claims(&mut self, list: &[policy::DisplayClaim]) -> Vec<DisplayClaim> {
        list.iter()
            .filter_map(|display| match &display.target {
                policy::DisplayClaimTarget::Claim(claim) => Some(DisplayClaim::Claim {
                    claim: self.claim_of(claim),
                    required: display.required.as_ref().is_some_and(|required| required.value),
                    control_type: display.control_claim_type.as_ref().map(|kind| kind.value.clone()),
                    span: display.span,
                }),
                policy::DisplayClaimTarget::Control(control) => self.control_of(control).map(DisplayClaim::Control),
            })
            .collect()
    }

    fn enabled(&mut self, source: &policy::TechnicalProfile, metadata: &Metadata) -> Enabled {
        let Some(enabled) = &source.enabled_for_user_journeys else { return Enabled::Always };
        let rule = enabled.value;
        match rule {
            EnabledForUserJourneys::Always => return Enabled::Always,
            EnabledForUserJourneys::Never => return Enabled::Never,
            _ => {}
        }
        // technicalprofiles: the claim and the value stand in the metadata.
        let Some(claim) = metadata.item("ClaimTypeOnWhichToEnable") else {
            self.report(
                Diagnostic::error(
                    code::INCOMPLETE_PROFILE,
                    format!("technical profile `{}` does not say on which claim it is enabled", source.id.value),
                )
                .at(enabled.span)
                .help("add the metadata items `ClaimTypeOnWhichToEnable` and `ClaimValueOnWhichToEnable`"),
            );
            return Enabled::Always;
        };
        let claim = self.named_claim(claim.value.trim(), claim.span);
        let value = metadata.get("ClaimValueOnWhichToEnable").map(Str::from);
        match rule {
            EnabledForUserJourneys::OnItemExistenceInStringCollectionClaim => {
                Enabled::OnItemExistence { claim, value: value.unwrap_or_default() }
            }
            EnabledForUserJourneys::OnItemAbsenceInStringCollectionClaim => {
                Enabled::OnItemAbsence { claim, value: value.unwrap_or_default() }
            }
            _ => Enabled::OnClaimsExistence { claim, value },
        }
    }

    pub(super) fn control(&mut self, source: &policy::DisplayControl) -> Control {
        let plain = Resolving { flagged: true, needs_always: true, lenient: true };
        Control {
            id: source.id.value.to_str(),
            kind: source.kind.as_ref().map(|kind| kind.value.clone()).unwrap_or_default(),
            inputs: self.references(&source.input_claims, "", plain),
            display: self.display_claims(&source.display_claims),
            outputs: self.references(&source.output_claims, "", plain),
            actions: source.actions.iter().map(|action| (action.id.value.to_str(), self.validations(&action.exchanges))).collect(),
            span: source.span,
        }
    }

    pub(super) fn transformation(&mut self, source: &policy::ClaimsTransformation) -> Transformation {
        let transformation = transformation_of(source, |claim| self.claim_of(claim));
        let fallback = super::claims::undeclared("", source.span);
        let problems = transform::validate(&transformation, |id| self.claims.get(id.index()).unwrap_or(&fallback));
        for problem in problems {
            // A faulty transformation fails when it runs; what the checker makes of it is another matter.
            self.report(Diagnostic::new(problem.severity.min(Severity::Warning), problem.code, problem.message).at(problem.span));
        }
        transformation
    }

    pub(super) fn content(&mut self, source: &policy::ContentDefinition) -> Content {
        let resources = source
            .localized_resources
            .iter()
            .flat_map(|resources| &resources.references)
            .filter_map(|reference| {
                Some((super::compile::lower(&reference.language), super::compile::lower(reference.resources.as_ref()?)))
            })
            .collect();
        Content {
            id: source.id.value.to_str(),
            load_uri: Template::parse(source.load_uri.as_ref().map_or("", |uri| uri.value.trim())),
            data_uri: source.data_uri.as_ref().map(|uri| Str::from(uri.value.trim())).unwrap_or_default(),
            metadata: metadata(&source.metadata),
            resources,
            span: source.span,
        }
    }

    /// relyingparty: a default with a resolver needs AlwaysUseDefaultValue only, and the documentation's examples not even that.
    fn relying_party_resolving() -> Resolving {
        Resolving { flagged: true, needs_always: false, lenient: true }
    }

    pub(super) fn relying_party(&mut self, party: &policy::RelyingParty) -> RelyingParty {
        let Some(profile) = party.technical_profiles.first() else {
            self.report(
                Diagnostic::error(
                    code::RELYING_PARTY_PROFILE,
                    "The RelyingParty section of TrustFramework Policy does not have required TechnicalProfiles.",
                )
                .at(party.span)
                .help("add a `TechnicalProfile` with the id `PolicyProfile` and the claims of the token"),
            );
            return RelyingParty::default();
        };
        let protocol =
            profile.protocol.as_ref().and_then(|protocol| protocol.name.as_ref()).map(|name| name.value.clone()).unwrap_or_default();
        let resolving = Self::relying_party_resolving();
        let subject = profile.subject_naming_info.as_ref();
        RelyingParty {
            inputs: self.references(&profile.input_claims, &protocol, resolving),
            outputs: self.references(&profile.output_claims, &protocol, resolving),
            protocol,
            subject: subject.and_then(|subject| subject.claim_type.as_ref()).map(|claim| Str::from(claim.value.trim())),
            subject_excluded: subject.and_then(|subject| subject.exclude_as_claim.as_ref()).is_some_and(|exclude| exclude.value),
            page_parameters: party
                .user_journey_behaviors
                .iter()
                .flat_map(|behaviors| &behaviors.content_definition_parameters)
                .map(|parameter| (parameter.name.value.clone(), Template::parse(parameter.value.value.trim())))
                .collect(),
            span: Some(profile.span),
        }
    }

    /// The relying party's technical profile, for what its defaults may resolve.
    pub(super) fn relying_party_profile(&mut self, party: &policy::RelyingParty) -> Profile {
        let source = party.technical_profiles.first();
        Profile {
            id: source.map_or_else(|| "PolicyProfile".into(), |profile| profile.id.value.to_str()),
            display_name: Str::new(),
            domain: None,
            protocol: Str::new(),
            handler: Handler::Unknown,
            class: Default::default(),
            metadata: Metadata::default(),
            keys: source.map(|source| keys_of(source)).unwrap_or_default(),
            input_transformations: Vec::new(),
            inputs: Vec::new(),
            persisted: Vec::new(),
            display: None,
            outputs: Vec::new(),
            output_transformations: Vec::new(),
            validations: Vec::new(),
            session: None,
            include_in_sso: true,
            enabled: Enabled::Always,
            span: source.map_or(party.span, |profile| profile.span),
            handler_span: source.map_or(party.span, |profile| profile.span),
        }
    }

    /// The localized texts that the reached content definitions name.
    pub(super) fn localization(&mut self) -> Localization {
        let mut localization = Localization::default();
        let effective = self.effective;
        // Schema: Enabled="false" leaves the section unused.
        if effective.localization_enabled.as_ref().is_some_and(|enabled| !enabled.value) {
            return localization;
        }
        if let Some(languages) = &effective.supported_languages {
            localization.default_language = languages.default_language.as_ref().map(|language| super::compile::lower(language));
            localization.supported = languages.languages.iter().map(|language| super::compile::lower(language)).collect();
        }
        let wanted: Vec<Str> =
            self.contents.items.iter().flatten().flat_map(|content| content.resources.iter().map(|(_, id)| id.clone())).collect();
        for id in wanted {
            let Some(resources) = effective.localized_resources.get(&id).filter(|_| !localization.strings.contains_key(&id)) else {
                continue;
            };
            let strings = resources.strings.iter().map(|string| LocalizedString {
                element_type: string.element_type.value.clone(),
                element_id: string.element_id.as_ref().map(|id| id.value.to_str()),
                string_id: string.string_id.value.to_str(),
                text: string.text.value.clone(),
            });
            let collections = resources.collections.iter().map(|collection| LocalizedCollection {
                element_type: collection.element_type.as_ref().map(|kind| kind.value.clone()).unwrap_or_default(),
                element_id: collection.element_id.value.to_str(),
                target: collection.target_collection.as_ref().map(|target| target.value.clone()).unwrap_or_default(),
                items: collection.items.iter().map(enumeration_item).collect(),
            });
            localization.strings.insert(id.clone(), strings.collect());
            localization.collections.insert(id, collections.collect());
        }
        localization
    }
}

fn metadata(items: &[policy::MetadataItem]) -> Metadata {
    Metadata {
        items: items
            .iter()
            .map(|item| MetadataItem { key: item.key.value.clone(), value: item.value.value.clone(), span: item.value.span })
            .collect(),
    }
}

fn handler_span(source: &policy::TechnicalProfile) -> crate::source::Span {
    let protocol = source.protocol.as_ref();
    let named = protocol.and_then(|protocol| protocol.handler.as_ref().or(protocol.name.as_ref()));
    named.map_or(source.id.span, |name| name.span)
}

/// The content definition that a profile's metadata names.
pub(super) fn content_reference(source: &policy::TechnicalProfile) -> Option<policy::Spanned<policy::Id>> {
    let item = source.metadata.iter().find(|item| item.key.value.trim().eq_ignore_ascii_case("ContentDefinitionReferenceId"))?;
    let id = item.value.value.trim();
    (!id.is_empty()).then(|| policy::Spanned::new(policy::Id::from(id), item.value.span))
}

/// Id and StorageReferenceId of each cryptographic key.
fn keys_of(source: &policy::TechnicalProfile) -> Vec<(Str, Str)> {
    let reference = |key: &policy::CryptographicKey| key.storage_reference_id.as_ref().map(|id| id.value.clone()).unwrap_or_default();
    source.cryptographic_keys.iter().map(|key| (key.id.value.to_str(), reference(key))).collect()
}
