//! A table as laid out by people, evaluated: rows of places, columns of values, still exact and without a look.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::beside::{AlikeValues, Both};
use super::grid_cells::{Grid, GridCell, GridColumn, GridKind, GridRow, LeftOut};
use super::measure_data::MeasureData;
use super::measure_plan::{Formula, FormulaSpec, MeasurePlan, whole_only};
use super::places::Places;
use super::rows::{beside, mask, places};
use super::sums::MeasureSums;
use super::value::{State, Value};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::number::Fraction;
use crate::base::term::Term;
use crate::forms::{Indicator, MeasureRef, Order, ReportColumn, ReportSheet};

/// A column bound to formulas: now, and a year ago where it is shown.
struct BoundColumn<'a> {
    column: &'a ReportColumn,
    heading: GridColumn,
    now: Formula,
    before: Option<Formula>,
    /// Of a sum, now over before in the units of which both are known: a return that is missing is no decrease.
    change: Option<Formula>,
    /// Of a ratio, now and before in the units of which both are known.
    alike: Option<Alike>,
    /// The place whose figure stands beside it; the row's own otherwise.
    beside: Option<usize>,
}

/// A ratio of two terms, each without the units that the other one does not know.
struct Alike {
    now: Formula,
    before: Formula,
}

/// Evaluates a table, its words in a language.
///
/// # Errors
/// When it names a figure, a level or a grouping that there is not.
pub fn grid(facts: &MeasureData<'_>, shown: &str, sheet: &ReportSheet, lang: Lang) -> Result<Grid> {
    let mask = mask(facts, shown, sheet)?;
    let mut left_out = Vec::new();
    let mut demand = MeasurePlan::new(facts);
    let mut columns = Vec::new();
    let expanded: Vec<ReportColumn> = sheet.columns.iter().flat_map(|column| expand(facts, column)).collect();
    for column in &expanded {
        match bind(facts, &mut demand, sheet, column, lang) {
            Ok((bound, gap)) => {
                left_out.extend(
                    gap.map(|why| LeftOut { column: message!("indicators.of_last_year", heading = bound.heading.heading).said(lang), why }),
                );
                columns.push(bound);
            }
            Err(Unbound::Figure(why)) => left_out.push(LeftOut { column: heading_of(facts, sheet, column, lang), why }),
            Err(Unbound::Name(reason)) => return Err(Error::config(shown, reason)),
        }
    }
    let (places, blocks) = places(facts, shown, sheet, lang)?;
    if blocks.iter().any(|(block, _)| block != "all") || mask.is_some() {
        let only = columns.iter().filter(|bound| bound.now.is_whole_only);
        left_out.extend(only.map(|bound| LeftOut {
            column: message!("indicators.by_place", heading = bound.heading.heading).said(lang),
            why: whole_only(),
        }));
    }
    for bound in &mut columns {
        bound.beside = beside(&places, bound.column).map_err(|reason| Error::config(shown, reason))?;
    }
    let sums = facts.sums(&demand, &places, mask.as_deref());
    let mut rows = Vec::new();
    for (block, members) in blocks {
        let mut own = block_rows(facts, &places, &sums, &block, &members, &columns);
        for (row, place) in &mut own {
            row.name = Arc::clone(places.all[*place].name_in(lang));
        }
        if sheet.explanations {
            for (row, place) in &mut own {
                let compared = columns.iter().filter(|column| column.before.is_some()).map(|column| &column.now);
                let text = super::beside::explained(facts, &demand, &places.all[*place], compared);
                row.cells.push(if text.is_empty() { GridCell::Blank } else { GridCell::Text(text) });
            }
        }
        rows.extend(own.into_iter().map(|(row, _)| row));
    }
    let mut headings: Vec<GridColumn> = columns.iter().flat_map(headings).collect();
    if sheet.explanations {
        headings.push(GridColumn { kind: GridKind::Explanation, ..GridColumn::default() });
    }
    Ok(Grid { columns: headings, rows, left_out })
}

