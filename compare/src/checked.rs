//! The model of `benches/models/risks.rs` for the model checker stateright.

use stateright::{Checker, Model, Property};

/// APIs that fit a state.
pub(crate) const MOST_APIS: usize = 9;

/// What an API can give for its risk.
const OUTCOMES: u8 = 4;

/// Nothing; also of an API that was not asked.
const ABSENT: u8 = 0;

/// The outcome that spares the phone factor.
const LOW: u8 = 1;

struct Risks {
    apis: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
enum How {
    GoesOn,
    Refused,
    Verified,
    Failed,
}

/// Bytes next to each other: an array of them is one write to the hasher, which one of enums is not.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct State {
    outcomes: [u8; MOST_APIS],
    place: u8,
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Answer(u8),
    Refuse,
    Verify,
    Fail,
}

impl State {
    fn is_low(&self) -> bool {
        self.outcomes.first() == Some(&LOW)
    }
}

impl Model for Risks {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![State { outcomes: [ABSENT; MOST_APIS], place: 0, how: How::GoesOn }]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        if state.how != How::GoesOn {
        } else if usize::from(state.place) < self.apis {
            actions.extend((ABSENT..OUTCOMES).map(Action::Answer));
            actions.push(Action::Refuse);
        } else if !state.is_low() {
            actions.extend([Action::Verify, Action::Fail]);
        }
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let mut next = state.clone();
        match action {
            Action::Answer(outcome) => {
                *next.outcomes.get_mut(usize::from(state.place))? = outcome;
                next.place += 1;
            }
            // Where it was is no part of an end.
            Action::Refuse => next = State { place: 0, how: How::Refused, ..next },
            Action::Verify => next.how = How::Verified,
            Action::Fail => next.how = How::Failed,
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always("anything but LOW gets MFA", |model: &Self, state: &State| {
            let skipped = usize::from(state.place) == model.apis && state.how == How::GoesOn && state.is_low();
            let issued = skipped || state.how == How::Verified;
            !issued || state.how == How::Verified || state.is_low()
        })]
    }
}

/// Which states stateright takes first.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    Breadth,
    Depth,
}

/// Checks the property on one thread. How many states there are; `None` when one breaks it.
pub(crate) fn states(apis: u32, order: Order) -> Option<usize> {
    let builder = Risks { apis: usize::try_from(apis).ok()? }.checker().threads(1);
    match order {
        Order::Breadth => found(&builder.spawn_bfs().join()),
        Order::Depth => found(&builder.spawn_dfs().join()),
    }
}

fn found(checker: &impl Checker<Risks>) -> Option<usize> {
    checker.discoveries().is_empty().then(|| checker.unique_state_count())
}
