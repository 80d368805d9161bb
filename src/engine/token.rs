//! SendClaims: what the application gets (SEMANTICS 14).

use serde_json::{Map, Value as Json};

use super::call::{CallState, Finish, check_resolvers};
use super::fault::{Fault, Outcome};
use super::run::{Activity, Run};
use crate::claims::{ClaimValue, Slot, Str};
use crate::plan::{Profile, ProfileId, Step};
use crate::provider::{Handler, Issuer};
use crate::trace::Event;

impl<'p> Run<'p> {
    pub(super) fn send_claims(&mut self, step: &'p Step, issuer: Option<ProfileId>) {
        let Some(issuer) = issuer else {
            // error-codes, AADB2C90108.
            return self.fail_step(Fault::new(
                "AADB2C90108",
                format!(
                    "The orchestration step '{}' does not specify a CpimIssuerTechnicalProfileReferenceId when one was expected.",
                    step.order
                ),
            ));
        };
        let profile = self.profile(issuer);
        self.call = Some(CallState { profile: issuer, finish: Finish::Step });
        if let Err(fault) = self.prepare(issuer) {
            return self.fail_step(fault);
        }
        let issued = match &profile.handler {
            Handler::Issuer(Issuer::Jwt) => self.token_claims(Some(profile)),
            Handler::Issuer(Issuer::Saml) => self.token_claims(None),
            Handler::Issuer(Issuer::UserInfo) => Ok(self.user_info(profile)),
            Handler::Issuer(Issuer::Error) => return self.send_error(profile),
            _ => Err(Fault::of_policy(format!("technical profile `{}` cannot issue a token", profile.id)).at(profile.span)),
        };
        match issued {
            Err(fault) => self.fail_step(fault),
            Ok(claims) => {
                let id = self.step_id();
                if self.plan.step(id.journey, id.position as usize + 1).is_some() {
                    // userjourneys: SendClaims ends the journey; whether later steps run is not known: they do not.
                    self.note(|| "steps after SendClaims do not run".into());
                }
                self.record(|| Event::StepDone(id));
                let listed = claims.iter().map(|(name, value)| (Str::from(name), value.clone())).collect();
                self.record(|| Event::Issued(listed));
                self.call = None;
                self.token = Some(claims);
                self.activity = Activity::Done(Outcome::Issued);
            }
        }
    }

    /// The claims of a token. A JWT has the standard claims first, then the relying party's output claims in declaration order.
    fn token_claims(&mut self, issuer: Option<&Profile>) -> Result<Map<String, Json>, Fault> {
        let mut claims = Map::new();
        let party = &self.plan.relying_party;
        let mut outputs = Map::new();
        for output in &party.outputs {
            check_resolvers(output)?;
            let Some(value) = self.relying_party_value(output) else { continue };
            let claim = self.plan.claim(output.claim);
            let refused = |why: String| {
                let profile = &self.plan.relying_party_profile.id;
                Err(Fault::of_policy(format!("the output claim `{}` of technical profile `{profile}` {why}", claim.id)).at(output.span))
            };
            let value = match value {
                ClaimValue::String(text) if text.is_empty() => continue,
                // claimsschema: dateTime goes into the token as seconds since 1970.
                ClaimValue::DateTime(time) => Json::from(time.unix_seconds()),
                // azure-docs#55126.
                ClaimValue::Strings(items) if items.is_empty() => {
                    return refused("is an empty collection and cannot be issued".to_owned());
                }
                other => other.to_json(),
            };
            outputs.insert(output.partner.to_string(), value);
        }
        let subject = self.subject(&outputs)?;
        if let Some(issuer) = issuer {
            self.standard_claims(issuer, &subject, &mut claims);
        }
        if let Some(name) = &party.subject
            && party.subject_excluded
        {
            outputs.remove(name.as_str());
        }
        for (name, value) in outputs {
            claims.insert(name, value);
        }
        Ok(claims)
    }

    /// relyingparty: AlwaysUseDefaultValue, else the bag, else the default "if the claim value is empty".
    fn relying_party_value(&mut self, output: &crate::plan::ClaimReference) -> Option<ClaimValue> {
        let in_bag = match self.bag.get(output.claim) {
            Slot::Value(ClaimValue::String(text)) if text.is_empty() => None,
            Slot::Value(value) if !output.always_default => Some(value.clone()),
            _ => None,
        };
        in_bag.or_else(|| {
            let mut choices = self.choices;
            let default = self.default_value(&self.plan.relying_party_profile, output, &mut choices);
            self.choices = choices;
            match default {
                // jwt-issuer: `{policy}` is the policy id.
                Some(ClaimValue::String(text)) if text == "{policy}" => Some(ClaimValue::from(self.plan.policy.id.to_ascii_lowercase())),
                other => other,
            }
        })
    }

