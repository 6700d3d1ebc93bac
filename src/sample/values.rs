//! Fills a form with numbers that satisfy all its sums and bounds.
//!
//! Each row is a vector over atoms. Totals are split atom by atom over their
//! parts, "of which" rows are thinnings of their wholes, and columns add the
//! atoms up; so nothing has to be corrected afterwards. Where the sums of a
//! sheet contradict each other, the rows they tie together are left at 0.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::number::NumberKind;
use crate::forms::{Form, RowPlace, SlotIndex};
use crate::returns::{Status, Values};

use super::plan::{AmountShare, Magnitude, Plan, SampleSheetPlan};
use super::recipe::{MeasureBasis, Recipe};
use super::rng::Rng;
use super::split::{Portion, split};
use super::steps::Step;

/// The dimension that a unit's own ownership decides.
pub(super) const OWNERSHIP: &str = "ownership";
/// Amounts are drawn in thousand đồng and kept in đồng.
const AMOUNT_STEP: i64 = 1_000;
/// Larger units than any country's keep within this, and products with it within an `i64`.
const LARGEST: i64 = 10_000_000;

/// Traits of a unit that its figures depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Ownership of everything it reports; empty for any.
    pub ownership: Arc<str>,
    /// Area it lies in; empty for any.
    pub area: Arc<str>,
    /// Pupils or children, about.
    pub people: i64,
    /// Schools it reports, exactly.
    pub schools: i64,
    /// Facilities not counted as schools that it reports, exactly.
    pub facilities: i64,
    /// Which sheets it fills in: a school counts, a department's own return holds amounts.
    pub fills: NumberKind,
}

/// Fills a form for one unit; to fill many, keep the [`Plan`] and use [`Plan::fill`].
#[must_use]
pub fn fill_form(form: &Form, recipe: &Recipe, profile: &Profile, rng: &mut Rng) -> Values {
    Plan::new(form, recipe).fill(profile, rng)
}

/// Rows that are given: the numbers of each over the atoms of its sheet.
pub type Given = BTreeMap<RowPlace, Vec<i64>>;

/// A filled form, by atoms too.
#[derive(Debug, Clone)]
pub struct Drawn {
    /// Values over the form's slots.
    pub values: Values,
    /// Sheets that were filled: index, number of atoms, row after row.
    tables: Vec<(usize, usize, Vec<i64>)>,
}

impl Drawn {
    /// A row over the atoms of its sheet; nothing where the sheet was not filled.
    #[must_use]
    pub fn row(&self, place: RowPlace) -> &[i64] {
        let RowPlace { sheet, row } = place;
        let table = self.tables.iter().find(|(index, ..)| *index == sheet);
        table.and_then(|(_, width, numbers)| numbers.get(row * width..(row + 1) * width)).unwrap_or_default()
    }
}

/// Where the steps of filling a form get their luck from.
pub(super) enum RandomSource<'a> {
    /// One stream, step after step.
    Shared(&'a mut Rng),
    /// A stream for each step, out of a seed.
    Own(u64),
}

impl RandomSource<'_> {
    fn of_sheet(&mut self, index: usize) -> RandomSource<'_> {
        match self {
            Self::Shared(rng) => RandomSource::Shared(rng),
            Self::Own(seed) => RandomSource::Own(Rng::stream(*seed, index as u64).next_u64()),
        }
    }

    /// Takes a step of some number.
    fn take(&mut self, number: usize, step: impl FnOnce(&mut Rng)) {
        match self {
            Self::Shared(rng) => step(rng),
            Self::Own(seed) => step(&mut Rng::stream(*seed, number as u64)),
        }
    }
}

impl Plan {
    /// Fills the form for one unit.
    #[must_use]
    pub fn fill(&self, profile: &Profile, rng: &mut Rng) -> Values {
        self.filled(profile, &mut RandomSource::Shared(rng), &Given::new()).values
    }

    /// Fills the form for one unit around what is given.
    ///
    /// Every sheet and every step has a random stream of its own, so that what one row
    /// comes to does not change the luck of the others.
    #[must_use]
    pub fn draw(&self, profile: &Profile, seed: u64, given: &Given) -> Drawn {
        self.filled(profile, &mut RandomSource::Own(seed), given)
    }

