//! Whether a policy knows the names in an expression.

use super::expression::{Fault, member};
use super::uses::{Members, Names, Uses};
use crate::nearest::nearest;
use crate::report::Known;

/// What every JWT has, or has when the application asks for it. Source: tokens-overview, jwt-issuer-technical-profile.
pub(super) const STANDARD: [&str; 15] =
    ["exp", "nbf", "ver", "iss", "sub", "aud", "acr", "tfp", "nonce", "iat", "auth_time", "at_hash", "c_hash", "azp", "scp"];

/// Every name that the policy does not know.
pub(super) fn faults(uses: &Uses, known: &Known) -> Vec<Fault> {
    let mut faults = Vec::new();
    let claims: Vec<&str> = known.claims.iter().map(|name| name.as_str()).collect();
    members("claims", "claim", &uses.claims, &claims, &mut faults);
    let token: Vec<&str> = known.token.iter().map(|name| name.as_str()).chain(STANDARD).collect();
    members("token", "name in the token", &uses.token, &token, &mut faults);
    let mut names = |list: &Names, kind: Kind| {
        for (name, spot) in &list.named {
            faults.extend(kind.unknown(name, known).map(|(message, help)| Fault { spot: *spot, message, help }));
        }
    };
    names(&uses.steps, Kind::Step);
    names(&uses.skipped, Kind::Step);
    names(&uses.executed, Kind::ProfileOrStep);
    names(&uses.calls, Kind::Profile);
    faults
}

fn members(map: &str, what: &str, used: &Members, known: &[&str], faults: &mut Vec<Fault>) {
    for (name, used) in &used.named {
        if known.contains(&name.as_str()) {
            continue;
        }
        let dotted = used.inner.as_ref().map(|inner| format!("{name}.{inner}"));
        let find = |wanted: &str| known.iter().find(|known| known.eq_ignore_ascii_case(wanted)).copied();
        let near = dotted.as_deref().and_then(find).or_else(|| find(name)).or_else(|| nearest(name, known.iter().copied()));
        let near = near.or_else(|| nearest(dotted.as_deref()?, known.iter().copied()));
        let help = near.map(|near| {
            let written = member(map, near);
            let same = near.eq_ignore_ascii_case(name);
            if same { format!("write `{written}`: the case counts here") } else { format!("did you mean `{written}`?") }
        });
        faults.push(Fault { spot: used.spot, message: format!("unknown {what} `{}`", dotted.as_ref().unwrap_or(name)), help });
    }
}

/// What a name should name.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Step,
    Profile,
    ProfileOrStep,
}

impl Kind {
    /// What is wrong with a name, and what to do about it. Names of steps and of technical profiles that are asked for ignore case;
    /// in the list of calls they stand as declared.
    pub(super) fn unknown(self, name: &str, known: &Known) -> Option<(String, Option<String>)> {
        let is_step = known.steps.iter().any(|step| step.eq_ignore_ascii_case(name));
        let is_profile = known.profiles.iter().any(|profile| profile.eq_ignore_ascii_case(name));
        let fine = match self {
            Kind::Step => is_step,
            Kind::Profile => known.profiles.iter().any(|profile| profile.as_str() == name),
            Kind::ProfileOrStep => is_step || is_profile,
        };
        if fine {
            return None;
        }
        let profiles = || known.profiles.iter().map(|profile| profile.as_str());
        let near = |near: Option<&str>| near.map(|near| format!("did you mean `{near}`?"));
        let number = name.bytes().all(|byte| byte.is_ascii_digit());
        // A number is not mistyped like a name: the last step says more.
        let last = known.steps.iter().rfind(|step| !step.contains('/'));
        Some(match self {
            Kind::Step | Kind::ProfileOrStep if number => {
                (format!("the journey has no step {name}"), last.map(|last| format!("its last one is {last}")))
            }
            Kind::Step if is_profile => (
                format!("`{name}` is a technical profile, not a step"),
                Some(format!("a step is its number, `SubJourneyId/2` in a sub journey; `!executed(\"{name}\")` asks about the profile")),
            ),
            Kind::Step => {
                let hint = nearest(name, known.steps.iter().map(String::as_str));
                (format!("the journey has no step `{name}`"), near(hint))
            }
            Kind::Profile => {
                let same = profiles().find(|profile| profile.eq_ignore_ascii_case(name));
                (format!("the policy has no technical profile `{name}`"), near(same.or_else(|| nearest(name, profiles()))))
            }
            Kind::ProfileOrStep => {
                let hint = nearest(name, profiles().chain(known.steps.iter().map(String::as_str)));
                (format!("the policy has no technical profile or step `{name}`"), near(hint))
            }
        })
    }
}
