//! Claim types, claim references and their defaults.

use super::compile::Compiler;
use super::model::*;
use crate::claims::{
    ClaimId, ClaimType, DataType, EnumerationItem, Mask, Predicate, PredicateGroup, PredicateValidation, Regex, Restriction, Str, Template,
    from_text,
};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{self, Id, Spanned};
use crate::source::Span;

/// A claim type that nothing declares.
pub(crate) fn undeclared(name: &str, span: Span) -> ClaimType {
    ClaimType { declared: false, span: Some(span), ..ClaimType::new(name, DataType::String) }
}

/// What a profile's kind allows for claim resolvers in its defaults (SEMANTICS 6.2, 11).
#[derive(Clone, Copy, Debug)]
pub(super) struct Resolving {
    /// Metadata IncludeClaimResolvingInClaimsHandling, or a kind that needs no flag.
    pub(super) flagged: bool,
    /// AlwaysUseDefaultValue is needed too.
    pub(super) needs_always: bool,
    /// OPEN-12 applies: OIDC and OAUTH-KV resolve without the flags.
    pub(super) lenient: bool,
}

impl Compiler<'_> {
    /// All declared claim types, without what only pages need.
    pub(super) fn declare_claims(&mut self) {
        for claim in self.effective.claim_types.values() {
            let id = ClaimId(self.claims.len() as u32);
            self.claim_names.insert(claim.id.value.clone(), id);
            self.claims.push(ClaimType {
                id: claim.id.value.to_str(),
                display_name: claim.display_name.as_ref().map_or_else(|| claim.id.value.to_str(), |name| name.value.clone()),
                // An absent DataType is allowed by the schema: string.
                data_type: claim.data_type.as_ref().map_or(DataType::String, |kind| kind.value),
                input: claim.user_input_type.as_ref().map(|input| input.value),
                restriction: Restriction::None,
                predicates: None,
                mask: None,
                partners: claim
                    .default_partners
                    .iter()
                    .filter_map(|partner| Some((partner.protocol.value.clone(), partner.partner_claim_type.as_ref()?.value.clone())))
                    .collect(),
                declared: true,
                span: Some(claim.span),
            });
        }
    }

    /// Restrictions, predicates and masks of the claims that pages show or transformations set: patterns are costly, so only these.
    pub(super) fn complete_claims(&mut self) {
        let mut wanted: Vec<ClaimId> = Vec::new();
        for profile in self.profiles.items.iter().flatten() {
            wanted
                .extend(profile.outputs.iter().map(|output| output.claim).filter(|_| !profile.validations.is_empty() || profile.is_page()));
            wanted.extend(profile.display.iter().flatten().filter_map(|display| match display {
                DisplayClaim::Claim { claim, .. } => Some(*claim),
                DisplayClaim::Control(_) => None,
            }));
        }
        for control in self.controls.items.iter().flatten() {
            wanted.extend(control.display.iter().filter_map(|display| match display {
                DisplayClaim::Claim { claim, .. } => Some(*claim),
                DisplayClaim::Control(_) => None,
            }));
        }
        for transformation in self.transformations.items.iter().flatten() {
            // CopyClaimIfPredicateMatch and GetMappedValueFromLocalizedCollection look at their output's claim type.
            wanted.extend(transformation.outputs.iter().map(|output| output.claim));
        }
        wanted.sort_unstable();
        wanted.dedup();
        for id in wanted {
            self.complete_claim(id);
        }
    }

    pub(super) fn complete_claim(&mut self, id: ClaimId) {
        let Some(name) = self.claims.get(id.index()).filter(|claim| claim.declared).map(|claim| claim.id.clone()) else { return };
        let Some(source) = self.effective.claim_types.get(&name).cloned() else { return };
        let restriction = source.restriction.as_ref().map_or(Restriction::None, |restriction| self.restriction(restriction));
        let predicates = match (&source.predicate_validation, &source.input_validation) {
            (Some(reference), _) => self.predicate_validation(reference),
            (None, Some(reference)) => self.input_validation(reference),
            (None, None) => None,
        };
        let mask = source.mask.as_ref().and_then(|mask| self.mask(mask));
        if let Some(claim) = self.claims.get_mut(id.index()) {
            claim.restriction = restriction;
            claim.predicates = predicates;
            claim.mask = mask;
        }
    }

    fn regex(&mut self, pattern: &Spanned<Str>) -> Option<Regex> {
        if let Some(regex) = self.patterns.get(&pattern.value) {
            return Some(regex.clone());
        }
        match Regex::lazy(&pattern.value) {
            Ok(regex) => {
                self.patterns.insert(pattern.value.clone(), regex.clone());
                Some(regex)
            }
            Err(error) => {
                self.report(
                    Diagnostic::error(code::BAD_REGEX, format!("the regular expression cannot be used: {}", error.message))
                        .at(pattern.span),
                );
                None
            }
        }
    }

    fn restriction(&mut self, restriction: &policy::Restriction) -> Restriction {
        if let Some(pattern) = &restriction.pattern {
            return match self.regex(&pattern.regular_expression) {
                Some(regex) => {
                    Restriction::Pattern { regex, help: pattern.help_text.as_ref().map(|help| help.value.clone()).unwrap_or_default() }
                }
                None => Restriction::None,
            };
        }
        if restriction.enumeration.is_empty() {
            return Restriction::None;
        }
        Restriction::Enumeration(restriction.enumeration.iter().map(enumeration_item).collect())
    }

    fn mask(&mut self, mask: &policy::Mask) -> Option<Mask> {
        match (&mask.kind, &mask.regex) {
            (Some(kind), Some(regex)) if kind.value == policy::MaskType::Regex => {
                let text = mask.text.value.clone();
                Some(Mask::Regex(self.regex(regex)?, text))
            }
            _ => Some(Mask::Simple(mask.text.value.clone())),
        }
    }

    fn predicate_validation(&mut self, reference: &Spanned<Id>) -> Option<PredicateValidation> {
        let Some(validation) = self.effective.predicate_validations.get(reference).cloned() else {
            self.dangling("predicate validation", reference, self.effective.predicate_validations.nearest(reference));
            return None;
        };
        let mut groups = Vec::new();
        for group in &validation.groups {
            let help = group.user_help_text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
            for references in &group.references {
                groups.push(self.predicate_group(group.id.value.to_str(), references, help.clone()));
            }
        }
        Some(PredicateValidation { id: validation.id.value.to_str(), groups })
    }

    /// The older form with the same references.
    fn input_validation(&mut self, reference: &Spanned<Id>) -> Option<PredicateValidation> {
        let Some(validation) = self.effective.input_validations.get(reference).cloned() else {
            self.dangling("input validation", reference, self.effective.input_validations.nearest(reference));
            return None;
        };
        let groups = validation
            .references
            .iter()
            .map(|references| {
                let help = references.help_text.as_ref().map(|text| text.value.clone()).unwrap_or_default();
                self.predicate_group(Str::new(), references, help)
            })
            .collect();
        Some(PredicateValidation { id: validation.id.value.to_str(), groups })
    }

    fn predicate_group(&mut self, id: Str, references: &policy::PredicateReferences, help: Str) -> PredicateGroup {
        let predicates: Vec<Predicate> = references.predicates.iter().filter_map(|reference| self.predicate(reference)).collect();
        let at_least = references.match_at_least.as_ref().map_or(predicates.len(), |count| count.value as usize);
        let reject = references.reject.as_ref().is_some_and(|reject| reject.value);
        PredicateGroup { id, help, at_least, reject, predicates }
    }

    fn predicate(&mut self, reference: &Spanned<Id>) -> Option<Predicate> {
        let Some(predicate) = self.effective.predicates.get(reference).cloned() else {
            self.dangling("predicate", reference, self.effective.predicates.nearest(reference));
            return None;
        };
        let method = predicate.method.as_ref()?;
        let parameters: Vec<(Str, Str)> =
            predicate.parameters.iter().map(|parameter| (parameter.id.value.to_str(), parameter.value.value.clone())).collect();
        let help = predicate.user_help_text.as_ref().or(predicate.help_text.as_ref()).map(|text| text.value.clone()).unwrap_or_default();
        match Predicate::new(predicate.id.value.to_str(), &method.value, &parameters, help) {
            Ok(predicate) => Some(predicate),
            Err(message) => {
                self.report(Diagnostic::error(code::PREDICATE, message).at(predicate.span));
                None
            }
        }
    }

    pub(super) fn references(&mut self, list: &[policy::ClaimReference], protocol: &str, resolving: Resolving) -> Vec<ClaimReference> {
        list.iter().map(|reference| self.reference(reference, protocol, resolving)).collect()
    }

    fn reference(&mut self, reference: &policy::ClaimReference, protocol: &str, resolving: Resolving) -> ClaimReference {
        let claim = self.claim_of(&reference.claim);
        let written =
            reference.partner_claim_type.as_ref().map(|partner| partner.value.clone()).filter(|partner| !partner.trim().is_empty());
        let partner_written = written.is_some();
        let always = reference.always_use_default_value.as_ref().is_some_and(|always| always.value);
        let default = reference.default_value.as_ref().and_then(|default| self.default_value(claim, default, always, resolving));
        let claim_type = self.claims.get(claim.index());
        // claimsschema: else the default partner name for the profile's protocol, else the claim's own id.
        let partner = written.or_else(|| {
            let claim_type = claim_type?;
            let of_protocol = claim_type.partners.iter().find(|(name, _)| name.eq_ignore_ascii_case(protocol));
            Some(of_protocol.map_or_else(|| claim_type.id.clone(), |(_, partner)| partner.clone()))
        });
        ClaimReference {
            claim,
            partner: partner.unwrap_or_default(),
            partner_written,
            always_default: always && default.is_some(),
            default,
            required: reference.required.as_ref().is_some_and(|required| required.value),
            overwrite: reference.overwrite_if_exists.as_ref().is_none_or(|overwrite| overwrite.value),
            span: reference.span,
        }
    }

    fn default_value(&mut self, claim: ClaimId, default: &Spanned<Str>, always: bool, resolving: Resolving) -> Option<DefaultValue> {
        let template = Template::parse(&default.value);
        if !template.is_literal() {
            let flags = resolving.flagged && (always || !resolving.needs_always);
            // OPEN-12: the documentation's own examples leave the flags out.
            let by_choice = !flags
                && resolving.lenient
                && template.resolvers().all(|resolver| ["OIDC", "OAUTH-KV"].iter().any(|group| resolver.group.eq_ignore_ascii_case(group)));
            if flags || by_choice {
                return Some(DefaultValue::Template { template, unflagged: by_choice });
            }
        }
        let claim = self.claims.get(claim.index())?;
        match from_text(&default.value, claim.data_type) {
            Ok(value) => Some(DefaultValue::Value(value)),
            Err(error) => {
                let message = format!(
                    "the default `{}` does not fit the claim `{}` of type {}: {error}",
                    default.value,
                    claim.id,
                    claim.data_type.name()
                );
                self.report(Diagnostic::error(code::BAD_DEFAULT, message).at(default.span));
                None
            }
        }
    }
}

pub(super) fn enumeration_item(item: &policy::EnumerationItem) -> EnumerationItem {
    EnumerationItem {
        text: item.text.as_ref().map_or_else(|| item.value.value.clone(), |text| text.value.clone()),
        value: item.value.value.clone(),
        selected: item.select_by_default.as_ref().is_some_and(|selected| selected.value),
    }
}
