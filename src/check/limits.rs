//! Rules about what the service and its readers take at most (10).

use super::FileRule;

/// The rules of this family.
pub(super) const RULES: &[FileRule] = &[];
