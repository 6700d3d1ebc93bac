//! The recipe of records with its codes and fields found.

use std::collections::BTreeMap;

use super::recipe::{GroupRecipe, LevelOfRecords, PostRecipe, RecordRecipe, Weights};
use super::spreads::{Ages, Binder, Limits, Spreads, Weighted};
use crate::base::error::Error;
use crate::base::index::IndexVec;
use crate::base::message::Message;
use crate::forms::SchemaFiles;
use crate::records::{EntityIndex, FieldIndex, FieldRef, RecordBook};
use crate::sample::Rng;
use crate::sample::recipe::NurseryGroups;

const FILE: &str = "records/sample.toml";

/// Fields that are made, not drawn.
#[derive(Debug, Clone)]
pub struct MadeFields {
    /// Group of levels of a school.
    pub levels: FieldIndex,
    /// Area of a school.
    pub area: FieldIndex,
    /// Ownership of a school.
    pub ownership: FieldIndex,
    /// The main site.
    pub main: FieldIndex,
    /// Grade of a class.
    pub class_grade: FieldIndex,
    /// Age group of a class.
    pub age_group: FieldIndex,
    /// Grade of a pupil.
    pub pupil_grade: FieldIndex,
    /// Day of birth of a pupil.
    pub pupil_born: FieldIndex,
    /// Group of a member of staff.
    pub staff_group: FieldIndex,
    /// Level of a member of staff.
    pub staff_level: FieldIndex,
    /// Position of a member of staff.
    pub position: FieldIndex,
    /// Day of birth of a member of staff.
    pub staff_born: FieldIndex,
}

/// The recipe of records, bound to a record book.
#[derive(Debug, Clone)]
pub struct BoundRecipe {
    /// Fields that are made.
    pub fields: MadeFields,
    /// Sites.
    pub site: EntityIndex,
    /// Pupils.
    pub pupil: EntityIndex,
    /// Staff.
    pub staff: EntityIndex,
    /// Areas by name in the register.
    pub areas: BTreeMap<String, Weighted>,
    /// Ownership by code in the register.
    pub ownership: BTreeMap<String, Weighted>,
    /// Sites beside the main one.
    pub sites: Vec<BoundSites>,
    /// Ages of staff.
    pub ages: Vec<Ages>,
    /// Codes by kind of record.
    pub spreads: IndexVec<EntityIndex, Spreads>,
    /// Children of the smallest nursery group that is no school.
    pub least: i64,
    /// Children of the largest.
    pub most: i64,
    groups: Vec<BoundGroup>,
    levels: Vec<BoundLevel>,
}

/// Sites beside the main one, of some schools.
#[derive(Debug, Clone)]
pub struct BoundSites {
    /// Schools that it is about.
    pub only: Limits,
    /// How many.
    pub counts: Weighted,
}

/// Groups of levels of schools with some levels.
#[derive(Debug, Clone)]
pub struct BoundGroup {
    levels: Vec<String>,
    kind: Option<String>,
    /// Somebody fills the posts that a school has once.
    pub managed: bool,
    codes: Vec<BoundGroupCode>,
    which: Weighted,
}

/// A group of levels.
#[derive(Debug, Clone)]
pub struct BoundGroupCode {
    /// Its code.
    pub code: i32,
    /// Grades that are taught; all where there are none.
    pub grades: Vec<i32>,
}

/// A level.
#[derive(Debug, Clone)]
pub struct BoundLevel {
    /// Its code in the register.
    level: String,
    /// Its code in records of staff.
    pub code: i32,
    /// Years that a pupil is older than the grade's age.
    pub offsets: Weighted,
    /// Grades.
    pub grades: Vec<BoundGrade>,
    /// Posts.
    pub posts: Vec<BoundPost>,
}

