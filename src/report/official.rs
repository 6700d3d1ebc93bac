//! The official report of a unit: the form as printed, with the unit's figures in it.

use std::sync::Arc;

use super::printed::{cell_status, printed_sums};
use super::texts::ReportTexts;
use crate::base::location::{CellRef, RowSpan};
use crate::base::message::Lang;
use crate::base::number::{AMOUNT_UNIT, NumberKind, show, to_float};
use crate::base::term::Period;
use crate::forms::{
    Border, ColumnWidths, Form, HeaderContent, LayoutStatus, Regulation, RowHeights, RowLook, Sheet, Signature, SlotIndex, TextCell,
    TextField,
};
use crate::present::PaperState;
use crate::present::breaks::choose_paper;
use crate::present::fit::fit;
use crate::present::plan::{Align, CellStyle, Content, Line, NumberLook, PageSetup, PlacedCell, SheetPlan, WorkbookPlan};
use crate::returns::Status;
use crate::totals::{Coverage, Total};

/// Data of an official report.
#[derive(Debug, Clone, Copy)]
pub struct OfficialReport<'a> {
    /// The form.
    pub form: &'a Form,
    /// The circular it belongs to.
    pub regulation: &'a Regulation,
    /// Words around the table.
    pub texts: &'a ReportTexts,
    /// The term.
    pub period: Period,
    /// Name of the reporting unit; empty leaves the form's own words.
    pub unit: &'a str,
    /// Name of the receiving unit.
    pub receiver: &'a str,
    /// Place before the date in the signature block.
    pub place: &'a str,
    /// The figures.
    pub total: &'a Total,
    /// Author, for the file's properties; empty where the program is.
    pub author: &'a str,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Identity of the run; empty in none.
    pub run: &'a str,
    /// Print the signature block.
    pub signature: bool,
}

/// Places everything an official report holds.
#[must_use]
pub fn official(report: &OfficialReport<'_>) -> WorkbookPlan {
    let layout = &report.form.layout;
    let last_data = layout.data_sheets().last().map_or(0, |(index, _)| index);
    let mut sheets = Vec::new();
    let mut log = Vec::new();
    for (index, sheet) in layout.sheets.iter().enumerate() {
        if sheet.number_kind().is_none() {
            sheets.push(log_sheet(report, sheet, &log));
            continue;
        }
        let mut builder = SheetBuilder::new(report, sheet);
        builder.place_texts(index == 0);
        builder.place_header();
        builder.place_rows(&mut log);
        builder.place_gaps(index == 0);
        if index == last_data && report.signature {
            builder.place_signature(&report.regulation.signature);
        }
        fit(&mut builder.plan);
        choose_paper(&mut builder.plan);
        sheets.push(builder.plan);
    }
    let created = report.regulation.as_at(report.period).unwrap_or_default();
    WorkbookPlan {
        title: report.form.title.to_string(),
        created,
        author: report.author.to_owned(),
        state: report.state.lines(Lang::Vi),
        sheets,
        names: Vec::new(),
    }
}

/// A line of the form's error log.
struct LogLine {
    sheet: Arc<str>,
    cell: CellRef,
    error: String,
    detail: String,
}

struct SheetBuilder<'a> {
    report: &'a OfficialReport<'a>,
    sheet: &'a Sheet,
    plan: SheetPlan,
    line: Line,
    numbers: NumberLook,
}

impl<'a> SheetBuilder<'a> {
    fn new(report: &'a OfficialReport<'a>, sheet: &'a Sheet) -> Self {
        let look = &sheet.look;
        let widths = look.widths.iter().flat_map(|&ColumnWidths { first, last, width }| (first..=last).map(move |c| (c, width)));
        let heights = look.heights.iter().flat_map(|&RowHeights { first, last, height }| (first..=last).map(move |r| (r, height)));
        let line = match look.border {
            Border::Thin => Line::Thin,
            Border::Medium => Line::Medium,
        };
        let plan = SheetPlan {
            name: Arc::clone(&sheet.name),
            merges: look.merges.clone(),
            widths: widths.collect(),
            heights: heights.collect(),
            page: page_setup(report, sheet),
            ..SheetPlan::default()
        };
        Self { report, sheet, plan, line, numbers: number_look(sheet, report.total) }
    }

    fn place_cell(&mut self, at: CellRef, content: Content, style: CellStyle) {
        let size = self.sheet.look.font_size;
        self.plan.cells.push(PlacedCell { at, content, style: CellStyle { size, ..style } });
    }

