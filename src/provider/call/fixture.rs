//! A technical profile by hand, for the tests of the providers.

use super::{Call, InputValue, Setup};
use crate::claims::{ClaimId, ClaimType, ClaimValue, DataType, Slot, Str};
use crate::diagnostic::Diagnostic;
use crate::engine::{Fault, Switches};
use crate::plan::{ClaimReference, DefaultValue, Metadata, MetadataItem, PolicyInfo};
use crate::source::{SourceId, Span};

/// Claims are written `id`, `id:type` or `id:type=partner`.
#[derive(Default)]
pub(crate) struct Fixture {
    claims: Vec<ClaimType>,
    metadata: Metadata,
    page: Option<Metadata>,
    keys: Vec<(Str, Str)>,
    inputs: Vec<ClaimReference>,
    values: Vec<Option<ClaimValue>>,
    persisted: Vec<ClaimReference>,
    outputs: Vec<ClaimReference>,
    development: bool,
    pub(crate) switches: Switches,
}

pub(crate) fn span(start: u32) -> Span {
    Span { file: SourceId(0), start, end: start + 1 }
}

fn items(pairs: &[(&str, &str)]) -> Metadata {
    let items = pairs.iter().zip(0..).map(|((key, value), at)| MetadataItem { key: (*key).into(), value: (*value).into(), span: span(at) });
    Metadata { items: items.collect() }
}

impl Fixture {
    pub(crate) fn new(metadata: &[(&str, &str)]) -> Self {
        Self { metadata: items(metadata), ..Self::default() }
    }

    pub(crate) fn development(mut self) -> Self {
        self.development = true;
        self
    }

    pub(crate) fn on_page(mut self, metadata: &[(&str, &str)]) -> Self {
        self.page = Some(items(metadata));
        self
    }

    pub(crate) fn key(mut self, id: &str, storage: &str) -> Self {
        self.keys.push((id.into(), storage.into()));
        self
    }

    pub(crate) fn switch(mut self, set: impl FnOnce(&mut Switches)) -> Self {
        set(&mut self.switches);
        self
    }

    fn reference(&mut self, claim: &str) -> ClaimReference {
        let (claim, partner) = claim.split_once('=').map_or((claim, None), |(claim, partner)| (claim, Some(partner)));
        let (id, data_type) = claim.split_once(':').unwrap_or((claim, "string"));
        let data_type = DataType::parse(data_type).unwrap();
        let at = span(1000 + self.claims.len() as u32);
        self.claims.push(ClaimType::new(id, data_type));
        ClaimReference {
            claim: ClaimId(self.claims.len() as u32 - 1),
            partner: partner.unwrap_or(id).into(),
            partner_written: partner.is_some(),
            default: None,
            always_default: false,
            required: false,
            overwrite: true,
            span: at,
        }
    }

    /// An input claim; one without a value is not sent.
    pub(crate) fn input(mut self, claim: &str, value: Option<ClaimValue>) -> Self {
        let reference = self.reference(claim);
        self.inputs.push(reference);
        self.values.push(value);
        self
    }

    /// An input claim with a text default that is sent.
    pub(crate) fn input_default(mut self, claim: &str, value: &str) -> Self {
        let mut reference = self.reference(claim);
        reference.default = Some(DefaultValue::Value(value.into()));
        self.inputs.push(reference);
        self.values.push(Some(value.into()));
        self
    }

    pub(crate) fn persisted(mut self, claim: &str, change: impl FnOnce(&mut ClaimReference)) -> Self {
        let mut reference = self.reference(claim);
        change(&mut reference);
        self.persisted.push(reference);
        self
    }

    pub(crate) fn output(mut self, claim: &str) -> Self {
        let reference = self.reference(claim);
        self.outputs.push(reference);
        self
    }

    /// Changes the last output claim.
    pub(crate) fn but(mut self, change: impl FnOnce(&mut ClaimReference)) -> Self {
        change(self.outputs.last_mut().unwrap());
        self
    }

    pub(crate) fn or_else(self, value: impl Into<ClaimValue>) -> Self {
        let value = DefaultValue::Value(value.into());
        self.but(|reference| reference.default = Some(value))
    }

    pub(crate) fn required(self) -> Self {
        self.but(|reference| reference.required = true)
    }

    pub(crate) fn with_setup<T>(&self, work: impl FnOnce(&Setup<'_>) -> T) -> T {
        let plan_claim = |id: ClaimId| &self.claims[id.index()];
        work(&Setup {
            profile_id: "Profile",
            policy_id: "B2C_1A_policy",
            tenant: "contoso.onmicrosoft.com",
            development: self.development,
            metadata: &self.metadata,
            keys: &self.keys,
            inputs: &self.inputs,
            persisted: &self.persisted,
            outputs: &self.outputs,
            plan_claim: &plan_claim,
            span: span(500),
        })
    }

    pub(crate) fn with_call<T>(&self, work: impl FnOnce(&Call<'_>) -> T) -> T {
        let plan_claim = |id: ClaimId| &self.claims[id.index()];
        let messages = |key: &str| {
            let page = self.page.as_ref().and_then(|page| page.get(key));
            page.or_else(|| self.metadata.get(key)).map(Str::from)
        };
        let policy = PolicyInfo { id: "B2C_1A_policy".into(), tenant: "contoso.onmicrosoft.com".into(), ..PolicyInfo::default() };
        work(&Call {
            profile_id: "Profile",
            policy: &policy,
            metadata: &self.metadata,
            outputs: &self.outputs,
            plan_claim: &plan_claim,
            step_order: 3,
            on_page: self.page.as_ref(),
            messages: &messages,
            switches: &self.switches,
        })
    }

    pub(crate) fn input_values(&self) -> Vec<InputValue<'_>> {
        let inputs = self.inputs.iter().zip(&self.values);
        inputs.map(|(reference, value)| self.value(reference, value.clone())).collect()
    }

    pub(crate) fn persisted_values(&self, values: &[Option<ClaimValue>]) -> Vec<InputValue<'_>> {
        self.persisted.iter().zip(values).map(|(reference, value)| self.value(reference, value.clone())).collect()
    }

    fn value<'f>(&'f self, reference: &'f ClaimReference, value: Option<ClaimValue>) -> InputValue<'f> {
        InputValue { reference, claim: &self.claims[reference.claim.index()], value }
    }

    /// `claim=value` for each output, in order of the outputs; values as JSON.
    pub(crate) fn shown(&self, outputs: &[(usize, Slot)]) -> Vec<String> {
        let name = |index: usize| &self.claims[self.outputs[index].claim.index()].id;
        let value = |slot: &Slot| slot.value().map_or_else(|| format!("{slot:?}"), |value| value.to_json().to_string());
        outputs.iter().map(|(index, slot)| format!("{}={}", name(*index), value(slot))).collect()
    }
}

/// Code and message of a failure, the code first when there is one.
pub(crate) fn shown_fault(fault: &Fault) -> String {
    match &fault.code {
        Some(code) => format!("{code}: {}", fault.message),
        None => fault.message.to_string(),
    }
}

/// Severity, code and message of each finding.
pub(crate) fn shown_findings(findings: &[Diagnostic]) -> Vec<String> {
    findings.iter().map(|finding| format!("{}[{}]: {}", finding.severity, finding.code, finding.message)).collect()
}