/// A grade.
#[derive(Debug, Clone)]
pub struct BoundGrade {
    /// Its code.
    pub code: i32,
    /// Age group of preschool.
    pub age_group: Option<i32>,
    /// Age by the calendar.
    pub age: i32,
    /// First and last age in months.
    pub months: Option<[i32; 2]>,
    /// Pattern of the classes' names.
    pub class: String,
    /// Pupils of a class, about, at most.
    pub size: i64,
    /// Share of the level's pupils.
    pub weight: i64,
}

/// A post of staff.
#[derive(Debug, Clone)]
pub struct BoundPost {
    /// Group of staff.
    pub group: i32,
    /// Position.
    pub position: Option<i32>,
    /// Level, where it is not that of the whole.
    pub level: Option<i32>,
    /// Grades whose classes are counted; all where there are none.
    pub of: Vec<i32>,
    /// How many in every school.
    pub count: i64,
    /// How many more for a hundred classes.
    pub per_hundred: i64,
    /// A school of several levels has it once.
    pub shared: bool,
}

impl BoundGroup {
    /// One of the groups.
    pub fn draw(&self, rng: &mut Rng) -> &BoundGroupCode {
        let which = usize::try_from(self.which.draw(rng)).unwrap_or(0);
        &self.codes[which.min(self.codes.len() - 1)]
    }
}

impl BoundRecipe {
    /// Reads the recipe and binds it.
    ///
    /// # Errors
    /// A field or code that records do not have, or a file that has not the shape of a recipe.
    pub fn load(files: &SchemaFiles, book: &RecordBook, groups: &NurseryGroups) -> Result<Self, Error> {
        let written: RecordRecipe = files.toml(FILE)?;
        let mut bound = Self::bind(&written, book).map_err(|problem| Error::config(files.shown(FILE), problem))?;
        (bound.least, bound.most) = (groups.smallest, groups.largest);
        Ok(bound)
    }

    fn bind(written: &RecordRecipe, book: &RecordBook) -> Result<Self, Message> {
        let binder = Binder { book };
        let (site, pupil, staff) = (binder.entity("site")?, binder.entity("pupil")?, binder.entity("staff")?);
        let parts = Parts { binder, pupil, staff, fields: made_fields(binder, site, pupil, staff)? };
        let sites = written.sites.iter().map(|own| {
            let numbers = own.counts.iter().filter_map(|(number, weight)| Some((number.parse().ok()?, *weight)));
            Ok(BoundSites { only: binder.limits(book.school, &own.only)?, counts: Weighted::new(numbers) })
        });
        let ages = written.staff_ages.iter().map(|own| Ok(Ages::new(binder.limits(staff, &own.only)?, &own.bands)));
        let spreads = book.entities.indexes().map(|entity| binder.spreads(entity, &written.spreads));
        Ok(Self {
            site,
            pupil,
            staff,
            areas: weights_by_name(binder, binder.at(book.school, "area")?, &written.areas)?,
            ownership: weights_by_name(binder, binder.at(book.school, "ownership")?, &written.ownership)?,
            sites: sites.collect::<Result<_, Message>>()?,
            ages: ages.collect::<Result<_, Message>>()?,
            spreads: spreads.collect::<Result<Vec<_>, Message>>()?.into(),
            least: 0,
            most: 0,
            groups: written.groups.iter().map(|own| parts.group(own)).collect::<Result<_, Message>>()?,
            levels: written.levels.iter().map(|own| parts.level(own)).collect::<Result<_, Message>>()?,
            fields: parts.fields,
        })
    }

    /// Groups of a unit of some kind that teaches these levels.
    #[must_use]
    pub fn group(&self, levels: &[String], kind: &str) -> Option<&BoundGroup> {
        self.groups.iter().find(|group| group.levels == levels && group.kind.as_deref().is_none_or(|own| own == kind))
    }

    /// A level by its code in the register.
    #[must_use]
    pub fn level(&self, level: &str) -> Option<&BoundLevel> {
        self.levels.iter().find(|own| own.level == level)
    }
}

