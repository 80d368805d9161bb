//! Strategies for property tests (feature `proptest`): values worth telling apart, from the same domains that an exploration tries: each
//! literal that the policy compares the claim with, also through claims transformations, in another case, empty, absent, and something else.
//!
//! ```
//! use b2c_journey::{PolicySet, strategies};
//! use proptest::prelude::*;
//!
//! let journey = PolicySet::from_dir("policies").unwrap().journey("B2C_1A_signup_signin_biocatch").unwrap();
//! let replies = strategies::replies(&journey, "BioCatch-API-GETSCORE").unwrap();
//! proptest!(|(reply in replies)| {
//!     let run = journey.simulation().stub("BioCatch-API-GETSCORE", reply).run().unwrap();
//!     let low = run.claim("riskLevel").is_some_and(|level| level.as_str() == Some("LOW"));
//!     let phone = run.record().calls.iter().any(|call| call.as_str() == "PhoneFactor-InputOrVerify");
//!     prop_assert!(!run.is_issued() || phone != low);
//! });
//! ```

use proptest::prelude::*;
use serde_json::{Map, Value as Json};

use crate::claims::{ClaimId, ClaimType, DataType, Date, Str, from_text, sample_values};
use crate::explore::{Domains, Interest};
use crate::plan::JourneyPlan;
use crate::policy_set::Journey;
use crate::provider::Handler;
use crate::simulate::Stubs;
use crate::simulate::scenario::StubReply;

/// Replies of a technical profile, by id in any case: success with values for its output claims (for a page: for its fields), and
/// sometimes a failure or a cancel. `None` when the journey does not reach such a profile.
pub fn replies(journey: &Journey, technical_profile: &str) -> Option<BoxedStrategy<StubReply>> {
    let plan = journey.plan();
    let profile = plan.profile(plan.profile_id(technical_profile)?);
    let domains = Domains::new(plan, &Interest::default());
    if let Handler::SelfAsserted(settings) = &profile.handler {
        let fields: Vec<_> = settings
            .fields
            .iter()
            .filter(|field| field.editable && !field.code)
            .map(|field| (plan.claim(field.claim).id.clone(), texts(plan, &domains, field.claim)))
            .collect();
        let form = fields
            .into_iter()
            .fold(Just(Stubs::self_asserted()).boxed(), |form, (name, texts)| {
                (form, prop::option::of(texts))
                    .prop_map(move |(form, text)| match text {
                        Some(text) => form.enter(&name, text),
                        None => form,
                    })
                    .boxed()
            })
            .prop_filter_map("a page has one form", |form| form.into_reply());
        return Some(prop_oneof![8 => form, 1 => Just(StubReply::Cancel)].boxed());
    }
    let outputs = profile.outputs.iter().filter(|output| !output.always_default);
    let values = object(outputs.map(|output| (output.partner.to_string(), value(plan, &domains, output.claim))));
    let success = values.prop_map(StubReply::Claims);
    let failure = Just(StubReply::Error("the outside world failed".into()));
    Some(prop_oneof![8 => success, 1 => failure].boxed())
}

/// A whole claims bag: for each declared claim a value or none, as [`Simulation::claim`](crate::Simulation::claim) takes them.
pub fn claims(journey: &Journey) -> BoxedStrategy<Map<String, Json>> {
    let plan = journey.plan();
    let domains = Domains::new(plan, &Interest::default());
    let declared = (0..plan.claims.len() as u32).map(ClaimId).filter(|id| plan.claim(*id).declared);
    object(declared.map(|id| (plan.claim(id).id.to_string(), value(plan, &domains, id))))
}

/// An object of those members that have a value.
fn object(members: impl Iterator<Item = (String, BoxedStrategy<Option<Json>>)>) -> BoxedStrategy<Map<String, Json>> {
    members.fold(Just(Map::new()).boxed(), |map, (name, value)| {
        (map, value)
            .prop_map(move |(mut map, value)| {
                if let Some(value) = value {
                    map.insert(name.clone(), value);
                }
                map
            })
            .boxed()
    })
}

/// A value of a claim as JSON, or none.
fn value(plan: &JourneyPlan, domains: &Domains, id: ClaimId) -> BoxedStrategy<Option<Json>> {
    let claim = plan.claim(id).clone();
    prop::option::weighted(0.85, texts(plan, domains, id)).prop_map(move |text| text.and_then(|text| json_of(&claim, &text))).boxed()
}

fn json_of(claim: &ClaimType, text: &str) -> Option<Json> {
    match claim.data_type {
        DataType::StringCollection => Some(Json::from(vec![text])),
        kind => from_text(text, kind).ok().map(|value| value.to_json()),
    }
}

/// Texts worth telling apart for a claim.
fn texts(plan: &JourneyPlan, domains: &Domains, id: ClaimId) -> BoxedStrategy<Str> {
    let claim = plan.claim(id);
    let samples = sample_values(claim, Date { year: 2026, month: 1, day: 1 });
    let mut known = domains.of(id).every_text(claim.data_type, &samples);
    // What cannot be told apart is still something.
    if known.is_empty() {
        known.push(Str::new());
    }
    match claim.data_type {
        DataType::String | DataType::StringCollection => {
            prop_oneof![4 => prop::sample::select(known), 1 => "\\PC{0,12}".prop_map(Str::from)].boxed()
        }
        _ => prop::sample::select(known).boxed(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PolicySet;

    #[test]
    fn texts_are_those_that_an_exploration_tries() {
        let set = PolicySet::from_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
        let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
        let plan = journey.plan();
        let domains = Domains::new(plan, &Interest::default());
        let texts = |name: &str| {
            let id = plan.claim_id(name).unwrap();
            let samples = sample_values(plan.claim(id), Date { year: 2026, month: 1, day: 1 });
            domains.of(id).every_text(plan.claim(id).data_type, &samples)
        };
        let risk = texts("riskLevel");
        for text in ["LOW", "low", ""] {
            assert!(risk.iter().any(|known| known.as_str() == text), "{text} is not in {risk:?}");
        }
        assert!(risk.iter().any(|known| !known.is_empty() && !known.eq_ignore_ascii_case("low")), "{risk:?}");
        assert_eq!(texts("newPhoneNumberEntered"), ["true", "false"]);
    }
}
