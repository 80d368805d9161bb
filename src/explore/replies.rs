//! Every reply of the outside world that is worth trying, for what a run asks.
//!
//! Each is a reply to the engine together with how a scenario says it, so that any way through a journey is a scenario. The first one is the
//! happy path's.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;
use serde_json::{Map, Value as Json, json};

use super::Interest;
use super::domain::Domains;
use crate::claims::{ClaimId, Str, from_text};
use crate::engine::{
    Ask, Body, DirectoryOperation, DirectoryReply, Fault, HttpFailure, HttpReply, Page, PageReply, PhoneReply, Press, Reply, Run,
};
use crate::plan::{JourneyPlan, Profile, ProfileId};
use crate::provider::incoming_token::IncomingToken;
use crate::provider::{Handler, self_asserted};
use crate::simulate::default_world::{Ideas, fill_required, json_of};
use crate::simulate::scenario::{Failure, Number, StubReply};

/// More replies than this to one ask are not tried: claims are varied one by one then, and the exploration is not exact.
const MOST: usize = 4096;

/// What an API says that refuses.
static REFUSAL: LazyLock<Arc<Json>> =
    LazyLock::new(|| Arc::new(json!({ "version": "1.0.0", "status": 409, "userMessage": "The API refused." })));

/// How a scenario says a reply.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Say {
    /// A stub of this technical profile.
    Stub(ProfileId, Box<StubReply>),
    /// A choice at the selection step that runs: an exchange id, or `signup`, `forgot-password`, `cancel`.
    Choose(Str),
    /// Nobody fills the page again.
    Leave,
}

impl Say {
    fn stub(profile: ProfileId, reply: StubReply) -> Self {
        Self::Stub(profile, Box::new(reply))
    }
}

/// One reply.
#[derive(Clone, Debug)]
pub(crate) struct Choice {
    /// To the engine; `None` = nobody answers.
    pub(crate) reply: Option<Reply>,
    /// In a scenario.
    pub(crate) say: Say,
}

/// The replies to one ask.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choices {
    /// The happy path's first.
    pub(crate) choices: Vec<Choice>,
    /// The technical profile whose replies are too many to be tried all.
    pub(crate) too_many: Option<ProfileId>,
}

/// What replies are made from.
pub(crate) struct Replies<'p> {
    pub(crate) plan: &'p JourneyPlan,
    pub(crate) domains: &'p Domains,
    pub(crate) ideas: &'p Ideas<'p>,
    pub(crate) interest: &'p Interest,
}