/// The figures that a table looks at, for the terms they are of.
#[must_use]
pub fn picks(schemas: &crate::forms::Schemas, sheet: &ReportSheet) -> Vec<MeasureRef> {
    let mut all = Vec::new();
    for column in &sheet.columns {
        all.extend(column.against.as_ref().and_then(|against| against.value.clone()));
        for (own, years) in written(schemas, column).into_iter().map(|own| (own, i32::from(column.last_year))) {
            all.push(own.clone());
            all.push(shifted(&own, years));
        }
    }
    all.extend(sheet.bands.as_ref().map(|bands| bands.by.clone()));
    all
}

fn written(schemas: &crate::forms::Schemas, column: &ReportColumn) -> Vec<MeasureRef> {
    let Some(value) = &column.value else { return Vec::new() };
    match schemas.indicators.iter().find(|own| own.id == value.name) {
        Some(own) => own.numerator.iter().chain(&own.denominator).cloned().collect(),
        None => vec![value.clone()],
    }
}

fn shifted(pick: &MeasureRef, years: i32) -> MeasureRef {
    let mut pick = pick.clone();
    pick.back.years += years;
    pick
}

/// Why a column cannot be bound.
enum Unbound {
    /// The term has no such figure: the column is left out.
    Figure(Message),
    /// Nobody knows the name: the table is wrong.
    Name(Message),
}

/// A column of several cells whose code is `*` becomes one column per row of the sheet.
fn expand(facts: &MeasureData<'_>, column: &ReportColumn) -> Vec<ReportColumn> {
    let [cell] = column.cells.as_slice() else { return vec![column.clone()] };
    let Some((form, rest)) = cell.split_once(':') else { return vec![column.clone()] };
    let [sheet, "*", number] = rest.split('/').collect::<Vec<_>>()[..] else { return vec![column.clone()] };
    let Some(own) = facts.forms().iter().find(|known| *known.short == *form).and_then(|form| form.layout.sheet(sheet)) else {
        return vec![column.clone()];
    };
    let one = |coded: usize| {
        let row = own.coded_row(coded);
        let code = row.code.as_deref().unwrap_or_default();
        let heading = format!("{code} {}", row.label.trim().trim_start_matches(['-', '+', ' ']));
        ReportColumn { id: Some(code.to_owned()), cells: vec![format!("{form}:{sheet}/{code}/{number}")], heading, ..column.clone() }
    };
    (0..own.coded.len()).map(one).collect()
}

fn levels<'a>(facts: &MeasureData<'a>, sheet: &'a ReportSheet, column: &'a ReportColumn) -> Vec<&'a str> {
    let own = if column.levels.is_empty() { &sheet.levels } else { &column.levels };
    if own.is_empty() { facts.levels() } else { own.iter().map(String::as_str).collect() }
}

