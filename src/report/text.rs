//! A run as text for people: one line a step, beneath it what decided, then how the journey ended and what the application gets.

use serde_json::{Map, Value as Json};

use super::record::{BecauseRecord, Detail, FaultRecord, OutcomeRecord, RunRecord, StepRecord, Written};
use super::style::{Style, cut, printable, width};
use super::suite::Suite;
use crate::simulate::scenario::StepResult;
use crate::source::Place;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextOptions {
    /// With ANSI colours.
    pub color: bool,
    /// With what happened inside the steps: claims written, transformations, preconditions that passed, notes.
    pub verbose: bool,
    /// The outcome alone.
    pub quiet: bool,
    /// Columns of the terminal: explanations are broken and values cut to it. `usize::MAX` for a file, which has no edge.
    pub width: usize,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { color: false, verbose: false, quiet: false, width: usize::MAX }
    }
}

/// Shows a run.
pub fn run_text(record: &RunRecord, options: &TextOptions) -> String {
    let mut text = Text { out: String::new(), options: *options };
    if !options.quiet {
        text.header(record);
        text.journey(record);
        text.line("");
    }
    text.outcome(record);
    if !options.quiet {
        text.token(record.token.as_ref());
        text.choices(record);
    }
    text.out
}

/// The steps alone, without colours: for explanations.
pub(super) fn journey_text(record: &RunRecord) -> String {
    let mut text = Text { out: String::new(), options: TextOptions::default() };
    text.journey(record);
    text.out
}

/// Shows the scenarios of a test run: a line each, failures beneath theirs, and a count.
pub fn suite_text(suite: &Suite, options: &TextOptions) -> String {
    let mut text = Text { out: String::new(), options: *options };
    let several_files = suite.cases.windows(2).any(|pair| matches!(pair, [first, second] if first.file != second.file));
    let mut file = "";
    for case in &suite.cases {
        if options.quiet && case.failures.is_empty() {
            continue;
        }
        if several_files && case.file != file {
            file = &case.file;
            text.line(&text.paint(Style::Faint, file));
        }
        let (style, mark) = if case.failures.is_empty() { (Style::Good, "✓ passed") } else { (Style::Bad, "✗ failed") };
        text.line(&format!("  {}  {}", text.paint(style, mark), text.paint(Style::Strong, &case.name)));
        for failure in &case.failures {
            for (index, line) in failure.lines().enumerate() {
                let indent = if index == 0 { "    - " } else { "      " };
                text.line(&format!("{indent}{}", printable(line)));
            }
        }
        if let Some(record) = case.record.as_ref().filter(|_| !case.failures.is_empty() || options.verbose) {
            text.line("");
            text.journey(record);
            text.outcome(record);
            text.line("");
        }
    }
    let (passed, failed) = (suite.passed(), suite.failed());
    let count = format!("{passed} passed, {failed} failed");
    if !suite.cases.is_empty() && !options.quiet {
        text.line("");
    }
    text.line(&text.paint(if failed == 0 { Style::Good } else { Style::Bad }, &count));
    text.out
}

/// The word and mark of a result.
fn result_mark(result: StepResult) -> (Style, &'static str, &'static str) {
    match result {
        StepResult::Executed => (Style::Good, "✓", "executed"),
        StepResult::Skipped => (Style::Skipped, "–", "skipped"),
        StepResult::Failed => (Style::Bad, "✗", "failed"),
        StepResult::Waiting => (Style::Waiting, "…", "waiting"),
        StepResult::NotReached => (Style::Faint, "·", "not reached"),
    }
}

struct Text {
    out: String,
    options: TextOptions,
}

impl Text {
    fn paint(&self, style: Style, text: &str) -> String {
        style.paint(text, self.options.color)
    }

    fn line(&mut self, line: &str) {
        self.out.push_str(line.trim_end());
        self.out.push('\n');
    }

    fn header(&mut self, record: &RunRecord) {
        self.line(&self.paint(Style::Strong, &record.name));
        if !record.policy.is_empty() {
            let journey = if record.journey.is_empty() { String::new() } else { format!(" · user journey {}", record.journey) };
            self.line(&self.paint(Style::Faint, &format!("{}{journey}", record.policy)));
        }
        self.line("");
    }

