//! Writes a plan as an xlsx file. The only place that knows the writing library.
//!
//! Same plan, same bytes: the creation date is the plan's, not the clock's.

use std::collections::BTreeMap;

use rust_xlsxwriter::{
    Chart, ChartFont, ChartLine, Color, ConditionalFormatCell, ConditionalFormatCellRule, ConditionalFormatDataBar, DataValidation,
    DataValidationRule, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, FormatUnderline, Formula, ProtectionOptions, Url,
    Workbook, Worksheet, XlsxError,
};

use super::plan::{
    Align, Allowed, CellStyle, ChartPlan, ChartSeries, Content, Highlight, HighlightKind, Line, NumberLook, PlacedCell, SheetPlan,
    WorkbookPlan,
};
use super::tables::place_table;
use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::forms::Paper;
use crate::ooxml::DefinedName;

/// Font of every cell.
pub const FONT: &str = "Times New Roman";
/// Author of workbooks that are nobody else's.
const PROGRAM: &str = "tkgd";
/// Letters a page header or footer can hold.
const PAGE_TEXT_LIMIT: usize = 255;
/// Longest target of a link in characters; the format has room for 2,079 with everything that must be escaped.
const LONGEST_LINK: usize = 600;
/// Letters that the words of a chart can have.
const WORDS_LIMIT: usize = 255;
/// Colours of chart series: told apart by those who do not see colours, and in grey.
const COLOURS: [u32; 6] = [0x002f_5d8a, 0x00e0_9f3e, 0x0054_8c66, 0x009e_2a2b, 0x007d_7d7d, 0x00a6_c8e0];

/// The bytes of the workbook a plan describes.
///
/// # Errors
/// Refusals of the library: a sheet name, a place outside the sheet, a text too long.
pub fn write_xlsx(plan: &WorkbookPlan) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = plan.created.format("%Y-%m-%dT00:00:00").to_string();
    let author = if plan.author.is_empty() { PROGRAM } else { &plan.author };
    let properties = DocProperties::new()
        .set_title(&plan.title)
        .set_author(author)
        .set_status(plan.state.first().map_or("", String::as_str))
        .set_creation_datetime(&ExcelDateTime::parse_from_str(&created)?);
    workbook.set_properties(&properties);
    let mut formats = Formats::default();
    for sheet in &plan.sheets {
        let worksheet = workbook.add_worksheet();
        write_sheet(worksheet, sheet, &mut formats)?;
        set_page(worksheet, sheet, &plan.state)?;
    }
    for DefinedName { name, value: formula } in &plan.names {
        workbook.define_name(name, formula)?;
    }
    workbook.save_to_buffer()
}

fn write_sheet(worksheet: &mut Worksheet, plan: &SheetPlan, formats: &mut Formats) -> Result<(), XlsxError> {
    worksheet.set_name(&*plan.name)?;
    worksheet.set_hidden(plan.hidden);
    for (&column, &width) in &plan.widths {
        worksheet.set_column_width(column, width)?;
    }
    for (&column, &style) in &plan.column_styles {
        worksheet.set_column_format(column, formats.get(style))?;
    }
    for (&row, &height) in &plan.heights {
        worksheet.set_row_height(row, height)?;
    }
    let corners: BTreeMap<_, &CellRange> = plan.merges.iter().map(|range| (range.first, range)).collect();
    let blank = Format::default();
    for range in &plan.merges {
        let corner = plan.cells.iter().find(|cell| cell.at == range.first);
        let format = corner.map_or(&blank, |cell| formats.get(cell.style));
        let (first, last) = (range.first, range.last);
        worksheet.merge_range(first.row, first.column, last.row, last.column, "", format)?;
    }
    if let Some(range) = plan.filter {
        place_table(worksheet, plan, range)?;
    }
    let columns = &plan.column_styles;
    for cell in &plan.cells {
        if columns.get(&cell.at.column) == Some(&cell.style) && write_plain(worksheet, cell)? {
            continue;
        }
        // The rest of a merge was written with its corner; writing over it would unmerge its look.
        let is_corner = corners.contains_key(&cell.at);
        if is_corner && cell.content == Content::Blank {
            continue;
        }
        write_cell(worksheet, cell, formats)?;
    }
    protect(worksheet, plan)?;
    if let Some(at) = plan.freeze {
        worksheet.set_freeze_panes(at.row, at.column)?;
    }
    for highlight in &plan.highlights {
        follow_numbers(worksheet, highlight)?;
    }
    for chart in &plan.charts {
        worksheet.insert_chart(chart.at.row, chart.at.column, &native_chart(chart))?;
    }
    Ok(())
}

