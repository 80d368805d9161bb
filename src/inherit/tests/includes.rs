use super::*;

fn provider(profiles: &[(&str, &str)]) -> String {
    let profiles: String =
        profiles.iter().map(|(id, content)| format!("<TechnicalProfile Id='{id}'>{content}</TechnicalProfile>")).collect();
    format!("<ClaimsProviders><ClaimsProvider><TechnicalProfiles>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>")
}

fn include(id: &str) -> String {
    format!("<IncludeTechnicalProfile ReferenceId='{id}'/>")
}

fn output(ids: &[&str]) -> String {
    let ids: String = ids.iter().map(|id| format!("<OutputClaim ClaimTypeReferenceId='{id}'/>")).collect();
    format!("<OutputClaims>{ids}</OutputClaims>")
}

fn outputs(profile: &crate::policy::TechnicalProfile) -> Vec<String> {
    profile.output_claims.iter().map(|claim| claim.claim.to_string()).collect()
}

#[test]
fn inh_3_an_include_is_resolved_against_the_merged_policy() {
    let base = provider(&[("Common", "<Metadata><Item Key='ClientId'>base</Item></Metadata>"), ("Read", &include("COMMON"))]);
    let policy = merged(&[&base, &provider(&[("Common", "<Metadata><Item Key='ClientId'>mine</Item></Metadata>")])]);
    let read = policy.technical_profile(&reference("Read")).unwrap();
    assert_eq!(read.metadata[0].value.as_str(), "mine");
    assert_eq!(read.id.value, "Read");
}

#[test]
fn an_including_profile_is_laid_over_the_included_one_to_any_depth() {
    let policy = merged(&[&provider(&[
        ("A", &format!("<DisplayName>a</DisplayName>{}{}", output(&["x"]), include("B"))),
        ("B", &format!("<DisplayName>b</DisplayName><Description>b</Description>{}{}", output(&["y"]), include("C"))),
        ("C", &format!("<Description>c</Description>{}", output(&["x", "z"]))),
    ])]);
    let a = policy.technical_profile(&reference("A")).unwrap();
    assert_eq!(outputs(&a), ["x", "y", "z"]);
    assert_eq!((a.display_name.as_ref().unwrap().as_str(), a.description.as_ref().unwrap().as_str()), ("a", "b"));
    // The merged profile itself stays as it is.
    assert_eq!(outputs(policy.technical_profiles.get("A").unwrap()), ["x"]);
}

#[test]
fn a_profile_that_includes_nothing_is_shared() {
    let policy = merged(&[&provider(&[("A", "")])]);
    let (resolved, declared) = (policy.technical_profile(&reference("a")).unwrap(), policy.technical_profiles.get("A").unwrap());
    assert!(std::sync::Arc::ptr_eq(&resolved, declared));
}

#[test]
fn an_include_does_not_take_the_claims_provider() {
    let providers = format!(
        "<ClaimsProviders><ClaimsProvider><Domain>other</Domain><TechnicalProfiles><TechnicalProfile Id='B'/></TechnicalProfiles></ClaimsProvider>\
         <ClaimsProvider><DisplayName>mine</DisplayName><TechnicalProfiles><TechnicalProfile Id='A'>{}</TechnicalProfile></TechnicalProfiles></ClaimsProvider></ClaimsProviders>",
        include("B")
    );
    let policy = merged(&[&providers]);
    let provider = policy.technical_profile(&reference("A")).unwrap().provider.clone().unwrap();
    assert_eq!(provider.display_name.as_ref().unwrap().as_str(), "mine");
}

