//! What is said about a file that is not as the schema has it.

use b2c_journey::diagnostic::Severity;
use b2c_journey::policy::{EnabledForUserJourneys, ScriptExecution};

use super::support::{NAMESPACE, check, claim_type, load, name, policy, profile, read_clean, step, steps, text};

#[test]
fn another_root_is_no_policy() {
    for (text, expected) in [
        ("<Policies/>", "error NOT_A_POLICY at Policies: the root element is `Policies`, not `TrustFrameworkPolicy`"),
        (
            "<TrustFrameworkPolicies><TrustFrameworkPolicy/></TrustFrameworkPolicies>",
            "error NOT_A_POLICY at TrustFrameworkPolicies: the root element is `TrustFrameworkPolicies`, not `TrustFrameworkPolicy` \
             (this is an export of several policies: save each `TrustFrameworkPolicy` in it as a file of its own)",
        ),
        (
            "<trustFrameworkPolicy/>",
            "error NOT_A_POLICY at trustFrameworkPolicy: the root element is `trustFrameworkPolicy`, not `TrustFrameworkPolicy` \
             (did you mean `TrustFrameworkPolicy`?)",
        ),
    ] {
        let loaded = load(text);
        assert!(loaded.file.is_none(), "{text}");
        assert_eq!(loaded.lines(), [expected]);
    }
}

#[test]
fn another_namespace_is_one_warning_and_the_file_is_read() {
    let body = "<UserJourneys><UserJourney Id=\"SignIn\"/></UserJourneys>";
    for (declared, expected) in [
        ("", "warning BAD_VALUE at TrustFrameworkPolicy: the policy has no namespace"),
        ("urn:other", "warning BAD_VALUE at TrustFrameworkPolicy: the namespace of the policy is `urn:other`"),
    ] {
        let declaration = if declared.is_empty() { String::new() } else { format!("xmlns=\"{declared}\"") };
        let loaded = load(&policy(body).replace(&format!("xmlns=\"{NAMESPACE}\""), &declaration));
        assert_eq!(loaded.lines(), [format!("{expected} (the service expects `{NAMESPACE}`)")]);
        assert_eq!(loaded.file.unwrap().user_journeys.len(), 1);
    }
}

#[test]
fn prefixed_elements_and_schema_hints_are_fine() {
    let file = read_clean(&format!(
        "<p:TrustFrameworkPolicy xmlns:p=\"{NAMESPACE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xsi:schemaLocation=\"{NAMESPACE} x.xsd\" PolicySchemaVersion=\"0.3.0.0\" TenantId=\"t.com\" PolicyId=\"B2C_1A_x\" \
         PublicPolicyUri=\"http://t.com/B2C_1A_x\"><p:UserJourneys><p:UserJourney Id=\"a\"/></p:UserJourneys></p:TrustFrameworkPolicy>"
    ));
    assert_eq!(file.user_journeys.len(), 1);
}

#[test]
fn mandatory_attributes_of_the_root_are_missed() {
    check(
        &format!("<TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicyId=\"\"/>"),
        &[
            "error BAD_VALUE at PolicyId=\"\": `PolicyId` is empty",
            &format!(
                "error MISSING_PART at <TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicyId=\"\"/>: \
                 `TrustFrameworkPolicy` has no attribute `PolicySchemaVersion`"
            ),
            &format!(
                "error MISSING_PART at <TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicyId=\"\"/>: \
                 `TrustFrameworkPolicy` has no attribute `TenantId`"
            ),
            &format!(
                "error MISSING_PART at <TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicyId=\"\"/>: \
                 `TrustFrameworkPolicy` has no attribute `PublicPolicyUri`"
            ),
        ],
    );
}

