//! What a code means, and what a part of a policy has become after merging, with the place that each piece of it comes from.
//!
//! [`explain`] finds what is asked for; [`Explained::text`] and [`Explained::json`] show it. It decides nothing: the merging is that of
//! [`crate::inherit`].
//!
//! ```
//! use b2c_journey::{PolicySet, explain::explain};
//!
//! let set = PolicySet::from_dir("policies").unwrap();
//! let explained = explain(&set, Some("B2C_1A_signup_signin_biocatch"), "BioCatch-API-GETSCORE").unwrap();
//! assert!(explained.text(&Default::default()).starts_with("<TechnicalProfile Id=\"BioCatch-API-GETSCORE\">"));
//! ```

mod find;
mod node;
mod parts;
mod show;

use serde::Serialize;

use crate::diagnostic::Severity;
use crate::diagnostic::code::{self, Raised, Rule};
use crate::policy_set::PolicySet;
use crate::source::Place;
use node::Node;

/// What was asked for.
#[derive(Clone, Debug)]
pub enum Explained {
    /// A code.
    Code(&'static Rule),
    /// A part of the merged policy.
    Part(Box<Part>),
}

/// A part of a merged policy.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// The schema's name of the element.
    pub kind: &'static str,
    /// Its id; of a step that of its journey, a slash and its order.
    pub id: String,
    /// PolicyId of the most derived level.
    pub policy: String,
    /// Where the levels declare it, base first.
    pub origins: Vec<Origin>,
    /// The element as it is after merging.
    element: Node,
    /// Others of the same id, as they can be asked for.
    pub also: Vec<String>,
}

/// A level's declaration of a part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Origin {
    /// PolicyId of the level.
    pub policy: String,
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
}

/// Why nothing can be shown.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExplainError {
    /// Several policies may be meant.
    #[error("there are several relying parties, name one with --policy: {}", .0.join(", "))]
    SeveralPolicies(Vec<String>),
    /// There is no policy of this id, or none at all.
    #[error("there is no policy `{id}`")]
    UnknownPolicy {
        /// What was asked for.
        id: String,
        /// The id that was perhaps meant.
        near: Option<String>,
    },
    /// There are no policies.
    #[error("`{0}` is no code, and there is no policy in which to look for it")]
    NoPolicy(String),
    /// Nothing is called so.
    #[error("nothing is called `{what}`{}", policy.as_ref().map(|id| format!(" in the chain of `{id}`")).unwrap_or_default())]
    Unknown {
        /// What was asked for.
        what: String,
        /// The policy in whose chain it was looked for.
        policy: Option<String>,
        /// What was perhaps meant.
        near: Vec<String>,
    },
}

impl ExplainError {
    /// What to do about it.
    pub fn help(&self) -> Option<String> {
        let near: &[String] = match self {
            ExplainError::UnknownPolicy { near, .. } => near.as_slice(),
            ExplainError::Unknown { near, .. } => near,
            ExplainError::SeveralPolicies(_) | ExplainError::NoPolicy(_) => &[],
        };
        let quoted: Vec<String> = near.iter().map(|near| format!("`{near}`")).collect();
        (!quoted.is_empty()).then(|| format!("did you mean {}?", quoted.join(" or ")))
    }
}

/// The rule of a code or name, whatever policies there are.
pub fn explain_code(what: &str) -> Option<Explained> {
    code::find(what.trim()).map(Explained::Code)
}

/// A code or the name of one, or the id of a part of the policy's chain: of a technical profile, claim type, transformation, display control,
/// content definition, user journey, sub journey, predicate or predicate validation; a step as `JourneyId/8`, or `8` for the default user
/// journey. `TechnicalProfile:Id` says which of several of one id is meant.
///
/// # Errors
/// Nothing is called so, or it is not clear in which policy to look.
pub fn explain(set: &PolicySet, policy: Option<&str>, what: &str) -> Result<Explained, ExplainError> {
    match explain_code(what) {
        Some(explained) => Ok(explained),
        None => find::find(set, policy, what.trim()).map(|part| Explained::Part(Box::new(part))),
    }
}

/// How [`Explained::text`] is laid out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Layout {
    /// Whether to use colours.
    pub color: bool,
    /// Columns of the terminal; `None` = not a terminal, where a page stays the Markdown that it is.
    pub columns: Option<usize>,
}

impl Explained {
    /// For people.
    pub fn text(&self, layout: &Layout) -> String {
        match self {
            Explained::Code(rule) => match layout.columns {
                Some(columns) => crate::report::page_text(rule.page, layout.color, columns),
                None => rule.page.to_owned(),
            },
            Explained::Part(part) => show::text(part, layout.color),
        }
    }

    /// One JSON document with a final line end.
    pub fn json(&self) -> String {
        match self {
            Explained::Code(rule) => crate::report::document(&CodeRecord::new(rule)),
            Explained::Part(part) => crate::report::document(part.as_ref()),
        }
    }
}

#[derive(Serialize)]
struct CodeRecord {
    kind: &'static str,
    id: &'static str,
    name: &'static str,
    /// Null when it is off by default.
    severity: Option<Severity>,
    raised: &'static str,
    summary: &'static str,
    page: &'static str,
    origins: [Origin; 0],
}

impl CodeRecord {
    fn new(rule: &'static Rule) -> Self {
        Self {
            kind: "code",
            id: rule.code,
            name: rule.name,
            severity: rule.severity,
            raised: match rule.raised {
                Raised::Upload => "upload",
                Raised::RelyingParty => "upload-of-relying-party",
                Raised::Run => "run",
                Raised::Silent => "never",
            },
            summary: rule.summary,
            page: rule.page,
            origins: [],
        }
    }
}
