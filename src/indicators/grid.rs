//! A table as laid out by people, evaluated: rows of places, columns of values, still exact and without a look.

use std::sync::Arc;

use super::beside::{AlikeValues, Both};
use super::grid_cells::{Grid, GridCell, GridColumn, GridKind, GridRow, LeftOut};
use super::grid_columns::{BoundColumn, Unbound, bind, expand, heading_of, headings};
use super::measure_data::MeasureData;
use super::measure_plan::{Formula, MeasurePlan, whole_only};
use super::places::{PlaceIndex, Places};
use super::rows::{beside, mask, places};
use super::sums::MeasureSums;
use super::value::{State, Value};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::base::number::Fraction;
use crate::forms::{Order, ReportColumn, ReportSheet};

/// Evaluates a table, its words in a language.
///
/// # Errors
/// When it names a figure, a level or a grouping that there is not.
pub fn grid(data: &MeasureData<'_>, shown: &str, sheet: &ReportSheet, lang: Lang) -> Result<Grid> {
    let mask = mask(data, shown, sheet)?;
    let mut left_out = Vec::new();
    let mut plan = MeasurePlan::new(data);
    let mut columns = Vec::new();
    let expanded: Vec<ReportColumn> = sheet.columns.iter().flat_map(|column| expand(data, column)).collect();
    for column in &expanded {
        match bind(data, &mut plan, sheet, column, lang) {
            Ok((bound, gap)) => {
                left_out.extend(
                    gap.map(|why| LeftOut { column: message!("indicators.of_last_year", heading = bound.heading.heading).said(lang), why }),
                );
                columns.push(bound);
            }
            Err(Unbound::Figure(why)) => left_out.push(LeftOut { column: heading_of(data, sheet, column, lang), why }),
            Err(Unbound::Name(reason)) => return Err(Error::config(shown, reason)),
        }
    }
    let (places, blocks) = places(data, shown, sheet, lang)?;
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
    let sums = data.sums(&plan, &places, mask.as_ref());
    let mut rows = Vec::new();
    for (block, members) in blocks {
        let mut own = block_rows(data, &places, &sums, &block, &members, &columns);
        for (row, place) in &mut own {
            row.name = Arc::clone(places.all[*place].name_in(lang));
        }
        if sheet.explanations {
            for (row, place) in &mut own {
                let compared = columns.iter().filter(|column| column.before.is_some()).map(|column| &column.now);
                let text = super::beside::explained(data, &plan, &places.all[*place], compared);
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

/// Rows of a block: its members, by the order of the places.
fn block_rows(
    data: &MeasureData<'_>,
    places: &Places,
    sums: &MeasureSums,
    block: &str,
    members: &[PlaceIndex],
    columns: &[BoundColumn<'_>],
) -> Vec<(GridRow, PlaceIndex)> {
    let at = |formula: &Formula, place: PlaceIndex| formula.at(data, sums, places.numbered(place));
    // A row that no column concerns is none, nor is a school without a figure: what it owes is told elsewhere, and of a large
    // province such rows are most of the table.
    let is_row = |place: PlaceIndex| {
        let is_single = places.all[place].kind.is_single(data.tree);
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
    let concerned: Vec<PlaceIndex> = members.iter().copied().filter(|&place| is_row(place)).collect();
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
        let is_ranked = |place: PlaceIndex| block != "all" && !places.all[place].code.is_empty();
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
        let data = world.data(&sent, &[]);
        let text = "rows = ['all', 'commune', 'unit', 'cluster']\ncolumns = [{ value = 'pupils' }, { value = 'pupils-per-class' }]";
        let grid = table(&data, text).unwrap();
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
        let data = world.data(&sent, &[(YEAR_AGO, Some(&before))]);
        let grid = table(&data, "rows = ['all', 'commune', 'unit']\ncolumns = [{ value = 'pupils', last_year = true }]").unwrap();
        assert_eq!(kinds(&grid), [GridKind::Value, GridKind::LastYear, GridKind::Change]);
        // 190 over 140, 100 over 80, 90 over 60: the return that was not there a year ago is no growth.
        let told = ["all S: 240 | 140* | 35,71*", "commune X: 150 | 80* | 25*", "commune Y: 90 | 60 | 50"];
        let units = ["unit T1: 100 | 80 | 25", "unit T2: 50 | ? | ?", "unit T3: 90 | 60 | 50"];
        assert_eq!(lines(&grid), [told, units].concat());
        // Of a ratio the change is the difference: 25 less 20 in the school of both years, though X as a whole has 30 now.
        let grid = table(&data, "rows = ['commune']\ncolumns = [{ value = 'pupils-per-class', last_year = true }]").unwrap();
        assert_eq!(lines(&grid), ["commune X: 30 | 20* | 5*", "commune Y: 30 | 20 | 10"]);
    }

    #[test]
    fn a_year_that_the_archive_does_not_hold_leaves_out_its_columns_and_says_so() {
        let (world, sent) = (World::new(), all_sent());
        let data = world.data(&sent, &[(YEAR_AGO, None)]);
        let text = "rows = ['all']\ncolumns = [{ value = 'pupils', last_year = true }, { value = 'leavers', heading = 'Bỏ học' }, { value = 'girls' }]";
        let grid = table(&data, text).unwrap();
        assert_eq!((lines(&grid), kinds(&grid)), (vec!["all S: 240 | 115".to_owned()], vec![GridKind::Value; 2]));
        let left_out: Vec<_> = grid.left_out.iter().map(|own| &*own.column).collect();
        assert_eq!(left_out, ["Học sinh tiểu học (năm trước)", "Bỏ học"]);
        assert!(grid.left_out[0].why.en().starts_with("the archive does not hold"));
        // A name that nobody knows is a mistake of the table, and no gap of the term.
        let wrong = table(&data, "rows = ['all']\ncolumns = [{ value = 'pupil' }]").unwrap_err().to_string();
        assert!(wrong.contains("`pupil`") && wrong.contains("pupils"), "{wrong}");
        assert!(table(&data, "rows = ['all']\ncolumns = [{ cells = ['F:I/9/1'], heading = 'x' }]").is_err());
    }

    #[test]
    fn equal_values_share_a_rank_and_what_lacks_parts_has_none() {
        let (world, mut sent) = (World::new(), all_sent());
        sent[1] = super::super::tests::sent("T2", [100, 30, 1]);
        let ranked = |sent: &[crate::returns::Submission], order: &str, rows: &str| {
            let data = world.data(sent, &[]);
            lines(&table(&data, &format!("rows = ['{rows}']\ncolumns = [{{ value = 'pupils', rank = '{order}' }}]")).unwrap())
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
        let data = world.data(&sent, &[]);
        let text = "rows = ['commune', 'unit']\ncolumns = [{ value = 'pupils' }, { value = 'classes' }, { value = 'pupils-per-class' }]";
        // A school that sent nothing is no row; a blank is nought, and a ratio of nothing is no number.
        let told = ["commune X: 100* | 0* | none", "commune Y: ? | 3 | ?", "unit T1: 100 | 0 | none", "unit T3: ? | 3 | ?"];
        assert_eq!(lines(&table(&data, text).unwrap()), told);
        let nothing = world.data(&[], &[]);
        let grid = table(&nothing, "rows = ['all', 'commune', 'unit']\ncolumns = [{ value = 'pupils' }]").unwrap();
        assert_eq!(lines(&grid), ["all S: ?", "commune X: ?", "commune Y: ?"]);
    }

    #[test]
    fn a_figure_stands_against_another_one_or_that_of_another_place() {
        let (world, sent) = (World::new(), vec![sent("T1", [100, 40, 4]), sent("T2", [50, 30, 1]), sent("T3", [90, 0, 3])]);
        let data = world.data(&sent, &[]);
        let against = |column: &str| table(&data, &format!("rows = ['commune']\ncolumns = [{column}]")).unwrap();
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
        let data = world.data(&sent, &[]);
        let grid =
            table(&data, "rows = ['all']\ncolumns = [{ cells = ['F:I/*/1'] }, { cells = ['F:I/1/1', 'F:I/2/1'], heading = 'cả hai' }]");
        let grid = grid.unwrap();
        assert_eq!(lines(&grid), ["all S: 240 | 8 | 0 | 248"]);
        let headings: Vec<_> = grid.columns.iter().map(|own| (&*own.id, &*own.heading)).collect();
        assert_eq!(headings, [("1", "1 Học sinh"), ("2", "2 Lớp"), ("3", "3 Chờ xét"), ("cả hai", "cả hai")]);
    }
}
