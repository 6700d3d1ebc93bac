//! Facts of a term's state beside its values: units and their tree, forms, rows and columns in words, returns,
//! coverage, answers. All of it as it was then.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use super::reader::TermState;
use super::text_table::TextTable;
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;
use crate::base::number::NumberKind;
use crate::forms::RegisterSchema;
use crate::register::{EarlierPlace, GroupValue, OWNERSHIP, Succession, Tree, Unit};

/// A form of an archived term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedForm {
    /// Full id.
    pub id: String,
    /// Symbol as printed.
    pub symbol: String,
    /// Version under that symbol.
    pub version: String,
    /// Title of the report.
    pub title: String,
    /// Id of its layout.
    pub layout: String,
}

impl ArchivedForm {
    /// The id within its circular.
    #[must_use]
    pub fn short(&self) -> &str {
        self.id.rsplit_once('/').map_or(&*self.id, |(_, short)| short)
    }
}

/// A cell of a form in words, as printed then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedCellName {
    /// Sheet name as printed.
    pub sheet_name: String,
    /// Label of the row, with the heading it stands under.
    pub label: String,
    /// Unit of measure.
    pub unit_of_measure: String,
    /// Heading of the column, from the top down.
    pub heading: String,
    /// Counts or amounts.
    pub kind: NumberKind,
}

/// A return that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchivedReturn {
    /// Form id.
    pub form: String,
    /// Unit code.
    pub unit: String,
    /// The file it came in.
    pub file: String,
    /// The file's SHA-256; empty where there was no file.
    pub sha256: String,
}

/// Returns received and expected of a unit with everything below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ArchivedCoverage {
    /// Returns received.
    pub received: i64,
    /// Returns expected.
    pub expected: i64,
}

/// An answer to a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ArchivedAnswer {
    /// Unit code; empty where the finding names none.
    pub unit: String,
    /// Sheet id; empty for a whole return.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Column; 0 where the finding names none.
    pub column: i64,
    /// Message of the finding.
    pub message: String,
    /// The answer.
    pub text: String,
    /// The role of whoever answered.
    pub by: String,
    /// The day.
    pub on: String,
}

/// Forms of a term, in the order of their ids.
///
/// # Errors
/// When the table cannot be read.
pub fn read_forms(state: &TermState) -> Result<Vec<ArchivedForm>> {
    let table = TextTable::read(&state.table("forms"), &["form", "symbol", "form_version", "title", "layout"])?;
    let form = |row: super::text_table::TextRow<'_>| ArchivedForm {
        id: row.text("form").to_owned(),
        symbol: row.text("symbol").to_owned(),
        version: row.text("form_version").to_owned(),
        title: row.text("title").to_owned(),
        layout: row.text("layout").to_owned(),
    };
    Ok(table.rows().map(form).collect())
}

/// Every cell of a form in words, by sheet, code and column.
///
/// # Errors
/// When a table cannot be read.
pub fn read_cell_names(state: &TermState, form: &str) -> Result<BTreeMap<(String, String, u16), ArchivedCellName>> {
    let rows = TextTable::read(&state.table("rows"), &["form", "sheet", "code", "sheet_name", "label", "unit_of_measure", "heading"])?;
    let columns = TextTable::read(&state.table("columns"), &["form", "sheet", "path", "number_kind", "column_no"])?;
    let columns: Vec<_> = columns.rows().filter(|column| column.text("form") == form).collect();
    let mut names = BTreeMap::new();
    for row in rows.rows().filter(|row| row.text("form") == form) {
        for column in columns.iter().filter(|column| column.text("sheet") == row.text("sheet")) {
            let label = match (row.text("heading").trim(), row.text("label").trim()) {
                ("", label) => label.to_owned(),
                (heading, label) => format!("{heading} / {label}"),
            };
            let name = ArchivedCellName {
                sheet_name: row.text("sheet_name").to_owned(),
                label,
                unit_of_measure: row.text("unit_of_measure").to_owned(),
                heading: column.text("path").to_owned(),
                kind: if column.text("number_kind") == "amounts" { NumberKind::Amounts } else { NumberKind::Counts },
            };
            let number = u16::try_from(column.number("column_no")).unwrap_or(u16::MAX);
            names.insert((row.text("sheet").to_owned(), row.text("code").to_owned(), number), name);
        }
    }
    Ok(names)
}

