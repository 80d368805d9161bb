//! What scenarios cover, on policies small enough to count by hand, and generated scenarios that cover all of it.

#![cfg(test)]

mod common;

use std::collections::BTreeSet;

use b2c_journey::explore::{ConditionOutcome, Count, CoverLimits, Coverage, CoverageMeter, ItemKind};
use b2c_journey::report::{coverage_cobertura, coverage_json, coverage_lcov, coverage_text};
use b2c_journey::simulate::expect::check as check_expectations;
use b2c_journey::{Journey, PolicySet, Scenario, report, xml::Limits};
use common::{RESTFUL, SELF_ASSERTED, Small, TEXT_BOX, api, exchange_step, output, page, precondition, validation, worked_example};

/// The preconditions of one step: `(type, ExecuteActionsIf, values)`.
fn preconditions(list: &[(&str, bool, &[&str])]) -> String {
    let inner: String = list
        .iter()
        .map(|(kind, execute_if, values)| {
            let one = precondition(kind, *execute_if, values);
            one.replace("<Preconditions>", "").replace("</Preconditions>", "\n")
        })
        .collect();
    format!("<Preconditions>\n{inner}</Preconditions>")
}

/// An API gives `a` and `b`; step 2 is skipped when `a` is X or `b` is Y.
fn two_conditions() -> Small {
    Small::default()
        .claim("a", "string", "")
        .claim("b", "string", "")
        .profile("Api", RESTFUL, &api("", &(output("a", "") + &output("b", ""))))
        .marker("M", "")
        .exchange(1, "", "Api")
        .exchange(2, &preconditions(&[("ClaimEquals", true, &["a", "X"]), ("ClaimEquals", true, &["b", "Y"])]), "M")
        .send(3)
}

fn scenarios(texts: &[&str]) -> Vec<Scenario> {
    texts.iter().flat_map(|text| Scenario::parse("scenario.yaml", text).unwrap_or_else(|error| panic!("{error}"))).collect()
}

fn answering(bodies: &[&str]) -> Vec<Scenario> {
    bodies.iter().flat_map(|body| scenarios(&[&format!("stubs: {{ Api: {body} }}")])).collect()
}

fn count(covered: usize, total: usize) -> Count {
    Count { covered, total }
}

/// Steps, conditions and MC/DC that the API's answers cover.
fn check(bodies: &[&str], steps: usize, conditions: usize, mcdc: usize) {
    let coverage = two_conditions().journey().coverage(&answering(bodies)).unwrap();
    assert_eq!(coverage.bounded, None);
    let counts = (coverage.steps(), coverage.conditions(), coverage.mcdc());
    assert_eq!(counts, (count(steps, 3), count(conditions, 6), count(mcdc, 2)), "{bodies:?}");
}

#[test]
fn conditions_count_satisfied_not_satisfied_and_ignored() {
    check(&[], 0, 0, 0);
    // The second condition is not looked at when the first is satisfied.
    check(&["{ json: { a: X, b: Y } }"], 2, 1, 0);
    check(&["{ json: { a: Z, b: Y } }"], 2, 2, 0);
    check(&["{ json: { a: Z, b: Z } }"], 3, 2, 0);
    check(&["{ json: {} }"], 3, 2, 0);
    check(&["{ status: 500 }"], 1, 0, 0);
    check(&["{ json: { a: X } }", "{ json: { b: Y } }", "{ json: { a: Z, b: Z } }", "{ json: { a: Z } }"], 3, 6, 2);
}

#[test]
fn mcdc_wants_each_condition_alone_to_change_the_decision() {
    // Skipped twice, but the step never runs: nothing shows that either condition matters.
    check(&["{ json: { a: X } }", "{ json: { a: Z, b: Y } }"], 2, 3, 0);
    check(&["{ json: { a: X } }", "{ json: { a: Z, b: Z } }"], 3, 3, 1);
    check(&["{ json: { a: Z, b: Y } }", "{ json: { a: Z, b: Z } }"], 3, 3, 1);
    check(&["{ json: { a: X } }", "{ json: { a: Z, b: Y } }", "{ json: { a: Z, b: Z } }"], 3, 4, 2);
    // An ignored condition is one that is not satisfied.
    check(&["{ json: { a: X } }", "{ json: { b: Y } }", "{ json: {} }"], 3, 4, 2);
}

