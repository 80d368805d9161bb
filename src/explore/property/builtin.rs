//! Properties by name: `mfa-unless(riskLevel=LOW)`, `every-journey-ends` and so on.

use std::fmt;
use std::str::FromStr;

use super::expression::{member, quoted};
use super::names::STANDARD;
use super::{ExpressionError, Property, SecondFactor};
use crate::claims::{DataType, Str};
use crate::nearest::nearest;
use crate::plan::{ClaimReference, JourneyPlan};

/// A property that every policy can be asked for.
///
/// ```
/// use b2c_journey::explore::property::Builtin;
///
/// let built_in: Builtin = "mfa-unless(riskLevel=LOW)".parse().unwrap();
/// assert_eq!(built_in, Builtin::MfaUnless { claim: "riskLevel".into(), value: "LOW".into() });
///
/// let error = "every-journey-end".parse::<Builtin>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown property `every-journey-end`; did you mean `every-journey-ends`?");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// `mfa-unless(claim=value)`: no token without a second factor unless the claim has this value, and no second factor when it has.
    MfaUnless {
        /// The claim.
        claim: Str,
        /// The value, as text.
        value: Str,
    },
    /// `every-journey-ends`: a token can be issued, and no run gets to where the journey has nothing more to do or to offer.
    EveryJourneyEnds,
    /// `no-dead-step`: every step is executed in some run.
    NoDeadStep,
    /// `user-cannot-skip-mfa`: no value typed on a page decides whether a second factor is skipped.
    UserCannotSkipMfa,
    /// `token-claim-always-present(claim)`: every token has it.
    TokenClaimAlwaysPresent {
        /// The name in the token.
        claim: Str,
    },
}

/// A property by name that there is not, or not for this policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BuiltinError(String);

impl From<ExpressionError> for BuiltinError {
    fn from(error: ExpressionError) -> Self {
        Self(error.to_string())
    }
}

const MFA_UNLESS: &str = "mfa-unless";
const EVERY_JOURNEY_ENDS: &str = "every-journey-ends";
const NO_DEAD_STEP: &str = "no-dead-step";
const USER_CANNOT_SKIP_MFA: &str = "user-cannot-skip-mfa";
const TOKEN_CLAIM_ALWAYS_PRESENT: &str = "token-claim-always-present";

impl Builtin {
    /// What there is, as it is written.
    pub const FORMS: [&str; 5] =
        ["mfa-unless(claim=value)", EVERY_JOURNEY_ENDS, NO_DEAD_STEP, USER_CANNOT_SKIP_MFA, "token-claim-always-present(claim)"];

    /// What it asks of the runs of a policy; empty for `no-dead-step` and `user-cannot-skip-mfa`, which look at all runs together.
    ///
    /// # Errors
    /// The policy does not know the claim, or has no second factor.
    pub fn properties(&self, plan: &JourneyPlan) -> Result<Vec<Property>, BuiltinError> {
        match self {
            Builtin::MfaUnless { claim, value } => self.mfa_unless(plan, claim, value),
            Builtin::EveryJourneyEnds => self.every_journey_ends(),
            Builtin::TokenClaimAlwaysPresent { claim } => self.token_claim(plan, claim),
            Builtin::NoDeadStep => Ok(Vec::new()),
            Builtin::UserCannotSkipMfa => Self::second_factor(plan).map(|_| Vec::new()),
        }
    }

    /// The second factors of a policy.
    ///
    /// # Errors
    /// It has none.
    pub(crate) fn second_factor(plan: &JourneyPlan) -> Result<SecondFactor, BuiltinError> {
        let found = SecondFactor::of(plan);
        if found.profiles.is_empty() {
            let journey = plan.journeys.first().map(|journey| journey.id.as_str()).unwrap_or_default();
            return Err(BuiltinError(format!("the journey `{journey}` has no second factor: no step verifies a phone number or a code")));
        }
        Ok(found)
    }

    fn mfa_unless(&self, plan: &JourneyPlan, claim: &str, value: &str) -> Result<Vec<Property>, BuiltinError> {
        let factors = Self::second_factor(plan)?;
        let Some(id) = plan.claim_id(claim) else {
            let near = nearest(claim, plan.claims.iter().map(|claim| claim.id.as_str()));
            return Err(BuiltinError(format!("{self}: the policy knows no claim `{claim}`{}", did_you_mean(near))));
        };
        let declared = plan.claim(id);
        let claim = member("claims", &declared.id);
        let literal = match declared.data_type {
            DataType::Boolean => {
                value.parse::<bool>().ok().or_else(|| value.to_ascii_lowercase().parse().ok()).map(|value| value.to_string())
            }
            DataType::Int | DataType::Long => value.parse::<i64>().ok().map(|value| value.to_string()),
            DataType::StringCollection => None,
            _ => Some(quoted(value)),
        };
        let Some(literal) = literal else {
            return Err(BuiltinError(format!(
                "{self}: `{value}` is no value of `{}`, which is {}",
                declared.id,
                declared.data_type.name()
            )));
        };
        let executed: Vec<String> =
            factors.profiles.iter().map(|profile| format!("executed({})", quoted(&plan.profile(*profile).id))).collect();
        let some = executed.join(" || ");
        let none = executed.iter().map(|executed| format!("!{executed}")).collect::<Vec<_>>().join(" && ");
        let none = if executed.len() > 1 { format!("({none})") } else { none };
        Ok(vec![
            Property::always(&format!("{self}: no token without MFA otherwise"), &format!("{some} || {claim} == {literal}"))?
                .when("outcome == \"issued\"")?,
            Property::always(&format!("{self}: no MFA then"), &format!("{claim} != {literal} || {none}"))?,
        ])
    }

