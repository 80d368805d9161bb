//! AzureActiveDirectoryProvider: settings, the request to the directory, and what its answer becomes. Source:
//! active-directory-technical-profile, SEMANTICS 10.

pub(crate) mod attributes;

use serde_json::Value as Json;

use crate::claims::{ClaimValue, Slot, Str};
use crate::diagnostic::{Diagnostic, code};
use crate::engine::{Choices, DirectoryOperation, DirectoryReply, DirectoryRequest, Fault, Open, Switches};
use crate::provider::call::{Call, InputValue, Naming, Returned, Setup, check_required_outputs, find, flag_value, named_outputs};

/// Partner name of the output that says whether the user is new.
const CREATED: &str = "newClaimsPrincipalCreated";

/// A directory technical profile, ready to be called.
#[derive(Clone, Debug)]
pub struct DirectorySettings {
    /// Operation.
    pub operation: DirectoryOperation,
    /// Attribute that finds the user; `None` when the profile has no input claim.
    pub key: Option<Str>,
    /// RaiseErrorIfClaimsPrincipalDoesNotExist; false when not given.
    pub fail_if_missing: bool,
    /// RaiseErrorIfClaimsPrincipalAlreadyExists; false when not given.
    pub fail_if_exists: bool,
    /// The tenant of the policy, which an error names.
    pub tenant: Str,
}

