//! Runs the transformation vectors: input claims and parameters with the documented result of each method.
//!
//! They are looked for beside the corpus (`$B2C_JOURNEY_CORPUS/../vectors/vectors.json`), else in `../shared/vectors`.

#[cfg(test)]
mod common;

#[cfg(test)]
mod vectors {
    use std::collections::{BTreeMap, BTreeSet};

    use b2c_journey::claims::{
        ClaimType, ClaimValue, DataType, Date, DateTime, EnumerationItem, Identity, Predicate, PredicateGroup, PredicateValidation, Regex,
        Restriction, Str,
    };
    use b2c_journey::source::{Sources, Span};
    use b2c_journey::transform::{Failure, Input, Output, Parameter, Signature, Transformation, World, run, signature, signatures};
    use serde_json::{Map, Value as Json};

    use super::common::vectors;

    /// Outputs after the call by name.
    type Outcome = Result<BTreeMap<String, Option<ClaimValue>>, Failure>;

    #[test]
    fn every_vector_of_a_transformation_holds() {
        let Some(vectors) = vectors() else { return };
        let (mut total, mut failures) = (0, Vec::new());
        let mut unknown = BTreeSet::new();
        for vector in &vectors {
            let method = vector["method"].as_str().unwrap();
            let Some(signature) = signature(method) else {
                if !method.contains(':') && !matches!(method, "PredicateValidation" | "ClaimResolver") {
                    unknown.insert(method);
                }
                continue;
            };
            total += 1;
            if let Err(problem) = check(vector, signature) {
                failures.push(format!("{}: {problem}", vector["id"]));
            }
        }
        let documented = signatures().iter().filter(|signature| signature.documented()).count();
        println!(
            "built {documented} of 64 documented (+{} undocumented); vectors passed {} of {total}",
            signatures().len() - documented,
            total - failures.len()
        );
        assert!(unknown.is_empty(), "methods that are not built: {unknown:?}");
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    fn check(vector: &Json, signature: &'static Signature) -> Result<(), String> {
        let mut world = VectorWorld::new(vector);
        let outcome = call(vector, signature, &mut world);
        if let Some(expected) = vector["error"].as_str() {
            let found = match outcome {
                Ok(_) => return Err(format!("passed, expected {expected}")),
                Err(Failure::Assertion { key, .. }) => key.to_owned(),
                Err(Failure::Exception { kind, .. }) => format!("exception:{kind}"),
            };
            return if found == expected { Ok(()) } else { Err(format!("{found}, expected {expected}")) };
        }
        let outputs = outcome.map_err(|failure| format!("{failure:?}"))?;
        if let Some(property) = vector["expected_property"].as_str() {
            let again = call(vector, signature, &mut world).map_err(|failure| format!("{failure:?}"))?;
            let holds = match property {
                "two_runs_differ" => outputs != again,
                "same_output_for_two_runs" => outputs == again,
                _ => return Err(format!("unknown property {property}")),
            };
            return if holds { Ok(()) } else { Err(format!("{property}: {outputs:?}, {again:?}")) };
        }
        for (name, pattern) in members(&vector["expected_regex"]) {
            let text = outputs.get(name).and_then(Option::as_ref).and_then(ClaimValue::as_str).ok_or(format!("{name} has no text"))?;
            let regex = Regex::new(pattern.as_str().unwrap()).map_err(|error| error.to_string())?;
            if !regex.is_match(text).map_err(|error| error.to_string())? {
                return Err(format!("{name} is {text}, expected {pattern}"));
            }
        }
        for (name, expected) in members(&vector["expected"]) {
            let found = outputs.get(name).and_then(Option::as_ref).map_or(Json::Null, ClaimValue::to_json);
            if !equal(&found, expected, vector["compare"][name.as_str()].as_str()) {
                return Err(format!("{name} is {found}, expected {expected}"));
            }
        }
        Ok(())
    }

    fn members(value: &Json) -> impl Iterator<Item = (&String, &Json)> {
        value.as_object().into_iter().flatten()
    }

    fn equal(found: &Json, expected: &Json, how: Option<&str>) -> bool {
        let parsed = |value: &Json| match value {
            Json::String(text) => serde_json::from_str(text).unwrap_or_else(|_| value.clone()),
            other => other.clone(),
        };
        let sorted = |value: &Json| -> BTreeSet<String> { value.as_array().into_iter().flatten().map(Json::to_string).collect() };
        let instant = |value: &Json| value.as_str().and_then(DateTime::parse);
        match how {
            None => found == expected,
            Some("json") => parsed(found) == parsed(expected),
            Some("set") => found.is_array() && sorted(found) == sorted(expected),
            Some("instant") => instant(found).is_some() && instant(found) == instant(expected),
            Some(other) => panic!("unknown comparison {other}"),
        }
    }

    fn span() -> Span {
        let mut sources = Sources::new();
        Span { file: sources.add("vectors.json", "".into()), start: 0, end: 0 }
    }

    fn call(vector: &Json, signature: &'static Signature, world: &mut VectorWorld) -> Outcome {
        let parameters = members(&vector["input_parameters"])
            .map(|(id, parameter)| {
                let value = match &parameter["value"] {
                    Json::String(text) => text.as_str().into(),
                    other => other.to_string().into(),
                };
                Parameter::new(id.into(), parameter["type"].as_str().unwrap().into(), value, span())
            })
            .collect();
        let transformation = Transformation {
            id: vector["id"].as_str().unwrap().into(),
            method: vector["method"].as_str().unwrap().into(),
            signature: Some(signature),
            inputs: Vec::new(),
            parameters,
            outputs: Vec::new(),
            span: span(),
            method_span: span(),
        };
        // A name that is no slot of the method is the id of a claim without one.
        let slot = |name: &str, named: bool, open: bool| if named || open { name.to_owned() } else { String::new() };
        let inputs: Vec<(String, ClaimType, Option<ClaimValue>)> = members(&vector["input_claims"])
            .map(|(name, input)| {
                let named = signature.inputs.iter().any(|slot| slot.name == name);
                let open = signature.open_inputs.is_some_and(|open| open.names.admits(name));
                let data_type = DataType::parse(input["type"].as_str().unwrap()).unwrap();
                (slot(name, named, open), claim_type(name, data_type, vector), value(&input["value"], data_type))
            })
            .collect();
        let outputs: Vec<(String, ClaimType, Option<ClaimValue>)> = members(&vector["output_types"])
            .map(|(name, data_type)| {
                let named = signature.outputs.iter().any(|slot| slot.name == name);
                let open = signature.open_outputs.is_some_and(|open| open.names.admits(name));
                let data_type = DataType::parse(data_type.as_str().unwrap()).unwrap();
                let before = value(&vector["output_claims_before"][name.as_str()], data_type);
                (slot(name, named, open), claim_type(name, data_type, vector), before)
            })
            .collect();
        let given: Vec<Input<'_>> = inputs.iter().map(|(slot, claim, value)| Input { slot, claim, value: value.as_ref() }).collect();
        let wanted: Vec<Output<'_>> = outputs.iter().map(|(slot, claim, before)| Output { slot, claim, before: before.as_ref() }).collect();
        let results = run(&transformation, &given, &wanted, world)?;
        let mut after: BTreeMap<String, Option<ClaimValue>> =
            outputs.iter().map(|(_, claim, before)| (claim.id.to_string(), before.clone())).collect();
        for (index, value) in results {
            after.insert(outputs[index].1.id.to_string(), value);
        }
        Ok(after)
    }

    fn claim_type(name: &str, data_type: DataType, vector: &Json) -> ClaimType {
        let context = &vector["context"]["claim_types"][name];
        let groups = context["predicate_validation"].as_array();
        let restriction = match context["enumerations"].as_array() {
            Some(items) => Restriction::Enumeration(
                items
                    .iter()
                    .map(|item| EnumerationItem { text: text(&item["text"]), value: text(&item["value"]), selected: false })
                    .collect(),
            ),
            None => Restriction::None,
        };
        ClaimType {
            id: name.into(),
            display_name: name.into(),
            data_type,
            input: None,
            restriction,
            predicates: groups
                .map(|groups| PredicateValidation { id: "validation".into(), groups: groups.iter().map(predicate_group).collect() }),
            mask: None,
            partners: Vec::new(),
            declared: true,
            span: None,
        }
    }

    fn predicate_group(group: &Json) -> PredicateGroup {
        let predicates = group["predicates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|predicate| {
                let parameters: Vec<(Str, Str)> =
                    members(&predicate["parameters"]).map(|(name, value)| (name.into(), text(value))).collect();
                Predicate::new("predicate".into(), predicate["method"].as_str().unwrap(), &parameters, Str::new()).unwrap()
            })
            .collect();
        let at_least = group["match_at_least"].as_u64().map(|count| count as usize);
        PredicateGroup::new(Str::new(), at_least, false, predicates)
    }

