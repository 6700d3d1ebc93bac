//! Writing official workbooks: layout and writing against the writing library alone.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench write`: with that the dev profile is
//! optimised, and with it nothing is compiled twice. Ours turns totals into
//! placed cells and writes them; the other side has the same cells, formats and
//! merges ready and only hands them to rust_xlsxwriter. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::collections::BTreeMap;

use rayon::prelude::*;
use rust_xlsxwriter::{Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError};
use support::{Sample, Side, compare, grouped, headings, threads, total_of};
use tkgd::forms::Paper;
use tkgd::present::write_xlsx;
use tkgd::present::{Align, CellStyle, Content, Line, NumberLook, SheetPlan, WorkbookPlan};
use tkgd::report::{OfficialReport, ReportTexts, official, read_back};
use tkgd::returns::Submission;
use tkgd::totals::Total;
use tkgd::workbooks::Recogniser;

/// Workbooks written in a round.
const FILES: usize = 60;
/// Our time to the library's.
const LIMIT: f64 = 1.3;

fn main() {
    // Some schools file nothing themselves.
    let sample = Sample::new(10, FILES + FILES / 10);
    let texts: ReportTexts = sample.schemas.files.toml("report.toml").unwrap();
    let schools = &sample.submissions[sample.submissions.len() - FILES..];
    let totals: Vec<(&Submission, Total)> = schools.iter().map(|submission| (submission, total_of(submission))).collect();
    let reports: Vec<OfficialReport<'_>> = totals.iter().map(|(submission, total)| sample.report(&texts, submission, total)).collect();
    let plans: Vec<WorkbookPlan> = reports.iter().map(official).collect();
    let ready: Vec<ReadyWorkbook<'_>> = plans.iter().map(ReadyWorkbook::new).collect();
    let written: Vec<Vec<u8>> = plans.iter().map(|plan| write_xlsx(plan).unwrap()).collect();
    check(&written, &ready);
    let cells: usize = plans.iter().flat_map(|plan| &plan.sheets).map(|sheet| sheet.cells.len()).sum();
    let work = format!("{FILES} files, {} cells", grouped(cells));
    headings();
    for count in [1, 2] {
        let pool = threads(count);
        let ours = || pool.install(|| reports.par_iter().map(|report| write_xlsx(&official(report)).unwrap().len()).sum::<usize>());
        let other = || pool.install(|| ready.par_iter().map(|book| book.write().unwrap().len()).sum::<usize>());
        let what = format!("write official workbooks, {count} thread(s)");
        compare(&what, &work, Some(LIMIT), Side::new("tkgd", ours), Side::new("rust_xlsxwriter", other));
    }
    let lay_out = || reports.iter().map(|report| official(report).sheets.len()).sum::<usize>();
    let other = || ready.iter().map(|book| book.write().unwrap().len()).sum::<usize>();
    compare("lay out only", &work, None, Side::new("tkgd", lay_out), Side::new("rust_xlsxwriter", other));
    let recogniser = Recogniser::new(&sample.forms);
    let again = || {
        for (bytes, (submission, total)) in written.iter().zip(&totals) {
            read_back(bytes, &submission.form, total, &recogniser).unwrap();
        }
    };
    compare("read back and compare", &work, None, Side::new("tkgd", again), Side::new("rust_xlsxwriter", other));
    support::print_peak_memory();
}

/// Both sides write the same parts, so that the comparison is one of equals.
fn check(written: &[Vec<u8>], ready: &[ReadyWorkbook<'_>]) {
    for (ours, book) in written.iter().zip(ready) {
        assert!(*ours == book.write().unwrap(), "the two sides write different workbooks");
    }
}

/// A workbook with nothing left to work out.
struct ReadyWorkbook<'a> {
    properties: DocProperties,
    formats: Vec<Format>,
    sheets: Vec<ReadySheet<'a>>,
}

struct ReadySheet<'a> {
    plan: &'a SheetPlan,
    /// Merges with the format of their corner.
    merges: Vec<([u32; 2], [u16; 2], usize)>,
    /// Cells that are written one by one, with their format.
    cells: Vec<(u32, u16, Ready<'a>, usize)>,
    header: String,
    footer: String,
}

enum Ready<'a> {
    Blank,
    Text(&'a str),
    Number(f64),
    Formula(Formula),
}

impl<'a> ReadyWorkbook<'a> {
    fn new(plan: &'a WorkbookPlan) -> Self {
        let created = ExcelDateTime::parse_from_str(&plan.created.format("%Y-%m-%dT00:00:00").to_string()).unwrap();
        let properties = DocProperties::new().set_title(&plan.title).set_creation_datetime(&created);
        let (mut known, mut formats) = (BTreeMap::new(), vec![Format::default()]);
        let mut format_of = |style: CellStyle| {
            *known.entry(style).or_insert_with(|| {
                formats.push(make_format(style));
                formats.len() - 1
            })
        };
        let sheets = plan.sheets.iter().map(|sheet| ReadySheet::new(sheet, &mut format_of)).collect();
        Self { properties, formats, sheets }
    }

