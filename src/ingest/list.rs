//! One-row-per-school lists: each line is a return, each column a cell of a form.
//!
//! Headings of the shape `sheet/code/column` (what tkgd itself writes) need no
//! mapping; others are named in a mapping file.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;

use super::raw::RawValue;
use super::value::read_value;
use crate::cells::{Placement, Source, Status, Submission, Values};
use crate::error::{Error, Result, Words};
use crate::finding::{Finding, Place, Subject};
use crate::location::CellRef;
use crate::number::NumberLocale;
use crate::privacy::described;
use crate::schema::{Form, Layout};
use crate::table::{Table, TableRow, TableValue};
use crate::text::fold;
use crate::units::Tree;

/// A list file of a pipeline.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFile {
    /// The list.
    pub file: PathBuf,
    /// Its mapping file; absent when the headings name the cells.
    pub mapping: Option<PathBuf>,
    /// Short id of the form, when there is no mapping file.
    pub form: Option<String>,
}

/// A mapping file: which column of a list is which cell of a form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListMapping {
    /// Short id of the form.
    pub form: String,
    /// Sheet of a workbook; the first otherwise.
    #[serde(default)]
    pub sheet: Option<String>,
    /// One-based line of the headings.
    #[serde(default)]
    pub heading_row: Option<u32>,
    /// Heading of the column with the unit's code.
    #[serde(default)]
    pub unit: Option<String>,
    /// The columns.
    #[serde(default)]
    pub columns: Vec<MappedColumn>,
}

/// One column of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumn {
    /// Heading in the list.
    pub heading: String,
    /// Sheet id of the form.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Column number.
    pub column: u16,
}

/// The heading under which tkgd writes and reads a slot without a mapping.
#[must_use]
pub fn list_heading(layout: &Layout, slot: usize) -> String {
    let (sheet, coded, column) = layout.address(slot);
    let sheet = &layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    format!("{}/{}/{}", sheet.id, code, sheet.columns[column].number)
}

/// Reads a list line by line into submissions, and findings about its lines.
pub struct ListReader<'a> {
    mapping: &'a ListMapping,
    form: &'a Arc<Form>,
    source: &'a Source,
    tree: &'a Tree,
    locale: NumberLocale,
    /// What the headings mean; known once the first line comes.
    headings: Option<Headings>,
    submissions: Vec<Submission>,
    findings: Vec<Finding>,
}

/// What the headings of a list mean.
struct Headings {
    columns: BTreeMap<usize, usize>,
    unit: usize,
    placements: Placements,
}

impl<'a> ListReader<'a> {
    /// A reader of a list of a form.
    #[must_use]
    pub fn new(mapping: &'a ListMapping, form: &'a Arc<Form>, source: &'a Source, tree: &'a Tree, locale: NumberLocale) -> Self {
        Self { mapping, form, source, tree, locale, headings: None, submissions: Vec::new(), findings: Vec::new() }
    }

    /// Reads a line.
    ///
    /// # Errors
    /// When the headings do not fit the mapping or the form: then no line can be read.
    pub fn take(&mut self, table: &Table, row: &TableRow) -> Result<()> {
        let headings = match self.headings.take() {
            Some(headings) => headings,
            None => Headings::new(table, self.mapping, self.form)?,
        };
        self.line(table, row, &headings);
        self.headings = Some(headings);
        Ok(())
    }

    fn line(&mut self, table: &Table, row: &TableRow, headings: &Headings) {
        let code = row.text(Some(headings.unit));
        let Some(unit) = self.tree.find(&code) else {
            let place = line_place(table, row, u16::try_from(headings.unit).unwrap_or(u16::MAX));
            let day = self.tree.day.format("%d/%m/%Y");
            self.findings.push(Finding::new("unregistered-unit").at(place).saw(described(&code), day));
            return;
        };
        let values = Values::new(self.form.layout.slots);
        let mut submission = Submission {
            unit: Arc::clone(&self.tree.units[unit].code),
            form: Arc::clone(self.form),
            values,
            source: self.source.clone(),
            placements: headings.placements.of_line(table, row),
            lineage: crate::cells::Lineage::default(),
        };
        read_line(&mut submission, row, &headings.columns, self.locale, &mut self.findings);
        self.submissions.push(submission);
    }

    /// What came of all lines.
    ///
    /// # Errors
    /// When there was no line and the headings do not fit either.
    pub fn finish(self, table: &Table) -> Result<(Vec<Submission>, Vec<Finding>)> {
        if self.headings.is_none() {
            Headings::new(table, self.mapping, self.form)?;
        }
        Ok((self.submissions, self.findings))
    }
}

impl Headings {
    fn new(table: &Table, mapping: &ListMapping, form: &Arc<Form>) -> Result<Self> {
        let columns = slot_columns(table, mapping, form)?;
        let unit_heading = mapping.unit.as_deref().unwrap_or("unit");
        let unit = table.find(&[unit_heading, "Mã đơn vị"]).ok_or_else(|| {
            let reason = Words::both(
                format!("không có cột `{unit_heading}` ghi mã đơn vị"),
                format!("there is no column `{unit_heading}` with the units' codes"),
            );
            Error::config(&table.file, reason)
        })?;
        let placements = Placements::new(&form.layout, &columns);
        Ok(Self { columns, unit, placements })
    }
}

