//! Whether a run is as its scenario expects. Every difference is one explained failure.

use serde_json::Value as Json;

use super::scenario::{Expect, ExpectedBody, ExpectedOutcome, ExpectedRequest, ExpectedRequests, StepResult};
use crate::claims::Str;
use crate::nearest::nearest;
use crate::report::{BecauseRecord, OutcomeRecord, RequestRecord, RunRecord, StepRecord, why};

/// The expectations that do not hold, in the order of the scenario file's keys.
pub fn check(expect: &Expect, record: &RunRecord) -> Vec<String> {
    let mut failures = Vec::new();
    failures.extend(outcome(expect, record));
    failures.extend(error(expect, record));
    failures.extend(expect.steps.iter().filter_map(|(key, result)| step(key, *result, record)));
    failures.extend(expect.calls.as_ref().and_then(|wanted| calls(wanted, record)));
    failures.extend(expect.claims.iter().filter_map(|(name, wanted)| claim(name, wanted, record)));
    failures.extend(expect.token.iter().filter_map(|(name, wanted)| issued(name, wanted, record)));
    for (profile, wanted) in &expect.requests {
        requests(profile, wanted, record, &mut failures);
    }
    failures.extend(expect.holds.iter().filter_map(|expression| holds(expression, record)));
    failures
}

/// Whether the scenario expects the run to end in an error or on a page, so that this end is no failure by itself.
pub fn expects_a_bad_end(expect: &Expect) -> bool {
    matches!(expect.outcome, Some(ExpectedOutcome::Error | ExpectedOutcome::Waiting))
        || expect.error.is_some()
        || expect.steps.values().any(|result| matches!(result, StepResult::Failed | StepResult::Waiting))
}

/// `error` with its code and message.
fn ending(record: &RunRecord) -> String {
    let kind = record.outcome.kind();
    match (&record.outcome, record.outcome.fault()) {
        (OutcomeRecord::Error { at: Some(at), .. }, Some(fault)) => format!("`{kind}` ({fault}, at {at})"),
        (_, Some(fault)) => format!("`{kind}` ({fault})"),
        (_, None) => format!("`{kind}`"),
    }
}

fn outcome(expect: &Expect, record: &RunRecord) -> Option<String> {
    let wanted = expect.outcome?.name();
    (wanted != record.outcome.kind()).then(|| format!("outcome: expected `{wanted}`, found {}", ending(record)))
}

/// The code without regard to case, or a part of code and message.
fn error(expect: &Expect, record: &RunRecord) -> Option<String> {
    let wanted = expect.error.as_ref()?;
    let found = record.outcome.fault().is_some_and(|fault| {
        fault.code.as_ref().is_some_and(|code| code.eq_ignore_ascii_case(wanted)) || fault.to_string().contains(wanted.as_str())
    });
    (!found).then(|| format!("error: expected `{wanted}`, but the outcome is {}", ending(record)))
}

fn did_you_mean<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    nearest(wanted, names).map(|name| format!("; did you mean `{name}`?")).unwrap_or_default()
}

fn step(key: &str, wanted: StepResult, record: &RunRecord) -> Option<String> {
    let known = &record.known.steps;
    let row = record.step(key);
    if row.is_none() && !known.iter().any(|step| step.eq_ignore_ascii_case(key)) {
        if record.steps.is_empty() && known.is_empty() {
            return Some(format!("step {key}: expected `{}`, but the journey did not start", wanted.name()));
        }
        // A number is not mistyped like a name: the last step says more.
        let hint = match record.steps.iter().rfind(|step| step.sub_journey.is_none()) {
            Some(last) if !key.contains('/') => format!("; its last one is {}", last.order),
            _ => did_you_mean(key, known.iter().map(String::as_str)),
        };
        return Some(format!("step {key}: the journey has no such step{hint}"));
    }
    // A step of a sub journey that was never invoked has no row.
    let found = row.map_or(StepResult::NotReached, |row| row.result);
    (found != wanted).then(|| {
        let reason = row.and_then(step_reason).map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("step {key}: expected `{}`, found `{}`{reason}", wanted.name(), found.name())
    })
}

