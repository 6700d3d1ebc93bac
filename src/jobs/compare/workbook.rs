//! `so-sanh-so-lieu.xlsx`: what was compared, totals and cells side by side, units.
//!
//! The headings of every table are its first row and no cell is merged, so that programs read the sheets as tables.

use super::words::CompareWords;
use super::{Comparison, ComparisonSubject};
use crate::base::error::{Action, Error, Result};
use crate::base::location::{CellRange, CellRef};
use crate::base::message::{Message, message};
use crate::base::number::{Fraction, NumberKind};
use crate::base::percent::Percent;
use crate::present::{
    Align, Highlight, HighlightKind, LEFT, ListCell, ListColumn, ListRow, Listing, MOST_ROWS, Presenter, SheetPlan, WorkbookPlan, listing,
    write_xlsx,
};
use crate::query::compare::{CellChange, ComparedTotal, FigureName, ReturnsByState, TotalChange};
use crate::query::explain::UnitValue;
use crate::returns::ReturnKey;

/// A column: its text id, width, alignment.
type Spec<'a> = (&'a str, f64, Align);

/// The columns that name a figure.
const FIGURE: [Spec<'static>; 6] = [
    ("form", 11.0, Align::Centre),
    ("sheet", 12.0, Align::Left),
    ("code", 8.0, Align::Centre),
    ("label", 34.0, Align::Left),
    ("column", 7.0, Align::Centre),
    ("heading", 26.0, Align::Left),
];
const UNIT: [Spec<'static>; 2] = [("unit", 13.0, Align::Left), ("name", 34.0, Align::Left)];
const VALUES: [Spec<'static>; 4] =
    [("before", 14.0, Align::Right), ("after", 14.0, Align::Right), ("difference", 14.0, Align::Right), ("percent", 12.0, Align::Right)];

/// The bytes of the workbook.
pub fn workbook(wording: &CompareWords<'_>) -> Result<Vec<u8>> {
    let many = wording.own.all.len() > 1;
    let mut sheets = vec![subject_sheet(wording)];
    for comparison in &wording.own.all {
        let suffix = match (&comparison.subject, many) {
            (ComparisonSubject::States(pair), true) => {
                format!(" {}", pair.newer.key.state.as_deref().unwrap_or_else(|| pair.newer.key.period.term.id()))
            }
            _ => String::new(),
        };
        sheets.push(totals(wording, comparison, &suffix));
        if let ComparisonSubject::States(pair) = &comparison.subject {
            sheets.push(cells(wording, comparison, &suffix));
            sheets.push(by_unit(wording, comparison, pair, &suffix));
            sheets.push(units(wording, comparison, pair, &suffix));
        }
    }
    let created = wording.own.all.first().map(|comparison| match &comparison.subject {
        ComparisonSubject::States(pair) => pair.trees[1].day,
        ComparisonSubject::Units(own) => own.tree.day,
    });
    let plan = WorkbookPlan {
        title: message!("compare.title").said(wording.lang),
        created: created.unwrap_or_default(),
        author: wording.author(),
        state: wording.paper_states(),
        sheets,
        names: Vec::new(),
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, super::WORKBOOK, e))
}

/// A table with the ids of its columns.
struct NamedTable {
    listing: Listing,
    ids: Vec<String>,
}

fn table(wording: &CompareWords<'_>, name: String, specs: &[Spec<'_>], rows: Vec<ListRow>, more: usize) -> NamedTable {
    let column =
        |&(id, width, align): &Spec<'_>| ListColumn { heading: Message::of_family("compare.column", id).said(wording.lang), width, align };
    let ids = specs.iter().map(|(id, ..)| (*id).to_owned()).collect();
    let fixed = specs.iter().position(|(id, ..)| *id == "before").unwrap_or(1).min(1);
    let fixed_columns = u16::try_from(fixed.max(1)).unwrap_or(1);
    let cut = message!("compare.cut", left = LEFT).said(wording.lang);
    let listing = Listing {
        name,
        lines: Vec::new(),
        columns: specs.iter().map(column).collect(),
        rows,
        more,
        cut,
        fixed_columns,
        ..Listing::default()
    };
    NamedTable { listing, ids }
}

/// A table whose differences are seen at once.
fn placed(table: NamedTable) -> SheetPlan {
    let NamedTable { listing: own, ids } = table;
    let mut plan = listing(&own);
    let last = u32::try_from(own.rows.len().min(MOST_ROWS)).unwrap_or(u32::MAX);
    for (column, id) in (0_u16..).zip(&ids) {
        let kind = match id.as_str() {
            "difference" => HighlightKind::Sign,
            "percent" | "changed" => HighlightKind::Bar,
            _ => continue,
        };
        if last > 0 {
            let range = CellRange { first: CellRef::new(1, column), last: CellRef::new(last, column) };
            plan.highlights.push(Highlight { range, kind });
        }
    }
    plan
}

