//! The files of scenarios that a command is given.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::engine::Problem;
use crate::terminal::Manner;

/// Which scenarios are meant.
#[derive(Debug, Args)]
pub(crate) struct Scenarios {
    /// Scenario files, and folders in which every *.yaml, *.yml and *.json is one [default: the folder `scenarios`]
    #[arg(value_name = "SCENARIO or folder")]
    scenarios: Vec<PathBuf>,
}

impl Scenarios {
    /// The files and folders.
    pub(crate) fn paths(&self) -> Vec<PathBuf> {
        if self.scenarios.is_empty() { vec![PathBuf::from("scenarios")] } else { self.scenarios.clone() }
    }

    /// The scenario files in the order given, those of a folder by name.
    pub(crate) fn files(&self, manner: Manner) -> Result<Vec<PathBuf>, Problem> {
        let mut files = Vec::new();
        for path in &self.paths() {
            if path.is_dir() {
                let before = files.len();
                collect(path, &mut files).map_err(|message| Problem::usage(message, manner))?;
                if files.len() == before {
                    let message = format!("the folder `{}` holds no scenario (*.yaml, *.yml, *.json)", path.display());
                    return Err(Problem::usage(message, manner));
                }
            } else if self.scenarios.is_empty() {
                return Err(Problem::usage("name a scenario or a folder: there is no folder `scenarios` here", manner));
            } else {
                files.push(path.clone());
            }
        }
        Ok(files)
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let unreadable = |error: std::io::Error| format!("the folder `{}` cannot be read: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(unreadable)?;
    let mut paths = entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    paths.sort();
    for path in paths {
        if path.is_dir() {
            // A link to a folder could lead in a circle.
            if !path.is_symlink() {
                collect(&path, files)?;
            }
        } else if is_scenario(&path) {
            files.push(path);
        }
    }
    Ok(())
}

/// By its ending. `properties.yaml` is what the policies are to be proved against.
pub(crate) fn is_scenario(path: &Path) -> bool {
    has_ending(path, &ENDINGS) && path.file_stem().is_some_and(|stem| stem != "properties")
}

/// Files of scenarios and of properties end so.
pub(crate) const ENDINGS: [&str; 3] = ["yaml", "yml", "json"];

/// Whether a file ends so, in any case.
pub(crate) fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension().is_some_and(|ending| endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
