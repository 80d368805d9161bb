//! Rules about the relying party, its token and its session (08).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
