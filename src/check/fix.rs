//! Applies the mends of findings to the bytes of the files.
//!
//! Everything outside the edits stays byte for byte: encoding, byte order mark, line ends. Edits that touch one another wait for the next
//! round, in which the files are read and checked anew, until nothing is left to mend or [`ROUNDS`] are over.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use rustc_hash::FxHashSet;

use super::{Options, Report};
use crate::diagnostic::{Diagnostic, Edit};
use crate::policy_set::{LoadError, PolicySet};
use crate::source::{Place, Source, SourceId, Sources, Span};
use crate::xml::Limits;

/// Mending stops after as many rounds, should mends ever undo one another.
const ROUNDS: usize = 10;

/// One mend that was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Where, in the file as it was before the round.
    pub place: Place,
    /// The code of the finding.
    pub code: &'static str,
    /// The text that was there.
    pub before: String,
    /// The text that is there now.
    pub after: String,
}

/// Files after mending.
#[derive(Debug)]
pub struct Fixed {
    /// What was changed, in the order in which it was.
    pub changes: Vec<Change>,
    /// The names of the files that are not as they were, with their new bytes.
    pub files: IndexMap<String, Vec<u8>>,
    /// All files, read anew.
    pub set: PolicySet,
    /// What is left to say of them.
    pub report: Report,
}

/// A file that cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("`{path}` cannot be written: {reason}")]
pub struct WriteError {
    /// The file.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// Why files on disk could not be mended.
#[derive(Debug, thiserror::Error)]
pub enum FixError {
    /// One cannot be read.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// One cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Mends what can be mended safely in files that are in memory: name and bytes. `check` says what is wrong with them, see
/// [`check`](super::check). Nothing is written.
pub fn fix(contents: Vec<(String, Vec<u8>)>, check: impl Fn(&PolicySet) -> Report) -> Fixed {
    let mut contents: IndexMap<String, Vec<u8>> = contents.into_iter().collect();
    let mut changes = Vec::new();
    let mut changed: Vec<usize> = Vec::new();
    let mut round = 0;
    loop {
        let set = PolicySet::from_bytes(contents.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())), &Limits::default());
        let report = check(&set);
        let accepted = if round < ROUNDS { accept(&report.diagnostics, set.sources()) } else { Vec::new() };
        if accepted.is_empty() {
            changed.sort_unstable();
            changed.dedup();
            let files = changed.iter().filter_map(|index| contents.get_index(*index)).map(|(name, bytes)| (name.clone(), bytes.clone()));
            return Fixed { changes, files: files.collect(), set, report };
        }
        for (index, (file, source)) in set.sources().iter().enumerate() {
            let edits: Vec<&Accepted> = accepted.iter().filter(|accepted| accepted.edit.span.file == file).collect();
            let Some((_, bytes)) = contents.get_index_mut(index).filter(|_| !edits.is_empty()) else { continue };
            if let Some(mended) = apply(source, bytes, edits.iter().map(|accepted| &accepted.edit)) {
                *bytes = mended;
                changed.push(index);
                changes.extend(edits.iter().map(|accepted| change(accepted, set.sources())));
            }
        }
        round += 1;
    }
}

/// Mends files on disk: those given, and every `*.xml` below folders. A file is written beside its place and then put there, so that none
/// is ever half written; one with nothing to mend is not touched.
///
/// # Errors
/// A file cannot be read or written. Those before it are written then.
pub fn fix_paths<P: AsRef<Path>>(paths: &[P], check: impl Fn(&PolicySet) -> Report) -> Result<Fixed, FixError> {
    let files = crate::policy_set::contents(paths)?;
    let places: IndexMap<String, PathBuf> = files.iter().map(|(path, _)| (path.display().to_string(), path.clone())).collect();
    let fixed = fix(files.into_iter().map(|(path, bytes)| (path.display().to_string(), bytes)).collect(), check);
    for (name, bytes) in &fixed.files {
        if let Some(path) = places.get(name) {
            write(path, bytes).map_err(|error| WriteError { path: name.clone(), reason: error.to_string() })?;
        }
    }
    Ok(fixed)
}

/// As [`fix_paths`], with the findings of [`check`](super::check).
///
/// # Errors
/// A file cannot be read or written.
pub fn fix_dir(path: impl AsRef<Path>, options: &Options) -> Result<Fixed, FixError> {
    fix_paths(&[path], |set| super::check(set, options))
}

