//! Lines of a list that are no unit's: totals, sections, headings once more, remarks and signatures.

use crate::forms::SlotVec;
use crate::lists::totals::{LEAST_ROWS, LEAST_SUM, agrees};
use crate::register::UnitIndex;
use crate::returns::Values;
use crate::tables::{TableRow, TableValue};

/// Kinds of line in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowKind {
    /// A unit's line.
    Unit(UnitIndex),
    /// Of a unit that the register does not have.
    Unknown,
    /// Under the code of a school, and yet the sum of the lines above.
    Sum(UnitIndex),
    /// Figures of nobody.
    Nameless,
    /// A total of lines of units.
    Total,
    /// The headings once more.
    Headings,
    /// Below headings of other columns.
    OtherTable,
    /// No figures and no code: a section, a remark, a signature.
    Remark,
}

/// Whether a row numbers the columns, as forms do under their headings: `A`, `B`, `(1)`, `(2)`, `(3)=(1)+(2)`.
pub fn numbers_columns(row: &TableRow, unit: usize) -> bool {
    let (mut last, mut labels, mut numbers) = (None, 0_usize, 0_usize);
    for value in row.values.iter().filter(|value| **value != TableValue::Empty) {
        let text = value.text();
        let own = text.split('=').next().unwrap_or_default().trim().trim_matches(['(', ')', '[', ']', '.', ' ']);
        let mut letters = own.chars();
        if letters.next().is_some_and(char::is_alphabetic) && letters.next().is_none() && last.is_none() {
            labels += 1;
            continue;
        }
        let Ok(number) = own.parse::<u32>() else { return false };
        if number != last.map_or(1, |last| last + 1) {
            return false;
        }
        last = Some(number);
        numbers += 1;
    }
    // Where the column of codes is blank the figures may be somebody's.
    (numbers > 1 || numbers == 1 && labels > 0) && !row.text(Some(unit)).is_empty()
}

/// Whether any figure, or a sign for one, stands in one of the columns.
pub fn has_figures(row: &TableRow, columns: &[usize]) -> bool {
    let is_figure = |value: &TableValue| match value {
        TableValue::Number(_) => true,
        TableValue::Text(text) => text.chars().any(|c| c.is_ascii_digit()) && !text.contains(char::is_alphabetic),
        TableValue::Empty | TableValue::Error(_) | TableValue::Date(_) => false,
    };
    columns.iter().any(|&column| row.values.get(column).is_some_and(is_figure))
}

/// Sums over lines of units, of all of them and of those since the last total.
pub struct RowSums {
    all: SlotVec<i128>,
    block: SlotVec<i128>,
    rows: usize,
    block_rows: usize,
}

impl RowSums {
    pub fn new(slots: usize) -> Self {
        Self { all: SlotVec::filled(0, slots), block: SlotVec::filled(0, slots), rows: 0, block_rows: 0 }
    }

    pub fn add(&mut self, values: &Values) {
        for slot in values.slots().take(self.all.len()) {
            let number = i128::from(values.get(slot).1);
            self.all[slot] += number;
            self.block[slot] += number;
        }
        self.rows += 1;
        self.block_rows += 1;
    }

    pub fn end_block(&mut self) {
        self.block.as_mut_slice().fill(0);
        self.block_rows = 0;
    }

    /// Whether they can only be a total of at least two lines.
    pub fn is_total(&self, values: &Values) -> bool {
        let is_something = values.slots().any(|slot| values.get(slot).1 != 0);
        let of_all = self.rows >= LEAST_ROWS && Self::is_sum(&self.all, values);
        is_something && (of_all || self.block_rows >= LEAST_ROWS && Self::is_sum(&self.block, values))
    }

    /// Whether figures are so many and so large that agreeing with a sum is no accident.
    pub fn is_no_accident(values: &Values) -> bool {
        let sum: i128 = values.slots().map(|slot| i128::from(values.get(slot).1)).sum();
        values.filled() > 2 && sum >= LEAST_SUM
    }

    fn is_sum(sums: &SlotVec<i128>, values: &Values) -> bool {
        let said = values.slots().map(|slot| values.get(slot));
        said.zip(sums).all(|((status, number), sum)| agrees(status, number, *sum))
    }
}
