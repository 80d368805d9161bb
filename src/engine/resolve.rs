//! Texts that depend on the request, the policy and the language: claim resolvers, localized strings, user messages.

use super::environment::Environment;
use super::run::Run;
use crate::claims::{DateTime, Resolve, Resolver, Str};
use crate::plan::{ContentId, JourneyPlan, Profile, ProfileId};
use crate::provider::Handler;
use crate::transform::World;

/// Where claim resolvers of a technical profile get their values.
pub(super) struct Source<'r, 'p> {
    pub(super) run: &'r Run<'p>,
    pub(super) profile: &'r Profile,
}

impl Resolve for Source<'_, '_> {
    fn resolve(&self, resolver: &Resolver) -> Option<Str> {
        let run = self.run;
        if resolver.group.eq_ignore_ascii_case("Claim") {
            return run.plan.claim_id(&resolver.name).and_then(|claim| run.claim_text(claim));
        }
        if resolver.group.eq_ignore_ascii_case("Context") && resolver.name.eq_ignore_ascii_case("TechnicalProfileId") {
            return Some(self.profile.id.clone());
        }
        if run.is_kept_signed_in() && resolver.group.eq_ignore_ascii_case("Context") && resolver.name.eq_ignore_ascii_case("KMSI") {
            return Some("true".into());
        }
        crate::claims::resolver_value(resolver, &run.plan.policy, run.environment)
    }
}

/// Resolvers that are not to be resolved stand for themselves.
pub(super) struct Unresolved;

impl Resolve for Unresolved {
    fn resolve(&self, resolver: &Resolver) -> Option<Str> {
        Some(format!("{{{}:{}}}", resolver.group, resolver.name).into())
    }
}

/// The content definition that stands on the screen for a technical profile: the calling page's, else its own.
fn content_of(plan: &JourneyPlan, profile: ProfileId, page: Option<ProfileId>) -> Option<ContentId> {
    let own = |profile: ProfileId| match &plan.profile(profile).handler {
        Handler::SelfAsserted(settings) => settings.content,
        _ => plan.content_id(plan.profile(profile).metadata.get("ContentDefinitionReferenceId")?),
    };
    own(profile).or_else(|| page.and_then(own))
}

impl JourneyPlan {
    /// The content definition of this name, without regard to case.
    pub fn content_id(&self, name: &str) -> Option<ContentId> {
        self.contents.iter().position(|content| content.id.eq_ignore_ascii_case(name)).map(|index| ContentId(index as u32))
    }

    /// The localized-resources id of a content definition in the request's language: the first of `ui_locales` that the policy
    /// supports (a region is dropped when only the language is there), else the default language.
    pub fn resources(&self, content: ContentId, ui_locales: Option<&str>) -> Option<&Str> {
        let resources = &self.content(content).resources;
        let find = |language: &str| resources.iter().find(|(candidate, _)| candidate.eq_ignore_ascii_case(language)).map(|(_, id)| id);
        let asked = ui_locales.unwrap_or_default().split_whitespace();
        asked
            .flat_map(|language| [Some(language), language.split_once('-').map(|(language, _)| language)])
            .flatten()
            .find_map(find)
            .or_else(|| self.localization.default_language.as_deref().and_then(find))
            .or_else(|| find("en"))
    }

    /// A localized string of a content definition.
    pub fn localized_string(
        &self,
        content: ContentId,
        ui_locales: Option<&str>,
        element_type: &str,
        element_id: Option<&str>,
        string_id: &str,
    ) -> Option<&Str> {
        let strings = self.localization.strings.get(self.resources(content, ui_locales)?)?;
        strings
            .iter()
            .find(|string| {
                string.element_type.eq_ignore_ascii_case(element_type)
                    && string.string_id.eq_ignore_ascii_case(string_id)
                    && element_id.is_none_or(|id| string.element_id.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(id)))
            })
            .map(|string| &string.text)
    }
}

