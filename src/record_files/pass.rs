//! The pass over the tables of all files: row by row where records are kept, in batches where they are counted and gone.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use super::ids::{IdKey, OddId, SeenId, repeated};
use super::known::ToldFrom;
use super::oddities::{OddPlace, OddityRules};
use super::opened::{OpenedFile, OpenedTable};
use super::reader::RecordReader;
use super::table_rows::{Gathered, TableRecord, TableRecords};
use super::values::ValueReader;
use crate::base::error::{Error, Result};
use crate::base::index::IndexVec;
use crate::base::message::Message;
use crate::records::{EntityIndex, RecordBook, RecordLayout};
use crate::tables::TableRow;
use crate::tabulate::{RecordRows, RowCondition, Tabulation};

/// Rows that are counted together.
const BATCH: usize = 1 << 14;

/// A table with the file it is in.
pub(super) struct TableOfFile<'a> {
    /// The file.
    pub file: &'a OpenedFile,
    /// Place of the file among all.
    pub file_number: u32,
    /// The table.
    pub table: &'a OpenedTable,
    /// Its layout.
    pub layout: &'a RecordLayout,
    /// The school of all its rows, where no column tells it.
    pub school: Option<u32>,
}

/// Rows of one kind on their way to be counted.
pub(super) struct Batch {
    /// The rows.
    pub rows: RecordRows,
    lines: Vec<u32>,
    hashes: Vec<Option<u64>>,
    /// Place of their table.
    table: usize,
}

impl Batch {
    fn new(kind: EntityIndex, table: usize, book: &RecordBook) -> Self {
        Self { rows: RecordRows::new(kind, book), lines: Vec::new(), hashes: Vec::new(), table }
    }

    fn clear(&mut self) {
        self.rows.clear();
        self.lines.clear();
        self.hashes.clear();
    }

    fn push(&mut self, record: &TableRecord, line: u32, key: &IdKey) {
        self.rows.begin(record.school, record.class);
        for (field, value) in &record.values {
            self.rows.set(*field, *value);
        }
        self.lines.push(line);
        self.hashes.push(record.own_id.as_deref().map(|id| key.hash(id)));
    }
}

/// A file that cannot be read to its end.
#[derive(Debug)]
pub struct BrokenFile {
    /// Its name.
    pub file: Arc<str>,
    /// Where it is.
    pub path: PathBuf,
    /// Why.
    pub problem: Error,
}

/// Everything that a pass has at hand.
pub(super) struct Pass<'r, 'a> {
    pub reader: &'r RecordReader<'a>,
    pub tables: Vec<TableOfFile<'a>>,
    pub gathered: Gathered<'a>,
    pub broken: Vec<BrokenFile>,
    key: IdKey,
    seen: IndexVec<EntityIndex, Vec<SeenId>>,
    checks: RowChecks,
    /// Classes that some record belongs to.
    used_classes: HashSet<u32>,
}

impl<'r, 'a> Pass<'r, 'a> {
    pub fn new(reader: &'r RecordReader<'a>, tables: Vec<TableOfFile<'a>>, gathered: Gathered<'a>) -> Result<Self> {
        let seen = IndexVec::filled(Vec::new(), reader.book.entities.len());
        let checks = RowChecks::new(reader.book).map_err(|problem| Error::config("schemas/records", problem))?;
        Ok(Self { reader, tables, gathered, broken: Vec::new(), key: IdKey::default(), seen, checks, used_classes: HashSet::new() })
    }

    /// Places of the tables that a kind of layout describes.
    pub fn tables_of(&self, is_meant: impl Fn(&RecordLayout) -> bool) -> Vec<usize> {
        self.tables.iter().enumerate().filter(|(_, own)| is_meant(own.layout)).map(|(number, _)| number).collect()
    }

    /// Takes each record of a table.
    pub fn each_record(&mut self, number: usize, take: TakeRecord<'_, 'a>) {
        let read = read_table(self.reader, &self.tables[number], &mut self.gathered, take);
        self.note_broken(number, read);
    }