impl DirectorySettings {
    /// Reads the settings; what is wrong with them comes along.
    pub fn compile(setup: &Setup<'_>) -> (Self, Vec<Diagnostic>) {
        let mut findings = Vec::new();
        let operation = operation(setup, &mut findings);
        if setup.inputs.len() != 1 {
            // AADB2C90034.
            let words = format!("Profile '{}' must contain exactly one input claim.", setup.profile_id);
            let place = setup.inputs.get(1).map_or(setup.span, |second| second.span);
            let help = "the one input claim is the key that finds the user; what is to be written stands in `PersistedClaims`";
            findings.push(Diagnostic::error(code::DIRECTORY_KEY, words).at(place).help(help));
        }
        let settings = DirectorySettings {
            operation,
            key: setup.inputs.first().map(|input| input.partner.clone()),
            fail_if_missing: setup.flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false, &mut findings),
            fail_if_exists: setup.flag("RaiseErrorIfClaimsPrincipalAlreadyExists", false, &mut findings),
            tenant: setup.tenant.into(),
        };
        settings.check_persisted(setup, &mut findings);
        check_extensions(setup, &mut findings);
        (settings, findings)
    }

    /// "If the operation is Write or DeleteClaims, then it must also appear in a PersistedClaims element."
    fn check_persisted(&self, setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
        let Some(key) = &self.key else { return };
        let (persists, name) = match self.operation {
            DirectoryOperation::Write => (true, "Write"),
            DirectoryOperation::DeleteClaims => (true, "DeleteClaims"),
            DirectoryOperation::Read | DirectoryOperation::DeleteClaimsPrincipal => (false, ""),
        };
        if persists && !setup.persisted.iter().any(|claim| same(&claim.partner, key)) {
            let words = format!("the operation {name} needs its key `{key}` among the persisted claims too");
            findings.push(Diagnostic::warning(code::DIRECTORY_KEY, words).at(setup.span));
        }
    }

    /// The request. `persisted` holds the persisted claims in order: from the bag, else their default; no value = left alone.
    pub fn request(&self, inputs: &[InputValue<'_>], persisted: &[InputValue<'_>], switches: &Switches) -> Result<DirectoryRequest, Fault> {
        let key = self.key_value(inputs)?;
        let mut request = DirectoryRequest {
            operation: self.operation,
            key,
            writes: Vec::new(),
            keep: Vec::new(),
            may_create: self.operation == DirectoryOperation::Write && !self.fail_if_missing,
            may_update: !(self.operation == DirectoryOperation::Write && self.fail_if_exists),
            empty_clears: switches.empty_clears_attribute,
        };
        for claim in persisted {
            self.write(&mut request, claim);
        }
        Ok(request)
    }

    /// samples#468: the key claim missing from the bag is fatal.
    fn key_value(&self, inputs: &[InputValue<'_>]) -> Result<(Str, ClaimValue), Fault> {
        let key = inputs.first();
        if let (Some(name), Some(value)) = (&self.key, key.and_then(|key| key.value.clone())) {
            return Ok((name.clone(), value));
        }
        let name = key.map_or("", |key| key.claim.id.as_str());
        let words = format!(
            "The claim type \"{name}\", designated as the identifier claim type, could not be found in the claims collection for the \
             claims principal in tenant id \"{}\".",
            self.tenant
        );
        let fault = Fault { unplaced: true, ..Fault::new("AADB2C90037", words) };
        Err(match key {
            Some(key) => fault.at(key.reference.span),
            None => fault,
        })
    }

    fn write(&self, request: &mut DirectoryRequest, claim: &InputValue<'_>) {
        let attribute = &claim.reference.partner;
        // objectId is an address, never written (SEMANTICS 10).
        if same(attribute, "objectId") {
            return;
        }
        match self.operation {
            DirectoryOperation::Read | DirectoryOperation::DeleteClaimsPrincipal => return,
            // Every persisted attribute but the key is cleared, whatever the claim holds.
            DirectoryOperation::DeleteClaims => {
                if !same(attribute, &request.key.0) {
                    request.writes.push((attribute.clone(), Slot::Null));
                }
                return;
            }
            DirectoryOperation::Write => {}
        }
        // OPEN-15: a claim without a value leaves the attribute alone.
        let Some(value) = claim.value.clone() else { return };
        if !claim.reference.overwrite {
            request.keep.push(attribute.clone());
        }
        // Of several claims for one attribute the last one with a value counts.
        match request.writes.iter_mut().find(|(name, _)| same(name, attribute)) {
            Some((_, slot)) => *slot = Slot::Value(value),
            None => request.writes.push((attribute.clone(), Slot::Value(value))),
        }
    }

    /// The open points on which a call with these persisted claims rests.
    pub fn choices(&self, persisted: &[InputValue<'_>]) -> Choices {
        let mut choices = Choices::default();
        let empty = |claim: &InputValue<'_>| claim.value.as_ref().and_then(ClaimValue::as_str) == Some("");
        if self.operation == DirectoryOperation::Write && persisted.iter().any(empty) {
            choices.note(Open(15));
        }
        choices
    }

    /// Output claims, or the failure.
    pub fn outcome(&self, call: &Call<'_>, reply: &DirectoryReply) -> Result<Returned, Fault> {
        let returned = match reply {
            DirectoryReply::Found { .. } if self.operation == DirectoryOperation::Write && self.fail_if_exists => {
                return Err(already_exists(call));
            }
            DirectoryReply::Found { attributes } => self.attributes(call, attributes, false)?,
            DirectoryReply::Created { attributes } => self.attributes(call, attributes, true)?,
            DirectoryReply::NotFound if self.fail_if_missing => return Err(does_not_exist(call)),
            // OPEN-14, closed: success with nothing but defaults.
            DirectoryReply::NotFound => return Ok(Returned::default()),
            DirectoryReply::Deleted => Returned::default(),
            DirectoryReply::Refused(reason) => return Err(refused(reason)),
        };
        check_required_outputs(call, &returned)?;
        Ok(returned)
    }

    fn attributes(&self, call: &Call<'_>, attributes: &serde_json::Map<String, Json>, created: bool) -> Result<Returned, Fault> {
        let mut returned = named_outputs(call, attributes, Naming::ATTRIBUTES)?;
        if self.operation == DirectoryOperation::Write && find(attributes, CREATED).is_none() {
            for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| !output.always_default) {
                if same(&output.partner, CREATED) {
                    returned.outputs.push((index, Slot::Value(flag_value(call, output, created))));
                }
            }
            returned.outputs.sort_by_key(|(index, _)| *index);
        }
        Ok(returned)
    }
}