impl Replies<'_> {
    /// The replies to what a run asks.
    pub(crate) fn to(&self, run: &Run<'_>, ask: Ask) -> Choices {
        match ask {
            Ask::Page { profile, refused } => self.page(run, profile, refused),
            Ask::Rest { profile } => self.rest(profile),
            Ask::Directory { profile } => self.directory(run, profile),
            Ask::SignIn { profile } => self.given(profile, &[failed(profile, "AADB2C90054")]),
            Ask::IdentityProvider { profile } => self.given(profile, &[failed(profile, "AADB2C90273")]),
            Ask::Phone { profile } => Choices { choices: phone(run, profile), too_many: None },
            Ask::Other { profile } => self.other(run, profile),
        }
    }

    /// Success with every combination of what matters, then these.
    fn given(&self, id: ProfileId, also: &[Choice]) -> Choices {
        let (maps, too_many) = self.outputs(self.plan.profile(id));
        let mut choices: Vec<Choice> = maps
            .into_iter()
            .map(|map| Choice { reply: Some(Reply::Claims(Arc::new(map.clone()))), say: Say::stub(id, StubReply::Claims(map)) })
            .collect();
        choices.extend_from_slice(also);
        Choices { choices, too_many: too_many.then_some(id) }
    }

    /// The values of a profile's output claims, by partner name: every combination of those that matter.
    fn outputs(&self, profile: &Profile) -> (Vec<Map<String, Json>>, bool) {
        let mut columns: Vec<(String, Vec<Option<Json>>)> = Vec::new();
        for output in profile.outputs.iter().filter(|output| !output.always_default) {
            let claim = self.plan.claim(output.claim);
            let domain = self.domains.of(output.claim);
            let texts = domain.texts(claim.data_type, self.ideas.samples(output.claim));
            let mut values: Vec<Option<Json>> = Vec::new();
            for text in &texts {
                let value = json_of(claim, text);
                if value.is_some() && !values.contains(&value) {
                    values.push(value);
                }
                if !domain.presence || (!domain.value && values.len() == 1) {
                    break;
                }
            }
            match &output.default {
                _ if !values.is_empty() && is_certain(profile, &output.partner) => {}
                // What has a default is as a rule not returned.
                Some(_) => values.insert(0, None),
                None if domain.presence || values.is_empty() => values.push(None),
                None => {}
            }
            match columns.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(&output.partner)) {
                // Two claims from one member: it has the values of both.
                Some((_, known)) => values.into_iter().for_each(|value| {
                    if !known.contains(&value) {
                        known.push(value);
                    }
                }),
                None => columns.push((output.partner.to_string(), values)),
            }
        }
        let sizes: Vec<usize> = columns.iter().map(|(_, values)| values.len()).collect();
        let (rows, too_many) = combinations(&sizes);
        let map = |row: Vec<usize>| {
            let picked = columns.iter().zip(row).filter_map(|((name, values), pick)| Some((name.clone(), values.get(pick)?.clone()?)));
            picked.collect()
        };
        (rows.into_iter().map(map).collect(), too_many)
    }

    fn rest(&self, id: ProfileId) -> Choices {
        let body = || Body::Json(REFUSAL.clone());
        let refused = HttpReply::Response { status: 409, body: body() };
        let mut also = vec![Choice {
            reply: Some(Reply::Http(refused)),
            say: Say::stub(id, StubReply::Http { status: 409, body: body(), headers: IndexMap::new() }),
        }];
        if self.interest.error {
            also.push(Choice {
                reply: Some(Reply::Http(HttpReply::Failure(HttpFailure::Timeout))),
                say: Say::stub(id, StubReply::Fail(Failure::Http(HttpFailure::Timeout))),
            });
        }
        self.given(id, &also)
    }

    fn directory(&self, run: &Run<'_>, id: ProfileId) -> Choices {
        let mut also = Vec::new();
        if run.directory_request().is_some_and(|request| request.operation != DirectoryOperation::Write || !request.may_create) {
            also.push(Choice { reply: Some(Reply::Directory(DirectoryReply::NotFound)), say: Say::stub(id, StubReply::NotFound) });
        }
        also.push(failed(id, "AADB2C90037"));
        self.given(id, &also)
    }

    fn other(&self, run: &Run<'_>, id: ProfileId) -> Choices {
        let profile = self.plan.profile(id);
        let error =
            Choice { reply: Some(Reply::Fail(Fault::uncoded("it failed"))), say: Say::stub(id, StubReply::Error("it failed".into())) };
        let simulated = || Choice { reply: Some(Reply::Simulated), say: Say::stub(id, StubReply::Default) };
        match &profile.handler {
            // Telemetry never fails a journey.
            Handler::ApplicationInsights | Handler::UserJourneyContext => Choices { choices: vec![simulated()], too_many: None },
            Handler::IncomingToken(IncomingToken::IdTokenHint) => {
                Choices { choices: vec![simulated(), failed(id, "AADB2C90210")], too_many: None }
            }
            _ if run.is_simulated(id)
                && profile.outputs.iter().all(|output| output.always_default || !self.domains.of(output.claim).presence) =>
            {
                Choices { choices: vec![simulated(), error], too_many: None }
            }
            _ => self.given(id, &[error]),
        }
    }

    fn page(&self, run: &Run<'_>, profile: Option<ProfileId>, refused: u32) -> Choices {
        let Some(page) = run.page() else { return Choices::default() };
        let mut found = Choices::default();
        if let Some(profile) = profile.filter(|_| page.can_continue) {
            let (forms, too_many) = self.forms(run, &page);
            found.too_many = too_many.then_some(profile);
            found.choices.extend(forms.into_iter().map(|form| self.submit(run, &page, profile, form, None)));
        }
        let pressed = |press: Press, name: Str| Choice { reply: Some(Reply::Page(PageReply::Press(press))), say: Say::Choose(name) };
        found.choices.extend(page.buttons.iter().map(|button| pressed(Press::Exchange(button.exchange.clone()), button.exchange.clone())));
        if page.sign_up.is_some() {
            found.choices.push(pressed(Press::SignUp, "signup".into()));
        }
        if page.forgot_password {
            found.choices.push(pressed(Press::ForgotPassword, "forgot-password".into()));
        }
        if let Some(profile) = profile.filter(|_| page.can_continue)
            && let Some(code) = page.fields.iter().find(|field| field.code || field.verified_email)
        {
            let name = code.control.clone().unwrap_or_else(|| self.plan.claim(code.claim).id.clone());
            found.choices.push(self.submit(run, &page, profile, Vec::new(), Some(name)));
        }
        if page.can_cancel {
            let say = match profile {
                Some(profile) => Say::stub(profile, StubReply::Cancel),
                None => Say::Choose("cancel".into()),
            };
            found.choices.push(Choice { reply: Some(Reply::Cancel), say });
        }
        // A page waits when nobody goes on after a refusal, or when nothing on it leads on.
        if refused > 0 || found.choices.is_empty() {
            found.choices.push(Choice { reply: None, say: Say::Leave });
        }
        found
    }

    /// What can be typed: every combination of the fields that matter, of values that the page takes; empty where it may be.
    fn forms(&self, run: &Run<'_>, page: &Page) -> (Vec<Vec<(ClaimId, Str)>>, bool) {
        let today = run.environment().now.date();
        let mut columns: Vec<(ClaimId, Vec<Str>)> = Vec::new();
        for field in page.fields.iter().filter(|field| field.editable && !field.code && self.domains.of(field.claim).presence) {
            let claim = self.plan.claim(field.claim);
            let form_field = self_asserted::Field::plain(field.claim, field.required);
            let taken = |text: &Str| self_asserted::check_field(&form_field, claim, Some(text), today, &|_, _, _| None).is_ok();
            let mut values: Vec<Str> = self.domains.of(field.claim).texts(claim.data_type, self.ideas.samples(field.claim));
            values.retain(|text| !text.is_empty() && from_text(text, claim.data_type).is_ok() && taken(text));
            if !field.required {
                values.push("".into());
            }
            if !values.is_empty() {
                columns.push((field.claim, values));
            }
        }
        let (rows, too_many) = combinations(&columns.iter().map(|(_, values)| values.len()).collect::<Vec<_>>());
        let form = |row: Vec<usize>| {
            columns.iter().zip(row).filter_map(|((claim, values), pick)| Some((*claim, values.get(pick)?.clone()))).collect()
        };
        (rows.into_iter().map(form).collect(), too_many)
    }

    fn submit(&self, run: &Run<'_>, page: &Page, profile: ProfileId, form: Vec<(ClaimId, Str)>, wrong_code: Option<Str>) -> Choice {
        let codes: IndexMap<Str, bool> = wrong_code.into_iter().map(|name| (name, false)).collect();
        let fields = form.iter().map(|(claim, text)| (self.plan.claim(*claim).id.clone(), text.clone())).collect();
        let mut typed = form;
        fill_required(self.ideas, run, page, &mut typed);
        Choice {
            reply: Some(Reply::Page(PageReply::Submit { fields: typed, codes: codes.clone().into_iter().collect(), sends: Vec::new() })),
            say: Say::stub(profile, StubReply::Enter { fields, codes, sends: IndexMap::new() }),
        }
    }
}

