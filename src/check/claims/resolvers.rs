//! Claim resolvers in defaults: where they are resolved, whether there are such ones, and what they can fill (SEMANTICS 6.2, 11).

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;

use super::references::{List, Owner, Reference, references};
use crate::check::chain::{Chain, Part, Profile};
use crate::check::kind::{Kind, metadata};
use crate::claims::{DataType, Resolver, Str, Template};
use crate::diagnostic::{Diagnostic, code};
use crate::nearest::nearest;
use crate::policy::Spanned;
use crate::source::Span;

const HANDLING: &str = "IncludeClaimResolvingInClaimsHandling";
const ALWAYS: &str = "AlwaysUseDefaultValue";

/// What a resolver needs at a place. Source: claim-resolver-overview.
#[derive(Clone, Copy)]
struct Needs {
    /// The metadata item.
    handling: bool,
    /// The attribute.
    always: bool,
}

fn needs(reference: &Reference<'_>) -> Needs {
    let nothing = Needs { handling: false, always: false };
    match reference.owner {
        // Display controls have no metadata and are not on the page; the attribute alone is the least that can be asked.
        Owner::Control => Needs { handling: false, always: true },
        Owner::RelyingParty => match reference.list {
            List::Outputs => Needs { handling: false, always: true },
            _ => nothing,
        },
        Owner::Profile(profile) => match profile.kind {
            Kind::Insights | Kind::Unknown | Kind::Session(_) => nothing,
            _ => Needs { handling: true, always: true },
        },
    }
}

/// Whether the documentation's own examples leave the flags out (OPEN-12): parameters of the request that fill inputs of a sign-in or go
/// on to an identity provider (direct-signin, add-ropc-policy), and the token's `{Context:CorrelationId}` (troubleshoot), which is resolved
/// as long as nothing else writes the claim.
fn is_customary(chain: &Chain<'_>, reference: &Reference<'_>, template: &Template) -> bool {
    match reference.owner {
        Owner::Profile(Profile { kind: Kind::Page | Kind::SignIn | Kind::IdentityProvider, .. }) => {
            reference.list == List::Inputs && template.resolvers().all(is_of_request)
        }
        Owner::RelyingParty => chain.flow().is_none_or(|flow| flow.writes(&reference.claim.claim).next().is_none()),
        _ => false,
    }
}

fn is_of_request(resolver: &Resolver) -> bool {
    resolver.is_of("OIDC") || resolver.is_of("OAUTH-KV")
}

/// Whether there is a resolver of a known group in a text. One of another group is a finding by itself, or no resolver at all.
fn is_resolved(template: &Template) -> bool {
    template.resolvers().any(Resolver::has_known_group)
}

/// Whether the profile says that resolvers are resolved.
fn handles(profile: &Profile) -> bool {
    metadata(&profile.profile, HANDLING).is_some_and(|item| item.value.trim().eq_ignore_ascii_case("true"))
}

/// Resolvers without the settings that make them more than text.
pub(super) fn flags(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    // A profile that is only included may leave the settings to those that include it: a reference is sound if one profile with it is.
    let mut judged: IndexMap<Span, Option<Diagnostic>, FxBuildHasher> = IndexMap::default();
    for reference in references(chain) {
        let Some(default) = &reference.claim.default_value else { continue };
        let template = Template::parse(default);
        if !is_resolved(&template) {
            continue;
        }
        let finding = flags_of(chain, &reference, default, &template);
        let known = judged.entry(default.span).or_insert_with(|| finding.clone());
        if finding.is_none() {
            *known = None;
        }
    }
    found.extend(judged.into_values().flatten());
}