#[test]
fn exchanges_and_error_exits_are_counted() {
    let coverage = two_conditions().journey().coverage(&answering(&["{ status: 500 }"])).unwrap();
    // The marker cannot fail.
    assert_eq!((coverage.exchanges(), coverage.errors()), (count(1, 2), count(1, 1)));
    let coverage = two_conditions().journey().coverage(&answering(&["{ json: {} }"])).unwrap();
    assert_eq!((coverage.exchanges(), coverage.errors()), (count(2, 2), count(0, 1)));
    let missing: Vec<&str> = coverage.uncovered().filter(|item| item.kind == ItemKind::ErrorExit).map(|item| item.what.as_str()).collect();
    assert_eq!(missing, ["step 1 ends with an error of `Api`"]);
}

#[test]
fn what_no_run_reaches_is_left_out_and_listed() {
    let always = preconditions(&[("ClaimsExist", true, &["fromM"])]);
    let policy = Small::default().marker("M", "").marker("N", "").exchange(1, "", "M").exchange(2, &always, "N").send(3);
    let coverage = policy.journey().coverage(&[Scenario::default()]).unwrap();
    assert_eq!((coverage.steps(), coverage.conditions(), coverage.mcdc()), (count(2, 2), count(1, 1), count(0, 0)));
    assert!(coverage.is_complete() && coverage.mcdc().percent() == 100.0);
    let what: Vec<&str> = coverage.unreachable().map(|item| item.what.as_str()).collect();
    assert_eq!(
        what,
        [
            "step 2 runs",
            "step 2 calls `N`",
            "precondition 1 of step 2 (`fromM` exists) is false",
            "precondition 1 of step 2 (`fromM` exists) alone decides",
            "step 1 ends with an error of `M`",
            "step 2 ends with an error of `N`",
        ]
    );
}

#[test]
fn a_scenario_that_reaches_what_exploration_does_not_counts() {
    let always = preconditions(&[("ClaimsExist", true, &["fromM"])]);
    let policy = Small::default().marker("M", "").marker("N", "").exchange(1, "", "M").exchange(2, &always, "N").send(3);
    let coverage = policy.journey().coverage(&scenarios(&["start: { step: 2 }"])).unwrap();
    assert_eq!((coverage.steps(), coverage.conditions()), (count(2, 3), count(1, 2)));
}

#[test]
fn when_the_exploration_is_bounded_nothing_is_left_out_and_it_says_so() {
    let journey = two_conditions().journey();
    let coverage = CoverageMeter::new(&journey).finish(&CoverLimits { max_states: 0 });
    assert!(coverage.bounded.as_ref().is_some_and(|reason| reason.contains("budget of 0 states")), "{:?}", coverage.bounded);
    // Whether a claim can be absent is not known then: `ignored` counts where it is seen.
    assert_eq!((coverage.steps(), coverage.conditions(), coverage.mcdc()), (count(0, 3), count(0, 4), count(0, 2)));
    assert_eq!(coverage.errors(), count(0, 2));
    let text = coverage_text(&[coverage], &report::TextOptions::default());
    assert!(text.contains("not everything was explored"), "{text}");
}

#[test]
fn steps_of_sub_journeys_are_items_of_their_own() {
    let guard = preconditions(&[("ClaimsExist", true, &["fromM"])]);
    let inner = exchange_step(1, "M") + &exchange_step(2, "N").replace("<ClaimsExchanges>", &format!("{guard}<ClaimsExchanges>"));
    let policy = Small::default().marker("M", "").marker("N", "").sub_journey("Sub", "Call", &inner).invoke(1, "", "Sub").send(2);
    let coverage = policy.journey().coverage(&[Scenario::default()]).unwrap();
    let steps: Vec<&str> =
        coverage.items.iter().filter(|item| item.kind == ItemKind::Step).filter_map(|item| item.step.as_deref()).collect();
    assert_eq!(steps, ["1", "2", "Sub/1", "Sub/2"]);
    assert_eq!(coverage.steps(), count(3, 3));
}

/// A page with an API that validates it when `wish` is there.
fn validated() -> Small {
    let guard = "<ValidationTechnicalProfile ReferenceId=\"Check\"><Preconditions><Precondition Type=\"ClaimEquals\" ExecuteActionsIf=\"true\">\
                 <Value>wish</Value><Value>none</Value><Action>SkipThisValidationTechnicalProfile</Action></Precondition></Preconditions>\
                 </ValidationTechnicalProfile>";
    Small::default()
        .claim("wish", "string", TEXT_BOX)
        .profile("Check", RESTFUL, &api("", ""))
        .profile("Note", RESTFUL, &api("", ""))
        .profile("Page", SELF_ASSERTED, &page("", "", &output("wish", ""), &(guard.to_owned() + &validation("Note"))))
        .exchange(1, "", "Page")
        .send(2)
}

