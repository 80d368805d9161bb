use std::time::{Duration, Instant};

use super::search::{Exploration, Explorer, Limits, environment};
use super::*;
use crate::PolicySet;
use crate::engine::{Outcome, Window};

fn explore(journey: &crate::Journey, interest: &Interest, seconds: u64) -> Exploration {
    let environment = environment();
    let limits = Limits { max_states: 1_000_000, timeout: Some(Duration::from_secs(seconds)), ..Limits::default() };
    let explorer = Explorer { plan: journey.plan(), environment: &environment, window: Window::default(), limits };
    explorer.explore(interest, &mut ())
}

#[test]
fn the_worked_example_skips_mfa_for_low_risk_alone() {
    let set = PolicySet::from_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
    let plan = journey.plan();
    let phone = plan.profile_id("PhoneFactor-InputOrVerify").unwrap();
    let risk = plan.claim_id("riskLevel").unwrap();
    let mut interest = Interest::default();
    interest.profiles.insert(phone);
    interest.claims.insert(risk, Watched { value: true, literals: vec!["LOW".into()] });
    let begin = Instant::now();
    let found = explore(&journey, &interest, 20);
    println!("{} states, {} ends, {:?}, {:?}", found.states, found.ends.len(), found.bounded, begin.elapsed());
    for end in &found.ends {
        let low = end.bag.value(risk).is_some_and(|value| value.text_equals("LOW"));
        println!("{:?} low={low} phone={}", end.outcome, end.history.calls.contains(&phone));
        if end.outcome == Outcome::Issued {
            assert_ne!(low, end.history.calls.contains(&phone));
        }
    }
    assert!(found.ends.iter().any(|end| end.outcome == Outcome::Issued));
    let lost = astray(&journey, &found, 1000);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// Ends whose scenario does not lead to them.
fn astray(journey: &crate::Journey, found: &Exploration, most: usize) -> Vec<String> {
    let mut astray = Vec::new();
    let step = (found.ends.len() / most).max(1);
    for end in found.ends.iter().step_by(step) {
        let scenario = found.scenario(journey.plan(), end);
        let run = journey.simulation().scenario(&scenario).run();
        let same = run.as_ref().is_ok_and(|run| {
            let calls: Vec<_> = run
                .trace
                .events
                .iter()
                .filter_map(|event| match event {
                    crate::trace::Event::Call(_, crate::trace::Role::Issuer) => None,
                    crate::trace::Event::Call(profile, _) => Some(*profile),
                    _ => None,
                })
                .collect();
            std::mem::discriminant(&run.outcome) == std::mem::discriminant(&end.outcome) && calls == end.history.calls
        });
        if !same {
            let got = run.map_or_else(|error| error.to_string(), |run| format!("{:?}", run.outcome));
            astray.push(format!("wanted {:?}\ngot {got}\n{}", end.outcome, scenario.to_yaml()));
        }
    }
    astray
}
