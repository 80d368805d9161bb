//! Proofs over a journey of nine APIs of four outcomes each and a phone factor that one of them decides: with everything that cannot matter
//! left out, and with every value of every claim told apart. Beside them, in the same run, a breadth-first search over the same states packed
//! into one number each, as the floor: what a search costs that knows nothing of journeys. `compare/` holds a model checker against them.

#[path = "models/risks.rs"]
mod risks;

use b2c_journey::Journey;
use b2c_journey::explore::property::Property;
use b2c_journey::explore::{Limits, Proof, Verdict};

/// APIs that are asked, one after the other.
const APIS: u32 = 9;

fn main() {
    divan::main();
}

#[expect(clippy::expect_used, reason = "a benchmark without its policy and its property is no benchmark")]
fn model() -> (Journey, Property) {
    (risks::journey(APIS).expect("the policy plans"), risks::property().expect("the property"))
}

#[expect(clippy::expect_used, reason = "a benchmark without its proof is no benchmark")]
fn prove(journey: &Journey, property: &Property, limits: &Limits) -> Proof {
    let proof = journey.prove(property, limits).expect("the property can be judged");
    assert_eq!(proof.verdict, Verdict::Proved);
    proof
}

/// All claims but one are sliced away.
#[divan::bench]
fn proof_sliced(bencher: divan::Bencher<'_, '_>) {
    let (journey, property) = model();
    bencher.bench(|| prove(&journey, &property, &Limits::default()));
}

/// Every value of every claim is told apart, so that nothing can be left out or merged.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn proof_unsliced(bencher: divan::Bencher<'_, '_>) {
    let (journey, property) = model();
    let limits = Limits { slicing: false, max_states: usize::MAX, timeout: None };
    bencher.bench(|| {
        let proof = prove(&journey, &property, &limits);
        assert_eq!((proof.states, proof.runs), (risks::asks(APIS), risks::ends(APIS)));
    });
}

/// The floor: the same states as numbers.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn packed_states_breadth_first() {
    assert_eq!(risks::packed(divan::black_box(APIS)), Some(risks::asks(APIS) + risks::ends(APIS)));
}