    fn text(value: &Json) -> Str {
        match value {
            Json::String(text) => text.as_str().into(),
            other => other.to_string().into(),
        }
    }

    fn identity(value: &Json) -> Identity {
        Identity { issuer: text(&value["issuer"]), issuer_user_id: text(&value["issuerUserId"]) }
    }

    fn value(json: &Json, data_type: DataType) -> Option<ClaimValue> {
        if json.is_null() {
            return None;
        }
        let items = || json.as_array().into_iter().flatten();
        Some(match data_type {
            DataType::String | DataType::Duration => ClaimValue::String(text(json)),
            DataType::Boolean => ClaimValue::Boolean(json.as_bool().unwrap()),
            DataType::Int | DataType::Long => ClaimValue::Integer(json.as_i64().unwrap()),
            DataType::Date => ClaimValue::Date(Date::parse(json.as_str().unwrap()).unwrap()),
            DataType::DateTime => ClaimValue::DateTime(DateTime::parse(json.as_str().unwrap()).unwrap()),
            DataType::PhoneNumber => ClaimValue::PhoneNumber(text(json)),
            DataType::StringCollection => ClaimValue::Strings(items().map(text).collect()),
            DataType::UserIdentity | DataType::ObjectIdentity => ClaimValue::Identity(Box::new(identity(json))),
            DataType::UserIdentityCollection | DataType::AlternativeSecurityIdCollection | DataType::ObjectIdentityCollection => {
                ClaimValue::Identities(items().map(identity).collect())
            }
        })
    }

