//! Records of many files, read and counted in one pass: schools and classes are kept, everything else goes by in batches.

use std::collections::HashSet;
use std::sync::Arc;

use super::classes::Classes;
use super::known::{Told, set_of};
use super::oddities::{OddPlace, Oddities, OddityRules};
use super::opened::{OpenedFile, OpenedTable};
use super::pass::{BrokenFile, Pass, TableOfFile};
use super::schools::{SchoolNames, Schools, ToldBy};
use super::table_rows::{Gathered, TableRecord};
use crate::base::error::{Error, Result};
use crate::findings::Finding;
use crate::records::{Derivation, FieldRef, RecordBook, RecordLayout, RegisterColumn};
use crate::register::UnitIndex;
use crate::tables::{TableWords, TextLine};
use crate::tabulate::{AgeDays, FormDefinition, NONE, NOWHERE, RecordRows, SchoolCounts, Tabulation};
use crate::workbooks::{Identity, Isolation, UnitRule};

/// Reads files of records.
#[derive(Debug, Clone, Copy)]
pub struct RecordReader<'a> {
    /// Fields, lists, layouts.
    pub book: &'a RecordBook,
    /// Cells that are counted.
    pub definitions: &'a [FormDefinition],
    /// Units of the term.
    pub names: SchoolNames<'a>,
    /// How a file tells its unit where its rows do not.
    pub rule: &'a UnitRule,
    /// Words of totals.
    pub words: &'a TableWords,
    /// Days by which ages are told.
    pub days: AgeDays,
    /// Where files are opened.
    pub isolation: &'a Isolation,
}

/// Records as they were read and counted.
#[derive(Debug)]
pub struct RecordsRead {
    /// Unit of each school.
    pub units: Vec<UnitIndex>,
    /// Counted cells of the schools.
    pub cells: SchoolCounts,
    /// Records that could not be used.
    pub findings: Vec<Finding>,
    /// Files that cannot be read to their end.
    pub broken: Vec<BrokenFile>,
    /// Fields that files tell.
    pub(super) told: Told,
}

impl<'a> RecordReader<'a> {
    /// Reads files and counts what they hold; `step` is called after each table.
    ///
    /// # Errors
    /// A definition that cannot be counted, or that the job was stopped; files that cannot be read cost findings.
    pub fn read(&self, files: &'a [OpenedFile], step: &dyn Fn() -> Result<()>) -> Result<RecordsRead> {
        let mut gathered = Gathered {
            schools: Schools::new(self.names),
            classes: Classes::new(self.book),
            told: Told::new(self.book),
            oddities: Oddities::default(),
            described: HashSet::new(),
        };
        // Every school has a number before anything is counted.
        let facilities = self.names.tree.units.iter_enumerated().filter(|(_, unit)| unit.facility);
        facilities.for_each(|(unit, _)| {
            gathered.schools.number(unit);
        });
        let tables = self.tables(files, &mut gathered);
        let mut schools = self.schools_of_register(&mut gathered);
        let mut pass = Pass::new(self, tables, gathered)?;
        let (school, class) = (self.book.school, self.book.class);
        for number in pass.tables_of(|layout| layout.of == school) {
            pass.each_record(number, &mut |gathered, record, _, place| keep_school(gathered, &mut schools, record, place));
        }
        for number in pass.tables_of(|layout| layout.of == class) {
            let name = self.class_name_column(&pass.tables[number]);
            pass.each_record(number, &mut |gathered, record, row, place| keep_class(gathered, record, &row.text(name), place));
        }
        // Records that make classes are read first and counted later: a class is known when all of its children are.
        let mut kept = Vec::new();
        for number in pass.tables_of(|layout| layout.makes_classes) {
            kept.extend(pass.kept(number));
            step()?;
        }
        let classes = std::mem::replace(&mut pass.gathered.classes.rows, RecordRows::new(class, self.book));
        let tabulation = Tabulation::new(self.book, self.definitions, schools, classes, self.days);
        let tabulation = tabulation.map_err(|problem| Error::config("schemas/records", problem))?;
        for batch in &kept {
            pass.count_kept(batch, &tabulation);
        }
        drop(kept);
        for number in pass.tables_of(|layout| layout.of != school && layout.of != class && !layout.makes_classes) {
            pass.count(number, &tabulation);
            step()?;
        }
        pass.note_ids();
        pass.note_empty_classes(files, tabulation.values().classes);
        let Pass { gathered: Gathered { schools, told, oddities, .. }, broken, .. } = pass;
        let findings = oddities.findings(self.book);
        Ok(RecordsRead { units: schools.units, cells: tabulation.counted(), findings, broken, told })
    }
}

