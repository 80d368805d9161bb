//! The ways into a policy: refresh tokens, ROPC, UserInfo and SAML requests beside the authorize endpoint (SEMANTICS 7, 11, 14).

#![cfg(test)]

mod common;

use b2c_journey::engine::{Entry, OAuthError, Outcome, Request};
use b2c_journey::simulate::expect;
use b2c_journey::simulate::scenario::UserEntry;
use b2c_journey::{Execution, Journey, Scenario, Stubs, json};
use common::{RESTFUL, SELF_ASSERTED, Small, journey_of};

const OBJECT_ID: &str = "3f2504e0-4f89-11d3-9a0c-0305e82c3301";

fn output(id: &str) -> String {
    format!("<OutputClaim ClaimTypeReferenceId=\"{id}\" />")
}

/// A page gives `objectId` and `email`, an API `score`; all are issued.
fn small() -> Small {
    let page = format!(
        "<Metadata><Item Key=\"ContentDefinitionReferenceId\">api.page</Item></Metadata>\
         <OutputClaims>{}<OutputClaim ClaimTypeReferenceId=\"objectId\" DefaultValue=\"{OBJECT_ID}\" /></OutputClaims>",
        output("email")
    );
    let mut small = Small::default()
        .claim("email", "string", "<UserInputType>TextBox</UserInputType>")
        .claim("score", "int", "")
        .claim("refreshTokenIssuedOnDateTime", "string", "")
        .claim("relay", "string", "")
        .profile("Page", SELF_ASSERTED, &page)
        .profile("Api", RESTFUL, &api());
    small.outputs = format!(
        "{}{}<OutputClaim ClaimTypeReferenceId=\"relay\" DefaultValue=\"{{SAML:RelayState}}\" AlwaysUseDefaultValue=\"true\" />",
        output("email"),
        output("score")
    );
    small.exchange(1, "", "Page").exchange(2, "", "Api").send(3)
}

fn api() -> String {
    format!(
        "<Metadata><Item Key=\"ServiceUrl\">https://api.contoso.com/</Item><Item Key=\"AuthenticationType\">None</Item>\
         <Item Key=\"AllowInsecureAuthInProduction\">true</Item></Metadata><OutputClaims>{}</OutputClaims>",
        output("score")
    )
}

/// Adds technical profiles, a user journey and what stands in the relying party behind the default journey.
fn extended(small: &Small, profiles: &str, journey: &str, endpoints: &str) -> Journey {
    let default = "<DefaultUserJourney ReferenceId=\"Small\" />";
    let xml = small
        .xml()
        .replace("</TechnicalProfiles></ClaimsProvider>", &format!("{profiles}</TechnicalProfiles></ClaimsProvider>"))
        .replace("</UserJourneys>", &format!("{journey}</UserJourneys>"))
        .replace(default, &format!("{default}{endpoints}"));
    journey_of(&xml)
}

fn endpoint(id: &str, journey: &str) -> String {
    format!("<Endpoints><Endpoint Id=\"{id}\" UserJourneyReferenceId=\"{journey}\" /></Endpoints>")
}

fn logon(journey: &Journey) -> Execution {
    let page = Stubs::self_asserted().enter("email", "john.smith@contoso.com");
    let run = journey.simulation().stub("Page", page).stub("Api", Stubs::restful().ok(json!({ "score": 7 }))).run().unwrap();
    run.assert_issued().assert_token("score", 7);
    run
}

/// Reads the token, then calls the API again.
const REDEEM: &str = "<UserJourney Id=\"Redeem\"><OrchestrationSteps>\
    <OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"A\" TechnicalProfileReferenceId=\"ReadAndSetup\" />\
    </ClaimsExchanges></OrchestrationStep>\
    <OrchestrationStep Order=\"2\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"B\" TechnicalProfileReferenceId=\"Api\" />\
    </ClaimsExchanges></OrchestrationStep>\
    <OrchestrationStep Order=\"3\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" /></OrchestrationSteps></UserJourney>";

