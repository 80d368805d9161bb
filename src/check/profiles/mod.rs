//! Rules about technical profiles and their settings (05).
//!
//! They look at every technical profile of the chain with its includes resolved. One that only serves to be included says half of what it
//! needs: [`is_abstract`] knows it, and it is judged by what it says itself.

mod directory;
mod general;
mod identity;
mod metadata;
mod pages;
mod settings;

use super::ChainRule;
use super::chain::Chain;
use crate::policy::{Id, TechnicalProfile};
use rustc_hash::FxHashSet;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[
    settings::settings,
    directory::attributes,
    general::display_name,
    general::handler_protocol,
    general::addresses,
    general::no_output,
    general::session_provider,
    general::idle_default_flag,
    identity::settings,
    identity::keys,
    metadata::keys,
    metadata::values,
    pages::content,
    pages::lost_outputs,
    pages::display_not_output,
    pages::sign_in_form,
    pages::dead_end,
    pages::idle_continue,
    pages::idle_validation,
    pages::lost_passwords,
    pages::idle_inputs,
];

/// Ids of the technical profiles that others include and nothing calls.
fn abstract_profiles(chain: &Chain<'_>) -> FxHashSet<Id> {
    let policy = chain.policy;
    let profiles = || policy.technical_profiles.values();
    let mut included: FxHashSet<Id> =
        profiles().filter_map(|profile| profile.include_technical_profile.as_ref()).map(|id| id.value.clone()).collect();
    if included.is_empty() {
        return included;
    }
    let steps = policy.user_journeys.values().flat_map(|journey| &journey.steps);
    let steps = steps.chain(policy.sub_journeys.values().flat_map(|journey| &journey.steps));
    for step in steps {
        let exchanges = step.claims_exchanges.iter().flatten().map(|exchange| &exchange.technical_profile);
        exchanges.chain(&step.issuer).for_each(|id| _ = included.remove(&id.value));
    }
    for journey in policy.user_journeys.values() {
        journey.authorization.iter().flatten().chain(&journey.default_issuer).for_each(|id| _ = included.remove(&id.value));
    }
    for profile in profiles() {
        profile.validation_technical_profiles.iter().for_each(|validation| _ = included.remove(&validation.reference.value));
    }
    for action in policy.display_controls.values().flat_map(|control| &control.actions) {
        action.exchanges.iter().for_each(|exchange| _ = included.remove(&exchange.reference.value));
    }
    included
}

/// Technical profiles as written, without what they include.
fn written<'c>(chain: &Chain<'c>) -> impl Iterator<Item = &'c TechnicalProfile> {
    let policy = chain.policy;
    policy.technical_profiles.values().map(AsRef::as_ref)
}