/// Puts what a file says of a school over what the register says; a second line about it is told.
fn keep_school(gathered: &mut Gathered<'_>, schools: &mut RecordRows, record: &TableRecord, place: &OddPlace) {
    if !gathered.described.insert(record.school) {
        let unit = Arc::clone(gathered.schools.code(record.school));
        gathered.oddities.note(OddityRules::DESCRIBED_TWICE, place, Some(&unit), None);
        return;
    }
    for (field, value) in &record.values {
        schools.fields[*field][record.school as usize] = *value;
    }
}

/// Keeps a class under its code and its name.
fn keep_class(gathered: &mut Gathered<'_>, record: &TableRecord, name: &str, place: &OddPlace) {
    let code = record.own_key.clone().unwrap_or_default();
    gathered.classes.describe(record.school);
    let Some(number) = gathered.classes.begin(record.school, &code) else {
        let unit = Arc::clone(gathered.schools.code(record.school));
        gathered.oddities.note(OddityRules::DESCRIBED_TWICE, place, Some(&unit), None);
        return;
    };
    for (field, value) in &record.values {
        gathered.classes.rows.set(*field, *value);
    }
    if !name.is_empty() {
        gathered.classes.call(record.school, number, name);
    }
}

impl<'a> RecordReader<'a> {
    /// The tables of all files, each with the school that the file is of.
    fn tables(&self, files: &'a [OpenedFile], gathered: &mut Gathered<'_>) -> Vec<TableOfFile<'a>> {
        let mut tables = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let place = OddPlace { file: Arc::clone(&file.source.file), sheet: None, line: 0, column: None };
            if file.tables.is_empty() {
                if !file.is_broken {
                    gathered.oddities.note(OddityRules::UNKNOWN_LAYOUT, &place, None, None);
                }
                // Whatever stands in it, what other files say of its school is not all there is.
                if let Some(school) = self.school_of_file(file, &[], gathered) {
                    gathered.told.spoil_school(school);
                }
            } else {
                for sheet in &file.others {
                    let place = OddPlace { sheet: Some(Arc::clone(sheet)), ..place.clone() };
                    gathered.oddities.note(OddityRules::OTHER_SHEETS, &place, None, None);
                }
            }
            for table in &file.tables {
                let layout = &self.book.layouts[table.layout];
                let school = self.school_of_table(file, table, layout, gathered);
                let file_number = u32::try_from(number).unwrap_or(u32::MAX);
                match school {
                    Some(school) => tables.push(TableOfFile { file, file_number, table, layout, school }),
                    None => {
                        let place = OddPlace { sheet: table.sheet.clone(), ..place.clone() };
                        gathered.oddities.note(OddityRules::UNKNOWN_SCHOOL, &place, None, None);
                    }
                }
                gathered.told.read(layout.of);
                for field in self.assumed(layout, &table.places) {
                    let place = OddPlace { sheet: table.sheet.clone(), ..place.clone() };
                    gathered.oddities.note(OddityRules::COLUMN_ASSUMED, &place, None, Some(field));
                }
            }
        }
        tables
    }

    /// Fields that a table has no column for, though conditions ask for them: what a record without them is, is assumed.
    fn assumed(&self, layout: &RecordLayout, places: &[Option<usize>]) -> Vec<FieldRef> {
        let entity = &self.book.entities[layout.of];
        let filled_by_others = |at: FieldRef| {
            let derivations = entity.fields.iter().filter_map(|field| field.derivation.as_ref());
            derivations.into_iter().any(|own| matches!(own, Derivation::FirstOf(fields) if fields.contains(&at)))
        };
        let is_placed = |field| layout.columns.iter().zip(places).any(|(column, place)| column.field == field && place.is_some());
        let optional = entity.fields.iter_enumerated().filter(|(_, own)| own.is_optional && own.derivation.is_none());
        let fields = optional.map(|(field, _)| FieldRef { entity: layout.of, field });
        fields.filter(|at| !is_placed(at.field) && !filled_by_others(*at)).collect()
    }

    /// The school of a table: inside is none where its rows tell it; nothing where nobody knows it.
    #[expect(clippy::option_option, reason = "told by rows, told by the file, told by nobody: three answers")]
    fn school_of_table(
        &self,
        file: &OpenedFile,
        table: &OpenedTable,
        layout: &RecordLayout,
        gathered: &mut Gathered<'_>,
    ) -> Option<Option<u32>> {
        let key = self.book.key(layout.of, self.book.school);
        let is_told = layout.columns.iter().zip(&table.places).any(|(column, place)| Some(column.field) == key && place.is_some());
        if is_told {
            return Some(None);
        }
        self.school_of_file(file, &table.above, gathered).map(Some)
    }

    /// The school of a file: told by somebody, by its name, or by a line above its headings.
    fn school_of_file(&self, file: &OpenedFile, above: &[TextLine], gathered: &mut Gathered<'_>) -> Option<u32> {
        if let Some(told) = &file.unit {
            return [ToldBy::Code, ToldBy::Name].into_iter().find_map(|by| gathered.schools.find(by, told));
        }
        let SchoolNames { tree, names } = self.names;
        match self.rule.identify_records(&file.source.file, above, tree, names) {
            Identity::Known { code, .. } => gathered.schools.find(ToldBy::Code, &code),
            _ => None,
        }
    }

    /// Rows of schools with what the register says of them.
    fn schools_of_register(&self, gathered: &mut Gathered<'_>) -> RecordRows {
        let school = self.book.school;
        let mut rows = RecordRows::new(school, self.book);
        for number in 0..gathered.schools.units.len() {
            let number = u32::try_from(number).unwrap_or(NOWHERE);
            rows.begin(number, NOWHERE);
        }
        for column in &mut rows.fields {
            column.resize(rows.len, NONE);
        }
        for (number, unit) in gathered.schools.units.iter().enumerate() {
            let unit = &self.names.tree.units[*unit];
            let mut known = 0;
            for own in &self.book.from_register {
                let said = match own.column {
                    RegisterColumn::Levels => unit.levels.iter().map(|level| &**level).collect::<Vec<_>>().join(" "),
                    RegisterColumn::Ownership => unit.ownership.to_string(),
                };
                // Of its kind first: a group of children is another thing than a school of the same level.
                let place = own.places.get(&format!("{} {said}", unit.kind)).or_else(|| own.places.get(&said));
                let place = place.copied().flatten().and_then(|place| i32::try_from(place).ok());
                if let Some(place) = place {
                    rows.fields[own.field][number] = place;
                    known |= set_of(own.field);
                }
            }
            gathered.told.know(school, u32::try_from(number).unwrap_or(NOWHERE), known);
        }
        rows
    }

    /// The column with the names of classes.
    fn class_name_column(&self, own: &TableOfFile<'_>) -> Option<usize> {
        let name = self.book.entities[self.book.class].field("class_name");
        let mut columns = own.layout.columns.iter().zip(&own.table.places);
        columns.find(|(column, _)| Some(column.field) == name).and_then(|(_, place)| *place)
    }
}
