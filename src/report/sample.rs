//! A run for the tests of the renderers: low risk, with a sub journey and a page that refused once.

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::record::*;
use crate::claims::Str;
use crate::simulate::scenario::StepResult;
use crate::source::Place;

fn place(line: u32) -> Place {
    Place { file: "policies/Risk.xml".into(), line, column: 9 }
}

fn step(order: u32, kind: &str, result: StepResult) -> StepRecord {
    StepRecord {
        order,
        sub_journey: None,
        kind: kind.into(),
        result,
        exchange: None,
        technical_profile: None,
        because: None,
        at: place(80 + order),
        depth: 0,
        candidates: Vec::new(),
        fault: None,
        details: Vec::new(),
    }
}

fn map(value: Json) -> Map<String, Json> {
    value.as_object().unwrap().clone()
}

/// A finished run with a token.
pub(crate) fn issued() -> RunRecord {
    let request = RequestRecord {
        method: "GET",
        url: "https://risk.example/score?customerSessionID=9f1c".to_owned(),
        headers: [("Accept".into(), "application/json".into())].into_iter().collect(),
        body: None,
    };
    let risk = Written { by: "BioCatch-API-GETSCORE".to_owned(), through: None, at: Some(place(40)) };
    let steps = vec![
        StepRecord {
            exchange: Some("LocalExchange".into()),
            technical_profile: Some("SelfAsserted-Local".into()),
            details: vec![
                Detail::Called { profile: "SelfAsserted-Local".into(), validation: false },
                Detail::Called { profile: "login-NonInteractive".into(), validation: true },
                Detail::CallFailed {
                    profile: "login-NonInteractive".into(),
                    fault: FaultRecord { code: Some("AADB2C90054".into()), message: "wrong password".into() },
                },
                Detail::Refused(FaultRecord { code: None, message: "Your password is incorrect.".into() }),
                Detail::Wrote {
                    claim: "objectId".into(),
                    shown: "\"3f25\"".to_owned(),
                    written: Written {
                        by: "login-NonInteractive".to_owned(),
                        through: Some("SelfAsserted-Local".into()),
                        at: Some(place(20)),
                    },
                    page_only: false,
                },
            ],
            ..step(1, "CombinedSignInAndSignUp", StepResult::Executed)
        },
        StepRecord { candidates: vec!["sub journey Extra".to_owned()], ..step(2, "InvokeSubJourney", StepResult::Executed) },
        StepRecord {
            sub_journey: Some("Extra".into()),
            depth: 1,
            because: Some(BecauseRecord::Disabled {
                enabled_for_user_journeys: "OnClaimsExistence",
                claim: Some("extra".into()),
                value: None,
                actual: Json::Null,
                shown: "absent".to_owned(),
                written: None,
            }),
            candidates: vec!["More → More-API".to_owned()],
            ..step(1, "ClaimsExchange", StepResult::Skipped)
        },
        StepRecord {
            exchange: Some("BcGetScore".into()),
            technical_profile: Some("BioCatch-API-GETSCORE".into()),
            details: vec![Detail::Sent { profile: "BioCatch-API-GETSCORE".into(), request: request.clone() }],
            ..step(9, "ClaimsExchange", StepResult::Executed)
        },
        StepRecord {
            because: Some(BecauseRecord::Precondition {
                precondition: 1,
                kind: "ClaimEquals",
                execute_actions_if: true,
                claim: "riskLevel".into(),
                value: Some("LOW".into()),
                actual: json!("LOW"),
                shown: "\"LOW\"".to_owned(),
                written: Some(risk.clone()),
                at: place(91),
            }),
            candidates: vec!["PhoneFactor-Verify → PhoneFactor-InputOrVerify".to_owned()],
            ..step(10, "ClaimsExchange", StepResult::Skipped)
        },
        StepRecord { technical_profile: Some("JwtIssuer".into()), ..step(11, "SendClaims", StepResult::Executed) },
    ];
    let known: [Str; 3] = ["riskLevel".into(), "score".into(), "objectId".into()];
    RunRecord {
        name: "low risk skips MFA".to_owned(),
        policy: "B2C_1A_signup".into(),
        journey: "SignUpOrSignInMfa".into(),
        outcome: OutcomeRecord::Issued,
        steps,
        calls: vec!["SelfAsserted-Local".into(), "login-NonInteractive".into(), "BioCatch-API-GETSCORE".into()],
        requests: IndexMap::from([("BioCatch-API-GETSCORE".into(), vec![request])]),
        claims: map(json!({ "objectId": "3f25", "riskLevel": "LOW", "score": 275, "groups": ["a", "b"], "gone": null })),
        token: Some(map(json!({ "sub": "3f25", "riskLevel": "LOW", "score": 275 }))),
        choices: vec!["OPEN-22".to_owned()],
        writers: IndexMap::from([("riskLevel".into(), risk)]),
        prologue: Vec::new(),
        known: Known {
            steps: ["1", "2", "Extra/1", "Other/1", "9", "10", "11"].map(str::to_owned).to_vec(),
            claims: known.into_iter().chain(["groups".into(), "gone".into(), "never".into()]).collect(),
            profiles: ["SelfAsserted-Local", "login-NonInteractive", "BioCatch-API-GETSCORE", "More-API"].map(Str::from).to_vec(),
            token: ["sub", "riskLevel", "score"].map(Str::from).to_vec(),
        },
    }
}

