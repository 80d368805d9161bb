//! One call of a method: typed access to inputs and parameters, checked results.

use super::signature::{Presence, Signature};
use super::{Failure, Input, Output, Parameter, Results, Transformation, World};
use crate::claims::{ClaimValue, DataType, Date, DateTime, Identity, Str};
use crate::source::Span;

/// What an implementation works with.
pub(super) struct Call<'a> {
    pub(super) transformation: &'a Transformation,
    pub(super) signature: &'static Signature,
    pub(super) inputs: &'a [Input<'a>],
    pub(super) outputs: &'a [Output<'a>],
    pub(super) world: &'a mut dyn World,
    pub(super) results: Results,
}

/// An exception with this kind and message.
pub(super) fn exception(kind: &'static str, message: impl Into<String>) -> Failure {
    Failure::Exception { kind, message: message.into(), at: None }
}

/// An exception for which one part of the transformation is to blame.
fn exception_at(kind: &'static str, message: impl Into<String>, at: Option<Span>) -> Failure {
    Failure::Exception { kind, message: message.into(), at }
}

impl<'a> Call<'a> {
    /// The input of a slot. Names are matched exactly, else without regard to case: sources show both for parameters.
    pub(super) fn input(&self, slot: &str) -> Option<&'a Input<'a>> {
        let inputs = self.inputs;
        inputs.iter().find(|input| input.slot == slot).or_else(|| inputs.iter().find(|input| input.slot.eq_ignore_ascii_case(slot)))
    }

