//! Policies made up from a seed: a base, an extension and a relying party that overlay one another, with two to eight steps of every type.
//! What the service would refuse at upload is avoided, all else goes.

mod profiles;

use b2c_journey::engine::made_up;

use profiles::{Of, PROFILES, TRANSFORMATIONS, free_part, profile, references, transformation};

const CLASS: &str = "Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";
/// What preconditions, defaults, enumerations and replies share, so that comparisons often hold.
pub(crate) const LITERALS: [&str; 8] = ["LOW", "low", "High", "True", "true", "1", "x y", "ann@contoso.com"];

/// A sequence of made-up numbers.
pub(crate) struct Numbers {
    seed: u64,
    place: u64,
}

impl Numbers {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed: made_up(seed, 0x5eed), place: 0 }
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.place += 1;
        (made_up(self.seed, self.place) >> 11) as usize % limit.max(1)
    }

    pub(crate) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        let place = self.below(from.len());
        from[place].clone()
    }
}

/// Claim, data type, and whether a page can ask for it.
const CLAIMS: [(&str, &str, &str); 16] = [
    ("s1", "string", "TextBox"),
    ("s2", "string", "DropdownSingleSelect"),
    ("s3", "string", ""),
    ("s4", "string", "TextBox"),
    ("s5", "string", ""),
    ("pw", "string", "Password"),
    ("note", "string", "Readonly"),
    ("b1", "boolean", ""),
    ("b2", "boolean", "TextBox"),
    ("i1", "int", ""),
    ("i2", "int", "TextBox"),
    ("l1", "long", ""),
    ("c1", "stringCollection", ""),
    ("c2", "stringCollection", ""),
    ("t1", "dateTime", ""),
    ("d1", "date", "DateTimeDropdown"),
];

fn claims_of<'c>(types: &[&str]) -> Vec<&'c str> {
    CLAIMS.iter().filter(|(_, data_type, _)| types.is_empty() || types.contains(data_type)).map(|(id, ..)| *id).collect()
}

fn type_of(claim: &str) -> &'static str {
    CLAIMS.iter().find(|(id, ..)| *id == claim).map_or("string", |(_, data_type, _)| data_type)
}

fn has_input(claim: &str) -> bool {
    CLAIMS.iter().any(|(id, _, input)| *id == claim && !input.is_empty())
}

