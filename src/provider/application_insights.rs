//! AzureApplicationInsightsProvider: an event for the log. Source: application-insights-technical-profile; SEMANTICS 7. It never fails a
//! journey.

use crate::claims::{ClaimValue, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::provider::call::{InputValue, Setup};
use crate::provider::codes::given_text;

const NAME: &str = "eventName";

/// Says what is wrong with such a profile.
pub fn check(setup: &Setup<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if setup.metadata.get("InstrumentationKey").is_none_or(str::is_empty) {
        // error-codes, AADB2C90124.
        let words = format!("The application insights profile '{}' does not specify an InstrumentationKey.", setup.profile_id);
        findings.push(Diagnostic::error(code::INCOMPLETE_PROFILE, words).at(setup.metadata_span("InstrumentationKey")));
    }
    setup.flag("DeveloperMode", false, &mut findings);
    setup.flag("DisableTelemetry", false, &mut findings);
    if !setup.inputs.iter().any(|input| input.partner.eq_ignore_ascii_case(NAME)) {
        // error-codes, AADB2C90126.
        let words = format!(
            "The application insights profile '{}' does not specify an input claim with a partner claim type of '{NAME}'.",
            setup.profile_id
        );
        findings.push(Diagnostic::error(code::PARTNER_CLAIM, words).at(setup.span));
    }
    findings
}

/// What is logged, for people: the event with its properties, in order.
pub fn event(inputs: &[InputValue<'_>], disabled: bool) -> Str {
    if disabled {
        return "nothing goes to Application Insights: `DisableTelemetry` is true".into();
    }
    let Some(name) = given_text(inputs, NAME) else {
        return format!("nothing goes to Application Insights: the input claim `{NAME}` has no value").into();
    };
    let properties: Vec<String> = inputs
        .iter()
        .filter_map(|input| {
            let property = property(&input.reference.partner)?;
            Some(format!("{property}={}", input.value.as_ref().and_then(ClaimValue::text)?))
        })
        .collect();
    let properties = if properties.is_empty() { String::new() } else { format!(" ({})", properties.join(", ")) };
    format!("the event `{name}` goes to Application Insights{properties}").into()
}

/// The name in `{property:NAME}`.
fn property(partner: &str) -> Option<&str> {
    let inner = partner.trim().strip_prefix('{')?.strip_suffix('}')?;
    let (kind, name) = inner.split_once(':')?;
    kind.eq_ignore_ascii_case("property").then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::call::fixture::{Fixture, shown_findings};

    #[test]
    fn an_event_has_its_name_and_properties() {
        let fixture = |name: Option<ClaimValue>| {
            Fixture::new(&[])
                .input("EventType=eventName", name)
                .input("policy={property:Policy}", Some("B2C_1A_x".into()))
                .input("absent={property:Absent}", None)
                .input("flag:boolean={Property:Flag}", Some(true.into()))
                .input("plain", Some("x".into()))
        };
        let named = fixture(Some("SignIn".into()));
        assert_eq!(event(&named.input_values(), false), "the event `SignIn` goes to Application Insights (Policy=B2C_1A_x, Flag=True)");
        assert_eq!(event(&named.input_values(), true), "nothing goes to Application Insights: `DisableTelemetry` is true");
        let nameless = event(&fixture(None).input_values(), false);
        assert_eq!(nameless, "nothing goes to Application Insights: the input claim `eventName` has no value");
    }

    #[test]
    fn settings_are_checked() {
        let found = |metadata: &[(&str, &str)]| shown_findings(&Fixture::new(metadata).input("eventName", None).with_setup(check));
        assert!(found(&[("InstrumentationKey", "1"), ("DeveloperMode", "false")]).is_empty());
        assert_eq!(
            found(&[("DisableTelemetry", "no")]),
            [
                "error[B2C0501]: The application insights profile 'Profile' does not specify an InstrumentationKey.",
                "error[B2C0503]: Profile 'Profile' contains an invalid boolean for DisableTelemetry. Expected either 'true' or 'false'.",
            ]
        );
    }
}
