use super::*;
use crate::policy::{ClaimReference, DisplayClaimTarget, TechnicalProfile};

fn provider(profiles: &str) -> String {
    format!("<ClaimsProviders><ClaimsProvider><TechnicalProfiles>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>")
}

/// Levels that each have one profile `T` with this content.
#[track_caller]
pub(super) fn profile_of(levels: &[&str]) -> (EffectivePolicy, std::sync::Arc<TechnicalProfile>) {
    let levels: Vec<String> =
        levels.iter().map(|content| provider(&format!("<TechnicalProfile Id='T'>{content}</TechnicalProfile>"))).collect();
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    let policy = merged(&levels);
    let profile = policy.technical_profiles.get("t").unwrap().clone();
    (policy, profile)
}

fn claims(policy: &EffectivePolicy, claims: &[ClaimReference]) -> Vec<String> {
    let line = |claim: &ClaimReference| {
        let partner = claim.partner_claim_type.as_ref().map_or("", |partner| partner.as_str());
        format!("{}:{partner}@{}", claim.claim.value, level(policy, claim.span))
    };
    claims.iter().map(line).collect()
}

fn scalars(policy: &EffectivePolicy, profile: &TechnicalProfile) -> String {
    let text = |text: &crate::claims::Str| text.to_string();
    let id = |id: &Id| id.to_string();
    let protocol = profile.protocol.as_ref();
    let naming = profile.subject_naming_info.as_ref();
    [
        shown(policy, &profile.domain, text),
        shown(policy, &profile.display_name, text),
        shown(policy, &profile.description, text),
        protocol.map_or("-".to_owned(), |protocol| shown(policy, &protocol.name, text)),
        shown(policy, &profile.input_token_format, text),
        shown(policy, &profile.output_token_format, text),
        shown(policy, &profile.include_in_sso, bool::to_string),
        naming.map_or("-".to_owned(), |naming| shown(policy, &naming.claim_type, text)),
        shown(policy, &profile.include_technical_profile, id),
        shown(policy, &profile.include_claims_from, id),
        shown(policy, &profile.use_for_session_management, id),
        shown(policy, &profile.enabled_for_user_journeys, |value| format!("{value:?}")),
    ]
    .join(" ")
}

#[test]
fn tp_m1_a_scalar_is_the_childs_if_present() {
    let all = |n: &str, sso: &str, enabled: &str| {
        format!(
            "<Domain>d{n}</Domain><DisplayName>n{n}</DisplayName><Description>t{n}</Description><Protocol Name='p{n}'/>\
             <InputTokenFormat>JWT</InputTokenFormat><OutputTokenFormat>JSON</OutputTokenFormat><IncludeInSso>{sso}</IncludeInSso>\
             <SubjectNamingInfo ClaimType='s{n}'/><IncludeClaimsFromTechnicalProfile>c{n}</IncludeClaimsFromTechnicalProfile>\
             <IncludeTechnicalProfile ReferenceId='i{n}'/><UseTechnicalProfileForSessionManagement ReferenceId='m{n}'/>\
             <EnabledForUserJourneys>{enabled}</EnabledForUserJourneys>"
        )
    };
    let (parent, child) = (all("1", "true", "Always"), all("2", "false", "Never"));
    let inherited = "d1@1 n1@1 t1@1 p1@1 JWT@1 JSON@1 true@1 s1@1 i1@1 c1@1 m1@1 Always@1";
    let (policy, profile) = profile_of(&[&parent, ""]);
    assert_eq!(scalars(&policy, &profile), inherited);
    let own = "d2@2 n2@2 t2@2 p2@2 JWT@2 JSON@2 false@2 s2@2 i2@2 c2@2 m2@2 Never@2";
    let (policy, profile) = profile_of(&[&parent, &child]);
    assert_eq!(scalars(&policy, &profile), own);
    let (policy, profile) = profile_of(&["", &child]);
    assert_eq!(scalars(&policy, &profile), own);
    let (policy, profile) = profile_of(&[""]);
    assert_eq!(scalars(&policy, &profile), "- - - - - - - - - - - -");
}

#[test]
fn inh_1_a_child_merges_and_never_replaces_a_profile() {
    let (policy, profile) = profile_of(&["<Description>x</Description>", "<DisplayName>y</DisplayName>"]);
    assert_eq!((profile.description.is_some(), profile.display_name.is_some()), (true, true));
    assert_eq!(level(&policy, profile.span), 2);
    assert_eq!(level(&policy, profile.id.span), 2);
}

fn metadata(policy: &EffectivePolicy, profile: &TechnicalProfile) -> Vec<String> {
    let line = |item: &crate::policy::MetadataItem| format!("{}={}@{}", item.key.value, item.value.value, level(policy, item.span));
    profile.metadata.iter().map(line).collect()
}

