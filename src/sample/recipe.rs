//! Material of synthetic provinces, read from `schemas/sample.toml`: names,
//! sizes, and how large the rows of a form are. Data, because it is about labels.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::error::Result;
use crate::base::text::fold;
use crate::forms::{Basis, Row, SchemaFiles, Sheet, Sum, Sums};

/// `sample.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Areas the communes lie in, from the first communes to the last.
    pub(super) areas: Vec<String>,
    /// Levels of schools, in turn.
    pub(super) turns: Vec<String>,
    /// Level whose returns from the last commune come as a list.
    pub listed_level: String,
    /// Ownership of schools, in turn.
    pub(super) ownership: Vec<String>,
    /// Names of places and schools.
    pub(super) names: SampleNames,
    /// Nursery groups whose figures the first commune files.
    pub(super) nursery_groups: NurseryGroups,
    /// The school of several levels.
    pub(super) multi_level: MultiLevel,
    /// Schools by level; the first is the pattern for levels not listed.
    pub(super) levels: Vec<LevelRecipe>,
    /// How much a row that is part of nothing holds, by unit of measure.
    pub(super) measures: Vec<SampleMeasure>,
    /// Weights of the values of dimensions.
    pub(super) dims: Vec<DimWeight>,
    /// Rows by words of their label.
    pub(super) rows: Vec<RowRule>,
    /// Rows that are part of others by what they mean, where the form has no sum that says so.
    pub(super) within: Vec<Within>,
    /// How many come, go and repeat in a year, by level; the first is the pattern for levels not listed.
    pub(super) rates: Vec<Rates>,
}

/// Events of a year in people's lives, per thousand.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rates {
    /// Code of the level.
    pub level: String,
    /// Learners of a class, about; no rate.
    pub class_size: i64,
    /// Who come from elsewhere, of those at the start.
    pub moved_in: i64,
    /// Who go elsewhere.
    pub moved_out: i64,
    /// Who leave school.
    pub dropped: i64,
    /// Who repeat the grade without being tested again, of those at the end.
    pub repeated: i64,
    /// Who are tested again in summer.
    pub pending: i64,
    /// Who of those pass.
    pub passing: i64,
    /// Who of the last grade are not examined.
    pub unexamined: i64,
    /// Who of those examined do not complete the level.
    pub failing: i64,
    /// Teachers who retire, of those at the start.
    pub retired: i64,
    /// Teachers who are recruited.
    pub recruited: i64,
    /// How far a new intake is off the one before, either way.
    pub intake: i64,
}

/// A row that is part of others by what it means; void where the form has not those codes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Within {
    /// Short id of the form.
    pub form: String,
    /// The sheet.
    pub sheet: String,
    /// Code of the row.
    pub part: String,
    /// Codes of the rows that hold at least as many.
    pub wholes: Vec<String>,
}

/// A row for units with that many of something.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Label of the row that says how many.
    pub of: String,
    /// At least.
    #[serde(default)]
    pub least: i64,
    /// At most.
    #[serde(default = "any_number")]
    pub most: i64,
}

const fn any_number() -> i64 {
    i64::MAX
}

/// Names; `{name}` and `{level}` are filled in.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleNames {
    /// Beginning of every code.
    pub province_code: String,
    /// The department.
    pub department: String,
    /// Patterns of commune names, in turn.
    pub communes: Vec<String>,
    /// Patterns of former district names, in turn.
    pub districts: Vec<String>,
    /// Communes that lay in one district.
    pub communes_per_district: usize,
    /// Pattern of cluster names.
    pub cluster: String,
    /// Communes of one cluster.
    pub communes_per_cluster: usize,
    /// Pattern of school names.
    pub school: String,
    /// Names of places.
    pub places: Vec<String>,
    /// Names of schools of levels that list none.
    pub heroes: Vec<String>,
}

/// Independent nursery groups that file together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NurseryGroups {
    /// Level they teach.
    pub level: String,
    /// Their ownership.
    pub ownership: String,
    /// Pattern of their names.
    pub name: String,
    /// How many.
    pub count: usize,
    /// Children of the smallest.
    pub smallest: i64,
    /// Children of the largest.
    pub largest: i64,
}

/// The school that teaches several levels.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MultiLevel {
    /// Levels it teaches.
    pub levels: Vec<String>,
    /// Its ownership.
    pub ownership: String,
    /// Its name.
    pub name: String,
}

/// Schools of one level.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRecipe {
    /// Code of the level.
    pub code: String,
    /// Pupils of the smallest school.
    pub smallest: i64,
    /// Pupils of the largest school.
    pub largest: i64,
    /// Names of schools.
    pub names: Vec<String>,
    /// Pattern of their names, where it is not the usual one.
    #[serde(default)]
    pub name: Option<String>,
    /// Kind of unit.
    #[serde(default = "school")]
    pub kind: String,
    /// Kind of unit they report to.
    #[serde(default)]
    pub reports_to: Superior,
    /// Weight of each in rows of facilities.
    #[serde(default)]
    pub facilities: i64,
}

