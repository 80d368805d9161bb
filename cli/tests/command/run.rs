//! `run` and `test` as they are called, and what holds for every command.

use serde_json::{Value, json};

use super::support::{call, call_in, folder, path_in, worked_example};

#[test]
fn run_shows_each_step_and_why_one_is_skipped() {
    let called = call(&["run", "scenarios/low-risk.yaml"]);
    assert_eq!(called.exit, 0, "{}{}", called.out, called.err);
    let step = called.out.lines().position(|line| line.trim_start().starts_with("10 ")).unwrap();
    let lines: Vec<&str> = called.out.lines().skip(step).take(3).collect();
    assert!(lines[0].contains("– skipped") && lines[0].contains("PhoneFactor-InputOrVerify"), "{lines:?}");
    assert!(lines[1].contains("skips it when `riskLevel` equals \"LOW\"") && lines[1].contains("SignUpOrSignInBioCatch.xml:"), "{lines:?}");
    assert!(lines[2].contains("`riskLevel` is \"LOW\", last written by BioCatch-API-GETSCORE at"), "{lines:?}");
    assert!(called.out.contains("\n✓ issued a token\n"));
    assert!(!called.out.contains('\x1b'), "no colours without a terminal");
}

#[test]
fn run_prints_the_documented_json() {
    let json = call(&["run", "scenarios/low-risk.yaml", "--format", "json"]).json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "policy", "journey", "outcome", "steps", "calls", "requests", "claims", "token", "choices"]);
    assert_eq!(json["outcome"], json!({ "kind": "issued" }));
    assert_eq!((&json["policy"], &json["journey"]), (&json!("B2C_1A_signup_signin_biocatch"), &json!("SignUpOrSignInMfa")));
    let step = json["steps"].as_array().unwrap().iter().find(|step| step["order"] == 10).unwrap();
    assert_eq!(step["result"], "skipped");
    assert_eq!(
        step["because"],
        json!({ "precondition": 1, "type": "ClaimEquals", "executeActionsIf": true, "claim": "riskLevel", "value": "LOW", "actual": "LOW" })
    );
    assert_eq!((&json["token"]["riskLevel"], &json["token"]["score"]), (&json!("LOW"), &json!(275)));
    let request = &json["requests"]["BioCatch-API-GETSCORE"][0];
    assert_eq!((&request["method"], &request["body"]), (&json!("GET"), &Value::Null));
}

#[test]
fn run_without_a_scenario_shows_the_default_world() {
    let called = call(&["run", "--format", "json"]);
    assert_eq!((called.exit, &called.json()["outcome"]["kind"], &called.json()["name"]), (0, &json!("issued"), &json!("default world")));
    assert_eq!(call(&["run", "-q"]).out, "✓ issued a token\n");
}

#[test]
fn test_runs_a_folder() {
    let called = call(&["test", "scenarios"]);
    assert_eq!(called.exit, 0, "{}{}", called.out, called.err);
    assert!(called.out.lines().last().unwrap().ends_with(" passed, 0 failed"), "{}", called.out);
    let json = call(&["test", "--format", "json"]).json();
    assert_eq!(json["failed"], 0);
    assert_eq!(json["passed"].as_u64().unwrap() as usize, json["scenarios"].as_array().unwrap().len());
    assert!(call(&["test", "--format", "tap"]).out.starts_with("TAP version 14\n1.."));
    assert!(call(&["test", "--format", "junit"]).out.starts_with("<?xml"));
}

