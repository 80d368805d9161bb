//! JSON as Newtonsoft's library reads it: besides JSON proper it takes single quotes, member names without quotes, comments, and a comma
//! before the end of an object or array.

use std::iter::Peekable;
use std::str::Chars;

use serde_json::Value as Json;

/// Reads a text; what is wrong is told as for JSON proper.
pub(super) fn parse(text: &str) -> Result<Json, serde_json::Error> {
    serde_json::from_str(text).or_else(|error| proper(text).and_then(|text| serde_json::from_str(&text).ok()).ok_or(error))
}

/// The same in JSON proper; `None` when a comment or a text does not end.
fn proper(text: &str) -> Option<String> {
    let mut rest = text.chars().peekable();
    let mut proper = String::with_capacity(text.len());
    // A comma waits for what follows it: before the end of an object or array it goes.
    let mut comma = false;
    while let Some(next) = rest.next() {
        match next {
            '/' => skip_comment(&mut rest)?,
            ',' if !comma => comma = true,
            _ if next.is_whitespace() => {}
            _ => {
                let ends_list = matches!(next, '}' | ']') && !proper.ends_with(['[', '{', ':', ',']);
                if std::mem::take(&mut comma) && !ends_list {
                    proper.push(',');
                }
                match next {
                    '"' | '\'' => quoted(next, &mut rest, &mut proper)?,
                    _ if is_name(next) => bare(next, &mut rest, &mut proper)?,
                    _ => proper.push(next),
                }
            }
        }
    }
    (!comma).then_some(proper)
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || "_$-+.".contains(c)
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) -> Option<()> {
    match rest.next()? {
        '/' => {
            while rest.next_if(|c| !matches!(c, '\n' | '\r')).is_some() {}
            Some(())
        }
        '*' => loop {
            if rest.next()? == '*' && rest.next_if_eq(&'/').is_some() {
                return Some(());
            }
        },
        _ => None,
    }
}

/// A text in either kind of quotes.
fn quoted(quote: char, rest: &mut Peekable<Chars<'_>>, proper: &mut String) -> Option<()> {
    proper.push('"');
    loop {
        match rest.next()? {
            end if end == quote => break,
            '"' => proper.push_str("\\\""),
            '\\' => match rest.next()? {
                '\'' => proper.push('\''),
                escaped => proper.extend(['\\', escaped]),
            },
            c => proper.push(c),
        }
    }
    proper.push('"');
    Some(())
}

/// A word: the name of a member when a colon follows it, else a number or a literal.
fn bare(first: char, rest: &mut Peekable<Chars<'_>>, proper: &mut String) -> Option<()> {
    let mut word = String::from(first);
    while let Some(c) = rest.next_if(|c| is_name(*c)) {
        word.push(c);
    }
    loop {
        match rest.peek() {
            Some(c) if c.is_whitespace() => rest.next(),
            Some('/') => {
                rest.next();
                skip_comment(rest)?;
                continue;
            }
            _ => break,
        };
    }
    if rest.peek() == Some(&':') {
        word = format!("\"{word}\"");
    }
    proper.push_str(&word);
    Some(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_newtonsoft_reads_besides_json_is_read() {
        for (text, expected) in [
            ("{'a': 'it\\'s \"x\"'}", json!({ "a": "it's \"x\"" })),
            ("{a: 1, $b_2 : true, c-d: null}", json!({ "a": 1, "$b_2": true, "c-d": null })),
            ("// first\n{ /* a */ \"a\" /* b */ : [1, 2, ], }// last", json!({ "a": [1, 2] })),
            ("{a /*x*/ : -1.5e+3}", json!({ "a": -1500.0 })),
            ("['{a: 1, /* no comment */}', \"//\"]", json!(["{a: 1, /* no comment */}", "//"])),
            ("{\"a\": \"it's\", b: '\\u0041\\\\'}", json!({ "a": "it's", "b": "A\\" })),
        ] {
            assert_eq!(parse(text).ok(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_it_does_not_read_is_refused() {
        for text in ["", "{", "{a 1}", "[1,,2]", "[,]", "[1,,]", "{,}", "{a:,}", "{'a}", "/* a", "{a: b}", "[1] /", "1,", "{a: 1} 2"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail_otherwise_than_json(text in "[\\[\\]{},:'\"/* a1\\\\\n-]{0,24}") {
            let strict: Result<Json, _> = serde_json::from_str(&text);
            if let Ok(strict) = strict {
                prop_assert_eq!(parse(&text).ok(), Some(strict));
            } else {
                let _ = parse(&text);
            }
        }
    }
}
