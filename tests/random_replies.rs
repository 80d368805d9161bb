//! Whatever the outside world replies, a run neither panics nor changes at a reply that does not fit, ends the same way with and without a
//! trace, and has a token exactly when it was issued.

#![cfg(test)]

mod common;

use std::sync::{Arc, LazyLock};

use b2c_journey::Journey;
use b2c_journey::claims::{ClaimId, Str};
use b2c_journey::engine::{
    Ask, Body, DirectoryReply, Environment, Fault, HttpFailure, HttpReply, Outcome, PageReply, PhoneReply, Press, Reply, Request, Run,
    SignInReply, State, Window,
};
use common::{
    RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, api, environment, exchange_step, input, output, page, precondition, validation, worked_example,
};
use proptest::prelude::*;
use serde_json::{Map, Value as Json, json};

static EXAMPLE: LazyLock<Journey> = LazyLock::new(worked_example);

/// Selections, a page with validation profiles, a sub journey, several data types.
static SMALL: LazyLock<Journey> = LazyLock::new(|| {
    let outputs =
        output("name", "Required=\"true\"") + &output("count", "") + &output("flag", "DefaultValue=\"true\"") + &output("list", "");
    let validations = "<ValidationTechnicalProfile ReferenceId=\"Api\" ContinueOnError=\"true\" />".to_owned() + &validation("Other");
    let mut small = Small::default()
        .marker("A", "")
        .claim("name", "string", TEXT_BOX)
        .claim("count", "int", TEXT_BOX)
        .claim("flag", "boolean", TEXT_BOX)
        .claim("list", "stringCollection", "")
        .profile("Api", RESTFUL, &api(&input("name", ""), &(output("list", "") + &output("count", ""))))
        .profile("Other", RESTFUL, &api(&input("list", ""), &output("flag", "Required=\"true\"")))
        .profile("Page", SELF_ASSERTED, &page("<Item Key=\"setting.retryLimit\">3</Item>", "", &outputs, &validations))
        .sub_journey("Sub", "Call", &(exchange_step(1, "A") + &exchange_step(2, "Page")))
        .exchange(1, "", "Page")
        .invoke(2, &precondition("ClaimEquals", true, &["flag", "True"]), "Sub")
        .send(3);
    small.outputs = output("list", "") + &output("count", "");
    small.journey()
});

/// Numbers from which a reply is made once it is known what is asked.
type Seeds = Vec<(u8, u8, String)>;

fn json_value(seed: u8, text: &str) -> Json {
    match seed % 9 {
        0 => json!(null),
        1 => json!(text),
        2 => json!(275),
        3 => json!(true),
        4 => json!([text, "LOW"]),
        5 => json!({ "issuer": text, "issuerUserId": "MTIzNA==" }),
        6 => json!("LOW"),
        7 => json!(1.5),
        _ => json!("2026-01-01T00:00:00Z"),
    }
}