fn sheet_name(wording: &CompareWords<'_>, name: &Message, suffix: &str) -> String {
    format!("{}{suffix}", name.said(wording.lang))
}

/// Subject of the comparison, and counts of every form.
fn subject_sheet(wording: &CompareWords<'_>) -> SheetPlan {
    let specs: [Spec<'_>; 9] = [
        ("form", 14.0, Align::Left),
        ("older", 26.0, Align::Left),
        ("newer", 26.0, Align::Left),
        ("both", 12.0, Align::Right),
        ("only_before", 12.0, Align::Right),
        ("only_after", 12.0, Align::Right),
        ("compared", 14.0, Align::Right),
        ("changed", 12.0, Align::Right),
        ("totals", 12.0, Align::Right),
    ];
    let mut lines = vec![message!("compare.title").said(wording.lang)];
    let mut rows = Vec::new();
    for comparison in &wording.own.all {
        lines.extend(wording.subject(comparison));
        lines.push(wording.verdict(comparison));
        let ComparisonSubject::States(pair) = &comparison.subject else { continue };
        lines.extend(wording.notes(pair));
        rows.extend(pair.forms.iter().map(|form| {
            let ReturnsByState { both, only_older: before, only_newer: after } = form.returns;
            let names = [&form.symbol, &form.older, &form.newer].map(|text| ListCell::from(text.as_str()));
            let counts = [both as u64, before as u64, after as u64, form.cells, form.changed, form.totals].map(count);
            ListRow { cells: names.into_iter().chain(counts).collect(), strong: false }
        }));
    }
    let notes = [message!("compare.blank"), message!("compare.order"), message!("compare.parquet")];
    lines.extend(notes.iter().map(|note| note.said(wording.lang)));
    let own = table(wording, sheet_name(wording, &message!("compare.sheet_about"), ""), &specs, rows, 0);
    listing(&Listing { lines, ..own.listing })
}

fn count(number: u64) -> ListCell {
    ListCell::Number(i64::try_from(number).unwrap_or(i64::MAX), NumberKind::Counts)
}

fn figure_cells(figure: &FigureName) -> [ListCell; 6] {
    let (key, name) = (&figure.key, &figure.name);
    [
        ListCell::from(&*figure.symbol),
        ListCell::from(&*name.sheet_name),
        ListCell::from(&*key.code),
        ListCell::from(&*name.label),
        ListCell::Number(i64::from(key.column), NumberKind::Counts),
        ListCell::from(&*name.heading),
    ]
}

fn number(value: i128, kind: NumberKind) -> ListCell {
    ListCell::Number(i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX }), kind)
}

/// The change in per cent of what was before; nothing where that was 0.
fn percent(before: i128, amount: i128) -> ListCell {
    let fraction = Fraction { numerator: amount.saturating_mul(100), denominator: before.saturating_abs() };
    Percent::of(fraction).map_or(ListCell::Blank, ListCell::Percent)
}

