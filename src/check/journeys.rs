//! Rules about user journeys, sub journeys, their steps and preconditions (04).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
