//! Stubs: what does not fit the policy is an error that names the nearest right name; lists, functions, what nobody says.

#![cfg(test)]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use b2c_journey::engine::Outcome;
use b2c_journey::simulate::{AnyStub, Replies, Responder, StubAsk};
use b2c_journey::{Execution, Journey, Simulation, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, TRANSFORMING, api, calls, failure, input, output, page, results, validation};

const PHONE: &str = "Web.TPEngine.Providers.PhoneFactorProtocolProvider, Web.TPEngine";

/// A page whose validation asks an API, an API, a phone, and the page again.
fn small() -> Small {
    let form = page(
        "",
        "",
        &(output("customerId", "Required=\"true\"") + &output("nickName", "") + &output("riskLevel", "")),
        &validation("Check-API"),
    );
    Small::default()
        .claim("customerId", "string", TEXT_BOX)
        .claim("nickName", "string", TEXT_BOX)
        .claim("riskLevel", "string", "")
        .claim("score", "int", "")
        .claim("number", "string", "")
        .profile("Customer-Page", SELF_ASSERTED, &form)
        .profile("Check-API", RESTFUL, &api(&input("customerId", ""), &output("riskLevel", "")))
        .profile(
            "Score-API",
            RESTFUL,
            &api(&input("customerId", ""), &(output("score", "PartnerClaimType=\"points\"") + &output("riskLevel", ""))),
        )
        .profile(
            "Phone",
            PHONE,
            &format!(
                "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item><Item Key=\"ManualPhoneNumberEntryAllowed\">true</Item></Metadata>\
                 <InputClaims>{}</InputClaims><OutputClaims>{}</OutputClaims>",
                input("customerId", "PartnerClaimType=\"UserId\""),
                output("number", "PartnerClaimType=\"Verified.OfficePhone\"")
            ),
        )
        .profile("Unused", TRANSFORMING, &format!("<OutputClaims>{}</OutputClaims>", output("number", "")))
        .exchange(1, "", "Customer-Page")
        .exchange(2, "", "Score-API")
        .exchange(3, "", "Score-API")
        .exchange(4, "", "Phone")
        .send(5)
}

fn journey() -> Journey {
    small().journey()
}

fn form() -> b2c_journey::simulate::PageStub {
    Stubs::self_asserted().enter("customerId", "7")
}

/// What a strict run says of this stub, and that a lenient one runs all the same.
fn check(profile: &str, stub: impl Into<AnyStub>, expected: &str) {
    let journey = journey();
    let stub = stub.into();
    let error = journey.simulation().stub(profile, stub.clone()).run().unwrap_err();
    assert_eq!(error.to_string(), expected);
    journey.simulation().lenient().stub(profile, stub).run().unwrap_or_else(|error| panic!("{error}")).assert_issued();
}

#[test]
fn a_stub_names_a_technical_profile_of_the_policy() {
    check("Check-APi2", Stubs::restful().ok(json!({})), "the policy has no technical profile `Check-APi2` (did you mean `Check-API`?)");
    check("Nothing like it", Stubs::cancel(), "the policy has no technical profile `Nothing like it`");
    // In any case, and one that the journey never needs.
    let run =
        journey().simulation().stub("check-api", Stubs::restful().ok(json!({ "riskLevel": "LOW" }))).stub("unused", Stubs::cancel()).run();
    run.unwrap().assert_issued();
}

#[test]
fn a_page_reply_fills_what_the_page_shows() {
    check(
        "Customer-Page",
        Stubs::self_asserted().enter("customerID2", "7"),
        "the page `Customer-Page` does not show the claim `customerID2` (did you mean `customerId`?)",
    );
    // Known to the policy, but not shown.
    check("Customer-Page", form().enter("score", 1), "the page `Customer-Page` does not show the claim `score`");
    check(
        "Customer-Page",
        form().code("customerIdd", true),
        "the page `Customer-Page` has no display control `customerIdd` (did you mean `customerId`?)",
    );
    // Every form of a list is looked at.
    check(
        "Customer-Page",
        form().then().enter("nickname2", "x"),
        "the page `Customer-Page` does not show the claim `nickname2` (did you mean `nickName`?)",
    );
    journey()
        .simulation()
        .stub("Customer-Page", Stubs::self_asserted().enter("CUSTOMERID", "7"))
        .run()
        .unwrap()
        .assert_claim("customerId", "7");
}

