//! XML to JSON by Newtonsoft's conventions (`SerializeXmlNode`): attributes as `@name`, repeated elements as arrays, text beside
//! elements as `#text`, an empty tag as null. The page shows only elements and text; the rest is a choice.

use std::borrow::Cow;

use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use serde_json::{Map, Value as Json};

use super::to_text;
use crate::transform::Failure;
use crate::transform::call::Call;
use crate::transform::choices;

/// Deeper nesting is refused; Newtonsoft's own limit when it reads is 64.
const MAX_DEPTH: usize = 64;

pub(super) fn xml_string_to_json_string(call: &mut Call<'_>) -> Result<(), Failure> {
    let text = call.string("xml")?;
    let converted =
        convert(text).map_err(|message| call.bad_input("invalid-xml", "xml", &format!("the XML cannot be read: {message};")))?;
    if converted.beyond_the_page {
        call.chose(choices::XML_CONVENTIONS);
    }
    call.set("json", to_text(&Json::Object(converted.root)))
}

struct Converted {
    root: Map<String, Json>,
    beyond_the_page: bool,
}

/// An element being read.
#[derive(Default)]
struct Element {
    name: String,
    members: Map<String, Json>,
    text: String,
    /// Only text was seen so far, and no CDATA section.
    plain: bool,
}

impl Element {
    fn new(name: &str) -> Self {
        Self { name: name.to_owned(), plain: true, ..Self::default() }
    }

    /// Text up to here becomes a member of its own: other content follows. Blank text between elements is not kept.
    fn flush_text(&mut self) {
        let text = std::mem::take(&mut self.text);
        if !text.chars().all(is_blank) {
            add(&mut self.members, "#text", Json::from(text));
        }
    }

    fn finish(mut self, empty_tag: bool) -> Json {
        if self.plain && self.members.is_empty() {
            return match (empty_tag, self.text.chars().all(is_blank)) {
                (true, _) => Json::Null,
                (false, true) => Json::from(""),
                (false, false) => Json::from(self.text),
            };
        }
        self.flush_text();
        Json::Object(self.members)
    }
}

