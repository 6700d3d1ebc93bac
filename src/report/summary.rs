//! The workbook around evaluated tables: cover, contents, tables with charts, indicators, notes and sources.

use std::collections::BTreeSet;

use super::figure_chart::ChartNumbers;
use super::figure_table::{TableLook, figure_sheet, value_cell};
use super::figure_texts::{BookTexts, FigureTexts};
use crate::base::location::RowSpan;
use crate::base::message::Lang;
use crate::base::number::NumberKind;
use crate::forms::{Indicator, MeasureRef, Measured, ReportBook, ReportSheet, Schemas};
use crate::indicators::{Grid, IndicatorLine, PlaceKind, Places, SplitPart, State};
use crate::present::PaperState;
use crate::present::listing::{ListCell, ListColumn, ListRow, Listing, listing};
use crate::present::plan::{Align, SheetPlan, WorkbookPlan};

/// A table and what it comes to.
#[derive(Debug)]
pub struct EvaluatedTable<'a> {
    /// As laid out.
    pub sheet: &'a ReportSheet,
    /// The grid it comes to.
    pub grid: Grid,
}

/// Indicators at their places.
#[derive(Debug, Clone, Copy)]
pub struct IndicatorLines<'a> {
    /// The lines.
    pub lines: &'a [IndicatorLine<'a>],
    /// The places that they name by position.
    pub places: &'a Places,
}

/// Data of a workbook of tables.
#[derive(Debug)]
pub struct SummaryBook<'a> {
    /// Its language.
    pub lang: Lang,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Words.
    pub texts: &'a FigureTexts,
    /// Measures, indicators, names of groupings.
    pub schemas: &'a Schemas,
    /// As laid out.
    pub book: &'a ReportBook,
    /// The evaluated tables, in the order of the sheets.
    pub grids: &'a [EvaluatedTable<'a>],
    /// Indicators by place, for a sheet of their own; none in an ad-hoc report.
    pub indicators: Option<IndicatorLines<'a>>,
    /// The term in words.
    pub term: &'a str,
    /// The circular's name.
    pub circular: &'a str,
    /// Identity of the run.
    pub run: &'a str,
    /// Symbols of forms whose layout is not verified, with their status in words.
    pub unverified: &'a [String],
    /// Lines of the cover about coverage.
    pub coverage: &'a [String],
    /// Author, for the file's properties.
    pub author: &'a str,
    /// Day of the figures.
    pub day: chrono::NaiveDate,
}

/// The workbook as plain data.
#[must_use]
pub fn summary_book(summary: &SummaryBook<'_>) -> WorkbookPlan {
    let texts = &summary.texts.book;
    let title = summary.book.title.replace("{term}", summary.term);
    let mut listed: Vec<(String, String)> = Vec::new();
    let mut tables = Vec::new();
    let mut numbers = ChartNumbers::new(&summary.texts.chart);
    for EvaluatedTable { sheet, grid } in summary.grids {
        let title = sheet.title.replace("{term}", summary.term);
        let warning = layout_warning(summary);
        let look = TableLook {
            lang: summary.lang,
            name: &sheet.name,
            title: &title,
            lines: &warning,
            texts: summary.texts,
            register: &summary.schemas.register,
        };
        tables.push(figure_sheet(look, grid, &sheet.charts, &mut numbers));
        listed.push((sheet.name.clone(), title));
    }
    if let Some(IndicatorLines { lines, places }) = summary.indicators {
        let title = texts.indicators_title.replace("{term}", summary.term);
        tables.push(indicator_sheet(summary, lines, places, &title));
        listed.push((texts.indicators.clone(), title));
    }
    // Behind the tables, so that nothing stands between them.
    let numbers = numbers.sheet();
    listed.extend(numbers.iter().map(|own| (own.name.to_string(), own.name.to_string())));
    listed.push((texts.notes.clone(), texts.notes.clone()));
    let mut sheets = vec![cover(summary, &title), contents(texts, &listed)];
    sheets.extend(tables);
    sheets.extend(numbers);
    sheets.push(notes(summary));
    WorkbookPlan {
        title,
        created: summary.day,
        author: summary.author.to_owned(),
        state: summary.state.lines(summary.lang),
        sheets,
        names: Vec::new(),
    }
}

fn layout_warning(summary: &SummaryBook<'_>) -> Vec<String> {
    let any = (!summary.unverified.is_empty()).then(|| summary.texts.layouts.replace("{forms}", &summary.unverified.join(", ")));
    any.into_iter().collect()
}

