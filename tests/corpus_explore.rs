//! How much of other people's journeys can be explored: what is exact, what is bounded and why.
//!
//! A fixed thirty chains; `B2C_JOURNEY_ALL=1` takes all complete ones: `cargo test --release --test corpus_explore -- --nocapture`.
#![cfg(test)]

mod common;

use std::collections::BTreeMap;
use std::time::Duration;

use b2c_journey::explore::Limits;
use common::{chains, corpus};

/// In so many states a starter-pack chain is walked whole.
const STATES: usize = 5_000;

#[test]
fn chains_are_explored_within_their_budget() {
    let Some(corpus) = corpus() else { return };
    let all = std::env::var_os("B2C_JOURNEY_ALL").is_some();
    let limits = match all {
        true => Limits { max_states: usize::MAX, timeout: Some(Duration::from_secs(10)), ..Limits::default() },
        false => Limits { max_states: STATES, timeout: None, ..Limits::default() },
    };
    let complete: Vec<_> = chains(&corpus).into_iter().filter(|chain| chain.complete).collect();
    let starter = complete.iter().filter(|chain| all || chain.rp.starts_with("starterpack/")).take(if all { usize::MAX } else { 30 });
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let (mut exact, mut issued, mut seen) = (0, 0, 0);
    for chain in starter {
        let set = chain.load();
        let Ok(journey) = chain.journey(&set) else { continue };
        let found = journey.explore(&limits);
        seen += 1;
        issued += usize::from(found.ends.contains_key("issued"));
        match &found.bounded {
            None => exact += 1,
            Some(reason) => *reasons.entry(reason.clone()).or_default() += 1,
        }
        println!("{}: {} states, {:?}, {}", chain.rp, found.states, found.ends, found.bounded.as_deref().unwrap_or("exact"));
    }
    println!("{seen} chains: {exact} exact, {} bounded, a token in {issued}", seen - exact);
    for (reason, count) in &reasons {
        println!("{count}: {reason}");
    }
    assert!(seen >= 30, "only {seen} chains");
    assert!(all || issued >= 28, "a token in {issued} of {seen} chains alone");
    assert!(exact * 10 >= seen * 6, "{exact} of {seen} exact");
}
