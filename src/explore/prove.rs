//! Proves and refutes properties over every run of a journey.
//!
//! A verdict is `proved` only where nothing was left out: a budget that is used up, too many replies, or a claims transformation that looks
//! into values make it `bounded`. A counterexample is a scenario; it was run on the plain engine before anybody sees it.

use super::domain::Domains;
use super::influence::{deciding_claims, typed_of};
use super::property::{Builtin, BuiltinError, Demand, Ends, EvaluationError, ExpressionError, Property};
use super::search::{Attention, End, Exploration, Explorer, Limits, Watcher, environment, step_name};
use super::way::minimal;
use super::{Interest, Watched};
use crate::claims::{ClaimId, Str};
use crate::engine::{Environment, Outcome, Window};
use crate::plan::{JourneyId, JourneyPlan, ProfileId};
use crate::policy_set::Journey;
use crate::report::RunRecord;
use crate::simulate::default_world::Ideas;
use crate::simulate::scenario::{Expect, Scenario, StubReply};
use crate::trace::{Event, StepId};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// What is known of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in every run (`always`), or in the witness (`sometimes`).
    Proved,
    /// The counterexample breaks it (`always`), or no run fulfils it (`sometimes`).
    Refuted,
    /// Nothing was found that decides it, and not everything could be looked at.
    Bounded,
    /// Its `when` holds in no run.
    Vacuous,
}

impl Verdict {
    /// As reports call it.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Proved => "proved",
            Verdict::Refuted => "refuted",
            Verdict::Bounded => "bounded",
            Verdict::Vacuous => "vacuous",
        }
    }
}

/// The answer to one property.
#[derive(Clone, Debug)]
pub struct Proof {
    /// The property's name.
    pub name: String,
    /// The answer.
    pub verdict: Verdict,
    /// Why it is bounded, or what else is to be said.
    pub reason: Option<String>,
    /// How many runs could be told apart.
    pub runs: usize,
    /// How many states were walked.
    pub states: usize,
    /// A run that breaks the property, with the property under `expect.holds`.
    pub counterexample: Option<Scenario>,
    /// A run that fulfils a `sometimes`.
    pub witness: Option<Scenario>,
}

impl Proof {
    fn new(name: &str, found: &Exploration, verdict: Verdict) -> Self {
        Self { name: name.to_owned(), verdict, reason: None, runs: found.runs, states: found.states, counterexample: None, witness: None }
    }

    /// The verdict when nothing was found: only an exhaustive search says that there is nothing.
    fn nothing_found(name: &str, found: &Exploration, inexact: Option<String>, verdict: Verdict) -> Self {
        let reason = found.bounded.clone().or(inexact);
        Self { reason: reason.clone(), ..Self::new(name, found, if reason.is_some() { Verdict::Bounded } else { verdict }) }
    }
}

/// A property that cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProveError {
    /// It names what the policy does not know.
    #[error("{0}")]
    Expression(ExpressionError),
    /// It can be judged neither true nor false.
    #[error("{0}")]
    Evaluation(EvaluationError),
    /// A property by name that does not fit the policy.
    #[error("{0}")]
    Builtin(BuiltinError),
}

impl Journey {
    /// Judges a property over every run: a fresh logon through authorize, with every reply of pages, selections, APIs, identity providers,
    /// phone and directory free, failures and cancelling included.
    ///
    /// # Errors
    /// The property names what the policy does not know, or can be judged neither true nor false.
    pub fn prove(&self, property: &Property, limits: &Limits) -> Result<Proof, ProveError> {
        property.check(self.plan()).map_err(ProveError::Expression)?;
        Prover { journey: self, environment: environment(), limits: *limits }.property(property)
    }

    /// Judges a property that has a name of its own.
    ///
    /// # Errors
    /// It does not fit the policy.
    pub fn prove_builtin(&self, builtin: &Builtin, limits: &Limits) -> Result<Vec<Proof>, ProveError> {
        let prover = Prover { journey: self, environment: environment(), limits: *limits };
        let properties = builtin.properties(self.plan()).map_err(ProveError::Builtin)?;
        match builtin {
            Builtin::NoDeadStep => Ok(vec![prover.no_dead_step(&builtin.to_string())]),
            Builtin::UserCannotSkipMfa => Ok(vec![prover.user_cannot_skip_mfa(&builtin.to_string())?]),
            // A value that the user can type is worth nothing, whatever it is.
            Builtin::MfaUnless { .. } => {
                let mut proofs = properties.iter().map(|property| prover.property(property)).collect::<Result<Vec<_>, _>>()?;
                proofs.push(prover.user_cannot_skip_mfa(&format!("{builtin}: not by what the user types"))?);
                Ok(proofs)
            }
            _ => properties.iter().map(|property| prover.property(property)).collect(),
        }
    }
}

struct Prover<'j> {
    journey: &'j Journey,
    environment: Environment,
    limits: Limits,
}

