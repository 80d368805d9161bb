use std::path::Path;

use serde_json::{Map, Value as Json, json};

use super::*;
use crate::claims::Str;
use crate::engine::{Entry, Environment, Outcome, Switches, Window};
use crate::explore::search::{Exploration, Explorer, Limits};
use crate::report::{RunRecord, sample};
use crate::simulate::default_world;
use crate::{Journey, PolicySet, Scenario};

fn example() -> Journey {
    let set = PolicySet::from_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap();
    set.journey("B2C_1A_signup_signin_biocatch").unwrap()
}

fn explore(journey: &Journey, interest: &Interest) -> Exploration {
    let environment = Environment {
        now: Scenario::default().now,
        seed: 0,
        request: default_world::request(),
        keys: std::collections::BTreeMap::new(),
        switches: Switches::default(),
        session: None,
        entry: Entry::Authorize,
    };
    let limits = Limits { max_states: 1_000_000, timeout: None, ..Limits::default() };
    let explorer = Explorer { plan: journey.plan(), environment: &environment, window: Window::default(), limits };
    explorer.explore(interest, &mut ())
}

/// What an expression says of a run.
#[track_caller]
fn judged(record: &RunRecord, expression: &str) -> Result<bool, String> {
    let parsed = Expression::parse(expression).map_err(|error| error.to_string())?;
    parsed.check_names(&record.known).map_err(|error| error.to_string())?;
    parsed.holds(record).map_err(|error| error.to_string())
}

#[test]
fn expressions_see_the_run() {
    let mut failed = sample::failed();
    failed.claims.insert("flag".into(), Json::Bool(true));
    failed.known.claims.push("flag".into());
    for (record, expression, expected) in [
        (sample::issued(), "outcome == 'issued' && error == ''", true),
        (failed.clone(), "outcome == 'error' && error == 'AADB2C90075'", true),
        (sample::waiting(), "outcome == 'waiting' && error == 'AADB2C90054'", true),
        (sample::issued(), "claims.riskLevel == 'LOW' && claims['riskLevel'] == \"LOW\"", true),
        (sample::issued(), "claims.riskLevel == 'low'", false),
        (sample::issued(), "claims.never == null && claims.gone == null && claims.score != null", true),
        // Null and other types are not equal, and that is no error.
        (sample::issued(), "claims.never == 'LOW' || 'LOW' == claims.never || claims.never == 1 || claims.never == true", false),
        (sample::issued(), "claims.never != 'LOW' && claims.never != 7", true),
        (sample::issued(), "claims.score == '275' || '275' == claims.score || claims.riskLevel == 275 || 275 == claims.riskLevel", false),
        (sample::issued(), "claims.score == true || claims.groups == 'a' || claims.groups == null", false),
        (sample::issued(), "claims.score == 275 && claims.score > 200 && claims.score <= 275", true),
        (sample::issued(), "claims.riskLevel in ['LOW', 'NONE'] && !(claims.never in ['LOW'])", true),
        (sample::issued(), "'b' in claims.groups && claims.groups == ['a', 'b'] && size(claims.groups) == 2", true),
        (sample::issued(), "claims.groups.exists(group, group == 'a') && !claims.groups.all(group, group == 'a')", true),
        (sample::issued(), "claims.riskLevel.startsWith('LO') && claims.riskLevel.matches('^L.W$')", true),
        (sample::issued(), "['score', 'riskLevel'].exists(name, claims[name] == 'LOW')", true),
        (sample::issued(), "token.riskLevel == 'LOW' && token.sub != null && token.nonce == null", true),
        (failed.clone(), "token.riskLevel == null && token.sub == null", true),
        (failed.clone(), "claims.flag && (claims.flag ? true : false)", true),
        (sample::issued(), "steps['10'] == 'skipped' && steps[10] == 'skipped' && steps['Extra/1'] == 'skipped'", true),
        (sample::issued(), "steps['extra/1'] == 'skipped' && steps['Other/1'] == 'not-reached'", true),
        (failed.clone(), "steps['9'] == 'failed' && executed('9') && executed(9) && steps['11'] == 'not-reached'", true),
        (sample::issued(), "skipped('10') && skipped(10) && skipped('extra/1') && !skipped('9') && !executed('10')", true),
        (sample::issued(), "executed('BioCatch-API-GETSCORE') && executed('biocatch-api-getscore') && !executed('More-API')", true),
        (sample::issued(), "['More-API', 'login-NonInteractive'].exists(name, executed(name))", true),
        (sample::issued(), "calls[0] == 'SelfAsserted-Local' && size(calls) == 3 && 'login-NonInteractive' in calls", true),
        // What decides is enough, though the other side cannot be judged.
        (sample::issued(), "claims.never > 3 || outcome == 'issued'", true),
        (sample::issued(), "outcome == 'issued' || claims.never > 3", true),
        (sample::issued(), "outcome == 'error' && claims.never > 3", false),
        (sample::issued(), "true", true),
    ] {
        assert_eq!(judged(&record, expression), Ok(expected), "{expression}");
    }
}