#[test]
fn validation_technical_profiles_and_refused_pages_are_items() {
    let journey = validated().journey();
    let cover = |text: &str| journey.coverage(&scenarios(&[text])).unwrap();
    let skipped = cover("stubs: { Page: { enter: { wish: none } } }");
    assert_eq!((skipped.validations(), skipped.conditions(), skipped.mcdc()), (count(1, 2), count(1, 3), count(0, 0)));
    let called = cover("stubs: { Page: { enter: { wish: more } } }");
    assert_eq!((called.validations(), called.conditions()), (count(2, 2), count(1, 3)));
    let refused =
        cover("stubs: { Page: { enter: { wish: more } }, Check: { status: 409, json: { version: 1.0.0, status: 409, userMessage: no } } }");
    assert_eq!((refused.validations(), refused.errors()), (count(1, 2), count(1, 2)));
    let cancelled = cover("stubs: { Page: { cancel: true } }");
    assert_eq!((cancelled.validations(), cancelled.errors()), (count(0, 2), count(1, 2)));
    let ignored = cover("stubs: { Page: { enter: {} } }");
    let outcomes = ignored.items.iter().filter(|item| item.is_covered()).filter(|item| matches!(item.kind, ItemKind::Condition(_)));
    assert_eq!(outcomes.map(|item| item.kind).collect::<Vec<_>>(), [ItemKind::Condition(ConditionOutcome::Ignored)]);
}

#[test]
fn a_run_of_another_journey_covers_nothing() {
    let (journey, other) = (two_conditions().journey(), two_conditions().journey());
    let mut meter = CoverageMeter::new(&journey);
    assert!(!meter.add(&other.simulation().run().unwrap()));
    assert!(meter.add(&journey.simulation().run().unwrap()));
    let coverage = meter.finish(&CoverLimits::default());
    assert_eq!(coverage.runs, 1);
}

/// Every generated scenario passes, comes back from its file as it was, and has a name of its own; together they are complete.
fn check_generated(journey: &Journey, limits: &CoverLimits) -> (Vec<Scenario>, Coverage) {
    let (generated, coverage) = journey.generate_with_coverage(limits);
    let file = Scenario::to_yaml_file(&generated);
    assert_eq!(file, Scenario::to_yaml_file(&journey.generate(limits)), "twice the same");
    let read = if generated.is_empty() { Vec::new() } else { Scenario::parse("generated.yaml", &file).unwrap() };
    assert_eq!(read.len(), generated.len());
    let mut names = BTreeSet::new();
    let mut meter = CoverageMeter::new(journey);
    for scenario in &read {
        let run = journey.run_scenario(scenario).unwrap_or_else(|error| panic!("{error}\n{}", scenario.to_yaml()));
        let failures = check_expectations(scenario.expect.as_ref().unwrap(), &run.record());
        assert!(failures.is_empty(), "{}\n{}", failures.join("\n"), scenario.to_yaml());
        assert!(names.insert(scenario.title()), "twice the name {}", scenario.title());
        meter.add(&run);
    }
    let again = meter.finish(limits);
    assert_eq!(coverage_json(&[coverage]), coverage_json(std::slice::from_ref(&again)));
    (generated, again)
}

#[test]
fn generated_scenarios_cover_everything_and_pass() {
    for (policy, most) in [(two_conditions(), 6), (validated(), 6)] {
        let (generated, coverage) = check_generated(&policy.journey(), &CoverLimits::default());
        assert!(coverage.is_complete(), "{}", coverage_text(&[coverage], &report::TextOptions::default()));
        assert!(generated.len() <= most, "{}", Scenario::to_yaml_file(&generated));
    }
}

#[test]
fn generated_scenarios_are_named_by_what_they_show() {
    let names: Vec<String> = two_conditions().journey().generate(&CoverLimits::default()).iter().map(Scenario::title).collect();
    for wanted in ["step 2 skipped by a X", "step 2 skipped by b Y", "Api fails"] {
        assert!(names.iter().any(|name| name.contains(wanted)), "{wanted}: {names:?}");
    }
}

#[test]
fn the_worked_example_is_covered_by_what_is_generated() {
    let journey = worked_example();
    let (generated, coverage) = check_generated(&journey, &CoverLimits::default());
    assert_eq!(coverage.bounded, None);
    assert!(coverage.is_complete());
    assert_eq!((coverage.steps(), coverage.conditions(), coverage.mcdc()), (count(12, 12), count(19, 19), count(9, 9)));
    assert_eq!((coverage.exchanges(), coverage.validations(), coverage.errors()), (count(12, 12), count(2, 2), count(14, 14)));
    assert!(generated.len() <= 17);
    assert!(generated.iter().any(|scenario| scenario.title().contains("step 10 skipped by riskLevel LOW")));
}