/// Conditional formats: colours that differ in lightness too, so that they are told apart in grey.
fn follow_numbers(worksheet: &mut Worksheet, highlight: &Highlight) -> Result<(), XlsxError> {
    let (first, last) = (highlight.range.first, highlight.range.last);
    match highlight.kind {
        HighlightKind::Sign => {
            let more = Format::new().set_font_color(Color::RGB(0x000b_4fa3)).set_background_color(Color::RGB(0x00dc_e9f7));
            let less = Format::new().set_font_color(Color::RGB(0x009c_3300)).set_background_color(Color::RGB(0x00ff_d9b3)).set_bold();
            let rules = [(ConditionalFormatCellRule::GreaterThan(0), more), (ConditionalFormatCellRule::LessThan(0), less)];
            for (rule, format) in rules {
                let conditional = ConditionalFormatCell::new().set_rule(rule).set_format(format);
                worksheet.add_conditional_format(first.row, first.column, last.row, last.column, &conditional)?;
            }
        }
        HighlightKind::Bar => {
            let bar = ConditionalFormatDataBar::new()
                .set_fill_color(Color::RGB(0x00a6_c8e0))
                .set_negative_fill_color(Color::RGB(0x00e0_9f3e))
                .set_solid_fill(true);
            worksheet.add_conditional_format(first.row, first.column, last.row, last.column, &bar)?;
        }
    }
    Ok(())
}

/// Bars by category, one colour per series, the numbers readable in grey too.
fn native_chart(plan: &ChartPlan) -> Chart {
    let mut chart = if plan.stacked { Chart::new(rust_xlsxwriter::ChartType::ColumnStacked) } else { Chart::new_column() };
    let range = |range: &CellRange| (plan.sheet.to_string(), range.first.row, range.first.column, range.last.row, range.last.column);
    for (ChartSeries { name, cells: values }, colour) in plan.series.iter().zip(COLOURS.iter().cycle()) {
        let categories = range(&plan.categories);
        let values = range(values);
        let series = chart.add_series().set_name(name.as_str()).set_format(
            rust_xlsxwriter::ChartFormat::new().set_solid_fill(rust_xlsxwriter::ChartSolidFill::new().set_color(Color::RGB(*colour))),
        );
        series.set_categories((categories.0.as_str(), categories.1, categories.2, categories.3, categories.4));
        series.set_values((values.0.as_str(), values.1, values.2, values.3, values.4));
        series.set_gap(60);
    }
    draw_axes(&mut chart, plan);
    chart.title().set_name(plan.title.as_str()).set_font(ChartFont::new().set_size(12));
    if plan.series.len() > 1 {
        chart.legend().set_position(rust_xlsxwriter::ChartLegendPosition::Bottom);
    } else {
        chart.legend().set_hidden();
    }
    let words = if plan.words.chars().count() > WORDS_LIMIT {
        plan.words.chars().take(WORDS_LIMIT - 1).chain(['…']).collect()
    } else {
        plan.words.clone()
    };
    chart.set_width(plan.width).set_height(plan.height).set_alt_text(words);
    chart
}

fn draw_axes(chart: &mut Chart, plan: &ChartPlan) {
    // Bars that do not begin at 0 say more than the numbers do.
    if plan.from_zero {
        chart.y_axis().set_min(0);
    }
    let light = ChartLine::new().set_color(Color::RGB(0x00d5_d9de)).clone();
    chart.y_axis().set_num_format(number_format(plan.axis, "")).set_major_gridlines_line(&light);
    if !plan.unit.is_empty() {
        chart.y_axis().set_name(plan.unit.as_str()).set_name_font(ChartFont::new().set_size(9));
    }
    // Every bar has its name, also where the program would leave every other one out.
    chart.x_axis().set_label_interval(1);
    if plan.upright {
        chart.x_axis().set_font(ChartFont::new().set_size(9).set_rotation(-90));
    }
}

