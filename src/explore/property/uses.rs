//! What an expression looks at, read off its syntax tree: which names, what they are compared with, and what nobody can look at.

use std::collections::BTreeMap;

use cel::common::ast::{CallExpr, ComprehensionExpr, EntryExpr, Expr, IdedExpr, LiteralValue, SelectExpr, SourceInfo, operators};

use super::expression::{Fault, Spot};
use crate::claims::Str;
use crate::nearest::nearest;

/// What stands for the run.
pub(super) const VARIABLES: [&str; 6] = ["outcome", "error", "claims", "token", "steps", "calls"];
/// How a run can end.
const OUTCOMES: [&str; 4] = ["issued", "error", "waiting", "stopped"];
/// What can become of a step.
const RESULTS: [&str; 5] = ["executed", "skipped", "failed", "waiting", "not-reached"];
/// The language's own functions and macros, without those of times, and ours.
const FUNCTIONS: [&str; 22] = [
    "executed",
    "skipped",
    "all",
    "bool",
    "bytes",
    "contains",
    "double",
    "dyn",
    "endsWith",
    "exists",
    "existsOne",
    "exists_one",
    "filter",
    "has",
    "int",
    "map",
    "matches",
    "size",
    "startsWith",
    "string",
    "type",
    "uint",
];
/// Names of the language's types.
const TYPES: [&str; 10] = ["bool", "bytes", "double", "int", "list", "map", "null_type", "string", "type", "uint"];

/// What an expression looks at.
#[derive(Debug, Default)]
pub(super) struct Uses {
    pub(super) claims: Members,
    pub(super) token: Members,
    /// Of `steps[..]`.
    pub(super) steps: Names,
    /// Of `executed(..)`.
    pub(super) executed: Names,
    /// Of `skipped(..)`.
    pub(super) skipped: Names,
    /// Of `.. in calls`; all = the list itself.
    pub(super) calls: Names,
    pub(super) outcome: bool,
    pub(super) error: bool,
    /// What no policy makes right.
    pub(super) faults: Vec<Fault>,
    /// An operator or function that looks into a claim's value, so that the literals and "anything else" do not stand for all values.
    pub(super) looks_into: Option<String>,
}

/// Members of `claims` or `token`.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// There is a member whose name is computed.
    pub(super) all: bool,
    pub(super) named: BTreeMap<String, Member>,
}

/// What is looked at of a member.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) spot: Spot,
    /// Not only whether it is null.
    pub(super) value: bool,
    /// What it is compared with.
    pub(super) literals: Vec<Str>,
    /// The member of it that was asked for, `emailAddress` in `claims.signInNames.emailAddress`.
    pub(super) inner: Option<String>,
}

/// Names that an expression gives as literals.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Some name is computed.
    pub(super) all: bool,
    pub(super) named: BTreeMap<String, Spot>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Map {
    Claims,
    Token,
}

/// A literal of the expression.
#[derive(Clone, PartialEq)]
enum Literal {
    Null,
    Text(Str),
    Whole(i64),
    Boolean(bool),
    /// A number with a fraction, or bytes.
    Other(Str),
}

impl Literal {
    /// As a claim's text; a boolean as the service writes it.
    fn text(&self) -> Option<Str> {
        match self {
            Literal::Null => None,
            Literal::Text(text) | Literal::Other(text) => Some(text.clone()),
            Literal::Whole(number) => Some(number.to_string().into()),
            Literal::Boolean(value) => Some(if *value { "True" } else { "False" }.into()),
        }
    }
}

/// How the value of a part is looked at.
#[derive(Clone)]
enum Looks {
    /// Compared with null.
    Presence,
    /// Compared for equality with these.
    Equality(Vec<Literal>),
    /// Looked into by this function or operator, beside these literals.
    Into(String, Vec<Literal>),
}

/// What a variable of `exists` and such stands for.
#[derive(Clone)]
enum Bound {
    Literals(Vec<Literal>),
    Item(Map, String),
    Anything,
}

/// Reads an expression.
pub(super) fn uses(expression: &IdedExpr, places: &SourceInfo) -> Uses {
    let mut walk = Walk { places, uses: Uses::default(), scope: Vec::new() };
    walk.visit(expression, &truth());
    walk.uses
}