const READ_AND_SETUP: &str = "<TechnicalProfile Id=\"ReadAndSetup\"><DisplayName>Read</DisplayName><Protocol Name=\"None\" />\
    <OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" /><OutputClaim ClaimTypeReferenceId=\"refreshTokenIssuedOnDateTime\" />\
    </OutputClaims></TechnicalProfile>";

#[test]
fn a_journey_of_its_own_redeems_a_refresh_token() {
    for by_endpoint in [true, false] {
        let source = small();
        let journey = if by_endpoint {
            extended(&source, READ_AND_SETUP, REDEEM, &endpoint("Token", "Redeem"))
        } else {
            // The issuer names the journey.
            let xml = source
                .xml()
                .replace("</TechnicalProfiles></ClaimsProvider>", &format!("{READ_AND_SETUP}</TechnicalProfiles></ClaimsProvider>"))
                .replace("</UserJourneys>", &format!("{REDEEM}</UserJourneys>"))
                .replace(
                    "<OutputTokenFormat>JWT</OutputTokenFormat>",
                    "<OutputTokenFormat>JWT</OutputTokenFormat><Metadata><Item Key=\"RefreshTokenUserJourneyId\">redeem</Item></Metadata>",
                );
            journey_of(&xml)
        };
        let first = logon(&journey);
        let refresh = || journey.simulation().entry(Entry::Refresh).stub("Api", Stubs::restful().ok(json!({ "score": 8 })));
        let second = refresh().continue_from(&first).after(3600).run().unwrap();
        second.assert_issued().assert_executed(1).assert_executed(2).assert_called("ReadAndSetup");
        // The session providers are not invoked: the API would be skipped in a browser.
        second.assert_token("sub", OBJECT_ID).assert_token("score", 8).assert_token("iat", 1_767_229_200);
        second.assert_claim("refreshTokenIssuedOnDateTime", "2026-01-01T00:00:00.0000000Z");
        // samples#230: what the journey does not produce goes missing.
        assert!(!second.token.as_ref().unwrap().contains_key("email"));
        assert_eq!(second.session(), first.session());
        assert_eq!(second.record().journey.as_str(), "Redeem");
        // What is redeemed next is the refreshed token.
        let third = refresh().continue_from(&second).after(60).run().unwrap();
        third.assert_claim("refreshTokenIssuedOnDateTime", "2026-01-01T01:00:00.0000000Z").assert_token("sub", OBJECT_ID);
    }
}

#[test]
fn claims_of_the_redeemed_token_are_read_where_the_profile_lists_them() {
    let read = READ_AND_SETUP.replace("</OutputClaims>", &format!("{}</OutputClaims>", output("email")));
    let journey = extended(&small(), &read, REDEEM, &endpoint("Token", "Redeem"));
    let second = journey.simulation().entry(Entry::Refresh).continue_from(&logon(&journey)).run().unwrap();
    second.assert_token("email", "john.smith@contoso.com");
}

#[test]
fn without_a_journey_a_refreshed_token_copies_the_claims_of_the_first() {
    let journey = small().journey();
    let first = logon(&journey);
    let second = journey.simulation().entry(Entry::Refresh).continue_from(&first).after(3000).run().unwrap();
    second.assert_issued().assert_not_reached(1).assert_token("score", 7).assert_token("email", "john.smith@contoso.com");
    second.assert_token("iat", 1_767_228_600).assert_token("exp", 1_767_232_200).assert_token("auth_time", 1_767_225_600);
    let error = journey.simulation().entry(Entry::Refresh).run().unwrap_err();
    assert!(error.message.contains("nothing says what the refresh token holds"), "{error}");
    let failed = journey.simulation().stub("Api", Stubs::restful().timeout()).run().unwrap();
    let error = journey.simulation().entry(Entry::Refresh).continue_from(&failed).run().unwrap_err();
    assert!(error.message.contains("entry `refresh` takes the token of the run that it continues, and that got none"), "{error}");
}

