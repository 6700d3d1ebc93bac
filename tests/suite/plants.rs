//! Mistakes people make, planted in clean returns: twelve kinds, each where a sum can see it.

use tkgd::forms::{Form, Sheet, SlotIndex};
use tkgd::returns::{Status, Values};
use tkgd::sample::Rng;

/// Plants one error; gives the slots that were changed, or nothing where the return has no place for it.
pub type Plant = fn(&Form, &mut Values, &mut Rng) -> Option<Vec<SlotIndex>>;

/// Kind, how to plant it, and the least share of cases, in per cent, in which a changed cell must be named.
pub const KINDS: &[(&str, Plant, usize)] = &[
    ("two digits exchanged", |form, values, rng| one(form, values, rng, swapped), 80),
    ("a digit lost", |form, values, rng| one(form, values, rng, |n| (n >= 100).then_some(n / 10)), 80),
    ("a digit doubled", |form, values, rng| one(form, values, rng, |n| (n >= 10).then(|| n * 10 + n % 10)), 80),
    ("one too many", |form, values, rng| one(form, values, rng, |n| (n > 0).then_some(n + 1)), 50),
    ("a total not brought up to date", total_of_row, 50),
    ("boys counted for girls", boys, 80),
    ("a number in the next column", |form, values, rng| wrong_cell(form, values, rng, true), 50),
    ("a number on the next row", |form, values, rng| wrong_cell(form, values, rng, false), 50),
    ("two cells exchanged", exchanged, 50),
    ("a row one column off", row_shifted, 80),
    ("two rows exchanged", rows_exchanged, 50),
    ("a cell left blank", |form, values, rng| one(form, values, rng, |n| (n > 9).then_some(0)), 60),
];

fn swapped(number: i64) -> Option<i64> {
    let text = number.to_string();
    let other: String =
        [&text[..text.len() - 2.min(text.len())], &text[text.len() - 1..], &text[text.len().saturating_sub(2)..text.len() - 1]].concat();
    (text.len() >= 2 && other != text && !other.starts_with('0')).then(|| other.parse().unwrap())
}

/// The sheet of pupils or children, and its cells that some total or part of a total is.
fn candidates(form: &Form) -> (&Sheet, Vec<SlotIndex>) {
    let sheet = form.layout.sheet("III").or_else(|| form.layout.sheet("hoc-sinh")).unwrap();
    let is_summed = |&slot: &SlotIndex| {
        let (_, row, column) = form.layout.address(slot);
        sheet.sums.columns.iter().any(|sum| sum.total == column || sum.parts.contains(&column))
            || sheet.sums.rows.iter().any(|sum| sum.total == row || sum.parts.contains(&row))
    };
    (sheet, sheet.each_slot().filter(is_summed).collect())
}

fn pick<T: Copy>(rng: &mut Rng, slots: &[T]) -> Option<T> {
    (!slots.is_empty()).then(|| slots[usize::try_from(rng.below(i64::try_from(slots.len()).unwrap())).unwrap()])
}

fn one(form: &Form, values: &mut Values, rng: &mut Rng, change: impl Fn(i64) -> Option<i64>) -> Option<Vec<SlotIndex>> {
    let (_, slots) = candidates(form);
    let fitting: Vec<SlotIndex> = slots.into_iter().filter(|&slot| values.number(slot).and_then(&change).is_some()).collect();
    let slot = pick(rng, &fitting)?;
    let number = change(values.number(slot)?)?;
    values.set(slot, Status::Reported, number);
    Some(vec![slot])
}

