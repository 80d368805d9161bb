//! Selection steps (SEMANTICS 4.4): ClaimsProviderSelection and CombinedSignInAndSignUp, and the exchange that follows.

#![cfg(test)]

mod common;

use b2c_journey::engine::{Outcome, Request, Run, Window};
use b2c_journey::{Journey, Simulation, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, api, calls, environment, failure, input, output, page, precondition, validation};

/// Two identity providers, a sign-up page, and a local form with a name and a password.
fn small(form: &str, after: &str) -> Small {
    let mut policy = Small::default()
        .claim("name", "string", TEXT_BOX)
        .claim("password", "string", "<UserInputType>Password</UserInputType>")
        .claim("level", "string", "")
        .claim("idp", "string", "")
        .claim("address", "string", "")
        .profile("Form", SELF_ASSERTED, &(page(form, &input("name", "DefaultValue=\"ann\""), &local_outputs(), "") + after))
        .profile("SignUp", SELF_ASSERTED, &page("", "", &output("name", ""), ""));
    for (id, domain) in [("Facebook", "facebook.com"), ("Contoso", "contoso.com")] {
        policy.profiles += &format!(
            "<TechnicalProfile Id=\"{id}\"><Domain>{domain}</Domain><DisplayName>{id}</DisplayName><Protocol Name=\"OAuth2\" />\
             <OutputClaims><OutputClaim ClaimTypeReferenceId=\"idp\" DefaultValue=\"{domain}\" AlwaysUseDefaultValue=\"true\" /></OutputClaims>\
             {}</TechnicalProfile>",
            switch(id)
        );
    }
    policy
}

fn local_outputs() -> String {
    output("name", "Required=\"true\"") + &output("password", "Required=\"true\"")
}

/// Facebook can be switched off by the claim `level`.
fn switch(id: &str) -> &'static str {
    if id == "Facebook" { "<EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>" } else { "" }
}

const CONTENT: &str = "ContentDefinitionReferenceId=\"api.page\"";

fn target(id: &str) -> String {
    format!("<ClaimsProviderSelection TargetClaimsExchangeId=\"{id}\" />")
}

fn exchanges(list: &[(&str, &str)]) -> String {
    let list: String =
        list.iter().map(|(id, profile)| format!("<ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{profile}\" />")).collect();
    format!("<ClaimsExchanges>{list}</ClaimsExchanges>")
}

/// A selection of these targets, then a step with all exchanges.
fn selecting(attributes: &str, option: &str, targets: &[&str]) -> Small {
    let selections = format!(
        "<ClaimsProviderSelections {option}>{}</ClaimsProviderSelections>",
        targets.iter().map(|id| target(id)).collect::<String>()
    );
    let mut policy = small("", "");
    // `OnClaimsExistence` wants to know on which claim.
    policy.profiles = policy.profiles.replace(
        "<DisplayName>Facebook</DisplayName><Protocol Name=\"OAuth2\" />",
        "<DisplayName>Facebook</DisplayName><Protocol Name=\"OAuth2\" /><Metadata><Item Key=\"ClaimTypeOnWhichToEnable\">level</Item></Metadata>",
    );
    policy.step_with(1, "ClaimsProviderSelection", attributes, &selections).step(2, "ClaimsExchange", &several()).send(3)
}

fn several() -> String {
    exchanges(&[("FacebookExchange", "Facebook"), ("ContosoExchange", "Contoso"), ("SignUpExchange", "SignUp")])
}

/// A combined page with a local form, its metadata, and two targets.
fn combined(metadata: &str) -> Small {
    combined_with(metadata, "")
}

