//! Doing something again whenever files change.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};

use crate::diagnostics::Diagnostics;
use crate::scenarios::{ENDINGS, has_ending};
use crate::terminal::{Manner, complain};

/// So long nothing may happen before a change counts as complete: editors write in several steps.
const SILENCE: Duration = Duration::from_millis(150);

/// Calls `action` at once and after every change of these files, and of policies and scenarios in these folders. Ends only with the
/// process, or when nothing can be watched, which the text says.
pub(crate) fn watch(paths: &[PathBuf], manner: Manner, mut action: impl FnMut()) -> String {
    let mut names = Vec::new();
    let mut folders: BTreeMap<PathBuf, RecursiveMode> = BTreeMap::new();
    for path in paths {
        if path.is_dir() {
            folders.insert(path.clone(), RecursiveMode::Recursive);
        } else {
            // A file that is replaced is another one: its folder stays.
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            folders.entry(folder.to_owned()).or_insert(RecursiveMode::NonRecursive);
            names.extend(path.file_name().map(OsString::from));
        }
    }
    let (sender, changes) = channel();
    let notice = move |event: notify::Result<Event>| {
        if event.is_ok_and(|event| is_change(&event, &names)) {
            // Nobody listens any more only when all is over.
            let _ = sender.send(());
        }
    };
    let mut watcher: RecommendedWatcher = match notify::recommended_watcher(notice) {
        Ok(watcher) => watcher,
        Err(error) => return format!("changes of files cannot be watched: {error}"),
    };
    for (folder, mode) in &folders {
        if let Err(error) = watcher.watch(folder, *mode) {
            return format!("the folder `{}` cannot be watched: {error}", folder.display());
        }
    }
    loop {
        clear_screen();
        action();
        if !manner.quiet {
            complain(&Diagnostics::new(manner).note("waiting for a change of policies or scenarios; Ctrl-C ends"));
        }
        if changes.recv().is_err() {
            return "changes of files can no longer be watched".to_owned();
        }
        while !matches!(changes.recv_timeout(SILENCE), Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected)) {}
    }
}

/// Whether an event is about a policy or a scenario, and more than that somebody has read it, which we do ourselves.
fn is_change(event: &Event, names: &[OsString]) -> bool {
    let is_of_interest = |path: &PathBuf| {
        has_ending(path, &["xml"])
            || has_ending(path, &ENDINGS)
            || path.file_name().is_some_and(|name| names.iter().any(|known| known == name))
    };
    event.need_rescan() || (!event.kind.is_access() && event.paths.iter().any(is_of_interest))
}

/// On a terminal only: what goes into a file or a pipe stays.
fn clear_screen() {
    if std::io::stdout().is_terminal() {
        let mut out = anstream::stdout().lock();
        // A terminal that is gone is no fault of ours.
        let _ = out.write_all(b"\x1b[2J\x1b[H").and_then(|()| out.flush());
    }
}

#[cfg(test)]
mod tests {
    use notify::EventKind;
    use notify::event::{AccessKind, CreateKind, ModifyKind, RemoveKind};

    use super::*;

    #[test]
    fn policies_scenarios_and_named_files_count_unless_they_are_only_read() {
        let names = [OsString::from("scenario")];
        let modify = EventKind::Modify(ModifyKind::Any);
        for (kind, path, expected) in [
            (modify, "policies/Base.XML", true),
            (EventKind::Create(CreateKind::File), "a/b/x.yml", true),
            (EventKind::Remove(RemoveKind::File), "x.json", true),
            (modify, "some/scenario", true),
            (modify, "target/debug/x.o", false),
            (modify, "policies", false),
            (EventKind::Access(AccessKind::Any), "policies/Base.xml", false),
        ] {
            let event = Event::new(kind).add_path(path.into());
            assert_eq!(is_change(&event, &names), expected, "{kind:?} {path}");
        }
    }
}
