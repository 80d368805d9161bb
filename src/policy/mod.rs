//! The typed model of one policy file. It resolves no reference.