#[test]
fn tp_m2_metadata_go_by_their_key_and_the_child_wins() {
    let parent = "<Metadata><Item Key='a'>1</Item><Item Key='b'>1</Item></Metadata>";
    let (policy, profile) = profile_of(&[parent, "<Metadata><Item Key='b'>2</Item><Item Key='c'>2</Item></Metadata>"]);
    assert_eq!(metadata(&policy, &profile), ["b=2@2", "c=2@2", "a=1@1"]);
    let (policy, profile) = profile_of(&[parent, ""]);
    assert_eq!(metadata(&policy, &profile), ["a=1@1", "b=1@1"]);
}

#[test]
fn tp_m2_a_key_in_another_case_is_the_same_with_a_warning() {
    let level = |items: &str| provider(&format!("<TechnicalProfile Id='T'><Metadata>{items}</Metadata></TechnicalProfile>"));
    let files = Files::levels(&[&level("<Item Key='METADATA'>1</Item>"), &level("<Item Key='Metadata'>2</Item>")]);
    let policy = files.merged();
    assert_eq!(metadata(&policy, policy.technical_profiles.get("T").unwrap()), ["Metadata=2@2"]);
    let warning = "warning B2C0302: the metadata key `Metadata` is spelled `METADATA` in the base [P2:Metadata, P1:METADATA]";
    assert_eq!(files.lines(&policy.diagnostics), [warning]);
    // Where the parent has the exact key, that one is meant.
    let files = Files::levels(&[&level("<Item Key='K'>1</Item><Item Key='k'>1</Item>"), &level("<Item Key='k'>2</Item>")]);
    let policy = files.merged();
    assert_eq!(metadata(&policy, policy.technical_profiles.get("T").unwrap()), ["k=2@2", "K=1@1"]);
    assert_eq!(files.lines(&policy.diagnostics), Vec::<String>::new());
    let (policy, profile) = profile_of(&["<Metadata><Item Key='a '>1</Item></Metadata>", "<Metadata><Item Key='a'>2</Item></Metadata>"]);
    assert_eq!(metadata(&policy, &profile), ["a=2@2", "a =1@1"]);
}

#[test]
fn tp_m3_keys_go_by_their_id_and_the_child_wins() {
    let keys = |keys: &[(&str, &str)]| {
        let keys: String = keys.iter().map(|(id, storage)| format!("<Key Id='{id}' StorageReferenceId='{storage}'/>")).collect();
        format!("<CryptographicKeys>{keys}</CryptographicKeys>")
    };
    let (policy, profile) = profile_of(&[&keys(&[("a", "x"), ("b", "y")]), &keys(&[("B", "z")])]);
    let found: Vec<_> =
        profile.cryptographic_keys.iter().map(|key| shown(&policy, &key.storage_reference_id, |id| id.to_string())).collect();
    assert_eq!(found, ["z@2", "x@1"]);
}

const LISTS: [(&str, &str); 3] = [("InputClaims", "InputClaim"), ("OutputClaims", "OutputClaim"), ("PersistedClaims", "PersistedClaim")];

fn list<'p>(profile: &'p TechnicalProfile, name: &str) -> &'p [ClaimReference] {
    match name {
        "InputClaims" => &profile.input_claims,
        "OutputClaims" => &profile.output_claims,
        _ => &profile.persisted_claims,
    }
}

#[track_caller]
fn check_claims(parent: &[(&str, &str)], child: &[(&str, &str)], expected: &[&str]) {
    for (collection, item) in LISTS {
        let level = |claims: &[(&str, &str)]| {
            let claims: String =
                claims.iter().map(|(id, partner)| format!("<{item} ClaimTypeReferenceId='{id}' PartnerClaimType='{partner}'/>")).collect();
            format!("<{collection}>{claims}</{collection}>")
        };
        let (policy, profile) = profile_of(&[&level(parent), &level(child)]);
        assert_eq!(claims(&policy, list(&profile, collection)), expected, "{collection}");
    }
}

#[test]
fn tp_m4_the_childs_claims_come_first() {
    check_claims(&[("a", ""), ("b", "")], &[("c", "")], &["c:@2", "a:@1", "b:@1"]);
    check_claims(&[("a", "")], &[], &["a:@1"]);
}

#[test]
fn tp_m5_a_restated_claim_is_the_childs_whole_and_at_its_place() {
    check_claims(&[("a", "x"), ("b", "x")], &[("B", "")], &["B:@2", "a:x@1"]);
}

#[test]
fn tp_m5_two_entries_of_one_file_for_one_claim_are_kept() {
    check_claims(&[("a", "x"), ("a", "y")], &[("b", "")], &["b:@2", "a:x@1", "a:y@1"]);
    check_claims(&[("a", "z")], &[("a", "x"), ("a", "y")], &["a:x@2", "a:y@2"]);
}

