use super::*;

fn blocks(content: &str) -> String {
    format!("<BuildingBlocks>{content}</BuildingBlocks>")
}

/// Merges levels of building blocks.
#[track_caller]
fn merged_blocks(levels: &[&str]) -> EffectivePolicy {
    let levels: Vec<String> = levels.iter().map(|content| blocks(content)).collect();
    merged(&levels.iter().map(String::as_str).collect::<Vec<_>>())
}

fn text(text: &crate::claims::Str) -> String {
    text.to_string()
}

#[test]
fn a_claim_type_is_merged_field_by_field() {
    let claim = |content: &str| format!("<ClaimsSchema><ClaimType Id='c'>{content}</ClaimType></ClaimsSchema>");
    let all = |n: u32, data_type: &str, input: &str| {
        claim(&format!(
            "<DisplayName>n{n}</DisplayName><DataType>{data_type}</DataType><Mask Type='Simple'>m{n}</Mask><AdminHelpText>a{n}</AdminHelpText>\
             <UserHelpText>u{n}</UserHelpText><UserInputType>{input}</UserInputType><InputValidationReference Id='i{n}'/><PredicateValidationReference Id='p{n}'/>"
        ))
    };
    let check = |levels: [&str; 2], expected: &str| {
        let policy = merged_blocks(&levels);
        let claim = policy.claim_types.get("C").unwrap();
        let found = [
            shown(&policy, &claim.display_name, text),
            shown(&policy, &claim.data_type, |data_type| format!("{data_type:?}")),
            claim.mask.as_ref().map_or("-".to_owned(), |mask| format!("{}@{}", mask.text.value, level(&policy, mask.span))),
            shown(&policy, &claim.admin_help_text, text),
            shown(&policy, &claim.user_help_text, text),
            shown(&policy, &claim.user_input_type, |input| format!("{input:?}")),
            shown(&policy, &claim.input_validation, |id| id.to_string()),
            shown(&policy, &claim.predicate_validation, |id| id.to_string()),
        ];
        assert_eq!(found.join(" "), expected);
        assert_eq!(level(&policy, claim.span), 2);
    };
    let (parent, child) = (all(1, "string", "TextBox"), all(2, "int", "EmailBox"));
    check([&parent, &claim("")], "n1@1 String@1 m1@1 a1@1 u1@1 TextBox@1 i1@1 p1@1");
    check([&claim(""), &child], "n2@2 Int@2 m2@2 a2@2 u2@2 EmailBox@2 i2@2 p2@2");
    check([&parent, &child], "n2@2 Int@2 m2@2 a2@2 u2@2 EmailBox@2 i2@2 p2@2");
    check([&parent, &claim("<UserInputType>Readonly</UserInputType>")], "n1@1 String@1 m1@1 a1@1 u1@1 Readonly@2 i1@1 p1@1");
    let policy = merged_blocks(&["<ClaimsSchema><ClaimType Id='c' StatementType='Subject'/></ClaimsSchema>", &claim("")]);
    assert_eq!(shown(&policy, &policy.claim_types.get("c").unwrap().statement_type, |kind| kind.name().to_owned()), "Subject@1");
}

#[test]
fn default_partner_claim_types_are_merged_per_protocol() {
    let claim = |partners: &[(&str, &str)]| {
        let partners: String =
            partners.iter().map(|(name, partner)| format!("<Protocol Name='{name}' PartnerClaimType='{partner}'/>")).collect();
        format!(
            "<ClaimsSchema><ClaimType Id='c'><DefaultPartnerClaimTypes>{partners}</DefaultPartnerClaimTypes></ClaimType></ClaimsSchema>"
        )
    };
    let policy = merged_blocks(&[&claim(&[("OAuth2", "a"), ("SAML2", "a")]), &claim(&[("OAuth2", "b")])]);
    let partners: Vec<_> = policy
        .claim_types
        .get("c")
        .unwrap()
        .default_partners
        .iter()
        .map(|partner| format!("{} {}", partner.protocol.value, shown(&policy, &partner.partner_claim_type, text)))
        .collect();
    assert_eq!(partners, ["OAuth2 b@2", "SAML2 a@1"]);
}

