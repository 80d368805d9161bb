//! Where the page on screen is loaded from (SEMANTICS 11 and 13.7).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::fault::Fault;
use super::resolve::Source;
use super::run::Run;
use crate::claims::{Resolve, Resolver, Str, Template};
use crate::plan::ContentId;

/// What stands for itself in a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A page is loaded whatever the request lacks: a resolver without a value is empty there.
struct OrEmpty<'s>(Source<'s, 's>);

impl Resolve for OrEmpty<'_> {
    fn resolve(&self, resolver: &Resolver) -> Option<Str> {
        Some(self.0.resolve(resolver).unwrap_or_default())
    }
}

impl Run<'_> {
    /// The LoadUri of a content definition, its claim resolvers expanded, with the relying party's ContentDefinitionParameters that have a
    /// value. Source: contentdefinitions, relyingparty; that one without a value is left out is a choice.
    pub(super) fn page_address(&self, content: ContentId) -> Option<Str> {
        let profile = self.page.as_ref().and_then(|page| page.profile);
        let profile = profile.map_or(&self.plan.relying_party_profile, |profile| self.profile(profile));
        let source = || Source { run: self, profile };
        let mut address = self.plan.content(content).load_uri.render(&OrEmpty(source()))?.to_string();
        if address.is_empty() {
            return None;
        }
        for (name, value) in &self.plan.relying_party.page_parameters {
            let Some(value) = value.render(&source()) else { continue };
            address.push(if address.contains('?') { '&' } else { '?' });
            address.extend(utf8_percent_encode(name, PLAIN));
            address.push('=');
            address.extend(utf8_percent_encode(&value, PLAIN));
        }
        Some(address.into())
    }

    /// A page whose address has a resolver that the service does not know is not loaded.
    pub(super) fn check_page_address(&self, content: ContentId) -> Result<(), Fault> {
        let content = self.plan.content(content);
        let parameters = self.plan.relying_party.page_parameters.iter().map(|(_, value)| value);
        [&content.load_uri].into_iter().chain(parameters).try_for_each(check_known).map_err(|fault| fault.at(content.span))
    }
}

/// Refuses a text with a resolver that the service does not know. Source: error-codes, AADB2C90044 and 90045.
pub(super) fn check_known(template: &Template) -> Result<(), Fault> {
    let Some(unknown) = template.unknown().next() else { return Ok(()) };
    Err(if unknown.has_known_group() {
        Fault::new("AADB2C90044", format!("The claim '{}' is not supported by the claim resolver '{}'.", unknown.name, unknown.group))
    } else {
        Fault::new("AADB2C90045", format!("The claim resolver '{}' specified in policy is not implemented.", unknown.group))
    })
}
