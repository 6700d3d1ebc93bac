//! Adding up: what the facts come to over places.

use std::sync::Arc;

use rayon::prelude::*;

use super::demand::Demand;
use super::facts::{Facts, covered};
use super::matched::{Matched, Ratio};
use super::places::{NumberedPlace, Place, PlaceKind, Places};
use super::sums::{Ratios, Sums};
use crate::forms::Back;

impl Facts<'_> {
    /// Adds up every figure asked for, and coverage, over some places; only of the units in `mask`, where there is one.
    #[must_use]
    pub fn sums(&self, demand: &Demand<'_>, places: &Places, mask: Option<&[bool]>) -> Sums {
        // A unit that is gone counts where it stood, unless some units only are looked at.
        let of_gone: Vec<Vec<usize>> = self.gone.iter().map(|gone| if mask.is_none() { gone.places(places) } else { Vec::new() }).collect();
        let within = |back: Back, code: &str| -> &[usize] {
            match self.unit_now(back, code) {
                Some(unit) if unit >= self.tree.units.len() => &of_gone[unit - self.tree.units.len()],
                Some(unit) if mask.is_none_or(|mask| mask[unit]) => &places.of_unit[unit],
                _ => &[],
            }
        };
        // Tables over everything share one: a province has many places, and a run many tables.
        let is_shared = mask.is_none() && std::ptr::eq(places, &raw const self.places);
        let coverage = if is_shared { Arc::clone(&self.coverage) } else { Arc::new(covered(&self.returned.own, places, mask)) };
        let mut sums = Sums::new(demand, places.all.len(), coverage);
        sums.tables().into_par_iter().for_each(|((term, form), table)| {
            let wanted = demand.figures(term, form);
            if wanted.is_empty() {
                return;
            }
            let back = self.terms[term].back;
            for own in self.terms[term].returns.iter().filter(|own| own.form == form) {
                table.add(wanted, own.values, within(back, own.unit));
            }
            for own in self.terms[term].missing.iter().filter(|own| own.form == form) {
                table.lacks(within(back, own.unit));
            }
        });
        sums.ratios = self.ratios(demand, places, mask);
        sums
    }

    /// Works out every ratio at the places of several units.
    fn ratios(&self, demand: &Demand<'_>, places: &Places, mask: Option<&[bool]>) -> Ratios {
        let is_alone = |place: &Place| matches!(place.kind, PlaceKind::Unit(unit) if self.tree.children(unit).is_empty());
        let mut several = 0_u32;
        let number = |place: &Place| {
            (!is_alone(place)).then(|| {
                several += 1;
                several - 1
            })
        };
        let of_place: Vec<Option<u32>> = places.all.iter().map(number).collect();
        let of_gone: Vec<Vec<usize>> = self.gone.iter().map(|gone| gone.places(places)).collect();
        let table = |ratio: &Ratio| {
            let mut table = vec![Matched::default(); several as usize];
            for unit in self.returned.units(ratio) {
                let is_gone = unit >= self.tree.units.len();
                if mask.is_some_and(|mask| is_gone || !mask[unit]) {
                    continue;
                }
                let own = self.returned.unit(ratio, unit);
                let within = if is_gone { &of_gone[unit - self.tree.units.len()] } else { &places.of_unit[unit] };
                for at in within.iter().filter_map(|&place| of_place[place]) {
                    table[at as usize].add(own);
                }
            }
            table
        };
        let tables = demand.ratios().par_iter().map(table).collect();
        Ratios { all: demand.ratios().to_vec(), tables, of_place, whole: places.whole.clone(), mask: mask.map(<[bool]>::to_vec) }
    }

    /// What a ratio comes to at a place.
    pub(super) fn matched(&self, sums: &Sums, ratio: usize, place: NumberedPlace<'_>) -> Matched {
        let ratios = &sums.ratios;
        match (ratios.of_place[place.at], &place.place.kind) {
            (Some(several), _) => ratios.tables[ratio][several as usize],
            (None, PlaceKind::Unit(unit)) if ratios.mask.as_ref().is_none_or(|mask| mask[*unit]) => {
                self.returned.unit(&ratios.all[ratio], *unit)
            }
            (None, _) => Matched::default(),
        }
    }

    /// What each unit of a place brings to a ratio.
    pub(super) fn units_of(&self, sums: &Sums, ratio: usize, at: usize) -> Vec<(usize, Matched)> {
        let ratio = &sums.ratios.all[ratio];
        let is_within = |unit: &usize| self.places.of_unit.get(*unit).is_some_and(|places| places.contains(&at));
        self.returned.units(ratio).into_iter().filter(is_within).map(|unit| (unit, self.returned.unit(ratio, unit))).collect()
    }
}
