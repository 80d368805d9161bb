//! `diff`: what a change does over all runs.

use std::path::PathBuf;

use b2c_journey::PolicySet;
use b2c_journey::explore::{DiffVerdict, DifferenceKind, PolicyDiff, diff};
use b2c_journey::report::{diff_json, diff_markdown, diff_text};
use clap::{Args, ValueEnum};

use super::Exit;
use super::options::Budget;
use crate::engine::Problem;
use crate::terminal::{Manner, complain, print};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    #[default]
    Text,
    /// One JSON document
    Json,
    /// For a comment under a change
    Markdown,
}

/// What fails the command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Deny {
    /// A token is issued without the second factor that was asked for before
    MfaWeakened,
    /// The token has other claims or values
    TokenChanged,
    /// Any difference
    Any,
}

impl Deny {
    fn is_met(self, kind: DifferenceKind) -> bool {
        match self {
            Deny::MfaWeakened => kind == DifferenceKind::MfaWeakened,
            Deny::TokenChanged => kind.is_of_token(),
            Deny::Any => true,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Policy file, or folder in which every *.xml is one: as it was
    old: PathBuf,
    /// As it is now
    new: PathBuf,
    /// Compare only the relying party of this PolicyId, in any case
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Fail when there is such a difference; repeatable
    #[arg(long, value_enum, value_name = "WHAT")]
    deny: Vec<Deny>,
    #[command(flatten)]
    budget: Budget,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    let read = |path: &PathBuf| PolicySet::from_paths(&[path]).map_err(|error| Problem::usage(error.to_string(), arguments.manner));
    let found = read(&arguments.old).and_then(|old| Ok((old, read(&arguments.new)?))).and_then(|(old, new)| compare(arguments, &old, &new));
    match found {
        Ok(found) => {
            print(&match arguments.format {
                Format::Text => diff_text(&found, &arguments.manner.text_options()),
                Format::Json => diff_json(&found),
                Format::Markdown => diff_markdown(&found),
            });
            exit(arguments, &found)
        }
        Err(problem) => {
            complain(&problem.rendered);
            if arguments.format == Format::Json {
                print(&diff_json(&[]));
            }
            problem.exit
        }
    }
}

fn compare(arguments: &Arguments, old: &PolicySet, new: &PolicySet) -> Result<Vec<PolicyDiff>, Problem> {
    let ids = [old.relying_parties(), new.relying_parties()].concat();
    if let Some(wanted) = arguments.policy.as_deref().filter(|wanted| !ids.iter().any(|id| id.eq_ignore_ascii_case(wanted))) {
        let message = format!("neither side has a relying party `{wanted}`; there are: {}", ids.join(", "));
        return Err(Problem::usage(message, arguments.manner));
    }
    if ids.is_empty() {
        return Err(Problem::usage("there is no policy with a relying party among the files", arguments.manner));
    }
    let limits = arguments.budget.limits();
    Ok(diff(old, new, arguments.policy.as_deref(), &limits))
}

/// A denied difference fails. What is denied and could not be ruled out is a gate that was missed.
fn exit(arguments: &Arguments, found: &[PolicyDiff]) -> Exit {
    let mut kinds = found.iter().flat_map(|diff| &diff.differences).map(|difference| difference.kind);
    if kinds.any(|kind| arguments.deny.iter().any(|deny| deny.is_met(kind))) {
        return Exit::Failed;
    }
    let open = found.iter().any(|diff| diff.reason.is_some() && diff.verdict != DiffVerdict::Equivalent);
    if open && !arguments.deny.is_empty() { Exit::Missed } else { Exit::Fine }
}
