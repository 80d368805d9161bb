//! `explain`: the page of a code, or a part of a policy after merging.

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;

use b2c_journey::PolicySet;
use b2c_journey::explain::{Explained, Layout, explain, explain_code};
use clap::Args;

use super::Exit;
use super::options::Format;
use crate::diagnostics::Diagnostics;
use crate::engine::paths_or_default;
use crate::terminal::{Manner, complain, print};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// A code or its name; or the id of a technical profile, claim type, transformation, display control, content definition, predicate, user
    /// journey or sub journey; or a step: JourneyId/8, or 8 of the relying party's journey. ClaimType:email says which of several is meant
    what: String,
    /// Policy file, or folder in which every *.xml is one; repeatable [default: ./policies, else the current folder]
    #[arg(short, long = "policies", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// PolicyId of the policy whose chain is merged, in any case
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match find(arguments) {
        Ok(explained) => {
            print(&match arguments.format {
                Format::Text => explained.text(&layout(arguments.manner)),
                Format::Json => explained.json(),
            });
            Exit::Fine
        }
        Err(rendered) => {
            complain(&rendered);
            Exit::Usage
        }
    }
}

fn layout(manner: Manner) -> Layout {
    let options = manner.text_options();
    Layout { color: options.color, columns: stdout().is_terminal().then(|| options.width.min(100)) }
}

fn find(arguments: &Arguments) -> Result<Explained, String> {
    // The pages need no policy.
    if let Some(explained) = explain_code(&arguments.what) {
        return Ok(explained);
    }
    let diagnostics = Diagnostics::new(arguments.manner);
    let set = PolicySet::from_paths(&paths_or_default(&arguments.paths)).map_err(|error| diagnostics.plain(&error.to_string(), None))?;
    explain(&set, arguments.policy.as_deref(), &arguments.what)
        .map_err(|error| diagnostics.plain(&error.to_string(), error.help().as_deref()))
}
