//! SEMANTICS 12.6 and 15: the texts and choices that a policy has in more than one language. No request here names a language, so that it is
//! always DefaultLanguage.

use b2c_journey::claims::Str;
use b2c_journey::policy::{EnumerationItem, LocalizedResources};

use super::levels::{Policy, key};

impl Policy {
    /// What a content definition refers to in that language.
    fn resources(&self, content: Option<&str>) -> Option<&LocalizedResources> {
        if self.no_localization {
            return None;
        }
        let references = &self.contents.get(&key(content?))?.localized_resources.as_ref()?.references;
        let language = self.default_language.as_deref()?;
        let reference = references.iter().find(|it| key(&it.language) == language)?;
        self.localized.get(&key(reference.resources.as_ref()?))
    }

    pub(crate) fn localized_string(
        &self,
        content: Option<&str>,
        element_type: &str,
        element_id: Option<&str>,
        string_id: &str,
    ) -> Option<Str> {
        let strings = &self.resources(content)?.strings;
        let is_of = |own: &str| element_id.is_none_or(|id| key(id) == key(own));
        let string = strings.iter().find(|it| {
            key(&it.element_type) == key(element_type)
                && key(&it.string_id) == key(string_id)
                && it.element_id.as_ref().is_none_or(|own| is_of(own))
        })?;
        Some(string.text.value.clone())
    }

    /// The choices of a claim in that language.
    pub(crate) fn localized_items(&self, claim: &str, content: Option<&str>) -> &[EnumerationItem] {
        let collections = self.resources(content).map_or(&[][..], |it| &it.collections);
        collections.iter().find(|it| key(&it.element_id) == key(claim)).map_or(&[], |it| &it.items)
    }

    /// The choices of a claim on a page: those of the language, else its own.
    pub(crate) fn choices(&self, claim: &str, content: Option<&str>) -> &[EnumerationItem] {
        let own = self.claims.get(&key(claim)).and_then(|it| it.restriction.as_ref()).map_or(&[][..], |it| &it.enumeration);
        match self.localized_items(claim, content) {
            [] => own,
            items => items,
        }
    }
}