/// A reply for what is asked, or one of another kind.
fn reply(run: &Run<'_>, ask: Ask, (kind, detail, text): &(u8, u8, String)) -> Reply {
    let plan = run.plan();
    let values: Map<String, Json> = match ask.profile() {
        Some(profile) => {
            let outputs = plan.profile(profile).outputs.iter().enumerate();
            outputs.map(|(place, output)| (output.partner.to_string(), json_value(detail.wrapping_add(place as u8), text))).collect()
        }
        None => Map::new(),
    };
    let attributes = Arc::new(values.clone());
    let form = || {
        let page = run.page();
        let fields = page.iter().flat_map(|page| &page.fields).enumerate().filter(|(place, _)| detail >> (place % 8) & 1 == 1);
        let text = |place: usize| Str::from(["7", "true", "ann@contoso.com", text.as_str()][(place + usize::from(*kind)) % 4]);
        let fields: Vec<(ClaimId, Str)> = fields.map(|(place, field)| (field.claim, text(place))).collect();
        Reply::Page(PageReply::Submit { fields, codes: vec![(text(0), detail % 2 == 0)], sends: vec![(text(0), u32::from(*detail) % 4)] })
    };
    let press = || {
        let exchange = run.page().and_then(|page| page.buttons.first().map(|button| button.exchange.clone())).unwrap_or_default();
        Reply::Page(PageReply::Press([Press::Exchange(exchange), Press::SignUp, Press::ForgotPassword][usize::from(detail % 3)].clone()))
    };
    let own = |ask: Ask| match ask {
        Ask::Page { .. } if detail % 4 == 0 => press(),
        Ask::Page { .. } => form(),
        Ask::Rest { .. } => {
            let body = [Body::Json(Arc::new(Json::from(values.clone()))), Body::Text(text.as_str().into()), Body::Empty]
                [usize::from(detail % 3)]
            .clone();
            Reply::Http(HttpReply::Response { status: [200, 200, 204, 400, 409, 500][usize::from(detail % 6)], body })
        }
        Ask::Directory { .. } => Reply::Directory(
            [
                DirectoryReply::Found { attributes: attributes.clone() },
                DirectoryReply::Created { attributes: attributes.clone() },
                DirectoryReply::NotFound,
                DirectoryReply::Deleted,
                DirectoryReply::Refused(text.as_str().into()),
            ][usize::from(detail % 5)]
            .clone(),
        ),
        Ask::SignIn { .. } => Reply::SignIn(
            [
                SignInReply::Token(attributes.clone()),
                SignInReply::UnknownUser,
                SignInReply::WrongPassword,
                SignInReply::OldPassword,
                SignInReply::Locked,
                SignInReply::Disabled,
            ][usize::from(detail % 6)]
            .clone(),
        ),
        Ask::Phone { .. } => Reply::Phone(
            [PhoneReply::VerifyAny, PhoneReply::VerifyNew, PhoneReply::Verify(text.as_str().into())][usize::from(detail % 3)].clone(),
        ),
        Ask::IdentityProvider { .. } | Ask::Other { .. } => Reply::Claims(attributes.clone()),
    };
    match kind % 16 {
        0 => Reply::Cancel,
        1 => Reply::Fail(Fault::of_code("AADB2C90075")),
        2 => Reply::Claims(attributes.clone()),
        3 => Reply::Http(HttpReply::Failure([HttpFailure::Timeout, HttpFailure::Dns, HttpFailure::Unreachable][usize::from(detail % 3)])),
        4 => Reply::Phone(PhoneReply::VerifyNew),
        5 => form(),
        _ => own(ask),
    }
}

/// Runs to the end, or until the seeds are used up.
fn drive<'p>(journey: &'p Journey, environment: &'p Environment, seeds: &Seeds, traced: bool) -> Run<'p> {
    let mut run = Run::new(journey.plan(), environment, Window::default(), traced);
    for seed in seeds {
        let State::Asks(ask) = run.advance() else { break };
        let before = run.bag().clone();
        if run.reply(reply(&run, ask, seed)).is_err() {
            assert_eq!((run.ask(), run.bag()), (Some(ask), &before), "a reply that does not fit changed the run");
        }
    }
    run.advance();
    run.abandon();
    run
}

fn check(journey: &Journey, seeds: &Seeds) {
    let environment = environment(Request::default());
    let traced = drive(journey, &environment, seeds, true);
    let plain = drive(journey, &environment, seeds, false);
    let outcome = traced.outcome().unwrap();
    assert_eq!(traced.outcome(), plain.outcome());
    assert_eq!((traced.bag(), traced.token(), traced.choices()), (plain.bag(), plain.token(), plain.choices()));
    assert_eq!(*outcome == Outcome::Issued, traced.token().is_some());
    assert!(!traced.bag().has_overlay(), "{outcome:?}");
    match outcome {
        Outcome::Error(fault) => assert!(!fault.message.is_empty() || fault.code.is_some()),
        Outcome::Waiting { message, .. } => assert!(!message.is_empty(), "{seeds:?}"),
        Outcome::Issued | Outcome::Stopped => {}
    }
}

fn seeds() -> impl Strategy<Value = Seeds> {
    prop::collection::vec((any::<u8>(), any::<u8>(), prop_oneof![Just("LOW".to_owned()), "[a-z0-9@.+{}:]{0,12}", any::<String>()]), 0..24)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_worked_example_takes_any_reply(seeds in seeds()) {
        check(&EXAMPLE, &seeds);
    }

    #[test]
    fn a_small_policy_takes_any_reply(seeds in seeds()) {
        check(&SMALL, &seeds);
    }
}
