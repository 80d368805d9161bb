//! Which provider runs a technical profile, and its settings (SEMANTICS 7).

use super::compile::Compiler;
use super::model::*;
use crate::claims::{ClaimId, ClaimType, Str};
use crate::diagnostic::{Diagnostic, Severity, code};
use crate::policy;
use crate::provider::incoming_token::IncomingToken;
use crate::provider::{
    Handler, Issuer, Setup, aad_sspr, application_insights, azure_mfa, conditional_access, directory, identity_provider, one_time_password,
    phone, rest, self_asserted as form, sign_in,
};

/// The kind of a technical profile, as its protocol, handler and token formats name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HandlerClass {
    /// Protocol name.
    pub protocol: Str,
    /// The class of a Proprietary handler without its namespace: `RestfulProvider` for example.
    pub class: Str,
    /// InputTokenFormat.
    pub input_format: Str,
    /// OutputTokenFormat.
    pub output_format: Str,
}

impl HandlerClass {
    pub(super) fn is_insights(&self) -> bool {
        self.class.eq_ignore_ascii_case("AzureApplicationInsightsProvider")
    }

    pub(super) fn is_rest(&self) -> bool {
        self.class.eq_ignore_ascii_case("RestfulProvider")
    }

    /// SelfAssertedAttributeProvider.
    pub fn is_page(&self) -> bool {
        self.class.eq_ignore_ascii_case("SelfAssertedAttributeProvider")
    }
}

impl Profile {
    /// Whether it is a self-asserted page.
    pub fn is_page(&self) -> bool {
        self.class.is_page()
    }
}

/// The kind that a technical profile names.
pub(crate) fn class_of(source: &policy::TechnicalProfile) -> HandlerClass {
    let text = |value: &Option<policy::Spanned<Str>>| value.as_ref().map(|text| Str::from(text.value.trim())).unwrap_or_default();
    let protocol = source.protocol.as_ref();
    let handler = protocol.map(|protocol| text(&protocol.handler)).unwrap_or_default();
    // Handlers end in assembly name, version and key: the class name before the first comma counts.
    let class = handler.split(',').next().unwrap_or_default().trim().rsplit('.').next().unwrap_or_default();
    HandlerClass {
        protocol: protocol.map(|protocol| text(&protocol.name)).unwrap_or_default(),
        class: class.into(),
        input_format: text(&source.input_token_format),
        output_format: text(&source.output_token_format),
    }
}