fn flags_of(chain: &Chain<'_>, reference: &Reference<'_>, default: &Spanned<Str>, template: &Template) -> Option<Diagnostic> {
    let needs = needs(reference);
    let handled = match reference.owner {
        Owner::Profile(profile) => handles(profile),
        _ => true,
    };
    let always = reference.claim.always_use_default_value.as_ref();
    let lacks_handling = needs.handling && !handled;
    let lacks_always = needs.always && !always.is_some_and(|always| always.value);
    if !lacks_handling && !lacks_always || is_customary(chain, reference, template) {
        return None;
    }
    let place = match reference.owner {
        Owner::Profile(profile) => format!("the metadata item `{HANDLING}` of `{}`", profile.profile.id.value),
        _ => String::new(),
    };
    let lacking = match (lacks_handling, lacks_always) {
        (true, true) => format!("{place} and `{ALWAYS}` are not `true`"),
        (true, false) => format!("{place} is not `true`"),
        _ => format!("`{ALWAYS}` is not `true`"),
    };
    let effect = match reference.owner {
        Owner::RelyingParty => "is no more than a stand-in for a missing value",
        // OPEN-12: seen to be resolved in some such places.
        _ if reference.list == List::Inputs && template.resolvers().all(is_of_request) => "is plain text by the documentation",
        _ => "is taken as plain text",
    };
    let mut diagnostic =
        Diagnostic::warning(code::RESOLVER_FLAGS, format!("`{}` {effect}, because {lacking}", default.value)).at(default.span);
    let mut edits: Vec<(Span, String)> = Vec::new();
    let mut certain = true;
    if lacks_always {
        let end = default.span.end;
        let quote = Span { file: default.span.file, start: end, end: end.saturating_add(1) };
        match always {
            Some(always) => edits.push((always.span, "true".to_owned())),
            None if matches!(chain.text(quote), "\"" | "'") => {
                edits.push((Span { start: quote.end, ..quote }, format!(" {ALWAYS}=\"true\"")));
            }
            None => certain = false,
        }
    }
    if lacks_handling && let Owner::Profile(profile) = reference.owner {
        match handling_edit(chain, profile, default.span) {
            Some(edit) => edits.push(edit),
            None => certain = false,
        }
    }
    let wanted = match (lacks_handling, lacks_always) {
        (true, true) => {
            format!("add `<Item Key=\"{HANDLING}\">true</Item>` to the metadata of the profile, and `{ALWAYS}=\"true\"` to the claim")
        }
        (true, false) => format!("add `<Item Key=\"{HANDLING}\">true</Item>` to the metadata of the profile"),
        _ => format!("add `{ALWAYS}=\"true\"`"),
    };
    diagnostic = diagnostic.help(wanted);
    if certain {
        for (span, text) in edits {
            diagnostic = diagnostic.fix(span, text);
        }
    }
    Some(diagnostic)
}

/// The metadata item, put before the first item that the profile has in the same file, or set right where it is.
fn handling_edit(chain: &Chain<'_>, profile: &Profile, near: Span) -> Option<(Span, String)> {
    // Without what it includes: that is another profile's metadata.
    let own = chain.policy.technical_profiles.get(&profile.profile.id)?;
    if let Some(item) = metadata(own, HANDLING) {
        return (!item.value.trim().is_empty()).then(|| (item.value.span, "true".to_owned()));
    }
    let first = own.metadata.iter().filter(|item| item.span.file == near.file).min_by_key(|item| item.span.start)?;
    let before = Span { start: 0, end: first.span.start, ..first.span };
    let line = chain.text(before).rsplit('\n').next().unwrap_or_default();
    let break_and_indent = if line.trim().is_empty() { format!("\n{line}") } else { String::new() };
    let start = first.span.start;
    Some((Span { file: first.span.file, start, end: start }, format!("<Item Key=\"{HANDLING}\">true</Item>{break_and_indent}")))
}

/// Resolvers that the service does not have, and claims that no level declares, in defaults and in what goes to pages.
pub(super) fn unknown(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for reference in references(chain) {
        if let Some(default) = &reference.claim.default_value {
            let alone = matches!(reference.owner, Owner::Profile(profile) if handles(profile));
            unknown_in(chain, default, alone, found);
        }
    }
    for content in chain.policy.content_definitions.values() {
        content.load_uri.iter().for_each(|uri| unknown_in(chain, uri, true, found));
    }
    let behaviors = chain.policy.relying_party.as_ref().and_then(|party| party.user_journey_behaviors.as_ref());
    for parameter in behaviors.iter().flat_map(|behaviors| &behaviors.content_definition_parameters) {
        unknown_in(chain, &parameter.value, true, found);
    }
}

fn unknown_in(chain: &Chain<'_>, text: &Spanned<Str>, resolved: bool, found: &mut Vec<Diagnostic>) {
    if !text.contains('{') {
        return;
    }
    let template = Template::parse(text);
    for resolver in template.resolvers() {
        let written = format!("{{{}:{}}}", resolver.group, resolver.name);
        let span = within(chain, text.span, &written);
        if !resolver.has_known_group() {
            found.extend(unknown_group(resolver, &written, span, resolved));
        } else if !resolver.is_known() {
            found.push(not_known(resolver, &written, span, resolved));
        } else if resolver.is_of("Claim") && chain.claim_type(&resolver.name).is_none() {
            let message = format!("`{written}` names a claim that neither the policy nor any of its bases declares, so it has no value");
            let diagnostic = Diagnostic::warning(code::UNKNOWN_RESOLVER, message).at(span);
            found.push(match chain.nearest(Part::ClaimType, &resolver.name) {
                Some(name) => diagnostic.help(format!("did you mean `{{Claim:{name}}}`?")),
                None => diagnostic,
            });
        }
    }
}

