//! Two interpreters, one semantics: the engine against the naive one of `naive/`, in lockstep over made-up policies and over other people's.
//! At every ask both are compared in what they ask and in what they know, then both get the same reply; at the end in the outcome, the
//! steps, the calls, the claims and the token.
//!
//! In release, or with `B2C_JOURNEY_THOROUGH`, on 10,000 made-up policies and with 50 sets of replies for each chain; else on a part of that.
//! `B2C_JOURNEY_GENERATED` says how many policies are made up, `B2C_JOURNEY_SEED` from which number on, `B2C_JOURNEY_REPLIES` how many sets of
//! replies each policy gets, `B2C_JOURNEY_DIFFERENCES` how many differences are printed in full.

#![cfg(test)]

mod common;
mod naive;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use b2c_journey::claims::{ClaimId, DataType, Slot, Str};
use b2c_journey::engine::{
    Ask, Body, DirectoryReply, Environment, Fault, HttpFailure, HttpReply, Outcome, PageField, PageReply, PhoneReply, Press, Reply,
    Request, Run, SignInReply, State, Window,
};
use b2c_journey::policy::PolicyFile;
use b2c_journey::trace::{Event, Role, StepId, Trace};
use b2c_journey::{Journey, PolicySet, xml::Limits};
use naive::generator::{LITERALS, Numbers, chain};
use naive::levels::{Policy, merge};
use naive::{Answer, Asked, Claims, Field, Outside, Page, Stop, Submit, Walk};
use serde_json::{Map, Value as Json, json};

/// After so many asks nobody answers any more.
const MOST_ASKS: u32 = 40;
/// A page is left after so many refusals.
const MOST_REFUSALS: u32 = 3;

/// The outside world of both.
struct Lockstep<'p> {
    run: Run<'p>,
    numbers: Numbers,
    literals: &'p [String],
    asked: u32,
    /// Codes are sent and verified by both, in place of made-up replies.
    sends_codes: bool,
    /// The person hardly ever types the right one, and does not give up: codes become void.
    mistypes: bool,
    replies: Vec<String>,
}

impl Outside for Lockstep<'_> {
    fn ask(&mut self, asked: &Asked, claims: &Claims) -> naive::Result<Answer> {
        let differs = |what: String| Err(Stop::Differs(what));
        let ask = match self.run.advance() {
            State::Asks(ask) => ask,
            State::Done(outcome) => {
                return differs(format!("asks {} of {:?}, but the engine is done: {outcome:?}", asked.kind, asked.profile));
            }
        };
        let theirs = (kind_of(ask), ask.profile().map(|id| self.run.plan().profile(id).id.to_lowercase()));
        if theirs != (asked.kind, asked.profile.clone()) {
            return differs(format!("asks {} of {:?}, the engine {theirs:?}", asked.kind, asked.profile));
        }
        if let Some(what) = different_claims(&self.run, claims) {
            return differs(format!("when {} of {:?} is asked: {what}", asked.kind, asked.profile));
        }
        if let Some(page) = &asked.page
            && let Some(theirs) = self.run.page()
        {
            let theirs = page_of(&self.run, &theirs);
            if *page != theirs {
                return differs(format!("shows {page:?}\nthe engine {theirs:?}"));
            }
        }
        if let (Some(sent), Some(theirs)) = (&asked.sent, self.sent())
            && *sent != theirs
        {
            return differs(format!("{:?} sends {sent}\nthe engine {theirs}", asked.profile));
        }
        self.asked += 1;
        let refused = if let Ask::Page { refused, .. } = ask { refused } else { 0 };
        let most_refusals = if self.mistypes { 4 * MOST_REFUSALS } else { MOST_REFUSALS };
        let answer = if self.asked > MOST_ASKS || refused > most_refusals { Answer::Nobody } else { self.answer(asked) };
        let reply = match &answer {
            Answer::Nobody => {
                self.replies.push(format!("{} of {:?}: nobody", asked.kind, asked.profile));
                self.run.abandon();
                return Ok(answer);
            }
            Answer::Submit(Submit { typed, codes, sends }) => {
                let id = |claim: &str| self.run.plan().claim_id(claim);
                let fields: Vec<(ClaimId, Str)> =
                    typed.iter().filter_map(|(claim, text)| Some((id(claim)?, text.as_str().into()))).collect();
                self.replies.push(format!("{} of {:?}: {typed:?} {codes:?} {sends:?}", asked.kind, asked.profile));
                let codes = codes.iter().map(|(control, is_right)| (control.as_str().into(), *is_right)).collect();
                let sends = sends.iter().map(|(control, times)| (control.as_str().into(), *times)).collect();
                Reply::Page(PageReply::Submit { fields, codes, sends })
            }
            Answer::Reply(reply) => {
                self.replies.push(format!("{} of {:?}: {reply:?}", asked.kind, asked.profile));
                reply.clone()
            }
        };
        match self.run.reply(reply) {
            Ok(()) => Ok(answer),
            Err(error) => differs(format!("the engine refuses the reply: {error}")),
        }
    }
}

