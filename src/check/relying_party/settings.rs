//! Settings of the relying party and of what issues its token: B2C0804 to B2C0809, B2C0812.

use crate::check::chain::Chain;
use crate::check::kind::{Kind, metadata};
use crate::claims::Str;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{JourneyInsights, ScriptExecution, Spanned, UserJourneyBehaviors};
use crate::source::Span;

/// Content definitions that a finding shows.
const SHOWN: usize = 4;

fn behaviors<'c>(chain: &Chain<'c>) -> Option<&'c UserJourneyBehaviors> {
    chain.policy.relying_party.as_ref()?.user_journey_behaviors.as_ref()
}

/// B2C0804. Source: relyingparty ("the Id must be PolicyProfile"; DisplayName and OutputClaims once), azure-docs#47275.
pub(super) fn profile(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    const ID: &str = "PolicyProfile";
    for party in chain.relying_party_profiles.iter().map(|party| &party.profile) {
        if party.id.value != ID {
            let message = format!("the technical profile of the relying party is called `{}`", party.id.value);
            let warning = Diagnostic::warning(code::RELYING_PARTY_PROFILE, message).at(party.id.span);
            let warning = warning.help(format!("the documentation wants the id `{ID}`"));
            // Beside another one it would be merged with that by its new id.
            let alone = chain.relying_party_profiles.len() == 1;
            found.push(if alone { warning.fix(party.id.span, ID) } else { warning });
        }
        let mut lacking = Vec::new();
        if party.display_name.is_none() {
            lacking.push("DisplayName");
        }
        if party.protocol.is_none() {
            lacking.push("Protocol");
        }
        if party.output_claims.is_empty() {
            lacking.push("OutputClaim");
        }
        if !lacking.is_empty() {
            let message = format!("the technical profile `{}` of the relying party has no {}", party.id.value, lacking.join(" and no "));
            // Another finding may underline the id.
            let error = Diagnostic::error(code::RELYING_PARTY_PROFILE, message).at(party.span);
            found.push(error.help("add DisplayName, Protocol and at least one OutputClaim, in this order"));
        }
    }
}

/// B2C0805. Source: session-behavior, relyingparty.
pub(super) fn session_figures(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(behaviors) = behaviors(chain) else { return };
    let mut check = |name: &str, figure: &Option<Spanned<u32>>, least: u32, most: u32, usual: &str| {
        if let Some(figure) = figure.as_ref().filter(|figure| !(least..=most).contains(&figure.value)) {
            let message = format!("{name} is {}, but the service takes {least} to {most}", figure.value);
            found.push(Diagnostic::error(code::SESSION_FIGURES, message).at(figure.span).help(usual));
        }
    };
    let days = behaviors.single_sign_on.as_ref().and_then(|single| single.keep_alive_in_days);
    check("KeepAliveInDays", &days, 0, 90, "0, the default, switches \"keep me signed in\" off");
    check("SessionExpiryInSeconds", &behaviors.session_expiry_in_seconds, 900, 86_400, "without it a session lasts 86400 seconds");
}

/// B2C0806. Source: jwt-issuer-technical-profile.
pub(super) fn token_lifetimes(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    const RANGES: [(&str, u64, u64); 4] = [
        ("token_lifetime_secs", 300, 86_400),
        ("id_token_lifetime_secs", 300, 86_400),
        ("refresh_token_lifetime_secs", 86_400, 7_776_000),
        ("rolling_refresh_token_lifetime_secs", 86_400, 31_536_000),
    ];
    for issuer in chain.profiles.values().filter(|profile| profile.kind == Kind::JwtIssuer) {
        for (key, least, most) in RANGES {
            let Some(item) = metadata(&issuer.profile, key) else { continue };
            let text = item.value.trim();
            if text.contains('{') || text.parse().is_ok_and(|seconds: u64| (least..=most).contains(&seconds)) {
                continue;
            }
            let message = format!("{key} is `{text}`, but the service takes {least} to {most} seconds");
            let place = if text.is_empty() { item.span } else { item.value.span };
            found.push(Diagnostic::error(code::TOKEN_LIFETIME, message).at(place).help(range_in_words(least, most)));
        }
    }
}

fn range_in_words(least: u64, most: u64) -> String {
    let words = |seconds: u64| match seconds {
        seconds if seconds < 3600 => format!("{} minutes", seconds / 60),
        86_400 => "1 day".to_owned(),
        seconds => format!("{} days", seconds / 86_400),
    };
    format!("write a whole number of seconds, from {} to {}", words(least), words(most))
}

