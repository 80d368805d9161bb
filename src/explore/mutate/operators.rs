//! The mutants of a policy: small faults that people make, as edits of its files.
//!
//! Only what the journey reaches is mutated. An edit is made where the merged policy took the part from, so that a mutant is merged as any
//! other policy.

use std::collections::BTreeMap;

use super::patch::Edit;
use super::{Mutant, Operator};
use crate::claims::{ClaimId, Str};
use crate::explore::Interest;
use crate::explore::domain::{Domains, other_case};
use crate::plan::{
    ClaimReference, DefaultValue, Enabled, Exchange, JourneyPlan, Precondition, ProfileId, Step, StepKind, Test, Validation,
};
use crate::policy_set::Journey;
use crate::provider::Handler;
use crate::source::{SourceId, Sources, Span};
use crate::xml::{Document, Element, Limits, read};

/// All mutants, in the order of their places.
pub(super) fn mutants(journey: &Journey) -> Vec<Mutant> {
    let plan = journey.plan();
    let mut maker = Maker { plan, files: Files::new(journey), domains: Domains::new(plan, &Interest::default()), made: BTreeMap::new() };
    maker.steps();
    maker.profiles();
    let mut made: Vec<(Span, Operator, String, Vec<Edit>)> =
        maker.made.into_iter().map(|((span, operator, _), (what, edits))| (span, operator, what, edits)).collect();
    // Files from the base up; within a file from top to bottom.
    made.sort_by_key(|(span, operator, _, _)| (span.file, span.start, *operator));
    let sources = journey.sources();
    let mutant = |(number, (span, operator, what, edits)): (usize, (Span, Operator, String, Vec<Edit>))| Mutant {
        id: format!("M{:03}", number + 1),
        operator,
        what,
        at: sources.place(span),
        patch: super::patch::unified(sources, &edits),
        edits,
    };
    made.into_iter().enumerate().map(mutant).collect()
}

/// The trees of the files.
struct Files<'j> {
    sources: &'j Sources,
    documents: BTreeMap<SourceId, Document>,
}

impl<'j> Files<'j> {
    fn new(journey: &'j Journey) -> Self {
        let sources: &Sources = journey.sources();
        let mut documents = BTreeMap::new();
        for file in journey.levels() {
            let Some(source) = sources.get(file) else { continue };
            // The tree knows its places by offsets, which are those of the file that it is read from again.
            if let Some(document) = read(source.name(), source.text().as_bytes(), &Limits::default(), &mut Sources::new()).document {
                documents.insert(file, document);
            }
        }
        Self { sources, documents }
    }

    /// The element whose start tag stands there.
    fn element(&self, span: Span) -> Option<Element<'_>> {
        let mut at = self.documents.get(&span.file)?.root()?;
        loop {
            if at.start_tag().start == span.start {
                return Some(at);
            }
            at = at.children().find(|child| (child.span().start..child.span().end).contains(&span.start))?;
        }
    }

    /// Takes an element away, with its lines when it has them for itself.
    fn without(&self, span: Span, element: Element<'_>) -> Edit {
        let text = self.sources.get(span.file).map_or("", |source| source.text());
        let (start, end) = (element.span().start as usize, element.span().end as usize);
        let before = text.get(..start).unwrap_or_default();
        let after = text.get(end..).unwrap_or_default();
        let line = before.len() - before.trim_end_matches([' ', '\t']).len();
        let rest = after.len() - after.trim_start_matches([' ', '\t', '\r']).len();
        let alone = (before.len() == line || before.trim_end_matches([' ', '\t']).ends_with('\n'))
            && after.get(rest..).is_some_and(|after| after.starts_with('\n'));
        let (start, end) = if alone { (start - line, end + rest + 1) } else { (start, end) };
        Edit { span: Span { file: span.file, start: start as u32, end: end as u32 }, text: String::new() }
    }
}

/// Gives an attribute another value.
fn with_attribute(file: SourceId, element: Element<'_>, name: &str, value: &str) -> Edit {
    match element.attribute(name) {
        Some(found) => Edit { span: Span { file, ..found.span }, text: escaped(value) },
        None => {
            let end = element.name_span().end;
            Edit { span: Span { file, start: end, end }, text: format!(" {name}=\"{}\"", escaped(value)) }
        }
    }
}

/// Takes an attribute away.
fn without_attribute(file: SourceId, element: Element<'_>, name: &str) -> Option<Edit> {
    let found = element.attributes().find(|attribute| attribute.name == name)?;
    // With the blank before it.
    Some(Edit { span: Span { file, start: found.span.start.saturating_sub(1), end: found.span.end }, text: String::new() })
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

struct Maker<'j> {
    plan: &'j JourneyPlan,
    files: Files<'j>,
    domains: Domains,
    /// By place, operator and number; a part that several places reach is mutated once.
    made: BTreeMap<(Span, Operator, usize), (String, Vec<Edit>)>,
}

