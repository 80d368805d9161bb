use super::Regex;

/// Texts in which a pattern is found and texts in which it is not.
fn check(pattern: &str, found: &[&str], not_found: &[&str]) {
    let regex = Regex::new(pattern).unwrap_or_else(|error| panic!("`{pattern}`: {error}"));
    for text in found {
        assert_eq!(regex.is_match(text), Ok(true), "`{pattern}` should be found in {text:?}");
    }
    for text in not_found {
        assert_eq!(regex.is_match(text), Ok(false), "`{pattern}` should not be found in {text:?}");
    }
}

fn refuse(pattern: &str, message: &str) {
    assert_eq!(Regex::new(pattern).map(|_| ()).unwrap_err().to_string(), message, "`{pattern}`");
}

fn replace(pattern: &str, text: &str, replacement: &str, expected: &str) {
    assert_eq!(Regex::new(pattern).unwrap().replace_all(text, replacement).unwrap(), expected, "`{pattern}`");
}

#[test]
fn a_pattern_is_found_anywhere() {
    check("[0-9][0-9]", &["12", "a12b"], &["1a2", ""]);
    check("", &["", "x"], &[]);
    check("a|b", &["xb"], &["c"]);
}

#[test]
fn a_bracket_inside_a_class_is_itself() {
    check(r"^[a[]+$", &["a[", "["], &["]"]);
    check(r"^[A-Z\d@#$%^&*\-_+=[\]{}|\\:',?/`~();!]{3}$", &["A1[", "]{}", r"\-^"], &["a1[", "A1.", "A1[]"]);
    check(r"^[]a]$", &["]", "a"], &["", "b"]);
    check(r"^[^]a]$", &["b"], &["]", "a"]);
    check("[[a]]", &["a]", "[]"], &["a", "]"]);
    check("^[[:alpha:]]$", &["["], &["a", ":"]);
    check("^[[:a]$", &["[", ":", "a"], &["b"]);
}

#[test]
fn a_hyphen_is_itself_where_it_makes_no_range() {
    check(r"^[\w.-]+$", &["a.b-c"], &["a b"]);
    check(r"^[-a]+$", &["-a"], &["b"]);
    check(r"^[\d-x]+$", &["1-x"], &["e"]);
    check(r"^[a\-z]+$", &["a-z"], &["m"]);
    check(r"^[+-\-]+$", &["+,-"], &["."]);
    refuse("[z-a]", "`[x-y]` range in reverse order at offset 3");
    refuse(r"[a-\d]", r"cannot include class `\d` in character range at offset 3");
}

#[test]
fn a_class_is_taken_away_from_another() {
    check("^[a-z-[aeiou]]+$", &["bcd"], &["bad", "-", "["]);
    check("^[a-z-[m-z-[x]]]+$", &["abcx"], &["n", "z"]);
    check("^[^a-z-[0-9]]+$", &["ABC"], &["a", "5"]);
    check(r"^[\w-[_]]+$", &["a1"], &["_", "-"]);
    check("^(?i)[a-z-[aeiou]]+$", &["bcdXYZ"], &["bAd"]);
    check("^[-[a]$", &["-", "[", "a"], &["b"]);
    refuse("[a-z-[b]c]", "a subtraction must be the last element in a character class at offset 8");
}

#[test]
fn the_end_is_also_before_a_final_line_feed() {
    check("^a$", &["a", "a\n"], &["a\n\n", "a\nb", "b\na"]);
    check(r"\Aa\Z", &["a", "a\n"], &["a\n\n", "a\nb"]);
    check(r"\Aa\z", &["a"], &["a\n"]);
    check("(?m)^a$", &["b\na\nc", "a\n\n"], &["ba", "ab"]);
    check("^$", &["", "\n"], &["\n\n"]);
    check("(^a$)|(^b$)", &["a\n", "b\n"], &["ab"]);
}