fn bind<'a>(
    facts: &MeasureData<'_>,
    demand: &mut MeasurePlan<'_>,
    sheet: &ReportSheet,
    column: &'a ReportColumn,
    lang: Lang,
) -> std::result::Result<(BoundColumn<'a>, Option<Message>), Unbound> {
    let heading = |is_ratio: bool, unit: &str| GridColumn {
        id: column.id.clone().or_else(|| column.value.as_ref().map(|value| value.name.clone())).unwrap_or_else(|| column.heading.clone()),
        heading: heading_of(facts, sheet, column, lang),
        unit: unit.to_owned(),
        kind: GridKind::Value,
        against: column.against.as_ref().map(|against| against.heading.clone()).unwrap_or_default(),
        is_ratio,
        is_lowest_first: column.rank == Some(Order::Lowest),
    };
    let Some(value) = &column.value else {
        let now = demand.cells(&column.cells).map_err(Unbound::Name)?;
        let before = column.against.as_ref().map(|_| now.clone());
        return Ok((BoundColumn { column, heading: heading(false, ""), now, before, change: None, alike: None, beside: None }, None));
    };
    let levels = levels(facts, sheet, column);
    let indicator = facts.schemas.indicators.iter().find(|own| own.id == value.name);
    let measure = facts.schemas.measures.get(&value.name);
    if indicator.is_none() && measure.is_none() && !crate::forms::BUILT_IN.contains(&value.name.as_str()) {
        return Err(Unbound::Name(unknown(facts, &value.name)));
    }
    if column.last_year && column.against.is_some() {
        return Err(Unbound::Name(message!("indicators.choose_last_year_against")));
    }
    let other = column.against.as_ref().and_then(|against| against.value.as_ref());
    let mut figure = Figure { value, indicator, levels };
    // Like with like: a level that has no such figure then is not in the one of now either.
    if column.last_year || other.is_some() {
        let has_both = |level: &&str| {
            let at_level = Figure { value, indicator, levels: vec![level] };
            at_level.bound(facts, demand, 0).is_ok() && at_level.beside(facts, demand, column).is_ok()
        };
        let both: Vec<&str> = figure.levels.iter().copied().filter(has_both).collect();
        if !both.is_empty() {
            figure.levels = both;
        }
    }
    let now = figure.bound(facts, demand, 0).map_err(Unbound::Figure)?;
    let is_compared = column.last_year || column.against.is_some();
    let (before, gap) = match is_compared.then(|| figure.beside(facts, demand, column)) {
        Some(Ok(before)) => (Some(before), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let unit = indicator.map(|own| own.unit(lang)).or(measure.map(|own| own.unit(lang))).unwrap_or_default();
    let is_ratio = now.denominator.is_some();
    let is_changed = before.is_some() && !is_ratio && (column.last_year || other.is_some());
    let change = if is_changed { figure.change(facts, demand, column).ok() } else { None };
    let is_alike = before.is_some() && is_ratio && column.last_year;
    let alike = if is_alike { figure.alike(facts, demand).ok() } else { None };
    Ok((BoundColumn { column, heading: heading(is_ratio, unit), now, before, change, alike, beside: None }, gap))
}

/// What a column shows: a measure or an indicator, of some levels.
struct Figure<'a> {
    value: &'a MeasureRef,
    indicator: Option<&'a Indicator>,
    levels: Vec<&'a str>,
}

impl Figure<'_> {
    /// Its formula, some years back.
    fn bound(&self, facts: &MeasureData<'_>, demand: &mut MeasurePlan<'_>, years: i32) -> std::result::Result<Formula, Message> {
        self.bound_with(facts, demand, years, None)
    }

    /// The ratio of now and that of a year ago: a unit of which one year is not known is in neither.
    fn alike(&self, facts: &MeasureData<'_>, demand: &mut MeasurePlan<'_>) -> std::result::Result<Alike, Message> {
        Ok(Alike { now: self.bound_with(facts, demand, 0, Some(1))?, before: self.bound_with(facts, demand, 1, Some(0))? })
    }

    /// Its formula some years back, of the units that another year is known of too, where one is named.
    fn bound_with(
        &self,
        facts: &MeasureData<'_>,
        demand: &mut MeasurePlan<'_>,
        years: i32,
        other: Option<i32>,
    ) -> std::result::Result<Formula, Message> {
        let shift = |picks: &[MeasureRef]| picks.iter().map(|pick| shifted(pick, years)).collect::<Vec<_>>();
        let Some(own) = self.indicator else {
            return demand.formula(FormulaSpec::sum(&shift(std::slice::from_ref(self.value))), &self.levels, &BTreeMap::new());
        };
        let levels: Vec<&str> =
            self.levels.iter().copied().filter(|level| own.levels.is_empty() || own.levels.iter().any(|known| known == level)).collect();
        if own.parity_of.is_some() {
            return Err(message!("indicators.parity_stands_among_indicators"));
        }
        if own.per_level && levels.len() > 1 {
            return Err(super::measure_plan::not_added(&own.id));
        }
        let (numerator, denominator) = own.figures(own.base(facts.bases.get(&own.id).map(String::as_str)));
        let mut also = shift(&own.also(&facts.schemas.indicators));
        also.extend(other.into_iter().flat_map(|other| numerator.iter().chain(denominator).map(move |pick| shifted(pick, other))));
        let (numerator, denominator) = (shift(numerator), shift(denominator));
        let factor = own.measured.factor();
        let is_whole_only = own.whole_only;
        let written = FormulaSpec { numerator: &numerator, denominator: &denominator, factor, also: &also, is_whole_only, is_open: false };
        demand.formula(written, &levels, &self.value.select)
    }

    /// What stands beside it: another figure, or the same a year ago; that of another place is the same formula.
    fn beside(
        &self,
        facts: &MeasureData<'_>,
        demand: &mut MeasurePlan<'_>,
        column: &ReportColumn,
    ) -> std::result::Result<Formula, Message> {
        match column.against.as_ref().and_then(|against| against.value.as_ref()) {
            Some(other) => demand.formula(FormulaSpec::sum(std::slice::from_ref(other)), &self.levels, &BTreeMap::new()),
            None => self.bound(facts, demand, i32::from(column.last_year)),
        }
    }

    /// The sum over what stands beside it, in the units that have both.
    fn change(
        &self,
        facts: &MeasureData<'_>,
        demand: &mut MeasurePlan<'_>,
        column: &ReportColumn,
    ) -> std::result::Result<Formula, Message> {
        let own = |years: i32| match self.indicator {
            None => vec![shifted(self.value, years)],
            Some(own) => {
                let (numerator, _) = own.figures(own.base(facts.bases.get(&own.id).map(String::as_str)));
                numerator.iter().map(|pick| shifted(pick, years)).collect()
            }
        };
        let other = column.against.as_ref().and_then(|against| against.value.clone());
        let before = other.map_or_else(|| own(1), |other| vec![other]);
        demand.formula(FormulaSpec::change(&own(0), &before), &self.levels, &self.value.select)
    }
}

