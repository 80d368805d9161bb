//! The documentation says what the code does: the page of the transformations is the signature table written out, and what the table of
//! the semantics names exists.

#![cfg(test)]

use std::fmt::Write;
use std::path::{Path, PathBuf};

use b2c_journey::claims::DataType;
use b2c_journey::transform::{Family, Kind, Names, Presence, Signature, Slot, signatures};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// Compares a generated page with the one that is kept; writes it only when `UPDATE_DOCS` is set.
#[track_caller]
fn check_page(name: &str, expected: &str) {
    let path = root().join(name);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, expected).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    let line = kept.lines().zip(expected.lines()).take_while(|(kept, expected)| kept == expected).count() + 1;
    assert!(kept == expected, "{name} is not current from line {line} on; `UPDATE_DOCS=1 cargo test --test docs` writes it anew");
}

const FAMILIES: &[(Family, &str, &str)] = &[
    (Family::Boolean, "Boolean", "boolean-transformations"),
    (Family::Date, "Date", "date-transformations"),
    (Family::General, "General", "general-transformations"),
    (Family::Integer, "Integer", "integer-transformations"),
    (Family::Json, "JSON", "json-transformations"),
    (Family::Phone, "Phone number", "phone-number-claims-transformations"),
    (Family::Social, "Social", "social-transformations"),
    (Family::String, "String", "string-transformations"),
    (Family::StringCollection, "String collection", "stringcollection-transformations"),
    (Family::Undocumented, "Undocumented", ""),
];

const INTRODUCTION: &str = "# Claims transformations

<!-- Written by `UPDATE_DOCS=1 cargo test --test docs` from the signature table in src/transform; edit the table, not this page. -->

Every TransformationMethod that a run knows, with the claims and parameters that it takes and gives. The same table checks a policy and runs it. Method
names, slots (TransformationClaimType) and parameter names compare without case; a parameter's value compares without case where its values are listed.

An input claim that is *required* must be declared by the transformation and have a value when it runs: without one the transformation fails, as the
service does. One that is *required, may be empty* must be declared, but its claim may be without a value. *Without a source* lists what was decided
where neither the documentation nor an observation says what the service does; a run that depends on one of these decisions says so in its trace.
";

fn types(types: &[DataType]) -> String {
    match types {
        [] => "any".to_owned(),
        types => types.iter().map(|data_type| data_type.name()).collect::<Vec<_>>().join(", "),
    }
}

fn presence(presence: Presence) -> &'static str {
    match presence {
        Presence::Required => "required",
        Presence::MayBeEmpty => "required, may be empty",
        Presence::Optional => "optional",
    }
}

/// How further claims are named.
fn named(names: Names, without_name: &str) -> String {
    match names {
        Names::None => without_name.to_owned(),
        Names::Any => "any name".to_owned(),
        Names::Prefix(prefix) => format!("`{prefix}`…"),
    }
}

