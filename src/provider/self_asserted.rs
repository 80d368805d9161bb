//! SelfAssertedAttributeProvider: which fields a page has, and what it makes of what was typed (SEMANTICS 9.1 to 9.5).

use crate::claims::{ClaimId, ClaimType, ClaimValue, DataType, Date, InputType, Localized, Slot, Str, check_localized, from_text};
use crate::engine::Fault;
use crate::plan::{ClaimReference, ContentId, ControlId, DisplayClaim, Metadata, PolicyInfo};

/// A self-asserted profile's page, compiled.
#[derive(Debug, Default)]
pub struct PageSettings {
    /// ContentDefinitionReferenceId.
    pub content: Option<ContentId>,
    /// The form, in order.
    pub fields: Vec<Field>,
    /// A `unifiedssp` or `unifiedssd` page: only user name and password.
    pub sign_in: bool,
    /// setting.showContinueButton.
    pub can_continue: bool,
    /// setting.showCancelButton.
    pub can_cancel: bool,
    /// setting.showSignupLink.
    pub shows_sign_up: bool,
    /// setting.retryLimit.
    pub retry_limit: Option<u32>,
    /// AllowGenerationOfClaimsWithNullValues.
    pub empty_claims: bool,
    /// SignUpTarget.
    pub sign_up_target: Option<Str>,
    /// setting.forgotPasswordLinkOverride, of the profile or the content definition.
    pub forgot_password_target: Option<Str>,
    /// setting.forgotPasswordLinkLocation is not `None`.
    pub shows_forgot_password: bool,
    /// The first field must be an e-mail address (setting.operatingMode `Email`). Whether it is a sign-in page that is on the screen is the
    /// step's to say, by its content definition; profiles of other pages do not have the setting.
    pub email_sign_in: bool,
    /// IpAddressClaimReferenceId.
    pub ip_claim: Option<ClaimId>,
    /// The output claims, by their place, that the page cannot fill: they have no input type, no default, and no validation profile gives
    /// them.
    pub unfillable: Vec<usize>,
}

/// One field of the form.
#[derive(Clone, Debug)]
pub struct Field {
    /// The claim.
    pub claim: ClaimId,
    /// Must be filled.
    pub required: bool,
    /// A person can change it.
    pub editable: bool,
    /// PartnerClaimType `Verified.Email` and EnforceEmailVerification.
    pub verified_email: bool,
    /// The display control it stands in.
    pub control: Option<ControlId>,
    /// It takes the code of that control.
    pub code: bool,
    /// It is shown only because of OPEN-21.
    pub by_choice: bool,
}

impl Field {
    /// A field that can be typed into, of no control.
    pub(crate) fn plain(claim: ClaimId, required: bool) -> Self {
        Self { claim, required, editable: true, verified_email: false, control: None, code: false, by_choice: false }
    }
}

/// What a person gave for a field, converted; `None` = left empty.
pub(crate) type Entered = Option<ClaimValue>;

/// Checks one field in the order of SEMANTICS 9.3: required, type, restriction, predicates.
pub(crate) fn check_field(
    field: &Field,
    claim: &ClaimType,
    text: Option<&str>,
    today: Date,
    localized: &Localized<'_>,
) -> Result<Entered, Fault> {
    let text = text.filter(|text| !text.is_empty());
    let Some(text) = text else {
        if field.required {
            // localization-string-ids: the page's text for a required field that is empty.
            return Err(Fault::uncoded(
                localized("UxElement", "", "required_field").unwrap_or_else(|| "This information is required.".into()),
            ));
        }
        return Ok(None);
    };
    let value = from_text(text, claim.data_type).map_err(|error| {
        Fault::uncoded(format!("`{text}` is not a valid {} for `{}`: {}", claim.data_type.name(), claim.id, error.message))
    })?;
    check_localized(claim, &value, today, localized).map_err(|invalid| Fault::uncoded(invalid.message))?;
    Ok(Some(value))
}

