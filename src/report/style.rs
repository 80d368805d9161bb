//! The few styles of text reports, as ANSI escapes or not at all.

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// It went well.
    Good,
    /// It went wrong.
    Bad,
    /// It was left out.
    Skipped,
    /// It needs a look.
    Waiting,
    /// Less important.
    Faint,
    /// More important.
    Strong,
    /// As it is.
    Plain,
}

impl Style {
    /// The text in this style; `color` off gives it back as it is. Control characters in the text are shown as escapes, so that no value
    /// of a policy can steer the terminal.
    pub fn paint(self, text: &str, color: bool) -> String {
        let text = printable(text);
        let code = match self {
            _ if !color || text.is_empty() => return text,
            Style::Good => "32",
            Style::Bad => "1;31",
            Style::Skipped => "36",
            Style::Waiting => "33",
            Style::Faint => "2",
            Style::Strong => "1",
            Style::Plain => return text,
        };
        format!("\x1b[{code}m{text}\x1b[0m")
    }
}

/// The text with control characters as escapes.
pub(super) fn printable(text: &str) -> String {
    if text.chars().any(char::is_control) {
        text.chars().map(|letter| if letter.is_control() { letter.escape_default().to_string() } else { letter.to_string() }).collect()
    } else {
        text.to_owned()
    }
}

/// The text in at most this many characters, its end replaced by `…`.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(width.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// How many columns the text takes, every character taken as one.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_never_reach_the_terminal() {
        assert_eq!(Style::Plain.paint("a\x1b[31mb\nc", false), "a\\u{1b}[31mb\\nc");
        assert_eq!(Style::Good.paint("ü", true), "\x1b[32mü\x1b[0m");
        assert_eq!(Style::Good.paint("ü", false), "ü");
    }

    #[test]
    fn long_text_is_cut_by_characters() {
        assert_eq!(cut("äöü", 3), "äöü");
        assert_eq!(cut("äöüß", 3), "äö…");
        assert_eq!(cut("ab", 0), "…");
    }
}
