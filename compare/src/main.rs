//! Exhaustive search of one model, side by side: b2c-journey's engine over the policy, the model checker stateright, and a search over numbers
//! as the floor. See README.md for what is compared and how.
//!
//! `b2c-journey-compare [ROUNDS [APIS]]`; it ends with 1 when the engine is below twice the rate of stateright, with 2 when it could not compare.

mod checked;
#[path = "../../benches/models/risks.rs"]
mod risks;

use std::error::Error;
use std::hint::black_box;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use b2c_journey::Journey;
use b2c_journey::explore::property::Property;
use b2c_journey::explore::{Limits, Proof, Verdict};
use checked::Order;

const ROUNDS: usize = 7;
const APIS: u32 = 9;

/// The rate of the engine over that of stateright must not be lower.
const WANTED: f64 = 2.0;

/// Proofs with slicing in each round: one is over too soon to be timed alone.
const SLICED_PER_ROUND: usize = 100;

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> ExitCode {
    match alone() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Compares on the only thread of a pool, so that what the library would do on several threads it does on this one.
fn alone() -> Result<bool> {
    rayon::ThreadPoolBuilder::new().num_threads(1).build()?.install(compare)
}

/// b2c-journey over the policy.
struct Engine {
    journey: Journey,
    property: Property,
}

impl Engine {
    fn prove(&self, limits: &Limits) -> Result<Proof> {
        let proof = self.journey.prove(&self.property, limits)?;
        match proof.verdict {
            Verdict::Proved => Ok(proof),
            other => Err(format!("it says {}: {}", other.name(), proof.reason.unwrap_or_default()).into()),
        }
    }

    fn states(&self, apis: u32) -> Result<usize> {
        let proof = self.prove(&Limits { slicing: false, max_states: usize::MAX, timeout: None })?;
        let (found, wanted) = ((proof.states, proof.runs), (risks::asks(apis), risks::ends(apis)));
        if found != wanted {
            return Err(format!("{} asks and {} ends are found, not {} and {}", found.0, found.1, wanted.0, wanted.1).into());
        }
        Ok(found.0 + found.1)
    }
}

/// A search, and how long it took in each round.
struct Contestant<'a> {
    name: &'a str,
    search: Box<dyn Fn() -> Result<usize> + 'a>,
    times: Vec<Duration>,
}

impl<'a> Contestant<'a> {
    fn new(name: &'a str, search: impl Fn() -> Result<usize> + 'a) -> Self {
        Self { name, search: Box::new(search), times: Vec::new() }
    }
}

fn unbroken(states: Option<usize>) -> Result<usize> {
    states.ok_or_else(|| "the property is broken".into())
}

fn compare() -> Result<bool> {
    let mut arguments = std::env::args().skip(1);
    let rounds: usize = arguments.next().map_or(Ok(ROUNDS), |text| text.parse())?;
    let apis: u32 = arguments.next().map_or(Ok(APIS), |text| text.parse())?;
    if rounds == 0 || apis == 0 || apis as usize > checked::MOST_APIS {
        return Err(format!("there must be a round, and 1 to {} APIs", checked::MOST_APIS).into());
    }
    let engine = Engine { journey: risks::journey(apis)?, property: risks::property()? };
    let mut contestants = [
        Contestant::new("b2c-journey", || engine.states(apis)),
        Contestant::new("stateright", || unbroken(checked::states(black_box(apis), Order::Breadth))),
        Contestant::new("  depth first", || unbroken(checked::states(black_box(apis), Order::Depth))),
        Contestant::new("packed numbers", || unbroken(risks::packed(black_box(apis)))),
    ];
    let states = risks::asks(apis) + risks::ends(apis);
    println!(
        "{apis} APIs: {} states that ask and {} ends\n{rounds} rounds, one search after the other in one process, each on one thread \
         (a pool of one for b2c-journey)",
        grouped(risks::asks(apis)),
        grouped(risks::ends(apis))
    );
    let mut sliced = Vec::new();
    for round in 0..rounds {
        for contestant in &mut contestants {
            let begin = Instant::now();
            let found = (contestant.search)().map_err(|error| format!("{}: {error}", contestant.name.trim()))?;
            contestant.times.push(begin.elapsed());
            if found != states {
                return Err(format!("{}: {found} states are found, not {states}", contestant.name.trim()).into());
            }
        }
        for _ in 0..SLICED_PER_ROUND {
            let begin = Instant::now();
            engine.prove(&Limits::default())?;
            sliced.push(begin.elapsed());
        }
        // Everybody comes first in some round.
        contestants.rotate_left(1);
        eprintln!("round {} of {rounds} done", round + 1);
    }
    let turned = rounds % contestants.len();
    contestants.rotate_right(turned);
    let seconds = contestants.each_ref().map(|contestant| median(&contestant.times).as_secs_f64());
    let [ours, theirs, _, floor] = seconds;
    println!("\n{:<16}{:>10}{:>10}{:>12}{:>15}{:>14}", "median", "states", "seconds", "M states/s", "of stateright", "of the floor");
    for (contestant, seconds) in contestants.iter().zip(seconds) {
        println!(
            "{:<16}{:>10}{seconds:>10.3}{:>12.2}{:>14.2}x{:>13.3}x",
            contestant.name,
            grouped(states),
            states as f64 / seconds / 1e6,
            theirs / seconds,
            floor / seconds
        );
    }
    println!("\nthe same proof with slicing: {:.1} µs (median of {})", median(&sliced).as_secs_f64() * 1e6, sliced.len());
    let enough = theirs / ours >= WANTED;
    if !enough {
        println!("b2c-journey is below {WANTED} times the rate of stateright");
    }
    Ok(enough)
}

/// The time in the middle; of an even number the later of the two.
fn median(times: &[Duration]) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// With a comma before every three digits.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