fn unknown(facts: &MeasureData<'_>, name: &str) -> Message {
    let indicators = facts.schemas.indicators.iter().map(|own| own.id.as_str());
    let known = facts.schemas.measures.measures.iter().map(|own| own.id.as_str()).chain(indicators).chain(crate::forms::BUILT_IN);
    message!("indicators.no_measure_indicator", name).meaning(crate::base::error::closest(name, known))
}

/// The heading as written, or the name of the figure: of the one level it is about, where the measure has a name there.
fn heading_of(facts: &MeasureData<'_>, sheet: &ReportSheet, column: &ReportColumn, lang: Lang) -> String {
    let is_closing = facts.terms.first().is_some_and(|now| now.period.term == Term::Closing);
    if is_closing && !column.heading_closing.is_empty() {
        return column.heading_closing.clone();
    }
    let Some(value) = column.value.as_ref().filter(|_| column.heading.is_empty()) else { return column.heading.clone() };
    if let Some(own) = facts.schemas.indicators.iter().find(|own| own.id == value.name) {
        return own.name(lang).to_owned();
    }
    let Some(measure) = facts.schemas.measures.get(&value.name) else { return value.name.clone() };
    match levels(facts, sheet, column)[..] {
        [level] => {
            let part = measure.parts.iter().find(|part| *part.level == *level);
            part.map_or(measure.name(lang), |part| lang.pick(&part.name_vi, &measure.name_en)).to_owned()
        }
        _ => measure.name(lang).to_owned(),
    }
}

fn headings(bound: &BoundColumn<'_>) -> Vec<GridColumn> {
    let with = |kind| GridColumn { kind, ..bound.heading.clone() };
    let mut all = vec![bound.heading.clone()];
    match (&bound.before, &bound.column.against) {
        (None, _) => {}
        (Some(_), None) => all.extend([with(GridKind::LastYear), with(GridKind::Change)]),
        (Some(_), Some(_)) if bound.heading.is_ratio => all.extend([with(GridKind::Against), with(GridKind::Change)]),
        (Some(_), Some(_)) => all.extend([with(GridKind::Against), with(GridKind::Difference), with(GridKind::Change)]),
    }
    all.extend(bound.column.rank.map(|_| with(GridKind::Rank)));
    all
}

