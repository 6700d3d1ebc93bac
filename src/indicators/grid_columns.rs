//! Columns of a table as people write them, bound to formulas.

use std::collections::BTreeMap;

use super::grid_cells::{GridColumn, GridKind};
use super::measure_data::MeasureData;
use super::measure_plan::{Formula, FormulaSpec, MeasurePlan};
use super::places::PlaceIndex;
use crate::base::message::{Lang, Message, message};
use crate::base::term::Term;
use crate::forms::{Indicator, MeasureRef, Order, ReportColumn, ReportSheet};

/// A column bound to formulas: now, and a year ago where it is shown.
pub(super) struct BoundColumn<'a> {
    /// As written in the table.
    pub column: &'a ReportColumn,
    /// Its heading.
    pub heading: GridColumn,
    /// Its figure now.
    pub now: Formula,
    /// Its figure a year ago, or the other figure.
    pub before: Option<Formula>,
    /// Of a sum, now over before in the units of which both are known: a return that is missing is no decrease.
    pub change: Option<Formula>,
    /// Of a ratio, now and before in the units of which both are known.
    pub alike: Option<Alike>,
    /// The place whose figure stands beside it; the row's own otherwise.
    pub beside: Option<PlaceIndex>,
}

/// A ratio of two terms, each without the units that the other one does not know.
pub(super) struct Alike {
    /// Of now.
    pub now: Formula,
    /// Of before.
    pub before: Formula,
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
pub(super) enum Unbound {
    /// The term has no such figure: the column is left out.
    Figure(Message),
    /// Nobody knows the name: the table is wrong.
    Name(Message),
}

/// A column of several cells whose code is `*` becomes one column per row of the sheet.
pub(super) fn expand(data: &MeasureData<'_>, column: &ReportColumn) -> Vec<ReportColumn> {
    let [cell] = column.cells.as_slice() else { return vec![column.clone()] };
    let Some((form, rest)) = cell.split_once(':') else { return vec![column.clone()] };
    let [sheet, "*", number] = rest.split('/').collect::<Vec<_>>()[..] else { return vec![column.clone()] };
    let Some(own) = data.forms().iter().find(|known| *known.short == *form).and_then(|form| form.layout.sheet(sheet)) else {
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

fn levels<'a>(data: &MeasureData<'a>, sheet: &'a ReportSheet, column: &'a ReportColumn) -> Vec<&'a str> {
    let own = if column.levels.is_empty() { &sheet.levels } else { &column.levels };
    if own.is_empty() { data.levels() } else { own.iter().map(String::as_str).collect() }
}

pub(super) fn bind<'a>(
    data: &MeasureData<'_>,
    plan: &mut MeasurePlan<'_>,
    sheet: &ReportSheet,
    column: &'a ReportColumn,
    lang: Lang,
) -> std::result::Result<(BoundColumn<'a>, Option<Message>), Unbound> {
    let heading = |is_ratio: bool, unit: &str| GridColumn {
        id: column.id.clone().or_else(|| column.value.as_ref().map(|value| value.name.clone())).unwrap_or_else(|| column.heading.clone()),
        heading: heading_of(data, sheet, column, lang),
        unit: unit.to_owned(),
        kind: GridKind::Value,
        against: column.against.as_ref().map(|against| against.heading.clone()).unwrap_or_default(),
        is_ratio,
        is_lowest_first: column.rank == Some(Order::Lowest),
    };
    let Some(value) = &column.value else {
        let now = plan.cells(&column.cells).map_err(Unbound::Name)?;
        let before = column.against.as_ref().map(|_| now.clone());
        return Ok((BoundColumn { column, heading: heading(false, ""), now, before, change: None, alike: None, beside: None }, None));
    };
    let levels = levels(data, sheet, column);
    let indicator = data.schemas.indicators.iter().find(|own| own.id == value.name);
    let measure = data.schemas.measures.get(&value.name);
    if indicator.is_none() && measure.is_none() && !crate::forms::BUILT_IN.contains(&value.name.as_str()) {
        return Err(Unbound::Name(unknown(data, &value.name)));
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
            at_level.bound(data, plan, 0).is_ok() && at_level.beside(data, plan, column).is_ok()
        };
        let both: Vec<&str> = figure.levels.iter().copied().filter(has_both).collect();
        if !both.is_empty() {
            figure.levels = both;
        }
    }
    let now = figure.bound(data, plan, 0).map_err(Unbound::Figure)?;
    let is_compared = column.last_year || column.against.is_some();
    let (before, gap) = match is_compared.then(|| figure.beside(data, plan, column)) {
        Some(Ok(before)) => (Some(before), None),
        Some(Err(why)) => (None, Some(why)),
        None => (None, None),
    };
    let unit = indicator.map(|own| own.unit(lang)).or(measure.map(|own| own.unit(lang))).unwrap_or_default();
    let is_ratio = now.denominator.is_some();
    let is_changed = before.is_some() && !is_ratio && (column.last_year || other.is_some());
    let change = if is_changed { figure.change(data, plan, column).ok() } else { None };
    let is_alike = before.is_some() && is_ratio && column.last_year;
    let alike = if is_alike { figure.alike(data, plan).ok() } else { None };
    Ok((BoundColumn { column, heading: heading(is_ratio, unit), now, before, change, alike, beside: None }, gap))
}

