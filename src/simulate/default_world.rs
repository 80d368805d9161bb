//! The default world: what it answers to whatever a scenario does not say, so that the journey succeeds.
//!
//! Each ask has a list of candidate replies, the most natural first; the driver takes the first, and departs from it only when a run with
//! nothing scripted does not end well.

use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::driver::{Stage, World};
use super::scenario::UserEntry;
use crate::claims::{ClaimId, ClaimType, ClaimValue, DataType, Date, InputType, Restriction, Slot, Str, from_text, sample_values};
use crate::engine::{Ask, Body, DirectoryOperation, HttpReply, Page, PageField, PageReply, PhoneReply, Press, Reply, Request, Run};
use crate::plan::{DefaultValue, Enabled, JourneyPlan, Precondition, Profile, ProfileId, StepKind, Test};
use crate::provider::azure_mfa::{self, DEVICES};
use crate::provider::incoming_token::IncomingToken;
use crate::provider::{Handler, conditional_access};
use crate::transform::Transformation;

/// The literals that preconditions and EnabledForUserJourneys compare each claim with.
pub(super) type Literals = IndexMap<ClaimId, Vec<Str>>;

/// What the ideas for a plan are made from.
pub(crate) struct Ideas<'p> {
    plan: &'p JourneyPlan,
    literals: Literals,
    today: Date,
    /// Example values that were made already: making them can mean running patterns.
    samples: Box<[OnceLock<Box<[Str]>>]>,
}

impl<'p> Ideas<'p> {
    pub(crate) fn new(plan: &'p JourneyPlan, today: Date) -> Self {
        Self { plan, literals: literals(plan), today, samples: plan.claims.iter().map(|_| OnceLock::new()).collect() }
    }

    /// Values that pass a claim's type, restriction and predicates, the simplest first.
    pub(crate) fn samples(&self, id: ClaimId) -> &[Str] {
        let made = self.samples.get(id.index());
        made.map_or(&[], |made| made.get_or_init(|| sample_values(self.plan.claim(id), self.today).into()))
    }
}

/// At most so many other values are tried for one reply.
const MOST_VARIANTS: usize = 12;

/// One idea of what to answer.
#[derive(Clone, Debug)]
pub(super) enum Candidate {
    Reply(Reply),
    /// What the in-memory directory says; with `ensure` it has a user of that attribute and value.
    Directory {
        ensure: Option<(Str, ClaimValue)>,
    },
}

/// Gathers the literals of a plan.
pub(super) fn literals(plan: &JourneyPlan) -> Literals {
    fn preconditions(found: &mut Literals, list: &[Precondition]) {
        for precondition in list {
            if let Test::Equals(literal) = &precondition.test {
                add(found, precondition.claim, literal);
            }
        }
    }
    fn add(found: &mut Literals, claim: ClaimId, literal: &Str) {
        let values = found.entry(claim).or_default();
        if !values.contains(literal) {
            values.push(literal.clone());
        }
    }
    let mut found = Literals::default();
    for step in plan.journeys.iter().flat_map(|journey| &journey.steps) {
        preconditions(&mut found, &step.preconditions);
    }
    for profile in &plan.profiles {
        for validation in &profile.validations {
            preconditions(&mut found, &validation.preconditions);
        }
        match &profile.enabled {
            Enabled::OnClaimsExistence { claim, value: Some(value) }
            | Enabled::OnItemExistence { claim, value }
            | Enabled::OnItemAbsence { claim, value } => add(&mut found, *claim, value),
            Enabled::Always | Enabled::Never | Enabled::OnClaimsExistence { value: None, .. } => {}
        }
    }
    for validation in plan.controls.iter().flat_map(|control| &control.actions).flat_map(|(_, profiles)| profiles) {
        preconditions(&mut found, &validation.preconditions);
    }
    found
}

