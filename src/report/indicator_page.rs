//! The page of indicators: bars by place, lines over the years, the numbers behind them, and what could not be evaluated.
//!
//! One file without script or outside parts, as the quality report is.

use std::collections::BTreeSet;

use super::figure_table::{quotient_cell, starred, value_cell};
use super::figure_texts::FigureTexts;
use super::indicator_chart::{BarChart, Mark, line};
use crate::base::message::{Lang, message};
use crate::base::number::Fraction;
use crate::forms::{Measured, RegisterSchema};
use crate::indicators::{IndicatorLine, PlaceIndex, Places, State};
use crate::present::page::{Page, PageCell, PageHead, SkipLink};
use crate::present::{PaperState, Presenter};
use crate::register::Tree;

/// An indicator of the whole in an earlier year.
#[derive(Debug, Clone)]
pub struct YearPoint {
    /// School year, in words.
    pub year: String,
    /// Id of the indicator.
    pub indicator: String,
    /// Its basis.
    pub basis: String,
    /// Level.
    pub level: String,
    /// Exact value.
    pub fraction: Fraction,
    /// It lacked parts.
    pub incomplete: bool,
}

/// Data of the page.
#[derive(Debug)]
pub struct IndicatorPage<'a> {
    /// Its language.
    pub lang: Lang,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Words.
    pub texts: &'a FigureTexts,
    /// Names of levels.
    pub register: &'a RegisterSchema,
    /// Units as at the term.
    pub tree: &'a Tree,
    /// Places of the lines.
    pub places: &'a Places,
    /// Indicators by place.
    pub lines: &'a [IndicatorLine<'a>],
    /// Earlier years of the whole, the oldest first.
    pub years: &'a [YearPoint],
    /// This year, in words.
    pub year: &'a str,
    /// The term in words.
    pub term: &'a str,
    /// The circular's name.
    pub circular: &'a str,
    /// Identity of the run.
    pub run: &'a str,
    /// Symbols of forms whose layout is not verified, with their status in words.
    pub unverified: &'a [String],
}

/// The page.
#[must_use]
pub fn indicator_page(own: &IndicatorPage<'_>) -> String {
    let texts = &own.texts.page;
    let layouts = || own.texts.layouts.replace("{forms}", &own.unverified.join(", "));
    let subtitle = texts.subtitle.replace("{circular}", own.circular).replace("{run}", own.run);
    let mut page = Page::new(PageHead {
        lang: own.lang,
        state: own.state,
        title: &texts.title.replace("{term}", own.term),
        lines: own.places.whole.iter().map(|&place| own.places.all[place].name_in(own.lang).to_string()).chain([subtitle]).collect(),
        note: (!own.unverified.is_empty()).then(layouts),
        skip: SkipLink { section: "data", text: &texts.skip },
        landscape: false,
        foot: vec![message!("present.note_run", run = own.run).said(own.lang)],
    });
    page.paragraph("sub", &texts.note);
    let block = texts.places.iter().map(|rows| own.places.block(own.tree, rows)).find(|members| members.len() > 1).unwrap_or_default();
    let block: BTreeSet<PlaceIndex> = block.into_iter().filter(|&place| !own.places.all[place].code.is_empty()).collect();
    let charted: Vec<&IndicatorLine<'_>> = own.lines.iter().filter(|line| line.split.is_none() && line.indicator.chart).collect();
    // Lines come indicator by indicator, level by level.
    let is_same = |a: &&IndicatorLine<'_>, b: &&IndicatorLine<'_>| (&a.indicator.id, a.level) == (&b.indicator.id, b.level);
    let groups: Vec<Group<'_>> = charted.chunk_by(is_same).filter_map(|lines| group(own, &block, lines)).collect();
    if own.years.is_empty() {
        page.paragraph("sub", &texts.one_year);
    }
    for same in groups.chunk_by(|a, b| a.whole.indicator.id == b.whole.indicator.id) {
        let indicator = same[0].whole.indicator;
        page.heading(&indicator.id, indicator.name(own.lang));
        page.small_drawings(&same.iter().flat_map(|group| drawings(own, group)).collect::<Vec<_>>());
        let note = own.lang.pick(&indicator.note_vi, &indicator.note_en);
        if !note.is_empty() {
            page.paragraph("sub", note);
        }
    }
    page.heading("data", &texts.data);
    for same in groups.chunk_by(|a, b| a.whole.indicator.id == b.whole.indicator.id) {
        data(&mut page, own, same);
    }
    missing(&mut page, own);
    sources(&mut page, own, &groups);
    page.finish()
}

