//! Runs as data for people and tools: [`RunRecord`] is what every renderer reads; the renderers turn it into text, JSON, JUnit and
//! TAP. Nothing here decides anything, and nothing prints: every renderer gives back a string.

mod builder;
mod coverage;
mod failure;
mod json;
mod junit;
mod lcov;
mod record;
mod secret;
mod style;
mod suite;
mod tap;
mod text;

#[cfg(test)]
pub(crate) mod sample;

#[cfg(feature = "prove")]
pub(crate) use builder::known;
pub use coverage::{coverage_json, coverage_text};
pub use failure::explain;
#[cfg(feature = "jwt")]
pub use json::signed_run_json;
pub use json::{run_json, suite_json};
pub use junit::suite_junit;
pub use lcov::{coverage_cobertura, coverage_lcov};
pub use record::{BecauseRecord, Detail, FaultRecord, Known, OutcomeRecord, RequestRecord, RunParts, RunRecord, StepRecord, Written};
pub use style::Style;
pub use suite::{Case, Suite};
pub use tap::suite_tap;
pub use text::{TextOptions, run_text, suite_text, why};