#[test]
fn tp_m5_display_claims_go_by_claim_or_control() {
    let parent = "<DisplayClaims><DisplayClaim ClaimTypeReferenceId='x'/><DisplayClaim DisplayControlReferenceId='y'/></DisplayClaims>";
    let child = "<DisplayClaims><DisplayClaim DisplayControlReferenceId='X'/><DisplayClaim DisplayControlReferenceId='Y'/></DisplayClaims>";
    let (policy, profile) = profile_of(&[parent, child]);
    let line = |claim: &crate::policy::DisplayClaim| match &claim.target {
        DisplayClaimTarget::Claim(id) => format!("claim {}@{}", id.value, level(&policy, claim.span)),
        DisplayClaimTarget::Control(id) => format!("control {}@{}", id.value, level(&policy, claim.span)),
    };
    let found: Vec<_> = profile.display_claims.as_ref().unwrap().iter().map(line).collect();
    assert_eq!(found, ["control X@2", "control Y@2", "claim x@1"]);
}

#[test]
fn tp_m8_display_claims_stay_even_when_a_child_gives_none() {
    let some = "<DisplayClaims><DisplayClaim ClaimTypeReferenceId='x'/></DisplayClaims>";
    let count = |levels: &[&str]| profile_of(levels).1.display_claims.as_ref().map(Vec::len);
    assert_eq!(
        [count(&[some, ""]), count(&["", some]), count(&["", "<DisplayClaims/>"]), count(&["", ""])],
        [Some(1), Some(1), Some(0), None]
    );
}

#[test]
fn tp_m6_validation_technical_profiles_run_twice_when_restated() {
    let validations = |ids: &[&str]| {
        let ids: String = ids.iter().map(|id| format!("<ValidationTechnicalProfile ReferenceId='{id}'/>")).collect();
        format!("<ValidationTechnicalProfiles>{ids}</ValidationTechnicalProfiles>")
    };
    let (policy, profile) = profile_of(&[&validations(&["a", "b"]), &validations(&["c", "a"])]);
    let found: Vec<_> =
        profile.validation_technical_profiles.iter().map(|v| format!("{}@{}", v.reference.value, level(&policy, v.span))).collect();
    assert_eq!(found, ["c@2", "a@2", "a@1", "b@1"]);
}

#[test]
fn tp_m7_transformations_are_kept_twice() {
    for name in ["InputClaimsTransformation", "OutputClaimsTransformation"] {
        let transformations = |ids: &[&str]| {
            let ids: String = ids.iter().map(|id| format!("<{name} ReferenceId='{id}'/>")).collect();
            format!("<{name}s>{ids}</{name}s>")
        };
        let (_, profile) = profile_of(&[&transformations(&["a", "b"]), &transformations(&["b"])]);
        let found = [&profile.input_claims_transformations, &profile.output_claims_transformations]
            .map(|list| list.iter().map(|id| id.to_string()).collect::<Vec<_>>().join(" "));
        let expected = if name.starts_with("Input") { ["b a b", ""] } else { ["", "b a b"] };
        assert_eq!(found, expected);
    }
}

#[test]
fn elements_without_effect_are_kept_of_both() {
    let (policy, profile) = profile_of(&["<PreferredBinding>x</PreferredBinding>", "<ErrorHandlers/>"]);
    let found: Vec<_> = profile.unused.iter().map(|unused| format!("{}@{}", unused.name, level(&policy, unused.span))).collect();
    assert_eq!(found, ["ErrorHandlers@2", "PreferredBinding@1"]);
}

#[test]
fn a_domain_comes_from_the_most_derived_provider_that_has_one() {
    let level = |head: &str| {
        format!(
            "<ClaimsProviders><ClaimsProvider>{head}<TechnicalProfiles><TechnicalProfile Id='T'/></TechnicalProfiles></ClaimsProvider></ClaimsProviders>"
        )
    };
    let check = |levels: &[&str], expected: &str| {
        let levels: Vec<String> = levels.iter().map(|head| level(head)).collect();
        let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
        let policy = merged(&levels);
        let provider = policy.technical_profiles.get("T").unwrap().provider.clone().unwrap();
        assert_eq!(shown(&policy, &provider.domain, |domain| domain.to_string()), expected);
    };
    check(&["<Domain>a</Domain>", "<DisplayName>x</DisplayName>", ""], "a@1");
    check(&["<Domain>a</Domain>", "<Domain>b</Domain>", ""], "b@2");
    check(&["", "<Domain>b</Domain>"], "b@2");
    check(&["", ""], "-");
}

