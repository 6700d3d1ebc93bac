//! A difference taken apart: whatever happens to units and returns, the causes add up to it, and each is what a
//! recomputation of that step alone makes.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::NaiveDate;
use proptest::prelude::*;
use tkgd::query::explain::{Cause, Figure, FigureDifference, FigureSide, UnitValue, difference, missing, node};
use tkgd::register::{Succession, Tree, Unit, UnitIndex};
use tkgd::returns::Status;

const DISTRICTS: usize = 3;
const COMMUNES: usize = 5;

/// What becomes of a unit from one state to the next, and what it says in each.
#[derive(Debug, Clone)]
struct Life {
    fate: u8,
    place: [usize; 2],
    before: Option<(Status, i64)>,
    after: Option<(Status, i64)>,
    /// What it showed at the older address, where the definition changed.
    shown: Option<i64>,
    into: usize,
}

#[derive(Debug, Clone)]
struct Story {
    communes: Vec<Life>,
    schools: Vec<Life>,
    is_redefined: bool,
}

fn figure() -> impl Strategy<Value = Option<(Status, i64)>> {
    // Numbers as large as a cell can hold: no sum may overflow.
    let number = prop_oneof![0_i64..20, any::<i64>()];
    prop_oneof![
        1 => Just(None),
        4 => number.prop_map(|number| Some((Status::Reported, number))),
        1 => (0..Status::ALL.len()).prop_map(|status| Some((Status::ALL[status], 0))),
    ]
}

fn life(places: usize) -> impl Strategy<Value = Life> {
    let place = prop_oneof![2 => (0..places).prop_map(|p| [p, p]), 1 => (0..places, 0..places).prop_map(|(a, b)| [a, b])];
    // Half of the corrected ones say the same again.
    let says = prop_oneof![1 => figure().prop_map(|f| (f, f)), 2 => (figure(), figure())];
    (0_u8..9, place, says, proptest::option::of(any::<i64>()), 0_usize..100).prop_map(|(fate, place, (before, after), shown, into)| Life {
        fate,
        place,
        before,
        after,
        shown,
        into,
    })
}

fn story() -> impl Strategy<Value = Story> {
    (proptest::collection::vec(life(DISTRICTS), COMMUNES), proptest::collection::vec(life(COMMUNES), 1..14), any::<bool>())
        .prop_map(|(communes, schools, is_redefined)| Story { communes, schools, is_redefined })
}

impl Life {
    fn was_there(&self) -> bool {
        self.fate != 8
    }

    fn is_there(&self) -> bool {
        self.fate < 5 || self.fate == 8
    }
}

fn unit(code: &str, above: Option<String>) -> Unit {
    Unit {
        code: code.into(),
        name: code.into(),
        kind: "school".into(),
        facility: true,
        reports_to: above.map(Arc::from),
        forms: vec!["F".into()],
        line: 1,
        ..Unit::default()
    }
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 9, 30).unwrap()
}

/// A unit's place and number in the world of a recomputation: every unit above it, and what it adds.
type World = BTreeMap<String, (Vec<String>, i128)>;

impl Story {
    /// Code, life and the two units above it.
    fn units(&self) -> Vec<(String, &Life, [Vec<String>; 2])> {
        // Communes are always there: schools below them need a place.
        let district = |commune: usize, at: usize| format!("D{}", self.communes[commune].place[at]);
        let communes = self.communes.iter().enumerate().map(|(index, life)| {
            let above = [0, 1].map(|at| vec![district(index, at), "S".to_owned()]);
            (format!("C{index}"), life, above)
        });
        let schools = self.schools.iter().enumerate().map(|(index, life)| {
            let above = [0, 1].map(|at| vec![format!("C{}", life.place[at]), district(life.place[at], at), "S".to_owned()]);
            (format!("T{index:02}"), life, above)
        });
        communes.chain(schools).collect()
    }

    fn is_school(code: &str) -> bool {
        code.starts_with('T')
    }

    fn exists(code: &str, life: &Life, at: usize) -> bool {
        !Self::is_school(code) || if at == 0 { life.was_there() } else { life.is_there() }
    }

    fn says(code: &str, life: &Life, at: usize) -> Option<(Status, i64)> {
        if at == 0 { life.before } else { life.after }.filter(|_| Self::exists(code, life, at))
    }

