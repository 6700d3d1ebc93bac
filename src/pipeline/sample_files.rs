//! The files of a synthetic province: register, workbooks, a list, a pipeline.

use std::sync::Arc;

use rayon::prelude::*;

use super::lists::{csv_bytes, list_table};
use crate::aggregate::{Coverage, Total};
use crate::cells::Submission;
use crate::error::{Error, Result};
use crate::report::{OfficialReport, ReportTexts, official, write_xlsx};
use crate::sample::{Dirt, Province, Recipe, Rng, SampleOptions, SampleReturn, province, register_csv, soil};
use crate::schema::{Regulation, Schemas};
use crate::table::{Table, TableRow, TableValue};
use crate::units::{Register, Tree};

/// What sample to make.
#[derive(Debug, Clone)]
pub struct SampleRequest {
    /// The province.
    pub options: SampleOptions,
    /// Dirt, one kind per workbook, on the first workbooks of schools.
    pub dirt: Vec<Dirt>,
}

/// Relative names and contents of the sample's files.
///
/// The returns of the last commune's schools of one level come as a list instead
/// of workbooks.
///
/// # Errors
/// When no circular governs the period or a workbook cannot be written.
pub fn sample_files(schemas: &Schemas, request: &SampleRequest) -> Result<Vec<(String, Vec<u8>)>> {
    let options = &request.options;
    let regulation = schemas.governing(options.period)?;
    let texts: ReportTexts = schemas.files.toml("report.toml")?;
    let province = province(schemas, options)?;
    let register = register_csv(&province, &schemas.register);
    let (listed, filed) = split_returns(&province, &Recipe::load(&schemas.files)?.listed_level);
    let dirty = assign(&filed, &request.dirt);
    let writer = Writer { regulation, texts: &texts, options, province: &province };
    let books = filed.par_iter().zip(&dirty).enumerate().map(|(index, (one, dirt))| writer.workbook(index, one, *dirt));
    let mut files = books.collect::<Result<Vec<(String, Vec<u8>)>>>()?;
    writer.soil_files(&mut files, &filed, &request.dirt)?;
    let lists = writer.lists(schemas, &listed, &register)?;
    let list_names: Vec<String> = lists.iter().map(|(name, _)| name.clone()).collect();
    files.push(("danh-sach-don-vi.csv".to_owned(), register.into_bytes()));
    files.push(("dau-nam-hoc.toml".to_owned(), pipeline_text(options, &list_names).into_bytes()));
    files.extend(lists);
    Ok(files)
}

/// Returns that come as lists, and returns that come as workbooks.
fn split_returns<'a>(province: &'a Province, level: &str) -> (Vec<&'a SampleReturn>, Vec<&'a SampleReturn>) {
    let parent = |unit: &str| province.register.iter().find(|l| l.code == *unit).map(|l| l.reports_to.clone()).unwrap_or_default();
    let last = province.register.iter().filter(|line| line.kind == "commune").map(|line| line.code.clone()).next_back().unwrap_or_default();
    province.returns.iter().partition(|one| parent(&one.unit) == last && *one.form.level == *level)
}

/// One kind of dirt for each of the first schools.
fn assign(filed: &[&SampleReturn], dirt: &[Dirt]) -> Vec<Option<Dirt>> {
    let mut kinds = dirt.iter().copied().filter(|kind| !kind.is_of_files());
    filed.iter().map(|one| if one.values.filled() > 200 { kinds.next() } else { None }).collect()
}

struct Writer<'a> {
    regulation: &'a Regulation,
    texts: &'a ReportTexts,
    options: &'a SampleOptions,
    province: &'a Province,
}

