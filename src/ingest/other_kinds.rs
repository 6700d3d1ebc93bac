//! Files under the name of a workbook that are none we read: told what they are, and what to do.

use super::raw_cells::RawProblem;

/// Bytes of a file that tell what it is.
const HEAD: usize = 4 << 10;

/// A kind of file.
struct Kind {
    /// What it begins with, as bytes.
    starts: &'static [&'static [u8]],
    /// What its first text begins with, in small letters.
    begins: &'static [&'static str],
    /// What its first text holds, in small letters.
    holds: &'static [&'static str],
    vi: &'static str,
    en: &'static str,
}

const fn kind(vi: &'static str, en: &'static str) -> Kind {
    Kind { starts: &[], begins: &[], holds: &[], vi, en }
}

/// The first that fits counts.
const KINDS: [Kind; 7] = [
    Kind {
        starts: &[b"%PDF"],
        ..kind("tệp PDF, không phải bảng tính; gửi chính tệp Excel", "a PDF, no workbook; send the workbook itself")
    },
    Kind {
        begins: &["{\\rtf"],
        ..kind(
            "văn bản RTF, không phải bảng tính; chép số liệu sang biểu .xlsx",
            "an RTF text, no workbook; copy the figures into a form in .xlsx",
        )
    },
    Kind {
        holds: &["urn:schemas-microsoft-com:office:spreadsheet"],
        ..kind(
            "bảng tính XML 2003 (SpreadsheetML); mở bằng Excel rồi lưu lại thành .xlsx",
            "an XML spreadsheet of 2003; open it in Excel and save it again as .xlsx",
        )
    },
    Kind {
        holds: &["<office:document", "urn:oasis:names:tc:opendocument"],
        ..kind(
            "bảng tính .fods; mở bằng LibreOffice rồi lưu lại thành .xlsx",
            "an .fods spreadsheet; open it in LibreOffice and save it again as .xlsx",
        )
    },
    Kind {
        holds: &["<html", "<table", "<!doctype html", "mime-version:"],
        ..kind(
            "trang HTML mang tên bảng tính; mở bằng Excel rồi lưu lại thành .xlsx",
            "an HTML page under the name of a workbook; open it in Excel and save it again as .xlsx",
        )
    },
    Kind {
        begins: &["<"],
        ..kind(
            "tệp XML, không phải bảng tính; mở bằng Excel rồi lưu lại thành .xlsx",
            "an XML file, no workbook; open it in Excel and save it again as .xlsx",
        )
    },
    Kind {
        starts: &[b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x08\x00"],
        ..kind(
            "bảng tính Excel rất cũ (trước 1997); mở bằng Excel rồi lưu lại thành .xlsx",
            "a workbook of before Excel 97; open it in Excel and save it again as .xlsx",
        )
    },
];
const EMPTY: Kind = kind(
    "tệp rỗng hoặc chỉ có số 0: chép hay tải về chưa xong; gửi lại",
    "an empty file, or nothing but zeros: a copy that was cut off; send it again",
);
const TEXT: Kind = kind(
    "văn bản (CSV?) mang tên bảng tính; mở bằng Excel rồi lưu lại thành .xlsx",
    "text (CSV?) under the name of a workbook; open it in Excel and save it again as .xlsx",
);
const UNKNOWN: Kind = kind(
    "không phải bảng tính (không phải zip, cũng không phải xls); lưu lại thành .xlsx",
    "it is not a workbook (neither zip nor xls); save it as .xlsx",
);

/// What a file is that is neither a package nor an old workbook.
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
    RawProblem::unreadable(kind.vi, kind.en)
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
