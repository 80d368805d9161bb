//! DisplayControls. Source: display-controls.

use super::id::{Id, Spanned};
use super::parts::{list, parts};
use super::reader::Reader;
use super::technical_profiles::{ClaimReference, DisplayClaim, DisplayClaimTarget, ValidationTechnicalProfile, read_validation_exchange};
use crate::claims::Str;
use crate::source::Span;
use crate::xml::Element;

/// A DisplayControl.
#[derive(Clone, Debug)]
pub struct DisplayControl {
    /// Id.
    pub id: Spanned<Id>,
    /// UserInterfaceControlType.
    pub kind: Option<Spanned<Str>>,
    /// InputClaims.
    pub input_claims: Vec<ClaimReference>,
    /// DisplayClaims; their targets are claims.
    pub display_claims: Vec<DisplayClaim>,
    /// OutputClaims.
    pub output_claims: Vec<ClaimReference>,
    /// Actions.
    pub actions: Vec<Action>,
    /// The start tag.
    pub span: Span,
}

/// An Action of a display control.
#[derive(Clone, Debug)]
pub struct Action {
    /// Id.
    pub id: Spanned<Id>,
    /// Each ValidationClaimsExchangeTechnicalProfile of its ValidationClaimsExchange.
    pub exchanges: Vec<ValidationTechnicalProfile>,
    /// The start tag.
    pub span: Span,
}

pub(super) fn read_display_control(reader: &mut Reader<'_>, element: Element<'_>) -> Option<DisplayControl> {
    parts! { reader, element;
        "Id" => id: id,
        "UserInterfaceControlType" => kind: token;
        "InputClaims" => input_claims: list("InputClaim", read_control_claim),
        "DisplayClaims" => display_claims: list("DisplayClaim", read_display_claim),
        "OutputClaims" => output_claims: list("OutputClaim", read_control_claim),
        "Actions" => actions: list("Action", read_action),
    }
    let kind = reader.required(element, "UserInterfaceControlType", kind);
    Some(DisplayControl {
        id: reader.required(element, "Id", id)?,
        kind,
        input_claims: input_claims.unwrap_or_default(),
        display_claims: display_claims.unwrap_or_default(),
        output_claims: output_claims.unwrap_or_default(),
        actions: actions.unwrap_or_default(),
        span: element.start_tag(),
    })
}

fn read_control_claim(reader: &mut Reader<'_>, element: Element<'_>) -> Option<ClaimReference> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "Required" => required: boolean,
        "DefaultValue" => default_value: verbatim,
        "AlwaysUseDefaultValue" => always_use_default_value: boolean;
    }
    Some(ClaimReference {
        claim: reader.required(element, "ClaimTypeReferenceId", claim)?,
        partner_claim_type: None,
        default_value,
        always_use_default_value,
        required,
        overwrite_if_exists: None,
        span: element.start_tag(),
    })
}

fn read_display_claim(reader: &mut Reader<'_>, element: Element<'_>) -> Option<DisplayClaim> {
    parts! { reader, element;
        "ClaimTypeReferenceId" => claim: id,
        "ControlClaimType" => control_claim_type: token,
        "Required" => required: boolean;
    }
    let claim = reader.required(element, "ClaimTypeReferenceId", claim)?;
    Some(DisplayClaim { target: DisplayClaimTarget::Claim(claim), control_claim_type, required, span: element.start_tag() })
}

fn read_action(reader: &mut Reader<'_>, element: Element<'_>) -> Option<Action> {
    parts! { reader, element;
        "Id" => id: id;
        "ValidationClaimsExchange" => exchanges: list("ValidationClaimsExchangeTechnicalProfile", read_validation_exchange),
    }
    Some(Action { id: reader.required(element, "Id", id)?, exchanges: exchanges.unwrap_or_default(), span: element.start_tag() })
}
