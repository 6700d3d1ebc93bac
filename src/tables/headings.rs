//! Headings: paths over several rows, those that stand twice, those that are almost known.

use super::Table;
use crate::base::error::closest;
use crate::base::location::{CellRef, column_name};
use crate::base::message::{Message, message};
use crate::base::text::{fold, heading_key};

/// Between the parts of a path.
const BETWEEN: &str = " / ";

/// One row of headings, every cell with what it stands under.
pub struct HeadingCells {
    /// Texts by column; empty where nothing stands.
    texts: Vec<String>,
    /// The cell begins here and goes over the blank ones right of it.
    spreads: bool,
}

impl HeadingCells {
    /// A row whose blank cells may belong to the one left of them.
    pub const fn spread(texts: Vec<String>) -> Self {
        Self { texts, spreads: true }
    }

    /// A row whose merged cells are filled in.
    pub const fn exact(texts: Vec<String>) -> Self {
        Self { texts, spreads: false }
    }
}

/// Headings of some rows, the upper ones first: a path where several say something.
pub fn joined(rows: &[HeadingCells]) -> Vec<String> {
    let width = rows.iter().map(|row| row.texts.len()).max().unwrap_or(0);
    let mut paths: Vec<Vec<&str>> = vec![Vec::new(); width];
    // Columns where a new heading begins in some row so far: nothing spreads over them further down.
    let mut begins = vec![false; width];
    for (index, row) in rows.iter().enumerate() {
        let is_lowest = index + 1 == rows.len();
        let mut over: &str = "";
        for column in 0..width {
            let own = row.texts.get(column).map_or("", String::as_str);
            begins[column] |= !own.is_empty();
            if !own.is_empty() || begins[column] {
                over = own;
            }
            let text = if row.spreads && !is_lowest { over } else { own };
            let is_new = paths[column].last().is_none_or(|last| fold(last) != fold(text));
            if !text.is_empty() && is_new {
                paths[column].push(text);
            }
        }
    }
    paths.into_iter().map(|path| path.join(BETWEEN)).collect()
}

/// A heading that stands over two columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RepeatedHeading {
    /// As it is written first.
    pub heading: String,
    /// The columns, from the left.
    pub columns: Vec<usize>,
}

impl Table {
    /// Columns over which a heading stands that reads like this one.
    #[must_use]
    pub fn columns_of(&self, heading: &str) -> Vec<usize> {
        let wanted = heading_key(heading);
        let mut found: Vec<usize> = (0..self.headings.len()).filter(|&at| heading_key(&self.headings[at]) == wanted).collect();
        if found.is_empty() && wanted.contains('/') {
            // The upper parts of a path may be left out.
            let end = format!("/{wanted}");
            found = (0..self.headings.len()).filter(|&at| heading_key(&self.headings[at]).ends_with(&end)).collect();
        }
        found
    }

    /// Headings that stand twice, in the order of their first columns.
    #[must_use]
    pub fn repeated_headings(&self) -> Vec<RepeatedHeading> {
        let mut found: Vec<(String, RepeatedHeading)> = Vec::new();
        let mut seen = std::collections::HashMap::new();
        for (column, heading) in self.headings.iter().enumerate() {
            let key = heading_key(heading);
            if key.is_empty() {
                continue;
            }
            match seen.get(&key) {
                None => {
                    seen.insert(key.clone(), found.len());
                    found.push((key, RepeatedHeading { heading: heading.clone(), columns: vec![column] }));
                }
                Some(&at) => found[at].1.columns.push(column),
            }
        }
        found.into_iter().map(|(_, repeated)| repeated).filter(|repeated| repeated.columns.len() > 1).collect()
    }

    /// A column as people find it: the cell of its heading.
    #[must_use]
    pub fn heading_cell(&self, column: usize) -> CellRef {
        CellRef::new(self.heading_line.saturating_sub(1), u16::try_from(column).unwrap_or(u16::MAX))
    }

    /// That a heading stands twice, with both places.
    #[must_use]
    pub fn told_twice(&self, repeated: &RepeatedHeading) -> Message {
        let places: Vec<String> = repeated.columns.iter().map(|&column| self.heading_cell(column).to_string()).collect();
        let (heading, places) = (&repeated.heading, places.join(", "));
        message!("tables.heading_stands_twice_column", heading, places)
    }

    /// That there is no such column, with the heading that was probably meant.
    #[must_use]
    pub fn no_column(&self, heading: &str) -> Message {
        let near = closest(&fold(heading), self.headings.iter().map(String::as_str).filter(|known| !known.is_empty()));
        let near = near.or_else(|| self.headings.iter().find(|known| is_near(known, heading)).map(String::as_str));
        match near.map(Message::did_you_mean) {
            Some(near) => message!("tables.no_column", heading, near),
            None => message!("tables.column_not_there", heading),
        }
    }
}

fn is_near(known: &str, wanted: &str) -> bool {
    closest(&fold(wanted), [fold(known).as_str()]).is_some()
}

/// A column as spreadsheets name it.
#[must_use]
pub fn letters(column: usize) -> String {
    column_name(u16::try_from(column).unwrap_or(u16::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(rows: &[&[&str]]) -> Vec<HeadingCells> {
        rows.iter().map(|row| HeadingCells::spread(row.iter().map(|&text| text.to_owned()).collect())).collect()
    }

    #[test]
    fn headings_over_several_rows_are_paths() {
        let two = rows(&[&["Mã", "Học sinh", "", "Lớp"], &["", "Tổng", "Nữ", ""]]);
        assert_eq!(joined(&two), ["Mã", "Học sinh / Tổng", "Học sinh / Nữ", "Lớp"]);
        let three = rows(&[&["Mã", "Học sinh", "", "", ""], &["", "Lớp 1", "", "Lớp 2", ""], &["", "Tổng", "Nữ", "Tổng", "Nữ"]]);
        assert_eq!(
            joined(&three),
            ["Mã", "Học sinh / Lớp 1 / Tổng", "Học sinh / Lớp 1 / Nữ", "Học sinh / Lớp 2 / Tổng", "Học sinh / Lớp 2 / Nữ"]
        );
    }
}