impl Maker<'_> {
    fn add(&mut self, span: Span, operator: Operator, what: String, edits: Vec<Edit>) {
        let number = self.made.range((span, operator, 0)..=(span, operator, usize::MAX)).count();
        if !edits.is_empty() && !self.made.values().any(|(_, known)| *known == edits) {
            self.made.insert((span, operator, number), (what, edits));
        }
    }

    fn steps(&mut self) {
        let plan = self.plan;
        for journey in &plan.journeys {
            for step in &journey.steps {
                let name = match journey.sub {
                    Some(_) => format!("step {}/{}", journey.id, step.order),
                    None => format!("step {}", step.order),
                };
                self.preconditions(&name, &step.preconditions);
                self.drop_step(journey.sub.is_some(), &journey.id, step, &name);
                if let StepKind::Exchange { exchanges } = &step.kind {
                    exchanges.iter().for_each(|exchange| self.swap_profile(exchange, &name));
                }
            }
        }
    }

    fn profiles(&mut self) {
        let plan = self.plan;
        for profile in &plan.profiles {
            for references in [&profile.inputs, &profile.persisted, &profile.outputs] {
                // Without its grant_type a sign-in would be no sign-in, but another provider altogether.
                let sign_in = matches!(profile.handler, Handler::SignIn);
                let is_its_kind = |reference: &ClaimReference| sign_in && reference.partner.eq_ignore_ascii_case("grant_type");
                let others = references.iter().filter(|reference| !is_its_kind(reference));
                others.for_each(|reference| self.drop_default(reference, &profile.id));
            }
            self.validations(&profile.validations, &profile.id);
            if let Enabled::OnClaimsExistence { value: Some(literal), .. }
            | Enabled::OnItemExistence { value: literal, .. }
            | Enabled::OnItemAbsence { value: literal, .. } = &profile.enabled
            {
                self.enabled(profile.span, literal, &profile.id);
            }
        }
        for control in &plan.controls {
            control.actions.iter().for_each(|(_, validations)| self.validations(validations, &control.id));
        }
        plan.relying_party.outputs.iter().for_each(|output| self.drop_default(output, "the relying party"));
    }

    fn validations(&mut self, validations: &[Validation], of: &str) {
        for validation in validations {
            let name = format!("validation {} of {of}", self.plan.profile(validation.profile).id);
            self.preconditions(&name, &validation.preconditions);
            if !validation.continue_on_error {
                continue;
            }
            if let Some(element) = self.files.element(validation.span) {
                let edits = without_attribute(validation.span.file, element, "ContinueOnError").into_iter().collect();
                self.add(validation.span, Operator::DropContinueOnError, format!("{name} stops the page when it fails"), edits);
            }
        }
    }

    fn preconditions(&mut self, of: &str, preconditions: &[Precondition]) {
        for precondition in preconditions {
            let span = precondition.span;
            let name = format!("precondition {} of {of}", precondition.number);
            let Some(element) = self.files.element(span) else { continue };
            let values: Vec<Element<'_>> = element.children().filter(|child| child.name() == "Value").collect();
            let mut made: Vec<(Operator, String, Vec<Edit>)> = Vec::new();
            let flipped = if precondition.execute_if { "false" } else { "true" };
            made.push((
                Operator::FlipExecuteActionsIf,
                format!("{name}: ExecuteActionsIf is {flipped}"),
                vec![with_attribute(span.file, element, "ExecuteActionsIf", flipped)],
            ));
            made.push((Operator::DropPrecondition, format!("{name} is gone"), vec![self.files.without(span, element)]));
            match (&precondition.test, values.as_slice()) {
                (Test::Equals(literal), [_, value, ..]) => {
                    let place = Span { file: span.file, ..value.text().span };
                    let edit = |text: &str| vec![Edit { span: place, text: escaped(text) }];
                    let to_exists = vec![with_attribute(span.file, element, "Type", "ClaimsExist"), self.files.without(span, *value)];
                    made.push((Operator::SwapTest, format!("{name} asks whether the claim exists"), to_exists));
                    let cased = other_case(literal);
                    if cased != *literal {
                        made.push((Operator::LiteralCase, format!("{name} compares with `{cased}`"), edit(&cased)));
                    }
                    let other = other_value(literal);
                    made.push((Operator::LiteralValue, format!("{name} compares with `{other}`"), edit(&other)));
                }
                (Test::Exists, [value, ..]) => {
                    let literal = self.literal(precondition.claim);
                    let end = value.span().end;
                    let added =
                        Edit { span: Span { file: span.file, start: end, end }, text: format!("<Value>{}</Value>", escaped(&literal)) };
                    let to_equals = vec![with_attribute(span.file, element, "Type", "ClaimEquals"), added];
                    made.push((Operator::SwapTest, format!("{name} compares with `{literal}`"), to_equals));
                }
                _ => {}
            }
            for (operator, what, edits) in made {
                self.add(span, operator, what, edits);
            }
        }
    }

    /// What a claim may be compared with.
    fn literal(&self, claim: ClaimId) -> Str {
        self.domains.of(claim).literals.first().cloned().unwrap_or_else(|| "True".into())
    }

    /// Takes a step away wherever a level has it, and moves the later ones up.
    fn drop_step(&mut self, sub: bool, journey: &str, step: &Step, name: &str) {
        let (list, one) = if sub { ("SubJourneys", "SubJourney") } else { ("UserJourneys", "UserJourney") };
        let mut edits = Vec::new();
        for (file, document) in &self.files.documents {
            let Some(root) = document.root() else { continue };
            let journeys = root.children().filter(|child| child.name() == list).flat_map(Element::children);
            let of_id = |element: &Element<'_>| {
                element.name() == one && element.attribute("Id").is_some_and(|id| id.value.trim().eq_ignore_ascii_case(journey))
            };
            let steps = journeys.filter(of_id).flat_map(Element::children).flat_map(Element::children);
            for element in steps.filter(|element| element.name() == "OrchestrationStep") {
                let Some(order) = element.attribute("Order").and_then(|order| order.value.trim().parse::<u32>().ok()) else { continue };
                if order == step.order {
                    edits.push(self.files.without(Span { file: *file, ..element.span() }, element));
                } else if order > step.order {
                    edits.push(with_attribute(*file, element, "Order", &(order - 1).to_string()));
                }
            }
        }
        self.add(step.span, Operator::DropStep, format!("{name} is gone"), edits);
    }

    /// Another technical profile of the same kind that the journey runs.
    fn swap_profile(&mut self, exchange: &Exchange, step: &str) {
        let plan = self.plan;
        let kind = |id: ProfileId| std::mem::discriminant(&plan.profile(id).handler);
        let steps = plan.journeys.iter().flat_map(|journey| &journey.steps);
        let others = steps.filter_map(|step| match &step.kind {
            StepKind::Exchange { exchanges } => Some(exchanges),
            _ => None,
        });
        let mut others: Vec<ProfileId> =
            others.flatten().map(|other| other.profile).filter(|id| kind(*id) == kind(exchange.profile)).collect();
        others.sort_unstable();
        others.dedup();
        // The next one after it, so that each of them is tried somewhere.
        let next = others.iter().find(|id| **id > exchange.profile).or(others.first()).filter(|id| **id != exchange.profile);
        let (Some(next), Some(element)) = (next, self.files.element(exchange.span)) else { return };
        let name = &plan.profile(*next).id;
        let edits = vec![with_attribute(exchange.span.file, element, "TechnicalProfileReferenceId", name)];
        self.add(exchange.span, Operator::SwapProfile, format!("exchange {} of {step} runs `{name}`", exchange.id), edits);
    }

    fn drop_default(&mut self, reference: &ClaimReference, of: &str) {
        let Some(default) = &reference.default else { return };
        // A claim's own default stands nowhere on the reference.
        let Some(element) = self.files.element(reference.span) else { return };
        let Some(edit) = without_attribute(reference.span.file, element, "DefaultValue") else { return };
        let claim = &self.plan.claim(reference.claim).id;
        let kind = match default {
            DefaultValue::Value(_) => "its default",
            DefaultValue::Template { .. } => "its default with claim resolvers",
        };
        self.add(reference.span, Operator::DropDefault, format!("`{claim}` of {of} has lost {kind}"), vec![edit]);
    }

    fn enabled(&mut self, profile: Span, literal: &Str, of: &str) {
        let Some(element) = self.files.element(profile) else { return };
        let items = element.children().filter(|child| child.name() == "Metadata").flat_map(Element::children);
        let key = |item: &Element<'_>| {
            item.attribute("Key").is_some_and(|key| key.value.trim().eq_ignore_ascii_case("ClaimValueOnWhichToEnable"))
        };
        let Some(item) = items.into_iter().find(key) else { return };
        let place = Span { file: profile.file, ..item.text().span };
        let cased = other_case(literal);
        let mut made = Vec::new();
        if cased != *literal {
            made.push((Operator::LiteralCase, cased));
        }
        made.push((Operator::LiteralValue, other_value(literal)));
        for (operator, text) in made {
            let edits = vec![Edit { span: place, text: escaped(&text) }];
            self.add(place, operator, format!("`{of}` is enabled for `{text}`"), edits);
        }
    }
}

/// A value of the same kind that is not the literal.
fn other_value(literal: &str) -> Str {
    match literal.trim().to_ascii_lowercase().as_str() {
        "true" => "False".into(),
        "false" => "True".into(),
        text => match text.parse::<i64>() {
            Ok(number) => number.wrapping_add(1).to_string().into(),
            Err(_) => format!("{}-other", literal.trim()).into(),
        },
    }
}
