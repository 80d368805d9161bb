//! Files cut short, files that other people wrote, and the published schema unrolled into one document that has everything.

use std::collections::{BTreeMap, HashMap};
use std::fs;

use b2c_journey::diagnostic::{Severity, code};
use b2c_journey::policy;
use b2c_journey::source::Sources;
use b2c_journey::xml::{self, Element, Limits};

use super::common::{corpus, xml_files};
use super::support::{NAMESPACE, load, name_of, step};

#[test]
fn a_file_cut_anywhere_is_read_as_far_as_it_goes() {
    let text = step(
        "<Preconditions><Precondition Type=\"ClaimsExist\" ExecuteActionsIf=\"true\"><Value>a</Value></Precondition></Preconditions>\
         <ClaimsExchanges><ClaimsExchange Id=\" ü \" TechnicalProfileReferenceId=\"b\"/></ClaimsExchanges>",
    );
    let root = text.find("><").unwrap();
    for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
        let loaded = load(text.get(..end).unwrap());
        assert!(!loaded.diagnostics.is_empty(), "cut at {end}");
        assert!(end <= root || loaded.file.is_some_and(|file| file.policy_id.is_some()), "cut at {end}");
    }
}

#[test]
fn every_well_formed_file_of_the_corpus_is_read() {
    let Some(root) = corpus() else { return };
    let files = xml_files(&root);
    let mut not_well_formed = 0;
    let mut errors: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for path in &files {
        let mut sources = Sources::new();
        let name = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
        let read = xml::read(&name, &fs::read(path).unwrap(), &Limits::default(), &mut sources);
        if read.diagnostics.iter().any(|found| found.severity == Severity::Error) {
            not_well_formed += 1;
            continue;
        }
        let mut diagnostics = Vec::new();
        assert!(policy::read(&read.document.unwrap(), &mut diagnostics).is_some(), "{name}");
        for found in diagnostics.iter().filter(|found| found.severity == Severity::Error) {
            println!("{}", found.line(&sources));
            let file = name.rsplit('/').next().unwrap_or_default().to_owned();
            errors.entry(file).or_default().push(format!("{} {}", name_of(found.code), sources.text(found.span().unwrap())));
        }
    }
    println!("{} files, {not_well_formed} of them not well-formed", files.len());
    assert!(files.len() >= 331 && (2..files.len() / 10).contains(&not_well_formed));
    let expected = [
        ("B2C_1A_SignUp_SignIn.xml", "UNKNOWN_ELEMENT ValidationTechnicalProfiles"),
        ("TrustFrameworkExtensions.xml", "UNKNOWN_ELEMENT ClaimsProvider"),
    ];
    for (file, error) in expected {
        assert!(errors[file].iter().any(|found| found.starts_with(error)), "{:?}", errors[file]);
    }
}

/// Writes an element of the schema with all attributes and children that it can have.
struct Unroll<'d> {
    types: HashMap<&'d str, Element<'d>>,
    out: String,
}

impl<'d> Unroll<'d> {
    fn value(&self, kind: &str) -> &'d str {
        let local = kind.rsplit(':').next().unwrap_or_default();
        match local {
            "boolean" => "true",
            "int" | "integer" => "1",
            _ => self.types.get(local).and_then(|kind| first_enumeration(*kind)).unwrap_or("x"),
        }
    }

    fn element(&mut self, declaration: Element<'d>) {
        let name = declaration.attribute("name").unwrap().value;
        let kind = declaration.attribute("type").map_or("", |kind| kind.value);
        let complex = declaration
            .children()
            .find(|child| child.name() == "complexType")
            .or_else(|| self.types.get(kind.rsplit(':').next().unwrap_or_default()).copied())
            .filter(|kind| kind.name() == "complexType");
        let (mut attributes, mut children, mut text) = (Vec::new(), Vec::new(), complex.is_none());
        if let Some(complex) = complex {
            members(complex, &mut attributes, &mut children, &mut text);
        }
        self.out.push_str(&format!("<{name}"));
        for attribute in attributes {
            let value = self.value(attribute.attribute("type").map_or("", |kind| kind.value));
            self.out.push_str(&format!(" {}=\"{value}\"", attribute.attribute("name").unwrap().value));
        }
        self.out.push('>');
        if text {
            self.out.push_str(self.value(kind));
        }
        for child in children {
            self.element(child);
        }
        self.out.push_str(&format!("</{name}>"));
    }
}

fn first_enumeration(kind: Element<'_>) -> Option<&str> {
    kind.children().find_map(|child| match child.name() {
        "enumeration" => child.attribute("value").map(|value| value.value),
        _ => first_enumeration(child),
    })
}

fn members<'d>(node: Element<'d>, attributes: &mut Vec<Element<'d>>, children: &mut Vec<Element<'d>>, text: &mut bool) {
    for child in node.children() {
        match child.name() {
            "attribute" => attributes.push(child),
            "element" => children.push(child),
            name => {
                *text |= name == "simpleContent";
                members(child, attributes, children, text);
            }
        }
    }
}

#[test]
fn everything_in_the_published_schema_is_known() {
    let Some(root) = corpus() else { return };
    let mut sources = Sources::new();
    let schema = fs::read(root.join("TrustFrameworkPolicy_0.3.0.0.xsd")).unwrap();
    let schema = xml::read("schema", &schema, &Limits::default(), &mut sources).document.unwrap();
    let schema = schema.root().unwrap();
    let types = schema.children().filter(|child| child.name() != "element");
    let types = types.filter_map(|child| Some((child.attribute("name")?.value, child))).collect();
    let mut unroll = Unroll { types, out: String::new() };
    unroll.element(schema.children().find(|child| child.name() == "element").unwrap());
    let text = unroll.out.replacen("<TrustFrameworkPolicy", &format!("<TrustFrameworkPolicy xmlns=\"{NAMESPACE}\""), 1);

    let loaded = load(&text);
    let faults: Vec<String> = loaded.lines().into_iter().filter(|line| !line.contains("NO_EFFECT")).collect();
    // The schema lets a DisplayClaim of a technical profile name two things; a claims provider and the relying party have one each.
    assert_eq!(faults, ["error BAD_VALUE at x: `DisplayClaim` names both a claim and a display control"; 2]);
    let file = loaded.file.unwrap();
    assert!(file.relying_party.is_some() && file.sub_journeys.len() == 1 && file.display_controls.len() == 1);
    let mut unused: Vec<&str> =
        loaded.diagnostics.iter().filter(|found| found.code == code::NO_EFFECT).map(|found| found.message.as_str()).collect();
    unused.sort_unstable();
    unused.dedup();
    for line in &unused {
        println!("{line}");
    }
    assert_eq!(unused.len(), 23);
}