/// Adds a member; a second one of the same name makes an array.
fn add(members: &mut Map<String, Json>, name: &str, value: Json) {
    // No value of a single member is an array by itself, so an array here is a repetition.
    match members.get_mut(name) {
        None => {
            members.insert(name.to_owned(), value);
        }
        Some(Json::Array(items)) => items.push(value),
        Some(single) => *single = Json::Array(vec![single.take(), value]),
    }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_name(name: &str) -> bool {
    let start = |c: char| c.is_alphabetic() || c == '_';
    let mut parts = name.split(':');
    parts.clone().count() <= 2
        && parts.all(|part| {
            part.starts_with(start)
                && part.chars().all(|c| start(c) || c.is_numeric() || matches!(c, '-' | '.' | '\u{B7}' | '\u{300}'..='\u{36F}'))
        })
}

fn convert(text: &str) -> Result<Converted, String> {
    let mut reader = Reader::from_str(text.strip_prefix('\u{FEFF}').unwrap_or(text));
    reader.config_mut().check_comments = true;
    let mut root = Map::new();
    let mut open: Vec<Element> = Vec::new();
    let mut roots = 0;
    let mut beyond_the_page = false;
    loop {
        let at_start = reader.buffer_position() == 0;
        let event = reader.read_event().map_err(|error| error.to_string())?;
        match event {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(format!("elements are nested more than {MAX_DEPTH} deep"));
                }
                roots += usize::from(open.is_empty());
                let element = begin(&start)?;
                beyond_the_page |= !element.members.is_empty();
                open.push(element);
            }
            Event::Empty(start) => {
                roots += usize::from(open.is_empty());
                beyond_the_page = true;
                let element = begin(&start)?;
                let name = element.name.clone();
                close(&mut open, &mut root, &name, element.finish(true));
            }
            Event::End(_) => {
                let element = open.pop().ok_or("an end tag without a start tag")?;
                let name = element.name.clone();
                beyond_the_page |= !element.members.is_empty() && !element.text.chars().all(is_blank);
                close(&mut open, &mut root, &name, element.finish(false));
            }
            Event::Text(content) => {
                let content = content.xml10_content();
                if content.contains("]]>") {
                    return Err("`]]>` in text".to_owned());
                }
                push_text(&mut open, &content)?;
            }
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|error| error.to_string())?;
                let text: Cow<'_, str> = match character {
                    Some(character) => Cow::Owned(character.to_string()),
                    None => {
                        Cow::Borrowed(resolve_xml_entity(&reference).ok_or_else(|| format!("the entity `{}` is unknown", &*reference))?)
                    }
                };
                if open.is_empty() {
                    return Err("a reference outside of the root element".to_owned());
                }
                push_text(&mut open, &text)?;
            }
            Event::CData(content) => {
                let element = open.last_mut().ok_or("a CDATA section outside of the root element")?;
                element.flush_text();
                element.plain = false;
                beyond_the_page = true;
                add(&mut element.members, "#cdata-section", Json::from(content.xml10_content().into_owned()));
            }
            Event::Decl(declaration) => {
                if !at_start {
                    return Err("an XML declaration that is not at the start".to_owned());
                }
                beyond_the_page = true;
                let mut members = Map::new();
                members.insert("@version".to_owned(), Json::from(declaration.version().map_err(|error| error.to_string())?.into_owned()));
                for (name, value) in [("@encoding", declaration.encoding()), ("@standalone", declaration.standalone())] {
                    if let Some(value) = value {
                        members.insert(name.to_owned(), Json::from(value.map_err(|error| error.to_string())?.into_owned()));
                    }
                }
                root.insert("?xml".to_owned(), Json::Object(members));
            }
            Event::PI(instruction) => {
                beyond_the_page = true;
                let name = format!("?{}", instruction.target());
                let value = Json::from(instruction.content().trim());
                match open.last_mut() {
                    Some(element) => {
                        element.flush_text();
                        element.plain = false;
                        add(&mut element.members, &name, value);
                    }
                    None => add(&mut root, &name, value),
                }
            }
            Event::Comment(_) => beyond_the_page = true,
            Event::DocType(_) => return Err("document type declarations are not read".to_owned()),
            Event::Eof => break,
        }
    }
    match (open.last(), roots) {
        (Some(element), _) => Err(format!("the element `{}` is not closed", element.name)),
        (None, 1) => Ok(Converted { root, beyond_the_page }),
        (None, 0) => Err("there is no root element".to_owned()),
        (None, _) => Err("there is more than one root element".to_owned()),
    }
}

fn begin(start: &BytesStart<'_>) -> Result<Element, String> {
    let name: &str = start.name().into_inner();
    if !is_name(name) {
        return Err(format!("`{name}` is not a name"));
    }
    let mut element = Element::new(name);
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let name = attribute.key.into_inner();
        if !is_name(name) {
            return Err(format!("`{name}` is not a name"));
        }
        if attribute.value.contains('<') {
            return Err(format!("`<` in the attribute `{name}`"));
        }
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).map_err(|error| error.to_string())?;
        element.members.insert(format!("@{name}"), Json::from(value.into_owned()));
    }
    Ok(element)
}

fn close(open: &mut [Element], root: &mut Map<String, Json>, name: &str, value: Json) {
    match open.last_mut() {
        Some(parent) => {
            parent.flush_text();
            parent.plain = false;
            add(&mut parent.members, name, value);
        }
        None => add(root, name, value),
    }
}

