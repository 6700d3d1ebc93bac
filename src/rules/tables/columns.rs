//! The rules that follow from how a column is declared: required, type, code list.

use std::collections::HashSet;

use super::outcome::{Outcome, quote};
use super::view::{Cell, TableView, UndecidedReason, key_part};
use crate::findings::Severity;
use crate::rulebook::{ColumnType, TableColumn};

/// A column as it is declared.
struct OneColumn<'a> {
    view: &'a TableView<'a>,
    column: &'a String,
    declared: &'a TableColumn,
    codes: HashSet<String>,
}

/// Outcomes of the declarations of a table's columns.
pub fn declared(view: &TableView<'_>) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for (column, declared) in &view.schema.columns {
        let codes: HashSet<String> = declared.codes.iter().map(|code| view.code(code, declared.kind)).collect();
        let has_codes = !codes.is_empty() || declared.codes_file.is_some();
        let rules = [("required", declared.required), ("type", declared.kind != ColumnType::Any), ("codes", has_codes)];
        let column = OneColumn { view, column, declared, codes };
        for (rule, _) in rules.iter().filter(|(_, is_asked)| *is_asked) {
            outcomes.push(column.held_to(rule));
        }
    }
    outcomes
}

impl OneColumn<'_> {
    fn held_to(&self, rule: &str) -> Outcome {
        let mut outcome = Outcome::new(&format!("{}.{rule}", self.view.called(self.column)), Severity::Error);
        if let Err(reason) = self.view.has([self.column]) {
            outcome.undecided(self.view.place(None, None), &reason);
            return outcome;
        }
        for row in self.view.rows() {
            let place = self.view.place(Some(row), Some(self.column));
            match self.holds(rule, row) {
                None => {}
                Some(Ok(true)) => outcome.valid(),
                Some(Err(reason)) => outcome.undecided(place, &reason),
                Some(Ok(false)) => {
                    let finding = outcome.invalid(place);
                    quote(finding, self.view, row, [self.column]);
                    finding.expected = self.declared.kind.id().into();
                    finding.detail = self.view.called(self.column).into();
                }
            }
        }
        outcome
    }

    /// One cell: an empty one leaves the type of a required column undecided, and does not concern that of another.
    fn holds(&self, rule: &str, row: usize) -> Option<Result<bool, UndecidedReason>> {
        let why = |phrase| Err(UndecidedReason::new(phrase, &self.view.called(self.column)));
        Some(match (rule, self.view.cell(row, self.column)) {
            (_, Err(reason)) => Err(reason),
            (_, Ok(Cell::Broken)) => why("value-broken"),
            ("required", Ok(cell)) => Ok(cell != Cell::Empty),
            (_, Ok(Cell::Empty)) if self.declared.required => why("value-empty"),
            (_, Ok(Cell::Empty)) => return None,
            ("type", Ok(cell)) => Ok(cell != Cell::Mistyped),
            (_, Ok(Cell::Value(value))) => Ok(self.codes.contains(&key_part(&value))),
            (_, Ok(Cell::Mistyped)) => why("value-mistyped"),
        })
    }
}
