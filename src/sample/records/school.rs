//! The records of one school, out of its line in the register: nothing of any other school is needed.

use std::sync::Arc;

use chrono::{Datelike as _, NaiveDate};

use super::bound::{BoundGrade, BoundLevel, BoundPost, BoundRecipe};
use super::spreads::Owners;
use crate::base::index::IndexVec;
use crate::records::{EntityIndex, RecordBook};
use crate::sample::Rng;
use crate::sample::places::SamplePlace;
use crate::tabulate::rows::number_of;
use crate::tabulate::{AgeDays, NOWHERE, RecordRows};

/// Letters of classes.
const LETTERS: i64 = 26;
/// Groups of children this part of a class, or smaller, are no class.
const SMALLEST: i64 = 4;
/// Days of a month that every month has.
const DAYS: i64 = 28;

/// Records of one school.
#[derive(Debug, Clone)]
pub struct SchoolRecords {
    /// Code of the school.
    pub code: Arc<str>,
    /// Records by kind; the school is number 0, classes are numbered from 0.
    pub rows: IndexVec<EntityIndex, RecordRows>,
    /// Keys of records that have one of their own, by kind.
    pub keys: IndexVec<EntityIndex, Vec<String>>,
    /// Names of classes.
    pub class_names: Vec<String>,
    /// Texts that stand instead of what is true.
    pub wrong: Vec<WrongText>,
}

/// A text that stands in a record instead of what is true.
#[derive(Debug, Clone)]
pub struct WrongText {
    /// Kind of the record.
    pub entity: EntityIndex,
    /// The record.
    pub row: usize,
    /// The field.
    pub field: crate::records::FieldIndex,
    /// The text; nothing where there is none.
    pub text: Option<String>,
}

/// Makes the records of schools.
#[derive(Debug)]
pub struct RecordMaker<'a> {
    /// Fields and lists.
    pub book: &'a RecordBook,
    /// Recipe of the records.
    pub recipe: BoundRecipe,
    /// Seed of everything random.
    pub seed: u64,
    /// Days by which ages are told.
    pub days: AgeDays,
}

impl RecordMaker<'_> {
    /// The records of a school; none of a unit that teaches nothing that records tell.
    #[must_use]
    pub fn school(&self, place: &SamplePlace) -> Option<SchoolRecords> {
        let line = &place.line;
        let group = self.recipe.group(&line.levels, &line.kind)?;
        let rng = Rng::named(self.seed, &line.code);
        let none = self.book.entities.indexes().map(|entity| RecordRows::new(entity, self.book)).collect::<Vec<_>>();
        let keys = vec![Vec::new(); none.len()];
        let records = SchoolRecords {
            code: line.code.as_str().into(),
            rows: none.into(),
            keys: keys.into(),
            class_names: Vec::new(),
            wrong: Vec::new(),
        };
        let mut making = Making { maker: self, rng, records };
        let code = group.draw(&mut making.rng);
        making.add_school(place, code.code);
        making.add_sites();
        let levels: Vec<&BoundLevel> = line.levels.iter().filter_map(|level| self.recipe.level(level)).collect();
        for (number, level) in levels.into_iter().enumerate() {
            let people =
                if place.profile.people > 0 { place.profile.people } else { making.rng.between(self.recipe.least, self.recipe.most) };
            let first = making.records.rows[self.book.class].len;
            making.add_grades(level, people, &code.grades);
            for post in level.posts.iter().filter(|post| !post.shared || (number == 0 && group.managed)) {
                making.add_posts(level, post, first);
            }
        }
        Some(making.records)
    }
}

/// Records of a school while they are made.
struct Making<'a> {
    maker: &'a RecordMaker<'a>,
    rng: Rng,
    records: SchoolRecords,
}

