//! Technical profiles and claims transformations, at the base and at the levels over it.

use super::{CLASS, LITERALS, Numbers, claims_of, default_for, escape, has_input, preconditions};

pub(super) const TRANSFORMATIONS: usize = 24;

/// The transformations of a level; each is of one method over claims that fit.
pub(super) fn transformation(numbers: &mut Numbers, id: &str, place: usize) -> String {
    let strings = claims_of(&["string"]);
    let booleans = claims_of(&["boolean"]);
    let input = |claim: &str, slot: &str| format!("<InputClaim ClaimTypeReferenceId=\"{claim}\" TransformationClaimType=\"{slot}\" />");
    let output = |claim: &str, slot: &str| format!("<OutputClaim ClaimTypeReferenceId=\"{claim}\" TransformationClaimType=\"{slot}\" />");
    let parameter = |id: &str, data_type: &str, value: &str| {
        format!("<InputParameter Id=\"{id}\" DataType=\"{data_type}\" Value=\"{}\" />", escape(value))
    };
    let (a, b, c) = (numbers.pick(&strings), numbers.pick(&strings), numbers.pick(&strings));
    let (p, q, r) = (numbers.pick(&booleans), numbers.pick(&booleans), numbers.pick(&booleans));
    let literal = numbers.pick(&LITERALS);
    let yes = numbers.pick(&["true", "false"]);
    let operator = numbers.pick(&["EQUAL", "NOT EQUAL"]);
    let collection = numbers.pick(&["c1", "c2"]);
    let (method, inputs, parameters, outputs) = match place % TRANSFORMATIONS {
        0 | 1 => ("CreateStringClaim", String::new(), parameter("value", "string", literal), output(a, "createdClaim")),
        2 | 3 => ("CopyClaim", input(a, "inputClaim"), String::new(), output(b, "outputClaim")),
        4 => ("FormatStringClaim", input(a, "inputClaim"), parameter("stringFormat", "string", "{0}!"), output(b, "outputClaim")),
        5 => {
            let any = numbers.pick(&claims_of(&[]));
            ("DoesClaimExist", input(any, "inputClaim"), String::new(), output(p, "outputClaim"))
        }
        6 => (
            "CompareClaims",
            input(a, "inputClaim1") + &input(b, "inputClaim2"),
            parameter("operator", "string", operator) + &parameter("ignoreCase", "string", yes),
            output(p, "outputClaim"),
        ),
        7 | 8 => (
            "CompareClaimToValue",
            input(a, "inputClaim1"),
            parameter("compareTo", "string", literal)
                + &parameter("operator", "string", operator)
                + &parameter("ignoreCase", "string", yes),
            output(p, "outputClaim"),
        ),
        9 => ("AssertBooleanClaimIsEqualToValue", input("b2", "inputClaim"), parameter("valueToCompareTo", "boolean", yes), String::new()),
        10 => (
            "AssertStringClaimsAreEqual",
            input("s1", "inputClaim1") + &input(b, "inputClaim2"),
            parameter("stringComparison", "string", "ordinalIgnoreCase"),
            String::new(),
        ),
        11 => ("ChangeCase", input(a, "inputClaim1"), parameter("toCase", "string", "LOWER"), output(c, "outputClaim")),
        12 => ("NullClaim", String::new(), String::new(), output(a, "claim_to_null")),
        13 => ("AdjustNumber", input("i1", "inputClaim"), parameter("Operator", "string", "INCREMENT"), output("i2", "outputClaim")),
        14 => ("CreateRandomString", String::new(), parameter("randomGeneratorType", "string", "GUID"), output(a, "outputClaim")),
        15 => ("NotClaims", input(p, "inputClaim"), String::new(), output(q, "outputClaim")),
        16 => ("AndClaims", input(p, "inputClaim1") + &input(q, "inputClaim2"), String::new(), output(r, "outputClaim")),
        17 => ("OrClaims", input(p, "inputClaim1") + &input(q, "inputClaim2"), String::new(), output(r, "outputClaim")),
        18 => ("GetCurrentDateTime", String::new(), String::new(), output("t1", "currentDateTime")),
        19 => (
            "AddItemToStringCollection",
            input(a, "item") + &input(collection, "collection"),
            String::new(),
            output(collection, "collection"),
        ),
        20 => (
            "AddParameterToStringCollection",
            input(collection, "collection"),
            parameter("item", "string", literal),
            output(collection, "collection"),
        ),
        21 => ("GetSingleItemFromStringCollection", input(collection, "collection"), String::new(), output(a, "extractedItem")),
        22 => (
            "StringCollectionContains",
            input(collection, "inputClaim"),
            parameter("item", "string", literal) + &parameter("ignoreCase", "string", yes),
            output(p, "outputClaim"),
        ),
        _ => (
            "LookupValue",
            input(a, "inputParameterId"),
            parameter("LOW", "string", "High") + &parameter("errorOnFailedLookup", "boolean", yes),
            output(b, "outputClaim"),
        ),
    };
    let element = |name: &str, inner: String| if inner.is_empty() { inner } else { format!("<{name}>{inner}</{name}>") };
    format!(
        "<ClaimsTransformation Id=\"{id}\" TransformationMethod=\"{method}\">{}{}{}</ClaimsTransformation>\n",
        element("InputClaims", inputs),
        element("InputParameters", parameters),
        element("OutputClaims", outputs)
    )
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Rest,
    Page,
    Transforming,
    Read,
    Write,
    Delete,
    SignIn,
    Phone,
    Provider,
    Form,
}

