//! The files of a synthetic province: register, workbooks, lists, pipelines; of one term, or of whole school years.

mod records;

use std::sync::Arc;

use rayon::prelude::*;

use crate::base::error::{Action, Error, Result};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Form, Regulation, Schemas};
use crate::jobs::lists::{csv_bytes, list_table};
use crate::jobs::session::Session;
use crate::present::{PaperState, WorkbookPlan, write_xlsx};
use crate::register::{Register, Tree};
use crate::report::{OfficialReport, ReportTexts, official};
use crate::returns::Submission;
use crate::sample::{Defect, History, Province, Recipe, Rng, SampleOptions, SampleReturn, inject_defects, province, register_csv};
use crate::tables::{Table, TableRow, TableValue};
use crate::totals::{Coverage, Total};

pub use records::{RecordsRequest, write_sample_records};

/// Request for a sample.
#[derive(Debug, Clone)]
pub struct SampleRequest {
    /// The province.
    pub options: SampleOptions,
    /// Dirt, one kind per workbook, on the first workbooks of schools.
    pub dirt: Vec<Defect>,
}

/// Relative names and contents of files.
type Files = Vec<(String, Vec<u8>)>;

/// Relative names and contents of the sample's files.
///
/// The returns of the last commune's schools of one level come as a list instead
/// of workbooks.
///
/// # Errors
/// When no circular governs the period or a workbook cannot be written.
pub fn sample_files(session: &Session, request: &SampleRequest) -> Result<Files> {
    let (schemas, texts) = (&session.schemas, &session.texts.report);
    let options = &request.options;
    let province = province(schemas, options)?;
    let writer = Writer::new(schemas, texts, options.seed, &province)?;
    let mut files = writer.term(&request.dirt)?;
    let lists = list_names(&files);
    let text = pipeline_text(&Written { lists: &lists, ..Written::new(options.seed, province.period) });
    files.push(("danh-sach-don-vi.csv".to_owned(), register_csv(&province, &schemas.register).into_bytes()));
    files.push((format!("{}.toml", stem(province.period.term)), text.into_bytes()));
    Ok(files)
}

/// The files of a province over both terms of so many school years, the options' year being the last.
///
/// Every term has a folder and a pipeline of its own; results after the summer's re-tests come as lists. Dirt
/// falls on the last opening.
///
/// # Errors
/// As for [`sample_files`].
pub fn sample_history_files(session: &Session, request: &SampleRequest, years: u16) -> Result<Files> {
    let (schemas, texts) = (&session.schemas, &session.texts.report);
    let last = request.options.period.year;
    let first = Period { year: SchoolYear(last.0 + 1 - i32::from(years.max(1))), term: Term::Opening };
    let options = SampleOptions { period: first, ..request.options.clone() };
    let mut history = History::new(schemas, &options)?;
    let mut files = Files::new();
    while history.next().year <= last {
        let province = history.advance()?;
        let Period { year, term } = province.period;
        let writer = Writer::new(schemas, texts, options.seed, &province)?;
        let is_dirty = year == last && term == Term::Opening;
        let suffix = if year == last { String::new() } else { format!("-{}", year.0) };
        let mut add = |name: &str, state, made: Files| {
            let folder = format!("{year}/{name}/");
            let lists = list_names(&made);
            let written = Written { state, folder: &folder, lists: &lists, ..Written::new(options.seed, province.period) };
            let ending = if state.is_some() { "-sau-he" } else { "" };
            files.push((format!("{}{suffix}{ending}.toml", stem(term)), pipeline_text(&written).into_bytes()));
            files.extend(made.into_iter().map(|(name, bytes)| (format!("{folder}{name}"), bytes)));
        };
        add(stem(term), None, writer.term(if is_dirty { &request.dirt } else { &[] })?);
        let later = writer.regulation.term(term).and_then(|rule| rule.result_states.get(1));
        if let Some(state) = later.filter(|_| !province.after_retests.is_empty()) {
            let returns: Vec<&SampleReturn> = province.after_retests.iter().collect();
            add("sau-he", Some(&state.id), writer.lists(&returns)?);
        }
        if history.next().year > last {
            files.push(("danh-sach-don-vi.csv".to_owned(), register_csv(&province, &schemas.register).into_bytes()));
        }
    }
    Ok(files)
}

/// First part of the names of a term's files.
const fn stem(term: Term) -> &'static str {
    match term {
        Term::Opening => "dau-nam-hoc",
        Term::Closing => "cuoi-nam-hoc",
    }
}

fn list_names(files: &Files) -> Vec<String> {
    files.iter().map(|(name, _)| name.clone()).filter(|name| name.starts_with("danh-sach/")).collect()
}

