//! Bytes to a compact tree with spans.
//!
//! [`read`] decodes (UTF-8 with and without a byte order mark, UTF-16 with one), parses with quick-xml and keeps every element,
//! attribute and text with its span. What quick-xml lets through and XML does not is caught here. The tree knows nothing of B2C.
//! Reading never panics; what could be read before a fault is kept.

mod read;
mod tree;

pub use read::{Limits, Read, read};
pub use tree::Document;
