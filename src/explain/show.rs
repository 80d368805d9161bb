//! A part as text: its element as XML, each line with the file and line that it comes from.

use super::Part;
use super::node::Node;
use crate::report::Style;
use crate::source::Place;

/// Places stand in this column, or right behind what is longer.
const COLUMN: usize = 88;

pub(super) fn text(part: &Part, color: bool) -> String {
    let mut page = Page { out: String::new(), color };
    page.element(&part.element, 0, None);
    page.out.push('\n');
    for (index, origin) in part.origins.iter().enumerate() {
        let what = if index == 0 { "declared" } else { "restated" };
        let line = format!("{what} in {} at {}:{}", origin.policy, origin.place.file, origin.place.line);
        page.out.push_str(&Style::Plain.paint(&line, false));
        page.out.push('\n');
    }
    for also in &part.also {
        page.out.push_str(&Style::Plain.paint(&format!("there is also {also}; ask for it by this name"), false));
        page.out.push('\n');
    }
    page.out
}

struct Page {
    out: String,
    color: bool,
}

impl Page {
    fn element(&mut self, node: &Node, depth: usize, around: Option<&Place>) {
        let indent = "  ".repeat(depth);
        let name = &node.name;
        let attributes: String = node.attributes.iter().map(|a| format!(" {}=\"{}\"", a.name, escape(&a.value))).collect();
        let text = node.text.as_deref().map(escape).unwrap_or_default();
        let line = match (node.children.is_empty(), text.is_empty()) {
            (true, true) => format!("{indent}<{name}{attributes} />"),
            (true, false) => format!("{indent}<{name}{attributes}>{text}</{name}>"),
            (false, _) => format!("{indent}<{name}{attributes}>{text}"),
        };
        let place = node.at.as_ref().filter(|at| around.is_none_or(|around| around.file != at.file || around.line != at.line));
        let mut places: Vec<String> = place.map(short).into_iter().collect();
        places.extend(node.attributes.iter().filter_map(|attribute| Some(format!("{} {}", attribute.name, short(attribute.at.as_ref()?)))));
        self.line(&line, &places);
        for child in &node.children {
            self.element(child, depth + 1, node.at.as_ref());
        }
        if !node.children.is_empty() {
            self.line(&format!("{indent}</{name}>"), &[]);
        }
    }

    fn line(&mut self, line: &str, places: &[String]) {
        let line = Style::Plain.paint(line, false);
        let used = line.chars().count();
        self.out.push_str(&line);
        if !places.is_empty() {
            self.out.push_str(&" ".repeat(COLUMN.saturating_sub(used).max(2)));
            self.out.push_str(&Style::Faint.paint(&format!("<!-- {} -->", places.join(", ")), self.color));
        }
        self.out.push('\n');
    }
}

fn short(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
