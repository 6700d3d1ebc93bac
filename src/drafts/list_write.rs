//! A list mapping as the TOML file a person goes on with: sure headings in force, others as comments.

use std::fmt::Write as _;

use super::list::{DraftListColumn, ListDraft, Meaning};
use super::write::one_line;
use crate::base::message::Message;
use crate::base::message::{Lang, message};
use crate::base::text::fold;
use crate::forms::{SlotIndex, toml_quoted};
use crate::tables::letters;

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
    say(&mut out, &message!("drafts.list_mapping_proposed_check", file));
    if !draft.others.is_empty() {
        let others = draft.others.join(", ");
        say(&mut out, &message!("drafts.no_figures", others));
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
        None => say(&mut out, &message!("drafts.unit_heading_column_units")),
    }
    if !draft.columns.is_empty() && draft.columns.iter().all(|column| is_plain_address(draft, column)) {
        say(&mut out, &message!("drafts.every_heading_cell_address"));
        return out;
    }
    for column in &draft.columns {
        write_column(&mut out, draft, column, lang);
    }
    out
}

/// The heading is the address and nothing else: it is read without a mapping.
fn is_plain_address(draft: &ListDraft, column: &DraftListColumn) -> bool {
    matches!(column.meaning, Meaning::Address(slot) if crate::lists::list_heading(&draft.form.layout, slot) == column.heading)
}

fn write_column(out: &mut String, draft: &ListDraft, column: &DraftListColumn, lang: Lang) {
    let heading = toml_quoted(&column.heading);
    // A heading that stands twice names no column: its letters do.
    let is_repeated = |other: &DraftListColumn| other.meaning == Meaning::Repeated && fold(&other.heading) == fold(&column.heading);
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
            let why = message!("drafts.heading_stands_twice_rename").said(lang);
            let _ = writeln!(out, "\n# {} {}: {why}", message!("drafts.check").said(lang), one_line(&heading));
        }
        Meaning::Unsure(slots) => {
            let why =
                if slots.is_empty() { message!("drafts.no_cell_comes_near").said(lang) } else { message!("drafts.nearest").said(lang) };
            let _ = writeln!(out, "\n# {} {}: {why}", message!("drafts.check").said(lang), one_line(&heading));
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
fn address(draft: &ListDraft, slot: SlotIndex, between: &str) -> String {
    let (sheet, coded, column) = draft.form.layout.address(slot);
    let sheet = &draft.form.layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    let number = sheet.columns[column].number;
    format!("sheet = {}{between}code = {}{between}column = {number}", toml_quoted(&sheet.id), toml_quoted(code))
}

/// Name of a cell in the form's words.
fn says(draft: &ListDraft, slot: SlotIndex) -> String {
    let (sheet, coded, column) = draft.form.layout.address(slot);
    let sheet = &draft.form.layout.sheets[sheet];
    let row = sheet.coded_row(coded);
    let group = if row.group.is_empty() { String::new() } else { format!("{} > ", row.group) };
    format!("{group}{} > {}", row.label.trim(), sheet.columns[column].path.join(" > "))
}
