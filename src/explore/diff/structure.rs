//! What two plans are made of, compared part by part: without places, and by names instead of numbers.

use std::collections::{BTreeMap, BTreeSet};

use crate::claims::{ClaimId, Str};
use crate::explore::domain::Domains;
use crate::explore::property::SecondFactor;
use crate::explore::search::step_name;
use crate::explore::{Interest, Watched};
use crate::plan::{ContentId, ControlId, JourneyId, JourneyPlan, ProfileId, TransformationId};
use crate::provider::Handler;
use crate::trace::StepId;

/// What a part is; the name tells parts of one kind apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Claim,
    /// What is not of the kinds below.
    Profile,
    /// A claim that a technical profile takes, keeps, shows or gives, or one of its validations.
    OfProfile(ProfileName),
    Transformation,
    Content,
    Control,
    Journey,
    Output,
    RelyingParty,
    Session,
    Policy,
    Localization,
}

type ProfileName = String;

/// One part: how it reads, and the claims in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    text: String,
    claims: Vec<String>,
    transformations: Vec<String>,
}

/// A plan as named parts.
#[derive(Debug)]
pub(super) struct Structure {
    parts: BTreeMap<(Kind, String), Part>,
    /// The steps of each journey in their order; the text is without the number.
    steps: BTreeMap<String, Vec<(StepId, Part)>>,
    session_providers: BTreeSet<String>,
}

impl Structure {
    pub(super) fn of(plan: &JourneyPlan) -> Self {
        let mut found = Self { parts: BTreeMap::new(), steps: BTreeMap::new(), session_providers: BTreeSet::new() };
        let lower = |name: &str| name.to_ascii_lowercase();
        for claim in &plan.claims {
            found.add(plan, Kind::Claim, &claim.id, &format!("{claim:?}"));
        }
        for (index, profile) in plan.profiles.iter().enumerate() {
            let rest = (
                (&profile.display_name, &profile.domain, &profile.protocol, &profile.handler, &profile.metadata, &profile.keys),
                (&profile.input_transformations, &profile.output_transformations, &profile.class),
            );
            found.add(plan, Kind::Profile, &profile.id, &format!("{rest:?}"));
            let session = (plan.sessions.get(index), &profile.session, profile.include_in_sso);
            found.add(plan, Kind::Session, &profile.id, &format!("{session:?}"));
            if matches!(profile.handler, Handler::Session) {
                found.session_providers.insert(lower(&profile.id));
            }
            let owner = Kind::OfProfile(lower(&profile.id));
            found.add(plan, owner.clone(), "enabled", &format!("{:?}", profile.enabled));
            let lists = [("in", &profile.inputs), ("persisted", &profile.persisted), ("out", &profile.outputs)];
            for (list, references) in lists {
                for reference in references {
                    let name = format!("{list} {} {}", plan.claim(reference.claim).id, reference.partner);
                    found.add(plan, owner.clone(), &name, &format!("{reference:?}"));
                }
            }
            for (position, claim) in profile.display.iter().flatten().enumerate() {
                found.add(plan, owner.clone(), &format!("display {position}"), &format!("{claim:?}"));
            }
            for (position, validation) in profile.validations.iter().enumerate() {
                found.add(plan, owner.clone(), &format!("validation {position}"), &format!("{validation:?}"));
            }
        }
        for transformation in &plan.transformations {
            found.add(plan, Kind::Transformation, &transformation.id, &format!("{transformation:?}"));
        }
        for content in &plan.contents {
            found.add(plan, Kind::Content, &content.id, &format!("{content:?}"));
        }
        for control in &plan.controls {
            found.add(plan, Kind::Control, &control.id, &format!("{control:?}"));
        }
        for (id, journey) in (0..).map(JourneyId).zip(&plan.journeys) {
            found.add(plan, Kind::Journey, &journey.id, &format!("{:?} {:?}", journey.sub, journey.authorization));
            let steps = (0..).zip(&journey.steps).map(|(position, step)| {
                let text = format!("{:?} {:?} {:?}", step.type_name, step.kind, step.preconditions);
                (StepId { journey: id, position }, part(plan, &text))
            });
            // The user journey is the user journey, whatever it is called.
            let name = if journey.sub.is_some() { lower(&journey.id) } else { String::new() };
            found.steps.insert(name, steps.collect());
        }
        let party = &plan.relying_party;
        for output in &party.outputs {
            found.add(plan, Kind::Output, &format!("{} {}", output.partner, plan.claim(output.claim).id), &format!("{output:?}"));
        }
        let rest = (&party.protocol, &party.inputs, &party.subject, party.subject_excluded, &party.page_parameters);
        let defaults = &plan.relying_party_profile.metadata;
        found.add(plan, Kind::RelyingParty, "", &format!("{rest:?} {defaults:?}"));
        found.add(plan, Kind::Session, "", &format!("{:?}", plan.session_behavior));
        found.add(plan, Kind::Policy, "", &format!("{:?}", plan.policy));
        let texts: BTreeMap<_, _> = plan.localization.strings.iter().collect();
        let collections: BTreeMap<_, _> = plan.localization.collections.iter().collect();
        let languages = (&plan.localization.default_language, &plan.localization.supported);
        found.add(plan, Kind::Localization, "", &format!("{texts:?} {collections:?} {languages:?}"));
        found
    }