/// The user of the default world.
pub(super) fn user() -> UserEntry {
    let attributes = [
        ("objectId", "3f2504e0-4f89-11d3-9a0c-0305e82c3301"),
        ("signInNames.emailAddress", EMAIL),
        ("signInNames.userName", "john.smith"),
        ("signInNames.phoneNumber", PHONE),
        ("displayName", "John Smith"),
        ("givenName", "John"),
        ("surname", "Smith"),
        ("strongAuthenticationPhoneNumber", PHONE),
        ("strongAuthenticationEmailAddress", EMAIL),
    ];
    let mut entry =
        UserEntry { attributes: attributes.into_iter().map(|(name, value)| (name.into(), value.into())).collect(), ..UserEntry::default() };
    entry.attributes.insert("accountEnabled".into(), Json::Bool(true));
    entry
}

const EMAIL: &str = "john.smith@contoso.com";
const NEW_EMAIL: &str = "jane.roe@contoso.com";
const PHONE: &str = "+15551234567";

/// What the application might also have sent: an id_token_hint with every claim that the journey reads from one, and a value for each
/// query parameter that the policy resolves. `None` when the policy reads neither.
pub(crate) fn fuller_request(ideas: &Ideas<'_>, request: &Request) -> Option<Request> {
    let plan = ideas.plan;
    let mut fuller = request.clone();
    let hints = plan.journeys.iter().flat_map(|journey| &journey.steps).filter_map(|step| match step.kind {
        StepKind::GetClaims { profile } => profile,
        _ => None,
    });
    let exchanges =
        plan.profiles.iter().zip(0..).filter(|(profile, _)| matches!(profile.handler, Handler::IncomingToken(IncomingToken::IdTokenHint)));
    for profile in hints.chain(exchanges.map(|(_, index)| ProfileId(index))) {
        let hint = fuller.id_token_hint.get_or_insert_default();
        for output in &plan.profile(profile).outputs {
            let claim = plan.claim(output.claim);
            // These are checked: what the profile accepts fits, and nothing of a time is always right.
            let metadata = &plan.profile(profile).metadata;
            let accepted = match output.partner.as_str() {
                "exp" | "nbf" => continue,
                "aud" => metadata.get("IdTokenAudience"),
                "iss" => metadata.get("issuer"),
                _ => None,
            };
            if let Some(accepted) = accepted.filter(|accepted| !accepted.is_empty()) {
                hint.insert(output.partner.to_string(), accepted.into());
            }
            if let Some(value) = ideas.samples(output.claim).first().and_then(|text| json_of(claim, text)) {
                hint.entry(output.partner.to_string()).or_insert(value);
            }
        }
    }
    if plan.takes_client_assertion() {
        for input in &plan.relying_party.inputs {
            if let Some(value) = ideas.samples(input.claim).first().and_then(|text| json_of(plan.claim(input.claim), text)) {
                fuller.id_token_hint.get_or_insert_default().entry(input.partner.to_string()).or_insert(value);
            }
        }
    }
    for profile in &plan.profiles {
        for reference in profile.inputs.iter().chain(&profile.outputs) {
            let Some(DefaultValue::Template { template, .. }) = &reference.default else { continue };
            // An application that the policy knows.
            if template.resolvers().any(|resolver| resolver.is_of("OIDC") && resolver.name.eq_ignore_ascii_case("ClientId"))
                && let Some(known) = looked_up(plan, reference.claim)
            {
                fuller.client_id = Some(known);
            }
            for resolver in template.resolvers().filter(|resolver| resolver.is_of("OAUTH-KV")) {
                let literals = ideas.literals.get(&reference.claim).into_iter().flatten();
                if let Some(text) = literals.chain(ideas.samples(reference.claim).iter()).next() {
                    fuller.parameters.entry(resolver.name.clone()).or_insert_with(|| text.clone());
                }
            }
        }
    }
    (fuller != *request).then_some(fuller)
}