/// Sources of the indicators that are drawn, with how sure they are, behind everything that is handed on.
fn sources(page: &mut Page, own: &IndicatorPage<'_>, groups: &[Group<'_>]) {
    page.heading("sources", &own.texts.book.sources_title);
    for same in groups.chunk_by(|a, b| a.whole.indicator.id == b.whole.indicator.id) {
        let indicator = same[0].whole.indicator;
        let source = own.texts.page.source.replace("{source}", indicator.source(own.lang)).replace("{confidence}", &indicator.confidence);
        page.paragraph("sub", &format!("{}. {source}", indicator.name(own.lang)));
    }
}

/// An indicator at a level: the whole, and the places it is drawn for.
struct Group<'a> {
    whole: &'a IndicatorLine<'a>,
    members: Vec<&'a IndicatorLine<'a>>,
}

/// Lines drawn together; none where the whole has no value.
fn group<'a>(own: &IndicatorPage<'a>, block: &BTreeSet<PlaceIndex>, lines: &[&'a IndicatorLine<'a>]) -> Option<Group<'a>> {
    let whole = lines.iter().copied().find(|line| own.places.whole.contains(&line.place) && line.value.fraction().is_some())?;
    // A place that the forms do not concern has no units to speak of.
    let is_concerned = |line: &IndicatorLine<'_>| line.value.applies || line.value.fraction().is_some();
    let members = lines.iter().copied().filter(|line| block.contains(&line.place) && is_concerned(line)).collect();
    Some(Group { whole, members })
}

fn level_name<'a>(own: &IndicatorPage<'a>, level: &'a str) -> &'a str {
    own.register.levels.iter().find(|known| known.code == level).map_or(level, |known| own.lang.pick(&known.name_vi, &known.name_en))
}

fn title(own: &IndicatorPage<'_>, pattern: &str, line: &IndicatorLine<'_>) -> String {
    let base = line.base.map(|base| format!(" ({})", base.name(own.lang))).unwrap_or_default();
    let name = format!("{}{base}", line.indicator.name(own.lang));
    let level = level_name(own, line.level).to_lowercase();
    pattern.replace("{indicator}", &name).replace("{level}", &level).replace("{unit}", line.indicator.unit(own.lang))
}

/// Whether values of the indicator are percentages.
fn is_percent(line: &IndicatorLine<'_>) -> bool {
    line.indicator.measured == Measured::Percent
}

/// The value of a place, where it has one.
fn mark(own: &IndicatorPage<'_>, name: String, line: &IndicatorLine<'_>) -> Option<Mark> {
    let said = value_cell(&line.value, is_percent(line)).said(Presenter::new(own.lang));
    Some(Mark { name, value: length(line.value.fraction()?), said, incomplete: line.value.state.is_marked() })
}

/// How long a value is drawn; equal ones are equally long.
fn length(fraction: Fraction) -> f64 {
    fraction.numerator as f64 / fraction.denominator as f64
}

