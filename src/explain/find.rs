//! Finding what is meant by an id.

use indexmap::IndexSet;

use super::node::{Node, Written};
use super::{ExplainError, Origin, Part};
use crate::inherit::{self, EffectivePolicy, PolicyIndex};
use crate::nearest::nearest;
use crate::policy::{Id, OrchestrationStep, PolicyFile};
use crate::policy_set::PolicySet;
use crate::source::Span;

/// Names that are suggested at most.
const SUGGESTED: usize = 3;

/// The merged policy and what is looked for.
struct Search<'s> {
    written: Written<'s>,
    levels: &'s [&'s PolicyFile],
    policy: &'s EffectivePolicy,
    /// The kind that is wanted; empty = any.
    kind: &'s str,
    id: &'s str,
    found: Vec<Part>,
    /// Everything that could have been asked for.
    known: IndexSet<String>,
}

pub(super) fn find(set: &PolicySet, policy: Option<&str>, what: &str) -> Result<Part, ExplainError> {
    let index = PolicyIndex::new(set.files());
    let file = choose(set, &index, policy, what)?;
    let levels = index.chain_of(file).levels;
    let merged = inherit::merge(&levels);
    let (kind, id) = what.split_once(':').unwrap_or(("", what));
    let written = Written { set };
    let mut search = Search { written, levels: &levels, policy: &merged, kind, id, found: Vec::new(), known: IndexSet::new() };
    search.everything();
    // An id may have a colon in it.
    if search.found.is_empty() && !kind.is_empty() {
        (search.kind, search.id) = ("", what);
        search.everything();
    }
    let Search { mut found, known, .. } = search;
    if found.is_empty() {
        let policy = file.policy_id.as_ref().map(|id| id.as_str().to_owned());
        return Err(ExplainError::Unknown { what: what.to_owned(), policy, near: suggest(what, &known) });
    }
    let mut first = found.remove(0);
    first.also = found.iter().map(|part| format!("{}:{}", part.kind, part.id)).collect();
    Ok(first)
}

/// The nearest names, and the nearest code.
fn suggest(what: &str, known: &IndexSet<String>) -> Vec<String> {
    let mut near: Vec<String> = Vec::new();
    while near.len() < SUGGESTED {
        let rest = known.iter().map(String::as_str).filter(|name| !near.iter().any(|near| near == name));
        match nearest(what, rest) {
            Some(next) => near.push(next.to_owned()),
            None => break,
        }
    }
    near.extend(crate::diagnostic::code::nearest(what).map(str::to_owned));
    near.truncate(SUGGESTED);
    near
}

/// The file whose chain is looked at.
fn choose<'p>(set: &'p PolicySet, index: &PolicyIndex<'p>, policy: Option<&str>, what: &str) -> Result<&'p PolicyFile, ExplainError> {
    if let Some(id) = policy {
        let near = || nearest(id, index.policy_ids().map(Id::as_str)).map(str::to_owned);
        let chain = index.chain(id);
        return chain
            .and_then(|chain| chain.levels.last().copied())
            .ok_or_else(|| ExplainError::UnknownPolicy { id: id.to_owned(), near: near() });
    }
    let parties: Vec<&PolicyFile> = index.relying_parties().collect();
    match parties.as_slice() {
        [only] => Ok(only),
        [] => {
            // Without a relying party the most derived file has the most to say.
            let is_base = |file: &PolicyFile| set.files().iter().filter_map(|other| index.base(other)).any(|base| base.file == file.file);
            let top = set.files().iter().rev().find(|file| !is_base(file)).or_else(|| set.files().last());
            top.ok_or_else(|| ExplainError::NoPolicy(what.to_owned()))
        }
        several => {
            let ids = several.iter().filter_map(|file| Some(file.policy_id.as_ref()?.as_str().to_owned()));
            Err(ExplainError::SeveralPolicies(ids.collect()))
        }
    }
}

/// Looks through one kind of parts: those merged (`$parts`), and where the levels declare them.
macro_rules! look {
    ($search:ident, $kind:literal, $parts:ident, |$part:ident| $node:expr) => {
        for (id, $part) in $search.policy.$parts.iter() {
            if $search.wants($kind, id.as_str()) {
                let id = id.clone();
                let declared = |file: &PolicyFile| file.$parts.iter().find(|part| part.id.value == id).map(|part| part.id.span);
                let node = $node;
                $search.add($kind, id.as_str().to_owned(), node, declared);
            }
        }
    };
}

