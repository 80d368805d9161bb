//! Whether a transformation fits the signature of its method, as the service checks at upload.

use super::signature::{Kind, OpenSlots, Presence, Signature, Slot};
use super::{Parameter, Transformation, TransformationClaim, call, dotnet, signature};
use crate::claims::{ClaimId, ClaimType, DataType, RegexError};
use crate::diagnostic::{Severity, code};
use crate::source::Span;

/// What is wrong with a transformation; the caller makes a diagnostic of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Of [`crate::diagnostic::code`].
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// The service's words where they are known.
    pub message: String,
    /// The parameter, else the transformation.
    pub span: Span,
    /// The entries that are wrong, or the list in which one is missing; none when the whole transformation is meant.
    pub places: Vec<Place>,
    /// Why the value of a parameter is no usable regular expression.
    pub regex: Option<RegexError>,
}

/// A list of a transformation, or an entry by its place in its list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The InputClaims.
    Inputs,
    /// The OutputClaims.
    Outputs,
    /// The InputParameters.
    Parameters,
    /// The TransformationClaimType of an InputClaim.
    Input(usize),
    /// The TransformationClaimType of an OutputClaim.
    Output(usize),
    /// The Id of an InputParameter.
    Parameter(usize),
    /// The DataType of an InputParameter.
    ParameterType(usize),
    /// The Value of an InputParameter.
    ParameterValue(usize),
}

/// Everything in which a transformation departs from the signature of its method. `claim` gives the claim type of an id.
pub fn validate<'a>(transformation: &Transformation, claim: impl Fn(ClaimId) -> &'a ClaimType) -> Vec<Problem> {
    let Some(signature) = transformation.signature.or_else(|| signature(&transformation.method)) else {
        return vec![Problem {
            code: code::UNKNOWN_METHOD,
            severity: Severity::Error,
            message: format!("the transformation method `{}` is not known", transformation.method),
            span: transformation.method_span,
            places: Vec::new(),
            regex: None,
        }];
    };
    let mut check = Check { transformation, signature, problems: Vec::new() };
    check.claims("InputClaims", (Place::Inputs, Place::Input), signature.inputs, signature.open_inputs, &transformation.inputs, &claim);
    check.parameters();
    check.claims(
        "OutputClaims",
        (Place::Outputs, Place::Output),
        signature.outputs,
        signature.open_outputs,
        &transformation.outputs,
        &claim,
    );
    check.problems
}

