//! What claims can be, as a table.

use super::chain::Chain;
use crate::PolicySet;
use crate::inherit::merge;
use crate::xml::Limits;

const PAGE: &str = "Web.TPEngine.Providers.SelfAssertedAttributeProvider, Web.TPEngine";
const REST: &str = "Web.TPEngine.Providers.RestfulProvider, Web.TPEngine";

/// The values of claim `x` in a policy with these claim types, transformations and technical profiles; `None` = any.
fn possible(types: &str, transformations: &str, profiles: &str) -> Option<Vec<String>> {
    let text = format!(
        r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com"
        PolicyId="B2C_1A_P" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_P"><BuildingBlocks><ClaimsSchema>{types}</ClaimsSchema>
        <ClaimsTransformations>{transformations}</ClaimsTransformations></BuildingBlocks><ClaimsProviders><ClaimsProvider><DisplayName>P</DisplayName>
        <TechnicalProfiles>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders></TrustFrameworkPolicy>"#
    );
    let set = PolicySet::from_bytes([("p.xml", text.as_bytes())], &Limits::default());
    let levels: Vec<_> = set.files().iter().collect();
    let policy = merge(&levels);
    let chain = Chain::new(&levels, &policy, set.sources());
    let values = chain.values().possible("X")?;
    Some(values.iter().map(|value| value.as_str().to_owned()).collect())
}

fn claim(id: &str, kind: &str, rest: &str) -> String {
    format!(r#"<ClaimType Id="{id}"><DataType>{kind}</DataType>{rest}</ClaimType>"#)
}

fn profile(handler: &str, output: &str) -> String {
    format!(
        r#"<TechnicalProfile Id="T"><DisplayName>T</DisplayName><Protocol Name="Proprietary" Handler="{handler}" />
        <OutputClaims><OutputClaim ClaimTypeReferenceId="x" {output}/></OutputClaims></TechnicalProfile>"#
    )
}

fn transformation(method: &str, inputs: &[(&str, &str)], parameters: &[(&str, &str)], output: &str) -> String {
    let inputs: String = inputs
        .iter()
        .map(|(claim, slot)| format!(r#"<InputClaim ClaimTypeReferenceId="{claim}" TransformationClaimType="{slot}" />"#))
        .collect();
    let parameters: String =
        parameters.iter().map(|(id, value)| format!(r#"<InputParameter Id="{id}" DataType="string" Value="{value}" />"#)).collect();
    format!(
        r#"<ClaimsTransformation Id="C{method}" TransformationMethod="{method}"><InputClaims>{inputs}</InputClaims><InputParameters>{parameters}</InputParameters>
        <OutputClaims><OutputClaim ClaimTypeReferenceId="x" TransformationClaimType="{output}" /></OutputClaims></ClaimsTransformation>"#
    )
}

#[track_caller]
fn check(found: Option<Vec<String>>, expected: Option<&[&str]>) {
    assert_eq!(found.as_deref(), expected.map(|values| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()).as_deref());
}

#[test]
fn a_claim_is_what_its_writers_give_it() {
    let text = claim("x", "string", "");
    let typed = claim("x", "string", "<UserInputType>TextBox</UserInputType>");
    let items = r#"<Restriction><Enumeration Text="A" Value="a" /><Enumeration Text="B" Value="b" /></Restriction>"#;
    let chosen = claim("x", "string", &format!("<UserInputType>DropdownSingleSelect</UserInputType>{items}"));
    let several = claim("x", "string", &format!("<UserInputType>CheckboxMultiSelect</UserInputType>{items}"));
    check(possible(&text, "", ""), Some(&[]));
    check(possible(&text, "", &profile(REST, "")), None);
    check(possible(&text, "", &profile(REST, r#"DefaultValue="d""#)), None);
    check(possible(&text, "", &profile(REST, r#"DefaultValue="d" AlwaysUseDefaultValue="true""#)), Some(&["d"]));
    check(possible(&text, "", &profile(REST, r#"DefaultValue="{OIDC:ClientId}" AlwaysUseDefaultValue="true""#)), None);
    check(possible(&text, "", &profile(PAGE, r#"DefaultValue="d""#)), Some(&["d"]));
    check(possible(&typed, "", &profile(PAGE, "")), None);
    check(possible(&chosen, "", &profile(PAGE, "")), Some(&["a", "b"]));
    check(possible(&several, "", &profile(PAGE, "")), None);
    check(possible(&claim("x", "boolean", ""), "", &profile(REST, "")), Some(&["False", "True"]));
    check(possible(&claim("x", "boolean", ""), "", &profile(PAGE, r#"DefaultValue="true""#)), Some(&["True"]));
}

#[test]
fn transformations_give_their_constants() {
    let types = claim("x", "string", "") + &claim("y", "string", "");
    let of = |method: &str, inputs: &[(&str, &str)], parameters: &[(&str, &str)], output: &str| {
        possible(&types, &transformation(method, inputs, parameters, output), "")
    };
    check(of("CreateStringClaim", &[], &[("value", "v")], "createdClaim"), Some(&["v"]));
    check(
        of("LookupValue", &[("y", "inputParameterId")], &[("a", "1"), ("b", "2"), ("errorOnFailedLookup", "true")], "outputClaim"),
        Some(&["1", "2"]),
    );
    check(of("FormatStringClaim", &[("y", "inputClaim")], &[("stringFormat", "{0}!")], "outputClaim"), None);
    check(of("SetClaimsIfStringsMatch", &[("y", "claimToMatch")], &[("outputClaimIfMatched", "hit")], "outputClaim"), Some(&["hit"]));
    check(of("NullClaim", &[], &[], "claim_to_null"), Some(&[]));
    check(of("NobodyKnowsThis", &[], &[], "outputClaim"), None);
}

#[test]
fn copies_have_the_values_of_what_is_copied() {
    let types = claim("x", "string", "") + &claim("y", "string", "");
    let source = r#"<ClaimsTransformation Id="S" TransformationMethod="CreateStringClaim"><InputParameters><InputParameter Id="value" DataType="string" Value="vv" />
        </InputParameters><OutputClaims><OutputClaim ClaimTypeReferenceId="y" TransformationClaimType="createdClaim" /></OutputClaims></ClaimsTransformation>"#;
    let copy = transformation("CopyClaim", &[("y", "inputClaim")], &[], "outputClaim");
    let upper = transformation("ChangeCase", &[("y", "inputClaim1")], &[("toCase", "UPPER")], "outputClaim");
    check(possible(&types, &format!("{source}{copy}"), ""), Some(&["vv"]));
    check(possible(&types, &format!("{source}{upper}"), ""), Some(&["VV"]));
    let round = transformation("CopyClaim", &[("x", "inputClaim")], &[], "outputClaim");
    check(possible(&types, &round, ""), Some(&[]));
}
