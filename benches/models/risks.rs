//! The model that exhaustive searches are measured on, as a policy and as numbers: some APIs are asked, one after the other, each for a risk;
//! then a phone factor, unless the first risk is LOW; then the token. A risk is LOW, some other text, empty or absent. An API that refuses ends
//! the journey, and so does a phone that is not verified.
//!
//! `benches/explore.rs` and `compare/` include this file, so that both measure the same.

use std::fmt::Write;

use b2c_journey::explore::property::{ExpressionError, Property};
use b2c_journey::{Journey, JourneyError, PolicySet, xml};
use rustc_hash::FxHashSet;

/// What an API can give for its risk.
const OUTCOMES: u64 = 4;

/// Nothing; also of an API that was not asked.
const ABSENT: u64 = 0;

/// The outcome that spares the phone factor.
const LOW: u64 = 1;

/// States that ask something, of a journey with so many APIs: one for each way to come to an API, and the phone factor behind three quarters
/// of the ways through all of them.
pub(crate) const fn asks(apis: u32) -> usize {
    (4usize.pow(apis) - 1) / 3 + 3 * 4usize.pow(apis - 1)
}

/// Ends that differ in how the journey ended or in the claims: the phone is verified, it is not, it is not asked for, an API has refused. Of
/// the refusals there is one for each combination of the other risks: that the third API refused and that the second gave nothing and the third
/// refused leave the same claims behind.
pub(crate) const fn ends(apis: u32) -> usize {
    let refused = 4usize.pow(apis - 1);
    2 * 3 * 4usize.pow(apis - 1) + 4usize.pow(apis - 1) + refused
}

/// That nobody gets a token without the phone factor unless the first API said LOW. It is true.
pub(crate) fn property() -> Result<Property, ExpressionError> {
    Property::always("anything but LOW gets MFA", "outcome != \"issued\" || executed(\"Phone\") || claims.risk0 == \"LOW\"")
}

/// The model as a policy, planned.
pub(crate) fn journey(apis: u32) -> Result<Journey, JourneyError> {
    PolicySet::from_bytes([("risks.xml", policy(apis).as_bytes())], &xml::Limits::default()).journey("B2C_1A_risks")
}

