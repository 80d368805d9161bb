//! Against brute force: on small journeys made at random, slicing and merging, and merging alone, must come to the ends, and the verdict,
//! that plain enumeration of every reply comes to.

use std::collections::BTreeSet;

use super::domain::Domains;
use super::replies::{Replies, Say};
use super::search::{Explorer, Limits, environment};
use super::{Interest, Watched};
use crate::claims::{ClaimId, Slot, Str};
use crate::engine::{Ask, Environment, Outcome, Run, State, Window, made_up};
use crate::plan::{JourneyPlan, ProfileId};
use crate::policy_set::{Journey, PolicySet};
use crate::simulate::default_world::Ideas;
use crate::trace::{Event, Role};
use crate::xml;

const JOURNEYS: u64 = 600;
const CLAIMS: [&str; 3] = ["a", "b", "c"];
const LITERALS: [&str; 2] = ["x", "y"];

/// Numbers from a seed.
struct Dice {
    seed: u64,
    thrown: u64,
}

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.thrown += 1;
        (made_up(self.seed, self.thrown) % limit as u64) as usize
    }

    fn one<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.below(list.len())]
    }

    fn chance(&mut self, in_ten: usize) -> bool {
        self.below(10) < in_ten
    }
}

fn precondition(dice: &mut Dice, action: &str) -> String {
    let execute_if = if dice.chance(6) { "true" } else { "false" };
    let claim = dice.one(&["a", "b", "c", "flag"]);
    let (kind, literal) = match (dice.chance(6), claim) {
        (false, _) => ("ClaimsExist", String::new()),
        (true, "flag") => ("ClaimEquals", "<Value>True</Value>".to_owned()),
        (true, _) => ("ClaimEquals", format!("<Value>{}</Value>", dice.one(&LITERALS))),
    };
    format!(
        "<Precondition Type=\"{kind}\" ExecuteActionsIf=\"{execute_if}\"><Value>{claim}</Value>{literal}<Action>{action}</Action></Precondition>"
    )
}

fn preconditions(dice: &mut Dice, action: &str) -> String {
    let list: String = (0..dice.below(3)).map(|_| precondition(dice, action)).collect();
    if list.is_empty() { list } else { format!("<Preconditions>{list}</Preconditions>") }
}

fn output(dice: &mut Dice) -> String {
    let default = if dice.chance(2) { format!(" DefaultValue=\"{}\"", dice.one(&LITERALS)) } else { String::new() };
    format!("<OutputClaim ClaimTypeReferenceId=\"{}\"{default} />", dice.one(&CLAIMS))
}

fn profile(dice: &mut Dice, id: &str, rest: &str) -> String {
    let handler = |class: &str| format!("<Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.{class}, Web.TPEngine\" />");
    let body = match rest {
        "page" => {
            let validation = match dice.below(3) {
                0 => String::new(),
                _ => format!(
                    "<ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"Api\" ContinueOnError=\"{}\">{}</ValidationTechnicalProfile>\
                     </ValidationTechnicalProfiles>",
                    dice.chance(5),
                    preconditions(dice, "SkipThisValidationTechnicalProfile")
                ),
            };
            format!(
                "{}<Metadata><Item Key=\"ContentDefinitionReferenceId\">page</Item></Metadata>\
                 <OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" />{}</OutputClaims>{validation}",
                handler("SelfAssertedAttributeProvider"),
                output(dice)
            )
        }
        "transform" => format!(
            "{}<OutputClaims><OutputClaim ClaimTypeReferenceId=\"flag\" /></OutputClaims>\
             <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"{}\" /></OutputClaimsTransformations>",
            handler("ClaimsTransformationProtocolProvider"),
            dice.one(&["Compare", "Copy", "Set", "Exists"])
        ),
        _ => format!(
            "{}<Metadata><Item Key=\"ServiceUrl\">https://contoso.com/api</Item><Item Key=\"AuthenticationType\">None</Item>\
             <Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><OutputClaims>{}</OutputClaims>",
            handler("RestfulProvider"),
            output(dice)
        ),
    };
    format!("<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName>{body}</TechnicalProfile>")
}