/// Bars by place, and a line over the years; either where there is more than one to compare.
fn drawings(own: &IndicatorPage<'_>, group: &Group<'_>) -> Vec<String> {
    let mut drawn = Vec::new();
    let (texts, whole, presenter) = (&own.texts.page, group.whole, Presenter::new(own.lang));
    let name = |line: &IndicatorLine<'_>| own.places.all[line.place].name_in(own.lang).to_string();
    let places: Vec<Mark> = group.members.iter().filter_map(|line| mark(own, name(line), line)).collect();
    if places.len() > 1 {
        let without = group.members.len() - places.len();
        let title = title(own, &texts.by_place, whole);
        let chart = BarChart { texts, presenter, title: &title, places, without, whole: mark(own, String::new(), whole) };
        drawn.push(chart.drawn());
    }
    let basis = whole.base.map_or("", |base| base.id.as_str());
    let is_same = |point: &&YearPoint| point.indicator == whole.indicator.id && point.level == whole.level && point.basis == basis;
    let earlier = own.years.iter().filter(is_same).filter(|point| point.fraction.denominator != 0).map(|point| Mark {
        name: point.year.clone(),
        value: length(point.fraction),
        said: starred(quotient_cell(point.fraction, is_percent(whole)), point.incomplete).said(presenter),
        incomplete: point.incomplete,
    });
    let points: Vec<Mark> = earlier.chain(mark(own, own.year.to_owned(), whole)).collect();
    if points.len() > 1 {
        drawn.push(line(presenter, &title(own, &texts.over_time, whole), &points));
    }
    drawn
}

/// One table for an indicator, level by level.
fn data(page: &mut Page, own: &IndicatorPage<'_>, same: &[Group<'_>]) {
    let (texts, presenter) = (&own.texts.page, Presenter::new(own.lang));
    let [place, figures @ ..] = &texts.data_headings;
    let headings: Vec<String> = [place, &texts.missing_headings[1]].into_iter().chain(figures).cloned().collect();
    page.table(&title(own, "{indicator} ({unit})", same[0].whole), &headings, &[2, 3, 4, 5, 6, 7, 8]);
    for line in same.iter().flat_map(|group| std::iter::once(&group.whole).chain(&group.members)) {
        let value = &line.value;
        let number = |number: Option<i64>, kind| PageCell::Shown(number.map_or_else(String::new, |number| presenter.number(number, kind)));
        let units = |count: Option<u32>| count.map_or_else(|| PageCell::Shown(String::new()), |count| PageCell::Number(count as usize));
        let cells = [
            PageCell::Text(own.places.all[line.place].name_in(own.lang).to_string()),
            PageCell::Text(level_name(own, line.level).to_owned()),
            PageCell::Shown(value_cell(value, is_percent(line)).said(presenter)),
            number(value.numerator, value.kind()),
            number(value.denominator, value.kind_below()),
            PageCell::Number(value.coverage.received as usize),
            PageCell::Number(value.coverage.expected as usize),
            units(value.units.map(|units| units.within)),
            units(value.units.map(|units| units.expected)),
        ];
        page.row(if own.places.whole.contains(&line.place) { "l0" } else { "l1" }, &cells);
    }
    page.end_table();
}

/// Indicators without a value anywhere, with the reason.
fn missing(page: &mut Page, own: &IndicatorPage<'_>) {
    let texts = &own.texts.page;
    let is_missing = |line: &&IndicatorLine<'_>| {
        line.split.is_none() && own.places.whole.contains(&line.place) && line.value.state == State::None && !line.value.is_of_nothing()
    };
    let lines: Vec<&IndicatorLine<'_>> = own.lines.iter().filter(is_missing).collect();
    if lines.is_empty() {
        return;
    }
    page.heading("missing", &texts.missing);
    page.table("", &texts.missing_headings, &[]);
    for line in lines {
        let reason = line.value.reason.as_ref().map(|reason| reason.said(own.lang)).unwrap_or_default();
        page.row(
            "",
            &[
                PageCell::Text(line.indicator.name(own.lang).to_owned()),
                PageCell::Text(level_name(own, line.level).to_owned()),
                PageCell::Text(reason),
            ],
        );
    }
    page.end_table();
}
