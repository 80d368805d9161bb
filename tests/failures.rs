//! A failure says what failed and where: claims transformation, technical profile, step, and the place in the policy file.

#![cfg(test)]

mod common;

use b2c_journey::engine::{Outcome, Request};
use b2c_journey::report::run_json;
use b2c_journey::{Execution, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, TRANSFORMING, api, exchange_step, output, page, validation};
use serde_json::Value as Json;

/// A run that ends in this message, with this text of the policy underlined; its JSON has the line of that text.
#[track_caller]
fn check(run: &Execution, message: &str, underlined: &str) {
    let Outcome::Error(fault) = &run.outcome else { panic!("{:?}", run.outcome) };
    let span = fault.at.expect("a failure has a place");
    assert_eq!((&*fault.message, run.sources.text(span)), (message, underlined));
    let place = run.sources.place(span);
    let json: Json = serde_json::from_str(&run_json(&run.record())).unwrap();
    assert_eq!(json["outcome"]["message"], *message);
    assert_eq!(json["outcome"]["at"], json!({ "file": "small.xml", "line": place.line, "column": place.column }));
}

fn run(small: &Small) -> Execution {
    small.journey().simulation().run().unwrap()
}

fn claims() -> Small {
    Small::default()
        .claim("text", "string", TEXT_BOX)
        .claim("other", "string", "")
        .claim("number", "int", "")
        .claim("flag", "boolean", "")
        .claim("list", "stringCollection", "")
        .claim("identity", "userIdentity", "")
}

/// A profile `P`, run by step 1, whose output transformation `C` is this one; its output claims are these.
fn transforming(method: &str, parts: &str, outputs: &str) -> Small {
    let mut small = claims();
    small.transformations = format!("<ClaimsTransformation Id=\"C\" TransformationMethod=\"{method}\">{parts}</ClaimsTransformation>");
    let rest = format!(
        "<OutputClaims>{outputs}</OutputClaims><OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"C\" /></OutputClaimsTransformations>"
    );
    small.profile("P", TRANSFORMING, &rest).exchange(1, "", "P").send(2)
}

const PLACE: &str = "technical profile `P`, step 1 of user journey `Small`";
const TEXT_INPUT: &str = "<InputClaim ClaimTypeReferenceId=\"text\" TransformationClaimType=\"inputClaim\" />";
const OTHER_OUTPUT: &str = "<OutputClaim ClaimTypeReferenceId=\"other\" TransformationClaimType=\"outputClaim\" />";
const TEXT_IS_A: &str = "<OutputClaim ClaimTypeReferenceId=\"text\" DefaultValue=\"a\" />";

fn claims_of(inputs: &str, parameters: &str, outputs: &str) -> String {
    let parameters = if parameters.is_empty() { String::new() } else { format!("<InputParameters>{parameters}</InputParameters>") };
    format!("<InputClaims>{inputs}</InputClaims>{parameters}<OutputClaims>{outputs}</OutputClaims>")
}

fn parameter(id: &str, data_type: &str, value: &str) -> String {
    format!("<InputParameter Id=\"{id}\" DataType=\"{data_type}\" Value=\"{value}\" />")
}

#[test]
fn a_claim_that_a_transformation_needs_is_missing_in_the_words_of_the_service() {
    check(
        &run(&transforming("CopyClaim", &claims_of(TEXT_INPUT, "", OTHER_OUTPUT), "")),
        &format!(
            "A Claim of ClaimType with id \"text\" was not found, which is required by the ClaimsTransformationImpl of Type \
             \"Microsoft.Cpim.Data.Transformations.ClaimCopyTransformation\" for TransformationMethod \"CopyClaim\" referenced by the \
             ClaimsTransformation with id \"C\" in policy \"B2C_1A_small\" of tenant \"contoso.onmicrosoft.com\". In {PLACE}"
        ),
        TEXT_INPUT,
    );
}

/// A part of a transformation: the claim in this slot.
fn slot(element: &str, claim: &str, slot: &str) -> String {
    format!("<{element} ClaimTypeReferenceId=\"{claim}\" TransformationClaimType=\"{slot}\" />")
}

