//! Snippets wrapped into files, and findings as lines.

use b2c_journey::claims::Str;
use b2c_journey::diagnostic::{Diagnostic, code};
use b2c_journey::policy::{self, Id, PolicyFile, Spanned};
use b2c_journey::source::Sources;
use b2c_journey::xml::{self, Limits};

pub(super) const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";

/// A file as far as it was read, and what was found wrong with it.
pub(super) struct Loaded {
    pub(super) file: Option<PolicyFile>,
    pub(super) diagnostics: Vec<Diagnostic>,
    pub(super) sources: Sources,
}

pub(super) fn load(text: &str) -> Loaded {
    let mut sources = Sources::new();
    let read = xml::read("policy.xml", text.as_bytes(), &Limits::default(), &mut sources);
    let mut diagnostics = read.diagnostics;
    let file = read.document.as_ref().and_then(|document| policy::read(document, &mut diagnostics));
    Loaded { file, diagnostics, sources }
}

impl Loaded {
    /// Severity, name of the code, underlined text, message and help of each finding.
    pub(super) fn lines(&self) -> Vec<String> {
        let line = |found: &Diagnostic| {
            let help = found.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
            let place = found.span().map_or("", |span| self.sources.text(span));
            format!("{} {} at {place}: {}{help}", found.severity, name_of(found.code), found.message)
        };
        self.diagnostics.iter().map(line).collect()
    }

    /// The source with the fixes of all findings applied.
    pub(super) fn fixed(&self, text: &str) -> String {
        let mut edits: Vec<_> = self.diagnostics.iter().flat_map(|found| &found.fix).collect();
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
        let mut text = text.to_owned();
        for edit in edits {
            text.replace_range(edit.span.start as usize..edit.span.end as usize, &edit.text);
        }
        text
    }
}

pub(super) fn name_of(code: &str) -> &str {
    match code {
        code::UNKNOWN_ELEMENT => "UNKNOWN_ELEMENT",
        code::TOO_MANY_ELEMENTS => "TOO_MANY_ELEMENTS",
        code::MARKUP_IN_VALUE => "MARKUP_IN_VALUE",
        code::UNKNOWN_ATTRIBUTE => "UNKNOWN_ATTRIBUTE",
        code::STRAY_TEXT => "STRAY_TEXT",
        code::MISSING_PART => "MISSING_PART",
        code::BAD_VALUE => "BAD_VALUE",
        code::NOT_A_POLICY => "NOT_A_POLICY",
        code::NO_EFFECT => "NO_EFFECT",
        other => other,
    }
}

pub(super) fn policy(inside: &str) -> String {
    format!(
        "<TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicySchemaVersion=\"0.3.0.0\" TenantId=\"contoso.onmicrosoft.com\" \
         PolicyId=\"B2C_1A_Test\" PublicPolicyUri=\"http://contoso.onmicrosoft.com/B2C_1A_Test\">{inside}</TrustFrameworkPolicy>"
    )
}

pub(super) fn claim_type(inside: &str) -> String {
    policy(&format!("<BuildingBlocks><ClaimsSchema><ClaimType Id=\"risk\">{inside}</ClaimType></ClaimsSchema></BuildingBlocks>"))
}

pub(super) fn profile(inside: &str) -> String {
    let profile = format!("<TechnicalProfile Id=\"Risk\">{inside}</TechnicalProfile>");
    policy(&format!("<ClaimsProviders><ClaimsProvider><TechnicalProfiles>{profile}</TechnicalProfiles></ClaimsProvider></ClaimsProviders>"))
}

pub(super) fn steps(inside: &str) -> String {
    policy(&format!(
        "<UserJourneys><UserJourney Id=\"SignIn\"><OrchestrationSteps>{inside}</OrchestrationSteps></UserJourney></UserJourneys>"
    ))
}

pub(super) fn step(inside: &str) -> String {
    steps(&format!("<OrchestrationStep Order=\"1\" Type=\"ClaimsExchange\">{inside}</OrchestrationStep>"))
}

#[track_caller]
pub(super) fn check(text: &str, expected: &[&str]) {
    assert_eq!(load(text).lines(), expected);
}

#[track_caller]
pub(super) fn read_clean(text: &str) -> PolicyFile {
    let loaded = load(text);
    assert_eq!(loaded.lines(), Vec::<String>::new());
    loaded.file.unwrap()
}

pub(super) fn text(value: &Option<Spanned<Str>>) -> Option<&str> {
    value.as_ref().map(|value| value.value.as_str())
}

pub(super) fn name(value: &Option<Spanned<Id>>) -> Option<&str> {
    value.as_ref().map(|value| value.value.as_str())
}

pub(super) fn names(values: &[Spanned<Id>]) -> Vec<&str> {
    values.iter().map(|value| value.value.as_str()).collect()
}
