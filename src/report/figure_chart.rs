//! Native charts below a table: which of its rows are drawn, what is said of the others, and the numbers behind them.
//!
//! A chart whose rows all have their numbers refers to the table. Another one would draw what is not known as 0, or more
//! places than anybody can tell apart: its numbers stand on a sheet of their own.

use std::sync::Arc;

use super::axis::{PLACES, keep_extremes};
use super::figure_table::{LEAD, TableLook, figure_cell, is_percent};
use super::figure_texts::ChartTexts;
use crate::base::location::{CellRange, CellRef, RowSpan};
use crate::base::number::Fraction;
use crate::forms::ReportChart;
use crate::indicators::{Grid, GridCell, GridColumn, GridKind, GridRow};
use crate::present::Presenter;
use crate::present::breaks::keep_together;
use crate::present::fit::fit;
use crate::present::listing::{ListCell, placed};
use crate::present::plan::{Align, CellStyle, ChartPlan, ChartSeries, Content, Line, NumberLook, PlacedCell, SheetPlan};

/// Pixels of a chart: least and greatest width, and what a bar takes.
const CHART_WIDTH: (u32, u32, u32) = (720, 1600, 36);
const CHART_HEIGHT: u32 = 380;
/// Pixels and rows of the sheet that names need when they stand upright.
const UPRIGHT: (u32, u32) = (120, 6);
/// Rows of the sheet that a chart covers.
const CHART_ROWS: u32 = 20;
/// Places from which their names stand upright.
const MANY: usize = 12;

/// The numbers behind charts that do not stand side by side in the tables.
#[derive(Debug)]
pub struct ChartNumbers<'a> {
    texts: &'a ChartTexts,
    name: Arc<str>,
    cells: Vec<PlacedCell>,
    next: u32,
}

/// The place of a chart's numbers.
struct Ranges {
    sheet: Arc<str>,
    categories: CellRange,
    series: Vec<CellRange>,
}

/// A place with the cells of its series.
struct Place<'a> {
    row: u32,
    name: &'a str,
    cells: Vec<&'a GridCell>,
}

impl Place<'_> {
    fn number(&self, series: usize) -> Option<f64> {
        number(self.cells[series])
    }

    /// The number that places are put in order by.
    fn height(&self, is_stacked: bool) -> f64 {
        if is_stacked { (0..self.cells.len()).filter_map(|at| self.number(at)).sum() } else { self.number(0).unwrap_or(f64::MIN) }
    }

    /// Parts of it are missing.
    fn is_marked(&self) -> bool {
        self.cells.iter().any(|cell| match cell {
            GridCell::Value(value) => value.state.is_marked() || value.unknown,
            cell => matches!(cell, GridCell::Unknown),
        })
    }

    /// A sign stands in the table where it has no number.
    fn has_signs(&self) -> bool {
        self.cells.iter().any(|cell| matches!(figure_cell(cell, false), ListCell::Text(_)))
    }
}

fn number(cell: &GridCell) -> Option<f64> {
    let GridCell::Value(value) = cell else { return None };
    let Fraction { numerator, denominator } = value.fraction()?;
    Some(numerator as f64 / denominator as f64)
}

/// The rows of a chart, and what it leaves out of them.
struct Chosen<'a> {
    places: Vec<Place<'a>>,
    /// Places with a number.
    all: usize,
    /// Places that should have one and have none.
    without: usize,
}

impl<'a> Chosen<'a> {
    /// Places of a block with any number, only the highest and the lowest of very many.
    fn of(grid: &'a Grid, chart: &ReportChart, first: u32, series: &[usize]) -> Self {
        let is_own = |row: &&GridRow| row.block == chart.rows && !row.code.is_empty();
        let place = |row: &'a GridRow, at: u32| Place {
            row: first + at,
            name: &row.name,
            cells: series.iter().map(|&at| &row.cells[at]).collect(),
        };
        let rows = (0_u32..).zip(&grid.rows).filter(|(_, row)| is_own(row)).map(|(at, row)| place(row, at));
        let (mut places, others): (Vec<Place<'_>>, Vec<Place<'_>>) =
            rows.partition(|own| (0..series.len()).any(|at| own.number(at).is_some()));
        let (all, without) = (places.len(), others.iter().filter(|own| own.has_signs()).count());
        keep_extremes(&mut places, |own| own.height(chart.stacked));
        Self { places, all, without }
    }

    const fn left(&self) -> usize {
        self.all - self.places.len()
    }

    /// Whether the table has the rows one below the other with nothing to be told of them.
    fn is_in_table(&self) -> bool {
        let is_told = |own: &Place<'_>| own.is_marked() || own.has_signs();
        self.left() == 0 && self.places.windows(2).all(|two| two[1].row == two[0].row + 1) && !self.places.iter().any(is_told)
    }
}

