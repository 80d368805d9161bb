//! Runs Azure AD B2C custom policies on your own machine: loads the chain of policies, merges it as the service does and executes the
//! user journey deterministically, with stubs in place of pages, REST APIs, phone calls, identity providers and the directory.

pub mod check;
pub mod claims;
pub mod diagnostic;
pub mod engine;
pub mod explain;
pub mod explore;
pub mod inherit;
#[cfg(feature = "jwt")]
mod jwt;
mod nearest;
pub mod plan;
pub mod policy;
mod policy_set;
pub mod provider;
pub mod report;
mod schema;
pub mod simulate;
pub mod source;
#[cfg(feature = "proptest")]
pub mod strategies;
pub mod trace;
pub mod transform;
mod words;
pub mod xml;

#[cfg(feature = "jwt")]
pub use jwt::{SignedToken, SigningError, SigningKey};
pub use policy_set::{Journey, JourneyError, LoadError, PolicySet};
pub use serde_json::json;
pub use simulate::scenario::Scenario;
pub use simulate::{Execution, Responder, Simulation, SimulationError, Stubs};
