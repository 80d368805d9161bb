//! `--fix`: what is mended, and that everything else in a file stays byte for byte.
#![cfg(test)]

use b2c_journey::PolicySet;
use b2c_journey::check::{Fixed, Options, Report, check, fix, fix_dir};
use b2c_journey::diagnostic::{Diagnostic, code};
use b2c_journey::report::check_json;
use b2c_journey::source::Span;

/// A policy with a lone ampersand in line 4 and a typographic dash in line 5, and an accent before both.
const FAULTY: &str = "<?xml version=\"1.0\"?>
<TrustFrameworkPolicy xmlns=\"http://schemas.microsoft.com/online/cpim/schemas/2013/06\" PolicySchemaVersion=\"0.3.0.0\"
  TenantId=\"contoso.onmicrosoft.com\" PolicyId=\"B2C_1A_café\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_café\">
  <BuildingBlocks><ClaimsSchema><ClaimType   Id='a'><DisplayName>é & 𝄞</DisplayName></ClaimType></ClaimsSchema></BuildingBlocks>
  <!– a comment -->
</TrustFrameworkPolicy>
";

fn mended() -> String {
    FAULTY.replace(" & ", " &amp; ").replace("<!–", "<!--")
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(bytes).collect()
}

fn whole(set: &PolicySet) -> Report {
    check(set, &Options::default())
}

fn run(bytes: Vec<u8>) -> Fixed {
    fix(vec![("a.xml".to_owned(), bytes)], whole)
}