/// How deep a tree is.
pub(super) fn depth(expression: &IdedExpr) -> usize {
    let deepest = |parts: &mut dyn Iterator<Item = &IdedExpr>| parts.map(depth).max().unwrap_or(0);
    let below = match &expression.expr {
        Expr::Unspecified | Expr::Literal(_) | Expr::Ident(_) => 0,
        Expr::Select(select) => depth(&select.operand),
        Expr::Call(call) => deepest(&mut call.target.iter().map(|target| &**target).chain(&call.args)),
        Expr::List(list) => deepest(&mut list.elements.iter()),
        Expr::Map(map) => deepest(&mut map.entries.iter().flat_map(|entry| parts(&entry.expr))),
        Expr::Struct(structure) => deepest(&mut structure.entries.iter().flat_map(|entry| parts(&entry.expr))),
        Expr::Comprehension(all) => {
            deepest(&mut [&all.iter_range, &all.accu_init, &all.loop_cond, &all.loop_step, &all.result].into_iter())
        }
    };
    below + 1
}

fn parts(entry: &EntryExpr) -> impl Iterator<Item = &IdedExpr> {
    let (first, second) = match entry {
        EntryExpr::StructField(field) => (&field.value, None),
        EntryExpr::MapEntry(entry) => (&entry.key, Some(&entry.value)),
    };
    std::iter::once(first).chain(second)
}

/// Taken as true or false.
fn truth() -> Looks {
    Looks::Equality(vec![Literal::Boolean(true), Literal::Boolean(false)])
}

struct Walk<'e> {
    places: &'e SourceInfo,
    uses: Uses,
    scope: Vec<(String, Bound)>,
}

