//! Every place at which a claim is referred to with its default.

use crate::check::chain::{Chain, Profile};
use crate::policy::ClaimReference;

/// The list in which a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum List {
    Inputs,
    Persisted,
    Outputs,
}

/// What the list belongs to.
#[derive(Clone, Copy, Debug)]
pub(super) enum Owner<'a> {
    /// A technical profile of a claims provider, with what it includes.
    Profile(&'a Profile),
    /// A technical profile of the relying party.
    RelyingParty,
    /// A display control.
    Control,
}

/// One reference.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reference<'a> {
    pub(super) claim: &'a ClaimReference,
    pub(super) list: List,
    pub(super) owner: Owner<'a>,
}

/// All references of a chain. One that a profile includes is named once for each profile that has it.
pub(super) fn references<'a>(chain: &'a Chain<'_>) -> impl Iterator<Item = Reference<'a>> {
    let profiles = chain.profiles.values().map(|profile| (profile, Owner::Profile(profile)));
    let parties = chain.relying_party_profiles.iter().map(|profile| (profile, Owner::RelyingParty));
    let of_profiles = profiles.chain(parties).flat_map(|(profile, owner)| {
        let profile = &profile.profile;
        let lists =
            [(List::Inputs, &profile.input_claims), (List::Persisted, &profile.persisted_claims), (List::Outputs, &profile.output_claims)];
        lists.into_iter().flat_map(move |(list, claims)| claims.iter().map(move |claim| Reference { claim, list, owner }))
    });
    let of_controls = chain.policy.display_controls.values().flat_map(|control| {
        let lists = [(List::Inputs, &control.input_claims), (List::Outputs, &control.output_claims)];
        lists.into_iter().flat_map(move |(list, claims)| claims.iter().map(move |claim| Reference { claim, list, owner: Owner::Control }))
    });
    of_profiles.chain(of_controls)
}