fn school() -> String {
    "school".to_owned()
}

/// Who schools report to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Superior {
    /// The commune they lie in.
    #[default]
    Commune,
    /// The department.
    Department,
}

/// Bases that a row's magnitude is derived from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeasureBasis {
    /// Pupils or children.
    People,
    /// Schools.
    Schools,
    /// Facilities that are not counted as schools: independent nursery groups, centres.
    Facilities,
}

/// How much a row that is part of nothing holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SampleMeasure {
    /// Units of measure it is for.
    pub units: Vec<String>,
    /// Only on sheets whose columns have this dimension.
    #[serde(default)]
    pub dim: Option<String>,
    /// Basis that it is derived from.
    pub basis: MeasureBasis,
    /// Multiplied by.
    #[serde(default = "one")]
    pub times: i64,
    /// Divided by.
    #[serde(default = "one")]
    pub per: i64,
    /// No random spread.
    #[serde(default)]
    pub exact: bool,
    /// The rows of the sheet with that unit share one amount.
    #[serde(default)]
    pub shared: bool,
}

const fn one() -> i64 {
    1
}

/// The weight of one value of a dimension.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimWeight {
    /// The dimension.
    pub dim: String,
    /// The value; empty for everyone the columns do not name.
    pub value: String,
    /// Only on sheets that have this dimension too.
    #[serde(default)]
    pub beside: Option<String>,
    /// The weight.
    pub weight: i64,
}

/// How large rows with some words in their label are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowRule {
    /// Words of the label.
    pub label: String,
    /// Words of the heading it stands under; any otherwise.
    #[serde(default)]
    pub heading: Option<String>,
    /// Weight among the parts of a total.
    #[serde(default)]
    pub weight: Option<i64>,
    /// Share of a whole, per thousand.
    #[serde(default)]
    pub share: Option<i64>,
    /// Share of the measure, per thousand, where it is part of nothing.
    #[serde(default)]
    pub root: Option<i64>,
    /// Area whose units it holds.
    #[serde(default)]
    pub area: Option<String>,
    /// Words of a row of the same wholes, standing above, that shares nothing with it.
    #[serde(default)]
    pub apart_from: Option<String>,
    /// It holds only units with that many of something.
    #[serde(default)]
    pub band: Option<Band>,
    /// Values of dimensions whose people it holds.
    #[serde(default)]
    pub only: BTreeMap<String, String>,
}

impl Recipe {
    /// Reads `sample.toml`.
    ///
    /// # Errors
    /// When the file does not have the shape of a recipe.
    pub fn load(files: &SchemaFiles) -> Result<Self> {
        files.toml("sample.toml")
    }

    /// The sums of a sheet, with what its rows mean besides.
    pub(super) fn sums(&self, form: &str, sheet: &Sheet) -> Sums {
        let mut sums = sheet.sums.clone();
        let own = self.within.iter().filter(|within| within.form == form && *within.sheet == *sheet.id);
        for within in own {
            let Some(part) = sheet.find_code(&within.part) else { continue };
            for total in within.wholes.iter().filter_map(|whole| sheet.find_code(whole)) {
                sums.subsets.push(Sum { total, parts: vec![part], basis: Basis::Inferred, unless: None });
            }
        }
        sums
    }

    /// The rule for a row; an empty one where no words fit.
    pub(super) fn row(&self, row: &Row) -> RowRule {
        let (label, heading) = (fold(&row.label), fold(&row.group));
        let under = |rule: &RowRule| rule.heading.as_deref().is_none_or(|words| heading.contains(&fold(words)));
        self.rows.iter().find(|rule| label.contains(&fold(&rule.label)) && under(rule)).cloned().unwrap_or_default()
    }

    /// The measure for a unit of measure on a sheet with some dimensions.
    pub(super) fn measure(&self, unit: &str, dims: &[&str]) -> Option<usize> {
        let unit = fold(unit);
        self.measures.iter().position(|measure| {
            measure.units.iter().any(|name| fold(name) == unit) && measure.dim.as_deref().is_none_or(|dim| dims.contains(&dim))
        })
    }

    /// The weight of a dimension's value on a sheet with some dimensions.
    pub(super) fn dim_weight(&self, dim: &str, value: &str, dims: &[&str]) -> i64 {
        let fits = |entry: &&DimWeight| {
            entry.dim == dim && entry.value == value && entry.beside.as_deref().is_none_or(|other| dims.contains(&other))
        };
        self.dims.iter().find(fits).map_or(100, |entry| entry.weight.max(0))
    }

    /// Events of a year at a level.
    pub(super) fn rates(&self, level: &str) -> Option<&Rates> {
        self.rates.iter().find(|rates| rates.level == level).or_else(|| self.rates.first())
    }

    /// The schools of a level.
    pub(super) fn level(&self, code: &str) -> Option<&LevelRecipe> {
        self.levels.iter().find(|level| level.code == code).or_else(|| self.levels.first())
    }
}
