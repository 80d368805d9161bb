//! Proofs over a journey of nine APIs of four outcomes each and a phone factor that one of them decides: 611,669 plain states. Beside them, in
//! the same run, a breadth-first search over the same model packed into one number, as the floor: what a search costs that knows nothing of
//! journeys.

use std::collections::HashSet;
use std::fmt::Write;
use std::hash::BuildHasherDefault;

use b2c_journey::explore::property::Property;
use b2c_journey::explore::{Limits, Verdict};
use b2c_journey::{Journey, PolicySet, xml};

/// APIs that are asked, one after the other.
const APIS: u32 = 9;

fn main() {
    divan::main();
}

/// A journey of the APIs, a phone factor that `risk0` skips when it is LOW, and the token.
fn journey() -> Journey {
    let (mut claims, mut profiles, mut steps) = (String::new(), String::new(), String::new());
    for api in 0..APIS {
        let _ = write!(claims, "<ClaimType Id=\"risk{api}\"><DataType>string</DataType></ClaimType>");
        let _ = write!(
            profiles,
            "<TechnicalProfile Id=\"Api{api}\"><DisplayName>Api{api}</DisplayName><Protocol Name=\"Proprietary\" \
             Handler=\"Web.TPEngine.Providers.RestfulProvider, Web.TPEngine\" /><Metadata><Item Key=\"ServiceUrl\">https://contoso.com/{api}</Item>\
             <Item Key=\"AuthenticationType\">None</Item><Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><OutputClaims>\
             <OutputClaim ClaimTypeReferenceId=\"risk{api}\" /></OutputClaims></TechnicalProfile>"
        );
        let _ = write!(
            steps,
            "<OrchestrationStep Order=\"{}\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"Exchange{api}\" \
             TechnicalProfileReferenceId=\"Api{api}\" /></ClaimsExchanges></OrchestrationStep>",
            api + 1
        );
    }
    let text = format!(
        "<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\" \
         TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_nine\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_nine\">\
         <BuildingBlocks><ClaimsSchema>{claims}<ClaimType Id=\"user\"><DataType>string</DataType></ClaimType><ClaimType Id=\"phone\">\
         <DataType>string</DataType></ClaimType></ClaimsSchema><ContentDefinitions><ContentDefinition Id=\"phone\"><LoadUri>~/phone</LoadUri>\
         <RecoveryUri>~/error</RecoveryUri><DataUri>urn:com:microsoft:aad:b2c:elements:contract:multifactor:1.2.5</DataUri>\
         </ContentDefinition></ContentDefinitions></BuildingBlocks><ClaimsProviders><ClaimsProvider><DisplayName>Nine</DisplayName>\
         <TechnicalProfiles><TechnicalProfile Id=\"Jwt\"><DisplayName>Jwt</DisplayName><Protocol Name=\"None\" />\
         <OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile><TechnicalProfile Id=\"Phone\"><DisplayName>Phone</DisplayName>\
         <Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.PhoneFactorProtocolProvider, Web.TPEngine\" /><Metadata>\
         <Item Key=\"ContentDefinitionReferenceId\">phone</Item><Item Key=\"ManualPhoneNumberEntryAllowed\">true</Item></Metadata>\
         <InputClaims><InputClaim ClaimTypeReferenceId=\"user\" PartnerClaimType=\"UserId\" DefaultValue=\"somebody\" /></InputClaims>\
         <OutputClaims><OutputClaim ClaimTypeReferenceId=\"phone\" PartnerClaimType=\"Verified.OfficePhone\" /></OutputClaims>\
         </TechnicalProfile>{profiles}</TechnicalProfiles></ClaimsProvider></ClaimsProviders><UserJourneys><UserJourney Id=\"Nine\">\
         <OrchestrationSteps>{steps}<OrchestrationStep Order=\"10\" Type=\"ClaimsExchange\"><Preconditions><Precondition Type=\"ClaimEquals\" \
         ExecuteActionsIf=\"true\"><Value>risk0</Value><Value>LOW</Value><Action>SkipThisOrchestrationStep</Action></Precondition>\
         </Preconditions><ClaimsExchanges><ClaimsExchange Id=\"PhoneExchange\" TechnicalProfileReferenceId=\"Phone\" /></ClaimsExchanges>\
         </OrchestrationStep><OrchestrationStep Order=\"11\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"Jwt\" />\
         </OrchestrationSteps></UserJourney></UserJourneys><RelyingParty><DefaultUserJourney ReferenceId=\"Nine\" /><TechnicalProfile \
         Id=\"PolicyProfile\"><DisplayName>Nine</DisplayName><Protocol Name=\"OpenIdConnect\" /><OutputClaims><OutputClaim \
         ClaimTypeReferenceId=\"user\" PartnerClaimType=\"sub\" DefaultValue=\"somebody\" /></OutputClaims><SubjectNamingInfo \
         ClaimType=\"sub\" /></TechnicalProfile></RelyingParty></TrustFrameworkPolicy>"
    );
    #[expect(clippy::expect_used, reason = "a benchmark without its policy is no benchmark")]
    PolicySet::from_bytes([("nine.xml", text.as_bytes())], &xml::Limits::default()).journey("B2C_1A_nine").expect("the policy plans")
}

fn property() -> Property {
    #[expect(clippy::expect_used, reason = "a benchmark without its property is no benchmark")]
    Property::always("anything but LOW gets MFA", "outcome != \"issued\" || executed(\"Phone\") || claims.risk0 == \"LOW\"")
        .expect("the property")
}

/// All claims but one are sliced away.
#[divan::bench]
fn proof_sliced(bencher: divan::Bencher<'_, '_>) {
    let (journey, property) = (journey(), property());
    bencher.bench(|| {
        let proof = journey.prove(&property, &Limits::default());
        assert!(proof.is_ok_and(|proof| proof.verdict == Verdict::Proved));
    });
}

/// The property looks at every claim, so that nothing can be left out or merged.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn proof_of_everything(bencher: divan::Bencher<'_, '_>) {
    let journey = journey();
    let all: Vec<String> = (0..6).map(|api| format!("claims.risk{api} == \"LOW\"")).collect();
    let text = format!("outcome != \"issued\" || executed(\"Phone\") || {}", all.join(" || "));
    #[expect(clippy::expect_used, reason = "a benchmark without its property is no benchmark")]
    let property = Property::always("anything", &text).expect("the property");
    bencher.bench(|| {
        let proof = journey.prove(&property, &Limits::default());
        assert!(proof.is_ok_and(|proof| proof.verdict == Verdict::Proved));
    });
}

/// The floor: the same model as numbers.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn packed_states_breadth_first() -> usize {
    let mut seen: HashSet<u64, BuildHasherDefault<rustc_hash::FxHasher>> = HashSet::default();
    let mut level = vec![0u64];
    let mut states = 1;
    // Two bits for each API's outcome, the place in the high bits; the phone factor has three ends.
    for place in 0..u64::from(APIS) {
        let mut next = Vec::new();
        for state in level {
            for outcome in 0..4u64 {
                let state = (state & !(0xFF << 56)) | outcome << (2 * place) | (place + 1) << 56;
                if seen.insert(state) {
                    states += 1;
                    next.push(state);
                }
            }
        }
        level = next;
    }
    for state in &level {
        let ends = if state & 3 == 0 { 0..1u64 } else { 1..3 };
        for end in ends {
            states += usize::from(seen.insert(state & !(0xFF << 56) | end << 48 | 0xFF << 56));
        }
    }
    states
}