struct Check<'t> {
    transformation: &'t Transformation,
    signature: &'static Signature,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn push(&mut self, severity: Severity, span: Span, message: String, places: Vec<Place>) {
        self.problems.push(Problem { code: code::BAD_SIGNATURE, severity, message, span, places, regex: None });
    }

    /// Claims that are declared and not expected, and the other way round. A wrong data type is one of each (samples#515).
    fn claims<'a>(
        &mut self,
        what: &str,
        (list, place): (Place, fn(usize) -> Place),
        slots: &'static [Slot],
        open: Option<OpenSlots>,
        declared: &[TransformationClaim],
        claim: &impl Fn(ClaimId) -> &'a ClaimType,
    ) {
        let (mut unexpected, mut places) = (Vec::new(), Vec::new());
        let mut fits = vec![false; slots.len()];
        for (entry, TransformationClaim { slot: name, claim: id, .. }) in declared.iter().enumerate() {
            let claim_type = claim(*id);
            // A claim that is declared nowhere is another problem, and its data type is not known.
            let has_type = |types: &[DataType]| types.is_empty() || !claim_type.declared || types.contains(&claim_type.data_type);
            let known = slots.iter().position(|slot| slot.name.eq_ignore_ascii_case(name));
            let expected = match known {
                Some(at) => {
                    self.spelling(slots.get(at).map_or("", |slot| slot.name), name, place(entry));
                    let fitting = slots.get(at).is_some_and(|slot| has_type(slot.types));
                    if let Some(fits) = fits.get_mut(at) {
                        *fits |= fitting;
                    }
                    fitting
                }
                None => open.is_some_and(|open| open.names.admits(name) && has_type(open.types)),
            };
            if !expected {
                unexpected.push(token(claim_type.data_type, name));
                places.push(place(entry));
            }
        }
        let is_declared = |slot: &Slot| declared.iter().any(|declared| declared.slot.eq_ignore_ascii_case(slot.name));
        // An optional claim of a wrong type is named on both sides as well.
        let missing: Vec<&Slot> = slots
            .iter()
            .zip(&fits)
            .filter(|(slot, fits)| !**fits && (slot.presence != Presence::Optional || is_declared(slot)))
            .map(|(slot, _)| slot)
            .collect();
        if unexpected.is_empty() && missing.is_empty() {
            return;
        }
        // The words are known for input claims. That the service asks for every output claim as well is an inference.
        let only_missing_outputs = what == "OutputClaims" && unexpected.is_empty();
        let severity = if only_missing_outputs { Severity::Warning } else { Severity::Error };
        let missing: Vec<String> = missing.into_iter().map(slot_token).collect();
        self.mismatch(severity, what, &unexpected, &missing, places_or(places, list));
    }

    fn mismatch(&mut self, severity: Severity, what: &str, unexpected: &[String], missing: &[String], places: Vec<Place>) {
        let mut message = format!(
            "The {what} mismatched in ClaimsTransformation with id \"{}\" with TransformationMethod \"{}\".",
            self.transformation.id, self.transformation.method
        );
        if !unexpected.is_empty() {
            message += &format!(
                " The following {what} were declared in the Policy but were not expected by the TransformMethod: {}.",
                unexpected.join(", ")
            );
        }
        if !missing.is_empty() {
            message += &format!(
                " The following {what} were expected by the TransformMethod but were not declared in the Policy: {}.",
                missing.join(", ")
            );
        }
        self.push(severity, self.transformation.span, message, places);
    }

    fn spelling(&mut self, known: &str, written: &str, place: Place) {
        if known != written {
            let message = format!("`{written}` is spelled `{known}` in the documentation of `{}`", self.signature.method);
            self.push(Severity::Warning, self.transformation.span, message, vec![place]);
        }
    }

    fn parameters(&mut self) {
        let transformation = self.transformation;
        let (mut unexpected, mut places) = (Vec::new(), Vec::new());
        for (entry, parameter) in transformation.parameters.iter().enumerate() {
            let known = self.signature.parameters.iter().find(|known| known.name.eq_ignore_ascii_case(&parameter.id));
            match known {
                Some(known) => {
                    self.spelling(known.name, &parameter.id, Place::Parameter(entry));
                    self.data_type(parameter, known.kind.types(), entry);
                    self.value(parameter, known.kind, entry);
                }
                None => match self.signature.open_parameters.filter(|open| open.names.admits(&parameter.id)) {
                    Some(open) => self.data_type(parameter, open.types, entry),
                    None => {
                        unexpected.push(format!("[{}]{}", capitalized(&parameter.data_type), parameter.id));
                        places.push(Place::Parameter(entry));
                    }
                },
            }
        }
        let is_declared = |name: &str| transformation.parameters.iter().any(|parameter| parameter.id.eq_ignore_ascii_case(name));
        let missing: Vec<String> = self
            .signature
            .parameters
            .iter()
            .filter(|known| known.required && !is_declared(known.name))
            .map(|known| format!("[{}]{}", capitalized(known.kind.types().first().map_or("string", |kind| kind.name())), known.name))
            .collect();
        if !unexpected.is_empty() || !missing.is_empty() {
            self.mismatch(Severity::Error, "InputParameters", &unexpected, &missing, places_or(places, Place::Parameters));
        }
    }

    fn data_type(&mut self, parameter: &Parameter, types: &[DataType], entry: usize) {
        let fits = DataType::parse(&parameter.data_type).is_some_and(|data_type| types.contains(&data_type));
        if !fits {
            let names: Vec<&str> = types.iter().map(|kind| kind.name()).collect();
            let message = format!(
                "the input parameter `{}` has the data type `{}`, not `{}`",
                parameter.id,
                parameter.data_type,
                names.join("` or `")
            );
            self.push(Severity::Warning, parameter.span, message, vec![Place::ParameterType(entry)]);
        }
    }

    /// A value that every run would fail on.
    fn value(&mut self, parameter: &Parameter, kind: Kind, entry: usize) {
        let value = parameter.value.as_str();
        let problem = |code, message, regex| Problem {
            code,
            severity: Severity::Error,
            message,
            span: parameter.span,
            places: vec![Place::ParameterValue(entry)],
            regex,
        };
        let fault = match kind {
            Kind::Text | Kind::PolicyKey => None,
            Kind::Boolean => call::parse_boolean(value).is_none().then(|| "is no boolean".to_owned()),
            Kind::Integer => value.trim().parse::<i32>().is_err().then(|| "is no 32-bit integer".to_owned()),
            Kind::DateTime => dotnet::parse_date_time(value).is_none().then(|| "is no date".to_owned()),
            Kind::OneOf(values) => (!values.iter().any(|known| known.eq_ignore_ascii_case(value.trim())))
                .then(|| format!("is not one of {}", values.join(", "))),
            Kind::Format(arguments) => {
                // Expressions are replaced before the format is read, so they are no faults.
                let text = ["TechnicalProfileId", "RelyingPartyTenantId", "TrustFrameworkTenantId"]
                    .iter()
                    .fold(value.to_owned(), |text, name| text.replace(&format!("{{{name}}}"), ""));
                dotnet::check_format(&text, arguments).err().map(|message| format!("is no format string: {message}"))
            }
            Kind::Regex => {
                if let Err(error) = parameter.regex() {
                    let message = format!("the input parameter `{}` is no usable regular expression: {}", parameter.id, error.message);
                    self.problems.push(problem(code::BAD_REGEX, message, Some(error.clone())));
                }
                None
            }
        };
        if let Some(fault) = fault {
            let message = format!("the input parameter `{}` is `{value}`, which {fault}", parameter.id);
            self.problems.push(problem(code::PARAMETER_VALUE, message, None));
        }
    }
}

