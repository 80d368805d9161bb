//! Bytes to a compact tree with spans.
//!
//! [`read`] decodes (UTF-8 with and without a byte order mark, UTF-16 with one), parses and keeps every element, attribute and text
//! with its span. Tags and text are read here, once, and held to XML 1.0 with namespaces; comments, sections, instructions and document
//! types are quick-xml's. The tree knows nothing of B2C; where an end tag
//! is missing, the policy schema tells where it belongs. Reading never panics; what could be read around a fault is kept.
//!
//! ```
//! use b2c_journey::source::Sources;
//! use b2c_journey::xml::{Limits, read};
//!
//! let mut sources = Sources::new();
//! let file = read("a.xml", b"<a>\n  <b c='1 &lt; 2'>text</b>\n</a>", &Limits::default(), &mut sources);
//! let b = file.document.as_ref().and_then(|document| document.root()?.children().next()).unwrap();
//! assert_eq!(b.name(), "b");
//! assert_eq!(b.attribute("c").unwrap().value, "1 < 2");
//! assert_eq!(b.text().value, "text");
//! assert_eq!(sources.place(b.span()).to_string(), "a.xml:2:3");
//! ```

mod characters;
mod close;
mod comment;
mod decode;
mod parse;
mod quotes;
mod read;
mod tag;
mod tree;
mod unwind;

#[cfg(test)]
mod mend_tests;
#[cfg(test)]
mod tests;

pub use read::{Limits, Read, read};
pub use tree::{Attribute, Document, Element, Text};
