use std::time::{Duration, Instant};

use super::search::{Exploration, Explorer, Limits, environment};
use super::*;
use crate::PolicySet;
use crate::engine::{Outcome, Window};

fn explore(journey: &crate::Journey, interest: &Interest, seconds: u64) -> Exploration {
    let environment = environment();
    let limits = Limits { max_states: 1_000_000, timeout: Some(Duration::from_secs(seconds)), ..Limits::default() };
    let explorer = Explorer { plan: journey.plan(), environment: &environment, window: Window::default(), limits };
    explorer.explore(interest, &mut ())
}

#[test]
fn the_worked_example_skips_mfa_for_low_risk_alone() {
    let set = PolicySet::from_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
    let plan = journey.plan();
    let phone = plan.profile_id("PhoneFactor-InputOrVerify").unwrap();
    let risk = plan.claim_id("riskLevel").unwrap();
    let mut interest = Interest::default();
    interest.profiles.insert(phone);
    interest.claims.insert(risk, Watched { value: true, literals: vec!["LOW".into()] });
    let begin = Instant::now();
    let found = explore(&journey, &interest, 20);
    println!("{} states, {} ends, {:?}, {:?}", found.states, found.ends.len(), found.bounded, begin.elapsed());
    for end in &found.ends {
        let low = end.bag.value(risk).is_some_and(|value| value.text_equals("LOW"));
        println!("{:?} low={low} phone={}", end.outcome, end.history.calls.contains(&phone));
        if end.outcome == Outcome::Issued {
            assert_ne!(low, end.history.calls.contains(&phone));
        }
    }
    assert!(found.ends.iter().any(|end| end.outcome == Outcome::Issued));
    let lost = astray(&journey, &found, 1000);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

#[test]
fn any_number_of_threads_finds_the_same_in_the_same_order() {
    let set = PolicySet::from_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    let journey = set.journey("B2C_1A_signup_signin_biocatch").unwrap();
    let interest = Interest { token: true, error: true, calls: true, ..Interest::default() };
    let found = |alone: bool| {
        // A thread of a pool does all by itself.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        let limits = Limits { max_states: 2_000, timeout: None, ..Limits::default() };
        let environment = environment();
        let explorer = Explorer { plan: journey.plan(), environment: &environment, window: Window::default(), limits };
        let explore = || explorer.explore(&interest, &mut ());
        let found = if alone { pool.install(explore) } else { explore() };
        let ends: Vec<String> = found.ends.iter().map(|end| format!("{end:?} {:?}", found.way(end))).collect();
        (found.states, found.runs, found.bounded.clone(), ends)
    };
    let (alone, together) = (found(true), found(false));
    assert!(alone.3.len() > 20, "{}", alone.3.len());
    assert!(alone == together, "{} and {} states, {} and {} ends", alone.0, together.0, alone.3.len(), together.3.len());
}

/// Ends whose scenario does not lead to them.
fn astray(journey: &crate::Journey, found: &Exploration, most: usize) -> Vec<String> {
    let mut astray = Vec::new();
    let step = (found.ends.len() / most).max(1);
    for end in found.ends.iter().step_by(step) {
        let scenario = found.scenario(journey.plan(), end);
        let run = journey.simulation().scenario(&scenario).run();
        let same = run.as_ref().is_ok_and(|run| {
            let calls: Vec<_> = run
                .trace
                .events
                .iter()
                .filter_map(|event| match event {
                    crate::trace::Event::Call(_, crate::trace::Role::Issuer) => None,
                    crate::trace::Event::Call(profile, _) => Some(*profile),
                    _ => None,
                })
                .collect();
            std::mem::discriminant(&run.outcome) == std::mem::discriminant(&end.outcome) && calls == end.history.calls
        });
        if !same {
            let got = run.map_or_else(|error| error.to_string(), |run| format!("{:?}", run.outcome));
            astray.push(format!("wanted {:?}\ngot {got}\n{}", end.outcome, scenario.to_yaml()));
        }
    }
    astray
}

/// A REST API without claims, and a page of one field that these technical profiles validate.
fn page(validations: &[&str]) -> String {
    let list: String = validations.iter().map(|id| format!("<ValidationTechnicalProfile ReferenceId=\"{id}\" />")).collect();
    format!(
        r#"
    <TechnicalProfile Id="Api"><DisplayName>Api</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.RestfulProvider, Web.TPEngine" />
      <Metadata><Item Key="ServiceUrl">https://contoso.com/api</Item><Item Key="AuthenticationType">None</Item>
        <Item Key="AllowInsecureAuthInProduction">true</Item></Metadata></TechnicalProfile>
    <TechnicalProfile Id="Page"><DisplayName>Page</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.SelfAssertedAttributeProvider, Web.TPEngine" />
      <Metadata><Item Key="ContentDefinitionReferenceId">page</Item></Metadata>
      <OutputClaims><OutputClaim ClaimTypeReferenceId="typed" /></OutputClaims>
      <ValidationTechnicalProfiles>{list}</ValidationTechnicalProfiles></TechnicalProfile>"#
    )
}

/// A journey that calls these technical profiles one after the other, and issues a token for the subject.
fn journey(claims: &str, transformations: &str, profiles: &str, calls: &[&str], subject: &str) -> crate::Journey {
    let exchange = |(index, id): (usize, &&str)| {
        format!(
            "<OrchestrationStep Order=\"{}\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"{id}Exchange\" \
             TechnicalProfileReferenceId=\"{id}\" /></ClaimsExchanges></OrchestrationStep>",
            index + 1
        )
    };
    let (steps, last): (String, usize) = (calls.iter().enumerate().map(exchange).collect(), calls.len() + 1);
    let xml = format!(
        r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06"
    PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_small" PublicPolicyUri="http://contoso/B2C_1A_small">
  <BuildingBlocks>
    <ClaimsSchema>{claims}</ClaimsSchema>
    <ClaimsTransformations>{transformations}</ClaimsTransformations>
    <ContentDefinitions>
      <ContentDefinition Id="page"><LoadUri>https://contoso.com/page</LoadUri><RecoveryUri>~/error</RecoveryUri>
        <DataUri>urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.0</DataUri></ContentDefinition>
    </ContentDefinitions>
  </BuildingBlocks>
  <ClaimsProviders><ClaimsProvider><DisplayName>Small</DisplayName><TechnicalProfiles>
    <TechnicalProfile Id="Jwt"><DisplayName>Jwt</DisplayName><Protocol Name="None" /><OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>
    {profiles}
  </TechnicalProfiles></ClaimsProvider></ClaimsProviders>
  <UserJourneys><UserJourney Id="Small"><OrchestrationSteps>
    {steps}
    <OrchestrationStep Order="{last}" Type="SendClaims" CpimIssuerTechnicalProfileReferenceId="Jwt" />
  </OrchestrationSteps></UserJourney></UserJourneys>
  <RelyingParty><DefaultUserJourney ReferenceId="Small" /><TechnicalProfile Id="PolicyProfile"><DisplayName>Small</DisplayName>
    <Protocol Name="OpenIdConnect" /><OutputClaims><OutputClaim ClaimTypeReferenceId="{subject}" PartnerClaimType="sub" /></OutputClaims>
    <SubjectNamingInfo ClaimType="sub" /></TechnicalProfile></RelyingParty>
</TrustFrameworkPolicy>"#
    );
    PolicySet::from_bytes([("small.xml", xml.as_bytes())], &crate::xml::Limits::default()).journey("B2C_1A_small").unwrap()
}

const TYPED: &str = r#"<ClaimType Id="typed"><DataType>string</DataType><UserInputType>TextBox</UserInputType></ClaimType>"#;

#[test]
fn pages_that_refuse_in_other_words_are_left_in_other_words() {
    let journey = journey(TYPED, "", &page(&["Api"]), &["Page"], "typed");
    let found = explore(&journey, &Interest { error: true, ..Interest::default() }, 20);
    let mut messages: Vec<String> = Vec::new();
    for end in &found.ends {
        if let Outcome::Waiting { message, .. } = &end.outcome {
            messages.push(message.to_string());
        }
    }
    let [refusal, time_out] = messages.as_slice() else { panic!("{messages:?}") };
    assert_eq!(refusal, "The API refused.");
    assert!(time_out.contains("30 seconds") || time_out.contains("timed out"), "{time_out}");
    let lost = astray(&journey, &found, 1000);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// A code that is handed out by whoever answers for the service, and one that is verified.
const HANDED_OUT_CODE: &str = r#"
    <TechnicalProfile Id="Generate"><DisplayName>Generate</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.OneTimePasswordProtocolProvider, Web.TPEngine" />
      <Metadata><Item Key="Operation">GenerateCode</Item></Metadata>
      <InputClaims><InputClaim ClaimTypeReferenceId="email" PartnerClaimType="identifier" DefaultValue="a@contoso.com" /></InputClaims>
      <OutputClaims><OutputClaim ClaimTypeReferenceId="code" PartnerClaimType="otpGenerated" /></OutputClaims></TechnicalProfile>
    <TechnicalProfile Id="Verify"><DisplayName>Verify</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.OneTimePasswordProtocolProvider, Web.TPEngine" />
      <Metadata><Item Key="Operation">VerifyCode</Item></Metadata>
      <InputClaims><InputClaim ClaimTypeReferenceId="email" PartnerClaimType="identifier" DefaultValue="a@contoso.com" />
        <InputClaim ClaimTypeReferenceId="code" PartnerClaimType="otpToVerify" /></InputClaims></TechnicalProfile>"#;

#[test]
fn each_code_that_is_handed_out_is_verified_against_itself() {
    let claims = ["email", "code"].map(|id| format!("<ClaimType Id=\"{id}\"><DataType>string</DataType></ClaimType>")).concat();
    let journey = journey(&claims, "", HANDED_OUT_CODE, &["Generate", "Verify"], "code");
    let code = journey.plan().claim_id("code").unwrap();
    let watched = Watched { value: true, literals: vec!["123123".into(), "456456".into()] };
    let found = explore(&journey, &Interest { claims: [(code, watched)].into(), ..Interest::default() }, 20);
    let of = |issued: bool| -> Vec<String> {
        let ends = found.ends.iter().filter(|end| (end.outcome == Outcome::Issued) == issued);
        ends.filter_map(|end| Some(end.bag.value(code)?.text()?.to_string())).collect()
    };
    let (issued, failed) = (of(true), of(false));
    assert!(
        issued.len() >= 3 && ["123123", "456456"].iter().all(|code| issued.iter().any(|issued| issued == code)),
        "{issued:?} {failed:?}"
    );
    let lost = astray(&journey, &found, 1000);
    assert!(lost.is_empty(), "{}", lost.join("\n"));
}

/// Technical profiles that find fault with one or the other of what an API says, and one that forgets it.
const ASSERTING: &str = r#"
    <TechnicalProfile Id="One"><DisplayName>One</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine" />
      <Metadata><Item Key="UserMessageIfClaimsTransformationBooleanValueIsNotEqual">One is wrong.</Item></Metadata>
      <OutputClaims><OutputClaim ClaimTypeReferenceId="nothing" /></OutputClaims>
      <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId="AssertOne" /></OutputClaimsTransformations></TechnicalProfile>
    <TechnicalProfile Id="Other"><DisplayName>Other</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine" />
      <Metadata><Item Key="UserMessageIfClaimsTransformationBooleanValueIsNotEqual">The other is wrong.</Item></Metadata>
      <OutputClaims><OutputClaim ClaimTypeReferenceId="nothing" /></OutputClaims>
      <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId="AssertOther" /></OutputClaimsTransformations></TechnicalProfile>
    <TechnicalProfile Id="Both"><DisplayName>Both</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine" />
      <OutputClaims><OutputClaim ClaimTypeReferenceId="nothing" /></OutputClaims>
      <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId="SetOne" /><OutputClaimsTransformation ReferenceId="SetOther" />
      </OutputClaimsTransformations></TechnicalProfile>
    <TechnicalProfile Id="Source"><DisplayName>Source</DisplayName>
      <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.RestfulProvider, Web.TPEngine" />
      <Metadata><Item Key="ServiceUrl">https://contoso.com/api</Item><Item Key="AuthenticationType">None</Item>
        <Item Key="AllowInsecureAuthInProduction">true</Item></Metadata>
      <OutputClaims><OutputClaim ClaimTypeReferenceId="one" /><OutputClaim ClaimTypeReferenceId="other" /></OutputClaims></TechnicalProfile>"#;

const ASSERTIONS: &str = r#"
      <ClaimsTransformation Id="AssertOne" TransformationMethod="AssertBooleanClaimIsEqualToValue">
        <InputClaims><InputClaim ClaimTypeReferenceId="one" TransformationClaimType="inputClaim" /></InputClaims>
        <InputParameters><InputParameter Id="valueToCompareTo" DataType="boolean" Value="true" /></InputParameters></ClaimsTransformation>
      <ClaimsTransformation Id="AssertOther" TransformationMethod="AssertBooleanClaimIsEqualToValue">
        <InputClaims><InputClaim ClaimTypeReferenceId="other" TransformationClaimType="inputClaim" /></InputClaims>
        <InputParameters><InputParameter Id="valueToCompareTo" DataType="boolean" Value="true" /></InputParameters></ClaimsTransformation>
      <ClaimsTransformation Id="SetOne" TransformationMethod="DoesClaimExist">
        <InputClaims><InputClaim ClaimTypeReferenceId="one" TransformationClaimType="inputClaim" /></InputClaims>
        <OutputClaims><OutputClaim ClaimTypeReferenceId="one" TransformationClaimType="outputClaim" /></OutputClaims></ClaimsTransformation>
      <ClaimsTransformation Id="SetOther" TransformationMethod="DoesClaimExist">
        <InputClaims><InputClaim ClaimTypeReferenceId="other" TransformationClaimType="inputClaim" /></InputClaims>
        <OutputClaims><OutputClaim ClaimTypeReferenceId="other" TransformationClaimType="outputClaim" /></OutputClaims></ClaimsTransformation>"#;

#[test]
fn an_assertion_that_failed_before_an_api_is_asked_keeps_its_words() {
    let booleans = ["one", "other"].map(|id| format!("<ClaimType Id=\"{id}\"><DataType>boolean</DataType></ClaimType>")).concat();
    let claims = format!("{TYPED}{booleans}<ClaimType Id=\"nothing\"><DataType>string</DataType></ClaimType>");
    let profiles = format!("{ASSERTING}{}", page(&["Source", "One", "Other", "Both", "Api"]));
    let journey = journey(&claims, ASSERTIONS, &profiles, &["Page"], "typed");
    let found = explore(&journey, &Interest { error: true, ..Interest::default() }, 20);
    let waits = |words: &str| found.ends.iter().any(|end| matches!(&end.outcome, Outcome::Waiting { message, .. } if message == words));
    assert!(waits("One is wrong."), "{:?}", found.ends);
    assert!(waits("The other is wrong."), "{:?}", found.ends);
}