/// Texts that come again and again, each kept once.
#[derive(Default)]
struct Shared(HashMap<String, Arc<str>>);

impl Shared {
    fn get(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.0.get(text) {
            return Arc::clone(known);
        }
        let new: Arc<str> = Arc::from(text);
        self.0.insert(text.to_owned(), Arc::clone(&new));
        new
    }

    fn list<T: FromIterator<Arc<str>>>(&mut self, text: &str) -> T {
        text.split(' ').filter(|part| !part.is_empty()).map(|part| self.get(part)).collect()
    }

    fn optional(&mut self, text: &str) -> Option<Arc<str>> {
        (!text.is_empty()).then(|| self.get(text))
    }
}

/// Columns of the table of units; every other one is a grouping.
const UNIT_COLUMNS: [&str; 10] =
    ["unit", "name", "kind", "levels", "ownership", "reports_to", "files_with", "forms", "valid_from", "valid_to"];

/// The units of a term and their tree, as they were; only some of them, each with those above it, where it is told which.
///
/// # Errors
/// When a table cannot be read, or its units make no tree.
pub fn read_tree(state: &TermState, register: &RegisterSchema, day: NaiveDate, wanted: Option<&dyn Fn(&str) -> bool>) -> Result<Tree> {
    let path = state.table("units");
    let table = TextTable::read_all(&path)?;
    let names = table.names();
    // A later register may have other groupings: those of the table are what there was.
    let groupings: Vec<Arc<str>> =
        names.iter().filter(|name| !UNIT_COLUMNS.contains(&name.as_str())).map(|name| Arc::from(&**name)).collect();
    let at = UNIT_COLUMNS.map(|name| table.at(name));
    let groups: Vec<(Arc<str>, Option<usize>)> = groupings.iter().map(|name| (Arc::clone(name), table.at(name))).collect();
    let (mut shared, mut units) = (Shared::default(), Vec::new());
    for (line, row) in (1..).zip(table.rows()) {
        let [code, name, kind, levels, ownership, reports_to, files_with, forms, valid_from, valid_to] = at.map(|at| row.text_at(at));
        if !wanted.is_none_or(|wanted| wanted(code)) {
            continue;
        }
        let known = register.kind(kind);
        units.push(Unit {
            code: code.into(),
            name: name.into(),
            kind: shared.get(kind),
            facility: known.is_some_and(|kind| kind.facility),
            aggregate: known.is_some_and(|kind| kind.aggregate),
            levels: shared.list(levels),
            ownership: shared.get(ownership),
            reports_to: shared.optional(reports_to),
            files_with: shared.optional(files_with),
            forms: shared.list(forms),
            groups: groups.iter().map(|(name, at)| GroupValue { key: Arc::clone(name), value: shared.get(row.text_at(*at)) }).collect(),
            valid_from: valid_from.parse().ok(),
            valid_to: valid_to.parse().ok(),
            merged_into: None,
            line,
        });
    }
    Tree::of(units, &path.display().to_string(), groupings, day, read_successions(state)?)
}

/// Where the units of a term stood, by code.
///
/// # Errors
/// When the table cannot be read.
pub fn read_places(state: &TermState) -> Result<Vec<(Arc<str>, EarlierPlace)>> {
    let table = TextTable::read_all(&state.table("units"))?;
    let keys: Vec<(Arc<str>, Option<usize>)> = table
        .names()
        .iter()
        .filter(|name| !UNIT_COLUMNS.contains(&name.as_str()) || *name == OWNERSHIP)
        .map(|name| (Arc::from(&**name), table.at(name)))
        .collect();
    let (code, above) = (table.at("unit"), table.at("reports_to"));
    let mut shared = Shared::default();
    let place = |row: super::text_table::TextRow<'_>| {
        let groups = keys.iter().map(|(key, at)| GroupValue { key: Arc::clone(key), value: shared.get(row.text_at(*at)) }).collect();
        let above = shared.optional(row.text_at(above));
        (Arc::from(row.text_at(code)), EarlierPlace { above, groups })
    };
    Ok(table.rows().map(place).collect())
}