#[test]
fn what_is_neither_true_nor_false_is_an_error_that_names_the_expression() {
    for (expression, message) in [
        ("claims.never < 3", "`claims.never < 3` cannot be judged: `<` is not for null and int; `claims.never` is null"),
        ("claims.riskLevel < 3", "`claims.riskLevel < 3` cannot be judged: `<` is not for string and int"),
        ("claims.score", "`claims.score` cannot be judged: it gives a value of type int, not true or false"),
        ("claims.riskLevel - 1 == 0", "`claims.riskLevel - 1 == 0` cannot be judged: `-` is not for string and int"),
        ("claims.score / 0 == 1", "`claims.score / 0 == 1` cannot be judged: division by zero"),
        ("calls[9] == 'x'", "`calls[9] == 'x'` cannot be judged: the list has no such item"),
        ("[true].exists(x, executed(x))", "`[true].exists(x, executed(x))` cannot be judged: `executed`: takes a name, found bool"),
        ("executed(outcome)", "`executed(outcome)` cannot be judged: `executed`: the policy knows no `issued`"),
        (
            "executed(claims.never)",
            "`executed(claims.never)` cannot be judged: `executed`: takes a name, found null; `claims.never` is null",
        ),
        ("claims[outcome] == 'x'", "`claims[outcome] == 'x'` cannot be judged: nothing has the name `issued`"),
    ] {
        assert_eq!(judged(&sample::issued(), expression), Err(message.to_owned()), "{expression}");
    }
}