#[test]
fn a_failed_expectation_ends_with_1_and_is_explained() {
    let folder = folder(&[("a.yaml", "name: wrong\nexpect: { steps: { 10: executed }, token: { score: \"275\" } }\n")]);
    let file = folder.path().join("a.yaml");
    let file = file.to_str().unwrap();
    let policies = ["-p", "policies"];
    let scenario = format!(
        "{}stubs: {{ BioCatch-API-GETSCORE: {{ json: {{ riskLevel: LOW, score: 275 }} }} }}\n",
        std::fs::read_to_string(file).unwrap()
    );
    std::fs::write(file, scenario).unwrap();
    let called = call(&["run", file, policies[0], policies[1]]);
    assert_eq!(called.exit, 1, "{}{}", called.out, called.err);
    let (_, failures) = called.out.split_once("\nnot as expected:\n").unwrap();
    assert!(failures.contains("  - step 10: expected `executed`, found `skipped`: precondition 1"), "{failures}");
    assert!(failures.contains("  - token `score`: expected \"275\" (text), found 275 (number)"), "{failures}");
    let called = call(&["run", file, "--format", "json"]);
    assert_eq!((called.exit, &called.json()["outcome"]["kind"]), (1, &json!("issued")));
    assert!(called.err.contains("not as expected:"));
    let called = call(&["test", file]);
    assert_eq!(called.exit, 1);
    assert!(called.out.contains("✗ failed  wrong") && called.out.ends_with("0 passed, 1 failed\n"), "{}", called.out);
}

#[test]
fn a_violated_property_ends_with_1_and_shows_the_values() {
    let low = "stubs: { BioCatch-API-GETSCORE: { json: { riskLevel: LOW, score: 275 } } }\nexpect:\n  holds: ";
    let right = format!("{low}['skipped(10) && token.riskLevel == \"LOW\"']\n");
    let wrong = format!("{low}['executed(10)']\n");
    let folder = folder(&[("right.yaml", right.as_str()), ("wrong.yaml", wrong.as_str())]);
    let run = |name: &str| call(&["run", &path_in(&folder, name)]);
    assert_eq!(run("right.yaml").exit, 0);
    let called = run("wrong.yaml");
    assert_eq!(called.exit, 1);
    assert!(called.out.contains("  - holds: `executed(10)` is false\n"), "{}", called.out);
    assert!(called.out.contains("executed(\"10\") is false"), "{}", called.out);
}

#[test]
fn a_bad_end_that_nobody_expects_ends_with_1() {
    let stub = "stubs: { BioCatch-API-GETSCORE: { status: 503 } }\n";
    let expected = format!("{stub}expect: {{ outcome: error }}\n");
    let folder = folder(&[("unexpected.yaml", stub), ("expected.yaml", expected.as_str())]);
    let run = |name: &str| call(&["run", &path_in(&folder, name), "--format", "json"]);
    assert_eq!((run("unexpected.yaml").exit, run("expected.yaml").exit), (1, 0));
    let outcome = &run("unexpected.yaml").json()["outcome"];
    assert_eq!(outcome["kind"], "error");
    assert!(outcome["at"]["line"].as_u64().unwrap() > 0, "{outcome}");
}