/// A default that fits.
fn default_for(numbers: &mut Numbers, claim: &str) -> String {
    match type_of(claim) {
        "boolean" => numbers.pick(&["true", "false", "True"]).into(),
        "int" | "long" => numbers.pick(&["0", "1", "-7"]).into(),
        "dateTime" => "2026-01-01T00:00:00Z".into(),
        "date" => "2026-01-01".into(),
        "stringCollection" => numbers.pick(&["LOW", "[\"LOW\",\"x y\"]"]).into(),
        _ => {
            numbers.pick(&["LOW", "low", "High", "", "1", "{Claim:s1}", "{OIDC:LoginHint}", "{Policy:PolicyId}", "{OAUTH-KV:hint}"]).into()
        }
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn literal_for(numbers: &mut Numbers, claim: &str) -> &'static str {
    match type_of(claim) {
        "boolean" => numbers.pick(&["True", "False", "true"]),
        "int" | "long" => numbers.pick(&["0", "1", "-7", "01"]),
        "date" => "2026-01-01",
        "dateTime" => "2026-01-01T00:00:00.0000000Z",
        _ => numbers.pick(&LITERALS),
    }
}

fn preconditions(numbers: &mut Numbers, percent: usize, action: &str) -> String {
    let mut inner = String::new();
    while numbers.chance(percent) && inner.len() < 800 {
        let claim = numbers.pick(&claims_of(&[]));
        let claim = match numbers.below(20) {
            0 | 1 => claim.to_uppercase(),
            2 => format!(" {claim} "),
            _ => claim.to_owned(),
        };
        let execute_if = numbers.chance(50);
        let (kind, literal) = if numbers.chance(50) {
            ("ClaimsExist", String::new())
        } else {
            ("ClaimEquals", format!("<Value>{}</Value>", literal_for(numbers, claim.to_lowercase().trim())))
        };
        inner += &format!(
            "<Precondition Type=\"{kind}\" ExecuteActionsIf=\"{execute_if}\"><Value>{claim}</Value>{literal}<Action>{action}</Action></Precondition>"
        );
    }
    if inner.is_empty() { inner } else { format!("<Preconditions>{inner}</Preconditions>") }
}

/// ClaimsProviders: Domain and technical profiles of each.
fn providers(list: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (domain, inner) in list.iter().filter(|(_, inner)| !inner.is_empty()) {
        let domain = if domain.is_empty() { String::new() } else { format!("<Domain>{domain}</Domain>") };
        text += &format!(
            "<ClaimsProvider>{domain}<DisplayName>All</DisplayName><TechnicalProfiles>\n{inner}</TechnicalProfiles></ClaimsProvider>\n"
        );
    }
    if text.is_empty() { text } else { format!("<ClaimsProviders>{text}</ClaimsProviders>\n") }
}

fn step(order: usize, kind: &str, attributes: &str, inner: &str) -> String {
    format!("<OrchestrationStep Order=\"{order}\" Type=\"{kind}\"{attributes}>{inner}</OrchestrationStep>\n")
}

fn exchange(id: &str, profile: &str) -> String {
    format!("<ClaimsExchange Id=\"{id}\" TechnicalProfileReferenceId=\"{profile}\" />")
}

const ISSUER: &str = " CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"";

/// Steps without the last SendClaims, numbered from `from`; exchange ids end in `mark`.
fn steps(numbers: &mut Numbers, count: usize, mark: &str, subs: &[&str]) -> Vec<(String, String)> {
    let mut made: Vec<(String, String)> = Vec::new();
    let skip = "SkipThisOrchestrationStep";
    while made.len() < count {
        let order = made.len() + 1;
        let before = preconditions(numbers, 35, skip);
        let called: Vec<&str> = PROFILES.iter().filter(|(_, of)| *of != Of::Form).map(|(id, _)| *id).collect();
        match numbers.below(12) {
            0..=2 if made.len() + 2 <= count && !made.iter().any(|(kind, _)| kind.starts_with("C") && kind != "ClaimsExchange") => {
                let combined = numbers.chance(50);
                let (kind, local) = if combined { ("CombinedSignInAndSignUp", true) } else { ("ClaimsProviderSelection", false) };
                let mut selections = String::new();
                let mut targets = Vec::new();
                for target in 1..=3 {
                    if numbers.chance(60) || (target == 1 && !local) {
                        targets.push(target);
                        selections += &format!("<ClaimsProviderSelection TargetClaimsExchangeId=\"Target-{target}{mark}\" />");
                    }
                }
                if local {
                    selections += &format!("<ClaimsProviderSelection ValidationClaimsExchangeId=\"Local{order}{mark}\" />");
                }
                let option = if numbers.chance(30) { " DisplayOption=\"ShowSingleProvider\"" } else { "" };
                let form = if local {
                    format!("<ClaimsExchanges>{}</ClaimsExchanges>", exchange(&format!("Local{order}{mark}"), "Form"))
                } else {
                    String::new()
                };
                let inner = format!("{before}<ClaimsProviderSelections{option}>{selections}</ClaimsProviderSelections>{form}");
                made.push((kind.into(), inner));
                let exchanges: String = targets
                    .iter()
                    .chain(if targets.is_empty() { &[1] } else { &[] as &[i32] })
                    .map(|target| exchange(&format!("Target-{target}{mark}"), numbers.pick(&called)))
                    .collect();
                let before = preconditions(numbers, 30, skip);
                made.push(("ClaimsExchange".into(), format!("{before}<ClaimsExchanges>{exchanges}</ClaimsExchanges>")));
            }
            3 | 4 if !subs.is_empty() => {
                let inner = format!("{before}<JourneyList><Candidate SubJourneyReferenceId=\"{}\" /></JourneyList>", numbers.pick(subs));
                made.push(("InvokeSubJourney".into(), inner));
            }
            5 if numbers.chance(30) => made.push(("Noop".into(), before)),
            6 if numbers.chance(50) => made.push(("GetClaims".into(), before)),
            7 if numbers.chance(30) && !mark.starts_with("-call") => made.push(("SendClaims".into(), before)),
            _ => {
                let inner =
                    format!("{before}<ClaimsExchanges>{}</ClaimsExchanges>", exchange(&format!("E{order}{mark}"), numbers.pick(&called)));
                made.push(("ClaimsExchange".into(), inner));
            }
        }
    }
    made
}

/// `default` when the journey names an issuer for steps that name none.
fn written(numbers: &mut Numbers, steps: &[(String, String)], last: bool, default: bool) -> String {
    let mut text = String::new();
    for (place, (kind, inner)) in steps.iter().enumerate() {
        let attributes = match kind.as_str() {
            "SendClaims" if default && numbers.chance(50) => "",
            "SendClaims" if numbers.chance(40) => " CpimIssuerTechnicalProfileReferenceId=\"ErrorIssuer\"",
            "SendClaims" => ISSUER,
            "GetClaims" if numbers.chance(50) => " CpimIssuerTechnicalProfileReferenceId=\"Hint\"",
            "CombinedSignInAndSignUp" | "ClaimsProviderSelection" => " ContentDefinitionReferenceId=\"api.signin\"",
            _ => "",
        };
        text += &step(place + 1, kind, attributes, inner);
    }
    if last {
        text += &step(steps.len() + 1, "SendClaims", if default { "" } else { ISSUER }, "");
    }
    format!("<OrchestrationSteps>{text}</OrchestrationSteps>")
}

/// Overlays some steps of a journey.
fn overlaid(numbers: &mut Numbers, steps: &[(String, String)], mark: &str) -> String {
    let mut text = String::new();
    let mut more = false;
    for (place, (kind, inner)) in steps.iter().enumerate() {
        let called: Vec<&str> = PROFILES.iter().filter(|(_, of)| *of != Of::Form).map(|(id, _)| *id).collect();
        if std::mem::take(&mut more) {
            // The exchange of the button that the step before got.
            let target = exchange(&format!("Target-9{mark}"), numbers.pick(&called));
            text += &step(place + 1, kind, "", &format!("<ClaimsExchanges>{target}</ClaimsExchanges>"));
            continue;
        }
        if !numbers.chance(25) {
            continue;
        }
        if kind.contains("Sign") || kind.contains("Selection") {
            more = true;
            let button = format!("<ClaimsProviderSelection TargetClaimsExchangeId=\"Target-9{mark}\" />");
            text += &step(place + 1, kind, "", &format!("<ClaimsProviderSelections>{button}</ClaimsProviderSelections>"));
            continue;
        }
        let before = preconditions(numbers, 50, "SkipThisOrchestrationStep");
        let mine = format!("E{}{mark}", place + 1);
        let rest = if kind == "ClaimsExchange" && inner.contains(&format!("Id=\"{mine}\"")) && numbers.chance(50) {
            format!("<ClaimsExchanges>{}</ClaimsExchanges>", exchange(&mine, numbers.pick(&called)))
        } else {
            String::new()
        };
        text += &step(place + 1, kind, "", &(before + &rest));
    }
    text
}

fn file(id: &str, base: &str, inner: &str) -> String {
    let base = if base.is_empty() {
        String::new()
    } else {
        format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>{base}</PolicyId></BasePolicy>\n")
    };
    format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"{id}\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/{id}\">\n{base}{inner}</TrustFrameworkPolicy>\n"
    )
}