    fn journey(&mut self, record: &RunRecord) {
        let columns = Columns {
            indent: 0,
            order: record.steps.iter().map(|step| width(&step.order.to_string())).max().unwrap_or(1).max(2),
            kind: record.steps.iter().map(|step| width(&step.kind)).max().unwrap_or(0).min(28),
        };
        if !record.prologue.is_empty() && self.options.verbose {
            for detail in &record.prologue {
                self.detail(detail, columns);
            }
        }
        for step in &record.steps {
            self.step(step, columns);
        }
    }

    fn step(&mut self, step: &StepRecord, columns: Columns) {
        let (style, mark, word) = result_mark(step.result);
        // Deeper than this the indent says nothing any more.
        let columns = Columns { indent: 4 * step.depth.min(6), ..columns };
        let kind = cut(&step.kind, columns.kind);
        let what = match (&step.exchange, &step.technical_profile) {
            (Some(exchange), Some(profile)) => format!("{exchange} → {profile}"),
            (Some(name), None) | (None, Some(name)) => name.to_string(),
            (None, None) => step.candidates.join(" | "),
        };
        let faint = matches!(step.result, StepResult::Skipped | StepResult::NotReached);
        let margin = columns.indent + columns.order + columns.kind + 20;
        let what = if self.options.verbose { what } else { cut(&what, self.options.width.saturating_sub(margin).max(24)) };
        let what = self.paint(if faint { Style::Faint } else { Style::Plain }, &what);
        let line = format!(
            "  {:indent$}{order:>order_width$} {}  {kind:kind_width$}  {what}",
            "",
            self.paint(style, &format!("{mark} {word:11}")),
            indent = columns.indent,
            order = step.order,
            order_width = columns.order,
            kind_width = columns.kind,
            kind = printable(&kind),
        );
        self.line(&line);
        if let Some(because) = &step.because {
            self.because(because, columns);
        }
        for detail in &step.details {
            self.detail(detail, columns);
        }
        if let Some(fault) = &step.fault {
            self.under(columns, Style::Bad, &fault.to_string());
            self.under(columns, Style::Faint, &format!("at {}", step.at));
        }
    }

    /// Text beneath a step, broken between words where the terminal ends.
    fn under(&mut self, columns: Columns, style: Style, text: &str) {
        let bar = self.paint(Style::Faint, "│");
        let margin = columns.indent + columns.order;
        let room = self.options.width.saturating_sub(margin + 5).max(40);
        for (index, part) in broken(text, room).iter().enumerate() {
            let hang = if index == 0 { "" } else { "  " };
            let line = format!("  {:margin$} {bar} {hang}{}", "", self.paint(style, part));
            self.line(&line);
        }
    }

    fn because(&mut self, because: &BecauseRecord, columns: Columns) {
        let (rule, fact) = why(because);
        self.under(columns, Style::Plain, &rule);
        if let Some(fact) = fact {
            self.under(columns, Style::Faint, &fact);
        }
    }

