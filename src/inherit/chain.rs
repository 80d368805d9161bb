//! Finding the chain of a policy among all files (INH-2).

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Severity, code};
use crate::nearest::nearest;
use crate::policy::{Id, PolicyFile, Spanned};
use crate::source::{SourceId, Span};

/// More levels than this the service does not take (service-limits).
const LEVELS: usize = 10;
/// How the ids of user flows begin; custom policies have `B2C_1A_`.
const USER_FLOW: &str = "B2C_1_";
/// Places of a cycle that are shown.
const SHOWN: usize = 10;

/// All policy files, found by their PolicyId without regard to case.
#[derive(Debug)]
pub struct PolicyIndex<'p> {
    files: IndexMap<&'p Id, Vec<&'p PolicyFile>>,
}

/// A policy with its bases.
#[derive(Clone, Debug)]
pub struct Chain<'p> {
    /// The levels, base first, the policy itself last. With a base missing or a cycle it holds what could be found.
    pub levels: Vec<&'p PolicyFile>,
    /// What is wrong with the chain.
    pub diagnostics: Vec<Diagnostic>,
}

impl<'p> PolicyIndex<'p> {
    /// An index over these files. A file without a PolicyId is in none of its chains.
    pub fn new(files: impl IntoIterator<Item = &'p PolicyFile>) -> Self {
        let mut index: IndexMap<&Id, Vec<&PolicyFile>> = IndexMap::new();
        for file in files {
            if let Some(id) = &file.policy_id {
                index.entry(id).or_default().push(file);
            }
        }
        Self { files: index }
    }

