//! Versions of page contracts (B2C0309). Sources: page-layout, contentdefinitions; SERVICE-ERRORS rows 28 and 29.

use super::{Chain, Diagnostic, code};
use crate::claims::Str;
use crate::nearest::nearest;
use crate::policy::Spanned;

const PREFIX: &str = "urn:com:microsoft:aad:b2c:elements:";
const CONTRACT: &str = "contract:";

/// Major, minor, patch.
type Version = (u32, u32, u32);

/// A page and the versions of its contract: per series (major, minor) the highest patch that page-layout names. The page leaves numbers
/// out in between which the service has (2.1.11 of selfasserted), so everything up to the highest counts as known.
struct Page {
    name: &'static str,
    series: &'static [Version],
    /// The highest version that has no contract: contentdefinitions, "migrating to page layout".
    without_contract: Version,
}

const PAGES: [Page; 8] = [
    Page { name: "globalexception", series: &[(1, 0, 0), (1, 1, 0), (1, 2, 5)], without_contract: (1, 1, 0) },
    Page { name: "providerselection", series: &[(1, 0, 0), (1, 2, 4)], without_contract: (1, 0, 0) },
    // The name that provider selection had before there were contracts.
    Page { name: "idpselection", series: &[], without_contract: (1, 0, 0) },
    Page { name: "claimsconsent", series: &[(1, 0, 0), (1, 2, 4)], without_contract: (1, 0, 0) },
    Page { name: "unifiedssd", series: &[(1, 0, 0), (1, 2, 4)], without_contract: (1, 0, 0) },
    Page { name: "unifiedssp", series: &[(1, 0, 0), (1, 1, 0), (1, 2, 0), (2, 1, 14)], without_contract: (1, 1, 0) },
    Page { name: "multifactor", series: &[(1, 0, 0), (1, 1, 0), (1, 2, 12)], without_contract: (1, 1, 0) },
    Page { name: "selfasserted", series: &[(1, 0, 0), (1, 1, 0), (1, 2, 0), (2, 0, 0), (2, 1, 30)], without_contract: (1, 1, 0) },
];

impl Page {
    fn has(&self, version: Version) -> bool {
        self.series.iter().any(|(major, minor, patch)| (*major, *minor) == (version.0, version.1) && version.2 <= *patch)
    }

    fn newest(&self) -> Option<Version> {
        self.series.last().copied()
    }
}

/// B2C0309.
pub(super) fn page_contracts(chain: &Chain<'_>, found: &mut Vec<Diagnostic>) {
    for definition in chain.levels.iter().flat_map(|file| &file.content_definitions) {
        if let Some(uri) = &definition.data_uri {
            found.extend(page_contract(uri));
        }
    }
}

fn page_contract(uri: &Spanned<Str>) -> Option<Diagnostic> {
    let text = uri.value.trim();
    if text.is_empty() || text.contains('{') {
        return None;
    }
    let Some(rest) = text.strip_prefix(PREFIX) else {
        let warning = Diagnostic::warning(code::PAGE_CONTRACT, format!("`{text}` is no DataUri that the service knows")).at(uri.span);
        return Some(
            warning.help(format!("a DataUri is `{PREFIX}{CONTRACT}` and then the page and its version, `selfasserted:2.1.30` say")),
        );
    };
    let (contract, rest) = rest.strip_prefix(CONTRACT).map_or((false, rest), |rest| (true, rest));
    let (name, number) = rest.split_once(':').unwrap_or((rest, ""));
    let Some(page) = PAGES.iter().find(|page| page.name == name) else {
        let mut error = Diagnostic::error(code::PAGE_CONTRACT, cannot_be_found(text)).at(uri.span);
        if let Some(near) = nearest(name, PAGES.iter().map(|page| page.name)) {
            error = error.help(format!("did you mean `{near}`?"));
        }
        return Some(error);
    };
    match (contract, version(number)) {
        (true, version) => contract_version(uri, page, number, version),
        (false, Some(version)) if version <= page.without_contract => None,
        (false, version) => {
            let error = Diagnostic::error(code::PAGE_CONTRACT, cannot_be_found(text)).at(uri.span);
            Some(match version.filter(|version| page.has(*version)) {
                Some(_) => {
                    let with_contract = format!("{PREFIX}{CONTRACT}{name}:{number}");
                    error.help(format!("version {number} is one of the page contract: `{with_contract}`")).fix(uri.span, with_contract)
                }
                None => error.help("take one of the page contracts"),
            })
        }
    }
}