#[test]
fn what_is_not_known_is_told_with_its_place_and_the_nearest_name() {
    let record = sample::issued();
    for (expression, message) in [
        ("claim.riskLevel == 'LOW'", "unknown name `claim` at column 1 of `claim.riskLevel == 'LOW'` (did you mean `claims`?)"),
        ("true && x", "unknown name `x` at column 9 of `true && x` (known here: `outcome`, `error`, `claims`, `token`, `steps`, `calls`)"),
        ("execute('9')", "unknown function `execute` at column 8 of `execute('9')` (did you mean `executed`?)"),
        (
            "claims.risklevel == 'LOW'",
            "unknown claim `risklevel` at column 1 of `claims.risklevel == 'LOW'` (write `claims.riskLevel`: the case counts here)",
        ),
        (
            "true && claims['riskLevle'] != null",
            "unknown claim `riskLevle` at column 16 of `true && claims['riskLevle'] != null` (did you mean `claims.riskLevel`?)",
        ),
        ("'é' == claims.scor", "unknown claim `scor` at column 8 of `'é' == claims.scor` (did you mean `claims.score`?)"),
        ("token.scor == 1", "unknown name in the token `scor` at column 1 of `token.scor == 1` (did you mean `token.score`?)"),
        (
            "executed('SelfAserted-Local')",
            "the policy has no technical profile or step `SelfAserted-Local` at column 10 of `executed('SelfAserted-Local')` (did you mean `SelfAsserted-Local`?)",
        ),
        (
            "['1', '12'].all(step, executed(step))",
            "the journey has no step 12 at column 32 of `['1', '12'].all(step, executed(step))` (its last one is 11)",
        ),
        ("executed('12')", "the journey has no step 12 at column 10 of `executed('12')` (its last one is 11)"),
        ("skipped(12)", "the journey has no step 12 at column 9 of `skipped(12)` (its last one is 11)"),
        (
            "skipped('More-API')",
            "`More-API` is a technical profile, not a step at column 9 of `skipped('More-API')` (a step is its number, `SubJourneyId/2` in a sub journey; `!executed(\"More-API\")` asks about the profile)",
        ),
        (
            "steps['Extr/1'] == 'failed'",
            "the journey has no step `Extr/1` at column 7 of `steps['Extr/1'] == 'failed'` (did you mean `Extra/1`?)",
        ),
        (
            "'more-api' in calls",
            "the policy has no technical profile `more-api` at column 1 of `'more-api' in calls` (did you mean `More-API`?)",
        ),
        ("outcome == 'isued'", "outcome is never `isued` at column 1 of `outcome == 'isued'` (did you mean `issued`?)"),
        (
            "steps['9'] == 'skiped'",
            "the result of step 9 is never `skiped` at column 7 of `steps['9'] == 'skiped'` (did you mean `skipped`?)",
        ),
        (
            "has(claims.score)",
            "`has(claims.score)` is true for every name that the policy knows at column 4 of `has(claims.score)` (write `claims.score != null`)",
        ),
        (
            "size(claims) > 0",
            "`claims` needs a name after it at column 6 of `size(claims) > 0` (write `claims.name` or `claims[\"name\"]`; `!= null` asks whether there is a value)",
        ),
        ("steps.all(step, true)", "`steps` needs a name after it at column 1 of `steps.all(step, true)` (write `steps[\"1\"]`)"),
        ("executed('1', '2')", "`executed` takes one name, found 2 at column 9 of `executed('1', '2')`"),
        (
            "[1].exists(score, claims.score == scor)",
            "unknown name `scor` at column 35 of `[1].exists(score, claims.score == scor)` (known here: `outcome`, `error`, `claims`, `token`, `steps`, `calls`)",
        ),
        ("  ", "the expression is empty at column 1 of `  `"),
    ] {
        assert_eq!(judged(&record, expression), Err(message.to_owned()), "{expression}");
    }
    let mut record = record;
    record.known.claims.push("signInNames.emailAddress".into());
    let message = "unknown claim `signInNames.emailAddress` at column 1 of `claims.signInNames.emailAddress != null` (did you mean `claims[\"signInNames.emailAddress\"]`?)";
    assert_eq!(judged(&record, "claims.signInNames.emailAddress != null"), Err(message.to_owned()));
    assert_eq!(judged(&record, "claims['signInNames.emailAddress'] == null"), Ok(true));
}

#[test]
fn what_is_no_cel_is_told_with_its_place() {
    for (expression, line, column) in
        [("claims.x ==", 1, 12), ("outcome = 'issued'", 1, 9), ("true\n && (", 2, 6), ("'é' é", 1, 5), ("a b", 1, 3)]
    {
        let error = Expression::parse(expression).unwrap_err();
        assert!(error.message.starts_with("this is not CEL: "), "{error}");
        assert_eq!((error.line, error.column), (line, column), "{error}");
    }
    for (expression, help) in
        [("outcome = 'x'", "CEL writes `==`"), ("true and false", "CEL writes `&&`"), ("true OR false", "CEL writes `||`")]
    {
        assert_eq!(Expression::parse(expression).unwrap_err().help.as_deref(), Some(help), "{expression}");
    }
    assert!(Expression::parse(&"1".repeat(5000)).unwrap_err().message.contains("4096 bytes"));
}

#[test]
fn no_text_is_too_hostile_to_read() {
    let deep = |open: &str, inner: &str, close: &str, times: usize| format!("{}{inner}{}", open.repeat(times), close.repeat(times));
    for expression in [
        deep("(", "1", ")", 2000),
        deep("[", "1", "]", 2000),
        deep("!", "true", "", 4000),
        deep("-", "1", "", 4000),
        deep("", "1", "+1", 2000),
        deep("", "claims", ".a", 2000),
        deep("", "claims", "[0]", 1300),
        deep("", "true", "&&true", 600),
        deep("true?", "true", ":true", 300),
        deep("size(", "1", ")", 600),
        format!("{} == 31", deep("", "1", "+1", 30)),
        format!("{} == 0", deep("(0+", "0", ")", 30)),
        deep("true?", "true", ":true", 30),
        deep("!", "true", "", 30),
        deep("[1].exists(x,", "true", ")", 7),
        deep("{1:", "1", "}", 800),
        "\"unterminated".to_owned(),
        "\u{0}\u{7f}`@#$\\".to_owned(),
        "'\\u12' + b'\\xZZ' + 99999999999999999999".to_owned(),
        "r'''".to_owned(),
        "-9223372036854775808 < 0".to_owned(),
        "a.b.c.d().e[".to_owned(),
        "x{a: 1}.b".to_owned(),
    ] {
        if let Ok(parsed) = Expression::parse(&expression) {
            let _ = parsed.holds(&sample::issued());
        }
    }
}

