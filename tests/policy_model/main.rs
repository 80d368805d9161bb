//! One policy file: what is read of it, and what is said about the rest.

#[cfg(test)]
#[path = "../common/mod.rs"]
mod common;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod fields;
#[cfg(test)]
mod ids;
#[cfg(test)]
mod support;