/// Locks the sheet but for its open cells; widths and heights stay free to be changed.
fn protect(worksheet: &mut Worksheet, plan: &SheetPlan) -> Result<(), XlsxError> {
    if plan.protected {
        let options = ProtectionOptions { format_columns: true, format_rows: true, ..ProtectionOptions::default() };
        worksheet.protect_with_options(&options);
    }
    for validation in &plan.validations {
        let rule = DataValidation::new();
        let rule = match &validation.allowed {
            Allowed::Counts => rule.allow_whole_number(DataValidationRule::GreaterThanOrEqualTo(0)),
            Allowed::Amounts => rule.allow_decimal_number(DataValidationRule::GreaterThanOrEqualTo(0.0)),
            Allowed::OneOf(values) => rule.allow_list_strings(&values.iter().map(u32::to_string).collect::<Vec<_>>())?,
            Allowed::OneText(values) => rule.allow_list_strings(values)?,
            Allowed::TextsBeside(values) => rule.allow_list_strings(values)?.show_error_message(false),
        };
        let rule = rule.set_error_title(&validation.title)?.set_error_message(&validation.message)?;
        let (RowSpan { first, last }, column) = (validation.rows, validation.column);
        worksheet.add_data_validation(first, column, last, column, &rule)?;
    }
    Ok(())
}

/// Writes a cell that looks like its column, which the library need not look up; false for what it cannot write so.
fn write_plain(worksheet: &mut Worksheet, cell: &PlacedCell) -> Result<bool, XlsxError> {
    let (row, column) = (cell.at.row, cell.at.column);
    match &cell.content {
        Content::Text(text) => worksheet.write_string(row, column, &**text)?,
        Content::Number(number) => worksheet.write_number(row, column, *number)?,
        _ => return Ok(false),
    };
    Ok(true)
}

fn write_cell(worksheet: &mut Worksheet, cell: &PlacedCell, formats: &mut Formats) -> Result<(), XlsxError> {
    let (row, column) = (cell.at.row, cell.at.column);
    let format = formats.get(cell.style);
    match &cell.content {
        Content::Blank => worksheet.write_blank(row, column, format)?,
        Content::Text(text) => worksheet.write_string_with_format(row, column, &**text, format)?,
        Content::Number(number) => worksheet.write_number_with_format(row, column, *number, format)?,
        Content::Link(sheet, text) => {
            let target = format!("internal:'{}'!A1", sheet.replace('\'', "''"));
            worksheet.write_url_with_format(row, column, Url::new(target).set_text(&**text), &as_link(format))?
        }
        // A path that is too long for the format leads nowhere.
        Content::FileLink(target, text) if target.chars().count() > LONGEST_LINK => {
            worksheet.write_string_with_format(row, column, &**text, format)?
        }
        Content::FileLink(target, text) => {
            let target = format!("file:///{target}");
            worksheet.write_url_with_format(row, column, Url::new(target).set_text(&**text), &as_link(format))?
        }
        Content::ErrorFormula(formula, error) => {
            worksheet.write_formula_with_format(row, column, Formula::new(formula).set_result(*error), format)?
        }
        Content::Formula(formula, result) => {
            let formula = Formula::new(formula).set_result(result.to_string());
            worksheet.write_formula_with_format(row, column, formula, format)?
        }
    };
    Ok(())
}

/// The look of a cell, as a link.
fn as_link(format: &Format) -> Format {
    format.clone().set_font_color(Color::RGB(0x000b_4fa3)).set_underline(FormatUnderline::Single)
}

fn set_page(worksheet: &mut Worksheet, plan: &SheetPlan, state: &[String]) -> Result<(), XlsxError> {
    let page = &plan.page;
    let paper = match page.paper {
        Paper::A4 => 9,
        Paper::A3 => 8,
    };
    worksheet.set_paper_size(paper);
    if page.landscape {
        worksheet.set_landscape();
    }
    worksheet.set_print_fit_to_pages(page.pages_wide.max(1), page.pages_high);
    // Made smaller with the sheet, they could not be read.
    worksheet.set_header_footer_scale_with_doc(false);
    worksheet.set_margins(0.5, 0.5, 0.75, 0.75, 0.3, 0.3);
    if let Some(RowSpan { first, last }) = page.repeat_rows {
        worksheet.set_repeat_rows(first, last)?;
    }
    if page.pages_wide > 1
        && let Some(CellRef { column, .. }) = plan.freeze.filter(|at| at.column > 0)
    {
        worksheet.set_repeat_columns(0, column - 1)?;
    }
    if let Some(RowSpan { first, last }) = page.printed {
        let last_column = plan.cells.iter().map(|cell| cell.at.column).max().unwrap_or(0);
        worksheet.set_print_area(first, 0, last, last_column)?;
    }
    if !page.breaks.is_empty() {
        worksheet.set_page_breaks(&page.breaks)?;
    }
    worksheet.set_header(page_text(&page.header, state, ""));
    worksheet.set_footer(page_text(&page.footer, &[], " &P/&N"));
    Ok(())
}

