//! TAP version 14.

use super::suite::Suite;

/// The lines of a TAP producer.
pub fn suite_tap(suite: &Suite) -> String {
    let mut tap = format!("TAP version 14\n1..{}\n", suite.cases.len());
    for (number, case) in suite.cases.iter().enumerate() {
        let verdict = if case.passed { "ok" } else { "not ok" };
        tap += &format!("{verdict} {} - {}\n", number + 1, description(&case.name));
        if case.passed {
            continue;
        }
        // A YAML block; JSON strings are YAML.
        tap += "  ---\n";
        tap += &format!("  file: {}\n", serde_json::Value::from(case.file.as_str()));
        tap += "  failures:\n";
        for failure in &case.failures {
            tap += &format!("    - {}\n", serde_json::Value::from(failure.as_str()));
        }
        tap += "  ...\n";
    }
    tap
}

/// A description on one line; `#` would begin a directive.
fn description(name: &str) -> String {
    name.replace('\\', "\\\\").replace('#', "\\#").replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::super::suite::Case;
    use super::*;

    #[test]
    fn scenarios_are_test_points() {
        let suite = Suite {
            cases: vec![
                Case::new("good # 1", "a.yaml", Vec::new(), None),
                Case::new("bad\nname", "b.yaml", vec!["expected \"x\"\nfound y".to_owned()], None),
            ],
        };
        let expected = "TAP version 14
1..2
ok 1 - good \\# 1
not ok 2 - bad name
  ---
  file: \"b.yaml\"
  failures:
    - \"expected \\\"x\\\"\\nfound y\"
  ...
";
        assert_eq!(suite_tap(&suite), expected);
        assert_eq!(suite_tap(&Suite::default()), "TAP version 14\n1..0\n");
    }
}