/// Every encoding that a policy may have.
fn encodings(text: &str) -> [(&'static str, Vec<u8>); 4] {
    [
        ("UTF-8", text.as_bytes().to_vec()),
        ("UTF-8 with a mark", format!("\u{feff}{text}").into_bytes()),
        ("UTF-16 LE", utf16(text, u16::to_le_bytes)),
        ("UTF-16 BE", utf16(text, u16::to_be_bytes)),
    ]
}

#[test]
fn bytes_outside_the_edits_stay_in_every_encoding_and_with_every_line_end() {
    for windows in [false, true] {
        let ends = |text: &str| if windows { text.replace('\n', "\r\n") } else { text.to_owned() };
        for ((name, faulty), (_, right)) in encodings(&ends(FAULTY)).into_iter().zip(encodings(&ends(&mended()))) {
            let fixed = run(faulty);
            assert!(fixed.files["a.xml"] == right, "{name}, windows: {windows}");
            let changes: Vec<String> =
                fixed.changes.iter().map(|change| format!("{}: {} -> {}", change.place, change.before, change.after)).collect();
            assert_eq!(changes, ["a.xml:4:68: & -> &amp;", "a.xml:5:3: <!– -> <!--"], "{name}");
        }
    }
}

#[test]
fn offsets_in_the_json_are_those_of_the_bytes() {
    for (name, bytes) in encodings(FAULTY) {
        let set = PolicySet::from_bytes([("a.xml", bytes.as_slice())], &Default::default());
        let json: serde_json::Value = serde_json::from_str(&check_json(&whole(&set), None, set.sources())).unwrap();
        let mut mended_bytes = bytes.clone();
        let mut edits: Vec<&serde_json::Value> =
            json["diagnostics"].as_array().unwrap().iter().flat_map(|found| found["fix"].as_array().unwrap()).collect();
        edits.reverse();
        assert_eq!(edits.len(), 2, "{name}");
        for edit in edits {
            let at = |key: &str| usize::try_from(edit[key].as_u64().unwrap()).unwrap();
            let text = edit["text"].as_str().unwrap();
            let text = match name {
                "UTF-16 LE" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                "UTF-16 BE" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                _ => text.as_bytes().to_vec(),
            };
            mended_bytes.splice(at("start")..at("end"), text);
        }
        let right = encodings(&mended()).into_iter().find(|(other, _)| *other == name).unwrap().1;
        assert!(mended_bytes == right, "{name}");
    }
}

#[test]
fn a_file_whose_bytes_are_no_text_is_left_alone() {
    let mut bytes = FAULTY.as_bytes().to_vec();
    bytes.splice(60..60, [0xe9]);
    let fixed = run(bytes);
    assert!(fixed.files.is_empty() && fixed.changes.is_empty());
    assert!(fixed.report.diagnostics.iter().any(|found| found.code == code::ENCODING));
}

/// Findings as a rule would make them, of the first file.
fn with(edits: impl Fn(&str) -> Vec<Vec<(usize, usize, &'static str)>>) -> impl Fn(&PolicySet) -> Report {
    move |set| {
        let (file, source) = set.sources().iter().next().unwrap();
        let diagnostics = edits(source.text()).into_iter().map(|edits| {
            edits.into_iter().fold(Diagnostic::warning("B2C0305", "x"), |found, (start, end, text)| {
                found.fix(Span { file, start: start as u32, end: end as u32 }, text)
            })
        });
        Report { diagnostics: diagnostics.collect(), files: 1, chains: 0 }
    }
}

#[track_caller]
fn check_edits(text: &str, edits: impl Fn(&str) -> Vec<Vec<(usize, usize, &'static str)>>, expected: &str) -> Fixed {
    let fixed = fix(vec![("a.xml".to_owned(), text.as_bytes().to_vec())], with(edits));
    let found = fixed.files.get("a.xml").map_or(text.as_bytes(), Vec::as_slice);
    assert_eq!(String::from_utf8_lossy(found), expected);
    fixed
}

#[test]
fn the_same_edit_of_several_findings_is_made_once() {
    let once = |text: &str| if text == "abc" { vec![vec![(1, 1, "X")], vec![(1, 1, "X")]] } else { Vec::new() };
    assert_eq!(check_edits("abc", once, "aXbc").changes.len(), 1);
}

#[test]
fn of_edits_that_touch_the_first_is_made_and_the_other_waits_for_a_new_look() {
    let edits = |text: &str| match text {
        "abc" => vec![vec![(0, 2, "X")], vec![(1, 3, "Y")]],
        "Xc" => vec![vec![(1, 2, "Z")]],
        _ => Vec::new(),
    };
    check_edits("abc", edits, "XZ");
}

#[test]
fn the_edits_of_a_finding_are_made_together_or_not_at_all() {
    let edits = |text: &str| match text {
        "abcdef" => vec![vec![(0, 1, "X")], vec![(0, 1, "Y"), (4, 5, "Z")], vec![(5, 6, ""), (3, 4, "")]],
        _ => Vec::new(),
    };
    check_edits("abcdef", edits, "Xbce");
}

#[test]
fn mends_that_undo_one_another_come_to_an_end() {
    let edits = |text: &str| vec![vec![(0, 1, if text.starts_with('a') { "b" } else { "a" })]];
    assert_eq!(check_edits("ab", edits, "ab").changes.len(), 10);
}

#[test]
fn what_changes_nothing_or_cuts_a_character_is_no_mend() {
    let fixed = check_edits("aé", |_| vec![vec![(0, 1, "a")], vec![(2, 3, "x")], vec![(0, 99, "x")]], "aé");
    assert!(fixed.files.is_empty() && fixed.changes.is_empty());
}

#[test]
fn inserted_line_ends_are_those_of_the_file() {
    check_edits("a\r\nb", |text| if text.len() == 4 { vec![vec![(0, 0, "x\ny\r\n")]] } else { Vec::new() }, "x\r\ny\r\na\r\nb");
    check_edits("a\nb\r\n", |text| if text.len() == 5 { vec![vec![(0, 0, "x\r\n")]] } else { Vec::new() }, "x\na\nb\r\n");
}

#[test]
fn only_files_with_mends_are_written_and_nothing_is_left_beside_them() {
    let folder = std::env::temp_dir().join(format!("b2c-journey-fix-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("faulty.xml"), FAULTY).unwrap();
    std::fs::write(folder.join("right.xml"), mended().replace("café", "thé")).unwrap();
    let before = std::fs::metadata(folder.join("right.xml")).unwrap().modified().unwrap();
    let fixed = fix_dir(&folder, &Options::default()).unwrap();
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let written = std::fs::read_to_string(folder.join("faulty.xml")).unwrap();
    let untouched = std::fs::metadata(folder.join("right.xml")).unwrap().modified().unwrap() == before;
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(names, ["faulty.xml", "right.xml"]);
    assert_eq!((written, untouched, fixed.files.len()), (mended(), true, 1));
}
