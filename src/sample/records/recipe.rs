//! Material of synthetic records as written in `schemas/records/sample.toml`: sizes, posts, ages and how codes spread.

use std::collections::BTreeMap;

use serde::Deserialize;

/// Weights by code; the empty code is no value.
pub type Weights = BTreeMap<String, i64>;
/// Codes that fields must have, by name of the field.
pub type LimitTexts = BTreeMap<String, Vec<String>>;

/// `records/sample.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRecipe {
    /// Areas of the register as areas of records.
    pub areas: BTreeMap<String, Weights>,
    /// Ownership of the register as ownership of records.
    pub ownership: BTreeMap<String, Weights>,
    /// Groups of levels.
    pub groups: Vec<GroupRecipe>,
    /// Sites beside the main one.
    pub sites: Vec<SiteRecipe>,
    /// Levels: grades, sizes, posts.
    pub levels: Vec<LevelOfRecords>,
    /// Ages of staff.
    pub staff_ages: Vec<AgeRecipe>,
    /// Codes and flags, field by field.
    pub spreads: Vec<SpreadRecipe>,
}

/// Groups of levels that a school with some levels may have.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupRecipe {
    /// Levels of the register, all of them.
    pub levels: Vec<String>,
    /// Only units of this kind.
    #[serde(default)]
    pub kind: Option<String>,
    /// Somebody fills the posts that a school has once.
    #[serde(default = "yes")]
    pub managed: bool,
    /// Codes with their weights.
    pub codes: Vec<GroupCode>,
}

const fn yes() -> bool {
    true
}

/// A group of levels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GroupCode {
    /// Its code.
    pub code: String,
    /// Its weight.
    #[serde(default = "one")]
    pub weight: i64,
    /// Grades that are taught; all where there are none.
    #[serde(default)]
    pub grades: Vec<String>,
}

const fn one() -> i64 {
    1
}

/// Sites beside the main one, of some schools.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SiteRecipe {
    /// Schools that it is about.
    #[serde(default, rename = "where")]
    pub only: LimitTexts,
    /// Weights by number of sites.
    pub counts: Weights,
}

/// A level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelOfRecords {
    /// Its code in the register.
    pub level: String,
    /// Its code in records of staff.
    pub code: String,
    /// Weights by years that a pupil is older than the grade's age.
    pub offsets: Weights,
    /// Grades.
    pub grades: Vec<GradeRecipe>,
    /// Posts.
    pub posts: Vec<PostRecipe>,
}

/// A grade.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GradeRecipe {
    /// Its code.
    pub code: String,
    /// Age group of preschool.
    #[serde(default)]
    pub age_group: Option<String>,
    /// Age by the calendar.
    #[serde(default)]
    pub age: Option<i32>,
    /// First and last age in months, where that is how it is told.
    #[serde(default)]
    pub months: Option<[i32; 2]>,
    /// Pattern of the classes' names.
    pub class: String,
    /// Pupils of a class, about, at most.
    pub size: i64,
    /// Share of the level's pupils.
    pub weight: i64,
}

/// A post of staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PostRecipe {
    /// Group of staff.
    pub group: String,
    /// Position.
    #[serde(default)]
    pub position: Option<String>,
    /// Level, where it is not that of the whole.
    #[serde(default)]
    pub level: Option<String>,
    /// Grades whose classes are counted; all where there are none.
    #[serde(default)]
    pub of: Vec<String>,
    /// How many in every school.
    #[serde(default)]
    pub count: i64,
    /// How many more for a hundred classes.
    #[serde(default)]
    pub per_hundred: i64,
    /// A school of several levels has it once.
    #[serde(default)]
    pub shared: bool,
}

/// Ages of some staff.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeRecipe {
    /// Staff that it is about.
    #[serde(default, rename = "where")]
    pub only: LimitTexts,
    /// Bands with their weights.
    pub bands: Vec<AgeBand>,
}

/// A band of ages.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgeBand {
    /// First age.
    pub from: i32,
    /// Last age.
    pub to: i32,
    /// Weight.
    pub weight: i64,
}

/// How the codes of a field spread over some records.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpreadRecipe {
    /// Kind of record.
    pub of: String,
    /// The field.
    pub field: String,
    /// Records that it is about.
    #[serde(default, rename = "where")]
    pub only: LimitTexts,
    /// Weights by code.
    pub codes: Weights,
}
