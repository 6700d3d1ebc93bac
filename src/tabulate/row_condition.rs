//! A condition asked of single rows: for what is told of a row, and not counted.

use super::columns::Columns;
use super::conditions::Compiler;
use super::region::{Region, RowBox};
use super::rows::{RecordRows, Values};
use crate::base::message::Message;
use crate::records::{Condition, RecordBook};

/// Conditions that all must hold of a row.
#[derive(Debug, Clone)]
pub struct RowCondition {
    columns: Columns,
    accepted: Region,
}

impl RowCondition {
    /// Gets ready to ask.
    ///
    /// # Errors
    /// What is no condition over coded values.
    pub fn new<'c>(conditions: impl Iterator<Item = &'c Condition> + Clone, book: &RecordBook) -> Result<Self, Message> {
        let columns = Columns::of(conditions.clone(), book)?;
        let accepted = Compiler { book, columns: &columns }.all_hold(conditions)?;
        Ok(Self { columns, accepted })
    }

    /// Whether every row that meets some conditions meets another one, as far as can be told from one of its parts.
    ///
    /// # Errors
    /// What is no condition over coded values.
    pub fn implies<'c>(
        conditions: impl Iterator<Item = &'c Condition> + Clone,
        wider: &'c Condition,
        book: &RecordBook,
    ) -> Result<bool, Message> {
        let columns = Columns::of(conditions.clone().chain([wider]), book)?;
        let compiler = Compiler { book, columns: &columns };
        let (own, wider) = (compiler.all_hold(conditions)?, compiler.all_hold(std::iter::once(wider))?);
        let is_within = |own: &RowBox| wider.boxes().iter().any(|wide| own.is_within(wide, &|column| columns.all(column)));
        Ok(own.boxes().iter().all(is_within))
    }

    /// Whether all conditions hold of a row.
    #[must_use]
    pub fn holds(&self, values: &Values<'_>, rows: &RecordRows, row: usize) -> bool {
        let byte = |column| {
            let own = self.columns.get(column);
            own.coding.byte(values.at(rows, own.field, row))
        };
        self.accepted.boxes().iter().any(|own| own.accepts(byte))
    }
}