    /// AADB2C90040: no SendClaims step is left. AADB2C90108: it has no issuer. AADB2C90304: a selection fits nothing (error-codes).
    fn every_journey_ends(&self) -> Result<Vec<Property>, BuiltinError> {
        Ok(vec![
            Property::always(&format!("{self}: no dead end"), "!(error in [\"AADB2C90040\", \"AADB2C90108\", \"AADB2C90304\"])")?,
            Property::sometimes(&format!("{self}: a token can be issued"), "outcome == \"issued\"")?,
        ])
    }

    fn token_claim(&self, plan: &JourneyPlan, claim: &str) -> Result<Vec<Property>, BuiltinError> {
        let outputs = &plan.relying_party.outputs;
        let partner = |output: &ClaimReference| output.partner.clone();
        let exact = outputs.iter().find(|output| output.partner == claim).map(partner);
        let standard = || STANDARD.into_iter().find(|name| *name == claim).map(Str::from);
        let loose = || outputs.iter().find(|output| output.partner.eq_ignore_ascii_case(claim)).map(partner);
        // An output claim may be called by its claim id where its name in the token is another.
        let by_id = || outputs.iter().find(|output| plan.claim(output.claim).id.eq_ignore_ascii_case(claim)).map(partner);
        let Some(name) = exact.or_else(standard).or_else(loose).or_else(by_id) else {
            let near = nearest(claim, outputs.iter().map(|output| output.partner.as_str()).chain(STANDARD));
            return Err(BuiltinError(format!("{self}: the token has no claim `{claim}`{}", did_you_mean(near))));
        };
        let present = format!("{} != null", member("token", &name));
        Ok(vec![Property::always(&self.to_string(), &present)?.when("outcome == \"issued\"")?])
    }
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default()
}

impl fmt::Display for Builtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Builtin::MfaUnless { claim, value } => write!(f, "{MFA_UNLESS}({claim}={value})"),
            Builtin::EveryJourneyEnds => f.write_str(EVERY_JOURNEY_ENDS),
            Builtin::NoDeadStep => f.write_str(NO_DEAD_STEP),
            Builtin::UserCannotSkipMfa => f.write_str(USER_CANNOT_SKIP_MFA),
            Builtin::TokenClaimAlwaysPresent { claim } => write!(f, "{TOKEN_CLAIM_ALWAYS_PRESENT}({claim})"),
        }
    }
}

impl FromStr for Builtin {
    type Err = BuiltinError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let (name, arguments) = match text.split_once('(') {
            None => (text, None),
            Some((name, rest)) => match rest.strip_suffix(')') {
                Some(arguments) => (name.trim_end(), Some(arguments.trim())),
                None => return Err(BuiltinError(format!("`{text}` lacks its closing bracket"))),
            },
        };
        let plain = |built_in: Builtin| match arguments {
            None | Some("") => Ok(built_in),
            Some(arguments) => Err(BuiltinError(format!("`{name}` takes nothing in brackets, found `{arguments}`"))),
        };
        match name {
            MFA_UNLESS => match arguments.and_then(|arguments| arguments.split_once('=')) {
                Some((claim, value)) if !claim.trim().is_empty() && !value.trim().is_empty() => {
                    Ok(Builtin::MfaUnless { claim: claim.trim().into(), value: unquoted(value.trim()).into() })
                }
                _ => Err(BuiltinError(format!("`{name}` needs a claim and its value: `{MFA_UNLESS}(riskLevel=LOW)`"))),
            },
            TOKEN_CLAIM_ALWAYS_PRESENT => match arguments {
                Some(claim) if !claim.is_empty() => Ok(Builtin::TokenClaimAlwaysPresent { claim: unquoted(claim).into() }),
                _ => Err(BuiltinError(format!("`{name}` needs a name in the token: `{TOKEN_CLAIM_ALWAYS_PRESENT}(sub)`"))),
            },
            EVERY_JOURNEY_ENDS => plain(Builtin::EveryJourneyEnds),
            NO_DEAD_STEP => plain(Builtin::NoDeadStep),
            USER_CANNOT_SKIP_MFA => plain(Builtin::UserCannotSkipMfa),
            other => {
                let names = [MFA_UNLESS, EVERY_JOURNEY_ENDS, NO_DEAD_STEP, USER_CANNOT_SKIP_MFA, TOKEN_CLAIM_ALWAYS_PRESENT];
                let hint = match nearest(other, names.into_iter()) {
                    Some(near) => {
                        let form = Self::FORMS.iter().find(|form| form.split('(').next() == Some(near));
                        did_you_mean(form.copied())
                    }
                    None => format!("; there are {}", Self::FORMS.map(|form| format!("`{form}`")).join(", ")),
                };
                Err(BuiltinError(format!("unknown property `{other}`{hint}")))
            }
        }
    }
}

/// Without the quotes around it.
fn unquoted(text: &str) -> &str {
    let within = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    within('"').or_else(|| within('\'')).unwrap_or(text)
}
