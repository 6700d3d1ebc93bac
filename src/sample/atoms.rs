//! Atoms: the smallest groups of people (or rooms, or money) that the columns of a
//! sheet tell apart, such as "public, female, minority".
//!
//! Every column is a sum of atoms. Only atoms are kept for which every column
//! sum and bound of the sheet holds one by one, so any numbers put on atoms
//! give columns that agree with each other.

use std::sync::Arc;

use super::recipe::Recipe;
use crate::forms::{Bounds, Column, ColumnDim, Sheet};

/// A column that says "all" of a dimension does not restrict it.
const ALL: &str = "all";
/// Weights of a sheet's atoms add up to about this.
const WEIGHTS: i64 = 10_000;

/// Place of an atom in a dimension.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AtomDim {
    /// The dimension.
    pub dim: Arc<str>,
    /// The value; `None` is everyone the columns do not name.
    pub value: Option<Arc<str>>,
}

/// One group that the columns of a sheet tell apart.
#[derive(Debug, Clone)]
pub struct Atom {
    /// Columns it counts in.
    pub columns: Vec<usize>,
    /// Its place, by dimension.
    pub dims: Vec<AtomDim>,
    /// How much of a total it usually holds.
    pub weight: i64,
}

impl Atom {
    /// The atom's value of a dimension, if the sheet has the dimension.
    #[must_use]
    pub fn value(&self, dim: &str) -> Option<&str> {
        self.dims.iter().find(|own| &*own.dim == dim).map(|own| own.value.as_deref().unwrap_or_default())
    }

    /// True unless the sheet has the dimension and the atom another value of it.
    #[must_use]
    pub fn may_be(&self, dim: &str, value: &str) -> bool {
        self.value(dim).is_none_or(|own| own == value)
    }
}

/// Dimensions of a sheet with the values its columns name, in the order of the columns.
#[must_use]
pub fn domains(sheet: &Sheet) -> Vec<(Arc<str>, Vec<Arc<str>>)> {
    let mut found: Vec<(Arc<str>, Vec<Arc<str>>)> = Vec::new();
    for ColumnDim { dim, value } in sheet.columns.iter().flat_map(|column| &column.dims) {
        let at = found.iter().position(|(name, _)| name == dim).unwrap_or_else(|| {
            found.push((Arc::clone(dim), Vec::new()));
            found.len() - 1
        });
        if &**value != ALL && !found[at].1.contains(value) {
            found[at].1.push(Arc::clone(value));
        }
    }
    found
}

/// The atoms of a sheet.
#[must_use]
pub fn atoms(sheet: &Sheet, recipe: &Recipe) -> Vec<Atom> {
    let domains = domains(sheet);
    let names: Vec<&str> = domains.iter().map(|(name, _)| &**name).collect();
    let mut atoms: Vec<Atom> = Vec::new();
    for dims in product(&domains) {
        let columns: Vec<usize> = (0..sheet.columns.len()).filter(|&c| selects(&sheet.columns[c], &dims)).collect();
        if columns.is_empty() || !agrees(sheet, &columns) {
            continue;
        }
        let weight = dims.iter().fold(1_i64, |weight, own| {
            weight.saturating_mul(recipe.dim_weight(&own.dim, own.value.as_deref().unwrap_or_default(), &names))
        });
        // Groups in the same columns cannot be told apart: contracts of private schools.
        match atoms.iter_mut().find(|atom| atom.columns == columns) {
            Some(same) => same.weight = same.weight.saturating_add(weight),
            None => atoms.push(Atom { columns, dims, weight }),
        }
    }
    scale(&mut atoms);
    atoms
}

/// All combinations of one value of each dimension, the unnamed rest included.
fn product(domains: &[(Arc<str>, Vec<Arc<str>>)]) -> Vec<Vec<AtomDim>> {
    let mut found: Vec<Vec<AtomDim>> = vec![Vec::new()];
    for (name, values) in domains {
        let mut longer = Vec::with_capacity(found.len() * (values.len() + 1));
        for start in &found {
            for value in values.iter().cloned().map(Some).chain([None]) {
                let mut dims = start.clone();
                dims.push(AtomDim { dim: Arc::clone(name), value });
                longer.push(dims);
            }
        }
        found = longer;
    }
    found
}

fn selects(column: &Column, dims: &[AtomDim]) -> bool {
    column
        .dims
        .iter()
        .all(|ColumnDim { dim, value }| &**value == ALL || dims.iter().any(|own| own.dim == *dim && own.value.as_ref() == Some(value)))
}

/// One person in exactly these columns breaks no column sum and no bound.
fn agrees(sheet: &Sheet, columns: &[usize]) -> bool {
    let sums = sheet.sums.columns.iter().all(|sum| {
        let parts = sum.parts.iter().filter(|&part| columns.contains(part)).count();
        parts == usize::from(columns.contains(&sum.total))
    });
    sums && sheet.sums.bounds.iter().all(|bounds| is_within(bounds, columns))
}

fn is_within(bounds: &Bounds, columns: &[usize]) -> bool {
    let has = |column: usize| columns.contains(&column);
    let total = Some(has(bounds.total));
    let (women, minority, both) = (bounds.women.map(has), bounds.minority.map(has), bounds.minority_women.map(has));
    let pairs = [(women, total), (minority, total), (both, women), (both, minority)];
    let contained = pairs.iter().all(|pair| *pair != (Some(true), Some(false)));
    contained && (women, minority, both) != (Some(true), Some(true), Some(false))
}

/// Brings the weights to one size, so that products with them stay small.
fn scale(atoms: &mut [Atom]) {
    let total = atoms.iter().fold(0_i64, |sum, atom| sum.saturating_add(atom.weight)).max(1);
    for atom in atoms {
        let weight = i128::from(atom.weight) * i128::from(WEIGHTS) / i128::from(total);
        let least = i64::from(atom.weight > 0);
        atom.weight = i64::try_from(weight).unwrap_or(WEIGHTS).max(least);
    }
}
