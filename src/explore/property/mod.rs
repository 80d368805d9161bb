//! Properties: what is true of every run of a policy, or of some run, as CEL expressions over one finished run.
//!
//! An [`Expression`] is read once. It knows which names it looks at and what it compares them with, so that a policy can be asked whether it
//! knows them, and an exploration what it has to tell apart. `prove` judges properties over all runs, `expect.holds` of a scenario one run.
//!
//! Invariants: a name that the policy does not know is an error, never null; what can be judged neither true nor false is an error that names
//! the expression; the same run always gives the same answer.

mod builtin;
mod evaluate;
mod expression;
mod file;
mod interest;
mod names;
mod second_factor;
#[cfg(test)]
mod tests;
mod uses;
mod view;

use crate::explore::Interest;
use crate::plan::JourneyPlan;

pub use builtin::{Builtin, BuiltinError};
pub use expression::{EvaluationError, Expression, ExpressionError};
pub use file::Properties;
pub(crate) use second_factor::SecondFactor;
pub(crate) use view::{Ends, Finished};

/// Something that is to be true of the runs of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// What it is called.
    pub name: String,
    /// Which runs it is about; `None` = all.
    pub when: Option<Expression>,
    /// What is to be true of them.
    pub demand: Demand,
}

/// What is to be true of runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Demand {
    /// This holds in every run.
    Always(Expression),
    /// This holds in some run.
    Sometimes(Expression),
}

impl Demand {
    /// The expression.
    pub fn expression(&self) -> &Expression {
        match self {
            Demand::Always(expression) | Demand::Sometimes(expression) => expression,
        }
    }
}

impl Property {
    /// A property of every run.
    ///
    /// # Errors
    /// The expression is no CEL, or uses a variable or function that there is not.
    pub fn always(name: &str, expression: &str) -> Result<Self, ExpressionError> {
        Ok(Self { name: name.to_owned(), when: None, demand: Demand::Always(Expression::parse(expression)?) })
    }

    /// A property of some run.
    ///
    /// # Errors
    /// As for [`always`](Self::always).
    pub fn sometimes(name: &str, expression: &str) -> Result<Self, ExpressionError> {
        Ok(Self { name: name.to_owned(), when: None, demand: Demand::Sometimes(Expression::parse(expression)?) })
    }

    /// The same property, of those runs alone in which this holds.
    ///
    /// # Errors
    /// As for [`always`](Self::always).
    pub fn when(mut self, expression: &str) -> Result<Self, ExpressionError> {
        self.when = Some(Expression::parse(expression)?);
        Ok(self)
    }

    /// Its expressions, `when` first.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        self.when.iter().chain([self.demand.expression()])
    }

    /// Whether the policy knows every name in it.
    ///
    /// # Errors
    /// The first name that it does not know, with the nearest that it does.
    pub fn check(&self, plan: &JourneyPlan) -> Result<(), ExpressionError> {
        self.expressions().try_for_each(|expression| expression.check(plan))
    }

    /// The expression that `expect.holds` of a scenario needs, to fail where this property is violated.
    pub fn expectation(&self) -> String {
        let expression = self.demand.expression();
        match &self.when {
            None => expression.to_string(),
            Some(when) => format!("!({when}) || ({expression})"),
        }
    }

    /// What it says of a run; `None` when it is not about that run.
    pub(crate) fn judge(&self, run: &dyn Finished) -> Result<Option<bool>, EvaluationError> {
        match &self.when {
            Some(when) if !when.holds(run)? => Ok(None),
            _ => self.demand.expression().holds(run).map(Some),
        }
    }

    /// What an exploration has to tell apart for it.
    pub(crate) fn interest(&self, plan: &JourneyPlan) -> Interest {
        let mut interest = Interest::default();
        self.expressions().for_each(|expression| expression.add_to(&mut interest, plan));
        interest
    }

    /// Why the values that are tried do not stand for all values, if they do not.
    pub(crate) fn inexact(&self) -> Option<String> {
        self.expressions().find_map(Expression::inexact)
    }
}
