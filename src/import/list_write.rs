//! A list mapping as the TOML file a person goes on with: sure headings in force, others as comments.

use std::fmt::Write as _;

use super::list::{ListColumn, ListDraft, Meaning};
use super::write::one_line;
use crate::message::Lang;
use crate::message::Message;
use crate::schema::toml_quoted;
use crate::tables::letters;
use crate::text::fold;

/// How many headings are sure, and how many a person has to look at.
#[must_use]
pub fn list_counts(draft: &ListDraft) -> (usize, usize) {
    let sure = draft.columns.iter().filter(|column| column.meaning.is_sure()).count();
    (sure, draft.columns.len() - sure)
}

/// The mapping file of a list; `heading_row` is the one-based line of the headings, where it is not the first.
#[must_use]
pub fn list_toml(draft: &ListDraft, file: &str, heading_row: Option<u32>, lang: Lang) -> String {
    let mut out = String::new();
    let say = |out: &mut String, words: &Message| {
        let _ = writeln!(out, "# {}", one_line(&words.said(lang)));
    };
    say(
        &mut out,
        &Message::both(
            format!("Bản đối chiếu danh sách, đề xuất từ {file}. Soát từng cột, rồi khai trong quy trình dưới [[inputs.lists]]."),
            format!("List mapping proposed from {file}. Check every column, then name it in the pipeline under [[inputs.lists]]."),
        ),
    );
    if !draft.others.is_empty() {
        let others = draft.others.join(", ");
        say(&mut out, &Message::both(format!("Không phải số liệu: {others}"), format!("No figures: {others}")));
    }
    let _ = writeln!(out, "form = {}", toml_quoted(&draft.form.short));
    if let Some(sheet) = &draft.sheet {
        let _ = writeln!(out, "sheet = {}", toml_quoted(sheet));
    }
    if let Some(row) = heading_row {
        let _ = writeln!(out, "heading_row = {row}");
    }
    match &draft.unit {
        Some(unit) => drop(writeln!(out, "unit = {}", toml_quoted(unit))),
        None => say(
            &mut out,
            &Message::both("unit = \"…\": tiêu đề cột ghi mã đơn vị", "unit = \"…\": heading of the column with the units' codes"),
        ),
    }
    if !draft.columns.is_empty() && draft.columns.iter().all(|column| is_plain_address(draft, column)) {
        say(
            &mut out,
            &Message::both(
                "Mọi tiêu đề đều là địa chỉ ô (trang/mã/cột): không cần kê từng cột.",
                "Every heading is a cell's address (sheet/code/column): no column has to be named.",
            ),
        );
        return out;
    }
    for column in &draft.columns {
        write_column(&mut out, draft, column, lang);
    }
    out
}

/// The heading is the address and nothing else: it is read without a mapping.
fn is_plain_address(draft: &ListDraft, column: &ListColumn) -> bool {
    matches!(column.meaning, Meaning::Address(slot) if crate::ingest::list_heading(&draft.form.layout, slot) == column.heading)
}

fn write_column(out: &mut String, draft: &ListDraft, column: &ListColumn, lang: Lang) {
    let heading = toml_quoted(&column.heading);
    // A heading that stands twice names no column: its letters do.
    let is_repeated = |other: &ListColumn| other.meaning == Meaning::Repeated && fold(&other.heading) == fold(&column.heading);
    let letter = if draft.columns.iter().any(is_repeated) { format!("\nletter = \"{}\"", letters(column.at)) } else { String::new() };
    match &column.meaning {
        Meaning::Address(slot) | Meaning::Sure(slot) => {
            let _ = writeln!(
                out,
                "\n# {}\n[[columns]]\nheading = {heading}{letter}\n{}",
                one_line(&says(draft, *slot)),
                address(draft, *slot, "\n")
            );
        }
        Meaning::Repeated => {
            let why =
                lang.pick("tiêu đề lặp lại: đổi tên cột rồi nhập lại", "the heading stands twice: rename the column and import again");
            let _ = writeln!(out, "\n# {} {}: {why}", lang.pick("CẦN SOÁT", "CHECK"), one_line(&heading));
        }
        Meaning::Unsure(slots) => {
            let why = if slots.is_empty() {
                lang.pick("không ô nào gần nghĩa", "no cell comes near")
            } else {
                lang.pick("gần nghĩa nhất", "nearest")
            };
            let _ = writeln!(out, "\n# {} {}: {why}", lang.pick("CẦN SOÁT", "CHECK"), one_line(&heading));
            for slot in slots {
                let _ = writeln!(out, "#   {{ {} }} {}", address(draft, *slot, ", "), one_line(&says(draft, *slot)));
            }
            let _ = writeln!(out, "# [[columns]]\n# heading = {}", one_line(&heading));
            if let Some(&first) = slots.first() {
                let _ = writeln!(out, "# {}", address(draft, first, "\n# "));
            }
        }
    }
}

/// Where a cell is, as the keys of a mapping.
fn address(draft: &ListDraft, slot: usize, between: &str) -> String {
    let (sheet, coded, column) = draft.form.layout.address(slot);
    let sheet = &draft.form.layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    let number = sheet.columns[column].number;
    format!("sheet = {}{between}code = {}{between}column = {number}", toml_quoted(&sheet.id), toml_quoted(code))
}

/// What a cell is, in the form's words.
fn says(draft: &ListDraft, slot: usize) -> String {
    let (sheet, coded, column) = draft.form.layout.address(slot);
    let sheet = &draft.form.layout.sheets[sheet];
    let row = sheet.coded_row(coded);
    let group = if row.group.is_empty() { String::new() } else { format!("{} > ", row.group) };
    format!("{group}{} > {}", row.label.trim(), sheet.columns[column].path.join(" > "))
}