    /// The records of a table, to be counted later.
    pub fn kept(&mut self, number: usize) -> Vec<Batch> {
        let Self { reader, tables, gathered, key, .. } = self;
        let own = &tables[number];
        let mut batches = vec![Batch::new(own.layout.of, number, reader.book)];
        let read = read_table(reader, own, gathered, &mut |_, record, row, _| {
            if batches.last().is_none_or(|batch| batch.rows.len >= BATCH) {
                batches.push(Batch::new(own.layout.of, number, reader.book));
            }
            if let Some(batch) = batches.last_mut() {
                batch.push(record, row.line, key);
            }
        });
        self.note_broken(number, read);
        batches
    }

    /// Counts records that were kept.
    pub fn count_kept(&mut self, batch: &Batch, tabulation: &Tabulation<'_>) {
        let own = &self.tables[batch.table];
        self.checks.note(batch, own, tabulation, &mut self.gathered, &mut self.seen);
        self.used_classes.extend(&batch.rows.class);
        tabulation.count(&batch.rows);
    }

    /// Counts the records of a table while they are read.
    pub fn count(&mut self, number: usize, tabulation: &Tabulation<'_>) {
        let Self { reader, tables, gathered, key, seen, checks, used_classes, .. } = self;
        let own = &tables[number];
        let mut batch = Batch::new(own.layout.of, number, reader.book);
        let mut count = |batch: &mut Batch, gathered: &mut Gathered<'a>| {
            checks.note(batch, own, tabulation, gathered, seen);
            used_classes.extend(&batch.rows.class);
            tabulation.count(&batch.rows);
            batch.clear();
        };
        let read = read_table(reader, own, gathered, &mut |gathered, record, row, _| {
            if batch.rows.len >= BATCH {
                count(&mut batch, gathered);
            }
            batch.push(record, row.line, key);
        });
        count(&mut batch, gathered);
        self.note_broken(number, read);
    }

    /// Tells ids that stand twice.
    pub fn note_ids(&mut self) {
        for seen in &mut std::mem::replace(&mut self.seen, IndexVec::filled(Vec::new(), 0)) {
            for own in repeated(std::mem::take(seen)) {
                let rule = match own.kind {
                    OddId::Twice => OddityRules::DUPLICATE_ID,
                    OddId::Elsewhere => OddityRules::TWO_SCHOOLS,
                };
                let table = &self.tables[own.seen.table as usize];
                let place = table.place(own.seen.line);
                let unit = Arc::clone(self.gathered.schools.code(own.seen.school));
                self.gathered.oddities.note(rule, &place, Some(&unit), None);
            }
        }
    }

    /// Tells classes that no record belongs to, where records of their school are told: a list of a class may be missing.
    pub fn note_empty_classes(&mut self, files: &[OpenedFile], classes: &RecordRows) {
        let book = self.reader.book;
        let kinds: Vec<EntityIndex> =
            book.entities.indexes().filter(|kind| *kind != book.class && book.key(*kind, book.class).is_some()).collect();
        for class in (0..u32::try_from(classes.len).unwrap_or_default()).filter(|class| !self.used_classes.contains(class)) {
            let school = classes.school[class as usize];
            let told = &self.gathered.told;
            let is_told = kinds.iter().any(|kind| !told.files(*kind, school).is_empty());
            let Some(file) = told.files(book.class, school).first().filter(|_| is_told) else { continue };
            let file = Arc::clone(&files[*file as usize].source.file);
            let unit = Arc::clone(self.gathered.schools.code(school));
            let place = OddPlace { file, sheet: None, line: 0, column: None };
            self.gathered.oddities.note(OddityRules::EMPTY_CLASS, &place, Some(&unit), None);
        }
    }

    /// Notes a table that cannot be read to its end: it says nothing of its schools, since what came before the trouble is not all of it.
    fn note_broken(&mut self, number: usize, read: Result<()>) {
        if let Err(problem) = read {
            let own = &self.tables[number];
            self.gathered.told.spoil(own.file_number);
            self.broken.push(BrokenFile { file: Arc::clone(&own.file.source.file), path: own.file.path.clone(), problem });
        }
    }
}