fn weights_by_name(binder: Binder<'_>, at: FieldRef, written: &BTreeMap<String, Weights>) -> Result<BTreeMap<String, Weighted>, Message> {
    written.iter().map(|(name, weights)| Ok((name.clone(), binder.weighted(at, weights)?))).collect()
}

fn made_fields(binder: Binder<'_>, site: EntityIndex, pupil: EntityIndex, staff: EntityIndex) -> Result<MadeFields, Message> {
    let (school, class) = (binder.book.school, binder.book.class);
    Ok(MadeFields {
        levels: binder.field(school, "levels")?,
        area: binder.field(school, "area")?,
        ownership: binder.field(school, "ownership")?,
        main: binder.field(site, "main")?,
        class_grade: binder.field(class, "grade")?,
        age_group: binder.field(class, "age_group")?,
        pupil_grade: binder.field(pupil, "grade")?,
        pupil_born: binder.field(pupil, "born")?,
        staff_group: binder.field(staff, "staff_group")?,
        staff_level: binder.field(staff, "level")?,
        position: binder.field(staff, "position")?,
        staff_born: binder.field(staff, "born")?,
    })
}

/// Binds parts of the recipe.
struct Parts<'a> {
    binder: Binder<'a>,
    pupil: EntityIndex,
    staff: EntityIndex,
    fields: MadeFields,
}

impl Parts<'_> {
    fn code(&self, entity: EntityIndex, field: FieldIndex, code: &str) -> Result<i32, Message> {
        self.binder.code(FieldRef { entity, field }, code)
    }

    fn grade(&self, code: &str) -> Result<i32, Message> {
        self.code(self.pupil, self.fields.pupil_grade, code)
    }

    fn grades(&self, codes: &[String]) -> Result<Vec<i32>, Message> {
        codes.iter().map(|code| self.grade(code)).collect()
    }

    fn group(&self, own: &GroupRecipe) -> Result<BoundGroup, Message> {
        let school = self.binder.book.school;
        let codes = own.codes.iter().map(|code| {
            Ok(BoundGroupCode { code: self.code(school, self.fields.levels, &code.code)?, grades: self.grades(&code.grades)? })
        });
        let codes = codes.collect::<Result<Vec<_>, Message>>()?;
        let which = Weighted::new((0..).zip(&own.codes).map(|(number, code)| (number, code.weight)));
        Ok(BoundGroup { levels: own.levels.clone(), kind: own.kind.clone(), managed: own.managed, codes, which })
    }

    fn level(&self, own: &LevelOfRecords) -> Result<BoundLevel, Message> {
        let class = self.binder.book.class;
        let grades = own.grades.iter().map(|grade| {
            let group = grade.age_group.as_ref().map(|group| self.code(class, self.fields.age_group, group));
            Ok(BoundGrade {
                code: self.grade(&grade.code)?,
                age_group: group.transpose()?,
                age: grade.age.unwrap_or_default(),
                months: grade.months,
                class: grade.class.clone(),
                size: grade.size,
                weight: grade.weight,
            })
        });
        let offsets = own.offsets.iter().filter_map(|(years, weight)| Some((years.parse().ok()?, *weight)));
        Ok(BoundLevel {
            level: own.level.clone(),
            code: self.code(self.staff, self.fields.staff_level, &own.code)?,
            offsets: Weighted::new(offsets),
            grades: grades.collect::<Result<_, Message>>()?,
            posts: own.posts.iter().map(|post| self.post(post)).collect::<Result<_, Message>>()?,
        })
    }

    fn post(&self, own: &PostRecipe) -> Result<BoundPost, Message> {
        let code = |field, code: &Option<String>| code.as_ref().map(|code| self.code(self.staff, field, code)).transpose();
        Ok(BoundPost {
            group: self.code(self.staff, self.fields.staff_group, &own.group)?,
            position: code(self.fields.position, &own.position)?,
            level: code(self.fields.staff_level, &own.level)?,
            of: self.grades(&own.of)?,
            count: own.count,
            per_hundred: own.per_hundred,
            shared: own.shared,
        })
    }
}
