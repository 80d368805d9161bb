//! What providers are given and what they give back. Everything here is pure: no bag, no engine.

#[cfg(test)]
pub(crate) mod fixture;

use serde_json::{Map, Value as Json};

use crate::claims::{self, ClaimId, ClaimType, ClaimValue, DataType, Slot, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Choices, Fault, Switches};
use crate::plan::{ClaimReference, DefaultValue, Metadata, PolicyInfo};
use crate::source::Span;

/// A technical profile as its provider's settings are compiled from it.
pub struct Setup<'a> {
    /// Id of the profile.
    pub profile_id: &'a str,
    /// PolicyId of the relying party's file.
    pub policy_id: &'a str,
    /// TenantId of the relying party's file.
    pub tenant: &'a str,
    /// DeploymentMode is `Development` or `Debugging`.
    pub development: bool,
    /// Metadata, merged.
    pub metadata: &'a Metadata,
    /// CryptographicKeys: Id and StorageReferenceId.
    pub keys: &'a [(Str, Str)],
    /// InputClaims.
    pub inputs: &'a [ClaimReference],
    /// PersistedClaims.
    pub persisted: &'a [ClaimReference],
    /// OutputClaims.
    pub outputs: &'a [ClaimReference],
    /// The claim types of the plan.
    pub plan_claim: &'a dyn Fn(ClaimId) -> &'a ClaimType,
    /// Its id, at the most derived level.
    pub span: Span,
}

impl<'a> Setup<'a> {
    /// The StorageReferenceId of a key, by its Id without regard to case.
    pub fn key(&self, id: &str) -> Option<&'a Str> {
        self.keys.iter().find(|(key, _)| key.eq_ignore_ascii_case(id)).map(|(_, storage)| storage)
    }

    /// Where a metadata item stands; the profile when it is not given.
    pub fn metadata_span(&self, key: &str) -> Span {
        self.metadata.item(key).map_or(self.span, |item| item.span)
    }

    /// Where a part of a metadata value stands; the whole value when it is not written as it reads.
    pub fn part_span(&self, key: &str, part: &str) -> Span {
        let span = self.metadata_span(key);
        self.metadata.item(key).map_or(span, |item| part_of(span, &item.value, part))
    }

    /// The input claim of this claim id (any case); its position.
    pub fn input_of_claim(&self, id: &str) -> Option<usize> {
        self.inputs.iter().position(|input| (self.plan_claim)(input.claim).id.eq_ignore_ascii_case(id))
    }

    /// A boolean of the metadata. Source: error-codes, AADB2C90030.
    pub fn flag(&self, key: &str, default: bool, findings: &mut Vec<Diagnostic>) -> bool {
        let Some(value) = self.metadata.get(key) else { return default };
        if !["true", "false", "1", "0"].iter().any(|word| value.eq_ignore_ascii_case(word)) {
            let words = format!("Profile '{}' contains an invalid boolean for {key}. Expected either 'true' or 'false'.", self.profile_id);
            findings.push(Diagnostic::error(code::BAD_METADATA, words).at(self.metadata_span(key)));
            return default;
        }
        self.metadata.flag(key, default)
    }

    /// A metadata item that must be there. Source: error-codes, AADB2C90023.
    pub fn required(&self, key: &str, findings: &mut Vec<Diagnostic>) -> Option<&'a str> {
        let value = self.metadata.get(key).filter(|value| !value.is_empty());
        if value.is_none() {
            let words = format!("Profile '{}' does not contain the required metadata key '{key}'.", self.profile_id);
            findings.push(Diagnostic::error(code::INCOMPLETE_PROFILE, words).at(self.metadata_span(key)));
        }
        value
    }

    /// A cryptographic key that must be there. Source: error-codes, AADB2C90025.
    pub fn required_key(&self, id: &str, findings: &mut Vec<Diagnostic>) -> Str {
        self.key(id).cloned().unwrap_or_else(|| {
            let words = format!(
                "Profile '{}' in policy '{}' in tenant '{}' does not contain the required cryptographic key '{id}'.",
                self.profile_id, self.policy_id, self.tenant
            );
            let help = format!("add `<Key Id=\"{id}\" StorageReferenceId=\"B2C_1A_…\" />` to its `CryptographicKeys`");
            findings.push(Diagnostic::error(code::MISSING_KEY, words).at(self.span).help(help));
            Str::new()
        })
    }
}

