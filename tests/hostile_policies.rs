//! Well-formed files that would lead a careless reader round in circles.

#![cfg(test)]

mod common;

use std::time::{Duration, Instant};

use b2c_journey::{JourneyError, PolicySet, xml::Limits};
use common::{SELF_ASSERTED, Small};

fn policy(id: &str, base: Option<&str>) -> String {
    let base = base.map_or(String::new(), |base| {
        format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>{base}</PolicyId></BasePolicy>")
    });
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"{id}\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/{id}\">{base}\
         <RelyingParty><DefaultUserJourney ReferenceId=\"Small\" /></RelyingParty></TrustFrameworkPolicy>"
    )
}

/// The errors of a policy, which must come within a second.
fn errors(files: &[(&str, String)], id: &str) -> Vec<String> {
    let begun = Instant::now();
    let set = PolicySet::from_bytes(files.iter().map(|(name, text)| (*name, text.as_bytes())), &Limits::default());
    let lines = match set.journey(id) {
        Ok(_) => Vec::new(),
        Err(JourneyError::Faulty { lines, .. }) => lines,
        Err(error) => vec![error.to_string()],
    };
    assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    lines
}

fn check(files: &[(&str, String)], id: &str, place: &str, code: &str) {
    let lines = errors(files, id);
    assert!(lines.iter().any(|line| line.starts_with(place) && line.contains(code)), "no {code} at {place} in {lines:#?}");
}

#[test]
fn a_policy_that_is_its_own_base() {
    check(&[("a.xml", policy("B2C_1A_a", Some("B2C_1A_a")))], "B2C_1A_a", "a.xml:1:", "B2C0202");
}

#[test]
fn a_cycle_of_three() {
    let files = [
        ("a.xml", policy("B2C_1A_a", Some("B2C_1A_b"))),
        ("b.xml", policy("B2C_1A_b", Some("B2C_1A_C"))),
        ("c.xml", policy("B2C_1A_c", Some("B2C_1A_a"))),
    ];
    check(&files, "B2C_1A_a", "", "B2C0202");
}

#[test]
fn a_missing_base() {
    check(&[("a.xml", policy("B2C_1A_a", Some("B2C_1A_gone")))], "B2C_1A_a", "a.xml:1:", "B2C0201");
}

#[test]
fn more_levels_than_the_service_allows() {
    let files: Vec<(String, String)> = (0..12)
        .map(|level| {
            let base = (level > 0).then(|| format!("B2C_1A_l{}", level - 1));
            (format!("l{level}.xml"), policy(&format!("B2C_1A_l{level}"), base.as_deref()))
        })
        .collect();
    let files: Vec<(&str, String)> = files.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    check(&files, "B2C_1A_l11", "", "B2C0203");
}

#[test]
fn the_same_policy_id_twice() {
    let files = [("a.xml", policy("B2C_1A_a", None)), ("b.xml", policy("b2c_1a_A", None))];
    check(&files, "B2C_1A_a", "", "B2C0204");
}

#[test]
fn technical_profiles_that_include_each_other() {
    let mut small = Small::default().exchange(1, "", "One").send(2);
    small.profiles += "<TechnicalProfile Id=\"One\"><IncludeTechnicalProfile ReferenceId=\"Two\" /></TechnicalProfile>\
                       <TechnicalProfile Id=\"Two\"><IncludeTechnicalProfile ReferenceId=\"one\" /></TechnicalProfile>";
    check(&[("small.xml", small.xml())], "B2C_1A_small", "small.xml:", "B2C0303");
}

#[test]
fn sub_journeys_that_invoke_each_other() {
    let mut small = Small::default().step(1, "InvokeSubJourney", "<JourneyList><Candidate SubJourneyReferenceId=\"Ping\" /></JourneyList>");
    small = small.send(2);
    for (own, other) in [("Ping", "Pong"), ("Pong", "Ping")] {
        small.sub_journeys += &format!(
            "<SubJourney Id=\"{own}\" Type=\"Call\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"InvokeSubJourney\">\
             <JourneyList><Candidate SubJourneyReferenceId=\"{other}\" /></JourneyList></OrchestrationStep></OrchestrationSteps></SubJourney>"
        );
    }
    let run = small.journey().simulation().run().unwrap();
    run.assert_error("never end");
}

#[test]
fn a_page_inside_a_page_is_an_error_of_the_run() {
    let page = "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
                <OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" /></OutputClaims>";
    let outer = page.replace("typed", "other");
    let outer =
        format!("{outer}<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Inner\" /></ValidationTechnicalProfiles>");
    let small = Small::default()
        .claim("typed", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("other", "string", "<UserInputType>TextBox</UserInputType>")
        .profile("Inner", SELF_ASSERTED, page)
        .profile("Outer", SELF_ASSERTED, &outer)
        .exchange(1, "", "Outer")
        .send(2);
    let journey = small.journey();
    let run = journey.simulation().stub("Outer", b2c_journey::Stubs::self_asserted().enter("other", "x")).run().unwrap();
    run.assert_waiting("Outer");
}
