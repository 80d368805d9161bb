//! Sub journeys (SEMANTICS 5): Call and Transfer, nesting, what crosses their boundary and what does not.

#![cfg(test)]

mod common;

use b2c_journey::engine::Outcome;
use b2c_journey::{Execution, Journey, Stubs};
use common::{SELF_ASSERTED, Small, calls, exchange_step, failure, output, page, precondition, results};

fn small() -> Small {
    Small::default().marker("A", "").marker("B", "").marker("C", "")
}

fn run(small: &Small) -> Execution {
    small.journey().simulation().run().unwrap()
}

fn invoke_step(order: u32, sub_journey: &str) -> String {
    format!(
        "<OrchestrationStep Order=\"{order}\" Type=\"InvokeSubJourney\"><JourneyList><Candidate SubJourneyReferenceId=\"{sub_journey}\" />\
         </JourneyList></OrchestrationStep>"
    )
}

fn send_step(order: u32, issuer: &str) -> String {
    format!("<OrchestrationStep Order=\"{order}\" Type=\"SendClaims\" {issuer} />")
}

const ISSUER: &str = "CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"";

#[test]
fn a_call_returns_to_the_step_after_and_shares_the_claims_bag() {
    let guard = precondition("ClaimsExist", false, &["fromA"]);
    let policy = small().invoke(1, "", "Sub").exchange(2, &guard, "B").send(3);
    let done = run(&policy.sub_journey("Sub", "Call", &(exchange_step(1, "A") + &exchange_step(2, "C"))));
    done.assert_issued().assert_claim("fromA", "yes").assert_executed("sub/1");
    assert_eq!(calls(&done), ["A", "C", "B"]);
    // The counter begins at 1 inside, and the inner rows follow the one that invoked them.
    assert_eq!(results(&done), ["1 executed", "Sub/1 executed", "Sub/2 executed", "2 executed", "3 executed"]);
}

#[test]
fn preconditions_hold_for_invoking_and_inside() {
    let skip = precondition("ClaimsExist", false, &["fromC"]);
    let inner = exchange_step(1, "A").replace("<ClaimsExchanges>", &format!("{skip}<ClaimsExchanges>"));
    let policy = small().sub_journey("Sub", "Call", &inner).invoke(1, "", "Sub").invoke(2, &skip, "Sub").send(3);
    let done = run(&policy);
    done.assert_issued();
    assert_eq!(results(&done), ["1 executed", "Sub/1 skipped", "2 skipped", "3 executed"]);
}

#[test]
fn a_transfer_never_returns() {
    let policy = small().invoke(1, "", "Sub").exchange(2, "", "B").send(3);
    let done = run(&policy.clone().sub_journey("Sub", "Transfer", &(exchange_step(1, "A") + &send_step(2, ISSUER))));
    done.assert_issued().assert_not_called("B").assert_executed("Sub/2");
    let done = run(&policy.sub_journey("Sub", "Transfer", &exchange_step(1, "A")));
    assert_eq!(failure(&done), ("AADB2C90040".into(), "User journey 'Sub' does not contain a send claims step.".into()));
    done.assert_failed(1).assert_not_called("B");
}

#[test]
fn a_transfer_that_gives_the_application_an_error_has_not_failed() {
    let mut policy = small().invoke(1, "", "Sub").send(2);
    policy.profiles += "<TechnicalProfile Id=\"Refuse\"><DisplayName>Refuse</DisplayName><Protocol Name=\"OAuth2\" />\
         <OutputTokenFormat>OAuth2Error</OutputTokenFormat></TechnicalProfile>";
    let done = run(&policy.sub_journey("Sub", "Transfer", &send_step(1, "CpimIssuerTechnicalProfileReferenceId=\"Refuse\"")));
    assert_eq!(failure(&done).0, "AAD_Custom_");
    assert_eq!(results(&done), ["1 executed", "Sub/1 executed", "2 not-reached"]);
}

#[test]
fn the_default_issuer_of_the_user_journey_serves_its_sub_journeys() {
    let mut policy = small().invoke(1, "", "Sub").sub_journey("Sub", "Transfer", &send_step(1, ""));
    run(&policy).assert_error("AADB2C90108");
    policy.attributes = "DefaultCpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"".into();
    run(&policy).assert_issued();
}

#[test]
fn sub_journeys_nest() {
    let policy = small()
        .sub_journey("Outer", "Call", &(exchange_step(1, "A") + &invoke_step(2, "Inner") + &exchange_step(3, "C")))
        .sub_journey("Inner", "Call", &exchange_step(1, "B"))
        .invoke(1, "", "Outer")
        .send(2);
    let done = run(&policy);
    done.assert_issued();
    assert_eq!(calls(&done), ["A", "B", "C"]);
    assert_eq!(
        results(&done),
        ["1 executed", "Outer/1 executed", "Outer/2 executed", "Inner/1 executed", "Outer/3 executed", "2 executed"]
    );
    // A Transfer inside a Call ends it all.
    let policy = small()
        .sub_journey("Outer", "Call", &(invoke_step(1, "Inner") + &exchange_step(2, "C")))
        .sub_journey("Inner", "Transfer", &send_step(1, ISSUER))
        .invoke(1, "", "Outer")
        .send(2);
    let done = run(&policy);
    done.assert_issued().assert_not_called("C");
    assert_eq!(results(&done).last().unwrap(), "2 not-reached");
}

#[test]
fn the_same_sub_journey_may_be_invoked_again() {
    let policy = small().sub_journey("Sub", "Call", &exchange_step(1, "A")).invoke(1, "", "Sub").invoke(2, "", "sub").send(3);
    let done = run(&policy);
    done.assert_issued();
    assert_eq!(calls(&done), ["A", "A"]);
}