impl Lockstep<'_> {
    /// What the engine sends, in the form of [`Asked::sent`].
    fn sent(&self) -> Option<Json> {
        if let Some(request) = self.run.directory_request() {
            let writes: Vec<(String, Json)> = request
                .writes
                .iter()
                .map(|(name, slot)| (name.to_string(), slot.value().map_or(Json::Null, |value| value.to_json())))
                .collect();
            return Some(json!({ "key": [request.key.0.as_str(), request.key.1.to_json()], "writes": writes }));
        }
        let request = self.run.http_request()?;
        serde_json::from_str(request.body.as_deref()?).ok()
    }

    fn answer(&mut self, asked: &Asked) -> Answer {
        if let Some(page) = &asked.page {
            return self.answer_page(page);
        }
        if asked.is_hint && self.numbers.chance(40) {
            return Answer::Reply(Reply::Simulated);
        }
        if self.numbers.chance(5) {
            return Answer::Reply(Reply::Fail(Fault::of_code("AADB2C90289")));
        }
        if asked.is_code && self.sends_codes {
            return Answer::Reply(Reply::Simulated);
        }
        let mut claims = self.claims(&asked.outputs);
        // Whether the user is new is not an attribute of the user.
        claims.remove("newClaimsPrincipalCreated");
        let attributes = Arc::new(claims);
        Answer::Reply(match asked.kind {
            "Rest" => match self.numbers.below(20) {
                0 => {
                    Reply::Http(HttpReply::Failure(self.numbers.pick(&[HttpFailure::Timeout, HttpFailure::Dns, HttpFailure::Unreachable])))
                }
                1 => http(409, Body::Json(Arc::new(json!({ "version": "1.0.0", "status": 409, "userMessage": "no" })))),
                2 => http(400, self.numbers.pick(&["{}", "[1]", "\"text\""])),
                3 => http(self.numbers.pick(&[400, 500, 503]), Body::Text("no".into())),
                4 => http(self.numbers.pick(&[401, 404, 500]), Body::Empty),
                5 => http(self.numbers.pick(&[200, 204]), Body::Empty),
                6 => Reply::Claims(attributes),
                _ => http(200, Body::Json(Arc::new(Json::Object(Map::clone(&attributes))))),
            },
            "Directory" => Reply::Directory(match asked.operation.as_str() {
                "write" => match self.numbers.below(6) {
                    0 => DirectoryReply::Refused("no".into()),
                    1..=3 if asked.may_create => DirectoryReply::Created { attributes },
                    1 | 2 => DirectoryReply::NotFound,
                    _ => DirectoryReply::Found { attributes },
                },
                "deleteclaimsprincipal" => self.numbers.pick(&[DirectoryReply::Deleted, DirectoryReply::NotFound]),
                _ if self.numbers.chance(30) => DirectoryReply::NotFound,
                _ => DirectoryReply::Found { attributes },
            }),
            "SignIn" => Reply::SignIn(match self.numbers.below(10) {
                0 => SignInReply::UnknownUser,
                1 => SignInReply::WrongPassword,
                2 => self.numbers.pick(&[SignInReply::OldPassword, SignInReply::Locked, SignInReply::Disabled]),
                _ => SignInReply::Token(attributes),
            }),
            "Phone" => match self.numbers.below(6) {
                0 => Reply::Cancel,
                1 if asked.may_create => Reply::Phone(PhoneReply::Verify("+14255550199".into())),
                _ if asked.numbers.is_empty() => Reply::Phone(PhoneReply::Verify("+14255550100".into())),
                _ => Reply::Phone(PhoneReply::VerifyAny),
            },
            "IdentityProvider" if self.numbers.chance(8) => Reply::Cancel,
            _ => Reply::Claims(attributes),
        })
    }

    fn answer_page(&mut self, page: &Page) -> Answer {
        let press = |press| Answer::Reply(Reply::Page(PageReply::Press(press)));
        if page.can_cancel && self.numbers.chance(4) {
            return Answer::Reply(Reply::Cancel);
        }
        if self.numbers.chance(2) {
            return Answer::Reply(Reply::Fail(Fault::of_code("AADB2C90159")));
        }
        if !page.buttons.is_empty() && (!page.can_continue || self.numbers.chance(30)) {
            return press(Press::Exchange(self.numbers.pick(&page.buttons).as_str().into()));
        }
        if page.sign_up.is_some() && self.numbers.chance(15) {
            return press(Press::SignUp);
        }
        if page.forgot_password && self.numbers.chance(8) {
            return press(Press::ForgotPassword);
        }
        if !page.can_continue {
            return Answer::Nobody;
        }
        let mut submit = Submit::default();
        let shown: Vec<PageField> = self.run.page().map(|page| page.fields).unwrap_or_default();
        for (field, shown) in page.fields.iter().zip(&shown) {
            // Who does not give up leaves the form as it is and types another code.
            if self.mistypes && !shown.code && field.shown != Slot::Absent && self.numbers.chance(92) {
                continue;
            }
            let known = self.run.code_for(shown.claim);
            if shown.code && self.sends_codes && self.numbers.chance(80) {
                match (known, &shown.control) {
                    // One that was read before.
                    (Some(code), _) => submit.typed.push((field.claim.clone(), code.to_string())),
                    // One that is sent once the form is submitted.
                    (None, Some(control)) => {
                        submit.codes.push((control.to_lowercase(), self.numbers.chance(if self.mistypes { 5 } else { 70 })));
                        if self.numbers.chance(20) {
                            submit.sends.push((control.to_lowercase(), self.numbers.pick(&[1, 2, 4])));
                        }
                    }
                    (None, None) => {}
                }
            } else if shown.code || self.numbers.chance(if field.required { 90 } else { 65 }) {
                // Left empty, a code that was sent is typed by the engine's own world; here somebody always types it.
                let text = self.text(&field.claim);
                submit.typed.push((field.claim.clone(), text));
            }
        }
        Answer::Submit(submit)
    }

    /// What may be typed for a claim.
    fn text(&mut self, claim: &str) -> String {
        let plan = self.run.plan();
        let data_type = plan.claim_id(claim).map_or(DataType::String, |id| plan.claim(id).data_type);
        if self.numbers.chance(10) {
            return self.numbers.pick(&["", "7", "not what is wanted", "+14255550100"]).into();
        }
        match data_type {
            DataType::Boolean => self.numbers.pick(&["true", "False"]).into(),
            DataType::Int | DataType::Long => self.numbers.pick(&["1", "-7", "42"]).into(),
            DataType::Date => self.numbers.pick(&["2026-01-01", "1990-05-06"]).into(),
            DataType::DateTime => "2026-01-01T00:00:00Z".into(),
            DataType::PhoneNumber => "+14255550100".into(),
            _ => match plan.claim_id(claim) {
                Some(id) if self.numbers.chance(60) => {
                    let samples = b2c_journey::claims::sample_values(plan.claim(id), self.run.environment().now.date());
                    if samples.is_empty() { self.numbers.pick(self.literals) } else { self.numbers.pick(&samples).to_string() }
                }
                _ => self.numbers.pick(self.literals),
            },
        }
    }

    /// Some of the output claims with made-up values.
    fn claims(&mut self, outputs: &[(String, String)]) -> Map<String, Json> {
        let mut claims = Map::new();
        for (partner, claim) in outputs {
            if self.numbers.chance(25) {
                continue;
            }
            let plan = self.run.plan();
            let data_type = plan.claim_id(claim).map_or(DataType::String, |id| plan.claim(id).data_type);
            let value = match data_type {
                _ if self.numbers.chance(3) => self.numbers.pick(&[json!(null), json!(1.5), json!(["a"]), json!({ "a": 1 }), json!("")]),
                DataType::Boolean => self.numbers.pick(&[json!(true), json!(false), json!("True")]),
                DataType::Int | DataType::Long => self.numbers.pick(&[json!(0), json!(1), json!("-7")]),
                DataType::Date => json!("2026-01-01"),
                DataType::DateTime => self.numbers.pick(&[json!("2026-01-01T00:00:00Z"), json!(1_700_000_000)]),
                DataType::PhoneNumber => json!("+14255550100"),
                DataType::StringCollection => self.numbers.pick(&[json!([]), json!(["LOW"]), json!(["LOW", "x y"])]),
                DataType::UserIdentity | DataType::ObjectIdentity => json!({ "issuer": "facebook.com", "issuerUserId": "MTIzNA==" }),
                DataType::UserIdentityCollection | DataType::ObjectIdentityCollection | DataType::AlternativeSecurityIdCollection => {
                    json!([{ "issuer": "facebook.com", "issuerUserId": "MTIzNA==" }])
                }
                _ => json!(self.numbers.pick(self.literals)),
            };
            claims.insert(partner.clone(), value);
        }
        claims
    }
}