#[test]
fn a_restriction_is_merged_by_its_merge_behavior() {
    let claim = |behavior: &str, values: &[&str], pattern: &str| {
        let values: String = values.iter().map(|value| format!("<Enumeration Text='t' Value='{value}'/>")).collect();
        let pattern = if pattern.is_empty() { String::new() } else { format!("<Pattern RegularExpression='{pattern}'/>") };
        let behavior = if behavior.is_empty() { String::new() } else { format!("MergeBehavior='{behavior}'") };
        format!("<ClaimsSchema><ClaimType Id='c'><Restriction {behavior}>{values}{pattern}</Restriction></ClaimType></ClaimsSchema>")
    };
    let check = |parent: &str, child: &str, expected: &str| {
        let policy = merged_blocks(&[parent, child]);
        let restriction = policy.claim_types.get("c").unwrap().restriction.clone().unwrap();
        let mut found: Vec<_> = restriction.enumeration.iter().map(|item| item.value.to_string()).collect();
        found.extend(restriction.pattern.map(|pattern| format!("/{}/", pattern.regular_expression.value)));
        assert_eq!(found.join(" "), expected);
    };
    let parent = claim("", &["a", "b"], "p");
    check(&parent, &claim("Append", &["c", "a"], ""), "a b c a /p/");
    check(&parent, &claim("Prepend", &["c", "a"], ""), "c a a b /p/");
    check(&parent, &claim("ReplaceAll", &["c"], ""), "c");
    check(&parent, &claim("", &["c"], ""), "c");
    check(&parent, &claim("Append", &["c"], "q"), "a b c /q/");
    check(&parent, "<ClaimsSchema><ClaimType Id='c'/></ClaimsSchema>", "a b /p/");
    check("<ClaimsSchema><ClaimType Id='c'/></ClaimsSchema>", &claim("Append", &["c"], "q"), "c /q/");
}

#[test]
fn open_02_predicates_transformations_and_clients_are_replaced_whole() {
    let all = |n: u32, more: &str| {
        format!(
            "<Predicates><Predicate Id='p' Method='M{n}'>{more}</Predicate></Predicates>\
             <InputValidations><InputValidation Id='i'><PredicateReferences Id='r{n}'/></InputValidation></InputValidations>\
             <PredicateValidations><PredicateValidation Id='v'><PredicateGroups><PredicateGroup Id='g{n}'/></PredicateGroups></PredicateValidation></PredicateValidations>\
             <ClaimsTransformations><ClaimsTransformation Id='t' TransformationMethod='M{n}'/></ClaimsTransformations>\
             <ClientDefinitions><ClientDefinition Id='d'><ClientUIFilterFlags>F{n}</ClientUIFilterFlags></ClientDefinition></ClientDefinitions>"
        )
    };
    let more = "<UserHelpText>x</UserHelpText>";
    let policy = merged_blocks(&[&all(1, more), &all(2, "")]);
    let predicate = policy.predicates.get("P").unwrap();
    assert_eq!((shown(&policy, &predicate.method, text).as_str(), predicate.user_help_text.is_none()), ("M2@2", true));
    let input = policy.input_validations.get("I").unwrap();
    assert_eq!(input.references.iter().map(|r| shown(&policy, &r.id, |id| id.to_string())).collect::<Vec<_>>(), ["r2@2"]);
    let validation = policy.predicate_validations.get("V").unwrap();
    assert_eq!(validation.groups.iter().map(|group| group.id.to_string()).collect::<Vec<_>>(), ["g2"]);
    assert_eq!(shown(&policy, &policy.claims_transformations.get("T").unwrap().method, text), "M2@2");
    assert_eq!(shown(&policy, &policy.client_definitions.get("D").unwrap().client_ui_filter_flags, text), "F2@2");
}

fn content_definition(content: &str) -> String {
    format!("<ContentDefinitions><ContentDefinition Id='api'>{content}</ContentDefinition></ContentDefinitions>")
}

