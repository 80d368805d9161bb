//! What `check` prints for tools: JSON, SARIF, GitHub annotations.
#![cfg(test)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use b2c_journey::PolicySet;
use b2c_journey::check::{Level, Options, check, check_policy};
use b2c_journey::diagnostic::{Severity, code};
use b2c_journey::report::{check_github, check_json, check_sarif, check_summary};
use fancy_regex::Regex;
use serde_json::Value;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

const BASE: &str = r#"<TrustFrameworkPolicy xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06" PolicySchemaVersion="0.3.0.0"
  TenantId="contoso.onmicrosoft.com" PolicyId="B2C_1A_base" PublicPolicyUri="http://contoso.onmicrosoft.com/B2C_1A_base">
  <BuildingBlocks>
    <ClaimsSchema>
      <ClaimType Id="hotel" StatementType="Subject">
        <DisplayName>Rooms and suites</DisplayName>
        <DataType>string</DataType>
      </ClaimType>
    </ClaimsSchema>
  </BuildingBlocks>
</TrustFrameworkPolicy>
"#;

fn set(files: &[(&str, &str)]) -> PolicySet {
    PolicySet::from_bytes(files.iter().map(|(name, text)| (*name, text.as_bytes())), &Default::default())
}

/// Several faults, one of them with a mend.
fn faulty() -> PolicySet {
    let faulty = BASE.replace("Rooms and", "Rooms &").replace("B2C_1A_base", "B2C_1A_é,x").replace("</TrustFrameworkPolicy>", "");
    set(&[("policies/a b.xml", &faulty), ("base.xml", BASE), ("empty.xml", ""), ("other.xml", "<html/>")])
}

fn sarif(set: &PolicySet) -> Value {
    serde_json::from_str(&check_sarif(&check(set, &Options::default()), set)).unwrap()
}

/// Holds a value against the part of JSON Schema (draft 4) that the published schema uses.
struct Schema {
    root: Value,
}

impl Schema {
    fn sarif() -> Self {
        let text = std::fs::read_to_string(root().join("tests/schemas/sarif-2.1.0-rtm.5.json")).unwrap();
        Self { root: serde_json::from_str(&text).unwrap() }
    }

    fn check(&self, schema: &Value, value: &Value, path: &str, wrong: &mut Vec<String>) {
        for (keyword, wanted) in schema.as_object().unwrap() {
            let fails = |holds: bool| if holds { None } else { Some(format!("{path}: {keyword} {wanted}: {value}")) };
            let failure = match keyword.as_str() {
                "$ref" => {
                    let target = self.root.pointer(wanted.as_str().unwrap().trim_start_matches('#')).unwrap();
                    self.check(target, value, path, wrong);
                    None
                }
                "type" => fails(match wanted.as_str().unwrap() {
                    "object" => value.is_object(),
                    "array" => value.is_array(),
                    "string" => value.is_string(),
                    "boolean" => value.is_boolean(),
                    "integer" => value.is_i64() || value.is_u64(),
                    "number" => value.is_number(),
                    other => panic!("type {other}"),
                }),
                "enum" => fails(wanted.as_array().unwrap().contains(value)),
                "required" => fails(
                    value
                        .as_object()
                        .is_none_or(|object| wanted.as_array().unwrap().iter().all(|name| object.contains_key(name.as_str().unwrap()))),
                ),
                "properties" => {
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        if let Some(schema) = wanted.get(name) {
                            self.check(schema, inner, &format!("{path}/{name}"), wrong);
                        }
                    }
                    None
                }
                "additionalProperties" => {
                    let known = schema.get("properties").and_then(Value::as_object);
                    for (name, inner) in value.as_object().into_iter().flatten() {
                        if known.is_some_and(|known| known.contains_key(name)) || wanted == &Value::Bool(true) {
                            continue;
                        }
                        if wanted == &Value::Bool(false) {
                            wrong.push(format!("{path}: {name} is not known"));
                        } else {
                            self.check(wanted, inner, &format!("{path}/{name}"), wrong);
                        }
                    }
                    None
                }
                "items" => {
                    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(wanted, inner, &format!("{path}/{index}"), wrong);
                    }
                    None
                }
                "minItems" => fails(value.as_array().is_none_or(|items| items.len() as u64 >= wanted.as_u64().unwrap())),
                "uniqueItems" => fails(
                    value.as_array().is_none_or(|items| items.iter().map(Value::to_string).collect::<BTreeSet<_>>().len() == items.len()),
                ),
                "minimum" => fails(value.as_f64().is_none_or(|number| number >= wanted.as_f64().unwrap())),
                "maximum" => fails(value.as_f64().is_none_or(|number| number <= wanted.as_f64().unwrap())),
                "pattern" => fails(value.as_str().is_none_or(|text| Regex::new(wanted.as_str().unwrap()).unwrap().is_match(text).unwrap())),
                "anyOf" | "oneOf" => {
                    let holds = |schema: &Value| {
                        let mut wrong = Vec::new();
                        self.check(schema, value, path, &mut wrong);
                        wrong.is_empty()
                    };
                    let fitting = wanted.as_array().unwrap().iter().filter(|schema| holds(schema)).count();
                    fails(fitting == 1 || fitting > 1 && keyword == "anyOf")
                }
                "format" => fails(value.as_str().is_none_or(|text| !text.contains([' ', '\\', '"', '<', '>']))),
                "$schema" | "id" | "title" | "definitions" => None,
                other => panic!("the validator does not know the keyword {other}"),
            };
            wrong.extend(failure);
        }
    }
}

