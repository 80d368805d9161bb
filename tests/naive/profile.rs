//! SEMANTICS 6, 7, 8 and 10: technical profiles and their providers.

use std::collections::BTreeMap;

use b2c_journey::claims::{
    ClaimType, ClaimValue, DataType, DateTime, EnumerationItem, Resolve, Resolver, Restriction, Slot, Str, Template, from_json, from_text,
    resolver_value,
};
use b2c_journey::engine::Environment;
use b2c_journey::plan::PolicyInfo;
use b2c_journey::policy::{ClaimReference, TechnicalProfile};
use b2c_journey::transform::{self, Failure, Parameter, Transformation, World};
use serde_json::{Map, Value as Json};

use super::levels::{Policy, flag, item, key};
use super::{Result, Stop, Walk, uncoded, unsupported};

/// What stands behind a technical profile (7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    SelfAsserted,
    Rest,
    Directory,
    Transforming,
    Phone,
    SignIn,
    IdentityProvider,
    Insights,
    Code,
    Other,
    Nothing,
}

impl<'a> Walk<'a> {
    pub(crate) fn profile(&self, id: &str) -> Result<&'a TechnicalProfile> {
        match self.policy.profiles.get(&key(id)) {
            Some(profile) => Ok(profile),
            None => unsupported("a technical profile that is not there"),
        }
    }
}