/// The service's words (azure-docs#47345).
fn cannot_be_found(uri: &str) -> String {
    format!(
        "The element specified by id '{uri}' cannot be found in the element factory cache. Check that element definition exists in the \
         elements folder."
    )
}

/// A version that is newer than the documentation may exist. One that is older must be in the list, and so must one that is the version of
/// another page: that is a copied line (azure-docs#79214).
fn contract_version(uri: &Spanned<Str>, page: &Page, number: &str, version: Option<Version>) -> Option<Diagnostic> {
    if version.is_some_and(|version| page.has(version)) {
        return None;
    }
    let name = page.name;
    let newer = version.is_some_and(|version| page.newest().is_some_and(|newest| version > newest));
    let copied = PAGES.iter().filter(|other| version.is_some_and(|version| version.0 > 1 && other.has(version)));
    let copied: Vec<String> = copied.map(|other| format!("`{}`", other.name)).collect();
    if newer && copied.is_empty() {
        let message = format!("version {number} of the page contract `{name}` is newer than the documentation");
        let warning = Diagnostic::warning(code::PAGE_CONTRACT, message).at(uri.span);
        return Some(warning.help(format!("the newest version known is {}", shown(page.newest()))));
    }
    let contract = format!("{PREFIX}{CONTRACT}{name}");
    let error = Diagnostic::error(code::PAGE_CONTRACT, format!("The specified page contract '{contract}' has invalid version '{number}'."));
    let newest = format!("the newest version known is {}", shown(page.newest()));
    Some(error.at(uri.span).help(match copied.as_slice() {
        [] => newest,
        pages => format!("{number} is a version of {}; {newest}", pages.join(" and ")),
    }))
}

fn version(text: &str) -> Option<Version> {
    let mut numbers = text.split('.').map(|number| number.parse().ok());
    let version = (numbers.next()??, numbers.next()??, numbers.next()??);
    numbers.next().is_none().then_some(version)
}

fn shown(version: Option<Version>) -> String {
    version.map_or_else(|| "none: write `providerselection`".to_owned(), |(major, minor, patch)| format!("{major}.{minor}.{patch}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Severity;
    use crate::source::{SourceId, Span};

    fn severity(uri: &str) -> Option<Severity> {
        let uri = Spanned::new(Str::from(uri), Span { file: SourceId(0), start: 0, end: 0 });
        page_contract(&uri).map(|found| found.severity)
    }

    #[test]
    fn versions_of_pages_are_known_by_their_series() {
        for (uri, expected) in [
            ("contract:selfasserted:2.1.7", None),
            ("contract:selfasserted:2.1.12", None),
            ("contract:multifactor:1.2.12", None),
            ("selfasserted:1.1.0", None),
            ("idpselection:1.0.0", None),
            // Newer than the documentation.
            ("contract:selfasserted:2.1.31", Some(Severity::Warning)),
            ("contract:multifactor:1.2.13", Some(Severity::Warning)),
            ("contract:selfasserted:3.0.0", Some(Severity::Warning)),
            // Another page's version, a version between the series, and none at all.
            ("contract:multifactor:2.1.4", Some(Severity::Error)),
            ("contract:selfasserted:1.2.1", Some(Severity::Error)),
            ("contract:selfasserted:2", Some(Severity::Error)),
            ("contract:selfasserted", Some(Severity::Error)),
            // Without a contract only the old ones.
            ("selfasserted:2.0.0", Some(Severity::Error)),
            ("globalexception:1.2.0", Some(Severity::Error)),
            ("contract:selfassertd:2.1.7", Some(Severity::Error)),
        ] {
            assert_eq!(severity(&format!("{PREFIX}{uri}")), expected, "{uri}");
        }
        assert_eq!(severity("{Settings:PageUri}"), None);
        assert_eq!(severity(""), None);
        assert_eq!(severity("https://contoso.com/page.html"), Some(Severity::Warning));
    }
}
