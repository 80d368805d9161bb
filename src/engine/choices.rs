//! The open points of the semantics: which way we chose, and whether a run depended on one.

/// An open point, by its number in the semantics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Open(pub u8);

impl std::fmt::Display for Open {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "OPEN-{:02}", self.0)
    }
}

/// The open points on which a run depended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Choices(u64);

impl Choices {
    /// Notes one.
    pub fn note(&mut self, open: Open) {
        self.0 |= 1 << u64::from(open.0.min(63));
    }

    /// All of them in order.
    pub fn iter(self) -> impl Iterator<Item = Open> {
        (0..64).filter(move |bit| self.0 & (1 << bit) != 0).map(Open)
    }

    /// Adds those of another run.
    pub fn merge(&mut self, other: Choices) {
        self.0 |= other.0;
    }
}

/// The open points that can be flipped; the default is the choice of the semantics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Switches {
    /// OPEN-06: dates equal their ISO text; off: never.
    pub dates_compare_as_iso: bool,
    /// OPEN-07: a null claim exists for `ClaimsExist`.
    pub null_claim_exists: bool,
    /// OPEN-10: an input default is written to the bag.
    pub input_defaults_enter_bag: bool,
    /// OPEN-11: outside self-asserted pages, an output default replaces a claim that is already set.
    pub output_default_overrides: bool,
    /// OPEN-12: OIDC and OAUTH-KV resolvers in input defaults work without the two flags.
    pub resolvers_without_flags: bool,
    /// OPEN-15: persisting an empty string clears the attribute; off: it is left alone.
    pub empty_clears_attribute: bool,
    /// OPEN-20: retries of a page without `setting.retryLimit`; `None` = no limit.
    pub default_retry_limit: Option<u32>,
    /// OPEN-21: an output claim with an input type and a default is shown on the page.
    pub show_defaulted_outputs: bool,
    /// OPEN-22: `{name}` in a ServiceUrl finds its claim without regard to case.
    pub url_placeholders_ignore_case: bool,
    /// OPEN-23: a failed assert stops the validation technical profiles after it.
    pub assert_stops_validation: bool,
    /// OPEN-24: an output claim that a REST API did not return is an error.
    pub missing_rest_output_fails: bool,
    /// OPEN-25: a failed validation profile under ContinueOnError still gives its defaults.
    pub failed_validation_gives_defaults: bool,
    /// OPEN-26: `newPhoneNumberEntered` is False, not absent, when an existing number was verified.
    pub new_phone_number_false_when_known: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            dates_compare_as_iso: true,
            null_claim_exists: false,
            input_defaults_enter_bag: false,
            output_default_overrides: false,
            resolvers_without_flags: true,
            empty_clears_attribute: true,
            default_retry_limit: None,
            show_defaulted_outputs: true,
            url_placeholders_ignore_case: true,
            assert_stops_validation: false,
            missing_rest_output_fails: false,
            failed_validation_gives_defaults: false,
            new_phone_number_false_when_known: true,
        }
    }
}
