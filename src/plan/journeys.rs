//! Journeys, steps and preconditions.

use super::compile::Compiler;
use super::model::*;
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{self, Id, OrchestrationStep, PreconditionAction, PreconditionType, Spanned, StepType};

impl Compiler<'_> {
    pub(super) fn user_journey(&mut self, journey: &policy::UserJourney) -> Journey {
        let authorization = journey.authorization.iter().flatten().filter_map(|profile| self.profile_of(profile)).collect();
        let steps = self.steps("User journey", &journey.id, &journey.steps);
        Journey { id: journey.id.value.to_str(), sub: None, steps, authorization, span: journey.span }
    }

    pub(super) fn sub_journey(&mut self, journey: &policy::SubJourney) -> Journey {
        let steps = self.steps("Sub journey", &journey.id, &journey.steps);
        let sub = match &journey.kind {
            Some(kind) if kind.value == policy::SubJourneyType::Transfer => SubJourneyType::Transfer,
            Some(_) => SubJourneyType::Call,
            None => {
                self.report(
                    Diagnostic::error(code::MISSING_PART, format!("sub journey `{}` has no `Type`", journey.id.value))
                        .at(journey.span)
                        .help("write `Type=\"Call\"` for one that returns or `Type=\"Transfer\"` for one that issues the token itself"),
                );
                SubJourneyType::Call
            }
        };
        Journey { id: journey.id.value.to_str(), sub: Some(sub), steps, authorization: Vec::new(), span: journey.span }
    }

    /// Steps run in the order of their numbers, which after merging must be 1..N (troubleshoot).
    fn steps(&mut self, kind: &str, journey: &Spanned<Id>, steps: &[std::sync::Arc<OrchestrationStep>]) -> Vec<Step> {
        let mut ordered: Vec<&OrchestrationStep> = steps.iter().map(AsRef::as_ref).collect();
        ordered.sort_by_key(|step| step.order.value);
        for (expected, step) in (1..).zip(&ordered) {
            if step.order.value != expected {
                self.report(
                    Diagnostic::error(
                        code::STEP_NUMBERS,
                        format!(
                            "{kind} \"{}\" in policy \"{}\" of tenant \"{}\" was expected to have step with order \"{expected}\" but it was not \
                             found.",
                            journey.value, self.policy.id, self.policy.tenant
                        ),
                    )
                    .at(step.order.span)
                    .help("after merging all levels the steps of a journey are numbered 1, 2, 3 and so on without gaps"),
                );
                break;
            }
        }
        let mut compiled = Vec::with_capacity(ordered.len());
        for (position, step) in ordered.iter().enumerate() {
            let next = ordered.get(position + 1).copied();
            compiled.push(self.step(step, next));
        }
        compiled
    }

    fn step(&mut self, step: &OrchestrationStep, next: Option<&OrchestrationStep>) -> Step {
        let preconditions =
            self.preconditions(step.preconditions.as_deref().unwrap_or_default(), PreconditionAction::SkipThisOrchestrationStep);
        let kind = match step.kind.as_ref().map(|kind| &kind.value) {
            Some(StepType::ClaimsExchange) => {
                let exchanges: Vec<Exchange> = self.exchanges(step);
                if step.claims_exchanges.as_ref().is_none_or(Vec::is_empty) {
                    self.report(
                        Diagnostic::error(code::INCOMPLETE_STEP, format!("step {} has no claims exchange", step.order.value)).at(step.span),
                    );
                }
                StepKind::Exchange { exchanges }
            }
            Some(kind @ (StepType::ClaimsProviderSelection | StepType::CombinedSignInAndSignUp)) => {
                self.selection(step, next, *kind == StepType::CombinedSignInAndSignUp)
            }
            Some(StepType::InvokeSubJourney) => match step.journey_list.as_deref() {
                Some([candidate]) => match self.sub_journey_of(&candidate.sub_journey) {
                    Some(journey) => StepKind::SubJourney(journey),
                    None => StepKind::Unsupported,
                },
                candidates => {
                    let count = candidates.map_or(0, <[_]>::len);
                    self.report(
                        Diagnostic::error(
                            code::JOURNEY_CANDIDATES,
                            format!("step {} must name exactly one sub journey, it names {count}", step.order.value),
                        )
                        .at(step.span),
                    );
                    StepKind::Unsupported
                }
            },
            Some(StepType::GetClaims) => StepKind::GetClaims { profile: step.issuer.as_ref().and_then(|profile| self.profile_of(profile)) },
            Some(StepType::SendClaims) => {
                // userjourneys: the journey's default, in its sub journeys too.
                let issuer = step.issuer.clone().or_else(|| self.default_issuer.clone());
                StepKind::SendClaims { issuer: issuer.and_then(|profile| self.profile_of(&profile)) }
            }
            Some(StepType::Noop) => StepKind::Noop,
            Some(other) => {
                // OPEN-09.
                let name = type_name(other);
                self.report(
                    Diagnostic::error(code::UNSUPPORTED_STEP, format!("orchestration step type `{name}` is not supported"))
                        .at(step.kind.as_ref().map_or(step.span, |kind| kind.span))
                        .help("the published schema names it, but nothing is documented of how it behaves"),
                );
                StepKind::Unsupported
            }
            None => {
                self.report(Diagnostic::error(code::MISSING_PART, format!("step {} has no `Type`", step.order.value)).at(step.span));
                StepKind::Unsupported
            }
        };
        let type_name = step.kind.as_ref().map_or_else(Str::new, |kind| type_name(&kind.value));
        Step { order: step.order.value, type_name, kind, preconditions, span: step.span }
    }

    fn exchanges(&mut self, step: &OrchestrationStep) -> Vec<Exchange> {
        step.claims_exchanges
            .iter()
            .flatten()
            .filter_map(|exchange| {
                let profile = self.profile_of(&exchange.technical_profile)?;
                Some(Exchange { id: exchange.id.value.to_str(), profile, span: exchange.span })
            })
            .collect()
    }

    fn selection(&mut self, step: &OrchestrationStep, next: Option<&OrchestrationStep>, combined: bool) -> StepKind {
        let own = self.exchanges(step);
        let mut selections = Vec::new();
        let mut local = None;
        let list = step.claims_provider_selections.as_ref();
        for selection in list.iter().flat_map(|list| &list.selections) {
            if let Some(validation) = &selection.validation {
                match own.iter().find(|exchange| validation.value == exchange.id.as_str()) {
                    Some(exchange) => local = Some(exchange.clone()),
                    None => {
                        let known = own.iter().map(|exchange| exchange.id.as_str());
                        let mut diagnostic = Diagnostic::error(
                            code::SELECTION_TARGET,
                            format!("step {} has no claims exchange `{}`", step.order.value, validation.value),
                        )
                        .at(validation.span);
                        if let Some(name) = crate::nearest::nearest(validation, known) {
                            diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                        }
                        self.report(diagnostic);
                    }
                }
            }
            if let Some(target) = &selection.target {
                let exchange = next
                    .and_then(|next| next.claims_exchanges.as_ref())
                    .and_then(|exchanges| exchanges.iter().find(|exchange| exchange.id.value == target.value));
                let profile = exchange.and_then(|exchange| self.profile_of(&exchange.technical_profile));
                // A target that the next step does not have fails only when it is picked (AADB2C90304).
                selections.push(Selection { exchange: target.value.to_str(), profile, span: selection.span });
            }
        }
        let content = step.content_definition.as_ref().and_then(|content| self.content_of(content));
        let show_single = list
            .and_then(|list| list.display_option.as_ref())
            .is_some_and(|option| option.value == policy::DisplayOption::ShowSingleProvider);
        StepKind::Selection { combined, selections, local, content, show_single }
    }

    pub(super) fn preconditions(&mut self, preconditions: &[policy::Precondition], action: PreconditionAction) -> Vec<Precondition> {
        (1..).zip(preconditions).filter_map(|(number, precondition)| self.precondition(number, precondition, action)).collect()
    }

    fn precondition(&mut self, number: u32, precondition: &policy::Precondition, action: PreconditionAction) -> Option<Precondition> {
        let bad =
            |message: String, help: &str| Diagnostic::error(code::BAD_PRECONDITION, message).at(precondition.span).help(help.to_owned());
        let Some(kind) = &precondition.kind else {
            self.report(bad("precondition has no `Type`".into(), "`ClaimsExist` or `ClaimEquals`"));
            return None;
        };
        let Some(execute_if) = &precondition.execute_actions_if else {
            // PC-7: required by the schema.
            self.report(bad(
                "precondition has no `ExecuteActionsIf`".into(),
                "write `true` to skip when the test holds, `false` to skip when it does not",
            ));
            return None;
        };
        let test = match (kind.value, precondition.values.as_slice()) {
            (PreconditionType::ClaimsExist, [_]) => Test::Exists,
            (PreconditionType::ClaimEquals, [_, literal]) => Test::Equals(literal.value.clone()),
            // PC-8: other counts are errors.
            (PreconditionType::ClaimsExist, values) => {
                self.report(bad(
                    format!("`ClaimsExist` takes one `Value`, the claim; this one has {}", values.len()),
                    "remove what is too much",
                ));
                return None;
            }
            (PreconditionType::ClaimEquals, values) => {
                self.report(bad(
                    format!("`ClaimEquals` takes two `Value`s, the claim and the literal; this one has {}", values.len()),
                    "first the claim, then the literal it is compared with",
                ));
                return None;
            }
        };
        for given in &precondition.actions {
            if given.value != action {
                self.report(Diagnostic::error(code::WRONG_ACTION, format!("the action here must be `{}`", action.name())).at(given.span));
            }
        }
        let name = precondition.values.first()?;
        // PC-11: the claim id is trimmed, the literal is verbatim.
        let claim = self.named_claim(name.value.trim(), name.span);
        Some(Precondition { number, test, claim, execute_if: execute_if.value, span: precondition.span })
    }
}

fn type_name(kind: &StepType) -> Str {
    match kind {
        StepType::Other(name) => name.clone(),
        known => format!("{known:?}").into(),
    }
}