    fn filled(&self, profile: &Profile, random: &mut RandomSource<'_>, given: &Given) -> Drawn {
        let mut drawn = Drawn { values: Values::new(self.slots), tables: Vec::new() };
        for sheet in &self.sheets {
            if sheet.kind == profile.fills {
                let mut table = SampleTable::draw(sheet, profile, &mut random.of_sheet(sheet.index), given);
                table.settle();
                table.write(&mut drawn.values);
                drawn.tables.push((sheet.index, sheet.atoms.len(), table.numbers));
            } else {
                sheet.mark_not_applicable(&mut drawn.values);
            }
        }
        drawn
    }
}

impl SampleSheetPlan {
    /// The slot of a coded row and a column.
    pub(super) const fn slot(&self, row: usize, column: usize) -> SlotIndex {
        SlotIndex::new(self.first_slot.get() + row * self.width + column)
    }

    fn mark_not_applicable(&self, values: &mut Values) {
        for (row, plan) in self.rows.iter().enumerate() {
            for column in (0..self.width).filter(|&column| plan.not_applicable[column]) {
                values.set(self.slot(row, column), Status::NotApplicable, 0);
            }
        }
    }
}

/// The rows of a sheet over its atoms, while they are drawn.
pub(super) struct SampleTable<'a> {
    sheet: &'a SampleSheetPlan,
    /// Row after row, atom after atom.
    numbers: Vec<i64>,
    portions: Vec<Portion>,
}

impl<'a> SampleTable<'a> {
    /// Draws every row in the order of the plan.
    pub(super) fn draw(sheet: &'a SampleSheetPlan, profile: &Profile, random: &mut RandomSource<'_>, given: &Given) -> Self {
        let numbers = vec![0; sheet.rows.len() * sheet.atoms.len()];
        let mut table = Self { sheet, numbers, portions: Vec::new() };
        for (place, numbers) in given.iter().filter(|(place, _)| place.sheet == sheet.index) {
            let at = table.at(place.row, 0);
            table.numbers[at..at + numbers.len()].copy_from_slice(numbers);
        }
        // A row of another area is left empty wherever its total has a row to go to.
        let in_area = |area: &Option<String>| profile.area.is_empty() || area.as_ref().is_none_or(|a| **a == *profile.area);
        let weights: Vec<i64> = sheet.rows.iter().map(|row| if in_area(&row.area) { row.weight } else { 0 }).collect();
        for step in &sheet.steps {
            match step {
                Step::Root(row) => random.take(*row, |rng| table.root(*row, profile, rng)),
                Step::Split { sum, fixed, wholes } => {
                    random.take(sheet.rows.len() + sum, |rng| table.split(*sum, fixed, wholes, &weights, rng));
                }
                Step::Thin(row, wholes) => random.take(*row, |rng| table.thin(*row, wholes, rng)),
            }
        }
        table
    }

    fn at(&self, row: usize, atom: usize) -> usize {
        row * self.sheet.atoms.len() + atom
    }

    fn get(&self, row: usize, atom: usize) -> i64 {
        self.numbers[self.at(row, atom)]
    }

    fn least(&self, rows: &[usize], atom: usize) -> i64 {
        rows.iter().map(|&row| self.get(row, atom)).min().unwrap_or(i64::MAX)
    }

    /// Spreads a row's magnitude over the atoms the unit may have.
    fn root(&mut self, row: usize, profile: &Profile, rng: &mut Rng) {
        let plan = &self.sheet.rows[row];
        let whole = magnitude(&plan.magnitude, profile, rng);
        self.portions.clear();
        for (atom, &barred) in self.sheet.atoms.iter().zip(&plan.barred) {
            let is_own = profile.ownership.is_empty() || atom.may_be(OWNERSHIP, &profile.ownership);
            let (weight, most) = if is_own && !barred { (atom.weight, i64::MAX) } else { (0, 0) };
            self.portions.push(Portion { weight, least: 0, most, taken: 0 });
        }
        split(rng, whole, &mut self.portions);
        for atom in 0..self.portions.len() {
            let at = self.at(row, atom);
            self.numbers[at] = self.portions[atom].taken;
        }
    }

    /// False for a row that is for units with more or less of something.
    fn is_in_band(&self, row: usize) -> bool {
        self.sheet.rows[row].band.is_none_or(|band| {
            let number: i64 = (0..self.sheet.atoms.len()).map(|atom| self.get(band.row, atom)).sum();
            (band.least..=band.most).contains(&number)
        })
    }

