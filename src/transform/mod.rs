//! Claims transformations: inputs in, outputs out; nothing here touches the bag.
//!
//! One file per documented family. Each method has one [`Signature`] (claim slots, types, parameters, outputs) that the engine, the
//! checker and the docs read.

mod boolean;
mod call;
mod choices;
mod collection;
mod date;
mod dotnet;
mod general;
mod integer;
mod json;
mod phone;
#[cfg(test)]
mod properties;
mod signature;
mod social;
mod string;
#[cfg(test)]
mod testing;
mod undocumented;
mod validate;

use std::sync::OnceLock;

use crate::claims::{ClaimId, ClaimType, ClaimValue, DateTime, Regex, RegexError, Str};
use crate::source::Span;
use call::Call;

pub use signature::{Family, Kind, Names, OpenParameters, OpenSlots, ParameterSlot, Presence, Signature, Slot, signature, signatures};
pub use validate::{Place, Problem, validate};

/// A ClaimsTransformation of a plan.
#[derive(Debug)]
pub struct Transformation {
    /// As declared.
    pub id: Str,
    /// TransformationMethod as written.
    pub method: Str,
    /// The method, if it is known and built.
    pub signature: Option<&'static Signature>,
    /// InputClaims.
    pub inputs: Vec<TransformationClaim>,
    /// InputParameters.
    pub parameters: Vec<Parameter>,
    /// OutputClaims.
    pub outputs: Vec<TransformationClaim>,
    /// Where.
    pub span: Span,
    /// Where the method is written, else as `span`.
    pub method_span: Span,
}

/// An InputClaim or OutputClaim of a transformation.
#[derive(Clone, Debug)]
pub struct TransformationClaim {
    /// TransformationClaimType; empty when there is none.
    pub slot: Str,
    /// Which claim.
    pub claim: ClaimId,
    /// Where.
    pub span: Span,
}

/// An InputParameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Id.
    pub id: Str,
    /// DataType as written.
    pub data_type: Str,
    /// Value, verbatim.
    pub value: Str,
    /// Where.
    pub span: Span,
    regex: OnceLock<Result<Regex, RegexError>>,
}

impl Parameter {
    /// A parameter.
    pub fn new(id: Str, data_type: Str, value: Str, span: Span) -> Self {
        Self { id, data_type, value, span, regex: OnceLock::new() }
    }

    /// The value as a regular expression, read once for all calls.
    ///
    /// # Errors
    /// The pattern cannot be used.
    pub fn regex(&self) -> Result<&Regex, &RegexError> {
        self.regex.get_or_init(|| Regex::new(&self.value)).as_ref()
    }
}

/// One input of a call.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// TransformationClaimType; empty when there is none.
    pub slot: &'a str,
    /// The claim type.
    pub claim: &'a ClaimType,
    /// Its value now.
    pub value: Option<&'a ClaimValue>,
}

/// One output of a call.
#[derive(Clone, Copy, Debug)]
pub struct Output<'a> {
    /// TransformationClaimType; empty when there is none.
    pub slot: &'a str,
    /// The claim type.
    pub claim: &'a ClaimType,
    /// Its value before the call (`CopyClaimIfPredicateMatch` and others leave it).
    pub before: Option<&'a ClaimValue>,
}

/// What a method may ask of the run it is part of.
pub trait World {
    /// The virtual clock.
    fn now(&self) -> DateTime;
    /// The next number of the run's seeded sequence.
    fn random(&mut self) -> u64;
    /// The secret of a policy key, by StorageReferenceId.
    fn key(&self, storage_reference: &str) -> Str;
    /// The value of an expression such as `TechnicalProfileId`, `RelyingPartyTenantId`, `TrustFrameworkTenantId`, `AuthenticatorIssuer`.
    fn expression(&self, name: &str) -> Option<Str>;
    /// PolicyId and TenantId of the policy that runs, for the words of the service.
    fn policy(&self) -> Option<(Str, Str)> {
        None
    }
    /// A localized string of the calling profile's content definition in the request's language, else the default language.
    fn localized_string(&self, element_type: &str, element_id: Option<&str>, string_id: &str) -> Option<Str>;
    /// The Value of a localized collection's item, by claim type and Text.
    fn localized_item(&self, claim_type: &str, text: &str) -> Option<Str>;
    /// Says that the result rests on a choice where no source speaks; the text is one sentence.
    fn chose(&mut self, what: &'static str);
}

/// Why a transformation failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// An assertion did not hold; the message of this metadata key is shown.
    #[error("{default}")]
    Assertion {
        /// For example `UserMessageIfClaimsTransformationBooleanValueIsNotEqual`.
        key: &'static str,
        /// The documented text, when the policy has none.
        default: String,
    },
    /// The method threw.
    #[error("{message}")]
    Exception {
        /// `null-input`, `type-mismatch`, `missing-claim`, `missing-parameter`, `missing-string`, `invalid-xml`, `format`,
        /// `index-out-of-range`, `unknown-method`, `not-built`.
        kind: &'static str,
        /// The service's words where they are known.
        message: String,
        /// The input claim, parameter, output claim or method that is to blame, when it is one of them.
        at: Option<Span>,
    },
}

/// What a call gives: index into the outputs, and the value (`None` = null). An output that is not named stays as it was.
pub type Results = Vec<(usize, Option<ClaimValue>)>;

/// Runs a transformation. The results do not touch the bag; the caller stores them.
pub fn run(
    transformation: &Transformation,
    inputs: &[Input<'_>],
    outputs: &[Output<'_>],
    world: &mut dyn World,
) -> Result<Results, Failure> {
    let Some(signature) = transformation.signature.or_else(|| signature(&transformation.method)) else {
        return Err(Failure::Exception {
            kind: "unknown-method",
            message: format!(
                "the transformation method `{}` of claims transformation `{}` is not known",
                transformation.method, transformation.id
            ),
            at: Some(transformation.method_span),
        });
    };
    let mut call = Call { transformation, signature, inputs, outputs, world, results: Results::new() };
    call.check_required()?;
    (signature.apply)(&mut call)?;
    Ok(call.results)
}