/// Takes a record with its row and place.
type TakeRecord<'t, 'a> = &'t mut dyn FnMut(&mut Gathered<'a>, &TableRecord, &TableRow, &OddPlace);

/// Reads a table, record by record.
fn read_table<'a>(reader: &RecordReader<'a>, own: &TableOfFile<'a>, gathered: &mut Gathered<'a>, take: TakeRecord<'_, 'a>) -> Result<()> {
    let values = ValueReader { book: reader.book, day: reader.days.day };
    let from = ToldFrom { file: own.file_number, layout: own.table.layout };
    let mut records = TableRecords::new(reader.book, from, &own.table.places, values, reader.words);
    records.file = Arc::clone(&own.file.source.file);
    records.sheet.clone_from(&own.table.sheet);
    records.school = own.school;
    own.table.above.iter().for_each(|line| records.above(&line.text));
    own.table.each_row(&own.file.path, reader.isolation, &mut |row| {
        if let Some(record) = records.record(row, gathered) {
            take(gathered, &record, row, &own.place(row.line));
        }
        Ok(())
    })
}

impl TableOfFile<'_> {
    /// A line of the table.
    fn place(&self, line: u32) -> OddPlace {
        OddPlace { file: Arc::clone(&self.file.source.file), sheet: self.table.sheet.clone(), line, column: None }
    }
}

/// Conditions that are asked of every row beside those of cells.
struct RowChecks {
    /// Whether a row of a kind counts at all.
    counts: IndexVec<EntityIndex, Option<RowCondition>>,
    /// Oddities of each kind.
    odd: Vec<RowOddity>,
}

/// An oddity of rows.
struct RowOddity {
    of: EntityIndex,
    rule: Arc<str>,
    when: RowCondition,
}

impl RowChecks {
    fn new(book: &RecordBook) -> std::result::Result<Self, Message> {
        let counts = book.entities.iter().map(|own| own.counts_if.iter().map(|own| RowCondition::new(std::iter::once(own), book)).next());
        let counts: Vec<Option<RowCondition>> = counts.map(Option::transpose).collect::<std::result::Result<_, _>>()?;
        let odd = book.oddities.iter().map(|own| {
            let when = RowCondition::new(std::iter::once(&own.when), book)?;
            Ok(RowOddity { of: own.of, rule: Arc::clone(&own.rule), when })
        });
        Ok(Self { counts: counts.into(), odd: odd.collect::<std::result::Result<_, Message>>()? })
    }

    /// Notes what is odd of a batch, and the ids of rows that count.
    fn note(
        &self,
        batch: &Batch,
        own: &TableOfFile<'_>,
        tabulation: &Tabulation<'_>,
        gathered: &mut Gathered<'_>,
        seen: &mut IndexVec<EntityIndex, Vec<SeenId>>,
    ) {
        let (values, kind) = (tabulation.values(), batch.rows.entity);
        let odd: Vec<&RowOddity> = self.odd.iter().filter(|own| own.of == kind).collect();
        for row in 0..batch.rows.len {
            let (line, school) = (batch.lines[row], batch.rows.school[row]);
            for odd in odd.iter().filter(|odd| odd.when.holds(&values, &batch.rows, row)) {
                let unit = Arc::clone(gathered.schools.code(school));
                gathered.oddities.note(&odd.rule, &own.place(line), Some(&unit), None);
            }
            let Some(hash) = batch.hashes[row] else { continue };
            if self.counts[kind].as_ref().is_none_or(|counts| counts.holds(&values, &batch.rows, row)) {
                let table = u32::try_from(batch.table).unwrap_or(u32::MAX);
                seen[kind].push(SeenId { hash, table, line, school });
            }
        }
    }
}
