//! The shape of a form's sheet, and how well a sheet of a file fits it.
//!
//! A sheet is placed by its own marks: the heading of the code column, the
//! codes under it and the header texts above the value columns. File and sheet
//! names are never needed, rows and columns may have moved.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::location::CellRef;
use crate::base::text::fold;
use crate::forms::{HeaderContent, Sheet};
use crate::ooxml::raw_cells::{RawSheet, RawValue};

/// A score that none can be better than.
pub const PERFECT: f64 = 0.9999;

/// Rows searched for the heading of the code column.
const HEADING_ROWS: u32 = 60;
/// Marks a row or column the file does not have.
pub const ABSENT_ROW: u32 = u32::MAX;
/// Marks a column the file does not have.
pub const ABSENT_COLUMN: u16 = u16::MAX;

/// Shape by which a sheet of a form is recognised, folded once.
#[derive(Debug)]
pub struct SheetShape {
    /// Index of the sheet in its layout.
    pub sheet: usize,
    /// Folded sheet name.
    pub name: String,
    code_heading: Words,
    code_heading_at: CellRef,
    /// Where the form prints its first code.
    first_code_at: CellRef,
    /// Codes as printed and folded.
    codes: HashMap<String, usize>,
    /// Letters before the digits of a code, folded; nothing before official ones.
    prefixes: Vec<String>,
    /// Codes as a number stores them.
    numbers: HashMap<u32, usize>,
    /// Codes with leading zeros, by the numbers that a spreadsheet program makes of them.
    zeroless: HashMap<u32, usize>,
    /// Lines of the headings below that of the codes.
    header_below: u32,
    labels: Vec<Words>,
    paths: Vec<Vec<String>>,
    /// Header texts over value columns at their printed place, for sheets that did not move.
    printed_header: Vec<(CellRef, Words)>,
    /// Columns of those texts, in order.
    printed_columns: Vec<u16>,
    label_column: u16,
}

/// A text of a form, as printed and folded.
#[derive(Debug, Default)]
struct Words {
    printed: Arc<str>,
    folded: String,
}

impl Words {
    fn new(text: &Arc<str>) -> Self {
        Self { printed: Arc::clone(text), folded: fold(text) }
    }

    /// Whether a text of a file says the same; most say it letter by letter.
    fn are_in(&self, text: &str) -> bool {
        *text == *self.printed || fold(text) == self.folded
    }
}

/// Where the parts of a form's sheet stand in a sheet of a file.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Where the heading of the code column stands.
    pub heading: CellRef,
    /// First row under the header.
    pub body: u32,
    /// Row of each coded row; [`ABSENT_ROW`] where absent.
    pub rows: Vec<u32>,
    /// Column of each value column; [`ABSENT_COLUMN`] where absent.
    pub columns: Vec<u16>,
    /// Rows whose code the form does not have.
    pub unknown_rows: Vec<UnknownRow>,
    /// Rows whose code stands already above.
    pub repeated_rows: Vec<RepeatedRow>,
    /// Coded rows whose label differs.
    pub relabelled: Vec<RelabelledRow>,
    /// Columns with a heading the form does not have.
    pub unknown_columns: Vec<UnknownColumn>,
    /// Column of the codes.
    pub code_column: u16,
    /// How well it fits, from 0 to 1.
    pub score: f64,
}

/// A row whose code the form does not have.
#[derive(Debug, Clone)]
pub struct UnknownRow {
    /// The row.
    pub row: u32,
    /// Its code.
    pub code: String,
}

/// A row whose code stands already above.
#[derive(Debug, Clone)]
pub struct RepeatedRow {
    /// The row.
    pub row: u32,
    /// Its code.
    pub code: String,
    /// The first row with the code.
    pub first: u32,
}

/// A coded row whose label is not the form's.
#[derive(Debug, Clone)]
pub struct RelabelledRow {
    /// Its index among the coded rows.
    pub coded: usize,
    /// The label found.
    pub label: String,
}

/// A column with a heading that the form does not have.
#[derive(Debug, Clone)]
pub struct UnknownColumn {
    /// The column.
    pub column: u16,
    /// Its heading.
    pub heading: String,
}

/// How far a sheet stands from its printed place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shift {
    /// Rows down.
    pub down: i64,
    /// Columns to the right.
    pub right: i64,
}