fn totals(wording: &CompareWords<'_>, comparison: &Comparison, suffix: &str) -> SheetPlan {
    let of_states = matches!(comparison.subject, ComparisonSubject::States(_));
    let units: &[Spec<'_>] = if of_states { &UNIT } else { &[] };
    let specs = [&FIGURE, units, &VALUES].concat();
    let row = |change: &TotalChange| {
        let kind = change.figure.name.kind;
        let unit = [ListCell::from(&*change.unit), ListCell::from(CompareWords::unit(comparison, &change.unit))];
        let said = |total: &ComparedTotal| match (total.value(), total.is_lacking) {
            (Some(value), false) => number(value, kind),
            (Some(value), true) => ListCell::Starred(Box::new(number(value, kind))),
            (None, _) => ListCell::from(wording.total(total, kind)),
        };
        let amount = change.amount();
        let values = [
            said(&change.before),
            said(&change.after),
            match (amount, change.is_whole()) {
                (None, _) => ListCell::Blank,
                (Some(amount), true) => number(amount, kind),
                (Some(amount), false) => ListCell::Starred(Box::new(number(amount, kind))),
            },
            // A return that is missing is no decrease in per cent.
            amount.filter(|_| change.is_whole()).map_or(ListCell::Blank, |amount| percent(change.before.number, amount)),
        ];
        let unit = unit.into_iter().filter(|_| of_states);
        ListRow { cells: figure_cells(&change.figure).into_iter().chain(unit).chain(values).collect(), strong: of_states && change.is_top }
    };
    let rows: Vec<ListRow> = comparison.totals.iter().take(MOST_ROWS).map(row).collect();
    let more = usize::try_from(comparison.totals_seen.all()).unwrap_or(usize::MAX).saturating_sub(rows.len());
    placed(table(wording, sheet_name(wording, &message!("compare.sheet_totals"), suffix), &specs, rows, more))
}

fn cells(wording: &CompareWords<'_>, comparison: &Comparison, suffix: &str) -> SheetPlan {
    let parent: [Spec<'_>; 1] = [("parent", 24.0, Align::Left)];
    let places: [Spec<'_>; 2] = [("place_before", 40.0, Align::Left), ("place_after", 40.0, Align::Left)];
    let specs = [&FIGURE[..], &UNIT, &parent, &VALUES, &places].concat();
    let row = |change: &CellChange| {
        let kind = change.figure.name.kind;
        let said = |own: &Option<UnitValue>| match own {
            Some(own) if own.status.is_number() => ListCell::Number(own.number, kind),
            other => ListCell::from(wording.said(other.as_ref(), kind)),
        };
        let before = change.before.as_ref().map_or(0, |own| i128::from(own.number));
        let unit = [&*change.unit, CompareWords::unit(comparison, &change.unit), CompareWords::above(comparison, &change.unit)]
            .map(ListCell::from);
        // An unknown figure has not changed by anything.
        let (amount, share) =
            if change.is_counted() { (number(change.amount(), kind), percent(before, change.amount())) } else { Default::default() };
        let values = [said(&change.before), said(&change.after), amount, share];
        let places = [place(change.before.as_ref()), place(change.after.as_ref())];
        ListRow { cells: figure_cells(&change.figure).into_iter().chain(unit).chain(values).chain(places).collect(), strong: false }
    };
    let rows: Vec<ListRow> = comparison.cells.iter().map(row).collect();
    let more = usize::try_from(comparison.cells_seen.all()).unwrap_or(usize::MAX).saturating_sub(rows.len());
    placed(table(wording, sheet_name(wording, &message!("compare.sheet_cells"), suffix), &specs, rows, more))
}

/// `file!sheet!cell`, several where a figure is made of several cells.
fn place(own: Option<&UnitValue>) -> ListCell {
    let texts = own.into_iter().flat_map(|own| &own.places).map(|place| Presenter::place([&place.file, &place.sheet, &place.cell]));
    ListCell::from(texts.collect::<Vec<String>>().join(" + "))
}

/// Every unit and form with anything to say: how many cells changed, whose return is in one state only.
fn by_unit(wording: &CompareWords<'_>, comparison: &Comparison, pair: &crate::query::compare::Compared, suffix: &str) -> SheetPlan {
    let specs: [Spec<'_>; 6] = [
        UNIT[0],
        UNIT[1],
        ("parent", 28.0, Align::Left),
        ("form", 14.0, Align::Left),
        ("return", 16.0, Align::Left),
        ("changed", 14.0, Align::Right),
    ];
    let symbol = |id: &str| pair.forms.iter().find(|form| form.newer == id).map_or("", |form| form.symbol.as_str()).to_owned();
    let mut lines: Vec<_> = pair.by_unit.iter().collect();
    lines.sort_by_key(|(key, counts)| (std::cmp::Reverse(counts.changed), (*key).clone()));
    let rows = lines.into_iter().map(|(ReturnKey { unit, form }, counts)| {
        let sent = match (counts.in_older, counts.in_newer) {
            (true, true) => message!("compare.fate_both"),
            (true, false) => message!("compare.fate_only_before"),
            _ => message!("compare.fate_only_after"),
        };
        let texts =
            [&**unit, CompareWords::unit(comparison, unit), CompareWords::above(comparison, unit), &symbol(form)].map(ListCell::from);
        let sent = ListCell::from(sent.said(wording.lang));
        ListRow { cells: texts.into_iter().chain([sent, count(counts.changed)]).collect(), strong: false }
    });
    placed(table(wording, sheet_name(wording, &message!("compare.sheet_by_unit"), suffix), &specs, rows.collect(), 0))
}

/// Units that are new, gone, renamed, moved, merged.
fn units(wording: &CompareWords<'_>, comparison: &Comparison, pair: &crate::query::compare::Compared, suffix: &str) -> SheetPlan {
    let specs: [Spec<'_>; 7] = [
        UNIT[0],
        ("fate", 20.0, Align::Left),
        ("name_before", 34.0, Align::Left),
        ("name_after", 34.0, Align::Left),
        ("above_before", 28.0, Align::Left),
        ("above_after", 28.0, Align::Left),
        ("merged_into", 34.0, Align::Left),
    ];
    let rows = pair.units.iter().map(|change| {
        let name = |side: usize| change.names[side].as_deref().unwrap_or_default().to_owned();
        let above =
            |side: usize| change.above[side].as_deref().map_or_else(String::new, |code| CompareWords::unit(comparison, code).to_owned());
        let into = change.merged_into.as_deref().map_or_else(String::new, |code| CompareWords::unit(comparison, code).to_owned());
        let fate = Message::of_family("compare.fate", change.fate.id()).said(wording.lang);
        let texts = [change.unit.to_string(), fate, name(0), name(1), above(0), above(1), into];
        ListRow { cells: texts.into_iter().map(ListCell::from).collect(), strong: false }
    });
    placed(table(wording, sheet_name(wording, &message!("compare.sheet_units"), suffix), &specs, rows.collect(), 0))
}
