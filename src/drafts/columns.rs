//! Value columns: their heading paths, what they select, and the sums that follows from it.

use std::collections::BTreeMap;

use super::draft::{ColumnClaim, Confidence, DraftColumn, SumKind};
use super::heading_sums::heading_claims;
use super::look::SheetView;
use super::table::{SheetTable, ValueColumn, merge_at};
use super::vocabulary::{Vocabulary, WordPart, is_one_of};
use crate::base::location::RowSpan;
use crate::base::message::message;
use crate::base::text::{fold, nfc};
use crate::ooxml::{RawSheet, RawValue};

/// The value columns of a table, with paths and dimensions.
#[must_use]
pub fn read_columns(raw: &RawSheet, view: SheetView<'_>, table: &SheetTable, words: &Vocabulary) -> Vec<DraftColumn> {
    let last = table.number_row.map_or(table.header.last, |row| row.saturating_sub(1));
    let mut used = Vec::new();
    let mut columns = Vec::new();
    let mut above: Vec<Option<String>> = Vec::new();
    for (index, &ValueColumn { at, number: printed }) in table.columns.iter().enumerate() {
        let next = u16::try_from(index + 1).unwrap_or(u16::MAX);
        let number = printed.filter(|number| !used.contains(number)).unwrap_or(next);
        used.push(number);
        let path = path(raw, view, at, RowSpan { first: table.header.first, last }, &mut above);
        columns.push(DraftColumn { number, at, path, dims: BTreeMap::new() });
    }
    select(&mut columns, words);
    columns
}

/// Heading texts over a column, top down; merged headings count for all their columns and once.
///
/// Where nothing is merged a blank continues the heading to its left while the levels above do.
fn path(raw: &RawSheet, view: SheetView<'_>, at: u16, rows: RowSpan, above: &mut Vec<Option<String>>) -> Vec<String> {
    let mut path = Vec::new();
    let mut own: Vec<Option<String>> = Vec::new();
    let mut continues = true;
    let deepest = (rows.first..=rows.last).rev().find(|&row| heading(raw, row, at).is_some());
    for row in rows.first..=rows.last {
        let index = own.len();
        let merge = merge_at(view, row, at);
        let text = match merge {
            Some(range) if range.first.row < row => None,
            Some(range) => heading(raw, row, range.first.column),
            None => heading(raw, row, at).or_else(|| {
                let left = above.get(index).cloned().flatten();
                left.filter(|_| continues && deepest.is_none_or(|deepest| row < deepest))
            }),
        };
        continues &= text == above.get(index).cloned().flatten();
        path.extend(text.clone());
        own.push(text);
    }
    *above = own;
    path
}