#[test]
fn an_unknown_element_is_named_with_the_nearest_known_one() {
    for (inside, expected) in [
        (
            "<OutputClaims><OutputClam ClaimTypeReferenceId=\"risk\"/></OutputClaims>",
            "error UNKNOWN_ELEMENT at OutputClam: `OutputClaims` has no element `OutputClam` (did you mean `OutputClaim`?)",
        ),
        (
            "<outputClaims/>",
            "error UNKNOWN_ELEMENT at outputClaims: `TechnicalProfile` has no element `outputClaims` (did you mean `OutputClaims`?)",
        ),
        (
            "<OutputClaims><Pony/></OutputClaims>",
            "error UNKNOWN_ELEMENT at Pony: `OutputClaims` has no element `Pony` (it may hold `OutputClaim`)",
        ),
        ("<Pony><Protocol/></Pony>", "error UNKNOWN_ELEMENT at Pony: `TechnicalProfile` has no element `Pony`"),
        (
            "<OutputClaim ClaimTypeReferenceId=\"risk\"/>",
            "error UNKNOWN_ELEMENT at OutputClaim: `TechnicalProfile` has no element `OutputClaim` (`OutputClaim` belongs in `OutputClaims`)",
        ),
        ("<DisplayName>a<Item/></DisplayName>", "error UNKNOWN_ELEMENT at Item: `DisplayName` has no element `Item`"),
        (
            "<DisplayName>a<b/></DisplayName>",
            "error MARKUP_IN_VALUE at <b/>: `DisplayName` may only hold text, and `<b>` is taken for an element \
             (write `&lt;b&gt;`, or put the text into `<![CDATA[ .. ]]>`)",
        ),
    ] {
        check(&profile(inside), &[expected]);
    }
}

#[test]
fn an_unknown_attribute_is_named_with_the_nearest_known_one() {
    for (inside, expected) in [
        (
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"risk\" PartnerClaimtype=\"r\"/></OutputClaims>",
            "error UNKNOWN_ATTRIBUTE at PartnerClaimtype: `OutputClaim` has no attribute `PartnerClaimtype` (did you mean `PartnerClaimType`?)",
        ),
        (
            "<OutputClaims><OutputClaim ClaimTypeReferenceId=\"risk\" OverwriteIfExists=\"true\"/></OutputClaims>",
            "error UNKNOWN_ATTRIBUTE at OverwriteIfExists: `OutputClaim` has no attribute `OverwriteIfExists` (it may have \
             `ClaimTypeReferenceId`, `PartnerClaimType`, `Required`, `DefaultValue` and `AlwaysUseDefaultValue`)",
        ),
        (
            "<Metadata><Item Key=\"a\" Keys=\"b\">c</Item></Metadata>",
            "error UNKNOWN_ATTRIBUTE at Keys: `Item` has no attribute `Keys` (it may have `Key`)",
        ),
        ("<Metadata Id=\"a\"/>", "error UNKNOWN_ATTRIBUTE at Id: `Metadata` has no attribute `Id`"),
        (
            "<IncludeTechnicalProfile ReferenceId=\"a\" Id=\"b\"/>",
            "error UNKNOWN_ATTRIBUTE at Id: `IncludeTechnicalProfile` has no attribute `Id` (it may have `ReferenceId`)",
        ),
    ] {
        check(&profile(inside), &[expected]);
    }
}

#[test]
fn structural_faults_are_located_and_the_rest_is_read() {
    let stray = load(&policy(
        "<ClaimsProvider><DisplayName>lost</DisplayName></ClaimsProvider><RelyingParty><DefaultUserJourney ReferenceId=\"SignIn\"/>\
         <UserJourneyBehaviors> x <ScriptExecution>Allow</ScriptExecution></UserJourneyBehaviors></RelyingParty>",
    ));
    assert_eq!(
        stray.lines(),
        [
            "error UNKNOWN_ELEMENT at ClaimsProvider: `TrustFrameworkPolicy` has no element `ClaimsProvider` \
             (`ClaimsProvider` belongs in `ClaimsProviders`)",
            "warning STRAY_TEXT at x: `UserJourneyBehaviors` may not hold text (remove the text)",
        ]
    );
    let behaviors = stray.file.unwrap().relying_party.unwrap().user_journey_behaviors.clone().unwrap();
    assert_eq!(behaviors.script_execution.unwrap().value, ScriptExecution::Allow);

    let nested = load(&profile(
        "<ValidationTechnicalProfiles><ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"in\"/>\
         </ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"out\"/></ValidationTechnicalProfiles>",
    ));
    assert_eq!(
        nested.lines(),
        ["error UNKNOWN_ELEMENT at ValidationTechnicalProfiles: `ValidationTechnicalProfiles` has no element \
          `ValidationTechnicalProfiles` (`ValidationTechnicalProfiles` belongs in `TechnicalProfile`)"]
    );
    let validations = &nested.file.unwrap().technical_profiles[0].validation_technical_profiles;
    assert_eq!(validations.iter().map(|one| one.reference.as_str()).collect::<Vec<_>>(), ["out"]);
}

