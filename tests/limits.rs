//! Limits of the service and of the reader, on files too large to be kept.

#![cfg(test)]

use b2c_journey::PolicySet;
use b2c_journey::check::{Options, check};
use b2c_journey::xml::Limits;

fn policy(tenant: &str, id: &str, inside: &str) -> String {
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"{tenant}\" PolicyId=\"{id}\" PublicPolicyUri=\"http://{tenant}/{id}\">{inside}</TrustFrameworkPolicy>"
    )
}

/// Codes and files of what is found in these files, all but what other rules say of policies that are as bare as these.
fn found(files: &[String], limits: &Limits) -> Vec<String> {
    let named: Vec<(String, &String)> = files.iter().enumerate().map(|(index, text)| (format!("{index}.xml"), text)).collect();
    let set = PolicySet::from_bytes(named.iter().map(|(name, text)| (name.as_str(), text.as_bytes())), limits);
    let report = check(&set, &Options::default());
    let limits = report.diagnostics.iter().filter(|diagnostic| diagnostic.code.starts_with("B2C10"));
    limits.map(|diagnostic| format!("{} {}", diagnostic.code, set.sources().place(diagnostic.span().unwrap()).file)).collect()
}

#[test]
fn a_file_is_small_enough_for_the_service_and_for_the_reader() {
    let filled = |bytes: usize| {
        let frame = policy("contoso.onmicrosoft.com", "B2C_1A_large", "<!---->").len();
        policy("contoso.onmicrosoft.com", "B2C_1A_large", &format!("<!--{}-->", "x".repeat(bytes - frame)))
    };
    let limits = Limits::default();
    assert_eq!(found(&[filled(1024 * 1024)], &limits), [""; 0]);
    assert_eq!(found(&[filled(1024 * 1024 + 1)], &limits), ["B2C1002 0.xml"]);
    assert_eq!(found(&[filled(limits.file_bytes)], &limits), ["B2C1002 0.xml"]);
    assert_eq!(found(&[filled(limits.file_bytes + 1)], &limits), ["B2C1001 0.xml"]);
}

#[test]
fn a_file_has_no_more_nodes_than_the_reader_takes() {
    let limits = Limits { nodes: 20, ..Limits::default() };
    let journeys = |count: usize| {
        policy("contoso.onmicrosoft.com", "B2C_1A_many", &format!("<UserJourneys>{}</UserJourneys>", "<UserJourney/>".repeat(count)))
    };
    assert_eq!(found(&[journeys(13)], &limits), [""; 0]);
    assert_eq!(found(&[journeys(14)], &limits), ["B2C1004 0.xml"]);
}

#[test]
fn a_tenant_takes_200_policies() {
    let of = |tenant: &str, count: usize| (0..count).map(|n| policy(tenant, &format!("B2C_1A_{n}"), "")).collect::<Vec<_>>();
    let limits = Limits::default();
    assert_eq!(found(&of("contoso.onmicrosoft.com", 200), &limits), [""; 0]);
    let two = [of("contoso.onmicrosoft.com", 150), of("fabrikam.onmicrosoft.com", 150)].concat();
    assert_eq!(found(&two, &limits), [""; 0]);
    assert_eq!(found(&of("contoso.onmicrosoft.com", 202), &limits), ["B2C1005 200.xml"]);
}