#[test]
fn a_content_definition_is_merged_field_by_field() {
    let all = |n: u32| {
        content_definition(&format!(
            "<LoadUri>l{n}</LoadUri><RecoveryUri>r{n}</RecoveryUri><DataUri>d{n}</DataUri><Metadata><Item Key='k'>{n}</Item><Item Key='k{n}'>{n}</Item></Metadata>"
        ))
    };
    let check = |levels: [&str; 2], expected: &str| {
        let policy = merged_blocks(&levels);
        let definition = policy.content_definitions.get("API").unwrap();
        let mut found =
            [&definition.load_uri, &definition.recovery_uri, &definition.data_uri].map(|uri| shown(&policy, uri, text)).to_vec();
        found.extend(definition.metadata.iter().map(|item| format!("{}={}", item.key.value, item.value.value)));
        assert_eq!(found.join(" "), expected);
        assert_eq!(level(&policy, definition.span), 2);
    };
    check([&all(1), &content_definition("")], "l1@1 r1@1 d1@1 k=1 k1=1");
    check([&content_definition(""), &all(2)], "l2@2 r2@2 d2@2 k=2 k2=2");
    check([&all(1), &all(2)], "l2@2 r2@2 d2@2 k=2 k2=2 k1=1");
}

#[test]
fn localized_resources_references_are_merged_by_language() {
    let references = |behavior: &str, list: &[(&str, &str)]| {
        let list: String = list
            .iter()
            .map(|(language, id)| format!("<LocalizedResourcesReference Language='{language}' LocalizedResourcesReferenceId='{id}'/>"))
            .collect();
        content_definition(&format!("<LocalizedResourcesReferences {behavior}>{list}</LocalizedResourcesReferences>"))
    };
    let check = |behavior: &str, expected: &str| {
        let policy = merged_blocks(&[&references("", &[("en", "1"), ("fr", "1")]), &references(behavior, &[("de", "2"), ("EN", "2")])]);
        let found = policy.content_definitions.get("api").unwrap().localized_resources.clone().unwrap();
        let found: Vec<_> =
            found.references.iter().map(|r| format!("{}={}", r.language.value, r.resources.as_ref().unwrap().value)).collect();
        assert_eq!(found.join(" "), expected);
    };
    check("MergeBehavior='Append'", "fr=1 de=2 EN=2");
    check("MergeBehavior='Prepend'", "de=2 EN=2 fr=1");
    check("MergeBehavior='ReplaceAll'", "de=2 EN=2");
    check("", "de=2 EN=2");
    let policy = merged_blocks(&[&references("", &[("en", "1")]), &content_definition("")]);
    assert!(policy.content_definitions.get("api").unwrap().localized_resources.is_some());
}

#[test]
fn supported_languages_are_merged_by_their_merge_behavior() {
    let languages = |attributes: &str, list: &[&str]| {
        let list: String = list.iter().map(|language| format!("<SupportedLanguage>{language}</SupportedLanguage>")).collect();
        format!("<Localization Enabled='true'><SupportedLanguages {attributes}>{list}</SupportedLanguages></Localization>")
    };
    let parent = languages("DefaultLanguage='en'", &["en", "fr"]);
    let check = |attributes: &str, expected: &str| {
        let policy = merged_blocks(&[&parent, &languages(attributes, &["de", "EN"])]);
        let found = policy.supported_languages.clone().unwrap();
        let list: Vec<_> = found.languages.iter().map(|language| language.to_string()).collect();
        assert_eq!(format!("{} {}", shown(&policy, &found.default_language, |id| id.to_string()), list.join(" ")), expected);
    };
    check("DefaultLanguage='de' MergeBehavior='Append'", "de@2 fr de EN");
    check("MergeBehavior='Prepend'", "en@1 de EN fr");
    check("MergeBehavior='ReplaceAll'", "en@1 de EN");
    check("", "en@1 de EN");
    let policy = merged_blocks(&[&parent, "<Localization Enabled='false'/>"]);
    assert_eq!(shown(&policy, &policy.localization_enabled, bool::to_string), "false@2");
    assert_eq!(policy.supported_languages.unwrap().languages.len(), 2);
    let policy = merged_blocks(&[&parent, "<Localization/>"]);
    assert_eq!(shown(&policy, &policy.localization_enabled, bool::to_string), "true@1");
    let languages = "<Localization><SupportedLanguages PolicyLanguage='en'><SupportedLanguage>en</SupportedLanguage></SupportedLanguages></Localization>";
    let policy = merged_blocks(&[languages, &parent]);
    assert_eq!(shown(&policy, &policy.supported_languages.as_ref().unwrap().policy_language, |id| id.to_string()), "en@1");
}