    fn detail(&mut self, detail: &Detail, columns: Columns) {
        let verbose = self.options.verbose;
        match detail {
            Detail::Sent { request, .. } => {
                self.under(columns, Style::Plain, &format!("{} {}", request.method, request.url));
                if verbose {
                    for (name, value) in &request.headers {
                        self.under(columns, Style::Faint, &format!("{name}: {value}"));
                    }
                }
                if let Some(body) = &request.body {
                    self.under(columns, Style::Faint, &self.cut(body));
                }
            }
            Detail::Refused(fault) => self.under(columns, Style::Waiting, &format!("the page refuses: {fault}")),
            Detail::CallFailed { profile, fault } if verbose => self.under(columns, Style::Bad, &format!("{profile} fails: {fault}")),
            Detail::Called { profile, validation } if verbose => {
                let role = if *validation { "validates with" } else { "runs" };
                self.under(columns, Style::Plain, &format!("{role} {profile}"));
            }
            Detail::ValidationSkipped { profile, because } if verbose => {
                let (rule, fact) = why(because);
                self.under(columns, Style::Plain, &format!("skips {profile}: {rule}"));
                if let Some(fact) = fact {
                    self.under(columns, Style::Faint, &fact);
                }
            }
            Detail::Selected { exchange, automatic } if verbose => {
                let how = if *automatic { "selects by itself" } else { "selects" };
                self.under(columns, Style::Plain, &format!("{how} {exchange}"));
            }
            Detail::Passed { number, claim, shown, ignored, .. } if verbose => {
                let verdict = if *ignored { "is ignored" } else { "does not skip" };
                self.under(columns, Style::Faint, &format!("precondition {number} {verdict}: {} is {}", quoted(claim), self.cut(shown)));
            }
            Detail::Wrote { claim, shown, written, page_only } if verbose => {
                let scope = if *page_only { " for this page" } else { "" };
                self.under(columns, Style::Faint, &format!("{claim} = {}{scope}, by {written}", self.cut(shown)));
            }
            Detail::Transformed(transformation) if verbose => {
                self.under(columns, Style::Faint, &format!("transforms with {transformation}"))
            }
            Detail::Note(text) if verbose => self.under(columns, Style::Plain, &format!("note: {text}")),
            _ => {}
        }
    }

    fn cut(&self, value: &str) -> String {
        if self.options.verbose { value.to_owned() } else { cut(value, self.options.width.saturating_sub(24).max(24)) }
    }

    fn outcome(&mut self, record: &RunRecord) {
        match &record.outcome {
            OutcomeRecord::Issued => self.line(&self.paint(Style::Good, "✓ issued a token")),
            OutcomeRecord::Stopped => self.line(&self.paint(Style::Good, "■ stopped where the scenario says")),
            OutcomeRecord::Error { code, message, at } => {
                let fault = FaultRecord { code: code.clone(), message: message.clone() };
                self.line(&self.paint(Style::Bad, &format!("✗ ended in an error: {fault}")));
                self.at(at.as_ref());
            }
            OutcomeRecord::Waiting { page, code, message, attempts } => {
                let fault = FaultRecord { code: code.clone(), message: message.clone() };
                let page = page.as_ref().map_or_else(|| "a page".to_owned(), |page| format!("the page {page}"));
                let times = if *attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
                self.line(&self.paint(Style::Waiting, &format!("… waiting on {page} after {times}: {fault}")));
            }
        }
    }

    fn at(&mut self, at: Option<&Place>) {
        if let Some(at) = at {
            self.line(&format!("  {}", self.paint(Style::Faint, &format!("at {at}"))));
        }
    }

    fn token(&mut self, token: Option<&Map<String, Json>>) {
        let Some(token) = token else { return };
        let column = token.keys().map(|name| width(name)).max().unwrap_or(0).min(40);
        for (name, value) in token {
            let value = cut(&value.to_string(), self.options.width.saturating_sub(column + 4).max(24));
            self.line(&format!("  {:column$}  {}", printable(name), printable(&value)));
        }
    }

    fn choices(&mut self, record: &RunRecord) {
        if !record.choices.is_empty() {
            let text = format!("depends on open points of the semantics: {}", record.choices.join(", "));
            self.line("");
            self.line(&self.paint(Style::Faint, &text));
        }
    }
}

#[derive(Clone, Copy)]
struct Columns {
    indent: usize,
    order: usize,
    kind: usize,
}

