//! JUnit XML: one test suite a file, one test case a scenario.

use indexmap::IndexMap;

use super::failure::explain;
use super::suite::{Case, Suite};

/// The XML document.
pub fn suite_junit(suite: &Suite) -> String {
    let mut files: IndexMap<&str, Vec<&Case>> = IndexMap::new();
    for case in &suite.cases {
        files.entry(&case.file).or_default().push(case);
    }
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    xml += &format!("<testsuites name=\"b2c-journey\" tests=\"{}\" failures=\"{}\">\n", suite.cases.len(), suite.failed());
    for (file, cases) in files {
        let failed = cases.iter().filter(|case| !case.passed).count();
        let file = escape(file);
        xml += &format!("  <testsuite name=\"{file}\" tests=\"{}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\">\n", cases.len());
        for case in cases {
            let name = escape(&case.name);
            let Some(first) = case.failures.first() else {
                xml += &format!("    <testcase name=\"{name}\" classname=\"{file}\"/>\n");
                continue;
            };
            let wanted = case.failures.join("\n");
            let text = case.record.as_ref().map_or_else(|| wanted.clone(), |record| explain(record, &wanted));
            xml += &format!("    <testcase name=\"{name}\" classname=\"{file}\">\n");
            xml += &format!(
                "      <failure message=\"{}\" type=\"expectation\">{}</failure>\n",
                escape(first),
                escape(&text).replace("&#10;", "\n")
            );
            xml += "    </testcase>\n";
        }
        xml += "  </testsuite>\n";
    }
    xml += "</testsuites>\n";
    xml
}

/// Text for attributes and content. Characters that XML 1.0 cannot hold become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\n' => escaped += "&#10;",
            '\t' => escaped += "&#9;",
            '\r' => escaped += "&#13;",
            '\u{0}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn scenarios_are_test_cases_grouped_by_file() {
        let suite = Suite {
            cases: vec![
                Case::new("good \u{1}", "a&b.yaml", Vec::new(), None),
                Case::new("bad", "c.yaml", vec!["expected <x>\nfound \"y\"".to_owned(), "more".to_owned()], None),
                Case::new("also good", "a&b.yaml", Vec::new(), Some(sample::issued())),
            ],
        };
        let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<testsuites name=\"b2c-journey\" tests=\"3\" failures=\"1\">
  <testsuite name=\"a&amp;b.yaml\" tests=\"2\" failures=\"0\" errors=\"0\" skipped=\"0\">
    <testcase name=\"good \u{fffd}\" classname=\"a&amp;b.yaml\"/>
    <testcase name=\"also good\" classname=\"a&amp;b.yaml\"/>
  </testsuite>
  <testsuite name=\"c.yaml\" tests=\"1\" failures=\"1\" errors=\"0\" skipped=\"0\">
    <testcase name=\"bad\" classname=\"c.yaml\">
      <failure message=\"expected &lt;x&gt;&#10;found &quot;y&quot;\" type=\"expectation\">expected &lt;x&gt;
found &quot;y&quot;
more</failure>
    </testcase>
  </testsuite>
</testsuites>
";
        assert_eq!(suite_junit(&suite), expected);
    }

    #[test]
    fn the_document_is_well_formed_whatever_the_names() {
        let failures = vec!["\u{0}<![CDATA[ ]]> & é \u{ffff}".to_owned()];
        let suite = Suite { cases: vec![Case::new("<&\">'\n", "\t", failures, Some(sample::failed()))] };
        let xml = suite_junit(&suite);
        let document = roxmltree::Document::parse(&xml).unwrap();
        let case = document.descendants().find(|node| node.has_tag_name("testcase")).unwrap();
        assert_eq!((case.attribute("name"), case.attribute("classname")), (Some("<&\">'\n"), Some("\t")));
        assert!(case.descendants().any(|node| node.text().is_some_and(|text| text.contains("✗ failed"))));
    }
}