    /// What a state says, with the mergers known by then.
    fn figure(&self, at: usize) -> Figure {
        let mut units = vec![unit("S", None)];
        units.extend((0..DISTRICTS).map(|district| unit(&format!("D{district}"), Some("S".to_owned()))));
        let mut own = BTreeMap::new();
        for (code, life, above) in self.units() {
            if Self::exists(&code, life, at) {
                units.push(unit(&code, Some(above[at][0].clone())));
            }
            if let Some((status, number)) = Self::says(&code, life, at) {
                own.insert(Arc::from(&*code), UnitValue { status, number, places: Vec::new() });
            }
        }
        let mut successions: Vec<Succession> = Vec::new();
        for (index, life) in self.schools.iter().enumerate().filter(|(_, life)| at == 1 && life.was_there() && !life.is_there()) {
            if let Some(into) = self.into(index, life) {
                successions.push(Succession { from: format!("T{index:02}").into(), to: format!("T{into:02}").into(), on: day() });
            }
        }
        Figure { tree: Tree::of(units, "test", Vec::new(), day(), successions).unwrap(), own, open: std::collections::BTreeSet::new() }
    }

    /// The school that a closed one says it was merged into.
    fn into(&self, index: usize, life: &Life) -> Option<usize> {
        let into = life.into % self.schools.len();
        (life.fate >= 6 && into != index).then_some(into)
    }

    /// The school that a closed one is part of in the end, if that one is there.
    fn successor(&self, index: usize) -> Option<usize> {
        let mut at = index;
        for _ in 0..=self.schools.len() {
            if self.schools[at].is_there() {
                return (at != index).then_some(at);
            }
            at = self.into(at, &self.schools[at])?;
        }
        None
    }

    fn shown(&self) -> BTreeMap<Arc<str>, UnitValue> {
        let own = |number| UnitValue { status: Status::Reported, number, places: Vec::new() };
        self.units()
            .into_iter()
            .filter(|(code, life, _)| Self::exists(code, life, 0) && life.before.is_some())
            .filter_map(|(code, life, _)| Some((Arc::from(&*code), own(life.shown?))))
            .collect()
    }

    /// What the older state says of the units that a unit has today.
    fn before_of_today(&self, of: &str) -> i128 {
        let above_of_commune = |commune: usize| [format!("C{commune}"), format!("D{}", self.communes[commune].place[1]), "S".to_owned()];
        let shown = self.shown();
        let mut sum = 0;
        for (code, life, above) in self.units() {
            let said =
                if self.is_redefined { shown.get(&*code).map(|own| own.number) } else { Self::says(&code, life, 0).map(|own| own.1) };
            let index = code.strip_prefix('T').and_then(|index| index.parse::<usize>().ok());
            let places: Vec<String> = match index {
                // One that nobody took the place of counts in the commune it was in, wherever that lies today.
                Some(index) if !life.is_there() => match self.successor(index) {
                    Some(into) => {
                        let own = std::iter::once(format!("T{into:02}"));
                        own.chain(above_of_commune(self.schools[into].place[1])).collect()
                    }
                    None => above_of_commune(life.place[0]).to_vec(),
                },
                _ => std::iter::once(code.clone()).chain(above[1].clone()).collect(),
            };
            if places.iter().any(|place| place == of) {
                sum += i128::from(said.unwrap_or(0));
            }
        }
        sum
    }

