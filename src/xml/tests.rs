use super::*;
use crate::diagnostic::{Diagnostic, code};
use crate::source::Sources;

fn read_with(text: &[u8], limits: &Limits) -> (Read, Sources) {
    let mut sources = Sources::new();
    let read = read("a.xml", text, limits, &mut sources);
    (read, sources)
}

fn read_text(text: &str) -> (Read, Sources) {
    read_with(text.as_bytes(), &Limits::default())
}

fn outline(element: Element<'_>, to: &mut String) {
    to.push_str(element.prefixed_name());
    for attribute in element.attributes() {
        to.push_str(&format!(" {}={:?}", attribute.name, attribute.value.value));
    }
    if !element.text().value.is_empty() {
        to.push_str(&format!(" {:?}", element.text().value));
    }
    let children: Vec<_> = element.children().collect();
    if !children.is_empty() {
        to.push('(');
        for (index, child) in children.into_iter().enumerate() {
            to.push_str(if index > 0 { ", " } else { "" });
            outline(child, to);
        }
        to.push(')');
    }
}

/// Reads without a fault and compares the tree.
#[track_caller]
fn check(text: &str, expected: &str) {
    let (read, sources) = read_text(text);
    let lines: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.line(&sources)).collect();
    assert!(lines.is_empty(), "{lines:#?}");
    let mut found = String::new();
    outline(read.document.as_ref().unwrap().root().unwrap(), &mut found);
    assert_eq!(found, expected);
}

/// Every label of a diagnostic: the underlined text and what is said there.
fn underlined<'s>(diagnostic: &'s Diagnostic, sources: &'s Sources) -> Vec<(&'s str, &'s str)> {
    diagnostic.labels.iter().map(|label| (sources.text(label.span), label.message.as_str())).collect()
}

/// Reads with exactly one fault, whose message and underlined text are given, and compares what was read all the same.
#[track_caller]
fn check_fault(text: &str, underline: &str, message: &str, tree: &str) {
    check_faults(text, &[(underline, message)], tree);
}

#[track_caller]
fn check_faults(text: &str, faults: &[(&str, &str)], tree: &str) {
    let (read, sources) = read_text(text);
    let found: Vec<_> = read.diagnostics.iter().map(|d| (underlined(d, &sources)[0].0, d.message.as_str())).collect();
    assert_eq!(found, faults);
    assert!(read.diagnostics.iter().all(|diagnostic| diagnostic.help.is_some()));
    let mut outlined = String::new();
    if let Some(root) = read.document.as_ref().and_then(Document::root) {
        outline(root, &mut outlined);
    }
    assert_eq!(outlined, tree);
}

#[test]
fn elements_attributes_and_text_make_a_tree() {
    check(
        "<?xml version='1.0' encoding=\"utf-8\"?>\n<a b=\"1\" c='2'><d/>\n  <e f = ''> x </e >\n</a>\n",
        r#"a b="1" c="2"(d, e f="" " x ")"#,
    );
}