proptest::proptest! {
    #[test]
    fn nothing_made_of_the_languages_parts_panics(
        parts in proptest::collection::vec(proptest::sample::select(vec![
            "claims", ".", "riskLevel", "[", "]", "'LOW'", "(", ")", "&&", "||", "!", "==", "!=", "<", "in", "calls", "executed", "size",
            "1", "-", "+", "*", "/", "0", "null", "true", "?", ":", "{", "}", ",", "exists", "x", "token", "steps", "'1'", "outcome", " ", "é",
            "map", "filter", "all", "has", "'", "\"", "1u", "2.5", "b'x'", "matches", "'('", "\n",
        ]), 0..14),
    ) {
        if let Ok(parsed) = Expression::parse(&parts.concat()) {
            let record = sample::issued();
            let _ = parsed.check_names(&record.known);
            let first = parsed.holds(&record);
            proptest::prop_assert_eq!(first, parsed.holds(&record));
        }
    }
}

/// `claim: value literals`, in the order of the claims; then what else is looked at.
fn interest(journey: &Journey, expression: &str) -> Json {
    let plan = journey.plan();
    let property = Property::always("p", expression).unwrap_or_else(|error| panic!("{error}"));
    property.check(plan).unwrap_or_else(|error| panic!("{error}"));
    let interest = property.interest(plan);
    let mut found = Map::new();
    for (claim, watched) in &interest.claims {
        let literals: Vec<&str> = watched.literals.iter().map(Str::as_str).collect();
        found.insert(plan.claim(*claim).id.to_string(), if watched.value { json!(literals) } else { Json::Null });
    }
    let mut put = |name: &str, value: Json| {
        if !matches!(&value, Json::Bool(false)) && value != json!([]) {
            found.insert(name.to_owned(), value);
        }
    };
    put("+token", interest.token.into());
    put("+error", interest.error.into());
    put("+calls", interest.calls.into());
    put("+profiles", interest.profiles.iter().map(|profile| plan.profile(*profile).id.to_string()).collect());
    put("+steps", interest.steps.iter().map(|step| crate::explore::search::step_name(plan, *step).to_string()).collect());
    Json::Object(found)
}

#[test]
fn an_expression_knows_what_it_looks_at() {
    let journey = example();
    for (expression, expected) in [
        ("outcome == 'issued'", json!({})),
        ("error == 'AADB2C90091'", json!({ "+error": true })),
        ("claims.riskLevel != null", json!({ "riskLevel": null })),
        ("null == claims.riskLevel || claims.riskLevel == 'LOW'", json!({ "riskLevel": ["LOW"] })),
        ("claims['riskLevel'] in ['LOW', 'MEDIUM']", json!({ "riskLevel": ["LOW", "MEDIUM"] })),
        ("['LOW', 'MEDIUM'].exists(level, claims.riskLevel == level)", json!({ "riskLevel": ["LOW", "MEDIUM"] })),
        ("['riskLevel', 'score'].exists(name, claims[name] != null)", json!({ "riskLevel": null, "score": null })),
        ("[8, 9].all(step, executed(step) || steps[step] == 'failed')", json!({ "+steps": ["8", "9"] })),
        ("claims.score > 200", json!({ "score": ["199", "200", "201"] })),
        ("claims.score == 5 || claims.newUser", json!({ "newUser": ["True", "False"], "score": ["5"] })),
        ("claims.riskLevel.startsWith('L')", json!({ "riskLevel": ["L"] })),
        ("(outcome == 'issued' ? claims.riskLevel : 'x') == 'LOW'", json!({ "riskLevel": ["LOW"] })),
        ("executed('phonefactor-inputorverify')", json!({ "+profiles": ["PhoneFactor-InputOrVerify"] })),
        ("'PhoneFactor-InputOrVerify' in calls", json!({ "+profiles": ["PhoneFactor-InputOrVerify"] })),
        ("calls == ['x']", json!({ "+calls": true })),
        ("skipped('10') && steps['9'] == 'failed' && executed(8)", json!({ "+steps": ["8", "9", "10"] })),
        ("token.riskLevel == 'LOW'", json!({ "riskLevel": ["LOW", ""], "+token": true })),
        ("token.sub != null", json!({ "objectId": [""], "+token": true })),
        ("token.iss != null", json!({ "+token": true })),
    ] {
        assert_eq!(interest(&journey, expression), expected, "{expression}");
    }
}