fn claim_types(numbers: &mut Numbers) -> String {
    let mut text = String::from(
        "<ClaimType Id=\"objectId\"><DataType>string</DataType></ClaimType><ClaimType Id=\"grant_type\"><DataType>string</DataType></ClaimType>\n",
    );
    for (id, data_type, input) in CLAIMS {
        let input = if input.is_empty() { String::new() } else { format!("<UserInputType>{input}</UserInputType>") };
        let restriction = match id {
            "s2" => "<Restriction><Enumeration Text=\"Low\" Value=\"LOW\" /><Enumeration Text=\"High\" Value=\"High\" /></Restriction>",
            "s1" if numbers.chance(20) => "<PredicateValidationReference Id=\"Long\" />",
            "s4" if numbers.chance(50) => "<Restriction><Pattern RegularExpression=\"^[a-zA-Z +0-9]+$\" /></Restriction>",
            _ => "",
        };
        let partners = if numbers.chance(15) {
            format!(
                "<DefaultPartnerClaimTypes><Protocol Name=\"OpenIdConnect\" PartnerClaimType=\"oidc_{id}\" /></DefaultPartnerClaimTypes>"
            )
        } else {
            String::new()
        };
        text += &format!(
            "<ClaimType Id=\"{id}\"><DisplayName>{id}</DisplayName><DataType>{data_type}</DataType>{partners}{input}{restriction}</ClaimType>\n"
        );
    }
    text
}