    /// Splits a total over its parts, atom by atom.
    fn split(&mut self, sum: usize, fixed: &[bool], wholes: &[Vec<usize>], weights: &[i64], rng: &mut Rng) {
        let sum = &self.sheet.sums[sum];
        let in_band: Vec<bool> = sum.parts.iter().map(|&part| self.is_in_band(part)).collect();
        for atom in 0..self.sheet.atoms.len() {
            let whole = self.get(sum.total, atom);
            if whole == 0 && !fixed.contains(&true) {
                continue;
            }
            let mut portions = std::mem::take(&mut self.portions);
            portions.clear();
            portions.extend(sum.parts.iter().enumerate().map(|(index, &part)| {
                let (least, most) = match (fixed[index], self.sheet.rows[part].barred[atom]) {
                    (true, _) => (self.get(part, atom), self.get(part, atom)),
                    (false, true) => (0, 0),
                    (false, false) => (0, self.least(&wholes[index], atom)),
                };
                Portion { weight: if in_band[index] { weights[part] } else { 0 }, least, most, taken: 0 }
            }));
            split(rng, whole, &mut portions);
            for (index, &part) in sum.parts.iter().enumerate().filter(|(index, _)| !fixed[*index]) {
                let at = self.at(part, atom);
                self.numbers[at] = portions[index].taken;
            }
            self.portions = portions;
        }
    }

    /// Thins the wholes of a row.
    fn thin(&mut self, row: usize, wholes: &[usize], rng: &mut Rng) {
        let plan = &self.sheet.rows[row];
        for atom in (0..self.sheet.atoms.len()).filter(|&atom| !plan.barred[atom]) {
            let at = self.at(row, atom);
            let taken: i64 = plan.apart_from.iter().map(|&row| self.get(row, atom)).sum();
            let left = self.least(wholes, atom).saturating_sub(taken).max(0);
            self.numbers[at] = rng.share(left, plan.share, 1000);
        }
    }

    /// Empties rows whose sums contradict each other; 0 satisfies every sum. Says how many rows.
    pub(super) fn settle(&mut self) -> usize {
        let sheet = self.sheet;
        let mut broken = vec![false; sheet.rows.len()];
        for atom in 0..sheet.atoms.len() {
            for sum in &sheet.sums {
                let parts: i64 = sum.parts.iter().map(|&part| self.get(part, atom)).sum();
                broken[sheet.component[sum.total]] |= parts != self.get(sum.total, atom);
            }
            for subset in &sheet.subsets {
                let whole = self.get(subset.total, atom);
                broken[sheet.component[subset.total]] |= subset.parts.iter().any(|&part| self.get(part, atom) > whole);
            }
            for kinds in &sheet.disjoint {
                let parts: i64 = kinds.parts.iter().map(|&part| self.get(part, atom)).sum();
                broken[sheet.component[kinds.total]] |= parts > self.get(kinds.total, atom);
            }
        }
        let emptied: Vec<usize> = (0..sheet.rows.len()).filter(|&row| broken[sheet.component[row]]).collect();
        for &row in &emptied {
            let (first, last) = (self.at(row, 0), self.at(row, sheet.atoms.len()));
            self.numbers[first..last].fill(0);
        }
        emptied.len()
    }

    /// Adds the atoms up into columns.
    fn write(&self, values: &mut Values) {
        let step = if self.sheet.kind == NumberKind::Amounts { AMOUNT_STEP } else { 1 };
        let mut line = vec![0; self.sheet.width];
        for (row, plan) in self.sheet.rows.iter().enumerate() {
            line.fill(0);
            for (index, atom) in self.sheet.atoms.iter().enumerate() {
                let number = self.get(row, index) * step;
                for &column in atom.columns.iter().take_while(|_| number != 0) {
                    line[column] += number;
                }
            }
            for (column, &number) in line.iter().enumerate() {
                let status = if plan.not_applicable[column] { Status::NotApplicable } else { Status::Reported };
                values.set(self.sheet.slot(row, column), status, number);
            }
        }
    }
}

fn magnitude(magnitude: &Magnitude, profile: &Profile, rng: &mut Rng) -> i64 {
    let number = match magnitude.basis {
        None => return 0,
        Some(MeasureBasis::People) => profile.people,
        Some(MeasureBasis::Schools) => profile.schools,
        Some(MeasureBasis::Facilities) => profile.facilities,
    };
    let number = number.clamp(0, LARGEST);
    let whole = if magnitude.exact {
        number.saturating_mul(magnitude.times) / magnitude.per.max(1)
    } else {
        rng.spread(number, magnitude.times, magnitude.per)
    };
    // Seven groups over three rows are 2, 2 and 3: nothing is lost.
    let AmountShare { rank, rows } = magnitude.share;
    whole * (rank + 1) / rows - whole * rank / rows
}
