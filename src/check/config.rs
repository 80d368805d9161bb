//! `b2c-journey.toml`: what a project wants of `check`.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Level, Options};
use crate::diagnostic::{Severity, code};
use crate::nearest::nearest;

/// What a configuration file says.
///
/// ```
/// use b2c_journey::check::Config;
///
/// let config = Config::parse("b2c-journey.toml", "[check]\npaths = [\"policies\"]\n[check.levels]\nB2C0412 = \"off\"\n").unwrap();
/// assert_eq!(config.paths, [std::path::Path::new("policies")]);
/// let error = Config::parse("b2c-journey.toml", "[check.level]\n").unwrap_err();
/// assert_eq!(error.to_string(), "b2c-journey.toml:1:8: unknown key `level` (did you mean `levels`?)");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Policy files and folders; relative ones from the folder of the configuration file.
    pub paths: Vec<PathBuf>,
    /// Levels, and whether warnings are errors.
    pub options: Options,
}

/// A configuration file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {message}{}", if *line == 0 { String::new() } else { format!(":{line}:{column}") }, help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default())]
pub struct ConfigError {
    /// The file's name as it was given.
    pub file: String,
    /// Line, from 1; 0 when the file could not be read at all.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// How many characters of the line are meant.
    pub length: u32,
    /// The line itself, without its end.
    pub text: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// What is wrong with a piece of the text.
struct Wrong {
    start: usize,
    end: usize,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn new(span: std::ops::Range<usize>, message: impl Into<String>, help: Option<String>) -> Self {
        Self { start: span.start, end: span.end, message: message.into(), help }
    }
}

impl Config {
    /// The name of the file that is looked for.
    pub const FILE: &'static str = "b2c-journey.toml";

    /// The configuration file of the current folder, or of the nearest one above it, as a path from here.
    pub fn find() -> Option<PathBuf> {
        let current = std::env::current_dir().ok()?;
        let depth = current.ancestors().position(|folder| folder.join(Self::FILE).is_file())?;
        let mut path: PathBuf = std::iter::repeat_n("..", depth).collect();
        path.push(Self::FILE);
        Some(path)
    }

    /// Reads a file; its paths are taken from its folder.
    ///
    /// # Errors
    /// The file cannot be read, or does not say what is described in `docs/check.md`.
    pub fn from_file(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigError {
            file: name.clone(),
            line: 0,
            column: 0,
            length: 0,
            text: String::new(),
            message: format!("the file cannot be read: {error}"),
            help: None,
        })?;
        let mut config = Self::parse(&name, &text)?;
        if let Some(folder) = path.parent() {
            config.paths.iter_mut().for_each(|path| *path = folder.join(&*path));
        }
        Ok(config)
    }