/// Returns that come as lists, and returns that come as workbooks.
fn split_returns<'a>(province: &'a Province, level: &str) -> (Vec<&'a SampleReturn>, Vec<&'a SampleReturn>) {
    let parent = |unit: &str| province.register.iter().find(|l| l.code == *unit).map(|l| l.reports_to.clone()).unwrap_or_default();
    let last = province.register.iter().filter(|line| line.kind == "commune").map(|line| line.code.clone()).next_back().unwrap_or_default();
    province.returns.iter().partition(|one| parent(&one.unit) == last && *one.form.level == *level)
}

/// One kind of dirt for each of the first schools.
fn assign(filed: &[&SampleReturn], dirt: &[Defect]) -> Vec<Option<Defect>> {
    let mut kinds = dirt.iter().copied().filter(|kind| !kind.is_of_files());
    filed.iter().map(|one| if one.values.filled() > 200 { kinds.next() } else { None }).collect()
}

/// Writes the files of one term.
struct Writer<'a> {
    schemas: &'a Schemas,
    regulation: &'a Regulation,
    texts: &'a ReportTexts,
    seed: u64,
    province: &'a Province,
    listed_level: String,
}

impl<'a> Writer<'a> {
    fn new(schemas: &'a Schemas, texts: &'a ReportTexts, seed: u64, province: &'a Province) -> Result<Self> {
        let regulation = schemas.governing(province.period)?;
        let listed_level = Recipe::load(&schemas.files)?.listed_level;
        Ok(Self { schemas, regulation, texts, seed, province, listed_level })
    }

    /// Workbooks and lists of the term, with their dirt.
    fn term(&self, dirt: &[Defect]) -> Result<Files> {
        let (listed, filed) = split_returns(self.province, &self.listed_level);
        let dirty = assign(&filed, dirt);
        let books = filed.par_iter().zip(&dirty).enumerate().map(|(index, (one, dirt))| self.workbook(index, one, *dirt));
        let mut files = books.collect::<Result<Files>>()?;
        self.soil_files(&mut files, &filed, dirt)?;
        files.extend(self.lists(&listed)?);
        Ok(files)
    }

    /// A return as an official workbook, with its dirt.
    fn workbook(&self, index: usize, one: &SampleReturn, dirt: Option<Defect>) -> Result<(String, Vec<u8>)> {
        let name = self.province.register.iter().find(|l| l.code == *one.unit).map_or("", |l| l.name.as_str());
        let books = BookWriter { regulation: self.regulation, texts: self.texts, period: self.province.period };
        let mut plan = books.plan(name, one);
        if let Some(dirt) = dirt {
            inject_defects(&mut plan, &one.form, dirt, &mut Rng::stream(self.seed, index as u64));
        }
        written_book("bieu", one, &plan)
    }

    /// Dirt of whole files, on the last returns: missing, repeated, contradicting, no workbook.
    fn soil_files(&self, files: &mut Files, filed: &[&SampleReturn], dirt: &[Defect]) -> Result<()> {
        let [.., other, twice, _] = filed else { return Ok(()) };
        for kind in dirt {
            match kind {
                Defect::MissingReturn => drop(files.pop()),
                Defect::SentTwice => {
                    let (name, bytes) = self.workbook(0, twice, None)?;
                    files.insert(0, (name.replace(".xlsx", " (gửi lại).xlsx"), bytes));
                }
                Defect::TwoVersions => {
                    let (name, bytes) = self.workbook(0, other, Some(Defect::WrongTotal))?;
                    files.insert(0, (name.replace(".xlsx", " (sửa).xlsx"), bytes));
                }
                Defect::NoWorkbook => {
                    files.insert(0, ("bieu/00000000_hong.xlsx".to_owned(), b"This is not a workbook.\n".to_vec()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Returns as one table per form.
    fn lists(&self, listed: &[&SampleReturn]) -> Result<Files> {
        let register = register_csv(self.province, &self.schemas.register);
        let register = Register::read(&table_of(&register), &self.schemas.register)?;
        let day = self.regulation.as_at(self.province.period).unwrap_or_default();
        let tree = Tree::as_at(&register, day)?;
        let submissions: Vec<Submission> = listed.iter().map(|one| (*one).clone().into_submission()).collect();
        let mut forms: Vec<Arc<Form>> = submissions.iter().map(|s| Arc::clone(&s.form)).collect();
        forms.sort_by(|a, b| a.id.cmp(&b.id));
        forms.dedup_by(|a, b| a.id == b.id);
        forms.iter().map(|form| Ok((format!("danh-sach/{}.csv", form.short), csv_bytes(&list_table(form, &submissions, &tree))?))).collect()
    }
}

/// Returns as official workbooks.
struct BookWriter<'a> {
    regulation: &'a Regulation,
    texts: &'a ReportTexts,
    period: Period,
}

impl BookWriter<'_> {
    /// A return of a unit of some name.
    fn plan(&self, name: &str, one: &SampleReturn) -> WorkbookPlan {
        let mut total = Total::new(one.values.len());
        total.add_values(&one.values);
        total.coverage = Coverage { received: 1, expected: 1, facilities_received: 1, facilities_expected: 1 };
        official(&OfficialReport {
            form: &one.form,
            regulation: self.regulation,
            texts: self.texts,
            period: self.period,
            unit: name,
            receiver: "",
            place: "",
            total: &total,
            author: "",
            state: &PaperState::default(),
            run: "",
            signature: false,
        })
    }
}

/// A workbook in a folder, with its name there.
fn written_book(folder: &str, one: &SampleReturn, plan: &WorkbookPlan) -> Result<(String, Vec<u8>)> {
    let file = format!("{folder}/{}_{}.xlsx", one.unit, one.form.short);
    let bytes = write_xlsx(plan).map_err(|e| Error::library(Action::Write, &file, e))?;
    Ok((file, bytes))
}

/// A CSV text of ours as a table.
fn table_of(text: &str) -> Table {
    let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headings = lines.headers().map(|h| h.iter().map(str::to_owned).collect()).unwrap_or_default();
    let value = |text: &str| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text.to_owned()) };
    let rows = (2..).zip(lines.records().flatten()).map(|(line, record)| TableRow::new(line, record.iter().map(value).collect()));
    Table { file: Arc::from("danh-sach-don-vi.csv"), headings, heading_line: 1, rows: rows.collect(), ..Table::default() }
}

/// Inputs that a pipeline reads.
struct Written<'a> {
    seed: u64,
    period: Period,
    /// A later state of the term's results.
    state: Option<&'a str>,
    /// Folder of the term, with a slash at its end.
    folder: &'a str,
    /// Folders of workbooks below it.
    books: &'a [&'a str],
    /// Lists below it.
    lists: &'a [String],
    /// Files of records below it.
    records: &'a [RecordsFile],
    /// Ending of the folders that it writes into: pipelines of one term do not share them.
    outputs: &'a str,
}