/// What an extension changes in the claims schema.
fn changed_claims(numbers: &mut Numbers) -> String {
    let mut text = String::new();
    if numbers.chance(30) {
        let merge = numbers.pick(&["", " MergeBehavior=\"Append\"", " MergeBehavior=\"Prepend\"", " MergeBehavior=\"ReplaceAll\""]);
        text += &format!("<ClaimType Id=\"S2\"><Restriction{merge}><Enumeration Text=\"x\" Value=\"x y\" /></Restriction></ClaimType>");
    }
    if numbers.chance(15) {
        text += "<ClaimType Id=\"s3\"><UserInputType>TextBox</UserInputType></ClaimType>";
    }
    if numbers.chance(15) {
        text += "<ClaimType Id=\"s5\"><DefaultPartnerClaimTypes><Protocol Name=\"OpenIdConnect\" PartnerClaimType=\"five\" />\
                 </DefaultPartnerClaimTypes></ClaimType>";
    }
    text
}

fn blocks(claims: &str, transformations: &str, contents: &str) -> String {
    let element = |name: &str, inner: &str| if inner.is_empty() { String::new() } else { format!("<{name}>\n{inner}</{name}>\n") };
    let predicates = if contents.contains("LoadUri") {
        "<Predicates><Predicate Id=\"Four\" Method=\"IsLengthRange\"><Parameters><Parameter Id=\"Minimum\">4</Parameter>\
         <Parameter Id=\"Maximum\">64</Parameter></Parameters></Predicate><Predicate Id=\"Lower\" Method=\"IncludesCharacters\"><Parameters>\
         <Parameter Id=\"CharacterSet\">a-z</Parameter></Parameters></Predicate></Predicates>\
         <PredicateValidations><PredicateValidation Id=\"Long\"><PredicateGroups><PredicateGroup Id=\"All\"><PredicateReferences>\
         <PredicateReference Id=\"Four\" /><PredicateReference Id=\"Lower\" /></PredicateReferences></PredicateGroup></PredicateGroups>\
         </PredicateValidation></PredicateValidations>\n"
    } else {
        ""
    };
    let inner = element("ClaimsSchema", claims)
        + predicates
        + &element("ClaimsTransformations", transformations)
        + &element("ContentDefinitions", contents);
    element("BuildingBlocks", &inner)
}

