//! How the tests of this module call a method: one claim for each slot, named after it.

use std::collections::BTreeMap;

use super::{Failure, Input, Output, Parameter, Transformation, World, run, signature};
use crate::claims::{ClaimType, ClaimValue, DataType, DateTime, EnumerationItem, PredicateValidation, Restriction, Str};
use crate::source::{Sources, Span};

/// A world made for one test.
#[derive(Debug, Default)]
pub(super) struct TestWorld {
    now: Option<DateTime>,
    draws: u64,
    keys: BTreeMap<String, Str>,
    expressions: BTreeMap<String, Str>,
    strings: BTreeMap<String, Str>,
    items: BTreeMap<String, Str>,
    pub(super) choices: Vec<&'static str>,
}

impl World for TestWorld {
    fn now(&self) -> DateTime {
        self.now.unwrap_or_else(|| DateTime::parse("2026-01-01").unwrap())
    }

    fn random(&mut self) -> u64 {
        // SplitMix64: any well spread sequence will do.
        self.draws = self.draws.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.draws ^ (self.draws >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn key(&self, storage_reference: &str) -> Str {
        self.keys.get(storage_reference).cloned().unwrap_or_default()
    }

    fn expression(&self, name: &str) -> Option<Str> {
        self.expressions.get(name).cloned()
    }

    fn localized_string(&self, element_type: &str, element_id: Option<&str>, string_id: &str) -> Option<Str> {
        let _ = element_id;
        self.strings.get(&format!("{element_type}/{string_id}")).cloned()
    }

    fn localized_item(&self, claim_type: &str, text: &str) -> Option<Str> {
        self.items.get(&format!("{claim_type}/{text}")).cloned()
    }

    fn chose(&mut self, what: &'static str) {
        self.choices.push(what);
    }
}

/// One claim of a case: its slot, its type, its value.
struct Claim {
    slot: String,
    claim: ClaimType,
    value: Option<ClaimValue>,
}

/// A call in the making.
pub(super) struct Case {
    transformation: Transformation,
    inputs: Vec<Claim>,
    outputs: Vec<Claim>,
    world: TestWorld,
}

fn span() -> Span {
    let mut sources = Sources::new();
    let file = sources.add("test.xml", "".into());
    Span { file, start: 0, end: 0 }
}

/// A claim type of a data type.
pub(super) fn claim_type(id: &str, data_type: &str) -> ClaimType {
    ClaimType::new(id, DataType::parse(data_type).unwrap())
}

fn type_of(value: &ClaimValue) -> &'static str {
    match value {
        ClaimValue::String(_) => "string",
        ClaimValue::Boolean(_) => "boolean",
        ClaimValue::Integer(number) => {
            if i32::try_from(*number).is_ok() {
                "int"
            } else {
                "long"
            }
        }
        ClaimValue::Date(_) => "date",
        ClaimValue::DateTime(_) => "dateTime",
        ClaimValue::PhoneNumber(_) => "phoneNumber",
        ClaimValue::Strings(_) => "stringCollection",
        ClaimValue::Identity(_) => "userIdentity",
        ClaimValue::Identities(_) => "userIdentityCollection",
    }
}

/// A call of this method.
pub(super) fn case(method: &str) -> Case {
    Case {
        transformation: Transformation {
            id: "Test".into(),
            method: method.into(),
            signature: signature(method),
            inputs: Vec::new(),
            parameters: Vec::new(),
            outputs: Vec::new(),
            span: span(),
            method_span: span(),
        },
        inputs: Vec::new(),
        outputs: Vec::new(),
        world: TestWorld::default(),
    }
}

impl Case {
    pub(super) fn id(mut self, id: &str) -> Self {
        self.transformation.id = id.into();
        self
    }

    pub(super) fn input(self, slot: &str, value: impl Into<ClaimValue>) -> Self {
        let value = value.into();
        let data_type = type_of(&value);
        self.input_of(slot, slot, data_type, Some(value))
    }

    pub(super) fn empty_input(self, slot: &str, data_type: &str) -> Self {
        self.input_of(slot, slot, data_type, None)
    }

    pub(super) fn empty_input_of(self, claim: &str, slot: &str, data_type: &str) -> Self {
        self.input_of(claim, slot, data_type, None)
    }

    pub(super) fn input_of(mut self, claim: &str, slot: &str, data_type: &str, value: Option<ClaimValue>) -> Self {
        self.inputs.push(Claim { slot: slot.into(), claim: claim_type(claim, data_type), value });
        self
    }

    pub(super) fn parameter(self, id: &str, value: &str) -> Self {
        self.parameter_of(id, "string", value)
    }

