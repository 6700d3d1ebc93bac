//! Printed sums: formulas that add cells of one row or of one column.

use crate::base::location::CellRange;

/// Ranges one formula may name.
const MAX_TERMS: usize = 200;

/// The ranges a formula adds, and whether each side of each corner stays when it is copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms(Vec<(CellRange, Fixed)>);

/// Which of first row, first column, last row, last column carry a `$`.
type Fixed = [bool; 4];

impl Terms {
    /// The ranges.
    pub fn ranges(&self) -> impl Iterator<Item = CellRange> + '_ {
        self.0.iter().map(|(range, _)| *range)
    }

    /// Moves a formula that is copied so far down and right; `None` when it leaves the sheet.
    #[must_use]
    pub fn moved(&self, down: i64, right: i64) -> Option<Self> {
        let row = |row: u32, fixed: bool| u32::try_from(i64::from(row) + if fixed { 0 } else { down }).ok();
        let column = |column: u16, fixed: bool| u16::try_from(i64::from(column) + if fixed { 0 } else { right }).ok();
        let mut terms = Vec::new();
        for (range, fixed) in &self.0 {
            let mut moved = *range;
            moved.first.row = row(range.first.row, fixed[0])?;
            moved.first.column = column(range.first.column, fixed[1])?;
            moved.last.row = row(range.last.row, fixed[2])?;
            moved.last.column = column(range.last.column, fixed[3])?;
            terms.push((moved, *fixed));
        }
        Some(Self(terms))
    }
}

/// The terms of `F5+G5`, `SUM(F5:H5)` or sums of such; `None` for any other formula.
#[must_use]
pub fn parse(text: &str) -> Option<Terms> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let mut rest = text.trim_start_matches(['=', '+']);
    let mut terms = Vec::new();
    loop {
        let (term, after) = if let Some(inside) = rest.strip_prefix("SUM(") {
            inside.split_once(')')?
        } else {
            rest.split_at(rest.find('+').unwrap_or(rest.len()))
        };
        for range in term.split([',', ';']) {
            terms.push(range_of(range)?);
        }
        if after.is_empty() {
            break;
        }
        rest = after.strip_prefix('+')?;
    }
    (terms.len() <= MAX_TERMS).then_some(Terms(terms))
}

fn range_of(text: &str) -> Option<(CellRange, Fixed)> {
    let (first, last) = text.split_once(':').unwrap_or((text, text));
    let fixed = |corner: &str| (corner.get(1..).is_some_and(|rest| rest.contains('$')), corner.starts_with('$'));
    let ((first_row, first_column), (last_row, last_column)) = (fixed(first), fixed(last));
    let range = text.replace('$', "").parse().ok()?;
    Some((range, [first_row, first_column, last_row, last_column]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sums_are_taken_and_copies_move() {
        for text in ["=F5+G5+H5", "SUM(F5:H5)", "+F5+SUM($G5, H$5)"] {
            assert!(parse(text).is_some(), "{text}");
        }
        for text in ["F5-G5", "SUM(F5:H5)/2", "IF(A1,1,0)", "Sheet2!A1+B1", "F5*2", ""] {
            assert!(parse(text).is_none(), "{text}");
        }
        let moved = parse("F5+$G5+H$5").unwrap().moved(2, 1).unwrap();
        let shown: Vec<String> = moved.ranges().map(|range| range.first.to_string()).collect();
        assert_eq!(shown, ["G7", "G7", "I5"]);
    }
}