#[test]
fn what_is_only_tried_on_examples_is_named() {
    for (expression, expected) in [
        ("claims.a == 'x' && claims.b != null && claims.c in ['y'] && claims.d && claims.e < 3", None),
        ("claims.a == 'x' && size(outcome) == 3", None),
        ("claims.a.startsWith('x')", Some("startsWith")),
        ("claims.a < 'x'", Some("<")),
        ("claims.a == claims.b", Some("a comparison of two values")),
        ("size(claims.a) == 3", Some("size")),
        ("claims.a + 'x' == 'yx'", Some("+")),
        ("token.a.matches('x')", Some("matches")),
        ("claims[outcome] == 'x'", Some("a computed name")),
    ] {
        let found = Expression::parse(expression).unwrap().inexact();
        let wanted = expected.map(|how| format!("`{how}` in `{expression}` is only tried on example values"));
        assert_eq!(found, wanted);
    }
}

#[test]
fn both_directions_of_mfa_unless_low_hold_in_every_explored_run() {
    let journey = example();
    let plan = journey.plan();
    let built_in: Builtin = "mfa-unless( risklevel = LOW )".parse().unwrap();
    let properties = built_in.properties(plan).unwrap();
    let texts: Vec<(String, Option<String>, String)> = properties
        .iter()
        .map(|property| {
            (property.name.clone(), property.when.as_ref().map(Expression::to_string), property.demand.expression().to_string())
        })
        .collect();
    assert_eq!(
        texts,
        [
            (
                "mfa-unless(risklevel=LOW): no token without MFA otherwise".to_owned(),
                Some("outcome == \"issued\"".to_owned()),
                "executed(\"PhoneFactor-InputOrVerify\") || claims.riskLevel == \"LOW\"".to_owned()
            ),
            (
                "mfa-unless(risklevel=LOW): no MFA then".to_owned(),
                None,
                "claims.riskLevel != \"LOW\" || !executed(\"PhoneFactor-InputOrVerify\")".to_owned()
            ),
        ]
    );
    let ends = Ends::new(plan);
    let verdicts = |property: &Property| -> Vec<Option<bool>> {
        property.check(plan).unwrap();
        let found = explore(&journey, &property.interest(plan));
        found.ends.iter().map(|end| property.judge(&ends.view(end)).unwrap()).collect()
    };
    for property in &properties {
        let verdicts = verdicts(property);
        assert!(verdicts.contains(&Some(true)) && !verdicts.contains(&Some(false)), "{}", property.name);
    }
    let wrong = Property::always("wrong", "executed('PhoneFactor-InputOrVerify') || claims.riskLevel == 'low'").unwrap();
    let wrong = wrong.when("outcome == 'issued'").unwrap();
    assert!(verdicts(&wrong).contains(&Some(false)));
    assert_eq!(wrong.expectation(), "!(outcome == 'issued') || (executed('PhoneFactor-InputOrVerify') || claims.riskLevel == 'low')");
}

/// An explored end and the record of the run say the same.
#[test]
fn explored_and_simulated_runs_look_alike() {
    let journey = example();
    let plan = journey.plan();
    let record = journey.simulation().run().unwrap().record();
    assert_eq!(record.outcome.kind(), "issued");
    let all = Expression::parse("calls != [] && error == ''").unwrap();
    let ends = Ends::new(plan);
    let small = Expression::parse("executed('1') && token.sub != null && error == '' && claims.riskLevel != 'x'").unwrap();
    let found = explore(&journey, &Property::always("p", small.source()).unwrap().interest(plan));
    let end = found.ends.iter().find(|end| end.outcome == Outcome::Issued).unwrap();
    let view = ends.view(end);
    assert_eq!(all.holds(&record), Ok(true));
    assert_eq!(all.holds(&view), Ok(true));
    assert_eq!(small.holds(&view), Ok(true));
    assert_eq!(small.holds(&record), Ok(true));
    assert_eq!((view.outcome(), view.error()), (Finished::outcome(&record), Finished::error(&record)));
    assert_eq!(view.known(), record.known());
}