    fn add(&mut self, plan: &JourneyPlan, kind: Kind, name: &str, text: &str) {
        let name = name.to_ascii_lowercase();
        let mut number = 0;
        let mut key = (kind.clone(), name.clone());
        while self.parts.contains_key(&key) {
            number += 1;
            key = (kind.clone(), format!("{name} {number}"));
        }
        self.parts.insert(key, part(plan, text));
    }
}

/// The parts in which two plans differ.
#[derive(Debug, Default)]
pub(super) struct Delta {
    claims: BTreeSet<String>,
    profiles: BTreeSet<String>,
    transformations: BTreeSet<String>,
    old_steps: BTreeSet<StepId>,
    new_steps: BTreeSet<StepId>,
    /// Steps of the old plan and those of the new one that take their place.
    pub(super) same: BTreeMap<StepId, StepId>,
    any: bool,
    /// Something that only a later logon in a session can show.
    pub(super) session: bool,
    /// Something that is resolved from what the application sends.
    pub(super) request: bool,
}

impl Delta {
    pub(super) fn of(old: &Structure, new: &Structure) -> Self {
        let mut delta = Self::default();
        let keys: BTreeSet<_> = old.parts.keys().chain(new.parts.keys()).collect();
        for key in keys {
            let (before, after) = (old.parts.get(key), new.parts.get(key));
            if before == after {
                continue;
            }
            delta.any = true;
            let name = if let Kind::OfProfile(profile) = &key.0 { profile } else { &key.1 };
            let of_provider = [old, new].iter().any(|structure| structure.session_providers.contains(name));
            delta.session |= key.0 == Kind::Session && before.is_some() == after.is_some();
            delta.session |= of_provider && matches!(key.0, Kind::Profile | Kind::OfProfile(_));
            delta.request |= before.into_iter().chain(after).any(|part| FROM_REQUEST.iter().any(|group| part.text.contains(group)));
            match &key.0 {
                Kind::Profile => {
                    delta.profiles.insert(key.1.clone());
                }
                Kind::OfProfile(profile) => {
                    delta.profiles.insert(profile.clone());
                }
                Kind::Transformation => {
                    delta.transformations.insert(key.1.clone());
                }
                Kind::Claim => {
                    delta.claims.insert(key.1.clone());
                }
                _ => {}
            }
            delta.claims.extend(mentioned(&key.0, before, after));
        }
        let journeys: BTreeSet<_> = old.steps.keys().chain(new.steps.keys()).collect();
        for journey in journeys {
            let steps = |structure: &'_ Structure| structure.steps.get(journey).cloned().unwrap_or_default();
            delta.steps(&steps(old), &steps(new));
        }
        // A technical profile with a transformation that differs differs.
        for structure in [old, new] {
            for ((kind, name), part) in &structure.parts {
                if *kind == Kind::Profile && part.transformations.iter().any(|name| delta.transformations.contains(name)) {
                    delta.profiles.insert(name.clone());
                }
            }
        }
        delta
    }

