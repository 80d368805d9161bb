//! What several tests need: the corpus, and small policies made on the spot.
#![expect(dead_code, reason = "no test uses all of it")]

use std::path::{Path, PathBuf};

use b2c_journey::engine::{Environment, Request, Switches};
use b2c_journey::{Execution, Journey, PolicySet, Scenario, xml::Limits};

/// The folder of other people's policies: `$B2C_JOURNEY_CORPUS`, else `../shared/corpus`. Without it the test says that it was skipped.
pub(crate) fn corpus() -> Option<PathBuf> {
    let found = match std::env::var_os("B2C_JOURNEY_CORPUS") {
        Some(path) => {
            let path = PathBuf::from(path);
            assert!(path.join("chains.json").is_file(), "B2C_JOURNEY_CORPUS is set, but there is no corpus");
            Some(path)
        }
        None => Some(Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus")).filter(|path| path.join("chains.json").is_file()),
    };
    if found.is_none() {
        println!("skipped: no corpus; set B2C_JOURNEY_CORPUS to run this test");
    }
    found
}

/// One relying party of the corpus.
pub(crate) struct Chain {
    pub(crate) rp: String,
    pub(crate) files: Vec<PathBuf>,
    pub(crate) complete: bool,
    pub(crate) journey: String,
}

/// All relying parties of the corpus.
pub(crate) fn chains(corpus: &Path) -> Vec<Chain> {
    let text = std::fs::read_to_string(corpus.join("chains.json")).unwrap();
    let list: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    list.iter()
        .map(|chain| Chain {
            rp: chain["rp"].as_str().unwrap().to_owned(),
            files: chain["chain"].as_array().unwrap().iter().map(|file| corpus.join(file.as_str().unwrap())).collect(),
            complete: chain["complete"].as_bool().unwrap(),
            journey: chain["journey"].as_str().unwrap_or_default().to_owned(),
        })
        .collect()
}

impl Chain {
    /// Reads its files.
    pub(crate) fn load(&self) -> PolicySet {
        PolicySet::from_paths(&self.files).unwrap()
    }

    /// Its journey: the files are the chain, whatever their BasePolicy elements say, since some samples give the starter pack's ids otherwise.
    pub(crate) fn journey(&self, set: &PolicySet) -> Result<Journey, b2c_journey::JourneyError> {
        let id = |path: &PathBuf| {
            let name = path.display().to_string();
            set.sources().iter().find(|(_, source)| source.name() == name).map(|(id, _)| id)
        };
        let levels: Vec<_> = self.files.iter().filter_map(id).collect();
        set.journey_of_levels(&levels)
    }

    /// The PolicyId of its relying party, the last file.
    pub(crate) fn policy_id(&self, set: &PolicySet) -> String {
        let last = self.files.last().unwrap().display().to_string();
        set.files()
            .iter()
            .find(|file| set.sources().get(file.file).is_some_and(|source| source.name() == last))
            .and_then(|file| file.policy_id.as_ref())
            .map(|id| id.as_str().to_owned())
            .unwrap_or_default()
    }
}

/// `SignUpOrSignIn` of the starter pack's SocialAndLocalAccountsWithMfa.
pub(crate) fn starter_pack_mfa() -> Option<Journey> {
    let chains = chains(&corpus()?);
    let chain = chains.iter().find(|chain| chain.rp == "starterpack/SocialAndLocalAccountsWithMfa/SignUpOrSignin.xml").unwrap();
    let set = chain.load();
    Some(set.journey(&chain.policy_id(&set)).unwrap_or_else(|error| panic!("{error}")))
}

/// All policies of a folder and the folders in it, by name.
pub(crate) fn xml_files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut files = Vec::new();
    for entry in entries {
        if entry.is_dir() {
            files.extend(xml_files(&entry));
        } else if entry.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")) {
            files.push(entry);
        }
    }
    files
}