fn http(status: u16, body: impl Into<TestBody>) -> Reply {
    Reply::Http(HttpReply::Response { status, body: body.into().0 })
}

struct TestBody(Body);

impl From<Body> for TestBody {
    fn from(body: Body) -> Self {
        Self(body)
    }
}

impl From<&str> for TestBody {
    fn from(text: &str) -> Self {
        Self(Body::Json(Arc::new(serde_json::from_str(text).unwrap())))
    }
}

fn kind_of(ask: Ask) -> &'static str {
    match ask {
        Ask::Page { .. } => "Page",
        Ask::Rest { .. } => "Rest",
        Ask::Directory { .. } => "Directory",
        Ask::SignIn { .. } => "SignIn",
        Ask::IdentityProvider { .. } => "IdentityProvider",
        Ask::Phone { .. } => "Phone",
        Ask::Other { .. } => "Other",
    }
}

fn page_of(run: &Run<'_>, page: &b2c_journey::engine::Page) -> Page {
    Page {
        content: None,
        forgot_password_target: None,
        fields: page
            .fields
            .iter()
            .map(|field| Field {
                claim: run.plan().claim(field.claim).id.to_lowercase(),
                required: field.required,
                shown: field.shown.clone(),
                editable: field.editable,
            })
            .collect(),
        buttons: page.buttons.iter().map(|button| button.exchange.to_lowercase()).collect(),
        can_continue: page.can_continue,
        can_cancel: page.can_cancel,
        sign_up: page.sign_up.as_ref().map(|exchange| exchange.to_lowercase()),
        forgot_password: page.forgot_password,
    }
}