#[test]
fn localized_resources_are_merged_by_string_and_by_collection() {
    let resources = |content: &str| format!("<Localization><LocalizedResources Id='en'>{content}</LocalizedResources></Localization>");
    let string = |kind: &str, element: &str, id: &str, text: &str| {
        let element = if element.is_empty() { String::new() } else { format!("ElementId='{element}'") };
        format!("<LocalizedString ElementType='{kind}' {element} StringId='{id}'>{text}</LocalizedString>")
    };
    let strings = |list: &[String]| resources(&format!("<LocalizedStrings>{}</LocalizedStrings>", list.concat()));
    let policy = merged_blocks(&[
        &strings(&[
            string("ClaimType", "a", "x", "1"),
            string("ClaimType", "b", "x", "1"),
            string("UxElement", "", "x", "1"),
            string("ClaimType", "a", "y", "1"),
        ]),
        &strings(&[string("ClaimType", "A", "X", "2"), string("UxElement", "a", "x", "2")]),
    ]);
    let found: Vec<_> = policy
        .localized_resources
        .get("EN")
        .unwrap()
        .strings
        .iter()
        .map(|string| format!("{}{}", string.string_id.value, string.text.value))
        .collect();
    assert_eq!(found, ["X2", "x2", "x1", "x1", "y1"]);

    let collection = |element: &str, target: &str, value: &str| {
        resources(&format!(
            "<LocalizedCollections><LocalizedCollection ElementType='ClaimType' ElementId='{element}' TargetCollection='{target}'><Item Text='t' Value='{value}'/></LocalizedCollection></LocalizedCollections>"
        ))
    };
    let found = |levels: [&str; 2]| {
        let policy = merged_blocks(&levels);
        let list = policy
            .localized_resources
            .get("en")
            .unwrap()
            .collections
            .iter()
            .map(|collection| collection.items[0].value.to_string())
            .collect::<Vec<_>>();
        list.join(" ")
    };
    assert_eq!(found([&collection("a", "Restriction", "1"), &collection("A", "Restriction", "2")]), "2");
    assert_eq!(found([&collection("a", "Restriction", "1"), &collection("b", "Restriction", "2")]), "2 1");
    assert_eq!(found([&collection("a", "Restriction", "1"), &collection("a", "Other", "2")]), "2 1");
}

#[test]
fn a_display_control_is_merged_by_its_lists() {
    let control = |kind: &str, content: &str| {
        format!("<DisplayControls><DisplayControl Id='c' UserInterfaceControlType='{kind}'>{content}</DisplayControl></DisplayControls>")
    };
    let lists = |claim: &str, action: &str, profile: &str| {
        format!(
            "<InputClaims><InputClaim ClaimTypeReferenceId='{claim}'/></InputClaims><DisplayClaims><DisplayClaim ClaimTypeReferenceId='{claim}'/></DisplayClaims>\
             <OutputClaims><OutputClaim ClaimTypeReferenceId='{claim}'/></OutputClaims><Actions><Action Id='{action}'><ValidationClaimsExchange>\
             <ValidationClaimsExchangeTechnicalProfile TechnicalProfileReferenceId='{profile}'/></ValidationClaimsExchange></Action></Actions>"
        )
    };
    let check = |child: &str, expected: &str| {
        let policy = merged_blocks(&[&control("A", &lists("a", "SendCode", "p1")), &control("B", child)]);
        let control = policy.display_controls.get("C").unwrap();
        let claims =
            |list: &[crate::policy::ClaimReference]| list.iter().map(|claim| claim.claim.to_string()).collect::<Vec<_>>().join(",");
        let actions: Vec<_> =
            control.actions.iter().map(|action| format!("{}:{}", action.id.value, action.exchanges[0].reference.value)).collect();
        let found = [
            shown(&policy, &control.kind, text),
            claims(&control.input_claims),
            control.display_claims.len().to_string(),
            claims(&control.output_claims),
            actions.join(","),
        ];
        assert_eq!(found.join(" "), expected);
    };
    check(&lists("b", "VerifyCode", "p2"), "B@2 b,a 2 b,a VerifyCode:p2,SendCode:p1");
    check(&lists("A", "sendcode", "p2"), "B@2 A 1 A sendcode:p2");
    check("", "B@2 a 1 a SendCode:p1");
}

