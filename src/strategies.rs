//! Strategies for property tests (feature `proptest`): values worth telling apart, taken from the literals that the policy itself compares
//! with: each literal, its case variants, with a blank, empty, absent, and something else.
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

use crate::claims::{ClaimId, ClaimType, DataType, Str, from_text, sample_values};
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
    if let Handler::SelfAsserted(settings) = &profile.handler {
        let fields: Vec<_> = settings
            .fields
            .iter()
            .filter(|field| field.editable && !field.code)
            .map(|field| (plan.claim(field.claim).id.clone(), texts(plan, field.claim)))
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
    let values = profile
        .outputs
        .iter()
        .filter(|output| !output.always_default)
        .map(|output| (output.partner.to_string(), value(plan, output.claim)))
        .fold(Just(Map::new()).boxed(), |map, (name, value)| {
            (map, value)
                .prop_map(move |(mut map, value)| {
                    if let Some(value) = value {
                        map.insert(name.clone(), value);
                    }
                    map
                })
                .boxed()
        });
    let success = values.prop_map(StubReply::Claims);
    let failure = Just(StubReply::Error("the outside world failed".into()));
    Some(prop_oneof![8 => success, 1 => failure].boxed())
}

/// A whole claims bag: for each declared claim a value or none, as [`Simulation::claim`](crate::Simulation::claim) takes them.
pub fn claims(journey: &Journey) -> BoxedStrategy<Map<String, Json>> {
    let plan = journey.plan();
    (0..plan.claims.len() as u32)
        .map(ClaimId)
        .filter(|id| plan.claim(*id).declared)
        .map(|id| (plan.claim(id).id.to_string(), value(plan, id)))
        .fold(Just(Map::new()).boxed(), |map, (name, value)| {
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
fn value(plan: &JourneyPlan, id: ClaimId) -> BoxedStrategy<Option<Json>> {
    let claim = plan.claim(id).clone();
    prop::option::weighted(0.85, texts(plan, id)).prop_map(move |text| text.and_then(|text| json_of(&claim, &text))).boxed()
}

fn json_of(claim: &ClaimType, text: &str) -> Option<Json> {
    match claim.data_type {
        DataType::StringCollection => Some(Json::from(vec![text])),
        kind => from_text(text, kind).ok().map(|value| value.to_json()),
    }
}

/// Texts worth telling apart for a claim.
fn texts(plan: &JourneyPlan, id: ClaimId) -> BoxedStrategy<Str> {
    let claim = plan.claim(id);
    let mut known: Vec<Str> = sample_values(claim, crate::claims::Date { year: 2026, month: 1, day: 1 });
    if claim.data_type == DataType::Boolean {
        known.extend(["true", "false"].map(Str::from));
    }
    for literal in crate::simulate::literals_of(plan, id) {
        known.push(literal.to_ascii_lowercase().into());
        known.push(literal.to_ascii_uppercase().into());
        known.push(format!(" {literal}").into());
        known.push(literal);
    }
    known.push(Str::new());
    match claim.data_type {
        DataType::String | DataType::StringCollection => {
            prop_oneof![4 => prop::sample::select(known), 1 => "\\PC{0,12}".prop_map(Str::from)].boxed()
        }
        _ => prop::sample::select(known).boxed(),
    }
}