/// A directory with this user alone.
fn directory_of(id: &str, attributes: &[(&str, &str)]) -> Vec<UserEntry> {
    let attributes = [("objectId", id)].into_iter().chain(attributes.iter().copied()).map(|(name, value)| (name.into(), value.into()));
    vec![UserEntry { attributes: attributes.collect(), ..UserEntry::default() }]
}

#[test]
fn a_grant_ends_with_its_account_or_when_it_is_revoked() {
    const READ: &str = "<TechnicalProfile Id=\"Check\"><DisplayName>Check</DisplayName>\
        <Protocol Name=\"Proprietary\" Handler=\"Web.TPEngine.Providers.AzureActiveDirectoryProvider, Web.TPEngine\" />\
        <Metadata><Item Key=\"Operation\">Read</Item><Item Key=\"RaiseErrorIfClaimsPrincipalDoesNotExist\">true</Item></Metadata>\
        <InputClaims><InputClaim ClaimTypeReferenceId=\"objectId\" Required=\"true\" /></InputClaims>\
        <OutputClaims><OutputClaim ClaimTypeReferenceId=\"refreshTokensValidFromDateTime\" /></OutputClaims>\
        <OutputClaimsTransformations><OutputClaimsTransformation ReferenceId=\"AssertIssuedLater\" /></OutputClaimsTransformations></TechnicalProfile>";
    let mut with_journey = small().claim("refreshTokensValidFromDateTime", "string", "");
    with_journey.transformations = "<ClaimsTransformation Id=\"AssertIssuedLater\" TransformationMethod=\"AssertDateTimeIsGreaterThan\"><InputClaims>\
        <InputClaim ClaimTypeReferenceId=\"refreshTokenIssuedOnDateTime\" TransformationClaimType=\"leftOperand\" />\
        <InputClaim ClaimTypeReferenceId=\"refreshTokensValidFromDateTime\" TransformationClaimType=\"rightOperand\" /></InputClaims><InputParameters>\
        <InputParameter Id=\"AssertIfEqualTo\" DataType=\"boolean\" Value=\"false\" />\
        <InputParameter Id=\"AssertIfRightOperandIsNotPresent\" DataType=\"boolean\" Value=\"true\" />\
        <InputParameter Id=\"TreatAsEqualIfWithinMillseconds\" DataType=\"int\" Value=\"0\" /></InputParameters></ClaimsTransformation>"
        .to_owned();
    let redeem = REDEEM.replace("\"Api\"", "\"Check\"");
    for journey in [small().journey(), extended(&with_journey, &format!("{READ_AND_SETUP}{READ}"), &redeem, &endpoint("Token", "Redeem"))] {
        let first = logon(&journey);
        let redeemed = |users: Vec<UserEntry>| {
            let again = journey.simulation().entry(Entry::Refresh).continue_from(&first);
            users.into_iter().fold(again, |again, user| again.user(user)).run().unwrap()
        };
        redeemed(directory_of(OBJECT_ID, &[])).assert_issued();
        redeemed(directory_of(OBJECT_ID, &[("refreshTokensValidFromDateTime", "2025-12-31T00:00:00Z")])).assert_issued();
        let gone = redeemed(directory_of("00000000-0000-0000-0000-000000000001", &[]));
        gone.assert_error("AADB2C90128")
            .assert_error("The account associated with this grant no longer exists. Please reauthenticate and try again.");
        let revoked = redeemed(directory_of(OBJECT_ID, &[("refreshTokensValidFromDateTime", "2026-01-01T00:00:01Z")]));
        revoked.assert_error("AADB2C90129").assert_error("The provided grant has been revoked. Please reauthenticate and try again.");
    }
}

#[test]
fn a_missing_redemption_journey_is_an_error_of_the_run() {
    let journey = extended(&small(), "", "", &endpoint("Token", "Gone"));
    let run = journey.simulation().entry(Entry::Refresh).continue_from(&logon(&journey)).run().unwrap();
    run.assert_error("AADB2C90288").assert_error("UserJourney with id 'Gone' referenced in TechnicalProfile 'PolicyProfile'");
}

