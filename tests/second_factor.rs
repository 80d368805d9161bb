//! On what a second factor rests, in the tutorial's own form and in the worked example; and flows that are made to be long.
#![cfg(test)]

use std::fmt::Write;
use std::path::Path;

use b2c_journey::check::{Options, Report, check};
use b2c_journey::diagnostic::Severity;
use b2c_journey::{PolicySet, xml::Limits};

fn read(folders: &[&str]) -> PolicySet {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    PolicySet::from_paths(&folders.iter().map(|folder| root.join(folder)).collect::<Vec<_>>()).unwrap()
}

/// Each finding of a code as its labels: the text at the place and what is said of it.
fn labels(set: &PolicySet, report: &Report, code: &str) -> Vec<Vec<String>> {
    let found = report.diagnostics.iter().filter(|diagnostic| diagnostic.code == code);
    found.map(|one| one.labels.iter().map(|label| format!("{}: {}", set.sources().text(label.span), label.message)).collect()).collect()
}

#[test]
fn the_tutorial_asks_a_skipped_page_for_the_session_and_takes_a_constant_for_it() {
    let set = read(&["policies", "tests/policies/tutorial"]);
    let report = check(&set, &Options::default());
    assert_eq!(
        labels(&set, &report, "B2C0906"),
        [[
            "SM-AAD: single sign-on skips the page",
            "clientSessionId: typed here",
            "clientsessionId: sent to the API here, by `BioCatch-API-GETSCORE`",
            "riskLevel: decides here",
            "10: the step that asks for the second factor",
        ]]
    );
    assert_eq!(
        labels(&set, &report, "B2C0907"),
        [[
            "clientSessionId: when it has no value",
            "clientsessionId: sent to the API here, by `BioCatch-API-GETSCORE`",
            "riskLevel: decides here",
            "10: the step that asks for the second factor",
        ]]
    );
    assert!(labels(&set, &report, "B2C0905").is_empty(), "what the API answers is not typed");
    let severities = report.diagnostics.iter().filter(|one| ["B2C0906", "B2C0907"].contains(&one.code)).map(|one| one.severity);
    assert!(severities.into_iter().all(|severity| severity == Severity::Warning));
}

#[test]
fn the_worked_example_has_none_of_these_weaknesses() {
    let set = read(&["policies"]);
    let report = check(&set, &Options::default());
    for code in ["B2C0905", "B2C0906", "B2C0907"] {
        assert!(labels(&set, &report, code).is_empty(), "{code}");
    }
}

fn checked(body: &str) -> Report {
    let head = r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0"
        TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_Long" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_Long">"#;
    let party = r#"<RelyingParty><DefaultUserJourney ReferenceId="J" /></RelyingParty></TrustFrameworkPolicy>"#;
    let text = format!("{head}{body}{party}");
    check(&PolicySet::from_bytes([("long.xml", text.as_bytes())], &Limits::default()), &Options::default())
}

#[test]
fn sub_journeys_that_double_again_and_again_come_to_an_end() {
    let mut body = String::from(r#"<UserJourneys><UserJourney Id="J"><OrchestrationSteps>"#);
    let invoke = |order: u32, sub: u32| {
        format!(
            r#"<OrchestrationStep Order="{order}" Type="InvokeSubJourney"><JourneyList><Candidate SubJourneyReferenceId="S{sub}" /></JourneyList></OrchestrationStep>"#
        )
    };
    write!(body, "{}</OrchestrationSteps></UserJourney></UserJourneys><SubJourneys>", invoke(1, 1)).unwrap();
    for sub in 1..60 {
        let steps = format!("{}{}", invoke(1, sub + 1), invoke(2, sub + 1));
        write!(body, r#"<SubJourney Id="S{sub}" Type="Call"><OrchestrationSteps>{steps}</OrchestrationSteps></SubJourney>"#).unwrap();
    }
    body.push_str(r#"<SubJourney Id="S60" Type="Call"><OrchestrationSteps /></SubJourney></SubJourneys>"#);
    assert!(checked(&body).diagnostics.iter().any(|one| one.code == "B2C0408"));
}

#[test]
fn a_page_that_validates_itself_comes_to_an_end() {
    let page = r#"<ClaimsProviders><ClaimsProvider><DisplayName>P</DisplayName><TechnicalProfiles><TechnicalProfile Id="Page"><DisplayName>P</DisplayName>
        <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.SelfAssertedAttributeProvider, Web.TPEngine" />
        <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId="Page" /></ValidationTechnicalProfiles>
        </TechnicalProfile></TechnicalProfiles></ClaimsProvider></ClaimsProviders><UserJourneys><UserJourney Id="J"><OrchestrationSteps>
        <OrchestrationStep Order="1" Type="ClaimsExchange"><ClaimsExchanges><ClaimsExchange Id="E" TechnicalProfileReferenceId="Page" /></ClaimsExchanges>
        </OrchestrationStep></OrchestrationSteps></UserJourney></UserJourneys>"#;
    assert!(checked(page).diagnostics.iter().any(|one| one.code == "B2C0408"));
}