impl<'a> ChartNumbers<'a> {
    /// None yet.
    #[must_use]
    pub fn new(texts: &'a ChartTexts) -> Self {
        Self { texts, name: Arc::from(texts.numbers.as_str()), cells: Vec::new(), next: 0 }
    }

    /// The sheet of them, where there are any.
    #[must_use]
    pub fn sheet(self) -> Option<SheetPlan> {
        if self.cells.is_empty() {
            return None;
        }
        let mut plan = SheetPlan { name: self.name, cells: self.cells, ..SheetPlan::default() };
        plan.widths.insert(0, 40.0);
        let last = plan.cells.iter().map(|cell| cell.at.column).max().unwrap_or(0);
        plan.widths.extend((1..=last).map(|column| (column, 16.0)));
        fit(&mut plan);
        Some(plan)
    }

    /// Draws charts of a table whose rows begin at `first`, below it.
    pub(super) fn draw(&mut self, plan: &mut SheetPlan, look: TableLook<'_>, grid: &Grid, charts: &[ReportChart], first: u32) {
        let mut at = first + u32::try_from(grid.rows.len()).unwrap_or(0) + 1;
        let mut blocks = Vec::new();
        for chart in charts {
            let top = at;
            let is_drawn = |column: &GridColumn| column.kind == GridKind::Value && chart.columns.contains(&column.id);
            let series: Vec<usize> = grid.columns.iter().enumerate().filter(|(_, column)| is_drawn(column)).map(|(at, _)| at).collect();
            let chosen = Chosen::of(grid, chart, first, &series);
            if chosen.places.is_empty() {
                continue;
            }
            let title = self.title(chart, &chosen, look);
            let ranges =
                if chosen.is_in_table() { in_table(plan, &chosen, &series) } else { self.add(look, grid, &title, &chosen, &series) };
            for note in self.notes(chart, &chosen, look, &grid.columns[series[0]]) {
                let style = CellStyle { italic: true, size: 11, ..CellStyle::default() };
                plan.cells.push(PlacedCell { at: CellRef::new(at, 0), content: Content::Text(note.as_str().into()), style });
                at += 1;
            }
            let columns: Vec<&GridColumn> = series.iter().map(|&at| &grid.columns[at]).collect();
            plan.charts.push(native(chart, &chosen, &columns, ranges, Placing { at, title }));
            at += CHART_ROWS + if chosen.places.len() > MANY { UPRIGHT.1 } else { 0 };
            blocks.push(RowSpan { first: top, last: at - 1 });
        }
        keep_together(plan, &blocks);
    }

    /// The chart's title, which goes with it wherever it is copied to.
    fn title(&self, chart: &ReportChart, chosen: &Chosen<'_>, look: TableLook<'_>) -> String {
        if chosen.left() == 0 {
            return chart.title.clone();
        }
        let count = |count: usize| Presenter::new(look.lang).count(count);
        self.texts.title.replace("{title}", &chart.title).replace("{shown}", &count(PLACES / 2)).replace("{all}", &count(chosen.all))
    }

    /// Sentences above a chart: of places that it leaves out, and of the star behind names.
    fn notes(&self, chart: &ReportChart, chosen: &Chosen<'_>, look: TableLook<'_>, column: &GridColumn) -> Vec<String> {
        let (texts, count) = (self.texts, |count: usize| Presenter::new(look.lang).count(count));
        let mut notes = Vec::new();
        if chosen.left() > 0 {
            let by = if chart.stacked { &texts.sum } else { &column.heading };
            let note = texts.left_out.replace("{shown}", &count(PLACES / 2)).replace("{all}", &count(chosen.all));
            notes.push(note.replace("{left}", &count(chosen.left())).replace("{by}", by));
        }
        if chosen.without > 0 {
            notes.push(texts.without.replace("{count}", &count(chosen.without)));
        }
        if chosen.places.iter().any(Place::is_marked) {
            notes.push(texts.marked.clone());
        }
        notes.retain(|note| !note.is_empty());
        notes
    }

