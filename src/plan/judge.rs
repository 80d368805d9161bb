//! What the providers say of technical profiles that no journey need reach: the checker asks for all of them.

use std::sync::Arc;

use super::compile::Compiler;
use super::model::{Profile, ProfileId};
use crate::claims::{ClaimId, ClaimType, ClaimValue, Date, Restriction, check_restriction};
use crate::diagnostic::{Diagnostic, code};
use crate::inherit::EffectivePolicy;
use crate::plan::DefaultValue;
use crate::policy::TechnicalProfile;

/// The findings of each technical profile's provider, in the order of the profiles, whose includes are resolved. Planning gives the same
/// ones as warnings, for what its journey reaches.
pub(crate) fn judge<'p>(effective: &EffectivePolicy, profiles: impl Iterator<Item = &'p Arc<TechnicalProfile>>) -> Vec<Vec<Diagnostic>> {
    let mut compiler = Compiler::new(effective);
    compiler.declare_claims();
    let reached: Vec<Option<u32>> = profiles.map(|profile| compiler.profiles.reach(&profile.id.value, || Some(profile.clone()))).collect();
    compiler.drain();
    compiler.complete_claims();
    // The rules of passwords, also of those that no page asks for.
    let profiles = compiler.profiles.items.iter().flatten().flat_map(|profile| &profile.persisted);
    let mut passwords: Vec<_> = profiles.filter(|claim| claim.partner.eq_ignore_ascii_case("password")).map(|claim| claim.claim).collect();
    passwords.sort_unstable();
    passwords.dedup();
    for claim in &passwords {
        compiler.complete_claim(*claim);
    }
    passwords.retain(|claim| compiler.claims.get(claim.index()).is_some_and(allows_weak));
    let judged = |index: u32| {
        let Some(profile) = compiler.profiles.items.get(ProfileId(index).index()).and_then(Option::as_ref) else { return Vec::new() };
        let mut findings = compiler.handler(profile).1;
        findings.extend(compiler.weak_password(profile, &passwords));
        findings
    };
    reached.into_iter().map(|index| index.map_or_else(Vec::new, judged)).collect()
}

/// Passwords that the directory's own rule refuses: 8 to 64 characters of three of four kinds (password-complexity).
const WEAK: [&str; 12] =
    ["aaaaaaaa", "AAAAAAAA", "12345678", "aaaaAAAA", "aaaa1234", "AAAA1234", "aaaa!!!!", "1234", "123456", "aA1!", "aaaAA1!", "Aa12345"];

impl Compiler<'_> {
    /// mig#32: a password rule of the policy's own that is weaker than the directory's is refused unless the latter is switched off.
    /// `weak`: the claims with such a rule.
    fn weak_password(&self, profile: &Profile, weak: &[ClaimId]) -> Option<Diagnostic> {
        if !profile.class.class.eq_ignore_ascii_case("AzureActiveDirectoryProvider") {
            return None;
        }
        let named = |name: &'static str| profile.persisted.iter().find(move |claim| claim.partner.eq_ignore_ascii_case(name));
        let password = named("password").filter(|password| weak.contains(&password.claim))?;
        let claim = self.claims.get(password.claim.index())?;
        if let Some(policies) = named("passwordPolicies") {
            match &policies.default {
                // What the claim holds is known only when the journey runs.
                None | Some(DefaultValue::Template { .. }) => return None,
                Some(DefaultValue::Value(value)) if value.text().is_some_and(|text| text.contains("DisableStrongPassword")) => return None,
                Some(DefaultValue::Value(_)) => {}
            }
        }
        let words = format!(
            "DisableStrongPassword is required in Technical Profile '{}' of policy '{}' for custom password complexity or legacy password \
             restriction with weak custom regular expression. Add \"DisablePasswordExpiration, DisableStrongPassword\" into PersistedClaim \
             \"passwordPolicies\"",
            profile.id, self.policy.id
        );
        let place = named("passwordPolicies").map_or(password.span, |policies| policies.span);
        let finding = Diagnostic::error(code::WEAK_PASSWORD, words).at(place);
        Some(match claim.span {
            Some(span) => finding.label(span, "its rule lets weaker passwords pass than the directory's own"),
            None => finding,
        })
    }
}

/// Whether a claim has a rule, and the rule lets one of the weak passwords pass.
fn allows_weak(claim: &ClaimType) -> bool {
    let has_rule = claim.predicates.is_some() || matches!(claim.restriction, Restriction::Pattern { .. });
    // No rule for texts looks at the day.
    let Some(today) = Date::new(2000, 1, 1) else { return false };
    has_rule && WEAK.iter().any(|weak| check_restriction(claim, &ClaimValue::from(*weak), today).is_ok())
}
