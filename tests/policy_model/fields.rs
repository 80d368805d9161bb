//! What is read of each family of elements.

use b2c_journey::claims::{DataType, InputType};
use b2c_journey::policy::{
    DeploymentMode, DisplayClaimTarget, DisplayOption, EnabledForUserJourneys, MaskType, MergeBehavior, OnErrorMode, PreconditionAction,
    PreconditionType, ScriptExecution, SessionExpiryType, SingleSignOnScope, StepType, SubJourneyType,
};
use b2c_journey::source::Span;

use super::support::{claim_type, load, name, names, policy, read_clean, steps, text};

#[test]
fn the_file_itself() {
    let file = read_clean(
        &policy("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>B2C_1A_Base</PolicyId></BasePolicy>").replace(
            " PolicyId=",
            " TenantObjectId=\"0f\" DeploymentMode=\"Development\" UserJourneyRecorderEndpoint=\"urn:journeyrecorder:applicationinsights\" PolicyId=",
        ),
    );
    assert_eq!(name(&file.policy_id), Some("B2C_1A_Test"));
    assert_eq!(name(&file.tenant_id), Some("contoso.onmicrosoft.com"));
    assert_eq!(name(&file.tenant_object_id), Some("0f"));
    assert_eq!(text(&file.public_policy_uri), Some("http://contoso.onmicrosoft.com/B2C_1A_Test"));
    assert_eq!(text(&file.policy_schema_version), Some("0.3.0.0"));
    assert_eq!(text(&file.user_journey_recorder_endpoint), Some("urn:journeyrecorder:applicationinsights"));
    assert_eq!(file.deployment_mode.unwrap().value, DeploymentMode::Development);
    let base = file.base.unwrap();
    assert_eq!((name(&base.tenant_id), name(&base.policy_id)), (Some("contoso.onmicrosoft.com"), Some("B2C_1A_Base")));
}

#[test]
fn claim_types() {
    let file = read_clean(&claim_type(
        "<DisplayName>Risk</DisplayName><DataType>Long</DataType>\
         <DefaultPartnerClaimTypes><Protocol Name=\"OAuth2\" PartnerClaimType=\"r\"/></DefaultPartnerClaimTypes>\
         <Mask Type=\"Regex\" Regex=\"(?&lt;=.).\"> * </Mask><AdminHelpText>admin</AdminHelpText><UserHelpText/>\
         <UserInputType>Readonly</UserInputType>\
         <Restriction MergeBehavior=\"Append\"><Enumeration Text=\"Low\" Value=\"1\" SelectByDefault=\"true\"/>\
         <Enumeration Text=\"High\" Value=\" 2 \"/><Pattern RegularExpression=\"^\\d$\" HelpText=\"digit\"/></Restriction>\
         <PredicateValidationReference Id=\"p\"/>",
    ));
    let claim = &file.claim_types[0];
    assert_eq!(claim.id.as_str(), "risk");
    assert_eq!(text(&claim.display_name), Some("Risk"));
    assert_eq!(claim.data_type.unwrap().value, DataType::Long);
    assert_eq!(claim.user_input_type.unwrap().value, InputType::Readonly);
    assert_eq!(text(&claim.user_help_text), Some(""));
    assert_eq!(text(&claim.admin_help_text), Some("admin"));
    assert_eq!(claim.default_partners[0].protocol.as_str(), "OAuth2");
    assert_eq!(text(&claim.default_partners[0].partner_claim_type), Some("r"));
    let mask = claim.mask.as_ref().unwrap();
    assert_eq!(mask.kind.unwrap().value, MaskType::Regex);
    assert_eq!((text(&mask.regex), mask.text.as_str()), (Some("(?<=.)."), " * "));
    let restriction = claim.restriction.as_ref().unwrap();
    assert_eq!(restriction.merge_behavior.unwrap().value, MergeBehavior::Append);
    assert_eq!(restriction.enumeration.len(), 2);
    assert!(restriction.enumeration[0].select_by_default.unwrap().value);
    assert_eq!(restriction.enumeration[1].value.as_str(), " 2 ");
    assert_eq!(restriction.pattern.as_ref().unwrap().regular_expression.as_str(), "^\\d$");
    assert_eq!(name(&claim.predicate_validation), Some("p"));
    assert_eq!(name(&claim.input_validation), None);
}