    /// Reads the text of a file; paths stay as written.
    ///
    /// # Errors
    /// The text does not say what is described in `docs/check.md`.
    pub fn parse(name: &str, text: &str) -> Result<Self, ConfigError> {
        read(text).map_err(|wrong| {
            let start = text.floor_char_boundary(wrong.start.min(text.len()));
            let before = text.get(..start).unwrap_or_default();
            let line_start = before.rfind('\n').map_or(0, |at| at + 1);
            let line = text.get(line_start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
            let meant = text.get(start..text.floor_char_boundary(wrong.end)).and_then(|meant| meant.lines().next()).unwrap_or_default();
            ConfigError {
                file: name.to_owned(),
                line: before.matches('\n').count() as u32 + 1,
                column: before.get(line_start..).map_or(0, |head| head.chars().count()) as u32 + 1,
                length: meant.chars().count() as u32,
                text: line.to_owned(),
                message: wrong.message,
                help: wrong.help,
            }
        })
    }
}

fn read(text: &str) -> Result<Config, Wrong> {
    let table = DeTable::parse(text).map_err(|error| Wrong::new(error.span().unwrap_or(0..0), error.message().trim(), None))?;
    let mut config = Config::default();
    for (key, value) in table.get_ref() {
        match key.get_ref().as_ref() {
            "check" => read_check(value, &mut config)?,
            other => return Err(unknown_key(key.span(), other, &["check"])),
        }
    }
    Ok(config)
}

fn read_check(value: &Spanned<DeValue<'_>>, config: &mut Config) -> Result<(), Wrong> {
    for (key, value) in table("check", value)? {
        match key.get_ref().as_ref() {
            "paths" => config.paths = paths(value)?,
            "deny_warnings" => config.options.deny_warnings = boolean("deny_warnings", value)?,
            "levels" => read_levels(value, &mut config.options)?,
            other => return Err(unknown_key(key.span(), other, &["paths", "deny_warnings", "levels"])),
        }
    }
    Ok(())
}

fn read_levels(value: &Spanned<DeValue<'_>>, options: &mut Options) -> Result<(), Wrong> {
    for (key, value) in table("levels", value)? {
        let name = key.get_ref().as_ref();
        let level = level(value)?;
        if !options.level(name, level) {
            let near = code::nearest(name);
            let help = near.map_or_else(|| "docs/rules/README.md lists the codes".to_owned(), |near| format!("did you mean `{near}`?"));
            return Err(Wrong::new(key.span(), format!("there is no code `{name}`"), Some(help)));
        }
    }
    Ok(())
}

fn level(value: &Spanned<DeValue<'_>>) -> Result<Level, Wrong> {
    const LEVELS: [&str; 4] = ["error", "warning", "note", "off"];
    let wanted = "a level is \"error\", \"warning\", \"note\" or \"off\"";
    let Some(text) = value.get_ref().as_str() else { return Err(Wrong::new(value.span(), wanted, None)) };
    match text {
        "error" => Ok(Level::As(Severity::Error)),
        "warning" => Ok(Level::As(Severity::Warning)),
        "note" => Ok(Level::As(Severity::Note)),
        "off" => Ok(Level::Off),
        other => {
            let near = nearest(other, LEVELS.into_iter()).map(|near| format!("did you mean `{near}`?"));
            Err(Wrong::new(value.span(), format!("there is no level `{other}`"), near.or_else(|| Some(wanted.to_owned()))))
        }
    }
}

fn table<'v, 't>(key: &str, value: &'v Spanned<DeValue<'t>>) -> Result<&'v DeTable<'t>, Wrong> {
    value.get_ref().as_table().ok_or_else(|| Wrong::new(value.span(), format!("`{key}` is a table"), None))
}

fn boolean(key: &str, value: &Spanned<DeValue<'_>>) -> Result<bool, Wrong> {
    value.get_ref().as_bool().ok_or_else(|| Wrong::new(value.span(), format!("`{key}` is true or false"), None))
}

fn paths(value: &Spanned<DeValue<'_>>) -> Result<Vec<PathBuf>, Wrong> {
    let wrong = |span| Wrong::new(span, "`paths` is a list of files and folders", None);
    let items = value.get_ref().as_array().ok_or_else(|| wrong(value.span()))?;
    items.iter().map(|item| item.get_ref().as_str().map(PathBuf::from).ok_or_else(|| wrong(item.span()))).collect()
}

fn unknown_key(span: std::ops::Range<usize>, key: &str, known: &[&str]) -> Wrong {
    let help = match nearest(key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known here: {}", known.join(", ")),
    };
    Wrong::new(span, format!("unknown key `{key}`"), Some(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        match Config::parse("c.toml", text) {
            Ok(config) => panic!("{config:?}"),
            Err(error) => assert_eq!(error.to_string(), expected),
        }
    }

    #[test]
    fn a_full_file_is_read() {
        let text = "[check]\npaths = [\"policies\", \"more/a.xml\"]\ndeny_warnings = true\n\n[check.levels]\nB2C0412 = \"off\"\nunused-claim = \"warning\"\n";
        let config = Config::parse("c.toml", text).unwrap();
        assert_eq!(config.paths, [Path::new("policies"), Path::new("more/a.xml")]);
        assert!(config.options.deny_warnings);
        assert!(Config::parse("c.toml", "").unwrap().paths.is_empty());
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_the_right_name() {
        check("[chek]\n", "c.toml:1:2: unknown key `chek` (did you mean `check`?)");

        check("[check]\npath = []\n", "c.toml:2:1: unknown key `path` (did you mean `paths`?)");
        check("[check.levels]\nB2C041 = \"off\"\n", "c.toml:2:1: there is no code `B2C041` (did you mean `B2C0401`?)");
        check("[check.levels]\nB2C0412 = \"of\"\n", "c.toml:2:11: there is no level `of` (did you mean `off`?)");
        check("[check.levels]\nB2C0412 = 1\n", "c.toml:2:11: a level is \"error\", \"warning\", \"note\" or \"off\"");
        check("check = 1\n", "c.toml:1:9: `check` is a table");
        check("[check]\npaths = \"policies\"\n", "c.toml:2:9: `paths` is a list of files and folders");
        check("[check]\ndeny_warnings = \"yes\"\n", "c.toml:2:17: `deny_warnings` is true or false");
    }

    #[test]
    fn a_file_that_is_no_toml_is_said_where() {
        let error = Config::parse("c.toml", "[check]\npaths = [\n").unwrap_err();
        assert_eq!((error.file.as_str(), error.line > 0), ("c.toml", true), "{error}");
        assert_eq!(Config::from_file(Path::new("not/there.toml")).unwrap_err().line, 0);
    }
}
