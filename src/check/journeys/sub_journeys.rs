//! How sub journeys end, and who invokes whom.

use rustc_hash::{FxHashMap, FxHashSet};

use super::{is, sub_journeys, type_span};
use crate::check::chain::Chain;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Candidate, Id, StepType, SubJourney, SubJourneyType};

/// B2C0414: a Call returns, so it sends no claims (docs#88552); a Transfer does not return, so it does (subjourneys).
pub(super) fn sub_journey_type(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in sub_journeys(chain) {
        let Some(kind) = &journey.kind else { continue };
        let sender = journey.steps.iter().find(|step| is(step, &StepType::SendClaims));
        match (kind.value, sender) {
            (SubJourneyType::Call, Some(step)) => found.push(
                Diagnostic::error(code::SUB_JOURNEY_TYPE, format!("sub journey `{}` may not have SendClaims steps", journey.id.value))
                    .label(type_span(step), "issues the token")
                    .label(kind.span, "returns to the journey that invoked it")
                    .help("remove the step, or make it a sub journey of type `Transfer`"),
            ),
            (SubJourneyType::Transfer, None) if !transfers_on(chain, journey) => found.push(
                Diagnostic::error(
                    code::SUB_JOURNEY_TYPE,
                    format!("sub journey `{}` never returns, and does not contain a SendClaims step", journey.id.value),
                )
                .label(kind.span, "does not return")
                .help("end it with a step of type `SendClaims`, or make it a sub journey of type `Call`"),
            ),
            _ => {}
        }
    }
}

fn candidates(journey: &SubJourney) -> impl Iterator<Item = &Candidate> {
    journey.steps.iter().flat_map(|step| step.journey_list.iter().flatten())
}

/// Whether it hands over to another one.
fn transfers_on(chain: &Chain<'_>, journey: &SubJourney) -> bool {
    let mut subs = candidates(journey).filter_map(|candidate| chain.policy.sub_journeys.get(candidate.sub_journey.value.trim()));
    subs.any(|sub| sub.kind.as_ref().is_some_and(|kind| kind.value == SubJourneyType::Transfer))
}

/// B2C0415: a circle of sub journeys, at the reference that closes it.
pub(super) fn recursion(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let mut search = Search { chain, done: FxHashSet::default(), path: Vec::new(), places: FxHashMap::default(), found };
    for journey in sub_journeys(chain) {
        search.visit(journey);
    }
}

struct Search<'s, 'c> {
    chain: &'s Chain<'c>,
    done: FxHashSet<Id>,
    path: Vec<Id>,
    /// How deep in the path a sub journey is.
    places: FxHashMap<Id, usize>,
    found: &'s mut Vec<Diagnostic>,
}

/// A circle has a way of at most this many sub journeys before anybody would call it one; what is deeper is not looked at.
const DEPTH: usize = 100;

impl<'c> Search<'_, 'c> {
    fn visit(&mut self, journey: &'c SubJourney) {
        let id = &journey.id.value;
        if self.path.len() >= DEPTH || self.done.contains(id) {
            return;
        }
        self.places.insert(id.clone(), self.path.len());
        self.path.push(id.clone());
        for candidate in candidates(journey) {
            let Some(sub) = self.chain.policy.sub_journeys.get(candidate.sub_journey.value.trim()) else { continue };
            match self.places.get(&sub.id.value) {
                Some(place) => {
                    let way = self.path.iter().skip(*place).chain([&sub.id.value]);
                    let way = way.map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" → ");
                    self.found.push(
                        Diagnostic::error(code::SUB_JOURNEY_RECURSION, format!("sub journey `{}` invokes itself: {way}", sub.id.value))
                            .label(candidate.sub_journey.span, "comes back to it")
                            .label(sub.id.span, "the sub journey")
                            .help("a run would go round until it fails; repeat the steps in a journey of their own"),
                    );
                }
                None => self.visit(sub),
            }
        }
        self.path.pop();
        self.places.remove(id);
        self.done.insert(id.clone());
    }
}

/// B2C0428: works, but the documentation advises against it (docs#87748).
pub(super) fn nested(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for journey in sub_journeys(chain) {
        for candidate in candidates(journey) {
            found.push(
                Diagnostic::note(
                    code::SUB_JOURNEY_NESTED,
                    format!("sub journey `{}` invokes sub journey `{}`", journey.id.value, candidate.sub_journey.value),
                )
                .label(candidate.sub_journey.span, "nested")
                .label(journey.id.span, "in this one")
                .help("the documentation advises against it, though it is seen to work"),
            );
        }
    }
}