impl Search<'_> {
    fn everything(&mut self) {
        let written = self.written;
        look!(self, "TechnicalProfile", technical_profiles, |profile| {
            let resolved = inherit::resolve_include(self.policy, profile).unwrap_or_else(|_| profile.clone());
            Some(written.technical_profile(&resolved))
        });
        look!(self, "ClaimType", claim_types, |claim| Some(written.claim_type(claim)));
        look!(self, "ClaimsTransformation", claims_transformations, |transformation| written.node(transformation.span));
        look!(self, "DisplayControl", display_controls, |control| Some(written.display_control(control)));
        look!(self, "ContentDefinition", content_definitions, |definition| Some(written.content_definition(definition)));
        look!(self, "UserJourney", user_journeys, |journey| Some(written.user_journey(journey)));
        look!(self, "SubJourney", sub_journeys, |journey| Some(written.sub_journey(journey)));
        look!(self, "Predicate", predicates, |predicate| written.node(predicate.span));
        look!(self, "PredicateValidation", predicate_validations, |validation| written.node(validation.span));
        look!(self, "InputValidation", input_validations, |validation| written.node(validation.span));
        self.relying_party_profiles();
        self.steps();
    }

    /// Whether this one is asked for; it is remembered for suggestions.
    fn wants(&mut self, kind: &str, id: &str) -> bool {
        self.known.insert(id.to_owned());
        id.eq_ignore_ascii_case(self.id) && (self.kind.is_empty() || self.kind.eq_ignore_ascii_case(kind))
    }

    fn add(&mut self, kind: &'static str, id: String, element: Option<Node>, declared: impl Fn(&PolicyFile) -> Option<Span>) {
        let Some(element) = element else { return };
        let origin = |level: &&PolicyFile| {
            let policy = level.policy_id.as_ref().map_or("", |id| id.as_str()).to_owned();
            Some(Origin { policy, place: self.written.place(declared(level)?) })
        };
        let origins = self.levels.iter().filter_map(origin).collect();
        let policy = self.policy.top().and_then(|level| level.policy_id.as_ref()).map_or("", |id| id.as_str()).to_owned();
        self.found.push(Part { kind, id, policy, origins, element, also: Vec::new() });
    }

    fn relying_party_profiles(&mut self) {
        let Some(party) = &self.policy.relying_party else { return };
        for profile in &party.technical_profiles {
            if self.wants("TechnicalProfile", profile.id.as_str()) {
                let node = self.written.technical_profile(profile);
                let declared = |file: &PolicyFile| {
                    let profiles = file.relying_party.iter().flat_map(|party| &party.technical_profiles);
                    profiles.map(|own| &own.id).find(|id| id.value == profile.id.value).map(|id| id.span)
                };
                self.add("TechnicalProfile", profile.id.as_str().to_owned(), Some(node), declared);
            }
        }
    }

    /// Steps: `JourneyId/8`, or `8` of the default user journey.
    fn steps(&mut self) {
        let policy = self.policy;
        let default = policy.relying_party.as_ref().and_then(|party| party.default_user_journey.as_ref());
        for (id, journey) in policy.user_journeys.iter() {
            let is_default = default.is_some_and(|default| default.value == *id);
            for step in &journey.steps {
                self.step(id, is_default, step, |file| {
                    let own = file.user_journeys.iter().find(|own| own.id.value == *id)?;
                    own.steps.iter().find(|own| own.order.value == step.order.value).map(|own| own.span)
                });
            }
        }
        for (id, journey) in policy.sub_journeys.iter() {
            for step in &journey.steps {
                self.step(id, false, step, |file| {
                    let own = file.sub_journeys.iter().find(|own| own.id.value == *id)?;
                    own.steps.iter().find(|own| own.order.value == step.order.value).map(|own| own.span)
                });
            }
        }
    }

    fn step(&mut self, journey: &Id, is_default: bool, step: &OrchestrationStep, declared: impl Fn(&PolicyFile) -> Option<Span>) {
        let name = format!("{}/{}", journey.as_str(), step.order.value);
        let short = is_default && self.id == step.order.value.to_string() && self.kind.is_empty();
        if self.wants("OrchestrationStep", &name) || short {
            let node = self.written.step(step);
            self.add("OrchestrationStep", name, Some(node), declared);
        }
    }
}
