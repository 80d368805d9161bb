//! Rules about what the service and its readers take at most (10). What a single file may be at most, reading has judged already.

use rustc_hash::FxHashSet;

use super::{File, FileRule};
use crate::diagnostic::{Diagnostic, code};

/// The rules of this family.
pub(super) const RULES: &[FileRule] = &[too_many_policies];

/// Policies of a tenant, user flows among them (service-limits).
const POLICIES: usize = 200;

/// B2C1005, at the first policy that is beyond the limit.
fn too_many_policies(file: &File<'_>, found: &mut Vec<Diagnostic>) {
    let Some(this) = file.policy.filter(|_| file.policies.len() > POLICIES) else { return };
    let (Some(tenant), Some(id)) = (&this.tenant_id, &this.policy_id) else { return };
    let of_tenant = file.policies.iter().filter(|policy| policy.tenant_id.as_ref().is_some_and(|id| id.value == tenant.value));
    let before = of_tenant.take_while(|policy| policy.file != file.file).filter_map(|policy| Some(&policy.policy_id.as_ref()?.value));
    let before: FxHashSet<_> = before.collect();
    if before.len() == POLICIES && !before.contains(&id.value) {
        let message =
            format!("this is policy {} of tenant `{}`; a tenant takes {POLICIES}, user flows among them", POLICIES + 1, tenant.value);
        found.push(
            Diagnostic::warning(code::TOO_MANY_POLICIES, message)
                .at(id.span)
                .help("keep policies that are no longer used out of the tenant"),
        );
    }
}