/// Every technical profile with its kind.
pub(super) const PROFILES: [(&str, Of); 19] = [
    ("Api-1", Of::Rest),
    ("Api-2", Of::Rest),
    ("Api-3", Of::Rest),
    ("Page-1", Of::Page),
    ("Page-2", Of::Page),
    ("Page-3", Of::Page),
    ("Change-1", Of::Transforming),
    ("Change-2", Of::Transforming),
    ("Change-3", Of::Transforming),
    ("Read-1", Of::Read),
    ("Read-2", Of::Read),
    ("Write-1", Of::Write),
    ("Write-2", Of::Write),
    ("Delete", Of::Delete),
    ("SignIn", Of::SignIn),
    ("Phone", Of::Phone),
    ("Social-1", Of::Provider),
    ("Social-2", Of::Provider),
    ("Form", Of::Form),
];

pub(super) fn references(numbers: &mut Numbers, element: &str, from: &[&str], most: usize, of: Of) -> String {
    let mut taken = Vec::new();
    let mut inner = String::new();
    for _ in 0..numbers.below(most + 1) {
        let claim = numbers.pick(from);
        if taken.contains(&claim) {
            continue;
        }
        taken.push(claim);
        let mut attributes = String::new();
        let outputs_on_page = element == "OutputClaim" && matches!(of, Of::Page | Of::Form);
        let needs_default =
            outputs_on_page && !has_input(claim) || of == Of::Transforming && element == "OutputClaim" && numbers.chance(70);
        if needs_default || numbers.chance(20) {
            attributes += &format!(" DefaultValue=\"{}\"", escape(&default_for(numbers, claim)));
            if numbers.chance(30) {
                attributes += &format!(" AlwaysUseDefaultValue=\"{}\"", numbers.chance(80));
            }
        } else if numbers.chance(6) {
            attributes += " AlwaysUseDefaultValue=\"true\"";
        }
        if element == "PersistedClaim" && numbers.chance(15) {
            attributes += &format!(" OverwriteIfExists=\"{}\"", numbers.chance(50));
        }
        if numbers.chance(15) && !matches!(of, Of::Page | Of::Form) {
            attributes += &format!(" PartnerClaimType=\"their_{claim}\"");
        }
        if element != "PersistedClaim" && numbers.chance(if outputs_on_page { 30 } else { 5 }) {
            attributes += &format!(" Required=\"{}\"", numbers.chance(80));
        }
        let claim = if numbers.chance(5) { claim.to_uppercase() } else { claim.to_owned() };
        inner += &format!("<{element} ClaimTypeReferenceId=\"{claim}\"{attributes} />");
    }
    inner
}