    /// Whether there is no difference at all.
    pub(super) fn is_empty(&self) -> bool {
        !self.any
    }

    fn steps(&mut self, old: &[(StepId, Part)], new: &[(StepId, Part)]) {
        let first = old.iter().zip(new).take_while(|(old, new)| old.1 == new.1).count();
        let rest = old.len().min(new.len()) - first;
        let last = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(old, new)| old.1 == new.1).count();
        let (before, after) = (old.iter().take(first), new.iter().take(first));
        self.same.extend(before.zip(after).map(|(old, new)| (old.0, new.0)));
        let (before, after) = (old.iter().rev().take(last), new.iter().rev().take(last));
        self.same.extend(before.zip(after).map(|(old, new)| (old.0, new.0)));
        let old: Vec<_> = old.iter().skip(first).take(old.len() - first - last).collect();
        let new: Vec<_> = new.iter().skip(first).take(new.len() - first - last).collect();
        self.any |= !old.is_empty() || !new.is_empty();
        let mut taken = BTreeSet::new();
        for (position, (step, part)) in old.iter().enumerate() {
            // A step that moved, else the one that stands in its place.
            let moved = new.iter().find(|(id, other)| other == part && !taken.contains(id));
            let changed = new
                .get(position)
                .filter(|(id, other)| old.len() == new.len() && !taken.contains(id) && !old.iter().any(|old| old.1 == *other));
            if let Some((other, _)) = moved.or(changed.copied().as_ref()) {
                taken.insert(*other);
                self.same.insert(*step, *other);
            }
        }
        for (step, part) in &old {
            self.old_steps.insert(*step);
            self.claims.extend(part.claims.iter().cloned());
        }
        for (step, part) in &new {
            self.new_steps.insert(*step);
            self.claims.extend(part.claims.iter().cloned());
        }
    }

    /// What an exploration of the old plan, and one of the new plan, have to tell apart, so that every difference shows in some way.
    pub(super) fn interests(&self, old: &JourneyPlan, new: &JourneyPlan) -> (Interest, Interest) {
        let blank = Interest { error: true, ..Interest::default() };
        let plain = [old, new].map(|plan| Domains::new(plan, &blank));
        let mut interests = (blank.clone(), blank);
        for (plan, interest, steps) in [(old, &mut interests.0, &self.old_steps), (new, &mut interests.1, &self.new_steps)] {
            interest.profiles = SecondFactor::of(plan).profiles;
            interest.profiles.extend(self.profiles.iter().filter_map(|name| plan.profile_id(name)));
            interest.steps.clone_from(steps);
        }
        for name in &self.claims {
            let mut watched = Watched::default();
            let mut matters = false;
            for (plan, domains) in [old, new].into_iter().zip(&plain) {
                let Some(id) = plan.claim_id(name) else { continue };
                let domain = domains.of(id);
                watched.value |= domain.value;
                matters |= domain.presence || plan.relying_party.outputs.iter().any(|output| output.claim == id);
                for literal in &domain.literals {
                    if !watched.literals.contains(literal) {
                        watched.literals.push(literal.clone());
                    }
                }
            }
            for (plan, interest) in [(old, &mut interests.0), (new, &mut interests.1)] {
                if let Some(id) = plan.claim_id(name).filter(|_| matters) {
                    interest.claims.insert(id, watched.clone());
                }
            }
        }
        interests
    }

    /// How the new plan calls the steps of the old one.
    pub(super) fn step_names(&self, old: &JourneyPlan, new: &JourneyPlan) -> BTreeMap<Str, Str> {
        self.same.iter().map(|(before, after)| (step_name(old, *before), step_name(new, *after))).collect()
    }
}