#[test]
fn what_cannot_be_used_ends_with_2_and_shows_its_line() {
    let folder = folder(&[
        ("key.yaml", "name: x\nstub: {}\n"),
        ("profile.yaml", "stubs:\n  BioCatch-API-GETSCOR: { json: {} }\n"),
        ("two.yaml", "name: a\n---\nname: b\n"),
        ("empty/notes.txt", ""),
    ]);
    let path = |name: &str| path_in(&folder, name);
    for (arguments, part) in [
        (vec!["run", &path("key.yaml")], "2 | stub: {}\n  | ^^^^\n  |\n  = help: did you mean `stubs`?"),
        (vec!["run", &path("profile.yaml")], "did you mean `BioCatch-API-GETSCORE`?"),
        (vec!["run", &path("two.yaml")], "holds 2 scenarios"),
        (vec!["run", "no-such-file.yaml"], "no-such-file.yaml: cannot be read"),
        (vec!["run", "-p", "no-such-folder"], "`no-such-folder` cannot be read"),
        (vec!["run", "--policy", "B2C_1A_signup_signin_biocatc"], "did you mean `B2C_1A_signup_signin_biocatch`?"),
        (vec!["run", "-p", "scenarios"], "no policy with a relying party"),
        (vec!["test", &path("empty")], "holds no scenario"),
        (vec!["test", &path("key.yaml")], "unknown key `stub`"),
        (vec!["test", &path("profile.yaml")], "did you mean `BioCatch-API-GETSCORE`?"),
        (vec!["test", "-p", "no-such-folder"], "`no-such-folder` cannot be read"),
        (vec!["run", "--no-such-flag"], "--no-such-flag"),
        (vec!["nonsense"], "nonsense"),
    ] {
        let called = call(&arguments);
        assert_eq!(called.exit, 2, "{arguments:?}: {}{}", called.out, called.err);
        assert!(called.err.contains(part), "{arguments:?}: {}", called.err);
        if arguments[0] == "run" && !called.err.contains("--no-such-flag") {
            let json = call(&[arguments.as_slice(), &["--format", "json"]].concat()).json();
            assert_eq!((&json["outcome"]["kind"], &json["steps"]), (&json!("error"), &json!([])), "{arguments:?}");
        }
    }
}

#[test]
fn a_policy_too_faulty_to_run_ends_with_1_and_shows_where() {
    let folder = folder(&[("policies/a.xml", "<TrustFrameworkPolicy>\n  <BasePolicy>\n</TrustFrameworkPolicy>\n")]);
    let called = call_in(folder.path(), &["run", "--format", "json"]);
    assert_eq!(called.exit, 1, "{}{}", called.out, called.err);
    assert!(called.err.contains("error[B2C0102]") && called.err.contains("a.xml:2:"), "{}", called.err);
    let outcome = &called.json()["outcome"];
    assert_eq!((&outcome["kind"], &outcome["code"], &outcome["at"]["line"]), (&json!("error"), &json!("B2C0102"), &json!(2)));
}

#[test]
fn several_relying_parties_must_be_told_apart() {
    let mut files = worked_example();
    let (_, party) = files.iter().find(|(_, text)| text.contains("<RelyingParty>")).unwrap();
    files.push(("policies/other.xml".into(), party.replace("B2C_1A_signup_signin_biocatch", "B2C_1A_other")));
    let folder = folder(&files);
    let called = call_in(folder.path(), &["run"]);
    assert_eq!(called.exit, 2, "{}", called.err);
    assert!(called.err.contains("name one with --policy: B2C_1A_signup_signin_biocatch, B2C_1A_other"), "{}", called.err);
    assert_eq!(call_in(folder.path(), &["run", "--policy", "b2c_1a_OTHER", "-q"]).exit, 0);
}

#[test]
fn colours_come_when_they_are_asked_for() {
    assert!(call(&["run", "--color", "always"]).out.contains("\x1b[32m✓ executed"));
    assert!(call(&["run", "no-such-file.yaml", "--color", "always"]).err.contains("\x1b["));
    assert!(!call(&["run", "--color", "never"]).out.contains('\x1b'));
}

#[test]
fn completions_are_printed() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let called = call(&["completions", shell]);
        assert_eq!(called.exit, 0);
        assert!(called.out.contains("b2c-journey"), "{shell}");
    }
}

#[test]
fn scenarios_that_continue_one_another_are_one_run() {
    let called = call(&["test", "scenarios/second-logon.yaml", "--format", "json"]);
    assert_eq!((called.exit, called.json()["passed"].clone()), (0, json!(3)), "{}{}", called.out, called.err);
    let called = call(&["run", "scenarios/second-logon.yaml", "--format", "json"]);
    assert_eq!(called.exit, 0, "{}{}", called.out, called.err);
    assert_eq!(called.json()["name"], json!("twenty minutes after the sign-in the session is over, used or not"));
    assert!(called.err.contains("ran the 2 scenarios before it"), "{}", called.err);
    let folder = folder(&[("wrong.yaml", "expect: { outcome: error }\n---\ncontinues: true\n")]);
    let called = call(&["run", &path_in(&folder, "wrong.yaml")]);
    assert_eq!(called.exit, 1, "{}{}", called.out, called.err);
    assert!(called.out.contains("in `wrong`, which is continued: "), "{}", called.out);
}

