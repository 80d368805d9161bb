//! Stubs, scenarios, the in-memory directory, the virtual clock: a driver of the engine. It holds no semantics.
//!
//! A [`Simulation`] says what the outside world does; [`Simulation::run`] gives the [`Execution`], which can be asserted and reported.

mod aftermath;
mod assertions;
pub(crate) mod default_world;
pub mod directory;
mod driver;
mod entry;
mod execution;
pub mod expect;
mod fit;
mod live;
pub mod scenario;
mod simulation;
mod stubs;

pub(crate) use entry::issuers;
pub use execution::Execution;
pub use fit::SimulationError;
pub use live::{UrlMapping, UrlMappingError};
pub use simulation::Simulation;
pub use stubs::{AnyStub, FnStub, PageStub, Replies, Responder, RestStub, StubAsk, Stubs};