/// The claim on which the two do not agree, if there is one.
fn different_claims(run: &Run<'_>, claims: &Claims) -> Option<String> {
    let names: BTreeSet<String> = run.plan().claims.iter().map(|claim| claim.id.to_lowercase()).collect();
    if let Some(unknown) = claims.bag.keys().find(|name| !names.contains(*name)) {
        return Some(format!("the engine does not know the claim {unknown}"));
    }
    run.plan().claims.iter().find_map(|claim| {
        let theirs = run.plan().claim_id(&claim.id).map_or(Slot::Absent, |id| run.bag().get(id).clone());
        let own = claims.get(&claim.id);
        (own != theirs).then(|| format!("{} is {own:?}, in the engine {theirs:?}", claim.id))
    })
}

/// Step and result in order, as the naive interpreter has them.
fn steps_of(run: &Run<'_>, trace: &Trace) -> Vec<(String, &'static str)> {
    let name = |id: &StepId| {
        let journey = run.plan().journey(id.journey);
        let order = run.plan().step(id.journey, id.position as usize).map_or(0, |step| step.order);
        if journey.sub.is_some() { format!("{}/{order}", journey.id.to_lowercase()) } else { order.to_string() }
    };
    let mut steps: Vec<(String, &'static str)> = Vec::new();
    let mut begun = None;
    for event in &trace.events {
        let (id, result) = match event {
            Event::StepBegins(id) => {
                begun = Some(*id);
                steps.push((name(id), "executed"));
                continue;
            }
            Event::StepSkipped(id, _) if begun == Some(*id) => (id, "skipped"),
            Event::StepSkipped(id, _) => {
                steps.push((name(id), "skipped"));
                continue;
            }
            Event::StepFailed(id, _) => (id, "failed"),
            Event::StepWaits(id) => (id, "waiting"),
            Event::StepDone(_) => {
                begun = None;
                continue;
            }
            _ => continue,
        };
        begun = None;
        match steps.iter_mut().rev().find(|(known, _)| *known == name(id)) {
            Some(step) => step.1 = result,
            None => steps.push((name(id), result)),
        }
    }
    steps
}

fn calls_of(run: &Run<'_>, trace: &Trace) -> Vec<String> {
    let call = |event: &Event| match event {
        Event::Call(id, role) if *role != Role::Issuer => Some(run.plan().profile(*id).id.to_lowercase()),
        _ => None,
    };
    trace.events.iter().filter_map(call).collect()
}

/// Claims that every token has; they are not the policy's.
const STANDARD: [&str; 15] =
    ["iss", "aud", "exp", "nbf", "iat", "ver", "auth_time", "nonce", "acr", "tfp", "c_hash", "at_hash", "azp", "scp", "jti"];

enum Compared {
    /// The kind of the outcome, and the code of a failure.
    Agree(String),
    Unsupported(String),
    Differ(String),
}

/// One run of both.
fn compare(journey: &Journey, policy: &Policy, environment: &Environment, seed: u64, literals: &[String]) -> Compared {
    let run = Run::new(journey.plan(), environment, Window::default(), true);
    let mut world = Lockstep {
        run,
        numbers: Numbers::new(seed),
        literals,
        asked: 0,
        sends_codes: seed % 2 == 1,
        mistypes: seed % 8 == 1,
        replies: Vec::new(),
    };
    let mut walk = Walk::new(policy, environment, &mut world);
    let stop = walk.run();
    let (claims, steps, calls, token) = (walk.claims.clone(), walk.steps.clone(), walk.calls.clone(), walk.token.clone());
    let mut differences = Vec::new();
    let mut kind = "issued".to_owned();
    match &stop {
        Stop::Unsupported(what) => return Compared::Unsupported(what.clone()),
        Stop::Differs(what) => differences.push(what.clone()),
        Stop::Issued | Stop::Waiting | Stop::Refused(_) | Stop::Fault { .. } => {
            let outcome = match world.run.advance() {
                State::Done(outcome) => outcome.clone(),
                State::Asks(ask) => {
                    let profile = ask.profile().map(|id| journey.plan().profile(id).id.clone());
                    differences.push(format!("ends with {stop:?}, the engine asks {} of {profile:?}", kind_of(ask)));
                    Outcome::Stopped
                }
            };
            match (&stop, &outcome) {
                (_, Outcome::Stopped) | (Stop::Issued, Outcome::Issued) => {}
                (Stop::Waiting, Outcome::Waiting { .. }) => kind = "waiting".to_owned(),
                (Stop::Fault { code: None, .. }, Outcome::Error(fault)) => kind = fault.code.as_deref().unwrap_or("error").to_owned(),
                (Stop::Fault { code: Some(code), .. } | Stop::Refused(code), Outcome::Error(fault))
                    if Some(code.as_str()) == fault.code.as_deref() =>
                {
                    kind = if code.starts_with("AAD_Custom") { "AAD_Custom".to_owned() } else { code.clone() };
                }
                _ => differences.push(format!("ends with {stop:?}, the engine with {outcome:?}")),
            }
            if differences.is_empty() {
                differences.extend(different_claims(&world.run, &claims));
                let policy_claims = |token: &Map<String, Json>| -> BTreeMap<String, Json> {
                    token
                        .iter()
                        .filter(|(name, _)| !STANDARD.contains(&name.as_str()))
                        .map(|(name, value)| (name.clone(), value.clone()))
                        .collect()
                };
                let (own, theirs) = (token.as_ref().map(policy_claims), world.run.token().map(policy_claims));
                if own != theirs {
                    differences.push(format!("the token is {own:?}\nthe engine's {theirs:?}"));
                }
            }
        }
    }
    let trace = world.run.trace().cloned().unwrap_or_default();
    if differences.is_empty() {
        let (own, theirs) = (steps.clone(), steps_of(&world.run, &trace));
        if own != theirs {
            differences.push(format!("the steps are {own:?}\nthe engine's {theirs:?}"));
        }
        let theirs = calls_of(&world.run, &trace);
        if calls != theirs {
            differences.push(format!("the calls are {calls:?}\nthe engine's {theirs:?}"));
        }
    }
    if differences.is_empty() {
        return Compared::Agree(kind);
    }
    let events: Vec<String> = trace.events.iter().map(|event| format!("  {event:?}")).collect();
    Compared::Differ(format!(
        "{}\nreplies:\n  {}\nsteps {steps:?}\ncalls {calls:?}\nengine:\n{}",
        differences.join("\n"),
        world.replies.join("\n  "),
        events.join("\n")
    ))
}

/// Some runs come with a domain_hint.
fn environment(hinted: bool) -> Environment {
    let mut parameters = BTreeMap::new();
    parameters.insert("hint".into(), "High".into());
    parameters.insert("given".into(), "low".into());
    let domain_hint = hinted.then(|| "fabrikam.com".into());
    common::environment(Request { login_hint: Some("ann@contoso.com".into()), domain_hint, parameters, ..Request::default() })
}

/// What was compared.
#[derive(Default)]
struct Tally {
    agreed: BTreeMap<String, usize>,
    unsupported: BTreeMap<String, usize>,
    differences: Vec<String>,
    differing: usize,
}

impl Tally {
    fn add(&mut self, compared: Compared, seed: &str, policy: impl Fn() -> String) {
        match compared {
            Compared::Agree(kind) => *self.agreed.entry(kind).or_default() += 1,
            Compared::Unsupported(what) => *self.unsupported.entry(what).or_default() += 1,
            Compared::Differ(difference) => {
                self.differing += 1;
                println!("{seed} {}", difference.lines().next().unwrap_or_default());
                // The policy of one of them is enough to begin with.
                let policy = if self.differences.is_empty() { policy() } else { String::new() };
                if self.differences.len() < number_of("B2C_JOURNEY_DIFFERENCES", 5) as usize {
                    self.differences.push(format!("{policy}{seed}\n{difference}"));
                }
            }
        }
    }

    fn print(&self, what: &str) {
        let (agreed, unsupported) = (self.agreed.values().sum::<usize>(), self.unsupported.values().sum::<usize>());
        println!("{what}: {agreed} agree {:?}, {unsupported} unsupported, {} differ", self.agreed, self.differing);
        for (reason, count) in &self.unsupported {
            println!("{count:6} {reason}");
        }
    }
}

/// A debug build takes a part of it all, unless it is told otherwise.
fn is_thorough() -> bool {
    !cfg!(debug_assertions) || std::env::var_os("B2C_JOURNEY_THOROUGH").is_some()
}

fn number_of(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn made_up_policies_run_alike() {
    let count = number_of("B2C_JOURNEY_GENERATED", if is_thorough() { 10_000 } else { 2_500 });
    let sets = number_of("B2C_JOURNEY_REPLIES", 1);
    let first = number_of("B2C_JOURNEY_SEED", 0);
    let environments = [environment(false), environment(true)];
    let literals: Vec<String> = LITERALS.iter().chain(&[""]).map(|&text| text.to_owned()).collect();
    let mut tally = Tally::default();
    let mut refused: BTreeMap<String, usize> = BTreeMap::new();
    for seed in first..first + count {
        let files = chain(seed);
        let set = PolicySet::from_bytes(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())), &Limits::default());
        let journey = match set.journey("B2C_1A_Party") {
            Ok(journey) => journey,
            Err(error) => {
                *refused.entry(error.to_string()).or_default() += 1;
                continue;
            }
        };
        let levels: Vec<&PolicyFile> = set.files().iter().collect();
        let policy = merge(&levels).unwrap();
        for replies in 0..sets {
            let compared = compare(&journey, &policy, &environments[(seed + replies) as usize % 4 / 3], seed * 1_000 + replies, &literals);
            tally.add(compared, &format!("seed {seed}"), || files.iter().map(|(name, text)| format!("--- {name}\n{text}\n")).collect());
        }
    }
    println!("{count} made-up policies, {} refused at load", refused.values().sum::<usize>());
    for (reason, count) in refused.iter().take(10) {
        println!("{count:6} {reason}");
    }
    tally.print(&format!("{sets} set(s) of replies each"));
    assert!(tally.differences.is_empty(), "{}", tally.differences.join("\n\n"));
}

