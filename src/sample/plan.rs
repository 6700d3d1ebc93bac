//! How to fill one sheet, worked out once per form: its atoms, the order of its
//! rows, and how large each row is.

use std::collections::BTreeSet;

use crate::base::number::NumberKind;
use crate::base::text::fold;
use crate::forms::{Form, RowPlace, Sheet, SlotIndex, Sum};

use super::atoms::{Atom, atoms, domains};
use super::recipe::{Band, MeasureBasis, Recipe, RowRule, SampleMeasure};
use super::steps::{Step, components, steps};

/// How to fill the sheets of a form; made once, used for every unit that files it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Number of slots of the form.
    pub(super) slots: usize,
    /// Sheets that hold figures.
    pub(super) sheets: Vec<SampleSheetPlan>,
}

/// How to fill one sheet.
#[derive(Debug, Clone)]
pub struct SampleSheetPlan {
    /// Index of the sheet in the layout.
    pub index: usize,
    /// First slot of the sheet.
    pub first_slot: SlotIndex,
    /// Number of columns.
    pub width: usize,
    /// Counts or money.
    pub kind: NumberKind,
    /// The groups its columns tell apart.
    pub atoms: Vec<Atom>,
    /// Its coded rows.
    pub rows: Vec<RowPlan>,
    /// The order of work.
    pub steps: Vec<Step>,
    /// Row sums, by coded index.
    pub sums: Vec<Sum>,
    /// "Of which" rows, by coded index.
    pub subsets: Vec<Sum>,
    /// Those whose parts exclude each other.
    pub disjoint: Vec<Sum>,
    /// Rows tied to each other, by their lowest.
    pub component: Vec<usize>,
}

/// How large a row is.
#[derive(Debug, Clone)]
pub struct RowPlan {
    /// Weight among the parts of a total.
    pub weight: i64,
    /// Share of a whole, per thousand.
    pub share: i64,
    /// Area whose units it holds.
    pub area: Option<String>,
    /// It holds only units with that many of something.
    pub band: Option<BandPlan>,
    /// Rows of its wholes that it shares nothing with.
    pub apart_from: Vec<usize>,
    /// Magnitude where it is part of nothing.
    pub magnitude: Magnitude,
    /// Atoms that cannot occur in the row.
    pub barred: Vec<bool>,
    /// Columns that do not apply.
    pub not_applicable: Vec<bool>,
}

/// A row for units whose number in another row lies within bounds.
#[derive(Debug, Clone, Copy)]
pub struct BandPlan {
    /// The other row.
    pub row: usize,
    /// At least.
    pub least: i64,
    /// At most.
    pub most: i64,
}

/// A row among those that share one amount.
#[derive(Debug, Clone, Copy)]
pub struct AmountShare {
    /// Its place among them.
    pub rank: i64,
    /// How many they are.
    pub rows: i64,
}

impl AmountShare {
    const WHOLE: Self = Self { rank: 0, rows: 1 };
}

/// Magnitude of a row that is part of nothing: basis × times ÷ per.
#[derive(Debug, Clone)]
pub struct Magnitude {
    /// Basis that it is derived from; `None` holds nothing.
    pub basis: Option<MeasureBasis>,
    /// Multiplied by.
    pub times: i64,
    /// Divided by.
    pub per: i64,
    /// No random spread.
    pub exact: bool,
    /// Its place among the rows that share one amount.
    pub share: AmountShare,
}

impl Plan {
    /// Works out how to fill a form.
    #[must_use]
    pub fn new(form: &Form, recipe: &Recipe) -> Self {
        Self::around(form, recipe, &BTreeSet::new())
    }

    /// Works out how to fill a form around rows that will be given.
    #[must_use]
    pub fn around(form: &Form, recipe: &Recipe, given: &BTreeSet<RowPlace>) -> Self {
        let sheets = form.layout.data_sheets();
        let sheets = sheets.filter_map(|(index, sheet)| {
            let given = (0..sheet.coded.len()).map(|row| given.contains(&RowPlace { sheet: index, row })).collect::<Vec<_>>();
            Some(SampleSheetPlan::new(index, sheet, sheet.number_kind()?, &form.short, recipe, &given))
        });
        Self { slots: form.layout.slots, sheets: sheets.collect() }
    }
}

impl SampleSheetPlan {
    fn new(index: usize, sheet: &Sheet, kind: NumberKind, form: &str, recipe: &Recipe, given: &[bool]) -> Self {
        let sums = recipe.sums(form, sheet);
        let atoms = atoms(sheet, recipe);
        let rules: Vec<RowRule> = (0..sheet.coded.len()).map(|coded| recipe.row(sheet.coded_row(coded))).collect();
        let barred = barred(sheet, &atoms, &rules);
        let steps = steps(&sums, given);
        let magnitudes = magnitudes(sheet, &steps, recipe);
        let rows = rules.into_iter().zip(barred).zip(magnitudes).enumerate().map(|(coded, ((rule, barred), magnitude))| {
            let per_thousand = rule.root.unwrap_or(1000);
            let excluded = &sheet.coded_row(coded).not_applicable;
            RowPlan {
                apart_from: apart_from(sheet, coded, rule.apart_from.as_deref(), given),
                weight: rule.weight.unwrap_or(100).max(0),
                share: rule.share.unwrap_or(500),
                area: rule.area,
                band: rule.band.and_then(|band| in_band(sheet, &band)),
                magnitude: magnitude.scaled(per_thousand),
                barred,
                not_applicable: (0..sheet.columns.len()).map(|column| excluded.contains(&column)).collect(),
            }
        });
        Self {
            index,
            first_slot: sheet.first_slot,
            width: sheet.columns.len(),
            kind,
            rows: rows.collect(),
            atoms,
            steps,
            component: components(&sums, sheet.coded.len()),
            sums: sums.rows,
            subsets: sums.subsets,
            disjoint: sums.disjoint,
        }
    }
}

