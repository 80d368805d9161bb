//! Stubs, scenarios, the in-memory directory, the virtual clock: a driver of the engine. It holds no semantics.

pub mod directory;
pub mod expect;
pub mod scenario;
