//! What an exploration must tell apart for an expression.

use super::expression::Expression;
use super::uses::{Member, Names};
use crate::claims::{ClaimId, DataType, Str};
use crate::explore::search::step_name;
use crate::explore::{Interest, Watched};
use crate::plan::{JourneyId, JourneyPlan};
use crate::trace::StepId;

impl Expression {
    /// Adds what it looks at in the runs of a plan. Names that the plan does not know are left out.
    pub(super) fn add_to(&self, interest: &mut Interest, plan: &JourneyPlan) {
        let uses = &self.uses;
        interest.error |= uses.error;
        interest.calls |= uses.calls.all;
        for (name, member) in &uses.claims.named {
            if let Some(claim) = plan.claim_id(name) {
                watch(interest, claim, member.value, &member.literals);
            }
        }
        if uses.claims.all {
            (0..plan.claims.len() as u32).for_each(|claim| watch(interest, ClaimId(claim), true, &[]));
        }
        for (name, member) in &uses.token.named {
            interest.token = true;
            token(interest, plan, name, member);
        }
        if uses.token.all {
            interest.token = true;
            plan.relying_party.outputs.iter().for_each(|output| watch(interest, output.claim, true, &[]));
        }
        names(&uses.executed, interest, plan);
        names(&uses.skipped, interest, plan);
        names(&uses.steps, interest, plan);
        let called = uses.calls.named.keys().filter_map(|name| plan.profile_id(name));
        interest.profiles.extend(called);
    }
}

fn watch(interest: &mut Interest, claim: ClaimId, value: bool, literals: &[Str]) {
    let watched: &mut Watched = interest.claims.entry(claim).or_default();
    watched.value |= value;
    for literal in literals {
        if !watched.literals.contains(literal) {
            watched.literals.push(literal.clone());
        }
    }
}

/// The claims behind a name in the token.
fn token(interest: &mut Interest, plan: &JourneyPlan, name: &str, member: &Member) {
    let party = &plan.relying_party;
    let mut found = false;
    for output in party.outputs.iter().filter(|output| output.partner == name) {
        found = true;
        watch_issued(interest, plan, output.claim, member);
    }
    // `sub` is the claim that SubjectNamingInfo names, else objectId (relyingparty).
    if name == "sub" && !found {
        let named = party.outputs.iter().filter(|output| Some(&output.partner) == party.subject.as_ref()).map(|output| output.claim);
        let subject: Vec<ClaimId> = match party.subject {
            Some(_) => named.collect(),
            None => plan.claim_id("objectId").into_iter().collect(),
        };
        subject.into_iter().for_each(|claim| watch_issued(interest, plan, claim, member));
    }
}

/// An empty text is not issued (relyingparty), so whether a name is in the token depends on the claim's value too.
fn watch_issued(interest: &mut Interest, plan: &JourneyPlan, claim: ClaimId, member: &Member) {
    let text = matches!(plan.claim(claim).data_type, DataType::String);
    watch(interest, claim, member.value || text, &member.literals);
    if text {
        watch(interest, claim, true, &[Str::new()]);
    }
}

/// Steps and technical profiles of these names.
fn names(names: &Names, interest: &mut Interest, plan: &JourneyPlan) {
    if names.all {
        interest.calls = true;
        interest.steps.extend(all_steps(plan));
    }
    for name in names.named.keys() {
        interest.profiles.extend(plan.profile_id(name));
        interest.steps.extend(step_id(plan, name));
    }
}

fn all_steps(plan: &JourneyPlan) -> impl Iterator<Item = StepId> {
    let journeys = (0..).map(JourneyId).zip(&plan.journeys);
    journeys.flat_map(|(journey, found)| (0..found.steps.len() as u32).map(move |position| StepId { journey, position }))
}

/// The step of a key, `10` or `SubJourneyId/2`, without regard to case.
pub(super) fn step_id(plan: &JourneyPlan, key: &str) -> Option<StepId> {
    all_steps(plan).find(|step| step_name(plan, *step).eq_ignore_ascii_case(key))
}
