//! Properties: the page that describes them, their schema, and `expect.holds` on real runs.

#![cfg(test)]
#![cfg(feature = "prove")]

use std::path::{Path, PathBuf};

use b2c_journey::explore::property::{Builtin, Expression, Properties};
use b2c_journey::simulate::expect::check;
use b2c_journey::{Journey, PolicySet, Scenario};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn example() -> Journey {
    PolicySet::from_dir(root().join("policies")).unwrap().journey("B2C_1A_signup_signin_biocatch").unwrap()
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/properties.md")).unwrap()
}

#[test]
fn the_examples_of_the_page_are_good() {
    let page = page();
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    let [properties, scenario] = blocks.as_slice() else { panic!("two examples") };
    let properties = Properties::parse("page", properties).unwrap();
    let journey = example();
    properties.check(journey.plan()).unwrap();
    assert_eq!(properties.list.len(), 3);
    let scenario = Scenario::parse("page", scenario).unwrap().remove(0);
    assert_eq!(scenario.expect.unwrap().holds, [properties.list[0].expectation().as_str()]);
}

#[test]
fn the_page_names_every_property_and_every_name() {
    let page = page();
    for form in Builtin::FORMS {
        assert!(page.contains(&format!("| `{form}` |")), "{form}");
    }
    for name in ["outcome", "error", "claims", "token", "steps", "calls", "executed(x)", "skipped(x)"] {
        assert!(page.contains(&format!("| `{name}` |")), "{name}");
    }
}

#[test]
fn the_schema_has_the_keys_of_the_reader() {
    let schema = std::fs::read_to_string(root().join("schemas/properties.schema.json")).unwrap();
    let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
    let keys: Vec<&String> = schema["items"]["properties"].as_object().unwrap().keys().collect();
    assert_eq!(keys, ["name", "when", "always", "sometimes"]);
    let error = Properties::parse("p", "- { nam: x }").unwrap_err().to_string();
    assert!(error.contains("did you mean `name`?"), "{error}");
    let error = Properties::parse("p", "- { zzzzzz: x }").unwrap_err().to_string();
    assert!(error.ends_with("(known here: `name`, `when`, `always` and `sometimes`)"), "{error}");
}

#[test]
fn what_holds_is_judged_on_the_run_of_a_scenario() {
    let journey = example();
    let failures = |holds: &str| {
        let text =
            format!("stubs: {{ BioCatch-API-GETSCORE: {{ json: {{ riskLevel: LOW, score: 275 }} }} }}\nexpect:\n  holds: [{holds}]\n");
        let scenario = Scenario::parse("a.yaml", &text).unwrap().remove(0);
        let execution = journey.simulation().scenario(&scenario).run().unwrap();
        check(scenario.expect.as_ref().unwrap(), &execution.record())
    };
    assert_eq!(
        failures(r#"'claims.riskLevel == "LOW" && token.score == 275 && skipped(10)', 'outcome == "issued"'"#),
        Vec::<String>::new()
    );
    let expression = r#"executed("PhoneFactor-InputOrVerify") || claims.riskLevel == "low""#;
    let values = "\n  claims.riskLevel is \"LOW\"\n  executed(\"PhoneFactor-InputOrVerify\") is false";
    assert_eq!(failures(&format!("'{expression}'")), [format!("holds: `{expression}` is false{values}")]);
    let unknown = failures("'claims.riskLevle == null'");
    assert_eq!(unknown, ["holds: unknown claim `riskLevle` at column 1 of `claims.riskLevle == null` (did you mean `claims.riskLevel`?)"]);
}

#[test]
fn expressions_are_compared_and_shown_by_their_text() {
    let expression: Expression = "outcome == 'issued'".parse().unwrap();
    assert_eq!(expression, Expression::parse("outcome == 'issued'").unwrap());
    assert_eq!(expression.to_string(), "outcome == 'issued'");
    assert_eq!(format!("{expression:?}"), "Expression(\"outcome == 'issued'\")");
}