/// The figure of a column: a measure or an indicator, of some levels.
struct Figure<'a> {
    value: &'a MeasureRef,
    indicator: Option<&'a Indicator>,
    levels: Vec<&'a str>,
}

impl Figure<'_> {
    /// Its formula, some years back.
    fn bound(&self, data: &MeasureData<'_>, plan: &mut MeasurePlan<'_>, years: i32) -> std::result::Result<Formula, Message> {
        self.bound_with(data, plan, years, None)
    }

    /// The ratio of now and that of a year ago: a unit of which one year is not known is in neither.
    fn alike(&self, data: &MeasureData<'_>, plan: &mut MeasurePlan<'_>) -> std::result::Result<Alike, Message> {
        Ok(Alike { now: self.bound_with(data, plan, 0, Some(1))?, before: self.bound_with(data, plan, 1, Some(0))? })
    }

    /// Its formula some years back, of the units that another year is known of too, where one is named.
    fn bound_with(
        &self,
        data: &MeasureData<'_>,
        plan: &mut MeasurePlan<'_>,
        years: i32,
        other: Option<i32>,
    ) -> std::result::Result<Formula, Message> {
        let shift = |picks: &[MeasureRef]| picks.iter().map(|pick| shifted(pick, years)).collect::<Vec<_>>();
        let Some(own) = self.indicator else {
            return plan.formula(FormulaSpec::sum(&shift(std::slice::from_ref(self.value))), &self.levels, &BTreeMap::new());
        };
        let levels: Vec<&str> =
            self.levels.iter().copied().filter(|level| own.levels.is_empty() || own.levels.iter().any(|known| known == level)).collect();
        if own.parity_of.is_some() {
            return Err(message!("indicators.parity_stands_among_indicators"));
        }
        if own.per_level && levels.len() > 1 {
            return Err(super::measure_plan::not_added(&own.id));
        }
        let (numerator, denominator) = own.figures(own.base(data.bases.get(&own.id).map(String::as_str)));
        let mut also = shift(&own.also(&data.schemas.indicators));
        also.extend(other.into_iter().flat_map(|other| numerator.iter().chain(denominator).map(move |pick| shifted(pick, other))));
        let (numerator, denominator) = (shift(numerator), shift(denominator));
        let factor = own.measured.factor();
        let is_whole_only = own.whole_only;
        let written = FormulaSpec { numerator: &numerator, denominator: &denominator, factor, also: &also, is_whole_only, is_open: false };
        plan.formula(written, &levels, &self.value.select)
    }

    /// Columns beside it: another figure, or that of a year ago; that of another place is the same formula.
    fn beside(&self, data: &MeasureData<'_>, plan: &mut MeasurePlan<'_>, column: &ReportColumn) -> std::result::Result<Formula, Message> {
        match column.against.as_ref().and_then(|against| against.value.as_ref()) {
            Some(other) => plan.formula(FormulaSpec::sum(std::slice::from_ref(other)), &self.levels, &BTreeMap::new()),
            None => self.bound(data, plan, i32::from(column.last_year)),
        }
    }

    /// The sum over what stands beside it, in the units that have both.
    fn change(&self, data: &MeasureData<'_>, plan: &mut MeasurePlan<'_>, column: &ReportColumn) -> std::result::Result<Formula, Message> {
        let own = |years: i32| match self.indicator {
            None => vec![shifted(self.value, years)],
            Some(own) => {
                let (numerator, _) = own.figures(own.base(data.bases.get(&own.id).map(String::as_str)));
                numerator.iter().map(|pick| shifted(pick, years)).collect()
            }
        };
        let other = column.against.as_ref().and_then(|against| against.value.clone());
        let before = other.map_or_else(|| own(1), |other| vec![other]);
        plan.formula(FormulaSpec::change(&own(0), &before), &self.levels, &self.value.select)
    }
}

fn unknown(data: &MeasureData<'_>, name: &str) -> Message {
    let indicators = data.schemas.indicators.iter().map(|own| own.id.as_str());
    let known = data.schemas.measures.measures.iter().map(|own| own.id.as_str()).chain(indicators).chain(crate::forms::BUILT_IN);
    message!("indicators.no_measure_indicator", name).meaning(crate::base::error::closest(name, known))
}

/// The heading as written, or the name of the figure: of the one level it is about, where the measure has a name there.
pub(super) fn heading_of(data: &MeasureData<'_>, sheet: &ReportSheet, column: &ReportColumn, lang: Lang) -> String {
    let is_closing = data.terms.first().is_some_and(|now| now.period.term == Term::Closing);
    if is_closing && !column.heading_closing.is_empty() {
        return column.heading_closing.clone();
    }
    let Some(value) = column.value.as_ref().filter(|_| column.heading.is_empty()) else { return column.heading.clone() };
    if let Some(own) = data.schemas.indicators.iter().find(|own| own.id == value.name) {
        return own.name(lang).to_owned();
    }
    let Some(measure) = data.schemas.measures.get(&value.name) else { return value.name.clone() };
    match levels(data, sheet, column)[..] {
        [level] => {
            let part = measure.parts.iter().find(|part| *part.level == *level);
            part.map_or(measure.name(lang), |part| lang.pick(&part.name_vi, &measure.name_en)).to_owned()
        }
        _ => measure.name(lang).to_owned(),
    }
}

pub(super) fn headings(bound: &BoundColumn<'_>) -> Vec<GridColumn> {
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