#[test]
fn tp_m9_claims_of_another_profile_come_after_the_own_ones() {
    let from = "<IncludeClaimsFromTechnicalProfile>B</IncludeClaimsFromTechnicalProfile>";
    let other = format!(
        "<DisplayName>b</DisplayName><InputClaims><InputClaim ClaimTypeReferenceId='i'/></InputClaims><PersistedClaims><PersistedClaim ClaimTypeReferenceId='p'/></PersistedClaims>{}",
        output(&["x", "z"])
    );
    let policy =
        merged(&[&provider(&[("A", &format!("{}{from}{}", output(&["y", "X"]), include("C"))), ("B", &other), ("C", &output(&["w"]))])]);
    let a = policy.technical_profile(&reference("A")).unwrap();
    assert_eq!(outputs(&a), ["y", "X", "w", "z"]);
    assert_eq!((a.input_claims.len(), a.persisted_claims.len(), a.display_name.is_none()), (1, 0, true));
}

#[test]
fn tp_m9_claims_are_taken_from_the_resolved_profile() {
    let from = |id: &str| format!("<IncludeClaimsFromTechnicalProfile>{id}</IncludeClaimsFromTechnicalProfile>");
    let policy = merged(&[&provider(&[("A", &from("B")), ("B", &include("C")), ("C", &output(&["z"]))])]);
    assert_eq!(outputs(&policy.technical_profile(&reference("A")).unwrap()), ["z"]);
    // An inherited IncludeClaimsFromTechnicalProfile adds nothing twice.
    let policy = merged(&[&provider(&[("A", &include("B")), ("B", &from("C")), ("C", &output(&["z", "z"]))])]);
    assert_eq!(outputs(&policy.technical_profile(&reference("A")).unwrap()), ["z", "z"]);
}

#[track_caller]
fn check_fault(profiles: &[(&str, &str)], expected: &str) -> Diagnostic {
    let files = Files::levels(&[&provider(profiles)]);
    let policy = files.merged();
    let error = policy.technical_profile(&policy.technical_profiles.get("A").unwrap().id).unwrap_err();
    assert_eq!(files.lines([&*error]), [expected]);
    *error
}

#[test]
fn an_include_of_itself_is_told() {
    check_fault(&[("A", &include("a"))], "error B2C0303: the technical profile `A` includes itself [P1:a]");
}

#[test]
fn an_include_cycle_is_told_at_all_its_places() {
    let profiles = [("A", include("B")), ("B", include("C")), ("C", include("D")), ("D", include("B"))];
    let profiles = profiles.each_ref().map(|(id, content)| (*id, content.as_str()));
    check_fault(&profiles, "error B2C0303: the technical profile `B` includes itself over others [P1:C, P1:D, P1:B]");
    let from = "<IncludeClaimsFromTechnicalProfile>A</IncludeClaimsFromTechnicalProfile>";
    check_fault(&[("A", &include("B")), ("B", from)], "error B2C0303: the technical profile `A` includes itself over others [P1:B, P1:A]");
}

#[test]
fn an_include_of_what_is_not_declared_is_told_with_the_nearest_name() {
    let error = check_fault(
        &[("A", &include("AAD-Comon")), ("AAD-Common", "")],
        "error B2C0301: the technical profile `AAD-Comon` is declared neither in policy `P1` nor in any of its bases [P1:AAD-Comon]",
    );
    assert_eq!(error.help.as_deref(), Some("did you mean `AAD-Common`?"));
}

#[test]
fn includes_nest_to_a_limit_and_branch_without_end() {
    let names: Vec<String> = (0..300).map(|n| format!("T{n}")).collect();
    let contents: Vec<String> = names
        .iter()
        .skip(1)
        .map(|name| format!("{}<IncludeClaimsFromTechnicalProfile>{name}</IncludeClaimsFromTechnicalProfile>", include(name)))
        .collect();
    let mut profiles: Vec<(&str, &str)> = names.iter().zip(&contents).map(|(id, content)| (id.as_str(), content.as_str())).collect();
    profiles.push(("T299", "<DisplayName>x</DisplayName>"));
    let policy = merged(&[&provider(&profiles)]);
    assert!(policy.technical_profile(&reference("T100")).unwrap().display_name.is_some());
    assert_eq!(policy.technical_profile(&reference("T0")).unwrap_err().code, code::TOO_DEEP);
}
