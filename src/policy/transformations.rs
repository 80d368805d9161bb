//! ClaimsTransformations. Source: claimstransformations.

use super::id::{Id, Spanned};
use super::parts::{list, parts};
use super::reader::Reader;
use crate::claims::{DataType, Str};
use crate::source::Span;
use crate::xml::Element;

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

pub(super) fn read_claims_transformation(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimsTransformation> {
    parts! { reader, element;
        "Id" => id: id,
        "TransformationMethod" => method: token;
        "InputClaims" => input_claims: list("InputClaim", read_transformation_claim),
        "InputParameters" => input_parameters: list("InputParameter", read_input_parameter),
        "OutputClaims" => output_claims: list("OutputClaim", read_transformation_claim),
    }
    let method = reader.required(element, "TransformationMethod", method);
    Some(ClaimsTransformation {
        id: reader.required(element, "Id", id)?,
        method,
        input_claims: input_claims.unwrap_or_default(),
        input_parameters: input_parameters.unwrap_or_default(),
        output_claims: output_claims.unwrap_or_default(),
        span: element.start_tag(),
    })
}

fn read_transformation_claim(reader: &mut Reader<'_>, element: Element<'_>) -> Option<TransformationClaim> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "TransformationClaimType" => transformation_claim_type: id;
    }
    let claim = reader.required(element, "ClaimTypeReferenceId", claim)?;
    Some(TransformationClaim { claim, transformation_claim_type, span: element.start_tag() })
}

fn read_input_parameter(reader: &mut Reader<'_>, element: Element<'_>) -> Option<InputParameter> {
    parts! { reader, element;
        "Id" => id: id,
        "DataType" => data_type: data_type,
        "Value" => value: verbatim;
    }
    let data_type = reader.required(element, "DataType", data_type);
    let value = reader.required(element, "Value", value);
    Some(InputParameter { id: reader.required(element, "Id", id)?, data_type, value, span: element.start_tag() })
}
