//! Claim types: how pages ask for them, their choices, their names in the directory.

use crate::check::chain::Chain;
use crate::check::claims::references::{Owner, references};
use crate::check::kind::Kind;
use crate::claims::{DataType, InputType};
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{ClaimType, EnumerationItem};

const EXTENSION: &str = "extension_";

/// The data types that a field takes. Source: claimsschema, widened by what published policies use: a field of text for each type that
/// has a text, a list of choices for each that a choice can be.
fn takes(input: InputType, data_type: DataType) -> bool {
    use DataType::{Boolean, Date, DateTime, Duration, Int, Long, PhoneNumber, String};
    let types: &[DataType] = match input {
        InputType::DateTimeDropdown => &[Date, DateTime],
        InputType::TextBox => &[Boolean, Int, Long, PhoneNumber, String],
        InputType::EmailBox | InputType::Password => &[String],
        InputType::CheckboxMultiSelect => &[Boolean, String],
        InputType::RadioSingleSelect | InputType::DropdownSingleSelect => &[Boolean, Int, Long, String],
        InputType::Paragraph => &[Boolean, Date, DateTime, Duration, Int, Long, PhoneNumber, String],
        // Whatever has a text can be shown as one.
        InputType::Readonly | InputType::Button => return true,
    };
    types.contains(&data_type)
}

fn has_choices(input: InputType) -> bool {
    matches!(input, InputType::RadioSingleSelect | InputType::DropdownSingleSelect | InputType::CheckboxMultiSelect)
}

fn name(input: InputType) -> String {
    format!("{input:?}")
}

/// UserInputType against the data type and the choices.
pub(super) fn input_types(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for claim in chain.policy.claim_types.values() {
        let Some(input) = &claim.user_input_type else { continue };
        if let Some(data_type) = claim.data_type.as_ref().filter(|data_type| !takes(input.value, data_type.value)) {
            let message = format!("a `{}` cannot hold the data type `{}`", name(input.value), data_type.name());
            found.push(
                Diagnostic::warning(code::INPUT_TYPE, message)
                    .at(input.span)
                    .label(data_type.span, format!("the data type of `{}`", claim.id.value)),
            );
        }
        let enumerated = claim.restriction.as_ref().is_some_and(|restriction| !restriction.enumeration.is_empty());
        if has_choices(input.value) && !enumerated && !localized(chain, claim) {
            let message = format!("the `{}` of `{}` has nothing to choose from", name(input.value), claim.id.value);
            found.push(Diagnostic::warning(code::INPUT_TYPE, message).at(input.span).help(
                "add `<Restriction><Enumeration Text=\"…\" Value=\"…\" />…</Restriction>`, or a `LocalizedCollection` for the claim",
            ));
        }
    }
}

/// Whether a language brings the choices.
fn localized(chain: &Chain<'_>, claim: &ClaimType) -> bool {
    let collections = chain.policy.localized_resources.values().flat_map(|resources| &resources.collections);
    collections.into_iter().any(|collection| collection.element_id.value == claim.id.value && !collection.items.is_empty())
}

/// Attributes of the extensions app that the directory cannot have.
pub(super) fn extension_names(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for reference in references(chain) {
        let Owner::Profile(profile) = reference.owner else { continue };
        if profile.kind != Kind::Directory {
            continue;
        }
        let claim = &reference.claim.claim;
        let partner = reference.claim.partner_claim_type.as_ref().filter(|partner| !partner.trim().is_empty());
        let (attribute, span) = partner.map_or((claim.as_str(), claim.span), |partner| (partner.value.as_str(), partner.span));
        let Some((prefix, rest)) = attribute.split_at_checked(EXTENSION.len()) else { continue };
        let allowed = |character: char| character.is_ascii_alphanumeric() || character == '_';
        if !prefix.eq_ignore_ascii_case(EXTENSION) || !rest.is_empty() && rest.chars().all(allowed) {
            continue;
        }
        // error-codes, AADB2C95023; the pattern that the service puts at its end is published nowhere.
        let message = format!(
            "The claim '{attribute}' in technical profile '{}' in policy '{}' of tenant '{}' has invalid Id for extension property.",
            profile.profile.id.value,
            chain.policy_id(),
            chain.tenant()
        );
        found.push(
            Diagnostic::error(code::EXTENSION_NAME, message)
                .at(span)
                .help("behind `extension_` stand letters, digits and underscores, as in `extension_loyaltyNumber`"),
        );
    }
}

/// A claim type without DataType counts as a string.
pub(super) fn no_data_type(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for claim in chain.policy.claim_types.values().filter(|claim| claim.data_type.is_none()) {
        let message = format!("the claim type `{}` has no `DataType`, so it counts as `string`", claim.id.value);
        found.push(Diagnostic::note(code::NO_DATA_TYPE, message).at(claim.id.span).help("add `<DataType>string</DataType>`"));
    }
}

/// Choices that are there twice, and several defaults where one can be chosen.
pub(super) fn enumerations(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for claim in chain.policy.claim_types.values() {
        if let Some(restriction) = &claim.restriction {
            choices(claim, &restriction.enumeration, found);
        }
    }
    for collection in chain.policy.localized_resources.values().flat_map(|resources| &resources.collections) {
        let is_enumeration = collection.target_collection.as_ref().is_none_or(|target| target.eq_ignore_ascii_case("Restriction"));
        if let Some(claim) = chain.claim_type(&collection.element_id).filter(|_| is_enumeration) {
            choices(claim, &collection.items, found);
        }
    }
}

fn choices(claim: &ClaimType, items: &[EnumerationItem], found: &mut Vec<Diagnostic>) {
    let mut seen: rustc_hash::FxHashMap<&str, &EnumerationItem> = rustc_hash::FxHashMap::default();
    for item in items {
        match seen.get(item.value.as_str()) {
            Some(first) => {
                let message = format!("`{}` is already a choice of `{}`", item.value.value, claim.id.value);
                found.push(
                    Diagnostic::warning(code::ENUMERATION, message)
                        .at(item.value.span)
                        .label(first.value.span, "here first")
                        .help("give each choice a `Value` of its own: the journey sees nothing else of it"),
                );
            }
            None => _ = seen.insert(item.value.as_str(), item),
        }
    }
    let single = claim
        .user_input_type
        .as_ref()
        .is_some_and(|input| matches!(input.value, InputType::RadioSingleSelect | InputType::DropdownSingleSelect));
    let mut selected = items.iter().filter_map(|item| item.select_by_default.as_ref().filter(|selected| selected.value));
    let Some(first) = selected.next().filter(|_| single) else { return };
    for second in selected {
        let message = format!("only one choice of `{}` can be selected, and another one is already by default", claim.id.value);
        found.push(Diagnostic::warning(code::ENUMERATION, message).at(second.span).label(first.span, "the first one"));
    }
}
