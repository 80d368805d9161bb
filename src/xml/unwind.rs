//! Elements that are open where an element around them is closed: a forgotten end tag, whose place the policy schema tells, or a
//! placeholder such as `<customerid>` that was never meant as a tag.

use super::parse::{Parser, Piece};
use crate::diagnostic::{Diagnostic, Edit, code};
use crate::schema::{self, Content};
use crate::source::Span;

/// Elements around one that are looked at: policies are not deeper.
const AROUND: usize = 16;

/// Where an element that lacks its end tag ends.
struct Ending {
    /// Where the end tag belongs.
    at: usize,
    /// The first of its seeming children that is none; `None` when all of them are.
    cut: Option<u32>,
    /// Whether there is an element in it.
    children: bool,
    /// Whether there is text in it.
    text: bool,
}

impl Parser<'_> {
    /// Ends every element inside the one of frame `outer`, whose end tag stands at `tag`.
    pub(super) fn unwind(&mut self, outer: usize, tag: Span, name: &str) {
        let contents = self.contents(outer);
        let mut faults: Vec<Diagnostic> = Vec::new();
        let mut edits = Some(Vec::new());
        while self.frames.len() > outer + 1 {
            match self.placeholder(tag, name).or_else(|| self.without_slash()) {
                Some(fault) => self.fault(fault),
                None => faults.extend(self.forgotten(outer, tag, &contents, &mut edits)),
            }
        }
        // The mend of all of them is one: their end tags may belong to the same place, and their order counts.
        let mut faults = faults.into_iter();
        if let Some(mut innermost) = faults.next() {
            innermost.fix = edits.unwrap_or_default();
            self.fault(innermost);
        }
        faults.for_each(|fault| self.fault(fault));
    }

    /// What the schema has for each open element from `outer` on, by its place or else by its name.
    fn contents(&self, outer: usize) -> Vec<Option<&'static Content>> {
        let begin = outer.saturating_sub(AROUND);
        let mut contents: Vec<Option<&'static Content>> = Vec::new();
        for frame in self.frames.get(begin..).unwrap_or_default() {
            let name = self.frame_name(frame);
            let here = contents.last().copied().flatten().and_then(|around| around.child(name)).map(|child| child.content);
            contents.push(here.or_else(|| schema::anywhere(name)));
        }
        contents.split_off(outer - begin)
    }

    /// Takes the innermost element back and makes text of its tag, if that is what it seems to be: it holds no element, has no
    /// attributes, is not named like an element of a policy, and stands in running text or in an element of one line.
    fn placeholder(&mut self, tag: Span, name: &str) -> Option<Diagnostic> {
        let [.., around, frame] = self.frames.as_slice() else { return None };
        let (around, frame) = (*around, *frame);
        let opened = self.frame_name(&frame);
        let node = self.nodes.last().filter(|_| self.nodes.len() == frame.node as usize + 1)?;
        if node.attribute_count > 0 || is_element_name(opened) || around.node + 1 != frame.node {
            return None;
        }
        let open = self.open_span(frame.node);
        let begin = self.open_span(around.node).end as usize;
        let in_text = self.pieces.get(around.first_piece..frame.first_piece).unwrap_or_default();
        let in_text = in_text.iter().any(|piece| !matches!(piece, Piece::Blank(..)));
        if !in_text && self.written(begin, tag.start as usize).contains('\n') {
            return None;
        }
        self.frames.pop();
        self.withdraw(&frame);
        self.nodes.pop();
        if let Some(around) = self.frames.last_mut() {
            around.has_children = false;
        }
        self.pieces.insert(frame.first_piece, Piece::Plain(open.start, open.end));
        let written = self.written(open.start as usize, open.end as usize);
        let escaped = written.replace('<', "&lt;").replace('>', "&gt;");
        let shown = super::parse::clip(written);
        let fault = Diagnostic::error(code::MARKUP_IN_VALUE, format!("`{shown}` is taken for a tag")).at(open);
        let fault = fault.label(tag, format!("`</{}>` comes before an end tag for it", super::parse::clip(name)));
        Some(fault.help(format!("put the real value in its place, or write `{}`", super::parse::clip(&escaped))).fix(open, escaped))
    }

    /// Takes back the innermost element, whose start tag was meant as the end tag of the one around it, and ends that.
    fn without_slash(&mut self) -> Option<Diagnostic> {
        let [.., around, frame] = self.frames.as_slice() else { return None };
        let (around, frame) = (*around, *frame);
        let name = self.frame_name(&frame);
        let content = schema::anywhere(name).filter(|content| content.child(name).is_none())?;
        if name != self.frame_name(&around) || self.nodes.get(frame.node as usize)?.attribute_count > 0 {
            return None;
        }
        let is_text = |piece: &Piece| !matches!(piece, Piece::Blank(..));
        let text = self.pieces.get(around.first_piece..frame.first_piece)?.iter().any(is_text);
        let children = around.node + 1 < frame.node;
        let first = self.nodes.get(frame.node as usize + 1);
        let first = first.map(|first| self.written(first.name as usize, (first.name + first.name_len) as usize));
        let own = self.pieces.get(frame.first_piece..)?.iter().any(is_text) || first.is_some_and(|first| content.child(first).is_some());
        if !(text || children) || own {
            return None;
        }
        let (wrong, open) = (self.open_span(frame.node), self.open_span(around.node));
        self.frames.pop();
        self.withdraw(&frame);
        self.nodes.remove(frame.node as usize);
        for node in self.nodes.iter_mut().skip(frame.node as usize) {
            node.subtree_end -= 1;
            node.parent = node.parent.saturating_sub(u32::from(node.parent >= frame.node));
        }
        self.close_early(&Ending { at: wrong.start as usize, cut: Some(frame.node), children, text });
        if let Some(node) = self.nodes.get_mut(around.node as usize) {
            node.end = wrong.end;
        }
        let shown = super::parse::clip(name);
        let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("`<{shown}>` is never closed")).at(open);
        let fault = fault.label(wrong, "this seems to be its end tag without the `/`").help(format!("write `</{shown}>`"));
        Some(fault.fix(Span { start: wrong.start + 1, end: wrong.start + 1, ..wrong }, "/"))
    }

    /// The `/Name>` in the text of the innermost element that was meant as its end tag; it is taken out of the text.
    fn without_less(&mut self, name: &str) -> Option<Span> {
        let first = self.frames.last()?.first_piece;
        let tag = format!("/{name}>");
        let text = self.text;
        let file = self.file;
        for piece in self.pieces.get_mut(first..)? {
            if let Piece::Plain(start, end) = piece {
                let written = text.get(*start as usize..*end as usize)?.trim_ascii_end();
                if let Some(before) = written.strip_suffix(tag.as_str()) {
                    let at = *start + before.len() as u32;
                    *end = at;
                    return Some(Span { file, start: at, end: at + tag.len() as u32 });
                }
            }
        }
        None
    }

    /// Ends the innermost element, which lacks its end tag, where that belongs.
    fn forgotten(
        &mut self,
        outer: usize,
        tag: Span,
        contents: &[Option<&'static Content>],
        edits: &mut Option<Vec<Edit>>,
    ) -> Option<Diagnostic> {
        let index = self.frames.len().checked_sub(1)?;
        let frame = self.frames.last().copied()?;
        let opened = self.frame_name(&frame);
        let content = contents.get(index - outer).copied().flatten();
        let unopened = self.without_less(opened);
        let around = contents.get((index - outer).saturating_sub(AROUND)..index - outer).unwrap_or_default();
        let ending = self.ending(tag.start as usize, content, around);
        let open = self.open_span(frame.node);
        let shown = super::parse::clip(opened);

        let fault = Diagnostic::error(code::NOT_WELL_FORMED, format!("`<{shown}>` is never closed")).at(open);
        let fault = match ending.cut.filter(|_| unopened.is_none()).map(|cut| self.open_span(cut)) {
            Some(next) => fault.label(next, format!("this does not belong into `<{shown}>`: its end tag is missing before it")),
            None => fault.label(
                tag,
                format!("`{}` comes before `</{shown}>`", super::parse::clip(self.written(tag.start as usize, tag.end as usize))),
            ),
        };
        let fault = match is_element_name(opened) {
            true => fault.help(format!("close it with `</{shown}>`")),
            false => fault.help(format!("close it with `</{shown}>`; if it is meant as text, write `&lt;{shown}&gt;`")),
        };
        let fault = match unopened {
            Some(at) => fault.label(Span { end: at.start, ..at }, format!("`<` is missing before `/{shown}>`")),
            None => fault,
        };
        let edit = match unopened {
            Some(at) => Some(Edit { span: Span { end: at.start, ..at }, text: "<".to_owned() }),
            None => self.end_tag_for(open, opened, &ending, content),
        };
        match edit {
            Some(edit) => edits.iter_mut().for_each(|edits| push_edit(edits, edit.clone())),
            None => *edits = None,
        }
        self.close_early(&ending);
        Some(fault)
    }

    fn ending(&self, limit: usize, content: Option<&'static Content>, around: &[Option<&'static Content>]) -> Ending {
        let Some(frame) = self.frames.last() else { return Ending { at: limit, cut: None, children: false, text: false } };
        let alien = |name: &str| {
            let here = content.is_some_and(|content| !matches!(content, Content::Any) && content.child(name).is_none());
            here && around.iter().flatten().any(|around| around.child(name).is_some())
        };
        let mut at = self.open_span(frame.node).end as usize;
        let mut cut = None;
        let mut children = false;
        let mut next = frame.node + 1;
        while let Some(child) = self.nodes.get(next as usize) {
            let name = self.written(child.name as usize, (child.name + child.name_len) as usize);
            if alien(name) {
                cut = Some(next);
                break;
            }
            (at, children) = (child.end as usize, true);
            next = child.subtree_end.max(next + 1);
        }
        let limit = cut.and_then(|cut| self.nodes.get(cut as usize)).map_or(limit, |child| child.start as usize);
        let pieces = self.pieces.get(frame.first_piece..).unwrap_or_default();
        let mut text = false;
        for piece in pieces {
            let end = match *piece {
                Piece::Plain(start, end) => start as usize + self.written(start as usize, end as usize).trim_ascii_end().len(),
                Piece::Reference(_, end, _) => end as usize,
                Piece::Blank(..) => continue,
            };
            if end <= limit {
                (at, text) = (at.max(end), true);
            }
        }
        if self.written(at, self.text.len()).starts_with("]]>") {
            at += 3;
        }
        Ending { at, cut, children, text }
    }

    /// The edit that ends an element; `None` where it is not certain.
    fn end_tag_for(&self, open: Span, name: &str, ending: &Ending, content: Option<&'static Content>) -> Option<Edit> {
        let at = Span { start: ending.at as u32, end: ending.at as u32, ..open };
        if ending.children {
            let start = open.start as usize;
            let line = self.text.get(..start)?.rfind('\n').map_or(0, |at| at + 1);
            let indent = self.written(line, start);
            let own_line = super::characters::is_blank(indent) && self.written(start, ending.at).contains('\n');
            let newline = if self.survey.carriage_returns { "\r\n" } else { "\n" };
            let text = if own_line { format!("{newline}{indent}</{name}>") } else { format!("</{name}>") };
            return Some(Edit { span: at, text });
        }
        if self.byte((open.end as usize).saturating_sub(1)) != Some(b'>') {
            return None;
        }
        if !ending.text && content.is_some_and(Content::may_be_empty) {
            // Nothing is in it: the slash is missing.
            return Some(Edit { span: Span { start: open.end.saturating_sub(1), ..open }, text: " />".to_owned() });
        }
        (ending.text || ending.cut.is_none()).then(|| Edit { span: at, text: format!("</{name}>") })
    }

    /// Ends the innermost element before the elements that do not belong into it; those stay with the element around it.
    fn close_early(&mut self, ending: &Ending) {
        let Some(frame) = self.frames.pop() else { return };
        let first = frame.first_piece.min(self.pieces.len());
        let mine =
            self.pieces.get(first..).unwrap_or_default().iter().filter(|piece| piece.end() as usize <= ending.at || ending.cut.is_none());
        let kept = mine.count();
        let mut pieces = self.pieces.split_off(first);
        let rest = pieces.split_off(kept.min(pieces.len()));
        self.pieces.append(&mut pieces);
        let frame = super::parse::Frame { has_children: ending.children, ..frame };
        let text = self.join_pieces(&frame, ending.at);
        let nodes = self.nodes.len() as u32;
        if let Some(node) = self.nodes.get_mut(frame.node as usize) {
            node.end = ending.at as u32;
            node.subtree_end = ending.cut.unwrap_or(nodes);
            node.text = text;
        }
        if let Some((around, cut)) = self.frames.last().map(|around| around.node).zip(ending.cut) {
            self.adopt(around, cut);
        }
        self.pieces.truncate(first);
        self.pieces.extend(rest);
        self.withdraw(&frame);
    }

    /// Gives a node and those behind it on its level another parent.
    fn adopt(&mut self, parent: u32, first: u32) {
        let mut next = first;
        while let Some(node) = self.nodes.get_mut(next as usize) {
            node.parent = parent;
            next = node.subtree_end.max(next + 1);
        }
    }
}

/// Adds an edit; end tags for one place are written together, the inner one first.
fn push_edit(edits: &mut Vec<Edit>, edit: Edit) {
    match edits.last_mut() {
        Some(last) if edit.span.start == edit.span.end && last.span.end == edit.span.start => last.text.push_str(&edit.text),
        _ => edits.push(edit),
    }
}

/// Whether a name is made like those of the policy schema: in camel case, of letters only.
fn is_element_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && name.bytes().any(|byte| byte.is_ascii_lowercase())
}
