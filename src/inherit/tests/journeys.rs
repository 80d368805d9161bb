use super::*;
use crate::policy::{OrchestrationStep, StepType, UserJourney};

/// Levels that each have one user journey `J` with these steps.
#[track_caller]
fn steps_of(levels: &[&str]) -> (EffectivePolicy, std::sync::Arc<UserJourney>) {
    let levels: Vec<String> =
        levels.iter().map(|steps| journey("", &format!("<OrchestrationSteps>{steps}</OrchestrationSteps>"))).collect();
    let levels: Vec<&str> = levels.iter().map(String::as_str).collect();
    let policy = merged(&levels);
    let journey = policy.user_journeys.get("j").unwrap().clone();
    (policy, journey)
}

fn journey(attributes: &str, content: &str) -> String {
    format!("<UserJourneys><UserJourney Id='J' {attributes}>{content}</UserJourney></UserJourneys>")
}

/// `order@level` of each step.
fn orders<'s>(policy: &EffectivePolicy, steps: impl IntoIterator<Item = &'s std::sync::Arc<OrchestrationStep>>) -> Vec<String> {
    steps.into_iter().map(|step| format!("{}@{}", step.order.value, level(policy, step.span))).collect()
}

#[test]
fn uj_m1_steps_are_merged_by_their_order() {
    let base =
        "<OrchestrationStep Order='1' Type='Noop'/><OrchestrationStep Order='2' Type='Noop'/><OrchestrationStep Order='3' Type='Noop'/>";
    let (policy, journey) = steps_of(&[base, "<OrchestrationStep Order='2' Type='SendClaims'/>"]);
    assert_eq!(orders(&policy, &journey.steps), ["1@1", "2@2", "3@1"]);
    assert_eq!(journey.steps[1].kind.as_ref().unwrap().value, StepType::SendClaims);
    let (policy, journey) = steps_of(&[base, "<OrchestrationStep Order='4' Type='Noop'/><OrchestrationStep Order='1' Type='Noop'/>"]);
    assert_eq!(orders(&policy, &journey.steps), ["1@2", "2@1", "3@1", "4@2"]);
}

#[test]
fn uj_m6_steps_are_in_the_order_in_which_they_run() {
    let (policy, journey) = steps_of(&["<OrchestrationStep Order='2' Type='Noop'/><OrchestrationStep Order='1' Type='Noop'/>"]);
    assert_eq!(orders(&policy, &journey.steps), ["1@1", "2@1"]);
}

#[test]
fn uj_m2_an_attribute_is_the_childs_if_present() {
    let step = |attributes: &str| format!("<OrchestrationStep Order='1' Type='Noop' {attributes}/>");
    let check = |levels: [&str; 2], expected: [&str; 2]| {
        let (policy, journey) = steps_of(&levels.map(step).each_ref().map(String::as_str));
        let step = &journey.steps[0];
        let found = [&step.content_definition, &step.issuer].map(|part| shown(&policy, part, |id| id.to_string()));
        assert_eq!(found, expected);
        assert_eq!(level(&policy, step.kind.as_ref().unwrap().span), 2);
        assert_eq!(level(&policy, step.order.span), 2);
    };
    let both = |n: u32| format!("ContentDefinitionReferenceId='c{n}' CpimIssuerTechnicalProfileReferenceId='i{n}'");
    check([&both(1), ""], ["c1@1", "i1@1"]);
    check(["", &both(2)], ["c2@2", "i2@2"]);
    check([&both(1), &both(2)], ["c2@2", "i2@2"]);
}

#[test]
fn uj_m2_collections_that_the_child_lacks_are_inherited() {
    let base = "<OrchestrationStep Order='1' Type='InvokeSubJourney'><JourneyList><Candidate SubJourneyReferenceId='s'/></JourneyList></OrchestrationStep>";
    let precondition = "<Preconditions><Precondition Type='ClaimsExist' ExecuteActionsIf='true'><Value>x</Value><Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>";
    let child = format!("<OrchestrationStep Order='1' Type='InvokeSubJourney'>{precondition}</OrchestrationStep>");
    let (policy, journey) = steps_of(&[base, &child]);
    let step = &journey.steps[0];
    assert_eq!(level(&policy, step.journey_list.as_ref().unwrap()[0].span), 1);
    assert_eq!(level(&policy, step.preconditions.as_ref().unwrap()[0].span), 2);
    let other = base.replace("'s'", "'u'");
    let (_, journey) = steps_of(&[base, &other]);
    let list: Vec<_> = journey.steps[0].journey_list.iter().flatten().map(|candidate| candidate.sub_journey.to_string()).collect();
    assert_eq!(list, ["u"]);
}

