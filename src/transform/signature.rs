//! What is known of each method: one [`Signature`] per method, read by the engine, the checker and the docs.

use std::sync::LazyLock;

use super::call::Call;
use super::{Failure, boolean, collection, date, general, integer, json, phone, social, string, undocumented};
use crate::claims::DataType;

/// The page of the documentation that describes a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// boolean-transformations.
    Boolean,
    /// date-transformations.
    Date,
    /// general-transformations.
    General,
    /// integer-transformations.
    Integer,
    /// json-transformations.
    Json,
    /// phone-number-claims-transformations (preview).
    Phone,
    /// social-transformations.
    Social,
    /// string-transformations.
    String,
    /// stringcollection-transformations.
    StringCollection,
    /// No page; known from published policies only.
    Undocumented,
}

/// Whether a policy must declare a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Presence {
    /// It must be declared and its claim must have a value.
    Required,
    /// It must be declared, its claim may be without a value (azure-docs#71139: `collection` is called optional by the page, yet the
    /// service refuses a policy without it).
    MayBeEmpty,
    /// It may be left out.
    Optional,
}

/// A claim that a method takes or gives: a TransformationClaimType.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    /// The TransformationClaimType.
    pub name: &'static str,
    /// The data types that a claim there may have; empty = any.
    pub types: &'static [DataType],
    /// Whether it must be there.
    pub presence: Presence,
}

/// How claims or parameters beyond the named ones are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Names {
    /// By position or claim type id: no TransformationClaimType.
    None,
    /// Any name.
    Any,
    /// Any name that begins with this.
    Prefix(&'static str),
}

impl Names {
    /// Whether a name belongs to the list.
    pub fn admits(self, name: &str) -> bool {
        match self {
            Names::None => name.is_empty(),
            Names::Any => !name.is_empty(),
            Names::Prefix(prefix) => name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
        }
    }
}

/// Claims beyond the named slots, any number of them.
#[derive(Clone, Copy, Debug)]
pub struct OpenSlots {
    /// How they are named.
    pub names: Names,
    /// The data types that they may have; empty = any.
    pub types: &'static [DataType],
}

/// What the value of a parameter must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// `true` or `false`; declared as `boolean` or as `string`.
    Boolean,
    /// 32 bit.
    Integer,
    /// An instant, or a date as its midnight.
    DateTime,
    /// One of these; case is ignored.
    OneOf(&'static [&'static str]),
    /// A .NET regular expression.
    Regex,
    /// A .NET composite format string for this many arguments.
    Format(usize),
    /// The name of a policy key.
    PolicyKey,
}

impl Kind {
    /// The data types that an InputParameter of this kind may declare.
    pub fn types(self) -> &'static [DataType] {
        match self {
            Kind::Text | Kind::OneOf(_) | Kind::Regex | Kind::Format(_) | Kind::PolicyKey => &[DataType::String],
            Kind::Boolean => &[DataType::Boolean, DataType::String],
            Kind::Integer => &[DataType::Int],
            Kind::DateTime => &[DataType::DateTime, DataType::Date],
        }
    }
}

/// An InputParameter that a method reads.
#[derive(Clone, Copy, Debug)]
pub struct ParameterSlot {
    /// Its Id.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// The documented value in its absence.
    pub default: Option<&'static str>,
}

/// Parameters beyond the named ones, any number of them.
#[derive(Clone, Copy, Debug)]
pub struct OpenParameters {
    /// How they are named.
    pub names: Names,
    /// The data types that they may declare.
    pub types: &'static [DataType],
}

/// What is known of a method. Source: the page of its family; the samples where they say more.
#[derive(Clone, Copy, Debug)]
pub struct Signature {
    /// The TransformationMethod as documented.
    pub method: &'static str,
    /// Where it is documented.
    pub family: Family,
    /// Its input claims.
    pub inputs: &'static [Slot],
    /// Input claims beyond those.
    pub open_inputs: Option<OpenSlots>,
    /// Its parameters.
    pub parameters: &'static [ParameterSlot],
    /// Parameters beyond those.
    pub open_parameters: Option<OpenParameters>,
    /// Its output claims.
    pub outputs: &'static [Slot],
    /// Output claims beyond those.
    pub open_outputs: Option<OpenSlots>,
    /// What it does where no source speaks, one sentence each; a run that depends on one says so.
    pub choices: &'static [&'static str],
    pub(super) apply: fn(&mut Call<'_>) -> Result<(), Failure>,
}