#[test]
fn a_wrong_part_of_a_transformation_is_named_and_underlined() {
    let text = |name: &str| slot("InputClaim", "text", name);
    let list = slot("InputClaim", "list", "emailAddress");
    let number = slot("OutputClaim", "number", "createdClaim");
    let start = parameter("startIndex", "int", "first");
    let case = parameter("toCase", "string", "TITLE");
    let pattern = parameter("matchTo", "string", "(");
    for (method, parts, message, underlined) in [
        (
            "Conjure",
            claims_of(TEXT_INPUT, "", OTHER_OUTPUT),
            "the transformation method `Conjure` of claims transformation `C` is not known",
            "Conjure",
        ),
        (
            "StringSubstring",
            claims_of(TEXT_INPUT, &format!("{start}{}", parameter("length", "int", "1")), OTHER_OUTPUT),
            "Input string was not in a correct format. claims transformation `C` (method `StringSubstring`): input parameter `startIndex` \
             is `first`",
            &start,
        ),
        (
            "ChangeCase",
            claims_of(&text("inputClaim1"), &case, OTHER_OUTPUT),
            "claims transformation `C` (method `ChangeCase`): the input parameter `toCase` is `TITLE`, not one of LOWER, UPPER",
            &case,
        ),
        (
            "SetClaimsIfRegexMatch",
            claims_of(&text("claimToMatch"), &pattern, &slot("OutputClaim", "flag", "regexCompareResultClaim")),
            "not enough `)` claims transformation `C` (method `SetClaimsIfRegexMatch`): input parameter `matchTo` is `(`",
            &pattern,
        ),
        (
            "ParseDomain",
            claims_of(&list, "", &slot("OutputClaim", "other", "domain")),
            "claims transformation `C` (method `ParseDomain`): input claim `list` as `emailAddress` must be string",
            &list,
        ),
        (
            "CreateStringClaim",
            claims_of("", &parameter("value", "string", "a"), &number),
            "the result does not fit the data type `int`. claims transformation `C` (method `CreateStringClaim`): output claim `number`",
            &number,
        ),
    ] {
        let outputs = format!("{TEXT_IS_A}<OutputClaim ClaimTypeReferenceId=\"list\" DefaultValue=\"a\" />");
        check(&run(&transforming(method, &parts, &outputs)), &format!("{message}, in {PLACE}"), underlined);
    }
}

#[test]
fn a_value_that_cannot_be_converted_is_told_with_its_claim() {
    let take = "<OutputClaim ClaimTypeReferenceId=\"number\" PartnerClaimType=\"n\" />";
    let small = claims().profile("P", RESTFUL, &api("", take)).exchange(1, "", "P").send(2);
    let answered = |reply| small.journey().simulation().stub("P", reply).run().unwrap();
    check(
        &answered(Stubs::restful().ok(json!({ "n": "many" }))),
        &format!(
            "the value that was returned for `n` does not fit the claim `number` of type int: Input string was not in a correct format, in {PLACE}"
        ),
        take,
    );
}

#[test]
fn a_resolved_default_that_does_not_fit_its_claim_is_told() {
    let wants = "<InputClaim ClaimTypeReferenceId=\"number\" DefaultValue=\"{OAUTH-KV:age}\" AlwaysUseDefaultValue=\"true\" />";
    let flag = "<Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item>";
    let request = || Request { parameters: [("age".into(), "old".into())].into_iter().collect(), ..Request::default() };
    let message =
        format!("the claim `number` of the data type `int` cannot take `old`: Input string was not in a correct format, in {PLACE}");
    let asked =
        claims().profile("P", RESTFUL, &api(wants, "").replace("<Metadata>", &format!("<Metadata>{flag}"))).exchange(1, "", "P").send(2);
    check(&asked.journey().simulation().request(request()).run().unwrap(), &message, wants);
    let gives = wants.replace("InputClaim", "OutputClaim");
    let given = format!("<Metadata>{flag}</Metadata><OutputClaims>{gives}</OutputClaims>");
    let given = claims().profile("P", TRANSFORMING, &given).exchange(1, "", "P").send(2);
    check(&given.journey().simulation().request(request()).run().unwrap(), &message, &gives);
}

#[test]
fn a_required_claim_without_a_value_is_told() {
    let wants = "<InputClaim ClaimTypeReferenceId=\"text\" Required=\"true\" />";
    let gives = "<OutputClaim ClaimTypeReferenceId=\"other\" Required=\"true\" />";
    let small = |inputs: &str, outputs: &str| claims().profile("P", RESTFUL, &api(inputs, outputs)).exchange(1, "", "P").send(2);
    check(&run(&small(wants, "")), &format!("the required input claim `text` has no value, in {PLACE}"), wants);
    let silent = small("", gives).journey().simulation().stub("P", Stubs::restful().ok(json!({}))).run().unwrap();
    check(&silent, &format!("`other` was not returned for the required output claim `other`, in {PLACE}"), gives);
    let own = format!("<OutputClaims>{gives}</OutputClaims>");
    let own = claims().profile("P", TRANSFORMING, &own).exchange(1, "", "P").send(2);
    check(&run(&own), &format!("the required output claim `other` was not returned, in {PLACE}"), gives);
}