impl Run<'_> {
    /// A user message by its metadata key: the localized ErrorMessage of the page (localization: it overrides metadata), then the page's
    /// metadata, then the failing profile's own; REST and OpenIdConnect profiles carry theirs themselves (restful, openid-connect).
    pub(super) fn user_message(&self, profile: ProfileId, key: &str) -> Option<Str> {
        let page = self.page.as_ref().and_then(|page| page.profile);
        let own = self.profile(profile).metadata.get(key);
        let of_page = page.and_then(|page| self.profile(page).metadata.get(key));
        let own_first = matches!(self.profile(profile).handler, Handler::Rest(_) | Handler::SignIn);
        let metadata = if own_first { own.or(of_page) } else { of_page.or(own) };
        self.localized(profile, page, "ErrorMessage", key).or_else(|| metadata.map(Into::into))
    }

    /// A localized text of the page's surface.
    pub(super) fn localized_ux(&self, profile: ProfileId, key: &str) -> Option<Str> {
        self.localized(profile, None, "UxElement", key)
    }

    /// A localized text of one of the policy's own elements, on the page of this profile.
    pub(super) fn localized_element(&self, profile: ProfileId, element_type: &str, element: Option<&str>, key: &str) -> Option<Str> {
        let content = content_of(self.plan, profile, None)?;
        self.plan.localized_string(content, self.environment.request.ui_locales.as_deref(), element_type, element, key).cloned()
    }

    fn localized(&self, profile: ProfileId, page: Option<ProfileId>, element_type: &str, key: &str) -> Option<Str> {
        let content = content_of(self.plan, page.unwrap_or(profile), page)?;
        self.plan.localized_string(content, self.environment.request.ui_locales.as_deref(), element_type, None, key).cloned()
    }
}

/// What claims transformations may ask of a run.
pub(super) struct TransformWorld<'p> {
    pub(super) plan: &'p JourneyPlan,
    pub(super) environment: &'p Environment,
    pub(super) profile: ProfileId,
    pub(super) page: Option<ProfileId>,
    pub(super) drawn: u64,
    pub(super) chosen: Vec<&'static str>,
}

impl World for TransformWorld<'_> {
    fn now(&self) -> DateTime {
        self.environment.now
    }

    fn random(&mut self) -> u64 {
        super::run::draw(self.environment.seed, &mut self.drawn)
    }

    fn key(&self, storage_reference: &str) -> Str {
        self.environment.key(storage_reference)
    }

    fn expression(&self, name: &str) -> Option<Str> {
        let policy = &self.plan.policy;
        Some(match name.to_ascii_lowercase().as_str() {
            "technicalprofileid" => self.plan.profile(self.profile).id.clone(),
            "relyingpartytenantid" => policy.tenant.clone(),
            "trustframeworktenantid" => policy.trust_framework_tenant.clone(),
            "authenticatorissuer" => policy.tenant.clone(),
            _ => return None,
        })
    }

    fn policy(&self) -> Option<(Str, Str)> {
        Some((self.plan.policy.id.clone(), self.plan.policy.tenant.clone()))
    }

    fn localized_string(&self, element_type: &str, element_id: Option<&str>, string_id: &str) -> Option<Str> {
        let content = content_of(self.plan, self.profile, self.page)?;
        let locales = self.environment.request.ui_locales.as_deref();
        self.plan.localized_string(content, locales, element_type, element_id, string_id).cloned()
    }

    fn localized_item(&self, claim_type: &str, text: &str) -> Option<Str> {
        let content = content_of(self.plan, self.profile, self.page)?;
        let resources = self.plan.resources(content, self.environment.request.ui_locales.as_deref())?;
        let collections = self.plan.localization.collections.get(resources)?;
        collections
            .iter()
            .filter(|collection| collection.element_id.eq_ignore_ascii_case(claim_type))
            .flat_map(|collection| &collection.items)
            .find(|item| item.text.as_str() == text)
            .map(|item| item.value.clone())
    }

    fn chose(&mut self, what: &'static str) {
        if !self.chosen.contains(&what) {
            self.chosen.push(what);
        }
    }
}
