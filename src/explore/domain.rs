//! Which claims can change what is judged, and which of their values are worth telling apart.
//!
//! A claim matters when a decision of the journey reads it (a precondition, EnabledForUserJourneys, an input that must be there, a claims
//! transformation that can fail), when the property reads it, or when a claim that matters is computed from it: the cone of influence. Every
//! other claim gets one value. Where claims are only copied, compared and tested for existence, the values below stand for all values; a
//! claims transformation that looks into a value makes the exploration inexact, and is named.

use std::collections::BTreeSet;

use super::Interest;
use crate::claims::{ClaimId, DataType, Str};
use crate::plan::{Enabled, JourneyPlan, Precondition, StepKind, Test, TransformationId};
use crate::provider::Handler;
use crate::transform::{Kind, Presence, Transformation, TransformationClaim};

/// What is worth telling apart of one claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Domain {
    /// Whether it is there.
    pub(crate) presence: bool,
    /// Its value; implies `presence`.
    pub(crate) value: bool,
    /// Texts that its value is compared with.
    pub(crate) literals: Vec<Str>,
    /// A comparison may ignore case: variants of the literals are told apart too.
    pub(crate) folded: bool,
}

/// The domains of all claims of a plan.
#[derive(Clone, Debug)]
pub(crate) struct Domains {
    claims: Vec<Domain>,
    /// Claims transformations for which the values are but examples.
    pub(crate) inexact: BTreeSet<TransformationId>,
}

/// What is known of a transformation method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Nature {
    /// Copies its inputs and compares them with its parameters: literals stand for all values. Whether it ends well may depend on them.
    Equality { folded: bool, asserts: bool },
    /// Looks only whether its input is there.
    Existence,
    /// Takes any value; its outputs are there when its required inputs are.
    Blind,
    /// Anything else.
    Other,
}

fn nature(transformation: &Transformation) -> Nature {
    let exact = Nature::Equality { folded: false, asserts: false };
    let folded = Nature::Equality { folded: true, asserts: false };
    let method = transformation.signature.map_or("", |signature| signature.method);
    match method {
        "CopyClaim"
        | "AndClaims"
        | "OrClaims"
        | "NotClaims"
        | "CompareBooleanClaimToValue"
        | "SetClaimIfBooleansMatch"
        | "LookupValue"
        | "StringCollectionContains"
        | "AddItemToStringCollection"
        | "AddParameterToStringCollection" => exact,
        "CompareClaimToValue" | "SetClaimsIfStringsMatch" | "SetClaimsIfStringsAreEqual" => folded,
        "AssertBooleanClaimIsEqualToValue" => Nature::Equality { folded: false, asserts: true },
        "DoesClaimExist" => Nature::Existence,
        "CreateStringClaim"
        | "NullClaim"
        | "CreateRandomString"
        | "GuidAndRandomGenerator"
        | "CreateOtpSecret"
        | "CreateAlternativeSecurityId"
        | "CreateUserIdentity"
        | "FormatStringClaim"
        | "FormatStringMultipleClaims"
        | "GetCurrentDateTime"
        | "Hash"
        | "ChangeCase"
        | "ConvertNumberToStringClaim"
        | "ConvertDateToDateTimeClaim"
        | "ConvertDateTimeToDateClaim"
        | "GenerateJson"
        | "CreateJsonArray"
        | "StringJoin"
        | "GetLocalizedStringsTransformation"
        | "FormatLocalizedString"
        | "AddItemToAlternativeSecurityIdCollection"
        | "AddItemToUserIdentityCollection"
        | "ConvertPhoneNumberClaimToString" => Nature::Blind,
        _ => Nature::Other,
    }
}

/// What of its parameters a claims transformation compares its inputs with. Ids are compared too, where they are free (`LookupValue`);
/// parameters that say how to compare are not.
fn literals(transformation: &Transformation) -> Vec<Str> {
    let known = transformation.signature.map_or(&[][..], |signature| signature.parameters);
    let mut literals = Vec::new();
    for parameter in &transformation.parameters {
        match known.iter().find(|known| known.name.eq_ignore_ascii_case(&parameter.id)).map(|known| known.kind) {
            Some(Kind::Text | Kind::Integer | Kind::DateTime) => literals.push(parameter.value.clone()),
            Some(Kind::Boolean | Kind::OneOf(_) | Kind::Regex | Kind::Format(_) | Kind::PolicyKey) => {}
            None => literals.extend([parameter.value.clone(), parameter.id.clone()]),
        }
    }
    literals
}