    pub(super) fn parameter_of(mut self, id: &str, data_type: &str, value: &str) -> Self {
        self.transformation.parameters.push(Parameter::new(id.into(), data_type.into(), value.into(), span()));
        self
    }

    /// An output; the slot is the claim's id as well.
    pub(super) fn output(self, slot: &str, data_type: &str) -> Self {
        self.output_of(claim_type(slot, data_type), slot)
    }

    pub(super) fn output_of(mut self, claim: ClaimType, slot: &str) -> Self {
        self.outputs.push(Claim { slot: slot.into(), claim, value: None });
        self
    }

    pub(super) fn output_with_predicates(self, slot: &str, predicates: PredicateValidation) -> Self {
        self.output_of(ClaimType { predicates: Some(predicates), ..claim_type(slot, "string") }, slot)
    }

    pub(super) fn output_with_items(self, slot: &str, items: &[(&str, &str)]) -> Self {
        let items =
            items.iter().map(|(text, value)| EnumerationItem { text: (*text).into(), value: (*value).into(), selected: false }).collect();
        self.output_of(ClaimType { restriction: Restriction::Enumeration(items), ..claim_type(slot, "string") }, slot)
    }

    pub(super) fn now(mut self, text: &str) -> Self {
        self.world.now = DateTime::parse(text);
        self
    }

    pub(super) fn key(mut self, name: &str, secret: &str) -> Self {
        self.world.keys.insert(name.into(), secret.into());
        self
    }

    pub(super) fn expression(mut self, name: &str, value: &str) -> Self {
        self.world.expressions.insert(name.into(), value.into());
        self
    }

    pub(super) fn localized(mut self, element_type: &str, id: &str, value: &str) -> Self {
        self.world.strings.insert(format!("{element_type}/{id}"), value.into());
        self
    }

    pub(super) fn localized_item(mut self, claim: &str, text: &str, value: &str) -> Self {
        self.world.items.insert(format!("{claim}/{text}"), value.into());
        self
    }

    /// What the call gives: claim id and value.
    pub(super) fn run(mut self) -> Result<Vec<(String, Option<ClaimValue>)>, Failure> {
        self.call()
    }

    fn call(&mut self) -> Result<Vec<(String, Option<ClaimValue>)>, Failure> {
        let inputs: Vec<Input<'_>> =
            self.inputs.iter().map(|input| Input { slot: &input.slot, claim: &input.claim, value: input.value.as_ref() }).collect();
        let outputs: Vec<Output<'_>> =
            self.outputs.iter().map(|output| Output { slot: &output.slot, claim: &output.claim, before: output.value.as_ref() }).collect();
        let results = run(&self.transformation, &inputs, &outputs, &mut self.world);
        let known = signature(&self.transformation.method).map_or(&[][..], |signature| signature.choices);
        for choice in &self.world.choices {
            assert!(known.contains(choice), "{} does not list its choice: {choice}", self.transformation.method);
        }
        let results = results?;
        Ok(results.into_iter().map(|(index, value)| (outputs[index].claim.id.to_string(), value)).collect())
    }

    #[track_caller]
    pub(super) fn gives(self, expected: &[(&str, Option<ClaimValue>)]) {
        let context = format!("{:?}", self.transformation.method);
        let expected: Vec<(String, Option<ClaimValue>)> = expected.iter().map(|(id, value)| ((*id).to_owned(), value.clone())).collect();
        assert_eq!(self.run(), Ok(expected), "{context}");
    }

    #[track_caller]
    pub(super) fn fails(self) -> Failure {
        self.run().unwrap_err()
    }

    /// The choices that a call which succeeds or fails rested on.
    pub(super) fn choices(mut self) -> Vec<&'static str> {
        let _ = self.call();
        self.world.choices
    }

    /// The text of one output.
    #[track_caller]
    pub(super) fn text(self, claim: &str) -> String {
        let results = self.run().unwrap();
        let (_, value) = results.iter().find(|(id, _)| id == claim).unwrap();
        value.as_ref().unwrap().as_str().unwrap().to_owned()
    }
}

#[track_caller]
pub(super) fn exception_kind(failure: &Failure) -> &'static str {
    match failure {
        Failure::Exception { kind, .. } => kind,
        Failure::Assertion { .. } => panic!("an assertion failed: {failure:?}"),
    }
}

#[track_caller]
pub(super) fn assertion_key(failure: &Failure) -> &'static str {
    match failure {
        Failure::Assertion { key, .. } => key,
        Failure::Exception { .. } => panic!("an exception: {failure:?}"),
    }
}