/// Left, centre and right parts of a page header or footer, in the file format's own code. The state of the paper stands
/// in lines of its own below the centre, where no long name at the sides meets it.
fn page_text(parts: &[String; 3], state: &[String], numbers: &str) -> String {
    let mut text = String::new();
    let [left, centre, right] = parts.each_ref().map(|part| part.replace('&', "&&"));
    let (heading, more) = state
        .split_first()
        .map_or((String::new(), String::new()), |(heading, more)| (heading.replace('&', "&&"), more.join(" ").replace('&', "&&")));
    let taken = 20 + numbers.len() + if state.is_empty() { 0 } else { 10 };
    let parts = [left, centre, right, heading, more];
    let lengths = share_room(parts.each_ref().map(|part| part.chars().count()), PAGE_TEXT_LIMIT - taken);
    let [left, centre, right, heading, more] = std::array::from_fn(|at| parts[at].chars().take(lengths[at]).collect::<String>());
    for (code, part) in [("&L&8", left), ("&C&8", centre)] {
        place_part(&mut text, code, &part);
    }
    if !heading.is_empty() {
        place_part(&mut text, "\n&B", &heading);
        text.push_str("&B");
    }
    if !more.is_empty() {
        place_part(&mut text, "\n", &more);
    }
    place_part(&mut text, "&R&8", &right);
    text + numbers
}

fn place_part(text: &mut String, code: &str, part: &str) {
    text.push_str(code);
    // A digit after the font size would be read as part of it.
    if part.starts_with(|c: char| c.is_ascii_digit()) {
        text.push(' ');
    }
    text.push_str(part);
}

/// How much of each part there is room for: the longest gives way first, so that a long name of a
/// unit does not push out what must be known of the form.
fn share_room<const PARTS: usize>(mut lengths: [usize; PARTS], room: usize) -> [usize; PARTS] {
    while lengths.iter().sum::<usize>() > room {
        if let Some(longest) = lengths.iter_mut().max() {
            *longest -= 1;
        }
    }
    lengths
}

/// Formats made once per look.
#[derive(Default)]
struct Formats {
    made: BTreeMap<CellStyle, Format>,
}

impl Formats {
    fn get(&mut self, style: CellStyle) -> &Format {
        self.made.entry(style).or_insert_with(|| make_format(style))
    }
}

fn make_format(style: CellStyle) -> Format {
    let size = if style.size == 0 { 12 } else { style.size };
    let mut format = Format::new().set_font_name(FONT).set_font_size(size).set_align(FormatAlign::VerticalCenter);
    format = format.set_align(match style.align {
        Align::Left => FormatAlign::Left,
        Align::Centre => FormatAlign::Center,
        Align::Right => FormatAlign::Right,
    });
    if style.bold {
        format = format.set_bold();
    }
    if style.italic {
        format = format.set_italic();
    }
    if style.wrap {
        format = format.set_text_wrap();
    }
    format = match style.line {
        Line::None => format,
        Line::Thin => format.set_border(FormatBorder::Thin),
        Line::Medium => format.set_border(FormatBorder::Medium),
    };
    if style.open {
        format = format.set_unlocked();
    }
    if style.shaded {
        format = format.set_background_color(Color::RGB(0x00d9_d9d9));
    }
    // Behind the number, so that it stays one.
    let star = if style.starred { "\"*\"" } else { "" };
    match style.number {
        NumberLook::General => format,
        look => format.set_num_format(number_format(look, star)),
    }
}

/// A number format in the file format's own code.
fn number_format(look: NumberLook, star: &str) -> String {
    match look {
        NumberLook::General => "General".to_owned(),
        NumberLook::Day => "dd/mm/yyyy".to_owned(),
        NumberLook::Whole | NumberLook::Decimals(0) => format!("#,##0{star}"),
        NumberLook::Decimals(places) => format!("#,##0.{}{star}", "0".repeat(usize::from(places.min(6)))),
    }
}
