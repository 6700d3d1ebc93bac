//! From one sheet of a workbook to a drafted sheet.

use super::columns::read_columns;
use super::draft::{DraftHeader, DraftRow, DraftSheet, DraftTable};
use super::list::list_heading_row;
use super::look::SheetView;
use super::outline::outline;
use super::sheet_look::sheet_look;
use super::sums::propose;
use super::table::{SheetTable, code_of, column_number, find_table};
use super::texts::{clean, sheet_texts};
use super::vocabulary::{Vocabulary, is_one_of};
use crate::base::location::CellRef;
use crate::base::message::{Message, message};
use crate::base::text::{fold, nfc};
use crate::forms::{RowLook, SheetKind};
use crate::ooxml::{RawCell, RawSheet, RawValue};

/// Letters of the longest unit of measure that a label may hold in brackets.
const LONGEST_UNIT: usize = 16;

/// Drafts a sheet; `None` when it holds neither a table with row codes nor the error log.
#[must_use]
pub fn draft_sheet(raw: &RawSheet, view: SheetView<'_>, words: &Vocabulary) -> Option<DraftSheet> {
    let name = nfc(&raw.name).into_owned();
    if list_heading_row(raw, words).is_some() {
        return None;
    }
    let Some(table) = find_table(raw, view, &words.roles) else {
        return is_error_log(raw, words).then(|| error_log(raw, view, name));
    };
    let mut notes = Vec::new();
    let columns = read_columns(raw, view, &table, words);
    let mut rows = read_rows(raw, view, &table, &mut notes);
    mark_not_applicable(raw, &mut rows, &columns);
    let texts = sheet_texts(raw, view, &table, words);
    let stated = texts.iter().find_map(|text| stated_unit(&text.text, words));
    if table.roles.unit.is_none() && stated.is_none() {
        units_in_labels(&mut rows);
    }
    guess_units(&mut rows, stated.as_deref(), words, &mut notes);
    let nodes = outline(&mut rows, &words.groups);
    let money = rows.iter().find(|row| row.code.is_some()).map(|row| row.unit.trim().to_owned());
    let money = money.filter(|unit| is_one_of(&fold(unit), &words.units.amounts));
    let mut drafted = DraftTable {
        kind: if money.is_some() { SheetKind::Amounts } else { SheetKind::Counts },
        unit_of_measure: money.unwrap_or_default(),
        roles: table.roles,
        header_rows: table.header,
        columns,
        rows,
        sums: Vec::new(),
    };
    let (sums, others) = propose(raw, view, &drafted, &nodes, words);
    drafted.sums = sums;
    note_shape(&table, &drafted, others, &mut notes);
    let look = sheet_look(raw, view, &table, &drafted, &texts);
    let header = read_header(raw, view, &table);
    Some(DraftSheet { id: String::new(), name, table: Some(drafted), header, texts, look, notes })
}

fn note_shape(table: &SheetTable, drafted: &DraftTable, others: usize, notes: &mut Vec<Message>) {
    if table.number_row.is_none() {
        notes.push(message!("drafts.no_row_column_numbers"));
    }
    if table.roles.tt.is_none() || table.roles.unit.is_none() {
        notes.push(message!("drafts.no_column_ordinals_units"));
    }
    if others > 0 {
        notes.push(message!("drafts.formulas_no_sums_within", others));
    }
    let empty = drafted.columns.iter().filter(|column| column.path.is_empty()).count();
    if empty > 0 {
        notes.push(message!("drafts.columns_no_heading", empty));
    }
}

fn shown(cell: &RawCell) -> Option<String> {
    match &cell.value {
        RawValue::Text(text) if !text.trim().is_empty() => Some(clean(text)),
        RawValue::Number(number) => Some(number.to_string()),
        RawValue::Date(date) => Some(date.clone()),
        _ => None,
    }
}

fn read_header(raw: &RawSheet, view: SheetView<'_>, table: &SheetTable) -> Vec<DraftHeader> {
    let last = table.columns.iter().map(|own| own.at).max().unwrap_or(0);
    let in_header = |cell: &&RawCell| (table.header.first..=table.header.last).contains(&cell.row) && cell.column <= last;
    let mut header = Vec::new();
    for cell in raw.cells.iter().filter(in_header) {
        let Some(text) = shown(cell) else { continue };
        let number = column_number(&cell.value).filter(|_| table.number_row == Some(cell.row) && matches!(cell.value, RawValue::Number(_)));
        let content = number.map_or(Ok(text), Err);
        header.push(DraftHeader { at: cell.at(), content, bold: view.style(cell.row, cell.column).bold });
    }
    header
}

