//! Records as rows of an export: what stands in each column, and where one file ends and the next begins.

use chrono::Datelike as _;

use super::people::{Person, SchoolWords};
use super::recipe::{ExportColumn, ExportForm, ExportRecipe, ExportedBy, PeopleNames, Said, Writes};
use super::sheet::{ExportCell, ExportSheet};
use super::{ExportedFile, is_female};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Message, message};
use crate::ooxml::zips::with_declared_size;
use crate::records::{EntityIndex, FieldIndex, FieldKind, FieldRef};
use crate::sample::records::school::{RecordMaker, SchoolRecords};
use crate::sample::records::spreads::{Binder, Limits, Owners};
use crate::tabulate::rows::day_of;

/// Stands for any code.
const ANY: &str = "*";
/// Rows of a file of a province; the next file goes on.
const MOST_ROWS: usize = 50_000;
/// Numbers of fewer digits are codes, longer ones are keys.
const MOST_DIGITS: usize = 6;
/// Days from the first that spreadsheets count to 1/1/1970.
const SERIAL_DAYS: i32 = 25_569;

/// Writes one export.
pub struct TableExport<'a> {
    maker: &'a RecordMaker<'a>,
    names: PeopleNames,
    recipe: ExportRecipe,
    entity: EntityIndex,
    only: Limits,
    /// Fields of the columns, where they have one.
    fields: Vec<Option<FieldIndex>>,
    catalogues: Vec<(String, ExportSheet)>,
    sheet: ExportSheet,
    /// Number of the row in its table.
    row: usize,
    /// Dates so far.
    dates: usize,
    /// Files so far.
    files: usize,
}

/// The class or school that rows are written for.
#[derive(Clone, Copy)]
struct Part<'a> {
    records: &'a SchoolRecords,
    words: SchoolWords<'a>,
    class: Option<u32>,
}

impl<'a> TableExport<'a> {
    /// Gets ready to write an export.
    pub fn new(maker: &'a RecordMaker<'a>, recipe: &ExportRecipe, names: &PeopleNames) -> std::result::Result<Self, Message> {
        let binder = Binder { book: maker.book };
        let entity = binder.entity(&recipe.of)?;
        let field = |column: &ExportColumn| column.field.as_deref().map(|id| binder.field(entity, id)).transpose();
        let catalogue = |id: &String| {
            let fields = maker.book.entities.iter().flat_map(|own| own.fields.iter());
            let list = fields.filter_map(|field| field.list.as_ref()).find(|list| *list.id == **id);
            let list = list.ok_or_else(|| message!("records.no_list", field = &recipe.layout, list = id))?;
            let mut sheet = ExportSheet::default();
            list.values.iter().for_each(|value| sheet.push(vec![text(&value.code), text(&value.name)]));
            Ok((list.dictionary.to_string(), sheet))
        };
        Ok(Self {
            maker,
            names: names.clone(),
            entity,
            only: binder.limits(entity, &recipe.only)?,
            fields: recipe.columns.iter().map(field).collect::<std::result::Result<_, Message>>()?,
            catalogues: recipe.catalogues.iter().map(catalogue).collect::<std::result::Result<_, Message>>()?,
            recipe: recipe.clone(),
            sheet: ExportSheet::default(),
            row: 0,
            dates: 0,
            files: 0,
        })
    }

    /// Kind of record that it tells.
    #[must_use]
    pub const fn entity(&self) -> EntityIndex {
        self.entity
    }

    /// Writes the records of a school; gives the files that are full.
    pub fn add(&mut self, records: &SchoolRecords, words: SchoolWords<'_>) -> Result<Vec<ExportedFile>> {
        let rows = &records.rows[self.entity];
        let owners = Owners { school: Some(&records.rows[self.maker.book.school]), classes: Some(&records.rows[self.maker.book.class]) };
        let told: Vec<usize> = (0..rows.len).filter(|row| self.only.hold_at(rows, *row, owners, self.maker.book)).collect();
        let mut files = Vec::new();
        let parts: Vec<&[usize]> = if self.recipe.section.is_some() || self.recipe.by == ExportedBy::Class {
            told.chunk_by(|one, other| rows.class[*one] == rows.class[*other]).collect()
        } else if told.is_empty() {
            Vec::new()
        } else {
            vec![&told]
        };
        for part in parts {
            let of = Part { records, words, class: part.first().map(|row| rows.class[*row]) };
            self.begin(of);
            for row in part {
                self.push_row(of, *row);
            }
            if self.recipe.by == ExportedBy::Class {
                files.push(self.end(Some(of))?);
            }
        }
        match self.recipe.by {
            ExportedBy::School if !told.is_empty() => files.push(self.end(Some(Part { records, words, class: None }))?),
            ExportedBy::Province if self.sheet.len() >= MOST_ROWS => files.push(self.end(None)?),
            _ => {}
        }
        Ok(files)
    }

    /// The file that is not full yet.
    pub fn finish(&mut self) -> Result<Vec<ExportedFile>> {
        if self.sheet.len() > 0 { Ok(vec![self.end(None)?]) } else { Ok(Vec::new()) }
    }

    /// Titles and headings, where a table begins.
    fn begin(&mut self, part: Part<'_>) {
        let class = part.class.and_then(|class| part.records.class_names.get(class as usize)).map_or("", String::as_str);
        let filled = |text: &str| text.replace("{school}", part.words.name).replace("{class}", class);
        let is_first = self.sheet.len() == 0;
        if is_first {
            self.recipe.above.iter().for_each(|line| self.sheet.push_line(filled(line)));
        }
        if let Some(section) = &self.recipe.section {
            self.sheet.push_line(filled(section));
        }
        if is_first || self.recipe.section.is_some() {
            self.sheet.push_headings(self.recipe.columns.iter().map(|column| column.heading.as_str()));
            self.row = 0;
        }
    }

