//! Taking an element apart: its attributes and children by name, and a finding for whatever the schema does not have there.

use std::sync::Arc;

use super::id::{Id, Spanned};
use super::reader::{Reader, Value};
use crate::xml::Element;

/// Reads the attributes and children of an element into local slots and reports the rest.
///
/// `"Name" => slot: method` reads an attribute by a method of [`Reader`]; `"Name" => slot: kind(..)` hands a child to one of the
/// functions below, together with the slot.
macro_rules! parts {
    (
        $reader:ident, $element:ident;
        $($attribute:literal => $attribute_slot:ident: $read:ident),* $(,)?;
        $($($child:literal)|+ => $child_slot:ident: $kind:ident($($argument:expr),*)),* $(,)?
    ) => {
        $(let mut $attribute_slot = None;)*
        $(let mut $child_slot = Default::default();)*
        for attribute in $element.attributes() {
            match attribute.name {
                $($attribute => $attribute_slot = $reader.$read(attribute.into()),)*
                _ => $reader.unknown_attribute($element, attribute, &[$($attribute),*]),
            }
        }
        for child in $element.children() {
            match child.name() {
                $($($child)|+ => $kind(&mut $child_slot, $reader, child $(, $argument)*),)*
                _ => $reader.unknown_element($element, child, &[$($($child),+),*]),
            }
        }
        $reader.no_text($element);
    };
}
pub(super) use parts;

/// A child that stands at most once. A second one is reported and not read.
pub(super) fn one<'r, T>(
    slot: &mut Option<T>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    read: impl Fn(&mut Reader<'r>, Element<'_>) -> Option<T>,
) {
    if slot.is_some() {
        reader.repeated(child);
    } else {
        *slot = read(reader, child);
    }
}

/// A child that holds text only and stands at most once.
pub(super) fn value<'r, T>(
    slot: &mut Option<T>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    read: impl Fn(&mut Reader<'r>, Value<'_>) -> Option<T>,
) {
    one(slot, reader, child, |reader: &mut Reader<'r>, child: Element<'_>| {
        let content = reader.content(child);
        read(reader, content)
    });
}

/// A child that may stand any number of times.
pub(super) fn each<'r, T>(
    slot: &mut Vec<T>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    read: impl Fn(&mut Reader<'r>, Element<'_>) -> Option<T>,
) {
    slot.extend(read(reader, child));
}

/// A child that holds text only and may stand any number of times.
pub(super) fn values<'r, T>(
    slot: &mut Vec<T>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    read: impl Fn(&mut Reader<'r>, Value<'_>) -> Option<T>,
) {
    let content = reader.content(child);
    slot.extend(read(reader, content));
}

/// A child that holds nothing but elements of one name. A second such child is reported; its items are read all the same.
pub(super) fn list<'r, T>(
    slot: &mut Option<Vec<T>>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    item: &'static str,
    read: impl Fn(&mut Reader<'r>, Element<'_>) -> Option<T>,
) {
    if slot.is_some() {
        reader.repeated(child);
    }
    lists(slot, reader, child, item, read);
}

/// Like [`list`], for a child that may stand any number of times.
pub(super) fn lists<'r, T>(
    slot: &mut Option<Vec<T>>,
    reader: &mut Reader<'r>,
    child: Element<'_>,
    item: &'static str,
    read: impl Fn(&mut Reader<'r>, Element<'_>) -> Option<T>,
) {
    let items = slot.get_or_insert_default();
    items.reserve(child.children().count());
    for attribute in child.attributes() {
        reader.unknown_attribute(child, attribute, &[]);
    }
    for element in child.children() {
        if element.name() == item {
            if let Some(read) = read(reader, element) {
                items.push(read);
            }
        } else {
            reader.unknown_element(child, element, &[item]);
        }
    }
    reader.no_text(child);
}

/// Puts what a function reads behind an [`Arc`].
pub(super) fn shared<'r, T>(
    read: impl Fn(&mut Reader<'r>, Element<'_>) -> Option<T>,
) -> impl Fn(&mut Reader<'r>, Element<'_>) -> Option<Arc<T>> {
    move |reader, element| read(reader, element).map(Arc::new)
}

/// An empty element whose only attribute is a reference under this name.
pub(super) fn reference(name: &'static str) -> impl Fn(&mut Reader<'_>, Element<'_>) -> Option<Spanned<Id>> {
    move |reader, element| {
        let mut found = None;
        for attribute in element.attributes() {
            if attribute.name == name {
                found = reader.id(attribute.into());
            } else {
                reader.unknown_attribute(element, attribute, &[name]);
            }
        }
        reader.no_children(element);
        reader.no_text(element);
        reader.required(element, name, found)
    }
}

impl Reader<'_> {
    /// The text of an element that has neither attributes nor children.
    pub(super) fn content<'d>(&mut self, element: Element<'d>) -> Value<'d> {
        for attribute in element.attributes() {
            self.unknown_attribute(element, attribute, &[]);
        }
        self.text(element)
    }

    /// The text of an element that has no children. Elements of policies begin with a capital: others are text that was not escaped.
    pub(super) fn text<'d>(&mut self, element: Element<'d>) -> Value<'d> {
        for child in element.children() {
            if child.prefixed_name().starts_with(|c: char| c.is_ascii_uppercase()) {
                self.unknown_element(element, child, &[]);
            } else {
                self.markup_in_text(element, child);
            }
        }
        Value { name: element.name(), text: element.text(), owner: element.start_tag() }
    }

    pub(super) fn no_children(&mut self, element: Element<'_>) {
        for child in element.children() {
            self.unknown_element(element, child, &[]);
        }
    }
}
