//! What an expression says of a finished run.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use cel::extractors::This;
use cel::objects::{Key, Map};
use cel::{Context, Env, ExecutionError, Value};
use serde_json::Value as Json;

use super::expression::{EvaluationError, Expression, member, quoted};
use super::names::STANDARD;
use super::uses::{Members, Names, Uses, shown};
use super::view::Finished;

static STANDARD_LIBRARY: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

pub(super) fn holds(expression: &Expression, run: &dyn Finished) -> Result<bool, EvaluationError> {
    let wrong = |message: String| EvaluationError { expression: expression.source().into(), message };
    let context = context(&expression.uses, run).map_err(wrong)?;
    match expression.program.execute(&context) {
        Ok(Value::Bool(value)) => Ok(value),
        Ok(other) => Err(wrong(format!("it gives a value of type {}, not true or false", other.type_of()))),
        Err(error) => {
            let values = values(expression, run).into_iter().filter(|(_, value)| value == "null");
            let absent: Vec<String> = values.map(|(name, _)| format!("`{name}` is null")).collect();
            let absent = if absent.is_empty() { String::new() } else { format!("; {}", absent.join(", ")) };
            Err(wrong(format!("{}{absent}", explained(&error))))
        }
    }
}

/// Variables and functions for one run: only what the expression names.
fn context(uses: &Uses, run: &dyn Finished) -> Result<Context<'static, 'static>, String> {
    let known = run.known();
    let mut context = Context::with_env(STANDARD_LIBRARY.clone());
    if uses.outcome {
        context.add_variable_from_value("outcome", run.outcome());
    }
    if uses.error {
        context.add_variable_from_value("error", run.error().to_string());
    }
    if uses.claims.used() {
        let names = uses.claims.names(|| known.claims.iter().map(|name| name.to_string()).collect());
        context.add_variable_from_value("claims", map(names.into_iter().map(|name| (name.clone(), value(run.claim(&name))))));
    }
    if uses.token.used() {
        let names = uses.token.names(|| known.token.iter().map(|name| name.to_string()).chain(STANDARD.map(str::to_owned)).collect());
        context.add_variable_from_value("token", map(names.into_iter().map(|name| (name.clone(), value(run.token(&name))))));
    }
    if uses.steps.used() {
        let names = uses.steps.names(|| known.steps.iter().cloned().collect());
        context.add_variable_from_value("steps", steps(names, run));
    }
    if uses.calls.used() {
        let calls: Vec<Value> = run.calls().iter().map(|call| Value::from(call.to_string())).collect();
        context.add_variable_from_value("calls", Value::List(Arc::new(calls)));
    }
    let profiles_and_steps = || known.profiles.iter().map(|name| name.to_string()).chain(known.steps.iter().cloned()).collect();
    let executed = uses.executed.names(profiles_and_steps);
    let executed = executed.into_iter().map(|name| (name.to_ascii_lowercase(), run.executed(&name))).collect();
    let skipped = uses.skipped.names(|| known.steps.iter().cloned().collect());
    let skipped = skipped.into_iter().map(|name| (name.to_ascii_lowercase(), run.skipped(&name))).collect();
    let functions = [("executed", uses.executed.used(), executed), ("skipped", uses.skipped.used(), skipped)];
    for (name, used, answers) in functions {
        if used {
            function(&mut context, name, answers)?;
        }
    }
    Ok(context)
}

/// A function of one name with these answers, names in lower case.
fn function(context: &mut Context<'static, 'static>, function: &'static str, answers: BTreeMap<String, bool>) -> Result<(), String> {
    let answer = move |This(name): This<Value>| -> Result<Value, ExecutionError> {
        let name = match name {
            Value::String(name) => name.to_ascii_lowercase(),
            Value::Int(number) => number.to_string(),
            other => return Err(ExecutionError::function_error(function, format!("takes a name, found {}", other.type_of()))),
        };
        let unknown = || ExecutionError::function_error(function, format!("the policy knows no `{name}`"));
        answers.get(&name).map(|answer| Value::Bool(*answer)).ok_or_else(unknown)
    };
    context.add_function(function, answer).map_err(|error| error.to_string())
}

fn steps(names: BTreeSet<String>, run: &dyn Finished) -> Value {
    let mut results = HashMap::new();
    for name in names {
        let result = Value::from(run.step(&name).name());
        // A step may be asked for by number or by text.
        if let Ok(number) = name.parse::<i64>() {
            results.insert(Key::Int(number), result.clone());
        }
        results.insert(Key::String(Arc::new(name)), result);
    }
    Value::Map(Map { map: Arc::new(results) })
}