#[test]
fn a_refresh_token_lives_as_long_as_its_issuer_says() {
    const DAY: u64 = 86_400;
    for (metadata, pauses, works) in [
        ("", &[14 * DAY - 1][..], true),
        ("", &[14 * DAY], false),
        ("", &[10 * DAY, 10 * DAY], true),
        ("<Item Key=\"rolling_refresh_token_lifetime_secs\">86400</Item>", &[DAY / 2, DAY / 2], false),
        (
            "<Item Key=\"rolling_refresh_token_lifetime_secs\">86400</Item><Item Key=\"allow_infinite_rolling_refresh_token\">true</Item>",
            &[DAY / 2, DAY / 2],
            true,
        ),
        ("<Item Key=\"refresh_token_lifetime_secs\">86400</Item>", &[DAY], false),
    ] {
        let format = "<OutputTokenFormat>JWT</OutputTokenFormat>";
        let xml = small().xml().replace(format, &format!("{format}<Metadata>{metadata}</Metadata>"));
        let journey = journey_of(&xml);
        let mut run = logon(&journey);
        for pause in pauses {
            run = journey.simulation().entry(Entry::Refresh).continue_from(&run).after(*pause).run().unwrap();
        }
        assert_eq!(run.is_issued(), works, "{metadata} {pauses:?}");
        if !works {
            run.assert_error("AADB2C90080");
            assert!(matches!(&run.outcome, Outcome::Error(fault) if fault.error == OAuthError::InvalidGrant));
        }
    }
}

/// Step 1 signs in with user name and password of the request.
fn ropc() -> Journey {
    let mut small = small();
    small.profiles += "<TechnicalProfile Id=\"Ropc\"><DisplayName>ROPC</DisplayName><Protocol Name=\"OpenIdConnect\" />\
        <Metadata><Item Key=\"METADATA\">https://login.contoso.com</Item></Metadata><InputClaims>\
        <InputClaim ClaimTypeReferenceId=\"user\" PartnerClaimType=\"username\" Required=\"true\" DefaultValue=\"{OIDC:Username}\" />\
        <InputClaim ClaimTypeReferenceId=\"secret\" PartnerClaimType=\"password\" Required=\"true\" DefaultValue=\"{OIDC:Password}\" />\
        <InputClaim ClaimTypeReferenceId=\"grant\" PartnerClaimType=\"grant_type\" DefaultValue=\"password\" /></InputClaims>\
        <OutputClaims><OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"oid\" /></OutputClaims></TechnicalProfile>";
    small.steps.clear();
    small.claim("user", "string", "").claim("secret", "string", "").claim("grant", "string", "").exchange(1, "", "Ropc").send(2).journey()
}

fn user(password: &str) -> UserEntry {
    let attributes = [("objectId", OBJECT_ID), ("signInNames.userName", "ann")];
    UserEntry {
        attributes: attributes.into_iter().map(|(name, value)| (name.into(), json!(value))).collect(),
        password: Some(password.into()),
        ..UserEntry::default()
    }
}

#[test]
fn a_resource_owner_signs_in_with_user_name_and_password() {
    let journey = ropc();
    let simulation = || journey.simulation().entry(Entry::Ropc);
    simulation().run().unwrap().assert_issued().assert_token("sub", OBJECT_ID);
    let ann = simulation().user(user("Secret-1")).run().unwrap();
    ann.assert_issued().assert_executed(1).assert_token("sub", OBJECT_ID);
    assert!(ann.session().is_none());
    let mut request = Request { client_id: Some("app".into()), ..Request::default() };
    request.parameters.extend([("username".into(), "ann".into()), ("password".into(), "wrong".into())]);
    let run = simulation().user(user("Secret-1")).request(request).run().unwrap();
    run.assert_failed(1).assert_error("AADB2C90225").assert_error("The username or password provided in the request are invalid.");
    assert!(matches!(&run.outcome, Outcome::Error(fault) if fault.error == OAuthError::AccessDenied));
    // A token that came so can be refreshed.
    journey.simulation().entry(Entry::Refresh).continue_from(&ann).run().unwrap().assert_issued().assert_token("sub", OBJECT_ID);
}