    /// What a vector says of the run around its call.
    struct VectorWorld {
        now: DateTime,
        draws: u64,
        context: Map<String, Json>,
    }

    impl VectorWorld {
        fn new(vector: &Json) -> Self {
            Self {
                now: vector["now"].as_str().and_then(DateTime::parse).or_else(|| DateTime::parse("2026-01-01")).unwrap(),
                draws: 0,
                context: vector["context"].as_object().cloned().unwrap_or_default(),
            }
        }

        fn of(&self, name: &str) -> &Json {
            self.context.get(name).unwrap_or(&Json::Null)
        }

        fn language(&self) -> &str {
            self.of("language").as_str().unwrap_or("en")
        }
    }

    impl World for VectorWorld {
        fn now(&self) -> DateTime {
            self.now
        }

        fn random(&mut self) -> u64 {
            self.draws = self.draws.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mixed = (self.draws ^ (self.draws >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed ^ (mixed >> 27)
        }

        fn key(&self, storage_reference: &str) -> Str {
            text(&self.of("policy_keys")[storage_reference])
        }

        fn expression(&self, name: &str) -> Option<Str> {
            self.of(name).as_str().map(Str::from)
        }

        fn localized_string(&self, element_type: &str, _element_id: Option<&str>, string_id: &str) -> Option<Str> {
            let localization = self.of("localization");
            if localization["element_type"] != element_type {
                return None;
            }
            let strings = match &localization["strings"][self.language()] {
                Json::Null => &localization["strings"][localization["default_language"].as_str()?],
                strings => strings,
            };
            strings[string_id].as_str().map(Str::from)
        }

        fn localized_item(&self, claim_type: &str, text: &str) -> Option<Str> {
            let items = self.of("claim_types")[claim_type]["localized"][self.language()].as_array()?;
            items.iter().find(|item| item["text"] == text)?["value"].as_str().map(Str::from)
        }

        fn chose(&mut self, _what: &'static str) {}
    }
}
