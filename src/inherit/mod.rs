//! Chains of policies: finding one, merging its levels, and where every merged part came from. It reads no file itself.
//!
//! A [`PolicyIndex`] over all files finds the [`Chain`] of a relying-party policy, base first. [`merge`] lays its levels over one
//! another into an [`EffectivePolicy`]; what only one level has is shared with that level, not copied. Every part keeps the spans of
//! where it is written, so its origin is the level of its span ([`EffectivePolicy::origin`]). References are resolved against the
//! merged policy (INH-3): [`resolve_include`] does so for the technical profile that another one includes.
//!
//! Invariants: the order of parts is that in which they first occur, base first; ids compare without case (INH-4); the steps of a
//! journey are sorted by their order and no order occurs twice. The rules named here (INH, TP-M, UJ-M, OPEN) are those of the
//! semantics this crate follows; an element that the rules do not name is the child's if present, else the parent's.
//!
//! ```
//! use b2c_journey::{inherit, policy, source::Sources, xml};
//!
//! let mut sources = Sources::new();
//! let mut diagnostics = Vec::new();
//! let mut policy_file = |name: &str, id: &str, base: &str| {
//!     let text = format!("<TrustFrameworkPolicy xmlns='http://schemas.microsoft.com/online/cpim/schemas/2013/06' TenantId='t'
//!         PolicySchemaVersion='0.3.0.0' PublicPolicyUri='u' PolicyId='{id}'>{base}</TrustFrameworkPolicy>");
//!     let document = xml::read(name, text.as_bytes(), &xml::Limits::default(), &mut sources).document?;
//!     policy::read(&document, &mut diagnostics)
//! };
//! let base = "<BasePolicy><TenantId>t</TenantId><PolicyId>b2c_1a_base</PolicyId></BasePolicy>";
//! let files = [policy_file("top.xml", "B2C_1A_Top", base).unwrap(), policy_file("base.xml", "B2C_1A_Base", "").unwrap()];
//! let index = inherit::PolicyIndex::new(&files);
//! let chain = index.chain("B2C_1A_Top").unwrap();
//! let policy = inherit::merge(&chain.levels);
//! let ids: Vec<_> = policy.levels.iter().filter_map(|level| level.policy_id.as_ref()).map(|id| id.as_str()).collect();
//! assert_eq!(ids, ["B2C_1A_Base", "B2C_1A_Top"]);
//! ```

mod blocks;
mod chain;
mod effective;
mod include;
mod journeys;
mod lists;
mod profile;
mod relying_party;
mod tidy;

#[cfg(test)]
mod tests;

pub use chain::{Chain, PolicyIndex};
pub use effective::{EffectivePolicy, Level, Parts, merge};
pub use include::resolve_include;
pub use profile::lay_profile;