fn map(entries: impl Iterator<Item = (String, Value)>) -> Value {
    Value::Map(Map { map: Arc::new(entries.map(|(name, value)| (Key::String(Arc::new(name)), value)).collect()) })
}

fn value(json: Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Value::Int(number),
            (None, Some(number)) => Value::UInt(number),
            (None, None) => number.as_f64().map_or(Value::Null, Value::Float),
        },
        Json::String(text) => Value::String(Arc::new(text)),
        Json::Array(items) => Value::List(Arc::new(items.into_iter().map(value).collect())),
        Json::Object(members) => map(members.into_iter().map(|(name, json)| (name, value(json)))),
    }
}

impl Members {
    fn used(&self) -> bool {
        self.all || !self.named.is_empty()
    }

    fn names(&self, every: impl FnOnce() -> BTreeSet<String>) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.named.keys().cloned().collect();
        if self.all {
            names.extend(every());
        }
        names
    }
}

impl Names {
    fn used(&self) -> bool {
        self.all || !self.named.is_empty()
    }

    fn names(&self, every: impl FnOnce() -> BTreeSet<String>) -> BTreeSet<String> {
        let mut names: BTreeSet<String> = self.named.keys().cloned().collect();
        if self.all {
            names.extend(every());
        }
        names
    }
}

/// The names in an expression with what they stand for, as text.
pub(super) fn values(expression: &Expression, run: &dyn Finished) -> Vec<(String, String)> {
    let uses = &expression.uses;
    let mut values = Vec::new();
    if uses.outcome {
        values.push(("outcome".to_owned(), quoted(run.outcome())));
    }
    if uses.error {
        values.push(("error".to_owned(), quoted(&run.error())));
    }
    values.extend(uses.claims.named.keys().map(|name| (member("claims", name), run.claim(name).to_string())));
    values.extend(uses.token.named.keys().map(|name| (member("token", name), run.token(name).to_string())));
    values.extend(uses.steps.named.keys().map(|name| (format!("steps[{}]", quoted(name)), quoted(run.step(name).name()))));
    values.extend(uses.executed.named.keys().map(|name| (format!("executed({})", quoted(name)), run.executed(name).to_string())));
    values.extend(uses.skipped.named.keys().map(|name| (format!("skipped({})", quoted(name)), run.skipped(name).to_string())));
    if uses.calls.used() {
        values.push(("calls".to_owned(), Json::from_iter(run.calls().iter().map(|call| call.as_str())).to_string()));
    }
    values
}

/// In the words of the expression, not of the interpreter.
fn explained(error: &ExecutionError) -> String {
    match error {
        ExecutionError::NoSuchOverload(overload) => {
            let types: Vec<&str> = overload.argument_types().iter().map(|name| plain_type(name)).collect();
            format!("`{}` is not for {}", shown(overload.function()), types.join(" and "))
        }
        ExecutionError::ValuesNotComparable(left, right) => {
            format!("{} and {} cannot be compared", plain_type(&left.type_of().to_string()), plain_type(&right.type_of().to_string()))
        }
        ExecutionError::UnsupportedBinaryOperator(operator, left, right) => {
            let (left, right) = (left.type_of().to_string(), right.type_of().to_string());
            format!("`{}` is not for {} and {}", symbol(operator), plain_type(&left), plain_type(&right))
        }
        ExecutionError::NoSuchKey(key) => format!("nothing has the name `{key}`"),
        ExecutionError::FunctionError { function, message } => format!("`{function}`: {message}"),
        ExecutionError::DivisionByZero(_) | ExecutionError::RemainderByZero(_) => "division by zero".to_owned(),
        ExecutionError::Overflow(..) => "a number is out of range".to_owned(),
        ExecutionError::IndexOutOfBounds(_) => "the list has no such item".to_owned(),
        ExecutionError::DuplicateKey(_) => "a map has a key twice".to_owned(),
        ExecutionError::UndeclaredReference(name) => format!("nothing here is called `{name}`"),
        ExecutionError::InvalidArgumentCount { expected, actual } => format!("a function takes {expected} values, found {actual}"),
        // The interpreter's words would show values, those of maps in any order.
        _ => "a value is of the wrong type".to_owned(),
    }
}

/// The operator that the interpreter calls by a word.
fn symbol(name: &str) -> &str {
    match name {
        "add" => "+",
        "sub" => "-",
        "mul" => "*",
        "div" => "/",
        "rem" => "%",
        other => other,
    }
}

fn plain_type(name: &str) -> &str {
    if name == "null_type" { "null" } else { name }
}
