//! Constraints of a sheet's cells on each other: its sums and bounds, cell by cell.
//!
//! Who checks them, solves them or counts them is a [`Relations`]; all walk them here.

use super::SlotIndex;
use super::form::Sheet;
use super::sums::{Bounds, Sum};

/// The rule that a relation is told under, and what a correct return may break it by.
#[derive(Debug, Clone, Copy)]
pub struct Relation<'a> {
    /// Id in the rule catalogue.
    pub rule: &'static str,
    /// The phrase that says why it need not hold; it always does otherwise.
    pub unless: Option<&'a str>,
}

impl<'a> Relation<'a> {
    /// One that no correct return breaks.
    const fn always(rule: &'static str) -> Self {
        Self { rule, unless: None }
    }

    /// One rule where it always holds, another where a correct return may break it.
    const fn of(always: &'static str, usually: &'static str, unless: Option<&'a str>) -> Self {
        match unless {
            None => Self::always(always),
            Some(_) => Self { rule: usually, unless },
        }
    }
}

/// Takes the relations of a sheet one by one; cells are slots of the form.
pub trait Relations {
    /// The total is what its parts add up to.
    fn sum(&mut self, relation: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone);

    /// The part is at most the whole.
    fn at_most(&mut self, relation: Relation<'_>, part: SlotIndex, whole: SlotIndex);

    /// The parts together are at most the whole; of those who say so themselves [`at_most`](Self::at_most) told already.
    fn disjoint(&mut self, _relation: Relation<'_>, _whole: SlotIndex, _parts: impl Iterator<Item = SlotIndex> + Clone) {}

    /// Women and minorities overlap at least where together they are more than everyone.
    fn overlap(&mut self, _rule: &'static str, _people: People) {}
}

/// The cells of one block of people in one row.
#[derive(Debug, Clone, Copy)]
pub struct People {
    /// Everyone.
    pub total: SlotIndex,
    /// Women and girls.
    pub women: SlotIndex,
    /// Ethnic minorities.
    pub minority: SlotIndex,
    /// Women and girls of ethnic minorities.
    pub both: SlotIndex,
}

impl Sheet {
    /// Tells every relation of the sheet.
    pub fn relations(&self, to: &mut impl Relations) {
        for sum in &self.sums.columns {
            (0..self.coded.len()).for_each(|coded| self.column_sum(sum, coded, to));
        }
        for sum in &self.sums.rows {
            (0..self.columns.len()).for_each(|column| self.row_sum(sum, column, to));
        }
        for subset in &self.sums.subsets {
            (0..self.columns.len()).for_each(|column| self.subset(subset, column, to));
        }
        for kinds in &self.sums.disjoint {
            (0..self.columns.len()).for_each(|column| self.kinds(kinds, column, to));
        }
        for bounds in &self.sums.bounds {
            (0..self.coded.len()).for_each(|coded| self.bounds(bounds, coded, None, to));
        }
    }

    /// Tells the relations in which a cell of this column is: those down the column, and those across rows.
    pub fn relations_of_column(&self, column: usize, to: &mut impl Relations) {
        self.sums.rows.iter().for_each(|sum| self.row_sum(sum, column, to));
        self.sums.subsets.iter().for_each(|subset| self.subset(subset, column, to));
        self.sums.disjoint.iter().for_each(|kinds| self.kinds(kinds, column, to));
        for sum in self.sums.columns.iter().filter(|sum| sum.total == column || sum.parts.contains(&column)) {
            (0..self.coded.len()).for_each(|coded| self.column_sum(sum, coded, to));
        }
        for bounds in &self.sums.bounds {
            (0..self.coded.len()).for_each(|coded| self.bounds(bounds, coded, Some(column), to));
        }
    }

    fn column_sum(&self, sum: &Sum, coded: usize, to: &mut impl Relations) {
        let relation = Relation::of("column-sum", "column-sum-usual", sum.unless_together());
        to.sum(relation, self.slot(coded, sum.total), sum.parts.iter().map(|&part| self.slot(coded, part)));
    }

    fn row_sum(&self, sum: &Sum, column: usize, to: &mut impl Relations) {
        let relation = Relation::of("row-sum", "row-sum-usual", sum.unless_together());
        to.sum(relation, self.slot(sum.total, column), sum.parts.iter().map(|&part| self.slot(part, column)));
    }

    fn subset(&self, subset: &Sum, column: usize, to: &mut impl Relations) {
        let whole = self.slot(subset.total, column);
        for &part in &subset.parts {
            let relation = Relation::of("part-exceeds-whole", "part-exceeds-whole-usual", subset.unless(part));
            to.at_most(relation, self.slot(part, column), whole);
        }
    }

    fn kinds(&self, kinds: &Sum, column: usize, to: &mut impl Relations) {
        let relation = Relation::of("kinds-exceed-whole", "kinds-exceed-whole-usual", kinds.unless_together());
        to.disjoint(relation, self.slot(kinds.total, column), kinds.parts.iter().map(|&part| self.slot(part, column)));
    }

    /// Those of one block of people in a row; where a column is told, those that a cell of it is in.
    fn bounds(&self, bounds: &Bounds, coded: usize, only: Option<usize>, to: &mut impl Relations) {
        let is_asked = |columns: &[usize]| only.is_none_or(|own| columns.contains(&own));
        let slot = |column: usize| self.slot(coded, column);
        let Bounds { total, women, minority, minority_women: both } = *bounds;
        for (part, whole) in [(women, Some(total)), (minority, Some(total)), (both, women), (both, minority)] {
            if let Some((part, whole)) = part.zip(whole).filter(|(part, whole)| is_asked(&[*part, *whole])) {
                to.at_most(Relation::always("group-exceeds-total"), slot(part), slot(whole));
            }
        }
        if let (Some(women), Some(minority), Some(both)) = (women, minority, both)
            && is_asked(&[total, women, minority, both])
        {
            let people = People { total: slot(total), women: slot(women), minority: slot(minority), both: slot(both) };
            to.overlap("group-overlap-too-small", people);
        }
    }
}