#[test]
fn without_a_browser_there_are_no_pages_and_no_identity_providers() {
    let run = small().journey().simulation().entry(Entry::Ropc).run().unwrap();
    run.assert_failed(1).assert_error("the journey comes to a page, and there is no browser behind entry `ropc`");
    let profiles = format!(
        "<TechnicalProfile Id=\"Idp\"><DisplayName>Idp</DisplayName><Protocol Name=\"OAuth2\" /><Metadata><Item Key=\"client_id\">1</Item>\
         </Metadata><OutputClaims>{}</OutputClaims></TechnicalProfile>",
        output("objectId")
    );
    let journey = Small { profiles, ..Small::default() }.exchange(1, "", "Idp").send(2).journey();
    journey.simulation().run().unwrap().assert_issued();
    journey.simulation().entry(Entry::Ropc).run().unwrap().assert_error("an external identity provider");
}

const USER_INFO: &str = "<TechnicalProfile Id=\"UserInfoIssuer\"><DisplayName>UserInfo</DisplayName><Protocol Name=\"None\" />\
    <OutputTokenFormat>JSON</OutputTokenFormat><InputClaims><InputClaim ClaimTypeReferenceId=\"objectId\" />\
    <InputClaim ClaimTypeReferenceId=\"email\" PartnerClaimType=\"mail\" /><InputClaim ClaimTypeReferenceId=\"score\" /></InputClaims>\
    </TechnicalProfile><TechnicalProfile Id=\"Bearer\"><DisplayName>Bearer</DisplayName><Protocol Name=\"None\" />\
    <InputTokenFormat>JWT</InputTokenFormat><Metadata><Item Key=\"issuer\">https://contoso.b2clogin.com/</Item>\
    <Item Key=\"audience\">[ \"app\", \"00001111-aaaa-2222-bbbb-3333cccc4444\" ]</Item></Metadata><OutputClaims>\
    <OutputClaim ClaimTypeReferenceId=\"objectId\" PartnerClaimType=\"sub\" /><OutputClaim ClaimTypeReferenceId=\"email\" /></OutputClaims>\
    </TechnicalProfile>";

const USER_INFO_JOURNEY: &str = "<UserJourney Id=\"Info\" DefaultCpimIssuerTechnicalProfileReferenceId=\"UserInfoIssuer\"><Authorization>\
    <AuthorizationTechnicalProfiles><AuthorizationTechnicalProfile ReferenceId=\"Bearer\" /></AuthorizationTechnicalProfiles></Authorization>\
    <OrchestrationSteps><OrchestrationStep Order=\"1\" Type=\"SendClaims\" /></OrchestrationSteps></UserJourney>";

#[test]
fn the_userinfo_endpoint_shows_what_the_bearer_token_holds() {
    let journey = extended(&small(), USER_INFO, USER_INFO_JOURNEY, &endpoint("UserInfo", "Info"));
    let first = logon(&journey);
    let info = || journey.simulation().entry(Entry::UserInfo).continue_from(&first);
    let run = info().after(60).run().unwrap();
    run.assert_issued();
    assert_eq!(json!(run.token), json!({ "objectId": OBJECT_ID, "mail": "john.smith@contoso.com" }));
    assert_eq!(run.session(), first.session());
    // What it shows is no token: the next call takes the same one.
    let again = journey.simulation().entry(Entry::UserInfo).continue_from(&run).after(60).run().unwrap();
    assert_eq!(again.token, run.token);
    info().after(3600).run().unwrap().assert_error("the bearer token has expired").assert_not_reached(1);
    info().stub("Bearer", Stubs::error("not today")).run().unwrap().assert_error("not today");
}

#[test]
fn a_bearer_token_for_another_audience_is_refused() {
    let profiles = USER_INFO.replace("[ \"app\", \"00001111-aaaa-2222-bbbb-3333cccc4444\" ]", "[ \"app\" ]");
    let journey = extended(&small(), &profiles, USER_INFO_JOURNEY, &endpoint("UserInfo", "Info"));
    let run = journey.simulation().entry(Entry::UserInfo).continue_from(&logon(&journey)).run().unwrap();
    run.assert_error("which `Bearer` does not accept").assert_not_reached(1);
    let error = small().journey().simulation().entry(Entry::UserInfo).run().unwrap_err();
    assert_eq!(error.message, "the relying party of `B2C_1A_small` has no endpoint `UserInfo`");
}