/// A group that does not exist, in the words of AADB2C90045 (error-codes) where it is resolved. Elsewhere it is text, and a finding only if
/// its group is nearly one that exists.
fn unknown_group(resolver: &Resolver, written: &str, span: Span, resolved: bool) -> Option<Diagnostic> {
    let groups = ["Culture", "Policy", "Context", "Claim", "OIDC", "OAUTH-KV", "SAML"];
    let meant = nearest(&resolver.group, groups.into_iter()).map(|group| format!("did you mean `{{{group}:{}}}`?", resolver.name));
    let diagnostic = if resolved {
        let words = format!("The claim resolver '{}' specified in policy is not implemented.", resolver.group);
        Diagnostic::error(code::UNKNOWN_RESOLVER, words).at(span)
    } else {
        meant.as_ref()?;
        Diagnostic::warning(code::UNKNOWN_RESOLVER, format!("`{written}` is no claim resolver and stays as it is")).at(span)
    };
    Some(match meant {
        Some(meant) => diagnostic.help(meant),
        None => diagnostic.help(format!("the groups are {}", groups.join(", "))),
    })
}

/// A name that its group does not have, in the words of AADB2C90044 (error-codes).
fn not_known(resolver: &Resolver, written: &str, span: Span, resolved: bool) -> Diagnostic {
    let message = format!("The claim '{}' is not supported by the claim resolver '{}'.", resolver.name, resolver.group);
    let diagnostic = if resolved {
        Diagnostic::error(code::UNKNOWN_RESOLVER, message)
    } else {
        // Without its flags it is never resolved, and so never refused.
        Diagnostic::warning(code::UNKNOWN_RESOLVER, message)
    };
    let names = Resolver::all().filter(|(group, _)| resolver.is_of(group)).map(|(_, name)| name);
    let other = || {
        let moved = Resolver::all().find(|(_, name)| name.eq_ignore_ascii_case(&resolver.name));
        moved.map(|(group, name)| format!("did you mean `{{{group}:{name}}}`?"))
    };
    let help = nearest(&resolver.name, names).map(|name| format!("did you mean `{{{}:{name}}}`?", resolver.group)).or_else(other);
    let diagnostic = diagnostic.at(span);
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic.help(format!("the name in `{written}` is not among those of its group")),
    }
}

/// The place of a part of a text, or of all of it when it is not written literally.
fn within(chain: &Chain<'_>, whole: Span, part: &str) -> Span {
    match chain.text(whole).find(part) {
        Some(at) => {
            let start = whole.start + at as u32;
            Span { file: whole.file, start, end: start + part.len() as u32 }
        }
        None => whole,
    }
}

/// claim-resolver-overview: the claim must be a string.
pub(super) fn types(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for reference in references(chain) {
        let Some(default) = &reference.claim.default_value else { continue };
        let Some(claim) = chain.claim_type(&reference.claim.claim) else { continue };
        let Some(data_type) = claim.data_type.as_ref().filter(|data_type| data_type.value != DataType::String) else { continue };
        if !is_resolved(&Template::parse(default)) {
            continue;
        }
        let message = format!("a claim resolver gives a string, but the claim `{}` is `{}`", claim.id.value, data_type.name());
        found.push(
            Diagnostic::warning(code::RESOLVER_TYPE, message)
                .at(default.span)
                .label(data_type.span, "its data type")
                .help("resolve into a claim of the data type `string`, and convert that with a claims transformation"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::PolicySet;
    use crate::check::{Options, check};
    use crate::diagnostic::{Diagnostic, code};
    use crate::xml::Limits;

    const BASE: &str = include_str!("../../../policies/TrustFrameworkBase.xml");

    fn checked(text: &str) -> PolicySet {
        let files = [("Base.xml", BASE.as_bytes()), ("Policy.xml", text.as_bytes())];
        PolicySet::from_bytes(files, &Limits::default())
    }

    #[test]
    fn the_fix_makes_a_resolver_of_the_text() {
        for text in [
            include_str!("../../../tests/check/B2C0604/wrong.xml"),
            include_str!("../../../tests/check/B2C0604/wrong-half.xml"),
            include_str!("../../../tests/check/B2C0604/wrong-token.xml"),
        ] {
            let mut mended = text.to_owned();
            let found = |text: &str| -> Vec<Diagnostic> {
                let report = check(&checked(text), &Options::default());
                report.diagnostics.into_iter().filter(|diagnostic| diagnostic.code == code::RESOLVER_FLAGS).collect()
            };
            let mut edits: Vec<_> = found(text).into_iter().flat_map(|diagnostic| diagnostic.fix).collect();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            for edit in edits {
                mended.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
            }
            assert_ne!(mended, text);
            assert_eq!(found(&mended), [], "{mended}");
        }
    }
}
