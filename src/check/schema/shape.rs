//! Order, number and content of elements, as the table of the schema has them.

use super::{File, policy};
use crate::diagnostic::{Diagnostic, code};
use crate::schema::{Child, Content, POLICY, invalid_child};
use crate::source::{Sources, Span};
use crate::xml::Element;

/// Calls a function with every element that the schema knows at its place, and with what it may hold.
pub(super) fn each(file: &File<'_>, mut look: impl FnMut(Element<'_>, &'static Content)) {
    fn below<'d>(element: Element<'d>, content: &'static Content, look: &mut impl FnMut(Element<'d>, &'static Content)) {
        look(element, content);
        for child in element.children() {
            if let Some(known) = content.child(child.name()) {
                below(child, known.content, look);
            }
        }
    }
    if let Some(root) = policy(file) {
        below(root, &POLICY, &mut look);
    }
}

/// A child element with its place in the schema's order.
#[derive(Clone, Copy)]
struct Placed<'d> {
    element: Element<'d>,
    rank: usize,
}

/// The children that the schema knows here, each name as often as it may stand; what is too many is another rule's.
fn placed<'d>(element: Element<'d>, known: &'static [Child]) -> Vec<Placed<'d>> {
    let mut seen = vec![false; known.len()];
    let mut placed = Vec::new();
    for child in element.children() {
        let Some(rank) = known.iter().position(|known| known.name == child.name()) else { continue };
        let many = known.get(rank).is_some_and(|known| known.many);
        let again = seen.get_mut(rank).is_some_and(|seen| std::mem::replace(seen, true));
        if many || !again {
            placed.push(Placed { element: child, rank });
        }
    }
    placed
}

