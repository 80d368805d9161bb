//! What the writer writes, and that the reader reads the same scenario from it.

use std::path::Path;

use proptest::prelude::*;

use super::*;

/// Without places, which a scenario that was built in code has none of.
fn without_places(mut scenario: Scenario) -> Scenario {
    scenario.place = None;
    scenario.start.iter_mut().for_each(|start| start.place = None);
    scenario.directory.iter_mut().flatten().for_each(|user| user.place = None);
    scenario.choose.values_mut().for_each(|choice| choice.place = None);
    scenario.stubs.values_mut().for_each(|stub| stub.place = None);
    scenario.expect.iter_mut().for_each(|expect| expect.place = None);
    scenario
}

fn read(text: &str) -> Vec<Scenario> {
    let scenarios = Scenario::parse("a.yaml", text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    scenarios.into_iter().map(without_places).collect()
}

/// This is how it is written, and it is read back, from JSON as well.
fn check(text: &str) {
    let scenarios = read(text);
    let written = Scenario::to_yaml_file(&scenarios);
    assert!(written == text, "expected:\n{text}\nwritten:\n{written}");
    if let [one] = &scenarios[..] {
        assert_eq!(read(&one.to_json().to_string()), scenarios);
    }
}

#[test]
fn a_scenario_is_written_as_a_person_would() {
    check(
        r#"name: low risk skips MFA
policy: B2C_1A_signup_signin_biocatch
request:
  client_id: 00001111-aaaa-2222-bbbb-3333cccc4444
  redirect_uri: https://jwt.ms
  nonce: defaultNonce
  prompt: login
  login_hint: john.smith@contoso.com
  ip: 203.0.113.7
  parameters: { campaignId: hawaii, since: "2026-01-01", version: 1.0.0 }
  id_token_hint: { email: john.smith@contoso.com, age: 42 }
now: 2026-02-03T04:05:00Z
seed: 7
start: { step: 8, claims: { objectId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301, score: 275, ok: true, none: null } }
stop: { after: 10 }
directory:
  - objectId: 3f2504e0-4f89-11d3-9a0c-0305e82c3301
    signInNames.emailAddress: john.smith@contoso.com
    password: Pass@word1
    displayName: John Smith
    accountEnabled: true
  - { objectId: 9344bed3-8676-4f89-9a0c-0305e82c3301, locked: true }
keys: { B2C_1A_RestApiPassword: Pass@word1 }
choose: { 1: LocalAccountSigninEmailExchange, Sub/2: signup }
stubs:
  login-NonInteractive-clientSessionId: { enter: { clientSessionId: 9f1c, code: "0123", text: "", ticked: true } }
  Control: { enter: { email: a@b.c }, codes: { emailControl: wrong }, send: { emailControl: 2 } }
  BioCatch-API-GETSCORE: { json: { riskLevel: LOW, score: 275, parts: [1.5, -2, null], list: [ { a: 1 }, [] ] } }
  Some-Raw-API: { status: 404, body: not json, headers: { Content-Type: text/plain } }
  Some-Other-API: [ { status: 409, json: { version: 1.0.0, status: 409, userMessage: not today } }, { fail: timeout } ]
  PhoneFactor-InputOrVerify: { verify: "+15551234567" }
  Facebook-OAUTH: { claims: { id: "1234", email: j@contoso.com } }
  Long-API:
    json:
      texts:
        - a text that is long enough to need most of a line by itself, and then some
        - another text that is long enough to need most of a line by itself
      short: [a, b]
    headers: { X: z }
  Long-List:
    - { error: "it went wrong, in a way that takes a lot of words to tell: nobody knows why it did" }
    - json:
        a: a text that is long enough to need most of a line by itself
        b: another text that is long enough for it
      headers: { Retry-After: "120" }
    - { cancel: true }
expect:
  outcome: issued
  steps: { 8: executed, 9: executed, 10: skipped }
  calls: [login-NonInteractive-clientSessionId, BioCatch-API-GETSCORE]
  claims: { riskLevel: LOW, score: 275, gone: null }
  requests: { BioCatch-API-GETSCORE: { method: GET, url: https://*customerSessionID=9f1c* }, None: [] }
  holds: ['claims.riskLevel == "LOW"']
"#,
    );
}

#[test]
fn documents_of_a_file_follow_each_other() {
    check(
        "name: first\npolicy: B2C_1A_signup\nentry: ropc\n---\nname: second\npolicy: B2C_1A_signup\ncontinues: true\nafter: P1DT20M\n\
         expect: { outcome: issued }\n---\npolicy: B2C_1A_signup\ncontinues: true\nstubs: { A: { default: true } }\n",
    );
}

#[test]
fn what_is_not_set_is_not_written() {
    assert_eq!(Scenario::default().to_yaml(), "{}\n");
    for text in ["start: {}\n", "directory: []\n", "expect: {}\n", "stubs: { A: { enter: {} } }\n", "stubs: { A: { status: 200 } }\n"] {
        check(text);
    }
    check("stubs: { A: { send: { c: 1 } } }\n");
    check("expect: { calls: [], requests: { A: { body: null }, B: {}, C: [ { body: \"\" }, { body: [1] } ] } }\n");
}

#[test]
fn text_that_yaml_takes_for_something_else_is_quoted() {
    for (text, written) in [
        ("on", "\"on\""),
        ("True", "\"True\""),
        ("NULL", "\"NULL\""),
        ("~", "\"~\""),
        ("", "\"\""),
        ("12", "\"12\""),
        ("-1.5e3", "\"-1.5e3\""),
        ("0x1F", "\"0x1F\""),
        (".5", "\".5\""),
        ("+1555", "\"+1555\""),
        ("2026-01-01", "\"2026-01-01\""),
        ("12:30", "\"12:30\""),
        ("1_000", "\"1_000\""),
        ("*a", "\"*a\""),
        ("&a", "\"&a\""),
        ("!a", "\"!a\""),
        ("%a", "\"%a\""),
        ("@a", "\"@a\""),
        ("- a", "\"- a\""),
        ("---", "\"---\""),
        ("...", "\"...\""),
        ("<<", "\"<<\""),
        ("a: b", "\"a: b\""),
        ("a:", "\"a:\""),
        ("a #b", "\"a #b\""),
        (" a", "\" a\""),
        ("a\nb\t", "\"a\\nb\\t\""),
        ("\u{feff}\u{85}\u{1f}", "\"\\ufeff\\u0085\\u001f\""),
        ("say \"a\"", "'say \"a\"'"),
        ("it isn't", "it isn't"),
        ("\"a\"", "'\"a\"'"),
        ("\"a\" isn't", "\"\\\"a\\\" isn't\""),
        ("a, [b]", "a, [b]"),
        ("a:b#c", "a:b#c"),
        ("1.0.0", "1.0.0"),
        ("3f2504e0-4f89", "3f2504e0-4f89"),
        ("5 apples", "5 apples"),
        ("é 😀", "é 😀"),
        ("nothing", "nothing"),
    ] {
        let scenario = Scenario { name: Some(text.into()), ..Scenario::default() };
        assert_eq!(scenario.to_yaml(), format!("name: {written}\n"), "{text:?}");
        assert_eq!(read(&scenario.to_yaml()), [scenario], "{text:?}");
    }
    check("stubs: { A: { enter: { a: \"b, c\", url: \"https://a.example/?b=1\", \"d: e\": \"[f]\", \"on\": g:h } } }\n");
}

#[test]
fn the_scenarios_of_the_repository_are_read_back() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    for folder in ["scenarios", "tests/unit-tests"] {
        for file in std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            if file.extension().is_some_and(|ending| ending == "yaml") && file.file_stem().is_some_and(|stem| stem != "properties") {
                let scenarios: Vec<Scenario> = Scenario::from_file(&file).unwrap().into_iter().map(without_places).collect();
                assert_eq!(read(&Scenario::to_yaml_file(&scenarios)), scenarios, "{}", file.display());
                count += scenarios.len();
            }
        }
    }
    assert!(count > 200, "only {count} scenarios were found");
}

/// Text with everything that YAML gives a meaning.
fn trap() -> impl Strategy<Value = String> {
    let pieces = [
        ":",
        ": ",
        " #",
        "#",
        "-",
        "- ",
        "?",
        ",",
        "[",
        "]",
        "{",
        "}",
        "&",
        "*",
        "!",
        "|",
        ">",
        "'",
        "\"",
        "%",
        "@",
        "`",
        "~",
        "<<",
        "=",
        " ",
        "\n",
        "\r",
        "\t",
        "\\",
        "a",
        "B1",
        "0",
        "12",
        ".",
        "+",
        "e",
        "_",
        "0x",
        "true",
        "no",
        "null",
        "2026-01-01",
        "T00:00:00Z",
        "---",
        "...",
        "é",
        "😀",
        "\u{0}",
        "\u{7f}",
        "\u{85}",
        "\u{a0}",
        "\u{2028}",
        "\u{feff}",
        "\u{ffff}",
    ];
    let chosen = prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..5).prop_map(|pieces| pieces.concat());
    prop_oneof![8 => chosen, 1 => any::<String>(), 1 => "[a-z ]{0,140}"]
}

