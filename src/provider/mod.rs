//! Technical-profile handlers: what each asks, how a reply becomes claims, which errors it can raise.

pub mod call;
pub mod directory;
pub mod identity_provider;
pub mod phone;
pub mod rest;
pub mod sign_in;

use crate::claims::Slot;
use crate::engine::{Ask, Fault};

/// What runs a technical profile, with its settings compiled. Source: SEMANTICS 7.
#[derive(Debug)]
pub enum Handler {
    /// SelfAssertedAttributeProvider.
    SelfAsserted,
    /// ClaimsTransformationProtocolProvider.
    ClaimsTransformation,
}

/// What a provider does next.
#[derive(Debug)]
pub enum Next {
    /// It needs something of the outside world.
    Ask(Ask),
    /// It is done: index into the profile's output claims, and what the provider returned for it.
    Done(Vec<(usize, Slot)>),
    /// It failed.
    Fail(Fault),
}
