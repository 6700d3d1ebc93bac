//! The files of a synthetic province with its records: register, tables of records, workbooks that agree with them.
//!
//! Records are made and written some schools at a time, so that a country needs no more room than a few of them.

use std::collections::{BTreeSet, HashMap};

use rayon::prelude::*;

use super::{BookWriter, RecordsFile, Written, pipeline_text, stem, written_book};
use crate::base::disk::OutputFolder;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::base::term::Term;
use crate::forms::{Form, SlotIndex};
use crate::jobs::session::Session;
use crate::present::{Content, WorkbookPlan};
use crate::records::RecordBook;
use crate::sample::records::{
    CountedForm, ExportedFile, PlacedRecords, RecordExport, RecordMaker, RecordMistake, RecordProvince, RecordTables, SchoolRecords,
    SchoolWords, TableFormat, record_maker,
};
use crate::sample::{History, SampleOptions, SampleReturn, register_lines_csv};

/// Folder of the tables of records.
const RECORDS: &str = "ho-so";
/// Folder of the workbooks of everything.
const BOOKS: &str = "bieu";
/// Folder of the workbooks of what no record tells.
const TYPED: &str = "phan-nhap";

/// Request for a province with its records.
#[derive(Debug, Clone)]
pub struct RecordsRequest {
    /// The province.
    pub options: SampleOptions,
    /// Format of the tables.
    pub format: TableFormat,
    /// Mistakes in the records, one kind per school, on the first schools.
    pub mistakes: Vec<RecordMistake>,
    /// Workbooks are written too.
    pub workbooks: bool,
    /// Layouts of exports that are written beside the tables.
    pub exports: Vec<String>,
}

/// Writes the files of a province with its records into a folder.
///
/// Workbooks hold what the records come to where a form is counted from records, before the mistakes; what else a form has is drawn
/// around it, and stands once more in workbooks of its own, beside the returns of forms that records tell nothing of.
///
/// # Errors
/// When the term is no opening, no circular governs it, or the disk is full.
pub fn write_sample_records(session: &Session, request: &RecordsRequest, folder: &OutputFolder) -> Result<()> {
    let (schemas, options) = (&session.schemas, &request.options);
    if options.period.term != Term::Opening {
        return Err(Error::config("--term", message!("sample.records_at_openings_only")));
    }
    let book = RecordBook::load(&schemas.files)?;
    let history = History::new(schemas, options)?;
    let maker = record_maker(&history, &book)?;
    let mut province = RecordProvince::new(&history, &maker)?;
    let names: HashMap<&str, &str> = province.register().map(|line| (line.code.as_str(), line.name.as_str())).collect();
    let books = BookWriter { regulation: schemas.governing(options.period)?, texts: &session.texts.report, period: options.period };
    let writer = ReturnWriter { books, names, folder };
    let export = |layout: &String| Ok(Exported { export: RecordExport::open(&schemas.files, &maker, layout)?, files: Vec::new() });
    let mut exports = request.exports.iter().map(export).collect::<Result<Vec<_>>>()?;
    let mut tables = RecordTables::create(&book, request.format, |name| folder.path(&format!("{RECORDS}/{name}")))?;
    let mut mistakes = request.mistakes.iter().copied();
    for places in province.batches() {
        let mut records = province.records(places.clone());
        if request.workbooks {
            writer.write(&province.returns(places, &records)?, province.counted())?;
        }
        put_mistakes(&province, &maker, &mut records, &mut mistakes);
        for own in &records {
            tables.add(&own.records)?;
            let line = province.line(own);
            let commune = writer.names.get(line.commune.as_str()).copied().unwrap_or_default();
            let words = SchoolWords { name: &line.name, commune, commune_code: &line.commune };
            exports.iter_mut().try_for_each(|export| export.add(&own.records, words, folder))?;
        }
    }
    tables.finish()?;
    if request.workbooks {
        writer.write(&province.other_returns(), province.counted())?;
    }
    folder.write("danh-sach-don-vi.csv", register_lines_csv(province.register(), &schemas.register).as_bytes())?;
    write_pipelines(request, &book, folder)?;
    exports.into_iter().try_for_each(|export| export.finish(request, &book, folder))
}

/// An export and the files of it that are written.
struct Exported<'a> {
    export: RecordExport<'a>,
    /// Files with the school that each is of.
    files: Vec<RecordsFile>,
}