fn step_reason(row: &StepRecord) -> Option<String> {
    row.because.as_ref().map(because).or_else(|| row.fault.as_ref().map(|fault| fault.to_string()))
}

fn because(because: &BecauseRecord) -> String {
    let (rule, fact) = why(because);
    fact.map_or_else(|| rule.clone(), |fact| format!("{rule}; {fact}"))
}

fn calls(wanted: &[Str], record: &RunRecord) -> Option<String> {
    let found = &record.calls;
    if wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| wanted.eq_ignore_ascii_case(found)) {
        return None;
    }
    let known = |name: &Str| record.known.profiles.is_empty() || record.known.profiles.iter().any(|known| known.eq_ignore_ascii_case(name));
    if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
        let hint = did_you_mean(unknown, record.known.profiles.iter().map(Str::as_str));
        return Some(format!("calls: the policy has no technical profile `{unknown}`{hint}"));
    }
    let same = wanted.iter().zip(found).take_while(|(wanted, found)| wanted.eq_ignore_ascii_case(found)).count();
    let name = |list: &[Str]| list.get(same).map_or_else(|| "the end".to_owned(), |name| format!("`{name}`"));
    Some(format!(
        "calls: number {} is expected to be {}, found {}\n  expected: {}\n  found:    {}",
        same + 1,
        name(wanted),
        name(found),
        wanted.join(", "),
        found.join(", ")
    ))
}

/// Value and type, `275 (number)`.
fn shown(value: &Json) -> String {
    match value {
        Json::Null => "absent".to_owned(),
        Json::Bool(_) => format!("{value} (boolean)"),
        Json::Number(_) => format!("{value} (number)"),
        Json::String(_) => format!("{value} (text)"),
        Json::Array(_) | Json::Object(_) => value.to_string(),
    }
}

/// Claims are compared with their types: `"275"` is not 275. Null stands for absent.
fn claim(name: &str, wanted: &Json, record: &RunRecord) -> Option<String> {
    let known = &record.known.claims;
    let entry = record.claims.iter().find(|(claim, _)| claim.eq_ignore_ascii_case(name));
    if entry.is_none() && !known.is_empty() && !known.iter().any(|claim| claim.eq_ignore_ascii_case(name)) {
        return Some(format!("claim `{name}`: the policy has no such claim{}", did_you_mean(name, known.iter().map(Str::as_str))));
    }
    let found = entry.map_or(&Json::Null, |(_, value)| value);
    (found != wanted).then(|| {
        let writer = record.writers.iter().find(|(claim, _)| claim.eq_ignore_ascii_case(name));
        let writer = writer.map(|(_, written)| format!(", last written by {written}")).unwrap_or_default();
        format!("claim `{name}`: expected {}, found {}{writer}", shown(wanted), shown(found))
    })
}

fn issued(name: &str, wanted: &Json, record: &RunRecord) -> Option<String> {
    let Some(token) = &record.token else {
        // Nothing is issued without a token, so what is expected to be absent is.
        return (!wanted.is_null()).then(|| format!("token `{name}`: expected {}, but no token was issued", shown(wanted)));
    };
    let found = token.get(name).unwrap_or(&Json::Null);
    (found != wanted).then(|| {
        let hint = if found.is_null() { did_you_mean(name, token.keys().map(String::as_str)) } else { String::new() };
        format!("token `{name}`: expected {}, found {}{hint}", shown(wanted), shown(found))
    })
}