impl Magnitude {
    const NOTHING: Self = Self { basis: None, times: 0, per: 1, exact: true, share: AmountShare::WHOLE };

    const fn of(measure: &SampleMeasure, share: AmountShare) -> Self {
        Self { basis: Some(measure.basis), times: measure.times, per: measure.per, exact: measure.exact, share }
    }

    const fn scaled(self, per_thousand: i64) -> Self {
        match per_thousand {
            1000 => self,
            _ => Self { times: self.times.saturating_mul(per_thousand), per: self.per.saturating_mul(1000), ..self },
        }
    }
}

/// The band of a row, where the sheet has the row that decides.
fn in_band(sheet: &Sheet, band: &Band) -> Option<BandPlan> {
    let label = fold(&band.of);
    let row = (0..sheet.coded.len()).find(|&row| fold(&sheet.coded_row(row).label) == label)?;
    Some(BandPlan { row, least: band.least, most: band.most })
}

/// Rows that a row shares nothing with: those its recipe names, and those that the form says exclude it, once they are known.
fn apart_from(sheet: &Sheet, row: usize, words: Option<&str>, given: &[bool]) -> Vec<usize> {
    let mut rows = words.map_or_else(Vec::new, |words| siblings(sheet, row, words));
    for kinds in sheet.sums.disjoint.iter().filter(|kinds| kinds.parts.contains(&row)) {
        rows.extend(kinds.parts.iter().copied().filter(|&other| other < row || (given[other] && other != row)));
    }
    rows.sort_unstable();
    rows.dedup();
    rows
}

/// Rows above with some words in their label that are "of which" the same wholes.
fn siblings(sheet: &Sheet, row: usize, words: &str) -> Vec<usize> {
    let together = sheet.sums.subsets.iter().filter(|subset| subset.parts.contains(&row));
    let above = together.flat_map(|subset| subset.parts.iter().copied()).filter(|&other| other < row);
    above.filter(|&other| fold(&sheet.coded_row(other).label).contains(&fold(words))).collect()
}

/// The magnitude of each row that is part of nothing.
fn magnitudes(sheet: &Sheet, steps: &[Step], recipe: &Recipe) -> Vec<Magnitude> {
    let domains = domains(sheet);
    let dims: Vec<&str> = domains.iter().map(|(name, _)| &**name).collect();
    let measure = |row: usize| recipe.measure(&sheet.coded_row(row).unit, &dims);
    let roots = steps.iter().filter_map(|step| if let Step::Root(row) = step { Some(*row) } else { None });
    let roots: Vec<(usize, usize)> = roots.filter_map(|row| Some((row, measure(row)?))).collect();
    let mut found = vec![Magnitude::NOTHING; sheet.coded.len()];
    let mut seen = vec![0_i64; recipe.measures.len()];
    for &(row, at) in &roots {
        let measure = &recipe.measures[at];
        let sharing = if measure.shared { roots.iter().filter(|(_, other)| *other == at).count() } else { 1 };
        let rank = if measure.shared { seen[at] } else { 0 };
        found[row] = Magnitude::of(measure, AmountShare { rank, rows: i64::try_from(sharing).unwrap_or(1) });
        seen[at] += 1;
    }
    found
}

/// Atoms that must be nothing in each row: those its rule excludes, those of a
/// column that does not apply but belongs to a total that does, and those that
/// no part of a total can hold.
fn barred(sheet: &Sheet, atoms: &[Atom], rules: &[RowRule]) -> Vec<Vec<bool>> {
    let mut barred: Vec<Vec<bool>> =
        rules.iter().map(|rule| atoms.iter().map(|atom| !rule.only.iter().all(|(dim, value)| atom.may_be(dim, value))).collect()).collect();
    let applies = |row: usize, column: usize| !sheet.coded_row(row).not_applicable.contains(&column);
    let mut bar = |row: usize, column: usize| {
        for (atom, slot) in atoms.iter().zip(&mut barred[row]) {
            *slot |= atom.columns.contains(&column);
        }
    };
    for row in 0..sheet.coded.len() {
        for sum in sheet.sums.columns.iter().filter(|sum| applies(row, sum.total)) {
            sum.parts.iter().filter(|&&part| !applies(row, part)).for_each(|&part| bar(row, part));
        }
    }
    for sum in &sheet.sums.rows {
        for column in (0..sheet.columns.len()).filter(|&column| applies(sum.total, column)) {
            sum.parts.iter().filter(|&&part| !applies(part, column)).for_each(|&part| bar(part, column));
        }
    }
    while raise(&sheet.sums.rows, &mut barred) {}
    barred
}

/// Bars from totals what all their parts bar; true while that says anything new.
fn raise(sums: &[Sum], barred: &mut [Vec<bool>]) -> bool {
    let mut news = false;
    for sum in sums {
        for atom in 0..barred[sum.total].len() {
            if !barred[sum.total][atom] && sum.parts.iter().all(|&part| barred[part][atom]) {
                barred[sum.total][atom] = true;
                news = true;
            }
        }
    }
    news
}