/// The first value of a claim that the policy compares or looks up, in preconditions' stead: a list of those that are let in.
fn looked_up(plan: &JourneyPlan, claim: ClaimId) -> Option<Str> {
    let reads = |transformation: &&Transformation| transformation.inputs.iter().any(|input| input.claim == claim);
    plan.transformations.iter().filter(reads).find_map(|transformation| {
        let method = transformation.signature.map_or("", |signature| signature.method);
        let mut parameters = transformation.parameters.iter();
        match method {
            "LookupValue" => parameters.find(|parameter| parameter.id != "errorOnFailedLookup").map(|parameter| parameter.id.clone()),
            "CompareClaimToValue" => parameters.find(|parameter| parameter.id == "compareTo").map(|parameter| parameter.value.clone()),
            "SetClaimsIfStringsMatch" => parameters.find(|parameter| parameter.id == "matchTo").map(|parameter| parameter.value.clone()),
            _ => None,
        }
    })
}

/// What the application sends when nothing is said of it.
pub(crate) fn request() -> Request {
    Request {
        client_id: Some("00001111-aaaa-2222-bbbb-3333cccc4444".into()),
        redirect_uri: Some("https://jwt.ms".into()),
        nonce: Some("defaultNonce".into()),
        scope: Some("openid".into()),
        ip: Some("203.0.113.7".into()),
        ..Request::default()
    }
}

/// Ideas for an ask, the most natural first.
pub(super) fn candidates(stage: &Stage<'_>, run: &Run<'_>, ask: Ask, world: &World) -> Vec<Candidate> {
    match ask {
        Ask::Page { profile, refused } => page(stage, run, profile, refused),
        Ask::Directory { .. } => directory(stage, run, world),
        Ask::SignIn { .. } => sign_in(stage, run, world),
        Ask::Phone { .. } => [PhoneReply::VerifyAny, PhoneReply::VerifyNew].map(|reply| Candidate::Reply(Reply::Phone(reply))).into(),
        // The service that was to judge the code of a display control.
        Ask::Rest { .. } if run.wrong_code_typed() => vec![Candidate::Reply(Reply::Http(HttpReply::Response {
            status: 409,
            body: Body::Json(Arc::new(
                json!({ "version": "1.0.0", "status": 409, "userMessage": "That code is incorrect. Please try again." }),
            )),
        }))],
        Ask::Other { profile } => other(stage, run, profile, world),
        Ask::Rest { profile } | Ask::IdentityProvider { profile } => claims(stage, run, profile),
    }
}

fn directory(stage: &Stage<'_>, run: &Run<'_>, world: &World) -> Vec<Candidate> {
    let honest = Candidate::Directory { ensure: None };
    let Some(request) = run.directory_request().filter(|_| !stage.script.directory_given) else { return vec![honest] };
    let (attribute, value) = &request.key;
    if world.directory.find(attribute, &value.to_json()).is_some() {
        return vec![honest];
    }
    let ensured = Candidate::Directory { ensure: Some(request.key.clone()) };
    // An objectId that the journey knows belongs to somebody; of other keys nobody may be known yet.
    let known = attribute.eq_ignore_ascii_case("objectId") || (request.operation != DirectoryOperation::Write && must_exist(run));
    if known { vec![ensured, honest] } else { vec![honest, ensured] }
}

/// Whether the call that asks raises an error when there is no such user.
fn must_exist(run: &Run<'_>) -> bool {
    let Some(profile) = run.ask().and_then(Ask::profile) else { return false };
    run.plan().profile(profile).metadata.flag("RaiseErrorIfClaimsPrincipalDoesNotExist", false)
}

fn sign_in(stage: &Stage<'_>, run: &Run<'_>, world: &World) -> Vec<Candidate> {
    let honest = Candidate::Directory { ensure: None };
    let Some(request) = run.sign_in_request().filter(|_| !stage.script.directory_given) else { return vec![honest] };
    let known = ["signInNames.emailAddress", "signInNames.userName", "signInNames.phoneNumber", "userPrincipalName"];
    if known.iter().any(|attribute| world.directory.find(attribute, &Json::from(request.username.as_str())).is_some()) {
        return vec![honest];
    }
    let attribute = if request.username.contains('@') { "signInNames.emailAddress" } else { "signInNames.userName" };
    vec![Candidate::Directory { ensure: Some((attribute.into(), ClaimValue::String(request.username))) }, honest]
}

