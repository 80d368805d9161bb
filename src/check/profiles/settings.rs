//! What the providers themselves say of a technical profile's settings: the same code as a run's, over all profiles.

use crate::check::chain::Chain;
use crate::diagnostic::{Diagnostic, code};

/// What a technical profile that only serves to be included may be blamed for: what it says, not what it leaves to others.
const SAID: [&str; 5] = [code::UNKNOWN_HANDLER, code::BAD_METADATA, code::URL_FORMAT, code::HTTP_URL, code::DEBUG_MODE];

pub(super) fn settings(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let abstracts = super::abstract_profiles(chain);
    let judged = crate::plan::judge(chain.policy, chain.profiles.values().map(|profile| &profile.profile));
    for (id, findings) in chain.profiles.keys().zip(judged) {
        let is_abstract = abstracts.contains(id);
        found.extend(findings.into_iter().filter(|finding| !is_abstract || SAID.contains(&finding.code)));
    }
}