/// What may stand behind an element of this rank: more of it, and what follows up to the first that must be there.
fn expected_behind(known: &'static [Child], rank: usize) -> Vec<&'static str> {
    let mut expected: Vec<&str> = known.get(rank).filter(|child| child.many).map(|child| child.name).into_iter().collect();
    for child in known.iter().skip(rank + 1) {
        expected.push(child.name);
        if child.required {
            break;
        }
    }
    expected
}

/// B2C0112. Once for each parent, as the service does: the first one out of order often brings others with it.
pub(super) fn order(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    each(file, |element, content| match content {
        Content::Sequence(known) => {
            let children = placed(element, known);
            let late = children.iter().zip(children.iter().skip(1)).position(|(before, child)| child.rank < before.rank);
            if let Some(at) = late {
                found.extend(out_of_order(file.sources, element, known, &children, at));
            }
        }
        Content::Choice(known) => found.extend(second_choice(element, known)),
        Content::Empty | Content::Text | Content::Any => {}
    });
}

/// The child behind `at` stands too late, or that at `at` too early.
fn out_of_order(sources: &Sources, parent: Element<'_>, known: &'static [Child], children: &[Placed<'_>], at: usize) -> Option<Diagnostic> {
    let (before, child) = (*children.get(at)?, *children.get(at + 1)?);
    let words = invalid_child(parent.name(), child.element.name(), &expected_behind(known, before.rank));
    let wrong = Diagnostic::error(code::ELEMENT_ORDER, words).at(child.element.name_span());
    // The first one that must come behind it.
    let follower = children.iter().take(at + 1).find(|earlier| earlier.rank > child.rank)?;
    let sorted_without = |out: usize| {
        let ranks = children.iter().enumerate().filter(|(index, _)| *index != out).map(|(_, child)| child.rank);
        ranks.is_sorted()
    };
    let (moved, wrong) = if sorted_without(at + 1) || !sorted_without(at) {
        let (name, behind) = (child.element.name(), follower.element.name());
        let wrong = wrong.label(follower.element.name_span(), format!("`{name}` must stand before this"));
        (at + 1, wrong.help(format!("move `{name}` before `{behind}`")))
    } else {
        let name = before.element.name();
        let wrong = wrong.label(before.element.name_span(), format!("`{name}` must stand behind `{}`", child.element.name()));
        (at, wrong.help(format!("move `{name}` behind `{}`", last_before(children, at)?.element.name())))
    };
    // Where more than one element is out of place it is not certain which way they were meant.
    if !sorted_without(moved) {
        return Some(wrong);
    }
    Some(move_element(sources, children, moved, wrong))
}

/// The child behind which one of another place belongs.
fn last_before<'c, 'd>(children: &'c [Placed<'d>], moved: usize) -> Option<&'c Placed<'d>> {
    let rank = children.get(moved)?.rank;
    children.iter().enumerate().filter(|(index, child)| *index != moved && child.rank <= rank).map(|(_, child)| child).next_back()
}

/// Adds the edits that put a child, with the blanks before it, where it belongs.
fn move_element(sources: &Sources, children: &[Placed<'_>], moved: usize, wrong: Diagnostic) -> Diagnostic {
    let Some(child) = children.get(moved) else { return wrong };
    let span = child.element.span();
    let lead = blanks_before(sources, span);
    let wrong = wrong.fix(Span { start: lead.start, ..span }, "");
    let (blanks, text) = (sources.text(lead), sources.text(span));
    match (last_before(children, moved), children.first()) {
        (Some(before), _) => {
            let end = before.element.span().end;
            wrong.fix(Span { start: end, end, ..span }, format!("{blanks}{text}"))
        }
        (None, Some(first)) => {
            let first = first.element.span();
            let blanks = sources.text(blanks_before(sources, first));
            wrong.fix(Span { end: first.start, ..first }, format!("{text}{blanks}"))
        }
        (None, None) => wrong,
    }
}

/// The blanks right before an element.
fn blanks_before(sources: &Sources, span: Span) -> Span {
    let before = sources.text(Span { start: 0, end: span.start, ..span });
    Span { start: before.trim_ascii_end().len() as u32, end: span.start, ..span }
}

fn second_choice(parent: Element<'_>, known: &'static [Child]) -> Option<Diagnostic> {
    let mut children = placed(parent, known).into_iter();
    let first = children.next()?;
    let other = children.find(|child| child.rank != first.rank)?;
    let more: Vec<&str> = known.get(first.rank).filter(|child| child.many).map(|child| child.name).into_iter().collect();
    let words = invalid_child(parent.name(), other.element.name(), &more);
    let wrong = Diagnostic::error(code::ELEMENT_ORDER, words).at(other.element.name_span());
    let wrong = wrong.label(first.element.name_span(), "it is either this ..");
    Some(wrong.help(format!("`{}` holds either `{}` or `{}`", parent.name(), first.element.name(), other.element.name())))
}

/// B2C0113.
pub(super) fn number(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    each(file, |element, content| {
        let known = content.children();
        let mut first: Vec<Option<Span>> = vec![None; known.len()];
        for child in element.children() {
            let Some(rank) = known.iter().position(|known| known.name == child.name() && !known.many) else { continue };
            let Some(first) = first.get_mut(rank) else { continue };
            match first {
                Some(first) => {
                    let words = invalid_child(element.name(), child.name(), &[]);
                    let again = Diagnostic::error(code::TOO_MANY_ELEMENTS, words).label(child.name_span(), "it may stand here only once");
                    found.push(again.label(*first, "the first one").help("delete it, or put what is in it into the first one"));
                }
                None => *first = Some(child.name_span()),
            }
        }
    });
}

/// B2C0107, as far as elements go.
pub(super) fn missing(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    each(file, |element, content| {
        let Content::Sequence(known) = content else { return };
        // What is in it in its stead is a finding of its own.
        if element.children().any(|child| content.child(child.name()).is_none()) {
            return;
        }
        for child in known.iter().filter(|child| child.required) {
            if !element.children().any(|there| there.name() == child.name) {
                let message = format!("`{}` has no element `{}`", element.name(), child.name);
                let missing = Diagnostic::error(code::MISSING_PART, message).at(element.start_tag());
                found.push(match element.children().next() {
                    None => missing.help(format!("add a `{}`, or delete the empty `{}`", child.name, element.name())),
                    Some(_) => missing.help(format!("add a `{}`", child.name)),
                });
            }
        }
    });
}

/// B2C0114, and B2C0106 where there is more than blanks.
pub(super) fn text(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    each(file, |element, content| match content {
        Content::Empty if element.has_text() => {
            let words = "The element cannot contain text. Content model is empty.";
            found.push(Diagnostic::error(code::STRAY_TEXT, words).at(element.text().span).help("delete the text"));
        }
        Content::Empty if !element.text().value.is_empty() => {
            let words = "The element cannot contain white space. Content model is empty.";
            let blank = Diagnostic::error(code::BLANK_CONTENT, words).at(element.span());
            let blank = blank.help(format!("write `<{0} .. />`, or nothing between `<{0} ..>` and `</{0}>`", element.prefixed_name()));
            found.push(match blank_content(file.sources, element) {
                Some(blanks) => blank.fix(blanks, ""),
                None => blank,
            });
        }
        Content::Sequence(known) if element.has_text() => {
            let expected: Vec<&str> = known.iter().map(|child| child.name).collect();
            let words = format!("`{}` may not hold text, only elements", element.name());
            let text = element.text();
            let stray = Diagnostic::error(code::STRAY_TEXT, words).at(text.span);
            let written = file.sources.text(text.span);
            if written.starts_with("!--") && written.ends_with("-->") && !written.contains('<') {
                let start = Span { end: text.span.start, ..text.span };
                found.push(stray.help("a comment begins with `<!--`").fix(start, "<"));
                return;
            }
            if text.value.trim_ascii() == "-->" && written == "-->" {
                found.push(stray.help("delete what is left of a comment").fix(text.span, ""));
                return;
            }
            found.push(match expected.as_slice() {
                [only] => stray.help(format!("delete the text, put it into a comment, or into a `{only}`")),
                _ => stray.help("delete the text or put it into a comment"),
            });
        }
        _ => {}
    });
}

/// What stands between the tags, if it is nothing but blanks.
fn blank_content(sources: &Sources, element: Element<'_>) -> Option<Span> {
    let inside = Span { start: element.start_tag().end, end: element.end_tag()?.start, ..element.span() };
    (inside.start < inside.end && sources.text(inside).bytes().all(|byte| byte.is_ascii_whitespace())).then_some(inside)
}