fn policy(apis: u32) -> String {
    let (mut claims, mut profiles, mut steps) = (String::new(), String::new(), String::new());
    for api in 0..apis {
        let _ = write!(claims, r#"<ClaimType Id="risk{api}"><DataType>string</DataType></ClaimType>"#);
        let _ = write!(
            profiles,
            r#"<TechnicalProfile Id="Api{api}">
                <DisplayName>Api{api}</DisplayName>
                <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.RestfulProvider, Web.TPEngine" />
                <Metadata>
                  <Item Key="ServiceUrl">https://contoso.com/{api}</Item>
                  <Item Key="AuthenticationType">None</Item>
                  <Item Key="AllowInsecureAuthInProduction">true</Item>
                </Metadata>
                <OutputClaims><OutputClaim ClaimTypeReferenceId="risk{api}" /></OutputClaims>
              </TechnicalProfile>"#
        );
        let _ = write!(
            steps,
            r#"<OrchestrationStep Order="{order}" Type="ClaimsExchange">
                <ClaimsExchanges><ClaimsExchange Id="Exchange{api}" TechnicalProfileReferenceId="Api{api}" /></ClaimsExchanges>
              </OrchestrationStep>"#,
            order = api + 1
        );
    }
    let (phone, token) = (apis + 1, apis + 2);
    format!(
        r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0"
            TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_risks" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_risks">
          <BuildingBlocks>
            <ClaimsSchema>
              {claims}
              <ClaimType Id="user"><DataType>string</DataType></ClaimType>
              <ClaimType Id="phone"><DataType>string</DataType></ClaimType>
            </ClaimsSchema>
            <ContentDefinitions>
              <ContentDefinition Id="phone">
                <LoadUri>~/phone</LoadUri>
                <RecoveryUri>~/error</RecoveryUri>
                <DataUri>urn:com:microsoft:aad:b2c:elements:contract:multifactor:1.2.5</DataUri>
              </ContentDefinition>
            </ContentDefinitions>
          </BuildingBlocks>
          <ClaimsProviders>
            <ClaimsProvider>
              <DisplayName>Risks</DisplayName>
              <TechnicalProfiles>
                <TechnicalProfile Id="Jwt">
                  <DisplayName>Jwt</DisplayName>
                  <Protocol Name="None" />
                  <OutputTokenFormat>JWT</OutputTokenFormat>
                </TechnicalProfile>
                <TechnicalProfile Id="Phone">
                  <DisplayName>Phone</DisplayName>
                  <Protocol Name="Proprietary" Handler="Web.TPEngine.Providers.PhoneFactorProtocolProvider, Web.TPEngine" />
                  <Metadata>
                    <Item Key="ContentDefinitionReferenceId">phone</Item>
                    <Item Key="ManualPhoneNumberEntryAllowed">true</Item>
                  </Metadata>
                  <InputClaims>
                    <InputClaim ClaimTypeReferenceId="user" PartnerClaimType="UserId" DefaultValue="somebody" />
                  </InputClaims>
                  <OutputClaims>
                    <OutputClaim ClaimTypeReferenceId="phone" PartnerClaimType="Verified.OfficePhone" />
                  </OutputClaims>
                </TechnicalProfile>
                {profiles}
              </TechnicalProfiles>
            </ClaimsProvider>
          </ClaimsProviders>
          <UserJourneys>
            <UserJourney Id="Risks">
              <OrchestrationSteps>
                {steps}
                <OrchestrationStep Order="{phone}" Type="ClaimsExchange">
                  <Preconditions>
                    <Precondition Type="ClaimEquals" ExecuteActionsIf="true">
                      <Value>risk0</Value><Value>LOW</Value><Action>SkipThisOrchestrationStep</Action>
                    </Precondition>
                  </Preconditions>
                  <ClaimsExchanges><ClaimsExchange Id="PhoneExchange" TechnicalProfileReferenceId="Phone" /></ClaimsExchanges>
                </OrchestrationStep>
                <OrchestrationStep Order="{token}" Type="SendClaims" CpimIssuerTechnicalProfileReferenceId="Jwt" />
              </OrchestrationSteps>
            </UserJourney>
          </UserJourneys>
          <RelyingParty>
            <DefaultUserJourney ReferenceId="Risks" />
            <TechnicalProfile Id="PolicyProfile">
              <DisplayName>Risks</DisplayName>
              <Protocol Name="OpenIdConnect" />
              <OutputClaims><OutputClaim ClaimTypeReferenceId="user" PartnerClaimType="sub" DefaultValue="somebody" /></OutputClaims>
              <SubjectNamingInfo ClaimType="sub" />
            </TechnicalProfile>
          </RelyingParty>
        </TrustFrameworkPolicy>"#
    )
}

/// The model as one number a state, searched breadth first: what a search costs that knows nothing of journeys. How many states there are;
/// `None` when one breaks the property.
pub(crate) fn packed(apis: u32) -> Option<usize> {
    let mut seen = FxHashSet::default();
    let mut level = vec![0];
    seen.insert(0);
    while !level.is_empty() {
        let mut next = Vec::new();
        for state in level {
            if !holds(apis, state) {
                return None;
            }
            successors(apis, state, |successor| {
                if seen.insert(successor) {
                    next.push(successor);
                }
            });
        }
        level = next;
    }
    Some(seen.len())
}

// A state is two bits for each risk, then what ended the journey or became of the phone, then how many APIs have answered.
const HOW: u32 = 48;
const PLACE: u32 = 56;
const REFUSED: u64 = 1;
const VERIFIED: u64 = 2;
const FAILED: u64 = 3;

fn how(state: u64) -> u64 {
    state >> HOW & 0xFF
}

fn is_low(state: u64) -> bool {
    state % OUTCOMES == LOW
}

fn successors(apis: u32, state: u64, mut to: impl FnMut(u64)) {
    let place = state >> PLACE;
    if how(state) != 0 {
    } else if place < u64::from(apis) {
        (ABSENT..OUTCOMES).for_each(|outcome| to((state | outcome << (2 * place)) + (1 << PLACE)));
        // Where it was is no part of an end.
        to(state & !(0xFF << PLACE) | REFUSED << HOW);
    } else if !is_low(state) {
        to(state | VERIFIED << HOW);
        to(state | FAILED << HOW);
    }
}

fn holds(apis: u32, state: u64) -> bool {
    let skipped = state >> PLACE == u64::from(apis) && how(state) == 0 && is_low(state);
    let issued = skipped || how(state) == VERIFIED;
    !issued || how(state) == VERIFIED || is_low(state)
}