/// The entries that are wrong, else the list in which something is missing.
fn places_or(places: Vec<Place>, list: Place) -> Vec<Place> {
    if places.is_empty() { vec![list] } else { places }
}

/// As the service writes it: `[StringCollection]collection`.
fn token(data_type: DataType, slot: &str) -> String {
    format!("[{}]{slot}", capitalized(data_type.name()))
}

fn slot_token(slot: &Slot) -> String {
    match slot.types.first() {
        Some(data_type) => token(*data_type, slot.name),
        None => format!("[Any]{}", slot.name),
    }
}

fn capitalized(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use crate::source::{Sources, Span};
    use crate::transform::testing::claim_type;

    fn span(start: u32) -> Span {
        let mut sources = Sources::new();
        Span { file: sources.add("test.xml", "".into()), start, end: start }
    }

    fn declared(slot: &str, claim: u32) -> TransformationClaim {
        TransformationClaim { slot: slot.into(), claim: ClaimId(claim), span: span(0) }
    }

    /// Slots and parameters as `slot:dataType` and `id:dataType=value`.
    fn problems(method: &str, inputs: &[&str], parameters: &[&str], outputs: &[&str]) -> Vec<(Severity, String)> {
        let mut types = Vec::new();
        let mut claims = |list: &[&str]| -> Vec<TransformationClaim> {
            list.iter()
                .map(|text| {
                    let (slot, data_type) = text.split_once(':').unwrap();
                    types.push(claim_type(slot, data_type));
                    declared(slot, types.len() as u32 - 1)
                })
                .collect()
        };
        let (inputs, outputs) = (claims(inputs), claims(outputs));
        let parameters = parameters
            .iter()
            .map(|text| {
                let (name, value) = text.split_once('=').unwrap();
                let (id, data_type) = name.split_once(':').unwrap();
                Parameter::new(id.into(), data_type.into(), value.into(), span(1))
            })
            .collect();
        let transformation = Transformation {
            id: "C".into(),
            method: method.into(),
            signature: None,
            inputs,
            parameters,
            outputs,
            span: span(0),
            method_span: span(0),
        };
        validate(&transformation, |id| &types[id.index()]).into_iter().map(|problem| (problem.severity, problem.message)).collect()
    }

    #[test]
    fn a_transformation_that_fits_has_no_problem() {
        for (method, inputs, parameters, outputs) in [
            ("NotClaims", &["inputClaim:boolean"][..], &[][..], &["outputClaim:boolean"][..]),
            ("notclaims", &["inputClaim:boolean"], &[], &["outputClaim:boolean"]),
            ("ConvertStringToPhoneNumberClaim", &["phoneNumberString:string"], &[], &["outputClaim:phoneNumber"]),
            ("DoesClaimExist", &["inputClaim:stringCollection"], &[], &["outputClaim:boolean"]),
            ("GenerateJson", &["a.b:string", "c:boolean"], &["d:long=5"], &["outputClaim:string"]),
            (
                "BuildUri",
                &["path:string", "query.x:string"],
                &["scheme:string=a", "host:string=b", "query.y:string=c"],
                &["outputClaim:string"],
            ),
            ("StringContains", &["inputClaim:string"], &["contains:string=", "ignoreCase:boolean=true"], &["outputClaim:boolean"]),
            ("FormatStringClaim", &["inputClaim:string"], &["stringFormat:string={TechnicalProfileId}{0}"], &["outputClaim:string"]),
        ] {
            assert_eq!(problems(method, inputs, parameters, outputs), [], "{method}");
        }
    }

    #[test]
    fn input_claims_are_refused_in_the_words_of_the_service() {
        let message = "The InputClaims mismatched in ClaimsTransformation with id \"C\" with TransformationMethod \
                       \"AssertDateTimeIsGreaterThan\". The following InputClaims were declared in the Policy but were not expected by the \
                       TransformMethod: [DateTime]rightOperand. The following InputClaims were expected by the TransformMethod but were not \
                       declared in the Policy: [String]rightOperand.";
        let found = problems("AssertDateTimeIsGreaterThan", &["leftOperand:string", "rightOperand:dateTime"], &[], &[]);
        assert_eq!(found, [(Severity::Error, message.to_owned())]);
        let message = "The InputClaims mismatched in ClaimsTransformation with id \"C\" with TransformationMethod \
                       \"AddItemToStringCollection\". The following InputClaims were expected by the TransformMethod but were not declared in \
                       the Policy: [StringCollection]collection.";
        let found = problems("AddItemToStringCollection", &["item:string"], &[], &["collection:stringCollection"]);
        assert_eq!(found, [(Severity::Error, message.to_owned())]);
    }

    #[test]
    fn unknown_names_are_refused() {
        let found = problems("NotClaims", &["inputClaim:boolean", "x:string"], &["y:string=1"], &["outputClaim:boolean", "z:int"]);
        let tokens: Vec<bool> =
            ["[String]x.", "[String]y.", "[Int]z."].iter().zip(&found).map(|(token, (_, text))| text.ends_with(token)).collect();
        assert_eq!(tokens, [true, true, true], "{found:?}");
        assert_eq!(problems("Unheard", &[], &[], &[]), [(Severity::Error, "the transformation method `Unheard` is not known".to_owned())]);
    }

    #[test]
    fn a_missing_output_is_a_warning() {
        let found = problems("NotClaims", &["inputClaim:boolean"], &[], &[]);
        assert_eq!(found.iter().map(|(severity, _)| *severity).collect::<Vec<_>>(), [Severity::Warning]);
    }

    #[test]
    fn another_case_is_a_warning() {
        let found = problems("NotClaims", &["InputClaim:boolean"], &[], &["outputClaim:boolean"]);
        assert_eq!(found, [(Severity::Warning, "`InputClaim` is spelled `inputClaim` in the documentation of `NotClaims`".to_owned())]);
    }

    #[test]
    fn parameter_values_that_always_fail_are_refused() {
        for (method, inputs, parameter, output, part) in [
            ("AdjustNumber", &["inputClaim:int"][..], "Operator:string=x", "outputClaim:int", "not one of INCREMENT, DECREMENT"),
            ("FormatStringClaim", &["inputClaim:string"], "stringFormat:string={1}", "outputClaim:string", "is no format string"),
            ("CompareBooleanClaimToValue", &["inputClaim:boolean"], "valueToCompareTo:boolean=x", "compareResult:boolean", "is no boolean"),
            (
                "IsTermsOfUseConsentRequired",
                &["termsOfUseConsentDateTime:dateTime"],
                "termsOfUseTextUpdateDateTime:dateTime=x",
                "result:boolean",
                "is no date",
            ),
        ] {
            let found = problems(method, inputs, &[parameter], &[output]);
            assert!(matches!(&found[..], [(Severity::Error, message)] if message.contains(part)), "{found:?}");
        }
        let found = problems("StringSubstring", &["inputClaim:string"], &["startIndex:int=x", "length:string=1"], &["outputClaim:string"]);
        let severities: Vec<Severity> = found.iter().map(|(severity, _)| *severity).collect();
        assert_eq!(severities, [Severity::Error, Severity::Warning], "{found:?}");
    }

    #[test]
    fn an_undeclared_claim_has_no_type_to_check() {
        let mut claim = claim_type("x", "string");
        claim.declared = false;
        let transformation = Transformation {
            id: "C".into(),
            method: "NotClaims".into(),
            signature: None,
            inputs: vec![declared("inputClaim", 0)],
            parameters: Vec::new(),
            outputs: vec![declared("outputClaim", 0)],
            span: span(0),
            method_span: span(0),
        };
        assert_eq!(validate(&transformation, |_| &claim), []);
    }

    /// Claim types and transformations of one published policy file.
    fn read(text: &str, types: &mut BTreeMap<String, ClaimType>, transformations: &mut Vec<(String, PublishedTransformation)>) {
        let Ok(document) = roxmltree::Document::parse(text.trim_start_matches('\u{FEFF}')) else { return };
        let attribute = |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap_or_default().to_owned();
        for node in document.descendants() {
            match node.tag_name().name() {
                "ClaimType" => {
                    let data_type =
                        node.children().find(|child| child.has_tag_name((NAMESPACE, "DataType"))).and_then(|child| child.text());
                    let id = attribute(node, "Id");
                    if let Some(data_type) = data_type {
                        types.insert(id.to_ascii_lowercase(), claim_type(&id, data_type.trim()));
                    }
                }
                "ClaimsTransformation" if node.has_attribute("TransformationMethod") => {
                    let list = |list: &str, names: [&str; 3]| -> Vec<[String; 3]> {
                        let parent = node.children().find(|child| child.tag_name().name() == list);
                        let items = parent.into_iter().flat_map(|parent| parent.children()).filter(|child| child.is_element());
                        items.map(|item| names.map(|name| attribute(item, name))).collect()
                    };
                    let claim = ["TransformationClaimType", "ClaimTypeReferenceId", ""];
                    transformations.push((
                        attribute(node, "Id"),
                        PublishedTransformation {
                            method: attribute(node, "TransformationMethod"),
                            inputs: list("InputClaims", claim),
                            parameters: list("InputParameters", ["Id", "DataType", "Value"]),
                            outputs: list("OutputClaims", claim),
                        },
                    ));
                }
                _ => {}
            }
        }
    }

    const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";

    struct PublishedTransformation {
        method: String,
        inputs: Vec<[String; 3]>,
        parameters: Vec<[String; 3]>,
        outputs: Vec<[String; 3]>,
    }

    #[test]
    fn published_policies_fit_the_signatures() {
        let corpus = std::env::var_os("B2C_JOURNEY_CORPUS").map_or_else(|| "../shared/corpus".into(), std::path::PathBuf::from);
        let Ok(chains) = std::fs::read_to_string(corpus.join("chains.json")) else {
            println!("skipped: there is no corpus in {}", corpus.display());
            return;
        };
        let mut found = BTreeSet::new();
        let mut checked = 0;
        for chain in serde_json::from_str::<serde_json::Value>(&chains).unwrap().as_array().unwrap() {
            let (mut types, mut transformations) = (BTreeMap::new(), Vec::new());
            for file in chain["chain"].as_array().unwrap() {
                let bytes = std::fs::read(corpus.join(file.as_str().unwrap())).unwrap();
                read(&String::from_utf8_lossy(&bytes), &mut types, &mut transformations);
            }
            for (id, published) in transformations {
                let mut claims = Vec::new();
                let mut list = |items: &[[String; 3]]| -> Vec<TransformationClaim> {
                    items
                        .iter()
                        .map(|[slot, claim, _]| {
                            let known = types.get(&claim.to_ascii_lowercase()).cloned();
                            claims.push(known.unwrap_or_else(|| ClaimType { declared: false, ..claim_type(claim, "string") }));
                            declared(slot, claims.len() as u32 - 1)
                        })
                        .collect()
                };
                let (inputs, outputs) = (list(&published.inputs), list(&published.outputs));
                let parameters = published
                    .parameters
                    .iter()
                    .map(|[id, data_type, value]| Parameter::new(id.into(), data_type.into(), value.into(), span(1)));
                let transformation = Transformation {
                    id: id.as_str().into(),
                    method: published.method.as_str().into(),
                    signature: None,
                    inputs,
                    parameters: parameters.collect(),
                    outputs,
                    span: span(0),
                    method_span: span(0),
                };
                checked += 1;
                found.extend(validate(&transformation, |id| &claims[id.index()]).into_iter().map(|problem| problem.message));
            }
        }
        println!("checked {checked} transformations of published policies");
        assert!(checked > 1000, "{checked}");
        assert_eq!(found, BTreeSet::new());
    }
}
