//! The edits that faults of well-formedness carry: what is left after them.

use super::*;
use crate::source::Sources;

/// Applies every mend that does not overlap an earlier one; `None` when there is none.
fn mend_once(text: &str) -> Option<String> {
    let mut sources = Sources::new();
    let read = read("a.xml", text.as_bytes(), &Limits::default(), &mut sources);
    let text = sources.get(sources.iter().next()?.0)?.text().to_owned();
    let mut edits: Vec<_> = read.diagnostics.into_iter().flat_map(|diagnostic| diagnostic.fix).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let mut mended = String::new();
    let mut from = 0;
    for edit in &edits {
        let (start, end) = (edit.span.start as usize, edit.span.end as usize);
        if start >= from {
            mended.push_str(text.get(from..start).unwrap());
            mended.push_str(&edit.text);
            from = end;
        }
    }
    mended.push_str(text.get(from..).unwrap());
    (!edits.is_empty()).then_some(mended)
}

/// Mends until nothing is left to mend, compares, and reads the result without a fault.
#[track_caller]
fn check(text: &str, expected: &str) {
    let mut mended = text.to_owned();
    for _ in 0..4 {
        match mend_once(&mended) {
            Some(next) => mended = next,
            None => break,
        }
    }
    assert_eq!(mended, expected);
    let mut sources = Sources::new();
    let read = read("a.xml", mended.as_bytes(), &Limits::default(), &mut sources);
    let lines: Vec<_> = read.diagnostics.iter().map(|diagnostic| diagnostic.line(&sources)).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

#[test]
fn comments_get_plain_dashes() {
    check("<a><!\u{2014}Claim of ours --><b/></a>", "<a><!--Claim of ours --><b/></a>");
    check("<a><!\u{2013}- x \u{2014}><b/></a>", "<a><!-- x --><b/></a>");
    check("<a><!\u{2014} x -- y ---><b/></a>", "<a><!-- x - y --><b/></a>");
    check("<a><!-- x \u{2014}><b/><!-- y --></a>", "<a><!-- x --><b/><!-- y --></a>");
    check("<a><!------ x -- y ----></a>", "<a><!--- x - y --></a>");
}

#[test]
fn placeholders_are_escaped() {
    check("<a>?x=<customerid>&y=<uuid></a>", "<a>?x=&lt;customerid&gt;&amp;y=&lt;uuid&gt;</a>");
    check("<a b='<tenant>.x'/>", "<a b='&lt;tenant&gt;.x'/>");
    check("<a>1 < 2 ]]> &nbsp;</a>", "<a>1 &lt; 2 ]]&gt; &#160;</a>");
}

#[test]
fn quotes_are_plain_and_in_pairs() {
    check("<a b=\u{201c}1\u{201d} c=\u{2018}2\u{2019}/>", "<a b=\"1\" c=\"2\"/>");
    check("<a b=\"1\u{201d} c=\"2\"/>", "<a b=\"1\" c=\"2\"/>");
    check("<a b=\"1 c=\"2\"/>", "<a b=\"1\" c=\"2\"/>");
    check("<a b=1 c='2'd='3''/>", "<a b=\"1\" c='2' d='3'/>");
    check("<a>\n<b c='1>\n<d/></b></a>", "<a>\n<b c='1'>\n<d/></b></a>");
}

#[test]
fn the_declaration_comes_first() {
    check(" \n<?xml version='1.0'?>\n<a/>", "<?xml version='1.0'?>\n<a/>");
    check("\u{feff}\u{feff}<?xml version='1.0'?>\n<a/>", "<?xml version='1.0'?>\n<a/>");
    check("<!-- x --><?xml version='1.0'?>\n<a/>", "<?xml version='1.0'?><!-- x -->\n<a/>");
}

#[test]
fn end_tags_are_spelled_like_start_tags() {
    check("<a><Item>x</item></a>", "<a><Item>x</Item></a>");
    check("<a><Item>x</Item></Item></a>", "<a><Item>x</Item></a>");
}

/// A step without its end tag, in the indentation of `newline`.
fn steps(newline: &str, first: &str, last: &str) -> String {
    let lines = [
        "<OrchestrationSteps>",
        "  <OrchestrationStep Order='1' Type='ClaimsExchange'>",
        &format!("    <ClaimsExchanges><ClaimsExchange Id='A' /></ClaimsExchanges>{first}"),
        "  <!-- the second -->",
        "  <OrchestrationStep Order='2' Type='SendClaims'>",
        &format!("    <JourneyList><Candidate /></JourneyList>{last}"),
        "</OrchestrationSteps>",
    ];
    lines.join(newline)
}

#[test]
fn a_forgotten_end_tag_is_put_where_the_schema_wants_it() {
    for newline in ["\n", "\r\n"] {
        let end = format!("{newline}  </OrchestrationStep>");
        check(&steps(newline, "", &end), &steps(newline, &end, &end));
        check(&steps(newline, &end, ""), &steps(newline, &end, &end));
        check(&steps(newline, "", ""), &steps(newline, &end, &end));
    }
}

#[test]
fn several_end_tags_are_put_in_their_order() {
    let provider = |end: &str| {
        format!(
            "<ClaimsProviders>\n <ClaimsProvider>\n  <TechnicalProfiles>\n   <TechnicalProfile Id='A'>\n    <Protocol Name='None' />{end}\n \
             <ClaimsProvider>\n  <TechnicalProfiles />\n </ClaimsProvider>\n</ClaimsProviders>"
        )
    };
    check(&provider(""), &provider("\n   </TechnicalProfile>\n  </TechnicalProfiles>\n </ClaimsProvider>"));
}

#[test]
fn text_and_empty_elements_end_before_the_next_element() {
    let profile = |name: &str, protocol: &str, claim: &str| {
        format!(
            "<TechnicalProfile Id='A'>\n <DisplayName>A page{name}\n <Protocol Name='None'{protocol}>\n <InputClaims>\n  \
             <InputClaim ClaimTypeReferenceId='a'{claim}>\n  <InputClaim ClaimTypeReferenceId='b' />\n </InputClaims>\n</TechnicalProfile>"
        )
    };
    let right = profile("</DisplayName>", " /", " /");
    check(&profile("", " /", " /"), &right);
    check(&profile("</DisplayName>", "", " /"), &right);
    check(&profile("</DisplayName>", " /", ""), &right);
    check(&profile("", "", ""), &right);
}

#[test]
fn an_end_tag_comes_behind_a_section() {
    let item = |end: &str| format!("<Metadata>\n <Item Key='a'><![CDATA[x]]>{end}\n <Item Key='b'>y</Item>\n</Metadata>");
    check(&item(""), &item("</Item>"));
}

/// What cannot be mended for certain is left as it is.
#[test]
fn doubtful_faults_have_no_mend() {
    for text in ["<a>\n<b>x", "<a><!\u{2014} x ><b/></a>", "<a b/>", "<a><b x='1'\n <c/></b></a>", "<a></b></a>", "<a/>x"] {
        assert_eq!(mend_once(text), None, "{text}");
    }
}

#[test]
fn a_missing_character_of_a_tag_is_put_back() {
    check("<a><UserInputType>TextBox<UserInputType></a>", "<a><UserInputType>TextBox</UserInputType></a>");
    let step = |slash: &str| {
        format!(
            "<OrchestrationSteps><OrchestrationStep Order='1'><JourneyList/><{slash}OrchestrationStep><OrchestrationStep Order='2'/></OrchestrationSteps>"
        )
    };
    check(&step(""), &step("/"));
    check("<BasePolicy><PolicyId>B2C_1A_Base/PolicyId></BasePolicy>", "<BasePolicy><PolicyId>B2C_1A_Base</PolicyId></BasePolicy>");
    check("<BasePolicy>PolicyId>B2C_1A_Base</PolicyId></BasePolicy>", "<BasePolicy><PolicyId>B2C_1A_Base</PolicyId></BasePolicy>");
    check("<a><Item Key'x'>y</Item></a>", "<a><Item Key='x'>y</Item></a>");
    check("<a><Item Key=x'>y</Item></a>", "<a><Item Key='x'>y</Item></a>");
    check("<a><Item>y</Item\n</a>", "<a><Item>y</Item>\n</a>");
    check("<ClaimsSchema\n<ClaimType Id='a'/></ClaimsSchema>", "<ClaimsSchema>\n<ClaimType Id='a'/></ClaimsSchema>");
    check("<a><Item Key='x' /\n<Item/></a>", "<a><Item Key='x' />\n<Item/></a>");
    check("<a><!-- x ->\n<b/><!-- y --></a>", "<a><!-- x -->\n<b/><!-- y --></a>");
}

/// An end tag is not taken for a misspelled other one while its own start tag only lacks its `<`.
#[test]
fn a_start_tag_without_its_beginning_is_told_from_a_misspelled_end_tag() {
    let profiles = |less: &str| {
        format!("<TechnicalProfiles>{less}TechnicalProfile Id='a'><DisplayName>x</DisplayName></TechnicalProfile></TechnicalProfiles>")
    };
    check(&profiles(""), &profiles("<"));
}
