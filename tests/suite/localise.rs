//! Errors planted in clean returns: every one is found, and the cell that was changed is named in most cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use tkgd::cells::{Placement, Source, Status, Submission, Values};
use tkgd::finding::{Finding, Lang, Verdict};
use tkgd::sample::Rng;
use tkgd::schema::{Form, Sheet};
use tkgd::validate::{localise, sums};

use super::workspace::{form, schemas, values};

/// Returns planted with each kind of error.
const TRIALS: u64 = 30;

/// Plants one error; gives the slots that were changed, or nothing where the return has no place for it.
type Plant = fn(&Form, &mut Values, &mut Rng) -> Option<Vec<usize>>;

/// Kind, how to plant it, and the least share of cases, in per cent, in which a changed cell must be named.
const KINDS: &[(&str, Plant, usize)] = &[
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

/// Cells of the sheet of pupils that hold a number.
fn candidates(form: &Form) -> (&Sheet, Vec<usize>) {
    let sheet = form.layout.sheet("III").unwrap();
    (sheet, (sheet.first_slot..sheet.first_slot + sheet.slots()).collect())
}

fn pick(rng: &mut Rng, slots: &[usize]) -> Option<usize> {
    (!slots.is_empty()).then(|| slots[usize::try_from(rng.below(i64::try_from(slots.len()).unwrap())).unwrap()])
}

fn one(form: &Form, values: &mut Values, rng: &mut Rng, change: impl Fn(i64) -> Option<i64>) -> Option<Vec<usize>> {
    let (_, slots) = candidates(form);
    let fitting: Vec<usize> = slots.into_iter().filter(|&slot| values.number(slot).and_then(&change).is_some()).collect();
    let slot = pick(rng, &fitting)?;
    let number = change(values.number(slot)?)?;
    values.set(slot, Status::Reported, number);
    Some(vec![slot])
}

fn total_of_row(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<usize>> {
    let (sheet, _) = candidates(form);
    let totals: Vec<usize> = sheet.sums.rows.iter().map(|sum| sheet.slot(sum.total, 0)).filter(|&s| values.number(s) > Some(20)).collect();
    let slot = pick(rng, &totals)?;
    values.set(slot, Status::Reported, values.number(slot)? - 7);
    Some(vec![slot])
}

fn boys(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<usize>> {
    let (sheet, _) = candidates(form);
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for bounds in &sheet.sums.bounds {
        pairs.extend((0..sheet.coded.len()).filter_map(|row| Some((sheet.slot(row, bounds.total), sheet.slot(row, bounds.women?)))));
    }
    pairs.retain(|(total, women)| {
        let (total, women) = (values.number(*total), values.number(*women));
        total.zip(women).is_some_and(|(total, women)| women > 3 && total - women != women)
    });
    let women: Vec<usize> = pairs.iter().map(|(_, women)| *women).collect();
    let slot = pick(rng, &women)?;
    let total = pairs.iter().find(|(_, women)| *women == slot)?.0;
    values.set(slot, Status::Reported, values.number(total)? - values.number(slot)?);
    Some(vec![slot])
}

/// Two neighbouring cells, along a row or down a column, that `fits` both.
fn neighbours(form: &Form, values: &Values, rng: &mut Rng, along: bool, fits: fn(i64, i64) -> bool) -> Option<(usize, usize)> {
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

fn wrong_cell(form: &Form, values: &mut Values, rng: &mut Rng, along: bool) -> Option<Vec<usize>> {
    let (a, b) = neighbours(form, values, rng, along, |x, y| x > 4 && y == 0)?;
    values.set(b, Status::Reported, values.number(a)?);
    values.set(a, Status::Reported, 0);
    Some(vec![a, b])
}

fn exchanged(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<usize>> {
    let (a, b) = neighbours(form, values, rng, false, |x, y| x > 0 && y > 0 && (x - y).abs() > 2)?;
    let (x, y) = (values.number(a)?, values.number(b)?);
    values.set(a, Status::Reported, y);
    values.set(b, Status::Reported, x);
    Some(vec![a, b])
}

fn row_shifted(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<usize>> {
    let (sheet, _) = candidates(form);
    let width = sheet.columns.len();
    let rows: Vec<usize> = (0..sheet.coded.len())
        .filter(|&row| values.number(sheet.slot(row, width - 1)) == Some(0) && values.number(sheet.slot(row, 0)) > Some(9))
        .collect();
    let row = pick(rng, &rows)?;
    let before: Vec<i64> = (0..width).map(|column| values.numbers()[sheet.slot(row, column)]).collect();
    for column in 0..width {
        values.set(sheet.slot(row, column), Status::Reported, if column == 0 { 0 } else { before[column - 1] });
    }
    Some((0..width).map(|column| sheet.slot(row, column)).collect())
}

fn rows_exchanged(form: &Form, values: &mut Values, rng: &mut Rng) -> Option<Vec<usize>> {
    let (sheet, _) = candidates(form);
    let total = |row: usize| values.numbers()[sheet.slot(row, 0)];
    let rows: Vec<usize> =
        (0..sheet.coded.len() - 1).filter(|&row| total(row) > 9 && total(row + 1) > 9 && total(row) != total(row + 1)).collect();
    let row = pick(rng, &rows)?;
    for column in 0..sheet.columns.len() {
        let (a, b) = (sheet.slot(row, column), sheet.slot(row + 1, column));
        let (x, y) = (values.numbers()[a], values.numbers()[b]);
        values.set(a, Status::Reported, y);
        values.set(b, Status::Reported, x);
    }
    Some([row, row + 1].into_iter().flat_map(|row| (0..sheet.columns.len()).map(move |column| sheet.slot(row, column))).collect())
}

fn returned(form: &Arc<Form>, values: Values) -> Submission {
    let source = Source { file: "a.xlsx".into(), sha256: "".into(), modified: 0 };
    let placements = vec![Placement::Absent; form.layout.sheets.len()];
    Submission { unit: "T01".into(), form: Arc::clone(form), values, source, placements, lineage: tkgd::cells::Lineage::default() }
}

fn slot_of(form: &Form, finding: &Finding) -> usize {
    let subject = &finding.subject;
    let sheet = form.layout.sheet(subject.sheet.as_deref().unwrap()).unwrap();
    sheet.slot(sheet.find_code(subject.code.as_deref().unwrap()).unwrap(), sheet.find_column(subject.column.unwrap()).unwrap())
}

#[test]
fn the_cell_that_was_changed_is_named_in_most_cases() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let clean: BTreeMap<u64, Values> = (0..TRIALS).map(|seed| (seed, values(&schemas, &form, seed + 1))).collect();
    let mut report = String::new();
    let mut wrong = Vec::new();
    for (kind, plant, least) in KINDS {
        let (mut planted, mut found, mut named) = (0, 0, 0);
        for (seed, clean) in &clean {
            let mut values = clean.clone();
            let Some(changed) = plant(&form, &mut values, &mut Rng::new(seed * 97 + 5)) else { continue };
            let submission = returned(&form, values);
            planted += 1;
            // A change that no sum or bound can see (a part of nothing) is not the localiser's to find.
            if sums(&submission).iter().all(|finding| finding.verdict != Verdict::Fail) {
                continue;
            }
            found += 1;
            named += usize::from(localise(&submission).iter().any(|finding| changed.contains(&slot_of(&form, finding))));
        }
        report += &format!("{kind}: {planted} planted, {found} contradict a sum or bound, cell named in {named}\n");
        if found == 0 || named * 100 < found * least {
            wrong.push(format!("{kind}: {named} of {found}, at least {least} % are expected"));
        }
    }
    println!("{report}");
    assert!(wrong.is_empty(), "{}\n{report}", wrong.join("\n"));
}

#[test]
fn nothing_is_suggested_of_a_clean_return_and_a_suggestion_reads_well() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let clean = values(&schemas, &form, 3);
    assert!(localise(&returned(&form, clean.clone())).is_empty());
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("41").unwrap(), 5);
    let mut values = clean;
    values.set(slot, Status::Reported, 120);
    let findings = localise(&returned(&form, values));
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(slot_of(&form, &findings[0]), slot);
    assert!(schemas.rules.message(&findings[0], Lang::Vi).starts_with("nếu sửa  120 → "), "{:?}", findings[0]);
}
