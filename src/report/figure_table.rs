//! An evaluated table as a listing: to a workbook with native charts, a page, a text.

use super::figure_chart::ChartNumbers;
use super::figure_texts::{FigureTexts, StatusTexts, TableTexts};
use crate::base::message::Lang;
use crate::base::number::{Fraction, hundredths};
use crate::base::percent::Percent;
use crate::forms::{RegisterSchema, ReportChart};
use crate::indicators::{Grid, GridCell, GridColumn, GridKind, GridRow, LeftOut, State, Value};
use crate::present::listing::{ListCell, ListColumn, ListRow, Listing, listing};
use crate::present::plan::{Align, SheetPlan};

/// Columns that say what a row is.
pub(super) const LEAD: u16 = 3;

/// A table's title lines, its words, and the register that names its blocks.
#[derive(Debug, Clone, Copy)]
pub struct TableLook<'a> {
    /// Language of the words.
    pub lang: Lang,
    /// Name of the sheet.
    pub name: &'a str,
    /// Title.
    pub title: &'a str,
    /// Lines under the title.
    pub lines: &'a [String],
    /// Words.
    pub texts: &'a FigureTexts,
    /// Names of groupings and kinds.
    pub register: &'a RegisterSchema,
}

/// The table as a listing.
#[must_use]
pub fn figure_listing(look: TableLook<'_>, grid: &Grid) -> Listing {
    let texts = &look.texts.table;
    let lead = texts.headings.iter().zip([11.0, 9.0, 27.0]);
    let lead = lead.map(|(heading, width)| ListColumn { heading: heading.clone(), width, align: Align::Left });
    let headings = grid.columns.iter().map(|column| {
        let (width, align) = if column.kind == GridKind::Explanation { (40.0, Align::Left) } else { (10.0, Align::Right) };
        ListColumn { heading: heading(texts, column), width, align }
    });
    let last = texts.status.iter().map(|words| ListColumn { heading: words.heading.clone(), width: 24.0, align: Align::Left });
    // Columns that are missing for one reason are told together.
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for LeftOut { column, why } in &grid.left_out {
        let why = why.said(look.lang);
        match reasons.iter_mut().find(|(known, _)| *known == why) {
            Some((_, columns)) => columns.push(column),
            None => reasons.push((why, vec![column])),
        }
    }
    let left_out = reasons.iter().map(|(why, columns)| texts.left_out.replace("{column}", &columns.join(", ")).replace("{reason}", why));
    let figures = |row: &GridRow| {
        let cells = row.cells.iter().zip(&grid.columns).map(|(cell, column)| figure_cell(cell, is_percent(column)));
        cells.collect::<Vec<ListCell>>()
    };
    let row = |row: &GridRow| {
        let lead = [block_name(look, &row.block), row.code.to_string(), row.name.to_string()].map(ListCell::from);
        let status = texts.status.iter().map(|words| ListCell::from(status(words, texts, grid, row)));
        ListRow { cells: lead.into_iter().chain(figures(row)).chain(status).collect(), strong: row.block == "all" }
    };
    Listing {
        name: look.name.to_owned(),
        lines: std::iter::once(look.title.to_owned()).chain(look.lines.iter().cloned()).chain(left_out).collect(),
        columns: lead.chain(headings).chain(last).collect(),
        rows: grid.rows.iter().map(row).collect(),
        cut: look.texts.cut.clone(),
        fixed_columns: LEAD,
        ..Listing::default()
    }
}

/// How whole the figures of a row are, in words: a mark beside a number is lost to whoever reads the numbers only. Changes
/// follow from the figures they are of, and are not named; so do ranks, unless another place may have another one.
fn status(words: &StatusTexts, texts: &TableTexts, grid: &Grid, row: &GridRow) -> String {
    let is_figure = |column: &GridColumn| matches!(column.kind, GridKind::Value | GridKind::LastYear | GridKind::Against);
    let figures = || row.cells.iter().zip(&grid.columns).filter(|(cell, column)| is_figure(column) && !matches!(cell, GridCell::Blank));
    let told = |text: &str, lacks: fn(&GridCell) -> bool| {
        let name = |column: &GridColumn| match column.kind {
            GridKind::Value => column.heading.clone(),
            _ => heading(texts, column),
        };
        let (lacking, whole): (Vec<_>, Vec<_>) = figures().partition(|(cell, _)| lacks(cell));
        let names = |all: &[(&GridCell, &GridColumn)]| all.iter().map(|(_, column)| name(column)).collect::<Vec<_>>().join("; ");
        let said = match (lacking.len(), whole.len()) {
            (0, _) => return None,
            (_, 0) => words.all.clone(),
            // The shorter of both lists.
            (many, few) if many > few => words.except.replace("{columns}", &names(&whole)),
            _ => names(&lacking),
        };
        Some(text.replace("{columns}", &said))
    };
    let incomplete = told(&words.incomplete, |cell| matches!(cell, GridCell::Value(value) if value.state == State::Incomplete));
    let open = told(&words.open, |cell| matches!(cell, GridCell::Value(value) if value.state == State::Open));
    let none = told(&words.none, |cell| match cell {
        GridCell::Unknown => true,
        GridCell::Value(value) => value.state == State::None && !value.is_of_nothing(),
        _ => false,
    });
    let mut told: Vec<String> = incomplete.into_iter().chain(open).chain(none).collect();
    if told.is_empty() {
        told.push(words.complete.clone());
    }
    if row.cells.iter().any(|cell| matches!(cell, GridCell::Rank(_, true))) {
        told.push(words.ranks.clone());
    }
    told.join(". ")
}

