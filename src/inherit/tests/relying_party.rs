use super::*;

#[track_caller]
fn check(levels: [&str; 2], expected: &str) {
    let levels = levels.map(|content| format!("<RelyingParty>{content}</RelyingParty>"));
    let policy = merged(&levels.each_ref().map(String::as_str));
    let relying_party = policy.relying_party.clone().unwrap();
    let mut found = vec![shown(&policy, &relying_party.default_user_journey, |id| id.to_string())];
    for endpoint in &relying_party.endpoints {
        found.push(format!("{}={}@{}", endpoint.id.value, endpoint.user_journey.value, level(&policy, endpoint.span)));
    }
    for profile in &relying_party.technical_profiles {
        let claims: Vec<_> = profile.output_claims.iter().map(|claim| claim.claim.to_string()).collect();
        found.push(format!("{}({})@{}", profile.id.value, claims.join(","), level(&policy, profile.span)));
    }
    assert_eq!(found.join(" "), expected);
    assert_eq!(level(&policy, relying_party.span), 2);
}

#[test]
fn a_default_journey_is_that_of_the_most_derived_level() {
    let journey = |id: &str| format!("<DefaultUserJourney ReferenceId='{id}'/>");
    check([&journey("a"), ""], "a@1");
    check([&journey("a"), &journey("b")], "b@2");
    check(["", &journey("b")], "b@2");
}

#[test]
fn endpoints_go_by_their_id() {
    let endpoints = |list: &[(&str, &str)]| {
        let list: String = list.iter().map(|(id, journey)| format!("<Endpoint Id='{id}' UserJourneyReferenceId='{journey}'/>")).collect();
        format!("<Endpoints>{list}</Endpoints>")
    };
    check([&endpoints(&[("Token", "a"), ("UserInfo", "a")]), &endpoints(&[("token", "b")])], "- token=b@2 UserInfo=a@1");
}

#[test]
fn technical_profiles_go_by_their_id_and_are_merged() {
    let profile = |id: &str, claim: &str| {
        format!("<TechnicalProfile Id='{id}'><OutputClaims><OutputClaim ClaimTypeReferenceId='{claim}'/></OutputClaims></TechnicalProfile>")
    };
    let (a, b) = (profile("PolicyProfile", "a"), profile("policyprofile", "b"));
    check([&a, &b], "- policyprofile(b,a)@2");
    check([&a, ""], "- PolicyProfile(a)@1");
    check([&a, &profile("Other", "c")], "- Other(c)@2 PolicyProfile(a)@1");
}

#[test]
fn behaviors_are_taken_one_by_one() {
    let all = |n: u32, expiry: &str, script: &str, mode: &str| {
        format!(
            "<UserJourneyBehaviors><SingleSignOn Scope='Tenant' KeepAliveInDays='{n}'/><SessionExpiryType>{expiry}</SessionExpiryType>\
             <SessionExpiryInSeconds>{n}</SessionExpiryInSeconds><JourneyInsights TelemetryEngine='ApplicationInsights' InstrumentationKey='k{n}'/>\
             <ContentDefinitionParameters><Parameter Name='p'>{n}</Parameter></ContentDefinitionParameters>\
             <JourneyFraming Enabled='true' Sources='s{n}'/><ScriptExecution>{script}</ScriptExecution><OnError Mode='{mode}'/></UserJourneyBehaviors>"
        )
    };
    let check = |levels: [&str; 2], expected: &str| {
        let levels = levels.map(|content| format!("<RelyingParty>{content}</RelyingParty>"));
        let policy = merged(&levels.each_ref().map(String::as_str));
        let behaviors = policy.relying_party.as_ref().unwrap().user_journey_behaviors.clone().unwrap();
        let text = |text: &crate::claims::Str| text.to_string();
        let found = [
            shown(&policy, &behaviors.single_sign_on.as_ref().and_then(|sign_on| sign_on.keep_alive_in_days), u32::to_string),
            shown(&policy, &behaviors.session_expiry_type, |kind| kind.name().to_owned()),
            shown(&policy, &behaviors.session_expiry_in_seconds, u32::to_string),
            shown(&policy, &behaviors.journey_insights.and_then(|insights| insights.instrumentation_key), text),
            shown(&policy, &behaviors.content_definition_parameters.first().map(|parameter| parameter.value.clone()), text),
            shown(&policy, &behaviors.journey_framing.and_then(|framing| framing.sources), text),
            shown(&policy, &behaviors.script_execution, |script| script.name().to_owned()),
            shown(&policy, &behaviors.on_error, |mode| mode.name().to_owned()),
        ];
        assert_eq!(found.join(" "), expected);
    };
    let (parent, child) = (all(1, "Rolling", "Allow", "DisplayInService"), all(2, "Absolute", "Disallow", "ReturnToRequestor"));
    let inherited = "1@1 Rolling@1 1@1 k1@1 1@1 s1@1 Allow@1 DisplayInService@1";
    let own = "2@2 Absolute@2 2@2 k2@2 2@2 s2@2 Disallow@2 ReturnToRequestor@2";
    check([&parent, ""], inherited);
    check([&parent, "<UserJourneyBehaviors/>"], inherited);
    check([&parent, &child], own);
    check(["", &child], own);
}

#[test]
fn a_level_without_a_relying_party_inherits_it() {
    let policy = merged(&["<RelyingParty><DefaultUserJourney ReferenceId='a'/></RelyingParty>", ""]);
    assert!(policy.relying_party.unwrap().default_user_journey.is_some());
    assert!(merged(&["", ""]).relying_party.is_none());
}

#[test]
fn what_occurs_twice_is_told() {
    let content = "<RelyingParty><Endpoints><Endpoint Id='e' UserJourneyReferenceId='a'/><Endpoint Id='E' UserJourneyReferenceId='b'/></Endpoints>\
                   <TechnicalProfile Id='p'><Metadata><Item Key='k'>1</Item><Item Key='k'>2</Item></Metadata></TechnicalProfile><TechnicalProfile Id='P'/></RelyingParty>";
    let files = Files::levels(&[content]);
    let policy = files.merged();
    let relying_party = policy.relying_party.as_ref().unwrap();
    assert_eq!((relying_party.endpoints.len(), relying_party.technical_profiles.len()), (1, 1));
    assert_eq!(relying_party.endpoints[0].user_journey.value, "a");
    assert_eq!(relying_party.technical_profiles[0].metadata.len(), 1);
    assert_eq!(
        files.lines(&policy.diagnostics),
        [
            "warning B2C0111: the metadata key `k` occurs twice [P1:k, P1:k]",
            "error B2C0111: `Endpoint` `E` occurs twice in this file [P1:E, P1:e]",
            "error B2C0111: `TechnicalProfile` `P` occurs twice in this file [P1:P, P1:p]",
        ]
    );
}