#[test]
fn a_reply_by_name_names_output_claims() {
    check(
        "Score-API",
        Stubs::claims(json!({ "pionts": 1 })),
        "`Score-API` has no output claim with the partner name or id `pionts` (did you mean `points`?)",
    );
    check(
        "Score-API",
        Stubs::claims(json!({ "customerId": 1 })),
        "`Score-API` has no output claim with the partner name or id `customerId`",
    );
    for name in ["points", "Points", "score", "SCORE"] {
        let run = journey().simulation().stub("Score-API", Stubs::claims(json!({ name: 7 }))).run().unwrap();
        run.assert_claim("score", 7);
    }
}

#[test]
fn a_reply_is_of_the_kind_that_the_profile_takes() {
    check("Score-API", form(), "`Score-API` takes no `enter`: it is a REST API");
    check("Phone", Stubs::restful().ok(json!({})), "`Phone` takes no HTTP response: it is a phone factor");
    check("Customer-Page", Stubs::restful().timeout(), "`Customer-Page` takes no HTTP response: it is a page");
    check("Score-API", Stubs::phone("new"), "`Score-API` takes no `verify`: it is a REST API");
    check(
        "Customer-Page",
        Stubs::claims(json!({ "customerId": "7" })),
        "`Customer-Page` takes no `claims`: it is a page; say what a person does with `enter`",
    );
}

#[test]
fn a_lenient_simulation_takes_what_fits() {
    let journey = journey();
    let page = form().enter("nothing", "x");
    let score = Stubs::claims(json!({ "points": 7, "pionts": 8 }));
    let run = journey.simulation().lenient().stub("Customer-Page", page).stub("Score-API", score).choose(9, "nobody").run().unwrap();
    run.assert_issued().assert_claim("customerId", "7").assert_claim("score", 7);
}

#[test]
fn what_a_function_answers_is_checked_when_it_answers() {
    check(
        "Score-API",
        Stubs::from_fn(|_| Stubs::claims(json!({ "pionts": 1 }))),
        "`Score-API` has no output claim with the partner name or id `pionts` (did you mean `points`?)",
    );
    check(
        "Customer-Page",
        Stubs::from_fn(|_| Stubs::claims(json!({}))),
        "`Customer-Page` takes no `claims`: it is a page; say what a person does with `enter`",
    );
}

#[test]
fn extra_members_of_a_body_are_a_note() {
    let run = journey()
        .simulation()
        .stub("Score-API", Stubs::restful().ok(json!({ "points": 1, "extra": 2, "RISKLEVEL": "x", "b": null })))
        .run()
        .unwrap();
    run.assert_issued().assert_claim("score", 1).assert_claim("riskLevel", "x");
    let noted = run.trace.events.iter().any(|event| {
        matches!(event, b2c_journey::trace::Event::Note(note) if note.as_str() == "no output claim of `Score-API` takes `extra`, `b` of the reply")
    });
    assert!(noted, "{:?}", run.trace);
}

fn scores(stub: impl Into<AnyStub>) -> Execution {
    journey().simulation().stub("Score-API", stub).run().unwrap()
}

#[test]
fn a_list_serves_successive_calls_and_its_last_reply_repeats() {
    let refusal = json!({ "version": "1.0.0", "status": 409, "userMessage": "no" });
    scores(Stubs::restful().ok(json!({ "points": 1 }))).assert_issued().assert_claim("score", 1);
    scores(Stubs::restful().ok(json!({ "points": 1 })).ok(json!({ "points": 2 }))).assert_issued().assert_claim("score", 2);
    scores(Stubs::restful().ok(json!({ "points": 1 })).status(409, refusal)).assert_executed(2).assert_failed(3).assert_error("no");
    scores(Stubs::sequence([Stubs::claims(json!({ "points": 1 })), Stubs::error("gone")])).assert_executed(2).assert_failed(3);
    scores(Stubs::claims(json!({ "points": 3 }))).assert_issued().assert_claim("score", 3);
}

