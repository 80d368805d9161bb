//! Broken and hostile files: each ends in a located error soon, never in a panic or a hang.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a helper of tests fails loudly")]

use std::time::{Duration, Instant};

use b2c_journey::diagnostic::{Severity, code};
use b2c_journey::source::Sources;
use b2c_journey::xml::{Element, Limits, Read, read};

/// A second, as a person would have it; unoptimised code on a busy machine gets more, which still tells a hang.
const SOON: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// A well-formed file with every construct that a policy may hold.
const GOOD: &str = r##"<?xml version="1.0" encoding="utf-8" standalone="yes"?>
<!-- a policy -->
<TrustFrameworkPolicy xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns="http://schemas.microsoft.com/online/cpim/schemas/2013/06"
    PolicySchemaVersion="0.3.0.0" TenantId="contoso.onmicrosoft.com" PolicyId='B2C_1A_Base' xsi:schemaLocation="a b">
  <BuildingBlocks>
    <ClaimsSchema>
      <ClaimType Id="riskLevel">
        <DisplayName>Risk &amp; level &#x2014; caf&#233; é 😀</DisplayName>
        <DataType>string</DataType>
        <Restriction>
          <Pattern RegularExpression="^[^&lt;&gt;&quot;]{1,3}$" HelpText="a
            second	line"/>
        </Restriction>
      </ClaimType>
    </ClaimsSchema>
  </BuildingBlocks>
  <ClaimsProviders>
    <ClaimsProvider>
      <Item Key="METADATA"><![CDATA[ { "a": "<b>" } ]]></Item>
      <Item Key="text">one <!-- two --> three <?pi four?> five</Item>
      <xsi:empty  xmlns:q = "urn:q" q:a = '1' />
    </ClaimsProvider>
  </ClaimsProviders>
</TrustFrameworkPolicy>
<!-- the end -->
"##;

fn read_file(bytes: &[u8]) -> (Read, Sources) {
    let mut sources = Sources::new();
    let began = Instant::now();
    let read = read("policy.xml", bytes, &Limits::default(), &mut sources);
    let text = String::from_utf8_lossy(bytes.get(..40).unwrap_or(bytes));
    assert!(began.elapsed() < SOON, "took {:?} for {text}", began.elapsed());
    for diagnostic in &read.diagnostics {
        let span = diagnostic.span().expect("every finding of the reader has a place");
        let place = sources.place(span);
        assert_eq!(place.file.as_ref(), "policy.xml");
        assert!(place.line >= 1 && place.column >= 1);
        assert!(diagnostic.help.is_some(), "{diagnostic:?}");
        for label in &diagnostic.labels {
            let text = sources.get(label.span.file).unwrap().text();
            assert!(text.get(label.span.start as usize..label.span.end as usize).is_some(), "{diagnostic:?}");
        }
    }
    (read, sources)
}

/// The first error must be this one.
#[track_caller]
fn check(bytes: impl AsRef<[u8]>, expected: &str) {
    let (read, sources) = read_file(bytes.as_ref());
    let first = read.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error).expect("an error");
    assert_eq!(first.line(&sources), expected);
}

#[test]
fn an_empty_file() {
    check("", "policy.xml:1:1: error[B2C0102]: the file is empty");
    check("\u{feff}", "policy.xml:1:1: error[B2C0102]: the file is empty");
    check([0xff, 0xfe], "policy.xml:1:1: error[B2C0102]: the file is empty");
    check(" \n ", "policy.xml:1:1: error[B2C0102]: the file has no element");
}

#[test]
fn nuls() {
    check([0; 100], "policy.xml:1:1: error[B2C0102]: the character U+0000 is not allowed in XML");
    check("<a>\n\0</a>", "policy.xml:2:1: error[B2C0102]: the character U+0000 is not allowed in XML");
}

#[test]
fn wrong_utf_8() {
    check(b"<a>\n  \xff\xfe</a>", "policy.xml:2:3: error[B2C0101]: the byte 0xFF is not UTF-8");
}

#[test]
fn cut_anywhere() {
    let last = GOOD.find("</TrustFrameworkPolicy>").unwrap() + "</TrustFrameworkPolicy>".len();
    for end in 0..last {
        let (read, _) = read_file(&GOOD.as_bytes()[..end]);
        assert!(read.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error), "cut at {end}");
    }
    assert_eq!(read_file(GOOD.as_bytes()).0.diagnostics, []);
}

#[test]
fn two_roots() {
    check("<a/>\n<a/>", "policy.xml:2:1: error[B2C0102]: a second root element");
}