fn heading(raw: &RawSheet, row: u32, column: u16) -> Option<String> {
    let text = match raw.get(row, column)? {
        RawValue::Text(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        RawValue::Number(number) => number.to_string(),
        RawValue::Date(date) => date.clone(),
        _ => return None,
    };
    (!text.is_empty()).then(|| nfc(&text).into_owned())
}

/// Fills in what each column selects.
fn select(columns: &mut [DraftColumn], words: &Vocabulary) {
    for column in columns.iter_mut() {
        for text in &column.path {
            let folded = fold(text);
            for dim in &words.dims {
                if let Some(value) = dim.value_in(&folded) {
                    column.dims.insert(dim.name.clone(), value.to_owned());
                }
            }
        }
    }
    for dim in &words.dims {
        let Some(total) = &dim.total else { continue };
        let level = |column: &DraftColumn| column.path.iter().position(|text| dim.value_in(&fold(text)).is_some());
        let Some(level) = columns.iter().find_map(level) else { continue };
        for column in columns.iter_mut().filter(|column| !column.dims.contains_key(&dim.name)) {
            if column.path.get(level).is_some_and(|text| is_one_of(&fold(text), &words.totals.headings)) {
                column.dims.insert(dim.name.clone(), total.clone());
            }
        }
    }
}

/// Sums that the dimensions of the columns suggest.
#[must_use]
pub fn column_claims(columns: &[DraftColumn], words: &Vocabulary) -> Vec<ColumnClaim> {
    let mut claims = heading_claims(columns, words);
    // Parts that no dimension tells from their total are no whole of women or minorities beside it.
    let untold = |claim: &ColumnClaim| {
        let same = |part: &usize| columns[*part].dims == columns[claim.total].dims;
        claim.parts.iter().flatten().copied().filter(same).collect::<Vec<usize>>()
    };
    let split: Vec<usize> = claims.iter().flat_map(untold).collect();
    for dim in words.dims.iter().filter(|dim| dim.partition) {
        for (total, column) in columns.iter().enumerate() {
            let is_total = column.dims.get(&dim.name) == dim.total.as_ref();
            if !is_total || twins(columns, &column.dims) > 1 {
                continue;
            }
            let parts: Vec<usize> =
                (0..columns.len()).filter(|&part| part != total && differs_only_in(&columns[part], column, &dim.name)).collect();
            // Two columns that select the same would be counted twice.
            if parts.len() > 1 && parts.iter().all(|&part| twins(columns, &columns[part].dims) == 1) {
                let why = message!("drafts.headings", name = dim.name);
                claims.push(ColumnClaim {
                    kind: SumKind::Columns,
                    total,
                    parts: parts.into_iter().map(Some).collect(),
                    confidence: Confidence::High,
                    why,
                });
            }
        }
    }
    claims.extend(bounds(columns, &split, words));
    claims
}

fn twins(columns: &[DraftColumn], dims: &BTreeMap<String, String>) -> usize {
    columns.iter().filter(|other| other.dims == *dims).count()
}

/// True when a part has a value of the dimension and all else as the total has it.
fn differs_only_in(part: &DraftColumn, total: &DraftColumn, dim: &str) -> bool {
    let without = |dims: &BTreeMap<String, String>| {
        let mut dims = dims.clone();
        dims.remove(dim);
        dims
    };
    part.dims.contains_key(dim) && part.dims.get(dim) != total.dims.get(dim) && without(&part.dims) == without(&total.dims)
}

/// Women and minority within everyone, for every block of columns that has them.
fn bounds(columns: &[DraftColumn], split: &[usize], words: &Vocabulary) -> Vec<ColumnClaim> {
    let value = |part: WordPart| {
        words.dims.iter().find(|dim| dim.part == Some(part)).and_then(|dim| Some((dim.name.clone(), dim.values.first()?.id.clone())))
    };
    let (women, minority) = (value(WordPart::Women), value(WordPart::Minority));
    let mut claims = Vec::new();
    let twins = |dims: &BTreeMap<String, String>| (0..columns.len()).filter(|at| !split.contains(at) && columns[*at].dims == *dims).count();
    for (total, column) in columns.iter().enumerate().filter(|(at, _)| !split.contains(at)) {
        let find = |extra: &[&Option<(String, String)>]| {
            let mut dims = column.dims.clone();
            for pair in extra {
                let (name, value) = (*pair).clone()?;
                if dims.insert(name, value).is_some() {
                    return None;
                }
            }
            (0..columns.len()).find(|&other| columns[other].dims == dims)
        };
        let parts = vec![find(&[&women]), find(&[&minority]), find(&[&minority, &women])];
        let is_everyone = |pair: &Option<(String, String)>| pair.as_ref().is_none_or(|(name, _)| !column.dims.contains_key(name));
        if is_everyone(&women) && is_everyone(&minority) && parts.iter().any(Option::is_some) && twins(&column.dims) == 1 {
            let why = message!("drafts.by_column_headings");
            claims.push(ColumnClaim { kind: SumKind::Bounds, total, parts, confidence: Confidence::High, why });
        }
    }
    claims
}