fn combined_with(metadata: &str, after: &str) -> Small {
    let selections = format!(
        "<ClaimsProviderSelections>{}{}<ClaimsProviderSelection ValidationClaimsExchangeId=\"LocalExchange\" /></ClaimsProviderSelections>{}",
        target("FacebookExchange"),
        target("ContosoExchange"),
        exchanges(&[("LocalExchange", "Form")])
    );
    let mut policy = small(metadata, after);
    policy.profiles = policy.profiles.replace("<EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>", "");
    let guard = precondition("ClaimsExist", true, &["objectId"]);
    policy.step_with(1, "CombinedSignInAndSignUp", CONTENT, &selections).step(2, "ClaimsExchange", &(guard + &several())).send(3)
}

fn sign_in() -> b2c_journey::simulate::PageStub {
    Stubs::self_asserted().enter("password", "x")
}

/// The exchanges on the page's buttons when it is shown at step 1; `None` when there is no page.
fn buttons(journey: &Journey, simulate: impl Fn(Simulation<'_>) -> Simulation<'_>) -> (Vec<String>, bool) {
    let done = simulate(journey.simulation().through_step(1)).run().unwrap();
    let record = serde_json::to_value(done.record()).unwrap();
    let automatic = done.trace.events.iter().any(|event| matches!(event, b2c_journey::trace::Event::Selected(_, true)));
    (record["steps"][0]["exchange"].as_str().map(str::to_owned).into_iter().collect(), automatic)
}

#[test]
fn a_choice_picks_the_exchange_of_the_next_step() {
    let journey = selecting(CONTENT, "", &["FacebookExchange", "ContosoExchange", "SignUpExchange"]).journey();
    for (choice, profile) in [("FacebookExchange", "Facebook"), ("contosoexchange", "Contoso"), ("SignUpExchange", "SignUp")] {
        let done = journey.simulation().claim("level", "x").choose(1, choice).run().unwrap();
        done.assert_issued();
        assert_eq!(calls(&done), [profile]);
        let record = serde_json::to_value(done.record()).unwrap();
        assert!(record["steps"][0]["exchange"].as_str().unwrap().eq_ignore_ascii_case(choice));
        assert_eq!(record["steps"][1]["technicalProfile"], profile);
    }
    journey.simulation().choose(1, "cancel").run().unwrap().assert_error("AADB2C90091").assert_failed(1);
}

#[test]
fn one_provider_is_chosen_without_a_page_unless_it_is_to_be_shown() {
    for (option, targets, automatic) in [
        ("", vec!["ContosoExchange"], true),
        ("DisplayOption=\"DoNotShowSingleProvider\"", vec!["ContosoExchange"], true),
        ("DisplayOption=\"ShowSingleProvider\"", vec!["ContosoExchange"], false),
        ("", vec!["ContosoExchange", "SignUpExchange"], false),
        // The other one is switched off.
        ("", vec!["FacebookExchange", "ContosoExchange"], true),
    ] {
        let journey = selecting(CONTENT, option, &targets).journey();
        assert_eq!(
            buttons(&journey, |simulation| simulation.choose(1, "ContosoExchange")),
            (vec!["ContosoExchange".to_owned()], automatic),
            "{option} {targets:?}"
        );
    }
    let journey = selecting(CONTENT, "", &["FacebookExchange", "ContosoExchange"]).journey();
    let both = buttons(&journey, |simulation| simulation.claim("level", "x").choose(1, "FacebookExchange"));
    assert_eq!(both, (vec!["FacebookExchange".to_owned()], false));
}

#[test]
fn a_provider_that_is_switched_off_has_no_button() {
    let journey = selecting(CONTENT, "", &["FacebookExchange", "ContosoExchange", "SignUpExchange"]).journey();
    let error = journey.simulation().choose(1, "FacebookExchange").run().unwrap_err();
    assert_eq!(error.to_string(), "the page has no button for the claims exchange `FacebookExchange`");
}

#[test]
fn no_provider_left_is_an_error() {
    let done = selecting(CONTENT, "DisplayOption=\"ShowSingleProvider\"", &["FacebookExchange"]).journey().simulation().run().unwrap();
    done.assert_failed(1);
    assert_eq!(failure(&done), ("AADB2C90051".into(), "No suitable claims providers were found.".into()));
}

#[test]
fn a_selection_without_content_definition_is_an_error() {
    let done = selecting("", "", &["ContosoExchange", "SignUpExchange"]).journey().simulation().run().unwrap();
    done.assert_failed(1);
    assert_eq!(
        failure(&done),
        (
            "AADB2C90277".into(),
            "The orchestration step '1' of user journey 'Small' of policy 'B2C_1A_small' does not contain a content definition reference."
                .into()
        )
    );
}

fn hinted(hint: &str) -> Request {
    Request { domain_hint: Some(hint.into()), ..Request::default() }
}

#[test]
fn a_domain_hint_picks_its_provider_without_a_page() {
    let journey = combined("").journey();
    for hint in ["contoso.com", "CONTOSO.com"] {
        let done = journey.simulation().request(hinted(hint)).run().unwrap();
        done.assert_issued().assert_claim("idp", "contoso.com");
        assert_eq!(calls(&done), ["Contoso"]);
    }
    // No match: the page is shown.
    let done =
        journey.simulation().request(hinted("fabrikam.com")).stub("Form", sign_in()).from_step(1).claim("objectId", "1").run().unwrap();
    assert_eq!(calls(&done), ["Form"]);
    // One that is switched off does not count.
    let journey = selecting(CONTENT, "", &["FacebookExchange", "ContosoExchange", "SignUpExchange"]).journey();
    let done = journey.simulation().request(hinted("facebook.com")).choose(1, "ContosoExchange").run().unwrap();
    assert_eq!(calls(&done), ["Contoso"]);
}

#[test]
fn a_target_that_the_next_step_lacks_fails_when_it_is_picked() {
    let journey = selecting(CONTENT, "", &["ContosoExchange", "GhostExchange"]).journey();
    journey.simulation().choose(1, "ContosoExchange").run().unwrap().assert_issued();
    let done = journey.simulation().choose(1, "GhostExchange").run().unwrap();
    done.assert_executed(1).assert_failed(2);
    assert_eq!(
        failure(&done).1,
        "User journey went into a bad state. Claims exchange with id 'GhostExchange' could not be found in orchestration step '2'."
    );
}

#[test]
fn a_single_exchange_after_a_selection_runs_whatever_was_picked() {
    let selections =
        format!("<ClaimsProviderSelections>{}{}</ClaimsProviderSelections>", target("ContosoExchange"), target("GhostExchange"));
    let mut policy = small("", "").step_with(1, "ClaimsProviderSelection", CONTENT, &selections);
    policy.profiles = policy.profiles.replace("<EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>", "");
    let journey = policy.step(2, "ClaimsExchange", &exchanges(&[("ContosoExchange", "Contoso")])).send(3).journey();
    let done = journey.simulation().choose(1, "GhostExchange").run().unwrap();
    done.assert_issued();
    assert_eq!(calls(&done), ["Contoso"]);
}

#[test]
fn a_valid_local_form_commits_and_leaves_nothing_selected() {
    let journey = combined("").journey();
    let done = journey.simulation().claim("objectId", "1").stub("Form", sign_in().enter("name", "bob")).run().unwrap();
    done.assert_issued().assert_claim("name", "bob").assert_no_claim("password").assert_skipped(2);
    assert_eq!(calls(&done), ["Form"]);
    let record = serde_json::to_value(done.record()).unwrap();
    assert_eq!(record["steps"][0]["exchange"], "LocalExchange");
    assert_eq!(record["steps"][0]["technicalProfile"], "Form");
    // Without an objectId the next step runs, and finds nothing selected.
    let done = journey.simulation().stub("Form", sign_in()).run().unwrap();
    done.assert_executed(1).assert_failed(2).assert_claim("name", "ann");
    assert_eq!(
        failure(&done),
        (
            "AADB2C90304".into(),
            "User journey went into a bad state. Claims exchange with id '' could not be found in orchestration step '2'.".into()
        )
    );
}

#[test]
fn a_selection_of_long_ago_is_used_up() {
    // The exchange takes the selection; a second step with several exchanges finds none.
    let mut policy = selecting(CONTENT, "", &["ContosoExchange", "SignUpExchange"]);
    policy.steps = policy.steps.replace("Order=\"3\"", "Order=\"4\"");
    let again = several().replace("Exchange\" Tech", "ExchangeAgain\" Tech").replace("ContosoExchangeAgain", "ContosoExchange2");
    let done = policy.step(3, "ClaimsExchange", &again).journey().simulation().choose(1, "ContosoExchange").run().unwrap();
    done.assert_executed(2).assert_failed(3);
    assert!(failure(&done).1.contains("with id ''"), "{:?}", failure(&done));
}

#[test]
fn the_form_of_a_combined_page_is_never_chosen_automatically() {
    let selections = format!(
        "<ClaimsProviderSelections><ClaimsProviderSelection ValidationClaimsExchangeId=\"localexchange\" /></ClaimsProviderSelections>{}",
        exchanges(&[("LocalExchange", "Form")])
    );
    let policy = small("", "").step_with(1, "CombinedSignInAndSignUp", CONTENT, &selections).send(2);
    let mut policy = policy;
    policy.profiles = policy.profiles.replace("<EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>", "");
    let done = policy.journey().simulation().stub("Form", sign_in()).run().unwrap();
    done.assert_issued();
    assert_eq!(calls(&done), ["Form"]);
}

const SIGN_UP: &str = "<Item Key=\"SignUpTarget\">SignUpExchange</Item>";

#[test]
fn links_stand_on_selection_pages_alone() {
    let shown = |journey: &Journey| {
        let environment = environment(Request::default());
        let mut run = Run::new(journey.plan(), &environment, Window::default(), false);
        run.advance();
        run.page().unwrap()
    };
    let page = shown(&combined(SIGN_UP).journey());
    assert_eq!(
        (page.sign_up.as_deref(), page.forgot_password, page.can_continue, page.can_cancel),
        (Some("SignUpExchange"), true, true, true)
    );
    let buttons: Vec<_> = page.buttons.iter().map(|button| button.exchange.as_str()).collect();
    assert_eq!((buttons, page.fields.len()), (vec!["FacebookExchange", "ContosoExchange"], 2));
    let hidden = "<Item Key=\"setting.showSignupLink\">false</Item><Item Key=\"setting.forgotPasswordLinkLocation\">None</Item>";
    let page = shown(&combined(&format!("{SIGN_UP}{hidden}")).journey());
    assert_eq!((page.sign_up, page.forgot_password), (None, false));
    // The same profile as a claims exchange.
    let mut policy = combined(SIGN_UP);
    policy.steps.clear();
    let journey = policy.exchange(1, "", "Form").send(2).journey();
    let page = shown(&journey);
    assert_eq!((page.sign_up, page.forgot_password, page.can_continue), (None, false, true));
    // Buttons alone.
    let page = shown(&selecting(CONTENT, "", &["ContosoExchange", "SignUpExchange"]).journey());
    assert_eq!((page.sign_up, page.forgot_password, page.can_continue, page.can_cancel), (None, false, false, true));
}

#[test]
fn a_bare_selection_that_nobody_makes_says_so() {
    let journey = selecting(CONTENT, "", &["ContosoExchange", "SignUpExchange"]).journey();
    let environment = environment(Request::default());
    let mut run = Run::new(journey.plan(), &environment, Window::default(), false);
    run.advance();
    run.abandon();
    assert!(matches!(run.outcome(), Some(Outcome::Waiting { page: None, message, .. }) if message == "nobody chose on the selection page"));
}

#[test]
fn the_sign_up_link_goes_to_the_sign_up_target() {
    let journey = combined(SIGN_UP).journey();
    let done = journey.simulation().choose(1, "signup").stub("SignUp", Stubs::self_asserted().enter("name", "eve")).run().unwrap();
    done.assert_issued().assert_claim("name", "eve");
    // Nobody submitted the local form.
    assert_eq!(calls(&done), ["SignUp"]);
    let no_link = |metadata: &str| combined(metadata).journey().simulation().choose(1, "signup").run().unwrap_err().to_string();
    assert_eq!(no_link(""), "the page has no sign-up link");
    assert_eq!(no_link(&format!("{SIGN_UP}<Item Key=\"setting.showSignupLink\">false</Item>")), "the page has no sign-up link");
}

#[test]
fn a_combined_page_with_the_local_form_alone_has_its_sign_up_link() {
    let selections = format!(
        "<ClaimsProviderSelections><ClaimsProviderSelection ValidationClaimsExchangeId=\"LocalExchange\" /></ClaimsProviderSelections>{}",
        exchanges(&[("LocalExchange", "Form")])
    );
    let mut policy = small(SIGN_UP, "").step_with(1, "CombinedSignInAndSignUp", CONTENT, &selections);
    policy.profiles = policy.profiles.replace("<EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys>", "");
    let journey = policy.step(2, "ClaimsExchange", &several()).send(3).journey();
    let done = journey.simulation().choose(1, "signup").stub("SignUp", Stubs::self_asserted().enter("name", "eve")).run().unwrap();
    done.assert_issued().assert_claim("name", "eve");
    assert_eq!(calls(&done), ["SignUp"]);
}

#[test]
fn the_forgotten_password_link_ends_the_journey_or_goes_to_its_override() {
    let done = combined("").journey().simulation().choose(1, "forgot-password").run().unwrap();
    done.assert_failed(1);
    assert_eq!(failure(&done), ("AADB2C90118".into(), "The user has forgotten their password.".into()));
    let target = "<Item Key=\"setting.forgotPasswordLinkOverride\">SignUpExchange</Item>";
    let done = combined(target).journey().simulation().choose(1, "forgot-password").run().unwrap();
    done.assert_issued();
    assert_eq!(calls(&done), ["SignUp"]);
    let none = "<Item Key=\"setting.forgotPasswordLinkLocation\">None</Item>";
    let error = combined(none).journey().simulation().choose(1, "forgot-password").run().unwrap_err();
    assert_eq!(error.to_string(), "the page has no forgotten-password link");
}

#[test]
fn cancel_ends_the_journey_where_there_is_a_button() {
    let done = combined("").journey().simulation().choose(1, "cancel").run().unwrap();
    assert_eq!(failure(&done), ("AADB2C90091".into(), "The user has cancelled entering self-asserted information.".into()));
    let done = combined("").journey().simulation().stub("Form", Stubs::cancel()).run().unwrap();
    done.assert_error("AADB2C90091").assert_failed(1);
    let none = "<Item Key=\"setting.showCancelButton\">false</Item>";
    let error = combined(none).journey().simulation().stub("Form", Stubs::cancel()).run().unwrap_err();
    assert_eq!(error.to_string(), "the page has no cancel button (`setting.showCancelButton` is false)");
}

#[test]
fn choosing_the_local_form_fills_it() {
    let done = combined("").journey().simulation().claim("objectId", "1").choose(1, "LocalExchange").stub("Form", sign_in()).run().unwrap();
    done.assert_issued().assert_claim("name", "ann");
    let error = combined("").journey().simulation().choose(1, "LocalExchang").run().unwrap_err();
    assert_eq!(error.to_string(), "step 1 has no claims exchange `LocalExchang` to choose (did you mean `LocalExchange`?)");
    let error = combined("").journey().simulation().choose(2, "FacebookExchange").run().unwrap_err();
    assert_eq!(error.to_string(), "step 2 is of type ClaimsExchange; there is nothing to choose");
}

#[test]
fn a_form_that_is_switched_off_is_not_on_the_page() {
    let off = "<EnabledForUserJourneys>Never</EnabledForUserJourneys>";
    let journey = combined_with("", off).journey();
    let done = journey.simulation().choose(1, "ContosoExchange").run().unwrap();
    done.assert_issued();
    assert_eq!(calls(&done), ["Contoso"]);
    let error = journey.simulation().choose(1, "signup").run().unwrap_err();
    assert_eq!(error.to_string(), "the page has no sign-up link");
}

#[test]
fn the_form_is_prepared_before_it_is_shown() {
    // Input transformations run and fill it; the client's address gets its claim.
    let before = "<InputClaimsTransformations><InputClaimsTransformation ReferenceId=\"Name\" /></InputClaimsTransformations><InputClaims>";
    let mut policy = combined("<Item Key=\"IpAddressClaimReferenceId\">address</Item>");
    policy.profiles = policy.profiles.replacen("<InputClaims>", before, 1).replacen("DefaultValue=\"ann\"", "", 1);
    policy.transformations = "<ClaimsTransformation Id=\"Name\" TransformationMethod=\"CreateStringClaim\"><InputParameters>\
         <InputParameter Id=\"value\" DataType=\"string\" Value=\"made\" /></InputParameters><OutputClaims>\
         <OutputClaim ClaimTypeReferenceId=\"name\" TransformationClaimType=\"createdClaim\" /></OutputClaims></ClaimsTransformation>"
        .into();
    let request = Request { ip: Some("203.0.113.9".into()), ..Request::default() };
    let done = policy.journey().simulation().request(request).claim("objectId", "1").stub("Form", sign_in()).run().unwrap();
    done.assert_issued().assert_claim("name", "made").assert_claim("address", "203.0.113.9");
}

#[test]
fn a_form_that_is_refused_keeps_what_was_typed() {
    let mut policy = combined("");
    let validated = format!(
        "{}</OutputClaims><ValidationTechnicalProfiles>{}</ValidationTechnicalProfiles>",
        output("objectId", ""),
        validation("Api")
    );
    policy.profiles = policy.profiles.replacen("</OutputClaims>", &validated, 1);
    let api = api(&(input("name", "") + &input("password", "")), &output("objectId", ""));
    let journey = policy.profile("Api", RESTFUL, &api).journey();
    let stub = Stubs::from_fn(|ask| match ask.inputs()["password"].as_str() {
        Some("right") => Stubs::claims(json!({ "objectId": ask.inputs()["name"] })),
        _ => Stubs::error("wrong"),
    });
    let tries = Stubs::self_asserted().enter("name", "bob").enter("password", "wrong").then().enter("password", "right");
    let done = journey.simulation().stub("Form", tries).stub("Api", stub).choose(1, "LocalExchange").run().unwrap();
    done.assert_issued().assert_claim("objectId", "bob");
    assert_eq!(calls(&done), ["Form", "Api", "Api"]);
}

#[test]
fn a_run_that_starts_after_a_selection_takes_it_from_choose() {
    let journey = combined(&format!("{SIGN_UP}<Item Key=\"setting.forgotPasswordLinkOverride\">ContosoExchange</Item>")).journey();
    for (choice, called) in [
        (Some("FacebookExchange"), vec!["Facebook"]),
        (Some("signup"), vec!["SignUp"]),
        (Some("forgot-password"), vec!["Contoso"]),
        // The default world takes the local account before identity providers, and there is none among the targets.
        (None, vec!["Facebook"]),
    ] {
        let start = journey.simulation().from_step(2);
        let done = choice.map_or(start.clone(), |choice| start.choose(1, choice)).run().unwrap();
        done.assert_issued();
        assert_eq!(calls(&done), called, "{choice:?}");
    }
    for choice in ["LocalExchange", "cancel"] {
        let done = journey.simulation().from_step(2).choose(1, choice).run().unwrap();
        done.assert_failed(2);
        assert_eq!(failure(&done).0, "AADB2C90304");
        assert!(failure(&done).1.contains("with id ''"), "{:?}", failure(&done));
    }
}