/// Stops at the first end for which a test gives true.
struct Until<F>(F);

impl<F: FnMut(&End) -> bool> Watcher for Until<F> {
    fn end(&mut self, end: &End) -> bool {
        (self.0)(end)
    }
}

impl Prover<'_> {
    fn plan(&self) -> &JourneyPlan {
        self.journey.plan()
    }

    fn explore(&self, interest: &Interest, watcher: &mut impl Watcher) -> Exploration {
        Explorer { plan: self.plan(), environment: &self.environment, window: Window::default(), limits: self.limits }
            .explore(interest, watcher)
    }

    fn property(&self, property: &Property) -> Result<Proof, ProveError> {
        let interest = property.interest(self.plan());
        let wanted = matches!(property.demand, Demand::Sometimes(_));
        let ends = Ends::new(self.plan());
        let error = RefCell::new(None);
        let mut met = false;
        // Of an `always` the run that breaks it is looked for, of a `sometimes` the one that fulfils it.
        let decides = |end: &End| property.judge(&ends.view(end)) == Ok(Some(wanted));
        let mut look = |stop: bool| {
            let mut until = Until(|end: &End| match property.judge(&ends.view(end)) {
                Ok(judged) => {
                    met |= judged.is_some();
                    judged == Some(wanted) && stop
                }
                Err(wrong) => {
                    error.borrow_mut().get_or_insert(wrong);
                    true
                }
            });
            self.explore(&interest, &mut until)
        };
        let mut found = look(true);
        if let Some(wrong) = error.borrow_mut().take() {
            return Err(ProveError::Evaluation(wrong));
        }
        let mut shown = found.ends.last().filter(|end| decides(end)).and_then(|end| self.replayed(&found, end, property, wanted));
        if shown.is_none() && found.ends.last().is_some_and(decides) {
            // The way could not be told in the words of a scenario: another one may.
            found = look(false);
            shown = found.ends.iter().filter(|end| decides(end)).find_map(|end| self.replayed(&found, end, property, wanted));
            if shown.is_none() {
                let reason = "a run that decides it was found, but no scenario could repeat it".to_owned();
                return Ok(Proof { reason: Some(reason), ..Proof::new(&property.name, &found, Verdict::Bounded) });
            }
        }
        let proof = match (shown, wanted) {
            (Some(scenario), true) => Proof { witness: Some(scenario), ..Proof::new(&property.name, &found, Verdict::Proved) },
            (Some(scenario), false) => Proof { counterexample: Some(scenario), ..Proof::new(&property.name, &found, Verdict::Refuted) },
            (None, true) => Proof::nothing_found(&property.name, &found, property.inexact(), Verdict::Refuted),
            (None, false) if !met && property.when.is_some() => {
                Proof::nothing_found(&property.name, &found, property.inexact(), Verdict::Vacuous)
            }
            (None, false) => Proof::nothing_found(&property.name, &found, property.inexact(), Verdict::Proved),
        };
        Ok(proof)
    }

    /// The scenario to an end, once the plain engine has run it to the same judgement.
    fn replayed(&self, found: &Exploration, end: &End, property: &Property, wanted: bool) -> Option<Scenario> {
        let mut scenario = found.scenario(self.plan(), end);
        scenario.name = Some(match wanted {
            true => format!("a run in which {} holds", property.name).into(),
            false => format!("breaks: {}", property.name).into(),
        });
        let still = |scenario: &Scenario| self.run(scenario).is_some_and(|run| property.judge(&run) == Ok(Some(wanted)));
        if !still(&scenario) {
            return None;
        }
        let mut scenario = minimal(scenario, still);
        let expectation = if wanted { property.demand.expression().to_string() } else { property.expectation() };
        scenario.expect = Some(Expect { holds: vec![expectation.into()], ..Expect::default() });
        Some(scenario)
    }

    fn run(&self, scenario: &Scenario) -> Option<RunRecord> {
        self.journey.simulation().scenario(scenario).run().ok().map(|execution| execution.record())
    }

    /// Every step is executed in some run.
    fn no_dead_step(&self, name: &str) -> Proof {
        struct Begun(BTreeSet<StepId>);
        impl Watcher for Begun {
            fn attention(&self) -> Attention {
                Attention::Steps
            }

            fn event(&mut self, event: &Event) -> bool {
                if let Event::StepBegins(step) = event {
                    self.0.insert(*step);
                }
                false
            }
        }
        let mut begun = Begun(BTreeSet::new());
        let found = self.explore(&Interest::default(), &mut begun);
        let plan = self.plan();
        let all = (0..)
            .map(JourneyId)
            .zip(&plan.journeys)
            .flat_map(|(journey, steps)| (0..steps.steps.len() as u32).map(move |position| StepId { journey, position }));
        let dead: Vec<String> = all.filter(|step| !begun.0.contains(step)).map(|step| format!("step {}", step_name(plan, step))).collect();
        match dead.as_slice() {
            [] => Proof::new(name, &found, Verdict::Proved),
            dead => {
                let proof = Proof::nothing_found(name, &found, None, Verdict::Refuted);
                let never = format!("never executed: {}", dead.join(", "));
                let reason = proof.reason.as_ref().map_or_else(|| never.clone(), |reason| format!("{never}; {reason}"));
                Proof { reason: Some(reason), ..proof }
            }
        }
    }

    /// No value typed on a page decides whether a second factor is skipped: two runs that differ in nothing but what was typed either both
    /// come to it or both do not. Proved where nothing that is typed can reach the decision; where something can, such a pair is looked for.
    fn user_cannot_skip_mfa(&self, name: &str) -> Result<Proof, ProveError> {
        let plan = self.plan();
        let factors = Builtin::second_factor(plan).map_err(ProveError::Builtin)?;
        let typed = typed_of(plan, &deciding_claims(plan, &factors.steps));
        let mut interest = Interest { profiles: factors.profiles.clone(), ..Interest::default() };
        for (_, claim) in &typed {
            interest.claims.insert(*claim, Watched { value: true, literals: Vec::new() });
        }
        let found = self.explore(&interest, &mut ());
        let Some((page, claim)) = typed.first() else { return Ok(Proof::new(name, &found, Verdict::Proved)) };
        let texts = Domains::new(plan, &interest);
        let ideas = Ideas::new(plan, self.environment.now.date());
        let called = |calls: &[ProfileId]| calls.iter().any(|call| factors.profiles.contains(call));
        // Whether a run comes to a second factor; nothing is said of one that ends before without a token.
        let passes = |scenario: &Scenario| {
            let run = self.run(scenario)?;
            let asked = run.calls.iter().filter_map(|call| plan.profile_id(call)).any(|call| factors.profiles.contains(&call));
            (asked || run.outcome.kind() == "issued").then_some(asked)
        };
        for end in found.ends.iter().filter(|end| end.outcome == Outcome::Issued && !called(&end.history.calls)) {
            let scenario = found.scenario(plan, end);
            for (page, claim) in &typed {
                let (page, declared) = (plan.profile(*page), plan.claim(*claim));
                let values = texts.of(*claim).texts(declared.data_type, ideas.samples(*claim));
                // Others may give the claim too, and so hide what was typed.
                for everybody in [scenario.clone(), without_member(plan, &scenario, *claim)] {
                    let runs: Vec<Scenario> =
                        values.iter().filter_map(|text| with_typed(&everybody, &page.id, &declared.id, text)).collect();
                    let skips = runs.iter().find(|scenario| passes(scenario) == Some(false));
                    let (Some(skips), true) = (skips, runs.iter().any(|scenario| passes(scenario) == Some(true))) else { continue };
                    let expected: Vec<String> =
                        factors.profiles.iter().map(|id| format!("executed(\"{}\")", plan.profile(*id).id)).collect();
                    let mut counterexample = minimal(skips.clone(), |smaller| passes(smaller) == Some(false));
                    counterexample.name = Some(format!("breaks: {name}").into());
                    counterexample.expect = Some(Expect { holds: vec![expected.join(" || ").into()], ..Expect::default() });
                    let reason = format!(
                        "with another value of `{}` typed on `{}`, and every other reply the same, the second factor is asked for",
                        declared.id, page.id
                    );
                    return Ok(Proof {
                        counterexample: Some(counterexample),
                        reason: Some(reason),
                        ..Proof::new(name, &found, Verdict::Refuted)
                    });
                }
            }
        }
        let reason = format!(
            "what is typed as `{}` on `{}` can reach the decision, but no two runs were found that it tells apart",
            plan.claim(*claim).id,
            plan.profile(*page).id
        );
        Ok(Proof { reason: Some(reason), ..Proof::new(name, &found, Verdict::Bounded) })
    }
}

/// The scenario with another text typed into a field of a page; `None` when nobody fills that page.
fn with_typed(scenario: &Scenario, page: &str, claim: &Str, text: &Str) -> Option<Scenario> {
    let mut changed = scenario.clone();
    let mut any = false;
    for reply in &mut changed.stubs.get_mut(page)?.replies {
        if let StubReply::Enter { fields, .. } = reply {
            fields.insert(claim.clone(), text.clone());
            any = true;
        }
    }
    any.then_some(changed)
}

/// The scenario with nobody but the user giving a claim.
fn without_member(plan: &JourneyPlan, scenario: &Scenario, claim: ClaimId) -> Scenario {
    let mut changed = scenario.clone();
    for (name, stub) in &mut changed.stubs {
        let outputs = plan.profile_id(name).map_or(&[][..], |id| &plan.profile(id).outputs);
        for output in outputs.iter().filter(|output| output.claim == claim) {
            for reply in &mut stub.replies {
                if let StubReply::Claims(values) = reply {
                    values.shift_remove(output.partner.as_str());
                }
            }
        }
    }
    changed
}
