//! Rules about claims transformations against the signatures of their methods (07).

mod calls;
mod signatures;

use super::ChainRule;

/// The rules of this family.
pub(super) const RULES: &[ChainRule] =
    &[signatures::signatures, signatures::same_input_and_output, signatures::repeated_outputs, calls::assertions, calls::absent_inputs];