/// The key of the library's own tests, and its id by RFC 7638.
const KEY: &str = "tests/keys/pkcs8.pem";
const KEY_ID: &str = "uVgt-IQOg2Gz4_HqolEg7Seo-kOxBVDFbJypi72YlHE";

#[test]
fn a_token_is_signed_when_that_is_asked_for() {
    let scenario = "scenarios/low-risk.yaml";
    let json = call(&["run", scenario, "--sign", KEY, "--format", "json"]).json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys[7..], ["claims", "token", "choices", "jwt", "jwks"]);
    let jwt = json["jwt"].as_str().unwrap();
    assert!(jwt.starts_with("eyJ") && jwt.split('.').count() == 3, "{jwt}");
    assert_eq!(json["jwks"]["keys"][0]["kid"], KEY_ID);
    for arguments in [&["run", "--sign", KEY, scenario][..], &["run", scenario, "--sign=tests/keys/pkcs1.pem"]] {
        let called = call(arguments);
        assert_eq!(called.exit, 0, "{}", called.err);
        assert!(called.out.contains(&format!("\nsigned token:\n{jwt}\n\nits key set:\n{}\n", json["jwks"])), "{}", called.out);
    }
    // Without a key the seed makes one; the scenario may stand on either side.
    let fresh = call(&["run", "--sign", scenario, "--format", "json"]).json();
    assert_eq!((&fresh["name"], &fresh["token"]), (&json["name"], &json["token"]));
    assert_eq!(fresh, call(&["run", scenario, "--sign", "--format", "json"]).json());
    assert_ne!(fresh["jwks"], json["jwks"]);
}

#[test]
fn a_code_and_an_access_token_come_where_they_are_asked_for() {
    let request =
        |scope: &str| format!("request: {{ client_id: app, scope: \"{scope}\", parameters: {{ response_type: code token id_token }} }}\n");
    let folder = folder(&[("api.yaml", &request("openid api://risk/read")), ("none.yaml", &request("openid"))]);
    let path = |name: &str| path_in(&folder, name);
    let json = call(&["run", &path("api.yaml"), "--sign", KEY, "--format", "json"]).json();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys[10..], ["jwt", "jwks", "code", "accessToken"]);
    let called = call(&["run", &path("api.yaml"), "--sign", KEY]);
    let (access, code) = (json["accessToken"].as_str().unwrap(), json["code"].as_str().unwrap());
    assert!(called.out.contains(&format!("\naccess token:\n{access}\n\ncode:\n{code}\n\nits key set:\n")), "{}", called.out);
    let called = call(&["run", &path("none.yaml"), "--sign", KEY]);
    assert_eq!(called.exit, 2, "{}", called.out);
    assert!(called.err.contains("the token cannot be signed: AADB2C90055: The scope 'openid'"), "{}", called.err);
}

#[test]
fn what_cannot_be_signed_has_no_jwt() {
    let json = call(&["run", "scenarios/api-failure.yaml", "--sign", KEY, "--format", "json"]).json();
    assert_eq!((json["outcome"]["kind"].as_str(), &json["jwt"], &json["jwks"]), (Some("error"), &Value::Null, &Value::Null));
    for (key, words) in [("no-such-key.pem", "the key `no-such-key.pem` cannot be read"), ("README.md", "not an RSA private key in PEM")] {
        let called = call(&["run", "--sign", key, "--format", "json"]);
        assert_eq!((called.exit, called.json()["outcome"]["kind"].as_str()), (2, Some("error")));
        assert!(called.err.contains(words), "{}", called.err);
    }
}