#[test]
fn policies_of_others_run_alike() {
    let Some(corpus) = common::corpus() else { return };
    let sets = number_of("B2C_JOURNEY_REPLIES", if is_thorough() { 50 } else { 10 });
    let environment = environment(false);
    let mut tally = Tally::default();
    let mut chains = 0;
    for chain in common::chains(&corpus).iter().filter(|chain| chain.complete) {
        let set = chain.load();
        let Ok(journey) = chain.journey(&set) else { continue };
        chains += 1;
        let levels: Vec<&PolicyFile> = chain
            .files
            .iter()
            .filter_map(|path| {
                let name = path.display().to_string();
                set.files().iter().find(|file| set.sources().get(file.file).is_some_and(|source| source.name() == name))
            })
            .collect();
        let policy = merge(&levels).unwrap();
        let literals = literals_of(&journey);
        for seed in 0..sets {
            tally.add(compare(&journey, &policy, &environment, seed, &literals), &format!("{} replies {seed}", chain.rp), String::new);
        }
    }
    tally.print(&format!("{chains} complete chains, {sets} sets of replies each"));
    assert!(tally.differences.is_empty(), "{}", tally.differences.join("\n\n"));
}

/// What the policy compares with.
fn literals_of(journey: &Journey) -> Vec<String> {
    use b2c_journey::plan::Test;
    let steps = journey.plan().journeys.iter().flat_map(|journey| &journey.steps).flat_map(|step| &step.preconditions);
    let of_steps = steps.filter_map(|it| if let Test::Equals(literal) = &it.test { Some(literal.to_string()) } else { None });
    let found: BTreeSet<String> = of_steps.chain(["ann@contoso.com".to_owned(), String::new(), "x".to_owned()]).collect();
    found.into_iter().collect()
}