#[test]
fn a_saml_request_gives_the_attributes_of_an_assertion() {
    let mut source = small();
    source.profiles += "<TechnicalProfile Id=\"SamlIssuer\"><DisplayName>SAML</DisplayName><Protocol Name=\"SAML2\" />\
        <OutputTokenFormat>SAML2</OutputTokenFormat></TechnicalProfile>";
    let xml =
        source.xml().replace("CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\"", "CpimIssuerTechnicalProfileReferenceId=\"SamlIssuer\"");
    let xml = xml.replace(
        "<DisplayName>PolicyProfile</DisplayName><Protocol Name=\"OpenIdConnect\" />",
        "<DisplayName>PolicyProfile</DisplayName><Protocol Name=\"SAML2\" />",
    );
    let journey = journey_of(&xml);
    let request = |force: &str| {
        let mut request = Request::default();
        request.parameters.extend([("RelayState".into(), "abc".into()), ("ForceAuthn".into(), force.into())]);
        let page = Stubs::self_asserted().enter("email", "a@b.c");
        let api = Stubs::restful().ok(json!({ "score": 7 }));
        journey.simulation().entry(Entry::Saml).request(request).stub("Page", page).stub("Api", api)
    };
    let first = request("false").run().unwrap();
    assert_eq!(json!(first.token), json!({ "sub": OBJECT_ID, "email": "a@b.c", "score": 7, "relay": "abc" }));
    request("false").continue_from(&first).run().unwrap().assert_skipped(2);
    request("true").continue_from(&first).run().unwrap().assert_executed(2);
}

#[test]
fn a_scenario_says_by_which_way_it_comes() {
    let journey = extended(&small(), &format!("{USER_INFO}{READ_AND_SETUP}"), &format!("{USER_INFO_JOURNEY}{REDEEM}"), {
        "<Endpoints><Endpoint Id=\"UserInfo\" UserJourneyReferenceId=\"Info\" /><Endpoint Id=\"Token\" UserJourneyReferenceId=\"Redeem\" /></Endpoints>"
    });
    let text = "stubs: { Page: { enter: { email: a@b.c } }, Api: { json: { score: 1 } } }\nexpect: { token: { email: a@b.c, score: 1 } }\n---\n\
                continues: true\nafter: PT30M\nentry: userinfo\nexpect: { token: { mail: a@b.c }, calls: [Bearer] }\n---\n\
                continues: true\nafter: PT30M\nentry: refresh\nstubs: { Api: { json: { score: 2 } } }\n\
                expect: { steps: { 1: executed }, token: { score: 2, email: null } }\n";
    let mut last: Option<Execution> = None;
    for scenario in Scenario::parse("a.yaml", text).unwrap() {
        let run = journey.run_scenario_after(&scenario, last.as_ref()).unwrap_or_else(|error| panic!("{error}"));
        let wrong = expect::check(scenario.expect.as_ref().unwrap(), &run.record());
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        last = Some(run);
    }
    let error = Scenario::parse("a.yaml", "entry: refesh").unwrap_err();
    assert!(error.to_string().contains("`refresh`"), "{error}");
}

#[test]
fn the_starter_pack_redeems_refresh_tokens() {
    let Some(journey) = common::starter_pack_mfa() else { return };
    let first = journey.simulation().choose(1, "LocalAccountSigninEmailExchange").run().unwrap();
    let second = journey.simulation().entry(Entry::Refresh).continue_from(&first).after(3600).run().unwrap();
    second.assert_issued().assert_called("RefreshTokenReadAndSetup").assert_called("AAD-UserReadUsingObjectId-CheckRefreshTokenDate");
    second.assert_token("sub", OBJECT_ID).assert_token("name", "John Smith");
}
