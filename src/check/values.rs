//! What claims can be: the values that the writers of a claim can give it, and what the value of a claim rests on.
//!
//! Both are sound in one direction only. [`Values`] looks at every writer of the merged policy, reached or not: a value that is missing from
//! a closed set cannot be had. [`rests_on`] follows a [`Flow`], in which every step counts as run: an origin that it finds can matter.

use std::collections::{BTreeSet, VecDeque};

use rustc_hash::{FxHashMap, FxHashSet};

use super::chain::{Chain, Profile};
use super::flow::{Access, Event, Flow, Origin, Read};
use super::kind::{Kind, metadata};
use crate::claims::{DataType, InputType, Str};
use crate::policy::{ClaimReference, ClaimsTransformation, DisplayClaimTarget, Id, Precondition, PreconditionType, Spanned};
use crate::source::Span;
use crate::transform::signature;

/// What is known of the values of one claim.
#[derive(Clone, Debug, Default)]
pub(crate) struct Possible {
    /// Something writes it whose values nobody can list: a person, an API, the directory.
    pub(crate) open: bool,
    /// The values that the policy itself gives it, in the text form in which preconditions compare (PC-4, PC-5).
    pub(crate) known: BTreeSet<Str>,
    /// Where the policy gives a value: the place and the value.
    pub(crate) given: Vec<(Span, Str)>,
}

impl Possible {
    /// Whether nothing writes the claim.
    pub(crate) fn is_never_written(&self) -> bool {
        !self.open && self.known.is_empty()
    }

    /// The one known value that differs from a literal in case only.
    pub(crate) fn in_other_case(&self, literal: &str) -> Option<&Str> {
        let mut alike = self.known.iter().filter(|known| known.as_str() != literal && known.to_lowercase() == literal.to_lowercase());
        alike.next().filter(|_| alike.next().is_none())
    }

    fn add(&mut self, other: &Possible) -> bool {
        let before = (self.open, self.known.len());
        self.open |= other.open;
        self.known.extend(other.known.iter().cloned());
        before != (self.open, self.known.len())
    }
}

/// How a transformation hands a text on.
#[derive(Clone, Copy, Debug)]
enum Change {
    Same,
    Upper,
    Lower,
}

/// The values of all claims of a merged policy.
#[derive(Debug, Default)]
pub(crate) struct Values {
    claims: FxHashMap<Id, Possible>,
}

/// The candidate that is like none of the texts that a claim is compared with.
pub(crate) const ANOTHER: &str = "\u{0}another value";

/// Copies of copies beyond this are not followed: their targets count as open.
const ROUNDS: usize = 30;

impl Values {
    pub(super) fn new(chain: &Chain<'_>) -> Self {
        let mut collector = Collector { chain, values: Values::default(), copies: Vec::new() };
        for (id, profile) in chain.policy.technical_profiles.iter() {
            if chain.profile(id).is_none() {
                // What it includes is not known, so neither is what it does.
                profile.output_claims.iter().for_each(|output| collector.open(&output.claim));
            }
        }
        chain.profiles.values().for_each(|profile| collector.profile(profile));
        let party = chain.relying_party_profiles.iter().flat_map(|party| &party.profile.input_claims);
        party.for_each(|input| collector.open(&input.claim));
        for control in chain.policy.display_controls.values() {
            control.display_claims.iter().for_each(|display| collector.displayed(&display.target));
            control.output_claims.iter().for_each(|output| collector.default(output));
        }
        chain.policy.claims_transformations.values().for_each(|transformation| collector.transformation(transformation));
        collector.finish()
    }

    /// What a claim can be; nothing at all for one that nothing writes.
    pub(crate) fn of(&self, claim: &str) -> Possible {
        self.claims.get(&Id::from(claim.trim())).cloned().unwrap_or_default()
    }