#[test]
fn uj_m3_exchanges_are_united_by_their_id() {
    let step = |exchanges: &[(&str, &str)]| {
        let exchanges: String =
            exchanges.iter().map(|(id, profile)| format!("<ClaimsExchange Id='{id}' TechnicalProfileReferenceId='{profile}'/>")).collect();
        format!("<OrchestrationStep Order='1' Type='ClaimsExchange'><ClaimsExchanges>{exchanges}</ClaimsExchanges></OrchestrationStep>")
    };
    let check = |levels: [&[(&str, &str)]; 2], expected: &[&str]| {
        let (_, journey) = steps_of(&levels.map(step).each_ref().map(String::as_str));
        let exchanges = journey.steps[0].claims_exchanges.as_ref().unwrap();
        let found: Vec<_> =
            exchanges.iter().map(|exchange| format!("{}={}", exchange.id.value, exchange.technical_profile.value)).collect();
        assert_eq!(found, expected);
    };
    check([&[("a", "1"), ("b", "1")], &[("c", "2")]], &["c=2", "a=1", "b=1"]);
    check([&[("a", "1"), ("b", "1")], &[("B", "2")]], &["B=2", "a=1"]);
}

#[test]
fn uj_m3_selections_are_united_by_target_and_validation() {
    let step = |option: &str, selections: &[&str]| {
        let selections: String = selections.iter().map(|attributes| format!("<ClaimsProviderSelection {attributes}/>")).collect();
        format!(
            "<OrchestrationStep Order='1' Type='ClaimsProviderSelection'><ClaimsProviderSelections {option}>{selections}</ClaimsProviderSelections></OrchestrationStep>"
        )
    };
    let parent = step("DisplayOption='ShowSingleProvider'", &["TargetClaimsExchangeId='a'", "ValidationClaimsExchangeId='a'"]);
    let (policy, journey) = steps_of(&[&parent, &step("", &["TargetClaimsExchangeId='b'", "TargetClaimsExchangeId='A'"])]);
    let selections = journey.steps[0].claims_provider_selections.as_ref().unwrap();
    let line = |selection: &crate::policy::ClaimsProviderSelection| {
        let id = |id: &Option<Spanned<Id>>| id.as_ref().map_or("-".to_owned(), |id| id.to_string());
        format!("{} {}@{}", id(&selection.target), id(&selection.validation), level(&policy, selection.span))
    };
    assert_eq!(selections.selections.iter().map(line).collect::<Vec<_>>(), ["b -@2", "A -@2", "- a@1"]);
    assert_eq!(shown(&policy, &selections.display_option, |option| format!("{option:?}")), "ShowSingleProvider@1");
    let (policy, journey) = steps_of(&[&parent, &step("DisplayOption='DoNotShowSingleProvider'", &[])]);
    let option = journey.steps[0].claims_provider_selections.as_ref().unwrap().display_option;
    assert_eq!(shown(&policy, &option, |option| format!("{option:?}")), "DoNotShowSingleProvider@2");
}

#[test]
fn uj_m4_the_childs_preconditions_come_first() {
    let step = |claim: &str| {
        format!(
            "<OrchestrationStep Order='1' Type='Noop'><Preconditions><Precondition Type='ClaimsExist' ExecuteActionsIf='true'><Value>{claim}</Value>\
             <Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions></OrchestrationStep>"
        )
    };
    let (_, journey) = steps_of(&[&step("a"), &step("b")]);
    let found: Vec<_> = journey.steps[0].preconditions.iter().flatten().map(|precondition| precondition.values[0].to_string()).collect();
    assert_eq!(found, ["b", "a"]);
}

