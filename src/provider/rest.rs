//! RestfulProvider: settings from metadata, the request as it would go over the wire, and what a reply becomes.
//!
//! Settings are compiled once; the request is rendered only when somebody wants to see it, so a run that nobody watches pays for
//! [`RestSettings::check`] and [`RestSettings::outcome`] alone. Source: restful-technical-profile, SEMANTICS 8.

mod failure;
mod json_path;
mod outcome;
mod request;
mod settings;
#[cfg(test)]
mod tests;

pub use json_path::JsonPath;
pub(crate) use settings::authority;
pub use settings::{Authentication, Placeholder, RestSettings, SendClaimsIn, UrlPart};