/// The service's words for a second element.
fn again(parent: &str, name: &str) -> String {
    let namespace = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";
    format!(
        "error TOO_MANY_ELEMENTS at {name}: The element '{parent}' in namespace '{namespace}' has invalid child element '{name}' in \
         namespace '{namespace}'. (delete it, or put what is in it into the first one)"
    )
}

#[test]
fn a_second_element_where_one_may_stand_is_an_error() {
    let loaded = load(&profile(
        "<DisplayName>one</DisplayName><DisplayName>two</DisplayName>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"a\"/></OutputClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"b\"/></OutputClaims>",
    ));
    assert_eq!(loaded.lines(), [again("TechnicalProfile", "DisplayName"), again("TechnicalProfile", "OutputClaims")]);
    let file = loaded.file.unwrap();
    assert_eq!(text(&file.technical_profiles[0].display_name), Some("one"));
    assert_eq!(file.technical_profiles[0].output_claims.len(), 2);

    let blocks = "<BuildingBlocks><ClaimsSchema><ClaimType Id=\"a\"/></ClaimsSchema></BuildingBlocks>";
    let loaded = load(&policy(&format!("{blocks}{blocks}")));
    assert_eq!(loaded.lines()[0], again("TrustFrameworkPolicy", "BuildingBlocks"));
    assert_eq!(loaded.file.unwrap().claim_types.len(), 2);
}

