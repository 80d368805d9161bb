//! User journeys and sub journeys of two levels (UJ-M1 to UJ-M5).

use std::sync::Arc;

use super::lists::{concatenate, either, overlay};
use crate::policy::{ClaimsProviderSelection, ClaimsProviderSelections, OrchestrationStep, SubJourney, UserJourney};

/// A user journey: attributes are the child's if present (UJ-M5), steps are merged by their order.
pub(super) fn lay_user_journey(child: &UserJourney, parent: &UserJourney) -> UserJourney {
    UserJourney {
        id: child.id.clone(),
        non_interactive: child.non_interactive.or(parent.non_interactive),
        default_issuer: child.default_issuer.clone().or_else(|| parent.default_issuer.clone()),
        authorization: child.authorization.clone().or_else(|| parent.authorization.clone()),
        steps: lay_steps(&child.steps, &parent.steps),
        client_definition: child.client_definition.clone().or_else(|| parent.client_definition.clone()),
        unused: concatenate(&child.unused, &parent.unused),
        span: child.span,
    }
}

/// A sub journey, by the rules of user journeys.
pub(super) fn lay_sub_journey(child: &SubJourney, parent: &SubJourney) -> SubJourney {
    SubJourney { id: child.id.clone(), kind: child.kind.or(parent.kind), steps: lay_steps(&child.steps, &parent.steps), span: child.span }
}

/// Steps by their order; those of the child that the parent does not have are added (UJ-M1). Both lists are sorted, and so is the result.
fn lay_steps(child: &[Arc<OrchestrationStep>], parent: &[Arc<OrchestrationStep>]) -> Vec<Arc<OrchestrationStep>> {
    let mut steps = Vec::with_capacity(child.len().max(parent.len()));
    let mut inherited = parent.iter().peekable();
    for step in child {
        while let Some(earlier) = inherited.next_if(|inherited| inherited.order.value < step.order.value) {
            steps.push(earlier.clone());
        }
        match inherited.next_if(|inherited| inherited.order.value == step.order.value) {
            Some(base) => steps.push(Arc::new(lay_step(step, base))),
            None => steps.push(step.clone()),
        }
    }
    steps.extend(inherited.cloned());
    steps
}

/// One step: attributes and collections are the child's if present (UJ-M2), exchanges and selections are united (UJ-M3), and of
/// preconditions the child's come first (UJ-M4, OPEN-05).
fn lay_step(child: &OrchestrationStep, parent: &OrchestrationStep) -> OrchestrationStep {
    OrchestrationStep {
        order: child.order,
        kind: child.kind.clone().or_else(|| parent.kind.clone()),
        content_definition: child.content_definition.clone().or_else(|| parent.content_definition.clone()),
        issuer: child.issuer.clone().or_else(|| parent.issuer.clone()),
        preconditions: either(&child.preconditions, &parent.preconditions, |child, parent| concatenate(child, parent)),
        claims_provider_selections: either(&child.claims_provider_selections, &parent.claims_provider_selections, lay_selections),
        claims_exchanges: either(&child.claims_exchanges, &parent.claims_exchanges, |child, parent| {
            overlay(child, parent, |exchange| exchange.id.value.clone())
        }),
        journey_list: child.journey_list.clone().or_else(|| parent.journey_list.clone()),
        span: child.span,
    }
}

fn lay_selections(child: &ClaimsProviderSelections, parent: &ClaimsProviderSelections) -> ClaimsProviderSelections {
    let key = |selection: &ClaimsProviderSelection| {
        let id = |id: &Option<crate::policy::Spanned<crate::policy::Id>>| id.as_ref().map(|id| id.value.clone());
        (id(&selection.target), id(&selection.validation))
    };
    ClaimsProviderSelections {
        display_option: child.display_option.or(parent.display_option),
        selections: overlay(&child.selections, &parent.selections, key),
        span: child.span,
    }
}