/// The table as a sheet, with its charts below it; numbers that these need besides are put among those given.
#[must_use]
pub fn figure_sheet(look: TableLook<'_>, grid: &Grid, charts: &[ReportChart], numbers: &mut ChartNumbers<'_>) -> SheetPlan {
    let table = figure_listing(look, grid);
    let mut plan = listing(&table);
    let first = plan.filter.map_or(0, |table| table.first.row + 1);
    numbers.draw(&mut plan, look, grid, charts, first);
    plan
}

fn heading(texts: &TableTexts, column: &GridColumn) -> String {
    let with = |text: &str| text.replace("{heading}", &column.heading);
    match column.kind {
        GridKind::LastYear => with(&texts.last_year),
        GridKind::Against => with(&texts.against).replace("{against}", &column.against),
        GridKind::Difference => with(&texts.difference),
        GridKind::Explanation => texts.explanation.clone(),
        // Of a ratio, how much it rose or fell; of a sum, by how many per cent.
        GridKind::Change if column.is_ratio => with(&texts.difference),
        GridKind::Change => with(&texts.change),
        GridKind::Rank if column.is_lowest_first => with(&texts.rank_lowest),
        GridKind::Rank => with(&texts.rank),
        GridKind::Value if column.unit.is_empty() => column.heading.clone(),
        GridKind::Value => with(&texts.unit).replace("{unit}", &column.unit),
    }
}

fn block_name(look: TableLook<'_>, block: &str) -> String {
    let texts = &look.texts.table;
    match block {
        "all" => texts.all.clone(),
        "unit" => texts.each.clone(),
        "band" => texts.band.clone(),
        key => texts.grouping(look.register, key, look.lang).to_owned(),
    }
}

/// Sign in the place of a figure that is not known.
const UNKNOWN: &str = "?";

/// Unit of measure of percentages.
const PERCENT: &str = "%";

/// Whether the numbers of a column are percentages, or differences of percentages.
pub(super) fn is_percent(column: &GridColumn) -> bool {
    column.unit == PERCENT || (column.kind == GridKind::Change && !column.is_ratio)
}

/// A cell of an evaluated table as a content; a figure or a change may be a percentage.
#[must_use]
pub fn figure_cell(cell: &GridCell, is_percent: bool) -> ListCell {
    match cell {
        GridCell::Blank => ListCell::Blank,
        GridCell::Unknown => UNKNOWN.into(),
        GridCell::Value(value) => value_cell(value, is_percent),
        GridCell::Text(text) => text.as_str().into(),
        GridCell::Difference(number, kind, incomplete) => starred(ListCell::Number(*number, *kind), *incomplete),
        GridCell::Rank(rank, is_open) => {
            starred(ListCell::Number(i64::try_from(*rank).unwrap_or(i64::MAX), crate::base::number::NumberKind::Counts), *is_open)
        }
        GridCell::Change(numerator, denominator, incomplete) => {
            starred(quotient_cell(Fraction { numerator: *numerator, denominator: *denominator }, is_percent), *incomplete)
        }
    }
}

/// A value as a content: `-` where it is divided by nothing, starred where it lacks parts.
#[must_use]
pub fn value_cell(value: &Value, is_percent: bool) -> ListCell {
    let incomplete = value.state.is_marked();
    match value.state {
        State::None if value.is_of_nothing() => "-".into(),
        State::None if value.unknown => UNKNOWN.into(),
        State::None => ListCell::Blank,
        _ if value.is_sum() => {
            starred(value.numerator.map_or(ListCell::Blank, |number| ListCell::Number(number, value.kind())), incomplete)
        }
        _ => starred(value.fraction().map_or(ListCell::Blank, |fraction| quotient_cell(fraction, is_percent)), incomplete),
    }
}

/// A quotient as a content: a percentage, or else two decimals.
pub(super) fn quotient_cell(fraction: Fraction, is_percent: bool) -> ListCell {
    if is_percent {
        Percent::of(fraction).map_or(ListCell::Blank, ListCell::Percent)
    } else {
        hundredths(fraction.numerator, fraction.denominator).map_or(ListCell::Blank, ListCell::Hundredths)
    }
}

pub(super) fn starred(cell: ListCell, incomplete: bool) -> ListCell {
    if incomplete && cell != ListCell::Blank { ListCell::Starred(Box::new(cell)) } else { cell }
}
