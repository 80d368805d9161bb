//! The values of claim resolvers from what a run knows. Formats as in the examples of claim-resolver-overview.

use super::culture::Culture;
use super::{Resolve, Resolver};
use crate::claims::{DateTime, Str};
use crate::engine::{Environment, Request};
use crate::plan::PolicyInfo;

/// The build number of the page's example; the real one changes with each deployment of the service.
const BUILD_NUMBER: &str = "1.0.507.0";

/// All that resolvers speak of.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// The relying party's policy.
    pub policy: &'a PolicyInfo,
    /// What the application sent. SAML resolvers find their values among its parameters, by their names.
    pub request: &'a Request,
    /// The clock.
    pub now: DateTime,
    /// `{Context:CorrelationId}`.
    pub correlation_id: &'a str,
    /// `{Context:KMSI}`: whether the person asked to be kept signed in.
    pub keep_me_signed_in: bool,
    /// The text of a claim by the name of its type.
    pub claim: &'a dyn Fn(&str) -> Option<Str>,
}

/// The value of a resolver other than `{Claim:…}`. The correlation id comes from the seed, and nobody is kept signed in.
pub fn resolver_value(resolver: &Resolver, policy: &PolicyInfo, environment: &Environment) -> Option<Str> {
    let values = Values {
        policy,
        request: &environment.request,
        now: environment.now,
        correlation_id: &correlation_id(environment.seed),
        keep_me_signed_in: false,
        claim: &|_| None,
    };
    values.resolve(resolver)
}

impl Resolve for Values<'_> {
    fn resolve(&self, resolver: &Resolver) -> Option<Str> {
        let name = resolver.name.as_str();
        match resolver.group.to_ascii_lowercase().as_str() {
            "culture" => self.culture(name),
            "policy" => self.policy(name),
            "context" => self.context(name),
            "claim" => (self.claim)(name),
            "oidc" => self.request_member(name),
            "oauth-kv" => self.parameter(name),
            "saml" => self.own_parameter(name),
            _ => None,
        }
    }
}

impl Values<'_> {
    fn culture(&self, name: &str) -> Option<Str> {
        // Without a language the service goes by the browser; ours speaks American English, as the page's examples do.
        let tag = self.request.ui_locales.as_deref().and_then(|tags| tags.split_whitespace().next()).unwrap_or("en-US");
        let culture = Culture::of(tag);
        match name.to_ascii_lowercase().as_str() {
            "languagename" => Some(culture.language.into()),
            "lcid" => Some(culture.lcid.to_string().into()),
            "regionname" => culture.region.map(Str::from),
            "rfc5646" => Some(culture.tag.into()),
            _ => None,
        }
    }

    fn policy(&self, name: &str) -> Option<Str> {
        let policy = self.policy;
        match name.to_ascii_lowercase().as_str() {
            "policyid" => Some(policy.id.clone()),
            "relyingpartytenantid" => Some(policy.tenant.clone()),
            "tenantobjectid" => policy.tenant_object_id.clone(),
            "trustframeworktenantid" => Some(policy.trust_framework_tenant.clone()),
            _ => None,
        }
    }

    fn context(&self, name: &str) -> Option<Str> {
        match name.to_ascii_lowercase().as_str() {
            "buildnumber" => Some(BUILD_NUMBER.into()),
            "correlationid" => Some(self.correlation_id.into()),
            "datetimeinutc" => Some(general_date_time(self.now).into()),
            "deploymentmode" => Some(if self.policy.development { "Development" } else { "Production" }.into()),
            "hostname" => Some(format!("{}.b2clogin.com", self.policy.tenant.split('.').next().unwrap_or_default()).into()),
            "ipaddress" => self.request.ip.clone(),
            "kmsi" => Some(if self.keep_me_signed_in { "true" } else { "false" }.into()),
            _ => None,
        }
    }

    fn request_member(&self, name: &str) -> Option<Str> {
        match name.to_ascii_lowercase().as_str() {
            "clientid" => self.parameter("client_id"),
            "domainhint" => self.parameter("domain_hint"),
            "loginhint" => self.parameter("login_hint"),
            "nonce" => self.parameter("nonce"),
            "prompt" => self.parameter("prompt"),
            "redirecturi" => self.parameter("redirect_uri"),
            "scope" => self.parameter("scope"),
            "authenticationcontextreferences" => self.own_parameter("acr_values"),
            "maxage" => self.own_parameter("max_age"),
            "resource" => self.own_parameter("resource"),
            "username" => self.own_parameter("username"),
            "password" => self.own_parameter("password"),
            _ => None,
        }
    }

    fn parameter(&self, name: &str) -> Option<Str> {
        self.request.parameter(name).cloned()
    }

    fn own_parameter(&self, name: &str) -> Option<Str> {
        self.request.own_parameter(name).cloned()
    }
}