impl Domains {
    /// The domains for judging what `interest` names over all runs of a plan.
    pub(crate) fn new(plan: &JourneyPlan, interest: &Interest) -> Self {
        let mut domains = Self { claims: vec![Domain::default(); plan.claims.len()], inexact: BTreeSet::new() };
        for (claim, watched) in &interest.claims {
            domains.presence(*claim);
            if watched.value {
                domains.value(*claim, watched.literals.iter());
            }
        }
        if interest.token {
            plan.relying_party.outputs.iter().for_each(|output| domains.presence(output.claim));
        }
        domains.decisions(plan);
        while domains.computed(plan) {}
        domains
    }

    /// Every literal that any claim is compared with.
    pub(crate) fn literals(&self) -> Vec<Str> {
        let mut all: Vec<Str> = self.claims.iter().flat_map(|domain| domain.literals.iter().cloned()).collect();
        all.sort();
        all.dedup();
        all
    }

    /// The domain of a claim.
    pub(crate) fn of(&self, claim: ClaimId) -> &Domain {
        static NOTHING: Domain = Domain { presence: false, value: false, literals: Vec::new(), folded: false };
        self.claims.get(claim.index()).unwrap_or(&NOTHING)
    }

    fn presence(&mut self, claim: ClaimId) {
        if let Some(domain) = self.claims.get_mut(claim.index()) {
            domain.presence = true;
        }
    }

    fn value<'l>(&mut self, claim: ClaimId, literals: impl IntoIterator<Item = &'l Str>) {
        let Some(domain) = self.claims.get_mut(claim.index()) else { return };
        domain.presence = true;
        domain.value = true;
        for literal in literals {
            if !domain.literals.contains(literal) {
                domain.literals.push(literal.clone());
            }
        }
    }

    /// What steps, validation profiles and providers look at.
    fn decisions(&mut self, plan: &JourneyPlan) {
        for step in plan.journeys.iter().flat_map(|journey| &journey.steps) {
            self.preconditions(&step.preconditions);
            if let StepKind::SendClaims { issuer: Some(issuer) } = &step.kind {
                // UserInfo and error issuers read their input claims.
                plan.profile(*issuer).inputs.iter().for_each(|input| self.presence(input.claim));
            }
        }
        for (_, validations) in plan.controls.iter().flat_map(|control| &control.actions) {
            validations.iter().for_each(|validation| self.preconditions(&validation.preconditions));
        }
        for profile in &plan.profiles {
            profile.validations.iter().for_each(|validation| self.preconditions(&validation.preconditions));
            match &profile.enabled {
                Enabled::OnClaimsExistence { claim, value: None } => self.presence(*claim),
                Enabled::OnClaimsExistence { claim, value: Some(value) }
                | Enabled::OnItemExistence { claim, value }
                | Enabled::OnItemAbsence { claim, value } => self.value(*claim, [value]),
                Enabled::Always | Enabled::Never => {}
            }
            // What must be there fails when it is not; of a directory profile that is its key, of a sign-in the credentials, and of a phone
            // it decides between enrolling and verifying.
            let all = matches!(profile.handler, Handler::Directory(_) | Handler::SignIn | Handler::Phone(_));
            let bearer = profile.metadata.get("UseClaimAsBearerToken");
            for input in &profile.inputs {
                let is_bearer = bearer.is_some_and(|name| plan.claim(input.claim).id.eq_ignore_ascii_case(name));
                let simulated = matches!(profile.handler, Handler::OneTimePassword(_) | Handler::AzureMfa(_) | Handler::AadSspr(_));
                if (all || input.required || is_bearer || simulated) && input.default.is_none() {
                    self.presence(input.claim);
                }
            }
            if matches!(profile.handler, Handler::ConditionalAccess(_)) {
                profile.inputs.iter().for_each(|input| self.value(input.claim, []));
            }
            if matches!(profile.handler, Handler::ClaimsTransformation) {
                profile.outputs.iter().filter(|output| output.required).for_each(|output| self.presence(output.claim));
            }
        }
        let party = &plan.relying_party;
        for output in party.outputs.iter().filter(|output| party.subject.as_ref().is_some_and(|subject| output.partner == *subject)) {
            self.presence(output.claim);
        }
    }

    fn preconditions(&mut self, preconditions: &[Precondition]) {
        for precondition in preconditions {
            match &precondition.test {
                Test::Exists => self.presence(precondition.claim),
                Test::Equals(literal) => self.value(precondition.claim, [literal]),
            }
        }
    }

    /// One round over the claims transformations; whether anything was new.
    fn computed(&mut self, plan: &JourneyPlan) -> bool {
        let before = self.claims.clone();
        let known = self.inexact.len();
        for (transformation, index) in plan.transformations.iter().zip(0..) {
            let id = TransformationId(index);
            let outputs: Vec<Domain> = transformation.outputs.iter().map(|output| self.of(output.claim).clone()).collect();
            let presence = outputs.iter().any(|output| output.presence);
            let value = outputs.iter().any(|output| output.value);
            for TransformationClaim { slot, claim, .. } in &transformation.inputs {
                // A required input that is missing fails the transformation.
                let required = transformation.signature.is_none_or(|signature| {
                    signature.inputs.iter().any(|known| known.name.eq_ignore_ascii_case(slot) && known.presence == Presence::Required)
                });
                if required || presence {
                    self.presence(*claim);
                }
            }
            let parameters = literals(transformation);
            let literals = || outputs.iter().flat_map(|output| &output.literals).chain(&parameters);
            match nature(transformation) {
                Nature::Existence => {}
                Nature::Equality { folded, asserts } if asserts || presence => {
                    for TransformationClaim { claim, .. } in &transformation.inputs {
                        self.value(*claim, literals());
                        if let Some(domain) = self.claims.get_mut(claim.index()) {
                            domain.folded |= folded || outputs.iter().any(|output| output.folded);
                        }
                    }
                }
                Nature::Equality { .. } => {}
                Nature::Blind if !value => {}
                // Without inputs there is nothing to tell apart.
                Nature::Blind | Nature::Other if transformation.inputs.is_empty() => {}
                Nature::Blind | Nature::Other => {
                    self.inexact.insert(id);
                    for TransformationClaim { claim, .. } in &transformation.inputs {
                        self.value(*claim, literals());
                        if let Some(domain) = self.claims.get_mut(claim.index()) {
                            domain.folded = true;
                        }
                    }
                }
            }
        }
        self.claims != before || self.inexact.len() != known
    }
}