fn read_rows(raw: &RawSheet, view: SheetView<'_>, table: &SheetTable, notes: &mut Vec<Message>) -> Vec<DraftRow> {
    let roles = table.roles;
    let mut rows: Vec<DraftRow> = Vec::new();
    let first_value = table.columns.first().map_or(0, |own| own.at);
    for at in table.header.last + 1..=table.last_row {
        let text = |column: u16| raw.text(at, column).map(clean).unwrap_or_default();
        let mut code = raw.get(at, roles.code).and_then(code_of);
        if let Some((code_text, _)) = &code
            && let Some(before) = rows.iter().find(|row| row.code.as_ref() == Some(code_text))
        {
            let (cell, first) = (CellRef::new(at, roles.code), before.at + 1);
            notes.push(message!("drafts.code_stands_row_already", cell, code_text, first));
            code = None;
        }
        let tt = roles.tt.and_then(|column| raw.get(at, column));
        let tt_is_number = matches!(tt, Some(RawValue::Number(_)));
        let tt = match tt {
            Some(RawValue::Text(text)) => clean(text),
            Some(RawValue::Number(number)) => number.to_string(),
            _ => String::new(),
        };
        let label = text(roles.label);
        if label.trim().is_empty() && tt.trim().is_empty() && code.is_none() {
            continue;
        }
        let style = view.style(at, roles.label);
        let values_bold = view.style(at, first_value).bold && code.is_some();
        let look = match (style.bold, style.italic) {
            (true, _) if values_bold => RowLook::Total,
            (true, _) => RowLook::Strong,
            (false, true) => RowLook::Italic,
            (false, false) => RowLook::Plain,
        };
        let unit = roles.unit.map(|column| text(column).trim().to_owned()).unwrap_or_default();
        let code_is_text = code.as_ref().is_some_and(|(_, is_text)| *is_text);
        let code = code.map(|(code, _)| clean(&code));
        rows.push(DraftRow {
            at,
            code,
            code_is_text,
            tt,
            tt_is_number,
            label,
            unit,
            cell_indent: style.indent,
            look,
            ..DraftRow::default()
        });
    }
    rows
}

/// Cells printed as `#` do not apply.
fn mark_not_applicable(raw: &RawSheet, rows: &mut [DraftRow], columns: &[super::draft::DraftColumn]) {
    for row in rows.iter_mut().filter(|row| row.code.is_some()) {
        let is_marked = |at: u16| raw.text(row.at, at).is_some_and(|text| text.trim() == "#");
        row.not_applicable = columns.iter().filter(|column| is_marked(column.at)).map(|column| column.number).collect();
    }
}

/// The unit that a text over the table gives for all of it.
fn stated_unit(text: &str, words: &Vocabulary) -> Option<String> {
    let (before, after) = text.split_once(':')?;
    let unit = after.trim().trim_end_matches(')').trim();
    let before = fold(before.trim().trim_start_matches('('));
    (is_one_of(&before, &words.roles.unit) && !unit.is_empty()).then(|| unit.to_owned())
}

/// Without a column of units, labels such as `Bác sĩ (người)` say them, where most labels do.
fn units_in_labels(rows: &mut [DraftRow]) {
    let unit = |row: &DraftRow| {
        let (_, unit) = row.label.trim().strip_suffix(')')?.rsplit_once('(')?;
        let is_unit = unit.chars().count() <= LONGEST_UNIT && !unit.chars().any(|c| c.is_ascii_digit());
        is_unit.then(|| unit.trim().to_owned())
    };
    let coded = || rows.iter().filter(|row| row.code.is_some());
    if coded().filter(|row| unit(row).is_some()).count() * 2 <= coded().count() {
        return;
    }
    for row in rows.iter_mut().filter(|row| row.code.is_some()) {
        row.unit = unit(row).unwrap_or_default();
    }
}

/// Coded rows need a unit: the one stated for the sheet, or of the row above.
fn guess_units(rows: &mut [DraftRow], stated: Option<&str>, words: &Vocabulary, notes: &mut Vec<Message>) {
    let mut above: Option<String> = None;
    let mut guessed = 0;
    for row in rows.iter_mut().filter(|row| row.code.is_some()) {
        if row.unit.is_empty() {
            row.unit = stated.map(str::to_owned).or_else(|| above.clone()).unwrap_or_else(|| words.units.unknown.clone());
            row.unit_is_guessed = stated.is_none();
            guessed += usize::from(row.unit_is_guessed);
        } else {
            above = Some(row.unit.clone());
        }
    }
    if guessed > 0 {
        notes.push(message!("drafts.coded_rows_print_no", guessed));
    }
}

fn is_error_log(raw: &RawSheet, words: &Vocabulary) -> bool {
    let first: Vec<String> = raw.row(0).iter().filter_map(shown).map(|text| fold(&text)).collect();
    !words.error_log.headings.is_empty()
        && words
            .error_log
            .headings
            .iter()
            .zip(first.iter().chain(std::iter::repeat(&String::new())))
            .all(|(word, text)| fold(word) == *text)
}

fn error_log(raw: &RawSheet, view: SheetView<'_>, name: String) -> DraftSheet {
    let header = raw.row(0).iter().filter_map(|cell| {
        let bold = view.style(cell.row, cell.column).bold;
        Some(DraftHeader { at: cell.at(), content: Ok(shown(cell)?), bold })
    });
    let mut sheet = DraftSheet { name, header: header.collect(), ..DraftSheet::default() };
    sheet.look.widths.clone_from(&view.xml.widths);
    sheet
}
