//! From form files as written to layouts with indexes, naming every problem.

use std::collections::HashMap;
use std::sync::Arc;

use super::SlotIndex;
use super::form::{Column, ColumnDim, Layout, Roles, Row, Sheet, SheetKind};
use super::form_file::{ColumnFile, HeaderFile, Orientation, RowFile, SheetFile, TextFile, TtAlign};
use super::look::{ColumnWidths, HeaderCell, HeaderContent, RowHeights, SheetLook, TextCell};
use super::sums::{Bounds, Sum, Sums, Unless};
use crate::base::location::{CellRange, CellRef, RowSpan, parse_column};
use crate::base::message::{Message, message};

/// A problem in a form file: in which sheet, and what.
pub type Problem = Message;

/// Turns the written sheets into a layout, collecting every problem.
///
/// # Errors
/// All problems found, in file order.
pub fn resolve(id: &str, sheets: Vec<SheetFile>) -> Result<Layout, Vec<Problem>> {
    let mut problems = Vec::new();
    let mut resolved = Vec::new();
    let mut first_slot = 0;
    for file in sheets {
        let name = file.id.clone();
        let mut sheet_problems = Vec::new();
        let sheet = resolve_sheet(file, SlotIndex::new(first_slot), &mut sheet_problems);
        problems.extend(sheet_problems.into_iter().map(|problem| message!("forms.in_sheet", name, problem)));
        first_slot += sheet.slots();
        if resolved.iter().any(|other: &Sheet| other.id == sheet.id) {
            problems.push(message!("forms.sheet_defined_twice", name));
        }
        resolved.push(sheet);
    }
    if problems.is_empty() {
        Ok(Layout { id: id.into(), sheets: resolved, slots: first_slot, gone: Arc::default(), counts: Arc::default() })
    } else {
        Err(problems)
    }
}

fn resolve_sheet(file: SheetFile, first_slot: SlotIndex, problems: &mut Vec<Problem>) -> Sheet {
    let look = resolve_look(&file, problems);
    let letter = |name: &str, what: &str, problems: &mut Vec<Problem>| {
        parse_column(name).unwrap_or_else(|| {
            if file.kind != SheetKind::Errors {
                problems.push(message!("forms.not_column", what, name));
            }
            0
        })
    };
    let roles = Roles {
        tt: letter(&file.tt_column, "tt_column", problems),
        label: letter(&file.label_column, "label_column", problems),
        unit: letter(&file.unit_column, "unit_column", problems),
        code: letter(&file.code_column, "code_column", problems),
    };
    let [first, last] = file.header_rows.unwrap_or([1, 1]);
    let columns = resolve_columns(&file.columns, problems);
    let rows = resolve_rows(&file.rows, &columns, problems);
    let coded: Vec<usize> = (0..rows.len()).filter(|&row| rows[row].code.is_some()).collect();
    let sums = resolve_sums(&file, &columns, &rows, &coded, problems);
    Sheet {
        id: file.id.into(),
        name: file.name.into(),
        kind: file.kind,
        roles,
        header_rows: RowSpan { first: first.saturating_sub(1), last: last.saturating_sub(1) },
        look,
        header: resolve_header(file.header, problems),
        texts: resolve_texts(file.texts, problems),
        columns,
        rows,
        coded,
        first_slot,
        sums,
    }
}

fn resolve_look(file: &SheetFile, problems: &mut Vec<Problem>) -> SheetLook {
    let mut widths = Vec::new();
    for entry in &file.widths {
        let (first, last) = entry.columns.split_once(':').unwrap_or((&entry.columns, &entry.columns));
        match (parse_column(first), parse_column(last)) {
            (Some(first), Some(last)) if first <= last => widths.push(ColumnWidths { first, last, width: entry.width }),
            _ => problems.push(message!("forms.widths_not_columns", columns = entry.columns)),
        }
    }
    let zero_based = |row: u32| row.saturating_sub(1);
    let heights = file.heights.iter().map(|h| RowHeights { first: zero_based(h.rows[0]), last: zero_based(h.rows[1]), height: h.height });
    let merges = file.merges.iter().filter_map(|text| keep(text.parse::<CellRange>(), problems));
    SheetLook {
        font_size: file.font_size,
        border: file.border,
        centre_tt: file.tt_align == TtAlign::Centre,
        heights: heights.collect(),
        merges: merges.collect(),
        widths,
        paper: file.print.paper,
        landscape: file.print.orientation == Orientation::Landscape,
        unit_of_measure: file.unit_of_measure.as_str().into(),
    }
}

fn resolve_header(file: Vec<HeaderFile>, problems: &mut Vec<Problem>) -> Vec<HeaderCell> {
    let mut cells = Vec::new();
    for entry in file {
        let content = match (entry.text, entry.number) {
            (Some(text), None) => HeaderContent::Text(text.into()),
            (None, Some(number)) => HeaderContent::Number(number),
            _ => {
                problems.push(message!("forms.header_cell_text_number", at = entry.at));
                continue;
            }
        };
        if let Some(at) = keep(entry.at.parse::<CellRef>(), problems) {
            cells.push(HeaderCell { at, content, bold: entry.bold });
        }
    }
    cells
}

