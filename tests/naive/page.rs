//! SEMANTICS 9: self-asserted pages.

use std::collections::BTreeMap;

use b2c_journey::claims::{
    ClaimValue, DataType, InputType, Predicate, PredicateGroup, PredicateValidation, Regex, Slot, Str, check_predicates,
};
use b2c_journey::engine::{PageReply, Press, Reply};
use b2c_journey::policy::{ClaimReference, DisplayClaim, DisplayClaimTarget, TechnicalProfile};

use super::controls::Controls;
use super::levels::{claim_of, flag, item, key};
use super::profile::{Kind, Own, is_fixed};
use super::{Answer, Asked, Field, Page, Result, Stop, Submit, Walk, fault, uncoded, unsupported};

impl Walk<'_> {
    /// A page with a form; `links` are the buttons of a combined page around it.
    pub(crate) fn self_asserted(&mut self, profile: &TechnicalProfile, links: Option<&Page>) -> Result<()> {
        if item(&profile.metadata, "ContentDefinitionReferenceId").is_none() && links.is_none() {
            return unsupported("a page without content definition");
        }
        if links.is_none() {
            self.calls.push(key(&profile.id));
        }
        if self.cannot_fill(profile)? {
            return uncoded();
        }
        self.transformations(&profile.input_claims_transformations, profile, &mut Own::new())?;
        let limit: Option<u32> = item(&profile.metadata, "setting.retryLimit").and_then(|it| it.parse().ok());
        let (mut begun, mut failed) = (links.is_none(), 0);
        let mut controls = Controls::new();
        // The form is not emptied when the page refuses it.
        let mut typed_before: Vec<(String, String)> = Vec::new();
        loop {
            let mut page = self.page(profile, links)?;
            for field in page.fields.iter_mut().filter(|field| field.editable) {
                if let Some((_, text)) = typed_before.iter().find(|(claim, _)| *claim == field.claim) {
                    field.shown = if text.is_empty() { Slot::Absent } else { Slot::Value(ClaimValue::from(text.as_str())) };
                }
            }
            let asked = Asked { kind: "Page", profile: Some(key(&profile.id)), page: Some(page.clone()), ..Asked::default() };
            let submit = match self.ask(&asked)? {
                Answer::Submit(submit) => submit,
                Answer::Reply(Reply::Page(PageReply::Press(press))) => return self.press(&press, links),
                Answer::Nobody => return Err(Stop::Waiting),
                other => {
                    self.begins(profile, &mut begun);
                    return match other {
                        Answer::Reply(Reply::Cancel) => fault("AADB2C90091"),
                        Answer::Reply(Reply::Fail(error)) => {
                            Err(Stop::Fault { code: error.code.map(|code| code.to_string()), assertion: false })
                        }
                        _ => unsupported("a reply that does not fit"),
                    };
                }
            };
            self.begins(profile, &mut begun);
            let entered = self.checked(&page, &submit, profile, self.content(profile, links))?;
            typed_before.retain(|(claim, _)| !submit.typed.iter().any(|(again, _)| again == claim));
            typed_before.extend(submit.typed.clone());
            let Some(entered) = entered else { continue };
            let mut overlay = self.hidden_defaults(profile, &page)?;
            overlay.extend(entered);
            self.claims.overlay = Some(overlay);
            self.on_page = Some(key(&profile.id));
            let verified = self.verify(profile, &submit, &mut controls);
            let is_verified = verified.is_ok();
            let validated = verified.and_then(|()| self.validate(profile, &page));
            self.on_page = None;
            let overlay = self.claims.overlay.take().unwrap_or_default();
            match validated {
                Ok(()) => return self.commit(profile, &page, &overlay),
                Err(Stop::Fault { .. }) if !is_verified => {}
                Err(Stop::Fault { .. }) => {
                    failed += 1;
                    if limit.is_some_and(|limit| failed >= limit) {
                        return fault("AADB2C90157");
                    }
                }
                Err(stop) => return Err(stop),
            }
        }
    }

    /// A combined page is called when its form is used, not when a button beside it is pressed. (No source says so; as the engine.)
    fn begins(&mut self, profile: &TechnicalProfile, begun: &mut bool) {
        if !std::mem::replace(begun, true) {
            self.calls.push(key(&profile.id));
        }
    }

    /// OPEN-10: input defaults that are not on the page, for its validation technical profiles and transformations.
    fn hidden_defaults(&self, profile: &TechnicalProfile, page: &Page) -> Result<BTreeMap<String, Slot>> {
        let own = self.own_defaults(profile)?.into_iter();
        Ok(own
            .filter(|(claim, _)| !page.fields.iter().any(|it| it.claim == *claim))
            .map(|(claim, value)| (claim, Slot::Value(value)))
            .collect())
    }

    /// 9.1, 3.9: claims that the validation technical profiles give, by their transformations too.
    fn produced(&self, profile: &TechnicalProfile) -> Result<Vec<String>> {
        let mut produced = Vec::new();
        for validation in &profile.validation_technical_profiles {
            let validation = self.profile(&validation.reference)?;
            produced.extend(validation.output_claims.iter().map(|it| key(&it.claim)));
            for id in validation.input_claims_transformations.iter().chain(&validation.output_claims_transformations) {
                let outputs = self.policy.transformations.get(&key(id)).map(|it| it.output_claims.as_slice()).unwrap_or_default();
                produced.extend(outputs.iter().map(|it| key(&it.claim)));
            }
        }
        Ok(produced)
    }

    /// 3.9: an output claim without input type and default that nobody gives.
    fn cannot_fill(&self, profile: &TechnicalProfile) -> Result<bool> {
        let produced = self.produced(profile)?;
        let has_display = profile.display_claims.as_ref().is_some_and(|it| !it.is_empty());
        let unfilled = |claim: &str| self.input_type(claim).is_none() && !produced.iter().any(|it| it == claim);
        Ok(!has_display && profile.output_claims.iter().any(|it| it.default_value.is_none() && unfilled(&key(&it.claim))))
    }

    /// 4.4: the buttons and links of a combined page.
    fn press(&mut self, press: &Press, links: Option<&Page>) -> Result<()> {
        let Some(links) = links else { return unsupported("a button that is not there") };
        self.selected = match press {
            Press::Exchange(exchange) => Some(key(exchange)),
            Press::SignUp => links.sign_up.clone(),
            Press::ForgotPassword => match &links.forgot_password_target {
                Some(target) => Some(target.clone()),
                None => return fault("AADB2C90118"),
            },
        };
        Ok(())
    }

    /// 9.1: what is on the page.
    fn page(&self, profile: &TechnicalProfile, links: Option<&Page>) -> Result<Page> {
        let produced = self.produced(profile)?;
        // With the input claims of the display control that it stands in, if it does.
        let mut shown: Vec<(String, bool, &[ClaimReference])> = Vec::new();
        match &profile.display_claims {
            Some(claims) if !claims.is_empty() => {
                for claim in claims {
                    let is_required = |it: &DisplayClaim| it.required.is_some_and(|it| it.value);
                    match &claim.target {
                        DisplayClaimTarget::Claim(id) => shown.push((key(id), is_required(claim), &[])),
                        DisplayClaimTarget::Control(id) => {
                            let control = self.control(id)?;
                            let claims = control.display_claims.iter();
                            shown.extend(claims.map(|it| (claim_of(it).1, is_required(it), control.input_claims.as_slice())));
                        }
                    }
                }
            }
            Some(_) => return unsupported("empty DisplayClaims"),
            None => {
                let sign_in = self.is_sign_in_form(profile, links);
                let pair = self.name_and_password(profile, &produced);
                for (place, output) in profile.output_claims.iter().enumerate() {
                    let claim = key(&output.claim);
                    let is_shown = if sign_in { pair.contains(&place) } else { self.may_ask(output) && !produced.contains(&claim) };
                    if is_shown && !shown.iter().any(|(known, ..)| *known == claim) {
                        shown.push((claim, output.required.is_some_and(|it| it.value), &[]));
                    }
                }
            }
        }
        let mut fields = Vec::new();
        for (claim, required, of_control) in shown {
            let mut value = None;
            if let Some(input) = of_control.iter().chain(&profile.input_claims).find(|it| key(&it.claim) == claim) {
                value = self.input(input, profile)?;
            }
            let Some(kind) = self.input_type(&claim) else { return unsupported("a claim without input type on a page") };
            fields.push(Field { claim, required, shown: value.map_or(Slot::Absent, Slot::Value), editable: kind.is_editable() });
        }
        let links = links.cloned().unwrap_or_default();
        Ok(Page {
            fields,
            can_continue: flag(&profile.metadata, "setting.showContinueButton", true),
            can_cancel: flag(&profile.metadata, "setting.showCancelButton", true),
            content: None,
            forgot_password_target: None,
            ..links
        })
    }

    /// OPEN-21 is about defaults that may stand; one that always does leaves nothing to ask. (No source; as the engine.)
    fn may_ask(&self, output: &ClaimReference) -> bool {
        self.input_type(&key(&output.claim)).is_some() && !is_fixed(output)
    }

    /// The two output claims of a sign-in form, by place. They should be the first two. Published policies have others between or before them
    /// that their validation technical profiles give: then the user name is the last claim before the password that must come from the person.
    fn name_and_password(&self, profile: &TechnicalProfile, produced: &[String]) -> Vec<usize> {
        let outputs = &profile.output_claims;
        let askable: Vec<usize> = (0..outputs.len()).filter(|place| self.may_ask(&outputs[*place])).collect();
        let is_free = |place: &&usize| !produced.contains(&key(&outputs[**place].claim));
        match askable.iter().find(|place| self.input_type(&key(&outputs[**place].claim)) == Some(InputType::Password)) {
            Some(password) => {
                let before = || askable.iter().filter(|place| *place < password);
                let after = || askable.iter().filter(|place| *place > password);
                let name = before().rfind(is_free).or_else(|| before().next_back()).or_else(|| after().find(is_free));
                name.into_iter().chain([password]).copied().collect()
            }
            // No password: the first two.
            None => askable.iter().take(1).chain(askable.iter().skip(1).filter(is_free).take(1)).copied().collect(),
        }
    }

    /// The content definition of a page; that of a combined page is its step's.
    fn content<'p>(&self, profile: &'p TechnicalProfile, links: Option<&'p Page>) -> Option<&'p str> {
        links.and_then(|links| links.content.as_deref()).or_else(|| item(&profile.metadata, "ContentDefinitionReferenceId"))
    }

    /// Whether the DataUri of the page is that of a sign-in form.
    fn is_sign_in_form(&self, profile: &TechnicalProfile, links: Option<&Page>) -> bool {
        let content = self.content(profile, links).and_then(|id| self.policy.contents.get(&key(id)));
        let uri = content.and_then(|it| it.data_uri.as_ref()).map(|it| key(it)).unwrap_or_default();
        uri.contains("unifiedssp") || uri.contains("unifiedssd")
    }

    pub(crate) fn input_type(&self, claim: &str) -> Option<InputType> {
        self.policy.claims.get(claim)?.user_input_type.as_ref().map(|it| it.value)
    }

    /// 9.2, 9.3: what was entered, by claim; `None` when the page refuses it.
    fn checked(
        &self,
        page: &Page,
        submit: &Submit,
        profile: &TechnicalProfile,
        content: Option<&str>,
    ) -> Result<Option<BTreeMap<String, Slot>>> {
        let mut entered = BTreeMap::new();
        let is_email_mode = item(&profile.metadata, "setting.operatingMode").is_some_and(|it| it.eq_ignore_ascii_case("Email"));
        let codes = self.codes_of(profile)?;
        let generate = flag(&profile.metadata, "AllowGenerationOfClaimsWithNullValues", false);
        for field in &page.fields {
            let is_code = codes.contains(&field.claim);
            let text = match submit.typed.iter().find(|(claim, _)| *claim == field.claim) {
                Some((_, text)) if field.editable => Some(text.clone()),
                // The person has yet to read it.
                None if is_code && field.editable => None,
                _ => match &field.shown {
                    Slot::Value(ClaimValue::String(text)) if field.editable => Some(text.to_string()),
                    // What the page shows and nobody can type into, or did, comes back as it is.
                    Slot::Value(value) => {
                        entered.insert(field.claim.clone(), Slot::Value(value.clone()));
                        continue;
                    }
                    Slot::Absent | Slot::Null => None,
                },
            };
            let Some(text) = text.filter(|text| !text.is_empty()) else {
                let is_to_come = is_code && !submit.typed.iter().any(|(claim, _)| *claim == field.claim);
                if field.required && field.editable && !is_to_come {
                    return Ok(None);
                }
                if generate && self.data_type(&field.claim) == DataType::String {
                    entered.insert(field.claim.clone(), Slot::Value("".into()));
                }
                continue;
            };
            let Some(value) = self.converted(&text, &field.claim) else { return Ok(None) };
            if !self.is_allowed(&field.claim, &value, content)? {
                return Ok(None);
            }
            entered.insert(field.claim.clone(), Slot::Value(value));
        }
        // 9.5: in the mode Email the first field must be an address.
        let first =
            page.fields.first().and_then(|field| entered.get(&field.claim)).and_then(|slot| slot.value()?.as_str().map(str::to_owned));
        if is_email_mode && first.is_some_and(|text| !text.is_empty() && !is_email(&text)) {
            return Ok(None);
        }
        // 9.3: what is entered twice must be the same: the new password, where the page asks for the old one too.
        let shows = |claim: &str| page.fields.iter().any(|it| it.claim == claim);
        let first = if shows("newpassword") { "newpassword" } else { "password" };
        if shows("reenterpassword") && shows(first) && entered.get(first) != entered.get("reenterpassword") {
            return Ok(None);
        }
        Ok(Some(entered))
    }

    /// 12.6, 12.8.
    fn is_allowed(&self, claim: &str, value: &ClaimValue, content: Option<&str>) -> Result<bool> {
        let Some(declared) = self.policy.claims.get(claim) else { return Ok(true) };
        let choices = self.policy.choices(claim, content);
        if !choices.is_empty() {
            let Some(text) = value.text() else { return unsupported("a restriction of a collection") };
            let equals = |item: &str, text: &str| item == text || self.converted(item, claim).is_some_and(|it| it == *value);
            let known = |text: &str| choices.iter().any(|it| equals(&it.value, text));
            let many = self.input_type(claim) == Some(InputType::CheckboxMultiSelect);
            if !(if many { text.split(',').all(known) } else { known(&text) }) {
                return Ok(false);
            }
        } else if let Some(pattern) = declared.restriction.as_ref().and_then(|it| it.pattern.as_ref()) {
            let Some(text) = value.text() else { return unsupported("a restriction of a collection") };
            let Ok(regex) = Regex::new(&pattern.regular_expression) else { return unsupported("pattern") };
            if !regex.is_match(&text).unwrap_or(false) {
                return Ok(false);
            }
        }
        if declared.input_validation.is_some() {
            return unsupported("InputValidationReference");
        }
        match self.predicates(claim)? {
            Some(validation) => Ok(check_predicates(&validation, value, self.environment.now.date()).is_ok()),
            None => Ok(true),
        }
    }

    /// 12.8: the PredicateValidation of a claim.
    pub(crate) fn predicates(&self, claim: &str) -> Result<Option<PredicateValidation>> {
        let declared = self.policy.claims.get(&key(claim));
        let Some(reference) = declared.and_then(|it| it.predicate_validation.as_ref()) else { return Ok(None) };
        let Some(validation) = self.policy.predicate_validations.get(&key(reference)) else { return unsupported("predicates") };
        let mut groups = Vec::new();
        for group in &validation.groups {
            for references in &group.references {
                let mut predicates = Vec::new();
                for id in &references.predicates {
                    let Some(predicate) = self.policy.predicates.get(&key(id)) else { return unsupported("predicates") };
                    let parameters: Vec<(Str, Str)> =
                        predicate.parameters.iter().map(|it| (it.id.to_str(), it.value.value.clone())).collect();
                    let method = predicate.method.as_ref().map(|it| it.to_string()).unwrap_or_default();
                    let Ok(predicate) = Predicate::new(id.to_str(), &method, &parameters, Str::new()) else {
                        return unsupported("predicates");
                    };
                    predicates.push(predicate);
                }
                let at_least = references.match_at_least.as_ref().map(|it| it.value as usize);
                groups.push(PredicateGroup::new(Str::new(), at_least, references.reject.is_some_and(|it| it.value), predicates));
            }
        }
        Ok(Some(PredicateValidation { id: validation.id.to_str(), groups }))
    }

    /// 9.4: validation technical profiles, in the overlay.
    fn validate(&mut self, profile: &TechnicalProfile, page: &Page) -> Result<()> {
        // A page without input never triggers them.
        if page.fields.is_empty() {
            return Ok(());
        }
        let mut assertion = None;
        for validation in &profile.validation_technical_profiles {
            if self.skips(&validation.preconditions)? {
                continue;
            }
            let called = self.profile(&validation.reference)?;
            if !self.is_enabled(called)? {
                continue;
            }
            let kind = self.kind(called)?;
            match self.call(called) {
                Ok(()) => {
                    if validation.continue_on_success.as_ref().is_some_and(|it| !it.value) {
                        break;
                    }
                }
                Err(Stop::Fault { code, assertion: failed }) => {
                    // Its output claims are all or none; what its transformations wrote before one of them failed stays, as after a failed
                    // assert (OPEN-23).
                    if validation.continue_on_error.as_ref().is_some_and(|it| it.value) {
                        continue;
                    }
                    let fault = Stop::Fault { code, assertion: failed };
                    // OPEN-23: those after a failed assert still run; the first message is shown.
                    if failed && kind == Kind::Transforming {
                        assertion = assertion.or(Some(fault));
                        continue;
                    }
                    return Err(assertion.unwrap_or(fault));
                }
                Err(stop) => return Err(stop),
            }
        }
        assertion.map_or(Ok(()), Err)
    }

    /// 9.2: the output claims leave the page; passwords do not.
    fn commit(&mut self, profile: &TechnicalProfile, page: &Page, overlay: &BTreeMap<String, Slot>) -> Result<()> {
        for output in &profile.output_claims {
            let claim = key(&output.claim);
            let default = self.output_default(output, profile)?.map(Slot::Value);
            let slot = match overlay.get(&claim).filter(|_| !is_fixed(output)) {
                Some(slot) => Some(slot.clone()),
                None if is_fixed(output) || self.claims.get(&claim) == Slot::Absent => default,
                None => None,
            };
            if let Some(slot) = slot.filter(|_| self.input_type(&claim) != Some(InputType::Password)) {
                self.claims.set(&claim, slot);
            }
        }
        let hidden = self.hidden_defaults(profile, page)?;
        let mut own: Own = overlay
            .iter()
            .filter(|(claim, _)| hidden.contains_key(*claim))
            .filter_map(|(claim, slot)| Some((claim.clone(), slot.value()?.clone())))
            .collect();
        self.transformations(&profile.output_claims_transformations, profile, &mut own)
    }
}

/// setting.operatingMode `Email`.
fn is_email(text: &str) -> bool {
    let parts = text.split_once('@').filter(|(name, domain)| !name.is_empty() && !domain.is_empty() && !domain.contains('@'));
    parts.is_some() && !text.contains(char::is_whitespace)
}