#[test]
fn unclosed() {
    check("<a>\n <b></a>", "policy.xml:2:2: error[B2C0102]: `<b>` is never closed");
    check("<a>\n <b>", "policy.xml:2:2: error[B2C0102]: `<b>` is never closed");
}

#[test]
fn a_hundred_thousand_levels() {
    let open = "<a>".repeat(100_000);
    let expected = "policy.xml:1:601: error[B2C1003]: elements are nested more than 200 levels deep";
    check(format!("{open}{}", "</a>".repeat(100_000)), expected);
    check(open, expected);
}

#[test]
fn a_hundred_thousand_levels_within_the_limit() {
    let text = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    let mut sources = Sources::new();
    let began = Instant::now();
    let limits = Limits { depth: 1_000_000, ..Limits::default() };
    assert_eq!(read("policy.xml", text.as_bytes(), &limits, &mut sources).diagnostics, []);
    let unclosed = format!("{}<b></a>", "<a>".repeat(100_000));
    assert_eq!(read("policy.xml", unclosed.as_bytes(), &limits, &mut sources).diagnostics.len(), 2);
    assert!(began.elapsed() < SOON, "took {:?}", began.elapsed());
}

#[test]
fn a_hundred_thousand_attributes() {
    let attributes = |prefix: &str| (0..100_000).map(|n| format!(" {prefix}a{n}=''")).collect::<String>();
    let faultless = |text: String| {
        let (read, _) = read_file(text.as_bytes());
        assert!(read.diagnostics.iter().all(|diagnostic| diagnostic.code == code::FILE_LARGE), "{:?}", read.diagnostics);
    };
    faultless(format!("<a{}/>", attributes("")));
    faultless(format!("<a xmlns:p='u'{}/>", attributes("p:")));
    faultless(format!("<a{}/>", attributes("xmlns:").replace("''", "'u'")));
    check(format!("<a\n{}\na7=''/>", attributes("")), "policy.xml:3:1: error[B2C0102]: the attribute `a7` stands twice on `<a>`");
}

#[test]
fn more_nodes_than_allowed() {
    let mut sources = Sources::new();
    let text = format!("<a>{}</a>", "<b/>".repeat(1_000_000));
    let found = read("policy.xml", text.as_bytes(), &Limits { file_bytes: 8 << 20, ..Limits::default() }, &mut sources);
    let errors: Vec<_> = found.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].line(&sources), "policy.xml:1:4000000: error[B2C1004]: the file has more than 1000000 elements and attributes");
    assert_eq!(found.document.unwrap().root().unwrap().children().count(), 999_999);
}

#[test]
fn a_file_larger_than_allowed() {
    let text = format!("<a>{}</a>", " ".repeat(4 << 20));
    check(text, "policy.xml:1:1: error[B2C1001]: the file has 4194311 bytes, more than the limit of 4194304");
}

#[test]
fn a_document_type_with_an_entity_bomb() {
    let mut bomb = "<!DOCTYPE a [\n<!ENTITY e0 \"ha\">\n".to_owned();
    for n in 1..40 {
        bomb.push_str(&format!("<!ENTITY e{n} \"{}\">\n", format!("&e{};", n - 1).repeat(10)));
    }
    bomb.push_str("]>\n<a>&e39;</a>");
    check(&bomb, "policy.xml:1:1: error[B2C0103]: a document type declaration is not allowed");
    let (read, _) = read_file(bomb.as_bytes());
    assert_eq!(read.document.unwrap().root().unwrap().text().value, "&e39;");
}

#[test]
fn a_document_type_with_a_file_reference() {
    let text = "<!DOCTYPE a [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>\n<a>&f;</a>";
    check(text, "policy.xml:1:1: error[B2C0103]: a document type declaration is not allowed");
    let (read, _) = read_file(text.as_bytes());
    assert_eq!(read.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), [code::DOCTYPE, code::NOT_WELL_FORMED]);
    assert_eq!(read.document.unwrap().root().unwrap().text().value, "&f;");
}

#[test]
fn much_of_the_same_fault_takes_no_longer() {
    for piece in [
        "<",
        "<!",
        "<!-",
        "<!--",
        "<?",
        "</",
        "</a>",
        "<a b='",
        "<a b=\"<",
        "&",
        "&a",
        "]]>",
        "<![CDATA[",
        "<a",
        "<a b",
        "<a/",
        "\u{feff}",
        "\0",
        "<!D",
        "<!D[",
    ] {
        let (read, _) = read_file(piece.repeat((1 << 18) / piece.len()).as_bytes());
        assert!(!read.diagnostics.is_empty(), "{piece}");
        let (read, _) = read_file(format!("<r>{}", piece.repeat((1 << 18) / piece.len())).as_bytes());
        assert!(!read.diagnostics.is_empty(), "{piece}");
    }
}