    /// The value of a slot, if it has one.
    pub(super) fn value(&self, slot: &str) -> Option<&'a ClaimValue> {
        self.input(slot).and_then(|input| input.value)
    }

    fn read<T>(&self, slot: &str, read: impl Fn(&'a ClaimValue) -> Option<T>) -> Result<Option<T>, Failure> {
        let Some(input) = self.input(slot) else { return Ok(None) };
        let Some(value) = input.value else { return Ok(None) };
        match read(value) {
            Some(value) => Ok(Some(value)),
            None => Err(self.wrong_type(input, value)),
        }
    }

    fn demand<T>(&self, slot: &str, read: impl Fn(&'a ClaimValue) -> Option<T>) -> Result<T, Failure> {
        self.read(slot, read)?.ok_or_else(|| self.missing(slot))
    }

    pub(super) fn string(&self, slot: &str) -> Result<&'a str, Failure> {
        self.demand(slot, ClaimValue::as_str)
    }

    pub(super) fn optional_string(&self, slot: &str) -> Result<Option<&'a str>, Failure> {
        self.read(slot, ClaimValue::as_str)
    }

    pub(super) fn boolean(&self, slot: &str) -> Result<bool, Failure> {
        self.demand(slot, as_boolean)
    }

    pub(super) fn integer(&self, slot: &str) -> Result<i64, Failure> {
        self.demand(slot, as_integer)
    }

    pub(super) fn optional_integer(&self, slot: &str) -> Result<Option<i64>, Failure> {
        self.read(slot, as_integer)
    }

    pub(super) fn date(&self, slot: &str) -> Result<Date, Failure> {
        self.demand(slot, as_date)
    }

    pub(super) fn optional_date(&self, slot: &str) -> Result<Option<Date>, Failure> {
        self.read(slot, as_date)
    }

    pub(super) fn date_time(&self, slot: &str) -> Result<DateTime, Failure> {
        self.demand(slot, as_date_time)
    }

    pub(super) fn optional_date_time(&self, slot: &str) -> Result<Option<DateTime>, Failure> {
        self.read(slot, as_date_time)
    }

    pub(super) fn strings(&self, slot: &str) -> Result<&'a [Str], Failure> {
        self.demand(slot, as_strings)
    }

    pub(super) fn optional_strings(&self, slot: &str) -> Result<Option<&'a [Str]>, Failure> {
        self.read(slot, as_strings)
    }

    pub(super) fn optional_identity(&self, slot: &str) -> Result<Option<&'a Identity>, Failure> {
        self.read(slot, |value| match value {
            ClaimValue::Identity(identity) => Some(identity.as_ref()),
            _ => None,
        })
    }

    pub(super) fn optional_identities(&self, slot: &str) -> Result<Option<&'a [Identity]>, Failure> {
        self.read(slot, |value| match value {
            ClaimValue::Identities(items) => Some(items.as_slice()),
            _ => None,
        })
    }

    /// The parameter of an Id; matched like slots.
    pub(super) fn optional_parameter(&self, id: &str) -> Option<&'a Parameter> {
        let parameters: &'a [Parameter] = &self.transformation.parameters;
        parameters
            .iter()
            .find(|parameter| parameter.id.as_str() == id)
            .or_else(|| parameters.iter().find(|parameter| parameter.id.eq_ignore_ascii_case(id)))
    }

    /// The value of a parameter, else its documented default.
    pub(super) fn parameter_or_default(&self, id: &str) -> Option<&'a str> {
        match self.optional_parameter(id) {
            Some(parameter) => Some(parameter.value.as_str()),
            None => self.signature.parameters.iter().find(|known| known.name == id).and_then(|known| known.default),
        }
    }

    pub(super) fn parameter(&self, id: &str) -> Result<&'a str, Failure> {
        self.parameter_or_default(id).ok_or_else(|| self.lacks_parameter(id))
    }

    /// The parameter itself, where it has no default.
    pub(super) fn demanded_parameter(&self, id: &str) -> Result<&'a Parameter, Failure> {
        self.optional_parameter(id).ok_or_else(|| self.lacks_parameter(id))
    }

    fn lacks_parameter(&self, id: &str) -> Failure {
        exception("missing-parameter", format!("{} lacks the input parameter `{id}`", self.place()))
    }

    /// A boolean parameter, or its documented default; `None` when there is neither.
    pub(super) fn optional_flag(&self, id: &str) -> Result<Option<bool>, Failure> {
        self.parameter_or_default(id).map(|text| self.parse_boolean(id, text)).transpose()
    }

    pub(super) fn flag(&self, id: &str) -> Result<bool, Failure> {
        self.parse_boolean(id, self.parameter(id)?)
    }

    fn parse_boolean(&self, id: &str, text: &str) -> Result<bool, Failure> {
        parse_boolean(text).ok_or_else(|| self.bad_parameter(id, "String was not recognized as a valid Boolean.", text))
    }

    pub(super) fn optional_number(&self, id: &str) -> Result<Option<i32>, Failure> {
        self.parameter_or_default(id).map(|text| self.parse_number(id, text)).transpose()
    }

    pub(super) fn number(&self, id: &str) -> Result<i32, Failure> {
        self.parse_number(id, self.parameter(id)?)
    }

    fn parse_number(&self, id: &str, text: &str) -> Result<i32, Failure> {
        text.trim().parse().map_err(|_| self.bad_parameter(id, "Input string was not in a correct format.", text))
    }

    /// Which of the allowed values a parameter has; case is ignored (docs and tests write it either way).
    pub(super) fn choice<T: Copy>(&self, id: &str, values: &[(&str, T)]) -> Result<T, Failure> {
        let text = self.parameter(id)?;
        match values.iter().find(|(name, _)| name.eq_ignore_ascii_case(text.trim())) {
            Some((_, value)) => Ok(*value),
            None => {
                let names: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
                let message = format!("{}: the input parameter `{id}` is `{text}`, not one of {}", self.place(), names.join(", "));
                Err(exception_at("format", message, self.parameter_span(id)))
            }
        }
    }

    /// Why the value of a parameter cannot be used: .NET's words first.
    pub(super) fn bad_parameter(&self, id: &str, message: &str, value: &str) -> Failure {
        exception_at("format", format!("{message} {}: input parameter `{id}` is `{value}`", self.place()), self.parameter_span(id))
    }

    fn parameter_span(&self, id: &str) -> Option<Span> {
        self.optional_parameter(id).map(|parameter| parameter.span)
    }

    fn input_span(&self, slot: &str) -> Option<Span> {
        self.transformation.inputs.iter().find(|input| input.slot.eq_ignore_ascii_case(slot)).map(|input| input.span)
    }

    /// Why the value of an input claim cannot be used: .NET's words first.
    pub(super) fn bad_input(&self, kind: &'static str, slot: &str, message: &str) -> Failure {
        let claim = self.input(slot).map_or("", |input| input.claim.id.as_str());
        exception_at(kind, format!("{message} {}: input claim `{claim}` as `{slot}`", self.place()), self.input_span(slot))
    }

    /// Sets the output of a slot; a policy need not declare it.
    pub(super) fn set(&mut self, slot: &str, value: impl Into<ClaimValue>) -> Result<(), Failure> {
        match self.output_index(slot) {
            Some(index) => self.set_at(index, value.into()),
            None => Ok(()),
        }
    }

    /// Sets the output of a slot to null.
    pub(super) fn set_null(&mut self, slot: &str) {
        if let Some(index) = self.output_index(slot) {
            self.results.push((index, None));
        }
    }

    /// Sets an output by its place; the value must fit the claim's data type.
    pub(super) fn set_at(&mut self, index: usize, value: ClaimValue) -> Result<(), Failure> {
        // A claim that is declared nowhere has no data type to fit.
        if let Some(output) = self.outputs.get(index).filter(|output| output.claim.declared)
            && let Err((kind, message)) = fits(&value, output.claim.data_type)
        {
            let at = self.transformation.outputs.get(index).map(|output| output.span);
            return Err(exception_at(kind, format!("{message} {}: output claim `{}`", self.place(), output.claim.id), at));
        }
        self.results.push((index, Some(value)));
        Ok(())
    }

    fn output_index(&self, slot: &str) -> Option<usize> {
        let place = |is: &dyn Fn(&str) -> bool| self.outputs.iter().position(|output| is(output.slot));
        place(&|name| name == slot).or_else(|| place(&|name| name.eq_ignore_ascii_case(slot)))
    }

    /// The output of a slot.
    pub(super) fn output(&self, slot: &str) -> Option<&'a Output<'a>> {
        self.output_index(slot).and_then(|index| self.outputs.get(index))
    }

    /// Says that the result rests on a choice where no source speaks.
    pub(super) fn chose(&mut self, what: &'static str) {
        self.world.chose(what);
    }

    /// The text with `{Name}` replaced for each of these names that has a value now. Happens before a format string is read.
    pub(super) fn expand(&self, text: &str, names: &[&str]) -> String {
        let mut result = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, from_brace)) = rest.find('{').and_then(|at| rest.split_at_checked(at)) {
            result.push_str(before);
            let replaced = from_brace.split_once('}').and_then(|(open, after)| {
                let name = open.strip_prefix('{')?;
                let known = names.iter().find(|known| known.eq_ignore_ascii_case(name))?;
                Some((self.world.expression(known)?, after))
            });
            match replaced {
                Some((value, after)) => {
                    result.push_str(&value);
                    rest = after;
                }
                None => {
                    result.push('{');
                    rest = from_brace.strip_prefix('{').unwrap_or("");
                }
            }
        }
        result.push_str(rest);
        result
    }

    /// The transformation in words, for messages.
    pub(super) fn place(&self) -> String {
        format!("claims transformation `{}` (method `{}`)", self.transformation.id, self.signature.method)
    }

    /// A claim that the method needs has no value: in the service's words (samples#264, samples#432) when the policy names it.
    pub(super) fn missing(&self, slot: &str) -> Failure {
        match self.input(slot) {
            Some(input) => exception_at("null-input", self.missing_claim(&input.claim.id), self.input_span(slot)),
            None => exception("null-input", format!("{} has no input claim for `{slot}`", self.place())),
        }
    }

    /// A value of a type that the slot does not take; the words of adv#50 where they are known.
    fn wrong_type(&self, input: &Input<'_>, value: &ClaimValue) -> Failure {
        let slot = self.signature.inputs.iter().find(|slot| slot.name.eq_ignore_ascii_case(input.slot));
        let types = slot.map_or(&[][..], |slot| slot.types);
        if matches!(value, ClaimValue::Identity(_)) && types == [DataType::String] {
            return self.bad_input(
                "type-mismatch",
                input.slot,
                "Unable to cast object of type 'Microsoft.Cpim.Data.UserIdentity' to type 'System.String'.",
            );
        }
        let names: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
        let message = format!("{}: input claim `{}` as `{}` must be {}", self.place(), input.claim.id, input.slot, names.join(" or "));
        exception_at("type-mismatch", message, self.input_span(input.slot))
    }

    /// samples#432.
    fn missing_claim(&self, claim: &str) -> String {
        let mut words = format!(
            "A Claim of ClaimType with id \"{claim}\" was not found, which is required by the ClaimsTransformationImpl of Type \
             \"Microsoft.Cpim.Data.Transformations.{}\" for TransformationMethod \"{}\" referenced by the ClaimsTransformation with id \"{}\"",
            self.signature.class(),
            self.signature.method,
            self.transformation.id
        );
        if let Some((policy, tenant)) = self.world.policy() {
            words += &format!(" in policy \"{policy}\" of tenant \"{tenant}\".");
        }
        words
    }

    /// Refuses a call that lacks a claim which its signature requires.
    pub(super) fn check_required(&self) -> Result<(), Failure> {
        match self.signature.inputs.iter().find(|slot| slot.presence == Presence::Required && self.value(slot.name).is_none()) {
            Some(slot) => Err(self.missing(slot.name)),
            None => Ok(()),
        }
    }
}