/// The vectors beside the corpus: calls of transformations, predicates and the like with what the documentation says they give.
pub(crate) fn vectors() -> Option<Vec<serde_json::Value>> {
    let path = corpus()?.join("../vectors/vectors.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: there is no {}", path.display());
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

/// The journey of the worked example.
pub(crate) fn worked_example() -> Journey {
    let set = PolicySet::from_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    set.journey("B2C_1A_signup_signin_biocatch").unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) const SELF_ASSERTED: &str =
    "Web.TPEngine.Providers.SelfAssertedAttributeProvider, Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";
pub(crate) const TRANSFORMING: &str =
    "Web.TPEngine.Providers.ClaimsTransformationProtocolProvider, Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";
pub(crate) const RESTFUL: &str =
    "Web.TPEngine.Providers.RestfulProvider, Web.TPEngine, Version=1.0.0.0, Culture=neutral, PublicKeyToken=null";

/// A small policy: one file with a relying party, issuer and content definition in place.
#[derive(Clone, Default)]
pub(crate) struct Small {
    pub(crate) claims: String,
    pub(crate) transformations: String,
    pub(crate) profiles: String,
    pub(crate) steps: String,
    pub(crate) sub_journeys: String,
    pub(crate) outputs: String,
    /// InputClaims of the relying party.
    pub(crate) inputs: String,
    /// Attributes of the user journey.
    pub(crate) attributes: String,
    /// AuthorizationTechnicalProfiles of the user journey.
    pub(crate) authorization: String,
    /// What stands in the JwtIssuer after its format.
    pub(crate) issuer: String,
}

impl Small {
    pub(crate) fn claim(mut self, id: &str, data_type: &str, rest: &str) -> Self {
        self.claims +=
            &format!("<ClaimType Id=\"{id}\"><DisplayName>{id}</DisplayName><DataType>{data_type}</DataType>{rest}</ClaimType>\n");
        self
    }

    pub(crate) fn profile(mut self, id: &str, handler: &str, rest: &str) -> Self {
        self.profiles += &format!(
            "<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName><Protocol Name=\"Proprietary\" Handler=\"{handler}\" />{rest}</TechnicalProfile>\n"
        );
        self
    }

    pub(crate) fn step(self, order: u32, kind: &str, rest: &str) -> Self {
        self.step_with(order, kind, "", rest)
    }

    pub(crate) fn step_with(mut self, order: u32, kind: &str, attributes: &str, rest: &str) -> Self {
        self.steps += &format!("<OrchestrationStep Order=\"{order}\" Type=\"{kind}\" {attributes}>{rest}</OrchestrationStep>\n");
        self
    }

    /// A technical profile that nobody needs to answer: it sets the claim `from` + its id to `yes`.
    pub(crate) fn marker(self, id: &str, rest: &str) -> Self {
        let outputs = format!("<OutputClaims><OutputClaim ClaimTypeReferenceId=\"from{id}\" DefaultValue=\"yes\" /></OutputClaims>{rest}");
        self.claim(&format!("from{id}"), "string", "").profile(id, TRANSFORMING, &outputs)
    }

    /// A sub journey of these steps.
    pub(crate) fn sub_journey(mut self, id: &str, kind: &str, steps: &str) -> Self {
        self.sub_journeys +=
            &format!("<SubJourney Id=\"{id}\" Type=\"{kind}\"><OrchestrationSteps>{steps}</OrchestrationSteps></SubJourney>\n");
        self
    }

    /// A step that invokes a sub journey.
    pub(crate) fn invoke(self, order: u32, preconditions: &str, sub_journey: &str) -> Self {
        let rest = format!("{preconditions}<JourneyList><Candidate SubJourneyReferenceId=\"{sub_journey}\" /></JourneyList>");
        self.step(order, "InvokeSubJourney", &rest)
    }

    pub(crate) fn exchange(self, order: u32, preconditions: &str, profile: &str) -> Self {
        let rest = format!(
            "{preconditions}<ClaimsExchanges><ClaimsExchange Id=\"E{order}\" TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges>"
        );
        self.step(order, "ClaimsExchange", &rest)
    }

    pub(crate) fn send(mut self, order: u32) -> Self {
        self.steps +=
            &format!("<OrchestrationStep Order=\"{order}\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" />\n");
        self
    }

    pub(crate) fn xml(&self) -> String {
        let Small { claims, transformations, profiles, steps, sub_journeys, outputs, inputs, attributes, authorization, issuer } = self;
        let transformations = if transformations.is_empty() {
            String::new()
        } else {
            format!("<ClaimsTransformations>{transformations}</ClaimsTransformations>")
        };
        let attributes = if attributes.is_empty() { String::new() } else { format!(" {attributes}") };
        let inputs = if inputs.is_empty() { String::new() } else { format!("<InputClaims>{inputs}</InputClaims>") };
        let attributes = if attributes.is_empty() { String::new() } else { format!(" {attributes}") };
        let authorization = if authorization.is_empty() {
            String::new()
        } else {
            format!("<Authorization><AuthorizationTechnicalProfiles>{authorization}</AuthorizationTechnicalProfiles></Authorization>")
        };
        let sub_journeys = if sub_journeys.is_empty() { String::new() } else { format!("<SubJourneys>{sub_journeys}</SubJourneys>") };
        format!(
            r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_small" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_small">
<BuildingBlocks><ClaimsSchema>
<ClaimType Id="objectId"><DisplayName>Object id</DisplayName><DataType>string</DataType></ClaimType>
{claims}</ClaimsSchema>{transformations}
<ContentDefinitions><ContentDefinition Id="api.page"><LoadUri>~/page.html</LoadUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.7</DataUri></ContentDefinition></ContentDefinitions>
</BuildingBlocks>
<ClaimsProviders><ClaimsProvider><DisplayName>Everything</DisplayName><TechnicalProfiles>
<TechnicalProfile Id="JwtIssuer"><DisplayName>JWT</DisplayName><Protocol Name="OpenIdConnect" /><OutputTokenFormat>JWT</OutputTokenFormat>{issuer}</TechnicalProfile>
{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>
<UserJourneys><UserJourney Id="Small"{attributes}>{authorization}<OrchestrationSteps>
{steps}</OrchestrationSteps></UserJourney></UserJourneys>{sub_journeys}
<RelyingParty><DefaultUserJourney ReferenceId="Small" /><TechnicalProfile Id="PolicyProfile"><DisplayName>PolicyProfile</DisplayName><Protocol Name="OpenIdConnect" />{inputs}
<OutputClaims><OutputClaim ClaimTypeReferenceId="objectId" PartnerClaimType="sub" DefaultValue="nobody" />{outputs}</OutputClaims><SubjectNamingInfo ClaimType="sub" /></TechnicalProfile></RelyingParty>
</TrustFrameworkPolicy>"#
        )
    }

    pub(crate) fn journey(&self) -> Journey {
        journey_of(&self.xml())
    }

    /// Why it has no journey.
    pub(crate) fn refused(&self) -> String {
        let xml = self.xml();
        let set = PolicySet::from_bytes([("small.xml", xml.as_bytes())], &Limits::default());
        set.journey("B2C_1A_small").expect_err("the policy can be run").to_string()
    }
}

/// The journey of a policy of one file.
pub(crate) fn journey_of(xml: &str) -> Journey {
    let set = PolicySet::from_bytes([("small.xml", xml.as_bytes())], &Limits::default());
    set.journey("B2C_1A_small").unwrap_or_else(|error| panic!("{error}"))
}

/// One step as XML, for sub journeys.
pub(crate) fn exchange_step(order: u32, profile: &str) -> String {
    format!(
        "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"S{order}{profile}\" \
         TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges></OrchestrationStep>"
    )
}

/// The technical profiles that were called, in order.
pub(crate) fn calls(run: &Execution) -> Vec<String> {
    run.record().calls.iter().map(ToString::to_string).collect()
}

/// What became of each step: `8 executed`, `Sub/1 skipped`.
pub(crate) fn results(run: &Execution) -> Vec<String> {
    run.record().steps.iter().map(|step| format!("{} {}", step.key(), step.result.name())).collect()
}

/// The open points on which a run depended.
pub(crate) fn choices(run: &Execution) -> Vec<String> {
    run.choices.iter().map(|open| open.to_string()).collect()
}

/// Code and message of a run that failed or waits.
pub(crate) fn failure(run: &Execution) -> (String, String) {
    let fault = run.record().outcome.fault().unwrap_or_else(|| panic!("{:?}", run.outcome));
    (fault.code.map(String::from).unwrap_or_default(), fault.message.into())
}

/// A precondition of a step.
pub(crate) fn precondition(kind: &str, execute_if: bool, values: &[&str]) -> String {
    let values: String = values.iter().map(|value| format!("<Value>{}</Value>", escape(value))).collect();
    format!(
        "<Preconditions><Precondition Type=\"{kind}\" ExecuteActionsIf=\"{execute_if}\">{values}<Action>SkipThisOrchestrationStep</Action></Precondition></Preconditions>"
    )
}

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

pub(crate) const TEXT_BOX: &str = "<UserInputType>TextBox</UserInputType>";

/// A page with these metadata items, input claims, output claims and validation profiles.
pub(crate) fn page(metadata: &str, inputs: &str, outputs: &str, validations: &str) -> String {
    let validations = if validations.is_empty() {
        String::new()
    } else {
        format!("<ValidationTechnicalProfiles>{validations}</ValidationTechnicalProfiles>")
    };
    format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item>{metadata}</Metadata>\
         <InputClaims>{inputs}</InputClaims><OutputClaims>{outputs}</OutputClaims>{validations}"
    )
}

/// A REST API with these input and output claims.
pub(crate) fn api(inputs: &str, outputs: &str) -> String {
    format!(
        "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item><Item Key=\"SendClaimsIn\">Body</Item></Metadata>\
         <InputClaims>{inputs}</InputClaims><OutputClaims>{outputs}</OutputClaims>"
    )
}

/// An InputClaim with these further attributes.
pub(crate) fn input(claim: &str, attributes: &str) -> String {
    format!("<InputClaim ClaimTypeReferenceId=\"{claim}\" {attributes} />")
}

/// An OutputClaim with these further attributes.
pub(crate) fn output(claim: &str, attributes: &str) -> String {
    format!("<OutputClaim ClaimTypeReferenceId=\"{claim}\" {attributes} />")
}

/// The reference to a validation technical profile.
pub(crate) fn validation(profile: &str) -> String {
    format!("<ValidationTechnicalProfile ReferenceId=\"{profile}\" />")
}

/// What a run of the engine itself is given: the default clock, this request.
pub(crate) fn environment(request: Request) -> Environment {
    Environment {
        now: Scenario::default().now,
        seed: 0,
        request,
        keys: Default::default(),
        switches: Switches::default(),
        session: None,
        entry: Default::default(),
    }
}
