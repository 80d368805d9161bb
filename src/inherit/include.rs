//! IncludeTechnicalProfile and IncludeClaimsFromTechnicalProfile, against the merged policy (INH-3).

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::effective::EffectivePolicy;
use super::profile::{lay_claims, lay_profile};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{Id, Spanned, TechnicalProfile};

/// Profiles may include profiles to any depth (technicalprofiles); beyond this one no person wrote them.
const DEPTH: usize = 200;
/// Places of a cycle that are shown.
const SHOWN: usize = 10;

/// The profile laid over what it includes, and the claims that it takes from another profile.
///
/// The included profile is resolved first, to any depth, then laid under the including one as a parent level would be; the claims
/// provider stays that of the including profile. Claims of IncludeClaimsFromTechnicalProfile come after the profile's own (TP-M9).
///
/// # Errors
/// A profile that includes itself, over others or not (the service's answer is not known), or one that is not declared.
pub fn resolve_include(policy: &EffectivePolicy, profile: &Arc<TechnicalProfile>) -> Result<Arc<TechnicalProfile>, Box<Diagnostic>> {
    if profile.include_technical_profile.is_none() && profile.include_claims_from.is_none() {
        return Ok(profile.clone());
    }
    Resolver { policy, done: FxHashMap::default(), path: Vec::new() }.resolve(profile)
}

struct Resolver<'p> {
    policy: &'p EffectivePolicy,
    /// What was resolved already: a profile may be reached on many ways.
    done: FxHashMap<Id, Arc<TechnicalProfile>>,
    /// The profiles being resolved, and the reference by which each leads to the next.
    path: Vec<(Id, Option<Spanned<Id>>)>,
}

impl Resolver<'_> {
    /// Recursion is at most `DEPTH` deep.
    fn resolve(&mut self, profile: &Arc<TechnicalProfile>) -> Result<Arc<TechnicalProfile>, Box<Diagnostic>> {
        if let Some(done) = self.done.get(&profile.id.value) {
            return Ok(done.clone());
        }
        self.path.push((profile.id.value.clone(), None));
        let mut resolved = profile.clone();
        if let Some(reference) = &profile.include_technical_profile {
            let included = self.follow(reference)?;
            let mut merged = lay_profile(profile, &included);
            merged.provider = profile.provider.clone();
            resolved = Arc::new(merged);
        }
        if let Some(reference) = &resolved.include_claims_from.clone() {
            let other = self.follow(reference)?;
            let mut merged = Arc::unwrap_or_clone(resolved);
            merged.input_claims = lay_claims(&merged.input_claims, &other.input_claims);
            merged.output_claims = lay_claims(&merged.output_claims, &other.output_claims);
            resolved = Arc::new(merged);
        }
        self.path.pop();
        self.done.insert(profile.id.value.clone(), resolved.clone());
        Ok(resolved)
    }

    /// The resolved profile behind a reference of the innermost profile on the path.
    fn follow(&mut self, reference: &Spanned<Id>) -> Result<Arc<TechnicalProfile>, Box<Diagnostic>> {
        if let Some((_, next)) = self.path.last_mut() {
            *next = Some(reference.clone());
        }
        if let Some(start) = self.path.iter().position(|(id, _)| *id == reference.value) {
            return Err(Box::new(cycle(self.path.get(start..).unwrap_or_default())));
        }
        let found = self.policy.find_technical_profile(reference)?.clone();
        if self.path.len() >= DEPTH {
            let message = format!("technical profiles include one another more than {DEPTH} deep");
            let error = Diagnostic::error(code::TOO_DEEP, message).at(reference.span);
            return Err(Box::new(error.help("put what they share into fewer profiles")));
        }
        self.resolve(&found)
    }
}

/// `path` leads from a profile to the one that includes it again.
fn cycle(path: &[(Id, Option<Spanned<Id>>)]) -> Diagnostic {
    let name = path.first().map_or("", |(id, _)| id.as_str());
    let message = match path {
        [_] => format!("the technical profile `{name}` includes itself"),
        _ => format!("the technical profile `{name}` includes itself over others"),
    };
    let mut error = Diagnostic::error(code::INCLUDE_CYCLE, message);
    for (id, reference) in path.iter().filter_map(|(id, reference)| Some((id, reference.as_ref()?))).take(SHOWN) {
        error = error.label(reference.span, format!("`{id}` includes `{}`", reference.value));
    }
    error.help("take one of these references out")
}