#[test]
fn an_element_without_what_identifies_it_is_left_out() {
    for (text, expected) in [
        (
            profile("<InputClaims><InputClaim PartnerClaimType=\"x\"/></InputClaims>"),
            "error MISSING_PART at <InputClaim PartnerClaimType=\"x\"/>: `InputClaim` has no attribute `ClaimTypeReferenceId`",
        ),
        (
            profile("<IncludeTechnicalProfile/>"),
            "error MISSING_PART at <IncludeTechnicalProfile/>: `IncludeTechnicalProfile` has no attribute `ReferenceId`",
        ),
        (
            profile("<DisplayClaims><DisplayClaim Required=\"true\"/></DisplayClaims>"),
            "error MISSING_PART at <DisplayClaim Required=\"true\"/>: `DisplayClaim` has neither `ClaimTypeReferenceId` nor \
             `DisplayControlReferenceId`",
        ),
        (
            step("<ClaimsExchanges><ClaimsExchange Id=\"a\"/></ClaimsExchanges>"),
            "error MISSING_PART at <ClaimsExchange Id=\"a\"/>: `ClaimsExchange` has no attribute `TechnicalProfileReferenceId`",
        ),
        (
            step("<ClaimsProviderSelections><ClaimsProviderSelection/></ClaimsProviderSelections>"),
            "error MISSING_PART at <ClaimsProviderSelection/>: `ClaimsProviderSelection` has neither `TargetClaimsExchangeId` nor \
             `ValidationClaimsExchangeId`",
        ),
        (
            steps("<OrchestrationStep Type=\"Noop\"/>"),
            "error MISSING_PART at <OrchestrationStep Type=\"Noop\"/>: `OrchestrationStep` has no attribute `Order`",
        ),
        (
            policy("<BasePolicy><TenantId>t</TenantId></BasePolicy>"),
            "error MISSING_PART at <BasePolicy>: `BasePolicy` has no element `PolicyId`",
        ),
        (
            policy("<ClaimsProviders><ClaimsProvider/></ClaimsProviders>"),
            "error MISSING_PART at <ClaimsProvider/>: `ClaimsProvider` has no element `TechnicalProfiles`",
        ),
    ] {
        check(&text, &[expected]);
    }
    let file = load(&steps("<OrchestrationStep Type=\"Noop\"/><OrchestrationStep Order=\"2\" Type=\"Noop\"/>")).file.unwrap();
    assert_eq!(file.user_journeys[0].steps.iter().map(|step| *step.order).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_value_that_its_type_does_not_allow_is_located() {
    let precondition = |attributes: &str, action: &str| {
        step(&format!("<Preconditions><Precondition {attributes}><Value>a</Value><Action>{action}</Action></Precondition></Preconditions>"))
    };
    for (text, expected) in [
        (profile("<IncludeInSso>yes</IncludeInSso>"), "error BAD_VALUE at yes: `IncludeInSso` must be `true` or `false`: `yes`"),
        (steps("<OrchestrationStep Order=\"-1\" Type=\"Noop\"/>"), "error BAD_VALUE at -1: `Order` must be a whole number: `-1`"),
        (
            steps("<OrchestrationStep Order=\"1\" Type=\"ClaimExchange\"/>"),
            "error BAD_VALUE at ClaimExchange: `Type` has no such value: `ClaimExchange` (did you mean `ClaimsExchange`?)",
        ),
        (
            precondition("Type=\"ClaimsExist\" ExecuteActionsIf=\"true\"", "SkipThisOrchestratonStep"),
            "error BAD_VALUE at SkipThisOrchestratonStep: `Action` has no such value: `SkipThisOrchestratonStep` \
             (did you mean `SkipThisOrchestrationStep`?)",
        ),
        (
            precondition("Type=\"Exists\" ExecuteActionsIf=\"true\"", "SkipThisOrchestrationStep"),
            "error BAD_VALUE at Exists: `Type` has no such value: `Exists` (it may be `ClaimsExist` or `ClaimEquals`)",
        ),
        (
            precondition("Type=\"ClaimsExist\"", "SkipThisOrchestrationStep"),
            "error MISSING_PART at <Precondition Type=\"ClaimsExist\">: `Precondition` has no attribute `ExecuteActionsIf`",
        ),
        (
            profile("<OutputTokenFormat>JTW</OutputTokenFormat>"),
            "error BAD_VALUE at JTW: `OutputTokenFormat` has no such value: `JTW` (did you mean `JWT`?)",
        ),
        (
            profile("<OutputTokenFormat>Opaque</OutputTokenFormat>"),
            "error BAD_VALUE at Opaque: `OutputTokenFormat` has no such value: `Opaque` (it may be `JWT`, `JSON`, `SAML2`, `SAML11`, \
             `OAuth2Error`, `CpimUnsigned` or `UProve11`)",
        ),
        (
            profile("<EnabledForUserJourneys>OnClaimExistence</EnabledForUserJourneys>"),
            "error BAD_VALUE at OnClaimExistence: `EnabledForUserJourneys` has no such value: `OnClaimExistence` \
             (did you mean `OnClaimsExistence`?)",
        ),
        (
            claim_type("<DataType>strings</DataType>"),
            "error BAD_VALUE at strings: `DataType` has no such value: `strings` (did you mean `string`?)",
        ),
        (
            claim_type("<UserInputType>Textbocks</UserInputType>"),
            "error BAD_VALUE at Textbocks: `UserInputType` has no such value: `Textbocks` (did you mean `TextBox`?)",
        ),
        (
            profile("<DisplayClaims><DisplayClaim ClaimTypeReferenceId=\"a\" DisplayControlReferenceId=\"b\"/></DisplayClaims>"),
            "error BAD_VALUE at b: `DisplayClaim` names both a claim and a display control",
        ),
        (
            policy("").replace(" PolicyId", " DeploymentMode=\"{Settings:Mode}\" PolicyId"),
            "warning BAD_VALUE at {Settings:Mode}: `DeploymentMode` is still the placeholder `{Settings:Mode}` and is left out \
             (load the policy after its settings were filled in)",
        ),
        (
            step("<ClaimsExchanges><ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\" \"/></ClaimsExchanges>"),
            "error BAD_VALUE at TechnicalProfileReferenceId=\" \": `TechnicalProfileReferenceId` is empty",
        ),
    ] {
        check(&text, &[expected]);
    }
}

#[test]
fn blanks_around_a_reference_are_cut_with_a_warning_and_a_fix() {
    for (written, mended) in [
        (
            "<ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\" Risk\"/>",
            "<ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\"Risk\"/>",
        ),
        (
            "<ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\"Risk  \"/>",
            "<ClaimsExchange Id=\"a\" TechnicalProfileReferenceId=\"Risk\"/>",
        ),
    ] {
        let text = step(&format!("<ClaimsExchanges>{written}</ClaimsExchanges>"));
        let loaded = load(&text);
        assert_eq!(loaded.diagnostics.len(), 1, "{written}");
        assert_eq!(loaded.diagnostics[0].severity, Severity::Warning);
        assert_eq!(loaded.diagnostics[0].message, "blanks around `Risk` in `TechnicalProfileReferenceId` are not taken as part of it");
        assert_eq!(loaded.fixed(&text), text.replace(written, mended));
        let file = loaded.file.unwrap();
        let exchange = &file.user_journeys[0].steps[0].claims_exchanges.as_ref().unwrap()[0];
        assert_eq!(exchange.technical_profile.as_str(), "Risk");
        assert_eq!(loaded.sources.text(exchange.technical_profile.span), "Risk");
    }

    let text = policy("<BasePolicy><TenantId>t</TenantId><PolicyId>\n  B2C_1A_Base </PolicyId></BasePolicy>");
    let loaded = load(&text);
    assert_eq!(loaded.fixed(&text), policy("<BasePolicy><TenantId>t</TenantId><PolicyId>B2C_1A_Base</PolicyId></BasePolicy>"));
    assert_eq!(name(&loaded.file.unwrap().base.unwrap().policy_id), Some("B2C_1A_Base"));

    // Where the value is written with references, the places of the blanks are not known: no fix.
    let loaded = load(&profile("<IncludeTechnicalProfile ReferenceId=\" A&amp;B\"/>"));
    assert_eq!(loaded.diagnostics.len(), 1);
    assert!(loaded.diagnostics[0].fix.is_empty());
    assert_eq!(name(&loaded.file.unwrap().technical_profiles[0].include_technical_profile), Some("A&B"));
}

#[test]
fn another_case_is_let_through_with_a_warning_and_a_fix() {
    let text = profile("<IncludeInSso>False</IncludeInSso><EnabledForUserJourneys>never</EnabledForUserJourneys>");
    let loaded = load(&text);
    assert_eq!(
        loaded.lines(),
        [
            "warning BAD_VALUE at False: `IncludeInSso` is spelled `False`, the schema has `false`",
            "warning BAD_VALUE at never: `EnabledForUserJourneys` is spelled `never`, the schema has `Never`",
        ]
    );
    assert_eq!(loaded.fixed(&text), profile("<IncludeInSso>false</IncludeInSso><EnabledForUserJourneys>Never</EnabledForUserJourneys>"));
    let file = loaded.file.unwrap();
    assert!(!file.technical_profiles[0].include_in_sso.unwrap().value);
    assert_eq!(file.technical_profiles[0].enabled_for_user_journeys.unwrap().value, EnabledForUserJourneys::Never);
}

#[test]
fn booleans_are_those_of_the_schema_and_numbers_may_have_blanks() {
    for (written, expected) in [("true", true), ("1", true), ("false", false), ("0", false), (" true ", true)] {
        let file = read_clean(&profile(&format!("<IncludeInSso>{written}</IncludeInSso>")));
        assert_eq!(file.technical_profiles[0].include_in_sso.unwrap().value, expected, "{written}");
    }
    let file = read_clean(&steps("<OrchestrationStep Order=\" 7 \" Type=\"Noop\"/>"));
    assert_eq!(*file.user_journeys[0].steps[0].order, 7);
}

#[test]
fn constructs_without_effect_are_noted_once_and_still_checked() {
    let loaded = load(&profile(
        "<Suppressions><Item Key=\"a\" Value=\"b\"/></Suppressions><Extensions><any xmlns=\"urn:x\">thing</any></Extensions>\
         <ErrorHandlers><ErrorHandler><ResponseMatch>x</ResponseMatch><Acton/></ErrorHandler></ErrorHandlers>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"a\"><From TechnicalProfileReferenceId=\"b\"/></InputClaim></InputClaims>",
    ));
    assert_eq!(
        loaded.lines(),
        [
            "note NO_EFFECT at <Suppressions>: `Suppressions` has no effect on a run",
            "note NO_EFFECT at <Extensions>: `Extensions` has no effect on a run",
            "note NO_EFFECT at <ErrorHandlers>: `ErrorHandlers` has no effect on a run",
            "error UNKNOWN_ELEMENT at Acton: `ErrorHandler` has no element `Acton` (did you mean `Action`?)",
            "warning NO_EFFECT at <From TechnicalProfileReferenceId=\"b\"/>: `From` has no effect on a run",
        ]
    );
    let unused = &loaded.file.unwrap().technical_profiles[0].unused;
    assert_eq!(unused.iter().map(|unused| unused.name).collect::<Vec<_>>(), ["Suppressions", "Extensions", "ErrorHandlers"]);

    check(
        &steps("<OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\"><ClaimsExchanges UserIdentity=\"false\"/></OrchestrationStep>"),
        &["note NO_EFFECT at false: attribute `UserIdentity` of `ClaimsExchanges` has no effect on a run"],
    );
}