    /// Heading and notes; the report's own words where the form leaves room for them.
    fn place_texts(&mut self, is_first: bool) {
        let sheet = self.sheet;
        for text in &sheet.texts {
            let align = if text.centred { Align::Centre } else { Align::Left };
            let style = CellStyle { bold: text.bold, align, ..CellStyle::default() };
            self.place_cell(text.at, Content::Text(self.filled(text)), style);
        }
        let note = layout_note(self.report);
        let lowest = sheet.texts.iter().map(|t| t.at.row).filter(|&row| row < sheet.header_rows.first).max();
        if let Some(row) = lowest.filter(|&row| is_first && row + 1 < sheet.header_rows.first && !note.is_empty()) {
            let style = CellStyle { italic: true, ..CellStyle::default() };
            self.place_cell(CellRef::new(row + 1, sheet.roles.label), Content::Text(note.into()), style);
        }
    }

    /// Places the words on what the figures lack where people read them: in the free row above the table, or else right below it.
    fn place_gaps(&mut self, is_first: bool) {
        let (sheet, report) = (self.sheet, self.report);
        let Some(told) = gaps(report, sheet) else { return };
        let lowest = sheet.texts.iter().map(|t| t.at.row).filter(|&row| row < sheet.header_rows.first).max();
        let above = lowest.map_or(0, |row| row + 1);
        let (row, said) = if above < sheet.header_rows.first {
            let note = if is_first && lowest.is_some() { layout_note(report) } else { String::new() };
            self.plan.cells.retain(|cell| cell.at != CellRef::new(above, sheet.roles.label));
            (above, if note.is_empty() { told } else { format!("{told} · {note}") })
        } else {
            let last = sheet.rows.last().map_or(sheet.header_rows.last, |row| row.at);
            (sheet.texts.iter().map(|t| t.at.row).max().unwrap_or(0).max(last) + 1, told)
        };
        let style = CellStyle { bold: true, ..CellStyle::default() };
        self.place_cell(CellRef::new(row, sheet.roles.label), Content::Text(said.into()), style);
    }

    fn filled(&self, text: &TextCell) -> Arc<str> {
        let report = self.report;
        match text.field {
            Some(TextField::ReportingUnit) if !report.unit.is_empty() => report.unit.into(),
            Some(TextField::ReceivingUnit) if !report.receiver.is_empty() => report.receiver.into(),
            Some(TextField::Term) => report.regulation.term_text(report.period).into(),
            Some(TextField::AsAt) => report.regulation.as_at_text(report.period).into(),
            Some(TextField::ResultState) => report
                .regulation
                .result_state(report.period.term)
                .map_or_else(|| Arc::clone(&text.text), |state| state.heading.as_str().into()),
            _ => Arc::clone(&text.text),
        }
    }

    fn place_header(&mut self) {
        let sheet = self.sheet;
        let frame = CellStyle { align: Align::Centre, wrap: true, line: self.line, ..CellStyle::default() };
        let last = sheet.columns.iter().map(|c| c.at).max().unwrap_or(sheet.roles.code);
        for row in sheet.header_rows.first..=sheet.header_rows.last {
            for column in sheet.roles.tt..=last {
                let at = CellRef::new(row, column);
                let cell = sheet.header.iter().find(|cell| cell.at == at);
                let content = match cell.map(|cell| &cell.content) {
                    Some(HeaderContent::Text(text)) => Content::Text(Arc::clone(text)),
                    Some(HeaderContent::Number(number)) => Content::Number(f64::from(*number)),
                    None if is_covered(sheet, at) => continue,
                    None => Content::Blank,
                };
                self.place_cell(at, content, CellStyle { bold: cell.is_some_and(|c| c.bold), ..frame });
            }
        }
    }

    fn place_rows(&mut self, log: &mut Vec<LogLine>) {
        let sheet = self.sheet;
        let mut coded = 0;
        for row in &sheet.rows {
            let strong = row.look != RowLook::Plain && row.look != RowLook::Italic;
            let base = CellStyle { line: self.line, wrap: true, italic: row.look == RowLook::Italic, ..CellStyle::default() };
            let centred = CellStyle { align: Align::Centre, italic: false, ..base };
            let tt_align = if sheet.look.centre_tt { Align::Centre } else { Align::Left };
            let tt = match row.tt.parse::<f64>() {
                Ok(number) if row.tt_is_number => Content::Number(number),
                _ => text_or_blank(&row.tt),
            };
            self.place_cell(CellRef::new(row.at, sheet.roles.tt), tt, CellStyle { bold: strong, align: tt_align, wrap: false, ..base });
            self.place_cell(CellRef::new(row.at, sheet.roles.label), text_or_blank(&row.label), CellStyle { bold: strong, ..base });
            self.place_cell(CellRef::new(row.at, sheet.roles.unit), text_or_blank(&row.unit), centred);
            let code = match (row.code_number(), row.code.as_deref()) {
                (Some(number), _) => Content::Number(number),
                (None, Some(code)) => Content::Text(code.into()),
                (None, None) => Content::Blank,
            };
            self.place_cell(CellRef::new(row.at, sheet.roles.code), code, centred);
            let bold = row.look == RowLook::Total;
            if row.code.is_some() {
                self.place_values(coded, CellStyle { bold, wrap: false, ..centred }, log);
                coded += 1;
            } else {
                for column in &sheet.columns {
                    self.place_cell(CellRef::new(row.at, column.at), Content::Blank, centred);
                }
            }
        }
    }