/// Rows of a block: its members, by the order of the places.
fn block_rows(
    facts: &MeasureData<'_>,
    places: &Places,
    sums: &MeasureSums,
    block: &str,
    members: &[usize],
    columns: &[BoundColumn<'_>],
) -> Vec<(GridRow, usize)> {
    let at = |formula: &Formula, place: usize| formula.at(facts, sums, places.numbered(place));
    // A row that no column concerns is none, nor is a school without a figure: what it owes is told elsewhere, and of a large
    // province such rows are most of the table.
    let is_row = |place: usize| {
        let is_single = places.all[place].kind.is_single(facts.tree);
        columns.iter().any(|column| {
            let now = at(&column.now, place);
            let before = || column.before.as_ref().filter(|_| column.beside.is_none()).map(|own| at(own, place));
            let has_before = || before().is_some_and(|before| before.numerator.is_some() || before.unknown);
            let is_received = now.coverage.received > 0 && now.unknown;
            // A place whose last unit was closed still had what it had.
            let is_over = !is_single && column.column.last_year && !now.applies && has_before();
            is_over || (now.applies && (!is_single || now.numerator.is_some() || is_received || has_before()))
        })
    };
    let concerned: Vec<usize> = members.iter().copied().filter(|&place| is_row(place)).collect();
    let mut rows: Vec<GridRow> = concerned
        .iter()
        .map(|&place| {
            let place = &places.all[place];
            GridRow { block: block.to_owned(), code: Arc::clone(&place.code), name: Arc::clone(&place.name), cells: Vec::new() }
        })
        .collect();
    for column in columns {
        let now: Vec<Value> = concerned.iter().map(|&place| at(&column.now, place)).collect();
        // Everything together has no rank, nor have units that belong to no place.
        let is_ranked = |place: usize| block != "all" && !places.all[place].code.is_empty();
        let ranked: Vec<Option<&Value>> = concerned.iter().zip(&now).map(|(&place, value)| is_ranked(place).then_some(value)).collect();
        let ranks = column.column.rank.map(|order| ranks(&ranked, order));
        let is_open = ranked.iter().flatten().any(|value| value.applies && value.state != State::Complete && !value.is_of_nothing());
        for (row, (&place, value)) in concerned.iter().zip(now).enumerate() {
            let cells = &mut rows[row].cells;
            let before = column.before.as_ref().map(|before| at(before, column.beside.unwrap_or(place)));
            cells.push(shown(&value, value.applies));
            if let Some(before) = before {
                cells.push(shown(&before, before.numerator.is_some() || before.unknown));
                let matched = column.change.as_ref().map(|change| at(change, place));
                let alike = column.alike.as_ref().map(|own| AlikeValues { now: at(&own.now, place), before: at(&own.before, place) });
                let both = Both { before: &before, now: &value, matched, alike };
                if column.column.against.is_some() && !column.heading.is_ratio {
                    cells.push(both.difference());
                }
                cells.push(both.change());
            }
            if let Some(ranks) = &ranks {
                cells.push(ranks[row].map_or(GridCell::Blank, |rank| GridCell::Rank(rank, is_open)));
            }
        }
    }
    rows.into_iter().zip(concerned).collect()
}

/// A value as a cell: `?` where there should be one and nothing of it is known.
pub(super) fn shown(value: &Value, applies: bool) -> GridCell {
    match (value.unknown, applies) {
        (true, true) => GridCell::Unknown,
        (false, true) => GridCell::Value(value.clone()),
        (_, false) => GridCell::Blank,
    }
}

/// Ranks of the values there are: equal values share one, and the next is as many lower as they are. What lacks parts has none.
fn ranks(values: &[Option<&Value>], order: Order) -> Vec<Option<usize>> {
    let complete = |value: &&&Value| value.state == State::Complete;
    let fractions: Vec<Option<Fraction>> =
        values.iter().map(|value| value.as_ref().filter(complete).and_then(|value| value.fraction())).collect();
    let is_before = |a: Fraction, b: Fraction| match order {
        Order::Highest => a.numerator * b.denominator > b.numerator * a.denominator,
        Order::Lowest => a.numerator * b.denominator < b.numerator * a.denominator,
    };
    let rank = |own: &Option<Fraction>| own.map(|own| 1 + fractions.iter().flatten().filter(|other| is_before(**other, own)).count());
    fractions.iter().map(rank).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{CLASSES, PUPILS, World, YEAR_AGO, all_sent, earlier, lines, sent, table};
    use super::*;
    use crate::returns::Status;

    fn kinds(grid: &Grid) -> Vec<GridKind> {
        grid.columns.iter().map(|column| column.kind).collect()
    }

    #[test]
    fn rows_stand_block_by_block_in_the_order_of_the_places() {
        let (world, sent) = (World::new(), all_sent());
        let facts = world.facts(&sent, &[]);
        let text = "rows = ['all', 'commune', 'unit', 'cluster']\ncolumns = [{ value = 'pupils' }, { value = 'pupils-per-class' }]";
        let grid = table(&facts, text).unwrap();
        // The school of another level and the units without a cluster are no rows of this table.
        let blocks = ["all S: 240 | 30", "commune X: 150 | 30", "commune Y: 90 | 30"];
        let units = ["unit T1: 100 | 25", "unit T2: 50 | 50", "unit T3: 90 | 30"];
        let clusters = ["cluster one: 190 | 27,14", "cluster two: 50 | 50"];
        assert_eq!(lines(&grid), [&blocks[..], &units, &clusters].concat());
        let headings: Vec<_> = grid.columns.iter().map(|own| (&*own.id, &*own.heading, &*own.unit, own.is_ratio)).collect();
        assert_eq!(headings, [("pupils", "Học sinh tiểu học", "", false), ("pupils-per-class", "Học sinh một lớp", "học sinh", true)]);
    }

    #[test]
    fn last_year_stands_beside_and_the_change_is_that_of_the_units_in_both() {
        let (world, sent) = (World::new(), all_sent());
        let before = earlier("F", &[("T1", [80, 0, 4]), ("T3", [60, 0, 3])], &["T2"]);
        let facts = world.facts(&sent, &[(YEAR_AGO, Some(&before))]);
        let grid = table(&facts, "rows = ['all', 'commune', 'unit']\ncolumns = [{ value = 'pupils', last_year = true }]").unwrap();
        assert_eq!(kinds(&grid), [GridKind::Value, GridKind::LastYear, GridKind::Change]);
        // 190 over 140, 100 over 80, 90 over 60: the return that was not there a year ago is no growth.
        let told = ["all S: 240 | 140* | 35,71*", "commune X: 150 | 80* | 25*", "commune Y: 90 | 60 | 50"];
        let units = ["unit T1: 100 | 80 | 25", "unit T2: 50 | ? | ?", "unit T3: 90 | 60 | 50"];
        assert_eq!(lines(&grid), [told, units].concat());
        // Of a ratio the change is the difference: 25 less 20 in the school of both years, though X as a whole has 30 now.
        let grid = table(&facts, "rows = ['commune']\ncolumns = [{ value = 'pupils-per-class', last_year = true }]").unwrap();
        assert_eq!(lines(&grid), ["commune X: 30 | 20* | 5*", "commune Y: 30 | 20 | 10"]);
    }

    #[test]
    fn a_year_that_the_archive_does_not_hold_leaves_out_its_columns_and_says_so() {
        let (world, sent) = (World::new(), all_sent());
        let facts = world.facts(&sent, &[(YEAR_AGO, None)]);
        let text = "rows = ['all']\ncolumns = [{ value = 'pupils', last_year = true }, { value = 'leavers', heading = 'Bỏ học' }, { value = 'girls' }]";
        let grid = table(&facts, text).unwrap();
        assert_eq!((lines(&grid), kinds(&grid)), (vec!["all S: 240 | 115".to_owned()], vec![GridKind::Value; 2]));
        let left_out: Vec<_> = grid.left_out.iter().map(|own| &*own.column).collect();
        assert_eq!(left_out, ["Học sinh tiểu học (năm trước)", "Bỏ học"]);
        assert!(grid.left_out[0].why.en().starts_with("the archive does not hold"));
        // A name that nobody knows is a mistake of the table, and no gap of the term.
        let wrong = table(&facts, "rows = ['all']\ncolumns = [{ value = 'pupil' }]").unwrap_err().to_string();
        assert!(wrong.contains("`pupil`") && wrong.contains("pupils"), "{wrong}");
        assert!(table(&facts, "rows = ['all']\ncolumns = [{ cells = ['F:I/9/1'], heading = 'x' }]").is_err());
    }

    #[test]
    fn equal_values_share_a_rank_and_what_lacks_parts_has_none() {
        let (world, mut sent) = (World::new(), all_sent());
        sent[1] = super::super::tests::sent("T2", [100, 30, 1]);
        let ranked = |sent: &[crate::returns::Submission], order: &str, rows: &str| {
            let facts = world.facts(sent, &[]);
            lines(&table(&facts, &format!("rows = ['{rows}']\ncolumns = [{{ value = 'pupils', rank = '{order}' }}]")).unwrap())
        };
        assert_eq!(ranked(&sent, "highest", "unit"), ["unit T1: 100 | #1", "unit T2: 100 | #1", "unit T3: 90 | #3"]);
        assert_eq!(ranked(&sent, "lowest", "unit"), ["unit T1: 100 | #2", "unit T2: 100 | #2", "unit T3: 90 | #1"]);
        // Everything together has no rank among itself.
        assert_eq!(ranked(&sent, "highest", "all"), ["all S: 290 | "]);
        sent[2].values.set(PUPILS, Status::Unknown, 0);
        // Cluster one lacks a part: 100 is not its last word, and the rank of the other may change.
        assert_eq!(ranked(&sent, "highest", "cluster"), ["cluster one: 100* | ", "cluster two: 100 | #1*"]);
        assert_eq!(ranked(&sent, "highest", "unit"), ["unit T1: 100 | #1*", "unit T2: 100 | #1*", "unit T3: ? | "]);
    }

    #[test]
    fn what_is_not_known_is_a_question_mark_and_never_nought() {
        let (world, mut sent) = (World::new(), all_sent());
        sent[2].values.set(PUPILS, Status::ErrorValue, 90);
        sent[0].values.set(CLASSES, Status::Missing, 0);
        // Nothing came from X but a return without classes.
        sent.remove(1);
        let facts = world.facts(&sent, &[]);
        let text = "rows = ['commune', 'unit']\ncolumns = [{ value = 'pupils' }, { value = 'classes' }, { value = 'pupils-per-class' }]";
        // A school that sent nothing is no row; a blank is nought, and a ratio of nothing is no number.
        let told = ["commune X: 100* | 0* | none", "commune Y: ? | 3 | ?", "unit T1: 100 | 0 | none", "unit T3: ? | 3 | ?"];
        assert_eq!(lines(&table(&facts, text).unwrap()), told);
        let nothing = world.facts(&[], &[]);
        let grid = table(&nothing, "rows = ['all', 'commune', 'unit']\ncolumns = [{ value = 'pupils' }]").unwrap();
        assert_eq!(lines(&grid), ["all S: ?", "commune X: ?", "commune Y: ?"]);
    }

    #[test]
    fn a_figure_stands_against_another_one_or_that_of_another_place() {
        let (world, sent) = (World::new(), vec![sent("T1", [100, 40, 4]), sent("T2", [50, 30, 1]), sent("T3", [90, 0, 3])]);
        let facts = world.facts(&sent, &[]);
        let against = |column: &str| table(&facts, &format!("rows = ['commune']\ncolumns = [{column}]")).unwrap();
        let grid = against("{ value = 'pupils', against = { value = 'girls', heading = 'nữ' } }");
        assert_eq!(kinds(&grid), [GridKind::Value, GridKind::Against, GridKind::Difference, GridKind::Change]);
        // Nothing can be said in per cent of nothing.
        assert_eq!(lines(&grid), ["commune X: 150 | 70 | +80 | 114,29", "commune Y: 90 | 0 | +90 | "]);
        let grid = against("{ value = 'pupils', against = { place = 'T1', heading = 'T1' } }");
        assert_eq!(lines(&grid), ["commune X: 150 | 100 | +50 | 50", "commune Y: 90 | 100 | -10 | -10"]);
        let grid = against("{ value = 'pupils-per-class', against = { place = 'T2', heading = 'T2' } }");
        assert_eq!(kinds(&grid), [GridKind::Value, GridKind::Against, GridKind::Change]);
        assert_eq!(lines(&grid), ["commune X: 30 | 50 | -20", "commune Y: 30 | 50 | -20"]);
    }

    #[test]
    fn a_star_for_the_code_makes_a_column_of_every_row() {
        let (world, sent) = (World::new(), all_sent());
        let facts = world.facts(&sent, &[]);
        let grid =
            table(&facts, "rows = ['all']\ncolumns = [{ cells = ['F:I/*/1'] }, { cells = ['F:I/1/1', 'F:I/2/1'], heading = 'cả hai' }]");
        let grid = grid.unwrap();
        assert_eq!(lines(&grid), ["all S: 240 | 8 | 0 | 248"]);
        let headings: Vec<_> = grid.columns.iter().map(|own| (&*own.id, &*own.heading)).collect();
        assert_eq!(headings, [("1", "1 Học sinh"), ("2", "2 Lớp"), ("3", "3 Chờ xét"), ("cả hai", "cả hai")]);
    }
}