/// B2C0807, in the service's words (azure-docs#45105).
pub(super) fn script_contract(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    let Some(execution) = behaviors(chain).and_then(|behaviors| behaviors.script_execution.as_ref()) else { return };
    if execution.value != ScriptExecution::Allow {
        return;
    }
    let without = |uri: &&Spanned<Str>| !uri.contains(":contract:") && !uri.contains("{Settings:");
    let bare: Vec<Span> = chain
        .policy
        .content_definitions
        .values()
        .filter_map(|definition| definition.data_uri.as_ref())
        .filter(without)
        .map(|uri| uri.span)
        .collect();
    if bare.is_empty() {
        return;
    }
    let message = "Please use page contract in content definitions when enabling JavaScript.";
    let mut error = Diagnostic::error(code::SCRIPT_CONTRACT, message).label(execution.span, "scripts are allowed here");
    for span in bare.iter().take(SHOWN) {
        error = error.label(*span, "no page contract");
    }
    let help = "give every DataUri a page contract, such as `urn:com:microsoft:aad:b2c:elements:contract:selfasserted:2.1.30`";
    found.push(error.help(match bare.len().checked_sub(SHOWN) {
        None | Some(0) => help.to_owned(),
        Some(more) => format!("{help}; {more} more are without one"),
    }));
}

/// B2C0808, in the service's words (AADB2C90288, error-codes).
pub(super) fn refresh_journey(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    if !chain.is_relying_party() {
        return;
    }
    for (id, issuer) in chain.profiles.iter().filter(|(_, profile)| profile.kind == Kind::JwtIssuer) {
        let Some(item) = metadata(&issuer.profile, "RefreshTokenUserJourneyId") else { continue };
        let journey = item.value.trim();
        if journey.is_empty() || journey.contains('{') || chain.policy.user_journeys.get(journey).is_some() {
            continue;
        }
        let message = format!(
            "UserJourney with id '{journey}' referenced in TechnicalProfile '{id}' for refresh token redemption for tenant '{}' does not \
             exist in policy '{}' or any of its base policies.",
            chain.tenant(),
            chain.policy_id()
        );
        let error = Diagnostic::error(code::REFRESH_JOURNEY, message).at(item.value.span);
        found.push(match chain.policy.user_journeys.nearest(journey) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("declare the journey, or take the setting out: then a refreshed token repeats the claims of the first"),
        });
    }
}

/// B2C0809. Policies of the documentation go without PartnerEntity, by the registration's samlMetadataUrl; others were refused or found no
/// application until they had it (azure-docs#113702, samples#228). So it is no more than likely.
pub(super) fn saml_partner(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for party in chain.relying_party_profiles.iter().map(|party| &party.profile) {
        let name = party.protocol.as_ref().and_then(|protocol| protocol.name.as_ref());
        let Some(name) = name.filter(|name| name.trim().eq_ignore_ascii_case("SAML2")) else { continue };
        let partner = metadata(party, "PartnerEntity");
        if partner.is_some_and(|item| !item.value.trim().is_empty()) {
            continue;
        }
        let message = format!("the SAML technical profile `{}` of the relying party has no PartnerEntity", party.id.value);
        let warning = Diagnostic::warning(code::SAML_PARTNER, message).at(partner.map_or(party.id.span, |item| item.span));
        found.push(warning.label(name.span, "a SAML relying party").help(
            "add `<Item Key=\"PartnerEntity\">` with the address of the application's metadata; without it only samlMetadataUrl of the \
             application's registration can tell",
        ));
    }
}

/// B2C0812. Sources: relyingparty; AADB2C90207 for the version.
pub(super) fn journey_insights(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    const ENGINE: &str = "ApplicationInsights";
    const VERSION: &str = "1.0.0";
    let Some(insights) = behaviors(chain).and_then(|behaviors| behaviors.journey_insights.as_ref()) else { return };
    let JourneyInsights { telemetry_engine, telemetry_version, .. } = insights;
    let other = |value: &Option<Spanned<Str>>, right: &str| {
        value.as_ref().filter(|value| value.trim() != right && !value.contains("{Settings:")).cloned()
    };
    if let Some(engine) = other(telemetry_engine, ENGINE) {
        let message = format!("the TelemetryEngine `{}` does not exist", engine.trim());
        let error = Diagnostic::error(code::JOURNEY_INSIGHTS, message).at(engine.span);
        found.push(error.help(format!("the only one is `{ENGINE}`")).fix(engine.span, ENGINE));
    }
    if let Some(version) = other(telemetry_version, VERSION) {
        let message = format!(
            "The version '{}' specified in the JourneyTelemetryVersion is not supported. Currently supported versions: '{VERSION}'.",
            version.trim()
        );
        let error = Diagnostic::error(code::JOURNEY_INSIGHTS, message).at(version.span);
        found.push(error.help(format!("write `{VERSION}`")).fix(version.span, VERSION));
    }
}
