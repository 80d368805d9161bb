//! ClaimsTransformations. Source: claimstransformations.

use super::id::{Id, Spanned};
use crate::claims::{DataType, Str};
use crate::source::Span;

/// A ClaimsTransformation.
#[derive(Clone, Debug)]
pub struct ClaimsTransformation {
    /// Id.
    pub id: Spanned<Id>,
    /// TransformationMethod.
    pub method: Option<Spanned<Str>>,
    /// InputClaims.
    pub input_claims: Vec<TransformationClaim>,
    /// InputParameters.
    pub input_parameters: Vec<InputParameter>,
    /// OutputClaims.
    pub output_claims: Vec<TransformationClaim>,
    /// The start tag.
    pub span: Span,
}

/// An InputClaim or OutputClaim of a transformation.
#[derive(Clone, Debug)]
pub struct TransformationClaim {
    /// ClaimTypeReferenceId.
    pub claim: Spanned<Id>,
    /// TransformationClaimType: the method's name for it.
    pub transformation_claim_type: Option<Spanned<Id>>,
    /// The start tag.
    pub span: Span,
}

/// An InputParameter.
#[derive(Clone, Debug)]
pub struct InputParameter {
    /// Id: the method's name for it.
    pub id: Spanned<Id>,
    /// DataType.
    pub data_type: Option<Spanned<DataType>>,
    /// Value, verbatim.
    pub value: Option<Spanned<Str>>,
    /// The start tag.
    pub span: Span,
}