/// custom-policies-series-validate-user-input: `reenterPassword` must equal `password` or `newPassword` on the same page. Compared by
/// claim name; whether the server repeats the page's check is not documented, the simulator enforces it.
pub(crate) fn check_reentered<'e>(find: impl Fn(&str) -> Option<&'e Entered>, message: impl Fn(&str) -> Option<Str>) -> Result<(), Fault> {
    let Some(again) = find("reenterPassword") else { return Ok(()) };
    match find("newPassword").or_else(|| find("password")) {
        Some(first) if first != again => {
            let built_in = "The password entry fields do not match. Please enter the same password in both fields and try again.";
            Err(Fault::uncoded(message("error_passwordEntryMismatch").unwrap_or_else(|| built_in.into())))
        }
        _ => Ok(()),
    }
}

/// self-asserted, setting.operatingMode: on a sign-in page of mode `Email` the name must be an e-mail address. Words: localization-string-ids,
/// invalid_email.
pub(crate) fn check_email(name: Option<&ClaimValue>, message: impl Fn(&str) -> Option<Str>) -> Result<(), Fault> {
    let Some(text) = name.and_then(ClaimValue::as_str).filter(|text| !text.is_empty()) else { return Ok(()) };
    let parts = text.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    if parts.is_some() && !text.contains(char::is_whitespace) {
        return Ok(());
    }
    Err(Fault::uncoded(message("invalid_email").unwrap_or_else(|| "Please enter a valid email address".into())))
}

/// What an empty field becomes: with AllowGenerationOfClaimsWithNullValues an existing empty string, else nothing, so that a prefilled
/// value survives (unit-tests self-asserted readme).
pub(crate) fn empty_slot(settings: &PageSettings, claim: &ClaimType) -> Option<Slot> {
    (settings.empty_claims && claim.data_type == DataType::String).then(|| Slot::Value(ClaimValue::from("")))
}

/// Why a page cannot be shown. Source of the words: samples#203, samples#260.
pub(crate) fn cannot_fill(claim: &str, profile: &str, policy: &PolicyInfo) -> String {
    format!(
        "Output claim type \"{claim}\" specified in the technical profile with id \"{profile}\" in policy \"{}\" of tenant \"{}\" does not \
         specify a UserInputType or a DefaultValue, and is not retrieved from a ValidationTechnicalProfile either.",
        policy.id, policy.tenant
    )
}

/// What the plan compiler knows of a self-asserted profile.
pub(crate) struct Draft<'a> {
    pub(crate) metadata: &'a Metadata,
    pub(crate) content_metadata: Option<&'a Metadata>,
    pub(crate) data_uri: &'a str,
    pub(crate) outputs: &'a [ClaimReference],
    pub(crate) display: Option<&'a [DisplayClaim]>,
    /// Claims that validation profiles give, their transformations' outputs included.
    pub(crate) produced: &'a dyn Fn(ClaimId) -> bool,
    pub(crate) input_type: &'a dyn Fn(ClaimId) -> Option<InputType>,
    pub(crate) control: &'a dyn Fn(ControlId) -> &'a [DisplayClaim],
    pub(crate) content: Option<ContentId>,
    pub(crate) ip_claim: Option<ClaimId>,
}