    fn place_values(&mut self, coded: usize, style: CellStyle, log: &mut Vec<LogLine>) {
        let (sheet, total) = (self.sheet, self.report.total);
        let Some(kind) = sheet.number_kind() else { return };
        let printed = printed_sums(sheet, coded, total);
        for column in 0..sheet.columns.len() {
            let slot = sheet.slot(coded, column);
            let at = sheet.printed_at(coded, column);
            let sum = printed.iter().find(|sum| sum.column == column);
            let content = match sum {
                Some(sum) if sum.holds => Content::Formula(sum.formula.clone(), to_float(sum.parts, kind)),
                _ => value_content(cell_status(sheet, coded, column, total), total.number(slot), kind),
            };
            if let Some(sum) = sum.filter(|sum| !sum.holds && total.status(slot).is_number()) {
                let texts = self.report.texts;
                let detail =
                    texts.sum_broken.replace("{found}", &show(total.number(slot), kind)).replace("{expected}", &show(sum.parts, kind));
                log.push(LogLine { sheet: Arc::clone(&sheet.name), cell: at, error: texts.sum_broken_title.clone(), detail });
            }
            let is_left_blank = sum.is_some_and(|sum| sum.holds && sum.is_blank);
            let shaded = total.is_incomplete(slot) && !is_left_blank;
            if shaded {
                let texts = self.report.texts;
                log.push(LogLine {
                    sheet: Arc::clone(&sheet.name),
                    cell: at,
                    error: texts.incomplete_title.clone(),
                    detail: texts.incomplete.clone(),
                });
            }
            self.place_cell(at, content, CellStyle { number: self.numbers, shaded, starred: shaded, ..style });
        }
    }

    /// Place, date and who signs, under the table.
    fn place_signature(&mut self, signature: &Signature) {
        let sheet = self.sheet;
        let last_row = sheet.rows.last().map_or(sheet.header_rows.last, |row| row.at);
        let below = sheet.texts.iter().map(|t| t.at.row).max().unwrap_or(0).max(last_row);
        let first = sheet.roles.label;
        let last = sheet.columns.iter().map(|c| c.at).max().unwrap_or(first);
        let centred = CellStyle { align: Align::Centre, ..CellStyle::default() };
        let year = self.report.regulation.as_at(self.report.period).map_or_else(String::new, |day| day.format("%Y").to_string());
        let place = if self.report.place.is_empty() { "…" } else { self.report.place };
        let date = signature.place_date.replace("{place}", place).replace("{year}", &year);
        let signers = u16::try_from(signature.signers.len()).unwrap_or(1).max(1);
        let column_of = |index: u16| if index == 0 { first } else { first + (last - first) * index / signers.saturating_sub(1).max(1) };
        // The outermost place stays a column inside, so that its text is not cut at the edge.
        let column_of = |index: u16| column_of(index).min(last.saturating_sub(1).max(first));
        self.place_cell(CellRef::new(below + 2, column_of(signers - 1)), Content::Text(date.into()), CellStyle { italic: true, ..centred });
        for (index, signer) in (0..signers).zip(&signature.signers) {
            let column = column_of(index);
            self.place_cell(
                CellRef::new(below + 3, column),
                Content::Text(signer.title.as_str().into()),
                CellStyle { bold: true, ..centred },
            );
            self.place_cell(
                CellRef::new(below + 4, column),
                Content::Text(signer.note.as_str().into()),
                CellStyle { italic: true, ..centred },
            );
        }
    }
}

/// True inside a merged range, except at its first corner.
fn is_covered(sheet: &Sheet, at: CellRef) -> bool {
    sheet.look.merges.iter().any(|range| {
        let inside = (range.first.row..=range.last.row).contains(&at.row) && (range.first.column..=range.last.column).contains(&at.column);
        inside && at != range.first
    })
}

fn text_or_blank(text: &Arc<str>) -> Content {
    if text.is_empty() { Content::Blank } else { Content::Text(Arc::clone(text)) }
}

