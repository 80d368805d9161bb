//! Rules about bases, and what a level does to what lies under it (02).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