/// Claims whose number in the two is not the same; all, when one of the two is missing or the numbers do not tell. A technical profile's
/// settings may name all its claims, of which a change that leaves their number alone is not about.
fn mentioned(kind: &Kind, before: Option<&Part>, after: Option<&Part>) -> BTreeSet<String> {
    let all = |part: Option<&Part>| part.map(|part| part.claims.clone()).unwrap_or_default();
    let (before_claims, after_claims) = (all(before), all(after));
    let count = |list: &[String], name: &String| list.iter().filter(|other| *other == name).count();
    let everything = || before_claims.iter().chain(&after_claims).cloned();
    if before.is_none() || after.is_none() {
        return everything().collect();
    }
    let differing: BTreeSet<String> = everything().filter(|name| count(&before_claims, name) != count(&after_claims, name)).collect();
    let about_none = matches!(kind, Kind::Profile | Kind::RelyingParty | Kind::Control) && before_claims.len() > 3;
    if differing.is_empty() && !about_none { everything().collect() } else { differing }
}

/// The text that the library's own types are shown as for debugging, without places and with names for numbers.
fn part(plan: &JourneyPlan, text: &str) -> Part {
    let mut part = Part::default();
    let mut rest = text;
    loop {
        let next = MARKS.iter().filter_map(|mark| Some((rest.find(mark)?, *mark))).min_by_key(|(at, _)| *at);
        let Some((at, mark)) = next else { break };
        let (before, found) = rest.split_at(at);
        part.text.push_str(before);
        let inside = found.get(mark.len()..).unwrap_or_default();
        let close = if mark == SPAN { '}' } else { ')' };
        // A span has the number of its file in brackets.
        let (value, after) = inside.split_once(close).unwrap_or((inside, ""));
        rest = after;
        let Ok(number) = value.trim().parse::<u32>() else {
            if mark != SPAN {
                part.text.push_str(mark);
                rest = inside;
            }
            continue;
        };
        let name = name_of(plan, mark, number).to_ascii_lowercase();
        part.text.push_str(mark);
        part.text.push_str(&name);
        part.text.push(')');
        match mark {
            CLAIM => part.claims.push(name),
            TRANSFORMATION => part.transformations.push(name),
            _ => {}
        }
    }
    part.text.push_str(rest);
    part
}

/// Groups of claim resolvers whose values the application decides, as a resolver is shown.
const FROM_REQUEST: [&str; 3] = ["Resolver { group: \"OIDC\"", "Resolver { group: \"Culture\"", "Resolver { group: \"SAML\""];

const SPAN: &str = "Span {";
const CLAIM: &str = "ClaimId(";
const PROFILE: &str = "ProfileId(";
const TRANSFORMATION: &str = "TransformationId(";
const CONTENT: &str = "ContentId(";
const CONTROL: &str = "ControlId(";
const JOURNEY: &str = "JourneyId(";
const MARKS: [&str; 7] = [SPAN, CLAIM, PROFILE, TRANSFORMATION, CONTENT, CONTROL, JOURNEY];

fn name_of<'p>(plan: &'p JourneyPlan, mark: &str, number: u32) -> &'p str {
    let index = number as usize;
    let name = match mark {
        CLAIM => plan.claims.get(ClaimId(number).index()).map(|claim| &claim.id),
        PROFILE => plan.profiles.get(ProfileId(number).index()).map(|profile| &profile.id),
        TRANSFORMATION => plan.transformations.get(TransformationId(number).index()).map(|transformation| &transformation.id),
        CONTENT => plan.contents.get(ContentId(number).index()).map(|content| &content.id),
        CONTROL => plan.controls.get(ControlId(number).index()).map(|control| &control.id),
        _ => plan.journeys.get(index).map(|journey| &journey.id),
    };
    name.map_or("", |name| name.as_str())
}