impl Compiler<'_> {
    /// Compiles the providers' settings, once every claim of the plan is known.
    pub(super) fn compile_handlers(&mut self) {
        for index in 0..self.profiles.items.len() {
            let (handler, mut diagnostics) = match self.profiles.items.get(index) {
                Some(Some(profile)) => self.handler(profile),
                _ => continue,
            };
            // Faulty settings fail when the profile is called, if it is; the plan stands. The checker judges them by what the service refuses.
            for diagnostic in &mut diagnostics {
                diagnostic.severity = diagnostic.severity.min(Severity::Warning);
            }
            self.diagnostics.append(&mut diagnostics);
            if let Some(Some(profile)) = self.profiles.items.get_mut(index) {
                profile.handler = handler;
            }
        }
    }

    pub(super) fn handler(&self, profile: &Profile) -> (Handler, Vec<Diagnostic>) {
        let nowhere = super::claims::undeclared("", profile.span);
        let claim_of = |id: ClaimId| -> &ClaimType { self.claims.get(id.index()).unwrap_or(&nowhere) };
        let setup = Setup {
            profile_id: &profile.id,
            policy_id: &self.policy.id,
            tenant: &self.policy.tenant,
            development: self.policy.development,
            metadata: &profile.metadata,
            keys: &profile.keys,
            inputs: &profile.inputs,
            persisted: &profile.persisted,
            outputs: &profile.outputs,
            plan_claim: &claim_of,
            span: profile.span,
        };
        let class = &profile.class;
        let format = class.output_format.to_ascii_uppercase();
        let quiet = |handler: Handler| (handler, Vec::new());
        match class.protocol.to_ascii_lowercase().as_str() {
            "proprietary" => match class.class.to_ascii_lowercase().as_str() {
                "selfassertedattributeprovider" => self.page(profile),
                "restfulprovider" => compiled(|settings| Handler::Rest(Box::new(settings)), rest::RestSettings::compile(&setup)),
                "azureactivedirectoryprovider" => compiled(Handler::Directory, directory::DirectorySettings::compile(&setup)),
                "phonefactorprotocolprovider" => compiled(Handler::Phone, phone::PhoneSettings::compile(&setup)),
                "claimstransformationprotocolprovider" => quiet(Handler::ClaimsTransformation),
                "onetimepasswordprotocolprovider" => {
                    compiled(Handler::OneTimePassword, one_time_password::OneTimePasswordSettings::compile(&setup))
                }
                "azuremfaprotocolprovider" => compiled(Handler::AzureMfa, azure_mfa::AzureMfaSettings::compile(&setup)),
                "aadssprprotocolprovider" => compiled(Handler::AadSspr, aad_sspr::AadSsprSettings::compile(&setup)),
                "conditionalaccessprotocolprovider" => {
                    compiled(Handler::ConditionalAccess, conditional_access::ConditionalAccessSettings::compile(&setup))
                }
                "azureapplicationinsightsprovider" => (Handler::ApplicationInsights, application_insights::check(&setup)),
                "userjourneycontextprovider" => quiet(Handler::UserJourneyContext),
                "noopssosessionprovider"
                | "defaultssosessionprovider"
                | "externalloginssosessionprovider"
                | "oauthssosessionprovider"
                | "samlssosessionprovider" => quiet(Handler::Session),
                _ => {
                    let message = if class.class.is_empty() {
                        format!("technical profile `{}` of protocol Proprietary names no handler", profile.id)
                    } else {
                        format!("the handler `{}` of technical profile `{}` is not known", class.class, profile.id)
                    };
                    let mut diagnostic = Diagnostic::error(code::UNKNOWN_HANDLER, message).at(profile.handler_span);
                    if let Some(name) = crate::nearest::nearest(&class.class, KNOWN_CLASSES.iter().copied()) {
                        diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                    }
                    (Handler::Unknown, vec![diagnostic])
                }
            },
            // Older identity-provider profiles name the JWT as their output format too: link-local-account-with-federated-account.
            "openidconnect" if format == "JWT" && !is_relying_on_others(&profile.metadata) => quiet(Handler::Issuer(Issuer::Jwt)),
            "openidconnect" if sign_in::is_sign_in(&class.protocol, &setup) => (Handler::SignIn, sign_in::check(&setup)),
            "oauth2" if format == "OAUTH2ERROR" => quiet(Handler::Issuer(Issuer::Error)),
            "saml2" if format == "SAML2" => quiet(Handler::Issuer(Issuer::Saml)),
            "openidconnect" | "oauth1" | "oauth2" | "saml2" | "wsfed" | "wstrust" => {
                compiled(Handler::IdentityProvider, identity_provider::IdentityProviderSettings::compile(&setup))
            }
            "none" => match format.as_str() {
                "JWT" => quiet(Handler::Issuer(Issuer::Jwt)),
                "SAML2" => quiet(Handler::Issuer(Issuer::Saml)),
                "JSON" => quiet(Handler::Issuer(Issuer::UserInfo)),
                "OAUTH2ERROR" => quiet(Handler::Issuer(Issuer::Error)),
                _ => match IncomingToken::of(&setup, class) {
                    Some(token) => (Handler::IncomingToken(token), token.check(&setup)),
                    // UserInfo authorization: nothing but claims that come from outside.
                    None => quiet(Handler::Other),
                },
            },
            "" => {
                // azure-docs#54775 has the same for DisplayName.
                let words = format!("The required \"Protocol\" element is missing from TechnicalProfile with id \"{}\"", profile.id);
                let others = self.effective.technical_profiles.iter().map(|(id, _)| id.as_str());
                let help = match crate::nearest::nearest(&profile.id, others.filter(|id| !profile.id.eq_ignore_ascii_case(id))) {
                    Some(name) => format!("nothing says which protocol it speaks; did you mean `{name}`?"),
                    None => "neither this technical profile nor one that it includes says which protocol it speaks".to_owned(),
                };
                (Handler::Unknown, vec![Diagnostic::error(code::NO_DISPLAY_NAME, words).at(profile.span).help(help)])
            }
            _ => {
                let message = format!("the protocol `{}` of technical profile `{}` is not known", class.protocol, profile.id);
                let mut diagnostic = Diagnostic::error(code::UNKNOWN_HANDLER, message).at(profile.handler_span);
                if let Some(name) = crate::nearest::nearest(&class.protocol, KNOWN_PROTOCOLS.iter().copied()) {
                    diagnostic = diagnostic.help(format!("did you mean `{name}`?"));
                }
                (Handler::Unknown, vec![diagnostic])
            }
        }
    }

    fn page(&self, profile: &Profile) -> (Handler, Vec<Diagnostic>) {
        let content = profile
            .metadata
            .get("ContentDefinitionReferenceId")
            .and_then(|name| self.contents.names.get(&policy::IdRef(name)))
            .map(|index| ContentId(*index));
        let definition = |id: ContentId| self.contents.items.get(id.index()).and_then(Option::as_ref);
        // On a combined page the step's content definition is on screen, not the profile's.
        let shown = self.content_of_step(profile).or(content).and_then(definition);
        let definition = content.and_then(definition);
        let produced = |claim: ClaimId| profile.validations.iter().any(|validation| self.produces(validation.profile, claim));
        let settings = form::compile(&form::Draft {
            metadata: &profile.metadata,
            content_metadata: definition.map(|content| &content.metadata),
            data_uri: shown.map_or("", |content| &content.data_uri),
            outputs: &profile.outputs,
            display: profile.display.as_deref(),
            produced: &produced,
            input_type: &|claim| self.claims.get(claim.index()).and_then(|claim| claim.input),
            control: &|id| self.controls.items.get(id.index()).and_then(Option::as_ref).map_or(&[], |control| &control.display),
            content,
            ip_claim: profile
                .metadata
                .get("IpAddressClaimReferenceId")
                .and_then(|name| self.claim_names.get(&policy::IdRef(name)))
                .copied(),
        });
        // The page fails when it is shown; what the checker makes of it is another matter.
        let diagnostics = settings
            .unfillable
            .iter()
            .filter_map(|index| {
                let output = profile.outputs.get(*index)?;
                let words = form::cannot_fill(&self.claims.get(output.claim.index())?.id, &profile.id, &self.policy);
                Some(Diagnostic::error(code::UNFILLED_OUTPUT, words).at(output.span))
            })
            .collect();
        (Handler::SelfAsserted(Box::new(settings)), diagnostics)
    }

    /// The content definition of the first selection step on whose page the profile's form stands.
    fn content_of_step(&self, profile: &Profile) -> Option<ContentId> {
        let steps = self.journeys.items.iter().flatten().flat_map(|journey| &journey.steps);
        steps.into_iter().find_map(|step| match &step.kind {
            StepKind::Selection { local: Some(local), content, .. } => {
                let id = self.profiles.items.get(local.profile.index())?.as_ref().map(|local| &local.id);
                content.filter(|_| id == Some(&profile.id))
            }
            _ => None,
        })
    }

    /// Whether a validation profile gives a claim, by its output claims or by its transformations.
    fn produces(&self, profile: ProfileId, claim: ClaimId) -> bool {
        let Some(Some(profile)) = self.profiles.items.get(profile.index()) else { return false };
        profile.outputs.iter().any(|output| output.claim == claim)
            || profile
                .input_transformations
                .iter()
                .chain(&profile.output_transformations)
                .filter_map(|id| self.transformations.items.get(id.index()).and_then(Option::as_ref))
                .any(|transformation| transformation.outputs.iter().any(|output| output.claim == claim))
    }
}