/// The text in lines of at most so many characters, the later ones two less; a longer word stays whole.
fn broken(text: &str, room: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let room = if lines.len() > 1 { room.saturating_sub(2) } else { room };
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn quoted(name: &str) -> String {
    format!("`{name}`")
}

/// What decided in one sentence, and in another the value that it looked at with its writer.
pub fn why(because: &BecauseRecord) -> (String, Option<String>) {
    let fact = |claim: &str, shown: &str, written: &Option<Written>| {
        let writer = match written {
            Some(written) => format!(", last written by {}", written),
            None => ", and nothing wrote it".to_owned(),
        };
        format!("{} is {}{writer}", quoted(claim), cut(shown, 200))
    };
    match because {
        BecauseRecord::Precondition { precondition, kind, execute_actions_if, claim, value, shown, written, at, .. } => {
            let test = match (*kind, *execute_actions_if) {
                ("ClaimEquals", true) => format!("equals {}", Json::from(value.as_deref().unwrap_or_default())),
                ("ClaimEquals", false) => format!("does not equal {}", Json::from(value.as_deref().unwrap_or_default())),
                (_, true) => "exists".to_owned(),
                (_, false) => "does not exist".to_owned(),
            };
            let rule = format!("precondition {precondition} skips it when {} {test} ({at})", quoted(claim));
            (rule, Some(fact(claim, shown, written)))
        }
        BecauseRecord::Disabled { enabled_for_user_journeys, claim, value, shown, written, .. } => {
            let value = value.as_ref().map(|value| format!(" {}", Json::from(value.as_str()))).unwrap_or_default();
            let of = claim.as_ref().map(|claim| format!(" of {}{value}", quoted(claim))).unwrap_or_default();
            let rule = format!("its technical profile is switched off: EnabledForUserJourneys is {enabled_for_user_journeys}{of}");
            (rule, claim.as_ref().map(|claim| fact(claim, shown, written)))
        }
        BecauseRecord::Session { session } => (format!("the session of {session} stands in"), None),
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::super::suite::Case;
    use super::*;

    /// The text is the expected one; shown whole when it is not.
    fn check(text: &str, expected: &str) {
        let expected = expected.strip_prefix('\n').unwrap_or(expected);
        assert!(text == expected, "found:\n{text}\nexpected:\n{expected}");
    }

    #[test]
    fn a_run_shows_each_step_and_what_decided() {
        check(
            &run_text(&sample::issued(), &TextOptions::default()),
            r#"
low risk skips MFA
B2C_1A_signup · user journey SignUpOrSignInMfa

   1 ✓ executed     CombinedSignInAndSignUp  LocalExchange → SelfAsserted-Local
     │ the page refuses: Your password is incorrect.
   2 ✓ executed     InvokeSubJourney         sub journey Extra
       1 – skipped      ClaimsExchange           More → More-API
         │ its technical profile is switched off: EnabledForUserJourneys is OnClaimsExistence of `extra`
         │ `extra` is absent, and nothing wrote it
   9 ✓ executed     ClaimsExchange           BcGetScore → BioCatch-API-GETSCORE
     │ GET https://risk.example/score?customerSessionID=9f1c
  10 – skipped      ClaimsExchange           PhoneFactor-Verify → PhoneFactor-InputOrVerify
     │ precondition 1 skips it when `riskLevel` equals "LOW" (policies/Risk.xml:91:9)
     │ `riskLevel` is "LOW", last written by BioCatch-API-GETSCORE at policies/Risk.xml:40:9
  11 ✓ executed     SendClaims               JwtIssuer

✓ issued a token
  sub        "3f25"
  riskLevel  "LOW"
  score      275

depends on open points of the semantics: OPEN-22
"#,
        );
    }

    #[test]
    fn verbose_shows_what_happened_inside_the_steps() {
        let text = run_text(&sample::issued(), &TextOptions { verbose: true, ..TextOptions::default() });
        for line in [
            "     │ runs SelfAsserted-Local",
            "     │ validates with login-NonInteractive",
            "     │ login-NonInteractive fails: AADB2C90054: wrong password",
            "     │ objectId = \"3f25\", by login-NonInteractive through SelfAsserted-Local at policies/Risk.xml:20:9",
            "     │ Accept: application/json",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }

    #[test]
    fn quiet_shows_the_outcome_alone() {
        let quiet = TextOptions { quiet: true, ..TextOptions::default() };
        check(&run_text(&sample::issued(), &quiet), "✓ issued a token\n");
        check(
            &run_text(&sample::failed(), &quiet),
            "✗ ended in an error: AADB2C90075: the API answered <503> & \"more\"\n  at policies/Risk.xml:89:9\n",
        );
        check(
            &run_text(&sample::waiting(), &quiet),
            "… waiting on the page SelfAsserted-Local after 2 attempts: AADB2C90054: Your password is incorrect.\n",
        );
    }

    #[test]
    fn colours_change_nothing_but_colours() {
        let plain = run_text(&sample::failed(), &TextOptions::default());
        let mut colored = run_text(&sample::failed(), &TextOptions { color: true, ..TextOptions::default() });
        assert!(colored.contains("\x1b[1;31m✗ failed"));
        for code in ["1;31", "32", "36", "33", "2", "1", "0"] {
            colored = colored.replace(&format!("\x1b[{code}m"), "");
        }
        check(&colored, &plain);
    }

    #[test]
    fn long_values_are_cut_to_the_width() {
        let mut record = sample::issued();
        record.token.as_mut().unwrap().insert("long".to_owned(), Json::from("x".repeat(500)));
        let text = run_text(&record, &TextOptions { width: 60, ..TextOptions::default() });
        assert!(text.lines().any(|line| line.starts_with("  long") && line.ends_with('…') && width(line) <= 60), "{text}");
    }

    #[test]
    fn explanations_are_broken_where_the_terminal_ends() {
        let text = run_text(&sample::issued(), &TextOptions { width: 72, ..TextOptions::default() });
        let lines: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("  10 ")).skip(1).take(4).collect();
        assert_eq!(
            lines,
            [
                "     │ precondition 1 skips it when `riskLevel` equals \"LOW\"",
                "     │   (policies/Risk.xml:91:9)",
                "     │ `riskLevel` is \"LOW\", last written by BioCatch-API-GETSCORE at",
                "     │   policies/Risk.xml:40:9",
            ]
        );
        assert_eq!(broken("a", 40), ["a"]);
        assert_eq!(broken("", 40), [""]);
    }

    #[test]
    fn a_test_run_lists_its_scenarios_with_what_failed() {
        let suite = Suite {
            cases: vec![
                Case::new("good", "a.yaml", Vec::new(), Some(sample::issued())),
                Case::new("bad", "b.yaml", vec!["step 9: expected `executed`\nmore".to_owned()], None),
            ],
        };
        let expected = "
a.yaml
  ✓ passed  good
b.yaml
  ✗ failed  bad
    - step 9: expected `executed`
      more

1 passed, 1 failed
";
        check(&suite_text(&suite, &TextOptions::default()), expected);
        let quiet = TextOptions { quiet: true, ..TextOptions::default() };
        check(&suite_text(&Suite { cases: suite.cases[..1].to_vec() }, &quiet), "1 passed, 0 failed\n");
        check(&suite_text(&Suite::default(), &TextOptions::default()), "0 passed, 0 failed\n");
        let failed = Suite { cases: vec![Case::new("bad", "b.yaml", vec!["no".to_owned()], Some(sample::failed()))] };
        assert!(suite_text(&failed, &TextOptions::default()).contains("✗ failed       ClaimsExchange"));
    }

    #[test]
    fn each_rule_that_skips_is_one_sentence() {
        let precondition = |kind, execute_actions_if, value: Option<&str>, shown: &str| BecauseRecord::Precondition {
            precondition: 2,
            kind,
            execute_actions_if,
            claim: "c".into(),
            value: value.map(Into::into),
            actual: Json::Null,
            shown: shown.to_owned(),
            written: None,
            at: Place { file: "a.xml".into(), line: 1, column: 2 },
        };
        for (because, rule) in [
            (precondition("ClaimEquals", true, Some("x"), "\"x\""), "precondition 2 skips it when `c` equals \"x\" (a.xml:1:2)"),
            (precondition("ClaimEquals", false, Some("x"), "\"y\""), "precondition 2 skips it when `c` does not equal \"x\" (a.xml:1:2)"),
            (precondition("ClaimsExist", true, None, "\"y\""), "precondition 2 skips it when `c` exists (a.xml:1:2)"),
            (precondition("ClaimsExist", false, None, "absent"), "precondition 2 skips it when `c` does not exist (a.xml:1:2)"),
            (BecauseRecord::Session { session: "SM-AAD".into() }, "the session of SM-AAD stands in"),
        ] {
            assert_eq!(why(&because).0, rule);
        }
    }
}