#[track_caller]
fn check_against_schema(log: &Value) {
    let schema = Schema::sarif();
    let mut wrong = Vec::new();
    schema.check(&schema.root, log, "", &mut wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_validator_refuses_what_is_no_sarif() {
    let schema = Schema::sarif();
    let fails = |log: Value| {
        let mut wrong = Vec::new();
        schema.check(&schema.root, &log, "", &mut wrong);
        assert!(!wrong.is_empty(), "{log}");
    };
    let good = sarif(&faulty());
    for (pointer, bad) in [
        ("/version", Value::from("2.0.0")),
        ("/runs/0/results/0/level", Value::from("fatal")),
        ("/runs/0/results/0/message", serde_json::json!({})),
        ("/runs/0/results/0/locations/0/physicalLocation/region/startLine", Value::from(0)),
        ("/runs/0/results/0", serde_json::json!({ "message": { "text": "x" }, "unknown": 1 })),
        ("/runs/0/tool", Value::Null),
    ] {
        let mut log = good.clone();
        *log.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = bad;
        fails(log);
    }
}

#[test]
fn sarif_is_valid_with_findings_without_any_and_when_files_do_not_parse() {
    check_against_schema(&sarif(&faulty()));
    check_against_schema(&sarif(&set(&[])));
    check_against_schema(&sarif(&set(&[("base.xml", BASE)])));
    check_against_schema(&sarif(&PolicySet::from_dir(root().join("policies")).unwrap()));
}

#[test]
fn sarif_of_every_faulty_policy_of_the_rules_is_valid() {
    let folder = root().join("tests/check");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let set = PolicySet::from_dir(entry.unwrap().path()).unwrap();
        let mut options = Options::default();
        for rule in code::ALL.iter().filter(|rule| rule.severity.is_none()) {
            options.level(rule.code, Level::As(Severity::Note));
        }
        check_against_schema(&serde_json::from_str(&check_sarif(&check(&set, &options), &set)).unwrap());
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn sarif_says_where_what_and_how_to_mend_it() {
    let log = sarif(&faulty());
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let ampersand = results.iter().find(|result| !result["fixes"].is_null()).unwrap();
    assert_eq!(ampersand["ruleId"], "B2C0102");
    let rule = &run["tool"]["driver"]["rules"][ampersand["ruleIndex"].as_u64().unwrap() as usize];
    assert_eq!((&rule["id"], &rule["name"]), (&"B2C0102".into(), &"not-well-formed".into()));
    assert!(rule["help"]["markdown"].as_str().unwrap().starts_with("# B2C0102: not-well-formed"));
    let location = &ampersand["locations"][0]["physicalLocation"];
    assert_eq!(location["artifactLocation"]["uri"], "policies/a%20b.xml");
    assert_eq!(location["region"], serde_json::json!({ "startLine": 6, "startColumn": 28, "endLine": 6, "endColumn": 29 }));
    let change = &ampersand["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["replacements"][0]["insertedContent"]["text"], "&amp;");
    assert!(results.iter().any(|result| result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "empty.xml"));
}

fn fingerprints(set: &PolicySet) -> Vec<String> {
    let log = sarif(set);
    let results = log["runs"][0]["results"].as_array().unwrap().iter();
    results.map(|result| format!("{} {}", result["ruleId"], result["partialFingerprints"]["b2cJourney/v1"])).collect()
}

#[test]
fn fingerprints_stay_when_lines_move_and_tell_findings_apart() {
    let second =
        "</ClaimType><ClaimType Id='inn' StatementType='Subject'><DisplayName>Inn</DisplayName><DataType>string</DataType></ClaimType>";
    let two = BASE.replace("</ClaimType>", second);
    let before = fingerprints(&set(&[("a.xml", &two)]));
    let moved =
        two.replace("  <BuildingBlocks>", "<!-- a\n\n comment -->\n\n     <BuildingBlocks>").replace("Id=\"hotel\" ", "Id=\"hotel\"\n   ");
    assert_eq!(before.len(), 2);
    assert_eq!(before.iter().collect::<BTreeSet<_>>().len(), 2, "{before:?}");
    assert_eq!(fingerprints(&set(&[("a.xml", &moved)])), before);
    let other = two.replace("hotel", "motel");
    assert_ne!(fingerprints(&set(&[("a.xml", &other)]))[0], before[0]);
    assert_eq!(fingerprints(&set(&[("a.xml", &other)]))[1], before[1]);
}

#[test]
fn the_json_is_the_documented_one() {
    let set = faulty();
    let report = check(&set, &Options::default());
    let json: Value = serde_json::from_str(&check_json(&report, None, set.sources())).unwrap();
    let found = json["diagnostics"].as_array().unwrap();
    let ampersand = found.iter().find(|found| found["fix"] != serde_json::json!([])).unwrap();
    for (key, expected) in [("code", "B2C0102"), ("severity", "error"), ("file", "policies/a b.xml")] {
        assert_eq!(ampersand[key], expected);
    }
    assert_eq!((&ampersand["line"], &ampersand["column"]), (&6.into(), &28.into()));
    assert!(ampersand["message"].is_string() && ampersand["help"].is_string());
    let start = ampersand["fix"][0]["start"].as_u64().unwrap() as usize;
    let text = set.sources().iter().next().unwrap().1.text();
    assert_eq!(text.as_bytes()[start], b'&');
    assert_eq!(ampersand["fix"][0], serde_json::json!({ "file": "policies/a b.xml", "start": start, "end": start + 1, "text": "&amp;" }));
    let summary = &json["summary"];
    assert_eq!((&summary["files"], &summary["chains"]), (&4.into(), &(report.chains.into())));
    assert_eq!(summary["errors"].as_u64().unwrap() as usize, report.count(Severity::Error));
    let line = check_summary(&report, set.sources());
    assert!(line.contains(" in 4 files, 2 chains; 1 can be mended with --fix"), "{line}");
}

#[test]
fn every_finding_is_one_annotation() {
    let set = faulty();
    let report = check(&set, &Options::default());
    let text = check_github(&report, set.sources());
    assert_eq!(text.lines().count(), report.diagnostics.len());
    assert!(text.lines().all(|line| ["::error ", "::warning ", "::notice "].iter().any(|start| line.starts_with(start))), "{text}");
    assert!(text.contains("::error file=policies/a b.xml,line=6,endLine=6,col=28,endColumn=29,title=B2C0102::"), "{text}");
}

#[test]
fn one_policy_alone_is_its_chain_and_what_cannot_be_read() {
    let base = "<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>B2C_1A_base</PolicyId></BasePolicy><BuildingBlocks>";
    let top = BASE.replace("B2C_1A_base", "B2C_1A_top").replace("<BuildingBlocks>", base);
    let other = BASE.replace("B2C_1A_base", "B2C_1A_other");
    let set = set(&[("base.xml", BASE), ("other.xml", &other), ("top.xml", &top), ("broken.xml", "<")]);
    let report = check_policy(&set, "b2c_1a_top", &Options::default()).unwrap();
    let files: BTreeSet<&str> =
        report.diagnostics.iter().filter_map(|found| set.sources().get(found.span()?.file)).map(|source| source.name()).collect();
    assert_eq!(files.into_iter().collect::<Vec<_>>(), ["base.xml", "broken.xml", "top.xml"]);
    assert_eq!((report.files, report.chains), (3, 1));
    assert!(check_policy(&set, "B2C_1A_nobody", &Options::default()).is_none());
}

#[test]
fn a_circle_of_bases_that_nothing_leads_to_is_found() {
    let based = |id: &str, base: &str| {
        let base =
            format!("<BasePolicy><TenantId>contoso.onmicrosoft.com</TenantId><PolicyId>{base}</PolicyId></BasePolicy><BuildingBlocks>");
        BASE.replace("B2C_1A_base", id).replace("<BuildingBlocks>", &base)
    };
    let (one, two) = (based("B2C_1A_one", "B2C_1A_two"), based("B2C_1A_two", "B2C_1A_one"));
    let set = set(&[("one.xml", &one), ("two.xml", &two)]);
    let report = check(&set, &Options::default());
    assert_eq!(report.chains, 1);
    assert!(report.diagnostics.iter().any(|found| found.code == code::INHERITANCE_CYCLE), "{:?}", report.diagnostics);
}
