//! A folder of policies: read, chained, merged and planned.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::diagnostic::{Diagnostic, Severity};
use crate::engine::Fault;
use crate::inherit::{self, EffectivePolicy, PolicyIndex};
use crate::nearest::nearest;
use crate::plan::{self, JourneyPlan};
use crate::policy::{self, Id, PolicyFile, Spanned};
use crate::simulate::Simulation;
use crate::source::{SourceId, Sources};
use crate::xml::{self, Document, Limits};

/// A path that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be read: {reason}")]
pub struct LoadError {
    /// The path.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Why a journey cannot run.
#[derive(Debug, thiserror::Error)]
pub enum JourneyError {
    /// There is no policy of this id among the files.
    #[error("there is no policy `{id}`{}", hint.as_ref().map(|hint| format!(" (did you mean `{hint}`?)")).unwrap_or_default())]
    UnknownPolicy {
        /// What was asked for.
        id: String,
        /// The id that was probably meant.
        hint: Option<String>,
    },
    /// Reading, merging or planning found errors on the journey's path.
    #[error("policy `{id}` is too faulty to run:\n{}", lines.join("\n"))]
    Faulty {
        /// The policy.
        id: String,
        /// The errors, one line each with their place.
        lines: Vec<String>,
        /// The errors.
        diagnostics: Vec<Diagnostic>,
    },
}

/// Policy files that were read together.
#[derive(Debug)]
pub struct PolicySet {
    sources: Arc<Sources>,
    files: Vec<PolicyFile>,
    documents: Vec<Document>,
    diagnostics: Vec<Diagnostic>,
}

impl PolicySet {
    /// Reads every `*.xml` below a folder.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read. What is wrong inside a file is a diagnostic.
    pub fn from_dir(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::from_paths(&[path])
    }

    /// Reads files, and every `*.xml` below folders. Files come in the order given, those of a folder by name; a file that is named twice is
    /// read once.
    ///
    /// # Errors
    /// A path cannot be read.
    pub fn from_paths<P: AsRef<Path>>(paths: &[P]) -> Result<Self, LoadError> {
        let contents = contents(paths)?;
        let names: Vec<String> = contents.iter().map(|(path, _)| path.display().to_string()).collect();
        Ok(Self::from_bytes(names.iter().map(String::as_str).zip(contents.iter().map(|(_, bytes)| bytes.as_slice())), &Limits::default()))
    }

    /// Reads files that are already in memory: name and bytes. Nothing fails; what is wrong is a diagnostic.
    pub fn from_bytes<'a>(contents: impl IntoIterator<Item = (&'a str, &'a [u8])>, limits: &Limits) -> Self {
        let mut sources = Sources::new();
        let mut files = Vec::new();
        let mut documents = Vec::new();
        let mut diagnostics = Vec::new();
        for (name, bytes) in contents {
            let read = xml::read(name, bytes, limits, &mut sources);
            diagnostics.extend(read.diagnostics);
            if let Some(document) = read.document {
                files.extend(policy::read(&document, &mut diagnostics));
                documents.push(document);
            }
        }
        Self { sources: Arc::new(sources), files, documents, diagnostics }
    }

    /// What is wrong with single files, all of them.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The texts behind the diagnostics' places.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// The files that are policies.
    pub fn files(&self) -> &[PolicyFile] {
        &self.files
    }

    /// The elements of a file, as far as it could be parsed.
    pub fn document(&self, file: SourceId) -> Option<&Document> {
        let index = self.documents.binary_search_by_key(&file, Document::file).ok()?;
        self.documents.get(index)
    }

    /// What was read of a file; `None` when it is no policy.
    pub fn file(&self, file: SourceId) -> Option<&PolicyFile> {
        let index = self.files.binary_search_by_key(&file, |policy| policy.file).ok()?;
        self.files.get(index)
    }

    /// PolicyIds of the files with a relying party of their own, in the order of the files.
    pub fn relying_parties(&self) -> Vec<&str> {
        self.files.iter().filter(|file| file.relying_party.is_some()).filter_map(|file| Some(file.policy_id.as_ref()?.as_str())).collect()
    }