fn push_text(open: &mut [Element], text: &str) -> Result<(), String> {
    if let Some(forbidden) =
        text.chars().find(|c| matches!(c, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}'))
    {
        return Err(format!("the character U+{:04X} is not allowed", u32::from(forbidden)));
    }
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.chars().all(is_blank) => {}
        None => return Err("text outside of the root element".to_owned()),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{MAX_DEPTH, convert};
    use crate::transform::testing::{case, exception_kind};

    fn json(xml: &str) -> String {
        case("XmlStringToJsonString").input("xml", xml).output("json", "string").text("json")
    }

    #[test]
    fn xml_becomes_json_by_newtonsofts_conventions() {
        for (xml, expected) in [
            ("<a>\n <b>x</b>\n <c>y</c>\n</a>", r#"{"a":{"b":"x","c":"y"}}"#),
            ("<a> x </a>", r#"{"a":" x "}"#),
            ("<a>1</a>", r#"{"a":"1"}"#),
            ("<a/>", r#"{"a":null}"#),
            ("<a></a>", r#"{"a":""}"#),
            ("<a> </a>", r#"{"a":""}"#),
            ("<a b='1'>x</a>", r##"{"a":{"@b":"1","#text":"x"}}"##),
            ("<a b='1'/>", r#"{"a":{"@b":"1"}}"#),
            ("<a><b>1</b><c/><b>2</b></a>", r#"{"a":{"b":["1","2"],"c":null}}"#),
            ("<a>x<b/>y</a>", r##"{"a":{"#text":["x","y"],"b":null}}"##),
            ("<a><![CDATA[<x>]]></a>", r##"{"a":{"#cdata-section":"<x>"}}"##),
            ("<a>&lt;&#65;&#x42;&amp;</a>", r#"{"a":"<AB&"}"#),
            ("<p:a xmlns:p='u'>x</p:a>", r##"{"p:a":{"@xmlns:p":"u","#text":"x"}}"##),
            ("<?xml version=\"1.0\" encoding=\"utf-8\"?><a>x</a>", r#"{"?xml":{"@version":"1.0","@encoding":"utf-8"},"a":"x"}"#),
            ("<a>x<!-- c -->y</a>", r#"{"a":"xy"}"#),
            ("<a b=\"&quot;&#10;\"/>", r#"{"a":{"@b":"\"\n"}}"#),
        ] {
            assert_eq!(json(xml), expected, "{xml}");
        }
    }

    #[test]
    fn xml_that_is_not_well_formed_is_refused() {
        for xml in [
            "",
            "text",
            "<a>",
            "</a>",
            "<a></b>",
            "<a/><b/>",
            "<a/>x",
            "&amp;<a/>",
            "<a>&unknown;</a>",
            "<a b='1' b='2'/>",
            "<a b=1/>",
            "<a b='<'/>",
            "<1/>",
            "<a:b:c/>",
            "<a>]]></a>",
            "<a>&#0;</a>",
            "<a>\u{1}</a>",
            " <?xml version='1.0'?><a/>",
            "<!DOCTYPE a><a/>",
            "<a",
            "<a><!-- -- --></a>",
        ] {
            let failure = case("XmlStringToJsonString").input("xml", xml).output("json", "string").fails();
            assert_eq!(exception_kind(&failure), "invalid-xml", "{xml}");
        }
    }

    #[test]
    fn nesting_is_bounded() {
        assert!(convert(&format!("{}{}", "<a>".repeat(MAX_DEPTH), "</a>".repeat(MAX_DEPTH))).is_ok());
        assert!(convert(&format!("{}{}", "<a>".repeat(MAX_DEPTH + 1), "</a>".repeat(MAX_DEPTH + 1))).is_err());
    }

    #[test]
    fn what_the_page_does_not_show_is_a_choice() {
        let choices = |xml: &str| case("XmlStringToJsonString").input("xml", xml).output("json", "string").choices().len();
        assert_eq!(choices("<a><b>x</b></a>"), 0);
        assert_eq!(choices("<a b='1'/>"), 1);
    }
}
