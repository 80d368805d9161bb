//! Properties that every method keeps, whatever it is given.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::signature::Names;
use super::testing::{Case, case, claim_type};
use super::{Kind, Signature, signature, signatures};
use crate::claims::{ClaimValue, DataType, Date, DateTime, Identity, Str};

const TYPES: [DataType; 10] = [
    DataType::Boolean,
    DataType::Date,
    DataType::DateTime,
    DataType::Int,
    DataType::Long,
    DataType::String,
    DataType::StringCollection,
    DataType::PhoneNumber,
    DataType::UserIdentity,
    DataType::UserIdentityCollection,
];

/// Texts that mean something to some method, and any others.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => select(vec![
            "", " ", "{0}", "{{}}", "{0,9}{1:D3}", "{", "true", "0", "-1", "2147483647", "9223372036854775808", "a@b.c", "@", "+1 425 882 8080",
            "+", "033 456-7890", "DK", "{}", "[]", r#"{"a":{"b":[1,"x",null,true,1.5e300]}}"#, r#"["x"]"#, r#"[{"k":"a","v":1}]"#, "<a b='1'>x<b/></a>",
            "<a", "2022-01-01T00:00:00Z", "9999-12-31", "1/2/2021 3:04 PM", "a.b.0", "ß😀\u{301}", "(?<a>.)(b|c)*", "(", "query.a", "%2", "\u{0}",
        ]).prop_map(str::to_owned),
        1 => ".{0,24}",
        1 => "[0-9+() .{}\\-]{0,16}",
    ]
}

fn value(data_type: DataType) -> BoxedStrategy<ClaimValue> {
    let identity = || (text(), text()).prop_map(|(issuer, id)| Identity { issuer: issuer.into(), issuer_user_id: id.into() });
    match data_type {
        DataType::Boolean => any::<bool>().prop_map(ClaimValue::Boolean).boxed(),
        DataType::Date => (1_i16..=9999, 1_i8..=12, 1_i8..=28).prop_map(|(y, m, d)| ClaimValue::Date(Date::new(y, m, d).unwrap())).boxed(),
        DataType::DateTime => {
            (0_i64..3_155_378_975_999_999_999).prop_map(|ticks| ClaimValue::DateTime(DateTime::from_ticks(ticks).unwrap())).boxed()
        }
        DataType::Int => any::<i32>().prop_map(|number| ClaimValue::Integer(number.into())).boxed(),
        DataType::Long => any::<i64>().prop_map(ClaimValue::Integer).boxed(),
        DataType::StringCollection => {
            vec(text(), 0..4).prop_map(|items| ClaimValue::Strings(items.into_iter().map(Str::from).collect())).boxed()
        }
        DataType::PhoneNumber => text().prop_map(|text| ClaimValue::PhoneNumber(text.into())).boxed(),
        DataType::UserIdentity => identity().prop_map(|identity| ClaimValue::Identity(Box::new(identity))).boxed(),
        DataType::UserIdentityCollection => vec(identity(), 0..3).prop_map(ClaimValue::Identities).boxed(),
        _ => text().prop_map(ClaimValue::from).boxed(),
    }
}

/// A claim for a slot: mostly of a type that it takes, sometimes without a value.
fn claim(types: &'static [DataType]) -> BoxedStrategy<(DataType, Option<ClaimValue>)> {
    let fitting: Vec<DataType> = if types.is_empty() { TYPES.to_vec() } else { types.to_vec() };
    prop_oneof![4 => select(fitting), 1 => select(TYPES.to_vec())]
        .prop_flat_map(|data_type| (Just(data_type), proptest::option::weighted(0.85, value(data_type))))
        .boxed()
}

fn parameter(kind: Kind) -> BoxedStrategy<String> {
    let fitting = match kind {
        Kind::OneOf(values) => select(values.to_vec()).prop_map(str::to_owned).boxed(),
        Kind::Boolean => any::<bool>().prop_map(|value| value.to_string()).boxed(),
        Kind::Integer => any::<i32>().prop_map(|value| value.to_string()).boxed(),
        _ => text().boxed(),
    };
    prop_oneof![5 => fitting, 1 => text()].boxed()
}

