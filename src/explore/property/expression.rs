//! One expression: its text, what it looks at, and what it says of a finished run.

use std::fmt;
use std::sync::Arc;

use cel::Program;

use super::evaluate;
use super::names;
use super::uses::{Uses, depth, uses};
use super::view::Finished;
use crate::claims::Str;
use crate::plan::JourneyPlan;
use crate::report::{Known, known};

/// The longest expression in bytes.
const LONGEST: usize = 4096;
/// The deepest tree: evaluation needs stack for each level. `&&` and `||` in a row are balanced and no deeper than the logarithm of their number.
const DEPTH: usize = 32;
/// Stack for reading.
const STACK: usize = 64 * 1024 * 1024;

/// A CEL expression over one finished run.
///
/// ```
/// use b2c_journey::explore::property::Expression;
///
/// let expression = Expression::parse(r#"executed("PhoneFactor-InputOrVerify") || claims.riskLevel == "LOW""#).unwrap();
/// assert!(expression.source().starts_with("executed("));
///
/// let error = Expression::parse("claim.riskLevel != null").unwrap_err();
/// assert_eq!(error.to_string(), "unknown name `claim` at column 1 of `claim.riskLevel != null` (did you mean `claims`?)");
/// ```
#[derive(Clone)]
pub struct Expression {
    source: Str,
    pub(super) program: Arc<Program>,
    pub(super) uses: Arc<Uses>,
}

/// Bytes of an expression.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Spot {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What is wrong at a spot.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) spot: Spot,
    pub(super) message: String,
    pub(super) help: Option<String>,
}

/// An expression that cannot be used, or not with this policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpressionError {
    /// The expression.
    pub expression: Str,
    /// Line in it, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
    pub(super) spot: Spot,
}

impl std::error::Error for ExpressionError {}

impl fmt::Display for ExpressionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at ", self.message)?;
        if self.expression.trim_end().contains('\n') {
            write!(f, "line {}, ", self.line)?;
        }
        write!(f, "column {} of `{}`", self.column, self.expression)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, " ({help})"))
    }
}

/// An expression that gives neither true nor false for a run: null compared with `<`, for example.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{expression}` cannot be judged: {message}")]
pub struct EvaluationError {
    /// The expression.
    pub expression: Str,
    /// Why not.
    pub message: String,
}

impl Expression {
    /// Reads an expression. Names of a policy are not known here: [`check`](Self::check) looks at them.
    ///
    /// # Errors
    /// It is no CEL, or uses a variable or function that there is not.
    pub fn parse(source: &str) -> Result<Self, ExpressionError> {
        let fault = |spot: Spot, message: String, help: Option<String>| Self::error(source, &Fault { spot, message, help });
        if source.len() > LONGEST {
            return Err(fault(Spot::default(), format!("an expression may have {LONGEST} bytes, this one has {}", source.len()), None));
        }
        if source.trim().is_empty() {
            return Err(fault(Spot::default(), "the expression is empty".to_owned(), None));
        }
        // The parser needs much stack for each level, more than the thread of a test has.
        let read = || Self::read(source);
        let builder = std::thread::Builder::new().stack_size(STACK);
        let read = std::thread::scope(|scope| builder.spawn_scoped(scope, read).ok().and_then(|thread| thread.join().ok()));
        read.unwrap_or_else(|| Err(fault(Spot::default(), "the expression could not be read".to_owned(), None)))
    }

    fn read(source: &str) -> Result<Self, ExpressionError> {
        let program = Program::compile(source).map_err(|errors| {
            let (line, column, message) = match errors.errors.first() {
                Some(error) => (error.pos.0, error.pos.1, error.msg.as_str()),
                None => (1, 1, "unknown"),
            };
            let start = offset(source, line, column);
            let end = source.get(start..).and_then(|rest| rest.chars().next()).map_or(start, |letter| start + letter.len_utf8());
            let message = message.strip_prefix("Syntax error: ").unwrap_or(message).trim_end_matches('.');
            let message = format!("this is not CEL: {message}");
            let help = source.get(start..).and_then(likely).map(|operator| format!("CEL writes `{operator}`"));
            Self::error(source, &Fault { spot: Spot { start, end }, message, help })
        })?;
        if depth(program.expression()) > DEPTH {
            let message = format!("the expression is nested more than {DEPTH} levels deep");
            return Err(Self::error(source, &Fault { spot: Spot::default(), message, help: None }));
        }
        let uses = uses(program.expression(), program.source_info());
        match uses.faults.iter().min_by_key(|fault| fault.spot) {
            Some(fault) => Err(Self::error(source, fault)),
            None => Ok(Self { source: source.into(), program: Arc::new(program), uses: Arc::new(uses) }),
        }
    }