/// Which column of the list holds which slot.
fn slot_columns(table: &Table, mapping: &ListMapping, form: &Form) -> Result<BTreeMap<usize, usize>> {
    let layout = &form.layout;
    let mut columns = BTreeMap::new();
    let mut problems = Vec::new();
    for mapped in &mapping.columns {
        let wanted = fold(&mapped.heading);
        let Some(at) = table.headings.iter().position(|h| fold(h) == wanted) else {
            let heading = &mapped.heading;
            problems.push(Words::both(format!("không có cột `{heading}`"), format!("there is no column `{heading}`")));
            continue;
        };
        let slot = layout
            .sheet(&mapped.sheet)
            .and_then(|sheet| Some(sheet.slot(sheet.find_code(&mapped.code)?, sheet.find_column(mapped.column)?)));
        match slot {
            Some(slot) => drop(columns.insert(slot, at)),
            None => {
                let cell = format!("{}/{}/{}", mapped.sheet, mapped.code, mapped.column);
                problems
                    .push(Words::both(format!("biểu {} không có ô {cell}", form.short), format!("form {} has no cell {cell}", form.short)));
            }
        }
    }
    if mapping.columns.is_empty() {
        let by_heading: BTreeMap<&str, usize> = table.headings.iter().enumerate().map(|(i, h)| (h.as_str(), i)).collect();
        for slot in 0..layout.slots {
            if let Some(&at) = by_heading.get(list_heading(layout, slot).as_str()) {
                columns.insert(slot, at);
            }
        }
        if columns.is_empty() {
            let example = list_heading(layout, 0);
            problems.push(Words::both(
                format!("không có tên cột nào chỉ một ô của biểu {} (ví dụ `{example}`)", form.short),
                format!("no heading names a cell of form {} (such as `{example}`)", form.short),
            ));
        }
    }
    if problems.is_empty() { Ok(columns) } else { Err(Error::config(&table.file, Words::join(&problems, "; "))) }
}

fn line_place(table: &Table, row: &TableRow, column: u16) -> Place {
    Place { file: Some(Arc::clone(&table.file)), sheet: table.sheet.clone(), cell: Some(CellRef::new(row.line.saturating_sub(1), column)) }
}

/// Placement of every sheet of a form in the lines of one list.
struct Placements {
    columns: Vec<Arc<Vec<u16>>>,
}

impl Placements {
    fn new(layout: &Layout, columns: &BTreeMap<usize, usize>) -> Self {
        let of_sheet = |sheet: &crate::schema::Sheet| {
            let slots = sheet.first_slot..sheet.first_slot + sheet.slots();
            let at = slots.map(|slot| columns.get(&slot).and_then(|&c| u16::try_from(c).ok()).unwrap_or(u16::MAX));
            Arc::new(at.collect())
        };
        Self { columns: layout.sheets.iter().map(of_sheet).collect() }
    }

    fn of_line(&self, table: &Table, row: &TableRow) -> Vec<Placement> {
        let line = |columns: &Arc<Vec<u16>>| Placement::Line {
            sheet: table.sheet.clone(),
            row: row.line.saturating_sub(1),
            columns: Arc::clone(columns),
        };
        self.columns.iter().map(line).collect()
    }
}

fn read_line(
    submission: &mut Submission,
    row: &TableRow,
    columns: &BTreeMap<usize, usize>,
    locale: NumberLocale,
    findings: &mut Vec<Finding>,
) {
    for (&slot, &at) in columns {
        let raw = match row.values.get(at) {
            None | Some(TableValue::Empty) => continue,
            Some(TableValue::Number(number)) => RawValue::Number(*number),
            Some(TableValue::Error(error)) => RawValue::Error(error.as_str().into()),
            Some(value @ (TableValue::Text(_) | TableValue::Date(_))) => RawValue::Text(value.text().into()),
        };
        let (sheet, ..) = submission.form.layout.address(slot);
        let Some(kind) = submission.form.layout.sheets[sheet].number_kind() else { continue };
        let reading = read_value(&raw, false, kind, locale);
        submission.values.set(slot, reading.status, reading.number);
        // In a text file every number is text; only what is wrong with it is worth saying.
        let broken = reading.broken.filter(|(rule, ..)| *rule != "number-as-text" || submission.source.file.ends_with(".xlsx"));
        if let Some((rule, found, expected)) = broken {
            let finding = Finding::new(rule).about(submission.subject(slot)).at(submission.place(slot));
            findings.push(finding.saw(found, expected));
        }
    }
    for slot in 0..submission.values.len() {
        let (sheet, coded, column) = submission.form.layout.address(slot);
        let applies = !submission.form.layout.sheets[sheet].coded_row(coded).not_applicable.contains(&column);
        if !applies && !submission.values.get(slot).0.is_number() {
            submission.values.set(slot, Status::NotApplicable, 0);
        }
    }
    if submission.values.filled() == 0 {
        let subject =
            Subject { unit: Some(Arc::clone(&submission.unit)), form: Some(Arc::clone(&submission.form.id)), ..Subject::default() };
        let place = Place { file: Some(Arc::clone(&submission.source.file)), ..Place::default() };
        findings.push(Finding::new("nothing-reported").about(subject).at(place));
    }
}