/// Lays out the page.
pub(crate) fn compile(draft: &Draft<'_>) -> PageSettings {
    let metadata = draft.metadata;
    let sign_in = ["unifiedssp", "unifiedssd"].iter().any(|kind| draft.data_uri.to_ascii_lowercase().contains(kind));
    let enforce_verification = metadata.flag("EnforceEmailVerification", true);
    let either = |key: &str| metadata.get(key).or_else(|| draft.content_metadata.and_then(|content| content.get(key)));
    let mut fields = Vec::new();
    let mut unfillable = Vec::new();
    let verified = |claim: ClaimId| {
        enforce_verification
            && draft.outputs.iter().any(|output| output.claim == claim && output.partner.eq_ignore_ascii_case("Verified.Email"))
    };
    match draft.display {
        Some(display) if !display.is_empty() => layout_display(draft, display, None, &verified, &mut fields),
        _ => {
            let pair = sign_in.then(|| name_and_password(draft));
            for (index, output) in draft.outputs.iter().enumerate() {
                let Some(input) = (draft.input_type)(output.claim) else {
                    if output.default.is_none() && !(draft.produced)(output.claim) {
                        unfillable.push(index);
                    }
                    continue;
                };
                let is_asked = match &pair {
                    Some(pair) => pair.contains(&Some(index)),
                    None => may_ask(draft, output) && !(draft.produced)(output.claim),
                };
                if !is_asked || fields.iter().any(|field: &Field| field.claim == output.claim) {
                    continue;
                }
                fields.push(Field {
                    claim: output.claim,
                    required: output.required,
                    editable: input.is_editable(),
                    verified_email: verified(output.claim),
                    control: None,
                    code: false,
                    by_choice: output.default.is_some(),
                });
            }
        }
    }
    PageSettings {
        content: draft.content,
        fields,
        sign_in,
        can_continue: metadata.flag("setting.showContinueButton", true),
        can_cancel: metadata.flag("setting.showCancelButton", true),
        shows_sign_up: metadata.flag("setting.showSignupLink", true),
        retry_limit: metadata.get("setting.retryLimit").and_then(|limit| limit.parse().ok()),
        empty_claims: metadata.flag("AllowGenerationOfClaimsWithNullValues", false),
        sign_up_target: metadata.get("SignUpTarget").filter(|target| !target.is_empty()).map(Into::into),
        forgot_password_target: either("setting.forgotPasswordLinkOverride").filter(|target| !target.is_empty()).map(Into::into),
        shows_forgot_password: either("setting.forgotPasswordLinkLocation").is_none_or(|location| !location.eq_ignore_ascii_case("None")),
        email_sign_in: metadata.get("setting.operatingMode").is_some_and(|mode| mode.eq_ignore_ascii_case("Email")),
        ip_claim: draft.ip_claim,
        unfillable,
    }
}

/// Whether a person can be asked for an output claim; one that always takes its default leaves nothing to ask.
fn may_ask(draft: &Draft<'_>, output: &ClaimReference) -> bool {
    (draft.input_type)(output.claim).is_some() && !(output.default.is_some() && output.always_default)
}

/// The places of the two output claims that a sign-in page asks for. self-asserted: they are the first two, user name and password, whoever
/// else gives them, and no others are asked for. Published policies have claims before or between them that validation profiles give
/// (signin-externalids, migrate-to-entra-external-id): the user name is then the last one before the password that nobody else gives.
fn name_and_password(draft: &Draft<'_>) -> [Option<usize>; 2] {
    let askable = || draft.outputs.iter().enumerate().filter(|(_, output)| may_ask(draft, output));
    let is_free = |output: &ClaimReference| !(draft.produced)(output.claim);
    let place = |(place, _): (usize, _)| place;
    match askable().find(|(_, output)| (draft.input_type)(output.claim) == Some(InputType::Password)) {
        Some((password, _)) => {
            let others = || askable().filter(|(place, _)| *place != password);
            let before = || others().take_while(|(place, _)| *place < password);
            let name = before().filter(|(_, output)| is_free(output)).last().or_else(|| before().last());
            [name.or_else(|| others().find(|(_, output)| is_free(output))).map(place), Some(password)]
        }
        None => [askable().next().map(place), askable().skip(1).find(|(_, output)| is_free(output)).map(place)],
    }
}

fn layout_display(
    draft: &Draft<'_>,
    display: &[DisplayClaim],
    control: Option<ControlId>,
    verified: &dyn Fn(ClaimId) -> bool,
    fields: &mut Vec<Field>,
) {
    for item in display {
        match item {
            DisplayClaim::Claim { claim, required, control_type, .. } => {
                let input = (draft.input_type)(*claim);
                fields.push(Field {
                    claim: *claim,
                    required: *required,
                    editable: input.is_some_and(InputType::is_editable),
                    verified_email: verified(*claim),
                    control,
                    code: control_type.as_ref().is_some_and(|kind| kind.eq_ignore_ascii_case("VerificationCode")),
                    by_choice: false,
                });
            }
            // A control's own claims are laid out in its place; a control inside a control is not a thing of the schema.
            DisplayClaim::Control(id) if control.is_none() => {
                layout_display(draft, (draft.control)(*id), Some(*id), verified, fields);
            }
            DisplayClaim::Control(_) => {}
        }
    }
}