fn value_content(status: Status, number: i64, kind: NumberKind) -> Content {
    match status {
        Status::NotApplicable => Content::Text("#".into()),
        status if status.is_number() => Content::Number(to_float(number, kind)),
        status if status.is_broken() => Content::Text("?".into()),
        _ => Content::Blank,
    }
}

/// The look of a sheet's numbers: amounts show as many decimals as the finest of them needs.
fn number_look(sheet: &Sheet, total: &Total) -> NumberLook {
    if sheet.number_kind() != Some(NumberKind::Amounts) {
        return NumberLook::Whole;
    }
    let places = |slot: SlotIndex| {
        let mut fraction = (total.number(slot) % AMOUNT_UNIT).unsigned_abs();
        let mut places = 6;
        while places > 0 && fraction.is_multiple_of(10) {
            fraction /= 10;
            places -= 1;
        }
        places
    };
    let slots = sheet.each_slot();
    NumberLook::Decimals(slots.map(places).max().unwrap_or(0))
}

fn layout_note(report: &OfficialReport<'_>) -> String {
    let text = match report.form.layout_status {
        LayoutStatus::Verified => return String::new(),
        LayoutStatus::Assumed => &report.texts.layout_assumed,
        LayoutStatus::Reconstructed => &report.texts.layout_reconstructed,
    };
    text.replace("{circular}", &report.regulation.name)
}

/// Words on what the figures of a sheet lack; nothing where all of them are whole.
fn gaps(report: &OfficialReport<'_>, sheet: &Sheet) -> Option<String> {
    let (texts, coverage) = (report.texts, report.total.coverage);
    let mut slots = sheet.each_slot();
    let is_broken = slots.any(|slot| report.total.is_incomplete(slot));
    let missing = with_coverage(&texts.gaps_returns, coverage);
    let said = [(!coverage.is_complete()).then_some(missing.as_str()), is_broken.then_some(texts.gaps_cells.as_str())];
    let said: Vec<&str> = said.into_iter().flatten().collect();
    (!said.is_empty()).then(|| texts.gaps.replace("{gaps}", &said.join("; ")))
}

/// A text with what came in of what is expected.
fn with_coverage(text: &str, coverage: Coverage) -> String {
    text.replace("{received}", &coverage.received.to_string())
        .replace("{expected}", &coverage.expected.to_string())
        .replace("{facilities_received}", &coverage.facilities_received.to_string())
        .replace("{facilities_expected}", &coverage.facilities_expected.to_string())
}

fn page_setup(report: &OfficialReport<'_>, sheet: &Sheet) -> PageSetup {
    let texts = report.texts;
    let (counts, amounts) = report.total.control(&report.form.layout);
    let mut coverage =
        with_coverage(&texts.page_footer_centre, report.total.coverage).replace("{control}", &show(counts, NumberKind::Counts));
    if amounts != 0 {
        coverage.push_str(&texts.control_amounts.replace("{amounts}", &show(amounts, NumberKind::Amounts)));
    }
    let left = texts.page_header_left.replace("{symbol}", &report.form.symbol).replace("{unit}", report.unit);
    let right = texts.page_header_right.replace("{term}", &report.regulation.full_term_text(report.period));
    PageSetup {
        paper: sheet.look.paper,
        landscape: sheet.look.landscape,
        repeat_rows: Some(sheet.header_rows),
        header: [left, layout_note(report), right],
        footer: [texts.page_footer_left.replace("{run}", report.run), coverage, String::new()],
        ..PageSetup::default()
    }
}

/// The form's own error log, filled with what does not add up in the totals. One without a line is hidden, so that nothing
/// of it is printed.
fn log_sheet(report: &OfficialReport<'_>, sheet: &Sheet, log: &[LogLine]) -> SheetPlan {
    let mut builder = SheetBuilder::new(report, sheet);
    builder.plan.page.repeat_rows = Some(RowSpan { first: 0, last: 0 });
    builder.plan.hidden = log.is_empty();
    let plain = CellStyle::default();
    for cell in &sheet.header {
        if let HeaderContent::Text(text) = &cell.content {
            builder.place_cell(cell.at, Content::Text(Arc::clone(text)), CellStyle { bold: true, ..plain });
        }
    }
    for (row, line) in (1..).zip(log) {
        let wrapped = CellStyle { wrap: true, ..plain };
        let texts = [line.sheet.to_string(), line.cell.to_string(), line.error.clone(), line.detail.clone()];
        for (column, text) in (0..).zip(texts) {
            builder.place_cell(CellRef::new(row, column), Content::Text(text.into()), wrapped);
        }
    }
    fit(&mut builder.plan);
    builder.plan
}
