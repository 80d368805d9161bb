//! Applies the mends of a file's findings, as `--fix` does: all that do not overlap, until there are none.

use b2c_journey::PolicySet;
use b2c_journey::check::{Options, check};
use b2c_journey::diagnostic::Diagnostic;
use b2c_journey::source::SourceId;

/// The file of this name.
pub(crate) fn file(set: &PolicySet, name: &str) -> SourceId {
    set.sources().iter().find(|(_, source)| source.name() == name).unwrap().0
}

/// What is wrong with the file of this name.
pub(crate) fn findings(set: &PolicySet, name: &str) -> Vec<Diagnostic> {
    let file = file(set, name);
    let found = check(set, &Options::default()).diagnostics;
    found.into_iter().filter(|diagnostic| diagnostic.span().is_some_and(|span| span.file == file)).collect()
}

fn mended_once(set: &PolicySet, name: &str) -> Option<String> {
    let file = file(set, name);
    let text = set.sources().get(file).unwrap().text();
    let mut edits: Vec<_> = findings(set, name).into_iter().flat_map(|found| found.fix).filter(|edit| edit.span.file == file).collect();
    edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
    let (mut mended, mut from) = (String::new(), 0);
    for edit in &edits {
        if edit.span.start as usize >= from {
            mended.push_str(text.get(from..edit.span.start as usize).unwrap());
            mended.push_str(&edit.text);
            from = edit.span.end as usize;
        }
    }
    mended.push_str(text.get(from..).unwrap());
    (!edits.is_empty()).then_some(mended)
}

/// The text of the file of this name after all mends; `read` makes a set of it and of the files around it.
pub(crate) fn mend(text: &str, name: &str, read: impl Fn(&str) -> PolicySet) -> String {
    let mut text = text.to_owned();
    for _ in 0..5 {
        match mended_once(&read(&text), name) {
            Some(next) => text = next,
            None => return text,
        }
    }
    panic!("mending does not come to an end:\n{text}")
}