/// The same journey, ended by its API.
pub(crate) fn failed() -> RunRecord {
    let mut record = issued();
    let fault = FaultRecord { code: Some("AADB2C90075".into()), message: "the API answered <503> & \"more\"".into() };
    record.outcome = OutcomeRecord::Error { code: fault.code.clone(), message: fault.message.clone(), at: Some(place(89)) };
    record.token = None;
    record.choices.clear();
    for step in &mut record.steps {
        match step.order {
            9 => {
                step.result = StepResult::Failed;
                step.fault = Some(fault.clone());
            }
            10.. => {
                *step = StepRecord { candidates: step.candidates.clone(), ..self::step(step.order, &step.kind, StepResult::NotReached) }
            }
            _ => {}
        }
    }
    record
}

/// A page that refused its last input.
pub(crate) fn waiting() -> RunRecord {
    let mut record = issued();
    record.outcome = OutcomeRecord::Waiting {
        page: Some("SelfAsserted-Local".into()),
        code: Some("AADB2C90054".into()),
        message: "Your password is incorrect.".into(),
        attempts: 2,
    };
    record.token = None;
    record.steps.truncate(1);
    record
}

#[test]
fn the_json_is_what_is_documented() {
    let json = serde_json::to_value(issued()).unwrap();
    let keys: Vec<&String> = json.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "policy", "journey", "outcome", "steps", "calls", "requests", "claims", "token", "choices"]);
    assert_eq!(json["outcome"], json!({ "kind": "issued" }));
    assert_eq!(
        json["steps"][4],
        json!({ "order": 10, "subJourney": null, "type": "ClaimsExchange", "result": "skipped", "exchange": null, "technicalProfile": null,
            "because": { "precondition": 1, "type": "ClaimEquals", "executeActionsIf": true, "claim": "riskLevel", "value": "LOW",
                "actual": "LOW" },
            "at": { "file": "policies/Risk.xml", "line": 90, "column": 9 } })
    );
    assert_eq!(
        json["steps"][2]["because"],
        json!({ "enabledForUserJourneys": "OnClaimsExistence", "claim": "extra", "value": null, "actual": null })
    );
    assert_eq!(json["steps"][2]["subJourney"], "Extra");
    assert_eq!(
        json["requests"],
        json!({ "BioCatch-API-GETSCORE": [{ "method": "GET", "url": "https://risk.example/score?customerSessionID=9f1c",
            "headers": { "Accept": "application/json" }, "body": null }] })
    );
    let failed = serde_json::to_value(failed()).unwrap();
    assert_eq!(failed["token"], Json::Null);
    assert_eq!(
        failed["outcome"],
        json!({ "kind": "error", "code": "AADB2C90075", "message": "the API answered <503> & \"more\"",
            "at": { "file": "policies/Risk.xml", "line": 89, "column": 9 } })
    );
    assert_eq!(failed["steps"][5]["result"], "not-reached");
    assert_eq!(
        serde_json::to_value(waiting()).unwrap()["outcome"],
        json!({ "kind": "waiting", "page": "SelfAsserted-Local", "code": "AADB2C90054", "message": "Your password is incorrect.",
            "attempts": 2 })
    );
    let session = serde_json::to_value(BecauseRecord::Session { session: "SM-AAD".into() }).unwrap();
    assert_eq!(session, json!({ "session": "SM-AAD" }));
    let nothing = RunRecord::not_started("n", "p", None, "no such policy", None);
    assert_eq!(
        serde_json::to_value(nothing).unwrap(),
        json!({ "name": "n", "policy": "p", "journey": "", "outcome": { "kind": "error", "code": null, "message": "no such policy",
            "at": null }, "steps": [], "calls": [], "requests": {}, "claims": {}, "token": null, "choices": [] })
    );
}

#[test]
fn headers_of_one_name_are_joined() {
    let request = crate::engine::HttpRequest {
        method: "POST",
        headers: vec![("A".into(), "1".into()), ("B".into(), "2".into()), ("A".into(), "3".into())],
        ..Default::default()
    };
    assert_eq!(serde_json::to_value(RequestRecord::from(&request)).unwrap()["headers"], json!({ "A": "1, 3", "B": "2" }));
}
