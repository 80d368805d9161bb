//! What a failed assertion prints.

use super::record::{OutcomeRecord, RunRecord};
use super::text::journey_text;

/// The journey with what decided at each step, how it ended, and what was wanted of it.
///
/// `wanted` is one sentence or several lines: the assertion that failed, and what was found instead.
pub fn explain(record: &RunRecord, wanted: &str) -> String {
    let end = match &record.outcome {
        OutcomeRecord::Issued => "issued a token".to_owned(),
        OutcomeRecord::Stopped => "stopped where the simulation says".to_owned(),
        other => {
            let fault = other.fault().map(|fault| format!(": {fault}")).unwrap_or_default();
            let kind = if other.kind() == "waiting" { "waiting on a page" } else { "ended in an error" };
            format!("{kind}{fault}")
        }
    };
    format!(
        "{}\n\nthe journey {} of {}:\n\n{}\nthe run {}{end}\n",
        wanted.trim_end(),
        record.journey,
        record.policy,
        journey_text(record),
        if matches!(record.outcome, OutcomeRecord::Waiting { .. }) { "is " } else { "" },
    )
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::explain;

    #[test]
    fn a_failed_assertion_shows_the_journey_and_what_was_wanted() {
        let text = explain(&sample::issued(), "step 10: expected executed, found skipped");
        for part in [
            "step 10: expected executed, found skipped\n\nthe journey SignUpOrSignInMfa of B2C_1A_signup:\n\n",
            "  10 – skipped      ClaimsExchange",
            "precondition 1 skips it when `riskLevel` equals \"LOW\"",
            "`riskLevel` is \"LOW\", last written by BioCatch-API-GETSCORE at policies/Risk.xml:40:9",
            "\nthe run issued a token\n",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        assert!(!text.contains('\x1b'));
        assert!(explain(&sample::failed(), "x").contains("  10 · not reached"));
        assert!(explain(&sample::failed(), "x").ends_with("the run ended in an error: AADB2C90075: the API answered <503> & \"more\"\n"));
        assert!(explain(&sample::waiting(), "x").ends_with("the run is waiting on a page: AADB2C90054: Your password is incorrect.\n"));
    }
}