fn key() -> impl Strategy<Value = Str> {
    trap().prop_map(Str::from)
}

fn text_map() -> impl Strategy<Value = IndexMap<Str, Str>> {
    prop::collection::vec((key(), key()), 0..4).prop_map(|pairs| pairs.into_iter().collect())
}

/// A value that a claim can have.
fn claim() -> impl Strategy<Value = Json> {
    let identity = || (trap(), trap()).prop_map(|(issuer, id)| serde_json::json!({ "issuer": issuer, "issuerUserId": id }));
    prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        trap().prop_map(Json::from),
        prop::collection::vec(trap(), 0..4).prop_map(Json::from),
        identity(),
        prop::collection::vec(identity(), 1..3).prop_map(Json::from),
    ]
}

/// Any JSON; of floating-point numbers those that JSON reads exactly.
fn json() -> impl Strategy<Value = Json> {
    let number = any::<i32>().prop_map(|number| Json::from(f64::from(number) / 8.0));
    prop_oneof![claim(), any::<u64>().prop_map(Json::from), number].prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::vec((trap(), inner), 0..4).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

fn map_of<V: Strategy<Value = Json>>(value: impl Fn() -> V) -> impl Strategy<Value = Map<String, Json>> {
    prop::collection::vec((trap(), value()), 0..4).prop_map(|fields| fields.into_iter().collect())
}

fn step() -> impl Strategy<Value = Str> {
    prop_oneof![
        (1u32..40).prop_map(|step| step.to_string().into()),
        (trap(), 1u32..9).prop_map(|(id, step)| format!("S{id}/{step}").into())
    ]
}

fn reply() -> impl Strategy<Value = StubReply> {
    use crate::engine::Body;
    let body = prop_oneof![
        Just(Body::Empty),
        json().prop_map(|body| Body::Json(Arc::new(body))),
        trap().prop_map(|body| Body::Text(body.into())),
    ];
    let controls = |most: u32| prop::collection::vec((key(), 1..=most), 0..3);
    prop_oneof![
        3 => (text_map(), controls(2), controls(1000)).prop_map(|(fields, codes, sends)| StubReply::Enter {
            fields,
            codes: codes.into_iter().map(|(control, right)| (control, right == 1)).collect(),
            sends: sends.into_iter().collect(),
        }),
        3 => (100u16..600, body, text_map()).prop_map(|(status, body, headers)| StubReply::Http { status, body, headers }),
        1 => map_of(json).prop_map(StubReply::Claims),
        1 => key().prop_map(StubReply::Error),
        1 => key().prop_map(|number| StubReply::Verify(Number::Known(number))),
        1 => prop::sample::select(vec![
            StubReply::Fail(Failure::Http(crate::engine::HttpFailure::Dns)),
            StubReply::Fail(Failure::Code("AADB2C90151".into())),
            StubReply::Fail(Failure::Message("UserMessageIfThrottled".into())),
            StubReply::Verify(Number::New),
            StubReply::Cancel,
            StubReply::Default,
            StubReply::NotFound,
            StubReply::Live,
        ]),
    ]
}

fn user() -> impl Strategy<Value = UserEntry> {
    let reserved = ["password", "oldPasswords", "locked", "accountEnabled", "objectId", "userPrincipalName"];
    let attribute =
        (trap(), claim()).prop_filter("read otherwise", move |(name, value)| !reserved.contains(&name.as_str()) && !value.is_null());
    let attributes = prop::collection::vec(attribute, 0..4);
    (attributes, prop::option::of(key()), prop::option::of(key()), prop::collection::vec(key(), 0..3), any::<bool>(), any::<bool>())
        .prop_map(|(attributes, name, password, old_passwords, locked, enabled)| {
            let mut attributes: IndexMap<Str, Json> = attributes.into_iter().map(|(name, value)| (name.into(), value)).collect();
            attributes.insert("accountEnabled".into(), enabled.into());
            if let Some(name) = name {
                attributes.insert("signInNames.userName".into(), name.as_str().into());
            }
            UserEntry { attributes, password, old_passwords, locked, place: None }
        })
}

fn expectation() -> impl Strategy<Value = Expect> {
    let request = (prop::option::of(key()), text_map(), 0u8..4, trap(), map_of(json))
        .prop_map(|(url, headers, kind, text, json)| {
            let body = match kind {
                0 => None,
                1 => Some(ExpectedBody::Absent),
                2 => Some(ExpectedBody::Text(text.into())),
                _ => Some(ExpectedBody::Json(Json::Object(json))),
            };
            ExpectedRequest { method: None, url, headers, body }
        })
        .boxed();
    let requests = prop_oneof![
        request.clone().prop_map(ExpectedRequests::Any),
        prop::collection::vec(request, 0..3).prop_map(ExpectedRequests::Each),
    ];
    let results = prop::sample::select(vec![StepResult::Executed, StepResult::Skipped, StepResult::NotReached]);
    (
        prop::option::of(prop::sample::select(vec![ExpectedOutcome::Issued, ExpectedOutcome::Waiting])),
        prop::option::of(key()),
        prop::collection::vec((step(), results), 0..3),
        prop::option::of(prop::collection::vec(key(), 0..6)),
        map_of(claim),
        map_of(json),
        prop::collection::vec((key(), requests), 0..3),
        prop::collection::vec(key(), 0..3),
    )
        .prop_map(|(outcome, error, steps, calls, claims, token, requests, holds)| Expect {
            outcome,
            error,
            steps: steps.into_iter().collect(),
            calls,
            claims,
            token,
            requests: requests.into_iter().collect(),
            holds,
            place: None,
        })
}

fn request() -> impl Strategy<Value = Request> {
    (prop::option::of(key()), prop::option::of(key()), text_map(), prop::option::of(map_of(json))).prop_map(
        |(client_id, ui_locales, parameters, id_token_hint)| Request {
            client_id,
            ui_locales,
            parameters: parameters.into_iter().collect(),
            id_token_hint,
            ..Request::default()
        },
    )
}

fn scenario() -> impl Strategy<Value = Scenario> {
    let start = (prop::option::of(1u32..99), map_of(claim)).prop_map(|(step, claims)| Start { step, claims, place: None });
    let stub = prop::collection::vec(reply(), 1..4).prop_map(|replies| Stub { replies, place: None });
    let moment = prop_oneof![Just(default_now()), (0..END).prop_map(|ticks| DateTime::from_ticks(ticks).unwrap())];
    (
        (prop::option::of(key()), prop::option::of(key()), request(), moment, any::<u64>(), prop::option::of(1u32..99)),
        prop::option::of(start),
        prop::option::of(prop::collection::vec(user(), 0..3)),
        text_map(),
        prop::collection::vec((step(), key()), 0..3),
        prop::collection::vec((key(), stub), 0..4),
        prop::option::of(expectation()),
        prop::sample::select(vec![Entry::Authorize, Entry::Saml, Entry::Ropc]),
    )
        .prop_map(|((name, policy, request, now, seed, stop_after), start, directory, keys, choose, stubs, expect, entry)| Scenario {
            name,
            policy,
            entry,
            request,
            now,
            seed,
            start,
            stop_after,
            directory,
            keys: keys.into_iter().collect(),
            choose: choose.into_iter().map(|(step, name)| (step, Choice { name, place: None })).collect(),
            stubs: stubs.into_iter().collect(),
            expect,
            ..Scenario::default()
        })
}

/// Ticks of the last moment that .NET knows, and one.
const END: i64 = 3_155_378_976_000_000_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_again(first in scenario(), mut second in scenario(), after in prop::option::of(0u64..10_000_000)) {
        second.continues = true;
        second.after = after;
        second.policy = second.policy.or_else(|| first.policy.clone());
        let moment = first.now.plus_seconds(after.unwrap_or(0) as i64);
        prop_assume!(moment.is_some());
        second.now = moment.unwrap_or(first.now);
        let scenarios = vec![first, second];
        let text = Scenario::to_yaml_file(&scenarios);
        prop_assert_eq!(&read(&text), &scenarios, "{}", &text);
        // JSON may have some characters as they are that YAML wants escaped.
        let json: String = scenarios[0].to_json().to_string().chars().map(|letter| match letter {
            '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{feff}' | '\u{fff0}'..='\u{ffff}' => format!("\\u{:04x}", u32::from(letter)),
            letter => letter.to_string(),
        }).collect();
        prop_assert_eq!(&read(&json)[..], &scenarios[..1]);
        prop_assert!(text.lines().all(|line| !line.ends_with(' ')));
    }
}