const NAMESPACE: &str = "http://schemas.microsoft.com/online/cpim/schemas/2013/06";

/// The second factors of a journey with these steps: a phone factor, a page that verifies a code, the same with a directory profile
/// beside it, a one-time password profile of its own, one that only makes a code, a plain page.
fn second_factors(steps: &[&str]) -> Vec<String> {
    let handler = |class: &str| format!("Web.TPEngine.Providers.{class}, Web.TPEngine");
    let profile = |id: &str, class: &str, rest: &str| {
        let protocol = format!("<Protocol Name=\"Proprietary\" Handler=\"{}\" />", handler(class));
        format!("<TechnicalProfile Id=\"{id}\"><DisplayName>{id}</DisplayName>{protocol}{rest}</TechnicalProfile>")
    };
    let operation = |name: &str| format!("<Metadata><Item Key=\"Operation\">{name}</Item></Metadata>");
    let page = |id: &str, validations: &[&str]| {
        let list: String = validations.iter().map(|id| format!("<ValidationTechnicalProfile ReferenceId=\"{id}\" />")).collect();
        let list = if list.is_empty() { list } else { format!("<ValidationTechnicalProfiles>{list}</ValidationTechnicalProfiles>") };
        profile(
            id,
            "SelfAssertedAttributeProvider",
            &format!("<OutputClaims><OutputClaim ClaimTypeReferenceId=\"code\" /></OutputClaims>{list}"),
        )
    };
    let profiles = [
        profile("Phone", "PhoneFactorProtocolProvider", ""),
        profile("Verify", "OneTimePasswordProtocolProvider", &operation("VerifyCode")),
        profile("Generate", "OneTimePasswordProtocolProvider", &operation("GenerateCode")),
        profile("Totp", "AzureMfaProtocolProvider", &operation("VerifyOTP")),
        profile("Read", "AzureActiveDirectoryProvider", &operation("Read")),
        page("CodePage", &["Verify"]),
        page("TotpPage", &["Totp"]),
        page("SignUpPage", &["Verify", "Read"]),
        page("PlainPage", &["Generate"]),
        "<TechnicalProfile Id=\"JwtIssuer\"><DisplayName>J</DisplayName><Protocol Name=\"OpenIdConnect\" /><OutputTokenFormat>JWT</OutputTokenFormat></TechnicalProfile>".to_owned(),
    ];
    let rows: String = (1..)
        .zip(steps)
        .map(|(order, profile)| {
            format!(
                "<OrchestrationStep Order=\"{order}\" Type=\"ClaimsExchange\"><ClaimsExchanges><ClaimsExchange Id=\"E{order}\" \
                 TechnicalProfileReferenceId=\"{profile}\" /></ClaimsExchanges></OrchestrationStep>"
            )
        })
        .collect();
    let xml = format!(
        "<TrustFrameworkPolicy xmlns=\"{NAMESPACE}\" PolicySchemaVersion=\"0.3.0.0\" TenantId=\"t.onmicrosoft.com\" PolicyId=\"B2C_1A_P\" \
         PublicPolicyUri=\"http://t/P\"><BuildingBlocks><ClaimsSchema><ClaimType Id=\"code\"><DisplayName>c</DisplayName><DataType>string</DataType>\
         <UserInputType>TextBox</UserInputType></ClaimType></ClaimsSchema></BuildingBlocks><ClaimsProviders><ClaimsProvider><DisplayName>p</DisplayName>\
         <TechnicalProfiles>{}</TechnicalProfiles></ClaimsProvider></ClaimsProviders><UserJourneys><UserJourney Id=\"J\"><OrchestrationSteps>{rows}\
         <OrchestrationStep Order=\"{}\" Type=\"SendClaims\" CpimIssuerTechnicalProfileReferenceId=\"JwtIssuer\" /></OrchestrationSteps></UserJourney>\
         </UserJourneys><RelyingParty><DefaultUserJourney ReferenceId=\"J\" /><TechnicalProfile Id=\"PolicyProfile\"><DisplayName>P</DisplayName>\
         <Protocol Name=\"OpenIdConnect\" /><OutputClaims><OutputClaim ClaimTypeReferenceId=\"code\" PartnerClaimType=\"sub\" /></OutputClaims>\
         <SubjectNamingInfo ClaimType=\"sub\" /></TechnicalProfile></RelyingParty></TrustFrameworkPolicy>",
        profiles.concat(),
        steps.len() + 1
    );
    let set = PolicySet::from_bytes([("a.xml", xml.as_bytes())], &crate::xml::Limits::default());
    let journey = set.journey("B2C_1A_P").unwrap_or_else(|error| panic!("{error}"));
    let plan = journey.plan();
    match Builtin::second_factor(plan) {
        Ok(found) => {
            assert_eq!(found.profiles.len(), found.steps.len());
            found.profiles.iter().map(|profile| plan.profile(*profile).id.to_string()).collect()
        }
        Err(error) => vec![error.to_string()],
    }
}