    /// The chain of a policy, merged; `None` when there is no such policy. Beside it what is wrong with the chain.
    pub fn effective(&self, id: &str) -> Option<(EffectivePolicy, Vec<Diagnostic>)> {
        let chain = PolicyIndex::new(&self.files).chain(id)?;
        let mut diagnostics = chain.diagnostics;
        let mut effective = inherit::merge(&chain.levels);
        diagnostics.append(&mut effective.diagnostics);
        Some((effective, diagnostics))
    }

    /// The journey of a relying-party policy, by PolicyId in any case.
    ///
    /// # Errors
    /// There is no such policy, or it is too faulty to run.
    pub fn journey(&self, id: &str) -> Result<Journey, JourneyError> {
        let Some((effective, diagnostics)) = self.effective(id) else {
            let ids = self.files.iter().filter_map(|file| Some(file.policy_id.as_ref()?.as_str()));
            return Err(JourneyError::UnknownPolicy { id: id.to_owned(), hint: nearest(id, ids).map(Into::into) });
        };
        self.plan(id, effective, diagnostics)
    }

    /// The journey of files that are taken as one chain, base first, whatever their `BasePolicy` elements say: for policies whose base goes by
    /// another id here than in its tenant.
    ///
    /// # Errors
    /// The chain is too faulty to run, or one of the files is no policy of this set.
    pub fn journey_of_levels(&self, levels: &[SourceId]) -> Result<Journey, JourneyError> {
        let files: Vec<&PolicyFile> = levels.iter().filter_map(|id| self.file(*id)).collect();
        let id = files.last().and_then(|file| file.policy_id.as_ref()).map_or("", |id| id.as_str());
        if files.len() != levels.len() || files.is_empty() {
            return Err(JourneyError::UnknownPolicy { id: id.to_owned(), hint: None });
        }
        let mut effective = inherit::merge(&files);
        let diagnostics = std::mem::take(&mut effective.diagnostics);
        self.plan(id, effective, diagnostics)
    }

    fn plan(&self, id: &str, effective: EffectivePolicy, mut diagnostics: Vec<Diagnostic>) -> Result<Journey, JourneyError> {
        let on_path: Vec<SourceId> = effective.levels.iter().map(|level| level.file).collect();
        let of_files = self.diagnostics.iter().filter(|diagnostic| diagnostic.span().is_some_and(|span| on_path.contains(&span.file)));
        diagnostics.extend(of_files.cloned());
        let read = Arc::new(Read { id: id.to_owned(), effective, sources: self.sources.clone(), diagnostics });
        read.journey(plan::plan(&read.effective))
    }
}

/// A chain that was read and merged, from which journeys are planned.
#[derive(Debug)]
struct Read {
    id: String,
    effective: EffectivePolicy,
    sources: Arc<Sources>,
    /// Of reading and merging.
    diagnostics: Vec<Diagnostic>,
}

impl Read {
    fn journey(self: &Arc<Self>, planned: plan::Planned) -> Result<Journey, JourneyError> {
        let diagnostics: Vec<Diagnostic> = self.diagnostics.iter().cloned().chain(planned.diagnostics).collect();
        let errors: Vec<Diagnostic> = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).cloned().collect();
        match planned.plan {
            Some(plan) if errors.is_empty() => Ok(Journey { plan: Arc::new(plan), read: self.clone(), diagnostics: diagnostics.into() }),
            _ => {
                let lines = errors.iter().map(|diagnostic| diagnostic.line(&self.sources)).collect();
                Err(JourneyError::Faulty { id: self.id.clone(), lines, diagnostics: errors })
            }
        }
    }
}

/// Files, and every `*.xml` below folders, with their bytes: in the order given, those of a folder by name; a file that is named twice once.
pub(crate) fn contents<P: AsRef<Path>>(paths: &[P]) -> Result<Vec<(PathBuf, Vec<u8>)>, LoadError> {
    let mut files = Vec::new();
    for path in paths {
        collect(path.as_ref(), true, &mut files)?;
    }
    let mut seen = FxHashSet::default();
    files.retain(|file| seen.insert(file.canonicalize().unwrap_or_else(|_| file.clone())));
    let read = |file: PathBuf| match std::fs::read(&file) {
        Ok(bytes) => Ok((file, bytes)),
        Err(error) => Err(LoadError { path: file.display().to_string(), reason: error.to_string() }),
    };
    files.into_iter().map(read).collect()
}