/// .NET's general format for the United States: `10/10/2021 12:00:00 PM`.
fn general_date_time(time: DateTime) -> String {
    let date = time.date();
    let seconds = time.unix_seconds().rem_euclid(86_400);
    let hour = seconds / 3600;
    let (hour, half) = match hour {
        0 => (12, "AM"),
        1..=11 => (hour, "AM"),
        12 => (12, "PM"),
        _ => (hour - 12, "PM"),
    };
    format!("{}/{}/{} {}:{:02}:{:02} {half}", date.month, date.day, date.year, hour, seconds / 60 % 60, seconds % 60)
}

/// A made-up id in the form of a random UUID, the same for the same seed.
fn correlation_id(seed: u64) -> String {
    // SplitMix64.
    let mix = |step: u64| {
        let mut value = seed.wrapping_add(step.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        value ^ (value >> 31)
    };
    let (high, low) = (mix(1), mix(2));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        high >> 16 & 0xFFFF,
        high & 0xFFF,
        low >> 48 & 0x3FFF | 0x8000,
        low & 0xFFFF_FFFF_FFFF
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::claims::Template;
    use crate::engine::{Entry, Switches};

    fn environment() -> Environment {
        let parameters = [("acr_values", "loa2"), ("Issuer", "https://contoso.com"), ("campaignId", "Hawaii")];
        Environment {
            now: DateTime::parse("2021-10-09T00:05:07Z").unwrap(),
            seed: 1,
            request: Request {
                client_id: Some("app".into()),
                login_hint: Some("joe@contoso.com".into()),
                ui_locales: Some("es en".into()),
                parameters: parameters.into_iter().map(|(name, value)| (name.into(), value.into())).collect(),
                ..Request::default()
            },
            keys: BTreeMap::new(),
            switches: Switches::default(),
            session: None,
            entry: Entry::Authorize,
        }
    }

    /// What resolvers give; `None` where they have no value.
    fn check(expected: &[(&str, Option<&str>)]) {
        let policy = PolicyInfo { id: "B2C_1A_x".into(), tenant: "contoso.onmicrosoft.com".into(), ..PolicyInfo::default() };
        let environment = environment();
        for (text, value) in expected {
            let template = Template::parse(text);
            let resolver = template.resolvers().next().unwrap();
            assert_eq!(resolver_value(resolver, &policy, &environment).as_deref(), *value, "{text}");
        }
    }

    #[test]
    fn values_come_from_policy_request_and_clock() {
        check(&[
            ("{Policy:PolicyId}", Some("B2C_1A_x")),
            ("{Policy:TenantObjectId}", None),
            ("{Context:HostName}", Some("contoso.b2clogin.com")),
            ("{Context:DateTimeInUtc}", Some("10/9/2021 12:05:07 AM")),
            ("{Context:DeploymentMode}", Some("Production")),
            ("{Context:KMSI}", Some("false")),
            ("{Context:IPAddress}", None),
            ("{Culture:RFC5646}", Some("es-ES")),
            ("{Culture:Nothing}", None),
            ("{OIDC:ClientId}", Some("app")),
            ("{OIDC:Prompt}", None),
            ("{OIDC:AuthenticationContextReferences}", Some("loa2")),
            ("{OAUTH-KV:campaignid}", Some("Hawaii")),
            ("{OAUTH-KV:login_hint}", Some("joe@contoso.com")),
            ("{OAUTH-KV:nothing}", None),
            ("{SAML:Issuer}", Some("https://contoso.com")),
            ("{Claim:email}", None),
            ("{oauth2:access_token}", None),
        ]);
    }

    #[test]
    fn the_correlation_id_depends_on_the_seed_alone() {
        assert_eq!(correlation_id(1), correlation_id(1));
        assert_ne!(correlation_id(1), correlation_id(2));
        assert_eq!(correlation_id(u64::MAX).len(), 36);
    }

    #[test]
    fn hours_are_counted_in_halves_of_the_day() {
        for (time, expected) in [
            ("2021-10-10T12:00:00Z", "10/10/2021 12:00:00 PM"),
            ("2021-01-02T11:59:59Z", "1/2/2021 11:59:59 AM"),
            ("2021-01-02T13:00:00Z", "1/2/2021 1:00:00 PM"),
        ] {
            assert_eq!(general_date_time(DateTime::parse(time).unwrap()), expected);
        }
    }
}