/// A file of records, as a pipeline names it.
#[derive(Debug, Clone)]
struct RecordsFile {
    path: String,
    /// The layout that reads it, where that is not told by its headings.
    layout: Option<String>,
    /// The school that it is of, where it does not say so.
    unit: Option<String>,
}

impl RecordsFile {
    fn entry(&self, folder: &str) -> String {
        let named = |key: &str, value: &Option<String>| value.as_ref().map_or_else(String::new, |value| format!("{key} = \"{value}\"\n"));
        let (layout, unit) = (named("layout", &self.layout), named("unit", &self.unit));
        format!("\n[[inputs.records]]\npath = \"{folder}{}\"\n{layout}{unit}", self.path)
    }
}

impl Written<'_> {
    /// Workbooks and nothing else.
    const fn new(seed: u64, period: Period) -> Self {
        Self { seed, period, state: None, folder: "", books: &["bieu"], lists: &[], records: &[], outputs: "" }
    }
}

fn pipeline_text(written: &Written<'_>) -> String {
    let Written { seed, period, state, folder, books, lists, records, outputs } = written;
    let title = match (period.term, state) {
        (Term::Opening, _) => "Báo cáo đầu năm học",
        (Term::Closing, None) => "Báo cáo cuối năm học",
        (Term::Closing, Some(_)) => "Kết quả cuối năm học sau kiểm tra lại trong hè",
    };
    let state = state.map_or_else(String::new, |state| format!("result_state = \"{state}\"\n"));
    // Results after the re-tests come as lists only.
    let books: Vec<String> = books.iter().filter(|_| state.is_empty()).map(|name| format!("\"{folder}{name}\"")).collect();
    let workbooks = books.join(", ");
    let list = |name: &String| {
        let form = name.trim_start_matches("danh-sach/").trim_end_matches(".csv");
        format!("\n[[inputs.lists]]\nfile = \"{folder}{name}\"\nform = \"{form}\"\n")
    };
    format!(
        "# Tỉnh giả định do `tkgd sample` tạo (hạt giống {seed}).\ntitle = \"{title} {year}\"\nschool_year = \"{year}\"\nterm = \"{term}\"\n{state}register = \"danh-sach-don-vi.csv\"\n\n[inputs]\nworkbooks = [{workbooks}]\nfile_name = \"{{unit}}_{{any}}\"\nduplicates = \"refuse\"\n\n[outputs]\nfolder = \"ket-qua{outputs}\"\narchive = \"luu-tru{outputs}\"\nledger = \"so-theo-doi{outputs}\"\nreports = [\"department\", \"commune\"]\ngroups = [\"former_district\"]\nlists = [\"csv\"]\nsignature = true\n{lists}{records}",
        year = period.year,
        term = period.term.id(),
        lists = lists.iter().map(list).collect::<String>(),
        records = records.iter().map(|file| file.entry(folder)).collect::<String>()
    )
}
