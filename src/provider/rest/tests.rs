use serde_json::{Value as Json, json};

use super::RestSettings;
use crate::claims::{ClaimValue, Date, DateTime, Identity, Str};
use crate::engine::{Body, Choices, HttpFailure, HttpReply, Open};
use crate::provider::call::fixture::{Fixture, shown_fault, shown_findings, span};

const URL: &str = "https://api.example.com/v1/score";
const SECURE: (&str, &str) = ("AuthenticationType", "Bearer");

/// A profile in development without authentication.
fn profile(metadata: &[(&str, &str)]) -> Fixture {
    let mut all = vec![("ServiceUrl", URL), ("AuthenticationType", "None")];
    all.retain(|(key, _)| !metadata.iter().any(|(other, _)| other == key));
    all.extend_from_slice(metadata);
    Fixture::new(&all).development()
}

fn settings(fixture: &Fixture) -> RestSettings {
    fixture.with_setup(RestSettings::compile).0
}

/// Method, URL, headers without `Accept`, body.
fn sent(fixture: &Fixture) -> String {
    let key = |storage: &str| Str::from(format!("secret of {storage}"));
    match settings(fixture).request(&fixture.input_values(), &key, &fixture.switches) {
        Ok(request) => {
            assert_eq!(request.headers[0], ("Accept".into(), "application/json".into()));
            let mut lines = vec![format!("{} {}", request.method, request.url)];
            lines.extend(request.headers[1..].iter().map(|(name, value)| format!("{name}: {value}")));
            lines.extend(request.body);
            lines.join("\n")
        }
        Err(fault) => shown_fault(&fault),
    }
}

fn notes(fixture: &Fixture) -> Vec<String> {
    let notes = settings(fixture).check(&fixture.input_values(), &fixture.switches).unwrap();
    notes.iter().map(Str::to_string).collect()
}

fn findings(fixture: &Fixture) -> Vec<String> {
    shown_findings(&fixture.with_setup(RestSettings::compile).1)
}

fn typed_inputs(fixture: Fixture) -> Fixture {
    fixture
        .input("email=mail", Some("a b+c@x.de".into()))
        .input("age:int", Some(42.into()))
        .input("member:boolean", Some(true.into()))
        .input("born:date", Some(ClaimValue::Date(Date::parse("2000-02-29").unwrap())))
        .input("seen:dateTime", Some(ClaimValue::DateTime(DateTime::parse("2026-01-01T00:00:00Z").unwrap())))
        .input("phone:phoneNumber", Some(ClaimValue::PhoneNumber("+15551234567".into())))
        .input("groups:stringCollection", Some(ClaimValue::Strings(vec!["a".into(), "b".into()])))
        .input("identity:userIdentity", {
            Some(ClaimValue::Identity(Box::new(Identity { issuer: "x.com".into(), issuer_user_id: "aWQ=".into() })))
        })
        .input("nested=a.b", Some("".into()))
        .input("missing", None)
}

#[test]
fn a_body_is_a_json_object_that_keeps_types() {
    assert_eq!(
        sent(&typed_inputs(profile(&[]))),
        format!(
            "POST {URL}\nContent-Type: application/json\n{}",
            r#"{"mail":"a b+c@x.de","age":42,"member":true,"born":"2000-02-29","seen":"2026-01-01T00:00:00.0000000Z","phone":"+15551234567","groups":["a","b"],"identity":{"issuer":"x.com","issuerUserId":"aWQ="},"a.b":""}"#
        )
    );
    assert_eq!(sent(&profile(&[("SendClaimsIn", "body")])), format!("POST {URL}\nContent-Type: application/json\n{{}}"));
}

#[test]
fn a_form_is_url_encoded_text() {
    assert_eq!(
        sent(&typed_inputs(profile(&[("SendClaimsIn", "Form")]))),
        format!(
            "POST {URL}\nContent-Type: application/x-www-form-urlencoded\n{}",
            "mail=a+b%2Bc%40x.de&age=42&member=True&born=2000-02-29&seen=2026-01-01T00%3A00%3A00.0000000Z&phone=%2B15551234567&a.b="
        )
    );
}

