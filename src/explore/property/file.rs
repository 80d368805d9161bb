//! The file of properties: a list of `{ name, when, always | sometimes }`, in YAML or JSON.

use std::path::Path;
use std::sync::Arc;

use super::expression::{Expression, ExpressionError};
use super::{Demand, Property};
use crate::plan::JourneyPlan;
use crate::simulate::scenario::error::{At, Wrong};
use crate::simulate::scenario::read::{self, Read};
use crate::simulate::scenario::yaml::{self, Node};
use crate::simulate::scenario::{ScenarioError, read_file};

/// The properties of a file. `schemas/properties.schema.json` describes it.
///
/// ```
/// use b2c_journey::explore::property::Properties;
///
/// let text = "
/// - name: anything but LOW gets MFA
///   when: outcome == \"issued\"
///   always: executed(\"PhoneFactor-InputOrVerify\") || claims.riskLevel == \"LOW\"
/// ";
/// let properties = Properties::parse("properties.yaml", text).unwrap();
/// assert_eq!(properties.list[0].name, "anything but LOW gets MFA");
///
/// let error = Properties::parse("properties.yaml", "- { name: a, alwys: \"true\" }").unwrap_err();
/// assert_eq!(error.to_string(), "properties.yaml:1:14: unknown key `alwys` (did you mean `always`?)");
/// ```
#[derive(Clone, Debug)]
pub struct Properties {
    /// In the order of the file.
    pub list: Vec<Property>,
    file: Arc<str>,
    text: Arc<str>,
    /// Where the expressions of each property stand.
    places: Vec<Vec<At>>,
}

impl Properties {
    /// Reads a file.
    ///
    /// # Errors
    /// The file cannot be read, is larger than 4 MiB or not UTF-8, or something in it is wrong.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        let (name, text) = read_file(path.as_ref(), "a file of properties")?;
        Self::parse(&name, &text)
    }

    /// Reads a text. `file` is what errors call it.
    ///
    /// # Errors
    /// The first thing that is wrong with the text, and where.
    pub fn parse(file: &str, text: &str) -> Result<Self, ScenarioError> {
        let file: Arc<str> = file.into();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let wrong = |wrong: Wrong| ScenarioError::new(&file, text, wrong);
        let documents = yaml::parse(text).map_err(|error| wrong(quote_it(error)))?;
        let mut properties = Self { list: Vec::new(), file: file.clone(), text: text.into(), places: Vec::new() };
        for document in documents.iter().filter(|document| !document.is_null()) {
            let items = read::items(document, "a list of properties").map_err(wrong)?;
            items.iter().try_for_each(|item| properties.add(item)).map_err(wrong)?;
        }
        if properties.list.is_empty() {
            return Err(ScenarioError::unreadable(&file, "the file holds no property"));
        }
        Ok(properties)
    }

    fn add(&mut self, node: &Node) -> Read<()> {
        let fields = read::fields(node, "a property, which is a mapping", &["name", "when", "always", "sometimes"])?;
        let Some(name) = fields.text("name")? else {
            return Err(Wrong::new(node.at, "a property needs a `name`"));
        };
        if self.list.iter().any(|property| property.name == name.as_str()) {
            let at = fields.get("name").map_or(node.at, |node| node.at);
            return Err(Wrong::new(at, format!("there is another property of the name `{name}`")));
        }
        let text = &self.text;
        let when = fields.get("when").map(|node| expression(node, text)).transpose()?;
        let (node, always) = match (fields.get("always"), fields.get("sometimes")) {
            (Some(node), None) => (node, true),
            (None, Some(node)) => (node, false),
            (None, None) => return Err(Wrong::new(node.at, "a property needs `always` or `sometimes`, an expression")),
            (Some(_), Some(second)) => return Err(Wrong::new(second.at, "a property has `always` or `sometimes`, not both")),
        };
        let claim = expression(node, text)?;
        let places = fields.get("when").into_iter().chain([node]).map(|node| node.at).collect();
        let demand = if always { Demand::Always(claim) } else { Demand::Sometimes(claim) };
        self.list.push(Property { name: name.to_string(), when, demand });
        self.places.push(places);
        Ok(())
    }

    /// Whether the policy knows every name in the properties.
    ///
    /// # Errors
    /// The first name that it does not know, with its place in the file and the nearest that it knows.
    pub fn check(&self, plan: &JourneyPlan) -> Result<(), ScenarioError> {
        for (property, places) in self.list.iter().zip(&self.places) {
            for (expression, at) in property.expressions().zip(places) {
                let located = |error| ScenarioError::new(&self.file, &self.text, located(error, *at, &self.text));
                expression.check(plan).map_err(located)?;
            }
        }
        Ok(())
    }
}

fn expression(node: &Node, source: &str) -> Read<Expression> {
    Expression::parse(&read::text(node)?).map_err(|error| located(error, node.at, source))
}

/// At its place in the file, where the expression stands there as it is; else at the expression, with the place in it.
fn located(error: ExpressionError, at: At, source: &str) -> Wrong {
    let within = at.inside(source, &error.expression, error.spot.start..error.spot.end);
    let message = match within {
        Some(_) => error.message,
        None => format!("{} at line {}, column {} of the expression", error.message, error.line, error.column),
    };
    Wrong { at: within.unwrap_or(at), message, help: error.help }
}

/// An expression that begins with `!` is a tag to YAML.
fn quote_it(wrong: Wrong) -> Wrong {
    if wrong.help.is_none() && (wrong.message.starts_with("the tag `!") || wrong.message.contains("scanning a tag")) {
        return wrong.help("an expression that begins with `!` needs quotes around it");
    }
    wrong
}