    /// Puts the numbers of a chart below those of the last one.
    fn add(&mut self, look: TableLook<'_>, grid: &Grid, title: &str, chosen: &Chosen<'_>, series: &[usize]) -> Ranges {
        let plain = CellStyle { size: 11, line: Line::Thin, ..CellStyle::default() };
        let bold = CellStyle { bold: true, wrap: true, align: Align::Centre, ..plain };
        let mut put = |at: CellRef, content: Content, style: CellStyle| self.cells.push(PlacedCell { at, content, style });
        let text = |text: &str| Content::Text(text.into());
        let source = self.texts.source.replace("{title}", title).replace("{sheet}", look.name);
        put(CellRef::new(self.next, 0), text(&source), CellStyle { bold: true, size: 11, ..CellStyle::default() });
        let headings = std::iter::once(&self.texts.place).chain(series.iter().map(|&at| &grid.columns[at].heading));
        for (column, heading) in (0..).zip(headings) {
            put(CellRef::new(self.next + 1, column), text(heading), bold);
        }
        let top = self.next + 2;
        let mut row = top;
        for (at, own) in chosen.places.iter().enumerate() {
            if chosen.left() > 0 && at == PLACES / 2 {
                let gap = self.texts.gap.replace("{left}", &Presenter::new(look.lang).count(chosen.left()));
                put(CellRef::new(row, 0), text(&gap), plain);
                row += 1;
            }
            let star = if own.is_marked() { "*" } else { "" };
            put(CellRef::new(row, 0), text(&format!("{}{star}", own.name)), plain);
            for ((column, &at), cell) in (1..).zip(series).zip(&own.cells) {
                // A word in the place of a number would be drawn as 0.
                let shown = figure_cell(cell, is_percent(&grid.columns[at]));
                let (content, style) =
                    placed(if shown.is_number() { &shown } else { &ListCell::Blank }, CellStyle { align: Align::Right, ..plain });
                put(CellRef::new(row, column), content, style);
            }
            row += 1;
        }
        self.next = row + 1;
        let range = |column| CellRange { first: CellRef::new(top, column), last: CellRef::new(row - 1, column) };
        Ranges { sheet: Arc::clone(&self.name), categories: range(0), series: (1..).take(series.len()).map(range).collect() }
    }
}

/// The numbers as the table has them.
fn in_table(plan: &SheetPlan, chosen: &Chosen<'_>, series: &[usize]) -> Ranges {
    let (top, bottom) = (chosen.places.first().map_or(0, |own| own.row), chosen.places.last().map_or(0, |own| own.row));
    let range = |column: u16| CellRange { first: CellRef::new(top, column), last: CellRef::new(bottom, column) };
    let column = |at: &usize| LEAD + u16::try_from(*at).unwrap_or(u16::MAX - LEAD);
    Ranges { sheet: Arc::clone(&plan.name), categories: range(LEAD - 1), series: series.iter().map(|at| range(column(at))).collect() }
}

/// Where a chart stands, and its title.
struct Placing {
    at: u32,
    title: String,
}

fn native(chart: &ReportChart, chosen: &Chosen<'_>, columns: &[&GridColumn], ranges: Ranges, placing: Placing) -> ChartPlan {
    let bars = u32::try_from(chosen.places.len() * if chart.stacked { 1 } else { columns.len() }).unwrap_or(0);
    let names: Vec<&str> = columns.iter().map(|own| own.heading.as_str()).collect();
    let is_upright = chosen.places.len() > MANY;
    let numbers = || chosen.places.iter().flat_map(|own| (0..columns.len()).filter_map(|at| own.number(at)));
    let most = numbers().fold(0.0, f64::max);
    // Those of the cells would put a star behind the numbers of the axis.
    let axis = [(5.0, NumberLook::Whole), (1.0, NumberLook::Decimals(1))].into_iter().find(|(from, _)| most >= *from);
    let unit = columns.iter().all(|own| own.unit == columns[0].unit).then(|| columns[0].unit.clone());
    let words = chosen.places.iter().map(|own| own.name).collect::<Vec<_>>();
    ChartPlan {
        at: CellRef::new(placing.at, 0),
        words: format!("{}: {} ({} – {})", placing.title, names.join(", "), words[0], words[words.len() - 1]),
        title: placing.title,
        stacked: chart.stacked,
        sheet: ranges.sheet,
        categories: ranges.categories,
        series: columns.iter().zip(ranges.series).map(|(own, cells)| ChartSeries { name: own.heading.clone(), cells }).collect(),
        unit: unit.unwrap_or_default(),
        axis: axis.map_or(NumberLook::Decimals(2), |(_, look)| look),
        from_zero: numbers().all(|number| number >= 0.0),
        upright: is_upright,
        width: (bars * CHART_WIDTH.2).clamp(CHART_WIDTH.0, CHART_WIDTH.1),
        height: CHART_HEIGHT + if is_upright { UPRIGHT.0 } else { 0 },
    }
}