/// The files of a chain, base first: name and text.
pub(crate) fn chain(seed: u64) -> Vec<(String, String)> {
    let numbers = &mut Numbers::new(seed);
    let subs = ["Call-1", "Call-2", "Transfer-1"];
    let page = |id: &str, kind: &str| {
        format!(
            "<ContentDefinition Id=\"{id}\"><LoadUri>~/page.html</LoadUri><RecoveryUri>~/error.html</RecoveryUri>\
             <DataUri>urn:com:microsoft:aad:b2c:elements:contract:{kind}:2.1.7</DataUri></ContentDefinition>"
        )
    };
    let kinds = ["selfasserted", "selfasserted", "unifiedssp"];
    let contents = page("api.page", "selfasserted") + &page("api.signin", numbers.pick(&kinds));

    let count = 1 + numbers.below(7);
    let main = steps(numbers, count, "", &subs);
    let sub_counts = [1 + numbers.below(3), 1 + numbers.below(3), 1 + numbers.below(2)];
    let call_1 = steps(numbers, sub_counts[0], "-call1", &["Call-2"]);
    let call_2 = steps(numbers, sub_counts[1], "-call2", &[]);
    let transfer = steps(numbers, sub_counts[2], "-transfer", &["Call-2"]);

    let mut profiles = format!(
        "<TechnicalProfile Id=\"JwtIssuer\"><DisplayName>JWT</DisplayName><Protocol Name=\"OpenIdConnect\" /><OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>\n\
         <TechnicalProfile Id=\"ErrorIssuer\"><DisplayName>Error</DisplayName><Protocol Name=\"OAuth2\" /><OutputTokenFormat>OAuth2Error</OutputTokenFormat>\
         <CryptographicKeys><Key Id=\"issuer_secret\" StorageReferenceId=\"B2C_1A_Secret\" /></CryptographicKeys>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"s3\" PartnerClaimType=\"errorCode\" /><InputClaim ClaimTypeReferenceId=\"s5\" \
         PartnerClaimType=\"errorMessage\" DefaultValue=\"no\" /></InputClaims></TechnicalProfile>\n\
         <TechnicalProfile Id=\"Api-Common\"><DisplayName>Api</DisplayName><Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.RestfulProvider, {CLASS}\" />\
         <Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item><Item Key=\"SendClaimsIn\">Body</Item></Metadata></TechnicalProfile>\n\
         <TechnicalProfile Id=\"Directory-Common\"><DisplayName>Directory</DisplayName><Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.AzureActiveDirectoryProvider, {CLASS}\" /></TechnicalProfile>\n"
    );
    let special = free_part(numbers, Of::Rest, "", "", "", "Api-Common", false);
    profiles += &format!("<TechnicalProfile Id=\"Api-Special\"><DisplayName>Special</DisplayName>{special}</TechnicalProfile>\n");
    let common = free_part(numbers, Of::Page, "", "", "", "", false);
    profiles += &format!("<TechnicalProfile Id=\"Page-Common\"><DisplayName>Common</DisplayName>{common}</TechnicalProfile>\n");
    let hint = references(numbers, "OutputClaim", &["s3", "s4", "S3", "b1"], 3, Of::Rest);
    profiles += &format!(
        "<TechnicalProfile Id=\"Hint\"><DisplayName>Hint</DisplayName><Protocol Name=\"None\" /><Metadata><Item Key=\"METADATA\">https://hint.contoso.com/\
         </Item></Metadata><OutputClaims>{hint}</OutputClaims></TechnicalProfile>\n"
    );
    let mut social = String::new();
    for (id, of) in PROFILES {
        let made = profile(numbers, id, of);
        if of == Of::Provider { social += &made } else { profiles += &made }
    }
    let transformations: String = (0..TRANSFORMATIONS).map(|place| transformation(numbers, &format!("T{place}"), place)).collect();
    let default = numbers.chance(20);
    let attribute = if default { " DefaultCpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"" } else { "" };
    let main_steps = written(numbers, &main, true, default);
    let (call_1_steps, call_2_steps) = (written(numbers, &call_1, false, false), written(numbers, &call_2, false, false));
    let transfer_steps = written(numbers, &transfer, true, false);
    let sub = |id: &str, kind: &str, inner: String| format!("<SubJourney Id=\"{id}\" Type=\"{kind}\">{inner}</SubJourney>\n");
    let base = blocks(&claim_types(numbers), &transformations, &contents)
        + &providers(&[("", &profiles), ("fabrikam.com", &social)])
        + &format!("<UserJourneys><UserJourney Id=\"Main\"{attribute}>{main_steps}</UserJourney></UserJourneys>\n")
        + &format!(
            "<SubJourneys>{}{}{}</SubJourneys>\n",
            sub("Call-1", "Call", call_1_steps),
            sub("Call-2", "Call", call_2_steps),
            sub("Transfer-1", "Transfer", transfer_steps)
        );

    let mut extension = |with_steps: usize| {
        let mut profiles = String::new();
        for (id, of) in PROFILES {
            if numbers.chance(20) {
                let rest = free_part(numbers, of, "", "", "", "", false);
                let id = if numbers.chance(10) { id.to_lowercase() } else { id.to_owned() };
                profiles += &format!("<TechnicalProfile Id=\"{id}\">{rest}</TechnicalProfile>\n");
            }
        }
        if numbers.chance(20) {
            let rest = free_part(numbers, Of::Rest, "", "", "", "", false);
            profiles += &format!("<TechnicalProfile Id=\"Api-Common\">{rest}</TechnicalProfile>\n");
        }
        let mut transformations = String::new();
        for place in 0..TRANSFORMATIONS {
            if numbers.chance(5) {
                transformations += &transformation(numbers, &format!("T{place}"), place + 1);
            }
        }
        let domain = if numbers.chance(15) { numbers.pick(&["Fabrikam.com", "contoso.com"]) } else { "" };
        let mut contents = String::new();
        if numbers.chance(10) {
            let id = numbers.pick(&["api.page", "API.signin"]);
            contents = format!(
                "<ContentDefinition Id=\"{id}\"><DataUri>urn:com:microsoft:aad:b2c:elements:contract:{}:2.1.7</DataUri><Metadata>\
                 <Item Key=\"setting.forgotPasswordLinkOverride\">Target-3</Item></Metadata></ContentDefinition>",
                numbers.pick(&kinds)
            );
        }
        let mut inner = blocks(&changed_claims(numbers), &transformations, &contents) + &providers(&[(domain, &profiles)]);
        if numbers.chance(with_steps) {
            let mut steps = overlaid(numbers, &main, "");
            if numbers.chance(30) {
                // A step in place of the last one, which goes further down.
                let called: Vec<&str> = PROFILES.iter().filter(|(_, of)| *of != Of::Form).map(|(id, _)| *id).collect();
                let last = main.len() + 1;
                let more = format!("<ClaimsExchanges>{}</ClaimsExchanges>", exchange(&format!("E{last}"), numbers.pick(&called)));
                steps += &step(last, "ClaimsExchange", "", &more);
                steps += &step(last + 1, "SendClaims", ISSUER, "");
            }
            if !steps.is_empty() {
                inner += &format!(
                    "<UserJourneys><UserJourney Id=\"Main\"><OrchestrationSteps>{steps}</OrchestrationSteps></UserJourney></UserJourneys>\n"
                );
            }
        }
        if numbers.chance(20) {
            let steps = overlaid(numbers, &call_1, "-call1");
            if !steps.is_empty() {
                inner += &format!(
                    "<SubJourneys>{}</SubJourneys>\n",
                    sub("Call-1", "Call", format!("<OrchestrationSteps>{steps}</OrchestrationSteps>"))
                );
            }
        }
        inner
    };
    let middle = extension(50);
    let last = extension(30);
    let outputs = references(numbers, "OutputClaim", &["s1", "s2", "s3", "s4", "b1", "i1", "l1", "c1", "t1", "d1"], 7, Of::Rest)
        .replace(" Required=\"true\"", "");
    let subject = if numbers.chance(80) {
        "<OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\" DefaultValue=\"nobody\" />"
    } else {
        "<OutputClaim ClaimTypeReferenceId=\"s5\" PartnerClaimType=\"sub\" />"
    };
    let party = format!(
        "<RelyingParty><DefaultUserJourney ReferenceId=\"Main\" /><TechnicalProfile Id=\"PolicyProfile\"><DisplayName>PolicyProfile</DisplayName>\
         <Protocol Name=\"OpenIdConnect\" /><InputClaims><InputClaim ClaimTypeReferenceId=\"s3\" PartnerClaimType=\"given\" />\
         <InputClaim ClaimTypeReferenceId=\"s4\" PartnerClaimType=\"login_hint\" /></InputClaims>\
         <OutputClaims>{subject}{outputs}</OutputClaims><SubjectNamingInfo ClaimType=\"sub\" /></TechnicalProfile></RelyingParty>\n"
    );
    vec![
        ("base.xml".into(), file("B2C_1A_Base", "", &base)),
        ("extension.xml".into(), file("B2C_1A_Extension", "B2C_1A_Base", &middle)),
        ("party.xml".into(), file("B2C_1A_Party", "B2C_1A_Extension", &(last + &party))),
    ]
}