fn kind(kind: Kind) -> String {
    let types = types(kind.types());
    match kind {
        Kind::Text | Kind::Boolean | Kind::Integer | Kind::DateTime => types,
        Kind::OneOf(values) => format!("{types}: {}", values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")),
        Kind::Regex => format!("{types}: a .NET regular expression"),
        Kind::Format(1) => format!("{types}: a .NET format string for 1 argument"),
        Kind::Format(arguments) => format!("{types}: a .NET format string for {arguments} arguments"),
        Kind::PolicyKey => format!("{types}: the name of a policy key"),
    }
}

fn method(signature: &Signature, page: &mut String) {
    writeln!(page, "\n### {}\n", signature.method).unwrap();
    if !signature.documented() {
        page.push_str("Not documented; known from published policies only.\n\n");
    }
    let mut rows = String::new();
    let mut row = |what: &str, name: &str, types: &str, presence: &str| {
        writeln!(rows, "| {what} | {name} | {types} | {presence} |").unwrap();
    };
    let name = |slot: &Slot| format!("`{}`", slot.name);
    for slot in signature.inputs {
        row("input claim", &name(slot), &types(slot.types), presence(slot.presence));
    }
    if let Some(open) = signature.open_inputs {
        row("input claims", &named(open.names, "no name, by position"), &types(open.types), "any number");
    }
    for parameter in signature.parameters {
        let presence = match (parameter.required, parameter.default) {
            (true, _) => "required".to_owned(),
            (false, Some(default)) => format!("optional, default `{default}`"),
            (false, None) => "optional".to_owned(),
        };
        row("parameter", &format!("`{}`", parameter.name), &kind(parameter.kind), &presence);
    }
    if let Some(open) = signature.open_parameters {
        row("parameters", &named(open.names, "no name"), &types(open.types), "any number");
    }
    for slot in signature.outputs {
        row("output claim", &name(slot), &types(slot.types), presence(slot.presence));
    }
    if let Some(open) = signature.open_outputs {
        row("output claims", &named(open.names, "no name, by claim type id"), &types(open.types), "any number");
    }
    page.push_str("| | name | data types | |\n|---|---|---|---|\n");
    page.push_str(&rows);
    if let Some((first, more)) = signature.choices.split_first() {
        page.push_str("\nWithout a source:");
        if more.is_empty() {
            writeln!(page, " {first}.").unwrap();
        } else {
            page.push_str("\n\n");
            for choice in signature.choices {
                writeln!(page, "- {choice}").unwrap();
            }
        }
    }
}

#[test]
fn the_page_of_the_transformations_is_the_signature_table() {
    let mut page = INTRODUCTION.to_owned();
    let count = |documented: bool| signatures().iter().filter(|signature| signature.documented() == documented).count();
    writeln!(page, "\n{} methods are documented, {} are known from published policies only.", count(true), count(false)).unwrap();
    page.push_str("\n| family | methods |\n|---|---|\n");
    let of = |family: Family| signatures().iter().filter(move |signature| signature.family == family);
    for (family, title, _) in FAMILIES {
        let methods: Vec<_> =
            of(*family).map(|signature| format!("[{}](#{})", signature.method, signature.method.to_lowercase())).collect();
        writeln!(page, "| {title} | {} |", methods.join(", ")).unwrap();
    }
    for (family, title, source) in FAMILIES {
        writeln!(page, "\n## {title}").unwrap();
        match *source {
            "" => page
                .push_str("\nNo page of the documentation describes these; their shape is that of the published policies that use them.\n"),
            source => writeln!(page, "\nSource: the page `{source}` of the Azure AD B2C documentation.").unwrap(),
        }
        of(*family).for_each(|signature| method(signature, &mut page));
    }
    assert!(signatures().iter().all(|signature| FAMILIES.iter().any(|(family, ..)| *family == signature.family)));
    check_page("docs/transformations.md", &page);
}

/// What stands between backticks on a page.
fn code_words(page: &str) -> impl Iterator<Item = &str> {
    page.split('`').skip(1).step_by(2)
}

#[test]
fn every_file_and_test_that_the_semantics_name_exists() {
    let page = std::fs::read_to_string(root().join("docs/semantics.md")).unwrap();
    let mut tests = 0;
    let mut missing = Vec::new();
    for word in code_words(&page).filter(|word| word.starts_with("src/") || word.starts_with("tests/")) {
        let (file, test) = word.split_once("::").map_or((word, None), |(file, test)| (file, Some(test)));
        let text = std::fs::read_to_string(root().join(file)).unwrap_or_default();
        // A test module of its own is declared with `#[cfg(test)]` elsewhere; in any file the name must be a function's.
        if text.is_empty() || test.is_some_and(|test| !text.contains(&format!("fn {test}("))) {
            missing.push(word);
        }
        tests += usize::from(test.is_some());
    }
    assert!(missing.is_empty(), "docs/semantics.md names what does not exist: {missing:#?}");
    assert!(tests > 100, "only {tests} tests are named");
}

#[test]
fn every_open_point_and_switch_is_in_the_semantics() {
    let page = std::fs::read_to_string(root().join("docs/semantics.md")).unwrap();
    let choices = std::fs::read_to_string(root().join("src/engine/choices.rs")).unwrap();
    let mut switches = 0;
    let mut open = "";
    for line in choices.lines().map(str::trim) {
        if let Some(at) = line.find("OPEN-").filter(|_| line.starts_with("///")) {
            open = line.get(at..at + 7).unwrap();
        }
        let Some((name, _)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")).filter(|_| !open.is_empty()) else {
            continue;
        };
        let row = page.lines().find(|row| row.starts_with(&format!("| {open} ")));
        assert!(
            row.is_some_and(|row| row.contains(&format!("`{name}`"))),
            "docs/semantics.md has no row of {open} with its switch `{name}`"
        );
        switches += 1;
        open = "";
    }
    assert!(switches >= 13, "only {switches} switches were found");
    for number in 1..=26 {
        assert!(page.contains(&format!("\n| OPEN-{number:02} |")), "OPEN-{number:02} is missing");
    }
}