/// Files to read: a file as it is, of a folder every `*.xml` below it in the order of names.
fn collect(path: &Path, named: bool, files: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let error = |error: std::io::Error| LoadError { path: path.display().to_string(), reason: error.to_string() };
    let metadata = std::fs::metadata(path).map_err(error)?;
    if metadata.is_dir() {
        let mut entries = std::fs::read_dir(path)
            .map_err(error)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(error)?;
        entries.sort();
        for entry in entries {
            // A link to a folder could lead in a circle.
            let link_to_folder = entry.is_dir() && std::fs::symlink_metadata(&entry).is_ok_and(|metadata| metadata.is_symlink());
            if !link_to_folder {
                collect(&entry, false, files)?;
            }
        }
    } else if named || path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("xml")) {
        files.push(path.to_owned());
    }
    Ok(())
}

/// A journey that can run.
#[derive(Clone, Debug)]
pub struct Journey {
    plan: Arc<JourneyPlan>,
    read: Arc<Read>,
    diagnostics: Arc<[Diagnostic]>,
}

/// What redeems a refresh token.
pub(crate) enum Redemption {
    /// A journey of its own.
    Journey(Journey),
    /// One is named and not there.
    Missing(Fault),
    /// Nothing.
    None,
}

impl Journey {
    /// What runs.
    pub fn plan(&self) -> &Arc<JourneyPlan> {
        &self.plan
    }

    /// The texts behind the plan's places.
    pub fn sources(&self) -> &Arc<Sources> {
        &self.read.sources
    }

    /// The files of the chain, base first.
    #[cfg(feature = "prove")]
    pub(crate) fn levels(&self) -> impl Iterator<Item = SourceId> {
        self.read.effective.levels.iter().map(|level| level.file)
    }

    /// The endpoints of the relying party that have a journey of their own, `Token` for example.
    #[cfg(feature = "prove")]
    pub(crate) fn endpoints(&self) -> impl Iterator<Item = String> {
        self.read.effective.relying_party.iter().flat_map(|party| party.endpoints.iter().map(|endpoint| endpoint.id.value.to_string()))
    }

    /// Warnings and notes on the journey's path.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The journey of an endpoint of the relying party, such as `UserInfo`; `None` when it has no such endpoint.
    ///
    /// # Errors
    /// The endpoint's journey is too faulty to run.
    pub fn of_endpoint(&self, endpoint: &str) -> Result<Option<Journey>, JourneyError> {
        match self.endpoint(endpoint) {
            Some(journey) => self.read.journey(plan::plan_journey(&self.read.effective, journey)).map(Some),
            None => Ok(None),
        }
    }

    fn endpoint(&self, endpoint: &str) -> Option<&Spanned<Id>> {
        let party = self.read.effective.relying_party.as_ref()?;
        party.endpoints.iter().find(|known| known.id.value == endpoint).map(|found| &found.user_journey)
    }

    /// What redeems a refresh token: the journey of the endpoint `Token` (starter pack; azure-docs#98068), or the one that the issuer names
    /// (jwt-issuer-technical-profile: RefreshTokenUserJourneyId).
    pub(crate) fn of_redemption(&self) -> Result<Redemption, JourneyError> {
        let effective = &self.read.effective;
        let named = crate::simulate::issuers(&self.plan).find_map(|issuer| {
            let item = issuer.metadata.item("RefreshTokenUserJourneyId")?;
            Some((issuer.id.as_str(), Spanned::new(Id::from(item.value.trim()), item.span)))
        });
        let of_endpoint = self.endpoint("Token").map(|journey| (self.plan.relying_party_profile.id.as_str(), journey.clone()));
        let Some((profile, journey)) = of_endpoint.or(named) else { return Ok(Redemption::None) };
        if effective.user_journeys.get(&journey).is_none() {
            // SERVICE-ERRORS row 27, error-codes AADB2C90288.
            let policy = &self.plan.policy;
            let words = format!(
                "UserJourney with id '{}' referenced in TechnicalProfile '{profile}' for refresh token redemption for tenant '{}' does not exist \
                 in policy '{}' or any of its base policies.",
                journey.value, policy.tenant, policy.id
            );
            return Ok(Redemption::Missing(Fault::new("AADB2C90288", words).at(journey.span)));
        }
        self.read.journey(plan::plan_journey(effective, &journey)).map(Redemption::Journey)
    }

    /// A simulation in the default world, to which stubs and users can be added.
    pub fn simulation(&self) -> Simulation<'_> {
        Simulation::new(self)
    }
}