    /// The files that have a RelyingParty, in the order in which they were given.
    pub fn relying_parties(&self) -> impl Iterator<Item = &'p PolicyFile> {
        self.files.values().flatten().copied().filter(|file| file.relying_party.is_some())
    }

    /// The ids of all policies.
    pub fn policy_ids(&self) -> impl Iterator<Item = &'p Id> {
        self.files.keys().copied()
    }

    /// The chain of the policy with this id; `None` when there is no such policy.
    pub fn chain(&self, policy_id: &str) -> Option<Chain<'p>> {
        self.with_id(policy_id).first().map(|file| self.chain_of(file))
    }

    /// The chain of a file.
    pub fn chain_of(&self, file: &'p PolicyFile) -> Chain<'p> {
        let mut diagnostics = Vec::new();
        let mut levels = vec![file];
        let mut seen: FxHashSet<SourceId> = std::iter::once(file.file).collect();
        let mut child = file;
        self.report_twins(file, &mut diagnostics);
        while let Some(base) = self.base_of(child, &mut diagnostics) {
            if !seen.insert(base.file) {
                diagnostics.push(cycle(&levels, base));
                break;
            }
            self.report_twins(base, &mut diagnostics);
            levels.push(base);
            child = base;
        }
        if levels.len() > LEVELS {
            diagnostics.push(too_many(&levels));
        }
        levels.reverse();
        Chain { levels, diagnostics }
    }

    /// The base of a file, if it is there.
    pub fn base(&self, file: &'p PolicyFile) -> Option<&'p PolicyFile> {
        let base = file.base.as_ref()?;
        let candidates = self.with_id(base.policy_id.as_ref()?);
        base.tenant_id.as_ref().and_then(|tenant| at_home(candidates, tenant)).or_else(|| candidates.first().copied())
    }

    fn with_id(&self, policy_id: &str) -> &[&'p PolicyFile] {
        self.files.get(&Id::from(policy_id)).map_or(&[], Vec::as_slice)
    }

    /// The base of a file: of several with its id the one in the tenant that the file names, else the first.
    fn base_of(&self, child: &'p PolicyFile, diagnostics: &mut Vec<Diagnostic>) -> Option<&'p PolicyFile> {
        let base = child.base.as_ref()?;
        let id = base.policy_id.as_ref()?;
        let candidates = self.with_id(id);
        if id.value.as_str().get(..USER_FLOW.len()).is_some_and(|start| start.eq_ignore_ascii_case(USER_FLOW)) {
            diagnostics.push(user_flow(child, id));
        } else if candidates.is_empty() {
            diagnostics.push(self.missing(id));
        }
        let first = candidates.first()?;
        let Some(tenant) = &base.tenant_id else { return Some(first) };
        if let Some(found) = at_home(candidates, tenant) {
            return Some(found);
        }
        if let Some(other) = &first.tenant_id {
            let message = format!(
                "the base `{id}` is looked up in tenant `{}`, but the file at hand is of `{}`",
                tenant.value,
                other.value,
                id = id.value
            );
            let warning = Diagnostic::warning(code::OTHER_TENANT, message).at(tenant.span).label(other.span, "the base found");
            diagnostics.push(warning.help("the service looks in the tenant that BasePolicy names; make both the same if it is one tenant"));
        }
        Some(first)
    }

    fn missing(&self, id: &Spanned<Id>) -> Diagnostic {
        let error = Diagnostic::error(code::MISSING_BASE, format!("the base policy `{}` is not among the files", id.value)).at(id.span);
        match nearest(id, self.files.keys().map(|id| id.as_str())) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("load the file of that policy as well"),
        }
    }

    /// Several files of one id: in one tenant only one of them can be; of different tenants they are told apart by the tenant alone.
    fn report_twins(&self, file: &'p PolicyFile, diagnostics: &mut Vec<Diagnostic>) {
        let Some(id) = &file.policy_id else { return };
        let twins: Vec<&PolicyFile> = self.with_id(id).iter().copied().filter(|twin| twin.file != file.file).collect();
        if twins.is_empty() {
            return;
        }
        let tenant = |file: &'p PolicyFile| file.tenant_id.as_ref().map(|tenant| &tenant.value);
        let same_tenant = twins.iter().any(|twin| tenant(twin) == tenant(file));
        let severity = if same_tenant { Severity::Error } else { Severity::Warning };
        let message = format!("the PolicyId `{}` occurs in {} files", id.value, twins.len() + 1);
        let mut twice = Diagnostic::new(severity, code::DUPLICATE_POLICY, message).label(id.span, "this one is taken");
        for twin in twins.iter().take(SHOWN) {
            twice = twice.label(twin.policy_id.as_ref().map_or(twin.span, |id| id.span), "also here");
        }
        diagnostics.push(twice.help(match same_tenant {
            true => "a tenant has one policy of an id: rename one, or load fewer files",
            false => "they are of different tenants; load the files of one tenant alone to be sure which is meant",
        }));
    }
}

/// SERVICE-ERRORS row 20; azure-docs#5303, samples#414. The service goes on with the rule that forbids it.
fn user_flow(child: &PolicyFile, base: &Spanned<Id>) -> Diagnostic {
    let tenant = child.tenant_id.as_ref().map_or("", |tenant| tenant.as_str());
    let message = format!("Policy '{}' of tenant '{tenant}' is not allowed to inherit from the specified base policy.", id_of(child));
    Diagnostic::error(code::BASE_IS_USER_FLOW, message)
        .at(base.span)
        .help("a user flow cannot be a base: name a custom policy, whose id begins with `B2C_1A_`")
}

/// Where a file names its base.
fn base_span(file: &PolicyFile) -> Span {
    match &file.base {
        Some(base) => base.policy_id.as_ref().map_or(base.span, |id| id.span),
        None => file.span,
    }
}

fn id_of(file: &PolicyFile) -> &str {
    file.policy_id.as_ref().map_or("", |id| id.as_str())
}

/// `levels` leads from the policy to the one whose base is `back`, which is among them.
/// Of several files of one id the one in a tenant.
fn at_home<'p>(candidates: &[&'p PolicyFile], tenant: &Spanned<Id>) -> Option<&'p PolicyFile> {
    candidates.iter().copied().find(|file| file.tenant_id.as_ref().is_some_and(|other| other.value == tenant.value))
}

fn cycle(levels: &[&PolicyFile], back: &PolicyFile) -> Diagnostic {
    let start = levels.iter().position(|file| file.file == back.file).unwrap_or(0);
    let members = levels.get(start..).unwrap_or_default();
    let message = match members {
        [_] => format!("the policy `{}` is its own base", id_of(back)),
        _ => format!("the policy `{}` comes back to itself over its bases", id_of(back)),
    };
    let mut error = Diagnostic::error(code::INHERITANCE_CYCLE, message);
    for (index, file) in members.iter().enumerate().take(SHOWN) {
        let base = members.get(index + 1).copied().unwrap_or(back);
        error = error.label(base_span(file), format!("`{}` is based on `{}`", id_of(file), id_of(base)));
    }
    error.help("take BasePolicy out of the one that is meant to be the base of all")
}

fn too_many(levels: &[&PolicyFile]) -> Diagnostic {
    let message = format!("the chain has {} levels, the service takes {LEVELS}", levels.len());
    let mut error = Diagnostic::error(code::TOO_MANY_LEVELS, message);
    if let Some(top) = levels.first() {
        error = error.label(top.policy_id.as_ref().map_or(top.span, |id| id.span), "the chain of this policy");
    }
    if let Some(last) = levels.get(LEVELS - 1) {
        error = error.label(base_span(last), format!("level {} is reached here", LEVELS + 1));
    }
    error.help("put the contents of neighbouring levels into one file")
}