#[test]
fn recursion_is_an_error() {
    let policy = small()
        .sub_journey("One", "Call", &invoke_step(1, "Two"))
        .sub_journey("Two", "Call", &(exchange_step(1, "A") + &invoke_step(2, "One")))
        .invoke(1, "", "One")
        .send(2);
    let done = run(&policy);
    assert_eq!(failure(&done).1, "sub journey `One` invokes itself and would never end, in step 2 of sub journey `Two`");
    done.assert_failed("Two/2").assert_called("A");
}

#[test]
fn sub_journeys_that_multiply_are_stopped() {
    let ten = |name: &str| (1..=10).map(|order| invoke_step(order, name)).collect::<String>();
    let mut policy = small().invoke(1, "", "S1").send(2).sub_journey("S9", "Call", &exchange_step(1, "A"));
    for level in 1..9 {
        policy = policy.sub_journey(&format!("S{level}"), "Call", &ten(&format!("S{}", level + 1)));
    }
    let done = policy.journey().simulation().untraced().run().unwrap();
    let Outcome::Error(fault) = &done.outcome else { panic!("{:?}", done.outcome) };
    assert_eq!(
        fault.message.as_str(),
        "the journey does not end: its sub journeys invoke one another thousands of times, in step 5 of sub journey `S8`"
    );
}

#[test]
fn exactly_one_sub_journey_is_invoked() {
    let list = "<JourneyList><Candidate SubJourneyReferenceId=\"Sub\" /><Candidate SubJourneyReferenceId=\"Sub\" /></JourneyList>";
    let policy = small().sub_journey("Sub", "Call", &exchange_step(1, "A"));
    let message = policy.clone().step(1, "InvokeSubJourney", list).send(2).refused();
    assert!(message.contains("exactly one sub journey"), "{message}");
    let message = policy.clone().invoke(1, "", "Subb").send(2).refused();
    assert!(message.contains("the sub journey `Subb` is declared neither in"), "{message}");
}

#[test]
fn cancelling_inside_cancels_the_whole_journey() {
    let form = page("", "", &output("typed", ""), "");
    let policy = small()
        .claim("typed", "string", common::TEXT_BOX)
        .profile("Page", SELF_ASSERTED, &form)
        .sub_journey("Sub", "Call", &(exchange_step(1, "Page") + &exchange_step(2, "A")))
        .invoke(1, "", "Sub")
        .exchange(2, "", "B")
        .send(3);
    let done = policy.journey().simulation().stub("Page", Stubs::cancel()).run().unwrap();
    done.assert_error("AADB2C90091").assert_failed("Sub/1").assert_not_called("B");
    assert_eq!(results(&done), ["1 failed", "Sub/1 failed", "Sub/2 not-reached", "2 not-reached", "3 not-reached"]);
}

#[test]
fn a_window_counts_the_steps_of_the_user_journey() {
    let policy = small()
        .sub_journey("Sub", "Call", &(exchange_step(1, "A") + &exchange_step(2, "C")))
        .invoke(1, "", "Sub")
        .exchange(2, "", "B")
        .send(3);
    let done = policy.journey().simulation().through_step(1).run().unwrap();
    done.assert_stopped().assert_claim("fromC", "yes").assert_not_called("B");
}

/// A selection of `E1` or `E2`, then something in between, then a step with these two exchanges.
fn selecting(inside: &str, kind: &str, outside: &str) -> Journey {
    let selection = |order: u32| {
        format!(
            "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsProviderSelection\" ContentDefinitionReferenceId=\"api.page\">\
             <ClaimsProviderSelections><ClaimsProviderSelection TargetClaimsExchangeId=\"E1\" /><ClaimsProviderSelection TargetClaimsExchangeId=\"E2\" />\
             </ClaimsProviderSelections></OrchestrationStep>"
        )
    };
    let several = |order: u32| {
        format!(
            "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"E1\" TechnicalProfileReferenceId=\"A\" />\
             <ClaimsExchange Id=\"E2\" TechnicalProfileReferenceId=\"B\" /></ClaimsExchanges></OrchestrationStep>"
        )
    };
    let fill = |steps: &str| {
        steps
            .replace("SELECT1", &selection(1))
            .replace("SELECT2", &selection(2))
            .replace("SEVERAL1", &several(1))
            .replace("SEVERAL2", &several(2))
    };
    let mut policy = small().sub_journey("Sub", kind, &fill(inside));
    policy.steps = fill(outside);
    policy.journey()
}

#[test]
fn a_pending_selection_does_not_cross_the_boundary() {
    // Made inside, wanted outside.
    let outside = invoke_step(1, "Sub") + "SEVERAL2" + &send_step(3, ISSUER);
    let done = selecting("SELECT1", "Call", &outside).simulation().choose("Sub/1", "E2").run().unwrap();
    done.assert_failed(2);
    assert_eq!(
        failure(&done),
        (
            "AADB2C90304".into(),
            "User journey went into a bad state. Claims exchange with id '' could not be found in orchestration step '2'.".into()
        )
    );
    // Made outside, wanted inside.
    let outside = "SELECT1".to_owned() + &invoke_step(2, "Sub") + &send_step(3, ISSUER);
    let done = selecting("SEVERAL1", "Call", &outside).simulation().choose(1, "E2").run().unwrap();
    done.assert_failed("Sub/1").assert_error("AADB2C90304");
    // Both on one side.
    let outside = invoke_step(1, "Sub") + &send_step(2, ISSUER);
    let done = selecting("SELECT1SEVERAL2", "Call", &outside).simulation().choose("Sub/1", "E2").run().unwrap();
    done.assert_issued();
    assert_eq!(calls(&done), ["B"]);
}
