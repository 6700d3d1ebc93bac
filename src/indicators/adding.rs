//! Adding up: what the facts come to over places.

use std::sync::Arc;

use rayon::prelude::*;

use super::matched::{Matched, MatchedRatio};
use super::measure_data::{MeasureData, covered};
use super::measure_plan::MeasurePlan;
use super::places::{NumberedPlace, Place, PlaceIndex, PlaceKind, PlaceVec, Places};
use super::sums::{MeasureSums, Ratios};
use crate::forms::TermOffset;
use crate::register::{UnitIndex, UnitVec};

impl MeasureData<'_> {
    /// Adds up every figure asked for, and coverage, over some places; only of the units in `mask`, where there is one.
    #[must_use]
    pub fn sums(&self, plan: &MeasurePlan<'_>, places: &Places, mask: Option<&UnitVec<bool>>) -> MeasureSums {
        // A unit that is gone counts where it stood, unless some units only are looked at.
        let of_gone: Vec<Vec<PlaceIndex>> =
            self.gone.iter().map(|gone| if mask.is_none() { gone.places(places) } else { Vec::new() }).collect();
        let within = |back: TermOffset, code: &str| -> &[PlaceIndex] {
            match self.unit_now(back, code) {
                Some(unit) if self.is_gone(unit) => &of_gone[unit.get() - self.tree.units.len()],
                Some(unit) if mask.is_none_or(|mask| mask[unit]) => &places.of_unit[unit],
                _ => &[],
            }
        };
        // Tables over everything share one: a province has many places, and a run many tables.
        let is_shared = mask.is_none() && std::ptr::eq(places, &raw const self.places);
        let coverage = if is_shared { Arc::clone(&self.coverage) } else { Arc::new(covered(&self.returned.own, places, mask)) };
        let mut sums = MeasureSums::new(plan, places.all.len(), coverage);
        sums.tables().into_par_iter().for_each(|((term, form), table)| {
            let wanted = plan.figures(term, form);
            if wanted.is_empty() {
                return;
            }
            let back = self.terms[term].back;
            for own in self.terms[term].returns.iter().filter(|own| own.form == form) {
                table.add(wanted, own.values, within(back, own.unit));
            }
            for own in self.terms[term].missing.iter().filter(|own| own.form == form) {
                table.note_missing(within(back, own.unit));
            }
        });
        sums.ratios = self.ratios(plan, places, mask);
        sums
    }

    /// Whether a number is that of a unit that is gone: those follow the units of the tree.
    pub(super) const fn is_gone(&self, unit: UnitIndex) -> bool {
        unit.get() >= self.tree.units.len()
    }

    /// Works out every ratio at the places of several units.
    fn ratios(&self, plan: &MeasurePlan<'_>, places: &Places, mask: Option<&UnitVec<bool>>) -> Ratios {
        let is_alone = |place: &Place| matches!(place.kind, PlaceKind::Unit(unit) if self.tree.children(unit).is_empty());
        let mut several = 0_u32;
        let number = |place: &Place| {
            (!is_alone(place)).then(|| {
                several += 1;
                several - 1
            })
        };
        let of_place: PlaceVec<Option<u32>> = places.all.iter().map(number).collect();
        let of_gone: Vec<Vec<PlaceIndex>> = self.gone.iter().map(|gone| gone.places(places)).collect();
        let table = |ratio: &MatchedRatio| {
            let mut table = vec![Matched::default(); several as usize];
            for unit in self.returned.units(ratio) {
                let is_gone = self.is_gone(unit);
                if mask.is_some_and(|mask| is_gone || !mask[unit]) {
                    continue;
                }
                let own = self.returned.unit(ratio, unit);
                let within = if is_gone { &of_gone[unit.get() - self.tree.units.len()] } else { &places.of_unit[unit] };
                for at in within.iter().filter_map(|&place| of_place[place]) {
                    table[at as usize].add(own);
                }
            }
            table
        };
        let tables = plan.ratios().par_iter().map(table).collect();
        Ratios { all: plan.ratios().to_vec(), tables, of_place, whole: places.whole.clone(), mask: mask.cloned() }
    }

    /// Value of a ratio at a place.
    pub(super) fn matched(&self, sums: &MeasureSums, ratio: usize, place: NumberedPlace<'_>) -> Matched {
        let ratios = &sums.ratios;
        match (ratios.of_place[place.at], &place.place.kind) {
            (Some(several), _) => ratios.tables[ratio][several as usize],
            (None, PlaceKind::Unit(unit)) if ratios.mask.as_ref().is_none_or(|mask| mask[*unit]) => {
                self.returned.unit(&ratios.all[ratio], *unit)
            }
            (None, _) => Matched::default(),
        }
    }

    /// Shares of a place's units in a ratio.
    pub(super) fn units_of(&self, sums: &MeasureSums, ratio: usize, at: PlaceIndex) -> Vec<(UnitIndex, Matched)> {
        let ratio = &sums.ratios.all[ratio];
        let is_within = |unit: &UnitIndex| self.places.of_unit.get(*unit).is_some_and(|places| places.contains(&at));
        self.returned.units(ratio).into_iter().filter(is_within).map(|unit| (unit, self.returned.unit(ratio, unit))).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::tests::{CLASSES, PUPILS, World, YEAR_AGO, all_sent, earlier, pick, sent, units};
    use super::super::{Formula, FormulaSpec, State, Units, Value};
    use super::*;
    use crate::register::{EarlierPlace, GroupValue, Succession, Tree};
    use crate::returns::{Returns, Status, Submission};

    /// The place of a unit, or that of a group as `key=value`.
    fn place(data: &MeasureData<'_>, name: &str) -> PlaceIndex {
        let group = name.split_once('=').and_then(|(key, value)| data.places.group(key, value));
        let of_unit = || data.places.all.position(|own| matches!(own.kind, PlaceKind::Unit(_)) && *own.code == *name);
        group.or_else(of_unit).unwrap()
    }

    /// A ratio or a sum of primary schools.
    fn formula(plan: &mut MeasurePlan<'_>, numerator: &str, denominator: Option<&str>) -> Formula {
        let (above, below) = ([pick(numerator)], denominator.map(pick));
        let written = FormulaSpec { denominator: below.as_slice(), ..FormulaSpec::sum(&above) };
        plan.formula(written, &["TH"], &BTreeMap::new()).unwrap()
    }

    /// Value of a formula at some places.
    fn at<const N: usize>(
        data: &MeasureData<'_>,
        [numerator, denominator]: [&str; 2],
        names: [&str; N],
        mask: Option<&UnitVec<bool>>,
    ) -> [Value; N] {
        let mut plan = MeasurePlan::new(data);
        let own = formula(&mut plan, numerator, (!denominator.is_empty()).then_some(denominator));
        let sums = data.sums(&plan, &data.places, mask);
        names.map(|name| own.at(data, &sums, data.places.numbered(place(data, name))))
    }

    fn number(value: &Value) -> (Option<i64>, State) {
        (value.numerator, value.state)
    }

    /// Both sides of a ratio, units in it and units that should be.
    fn ratio(value: &Value) -> (Option<i64>, Option<i64>, u32, u32) {
        let Units { within, expected } = value.units.unwrap();
        (value.numerator, value.denominator, within, expected)
    }

    #[test]
    fn a_return_counts_at_its_unit_above_it_and_in_its_groups() {
        let (world, sent) = (World::new(), all_sent());
        let data = world.data(&sent, &[]);
        let names = ["T1", "X", "Y", "S", "cluster=one", "cluster=two", "ownership=private"];
        let found = at(&data, ["pupils", ""], names, None).map(|value| number(&value));
        assert_eq!(found, [100, 150, 90, 240, 190, 50, 50].map(|sum| (Some(sum), State::Complete)));
    }

    #[test]
    fn a_return_that_did_not_come_makes_sums_incomplete_and_its_own_unknown() {
        let (world, mut sent) = (World::new(), all_sent());
        sent.remove(1);
        let data = world.data(&sent, &[]);
        let [own, above, beside, all] = at(&data, ["pupils", ""], ["T2", "X", "Y", "S"], None);
        assert_eq!((number(&own), own.unknown), ((None, State::None), true));
        assert_eq!((number(&above), number(&beside)), ((Some(100), State::Incomplete), (Some(90), State::Complete)));
        assert_eq!((number(&all), all.coverage.received, all.coverage.expected), ((Some(190), State::Incomplete), 2, 3));
    }

    #[test]
    fn what_is_unknown_is_never_nought() {
        let (world, mut sent) = (World::new(), all_sent());
        sent[2].values.set(PUPILS, Status::ErrorValue, 90);
        let data = world.data(&sent, &[]);
        let [own, above, all] = at(&data, ["pupils", ""], ["T3", "Y", "S"], None);
        for value in [own, above] {
            assert_eq!((number(&value), value.unknown, value.fraction()), ((None, State::None), true, None));
        }
        assert_eq!((number(&all), all.broken), ((Some(150), State::Incomplete), true));
        // A blank of a return that came in is nought.
        sent[2].values.set(PUPILS, Status::Missing, 0);
        let data = world.data(&sent, &[]);
        assert_eq!(number(&at(&data, ["pupils", ""], ["T3"], None)[0]), (Some(0), State::Complete));
    }

    #[test]
    fn a_ratio_is_of_the_units_that_know_both_sides() {
        let (world, mut sent) = (World::new(), all_sent());
        sent[0].values.set(CLASSES, Status::Unknown, 0);
        let data = world.data(&sent, &[]);
        let [first, x, y, all, one] = at(&data, ["pupils", "classes"], ["T1", "X", "Y", "S", "cluster=one"], None);
        // The hundred pupils whose classes nobody knows are not divided by the others' classes.
        assert_eq!((ratio(&x), x.state), ((Some(50), Some(1), 1, 2), State::Incomplete));
        assert_eq!((ratio(&y), y.state), ((Some(90), Some(3), 1, 1), State::Complete));
        assert_eq!((ratio(&all), ratio(&one)), ((Some(140), Some(4), 2, 3), (Some(90), Some(3), 1, 2)));
        assert_eq!((ratio(&first), first.state, first.unknown), ((None, None, 0, 1), State::None, true));
        // The other way round it is the same units, and what each brings can be told.
        let [x] = at(&data, ["classes", "pupils"], ["X"], None);
        assert_eq!(ratio(&x), (Some(1), Some(50), 1, 2));
        let mut plan = MeasurePlan::new(&data);
        formula(&mut plan, "pupils", Some("classes"));
        let sums = data.sums(&plan, &data.places, None);
        let units = data.units_of(&sums, 0, place(&data, "X"));
        let brought: Vec<_> = units.iter().map(|(unit, own)| (&*world.tree.units[*unit].code, own.numerator, own.units.within)).collect();
        assert_eq!(brought, [("T1", 0, 0), ("T2", 50, 1)]);
    }

    #[test]
    fn a_ratio_of_two_terms_is_of_the_units_that_are_in_both() {
        let (world, sent) = (World::new(), all_sent());
        let before = earlier("F", &[("T1", [80, 0, 0]), ("T3", [60, 0, 0])], &["T2"]);
        let data = world.data(&sent, &[(YEAR_AGO, Some(&before))]);
        let [x, all] = at(&data, ["pupils", "pupils@last_year"], ["X", "S"], None);
        assert_eq!((ratio(&x), x.state), ((Some(100), Some(80), 1, 2), State::Incomplete));
        assert_eq!(ratio(&all), (Some(190), Some(140), 2, 3));
        // The sum of a year ago is of that year's returns, and lacks the one that did not come then.
        let sums = at(&data, ["pupils@last_year", ""], ["X", "Y", "S"], None).map(|value| number(&value));
        assert_eq!(sums, [(Some(80), State::Incomplete), (Some(60), State::Complete), (Some(140), State::Incomplete)]);
    }

    #[test]
    fn only_the_units_looked_at_are_added_up() {
        let (world, sent) = (World::new(), all_sent());
        let data = world.data(&sent, &[]);
        let mask: UnitVec<bool> = world.tree.units.iter().map(|unit| *unit.ownership == *"public").collect();
        let [x, all, two] = at(&data, ["pupils", ""], ["X", "S", "cluster=two"], Some(&mask));
        assert_eq!((number(&x), number(&all), x.coverage.expected), ((Some(100), State::Complete), (Some(190), State::Complete), 1));
        assert!(!two.applies && two.numerator.is_none());
        let [x, private] = at(&data, ["pupils", "classes"], ["X", "T2"], Some(&mask));
        assert_eq!((ratio(&x), ratio(&private)), ((Some(100), Some(4), 1, 1), (None, None, 0, 0)));
    }

    #[test]
    fn units_of_a_year_ago_count_where_they_are_today_or_where_they_stood() {
        let mut world = World::new();
        let merged = Succession { from: "OLD".into(), to: "T3".into(), on: "2025-07-01".parse().unwrap() };
        world.tree = Tree::of(units(), "", world.tree.own_groupings().map(Into::into).collect(), world.tree.day, vec![merged]).unwrap();
        // One was merged into T3; one below X is gone for good, and was in the cluster.
        let mut before: Returns = earlier("F", &[("T3", [60, 0, 0]), ("OLD", [7, 0, 0]), ("GONE", [1000, 0, 0])], &[]);
        let groups = vec![GroupValue { key: "cluster".into(), value: "two".into() }];
        before.put("GONE", EarlierPlace { above: Some("X".into()), groups });
        let sent: Vec<Submission> = vec![sent("T3", [90, 45, 3])];
        let data = world.data(&sent, &[(YEAR_AGO, Some(&before))]);
        let names = ["T3", "Y", "X", "S", "cluster=one", "cluster=two"];
        let found = at(&data, ["pupils@last_year", ""], names, None).map(|value| value.numerator);
        assert_eq!(found, [67, 67, 1000, 1067, 67, 1000].map(Some));
        // Of both years only T3 is known, with the school that became a part of it.
        assert_eq!(ratio(&at(&data, ["pupils", "pupils@last_year"], ["Y"], None)[0]), (Some(90), Some(67), 1, 1));
    }
}
