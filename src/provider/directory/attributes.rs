//! What the directory keeps of a user. Source: user-profile-attributes, active-directory-technical-profile.

/// Attributes that a technical profile may read or write, by their names in policies. `identities` and `userIdentities` are in no page,
/// but in policies that work.
const ATTRIBUTES: [&str; 43] = [
    "accountEnabled",
    "ageGroup",
    "alternativeSecurityId",
    "alternativeSecurityIds",
    "city",
    "consentProvidedForMinor",
    "country",
    "createdDateTime",
    "creationType",
    "dateOfBirth",
    "department",
    "displayName",
    "facsimileTelephoneNumber",
    "givenName",
    "identities",
    "immutableId",
    "jobTitle",
    "legalAgeGroupClassification",
    "legalCountry",
    "mailNickName",
    "mobile",
    "netId",
    "objectId",
    "otherMails",
    "passwordPolicies",
    "physicalDeliveryOfficeName",
    "postalCode",
    "preferredLanguage",
    "refreshTokensValidFromDateTime",
    "signInNames",
    "state",
    "streetAddress",
    "strongAuthenticationAlternativePhoneNumber",
    "strongAuthenticationEmailAddress",
    "strongAuthenticationPhoneNumber",
    "surname",
    "telephoneNumber",
    "usageLocation",
    "userIdentities",
    "userPrincipalName",
    "userState",
    "userStateChangedOn",
    "userType",
];

/// Families of attributes: those of the extensions app, sign-in names of each kind, and what a password is subject to.
const PREFIXES: [&str; 3] = ["extension_", "signInNames.", "passwordProfile."];

/// Whether an output claim of this partner name can come from the directory.
pub(crate) fn is_readable(name: &str) -> bool {
    is_attribute(name) || name.eq_ignore_ascii_case(super::CREATED)
}

/// Whether a persisted claim of this partner name can be kept by the directory.
pub(crate) fn is_writable(name: &str) -> bool {
    is_attribute(name) || ["password", "forceChangePasswordNextLogin"].iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// The attribute that was probably meant.
pub(crate) fn nearest(name: &str) -> Option<&'static str> {
    crate::nearest::nearest(name, ATTRIBUTES.iter().copied())
}

fn is_attribute(name: &str) -> bool {
    let starts = |prefix: &&str| name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    ATTRIBUTES.iter().any(|known| known.eq_ignore_ascii_case(name)) || PREFIXES.iter().any(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_known_in_any_case_and_by_their_families() {
        for (name, readable, writable) in [
            ("displayName", true, true),
            ("DISPLAYNAME", true, true),
            ("extension_plan", true, true),
            ("signInNames.emailAddress", true, true),
            ("signInNamesInfo", false, false),
            ("newClaimsPrincipalCreated", true, false),
            ("password", false, true),
            ("given_name", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_readable(name), is_writable(name)), (readable, writable), "{name}");
        }
        assert_eq!(nearest("telefoneNumber"), Some("telephoneNumber"));
    }
}