impl Walk<'_> {
    fn spot(&self, expression: &IdedExpr) -> Spot {
        let (start, stop) = self.places.offset_for(expression.id).unwrap_or_default();
        Spot { start: start as usize, end: stop as usize + 1 }
    }

    fn fault(&mut self, spot: Spot, message: String, help: Option<String>) {
        self.uses.faults.push(Fault { spot, message, help });
    }

    fn bound(&self, name: &str) -> Option<&Bound> {
        self.scope.iter().rev().find(|(bound, _)| bound == name).map(|(_, bound)| bound)
    }

    /// Whether this is the variable of this name, and not one of the expression's own.
    fn is(&self, expression: &IdedExpr, variable: &str) -> bool {
        matches!(&expression.expr, Expr::Ident(name) if name.as_str() == variable) && self.bound(variable).is_none()
    }

    fn map(&self, expression: &IdedExpr) -> Option<Map> {
        [("claims", Map::Claims), ("token", Map::Token)].into_iter().find(|(name, _)| self.is(expression, name)).map(|(_, map)| map)
    }

    /// The literals that this stands for: itself, a list of them, or a variable that goes over one.
    fn literals(&self, expression: &IdedExpr) -> Option<Vec<Literal>> {
        match &expression.expr {
            Expr::Literal(literal) => Some(vec![match literal {
                LiteralValue::Null => Literal::Null,
                LiteralValue::String(text) => Literal::Text(text.inner().into()),
                LiteralValue::Int(number) => Literal::Whole(*number.inner()),
                LiteralValue::UInt(number) => match i64::try_from(*number.inner()) {
                    Ok(number) => Literal::Whole(number),
                    Err(_) => Literal::Other(number.inner().to_string().into()),
                },
                LiteralValue::Boolean(value) => Literal::Boolean(*value.inner()),
                LiteralValue::Double(number) => Literal::Other(number.inner().to_string().into()),
                LiteralValue::Bytes(_) => Literal::Other(Str::new()),
            }]),
            Expr::Call(call) if call.func_name == operators::NEGATE => match self.literals(call.args.first()?)?.as_slice() {
                [Literal::Whole(number)] => Some(vec![Literal::Whole(number.checked_neg()?)]),
                _ => None,
            },
            Expr::List(list) => {
                let items: Option<Vec<_>> = list.elements.iter().map(|element| self.literals(element)).collect();
                items.map(|items| items.concat())
            }
            Expr::Ident(name) => match self.bound(name)? {
                Bound::Literals(literals) => Some(literals.clone()),
                Bound::Item(..) | Bound::Anything => None,
            },
            _ => None,
        }
    }

    /// The text or whole number that stands here; several where a variable goes over a list of them.
    fn names(&self, expression: &IdedExpr) -> Option<Vec<String>> {
        let (Expr::Literal(_) | Expr::Ident(_)) = &expression.expr else { return None };
        let name = |literal| match literal {
            Literal::Text(text) => Some(text.to_string()),
            Literal::Whole(number) => Some(number.to_string()),
            Literal::Null | Literal::Boolean(_) | Literal::Other(_) => None,
        };
        self.literals(expression)?.into_iter().map(name).collect()
    }

    fn visit(&mut self, expression: &IdedExpr, looks: &Looks) {
        match &expression.expr {
            Expr::Unspecified | Expr::Literal(_) => {}
            Expr::Ident(name) => self.variable(name, self.spot(expression), looks),
            Expr::Select(select) => self.select(select, self.spot(expression), looks),
            Expr::Call(call) => self.call(call, self.spot(expression), looks),
            Expr::Comprehension(comprehension) => self.comprehension(comprehension),
            Expr::List(list) => list.elements.iter().for_each(|element| self.visit(element, &within("a list"))),
            Expr::Map(map) => map.entries.iter().for_each(|entry| self.entry(&entry.expr)),
            Expr::Struct(structure) => {
                let spot = self.spot(expression);
                self.fault(spot, format!("unknown type `{}`", structure.type_name), None);
                structure.entries.iter().for_each(|entry| self.entry(&entry.expr));
            }
        }
    }

    fn entry(&mut self, entry: &EntryExpr) {
        match entry {
            EntryExpr::StructField(field) => self.visit(&field.value, &within("a map")),
            EntryExpr::MapEntry(entry) => {
                self.visit(&entry.key, &within("a map"));
                self.visit(&entry.value, &within("a map"));
            }
        }
    }

    fn variable(&mut self, name: &str, spot: Spot, looks: &Looks) {
        match self.bound(name) {
            Some(Bound::Item(map, member)) => {
                let (map, member) = (*map, member.clone());
                return self.member(map, &member, spot, looks, None);
            }
            Some(Bound::Literals(_) | Bound::Anything) => return,
            None => {}
        }
        match name {
            "outcome" => {
                self.uses.outcome = true;
                self.words("outcome", &OUTCOMES, spot, looks);
            }
            "error" => self.uses.error = true,
            // Going through a map would have no order, and the same run must always give the same answer.
            "claims" | "token" | "steps" => {
                let help = match name {
                    "steps" => "write `steps[\"1\"]`".to_owned(),
                    map => format!("write `{map}.name` or `{map}[\"name\"]`; `!= null` asks whether there is a value"),
                };
                self.fault(spot, format!("`{name}` needs a name after it"), Some(help));
            }
            "calls" => self.uses.calls.all = true,
            name if TYPES.contains(&name) => {}
            name => {
                let help = match nearest(name, VARIABLES.into_iter()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", VARIABLES.map(|name| format!("`{name}`")).join(", ")),
                };
                self.fault(spot, format!("unknown name `{name}`"), Some(help));
            }
        }
    }

    /// What is compared with something that has a few values only.
    fn words(&mut self, what: &str, known: &[&str], spot: Spot, looks: &Looks) {
        let Looks::Equality(literals) = looks else { return };
        for literal in literals {
            if let Literal::Text(text) = literal
                && !known.contains(&text.as_str())
            {
                let help = match nearest(text, known.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("one of {}", known.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")),
                };
                self.fault(spot, format!("{what} is never `{text}`"), Some(help));
            }
        }
    }

    fn member(&mut self, map: Map, name: &str, spot: Spot, looks: &Looks, inner: Option<&str>) {
        let members = match map {
            Map::Claims => &mut self.uses.claims,
            Map::Token => &mut self.uses.token,
        };
        let fresh = || Member { spot, value: false, literals: Vec::new(), inner: None };
        let member = members.named.entry(name.to_owned()).or_insert_with(fresh);
        if let (None, Some(inner)) = (&member.inner, inner) {
            member.inner = Some(inner.to_owned());
        }
        let literals = match looks {
            Looks::Presence => return,
            Looks::Equality(literals) => literals,
            Looks::Into(how, literals) => {
                self.uses.looks_into.get_or_insert_with(|| how.clone());
                literals
            }
        };
        member.value = true;
        for text in literals.iter().filter_map(Literal::text) {
            if !member.literals.contains(&text) {
                member.literals.push(text);
            }
        }
    }

    fn select(&mut self, select: &SelectExpr, spot: Spot, looks: &Looks) {
        let operand = &*select.operand;
        if select.test {
            let whole = ["claims", "token", "steps"].into_iter().find(|name| self.is(operand, name));
            match whole {
                Some(whole) => {
                    let member = super::expression::member(whole, &select.field);
                    let message = format!("`has({member})` is true for every name that the policy knows");
                    self.fault(spot, message, Some(format!("write `{member} != null`")));
                }
                None => self.visit(operand, &within("has")),
            }
        } else if let Some(map) = self.map(operand) {
            self.member(map, &select.field, self.spot(operand), looks, None);
        } else if self.is(operand, "steps") {
            self.step(&select.field, self.spot(operand), looks);
        } else {
            // Of a dotted claim id in the wrong form the first two parts are known here.
            if let Expr::Select(outer) = &operand.expr
                && !outer.test
                && let Some(map) = self.map(&outer.operand)
            {
                let spot = self.spot(&outer.operand);
                return self.member(map, &outer.field, spot, &within("."), Some(&select.field));
            }
            self.visit(operand, &within("."));
        }
    }

    fn step(&mut self, key: &str, spot: Spot, looks: &Looks) {
        self.uses.steps.named.entry(key.to_owned()).or_insert(spot);
        self.words(&format!("the result of step {key}"), &RESULTS, spot, looks);
    }

    fn call(&mut self, call: &CallExpr, spot: Spot, looks: &Looks) {
        let arguments: Vec<&IdedExpr> = call.target.iter().map(|target| &**target).chain(&call.args).collect();
        match (call.func_name.as_str(), arguments.as_slice()) {
            (operators::EQUALS | operators::NOT_EQUALS, [left, right]) => self.comparison(left, right, None),
            (name @ (operators::LESS | operators::LESS_EQUALS | operators::GREATER | operators::GREATER_EQUALS), [left, right]) => {
                self.comparison(left, right, Some(shown(name)));
            }
            (operators::IN, [item, list]) => self.contained(item, list),
            (operators::LOGICAL_AND | operators::LOGICAL_OR | operators::LOGICAL_NOT, all) => {
                all.iter().for_each(|part| self.visit(part, &truth()));
            }
            (operators::NOT_STRICTLY_FALSE, all) => all.iter().for_each(|part| self.visit(part, &truth())),
            (operators::CONDITIONAL, [condition, yes, no]) => {
                self.visit(condition, &truth());
                self.visit(yes, looks);
                self.visit(no, looks);
            }
            (operators::INDEX, [base, index]) => self.index(base, index, looks),
            ("executed", [name]) => self.asks(name, |uses| &mut uses.executed),
            ("skipped", [name]) => self.asks(name, |uses| &mut uses.skipped),
            (name @ ("executed" | "skipped"), other) => {
                self.fault(spot, format!("`{name}` takes one name, found {}", other.len()), None);
            }
            ("dyn", [value]) => self.visit(value, looks),
            (name, all) => {
                if name.starts_with(|first: char| first.is_alphabetic()) && !FUNCTIONS.contains(&name) {
                    let help = match nearest(name, FUNCTIONS.into_iter()) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("known here: {}", FUNCTIONS.map(|name| format!("`{name}`")).join(", ")),
                    };
                    self.fault(spot, format!("unknown function `{name}`"), Some(help));
                }
                let literals: Vec<Literal> = all.iter().filter_map(|part| self.literals(part)).flatten().collect();
                all.iter().for_each(|part| self.visit(part, &Looks::Into(shown(name), literals.clone())));
            }
        }
    }

    /// `ordered` is the operator, unless it is `==` or `!=`.
    fn comparison(&mut self, left: &IdedExpr, right: &IdedExpr, ordered: Option<String>) {
        let looks = |literals: Option<Vec<Literal>>| match (literals, &ordered) {
            (None, _) => within("a comparison of two values"),
            (Some(literals), None) if literals.iter().all(|literal| *literal == Literal::Null) => Looks::Presence,
            (Some(literals), None) => Looks::Equality(literals),
            (Some(literals), Some(operator)) => {
                let whole = literals.iter().all(|literal| matches!(literal, Literal::Whole(_)));
                // Between its neighbours a number stands for all that the comparison cannot tell apart.
                let near = literals.into_iter().flat_map(|literal| match literal {
                    Literal::Whole(number) => {
                        [number.checked_sub(1), Some(number), number.checked_add(1)].into_iter().flatten().map(Literal::Whole).collect()
                    }
                    other => vec![other],
                });
                if whole { Looks::Equality(near.collect()) } else { Looks::Into(operator.clone(), near.collect()) }
            }
        };
        let (of_left, of_right) = (looks(self.literals(right)), looks(self.literals(left)));
        self.visit(left, &of_left);
        self.visit(right, &of_right);
    }

    fn contained(&mut self, item: &IdedExpr, list: &IdedExpr) {
        if self.is(list, "calls")
            && let Some(names) = self.names(item)
        {
            let spot = self.spot(item);
            for name in names {
                self.uses.calls.named.entry(name).or_insert(spot);
            }
            return;
        }
        match (self.literals(list), self.literals(item)) {
            (Some(literals), _) => self.visit(item, &Looks::Equality(literals)),
            (None, Some(literals)) => self.visit(list, &Looks::Equality(literals)),
            (None, None) => {
                self.visit(item, &within("in"));
                self.visit(list, &within("in"));
            }
        }
    }

    fn index(&mut self, base: &IdedExpr, index: &IdedExpr, looks: &Looks) {
        match (self.map(base), self.names(index)) {
            (Some(map), Some(names)) => {
                let spot = self.spot(index);
                names.iter().for_each(|name| self.member(map, name, spot, looks, None));
            }
            (None, Some(names)) if self.is(base, "steps") => {
                let spot = self.spot(index);
                names.iter().for_each(|name| self.step(name, spot, looks));
            }
            (Some(map), None) => {
                match map {
                    Map::Claims => self.uses.claims.all = true,
                    Map::Token => self.uses.token.all = true,
                }
                self.uses.looks_into.get_or_insert_with(|| "a computed name".to_owned());
                self.visit(index, &within("a computed name"));
            }
            (None, None) if self.is(base, "steps") => {
                self.uses.steps.all = true;
                self.visit(index, &within("a computed name"));
            }
            _ => {
                self.visit(base, &within("[]"));
                self.visit(index, &within("[]"));
            }
        }
    }

    fn asks(&mut self, name: &IdedExpr, of: impl Fn(&mut Uses) -> &mut Names) {
        let spot = self.spot(name);
        match self.names(name) {
            Some(names) => {
                for name in names {
                    of(&mut self.uses).named.entry(name).or_insert(spot);
                }
            }
            None => {
                of(&mut self.uses).all = true;
                self.visit(name, &within("a computed name"));
            }
        }
    }

    fn comprehension(&mut self, comprehension: &ComprehensionExpr) {
        let range = &comprehension.iter_range;
        let item = match (self.literals(range), self.member_of(range)) {
            (Some(literals), _) => Bound::Literals(literals),
            (None, Some((map, name))) => Bound::Item(map, name),
            (None, None) => Bound::Anything,
        };
        self.visit(range, &Looks::Equality(Vec::new()));
        let before = self.scope.len();
        self.visit(&comprehension.accu_init, &truth());
        self.scope.push((comprehension.iter_var.clone(), item));
        self.scope.extend(comprehension.iter_var2.iter().map(|name| (name.clone(), Bound::Anything)));
        self.scope.push((comprehension.accu_var.clone(), Bound::Anything));
        for part in [&comprehension.loop_cond, &comprehension.loop_step, &comprehension.result] {
            self.visit(part, &truth());
        }
        self.scope.truncate(before);
    }

    /// `claims.x` or `claims["x"]`.
    fn member_of(&self, expression: &IdedExpr) -> Option<(Map, String)> {
        match &expression.expr {
            Expr::Select(select) if !select.test => Some((self.map(&select.operand)?, select.field.clone())),
            Expr::Call(call) if call.func_name == operators::INDEX => match call.args.as_slice() {
                [base, index] => match self.names(index)?.as_slice() {
                    [name] => Some((self.map(base)?, name.clone())),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        }
    }
}

fn within(what: &str) -> Looks {
    Looks::Into(what.to_owned(), Vec::new())
}

/// An operator or function as it is written: `<` for `_<_`.
pub(super) fn shown(name: &str) -> String {
    match name {
        operators::IN => "in".to_owned(),
        operators::INDEX => "[]".to_owned(),
        name if name.starts_with(|first: char| first.is_alphabetic()) => name.to_owned(),
        operator => operator.trim_matches('_').to_owned(),
    }
}