#[test]
fn a_page_that_verifies_an_address_is_no_second_factor() {
    let none = vec!["the journey `J` has no second factor: no step verifies a phone number or a code".to_owned()];
    for (steps, expected) in [
        (&["Phone"][..], vec!["Phone".to_owned()]),
        (&["PlainPage", "CodePage", "SignUpPage"], vec!["CodePage".to_owned()]),
        (&["TotpPage", "Totp"], vec!["TotpPage".to_owned(), "Totp".to_owned()]),
        (&["Verify"], vec!["Verify".to_owned()]),
        (&["SignUpPage", "PlainPage", "Generate", "Read"], none),
    ] {
        assert_eq!(second_factors(steps), expected, "{steps:?}");
    }
}

#[test]
fn built_in_properties_have_names() {
    for form in
        ["mfa-unless(riskLevel=LOW)", "every-journey-ends", "no-dead-step", "user-cannot-skip-mfa", "token-claim-always-present(sub)"]
    {
        assert_eq!(form.parse::<Builtin>().unwrap().to_string(), form);
    }
    assert_eq!("mfa-unless(a='b=c')".parse(), Ok(Builtin::MfaUnless { claim: "a".into(), value: "b=c".into() }));
    for (text, message) in [
        ("mfa-unles(a=b)", "unknown property `mfa-unles`; did you mean `mfa-unless(claim=value)`?"),
        (
            "nonsense",
            "unknown property `nonsense`; there are `mfa-unless(claim=value)`, `every-journey-ends`, `no-dead-step`, `user-cannot-skip-mfa`, `token-claim-always-present(claim)`",
        ),
        ("mfa-unless", "`mfa-unless` needs a claim and its value: `mfa-unless(riskLevel=LOW)`"),
        ("mfa-unless(riskLevel)", "`mfa-unless` needs a claim and its value: `mfa-unless(riskLevel=LOW)`"),
        ("mfa-unless(a=b", "`mfa-unless(a=b` lacks its closing bracket"),
        ("no-dead-step(9)", "`no-dead-step` takes nothing in brackets, found `9`"),
        ("token-claim-always-present()", "`token-claim-always-present` needs a name in the token: `token-claim-always-present(sub)`"),
    ] {
        assert_eq!(text.parse::<Builtin>().unwrap_err().to_string(), message);
    }
    let journey = example();
    let plan = journey.plan();
    for (text, message) in [
        ("mfa-unless(riskLevle=LOW)", "mfa-unless(riskLevle=LOW): the policy knows no claim `riskLevle`; did you mean `riskLevel`?"),
        ("mfa-unless(newUser=maybe)", "mfa-unless(newUser=maybe): `maybe` is no value of `newUser`, which is boolean"),
        ("token-claim-always-present(scor)", "token-claim-always-present(scor): the token has no claim `scor`; did you mean `score`?"),
    ] {
        assert_eq!(text.parse::<Builtin>().unwrap().properties(plan).unwrap_err().to_string(), message);
    }
    for (text, expressions) in [
        ("token-claim-always-present(SUB)", vec!["outcome == \"issued\"", "token.sub != null"]),
        ("token-claim-always-present(objectId)", vec!["outcome == \"issued\"", "token.sub != null"]),
        ("every-journey-ends", vec!["!(error in [\"AADB2C90040\", \"AADB2C90108\", \"AADB2C90304\"])", "outcome == \"issued\""]),
        ("user-cannot-skip-mfa", vec![]),
    ] {
        let properties = text.parse::<Builtin>().unwrap().properties(plan).unwrap();
        let found: Vec<&str> = properties.iter().flat_map(Property::expressions).map(Expression::source).collect();
        assert_eq!(found, expressions, "{text}");
        properties.iter().for_each(|property| property.check(plan).unwrap());
    }
}