    /// The values that the writers of a claim can produce; `None` = any.
    pub(crate) fn possible(&self, claim: &str) -> Option<BTreeSet<Str>> {
        let possible = self.of(claim);
        (!possible.open).then_some(possible.known)
    }

    /// Values that stand for all that a claim can be when it is only compared with these literals: no value first, then the known ones,
    /// for an open claim the literals too, and one that is like none of them.
    pub(crate) fn candidates<'l>(&self, claim: &str, literals: impl IntoIterator<Item = &'l str>) -> Vec<Option<Str>> {
        let mut texts = self.of(claim).known;
        if self.possible(claim).is_none() {
            texts.extend(literals.into_iter().map(Str::from));
            texts.insert(ANOTHER.into());
        }
        std::iter::once(None).chain(texts.into_iter().map(Some)).collect()
    }
}

struct Collector<'b, 'c> {
    chain: &'b Chain<'c>,
    values: Values,
    copies: Vec<(Id, Id, Change)>,
}

impl Collector<'_, '_> {
    fn slot(&mut self, claim: &Id) -> &mut Possible {
        self.values.claims.entry(claim.clone()).or_default()
    }

    fn open(&mut self, claim: &Spanned<Id>) {
        match self.chain.data_type(claim) {
            Some(DataType::Boolean) => self.booleans(&claim.value),
            _ => self.slot(&claim.value).open = true,
        }
    }

    /// PC-4: the .NET form.
    fn booleans(&mut self, claim: &Id) {
        self.slot(claim).known.extend(["True", "False"].map(Str::from));
    }

    fn constant(&mut self, claim: &Spanned<Id>, value: &str, span: Span) {
        let value: Str = match self.chain.data_type(claim) {
            Some(DataType::Boolean) => match value.trim().to_ascii_lowercase().as_str() {
                "true" => "True".into(),
                "false" => "False".into(),
                _ => return,
            },
            Some(DataType::Int | DataType::Long) => value.trim().into(),
            Some(DataType::String | DataType::Duration) => value.into(),
            _ => return self.open(claim),
        };
        let slot = self.slot(&claim.value);
        slot.given.push((span, value.clone()));
        slot.known.insert(value);
    }

    fn default(&mut self, reference: &ClaimReference) {
        match &reference.default_value {
            Some(value) if is_resolver(value) => self.open(&reference.claim),
            Some(value) => self.constant(&reference.claim, value, value.span),
            None => {}
        }
    }

    fn profile(&mut self, Profile { profile, kind }: &Profile) {
        match kind {
            Kind::Page => {
                profile.display_claims.iter().flatten().for_each(|display| self.displayed(&display.target));
                profile.output_claims.iter().for_each(|output| self.typed(&output.claim));
                // What fills a field in comes back with it.
                profile.output_claims.iter().chain(&profile.input_claims).for_each(|claim| self.default(claim));
                if let Some(item) = metadata(profile, "IpAddressClaimReferenceId") {
                    self.slot(&Id::from(item.value.trim())).open = true;
                }
                if metadata(profile, "AllowGenerationOfClaimsWithNullValues")
                    .is_some_and(|item| item.value.trim().eq_ignore_ascii_case("true"))
                {
                    for output in &profile.output_claims {
                        self.constant(&output.claim, "", output.span);
                    }
                }
            }
            Kind::Transformations => profile.output_claims.iter().chain(&profile.input_claims).for_each(|claim| self.default(claim)),
            Kind::Session(_) => profile.output_claims.iter().for_each(|output| self.default(output)),
            _ => {
                for output in &profile.output_claims {
                    let always = output.always_use_default_value.is_some_and(|flag| flag.value) && output.default_value.is_some();
                    if !always {
                        self.open(&output.claim);
                    }
                    self.default(output);
                }
            }
        }
    }

    fn displayed(&mut self, target: &DisplayClaimTarget) {
        if let DisplayClaimTarget::Claim(claim) = target {
            self.typed(claim);
        }
    }

