//! Runs as data for people and tools: [`RunRecord`] is what every renderer reads; the renderers turn it into text, JSON, JUnit and
//! TAP. Nothing here decides anything, and nothing prints: every renderer gives back a string.

mod builder;
mod check;
mod coverage;
#[cfg(feature = "prove")]
mod difference;
mod failure;
mod github;
mod json;
mod junit;
mod lcov;
#[cfg(feature = "prove")]
mod mutation;
mod page;
#[cfg(feature = "prove")]
mod proofs;
mod record;
mod sarif;
mod secret;
mod style;
mod suite;
mod tap;
mod text;

#[cfg(test)]
pub(crate) mod sample;

#[cfg(feature = "prove")]
pub(crate) use builder::known;
pub use check::{check_json, check_summary};
pub use coverage::{coverage_json, coverage_text};
#[cfg(feature = "prove")]
pub use difference::{diff_json, diff_markdown, diff_text};
pub use failure::explain;
pub use github::check_github;
pub(crate) use json::document;
#[cfg(feature = "jwt")]
pub use json::signed_run_json;
pub use json::{run_json, suite_json};
pub use junit::suite_junit;
pub use lcov::{coverage_cobertura, coverage_lcov};
#[cfg(feature = "prove")]
pub use mutation::{mutation_json, mutation_text};
pub use page::page_text;
#[cfg(feature = "prove")]
pub use proofs::{proofs_json, proofs_text};
pub use record::{BecauseRecord, Detail, FaultRecord, Known, OutcomeRecord, RequestRecord, RunParts, RunRecord, StepRecord, Written};
pub use sarif::check_sarif;
pub use style::Style;
pub use suite::{Case, Suite};
pub use tap::suite_tap;
pub use text::{TextOptions, run_text, suite_text, why};
