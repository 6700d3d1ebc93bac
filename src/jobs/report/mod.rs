//! Reports laid out in a file, and indicators by themselves: read, evaluate, write; no archive.

pub mod unit_reports;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::archive::past_returns;
use crate::base::disk::{Published, write_file};
use crate::base::error::{Action, Error, Result, closest};
use crate::base::input::read_text;
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear};
use crate::base::text::looks_like_formula;
use crate::forms::parse_toml_in;
use crate::forms::{ReportBook, ReportSheet};
use crate::indicators::{IndicatorLine, MeasureData, PlaceIndex, Places, grid};
use crate::jobs::indicators::{BookGrids, FigureSource, Figures, LastYear, book_plan};
use crate::jobs::inputs::load;
use crate::jobs::run::RunContext;
use crate::jobs::run::identity::run_id;
use crate::jobs::session::Session;
use crate::ledger::Answers;
use crate::present::{Listing, ListingHead, listings_html, write_xlsx};
use crate::report::{FigureTexts, TableLook, figure_listing};
use crate::totals::aggregate;
use crate::workspace::{Pipeline, is_pipeline};

/// Folder of the reports that come with the program.
const REPORTS: &str = "reports/";

/// A report to be made.
#[derive(Debug, Clone, Copy)]
pub struct AdHocRequest<'a> {
    /// As laid out.
    pub book: &'a ReportBook,
    /// Its file, in messages.
    pub shown: &'a str,
    /// Where it is written; the ending says as what: `.xlsx`, `.html`, `.csv`.
    pub out: &'a Path,
}

/// A file as a report and its name in messages; `None` for a pipeline. A name without a file is one of the built-in reports.
///
/// # Errors
/// When there is no such file or report, or it is not right.
pub fn report_book(session: &Session, path: &Path) -> Result<Option<(ReportBook, String)>> {
    let shown = path.display().to_string();
    // A workspace or a term of one is no file that can be either.
    let is_file_of_text = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"));
    if path.is_dir() || !is_file_of_text && is_pipeline(path) {
        return Ok(None);
    }
    if !path.exists() {
        let reports = &session.texts.reports;
        if let Some(book) = reports.get(&shown) {
            return Ok(Some((book.clone(), session.schemas.files.shown(&format!("{REPORTS}{shown}.toml")))));
        }
        let known: Vec<&str> = reports.keys().map(String::as_str).collect();
        let hint = closest(&shown, known.iter().copied()).map_or_else(|| known.join(", ").into(), Message::did_you_mean);
        return Err(Error::Unknown { kind: message!("kinds.file_or_report"), name: shown, hint: Some(hint) });
    }
    let text = read_text(path)?;
    // A pipeline says of which school year it is; a report has sheets.
    let is_report = text.lines().any(|line| line.trim_start().starts_with("[[sheets]]"));
    if is_report { Ok(Some((parse_toml_in(&shown, &text, session.lang)?, shown))) } else { Ok(None) }
}

/// Writes a report; a CSV file per sheet, one workbook or page otherwise.
///
/// # Errors
/// When the layout is not right, or a file cannot be read or written.
pub fn ad_hoc_report(session: &Session, pipeline: &Pipeline, request: AdHocRequest<'_>) -> Result<Published> {
    let rules = pipeline.output_rules();
    rules.check_file(request.out)?;
    let _lock = pipeline.lock_shared()?;
    let texts = &session.texts.figures;
    let books = std::slice::from_ref(request.book);
    let mut written = Published::default();
    with_facts(session, pipeline, books, &mut |data, run_context| {
        let ending = request.out.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        match ending {
            "xlsx" => {
                let nothing = message!("workspace.term_no_figure_report");
                let plan = book_plan(run_context, texts, &BookGrids::new(data, request.book, request.shown, session.lang)?, None);
                let plan = plan.ok_or_else(|| Error::config(request.shown, nothing))?;
                let bytes = write_xlsx(&plan).map_err(|e| Error::library(Action::Write, request.out, e))?;
                written = write_file(request.out, &bytes, &rules)?;
            }
            "html" => written = write_file(request.out, page(data, run_context, texts, request)?.as_bytes(), &rules)?,
            "csv" => {
                for (path, bytes) in csv_files(data, run_context, texts, request)? {
                    let Published { files, kept } = write_file(&path, &bytes, &rules)?;
                    written.files.extend(files);
                    written.kept.extend(kept);
                }
            }
            _ => {
                let reason = message!("workspace.no_writing", ending);
                return Err(Error::config(request.out.display(), reason).with_hint(".xlsx, .html, .csv"));
            }
        }
        Ok(())
    })?;
    Ok(written)
}

/// Every sheet as a listing.
fn listings(data: &MeasureData<'_>, run_context: &RunContext<'_>, texts: &FigureTexts, request: AdHocRequest<'_>) -> Result<Vec<Listing>> {
    let lang = run_context.session.lang;
    let term = run_context.loaded.regulation.term_in(run_context.pipeline.period, lang);
    let listing = |sheet: &ReportSheet| {
        let grid = grid(data, request.shown, sheet, lang)?;
        let title = sheet.title.replace("{term}", &term);
        let run_context = TableLook { lang, name: &sheet.name, title: &title, lines: &[], texts, register: &data.schemas.register };
        Ok(figure_listing(run_context, &grid))
    };
    request.book.sheets.iter().map(listing).collect()
}

