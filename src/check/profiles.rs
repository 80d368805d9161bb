//! Rules about technical profiles and their settings (05).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
