//! The relying party of two levels (table 2.2): the service speaks of "the policy or its parents" (AADB2C90031).

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::lists::{concatenate, either, overlay};
use super::profile::lay_profile;
use crate::policy::{Id, RelyingParty, TechnicalProfile, UserJourneyBehaviors};

/// Each part from the most derived level that has it; endpoints and technical profiles by their ids.
pub(super) fn lay_relying_party(child: &RelyingParty, parent: &RelyingParty) -> RelyingParty {
    RelyingParty {
        default_user_journey: child.default_user_journey.clone().or_else(|| parent.default_user_journey.clone()),
        endpoints: overlay(&child.endpoints, &parent.endpoints, |endpoint| endpoint.id.value.clone()),
        user_journey_behaviors: either(&child.user_journey_behaviors, &parent.user_journey_behaviors, lay_behaviors),
        technical_profiles: lay_profiles(&child.technical_profiles, &parent.technical_profiles),
        span: child.span,
    }
}

fn lay_profiles(child: &[Arc<TechnicalProfile>], parent: &[Arc<TechnicalProfile>]) -> Vec<Arc<TechnicalProfile>> {
    let bases: FxHashMap<&Id, &Arc<TechnicalProfile>> = parent.iter().map(|base| (&base.id.value, base)).collect();
    let over = |profile: &Arc<TechnicalProfile>| match bases.get(&profile.id.value) {
        Some(base) => Arc::new(lay_profile(profile, base)),
        None => profile.clone(),
    };
    let child: Vec<_> = child.iter().map(over).collect();
    overlay(&child, parent, |profile| profile.id.value.clone())
}

fn lay_behaviors(child: &UserJourneyBehaviors, parent: &UserJourneyBehaviors) -> UserJourneyBehaviors {
    UserJourneyBehaviors {
        single_sign_on: child.single_sign_on.clone().or_else(|| parent.single_sign_on.clone()),
        session_expiry_type: child.session_expiry_type.or(parent.session_expiry_type),
        session_expiry_in_seconds: child.session_expiry_in_seconds.or(parent.session_expiry_in_seconds),
        journey_insights: child.journey_insights.clone().or_else(|| parent.journey_insights.clone()),
        content_definition_parameters: match child.content_definition_parameters.as_slice() {
            [] => parent.content_definition_parameters.clone(),
            parameters => parameters.to_vec(),
        },
        journey_framing: child.journey_framing.clone().or_else(|| parent.journey_framing.clone()),
        script_execution: child.script_execution.or(parent.script_execution),
        on_error: child.on_error.or(parent.on_error),
        unused: concatenate(&child.unused, &parent.unused),
        span: child.span,
    }
}
