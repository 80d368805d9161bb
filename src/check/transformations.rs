//! Rules about claims transformations against the signatures of their methods (07).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
