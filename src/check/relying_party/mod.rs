//! Rules about the relying party, its token and its session (08). B2C0801 and a missing technical profile come from planning.

mod settings;
mod token;

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[
    token::outputs_produced,
    token::subject,
    token::subject_never_set,
    token::unissuable_claims,
    settings::profile,
    settings::saml_partner,
    settings::session_figures,
    settings::token_lifetimes,
    settings::refresh_journey,
    settings::script_contract,
    settings::journey_insights,
];