/// The place of a part of a text that stands at a place; all of it when entities in the source make the two differ.
pub(crate) fn part_of(span: Span, text: &str, part: &str) -> Span {
    let verbatim = (span.end - span.start) as usize == text.len();
    match text.find(part).filter(|_| verbatim) {
        Some(at) => Span { file: span.file, start: span.start + at as u32, end: span.start + (at + part.len()) as u32 },
        None => span,
    }
}

/// A technical profile as it is called.
pub struct Call<'a> {
    /// Id of the profile.
    pub profile_id: &'a str,
    /// The policy that runs.
    pub policy: &'a PolicyInfo,
    /// Metadata of the profile.
    pub metadata: &'a Metadata,
    /// OutputClaims.
    pub outputs: &'a [ClaimReference],
    /// The claim types of the plan.
    pub plan_claim: &'a dyn Fn(ClaimId) -> &'a ClaimType,
    /// Order of the orchestration step.
    pub step_order: u32,
    /// Metadata of the self-asserted profile whose validation this is; `None` in a claims exchange.
    pub on_page: Option<&'a Metadata>,
    /// The text for a metadata key such as `UserMessageIfInvalidPassword`: the page's content definition, the calling page, the
    /// profile itself (SEMANTICS 7, below the table).
    pub messages: &'a dyn Fn(&str) -> Option<Str>,
    /// The open points.
    pub switches: &'a Switches,
}

impl Call<'_> {
    /// The text of this key, else the built-in one; `{0}`, `{1}` are filled in. Source of built-in texts: localization-string-ids.
    pub fn message(&self, key: &str, built_in: &str, arguments: &[&str]) -> Str {
        fill(&(self.messages)(key).unwrap_or_else(|| built_in.into()), arguments)
    }
}

/// Puts arguments in the places of `{0}`, `{1}`, …, in one pass, so that an argument is never taken for a place.
pub fn fill(text: &str, arguments: &[&str]) -> Str {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let argument = after.split_once('}').and_then(|(number, after)| Some((arguments.get(number.parse::<usize>().ok()?)?, after)));
        match argument {
            Some((argument, after)) => {
                filled.push_str(argument);
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled.push_str(rest);
    filled.into()
}

/// An input claim with the value that is sent: from the bag, else its default; `None` is not sent. Providers take them as a list in
/// the order of the profile's InputClaims, one for each.
#[derive(Clone, Debug)]
pub struct InputValue<'a> {
    /// The InputClaim.
    pub reference: &'a ClaimReference,
    /// Its claim type.
    pub claim: &'a ClaimType,
    /// The value.
    pub value: Option<ClaimValue>,
}

/// The first `Required` input claim that has no value (the published schema: its absence is an error), unless another one gives the
/// partner what it wants under the same name: the starter pack's password change sends `oldPassword` as `password`, beside the required
/// `password` of the profile that it includes.
pub fn required_is_missing<'i, 'a>(inputs: &'i [InputValue<'a>]) -> Option<&'i InputValue<'a>> {
    let given = |name: &str| inputs.iter().any(|input| input.value.is_some() && input.reference.partner.eq_ignore_ascii_case(name));
    inputs.iter().find(|input| input.reference.required && input.value.is_none() && !given(&input.reference.partner))
}

/// What a provider returned.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Returned {
    /// Index into the OutputClaims, and the value. A claim that is not in the list was not returned.
    pub outputs: Vec<(usize, Slot)>,
    /// What is worth saying, one sentence each.
    pub notes: Vec<Str>,
    /// The open points that this rests on.
    pub choices: Choices,
}

/// How output claims find their values in a JSON object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naming {
    /// The claim id is a name too, where nothing has it for a partner name.
    pub claim_ids: bool,
    /// A name that fits only without regard to case is noted.
    pub note_case: bool,
    /// A null is noted.
    pub note_null: bool,
}

impl Naming {
    /// A REST API: partner names (SEMANTICS 8.6).
    pub const API: Naming = Naming { claim_ids: false, note_case: true, note_null: true };
    /// Attributes and tokens: partner names, in any case.
    pub const ATTRIBUTES: Naming = Naming { claim_ids: false, note_case: false, note_null: false };
    /// A general stub: partner names, then claim ids.
    pub const STUB: Naming = Naming { claim_ids: true, note_case: true, note_null: false };
}

