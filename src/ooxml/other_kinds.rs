//! Files under the name of a workbook that are none we read: told what they are, and what to do.

use super::raw_cells::RawProblem;
use crate::base::message::{Message, message};

/// Bytes of a file that tell what it is.
const HEAD: usize = 4 << 10;

/// A kind of file.
struct Kind {
    /// Its first bytes, any of them.
    starts: &'static [&'static [u8]],
    /// Beginnings of its first text, in small letters.
    begins: &'static [&'static str],
    /// Texts that its first text holds, in small letters.
    holds: &'static [&'static str],
    /// Name of the kind, and what to do about it.
    message: fn() -> Message,
}

const fn kind(message: fn() -> Message) -> Kind {
    Kind { starts: &[], begins: &[], holds: &[], message }
}

/// The first that fits counts.
const KINDS: [Kind; 7] = [
    Kind { starts: &[b"%PDF"], ..kind(|| message!("workbooks.pdf_no_workbook_send")) },
    Kind { begins: &["{\\rtf"], ..kind(|| message!("workbooks.rtf_text_no_workbook")) },
    Kind { holds: &["urn:schemas-microsoft-com:office:spreadsheet"], ..kind(|| message!("workbooks.xml_spreadsheet_open_excel")) },
    Kind {
        holds: &["<office:document", "urn:oasis:names:tc:opendocument"],
        ..kind(|| message!("workbooks.fods_spreadsheet_open_libreoffice"))
    },
    Kind { holds: &["<html", "<table", "<!doctype html", "mime-version:"], ..kind(|| message!("workbooks.html_page_under_name")) },
    Kind { begins: &["<"], ..kind(|| message!("workbooks.xml_file_no_workbook")) },
    Kind {
        starts: &[b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00"],
        ..kind(|| message!("workbooks.workbook_before_excel_open"))
    },
];
const EMPTY: Kind = kind(|| message!("workbooks.empty_file_nothing_but"));
const TEXT: Kind = kind(|| message!("workbooks.text_csv_under_name"));
const UNKNOWN: Kind = kind(|| message!("workbooks.not_workbook_neither_zip"));

/// Problem naming the kind of a file that is neither a package nor an old workbook.
pub fn other_kind(bytes: &[u8]) -> RawProblem {
    let head = &bytes[..bytes.len().min(HEAD)];
    let text = first_text(head);
    let fits = |kind: &&Kind| {
        kind.starts.iter().any(|start| head.starts_with(start))
            || kind.begins.iter().any(|start| text.starts_with(start))
            || kind.holds.iter().any(|mark| text.contains(mark))
    };
    let is_text = !text.is_empty() && !head.iter().any(|byte| *byte < 0x20 && !b"\t\r\n\x0c\0".contains(byte));
    let other = if bytes.iter().all(|byte| *byte == 0) {
        &EMPTY
    } else if is_text {
        &TEXT
    } else {
        &UNKNOWN
    };
    let kind = KINDS.iter().find(fits).unwrap_or(other);
    RawProblem::unreadable((kind.message)())
}

/// The beginning as text in small letters; of two bytes a letter, those that are of one.
fn first_text(head: &[u8]) -> String {
    let text = match head {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            head.iter().filter(|byte| **byte != 0 && byte.is_ascii()).map(|byte| char::from(*byte)).collect()
        }
        _ => String::from_utf8_lossy(head).into_owned(),
    };
    text.trim_start_matches('\u{feff}').trim_start().to_lowercase()
}
