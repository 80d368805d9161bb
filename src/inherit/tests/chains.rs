use super::*;

fn ids(chain: &Chain<'_>) -> Vec<String> {
    chain.levels.iter().map(|file| file.policy_id.as_ref().unwrap().to_string()).collect()
}

/// Ids and bases; all of tenant `t`.
fn files(policies: &[(&str, &str)]) -> Files {
    let mut files = Files::levels(&[]);
    for (id, base) in policies {
        files.add(id, "t", (!base.is_empty()).then_some(("t", *base)), "");
    }
    files
}

#[track_caller]
fn check(files: &Files, policy_id: &str, levels: &[&str], diagnostics: &[&str]) {
    let index = PolicyIndex::new(&files.files);
    let chain = index.chain(policy_id).unwrap();
    assert_eq!(ids(&chain), levels);
    assert_eq!(files.lines(&chain.diagnostics), diagnostics);
}

#[test]
fn inh_1_a_chain_is_base_first() {
    check(&files(&[("Top", "Mid"), ("Base", ""), ("Mid", "Base")]), "Top", &["Base", "Mid", "Top"], &[]);
}

#[test]
fn inh_4_policy_ids_compare_without_case() {
    check(&files(&[("Top", "bASE"), ("Base", "")]), "TOP", &["Base", "Top"], &[]);
    assert!(PolicyIndex::new(&files(&[("Top", "")]).files).chain("Tip").is_none());
}

#[test]
fn inh_2_a_missing_base_is_told_with_the_name_that_was_meant() {
    let files = files(&[("Top", "B2C_1A_Bsae"), ("B2C_1A_Base", "")]);
    let message = "error B2C0201: the base policy `B2C_1A_Bsae` is not among the files [Top:B2C_1A_Bsae]";
    check(&files, "Top", &["Top"], &[message]);
    let chain = PolicyIndex::new(&files.files).chain("Top").unwrap();
    assert_eq!(chain.diagnostics[0].help.as_deref(), Some("did you mean `B2C_1A_Base`?"));
}

#[test]
fn inh_2_a_base_of_another_tenant_is_found_with_a_warning() {
    let mut files = Files::levels(&[]);
    files.add("Top", "t", Some(("emea", "Base")), "");
    files.add("Base", "noam", None, "");
    let message = "warning B2C0205: the base `Base` is looked up in tenant `emea`, but the file at hand is of `noam` [Top:emea, Base:noam]";
    check(&files, "Top", &["Base", "Top"], &[message]);
}

#[test]
fn inh_2_of_several_files_of_one_id_the_tenant_decides() {
    let mut files = Files::levels(&[]);
    files.add("Top", "t", Some(("EMEA", "Base")), "");
    files.add("Base", "noam", None, "");
    files.add("Base", "emea", None, "");
    let message = "warning B2C0204: the PolicyId `Base` occurs in 2 files [Base:Base, Base:Base]";
    check(&files, "Top", &["Base", "Top"], &[message]);
    let index = PolicyIndex::new(&files.files);
    let chain = index.chain("Top").unwrap();
    assert_eq!(chain.levels[0].file, files.files[2].file);
}

#[test]
fn one_policy_id_twice_in_a_tenant_is_an_error() {
    let files = files(&[("Top", "Base"), ("Base", ""), ("BASE", "")]);
    check(&files, "Top", &["Base", "Top"], &["error B2C0204: the PolicyId `Base` occurs in 2 files [Base:Base, BASE:BASE]"]);
}

#[test]
fn a_policy_that_is_its_own_base_is_told() {
    check(&files(&[("A", "a")]), "A", &["A"], &["error B2C0202: the policy `A` is its own base [A:a]"]);
}

#[test]
fn a_cycle_of_three_is_told_at_all_of_them() {
    let files = files(&[("Top", "A"), ("A", "B"), ("B", "C"), ("C", "A")]);
    let message = "error B2C0202: the policy `A` comes back to itself over its bases [A:B, B:C, C:A]";
    check(&files, "Top", &["C", "B", "A", "Top"], &[message]);
}

#[test]
fn a_chain_has_at_most_ten_levels() {
    let names: Vec<String> = (0..11).map(|n| format!("P{n}")).collect();
    let policies: Vec<(&str, &str)> = (0..11).map(|n| (names[n].as_str(), if n == 0 { "" } else { names[n - 1].as_str() })).collect();
    let ids: Vec<&str> = names.iter().map(String::as_str).collect();
    check(&files(&policies), "P9", &ids[..10], &[]);
    check(&files(&policies), "P10", &ids, &["error B2C0203: the chain has 11 levels, the service takes 10 [P10:P10, P1:P0]"]);
}

#[test]
fn relying_parties_are_found() {
    let mut files = files(&[("Base", "")]);
    files.add("Top", "t", Some(("t", "Base")), "<RelyingParty/>");
    let index = PolicyIndex::new(&files.files);
    let found: Vec<_> = index.relying_parties().map(|file| file.policy_id.as_ref().unwrap().as_str()).collect();
    assert_eq!(found, ["Top"]);
    assert_eq!(index.policy_ids().map(|id| id.as_str()).collect::<Vec<_>>(), ["Base", "Top"]);
}

#[test]
fn every_part_knows_its_level() {
    let policy = merged(&["<BuildingBlocks><ClaimsSchema><ClaimType Id='a'/></ClaimsSchema></BuildingBlocks>", "<RelyingParty/>"]);
    let claim = policy.claim_types.get("A").unwrap();
    assert_eq!(policy.level_index(claim.span), Some(0));
    assert_eq!(policy.origin(claim.span).unwrap().policy_id.as_ref().unwrap().value, "P1");
    assert_eq!(policy.level_index(policy.relying_party.as_ref().unwrap().span), Some(1));
    assert_eq!(policy.top().unwrap().policy_id.as_ref().unwrap().value, "P2");
}

#[test]
fn what_only_one_level_has_is_shared_with_it() {
    let files = Files::levels(&["<BuildingBlocks><ClaimsSchema><ClaimType Id='a'/></ClaimsSchema></BuildingBlocks>", ""]);
    let policy = files.merged();
    assert!(std::sync::Arc::ptr_eq(policy.claim_types.get("a").unwrap(), &files.files[0].claim_types[0]));
}

#[test]
fn the_deployment_mode_is_that_of_the_top_level_alone() {
    let mut files = Files::levels(&[""]);
    assert_eq!(files.merged().deployment_mode(), policy::DeploymentMode::Production);
    files.add("Dev", "t' DeploymentMode='Development", Some(("t", "P1")), "");
    assert_eq!(files.merged().deployment_mode(), policy::DeploymentMode::Development);
    files.add("Top", "t", Some(("t", "Dev")), "");
    assert_eq!(files.merged().deployment_mode(), policy::DeploymentMode::Production);
}

#[test]
fn the_order_of_parts_is_that_of_their_first_occurrence() {
    let claims = |ids: &[&str]| {
        let claims: String = ids.iter().map(|id| format!("<ClaimType Id='{id}'/>")).collect();
        format!("<BuildingBlocks><ClaimsSchema>{claims}</ClaimsSchema></BuildingBlocks>")
    };
    let policy = merged(&[&claims(&["b", "a"]), &claims(&["c", "A"])]);
    assert_eq!(policy.claim_types.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["b", "a", "c"]);
    assert_eq!((policy.claim_types.len(), policy.claim_types.is_empty(), policy.predicates.is_empty()), (3, false, true));
}