fn transformations_of(numbers: &mut Numbers, element: &str, percent: usize, of: Of) -> String {
    let mut inner = String::new();
    while numbers.chance(percent) && inner.len() < 400 {
        // Most are of those that never fail, so that runs get somewhere.
        let place = match numbers.below(100) {
            0..60 => numbers.pick(&[0, 1, 5, 12, 13, 14, 18, 20]),
            60..75 if of == Of::Transforming => numbers.pick(&[9, 10]),
            _ => numbers.below(TRANSFORMATIONS),
        };
        inner += &format!("<{element} ReferenceId=\"T{place}\" />");
    }
    if inner.is_empty() { inner } else { format!("<{element}s>{inner}</{element}s>") }
}

/// The part of a technical profile that may stand at any level.
pub(super) fn free_part(
    numbers: &mut Numbers,
    of: Of,
    metadata: &str,
    first_inputs: &str,
    keys: &str,
    include: &str,
    whole: bool,
) -> String {
    let any = claims_of(&[]);
    let mut metadata = metadata.to_owned();
    if numbers.chance(10) {
        metadata += "<Item Key=\"IncludeClaimResolvingInClaimsHandling\">true</Item>";
    }
    if of == Of::Page && numbers.chance(10) {
        // A key in another case.
        metadata += "<Item Key=\"Setting.RetryLimit\">1</Item>";
    }
    let element = |name: &str, inner: &str| if inner.is_empty() { String::new() } else { format!("<{name}>{inner}</{name}>") };
    let enabled = if numbers.chance(8) {
        let (rule, claim, value) = match numbers.below(5) {
            0 => ("Never", "", ""),
            1 => ("OnClaimsExistence", "s3", numbers.pick(&LITERALS)),
            2 => ("OnClaimsExistence", "b1", "True"),
            3 => ("OnItemExistenceInStringCollectionClaim", "c1", "LOW"),
            _ => ("OnItemAbsenceInStringCollectionClaim", "c2", "LOW"),
        };
        if !claim.is_empty() {
            metadata +=
                &format!("<Item Key=\"ClaimTypeOnWhichToEnable\">{claim}</Item><Item Key=\"ClaimValueOnWhichToEnable\">{value}</Item>");
        }
        format!("<EnabledForUserJourneys>{rule}</EnabledForUserJourneys>")
    } else {
        String::new()
    };
    let enabled = if of == Of::Form { String::new() } else { enabled };
    let most = if whole { 4 } else { 2 };
    let (mut inputs, mut display, mut persisted, mut validations) = (first_inputs.to_owned(), String::new(), String::new(), String::new());
    // Pages ask for more than they know.
    let asked: Vec<&str> =
        any.iter().copied().filter(|claim| has_input(claim)).chain(["s1", "b2", "s1", "b2"]).chain(any.iter().copied()).collect();
    let outputs = references(numbers, "OutputClaim", if matches!(of, Of::Page | Of::Form) { &asked } else { &any }, most, of);
    match of {
        Of::Read | Of::SignIn | Of::Phone => {}
        Of::Write | Of::Delete => {
            persisted = if whole {
                "<PersistedClaim ClaimTypeReferenceId=\"s1\" PartnerClaimType=\"objectId\" />".to_owned()
            } else {
                String::new()
            };
            persisted += &references(numbers, "PersistedClaim", &["s3", "s4", "s5"], 2, of);
        }
        Of::Rest | Of::Transforming | Of::Provider => inputs += &references(numbers, "InputClaim", &any, most, of),
        Of::Page | Of::Form => {
            inputs += &references(numbers, "InputClaim", &any, most, of);
            if of == Of::Page && numbers.chance(if whole { 15 } else { 5 }) {
                let shown: Vec<&str> = any.iter().copied().filter(|claim| has_input(claim)).collect();
                for claim in [numbers.pick(&shown), numbers.pick(&shown)] {
                    if !display.contains(&format!("\"{claim}\"")) {
                        display += &format!("<DisplayClaim ClaimTypeReferenceId=\"{claim}\" Required=\"{}\" />", numbers.chance(50));
                    }
                }
            }
            while numbers.chance(if whole { 50 } else { 15 }) && validations.len() < 1200 {
                let can_validate = |of: Of| matches!(of, Of::Rest | Of::Transforming | Of::Read | Of::Write | Of::Delete | Of::SignIn);
                let called: Vec<&str> = PROFILES.iter().filter(|(_, of)| can_validate(*of)).map(|(id, _)| *id).collect();
                let mut attributes = String::new();
                if numbers.chance(30) {
                    attributes += &format!(" ContinueOnError=\"{}\"", numbers.chance(80));
                }
                if numbers.chance(30) {
                    attributes += &format!(" ContinueOnSuccess=\"{}\"", numbers.chance(40));
                }
                let inner = preconditions(numbers, 25, "SkipThisValidationTechnicalProfile");
                validations += &format!(
                    "<ValidationTechnicalProfile ReferenceId=\"{}\"{attributes}>{inner}</ValidationTechnicalProfile>",
                    numbers.pick(&called)
                );
            }
        }
    }
    let before = transformations_of(numbers, "InputClaimsTransformation", 15, of);
    let after = transformations_of(numbers, "OutputClaimsTransformation", if of == Of::Transforming { 45 } else { 15 }, of);
    let from = if matches!(of, Of::Rest | Of::Transforming) && numbers.chance(5) {
        format!(
            "<IncludeClaimsFromTechnicalProfile>{}</IncludeClaimsFromTechnicalProfile>",
            numbers.pick(&["Social-1", "Social-2", "Read-1"])
        )
    } else {
        String::new()
    };
    let include = if include.is_empty() { String::new() } else { format!("<IncludeTechnicalProfile ReferenceId=\"{include}\" />") };
    [
        element("Metadata", &metadata),
        keys.to_owned(),
        before,
        element("InputClaims", &inputs),
        element("DisplayClaims", &display),
        element("PersistedClaims", &persisted),
        element("OutputClaims", &outputs),
        after,
        element("ValidationTechnicalProfiles", &validations),
        from,
        include,
        enabled,
    ]
    .concat()
}

