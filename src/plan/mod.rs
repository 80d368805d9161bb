//! The plan of one relying party's journey: ids interned, references resolved, preconditions and settings compiled. Immutable, `Send`
//! and `Sync`; it runs nothing.
//!
//! [`plan`] compiles what the default user journey reaches, and nothing else: first journeys and steps ([`Journey`]), which reach technical
//! profiles, which reach transformations, content definitions and display controls; then, when every claim is known, the providers'
//! settings.

mod claims;
mod compile;
mod handlers;
mod journeys;
mod judge;
mod model;
mod profiles;
mod sessions;

pub(crate) use claims::undeclared;
pub use compile::{Planned, plan, plan_journey};
pub use handlers::HandlerClass;
pub(crate) use handlers::class_of;
pub(crate) use judge::judge;
pub use model::*;
pub(crate) use profiles::transformation_of;
pub use sessions::{SessionBehavior, SessionKind, SessionScope, SessionUse};