#[test]
fn a_profile_is_found_across_providers() {
    let policy = merged(&[
        "<ClaimsProviders><ClaimsProvider><DisplayName>x</DisplayName><TechnicalProfiles><TechnicalProfile Id='T'><Description>d</Description></TechnicalProfile></TechnicalProfiles></ClaimsProvider></ClaimsProviders>",
        "<ClaimsProviders><ClaimsProvider><DisplayName>y</DisplayName><TechnicalProfiles><TechnicalProfile Id='t'/></TechnicalProfiles></ClaimsProvider></ClaimsProviders>",
    ]);
    assert_eq!(policy.technical_profiles.len(), 1);
    let profile = policy.technical_profiles.get("T").unwrap();
    assert!(profile.description.is_some());
    assert_eq!(profile.provider.as_ref().unwrap().display_name.as_ref().unwrap().as_str(), "y");
}

#[test]
fn laying_is_associative() {
    let content = |n: u32, claim: &str| {
        format!(
            "<DisplayName>{n}</DisplayName><Metadata><Item Key='k'>{n}</Item><Item Key='k{n}'>{n}</Item></Metadata>\
             <OutputClaims><OutputClaim ClaimTypeReferenceId='{claim}'/><OutputClaim ClaimTypeReferenceId='c{n}'/></OutputClaims>\
             <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId='v'/></ValidationTechnicalProfiles>"
        )
    };
    let (contents, mut files) = ([content(1, "a"), content(2, "b"), content(3, "a")], Files::levels(&[]));
    for content in &contents {
        files.add("P", "t", None, &provider(&format!("<TechnicalProfile Id='T'>{content}</TechnicalProfile>")));
    }
    let [a, b, c] = [0, 1, 2].map(|index| &files.files[index].technical_profiles[0]);
    let left = lay_profile(&lay_profile(c, b), a);
    let right = lay_profile(c, &lay_profile(b, a));
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
}

#[test]
fn a_metadata_key_twice_in_a_file_is_told_and_the_last_counts() {
    let files = Files::levels(&[&provider(
        "<TechnicalProfile Id='T'><Metadata><Item Key='a'>1</Item><Item Key='b'>2</Item><Item Key='a'>3</Item></Metadata></TechnicalProfile>",
    )]);
    let policy = files.merged();
    assert_eq!(metadata(&policy, policy.technical_profiles.get("T").unwrap()), ["a=3@1", "b=2@1"]);
    assert_eq!(files.lines(&policy.diagnostics), ["warning B2C0111: the metadata key `a` occurs twice [P1:a, P1:a]"]);
}

#[test]
fn a_key_twice_in_a_file_is_told_and_the_first_counts() {
    let files = Files::levels(&[&provider(
        "<TechnicalProfile Id='T'><CryptographicKeys><Key Id='a' StorageReferenceId='x'/><Key Id='b' StorageReferenceId='y'/><Key Id='A' StorageReferenceId='z'/></CryptographicKeys></TechnicalProfile>",
    )]);
    let policy = files.merged();
    let keys: Vec<_> = policy.technical_profiles.get("T").unwrap().cryptographic_keys.iter().map(|key| key.id.to_string()).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(files.lines(&policy.diagnostics), ["warning B2C0111: `Key` `A` occurs twice in this file [P1:A, P1:a]"]);
}

#[test]
fn a_profile_twice_in_a_file_is_told_and_the_first_counts() {
    let twice = provider(
        "<TechnicalProfile Id='T'><DisplayName>1</DisplayName></TechnicalProfile><TechnicalProfile Id='t'><DisplayName>2</DisplayName></TechnicalProfile>",
    );
    for levels in [vec![twice.as_str()], vec![&provider("<TechnicalProfile Id='T'/>"), &twice]] {
        let files = Files::levels(&levels);
        let policy = files.merged();
        assert_eq!(policy.technical_profiles.get("T").unwrap().display_name.as_ref().unwrap().as_str(), "1");
        let top = format!("P{}", levels.len());
        assert_eq!(
            files.lines(&policy.diagnostics),
            [format!("error B2C0111: `TechnicalProfile` `t` occurs twice in this file [{top}:t, {top}:T]")]
        );
    }
}

#[test]
fn many_entries_are_merged_as_few_are() {
    let items = |range: std::ops::Range<u32>| range.map(|n| format!("<Item Key='k{n}'>{n}</Item>")).collect::<String>();
    let level = |items: &str| format!("<Metadata>{items}</Metadata>");
    let (_, profile) = profile_of(&[&level(&items(0..100)), &level(&items(50..150))]);
    assert_eq!(profile.metadata.len(), 150);
    let files = Files::levels(&[&provider(&format!(
        "<TechnicalProfile Id='T'>{}</TechnicalProfile>",
        level(&format!("{}{}", items(0..20), items(7..8)))
    ))]);
    assert_eq!(files.lines(&files.merged().diagnostics), ["warning B2C0111: the metadata key `k7` occurs twice [P1:k7, P1:k7]"]);
}