#[test]
fn classes_are_unicode() {
    check(r"^\d$", &["1", "٣"], &["½", "a"]);
    check(r"^\w+$", &["é_1", "日本", "‿"], &["-", " ", "ⅷ", "\u{200D}"]);
    check(r"^\W$", &["-", "ⅷ"], &["a"]);
    check(r"^\s$", &[" ", "\u{A0}", "\u{2003}", "\n"], &["a", "\u{200B}"]);
    check(r"^[\S\s]$", &["a", " "], &[]);
    check(r"^\D\S$", &["ab"], &["1b", "a "]);
    check(r"^\p{Lu}\P{Lu}$", &["Aa", "É1"], &["aA", "AA"]);
    check(r"^\p{IsGreek}+$", &["αβγ"], &["abc"]);
    check(r"^\P{IsBasicLatin}$", &["é"], &["e"]);
    check(r"^[\p{IsCyrillic}\p{Nd}-[\d]]$", &["ж"], &["5"]);
    refuse(r"\p{Greek}", "unknown property `Greek` at offset 0");
    refuse(r"a\pL", r"malformed `\p{X}` character escape at offset 1");
    refuse(r"\p{L", r"incomplete `\p{X}` character escape at offset 0");
}

#[test]
fn escapes_stand_for_characters() {
    check(r"^\-\@\'\#\ \/\,\<\>\=\%\&\~\`\;\:\!\x22$", &["-@'# /,<>=%&~`;:!\""], &[]);
    check(r"^\x41\u0042\103\e\a\t\cA$", &["ABC\u{1B}\u{7}\t\u{1}"], &[]);
    check(r"^[\x41-\u0043\b\n]$", &["B", "\u{8}", "\n"], &["D", "b"]);
    check(r"^\uD83D\uDE00$", &["😀"], &[]);
    check(r"^\0\400$", &["\0\0"], &[]);
    refuse(r"\_", r"unrecognized escape sequence `\_` at offset 0");
    refuse(r"é\y", r"unrecognized escape sequence `\y` at offset 2");
    refuse(r"[\_]", r"unrecognized escape sequence `\_` at offset 1");
    refuse(r"\u12", "insufficient hexadecimal digits at offset 0");
    refuse(r"\uD83D", r"`\uD83D` is half of a surrogate pair, which is not supported at offset 0");
    refuse(r"a\", r"illegal `\` at the end of the pattern at offset 1");
    refuse(r"\c", "missing control character at offset 0");
    refuse(r"\c1", "unrecognized control character at offset 0");
}

#[test]
fn a_brace_that_is_no_quantifier_is_itself() {
    check("^a{,2}$", &["a{,2}"], &["aa"]);
    check("^a{b}$", &["a{b}"], &[]);
    check("^{a}]$", &["{a}]"], &[]);
    check("^a{2}$", &["aa"], &["a", "aaa"]);
    check("^a{2,}$", &["aa", "aaaa"], &["a"]);
    check("^a{1,2}?b$", &["ab", "aab"], &["b", "aaab"]);
    refuse("a{3,2}", "illegal `{x,y}` with x > y at offset 1");
    refuse("a**", "nested quantifier `*` at offset 2");
    refuse("a++", "nested quantifier `+` at offset 2");
    refuse("*a", "quantifier `*` following nothing at offset 0");
    refuse("a|{2}", "quantifier `{` following nothing at offset 2");
    refuse("a{99999999999}", "numbers in a pattern must not exceed 2147483647 at offset 2");
}

#[test]
fn what_consumes_nothing_may_be_repeated() {
    check("^(?=a)*a^*$", &["a"], &["b"]);
    check("^(?:(?=a))?b$", &["b"], &["a"]);
    check("^(?:)*(?:)+a$?$", &["a"], &[]);
    check(r"^(?:\b){0}(?=(a))??a$", &["a"], &[]);
}

#[test]
fn groups_have_the_numbers_of_dot_net() {
    let regex = Regex::new(r"(?<mail>(\w+)@(?'host'[^.]+))\.(com|org)").unwrap();
    let text = "to emily@contoso.com now";
    let found = regex.captures(text).unwrap().unwrap();
    assert_eq!(found.whole(), "emily@contoso.com");
    assert_eq!(found.get(0), Some("emily@contoso.com"));
    // The unnamed ones come first.
    assert_eq!((found.get(1), found.get(2)), (Some("emily"), Some("com")));
    assert_eq!((found.get(3), found.get(4), found.get(5)), (Some("emily@contoso"), Some("contoso"), None));
    assert_eq!(found.names().collect::<Vec<_>>(), [("mail", Some("emily@contoso")), ("host", Some("contoso"))]);
    assert_eq!(found.name("host"), Some("contoso"));
    assert_eq!(found.name("nobody"), None);
    assert!(regex.captures("nothing").unwrap().is_none());

    let twice = Regex::new("^(?:(?<n>a)|(?<n>b))(?<rest>c)?$").unwrap();
    let found = twice.captures("b").unwrap().unwrap();
    assert_eq!((found.name("n"), found.name("rest")), (Some("b"), None));
    assert_eq!(twice.captures("a").unwrap().unwrap().name("n"), Some("a"));
}

#[test]
fn a_group_is_matched_again() {
    check(r"^(\w)\1$", &["aa"], &["ab"]);
    check(r"^(?=([^,]+)).+(?=(\1))", &["a@x.com,b@y.com,a@x.com"], &["c@z.com,b@y.com,a@x.com"]);
    check(r"^(?<x>a|b)\k<x>\k'x'\<x>\1$", &["aaaaa", "bbbbb"], &["aabaa"]);
    check(r"^(?:\2b|(a)(c))*$", &["ac", "accb"], &["acab", "b"]);
    check(r"^(?i)(a)\1$", &["aA", "Aa"], &["ab"]);
    check(r"^(a)\10$", &["a\u{8}"], &["aa0"]);
    check(r"^(?<n>a)?(?<n>b)?\k<n>$", &["aa", "abb", "bb"], &["aba", ""]);
    check(r"^(?<2>a)(b)\2\1$", &["abab"], &["abba"]);
    refuse(r"(a)\2", "reference to the undefined group number 2 at offset 3");
    refuse(r"\k<x>", "reference to the undefined group name `x` at offset 0");
    refuse(r"\k", r"malformed back-reference `\k<…>` at offset 0");
}

#[test]
fn look_around_is_supported() {
    check(r"^(?=.*[a-z])(?=.*\d)(?!.*\s).{4,}$", &["abc1"], &["abcd", "ab 1", "a1"]);
    check("(?<=@)x", &["a@x"], &["ax"]);
    check(r"(?<!\w+@)x", &["x", "@ x"], &["a@x"]);
    check("^(?>a+)ab", &[], &["aaab"]);
    check(r"^([a-z]|(\.(?!@)))+@x$", &["a.b@x"], &["a.@x"]);
}

#[test]
fn conditions_are_supported() {
    check(r"^(\()?a(?(1)\))$", &["a", "(a)"], &["(a", "a)"]);
    check(r"^(?<q>')?a(?(q)'|!)$", &["'a'", "a!"], &["'a!", "a'"]);
    check(r"^(?(\d)..|...)$", &["1a", "abc"], &["ab", "1ab"]);
    check(r"^(?(?!a)b|a)$", &["a", "b"], &["c"]);
    check("^(?(x)a|b)$", &["b"], &["a", "x"]);
    check("^(?:(?<n>a)|(?<n>b))(?(n)c|d)$", &["ac", "bc"], &["ad", "bd"]);
    check("^(?:(?<n>a)|b)(?(n)(?:c|d))$", &["ac", "ad", "b"], &["a", "bc"]);
    check("^(a)?(?(1)|b)$", &["a", "b"], &["ab", ""]);
    refuse("(?(1)a)", "`(?(1)` refers to a group that does not exist at offset 2");
    refuse("(?(a)b|c|d)", "too many `|` in `(?(…)…)` at offset 0");
}

#[test]
fn options_hold_to_the_end_of_their_group() {
    check("^(?i)ab$", &["AB", "ab"], &[]);
    check("^((?i)a)b$", &["Ab"], &["aB"]);
    check("^(?i:a)b|(?-i:c)$", &["Ab", "c"], &["C"]);
    check("^a(?i)b|c$", &["aB", "C"], &["A"]);
    check("(?s)^a.b$", &["a\nb"], &[]);
    check("^a.b$", &["a\rb"], &["a\nb"]);
    check("(?x) ^ a [ ]b # the end\n (?# really) $", &["a b"], &["ab"]);
    check(r"(?x)^a {2} \ $", &["aa "], &["a"]);
    check("(?n)^(a)(?<b>b)$", &["ab"], &[]);
    assert_eq!(Regex::new("(?n)(a)(?<b>b)").unwrap().captures("ab").unwrap().unwrap().get(1), Some("b"));
    check("a(?#b)c", &["ac"], &["abc"]);
}

#[test]
fn case_is_ignored_one_to_one() {
    check("^(?i)straße$", &["STRAßE", "straße"], &["strasse", "STRASSE"]);
    check("^(?i)s[k-s]$", &["sk", "SK", "sS"], &["ſk", "sſ"]);
    check("^(?i)k$", &["k", "K", "\u{212A}"], &[]);
    check("^(?i)[^a]$", &["b"], &["a", "A"]);
    check(r"^(?i)\p{Lu}$", &["a", "A"], &["1"]);
    check("^(?i)é$", &["É"], &["e"]);
}

#[test]
fn what_cannot_be_carried_over_is_refused() {
    refuse("(?<a-b>x)", "balancing groups `(?<name-name>…)` are not supported at offset 0");
    refuse("(?<-b>x)", "balancing groups `(?<name-name>…)` are not supported at offset 0");
    refuse("(?P<n>x)", "unrecognized grouping construct `(?P<`: .NET writes `(?<name>…)` at offset 0");
    refuse("(?~x)", "unrecognized grouping construct at offset 0");
    refuse("(?<>x)", "invalid group name: it must begin with a word character at offset 3");
    refuse("(?<0>x)", "the group number cannot be zero at offset 0");
    refuse("(a", "not enough `)` at offset 0");
    refuse("a)", "too many `)` at offset 1");
    refuse("[a", "unterminated `[]` set at offset 0");
    refuse("[", "unterminated `[]` set at offset 0");
    refuse("(?#a", "unterminated comment `(?#` at offset 0");
    refuse(&"(".repeat(60), "groups are nested deeper than 50 at offset 50");
    refuse(&"a".repeat(40_000), "the pattern is longer than 32768 bytes");
}

#[test]
fn deep_groups_are_carried_over() {
    let deep = format!("^{}a{}$", "(?:b|".repeat(50), ")".repeat(50));
    check(&deep, &["a", "b"], &["c"]);
}

#[test]
fn every_match_is_replaced() {
    replace("(?<=.).(?=.*@)", "emily@contoso.com", "*", "e****@contoso.com");
    replace("x*", "abc", "-", "-a-b-c-");
    replace("a*", "aab", "-", "--b-");
    replace(r"(?<user>\w+)@(\w+)", "joe@contoso", "$1/${user}/$&/$$/$3/$x${nobody}", "contoso/joe/joe@contoso/$/$3/$x${nobody}");
    replace("é", "aéb", "", "ab");
    replace("z", "abc", "-", "abc");
}

#[test]
fn a_set_of_characters_has_brackets_and_a_caret_as_themselves() {
    let symbols = Regex::of_characters(r#"@#$%^&*\-_+=[]{}|\\:',.?/`~"();!"#).unwrap();
    for text in ["a[", "]", r"\", "-", "^"] {
        assert_eq!(symbols.is_match(text), Ok(true), "{text}");
    }
    assert_eq!(symbols.is_match("abc1"), Ok(false));
    let caret = Regex::of_characters("^a").unwrap();
    assert_eq!((caret.is_match("^"), caret.is_match("a"), caret.is_match("b")), (Ok(true), Ok(true), Ok(false)));
    assert_eq!(Regex::of_characters("a-z").unwrap().is_match("Q"), Ok(false));
    assert!(Regex::of_characters("z-a").is_err());
    assert!(Regex::of_characters("").is_err());
}

#[test]
fn a_search_without_end_is_given_up() {
    let regex = Regex::new(r"^(?:(a|aa)+\1)+$").unwrap();
    let error = regex.is_match(&("a".repeat(60) + "b")).unwrap_err();
    assert!(error.message.starts_with("the search was given up"), "{error}");
    assert_eq!(regex.captures(&("a".repeat(60) + "b")).unwrap_err(), error);
    assert_eq!(regex.replace_all(&("a".repeat(60) + "b"), "").unwrap_err(), error);
}

#[test]
fn a_large_class_may_be_repeated_often() {
    let texts = ["é".repeat(255), "é".repeat(256)];
    check(r"^[\w\s]{1,255}$", &[&texts[0]], &[&texts[1]]);
    check(r"^(?:\w-?){255}$", &[&texts[0]], &[&texts[1]]);
    check(r"^\w{2,1000}?a?$", &[&texts[1]], &["é"]);
    check(r"^[^\s]{0,4000}$", &[&texts[1]], &[" "]);
}

#[test]
fn a_pattern_that_would_take_too_long_is_refused() {
    for pattern in ["(()(?=a)){2147483647}", "^(?:(?:(?:(?=a)b?){999}){999}){999}$", "a{20001}"] {
        refuse(pattern, "the pattern repeats its parts too often");
    }
    let text = "a".repeat(20_000);
    let message = "the search was given up: with look-around or back-references a text must not exceed 16384 bytes";
    assert_eq!(Regex::new("(?=(.*a){20}b)").unwrap().is_match(&text).unwrap_err().to_string(), message);
    assert_eq!(Regex::new("^a+$").unwrap().is_match(&text), Ok(true));
}

mod properties {
    use proptest::prelude::*;

    use super::super::Regex;

    /// Pieces that together make patterns near the edge of the syntax.
    fn pattern() -> impl Strategy<Value = String> {
        let piece = prop::sample::select(vec![
            "a", "b", "é", "1", " ", "\n", "#", "(", ")", "[", "]", "{", "}", "^", "$", ".", "|", "*", "+", "?", "-", ",", ":", "<", ">",
            "=", "!", "'", "\\", r"\d", r"\W", r"\b", r"\G", r"\Z", r"\1", r"\2", r"\k<n>", r"\p{Lu}", r"\x41", "(?:", "(?=", "(?!",
            "(?<=", "(?<!", "(?>", "(?<n>", "(?(1)", "(?(n)", "(?i)", "(?x)", "(?m-s:", "{2}", "{0,3}", "{50}", "[^", "[a-z-[", "a*?",
            ")*", ")+", "){0}",
        ]);
        prop::collection::vec(piece, 0..14).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

        #[test]
        fn no_pattern_and_no_text_panics(pattern in prop_oneof![3 => pattern(), 1 => any::<String>()], text in "[ab1é\n@ ]{0,12}|\\PC{0,8}") {
            if let Ok(regex) = Regex::new(&pattern) {
                let found = regex.captures(&text);
                if let (Ok(found), Ok(matches)) = (&found, regex.is_match(&text)) {
                    prop_assert_eq!(found.is_some(), matches);
                }
                if let Ok(Some(found)) = found {
                    prop_assert!(text.contains(found.whole()));
                }
                let _ = regex.replace_all(&text, "$1$x");
            }
        }

        #[test]
        fn a_text_matches_itself_escaped(text in any::<String>()) {
            let pattern: String = text.chars().map(|character| match character {
                'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
                _ if character.len_utf16() == 1 => format!(r"\u{:04X}", u32::from(character)),
                _ => character.to_string(),
            }).collect();
            let regex = Regex::new(&format!(r"\A{pattern}\z")).unwrap();
            prop_assert_eq!(regex.is_match(&text), Ok(true));
        }
    }
}