#[test]
fn a_header_stands_for_each_claim() {
    let fixture = typed_inputs(profile(&[("SendClaimsIn", "Header")])).input("lines", Some("a\r\nb: c".into()));
    assert_eq!(
        sent(&fixture),
        format!(
            "GET {URL}\n{}",
            "mail: a b+c@x.de\nage: 42\nmember: True\nborn: 2000-02-29\nseen: 2026-01-01T00:00:00.0000000Z\nphone: +15551234567\na.b: \n\
             lines: a  b: c"
        )
    );
    assert_eq!(
        notes(&fixture),
        ["the claim `groups` has no text form and is not sent", "the claim `identity` has no text form and is not sent"]
    );
}

#[test]
fn a_query_string_is_appended() {
    for (url, expected) in [
        (URL, "https://api.example.com/v1/score?a=x%20%26y&b=1"),
        ("https://h/p?code=1", "https://h/p?code=1&a=x%20%26y&b=1"),
        ("https://h/p?", "https://h/p?a=x%20%26y&b=1"),
        ("https://h/p?c=1&#top", "https://h/p?c=1&a=x%20%26y&b=1#top"),
        ("https://h/{a}", "https://h/{a}?a=x%20%26y&b=1"),
    ] {
        let fixture = profile(&[("ServiceUrl", url), ("SendClaimsIn", "QueryString")]);
        assert_eq!(sent(&fixture.input("a", Some("x &y".into())).input("b:long", Some(1.into()))), format!("GET {expected}"));
    }
    assert_eq!(sent(&profile(&[("SendClaimsIn", "QueryString")])), format!("GET {URL}"));
}

#[test]
fn placeholders_of_the_url_take_claims_and_nothing_else_is_sent() {
    for (url, expected) in [
        ("https://h/users/{objectId}/groups?$select={What}", "https://h/users/a%2Fb/groups?$select=name%3D%C3%A4"),
        ("https://h/score?customerID=<id>&customerSessionID={objectId}", "https://h/score?customerID=<id>&customerSessionID=a%2Fb"),
        ("https://h/{objectId}{objectId}", "https://h/a%2Fba%2Fb"),
        ("https://h/{OBJECTID}", "https://h/a%2Fb"),
        ("https://h/{ objectId }", "https://h/a%2Fb"),
        ("https://h/{other}/x", "https://h//x"),
        ("https://h/{missing}", "https://h/"),
        ("https://h/{groups}", "https://h/"),
        ("https://h/{}/{/}/{{objectId}", "https://h/{}//{a%2Fb"),
        ("https://h/{objectId", "https://h/{objectId"),
        ("https://h/{claim}", "https://h/"),
    ] {
        let fixture = profile(&[("ServiceUrl", url), ("SendClaimsIn", "Url")])
            .input("objectId", Some("a/b".into()))
            .input("claim=What", Some("name=ä".into()))
            .input("missing", None)
            .input("groups:stringCollection", Some(ClaimValue::Strings(Vec::new())));
        assert_eq!(sent(&fixture), format!("GET {expected}"), "{url}");
    }
}

#[test]
fn placeholders_without_a_value_are_noted() {
    let fixture =
        profile(&[("ServiceUrl", "https://h/{a}/{b}/{c}"), ("SendClaimsIn", "Url")]).input("a", Some("1".into())).input("b", None);
    assert_eq!(
        notes(&fixture),
        ["`{b}` in the ServiceUrl has no value and stays empty", "`{c}` in the ServiceUrl has no value and stays empty"]
    );
    assert_eq!(findings(&fixture), ["warning[B2C0514]: `{c}` in the ServiceUrl names no input claim and stays empty"]);
}

#[test]
fn the_case_of_placeholders_is_an_open_point() {
    let metadata = [("ServiceUrl", "https://h/{clientSessionId}"), ("SendClaimsIn", "Url")];
    let fixture = profile(&metadata).input("clientsessionId", Some("9f1c".into()));
    assert_eq!(sent(&fixture), "GET https://h/9f1c");
    assert_eq!(settings(&fixture).choices.iter().collect::<Vec<_>>(), [Open(22)]);
    assert_eq!(
        findings(&fixture),
        ["warning[B2C0302]: `{clientSessionId}` in the ServiceUrl differs in case from the input claim `clientsessionId`"]
    );

    let fixture = fixture.switch(|switches| switches.url_placeholders_ignore_case = false);
    assert_eq!(sent(&fixture), "GET https://h/");

    let fixture = profile(&metadata).input("clientsessionid", Some("no".into())).input("clientSessionId", Some("yes".into()));
    assert_eq!(sent(&fixture), "GET https://h/yes");
    assert_eq!(settings(&fixture).choices, Choices::default());
}

