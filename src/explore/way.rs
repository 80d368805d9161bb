//! A way through a journey as a scenario: what every page, API, provider and directory answered, in the words of scenario files.

use super::replies::Say;
use super::search::{End, Exploration, step_name};
use crate::plan::JourneyPlan;
use crate::simulate::scenario::{Choice, Scenario, Stub, StubReply};

impl Exploration {
    /// The scenario that takes the way to an end.
    pub(crate) fn scenario(&self, plan: &JourneyPlan, end: &End) -> Scenario {
        let mut scenario = Scenario { policy: Some(plan.policy.id.clone()), ..Scenario::default() };
        for (step, say) in self.way(end) {
            match say {
                Say::Stub(profile, reply) => {
                    let stub: &mut Stub = scenario.stubs.entry(plan.profile(*profile).id.clone()).or_default();
                    stub.replies.push(StubReply::clone(reply));
                }
                Say::Choose(name) => {
                    if let Some(step) = step {
                        scenario.choose.insert(step_name(plan, step), Choice { name: name.clone(), place: None });
                    }
                }
                Say::Leave => {}
            }
        }
        // Where nobody says anything the default world would look for a better end.
        if scenario.stubs.is_empty()
            && scenario.choose.is_empty()
            && let Some(first) = end.history.calls.first()
        {
            scenario.stubs.insert(plan.profile(*first).id.clone(), Stub { replies: vec![StubReply::Default], place: None });
        }
        for stub in scenario.stubs.values_mut() {
            shorten(&mut stub.replies);
        }
        scenario
    }
}

/// The last reply repeats, except on pages: what is said over and over is said once.
fn shorten(replies: &mut Vec<StubReply>) {
    while let [.., before, last] = replies.as_slice()
        && before == last
        && !matches!(last, StubReply::Enter { .. })
    {
        replies.pop();
    }
}

/// The scenario with everything left out that does not matter: members of replies and fields of forms without which `still` holds.
#[cfg(feature = "prove")]
pub(crate) fn minimal(mut scenario: Scenario, still: impl Fn(&Scenario) -> bool) -> Scenario {
    let attempt = |scenario: &mut Scenario, change: &dyn Fn(&mut Scenario) -> bool| {
        let mut smaller = scenario.clone();
        if change(&mut smaller) && still(&smaller) {
            *scenario = smaller;
        }
    };
    let names: Vec<_> = scenario.stubs.keys().cloned().collect();
    for name in &names {
        let replies = scenario.stubs.get(name).map_or(0, |stub| stub.replies.len());
        for index in 0..replies {
            let members: Vec<String> = match scenario.stubs.get(name).and_then(|stub| stub.replies.get(index)) {
                Some(StubReply::Claims(values)) => values.keys().cloned().collect(),
                Some(StubReply::Enter { fields, .. }) => fields.keys().map(ToString::to_string).collect(),
                _ => continue,
            };
            for member in members {
                attempt(&mut scenario, &|scenario| match scenario.stubs.get_mut(name).and_then(|stub| stub.replies.get_mut(index)) {
                    Some(StubReply::Claims(values)) => values.shift_remove(&member).is_some(),
                    Some(StubReply::Enter { fields, .. }) => fields.shift_remove(member.as_str()).is_some(),
                    _ => false,
                });
            }
        }
    }
    scenario
}