/// A policy of a few steps.
fn policy(dice: &mut Dice) -> String {
    let mut profiles = profile(dice, "Api", "api");
    let mut steps = String::new();
    let count = 2 + dice.below(2);
    for order in 1..=count {
        let id = format!("P{order}");
        let kind = dice.one(&["api", "api", "page", "transform"]);
        profiles += &profile(dice, &id, kind);
        steps += &format!(
            "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsExchange\">{}<ClaimsExchanges><ClaimsExchange Id=\"{id}Exchange\" \
             TechnicalProfileReferenceId=\"{id}\" /></ClaimsExchanges></OrchestrationStep>",
            preconditions(dice, "SkipThisOrchestrationStep")
        );
    }
    let guarded = preconditions(dice, "SkipThisOrchestrationStep");
    steps += &format!(
        "<OrchestrationStep Order=\"{}\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"Jwt\">{guarded}</OrchestrationStep>",
        count + 1
    );
    let (from, to) = (dice.one(&CLAIMS), dice.one(&CLAIMS));
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_small\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_small\">\
         <BuildingBlocks><ClaimsSchema>\
         <ClaimType Id=\"a\"><DataType>string</DataType></ClaimType><ClaimType Id=\"b\"><DataType>string</DataType></ClaimType>\
         <ClaimType Id=\"c\"><DataType>string</DataType><UserInputType>TextBox</UserInputType></ClaimType>\
         <ClaimType Id=\"typed\"><DataType>string</DataType><UserInputType>TextBox</UserInputType></ClaimType>\
         <ClaimType Id=\"flag\"><DataType>boolean</DataType></ClaimType></ClaimsSchema><ClaimsTransformations>\
         <ClaimsTransformation Id=\"Compare\" TransformationMethod=\"CompareClaimToValue\"><InputClaims><InputClaim \
         ClaimTypeReferenceId=\"{from}\" TransformationClaimType=\"inputClaim1\" /></InputClaims><InputParameters><InputParameter \
         Id=\"operator\" DataType=\"string\" Value=\"EQUAL\" /><InputParameter Id=\"ignoreCase\" DataType=\"string\" Value=\"true\" />\
         <InputParameter Id=\"compareTo\" DataType=\"string\" Value=\"x\" /></InputParameters><OutputClaims><OutputClaim \
         ClaimTypeReferenceId=\"flag\" TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>\
         <ClaimsTransformation Id=\"Copy\" TransformationMethod=\"CopyClaim\"><InputClaims><InputClaim ClaimTypeReferenceId=\"{from}\" \
         TransformationClaimType=\"inputClaim\" /></InputClaims><OutputClaims><OutputClaim ClaimTypeReferenceId=\"{to}\" \
         TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>\
         <ClaimsTransformation Id=\"Set\" TransformationMethod=\"CreateStringClaim\"><InputParameters><InputParameter Id=\"value\" \
         DataType=\"string\" Value=\"y\" /></InputParameters><OutputClaims><OutputClaim ClaimTypeReferenceId=\"{to}\" \
         TransformationClaimType=\"createdClaim\" /></OutputClaims></ClaimsTransformation>\
         <ClaimsTransformation Id=\"Exists\" TransformationMethod=\"DoesClaimExist\"><InputClaims><InputClaim \
         ClaimTypeReferenceId=\"{from}\" TransformationClaimType=\"inputClaim\" /></InputClaims><OutputClaims><OutputClaim \
         ClaimTypeReferenceId=\"flag\" TransformationClaimType=\"outputClaim\" /></OutputClaims></ClaimsTransformation>\
         </ClaimsTransformations><ContentDefinitions><ContentDefinition Id=\"page\"><LoadUri>https://contoso.com/page</LoadUri>\
         <RecoveryUri>~/error</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.0</DataUri>\
         </ContentDefinition></ContentDefinitions></BuildingBlocks><ClaimsProviders><ClaimsProvider><DisplayName>Small</DisplayName>\
         <TechnicalProfiles><TechnicalProfile Id=\"Jwt\"><DisplayName>Jwt</DisplayName><Protocol Name=\"None\" />\
         <OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>\
         <UserJourneys><UserJourney Id=\"Small\"><OrchestrationSteps>{steps}</OrchestrationSteps></UserJourney></UserJourneys>\
         <RelyingParty><DefaultUserJourney ReferenceId=\"Small\" /><TechnicalProfile Id=\"PolicyProfile\"><DisplayName>Small</DisplayName>\
         <Protocol Name=\"OpenIdConnect\" /><OutputClaims><OutputClaim ClaimTypeReferenceId=\"typed\" PartnerClaimType=\"sub\" \
         DefaultValue=\"somebody\" /></OutputClaims><SubjectNamingInfo ClaimType=\"sub\" /></TechnicalProfile></RelyingParty>\
         </TrustFrameworkPolicy>"
    )
}

/// What is judged of an end: how it ended, whether the profile was called, and the claim: absent, the literal, something else.
type Seen = (&'static str, bool, &'static str);

struct Question {
    profile: ProfileId,
    claim: ClaimId,
    literal: Str,
}

impl Question {
    fn seen(&self, outcome: &Outcome, called: bool, slot: &Slot) -> Seen {
        let outcome = match outcome {
            Outcome::Issued => "issued",
            Outcome::Error(_) => "error",
            Outcome::Waiting { .. } => "waiting",
            Outcome::Stopped => "stopped",
        };
        let class = match slot {
            Slot::Absent | Slot::Null => "absent",
            Slot::Value(value) if value.text_equals(&self.literal) => "literal",
            Slot::Value(_) => "else",
        };
        (outcome, called, class)
    }
}

