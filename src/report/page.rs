//! The pages of the codes, for a terminal.

use super::style::{Style, width};

/// A page in Markdown as text of at most `columns` columns: headings stand out, code is set off, paragraphs are filled.
pub fn page_text(markdown: &str, color: bool, columns: usize) -> String {
    let mut out = String::new();
    let mut paragraph = String::new();
    let mut in_code = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            fill(&mut paragraph, &mut out, color, columns);
            in_code = !in_code;
        } else if in_code {
            push_line(&mut out, &format!("    {}", Style::Plain.paint(line, color)));
        } else if let Some(title) = heading(line) {
            fill(&mut paragraph, &mut out, color, columns);
            push_line(&mut out, &Style::Strong.paint(title, color));
        } else if line.trim().is_empty() {
            fill(&mut paragraph, &mut out, color, columns);
            push_line(&mut out, "");
        } else {
            if line.starts_with(['-', '*', '|']) {
                fill(&mut paragraph, &mut out, color, columns);
            }
            if !paragraph.is_empty() {
                paragraph.push(' ');
            }
            paragraph.push_str(line.trim());
        }
    }
    fill(&mut paragraph, &mut out, color, columns);
    out
}

fn heading(line: &str) -> Option<&str> {
    let title = line.trim_start_matches('#');
    (title.len() < line.len()).then(|| title.strip_prefix(' ')).flatten()
}

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

/// Ends a paragraph: words in lines, what is between backticks in a style of its own.
fn fill(paragraph: &mut String, out: &mut String, color: bool, columns: usize) {
    let text = std::mem::take(paragraph);
    let mut in_code = false;
    let mut line = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = width(word);
        if used > 0 && used + 1 + length > columns {
            push_line(out, &line);
            line.clear();
            used = 0;
        }
        if used > 0 {
            line.push(' ');
            used += 1;
        }
        used += length;
        line.push_str(&styled(word, &mut in_code, color));
    }
    if used > 0 {
        push_line(out, &line);
    }
}

/// A word whose backticks are colours where there are colours.
fn styled(word: &str, in_code: &mut bool, color: bool) -> String {
    if !color {
        return Style::Plain.paint(word, false);
    }
    let mut text = String::new();
    for (index, piece) in word.split('`').enumerate() {
        if index > 0 {
            *in_code = !*in_code;
        }
        text.push_str(&if *in_code { Style::Skipped } else { Style::Plain }.paint(piece, true));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_filled_and_its_code_is_not() {
        let page = "# B2C0412: selection-target\n\nOne two `three`\nfour five.\n\n## Wrong\n\n```xml\n<A   b=\"c\"/>\n```\n- one\n- two\n";
        assert_eq!(
            page_text(page, false, 16),
            "B2C0412: selection-target\n\nOne two `three`\nfour five.\n\nWrong\n\n    <A   b=\"c\"/>\n- one\n- two\n"
        );
        assert!(page_text(page, true, 80).contains("One two \x1b[36mthree\x1b[0m four five."));
    }
}