/// Values for the output claims by name. A member that is null counts as not returned; a claim that always takes its default is not
/// looked up.
pub fn named_outputs(call: &Call<'_>, map: &Map<String, Json>, naming: Naming) -> Result<Returned, Fault> {
    let mut returned = Returned { outputs: Vec::with_capacity(call.outputs.len()), ..Returned::default() };
    for (index, reference) in call.outputs.iter().enumerate() {
        if reference.always_default {
            continue;
        }
        let claim = (call.plan_claim)(reference.claim);
        let mut found = find(map, &reference.partner);
        if found.is_none() && naming.claim_ids && !call.outputs.iter().any(|other| other.partner.eq_ignore_ascii_case(&claim.id)) {
            found = find(map, &claim.id);
        }
        let Some((name, value)) = found else { continue };
        if naming.note_case && name != reference.partner.as_str() && name != claim.id.as_str() {
            returned.notes.push(format!("`{name}` was taken for `{}`, which differs in case", reference.partner).into());
        }
        put(call, &mut returned, index, value, naming.note_null)?;
    }
    Ok(returned)
}

/// The member of this name: exactly, else without regard to case.
pub fn find<'m>(map: &'m Map<String, Json>, name: &str) -> Option<(&'m str, &'m Json)> {
    map.get_key_value(name).or_else(|| map.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))).map(|(key, value)| (key.as_str(), value))
}

/// Converts one value for an output claim and adds it.
pub fn put(call: &Call<'_>, returned: &mut Returned, index: usize, value: &Json, note_null: bool) -> Result<(), Fault> {
    let Some(reference) = call.outputs.get(index) else { return Ok(()) };
    if value.is_null() {
        if note_null {
            // api-connectors-overview: null is not allowed, omit the member or send a neutral value.
            let note = format!("`{}` returned null for `{}`; it counts as not returned", call.profile_id, reference.partner);
            returned.notes.push(note.into());
        }
        return Ok(());
    }
    let claim = (call.plan_claim)(reference.claim);
    match claims::from_json(value, claim.data_type) {
        Ok(value) => {
            returned.outputs.push((index, Slot::Value(value)));
            Ok(())
        }
        Err(error) => Err(wrong_type(reference, claim, value, &error.message)),
    }
}

/// A value that does not fit the claim's data type. The words for a collection are the service's (samples#206).
fn wrong_type(reference: &ClaimReference, claim: &ClaimType, value: &Json, reason: &str) -> Fault {
    let words = if claim.data_type == DataType::StringCollection && !value.is_array() {
        format!(
            "The data type '{}' of the claim with id '{}' does not match the DataType 'StringCollection' of ClaimType with id '{}' \
             specified in the policy.",
            dot_net_type(value),
            reference.partner,
            claim.id
        )
    } else {
        format!(
            "the value that was returned for `{}` does not fit the claim `{}` of type {}: {reason}",
            reference.partner,
            claim.id,
            claim.data_type.name()
        )
    };
    Fault::of_policy(words).at(reference.span)
}

fn dot_net_type(value: &Json) -> &'static str {
    match value {
        Json::Null => "Null",
        Json::Bool(_) => "Boolean",
        Json::Number(number) if number.is_i64() => "Long",
        Json::Number(_) => "Double",
        Json::String(_) => "String",
        Json::Array(_) => "StringCollection",
        Json::Object(_) => "Object",
    }
}

/// A yes or no of the provider itself (`newClaimsPrincipalCreated`, `newPhoneNumberEntered`): its text form unless the claim is a boolean.
pub fn flag_value(call: &Call<'_>, output: &ClaimReference, flag: bool) -> ClaimValue {
    match (call.plan_claim)(output.claim).data_type {
        DataType::Boolean => ClaimValue::Boolean(flag),
        _ => ClaimValue::from(if flag { "True" } else { "False" }),
    }
}

/// Whether an output claim has something else to take when the provider returns nothing.
pub fn has_default(reference: &ClaimReference) -> bool {
    matches!(reference.default, Some(DefaultValue::Value(_) | DefaultValue::Template { .. }))
}

/// A `Required` output claim that was not returned and has no default makes the profile fail (the published schema says so).
pub fn check_required_outputs(call: &Call<'_>, returned: &Returned) -> Result<(), Fault> {
    for (index, reference) in call.outputs.iter().enumerate() {
        if reference.required && !has_default(reference) && !returned.outputs.iter().any(|(at, _)| *at == index) {
            return Err(not_returned(call, reference));
        }
    }
    Ok(())
}

/// The failure of a claim that must be returned and was not.
pub fn not_returned(call: &Call<'_>, reference: &ClaimReference) -> Fault {
    let claim = &(call.plan_claim)(reference.claim).id;
    Fault::of_policy(format!("`{}` was not returned for the required output claim `{claim}`", reference.partner)).at(reference.span)
}