/// What the other side always gives when it succeeds: a token of the directory is somebody's (id-token-claims-reference, `oid`), and a user
/// who was found or created has an id and a principal name (user-profile-attributes).
fn is_certain(profile: &Profile, partner: &str) -> bool {
    let certain: &[&str] = match &profile.handler {
        Handler::SignIn => &["oid"],
        Handler::Directory(_) => &["objectId", "userPrincipalName"],
        _ => &[],
    };
    certain.iter().any(|name| name.eq_ignore_ascii_case(partner))
}

fn failed(profile: ProfileId, code: &str) -> Choice {
    Choice { reply: Some(Reply::Fail(Fault::of_code(code))), say: Say::stub(profile, StubReply::Fail(Failure::Code(code.into()))) }
}

fn phone(run: &Run<'_>, profile: ProfileId) -> Vec<Choice> {
    let verify = |reply: PhoneReply, say: StubReply| Choice { reply: Some(Reply::Phone(reply)), say: Say::stub(profile, say) };
    let mut choices = Vec::new();
    let request = run.phone_request();
    match request.as_ref().and_then(|request| request.numbers.first()) {
        Some(number) => choices.push(verify(PhoneReply::Verify(number.clone()), StubReply::Verify(Number::Known(number.clone())))),
        None => choices.push(verify(PhoneReply::VerifyNew, StubReply::Verify(Number::New))),
    }
    choices.push(failed(profile, "AADB2C90151"));
    choices
}

/// Every way to pick one of each; the first is all zeros. Too many: those that differ from the first in one place.
fn combinations(sizes: &[usize]) -> (Vec<Vec<usize>>, bool) {
    let total = sizes.iter().try_fold(1usize, |total, size| total.checked_mul(*size).filter(|total| *total <= MOST));
    let Some(total) = total else {
        let mut rows = vec![vec![0; sizes.len()]];
        for (place, size) in sizes.iter().enumerate() {
            for pick in 1..*size {
                let mut row = vec![0; sizes.len()];
                if let Some(cell) = row.get_mut(place) {
                    *cell = pick;
                }
                rows.push(row);
            }
        }
        return (rows, true);
    };
    let rows = (0..total).map(|number| {
        let mut rest = number;
        sizes
            .iter()
            .map(|size| {
                let pick = rest % size;
                rest /= size;
                pick
            })
            .collect()
    });
    (rows.collect(), false)
}