#[test]
fn building_blocks() {
    let file = read_clean(&policy(
        "<BuildingBlocks>\
         <Predicates><Predicate Id=\"len\" Method=\"IsLengthRange\" HelpText=\"h\"><UserHelpText>u</UserHelpText>\
         <Parameters><Parameter Id=\"Minimum\"> 8 </Parameter></Parameters></Predicate></Predicates>\
         <InputValidations><InputValidation Id=\"i\"><PredicateReferences Id=\"r\" HelpText=\"t\" MatchAtLeast=\"1\" Reject=\"false\">\
         <PredicateReference Id=\"len\"/></PredicateReferences></InputValidation></InputValidations>\
         <PredicateValidations><PredicateValidation Id=\"v\"><PredicateGroups><PredicateGroup Id=\"g\"><UserHelpText>why</UserHelpText>\
         <PredicateReferences><PredicateReference Id=\"len\"/><PredicateReference Id=\"b\"/></PredicateReferences></PredicateGroup>\
         </PredicateGroups></PredicateValidation></PredicateValidations>\
         <ClaimsTransformations><ClaimsTransformation Id=\"t\" TransformationMethod=\"FormatStringClaim\">\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"a\" TransformationClaimType=\"inputClaim\"/></InputClaims>\
         <InputParameters><InputParameter Id=\"stringFormat\" DataType=\"string\" Value=\" {0} \"/></InputParameters>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"b\" TransformationClaimType=\"outputClaim\"/></OutputClaims>\
         </ClaimsTransformation></ClaimsTransformations>\
         <ClientDefinitions><ClientDefinition Id=\"c\"><ClientUIFilterFlags>LineMarkers</ClientUIFilterFlags></ClientDefinition></ClientDefinitions>\
         <ContentDefinitions><ContentDefinition Id=\"api.signin\"><LoadUri>~/a.html</LoadUri><RecoveryUri>~/b.html</RecoveryUri>\
         <DataUri>urn:com:microsoft:aad:b2c:elements:contract:unifiedssp:2.1.7</DataUri>\
         <Metadata><Item Key=\"DisplayName\">Sign in</Item></Metadata><LocalizedResourcesReferences MergeBehavior=\"Prepend\">\
         <LocalizedResourcesReference Language=\"de\" LocalizedResourcesReferenceId=\"api.signin.de\"/></LocalizedResourcesReferences>\
         </ContentDefinition></ContentDefinitions>\
         <Localization Enabled=\"true\"><SupportedLanguages DefaultLanguage=\"en\" MergeBehavior=\"ReplaceAll\">\
         <SupportedLanguage>en</SupportedLanguage><SupportedLanguage>de</SupportedLanguage></SupportedLanguages>\
         <LocalizedResources Id=\"api.signin.de\"><LocalizedCollections>\
         <LocalizedCollection ElementType=\"ClaimType\" ElementId=\"risk\" TargetCollection=\"Restriction\"><Item Text=\"tief\" Value=\"1\"/>\
         </LocalizedCollection></LocalizedCollections><LocalizedStrings>\
         <LocalizedString ElementType=\"UxElement\" StringId=\"button\">Weiter &amp; los</LocalizedString></LocalizedStrings>\
         </LocalizedResources></Localization>\
         <DisplayControls><DisplayControl Id=\"mail\" UserInterfaceControlType=\"VerificationControl\">\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"a\"/></InputClaims>\
         <DisplayClaims><DisplayClaim ClaimTypeReferenceId=\"code\" ControlClaimType=\"VerificationCode\" Required=\"true\"/></DisplayClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"a\"/></OutputClaims>\
         <Actions><Action Id=\"SendCode\"><ValidationClaimsExchange>\
         <ValidationClaimsExchangeTechnicalProfile TechnicalProfileReferenceId=\"Generate\" ContinueOnError=\"true\"/>\
         <ValidationClaimsExchangeTechnicalProfile TechnicalProfileReferenceId=\"Send\"/></ValidationClaimsExchange></Action></Actions>\
         </DisplayControl></DisplayControls></BuildingBlocks>",
    ));
    let predicate = &file.predicates[0];
    assert_eq!((text(&predicate.method), text(&predicate.help_text)), (Some("IsLengthRange"), Some("h")));
    assert_eq!(text(&predicate.user_help_text), Some("u"));
    assert_eq!((predicate.parameters[0].id.as_str(), predicate.parameters[0].value.as_str()), ("Minimum", " 8 "));
    let references = &file.input_validations[0].references[0];
    assert_eq!((references.match_at_least.unwrap().value, references.reject.unwrap().value), (1, false));
    let group = &file.predicate_validations[0].groups[0];
    assert_eq!(text(&group.user_help_text), Some("why"));
    assert_eq!(names(&group.references[0].predicates), ["len", "b"]);

    let transformation = &file.claims_transformations[0];
    assert_eq!(text(&transformation.method), Some("FormatStringClaim"));
    assert_eq!(name(&transformation.input_claims[0].transformation_claim_type), Some("inputClaim"));
    assert_eq!(text(&transformation.input_parameters[0].value), Some(" {0} "));
    assert_eq!(transformation.input_parameters[0].data_type.unwrap().value, DataType::String);
    assert_eq!(transformation.output_claims[0].claim.as_str(), "b");

    assert_eq!(text(&file.client_definitions[0].client_ui_filter_flags), Some("LineMarkers"));
    let content = &file.content_definitions[0];
    assert_eq!((text(&content.load_uri), text(&content.recovery_uri)), (Some("~/a.html"), Some("~/b.html")));
    assert_eq!(text(&content.data_uri), Some("urn:com:microsoft:aad:b2c:elements:contract:unifiedssp:2.1.7"));
    assert_eq!((content.metadata[0].key.as_str(), content.metadata[0].value.as_str()), ("DisplayName", "Sign in"));
    let resources = content.localized_resources.as_ref().unwrap();
    assert_eq!(resources.merge_behavior.unwrap().value, MergeBehavior::Prepend);
    assert_eq!(name(&resources.references[0].resources), Some("api.signin.de"));

    let localization = file.localization.unwrap();
    assert!(localization.enabled.unwrap().value);
    let languages = localization.supported_languages.unwrap();
    assert_eq!(name(&languages.default_language), Some("en"));
    assert_eq!(names(&languages.languages), ["en", "de"]);
    let resources = &localization.resources[0];
    assert_eq!(text(&resources.collections[0].items[0].text), Some("tief"));
    assert_eq!(resources.strings[0].text.as_str(), "Weiter & los");

    let control = &file.display_controls[0];
    assert_eq!(text(&control.kind), Some("VerificationControl"));
    assert_eq!(text(&control.display_claims[0].control_claim_type), Some("VerificationCode"));
    assert!(control.display_claims[0].required.unwrap().value);
    let exchanges = &control.actions[0].exchanges;
    assert_eq!((exchanges[0].reference.as_str(), exchanges[1].reference.as_str()), ("Generate", "Send"));
    assert!(exchanges[0].continue_on_error.unwrap().value && exchanges[1].continue_on_error.is_none());
}

