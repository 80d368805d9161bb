//! Rules about claim types, defaults, resolvers and the flow of claims (06).

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[];
