use serde_json::json;

use super::*;
use crate::engine::{Body, HttpFailure};

/// Reads one scenario.
fn read(text: &str) -> Scenario {
    let mut scenarios = Scenario::parse("a.yaml", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(scenarios.len(), 1);
    scenarios.remove(0)
}

/// Reads the reply of a stub.
fn reply(text: &str) -> StubReply {
    read(&format!("stubs: {{ A: {text} }}")).stubs["A"].replies[0].clone()
}

/// The text is refused with this error (without the file's name).
fn check_error(text: &str, expected: &str) {
    let error = Scenario::parse("a.yaml", text).expect_err(text);
    assert_eq!(error.to_string(), format!("a.yaml:{expected}"), "{text}");
}

#[test]
fn every_reply_form_is_read() {
    let texts = |pairs: &[(&str, &str)]| pairs.iter().map(|(key, value)| (Str::from(*key), Str::from(*value))).collect();
    for (text, expected) in [
        (
            "{ enter: { clientSessionId: 9f1c, age: 042, agree: true, tags: [a, b], none: } }",
            StubReply::Enter {
                fields: texts(&[("clientSessionId", "9f1c"), ("age", "042"), ("agree", "true"), ("tags", "a,b"), ("none", "")]),
                codes: IndexMap::new(),
                sends: IndexMap::new(),
            },
        ),
        (
            "{ enter: { email: a@b.c }, codes: { control: wrong, other: right } }",
            StubReply::Enter {
                fields: texts(&[("email", "a@b.c")]),
                codes: [("control".into(), false), ("other".into(), true)].into_iter().collect(),
                sends: IndexMap::new(),
            },
        ),
        (
            "{ send: { control: 2, other: \"1\" } }",
            StubReply::Enter {
                fields: IndexMap::new(),
                codes: IndexMap::new(),
                sends: [("control".into(), 2), ("other".into(), 1)].into_iter().collect(),
            },
        ),
        (
            "{ json: { riskLevel: LOW, score: 275, list: [1.5, null] } }",
            StubReply::Http {
                status: 200,
                body: Body::Json(Arc::new(json!({ "riskLevel": "LOW", "score": 275, "list": [1.5, null] }))),
                headers: IndexMap::new(),
            },
        ),
        (
            "{ status: 200, body: \"not json\", headers: { Content-Type: text/plain } }",
            StubReply::Http { status: 200, body: Body::Text("not json".into()), headers: texts(&[("Content-Type", "text/plain")]) },
        ),
        ("{ status: 204 }", StubReply::Http { status: 204, body: Body::Empty, headers: IndexMap::new() }),
        ("{ json: null }", StubReply::Http { status: 200, body: Body::Json(Arc::new(Json::Null)), headers: IndexMap::new() }),
        ("{ fail: timeout }", StubReply::Fail(Failure::Http(HttpFailure::Timeout))),
        ("{ fail: dns }", StubReply::Fail(Failure::Http(HttpFailure::Dns))),
        ("{ fail: unreachable }", StubReply::Fail(Failure::Http(HttpFailure::Unreachable))),
        ("{ fail: AADB2C90151 }", StubReply::Fail(Failure::Code("AADB2C90151".into()))),
        ("{ fail: UserMessageIfThrottled }", StubReply::Fail(Failure::Message("UserMessageIfThrottled".into()))),
        ("{ verify: \"+15551234567\" }", StubReply::Verify(Number::Known("+15551234567".into()))),
        ("{ verify: +15551234567 }", StubReply::Verify(Number::Known("+15551234567".into()))),
        ("{ verify: new }", StubReply::Verify(Number::New)),
        ("{ claims: { id: \"1234\", email: j@contoso.com, none: null } }", {
            let claims = json!({ "id": "1234", "email": "j@contoso.com", "none": null });
            StubReply::Claims(claims.as_object().unwrap().clone())
        }),
        ("{ error: \"not today\" }", StubReply::Error("not today".into())),
        ("{ cancel: true }", StubReply::Cancel),
        ("{ default: true }", StubReply::Default),
        ("{ notFound: true }", StubReply::NotFound),
        ("{ live: true }", StubReply::Live),
    ] {
        assert_eq!(reply(text), expected, "{text}");
    }
}

#[test]
fn everything_a_scenario_can_say_is_read() {
    let scenario = read(
        r#"
name: low risk
policy: B2C_1A_signup
request:
  client_id: 00001111-aaaa-2222-bbbb-3333cccc4444
  ui_locales: en
  ip: 203.0.113.7
  parameters: { campaignId: hawaii, number: 007 }
  id_token_hint: { email: a@b.c, age: 4 }
now: 2026-02-03T04:05:06Z
seed: 7
start: { step: 8, claims: { objectId: 3f25, score: 275, big: 9223372036854775807, ok: true, list: [a, "1"], none: null,
                            id: { issuer: f, issuerUserId: 1 }, ids: [ { issuer: f, issuerUserId: "1" } ], phone: +1555, code: 007 } }
stop: { after: "10" }
directory:
  - objectId: 3f2504e0
    signInNames.userName: 123
    password: 123
    displayName: John Smith
    accountEnabled: false
    locked: true
keys: { B2C_1A_Key: 0123 }
choose: { 1: Local, "Sub/2": signup }
stubs: { A: [ { status: 409 }, { fail: timeout } ] }
expect:
  outcome: issued
  error: AADB2C90091
  steps: { 8: executed, "9": skipped, Sub/2: not-reached }
  calls: [A, B]
  claims: { riskLevel: LOW, none: null }
  token: { score: 275, groups: [a] }
  requests: { A: { method: GET, url: "*id=9f1c*" }, B: [ { body: null }, { body: { a: "*" }, headers: { X: y } } ], C: null }
  holds: [ 'claims.riskLevel == "LOW"' ]
"#,
    );
    assert_eq!(scenario.title(), "low risk");
    assert_eq!(scenario.policy.as_deref(), Some("B2C_1A_signup"));
    assert_eq!(scenario.request.parameters["number"], "007");
    assert_eq!(scenario.request.id_token_hint.as_ref().map(|hint| json!(hint)), Some(json!({ "email": "a@b.c", "age": 4 })));
    assert_eq!(scenario.now.to_string(), "2026-02-03T04:05:06.0000000Z");
    assert_eq!((scenario.seed, scenario.stop_after), (7, Some(10)));
    let start = scenario.start.unwrap();
    assert_eq!(start.step, Some(8));
    assert_eq!(
        Json::Object(start.claims),
        json!({ "objectId": "3f25", "score": 275, "big": i64::MAX, "ok": true, "list": ["a", "1"], "none": null,
            "id": { "issuer": "f", "issuerUserId": "1" }, "ids": [{ "issuer": "f", "issuerUserId": "1" }], "phone": "+1555", "code": "007" })
    );
    let user = &scenario.directory.unwrap()[0];
    assert_eq!((user.password.as_deref(), user.locked), (Some("123"), true));
    assert_eq!(
        json!(user.attributes),
        json!({ "objectId": "3f2504e0", "signInNames.userName": "123", "displayName": "John Smith", "accountEnabled": false })
    );
    assert_eq!(user.place.as_ref().unwrap().line, 16);
    assert_eq!(scenario.keys["B2C_1A_Key"], "0123");
    assert_eq!((&*scenario.choose["1"].name, &*scenario.choose["Sub/2"].name), ("Local", "signup"));
    assert_eq!(scenario.stubs["A"].replies.len(), 2);
    let expect = scenario.expect.unwrap();
    assert_eq!(expect.outcome, Some(ExpectedOutcome::Issued));
    assert_eq!(expect.error.as_deref(), Some("AADB2C90091"));
    let steps: Vec<_> = expect.steps.iter().map(|(step, result)| (step.as_str(), *result)).collect();
    assert_eq!(steps, [("8", StepResult::Executed), ("9", StepResult::Skipped), ("Sub/2", StepResult::NotReached)]);
    assert_eq!(expect.calls.unwrap(), ["A", "B"]);
    assert_eq!(Json::Object(expect.claims), json!({ "riskLevel": "LOW", "none": null }));
    assert_eq!(Json::Object(expect.token), json!({ "score": 275, "groups": ["a"] }));
    let absent = ExpectedRequest { body: Some(ExpectedBody::Absent), ..ExpectedRequest::default() };
    let body = ExpectedRequest {
        headers: [("X".into(), "y".into())].into_iter().collect(),
        body: Some(ExpectedBody::Json(json!({ "a": "*" }))),
        ..ExpectedRequest::default()
    };
    let url = ExpectedRequest { method: Some("GET".into()), url: Some("*id=9f1c*".into()), ..ExpectedRequest::default() };
    assert_eq!(expect.requests["A"], ExpectedRequests::Any(url));
    assert_eq!(expect.requests["B"], ExpectedRequests::Each(vec![absent, body]));
    assert_eq!(expect.requests["C"], ExpectedRequests::Each(vec![]));
    assert_eq!(expect.holds, ["claims.riskLevel == \"LOW\""]);
}

#[test]
fn what_is_not_said_has_its_default() {
    let scenario = read("name: x");
    assert_eq!(scenario, Scenario { name: Some("x".into()), place: scenario.place.clone(), ..Scenario::default() });
    assert_eq!(scenario.now.to_string(), "2026-01-01T00:00:00.0000000Z");
    assert_eq!(read("{ name: x, stubs: , expect: ~, start: null, directory: }"), scenario_at(&scenario, 1, 3));
}

fn scenario_at(scenario: &Scenario, line: u32, column: u32) -> Scenario {
    Scenario { place: Some(Place { file: "a.yaml".into(), line, column }), ..scenario.clone() }
}

#[test]
fn several_documents_are_several_scenarios_and_empty_ones_are_none() {
    let scenarios = Scenario::parse("dir/all.yaml", "---\nname: a\n---\n# nothing\n---\nseed: 2\n...\n").unwrap();
    assert_eq!(scenarios.iter().map(Scenario::title).collect::<Vec<_>>(), ["a", "all"]);
    assert_eq!(scenarios[1].place.as_ref().unwrap().to_string(), "dir/all.yaml:6:1");
    for text in ["", "\n# nothing\n", "---\n---\n", "\u{feff}"] {
        let error = Scenario::parse("a.yaml", text).unwrap_err();
        assert_eq!((error.message.as_str(), error.line), ("the file holds no scenario", 0));
    }
}

#[test]
fn json_is_read_too() {
    let text = "{\n\t\"name\": \"low\\u0020risk \\ud83d\\ude00 \\/\",\n\t\"stubs\": {\"A\":{\"json\":{\"score\":275,\"x\":1e2}}},\n\t\"seed\" : 3\n}\n";
    let scenario = read(text);
    assert_eq!(scenario.name.as_deref(), Some("low risk \u{1f600} /"));
    assert_eq!(scenario.stubs["A"].replies.len(), 1);
    assert_eq!(scenario.seed, 3);
}

#[test]
fn anchors_stand_for_what_they_name() {
    let scenario = read("start: { claims: { a: &x [p, q], b: *x } }");
    assert_eq!(Json::Object(scenario.start.unwrap().claims), json!({ "a": ["p", "q"], "b": ["p", "q"] }));
}

#[test]
fn an_unknown_key_names_the_nearest_right_one() {
    for (text, expected) in [
        ("nmae: x", "1:1: unknown key `nmae` (did you mean `name`?)"),
        ("name: x\nstub: {}", "2:1: unknown key `stub` (did you mean `stubs`?)"),
        ("request:\n  clientid: x", "2:3: unknown key `clientid` (did you mean `client_id`?)"),
        ("request: { campaignId: x }", "1:12: unknown key `campaignId` (other query parameters go under `parameters`)"),
        ("stubs: { A: { jsno: {} } }", "1:15: unknown key `jsno` (did you mean `json`?)"),
        ("stubs: { A: [ { json: {} }, { canel: true } ] }", "1:31: unknown key `canel` (did you mean `cancel`?)"),
        ("expect: { step: {} }", "1:11: unknown key `step` (did you mean `steps`?)"),
        ("expect: { outcome: isued }", "1:20: unknown outcome `isued` (did you mean `issued`?)"),
        ("expect: { steps: { 1: not_reached } }", "1:23: unknown result `not_reached` (did you mean `not-reached`?)"),
        ("stop: { afer: 1 }", "1:9: unknown key `afer` (did you mean `after`?)"),
        ("stubs: { A: { fail: timout } }", "1:21: unknown failure `timout` (did you mean `timeout`?)"),
        (
            "stubs: { A: { fail: never } }",
            "1:21: unknown failure `never` (known here: `timeout`, `dns`, `unreachable`, codes such as `AADB2C90151` and keys such as `UserMessageIfThrottled`)",
        ),
        ("stubs: { A: { codes: { c: maybe } } }", "1:27: unknown code `maybe` (known here: `right` and `wrong`)"),
        ("start: { claims: { a: { issuer: x, issuerUserid: y } } }", "1:36: unknown key `issuerUserid` (did you mean `issuerUserId`?)"),
    ] {
        check_error(text, expected);
    }
}

#[test]
fn a_value_of_another_type_says_what_was_expected() {
    for (text, expected) in [
        ("just text", "1:1: expected a scenario, which is a mapping, found text"),
        ("- a", "1:1: expected a scenario, which is a mapping, found a list"),
        ("name: [a]", "1:7: expected text, found a list"),
        ("seed: -1", "1:7: expected a whole number of at least 0, found `-1`"),
        ("seed: 99999999999999999999", "1:7: the number `99999999999999999999` is out of range"),
        ("now: yesterday", "1:6: expected a point in time, found `yesterday` (write it as `2026-01-01T00:00:00Z`)"),
        ("start: { step: eight }", "1:16: expected the number of an orchestration step, found `eight`"),
        ("start: { step: 0 }", "1:16: orchestration steps are numbered from 1"),
        ("start: 8", "1:8: expected a mapping such as `{ step: 8, claims: {} }`, found a number"),
        (
            "start: { claims: { a: 1.5 } }",
            "1:23: `1.5` is not a 64-bit integer, and claims have no other numbers (put it in quotes if it is text)",
        ),
        ("start: { claims: { a: [1] } }", "1:24: expected text in a list of texts, found a number (put it in quotes)"),
        ("start: { claims: { a: { issuer: x } } }", "1:23: an identity needs `issuer` and `issuerUserId`, and `issuerUserId` is missing"),
        ("directory: {}", "1:12: expected a list of users, found a mapping"),
        ("directory: [ { locked: maybe } ]", "1:24: expected true or false, found text"),
        (
            "choose: { one: x }",
            "1:11: expected an orchestration step, found `one` (a step is a number such as `8`, or `SubJourneyId/2` in a sub journey)",
        ),
        ("choose: { 1: a, \"01\": b }", "1:17: step `01` is given twice"),
        ("choose: { 1: ~ }", "1:14: expected text, found nothing"),
        ("stubs: { A: default }", "1:13: expected a reply such as `{ json: {} }` or `{ default: true }`, found text"),
        ("stubs: { A: [] }", "1:13: the list of replies is empty"),
        ("stubs: { A: {} }", "1:13: an empty reply (write `{ default: true }` for the answer of the default world)"),
        ("stubs: { A: { send: { c: 0 } } }", "1:26: a code is asked for once at least, and 1000 times at most"),
        ("stubs: { A: { send: { c: yes } } }", "1:26: expected how often a code is asked for, found `yes`"),
        ("stubs: { A: { verify: new, claims: {} } }", "1:28: `verify` and `claims` cannot stand in one reply"),
        ("stubs: { A: { json: 1, body: x } }", "1:30: `json` and `body` cannot stand in one reply"),
        ("stubs: { A: { body: { a: 1 } } }", "1:21: expected text, found a mapping (a JSON body goes under `json`)"),
        ("stubs: { A: { status: 99 } }", "1:23: expected an HTTP status from 100 to 599, found `99`"),
        ("stubs: { A: { cancel: false } }", "1:23: expected `true`, the only value that makes sense here, found a boolean"),
        ("stubs: { A: { verify: } }", "1:21: expected text, found nothing"),
        ("stubs: { A: { json: { a: 1, a: 2 } } }", "1:29: `a` is given twice; first on line 1"),
        ("name: a\nname: b", "2:1: `name` is given twice; first on line 1"),
        ("? [a]\n: b", "1:3: a key must be text or a number"),
        ("name: !!int 5", "1:13: the tag `!!int` has no meaning here"),
        ("expect: { calls: A }", "1:18: expected a list of technical profile ids, found text"),
        (
            "name: é\nstubs: { é: { x: 1 } }",
            "2:15: unknown key `x` (known here: `enter`, `codes`, `send`, `status`, `json`, `body`, `headers`, `fail`, `verify`, `claims`, `error`, `cancel`, `notFound`, `default` and `live`)",
        ),
    ] {
        check_error(text, expected);
    }
}

#[test]
fn an_error_shows_its_line_and_how_much_of_it_is_meant() {
    let error = Scenario::parse("a.yaml", "# é\nname: x\nstub: {}\n").unwrap_err();
    assert_eq!((error.text.as_str(), error.line, error.column, error.length), ("stub: {}", 3, 1, 4));
}

#[test]
fn text_that_is_not_yaml_is_refused_at_its_place() {
    for (text, line) in [("name: [a", 1), ("a: b\n c: d", 2), ("name: \"x", 1), ("a: *x", 1), ("name: a\0b", 1)] {
        let error = Scenario::parse("a.yaml", text).expect_err(text);
        assert!(error.line >= line, "{error}");
    }
}

#[test]
fn hostile_nesting_and_aliases_end_in_an_error() {
    let deep = format!("stubs: {{ A: {{ json: {}{} }} }}", "[".repeat(200), "]".repeat(200));
    assert!(Scenario::parse("a.yaml", &deep).unwrap_err().message.contains("levels deep"));
    let deeper = "[".repeat(100_000);
    assert!(Scenario::parse("a.yaml", &deeper).is_err());
    let blocks = (0..5_000).fold(String::new(), |text, depth| text + &" ".repeat(depth) + "-\n");
    assert!(Scenario::parse("a.yaml", &blocks).is_err());
    let mut bomb = String::from("a: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
        bomb += &format!("b{level}: &a{level} [{aliases}]\n");
    }
    assert!(Scenario::parse("a.yaml", &bomb).unwrap_err().message.contains("more than 100000 values"));
    assert!(Scenario::parse("a.yaml", "a: &a [ *a ]").is_err());
}