#[test]
fn a_key_that_a_provider_needs_is_told_in_the_words_of_the_service() {
    let directory = "Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine";
    let key = "<InputClaim ClaimTypeReferenceId=\"other\" PartnerClaimType=\"alternativeSecurityId\" Required=\"false\" />";
    let read = format!("<Metadata><Item Key=\"Operation\">Read</Item></Metadata><InputClaims>{key}</InputClaims>");
    check(
        &run(&claims().profile("P", directory, &read).exchange(1, "", "P").send(2)),
        &format!(
            "The claim type \"other\", designated as the identifier claim type, could not be found in the claims collection for the claims \
             principal in tenant id \"contoso.onmicrosoft.com\". In {PLACE}"
        ),
        key,
    );
    let password = "Web.TPEngine.Providers.OneTimePasswordProtocolProvider, Web.TPEngine";
    let identifier = "<InputClaim ClaimTypeReferenceId=\"other\" PartnerClaimType=\"identifier\" />";
    let generate = format!("<Metadata><Item Key=\"Operation\">GenerateCode</Item></Metadata><InputClaims>{identifier}</InputClaims>");
    check(
        &run(&claims().profile("P", password, &generate).exchange(1, "", "P").send(2)),
        &format!(
            "A partner claim with id 'identifier' is not found however is required in technical profile 'P' in policy 'B2C_1A_small' of \
             tenant 'contoso.onmicrosoft.com'. In {PLACE}"
        ),
        identifier,
    );
}

#[test]
fn a_page_that_cannot_fill_a_claim_is_told_in_the_words_of_the_service() {
    let hidden = "<OutputClaim ClaimTypeReferenceId=\"other\"  />";
    let form = page("", "", &(output("text", "") + hidden), "");
    check(
        &run(&claims().profile("P", SELF_ASSERTED, &form).exchange(1, "", "P").send(2)),
        &format!(
            "Output claim type \"other\" specified in the technical profile with id \"P\" in policy \"B2C_1A_small\" of tenant \
             \"contoso.onmicrosoft.com\" does not specify a UserInputType or a DefaultValue, and is not retrieved from a \
             ValidationTechnicalProfile either. In {PLACE}"
        ),
        hidden,
    );
}

#[test]
fn a_profile_that_nothing_can_run_is_told_in_the_words_of_the_service() {
    let mut small = claims();
    small.profiles += "<TechnicalProfile Id=\"P\"><DisplayName>P</DisplayName><Protocol Name=\"OpenIdConnect\" />\
                       <OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>";
    check(
        &run(&small.exchange(1, "", "P").send(2)),
        &format!(
            "An attempt was made to resolve a protocol handler for unsupported protocol \"OpenIdConnect\" in technical profile with id \
             \"P\". In {PLACE}"
        ),
        "P",
    );
}

#[test]
fn a_journey_without_steps_is_told_in_the_words_of_the_service() {
    check(
        &run(&claims()),
        "The user journey 'Small' does not specify first step or the first step is not a claims exchange.",
        "<UserJourney Id=\"Small\">",
    );
}

#[test]
fn a_failure_names_the_sub_journey_the_page_or_that_no_step_has_begun() {
    let wants = "<InputClaim ClaimTypeReferenceId=\"other\" Required=\"true\" />";
    let with_profile = || claims().profile("P", RESTFUL, &api(wants, ""));
    let message = |place: &str| format!("the required input claim `other` has no value, in {place}");
    let sub = with_profile().sub_journey("Sub", "Call", &exchange_step(1, "P")).invoke(1, "", "Sub").send(2);
    check(&run(&sub), &message("technical profile `P`, step 1 of sub journey `Sub`"), wants);
    let mut before = with_profile().send(1);
    before.authorization = "<AuthorizationTechnicalProfile ReferenceId=\"P\" />".to_owned();
    check(&run(&before), &message("technical profile `P`, before the first step of user journey `Small`"), wants);
    let form = page("", "", &output("text", ""), &validation("P"));
    let on_page = with_profile().profile("Page", SELF_ASSERTED, &form).exchange(1, "", "Page").send(2);
    let waits = on_page.journey().simulation().stub("Page", Stubs::self_asserted().enter("text", "a")).run().unwrap();
    let fault = waits.record().outcome.fault().unwrap();
    assert_eq!(*fault.message, *message("validation technical profile `P` of `Page`, step 1 of user journey `Small`"));
}
