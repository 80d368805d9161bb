//! SEMANTICS 4, 5 and 14: steps, sub journeys, the token.

use b2c_journey::claims::{ClaimValue, Slot, from_json};
use b2c_journey::engine::{PageReply, Press, Reply};
use b2c_journey::policy::{
    DisplayOption, EnabledForUserJourneys, OrchestrationStep, Precondition, PreconditionType, StepType, TechnicalProfile,
};
use serde_json::{Map, Value as Json};

use super::levels::{Journey, flag, item, key};
use super::profile::{Kind, Own, is_fixed, member};
use super::provider::any_reply;
use super::{Answer, Asked, Page, Result, Stop, Walk, fault, uncoded, unsupported};

impl Walk<'_> {
    /// The whole run; how it ends.
    pub(crate) fn run(&mut self) -> Stop {
        let policy = self.policy;
        let Some(journey) = policy.default_journey.as_ref().and_then(|id| policy.journeys.get(id)) else {
            return Stop::Unsupported("no journey".into());
        };
        if journey.has_authorization {
            return Stop::Unsupported("AuthorizationTechnicalProfiles".into());
        }
        match self.journey(journey, "") {
            // 4.4: no SendClaims step ran.
            Ok(()) => Stop::Fault { code: Some("AADB2C90040".into()), assertion: false },
            Err(stop) => stop,
        }
    }

    fn journey(&mut self, journey: &Journey, prefix: &str) -> Result<()> {
        // 5: a pending selection does not cross the boundary.
        self.selected = None;
        let steps: Vec<&OrchestrationStep> = journey.steps.values().collect();
        for (position, step) in steps.iter().enumerate() {
            let place = format!("{prefix}{}", step.order.value);
            let kind = step.kind.as_ref().map_or(StepType::Noop, |kind| kind.value.clone());
            if kind != StepType::Noop && self.skips(step.preconditions.as_deref().unwrap_or_default())? {
                self.steps.push((place, "skipped"));
                continue;
            }
            self.steps.push((place, "executed"));
            let here = self.steps.len() - 1;
            let result = match kind {
                StepType::ClaimsExchange => self.exchange(step),
                StepType::ClaimsProviderSelection | StepType::CombinedSignInAndSignUp => {
                    self.selection(step, steps.get(position + 1).copied(), kind == StepType::CombinedSignInAndSignUp)
                }
                StepType::InvokeSubJourney => self.invoke(step),
                StepType::SendClaims => self.send(step, journey),
                StepType::GetClaims => self.get_claims(step),
                StepType::Noop => Ok(true),
                StepType::ConsentScreen | StepType::ReviewScreen | StepType::UserDialog | StepType::Other(_) => unsupported("step type"),
            };
            match result {
                Ok(true) => {}
                Ok(false) => self.steps[here].1 = "skipped",
                Err(stop) => {
                    match stop {
                        Stop::Fault { .. } if self.steps[here..].iter().all(|(_, result)| *result != "failed") => {
                            self.steps[here].1 = "failed";
                        }
                        Stop::Waiting if self.steps[here..].iter().all(|(_, result)| *result != "waiting") => {
                            self.steps[here].1 = "waiting";
                        }
                        _ => {}
                    }
                    return Err(stop);
                }
            }
        }
        Ok(())
    }

    /// 4.3: the first satisfied precondition skips.
    pub(crate) fn skips(&self, preconditions: &[Precondition]) -> Result<bool> {
        for precondition in preconditions {
            let (Some(kind), Some(execute_if)) = (&precondition.kind, &precondition.execute_actions_if) else {
                return unsupported("incomplete precondition");
            };
            let Some(claim) = precondition.values.first() else { return unsupported("incomplete precondition") };
            let slot = self.claims.get(claim);
            let test = match kind.value {
                // PC-2; OPEN-07: a null claim does not exist.
                PreconditionType::ClaimsExist => Some(slot.value().is_some()),
                // PC-3: nothing to compare, nothing to say. PC-4, PC-5, OPEN-06: the string form.
                PreconditionType::ClaimEquals => {
                    let Some(literal) = precondition.values.get(1) else { return unsupported("incomplete precondition") };
                    slot.value().map(|value| value.text().is_some_and(|text| text.as_str() == literal.as_str()))
                }
            };
            if test == Some(execute_if.value) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// 4.5.
    pub(crate) fn is_enabled(&self, profile: &TechnicalProfile) -> Result<bool> {
        let rule = profile.enabled_for_user_journeys.as_ref().map_or(EnabledForUserJourneys::Always, |rule| rule.value);
        let slot = || item(&profile.metadata, "ClaimTypeOnWhichToEnable").map(|claim| self.claims.get(claim));
        let value = item(&profile.metadata, "ClaimValueOnWhichToEnable");
        let has_item = || match (slot(), value) {
            (Some(Slot::Value(ClaimValue::Strings(items))), Some(value)) => items.iter().any(|item| item.as_str() == value),
            _ => false,
        };
        Ok(match rule {
            EnabledForUserJourneys::Always => true,
            EnabledForUserJourneys::Never => false,
            EnabledForUserJourneys::OnClaimsExistence => match slot() {
                Some(Slot::Value(held)) => value.is_none_or(|value| held.text().is_some_and(|text| text.as_str() == value)),
                Some(Slot::Absent | Slot::Null) => false,
                None => return unsupported("no ClaimTypeOnWhichToEnable"),
            },
            EnabledForUserJourneys::OnItemExistenceInStringCollectionClaim => has_item(),
            EnabledForUserJourneys::OnItemAbsenceInStringCollectionClaim => !has_item(),
        })
    }

    /// A ClaimsExchange step; `false` when its technical profile is disabled.
    fn exchange(&mut self, step: &OrchestrationStep) -> Result<bool> {
        let exchanges = step.claims_exchanges.as_deref().unwrap_or_default();
        let exchange = match exchanges {
            [] => return unsupported("a step without exchanges"),
            // OPEN-08: a single one always runs.
            [one] => one,
            many => {
                let selected = self.selected.clone().unwrap_or_default();
                match many.iter().find(|exchange| key(&exchange.id) == selected) {
                    Some(exchange) => exchange,
                    None => return fault("AADB2C90304"),
                }
            }
        };
        self.selected = None;
        let profile = self.profile(&exchange.technical_profile)?;
        if !self.is_enabled(profile)? {
            return Ok(false);
        }
        self.call(profile)?;
        Ok(true)
    }

    /// A ClaimsProviderSelection or CombinedSignInAndSignUp step.
    fn selection(&mut self, step: &OrchestrationStep, next: Option<&OrchestrationStep>, combined: bool) -> Result<bool> {
        let Some(selections) = &step.claims_provider_selections else { return unsupported("no selections") };
        if step.content_definition.is_none() {
            return fault("AADB2C90277");
        }
        let profile_of = |step: Option<&OrchestrationStep>, id: &str| {
            let exchanges = step.and_then(|step| step.claims_exchanges.as_deref()).unwrap_or_default();
            exchanges.iter().find(|exchange| key(&exchange.id) == key(id)).map(|exchange| exchange.technical_profile.to_string())
        };
        let (mut buttons, mut local, mut hinted) = (Vec::new(), None, None);
        for selection in &selections.selections {
            if let Some(id) = &selection.validation {
                match profile_of(Some(step), id) {
                    Some(profile) => local = Some(profile),
                    None => return unsupported("a validation exchange that is not there"),
                }
            } else if let Some(id) = &selection.target {
                let mut enabled = true;
                if let Some(profile) = profile_of(next, id) {
                    let profile = self.profile(&profile)?;
                    enabled = self.is_enabled(profile)?;
                    let domain = profile.domain.as_ref().or_else(|| profile.provider.as_ref()?.domain.as_ref());
                    let hint = self.environment.request.domain_hint.as_ref();
                    if enabled && hint.is_some_and(|hint| domain.is_some_and(|it| key(it) == key(hint))) {
                        hinted = hinted.or(Some(key(id)));
                    }
                }
                if enabled {
                    buttons.push(key(id));
                }
            }
        }
        // domain_hint.
        self.selected = hinted;
        if self.selected.is_some() {
            return Ok(true);
        }
        if let Some(local) = local {
            if !combined {
                return unsupported("a form on a ClaimsProviderSelection");
            }
            let profile = self.profile(&local)?;
            if !self.is_enabled(profile)? {
                return unsupported("a form that is disabled");
            }
            let sign_up = item(&profile.metadata, "SignUpTarget").filter(|_| flag(&profile.metadata, "setting.showSignupLink", true));
            // 4.4: of the technical profile, else of the content definition.
            let content = step.content_definition.as_ref().and_then(|id| self.policy.contents.get(&key(id)));
            let setting = |name: &str| item(&profile.metadata, name).or_else(|| item(&content?.metadata, name));
            let links = Page {
                content: step.content_definition.as_ref().map(|it| it.to_string()),
                buttons,
                sign_up: sign_up.map(key),
                forgot_password: setting("setting.forgotPasswordLinkLocation").is_none_or(|place| !place.eq_ignore_ascii_case("None")),
                forgot_password_target: setting("setting.forgotPasswordLinkOverride").map(key),
                ..Page::default()
            };
            self.self_asserted(profile, Some(&links))?;
            return Ok(true);
        }
        let single = selections.display_option.as_ref().is_none_or(|option| option.value == DisplayOption::DoNotShowSingleProvider);
        match buttons.as_slice() {
            [] => return fault("AADB2C90051"),
            [one] if single => {
                self.selected = Some(one.clone());
                return Ok(true);
            }
            _ => {}
        }
        let page = Page { buttons, can_cancel: true, ..Page::default() };
        match self.ask(&Asked { kind: "Page", page: Some(page), ..Asked::default() })? {
            Answer::Reply(Reply::Page(PageReply::Press(Press::Exchange(exchange)))) => {
                self.selected = Some(key(&exchange));
                Ok(true)
            }
            Answer::Reply(Reply::Cancel) => fault("AADB2C90091"),
            Answer::Reply(Reply::Fail(error)) => Err(Stop::Fault { code: error.code.map(|code| code.to_string()), assertion: false }),
            Answer::Nobody => Err(Stop::Waiting),
            Answer::Submit(_) | Answer::Reply(_) => unsupported("a reply that does not fit"),
        }
    }

    /// 5.
    fn invoke(&mut self, step: &OrchestrationStep) -> Result<bool> {
        let policy = self.policy;
        let journey = match step.journey_list.as_deref() {
            Some([candidate]) => policy.sub_journeys.get(&key(&candidate.sub_journey)),
            _ => return unsupported("not one candidate"),
        };
        let Some(journey) = journey else { return unsupported("a sub journey that is not there") };
        self.journey(journey, &format!("{}/", key(&journey.id)))?;
        if journey.transfer {
            // It never returns.
            return fault("AADB2C90040");
        }
        self.selected = None;
        Ok(true)
    }

    /// 4.4: GetClaims without an id_token_hint yields nothing; without a technical profile it takes plain parameters of the request.
    fn get_claims(&mut self, step: &OrchestrationStep) -> Result<bool> {
        let Some(party) = &self.policy.relying_party else { return unsupported("no relying party") };
        if let Some(reader) = &step.issuer {
            let profile = self.profile(reader)?;
            let outputs = profile.output_claims.iter().map(|it| (self.partner(it, profile), key(&it.claim))).collect();
            let asked = Asked { kind: "Other", profile: Some(key(reader)), outputs, is_hint: true, ..Asked::default() };
            let answer = self.ask(&asked)?;
            if matches!(answer, Answer::Reply(Reply::Simulated)) && self.environment.request.id_token_hint.is_none() {
                return Ok(true);
            }
            self.calls.push(key(reader));
            let hint = any_reply(answer)?;
            let mut values = Vec::new();
            for output in &profile.output_claims {
                let accepted = party.input_claims.iter().any(|input| key(&input.claim) == key(&output.claim));
                let sent = member(&hint, &self.partner(output, profile)).or_else(|| member(&hint, &output.claim));
                values.push(match sent.filter(|_| accepted && !is_fixed(output)) {
                    Some(json) => match from_json(&json, self.data_type(&output.claim)) {
                        Ok(value) => Some(value),
                        Err(_) => return uncoded(),
                    },
                    None => None,
                });
            }
            self.transformations(&profile.input_claims_transformations, profile, &mut Own::new())?;
            self.finish(profile, Kind::Other, false, values, Own::new())?;
            return Ok(true);
        }
        for input in &party.input_claims {
            let name = self.partner(input, party);
            if let Some(text) = self.environment.request.parameter(&name).cloned() {
                match self.converted(&text, &input.claim) {
                    Some(value) => self.claims.set(&input.claim, Slot::Value(value)),
                    None => return uncoded(),
                }
            }
        }
        Ok(true)
    }

    /// 4.4: issuing ends the journey, so that no output transformations of the issuer follow.
    fn send(&mut self, step: &OrchestrationStep, journey: &Journey) -> Result<bool> {
        let issuer = step.issuer.as_ref().map(|id| key(id)).or_else(|| journey.default_issuer.clone());
        let Some(issuer) = issuer else { return fault("AADB2C90108") };
        let issuer = self.profile(&issuer)?;
        self.transformations(&issuer.input_claims_transformations, issuer, &mut Own::new())?;
        let format = issuer.output_token_format.as_ref().map(|format| key(format)).unwrap_or_default();
        match format.as_str() {
            "jwt" | "saml2" => {}
            // userinfo-endpoint: the input claims are the members.
            "json" => {
                let mut members = Map::new();
                for input in &issuer.input_claims {
                    members.extend(self.input(input, issuer)?.map(|value| (self.partner(input, issuer), value.to_json())));
                }
                self.token = Some(members);
                return Err(Stop::Issued);
            }
            "oauth2error" => {
                let input = |name: &str| issuer.input_claims.iter().find(|input| key(&self.partner(input, issuer)) == key(name));
                let code = match input("errorCode") {
                    Some(input) => self.input(input, issuer)?.and_then(|value| value.text()).unwrap_or_default(),
                    None => Default::default(),
                };
                // The step does what it is there for: it is the journey that fails.
                return Err(Stop::Refused(format!("AAD_Custom_{code}")));
            }
            _ => return unsupported("an issuer of another kind"),
        }
        self.token = Some(self.token_claims(format == "jwt")?);
        Err(Stop::Issued)
    }

    /// 14.
    fn token_claims(&self, with_subject: bool) -> Result<Map<String, Json>> {
        let Some(party) = &self.policy.relying_party else { return unsupported("no relying party") };
        let subject = party.subject_naming_info.as_ref();
        let subject_name = subject.and_then(|it| it.claim_type.as_ref()).map_or("objectId".to_owned(), |name| name.to_string());
        let mut token = Map::new();
        let mut subject_value = None;
        for output in &party.output_claims {
            let default = self.output_default(output, party)?;
            let always = is_fixed(output);
            let held = self.claims.value(&output.claim);
            let value = if always { default } else { held.filter(|value| !is_empty(value)).or(default) };
            let name = self.partner(output, party);
            let Some(value) = value.filter(|value| !is_empty(value)) else { continue };
            let json = match &value {
                // An empty collection cannot be issued.
                ClaimValue::Strings(items) if items.is_empty() => return uncoded(),
                ClaimValue::DateTime(time) => Json::from(time.unix_seconds()),
                other => other.to_json(),
            };
            if name.eq_ignore_ascii_case(&subject_name) {
                subject_value = Some(json.clone());
            }
            token.insert(name, json);
        }
        // OPEN-17.
        let Some(value) = subject_value else { return uncoded() };
        if subject.and_then(|it| it.exclude_as_claim.as_ref()).is_some_and(|it| it.value) {
            token.remove(&subject_name);
        }
        if with_subject {
            token.insert("sub".into(), value);
        }
        Ok(token)
    }
}

/// Null and empty claims are not emitted.
fn is_empty(value: &ClaimValue) -> bool {
    matches!(value, ClaimValue::String(text) if text.is_empty())
}