    /// As it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Whether the policy knows every name of it: claims, names in the token, steps, technical profiles.
    ///
    /// # Errors
    /// The first name that it does not know, with the nearest that it does.
    pub fn check(&self, plan: &JourneyPlan) -> Result<(), ExpressionError> {
        self.check_names(&known(plan))
    }

    pub(crate) fn check_names(&self, known: &Known) -> Result<(), ExpressionError> {
        match names::faults(&self.uses, known).into_iter().min_by_key(|fault| fault.spot) {
            Some(fault) => Err(Self::error(&self.source, &fault)),
            None => Ok(()),
        }
    }

    /// What it says of a run.
    pub(crate) fn holds(&self, run: &dyn Finished) -> Result<bool, EvaluationError> {
        evaluate::holds(self, run)
    }

    /// The names in it with what they stand for in a run, as text.
    pub(crate) fn values(&self, run: &dyn Finished) -> Vec<(String, String)> {
        evaluate::values(self, run)
    }

    /// Why its literals and "anything else" do not stand for all values of a claim, if they do not.
    pub(crate) fn inexact(&self) -> Option<String> {
        self.uses.looks_into.as_ref().map(|how| format!("`{how}` in `{}` is only tried on example values", self.source))
    }

    fn error(source: &str, fault: &Fault) -> ExpressionError {
        let before = source.get(..fault.spot.start).unwrap_or(source);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        let small = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        ExpressionError {
            expression: source.into(),
            line: small(line),
            column: small(column),
            message: fault.message.clone(),
            help: fault.help.clone(),
            spot: fault.spot,
        }
    }
}

impl PartialEq for Expression {
    fn eq(&self, other: &Self) -> bool {
        self.source == other.source
    }
}

impl Eq for Expression {}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expression").field(&self.source).finish()
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

impl std::str::FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

/// The operator that was probably meant where the parser stumbled.
fn likely(rest: &str) -> Option<&'static str> {
    let word: String = rest.chars().take_while(|letter| letter.is_ascii_alphabetic()).collect();
    match word.to_ascii_lowercase().as_str() {
        "and" => Some("&&"),
        "or" => Some("||"),
        "not" => Some("!"),
        "" if rest.starts_with("<>") => Some("!="),
        "" if rest.starts_with('=') => Some("=="),
        _ => None,
    }
}

/// The byte at a line from 1 and a column from 1.
fn offset(source: &str, line: isize, column: isize) -> usize {
    let line = usize::try_from(line).unwrap_or(1).max(1);
    let start: usize = source.split_inclusive('\n').take(line - 1).map(str::len).sum();
    let rest = source.get(start..).unwrap_or_default();
    let column = usize::try_from(column).unwrap_or(1).max(1);
    start + rest.char_indices().nth(column - 1).map_or(rest.len(), |(offset, _)| offset)
}

/// `claims.x`, or `claims["x.y"]` where the name is no identifier.
pub(crate) fn member(map: &str, name: &str) -> String {
    const RESERVED: [&str; 20] = [
        "as",
        "break",
        "const",
        "continue",
        "else",
        "false",
        "for",
        "function",
        "if",
        "import",
        "in",
        "let",
        "loop",
        "namespace",
        "null",
        "package",
        "return",
        "true",
        "var",
        "while",
    ];
    let plain = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
        && !RESERVED.contains(&name)
        && name != "void";
    if plain { format!("{map}.{name}") } else { format!("{map}[{}]", quoted(name)) }
}

/// A text literal.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
