//! Lines of a long list: each is one cell of a unit's return.

use super::{ListReader, looks_like_code};
use crate::base::number::NumberKind;
use crate::base::text::heading_key;
use crate::findings::{Finding, Location};
use crate::lists::cells::read_figure;
use crate::lists::columns::{ListColumns, LongColumns};
use crate::lists::findings::line_place;
use crate::lists::long::{LongLines, UnitSlot};
use crate::lists::rows::RowKind;
use crate::lists::totals::{ListFigure, MaybeTotal};
use crate::register::UnitIndex;
use crate::returns::Status;
use crate::tables::{Sign, Table, TableRow, TableValue};
use crate::workbooks::value::{BrokenRule, Reading};

impl ListReader<'_> {
    /// A line of a long list without a unit's code: a total of one cell, or a figure of nobody.
    fn long_line_of_no_unit(&mut self, row: &TableRow, columns: &ListColumns, place: Location, long: LongColumns) {
        let LongColumns { item, value } = long;
        let code = row.text(Some(columns.unit));
        let labels = row.values.iter().enumerate().filter(|(column, _)| *column != item && *column != value);
        let labels: Vec<String> = labels.map(|(_, label)| label.text()).collect();
        let is_worded = labels.iter().any(|label| self.context.words.is_total(label));
        let is_grand = labels.iter().any(|label| self.context.words.is_grand(label));
        let is_label = !is_worded && self.is_label(row, &[item, value]);
        let slot = columns.items.get(&heading_key(&row.text(Some(item)))).copied();
        let value = row.values.get(value).unwrap_or(&TableValue::Empty);
        let kind = slot.and_then(|slot| self.form.layout.sheets[self.form.layout.address(slot).0].number_kind());
        let reading = read_figure(value, kind.unwrap_or(NumberKind::Counts), self.context.writing);
        if *value == TableValue::Empty {
            self.notes.tell(if is_worded { RowKind::Total } else { RowKind::Remark }, row.line);
        } else if !is_worded && looks_like_code(&code) {
            if let Some(slot) = slot {
                self.long.totals_of(slot).add_number(reading.number);
            }
            self.notes.findings.push(self.of_nobody(&code, place));
        } else {
            let otherwise = Box::new(self.of_nobody(&code, place.clone()));
            let figures = slot.map(|slot| ListFigure { slot, status: reading.status, number: reading.number }).into_iter().collect();
            let own = MaybeTotal { place, line: row.line, figures, is_worded, is_grand, is_label, otherwise };
            let given = match slot {
                Some(slot) => self.long.totals_of(slot).keep(own),
                None => Some(own),
            };
            match given {
                Some(own) if is_worded => self.notes.tell(RowKind::Total, own.line),
                Some(own) => self.long.strange.push(own),
                None => {}
            }
        }
    }

    /// A line of a long list: one cell of a unit's return.
    pub(super) fn long_line(&mut self, table: &Table, row: &TableRow, columns: &ListColumns, unit: Option<UnitIndex>, long: LongColumns) {
        let place = line_place(table, row, columns.unit);
        let Some(unit) = unit else {
            self.long_line_of_no_unit(row, columns, place, long);
            return;
        };
        if !self.is_sent(row, columns) {
            self.notes.not_sent.push(row.line);
            return;
        }
        let Some(&slot) = columns.items.get(&heading_key(&row.text(Some(long.item)))) else {
            self.notes.unknown_item(&row.values.get(long.item).cloned().unwrap_or_default(), row.line);
            return;
        };
        let is_head = self.is_head(unit);
        if !is_head {
            self.claims_of(table, row, columns, unit);
        }
        let (code, submissions) = (&self.context.tree.units[unit].code, &mut self.submissions);
        let at = *self.long.by_unit.entry(unit).or_insert_with(|| {
            submissions.push(LongLines::start(columns, table, self.form, self.source, code));
            submissions.len() - 1
        });
        let submission = &mut self.submissions[at];
        let own = line_place(table, row, long.value);
        if let Some(first) = self.long.seen.insert(UnitSlot { unit, slot }, own.clone()) {
            let cells = [&own, &first].map(|place| place.cell.map(|cell| cell.to_string()).unwrap_or_default());
            let finding = Finding::new("list-item-twice").subject(submission.subject(slot)).location(own);
            self.notes.findings.push(finding.observed(&cells[0], &cells[1]));
            submission.values.set(slot, Status::Invalid, 0);
            return;
        }
        let (sheet, ..) = self.form.layout.address(slot);
        let kind = self.form.layout.sheets[sheet].number_kind().unwrap_or(NumberKind::Counts);
        let value = row.values.get(long.value).unwrap_or(&TableValue::Empty);
        let Reading { status, number, broken } = match self.context.writing.signs.meaning("") {
            Some(Sign::Missing) if *value == TableValue::Empty => Reading { status: Status::Unknown, number: 0, broken: None },
            _ => self.notes.figure(value, table.sheet.is_none(), kind, self.context.writing),
        };
        submission.values.set(slot, status, number);
        LongLines::place(submission, slot, own.cell);
        if is_head {
            self.long.totals_of(slot).part();
        } else {
            self.long.totals_of(slot).add_number(number);
        }
        if let Some(BrokenRule { rule, found, expected }) = broken {
            self.notes.findings.push(Finding::new(rule).subject(submission.subject(slot)).location(own).observed(found, expected));
        }
    }
}
