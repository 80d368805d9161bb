//! Texts matched with regular expressions and predicates.

use crate::claims::{ClaimValue, Str, check_predicates};
use crate::transform::Failure;
use crate::transform::call::Call;
use crate::transform::choices;

/// The value must satisfy the predicates of the *output* claim type.
pub(super) fn copy_claim_if_predicate_match(call: &mut Call<'_>) -> Result<(), Failure> {
    let Some(output) = call.output("outputClaim") else { return Ok(()) };
    let Some(value) = call.value("inputClaim") else { return Err(call.missing("inputClaim")) };
    let matches = match &output.claim.predicates {
        Some(predicates) => check_predicates(predicates, value, call.world.now().date()).is_ok(),
        None => {
            call.chose(choices::NO_PREDICATES_MATCH);
            true
        }
    };
    if matches { call.set("outputClaim", value.clone()) } else { Ok(()) }
}

/// A match anywhere in the text counts. Named groups go to the outputs without slot whose claim has their name.
pub(super) fn set_claims_if_regex_match(call: &mut Call<'_>) -> Result<(), Failure> {
    let pattern = call.demanded_parameter("matchTo")?;
    let text = call.string("claimToMatch")?;
    let refused = |call: &Call<'_>, message: &str| call.bad_parameter("matchTo", message, &pattern.value);
    let regex = pattern.regex().map_err(|error| refused(call, &error.message))?;
    let captures = regex.captures(text).map_err(|error| refused(call, &error.message))?;
    let Some(captures) = captures else {
        call.set_null("outputClaim");
        return call.set("regexCompareResultClaim", false);
    };
    if let Some(text) = call.parameter_or_default("outputClaimIfMatched") {
        call.set("outputClaim", text)?;
    }
    call.set("regexCompareResultClaim", true)?;
    if call.flag("extractGroups")? {
        for (index, output) in call.outputs.iter().enumerate().filter(|(_, output)| output.slot.is_empty()) {
            let group = captures.names().find(|(name, _)| name.eq_ignore_ascii_case(&output.claim.id));
            if let Some((_, Some(text))) = group {
                call.set_at(index, ClaimValue::String(Str::from(text)))?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::claims::{Predicate, PredicateGroup, PredicateValidation};
    use crate::transform::testing::{Case, case, exception_kind};

    fn digits() -> PredicateValidation {
        let parameters = [("RegularExpression".into(), "^[0-9]+$".into())];
        let predicate = Predicate::new("digits".into(), "MatchesRegex", &parameters, "".into()).unwrap();
        PredicateValidation { id: "validation".into(), groups: vec![PredicateGroup::new("".into(), None, false, vec![predicate])] }
    }

    #[test]
    fn a_claim_is_copied_when_it_satisfies_the_predicates_of_the_output() {
        let base = |text: &str| case("CopyClaimIfPredicateMatch").input("inputClaim", text);
        base("123").output_with_predicates("outputClaim", digits()).gives(&[("outputClaim", Some("123".into()))]);
        base("12a").output_with_predicates("outputClaim", digits()).gives(&[]);
        assert_eq!(base("12a").output("outputClaim", "string").choices().len(), 1);
        let failure = case("CopyClaimIfPredicateMatch").empty_input("inputClaim", "string").fails();
        assert_eq!(exception_kind(&failure), "null-input");
    }

    fn matched(text: &str, pattern: &str) -> Case {
        case("SetClaimsIfRegexMatch")
            .input("claimToMatch", text)
            .parameter("matchTo", pattern)
            .parameter("outputClaimIfMatched", "yes")
            .output("outputClaim", "string")
            .output("regexCompareResultClaim", "boolean")
            .output_of(crate::transform::testing::claim_type("alias", "string"), "")
    }

    #[test]
    fn a_match_sets_the_claims_and_on_request_the_groups() {
        let (yes, no) = (("outputClaim", Some("yes".into())), ("outputClaim", None));
        let result = |value: bool| ("regexCompareResultClaim", Some(value.into()));
        let pattern = "(?<Alias>[a-z]+)@(.*)$";
        matched("emily@b.c", pattern).gives(&[yes.clone(), result(true)]);
        matched("Xemily@b.c", pattern).parameter("extractGroups", "true").gives(&[
            yes.clone(),
            result(true),
            ("alias", Some("emily".into())),
        ]);
        matched("emily", pattern).parameter("extractGroups", "true").gives(&[no, result(false)]);
        matched("b", "(?<alias>a)|b").parameter("extractGroups", "true").gives(&[yes, result(true)]);
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_an_exception() {
        assert_eq!(exception_kind(&matched("a", "(").fails()), "format");
    }
}