/// A technical profile as the base has it.
pub(super) fn profile(numbers: &mut Numbers, id: &str, of: Of) -> String {
    let handler = |class: &str| format!("<Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.{class}, {CLASS}\" />");
    let item = |key: &str, value: &str| format!("<Item Key=\"{key}\">{value}</Item>");
    let user = if numbers.chance(70) { " DefaultValue=\"someone\"" } else { "" };
    let user = format!("<InputClaim ClaimTypeReferenceId=\"s1\" PartnerClaimType=\"objectId\"{user} />");
    let mut keys = "";
    let (protocol, metadata, inputs, include) = match of {
        // Protocol and metadata come with what it includes.
        Of::Rest => (String::new(), String::new(), String::new(), if numbers.chance(30) { "Api-Special" } else { "Api-Common" }),
        Of::Transforming if id != "Change-1" && numbers.chance(30) => (String::new(), String::new(), String::new(), "Change-1"),
        Of::Transforming => (handler("ClaimsTransformationProtocolProvider"), String::new(), String::new(), ""),
        Of::Page | Of::Form => {
            let mut metadata = item("ContentDefinitionReferenceId", if of == Of::Form { "api.signin" } else { "api.page" });
            if numbers.chance(15) {
                metadata += &item("AllowGenerationOfClaimsWithNullValues", "true");
            }
            if numbers.chance(15) {
                metadata += &item("setting.retryLimit", numbers.pick(&["1", "2", "3"]));
            }
            if numbers.chance(10) {
                metadata += &item("setting.showCancelButton", "false");
            }
            if numbers.chance(3) {
                metadata += &item("setting.showContinueButton", "false");
            }
            if of == Of::Form {
                metadata += &item("SignUpTarget", "Target-2");
                if numbers.chance(10) {
                    metadata += &item("setting.showSignupLink", "false");
                }
                if numbers.chance(15) {
                    metadata += &item("setting.operatingMode", "Email");
                }
                if numbers.chance(10) {
                    metadata += &item("setting.forgotPasswordLinkLocation", numbers.pick(&["None", "AfterInput"]));
                }
                if numbers.chance(40) {
                    metadata += &item("setting.forgotPasswordLinkOverride", "Target-1");
                }
            }
            let include = if of == Of::Page && numbers.chance(30) { "Page-Common" } else { "" };
            (handler("SelfAssertedAttributeProvider"), metadata, String::new(), include)
        }
        Of::Read => {
            let metadata = item("Operation", "Read") + &item("RaiseErrorIfClaimsPrincipalDoesNotExist", numbers.pick(&["true", "false"]));
            (String::new(), metadata, user, "Directory-Common")
        }
        Of::Write => {
            let metadata = item("Operation", "Write")
                + &item("RaiseErrorIfClaimsPrincipalDoesNotExist", numbers.pick(&["true", "false"]))
                + &item("RaiseErrorIfClaimsPrincipalAlreadyExists", numbers.pick(&["true", "false", "false"]));
            (String::new(), metadata, user, "Directory-Common")
        }
        Of::Delete => {
            let metadata = item("Operation", numbers.pick(&["DeleteClaims", "DeleteClaimsPrincipal"]))
                + &item("RaiseErrorIfClaimsPrincipalDoesNotExist", numbers.pick(&["true", "false"]));
            (String::new(), metadata, user, "Directory-Common")
        }
        Of::SignIn => {
            let metadata = item("client_id", "one") + &item("METADATA", "https://login.contoso.com/metadata");
            let inputs = "<InputClaim ClaimTypeReferenceId=\"s1\" PartnerClaimType=\"username\" Required=\"true\" />\
                          <InputClaim ClaimTypeReferenceId=\"pw\" PartnerClaimType=\"password\" Required=\"true\" />\
                          <InputClaim ClaimTypeReferenceId=\"grant_type\" DefaultValue=\"password\" />";
            ("<Protocol Name=\"OpenIdConnect\" />".into(), metadata, inputs.into(), "")
        }
        Of::Phone => {
            let metadata = item("ContentDefinitionReferenceId", "api.page")
                + &item("ManualPhoneNumberEntryAllowed", numbers.pick(&["true", "true", "false"]));
            let inputs = "<InputClaim ClaimTypeReferenceId=\"s1\" PartnerClaimType=\"UserId\" /><InputClaim ClaimTypeReferenceId=\"s4\" />";
            (handler("PhoneFactorProtocolProvider"), metadata, inputs.into(), "")
        }
        Of::Provider => {
            let metadata = item("client_id", "one") + &item("METADATA", "https://social.contoso.com/metadata");
            keys = "<CryptographicKeys><Key Id=\"client_secret\" StorageReferenceId=\"B2C_1A_Secret\" /></CryptographicKeys>";
            ("<Protocol Name=\"OpenIdConnect\" />".into(), metadata, String::new(), "")
        }
    };
    let rest = free_part(numbers, of, &metadata, &inputs, keys, include, true);
    format!("<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName>{protocol}{rest}</TechnicalProfile>\n")
}
