//! Claim resolvers: `{Group:Name}` inside texts (SEMANTICS 11, TRANSFORMS 12).
//!
//! Group and name are compared without regard to case. `{Settings:…}`, `{property:…}`, `{service:te}`, `{policy}` and `{tenant}` are no
//! claim resolvers and stay text.

mod culture;
mod values;

use super::text::Str;

pub use values::{Values, resolver_value};

/// One `{Group:Name}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resolver {
    /// For example `OIDC`.
    pub group: Str,
    /// For example `LoginHint`.
    pub name: Str,
}

/// The groups and their names; `None` = any name. `oauth2` and `oidc` name what an identity provider's token response has, and since case
/// does not matter, the names of `oidc` stand with those of `OIDC`. Source: claim-resolver-overview.
const GROUPS: [(&str, Option<&[&str]>); 8] = [
    ("Culture", Some(&["LanguageName", "LCID", "RegionName", "RFC5646"])),
    ("Policy", Some(&["PolicyId", "RelyingPartyTenantId", "TenantObjectId", "TrustFrameworkTenantId"])),
    ("Context", Some(&["BuildNumber", "CorrelationId", "DateTimeInUtc", "DeploymentMode", "HostName", "IPAddress", "KMSI"])),
    ("Claim", None),
    (
        "OIDC",
        Some(&[
            "AuthenticationContextReferences",
            "ClientId",
            "DomainHint",
            "LoginHint",
            "MaxAge",
            "Nonce",
            "Password",
            "Prompt",
            "RedirectUri",
            "Resource",
            "Scope",
            "Username",
            "access_token",
            "token_type",
            "expires_in",
            "refresh_token",
        ]),
    ),
    ("OAUTH-KV", None),
    (
        "SAML",
        Some(&[
            "AuthnContextClassReferences",
            "NameIdPolicyFormat",
            "Issuer",
            "AllowCreate",
            "ForceAuthn",
            "ProviderName",
            "RelayState",
            "Subject",
            "Binding",
        ]),
    ),
    ("oauth2", Some(&["access_token", "token_type", "expires_in", "refresh_token"])),
];

impl Resolver {
    /// Whether group and name are ones that the service knows; it refuses others (AADB2C90044).
    pub fn is_known(&self) -> bool {
        GROUPS.iter().any(|(group, names)| {
            group.eq_ignore_ascii_case(&self.group)
                && names.is_none_or(|names| names.iter().any(|name| name.eq_ignore_ascii_case(&self.name)))
        })
    }

    /// Whether the group is one that the service knows; it refuses others (AADB2C90045).
    pub fn has_known_group(&self) -> bool {
        GROUPS.iter().any(|(group, _)| group.eq_ignore_ascii_case(&self.group))
    }

    /// Whether the group is this one.
    pub fn is_of(&self, group: &str) -> bool {
        self.group.eq_ignore_ascii_case(group)
    }

    /// Group and name of every resolver whose name is not free.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
        GROUPS.iter().flat_map(|(group, names)| names.iter().copied().flatten().map(move |name| (*group, *name)))
    }

    /// A whole text of the form of a resolver, whose group the service does not know. What tools or other parts of the service fill in is
    /// none.
    fn of_unknown_group(text: &str) -> Option<Self> {
        const OTHERS: [&str; 3] = ["Settings", "property", "service"];
        let is_word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let (group, name) = text.strip_prefix('{')?.strip_suffix('}')?.split_once(':')?;
        let resolver = Self { group: group.into(), name: name.into() };
        let is_other = OTHERS.iter().any(|other| other.eq_ignore_ascii_case(group));
        (is_word(group) && is_word(name) && !is_other && !resolver.has_known_group()).then_some(resolver)
    }

    /// The resolver that a text between braces is, if its group is known.
    fn parse(text: &str) -> Option<Self> {
        let (group, name) = text.split_once(':')?;
        let known = GROUPS.iter().any(|(known, _)| known.eq_ignore_ascii_case(group));
        (known && !name.is_empty()).then(|| Self { group: group.into(), name: name.into() })
    }
}

/// A text with resolvers in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(Str),
    Resolver(Resolver),
}

/// Where the values of resolvers come from.
pub trait Resolve {
    /// The value, `None` when there is none now.
    fn resolve(&self, resolver: &Resolver) -> Option<Str>;
}