fn requests(profile: &str, wanted: &ExpectedRequests, record: &RunRecord, failures: &mut Vec<String>) {
    let found = record.requests.iter().find(|(name, _)| name.eq_ignore_ascii_case(profile)).map_or(&[][..], |(_, found)| found);
    let known = &record.known.profiles;
    if found.is_empty() && !known.is_empty() && !known.iter().any(|name| name.eq_ignore_ascii_case(profile)) {
        let hint = did_you_mean(profile, known.iter().map(Str::as_str));
        failures.push(format!("requests: the policy has no technical profile `{profile}`{hint}"));
        return;
    }
    match wanted {
        ExpectedRequests::Any(wanted) => match found {
            [] => failures.push(format!("requests of `{profile}`: expected one, but none was sent")),
            [only] => failures.extend(request(wanted, only).map(|difference| format!("request of `{profile}`: {difference}"))),
            several if several.iter().any(|found| request(wanted, found).is_none()) => {}
            several => {
                let sent: Vec<String> = several.iter().map(|found| format!("\n  {} {}", found.method, found.url)).collect();
                failures.push(format!("requests of `{profile}`: none of the {} is as expected{}", several.len(), sent.concat()));
            }
        },
        ExpectedRequests::Each(wanted) => {
            if wanted.len() != found.len() {
                failures.push(format!("requests of `{profile}`: expected {}, found {}", wanted.len(), found.len()));
            }
            for (number, (wanted, found)) in wanted.iter().zip(found).enumerate() {
                let difference = request(wanted, found);
                failures.extend(difference.map(|difference| format!("request {} of `{profile}`: {difference}", number + 1)));
            }
        }
    }
}

/// A property of this run; one that is violated is told with the values of its names.
#[cfg(feature = "prove")]
fn holds(expression: &str, record: &RunRecord) -> Option<String> {
    use crate::explore::property::Expression;

    if record.known == Default::default() {
        return Some(format!("holds: `{expression}` was not judged, for the journey did not start"));
    }
    let checked = Expression::parse(expression).and_then(|parsed| parsed.check_names(&record.known).map(|()| parsed));
    let parsed = match checked {
        Ok(parsed) => parsed,
        Err(error) => return Some(format!("holds: {error}")),
    };
    match parsed.holds(record) {
        Ok(true) => None,
        Ok(false) => {
            let values: Vec<String> = parsed.values(record).iter().map(|(name, value)| format!("\n  {name} is {value}")).collect();
            Some(format!("holds: `{expression}` is false{}", values.concat()))
        }
        Err(error) => Some(format!("holds: {error}")),
    }
}

#[cfg(not(feature = "prove"))]
fn holds(expression: &str, _: &RunRecord) -> Option<String> {
    Some(format!("holds: `{expression}` was not judged, for the library is built without its feature `prove`"))
}