/// A link is followed, so that the file behind it changes and the link stays one.
fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let path = path.canonicalize()?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let beside = path.with_file_name(name);
    let written = std::fs::write(&beside, bytes)
        .and_then(|()| std::fs::set_permissions(&beside, std::fs::metadata(&path)?.permissions()))
        .and_then(|()| std::fs::rename(&beside, &path));
    if written.is_err() {
        // What matters is the first error; a file that was not made cannot be removed.
        let _ = std::fs::remove_file(&beside);
    }
    written
}

/// An edit of this round, its line ends those of the file.
struct Accepted {
    code: &'static str,
    edit: Edit,
}

/// The edits of a round in the order of their places: of each finding all or none, the first findings first, each edit once.
fn accept(diagnostics: &[Diagnostic], sources: &Sources) -> Vec<Accepted> {
    let mut accepted: BTreeMap<(SourceId, u32, u32, usize), Accepted> = BTreeMap::new();
    let mut known: FxHashSet<Edit> = FxHashSet::default();
    for diagnostic in diagnostics.iter().filter(|diagnostic| !diagnostic.fix.is_empty()) {
        let mut edits = mend_of(diagnostic, sources);
        edits.retain(|edit| !known.contains(edit));
        // Accepted edits do not overlap, so only the last one that begins before the end of this one can touch it.
        let free = |edit: &Edit| {
            let last = accepted.range(..=(edit.span.file, edit.span.end, u32::MAX, usize::MAX)).next_back();
            last.is_none_or(|((file, _, end, _), _)| *file != edit.span.file || *end < edit.span.start)
        };
        let apart = edits.iter().enumerate().all(|(index, edit)| edits.iter().skip(index + 1).all(|other| !overlap(edit, other)));
        if apart && edits.iter().all(free) {
            for edit in edits {
                known.insert(edit.clone());
                let Span { file, start, end } = edit.span;
                accepted.insert((file, start, end, accepted.len()), Accepted { code: diagnostic.code, edit });
            }
        }
    }
    accepted.into_values().collect()
}

/// The edit with the line ends of its file; `None` where it would change nothing or its place in the bytes is not known.
fn fitted(edit: &Edit, sources: &Sources) -> Option<Edit> {
    let source = sources.get(edit.span.file)?;
    source.byte_offset(edit.span.start)?;
    let old = source.text().get(edit.span.start as usize..edit.span.end as usize)?;
    let text = line_ends(source, &edit.text).into_owned();
    (text != old).then_some(Edit { span: edit.span, text })
}

/// Text with the line ends that the file has at its first line.
fn line_ends<'t>(source: &Source, text: &'t str) -> Cow<'t, str> {
    if !text.contains('\n') {
        return Cow::Borrowed(text);
    }
    let plain = text.replace("\r\n", "\n");
    let windows = source.text().split_once('\n').is_some_and(|(line, _)| line.ends_with('\r'));
    Cow::Owned(if windows { plain.replace('\n', "\r\n") } else { plain })
}

fn overlap(one: &Edit, other: &Edit) -> bool {
    one.span.file == other.span.file && one.span.start < other.span.end && other.span.start < one.span.end
}

/// The bytes of a file with edits, which are in the order of their places.
fn apply<'e>(source: &Source, bytes: &[u8], edits: impl Iterator<Item = &'e Edit>) -> Option<Vec<u8>> {
    let mut mended = Vec::with_capacity(bytes.len() + 64);
    let mut from = 0;
    for edit in edits {
        let start = source.byte_offset(edit.span.start)?;
        mended.extend_from_slice(bytes.get(from..start)?);
        mended.extend(source.encode(&edit.text));
        from = source.byte_offset(edit.span.end)?;
    }
    mended.extend_from_slice(bytes.get(from..)?);
    Some(mended)
}

fn change(accepted: &Accepted, sources: &Sources) -> Change {
    let Accepted { code, edit } = accepted;
    Change { place: sources.place(edit.span), code, before: sources.text(edit.span).to_owned(), after: edit.text.clone() }
}

/// The edits by which [`fix`] mends a finding, line ends as in the file; empty when there are none, or when the bytes of the file are not
/// known well enough.
pub fn mend_of(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Edit> {
    let edits: Vec<Edit> = diagnostic.fix.iter().filter_map(|edit| fitted(edit, sources)).collect();
    if edits.len() == diagnostic.fix.len() { edits } else { Vec::new() }
}
