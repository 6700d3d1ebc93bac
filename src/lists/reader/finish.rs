//! The end of a list: returns that count, and everything that shows only once all lines are read.

use std::sync::Arc;

use super::{ListReader, OTHER_SHEETS};
use crate::base::error::Result;
use crate::base::location::CellRef;
use crate::findings::{Finding, Location, Subject};
use crate::forms::SlotIndex;
use crate::lists::blanks::ask_blanks;
use crate::lists::heads::take_heads;
use crate::lists::rows::RowKind;
use crate::returns::Submission;
use crate::tables::Table;
use crate::workbooks::printed_totals::{doubt_blank_totals, take_printed_totals, told_totals};

impl ListReader<'_> {
    /// Result of all lines.
    ///
    /// # Errors
    /// When there was no line and the headings do not fit either.
    pub fn finish(mut self, table: &Table) -> Result<(Vec<Submission>, Vec<Finding>)> {
        if self.columns.is_none() {
            let columns = self.read_headings(table)?;
            self.columns = Some(columns);
        }
        let place = Location { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell: None };
        let contradicted = std::mem::take(&mut self.notes.contradicted);
        let kept = std::mem::take(&mut self.submissions).into_iter().enumerate().filter(|(at, _)| !contradicted.contains(at));
        let mut kept: Vec<Submission> = kept.map(|(_, submission)| submission).collect();
        self.settle_totals(&mut kept);
        let mut findings = self.notes.finish(&place, self.form);
        let subject = Subject { form: Some(Arc::clone(&self.form.id)), ..Subject::default() };
        findings.extend(table.others.iter().map(|own| {
            let place = Location { sheet: Some(Arc::clone(&own.name)), ..place.clone() };
            Finding::new(OTHER_SHEETS).subject(subject.clone()).location(place).observed(own.numbers, "")
        }));
        if let Some(columns) = &self.columns {
            let given: Vec<SlotIndex> = if columns.long.is_some() { self.long.given() } else { columns.slots.keys().copied().collect() };
            if columns.long.is_some() {
                findings.extend(self.long.closing_findings(&kept, columns, self.form, self.context.tree, &place));
            }
            findings.extend(ask_blanks(&mut kept, &given, columns, self.context));
            // A list without the column of a total says nothing of it.
            let is_given = |slot: SlotIndex| given.contains(&slot) && !self.context.as_they_are;
            findings.extend(kept.iter_mut().flat_map(|own| doubt_blank_totals(own, &is_given)));
        }
        findings.extend(kept.iter_mut().flat_map(|own| {
            let taken = take_printed_totals(own);
            told_totals(own, &taken)
        }));
        Ok((kept, findings))
    }

    /// Takes heads of groups out of the returns, and says of every line that may be a total what it is.
    fn settle_totals(&mut self, kept: &mut Vec<Submission>) {
        if !self.context.as_they_are {
            let heads = take_heads(kept, self.context.tree, self.form);
            heads.totals.into_iter().for_each(|line| self.notes.tell(RowKind::Total, line));
            self.notes.findings.extend(heads.findings);
        }
        let totals = std::mem::take(&mut self.totals);
        let has_sums = totals.wordless().0 > 0;
        let Some(columns) = &self.columns else { return };
        let value = columns.long.map(|long| long.value);
        for (own, verdict) in totals.judged(has_sums).into_iter().chain(self.long.judged()) {
            let row = own.place.cell.map(|cell| cell.row);
            let cell = |slot: SlotIndex| {
                let column = value.or_else(|| columns.slots.get(&slot).copied())?;
                Some(CellRef::new(row?, u16::try_from(column).ok()?))
            };
            self.notes.judged(self.form, own, &verdict, cell);
        }
    }
}
