//! The plan of one relying party's journey: ids interned, references resolved, preconditions and settings compiled. Immutable, `Send`
//! and `Sync`; it runs nothing.

mod model;

pub use model::*;