/// Every end, by trying every reply everywhere, nothing merged and every claim free.
fn enumerate(question: &Question, replies: &Replies<'_>, mut run: Run<'_>, mut called: bool, ends: &mut BTreeSet<Seen>, runs: &mut usize) {
    let ask = match run.advance() {
        State::Asks(ask) => Some(ask),
        State::Done(_) => None,
    };
    called |=
        run.take_events().iter().any(|event| matches!(event, Event::Call(id, role) if *id == question.profile && *role != Role::Issuer));
    let Some(ask) = ask else {
        *runs += 1;
        ends.insert(question.seen(run.outcome().unwrap(), called, run.bag().get(question.claim)));
        return;
    };
    for choice in replies.to(&run, ask).choices {
        // A page that was refused is as it was before.
        if matches!(ask, Ask::Page { refused: 1.., .. }) && choice.say != Say::Leave {
            continue;
        }
        let mut next = run.clone();
        match choice.reply {
            Some(reply) => next.reply(reply).unwrap(),
            None => next.abandon(),
        }
        enumerate(question, replies, next, called, ends, runs);
    }
}

fn by_force(plan: &JourneyPlan, environment: &Environment, question: &Question) -> (BTreeSet<Seen>, usize) {
    let literals: Vec<Str> = LITERALS.iter().map(|literal| Str::from(*literal)).chain(["X".into(), "z".into()]).collect();
    let claims = (0..plan.claims.len() as u32).map(|id| (ClaimId(id), Watched { value: true, literals: literals.clone() }));
    let everything = Interest { claims: claims.collect(), ..Interest::default() };
    let (domains, ideas) = (Domains::new(plan, &everything), Ideas::new(plan, environment.now.date()));
    let replies = Replies { plan, domains: &domains, ideas: &ideas, interest: &everything };
    let (mut ends, mut runs) = (BTreeSet::new(), 0);
    enumerate(question, &replies, Run::new(plan, environment, Window::default(), true), false, &mut ends, &mut runs);
    (ends, runs)
}

fn explored(plan: &JourneyPlan, environment: &Environment, question: &Question, slicing: bool) -> (BTreeSet<Seen>, usize) {
    let watched = Watched { value: true, literals: vec![question.literal.clone()] };
    let interest = Interest { claims: [(question.claim, watched)].into(), profiles: [question.profile].into(), ..Interest::default() };
    let limits = Limits { max_states: usize::MAX, timeout: None, slicing };
    let found = Explorer { plan, environment, window: Window::default(), limits }.explore(&interest, &mut ());
    assert_eq!(found.bounded, None);
    let seen =
        |end: &super::search::End| question.seen(&end.outcome, end.history.calls.contains(&question.profile), end.bag.get(question.claim));
    (found.ends.iter().map(seen).collect(), found.states)
}

fn journey(xml: &str) -> Option<Journey> {
    PolicySet::from_bytes([("small.xml", xml.as_bytes())], &xml::Limits::default()).journey("B2C_1A_small").ok()
}

#[test]
fn slicing_and_merging_come_to_what_plain_enumeration_comes_to() {
    let environment = environment();
    let (mut compared, mut runs, mut states) = (0, 0, 0);
    for seed in 0..JOURNEYS {
        let mut dice = Dice { seed, thrown: 0 };
        let xml = policy(&mut dice);
        let journey = journey(&xml).unwrap_or_else(|| panic!("seed {seed} does not plan:\n{xml}"));
        let plan = journey.plan();
        let profile = plan.profile_id(&format!("P{}", 1 + dice.below(2)));
        let question = Question {
            profile: profile.unwrap(),
            claim: plan.claim_id(dice.one(&CLAIMS)).unwrap_or(ClaimId(0)),
            literal: dice.one(&["x", "y", "z"]).into(),
        };
        let (forced, count) = by_force(plan, &environment, &question);
        let (sliced, walked) = explored(plan, &environment, &question, true);
        assert_eq!(sliced, forced, "seed {seed}\n{xml}");
        let (unsliced, _) = explored(plan, &environment, &question, false);
        assert_eq!(unsliced, forced, "seed {seed}\n{xml}");
        // "called or the literal, whenever a token was issued"
        let holds =
            |ends: &BTreeSet<Seen>| ends.iter().all(|(outcome, called, class)| *outcome != "issued" || *called || *class == "literal");
        assert_eq!(holds(&sliced), holds(&forced), "seed {seed}");
        compared += 1;
        runs += count;
        states += walked;
    }
    println!("{compared} journeys: {runs} runs by force, {states} states explored");
}