/// One page for all sheets.
fn page(data: &MeasureData<'_>, run_context: &RunContext<'_>, texts: &FigureTexts, request: AdHocRequest<'_>) -> Result<String> {
    let (lang, unverified) = (run_context.session.lang, run_context.unverified());
    let term = run_context.loaded.regulation.term_in(run_context.pipeline.period, lang);
    let head = ListingHead {
        lang,
        state: run_context.state,
        title: &request.book.title.replace("{term}", &term),
        note: (!unverified.is_empty()).then(|| texts.layouts.replace("{forms}", &unverified.join(", "))),
        foot: vec![message!("present.note_run", run = run_context.run).said(lang)],
    };
    Ok(listings_html(&listings(data, run_context, texts, request)?, head))
}

/// A file for each sheet: the first one as it was asked for, the others with a number.
fn csv_files(
    data: &MeasureData<'_>,
    run_context: &RunContext<'_>,
    texts: &FigureTexts,
    request: AdHocRequest<'_>,
) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut files = Vec::new();
    for (index, table) in listings(data, run_context, texts, request)?.iter().enumerate() {
        let path = if index == 0 { request.out.to_owned() } else { request.out.with_extension(format!("{}.csv", index + 1)) };
        let failed = |e: &dyn std::fmt::Display| Error::library(Action::Write, &path, e);
        let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
        writer.write_record(table.columns.iter().map(|column| &column.heading)).map_err(|e| failed(&e))?;
        for row in &table.rows {
            // Numbers may begin with a minus; what people wrote may not begin a formula. A dash where something is divided
            // by nothing is for eyes.
            let texts = row.cells.iter().map(|cell| {
                let text = cell.plain();
                if cell.is_number() || !looks_like_formula(&text) {
                    return if text == "-" { String::new() } else { text };
                }
                format!("'{text}")
            });
            writer.write_record(texts).map_err(|e| failed(&e))?;
        }
        let bytes = writer.into_inner().map_err(|e| failed(&e))?;
        files.push((path, bytes));
    }
    Ok(files)
}

/// Which indicators to give.
#[derive(Debug, Clone, Default)]
pub struct IndicatorRequest {
    /// Ids; all where empty.
    pub indicators: Vec<String>,
    /// Blocks of places: `all`, `unit`, groupings, kinds of unit.
    pub by: Vec<String>,
    /// Also what they are split into.
    pub parts: bool,
}

/// Evaluates indicators of a term and hands them on.
///
/// # Errors
/// When an id is not known, or a file cannot be read.
pub fn term_indicators(
    session: &Session,
    pipeline: &Pipeline,
    request: &IndicatorRequest,
    then: &mut dyn FnMut(&[IndicatorLine<'_>], &Places) -> Result<()>,
) -> Result<()> {
    let schemas = &session.schemas;
    if let Some(unknown) = request.indicators.iter().find(|id| !schemas.indicators.iter().any(|own| own.id == **id)) {
        let hint = closest(unknown, schemas.indicators.iter().map(|own| own.id.as_str())).map(Message::did_you_mean);
        return Err(Error::Unknown { kind: message!("kinds.indicator"), name: unknown.clone(), hint });
    }
    with_facts(session, pipeline, &[], &mut |data, _| {
        let figures = Figures::new(pipeline, data)?;
        let shown: Vec<PlaceIndex> = request.by.iter().flat_map(|rows| data.places.block(data.tree, rows)).collect();
        let shown: BTreeSet<PlaceIndex> = shown.into_iter().collect();
        let whole = &data.places.whole;
        let mut lines = figures.evaluation.lines(data, &data.places, &|at| shown.contains(&at) || whole.contains(&at));
        lines.retain(|line| {
            let asked = request.indicators.is_empty() || request.indicators.contains(&line.indicator.id);
            let is_told = whole.contains(&line.place) && line.value.reason.is_some();
            asked && (request.parts || line.split.is_none()) && (shown.contains(&line.place) || is_told)
        });
        then(&lines, &data.places)
    })
}

/// Reads a pipeline's inputs and gives the facts on.
fn with_facts(
    session: &Session,
    pipeline: &Pipeline,
    books: &[ReportBook],
    then: &mut dyn FnMut(&MeasureData<'_>, &RunContext<'_>) -> Result<()>,
) -> Result<()> {
    let loaded = load(session, pipeline)?;
    let aggregations = aggregate(&loaded.tree, &loaded.forms, &loaded.submissions)?;
    let Period { year, term } = pipeline.period;
    let year_ago = pipeline.key_of(Period { year: SchoolYear(year.0 - 1), term }, None)?;
    let last_year = past_returns(pipeline.archive_reader()?.state(&year_ago).as_ref(), &session.schemas, &loaded.forms)?;
    let source = FigureSource::load(session, pipeline, &loaded, books)?;
    let last_year = LastYear { returns: last_year.returns.as_ref(), gaps: &last_year.gaps };
    let data = source.data(pipeline, &session.schemas, &loaded, last_year);
    let run = run_id(session, pipeline, &loaded, &Answers::default())?;
    then(
        &data,
        &RunContext {
            session,
            pipeline,
            loaded: &loaded,
            aggregations: &aggregations,
            state: &session.texts.releases.draft_state(),
            run: &run,
        },
    )
}