/// A sheet of lines, one cell each.
fn lines_sheet(name: &str, lines: Vec<String>) -> SheetPlan {
    let column = ListColumn { heading: String::new(), width: 110.0, align: Align::Left };
    let table = Listing { name: name.to_owned(), lines, columns: vec![column], ..Listing::default() };
    let mut plan = listing(&table);
    // No table stands there.
    plan.filter = None;
    plan.freeze = None;
    plan.cells.retain(|cell| !matches!(&cell.content, crate::present::plan::Content::Text(text) if text.is_empty()));
    plan.page.repeat_rows = None;
    plan
}

fn cover(summary: &SummaryBook<'_>, title: &str) -> SheetPlan {
    let texts = &summary.texts.book;
    let mut lines = vec![title.to_owned()];
    lines.extend(summary.book.about.iter().cloned());
    lines.extend(summary.state.lines(summary.lang));
    lines.push(texts.circular.replace("{circular}", summary.circular));
    lines.extend(summary.coverage.iter().cloned());
    lines.extend(layout_warning(summary));
    lines.push(texts.run.replace("{run}", summary.run));
    lines_sheet(&texts.cover, lines)
}

fn contents(texts: &BookTexts, listed: &[(String, String)]) -> SheetPlan {
    let columns = texts.contents_headings.iter().zip([34.0, 80.0]);
    let rows = listed
        .iter()
        .map(|(name, title)| ListRow { cells: vec![ListCell::Link(name.clone(), name.clone()), title.as_str().into()], strong: false });
    listing(&Listing {
        name: texts.contents.clone(),
        lines: vec![texts.contents_title.clone()],
        columns: columns.map(|(heading, width)| ListColumn { heading: heading.clone(), width, align: Align::Left }).collect(),
        rows: rows.collect(),
        fixed_columns: 1,
        ..Listing::default()
    })
}

fn indicator_sheet(summary: &SummaryBook<'_>, lines: &[IndicatorLine<'_>], places: &Places, title: &str) -> SheetPlan {
    let widths = [14.0, 40.0, 22.0, 8.0, 14.0, 11.0, 30.0, 10.0, 14.0, 10.0, 10.0, 9.0, 9.0, 9.0, 9.0, 26.0];
    let column = |(at, (heading, width)): (usize, (&String, f64))| ListColumn {
        heading: heading.clone(),
        width,
        align: match at {
            8 | 15 => Align::Centre,
            7..15 => Align::Right,
            _ => Align::Left,
        },
    };
    // Schools are in the archive; here stand places, and what an indicator is split into for the whole.
    let is_shown = |line: &&IndicatorLine<'_>| {
        let whole = places.whole.contains(&line.place);
        whole || (line.split.is_none() && matches!(places.all[line.place].kind, PlaceKind::Group(_)))
    };
    let is_of_whole = |line: &IndicatorLine<'_>| line.split.is_none() && places.whole.contains(&line.place);
    let is_printed = |line: &&IndicatorLine<'_>| is_of_whole(line) && line.value.state != State::None;
    // Paper has the figures of the whole; parts, places and what has no value follow, to be filtered on the screen.
    let (printed, others): (Vec<_>, Vec<_>) = lines.iter().filter(is_shown).partition(is_printed);
    let rest = (!others.is_empty() && !printed.is_empty()).then(|| summary.texts.book.printed.clone()).filter(|line| !line.is_empty());
    let printed_rows = rest.as_ref().map(|_| printed.len());
    let shown = printed.into_iter().chain(others);
    let mut plan = listing(&Listing {
        name: summary.texts.book.indicators.clone(),
        lines: std::iter::once(title.to_owned()).chain(rest).chain(layout_warning(summary)).collect(),
        columns: summary.texts.book.indicators_headings.iter().zip(widths).enumerate().map(column).collect(),
        rows: shown.map(|line| indicator_row(summary, line, places)).collect(),
        cut: summary.texts.cut.clone(),
        fixed_columns: 2,
        ..Listing::default()
    });
    let heading = plan.filter.map_or(0, |table| table.first.row);
    print_to(&mut plan, printed_rows.and_then(|rows| u32::try_from(rows).ok()).map(|rows| heading + rows));
    plan
}

/// Prints a sheet down to a row; all of it where none is given.
fn print_to(plan: &mut SheetPlan, last: Option<u32>) {
    if let Some(last) = last {
        plan.page.printed = Some(RowSpan { first: 0, last });
        plan.page.pages_high = 0;
    }
}

