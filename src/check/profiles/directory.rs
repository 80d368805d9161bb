//! Directory technical profiles.

use crate::check::chain::Chain;
use crate::check::kind::Kind;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::ClaimReference;
use crate::provider::directory::attributes;

/// The partner name of a claim of a directory profile: its own id where none is written (SEMANTICS 6.1).
fn partner(claim: &ClaimReference) -> &str {
    claim.partner_claim_type.as_ref().map(|partner| partner.trim()).filter(|partner| !partner.is_empty()).unwrap_or(&claim.claim)
}

/// samples#601, saml-sp#5: one message for each technical profile, the claims joined by commas.
pub(super) fn attributes(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for profile in chain.profiles.values().filter(|profile| profile.kind == Kind::Directory).map(|profile| &profile.profile) {
        let id = &profile.id.value;
        // What has a default need not come from the directory; the message itself says so for AlwaysUseDefaultValue, and the starter
        // pack's own profiles do without that flag.
        let outputs =
            profile.output_claims.iter().filter(|claim| claim.default_value.is_none() && !attributes::is_readable(partner(claim)));
        report(found, outputs, |names| {
            format!(
                "Output Claim '{names}' is not supported in Azure Active Directory Provider technical profile '{id}' of policy '{}'. If it \
                 is a claim with default value, add AlwaysUseDefaultValue=\"true\" to the output claim mapping.",
                chain.policy_id()
            )
        });
        let persisted = profile.persisted_claims.iter().filter(|claim| !attributes::is_writable(partner(claim)));
        report(found, persisted, |names| {
            format!(
                "Persisted Claim '{names}' is not supported in Azure Active Directory Provider technical profile '{id}' of policy {}",
                chain.policy_id()
            )
        });
    }
}

fn report<'c>(found: &mut Vec<Diagnostic>, claims: impl Iterator<Item = &'c ClaimReference>, words: impl Fn(&str) -> String) {
    let claims: Vec<&ClaimReference> = claims.collect();
    let Some(first) = claims.first() else { return };
    let names: Vec<&str> = claims.iter().map(|claim| partner(claim)).collect();
    let mut finding = Diagnostic::error(code::UNSUPPORTED_ATTRIBUTE, words(&names.join(",")));
    for claim in &claims {
        let place = claim.partner_claim_type.as_ref().filter(|written| !written.trim().is_empty()).map_or(claim.claim.span, |it| it.span);
        finding = finding.at(place);
    }
    let help = match attributes::nearest(partner(first)) {
        Some(name) => format!("did you mean `{name}`?"),
        None => "name an attribute of the directory in `PartnerClaimType`; one of your own begins with `extension_`".to_owned(),
    };
    found.push(finding.help(help));
}
