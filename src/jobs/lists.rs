//! One-row-per-school tables out: what a Sở exports most, and what we read back.

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::disk::OutputFolder;
use crate::base::error::{Action, Error, Result};
use crate::base::location::{CellRange, CellRef};
use crate::base::message::{Lang, message};
use crate::base::number::{NumberKind, plain_number, to_float};
use crate::base::text::looks_like_formula;
use crate::forms::{Form, LayoutStatus, SlotIndex};
use crate::lists::list_heading;
use crate::present::{CellStyle, Content, Notes, PaperState, PlacedCell, SheetPlan, WorkbookPlan, notes_sheet, write_xlsx};
use crate::register::Tree;
use crate::returns::Submission;
use crate::workspace::file::ListFormat;

/// A table of one form: headings, then a row per return.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatTable {
    /// `unit`, `name`, `layout_status`, then `sheet/code/column` of every cell of the form.
    pub headings: Vec<String>,
    /// How far the form's layout can be trusted; stands in every line, because lines are taken out of lists.
    pub layout_status: LayoutStatus,
    /// A row per return.
    pub rows: Vec<FlatRow>,
}

/// A row of a flat table.
#[derive(Debug, Clone, PartialEq)]
pub struct FlatRow {
    /// Code of the unit.
    pub unit: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
    /// Values in the order of the headings.
    pub values: Vec<FlatValue>,
}

/// A value of a flat table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FlatValue {
    /// Blank.
    Blank,
    /// A number of this kind.
    Number(i64, NumberKind),
    /// A mark: `-`, `#`, `?`.
    Mark(&'static str),
}

/// The flat table of a form's returns.
#[must_use]
pub fn list_table(form: &Form, submissions: &[Submission], tree: &Tree) -> FlatTable {
    let own: Vec<&Submission> = submissions.iter().filter(|s| s.form.id == form.id).collect();
    // Also cells that all returns leave blank: a list that lacks a column does not say that its cells are blank.
    let is_figure = |slot: &SlotIndex| form.layout.sheets[form.layout.address(*slot).0].number_kind().is_some();
    let slots: Vec<SlotIndex> = form.layout.each_slot().filter(is_figure).collect();
    let mut headings = ["unit", "name", "layout_status"].map(str::to_owned).to_vec();
    headings.extend(slots.iter().map(|&slot| list_heading(&form.layout, slot)));
    let rows = own.iter().map(|submission| {
        let name = tree.find(&submission.unit).map_or_else(|| Arc::from(""), |unit| Arc::clone(&tree.units[unit].name));
        let values = slots.iter().map(|&slot| flat_value(submission, slot)).collect();
        FlatRow { unit: Arc::clone(&submission.unit), name, values }
    });
    FlatTable { headings, layout_status: form.layout_status, rows: rows.collect() }
}

fn flat_value(submission: &Submission, slot: SlotIndex) -> FlatValue {
    use crate::returns::Status;
    let (status, number) = submission.values.get(slot);
    let (sheet, ..) = submission.form.layout.address(slot);
    let kind = submission.form.layout.sheets[sheet].number_kind().unwrap_or(NumberKind::Counts);
    match status {
        Status::Nil => FlatValue::Mark("-"),
        Status::NotApplicable => FlatValue::Mark("#"),
        status if status.is_number() => FlatValue::Number(number, kind),
        status if status.is_broken() => FlatValue::Mark("?"),
        _ => FlatValue::Blank,
    }
}

/// Setting that all lists of a run share.
#[derive(Debug, Clone, Copy)]
pub struct ListSetting<'a> {
    /// Units as at the term.
    pub tree: &'a Tree,
    /// The term in words.
    pub term: &'a str,
    /// State of the papers.
    pub state: &'a PaperState,
    /// Identity of the run.
    pub run: &'a str,
    /// Formats asked for.
    pub formats: &'a [ListFormat],
}