impl Making<'_> {
    fn add_school(&mut self, place: &SamplePlace, group: i32) {
        let Self { maker, rng, records } = self;
        let (recipe, school) = (&maker.recipe, maker.book.school);
        let rows = &mut records.rows[school];
        rows.begin(0, NOWHERE);
        rows.set(recipe.fields.levels, group);
        if let Some(area) = recipe.areas.get(&place.line.area) {
            rows.set(recipe.fields.area, area.draw(rng));
        }
        if let Some(ownership) = recipe.ownership.get(&place.line.ownership) {
            rows.set(recipe.fields.ownership, ownership.draw(rng));
        }
        recipe.spreads[school].fill(rows, Owners::default(), maker.book, rng);
        records.keys[school].push(records.code.to_string());
    }

    fn add_sites(&mut self) {
        let Self { maker, rng, records } = self;
        let (recipe, site) = (&maker.recipe, maker.recipe.site);
        let school = &records.rows[maker.book.school];
        let choice = recipe.sites.iter().find(|own| own.only.hold(school, Owners::default(), maker.book));
        let beside = choice.map_or(0, |own| own.counts.draw(rng));
        for number in 0..=beside {
            let rows = &mut records.rows[site];
            rows.begin(0, NOWHERE);
            rows.set(recipe.fields.main, i32::from(number == 0));
            records.keys[site].push(format!("{}-D{:02}", records.code, number + 1));
        }
    }

    /// Classes and pupils of a level; only of some grades where there are any.
    fn add_grades(&mut self, level: &BoundLevel, people: i64, only: &[i32]) {
        let taught = || level.grades.iter().filter(|grade| only.is_empty() || only.contains(&grade.code));
        let weights: i64 = taught().map(|grade| grade.weight).sum();
        let mut carried = 0;
        for (number, grade) in taught().enumerate() {
            let pupils = self.rng.spread(people, grade.weight, weights) + std::mem::take(&mut carried);
            let goes_up = taught().nth(number + 1).is_some_and(|above| above.code == grade.code);
            if goes_up && pupils * SMALLEST < grade.size {
                carried = pupils;
                continue;
            }
            let classes = (pupils + grade.size - 1) / grade.size.max(1);
            for number in 0..classes {
                let class = self.add_class(grade, number);
                let even = pupils * (number + 1) / classes - pupils * number / classes;
                let odd = if even > 6 { self.rng.between(-2, 2) } else { 0 };
                for _ in 0..even + odd {
                    self.add_pupil(level, grade, class);
                }
            }
        }
    }

    fn add_class(&mut self, grade: &BoundGrade, number: i64) -> u32 {
        let Self { maker, rng, records } = self;
        let (book, recipe) = (maker.book, &maker.recipe);
        let numbers = [book.school.get(), book.class.get()];
        let Ok([school, classes]) = records.rows.as_mut_slice().get_disjoint_mut(numbers) else { return NOWHERE };
        let class = u32::try_from(classes.len).unwrap_or(NOWHERE);
        classes.begin(0, class);
        classes.set(recipe.fields.class_grade, grade.code);
        if let Some(group) = grade.age_group {
            classes.set(recipe.fields.age_group, group);
        }
        recipe.spreads[book.class].fill(classes, Owners { school: Some(school), classes: None }, book, rng);
        records.keys[book.class].push(format!("{}-L{:03}", records.code, class + 1));
        records.class_names.push(grade.class.replace("{n}", &(number + 1).to_string()).replace("{l}", &letter(number)));
        class
    }

    fn add_pupil(&mut self, level: &BoundLevel, grade: &BoundGrade, class: u32) {
        let born = match grade.months {
            Some([first, last]) => self.born_months_ago(first, last),
            None => {
                let older = level.offsets.draw(&mut self.rng);
                self.born_in(self.maker.days.year - grade.age - older)
            }
        };
        self.add_person(self.maker.recipe.pupil, class, |rows, recipe| {
            rows.set(recipe.fields.pupil_grade, grade.code);
            rows.set(recipe.fields.pupil_born, born);
        });
    }

    /// People of a post, for classes of a level from the first on.
    fn add_posts(&mut self, level: &BoundLevel, post: &BoundPost, first: usize) {
        let classes = &self.records.rows[self.maker.book.class];
        let grade = self.maker.recipe.fields.class_grade;
        let is_counted =
            |row: &usize| post.of.is_empty() || classes.at(grade, *row).is_some_and(|own| post.of.iter().any(|of| i64::from(*of) == own));
        let classes = i64::try_from((first..classes.len).filter(is_counted).count()).unwrap_or(0);
        let (more, rest) = (classes * post.per_hundred / 100, classes * post.per_hundred % 100);
        let people = post.count + more + i64::from(self.rng.below(100) < rest);
        for _ in 0..people {
            self.add_staff(level, post);
        }
    }

    fn add_staff(&mut self, level: &BoundLevel, post: &BoundPost) {
        let staff = self.maker.recipe.staff;
        self.add_person(staff, NOWHERE, |rows, recipe| {
            rows.set(recipe.fields.staff_group, post.group);
            rows.set(recipe.fields.staff_level, post.level.unwrap_or(level.code));
            if let Some(position) = post.position {
                rows.set(recipe.fields.position, position);
            }
        });
        let (maker, rows) = (self.maker, &self.records.rows[staff]);
        let ages = maker.recipe.ages.iter().find(|own| own.only.hold(rows, Owners::default(), maker.book));
        let age = ages.map_or(0, |own| own.draw(&mut self.rng));
        let born = self.born_in(maker.days.year - age);
        self.records.rows[staff].set(maker.recipe.fields.staff_born, born);
    }

    /// A person with some fields; all others are drawn.
    fn add_person(&mut self, entity: EntityIndex, class: u32, begin: impl FnOnce(&mut RecordRows, &BoundRecipe)) {
        let Self { maker, rng, records } = self;
        let (book, recipe) = (maker.book, &maker.recipe);
        let numbers = [book.school.get(), book.class.get(), entity.get()];
        let Ok([school, classes, rows]) = records.rows.as_mut_slice().get_disjoint_mut(numbers) else { return };
        rows.begin(0, class);
        begin(rows, recipe);
        recipe.spreads[entity].fill(rows, Owners { school: Some(school), classes: Some(classes) }, book, rng);
    }

    /// A day of a year.
    fn born_in(&mut self, year: i32) -> i32 {
        let first = NaiveDate::from_yo_opt(year, 1).unwrap_or_default();
        number_of(first) + i32::try_from(self.rng.below(365)).unwrap_or(0)
    }

    /// A day so many months ago.
    fn born_months_ago(&mut self, first: i32, last: i32) -> i32 {
        let day = self.maker.days.day;
        let months =
            day.year() * 12 + day.month0().cast_signed() - i32::try_from(self.rng.between(first.into(), last.into())).unwrap_or(first);
        let (year, month) = (months.div_euclid(12), months.rem_euclid(12).cast_unsigned() + 1);
        let of_month = u32::try_from(self.rng.between(1, DAYS.min(day.day().into()))).unwrap_or(1);
        NaiveDate::from_ymd_opt(year, month, of_month).map_or(0, number_of)
    }
}

/// The letter of a class, with a number after the alphabet is through.
fn letter(number: i64) -> String {
    let letter = char::from(b'A' + u8::try_from(number % LETTERS).unwrap_or(0));
    match number / LETTERS {
        0 => letter.to_string(),
        round => format!("{letter}{}", round + 1),
    }
}