#[test]
fn technical_profiles() {
    let text_of_file = policy(
        "<ClaimsProviders><ClaimsProvider><Domain>facebook.com</Domain><DisplayName>Facebook</DisplayName><TechnicalProfiles>\
         <TechnicalProfile Id=\"Risk\"><Domain>d</Domain><DisplayName>n</DisplayName><Description>x</Description>\
         <Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.RestfulProvider, Web.TPEngine\"/>\
         <InputTokenFormat>JSON</InputTokenFormat><OutputTokenFormat>JWT</OutputTokenFormat>\
         <Metadata><Item Key=\"ServiceUrl \"> https://a </Item><Item Key=\"Empty\"/></Metadata>\
         <CryptographicKeys><Key Id=\"secret\" StorageReferenceId=\"B2C_1A_Secret\"/></CryptographicKeys>\
         <IncludeInSso>false</IncludeInSso>\
         <InputClaimsTransformations><InputClaimsTransformation ReferenceId=\"i\"/></InputClaimsTransformations>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"a\" PartnerClaimType=\"p\" DefaultValue=\" d \" AlwaysUseDefaultValue=\"true\" Required=\"true\"/></InputClaims>\
         <DisplayClaims><DisplayClaim ClaimTypeReferenceId=\"a\"/><DisplayClaim DisplayControlReferenceId=\"c\"/></DisplayClaims>\
         <PersistedClaims><PersistedClaim ClaimTypeReferenceId=\"a\" OverwriteIfExists=\"false\" DefaultValue=\"\"/></PersistedClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"b\"/></OutputClaims>\
         <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"o\"/></OutputClaimsTransformations>\
         <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"o2\"/></OutputClaimsTransformations>\
         <ValidationTechnicalProfiles><ValidationTechnicalProfile ReferenceId=\"v\" ContinueOnError=\"true\" ContinueOnSuccess=\"false\">\
         <Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\"><Value>a</Value><Value> x </Value>\
         <Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions></ValidationTechnicalProfile></ValidationTechnicalProfiles>\
         <SubjectNamingInfo ClaimType=\"sub\" Format=\"f\" ExcludeAsClaim=\"true\"/>\
         <IncludeClaimsFromTechnicalProfile>from</IncludeClaimsFromTechnicalProfile><IncludeTechnicalProfile ReferenceId=\"common\"/>\
         <UseTechnicalProfileForSessionManagement ReferenceId=\"SM-Noop\"/>\
         <EnabledForUserJourneys>OnClaimsExistence</EnabledForUserJourneys></TechnicalProfile>\
         <TechnicalProfile Id=\"Bare\"><DisplayClaims/></TechnicalProfile></TechnicalProfiles></ClaimsProvider></ClaimsProviders>",
    );
    let loaded = load(&text_of_file);
    assert_eq!(loaded.lines(), Vec::<String>::new());
    let at = |span: Span| loaded.sources.text(span);
    let file = loaded.file.as_ref().unwrap();
    let profile = &file.technical_profiles[0];
    let provider = profile.provider.as_ref().unwrap();
    assert_eq!((text(&provider.display_name), text(&provider.domain)), (Some("Facebook"), Some("facebook.com")));
    assert_eq!(at(provider.domain.as_ref().unwrap().span), "facebook.com");
    assert_eq!((at(profile.span), at(profile.id.span)), ("<TechnicalProfile Id=\"Risk\">", "Risk"));
    assert_eq!((text(&profile.domain), text(&profile.display_name), text(&profile.description)), (Some("d"), Some("n"), Some("x")));
    let protocol = profile.protocol.as_ref().unwrap();
    assert_eq!(text(&protocol.name), Some("Proprietary"));
    assert_eq!(text(&protocol.handler), Some("Web.TPEngine.Providers.RestfulProvider, Web.TPEngine"));
    assert_eq!((text(&profile.input_token_format), text(&profile.output_token_format)), (Some("JSON"), Some("JWT")));
    let item = &profile.metadata[0];
    assert_eq!((item.key.as_str(), item.value.as_str(), at(item.value.span)), ("ServiceUrl ", " https://a ", "https://a"));
    assert_eq!(profile.metadata[1].value.as_str(), "");
    assert_eq!(text(&profile.cryptographic_keys[0].storage_reference_id), Some("B2C_1A_Secret"));
    assert!(!profile.include_in_sso.unwrap().value);
    assert_eq!(names(&profile.input_claims_transformations), ["i"]);
    assert_eq!(names(&profile.output_claims_transformations), ["o", "o2"]);
    let input = &profile.input_claims[0];
    assert_eq!((text(&input.partner_claim_type), text(&input.default_value)), (Some("p"), Some(" d ")));
    assert!(input.always_use_default_value.unwrap().value && input.required.unwrap().value);
    let display = profile.display_claims.as_ref().unwrap();
    assert!(matches!(&display[0].target, DisplayClaimTarget::Claim(claim) if claim.as_str() == "a"));
    assert!(matches!(&display[1].target, DisplayClaimTarget::Control(control) if control.as_str() == "c"));
    let persisted = &profile.persisted_claims[0];
    assert_eq!((text(&persisted.default_value), persisted.overwrite_if_exists.unwrap().value), (Some(""), false));
    assert_eq!(profile.output_claims[0].claim.as_str(), "b");
    let validation = &profile.validation_technical_profiles[0];
    assert!(validation.continue_on_error.unwrap().value && !validation.continue_on_success.unwrap().value);
    let precondition = &validation.preconditions[0];
    assert_eq!(precondition.kind.unwrap().value, PreconditionType::ClaimEquals);
    assert_eq!(precondition.values[1].as_str(), " x ");
    assert_eq!(precondition.actions[0].value, PreconditionAction::SkipThisValidationTechnicalProfile);
    let naming = profile.subject_naming_info.as_ref().unwrap();
    assert_eq!((text(&naming.claim_type), text(&naming.format)), (Some("sub"), Some("f")));
    assert!(naming.exclude_as_claim.unwrap().value);
    assert_eq!(name(&profile.include_claims_from), Some("from"));
    assert_eq!(name(&profile.include_technical_profile), Some("common"));
    assert_eq!(name(&profile.use_for_session_management), Some("SM-Noop"));
    assert_eq!(profile.enabled_for_user_journeys.unwrap().value, EnabledForUserJourneys::OnClaimsExistence);

    let bare = &file.technical_profiles[1];
    assert_eq!(bare.display_claims.as_ref().map(Vec::len), Some(0), "an empty DisplayClaims element is there");
    assert!(bare.protocol.is_none() && bare.include_in_sso.is_none());
}