impl Fit {
    /// How many rows down and columns to the right the sheet stands of its printed place.
    #[must_use]
    pub fn moved(&self, sheet: &Sheet) -> Shift {
        let down = i64::from(self.heading.row) - i64::from(sheet.header_rows.first);
        let right = i64::from(self.heading.column) - i64::from(sheet.roles.code);
        Shift { down, right }
    }
}

impl SheetShape {
    /// The shape of one sheet of a layout.
    #[must_use]
    pub fn new(index: usize, sheet: &Sheet) -> Self {
        let words = |content: &HeaderContent| match content {
            HeaderContent::Text(text) => Words::new(text),
            HeaderContent::Number(number) => Words::new(&number.to_string().into()),
        };
        let heading = sheet.header.iter().find(|cell| cell.at.column == sheet.roles.code);
        let first_value = sheet.columns.iter().map(|c| c.at).min().unwrap_or(0);
        let is_over_values =
            |cell: &&crate::forms::HeaderCell| cell.at.column >= first_value && matches!(cell.content, HeaderContent::Text(_));
        let codes = || sheet.coded.iter().enumerate().map(|(i, &row)| (sheet.rows[row].code.as_deref().unwrap_or_default(), i));
        let printed_header: Vec<(CellRef, Words)> = sheet.header.iter().filter(is_over_values).map(|c| (c.at, words(&c.content))).collect();
        let mut printed_columns: Vec<u16> = printed_header.iter().map(|(at, _)| at.column).collect();
        printed_columns.sort_unstable();
        printed_columns.dedup();
        let mut prefixes: Vec<String> = codes().map(|(code, _)| prefix(&fold(code)).to_owned()).chain([String::new()]).collect();
        prefixes.sort_unstable();
        prefixes.dedup();
        Self {
            sheet: index,
            name: fold(&sheet.name),
            code_heading: heading.map(|cell| words(&cell.content)).unwrap_or_default(),
            code_heading_at: heading.map_or(CellRef::new(0, 0), |cell| cell.at),
            first_code_at: CellRef::new(sheet.coded.first().map_or(0, |&row| sheet.rows[row].at), sheet.roles.code),
            codes: codes().flat_map(|(code, i)| [(code.to_owned(), i), (fold(code), i)]).collect(),
            prefixes,
            numbers: codes().filter_map(|(code, i)| Some((as_number(code)?, i))).collect(),
            zeroless: codes().filter(|(code, _)| as_number(code).is_none()).filter_map(|(code, i)| Some((code.parse().ok()?, i))).collect(),
            header_below: sheet.header_rows.last.saturating_sub(heading.map_or(0, |cell| cell.at.row)),
            labels: sheet.coded.iter().map(|&row| Words::new(&sheet.rows[row].label)).collect(),
            paths: sheet.columns.iter().map(|c| c.path.iter().map(|p| fold(p)).collect()).collect(),
            printed_header,
            printed_columns,
            label_column: sheet.roles.label,
        }
    }

    /// Whether the first code stands where the form prints it: cheap, and tells forms with the same sheet names apart.
    #[must_use]
    pub fn starts_as_printed(&self, raw: &RawSheet) -> bool {
        let at = self.first_code_at;
        raw.get(at.row, at.column).and_then(|value| self.coded(value)) == Some(0)
    }

    /// The best fit of the shape in a sheet; `None` when there is no code column.
    #[must_use]
    pub fn fit(&self, raw: &RawSheet) -> Option<Fit> {
        let printed = self.code_heading_at;
        if raw.text(printed.row, printed.column) == Some(&*self.code_heading.printed) {
            let fit = self.fit_at(raw, printed);
            if fit.score > PERFECT {
                return Some(fit);
            }
        }
        let in_head = raw.cells.iter().take_while(|cell| cell.row < HEADING_ROWS);
        let headings = in_head.filter(|cell| match &cell.value {
            RawValue::Text(text) => text.len() <= 4 * self.code_heading.folded.len() && self.code_heading.are_in(text),
            _ => false,
        });
        headings.map(|cell| self.fit_at(raw, cell.at())).max_by(|a, b| a.score.total_cmp(&b.score))
    }

