//! One test a rule; a level is what stands inside its TrustFrameworkPolicy.

mod blocks;
mod chains;
mod includes;
mod journeys;
mod profiles;
mod relying_party;

use super::*;
use crate::diagnostic::{Diagnostic, code};
use crate::policy::{self, Id, PolicyFile, Spanned};
use crate::source::{Sources, Span};
use crate::xml;

/// Policies read from snippets.
struct Files {
    sources: Sources,
    files: Vec<PolicyFile>,
}

impl Files {
    /// Policy `P1` and so on, each based on the one before.
    fn levels(levels: &[&str]) -> Self {
        let mut files = Self { sources: Sources::new(), files: Vec::new() };
        for (index, content) in levels.iter().enumerate() {
            let base = (index > 0).then(|| format!("P{index}"));
            files.add(&format!("P{}", index + 1), "t", base.as_deref().map(|base| ("t", base)), content);
        }
        files
    }

    fn add(&mut self, id: &str, tenant: &str, base: Option<(&str, &str)>, content: &str) {
        let base = base.map(|(tenant, id)| format!("<BasePolicy><TenantId>{tenant}</TenantId><PolicyId>{id}</PolicyId></BasePolicy>"));
        let text = format!(
            "<TrustFrameworkPolicy xmlns='http://schemas.microsoft.com/online/cpim/schemas/2013/06' PolicySchemaVersion='0.3.0.0' \
             PublicPolicyUri='u' TenantId='{tenant}' PolicyId='{id}'>{}{content}</TrustFrameworkPolicy>",
            base.unwrap_or_default()
        );
        let name = format!("{id}.xml");
        let read = xml::read(&name, text.as_bytes(), &xml::Limits::default(), &mut self.sources);
        assert_eq!(read.diagnostics, [], "{text}");
        let mut found = Vec::new();
        let file = policy::read(read.document.as_ref().unwrap(), &mut found).unwrap();
        found.retain(|found| found.code != code::NO_EFFECT);
        assert_eq!(found, [], "{text}");
        self.files.push(file);
    }

    fn merged(&self) -> EffectivePolicy {
        let levels: Vec<_> = self.files.iter().collect();
        merge(&levels)
    }

    /// Severity, code and message of each diagnostic, with the underlined text of its labels.
    fn lines<'d>(&self, diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<String> {
        let line = |diagnostic: &Diagnostic| {
            assert!(diagnostic.help.is_some(), "{diagnostic:?}");
            let labels: Vec<_> = diagnostic
                .labels
                .iter()
                .map(|label| {
                    let file = self.sources.get(label.span.file).unwrap().name().trim_end_matches(".xml");
                    format!("{file}:{}", self.sources.text(label.span))
                })
                .collect();
            format!("{} {}: {} [{}]", diagnostic.severity, diagnostic.code, diagnostic.message, labels.join(", "))
        };
        diagnostics.into_iter().map(line).collect()
    }
}

/// Merges faultless levels and looks at the result.
#[track_caller]
fn merged(levels: &[&str]) -> EffectivePolicy {
    let files = Files::levels(levels);
    let policy = files.merged();
    assert_eq!(files.lines(&policy.diagnostics), Vec::<String>::new());
    policy
}

/// The level of a span, counted from 1 as in the names of the policies.
fn level(policy: &EffectivePolicy, span: Span) -> usize {
    policy.level_index(span).unwrap() + 1
}

/// `value@level` of a part that may be absent.
fn shown<T>(policy: &EffectivePolicy, part: &Option<Spanned<T>>, value: impl Fn(&T) -> String) -> String {
    part.as_ref().map_or("-".to_owned(), |part| format!("{}@{}", value(&part.value), level(policy, part.span)))
}

fn reference(id: &str) -> Spanned<Id> {
    Spanned::new(Id::from(id), Span { file: crate::source::SourceId(0), start: 0, end: 0 })
}