    fn push_row(&mut self, part: Part<'_>, row: usize) {
        self.row += 1;
        let id = part.records.person_id(self.entity, row);
        let person = Person {
            names: &self.names,
            seed: self.maker.seed,
            id: &id,
            is_female: is_female(self.maker, part.records, self.entity, row),
            school: part.words,
            year: self.maker.days.day.year(),
            row: self.row,
        };
        let mut cells = Vec::with_capacity(self.fields.len());
        for (column, field) in self.recipe.columns.iter().zip(&self.fields) {
            let cell = match (field, column.says) {
                (Some(field), _) => {
                    let at = FieldRef { entity: self.entity, field: *field };
                    let is_date = self.maker.book.field(at).kind == FieldKind::Date;
                    self.dates += usize::from(is_date);
                    let is_odd = |every: Option<usize>| is_date && every.is_some_and(|every| self.dates.is_multiple_of(every));
                    let (is_serial, is_year) = (is_odd(self.recipe.serial_every), is_odd(self.recipe.year_every));
                    field_cell(self.maker, part.records, at, row, &CellWish { column, is_serial, is_year })
                }
                (None, Some(said)) => said_cell(&person, said),
                (None, None) => text(&column.text),
            };
            cells.push(self.finished(cell, field.is_some()));
        }
        self.sheet.push(cells);
    }

    /// A cell with what stands for nothing, and numbers as they are written.
    fn finished(&self, cell: ExportCell, is_field: bool) -> ExportCell {
        match (cell, &self.recipe.nothing) {
            (ExportCell::Text(own), Some(nothing)) if own.is_empty() => text(nothing),
            (ExportCell::Text(own), _) if self.recipe.decimals && is_field && own.len() < MOST_DIGITS && own.parse::<u32>().is_ok() => {
                text(&format!("{own}.0"))
            }
            (cell, _) => cell,
        }
    }

    /// Ends a file.
    fn end(&mut self, part: Option<Part<'_>>) -> Result<ExportedFile> {
        let mut sheet = std::mem::take(&mut self.sheet);
        self.recipe.below.iter().for_each(|line| sheet.push_line(line.clone()));
        self.files += 1;
        let ending = if self.recipe.form == ExportForm::Csv { "csv" } else { "xlsx" };
        let unit = part.map(|part| part.records.code.to_string());
        let name = match (part, &unit) {
            (Some(Part { records, class: Some(class), .. }), Some(unit)) => {
                format!("{unit}_{}", records.class_names.get(class as usize).map_or("", String::as_str))
            }
            (_, Some(unit)) => unit.clone(),
            _ => format!("toan-tinh-{}", self.files),
        };
        let name = format!("{}/{name}.{ending}", self.recipe.layout);
        let bytes = sheet.file(&name, self.recipe.form, &self.catalogues)?;
        let bytes = match &self.recipe.declares {
            Some(size) => with_declared_size(&bytes, size).map_err(|e| Error::library(Action::Write, &name, e))?,
            None => bytes,
        };
        Ok(ExportedFile { name, unit, bytes })
    }
}

/// How a cell of a field is wanted.
struct CellWish<'a> {
    column: &'a ExportColumn,
    /// A date as the number of a spreadsheet.
    is_serial: bool,
    /// A date as its year.
    is_year: bool,
}

fn text(own: &str) -> ExportCell {
    ExportCell::Text(own.to_owned())
}

/// Numbers of rows are numbers, everything else that is said is a text.
fn said_cell(person: &Person<'_>, said: Said) -> ExportCell {
    if said == Said::Number {
        ExportCell::Number(f64::from(u32::try_from(person.row).unwrap_or(u32::MAX)))
    } else {
        text(&person.says(said))
    }
}

fn field_cell(maker: &RecordMaker<'_>, records: &SchoolRecords, at: FieldRef, row: usize, wish: &CellWish<'_>) -> ExportCell {
    let FieldRef { entity, field } = at;
    let own = maker.book.field(at);
    let is_here = |wrong: &&crate::sample::records::WrongText| wrong.entity == entity && wrong.field == field && wrong.row == row;
    if let Some(wrong) = records.wrong.iter().find(is_here) {
        return text(wrong.text.as_deref().unwrap_or_default());
    }
    if own.kind == FieldKind::Date {
        let day = records.rows[entity].at(field, row).and_then(|day| i32::try_from(day).ok());
        return match day {
            Some(day) if wish.is_serial => ExportCell::Number(f64::from(day + SERIAL_DAYS)),
            Some(day) => {
                let format = if wish.is_year { "%Y" } else { "%d/%m/%Y" };
                text(&day_of(day).map_or_else(String::new, |day| day.format(format).to_string()))
            }
            None => text(""),
        };
    }
    // Exports name classes; their codes stand in canonical tables only.
    if own.kind == FieldKind::Key && *own.id == *maker.book.entities[maker.book.class].id {
        let class = records.rows[entity].class[row] as usize;
        return text(records.class_names.get(class).map_or("", String::as_str));
    }
    let code = records.code_text(maker.book, at, row).unwrap_or_default();
    let values = &wish.column.values;
    let any = || if code.is_empty() { None } else { values.get(ANY) };
    if let Some(written) = values.get(&*code).or_else(any) {
        return text(written);
    }
    let place = || own.list.as_ref().and_then(|list| Some((list, list.values.iter().position(|value| *value.code == *code)?)));
    match (place(), wish.column.writes) {
        (Some((list, place)), Writes::Name) => text(&list.values[place].name),
        (Some((list, place)), Writes::Engine) => text(list.engine_code(place).unwrap_or(&code)),
        (None, _) => text(&code),
    }
}
