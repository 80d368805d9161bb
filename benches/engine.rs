//! Runs of the engine, beside a floor in the same run: one look-up in a `HashMap<String, String>` with a comparison. Stub replies are
//! prepared values; the recorded request is part of the trace.

use std::collections::HashMap;
use std::sync::Arc;

use b2c_journey::claims::{ClaimId, ClaimValue, Slot};
use b2c_journey::engine::{Ask, Body, Environment, HttpReply, PageReply, PhoneReply, Reply, Request, Run, State, Switches, Window};
use b2c_journey::plan::JourneyPlan;
use b2c_journey::{Journey, PolicySet, Scenario, json, xml::Limits};

fn main() {
    divan::main();
}

fn environment() -> Environment {
    let scenario = Scenario::default();
    Environment {
        now: scenario.now,
        seed: 0,
        request: Request::default(),
        keys: Default::default(),
        switches: Switches::default(),
        session: None,
        entry: Default::default(),
    }
}

/// The floor.
#[divan::bench]
fn hash_map_look_up_and_compare(bencher: divan::Bencher<'_, '_>) {
    let map: HashMap<String, String> =
        [("riskLevel", "LOW"), ("score", "275"), ("objectId", "3f25")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    bencher.bench(|| divan::black_box(&map).get(divan::black_box("riskLevel")).is_some_and(|value| value == divan::black_box("LOW")));
}

struct ThreeSteps {
    journey: Journey,
    environment: Environment,
    session: ClaimId,
    object: ClaimId,
    body: Arc<serde_json::Value>,
}

impl ThreeSteps {
    fn new() -> Self {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/policies");
        #[expect(clippy::expect_used, reason = "a benchmark without its policies is no benchmark")]
        let journey = PolicySet::from_dir(folder).expect("the policies").journey("B2C_1A_signup_signin_biocatch").expect("the journey");
        #[expect(clippy::expect_used, reason = "the worked example declares them")]
        let claim = |name: &str| journey.plan().claim_id(name).expect("the claim");
        let (session, object) = (claim("clientSessionId"), claim("objectId"));
        Self { environment: environment(), session, object, body: Arc::new(json!({ "riskLevel": "LOW", "score": 275 })), journey }
    }

    /// Steps 8 to 10: the page, the risk API, the phone factor that is skipped.
    fn run(&self, traced: bool) -> bool {
        let plan: &JourneyPlan = self.journey.plan();
        let window = Window {
            from_step: Some(8),
            claims: vec![(self.object, Slot::Value(ClaimValue::from("3f2504e0-4f89-11d3-9a0c-0305e82c3301")))],
            selected: None,
            through_step: Some(10),
        };
        let mut run = Run::new(plan, &self.environment, window, traced);
        loop {
            let reply = match run.advance() {
                State::Done(_) => break,
                State::Asks(Ask::Page { .. }) => {
                    Reply::Page(PageReply::Submit { fields: vec![(self.session, "9f1c".into())], codes: Vec::new(), sends: Vec::new() })
                }
                State::Asks(Ask::Rest { .. }) => Reply::Http(HttpReply::Response { status: 200, body: Body::Json(self.body.clone()) }),
                State::Asks(Ask::Phone { .. }) => Reply::Phone(PhoneReply::VerifyAny),
                State::Asks(_) => break,
            };
            if run.reply(reply).is_err() {
                break;
            }
        }
        run.outcome().is_some()
    }
}

#[divan::bench]
fn three_steps_without_trace(bencher: divan::Bencher<'_, '_>) {
    let example = ThreeSteps::new();
    bencher.bench(|| example.run(false));
}

#[divan::bench]
fn three_steps_with_trace(bencher: divan::Bencher<'_, '_>) {
    let example = ThreeSteps::new();
    bencher.bench(|| example.run(true));
}

/// Ten steps, each guarded by a precondition on the claim that the step before wrote.
fn ten_steps() -> String {
    let mut claims = String::new();
    let mut profiles = String::new();
    let mut steps = String::new();
    for step in 1..=10 {
        claims += &format!("<ClaimType Id=\"c{step}\"><DisplayName>c</DisplayName><DataType>string</DataType></ClaimType>");
        profiles += &format!(
            "<TechnicalProfile Id=\"T{step}\"><DisplayName>T</DisplayName><Protocol Name=\"Proprietary\" \
             Handler=\"Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine\" />\
             <OutputClaims><OutputClaim ClaimTypeReferenceId=\"c{step}\" DefaultValue=\"go\" /></OutputClaims></TechnicalProfile>"
        );
        let guard = if step == 1 {
            String::new()
        } else {
            format!(
                "<Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"false\"><Value>c{}</Value><Value>go</Value>\
                 <Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>",
                step - 1
            )
        };
        steps += &format!(
            "<OrchestrationStep Order=\"{step}\" Type=\"ClaimsExchange\">{guard}<ClaimsExchanges>\
             <ClaimsExchange Id=\"E{step}\" TechnicalProfileReferenceId=\"T{step}\" /></ClaimsExchanges></OrchestrationStep>"
        );
    }
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_ten\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_ten\">\
         <BuildingBlocks><ClaimsSchema>{claims}</ClaimsSchema></BuildingBlocks><ClaimsProviders><ClaimsProvider><DisplayName>P</DisplayName>\
         <TechnicalProfiles>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>\
         <UserJourneys><UserJourney Id=\"Ten\"><OrchestrationSteps>{steps}</OrchestrationSteps></UserJourney></UserJourneys>\
         <RelyingParty><DefaultUserJourney ReferenceId=\"Ten\" /><TechnicalProfile Id=\"PolicyProfile\"><DisplayName>P</DisplayName>\
         <Protocol Name=\"OpenIdConnect\" /><OutputClaims><OutputClaim ClaimTypeReferenceId=\"c10\" /></OutputClaims></TechnicalProfile></RelyingParty>\
         </TrustFrameworkPolicy>"
    )
}

#[divan::bench(args = [false, true])]
fn ten_dependent_steps(bencher: divan::Bencher<'_, '_>, traced: bool) {
    let text = ten_steps();
    let set = PolicySet::from_bytes([("ten.xml", text.as_bytes())], &Limits::default());
    #[expect(clippy::expect_used, reason = "a benchmark without its policy is no benchmark")]
    let journey = set.journey("B2C_1A_ten").expect("the journey");
    let environment = environment();
    bencher.bench(|| {
        let window = Window { through_step: Some(10), ..Window::default() };
        let mut run = Run::new(journey.plan(), &environment, window, traced);
        matches!(run.advance(), State::Done(_))
    });
}