/// The handler with its settings, and what is wrong with them.
fn compiled<S>(handler: fn(S) -> Handler, (settings, diagnostics): (S, Vec<Diagnostic>)) -> (Handler, Vec<Diagnostic>) {
    (handler(settings), diagnostics)
}

/// Whether an OpenIdConnect profile has what only an identity provider's has.
fn is_relying_on_others(metadata: &Metadata) -> bool {
    ["METADATA", "authorization_endpoint", "ProviderName"].iter().any(|key| metadata.get(key).is_some_and(|value| !value.is_empty()))
}

/// Source: technicalprofiles.
const KNOWN_PROTOCOLS: [&str; 8] = ["Proprietary", "OpenIdConnect", "OAuth2", "OAuth1", "SAML2", "WsFed", "WsTrust", "None"];

const KNOWN_CLASSES: [&str; 16] = [
    "SelfAssertedAttributeProvider",
    "RestfulProvider",
    "AzureActiveDirectoryProvider",
    "PhoneFactorProtocolProvider",
    "ClaimsTransformationProtocolProvider",
    "OneTimePasswordProtocolProvider",
    "AzureMfaProtocolProvider",
    "AadSsprProtocolProvider",
    "ConditionalAccessProtocolProvider",
    "AzureApplicationInsightsProvider",
    "UserJourneyContextProvider",
    "NoopSSOSessionProvider",
    "DefaultSSOSessionProvider",
    "ExternalLoginSSOSessionProvider",
    "OAuthSSOSessionProvider",
    "SamlSSOSessionProvider",
];