impl Domain {
    /// The texts that stand for all values of a claim of this type: the ordinary ones first, of which `samples` has examples that its type
    /// and restriction take.
    pub(crate) fn texts(&self, data_type: DataType, samples: &[Str]) -> Vec<Str> {
        let mut texts: Vec<Str> = Vec::new();
        let mut add = |text: Str| {
            if !texts.contains(&text) {
                texts.push(text);
            }
        };
        if data_type == DataType::Boolean {
            add("true".into());
            if self.value {
                add("false".into());
            }
            return texts;
        }
        // One that differs from every literal stands for anything else.
        let other = samples.iter().find(|sample| !self.literals.contains(sample)).or(samples.first());
        other.into_iter().for_each(|text| add(text.clone()));
        if self.value {
            for literal in &self.literals {
                add(literal.clone());
                if self.folded {
                    add(other_case(literal));
                }
            }
            if self.folded {
                samples.iter().take(2).for_each(|text| add(text.clone()));
            }
            if data_type == DataType::String {
                add("".into());
            }
        }
        texts
    }
}

#[cfg(feature = "proptest")]
impl Domain {
    /// As [`texts`](Self::texts), of a claim that somebody else compares with anything: nothing is cut away.
    pub(crate) fn every_text(&self, data_type: DataType, samples: &[Str]) -> Vec<Str> {
        Self { presence: true, value: true, folded: true, literals: self.literals.clone() }.texts(data_type, samples)
    }
}

/// The text in another case, where it has letters.
pub(crate) fn other_case(text: &str) -> Str {
    if text.chars().any(char::is_lowercase) { text.to_uppercase().into() } else { text.to_lowercase().into() }
}