#[test]
fn journeys() {
    let file = read_clean(&policy(
        "<UserJourneys><UserJourney Id=\"SignIn\" NonInteractive=\"false\" DefaultCpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\">\
         <Authorization><AuthorizationTechnicalProfiles><AuthorizationTechnicalProfile ReferenceId=\"bearer\"/></AuthorizationTechnicalProfiles></Authorization>\
         <OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"CombinedSignInAndSignUp\" ContentDefinitionReferenceId=\"api.signin\">\
         <ClaimsProviderSelections DisplayOption=\"ShowSingleProvider\"><ClaimsProviderSelection TargetClaimsExchangeId=\"fb\"/>\
         <ClaimsProviderSelection ValidationClaimsExchangeId=\"local\"/></ClaimsProviderSelections>\
         <ClaimsExchanges><ClaimsExchange Id=\"local\" TechnicalProfileReferenceId=\"Local\"/></ClaimsExchanges></OrchestrationStep>\
         <OrchestrationStep Order=\"3\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"/>\
         <OrchestrationStep Order=\"2\" Type=\"InvokeSubJourney\">\
         <Preconditions><Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"false\"><Value>a</Value><Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>\
         <Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"1\"><Value>a</Value><Value>b</Value><Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>\
         <JourneyList><Candidate SubJourneyReferenceId=\"Mfa\"/></JourneyList></OrchestrationStep></OrchestrationSteps>\
         <ClientDefinition ReferenceId=\"DefaultWeb\"/></UserJourney></UserJourneys>\
         <SubJourneys><SubJourney Id=\"Mfa\" Type=\"Call\"><OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"Noop\"/></OrchestrationSteps></SubJourney></SubJourneys>",
    ));
    let journey = &file.user_journeys[0];
    assert!(!journey.non_interactive.unwrap().value);
    assert_eq!(name(&journey.default_issuer), Some("JwtIssuer"));
    assert_eq!(names(journey.authorization.as_ref().unwrap()), ["bearer"]);
    assert_eq!(name(&journey.client_definition), Some("DefaultWeb"));
    assert_eq!(journey.steps.iter().map(|step| *step.order).collect::<Vec<_>>(), [1, 3, 2], "as written");

    let first = &journey.steps[0];
    assert_eq!(first.kind.as_ref().unwrap().value, StepType::CombinedSignInAndSignUp);
    assert_eq!(first.kind.as_ref().unwrap().name(), "CombinedSignInAndSignUp");
    assert_eq!(name(&first.content_definition), Some("api.signin"));
    let selections = first.claims_provider_selections.as_ref().unwrap();
    assert_eq!(selections.display_option.unwrap().value, DisplayOption::ShowSingleProvider);
    assert_eq!(name(&selections.selections[0].target), Some("fb"));
    assert_eq!(name(&selections.selections[1].validation), Some("local"));
    assert_eq!(first.claims_exchanges.as_ref().unwrap()[0].technical_profile.as_str(), "Local");
    assert!(first.preconditions.is_none() && first.journey_list.is_none());

    assert_eq!(name(&journey.steps[1].issuer), Some("JwtIssuer"));
    assert!(journey.steps[1].claims_exchanges.is_none());

    let third = &journey.steps[2];
    let preconditions = third.preconditions.as_ref().unwrap();
    assert_eq!(preconditions.len(), 2, "several Preconditions elements are one list");
    assert!(!preconditions[0].execute_actions_if.unwrap().value && preconditions[1].execute_actions_if.unwrap().value);
    assert_eq!(third.journey_list.as_ref().unwrap()[0].sub_journey.as_str(), "Mfa");

    assert_eq!(file.sub_journeys[0].kind.unwrap().value, SubJourneyType::Call);
    assert_eq!(file.sub_journeys[0].steps[0].kind.as_ref().unwrap().value, StepType::Noop);
}