impl Exported<'_> {
    fn add(&mut self, records: &SchoolRecords, words: SchoolWords<'_>, folder: &OutputFolder) -> Result<()> {
        let made = self.export.add(records, words)?;
        self.write(made, folder)
    }

    fn write(&mut self, made: Vec<ExportedFile>, folder: &OutputFolder) -> Result<()> {
        for ExportedFile { name, unit, bytes } in made {
            let path = format!("{RECORDS}/{name}");
            folder.write(&path, &bytes)?;
            // A nested document needs no layout: it names kinds and fields as the dictionary does.
            let layout = Some(self.export.layout().to_owned()).filter(|_| self.export.is_table());
            self.files.push(RecordsFile { path, layout, unit });
        }
        Ok(())
    }

    /// Writes the last files, and the pipeline that reads them with the tables of everything else.
    fn finish(mut self, request: &RecordsRequest, book: &RecordBook, folder: &OutputFolder) -> Result<()> {
        let last = self.export.finish()?;
        self.write(last, folder)?;
        let others = book.entities.iter_enumerated().filter(|(entity, _)| !self.export.tells(*entity));
        self.files.extend(others.map(|(_, own)| table_file(request, &own.id)));
        write_pipeline(self.export.layout(), request, &self.files, folder)
    }
}

/// One kind of mistake for each school that is large enough for any.
fn put_mistakes(
    province: &RecordProvince<'_>,
    maker: &RecordMaker<'_>,
    records: &mut [PlacedRecords],
    mistakes: &mut impl Iterator<Item = RecordMistake>,
) {
    for own in records.iter_mut().filter(|own| maker.has_room(&own.records)) {
        let Some(kind) = mistakes.next() else { return };
        let other = province.other_pupil(&own.records);
        maker.mistake(&mut own.records, kind, other);
    }
}

/// The pipelines: of the workbooks of everything, and of records with what is typed.
fn write_pipelines(request: &RecordsRequest, book: &RecordBook, folder: &OutputFolder) -> Result<()> {
    let tables: Vec<RecordsFile> = book.entities.iter().map(|own| table_file(request, &own.id)).collect();
    write_pipeline(RECORDS, request, &tables, folder)?;
    if request.workbooks {
        let name = format!("{}.toml", stem(request.options.period.term));
        folder.write(&name, pipeline_text(&Written::new(request.options.seed, request.options.period)).as_bytes())?;
    }
    Ok(())
}

/// The pipeline of some files of records, under the name of what they are, and of what is typed.
fn write_pipeline(of: &str, request: &RecordsRequest, records: &[RecordsFile], folder: &OutputFolder) -> Result<()> {
    let books: &[&str] = if request.workbooks { &[TYPED] } else { &[] };
    let ending = format!("-tu-{of}");
    let plain = Written::new(request.options.seed, request.options.period);
    let text = pipeline_text(&Written { books, records, outputs: &ending, ..plain });
    folder.write(&format!("{}{ending}.toml", stem(request.options.period.term)), text.as_bytes())
}

/// The canonical table of a kind of record.
fn table_file(request: &RecordsRequest, entity: &str) -> RecordsFile {
    RecordsFile { path: format!("{RECORDS}/{entity}.{}", request.format.name()), layout: None, unit: None }
}

/// Writes returns as workbooks: whole, and without what is counted.
struct ReturnWriter<'a> {
    books: BookWriter<'a>,
    names: HashMap<&'a str, &'a str>,
    folder: &'a OutputFolder,
}

impl ReturnWriter<'_> {
    fn write(&self, returns: &[SampleReturn], counted: &[CountedForm]) -> Result<()> {
        returns.par_iter().try_for_each(|one| {
            let name = self.names.get(&*one.unit).copied().unwrap_or_default();
            let mut plan = self.books.plan(name, one);
            let (file, whole) = written_book(BOOKS, one, &plan)?;
            self.folder.write(&file, &whole)?;
            if let Some(form) = counted.iter().find(|own| own.form().id == one.form.id) {
                let cells = form.definition.cells.iter().map(|cell| cell.slot).collect();
                keep_typed(&mut plan, &one.form, &cells);
            }
            let (file, typed) = written_book(TYPED, one, &plan)?;
            self.folder.write(&file, &typed)
        })
    }
}

/// Leaves the sheets that have cells to type, and blanks the counted ones on them.
fn keep_typed(plan: &mut WorkbookPlan, form: &Form, counted: &BTreeSet<SlotIndex>) {
    let is_left = |index: usize| {
        let sheet = &form.layout.sheets[index];
        let applies = |coded: usize, column: usize| !sheet.coded_row(coded).not_applicable.contains(&column);
        let slots =
            |coded| (0..sheet.columns.len()).filter(move |column| applies(coded, *column)).map(move |column| sheet.slot(coded, column));
        sheet.number_kind().is_none() || (0..sheet.coded.len()).flat_map(slots).any(|slot| !counted.contains(&slot))
    };
    let mut blank = vec![BTreeSet::new(); plan.sheets.len()];
    for slot in counted {
        let (sheet, coded, column) = form.layout.address(*slot);
        blank[sheet].insert(form.layout.sheets[sheet].printed_at(coded, column));
    }
    for (sheet, blank) in plan.sheets.iter_mut().zip(blank) {
        sheet.cells.iter_mut().filter(|cell| blank.contains(&cell.at)).for_each(|cell| cell.content = Content::Blank);
    }
    let mut index = 0..form.layout.sheets.len();
    plan.sheets.retain(|_| index.next().is_none_or(is_left));
}