fn resolve_texts(file: Vec<TextFile>, problems: &mut Vec<Problem>) -> Vec<TextCell> {
    let mut cells = Vec::new();
    for entry in file {
        if let Some(at) = keep(entry.at.parse::<CellRef>(), problems) {
            let centred = entry.align == "center";
            cells.push(TextCell { at, text: entry.text.into(), field: entry.field, bold: entry.bold, centred });
        }
    }
    cells
}

fn resolve_columns(file: &[ColumnFile], problems: &mut Vec<Problem>) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for entry in file {
        let Some(at) = parse_column(&entry.at) else {
            problems.push(message!("forms.column_not_column", number = entry.number, at = entry.at));
            continue;
        };
        if columns.iter().any(|c| c.number == entry.number || c.at == at) {
            problems.push(message!("forms.column_defined_twice", number = entry.number, at = entry.at));
        }
        let dims = entry.dims.iter().map(|(k, v)| ColumnDim { dim: k.as_str().into(), value: v.as_str().unwrap_or("").into() });
        columns.push(Column {
            number: entry.number,
            at,
            path: entry.path.iter().map(|p| p.as_str().into()).collect(),
            dims: dims.collect(),
        });
    }
    columns
}

fn resolve_rows(file: &[RowFile], columns: &[Column], problems: &mut Vec<Problem>) -> Vec<Row> {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let mut rows: Vec<Row> = Vec::new();
    for entry in file {
        if let Some(code) = &entry.code
            && let Some(before) = seen.insert(code, entry.at)
        {
            problems.push(message!("forms.code_stands_row_again", code, before, at = entry.at));
        }
        if rows.last().is_some_and(|before| before.at + 1 >= entry.at) {
            problems.push(message!("forms.row_does_not_come", at = entry.at));
        }
        let not_applicable = entry.not_applicable.iter().filter_map(|n| find_column(columns, *n, problems));
        rows.push(Row {
            at: entry.at.saturating_sub(1),
            code: entry.code.as_deref().map(Arc::from),
            code_is_text: entry.code_is_text,
            tt: entry.tt.as_str().into(),
            tt_is_number: entry.tt_is_number,
            label: entry.label.as_str().into(),
            unit: entry.unit.as_str().into(),
            indent: entry.indent,
            group: entry.group.as_str().into(),
            look: entry.look,
            not_applicable: not_applicable.collect(),
            basis: entry.basis.as_str().into(),
            confidence: entry.confidence,
        });
    }
    rows
}

fn resolve_sums(file: &SheetFile, columns: &[Column], rows: &[Row], coded: &[usize], problems: &mut Vec<Problem>) -> Sums {
    let mut sums = Sums::default();
    for entry in &file.column_sums {
        let parts: Vec<usize> = entry.parts.iter().filter_map(|n| find_column(columns, *n, problems)).collect();
        if let Some(total) = find_column(columns, entry.total, problems) {
            let unless = unless(entry.unless.as_deref(), None);
            sums.columns.push(Sum { total, parts, basis: entry.basis, unless });
        }
    }
    for entry in &file.column_bounds {
        let mut find = |number: Option<u16>| number.and_then(|n| find_column(columns, n, problems));
        let (women, minority) = (find(entry.women), find(entry.minority));
        let minority_women = find(entry.minority_women);
        if let Some(total) = find(Some(entry.total)) {
            sums.bounds.push(Bounds { total, women, minority, minority_women });
        }
    }
    let mut find = |code: &str| {
        let found = coded.iter().position(|&row| rows[row].code.as_deref() == Some(code));
        if found.is_none() {
            problems.push(message!("forms.sum_names_code_no", code));
        }
        found
    };
    for entry in &file.row_sums {
        let parts = entry.parts.iter().filter_map(|code| find(code)).collect();
        let unless = unless(entry.unless.as_deref(), None);
        sums.rows.extend(find(&entry.total).map(|total| Sum { total, parts, basis: entry.basis, unless }));
    }
    for entry in &file.row_subsets {
        let parts = entry.parts.iter().filter_map(|code| find(code)).collect();
        let only = entry.unless_parts.as_ref().map(|parts| parts.iter().filter_map(|code| find(code)).collect());
        let unless = unless(entry.unless.as_deref(), only);
        let subset = find(&entry.whole).map(|total| Sum { total, parts, basis: entry.basis, unless });
        sums.disjoint.extend(subset.clone().filter(|_| entry.disjoint));
        sums.subsets.extend(subset);
    }
    sums
}

fn unless(phrase: Option<&str>, parts: Option<Vec<usize>>) -> Option<Unless> {
    phrase.map(|phrase| Unless { phrase: phrase.into(), parts })
}

fn find_column(columns: &[Column], number: u16, problems: &mut Vec<Problem>) -> Option<usize> {
    let found = columns.iter().position(|column| column.number == number);
    if found.is_none() {
        problems.push(message!("forms.column_named_but_not", number));
    }
    found
}

fn keep<T>(parsed: Result<T, Message>, problems: &mut Vec<Problem>) -> Option<T> {
    parsed.map_err(|problem| problems.push(problem)).ok()
}