#[test]
fn inh_4_ids_of_every_kind_compare_without_case() {
    let level = |case: fn(&str) -> String| {
        let id = case("Ab");
        blocks(&format!(
            "<ClaimsSchema><ClaimType Id='{id}'/></ClaimsSchema><Predicates><Predicate Id='{id}' Method='m'/></Predicates>\
             <InputValidations><InputValidation Id='{id}'/></InputValidations><PredicateValidations><PredicateValidation Id='{id}'/></PredicateValidations>\
             <ClaimsTransformations><ClaimsTransformation Id='{id}' TransformationMethod='m'/></ClaimsTransformations>\
             <ClientDefinitions><ClientDefinition Id='{id}'/></ClientDefinitions><ContentDefinitions><ContentDefinition Id='{id}'/></ContentDefinitions>\
             <Localization><LocalizedResources Id='{id}'/></Localization>\
             <DisplayControls><DisplayControl Id='{id}' UserInterfaceControlType='k'/></DisplayControls>"
        )) + &format!(
            "<ClaimsProviders><ClaimsProvider><TechnicalProfiles><TechnicalProfile Id='{id}'/></TechnicalProfiles></ClaimsProvider></ClaimsProviders>\
             <UserJourneys><UserJourney Id='{id}'/></UserJourneys><SubJourneys><SubJourney Id='{id}' Type='Call'/></SubJourneys>"
        )
    };
    let policy = merged(&[&level(str::to_lowercase), &level(str::to_uppercase)]);
    let counts = [
        policy.claim_types.len(),
        policy.predicates.len(),
        policy.input_validations.len(),
        policy.predicate_validations.len(),
        policy.claims_transformations.len(),
        policy.client_definitions.len(),
        policy.content_definitions.len(),
        policy.localized_resources.len(),
        policy.display_controls.len(),
        policy.technical_profiles.len(),
        policy.user_journeys.len(),
        policy.sub_journeys.len(),
    ];
    assert_eq!(counts, [1; 12]);
}

#[test]
fn an_id_twice_in_a_file_is_told_for_every_kind() {
    let twice = blocks(
        "<ClaimsSchema><ClaimType Id='a'/><ClaimType Id='A'/></ClaimsSchema><Predicates><Predicate Id='p' Method='1'/><Predicate Id='p' Method='2'/></Predicates>",
    );
    let files = Files::levels(&[&twice]);
    let policy = files.merged();
    assert_eq!(policy.predicates.get("p").unwrap().method.as_ref().unwrap().as_str(), "1");
    let expected = [
        "error B2C0111: `ClaimType` `A` occurs twice in this file [P1:A, P1:a]",
        "error B2C0111: `Predicate` `p` occurs twice in this file [P1:p, P1:p]",
    ];
    assert_eq!(files.lines(&policy.diagnostics), expected);
}

#[test]
fn metadata_of_a_content_definition_twice_is_told_and_the_last_counts() {
    let files = Files::levels(&[&blocks(&content_definition("<Metadata><Item Key='k'>1</Item><Item Key='k'>2</Item></Metadata>"))]);
    let policy = files.merged();
    let metadata = &policy.content_definitions.get("api").unwrap().metadata;
    assert_eq!((metadata.len(), metadata[0].value.as_str()), (1, "2"));
    assert_eq!(files.lines(&policy.diagnostics), ["warning B2C0111: the metadata key `k` occurs twice [P1:k, P1:k]"]);
}

#[test]
fn a_metadata_key_of_a_content_definition_in_another_case_is_told() {
    let level = |key: &str| blocks(&content_definition(&format!("<Metadata><Item Key='{key}'>1</Item></Metadata>")));
    let files = Files::levels(&[&level("DisplayName"), &level("displayname")]);
    let warning = "warning B2C0302: the metadata key `displayname` is spelled `DisplayName` in the base [P2:displayname, P1:DisplayName]";
    assert_eq!(files.lines(&files.merged().diagnostics), [warning]);
}

#[test]
fn folding_level_by_level_gives_what_merging_at_once_gives() {
    let level = |n: u32| {
        blocks(&format!("<ClaimsSchema><ClaimType Id='a'><DisplayName>{n}</DisplayName></ClaimType><ClaimType Id='b{n}'/></ClaimsSchema>"))
    };
    let files = Files::levels(&[&level(1), &level(2), &level(3)]);
    let mut folded = EffectivePolicy::default();
    for file in &files.files {
        folded.lay(file);
    }
    assert_eq!(format!("{folded:?}"), format!("{:?}", files.merged()));
    assert_eq!(folded.claim_types.len(), 4);
}
