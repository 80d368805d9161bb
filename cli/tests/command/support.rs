//! Calls of the command, and folders to call it in.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

/// What a call gave.
pub(super) struct Called {
    pub(super) exit: i32,
    pub(super) out: String,
    pub(super) err: String,
}

impl Called {
    #[track_caller]
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.out, self.err))
    }
}

/// The command in a folder, with these arguments.
pub(super) fn command_in(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_b2c-journey"));
    command.args(arguments).current_dir(folder).env_remove("NO_COLOR");
    command
}

/// Calls the command in a folder.
pub(super) fn call_in(folder: &Path, arguments: &[&str]) -> Called {
    let output = command_in(folder, arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Called { exit: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
}

/// Calls the command at the root of the repository, where the worked example is.
pub(super) fn call(arguments: &[&str]) -> Called {
    call_in(&root(), arguments)
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A folder with these files.
pub(super) fn folder(files: &[(impl AsRef<Path>, impl AsRef<str>)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text.as_ref()).unwrap();
    }
    folder
}

/// A file of this folder, as an argument.
pub(super) fn path_in(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

/// The policies of the worked example, each `policies/` and its name, and its text.
pub(super) fn worked_example() -> Vec<(PathBuf, String)> {
    let entries = std::fs::read_dir(root().join("policies")).unwrap().map(Result::unwrap);
    entries.map(|entry| (Path::new("policies").join(entry.file_name()), std::fs::read_to_string(entry.path()).unwrap())).collect()
}

/// A folder with the worked example in which something is replaced.
pub(super) fn worked_example_with(old: &str, new: &str) -> TempDir {
    let mut files = worked_example();
    let (_, text) = files.iter_mut().find(|(_, text)| text.contains(old)).unwrap();
    *text = text.replacen(old, new, 1);
    folder(&files)
}