#[test]
fn an_empty_list_leaves_it_to_the_default_world() {
    scores(Stubs::restful()).assert_issued();
    scores(Replies::default()).assert_issued();
    journey().simulation().stub("Customer-Page", Replies::default()).run().unwrap().assert_issued();
}

/// A run in which the API refuses every customer but `right`.
fn picky<'j>(journey: &'j Journey, page: impl Into<AnyStub>) -> Simulation<'j> {
    let api = Stubs::from_fn(|ask| match ask.inputs()["customerId"].as_str() {
        Some("right") => Stubs::claims(json!({ "riskLevel": "LOW" })),
        _ => Stubs::error("who is that?"),
    });
    journey.simulation().stub("Customer-Page", page).stub("Check-API", api)
}

#[test]
fn a_page_that_refuses_takes_the_next_reply_and_waits_when_there_is_none() {
    let journey = journey();
    let enter = |text: &str| Stubs::self_asserted().enter("customerId", text);
    let run = picky(&journey, enter("wrong").then().enter("customerId", "right")).run().unwrap();
    run.assert_issued().assert_claim("customerId", "right");
    assert_eq!(calls(&run), ["Customer-Page", "Check-API", "Check-API", "Score-API", "Score-API", "Phone"]);
    for (stub, attempts) in [(enter("wrong"), 1), (enter("wrong").then().enter("customerId", "worse"), 2)] {
        let run = picky(&journey, stub).run().unwrap();
        run.assert_waiting("Customer-Page").assert_no_claim("customerId");
        assert_eq!(results(&run)[0], "1 waiting");
        assert_eq!(failure(&run), (String::new(), "who is that?".into()));
        assert!(matches!(run.outcome, Outcome::Waiting { attempts: found, .. } if found == attempts));
    }
}

#[test]
fn a_page_that_is_shown_anew_takes_the_last_reply_again() {
    let mut policy = small();
    policy.steps = policy.steps.replace("TechnicalProfileReferenceId=\"Score-API\"", "TechnicalProfileReferenceId=\"Customer-Page\"");
    let journey = policy.journey();
    let enter = |text: &str| Stubs::self_asserted().enter("customerId", text);
    picky(&journey, enter("right")).run().unwrap().assert_issued();
    picky(&journey, enter("wrong").then().enter("customerId", "right")).run().unwrap().assert_issued();
    // Refused at its second showing, and there is no further reply.
    let run = picky(&journey, enter("right").then().enter("customerId", "wrong")).run().unwrap();
    run.assert_executed(1).assert_waiting("Customer-Page");
    assert_eq!(results(&run)[1], "2 waiting");
}

#[test]
fn a_function_that_never_gets_it_right_waits_in_the_end() {
    let journey = journey();
    let run = picky(&journey, Stubs::from_fn(|_| form_reply("wrong"))).run().unwrap();
    run.assert_waiting("Customer-Page");
    assert!(matches!(run.outcome, Outcome::Waiting { attempts: 100, .. }), "{:?}", run.outcome);
    // By the number of the call.
    let run = picky(&journey, Stubs::from_fn(|ask| form_reply(if ask.call() < 3 { "wrong" } else { "right" }))).run().unwrap();
    run.assert_issued();
}

fn form_reply(text: &str) -> b2c_journey::simulate::scenario::StubReply {
    b2c_journey::simulate::scenario::StubReply::Enter {
        fields: [("customerId".into(), text.into())].into(),
        codes: Default::default(),
        sends: Default::default(),
    }
}