impl Walk<'_> {
    pub(crate) fn kind(&self, profile: &TechnicalProfile) -> Result<Kind> {
        let protocol = profile.protocol.as_ref();
        let name = protocol.and_then(|it| it.name.as_ref()).map(|it| key(it)).unwrap_or_default();
        let handler = protocol.and_then(|it| it.handler.as_ref()).map(|it| it.to_string()).unwrap_or_default();
        let class = handler.split(',').next().unwrap_or_default().trim().rsplit('.').next().unwrap_or_default().to_owned();
        Ok(match (name.as_str(), class.as_str()) {
            ("proprietary", "SelfAssertedAttributeProvider") => Kind::SelfAsserted,
            ("proprietary", "RestfulProvider") => Kind::Rest,
            ("proprietary", "AzureActiveDirectoryProvider") => Kind::Directory,
            ("proprietary", "ClaimsTransformationProtocolProvider") => Kind::Transforming,
            ("proprietary", "PhoneFactorProtocolProvider") => Kind::Phone,
            ("proprietary", "AzureApplicationInsightsProvider") => Kind::Insights,
            // What a service of its own does is a reply like any other.
            ("proprietary", "ConditionalAccessProtocolProvider" | "UserJourneyContextProvider") => Kind::Other,
            ("proprietary", "AzureMfaProtocolProvider" | "AadSsprProtocolProvider" | "OneTimePasswordProtocolProvider") => Kind::Code,
            // 3.14: what no known protocol stands behind fails when it is called.
            ("", _) => Kind::Nothing,
            ("openidconnect", _) if self.is_password_grant(profile) => Kind::SignIn,
            ("openidconnect" | "oauth2" | "oauth1" | "saml2", _) => Kind::IdentityProvider,
            _ => return unsupported(format!("provider {name} {class}")),
        })
    }

    /// login-NonInteractive: the claim or metadata item grant_type is `password`.
    fn is_password_grant(&self, profile: &TechnicalProfile) -> bool {
        let of_input = profile.input_claims.iter().any(|input| {
            key(&self.partner(input, profile)) == "grant_type" && input.default_value.as_ref().is_some_and(|it| it.as_str() == "password")
        });
        of_input || item(&profile.metadata, "grant_type") == Some("password")
    }

    /// 6: a technical profile from input transformations to output transformations.
    pub(crate) fn call(&mut self, profile: &TechnicalProfile) -> Result<()> {
        let kind = self.kind(profile)?;
        if kind == Kind::SelfAsserted {
            return self.self_asserted(profile, None);
        }
        self.calls.push(key(&profile.id));
        let mut own = Own::new();
        self.transformations(&profile.input_claims_transformations, profile, &mut own)?;
        if kind == Kind::Transforming {
            own = self.own_defaults(profile)?;
        }
        let returned = self.provider(kind, profile)?;
        let nobody = returned.is_none();
        let returned = returned.unwrap_or_default();
        let mut values = Vec::new();
        for output in &profile.output_claims {
            values.push(match member(&returned, &self.partner(output, profile)) {
                _ if is_fixed(output) => None,
                _ if kind == Kind::Transforming => own.get(&key(&output.claim)).cloned(),
                Some(json) => match from_json(&json, self.data_type(&output.claim)) {
                    Ok(value) => Some(value),
                    Err(_) => return uncoded(),
                },
                None => None,
            });
        }
        self.finish(profile, kind, nobody, values, own)
    }

    /// Output claims and output transformations.
    pub(crate) fn finish(
        &mut self,
        profile: &TechnicalProfile,
        kind: Kind,
        nobody: bool,
        returned: Vec<Option<ClaimValue>>,
        mut own: Own,
    ) -> Result<()> {
        self.outputs(profile, kind, nobody, returned)?;
        for id in &profile.output_claims_transformations {
            match self.transformation(id, profile, &mut own) {
                // OPEN-14: when nobody was found, missing inputs do not fail.
                Err(Missing::Input) if nobody => {}
                Err(Missing::Input) => return uncoded(),
                Err(Missing::Other(stop)) => return Err(stop),
                Ok(()) => {}
            }
        }
        // A claims transformation profile has nothing else that could fill what it requires.
        let required = profile.output_claims.iter().filter(|it| it.required.is_some_and(|it| it.value));
        if kind == Kind::Transforming && required.clone().any(|it| self.claims.value(&it.claim).is_none()) {
            return uncoded();
        }
        Ok(())
    }

    /// OPEN-10: the default of an input claim lives for the call. Of a claims transformation profile and of a page the call has nothing but
    /// output claims and output transformations to give it to.
    pub(crate) fn own_defaults(&self, profile: &TechnicalProfile) -> Result<Own> {
        let mut own = Own::new();
        for input in &profile.input_claims {
            let always = input.always_use_default_value.is_some_and(|it| it.value);
            if input.default_value.is_some()
                && (always || self.claims.value(&input.claim).is_none())
                && let Some(value) = self.default(input, profile, true)?
            {
                own.entry(key(&input.claim)).or_insert(value);
            }
        }
        Ok(own)
    }

    /// 6.1: output claims from what the provider returned and from defaults; all of them or, when one fails, none (9.4).
    fn outputs(&mut self, profile: &TechnicalProfile, kind: Kind, nobody: bool, returned: Vec<Option<ClaimValue>>) -> Result<()> {
        let is_required = |it: &ClaimReference| it.required.is_some_and(|it| it.value) && it.default_value.is_none();
        let is_missing = |(output, returned): (&ClaimReference, &Option<ClaimValue>)| is_required(output) && returned.is_none();
        if kind != Kind::Transforming && !nobody && profile.output_claims.iter().zip(&returned).any(is_missing) {
            return uncoded();
        }
        for (output, returned) in profile.output_claims.iter().zip(returned) {
            let default = self.output_default(output, profile)?;
            // OPEN-11: the same rule for every provider.
            let may_stand = is_fixed(output) || self.claims.get(&output.claim) == Slot::Absent;
            if let Some(value) = returned.or(if may_stand { default } else { None }) {
                self.claims.set(&output.claim, Slot::Value(value));
            }
        }
        Ok(())
    }

    /// 6.1: the value of an input claim or persisted claim.
    pub(crate) fn input(&self, input: &ClaimReference, profile: &TechnicalProfile) -> Result<Option<ClaimValue>> {
        match self.claims.value(&input.claim) {
            Some(value) if !is_fixed(input) => Ok(Some(value)),
            _ => self.default(input, profile, true),
        }
    }

    /// 6.1, 10: as an input claim, but OPEN-12 speaks of input claims alone.
    pub(crate) fn persisted(&self, persisted: &ClaimReference, profile: &TechnicalProfile) -> Result<Option<ClaimValue>> {
        match self.claims.value(&persisted.claim) {
            Some(value) if !is_fixed(persisted) => Ok(Some(value)),
            _ => self.default(persisted, profile, false),
        }
    }

    pub(crate) fn output_default(&self, output: &ClaimReference, profile: &TechnicalProfile) -> Result<Option<ClaimValue>> {
        self.default(output, profile, false)
    }

    /// 6.2, 11.
    fn default(&self, reference: &ClaimReference, profile: &TechnicalProfile, input: bool) -> Result<Option<ClaimValue>> {
        let Some(text) = &reference.default_value else { return Ok(None) };
        let always = reference.always_use_default_value.is_some_and(|it| it.value);
        let flagged = always && flag(&profile.metadata, "IncludeClaimResolvingInClaimsHandling", false);
        let is_relying_party = self.policy.relying_party.as_ref().is_some_and(|party| party.id.value == profile.id.value);
        let protocol = profile.protocol.as_ref().and_then(|it| it.name.as_ref()).map(|it| key(it)).unwrap_or_default();
        let kind = self.kind(profile).ok();
        let text = match text.as_str() {
            text if !text.contains('{') => text.to_owned(),
            "{policy}" if is_relying_party => key(&self.policy.id),
            text => {
                let is_request = ["{OIDC:", "{OAUTH-KV:"].iter().any(|group| text.to_ascii_uppercase().starts_with(group));
                let resolves = match kind {
                    // The documentation's examples work without the flag too.
                    _ if is_relying_party => true,
                    Some(Kind::Insights) => input,
                    Some(Kind::Rest) => input && flagged,
                    _ if protocol == "saml2" => !input && flagged,
                    // The table of section 11 names no other kinds that do not resolve.
                    _ => flagged,
                };
                // OPEN-12.
                let resolves = resolves || (input && is_request);
                if Template::parse(text).is_literal() || !resolves {
                    text.to_owned()
                } else {
                    match self.resolved(text)? {
                        Some(text) => text,
                        // OPEN-16.
                        None => return Ok(None),
                    }
                }
            }
        };
        match self.converted(&text, &reference.claim) {
            Some(value) => Ok(Some(value)),
            None => unsupported("a default that does not fit its claim"),
        }
    }

    /// A text with its resolvers replaced; `None` when one has no value (OPEN-16).
    fn resolved(&self, text: &str) -> Result<Option<String>> {
        let template = Template::parse(text);
        if template.unknown().next().is_some() {
            return unsupported(format!("resolver {text}"));
        }
        Ok(template.render(self).map(|text| text.to_string()))
    }

    /// 6.1: the partner's name of a claim.
    pub(crate) fn partner(&self, reference: &ClaimReference, profile: &TechnicalProfile) -> String {
        if let Some(name) = &reference.partner_claim_type {
            return name.to_string();
        }
        let protocol = profile.protocol.as_ref().and_then(|it| it.name.as_ref()).map(|it| key(it)).unwrap_or_default();
        let declared = self.policy.claims.get(&key(&reference.claim));
        let partner = declared.and_then(|it| it.default_partners.iter().find(|it| key(&it.protocol) == protocol));
        let name = partner.and_then(|it| it.partner_claim_type.as_ref()).filter(|_| protocol != "proprietary");
        name.map_or_else(|| declared.map_or_else(|| reference.claim.to_string(), |it| it.id.to_string()), |it| it.to_string())
    }

    pub(crate) fn data_type(&self, claim: &str) -> DataType {
        let declared = self.policy.claims.get(&key(claim));
        declared.and_then(|it| it.data_type.as_ref()).map_or(DataType::String, |it| it.value)
    }

    pub(crate) fn converted(&self, text: &str, claim: &str) -> Option<ClaimValue> {
        from_text(text, self.data_type(claim)).ok()
    }

    fn claim_type(&self, claim: &str) -> ClaimType {
        let declared = self.policy.claims.get(&key(claim));
        ClaimType {
            id: declared.map_or_else(|| claim.into(), |it| it.id.to_str()),
            display_name: claim.into(),
            data_type: self.data_type(claim),
            input: None,
            restriction: match self.policy.choices(claim, None) {
                [] => Restriction::None,
                choices => Restriction::Enumeration(choices.iter().map(choice).collect()),
            },
            predicates: self.predicates(claim).unwrap_or_default(),
            mask: None,
            partners: Vec::new(),
            declared: declared.is_some(),
            span: None,
        }
    }

    /// 6: results straight to the bag, so that the next one sees them. `own` are claims that only this technical profile knows.
    pub(crate) fn transformations(
        &mut self,
        list: &[b2c_journey::policy::Spanned<b2c_journey::policy::Id>],
        profile: &TechnicalProfile,
        own: &mut Own,
    ) -> Result<()> {
        for id in list {
            match self.transformation(id, profile, own) {
                Err(Missing::Input) => return uncoded(),
                Err(Missing::Other(stop)) => return Err(stop),
                Ok(()) => {}
            }
        }
        Ok(())
    }

    fn transformation(&mut self, id: &str, profile: &TechnicalProfile, own: &mut Own) -> std::result::Result<(), Missing> {
        let policy = self.policy;
        let Some(declared) = policy.transformations.get(&key(id)) else {
            return Err(Missing::Other(Stop::Unsupported("a transformation that is not there".into())));
        };
        let method = declared.method.as_ref().map(|it| it.to_string()).unwrap_or_default();
        let slot = |claim: &b2c_journey::policy::TransformationClaim| {
            claim.transformation_claim_type.as_ref().map(|it| it.to_string()).unwrap_or_default()
        };
        let made = Transformation {
            id: declared.id.to_str(),
            method: method.as_str().into(),
            signature: None,
            inputs: Vec::new(),
            parameters: declared
                .input_parameters
                .iter()
                .map(|it| {
                    let data_type = it.data_type.as_ref().map_or("string", |it| it.value.name());
                    let value = it.value.as_ref().map(|it| it.value.clone()).unwrap_or_default();
                    Parameter::new(it.id.to_str(), data_type.into(), value, it.span)
                })
                .collect(),
            outputs: Vec::new(),
            span: declared.span,
            method_span: declared.span,
        };
        let held = |claims: &[b2c_journey::policy::TransformationClaim], own: &Own| -> Vec<(String, ClaimType, Option<ClaimValue>)> {
            let value = |claim: &str| own.get(&key(claim)).cloned().or_else(|| self.claims.value(claim));
            claims.iter().map(|it| (slot(it), self.claim_type(&it.claim), value(&it.claim))).collect()
        };
        let (inputs, outputs) = (held(&declared.input_claims, own), held(&declared.output_claims, &Own::new()));
        let inputs: Vec<transform::Input<'_>> =
            inputs.iter().map(|(slot, claim, value)| transform::Input { slot, claim, value: value.as_ref() }).collect();
        let outputs: Vec<transform::Output<'_>> =
            outputs.iter().map(|(slot, claim, value)| transform::Output { slot, claim, before: value.as_ref() }).collect();
        let content = item(&profile.metadata, "ContentDefinitionReferenceId");
        let mut world = Surroundings { policy, environment: self.environment, profile: &profile.id, content, drawn: self.drawn };
        let results = transform::run(&made, &inputs, &outputs, &mut world);
        self.drawn = world.drawn;
        match results {
            Ok(results) => {
                for (index, value) in results {
                    if let Some(output) = declared.output_claims.get(index) {
                        self.claims.set(&output.claim, Slot::from(value));
                    }
                }
                for output in &declared.output_claims {
                    own.remove(&key(&output.claim));
                }
                Ok(())
            }
            Err(Failure::Assertion { .. }) => Err(Missing::Other(Stop::Fault { code: None, assertion: true })),
            Err(Failure::Exception { kind: "missing-claim" | "null-input", .. }) => Err(Missing::Input),
            Err(Failure::Exception { .. }) => Err(Missing::Other(Stop::Fault { code: None, assertion: false })),
        }
    }
}

