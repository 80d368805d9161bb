//! Attributes of the root element that only the service judges.

use super::File;
use crate::diagnostic::{Diagnostic, code};

/// The only version that there is (trustframeworkpolicy).
const VERSION: &str = "0.3.0.0";
/// The only recorder that is left (trustframeworkpolicy; active-directory-b2c-advanced-policies#44).
const RECORDER: &str = "urn:journeyrecorder:applicationinsights";

/// B2C0117.
pub(super) fn schema_version(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    let Some(version) = file.policy.and_then(|policy| policy.policy_schema_version.as_ref()) else { return };
    if &*version.value != VERSION {
        let wrong = Diagnostic::error(code::SCHEMA_VERSION, format!("`PolicySchemaVersion` must be `{VERSION}`: `{}`", version.value));
        found.push(wrong.at(version.span).help("there is no other version of the schema").fix(version.span, VERSION));
    }
}

/// B2C0118.
pub(super) fn recorder_endpoint(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    let Some(policy) = file.policy else { return };
    let Some(endpoint) = policy.user_journey_recorder_endpoint.as_ref().filter(|endpoint| &*endpoint.value != RECORDER) else { return };
    let id = policy.policy_id.as_ref().map_or("", |id| id.as_str());
    let tenant = policy.tenant_id.as_ref().map_or("", |id| id.as_str());
    let words = format!(
        "Attribute UserJourneyRecorderEndpoint in the TrustFrameworkPolicy root node in policy '{id}' of tenant '{tenant}' can only have the \
         value set to '{RECORDER}'."
    );
    let wrong = Diagnostic::error(code::RECORDER_ENDPOINT, words).at(endpoint.span);
    found.push(wrong.help("recorders at http addresses are gone; Application Insights takes their place").fix(endpoint.span, RECORDER));
}
