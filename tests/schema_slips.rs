//! One slip at many places of the worked example: two neighbours in the wrong order, an end tag or a slash that is missing. Each is found, and the
//! mend gives the policy as it was.

#![cfg(test)]

mod mend;

use std::path::Path;

use b2c_journey::PolicySet;
use b2c_journey::xml::{Element, Limits};

const NAME: &str = "a.xml";

fn set(text: &str) -> PolicySet {
    PolicySet::from_bytes([(NAME, text.as_bytes())], &Limits::default())
}

/// The files of the worked example.
fn examples() -> [String; 3] {
    ["TrustFrameworkBase.xml", "TrustFrameworkExtensions.xml", "SignUpOrSignInBioCatch.xml"]
        .map(|name| std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("policies").join(name)).unwrap())
}

fn each<'d>(element: Element<'d>, look: &mut impl FnMut(Element<'d>)) {
    look(element);
    element.children().for_each(|child| each(child, look));
}

/// Texts with one slip each, and what was done.
fn with_slip(text: &str, slip: impl Fn(Element<'_>, &mut Vec<(String, String)>)) -> Vec<(String, String)> {
    let set = set(text);
    let mut slips = Vec::new();
    each(set.document(mend::file(&set, NAME)).unwrap().root().unwrap(), &mut |element| slip(element, &mut slips));
    slips
}

/// The text with something else in the place of a range.
fn with(text: &str, start: u32, end: u32, other: &str) -> String {
    [text.get(..start as usize).unwrap(), other, text.get(end as usize..).unwrap()].concat()
}

/// So many slips of each kind are tried in a file, evenly spread.
const TRIED: usize = 25;

/// Each of these texts has findings of this code, and its mend is the text without the slip.
fn check(text: &str, code: &str, slips: Vec<(String, String)>) {
    let step = slips.len().div_ceil(TRIED).max(1);
    for (wrong, what) in slips.into_iter().step_by(step) {
        let found = mend::findings(&set(&wrong), NAME).iter().any(|found| found.code == code);
        assert!(found, "{what}");
        assert_eq!(plain(&mend::mend(&wrong, NAME, set)), plain(text), "{what}");
    }
}

/// Without comments, which do not move along, and without blanks.
fn plain(text: &str) -> String {
    let parts = text
        .split("<!--")
        .enumerate()
        .map(|(index, part)| if index == 0 { part } else { part.split_once("-->").map_or(part, |(_, rest)| rest) });
    parts.flat_map(str::split_whitespace).collect()
}

#[test]
fn two_neighbours_in_the_wrong_order_are_found_and_put_right() {
    for text in examples() {
        let slips = with_slip(&text, |parent, slips| {
            let children: Vec<_> = parent.children().collect();
            for pair in children.windows(2).filter(|pair| pair[0].name() != pair[1].name()) {
                let [first, second] = [pair[0].span(), pair[1].span()];
                let part = |start: u32, end: u32| text.get(start as usize..end as usize).unwrap();
                let swapped = [part(second.start, second.end), part(first.end, second.start), part(first.start, first.end)].concat();
                let wrong = with(&text, first.start, second.end, &swapped);
                slips.push((wrong, format!("`{}` and `{}` in `{}`", pair[0].name(), pair[1].name(), parent.name())));
            }
        });
        assert!(!slips.is_empty());
        check(&text, "B2C0112", slips);
    }
}

#[test]
fn a_missing_end_tag_is_found_and_put_back() {
    for text in examples() {
        let slips = with_slip(&text, |element, slips| {
            // Without the root's end tag the file may as well have been cut.
            if let Some(tag) = element.end_tag().filter(|_| element.parent().is_some()) {
                slips.push((with(&text, tag.start, tag.end, ""), format!("`{}` at {}", element.name(), element.span().start)));
            }
        });
        assert!(!slips.is_empty());
        check(&text, "B2C0102", slips);
    }
}

#[test]
fn a_missing_slash_is_found_and_put_back() {
    for text in examples() {
        let slips = with_slip(&text, |element, slips| {
            let open = element.start_tag();
            if element.end_tag().is_none() {
                slips.push((with(&text, open.end - 2, open.end, ">"), format!("`{}` at {}", element.name(), open.start)));
            }
        });
        assert!(!slips.is_empty());
        check(&text, "B2C0102", slips);
    }
}

#[test]
fn a_missing_character_of_markup_is_found_and_what_is_mended_stays_mended() {
    let [.., text] = examples();
    let places: Vec<usize> = text.match_indices(['<', '>', '"', '=', '/', '-']).map(|(at, _)| at).collect();
    let start = text.find("<TrustFrameworkPolicy").unwrap();
    let (mut found, mut put_back, mut all) = (0, 0, 0);
    for at in places.into_iter().filter(|at| *at > start).step_by(7) {
        let wrong = with(&text, at as u32, at as u32 + 1, "");
        all += 1;
        found += usize::from(!mend::findings(&set(&wrong), NAME).is_empty());
        // Mending comes to an end, or panics.
        let mended = mend::mend(&wrong, NAME, set);
        put_back += usize::from(plain(&mended) == plain(&text));
    }
    println!("{found} of {all} found, {put_back} put back");
    assert!(found * 10 >= all * 9, "{found} of {all} found");
    assert!(put_back * 2 >= all, "{put_back} of {all} put back");
}