#[test]
fn an_unknown_step_type_is_kept_as_written() {
    let file = load(&steps("<OrchestrationStep Order=\"1\" Type=\"Dance\"/>")).file.unwrap();
    let kind = &file.user_journeys[0].steps[0].kind.as_ref().unwrap().value;
    assert_eq!((kind, kind.name()), (&StepType::Other("Dance".into()), "Dance"));
}

#[test]
fn the_relying_party() {
    let file = read_clean(&policy(
        "<RelyingParty><DefaultUserJourney ReferenceId=\"SignIn\"/>\
         <Endpoints><Endpoint Id=\"UserInfo\" UserJourneyReferenceId=\"Info\"/></Endpoints>\
         <UserJourneyBehaviors><SingleSignOn Scope=\"Tenant\" KeepAliveInDays=\"30\" EnforceIdTokenHintOnLogout=\"true\"/>\
         <SessionExpiryType>Absolute</SessionExpiryType><SessionExpiryInSeconds>900</SessionExpiryInSeconds>\
         <JourneyInsights TelemetryEngine=\"ApplicationInsights\" InstrumentationKey=\"k\" DeveloperMode=\"true\" ClientEnabled=\"false\" ServerEnabled=\"true\" TelemetryVersion=\"1.0.0\"/>\
         <ContentDefinitionParameters><Parameter Name=\"campaign\">{OAUTH-KV:campaignId}</Parameter></ContentDefinitionParameters>\
         <JourneyFraming Enabled=\"true\" Sources=\"https://a\"/><ScriptExecution>Disallow</ScriptExecution><OnError Mode=\"DisplayInService\"/>\
         </UserJourneyBehaviors>\
         <TechnicalProfile Id=\"PolicyProfile\"><Protocol Name=\"OpenIdConnect\"/><OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\"/></OutputClaims>\
         <SubjectNamingInfo ClaimType=\"sub\"/></TechnicalProfile></RelyingParty>",
    ));
    let party = file.relying_party.unwrap();
    assert_eq!(name(&party.default_user_journey), Some("SignIn"));
    assert_eq!((party.endpoints[0].id.as_str(), party.endpoints[0].user_journey.as_str()), ("UserInfo", "Info"));
    let behaviors = party.user_journey_behaviors.as_ref().unwrap();
    let session = behaviors.single_sign_on.as_ref().unwrap();
    assert_eq!(session.scope.unwrap().value, SingleSignOnScope::Tenant);
    assert_eq!((session.keep_alive_in_days.unwrap().value, session.enforce_id_token_hint_on_logout.unwrap().value), (30, true));
    assert_eq!(behaviors.session_expiry_type.unwrap().value, SessionExpiryType::Absolute);
    assert_eq!(behaviors.session_expiry_in_seconds.unwrap().value, 900);
    let insights = behaviors.journey_insights.as_ref().unwrap();
    assert_eq!((text(&insights.instrumentation_key), insights.client_enabled.unwrap().value), (Some("k"), false));
    let parameter = &behaviors.content_definition_parameters[0];
    assert_eq!((parameter.name.as_str(), parameter.value.as_str()), ("campaign", "{OAUTH-KV:campaignId}"));
    assert!(behaviors.journey_framing.as_ref().unwrap().enabled.unwrap().value);
    assert_eq!(behaviors.script_execution.unwrap().value, ScriptExecution::Disallow);
    assert_eq!(behaviors.on_error.unwrap().value, OnErrorMode::DisplayInService);
    let profile = &party.technical_profiles[0];
    assert!(profile.provider.is_none());
    assert_eq!(text(&profile.output_claims[0].partner_claim_type), Some("sub"));
    assert_eq!(text(&profile.subject_naming_info.as_ref().unwrap().claim_type), Some("sub"));
}
