//! Rules about what the schema wants of a file: order, number and content of its elements, unique keys, attributes of the root (01).

mod keys;
mod root;
mod shape;

use super::{File, FileRule};
use crate::schema::ROOT;
use crate::xml::Element;

/// The rules of this family.
pub(super) const RULES: &[FileRule] =
    &[shape::order, shape::number, shape::missing, shape::text, keys::unique, root::schema_version, root::recorder_endpoint];

/// The root element of a policy.
fn policy<'f>(file: &File<'f>) -> Option<Element<'f>> {
    file.document?.root().filter(|root| root.name() == ROOT)
}
