//! Rules about claim types, defaults, resolvers and predicates (06). What a journey reads before it is written is a rule of its steps.

mod defaults;
mod patterns;
mod predicates;
mod references;
mod resolvers;
mod types;

use super::ChainRule;

pub(super) use patterns::bad_regex;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] = &[
    defaults::bad_defaults,
    patterns::bad_regexes,
    resolvers::flags,
    resolvers::unknown,
    resolvers::types,
    types::input_types,
    types::extension_names,
    types::no_data_type,
    types::enumerations,
    predicates::predicates,
    predicates::match_at_least,
];
