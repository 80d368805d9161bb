//! `check`: everything that is wrong with the policies, and with `--fix` the mends.

use std::path::PathBuf;

use b2c_journey::PolicySet;
use b2c_journey::check::{Change, Config, FixError, Level, Options, Report, check, check_policy, fix_paths};
use b2c_journey::diagnostic::{Diagnostic, Severity};
use b2c_journey::report::{check_github, check_json, check_sarif, check_summary};
use clap::{Args, ValueEnum};

use super::Exit;
use crate::diagnostics::Diagnostics;
use crate::engine::paths_or_default;
use crate::terminal::{Manner, complain, print};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people, on stderr; the last line on stdout
    #[default]
    Text,
    /// One JSON document
    Json,
    /// A SARIF 2.1.0 log
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Policy file, or folder in which every *.xml is one; repeatable [default: `paths` of b2c-journey.toml, else ./policies, else the
    /// current folder]
    #[arg(short, long = "policies", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Check the chain of this policy alone, by PolicyId in any case
    #[arg(long, value_name = "ID")]
    policy: Option<String>,
    /// Take the findings of a code as errors, or all warnings; repeatable
    #[arg(long, value_name = "CODE|warnings")]
    deny: Vec<String>,
    /// Take the findings of a code as warnings, also where it is off; repeatable
    #[arg(long, value_name = "CODE")]
    warn: Vec<String>,
    /// Drop the findings of a code; repeatable
    #[arg(long, value_name = "CODE")]
    allow: Vec<String>,
    /// Mend what can be mended safely, and touch nothing else in the files
    #[arg(long)]
    fix: bool,
    /// Configuration file [default: b2c-journey.toml here, or in the nearest folder above]
    #[arg(long, value_name = "PATH")]
    config: Option<PathBuf>,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    #[command(flatten)]
    manner: Manner,
}

pub(super) fn run(arguments: &Arguments) -> Exit {
    match execute(arguments) {
        Ok(checked) => {
            show(arguments, &checked);
            if checked.report.count(Severity::Error) > 0 { Exit::Failed } else { Exit::Fine }
        }
        Err(rendered) => {
            complain(&rendered);
            Exit::Usage
        }
    }
}

/// What there is to show.
struct Checked {
    set: PolicySet,
    report: Report,
    changes: Option<Vec<Change>>,
}

fn execute(arguments: &Arguments) -> Result<Checked, String> {
    let diagnostics = Diagnostics::new(arguments.manner);
    let plain = |message: String| diagnostics.plain(&message, None);
    let mut config = match arguments.config.clone().or_else(Config::find) {
        Some(path) => Config::from_file(&path).map_err(|error| diagnostics.config(&error))?,
        None => Config::default(),
    };
    set_levels(arguments, &mut config.options).map_err(|code| {
        let known = b2c_journey::diagnostic::code::nearest(&code);
        diagnostics.plain(&format!("there is no code `{code}`"), known.map(|near| format!("did you mean `{near}`?")).as_deref())
    })?;
    let paths = paths_or_default(if arguments.paths.is_empty() { &config.paths } else { &arguments.paths });
    let find = |set: &PolicySet| match &arguments.policy {
        Some(policy) => check_policy(set, policy, &config.options),
        None => Some(check(set, &config.options)),
    };
    // Before anything is written it must be known that there is such a policy.
    let set = PolicySet::from_paths(&paths).map_err(|error| plain(error.to_string()))?;
    let Some(report) = find(&set) else {
        // Files that are broken may be the reason that the policy is not there.
        let errors: Vec<&Diagnostic> = set.diagnostics().iter().filter(|diagnostic| diagnostic.severity == Severity::Error).collect();
        let mut rendered = diagnostics.list(&errors, set.sources());
        rendered.push(plain(unknown_policy(&set, arguments.policy.as_deref().unwrap_or_default())));
        return Err(rendered.join("\n\n"));
    };
    if !arguments.fix {
        return Ok(Checked { set, report, changes: None });
    }
    let fixed = fix_paths(&paths, |set| find(set).unwrap_or_else(|| check(set, &config.options)))
        .map_err(|error: FixError| plain(error.to_string()))?;
    Ok(Checked { set: fixed.set, report: fixed.report, changes: Some(fixed.changes) })
}

fn unknown_policy(set: &PolicySet, id: &str) -> String {
    match set.journey(id) {
        Err(error) => error.to_string(),
        Ok(_) => format!("there is no policy `{id}`"),
    }
}

/// What is named twice counts as the stricter; a code that does not exist comes back.
fn set_levels(arguments: &Arguments, options: &mut Options) -> Result<(), String> {
    let mut set = |codes: &[String], level: Level| match codes.iter().find(|code| !options.level(code, level)) {
        Some(unknown) => Err(unknown.clone()),
        None => Ok(()),
    };
    set(&arguments.allow, Level::Off)?;
    set(&arguments.warn, Level::As(Severity::Warning))?;
    let (all, codes): (Vec<String>, Vec<String>) = arguments.deny.iter().cloned().partition(|code| code == "warnings");
    set(&codes, Level::As(Severity::Error))?;
    options.deny_warnings |= !all.is_empty();
    Ok(())
}

fn show(arguments: &Arguments, checked: &Checked) {
    let Checked { set, report, changes } = checked;
    let sources = set.sources();
    let changed: String = changes.iter().flatten().map(shown).collect();
    match arguments.format {
        Format::Text => {
            print(&changed);
            findings(arguments, checked);
            print(&format!("{}\n", check_summary(report, sources)));
        }
        Format::Json => print(&check_json(report, changes.as_deref(), sources)),
        Format::Sarif => {
            complain_of(&changed);
            print(&check_sarif(report, set));
        }
        Format::Github => {
            complain_of(&changed);
            print(&check_github(report, sources));
        }
    }
}

fn complain_of(changed: &str) {
    if !changed.is_empty() {
        complain(changed.trim_end());
    }
}

fn shown(change: &Change) -> String {
    format!("mended {}: {}: `{}` → `{}`\n", change.place, change.code, one_line(&change.before), one_line(&change.after))
}

/// Line ends and other control characters as escapes.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }).collect()
}

fn findings(arguments: &Arguments, Checked { set, report, .. }: &Checked) {
    let manner = arguments.manner;
    let diagnostics = Diagnostics::new(manner);
    let wanted = |diagnostic: &&Diagnostic| !manner.quiet || diagnostic.severity == Severity::Error;
    for diagnostic in report.diagnostics.iter().filter(wanted) {
        complain(&format!("{}\n", diagnostics.diagnostic(diagnostic, set.sources())));
    }
    // Of the most severe findings the first one.
    let worst = report.diagnostics.iter().rev().max_by_key(|diagnostic| diagnostic.severity);
    if let Some(Diagnostic { code, .. }) = worst.filter(|_| !manner.quiet) {
        complain(&diagnostics.note(&format!("`b2c-journey explain {code}` says more about a code")));
    }
}
