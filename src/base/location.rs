//! Places inside input files: which file, which sheet, which cell.
//!
//! A place is what lets a person open the right workbook at the right cell, so
//! it is carried by every value and every finding.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::base::message::{Message, message};

/// Largest zero-based row index a spreadsheet can have.
pub const MAX_ROW: u32 = 1_048_575;
/// Largest zero-based column index a spreadsheet can have.
pub const MAX_COLUMN: u16 = 16_383;

/// A cell position, zero-based; shown in spreadsheet notation (`B12`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CellRef {
    /// Zero-based row.
    pub row: u32,
    /// Zero-based column.
    pub column: u16,
}

impl CellRef {
    /// A position from zero-based indexes.
    #[must_use]
    pub const fn new(row: u32, column: u16) -> Self {
        Self { row, column }
    }
}

impl fmt::Display for CellRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", column_name(self.column), self.row + 1)
    }
}

impl FromStr for CellRef {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let bad = || message!("base.not_cell_address_such", text);
        let digits = text.find(|c: char| c.is_ascii_digit()).ok_or_else(bad)?;
        let column = parse_column(&text[..digits]).ok_or_else(bad)?;
        let row: u32 = text[digits..].parse().map_err(|_| bad())?;
        if row == 0 || row - 1 > MAX_ROW {
            return Err(bad());
        }
        Ok(Self { row: row - 1, column })
    }
}

/// Rows from a first to a last one, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(from = "(u32, u32)")]
pub struct RowSpan {
    /// First row.
    pub first: u32,
    /// Last row.
    pub last: u32,
}

impl From<(u32, u32)> for RowSpan {
    fn from(pair: (u32, u32)) -> Self {
        Self { first: pair.0, last: pair.1 }
    }
}

/// A rectangle of cells, both corners included (`B1:C1`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct CellRange {
    /// Top left corner.
    pub first: CellRef,
    /// Bottom right corner.
    pub last: CellRef,
}

impl fmt::Display for CellRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.first, self.last)
    }
}

impl FromStr for CellRange {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        let (first, last) = text.split_once(':').unwrap_or((text, text));
        let (first, last): (CellRef, CellRef) = (first.parse()?, last.parse()?);
        if first.row > last.row || first.column > last.column {
            return Err(message!("base.corners_wrong_way_round", text));
        }
        Ok(Self { first, last })
    }
}

/// The letters of a zero-based column (`0` is `A`, `27` is `AB`).
#[must_use]
pub fn column_name(column: u16) -> String {
    let mut letters = Vec::new();
    let mut rest = u32::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + u8::try_from(rest % 26).unwrap_or(0));
        rest /= 26;
    }
    letters.iter().rev().map(|&b| char::from(b)).collect()
}

/// The zero-based column of letters such as `AB`; `None` when they are not a column.
#[must_use]
pub fn parse_column(letters: &str) -> Option<u16> {
    if letters.is_empty() || letters.len() > 3 {
        return None;
    }
    let mut column: u32 = 0;
    for byte in letters.bytes() {
        if !byte.is_ascii_uppercase() {
            return None;
        }
        column = column * 26 + u32::from(byte - b'A') + 1;
    }
    u16::try_from(column - 1).ok().filter(|c| *c <= MAX_COLUMN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_round_trip() {
        for text in ["A1", "Z9", "AA10", "XFD1048576"] {
            assert_eq!(text.parse::<CellRef>().map(|c| c.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "1A", "A0", "XFE1", "A1048577", "a1"] {
            assert!(text.parse::<CellRef>().is_err(), "{text}");
        }
    }
}