/// A name that an open-ended list admits.
fn open_name(names: Names) -> BoxedStrategy<String> {
    match names {
        Names::None => Just(String::new()).boxed(),
        Names::Any => prop_oneof![select(vec!["a", "a.0", "a.1.b", "a.b", "0"]).prop_map(str::to_owned), text()].boxed(),
        Names::Prefix(prefix) => text().prop_map(move |text| format!("{prefix}{text}")).boxed(),
    }
}

/// A call of a method with a claim in every slot but now and then one, and some for the open-ended lists.
fn call(signature: &'static Signature) -> impl Strategy<Value = Vec<Part>> {
    let mut parts: Vec<BoxedStrategy<Part>> = Vec::new();
    for slot in signature.inputs {
        parts.push(claim(slot.types).prop_map(|(data_type, value)| Part::Input(slot.name.to_owned(), data_type, value)).boxed());
    }
    for slot in signature.parameters {
        parts.push(parameter(slot.kind).prop_map(|value| Part::Parameter(slot.name.to_owned(), "string", value)).boxed());
    }
    for slot in signature.outputs {
        parts.push(claim(slot.types).prop_map(|(data_type, _)| Part::Output(slot.name.to_owned(), data_type)).boxed());
    }
    for _ in 0..3 {
        if let Some(open) = signature.open_inputs {
            parts.push(
                (open_name(open.names), claim(open.types))
                    .prop_map(|(name, (data_type, value))| Part::Input(name, data_type, value))
                    .boxed(),
            );
        }
        if let Some(open) = signature.open_parameters {
            let data_type = select(vec!["string", "int", "long", "boolean", "odd"]);
            parts.push(
                (open_name(open.names), data_type, text())
                    .prop_map(|(name, data_type, value)| Part::Parameter(name, data_type, value))
                    .boxed(),
            );
        }
        if let Some(open) = signature.open_outputs {
            parts.push((open_name(open.names), claim(open.types)).prop_map(|(name, (data_type, _))| Part::Output(name, data_type)).boxed());
        }
    }
    (parts, proptest::option::weighted(0.2, any::<Index>())).prop_map(|(mut parts, left_out)| {
        if let Some(index) = left_out
            && !parts.is_empty()
        {
            parts.remove(index.index(parts.len()));
        }
        parts
    })
}

#[derive(Clone, Debug)]
enum Part {
    Input(String, DataType, Option<ClaimValue>),
    Parameter(String, &'static str, String),
    Output(String, DataType),
}

fn build(method: &str, parts: &[Part]) -> Case {
    parts.iter().fold(case(method), |case, part| match part {
        Part::Input(slot, data_type, value) => case.input_of("a", slot, data_type.name(), value.clone()),
        Part::Parameter(id, data_type, value) => case.parameter_of(id, data_type, value),
        Part::Output(slot, data_type) => case.output_of(claim_type("a", data_type.name()), slot),
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn no_call_panics_and_the_same_call_gives_the_same((signature, parts) in select(signatures()).prop_flat_map(|signature| {
        let known = super::signature(signature.method).unwrap();
        (Just(known), call(known))
    })) {
        let first = build(signature.method, &parts).run();
        prop_assert_eq!(first, build(signature.method, &parts).run());
    }
}

#[test]
fn every_method_has_one_name_and_takes_it_in_any_case() {
    let names: BTreeSet<String> = signatures().iter().map(|signature| signature.method.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), signatures().len());
    for known in signatures() {
        assert_eq!(signature(&known.method.to_ascii_uppercase()).map(|found| found.method), Some(known.method));
    }
    assert!(signature("Unheard").is_none());
}

#[test]
fn all_documented_methods_come_first() {
    let documented = signatures().iter().take_while(|signature| signature.documented()).count();
    assert_eq!((documented, signatures().len()), (64, 70));
    assert!(signatures().iter().skip(documented).all(|signature| !signature.documented()));
}

#[test]
fn an_unknown_method_is_an_exception() {
    assert_eq!(super::testing::exception_kind(&case("Unheard").fails()), "unknown-method");
}