impl Signature {
    /// Whether a page of the documentation describes it.
    pub fn documented(&self) -> bool {
        self.family != Family::Undocumented
    }

    /// The name of the service's class, as its error messages give it. Two are known (samples#264, samples#432), the others follow the
    /// pattern of the first.
    pub fn class(&self) -> String {
        match self.method {
            "CopyClaim" => "ClaimCopyTransformation".to_owned(),
            method if method.ends_with("Transformation") => method.to_owned(),
            method => format!("{method}Transformation"),
        }
    }

    pub(super) const fn new(family: Family, method: &'static str, apply: fn(&mut Call<'_>) -> Result<(), Failure>) -> Self {
        Self {
            method,
            family,
            inputs: &[],
            open_inputs: None,
            parameters: &[],
            open_parameters: None,
            outputs: &[],
            open_outputs: None,
            choices: &[],
            apply,
        }
    }

    pub(super) const fn inputs(mut self, inputs: &'static [Slot]) -> Self {
        self.inputs = inputs;
        self
    }

    pub(super) const fn any_inputs(mut self, names: Names, types: &'static [DataType]) -> Self {
        self.open_inputs = Some(OpenSlots { names, types });
        self
    }

    pub(super) const fn parameters(mut self, parameters: &'static [ParameterSlot]) -> Self {
        self.parameters = parameters;
        self
    }

    pub(super) const fn any_parameters(mut self, names: Names, types: &'static [DataType]) -> Self {
        self.open_parameters = Some(OpenParameters { names, types });
        self
    }

    pub(super) const fn outputs(mut self, outputs: &'static [Slot]) -> Self {
        self.outputs = outputs;
        self
    }

    pub(super) const fn any_outputs(mut self, names: Names, types: &'static [DataType]) -> Self {
        self.open_outputs = Some(OpenSlots { names, types });
        self
    }

    pub(super) const fn choices(mut self, choices: &'static [&'static str]) -> Self {
        self.choices = choices;
        self
    }
}

pub(super) const BOOLEAN: &[DataType] = &[DataType::Boolean];
pub(super) const DATE: &[DataType] = &[DataType::Date];
pub(super) const DATE_TIME: &[DataType] = &[DataType::DateTime];
pub(super) const INT: &[DataType] = &[DataType::Int];
pub(super) const LONG: &[DataType] = &[DataType::Long];
pub(super) const PHONE: &[DataType] = &[DataType::PhoneNumber];
pub(super) const STRING: &[DataType] = &[DataType::String];
pub(super) const STRINGS: &[DataType] = &[DataType::StringCollection];

/// A slot that must be declared and whose claim must have a value.
pub(super) const fn required(name: &'static str, types: &'static [DataType]) -> Slot {
    Slot { name, types, presence: Presence::Required }
}

/// A slot that must be declared, and whose claim may be without a value.
pub(super) const fn may_be_empty(name: &'static str, types: &'static [DataType]) -> Slot {
    Slot { name, types, presence: Presence::MayBeEmpty }
}

/// A slot that may be left out.
pub(super) const fn optional(name: &'static str, types: &'static [DataType]) -> Slot {
    Slot { name, types, presence: Presence::Optional }
}

/// A parameter that must be there.
pub(super) const fn parameter(name: &'static str, kind: Kind) -> ParameterSlot {
    ParameterSlot { name, kind, required: true, default: None }
}

/// A parameter that may be left out, with the documented default.
pub(super) const fn optional_parameter(name: &'static str, kind: Kind, default: Option<&'static str>) -> ParameterSlot {
    ParameterSlot { name, kind, required: false, default }
}

static TABLE: LazyLock<Vec<Signature>> = LazyLock::new(|| {
    [
        boolean::METHODS,
        date::METHODS,
        general::METHODS,
        integer::METHODS,
        json::METHODS,
        phone::METHODS,
        social::METHODS,
        string::METHODS,
        collection::METHODS,
        undocumented::METHODS,
    ]
    .concat()
});

/// All methods, family by family: the documented ones first, then those known from published policies only.
pub fn signatures() -> &'static [Signature] {
    &TABLE
}

/// The method of this name; case is ignored (published policies write `setClaimsIfRegexMatch`).
pub fn signature(method: &str) -> Option<&'static Signature> {
    TABLE.iter().find(|signature| signature.method.eq_ignore_ascii_case(method))
}