    /// The history again, one kind of event at a time: the total of a unit before and after each.
    fn steps(&self, of: &str) -> Vec<(Cause, i128)> {
        let number = |said: Option<(Status, i64)>| said.map_or(0, |(_, number)| i128::from(number));
        let units = self.units();
        let in_merger = |code: &str| {
            let own: Option<usize> = code.strip_prefix('T').and_then(|index| index.parse().ok());
            own.is_some_and(|own| {
                let gone = |index: usize| self.schools[index].was_there() && !self.schools[index].is_there();
                let is_target = (0..self.schools.len()).any(|index| gone(index) && self.successor(index) == Some(own));
                is_target || (gone(own) && self.successor(own).is_some())
            })
        };
        let mut world = World::new();
        for (code, life, above) in &units {
            if Self::exists(code, life, 0) {
                let number = if self.is_redefined { life.before.and(life.shown).map_or(0, i128::from) } else { number(life.before) };
                world.insert(code.clone(), (above[0].clone(), number));
            }
        }
        let total = |world: &World| -> i128 {
            world.iter().filter(|(code, (above, _))| *code == of || above.iter().any(|unit| unit == of)).map(|(_, (_, n))| n).sum()
        };
        let mut last = total(&world);
        let mut steps = Vec::new();
        let mut step = |cause: Cause, world: &World| {
            let now = total(world);
            steps.push((cause, now - last));
            last = now;
        };
        for (code, life, _) in &units {
            if let Some(entry) = world.get_mut(code) {
                entry.1 = number(life.before);
            }
        }
        step(Cause::Definition, &world);
        for (code, life, above) in &units {
            if Self::exists(code, life, 0) && Self::exists(code, life, 1) {
                world.get_mut(code).unwrap().0.clone_from(&above[1]);
            }
        }
        step(Cause::MovedIn, &world);
        let both = |code: &str, life: &Life| Self::exists(code, life, 0) && Self::exists(code, life, 1) && !in_merger(code);
        let returned = |said: Option<(Status, i64)>| said.is_some();
        let is_broken = |said: Option<(Status, i64)>| said.is_some_and(|(status, _)| status.is_broken());
        let kinds = [
            (Cause::Late, [false, true], false),
            (Cause::Withdrawn, [true, false], false),
            (Cause::Corrected, [true, true], false),
            (Cause::Unknown, [true, true], true),
        ];
        for (cause, is_it, is_unknown) in kinds {
            for (code, life, _) in units.iter().filter(|(code, life, _)| both(code, life)) {
                let own = [life.before, life.after];
                let unknown = own.map(returned) == [true, true] && own.into_iter().any(is_broken);
                if own.map(returned) == is_it && unknown == is_unknown {
                    world.get_mut(code).unwrap().1 = number(life.after);
                }
            }
            step(cause, &world);
        }
        for (code, life, above) in &units {
            if !Self::exists(code, life, 0) && Self::exists(code, life, 1) && !in_merger(code) {
                world.insert(code.clone(), (above[1].clone(), number(life.after)));
            }
        }
        step(Cause::New, &world);
        world.retain(|code, _| units.iter().any(|(known, life, _)| known == code && (Self::exists(code, life, 1) || in_merger(code))));
        step(Cause::Closed, &world);
        world.clear();
        for (code, life, above) in units.iter().filter(|(code, life, _)| Self::exists(code, life, 1)) {
            world.insert(code.clone(), (above[1].clone(), number(life.after)));
        }
        step(Cause::Merged, &world);
        steps
    }
}

fn of(found: &FigureDifference, cause: Cause) -> i128 {
    // Coming and going of a unit that moved are one step of the recomputation.
    found.of(cause) + if cause == Cause::MovedIn { found.of(Cause::MovedOut) } else { 0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn causes_are_the_difference_and_each_is_what_its_step_alone_makes(story in story()) {
        let (older, newer) = (story.figure(0), story.figure(1));
        let shown = story.shown();
        let side = FigureSide { shown: story.is_redefined.then_some(&shown), figure: &older, expects: &|_| false };
        let codes: Vec<String> = older.tree.units.iter().chain(&newer.tree.units).map(|unit| unit.code.to_string()).collect();
        for code in &codes {
            let found = difference(side, &newer, code);
            prop_assert_eq!(found.changes.iter().map(|change| change.amount).sum::<i128>(), found.amount(), "{}", code);
            prop_assert_eq!(found.after, newer.total(code));
            if newer.tree.find(code).is_some() {
                prop_assert_eq!(found.before_of_today, story.before_of_today(code), "{}", code);
            }
            if !story.is_redefined {
                prop_assert_eq!(found.before, older.total(code));
            }
            for (cause, amount) in story.steps(code) {
                prop_assert_eq!(of(&found, cause), amount, "{} {:?} {:#?}", code, cause, found.changes);
            }
        }
    }

    #[test]
    fn parts_are_the_total_and_everybody_who_is_missing_is_named(story in story()) {
        let figure = story.figure(1);
        for unit in figure.tree.units.indexes() {
            let code = &figure.tree.units[unit].code;
            let top = node(&figure, unit, &|unit| figure.tree.children(unit).is_empty());
            prop_assert_eq!(top.total, figure.total(code));
            let own = top.own.as_ref().map_or(0, |own| i128::from(own.number));
            prop_assert_eq!(top.children.iter().map(|child| child.total).sum::<i128>() + own, top.total);
            let below = figure.below(code);
            let owes = |at: UnitIndex| below[at] && figure.tree.children(at).is_empty() && !figure.own.contains_key(&figure.tree.units[at].code);
            let mut expected: Vec<UnitIndex> = below.indexes().filter(|&at| owes(at)).collect();
            let mut named = missing(&top);
            named.sort_unstable();
            expected.sort_unstable();
            prop_assert_eq!(named, expected);
        }
    }
}