    fn fit_at(&self, raw: &RawSheet, heading: CellRef) -> Fit {
        let mut fit = Fit {
            heading,
            body: heading.row + 1,
            rows: vec![ABSENT_ROW; self.labels.len()],
            columns: vec![ABSENT_COLUMN; self.paths.len()],
            unknown_rows: Vec::new(),
            repeated_rows: Vec::new(),
            relabelled: Vec::new(),
            unknown_columns: Vec::new(),
            code_column: heading.column,
            score: 0.0,
        };
        self.place_rows(raw, &mut fit);
        let placed = fit.rows.iter().filter(|row| **row != ABSENT_ROW).count();
        let labelled = self.compare_labels(raw, &mut fit);
        self.place_columns(raw, &mut fit);
        let columns = fit.columns.iter().filter(|column| **column != ABSENT_COLUMN).count();
        let share = |part: usize, whole: usize| part as f64 / whole.max(1) as f64;
        fit.score =
            0.4 * share(placed, self.labels.len()) + 0.3 * share(labelled, self.labels.len()) + 0.3 * share(columns, self.paths.len());
        fit
    }

    /// Finds the row of every code.
    fn place_rows(&self, raw: &RawSheet, fit: &mut Fit) {
        let column = fit.heading.column;
        let mut first = None;
        for cell in raw.cells.iter().filter(|c| c.column == column && c.row > fit.heading.row) {
            if let Some(coded) = self.coded(&cell.value).filter(|&coded| fit.rows[coded] == ABSENT_ROW) {
                fit.rows[coded] = cell.row;
                first.get_or_insert(cell.row);
                continue;
            }
            let Some(code) = code_text(&cell.value) else { continue };
            match self.coded(&cell.value) {
                Some(coded) => fit.repeated_rows.push(RepeatedRow { row: cell.row, code, first: fit.rows[coded] }),
                None if first.is_some() && self.is_like_a_code(&code) => {
                    fit.unknown_rows.push(UnknownRow { row: cell.row, code });
                }
                None => {}
            }
        }
        if first.is_none() {
            first = self.place_rows_without_zeros(raw, fit);
        }
        fit.body = first.unwrap_or(fit.body);
    }

    /// Places rows where a spreadsheet program has made numbers of all codes such as `01`: below the numbers of the columns.
    fn place_rows_without_zeros(&self, raw: &RawSheet, fit: &mut Fit) -> Option<u32> {
        let (column, header) = (fit.heading.column, fit.heading.row + self.header_below);
        let mut first = None;
        for cell in raw.cells.iter().filter(|cell| cell.column == column && cell.row > header) {
            let RawValue::Number(number) = cell.value else { continue };
            let coded = whole(number).and_then(|number| self.zeroless.get(&number).copied());
            match coded {
                Some(coded) if fit.rows[coded] == ABSENT_ROW => {
                    fit.rows[coded] = cell.row;
                    first.get_or_insert(cell.row);
                }
                Some(coded) => {
                    fit.repeated_rows.push(RepeatedRow { row: cell.row, code: number.to_string(), first: fit.rows[coded] });
                }
                None => {}
            }
        }
        first
    }

    /// Digits, perhaps after what stands before those of the sheet's codes.
    fn is_like_a_code(&self, text: &str) -> bool {
        let start = prefix(text);
        start.len() < text.len() && self.prefixes.iter().any(|known| known == start)
    }

    /// The coded row whose code a cell holds.
    fn coded(&self, value: &RawValue) -> Option<usize> {
        let found = match value {
            RawValue::Number(number) => return self.numbers.get(&whole(*number)?).copied(),
            RawValue::Text(text) => self.codes.get(&**text),
            _ => return None,
        };
        found.copied().or_else(|| {
            let code = code_text(value)?;
            self.codes.get(&code).or_else(|| self.codes.get(code.trim_start_matches('0'))).copied()
        })
    }

    /// Counts the labels that say what the form prints, and notes the others.
    fn compare_labels(&self, raw: &RawSheet, fit: &mut Fit) -> usize {
        let shift = i32::from(fit.heading.column) - i32::from(self.code_heading_at.column);
        let Ok(column) = u16::try_from(i32::from(self.label_column) + shift) else { return 0 };
        let mut same = 0;
        for (coded, &row) in fit.rows.iter().enumerate() {
            if row == ABSENT_ROW {
                continue;
            }
            let label = raw.text(row, column).unwrap_or_default();
            if self.labels[coded].are_in(label) {
                same += 1;
            } else {
                fit.relabelled.push(RelabelledRow { coded, label: label.trim().to_owned() });
            }
        }
        same
    }