fn indicator_row(summary: &SummaryBook<'_>, line: &IndicatorLine<'_>, places: &Places) -> ListRow {
    let IndicatorLine { indicator, value, .. } = line;
    let (texts, register, place) = (&summary.texts.book, &summary.schemas.register, &places.all[line.place]);
    let base = line.base.map(|base| format!(" ({})", base.name(summary.lang))).unwrap_or_default();
    let part = |own: &SplitPart| {
        let id = format!("{}={}", own.dimension, own.part);
        texts.parts.get(&id).cloned().unwrap_or(id)
    };
    let split = line.split.as_ref().map(part).unwrap_or_default();
    let count = |number: u32| ListCell::Number(number.into(), NumberKind::Counts);
    let amount = |number: Option<i64>, kind| number.map_or(ListCell::Blank, |number| ListCell::Number(number, kind));
    let code = if line.code.is_empty() { &indicator.id } else { line.code };
    let by = match &place.kind {
        PlaceKind::Unit(_) => summary.texts.table.all.clone(),
        kind => summary.texts.table.grouping(register, kind.id(), summary.lang).to_owned(),
    };
    let state = match (&value.reason, value.state) {
        (Some(reason), _) => reason.said(summary.lang),
        (None, State::Complete) => texts.complete.clone(),
        (None, State::Open) => texts.open.clone(),
        (None, _) => texts.incomplete.clone(),
    };
    let cells = vec![
        code.into(),
        format!("{}{base}", indicator.name(summary.lang)).into(),
        indicator.system(summary.lang).into(),
        line.level.into(),
        split.into(),
        by.into(),
        (**place.name_in(summary.lang)).into(),
        value_cell(value, indicator.measured == Measured::Percent),
        indicator.unit(summary.lang).into(),
        amount(value.numerator, value.kind()),
        amount(value.denominator, value.kind_below()),
        count(value.coverage.received),
        count(value.coverage.expected),
        value.units.map_or(ListCell::Blank, |units| count(units.within)),
        value.units.map_or(ListCell::Blank, |units| count(units.expected)),
        state.into(),
    ];
    ListRow { cells, strong: places.whole.contains(&line.place) && line.split.is_none() }
}

/// Symbols, the book's own notes, and the source of every indicator it shows.
fn notes(summary: &SummaryBook<'_>) -> SheetPlan {
    let texts = &summary.texts.book;
    let used: BTreeSet<&str> =
        summary.grids.iter().flat_map(|own| &own.sheet.columns).filter_map(|c| c.value.as_ref()).map(|v| &*v.name).collect();
    let is_shown = |own: &&Indicator| summary.indicators.is_some() || used.contains(own.id.as_str());
    let widths = [40.0, 16.0, 14.0, 26.0, 26.0, 40.0, 11.0, 40.0];
    let columns = texts.sources_headings.iter().zip(widths);
    let row = |own: &Indicator| {
        let (numerator, denominator) = own.figures(own.base(None));
        let cells = [
            own.name(summary.lang).to_owned(),
            own.code.clone(),
            own.system(summary.lang).to_owned(),
            figures(summary, numerator),
            figures(summary, denominator),
            own.source(summary.lang).to_owned(),
            own.confidence.clone(),
            summary.lang.pick(&own.note_vi, &own.note_en).to_owned(),
        ];
        ListRow { cells: cells.into_iter().map(ListCell::from).collect(), strong: false }
    };
    let mut lines = vec![texts.symbols_title.clone()];
    lines.extend(summary.texts.symbols.iter().cloned());
    lines.extend(summary.book.notes.iter().cloned());
    // Every row of the sources is a paragraph: they are read on the screen.
    let is_cut = summary.indicators.is_some() && !texts.sources_not_printed.is_empty();
    lines.extend(is_cut.then(|| texts.sources_not_printed.clone()));
    lines.push(texts.sources_title.clone());
    let mut plan = listing(&Listing {
        name: texts.notes.clone(),
        lines,
        columns: columns.map(|(heading, width)| ListColumn { heading: heading.clone(), width, align: Align::Left }).collect(),
        rows: summary.schemas.indicators.iter().filter(is_shown).map(row).collect(),
        fixed_columns: 1,
        ..Listing::default()
    });
    // The last line above the table is its title, a blank row stands between them.
    let last = plan.filter.map(|table| table.first.row.saturating_sub(3));
    print_to(&mut plan, last.filter(|_| is_cut));
    plan
}

/// Figures in words: names of measures, with what is chosen of them.
fn figures(summary: &SummaryBook<'_>, picks: &[MeasureRef]) -> String {
    let one = |pick: &MeasureRef| {
        let name = summary.schemas.measures.get(&pick.name).map_or(pick.name.as_str(), |measure| measure.name(summary.lang));
        let select: Vec<String> = pick.select.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let select = if select.is_empty() { String::new() } else { format!(" [{}]", select.join(", ")) };
        let level = pick.level.as_ref().map(|level| format!(" {level}")).unwrap_or_default();
        let back = if pick.back.years == 0 { String::new() } else { format!(" (t−{})", pick.back.years) };
        format!("{}{name}{level}{select}{back}", if pick.negative { "− " } else { "" })
    };
    picks.iter().map(one).collect::<Vec<_>>().join(" + ").replace("+ − ", "− ")
}