impl Template {
    /// Splits a text; braces that hold no `Group:Name` of a known group stay text, unless they are the whole text.
    pub fn parse(text: &str) -> Self {
        if let Some(resolver) = Resolver::of_unknown_group(text) {
            return Self { parts: vec![Part::Resolver(resolver)] };
        }
        let mut parts = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            literal.push_str(before);
            let found = after.split_once('}').and_then(|(inside, after)| Some((Resolver::parse(inside)?, after)));
            match found {
                Some((resolver, after)) => {
                    if !literal.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut literal).into()));
                    }
                    parts.push(Part::Resolver(resolver));
                    rest = after;
                }
                None => {
                    literal.push('{');
                    rest = after;
                }
            }
        }
        literal.push_str(rest);
        if !literal.is_empty() {
            parts.push(Part::Text(literal.into()));
        }
        Self { parts }
    }

    /// Whether there is nothing to resolve.
    pub fn is_literal(&self) -> bool {
        self.resolvers().next().is_none()
    }

    /// The resolvers in it, from the left.
    pub fn resolvers(&self) -> impl Iterator<Item = &Resolver> {
        self.parts.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Resolver(resolver) => Some(resolver),
        })
    }

    /// The resolvers whose group or name the service does not know.
    pub fn unknown(&self) -> impl Iterator<Item = &Resolver> {
        self.resolvers().filter(|resolver| !resolver.is_known())
    }

    /// The text with every resolver replaced; `None` when one of them has no value (OPEN-16).
    pub fn render(&self, source: &dyn Resolve) -> Option<Str> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Text(part) => text.push_str(part),
                Part::Resolver(resolver) => text.push_str(&source.resolve(resolver)?),
            }
        }
        Some(text.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    struct Upper;

    impl Resolve for Upper {
        fn resolve(&self, resolver: &Resolver) -> Option<Str> {
            (resolver.name != "nothing").then(|| resolver.name.to_ascii_uppercase().into())
        }
    }

    /// What a text is rendered to when each resolver gives its name in capitals, and which names in it are unknown.
    fn check(text: &str, rendered: &str, unknown: &[&str]) {
        let template = Template::parse(text);
        assert_eq!(template.render(&Upper).as_deref(), Some(rendered), "{text}");
        assert_eq!(template.unknown().map(|resolver| resolver.name.as_str()).collect::<Vec<_>>(), unknown, "{text}");
    }

    #[test]
    fn resolvers_of_known_groups_are_found_in_any_case() {
        check("{OIDC:LoginHint}", "LOGINHINT", &[]);
        check("{CONTEXT:kmsi}/{claim:a b}-{oauth-kv:x}", "KMSI/A B-X", &[]);
        check("{oidc:access_token}{oauth2:expires_in}{saml:issuer}", "ACCESS_TOKENEXPIRES_INISSUER", &[]);
        check("https://x/{Culture:LanguageName}/{Policy:PolicyId}?a={b}", "https://x/LANGUAGENAME/POLICYID?a={b}", &[]);
    }

    #[test]
    fn other_braces_stay_text() {
        for text in [
            "",
            "plain",
            "{Settings:Tenant}",
            "{property:name}",
            "{service:te}",
            "{policy}",
            "{tenant}",
            "{OIDC:}",
            "{OIDC}",
            "{OIDC:LoginHint",
            "{ OIDC:LoginHint}",
            "}{",
            "{0}",
            r#"{"a": 1}"#,
        ] {
            assert!(Template::parse(text).is_literal(), "{text}");
            check(text, text, &[]);
        }
        check("{{Claim:x}}", "{X}", &[]);
        check("{a{Claim:x}", "{aX", &[]);
    }

    #[test]
    fn an_unknown_name_of_a_known_group_is_told() {
        check("{OIDC:Hint}{Culture:Name}{Claim:any}", "HINTNAMEANY", &["Hint", "Name"]);
    }

    #[test]
    fn an_unknown_group_is_told_when_it_is_the_whole_text() {
        check("{Weather:Today}", "TODAY", &["Today"]);
        check("in {Weather:Today}", "in {Weather:Today}", &[]);
        check("{Weather:to day}", "{Weather:to day}", &[]);
    }

    #[test]
    fn a_resolver_without_a_value_leaves_the_whole_text_without_one() {
        assert_eq!(Template::parse("a{Claim:nothing}b").render(&Upper), None);
    }

    proptest! {
        #[test]
        fn a_text_without_resolvers_is_itself(text in "[a-z{}:]{0,20}") {
            let template = Template::parse(&text);
            prop_assert_eq!(template.render(&Upper), Some(text.into()));
        }
    }
}
