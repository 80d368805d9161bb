//! DisplayControls. Source: display-controls.

use super::id::{Id, Spanned};
use super::technical_profiles::{ClaimReference, DisplayClaim, ValidationTechnicalProfile};
use crate::claims::Str;
use crate::source::Span;

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