/// AlwaysUseDefaultValue; without a default the attribute is ignored.
pub(crate) fn is_fixed(reference: &ClaimReference) -> bool {
    reference.default_value.is_some() && reference.always_use_default_value.is_some_and(|it| it.value)
}

/// Claims that only one technical profile knows.
pub(crate) type Own = BTreeMap<String, ClaimValue>;

/// Why a transformation failed.
enum Missing {
    /// An input has no value.
    Input,
    Other(Stop),
}

/// 11: claims from here, all else from what every run is given.
impl Resolve for Walk<'_> {
    fn resolve(&self, resolver: &Resolver) -> Option<Str> {
        if resolver.is_of("Claim") {
            return self.claims.value(&resolver.name)?.text();
        }
        let info = PolicyInfo {
            id: self.policy.id.as_str().into(),
            tenant: self.policy.tenant.as_str().into(),
            tenant_object_id: self.policy.tenant_object_id.as_deref().map(Str::from),
            trust_framework_tenant: self.policy.trust_framework_tenant.as_str().into(),
            development: self.policy.development,
        };
        resolver_value(resolver, &info, self.environment)
    }
}

/// 8.6: a member by its exact name, else without case. Null counts as not returned.
pub(crate) fn member(members: &Map<String, Json>, partner: &str) -> Option<Json> {
    let found =
        members.get(partner).or_else(|| members.iter().find(|(name, _)| name.eq_ignore_ascii_case(partner)).map(|(_, value)| value));
    found.filter(|value| !value.is_null()).cloned()
}

