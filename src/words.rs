//! Lists as sentences have them.

/// The names, each in these quotes, joined by commas and a last word: `` `a`, `b` or `c` ``.
pub(crate) fn list_of(names: &[&str], quote: char, last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{quote}{name}{quote}")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [only] => only.clone(),
        [head @ .., tail] => format!("{} {last} {tail}", head.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_stands_before_the_last_name() {
        for (names, expected) in [(&[][..], ""), (&["a"], "`a`"), (&["a", "b"], "`a` or `b`"), (&["a", "b", "c"], "`a`, `b` or `c`")] {
            assert_eq!(list_of(names, '`', "or"), expected);
        }
        assert_eq!(list_of(&["a", "b"], '\'', "and"), "'a' and 'b'");
    }
}