impl Writer<'_> {
    /// A return as an official workbook, with its dirt.
    fn workbook(&self, index: usize, one: &SampleReturn, dirt: Option<Dirt>) -> Result<(String, Vec<u8>)> {
        let mut total = Total::new(one.values.len());
        total.add_values(&one.values);
        total.coverage = Coverage { received: 1, expected: 1, facilities_received: 1, facilities_expected: 1 };
        let name = self.province.register.iter().find(|l| l.code == *one.unit).map_or("", |l| l.name.as_str());
        let report = OfficialReport {
            form: &one.form,
            regulation: self.regulation,
            texts: self.texts,
            period: self.options.period,
            unit: name,
            receiver: "",
            place: "",
            total: &total,
            run: "",
            signature: false,
        };
        let mut plan = official(&report);
        if let Some(dirt) = dirt {
            soil(&mut plan, &one.form, dirt, &mut Rng::stream(self.options.seed, index as u64));
        }
        let file = format!("bieu/{}_{}.xlsx", one.unit, one.form.short);
        let bytes = write_xlsx(&plan).map_err(|e| Error::library("write", &file, e))?;
        Ok((file, bytes))
    }

    /// Dirt of whole files, on the last returns: missing, repeated, contradicting, no workbook.
    fn soil_files(&self, files: &mut Vec<(String, Vec<u8>)>, filed: &[&SampleReturn], dirt: &[Dirt]) -> Result<()> {
        let [.., other, twice, _] = filed else { return Ok(()) };
        for kind in dirt {
            match kind {
                Dirt::MissingReturn => drop(files.pop()),
                Dirt::SentTwice => {
                    let (name, bytes) = self.workbook(0, twice, None)?;
                    files.insert(0, (name.replace(".xlsx", " (gửi lại).xlsx"), bytes));
                }
                Dirt::TwoVersions => {
                    let (name, bytes) = self.workbook(0, other, Some(Dirt::WrongTotal))?;
                    files.insert(0, (name.replace(".xlsx", " (sửa).xlsx"), bytes));
                }
                Dirt::NoWorkbook => {
                    files.insert(0, ("bieu/00000000_hong.xlsx".to_owned(), b"This is not a workbook.\n".to_vec()));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The listed returns as one table per form.
    fn lists(&self, schemas: &Schemas, listed: &[&SampleReturn], register: &str) -> Result<Vec<(String, Vec<u8>)>> {
        let register = Register::read(&table_of(register), &schemas.register)?;
        let day = self.regulation.as_at(self.options.period).unwrap_or_default();
        let tree = Tree::as_at(&register, day)?;
        let submissions: Vec<Submission> = listed.iter().map(|one| (*one).clone().into_submission()).collect();
        let mut forms: Vec<_> = submissions.iter().map(|s| Arc::clone(&s.form)).collect();
        forms.dedup_by(|a, b| a.id == b.id);
        forms.iter().map(|form| Ok((format!("danh-sach/{}.csv", form.short), csv_bytes(&list_table(form, &submissions, &tree))?))).collect()
    }
}

/// A CSV text of ours as a table.
fn table_of(text: &str) -> Table {
    let mut lines = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let headings = lines.headers().map(|h| h.iter().map(str::to_owned).collect()).unwrap_or_default();
    let value = |text: &str| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text.to_owned()) };
    let rows = (2..).zip(lines.records().flatten()).map(|(line, record)| TableRow { line, values: record.iter().map(value).collect() });
    Table { file: Arc::from("danh-sach-don-vi.csv"), sheet: None, headings, rows: rows.collect() }
}

fn pipeline_text(options: &SampleOptions, lists: &[String]) -> String {
    let lists: Vec<String> = lists
        .iter()
        .map(|name| {
            let form = name.trim_start_matches("danh-sach/").trim_end_matches(".csv");
            format!("\n[[inputs.lists]]\nfile = \"{name}\"\nform = \"{form}\"\n")
        })
        .collect();
    format!(
        "# Tỉnh giả định do `tkgd sample` tạo (hạt giống {}).\ntitle = \"Báo cáo đầu năm học {}\"\nschool_year = \"{}\"\nterm = \"opening\"\nregister = \"danh-sach-don-vi.csv\"\n\n[inputs]\nworkbooks = [\"bieu\"]\nfile_name = \"{{unit}}_{{any}}\"\nduplicates = \"refuse\"\n\n[outputs]\nfolder = \"ket-qua\"\narchive = \"luu-tru\"\nledger = \"so-theo-doi\"\nreports = [\"department\", \"commune\"]\ngroups = [\"former_district\"]\nlists = [\"csv\"]\nsignature = true\n{}",
        options.seed,
        options.period.year,
        options.period.year,
        lists.join("")
    )
}
