//! The name that was probably meant: used wherever a name is not known.

/// Names longer than this are not compared: nobody mistypes them, and the comparison is quadratic.
const LONGEST: usize = 200;

/// The name nearest to the wanted one, case ignored, if it is near enough: at most about a third of its characters differ (inserted,
/// left out, replaced, or two neighbours swapped). Of equally near names the first wins.
pub(crate) fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wanted: Vec<char> = wanted.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    if wanted.is_empty() || wanted.len() > LONGEST {
        return None;
    }
    let limit = (wanted.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for name in names {
        let letters: Vec<char> = name.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
        if letters.len().abs_diff(wanted.len()) > limit || letters.len() > LONGEST {
            continue;
        }
        let distance = distance(&wanted, &letters);
        if distance <= limit && distance < letters.len() && best.is_none_or(|(least, _)| distance < least) {
            best = Some((distance, name));
        }
    }
    best.map(|(_, name)| name)
}

/// Whether a name is another one with a slip or two in it, case ignored: long names that merely resemble each other are not.
pub(crate) fn is_slip(written: &str, name: &str) -> bool {
    let letters = |text: &str| -> Vec<char> { text.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect() };
    let (written, name) = (letters(written), letters(name));
    let most = if name.len() < 8 { 1 } else { 2 };
    name.len() <= LONGEST && written.len().abs_diff(name.len()) <= most && distance(&written, &name) <= most
}

/// Optimal string alignment distance.
fn distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let mut left_before = None;
    for (row, left_letter) in left.iter().enumerate() {
        let mut current = Vec::with_capacity(right.len() + 1);
        current.push(row + 1);
        let mut right_before = None;
        for (column, right_letter) in right.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX - 1);
            let mut cost = (at(&last, column + 1) + 1).min(at(&current, column) + 1);
            cost = cost.min(at(&last, column) + usize::from(left_letter != right_letter));
            if left_before == Some(right_letter) && right_before == Some(left_letter) && column > 0 {
                cost = cost.min(at(&before_last, column - 1) + 1);
            }
            current.push(cost);
            right_before = Some(right_letter);
        }
        left_before = Some(left_letter);
        before_last = std::mem::replace(&mut last, current);
    }
    last.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_a_letter_or_two() {
        for (written, name, expected) in [
            ("setting.showCancelButon", "setting.showCancelButton", true),
            ("SETTING.showcancelButton", "setting.showCancelButton", true),
            ("ServieUlr", "ServiceUrl", true),
            ("ServiceUlr", "ServiceUrl", true),
            ("UserMessageIfInvalidCode", "UserMessageIfInvalidPassword", false),
            ("scopes", "scope", true),
            ("scpoes", "scope", false),
            ("", "scope", false),
        ] {
            assert_eq!(is_slip(written, name), expected, "{written} {name}");
        }
    }

    #[test]
    fn the_nearest_name_is_found_when_near_enough() {
        let names = ["stubs", "start", "stop", "seed", "BioCatch-API-GETSCORE", "riskLevel"];
        for (wanted, found) in [
            ("stub", Some("stubs")),
            ("satrt", Some("start")),
            ("STOP", Some("stop")),
            ("strat", Some("start")),
            ("BioCatch-API-GetScores", Some("BioCatch-API-GETSCORE")),
            ("risk_level", Some("riskLevel")),
            ("password", None),
            ("", None),
            ("x", None),
        ] {
            assert_eq!(nearest(wanted, names.into_iter()), found, "{wanted}");
        }
        assert_eq!(nearest(&"a".repeat(10_000_000), names.into_iter()), None);
        assert_eq!(nearest("ab", ["cd", ""].into_iter()), None);
    }

    #[test]
    fn distances_count_single_changes() {
        for (left, right, expected) in [("abc", "abc", 0), ("abc", "acb", 1), ("abc", "ab", 1), ("abc", "", 3), ("kitten", "sitting", 3)] {
            let letters = |text: &str| text.chars().collect::<Vec<_>>();
            assert_eq!(distance(&letters(left), &letters(right)), expected, "{left} {right}");
            assert_eq!(distance(&letters(right), &letters(left)), expected, "{right} {left}");
        }
    }
}
