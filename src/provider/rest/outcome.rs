//! What the reply of a REST API becomes.

use serde_json::{Map, Value as Json};

use super::failure;
use super::settings::RestSettings;
use crate::claims::Str;
use crate::engine::{Body, Fault, HttpReply, Open};
use crate::provider::call::{Call, Naming, Returned, check_required_outputs, find, has_default, named_outputs, not_returned, put};

impl RestSettings {
    /// Output claims, or the failure.
    pub fn outcome(&self, call: &Call<'_>, reply: &HttpReply) -> Result<Returned, Fault> {
        let (status, body) = match reply {
            HttpReply::Response { status, body } => (*status, body),
            HttpReply::Failure(kind) => return Err(failure::no_answer(self, call, *kind)),
        };
        if !(200..300).contains(&status) {
            return Err(failure::http_error(self, call, status, body));
        }
        let mut returned = self.read(call, body)?;
        returned.choices.merge(self.choices);
        self.check_missing(call, &mut returned)?;
        Ok(returned)
    }

    fn read(&self, call: &Call<'_>, body: &Body) -> Result<Returned, Fault> {
        match body {
            Body::Json(json) => match &**json {
                Json::Object(members) => self.members(call, members),
                _ => unreadable(call),
            },
            // custom-policies-series-call-rest-api: an empty body is fine.
            Body::Empty => Ok(Returned::default()),
            Body::Text(text) if text.trim().is_empty() => Ok(Returned::default()),
            Body::Text(text) => match serde_json::from_str(text) {
                Ok(Json::Object(members)) => self.members(call, &members),
                _ => unreadable(call),
            },
        }
    }

    fn members(&self, call: &Call<'_>, members: &Map<String, Json>) -> Result<Returned, Fault> {
        if self.paths.is_empty() {
            return named_outputs(call, members, Naming::API);
        }
        let mut returned = Returned { outputs: Vec::with_capacity(call.outputs.len()), ..Returned::default() };
        for (index, reference) in call.outputs.iter().enumerate().filter(|(_, reference)| !reference.always_default) {
            let path = self.paths.get(index).and_then(Option::as_ref);
            if let Some(value) = path.and_then(|path| path.find(members)) {
                put(call, &mut returned, index, value, true)?;
            } else if let Some((name, value)) = find(members, &reference.partner) {
                if name != reference.partner.as_str() {
                    returned.notes.push(format!("`{name}` was taken for `{}`, which differs in case", reference.partner).into());
                }
                put(call, &mut returned, index, value, true)?;
            }
        }
        Ok(returned)
    }

    /// OPEN-24: an output claim that the API did not return is no error unless it is required.
    fn check_missing(&self, call: &Call<'_>, returned: &mut Returned) -> Result<(), Fault> {
        check_required_outputs(call, returned)?;
        if returned.outputs.len() == call.outputs.len() {
            return Ok(());
        }
        for (index, reference) in call.outputs.iter().enumerate() {
            if has_default(reference) || returned.outputs.iter().any(|(at, _)| *at == index) {
                continue;
            }
            if call.switches.missing_rest_output_fails {
                return Err(not_returned(call, reference));
            }
            returned.choices.note(Open(24));
        }
        Ok(())
    }
}

/// A body that is no JSON object is an error only for a profile that reads something from it (no source says what the service does).
fn unreadable(call: &Call<'_>) -> Result<Returned, Fault> {
    let words: Str = format!("the body that `{}` returned is not a JSON object", call.profile_id).into();
    if call.outputs.iter().any(|reference| !reference.always_default) {
        return Err(Fault::uncoded(words));
    }
    Ok(Returned { notes: vec![words], ..Returned::default() })
}
