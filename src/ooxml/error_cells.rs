//! Error cells as texts: the spreadsheet library gives a whole file up for an error that it does not know.
//!
//! Programs go on adding errors (`#SPILL!`, `#CALC!`, `#FIELD!`). A sheet that has any is passed on with its error cells
//! as texts, and texts that look like errors are taken for errors, whoever wrote them.

use memchr::memmem;

/// How a cell says that it holds an error.
const MARKS: [&[u8]; 2] = [b"t=\"e\"", b"t='e'"];
/// Mark of a formula whose result is a text.
const TEXT_MARK: &[u8] = b"t=\"str\"";
/// Letters of the longest error.
const LONGEST: usize = 24;

/// A sheet's XML with its error cells as texts; nothing where it has none.
#[must_use]
pub fn errors_as_texts(part: &[u8]) -> Option<Vec<u8>> {
    let mut found: Vec<usize> = MARKS.iter().flat_map(|mark| memmem::find_iter(part, mark)).filter(|at| is_in_cell(part, *at)).collect();
    if found.is_empty() {
        return None;
    }
    found.sort_unstable();
    let mut out = Vec::with_capacity(part.len() + found.len() * TEXT_MARK.len());
    let mut from = 0;
    for at in found {
        out.extend_from_slice(&part[from..at]);
        out.extend_from_slice(TEXT_MARK);
        from = at + MARKS[0].len();
    }
    out.extend_from_slice(&part[from..]);
    Some(out)
}

/// Whether a place is an attribute of a cell's tag, and no text.
fn is_in_cell(part: &[u8], at: usize) -> bool {
    let before = &part[..at];
    if !before.last().is_some_and(u8::is_ascii_whitespace) {
        return false;
    }
    let Some(open) = before.iter().rposition(|byte| matches!(byte, b'<' | b'>')) else { return false };
    let name = before[open + 1..].split(u8::is_ascii_whitespace).next().unwrap_or_default();
    before[open] == b'<' && (name == b"c" || name.ends_with(b":c"))
}

/// Whether a text is what a program shows for an error.
#[must_use]
pub fn is_error_text(text: &str) -> bool {
    let Some(name) = text.trim().strip_prefix('#') else { return false };
    let body = name.strip_suffix(['!', '?']);
    let is_name =
        |name: &str| name.len() > 1 && name.len() <= LONGEST && name.chars().all(|c| c.is_uppercase() || "/_0123456789".contains(c));
    name == "N/A" || body.is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_tags_of_cells_are_changed() {
        let sheet = br#"<c r="A1" t="e"><v>#SPILL!</v></c><x:c t='e' s="1"/><row t="e"/><t> t="e" </t><c r="A2" t="str"/>"#;
        let changed = String::from_utf8(errors_as_texts(sheet).unwrap()).unwrap();
        let expected = r#"<c r="A1" t="str"><v>#SPILL!</v></c><x:c t="str" s="1"/><row t="e"/><t> t="e" </t><c r="A2" t="str"/>"#;
        assert_eq!(changed, expected);
        assert_eq!(errors_as_texts(b"<c t=\"n\"/>"), None);
    }

    #[test]
    fn errors_are_known_by_their_look() {
        for error in ["#VALUE!", "#DIV/0!", "#N/A", "#NAME?", "#SPILL!", "#CALC!", "#BLOCKED!", "#TÊN?", " #REF! "] {
            assert!(is_error_text(error), "{error}");
        }
        for text in ["#", "#1", "#!", "5#", "VALUE!", "#hai ba!", "#hoa!"] {
            assert!(!is_error_text(text), "{text}");
        }
    }
}
