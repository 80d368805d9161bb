//! Rules about what the schema wants of a file: order, number and content of its elements (01).

use super::FileRule;

/// The rules of this family.
pub(super) const RULES: &[FileRule] = &[];