#[test]
fn types_in_a_body_are_an_open_point() {
    assert_eq!(settings(&profile(&[]).input("a", None)).choices, Choices::default());
    assert_eq!(settings(&profile(&[]).input("a:int", None)).choices.iter().collect::<Vec<_>>(), [Open(13)]);
    assert_eq!(settings(&profile(&[("SendClaimsIn", "Form")]).input("a:int", None)).choices, Choices::default());
}

#[test]
fn one_claim_can_be_the_whole_body() {
    let metadata = [("ClaimUsedForRequestPayload", "requestBody")];
    let fixture = profile(&metadata).input("other", Some("x".into())).input("RequestBody", Some(r#"{"a": 1}"#.into()));
    assert_eq!(sent(&fixture), format!("POST {URL}\nContent-Type: application/json\n{{\"a\": 1}}"));
    assert!(notes(&fixture).is_empty() && findings(&fixture).is_empty());

    let empty = profile(&metadata).input("requestBody", None);
    assert_eq!(sent(&empty), format!("POST {URL}\nContent-Type: application/json\n"));
    assert_eq!(notes(&empty), ["the claim `requestBody` for the body has no value; the body stays empty"]);

    let undeclared = profile(&metadata).input("other", Some("x".into()));
    assert_eq!(sent(&undeclared), format!("POST {URL}\nContent-Type: application/json\n"));
    assert_eq!(
        findings(&undeclared),
        ["warning[B2C0301]: the claim `requestBody` of `ClaimUsedForRequestPayload` must be an input claim too; the body stays empty"]
    );

    let form = profile(&[("SendClaimsIn", "Form"), metadata[0]]).input("requestBody", Some("x".into()));
    assert_eq!(sent(&form), format!("POST {URL}\nContent-Type: application/x-www-form-urlencoded\nrequestBody=x"));
    assert_eq!(findings(&form), ["warning[B2C0110]: `ClaimUsedForRequestPayload` has no effect unless SendClaimsIn is Body"]);
}

#[test]
fn credentials_go_into_headers() {
    let authenticated = |kind: &str| profile(&[("AuthenticationType", kind), ("SendClaimsIn", "Url")]);
    for (fixture, expected) in [
        (
            authenticated("basic").key("BasicAuthenticationUsername", "B2C_1A_User").key("BasicAuthenticationPassword", "B2C_1A_Word"),
            "Authorization: Basic c2VjcmV0IG9mIEIyQ18xQV9Vc2VyOnNlY3JldCBvZiBCMkNfMUFfV29yZA==",
        ),
        (authenticated("Bearer").key("BearerAuthenticationToken", "B2C_1A_Token"), "Authorization: Bearer secret of B2C_1A_Token"),
        (authenticated("ApiKeyHeader").key("x-functions-key", "B2C_1A_Key"), "x-functions-key: secret of B2C_1A_Key"),
    ] {
        assert_eq!(sent(&fixture), format!("GET {URL}\n{expected}"));
        assert!(findings(&fixture).is_empty() && notes(&fixture).is_empty());
    }
    let certificate = authenticated("ClientCertificate").key("ClientCertificate", "B2C_1A_Cert");
    assert_eq!(sent(&certificate), format!("GET {URL}"));
    assert_eq!(notes(&certificate), ["the client certificate `B2C_1A_Cert` is not to be seen in the request"]);
}

#[test]
fn a_bearer_token_can_come_from_an_input_claim() {
    let bearer = || profile(&[SECURE, ("UseClaimAsBearerToken", "token"), ("SendClaimsIn", "Url")]).input("a", Some("1".into()));
    assert_eq!(sent(&bearer().input("Token=x", Some("abc".into()))), format!("GET {URL}\nAuthorization: Bearer abc"));
    assert_eq!(
        sent(&bearer().input("b:int", Some(2.into())).input("token", None)),
        "AADB2C90194: Claim 'token' specified for the bearer token is not present in the available claims. Available claims 'a,b'."
    );
    assert_eq!(
        sent(&bearer().input("token", Some("".into()))),
        "AADB2C90195: Claim 'token' specified for the bearer token is null or empty."
    );
    let missing = bearer();
    assert!(settings(&missing).check(&missing.input_values(), &missing.switches).is_err());
    assert_eq!(
        findings(&missing),
        ["error[B2C0522]: Restful profile 'Profile' in policy 'B2C_1A_policy' in tenant 'contoso.onmicrosoft.com' does not have the \
         input claim 'token' referenced by 'UseClaimAsBearerToken'."]
    );
}

#[test]
fn settings_are_checked_in_the_words_of_the_service() {
    let key =
        "Profile 'Profile' in policy 'B2C_1A_policy' in tenant 'contoso.onmicrosoft.com' does not contain the required cryptographic key";
    for (metadata, expected) in [
        (&[("AuthenticationType", "Digest")][..], vec!["error[B2C0503]: Profile 'Profile' contains the unsupported authentication type 'Digest'. Expected one of 'None', 'Basic', 'Bearer', 'ClientCertificate' or 'ApiKeyHeader'.".to_owned()]),
        (&[("AuthenticationType", "")], vec!["error[B2C0501]: Profile 'Profile' does not contain the required metadata key 'AuthenticationType'.".to_owned()]),
        (&[("AuthenticationType", "Basic")], vec![format!("error[B2C0521]: {key} 'BasicAuthenticationUsername'."), format!("error[B2C0521]: {key} 'BasicAuthenticationPassword'.")]),
        (&[("AuthenticationType", "ClientCertificate")], vec![format!("error[B2C0521]: {key} 'ClientCertificate'.")]),
        (&[("AuthenticationType", "ApiKeyHeader")], vec!["error[B2C0521]: `Profile` uses ApiKeyHeader, but has no cryptographic key".to_owned()]),
        (&[SECURE], vec!["error[B2C0521]: Restful profile 'Profile' in policy 'B2C_1A_policy' in tenant 'contoso.onmicrosoft.com' specifies the bearer authentication type, but does specify the metadata item 'UseClaimAsBearerToken' or it is empty.".to_owned()]),
        (&[("SendClaimsIn", "Cookie")], vec!["error[B2C0503]: Profile 'Profile' contains the unsupported SendClaimsIn type 'Cookie'. Expected one of 'Body', 'Form', 'Header', 'Url' or 'QueryString'.".to_owned()]),
        (&[("DebugMode", "yes")], vec!["error[B2C0503]: Profile 'Profile' contains an invalid boolean for DebugMode. Expected either 'true' or 'false'.".to_owned()]),
        (&[("ServiceUrl", " ")], vec!["error[B2C0501]: Profile 'Profile' does not contain the required metadata key 'ServiceUrl'.".to_owned()]),
        (&[("ServiceUrl", "api/x")], vec!["error[B2C0523]: Profile 'Profile' metadata contains the key 'ServiceUrl' which has the empty or invalid URL format of 'api/x'.".to_owned()]),
        (&[("ServiceUrl", "https:// /x")], vec!["error[B2C0523]: Profile 'Profile' metadata contains the key 'ServiceUrl' which has the empty or invalid URL format of 'https:// /x'.".to_owned()]),
        (&[("ServiceUrl", "https://{region}.x.com/{a}?u=https://{b}"), ("SendClaimsIn", "Url")], vec![
            "error[B2C0503]: the host part of the ServiceUrl `https://{region}.x.com/{a}?u=https://{b}` may not hold a claim".to_owned(),
            "warning[B2C0514]: `{region}` in the ServiceUrl names no input claim and stays empty".to_owned(),
            "warning[B2C0514]: `{a}` in the ServiceUrl names no input claim and stays empty".to_owned(),
            "warning[B2C0514]: `{b}` in the ServiceUrl names no input claim and stays empty".to_owned(),
        ]),
        (&[("DebugMode", "TRUE"), ("ServiceUrl", "HTTP://localhost")], vec![]),
    ] {
        assert_eq!(findings(&profile(metadata)), expected, "{metadata:?}");
    }
}

#[test]
fn production_wants_authentication_and_https() {
    let insecure = "error[B2C0901]: Profile 'Profile' uses an insecure authentication mode that is only allowed in production mode policies with metadata key 'AllowInsecureAuthInProduction' set to true.";
    for (metadata, expected) in [
        (&[("ServiceUrl", URL), ("AuthenticationType", "none")][..], vec![insecure]),
        (&[("ServiceUrl", URL), ("AuthenticationType", "None"), ("AllowInsecureAuthInProduction", "false")], vec![insecure]),
        (&[("ServiceUrl", URL), ("AuthenticationType", "None"), ("AllowInsecureAuthInProduction", "True")], vec![]),
        (
            &[
                ("ServiceUrl", "http://h/x"),
                ("AuthenticationType", "None"),
                ("AllowInsecureAuthInProduction", "true"),
                ("DebugMode", "true"),
            ],
            vec![
                "error[B2C0902]: Profile 'Profile', production mode policies must use https 'ServiceUrl' the provided value was 'http://h/x'.",
                "error[B2C0903]: Profile 'Profile' uses 'DebugMode' metadata that is only allowed in development mode policies.",
            ],
        ),
    ] {
        assert_eq!(findings(&Fixture::new(metadata)), expected, "{metadata:?}");
    }
}

fn json_reply(status: u16, body: Json) -> HttpReply {
    HttpReply::Response { status, body: Body::Json(body.into()) }
}

fn text_reply(status: u16, body: &str) -> HttpReply {
    HttpReply::Response { status, body: Body::Text(body.into()) }
}

fn ok(fixture: &Fixture, reply: &HttpReply) -> (Vec<String>, Vec<String>) {
    let returned = fixture.with_call(|call| settings(fixture).outcome(call, reply)).unwrap();
    (fixture.shown(&returned.outputs), returned.notes.iter().map(Str::to_string).collect())
}

fn failure(fixture: &Fixture, reply: &HttpReply) -> String {
    shown_fault(&fixture.with_call(|call| settings(fixture).outcome(call, reply)).unwrap_err())
}

#[test]
fn members_become_output_claims_by_partner_name() {
    let fixture = profile(&[])
        .output("riskLevel")
        .output("score:int=points")
        .output("member:boolean")
        .output("fixed")
        .or_else("x")
        .but(|reference| reference.always_default = true)
        .output("renamed=other");
    let body = json!({ "RiskLevel": "LOW", "points": 275, "member": true, "fixed": [], "renamed": "no", "extra": 1 });
    let expected = (
        vec!["riskLevel=\"LOW\"".to_owned(), "score=275".to_owned(), "member=true".to_owned()],
        vec!["`RiskLevel` was taken for `riskLevel`, which differs in case".to_owned()],
    );
    assert_eq!(ok(&fixture, &json_reply(200, body.clone())), expected);
    assert_eq!(ok(&fixture, &text_reply(201, &body.to_string())), expected);
}

#[test]
fn a_null_member_counts_as_not_returned() {
    let fixture = profile(&[]).output("a").output("b");
    let reply = json_reply(200, json!({ "a": null, "b": "" }));
    assert_eq!(
        ok(&fixture, &reply),
        (vec!["b=\"\"".to_owned()], vec!["`Profile` returned null for `a`; it counts as not returned".to_owned()])
    );
}

#[test]
fn an_empty_body_returns_nothing() {
    let fixture = profile(&[]).output("a");
    for body in [Body::Empty, Body::Text(" \n".into()), Body::Json(json!({}).into())] {
        assert_eq!(ok(&fixture, &HttpReply::Response { status: 204, body }), (vec![], vec![]));
    }
}

#[test]
fn paths_reach_into_the_body_when_they_are_switched_on() {
    let outputs = |fixture: Fixture| fixture.output("email=elements[0].handle~.emailAddress").output("plain=NAME").output("city=a.b");
    let body = json!({ "elements": [ { "handle~": { "emailAddress": "a@b.c" } } ], "name": "n", "a": { "b": "Rome" }, "a.b": "Paris" });
    let on = outputs(profile(&[("ResolveJsonPathsInJsonTokens", "true")]));
    let (claims, notes) = ok(&on, &json_reply(200, body.clone()));
    assert_eq!(claims, ["email=\"a@b.c\"", "plain=\"n\"", "city=\"Rome\""]);
    assert_eq!(notes, ["`name` was taken for `NAME`, which differs in case"]);
    let off = outputs(profile(&[]));
    assert_eq!(ok(&off, &json_reply(200, body)).0, ["plain=\"n\"", "city=\"Paris\""]);
    let wild = profile(&[("ResolveJsonPathsInJsonTokens", "true")]).output("a=b[*]");
    assert_eq!(
        findings(&wild),
        ["warning[B2C0108]: `b[*]` is not a path that names one place of a JSON reply; it is taken as a plain name"]
    );
}

#[test]
fn a_value_of_the_wrong_type_is_located() {
    let fixture = profile(&[]).output("a").output("groups:stringCollection=roles").output("score:int");
    let fault = fixture.with_call(|call| settings(&fixture).outcome(call, &json_reply(200, json!({ "roles": "admin" })))).unwrap_err();
    assert_eq!(
        fault.message,
        "The data type 'String' of the claim with id 'roles' does not match the DataType 'StringCollection' of ClaimType with id 'groups' \
         specified in the policy."
    );
    assert_eq!((fault.code, fault.at), (None, Some(span(1001))));
    let fault = fixture.with_call(|call| settings(&fixture).outcome(call, &json_reply(200, json!({ "score": "many" })))).unwrap_err();
    let start = "the value that was returned for `score` does not fit the claim `score` of type int: ";
    assert!(fault.message.starts_with(start) && fault.message.len() > start.len(), "{}", fault.message);
    assert_eq!(fault.at, Some(span(1002)));
}

#[test]
fn claims_that_are_not_returned_are_an_open_point() {
    let missing = || profile(&[]).output("a").output("b").or_else("x");
    let reply = json_reply(200, json!({}));
    let returned = |fixture: &Fixture| fixture.with_call(|call| settings(fixture).outcome(call, &reply));
    assert_eq!(returned(&missing()).unwrap().choices.iter().collect::<Vec<_>>(), [Open(24)]);
    assert_eq!(returned(&profile(&[]).output("b").or_else("x")).unwrap().choices, Choices::default());
    let strict = missing().switch(|switches| switches.missing_rest_output_fails = true);
    assert_eq!(shown_fault(&returned(&strict).unwrap_err()), "`a` was not returned for the required output claim `a`");
    assert_eq!(failure(&profile(&[]).output("a=c").required(), &reply), "`c` was not returned for the required output claim `a`");
    assert!(returned(&profile(&[]).output("a").required().or_else("x")).is_ok());
}

#[test]
fn a_body_that_is_no_object_fails_only_where_it_is_read() {
    for reply in [text_reply(200, "not json"), json_reply(200, json!([1])), text_reply(200, "\"text\"")] {
        assert_eq!(failure(&profile(&[]).output("a"), &reply), "the body that `Profile` returned is not a JSON object");
        assert_eq!(ok(&profile(&[]), &reply), (vec![], vec!["the body that `Profile` returned is not a JSON object".to_owned()]));
    }
}

#[test]
fn the_error_contract_gives_its_message() {
    let contract = json!({
        "version": "1.0.0", "status": 409, "userMessage": "not today", "code": "E1", "requestId": "r", "developerMessage": "d", "moreInfo": "m"
    });
    let (exchange, page) = (profile(&[]), profile(&[]).on_page(&[("DefaultUserMessageIfRequestFailed", "no")]));
    for fixture in [&exchange, &page] {
        for status in [400, 409, 499] {
            assert_eq!(failure(fixture, &json_reply(status, contract.clone())), "not today");
        }
        assert_eq!(failure(fixture, &text_reply(409, r#"{ "status": "400", "UserMessage": "no" }"#)), "no");
    }
    let debug = profile(&[("DebugMode", "true")]);
    assert_eq!(failure(&debug, &json_reply(409, contract)), "not today (code: E1, requestId: r, developerMessage: d, moreInfo: m)");
    assert_eq!(failure(&debug, &json_reply(409, json!({ "userMessage": "x", "code": "" }))), "x");
}

#[test]
fn other_http_errors_name_the_exchange_and_the_status() {
    let sentence = |name: &str, reason: &str| {
        format!(
            "AADB2C90075: The claims exchange 'Profile' specified in step '3' returned HTTP error response with Code '{name}' and Reason '{reason}'."
        )
    };
    let unparsable =
        "AADB2C90261: The claims exchange 'Profile' specified in step '3' returned HTTP error response that could not be parsed.";
    let bare = HttpReply::Response { status: 404, body: Body::Empty };
    for (reply, expected) in [
        (bare, sentence("NotFound", "Not Found")),
        (json_reply(400, json!({ "message": "no" })), sentence("BadRequest", "Bad Request")),
        (json_reply(400, json!({ "userMessage": "" })), sentence("BadRequest", "Bad Request")),
        (json_reply(409, json!(["userMessage"])), sentence("Conflict", "Conflict")),
        (text_reply(400, ""), sentence("BadRequest", "Bad Request")),
        (json_reply(500, json!({ "status": 409, "userMessage": "no" })), sentence("InternalServerError", "Internal Server Error")),
        (text_reply(302, "x"), sentence("Redirect", "Found")),
        (text_reply(599, ""), sentence("599", "")),
        (text_reply(400, "<html>"), unparsable.to_owned()),
        (json_reply(409, json!({ "status": "Conflict", "userMessage": "no" })), unparsable.to_owned()),
        (json_reply(409, json!({ "status": 409, "userMessage": 7 })), unparsable.to_owned()),
    ] {
        assert_eq!(failure(&profile(&[]), &reply), expected);
        assert_eq!(failure(&profile(&[("DefaultUserMessageIfRequestFailed", "no")]), &reply), expected);
        assert_eq!(failure(&profile(&[]).on_page(&[]), &reply), expected);
        let code = expected.split(':').next().unwrap();
        let page = profile(&[("DefaultUserMessageIfRequestFailed", "sorry, {0}")]).on_page(&[]);
        assert_eq!(failure(&page, &reply), format!("{code}: sorry, {URL}"));
    }
}

#[test]
fn refused_credentials_have_their_own_codes() {
    let reply = HttpReply::Response { status: 401, body: Body::Empty };
    let code = |kind: &str| failure(&profile(&[("AuthenticationType", kind)]), &reply).split(':').next().unwrap().to_owned();
    assert_eq!(["Basic", "ClientCertificate", "Bearer"].map(code), ["AADB2C90027", "AADB2C90028", "AADB2C90075"]);
    let contract = json_reply(401, json!({ "userMessage": "who?" }));
    assert_eq!(failure(&profile(&[("AuthenticationType", "Basic")]), &contract), "who?");
}

#[test]
fn no_answer_has_a_message_for_each_reason() {
    let default = ("DefaultUserMessageIfRequestFailed", "failed: {0}");
    for (kind, key, built_in) in [
        (
            HttpFailure::Timeout,
            "UserMessageIfRequestTimeout",
            "Failed to establish connection to restful service end point within timeout limit 30 seconds. Restful service URL: https://api.example.com/v1/score",
        ),
        (
            HttpFailure::Dns,
            "UserMessageIfDnsResolutionFailed",
            "Failed to resolve the hostname of the restful service endpoint. Restful service URL: https://api.example.com/v1/score",
        ),
        (
            HttpFailure::Unreachable,
            "UserMessageIfCircuitOpen",
            "Unable to connect to the restful service end point. Restful Service URL: https://api.example.com/v1/score",
        ),
    ] {
        let reply = HttpReply::Failure(kind);
        assert_eq!(failure(&profile(&[]), &reply), built_in);
        assert_eq!(failure(&profile(&[default]), &reply), format!("failed: {URL}"));
        assert_eq!(failure(&profile(&[default, (key, "own text")]), &reply), "own text");
        assert_eq!(failure(&profile(&[(key, "own text")]).on_page(&[(key, "the page's")]), &reply), "the page's");
    }
}