/// Writes the flat tables of all forms in the formats asked for.
///
/// # Errors
/// When a list cannot be written.
pub fn write_lists(setting: ListSetting<'_>, forms: &[Arc<Form>], submissions: &[Submission], folder: &OutputFolder) -> Result<()> {
    let ListSetting { tree, formats, .. } = setting;
    let wanted = forms.par_iter().filter(|_| !formats.is_empty()).map(|form| (form, list_table(form, submissions, tree)));
    let tables: Vec<(&Arc<Form>, FlatTable)> = wanted.filter(|(_, table)| !table.rows.is_empty()).collect();
    let mut files: Vec<_> = tables.iter().flat_map(|(form, table)| formats.iter().map(move |format| (form, table, format))).collect();
    // The longest work first, so that no thread is left alone with it at the end.
    files.sort_by_key(|(_, table, format)| std::cmp::Reverse((**format == ListFormat::Xlsx, table.rows.len() * table.headings.len())));
    files.into_par_iter().with_max_len(1).try_for_each(|(form, table, format)| {
        let (name, bytes) = match format {
            ListFormat::Csv => (format!("danh-sach/{}.csv", form.short), csv_bytes(table)?),
            ListFormat::Xlsx => (format!("danh-sach/{}.xlsx", form.short), xlsx_bytes(form, setting, table)?),
        };
        folder.write(&name, &bytes)
    })
}

/// A flat table as CSV that no spreadsheet program takes formulas from.
pub fn csv_bytes(table: &FlatTable) -> Result<Vec<u8>> {
    let failed = |e: &dyn std::fmt::Display| Error::library(Action::Write, "danh-sach", e);
    // The mark at the start makes spreadsheet programs take the file for UTF-8.
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(&table.headings).map_err(|e| failed(&e))?;
    for FlatRow { unit, name, values } in &table.rows {
        let texts = values.iter().map(|value| match value {
            FlatValue::Blank => String::new(),
            FlatValue::Mark(mark) => (*mark).to_owned(),
            FlatValue::Number(number, kind) => plain_number(*number, *kind),
        });
        let lead = [inert(unit), inert(name), table.layout_status.id().to_owned()];
        writer.write_record(lead.into_iter().chain(texts)).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}

/// A text that no spreadsheet program takes for a formula when it opens the CSV.
fn inert(text: &str) -> String {
    if looks_like_formula(text) { format!("'{text}") } else { text.to_owned() }
}

fn xlsx_bytes(form: &Form, setting: ListSetting<'_>, table: &FlatTable) -> Result<Vec<u8>> {
    let ListSetting { tree, term, state, run, .. } = setting;
    let style = CellStyle::default();
    let bold = CellStyle { bold: true, ..style };
    let text =
        |row: u32, column: u16, text: Arc<str>, style| PlacedCell { at: CellRef::new(row, column), content: Content::Text(text), style };
    let mut cells: Vec<PlacedCell> = (0..).zip(&table.headings).map(|(c, h)| text(0, c, Arc::from(h.as_str()), bold)).collect();
    for (row, FlatRow { unit, name, values }) in (1..).zip(&table.rows) {
        cells.push(text(row, 0, Arc::clone(unit), style));
        cells.push(text(row, 1, Arc::clone(name), style));
        cells.push(text(row, 2, table.layout_status.id().into(), style));
        for (column, value) in (3..).zip(values) {
            let content = match value {
                FlatValue::Blank => continue,
                FlatValue::Mark(mark) => Content::Text(Arc::from(*mark)),
                FlatValue::Number(number, kind) => Content::Number(to_float(*number, *kind)),
            };
            cells.push(PlacedCell { at: CellRef::new(row, column), content, style });
        }
    }
    let last =
        CellRef::new(u32::try_from(table.rows.len()).unwrap_or(u32::MAX), u16::try_from(table.headings.len()).unwrap_or(u16::MAX) - 1);
    let sheet = SheetPlan {
        name: Arc::clone(&form.short),
        filter: Some(CellRange { first: CellRef::new(0, 0), last }),
        cells,
        widths: [(0, 14.0), (1, 40.0), (2, 14.0)].into(),
        column_styles: (0..).zip(&table.headings).map(|(column, _)| (column, style)).collect(),
        freeze: Some(CellRef::new(1, 2)),
        ..SheetPlan::default()
    };
    let more = [message!("present.note_lists")];
    let notes = notes_sheet(&Notes { lang: Lang::Vi, title: &form.title, state, term, run, more: &more });
    let plan = WorkbookPlan {
        title: form.title.to_string(),
        created: tree.day,
        author: tree.top_name().to_owned(),
        state: state.lines(Lang::Vi),
        sheets: vec![sheet, notes],
        names: Vec::new(),
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, "danh-sach", e))
}