#[test]
fn a_function_sees_what_is_asked() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let stub = Stubs::from_fn(|ask| {
        assert_eq!(ask.technical_profile(), "Score-API");
        assert_eq!(ask.call(), ASKED.fetch_add(1, Ordering::Relaxed));
        assert_eq!(ask.claim("CustomerId"), Some(json!("7")));
        assert_eq!((ask.claim("score"), ask.claim("nobody")), (if ask.call() == 0 { None } else { Some(json!(5)) }, None));
        assert_eq!(ask.inputs(), *json!({ "customerId": "7" }).as_object().unwrap());
        let request = ask.request().unwrap();
        assert_eq!(
            (request.method, request.url.as_str(), request.body.as_deref()),
            ("POST", "https://api.contoso.com/", Some("{\"customerId\":\"7\"}"))
        );
        assert!(ask.page().is_none());
        Stubs::claims(json!({ "points": 5 }))
    });
    let journey = journey();
    journey.simulation().stub("Customer-Page", form()).stub("Score-API", stub).run().unwrap().assert_issued().assert_claim("score", 5);
    assert_eq!(ASKED.load(Ordering::Relaxed), 2);
}

#[test]
fn any_type_with_the_trait_is_a_stub() {
    struct OnlyOnce;
    impl Responder for OnlyOnce {
        fn respond(&self, ask: &StubAsk<'_>) -> Option<b2c_journey::simulate::scenario::StubReply> {
            (ask.call() == 0).then(|| form_reply("wrong"))
        }
    }
    let run = picky(&journey(), OnlyOnce).run().unwrap();
    run.assert_waiting("Customer-Page");
}

#[test]
fn what_a_form_leaves_out_and_the_page_requires_the_default_world_fills() {
    let journey = journey();
    let run = journey.simulation().stub("Customer-Page", Stubs::self_asserted().enter("nickName", "Jo")).run().unwrap();
    run.assert_issued().assert_claim("nickName", "Jo");
    assert!(run.claim("customerId").is_some());
    // An empty text is said.
    let run = journey.simulation().stub("Customer-Page", Stubs::self_asserted().enter("customerId", "")).run().unwrap();
    run.assert_waiting("Customer-Page").assert_not_called("Check-API");
    assert!(matches!(run.outcome, Outcome::Waiting { attempts: 1, .. }));
}

#[test]
fn a_page_that_nobody_can_leave_says_so() {
    let dead_end = page("<Item Key=\"setting.showContinueButton\">false</Item>", "", &output("customerId", ""), "");
    let mut policy = small().profile("End", SELF_ASSERTED, &dead_end);
    policy.steps.clear();
    let journey = policy.exchange(1, "", "End").send(2).journey();
    let run = journey.simulation().run().unwrap();
    run.assert_waiting("End");
    assert_eq!(failure(&run).1, "nobody can leave the page `End`: it has no continue button (`setting.showContinueButton` is false)");
    let error = journey.simulation().stub("End", form()).run().unwrap_err();
    assert_eq!(error.to_string(), "the page has no continue button (`setting.showContinueButton` is false)");
    journey.simulation().stub("End", Stubs::cancel()).run().unwrap().assert_error("AADB2C90091");
}

#[test]
fn failures_and_cancelling_go_with_any_profile() {
    let journey = journey();
    for profile in ["Customer-Page", "Score-API", "Phone"] {
        journey.simulation().stub(profile, Stubs::fail("AADB2C90151")).run().unwrap().assert_error("AADB2C90151");
        journey.simulation().stub(profile, Stubs::error("out of order")).run().unwrap().assert_error("out of order");
        journey.simulation().stub(profile, Stubs::cancel()).run().unwrap().assert_error("AADB2C90091");
        let run = journey.simulation().stub(profile, b2c_journey::simulate::scenario::StubReply::Default).run().unwrap();
        run.assert_issued().assert_called(profile);
    }
    // Behind a page a failure stays on the page.
    let run = journey.simulation().stub("Check-API", Stubs::fail("AADB2C90075")).stub("Customer-Page", form()).run().unwrap();
    run.assert_waiting("Customer-Page");
    assert_eq!(failure(&run).0, "AADB2C90075");
}