/// Source of the words: error-codes, AADB2C90032.
fn operation(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) -> DirectoryOperation {
    const KEY: &str = "Operation";
    let Some(value) = setup.required(KEY, findings) else { return DirectoryOperation::Read };
    match value.to_ascii_lowercase().as_str() {
        "read" => DirectoryOperation::Read,
        "write" => DirectoryOperation::Write,
        "deleteclaims" => DirectoryOperation::DeleteClaims,
        "deleteclaimsprincipal" => DirectoryOperation::DeleteClaimsPrincipal,
        _ => {
            let words = format!(
                "Profile '{}' contains the unsupported request operation '{value}'. Expected one of 'Read', 'Write', 'DeleteClaims' or \
                 'DeleteClaimsPrincipal'.",
                setup.profile_id
            );
            findings.push(Diagnostic::error(code::BAD_METADATA, words).at(setup.metadata_span(KEY)));
            DirectoryOperation::Read
        }
    }
}

/// samples#218, #391, #570: custom attributes need the extensions app. A run goes on without it.
fn check_extensions(setup: &Setup<'_>, findings: &mut Vec<Diagnostic>) {
    let mut claims = setup.inputs.iter().chain(setup.persisted).chain(setup.outputs);
    let Some(claim) = claims.find(|claim| claim.partner.get(..10).is_some_and(|start| start.eq_ignore_ascii_case("extension_"))) else {
        return;
    };
    if let Some(key) = ["ApplicationObjectId", "ClientId"].into_iter().find(|key| setup.metadata.get(key).is_none_or(str::is_empty)) {
        let words = format!(
            "A required Metadata item with key \"{key}\" was not found in the TechnicalProfile with id \"{}\" in policy \"{}\" of \
             tenant \"{}\".",
            setup.profile_id, setup.policy_id, setup.tenant
        );
        let help = "give `ClientId` and `ApplicationObjectId` of the app `b2c-extensions-app`, best in the technical profile that all \
                    directory profiles include";
        findings.push(
            Diagnostic::error(code::EXTENSION_APPLICATION, words).at(setup.span).label(claim.span, "an attribute of that app").help(help),
        );
    }
}

/// In an exchange the documented text of "user exists" (azure-docs#95465); on a page the message of the policy, else the built-in one.
fn already_exists(call: &Call<'_>) -> Fault {
    if call.on_page.is_none() {
        let words =
            format!("This user already exists, and profile '{}' does not allow the same user to be created again.", call.profile_id);
        return Fault::new("AADB2C99001", words);
    }
    let built_in = "A user with the specified ID already exists. Please choose a different one.";
    Fault::new("AADB2C99001", call.message("UserMessageIfClaimsPrincipalAlreadyExists", built_in, &[]))
}

/// In an exchange the profile's own message (azure-docs PR#83962); built-in texts: error-codes, 99002 and 90053.
fn does_not_exist(call: &Call<'_>) -> Fault {
    let built_in = match call.on_page {
        None => "User doesn't exist. Please sign up before you can sign in.",
        Some(_) => "A user with the specified credential could not be found.",
    };
    Fault::new("AADB2C99002", call.message("UserMessageIfClaimsPrincipalDoesNotExist", built_in, &[]))
}

/// The service says no more than the first sentence (error-codes, AADB2C90037); the reason is what its log holds.
fn refused(reason: &str) -> Fault {
    const WORDS: &str =
        "An error occurred while processing the request. Please contact administrator of the site you are trying to access.";
    let message = if reason.is_empty() { WORDS.to_owned() } else { format!("{WORDS} ({reason})") };
    Fault::new("AADB2C90037", message)
}

fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

#[cfg(test)]
mod tests;