/// Asks the in-memory directory, after a user was made up if one is wanted.
pub(super) fn ask_directory(run: &Run<'_>, world: &mut World, ensure: Option<&(Str, ClaimValue)>) -> Reply {
    let World { directory, made_up, .. } = world;
    let seed = run.environment().seed;
    let mut next_id = || {
        *made_up += 1;
        crate::engine::made_up(seed, *made_up)
    };
    if let Some((attribute, value)) = ensure {
        let mut entry = user();
        for name in ["objectId", "signInNames.emailAddress", "signInNames.userName", "signInNames.phoneNumber"] {
            entry.attributes.shift_remove(name);
        }
        entry.attributes.insert(attribute.clone(), value.to_json());
        directory.add(&entry, &mut next_id);
    }
    if let Some(request) = run.directory_request() {
        return Reply::Directory(directory.answer(&request, run.environment().now, &mut next_id));
    }
    match run.sign_in_request() {
        Some(request) => Reply::SignIn(directory.sign_in(&request, run.plan().policy.tenant_object_id.as_deref())),
        None => Reply::Cancel,
    }
}

/// What a simulated service does by itself, then what it might answer; the claims of a token that was sent.
fn other(stage: &Stage<'_>, run: &Run<'_>, id: ProfileId, world: &World) -> Vec<Candidate> {
    let simulated = || Candidate::Reply(Reply::Simulated);
    let profile = run.plan().profile(id);
    match &profile.handler {
        Handler::AzureMfa(settings) if settings.operation == Some(azure_mfa::Operation::GetAvailableDevices) => {
            let first = match devices(run, world) {
                Some(count) => Candidate::Reply(Reply::Claims(Arc::new(Map::from_iter([(DEVICES.to_owned(), count)])))),
                None => simulated(),
            };
            [vec![first], claims(stage, run, id)].concat()
        }
        Handler::ConditionalAccess(settings) if settings.operation == Some(conditional_access::Operation::Evaluation) => {
            [vec![simulated()], claims(stage, run, id)].concat()
        }
        Handler::IncomingToken(IncomingToken::RefreshToken) => {
            let mut candidates = claims(stage, run, id);
            for candidate in &mut candidates {
                let Candidate::Reply(Reply::Claims(values)) = candidate else { continue };
                let values = Arc::make_mut(values);
                let mut set = |name: &str, value: Option<Json>| {
                    if let (Some(place), Some(value)) = (values.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case(name)), value) {
                        *place.1 = value;
                    }
                };
                // The token of the user of the default world, issued just now.
                set("objectId", user().attributes.get("objectId").cloned());
                set("refreshTokenIssuedOnDateTime", Some(run.environment().now.to_string().into()));
            }
            candidates
        }
        _ if run.is_simulated(id) => vec![simulated()],
        _ => claims(stage, run, id),
    }
}

/// How many authenticator apps the user has, where the directory says so.
fn devices(run: &Run<'_>, world: &World) -> Option<Json> {
    let sent = run.sent_claims();
    let (_, name) = sent.iter().find(|(key, _)| key.eq_ignore_ascii_case("userPrincipalName"))?;
    let user = world.directory.find("userPrincipalName", name)?;
    user.attribute(DEVICES).cloned()
}