fn total_of_row(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<SlotIndex>> {
    let (sheet, _) = candidates(form);
    let totals: Vec<SlotIndex> =
        sheet.sums.rows.iter().map(|sum| sheet.slot(sum.total, 0)).filter(|&s| values.number(s) > Some(20)).collect();
    let slot = pick(rng, &totals)?;
    values.set(slot, Status::Reported, values.number(slot)? - 7);
    Some(vec![slot])
}

fn boys(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<SlotIndex>> {
    let (sheet, _) = candidates(form);
    let mut pairs: Vec<(SlotIndex, SlotIndex)> = Vec::new();
    for bounds in &sheet.sums.bounds {
        pairs.extend((0..sheet.coded.len()).filter_map(|row| Some((sheet.slot(row, bounds.total), sheet.slot(row, bounds.women?)))));
    }
    pairs.retain(|(total, women)| {
        let (total, women) = (values.number(*total), values.number(*women));
        total.zip(women).is_some_and(|(total, women)| women > 3 && total - women != women)
    });
    let women: Vec<SlotIndex> = pairs.iter().map(|(_, women)| *women).collect();
    let slot = pick(rng, &women)?;
    let total = pairs.iter().find(|(_, women)| *women == slot)?.0;
    values.set(slot, Status::Reported, values.number(total)? - values.number(slot)?);
    Some(vec![slot])
}

/// Two neighbouring cells, along a row or down a column, that `fits` both.
fn neighbours(form: &Form, values: &Values, rng: &mut Rng, along: bool, fits: fn(i64, i64) -> bool) -> Option<(SlotIndex, SlotIndex)> {
    let (sheet, _) = candidates(form);
    let mut pairs = Vec::new();
    for row in 0..sheet.coded.len() - usize::from(!along) {
        for column in 0..sheet.columns.len() - usize::from(along) {
            let (a, b) = (sheet.slot(row, column), sheet.slot(row + usize::from(!along), column + usize::from(along)));
            if values.number(a).zip(values.number(b)).is_some_and(|(x, y)| fits(x, y)) {
                pairs.push((a, b));
            }
        }
    }
    let index = usize::try_from(rng.below(i64::try_from(pairs.len().max(1)).unwrap())).unwrap();
    pairs.get(index).copied()
}

fn wrong_cell(form: &Form, values: &mut Values, rng: &mut Rng, along: bool) -> Option<Vec<SlotIndex>> {
    let (a, b) = neighbours(form, values, rng, along, |x, y| x > 4 && y == 0)?;
    values.set(b, Status::Reported, values.number(a)?);
    values.set(a, Status::Reported, 0);
    Some(vec![a, b])
}

fn exchanged(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<SlotIndex>> {
    let (a, b) = neighbours(form, values, rng, false, |x, y| x > 0 && y > 0 && (x - y).abs() > 2)?;
    let (x, y) = (values.number(a)?, values.number(b)?);
    values.set(a, Status::Reported, y);
    values.set(b, Status::Reported, x);
    Some(vec![a, b])
}

fn row_shifted(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<SlotIndex>> {
    let (sheet, _) = candidates(form);
    let width = sheet.columns.len();
    let rows: Vec<usize> = (0..sheet.coded.len())
        .filter(|&row| values.number(sheet.slot(row, width - 1)) == Some(0) && values.number(sheet.slot(row, 0)) > Some(9))
        .collect();
    let row = pick(rng, &rows)?;
    let before: Vec<i64> = (0..width).map(|column| values.numbers().at(sheet.slot(row, column))).collect();
    for column in 0..width {
        values.set(sheet.slot(row, column), Status::Reported, if column == 0 { 0 } else { before[column - 1] });
    }
    Some((0..width).map(|column| sheet.slot(row, column)).collect())
}

fn rows_exchanged(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<SlotIndex>> {
    let (sheet, _) = candidates(form);
    let total = |row: usize| values.numbers().at(sheet.slot(row, 0));
    // Two parts of the same totals exchange places unseen.
    let is_seen = |row: usize| {
        let has = |sum: &tkgd::forms::Sum, row| sum.total == row || sum.parts.contains(&row);
        sheet.sums.rows.iter().any(|sum| has(sum, row) != has(sum, row + 1))
    };
    let fits = |&row: &usize| total(row) > 9 && total(row + 1) > 9 && total(row) != total(row + 1) && is_seen(row);
    let rows: Vec<usize> = (0..sheet.coded.len() - 1).filter(fits).collect();
    let row = pick(rng, &rows)?;
    for column in 0..sheet.columns.len() {
        let (a, b) = (sheet.slot(row, column), sheet.slot(row + 1, column));
        let (x, y) = (values.numbers().at(a), values.numbers().at(b));
        values.set(a, Status::Reported, y);
        values.set(b, Status::Reported, x);
    }
    Some([row, row + 1].into_iter().flat_map(|row| (0..sheet.columns.len()).map(move |column| sheet.slot(row, column))).collect())
}