#[test]
fn uj_m5_what_a_journey_says_of_itself_is_the_childs_if_present() {
    let level = |n: &str, non_interactive: &str| {
        let profiles =
            format!("<AuthorizationTechnicalProfiles><AuthorizationTechnicalProfile ReferenceId='a{n}'/></AuthorizationTechnicalProfiles>");
        journey(
            &format!("NonInteractive='{non_interactive}' DefaultCpimIssuerTechnicalProfileReferenceId='i{n}'"),
            &format!(
                "<Authorization>{profiles}</Authorization><OrchestrationSteps/><ClientDefinition ReferenceId='d{n}'/><AssuranceLevel>x</AssuranceLevel>"
            ),
        )
    };
    let check = |levels: [&str; 2], expected: &str, unused: usize| {
        let policy = merged(&levels);
        let journey = policy.user_journeys.get("J").unwrap();
        let id = |id: &Id| id.to_string();
        let authorization = journey.authorization.as_ref().map(|list| list[0].clone());
        let found = [
            shown(&policy, &journey.non_interactive, bool::to_string),
            shown(&policy, &journey.default_issuer, id),
            shown(&policy, &authorization, id),
            shown(&policy, &journey.client_definition, id),
        ];
        assert_eq!(found.join(" "), expected);
        assert_eq!(journey.unused.len(), unused);
        assert_eq!(super::level(&policy, journey.span), 2);
    };
    let (parent, child, empty) = (level("1", "true"), level("2", "false"), journey("", "<OrchestrationSteps/>"));
    check([&parent, &empty], "true@1 i1@1 a1@1 d1@1", 1);
    check([&empty, &child], "false@2 i2@2 a2@2 d2@2", 1);
    check([&parent, &child], "false@2 i2@2 a2@2 d2@2", 2);
}

#[test]
fn a_sub_journey_is_merged_as_a_user_journey() {
    let level = |kind: &str, order: u32| {
        format!(
            "<SubJourneys><SubJourney Id='S' Type='{kind}'><OrchestrationSteps><OrchestrationStep Order='{order}' Type='Noop'/></OrchestrationSteps></SubJourney></SubJourneys>"
        )
    };
    let policy = merged(&[&level("Call", 1), &level("Transfer", 2)]);
    let journey = policy.sub_journeys.get("s").unwrap();
    assert_eq!(shown(&policy, &journey.kind, |kind| kind.name().to_owned()), "Transfer@2");
    assert_eq!(orders(&policy, &journey.steps), ["1@1", "2@2"]);
}

#[test]
fn an_order_twice_in_a_file_is_told_and_the_first_counts() {
    let steps = "<OrchestrationStep Order='2' Type='Noop'/><OrchestrationStep Order='1' Type='Noop'/><OrchestrationStep Order='2' Type='SendClaims'/>";
    let user_journey = journey("", &format!("<OrchestrationSteps>{steps}</OrchestrationSteps>"));
    let sub_journey =
        format!("<SubJourneys><SubJourney Id='J' Type='Call'><OrchestrationSteps>{steps}</OrchestrationSteps></SubJourney></SubJourneys>");
    for content in [user_journey, sub_journey] {
        let files = Files::levels(&[&content]);
        let policy = files.merged();
        let steps = policy
            .user_journeys
            .get("J")
            .map(|journey| &journey.steps)
            .or(policy.sub_journeys.get("J").map(|journey| &journey.steps))
            .unwrap();
        let kinds: Vec<_> = steps.iter().map(|step| step.kind.as_ref().unwrap().value.clone()).collect();
        assert_eq!(kinds, [StepType::Noop, StepType::Noop]);
        assert_eq!(files.lines(&policy.diagnostics), ["error B2C0111: the journey has two steps of order 2 [P1:2, P1:2]"]);
    }
}

#[test]
fn an_exchange_id_twice_in_a_journey_is_told() {
    let step = |order: u32, id: &str| {
        format!(
            "<OrchestrationStep Order='{order}' Type='ClaimsExchange'><ClaimsExchanges><ClaimsExchange Id='{id}' TechnicalProfileReferenceId='T'/></ClaimsExchanges></OrchestrationStep>"
        )
    };
    let files = Files::levels(&[&journey("", &format!("<OrchestrationSteps>{}{}</OrchestrationSteps>", step(1, "x"), step(2, "X")))]);
    let policy = files.merged();
    assert_eq!(files.lines(&policy.diagnostics), ["error B2C0407: the claims exchange `X` occurs twice in the journey [P1:X, P1:x]"]);
    assert_eq!(policy.user_journeys.get("J").unwrap().steps.len(), 2);
}