#[test]
fn a_file_of_properties_is_read_strictly() {
    let text = r#"
- name: anything but LOW gets MFA
  when: outcome == "issued"
  always: executed("PhoneFactor-InputOrVerify") || claims.riskLevel == "LOW"
- name: LOW never gets MFA
  always: "!executed(\"PhoneFactor-InputOrVerify\") || claims.riskLevel != \"LOW\""
- name: a token can be issued at all
  sometimes: outcome == "issued"
"#;
    let properties = Properties::parse("p.yaml", text).unwrap();
    assert_eq!(properties.list.len(), 3);
    assert!(matches!(properties.list[2].demand, Demand::Sometimes(_)));
    properties.check(example().plan()).unwrap();
    let json = r#"[{ "name": "a", "always": "outcome != \"error\"" }]"#;
    assert_eq!(Properties::parse("p.json", json).unwrap().list, [Property::always("a", "outcome != \"error\"").unwrap()]);
    for (text, message) in [
        ("", "p.yaml: the file holds no property"),
        ("a: 1", "p.yaml:1:1: expected a list of properties, found a mapping"),
        ("- always: \"true\"", "p.yaml:1:3: a property needs a `name`"),
        ("- name: a", "p.yaml:1:3: a property needs `always` or `sometimes`, an expression"),
        ("- { name: a, always: \"true\", sometimes: \"true\" }", "p.yaml:1:41: a property has `always` or `sometimes`, not both"),
        ("- { name: a, always: \"true\" }\n- { name: a, always: \"true\" }", "p.yaml:2:11: there is another property of the name `a`"),
        ("- name: a\n  never: x", "p.yaml:2:3: unknown key `never` (known here: `name`, `when`, `always` and `sometimes`)"),
        (
            "- name: a\n  always: !skipped",
            "p.yaml:2:19: the tag `!skipped` has no meaning here (an expression that begins with `!` needs quotes around it)",
        ),
        (
            "- name: a\n  always: !executed(\"x\")",
            "p.yaml:2:11: this is not YAML: while scanning a tag, did not find expected whitespace or line break (an expression that begins with `!` needs quotes around it)",
        ),
        ("- name: a\n  always: outcom == 'x'", "p.yaml:2:11: unknown name `outcom` (did you mean `outcome`?)"),
        ("- name: a\n  always: \"true && outcom == 'x'\"", "p.yaml:2:20: unknown name `outcom` (did you mean `outcome`?)"),
        (
            "- name: a\n  always: \"\\\"\\\" == outcom\"",
            "p.yaml:2:11: unknown name `outcom` at line 1, column 7 of the expression (did you mean `outcome`?)",
        ),
        (
            "- name: a\n  always: |\n    true\n    && outcom == ''",
            "p.yaml:3:5: unknown name `outcom` at line 2, column 4 of the expression (did you mean `outcome`?)",
        ),
    ] {
        assert_eq!(Properties::parse("p.yaml", text).unwrap_err().to_string(), message, "{text}");
    }
    let unknown = Properties::parse("p.yaml", "- name: a\n  when: outcome == 'issued'\n  always: claims.riskLevle == 'LOW'").unwrap();
    let message = "p.yaml:3:11: unknown claim `riskLevle` (did you mean `claims.riskLevel`?)";
    assert_eq!(unknown.check(example().plan()).unwrap_err().to_string(), message);
}

#[test]
fn expressions_may_go_to_other_threads() {
    fn check<T: Send + Sync>() {}
    check::<Property>();
    check::<Properties>();
}
