//! Numbers with blanks around them: the spreadsheet programs read over the blanks, the spreadsheet library gives the file up.

use memchr::memmem;

/// A blank right behind a tag or right before the end of one.
const EDGES: [&[u8]; 8] = [b"> ", b">\t", b">\n", b">\r", b" </", b"\t</", b"\n</", b"\r</"];

/// A sheet's XML without blanks around the numbers of its cells; nothing where there are none.
#[must_use]
pub fn numbers_without_blanks(part: &[u8]) -> Option<Vec<u8>> {
    // Most sheets have none anywhere among their cells, and need no closer look.
    let cells = &part[memmem::find(part, b"<sheetData").unwrap_or(0)..];
    if EDGES.iter().all(|edge| memmem::find(cells, edge).is_none()) {
        return None;
    }
    let mut out = Vec::new();
    let mut from = 0;
    for end in memmem::find_iter(part, b"</") {
        let Some(content) = value_before(part, end) else { continue };
        let number = content.trim_ascii();
        if number.len() < content.len() && is_number(number) {
            let start = end - content.len();
            out.extend_from_slice(&part[from..start]);
            out.extend_from_slice(number);
            from = end;
        }
    }
    if from == 0 {
        return None;
    }
    out.extend_from_slice(&part[from..]);
    Some(out)
}

/// Text before the end of a cell's value.
fn value_before(part: &[u8], end: usize) -> Option<&[u8]> {
    let tag = &part[end + 2..];
    let is_value = tag.starts_with(b"v>") || tag.split(|byte| *byte == b'>').next().is_some_and(|name| name.ends_with(b":v"));
    let last = *part[..end].last()?;
    let may_have_blanks = is_value && (last.is_ascii_whitespace() || last.is_ascii_digit() || last == b'.');
    let start = memchr::memrchr(b'>', &part[..end]).filter(|_| may_have_blanks)?;
    Some(&part[start + 1..end])
}

fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_around_numbers_are_left_out_and_nothing_else() {
        for (sheet, expected) in [
            ("<c><v> 300 </v></c>", Some("<c><v>300</v></c>")),
            ("<c><v>\n300</v></c><c><v>4</v></c>", Some("<c><v>300</v></c><c><v>4</v></c>")),
            ("<x:c><x:v>-1.5E3\t</x:v></x:c>", Some("<x:c><x:v>-1.5E3</x:v></x:c>")),
            ("<c><v xml:space=\"preserve\"> 7 </v></c>", Some("<c><v xml:space=\"preserve\">7</v></c>")),
            ("<c><v>300</v></c>", None),
            ("<c t=\"str\"><v> ba trăm </v></c>", None),
            ("<is><t> 300 </t></is>", None),
            ("<c><v> </v></c>", None),
        ] {
            let found = numbers_without_blanks(sheet.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(found.as_deref(), expected, "{sheet}");
        }
    }
}