fn as_boolean(value: &ClaimValue) -> Option<bool> {
    match value {
        ClaimValue::Boolean(value) => Some(*value),
        _ => None,
    }
}

fn as_integer(value: &ClaimValue) -> Option<i64> {
    match value {
        ClaimValue::Integer(value) => Some(*value),
        _ => None,
    }
}

fn as_date(value: &ClaimValue) -> Option<Date> {
    match value {
        ClaimValue::Date(value) => Some(*value),
        _ => None,
    }
}

fn as_date_time(value: &ClaimValue) -> Option<DateTime> {
    match value {
        ClaimValue::DateTime(value) => Some(*value),
        _ => None,
    }
}

fn as_strings(value: &ClaimValue) -> Option<&[Str]> {
    match value {
        ClaimValue::Strings(items) => Some(items),
        _ => None,
    }
}

/// .NET `Boolean.Parse`.
pub(super) fn parse_boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// Whether a claim of the data type can hold the value.
fn fits(value: &ClaimValue, data_type: DataType) -> Result<(), (&'static str, String)> {
    let fits = match value {
        ClaimValue::String(_) => matches!(data_type, DataType::String | DataType::Duration),
        ClaimValue::Boolean(_) => data_type == DataType::Boolean,
        ClaimValue::Integer(number) => match data_type {
            DataType::Int if i32::try_from(*number).is_err() => {
                return Err(("format", "Value was either too large or too small for an Int32.".to_owned()));
            }
            DataType::Int | DataType::Long => true,
            _ => false,
        },
        ClaimValue::Date(_) => data_type == DataType::Date,
        ClaimValue::DateTime(_) => data_type == DataType::DateTime,
        ClaimValue::PhoneNumber(_) => data_type == DataType::PhoneNumber,
        ClaimValue::Strings(_) => data_type == DataType::StringCollection,
        ClaimValue::Identity(_) => matches!(data_type, DataType::UserIdentity | DataType::ObjectIdentity),
        ClaimValue::Identities(_) => matches!(
            data_type,
            DataType::UserIdentityCollection | DataType::AlternativeSecurityIdCollection | DataType::ObjectIdentityCollection
        ),
    };
    if fits { Ok(()) } else { Err(("type-mismatch", format!("the result does not fit the data type `{}`.", data_type.name()))) }
}