    /// What a person can enter: one of a list, where the field is one.
    fn typed(&mut self, claim: &Spanned<Id>) {
        let Some(kind) = self.chain.claim_type(claim) else { return };
        let choices = match kind.user_input_type.as_ref().map(|input| input.value) {
            None | Some(InputType::Readonly | InputType::Paragraph) => return,
            Some(InputType::RadioSingleSelect | InputType::DropdownSingleSelect) => {
                let own = kind.restriction.iter().flat_map(|restriction| &restriction.enumeration);
                let resources = self.chain.policy.localized_resources.values().flat_map(|resources| &resources.collections);
                let localized = resources.filter(|collection| collection.element_id.value == claim.value);
                own.chain(localized.flat_map(|collection| &collection.items)).map(|item| item.value.clone()).collect::<Vec<_>>()
            }
            Some(_) => Vec::new(),
        };
        if choices.is_empty() {
            return self.open(claim);
        }
        for choice in choices {
            self.constant(claim, &choice, choice.span);
        }
    }

    fn transformation(&mut self, transformation: &ClaimsTransformation) {
        let method = transformation.method.as_ref().map_or("", |method| method.value.trim());
        let method = signature(method).map_or("", |signature| signature.method);
        let parameter = |name: &str| {
            let found = transformation.input_parameters.iter().find(|parameter| parameter.id.value == name);
            found.and_then(|parameter| parameter.value.as_ref())
        };
        for output in &transformation.output_claims {
            let slot = output.transformation_claim_type.as_ref().map_or("", |slot| slot.value.as_str()).to_ascii_lowercase();
            let constant = match (method, slot.as_str()) {
                ("NullClaim", _) => continue,
                ("CopyClaim" | "CopyClaimIfPredicateMatch", _) => {
                    self.copy(transformation, &output.claim, Change::Same);
                    continue;
                }
                ("ChangeCase", _) => {
                    let upper = parameter("toCase").is_some_and(|case| case.trim().eq_ignore_ascii_case("UPPER"));
                    self.copy(transformation, &output.claim, if upper { Change::Upper } else { Change::Lower });
                    continue;
                }
                ("LookupValue", _) => {
                    let values = transformation.input_parameters.iter().filter(|parameter| parameter.id.value != "errorOnFailedLookup");
                    for value in values.filter_map(|parameter| parameter.value.as_ref()) {
                        self.constant(&output.claim, value, value.span);
                    }
                    continue;
                }
                ("CreateStringClaim", _) => parameter("value"),
                ("SetClaimsIfRegexMatch" | "SetClaimsIfStringsMatch" | "SetClaimIfBooleansMatch", "outputclaim") => {
                    parameter("outputClaimIfMatched")
                }
                ("SetClaimsIfStringsAreEqual", "outputclaim1") => parameter("stringMatchMsg"),
                ("SetClaimsIfStringsAreEqual", "outputclaim2") => parameter("stringMatchMsgCode"),
                ("FormatStringClaim" | "FormatStringMultipleClaims", _) => parameter("stringFormat").filter(|format| !format.contains('{')),
                _ => None,
            };
            match constant {
                Some(value) => self.constant(&output.claim, value, value.span),
                None => self.open(&output.claim),
            }
        }
    }

    fn copy(&mut self, transformation: &ClaimsTransformation, to: &Spanned<Id>, change: Change) {
        for from in &transformation.input_claims {
            self.copies.push((from.claim.value.clone(), to.value.clone(), change));
        }
    }

    fn finish(mut self) -> Values {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for (from, to, change) in &self.copies {
                let Some(mut source) = self.values.claims.get(from).cloned() else { continue };
                source.known = match change {
                    Change::Same => source.known,
                    Change::Upper => source.known.iter().map(|text| text.to_uppercase().into()).collect(),
                    Change::Lower => source.known.iter().map(|text| text.to_lowercase().into()).collect(),
                };
                changed |= self.values.claims.entry(to.clone()).or_default().add(&source);
            }
            if !changed {
                return self.values;
            }
        }
        for (_, to, _) in &self.copies {
            self.values.claims.entry(to.clone()).or_default().open = true;
        }
        self.values
    }
}

