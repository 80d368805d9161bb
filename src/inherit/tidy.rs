//! What one file says twice: which of the two counts, and the finding for it.

use std::sync::Arc;

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::lists::repeated;
use super::profile::key_id;
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy::{
    ContentDefinition, Id, MetadataItem, OrchestrationStep, RelyingParty, Spanned, SubJourney, TechnicalProfile, UserJourney,
};
use crate::source::Span;

pub(super) fn duplicate(severity: Severity, element: &str, again: &Spanned<Id>, first: Span) -> Diagnostic {
    let message = format!("`{element}` `{}` occurs twice in this file", again.value);
    let twice = Diagnostic::new(severity, code::DUPLICATE_KEY, message).label(again.span, "again");
    twice.label(first, "first here; this one counts").help("delete or rename one of them")
}

/// Metadata in one file: of the same key the last one counts, and `check` makes an error of it (section 1).
fn tidy_metadata(items: &[MetadataItem], found: &mut Vec<Diagnostic>) -> Option<Vec<MetadataItem>> {
    let again = repeated(items, |item| item.key.value.clone());
    if again.is_empty() {
        return None;
    }
    let mut tidy: IndexMap<Str, MetadataItem, FxBuildHasher> = IndexMap::default();
    for item in items {
        if let Some(earlier) = tidy.insert(item.key.value.clone(), item.clone()) {
            let message = format!("the metadata key `{}` occurs twice", item.key.value);
            let warning = Diagnostic::warning(code::DUPLICATE_KEY, message).label(item.key.span, "again; this one counts");
            found.push(warning.label(earlier.key.span, "before").help("delete one of them"));
        }
    }
    Some(tidy.into_values().collect())
}

pub(super) fn tidy_profile(profile: &Arc<TechnicalProfile>, found: &mut Vec<Diagnostic>) -> Arc<TechnicalProfile> {
    let metadata = tidy_metadata(&profile.metadata, found);
    let keys = repeated(&profile.cryptographic_keys, key_id);
    if metadata.is_none() && keys.is_empty() {
        return profile.clone();
    }
    let mut tidy = TechnicalProfile::clone(profile);
    if let Some(metadata) = metadata {
        tidy.metadata = metadata;
    }
    tidy.cryptographic_keys = without_repeated(&profile.cryptographic_keys, &keys, |first, again| {
        found.push(duplicate(Severity::Warning, "Key", &again.id, first.id.span));
    });
    Arc::new(tidy)
}

pub(super) fn tidy_content_definition(definition: &Arc<ContentDefinition>, found: &mut Vec<Diagnostic>) -> Arc<ContentDefinition> {
    match tidy_metadata(&definition.metadata, found) {
        Some(metadata) => Arc::new(ContentDefinition { metadata, ..ContentDefinition::clone(definition) }),
        None => definition.clone(),
    }
}

pub(super) fn tidy_user_journey(journey: &Arc<UserJourney>, found: &mut Vec<Diagnostic>) -> Arc<UserJourney> {
    match tidy_steps(&journey.steps, found) {
        Some(steps) => Arc::new(UserJourney { steps, ..UserJourney::clone(journey) }),
        None => journey.clone(),
    }
}

pub(super) fn tidy_sub_journey(journey: &Arc<SubJourney>, found: &mut Vec<Diagnostic>) -> Arc<SubJourney> {
    match tidy_steps(&journey.steps, found) {
        Some(steps) => Arc::new(SubJourney { steps, ..SubJourney::clone(journey) }),
        None => journey.clone(),
    }
}

/// Steps by their order, each order once; `None` when they already are. Exchanges of one id within a journey are reported.
fn tidy_steps(steps: &[Arc<OrchestrationStep>], found: &mut Vec<Diagnostic>) -> Option<Vec<Arc<OrchestrationStep>>> {
    let exchanges: Vec<_> = steps.iter().flat_map(|step| step.claims_exchanges.iter().flatten()).collect();
    for (first, again) in repeated(&exchanges, |exchange| exchange.id.value.clone()) {
        if let (Some(first), Some(again)) = (exchanges.get(first), exchanges.get(again)) {
            let message = format!("the claims exchange `{}` occurs twice in the journey", again.id.value);
            let error =
                Diagnostic::error(code::DUPLICATE_EXCHANGE, message).label(again.id.span, "again").label(first.id.span, "first here");
            found.push(error.help("give each exchange of a journey an id of its own"));
        }
    }
    let again = repeated(steps, |step| step.order.value);
    if again.is_empty() && steps.is_sorted_by_key(|step| step.order.value) {
        return None;
    }
    let mut tidy = without_repeated(steps, &again, |first, again| {
        let message = format!("the journey has two steps of order {}", again.order.value);
        let error = Diagnostic::error(code::DUPLICATE_KEY, message).label(again.order.span, "again");
        found.push(error.label(first.order.span, "first here; this one counts").help("number the steps 1, 2, 3 and so on"));
    });
    tidy.sort_by_key(|step| step.order.value);
    Some(tidy)
}

/// The items without those that occurred before; each of them is reported.
fn without_repeated<T: Clone>(items: &[T], again: &[(usize, usize)], mut report: impl FnMut(&T, &T)) -> Vec<T> {
    let mut again = again.iter().peekable();
    let mut kept = Vec::with_capacity(items.len());
    for (index, item) in items.iter().enumerate() {
        match again.next_if(|(_, again)| *again == index) {
            Some((first, _)) => {
                if let Some(first) = items.get(*first) {
                    report(first, item);
                }
            }
            None => kept.push(item.clone()),
        }
    }
    kept
}

pub(super) fn tidy_relying_party(relying_party: &Arc<RelyingParty>, found: &mut Vec<Diagnostic>) -> Arc<RelyingParty> {
    let endpoints = repeated(&relying_party.endpoints, |endpoint| endpoint.id.value.clone());
    let profiles = repeated(&relying_party.technical_profiles, |profile| profile.id.value.clone());
    let tidied: Vec<_> = relying_party.technical_profiles.iter().map(|profile| tidy_profile(profile, found)).collect();
    let unchanged = tidied.iter().zip(&relying_party.technical_profiles).all(|(tidy, profile)| Arc::ptr_eq(tidy, profile));
    if unchanged && endpoints.is_empty() && profiles.is_empty() {
        return relying_party.clone();
    }
    let mut tidy = RelyingParty::clone(relying_party);
    tidy.endpoints = without_repeated(&relying_party.endpoints, &endpoints, |first, again| {
        found.push(duplicate(Severity::Error, "Endpoint", &again.id, first.id.span));
    });
    tidy.technical_profiles = without_repeated(&tidied, &profiles, |first, again| {
        found.push(duplicate(Severity::Error, "TechnicalProfile", &again.id, first.id.span));
    });
    Arc::new(tidy)
}