    fn write(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        workbook.set_properties(&self.properties);
        for sheet in &self.sheets {
            sheet.write(workbook.add_worksheet(), &self.formats)?;
        }
        workbook.save_to_buffer()
    }
}

impl<'a> ReadySheet<'a> {
    fn new(plan: &'a SheetPlan, format_of: &mut impl FnMut(CellStyle) -> usize) -> Self {
        let merges = plan.merges.iter().map(|range| {
            let corner = plan.cells.iter().find(|cell| cell.at == range.first);
            let format = corner.map_or(0, |cell| format_of(cell.style));
            ([range.first.row, range.last.row], [range.first.column, range.last.column], format)
        });
        let merges = merges.collect();
        let is_corner = |at| plan.merges.iter().any(|range| range.first == at);
        let written = plan.cells.iter().filter(|cell| cell.content != Content::Blank || !is_corner(cell.at));
        let cells = written.map(|cell| {
            let ready = match &cell.content {
                Content::Blank => Ready::Blank,
                // Official workbooks have no links.
                Content::Text(text) | Content::Link(_, text) | Content::FileLink(_, text) => Ready::Text(text),
                Content::Number(number) => Ready::Number(*number),
                Content::Formula(formula, result) => Ready::Formula(Formula::new(formula).set_result(result.to_string())),
                Content::ErrorFormula(formula, error) => Ready::Formula(Formula::new(formula).set_result(*error)),
            };
            (cell.at.row, cell.at.column, ready, format_of(cell.style))
        });
        let cells = cells.collect();
        Self { plan, merges, cells, header: page_text(&plan.page.header, ""), footer: page_text(&plan.page.footer, " &P/&N") }
    }

    fn write(&self, sheet: &mut Worksheet, formats: &[Format]) -> Result<(), XlsxError> {
        let plan = self.plan;
        sheet.set_name(&*plan.name)?;
        for (&column, &width) in &plan.widths {
            sheet.set_column_width(column, width)?;
        }
        for (&row, &height) in &plan.heights {
            sheet.set_row_height(row, height)?;
        }
        for ([first_row, last_row], [first_column, last_column], format) in &self.merges {
            sheet.merge_range(*first_row, *first_column, *last_row, *last_column, "", &formats[*format])?;
        }
        for (row, column, ready, format) in &self.cells {
            let format = &formats[*format];
            match ready {
                Ready::Blank => sheet.write_blank(*row, *column, format)?,
                Ready::Text(text) => sheet.write_string_with_format(*row, *column, *text, format)?,
                Ready::Number(number) => sheet.write_number_with_format(*row, *column, *number, format)?,
                Ready::Formula(formula) => sheet.write_formula_with_format(*row, *column, formula, format)?,
            };
        }
        sheet.set_paper_size(if plan.page.paper == Paper::A4 { 9 } else { 8 });
        if plan.page.landscape {
            sheet.set_landscape();
        }
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3);
        if let Some(rows) = plan.page.repeat_rows {
            sheet.set_repeat_rows(rows.first, rows.last)?;
        }
        sheet.set_header(&self.header);
        sheet.set_footer(&self.footer);
        Ok(())
    }
}

fn page_text(parts: &[String; 3], numbers: &str) -> String {
    let mut text = String::new();
    for (code, part) in ["&L&8", "&C&8", "&R&8"].iter().zip(parts) {
        text.push_str(code);
        text.push_str(if part.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" });
        text.extend(part.replace('&', "&&").chars().take(235_usize.saturating_sub(numbers.len() + text.chars().count())));
    }
    text + numbers
}

fn make_format(style: CellStyle) -> Format {
    let size = if style.size == 0 { 12 } else { style.size };
    let mut format = Format::new().set_font_name("Times New Roman").set_font_size(size).set_align(FormatAlign::VerticalCenter);
    format = format.set_align(match style.align {
        Align::Left => FormatAlign::Left,
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    });
    format = if style.bold { format.set_bold() } else { format };
    format = if style.italic { format.set_italic() } else { format };
    format = if style.wrap { format.set_text_wrap() } else { format };
    format = match style.line {
        Line::None => format,
        Line::Thin => format.set_border(FormatBorder::Thin),
        Line::Medium => format.set_border(FormatBorder::Medium),
    };
    format = if style.shaded { format.set_background_color(Color::RGB(0x00d9_d9d9)) } else { format };
    match style.number {
        NumberLook::General => format,
        NumberLook::Day => format.set_num_format("dd/mm/yyyy"),
        NumberLook::Whole | NumberLook::Decimals(0) => format.set_num_format("#,##0"),
        NumberLook::Decimals(places) => format.set_num_format(format!("#,##0.{}", "0".repeat(usize::from(places.min(6))))),
    }
}