#[test]
fn pieces_of_text_are_joined() {
    check("<a>1 &lt; <!-- no -->2<![CDATA[ & <b>]]> &#x41;&#66;<?pi x?>!</a>", r#"a "1 < 2 & <b> AB!""#);
    check("<a>one<b/> two</a>", r#"a "one two"(b)"#);
    check("<a>\n <b/>\n <!-- x -->\n</a>", "a(b)");
    check("<a><![CDATA[x]]></a>", r#"a "x""#);
    check("<a> <![CDATA[ ]]><b/> </a>", r#"a "   "(b)"#);
}

#[test]
fn line_ends_become_one_line_feed() {
    check("<a>1\r\n2\r3\n4</a>", r#"a "1\n2\n3\n4""#);
    check("<a><![CDATA[1\r\n2]]></a>", r#"a "1\n2""#);
    check("<a>1&#13;2</a>", r#"a "1\r2""#);
}

#[test]
fn attribute_values_are_normalised() {
    check("<a b='1\t2\n3\r\n4\r5' c='&#9;&#xA;&quot;' d='x&amp;y>'/>", r#"a b="1 2 3 4 5" c="\t\n\"" d="x&y>""#);
}

#[test]
fn spans_cover_what_is_written() {
    let text = "<r>\n  <p:a xmlns:p='u' b = \"x&amp;y\">\n  hello <!-- --> world\n </p:a>\n <e> </e></r>";
    let (read, sources) = read_text(text);
    let root = read.document.as_ref().unwrap().root().unwrap();
    let a = root.children().next().unwrap();
    assert_eq!((a.name(), a.prefixed_name(), a.namespace()), ("a", "p:a", Some("u")));
    let attribute = a.attributes().next().unwrap();
    let spans = [a.span(), a.start_tag(), a.name_span(), attribute.span, attribute.name_span, attribute.value.span, a.text().span]
        .map(|s| sources.text(s));
    assert_eq!(
        spans,
        [
            "<p:a xmlns:p='u' b = \"x&amp;y\">\n  hello <!-- --> world\n </p:a>",
            "<p:a xmlns:p='u' b = \"x&amp;y\">",
            "p:a",
            "b = \"x&amp;y\"",
            "b",
            "x&amp;y",
            "hello <!-- --> world"
        ]
    );
    assert_eq!(attribute.value.value, "x&y");
    assert_eq!(a.text().value, "\n  hello  world\n ");
    let e = root.children().nth(1).unwrap();
    assert_eq!((e.text().value, sources.text(e.text().span), e.has_text()), (" ", "<e> </e>", false));
    assert_eq!(sources.place(a.span()).to_string(), "a.xml:2:3");
}

#[test]
fn a_plain_text_is_underlined_without_its_blanks() {
    let (read, sources) = read_text("<a>\n  x y\n</a>");
    let text = read.document.as_ref().unwrap().root().unwrap().text();
    assert_eq!((text.value, sources.text(text.span)), ("\n  x y\n", "x y"));
}

#[test]
fn namespaces_are_inherited_and_taken_back() {
    let text = "<a xmlns='u' xmlns:p='v'><b xmlns=''><c/></b><p:d xmlns:p='w'/><p:e xml:lang='en'/></a>";
    let (read, sources) = read_text(text);
    assert_eq!(read.diagnostics.iter().map(|d| d.line(&sources)).collect::<Vec<_>>(), Vec::<String>::new());
    let a = read.document.as_ref().unwrap().root().unwrap();
    let [b, d, e] = a.children().collect::<Vec<_>>()[..] else { panic!() };
    let c = b.children().next().unwrap();
    assert_eq!([a, b, c, d, e].map(Element::namespace), [Some("u"), None, None, Some("w"), Some("v")]);
    assert_eq!(e.attribute("xml:lang").unwrap().value, "en");
    assert!(a.attributes().next().is_none());
}

#[test]
fn a_byte_order_mark_is_left_out() {
    check("\u{feff}<a>x</a>", r#"a "x""#);
    let (read, sources) = read_text("\u{feff}<?xml version='1.0'?>\n<a><b></a>");
    assert_eq!(sources.place(read.diagnostics[0].span().unwrap()).to_string(), "a.xml:2:4");
}

#[test]
fn utf_16_is_decoded() {
    let text = "<?xml version='1.0' encoding='utf-16'?><a>é😀</a>";
    let little: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        let (read, _) = read_with(&bytes, &Limits::default());
        assert_eq!(read.diagnostics, []);
        assert_eq!(read.document.unwrap().root().unwrap().text().value, "é😀");
        let (read, _) = read_with(&bytes[..bytes.len() - 1], &Limits::default());
        assert!(read.diagnostics.iter().any(|diagnostic| diagnostic.code == code::ENCODING));
        let (read, _) = read_with(&bytes[2..], &Limits::default());
        assert_eq!(read.diagnostics.iter().map(|d| d.message.as_str()).collect::<Vec<_>>(), ["UTF-16 without a byte order mark"]);
    }
    let (read, _) = read_with(&[0xff, 0xfe, b'<', 0, 0x00, 0xd8, b'a', 0], &Limits::default());
    assert_eq!(read.diagnostics[1].message, "the half character 0xD800 is not UTF-16");
}

#[test]
fn wrong_utf_8_is_located_and_the_rest_is_read() {
    let (read, sources) = read_with(b"<a>\n <b>caf\xe9</b></a>", &Limits::default());
    assert_eq!(read.diagnostics[0].line(&sources), "a.xml:2:8: error[B2C0101]: the byte 0xE9 is not UTF-8");
    let document = read.document.unwrap();
    assert_eq!(document.root().unwrap().children().next().unwrap().text().value, "caf\u{fffd}");
}

#[test]
fn a_declared_encoding_must_be_the_one_in_use() {
    let text = "<?xml version='1.0' encoding='iso-8859-1'?><a>é</a>";
    let message = "the declaration says `iso-8859-1`, but the file is read as UTF-8";
    check_fault(text, "<?xml version='1.0' encoding='iso-8859-1'?>", message, r#"a "é""#);
    check("<?xml version='1.0' standalone='yes'?><a/>", "a");
    for wrong in ["<?xml?><a/>", "<?xml encoding='utf-8'?><a/>", "<?xml version='2.0'?><a/>", "<?xml version='1.0'encoding='utf-8'?><a/>"] {
        check_fault(wrong, wrong.strip_suffix("<a/>").unwrap(), "the XML declaration is malformed", "a");
    }
}

#[test]
fn an_unclosed_element_points_at_both_tags() {
    let (read, sources) = read_text("<a><Name>\n<Item>x</Name><d/></a>");
    assert_eq!(read.diagnostics.len(), 1);
    let expected = [("<Item>", ""), ("</Name>", "`</Name>` comes before `</Item>`")];
    assert_eq!(underlined(&read.diagnostics[0], &sources), expected);
    assert_eq!(read.diagnostics[0].help.as_deref(), Some("close it with `</Item>`"));
    check_fault("<a><b><c x='1'>x</b><d/></a>", "<c x='1'>", "`<c>` is never closed", r#"a(b(c x="1" "x"), d)"#);
}

#[test]
fn a_placeholder_in_angle_brackets_is_kept_as_text() {
    let taken = "is taken for a tag";
    let text = "<a><t>Hello <customerid> you</t><u/></a>";
    check_fault(text, "<customerid>", &format!("`<customerid>` {taken}"), r#"a(t "Hello <customerid> you", u)"#);
    let (read, sources) = read_text(text);
    assert_eq!(read.diagnostics[0].code, code::MARKUP_IN_VALUE);
    let expected = [("<customerid>", ""), ("</t>", "`</t>` comes before an end tag for it")];
    assert_eq!(underlined(&read.diagnostics[0], &sources), expected);
    let help = "put the real value in its place, or write `&lt;customerid&gt;`";
    assert_eq!(read.diagnostics[0].help.as_deref(), Some(help));
    check_faults(
        "<a><Item>x=<b>&amp;y=<c_d></Item><Item><e></Item></a>",
        &[("<b>", &format!("`<b>` {taken}")), ("<c_d>", &format!("`<c_d>` {taken}")), ("<e>", &format!("`<e>` {taken}"))],
        r#"a(Item "x=<b>&y=<c_d>", Item "<e>")"#,
    );
}

#[test]
fn a_misspelled_end_tag_closes_what_it_looks_like() {
    check_fault("<a><Item>x</item><b/></a>", "</item>", "`<Item>` is closed by `</item>`", r#"a(Item "x", b)"#);
    check_fault(
        "<a><DisplayName>x</DisplayNam><b/></a>",
        "</DisplayNam>",
        "`<DisplayName>` is closed by `</DisplayNam>`",
        r#"a(DisplayName "x", b)"#,
    );
    check_fault("<a><Value>x</Vlaue><b/></a>", "</Vlaue>", "`<Value>` is closed by `</Vlaue>`", r#"a(Value "x", b)"#);
    check_fault("<a></zzz><b/></a>", "</zzz>", "`</zzz>` closes nothing", "a(b)");
    check_fault("<a/></a>", "</a>", "`</a>` closes nothing", "a");
    check_fault("<a><b></><c/></a>", "</>", "`<b>` is closed by `</>`", "a(b, c)");
}

#[test]
fn an_element_open_at_the_end_is_told_with_those_around_it() {
    let (read, sources) = read_text("<a>\n<b>x");
    let labels = underlined(&read.diagnostics[0], &sources);
    assert_eq!(labels, [("<b>", ""), ("", "the file ends here")]);
    assert_eq!(read.diagnostics[0].help.as_deref(), Some("at the end `</b>`, `</a>` are missing; the file may have been cut"));
    assert_eq!(read.diagnostics.len(), 1);
}

#[test]
fn a_comment_begun_with_a_long_dash_is_told_and_skipped() {
    let text = "<a><!\u{2014}Claim <b x='1'/> --><c/></a>";
    check_fault(text, "<!\u{2014}", "`<!\u{2014}` begins no comment", "a(c)");
    check_fault("<a><!\u{2013}- x --><c/></a>", "<!\u{2013}-", "`<!\u{2013}-` begins no comment", "a(c)");
    check_fault("<a><!\u{2014} x \u{2014}><c/></a>", "<!\u{2014}", "`<!\u{2014}` begins no comment", "a(c)");
    check_fault("<a><!- x --><c/></a>", "<!-", "`<!-` begins no comment", "a(c)");
    check_fault("<a><!x><c/></a>", "<!x>", "`<!` begins neither a comment nor a CDATA section", "a(c)");
    let (read, _) = read_text(text);
    assert_eq!(read.diagnostics[0].fix[0].text, "<!--");
}

#[test]
fn comments_hold_no_two_dashes() {
    check_fault("<a><!-- x -- y --></a>", "--", "`--` may not stand in a comment", "a");
    check_fault("<a><!-- x ---></a>", "--", "`--` may not stand in a comment", "a");
    check_fault("<a><!-- x", "<!--", "the comment is never closed", "a");
    check("<a><!----><!-- - --></a>", "a");
}

#[test]
fn a_comment_ended_with_a_long_dash_is_told_and_ends_there() {
    check_fault("<a><!-- x \u{2014}><c/><!-- y --></a>", "\u{2014}>", "`\u{2014}>` ends no comment", "a(c)");
    check_fault("<a><!-- x -\u{2013} ><c/></a>", "-\u{2013} >", "`-\u{2013} >` ends no comment", "a(c)");
    check_fault("<a><!-- x -- ><c/><!-- y --></a>", "-- >", "`-- >` ends no comment", "a(c)");
    check("<a><!-- x \u{2014}> y --></a>", "a");
}

#[test]
fn text_holds_no_section_end() {
    check_fault("<a>x]]>y</a>", "]]>", "`]]>` may not stand in text", r#"a "x]]>y""#);
    check_fault("<a><![CDATA[x</a>", "<![CDATA[", "the CDATA section is never closed", "a");
    check("<a>]] > ]></a>", r#"a "]] > ]>""#);
}

#[test]
fn references_must_be_defined() {
    check_fault("<a>x&nbsp;y</a>", "&nbsp;", "the entity `&nbsp;` is not defined", r#"a "x&nbsp;y""#);
    check_fault("<a b='&nbsp;'/>", "&nbsp;", "the entity `&nbsp;` is not defined", r#"a b="&nbsp;""#);
    check_fault("<a>x&#0;y</a>", "&#0;", "`&#0;` stands for no character that XML allows", r#"a "x&#0;y""#);
    check_fault("<a>&#x110000;</a>", "&#x110000;", "`&#x110000;` stands for no character that XML allows", r#"a "&#x110000;""#);
    check_fault("<a>&#+65;</a>", "&#+65;", "`&#+65;` stands for no character that XML allows", r#"a "&#+65;""#);
    check_fault("<a b='x?y=1&z=2'/>", "&", "`&` begins no reference here", r#"a b="x?y=1&z=2""#);
    check_fault("<a>x & y</a>", "&", "`&` begins no reference here", r#"a "x & y""#);
    check_fault("<a>x & y;</a>", "&", "`&` begins no reference here", r#"a "x & y;""#);
    check_fault("<a>x &</a>", "&", "`&` begins no reference here", r#"a "x &""#);
}

#[test]
fn a_less_than_sign_in_text_is_kept_as_text() {
    check_fault("<a>1 < 2<b/></a>", "<", "`<` begins no tag here", r#"a "1 < 2"(b)"#);
    check_fault("<a>1 <2</a>", "<", "`<` begins no tag here", r#"a "1 <2""#);
}

#[test]
fn a_less_than_sign_in_a_value_is_kept() {
    check_fault("<a t='<yourtenant>.x' u='1'><b/></a>", "<yourtenant>", "`<` in the value of `t`", r#"a t="<yourtenant>.x" u="1"(b)"#);
    let (read, _) = read_text("<a t='<yourtenant>.x'/>");
    assert_eq!(read.diagnostics[0].help.as_deref(), Some("put the real value in place of `<yourtenant>`, or write `&lt;`"));
}

#[test]
fn a_value_without_its_closing_quote_ends_with_its_tag() {
    check_fault("<a>\n<b x='1>\n<c y='2'/></b></a>", "'1", "the value of `x` has no closing quote", r#"a(b x="1"(c y="2"))"#);
    check_fault("<a>\n<b x='1/>\n<c y='2'/></a>", "'1", "the value of `x` has no closing quote", r#"a(b x="1", c y="2")"#);
    check_fault("<a>\n<b x='1></b></a>", "'1", "the value of `x` has no closing quote", r#"a(b x="1")"#);
    let faults = [("<b x='1", "the tag `<b` is not closed"), ("'1", "the value of `x` has no closing quote")];
    check_faults("<a>\n<b x='1\n<c y='2'/></b></a>", &faults, r#"a(b x="1"(c y="2"))"#);
}

#[test]
fn typographic_quotes_are_told() {
    let message = "the value of `x` is in typographic quotes";
    check_fault("<a x=\u{201c}1\u{201d} y='2'/>", "\u{201c}1\u{201d}", message, r#"a x="1" y="2""#);
    check_fault("<a x=\u{201d}don\u{2019}t\u{201d}/>", "\u{201d}don\u{2019}t\u{201d}", message, "a x=\"don\u{2019}t\"");
    check_fault("<a x=\u{201c}1\"/>", "\u{201c}1\"", message, r#"a x="1""#);
    let message = "the value of `x` ends with a typographic quote";
    check_fault("<a x=\"1\u{201d} y=\"2\"/>", "\"1\u{201d}", message, r#"a x="1" y="2""#);
    check_fault("<a x=\"1\u{201d}/>", "\"1\u{201d}", message, r#"a x="1""#);
}

#[test]
fn a_value_without_its_closing_quote_ends_before_the_next_attribute() {
    check_fault("<a x=\"1 2 y=\"3\"/>", "\"1 2", "the value of `x` has no closing quote", r#"a x="1 2" y="3""#);
    check("<a x='p q=' y='r='/>", r#"a x="p q=" y="r=""#);
}

#[test]
fn a_tag_without_its_end_is_told() {
    check_fault("<a><b x='1'\n <c/></b></a>", "<b x='1'", "the tag `<b` is not closed", r#"a(b x="1"(c))"#);
    check_fault("<a><b x='1' ", "<b x='1'", "the tag `<b` is not closed", r#"a(b x="1")"#);
    check_fault("<a><b></b <c/></a>", "</b ", "the end tag `</b` is not closed", "a(b, c)");
    check_fault("<a><b></b x='1'><c/></a>", "</b x='1'", "the end tag `</b` is not closed", "a(b, c)");
    check_fault("<a><b></ b><c/></a>", "</ b>", "a blank between `</` and the name", "a(b, c)");
}

#[test]
fn attributes_are_written_as_xml_says() {
    check_fault("<a b/>", "b", "the attribute `b` has no value", "a");
    check_fault("<a b=1 c='2'/>", "b=1", "the value of `b` is not in quotes", r#"a b="1" c="2""#);
    check_fault("<a b=1/>", "b=1", "the value of `b` is not in quotes", r#"a b="1""#);
    check_fault("<a b='1'c='2'/>", "c", "no blank before the attribute `c`", r#"a b="1" c="2""#);
    check_fault("<a / b='1'/>", "/", "`/` inside a tag", r#"a b="1""#);
    check_fault("<a b='1''/>", "'", "`'` opens no value here", r#"a b="1""#);
}

#[test]
fn names_are_checked() {
    check_fault("<a><b$c/></a>", "b$c", "`b$c` is no XML name", "a(b$c)");
    check_fault("<a 1b='x'/>", "1b", "`1b` is no XML name", r#"a 1b="x""#);
    check_fault("<a><b:/></a>", "b:", "`b:` is no XML name", "a(b:)");
    check_fault("<é·/><b/>", "<b", "a second root element", "é·");
    check_fault("<a><é×/></a>", "é×", "`é×` is no XML name", "a(é×)");
}

#[test]
fn an_attribute_stands_once() {
    check_fault("<a b='1' c='2' b='3'/>", "b", "the attribute `b` stands twice on `<a>`", r#"a b="1" c="2" b="3""#);
    check_fault("<a xmlns='u' xmlns='v'/>", "xmlns", "the attribute `xmlns` stands twice on `<a>`", "a");
    let text = "<a xmlns:p='u' xmlns:q='u' p:x='1' q:x='2'/>";
    check_fault(text, "q:x", "the attribute `q:x` stands twice on `<a>` under two prefixes", r#"a p:x="1" q:x="2""#);
    let many: String = (0..20).map(|n| format!(" a{n}='' ")).collect();
    let (read, sources) = read_text(&format!("<a{many} a7=''/>"));
    assert_eq!(read.diagnostics[0].line(&sources), "a.xml:1:154: error[B2C0102]: the attribute `a7` stands twice on `<a>`");
}

#[test]
fn prefixes_must_be_declared() {
    check_fault("<p:a/>", "p", "the prefix `p` is not declared", "p:a");
    check_fault("<a p:b=''/>", "p", "the prefix `p` is not declared", r#"a p:b="""#);
    check_fault("<a><b xmlns:p='u'/><p:c/></a>", "p", "the prefix `p` is not declared", "a(b, p:c)");
    check_fault("<a xmlns:p=''/>", "xmlns:p=''", "the prefix `p` is declared without a namespace", "a");
    for wrong in ["xmlns:xmlns='u'", "xmlns:xml='u'", "xmlns:p='http://www.w3.org/XML/1998/namespace'"] {
        let message = "the names `xml` and `xmlns` and their namespaces cannot be declared anew";
        check_fault(&format!("<a {wrong}/>"), wrong, message, "a");
    }
}

#[test]
fn a_file_has_one_root_and_nothing_around_it() {
    check_fault("<a/><b/>", "<b", "a second root element", "a");
    check_fault("x<a/>", "x", "text before the root element", "a");
    check_fault("<a/>\n y \n", "y", "text behind the root element", "a");
    check_fault("<a/><![CDATA[]]>", "<![CDATA[]]>", "a CDATA section outside the root element", "a");
    check_fault("<a/>&lt;", "&lt;", "a reference outside the root element", "a");
    check_fault("", "", "the file is empty", "");
    check_fault("\u{feff}", "", "the file is empty", "");
    check_fault("\u{feff}\u{feff}<a/>", "\u{feff}", "a second byte order mark", "a");
    check_fault(" <!-- x --> ", "", "the file has no element", "");
}

#[test]
fn the_declaration_stands_first() {
    let text = "\n<?xml version='1.0'?><a/>";
    check_fault(text, "<?xml version='1.0'?>", "`<?xml` may only stand at the very start of the file", "a");
    let (read, sources) = read_text(text);
    assert_eq!(sources.text(read.diagnostics[0].fix[0].span), "\n");
    check_fault("<a><?XML x?></a>", "XML", "`XML` may not name an instruction", "a");
    check_fault("<a><? x?></a>", "<? x?>", "`` is no name for a processing instruction", "a");
    check_fault("<?xml version='1.0'><a/>", "<?xml version='1.0'>", "the instruction is never closed", "a");
}

#[test]
fn a_document_type_is_refused_and_reading_goes_on() {
    let text = "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&lt;</a>";
    let (read, sources) = read_text(text);
    assert_eq!(read.diagnostics[0].code, code::DOCTYPE);
    assert_eq!(sources.text(read.diagnostics[0].span().unwrap()), "<!DOCTYPE a [<!ENTITY x 'y'>]>");
    assert_eq!(read.diagnostics.len(), 1);
    assert_eq!(read.document.unwrap().root().unwrap().text().value, "<");
    for text in ["<!DOCTYPE><a/>", "<!doctype a [", "<!DOCTYPE a"] {
        assert_eq!(read_text(text).0.diagnostics[0].code, code::DOCTYPE, "{text}");
    }
}

#[test]
fn forbidden_characters_are_told() {
    check_fault("<a>\u{1}</a>", "\u{1}", "the character U+0001 is not allowed in XML", r#"a "\u{1}""#);
    check_fault("<a>\u{ffff}</a>", "\u{ffff}", "the character U+FFFF is not allowed in XML", r#"a "\u{ffff}""#);
    check("<a>\u{fffd}\u{85}\u{7f}</a>", r#"a "�\u{85}\u{7f}""#);
}

#[test]
fn limits_end_the_reading() {
    let limits = Limits { file_bytes: 40, depth: 2, nodes: 4 };
    let check = |text: &str, code: &str, tree: &str| {
        let (read, sources) = read_with(text.as_bytes(), &limits);
        let codes: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        assert_eq!(codes, if code.is_empty() { vec![] } else { vec![code] }, "{text}");
        assert!(read.diagnostics.iter().all(|diagnostic| sources.place(diagnostic.span().unwrap()).file.as_ref() == "a.xml"));
        let mut outlined = String::new();
        if let Some(root) = read.document.as_ref().and_then(Document::root) {
            outline(root, &mut outlined);
        }
        assert_eq!(outlined, tree);
    };
    check("<a><b/><b></b></a>", "", "a(b, b)");
    check("<a><b><c/></b></a>", code::TOO_DEEP, "a(b)");
    check("<a><b x=''/><c/></a>", "", r#"a(b x="", c)"#);
    check("<a><b x=''/><c/><d/></a>", code::TOO_MANY_NODES, r#"a(b x="", c)"#);
    check("<a><b x='' xmlns='u'/><d/></a>", code::TOO_MANY_NODES, r#"a(b x="")"#);
    check("<a><b x='' y='' z=''/></a>", code::TOO_MANY_NODES, r#"a(b x="" y="")"#);
    check(&format!("<a>{}</a>", "x".repeat(33)), "", &format!("a {:?}", "x".repeat(33)));
    check(&format!("<a>{}</a>", "x".repeat(34)), code::FILE_TOO_LARGE, "");
}

#[test]
fn a_file_larger_than_the_service_takes_is_a_warning() {
    let text = |size: usize| format!("<a>{}</a>", "x".repeat(size - 7));
    assert_eq!(read_text(&text(1 << 20)).0.diagnostics, []);
    let (read, sources) = read_text(&text((1 << 20) + 1));
    assert_eq!(
        read.diagnostics[0].line(&sources),
        "a.xml:1:1: warning[B2C1002]: the file has 1048577 bytes; the service takes at most 1048576"
    );
    assert!(read.document.is_some());
}

#[test]
fn too_many_faults_end_the_reading() {
    let (read, _) = read_text(&format!("<a>{}</a>", "&x;".repeat(1000)));
    assert_eq!(read.diagnostics.len(), 101);
    assert_eq!(read.diagnostics[100].message, "reading stops here after 100 faults");
}

#[test]
fn names_in_messages_are_clipped() {
    let (read, _) = read_text(&format!("<a><{}></a>", "x".repeat(1000)));
    assert!(read.diagnostics[0].message.len() < 100, "{}", read.diagnostics[0].message);
}