/// The first difference.
fn request(wanted: &ExpectedRequest, found: &RequestRecord) -> Option<String> {
    if let Some(method) = &wanted.method
        && !method.eq_ignore_ascii_case(found.method)
    {
        return Some(format!("expected method `{method}`, found `{}`", found.method));
    }
    if let Some(url) = &wanted.url
        && !matches(url, &found.url)
    {
        return Some(format!("expected URL `{url}`, found `{}`", found.url));
    }
    for (name, value) in &wanted.headers {
        let held = found.headers.iter().find(|(held, _)| held.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        match held {
            Some(held) if matches(value, held) => {}
            Some(held) => return Some(format!("expected header `{name}: {value}`, found `{held}`")),
            None => return Some(format!("expected header `{name}: {value}`, found none of that name")),
        }
    }
    let sent = found.body.as_deref();
    let shown = || sent.map_or_else(|| "none".to_owned(), |body| format!("`{body}`"));
    let expected = match &wanted.body {
        None => return None,
        Some(ExpectedBody::Absent) => sent.is_some_and(|body| !body.is_empty()).then(|| "no body".to_owned()),
        Some(ExpectedBody::Text(text)) => (!sent.is_some_and(|body| matches(text, body))).then(|| format!("body `{text}`")),
        Some(ExpectedBody::Json(json)) => {
            let parsed = sent.and_then(|body| serde_json::from_str::<Json>(body).ok());
            (!parsed.is_some_and(|found| json_matches(json, &found))).then(|| format!("body `{json}`"))
        }
    };
    expected.map(|expected| format!("expected {expected}, found {}", shown()))
}

/// Equal, but for texts in which `*` stands for anything.
fn json_matches(wanted: &Json, found: &Json) -> bool {
    match (wanted, found) {
        (Json::String(wanted), Json::String(found)) => matches(wanted, found),
        (Json::Array(wanted), Json::Array(found)) => {
            wanted.len() == found.len() && wanted.iter().zip(found).all(|(wanted, found)| json_matches(wanted, found))
        }
        (Json::Object(wanted), Json::Object(found)) => {
            let all = wanted.iter().all(|(key, wanted)| found.get(key).is_some_and(|found| json_matches(wanted, found)));
            wanted.len() == found.len() && all
        }
        _ => wanted == found,
    }
}

/// Whether the text is the pattern, in which `*` stands for any number of characters.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts = rest.split('*').peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return text.ends_with(part);
        }
        match text.split_once(part) {
            Some((_, after)) => text = after,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::scenario::Scenario;
    use super::*;
    use crate::report::sample;

    /// The failures of a run against the `expect` of a scenario.
    fn failures(record: &RunRecord, expect: &str) -> Vec<String> {
        let scenarios = Scenario::parse("a.yaml", &format!("expect: {expect}")).unwrap_or_else(|error| panic!("{error}"));
        check(scenarios[0].expect.as_ref().unwrap(), record)
    }

    #[test]
    fn what_holds_is_no_failure() {
        for expect in [
            "{ outcome: issued }",
            "{ steps: { 1: executed, 9: executed, 10: skipped, Extra/1: skipped, extra/1: skipped, Other/1: not-reached } }",
            "{ calls: [selfasserted-local, login-NonInteractive, BioCatch-API-GETSCORE] }",
            "{ claims: { riskLevel: LOW, RISKLEVEL: LOW, score: 275, groups: [a, b], gone: null, never: null } }",
            "{ token: { sub: 3f25, score: 275, absent: null } }",
            "{ requests: { BioCatch-API-GETSCORE: { method: GET, url: \"https://*customerSessionID=9f1c*\", body: null } } }",
            "{ requests: { biocatch-api-getscore: [ { headers: { accept: \"application/*\" } } ], More-API: [] } }",
        ] {
            assert_eq!(failures(&sample::issued(), expect), Vec::<String>::new(), "{expect}");
        }
        assert_eq!(failures(&sample::failed(), "{ outcome: error, error: aadb2c90075, token: { sub: null } }"), Vec::<String>::new());
        assert_eq!(failures(&sample::failed(), "{ error: the API answered }"), Vec::<String>::new());
        assert_eq!(failures(&sample::waiting(), "{ outcome: waiting, error: Your password }"), Vec::<String>::new());
    }

    #[test]
    fn each_difference_is_one_explained_failure() {
        let reason = "precondition 1 skips it when `riskLevel` equals \"LOW\" (policies/Risk.xml:91:9); `riskLevel` is \"LOW\", \
                      last written by BioCatch-API-GETSCORE at policies/Risk.xml:40:9";
        for (expect, failure) in [
            ("{ outcome: error }", "outcome: expected `error`, found `issued`".to_owned()),
            ("{ error: AADB2C90075 }", "error: expected `AADB2C90075`, but the outcome is `issued`".to_owned()),
            ("{ steps: { 10: executed } }", format!("step 10: expected `executed`, found `skipped`: {reason}")),
            ("{ steps: { 12: executed } }", "step 12: the journey has no such step; its last one is 11".to_owned()),
            ("{ steps: { Extr/1: executed } }", "step Extr/1: the journey has no such step; did you mean `Extra/1`?".to_owned()),
            ("{ steps: { Other/1: executed } }", "step Other/1: expected `executed`, found `not-reached`".to_owned()),
            (
                "{ calls: [SelfAsserted-Local, BioCatch-API-GETSCORE] }",
                "calls: number 2 is expected to be `BioCatch-API-GETSCORE`, found `login-NonInteractive`\n  \
                 expected: SelfAsserted-Local, BioCatch-API-GETSCORE\n  \
                 found:    SelfAsserted-Local, login-NonInteractive, BioCatch-API-GETSCORE"
                    .to_owned(),
            ),
            (
                "{ calls: [SelfAsserted-Loca] }",
                "calls: the policy has no technical profile `SelfAsserted-Loca`; did you mean `SelfAsserted-Local`?".to_owned(),
            ),
            (
                "{ claims: { riskLevel: HIGH } }",
                "claim `riskLevel`: expected \"HIGH\" (text), found \"LOW\" (text), last written by BioCatch-API-GETSCORE at \
                 policies/Risk.xml:40:9"
                    .to_owned(),
            ),
            ("{ claims: { score: \"275\" } }", "claim `score`: expected \"275\" (text), found 275 (number)".to_owned()),
            ("{ claims: { score: null } }", "claim `score`: expected absent, found 275 (number)".to_owned()),
            ("{ claims: { groups: [b, a] } }", "claim `groups`: expected [\"b\",\"a\"], found [\"a\",\"b\"]".to_owned()),
            ("{ claims: { never: true } }", "claim `never`: expected true (boolean), found absent".to_owned()),
            ("{ claims: { riskLevle: null } }", "claim `riskLevle`: the policy has no such claim; did you mean `riskLevel`?".to_owned()),
            ("{ token: { scor: 275 } }", "token `scor`: expected 275 (number), found absent; did you mean `score`?".to_owned()),
            ("{ token: { score: null } }", "token `score`: expected absent, found 275 (number)".to_owned()),
            ("{ requests: { More-API: { method: GET } } }", "requests of `More-API`: expected one, but none was sent".to_owned()),
            ("{ requests: { BioCatch-API-GETSCORE: null } }", "requests of `BioCatch-API-GETSCORE`: expected 0, found 1".to_owned()),
            (
                "{ requests: { BioCatch-API-GETSCOR: null } }",
                "requests: the policy has no technical profile `BioCatch-API-GETSCOR`; did you mean `BioCatch-API-GETSCORE`?".to_owned(),
            ),
            (
                "{ requests: { BioCatch-API-GETSCORE: { method: POST } } }",
                "request of `BioCatch-API-GETSCORE`: expected method `POST`, found `GET`".to_owned(),
            ),
            (
                "{ requests: { BioCatch-API-GETSCORE: [ { url: \"*9f1\" } ] } }",
                "request 1 of `BioCatch-API-GETSCORE`: expected URL `*9f1`, found `https://risk.example/score?customerSessionID=9f1c`"
                    .to_owned(),
            ),
            (
                "{ requests: { BioCatch-API-GETSCORE: { headers: { X: \"*\" } } } }",
                "request of `BioCatch-API-GETSCORE`: expected header `X: *`, found none of that name".to_owned(),
            ),
            (
                "{ requests: { BioCatch-API-GETSCORE: { headers: { accept: text/plain } } } }",
                "request of `BioCatch-API-GETSCORE`: expected header `accept: text/plain`, found `application/json`".to_owned(),
            ),
            (
                "{ requests: { BioCatch-API-GETSCORE: { body: { a: 1 } } } }",
                "request of `BioCatch-API-GETSCORE`: expected body `{\"a\":1}`, found none".to_owned(),
            ),
        ] {
            assert_eq!(failures(&sample::issued(), expect), [failure], "{expect}");
        }
        assert_eq!(
            failures(&sample::failed(), "{ outcome: issued, steps: { 9: executed, 10: executed }, token: { sub: x } }"),
            [
                "outcome: expected `issued`, found `error` (AADB2C90075: the API answered <503> & \"more\", at policies/Risk.xml:89:9)",
                "step 9: expected `executed`, found `failed`: AADB2C90075: the API answered <503> & \"more\"",
                "step 10: expected `executed`, found `not-reached`",
                "token `sub`: expected \"x\" (text), but no token was issued",
            ]
        );
    }

    #[cfg(feature = "prove")]
    #[test]
    fn a_property_that_is_violated_is_told_with_the_values_of_its_names() {
        let low = "claims.riskLevel == \"LOW\" && executed(\"BioCatch-API-GETSCORE\") && skipped(10)";
        assert_eq!(failures(&sample::issued(), &format!("{{ holds: ['{low}', 'outcome == \"issued\"'] }}")), Vec::<String>::new());
        for (expression, failure) in [
            (
                "claims.riskLevel == \"HIGH\" && token.score == 1 && steps[\"10\"] == \"executed\"",
                "is false\n  claims.riskLevel is \"LOW\"\n  token.score is 275\n  steps[\"10\"] is \"skipped\"",
            ),
            (
                "executed(\"More-API\") || calls == []",
                "is false\n  executed(\"More-API\") is false\n  calls is [\"SelfAsserted-Local\",\"login-NonInteractive\",\"BioCatch-API-GETSCORE\"]",
            ),
            ("claims.never < 3", "cannot be judged: `<` is not for null and int; `claims.never` is null"),
        ] {
            assert_eq!(
                failures(&sample::issued(), &format!("{{ holds: ['{expression}'] }}")),
                [format!("holds: `{expression}` {failure}")]
            );
        }
        assert_eq!(
            failures(&sample::issued(), "{ holds: ['claims.riskLevle != null', 'outcome ='] }"),
            [
                "holds: unknown claim `riskLevle` at column 1 of `claims.riskLevle != null` (did you mean `claims.riskLevel`?)".to_owned(),
                "holds: this is not CEL: token recognition error at: '=' at column 9 of `outcome =` (CEL writes `==`)".to_owned(),
            ]
        );
        let record = RunRecord::not_started("n", "p", None, "no such policy", None);
        assert_eq!(failures(&record, "{ holds: ['true'] }"), ["holds: `true` was not judged, for the journey did not start"]);
    }

    #[cfg(not(feature = "prove"))]
    #[test]
    fn a_library_without_properties_says_so() {
        let failure = "holds: `true` was not judged, for the library is built without its feature `prove`";
        assert_eq!(failures(&sample::issued(), "{ holds: ['true'] }"), [failure]);
    }

    #[test]
    fn a_journey_that_could_not_start_fails_what_it_must() {
        let record = RunRecord::not_started("n", "p", None, "no such policy", None);
        assert_eq!(
            failures(&record, "{ outcome: error, steps: { 1: executed }, claims: { x: null } }"),
            ["step 1: expected `executed`, but the journey did not start"]
        );
    }

    #[test]
    fn one_of_several_requests_is_enough_unless_they_are_listed() {
        let mut record = sample::issued();
        let sent = record.requests.get_mut("BioCatch-API-GETSCORE").unwrap();
        sent.push(RequestRecord { method: "POST", body: Some("{\"a\":\"xyz\",\"b\":[1]}".to_owned()), ..sent[0].clone() });
        let check = |expect: &str| failures(&record, &format!("{{ requests: {{ BioCatch-API-GETSCORE: {expect} }} }}")).len();
        assert_eq!(check("{ method: POST }"), 0);
        assert_eq!(check("{ method: PUT }"), 1);
        assert_eq!(check("[ { method: GET }, { method: POST, body: { b: [1], a: \"x*z\" } } ]"), 0);
        assert_eq!(check("[ {}, { body: { a: \"x*z\" } } ]"), 1, "a member that is not expected");
        assert_eq!(check("[ {}, { body: { a: \"x*z\", b: [2] } } ]"), 1);
        assert_eq!(check("[ {}, { body: \"{*}\" } ]"), 0);
        assert_eq!(check("[ {}, { body: null } ]"), 1);
        assert_eq!(check("[ { method: GET } ]"), 1);
    }

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("a", "a", true),
            ("a", "ab", false),
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("a*a", "a", false),
            ("*b*", "abc", true),
            ("*ab*ab*", "ab", false),
            ("*ab*ab*", "xabyabz", true),
            ("a*b*c", "abxbc", true),
            ("**", "x", true),
            ("é*", "éa", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
        assert!(!json_matches(&json!({ "a": 1 }), &json!({ "a": "1" })), "types count");
    }

    #[test]
    fn a_bad_end_can_be_expected() {
        for (expect, expected) in [
            ("{ outcome: issued }", false),
            ("{ claims: { a: 1 } }", false),
            ("{ outcome: error }", true),
            ("{ outcome: waiting }", true),
            ("{ error: x }", true),
            ("{ steps: { 1: failed } }", true),
            ("{ steps: { 1: executed } }", false),
        ] {
            let scenarios = Scenario::parse("a.yaml", &format!("expect: {expect}")).unwrap();
            assert_eq!(expects_a_bad_end(scenarios[0].expect.as_ref().unwrap()), expected, "{expect}");
        }
    }
}