    /// Finds the column of every header path.
    fn place_columns(&self, raw: &RawSheet, fit: &mut Fit) {
        let down = i64::from(fit.heading.row) - i64::from(self.code_heading_at.row);
        let right = i64::from(fit.heading.column) - i64::from(self.code_heading_at.column);
        let moved = |at: CellRef| {
            let row = u32::try_from(i64::from(at.row) + down).ok();
            let column = u16::try_from(i64::from(at.column) + right).ok();
            row.zip(column).map(|(row, column)| CellRef::new(row, column))
        };
        let is_there =
            |(at, words): &(CellRef, Words)| moved(*at).and_then(|at| raw.text(at.row, at.column)).is_some_and(|found| words.are_in(found));
        if self.printed_columns.len() == self.paths.len() && self.printed_header.iter().all(is_there) {
            let moved = |&column: &u16| u16::try_from(i64::from(column) + right).unwrap_or(ABSENT_COLUMN);
            let printed: Vec<u16> = self.printed_columns.iter().map(moved).collect();
            if header_texts(raw, fit, &printed).is_empty() {
                fit.columns = printed;
                return;
            }
        }
        let mut taken = vec![false; self.paths.len()];
        for (at, path) in header_paths(raw, fit) {
            let free = (0..self.paths.len()).find(|&i| !taken[i] && self.paths[i] == path);
            match free {
                Some(index) => {
                    taken[index] = true;
                    fit.columns[index] = at;
                }
                None => fit.unknown_columns.push(UnknownColumn { column: at, heading: path.join(" > ") }),
            }
        }
    }
}

/// The folded header path of every column right of the codes that has a heading.
///
/// A blank header cell continues the text to its left as long as the levels
/// above continue too: that is how merged headings read once unmerged.
fn header_paths(raw: &RawSheet, fit: &Fit) -> Vec<(u16, Vec<String>)> {
    let above = header_texts(raw, fit, &[]);
    let mut levels: Vec<u32> = above.iter().map(|(row, ..)| *row).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut columns: Vec<u16> = above.iter().map(|(_, column, _)| *column).collect();
    columns.sort_unstable();
    columns.dedup();
    let mut current: Vec<Option<String>> = vec![None; levels.len()];
    let mut paths = Vec::new();
    for column in columns {
        let own: Vec<Option<&String>> =
            levels.iter().map(|level| above.iter().find(|(r, c, _)| r == level && *c == column).map(|(.., text)| text)).collect();
        let top = own.iter().position(Option::is_some).unwrap_or(0);
        let deepest = own.iter().rposition(Option::is_some).unwrap_or(0);
        for (level, text) in own.iter().enumerate().skip(top) {
            current[level] = text.map(Clone::clone);
        }
        let path = current[..=deepest].iter().flatten().cloned().collect();
        paths.push((column, path));
    }
    paths
}

/// The folded texts of the header right of the codes, but for some columns.
fn header_texts(raw: &RawSheet, fit: &Fit, except: &[u16]) -> Vec<(u32, u16, String)> {
    let mut texts = Vec::new();
    for cell in raw.cells.iter().take_while(|c| c.row < fit.body).filter(|c| c.row >= fit.heading.row) {
        let RawValue::Text(text) = &cell.value else { continue };
        if cell.column > fit.heading.column && !except.contains(&cell.column) {
            let text = fold(text);
            // Column numbers stored as text belong to the letter row, not to the headings.
            if !text.is_empty() && text.trim_matches(['(', ')', '[', ']']).parse::<u16>().is_err() {
                texts.push((cell.row, cell.column, text));
            }
        }
    }
    texts
}

/// Letters before the digits at the end of a code.
fn prefix(code: &str) -> &str {
    code.trim_end_matches(|c: char| c.is_ascii_digit())
}

/// The number that a code is printed as; `01` is none.
fn as_number(code: &str) -> Option<u32> {
    code.parse().ok().filter(|number: &u32| number.to_string() == code)
}

/// A number that may be a code.
fn whole(number: f64) -> Option<u32> {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "compared with what it was")]
    let whole = number as u32;
    #[expect(clippy::float_cmp, reason = "exactly whole or not a code")]
    let is_exact = f64::from(whole) == number;
    is_exact.then_some(whole)
}

/// The code a cell holds, as text; numbers without a decimal point.
fn code_text(value: &RawValue) -> Option<String> {
    match value {
        RawValue::Number(number) if number.fract() == 0.0 => Some(format!("{number}")),
        RawValue::Text(text) => {
            let text = fold(text);
            (!text.is_empty()).then_some(text)
        }
        _ => None,
    }
}