#[test]
fn lines_and_branches_stand_where_the_policy_has_them() {
    let name = "a&\"<b>.xml";
    let xml = two_conditions().xml();
    let set = PolicySet::from_bytes([(name, xml.as_bytes())], &Limits::default());
    let journey = set.journey("B2C_1A_small").unwrap();
    let coverage = [journey.coverage(&answering(&["{ json: { a: X } }", "{ json: { a: X } }", "{ json: { a: Z, b: Z } }"])).unwrap()];
    let line = |text: &str| xml.lines().position(|line| line.contains(text)).unwrap() + 1;
    let (step, first, second) = (line("Order=\"2\""), line("<Value>a</Value>"), line("<Value>b</Value>"));
    let lcov = coverage_lcov(&coverage);
    assert!(lcov.starts_with(&format!("TN:\nSF:{name}\n")) && lcov.ends_with("end_of_record\n"), "{lcov}");
    assert!(lcov.contains(&format!("DA:{step},1\n")), "{lcov}");
    for (line, hits) in [(first, [2, 1, 0]), (second, [0, 1, 0])] {
        for (branch, hits) in hits.into_iter().enumerate() {
            let found =
                lcov.lines().find(|text| text.starts_with(&format!("BRDA:{line},")) && text.ends_with(&format!(",{branch},{hits}")));
            assert!(found.is_some(), "line {line} branch {branch}\n{lcov}");
        }
        assert!(lcov.contains(&format!("DA:{line},{}\n", hits.iter().sum::<i32>())), "{lcov}");
    }
    assert!(lcov.contains("BRF:6\nBRH:3\n"), "{lcov}");

    let cobertura = coverage_cobertura(&coverage);
    let options = || roxmltree::ParsingOptions { allow_dtd: true, ..Default::default() };
    let document = roxmltree::Document::parse_with_options(&cobertura, options()).unwrap();
    let root = document.root_element();
    assert_eq!((root.attribute("branches-covered"), root.attribute("branches-valid")), (Some("3"), Some("6")));
    let class = document.descendants().find(|node| node.has_tag_name("class")).unwrap();
    assert_eq!(class.attribute("filename"), Some(name));
    let of_line = |number: usize| {
        let number = number.to_string();
        class.descendants().find(|node| node.has_tag_name("line") && node.attribute("number") == Some(&number)).unwrap()
    };
    assert_eq!(of_line(step).attribute("hits"), Some("1"));
    assert_eq!(of_line(first).attribute("condition-coverage"), Some("66% (2/3)"));
    assert_eq!(of_line(second).attribute("condition-coverage"), Some("33% (1/3)"));
    // Nothing was run: still well-formed.
    assert_eq!(coverage_lcov(&[]), "");
    roxmltree::Document::parse_with_options(&coverage_cobertura(&[]), options()).unwrap();
}

/// `B2C_JOURNEY_ALL=1` takes every complete chain, not the starter pack alone: better in release.
#[test]
fn generated_scenarios_of_the_starter_pack_pass_and_are_complete() {
    let Some(corpus) = common::corpus() else { return };
    let all = std::env::var_os("B2C_JOURNEY_ALL").is_some();
    let (mut complete, mut total) = (0, 0);
    for chain in common::chains(&corpus).iter().filter(|chain| chain.complete && (all || chain.rp.starts_with("starterpack/"))) {
        let set = chain.load();
        let journey = chain.journey(&set).unwrap_or_else(|error| panic!("{error}"));
        let (generated, coverage) = check_generated(&journey, &CoverLimits { max_states: 1_000 });
        let (conditions, mcdc) = (coverage.conditions(), coverage.mcdc());
        total += 1;
        complete += usize::from(coverage.is_complete());
        println!(
            "{}: {} scenarios, conditions {}/{}, MC/DC {}/{}, {} of {} items missing, {:?}",
            chain.rp,
            generated.len(),
            conditions.covered,
            conditions.total,
            mcdc.covered,
            mcdc.total,
            coverage.uncovered().count(),
            coverage.items.len(),
            coverage.bounded
        );
        // What exploration knows to be reachable some scenario reaches.
        assert!(coverage.bounded.is_some() || coverage.is_complete(), "{}", chain.rp);
    }
    println!("{complete} of {total} chains are covered by what is generated");
    assert!(complete >= 20, "{complete} of {total}");
}