/// Answers each request like the tutorial's API, after a while, until the test program ends, and says how many there were.
fn risk_api(delay: std::time::Duration) -> (String, std::sync::Arc<std::sync::atomic::AtomicUsize>) {
    use std::io::{BufRead, BufReader, Write};
    use std::sync::atomic::{AtomicUsize, Ordering};

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let count = std::sync::Arc::new(AtomicUsize::new(0));
    let counter = count.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let head: Vec<_> = BufReader::new(&stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
            assert!(head[0].starts_with("GET /api/v6/score?"), "{head:?}");
            counter.fetch_add(1, Ordering::SeqCst);
            std::thread::sleep(delay);
            let body = r#"{ "riskLevel": "HIGH", "score": 999 }"#;
            let length = body.len();
            let _ = write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}");
        }
    });
    (address, count)
}

#[test]
fn a_rest_api_is_called_only_where_that_is_asked_for() {
    use std::sync::atomic::Ordering;

    let (address, count) = risk_api(std::time::Duration::ZERO);
    let map = format!("https://biocatch-url.com={address}");
    let live = ["--live", "BioCatch-API-GETSCORE", "--map", &map];
    let stub = "stubs: { BioCatch-API-GETSCORE: { json: { riskLevel: LOW, score: 1 } } }\n";
    let folder = folder(&[
        ("stub.yaml", format!("{stub}expect: {{ token: {{ score: 1 }} }}\n").as_str()),
        ("flag.yaml", format!("{stub}expect: {{ token: {{ score: 999 }}, steps: {{ 10: executed }} }}\n").as_str()),
        ("key.yaml", "stubs: { BioCatch-API-GETSCORE: { live: true } }\nexpect: { token: { score: 999 } }\n"),
    ]);
    let path = |name: &str| path_in(&folder, name);
    for (command, file, more, sent) in [
        ("test", "stub.yaml", &live[2..], 0),
        ("run", "stub.yaml", &live[2..], 0),
        ("run", "flag.yaml", &live[..], 1),
        ("test", "flag.yaml", &live[..], 1),
        ("run", "key.yaml", &live[2..], 1),
        ("test", "key.yaml", &live[2..], 1),
    ] {
        let before = count.load(Ordering::SeqCst);
        let called = call(&[&[command, &path(file)], more].concat());
        assert_eq!(called.exit, 0, "{command} {file}: {}{}", called.out, called.err);
        assert_eq!(count.load(Ordering::SeqCst) - before, sent, "{command} {file}");
    }
    let scenarios = path("flag.yaml");
    for (more, words) in [
        (["--live", "BioCatch-API-GETSCOR"], "did you mean `BioCatch-API-GETSCORE`?"),
        (["--live", "PhoneFactor-InputOrVerify"], "takes no `live`: it is a phone factor"),
        (["--map", "https://biocatch-url.com"], "expected two URLs with `=` between them"),
        (["--map", "biocatch-url.com=http://127.0.0.1"], "`biocatch-url.com` is not the beginning of a URL"),
    ] {
        let called = call(&["run", &scenarios, more[0], more[1]]);
        assert_eq!(called.exit, 2, "{more:?}");
        assert!(called.err.contains(words), "{more:?}: {}", called.err);
    }
}

#[test]
fn work_that_takes_a_while_has_no_bar_in_a_pipe() {
    let (address, _) = risk_api(std::time::Duration::from_millis(600));
    let folder = folder(&[("a.yaml", "name: a\n---\nname: b\n---\nname: c\n")]);
    let map = format!("https://biocatch-url.com={address}");
    let path = path_in(&folder, "a.yaml");
    for color in ["auto", "always"] {
        let called = call(&["test", &path, "--live", "BioCatch-API-GETSCORE", "--map", &map, "--color", color]);
        assert_eq!((called.exit, called.err.as_str()), (0, ""), "{}", called.out);
    }
}