/// A reply that gives every output claim, then the same with one of them otherwise.
fn claims(stage: &Stage<'_>, run: &Run<'_>, profile: ProfileId) -> Vec<Candidate> {
    let plan = run.plan();
    let profile = plan.profile(profile);
    let outputs: Vec<_> = profile.outputs.iter().filter(|output| !output.always_default).collect();
    let mut base = Map::new();
    let mut variants = Vec::new();
    for output in outputs {
        let claim = plan.claim(output.claim);
        let mut values = Vec::new();
        let literals = stage.ideas.literals.get(&output.claim);
        for text in stage.ideas.samples(output.claim).iter().take(2).chain(literals.into_iter().flatten()) {
            if let Some(value) = json_of(claim, text)
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        let mut values = values.into_iter();
        let Some(first) = values.next() else { continue };
        base.insert(output.partner.to_string(), first);
        let interesting = literals.is_some() || claim.data_type == DataType::Boolean;
        variants.extend(values.filter(|_| interesting).map(|value| (output.partner.to_string(), Some(value))));
        if interesting {
            variants.push((output.partner.to_string(), None));
        }
    }
    let mut candidates = vec![Candidate::Reply(Reply::Claims(Arc::new(base.clone())))];
    for (name, value) in variants.into_iter().take(MOST_VARIANTS) {
        let mut map = base.clone();
        match value {
            Some(value) => map.insert(name, value),
            None => map.shift_remove(&name),
        };
        candidates.push(Candidate::Reply(Reply::Claims(Arc::new(map))));
    }
    candidates
}

pub(crate) fn json_of(claim: &ClaimType, text: &str) -> Option<Json> {
    match claim.data_type {
        DataType::StringCollection => Some(Json::from(vec![text])),
        DataType::UserIdentity | DataType::ObjectIdentity => Some(json!({ "issuer": "contoso.com", "issuerUserId": "MTIzNA==" })),
        DataType::UserIdentityCollection | DataType::AlternativeSecurityIdCollection | DataType::ObjectIdentityCollection => {
            Some(json!([{ "issuer": "contoso.com", "issuerUserId": "MTIzNA==" }]))
        }
        kind => from_text(text, kind).ok().map(|value| value.to_json()),
    }
}

fn page(stage: &Stage<'_>, run: &Run<'_>, profile: Option<ProfileId>, refused: u32) -> Vec<Candidate> {
    let Some(page) = run.page() else { return Vec::new() };
    let plan = run.plan();
    let mut candidates = Vec::new();
    if let Some(profile) = profile.filter(|_| page.can_continue) {
        // A page that writes a new user wants names that nobody has; others want those of the user who is there.
        let fresh_first = writes_new_user(plan, plan.profile(profile)) != (refused % 2 == 1);
        for fresh in [fresh_first, !fresh_first] {
            candidates.push(submit(base_form(stage.ideas, run, &page, fresh, refused)));
        }
        let base = base_form(stage.ideas, run, &page, fresh_first, refused);
        for (claim, text) in variants(stage, run, &page).into_iter().take(MOST_VARIANTS) {
            let mut form = base.clone();
            match form.iter_mut().find(|(id, _)| *id == claim) {
                Some((_, old)) => *old = text,
                None => form.push((claim, text)),
            }
            candidates.push(submit(form));
        }
    }
    let press = |press| Candidate::Reply(Reply::Page(PageReply::Press(press)));
    // The local account where there is a choice: identity providers come last.
    let is_external =
        |profile: Option<ProfileId>| profile.is_some_and(|id| matches!(plan.profile(id).handler, Handler::IdentityProvider(_)));
    let mut buttons: Vec<_> = page.buttons.iter().collect();
    buttons.sort_by_key(|button| (button.profile.is_none(), is_external(button.profile)));
    candidates.extend(buttons.into_iter().map(|button| press(Press::Exchange(button.exchange.clone()))));
    if page.sign_up.is_some() {
        candidates.push(press(Press::SignUp));
    }
    candidates
}

fn submit(fields: Vec<(ClaimId, Str)>) -> Candidate {
    Candidate::Reply(Reply::Page(PageReply::Submit { fields, codes: Vec::new(), sends: Vec::new() }))
}

fn writes_new_user(plan: &JourneyPlan, profile: &Profile) -> bool {
    profile.validations.iter().map(|validation| plan.profile(validation.profile)).any(|profile| {
        matches!(profile.handler, Handler::Directory(_)) && profile.metadata.flag("RaiseErrorIfClaimsPrincipalAlreadyExists", false)
    })
}

/// Every field filled that is empty and can be.
fn base_form(ideas: &Ideas<'_>, run: &Run<'_>, page: &Page, fresh: bool, refused: u32) -> Vec<(ClaimId, Str)> {
    let mut form: Vec<(ClaimId, Str)> = Vec::new();
    for field in page.fields.iter().filter(|field| field.editable && !field.code) {
        if matches!(field.shown, Slot::Value(_)) && refused == 0 {
            continue;
        }
        if let Some(text) = text_for(ideas, run, field, fresh, refused) {
            form.push((field.claim, text));
        }
    }
    repeat_password(run, &mut form, 0);
    form
}

/// Fills what the page requires and a scenario's reply leaves out.
pub(crate) fn fill_required(ideas: &Ideas<'_>, run: &Run<'_>, page: &Page, form: &mut Vec<(ClaimId, Str)>) {
    let typed = form.len();
    for field in page.fields.iter().filter(|field| field.editable && field.required && !field.code) {
        if !matches!(field.shown, Slot::Value(_))
            && !form.iter().any(|(claim, _)| *claim == field.claim)
            && let Some(text) = text_for(ideas, run, field, true, 0)
        {
            form.push((field.claim, text));
        }
    }
    repeat_password(run, form, typed);
}

/// `reenterPassword` repeats the password, unless it is among the first entries, which somebody typed.
fn repeat_password(run: &Run<'_>, form: &mut [(ClaimId, Str)], typed: usize) {
    let find = |form: &[(ClaimId, Str)], name: &str| {
        let claim = run.plan().claim_id(name)?;
        form.iter().position(|(id, _)| *id == claim)
    };
    let Some(again) = find(form, "reenterPassword").filter(|place| *place >= typed) else { return };
    let Some(password) = find(form, "newPassword").or_else(|| find(form, "password")) else { return };
    if let Some(text) = form.get(password).map(|(_, text)| text.clone())
        && let Some(place) = form.get_mut(again)
    {
        place.1 = text;
    }
}

fn text_for(ideas: &Ideas<'_>, run: &Run<'_>, field: &PageField, fresh: bool, refused: u32) -> Option<Str> {
    let claim = run.plan().claim(field.claim);
    let today = run.environment().now.date();
    let id = claim.id.to_ascii_lowercase();
    let is_name =
        id.contains("signinname") || id.contains("email") || id.contains("mail") || id.contains("upn") || id == "userprincipalname";
    let values = ideas.samples(field.claim);
    if is_name && claim.data_type == DataType::String {
        let mine = if fresh { NEW_EMAIL } else { EMAIL };
        let short = if fresh { "jane.roe" } else { "john.smith" };
        let valid =
            |text: &str| from_text(text, claim.data_type).is_ok_and(|value| crate::claims::check_restriction(claim, &value, today).is_ok());
        if let Some(text) = [mine, short, PHONE].into_iter().find(|text| valid(text)) {
            return Some(text.into());
        }
    }
    let index = (refused as usize / 2).min(values.len().saturating_sub(1));
    values.get(index).cloned()
}

/// Other values of single fields: choices of enumerations, booleans, literals that the policy compares with.
fn variants(stage: &Stage<'_>, run: &Run<'_>, page: &Page) -> Vec<(ClaimId, Str)> {
    let mut found = Vec::new();
    for field in page.fields.iter().filter(|field| field.editable && !field.code) {
        let claim = run.plan().claim(field.claim);
        if let Some(literals) = stage.ideas.literals.get(&field.claim) {
            found.extend(literals.iter().map(|literal| (field.claim, literal.clone())));
        }
        match &claim.restriction {
            Restriction::Enumeration(items) => found.extend(items.iter().map(|item| (field.claim, item.value.clone()))),
            _ if claim.data_type == DataType::Boolean => found.extend(["true", "false"].map(|text| (field.claim, text.into()))),
            _ if claim.input == Some(InputType::Password) => {}
            _ => {
                found.extend(sample_values(claim, run.environment().now.date()).into_iter().skip(1).take(2).map(|text| (field.claim, text)))
            }
        }
    }
    found
}