/// Mergers until the term; none in archives from before they were kept.
fn read_successions(state: &TermState) -> Result<Vec<Succession>> {
    let path = state.table("successions");
    if !path.is_file() {
        return Ok(Vec::new());
    }
    let table = TextTable::read(&path, &["unit", "merged_into", "first_day"])?;
    let read = |row: super::text_table::TextRow<'_>| {
        let on = row
            .text("first_day")
            .parse()
            .map_err(|_| Error::library(Action::Read, &path, message!("archive.not_day", first_day = row.text("first_day"))))?;
        Ok(Succession { from: row.text("unit").into(), to: row.text("merged_into").into(), on })
    };
    table.rows().map(read).collect()
}

/// Returns of a term that count, in the order of forms and units; of one form, or of all.
///
/// # Errors
/// When the table cannot be read.
pub fn read_returns(state: &TermState, form: Option<&str>) -> Result<Vec<ArchivedReturn>> {
    let table = TextTable::read(&state.table("submissions"), &["form", "unit", "file", "sha256"])?;
    let at = table.at("form");
    let rows = table.rows().filter(|row| form.is_none_or(|form| row.text_at(at) == form));
    Ok(rows
        .map(|row| ArchivedReturn {
            form: row.text("form").to_owned(),
            unit: row.text("unit").to_owned(),
            file: row.text("file").to_owned(),
            sha256: row.text("sha256").to_owned(),
        })
        .collect())
}

/// Units of which a file of a form came in that is held, by code.
///
/// # Errors
/// When the table cannot be read.
pub fn read_held(state: &TermState, form: &str) -> Result<BTreeSet<String>> {
    let path = state.table("inputs");
    if !path.is_file() {
        return Ok(BTreeSet::new());
    }
    let table = TextTable::read(&path, &["form", "unit", "fate"])?;
    let held = table.rows().filter(|row| row.text("form") == form && row.text("fate") == "held");
    Ok(held.map(|row| row.text("unit").to_owned()).filter(|unit| !unit.is_empty()).collect())
}

/// Coverage of a form by unit code.
///
/// # Errors
/// When the table cannot be read.
pub fn read_coverage(state: &TermState, form: &str) -> Result<BTreeMap<String, ArchivedCoverage>> {
    let table = TextTable::read(&state.table("coverage"), &["form", "unit", "received", "expected"])?;
    let at = table.at("form");
    let rows = table.rows().filter(|row| row.text_at(at) == form);
    Ok(rows
        .map(|row| {
            let coverage = ArchivedCoverage { received: row.number("received"), expected: row.number("expected") };
            (row.text("unit").to_owned(), coverage)
        })
        .collect())
}

/// Units whose own return on a form was expected and has not come in, of the units that stood in these places.
///
/// # Errors
/// When the table cannot be read.
pub fn read_missing(state: &TermState, form: &str, places: &[(Arc<str>, EarlierPlace)]) -> Result<BTreeSet<String>> {
    let coverage = read_coverage(state, form)?;
    let mut own: BTreeMap<&str, i64> =
        coverage.iter().map(|(unit, covered)| (unit.as_str(), covered.expected - covered.received)).collect();
    // Coverage is that of a unit with everything below it.
    for (unit, place) in places {
        let below = coverage.get(&**unit).map(|covered| covered.expected - covered.received);
        if let (Some(below), Some(above)) = (below, place.above.as_deref().and_then(|above| own.get_mut(above))) {
            *above -= below;
        }
    }
    Ok(own.into_iter().filter(|(_, missing)| *missing > 0).map(|(unit, _)| unit.to_owned()).collect())
}

/// Answers to findings of a form, in a stable order.
///
/// # Errors
/// When the table cannot be read.
pub fn read_answers(state: &TermState, form: &str) -> Result<Vec<ArchivedAnswer>> {
    let columns = ["unit", "form", "sheet", "code", "column_no", "message", "closed", "closed_text", "closed_by", "closed_on"];
    let table = TextTable::read(&state.table("findings"), &columns)?;
    let mut answers: Vec<ArchivedAnswer> = table
        .rows()
        .filter(|row| row.text("form") == form && !row.text("closed").is_empty())
        .map(|row| ArchivedAnswer {
            unit: row.text("unit").to_owned(),
            sheet: row.text("sheet").to_owned(),
            code: row.text("code").to_owned(),
            column: row.number("column_no"),
            message: row.text("message").to_owned(),
            text: row.text("closed_text").to_owned(),
            by: row.text("closed_by").to_owned(),
            on: row.text("closed_on").to_owned(),
        })
        .collect();
    answers.sort();
    answers.dedup();
    Ok(answers)
}