    /// SubjectNamingInfo names the partner name of an output claim; without it the subject is objectId. Without a value nothing is
    /// issued (azure-docs#14150, OPEN-17 closed).
    fn subject(&self, outputs: &Map<String, Json>) -> Result<Json, Fault> {
        let party = &self.plan.relying_party;
        let (name, value) = match &party.subject {
            Some(name) => (name.as_str(), outputs.get(name.as_str()).cloned()),
            None => {
                let value = self.plan.claim_id("objectId").and_then(|claim| self.bag.value(claim)).map(ClaimValue::to_json);
                ("objectId", value)
            }
        };
        value.ok_or_else(|| {
            let fault = Fault::of_policy(format!(
                "The relying party of policy '{}' of tenant '{}' specifies the subject claim '{name}' which is missing in the claims collection.",
                self.plan.policy.id, self.plan.policy.tenant
            ));
            match party.span {
                Some(span) => fault.at(span),
                None => fault,
            }
        })
    }

    /// tokens-overview, jwt-issuer-technical-profile.
    fn standard_claims(&self, issuer: &Profile, subject: &Json, claims: &mut Map<String, Json>) {
        let policy = &self.plan.policy;
        let request = &self.environment.request;
        let now = self.environment.now.unix_seconds();
        let lifetime = issuer
            .metadata
            .get("id_token_lifetime_secs")
            .or_else(|| issuer.metadata.get("token_lifetime_secs"))
            .and_then(|text| text.parse::<i64>().ok())
            .unwrap_or(3600);
        let host = policy.host();
        let tenant = policy.tenant_object_id.as_ref().unwrap_or(&policy.tenant);
        let policy_id = policy.id.to_ascii_lowercase();
        let with_policy =
            issuer.metadata.get("IssuanceClaimPattern").is_some_and(|pattern| pattern.eq_ignore_ascii_case("AuthorityWithTfp"));
        let iss =
            if with_policy { format!("https://{host}/tfp/{tenant}/{policy_id}/v2.0/") } else { format!("https://{host}/{tenant}/v2.0/") };
        claims.insert("exp".into(), Json::from(now + lifetime));
        claims.insert("nbf".into(), Json::from(now));
        claims.insert("ver".into(), Json::from("1.0"));
        claims.insert("iss".into(), Json::from(iss));
        claims.insert("sub".into(), subject.clone());
        claims.insert("aud".into(), Json::from(request.client_id.as_deref().unwrap_or_default()));
        let acr =
            issuer.metadata.get("AuthenticationContextReferenceClaimPattern").is_none_or(|pattern| !pattern.eq_ignore_ascii_case("None"));
        if acr {
            claims.insert("acr".into(), Json::from(policy_id));
        }
        if let Some(nonce) = &request.nonce {
            claims.insert("nonce".into(), Json::from(nonce.as_str()));
        }
        claims.insert("iat".into(), Json::from(now));
        claims.insert("auth_time".into(), Json::from(self.signed_in_at().unix_seconds()));
    }

    /// userinfo-endpoint: the input claims of the issuer are the members; absent ones are left out.
    fn user_info(&mut self, issuer: &'p Profile) -> Map<String, Json> {
        let mut choices = self.choices;
        let inputs = self.inputs(issuer, &mut choices);
        self.choices = choices;
        inputs.into_iter().filter_map(|input| Some((input.reference.partner.to_string(), input.value?.to_json()))).collect()
    }

    /// oauth2-error-technical-profile: the journey ends with an error of the policy's own.
    fn send_error(&mut self, issuer: &'p Profile) {
        let mut choices = self.choices;
        let inputs = self.inputs(issuer, &mut choices);
        self.choices = choices;
        let text = |name: &str| {
            inputs
                .iter()
                .find(|input| input.reference.partner.eq_ignore_ascii_case(name))
                .and_then(|input| input.value.as_ref().and_then(ClaimValue::text))
                .unwrap_or_default()
        };
        let code = format!("AAD_Custom_{}", text("errorCode"));
        let message = text("errorMessage");
        let step = self.step_id();
        let span = self.step().map(|step| step.span);
        self.record(|| Event::StepDone(step));
        let mut fault = Fault::new(&code, message).access_denied();
        fault.at = span;
        self.call = None;
        self.activity = Activity::Done(Outcome::Error(fault));
    }
}