/// xorshift64*: the same numbers on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % bound
    }
}

fn mutate(numbers: &mut Numbers) -> Vec<u8> {
    const PIECES: [&str; 28] = [
        "<",
        ">",
        "&",
        "\"",
        "'",
        "/",
        "=",
        "--",
        "]]>",
        "<!--",
        "<![CDATA[",
        "<!DOCTYPE a>",
        "<?",
        "?>",
        "&#0;",
        "&x;",
        "\0",
        "\u{feff}",
        "\u{2014}",
        "\r",
        " ",
        "x:",
        "xmlns=\"\"",
        "</Item>",
        "<a>",
        "\u{ffff}",
        "<?xml version='1.0'?>",
        "Id=\"1\"",
    ];
    let mut bytes = GOOD.as_bytes().to_vec();
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        let to = (at + numbers.below(24)).min(bytes.len());
        match numbers.below(6) {
            0 => bytes[at] = numbers.below(256) as u8,
            1 => drop(bytes.drain(at..to)),
            2 => drop(bytes.splice(at..at, PIECES[numbers.below(PIECES.len())].bytes())),
            3 => drop(bytes.splice(at..to, PIECES[numbers.below(PIECES.len())].bytes())),
            4 => bytes.extend_from_within(at..to),
            _ => {
                let moved: Vec<u8> = bytes.drain(at..to).collect();
                let at = numbers.below(bytes.len());
                drop(bytes.splice(at..at, moved));
            }
        }
    }
    bytes
}

/// The tree of both readers: they must agree on names, namespaces, attributes and text.
fn compare(ours: Element<'_>, theirs: roxmltree::Node<'_, '_>) {
    let mut pairs = vec![(ours, theirs)];
    while let Some((ours, theirs)) = pairs.pop() {
        assert_eq!(ours.name(), theirs.tag_name().name());
        assert_eq!(ours.namespace().unwrap_or(""), theirs.tag_name().namespace().unwrap_or(""));
        let attributes: Vec<_> =
            ours.attributes().map(|attribute| (attribute.name.rsplit(':').next().unwrap(), attribute.value.value)).collect();
        assert_eq!(attributes, theirs.attributes().map(|attribute| (attribute.name(), attribute.value())).collect::<Vec<_>>());
        let text: String = theirs.children().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
        if ours.has_text() || ours.children().next().is_none() {
            assert_eq!(ours.text().value, text);
        } else {
            assert!(text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n')), "{text:?}");
        }
        let children: Vec<_> = ours.children().collect();
        let elements: Vec<_> = theirs.children().filter(|node| node.is_element()).collect();
        assert_eq!(children.len(), elements.len());
        pairs.extend(children.into_iter().zip(elements));
    }
}

/// True when both say that it is well-formed.
fn differ(bytes: &[u8]) -> bool {
    let (read, sources) = read_file(bytes);
    let errors = read.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let theirs = std::str::from_utf8(bytes).ok().map(roxmltree::Document::parse);
    match theirs {
        Some(Ok(theirs)) if errors == 0 => {
            compare(read.document.as_ref().unwrap().root().unwrap(), theirs.root_element());
            true
        }
        Some(Err(fault)) => {
            assert!(errors > 0, "only roxmltree refuses this ({fault}):\n{}", String::from_utf8_lossy(bytes));
            false
        }
        None => {
            assert!(errors > 0);
            false
        }
        Some(Ok(_)) => {
            // We are the stricter one; that must be for something that XML forbids and the other reader lets through.
            let known = [
                "`]]>` may",
                "not allowed in XML",
                "stands for no character",
                "XML declaration is malformed",
                "`<?xml` may",
                "XML` may",
                "text be",
                "no name for a processing",
                "read as",
                "is no XML name",
                "document type",
                "`--` may",
            ];
            let lines: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.line(&sources)).collect();
            assert!(
                known.iter().any(|known| lines[0].contains(known)),
                "only we refuse this: {lines:#?}\n{}",
                String::from_utf8_lossy(bytes)
            );
            false
        }
    }
}

#[test]
fn ten_thousand_mutations_of_a_good_file() {
    assert!(differ(GOOD.as_bytes()));
    let mut numbers = Numbers(0x5eed);
    let well_formed = (0..10_000).filter(|_| differ(&mutate(&mut numbers))).count();
    // The comparison must not be idle on either side.
    assert!((500..9_500).contains(&well_formed), "{well_formed} of 10,000 are still well-formed");
}
