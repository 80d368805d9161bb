//! Runs the vectors that are about claims and not about a transformation: predicates, claim resolvers, masks, data types; and compiles every
//! regular expression of other people's policies.
//!
//! They are looked for in `$B2C_JOURNEY_CORPUS` and in `vectors` beside it, else in `../shared`.

#[cfg(test)]
mod common;

#[cfg(test)]
mod vectors {
    use std::collections::{BTreeMap, BTreeSet};

    use b2c_journey::claims::{
        ClaimType, ClaimValue, DataType, Date, DateTime, InputType, Mask, Predicate, PredicateGroup, PredicateValidation, Regex,
        Restriction, Str, Template, Values, check_predicates, from_json, from_text, sample_values,
    };
    use b2c_journey::engine::Request;
    use b2c_journey::plan::PolicyInfo;
    use base64::Engine as _;
    use serde_json::Value as Json;
    use sha2::Digest as _;

    use super::common::{corpus, vectors, xml_files};

    /// What a vector gives, as JSON; `None` for a kind that is tested elsewhere.
    fn outcome(vector: &Json) -> Option<Json> {
        let method = vector["method"].as_str().unwrap();
        let value = &vector["input_claims"]["value"];
        let parameter = |name: &str| vector["input_parameters"][name]["value"].as_str().unwrap_or_default();
        Some(match method.split_once(':').unwrap_or((method, "")) {
            ("Predicate", kind) => {
                let predicate = predicate(kind, &vector["input_parameters"], |json| &json["value"]);
                passes(vec![PredicateGroup::new("".into(), None, false, vec![predicate])], vector)
            }
            ("PredicateValidation", _) => {
                let group = |group: &Json| {
                    let predicates = group["predicates"].as_array().unwrap().iter();
                    let predicates =
                        predicates.map(|json| predicate(json["method"].as_str().unwrap(), &json["parameters"], |json| json)).collect();
                    let at_least = group["match_at_least"].as_u64().map(|number| number as usize);
                    PredicateGroup::new("".into(), at_least, false, predicates)
                };
                passes(vector["definition"].as_array().unwrap().iter().map(group).collect(), vector)
            }
            ("ClaimResolver", _) => resolved(parameter("expression"), vector),
            ("Mask", "Simple") => Mask::Simple(parameter("mask").into()).apply(value["value"].as_str().unwrap()).into(),
            ("Mask", "Regex") => {
                let regex = Regex::new(parameter("regex")).unwrap();
                Mask::Regex(regex, parameter("mask").into()).apply(value["value"].as_str().unwrap()).into()
            }
            ("DataType", "range") => {
                from_text(value["value"].as_str().unwrap(), DataType::parse(parameter("type")).unwrap()).is_ok().into()
            }
            ("DataType", "dateTime-to-token") => match claim_value(value) {
                ClaimValue::DateTime(time) => time.unix_seconds().into(),
                other => panic!("{other:?}"),
            },
            ("std", "SHA-256-base64") => {
                let text = vector["input_claims"]["text"]["value"].as_str().unwrap();
                base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text)).into()
            }
            _ => return None,
        })
    }

    fn claim_value(json: &Json) -> ClaimValue {
        from_json(&json["value"], DataType::parse(json["type"].as_str().unwrap()).unwrap()).unwrap()
    }

    fn predicate(method: &str, parameters: &Json, text: fn(&Json) -> &Json) -> Predicate {
        let parameters: Vec<(Str, Str)> =
            parameters.as_object().unwrap().iter().map(|(id, value)| (id.into(), text(value).as_str().unwrap().into())).collect();
        Predicate::new("p".into(), method, &parameters, "".into()).unwrap()
    }

    fn passes(groups: Vec<PredicateGroup>, vector: &Json) -> Json {
        let today = vector["now"].as_str().map_or(Date { year: 2022, month: 1, day: 1 }, |now| DateTime::parse(now).unwrap().date());
        let value = claim_value(&vector["input_claims"]["value"]);
        check_predicates(&PredicateValidation { id: "v".into(), groups }, &value, today).is_ok().into()
    }

    fn resolved(expression: &str, vector: &Json) -> Json {
        let context = &vector["context"];
        let text = |json: &Json| json.as_str().map(Str::from);
        let named = |json: &Json| -> BTreeMap<Str, Str> {
            let members = json.as_object().into_iter().flatten();
            members.filter_map(|(name, value)| Some((name.into(), value.as_str()?.into()))).collect()
        };
        let policy = &context["policy"];
        let policy = PolicyInfo {
            id: text(&policy["id"]).unwrap_or_default(),
            tenant: text(&policy["rp_tenant"]).or_else(|| text(&context["host_name"])).unwrap_or_default(),
            tenant_object_id: text(&policy["tenant_object_id"]),
            trust_framework_tenant: text(&policy["tf_tenant"]).unwrap_or_default(),
            development: false,
        };
        let query = &context["query"];
        let mut parameters = named(query);
        parameters.extend(named(&context["saml"]));
        let request = Request {
            client_id: text(&query["client_id"]),
            redirect_uri: text(&query["redirect_uri"]),
            nonce: text(&query["nonce"]),
            scope: text(&query["scope"]),
            prompt: text(&query["prompt"]),
            login_hint: text(&query["login_hint"]),
            domain_hint: text(&query["domain_hint"]),
            ui_locales: text(&context["culture"]),
            ip: text(&context["ip_address"]),
            parameters,
            id_token_hint: None,
        };
        let values = Values {
            policy: &policy,
            request: &request,
            now: DateTime::parse(vector["now"].as_str().unwrap_or("2022-01-01")).unwrap(),
            correlation_id: context["correlation_id"].as_str().unwrap_or_default(),
            keep_me_signed_in: context["kmsi"] == true,
            claim: &|name| text(&context["claims"][name]),
        };
        let template = Template::parse(expression);
        assert_eq!(template.unknown().count(), 0, "{expression}");
        template.render(&values).map_or(Json::Null, |text| text.as_str().into())
    }

    #[test]
    fn every_vector_about_claims_holds() {
        let Some(vectors) = vectors() else { return };
        let (mut total, mut failures) = (0, Vec::new());
        for vector in &vectors {
            let Some(outcome) = outcome(vector) else { continue };
            total += 1;
            let expected = vector["expected"].as_object().unwrap().values().next().unwrap();
            if outcome != *expected {
                failures.push(format!("{}: {outcome}, expected {expected}", vector["id"]));
            }
        }
        println!("vectors passed {} of {total}", total - failures.len());
        assert!(failures.is_empty(), "{}", failures.join("\n"));
        assert!(total > 50, "only {total} vectors are about claims");
    }

    /// Regular expressions of policies.
    #[derive(Default)]
    struct Expressions {
        patterns: BTreeSet<String>,
        sets: BTreeSet<String>,
        masks: BTreeSet<String>,
    }

    impl Expressions {
        fn read(&mut self, document: &roxmltree::Document<'_>) {
            for node in document.descendants() {
                self.patterns.extend(node.attribute("RegularExpression").map(str::to_owned));
                match (node.tag_name().name(), node.attribute("Id").unwrap_or_default()) {
                    ("Mask", _) => self.masks.extend(node.attribute("Regex").map(str::to_owned)),
                    ("Parameter", "RegularExpression") => self.patterns.extend(node.text().map(str::to_owned)),
                    ("Parameter", "CharacterSet") => self.sets.extend(node.text().map(str::to_owned)),
                    ("InputParameter", "matchTo") => self.patterns.extend(node.attribute("Value").map(str::to_owned)),
                    _ => {}
                }
            }
        }
    }

    #[test]
    fn every_regular_expression_of_other_people_compiles_and_has_a_sample() {
        let Some(corpus) = corpus() else { return };
        let mut expressions = Expressions::default();
        for file in xml_files(&corpus) {
            let Ok(text) = std::fs::read_to_string(file) else { continue };
            // What is not well-formed is the business of other tests.
            let Ok(document) = roxmltree::Document::parse(text.trim_start_matches('\u{FEFF}')) else { continue };
            expressions.read(&document);
        }
        let Expressions { patterns, sets, masks } = expressions;
        println!("{} patterns, {} sets of characters, {} masks", patterns.len(), sets.len(), masks.len());
        for pattern in &patterns {
            let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("`{pattern}`: {error}"));
            let claim = ClaimType {
                id: "x".into(),
                display_name: "x".into(),
                data_type: DataType::String,
                input: Some(InputType::TextBox),
                restriction: Restriction::Pattern { regex, help: "".into() },
                predicates: None,
                mask: None,
                partners: Vec::new(),
                declared: true,
                span: None,
            };
            assert!(!sample_values(&claim, Date { year: 2026, month: 1, day: 1 }).is_empty(), "`{pattern}`");
        }
        for set in &sets {
            Regex::of_characters(set).unwrap_or_else(|error| panic!("`{set}`: {error}"));
        }
        for mask in &masks {
            Regex::new(mask).unwrap_or_else(|error| panic!("`{mask}`: {error}"));
        }
        assert!(patterns.len() > 10 && !sets.is_empty() && !masks.is_empty());
    }
}