/// Whether a default is a claim resolver (SEMANTICS 11).
fn is_resolver(text: &str) -> bool {
    text.contains('{') && text.contains(':')
}

/// Whether a satisfied precondition skips when its claim has this text, or no value (PC-1 to PC-3).
pub(crate) fn skips(precondition: &Precondition, value: Option<&str>) -> bool {
    let (Some(kind), Some(execute_if)) = (&precondition.kind, &precondition.execute_actions_if) else { return false };
    let test = match kind.value {
        PreconditionType::ClaimsExist => value.is_some(),
        PreconditionType::ClaimEquals => {
            let (Some(value), Some(literal)) = (value, precondition.values.get(1)) else { return false };
            literal.value == value
        }
    };
    test == execute_if.value
}

/// One origin of a value.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The write (an index into [`Flow::events`]) where the value comes from.
    pub(crate) write: usize,
    /// The events on the way from there to the read that was asked for, nearest to the origin first: inputs of transformations and of
    /// REST calls.
    pub(crate) way: Vec<usize>,
}

/// Where the value that an event reads comes from: over transformations and what pages hand on, and with `over_rest` also over what the REST
/// API is asked that answers with it. What rests on the answers of two APIs in turn is not followed: that is true of nearly everything, once
/// an account is kept behind an API. Every write is visited once, by one of its shortest ways.
pub(crate) fn rests_on(flow: &Flow<'_>, read: usize, over_rest: bool) -> Vec<Source> {
    let mut sources = Vec::new();
    let mut seen = FxHashSet::default();
    let mut queue = VecDeque::from([(read, Vec::new(), over_rest)]);
    while let Some((read, way, over_rest)) = queue.pop_front() {
        for (index, write, origin) in flow.visible(read) {
            if !seen.insert(index) {
                continue;
            }
            match origin {
                Origin::Transformation(transformation) => {
                    let inputs = inputs_before(flow, index, transformation);
                    queue.extend(inputs.map(|input| (input, onward(input, &way), over_rest)));
                }
                // The page has it from what was written on it.
                Origin::Passed => queue.push_back((index, way.clone(), over_rest)),
                Origin::External if over_rest && flow.call_of(write).is_some_and(|call| call.kind == Kind::Rest) => {
                    sources.push(Source { write: index, way: way.clone() });
                    let inputs =
                        flow.events_of_call(write.call).filter(|(_, event)| matches!(event.access, Access::Read(Read::Input { .. })));
                    queue.extend(inputs.map(|(input, _)| (input, onward(input, &way), false)));
                }
                _ => sources.push(Source { write: index, way: way.clone() }),
            }
        }
    }
    sources
}

fn onward(step: usize, way: &[usize]) -> Vec<usize> {
    std::iter::once(step).chain(way.iter().copied()).collect()
}

/// The reads of a transformation's inputs: they stand right before its writes.
fn inputs_before<'f>(flow: &'f Flow<'_>, write: usize, transformation: &'f ClaimsTransformation) -> impl Iterator<Item = usize> + 'f {
    let of_it = move |event: &Event<'_>| match &event.access {
        Access::Read(Read::Transformation(reader)) => std::ptr::eq(reader.as_ref(), transformation),
        Access::Write(Origin::Transformation(writer)) => std::ptr::eq(writer.as_ref(), transformation),
        _ => false,
    };
    let run = (0..write).rev().map_while(move |index| flow.events.get(index).filter(|event| of_it(event)).map(|event| (index, event)));
    run.filter(|(_, event)| !event.is_write()).map(|(index, _)| index).take(transformation.input_claims.len())
}