fn choice(item: &b2c_journey::policy::EnumerationItem) -> EnumerationItem {
    EnumerationItem {
        text: item.text.as_ref().map(|it| it.value.clone()).unwrap_or_default(),
        value: item.value.value.clone(),
        selected: false,
    }
}

/// What a transformation may ask.
struct Surroundings<'a> {
    policy: &'a Policy,
    environment: &'a Environment,
    profile: &'a str,
    /// 15: the ContentDefinitionReferenceId of the profile that runs it.
    content: Option<&'a str>,
    drawn: u64,
}

impl World for Surroundings<'_> {
    fn now(&self) -> DateTime {
        self.environment.now
    }

    fn random(&mut self) -> u64 {
        self.drawn += 1;
        b2c_journey::engine::made_up(self.environment.seed, self.drawn)
    }

    fn key(&self, storage_reference: &str) -> Str {
        self.environment.key(storage_reference)
    }

    fn expression(&self, name: &str) -> Option<Str> {
        match key(name).as_str() {
            "technicalprofileid" => Some(self.profile.into()),
            "relyingpartytenantid" | "authenticatorissuer" => Some(self.policy.tenant.as_str().into()),
            "trustframeworktenantid" => Some(self.policy.trust_framework_tenant.as_str().into()),
            _ => None,
        }
    }

    fn localized_string(&self, element_type: &str, element_id: Option<&str>, string_id: &str) -> Option<Str> {
        self.policy.localized_string(self.content, element_type, element_id, string_id)
    }

    fn localized_item(&self, claim_type: &str, text: &str) -> Option<Str> {
        let items = self.policy.localized_items(claim_type, self.content);
        items.iter().find(|item| item.text.as_ref().is_some_and(|it| it.as_str() == text)).map(|item| item.value.value.clone())
    }

    fn chose(&mut self, _: &'static str) {}
}
