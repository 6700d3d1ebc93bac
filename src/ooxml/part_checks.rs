//! The few things that the spreadsheet library believes blindly, looked at in every part that it parses.

use memchr::memmem;
use quick_xml::events::{BytesStart, Event};

use super::part_names::{shown, unreadable_part};
use super::raw_cells::RawProblem;
use crate::base::message::message;

/// Memory that the cell styles may take once the library has expanded them.
pub const MAX_STYLES: usize = 256 << 20;
/// Bytes of the shortest shared text worth the name, `<si><t/>`.
const SHARED_TEXT: u64 = 8;
/// Bytes of the shortest cell style, `<xf>` (its end is not asked for).
const CELL_STYLE_TAG: usize = 4;
/// Bytes one cell style takes in the library, without its texts.
const CELL_STYLE: usize = 512;

type Xml<'a> = quick_xml::Reader<&'a [u8]>;

/// Whether a part holds the cells of a sheet.
pub(super) fn is_sheet(name: &str) -> bool {
    name.contains("worksheets/") && name.ends_with(".xml")
}

/// Checks one XML part, inflated.
pub(super) fn check_part(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    // Attachments of people and programs are never parsed, and may be anything.
    if !name.starts_with("customxml/") && !name.starts_with("docprops/") {
        check_document_type(name, part)?;
    }
    // By the end of the name: a package may keep its parts in any folder.
    if name.ends_with("sharedstrings.xml") {
        check_shared_texts(name, part)
    } else if name.ends_with("styles.xml") {
        check_styles(name, part)
    } else if name == "content.xml" {
        check_nesting(name, part)
    } else if is_sheet(name) {
        check_numbers(name, part)
    } else {
        Ok(())
    }
}

/// A document type stands before the root element or nowhere. What it declares is
/// never expanded, so that entity bombs do no harm, but no office program writes one.
fn check_document_type(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    loop {
        match xml.read_event() {
            Ok(Event::DocType(_)) => {
                return Err({
                    let name = shown(name);
                    RawProblem::hostile(message!("workbooks.part_declares_document_type", name))
                });
            }
            // Faults of a part are told by the library, if it needs the part at all.
            Ok(Event::Start(_) | Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// A number that is not written as plain digits between its tags (as CDATA, with entities, around comments) would be read
/// as a part of itself. No office program writes one.
fn check_numbers(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    for at in memchr::memchr3_iter(b'!', b'&', b'?', part) {
        let starts_markup = part[at] == b'&' || part[..at].ends_with(b"<");
        if starts_markup && is_in_number(&part[..at]) {
            let name = shown(name);
            return Err(RawProblem::unreadable(message!("workbooks.part_number_not_written", name)));
        }
    }
    Ok(())
}

/// Whether what stands before a place leaves the value of a cell open, and that value is a number.
fn is_in_number(before: &[u8]) -> bool {
    let before = before.strip_suffix(b"<").unwrap_or(before);
    let Some(tag) = memchr::memrchr(b'<', before) else { return false };
    let name = before[tag + 1..].split(|byte| b" \t\r\n>".contains(byte)).next().unwrap_or_default();
    if name.rsplit(|byte| *byte == b':').next() != Some(b"v") || !before[tag..].contains(&b'>') {
        return false;
    }
    // Texts that formulas give may hold entities.
    let cell = memmem::rfind(&before[..tag], b"<c ").unwrap_or(0);
    !["t=\"str\"", "t='str'"].iter().any(|kind| memmem::find(&before[cell..tag], kind.as_bytes()).is_some())
}

/// An XML reader set up as the spreadsheet library sets up its own, so that both see the same.
fn xml_reader(part: &[u8]) -> Xml<'_> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    xml
}

fn next_event<'a>(name: &str, xml: &mut Xml<'a>) -> Result<Event<'a>, RawProblem> {
    xml.read_event().map_err(|e| unreadable_part(name, e))
}

/// The library reserves room for as many shared texts as the first `sst` element says.
fn check_shared_texts(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    loop {
        match next_event(name, &mut xml)? {
            Event::Start(start) if start.local_name().as_ref() == "sst" => {
                return check_count(name, &start, part.len() as u64);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Every number that a tag gives as `uniqueCount`, however it is spaced and quoted.
///
/// The text of the tag is searched rather than its attributes: what two parsers
/// take for an attribute differs in odd cases, and only the library's view counts.
fn check_count(name: &str, start: &BytesStart<'_>, size: u64) -> Result<(), RawProblem> {
    for after in start.split("uniqueCount").skip(1) {
        let digits: &str = after.trim_start_matches(|c: char| c.is_ascii_whitespace() || "='\"+".contains(c));
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let forged = digits.parse::<u64>().map_or(!digits.is_empty(), |count| count > size / SHARED_TEXT + 1_000);
        if forged {
            return Err(RawProblem::hostile(message!("workbooks.part_declares_shared_texts", name = shown(name), digits, size)));
        }
    }
    Ok(())
}

/// The library copies the font name and the number format into every cell style:
/// many styles with one long name would take gigabytes.
fn check_styles(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    // At worst it is all styles, or all one name.
    if (part.len() / CELL_STYLE_TAG).saturating_mul(2 * part.len() + CELL_STYLE) <= MAX_STYLES {
        return Ok(());
    }
    let mut xml = xml_reader(part);
    let (mut styles, mut longest) = (0_usize, 0);
    loop {
        match next_event(name, &mut xml)? {
            // The root element has long namespaces and no styles.
            Event::Start(start) if start.local_name().as_ref() == "styleSheet" => {}
            Event::Start(start) => {
                styles += usize::from(start.local_name().as_ref() == "xf");
                longest = longest.max(start.len());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let memory = styles.saturating_mul(2 * longest + CELL_STYLE);
    if memory > MAX_STYLES {
        return Err(RawProblem::hostile(message!("workbooks.part_styles_up_bytes", name = shown(name), styles, longest)));
    }
    Ok(())
}

/// The library waits forever for the end tag of a table that is never closed.
fn check_nesting(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    xml.config_mut().check_end_names = true;
    let mut depth = 0_u64;
    loop {
        match next_event(name, &mut xml)? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(unreadable_part(name, message!("workbooks.ends_middle_element"))),
            _ => {}
        }
    }
}
